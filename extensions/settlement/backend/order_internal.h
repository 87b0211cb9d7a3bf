/* order_internal.h: what the files of the order share. */
#ifndef SETTLEMENT_ORDER_INTERNAL_H
#define SETTLEMENT_ORDER_INTERNAL_H

#include "order_states.h"
#include "orders.h"

/* --- orders.c ------------------------------------------------------------------------------------------------------------ */

/* order_take: zeroed memory of the command; NULL: an error stuck. order_text: a copy. */
void *order_take(struct command *command, size_t size);
const char *order_text(struct command *command, const char *text);

/* order_must: |record|, which has to be there: where it is not the store is damaged. */
const void *order_must(struct command *command, const void *record);

/* order_with: |list| and |text| behind it, as a new list. NULL: an error stuck. order_without: all but |text|; |*left| of them.
 */
const char *const *order_with(struct command *command, const char *const *list, size_t count, const char *text);
const char *const *order_without(struct command *command, const char *const *list, size_t count, const char *text, size_t *left);

/* order_numbered_key: KIND/ORDER/NNNN. */
const char *order_numbered_key(struct command *command, const char *kind, const char *order, int64_t number);

/* order_digest: the SHA-256 of |payer| in hexadecimal, which stands for it in keys. */
const char *order_digest(struct command *command, const char *payer);

/* order_move: |event| happens to |order|: its state, the rows it is found by, the journal, the application. The order is to be
 * put afterwards. False: it means nothing in this state. */
bool order_move(struct command *command, struct row_order *order, enum order_event event, const char *reason);

const struct row_leg *order_leg(struct command *command, const char *leg);

/* --- order_open.c -------------------------------------------------------------------------------------------------------- */

/* order_payer: who pays for a token. */
struct order_payer {
    enum row_payer_kind kind;
    const char *name;
    const char *provider;
};

/* order_find_payer: false: nobody. */
bool order_find_payer(struct command *command, const struct ocpp_settle_user_token *token, struct order_payer *payer);

/* order_find_snapshot: what an order opened at |station| now would be promised. False: nothing can be opened there.
 * order_make_snapshot: likewise of |tariff|. */
bool order_find_snapshot(struct command *command, const char *station, struct ocpp_settle_snapshot *snapshot);
bool order_make_snapshot(struct command *command, const struct ocpp_settle_tariff *tariff, const char *zone,
                         struct ocpp_settle_snapshot *snapshot);

/* order_untyped_payer: the same token without its type, under which its orders may stand, too: OCPP 1.6 tells no types with its
 * transactions, a pile may tell one with its request. NULL: there is no other name. */
const char *order_untyped_payer(struct command *command, const struct ocpp_settle_user_token *token,
                                const struct order_payer *payer);

/* --- order_usage.c ------------------------------------------------------------------------------------------------------- */

/* order_usage_now: what the facts say, those included that came after the order was sealed; without corrections. */
const struct ocpp_settle_usage *order_usage_now(struct command *command, const struct row_order *order);

/* order_compute: the bill of |usage|. NULL: an error stuck. */
const struct ocpp_settle_bill *order_compute(struct command *command, const struct row_order *order,
                                             const struct ocpp_settle_usage *usage, enum ocpp_settle_compute_mode mode);

/* order_delivered_mwh: what the vehicle got, as far as it is known. */
int64_t order_delivered_mwh(struct command *command, const struct row_order *order);

/* --- order_seal.c -------------------------------------------------------------------------------------------------------- */

/* order_seal: everything has ended: the final bill, and what is due. To be put afterwards: it is. */
void order_seal(struct command *command, struct row_order *order);

/* order_bill_again: another bill of a sealed order, after a correction or adjustment was noted; put. */
void order_bill_again(struct command *command, struct row_order *order);

/* order_last_bill: NULL: there is none, or an error stuck. */
const struct ocpp_settle_bill *order_last_bill(struct command *command, const struct row_order *order);

/* --- order_grace.c ------------------------------------------------------------------------------------------------------- */

/* order_split: the grace is over: each bank that is still out gets an order of its own (A12). Put. False: there are more than one
 * command can move; a timer goes on with the rest. */
bool order_split(struct command *command, struct row_order *order);

/* order_secure: a residual order gets a hold of its bank's deposit, once its vehicle's part was taken and the rest of that hold
 * let go. Of other orders, and where it has one: nothing. */
void order_secure(struct command *command, struct row_order *order);

/* order_hurry_residuals: the vehicle's part was taken: the deposits of its residual orders can be held now. (Of more than one
 * command can move, the timers they have do the rest.) */
void order_hurry_residuals(struct command *command, const struct row_order *order);

/* --- order_collect.c ----------------------------------------------------------------------------------------------------- */

/* order_collect: the next act about money, if there is one: true. The order is put where it changed. */
bool order_collect(struct command *command, struct row_order *order);

/* order_begin_debt: another leg is asked for what |order| (a debt) owes. False: one is asked already. Put. */
bool order_begin_debt(struct command *command, struct row_order *order);

/* --- order_vehicle.c ----------------------------------------------------------------------------------------------------- */

/* vehicle_stop: the application is asked to stop a transaction, once all is durable. */
void vehicle_stop(struct command *command, const char *station, const char *transaction, const char *reason);

/* --- order_notice.c ------------------------------------------------------------------------------------------------------ */

/* order_notice: tells the pile where it was opened how the order stands, if that pile speaks the extension. */
void order_notice(struct command *command, const struct row_order *order, int64_t amount_minor);

#endif
