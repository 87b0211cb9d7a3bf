/* outbox.c: what leaves, and when: the oldest message of each stream that does not wait for a moment, one at a time per pile. */
#include "outbox_station.h"
#include "piles.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool outbox_send(struct ocpp_settle *settle, struct outbox_station *station, const char *action, const char *data)
{
    const struct ocpp_settle_transport *transport = &settle->settings.transport;
    const struct ocpp_data_transfer request = {
        .vendor_id = settle->settings.vendor_id, .message_id = action, .kind = OCPP_DATA_JSON, .data = data
    };
    enum ocpp_status status;

    station->token = ++settle->outbox->last_token;
    status = transport->send(station->name, &request, station->token, transport->user);
    if (status != OCPP_OK) {
        station->token = 0;
        backend_log(settle, OCPP_LOG_DEBUG, "%s: %s did not leave: %s", station->name, action, ocpp_status_sentence(status));
    }
    return status == OCPP_OK;
}

/* --- choosing ---------------------------------------------------------------------------------------------------------- */

struct choice {
    struct outbox_station *station;
    char blocked[41]; /* the stream whose first message waits */
    const char *key;
    const struct row_outgoing *message;
    size_t seen;
};

static bool is_key(const struct row_outgoing *message)
{
    return strcmp(message->name, ocpp_settle_actions[OCPP_SETTLE_ACTION_MARK_KEY].name) == 0;
}

static bool choose(struct command *command, const char *key, const void *record, void *user)
{
    struct choice *choice = user;
    const struct row_outgoing *message = record;

    choice->seen++;
    if (choice->message) { /* chosen already: this is a look at whether it is alone */
        return false;
    }
    if (strcmp(choice->blocked, message->stream) == 0) {
        return true;
    }
    if (is_key(message) && !pile_may_have_key(command, choice->station->name)) { /* the link was encrypted, and is not now */
        snprintf(choice->blocked, sizeof choice->blocked, "%s", message->stream);
        return true;
    }
    if (message->has_not_before && message->not_before > command_utc_ms(command)) {
        snprintf(choice->blocked, sizeof choice->blocked, "%s", message->stream);
        if (message->not_before < choice->station->not_before_utc_ms) {
            choice->station->not_before_utc_ms = message->not_before;
        }
        return true;
    }
    choice->key = key;
    choice->message = message;
    return true;
}

static void put_off(struct outbox_station *station, const struct ocpp_settle *settle)
{
    station->not_before_utc_ms = settle->now.utc_ms + settle->settings.policy.message_retry_s * 1000;
    station->nothing_waits = false;
    station->only[0] = '\0';
}

void outbox_doubt(struct ocpp_settle *settle)
{
    for (size_t i = 0; i < settle->outbox->count; i++) {
        struct outbox_station *station = settle->outbox->stations[i];
        const int64_t before = station->not_before_utc_ms;

        put_off(station, settle);
        if (before < station->not_before_utc_ms) {
            station->not_before_utc_ms = before;
        }
    }
}

static void choose_only(struct command *command, struct choice *choice)
{
    const char *key = ocpp_arena_text(command_arena(command), choice->station->only, strlen(choice->station->only));
    const struct row_outgoing *message = key ? command_read(command, key, &row_outgoing_type) : NULL;

    command_fail(command, key ? OCPP_OK : OCPP_ERR_NOMEM);
    if (message) {
        (void)choose(command, key, message, choice);
    }
    if (choice->message || !message) {
        choice->station->only[0] = '\0';
    }
}

static void choose_one(struct command *command, struct choice *choice)
{
    struct outbox_station *station = choice->station;

    if (station->only[0]) {
        choose_only(command, choice);
    } else {
        command_each(command, command_key(command, "out", station->name, "", NULL), &row_outgoing_type, choose, choice);
    }
    station->nothing_waits = !command_failed(command) && choice->seen == (choice->message ? 1 : 0);
}

