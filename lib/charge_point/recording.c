/* recording.c: facts about transactions, from the state of an EVSE into the store.
 *
 * One write per EVSE at a time. A fact goes into the queue in the same write that updates the transaction it belongs to, so a
 * power cut leaves both or neither. What opens and what closes a transaction is tried until the store takes it; what lies between
 * is given up when the store does not. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

enum { MOST_CHANGES = 5 };

static void evse_key(const char *kind, int evse, char key[OCPP_KEY_SIZE])
{
    snprintf(key, OCPP_KEY_SIZE, "%s/%04d", kind, evse);
}

/* --- the fact ----------------------------------------------------------------------------------------------------------------
 */

static struct fact *begin_fact(struct ocpp_charge_point *cp, struct evse *evse, const struct moment *when,
                               enum ocpp_trigger trigger)
{
    struct fact *fact = &cp->scratch;
    struct transaction *transaction = &evse->transaction;
    const struct reading reading = fact->reading;
    memset(fact, 0, sizeof(*fact));
    fact->reading = reading;
    fact->reading.when = *when; /* it belongs to what happened then, also when the store took its time */
    memcpy(fact->uuid, transaction->uuid, UUID_BYTES);
    ocpp_cp_uuid(cp, fact->id);
    fact->number = transaction->next_number;
    fact->evse = transaction->evse;
    fact->connector = transaction->connector;
    fact->when = *when;
    fact->link = cp->dialect == NULL ? 0 : cp->link;
    fact->trigger = (int32_t)trigger;
    fact->token = transaction->token;
    fact->plugged = evse->connector != 0;
    fact->authorized = true;
    fact->charging_state = (int32_t)ocpp_cp_charging_state(cp, evse);
    fact->meter_wh = evse->last_meter_wh;
    fact->has_remote_start_id = transaction->has_remote_start_id;
    fact->remote_start_id = transaction->remote_start_id;
    cp->has_undated = cp->has_undated || when->utc_ms == OCPP_UTC_UNKNOWN;
    return fact;
}

/* The changes of one write, and the texts they borrow. */
struct change_list {
    struct ocpp_change changes[MOST_CHANGES];
    size_t count;
    char keys[MOST_CHANGES][OCPP_KEY_SIZE];
    uint8_t transaction[2 * TOKEN_SIZE + 256];
    struct queue_plan plan;
};

static char *add_change(struct change_list *list, enum ocpp_change_kind kind, const void *value, size_t size)
{
    char *key = list->keys[list->count];
    list->changes[list->count++] = (struct ocpp_change){ .kind = kind, .key = key, .value = value, .size = size };
    return key;
}

/* Adds the fact in cp->scratch, and gives up another where the queue is full. */
static enum ocpp_status add_fact(struct ocpp_charge_point *cp, struct evse *evse, struct change_list *list)
{
    const struct fact *fact = &cp->scratch;
    evse->added = (struct queued){ .number = cp->queue.next_number, .rank = (uint8_t)ocpp_cp_queue_rank(fact) };
    evse->added.family = (uint8_t)evse->transaction.family;
    memcpy(evse->added.uuid, fact->uuid, UUID_BYTES);
    if (!ocpp_cp_queue_plan(cp, fact, &list->plan)) {
        return OCPP_ERR_FULL;
    }
    size_t size;
    const enum ocpp_status status = ocpp_record_write(&fact_layout, fact, cp->bytes, sizeof(cp->bytes), &size);
    if (status != OCPP_OK) {
        return status;
    }
    for (size_t i = 0; i < list->plan.count; i++) {
        ocpp_cp_number_key("queue", list->plan.drops[i], add_change(list, OCPP_CHANGE_DELETE, NULL, 0));
    }
    ocpp_cp_number_key("queue", evse->added.number, add_change(list, OCPP_CHANGE_PUT, cp->bytes, size));
    return OCPP_OK;
}

