/* rental_clock.c: when a bank is bought because it was not returned. */
#include "rental.h"

#include "orders.h"
#include "timers.h"

/* The longest rental that has a price; no policy lets one last longer. */
enum { MOST_RENTAL_S = 3660 * 86400 };

/* One rental with its promise, priced alone. */
struct pricing {
    struct command *command;
    const struct ocpp_settle_snapshot *snapshot;
    const struct ocpp_settle_bank_tariff *bank;
};

static int64_t cost_after(const struct pricing *pricing, int64_t lasted_s)
{
    int64_t minor = 0;

    command_fail(pricing->command, ocpp_settle_bank_accrued(pricing->snapshot, lasted_s, &minor));
    return minor;
}

/* How long a bank is out when unit |number| (from 1) begins: nothing else raises the price. */
static int64_t unit_begins_s(const struct ocpp_settle_bank_tariff *bank, int64_t number)
{
    return bank->free_s + (number - 1) * bank->unit_s + 1;
}

static bool reaches(const struct pricing *pricing, int64_t number, int64_t most)
{
    return cost_after(pricing, unit_begins_s(pricing->bank, number)) >= most;
}

/* The unit that would make it cost the buy-out if nothing was rounded: where to look first. */
static int64_t likely_unit(const struct pricing *pricing)
{
    enum { DAY_S = 86400 };
    const struct ocpp_settle_bank_tariff *bank = pricing->bank;
    const int64_t cap = bank->has_daily_cap_minor && bank->daily_cap_minor > 0 ? bank->daily_cap_minor : INT64_MAX;
    const int64_t days = bank->buy_out_minor > 0 ? (bank->buy_out_minor - 1) / cap : 0;
    const int64_t rest = bank->buy_out_minor - days * cap;
    int64_t micro_per_minor = 1000000;

    for (int64_t i = 0; i < pricing->snapshot->exponent; i++) {
        micro_per_minor /= 10;
    }
    if (bank->unit_price_micro <= 0 || rest > INT64_MAX / 1000000 - bank->unit_price_micro || days > MOST_RENTAL_S / DAY_S) {
        return 1;
    }
    const int64_t charged_s = days * DAY_S - bank->free_s;

    return (charged_s > 0 ? (charged_s - 1) / bank->unit_s + 1 : 0) +
           (rest * micro_per_minor + bank->unit_price_micro - 1) / bank->unit_price_micro;
}

/* The first unit that makes it cost |most|; the last of |units| does. */
static int64_t first_unit_at(const struct pricing *pricing, int64_t most, int64_t units)
{
    const int64_t likely = likely_unit(pricing);
    int64_t low = 0, high = units, more = 1;

    if (likely > 1 && likely < units && reaches(pricing, likely, most)) {
        high = likely;
        low = reaches(pricing, likely - 1, most) ? 0 : likely - 1;
    } else if (likely > 0 && likely < units) {
        low = likely > 1 ? likely : 0;
    }
    for (; low + more < high; more *= 2) {
        if (reaches(pricing, low + more, most)) {
            high = low + more;
        } else {
            low += more;
        }
    }
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;

        if (reaches(pricing, middle, most)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

/* The price of a rental only rises, at most to the buy-out; it has reached its end where it never rises again. */
static int64_t cap_s(const struct pricing *pricing, int64_t longest_s)
{
    const struct ocpp_settle_bank_tariff *bank = pricing->bank;
    const int64_t cost = cost_after(pricing, longest_s);
    const int64_t most = cost == bank->buy_out_minor ? cost : cost_after(pricing, MOST_RENTAL_S);

    if (most == 0 || cost < most) {
        return longest_s;
    }
    return unit_begins_s(bank, first_unit_at(pricing, most, (longest_s - bank->free_s - 1) / bank->unit_s + 1));
}

int64_t rental_cap_utc_ms(struct command *command, const struct row_rental *rental)
{
    const int64_t longest_s = command_policy(command)->rental_longest_s;
    const struct row_order *order = rental->order ? order_read(command, rental->order) : NULL;
    const struct ocpp_settle_snapshot *snapshot = order ? order_snapshot(command, order) : NULL;
    const struct pricing pricing = { command, snapshot, snapshot ? snapshot->tariff.bank : NULL };

    return rental->taken_at + 1000 * (pricing.bank ? cap_s(&pricing, longest_s) : longest_s);
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
