/* settle_frame.c: see settle_frame.h. */
#include "settle_frame.h"

#include "outbox.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* --- the store ------------------------------------------------------------------------------------------------------------ */

static enum ocpp_status frame_read(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user),
                                   void *visit_user, void *user)
{
    struct frame *frame = user;

    return frame->memory->read(key, visit, visit_user, frame->memory->user);
}

static enum ocpp_status frame_each(const char *prefix, const char *from,
                                   bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    struct frame *frame = user;

    return frame->memory->each(prefix, from, visit, visit_user, frame->memory->user);
}

static enum ocpp_status frame_write(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                    void *done_user, void *user)
{
    struct frame *frame = user;
    enum ocpp_status status;

    if (frame->busy > 0) {
        frame->busy--;
        return OCPP_ERR_BUSY;
    }
    if (frame->writes_left == 0) {
        return frame->write_fails;
    }
    frame->writes_left -= frame->writes_left > 0;
    status = frame->memory->write(write, frame->holds_back ? NULL : done, done_user, frame->memory->user);
    if (status == OCPP_OK && frame->holds_back) {
        assert_true(frame->held_count < COUNT_OF(frame->held));
        frame->held[frame->held_count].done = done;
        frame->held[frame->held_count++].user = done_user;
    }
    return status;
}

static void frame_flush(void *user)
{
    frame_durable(user, OCPP_OK);
}

static enum ocpp_status frame_journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                      void *visit_user, void *user)
{
    struct frame *frame = user;

    return frame->memory->journal(from, visit, visit_user, frame->memory->user);
}

static enum ocpp_status frame_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms,
                                    int64_t *token, void *user)
{
    struct frame *frame = user;

    return frame->memory->take_lease(name, holder, now_utc_ms, until_utc_ms, token, frame->memory->user);
}

static enum ocpp_status frame_head(struct ocpp_settle_head *head, void *user)
{
    struct frame *frame = user;

    return frame->memory->head(head, frame->memory->user);
}

void frame_durable(struct frame *frame, enum ocpp_status status)
{
    for (size_t i = 0; i < frame->held_count; i++) {
        if (frame->held[i].done) {
            frame->held[i].done(status, frame->held[i].user);
        }
    }
    frame->held_count = 0;
}

/* --- the rest of the world ---------------------------------------------------------------------------------------------------
 */

static void record(struct frame_message *message, const char *station, const char *name, const char *data, uint64_t token)
{
    assert_true(strlen(data) < sizeof message->data);
    snprintf(message->station, sizeof message->station, "%s", station);
    snprintf(message->name, sizeof message->name, "%s", name);
    snprintf(message->data, sizeof message->data, "%s", data);
    message->token = token;
}

static enum ocpp_status frame_send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    struct frame *frame = user;

    if (frame->send_fails != OCPP_OK) {
        return frame->send_fails;
    }
    assert_true(frame->sent_count < FRAME_SENT);
    record(&frame->sent[frame->sent_count++], station, data->message_id, data->data, token);
    return OCPP_OK;
}

static void frame_answered(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *answer, void *user)
{
    struct frame *frame = user;
    struct frame_message *message = &frame->answers[frame->answer_count % FRAME_SENT];

    frame->answer_count++;
    record(message, station, "", answer->data ? answer->data : "", token);
    message->result = answer->result;
}

static void frame_event(const struct ocpp_settle_event *event, void *user)
{
    struct frame *frame = user;

    if (frame->event_count < FRAME_EVENTS) {
        snprintf(frame->events[frame->event_count++], sizeof frame->events[0], "%d %s %s", event->kind, event->id,
                 event->state ? event->state : "");
    }
}

static bool no_tariff(const char *station, const struct ocpp_settle_tariff **tariff, const char **zone, void *user)
{
    (void)station, (void)tariff, (void)zone, (void)user;
    return false;
}

static size_t no_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                             void *user)
{
    (void)zone, (void)utc_ms, (void)transitions, (void)room, (void)user;
    return 0;
}

static bool no_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    (void)token, (void)payer, (void)user;
    return false;
}

/* --- its life -------------------------------------------------------------------------------------------------------------- */

static void settings_of(struct frame *frame)
{
    struct ocpp_settle_settings *settings = &frame->settings;

    *settings = ocpp_settle_settings_default();
    settings->operator_id = "op";
    settings->keys = frame->keys.contract;
    settings->store = (struct ocpp_settle_store){ .read = frame_read,
                                                  .each = frame_each,
                                                  .write = frame_write,
                                                  .flush = frame_flush,
                                                  .journal = frame_journal,
                                                  .head = frame_head,
                                                  .take_lease = frame_lease,
                                                  .max_value_bytes = frame->memory->max_value_bytes,
                                                  .user = frame };
    settings->transport = (struct ocpp_settle_transport){ .send = frame_send, .answer = frame_answered, .user = frame };
    settings->find_tariff = no_tariff;
    settings->find_transitions = no_transitions;
    settings->find_payer = no_payer;
    settings->on_event = frame_event;
    settings->user = frame;
}

void frame_start(struct frame *frame, void (*change)(struct ocpp_settle_settings *settings))
{
    memset(frame, 0, sizeof *frame);
    settle_keys_start(&frame->keys, 7);
    frame->memory = ocpp_settle_memory_store_new(NULL, 0);
    assert_non_null(frame->memory);
    frame->writes_left = -1;
    frame->now = (struct ocpp_now){ .mono_ms = 1000, .utc_ms = INT64_C(1764000000000) };
    settings_of(frame);
    if (change) {
        change(&frame->settings);
    }
    assert_int_equal(ocpp_settle_new(&frame->settings, frame->now, &frame->settle), OCPP_OK);
    ocpp_settle_advance(frame->settle, frame->now);
}

