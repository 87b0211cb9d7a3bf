/* gate_machine.h: a gate as one table. States are named for what they await; gate.h shows the picture. */
#ifndef SETTLEMENT_GATE_MACHINE_H
#define SETTLEMENT_GATE_MACHINE_H

#include <ocpp/settlement/model.h>

#include <stddef.h>

/* Those of GateState, and one for no gate at all. */
enum gate_state { GATE_FREE, GATE_CLOSED, GATE_AWAIT_PAYMENT, GATE_AWAIT_PAID, GATE_AWAIT_OPEN, GATE_JAMMED, GATE_STATES };

enum gate_event {
    GATE_CLOSE,      /* the backend wants it, and that is durable */
    GATE_OVER,       /* the charging is over: the charge point lets the cable go */
    GATE_LOCKED,     /* the charge point locks it again: the charging goes on after a restart */
    GATE_TRY,        /* a hand at the cable */
    GATE_ASKED,      /* somebody asks to pay */
    GATE_SAID_OPEN,  /* the backend's word */
    GATE_LATE,       /* its deadline */
    GATE_BROKEN,     /* fault, emergency stop, nobody to be asked, an operator, nothing could be noted */
    GATE_LATCH_OPEN, /* the latch is open */
    GATE_SILENT,     /* it does not open */
    GATE_STUCK,      /* nor after some attempts */
    GATE_PULLED,     /* the cable is gone */
    GATE_DARK,       /* the power was gone, and with it the latch */
    GATE_LIGHT,      /* the power was gone, the latch was held */
    GATE_EVENTS
};

enum gate_act {
    GATE_ACT_NONE,
    GATE_ACT_HOLD,  /* the long deadline runs */
    GATE_ACT_HURRY, /* the short one runs, too */
    GATE_ACT_DRIVE, /* the latch is told to open */
    GATE_ACT_FREE   /* there is no gate any more */
};

/* Why it opens, where the event does not say. */
struct gate_row {
    enum gate_state state;
    enum gate_event event;
    enum gate_state next;
    bool tells; /* the backend hears of it */
    enum gate_act act;
    enum ocpp_settle_gate_why why;
};

/* gate_row_of: NULL: the event means nothing in |state|. */
const struct gate_row *gate_row_of(enum gate_state state, enum gate_event event);

/* gate_keeps: the cable is kept for money in |state| (I13). */
bool gate_keeps(enum gate_state state);

#endif
