/* rate.c: a bucket is the moment at which it is full again (the generic cell rate algorithm): taking moves the moment on, time
 * comes after it, and a fraction of a token is never lost.
 */
#include "rate.h"

enum { NS_PER_MS = 1000000, LARGEST_AMOUNT = 64 * 1024 * 1024 };

static const int64_t ns_per_minute = INT64_C(60) * 1000 * NS_PER_MS;

/* |amount| of at most 2^26 and a minute of less than 2^36 ns stay below 2^62. */
static int64_t cost_ns(const struct ocpp_rate *rate, uint64_t amount)
{
    return (int64_t)(amount * (uint64_t)ns_per_minute / rate->per_minute);
}

/* A burst may be a day's worth at a low rate; what lies beyond is cut, so that sums stay in range. */
static int64_t depth_ns(const struct ocpp_rate *rate)
{
    const uint64_t burst = rate->burst > 0 ? rate->burst : 1;
    return cost_ns(rate, burst < LARGEST_AMOUNT ? burst : LARGEST_AMOUNT);
}

void ocpp_rate_charge(struct ocpp_rate_gate *gate, const struct ocpp_rate *rate, size_t amount, int64_t now_ms)
{
    if (rate->per_minute == 0)
        return;
    const int64_t now_ns = now_ms * NS_PER_MS;
    const int64_t cost = cost_ns(rate, amount < LARGEST_AMOUNT ? amount : LARGEST_AMOUNT);
    if (gate->full_at_ns < now_ns)
        gate->full_at_ns = now_ns;
    gate->full_at_ns = gate->full_at_ns > INT64_MAX - cost ? INT64_MAX : gate->full_at_ns + cost;
}

/* Something is there while the debt, with one more, is no deeper than the bucket. */
int64_t ocpp_rate_wait_ms(const struct ocpp_rate_gate *gate, const struct ocpp_rate *rate, int64_t now_ms)
{
    if (rate->per_minute == 0)
        return 0;
    const int64_t over_ns = gate->full_at_ns - now_ms * NS_PER_MS - (depth_ns(rate) - cost_ns(rate, 1));
    return over_ns <= 0 ? 0 : over_ns / NS_PER_MS + (over_ns % NS_PER_MS != 0);
}

bool ocpp_rate_take(struct ocpp_rate_gate *gate, const struct ocpp_rate *rate, int64_t now_ms)
{
    if (ocpp_rate_wait_ms(gate, rate, now_ms) > 0)
        return false;
    ocpp_rate_charge(gate, rate, 1, now_ms);
    return true;
}

bool ocpp_rate_is_full(const struct ocpp_rate_gate *gate, int64_t now_ms)
{
    return gate->full_at_ns <= now_ms * NS_PER_MS;
}