static enum ocpp_status add_transaction(const struct evse *evse, struct change_list *list)
{
    size_t size;
    const enum ocpp_status status =
        ocpp_record_write(&transaction_layout, &evse->transaction, list->transaction, sizeof(list->transaction), &size);
    if (status == OCPP_OK) {
        evse_key("transaction", evse->transaction.evse, add_change(list, OCPP_CHANGE_PUT, list->transaction, size));
    }
    return status;
}

static enum ocpp_status write_list(struct ocpp_charge_point *cp, struct evse *evse, const struct change_list *list,
                                   enum evse_write writing)
{
    evse->writing = writing;
    cp->queue.pending++;
    cp->queue.next_number++;
    const enum ocpp_status status = ocpp_cp_write(cp, &evse->slot, list->changes, list->count);
    if (status != OCPP_OK) {
        cp->queue.pending--;
        evse->writing = WRITE_NOTHING;
        return status;
    }
    for (size_t i = 0; i < list->plan.count; i++) {
        ocpp_cp_queue_remove(cp, list->plan.drops[i]);
        cp->queue.dropped++;
    }
    return OCPP_OK;
}

static void refused(struct ocpp_charge_point *cp, struct evse *evse, const char *what, enum ocpp_status status)
{
    evse->retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "EVSE %d: %s was not stored: %s", evse->number, what, ocpp_status_sentence(status));
}

/* --- opening ------------------------------------------------------------------------------------------------------------------
 */

/* The first reading is kept whole apart from the fact: the last fact may have to tell it again. */
static enum ocpp_status add_begin(struct ocpp_charge_point *cp, const struct evse *evse, struct change_list *list, size_t used)
{
    struct reading *begin = &cp->scratch.begin;
    *begin = cp->scratch.reading;
    ocpp_cp_reading_keep(begin, cp->values[VARIABLE_STOP_DATA_MEASURANDS]);
    size_t size;
    const enum ocpp_status status = ocpp_record_write(&reading_layout, begin, cp->bytes + used, sizeof(cp->bytes) - used, &size);
    if (status == OCPP_OK) {
        evse_key("begin", evse->number, add_change(list, OCPP_CHANGE_PUT, cp->bytes + used, size));
    }
    return status;
}

static enum ocpp_status write_opening(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct change_list list = { .count = 0 };
    struct transaction *transaction = &evse->transaction;
    struct fact *fact = begin_fact(cp, evse, &evse->opened, evse->opened_by);
    transaction->meter_start_wh = transaction->meter_wh = evse->last_meter_wh;
    transaction->next_number = 1;
    transaction->charging_state = fact->charging_state;
    evse->seen_state = (enum ocpp_charging_state)fact->charging_state;
    evse->state_since = evse->opened;
    const struct reading whole = fact->reading;
    ocpp_cp_reading_keep(&fact->reading, cp->values[VARIABLE_START_MEASURANDS]);
    enum ocpp_status status = add_fact(cp, evse, &list);
    if (status == OCPP_OK) {
        status = add_transaction(evse, &list);
    }
    if (status == OCPP_OK && cp->values[VARIABLE_STOP_DATA_MEASURANDS] != 0) {
        fact->reading = whole;
        status = add_begin(cp, evse, &list, list.changes[list.count - 2].size);
    }
    return status == OCPP_OK ? write_list(cp, evse, &list, WRITE_OPENING) : status;
}

static void record_opening(struct ocpp_charge_point *cp, struct evse *evse)
{
    ocpp_cp_read_meter(cp, evse->number, OCPP_CONTEXT_TRANSACTION_BEGIN, &cp->scratch.reading);
    if (evse->state != EVSE_AWAIT_OPENING) { /* the firmware had more to say while it was asked */
        return;
    }
    evse->transaction.next_number = 0;
    const enum ocpp_status status = write_opening(cp, evse);
    if (status != OCPP_OK) {
        refused(cp, evse, "the start of a transaction", status);
        return;
    }
    cp->queue.reserved++;
    ocpp_cp_step(cp, evse, EVENT_WRITTEN);
}

