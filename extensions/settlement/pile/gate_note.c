/* gate_note.c: gates and the keypad in the store. What is noted of a deadline is how much of it is left and when that was, by the
 * calendar: what is read back is never more than what was noted. */
#include "gate_inside.h"

#include <string.h>

static const char *key_of(struct ocpp_settle_agent *agent, int evse)
{
    return pile_number_key(agent, "gate", (uint64_t)evse);
}

static int64_t left_ms(const struct ocpp_settle_agent *agent, int64_t until)
{
    return until == OCPP_NEVER || until <= agent->now.mono_ms ? 0 : until - agent->now.mono_ms;
}

void gate_put(struct batch *batch, const struct gate *gate, int evse)
{
    struct ocpp_settle_agent *agent = batch->agent;
    const struct ocpp_settle_moment at = pile_moment(agent);
    const struct kept_gate record = {
        .state = (int64_t)gate->state,
        .connector = gate->connector,
        .order = gate->order,
        .transaction = gate->transaction,
        .within_ms = gate->within_ms,
        .longest_ms = gate->longest_ms,
        .left_ms = left_ms(agent, gate->until),
        .has_utc = at.has_utc,
        .utc = at.utc,
        .why = (int64_t)gate->why,
    };
    pile_batch_put(batch, key_of(agent, evse), &kept_gate_type, &record);
}

static void tell(struct batch *batch, const struct gate *gate, int evse)
{
    struct ocpp_settle_agent *agent = batch->agent;
    const bool opens = gate->state == GATE_FREE || gate->state == GATE_AWAIT_OPEN || gate->state == GATE_JAMMED;
    struct ocpp_settle_gate_notice_req message = {
        .order = gate->order,
        .evse = evse,
        .state = gate_shown(gate),
        .why = opens ? gate->why : OCPP_SETTLE_GATE_WHY_UNSET,
        .at = pile_moment(agent),
        .shown = gate_keeps(gate->state) ? pile_optional(gate->amount) : NULL,
    };
    pile_outbox_put(batch, pile_stream(batch, "pile", agent->kept.tag), &agent->kept.seq,
                    &ocpp_settle_actions[OCPP_SETTLE_ACTION_GATE_NOTICE], &message, &message.envelope, "");
    pile_batch_pile(batch);
}

static void write_number(int number, char text[OCPP_SETTLE_ID_SIZE])
{
    const char digits[] = { (char)('0' + number / 10), (char)('0' + number % 10), '\0' };
    memcpy(text, digits, sizeof(digits));
}

/* What could not be noted is noted again; but nobody is kept for what only memory knows. */
static void noted(struct ocpp_settle_agent *agent, const char *about, enum ocpp_status status)
{
    struct gate *gate = gate_of(agent, (about[0] - '0') * 10 + (about[1] - '0'));
    gate->is_noting = false;
    if (status == OCPP_OK) {
        gate->note_again_at = 0;
        return;
    }
    gate->is_dirty = gate->must_tell = true;
    gate->note_again_at = agent->now.mono_ms + agent->settings.storage_retry_ms;
    if (gate_keeps(gate->state)) {
        gate_happens(agent, gate, GATE_BROKEN, OCPP_SETTLE_GATE_WHY_NOT_STORED);
    }
}

void gate_note(struct ocpp_settle_agent *agent, struct gate *gate)
{
    const int evse = gate_number(agent, gate);
    struct batch batch;
    pile_batch_begin(agent, &batch);
    if (batch.pending == NULL) {
        gate->note_again_at = agent->now.mono_ms + agent->settings.storage_retry_ms;
        return;
    }
    if (gate->state == GATE_FREE) {
        pile_batch_delete(&batch, key_of(agent, evse));
    } else {
        gate_put(&batch, gate, evse);
    }
    if (gate->must_tell) {
        tell(&batch, gate, evse);
    }
    batch.pending->done = noted;
    write_number(evse, batch.pending->about);
    gate->is_dirty = gate->must_tell = false;
    gate->is_noting = true;
    gate->noted_at = agent->now.mono_ms;
    pile_batch_write(&batch);
}

/* --- at the start --------------------------------------------------------------------------------------------------------------
 */

/* C13. Time that nobody can tell is over. */
static int64_t left_of(const struct ocpp_settle_agent *agent, const struct kept_gate *record)
{
    const struct ocpp_settle_moment now = pile_moment(agent);
    if (!record->has_utc || !now.has_utc) {
        return 0;
    }
    const int64_t gone = now.utc > record->utc ? now.utc - record->utc : 0;
    return gone < record->left_ms ? record->left_ms - gone : 0;
}

