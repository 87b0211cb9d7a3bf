/* recording.c: facts about sessions, from what happened at an EVSE into the store.
 *
 * One write per EVSE at a time. A fact goes into the queue in the same write that updates the transaction it belongs to, so a
 * power cut leaves both or neither. What something begins or ends with is tried until the store takes it; what lies between is
 * given up when the store does not. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "require.h"

#define POINT(name) ((int32_t)1 << TX_POINT_##name)

static void evse_key(const char *kind, int evse, char key[OCPP_KEY_SIZE])
{
    snprintf(key, OCPP_KEY_SIZE, "%s/%04d", kind, evse);
}

/* --- the fact -------------------------------------------------------------------------------------------------------------- */

/* How many phases the vehicle is given, where the firmware has said how many there are (E02.FR.18). */
static int32_t phases_used(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    if (cp->settings.evse_properties == NULL || evse->transaction.charging_state != (int32_t)OCPP_CHARGING_STATE_CHARGING) {
        return 0;
    }
    int64_t until_mono_ms;
    return ocpp_cp_limit_at(cp, evse, cp->now, &until_mono_ms).phases;
}

/* The fact at |when|, as the transaction is after it. */
static struct fact *begin_fact(struct ocpp_charge_point *cp, struct evse *evse, const struct moment *when,
                               enum ocpp_trigger trigger)
{
    struct fact *fact = &cp->scratch;
    const struct transaction *transaction = &evse->transaction;
    const struct reading reading = fact->reading;
    memset(fact, 0, sizeof(*fact));
    fact->reading = reading;
    ocpp_cp_reading_at(&fact->reading, when); /* it belongs to what happened then, also when the store took its time */
    memcpy(fact->uuid, transaction->uuid, UUID_BYTES);
    ocpp_cp_uuid(cp, fact->id);
    fact->number = transaction->next_number;
    fact->evse = transaction->evse;
    fact->connector = transaction->connector;
    fact->when = *when;
    fact->link = cp->dialect == NULL ? 0 : cp->link;
    fact->trigger = (int32_t)trigger;
    fact->plugged = (transaction->points & POINT(EV_CONNECTED)) != 0;
    fact->authorized = (transaction->points & POINT(AUTHORIZED)) != 0;
    fact->early = transaction->early;
    fact->reason = transaction->reason;
    fact->grants = transaction->grants;
    fact->token = transaction->token;
    fact->charging_state = transaction->charging_state;
    fact->phases = phases_used(cp, evse);
    fact->meter_wh = evse->last_meter_wh;
    fact->metered = evse->metered;
    fact->has_remote_start_id = transaction->has_remote_start_id;
    fact->remote_start_id = transaction->remote_start_id;
    fact->has_reservation_id = transaction->has_reservation_id;
    fact->reservation_id = transaction->reservation_id;
    cp->has_undated = cp->has_undated || when->utc_ms == OCPP_UTC_UNKNOWN;
    return fact;
}

char *ocpp_cp_change(struct changes *changes, enum ocpp_change_kind kind, const void *value, size_t size)
{
    ocpp_require(changes->count < MOST_CHANGES);
    char *key = changes->keys[changes->count];
    changes->items[changes->count++] = (struct ocpp_change){ .kind = kind, .key = key, .value = value, .size = size };
    return key;
}

