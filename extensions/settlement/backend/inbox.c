/* inbox.c: what piles say. Read strictly, done once, answered when it is durable; the same message gets the same answer again. */
#include "inbox.h"
#include "message_parts.h"
#include "outbox.h"
#include "timers.h"

#include <string.h>

/* Answers that are old are looked for so often, and so many of them go at a time. */
enum { FORGET_EVERY_S = 86400, FORGET_BATCH = 100, REJECT_RETRY_S = 30 };

/* One message on its way through. */
struct arrival {
    struct ocpp_settle *settle;
    const char *station;
    const struct ocpp_data_transfer *data;
    uint64_t token;
    const struct ocpp_action *action;
    command_body *body;
};

/* --- answering ---------------------------------------------------------------------------------------------------------- */

static void answer_now(struct ocpp_settle *settle, const struct arrival *arrival, enum ocpp_data_transfer_status result,
                       const char *data)
{
    const struct ocpp_settle_transport *transport = &settle->settings.transport;
    const struct ocpp_data_transfer_answer answer = { .result = result,
                                                      .kind = data ? OCPP_DATA_JSON : OCPP_DATA_NONE,
                                                      .data = data };

    transport->answer(arrival->station, arrival->token, &answer, transport->user);
}

/* An answer that waits to be durable: its texts stand behind it. */
struct noted_answer {
    uint64_t token;
    size_t station;
    size_t data;
};

static void answer_noted(struct ocpp_settle *settle, const void *data)
{
    const struct noted_answer *noted = data;
    const struct arrival arrival = { .station = (const char *)noted + noted->station, .token = noted->token };

    answer_now(settle, &arrival, OCPP_DATA_TRANSFER_ACCEPTED, (const char *)noted + noted->data);
}

static void note_answer(struct command *command, const struct arrival *arrival, const char *text)
{
    const size_t station_size = strlen(arrival->station) + 1, text_size = strlen(text) + 1;
    const size_t size = sizeof(struct noted_answer) + station_size + text_size;
    struct noted_answer *noted = ocpp_arena_take(command_arena(command), size);

    if (!noted) {
        command_fail(command, OCPP_ERR_NOMEM);
        return;
    }
    *noted = (struct noted_answer){ arrival->token, sizeof *noted, sizeof *noted + station_size };
    memcpy((char *)noted + noted->station, arrival->station, station_size);
    memcpy((char *)noted + noted->data, text, text_size);
    command_effect(command, answer_noted, noted, size);
}

/* --- once ----------------------------------------------------------------------------------------------------------------- */

