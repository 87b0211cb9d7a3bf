/* orders.h: what one visit costs: orders, fed with the transactions of a central system, read for people and programs.
 *
 * An order is opened by the first fact of a transaction whose token somebody pays for, with the tariff that holds then, frozen.
 * It is sealed when everything on it has ended, then paid once. docs/orders.md tells it at a glance.
 *
 * Ids are those of id.h. Texts shown by visits are borrowed for the visit.
 */
#ifndef OCPP_SETTLEMENT_ORDERS_H
#define OCPP_SETTLEMENT_ORDERS_H

#include <ocpp/central_drivers.h>
#include <ocpp/central_system.h>
#include <ocpp/settlement/backend.h>

OCPP_BEGIN_DECLARATIONS

/* --- what a central system hears ------------------------------------------------------------------------------------------ */

/* ocpp_settle_transaction: on_transaction of a central system, of any version: opens the order, feeds it, ends the vehicle's
 * part. Repeated, late, early and odd events (docs/transactions.md) bill a session once. What cannot be written now is told as an
 * error: tell it again. After a start, tell each recorded transaction that may have been missed as an event of phase ENDED (or
 * UPDATED while it runs) without samples: what is known already changes nothing.
 * Errors: those of the store; OCPP_ERR_NOMEM; OCPP_ERR_LIMIT. Nothing was changed. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_transaction(struct ocpp_settle *settle,
                                                                const struct ocpp_transaction_event *event, struct ocpp_now now);

/* ocpp_settle_status: on_status of a central system: in OCPP 1.6 only the connector's status tells who suspended the charging.
 * What concerns no order changes nothing. Errors: as above. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_status(struct ocpp_settle *settle, const char *station,
                                                           const struct ocpp_status_event *event, struct ocpp_now now);

/* OCPP_SETTLE_DRIVER_TEXT_SIZE: room for what a driver is to read. */
enum { OCPP_SETTLE_DRIVER_TEXT_SIZE = 200 };

/* ocpp_settle_driver_answer: on_cost: the total of the transaction's own lines, taxes included, so far or altogether, and in
 * |text| what is told of power banks that are paid with it. |answer| may point into |text|. OCPP_ERR_NOT_FOUND: no order,
 * |answer| is untouched. Errors: of the store; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_driver_answer(struct ocpp_settle *settle,
                                                                  const struct ocpp_transaction_event *event,
                                                                  struct ocpp_driver_answer *answer,
                                                                  char text[OCPP_SETTLE_DRIVER_TEXT_SIZE], struct ocpp_now now);

/* --- what an operator may do ---------------------------------------------------------------------------------------------- */

/* Each is one command; |done| (may be NULL) is told how it ended, as in backend.h. Errors, and nothing happened: those of the
 * store, OCPP_ERR_NOMEM, OCPP_ERR_ARGUMENT a text that is missing or too long (80 characters). */

/* ocpp_settle_pay_debt: the payer of |order| is asked for what it owes, with another leg. Refused: UnknownOrder; WrongState no
 * debt, or asked already. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_pay_debt(struct ocpp_settle *settle, const char *order,
                                                             const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_write_off: the debt of |order| will not be asked for any more. Refused: UnknownOrder; WrongState no debt, or it is
 * being paid. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_write_off(struct ocpp_settle *settle, const char *order, const char *reason,
                                                              const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_adjust: |net_minor| more (or less) on |order|, without tax. Of an order that is sealed it makes a new bill, and a
 * refund or a debt. Refused: UnknownOrder; BadAmount 0, beyond any order, or the total would be less than nothing; WrongState
 * void or written off; LimitReached. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_adjust(struct ocpp_settle *settle, const char *order, int64_t net_minor,
                                                           const char *reason, const struct ocpp_settle_done *done,
                                                           struct ocpp_now now);

/* ocpp_settle_chargeback: the payer's bank took |amount_minor| back of what |leg| of |order| captured. Texts are borrowed for the
 * call. */
struct ocpp_settle_chargeback {
    const char *order;
    const char *leg;
    int64_t amount_minor;
    const char *key;    /* of the dispute, at most 80 characters: the same key is the same chargeback, booked once (I5) */
    const char *reason; /* at most 80 characters, no personal data */
};

