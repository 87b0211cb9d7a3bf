/* schedule_within.c: whether what a vehicle chose stays within what it was allowed (K15.FR.11): two step functions over time,
 * compared wherever one of them makes a step. */
#include <ocpp/central_energy.h>

enum { MOST_S = 1000000000 }; /* 31 years: what is longer is no schedule, and nothing below overflows */

/* A schedule, and where in it we are. */
struct steps {
    const struct ocpp_charging_schedule *schedule;
    int64_t start_ms;
    int64_t end_ms; /* INT64_MAX: without end */
    size_t next;    /* the period that is not reached yet */
};

static int64_t ms_of(const struct steps *steps, size_t period)
{
    return steps->start_ms + steps->schedule->periods[period].start_s * 1000;
}

static bool are_in_order(const struct ocpp_charging_schedule *schedule)
{
    bool are = schedule->duration_s >= 0 && schedule->duration_s <= MOST_S;

    for (size_t i = 0; are && i < schedule->period_count; i++) {
        const int64_t start = schedule->periods[i].start_s;
        are = start >= 0 && start <= MOST_S && (i == 0 || start > schedule->periods[i - 1].start_s);
    }
    return are;
}

static bool is_date(int64_t utc_ms)
{
    char text[OCPP_TIME_TEXT_SIZE];

    return ocpp_time_format(utc_ms, text) == OCPP_OK;
}

static bool begin(struct steps *steps, const struct ocpp_charging_schedule *schedule, int64_t from_utc_ms)
{
    const int64_t start = schedule->start_utc_ms == OCPP_UTC_UNKNOWN ? from_utc_ms : schedule->start_utc_ms;

    if (!is_date(start) || !are_in_order(schedule)) {
        return false;
    }
    *steps = (struct steps){ .schedule = schedule, .start_ms = start };
    steps->end_ms = schedule->duration_s > 0 ? start + schedule->duration_s * 1000 : INT64_MAX;
    return true;
}

/* What holds at |at_ms|, which never goes back; NULL: nothing. |*until_ms|, if it is later, is lowered to when that changes. */
static const struct ocpp_limit_period *at(struct steps *steps, int64_t at_ms, int64_t *until_ms)
{
    int64_t change = steps->end_ms;

    if (at_ms >= steps->end_ms) {
        return NULL;
    }
    while (steps->next < steps->schedule->period_count && ms_of(steps, steps->next) <= at_ms) {
        steps->next++;
    }
    if (steps->next < steps->schedule->period_count && ms_of(steps, steps->next) < change) {
        change = ms_of(steps, steps->next);
    }
    *until_ms = change < *until_ms ? change : *until_ms;
    return steps->next > 0 ? &steps->schedule->periods[steps->next - 1] : NULL;
}

/* Nothing is allowed where |allowed| is NULL. */
static bool is_below(const struct ocpp_limit_period *chosen, const struct ocpp_limit_period *allowed)
{
    if (!allowed) {
        return ocpp_decimal_compare(chosen->limit, OCPP_DECIMAL(0, 0)) <= 0;
    }
    const bool is_phase = chosen->phases == 0 || allowed->phases == 0 || chosen->phases <= allowed->phases;
    return is_phase && ocpp_decimal_compare(chosen->limit, allowed->limit) <= 0;
}

bool ocpp_schedule_is_within(const struct ocpp_charging_schedule *chosen, const struct ocpp_charging_schedule *allowed,
                             int64_t from_utc_ms)
{
    struct steps inner;
    struct steps outer;
    bool is = chosen->unit == allowed->unit && begin(&inner, chosen, from_utc_ms) && begin(&outer, allowed, from_utc_ms);

    if (is && inner.end_ms == INT64_MAX) {
        inner.end_ms = outer.end_ms;
    }
    for (int64_t now = is ? inner.start_ms : INT64_MAX; is && now < inner.end_ms;) {
        int64_t until = inner.end_ms;
        const struct ocpp_limit_period *draws = at(&inner, now, &until);
        const struct ocpp_limit_period *may = at(&outer, now, &until);
        is = !draws || is_below(draws, may);
        now = until;
    }
    return is;
}
