/* wire_answers.c: answers within DataTransfer: how they are given, and what they mean for the message that was sent. */
#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <string.h>

/* --- giving
 * --------------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_settle_wire_answer(const struct ocpp_action *action, const void *answer, struct ocpp_arena *arena,
                                         struct ocpp_data_transfer_answer *transfer)
{
    const char *text;
    size_t size;
    const enum ocpp_status status = ocpp_message_encode(action->response, answer, arena, &text, &size, NULL);

    if (status == OCPP_OK) {
        *transfer = (struct ocpp_data_transfer_answer){ OCPP_OK, OCPP_DATA_TRANSFER_ACCEPTED, OCPP_DATA_JSON, text };
    }
    return status;
}

void ocpp_settle_wire_refuse(const struct ocpp_settle_wire_fault *fault, char text[OCPP_SETTLE_REFUSAL_SIZE],
                             struct ocpp_data_transfer_answer *transfer)
{
    const char *code = ocpp_enum_name(&ocpp_settle_refusal_code_enum, (int)fault->code);

    *transfer = (struct ocpp_data_transfer_answer){ .status = OCPP_OK, .result = fault->result };
    if (fault->result != OCPP_DATA_TRANSFER_REJECTED) {
        return;
    }
    (void)snprintf(text, OCPP_SETTLE_REFUSAL_SIZE, "{\"code\":\"%s\",\"reason\":\"%.200s\"}", code != NULL ? code : "Invalid",
                   fault->reason);
    transfer->kind = OCPP_DATA_JSON;
    transfer->data = text;
}

/* --- understanding
 * -------------------------------------------------------------------------------------------------------------- */

static bool is_hello(const struct ocpp_action *action)
{
    return action == &ocpp_settle_actions[OCPP_SETTLE_ACTION_HELLO];
}

static enum ocpp_status read_data(const struct ocpp_settle_wire *wire, const struct ocpp_type *type,
                                  const struct ocpp_tolerance *tolerance, const char *text, struct ocpp_arena *arena,
                                  const void **data)
{
    const struct ocpp_json_limits limits = { .max_bytes = wire->max_bytes != 0 ? wire->max_bytes : OCPP_SETTLE_WIRE_BYTES };
    struct ocpp_issue issue;

    return text != NULL ? ocpp_message_decode(type, text, strlen(text), &limits, tolerance, arena, data, &issue)
                        : OCPP_ERR_MISSING_MEMBER;
}

static bool is_out_of_memory(enum ocpp_status status)
{
    return ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE;
}

static const char *words(const char *text)
{
    return text != NULL ? text : "";
}

static void judge_receipt(const struct ocpp_settle_receipt *receipt, struct ocpp_settle_outcome *outcome)
{
    static const enum ocpp_settle_verdict verdicts[] = {
        [OCPP_SETTLE_RECEPTION_ACCEPTED] = OCPP_SETTLE_VERDICT_DONE,
        [OCPP_SETTLE_RECEPTION_DUPLICATE] = OCPP_SETTLE_VERDICT_DONE,
        [OCPP_SETTLE_RECEPTION_REFUSED] = OCPP_SETTLE_VERDICT_REFUSED,
        [OCPP_SETTLE_RECEPTION_RETRY] = OCPP_SETTLE_VERDICT_LATER,
    };

    outcome->verdict = verdicts[receipt->reception];
    if (outcome->verdict == OCPP_SETTLE_VERDICT_DONE) {
        return;
    }
    outcome->code = receipt->code != OCPP_SETTLE_REFUSAL_CODE_UNSET ? receipt->code : OCPP_SETTLE_REFUSAL_CODE_INVALID;
    outcome->reason = words(receipt->reason);
    outcome->retry_s = receipt->has_retry_s ? receipt->retry_s : 0;
}

