/* order_notice.c: what the pile's display may say of an order. */
#include "order_internal.h"

#include <ocpp/settlement/money.h>

static const enum ocpp_settle_order_state told[] = {
    [ROW_ORDER_STATE_OPEN] = OCPP_SETTLE_ORDER_STATE_OPEN,
    [ROW_ORDER_STATE_VOID] = OCPP_SETTLE_ORDER_STATE_VOID,
    [ROW_ORDER_STATE_SEALED] = OCPP_SETTLE_ORDER_STATE_SEALED,
    [ROW_ORDER_STATE_DUE] = OCPP_SETTLE_ORDER_STATE_DUE,
    [ROW_ORDER_STATE_DEBT] = OCPP_SETTLE_ORDER_STATE_DEBT,
    [ROW_ORDER_STATE_PAID] = OCPP_SETTLE_ORDER_STATE_PAID,
    [ROW_ORDER_STATE_WRITTEN_OFF] = OCPP_SETTLE_ORDER_STATE_WRITTEN_OFF,
};

void order_notice(struct command *command, const struct row_order *order, int64_t amount_minor)
{
    const struct row_pile *pile = command_read(command, command_key(command, "pile", order->station, NULL), &row_pile_type);
    char amount[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    struct ocpp_settle_order_notice_req notice = {
        .order = order->id, .state = told[order->state], .currency = order->currency, .amount = amount
    };

    if (!pile || pile->is_off || ocpp_settle_amount_format(amount_minor, (int)order->exponent, amount) != OCPP_OK) {
        return;
    }
    command_send(command, order->station, order->id, &ocpp_settle_actions[OCPP_SETTLE_ACTION_ORDER_NOTICE], &notice,
                 &notice.envelope);
}
