/* visit_machine.h: the life of a guided visit, as one table (visit_machine.c). States are named for what has happened:
 *
 *   Asked      the pile is asked to keep the place; the phone may see the number
 *   Told       the pile has the number          Heard      the phone has it
 *   Confirmed  both have it: the place is kept, and paid for, until somebody comes or its time is over
 *   Matched    the number was used: the vehicle charges, its cable is locked
 *   Paying     the charging is over, the cable stays where it is until what is missing is paid or authorised
 *   Done       it is     Owed  it was let go unpaid: a debt
 *   Expired    nobody came      Cancelled  one side did not have the number, or did not want it      Refused  the pile said no
 */
#ifndef SETTLEMENT_VISIT_MACHINE_H
#define SETTLEMENT_VISIT_MACHINE_H

#include "records.h"

enum visit_event {
    VISIT_PILE_HAS,  /* ReserveNow was accepted */
    VISIT_PHONE_HAS, /* the phone said so */
    VISIT_PILE_SAYS_NO,
    VISIT_NO_ANSWER, /* nobody knows whether the pile has it, or the phone did not say in time */
    VISIT_UNWANTED,  /* the user's word */
    VISIT_DROPPED,   /* the pile took the reservation away */
    VISIT_TIME_OVER, /* nobody came in time */
    VISIT_MATCH,     /* a transaction began with the number */
    VISIT_CHARGED,   /* its charging is over */
    VISIT_COVERED,   /* what is missing was paid or authorised, or there is nothing */
    VISIT_LET_GO,    /* the cable is free and it is not paid */
    VISIT_EVENTS
};

enum visit_act {
    VISIT_ACT_NONE = 0,
    VISIT_ACT_UNRESERVE = 1, /* the pile is told to keep the place no more */
    VISIT_ACT_FREE = 2,      /* number and place are free */
    VISIT_ACT_KEEP = 4,      /* the place is kept until its time is over */
    VISIT_ACT_CLOSE = 8,     /* the pile is told to keep the cable */
    VISIT_ACT_ASK = 16,      /* what is missing is asked for, with a deadline */
    VISIT_ACT_OPEN = 32,     /* the pile is told to let the cable go */
    VISIT_ACT_SETTLE = 64    /* its order is looked at: a fee, nothing, a debt */
};

/* visit_step: false: the event means nothing in |state|. */
bool visit_step(enum row_visit_state state, enum visit_event event, enum row_visit_state *next, int *acts);

const char *visit_event_name(enum visit_event event);

/* visit_is_live: its number opens something. visit_is_over: nothing happens to it any more but a debt that is paid. */
bool visit_is_live(enum row_visit_state state);
bool visit_is_over(enum row_visit_state state);

#endif
