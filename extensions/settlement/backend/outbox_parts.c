/* outbox_parts.c: a message that is too large for one goes part by part; the answer to the last part holds the answer to the
 * whole. The parts are cut anew each time out of the row, which stays what it is until the whole was answered. */
#include "outbox_station.h"

#include <string.h>

static void send_part(struct command *command, void *args)
{
    struct outbox_station *station = args;
    struct ocpp_settle *settle = command_settle(command);
    const struct ocpp_settle_wire wire = { .vendor_id = settle->settings.vendor_id,
                                           .peer = OCPP_FROM_STATION,
                                           .max_bytes = station->max_bytes };
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK];
    const char *key = ocpp_arena_text(command_arena(command), station->key, strlen(station->key));
    const struct row_outgoing *row = key ? command_read(command, key, &row_outgoing_type) : NULL;
    struct ocpp_settle_chunk_req part;
    const char *text = NULL;
    size_t size;

    if (!row) {
        return;
    }
    command_fail(command, ocpp_settle_wire_part(&wire, row->name, row->id, row->data, strlen(row->data), station->part,
                                                command_arena(command), &part));
    if (!command_failed(command)) {
        command_fail(command, ocpp_message_encode(action->request, &part, command_arena(command), &text, &size, NULL));
    }
    if (!command_failed(command)) {
        (void)outbox_send(settle, station, action->name, text);
    }
}

bool outbox_send_part(struct ocpp_settle *settle, struct outbox_station *station)
{
    return command_run(settle, "part", send_part, station, NULL) == OCPP_OK && station->token;
}

/* What the answer to a part says. */
struct part_answer {
    const struct ocpp_data_transfer_answer *answer;
    enum ocpp_settle_verdict verdict;
    enum ocpp_settle_refusal_code code;
    struct outbox_station *station;
};

static void hear_part(struct command *command, void *args)
{
    struct part_answer *part = args;
    struct ocpp_settle *settle = command_settle(command);
    const struct ocpp_settle_wire wire = { .vendor_id = settle->settings.vendor_id, .peer = OCPP_FROM_STATION };
    struct ocpp_settle_outcome outcome;
    const struct ocpp_settle_chunk_conf *answer;

    command_fail(command, ocpp_settle_wire_outcome(&wire, &ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK], part->answer,
                                                   command_arena(command), &outcome));
    part->verdict = outcome.verdict;
    part->code = outcome.code;
    answer = outcome.answer;
    if (!command_failed(command) && outcome.verdict == OCPP_SETTLE_VERDICT_DONE && answer && answer->answer) {
        const size_t size = strlen(answer->answer) + 1;
        char *copy = backend_allocate(settle, NULL, size);

        command_fail(command, copy ? OCPP_OK : OCPP_ERR_NOMEM);
        if (copy) {
            part->station->whole_answer = memcpy(copy, answer->answer, size);
        }
    }
}

/* The peer lost what it had: from the first part again, if it was further; else that was an attempt. */
bool outbox_part_answered(struct ocpp_settle *settle, struct outbox_station *station,
                          const struct ocpp_data_transfer_answer *answer)
{
    struct part_answer part = { .answer = answer, .station = station };
    const enum ocpp_status status = command_run(settle, "part", hear_part, &part, NULL);
    const bool is_last = station->part + 1 == station->parts;

    if (status == OCPP_OK && part.verdict == OCPP_SETTLE_VERDICT_DONE && !is_last) {
        station->part++;
        return outbox_send_part(settle, station);
    }
    if (part.verdict == OCPP_SETTLE_VERDICT_REFUSED && part.code == OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE &&
        station->part > 0 && !station->restarted) {
        station->part = 0;
        station->restarted = true;
        return outbox_send_part(settle, station);
    }
    return false;
}
