/* relay_settle.c: a bill of a pile becomes what its order costs: computed again from the readings it tells, by the promises of
 * the order; the lower of both amounts, and never more than was frozen. */
#include "relay_internal.h"
#include "relay_orders.h"
#include "suspense.h"
#include "timers.h"

#include <ocpp/settlement/money.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- the session ------------------------------------------------------------------------------------------------------ */

/* D15. Since the same start of the pile a status told its uptime: that dates the session, as late as the phone was. Else it ended
 * now. */
int64_t relay_shift_ms(struct command *command, const struct row_relay_pile *pile, const struct ocpp_settle_bill_page *bill)
{
    const size_t count = bill->usage ? bill->usage->events.count : 0;
    const int64_t now = command_utc_ms(command);

    if (bill->time_status != OCPP_SETTLE_TIME_STATUS_UNKNOWN || count == 0) {
        return 0;
    }
    const int64_t last = bill->usage->events.items[count - 1].at;
    const int64_t told =
        pile->has_told_at && pile->told_boot == bill->begin.boot ? pile->told_at - pile->told_mono_ms : now - last;
    return last + told > now ? now - last : told;
}

/* The first and the last event are the vehicle's own; those between go into one row, with the meter's register. */
static void note_events(struct command *command, const char *key, const struct ocpp_settle_bill_page *bill, int64_t shift_ms)
{
    const size_t count = bill->usage->events.count;
    struct ocpp_settle_usage_event *events = order_take(command, count * sizeof *events);
    struct ocpp_settle_usage usage = { .events = { events, 0 } };

    for (size_t i = 1; events && i + 1 < count; i++) {
        struct ocpp_settle_usage_event *event = &events[usage.events.count++];

        *event = bill->usage->events.items[i];
        event->at += shift_ms;
        event->energy_mwh += bill->meter_start_mwh;
    }
    if (events) {
        command_put(command, key, &ocpp_settle_usage_type, &usage);
    }
}

static struct row_vehicle *vehicle_of(struct command *command, const struct ocpp_settle_bill_page *bill, const char *pile,
                                      int64_t shift_ms)
{
    struct row_vehicle *vehicle = order_take(command, sizeof *vehicle);
    const size_t count = bill->usage->events.count;

    if (!vehicle) {
        return NULL;
    }
    *vehicle = (struct row_vehicle){ .station = pile,
                                     .evse = bill->outlet,
                                     .transaction = bill->session,
                                     .state = ROW_VEHICLE_STATE_ENDED,
                                     .charging = ROW_CHARGING_KIND_CHARGING,
                                     .has_started_at = true,
                                     .started_at = bill->usage->events.items[0].at + shift_ms,
                                     .has_ended_at = true,
                                     .ended_at = bill->usage->events.items[count - 1].at + shift_ms,
                                     .has_start_mwh = true,
                                     .start_mwh = bill->meter_start_mwh,
                                     .has_last_mwh = true,
                                     .last_mwh = bill->meter_end_mwh,
                                     .heard_at = bill->usage->events.items[count - 1].at + shift_ms,
                                     .word_at = command_utc_ms(command),
                                     .events = (int64_t)count - 2,
                                     .has_is_carried = true,
                                     .is_carried = true };
    return vehicle;
}

void relay_note_session(struct command *command, struct row_order *order, const struct ocpp_settle_bill_page *bill,
                        int64_t shift_ms)
{
    struct row_vehicle *vehicle = bill->usage ? vehicle_of(command, bill, order->station, shift_ms) : NULL;

    if (vehicle) {
        order->vehicle = vehicle;
        note_events(command, command_key(command, "carried", order->id, NULL), bill, shift_ms);
    }
    order_put(command, order);
}

/* --- what it says ------------------------------------------------------------------------------------------------------ */

