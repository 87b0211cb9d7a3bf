/* gate.c: what happens at a gate: the charge point lets a cable go, a hand pulls at it, time passes, the latch moves or does not.
 */
#include "gate_inside.h"

#include <string.h>

enum { NOTE_EACH_MS = 60000, JAMMED_EACH_MS = 60000 };

/* --- which -------------------------------------------------------------------------------------------------------------------
 */

struct gate *gate_of(struct ocpp_settle_agent *agent, int64_t evse)
{
    return evse < 1 || evse > agent->gates->count ? NULL : &agent->gates->gates[evse - 1];
}

int gate_number(const struct ocpp_settle_agent *agent, const struct gate *gate)
{
    return (int)(gate - agent->gates->gates) + 1;
}

enum ocpp_settle_gate_state gate_shown(const struct gate *gate)
{
    static const enum ocpp_settle_gate_state states[] = {
        [GATE_FREE] = OCPP_SETTLE_GATE_STATE_OPEN,
        [GATE_CLOSED] = OCPP_SETTLE_GATE_STATE_CLOSED,
        [GATE_AWAIT_PAYMENT] = OCPP_SETTLE_GATE_STATE_AWAIT_PAYMENT,
        [GATE_AWAIT_PAID] = OCPP_SETTLE_GATE_STATE_AWAIT_PAID,
        [GATE_AWAIT_OPEN] = OCPP_SETTLE_GATE_STATE_AWAIT_OPEN,
        [GATE_JAMMED] = OCPP_SETTLE_GATE_STATE_JAMMED,
    };
    return states[gate->state];
}

/* --- acts --------------------------------------------------------------------------------------------------------------------
 */

static void drive(struct ocpp_settle_agent *agent, const struct gate *gate, bool locked)
{
    agent->latch.drive(gate_number(agent, gate), gate->connector, locked, agent->latch.user);
}

static void open_latch(struct ocpp_settle_agent *agent, struct gate *gate)
{
    gate->until = OCPP_NEVER;
    gate->open_at = agent->now.mono_ms + (gate->state == GATE_JAMMED ? JAMMED_EACH_MS : agent->settings.latch_ms);
    gate->attempts++;
    drive(agent, gate, false);
}

static void set_free(struct ocpp_settle_agent *agent, struct gate *gate)
{
    gate->until = gate->open_at = gate->query_at = OCPP_NEVER;
    gate->amount[0] = gate->currency[0] = gate->url[0] = '\0';
    if (!gate->wish_locked && gate->is_locked) {
        drive(agent, gate, false);
    }
}

static void act(struct ocpp_settle_agent *agent, struct gate *gate, enum gate_act act)
{
    switch (act) {
    case GATE_ACT_NONE:
        break;
    case GATE_ACT_HOLD:
        gate->until = agent->now.mono_ms + gate->longest_ms;
        gate->query_at = agent->now.mono_ms + agent->settings.gate_query_ms;
        break;
    case GATE_ACT_HURRY:
        gate->until = pile_earlier(gate->until, agent->now.mono_ms + gate->within_ms);
        break;
    case GATE_ACT_DRIVE:
        open_latch(agent, gate);
        break;
    case GATE_ACT_FREE:
        set_free(agent, gate);
        break;
    }
}

static void announce(struct ocpp_settle_agent *agent, const struct gate *gate)
{
    const struct ocpp_settle_agent_event event = {
        .kind = OCPP_SETTLE_AGENT_GATE,
        .evse = gate_number(agent, gate),
        .order = gate->order,
        .text = ocpp_enum_name(&ocpp_settle_gate_state_enum, (int)gate_shown(gate)),
        .amount = pile_optional(gate->amount),
        .currency = pile_optional(gate->currency),
    };
    pile_event(agent, &event);
}

bool gate_happens(struct ocpp_settle_agent *agent, struct gate *gate, enum gate_event event, enum ocpp_settle_gate_why why)
{
    const struct gate_row *row = gate_row_of(gate->state, event);
    if (row == NULL) {
        return false;
    }
    const bool is_other = row->next != gate->state;
    gate->state = row->next;
    if (row->why != OCPP_SETTLE_GATE_WHY_UNSET) {
        gate->why = row->why;
    } else if (why != OCPP_SETTLE_GATE_WHY_UNSET) {
        gate->why = why;
    }
    if (is_other) {
        gate->attempts = 0;
    }
    act(agent, gate, row->act);
    gate->is_dirty = true;
    gate->must_tell |= row->tells;
    if (is_other && agent->depth > 0) { /* nobody knows the agent yet while it starts */
        announce(agent, gate);
    }
    return true;
}

