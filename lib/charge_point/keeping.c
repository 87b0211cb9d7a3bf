/* keeping.c: what is read back at the start, and the small records that are kept beside the queue.
 *
 * A record that cannot be read is set aside under corrupt/ and the start goes on without it: a bad byte may cost a record, never
 * the station. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

/* --- one record
 * ------------------------------------------------------------------------------------------------------------------ */

struct reader {
    const struct ocpp_layout *layout;
    void *object;
    enum ocpp_status status;
};

static bool read_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    struct reader *reader = user;
    reader->status = ocpp_record_read(reader->layout, value, size, reader->object);
    return true;
}

enum ocpp_status ocpp_cp_peek(const struct ocpp_charge_point *cp, const char *key, const struct ocpp_layout *layout, void *object)
{
    struct reader reader = { layout, object, OCPP_ERR_NOT_FOUND };
    memset(object, 0, layout->size);
    const enum ocpp_status status = cp->storage->read(key, read_entry, &reader, cp->storage->user);
    return status == OCPP_OK ? reader.status : status;
}

struct copied {
    uint8_t *bytes;
    size_t room;
    size_t size;
};

static bool copy_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    struct copied *copied = user;
    copied->size =
        size < copied->room ? size : copied->room; /* what is longer than any record of ours says enough in its beginning */
    memcpy(copied->bytes, value, copied->size);
    return true;
}

struct asides {
    const char *aside;
    bool is_there;
    char first[OCPP_KEY_SIZE];
    size_t count;
};

static bool look_aside(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    struct asides *asides = user;
    if (asides->count++ == 0) {
        ocpp_text_copy(asides->first, sizeof(asides->first), key);
    }
    asides->is_there = asides->is_there || strcmp(key, asides->aside) == 0;
    return true;
}

/* As many are kept as somebody may want to look at; a store that goes bad for years must not fill with what it lost. */
enum ocpp_status ocpp_cp_set_aside(struct ocpp_charge_point *cp, const char *key)
{
    char aside[OCPP_KEY_SIZE];
    struct asides asides = { .aside = aside };
    snprintf(aside, sizeof(aside), "corrupt/%s", key);
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "the record %s cannot be read and is set aside", key);
    struct copied copied = { cp->bytes, sizeof(cp->bytes), 0 };
    cp->storage->read(key, copy_entry, &copied, cp->storage->user);
    cp->storage->each("corrupt/", NULL, look_aside, &asides, cp->storage->user);
    const bool is_full = !asides.is_there && asides.count >= MOST_CORRUPT;
    const struct ocpp_change changes[] = {
        { .kind = OCPP_CHANGE_PUT, .key = aside, .value = copied.bytes, .size = copied.size },
        { .kind = OCPP_CHANGE_DELETE, .key = key },
        { .kind = OCPP_CHANGE_DELETE, .key = asides.first },
    };
    const enum ocpp_status status = ocpp_cp_write_now(cp, changes, is_full ? 3 : 2);
    if (status == OCPP_OK) {
        cp->corrupt = asides.count + (!asides.is_there && !is_full);
    }
    return status;
}

enum ocpp_status ocpp_cp_read_record(struct ocpp_charge_point *cp, const char *key, const struct ocpp_layout *layout,
                                     void *object)
{
    const enum ocpp_status status = ocpp_cp_peek(cp, key, layout, object);
    if (status != OCPP_ERR_CORRUPT) {
        return status;
    }
    const enum ocpp_status aside = ocpp_cp_set_aside(cp, key);
    return aside == OCPP_OK ? OCPP_ERR_NOT_FOUND : aside;
}

enum ocpp_status ocpp_cp_put(struct ocpp_charge_point *cp, const char *key, const struct ocpp_layout *layout, const void *object)
{
    struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = cp->bytes };
    const enum ocpp_status status = ocpp_record_write(layout, object, cp->bytes, sizeof(cp->bytes), &change.size);
    return status == OCPP_OK ? ocpp_cp_write_now(cp, &change, 1) : status;
}

/* --- the start, the row, availability
 * ----------------------------------------------------------------------------------------------- */

static bool note_start(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    int64_t *highest = user;
    const int64_t number = ocpp_cp_key_number(key);
    const int64_t start = number < 0 || key[0] == 'c' ? number : number >> 32; /* clocks are named by it, facts begin with it */
    if (start > *highest && start < INT32_MAX) {
        *highest = start;
    }
    return true;
}

/* The count of starts is lost: it is at least what the keys in the store say. Facts numbered anew from 1 would be written over
 * those that wait. */
