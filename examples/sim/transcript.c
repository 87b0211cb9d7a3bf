/* transcript.c: a ring of frames, and one of lines; what falls out of them is forgotten. */
#include "transcript.h"
#include "pile.h"
#include "frame_secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS = 64, ID_SIZE = 160, LOG_BYTES = 65536, LINE_SIZE = 2048 };

/* A call whose answer may still come, to name the answer by. */
struct open_call {
    bool out;
    char id[ID_SIZE];
    char action[64];
    int64_t real_ms; /* of the real clock: how long an answer takes is no matter of --speed */
};

struct transcript {
    bool print;
    bool logs;
    const struct transcript_watcher *watchers;
    enum ocpp_version version;
    uint64_t last;
    size_t room; /* for frames */
    struct transcript_frame *frames;
    struct open_call *calls;
    size_t next_call;
    char *log; /* lines, the oldest first; taken when the first one comes */
    size_t log_size;
};

struct transcript *transcript_new(bool print, size_t frames, const struct transcript_watcher *watchers)
{
    struct transcript *transcript = calloc(1, sizeof *transcript);

    if (!transcript) {
        return NULL;
    }
    transcript->print = print;
    transcript->logs = frames == TRANSCRIPT_FRAMES;
    transcript->watchers = watchers;
    transcript->room = frames;
    transcript->frames = frames > 0 ? calloc(frames, sizeof *transcript->frames) : NULL;
    transcript->calls = frames > 0 ? calloc(CALLS, sizeof *transcript->calls) : NULL;
    if (frames > 0 && (!transcript->frames || !transcript->calls)) {
        transcript->room = 0;
        transcript_free(transcript);
        return NULL;
    }
    return transcript;
}

void transcript_free(struct transcript *transcript)
{
    if (!transcript) {
        return;
    }
    for (size_t i = 0; i < transcript->room; i++) {
        cJSON_Delete(transcript->frames[i].payload);
    }
    free(transcript->frames);
    free(transcript->calls);
    free(transcript->log);
    free(transcript);
}

/* --- the log ----------------------------------------------------------------------------------------------------- */

static void drop_oldest(struct transcript *transcript, size_t room)
{
    while (transcript->log_size > LOG_BYTES - room) {
        const char *end = memchr(transcript->log, '\n', transcript->log_size);
        size_t size = (size_t)(end - transcript->log) + 1;
        transcript->log_size -= size;
        memmove(transcript->log, transcript->log + size, transcript->log_size);
    }
}

/* A line as it was printed, with the whole date in front. */
static void log_line(struct transcript *transcript, const char *line, size_t size)
{
    char time[OCPP_TIME_TEXT_SIZE] = "0000-00-00T00:00:00.000Z";

    (void)ocpp_time_format(sim_now().utc_ms, time);
    transcript->log = transcript->log ? transcript->log : malloc(LOG_BYTES);
    if (!transcript->log) {
        return;
    }
    size = size < LINE_SIZE ? size : LINE_SIZE;
    drop_oldest(transcript, size + sizeof time + 1);
    transcript->log_size += (size_t)sprintf(transcript->log + transcript->log_size, "%s ", time);
    memcpy(transcript->log + transcript->log_size, line, size);
    transcript->log_size += size;
    transcript->log[transcript->log_size++] = '\n';
}

/* Dates of one form sort as texts do. */
char *transcript_log(const struct transcript *transcript, const char *oldest, const char *latest, size_t *size)
{
    char *copy = malloc(LOG_BYTES);

    *size = 0;
    for (size_t at = 0; copy && at < transcript->log_size;) {
        const char *line = transcript->log + at;
        size_t length = (size_t)((const char *)memchr(line, '\n', transcript->log_size - at) - line) + 1;
        if (strncmp(line, oldest, strlen(oldest)) >= 0 && (!*latest || strncmp(line, latest, strlen(latest)) <= 0)) {
            memcpy(copy + *size, line, length);
            *size += length;
        }
        at += length;
    }
    return copy;
}

/* --- printing ----------------------------------------------------------------------------------------------------------------
 */

static void keep_line(struct transcript *transcript, const char *mark, const char *text, int size, const char *remark)
{
    char line[LINE_SIZE];
    int length = snprintf(line, sizeof line, "%s %.*s%s%s", mark, size, text, remark ? "   ! " : "", remark ? remark : "");

    for (int i = 0; i < length && i < (int)sizeof line; i++) {
        line[i] = line[i] == '\n' ? ' ' : line[i];
    }
    log_line(transcript, line, length < (int)sizeof line ? (size_t)length : sizeof line - 1);
}

static void print_line(struct transcript *transcript, const char *identity, const char *mark, const char *text, int size,
                       const char *remark)
{
    char time[OCPP_TIME_TEXT_SIZE] = "";

    if (transcript->logs) {
        keep_line(transcript, mark, text, size, remark);
    }
    if (!transcript->print) {
        return;
    }
    (void)ocpp_time_format(sim_now().utc_ms, time);
    printf("%.12s %s %s %.*s%s%s\n", time[0] ? time + 11 : "--:--:--.---", identity, mark, size, text, remark ? "   ! " : "",
           remark ? remark : "");
    fflush(stdout);
}

void transcript_print(struct transcript *transcript, bool print)
{
    transcript->print = print;
}

void transcript_speaks(struct transcript *transcript, enum ocpp_version version)
{
    transcript->version = version;
}

static void tell(const struct transcript *transcript, struct transcript_event *event)
{
    event->version = transcript->version;
    event->utc_ms = sim_now().utc_ms;
    for (const struct transcript_watcher *watcher = transcript->watchers; watcher; watcher = watcher->next) {
        watcher->happened(event, watcher->user);
    }
}

