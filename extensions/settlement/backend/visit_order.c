/* visit_order.c: what an order asks of its visit, and what becomes of the visit when something happened to the order. */
#include "visit.h"
#include "order_internal.h"
#include "rentals.h"

#include <string.h>

/* --- its transaction ------------------------------------------------------------------------------------------------------- */

static int64_t evse_of(const struct ocpp_transaction *transaction)
{
    return transaction->evse > 0 ? transaction->evse : transaction->connector;
}

struct row_order *visit_match(struct command *command, const struct ocpp_transaction *transaction)
{
    struct row_visit *visit = visit_with_number(command, transaction->token);
    struct row_order *order = NULL;

    if (!visit || !visit_is_live(visit->state) || strcmp(visit->station, transaction->identity) != 0) {
        return NULL; /* single-use: one that was matched is not matched again */
    }
    order = order_edit(command, visit->order);
    if (!order || order->state != ROW_ORDER_STATE_OPEN) {
        return NULL;
    }
    visit->has_matched_at = true;
    visit->matched_at = command_utc_ms(command);
    if (transaction->started_utc_ms != OCPP_UTC_UNKNOWN && transaction->started_utc_ms < visit->matched_at) {
        visit->matched_at = transaction->started_utc_ms;
    }
    if (visit->has_from && visit->matched_at < visit->from) {
        visit->matched_at = visit->from;
    }
    visit->has_matched_evse = true;
    visit->matched_evse = evse_of(transaction);
    visit->transaction = order_text(command, transaction->id);
    return visit_happens(command, visit, VISIT_MATCH, NULL) ? order : NULL;
}

/* --- what orders ask ------------------------------------------------------------------------------------------------------- */

bool visit_keeps_open(struct command *command, const struct row_order *order)
{
    const struct row_visit *visit = visit_find(command, order->visit);

    return visit && visit_is_live(visit->state);
}

bool visit_waits(struct command *command, const struct row_order *order)
{
    const struct row_visit *visit = visit_find(command, order->visit);

    return visit && (visit->state == ROW_VISIT_STATE_MATCHED || visit->state == ROW_VISIT_STATE_PAYING);
}

bool visit_guides(struct command *command, const struct row_order *order)
{
    const struct row_visit *visit = visit_find(command, order->visit);

    return visit && visit->has_matched_at;
}

/* A pile whose clock is ahead ends it sooner than ours does. */
static int64_t end_of(struct command *command, const struct row_visit *visit)
{
    const int64_t ended = visit->has_matched_at ? visit->matched_at
                          : visit->has_ended_at ? visit->ended_at
                                                : command_utc_ms(command);

    return ended < visit->until ? ended : visit->until;
}

bool visit_reservation(struct command *command, const struct row_order *order, struct ocpp_settle_usage_reservation *reservation)
{
    const struct row_visit *visit = visit_find(command, order->visit);

    if (!visit || !visit->has_from) {
        return false;
    }
    *reservation = (struct ocpp_settle_usage_reservation){
        .from = visit->from,
        .to = end_of(command, visit),
        .kind = visit->has_is_expired ? OCPP_SETTLE_RESERVATION_KIND_EXPIRED : OCPP_SETTLE_RESERVATION_KIND_USED,
    };
    return true;
}

/* --- how much -------------------------------------------------------------------------------------------------------------- */

struct covered {
    int64_t paid_minor;
    int64_t held_minor;
};

static struct covered count_covered(struct command *command, const struct row_order *order)
{
    struct covered covered = { 0 };

    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i]);

        if (leg) {
            covered.paid_minor += leg->captured_minor - leg->refunded_minor;
            covered.held_minor +=
                leg->state == ROW_LEG_STATE_HELD ? leg->held_minor - leg->captured_minor - leg->released_minor : 0;
        }
    }
    return covered;
}

/* What it costs without the banks that are out: those have deposits. */
static int64_t cost_without(struct command *command, const struct row_order *order, int64_t *deposits)
{
    struct ocpp_settle_usage *usage = order_take(command, sizeof *usage);
    const struct ocpp_settle_usage *all = order_usage(command, order);
    struct ocpp_settle_bank_usage *back = order_take(command, (order->rentals.count + 1) * sizeof *back);

    for (size_t i = 0; i < order->rentals.count && !command_failed(command); i++) {
        *deposits += rental_is_out(command, order->rentals.items[i]) ? rental_deposit_minor(command, order->rentals.items[i]) : 0;
    }
    if (!usage || !all || !back) {
        return 0;
    }
    *usage = *all;
    usage->banks.count = 0;
    for (size_t i = 0; i < all->banks.count; i++) {
        if (all->banks.items[i].end != OCPP_SETTLE_BANK_END_OPEN) {
            back[usage->banks.count++] = all->banks.items[i];
        }
    }
    usage->banks.items = back;
    const struct ocpp_settle_bill *bill = order_compute(command, order, usage, OCPP_SETTLE_COMPUTE_MODE_RUNNING);
    return bill ? bill->gross_minor : 0;
}

int64_t visit_missing(struct command *command, const struct row_order *order, int64_t *deposits)
{
    const struct covered covered = count_covered(command, order);
    int64_t out = 0;
    int64_t cost = order->due_minor;

    if (order->state == ROW_ORDER_STATE_OPEN) {
        cost = cost_without(command, order, &out);
    } else if (order->state != ROW_ORDER_STATE_DUE && order->state != ROW_ORDER_STATE_DEBT) {
        return 0;
    }
    if (deposits) {
        *deposits = out;
    }
    return cost + out - covered.paid_minor - covered.held_minor;
}

/* --- what happened ---------------------------------------------------------------------------------------------------------- */

