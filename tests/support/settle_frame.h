/* settle_frame.h: a settlement backend for tests of its frame: memory store, keys from a seed, a transport that records, a clock
 * that is moved by hand. The store can hold back what is durable, refuse the next writes, or say that somebody else was faster.
 */
#ifndef SETTLE_FRAME_H
#define SETTLE_FRAME_H

#include "settle_keys.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/backend.h>

enum { FRAME_SENT = 64, FRAME_TEXT = 20000, FRAME_EVENTS = 64 };

struct frame_message {
    char station[49];
    char name[51];
    char data[FRAME_TEXT];
    uint64_t token;
    enum ocpp_data_transfer_status result; /* of an answer */
};

struct frame {
    struct settle_keys keys;
    struct ocpp_settle_store *memory;
    struct ocpp_settle_settings settings;
    struct ocpp_settle *settle;
    struct ocpp_now now;
    struct frame_message sent[FRAME_SENT]; /* to piles */
    size_t sent_count;
    struct frame_message answers[FRAME_SENT]; /* to what piles sent */
    size_t answer_count;
    char events[FRAME_EVENTS][128]; /* "kind id state" */
    size_t event_count;
    enum ocpp_status send_fails;  /* what send answers; OCPP_OK: it leaves */
    int busy;                     /* so many writes meet somebody faster */
    enum ocpp_status write_fails; /* what the writes after |writes_left| good ones answer */
    int writes_left;              /* below 0: all are good */
    bool holds_back;              /* what is written is durable with frame_durable() only */
    struct {
        void (*done)(enum ocpp_status status, void *user);
        void *user;
    } held[64];
    size_t held_count;
};

/* frame_start: |change| (may be NULL) is shown the settings before the backend opens. */
void frame_start(struct frame *frame, void (*change)(struct ocpp_settle_settings *settings));
void frame_end(struct frame *frame);

/* frame_restart: the backend closes and opens again on the same store. */
void frame_restart(struct frame *frame);

/* frame_wait: so much time passes, in steps at the deadlines. */
void frame_wait(struct frame *frame, int64_t seconds);

/* frame_durable: what was held back is durable, or has failed. */
void frame_durable(struct frame *frame, enum ocpp_status status);

/* frame_answer: the pile answers what was sent last: with |data| (NULL: |status| instead). */
void frame_answer(struct frame *frame, const char *data, enum ocpp_status status);

/* frame_hear: the pile |station| sends |name|. The answer is the last of |answers|. */
void frame_hear(struct frame *frame, const char *station, const char *name, const char *data);

/* frame_has_row, frame_rows: rows of the operator: whether |key| is there; how many begin with |prefix|. */
bool frame_has_row(struct frame *frame, const char *key);
size_t frame_rows(struct frame *frame, const char *prefix);

/* frame_row: the text of a row, or "". Lives until the next call. */
const char *frame_row(struct frame *frame, const char *key);

/* frame_entries: how many entries of |kind| (NULL: any) the journal has. */
size_t frame_entries(struct frame *frame, const char *kind);

/* frame_put: a row as another program would leave it: |text| at |key|. */
void frame_put(struct frame *frame, const char *key, const char *text);

/* frame_speaks: |station| said Hello once: its row is there. frame_speaks_whole: and agreed on no parts. */
void frame_speaks(struct frame *frame, const char *station, int64_t max_bytes);
void frame_speaks_whole(struct frame *frame, const char *station, int64_t max_bytes);

/* frame_connect: |station| is connected and said Hello. */
void frame_connect(struct frame *frame, const char *station);

#endif