/* --- updates -------------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_trigger state_trigger(enum ocpp_charging_state before, enum ocpp_charging_state after)
{
    if (after == OCPP_CHARGING_STATE_IDLE) {
        return OCPP_TRIGGER_EV_COMMUNICATION_LOST;
    }
    return before == OCPP_CHARGING_STATE_IDLE ? OCPP_TRIGGER_CABLE_PLUGGED_IN : OCPP_TRIGGER_CHARGING_STATE_CHANGED;
}

static void write_update(struct ocpp_charge_point *cp, struct evse *evse, const struct moment *when, enum ocpp_trigger trigger)
{
    struct change_list list = { .count = 0 };
    struct transaction *transaction = &evse->transaction;
    struct fact *fact = begin_fact(cp, evse, when, trigger);
    const int32_t state_before = transaction->charging_state;
    transaction->next_number++;
    transaction->meter_wh = evse->last_meter_wh;
    transaction->charging_state = fact->charging_state;
    enum ocpp_status status = add_fact(cp, evse, &list);
    if (status == OCPP_OK) {
        status = add_transaction(evse, &list);
    }
    if (status == OCPP_OK) {
        status = write_list(cp, evse, &list, WRITE_UPDATE);
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

static void record_sample(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_reading_context context,
                          enum ocpp_trigger trigger)
{
    ocpp_cp_read_meter(cp, evse->number, context, &cp->scratch.reading);
    if (evse->state != EVSE_RUNNING) {
        return;
    }
    ocpp_cp_reading_keep(&cp->scratch.reading, cp->values[VARIABLE_SAMPLED_MEASURANDS]);
    if (cp->scratch.reading.count == 0 && trigger == OCPP_TRIGGER_METER_VALUE_PERIODIC) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "EVSE %d: the meter does not answer", evse->number);
        return;
    }
    const struct moment now = ocpp_cp_moment(cp);
    write_update(cp, evse, &now, trigger);
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
        write_update(cp, evse, &evse->state_since,
                     state_trigger((enum ocpp_charging_state)evse->transaction.charging_state, state));
        return;
    }
    if (evse->report_triggered) {
        evse->report_triggered = false;
        record_sample(cp, evse, OCPP_CONTEXT_TRIGGER, OCPP_TRIGGER_TRIGGER);
        return;
    }
    if (cp->now.mono_ms >= evse->sample_due_mono_ms) {
        ocpp_cp_schedule_samples(cp, evse);
        record_sample(cp, evse, OCPP_CONTEXT_SAMPLE_PERIODIC, OCPP_TRIGGER_METER_VALUE_PERIODIC);
    }
}

/* --- closing
 * --------------------------------------------------------------------------------------------------------------------- */

static void take_begin(struct ocpp_charge_point *cp, const struct evse *evse, struct reading *begin)
{
    char key[OCPP_KEY_SIZE];
    evse_key("begin", evse->transaction.evse, key);
    if (cp->values[VARIABLE_STOP_DATA_MEASURANDS] == 0 || ocpp_cp_peek(cp, key, &reading_layout, begin) != OCPP_OK) {
        begin->count = 0;
    }
}

static enum ocpp_status write_closing(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct change_list list = { .count = 0 };
    struct fact *fact = begin_fact(cp, evse, &evse->ending.when, evse->ending.trigger);
    fact->authorized = false;
    fact->closed = true;
    fact->reason = (int32_t)evse->ending.reason;
    fact->ender = evse->ending.token;
    if (fact->meter_wh <
        evse->transaction.meter_wh) { /* a meter that was silent, or starts anew after a power cut, took nothing back */
        fact->meter_wh = evse->transaction.meter_wh;
    }
    take_begin(cp, evse, &fact->begin);
    ocpp_cp_reading_keep(&fact->reading, cp->values[VARIABLE_END_MEASURANDS] | cp->values[VARIABLE_STOP_DATA_MEASURANDS]);
    const enum ocpp_status status = add_fact(cp, evse, &list);
    if (status != OCPP_OK) {
        return status;
    }
    evse_key("transaction", evse->transaction.evse, add_change(&list, OCPP_CHANGE_DELETE, NULL, 0));
    evse_key("begin", evse->transaction.evse, add_change(&list, OCPP_CHANGE_DELETE, NULL, 0));
    return write_list(cp, evse, &list, WRITE_CLOSING);
}

