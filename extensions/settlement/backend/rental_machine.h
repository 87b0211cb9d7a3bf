/* rental_machine.h: what may happen to a rental and to a bank, and what they are then. Two tables, no memory, no effects. */
#ifndef SETTLEMENT_RENTAL_MACHINE_H
#define SETTLEMENT_RENTAL_MACHINE_H

#include "records.h"

enum rental_event {
    RENTAL_HELD,     /* its deposit is held (or none is asked for) */
    RENTAL_DENIED,   /* no money, no time, no wish */
    RENTAL_TAKEN,    /* the pile: the bank is in somebody's hand */
    RENTAL_FAILED,   /* the pile: nothing was rented */
    RENTAL_SILENT,   /* no word from the pile for too long */
    RENTAL_RETURNED, /* the bank came back, and it is this one */
    RENTAL_STUCK,    /* a bank came back, and it may be this one */
    RENTAL_FREED,    /* it was not */
    RENTAL_BOUGHT,   /* the renter keeps it */
    RENTAL_SWAP,     /* a faulty bank came back, another goes out */
    RENTAL_EVENTS
};

enum bank_event {
    BANK_RESERVE, /* a rental wants it */
    BANK_RELEASE, /* nothing was rented, it is neutral */
    BANK_LEAVE,   /* it is in somebody's hand */
    BANK_BACK,    /* it was put in and shall become neutral */
    BANK_RESET,   /* it is neutral */
    BANK_HOLD,    /* somebody has to look */
    BANK_SELL,    /* its renter keeps it */
    BANK_VANISH,  /* it is not where it was, and nobody let it out */
    BANK_TURN_UP, /* it is in a bay, neutral */
    BANK_RETIRE,  /* an operator: let it no more */
    BANK_SERVE,   /* an operator: let it again */
    BANK_EVENTS
};

enum move_outcome {
    MOVE_REFUSED, /* cannot be: nothing changes */
    MOVE_AGAIN,   /* was known already, or does not matter any more: nothing changes */
    MOVE_MADE
};

/* rental_next: what |event| means in |state|; |next| is written for MADE, and may be the same state. */
enum move_outcome rental_next(enum row_rental_state state, enum rental_event event, enum row_rental_state *next);

enum move_outcome bank_next(enum row_bank_state state, enum bank_event event, enum row_bank_state *next);

#endif