/* Into how many parts it goes. One that cannot be cut is sent whole: the pile will say what it thinks of it. */
static size_t cut(const struct command *command, struct outbox_station *station, const struct row_outgoing *message)
{
    const struct ocpp_settle_wire wire = { .vendor_id = command_settle(command)->settings.vendor_id,
                                           .peer = OCPP_FROM_STATION,
                                           .max_bytes = station->max_bytes };
    const size_t parts = ocpp_settle_wire_parts(&wire, message->data, strlen(message->data));

    station->part = 0;
    station->parts = parts > 0 ? parts : 1;
    station->restarted = false;
    return station->parts;
}

/* What is said: a key stands in no row. NULL: an error stuck. */
static const char *words_of(struct command *command, const struct row_pile *pile, const struct row_outgoing *message)
{
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_MARK_KEY];
    char key[PILE_KEY_TEXT_SIZE];
    const void *kept = NULL;
    const char *text = NULL;
    size_t size;

    if (!is_key(message)) {
        return message->data;
    }
    pile_mark_key(command, pile, key);
    if (!command_failed(command)) {
        command_fail(command, ocpp_message_decode(action->request, message->data, strlen(message->data), NULL, NULL,
                                                  command_arena(command), &kept, NULL));
    }
    if (!command_failed(command) && kept) {
        struct ocpp_settle_mark_key_req told = *(const struct ocpp_settle_mark_key_req *)kept;

        told.key = key;
        command_fail(command, ocpp_message_encode(action->request, &told, command_arena(command), &text, &size, NULL));
    }
    return text;
}

static void send_next(struct command *command, void *args)
{
    struct outbox_station *station = args;
    struct choice choice = { .station = station };
    const struct row_pile *pile = command_read(command, command_key(command, "pile", station->name, NULL), &row_pile_type);

    station->not_before_utc_ms = OCPP_NEVER;
    station->nothing_waits = false;
    if (!pile || pile->is_off) {
        return;
    }
    choose_one(command, &choice);
    if (command_failed(command) || !choice.message || strlen(choice.key) >= sizeof station->key) {
        return;
    }
    station->max_bytes = (size_t)pile->max_bytes;
    const size_t parts = cut(command, station, choice.message);
    if (parts > 1 && !pile_has(pile, OCPP_SETTLE_FEATURE_CHUNKS)) {
        station->parts = 0;
        outbox_refused(command, choice.key, choice.message, station->name, "TooLarge: parts were not agreed on");
        station->not_before_utc_ms = command_utc_ms(command); /* the next one */
        station->nothing_waits = false;
        station->only[0] = '\0';
        return;
    }
    memcpy(station->key, choice.key, strlen(choice.key) + 1);
    const char *words = parts == 1 ? words_of(command, pile, choice.message) : NULL;
    if (parts == 1 && (!words || !outbox_send(command_settle(command), station, choice.message->name, words))) {
        put_off(station, command_settle(command));
    }
}

/* Who is woken while something is chosen for it has it chosen already. */
void outbox_wake(struct ocpp_settle *settle, const char *name)
{
    struct outbox_station *station = outbox_station_find(settle, name);

    if (!station || station->token || station->is_off || station->sends || settle->now.utc_ms < station->pauses_until_utc_ms) {
        return;
    }
    if (outbox_ask_next(settle, station)) {
        return;
    }
    if (station->nothing_waits) {
        station->not_before_utc_ms = OCPP_NEVER;
        return;
    }
    station->sends = true;
    station->parts = 0;
    if (command_run(settle, "outbox", send_next, station, NULL) != OCPP_OK ||
        (station->parts > 1 && !outbox_send_part(settle, station))) {
        put_off(station, settle);
    }
    station->sends = false;
}

