/* inbox.c: what piles say. Read strictly, done once, answered when it is durable; the same message gets the same answer again. */
#include "inbox.h"
#include "outbox_station.h"
#include "piles.h"
#include "timers.h"

#include <ocpp/settlement/wire.h>

#include <string.h>

/* Answers that are old are looked for so often, and so many of them go at a time. */
enum { FORGET_EVERY_S = 86400, FORGET_BATCH = 100, TIMERS_FIRST = 64 };

/* One message on its way through. */
struct arrival {
    const char *station;
    uint64_t token;
    const struct ocpp_data_transfer *data;     /* NULL: |joiner| holds it */
    const struct ocpp_settle_joiner *joiner;   /* the parts it came in */
    const struct ocpp_settle_chunk_req *chunk; /* the last of them, which is answered */
    struct ocpp_settle_wire_message read;
    struct ocpp_settle_wire_fault fault;
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
    const char *in_key;    /* of the row that remembers it; NULL: none does */
    const char *heard_key; /* of its stream's; NULL: nothing of it is new */
    int64_t heard;         /* the last number of the stream before it */
};

/* --- answering ---------------------------------------------------------------------------------------------------------- */

static void answer_now(struct ocpp_settle *settle, const char *station, uint64_t token,
                       const struct ocpp_data_transfer_answer *answer)
{
    const struct ocpp_settle_transport *transport = &settle->settings.transport;

    transport->answer(station, token, answer, transport->user);
}

static void answer_fault(struct ocpp_settle *settle, const struct arrival *arrival)
{
    struct ocpp_data_transfer_answer answer;
    char text[OCPP_SETTLE_REFUSAL_SIZE];

    ocpp_settle_wire_refuse(&arrival->fault, text, &answer);
    answer_now(settle, arrival->station, arrival->token, &answer);
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
    const struct ocpp_data_transfer_answer answer = { .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                      .kind = OCPP_DATA_JSON,
                                                      .data = (const char *)data + noted->data };

    answer_now(settle, (const char *)data + noted->station, noted->token, &answer);
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
    command_fail(command, ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE ? OCPP_ERR_STATE : status);
    return text;
}

/* The answer to a message in parts stands in the answer to its last part. */
static const char *within_chunk(struct command *command, const struct arrival *arrival, const char *text)
{
    const struct ocpp_settle_chunk_conf answer = { .receipt = { .reception = OCPP_SETTLE_RECEPTION_ACCEPTED }, .answer = text };

    return arrival->chunk ? write_answer(command, &ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK], &answer) : text;
}

