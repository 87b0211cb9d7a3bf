/* payment_machine.h: the two state machines of a payment, as tables. An operation is one act of a provider on its way to an
 * outcome; a leg is the authorisation the operations work on. Pure: what is to be done is named here and done in payment_steps.c
 * and payment_outcome.c. */
#ifndef SETTLEMENT_PAYMENT_MACHINE_H
#define SETTLEMENT_PAYMENT_MACHINE_H

#include "records.h"

/* --- the operation --- */

enum operation_event {
    OPERATION_TURN,        /* its leg is free for it */
    OPERATION_RETRY_DUE,   /* time to try again what could not leave */
    OPERATION_QUERY_DUE,   /* the outcome has not come in time */
    OPERATION_OK,          /* it happened, as asked */
    OPERATION_DECLINED,    /* it did not */
    OPERATION_UNSUPPORTED, /* it cannot */
    OPERATION_PENDING,     /* the provider works on it, or waits for the payer */
    OPERATION_UNKNOWN,     /* no answer, or none that makes sense */
    OPERATION_NOT_LEFT,    /* no attempt at it has come to the provider */
    OPERATION_NEVER_HEARD, /* the provider does not know it */
    OPERATION_FORGOTTEN,   /* the same, of one so old that nothing of it is on its way any more */
    OPERATION_WRONG,       /* another amount or currency was said */
    OPERATION_GIVEN_UP,    /* nothing has left, and it was tried often enough or is not wanted any more */
    OPERATION_EVENT_COUNT
};

enum operation_act {
    OPERATION_IGNORE,
    OPERATION_BEGIN, /* ask the provider for it; ask what became of it after a while */
    OPERATION_QUERY, /* ask the provider what became of it; again after a while */
    OPERATION_LATER, /* begin after a while */
    OPERATION_WATCH, /* ask what became of it after a while, where that is not so already */
    OPERATION_DOUBT, /* the same, and note what was said */
    OPERATION_END,   /* tell its leg and whoever waits for it */
    OPERATION_NOTE   /* note once that something else was said afterwards */
};

struct operation_step {
    enum row_operation_state next;
    enum operation_act act;
};

/* operation_step: what |event| does to an operation in |state|. Where the table has no row nothing happens. */
struct operation_step operation_step(enum row_operation_state state, enum operation_event event);

/* --- the leg --- */

/* What an operation wants to do, and what became of it: three events for each kind, in its order. */
enum leg_event {
    LEG_AUTHORIZE,
    LEG_AUTHORIZED,
    LEG_NOT_AUTHORIZED,
    LEG_GROW,
    LEG_GROWN,
    LEG_NOT_GROWN,
    LEG_CAPTURE,
    LEG_CAPTURED,
    LEG_NOT_CAPTURED,
    LEG_RELEASE,
    LEG_RELEASED,
    LEG_NOT_RELEASED,
    LEG_REFUND,
    LEG_REFUNDED,
    LEG_NOT_REFUNDED,
    LEG_EVENT_COUNT
};

enum leg_act {
    LEG_REFUSE,       /* it cannot be: the operation is declined without asking anybody */
    LEG_NOTHING,      /* there is nothing to do for it: the operation is done without asking anybody */
    LEG_ASK,          /* the operation has its turn */
    LEG_HOLD,         /* the amount is held */
    LEG_TAKE,         /* the amount is taken, the rest let go */
    LEG_LET_GO,       /* what is held is let go */
    LEG_LET_GO_LATER, /* the provider is asked to let go what it did not let us take */
    LEG_GIVE_BACK,    /* the amount is given back */
    LEG_KEEP          /* no money has moved */
};

struct leg_step {
    enum row_leg_state next;
    enum leg_act act;
};

/* leg_step: what |event| does to a leg in |state|. Without a row: LEG_REFUSE. */
struct leg_step leg_step(enum row_leg_state state, enum leg_event event);

/* leg_event_begin, leg_event_end: the events of an operation of |kind|. */
enum leg_event leg_event_begin(enum row_operation_kind kind);
enum leg_event leg_event_end(enum row_operation_kind kind, bool is_ok);

#endif
