/* hearing.c: what the backend says: read strictly, done once, durable before it is answered. A message is a row of the table in
 * obeying.c. Whatever is refused changes nothing. */
#include "hearing.h"

#include <string.h>

/* --- answers -----------------------------------------------------------------------------------------------------------------
 */

static const char later[] = "{\"receipt\":{\"reception\":\"Retry\",\"code\":\"TryLater\"}}";

static void give(struct ocpp_settle_agent *agent, struct ocpp_call_token call, const struct ocpp_data_transfer_answer *answer)
{
    const enum ocpp_status status = ocpp_charge_point_answer_data_transfer(agent->settings.cp, call, answer, agent->now);
    if (status != OCPP_OK) { /* it asks again and gets the same answer */
        agent_log(agent, OCPP_LOG_WARNING, "an answer could not be given", ocpp_status_sentence(status));
    }
}

void hearing_answer(struct ocpp_settle_agent *agent, struct ocpp_call_token call, const char *json, bool is_part)
{
    const struct ocpp_settle_chunk_conf part = { .receipt = { .reception = OCPP_SETTLE_RECEPTION_ACCEPTED }, .answer = json };
    struct ocpp_data_transfer_answer answer = { .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                .kind = OCPP_DATA_JSON,
                                                .data = json != NULL ? json : later };
    if (is_part && json != NULL &&
        ocpp_settle_wire_answer(&ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK], &part, agent->scratch, &answer) != OCPP_OK) {
        answer =
            (struct ocpp_data_transfer_answer){ .result = OCPP_DATA_TRANSFER_ACCEPTED, .kind = OCPP_DATA_JSON, .data = later };
    }
    give(agent, call, &answer);
}

/* A receipt: every answer of ours is one and nothing else. */
static const char *receipt(struct ocpp_settle_agent *agent, enum ocpp_settle_reception reception,
                           enum ocpp_settle_refusal_code code)
{
    const struct ocpp_settle_rental_closed_conf answer = { .receipt = { .reception = reception, .code = code } };
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENTAL_CLOSED];
    const char *text = NULL;
    size_t size = 0;
    return ocpp_message_encode(action->response, &answer, agent->scratch, &text, &size, NULL) == OCPP_OK ? text : NULL;
}

/* --- hearing -----------------------------------------------------------------------------------------------------------------
 */

struct heard_message {
    const struct ocpp_settle_wire_message *wire;
    struct ocpp_call_token call;
    bool is_part;
};

/* Decides, and makes it durable together with the answer. */
static void act_upon(struct ocpp_settle_agent *agent, const struct heard_message *heard, const unsigned char *hash)
{
    const size_t index = (size_t)(heard->wire->action - ocpp_settle_actions);
    struct batch batch;
    struct hearing hearing = { .agent = agent, .batch = &batch };
    pile_batch_begin(agent, &batch);
    if (batch.pending == NULL) {
        hearing_answer(agent, heard->call, NULL, heard->is_part);
        return;
    }
    const enum ocpp_settle_refusal_code code = hearing_bodies[index](&hearing, heard->wire->message);
    if (code == OCPP_SETTLE_REFUSAL_CODE_TRY_LATER) {
        pile_batch_abandon(&batch);
        hearing_answer(agent, heard->call, NULL, heard->is_part);
        return;
    }
    const char *json = code == OCPP_SETTLE_REFUSAL_CODE_UNSET ? receipt(agent, OCPP_SETTLE_RECEPTION_ACCEPTED, code)
                                                              : receipt(agent, OCPP_SETTLE_RECEPTION_REFUSED, code);
    batch.pending->answer = json == NULL ? NULL : pile_allocate(agent, NULL, strlen(json) + 1);
    if (batch.pending->answer == NULL) {
        pile_batch_fail(&batch, OCPP_ERR_NOMEM);
    } else {
        memcpy(batch.pending->answer, json, strlen(json) + 1);
        pile_heard_put(&batch, heard->wire->envelope, hash, json);
    }
    batch.pending->has_call = true;
    batch.pending->call = heard->call;
    batch.pending->is_part = heard->is_part;
    if (pile_batch_write(&batch) != OCPP_OK) {
        hearing_answer(agent, heard->call, NULL, heard->is_part);
    }
}