enum ocpp_status ocpp_cp_add_fact(struct ocpp_charge_point *cp, size_t needed, struct queued *added, struct changes *changes)
{
    const struct fact *fact = &cp->scratch;
    const enum queue_rank rank = ocpp_cp_queue_rank(fact);
    char prefix[OCPP_KEY_SIZE];
    added->number = cp->queue.next_number;
    added->rank = (uint8_t)rank;
    memcpy(added->uuid, fact->uuid, UUID_BYTES);
    if (!ocpp_cp_queue_plan(cp, rank, needed, &changes->plan)) {
        return OCPP_ERR_FULL;
    }
    const enum ocpp_status status = ocpp_record_write(&fact_layout, fact, cp->bytes, sizeof(cp->bytes), &changes->bytes_used);
    if (status != OCPP_OK) {
        return status;
    }
    for (size_t i = 0; i < changes->plan.count; i++) {
        ocpp_cp_number_key("queue", changes->plan.drops[i], ocpp_cp_change(changes, OCPP_CHANGE_DELETE, NULL, 0));
        ocpp_cp_signed_drop(cp, changes->plan.drops[i], changes);
    }
    ocpp_cp_number_key("queue", added->number, ocpp_cp_change(changes, OCPP_CHANGE_PUT, cp->bytes, changes->bytes_used));
    ocpp_cp_signed_prefix(added->number, prefix);
    return ocpp_cp_signed_put(cp, &fact->reading, prefix, changes);
}

enum ocpp_status ocpp_cp_write_fact(struct ocpp_charge_point *cp, struct write_slot *slot, const struct changes *changes)
{
    cp->queue.pending++;
    cp->queue.next_number++;
    const enum ocpp_status status = ocpp_cp_write(cp, slot, changes->items, changes->count);
    if (status != OCPP_OK) {
        cp->queue.pending--;
        return status;
    }
    for (size_t i = 0; i < changes->plan.count; i++) {
        ocpp_cp_queue_give_up(cp, changes->plan.drops[i], cp->queue.next_number - 1);
    }
    return OCPP_OK;
}

/* The changes of one write about a session, and the bytes they borrow. */
struct change_list {
    struct changes all;
    uint8_t transaction[2 * TOKEN_SIZE + 320];
};

/* Adds the fact in cp->scratch. |reserved|: how many places are kept for what must follow it, from now on. */
static enum ocpp_status add_fact(struct ocpp_charge_point *cp, struct evse *evse, size_t reserved, struct change_list *list)
{
    const size_t needed = 1 + reserved > evse->reserved ? 1 + reserved - evse->reserved : 0;
    evse->added.family = (uint8_t)evse->transaction.family;
    return ocpp_cp_add_fact(cp, needed, &evse->added, &list->all);
}

static enum ocpp_status add_transaction(const struct evse *evse, struct change_list *list)
{
    size_t size;
    const enum ocpp_status status =
        ocpp_record_write(&transaction_layout, &evse->transaction, list->transaction, sizeof(list->transaction), &size);
    if (status == OCPP_OK) {
        evse_key("transaction", evse->transaction.evse, ocpp_cp_change(&list->all, OCPP_CHANGE_PUT, list->transaction, size));
    }
    return status;
}

static void reserve(struct ocpp_charge_point *cp, struct evse *evse, size_t reserved)
{
    cp->queue.reserved = cp->queue.reserved - evse->reserved + reserved;
    evse->reserved = reserved;
}

/* A reservation goes in the write that stores who uses it (1.6 5.13; H03). */
static void add_reservation(struct ocpp_charge_point *cp, struct evse *evse, struct change_list *list)
{
    evse->is_reservation_written = evse->uses_reservation && cp->scratch.has_reservation_id;
    if (evse->is_reservation_written) {
        ocpp_cp_reservation_key(evse->transaction.reservation_id, ocpp_cp_change(&list->all, OCPP_CHANGE_DELETE, NULL, 0));
    }
}

static enum ocpp_status write_list(struct ocpp_charge_point *cp, struct evse *evse, struct change_list *list,
                                   enum evse_write writing, size_t reserved)
{
    const size_t reserved_before = evse->reserved;
    evse->writing = writing;
    evse->reserved_before = reserved_before;
    reserve(cp, evse, reserved);
    add_reservation(cp, evse, list);
    const enum ocpp_status status = ocpp_cp_write_fact(cp, &evse->slot, &list->all);
    if (status != OCPP_OK) {
        reserve(cp, evse, reserved_before);
        evse->writing = WRITE_NOTHING;
    }
    return status;
}

