/* telling.c: facts out of the queue, one after the other, each told until it is answered or given up.
 *
 * What has to be stored about the head (|wanted|) is stored before anything else happens to it: the family of versions before a
 * start first leaves, the outcome before the next fact is told. A CALLERROR, an answer that breaks the rules and a time-out are
 * failures; the loss of the link is none. OCPP 1.6 3.7.1, errata 3.18; OCPP-J 1.6 errata 3.2, 3.3; OCPP 2.0.1 E13. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "text.h"

static void told_key(const uint8_t uuid[UUID_BYTES], char key[OCPP_KEY_SIZE])
{
    char text[UUID_TEXT_SIZE];
    ocpp_uuid_text(uuid, text);
    snprintf(key, OCPP_KEY_SIZE, "told/%s", text);
}

/* --- loading the head
 * ------------------------------------------------------------------------------------------------------------- */

static void store_later(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    cp->queue.store_retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "the queue of transactions: %s", ocpp_status_sentence(status));
}

/* A fact that cannot be read is out of the way under corrupt/; one that is gone is only forgotten. */
static bool load_fact(struct ocpp_charge_point *cp, const struct queued *entry)
{
    char key[OCPP_KEY_SIZE];
    ocpp_cp_number_key("queue", entry->number, key);
    const enum ocpp_status status = ocpp_cp_read_record(cp, key, &fact_layout, &cp->queue.fact);
    if (status == OCPP_OK) {
        return true;
    }
    if (status == OCPP_ERR_NOT_FOUND) {
        ocpp_cp_queue_remove(cp, entry->number);
        cp->dirty = true;
        return false;
    }
    store_later(cp, status);
    return false;
}

/* What was told of a transaction went bad, now or at the start. That something was is certain behind its first fact: a start told
 * again would be another transaction. What the EVSE still knows of it helps. */
static bool was_told(struct ocpp_charge_point *cp, struct told *told)
{
    char aside[OCPP_KEY_SIZE];
    char uuid[UUID_TEXT_SIZE];
    ocpp_uuid_text(cp->queue.fact.uuid, uuid);
    snprintf(aside, sizeof(aside), "corrupt/told/%s", uuid);
    memset(told, 0, sizeof(*told));
    if (cp->queue.fact.number == 0 || ocpp_cp_peek(cp, aside, &told_layout, told) == OCPP_ERR_NOT_FOUND) {
        return false;
    }
    const struct evse *evse = ocpp_cp_evse(cp, cp->queue.fact.evse);
    const int64_t number = cp->queue.fact.number;
    *told =
        (struct told){ .started = true, .next_seq_no = number, .next_number = number, .place_told = true, .token_told = true };
    told->family = (int32_t)cp->dialect->family;
    if (evse != NULL && memcmp(evse->transaction.uuid, cp->queue.fact.uuid, UUID_BYTES) == 0) { /* also when it has ended */
        told->has_wire_number = evse->transaction.has_wire_number;
        told->wire_number = evse->transaction.wire_number;
    }
    return true;
}

static bool load_told(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    char key[OCPP_KEY_SIZE];
    told_key(queue->fact.uuid, key);
    const enum ocpp_status status = ocpp_cp_read_record(cp, key, &told_layout, &queue->told);
    if (status == OCPP_ERR_NOT_FOUND) {
        if (was_told(cp, &queue->told)) {
            ocpp_cp_log(cp, OCPP_LOG_WARNING, "what was told of a transaction is lost; its start is not told again");
        }
        return true;
    }
    if (status != OCPP_OK) {
        store_later(cp, status);
    }
    return status == OCPP_OK;
}

static bool load_letter(struct ocpp_charge_point *cp)
{
    const enum ocpp_status status = cp->queue.is_again ? ocpp_cp_letter_begin(cp) : OCPP_OK;
    if (status != OCPP_OK) {
        store_later(cp, status);
    }
    return status == OCPP_OK;
}

static bool settle_date(struct ocpp_charge_point *cp)
{
    const enum ocpp_status status = ocpp_cp_settle_date(cp, &cp->queue.fact.when);
    if (status != OCPP_OK) {
        store_later(cp, status);
    }
    return status == OCPP_OK;
}

static bool load_head(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    const struct queued *head = ocpp_cp_queue_head(cp);
    if (head == NULL) {
        queue->is_loaded = queue->is_ready = false;
        return false;
    }
    if (queue->is_loaded && queue->loaded_number == head->number) {
        return true;
    }
    queue->is_loaded = queue->is_ready = false;
    queue->loaded_number = head->number;
    queue->is_again = head->again;
    queue->is_loaded = load_fact(cp, head) && load_told(cp) && load_letter(cp) && settle_date(cp);
    return queue->is_loaded;
}