static void hear(struct ocpp_settle_agent *agent, const struct heard_message *heard)
{
    const struct ocpp_settle_wire_message *wire = heard->wire;
    enum ocpp_settle_repetition repetition = OCPP_SETTLE_REPETITION_NONE;
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
    const char *answer = NULL;
    enum ocpp_status status = ocpp_settle_wire_hash(&agent->settings.keys, wire->action, wire->message, agent->scratch, hash);
    if (status == OCPP_OK) {
        status = pile_heard_find(agent, wire, hash, &repetition, &answer);
    }
    if (status == OCPP_OK && repetition == OCPP_SETTLE_REPETITION_NONE) {
        act_upon(agent, heard, hash);
        return;
    }
    if (status == OCPP_OK && repetition == OCPP_SETTLE_REPETITION_OTHER_BODY) {
        answer = receipt(agent, OCPP_SETTLE_RECEPTION_REFUSED, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY);
    } else if (status == OCPP_OK && repetition == OCPP_SETTLE_REPETITION_TOO_LATE) {
        answer = receipt(agent, OCPP_SETTLE_RECEPTION_REFUSED, OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE);
    }
    hearing_answer(agent, heard->call, answer, heard->is_part);
}

static void refuse(struct ocpp_settle_agent *agent, struct ocpp_call_token call, const struct ocpp_settle_wire_fault *fault)
{
    char text[OCPP_SETTLE_REFUSAL_SIZE];
    struct ocpp_data_transfer_answer answer;
    ocpp_settle_wire_refuse(fault, text, &answer);
    give(agent, call, &answer);
}

static void hear_part(struct ocpp_settle_agent *agent, const struct ocpp_settle_chunk_req *part, struct ocpp_call_token call)
{
    struct ocpp_settle_wire_message whole;
    struct ocpp_settle_wire_fault fault;
    const char *answer = NULL;
    switch (ocpp_settle_joiner_add(&agent->joiner, part)) {
    case OCPP_SETTLE_JOINED_MORE:
        answer = receipt(agent, OCPP_SETTLE_RECEPTION_ACCEPTED, OCPP_SETTLE_REFUSAL_CODE_UNSET);
        break;
    case OCPP_SETTLE_JOINED_RESTART:
        answer = receipt(agent, OCPP_SETTLE_RECEPTION_REFUSED, OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE);
        break;
    case OCPP_SETTLE_JOINED_REFUSED:
        answer = receipt(agent, OCPP_SETTLE_RECEPTION_REFUSED, OCPP_SETTLE_REFUSAL_CODE_TOO_LARGE);
        break;
    case OCPP_SETTLE_JOINED_NO_MEMORY:
        break;
    case OCPP_SETTLE_JOINED_WHOLE:
        if (ocpp_settle_joiner_read(&agent->joiner, &agent->wire, agent->scratch, &whole, &fault) != OCPP_OK) {
            refuse(agent, call, &fault);
        } else if (whole.envelope == NULL || hearing_bodies[whole.action - ocpp_settle_actions] == NULL) {
            hearing_answer(agent, call, NULL, true);
        } else {
            hear(agent, &(struct heard_message){ &whole, call, true });
        }
        ocpp_settle_joiner_drop(&agent->joiner);
        return;
    }
    hearing_answer(agent, call, answer, false);
}

static void hear_request(struct ocpp_settle_agent *agent, const struct ocpp_data_transfer *request, struct ocpp_call_token call)
{
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;
    if (ocpp_settle_wire_read(&agent->wire, request, agent->scratch, &message, &fault) != OCPP_OK) {
        refuse(agent, call, &fault);
        return;
    }
    const size_t index = (size_t)(message.action - ocpp_settle_actions);
    if (agent->link != OCPP_SETTLE_AGENT_ON) {
        fault =
            (struct ocpp_settle_wire_fault){ .result = OCPP_DATA_TRANSFER_REJECTED, .code = OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED };
        refuse(agent, call, &fault);
    } else if (index == OCPP_SETTLE_ACTION_CHUNK) {
        hear_part(agent, message.message, call);
    } else if (index == OCPP_SETTLE_ACTION_TRIGGER_INVENTORY) {
        agent->inventory_at = agent->now.mono_ms;
        hearing_answer(agent, call, receipt(agent, OCPP_SETTLE_RECEPTION_ACCEPTED, OCPP_SETTLE_REFUSAL_CODE_UNSET), false);
    } else if (index == OCPP_SETTLE_ACTION_PAYMENT_PROMPT) {
        hearing_answer(agent, call, gate_prompt_heard(agent, message.message), false);
    } else if (message.envelope != NULL && hearing_bodies[index] != NULL) {
        hear(agent, &(struct heard_message){ &message, call, false });
    } else {
        fault = (struct ocpp_settle_wire_fault){ .result = OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID };
        refuse(agent, call, &fault);
    }
}

void hearing_request(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request, struct ocpp_call_token call,
                     void *user)
{
    struct ocpp_settle_agent *agent = user;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    hear_request(agent, request, call);
    pile_leave(agent);
}
