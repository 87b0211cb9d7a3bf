/* outlet_machine.h: what an outlet of a pile without a network awaits, as one table. */
#ifndef SETTLEMENT_OUTLET_MACHINE_H
#define SETTLEMENT_OUTLET_MACHINE_H

#include <stdbool.h>

enum outlet_state {
    OUTLET_FREE,
    OUTLET_AWAIT_STORED, /* that an authorisation was used, and its session */
    OUTLET_AWAIT_PLUG,
    OUTLET_CHARGING,
    OUTLET_AWAIT_BILL, /* it is over; its page is being written */
    OUTLET_STATES
};

enum outlet_event {
    OUTLET_BEGIN,       /* somebody may have energy */
    OUTLET_STORED,      /* durable, and something is plugged in or nobody can see that */
    OUTLET_STORED_BARE, /* durable, and nothing is plugged in */
    OUTLET_NOT_STORED,
    OUTLET_PLUGGED,
    OUTLET_END,    /* whatever ends a session: it was stopped, the cap, unplugged, a fault, nobody came */
    OUTLET_BILLED, /* its page is durable */
    OUTLET_EVENTS
};

enum outlet_effect {
    OUTLET_NOTHING,
    OUTLET_NOTE,    /* make it durable */
    OUTLET_GIVE_UP, /* nothing of it happened */
    OUTLET_WAIT,    /* for a plug, so long and no longer */
    OUTLET_CLOSE,   /* read the meter, close the contactor */
    OUTLET_OPEN,    /* open the contactor, read the meter, write the bill */
    OUTLET_FORGET   /* the session is over */
};

struct outlet_row {
    enum outlet_state state;
    enum outlet_event event;
    enum outlet_state next;
    enum outlet_effect effect;
};

/* outlet_row_of: NULL: the event means nothing in that state. */
const struct outlet_row *outlet_row_of(enum outlet_state state, enum outlet_event event);

#endif