const char *relay_oddity_of(struct command *command, const struct ocpp_settle_bill_page *bill)
{
    const size_t count = bill->usage ? bill->usage->events.count : 0;
    const struct ocpp_settle_usage_event *events = bill->usage ? bill->usage->events.items : NULL;
    const int64_t now = command_utc_ms(command);

    if (!bill->usage) {
        return bill->meter_end_mwh == bill->meter_start_mwh ? NULL : "readings without a usage";
    }
    if (count < 2 || events[0].kind != OCPP_SETTLE_USAGE_KIND_START || events[count - 1].kind != OCPP_SETTLE_USAGE_KIND_STOP ||
        bill->usage->banks.count > 0 || bill->usage->adjustments.count > 0 || bill->usage->reservation) {
        return "no session that a pile could have seen";
    }
    for (size_t i = 0; i < count; i++) {
        if (!events[i].has_energy_mwh ||
            (i > 0 && (events[i].at < events[i - 1].at || events[i].energy_mwh < events[i - 1].energy_mwh))) {
            return "its readings go back";
        }
    }
    if (events[0].energy_mwh != 0 || events[count - 1].energy_mwh != bill->meter_end_mwh - bill->meter_start_mwh) {
        return "its readings are not those of its meter";
    }
    return bill->time_status != OCPP_SETTLE_TIME_STATUS_UNKNOWN && events[count - 1].at > now + 3600000 ? "it ends in the future"
                                                                                                        : NULL;
}

static bool told_minor(const struct ocpp_settle_bill_page *bill, const struct row_order *order, int64_t *minor)
{
    return bill->amount && bill->currency && strcmp(bill->currency, order->currency) == 0 &&
           ocpp_settle_amount_parse(bill->amount, strlen(bill->amount), (int)order->exponent, minor) == OCPP_OK && *minor >= 0;
}

/* --- an order of its own -------------------------------------------------------------------------------------------------- */

/* D3. The bill comes although the hold was let go: the same payer, the same promises, and no hold any more. */
static struct row_order *open_again(struct command *command, const struct row_order *old)
{
    static const char *const none[] = { NULL };
    struct row_order *order = order_take(command, sizeof *order);
    const char *digest = order_digest(command, old->payer);

    if (command_failed(command)) {
        return NULL;
    }
    *order = *old;
    order->id = command_id(command);
    order->state = ROW_ORDER_STATE_OPEN;
    order->opened_at = command_utc_ms(command);
    order->vehicle = NULL;
    order->relay = NULL;
    order->rentals.items = order->legs.items = order->residuals.items = none;
    order->rentals.count = order->legs.count = order->residuals.count = 0;
    order->adjustments = order->bills = order->due_minor = order->paid_minor = 0;
    order->debt_reason = order->refund_reason = order->renewing = NULL;
    order->top_up = ROW_TOP_UP_UNSET;
    order->has_grace_until = order->has_sealed_at = false;
    const struct row_open_order found = { .order = order->id, .station = order->station };
    command_put(command, command_key(command, "open", digest, order->id, NULL), &row_open_order_type, &found);
    order_put(command, order);
    command_state(command, "order", order->id, NULL, "Open", "its bill came after the hold was let go");
    order_tell(command, order, "Open", NULL);
    return order;
}

/* --- what is charged ------------------------------------------------------------------------------------------------------ */

struct settling {
    struct command *command;
    struct row_relay_authorisation *authorisation;
    const struct ocpp_settle_bill_page *bill;
    struct row_relay_page *page;
    int64_t told_minor;
    int64_t computed_minor;
    int64_t charged_minor;
};

static void report(struct settling *settling, const struct row_order *order)
{
    char text[COMMAND_REASON_SIZE];

    if (settling->told_minor == settling->computed_minor) {
        return;
    }
    snprintf(text, sizeof text, "the pile computed %" PRId64 ", the backend %" PRId64 ": the lower counts", settling->told_minor,
             settling->computed_minor);
    command_state(settling->command, "relay", order->id, NULL, "Diverged", text);
    order_tell(settling->command, order, "Diverged", text);
}

static void find_charge(struct settling *settling, const struct row_order *order, const struct ocpp_settle_bill *bill)
{
    const int64_t frozen = settling->authorisation->frozen_minor;

    settling->computed_minor = bill->gross_minor;
    if (!told_minor(settling->bill, order, &settling->told_minor)) {
        settling->told_minor = settling->computed_minor; /* the pile did not know the time: it computed nothing */
    }
    report(settling, order);
    settling->charged_minor = settling->told_minor < settling->computed_minor ? settling->told_minor : settling->computed_minor;
    settling->charged_minor = settling->charged_minor < frozen ? settling->charged_minor : frozen;
}

