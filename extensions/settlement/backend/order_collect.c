/* order_collect.c: the money of an order: hold what is missing, take what is due, let go what is left, give back what was too
 * much. Each step looks at the legs anew and does one thing, so it may be interrupted anywhere. */
#include "ledger_post.h"
#include "payment_providers.h"
#include "order_internal.h"
#include "payments.h"
#include "timers.h"
#include "visit.h"

#include <string.h>

/* money: what the legs of an order say. */
struct money {
    int64_t paid_minor;         /* captured minus refunded */
    int64_t held_minor;         /* that can be taken */
    const struct row_leg *held; /* the first leg that holds something */
    const struct row_leg *paid; /* the first one something can be given back of */
    bool is_asked;              /* something is being held or taken: wait for it */
    bool is_capturing;
    bool is_refunding;
};

static void add_leg(const struct row_leg *leg, struct money *money)
{
    const int64_t paid = leg->captured_minor - leg->refunded_minor;
    const int64_t held = leg->held_minor - leg->captured_minor - leg->released_minor;

    money->paid_minor += paid;
    money->is_asked |= leg->state == ROW_LEG_STATE_AUTHORIZING || leg->state == ROW_LEG_STATE_CAPTURING;
    money->is_capturing |= leg->state == ROW_LEG_STATE_CAPTURING;
    money->is_refunding |= leg->state == ROW_LEG_STATE_REFUNDING;
    if (leg->state == ROW_LEG_STATE_HELD && held > 0) {
        money->held_minor += held;
        money->held = money->held ? money->held : leg;
    }
    if (leg->state == ROW_LEG_STATE_CAPTURED && paid > 0) {
        money->paid = money->paid ? money->paid : leg;
    }
}

static struct money count_money(struct command *command, const struct row_order *order)
{
    struct money money = { 0 };

    for (size_t i = 0; i < order->legs.count && !command_failed(command); i++) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i]);

        if (leg) {
            add_leg(leg, &money);
        }
    }
    return money;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* --- settled ------------------------------------------------------------------------------------------------------------------
 */

/* Nothing is due any more: what was too much goes back, then what is held is let go. */
static bool tidy_up(struct command *command, struct row_order *order, const struct money *money, int64_t due_minor)
{
    const int64_t excess = money->paid_minor - due_minor;

    if (excess > 0 && money->paid && !money->is_refunding && !order->refund_reason) {
        payment_refund(command, order, money->paid->id, least(excess, money->paid->captured_minor - money->paid->refunded_minor),
                       PURPOSE_REFUND, order->id);
        return true;
    }
    if (money->held && payment_is_idle(command, money->held->id)) {
        payment_release(command, order, money->held->id, PURPOSE_RELEASE, order->id);
        return true;
    }
    return false;
}

/* --- due
 * ------------------------------------------------------------------------------------------------------------------------ */

/* A20. The bill is higher than what is held: more is asked for, once. */
static bool ask_for_more(struct command *command, struct row_order *order, int64_t missing_minor)
{
    order->top_up = ROW_TOP_UP_ASKED;
    order_hold(command, order, missing_minor, PURPOSE_TOP_UP, order->id);
    return false;
}

/* What could be taken was. */
static void over(struct command *command, struct row_order *order, int64_t told_minor)
{
    order_put(command, order);
    order_notice(command, order, told_minor);
    order_hurry_residuals(command, order);
}

/* What came by hand comes when it comes. */
static bool is_by_hand(const struct row_order *order)
{
    return strcmp(order->provider, PROVIDER_BY_HAND) == 0;
}

static bool fall_short(struct command *command, struct row_order *order, int64_t remaining)
{
    if (is_by_hand(order)) {
        return false; /* it is overdue when its time has come */
    }
    if (!order_move(command, order, ORDER_SHORT, order->debt_reason ? order->debt_reason : "the payer's side declined")) {
        return false; /* a debt already */
    }
    over(command, order, remaining);
    return true;
}

/* Of a guided visit: what people have paid is taken, nobody is asked for the rest but at the pile (C9). What was let go unpaid is
 * a debt, also while an answer has not come: it may still pay (C7). */
static bool collect_guided(struct command *command, struct row_order *order, const struct money *money, int64_t remaining)
{
    const int64_t held = money->held ? money->held->held_minor - money->held->captured_minor - money->held->released_minor : 0;

    if (money->is_capturing) {
        return false;
    }
    if (money->held) {
        payment_capture(command, order, money->held->id, least(remaining, held), PURPOSE_SETTLE, order->id);
        return false; /* its outcome looks again */
    }
    return !visit_waits(command, order) && fall_short(command, order, remaining);
}

/* A debt because nobody confirmed it, or because there was not enough (E7, E9): nothing is deducted, so what is held goes first.
 */
