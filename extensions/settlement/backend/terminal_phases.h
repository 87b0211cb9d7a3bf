/* terminal_phases.h: what may happen to a start, and what is waited for then. A table, no memory, no effects. */
#ifndef SETTLEMENT_TERMINAL_PHASES_H
#define SETTLEMENT_TERMINAL_PHASES_H

#include "terminal_records.h"

#include <stdbool.h>

enum start_event {
    START_HELD,      /* what it may cost is held */
    START_FAILS,     /* it comes to nothing */
    START_BEGINS,    /* the transaction has begun */
    START_STOPS,     /* the terminal, or somebody else, wants it to end */
    START_ENDS,      /* the transaction has ended */
    START_QUOTED,    /* there is a bill to confirm */
    START_CONFIRMED, /* it may be deducted */
    START_PAID,      /* it was, or nothing is due */
    START_SHORT,     /* it could not be, or nobody confirmed it */
    START_NOTHING,   /* nothing was used, or it is not asked for any more */
    START_EVENTS
};

/* start_next: the phase after |event|, which may be the same. False: the event means nothing then. */
bool start_next(enum row_start_phase phase, enum start_event event, enum row_start_phase *next);

#endif