static void refused(struct ocpp_charge_point *cp, struct evse *evse, const char *what, enum ocpp_status status)
{
    evse->retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "EVSE %d: %s was not stored: %s", evse->number, what, ocpp_status_sentence(status));
}

/* --- the first reading: kept apart from the fact, too, because the account at the end begins with it -------------------------
 */

static enum ocpp_status add_begin(struct ocpp_charge_point *cp, const struct evse *evse, struct reading *whole,
                                  struct change_list *list)
{
    whole->when = cp->scratch.reading.when;
    cp->scratch.reading = *whole;
    ocpp_cp_reading_for(cp, USE_ENDS, &cp->scratch.reading);
    return cp->scratch.reading.count == 0 ? OCPP_OK
                                          : ocpp_cp_data_begin(cp, evse->transaction.uuid, &list->all, list->all.bytes_used);
}

/* --- what happened ------------------------------------------------------------------------------------------------------------
 */

static bool is_turn(const struct evse *evse, const struct happening *happening)
{
    return evse->transaction.next_number == 0 || happening->is_grant || happening->begins || happening->opens ||
           happening->ends || happening->closes;
}

static enum ocpp_reading_context context_of(const struct happening *happening)
{
    return happening->ends || happening->closes ? OCPP_CONTEXT_TRANSACTION_END : OCPP_CONTEXT_TRANSACTION_BEGIN;
}

/* Places that are kept for what must follow: the end of the session, and that of an authorization which does not end it. */
size_t ocpp_cp_places_kept(const struct transaction *transaction, int32_t points)
{
    const int32_t ends = transaction->early ? 0 : transaction->stop_points;
    return (points & ~ends & POINT(AUTHORIZED)) != 0 ? 2 : 1;
}

static void fill_happening(struct ocpp_charge_point *cp, struct evse *evse, const struct happening *happening)
{
    struct transaction *transaction = &evse->transaction;
    transaction->points = happening->points;
    transaction->charging_state = (int32_t)happening->charging_state;
    struct fact *fact = begin_fact(cp, evse, &happening->when, happening->trigger);
    fact->closed = happening->closes;
    fact->kept = is_turn(evse, happening);
    if (happening->grants == 0) {
        memset(&fact->token, 0, sizeof(fact->token));
        fact->has_remote_start_id = false;
    }
    fact->has_reservation_id = happening->has_reservation && fact->has_reservation_id;
    if (happening->ends) {
        fact->ender = evse->ender;
    }
    if (context_of(happening) == OCPP_CONTEXT_TRANSACTION_END) {
        if (fact->meter_wh < transaction->meter_wh) { /* a meter that was silent, or starts anew, took nothing back */
            fact->meter_wh = transaction->meter_wh;
            fact->metered = transaction->metered;
        }
    }
    transaction->meter_wh = fact->meter_wh;
    transaction->metered = fact->metered;
}

static enum ocpp_status write_as_it_was(struct ocpp_charge_point *cp, struct evse *evse, const struct happening *happening)
{
    struct change_list list = { .all = { .count = 0 } };
    struct transaction *transaction = &evse->transaction;
    struct reading whole = cp->scratch.reading;
    const size_t places = happening->closes ? 0 : ocpp_cp_places_kept(transaction, happening->points);
    fill_happening(cp, evse, happening);
    const bool is_end = context_of(happening) == OCPP_CONTEXT_TRANSACTION_END;
    ocpp_cp_reading_for(cp, is_end ? USE_ENDS : USE_STARTED, &cp->scratch.reading);
    enum ocpp_status status = add_fact(cp, evse, places, &list);
    transaction->next_number++;
    if (status == OCPP_OK && !happening->closes) {
        status = add_transaction(evse, &list);
    }
    if (status == OCPP_OK && (happening->begins || (happening->opens && happening->is_early))) {
        status = add_begin(cp, evse, &whole, &list);
    }
    if (happening->closes) {
        evse_key("transaction", transaction->evse, ocpp_cp_change(&list.all, OCPP_CHANGE_DELETE, NULL, 0));
    }
    if (status == OCPP_OK) {
        status = write_list(cp, evse, &list, WRITE_HAPPENING, places);
        cp->meters[evse->number].begun = status == OCPP_OK && happening->opens && !happening->closes;
    }
    transaction->next_number -= status != OCPP_OK;
    return status;
}

