/* queue_load.c: the queue as it is found in the store at the start. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "text.h"

struct load {
    struct ocpp_charge_point *cp;
    char corrupt[OCPP_KEY_SIZE]; /* the first record that cannot be read; "" */
};

int64_t ocpp_cp_key_number(const char *key)
{
    static const char hex[] = "0123456789abcdef";
    const char *digits = strchr(key, '/');
    int64_t number = 0;
    size_t count = 0;
    for (digits = digits == NULL ? "" : digits + 1; digits[count] != '\0'; count++) {
        const char *place = strchr(hex, digits[count]);
        if (place == NULL || count == 16 || number > INT64_MAX / 16 - 1) {
            return -1;
        }
        number = number * 16 + (place - hex);
    }
    return count == 16 ? number : -1;
}

static bool load_entry(const char *key, const void *value, size_t size, void *user)
{
    struct load *load = user;
    struct ocpp_charge_point *cp = load->cp;
    struct fact *fact = &cp->scratch;
    const int64_t number = ocpp_cp_key_number(key);
    if (number < 0 || ocpp_record_read(&fact_layout, value, size, fact) != OCPP_OK) {
        ocpp_text_copy(load->corrupt, sizeof(load->corrupt), key);
        return false;
    }
    struct queued entry = { .number = number, .rank = (uint8_t)ocpp_cp_queue_rank(fact) };
    memcpy(entry.uuid, fact->uuid, UUID_BYTES);
    ocpp_cp_queue_add(cp, &entry);
    return true;
}

static bool count_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    size_t *count = user;
    ++*count;
    return true;
}

static bool note_any(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    *(bool *)user = true;
    return false;
}

/* Room for all there is, also where a smaller queue was set since: part of an account is none. */
static enum ocpp_status make_room(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    size_t count = 0;
    const enum ocpp_status status = cp->storage->each("queue/", NULL, count_entry, &count, cp->storage->user);
    if (status != OCPP_OK || count + queue->reserved <= queue->capacity) {
        return status;
    }
    queue->capacity = count + queue->reserved;
    struct queued *entries = ocpp_reallocate(cp->settings.allocator, queue->entries, queue->capacity * sizeof(queue->entries[0]));
    if (entries == NULL) {
        return OCPP_ERR_NOMEM;
    }
    queue->entries = entries;
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "%lu records wait, more than max_queued_records: all are kept, updates are given up",
                (unsigned long)count);
    return OCPP_OK;
}

static enum ocpp_status load_entries(struct ocpp_charge_point *cp)
{
    struct load load = { .cp = cp };
    for (;;) {
        load.corrupt[0] = '\0';
        cp->queue.count = 0;
        const enum ocpp_status status = cp->storage->each("queue/", NULL, load_entry, &load, cp->storage->user);
        if (status != OCPP_OK || load.corrupt[0] == '\0') {
            return status;
        }
        const enum ocpp_status aside = ocpp_cp_set_aside(cp, load.corrupt);
        if (aside != OCPP_OK) {
            return aside;
        }
    }
}

/* Which families the transactions in the queue are bound to. Facts of one transaction mostly follow one another. */
static enum ocpp_status load_families(struct ocpp_charge_point *cp)
{
    const uint8_t *last = NULL;
    struct told told = { .family = FAMILY_NONE };
    for (size_t i = 0; i < cp->queue.count; i++) {
        struct queued *entry = &cp->queue.entries[i];
        if (last == NULL || memcmp(last, entry->uuid, UUID_BYTES) != 0) {
            char key[OCPP_KEY_SIZE];
            char uuid[UUID_TEXT_SIZE];
            ocpp_uuid_text(entry->uuid, uuid);
            snprintf(key, sizeof(key), "told/%s", uuid);
            const enum ocpp_status status = ocpp_cp_read_record(cp, key, &told_layout, &told);
            if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
                return status;
            }
        }
        last = entry->uuid;
        entry->family = (uint8_t)told.family;
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_cp_queue_load(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    struct attempts_record attempts;
    enum ocpp_status status = make_room(cp);
    if (status == OCPP_OK) {
        status = load_entries(cp);
    }
    if (status == OCPP_OK) {
        status = load_families(cp);
    }
    if (status == OCPP_OK) {
        status = ocpp_cp_read_record(cp, "attempts", &attempts_layout, &attempts);
    }
    if (status == OCPP_OK) {
        queue->attempts_number = attempts.number;
        queue->attempts = attempts.attempts;
    } else if (status != OCPP_ERR_NOT_FOUND) {
        return status;
    }
    bool has_notice = false;
    status = cp->storage->each("notice/", NULL, note_any, &has_notice, cp->storage->user);
    if (status != OCPP_OK || queue->count > 0 || has_notice) {
        return status;
    }
    const struct ocpp_change clocks = { .kind = OCPP_CHANGE_DELETE_PREFIX,
                                        .key = "clock/" }; /* nothing is left to be dated by them */
    return ocpp_cp_write_now(cp, &clocks, 1);
}
