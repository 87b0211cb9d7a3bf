/* order_driver.c: what the driver of a transaction reads by the means OCPP has itself: the cost of the transaction's own lines,
 * and a text about power banks that are paid with it. Nothing is written. */
#include "order_internal.h"
#include "rentals.h"

#include <ocpp/settlement/orders.h>

#include <inttypes.h>
#include <stdio.h>

struct driver {
    const struct ocpp_transaction *transaction;
    bool is_known;
    int64_t gross_minor; /* of the transaction's own lines */
    int exponent;
    size_t banks_out;
    size_t banks_back;
};

/* As if the vehicle were all there is on the order: shared limits and roundings of taxes are not the driver's to untangle. */
static void cost_of_vehicle(struct command *command, const struct row_order *order, struct driver *driver)
{
    const struct ocpp_settle_usage *usage = order_usage(command, order);
    struct ocpp_settle_usage own;

    if (!usage) {
        return;
    }
    own = *usage;
    own.banks.count = own.adjustments.count = 0;
    const struct ocpp_settle_bill *bill =
        order_compute(command, order, &own, order->bills > 0 ? OCPP_SETTLE_COMPUTE_MODE_FINAL : OCPP_SETTLE_COMPUTE_MODE_RUNNING);
    if (bill) {
        driver->is_known = true;
        driver->gross_minor = bill->gross_minor;
        driver->exponent = (int)order->exponent;
    }
}

static void driver_body(struct command *command, void *args)
{
    struct driver *driver = args;
    const struct ocpp_transaction *transaction = driver->transaction;
    const struct row_vehicle_order *link = command_read(
        command, command_key(command, "vehicle", transaction->identity, transaction->id, NULL), &row_vehicle_order_type);
    const struct row_order *order = link && link->order[0] ? order_read(command, link->order) : NULL;

    *driver = (struct driver){ .transaction = transaction };
    if (!order || order->state == ROW_ORDER_STATE_VOID) {
        return;
    }
    for (size_t i = 0; i < order->rentals.count; i++) {
        const bool is_out = rental_is_out(command, order->rentals.items[i]);

        driver->banks_out += is_out;
        driver->banks_back += !is_out;
    }
    cost_of_vehicle(command, order, driver);
}

static void write_text(const struct driver *driver, char text[OCPP_SETTLE_DRIVER_TEXT_SIZE])
{
    const unsigned out = (unsigned)driver->banks_out;
    const unsigned back = (unsigned)driver->banks_back;

    if (out > 0) {
        snprintf(text, OCPP_SETTLE_DRIVER_TEXT_SIZE, "%u power bank%s on this order still to be returned; one payment for all.",
                 out, out == 1 ? "" : "s");
    } else if (back > 0) {
        snprintf(text, OCPP_SETTLE_DRIVER_TEXT_SIZE, "%u power bank%s paid with this order.", back, back == 1 ? "" : "s");
    } else {
        text[0] = '\0';
    }
}

enum ocpp_status ocpp_settle_driver_answer(struct ocpp_settle *settle, const struct ocpp_transaction_event *event,
                                           struct ocpp_driver_answer *answer, char text[OCPP_SETTLE_DRIVER_TEXT_SIZE],
                                           struct ocpp_now now)
{
    struct driver driver = { .transaction = event->transaction };

    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    const enum ocpp_status status = command_run(settle, "driver", driver_body, &driver, NULL);
    if (status != OCPP_OK) {
        return status;
    }
    if (!driver.is_known) {
        return OCPP_ERR_NOT_FOUND;
    }
    write_text(&driver, text);
    *answer =
        (struct ocpp_driver_answer){ .has_total_cost = true, .total_cost = { driver.gross_minor, (int32_t)driver.exponent } };
    if (text[0]) {
        answer->text = (struct ocpp_price_text){ .format = OCPP_MESSAGE_UTF8, .language = "en", .text = text };
    }
    return OCPP_OK;
}
