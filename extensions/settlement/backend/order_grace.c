/* order_grace.c: what happens to an order when time passes: banks that did not come back with the vehicle, sessions nobody hears
 * of any more, holds that run out. */
#include "order_internal.h"
#include "payments.h"
#include "relay_orders.h"
#include "rentals.h"
#include "timers.h"

#include <string.h>

/* Banks that one command moves to orders of their own; how long after that a provider is asked for their deposits, and asked
 * again while the vehicle's part is not taken yet. */
enum { MOVED_AT_ONCE = 16, SECURED_AFTER_MS = 60000 };

/* --- the grace -------------------------------------------------------------------------------------------------------------- */

static struct row_order *open_residual(struct command *command, const struct row_order *parent, const char *rental)
{
    static const char *const none[] = { NULL };
    struct row_order *order = order_take(command, sizeof *order);
    const char **rentals = order_take(command, sizeof *rentals);
    const char *digest = order_digest(command, parent->payer);

    if (command_failed(command)) {
        return NULL;
    }
    rentals[0] = rental;
    *order = (struct row_order){ .id = command_id(command),
                                 .operator_ = parent->operator_,
                                 .payer_kind = parent->payer_kind,
                                 .payer = parent->payer,
                                 .provider = parent->provider,
                                 .currency = parent->currency,
                                 .exponent = parent->exponent,
                                 .state = ROW_ORDER_STATE_OPEN,
                                 .snapshot = parent->snapshot,
                                 .station = parent->station,
                                 .opened_at = command_utc_ms(command),
                                 .rentals = { rentals, 1 },
                                 .legs = { none, 0 },
                                 .residuals = { none, 0 },
                                 .residual_of = parent->id };
    if (parent->tenant) { /* a residual of a tenant's is a session of his statement like any other */
        struct row_tenant_share *share = order_take(command, sizeof *share);

        if (!share) {
            return NULL;
        }
        *share = (struct row_tenant_share){ .house = parent->tenant->house,
                                            .tenant = parent->tenant->tenant,
                                            .card = parent->tenant->card,
                                            .landlord = parent->tenant->landlord };
        order->tenant = share;
    }
    const struct row_open_order found = { .order = order->id, .station = order->station };
    command_put(command, command_key(command, "open", digest, order->id, NULL), &row_open_order_type, &found);
    order_put(command, order);
    command_state(command, "order", order->id, NULL, "Open", "a bank was out when its vehicle's part was sealed");
    order_tell(command, order, "Open", NULL);
    return order;
}

static void move_out(struct command *command, struct row_order *order, const char *rental)
{
    const struct row_order *residual = open_residual(command, order, rental);
    const char *const *more = residual ? order_with(command, order->residuals.items, order->residuals.count, residual->id) : NULL;

    if (!more) {
        return;
    }
    order->residuals.items = more;
    order->residuals.count++;
    order->rentals.items = order_without(command, order->rentals.items, order->rentals.count, rental, &order->rentals.count);
    rental_move(command, rental, residual->id);
    command_timer(command, TIMER_ORDER_GRACE, residual->id, command_utc_ms(command) + SECURED_AFTER_MS);
}

void order_part(struct command *command, const char *id, const char *rental)
{
    struct row_order *order = order_edit(command, id);

    if (order) {
        move_out(command, order, rental);
        order_put(command, order);
    }
}

bool order_split(struct command *command, struct row_order *order)
{
    const char *const *rentals = order->rentals.items;
    const size_t count = order->rentals.count;
    size_t moved = 0;

    for (size_t i = 0; i < count && moved <= MOVED_AT_ONCE && !command_failed(command); i++) {
        if (!rental_is_out(command, rentals[i])) {
            continue;
        }
        if (moved < MOVED_AT_ONCE) {
            move_out(command, order, rentals[i]);
        } else {
            command_timer(command, TIMER_ORDER_GRACE, order->id, command_utc_ms(command));
        }
        moved++;
    }
    order_put(command, order);
    return moved <= MOVED_AT_ONCE;
}

/* A deposit that was held with the vehicle's goes with the capture of the vehicle's part; before that the payer would have to
 * have it twice. One that cannot be held again is no reason to do anything now: what the bank costs is due in the end, and a debt
 * if need be. */
void order_secure(struct command *command, struct row_order *order)
{
    const struct row_order *parent =
        order->residual_of && order->legs.count == 0 ? order_read(command, order->residual_of) : NULL;
    int64_t deposit = 0;

    if (!parent || order->tenant) {
        return;
    }
    if (parent->state == ROW_ORDER_STATE_OPEN || parent->state == ROW_ORDER_STATE_DUE) {
        command_timer(command, TIMER_ORDER_GRACE, order->id, command_utc_ms(command) + SECURED_AFTER_MS);
        return;
    }
    for (size_t i = 0; i < order->rentals.count; i++) {
        deposit += rental_deposit_minor(command, order->rentals.items[i]);
    }
    if (deposit > 0) {
        order_hold(command, order, deposit, PURPOSE_RENEW, order->id);
    }
}

