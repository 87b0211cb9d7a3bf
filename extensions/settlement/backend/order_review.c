/* order_review.c: what is next for an order, decided from what the rows say, so that it does not matter who asks, or how often.
 */
#include "order_internal.h"
#include "relay_orders.h"
#include "rentals.h"
#include "terminal_starts.h"
#include "timers.h"
#include "visit.h"

/* More than any order needs in one command: legs let go, one after the other, and a state or two. */
enum { STEPS = 40 };

static bool has_banks_out(struct command *command, const struct row_order *order)
{
    for (size_t i = 0; i < order->rentals.count; i++) {
        if (rental_is_out(command, order->rentals.items[i])) {
            return true;
        }
    }
    return false;
}

static bool has_counting_bank(struct command *command, const struct row_order *order)
{
    struct ocpp_settle_bank_usage usage;

    for (size_t i = 0; i < order->rentals.count; i++) {
        if (rental_usage(command, order->rentals.items[i], &usage)) {
            return true;
        }
    }
    return false;
}

/* A vehicle that was stopped because nothing could be held, before it got anything, used nothing. */
static bool has_counting_vehicle(struct command *command, const struct row_order *order)
{
    return order->vehicle && !(order->vehicle->is_refused && order_delivered_mwh(command, order) == 0);
}

/* C1. A place that was kept costs what the tariff says, perhaps nothing. */
static bool has_reservation_fee(struct command *command, const struct row_order *order)
{
    struct ocpp_settle_usage_reservation reservation;
    const struct ocpp_settle_bill *bill =
        visit_reservation(command, order, &reservation) ? order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_RUNNING) : NULL;

    return bill && bill->gross_minor > 0;
}

static bool is_used(struct command *command, const struct row_order *order)
{
    return order->adjustments > 0 || has_reservation_fee(command, order) || has_counting_vehicle(command, order) ||
           has_counting_bank(command, order);
}

/* A11. The vehicle left, banks are out: they may come back until the grace is over. True: it is. */
static bool is_grace_over(struct command *command, struct row_order *order)
{
    const struct ocpp_settle_snapshot *snapshot = order_snapshot(command, order);

    if (!snapshot) {
        return false;
    }
    if (!order->has_grace_until) {
        order->has_grace_until = true;
        order->grace_until = order->vehicle->ended_at + 1000 * snapshot->policy.grace_s;
        order_put(command, order);
        command_timer(command, TIMER_ORDER_GRACE, order->id, order->grace_until);
    }
    return command_utc_ms(command) >= order->grace_until;
}

/* True: something was done, look again. */
static bool review_open(struct command *command, struct row_order *order)
{
    const bool has_vehicle = order->vehicle != NULL;

    if (visit_keeps_open(command, order) || relay_keeps_open(command, order) ||
        (!has_vehicle && start_is_awaited(command, order))) {
        return false;
    }
    if (has_vehicle && order->vehicle->state == ROW_VEHICLE_STATE_CHARGING) {
        return false;
    }
    if (has_banks_out(command, order)) {
        order_secure(command, order);
        return has_vehicle && is_grace_over(command, order) && order_split(command, order);
    }
    if (is_used(command, order)) {
        order_seal(command, order);
        return true;
    }
    order_move(command, order, ORDER_NOTHING_USED, NULL);
    command_timer_stop(command, TIMER_ORDER_GRACE, order->id);
    order_put(command, order);
    return true;
}

void order_review(struct command *command, const char *id)
{
    bool goes_on = true;

    for (int i = 0; goes_on && i < STEPS && !command_failed(command); i++) {
        struct row_order *order = order_edit(command, id);

        if (!order) {
            return;
        }
        goes_on = (order->state == ROW_ORDER_STATE_OPEN && review_open(command, order)) || order_collect(command, order);
    }
    visit_look(command, id);
}