void frame_restart(struct frame *frame)
{
    ocpp_settle_free(frame->settle);
    frame->settle = NULL;
    assert_int_equal(ocpp_settle_new(&frame->settings, frame->now, &frame->settle), OCPP_OK);
    ocpp_settle_advance(frame->settle, frame->now);
}

void frame_end(struct frame *frame)
{
    frame->writes_left = -1;
    ocpp_settle_free(frame->settle);
    ocpp_settle_memory_store_free(frame->memory);
    settle_keys_end(&frame->keys);
}

void frame_wait(struct frame *frame, int64_t seconds)
{
    const int64_t end = frame->now.mono_ms + seconds * 1000;

    while (frame->now.mono_ms < end) {
        const int64_t deadline = ocpp_settle_deadline(frame->settle);
        const int64_t next = deadline < end ? deadline : end;
        const int64_t step = next > frame->now.mono_ms ? next - frame->now.mono_ms : 1;

        frame->now.mono_ms += step;
        frame->now.utc_ms += step;
        ocpp_settle_advance(frame->settle, frame->now);
    }
}

void frame_answer(struct frame *frame, const char *data, enum ocpp_status status)
{
    const struct frame_message *last = &frame->sent[frame->sent_count - 1];
    const struct ocpp_data_transfer_answer answer = { .status = data ? OCPP_OK : status,
                                                      .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                      .kind = data ? OCPP_DATA_JSON : OCPP_DATA_NONE,
                                                      .data = data };

    assert_true(frame->sent_count > 0);
    ocpp_settle_answered(frame->settle, last->station, last->token, &answer, frame->now);
}

void frame_hear(struct frame *frame, const char *station, const char *name, const char *data)
{
    const struct ocpp_data_transfer request = {
        .vendor_id = frame->settings.vendor_id, .message_id = name, .kind = OCPP_DATA_TEXT, .data = data
    };

    ocpp_settle_receive(frame->settle, station, &request, frame->answer_count + 1, frame->now);
}

/* --- looking ---------------------------------------------------------------------------------------------------------------- */

static char row_text[FRAME_TEXT];

static bool take_text(const struct ocpp_settle_row *row, void *user)
{
    (void)user;
    assert_true(row->size < sizeof row_text);
    memcpy(row_text, row->value, row->size);
    row_text[row->size] = '\0';
    return false;
}

const char *frame_row(struct frame *frame, const char *key)
{
    char whole[OCPP_SETTLE_KEY_SIZE];

    snprintf(whole, sizeof whole, "op/%s", key);
    row_text[0] = '\0';
    (void)frame->memory->read(whole, take_text, NULL, frame->memory->user);
    return row_text;
}

bool frame_has_row(struct frame *frame, const char *key)
{
    return frame_row(frame, key)[0] != '\0';
}

static bool count_row(const struct ocpp_settle_row *row, void *user)
{
    size_t *count = user;

    (void)row;
    (*count)++;
    return true;
}

size_t frame_rows(struct frame *frame, const char *prefix)
{
    char whole[OCPP_SETTLE_KEY_SIZE];
    size_t count = 0;

    snprintf(whole, sizeof whole, "op/%s", prefix);
    assert_int_equal(frame->memory->each(whole, NULL, count_row, &count, frame->memory->user), OCPP_OK);
    return count;
}

struct entry_count {
    const char *kind;
    size_t count;
};

static bool count_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct entry_count *count = user;

    count->count += !count->kind || strcmp(count->kind, entry->kind) == 0;
    return true;
}

size_t frame_entries(struct frame *frame, const char *kind)
{
    struct entry_count count = { .kind = kind };

    assert_int_equal(frame->memory->journal(1, count_entry, &count, frame->memory->user), OCPP_OK);
    return count.count;
}

static bool note_version(const struct ocpp_settle_row *row, void *user)
{
    struct ocpp_settle_change *change = user;

    change->kind = OCPP_SETTLE_UPDATE;
    change->version = row->version;
    return false;
}

void frame_put(struct frame *frame, const char *key, const char *text)
{
    char whole[OCPP_SETTLE_KEY_SIZE];
    struct ocpp_settle_change change = { .kind = OCPP_SETTLE_INSERT, .key = whole, .value = text, .size = strlen(text) };
    const struct ocpp_settle_write write = { .changes = &change, .change_count = 1 };

    snprintf(whole, sizeof whole, "op/%s", key);
    (void)frame->memory->read(whole, note_version, &change, frame->memory->user);
    assert_int_equal(frame->memory->write(&write, NULL, NULL, frame->memory->user), OCPP_OK);
}

static void speaks(struct frame *frame, const char *station, int64_t max_bytes, const char *features)
{
    char key[80], text[400];

    snprintf(key, sizeof key, "pile/%s", station);
    snprintf(text, sizeof text,
             "{\"station\":\"%s\",\"number\":1,\"version\":\"1\",\"features\":[%s],\"maxBytes\":%d,\"serial\":\"S\","
             "\"clockOffsetMs\":0,\"boot\":1,\"monoMs\":0,\"seenAt\":\"2025-01-01T00:00:00Z\",\"slots\":0,\"isOff\":false,"
             "\"knownVersion\":0}",
             station, features, (int)max_bytes);
    frame_put(frame, key, text);
}

void frame_speaks(struct frame *frame, const char *station, int64_t max_bytes)
{
    speaks(frame, station, max_bytes, "\"Chunks\"");
}

void frame_speaks_whole(struct frame *frame, const char *station, int64_t max_bytes)
{
    speaks(frame, station, max_bytes, "");
}

void frame_connect(struct frame *frame, const char *station)
{
    ocpp_settle_connected(frame->settle, station, true, frame->now);
    outbox_greeted(frame->settle, station);
}
