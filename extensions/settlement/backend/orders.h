/* orders.h: the life of an order within the backend: opened, used, sealed, due, paid. One function decides what is next:
 * order_review(). The whole machine stands in order_states.c; what each file does is told above its part here.
 */
#ifndef SETTLEMENT_ORDERS_H
#define SETTLEMENT_ORDERS_H

#include "command.h"

enum { ORDER_RENTALS = 64, ORDER_LEGS = 16, ORDER_ADJUSTMENTS = 32, ORDER_BILLS = 99 };

/* --- orders.c ------------------------------------------------------------------------------------------------------------ */

/* order_read: NULL refuses with UnknownOrder. order_edit: likewise, to change and put with order_put. */
const struct row_order *order_read(struct command *command, const char *id);
struct row_order *order_edit(struct command *command, const char *id);
void order_put(struct command *command, const struct row_order *order);

/* order_tell: on_event of the order: whose house's and tenant's it is, where it is one's. |text| may be NULL. */
void order_tell(struct command *command, const struct row_order *order, const char *state, const char *text);

/* order_tell_of: on_event of what goes on |order| (NULL: on none), a rental or a visit: it is whose the order is, or else of the
 * house whose pile its station is. */
void order_tell_of(struct command *command, const char *order, const struct ocpp_settle_event *event);

/* order_add_rental: the rental is on the order from now on; put at once. Refuses with LimitReached beyond banks_per_order, with
 * WrongState where the order is not open any more. Call it before anything is held for the rental. */
void order_add_rental(struct command *command, struct row_order *order, const char *rental);

/* order_has_room: for another leg of a bank. Legs that are over and took nothing make room: they stay in their own rows. */
bool order_has_room(struct command *command, const struct row_order *order);

/* order_note_leg: the leg is the order's from now on; to be put afterwards. */
void order_note_leg(struct command *command, struct row_order *order, const char *leg);

/* order_hold: |amount_minor| (more than 0) more is held for it: its leg grows, or it gets one; put at once. Where it has no room
 * for one a bank is refused (LimitReached), and for one that is out already nothing is held. The outcome is told
 * to |purpose| (payments.h), possibly from within: read the order again afterwards. */
void order_hold(struct command *command, struct row_order *order, int64_t amount_minor, const char *purpose, const char *subject);

/* --- order_open.c -------------------------------------------------------------------------------------------------------- */

/* order_open: a new order of |token| at |station|, with the tariff that holds there now; put at once, nothing is held. NULL:
 * refused: nobody pays (BadToken), no tariff or an impossible one (NotSupported), too many orders open (LimitReached), a debt of
 * an earlier visit (NoMoney). */
struct row_order *order_open(struct command *command, const struct ocpp_settle_user_token *token, const char *station);

/* order_of_vehicle_user: the open order of |token| whose vehicle charges or is within its grace, at |station| if there is one
 * there. NULL: none; no refusal. */
struct row_order *order_of_vehicle_user(struct command *command, const struct ocpp_settle_user_token *token, const char *station);

/* order_part: |rental| leaves the order |id|, which was closed without it, for one of its own: of the same payer, with the same
 * promises. Its deposit is held when |id| is reviewed. (order_grace.c) */
void order_part(struct command *command, const char *id, const char *rental);

/* order_of_renter: what the banks go on that |token| wants at |station| beside no vehicle of its own: a tenant's at his house,
 * the one he charges on or a new one, that his statement asks for; otherwise as order_open(). */
struct row_order *order_of_renter(struct command *command, const struct ocpp_settle_user_token *token, const char *station);

/* order_open_session: of a vehicle that began to charge at |at_utc_ms|; where a house stands, of its tenants only. As
 * order_open_or_say() otherwise; NotAllowed: a house's, and not for this token. */
struct row_order *order_open_session(struct command *command, const struct ocpp_settle_user_token *token, const char *station,
                                     int64_t at_utc_ms, enum ocpp_settle_refusal_code *code, const char **reason);

/* order_open_or_say: as order_open(), but without refusing: |code| and |reason| say why not (code UNSET: an error stuck). */
struct row_order *order_open_or_say(struct command *command, const struct ocpp_settle_user_token *token, const char *station,
                                    enum ocpp_settle_refusal_code *code, const char **reason);

/* order_open_for_fact: of what has happened already, so that neither debts nor orders that are open are a reason not to bill it.
 * NULL: nobody pays, no tariff, or an error stuck. */
struct row_order *order_open_for_fact(struct command *command, const struct ocpp_settle_user_token *token, const char *station);

/* order_ask_for_debt: what |token| owes of earlier visits is asked for, with another leg. True: it owes something, so whatever it
 * wants at |station| now is denied (code NoMoney; with a receipt, not a refusal: that would undo the asking). Where it is a card
 * of a house it owes nothing. */
bool order_ask_for_debt(struct command *command, const struct ocpp_settle_user_token *token, const char *station);

/* order_snapshot: what the order was promised. NULL: an error stuck. */
const struct ocpp_settle_snapshot *order_snapshot(struct command *command, const struct row_order *order);

/* --- order_usage.c ------------------------------------------------------------------------------------------------------- */

/* order_usage: everything used so far, from the vehicle's facts, the rentals and the adjustments; NULL: an error stuck. */
const struct ocpp_settle_usage *order_usage(struct command *command, const struct row_order *order);

/* order_bill: computed now, nothing is kept. NULL: an error stuck. */
const struct ocpp_settle_bill *order_bill(struct command *command, const struct row_order *order,
                                          enum ocpp_settle_compute_mode mode);

/* --- order_review.c ------------------------------------------------------------------------------------------------------ */

/* order_review: something changed (a rental ended, the vehicle left, a payment came): decides from what the rows say what is next
 * and does it: wait, void, seal, capture, ask for more, debt, paid, release, refund. Nothing to do is nothing done. Call it last.
 */
void order_review(struct command *command, const char *id);

/* order_recalculate: the facts of an order that was sealed turned out to be others (a bank that was bought came back, the end of
 * a session that was given up): the difference becomes a correction on a new bill, and a refund or a debt. Of an open order it is
 * order_review(). */
void order_recalculate(struct command *command, const char *id, const char *reason);

/* order_waive: nothing is asked for the order any more: a correction by as much as its last bill came to, on a new one. */
void order_waive(struct command *command, const char *id, const char *reason);

/* order_adjust: an adjustment of |net_minor| for |reason|; of a sealed order a new bill and a refund or a debt. Refuses with
 * BadAmount what makes the total less than nothing, LimitReached, WrongState. */
void order_adjust(struct command *command, const char *id, int64_t net_minor, const char *reason);

/* order_vehicle_is_over: the charging of an open order is over although its transaction is not: it ended with the last that is
 * known; what comes later is a correction. (order_grace.c) */
void order_vehicle_is_over(struct command *command, const char *id);

/* order_correct: facts, not people, say that an order that is not billed yet costs |net_minor| more; when the facts turn out to
 * be others, order_recalculate() takes it back. */
void order_correct(struct command *command, const char *id, int64_t net_minor, const char *reason);

/* --- bodies of timers ---------------------------------------------------------------------------------------------------- */

void order_grace_over(struct command *command, void *order_id);
void order_fell_silent(struct command *command, void *order_id);
void order_hold_expires(struct command *command, void *leg_id);

/* order_payment_done: outcomes of payments.h with the purposes of orders. */
void order_payment_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg);

#endif
