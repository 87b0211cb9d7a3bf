/* payment_purposes.c: who waits for the outcome of a payment. */
#include "orders.h"
#include "payment_steps.h"
#include "relay_internal.h"
#include "relay_orders.h"
#include "rentals.h"
#include "terminal_starts.h"

#include <string.h>

static void tell_nobody(struct command *command, const struct row_operation *operation, const struct row_leg *leg)
{
    (void)command;
    (void)operation;
    (void)leg;
}

static const struct payment_purpose own[] = {
    { PURPOSE_TIDY, tell_nobody },
    { PURPOSE_VEHICLE_HOLD, order_payment_done },
    { PURPOSE_TOP_UP, order_payment_done },
    { PURPOSE_SETTLE, order_payment_done },
    { PURPOSE_DEBT, order_payment_done },
    { PURPOSE_RENEW, order_payment_done },
    { PURPOSE_RELEASE, order_payment_done },
    { PURPOSE_REFUND, order_payment_done },
    { PURPOSE_GUIDED, order_payment_done },
    { PURPOSE_BY_HAND, order_payment_done },
    { PURPOSE_RELAY_HOLD, relay_hold_done },
    { PURPOSE_BANK_HOLD, rental_hold_done },
    { PURPOSE_OFFLINE_HOLD, rental_offline_hold_done },
    { PURPOSE_TERMINAL_HOLD, start_hold_done },
    { NULL, NULL },
};

void payment_tell(struct command *command, const struct row_operation *operation, const struct row_leg *leg)
{
    const struct payment_purpose *purposes = command_settle(command)->purposes;

    command_tell(command, OCPP_SETTLE_EVENT_PAYMENT, operation->id, NULL,
                 ocpp_enum_name(&row_operation_result_enum, (int)operation->result), operation->reason);
    for (const struct payment_purpose *purpose = purposes ? purposes : own; purpose->name; purpose++) {
        if (strcmp(purpose->name, operation->purpose) == 0) {
            purpose->told(command, operation, leg);
            return;
        }
    }
    command_fail(command, OCPP_ERR_CORRUPT);
}