static struct transcript_frame *next_frame(struct transcript *transcript, bool out)
{
    struct transcript_frame *frame = &transcript->frames[transcript->last % transcript->room];

    cJSON_Delete(frame->payload);
    *frame = (struct transcript_frame){ .number = ++transcript->last, .out = out };
    return frame;
}

void transcript_note(struct transcript *transcript, const char *identity, const char *line)
{
    if (transcript->room == 0) {
        return;
    }
    struct transcript_frame *frame = next_frame(transcript, false);
    frame->type = TRANSCRIPT_NOTE;
    frame->payload = cJSON_CreateString(line);
    print_line(transcript, identity, "--", line, (int)strlen(line), NULL);
    tell(transcript,
         &(struct transcript_event){
             .identity = identity, .type = TRANSCRIPT_NOTE, .action = "", .latency_ms = -1, .text = line, .size = strlen(line) });
}

/* As it went over the wire, but for secrets. */
static void print_frame(struct transcript *transcript, struct transcript_event *event, cJSON *array)
{
    const char *remark = event->issue ? ocpp_status_sentence(event->issue->status) : NULL;
    bool secret = secrets_mask(array);
    char *masked = secret ? cJSON_PrintUnformatted(array) : NULL;

    event->text = secret ? masked ? masked : "" : event->frame;
    event->size = secret ? strlen(event->text) : event->frame_size;
    print_line(transcript, event->identity, event->out ? "->" : "<-", event->text, (int)event->size, remark);
    tell(transcript, event);
    free(masked);
}

/* --- reading a frame -----------------------------------------------------------------------------------------------------------
 */

static const char *text_of(const cJSON *frame, int index)
{
    const char *text = cJSON_GetStringValue(cJSON_GetArrayItem(frame, index));

    return text ? text : "";
}

static void remember_call(struct transcript *transcript, bool out, const char *id, const char *action)
{
    struct open_call *call = &transcript->calls[transcript->next_call++ % CALLS];

    call->out = out;
    snprintf(call->id, sizeof call->id, "%s", id);
    snprintf(call->action, sizeof call->action, "%s", action);
    call->real_ms = ocpp_system_now().mono_ms;
}

/* The newest; NULL: it is forgotten, or there never was one. */
static const struct open_call *call_of_answer(const struct transcript *transcript, bool out, const char *id)
{
    for (size_t i = 1; i <= CALLS; i++) {
        const struct open_call *call = &transcript->calls[(transcript->next_call - i) % CALLS];
        if (call->out != out && call->action[0] && strcmp(call->id, id) == 0) {
            return call;
        }
    }
    return NULL;
}

static cJSON *payload_of(const cJSON *array, int type)
{
    cJSON *payload;

    if (type == 2 || type == 3 || type == 6) {
        return cJSON_Duplicate(cJSON_GetArrayItem(array, type == 3 ? 2 : 3), true);
    }
    payload = cJSON_CreateObject();
    cJSON_AddStringToObject(payload, "errorCode", text_of(array, 2));
    cJSON_AddStringToObject(payload, "errorDescription", text_of(array, 3));
    return payload;
}

/* Returns how long an answer took, below 0 when that is not known. */
static int64_t read_frame(struct transcript *transcript, struct transcript_frame *frame, const cJSON *array)
{
    const char *id = text_of(array, 1);
    const cJSON *type = cJSON_GetArrayItem(array, 0);

    frame->type = cJSON_IsNumber(type) && type->valueint >= 2 && type->valueint <= 6 ? type->valueint : 0;
    if (frame->type == 0) {
        return -1;
    }
    bool is_call = frame->type == 2 || frame->type == 6;
    const struct open_call *call = is_call ? NULL : call_of_answer(transcript, frame->out, id);
    const char *action = is_call ? text_of(array, 2) : call ? call->action : "";
    size_t size = strnlen(action, sizeof frame->action - 1);
    memcpy(frame->action, action, size);
    frame->action[size] = '\0';
    if (frame->type == 2) {
        remember_call(transcript, frame->out, id, action);
    }
    frame->payload = payload_of(array, frame->type);
    return call ? ocpp_system_now().mono_ms - call->real_ms : -1;
}

void transcript_frame(struct transcript *transcript, const char *identity, bool out, const char *text, size_t size,
                      const struct ocpp_issue *issue)
{
    if (transcript->room == 0) {
        return;
    }
    cJSON *array = cJSON_ParseWithLength(text, size);
    struct transcript_frame *frame = next_frame(transcript, out);
    const int64_t latency_ms = read_frame(transcript, frame, array);
    print_frame(transcript,
                &(struct transcript_event){ .identity = identity,
                                            .out = out,
                                            .type = frame->type,
                                            .action = frame->action,
                                            .latency_ms = latency_ms,
                                            .frame = text,
                                            .frame_size = size,
                                            .issue = issue },
                array);
    cJSON_Delete(array);
}

const struct transcript_frame *transcript_find(const struct transcript *transcript, uint64_t after,
                                               bool (*matches)(const struct transcript_frame *frame, const void *wanted),
                                               const void *wanted)
{
    uint64_t oldest = transcript->last > transcript->room ? transcript->last - transcript->room : 0;

    for (uint64_t number = after > oldest ? after : oldest; number < transcript->last; number++) {
        const struct transcript_frame *frame = &transcript->frames[number % transcript->room];
        if (matches(frame, wanted)) {
            return frame;
        }
    }
    return NULL;
}

uint64_t transcript_last(const struct transcript *transcript)
{
    return transcript->last;
}