static void note_answer(struct command *command, const struct arrival *arrival, const char *answer)
{
    const char *text = within_chunk(command, arrival, answer);
    const size_t station_size = strlen(arrival->station) + 1, text_size = text ? strlen(text) + 1 : 0;
    const size_t size = sizeof(struct noted_answer) + station_size + text_size;
    struct noted_answer *noted = command_failed(command) || !text ? NULL : ocpp_arena_take(command_arena(command), size);

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

static const char *hexadecimal(struct command *command, const unsigned char hash[OCPP_SETTLE_DIGEST_SIZE])
{
    char *text = ocpp_arena_take(command_arena(command), 2 * OCPP_SETTLE_DIGEST_SIZE + 1);

    command_fail(command, text ? OCPP_OK : OCPP_ERR_NOMEM);
    if (text) {
        backend_hex(hash, OCPP_SETTLE_DIGEST_SIZE, text);
    }
    return text;
}

/* What is refused is remembered, too; what is only not possible now is asked again. */
static bool is_remembered(const struct arrival *arrival, const struct ocpp_settle_receipt *receipt)
{
    return arrival->in_key && receipt && receipt->reception != OCPP_SETTLE_RECEPTION_RETRY;
}

static struct ocpp_settle_receipt *receipt_to_fill(const struct ocpp_type *type, void *answer)
{
    const struct ocpp_settle_receipt *receipt = ocpp_settle_wire_receipt(type, answer);

    return receipt ? (void *)((char *)answer + ((const char *)receipt - (const char *)answer)) : NULL;
}

static void note_stream(struct command *command, const struct arrival *arrival)
{
    const struct row_stream after = { .last = arrival->read.envelope->seq, .has_at = true, .at = command_utc_ms(command) };

    if (after.last > arrival->heard + 1) {
        command_state(command, "stream", arrival->read.envelope->stream, NULL, "gap", "the pile gave up messages in between");
    }
    command_put(command, arrival->heard_key, &row_stream_type, &after);
    if (command_timer_at(command, TIMER_FORGET, arrival->station) == OCPP_NEVER) {
        command_timer(command, TIMER_FORGET, arrival->station, command_utc_ms(command) + FORGET_EVERY_S * INT64_C(1000));
    }
}

static void remember(struct command *command, const struct arrival *arrival, const char *answer)
{
    const struct row_incoming row = { .hash = hexadecimal(command, arrival->hash),
                                      .name = arrival->read.action->name,
                                      .answer = answer,
                                      .at = command_utc_ms(command) };

    if (!command_failed(command)) {
        command_put(command, arrival->in_key, &row_incoming_type, &row);
        if (arrival->heard_key && arrival->read.envelope) {
            note_stream(command, arrival);
        }
    }
}

/* Hello has no receipt: it is refused by a Rejected. */
static void refuse_without_receipt(struct command *command, struct arrival *arrival)
{
    struct ocpp_settle_receipt receipt;

    (void)command_refusal(command, &receipt);
    arrival->fault = (struct ocpp_settle_wire_fault){ .result = OCPP_DATA_TRANSFER_REJECTED, .code = receipt.code };
    memcpy(arrival->fault.reason, receipt.reason, strlen(receipt.reason) + 1);
    command_fail(command, OCPP_ERR_NOT_ACCEPTED);
}

static void finish(struct command *command, struct arrival *arrival, void *answer)
{
    struct ocpp_settle_receipt *receipt = receipt_to_fill(arrival->read.action->response, answer);
    const bool is_refused = command_refusal(command, receipt);
    const char *text;

    if (is_refused && !receipt) {
        refuse_without_receipt(command, arrival);
        return;
    }
    if (receipt && receipt->reception == OCPP_SETTLE_RECEPTION_UNSET) {
        receipt->reception = OCPP_SETTLE_RECEPTION_ACCEPTED;
    }
    command_bookkeeping(command, true);
    text = command_failed(command) ? NULL : write_answer(command, arrival->read.action, answer);
    if (text && is_remembered(arrival, receipt)) {
        remember(command, arrival, text);
    }
    if (text) {
        note_answer(command, arrival, text);
    }
    command_bookkeeping(command, false);
}

static bool unhex(const char *text, unsigned char hash[OCPP_SETTLE_DIGEST_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < 2 * OCPP_SETTLE_DIGEST_SIZE; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

        if (!digit) {
            return false;
        }
        hash[i / 2] = (unsigned char)(hash[i / 2] << 4 | (digit - digits));
    }
    return text[2 * OCPP_SETTLE_DIGEST_SIZE] == '\0';
}

static void refuse_other_body(struct command *command, struct arrival *arrival)
{
    arrival->in_key = NULL;
    command_bookkeeping(command, true);
    command_tell(command, OCPP_SETTLE_EVENT_SECURITY, arrival->station, arrival->station, "SameIdOtherBody",
                 arrival->read.action->name);
    command_bookkeeping(command, false);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY, "another message had this id");
}

/* True: it is to be done. Otherwise it is answered, or refused. */
static bool is_new(struct command *command, struct arrival *arrival, const struct row_incoming *before)
{
    const struct ocpp_settle_envelope *envelope = arrival->read.envelope;
    const char *key = command_key(command, "heard", arrival->station, envelope->stream, NULL);
    const struct row_stream *stream = command_read(command, key, &row_stream_type);
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE] = { 0 };
    const struct ocpp_settle_heard heard = { .hash = before && unhex(before->hash, hash) ? hash : NULL,
                                             .last_seq = stream ? stream->last : 0 };

    if (command_failed(command)) {
        return false;
    }
    switch (ocpp_settle_wire_repetition(&heard, envelope, arrival->hash)) {
    case OCPP_SETTLE_REPETITION_NONE:
        arrival->heard_key = key;
        arrival->heard = heard.last_seq;
        return true;
    case OCPP_SETTLE_REPETITION_SAME:
        note_answer(command, arrival, before ? before->answer : NULL);
        return false;
    case OCPP_SETTLE_REPETITION_OTHER_BODY:
        refuse_other_body(command, arrival);
        return false;
    case OCPP_SETTLE_REPETITION_TOO_LATE:
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE, "a later message of the stream was heard already");
        return false;
    }
    return false;
}

static const struct row_incoming *look_up(struct command *command, struct arrival *arrival)
{
    const struct ocpp_settle_wire_message *read = &arrival->read;
    const struct ocpp_settle_keys *keys = &command_settle(command)->settings.keys;

    arrival->in_key = command_key(command, "in", arrival->station, read->envelope->id, NULL);
    command_fail(command, ocpp_settle_wire_hash(keys, read->action, read->message, command_arena(command), arrival->hash));
    return command_read(command, arrival->in_key, &row_incoming_type);
}

