/* order_seal.c: bills. The first one seals an order; whatever turns out later is another one with a line more: an adjustment
 * somebody ordered, or a correction by as much as the facts differ from those it was sealed with. */
#include "house.h"
#include "ledger_post.h"
#include "terminal_starts.h"
#include "timers.h"

#include <ocpp/central_transactions.h>
#include <ocpp/settlement/money.h>

#include <stdio.h>
#include <string.h>

/* --- writing bills ---------------------------------------------------------------------------------------------------------- */

const struct ocpp_settle_bill *order_last_bill(struct command *command, const struct row_order *order)
{
    if (order->bills == 0) {
        return NULL;
    }
    return command_read(command, order_numbered_key(command, "bill", order->id, order->bills), &ocpp_settle_bill_type);
}

static void write_bill(struct command *command, struct row_order *order, const struct ocpp_settle_bill *bill)
{
    const struct ocpp_settle_bill *before = order_last_bill(command, order);
    const struct posting posting = { .event = POSTING_BILL,
                                     .currency = order->currency,
                                     .order = order->id,
                                     .party = order->tenant ? order->tenant->landlord : NULL };

    if (order->bills >= ORDER_BILLS) {
        command_fail(command, OCPP_ERR_LIMIT);
    }
    if (command_failed(command)) {
        return;
    }
    ledger_post_bill(command, &posting, bill, before);
    order->bills++;
    order->due_minor = bill->gross_minor;
    command_put(command, order_numbered_key(command, "bill", order->id, order->bills), &ocpp_settle_bill_type, bill);
    if (order->tenant) {
        house_billed(command, order, bill, before);
    }
}

/* What it was sealed with, but the vehicle's events, which have rows of their own. */
static void keep_usage(struct command *command, const struct row_order *order, const struct ocpp_settle_usage *usage)
{
    struct ocpp_settle_usage kept = *usage;

    kept.events.count = 0;
    command_put(command, command_key(command, "sealed", order->id, NULL), &ocpp_settle_usage_type, &kept);
}

/* What was taken before there was a bill (A1: a hold that was not renewed) pays a part of it. */
static void use_deposit(struct command *command, const struct row_order *order)
{
    const int64_t deposit = ledger_balance(command, order->currency, ACCOUNT_DEPOSIT, order->id);
    const struct posting posting = {
        .event = POSTING_USE_DEPOSIT, .currency = order->currency, .amount_minor = deposit, .order = order->id
    };

    if (deposit > 0) {
        ledger_post(command, &posting);
    }
}

/* What was odd about the session is told to whoever looks before money is asked for; it is billed all the same. */
static void tell_oddities(struct command *command, const struct row_order *order)
{
    char names[COMMAND_REASON_SIZE] = "";
    size_t size = 0;

    for (int bit = 0; order->vehicle && bit < 32; bit++) {
        const uint32_t mask = (uint32_t)1 << bit;
        const char *name = ((uint64_t)order->vehicle->anomalies & mask) ? ocpp_anomaly_name(mask) : NULL;

        if (name && size + strlen(name) + 2 < sizeof names) {
            size += (size_t)snprintf(names + size, sizeof names - size, "%s%s", size > 0 ? " " : "", name);
        }
    }
    if (size > 0) {
        command_state(command, "vehicle", order->vehicle->transaction, "Ended", "Odd", names);
        order_tell(command, order, "Odd", names);
    }
}

static void note_adjustment(struct command *command, struct row_order *order, const struct row_adjustment *adjustment);

/* What a person took off may be more than it comes to in the end: an order costs nothing then, not less. */
static const struct ocpp_settle_bill *not_below_nothing(struct command *command, struct row_order *order,
                                                        const struct ocpp_settle_usage **usage,
                                                        const struct ocpp_settle_bill *bill)
{
    struct row_adjustment rest = { .at = command_utc_ms(command), .is_correction = true, .reason = "not less than nothing" };

    if (!bill || bill->gross_minor >= 0) {
        return bill;
    }
    rest.net_minor = -bill->gross_minor;
    note_adjustment(command, order, &rest);
    *usage = order_usage(command, order);
    return order_compute(command, order, *usage, OCPP_SETTLE_COMPUTE_MODE_FINAL);
}

void order_seal(struct command *command, struct row_order *order)
{
    const struct ocpp_settle_usage *usage = order_usage(command, order);
    const struct ocpp_settle_bill *bill = order_compute(command, order, usage, OCPP_SETTLE_COMPUTE_MODE_FINAL);

    bill = not_below_nothing(command, order, &usage, bill);

    if (!bill) {
        return;
    }
    keep_usage(command, order, usage);
    write_bill(command, order, bill);
    use_deposit(command, order);
    order->has_sealed_at = true;
    order->sealed_at = command_utc_ms(command);
    tell_oddities(command, order);
    order_move(command, order, ORDER_ALL_ENDED, NULL);
    order_move(command, order, ORDER_BILLED, NULL);
    command_timer_stop(command, TIMER_ORDER_GRACE, order->id);
    fee_billed(command, order, bill);
    order_put(command, order);
    order_notice(command, order, order->due_minor);
}