/* What happened since is not of this fact. */
static enum ocpp_status write_happening(struct ocpp_charge_point *cp, struct evse *evse, const struct happening *happening)
{
    struct transaction *transaction = &evse->transaction;
    const bool is_early = transaction->early;
    const int32_t grants = transaction->grants;
    transaction->early = happening->is_early;
    transaction->grants = happening->grants;
    const enum ocpp_status status = write_as_it_was(cp, evse, happening);
    transaction->early = is_early;
    transaction->grants = grants;
    return status;
}

static void forget_first(struct evse *evse)
{
    evse->happened_count--;
    memmove(&evse->happened[0], &evse->happened[1], evse->happened_count * sizeof(evse->happened[0]));
}

static void record_happening(struct ocpp_charge_point *cp, struct evse *evse)
{
    const struct happening *first = &evse->happened[0];
    cp->scratch.reading.count = 0;
    if (is_turn(evse, first)) {
        ocpp_cp_read_meter(cp, evse->number, context_of(first), &cp->scratch.reading);
        if (evse->happened_count == 0 || /* the firmware had more to say while it was asked */
            ocpp_cp_awaits_meter(cp, evse, &cp->scratch.reading, &first->when)) {
            return;
        }
        ocpp_cp_signature_begins(cp, evse, &cp->scratch.reading);
    }
    if (evse->transaction.next_number == 0) {
        evse->transaction.meter_start_wh = evse->last_meter_wh;
    }
    const bool is_kept = is_turn(evse, first);
    const enum ocpp_status status = write_happening(cp, evse, first);
    if (status == OCPP_OK) {
        return;
    }
    if (status == OCPP_ERR_FULL && !is_kept) { /* nothing in the queue is worth less: the gap in the numbers tells of it */
        evse->transaction.next_number++;
        cp->queue.dropped++;
        forget_first(evse);
        return;
    }
    refused(cp, evse, "what happened", status);
}

/* --- updates ------------------------------------------------------------------------------------------------------------------
 */

static void write_update(struct ocpp_charge_point *cp, struct evse *evse, const struct moment *when, enum ocpp_trigger trigger,
                         enum ocpp_charging_state state)
{
    struct change_list list = { .all = { .count = 0 } };
    struct transaction *transaction = &evse->transaction;
    const int32_t state_before = transaction->charging_state;
    transaction->charging_state = (int32_t)state;
    begin_fact(cp, evse, when, trigger);
    transaction->next_number++;
    transaction->meter_wh = evse->last_meter_wh;
    transaction->metered = evse->metered;
    enum ocpp_status status = add_fact(cp, evse, evse->reserved, &list);
    if (status == OCPP_OK) {
        status = add_transaction(evse, &list);
    }
    if (status == OCPP_OK) {
        status = write_list(cp, evse, &list, WRITE_UPDATE, evse->reserved);
    }
    if (status == OCPP_ERR_FULL) {
        cp->queue.dropped++; /* nothing in the queue is worth less: the gap in the numbers tells of it */
        return;
    }
    if (status != OCPP_OK) {
        transaction->charging_state = state_before;
        refused(cp, evse, "an update of a transaction", status);
    }
}