/* --- time --------------------------------------------------------------------------------------------------------------------
 */

/* C7. Nobody who could say that it is paid can be asked. */
static bool is_alone(const struct ocpp_settle_agent *agent)
{
    const struct gates *gates = agent->gates;
    return gates->lost_at != OCPP_NEVER &&
           (agent->link == OCPP_SETTLE_AGENT_OFF || agent->now.mono_ms - gates->lost_at >= agent->settings.gate_alone_ms);
}

static void obey_wishes(struct ocpp_settle_agent *agent, struct gate *gate)
{
    if (gate->operator_due) {
        gate_happens(agent, gate, GATE_BROKEN, OCPP_SETTLE_GATE_WHY_OPERATOR);
    } else if (gate->over_due) {
        gate_happens(agent, gate, GATE_OVER, OCPP_SETTLE_GATE_WHY_UNSET);
    } else if (gate->locked_due) {
        gate_happens(agent, gate, GATE_LOCKED, OCPP_SETTLE_GATE_WHY_UNSET);
    }
    gate->operator_due = gate->over_due = gate->locked_due = false;
}

static void look_at_clock(struct ocpp_settle_agent *agent, struct gate *gate)
{
    const int64_t now = agent->now.mono_ms;
    if (gate_keeps(gate->state) && gate->until <= now) {
        gate_happens(agent, gate, GATE_LATE, OCPP_SETTLE_GATE_WHY_UNSET);
    } else if (gate_keeps(gate->state) && is_alone(agent)) {
        gate_happens(agent, gate, GATE_BROKEN, OCPP_SETTLE_GATE_WHY_UNREACHABLE);
    }
    if (gate->open_at <= now) {
        const bool is_stuck = gate->attempts >= agent->settings.latch_attempts;
        gate_happens(agent, gate, is_stuck ? GATE_STUCK : GATE_SILENT, OCPP_SETTLE_GATE_WHY_UNSET);
    }
    if (gate_keeps(gate->state) && now - gate->noted_at >= NOTE_EACH_MS) {
        gate->is_dirty = true;
    }
}

void gates_advance(struct ocpp_settle_agent *agent)
{
    struct gates *gates = agent->gates;
    if (agent->link == OCPP_SETTLE_AGENT_ON) {
        gates->lost_at = OCPP_NEVER;
    } else if (gates->lost_at == OCPP_NEVER) {
        gates->lost_at = agent->now.mono_ms;
    }
    keypad_present(agent);
    for (int i = 0; i < gates->count; i++) {
        struct gate *gate = &gates->gates[i];
        obey_wishes(agent, gate);
        look_at_clock(agent, gate);
        if (gate->is_dirty && !gate->is_noting && gate->note_again_at <= agent->now.mono_ms) {
            gate_note(agent, gate);
        }
    }
}

/* Beside its links: what may leave leaves. */
void gates_speak(struct ocpp_settle_agent *agent)
{
    struct gates *gates = agent->gates;
    for (int i = 0; i < gates->count && !gates->is_querying; i++) {
        struct gate *gate = &gates->gates[i];
        if (gate_keeps(gate->state) && gate->query_at <= agent->now.mono_ms && gates->look_at <= agent->now.mono_ms) {
            gate_query(agent, gate);
        }
    }
}

static int64_t deadline_of(const struct ocpp_settle_agent *agent, const struct gate *gate)
{
    int64_t deadline = pile_earlier(gate->until, gate->open_at);
    if (gate->operator_due || gate->over_due || gate->locked_due) {
        return agent->now.mono_ms;
    }
    if (gate->is_dirty && !gate->is_noting) {
        deadline = pile_earlier(deadline, gate->note_again_at);
    }
    if (!gate_keeps(gate->state)) {
        return deadline;
    }
    deadline = pile_earlier(deadline, gate->noted_at + NOTE_EACH_MS);
    if (agent->gates->lost_at != OCPP_NEVER) {
        deadline = pile_earlier(deadline, agent->gates->lost_at + agent->settings.gate_alone_ms);
    } else if (agent->link != OCPP_SETTLE_AGENT_ON) {
        deadline = agent->now.mono_ms;
    } else if (!agent->gates->is_querying) {
        const int64_t look_at = agent->gates->look_at;
        deadline = pile_earlier(deadline, gate->query_at > look_at ? gate->query_at : look_at);
    }
    return deadline;
}