static void take(struct ocpp_settle_agent *agent, struct gate *gate, const struct kept_gate *record)
{
    gate->state = record->state > GATE_FREE && record->state < GATE_STATES ? (enum gate_state)record->state : GATE_AWAIT_OPEN;
    gate->connector = (int)record->connector;
    gate->within_ms = record->within_ms;
    gate->longest_ms = record->longest_ms;
    gate->why = (enum ocpp_settle_gate_why)record->why;
    gate->is_locked = agent->latch.is_held_without_power;
    gate->until = gate_keeps(gate->state) ? agent->now.mono_ms + left_of(agent, record) : OCPP_NEVER;
    pile_copy(gate->order, sizeof(gate->order), record->order);
    pile_copy(gate->transaction, sizeof(gate->transaction), record->transaction);
}

enum ocpp_status gate_load(struct ocpp_settle_agent *agent, int evse)
{
    struct gate *gate = gate_of(agent, evse);
    enum ocpp_status status;
    *gate = (struct gate){
        .connector = 1, .until = OCPP_NEVER, .open_at = OCPP_NEVER, .query_at = OCPP_NEVER, .noted_at = agent->now.mono_ms
    };
    const struct kept_gate *record = pile_read(agent, key_of(agent, evse), &kept_gate_type, &status);
    if (record != NULL) {
        take(agent, gate, record);
        gate_happens(agent, gate, agent->latch.is_held_without_power ? GATE_LIGHT : GATE_DARK, OCPP_SETTLE_GATE_WHY_UNSET);
        return OCPP_OK;
    }
    return status == OCPP_ERR_NOT_FOUND || ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE ? OCPP_OK : status;
}

/* --- the keypad
 * ------------------------------------------------------------------------------------------------------------------ */

void keypad_note(struct ocpp_settle_agent *agent)
{
    const struct keypad *keypad = &agent->gates->keypad;
    const struct kept_keypad record = { .failures = keypad->failures,
                                        .locked_ms =
                                            left_ms(agent, keypad->locked_until == 0 ? OCPP_NEVER : keypad->locked_until) };
    struct batch batch;
    pile_batch_begin(agent, &batch);
    pile_batch_put(&batch, PILE_PREFIX "keypad", &kept_keypad_type, &record);
    if (pile_batch_write(&batch) != OCPP_OK) {
        agent_log(agent, OCPP_LOG_WARNING, "keypad", "could not be noted");
    }
}

enum ocpp_status keypad_load(struct ocpp_settle_agent *agent)
{
    struct keypad *keypad = &agent->gates->keypad;
    enum ocpp_status status;
    const struct kept_keypad *record = pile_read(agent, PILE_PREFIX "keypad", &kept_keypad_type, &status);
    if (record != NULL) {
        const int64_t longest = agent->settings.number_locked_ms;
        keypad->failures = record->failures > 0 && record->failures < 1000 ? (int)record->failures : 0;
        if (record->locked_ms > 0) {
            keypad->locked_until = agent->now.mono_ms + (record->locked_ms < longest ? record->locked_ms : longest);
        }
        return OCPP_OK;
    }
    return status == OCPP_ERR_NOT_FOUND || ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE ? OCPP_OK : status;
}

/* --- all of it
 * ------------------------------------------------------------------------------------------------------------------- */

enum ocpp_status gates_load(struct ocpp_settle_agent *agent)
{
    const size_t count = (size_t)agent->latch.evses;
    struct gates *gates = pile_allocate(agent, NULL, sizeof(*gates) + count * sizeof(struct gate));
    enum ocpp_status status = gates == NULL ? OCPP_ERR_NOMEM : OCPP_OK;
    if (gates == NULL) {
        return status;
    }
    memset(gates, 0, sizeof(*gates) + count * sizeof(struct gate));
    *gates = (struct gates){ .gates = (struct gate *)(void *)(gates + 1), .count = (int)count, .lost_at = agent->now.mono_ms };
    agent->gates = gates;
    for (int evse = 1; evse <= gates->count && status == OCPP_OK; evse++) {
        ocpp_arena_reset(agent->scratch);
        status = gate_load(agent, evse);
    }
    return status != OCPP_OK ? status : keypad_load(agent);
}

void gates_free(struct ocpp_settle_agent *agent)
{
    pile_allocate(agent, agent->gates, 0);
    agent->gates = NULL;
}