static bool lapse(struct command *command, struct row_order *order, const struct money *money)
{
    if (money->is_asked) {
        return false;
    }
    if (money->held) {
        if (!payment_is_idle(command, money->held->id)) {
            return false;
        }
        payment_release(command, order, money->held->id, PURPOSE_RELEASE, order->id);
        return true;
    }
    order->gate = ROW_GATE_UNSET;
    if (!fall_short(command, order, order->due_minor - money->paid_minor)) {
        order_put(command, order);
    }
    return true;
}

/* The fee is confirmed first; then all of it is taken or nothing is (E9). */
static bool waits_at_gate(struct row_order *order, const struct money *money)
{
    if (order->gate == ROW_GATE_CONFIRMED && order->top_up == ROW_TOP_UP_REFUSED &&
        money->held_minor < order->due_minor - money->paid_minor && !money->is_asked) {
        order->gate = ROW_GATE_LAPSED;
    }
    return order->gate == ROW_GATE_AWAITED && order->state == ROW_ORDER_STATE_DUE;
}

static bool collect_due(struct command *command, struct row_order *order, const struct money *money)
{
    const int64_t remaining = order->due_minor - money->paid_minor;

    if (remaining <= 0) {
        order_move(command, order, ORDER_COVERED, NULL);
        over(command, order, order->due_minor);
        return true;
    }
    if (visit_guides(command, order)) {
        return collect_guided(command, order, money, remaining);
    }
    if (waits_at_gate(order, money)) {
        return false;
    }
    if (order->gate == ROW_GATE_LAPSED) {
        return lapse(command, order, money);
    }
    if (money->is_asked || order->top_up == ROW_TOP_UP_ASKED) {
        return false;
    }
    if (order->state == ROW_ORDER_STATE_DUE && !is_by_hand(order) && money->held_minor < remaining &&
        order->top_up == ROW_TOP_UP_UNSET) {
        return ask_for_more(command, order, remaining - money->held_minor);
    }
    if (money->held) {
        payment_capture(command, order, money->held->id, least(remaining, money->held_minor), PURPOSE_SETTLE, order->id);
        return false; /* its outcome looks again */
    }
    return fall_short(command, order, remaining);
}

/* --- one step
 * --------------------------------------------------------------------------------------------------------------------- */

static void note_paid(struct command *command, struct row_order *order, const struct money *money)
{
    if (order->paid_minor != money->paid_minor && !command_failed(command)) {
        order->paid_minor = money->paid_minor;
        order_put(command, order);
    }
}

static bool nothing(struct command *command, struct row_order *order, const struct money *money)
{
    (void)command;
    (void)order;
    (void)money;
    return false;
}

/* A correction upwards is a debt until it is paid, also while something is still being held. */
static bool step_paid(struct command *command, struct row_order *order, const struct money *money)
{
    if (money->paid_minor >= order->due_minor) {
        return tidy_up(command, order, money, order->due_minor);
    }
    order_move(command, order, ORDER_SHORT, "the bill was corrected");
    over(command, order, order->due_minor - money->paid_minor);
    return true;
}

/* What was paid of it stays, unless it turned out to be more than it was about (A1). */
static bool step_written_off(struct command *command, struct row_order *order, const struct money *money)
{
    return tidy_up(command, order, money, least(money->paid_minor, order->due_minor));
}

static bool step_void(struct command *command, struct row_order *order, const struct money *money)
{
    return tidy_up(command, order, money, 0);
}

static bool (*const steps[])(struct command *command, struct row_order *order, const struct money *money) = {
    [ROW_ORDER_STATE_UNSET] = nothing,   [ROW_ORDER_STATE_OPEN] = nothing,
    [ROW_ORDER_STATE_VOID] = step_void,  [ROW_ORDER_STATE_SEALED] = nothing,
    [ROW_ORDER_STATE_DUE] = collect_due, [ROW_ORDER_STATE_DEBT] = collect_due,
    [ROW_ORDER_STATE_PAID] = step_paid,  [ROW_ORDER_STATE_WRITTEN_OFF] = step_written_off,
};

bool order_collect(struct command *command, struct row_order *order)
{
    const struct money money = count_money(command, order);

    if (command_failed(command) || order->tenant) { /* a statement collects it */
        return false;
    }
    note_paid(command, order, &money);
    return steps[order->state](command, order, &money);
}

bool order_begin_debt(struct command *command, struct row_order *order)
{
    const struct money money = count_money(command, order);
    const int64_t owed = order->due_minor - money.paid_minor;

    if (command_failed(command) || order->tenant || is_by_hand(order) || order->state != ROW_ORDER_STATE_DEBT || money.is_asked ||
        money.held || owed <= 0) {
        return false;
    }
    const char *leg = payment_hold(command, order, owed, PURPOSE_DEBT, order->id);
    if (leg) {
        order_note_leg(command, order, leg);
        order_put(command, order);
    }
    return true;
}