static const char *hash_of(struct command *command, const struct ocpp_data_transfer *data)
{
    const struct ocpp_settle_keys *keys = &command_settle(command)->settings.keys;
    const struct ocpp_settle_bytes pieces[] = { { data->message_id, strlen(data->message_id) + 1 },
                                                { data->data, strlen(data->data) } };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    char *text = ocpp_arena_take(command_arena(command), 2 * sizeof digest + 1);
    static const char digits[] = "0123456789abcdef";

    command_fail(command, text ? keys->sha256(pieces, 2, digest, keys->user) : OCPP_ERR_NOMEM);
    for (size_t i = 0; i < sizeof digest && !command_failed(command); i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    return command_failed(command) ? "" : text;
}

static const char *write_answer(struct command *command, const struct ocpp_action *action, const void *answer)
{
    const char *text = NULL;
    size_t size;
    struct ocpp_issue issue;
    const enum ocpp_status status = ocpp_message_encode(action->response, answer, command_arena(command), &text, &size, &issue);

    if (status != OCPP_OK) {
        backend_log(command_settle(command), OCPP_LOG_ERROR, "the answer to %s%s cannot be written: %s", action->name, issue.path,
                    ocpp_status_sentence(status));
    }
    command_fail(command, status);
    return text;
}

/* What is refused is answered, too, and gets the same answer again; what is only not possible now is asked again. */
static void finish(struct command *command, const struct arrival *arrival, const struct ocpp_settle_envelope *envelope,
                   const char *in_key, void *answer)
{
    struct ocpp_settle_receipt *receipt = message_receipt_to_fill(arrival->action->response, answer);
    struct row_incoming row = { .name = arrival->action->name, .at = command_utc_ms(command) };
    const bool is_refused = command_refusal(command, receipt);

    if (is_refused && !receipt) {
        return;
    }
    if (receipt && !is_refused && receipt->reception == OCPP_SETTLE_RECEPTION_UNSET) {
        receipt->reception = OCPP_SETTLE_RECEPTION_ACCEPTED;
    }
    command_bookkeeping(command, true);
    row.answer = write_answer(command, arrival->action, answer);
    if (envelope && row.answer && !(is_refused && receipt->reception == OCPP_SETTLE_RECEPTION_RETRY)) {
        row.hash = hash_of(command, arrival->data);
        command_put(command, in_key, &row_incoming_type, &row);
    }
    if (row.answer) {
        note_answer(command, arrival, row.answer);
    }
    command_bookkeeping(command, false);
}

static void note_stream(struct command *command, const struct arrival *arrival, const struct ocpp_settle_envelope *envelope)
{
    const char *key = command_key(command, "heard", arrival->station, envelope->stream, NULL);
    const struct row_stream *before = command_read(command, key, &row_stream_type);
    struct row_stream after = before ? *before : (struct row_stream){ .last = 0 };

    if (envelope->seq <= after.last) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE, "a later message of the stream was heard already");
        return;
    }
    if (envelope->seq > after.last + 1) {
        command_state(command, "stream", envelope->stream, NULL, "gap", "messages in between were given up by the pile");
    }
    after.last = envelope->seq;
    command_bookkeeping(command, true);
    command_put(command, key, &row_stream_type, &after);
    if (!before && command_timer_at(command, TIMER_FORGET, arrival->station) == OCPP_NEVER) {
        command_timer(command, TIMER_FORGET, arrival->station, command_utc_ms(command) + FORGET_EVERY_S * INT64_C(1000));
    }
    command_bookkeeping(command, false);
}

/* True: it was heard before, and is answered. */
static bool heard_before(struct command *command, const struct arrival *arrival, const char *in_key)
{
    const struct row_incoming *before = command_read(command, in_key, &row_incoming_type);

    if (!before || command_failed(command)) {
        return false;
    }
    if (strcmp(before->hash, hash_of(command, arrival->data)) == 0) {
        note_answer(command, arrival, before->answer);
        return true;
    }
    command_bookkeeping(command, true);
    command_tell(command, OCPP_SETTLE_EVENT_SECURITY, arrival->station, arrival->station, "SameIdOtherBody",
                 arrival->action->name);
    command_bookkeeping(command, false);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY, "another message had this id");
    return false;
}

static void hear(struct command *command, void *args)
{
    const struct arrival *arrival = args;
    struct incoming incoming = { .station = arrival->station, .action = arrival->action };
    const struct ocpp_settle_envelope *envelope;
    const char *in_key = NULL;
    bool is_other_body;

    command_fail(command, ocpp_message_decode(arrival->action->request, arrival->data->data, strlen(arrival->data->data), NULL,
                                              NULL, command_arena(command), &incoming.message, NULL));
    incoming.answer = ocpp_arena_take(command_arena(command), arrival->action->response->size);
    command_fail(command, incoming.answer ? OCPP_OK : OCPP_ERR_NOMEM);
    if (command_failed(command)) {
        return;
    }
    envelope = message_envelope(arrival->action->request, incoming.message);
    if (envelope) {
        in_key = command_key(command, "in", arrival->station, envelope->id, NULL);
        if (heard_before(command, arrival, in_key)) {
            return;
        }
    }
    is_other_body = command_failed(command);
    if (envelope && !is_other_body) {
        note_stream(command, arrival, envelope);
    }
    if (!command_failed(command)) {
        arrival->body(command, &incoming);
    }
    finish(command, arrival, is_other_body ? NULL : envelope, in_key, incoming.answer);
}

