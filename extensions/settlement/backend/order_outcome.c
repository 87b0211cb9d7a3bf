/* order_outcome.c: what became of a payment, and what that means for its order. A row per purpose; then the order is looked at
 * again. */
#include "house.h"
#include "order_internal.h"
#include "payments.h"

#include <string.h>

/* outcome: of |operation|, on the way into |order|. False: the order need not be looked at again. */
struct outcome {
    struct row_order *order;
    const struct row_operation *operation;
    const struct row_leg *leg;
    bool is_ok;
    const char *reason; /* of what is not */
};

/* Nothing could be held for the vehicle: it is stopped, and pays for what it got. */
static bool vehicle_held(struct command *command, struct outcome *outcome)
{
    struct row_order *order = outcome->order;
    struct row_vehicle *vehicle = order->vehicle ? order_take(command, sizeof *vehicle) : NULL;

    if (outcome->is_ok || !vehicle) {
        return true;
    }
    *vehicle = *order->vehicle;
    vehicle->has_is_refused = vehicle->is_refused = true;
    order->vehicle = vehicle;
    if (vehicle->state == ROW_VEHICLE_STATE_CHARGING) {
        vehicle_stop(command, vehicle->station, vehicle->transaction, outcome->reason);
    }
    return true;
}

static bool topped_up(struct command *command, struct outcome *outcome)
{
    (void)command;
    outcome->order->top_up = outcome->is_ok ? ROW_TOP_UP_GRANTED : ROW_TOP_UP_REFUSED;
    if (!outcome->is_ok) {
        outcome->order->debt_reason = outcome->reason;
    }
    return true;
}

/* D20. What was held and cannot be taken is not asked for again here: it is a debt. */
static bool captured(struct command *command, struct outcome *outcome)
{
    (void)command;
    if (!outcome->is_ok) {
        outcome->order->top_up = ROW_TOP_UP_REFUSED;
        outcome->order->debt_reason = outcome->reason;
    }
    return outcome->is_ok || outcome->leg->state != ROW_LEG_STATE_HELD;
}

static bool debt_asked(struct command *command, struct outcome *outcome)
{
    (void)command;
    if (!outcome->is_ok) {
        outcome->order->debt_reason = outcome->reason;
    }
    return true;
}

/* A1. The new hold stands and the old one goes; or there is none, and what the order costs so far is taken at once. */
static bool renewed(struct command *command, struct outcome *outcome)
{
    struct row_order *order = outcome->order;
    const struct row_leg *old = order->renewing ? order_leg(command, order->renewing) : NULL;

    order->renewing = NULL;
    if (!old || old->state != ROW_LEG_STATE_HELD || order->state != ROW_ORDER_STATE_OPEN) {
        return true;
    }
    const struct ocpp_settle_bill *bill = outcome->is_ok ? NULL : order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_RUNNING);
    const int64_t accrued = bill ? bill->gross_minor - order->paid_minor : 0;
    const int64_t held = old->held_minor - old->captured_minor - old->released_minor;
    order_put(command, order);
    if (accrued > 0) {
        payment_capture(command, order, old->id, accrued < held ? accrued : held, PURPOSE_SETTLE, order->id);
    } else {
        payment_release(command, order, old->id, PURPOSE_RELEASE, order->id);
    }
    return true;
}

static bool let_go(struct command *command, struct outcome *outcome)
{
    (void)command;
    return outcome->is_ok; /* asked again at once it would be declined again; it lapses by itself */
}

static bool given_back(struct command *command, struct outcome *outcome)
{
    (void)command;
    if (!outcome->is_ok) {
        outcome->order->refund_reason = outcome->reason;
    }
    return true;
}

static const struct {
    const char *purpose;
    bool (*told)(struct command *command, struct outcome *outcome);
} purposes[] = {
    { PURPOSE_VEHICLE_HOLD, vehicle_held }, { PURPOSE_TOP_UP, topped_up },  { PURPOSE_SETTLE, captured },
    { PURPOSE_DEBT, debt_asked },           { PURPOSE_RENEW, renewed },     { PURPOSE_RELEASE, let_go },
    { PURPOSE_REFUND, given_back },         { PURPOSE_GUIDED, debt_asked }, { PURPOSE_BY_HAND, debt_asked },
};

void order_payment_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg)
{
    struct outcome outcome = {
        .order = order_edit(command, operation->order),
        .operation = operation,
        .leg = leg,
        .is_ok = operation->result == ROW_OPERATION_RESULT_OK,
        .reason = operation->reason ? operation->reason : "the payment was declined",
    };
    bool look_again = false;

    if (!outcome.order) {
        return;
    }
    order_note_leg(command, outcome.order, leg->id);
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        if (strcmp(purposes[i].purpose, operation->purpose) == 0) {
            look_again = purposes[i].told(command, &outcome);
        }
    }
    order_put(command, outcome.order);
    if (outcome.order->statement) {
        house_statement_told(command, outcome.order, outcome.is_ok ? "PaymentDone" : "PaymentFailed");
    }
    if (look_again) {
        order_review(command, outcome.order->id);
    }
}
