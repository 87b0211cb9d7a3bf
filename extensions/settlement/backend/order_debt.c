/* order_debt.c: what is owed: asked for at the next visit, paid with another leg, or given up; and the other things an operator
 * may do with an order. */
#include "house.h"
#include "ledger_post.h"
#include "order_internal.h"

#include <ocpp/settlement/orders.h>

#include <string.h>

enum { REASON_MAXIMUM = 80 };

/* --- the next visit -----------------------------------------------------------------------------------------------------------
 */

static bool ask_for_one(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_open_order *debt = record;
    struct row_order *order = order_edit(command, debt->order);

    (void)key;
    if (order && order->state == ROW_ORDER_STATE_DEBT) {
        order_begin_debt(command, order);
        *(bool *)user = true;
    }
    return !command_failed(command);
}

static void ask_under(struct command *command, const char *payer, bool *owes)
{
    const char *digest = order_digest(command, payer);

    if (digest) {
        command_each(command, command_key(command, "debt", digest, "", NULL), &row_open_order_type, ask_for_one, owes);
    }
}

bool order_ask_for_debt(struct command *command, const struct ocpp_settle_user_token *token, const char *station)
{
    struct order_payer payer;
    bool owes = false;

    if (house_is_card_at(command, station, token->id) || !order_find_payer(command, token, &payer)) {
        return false;
    }
    ask_under(command, payer.name, &owes);
    const char *untyped = order_untyped_payer(command, token, &payer);
    if (untyped) {
        ask_under(command, untyped, &owes);
    }
    return owes;
}

/* --- commands ------------------------------------------------------------------------------------------------------------------
 */

struct order_act {
    const char *order;
    const char *reason;
    int64_t net_minor;
};

static void pay_body(struct command *command, void *args)
{
    const struct order_act *act = args;
    struct row_order *order = order_edit(command, act->order);

    if (order && !order_begin_debt(command, order)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "there is no debt, or it is being paid");
    }
    command_result(command, act->order);
}

static bool is_being_paid(struct command *command, const struct row_order *order)
{
    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i]);

        if (leg && (leg->state == ROW_LEG_STATE_AUTHORIZING || leg->state == ROW_LEG_STATE_HELD ||
                    leg->state == ROW_LEG_STATE_CAPTURING)) {
            return true;
        }
    }
    return false;
}

static void write_off_body(struct command *command, void *args)
{
    const struct order_act *act = args;
    struct row_order *order = order_edit(command, act->order);

    if (!order) {
        return;
    }
    if (order->state != ROW_ORDER_STATE_DEBT || is_being_paid(command, order)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "there is no debt, or it is being paid");
        return;
    }
    const struct posting posting = { .event = POSTING_WRITE_OFF,
                                     .currency = order->currency,
                                     .amount_minor = order->due_minor - order->paid_minor,
                                     .order = order->id,
                                     .reason = act->reason };
    ledger_post(command, &posting);
    order_move(command, order, ORDER_GIVEN_UP, act->reason);
    order_put(command, order);
    command_result(command, order->id);
}

static void adjust_body(struct command *command, void *args)
{
    const struct order_act *act = args;

    order_adjust(command, act->order, act->net_minor, act->reason);
    command_result(command, act->order);
}

static void again_body(struct command *command, void *args)
{
    const struct order_act *act = args;
    struct row_order *order = order_edit(command, act->order);

    if (!order) {
        return;
    }
    order->refund_reason = NULL;
    order_put(command, order);
    if (!order_begin_debt(command, order)) {
        order_review(command, act->order);
    }
    command_result(command, act->order);
}

static enum ocpp_status act(struct ocpp_settle *settle, const char *name, command_body *body, struct order_act *act,
                            const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (!act->order || (act->reason && (!act->reason[0] || strlen(act->reason) > REASON_MAXIMUM))) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, name, body, act, done);
}

enum ocpp_status ocpp_settle_pay_debt(struct ocpp_settle *settle, const char *order, const struct ocpp_settle_done *done,
                                      struct ocpp_now now)
{
    return act(settle, "pay debt", pay_body, &(struct order_act){ .order = order }, done, now);
}

enum ocpp_status ocpp_settle_write_off(struct ocpp_settle *settle, const char *order, const char *reason,
                                       const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return act(settle, "write off", write_off_body, &(struct order_act){ .order = order, .reason = reason ? reason : "" }, done,
               now);
}

enum ocpp_status ocpp_settle_adjust(struct ocpp_settle *settle, const char *order, int64_t net_minor, const char *reason,
                                    const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return act(settle, "adjust", adjust_body,
               &(struct order_act){ .order = order, .reason = reason ? reason : "", .net_minor = net_minor }, done, now);
}

enum ocpp_status ocpp_settle_try_again(struct ocpp_settle *settle, const char *order, const struct ocpp_settle_done *done,
                                       struct ocpp_now now)
{
    return act(settle, "try again", again_body, &(struct order_act){ .order = order }, done, now);
}