static void refuse_less_than_nothing(struct command *command, const struct ocpp_settle_bill *bill)
{
    if (bill && bill->gross_minor < 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_AMOUNT, "the order would cost less than nothing");
    }
}

static void bill_again(struct command *command, struct row_order *order, const struct ocpp_settle_bill *bill)
{
    refuse_less_than_nothing(command, bill);
    if (bill && !command_failed(command)) {
        write_bill(command, order, bill);
        fee_billed(command, order, bill);
        order_put(command, order);
        order_notice(command, order, order->due_minor);
    }
}

void order_bill_again(struct command *command, struct row_order *order)
{
    bill_again(command, order, order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_FINAL));
}

/* Facts are never refused for what they come to. */
static void bill_corrected(struct command *command, struct row_order *order)
{
    const struct ocpp_settle_usage *usage = order_usage(command, order);
    const struct ocpp_settle_bill *bill = order_compute(command, order, usage, OCPP_SETTLE_COMPUTE_MODE_FINAL);

    bill_again(command, order, not_below_nothing(command, order, &usage, bill));
}

/* --- adjustments -------------------------------------------------------------------------------------------------------------
 */

static void note_adjustment(struct command *command, struct row_order *order, const struct row_adjustment *adjustment)
{
    /* facts have room even where people have used up theirs */
    if (order->adjustments >= (adjustment->is_correction ? 2 * ORDER_ADJUSTMENTS : ORDER_ADJUSTMENTS)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many adjustments as one order may have");
        return;
    }
    order->adjustments++;
    command_put(command, order_numbered_key(command, "adjustment", order->id, order->adjustments), &row_adjustment_type,
                adjustment);
}

void order_adjust(struct command *command, const char *id, int64_t net_minor, const char *reason)
{
    const struct row_adjustment adjustment = { .at = command_utc_ms(command), .reason = reason, .net_minor = net_minor };
    struct row_order *order = order_edit(command, id);

    if (!order) {
        return;
    }
    if (order->state == ROW_ORDER_STATE_VOID || order->state == ROW_ORDER_STATE_WRITTEN_OFF || order->statement) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the order is over, or a statement: its sessions can be");
        return;
    }
    if (net_minor == 0 || net_minor > OCPP_SETTLE_MOST_MINOR || net_minor < -OCPP_SETTLE_MOST_MINOR) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_AMOUNT, "no amount an order can be adjusted by");
        return;
    }
    note_adjustment(command, order, &adjustment);
    order_put(command, order);
    if (order->bills > 0) {
        order_bill_again(command, order);
    } else {
        refuse_less_than_nothing(command, order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_RUNNING));
    }
    order_review(command, id);
}

void order_correct(struct command *command, const char *id, int64_t net_minor, const char *reason)
{
    const struct row_adjustment correction = {
        .at = command_utc_ms(command), .is_correction = true, .reason = reason, .net_minor = net_minor
    };
    struct row_order *order = order_edit(command, id);

    if (order) {
        note_adjustment(command, order, &correction);
        order_put(command, order);
    }
}

/* --- corrections -------------------------------------------------------------------------------------------------------------
 */

/* difference: by how much lines with the same taxes differ. */
struct difference {
    const struct ocpp_settle_bill_line *like; /* one of them */
    int64_t net_minor;
};

enum { DIFFERENCES = 8 };

static bool has_same_taxes(const struct ocpp_settle_bill_line *a, const struct ocpp_settle_bill_line *b)
{
    bool same = a->taxes.count == b->taxes.count;

    for (size_t i = 0; same && i < a->taxes.count; i++) {
        const struct ocpp_settle_line_tax *one = &a->taxes.items[i];
        const struct ocpp_settle_line_tax *other = &b->taxes.items[i];

        same = strcmp(one->name, other->name) == 0 && one->rate_ppm == other->rate_ppm && one->level == other->level;
    }
    return same;
}

static void add_line(struct command *command, const struct ocpp_settle_bill_line *line, int64_t net_minor,
                     struct difference differences[DIFFERENCES], size_t *count)
{
    size_t at = 0;

    while (at < *count && !has_same_taxes(differences[at].like, line)) {
        at++;
    }
    if (at == DIFFERENCES) {
        command_fail(command, OCPP_ERR_LIMIT);
        return;
    }
    if (at == *count) {
        differences[(*count)++] = (struct difference){ .like = line };
    }
    differences[at].net_minor += net_minor;
}

