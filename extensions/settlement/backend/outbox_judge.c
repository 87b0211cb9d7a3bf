/* outbox_judge.c: what the answer to a message means: it arrived, it never will, or it is told again later. */
#include "message_parts.h"
#include "outbox_station.h"

#include <stdio.h>
#include <string.h>

/* A message that could not be told is told again after message_retry_s, doubling up to this. */
enum { RETRY_MAX_S = 3600, RETRY_DOUBLINGS = 16 };

/* What the pile will never take, and who has to know. A row's function gets the message. */
static const struct refused_kind {
    enum ocpp_settle_action action;
    void (*refused)(struct command *command, const char *station, const struct ocpp_action *action, const void *message);
} refused_kinds[] = {
    { OCPP_SETTLE_ACTION_COUNT, NULL },
};

struct judging {
    struct outbox_station *station;
    const struct ocpp_data_transfer_answer *answer;
};

/* Found out of an answer: Accepted and Duplicate arrived, Refused never will, Retry is later. UNSET: nobody can tell. */
struct verdict {
    enum ocpp_settle_reception reception;
    const char *reason;
    int64_t retry_s; /* 0: by our own rules */
};

static enum ocpp_status read_answer(struct command *command, const struct ocpp_action *action, const char *data,
                                    const void **answer)
{
    const struct ocpp_tolerance tolerance = { .quirks = OCPP_QUIRK_UNKNOWN_MEMBER };

    return ocpp_message_decode(action->response, data, strlen(data), NULL, &tolerance, command_arena(command), answer, NULL);
}

static struct verdict receipt_verdict(const struct ocpp_settle_receipt *receipt)
{
    return (struct verdict){ .reception = receipt->reception,
                             .reason = receipt->reason ? receipt->reason : "refused",
                             .retry_s = receipt->has_retry_s ? receipt->retry_s : 0 };
}

static struct verdict verdict_of(struct command *command, const struct ocpp_action *action,
                                 const struct ocpp_data_transfer_answer *answer)
{
    const void *message;
    const struct ocpp_settle_receipt *receipt = NULL;

    if (answer->status != OCPP_OK || answer->result == OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID) {
        return (struct verdict){ .reason = ocpp_status_sentence(answer->status) };
    }
    if (answer->result != OCPP_DATA_TRANSFER_ACCEPTED) {
        return (struct verdict){ .reception = OCPP_SETTLE_RECEPTION_REFUSED, .reason = "the pile does not know the message" };
    }
    if (answer->data && read_answer(command, action, answer->data, &message) == OCPP_OK) {
        receipt = message_receipt(action->response, message);
    }
    return receipt ? receipt_verdict(receipt) : (struct verdict){ .reason = "an answer that makes no sense" };
}

/* --- what follows ----------------------------------------------------------------------------------------------------------- */

static void bury(struct command *command, const char *station, const struct row_outgoing *message, const char *reason)
{
    const struct row_dead_letter letter = { .id = message->id,
                                            .kind = ROW_DEAD_KIND_OUTGOING,
                                            .station = station,
                                            .stream = message->stream,
                                            .name = message->name,
                                            .data = message->data,
                                            .reason = reason,
                                            .at = command_utc_ms(command) };

    command_put(command, command_key(command, "dead", message->id, NULL), &row_dead_letter_type, &letter);
    command_state(command, "message", message->id, "sent", "dead", reason);
    command_tell(command, OCPP_SETTLE_EVENT_DEAD_LETTER, message->id, station, message->name, reason);
}

static void tell_refused(struct command *command, const char *station, const struct ocpp_action *action,
                         const struct row_outgoing *row)
{
    const void *message;

    for (size_t i = 0; i < sizeof refused_kinds / sizeof refused_kinds[0]; i++) {
        const struct refused_kind *kind = &refused_kinds[i];

        if (kind->refused && &ocpp_settle_actions[kind->action] == action &&
            ocpp_message_decode(action->request, row->data, strlen(row->data), NULL, NULL, command_arena(command), &message,
                                NULL) == OCPP_OK) {
            kind->refused(command, station, action, message);
        }
    }
}