/* --- arriving ------------------------------------------------------------------------------------------------------------- */

static bool same_word(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        const char low_a = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a, low_b = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;

        if (low_a != low_b) {
            return false;
        }
    }
    return *a == *b;
}

static void not_now(struct ocpp_settle *settle, const struct arrival *arrival, enum ocpp_status status)
{
    const bool has_receipt = message_receipt(arrival->action->response, arrival) != NULL;

    backend_log(settle, OCPP_LOG_WARNING, "%s: %s: %s", arrival->station, arrival->action->name, ocpp_status_sentence(status));
    if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) {
        answer_now(settle, arrival, OCPP_DATA_TRANSFER_ACCEPTED,
                   has_receipt ? "{\"receipt\":{\"reception\":\"Refused\",\"code\":\"Invalid\"}}" : NULL);
    } else {
        answer_now(settle, arrival, has_receipt ? OCPP_DATA_TRANSFER_ACCEPTED : OCPP_DATA_TRANSFER_REJECTED,
                   has_receipt ? "{\"receipt\":{\"reception\":\"Retry\",\"code\":\"TryLater\",\"retryS\":30}}" : NULL);
    }
}

void ocpp_settle_receive(struct ocpp_settle *settle, const char *station, const struct ocpp_data_transfer *data, uint64_t token,
                         struct ocpp_now now)
{
    struct arrival arrival = { .settle = settle, .station = station, .data = data, .token = token };
    enum ocpp_status status;

    backend_enter(settle, now);
    if (!same_word(data->vendor_id, settle->settings.vendor_id)) {
        answer_now(settle, &arrival, OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID, NULL);
        return;
    }
    arrival.action =
        data->message_id ? ocpp_protocol_action(&ocpp_settle_protocol, data->message_id, strlen(data->message_id)) : NULL;
    arrival.body = arrival.action && (arrival.action->direction & OCPP_FROM_STATION) ? incoming_body(arrival.action) : NULL;
    if (!arrival.body) {
        answer_now(settle, &arrival, OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID, NULL);
        return;
    }
    status =
        data->kind == OCPP_DATA_NONE ? OCPP_ERR_MISSING_MEMBER : command_run(settle, arrival.action->name, hear, &arrival, NULL);
    if (status != OCPP_OK) {
        not_now(settle, &arrival, status);
    }
}

/* --- forgetting ----------------------------------------------------------------------------------------------------------- */

struct forgetting {
    const char *old[FORGET_BATCH];
    size_t count;
    size_t left;
};

static bool look(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_incoming *row = record;
    struct forgetting *forgetting = user;

    if (row->at >= command_utc_ms(command) - command_policy(command)->remember_messages_s * 1000) {
        forgetting->left++;
    } else if (forgetting->count < FORGET_BATCH) {
        forgetting->old[forgetting->count++] = key;
    }
    return forgetting->count < FORGET_BATCH;
}

void inbox_forget(struct command *command, void *station)
{
    struct forgetting forgetting = { .count = 0 };
    const int64_t pause_s = FORGET_EVERY_S;

    command_each(command, command_key(command, "in", (const char *)station, "", NULL), &row_incoming_type, look, &forgetting);
    for (size_t i = 0; i < forgetting.count; i++) {
        command_remove(command, forgetting.old[i]);
    }
    command_timer(command, TIMER_FORGET, station,
                  command_utc_ms(command) + (forgetting.count == FORGET_BATCH ? 1 : pause_s) * 1000);
}

int64_t incoming_at(struct command *command, const char *station, const struct ocpp_settle_moment *moment)
{
    const struct row_pile *pile = command_read(command, command_key(command, "pile", station, NULL), &row_pile_type);
    const int64_t now = command_utc_ms(command);
    int64_t at = now;

    if (moment->has_utc && moment->status != OCPP_SETTLE_TIME_STATUS_UNKNOWN) {
        at = moment->utc + (pile ? pile->clock_offset_ms : 0);
    }
    return at < now ? at : now;
}