static void add_lines(struct command *command, const struct ocpp_settle_bill *bill, int sign,
                      struct difference differences[DIFFERENCES], size_t *count)
{
    static const struct ocpp_settle_bill_line untaxed;

    for (size_t i = 0; i < bill->lines.count && !command_failed(command); i++) {
        add_line(command, &bill->lines.items[i], sign * bill->lines.items[i].net_minor, differences, count);
    }
    if (bill->gross_minor < 0) {
        add_line(command, &untaxed, sign * -bill->gross_minor, differences, count);
    }
}

static void note_correction(struct command *command, struct row_order *order, const struct difference *difference,
                            const char *reason)
{
    const size_t count = difference->like->taxes.count;
    struct row_levy *taxes = order_take(command, (count + 1) * sizeof *taxes);
    struct row_adjustment correction = {
        .at = command_utc_ms(command), .is_correction = true, .reason = reason, .net_minor = difference->net_minor
    };

    for (size_t i = 0; taxes && i < count; i++) {
        const struct ocpp_settle_line_tax *tax = &difference->like->taxes.items[i];

        taxes[i] = (struct row_levy){ tax->name, tax->rate_ppm, tax->has_level, tax->level };
    }
    if (taxes && count > 0) {
        correction.taxes.items = taxes;
        correction.taxes.count = count;
    }
    note_adjustment(command, order, &correction);
}

/* By how much the facts are other than the last bill, as corrections. False: not at all. */
static bool note_corrections(struct command *command, struct row_order *order, const char *reason)
{
    const struct ocpp_settle_bill *old = order_last_bill(command, order);
    const struct ocpp_settle_bill *now =
        order_compute(command, order, order_usage_now(command, order), OCPP_SETTLE_COMPUTE_MODE_FINAL);
    struct difference differences[DIFFERENCES];
    const int64_t before = order->adjustments;
    size_t count = 0;

    if (old && now) {
        add_lines(command, now, 1, differences, &count);
        add_lines(command, old, -1, differences, &count);
    }
    for (size_t i = 0; i < count && !command_failed(command); i++) {
        if (differences[i].net_minor != 0) {
            note_correction(command, order, &differences[i], reason);
        }
    }
    return order->adjustments > before;
}

/* The loss of what was given up is less by what is not owed after all; what was paid beyond that is given back. */
static void lose_less(struct command *command, const struct row_order *order, int64_t due_before_minor)
{
    const int64_t lost = due_before_minor - order->paid_minor, less = due_before_minor - order->due_minor;
    const struct posting posting = { .event = POSTING_WRITE_OFF_LESS,
                                     .currency = order->currency,
                                     .amount_minor = lost < less ? lost : less,
                                     .order = order->id };

    if (posting.amount_minor > 0 && !command_failed(command)) {
        ledger_post(command, &posting);
    }
}

/* A1. Given up: not billed again for more. A bank that came back after all costs less, and less was to be paid. */
static void recalculate_written_off(struct command *command, struct row_order *order, const char *reason)
{
    const struct ocpp_settle_bill *now =
        order_compute(command, order, order_usage_now(command, order), OCPP_SETTLE_COMPUTE_MODE_FINAL);
    const int64_t before = order->due_minor;

    command_state(command, "order", order->id, "WrittenOff", "WrittenOff", reason);
    if (!now || order->statement || now->gross_minor >= before || !note_corrections(command, order, reason)) {
        return;
    }
    order_put(command, order);
    bill_corrected(command, order);
    lose_less(command, order, before);
}

void order_recalculate(struct command *command, const char *id, const char *reason)
{
    struct row_order *order = order_edit(command, id);

    if (order && order->state == ROW_ORDER_STATE_WRITTEN_OFF) {
        recalculate_written_off(command, order, reason);
    } else if (order && order->bills > 0 && note_corrections(command, order, reason)) {
        order_put(command, order);
        bill_corrected(command, order);
    }
    order_review(command, id);
}

void order_waive(struct command *command, const char *id, const char *reason)
{
    struct row_order *order = order_edit(command, id);
    const struct ocpp_settle_bill *bill = order ? order_last_bill(command, order) : NULL;
    struct difference differences[DIFFERENCES];
    size_t count = 0;

    if (!bill) {
        return;
    }
    add_lines(command, bill, -1, differences, &count);
    for (size_t i = 0; i < count && !command_failed(command); i++) {
        if (differences[i].net_minor != 0) {
            note_correction(command, order, &differences[i], reason);
        }
    }
    order_put(command, order);
    bill_corrected(command, order);
}