/* Facts that were given up before this one leave a gap in the numbers of its messages, so that nobody takes the account for
 * complete. */
static void judge_head(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    const int64_t missing = queue->fact.number - queue->told.next_number;
    if (queue->told.started && missing > 0) {
        queue->told.next_seq_no += missing;
        queue->told.next_number = queue->fact.number;
    }
    queue->telling = cp->dialect->judge(&queue->fact, &queue->told);
    if (queue->telling == TELL_NOTHING) {
        queue->told.next_number = queue->fact.number + 1;
        queue->wanted = QUEUE_WRITES_END;
        return;
    }
    if (queue->telling == TELL_START && queue->told.family != (int32_t)cp->dialect->family) {
        queue->told.family = (int32_t)cp->dialect->family;
        queue->wanted = QUEUE_WRITES_FAMILY;
        return;
    }
    queue->is_ready = true;
}

/* --- storing what happened to it
 * ----------------------------------------------------------------------------------------------------- */

struct outcome {
    struct changes changes;
    uint8_t told[128];
    uint8_t attempts[64];
    struct letter letter;
};

static enum ocpp_status add_told(const struct queue *queue, struct outcome *outcome)
{
    struct changes *changes = &outcome->changes;
    if (!queue->fact.closed || queue->wanted == QUEUE_WRITES_FAMILY) {
        size_t size;
        if (queue->wanted != QUEUE_WRITES_FAMILY && queue->telling == TELL_NOTHING && !queue->told.started) {
            return OCPP_OK; /* nothing was told yet, and nobody has to remember that */
        }
        const enum ocpp_status status =
            ocpp_record_write(&told_layout, &queue->told, outcome->told, sizeof(outcome->told), &size);
        told_key(queue->fact.uuid, ocpp_cp_change(changes, OCPP_CHANGE_PUT, outcome->told, size));
        return status;
    }
    if (!queue->fact.is_reading) {
        told_key(queue->fact.uuid, ocpp_cp_change(changes, OCPP_CHANGE_DELETE, NULL, 0));
    }
    if (!queue->fact.is_reading && queue->wanted != QUEUE_WRITES_DEAD) { /* a dead letter may be told again, account and all */
        ocpp_cp_data_prefix(queue->fact.uuid, ocpp_cp_change(changes, OCPP_CHANGE_DELETE_PREFIX, NULL, 0));
    }
    return OCPP_OK;
}

static enum ocpp_status add_attempts(const struct queue *queue, struct outcome *outcome)
{
    const struct attempts_record record = { queue->attempts_number, queue->attempts };
    size_t size;
    const enum ocpp_status status =
        ocpp_record_write(&attempts_layout, &record, outcome->attempts, sizeof(outcome->attempts), &size);
    snprintf(ocpp_cp_change(&outcome->changes, OCPP_CHANGE_PUT, outcome->attempts, size), OCPP_KEY_SIZE, "attempts");
    return status;
}

static enum ocpp_status compose(struct ocpp_charge_point *cp, struct outcome *outcome)
{
    struct queue *queue = &cp->queue;
    switch (queue->wanted) {
    case QUEUE_WRITES_FAMILY:
        return add_told(queue, outcome);
    case QUEUE_WRITES_ATTEMPT:
        return add_attempts(queue, outcome);
    case QUEUE_WRITES_END:
    case QUEUE_WRITES_DEAD:
    case QUEUE_WRITES_NOTHING:
        break;
    }
    ocpp_cp_number_key("queue", queue->loaded_number, ocpp_cp_change(&outcome->changes, OCPP_CHANGE_DELETE, NULL, 0));
    if (queue->wanted != QUEUE_WRITES_DEAD) {
        ocpp_cp_signed_drop(cp, queue->loaded_number, &outcome->changes);
    }
    const enum ocpp_status status = add_told(queue, outcome);
    if (status == OCPP_OK && queue->wanted == QUEUE_WRITES_DEAD) {
        return ocpp_cp_letter_write(cp, &outcome->letter, outcome->changes.items, &outcome->changes.count);
    }
    if (queue->is_again) {
        ocpp_cp_number_key("retold", queue->loaded_number, ocpp_cp_change(&outcome->changes, OCPP_CHANGE_DELETE, NULL, 0));
    }
    return status;
}

