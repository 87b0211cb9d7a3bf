/* kept_records.c: what somebody may do with dead letters and with bytes that could not be read: look, have it told again, throw
 * it away. How they come about is in letters.c. */
#include "charge_point_internal.h"

#include <string.h>

#include "text.h"

static const char dead_prefix[] = "dead/";
static const char corrupt_prefix[] = "corrupt/";

static bool has_prefix(const char *key, const char *prefix)
{
    return strncmp(key, prefix, strlen(prefix)) == 0;
}

/* --- looking -------------------------------------------------------------------------------------------------------------------
 */

struct showing {
    struct ocpp_charge_point *cp;
    bool (*visit)(const struct ocpp_kept_record *record, void *user);
    void *user;
    bool is_over;
};

static void describe(struct ocpp_charge_point *cp, const struct fact *fact, struct ocpp_kept_record *record)
{
    record->is_dead_letter = true;
    ocpp_uuid_text(fact->uuid, record->transaction);
    record->evse = fact->evse;
    record->trigger = (enum ocpp_trigger)fact->trigger;
    record->is_first = fact->number == 0;
    record->is_last = fact->closed;
    record->utc_ms = ocpp_cp_date(cp, &fact->when);
    record->meter_wh = fact->meter_wh;
}

static bool show(const char *key, const void *value, size_t size, void *user)
{
    struct showing *showing = user;
    struct ocpp_kept_record record = { .key = key, .bytes = value, .size = size, .utc_ms = OCPP_UTC_UNKNOWN };
    struct fact *fact = &showing->cp->scratch;
    if (has_prefix(key, dead_prefix) && ocpp_record_read(&fact_layout, value, size, fact) == OCPP_OK) {
        describe(showing->cp, fact, &record);
    }
    showing->is_over = !showing->visit(&record, showing->user);
    return !showing->is_over;
}

enum ocpp_status ocpp_charge_point_each_kept(struct ocpp_charge_point *cp,
                                             bool (*visit)(const struct ocpp_kept_record *record, void *user), void *user)
{
    if (cp->depth > 0) { /* a fact may be in the making */
        return OCPP_ERR_STATE;
    }
    struct showing showing = { .cp = cp, .visit = visit, .user = user };
    cp->depth++;
    enum ocpp_status status = cp->storage->each(dead_prefix, NULL, show, &showing, cp->storage->user);
    if (status == OCPP_OK && !showing.is_over) {
        status = cp->storage->each(corrupt_prefix, NULL, show, &showing, cp->storage->user);
    }
    cp->depth--;
    return status;
}

/* --- having it told again
 * ---------------------------------------------------------------------------------------------------------- */

static bool has_room(const struct queue *queue)
{
    return queue->count + queue->pending + queue->reserved < queue->room;
}

/* The family its transaction is bound to stands beside the letter; without that, it goes with whatever link there is. */
static uint8_t family_of(struct ocpp_charge_point *cp, const char *retold)
{
    struct told told;
    return ocpp_cp_peek(cp, retold, &told_layout, &told) == OCPP_OK ? (uint8_t)told.family : (uint8_t)FAMILY_NONE;
}

static enum ocpp_status requeue(struct ocpp_charge_point *cp, const char *key, int64_t number)
{
    char queued[OCPP_KEY_SIZE];
    char retold[OCPP_KEY_SIZE];
    struct fact *fact = &cp->scratch;
    struct ocpp_change changes[] = {
        { .kind = OCPP_CHANGE_PUT, .key = queued, .value = cp->bytes },
        { .kind = OCPP_CHANGE_DELETE, .key = key },
        { .kind = OCPP_CHANGE_DELETE, .key = "attempts" },
    };
    ocpp_cp_number_key("queue", number, queued);
    ocpp_cp_number_key("retold", number, retold);
    enum ocpp_status status = ocpp_cp_peek(cp, key, &fact_layout, fact);
    if (status == OCPP_OK) {
        status = ocpp_record_write(&fact_layout, fact, cp->bytes, sizeof(cp->bytes), &changes[0].size);
    }
    struct queued entry = { .number = number, .rank = (uint8_t)ocpp_cp_queue_rank(fact), .again = true };
    memcpy(entry.uuid, fact->uuid, UUID_BYTES);
    entry.family = family_of(cp, retold);
    const bool was_counted = cp->queue.attempts_number == number;
    if (status == OCPP_OK) {
        status = ocpp_cp_write_now(cp, changes, was_counted ? 3 : 2);
    }
    if (status != OCPP_OK) {
        return status;
    }
    cp->queue.attempts = was_counted ? 0 : cp->queue.attempts;
    cp->queue.dead--;
    ocpp_cp_queue_add(cp, &entry);
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_requeue(struct ocpp_charge_point *cp, const char *key, struct ocpp_now now)
{
    const int64_t number = has_prefix(key, dead_prefix) ? ocpp_cp_key_number(key) : -1;
    if (cp->depth > 0) {
        return OCPP_ERR_STATE;
    }
    if (number < 0) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (!has_room(&cp->queue)) {
        return OCPP_ERR_FULL;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = requeue(cp, key, number);
    ocpp_cp_leave(cp);
    return status;
}

/* --- throwing it away
 * ---------------------------------------------------------------------------------------------------------------- */

static bool ignore(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    (void)user;
    return true;
}

enum ocpp_status ocpp_cp_discard(struct ocpp_charge_point *cp, const char *key)
{
    const bool is_dead = has_prefix(key, dead_prefix);
    char retold[OCPP_KEY_SIZE];
    enum ocpp_status status = cp->storage->read(key, ignore, NULL, cp->storage->user);
    if (status != OCPP_OK) {
        return status;
    }
    ocpp_cp_number_key("retold", ocpp_cp_key_number(key), retold);
    const struct ocpp_change changes[] = {
        { .kind = OCPP_CHANGE_DELETE, .key = key },
        { .kind = OCPP_CHANGE_DELETE, .key = retold },
    };
    status = ocpp_cp_write_now(cp, changes, is_dead ? 2 : 1);
    if (status == OCPP_OK) {
        --*(is_dead ? &cp->queue.dead : &cp->corrupt);
    }
    return status;
}

enum ocpp_status ocpp_charge_point_discard(struct ocpp_charge_point *cp, const char *key, struct ocpp_now now)
{
    if (!has_prefix(key, dead_prefix) && !has_prefix(key, corrupt_prefix)) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (cp->depth > 0) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = ocpp_cp_discard(cp, key);
    ocpp_cp_leave(cp);
    return status;
}
