/* renting.c: who gets which banks: requests of people at the pile and from afar, what the backend grants, and the intents that
 * come of it. Which banks are kept for whom is known in this run only: after a restart nobody waits any more, and a grant that
 * comes then is over. */
#include "pile_internal.h"

#include <string.h>

/* --- requests ----------------------------------------------------------------------------------------------------------------
 */

struct request *pile_request_find(struct ocpp_settle_agent *agent, const char *id)
{
    for (size_t i = 0; i < PILE_REQUESTS; i++) {
        if (agent->requests[i].id[0] != '\0' && strcmp(agent->requests[i].id, id) == 0) {
            return &agent->requests[i];
        }
    }
    return NULL;
}

struct request *pile_request_new(struct ocpp_settle_agent *agent, const char *id, int64_t until)
{
    for (size_t i = 0; i < PILE_REQUESTS; i++) {
        struct request *request = &agent->requests[i];
        if (request->id[0] == '\0') {
            *request = (struct request){ .until = until };
            pile_copy(request->id, sizeof(request->id), id);
            return request;
        }
    }
    return NULL;
}

bool pile_request_holds(const struct ocpp_settle_agent *agent, const struct slot *slot)
{
    const uint64_t bit = (uint64_t)1 << (slot_number(agent, slot) - 1);
    for (size_t i = 0; i < PILE_REQUESTS; i++) {
        if (agent->requests[i].id[0] != '\0' && (agent->requests[i].slots & bit) != 0) {
            return true;
        }
    }
    return false;
}

/* The fullest of those nobody else has; of equals the one with the lowest number. */
static struct slot *choose_one(struct ocpp_settle_agent *agent)
{
    struct slot *best = NULL;
    for (int i = 0; i < agent->bay.slots; i++) {
        struct slot *slot = &agent->slots[i];
        if (slot_may_be_rented(agent, slot) && !pile_request_holds(agent, slot) &&
            (best == NULL || slot->charge > best->charge)) {
            best = slot;
        }
    }
    return best;
}

int pile_request_choose(struct ocpp_settle_agent *agent, struct request *request, int count)
{
    for (int chosen = 0; chosen < count; chosen++) {
        const struct slot *slot = choose_one(agent);
        if (slot == NULL) {
            return chosen;
        }
        request->slots |= (uint64_t)1 << (slot_number(agent, slot) - 1);
    }
    return count;
}

void pile_request_end(struct ocpp_settle_agent *agent, struct request *request, enum ocpp_settle_refusal_code code,
                      const char *text)
{
    const struct request ended = *request;
    const struct ocpp_settle_agent_event event = {
        .kind = OCPP_SETTLE_AGENT_RENT_DENIED, .request = ended.id, .code = code, .text = text
    };
    *request = (struct request){ .id = "" };
    if (!ended.is_return) {
        pile_event(agent, &event);
    }
}

void pile_requests_advance(struct ocpp_settle_agent *agent)
{
    for (size_t i = 0; i < PILE_REQUESTS; i++) {
        struct request *request = &agent->requests[i];
        if (request->id[0] != '\0' && request->until <= agent->now.mono_ms) {
            pile_request_end(agent, request, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, NULL);
        }
    }
}

int64_t pile_requests_deadline(const struct ocpp_settle_agent *agent)
{
    int64_t deadline = OCPP_NEVER;
    for (size_t i = 0; i < PILE_REQUESTS; i++) {
        if (agent->requests[i].id[0] != '\0') {
            deadline = pile_earlier(deadline, agent->requests[i].until);
        }
    }
    return deadline;
}

/* --- asking ------------------------------------------------------------------------------------------------------------------
 */

void pile_bank_choice(const struct ocpp_settle_agent *agent, const struct slot *slot, struct ocpp_settle_bank_choice *choice)
{
    *choice = (struct ocpp_settle_bank_choice){
        .slot = slot_number(agent, slot),
        .bank = pile_optional(slot->bank),
        .hardware_id = pile_optional(slot->hardware_id),
        .generation = slot->generation,
        .has_charge = slot->charge >= 0 && slot->charge <= 100,
        .charge = slot->charge,
        .form =
            agent->bay.mark_room == OCPP_SETTLE_MARK_ROOM_CHARACTERS ? OCPP_SETTLE_MARK_FORM_SHORT : OCPP_SETTLE_MARK_FORM_UNSET,
    };
}

