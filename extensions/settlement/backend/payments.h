/* payments.h: legs and operations: what is held, taken, let go and given back for an order. Each call notes one operation of a
 * provider; what became of it, with its postings, is told to the purpose's function, in a later command.
 *
 *   payments.c            what others ask for
 *   payment_machine.c     the two state machines, as tables
 *   payment_turns.c       whose turn it is on a leg
 *   payment_steps.c       what happens to an operation: timers, doubts
 *   payment_outcome.c     what its end does to its leg and to whoever waits; payment_books.c: to the books
 *   payment_ask.c         asking providers
 *   payment_answers.c     their answers and notifications, and what a person decided
 *   payment_providers.c   who they are; payment_within.c the two of the backend itself */
#ifndef SETTLEMENT_PAYMENTS_H
#define SETTLEMENT_PAYMENTS_H

#include "command.h"

/* Purposes: who is told. */
#define PURPOSE_VEHICLE_HOLD "vehicle" /* orders: subject ORDER */
#define PURPOSE_BANK_HOLD    "bank"    /* rentals: subject REQUEST */
#define PURPOSE_OFFLINE_HOLD "offline" /* rentals: subject RENTAL */
#define PURPOSE_TOP_UP       "topup"   /* orders: subject ORDER: the bill is higher than the hold */
#define PURPOSE_SETTLE       "settle"  /* orders: subject ORDER: the capture of what is due */
#define PURPOSE_DEBT         "debt"    /* orders: subject ORDER: another leg for what is owed */
#define PURPOSE_RENEW        "renew"   /* orders: subject ORDER */
#define PURPOSE_RELEASE      "release" /* orders: subject ORDER */
#define PURPOSE_REFUND       "refund"  /* orders: subject ORDER */
#define PURPOSE_GUIDED       "guided"  /* orders: subject ORDER: a visitor pays at the pile */

#define PURPOSE_BY_HAND       "by hand"  /* orders: subject ORDER: what somebody noted that it came */
#define PURPOSE_TERMINAL_HOLD "terminal" /* starts: subject START */

#define PURPOSE_TIDY "tidy" /* nobody: a hold is let go that could not be captured */

/* payment_outcome: told when an operation is done: result Ok, Declined or Unsupported. |operation| and |leg| are as put;
 * |operation|->amount_minor is what happened, where it is Ok. Always in a later command than the call that asked for it. */
typedef void payment_outcome(struct command *command, const struct row_operation *operation, const struct row_leg *leg);

/* payment_purpose: who is told. A table of them ends with a NULL; the backend's own is in payment_purposes.c. */
struct payment_purpose {
    const char *name;
    payment_outcome *told;
};

/* payment_hold: a new leg of |order| with an authorisation of |amount_minor| (more than 0); the leg's id is added to the order by
 * the caller. NULL: an error stuck. */
const char *payment_hold(struct command *command, const struct row_order *order, int64_t amount_minor, const char *purpose,
                         const char *subject);

/* payment_grow: |amount_minor| more on a leg that is Authorizing or Held; the id of the leg that holds it then. Where the leg is
 * neither, or its provider cannot, that is a new one, which the caller adds to the order. A provider that finds out only when it
 * is asked gets another authorisation, too: its leg is added to the order here, and the outcome is that of the authorisation. */
const char *payment_grow(struct command *command, const struct row_order *order, const char *leg, int64_t amount_minor,
                         const char *purpose, const char *subject);

/* payment_can_grow: whether payment_grow() would ask for more on |leg| itself. */
bool payment_can_grow(struct command *command, const char *leg);

/* payment_capture: takes |amount_minor| (more than 0); the rest is let go. Once per leg. What is asked for while another
 * operation works on the leg waits for that. Where less is held by then, that is taken (A20); where a provider can only take all,
 * all is. A leg that is not held any more: Declined. */
void payment_capture(struct command *command, const struct row_order *order, const char *leg, int64_t amount_minor,
                     const char *purpose, const char *subject);

/* payment_release: lets go what is held. Ok also where nothing is. */
void payment_release(struct command *command, const struct row_order *order, const char *leg, const char *purpose,
                     const char *subject);

/* payment_refund: gives back |amount_minor| of what the leg captured. Declined where it captured less; Unsupported where the
 * provider cannot. */
void payment_refund(struct command *command, const struct row_order *order, const char *leg, int64_t amount_minor,
                    const char *purpose, const char *subject);

/* payment_is_idle: no operation works on the leg or waits for it. */
bool payment_is_idle(struct command *command, const char *leg);

/* The body behind TIMER_PAYMENT_QUERY and TIMER_PAYMENT_RETRY. */
void payment_query_due(struct command *command, void *operation_id);
void payment_retry_due(struct command *command, void *operation_id);

/* payments_recover: asks what became of every operation that has left, whatever its timer says (those that have not left have
 * timers that begin them). Call it once, after a start. */
void payments_recover(struct ocpp_settle *settle);

#endif