static int64_t pause_s(const struct command *command, int64_t attempts)
{
    int64_t pause = command_policy(command)->message_retry_s;

    for (int i = 0; i < RETRY_DOUBLINGS && i < attempts && pause < RETRY_MAX_S; i++) {
        pause *= 2;
    }
    return pause < RETRY_MAX_S ? pause : RETRY_MAX_S;
}

static void put_off(struct command *command, const char *key, const struct row_outgoing *row, int64_t retry_s)
{
    struct row_outgoing later = *row;

    later.attempts++;
    later.has_not_before = true;
    later.not_before = command_utc_ms(command) + (retry_s > 0 ? retry_s : pause_s(command, row->attempts)) * 1000;
    command_put(command, key, &row_outgoing_type, &later);
}

static bool counts_as_attempt(const struct ocpp_data_transfer_answer *answer)
{
    return answer->status != OCPP_ERR_CLOSED && answer->status != OCPP_ERR_NOMEM;
}

/* No answer that says anything: a time-out on an open link is an attempt, the loss of the link is none. */
static void try_again(struct command *command, const char *key, const struct row_outgoing *row, const struct judging *judging,
                      const struct verdict *verdict)
{
    if (!counts_as_attempt(judging->answer) || judging->station->is_off) {
        return;
    }
    if (row->attempts + 1 < command_policy(command)->message_attempts) {
        put_off(command, key, row, 0);
        return;
    }
    bury(command, judging->station->name, row, verdict->reason);
    command_remove(command, key);
}

static void judge(struct command *command, void *args)
{
    const struct judging *judging = args;
    struct outbox_station *station = judging->station;
    const char *key = ocpp_arena_text(command_arena(command), station->key, strlen(station->key));
    const struct row_outgoing *row = key ? command_read(command, key, &row_outgoing_type) : NULL;
    const struct ocpp_action *action = row ? ocpp_protocol_action(&ocpp_settle_protocol, row->name, strlen(row->name)) : NULL;
    struct verdict verdict;

    if (!row) {
        command_fail(command, key ? OCPP_OK : OCPP_ERR_NOMEM);
        return;
    }
    verdict = action ? verdict_of(command, action, judging->answer)
                     : (struct verdict){ .reception = OCPP_SETTLE_RECEPTION_REFUSED, .reason = "a message of another release" };
    switch (verdict.reception) {
    case OCPP_SETTLE_RECEPTION_ACCEPTED:
    case OCPP_SETTLE_RECEPTION_DUPLICATE:
        command_remove(command, key);
        break;
    case OCPP_SETTLE_RECEPTION_REFUSED:
        bury(command, station->name, row, verdict.reason);
        command_remove(command, key);
        if (action) {
            tell_refused(command, station->name, action, row);
        }
        break;
    case OCPP_SETTLE_RECEPTION_RETRY:
        put_off(command, key, row, verdict.retry_s > 0 && verdict.retry_s < RETRY_MAX_S ? verdict.retry_s : 0);
        break;
    case OCPP_SETTLE_RECEPTION_UNSET:
        try_again(command, key, row, judging, &verdict);
        break;
    }
}

void outbox_judge(struct ocpp_settle *settle, struct outbox_station *station, const struct ocpp_data_transfer_answer *answer)
{
    struct judging judging = { .station = station, .answer = answer };
    const enum ocpp_status status = command_run(settle, "delivered", judge, &judging, NULL);

    if (status != OCPP_OK) {
        backend_log(settle, OCPP_LOG_ERROR, "%s: what became of a message could not be noted: %s", station->name,
                    ocpp_status_sentence(status));
        station->not_before_utc_ms = settle->now.utc_ms + settle->settings.policy.message_retry_s * 1000;
    }
}
