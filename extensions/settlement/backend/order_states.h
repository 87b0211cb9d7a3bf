/* order_states.h: the state machine of orders. The table in order_states.c shows all of it. */
#ifndef SETTLEMENT_ORDER_STATES_H
#define SETTLEMENT_ORDER_STATES_H

#include "records.h"

enum order_event {
    ORDER_NOTHING_USED, /* everything on it has ended, and nothing of it counts */
    ORDER_ALL_ENDED,    /* everything on it has ended: its lines are final */
    ORDER_BILLED,       /* its bill is written: it is to be paid */
    ORDER_COVERED,      /* what was captured is what is due, or more */
    ORDER_SHORT,        /* nothing more is held or to be had, and less was captured than is due */
    ORDER_GIVEN_UP,     /* an operator does not ask for it any more */
    ORDER_EVENTS
};

/* order_next_state: false: the event means nothing in |state|. */
bool order_next_state(enum row_order_state state, enum order_event event, enum row_order_state *next);

const char *order_event_name(enum order_event event);

#endif
