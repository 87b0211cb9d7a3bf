/* storage_check.c: the rules of storage.h that every store checks before it touches anything. */
#include "storage_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Longest key of a change, by kind; APPEND adds "/" and 16 digits to its own. */
static size_t key_limit(enum ocpp_change_kind kind)
{
    return kind == OCPP_CHANGE_APPEND ? OCPP_STREAM_SIZE - 1 : OCPP_KEY_SIZE - 1;
}

static bool has_value(enum ocpp_change_kind kind)
{
    return kind == OCPP_CHANGE_PUT || kind == OCPP_CHANGE_APPEND;
}

static enum ocpp_status change_check(const struct ocpp_change *change, size_t max_value_bytes)
{
    if ((unsigned)change->kind > OCPP_CHANGE_APPEND || change->key == NULL)
        return OCPP_ERR_ARGUMENT;
    if (change->key[0] == '\0' && change->kind != OCPP_CHANGE_DELETE_PREFIX)
        return OCPP_ERR_ARGUMENT;
    if (memchr(change->key, '\0', key_limit(change->kind) + 1) == NULL)
        return OCPP_ERR_LIMIT;
    if (!has_value(change->kind))
        return OCPP_OK;
    if (change->size > max_value_bytes)
        return OCPP_ERR_LIMIT;
    return change->size > 0 && change->value == NULL ? OCPP_ERR_ARGUMENT : OCPP_OK;
}

enum ocpp_status storage_changes_check(const struct ocpp_change *changes, size_t count, size_t max_value_bytes)
{
    for (size_t i = 0; i < count; i++) {
        const enum ocpp_status status = change_check(&changes[i], max_value_bytes);
        if (status != OCPP_OK)
            return status;
    }
    return OCPP_OK;
}

bool storage_begins_with(const char *key, const char *prefix)
{
    return strncmp(key, prefix, strlen(prefix)) == 0;
}

const char *storage_start(const char *prefix, const char *from)
{
    return from != NULL && strcmp(from, prefix) > 0 ? from : prefix;
}

void storage_stream_key(char key[OCPP_KEY_SIZE], const char *stream, uint64_t number)
{
    (void)snprintf(key, OCPP_KEY_SIZE, "%s/%016" PRIx64, stream, number); /* fits: the stream was checked */
}
