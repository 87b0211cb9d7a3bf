/* rental_clock.c: when a bank is bought because it was not returned. */
#include "rental.h"

#include "orders.h"
#include "timers.h"

/* The longest rental that has a price; no policy lets one last longer. */
enum { MOST_DAYS = 3660, CAP_STEP_MS = 1000 };

/* One rental with its promise, priced alone, in memory that is given back after each look. */
struct pricing {
    struct command *command;
    const struct ocpp_settle_snapshot *snapshot;
    const struct row_rental *rental;
    struct ocpp_arena *arena;
};

static int64_t cost_at(struct pricing *pricing, int64_t at_utc_ms)
{
    const struct ocpp_settle_keys *keys = &command_settle(pricing->command)->settings.keys;
    const struct ocpp_settle_bank_usage bank = { .rental = pricing->rental->id,
                                                 .taken_at = pricing->rental->taken_at,
                                                 .end = OCPP_SETTLE_BANK_END_OPEN };
    const struct ocpp_settle_usage usage = { .events = { &(struct ocpp_settle_usage_event){ 0 }, 0 },
                                             .banks = { &bank, 1 },
                                             .adjustments = { &(struct ocpp_settle_usage_adjustment){ 0 }, 0 } };
    const struct ocpp_settle_bill *bill = NULL;

    if (command_failed(pricing->command)) {
        return 0;
    }
    ocpp_arena_reset(pricing->arena);
    command_fail(pricing->command, ocpp_settle_compute(pricing->snapshot, &usage, OCPP_SETTLE_COMPUTE_MODE_RUNNING, at_utc_ms,
                                                       keys, pricing->arena, &bill, NULL));
    for (size_t i = 0; bill && i < bill->lines.count; i++) {
        if (bill->lines.items[i].kind == OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL) {
            return bill->lines.items[i].gross_minor;
        }
    }
    return 0;
}

/* The price of a rental only rises; it has reached its end where it never rises again. */
static int64_t cap_utc_ms(struct pricing *pricing, int64_t longest_utc_ms)
{
    const int64_t most = cost_at(pricing, pricing->rental->taken_at + MOST_DAYS * INT64_C(86400000));
    int64_t low = pricing->rental->taken_at, high = longest_utc_ms;

    if (most == 0 || cost_at(pricing, longest_utc_ms) < most) {
        return longest_utc_ms;
    }
    while (high - low > CAP_STEP_MS && !command_failed(pricing->command)) {
        const int64_t middle = low + (high - low) / 2;

        if (cost_at(pricing, middle) >= most) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

int64_t rental_cap_utc_ms(struct command *command, const struct row_rental *rental)
{
    const int64_t longest_utc_ms = rental->taken_at + command_policy(command)->rental_longest_s * 1000;
    const struct row_order *order = rental->order ? order_read(command, rental->order) : NULL;
    struct pricing pricing = { .command = command, .snapshot = order ? order_snapshot(command, order) : NULL, .rental = rental };
    int64_t at = longest_utc_ms;

    if (!pricing.snapshot) {
        return at;
    }
    pricing.arena = ocpp_arena_new(command_settle(command)->settings.allocator, 0);
    if (!pricing.arena) {
        command_fail(command, OCPP_ERR_NOMEM);
        return at;
    }
    at = cap_utc_ms(&pricing, longest_utc_ms);
    ocpp_arena_free(pricing.arena);
    return at;
}

void rental_arm(struct command *command, const struct row_rental *rental)
{
    const int64_t wait_ms = command_policy(command)->unreturned_seal_s * 1000;

    command_timer(command, TIMER_RENTAL_CAP, rental->id, rental_cap_utc_ms(command, rental) + wait_ms);
}

void rental_disarm(struct command *command, const struct row_rental *rental)
{
    command_timer_stop(command, TIMER_RENTAL_CAP, rental->id);
}