int64_t gates_deadline(const struct ocpp_settle_agent *agent)
{
    int64_t deadline = agent->gates->keypad.is_right ? agent->now.mono_ms : OCPP_NEVER;
    for (int i = 0; i < agent->gates->count; i++) {
        deadline = pile_earlier(deadline, deadline_of(agent, &agent->gates->gates[i]));
    }
    return deadline;
}

/* The backend speaks the extension: what is closed asks at once. */
void gates_agreed(struct ocpp_settle_agent *agent)
{
    for (int i = 0; i < agent->gates->count; i++) {
        agent->gates->gates[i].query_at = agent->now.mono_ms;
    }
}

/* --- what firmware tells ------------------------------------------------------------------------------------------------------
 */

void ocpp_settle_agent_lock(struct ocpp_settle_agent *agent, int evse, int connector, bool locked)
{
    struct gate *gate = gate_of(agent, evse);
    if (gate == NULL) {
        return;
    }
    gate->wish_locked = locked;
    if (locked) {
        gate->connector = connector;
        gate->locked_due = gate->state == GATE_AWAIT_PAYMENT;
        gate->over_due = false;
        drive(agent, gate, true);
    } else if (gate->state != GATE_CLOSED && !gate_keeps(gate->state)) {
        drive(agent, gate, false);
    } else {
        gate->operator_due |= ocpp_charge_point_is_unlocking(agent->settings.cp, evse);
        gate->over_due |= gate->state == GATE_CLOSED;
    }
}

void ocpp_settle_agent_latch(struct ocpp_settle_agent *agent, int evse, bool locked, struct ocpp_now now)
{
    struct gate *gate = gate_of(agent, evse);
    if (gate == NULL) {
        return;
    }
    pile_enter(agent, now);
    gate->is_locked = locked;
    if (!locked) {
        gate_happens(agent, gate, GATE_LATCH_OPEN, OCPP_SETTLE_GATE_WHY_UNSET);
    }
    gates_advance(agent);
    pile_leave(agent);
}

enum ocpp_status ocpp_settle_agent_unplug(struct ocpp_settle_agent *agent, int evse, struct ocpp_now now)
{
    struct gate *gate = gate_of(agent, evse);
    if (gate == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    pile_enter(agent, now);
    gates_advance(agent);
    gate_happens(agent, gate, GATE_TRY, OCPP_SETTLE_GATE_WHY_UNSET);
    gates_advance(agent);
    const enum ocpp_status status = gate_keeps(gate->state)                                                ? OCPP_ERR_STATE
                                    : gate->state == GATE_CLOSED || (gate->wish_locked && gate->is_locked) ? OCPP_ERR_BUSY
                                    : gate->state == GATE_JAMMED                                           ? OCPP_ERR_STATE
                                                                                                           : OCPP_OK;
    pile_leave(agent);
    return status;
}

void ocpp_settle_agent_pulled(struct ocpp_settle_agent *agent, int evse, struct ocpp_now now)
{
    struct gate *gate = gate_of(agent, evse);
    if (gate == NULL) {
        return;
    }
    pile_enter(agent, now);
    gate_happens(agent, gate, GATE_PULLED, OCPP_SETTLE_GATE_WHY_UNSET);
    gates_advance(agent);
    pile_leave(agent);
}

void ocpp_settle_agent_gate_broken(struct ocpp_settle_agent *agent, int evse, enum ocpp_settle_gate_why why, struct ocpp_now now)
{
    pile_enter(agent, now);
    gates_advance(agent);
    for (int i = 0; i < agent->gates->count; i++) {
        if (evse == 0 || evse == i + 1) {
            gate_happens(agent, &agent->gates->gates[i], GATE_BROKEN, why);
        }
    }
    gates_advance(agent);
    pile_leave(agent);
}

enum ocpp_status ocpp_settle_agent_gate(const struct ocpp_settle_agent *agent, int evse, struct ocpp_settle_gate_view *view)
{
    if (evse < 1 || evse > agent->gates->count) {
        return OCPP_ERR_ARGUMENT;
    }
    const struct gate *gate = &agent->gates->gates[evse - 1];
    *view = (struct ocpp_settle_gate_view){
        .is_closed = gate->state != GATE_FREE,
        .state = gate_shown(gate),
        .order = gate->state != GATE_FREE ? gate->order : "",
        .amount = gate->amount,
        .currency = gate->currency,
        .url = gate_keeps(gate->state) && agent->now.mono_ms < gate->url_until ? gate->url : "",
        .until_mono_ms = gate->until,
    };
    return OCPP_OK;
}