void ocpp_cp_record_reading(struct ocpp_charge_point *cp, struct evse *evse, enum reading_use use, const struct moment *when)
{
    static const struct {
        enum ocpp_reading_context context;
        enum ocpp_trigger trigger;
    } words[USE_COUNT] = {
        [USE_BEGUN] = { OCPP_CONTEXT_TRANSACTION_BEGIN, OCPP_TRIGGER_METER_VALUE_PERIODIC },
        [USE_SAMPLED] = { OCPP_CONTEXT_SAMPLE_PERIODIC, OCPP_TRIGGER_METER_VALUE_PERIODIC },
        [USE_CLOCK] = { OCPP_CONTEXT_SAMPLE_CLOCK, OCPP_TRIGGER_METER_VALUE_CLOCK },
        [USE_TRIGGERED] = { OCPP_CONTEXT_TRIGGER, OCPP_TRIGGER_TRIGGER },
        [USE_RESUMED] = { OCPP_CONTEXT_INTERRUPTION_END, OCPP_TRIGGER_METER_VALUE_PERIODIC },
    };
    ocpp_cp_read_meter(cp, evse->number, words[use].context, &cp->scratch.reading);
    if (evse->session != SESSION_OPEN || evse->happened_count > 0 || ocpp_cp_signature_begins(cp, evse, &cp->scratch.reading) ||
        !ocpp_cp_is_ongoing(evse)) { /* nobody would be told */
        return;
    }
    ocpp_cp_reading_for(cp, use, &cp->scratch.reading);
    if (cp->scratch.reading.count > 0 || use == USE_TRIGGERED) { /* whoever asked is told the state, too */
        write_update(cp, evse, when, words[use].trigger, ocpp_cp_charging_state(cp, evse));
    }
}

/* What a refused token may still have is watched (E05.FR.03), and a signature that a transaction is to begin with (E01.FR.04). */
static void look_at_meter(struct ocpp_charge_point *cp, struct evse *evse)
{
    ocpp_cp_read_meter(cp, evse->number, OCPP_CONTEXT_OTHER, &cp->scratch.reading);
    ocpp_cp_signature_begins(cp, evse, &cp->scratch.reading);
    const bool is_limited = evse->transaction.refused && ocpp_charge_point_permit(cp, evse->number, cp->now).closed;
    const bool is_needed = is_limited || ocpp_cp_awaits_signature(cp, evse);
    evse->look_due_mono_ms = is_needed ? cp->now.mono_ms + METER_LOOK_MS : OCPP_NEVER;
    cp->dirty = true;
}

static void write_transaction(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct change_list list = { .all = { .count = 0 } };
    evse->writing = WRITE_TRANSACTION;
    enum ocpp_status status = add_transaction(evse, &list);
    if (status == OCPP_OK) {
        status = ocpp_cp_write(cp, &evse->slot, list.all.items, list.all.count);
    }
    evse->is_unwritten = false;
    if (status != OCPP_OK) {
        evse->writing = WRITE_NOTHING;
        evse->is_unwritten = true;
        refused(cp, evse, "a transaction", status);
    }
}

static void record_update(struct ocpp_charge_point *cp, struct evse *evse)
{
    const enum ocpp_charging_state state = ocpp_cp_charging_state(cp, evse);
    if (state != evse->seen_state) {
        evse->seen_state = state;
        evse->state_since = ocpp_cp_moment(cp);
    }
    if (state != (enum ocpp_charging_state)evse->transaction.charging_state) {
        cp->scratch.reading.count = 0;
        write_update(cp, evse, &evse->state_since, OCPP_TRIGGER_CHARGING_STATE_CHANGED, state);
        return;
    }
    if (evse->rate_changed) { /* K11.FR.04, K13.FR.03 */
        evse->rate_changed = false;
        cp->scratch.reading.count = 0;
        const struct moment now = ocpp_cp_moment(cp);
        write_update(cp, evse, &now, OCPP_TRIGGER_CHARGING_RATE_CHANGED, state);
        return;
    }
    if (evse->is_unwritten) {
        write_transaction(cp, evse);
        return;
    }
    if (evse->report_triggered) {
        evse->report_triggered = false;
        const struct moment now = ocpp_cp_moment(cp);
        ocpp_cp_record_reading(cp, evse, USE_TRIGGERED, &now);
        return;
    }
    if (cp->now.mono_ms >= evse->look_due_mono_ms) {
        look_at_meter(cp, evse);
        return;
    }
    ocpp_cp_record_samples(cp, evse);
}

