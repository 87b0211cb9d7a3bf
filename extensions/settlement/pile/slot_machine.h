/* slot_machine.h: what becomes of a slot and the bank in it, as one table. Pure: no hardware, no store, no clock.
 *
 * States are named for what they await. A row says: in this state this event leads to that state; |note|: the slot's record with
 * the new state is durable, together with the message |tell|, before |act| is begun. While a note is being made durable the
 * sensor's word waits, so the machine only ever sees a slot whose record is what the store has.
 *
 *                     inserted            steady              found             read
 *        .---> EMPTY ----------> STEADY ----------> QUERY ==========> READ ==========> VERDICT
 *        |       ^                 | removed          | removed        | | removed (A9)  |  | \
 *        |       '-----------------'------------------'----------------' | unreadable    |  |  \ held
 *        |                                                               v (A8)          |  |   v
 *        |      .------------------------------------------------------ HELD <-----------|--|- HELD
 *        |      | rentable                                                      rentable |  | out of service
 *        |      '=====================> NEUTRAL <========================================'  '==> RETIRED ==> OUT OF SERVICE
 *        |                                |
 *        |                                | mark read back (MarkReset)
 *        |                                v          rent             stored          marked
 *        |   inventory difference (A25)  IDLE --------------> INTENT ==========> MARK ========> EJECT
 *        |<----------------------------- ^                      | not stored      | failed (A3)  |  | ejected
 *        |                               |<---------------------'                 v              |  v
 *        |                               |  neutral again (RentFailed)                 jammed    |  REMOVAL
 *        |                               '<================================== UNMARK <===========|   |  | not taken (A24)
 *        |                                                                        ^      failed  v   v  |
 *        |                                                                        '============= RETRACT|
 *        |   taken (BankTaken)                                                                          |
 *        '<============================================================================= removed ======'
 *
 * Double lines are durable. After a restart the slot is in the state of its record and is queried: FOUND and MISSING say what
 * is there, and the same table says what that means (A5, A6). A state that has no note keeps the record of the one before it:
 * REMOVAL and RETRACT that of EJECT, RECHECK that of IDLE.
 */
#ifndef SETTLEMENT_SLOT_MACHINE_H
#define SETTLEMENT_SLOT_MACHINE_H

#include <stdbool.h>

enum slot_state {
    SLOT_EMPTY,
    SLOT_AWAIT_STEADY,  /* pushed in; the sensor may bounce */
    SLOT_AWAIT_QUERY,   /* which bank is it? */
    SLOT_AWAIT_READ,    /* whose mark? The moment of the insertion is noted */
    SLOT_AWAIT_VERDICT, /* told to the backend */
    SLOT_AWAIT_NEUTRAL, /* its neutral mark is being written; for rent afterwards */
    SLOT_AWAIT_RETIRED, /* likewise; out of service afterwards */
    SLOT_IDLE,          /* a neutral bank, for rent when it is full enough */
    SLOT_AWAIT_RECHECK, /* after a restart: is it still the same? */
    SLOT_AWAIT_INTENT,  /* granted; the intent is being made durable */
    SLOT_AWAIT_MARK,    /* the renter's mark is being written */
    SLOT_AWAIT_EJECT,
    SLOT_AWAIT_REMOVAL,
    SLOT_AWAIT_RETRACT,
    SLOT_AWAIT_UNMARK, /* nothing comes of the rental: a neutral mark is being written */
    SLOT_HELD,         /* somebody has to look */
    SLOT_OUT_OF_SERVICE,
    SLOT_AWAIT_SERVICE, /* being let out for service */
    SLOT_STATES
};

enum slot_event {
    SLOT_INSERTED,
    SLOT_REMOVED,
    SLOT_FOUND,   /* by a query: a bank is there */
    SLOT_MISSING, /* by a query: none is */
    SLOT_TIMEOUT, /* the time of the state is over */
    SLOT_DONE,    /* the act of the state; of writing: read back, too */
    SLOT_FAILED,  /* likewise; nobody knows how far it came */
    SLOT_JAMMED,  /* likewise; the bank is where it was */
    SLOT_OTHER,   /* read again: not the mark that was there */
    SLOT_EXPIRED, /* marked, but the grant is over */
    SLOT_RENT,    /* a grant */
    SLOT_STORED,
    SLOT_NOT_STORED,
    SLOT_RENTABLE, /* verdicts */
    SLOT_RETIRED,
    SLOT_KEEP,
    SLOT_AGREED, /* the backend speaks the extension, and was not told of the return */
    SLOT_TEST,   /* orders for service */
    SLOT_CLOSE,
    SLOT_OPEN,
    SLOT_RELEASE,
    SLOT_GOOD, /* how a self-test ended */
    SLOT_BAD,
    SLOT_JAM, /* the hardware says so, outside of an act */
    SLOT_EVENTS
};

/* What is told to the backend in the write of a note. */
enum slot_tell {
    TELL_NOTHING,
    TELL_RETURNED,
    TELL_REPLACED, /* an inventory difference, and the return of the new bank */
    TELL_VANISHED, /* an inventory difference */
    TELL_RESET,    /* its mark is neutral */
    TELL_TAKEN,
    TELL_FAILED, /* nothing was rented, the bank is neutral */
    TELL_STUCK,  /* nothing was rented, the bank's mark could not be made neutral; and of the slot's state */
    TELL_GONE,   /* nothing was rented, the bank is gone without having been let out */
    TELL_NOTICE  /* of the slot's state */
};

enum slot_act {
    ACT_NONE,
    ACT_STEADY_TIMER,
    ACT_TAKE_TIMER,
    ACT_QUERY,
    ACT_READ,
    ACT_WRITE, /* the mark that is intended, both halves and read back */
    ACT_EJECT,
    ACT_RETRACT,
    ACT_FORCE,
    ACT_TEST
};

/* What is changed in the record besides its state. */
enum slot_change {
    CHANGE_NOTHING,
    CHANGE_INSERTION, /* a new insertion, now */
    CHANGE_CLEAR,     /* nothing is known of a bank */
    CHANGE_MARKED,    /* the bank bears the intended mark; the intent is over */
    CHANGE_UNDO,      /* the intent is undone from now on: its mark is the neutral one */
    CHANGE_UNKNOWN,   /* nobody knows what the bank bears; the intent is over */
    CHANGE_READ,      /* what was read is what the bank bears */
    CHANGE_CLOSED,
    CHANGE_OPENED
};

/* What becomes of the number of failures in a row. */
enum slot_count {
    COUNT_NOTHING,
    COUNT_SOUND,   /* none */
    COUNT_FAILURE, /* one more */
    COUNT_SUSPECT  /* so many that it is suspect at once */
};

struct slot_row {
    unsigned char state;
    unsigned char event;
    unsigned char next;
    bool is_noted;
    unsigned char change;
    unsigned char count;
    unsigned char tell;
    unsigned char act;
    unsigned char why; /* enum ocpp_settle_rent_failure; 0: nothing, or what it was before */
};

/* slot_row_of: the row of a pair; NULL: the event means nothing in that state. */
const struct slot_row *slot_row_of(enum slot_state state, enum slot_event event);

/* slot_defers: whether |event| has to wait until the state is another one (the intent is being stored). */
bool slot_defers(enum slot_state state, enum slot_event event);

/* For logs and the page. */
const char *slot_state_name(enum slot_state state);
const char *slot_event_name(enum slot_event event);

#endif
