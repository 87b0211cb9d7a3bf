/* gate_hear.c: what the backend says of gates, and what it is asked. */
#include "gate_inside.h"

#include <string.h>

enum { ASK_AGAIN_MS = 1000 };

/* --- to close ------------------------------------------------------------------------------------------------------------------
 */

static struct gate *gate_with(struct ocpp_settle_agent *agent, const char *order)
{
    for (int i = 0; i < agent->gates->count; i++) {
        struct gate *gate = &agent->gates->gates[i];
        if ((gate->state != GATE_FREE || gate->is_noting) && strcmp(gate->order, order) == 0) {
            return gate;
        }
    }
    return NULL;
}

static void closed(struct ocpp_settle_agent *agent, const char *order, enum ocpp_status status)
{
    struct gate *gate = gate_with(agent, order);
    if (gate == NULL) {
        return;
    }
    gate->is_noting = false;
    if (status != OCPP_OK || !gate_happens(agent, gate, GATE_CLOSE, OCPP_SETTLE_GATE_WHY_UNSET)) {
        gate->order[0] = '\0';
        return;
    }
    gate->is_dirty = false;   /* it was stored with the message */
    if (!gate->wish_locked) { /* it came too late: the cable is free */
        gate_happens(agent, gate, GATE_BROKEN, OCPP_SETTLE_GATE_WHY_UNREACHABLE);
    }
}

enum ocpp_settle_refusal_code gate_close_heard(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_gate_close_req *close = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    struct gate *gate = gate_of(agent, close->evse);
    const int64_t longest_s = 604800;
    if (agent->gates->count == 0) {
        return OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED;
    }
    if (gate == NULL || close->within_s > longest_s || close->longest_s > longest_s || !pile_is_id(close->order) ||
        strlen(close->transaction) >= sizeof(gate->transaction)) {
        return OCPP_SETTLE_REFUSAL_CODE_INVALID;
    }
    if (gate->state != GATE_FREE) {
        return OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE;
    }
    if (gate->is_dirty || gate->is_noting) {
        return OCPP_SETTLE_REFUSAL_CODE_TRY_LATER;
    }
    struct gate next = *gate;
    next.state = GATE_CLOSED;
    next.within_ms = 1000 * close->within_s;
    next.longest_ms = 1000 * close->longest_s;
    next.why = OCPP_SETTLE_GATE_WHY_UNSET;
    next.until = OCPP_NEVER;
    pile_copy(next.order, sizeof(next.order), close->order);
    pile_copy(next.transaction, sizeof(next.transaction), close->transaction);
    gate_put(hearing->batch, &next, (int)close->evse);
    hearing->batch->pending->done = closed;
    pile_copy(hearing->batch->pending->about, sizeof(hearing->batch->pending->about), close->order);
    next.state = GATE_FREE;
    next.is_noting = true;
    *gate = next;
    return ALL_WELL;
}

/* --- to open -------------------------------------------------------------------------------------------------------------------
 */

static void said_open(struct ocpp_settle_agent *agent, const char *order, enum ocpp_status status)
{
    struct gate *gate = gate_with(agent, order);
    if (gate != NULL && status == OCPP_OK) {
        gate_happens(agent, gate, GATE_SAID_OPEN, OCPP_SETTLE_GATE_WHY_UNSET);
    }
}

enum ocpp_settle_refusal_code gate_open_heard(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_gate_open_req *open = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    struct gate *gate = gate_with(agent, open->order);
    if (gate == NULL || !(gate->state == GATE_CLOSED || gate_keeps(gate->state))) {
        return ALL_WELL; /* it is open */
    }
    struct gate next = *gate;
    next.state = gate->state == GATE_CLOSED ? GATE_CLOSED : GATE_AWAIT_OPEN;
    next.why = open->why;
    gate->why = open->why;
    gate_put(hearing->batch, &next, gate_number(agent, gate));
    hearing->batch->pending->done = said_open;
    pile_copy(hearing->batch->pending->about, sizeof(hearing->batch->pending->about), open->order);
    return ALL_WELL;
}

