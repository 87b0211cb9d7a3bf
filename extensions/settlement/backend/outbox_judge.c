/* outbox_judge.c: what the answer to a message means: it arrived, it never will, or it is told again later. */
#include "banks.h"
#include "outbox_station.h"
#include "rentals.h"

#include <string.h>

/* A message that could not be told is told again after message_retry_s, doubling up to this. */
enum { RETRY_MAX_S = 3600, RETRY_DOUBLINGS = 16 };

/* What the pile will never take, and who has to know. A row's function gets the message. */
static const struct refused_kind {
    enum ocpp_settle_action action;
    void (*refused)(struct command *command, const char *station, const struct ocpp_action *action, const void *message);
} refused_kinds[] = {
    { OCPP_SETTLE_ACTION_RENT_OFFER, rental_offer_refused },
    { OCPP_SETTLE_ACTION_RENT_GRANT, rental_grant_refused },
    { OCPP_SETTLE_ACTION_BANK_DECISION, rental_decision_refused },
    { OCPP_SETTLE_ACTION_SLOT_COMMAND, bank_service_refused },
};

struct judging {
    struct outbox_station *station;
    const struct ocpp_data_transfer_answer *answer;
    bool is_done; /* it waits no more */
};

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

        if (&ocpp_settle_actions[kind->action] == action &&
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

/* No answer that says anything: a time-out on an open link is an attempt, the loss of the link is none. */
static void try_again(struct command *command, const char *key, const struct row_outgoing *row, const struct judging *judging,
                      const char *reason)
{
    if (judging->answer->status == OCPP_ERR_CLOSED || judging->answer->status == OCPP_ERR_NOMEM) {
        return;
    }
    if (row->attempts + 1 < command_policy(command)->message_attempts) {
        put_off(command, key, row, 0);
        return;
    }
    bury(command, judging->station->name, row, reason[0] ? reason : "nobody answered");
    command_remove(command, key);
}

static void refused(struct command *command, const char *key, const struct row_outgoing *row, const char *station,
                    const struct ocpp_action *action, const char *reason)
{
    bury(command, station, row, reason[0] ? reason : "refused");
    command_remove(command, key);
    if (action) {
        tell_refused(command, station, action, row);
    }
}

void outbox_refused(struct command *command, const char *key, const struct row_outgoing *row, const char *station,
                    const char *reason)
{
    refused(command, key, row, station, ocpp_protocol_action(&ocpp_settle_protocol, row->name, strlen(row->name)), reason);
}

static void follow(struct command *command, const char *key, const struct row_outgoing *row, struct judging *judging,
                   const struct ocpp_action *action)
{
    const struct ocpp_settle_wire wire = { .vendor_id = command_settle(command)->settings.vendor_id, .peer = OCPP_FROM_STATION };
    struct ocpp_settle_outcome outcome;

    command_fail(command, ocpp_settle_wire_outcome(&wire, action, judging->answer, command_arena(command), &outcome));
    switch (outcome.verdict) {
    case OCPP_SETTLE_VERDICT_DONE:
        judging->is_done = true;
        command_remove(command, key);
        break;
    case OCPP_SETTLE_VERDICT_REFUSED:
        refused(command, key, row, judging->station->name, action, outcome.reason);
        break;
    case OCPP_SETTLE_VERDICT_LATER:
        put_off(command, key, row, outcome.retry_s < RETRY_MAX_S ? outcome.retry_s : RETRY_MAX_S);
        break;
    case OCPP_SETTLE_VERDICT_UNHEARD:
        try_again(command, key, row, judging, outcome.reason);
        break;
    case OCPP_SETTLE_VERDICT_OFF:
        judging->station->is_off = true;
        break;
    }
}

static void judge(struct command *command, void *args)
{
    struct judging *judging = args;
    const struct outbox_station *station = judging->station;
    const char *key = ocpp_arena_text(command_arena(command), station->key, strlen(station->key));
    const struct row_outgoing *row = key ? command_read(command, key, &row_outgoing_type) : NULL;
    const struct ocpp_action *action = row ? ocpp_protocol_action(&ocpp_settle_protocol, row->name, strlen(row->name)) : NULL;

    if (!row) {
        command_fail(command, key ? OCPP_OK : OCPP_ERR_NOMEM);
    } else if (!action) {
        refused(command, key, row, station->name, NULL, "a message of another release");
    } else {
        follow(command, key, row, judging, action);
    }
}

void outbox_judge(struct ocpp_settle *settle, struct outbox_station *station, const struct ocpp_data_transfer_answer *answer)
{
    struct judging judging = { .station = station, .answer = answer };
    const enum ocpp_status status = command_run(settle, "delivered", judge, &judging, NULL);

    if (status != OCPP_OK || !judging.is_done) { /* it may wait again */
        station->nothing_waits = false;
        station->only[0] = '\0';
    }
    if (status != OCPP_OK) {
        backend_log(settle, OCPP_LOG_ERROR, "%s: what became of a message could not be noted: %s", station->name,
                    ocpp_status_sentence(status));
        station->not_before_utc_ms = settle->now.utc_ms + settle->settings.policy.message_retry_s * 1000;
        station->pauses_until_utc_ms = station->not_before_utc_ms;
    }
}