static void do_it(struct command *command, struct arrival *arrival, command_body *body)
{
    struct incoming incoming = { .station = arrival->station,
                                 .action = arrival->read.action,
                                 .message = arrival->read.message,
                                 .answer = ocpp_arena_take(command_arena(command), arrival->read.action->response->size) };
    const struct row_incoming *before = NULL;
    bool is_to_be_done = true;

    command_fail(command, incoming.answer ? OCPP_OK : OCPP_ERR_NOMEM);
    if (arrival->read.envelope) {
        before = look_up(command, arrival);
        is_to_be_done = is_new(command, arrival, before);
    }
    if (is_to_be_done && !command_failed(command)) {
        body(command, &incoming);
    }
    if (is_to_be_done || command_refusal(command, NULL)) {
        finish(command, arrival, incoming.answer);
    }
}

static void read_it(struct command *command, struct arrival *arrival)
{
    const struct ocpp_settle_wire wire = { .vendor_id = command_settle(command)->settings.vendor_id, .peer = OCPP_FROM_STATION };

    arrival->fault = (struct ocpp_settle_wire_fault){ .code = OCPP_SETTLE_REFUSAL_CODE_TRY_LATER };
    command_fail(command,
                 arrival->data
                     ? ocpp_settle_wire_read(&wire, arrival->data, command_arena(command), &arrival->read, &arrival->fault)
                     : ocpp_settle_joiner_read(arrival->joiner, &wire, command_arena(command), &arrival->read, &arrival->fault));
}

static void hear(struct command *command, void *args)
{
    struct arrival *arrival = args;
    command_body *body;

    arrival->in_key = arrival->heard_key = NULL;
    read_it(command, arrival);
    if (command_failed(command)) {
        return;
    }
    body = incoming_body(command_settle(command), arrival->read.action);
    if (!body) {
        arrival->fault = (struct ocpp_settle_wire_fault){ .result = OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID };
        command_fail(command, OCPP_ERR_UNKNOWN_ACTION);
        return;
    }
    do_it(command, arrival, body);
}

/* What failed for a reason of ours is asked again. */
static void receive(struct ocpp_settle *settle, struct arrival *arrival, const char *name)
{
    const enum ocpp_status status = command_run(settle, name, hear, arrival, NULL);

    if (status == OCPP_OK) {
        return;
    }
    if (arrival->fault.result == OCPP_DATA_TRANSFER_UNANSWERED) {
        arrival->fault =
            (struct ocpp_settle_wire_fault){ .result = OCPP_DATA_TRANSFER_REJECTED, .code = OCPP_SETTLE_REFUSAL_CODE_TRY_LATER };
        backend_log(settle, OCPP_LOG_ERROR, "%s: %s: %s", arrival->station, name, ocpp_status_sentence(status));
    }
    answer_fault(settle, arrival);
}

/* --- parts ------------------------------------------------------------------------------------------------------------------ */

/* By enum ocpp_settle_joined. */
static const struct ocpp_settle_receipt joined_receipts[] = {
    [OCPP_SETTLE_JOINED_MORE] = { .reception = OCPP_SETTLE_RECEPTION_ACCEPTED },
    [OCPP_SETTLE_JOINED_RESTART] = { .reception = OCPP_SETTLE_RECEPTION_REFUSED,
                                     .code = OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE },
    [OCPP_SETTLE_JOINED_REFUSED] = { .reception = OCPP_SETTLE_RECEPTION_REFUSED, .code = OCPP_SETTLE_REFUSAL_CODE_TOO_LARGE },
    [OCPP_SETTLE_JOINED_NO_MEMORY] = { .reception = OCPP_SETTLE_RECEPTION_RETRY, .code = OCPP_SETTLE_REFUSAL_CODE_TRY_LATER },
};

struct chunk_arrival {
    struct arrival arrival;
    struct ocpp_settle_joiner *joiner;
    bool is_whole;
};

static bool may_send_parts(struct command *command, const char *station)
{
    const struct row_pile *pile = command_read(command, command_key(command, "pile", station, NULL), &row_pile_type);

    return pile && pile_has(pile, OCPP_SETTLE_FEATURE_CHUNKS);
}

static void answer_part(struct command *command, struct chunk_arrival *part, const struct ocpp_settle_chunk_conf *answer)
{
    const char *text = write_answer(command, part->arrival.read.action, answer);

    if (text) {
        note_answer(command, &part->arrival, text);
    }
}