/* The transaction |token| has here now, as the central system knows it; NULL. */
static const char *transaction_of(struct ocpp_settle_agent *agent, const struct ocpp_token *token)
{
    struct ocpp_evse_view view;
    const char *found = NULL;
    for (int evse = 1; token != NULL && ocpp_charge_point_evse(agent->settings.cp, evse, &view) == OCPP_OK; evse++) {
        if (view.transaction && strcmp(view.token, token->id) == 0 && view.transaction_id[0] != '\0') {
            found = ocpp_arena_text(agent->scratch, view.transaction_id, strlen(view.transaction_id));
        }
    }
    return found != NULL && strlen(found) <= 36 ? found : NULL;
}

static void asked(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *transfer, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct ocpp_settle_outcome outcome;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    const enum ocpp_status status =
        ocpp_settle_wire_outcome(&agent->wire, agent->asking.action, transfer, agent->scratch, &outcome);
    struct request *request = pile_request_find(agent, agent->asking.request);
    agent->asking.is_under_way = false;
    if (request != NULL && (status != OCPP_OK || outcome.verdict != OCPP_SETTLE_VERDICT_DONE)) {
        pile_request_end(agent, request, outcome.code, pile_optional(outcome.reason));
    }
    pile_leave(agent);
}

static enum ocpp_status send(struct ocpp_settle_agent *agent, struct request *request,
                             struct ocpp_settle_rent_request_req *message)
{
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENT_REQUEST];
    struct ocpp_data_transfer data;
    enum ocpp_status status = ocpp_settle_wire_write(&agent->wire, action, message, agent->scratch, &data);
    if (status == OCPP_OK) {
        status = ocpp_charge_point_data_transfer(agent->settings.cp, &data, asked, agent, agent->now);
    }
    if (status == OCPP_OK) {
        agent->asking.is_under_way = true;
        agent->asking.action = action;
        memcpy(agent->asking.request, request->id, sizeof(request->id));
        request->is_asked = true;
        request->must_ask = false;
    }
    return status;
}

enum ocpp_status pile_renting_ask(struct ocpp_settle_agent *agent, struct request *request, const struct ocpp_token *token)
{
    const struct ocpp_settle_user_token user = {
        .id = token == NULL ? "" : token->id,
        .type = token == NULL || token->type == OCPP_TOKEN_UNKNOWN ? "" : ocpp_token_type_name(token->type),
    };
    struct ocpp_settle_bank_choice choices[PILE_BANKS];
    struct ocpp_settle_rent_request_req message = {
        .request = request->id,
        .token = token == NULL ? NULL : &user,
        .banks = { choices, 0 },
        .at = pile_moment(agent),
        .transaction = transaction_of(agent, token),
    };
    if (agent->asking.is_under_way) {
        return OCPP_ERR_BUSY;
    }
    for (int i = 0; i < agent->bay.slots && message.banks.count < PILE_BANKS; i++) {
        if ((request->slots >> i & 1U) != 0) {
            pile_bank_choice(agent, &agent->slots[i], &choices[message.banks.count++]);
        }
    }
    return send(agent, request, &message);
}

