/* vehicle_asks.c: what the backend is asked while somebody waits: which terminals belong to a vehicle, and what becomes of what
 * one of them wants. One question at a time; what is not answered did not happen. */
#include "vehicle_prompts.h"

#include <string.h>

enum { AGAIN_MS = 1000 };

static enum ocpp_status ask(struct ocpp_settle_agent *agent, struct vehicle_place *place, enum ocpp_settle_action which,
                            const void *message,
                            void (*answered)(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *answer,
                                             void *user))
{
    struct flight *flight = &agent->vehicles.flight;
    struct ocpp_data_transfer data;
    enum ocpp_status status = ocpp_settle_wire_write(&agent->wire, &ocpp_settle_actions[which], message, agent->scratch, &data);
    if (status == OCPP_OK) {
        status = ocpp_charge_point_data_transfer(agent->settings.cp, &data, answered, agent, agent->now);
    }
    if (status == OCPP_OK) {
        *flight = (struct flight){ .is_under_way = true, .action = &ocpp_settle_actions[which] };
        memcpy(flight->request, place->prompt, sizeof(flight->request));
    }
    return status;
}

/* The answer that came, and whose it is; NULL: nobody's any more. */
static struct vehicle_place *landed(struct ocpp_settle_agent *agent, const struct ocpp_data_transfer_answer *transfer,
                                    struct ocpp_settle_outcome *outcome)
{
    struct flight *flight = &agent->vehicles.flight;
    *outcome = (struct ocpp_settle_outcome){ .verdict = OCPP_SETTLE_VERDICT_UNHEARD, .reason = "" };
    flight->is_under_way = false;
    if (ocpp_settle_wire_outcome(&agent->wire, flight->action, transfer, agent->scratch, outcome) != OCPP_OK) {
        outcome->verdict = OCPP_SETTLE_VERDICT_UNHEARD;
    }
    return vehicle_prompted_by(agent, flight->request);
}

/* --- its terminals -----------------------------------------------------------------------------------------------------------
 */

static void take_list(struct ocpp_settle_agent *agent, struct vehicle_place *place,
                      const struct ocpp_settle_vehicle_connected_conf *answer)
{
    const int64_t longest_s = 86400;
    place->is_known = true;
    place->again_at = OCPP_NEVER;
    const bool is_asking = place->stage == OCPP_SETTLE_VEHICLE_ASKING;
    const int64_t within_s = answer->has_within_s && answer->within_s < longest_s ? answer->within_s : longest_s;
    place->until = is_asking ? place->until : agent->now.mono_ms + 1000 * within_s;
    if (answer->terminals.items != NULL) {
        place->has_list = true;
        place->list_version = answer->has_list_version ? answer->list_version : 0;
        vehicle_keep_list(agent, place, answer->terminals.items, answer->terminals.count,
                          answer->has_list_for_s ? answer->list_for_s : 0);
        vehicle_take_terminals(agent, place, answer->terminals.items, answer->terminals.count);
    }
    if (place->terminal_count == 0 && !is_asking) { /* E1; of one that answered already the backend decides */
        vehicle_wait(agent, place, "no terminal is associated with the vehicle");
    }
}

static void listed(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *transfer, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct ocpp_settle_outcome outcome;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    struct vehicle_place *place = landed(agent, transfer, &outcome);
    const bool waits = place != NULL && !place->is_known && place->stage != OCPP_SETTLE_VEHICLE_WAITING;
    if (waits && outcome.verdict == OCPP_SETTLE_VERDICT_DONE && outcome.answer != NULL) {
        take_list(agent, place, outcome.answer);
        vehicle_forward(agent, place);
    } else if (waits && outcome.verdict == OCPP_SETTLE_VERDICT_REFUSED) {
        vehicle_wait(agent, place, outcome.reason);
    } else if (waits) {
        place->again_at = agent->now.mono_ms + agent->settings.retry_ms;
    }
    pile_leave(agent);
}

void vehicle_tell_connected(struct ocpp_settle_agent *agent, struct vehicle_place *place)
{
    const struct ocpp_settle_vehicle_connected_req message = {
        .prompt = place->prompt,
        .evse = place->evse,
        .vehicle = { place->kind, place->vehicle },
        .at = pile_moment(agent),
        .has_list_version = place->has_list,
        .list_version = place->list_version,
    };
    place->again_at = agent->now.mono_ms + AGAIN_MS;
    if (agent->link != OCPP_SETTLE_AGENT_ON || agent->vehicles.flight.is_under_way) {
        return;
    }
    if (ask(agent, place, OCPP_SETTLE_ACTION_VEHICLE_CONNECTED, &message, listed) == OCPP_OK) {
        place->again_at = OCPP_NEVER;
    }
}

