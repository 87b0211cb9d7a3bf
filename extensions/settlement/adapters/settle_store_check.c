/* settle_store_check.c: the rules of store.h that every store checks before it touches anything. */
#include "settle_store_check.h"

#include <string.h>

/* A text of 1 to |size| - 1 bytes. */
static enum ocpp_status name_check(const char *name, size_t size)
{
    if (name == NULL || name[0] == '\0') {
        return OCPP_ERR_ARGUMENT;
    }
    return memchr(name, '\0', size) == NULL ? OCPP_ERR_LIMIT : OCPP_OK;
}

static enum ocpp_status bytes_check(const void *bytes, size_t size, size_t max_value_bytes)
{
    if (size > max_value_bytes) {
        return OCPP_ERR_LIMIT;
    }
    return size > 0 && bytes == NULL ? OCPP_ERR_ARGUMENT : OCPP_OK;
}

static enum ocpp_status change_check(const struct ocpp_settle_change *change, size_t max_value_bytes)
{
    if ((unsigned)change->kind > OCPP_SETTLE_DELETE) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = name_check(change->key, OCPP_SETTLE_KEY_SIZE);
    if (status != OCPP_OK || change->kind == OCPP_SETTLE_DELETE) {
        return status;
    }
    return bytes_check(change->value, change->size, max_value_bytes);
}

/* A write has few changes. */
static bool is_key_of_another(const struct ocpp_settle_change *changes, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(changes[i].key, changes[index].key) == 0) {
            return true;
        }
    }
    return false;
}

static enum ocpp_status changes_check(const struct ocpp_settle_write *write, size_t max_value_bytes)
{
    for (size_t i = 0; i < write->change_count; i++) {
        const enum ocpp_status status = change_check(&write->changes[i], max_value_bytes);

        if (status != OCPP_OK) {
            return status;
        }
        if (is_key_of_another(write->changes, i)) {
            return OCPP_ERR_ARGUMENT;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status entries_check(const struct ocpp_settle_write *write, size_t max_value_bytes)
{
    for (size_t i = 0; i < write->entry_count; i++) {
        const struct ocpp_settle_entry *entry = &write->entries[i];
        enum ocpp_status status = name_check(entry->kind, OCPP_SETTLE_KIND_SIZE);

        if (status == OCPP_OK) {
            status = bytes_check(entry->body, entry->size, max_value_bytes);
        }
        if (status != OCPP_OK) {
            return status;
        }
    }
    return OCPP_OK;
}

enum ocpp_status settle_write_check(const struct ocpp_settle_write *write, size_t max_value_bytes)
{
    enum ocpp_status status = OCPP_OK;

    if (write->change_count > OCPP_SETTLE_CHANGES_MAXIMUM || write->entry_count > OCPP_SETTLE_ENTRIES_MAXIMUM) {
        return OCPP_ERR_LIMIT;
    }
    if (write->lease != NULL) {
        status = name_check(write->lease->name, OCPP_SETTLE_LEASE_NAME_SIZE);
    }
    if (status == OCPP_OK) {
        status = changes_check(write, max_value_bytes);
    }
    return status == OCPP_OK ? entries_check(write, max_value_bytes) : status;
}

enum ocpp_status settle_lease_check(const char *name, const char *holder)
{
    const enum ocpp_status status = name_check(name, OCPP_SETTLE_LEASE_NAME_SIZE);

    return status == OCPP_OK ? name_check(holder, OCPP_SETTLE_LEASE_NAME_SIZE) : status;
}

bool settle_begins_with(const char *key, const char *prefix)
{
    return strncmp(key, prefix, strlen(prefix)) == 0;
}

const char *settle_start(const char *prefix, const char *from)
{
    return from != NULL && strcmp(from, prefix) > 0 ? from : prefix;
}
