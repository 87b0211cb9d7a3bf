/* payments.h: legs and operations: what is held, taken, let go and given back for an order. Each call notes one operation of the
 * provider and its postings; what became of it is told to the purpose's function of the table in payments.c, within this command
 * or a later one. */
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

/* payment_outcome: told when an operation is done: result Ok, Declined or Unsupported. |operation| and |leg| are as put. */
typedef void payment_outcome(struct command *command, const struct row_operation *operation, const struct row_leg *leg);

/* payment_hold: a new leg of |order| with an authorisation of |amount_minor|; the leg's id is added to the order by the caller.
 * NULL: an error stuck. Call it last: the outcome may be told from within. */
const char *payment_hold(struct command *command, const struct row_order *order, int64_t amount_minor, const char *purpose,
                         const char *subject);

/* payment_grow: |amount_minor| more on a leg that is Held. A provider that cannot gets another authorisation: a new leg. */
const char *payment_grow(struct command *command, const struct row_order *order, const char *leg, int64_t amount_minor,
                         const char *purpose, const char *subject);

/* payment_capture: takes |amount_minor| (more than 0, at most what is held); the rest is let go. Once per leg. */
void payment_capture(struct command *command, const struct row_order *order, const char *leg, int64_t amount_minor,
                     const char *purpose, const char *subject);

/* payment_release: lets go what is held. */
void payment_release(struct command *command, const struct row_order *order, const char *leg, const char *purpose,
                     const char *subject);

/* payment_refund: gives back |amount_minor| of what the leg captured. */
void payment_refund(struct command *command, const struct row_order *order, const char *leg, int64_t amount_minor,
                    const char *purpose, const char *subject);

/* The body behind TIMER_PAYMENT_QUERY and TIMER_PAYMENT_RETRY. */
void payment_query_due(struct command *command, void *operation_id);
void payment_retry_due(struct command *command, void *operation_id);

/* payments_recover: every operation that is Prepared or Sent is asked for (Sent, Unknown) or begun (Prepared). */
void payments_recover(struct ocpp_settle *settle);

#endif
