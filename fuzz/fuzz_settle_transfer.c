/* fuzz_settle_transfer.c: whatever comes as DataTransfer, to a backend and to a pile. The input is a line and a text: the line
 * begins with a letter, 'b' (to the backend), 'p' (to the pile), or 'a' (an answer) with the digit of its status behind it, then
 * the name of the message.
 *
 * What must hold: what is read can be written, and is read again; what is not read has a refusal that can be read; every answer
 * means exactly one thing.
 */
#include "target.h"
#include "toy_keys.h"
#include "require.h"

#include <ocpp/settlement/wire.h>

#include <stdlib.h>
#include <string.h>

static void demand_refusal(const struct ocpp_settle_wire_fault *fault, struct ocpp_arena *arena)
{
    char text[OCPP_SETTLE_REFUSAL_SIZE];
    struct ocpp_data_transfer_answer answer;
    const void *read;

    ocpp_settle_wire_refuse(fault, text, &answer);
    ocpp_require(answer.result != OCPP_DATA_TRANSFER_ACCEPTED && answer.result != OCPP_DATA_TRANSFER_UNANSWERED);
    ocpp_require((answer.data != NULL) == (answer.result == OCPP_DATA_TRANSFER_REJECTED));
    if (answer.data != NULL) {
        ocpp_require(ocpp_message_decode(&ocpp_settle_refusal_type, answer.data, strlen(answer.data), NULL, NULL, arena, &read,
                                         NULL) == OCPP_OK);
    }
}

static void demand_again(const struct ocpp_settle_wire *wire, const struct ocpp_settle_wire_message *message,
                         struct ocpp_arena *arena)
{
    struct ocpp_data_transfer data;
    struct ocpp_settle_wire_message again;
    struct ocpp_settle_wire_fault fault;
    const enum ocpp_status status = ocpp_settle_wire_write(wire, message->action, message->message, arena, &data);

    ocpp_require(status == OCPP_OK || status == OCPP_ERR_TOO_LARGE); /* escapes may be longer than what they stand for */
    if (status == OCPP_OK) {
        ocpp_require(ocpp_settle_wire_read(wire, &data, arena, &again, &fault) == OCPP_OK);
        ocpp_require(ocpp_message_equal(message->action->request, message->message, again.message));
    }
}

static void request(const struct ocpp_settle_wire *wire, const char *name, const char *text, struct ocpp_arena *arena)
{
    const struct ocpp_data_transfer data = { OCPP_SETTLE_VENDOR_ID, name, OCPP_DATA_TEXT, text };
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;

    if (ocpp_settle_wire_read(wire, &data, arena, &message, &fault) == OCPP_OK) {
        ocpp_require((message.action->direction & wire->peer) != 0);
        demand_again(wire, &message, arena);
    } else {
        demand_refusal(&fault, arena);
    }
}

static void answer(const char *name, char status, const char *text, struct ocpp_arena *arena)
{
    static const struct ocpp_settle_wire wire = { .peer = OCPP_FROM_CENTRAL };
    const struct ocpp_action *action = ocpp_protocol_action(&ocpp_settle_protocol, name, strlen(name));
    const struct ocpp_data_transfer_answer given = {
        .status = status == '9' ? OCPP_ERR_CALL_ERROR : OCPP_OK,
        .result = (enum ocpp_data_transfer_status)((unsigned)status % 5U),
        .data = text,
    };
    struct ocpp_settle_outcome outcome;

    if (action == NULL || ocpp_settle_wire_outcome(&wire, action, &given, arena, &outcome) != OCPP_OK) {
        return;
    }
    ocpp_require(outcome.reason != NULL && (unsigned)outcome.verdict <= OCPP_SETTLE_VERDICT_OFF);
    if (outcome.verdict == OCPP_SETTLE_VERDICT_DONE) {
        ocpp_require(outcome.answer != NULL && ocpp_message_validate(action->response, outcome.answer, NULL) == OCPP_OK);
    }
    if (outcome.verdict == OCPP_SETTLE_VERDICT_REFUSED || outcome.verdict == OCPP_SETTLE_VERDICT_LATER) {
        ocpp_require(outcome.code != OCPP_SETTLE_REFUSAL_CODE_UNSET && outcome.retry_s >= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ocpp_settle_wire backend = { .peer = OCPP_FROM_STATION, .max_bytes = OCPP_SETTLE_WIRE_BYTES_LEAST };
    static const struct ocpp_settle_wire pile = { .peer = OCPP_FROM_CENTRAL };
    char *text = calloc(1, size + 1);
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 4U << 20);

    ocpp_require(text != NULL && arena != NULL);
    memcpy(text, data, size);
    char *line_end = strchr(text, '\n');
    if (line_end != NULL && line_end > text) {
        *line_end = '\0';
        if (text[0] == 'a' && text[1] != '\0') {
            answer(text + 2, text[1], line_end + 1, arena);
        } else {
            request(text[0] == 'b' ? &backend : &pile, text + 1, line_end + 1, arena);
        }
    }
    ocpp_arena_free(arena);
    free(text);
    return 0;
}
