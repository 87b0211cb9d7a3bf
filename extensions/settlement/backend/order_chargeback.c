/* order_chargeback.c: D20. The payer's bank took money back: the books say so by new entries, and the order is a debt again. */
#include "ledger_post.h"
#include "order_internal.h"
#include "payment_providers.h"

#include <ocpp/settlement/orders.h>

#include <string.h>

enum { TEXT_MAXIMUM = 80 };

static bool is_text(const char *text)
{
    return text && text[0] && strlen(text) <= TEXT_MAXIMUM;
}

static bool has_leg(const struct row_order *order, const char *leg)
{
    for (size_t i = 0; i < order->legs.count; i++) {
        if (strcmp(order->legs.items[i], leg) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_within(const struct row_leg *leg)
{
    return strcmp(leg->provider, PROVIDER_WALLET) == 0 || strcmp(leg->provider, PROVIDER_POSTPAID) == 0;
}

/* True: it was booked already, or |key| was another one, which is refused. */
static bool is_known(struct command *command, const char *key, const struct ocpp_settle_chargeback *told)
{
    const struct row_chargeback *known = command_read(command, key, &row_chargeback_type);

    if (known && (known->amount_minor != told->amount_minor || strcmp(known->reason, told->reason) != 0)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY, "the key was another chargeback");
    }
    return known || command_failed(command);
}

static bool can_be_taken_back(struct command *command, const struct row_order *order, const struct row_leg *leg,
                              const struct ocpp_settle_chargeback *told)
{
    if (!leg || !has_leg(order, leg->id) || leg->state != ROW_LEG_STATE_CAPTURED || is_within(leg)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the leg took nothing that a bank can take back now");
    } else if (told->amount_minor < 1 || told->amount_minor > leg->captured_minor - leg->refunded_minor) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_AMOUNT, "more than the leg took and did not give back");
    }
    return !command_failed(command);
}

/* What was taken before there was a bill stands apart, and a debt that was given up is not owed again. */
static void book(struct command *command, const struct row_order *order, const struct row_leg *leg,
                 const struct ocpp_settle_chargeback *told)
{
    struct posting posting = { .event = order->bills > 0 ? POSTING_CHARGEBACK : POSTING_RETURN_DEPOSIT,
                               .currency = order->currency,
                               .amount_minor = told->amount_minor,
                               .order = order->id,
                               .leg = leg->id,
                               .provider = leg->provider,
                               .reason = told->reason };

    ledger_post(command, &posting);
    if (order->state == ROW_ORDER_STATE_WRITTEN_OFF) {
        posting.event = POSTING_WRITE_OFF;
        posting.leg = NULL;
        ledger_post(command, &posting);
    }
}

static void take_back(struct command *command, struct row_order *order, struct row_leg *leg,
                      const struct ocpp_settle_chargeback *told)
{
    book(command, order, leg, told);
    leg->refunded_minor += told->amount_minor;
    leg->reason = told->reason;
    command_put(command, command_key(command, "leg", leg->id, NULL), &row_leg_type, leg);
    command_state(command, "leg", leg->id, "Captured", "ChargedBack", told->reason);
    command_tell(command, OCPP_SETTLE_EVENT_PAYMENT, leg->id, NULL, "ChargedBack", told->reason);
    order->paid_minor -= told->amount_minor;
    if (order->paid_minor < order->due_minor) {
        order->debt_reason = told->reason;
        if (order_move(command, order, ORDER_SHORT, told->reason)) {
            order_notice(command, order, order->due_minor - order->paid_minor);
        }
    }
    order_put(command, order);
}

static void chargeback_body(struct command *command, void *args)
{
    const struct ocpp_settle_chargeback *told = args;
    struct row_order *order = order_edit(command, told->order);
    struct row_leg *leg = command_edit(command, command_key(command, "leg", told->leg, NULL), &row_leg_type);
    const char *digest = order ? order_digest(command, told->key) : NULL;
    const char *key = digest ? command_key(command, "chargeback", told->leg, digest, NULL) : NULL;
    const struct row_chargeback row = { told->order, told->amount_minor, told->reason, command_utc_ms(command) };

    command_result(command, told->order);
    if (!key || is_known(command, key, told) || !can_be_taken_back(command, order, leg, told)) {
        return;
    }
    command_put(command, key, &row_chargeback_type, &row);
    take_back(command, order, leg, told);
    order_review(command, told->order);
}

enum ocpp_status ocpp_settle_chargeback(struct ocpp_settle *settle, const struct ocpp_settle_chargeback *chargeback,
                                        const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct ocpp_settle_chargeback told = *chargeback;

    if (!is_text(told.order) || !is_text(told.leg) || !is_text(told.key) || !is_text(told.reason)) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "chargeback", chargeback_body, &told, done);
}