/* Of a message in parts, what counts is what was said of the whole. */
static void message_answered(struct ocpp_settle *settle, struct outbox_station *station,
                             const struct ocpp_data_transfer_answer *answer)
{
    struct ocpp_data_transfer_answer whole = { .result = OCPP_DATA_TRANSFER_ACCEPTED, .kind = OCPP_DATA_JSON };

    if (station->parts > 1 && outbox_part_answered(settle, station, answer)) {
        return;
    }
    whole.data = station->whole_answer;
    outbox_judge(settle, station, whole.data ? &whole : answer);
    (void)backend_allocate(settle, station->whole_answer, 0);
    station->whole_answer = NULL;
}

void outbox_answered(struct ocpp_settle *settle, const char *name, uint64_t token, const struct ocpp_data_transfer_answer *answer)
{
    struct outbox_station *station = outbox_station_find(settle, name);

    if (!station || token == 0 || station->token != token) {
        return;
    }
    station->token = 0;
    if (answer->status == OCPP_OK && answer->result == OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID) {
        station->is_off = true;
    }
    if (station->key[0]) {
        message_answered(settle, station, answer);
    } else {
        outbox_ask_answered(settle, station, answer);
    }
    outbox_wake(settle, name);
}

/* --- noting what is to be sent -------------------------------------------------------------------------------------------- */

/* A message that waits to be durable: its texts stand behind it. */
struct noted_message {
    size_t station;
    size_t key;
};

/* Where nothing waited, it is the only one. One that was noted and is not woken for yet makes it two. */
static void wake(struct ocpp_settle *settle, const void *data)
{
    const struct noted_message *noted = data;
    const char *name = (const char *)data + noted->station;
    struct outbox_station *station = outbox_station_find(settle, name);

    if (station) {
        snprintf(station->only, sizeof station->only, "%s", station->nothing_waits ? (const char *)data + noted->key : "");
        station->nothing_waits = false;
    }
    outbox_wake(settle, name);
}

static void wake_for(struct command *command, const char *station, const char *key)
{
    const size_t station_size = strlen(station) + 1;
    const size_t key_size = key ? strlen(key) + 1 : 0;
    struct noted_message *noted = key ? ocpp_arena_take(command_arena(command), sizeof *noted + station_size + key_size) : NULL;

    if (!noted) {
        command_fail(command, OCPP_ERR_NOMEM);
        return;
    }
    *noted = (struct noted_message){ sizeof *noted, sizeof *noted + station_size };
    memcpy((char *)noted + noted->station, station, station_size);
    memcpy((char *)noted + noted->key, key, key_size);
    command_effect(command, wake, noted, sizeof *noted + station_size + key_size);
}

static int64_t next_number(struct command *command, const char *station, const char *stream)
{
    const char *key = command_key(command, "stream", station, stream, NULL);
    const struct row_stream *before = command_read(command, key, &row_stream_type);
    struct row_stream after = before ? *before : (struct row_stream){ .last = 0 };

    after.last++;
    command_put(command, key, &row_stream_type, &after);
    return after.last;
}

void command_send(struct command *command, const char *station, const char *stream, const struct ocpp_action *action,
                  void *message, struct ocpp_settle_envelope *envelope)
{
    struct row_outgoing row = { .id = command_id(command), .stream = stream, .name = action->name };
    char number[17];
    size_t size;

    row.seq = command_failed(command) ? 1 : next_number(command, station, stream);
    row.created_at = command_utc_ms(command);
    *envelope = (struct ocpp_settle_envelope){ .id = row.id, .stream = stream, .seq = row.seq };
    if (command_failed(command)) {
        return;
    }
    command_fail(command, ocpp_message_encode(action->request, message, command_arena(command), &row.data, &size, NULL));
    snprintf(number, sizeof number, "%016" PRIx64, (uint64_t)row.seq);
    if (!command_failed(command)) {
        const char *key = command_key(command, "out", station, stream, number, NULL);

        command_put_new(command, key, &row_outgoing_type, &row);
        wake_for(command, station, key);
    }
}
