/* recording.h: the lines of a recording: what a pile was given, when, and what it said. One JSON object per line, of which the
 * first member names the kind; docs/simulator.md has the format. The first line is the head (recording_head.h).
 *
 * Nothing here knows files or piles.
 */
#ifndef OCPP_SIM_RECORDING_H
#define OCPP_SIM_RECORDING_H

#include <ocpp/file_transfer.h>
#include <ocpp/network.h>

enum {
    RECORDING_LINE_BYTES = 1 << 20,
    RECORDING_STEP_MS = 1000000000,
    RECORDING_TIMES = 10000000,
    RECORDING_FILE_BYTES = 1 << 20,  /* of a file that is fetched */
    RECORDING_PIECE_BYTES = 1 << 16, /* of one piece of it */
    RECORDING_PHONE_BYTES = 2048,    /* of one piece of what goes over the phone link */
    RECORDING_KEY_BYTES = 65         /* of what keys give */
};

enum recording_kind {
    RECORDING_TICK,    /* time passes, and the hardware looks around: so many times, the same step each */
    RECORDING_DO,      /* a command */
    RECORDING_CONNECT, /* the engine is asked what to connect to */
    RECORDING_FAILED,  /* … and told that it came to nothing */
    RECORDING_UP,
    RECORDING_DOWN,
    RECORDING_IN,      /* a frame arrives */
    RECORDING_ADVANCE, /* a deadline of the engine's has come */
    RECORDING_PHONE,   /* at the phone link somebody else is there now, or nobody any more */
    RECORDING_HEARD,   /* … and so many bytes came */
    RECORDING_FILE,    /* a piece of a file came */
    RECORDING_MOVED,   /* so much of a file was moved, and it may be over */
    RECORDING_OUT,     /* from here on, what the pile did: a frame leaves */
    RECORDING_DONE,    /* there is no other to leave */
    RECORDING_NOTE,    /* what it noted of itself */
    RECORDING_SAID,    /* a frame leaves over the phone link */
    RECORDING_SILENT,  /* … and there is no other */
    RECORDING_KEY,     /* it asked its keys for something that only they know, and this they gave */
    RECORDING_MOVE,    /* it had a file moved, and whether that was begun */
    RECORDING_END,     /* the last line */
    RECORDING_KINDS
};

/* What only keys know: the same is not to be had again without them, and they are in no recording. */
enum recording_key {
    RECORDING_KEY_HMAC,
    RECORDING_KEY_SIGN,
    RECORDING_KEY_PUBLIC,
    RECORDING_KEY_AGREE,
    RECORDING_KEY_KEEP, /* a secret was handed to them; they give nothing */
    RECORDING_KEYS
};

struct recording_line {
    enum recording_kind kind;
    int64_t step_ms; /* of ticks */
    int64_t times;
    bool idle; /* there was nothing to leave behind any of them */
    bool cut;  /* of the end: the file was full before */
    enum ocpp_version version;
    enum ocpp_connection_failure failure;
    bool is_there;           /* of who is at the phone link */
    enum recording_key key;  /* what was asked for */
    enum ocpp_status status; /* … and how that ended */
    int64_t transfer;        /* of a file */
    int64_t bytes;           /* that were moved so far */
    bool is_over;
    enum ocpp_transfer_result result; /* where it is over */
    char *text; /* of a command, a frame, a note, why it failed, or bytes as hexadecimal digits; NULL. Owned */
};

/* recording_parse: NULL, or why |size| bytes of |text| are no line; then there is nothing to free. */
const char *recording_parse(const char *text, size_t size, struct recording_line *line);
void recording_free(struct recording_line *line);

/* recording_bytes: those that |line| has as digits, at most |room|; their number. recording_digits: |size| bytes as digits, for
 * free(); NULL: no memory. recording_key_size: how many bytes keys give for that. */
size_t recording_bytes(const struct recording_line *line, unsigned char *bytes, size_t room);
char *recording_digits(const unsigned char *bytes, size_t size);
size_t recording_key_size(enum recording_key key);

/* recording_print: the line as text without a line feed, for free(). |line->text| is only read. NULL: no memory. */
char *recording_print(const struct recording_line *line);

#endif
