/* transcript.h: what happened to one pile: every frame and note, printed as one line each, and the newest frames kept for
 * `expect`. */
#ifndef OCPP_SIM_TRANSCRIPT_H
#define OCPP_SIM_TRANSCRIPT_H

#include <cjson/cJSON.h>
#include <ocpp/message.h>

enum { TRANSCRIPT_FRAMES = 512, TRANSCRIPT_NOTE = 1 };

/* A frame, or what the pile noted (a text as the payload), as `expect` sees it: an answer bears the action of its call. */
struct transcript_frame {
    uint64_t number; /* from 1 */
    bool out;        /* the pile sent it */
    int type;        /* 2 to 6; 0: unreadable; TRANSCRIPT_NOTE */
    char action[64]; /* "" when it is not known */
    cJSON *payload;  /* of CALL, CALLRESULT and SEND; {"errorCode": ..., "errorDescription": ...} of an error; NULL */
};

/* Something that has just happened to a pile. Borrowed for the call. */
struct transcript_event {
    const char *identity;
    int64_t utc_ms;
    enum ocpp_version version; /* that is spoken; OCPP_VERSION_NONE: not yet known */
    bool out;
    int type;           /* as of a frame */
    const char *action; /* "" */
    int64_t latency_ms; /* of an answer, since its call, on the real clock; below 0: not known */
    const char *text;   /* a note, or a frame as it may be printed: without secrets */
    size_t size;
    const char *frame; /* as it went over the wire; NULL: a note */
    size_t frame_size;
    const struct ocpp_issue *issue; /* why the engine refused it; NULL */
};

/* Somebody who wants to know at once. */
struct transcript_watcher {
    void (*happened)(const struct transcript_event *event, void *user);
    void *user;
    struct transcript_watcher *next; /* others who want to know; NULL */
};

struct transcript;

/* transcript_new: |print|: as lines on standard output. The newest |frames| frames and notes are kept, and, where those are
 * TRANSCRIPT_FRAMES, the lines for transcript_log(); with 0, for piles that are one of many, nothing is kept, printed or told.
 * |watchers| may be NULL, and outlive it. NULL: no memory. */
struct transcript *transcript_new(bool print, size_t frames, const struct transcript_watcher *watchers);
void transcript_free(struct transcript *transcript);

/* transcript_print: whether lines are printed from now on. transcript_speaks: what version is spoken from now on. */
void transcript_print(struct transcript *transcript, bool print);
void transcript_speaks(struct transcript *transcript, enum ocpp_version version);

void transcript_note(struct transcript *transcript, const char *identity, const char *line);
void transcript_frame(struct transcript *transcript, const char *identity, bool out, const char *text, size_t size,
                      const struct ocpp_issue *issue);

/* transcript_find: the oldest kept frame with a number above |after| that |matches|; NULL. */
const struct transcript_frame *transcript_find(const struct transcript *transcript, uint64_t after,
                                               bool (*matches)(const struct transcript_frame *frame, const void *wanted),
                                               const void *wanted);

/* transcript_log: the newest lines (64 KiB of them), printed or not, without secrets: those dated from |oldest| to |latest|,
 * texts of a date ("" for no bound). For free(); NULL: no memory. */
char *transcript_log(const struct transcript *transcript, const char *oldest, const char *latest, size_t *size);

/* transcript_last: the number of the newest frame; 0: none. */
uint64_t transcript_last(const struct transcript *transcript);

#endif