/* ocpp_settle_chargeback: books it by new entries (docs/ledger.md), as given back by the leg; the order is a debt for |reason|,
 * which the next visit is asked for first (D20). Of one that was written off the loss grows instead. Refused: UnknownOrder;
 * BadAmount more than the leg took and did not give back, or less than 1; WrongState the leg took nothing, gives something back
 * right now, or is of the backend itself (wallet, postpaid); SameIdOtherBody |key| was another chargeback. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_chargeback(struct ocpp_settle *settle,
                                                               const struct ocpp_settle_chargeback *chargeback,
                                                               const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_try_again: what a provider refused for |order| (more on the hold, a refund) is asked for once more. Refused:
 * UnknownOrder. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_try_again(struct ocpp_settle *settle, const char *order,
                                                              const struct ocpp_settle_done *done, struct ocpp_now now);

/* --- reading ---------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_order: as it stands. Times are OCPP_UTC_UNKNOWN where there is none; texts NULL. */
struct ocpp_settle_order {
    const char *id;
    enum ocpp_settle_order_state state;
    const char *payer;
    const char *provider;
    const char *station;
    const char *currency;
    int exponent;
    const char *transaction; /* of its vehicle; NULL: none */
    bool is_charging;
    int64_t opened_utc_ms;
    int64_t vehicle_ended_utc_ms;
    int64_t grace_until_utc_ms;
    int64_t sealed_utc_ms;
    int64_t due_minor; /* of the newest bill; 0 before it was sealed */
    int64_t paid_minor;
    const char *debt_reason;
    const char *refund_reason; /* why what was paid too much could not be given back */
    const char *residual_of;   /* the order of the vehicle that its bank was rented with */
    const char *house;         /* of a tenant's session, or of a statement (houses.h); NULL: neither */
    const char *statement;     /* the newest that a tenant's session stands in; NULL: none */
    const char *snapshot_hash;
    const char *const *rentals;
    size_t rental_count;
    const char *const *residuals; /* orders of banks that were still out when this one was sealed */
    size_t residual_count;
    size_t bill_count;
};

/* ocpp_settle_find_order: shows order |id|. Errors: OCPP_ERR_NOT_FOUND; of the store; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_find_order(struct ocpp_settle *settle, const char *id,
                                                               void (*visit)(const struct ocpp_settle_order *order, void *user),
                                                               void *user);

/* OCPP_SETTLE_PAGE: no page is longer, and no call looks at more than that many times 10. */
enum { OCPP_SETTLE_PAGE = 100 };

/* ocpp_settle_order_query: which orders. All zeros: the first page of all. */
struct ocpp_settle_order_query {
    enum ocpp_settle_order_state state; /* UNSET: any */
    const char *payer;                  /* NULL: any */
    const char *station;                /* likewise */
    size_t limit;                       /* 0: OCPP_SETTLE_PAGE */
    char cursor[OCPP_SETTLE_ID_SIZE];   /* where to go on; "" at first, and again when all were looked at */
};

/* ocpp_settle_orders: shows a page in the order of ids, and moves the cursor; a page may be empty although more follows. Errors:
 * as above, and OCPP_ERR_ARGUMENT a cursor that is none. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_orders(struct ocpp_settle *settle, struct ocpp_settle_order_query *query,
                                                           void (*visit)(const struct ocpp_settle_order *order, void *user),
                                                           void *user);

/* ocpp_settle_find_bill: shows bill |number| of |order|, from 1; 0: the newest, or, while it is open, what it would be now. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_find_bill(struct ocpp_settle *settle, const char *order, int64_t number,
                                                              void (*visit)(const struct ocpp_settle_bill *bill, void *user),
                                                              void *user, struct ocpp_now now);

/* ocpp_settle_leg: one authorisation of a provider. |state|: Authorizing, Held, Capturing, Captured, Releasing, Released, Failed,
 * Refunding. */
struct ocpp_settle_leg {
    const char *id;
    const char *provider;
    const char *state;
    const char *reference;  /* the provider's; NULL: none */
    const char *reason;     /* why it failed; NULL */
    const char *action_url; /* where the payer has to do something now; NULL. Show it to nobody else */
    int64_t held_minor;
    int64_t captured_minor;
    int64_t released_minor;
    int64_t refunded_minor;
    int64_t expires_utc_ms; /* OCPP_UTC_UNKNOWN: not told */
};

/* ocpp_settle_legs: shows all legs of |order|, the first one first. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_legs(struct ocpp_settle *settle, const char *order,
                                                         void (*visit)(const struct ocpp_settle_leg *leg, void *user),
                                                         void *user);

OCPP_END_DECLARATIONS

#endif
