/* cost_running.c: the cost between two messages of the central system, by the unit prices of the last one: a pure function, in
 * millionths of the currency. The central system's next word replaces it. Application note on pricing, RunningCost. */
#include "pricing.h"

enum { MOST_SECONDS = 10000000, MOST_WH = 100000000 }; /* beyond, the amount goes on no more: nothing may overflow */

static int64_t within(int64_t value, int64_t most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

/* What |from| to |to| costs by the hour. */
static int64_t by_time(int64_t per_hour, int64_t from_ms, int64_t to_ms)
{
    return per_hour * within((to_ms - from_ms) / 1000, MOST_SECONDS) / 3600;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Idleness is free for a while, counted from its beginning. */
static int64_t of_time(const struct running *running, int64_t per_hour, int64_t idle_per_hour, int64_t grace_s, int64_t from_ms,
                       int64_t to_ms)
{
    if (!running->is_idle) {
        return by_time(per_hour, from_ms, to_ms);
    }
    return by_time(idle_per_hour, later(from_ms, running->idle_since + grace_s * 1000), to_ms);
}

int64_t ocpp_running_cost(const struct running *running, int64_t meter_wh, int64_t utc_ms)
{
    const bool is_beyond = running->has_next && utc_ms > running->next_utc_ms;
    const int64_t until = is_beyond ? running->next_utc_ms : utc_ms;
    int64_t cost = running->cost;
    cost += running->is_idle ? 0 : running->per_kwh * within(meter_wh - running->meter_wh, MOST_WH) / 1000;
    cost += of_time(running, running->per_hour, running->idle_per_hour, running->grace_s, running->utc_ms, until);
    if (is_beyond) {
        cost += of_time(running, running->next_per_hour, running->next_idle_per_hour, running->next_grace_s,
                        later(running->utc_ms, running->next_utc_ms), utc_ms);
    }
    return cost;
}

void ocpp_running_turn(struct running *running, int64_t meter_wh)
{
    const int64_t at = later(running->utc_ms, running->next_utc_ms);
    running->cost = ocpp_running_cost(running, meter_wh, running->next_utc_ms);
    running->utc_ms = at;
    running->meter_wh = later(meter_wh, running->meter_wh);
    running->per_kwh = running->next_per_kwh;
    running->per_hour = running->next_per_hour;
    running->idle_per_hour = running->next_idle_per_hour;
    running->grace_s = running->next_grace_s;
    running->has_next = false;
}
