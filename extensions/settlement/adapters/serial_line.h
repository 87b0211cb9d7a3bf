/* serial_line.h: the line of a cabinet: who is asked next, what is awaited, and what is known of boards and slots.
 *
 *     board   TO_GREET --hello answered--> READY --"not greeted"--> TO_GREET
 *                 \                          |
 *                  '-------- silent --------> LOST --lost_ms--> greeted again
 *
 *     act     the table in serial_acts.c
 */
#ifndef OCPP_SETTLE_SERIAL_LINE_H
#define OCPP_SETTLE_SERIAL_LINE_H

#include "serial_words.h"

enum serial_board_state { SERIAL_TO_GREET, SERIAL_READY, SERIAL_LOST };

struct serial_board {
    enum serial_board_state state;
    int64_t due_ms;     /* of the next greeting or poll */
    unsigned char seen; /* the number of the last event */
};

enum serial_act_state {
    SERIAL_IDLE,
    SERIAL_WAITING,   /* for the line */
    SERIAL_ASKED,     /* its request is on the line */
    SERIAL_UNDER_WAY, /* the board has begun it */
    SERIAL_LOST_ACT,  /* nobody knows; to be told */
    SERIAL_ACT_STATES
};

enum serial_act_event {
    SERIAL_BEGIN, /* the agent wants it; whatever was before is of no interest */
    SERIAL_SENT,
    SERIAL_ACCEPTED,
    SERIAL_WAS_BUSY,
    SERIAL_REFUSED,
    SERIAL_SILENCE, /* its board is lost or has started anew */
    SERIAL_ENDED,   /* its outcome came */
    SERIAL_TOLD,    /* the agent was */
    SERIAL_ACT_EVENTS
};

struct serial_slot {
    enum serial_act_state state;
    uint32_t number; /* the agent's */
    struct serial_act act;
    int64_t due_ms; /* not before */
};

/* What is on the line. */
struct serial_request {
    bool is_pending;
    int board; /* from 0 */
    int slot;  /* of the bay, from 0; of an act */
    uint16_t tag;
    unsigned char command;
    unsigned char sequence;
    int attempts; /* so far; 0: it has not left */
    int64_t answer_by_ms;
    unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME];
    size_t size;
};

struct ocpp_settle_serial {
    struct ocpp_settle_serial_settings settings;
    struct ocpp_settle_bay_listener listener;
    struct serial_board boards[OCPP_SETTLE_SERIAL_BOARDS];
    struct serial_slot slots[OCPP_SETTLE_SLOTS];
    int slot_count;
    struct serial_request request;
    struct serial_receiver receiver;
    int64_t quiet_until_ms;
    int64_t now_ms; /* of the last call */
    int last_slot;  /* that had the line */
    bool was_act;   /* what had it last */
    uint16_t last_tag;
    unsigned char last_sequence;
    struct ocpp_settle_serial_view view;
};

/* --- serial_acts.c --- */

/* serial_act_next: the table. */
enum serial_act_state serial_act_next(enum serial_act_state state, enum serial_act_event event);

static inline int serial_board_of(const struct ocpp_settle_serial *serial, int slot)
{
    return slot / serial->settings.slots_per_board;
}

/* serial_heed: the answer to the request for an act at |slot|, unless another was begun meanwhile. */
void serial_heed(struct ocpp_settle_serial *serial, int slot, enum serial_status status, uint16_t tag);

/* serial_forget_acts: whatever was under way at |board| is not known any more. serial_fail_waiting: nor will what waits for it be
 * done. */
void serial_forget_acts(struct ocpp_settle_serial *serial, int board);
void serial_fail_waiting(struct ocpp_settle_serial *serial, int board);

/* serial_tell_lost: that acts have failed. serial_tell_event: what |board| has told; false: it makes no sense. */
void serial_tell_lost(struct ocpp_settle_serial *serial, struct ocpp_now now);
bool serial_tell_event(struct ocpp_settle_serial *serial, int board, const struct serial_event *event, struct ocpp_now now);

/* serial_is_busy: an act is under way at |board|. */
bool serial_is_busy(const struct ocpp_settle_serial *serial, int board);

#endif