static bool has_ended(const struct row_order *order)
{
    return order->state != ROW_ORDER_STATE_OPEN || (order->vehicle && order->vehicle->state == ROW_VEHICLE_STATE_ENDED);
}

/* Pure C wants the payment itself. Where banks are out, it comes with the last of them: until then what can be taken is enough.
 */
static bool is_covered(struct command *command, const struct row_order *order)
{
    if (order->state == ROW_ORDER_STATE_OPEN) {
        return visit_missing(command, order, NULL) <= 0;
    }
    return order->state == ROW_ORDER_STATE_PAID || order->state == ROW_ORDER_STATE_VOID;
}

/* C14. People pay no more than they were shown. True: the order was changed and told. */
static bool lower(struct command *command, struct row_visit *visit, const struct row_order *order, int64_t shown_minor)
{
    if (order->bills == 0 || order->due_minor <= shown_minor || order->state == ROW_ORDER_STATE_WRITTEN_OFF ||
        order->adjustments >= ORDER_ADJUSTMENTS) { /* what brought us here must not be refused for that */
        return false;
    }
    visit->has_is_lowered = visit->is_lowered = true;
    visit->has_shown_minor = true;
    visit->shown_minor = shown_minor;
    visit_put(command, visit);
    command_state(command, "visit", visit->id, "Shown", "Lowered", "another price was shown than was computed");
    visit_tell(command, visit, "Lowered", "another price was shown than was computed: the lower one is charged");
    order_adjust(command, order->id, shown_minor - order->due_minor, "the lower price, as it was shown");
    return true;
}

/* What it was told to show before is no divergence: it is heard late, and what was missing has grown since, by a chargeback.
 * Where more was told than is remembered nobody can say. */
static bool was_prompted(const struct row_visit *visit, int64_t minor)
{
    bool was = visit->prompted.count >= VISIT_PROMPTED;

    for (size_t i = 0; i < visit->prompted.count && !was; i++) {
        was = visit->prompted.items[i] == minor;
    }
    return was;
}

void visit_prompted(struct command *command, struct row_visit *visit, int64_t minor)
{
    int64_t *amounts = was_prompted(visit, minor) ? NULL : order_take(command, (visit->prompted.count + 1) * sizeof *amounts);

    visit->has_prompt_minor = true;
    visit->prompt_minor = minor;
    if (amounts) {
        for (size_t i = 0; i < visit->prompted.count; i++) {
            amounts[i] = visit->prompted.items[i];
        }
        amounts[visit->prompted.count++] = minor;
        visit->prompted.items = amounts;
    }
}

void visit_shown(struct command *command, struct row_visit *visit, int64_t shown_minor)
{
    const struct row_order *order = order_read(command, visit->order);

    if (order && order->bills > 0 && visit->has_prompt_minor && shown_minor < visit->prompt_minor &&
        !was_prompted(visit, shown_minor)) {
        (void)lower(command, visit, order, order->due_minor - (visit->prompt_minor - shown_minor));
    }
}

static void look_paying(struct command *command, struct row_visit *visit, const struct row_order *order)
{
    const int64_t missing = visit_missing(command, order, NULL);

    if (is_covered(command, order)) {
        (void)visit_happens(command, visit, VISIT_COVERED, NULL);
    } else if (order->state == ROW_ORDER_STATE_WRITTEN_OFF) {
        (void)visit_happens(command, visit, VISIT_LET_GO, "GivenUp");
    } else if (!visit->has_prompt_minor || (missing > 0 && missing != visit->prompt_minor)) {
        visit_prompt(command, visit, visit->has_requested_at);
        visit_put(command, visit);
    }
}

static void note_nothing(struct command *command, struct row_visit *visit)
{
    (void)visit_happens(command, visit, VISIT_COVERED, NULL);
}

static void look_charging(struct command *command, struct row_visit *visit, const struct row_order *order)
{
    if (!has_ended(order)) {
        return;
    }
    if (is_covered(command, order)) {
        note_nothing(command, visit);
        return;
    }
    const bool wants_to_pay = visit->has_wants_to_pay && visit->wants_to_pay;
    visit->has_wants_to_pay = false;
    const bool is_open = visit->has_opened_at;
    if (!visit_happens(command, visit, VISIT_CHARGED, NULL)) {
        return;
    }
    if (is_open) {
        (void)visit_happens(command, visit, VISIT_LET_GO, visit->open_why); /* the cable was free before anybody could ask */
    } else if (wants_to_pay && visit_can_be_paid(command, order)) {
        visit_pay_now(command, visit, 0); /* else what is held is being taken: nothing may be refused while a session ends */
    }
}

void visit_look(struct command *command, const char *order_id)
{
    const struct row_order *order = command_failed(command) ? NULL : order_read(command, order_id);
    struct row_visit *visit = order && order->visit ? visit_edit(command, order->visit) : NULL;

    if (!visit) {
        return;
    }
    if (visit->has_shown_minor && lower(command, visit, order, visit->shown_minor)) {
        return;
    }
    if (visit->state == ROW_VISIT_STATE_MATCHED) {
        look_charging(command, visit, order);
    } else if (visit->state == ROW_VISIT_STATE_PAYING) {
        look_paying(command, visit, order);
    } else if (visit->state == ROW_VISIT_STATE_OWED && order->state == ROW_ORDER_STATE_PAID) {
        note_nothing(command, visit);
    }
}

void visit_provider_away(struct command *command, const char *order_id)
{
    const struct row_order *order = order_read(command, order_id);
    struct row_visit *visit = order && order->visit ? visit_edit(command, order->visit) : NULL;

    if (visit && visit->state == ROW_VISIT_STATE_PAYING) {
        (void)visit_happens(command, visit, VISIT_LET_GO, "ProviderUnreachable");
    }
}