/* --- what a terminal wants ---------------------------------------------------------------------------------------------------
 */

/* The prompt stands, for another terminal or for the same again: it gets the same answer. */
static void ask_on(struct ocpp_settle_agent *agent, struct vehicle_place *place, enum ocpp_settle_refusal_code code,
                   const char *reason)
{
    vehicle_news(agent, place, code != OCPP_SETTLE_REFUSAL_CODE_UNSET ? code : OCPP_SETTLE_REFUSAL_CODE_TRY_LATER,
                 pile_optional(reason));
    place->stage = OCPP_SETTLE_VEHICLE_PROMPTED;
    place->answered[0] = '\0';
    if (code == OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE) {
        vehicle_wait(agent, place, "the prompt is void");
    }
}

static void decided(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *transfer, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct ocpp_settle_outcome outcome;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    struct vehicle_place *place = landed(agent, transfer, &outcome);
    if (place != NULL && place->stage == OCPP_SETTLE_VEHICLE_ASKING) {
        if (outcome.verdict == OCPP_SETTLE_VERDICT_DONE) {
            vehicle_prompt_over(agent, place, place->answered, "another terminal was faster");
        } else {
            ask_on(agent, place, outcome.code, outcome.reason);
        }
    }
    pile_leave(agent);
}

static bool is_prompted(const struct vehicle_place *place, const char *terminal)
{
    for (size_t i = 0; i < place->terminal_count; i++) {
        if (strcmp(place->terminals[i].name, terminal) == 0) {
            return true;
        }
    }
    return false;
}

void vehicle_forward(struct ocpp_settle_agent *agent, struct vehicle_place *place)
{
    const struct ocpp_settle_start_request_req message = {
        .prompt = place->prompt,
        .evse = place->evse,
        .vehicle = { place->kind, place->vehicle },
        .terminal = place->answered,
        .wish = place->wish,
        .association = place->association,
        .at = pile_moment(agent),
    };
    if (!place->must_forward || !place->is_known || agent->vehicles.flight.is_under_way) {
        return;
    }
    if (ask(agent, place, OCPP_SETTLE_ACTION_START_REQUEST, &message, decided) == OCPP_OK) {
        place->must_forward = false;
        place->again_at = OCPP_NEVER;
    } else {
        place->again_at = agent->now.mono_ms + AGAIN_MS;
    }
}

static void keep_requests(struct ocpp_settle_agent *agent, struct vehicle_place *place,
                          const struct ocpp_settle_terminal_requests *requests)
{
    place->stage = OCPP_SETTLE_VEHICLE_ASKING;
    place->until = agent->now.mono_ms + agent->settings.answer_ms;
    place->must_forward = true;
    place->wish = requests->wish;
    pile_copy(place->answered, sizeof(place->answered), requests->terminal);
    pile_copy(place->association, sizeof(place->association), requests->association);
    pile_copy(place->amount, sizeof(place->amount), requests->wish.amount);
    place->wish.amount = requests->wish.amount != NULL ? place->amount : NULL;
}

static bool are_good(const struct ocpp_settle_terminal_requests *requests)
{
    return requests->terminal != NULL && requests->prompt != NULL && requests->prompt[0] != '\0' &&
           requests->association != NULL && strlen(requests->association) < VEHICLE_ASSOCIATION_SIZE &&
           ocpp_message_validate(&ocpp_settle_charging_wish_type, &requests->wish, NULL) == OCPP_OK;
}

enum ocpp_status ocpp_settle_agent_terminal_answer(struct ocpp_settle_agent *agent,
                                                   const struct ocpp_settle_terminal_requests *requests, struct ocpp_now now)
{
    if (!are_good(requests)) {
        return OCPP_ERR_ARGUMENT;
    }
    struct vehicle_place *place = vehicle_prompted_by(agent, requests->prompt);
    if (place == NULL || place->stage < OCPP_SETTLE_VEHICLE_PROMPTED || !is_prompted(place, requests->terminal)) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (place->stage > OCPP_SETTLE_VEHICLE_PROMPTED) {
        return OCPP_ERR_BUSY;
    }
    if (agent->link != OCPP_SETTLE_AGENT_ON || !agent->is_accepted) {
        return OCPP_ERR_STATE;
    }
    pile_enter(agent, now);
    keep_requests(agent, place, requests);
    vehicle_forward(agent, place);
    pile_leave(agent);
    return OCPP_OK;
}