static void store_wanted(struct ocpp_charge_point *cp)
{
    if (cp->now.mono_ms < cp->queue.store_retry_mono_ms) {
        return;
    }
    struct outcome outcome = { .changes = { .count = 0 } };
    enum ocpp_status status = compose(cp, &outcome);
    if (status == OCPP_OK) {
        status = ocpp_cp_write(cp, &cp->queue.slot, outcome.changes.items, outcome.changes.count);
    }
    if (status != OCPP_OK) {
        store_later(cp, status);
    }
}

/* The end of the head: it leaves the queue. */
static void head_is_over(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    if (queue->wanted == QUEUE_WRITES_DEAD && queue->dead < MOST_DEAD) {
        queue->dead++;
    }
    ocpp_cp_queue_remove(cp, queue->loaded_number);
    queue->is_loaded = queue->is_ready = false;
    queue->retry_mono_ms = cp->now.mono_ms;
}

static void look_at_write(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    enum ocpp_status status;
    if (!ocpp_cp_slot_ended(&queue->slot, &status)) {
        return;
    }
    cp->dirty = true;
    if (status != OCPP_OK) {
        store_later(cp, status);
        return;
    }
    if (queue->wanted == QUEUE_WRITES_FAMILY) {
        ocpp_cp_queue_bind(cp, queue->fact.uuid, (enum family)queue->told.family);
        queue->is_ready = true;
    }
    if (queue->wanted == QUEUE_WRITES_END || queue->wanted == QUEUE_WRITES_DEAD) {
        head_is_over(cp);
    }
    queue->wanted = QUEUE_WRITES_NOTHING;
}

/* What one version can say of a fact another may not be able to say. */
void ocpp_cp_tell_anew(struct ocpp_charge_point *cp)
{
    cp->queue.is_ready = cp->queue.is_ready && cp->queue.wanted != QUEUE_WRITES_NOTHING;
}

void ocpp_cp_tell(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    look_at_write(cp);
    if (queue->slot.busy || queue->slot.finished || cp->flight == FLIGHT_FACT) {
        return;
    }
    const bool may_judge = ocpp_cp_may_send(cp) && cp->now.mono_ms >= queue->store_retry_mono_ms;
    if (queue->wanted == QUEUE_WRITES_NOTHING && may_judge && load_head(cp) && !queue->is_ready) {
        judge_head(cp);
    }
    if (queue->wanted != QUEUE_WRITES_NOTHING) {
        store_wanted(cp);
    }
}

int64_t ocpp_cp_tell_deadline(const struct ocpp_charge_point *cp)
{
    const struct queue *queue = &cp->queue;
    if (queue->slot.busy || cp->flight == FLIGHT_FACT) {
        return OCPP_NEVER;
    }
    if (queue->wanted != QUEUE_WRITES_NOTHING) {
        return queue->store_retry_mono_ms;
    }
    if (!ocpp_cp_may_send(cp) || ocpp_cp_queue_head(cp) == NULL || ocpp_cp_is_waiting(cp) || ocpp_cp_waits_for_store(cp)) {
        return OCPP_NEVER;
    }
    const int64_t deadline = queue->is_ready ? queue->retry_mono_ms : queue->store_retry_mono_ms;
    return deadline > cp->send_retry_mono_ms ? deadline : cp->send_retry_mono_ms;
}

/* --- sending and its outcome
 * ----------------------------------------------------------------------------------------------------------- */

bool ocpp_cp_fact_is_offline(const struct ocpp_charge_point *cp, const struct fact *fact)
{
    return fact->when.boot != cp->boot || fact->link != cp->link;
}

bool ocpp_cp_send_fact(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    if (!queue->is_ready || queue->wanted != QUEUE_WRITES_NOTHING || queue->slot.busy || queue->slot.finished ||
        cp->now.mono_ms < queue->retry_mono_ms || ocpp_cp_queue_head(cp) == NULL ||
        ocpp_cp_queue_head(cp)->number != queue->loaded_number) {
        return false;
    }
    queue->gives_key = cp->is_starved = false;
    const enum ocpp_status status = cp->dialect->send_fact(cp, queue->telling, &queue->fact, &queue->told);
    if (status == OCPP_OK) {
        cp->flight = FLIGHT_FACT;
        return true;
    }
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "a fact of a transaction cannot be told: %s", ocpp_status_sentence(status));
    if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) { /* it never can: this version has no such message */
        queue->attempts_number = queue->loaded_number;
        queue->attempts = (int32_t)cp->values[VARIABLE_MESSAGE_ATTEMPTS];
        ocpp_cp_fact_failed(cp, OCPP_ERR_CALL_ERROR);
        return false;
    }
    queue->retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
    return false;
}

