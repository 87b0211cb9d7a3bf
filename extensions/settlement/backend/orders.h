/* orders.h: the life of an order within the backend: opened, used, sealed, due, paid. One function decides what is next:
 * order_review(). */
#ifndef SETTLEMENT_ORDERS_H
#define SETTLEMENT_ORDERS_H

#include "command.h"

/* order_read: NULL refuses with UnknownOrder. order_edit: likewise, to change and put with order_put. */
const struct row_order *order_read(struct command *command, const char *id);
struct row_order *order_edit(struct command *command, const char *id);
void order_put(struct command *command, const struct row_order *order);

/* order_snapshot: what the order was promised. */
const struct ocpp_settle_snapshot *order_snapshot(struct command *command, const struct row_order *order);

/* order_open: a new order of |token| at |station|, with the tariff that holds there now. NULL: refused (no tariff, no payer, too
 * many orders open, debts are asked for first). Nothing is held yet. */
struct row_order *order_open(struct command *command, const struct ocpp_settle_user_token *token, const char *station);

/* order_of_vehicle_user: the open order of |token| whose vehicle charges (or is within its grace), at |station| if there is one
 * there. NULL: none; no refusal. */
struct row_order *order_of_vehicle_user(struct command *command, const struct ocpp_settle_user_token *token, const char *station);

/* order_add_rental: the rental is on the order from now on. */
void order_add_rental(struct command *command, struct row_order *order, const char *rental);

/* order_hold: |amount_minor| more is held for it: its leg grows, or it gets one. */
void order_hold(struct command *command, struct row_order *order, int64_t amount_minor, const char *purpose, const char *subject);

/* order_usage: everything used so far, from the vehicle's events, the rentals and the adjustments. */
const struct ocpp_settle_usage *order_usage(struct command *command, const struct row_order *order);

/* order_bill: computed now. */
const struct ocpp_settle_bill *order_bill(struct command *command, const struct row_order *order,
                                          enum ocpp_settle_compute_mode mode);

/* order_review: something changed (a rental ended, the vehicle left, a payment came): decides what is next and does it: wait,
 * seal, void, capture, release, ask for more, debt, paid. Call it last. */
void order_review(struct command *command, const char *id);

/* order_adjust: an adjustment of |net_minor| for |reason|; of a sealed order a new bill and a refund or a debt. */
void order_adjust(struct command *command, const char *id, int64_t net_minor, const char *reason);

/* Bodies of timers. */
void order_grace_over(struct command *command, void *order_id);
void order_fell_silent(struct command *command, void *order_id);
void order_hold_expires(struct command *command, void *leg_id);

/* Outcomes of payments (payments.h). */
void order_payment_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg);

#endif