/* --- what became of a write
 * ----------------------------------------------------------------------------------------------------- */

static void stored(struct ocpp_charge_point *cp, struct evse *evse, enum evse_write written)
{
    if (evse->is_reservation_written) {
        evse->uses_reservation = evse->is_reservation_written = false;
        ocpp_cp_reservation_used(cp, evse->transaction.reservation_id);
    }
    if (written == WRITE_UPDATE) {
        return;
    }
    const bool was_last = evse->happened[0].closes;
    forget_first(evse);
    if (was_last) {
        ocpp_cp_session_ended(cp, evse);
    }
}

static void lost(struct ocpp_charge_point *cp, struct evse *evse, enum evse_write written, enum ocpp_status status)
{
    refused(cp, evse, "a fact", status);
    reserve(cp, evse, evse->reserved_before);
    if (written == WRITE_UPDATE) {
        evse->transaction.charging_state =
            OCPP_CHARGING_STATE_UNKNOWN; /* told again, if it was a change of state that was lost */
        cp->queue.dropped++;
        return;
    }
    evse->transaction.next_number--; /* tried again */
}

static void look_at_write(struct ocpp_charge_point *cp, struct evse *evse)
{
    enum ocpp_status status;
    if (!ocpp_cp_slot_ended(&evse->slot, &status)) {
        return;
    }
    const enum evse_write written = evse->writing;
    evse->writing = WRITE_NOTHING;
    if (written == WRITE_TRANSACTION) {
        cp->dirty = true;
        if (status != OCPP_OK) {
            evse->is_unwritten = true;
            refused(cp, evse, "a transaction", status);
        }
        return;
    }
    ocpp_cp_queue_written(cp, &evse->added, status == OCPP_OK);
    cp->dirty = true;
    if (status == OCPP_OK) {
        stored(cp, evse, written);
        return;
    }
    lost(cp, evse, written, status);
}

static bool is_busy(const struct evse *evse)
{
    return evse->slot.busy || evse->slot.finished;
}

void ocpp_cp_record(struct ocpp_charge_point *cp, struct evse *evse)
{
    look_at_write(cp, evse);
    if (is_busy(evse) || evse->session == SESSION_NONE || cp->now.mono_ms < evse->retry_mono_ms) {
        return;
    }
    if (evse->happened_count == 0 && ocpp_cp_is_locked(cp, evse)) {
        ocpp_cp_step(cp, evse, EVENT_STORED);
        ocpp_cp_look_at_energy(cp, evse);
    }
    if (evse->happened_count > 0) {
        record_happening(cp, evse);
    } else {
        record_update(cp, evse);
    }
}

int64_t ocpp_cp_record_deadline(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    if (evse->slot.busy || evse->session == SESSION_NONE) {
        return OCPP_NEVER;
    }
    const bool is_due = evse->happened_count > 0 || evse->is_unwritten ||
                        (evse->state == EVSE_OPENING && ocpp_cp_is_locked(cp, evse)) ||
                        ocpp_cp_charging_state(cp, evse) != (enum ocpp_charging_state)evse->transaction.charging_state;
    if (is_due) {
        return evse->retry_mono_ms;
    }
    const int64_t due = evse->sample_due_mono_ms < evse->look_due_mono_ms ? evse->sample_due_mono_ms : evse->look_due_mono_ms;
    return due > evse->retry_mono_ms ? due : evse->retry_mono_ms;
}