/* A body without rows: it reads the part and answers it, unless the whole is there. */
static void hear_part(struct command *command, void *args)
{
    struct chunk_arrival *part = args;
    enum ocpp_settle_joined joined;
    struct ocpp_settle_chunk_conf answer = { .answer = NULL };

    read_it(command, &part->arrival);
    if (command_failed(command)) {
        return;
    }
    if (!may_send_parts(command, part->arrival.station)) {
        answer.receipt = (struct ocpp_settle_receipt){ .reception = OCPP_SETTLE_RECEPTION_REFUSED,
                                                       .code = OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED };
        answer_part(command, part, &answer);
        return;
    }
    joined = ocpp_settle_joiner_add(part->joiner, part->arrival.read.message);
    part->is_whole = joined == OCPP_SETTLE_JOINED_WHOLE;
    if (!part->is_whole) {
        answer.receipt = joined_receipts[joined];
        answer_part(command, part, &answer);
    }
}

/* Parts are kept with the connection: who has none is told to try again. */
static void receive_part(struct ocpp_settle *settle, struct arrival *arrival)
{
    struct outbox_station *station = outbox_station_find(settle, arrival->station);
    struct chunk_arrival part = { .arrival = *arrival, .joiner = station ? &station->joiner : NULL };
    static const struct ocpp_settle_chunk_req last = { .index = 0 };
    enum ocpp_status status = OCPP_ERR_STATE;

    arrival->fault =
        (struct ocpp_settle_wire_fault){ .result = OCPP_DATA_TRANSFER_REJECTED, .code = OCPP_SETTLE_REFUSAL_CODE_TRY_LATER };
    if (station) {
        status = command_run(settle, "Chunk", hear_part, &part, NULL);
        arrival->fault = part.arrival.fault.result != OCPP_DATA_TRANSFER_UNANSWERED ? part.arrival.fault : arrival->fault;
    }
    if (status != OCPP_OK) {
        answer_fault(settle, arrival);
        return;
    }
    if (part.is_whole) {
        *arrival =
            (struct arrival){ .station = arrival->station, .token = arrival->token, .joiner = part.joiner, .chunk = &last };
        receive(settle, arrival, part.joiner->name);
        ocpp_settle_joiner_drop(part.joiner);
    }
}

void ocpp_settle_receive(struct ocpp_settle *settle, const char *station, const struct ocpp_data_transfer *data, uint64_t token,
                         struct ocpp_now now)
{
    struct arrival arrival = { .station = station, .token = token, .data = data };

    backend_enter(settle, now);
    timers_run(settle, TIMERS_FIRST); /* what time decided before the pile spoke was decided before */
    if (data->message_id && strcmp(data->message_id, ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK].name) == 0) {
        receive_part(settle, &arrival);
    } else {
        receive(settle, &arrival, "message");
    }
}

/* --- forgetting ----------------------------------------------------------------------------------------------------------- */

struct forgetting {
    const char *old[FORGET_BATCH];
    size_t count;
};

static bool note_old(struct forgetting *forgetting, const char *key, bool is_old)
{
    if (is_old) {
        forgetting->old[forgetting->count++] = key;
    }
    return forgetting->count < FORGET_BATCH;
}

static bool look_at_answer(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_incoming *row = record;

    return note_old(user, key, row->at < command_utc_ms(command) - command_policy(command)->remember_messages_s * 1000);
}

/* A pile names its streams itself, so that there may be any number of them. */
static bool look_at_stream(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_stream *row = record;

    return note_old(user, key,
                    row->has_at && row->at < command_utc_ms(command) - command_policy(command)->remember_closed_s * 1000);
}

static void forget(struct command *command, const struct forgetting *forgetting)
{
    for (size_t i = 0; i < forgetting->count; i++) {
        command_remove(command, forgetting->old[i]);
    }
}

void inbox_forget(struct command *command, void *station)
{
    struct forgetting answers = { .count = 0 }, streams = { .count = 0 };

    command_each(command, command_key(command, "in", (const char *)station, "", NULL), &row_incoming_type, look_at_answer,
                 &answers);
    command_each(command, command_key(command, "heard", (const char *)station, "", NULL), &row_stream_type, look_at_stream,
                 &streams);
    forget(command, &answers);
    forget(command, &streams);
    const bool is_all = answers.count < FORGET_BATCH && streams.count < FORGET_BATCH;
    command_timer(command, TIMER_FORGET, station, command_utc_ms(command) + (is_all ? FORGET_EVERY_S : 1) * INT64_C(1000));
}
