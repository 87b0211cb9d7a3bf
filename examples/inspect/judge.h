/* judge.h: whether a frame is right, in a version that is given or found out. */
#ifndef INSPECT_JUDGE_H
#define INSPECT_JUDGE_H

#include "call_memory.h"
#include "record.h"

/* The most quirks of one frame that are told one by one. */
enum { QUIRKS_TOLD = 100 };

struct verdict {
    enum ocpp_status status;
    enum ocpp_version version; /* whose spelling an error code takes */
    int64_t type;              /* enum ocpp_frame_type, or what the frame has there */
    const char *action;        /* NULL: not known */
    bool judged;               /* false: an answer whose question was not seen; only its frame was judged */
    const char *fault;         /* a sentence that says more than the status does; NULL: none */
    struct ocpp_issue issue;   /* where, with an error */
    struct ocpp_issue quirks[QUIRKS_TOLD];
    unsigned quirk_count; /* may be more than are told */
};

struct judge {
    enum ocpp_version forced; /* OCPP_VERSION_NONE: each line says it or it is found out */
    bool lenient;
    struct call_memory *calls;
    struct ocpp_arena *arena; /* reset by whoever reads the lines */
    enum ocpp_version last;   /* what the last frame turned out to be */
    struct ocpp_frame frame;  /* being judged; lives until judge_forget() */
    struct verdict verdict;
};

/* judge_line: the verdict about one line; it lives until judge_forget(). */
const struct verdict *judge_line(struct judge *judge, const char *text, size_t size);

/* judge_too_long: the verdict about a line that was too long to look at. */
const struct verdict *judge_too_long(struct judge *judge);

/* judge_forget: frees what the last verdict points to. */
void judge_forget(struct judge *judge);

#endif
