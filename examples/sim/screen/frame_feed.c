/* frame_feed.c: see frame_feed.h. */
#include "frame_feed.h"
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_LIMIT = 8 << 20, CALL = 2, CALL_RESULT = 3, SEND = 6 };

struct frame_feed {
    struct message_log *log;
    bool is_one;
    struct judge judge;
};

struct frame_feed *frame_feed_new(struct message_log *log, bool is_one)
{
    struct frame_feed *feed = calloc(1, sizeof *feed);

    if (!feed) {
        return NULL;
    }
    feed->log = log;
    feed->is_one = is_one;
    feed->judge.calls = call_memory_new();
    feed->judge.arena = ocpp_arena_new(NULL, ARENA_LIMIT);
    if (!feed->judge.calls || !feed->judge.arena) {
        frame_feed_free(feed);
        return NULL;
    }
    return feed;
}

void frame_feed_free(struct frame_feed *feed)
{
    if (feed) {
        call_memory_free(feed->judge.calls);
        ocpp_arena_free(feed->judge.arena);
        free(feed);
    }
}

/* --- what is shown of a frame ---------------------------------------------------------------------------------------- */

const char *frame_payload(const char *text, size_t size, int type, size_t *payload_size)
{
    int commas = type == CALL || type == SEND ? 3 : 2;
    bool is_text = false;
    size_t at = 0;

    for (; at < size && commas > 0; at++) {
        if (is_text && text[at] == '\\') {
            at++;
        } else if (text[at] == '"') {
            is_text = !is_text;
        } else if (!is_text && text[at] == ',') {
            commas--;
        }
    }
    if (commas > 0 || at >= size) {
        *payload_size = size;
        return text;
    }
    while (size > at && (text[size - 1] == ' ' || text[size - 1] == '\n' || text[size - 1] == '\r')) {
        size--;
    }
    *payload_size = size - at - (size > at && text[size - 1] == ']' ? 1 : 0);
    return text + at;
}

static const char *type_word(int type)
{
    static const char *const words[] = { "unreadable", "", "", "answer", "error", "error", "send" };

    return type >= 0 && type < (int)(sizeof words / sizeof words[0]) ? words[type] : words[0];
}

/* --- what is thought of it ------------------------------------------------------------------------------------------- */

static void note_fault(const struct verdict *verdict, struct message *message)
{
    char reason[VERDICT_REASON_SIZE];

    verdict_reason(verdict, reason);
    snprintf(message->fault, sizeof message->fault, "%s %.60s%s%.60s", verdict_code(verdict), verdict->issue.path,
             verdict->issue.path[0] ? ": " : "", reason);
}

static void judge(struct frame_feed *feed, const struct transcript_event *event, struct message *message)
{
    const struct verdict *verdict = judge_frame(&feed->judge, event->frame, event->frame_size, event->version);

    message->verdict = verdict->status != OCPP_OK ? VERDICT_INVALID : verdict->judged ? VERDICT_VALID : VERDICT_NONE;
    if (message->verdict == VERDICT_INVALID) {
        note_fault(verdict, message);
    }
    judge_forget(&feed->judge);
    /* The engine knows more than the text: what was asked for, what is under way. */
    if (event->issue && message->verdict != VERDICT_INVALID) {
        message->verdict = VERDICT_INVALID;
        snprintf(message->fault, sizeof message->fault, "refused%s%.60s: %.80s", event->issue->path[0] ? " " : "",
                 event->issue->path, ocpp_status_sentence(event->issue->status));
    }
}

void frame_feed_happened(const struct transcript_event *event, void *user)
{
    struct frame_feed *feed = user;
    const bool is_frame = event->frame != NULL;
    struct message message = { .kind = !is_frame    ? MESSAGE_NOTE
                                       : event->out ? MESSAGE_SENT
                                                    : MESSAGE_RECEIVED,
                               .utc_ms = event->utc_ms,
                               .latency_ms = event->latency_ms };
    size_t size = event->size;
    const char *text = is_frame ? frame_payload(event->text, event->size, event->type, &size) : event->text;

    size = size < sizeof message.text - 1 ? size : sizeof message.text - 1;
    memcpy(message.text, text, size);
    snprintf(message.station, sizeof message.station, "%s", feed->is_one ? "" : event->identity);
    snprintf(message.action, sizeof message.action, "%s", event->action);
    snprintf(message.type, sizeof message.type, "%s", is_frame ? type_word(event->type) : "");
    if (is_frame) {
        judge(feed, event, &message);
    }
    message_log_add(feed->log, &message);
}
