/* judge.h: whether a frame is right, in a version that is given or found out. */
#ifndef OCPP_JUDGE_H
#define OCPP_JUDGE_H

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
    struct call_memory *calls; /* for the answers; one side may not reuse an id of the other */
    struct ocpp_arena *arena;  /* reset by whoever reads the lines */
    enum ocpp_version last;    /* what the last frame turned out to be */
    struct ocpp_frame frame;   /* being judged; lives until judge_forget() */
    struct verdict verdict;
};

/* judge_line: the verdict about one line; it lives until judge_forget(). */
const struct verdict *judge_line(struct judge *judge, const char *text, size_t size);

/* judge_frame: the verdict about a frame of a connection that speaks |version| (OCPP_VERSION_NONE: it is found out); it lives
 * until judge_forget(). An answer is judged by the call that was judged before it. */
const struct verdict *judge_frame(struct judge *judge, const char *text, size_t size, enum ocpp_version version);

/* judge_too_long: the verdict about a line that was too long to look at. */
const struct verdict *judge_too_long(struct judge *judge);

/* judge_forget: frees what the last verdict points to. */
void judge_forget(struct judge *judge);

/* verdict_reason: why a frame is wrong, or what kept it from being judged; "" for neither. verdict_code: the error code its
 * version answers with. */
enum { VERDICT_REASON_SIZE = 256 };
void verdict_reason(const struct verdict *verdict, char reason[VERDICT_REASON_SIZE]);
const char *verdict_code(const struct verdict *verdict);

#endif
