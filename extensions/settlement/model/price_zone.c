/* price_zone.c: offsets and days. */
#include "price_zone.h"

static int64_t divide_down(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0 ? 1 : 0);
}

int64_t second_of(int64_t utc_ms)
{
    return divide_down(utc_ms, 1000);
}

struct local_time local_time_of(const struct ocpp_settle_snapshot *snapshot, int64_t at_s)
{
    size_t index = 0;

    while (index + 1 < snapshot->transitions.count && second_of(snapshot->transitions.items[index + 1].from) <= at_s) {
        index++;
    }
    const int64_t offset_s = snapshot->transitions.items[index].offset_s;
    const int64_t day = divide_down(at_s + offset_s, DAY_S);
    const int64_t weekday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (struct local_time){ day, at_s + offset_s - day * DAY_S, offset_s, (int)(weekday < 0 ? weekday + 7 : weekday) };
}

int64_t next_transition(const struct ocpp_settle_snapshot *snapshot, int64_t at_s)
{
    for (size_t i = 1; i < snapshot->transitions.count; i++) {
        const int64_t from_s = second_of(snapshot->transitions.items[i].from);

        if (from_s > at_s) {
            return from_s;
        }
    }
    return INT64_MAX;
}