/* An answer to an old fact may speak of somebody who has stopped since. */
static bool is_about_whom_is_authorized(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const struct fact *fact = &cp->queue.fact;
    return ocpp_cp_is_authorized(evse) && fact->authorized && fact->grants == evse->transaction.grants;
}

/* What the central system thinks of the token of a transaction that started (1.6 errata 3.17; E05, C15). */
static void heed_authorization(struct ocpp_charge_point *cp, struct evse *evse, const struct fact_answer *answer)
{
    if (answer->authorization == OCPP_AUTHORIZATION_UNKNOWN_STATUS || !is_about_whom_is_authorized(cp, evse)) {
        return;
    }
    if (answer->authorization == OCPP_AUTHORIZATION_ACCEPTED) {
        if (answer->group != NULL) {
            ocpp_text_copy(evse->transaction.group, sizeof(evse->transaction.group), answer->group);
        }
        return;
    }
    if (cp->values[VARIABLE_STOP_ON_INVALID] != 0) {
        ocpp_cp_end(cp, evse, OCPP_STOP_DE_AUTHORIZED, OCPP_TRIGGER_DEAUTHORIZED, NULL);
        return;
    }
    evse->transaction.refused = evse->is_unwritten = true;
    evse->look_due_mono_ms = cp->values[VARIABLE_MAX_ENERGY_ON_INVALID_WH] > 0 ? cp->now.mono_ms : OCPP_NEVER;
}

void ocpp_cp_wire_id(const struct told *told, const uint8_t uuid[UUID_BYTES], char wire_id[UUID_TEXT_SIZE])
{
    wire_id[0] = '\0';
    if (told->has_wire_number) {
        ocpp_integer_format(told->wire_number, wire_id);
    } else if (told->started && told->family == FAMILY_NAMED) {
        ocpp_uuid_text(uuid, wire_id);
    }
}

static void note_wire_id(struct evse *evse, const struct queue *queue)
{
    evse->transaction.has_wire_number = queue->told.has_wire_number;
    evse->transaction.wire_number = queue->told.wire_number;
    ocpp_cp_wire_id(&queue->told, queue->fact.uuid, evse->wire_id);
}

static void head_was_told(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    queue->told_before = queue->told;
    queue->told.next_number = queue->fact.number + 1;
    cp->dialect->note(queue->telling, &queue->fact, &queue->told);
    if (queue->is_again) {
        ocpp_cp_letter_end(cp);
    }
    queue->told.key_told = queue->told.key_told || queue->gives_key;
    queue->attempts = 0;
    cp->dirty = true;
}

void ocpp_cp_fact_answered(struct ocpp_charge_point *cp, const struct fact_answer *answer)
{
    struct queue *queue = &cp->queue;
    cp->flight = FLIGHT_NONE;
    if (answer->has_wire_number) {
        queue->told.has_wire_number = true;
        queue->told.wire_number = answer->wire_number;
    }
    ocpp_cp_blocks_fact_told(cp, queue->telling, &queue->fact, answer);
    head_was_told(cp);
    queue->wanted = QUEUE_WRITES_END;
    struct evse *evse = ocpp_cp_evse_of(cp, queue->fact.uuid);
    if (evse != NULL && !queue->fact.closed) {
        note_wire_id(evse, queue);
        heed_authorization(cp, evse, answer);
    }
}

void ocpp_cp_fact_failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct queue *queue = &cp->queue;
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    if (status == OCPP_ERR_CLOSED) {
        return;
    }
    if (queue->attempts_number != queue->loaded_number) {
        queue->attempts_number = queue->loaded_number;
        queue->attempts = 0;
    }
    queue->attempts++;
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "a fact of a transaction was not taken (%s), attempt %d", ocpp_status_name(status),
                (int)queue->attempts);
    if (queue->attempts < cp->values[VARIABLE_MESSAGE_ATTEMPTS]) {
        queue->retry_mono_ms = cp->now.mono_ms + cp->values[VARIABLE_MESSAGE_RETRY_S] * 1000 * queue->attempts;
        queue->wanted = QUEUE_WRITES_ATTEMPT;
        return;
    }
    head_was_told(cp);
    queue->wanted = QUEUE_WRITES_DEAD;
}