/* --- what is to be paid
 * ---------------------------------------------------------------------------------------------------------- */

const char *gate_prompt_heard(struct ocpp_settle_agent *agent, const struct ocpp_settle_payment_prompt_req *prompt)
{
    struct gate *gate = gate_with(agent, prompt->order);
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_PAYMENT_PROMPT];
    struct ocpp_settle_payment_prompt_conf answer = { .receipt = { .reception = OCPP_SETTLE_RECEPTION_ACCEPTED } };
    const char *text = NULL;
    size_t size = 0;
    if (gate != NULL && strlen(prompt->amount) < sizeof(gate->amount) && strlen(prompt->url) < sizeof(gate->url)) {
        const int64_t day_s = 86400;
        const struct ocpp_settle_agent_event event = { .kind = OCPP_SETTLE_AGENT_PAY,
                                                       .evse = gate_number(agent, gate),
                                                       .order = gate->order,
                                                       .amount = gate->amount,
                                                       .currency = gate->currency,
                                                       .text = gate->url };
        pile_copy(gate->amount, sizeof(gate->amount), prompt->amount);
        pile_copy(gate->currency, sizeof(gate->currency), prompt->currency);
        pile_copy(gate->url, sizeof(gate->url), prompt->url);
        gate->url_until = agent->now.mono_ms + 1000 * (prompt->valid_s < day_s ? prompt->valid_s : day_s);
        if (prompt->is_requested) {
            gate_happens(agent, gate, GATE_ASKED, OCPP_SETTLE_GATE_WHY_UNSET);
        }
        answer.shown = gate->amount;
        pile_event(agent, &event);
    }
    return ocpp_message_encode(action->response, &answer, agent->scratch, &text, &size, NULL) == OCPP_OK ? text : NULL;
}

/* --- asking
 * ------------------------------------------------------------------------------------------------------------------------ */

static void queried(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *transfer, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct ocpp_settle_outcome outcome;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    struct gate *gate = gate_of(agent, agent->gates->queried);
    const enum ocpp_status status = ocpp_settle_wire_outcome(&agent->wire, &ocpp_settle_actions[OCPP_SETTLE_ACTION_GATE_QUERY],
                                                             transfer, agent->scratch, &outcome);
    const struct ocpp_settle_gate_query_conf *answer =
        status == OCPP_OK && outcome.verdict == OCPP_SETTLE_VERDICT_DONE ? outcome.answer : NULL;
    agent->gates->is_querying = false;
    const bool is_same = strcmp(gate->order, agent->gates->queried_order) == 0;
    if (answer != NULL && is_same && gate_keeps(gate->state) && answer->verdict > OCPP_SETTLE_GATE_VERDICT_KEEP) {
        const enum ocpp_settle_gate_why why =
            answer->why != OCPP_SETTLE_GATE_WHY_UNSET ? answer->why : OCPP_SETTLE_GATE_WHY_GIVEN_UP;
        gate_happens(agent, gate, GATE_SAID_OPEN, why);
        gates_advance(agent);
    }
    pile_leave(agent);
}

void gate_query(struct ocpp_settle_agent *agent, struct gate *gate)
{
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_GATE_QUERY];
    const struct ocpp_settle_gate_query_req message = { .order = gate->order,
                                                        .evse = gate_number(agent, gate),
                                                        .state = gate_shown(gate) };
    struct ocpp_data_transfer data;
    enum ocpp_status status = ocpp_settle_wire_write(&agent->wire, action, &message, agent->scratch, &data);
    if (status == OCPP_OK) {
        status = ocpp_charge_point_data_transfer(agent->settings.cp, &data, queried, agent, agent->now);
    }
    if (status == OCPP_OK) {
        agent->gates->is_querying = true;
        agent->gates->queried = gate_number(agent, gate);
        pile_copy(agent->gates->queried_order, sizeof(agent->gates->queried_order), gate->order);
        gate->query_at = agent->now.mono_ms + agent->settings.gate_query_ms;
    } else {
        agent->gates->look_at = agent->now.mono_ms + ASK_AGAIN_MS;
    }
}