void order_hurry_residuals(struct command *command, const struct row_order *order)
{
    for (size_t i = 0; i < order->residuals.count && i < MOVED_AT_ONCE; i++) {
        command_timer(command, TIMER_ORDER_GRACE, order->residuals.items[i], command_utc_ms(command));
    }
}

void order_grace_over(struct command *command, void *order_id)
{
    order_review(command, order_id);
}

/* --- silence ------------------------------------------------------------------------------------------------------------------
 */

/* A27. It ended with the last that is known. */
static void end_silently(struct command *command, struct row_order *order, const char *reason)
{
    struct row_vehicle *vehicle = order_take(command, sizeof *vehicle);

    if (!vehicle) {
        return;
    }
    *vehicle = *order->vehicle;
    vehicle->state = ROW_VEHICLE_STATE_ENDED;
    vehicle->ended_at = vehicle->has_ended_at ? vehicle->ended_at : vehicle->heard_at;
    vehicle->has_ended_at = true;
    vehicle->has_is_silent = vehicle->is_silent = true;
    order->vehicle = vehicle;
    order_put(command, order);
    command_state(command, "vehicle", vehicle->transaction, "Charging", "Ended", reason);
    order_review(command, order->id);
}

static void give_up(struct command *command, struct row_order *order)
{
    end_silently(command, order, "nothing was heard of it for too long");
}

void order_vehicle_is_over(struct command *command, const char *id)
{
    struct row_order *order = order_edit(command, id);

    if (order && order->state == ROW_ORDER_STATE_OPEN && order->vehicle && order->vehicle->state == ROW_VEHICLE_STATE_CHARGING) {
        end_silently(command, order, "its cable waits for the payment");
    }
}

/* The same after the order was sealed: what was heard since ended with the last that is known. */
static void give_up_late(struct command *command, const struct row_order *order, const char *key, const struct row_vehicle *heard)
{
    struct row_vehicle vehicle = *heard;

    vehicle.state = ROW_VEHICLE_STATE_ENDED;
    vehicle.ended_at = vehicle.has_ended_at ? vehicle.ended_at : vehicle.heard_at;
    vehicle.has_ended_at = true;
    command_put(command, key, &row_vehicle_type, &vehicle);
    order_recalculate(command, order->id, "the session was heard of again");
}

void order_fell_silent(struct command *command, void *order_id)
{
    struct row_order *order = order_edit(command, order_id);
    const char *key = order ? command_key(command, "heard", order->id, NULL) : NULL;
    const bool is_open = order && order->state == ROW_ORDER_STATE_OPEN;
    const struct row_vehicle *vehicle = !order || !key ? NULL
                                        : is_open      ? order->vehicle
                                                       : command_read(command, key, &row_vehicle_type);

    if (!vehicle || vehicle->state != ROW_VEHICLE_STATE_CHARGING) {
        return;
    }
    const int64_t until = vehicle->word_at + 1000 * command_policy(command)->lost_pile_after_s;
    if (until > command_utc_ms(command)) {
        command_timer(command, TIMER_ORDER_SILENT, order->id, until); /* there was a word since */
    } else if (is_open) {
        give_up(command, order);
    } else {
        give_up_late(command, order, key, vehicle);
    }
}

/* --- holds
 * ---------------------------------------------------------------------------------------------------------------------- */

/* A1. A hold of an open order is replaced before it expires; of one that is due it is taken already. */
void order_hold_expires(struct command *command, void *leg_id)
{
    const struct row_leg *old = order_leg(command, leg_id);
    struct row_order *order = old ? order_edit(command, old->order) : NULL;

    if (!order || old->state != ROW_LEG_STATE_HELD) {
        return;
    }
    if (order->renewing) { /* one after the other */
        command_timer(command, TIMER_HOLD_RENEW, old->id, command_utc_ms(command) + SECURED_AFTER_MS);
        return;
    }
    if (order->state != ROW_ORDER_STATE_OPEN) {
        order_review(command, order->id);
        return;
    }
    if (relay_hold_ends(command, order)) { /* D6 */
        return;
    }
    order->renewing = old->id;
    order_put(command, order);
    const char *leg =
        payment_hold(command, order, old->held_minor - old->captured_minor - old->released_minor, PURPOSE_RENEW, order->id);
    if (leg) {
        order_note_leg(command, order, leg);
        order_put(command, order);
    }
}