static void reconcile(struct settling *settling, const struct row_order *order)
{
    struct command *command = settling->command;
    char charged[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    char told[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    char computed[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    char frozen[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    const int exponent = (int)order->exponent;

    command_fail(command, ocpp_settle_amount_format(settling->charged_minor, exponent, charged));
    command_fail(command, ocpp_settle_amount_format(settling->told_minor, exponent, told));
    command_fail(command, ocpp_settle_amount_format(settling->computed_minor, exponent, computed));
    command_fail(command, ocpp_settle_amount_format(settling->authorisation->frozen_minor, exponent, frozen));
    const struct ocpp_settle_reconciled_bill said = {
        .iss = command_settle(command)->settings.operator_id,
        .order = order->id,
        .pile = settling->page->pile,
        .page = settling->page->page,
        .hash = settling->page->hash,
        .iat = command_utc_ms(command),
        .currency = order->currency,
        .charged = charged,
        .told = told,
        .computed = computed,
        .frozen = frozen,
        .snapshot = order->snapshot,
        .energy_mwh = settling->bill->meter_end_mwh - settling->bill->meter_start_mwh,
        .state = (enum ocpp_settle_order_state)order->state,
    };
    settling->page->order = order->id;
    settling->page->has_charged_minor = true;
    settling->page->charged_minor = settling->charged_minor;
    settling->page->reconciled = relay_sign(command, OCPP_SETTLE_TYP_RECONCILED_BILL, &ocpp_settle_reconciled_bill_type, &said);
}

/* The usual case: the order is open and waits for it. */
static bool settle_open(struct settling *settling, struct row_order *order, int64_t shift_ms)
{
    struct command *command = settling->command;

    order->relay = NULL;
    relay_note_session(command, order, settling->bill, shift_ms);
    if (settling->bill->usage) {
        const struct ocpp_settle_bill *bill = order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_FINAL);

        if (!bill) {
            return false;
        }
        find_charge(settling, order, bill);
        if (settling->charged_minor != settling->computed_minor) {
            order_adjust(command, order->id, settling->charged_minor - settling->computed_minor, "the lower of two bills");
        }
    }
    order_review(command, order->id);
    return !command_failed(command);
}

/* D6. It was sealed with what was frozen: what it really cost is a correction, and the rest goes back. */
static bool settle_captured(struct settling *settling, struct row_order *order, int64_t shift_ms)
{
    struct command *command = settling->command;
    struct row_vehicle *vehicle = settling->bill->usage ? vehicle_of(command, settling->bill, order->station, shift_ms) : NULL;

    if (vehicle) {
        const struct row_vehicle heard = *vehicle;

        note_events(command, command_key(command, "carried", order->id, "late", NULL), settling->bill, shift_ms);
        command_put(command, command_key(command, "heard", order->id, NULL), &row_vehicle_type, &heard);
    }
    order_recalculate(command, order->id, "its bill came after what was frozen was taken");
    order = order_edit(command, order->id);
    if (!order) {
        return false;
    }
    const struct ocpp_settle_bill *bill = order_last_bill(command, order);
    if (!bill) {
        return false;
    }
    find_charge(settling, order, bill);
    if (settling->charged_minor != settling->computed_minor) {
        order_adjust(command, order->id, settling->charged_minor - settling->computed_minor, "the lower of two bills");
    }
    return !command_failed(command);
}

static bool settle(struct settling *settling, struct row_order *order, int64_t shift_ms)
{
    const bool is_captured = settling->authorisation->state == ROW_RELAY_STATE_CAPTURED;

    if (!is_captured && order->state != ROW_ORDER_STATE_OPEN) {
        order = open_again(settling->command, order);
    }
    return order && (is_captured ? settle_captured(settling, order, shift_ms) : settle_open(settling, order, shift_ms)) &&
           (settling->page->order = order->id) != NULL;
}

static const char *contradiction(const struct settling *settling)
{
    const struct row_relay_authorisation *authorisation = settling->authorisation;
    const struct ocpp_settle_bill_page *bill = settling->bill;

    if (strcmp(authorisation->pile, bill->iss) != 0 || authorisation->outlet != bill->outlet || !authorisation->order ||
        !bill->order || strcmp(authorisation->order, bill->order) != 0) {
        return "it names another authorisation than its own";
    }
    if (authorisation->state == ROW_RELAY_STATE_BILLED) {
        return "its authorisation was billed before"; /* I10 */
    }
    return authorisation->state == ROW_RELAY_STATE_HOLDING || authorisation->state == ROW_RELAY_STATE_DENIED ||
                   authorisation->state == ROW_RELAY_STATE_REFUSED
               ? "its authorisation could not begin"
               : NULL;
}

bool relay_settle_page(struct command *command, struct row_relay_authorisation *authorisation,
                       const struct ocpp_settle_bill_page *bill, struct row_relay_page *page, const char **reason)
{
    struct settling settling = { .command = command, .authorisation = authorisation, .bill = bill, .page = page };
    const struct row_relay_pile *pile = relay_pile_edit(command, bill->iss);
    struct row_order *order = authorisation->order ? order_edit(command, authorisation->order) : NULL;

    *reason = contradiction(&settling);
    *reason = *reason ? *reason : relay_oddity_of(command, bill);
    if (*reason || !order || !pile) {
        return false;
    }
    if (!settle(&settling, order, relay_shift_ms(command, pile, bill))) {
        return false;
    }
    order = order_edit(command, page->order);
    if (order) {
        reconcile(&settling, order);
    }
    authorisation = relay_find(command, authorisation->id); /* reviews may have put it */
    if (authorisation) {
        authorisation->has_page = true;
        authorisation->page = bill->page;
        relay_over(command, authorisation, ROW_RELAY_STATE_BILLED, NULL);
    }
    return !command_failed(command);
}

/* --- without a bill ------------------------------------------------------------------------------------------------------- */

/* A session of which nothing is known but that it was: what it really was comes later, as a correction. */
static void note_unknown(struct command *command, struct row_order *order, const struct row_relay_authorisation *authorisation)
{
    struct row_vehicle *vehicle = order_take(command, sizeof *vehicle);
    const int64_t at = authorisation->made_at;

    if (!vehicle) {
        return;
    }
    *vehicle = (struct row_vehicle){ .station = order->station,
                                     .evse = authorisation->outlet,
                                     .transaction = authorisation->id,
                                     .state = ROW_VEHICLE_STATE_ENDED,
                                     .charging = ROW_CHARGING_KIND_CHARGING,
                                     .has_started_at = true,
                                     .started_at = at,
                                     .has_ended_at = true,
                                     .ended_at = at,
                                     .has_start_mwh = true,
                                     .has_last_mwh = true,
                                     .heard_at = at,
                                     .word_at = command_utc_ms(command),
                                     .has_is_silent = true,
                                     .is_silent = true };
    order->vehicle = vehicle;
    order->relay = NULL;
    order_put(command, order);
}

/* D6. Nothing is guessed but that it began: the hold ends, so what was frozen is taken now, and what is too much comes back with
 * the bill. */
void relay_capture(struct command *command, struct row_relay_authorisation *authorisation)
{
    struct row_order *order = authorisation->order ? order_edit(command, authorisation->order) : NULL;

    if (!order || order->state != ROW_ORDER_STATE_OPEN) {
        return;
    }
    note_unknown(command, order, authorisation);
    relay_over(command, authorisation, ROW_RELAY_STATE_CAPTURED, "it began, and no bill came before its hold ended");
    const struct ocpp_settle_bill *bill = order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_FINAL);
    if (bill && bill->gross_minor != authorisation->frozen_minor) {
        order_correct(command, order->id, authorisation->frozen_minor - bill->gross_minor, "no bill came: what was frozen");
    }
    order_review(command, order->id);
}
