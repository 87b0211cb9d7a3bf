/* gate_inside.h: what the files of the gate share.
 *
 *   gate_machine.c  the table           gate.c       what happens at a gate, time, what firmware tells and asks
 *   gate_note.c     gates in the store  gate_hear.c  what the backend says, and what it is asked
 *   gate_number.c   the keypad */
#ifndef SETTLEMENT_GATE_INSIDE_H
#define SETTLEMENT_GATE_INSIDE_H

#include "gate_machine.h"
#include "hearing.h"

enum { GATE_TRANSACTION_SIZE = 37, GATE_AMOUNT_SIZE = 25, GATE_CURRENCY_SIZE = 4, GATE_URL_SIZE = 513, GATE_NUMBER_SIZE = 12 };

struct gate {
    enum gate_state state;
    int connector;
    char order[OCPP_SETTLE_ID_SIZE];
    char transaction[GATE_TRANSACTION_SIZE];
    int64_t within_ms;
    int64_t longest_ms;
    int64_t until; /* it is let go; OCPP_NEVER */
    enum ocpp_settle_gate_why why;

    /* of this run */
    bool wish_locked; /* the charge point's */
    bool is_locked;   /* as the latch's switch says */
    bool over_due;    /* the charge point let it go, or an operator wants it open: acted upon with the next advance */
    bool operator_due;
    bool locked_due;
    bool is_dirty; /* the record is older */
    bool must_tell;
    bool is_noting;
    int64_t note_again_at; /* a note failed; OCPP_NEVER */
    int64_t noted_at;      /* how much is left was noted then */
    int64_t open_at;       /* the latch is told again; OCPP_NEVER */
    int attempts;
    int64_t query_at;
    char amount[GATE_AMOUNT_SIZE];
    char currency[GATE_CURRENCY_SIZE];
    char url[GATE_URL_SIZE];
    int64_t url_until;
};

/* The keypad of the pile. */
struct keypad {
    int failures;
    int64_t locked_until; /* 0: it is not */
    bool is_asking;
    bool is_right; /* the backend says so: it is presented with the next advance */
    int evse;
    char number[GATE_NUMBER_SIZE];
};

struct gates {
    struct gate *gates; /* gates[0] is EVSE 1 */
    int count;
    int64_t lost_at; /* since when the backend cannot be asked; OCPP_NEVER: it can */
    int64_t look_at; /* a question that could not leave is tried again */
    bool is_querying;
    int queried; /* the EVSE that is asked about, and the order: by the answer another one may keep the cable */
    char queried_order[OCPP_SETTLE_ID_SIZE];
    struct keypad keypad;
};

/* --- gate.c --- */

struct gate *gate_of(struct ocpp_settle_agent *agent, int64_t evse); /* NULL: no such EVSE, or no latches */
int gate_number(const struct ocpp_settle_agent *agent, const struct gate *gate);
/* gate_happens: |why|: where the row leaves it open. False: it means nothing there now. */
bool gate_happens(struct ocpp_settle_agent *agent, struct gate *gate, enum gate_event event, enum ocpp_settle_gate_why why);
enum ocpp_settle_gate_state gate_shown(const struct gate *gate);

/* --- gate_note.c --- */

/* gate_put: |gate| as its record of EVSE |evse|, into |batch|. */
void gate_put(struct batch *batch, const struct gate *gate, int evse);
void gate_note(struct ocpp_settle_agent *agent, struct gate *gate); /* what is dirty, now */
enum ocpp_status gate_load(struct ocpp_settle_agent *agent, int evse);
void keypad_note(struct ocpp_settle_agent *agent);
enum ocpp_status keypad_load(struct ocpp_settle_agent *agent);

/* --- gate_number.c --- */

void keypad_present(struct ocpp_settle_agent *agent);

/* --- gate_hear.c --- */

void gate_query(struct ocpp_settle_agent *agent, struct gate *gate);

#endif