static enum ocpp_status count_starts(const struct ocpp_charge_point *cp, int64_t *count)
{
    static const char *const prefixes[] = { "queue/", "dead/", "clock/" };
    enum ocpp_status status = OCPP_OK;
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]) && status == OCPP_OK; i++) {
        status = cp->storage->each(prefixes[i], NULL, note_start, count, cp->storage->user);
    }
    return status;
}

/* What was noted may have come from a later release that knows more reasons. */
static enum ocpp_boot_reason noted_reason(const struct ocpp_charge_point *cp, int32_t noted)
{
    if (cp->settings.boot_reason != OCPP_BOOT_REASON_NOTED) {
        return cp->settings.boot_reason;
    }
    const bool is_known = noted >= 0 && noted < (int32_t)OCPP_BOOT_REASON_WATCHDOG;
    return is_known ? (enum ocpp_boot_reason)(noted + 1) : OCPP_BOOT_REASON_UNKNOWN;
}

static enum ocpp_status load_boot(struct ocpp_charge_point *cp)
{
    struct boot_record boot = { .number = 0 };
    enum ocpp_status status = ocpp_cp_read_record(cp, "boot", &boot_layout, &boot);
    if (status == OCPP_ERR_NOT_FOUND) {
        status = count_starts(cp, &boot.number);
    }
    if (status != OCPP_OK) {
        return status;
    }
    cp->boot = boot.number >= 0 && boot.number < INT32_MAX ? boot.number + 1 : 1;
    cp->queue.next_number = cp->boot << 32; /* above every number of earlier starts, so that none returns */
    cp->boot_reason = noted_reason(cp, boot.reason);
    boot = (struct boot_record){ .number = cp->boot };
    return ocpp_cp_put(cp, "boot", &boot_layout, &boot);
}

enum ocpp_status ocpp_cp_keep_boot_reason(struct ocpp_charge_point *cp, enum ocpp_boot_reason reason)
{
    const struct boot_record boot = { .number = cp->boot, .reason = (int32_t)reason - 1 };
    return ocpp_cp_put(cp, "boot", &boot_layout, &boot);
}

static enum ocpp_status load_row(struct ocpp_charge_point *cp)
{
    const enum ocpp_status status = ocpp_cp_read_record(cp, "connectors", &row_layout, &cp->row);
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
        return status;
    }
    return ocpp_cp_row_complete(cp) ? ocpp_cp_put(cp, "connectors", &row_layout, &cp->row) : OCPP_OK;
}

static enum ocpp_status load_availability(struct ocpp_charge_point *cp)
{
    struct availability_record availability;
    const enum ocpp_status status = ocpp_cp_read_record(cp, "availability", &availability_layout, &availability);
    if (status == OCPP_ERR_NOT_FOUND) {
        return OCPP_OK;
    }
    cp->station_inoperative = availability.station_inoperative;
    for (size_t i = 0; i < availability.count; i++) {
        const struct place *place = &availability.inoperative[i];
        struct evse *evse = ocpp_cp_evse(cp, place->evse);
        struct connector *connector = ocpp_cp_connector(cp, place->evse, place->connector);
        if (connector != NULL) {
            connector->inoperative = true;
        } else if (evse != NULL && place->connector == 0) {
            evse->inoperative = true;
        }
    }
    return status;
}

static void add_place(struct availability_record *availability, int evse, int connector)
{
    if (availability->count < MOST_ROW_PLACES) {
        availability->inoperative[availability->count++] = (struct place){ (int16_t)evse, (int16_t)connector };
    }
}

enum ocpp_status ocpp_cp_keep_availability(struct ocpp_charge_point *cp)
{
    struct availability_record availability = { .station_inoperative = cp->station_inoperative };
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (cp->evses[i].inoperative) {
            add_place(&availability, i + 1, 0);
        }
        for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
            if (ocpp_cp_connector(cp, i + 1, connector)->inoperative) {
                add_place(&availability, i + 1, connector);
            }
        }
    }
    return ocpp_cp_put(cp, "availability", &availability_layout, &availability);
}

/* --- everything
 * ----------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_cp_load(struct ocpp_charge_point *cp)
{
    static enum ocpp_status (*const steps[])(struct ocpp_charge_point *) = {
        load_boot,
        ocpp_cp_variables_load,
        ocpp_cp_own_load,
        load_row,
        load_availability,
        ocpp_cp_load_transactions,
        ocpp_cp_queue_load,
        ocpp_cp_letters_load,
        ocpp_cp_hold_load,
        ocpp_cp_reservations_load,
        ocpp_cp_list_load,
        ocpp_cp_cache_load,
        ocpp_cp_profiles_load,
        ocpp_cp_blocks_load,
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const enum ocpp_status status = steps[i](cp);
        if (status != OCPP_OK) {
            return status;
        }
    }
    return OCPP_OK;
}
