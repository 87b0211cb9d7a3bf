/* recording.h: the lines of a recording: what a pile was given, when, and what it said. One JSON object per line, of which the
 * first member names the kind; docs/simulator.md has the format. The first line is the head (recording_head.h).
 *
 * Nothing here knows files or piles.
 */
#ifndef OCPP_SIM_RECORDING_H
#define OCPP_SIM_RECORDING_H

#include <ocpp/network.h>

enum { RECORDING_LINE_BYTES = 1 << 20, RECORDING_STEP_MS = 1000000000, RECORDING_TIMES = 10000000 };

enum recording_kind {
    RECORDING_TICK,    /* time passes, and the hardware looks around: so many times, the same step each */
    RECORDING_DO,      /* a command */
    RECORDING_CONNECT, /* the engine is asked what to connect to */
    RECORDING_FAILED,  /* … and told that it came to nothing */
    RECORDING_UP,
    RECORDING_DOWN,
    RECORDING_IN,      /* a frame arrives */
    RECORDING_ADVANCE, /* a deadline of the engine's has come */
    RECORDING_OUT,     /* from here on, what the pile did: a frame leaves */
    RECORDING_DONE,    /* there is no other to leave */
    RECORDING_NOTE,    /* what it noted of itself */
    RECORDING_END,     /* the last line */
    RECORDING_KINDS
};

struct recording_line {
    enum recording_kind kind;
    int64_t step_ms; /* of ticks */
    int64_t times;
    bool idle; /* there was nothing to leave behind any of them */
    bool cut;  /* of the end: the file was full before */
    enum ocpp_version version;
    enum ocpp_connection_failure failure;
    char *text; /* of a command, a frame, a note, or why it failed; NULL. Owned */
};

/* recording_parse: NULL, or why |size| bytes of |text| are no line; then there is nothing to free. */
const char *recording_parse(const char *text, size_t size, struct recording_line *line);
void recording_free(struct recording_line *line);

/* recording_print: the line as text without a line feed, for free(). |line->text| is only read. NULL: no memory. */
char *recording_print(const struct recording_line *line);

#endif