static enum ocpp_status ask_backend(struct ocpp_settle_agent *agent, const struct ocpp_token *token, int count,
                                    char id[OCPP_SETTLE_ID_SIZE])
{
    const struct ocpp_settle_agent_event event = { .kind = OCPP_SETTLE_AGENT_RENT_ASKED, .request = id };
    struct request *request = pile_request_new(agent, id, agent->now.mono_ms + agent->settings.answer_ms);
    if (request == NULL) {
        return OCPP_ERR_BUSY;
    }
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    if (pile_request_choose(agent, request, count) == count) {
        status = pile_renting_ask(agent, request, token);
    }
    if (status != OCPP_OK) {
        *request = (struct request){ .id = "" };
        return status;
    }
    pile_event(agent, &event);
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_agent_rent(struct ocpp_settle_agent *agent, const struct ocpp_token *token, int count,
                                        struct ocpp_now now, char request[OCPP_SETTLE_ID_SIZE])
{
    char id[OCPP_SETTLE_ID_SIZE];
    if (token == NULL || token->id == NULL || token->id[0] == '\0' || count < 1 || count > PILE_BANKS || agent->bay.slots == 0) {
        return OCPP_ERR_ARGUMENT;
    }
    pile_enter(agent, now);
    pile_new_id(agent, id);
    enum ocpp_status status = OCPP_ERR_STATE;
    if (!pile_outbox_has_room(agent, (size_t)count * 3)) {
        status = OCPP_ERR_LIMIT;
    } else if (agent->link == OCPP_SETTLE_AGENT_ON && agent->is_accepted) {
        status = ask_backend(agent, token, count, id);
    } else if (agent->link != OCPP_SETTLE_AGENT_OFF) {
        status = alone_rent(agent, token, count, id);
    }
    pile_leave(agent);
    if (status == OCPP_OK && request != NULL) {
        memcpy(request, id, sizeof(id));
    }
    return status;
}

/* --- grants ------------------------------------------------------------------------------------------------------------------
 */

bool pile_is_id(const char *text)
{
    size_t length = 0;
    while (text[length] > ' ' && text[length] <= '~') {
        length++;
    }
    return length > 0 && length < OCPP_SETTLE_ID_SIZE && text[length] == '\0';
}

enum ocpp_settle_refusal_code pile_grant_check(struct ocpp_settle_agent *agent, const struct ocpp_settle_bank_grant *grant,
                                               const struct request *request)
{
    const struct slot *slot = slot_of(agent, grant->slot);
    if (slot == NULL) {
        return OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT;
    }
    if (!pile_is_id(grant->rental) || grant->generation >= OCPP_SETTLE_MARK_GENERATION_LIMIT) {
        return OCPP_SETTLE_REFUSAL_CODE_INVALID;
    }
    if (!slot_mark_says(agent, grant->mark, false, grant->generation) ||
        !slot_mark_says(agent, grant->undo, true, grant->generation + 1) || strcmp(grant->mark, grant->undo) == 0) {
        return OCPP_SETTLE_REFUSAL_CODE_BAD_MARK;
    }
    if (request == NULL) { /* over: told as such, nothing moves */
        return OCPP_SETTLE_REFUSAL_CODE_UNSET;
    }
    if ((request->slots >> (grant->slot - 1) & 1U) == 0) {
        return OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT;
    }
    if (slot->state != SLOT_IDLE || slot->is_noting || slot->is_asleep) {
        return OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE;
    }
    if (grant->generation <= slot->generation) {
        return OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION;
    }
    return OCPP_SETTLE_REFUSAL_CODE_UNSET;
}

/* The record says AWAIT_MARK: that is where a restart would find the slot once this is durable. */
void pile_grant_intend(struct batch *batch, const struct ocpp_settle_bank_grant *grant, const char *request, const char *order,
                       int64_t within_s)
{
    struct ocpp_settle_agent *agent = batch->agent;
    struct slot *slot = slot_of(agent, grant->slot);
    const int64_t longest_s = 86400;
    if (slot == NULL || batch->status != OCPP_OK || !slot_happens(agent, slot, SLOT_RENT, NULL)) {
        pile_batch_fail(batch, OCPP_ERR_STATE);
        return;
    }
    slot->intent = (struct intent){
        .generation = grant->generation,
        .is_offline = slot->rents_alone,
        .until_mono_ms = agent->now.mono_ms + 1000 * (within_s < longest_s ? within_s : longest_s),
    };
    pile_copy(slot->intent.target, sizeof(slot->intent.target), grant->mark);
    pile_copy(slot->intent.undo, sizeof(slot->intent.undo), grant->undo);
    pile_copy(slot->intent.rental, sizeof(slot->intent.rental), grant->rental);
    pile_copy(slot->intent.request, sizeof(slot->intent.request), request);
    pile_copy(slot->intent.order, sizeof(slot->intent.order), order);
    slot->kept = SLOT_AWAIT_MARK;
    slot_put(batch, slot, slot_number(agent, slot));
}

void pile_grants_stored(struct ocpp_settle_agent *agent, const char *request, enum ocpp_status status)
{
    struct request *asked_for = pile_request_find(agent, request);
    if (asked_for != NULL && status == OCPP_OK) {
        *asked_for = (struct request){ .id = "" };
    }
    for (int i = 0; i < agent->bay.slots; i++) {
        struct slot *slot = &agent->slots[i];
        if (slot->state != SLOT_AWAIT_INTENT || strcmp(slot->intent.request, request) != 0) {
            continue;
        }
        if (status == OCPP_OK) {
            slot_happens(agent, slot, SLOT_STORED, NULL);
            continue;
        }
        slot_happens(agent, slot, SLOT_NOT_STORED, NULL);
        slot_reload(agent, slot);
        slot_sense(agent, slot);
    }
}
