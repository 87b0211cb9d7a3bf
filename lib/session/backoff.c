/* backoff.c: the reconnection rule of OCPP-J as arithmetic: state and entropy in, milliseconds out. */
#include <ocpp/backoff.h>

/* Twenty doublings of a legal minimum would be years. The standard sets no bound; a station that nobody can reach for a day is as
 * good as lost, so the doubling stops there, unless the minimum itself is longer. */
enum { LONGEST_DOUBLED_MS = 24 * 60 * 60 * 1000 };

static int64_t at_least_zero(int64_t value)
{
    return value < 0 ? 0 : value;
}

static int64_t random_part(const struct ocpp_backoff *backoff, uint64_t random)
{
    const uint64_t range = (uint64_t)at_least_zero(backoff->random_range_ms);
    return (int64_t)(range == UINT64_MAX ? random : random % (range + 1));
}

static int64_t add(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

int64_t ocpp_backoff_next(struct ocpp_backoff *backoff, uint64_t random)
{
    const int64_t minimum_ms = at_least_zero(backoff->wait_minimum_ms);
    if (!backoff->started) {
        backoff->started = true;
        backoff->doubled = 0;
        backoff->previous_ms = add(minimum_ms, random_part(backoff, random));
        return backoff->previous_ms;
    }
    if (backoff->doubled >= backoff->repeat_times)
        return backoff->previous_ms;
    backoff->doubled++;
    const int64_t longest_ms = minimum_ms > LONGEST_DOUBLED_MS ? minimum_ms : LONGEST_DOUBLED_MS;
    const int64_t doubled_ms = backoff->previous_ms > longest_ms / 2 ? longest_ms : backoff->previous_ms * 2;
    backoff->previous_ms = add(doubled_ms, random_part(backoff, random));
    return backoff->previous_ms;
}

void ocpp_backoff_reset(struct ocpp_backoff *backoff)
{
    backoff->started = false;
    backoff->doubled = 0;
    backoff->previous_ms = 0;
}