static void record_closing(struct ocpp_charge_point *cp, struct evse *evse)
{
    ocpp_cp_read_meter(cp, evse->number, OCPP_CONTEXT_TRANSACTION_END, &cp->scratch.reading);
    if (evse->state != EVSE_AWAIT_CLOSING || evse->slot.busy || evse->slot.finished) {
        return;
    }
    const enum ocpp_status status = write_closing(cp, evse);
    if (status != OCPP_OK) {
        refused(cp, evse, "the end of a transaction", status);
        return;
    }
    ocpp_cp_step(cp, evse, EVENT_WRITTEN);
}

/* --- what became of a write
 * --------------------------------------------------------------------------------------------------------- */

static void stored(struct ocpp_charge_point *cp, struct evse *evse, enum evse_write written)
{
    ocpp_cp_queue_add(cp, &evse->added);
    if (written == WRITE_UPDATE) {
        return;
    }
    if (written == WRITE_CLOSING) {
        cp->queue.reserved--;
    }
    ocpp_cp_step(cp, evse, EVENT_STORED);
}

static void lost(struct ocpp_charge_point *cp, struct evse *evse, enum evse_write written, enum ocpp_status status)
{
    refused(cp, evse, "a fact", status);
    if (written == WRITE_UPDATE) {
        evse->transaction.charging_state =
            OCPP_CHARGING_STATE_UNKNOWN; /* told again, if it was a change of state that was lost */
        cp->queue.dropped++;
        return;
    }
    if (written == WRITE_OPENING) {
        cp->queue.reserved--;
    }
    ocpp_cp_step(cp, evse, EVENT_LOST);
}

static void look_at_write(struct ocpp_charge_point *cp, struct evse *evse)
{
    enum ocpp_status status;
    if (!ocpp_cp_slot_ended(&evse->slot, &status)) {
        return;
    }
    const enum evse_write written = evse->writing;
    evse->writing = WRITE_NOTHING;
    cp->queue.pending--;
    cp->dirty = true;
    if (status == OCPP_OK) {
        stored(cp, evse, written);
        return;
    }
    lost(cp, evse, written, status);
}

void ocpp_cp_record(struct ocpp_charge_point *cp, struct evse *evse)
{
    look_at_write(cp, evse);
    if (evse->slot.busy || evse->slot.finished || cp->now.mono_ms < evse->retry_mono_ms) {
        return;
    }
    if (evse->state == EVSE_AWAIT_OPENING) {
        record_opening(cp, evse);
    }
    if (evse->state == EVSE_RUNNING) {
        record_update(cp, evse);
    }
    if (evse->state == EVSE_AWAIT_CLOSING) {
        record_closing(cp, evse);
    }
}

int64_t ocpp_cp_record_deadline(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    (void)cp;
    if (evse->slot.busy) {
        return OCPP_NEVER;
    }
    if (evse->state == EVSE_AWAIT_OPENING || evse->state == EVSE_AWAIT_CLOSING) {
        return evse->retry_mono_ms;
    }
    if (evse->state != EVSE_RUNNING) {
        return OCPP_NEVER;
    }
    if (ocpp_cp_charging_state(cp, evse) != (enum ocpp_charging_state)evse->transaction.charging_state) {
        return evse->retry_mono_ms;
    }
    return evse->sample_due_mono_ms > evse->retry_mono_ms ? evse->sample_due_mono_ms : evse->retry_mono_ms;
}