static enum ocpp_status judge_accepted(const struct ocpp_settle_wire *wire, const struct ocpp_action *action, const char *text,
                                       struct ocpp_arena *arena, struct ocpp_settle_outcome *outcome)
{
    static const struct ocpp_tolerance of_hello = { .quirks = OCPP_QUIRK_UNKNOWN_MEMBER | OCPP_QUIRK_UNKNOWN_ENUM };
    const void *answer;
    const enum ocpp_status status = read_data(wire, action->response, is_hello(action) ? &of_hello : NULL, text, arena, &answer);

    if (status != OCPP_OK) {
        outcome->reason = "the answer cannot be read";
        return is_out_of_memory(status) ? status : OCPP_OK;
    }
    const struct ocpp_settle_receipt *receipt = ocpp_settle_wire_receipt(action->response, answer);
    outcome->answer = answer;
    outcome->verdict = OCPP_SETTLE_VERDICT_DONE;
    if (receipt != NULL) {
        judge_receipt(receipt, outcome);
    }
    return OCPP_OK;
}

/* Who says nothing about why means it. */
static enum ocpp_status judge_rejected(const struct ocpp_settle_wire *wire, const char *text, struct ocpp_arena *arena,
                                       struct ocpp_settle_outcome *outcome)
{
    const void *data;
    const enum ocpp_status status = read_data(wire, &ocpp_settle_refusal_type, NULL, text, arena, &data);

    if (is_out_of_memory(status)) {
        return status;
    }
    outcome->verdict = OCPP_SETTLE_VERDICT_REFUSED;
    outcome->code = OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED;
    if (status == OCPP_OK) {
        const struct ocpp_settle_refusal *refusal = data;

        outcome->code = refusal->code;
        outcome->reason = words(refusal->reason);
        if (refusal->code == OCPP_SETTLE_REFUSAL_CODE_TRY_LATER) {
            outcome->verdict = OCPP_SETTLE_VERDICT_LATER;
        } else if (refusal->code == OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED) { /* it did not say Hello on this link yet */
            outcome->verdict = OCPP_SETTLE_VERDICT_OFF;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status judge(const struct ocpp_settle_wire *wire, const struct ocpp_action *action,
                              const struct ocpp_data_transfer_answer *transfer, struct ocpp_arena *arena,
                              struct ocpp_settle_outcome *outcome)
{
    *outcome = (struct ocpp_settle_outcome){ .verdict = OCPP_SETTLE_VERDICT_UNHEARD, .reason = "" };
    if (transfer->status != OCPP_OK) {
        outcome->reason = ocpp_status_sentence(transfer->status);
        return OCPP_OK;
    }
    switch (transfer->result) {
    case OCPP_DATA_TRANSFER_ACCEPTED:
        return judge_accepted(wire, action, transfer->data, arena, outcome);
    case OCPP_DATA_TRANSFER_REJECTED:
        return judge_rejected(wire, transfer->data, arena, outcome);
    case OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID:
        outcome->verdict = OCPP_SETTLE_VERDICT_REFUSED;
        outcome->code = OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED;
        outcome->reason = "the other side does not know this message";
        return OCPP_OK;
    case OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID:
        outcome->verdict = OCPP_SETTLE_VERDICT_OFF;
        return OCPP_OK;
    case OCPP_DATA_TRANSFER_UNANSWERED:
        break;
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_wire_outcome(const struct ocpp_settle_wire *wire, const struct ocpp_action *action,
                                          const struct ocpp_data_transfer_answer *transfer, struct ocpp_arena *arena,
                                          struct ocpp_settle_outcome *outcome)
{
    const enum ocpp_status status = judge(wire, action, transfer, arena, outcome);

    /* who cannot answer Hello has no extension; plain OCPP goes on */
    if (status == OCPP_OK && is_hello(action) && outcome->verdict != OCPP_SETTLE_VERDICT_DONE &&
        outcome->verdict != OCPP_SETTLE_VERDICT_LATER) {
        outcome->verdict = OCPP_SETTLE_VERDICT_OFF;
    }
    return status;
}
