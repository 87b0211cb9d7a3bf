/* test_schedule_within.c: whether what a vehicle chose is within what it was allowed, held to a look at every second. */
#include <ocpp/central_energy.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FROM 1767225600000

static struct ocpp_charging_schedule of(const struct ocpp_limit_period *periods, size_t count, int64_t start_s,
                                        int64_t duration_s)
{
    return (struct ocpp_charging_schedule){ .start_utc_ms = FROM + start_s * 1000,
                                            .duration_s = duration_s,
                                            .unit = OCPP_RATE_POWER,
                                            .periods = periods,
                                            .period_count = count };
}

static const struct ocpp_limit_period stairs[] = { { .start_s = 0, .limit = { 10, 0 } },
                                                   { .start_s = 60, .limit = { 5, 0 } },
                                                   { .start_s = 120, .limit = { 8, 0 } } };
static const struct ocpp_limit_period five[] = { { .start_s = 0, .limit = { 50, 1 } } };
static const struct ocpp_limit_period six[] = { { .start_s = 0, .limit = { 6, 0 } } };

/* K15.FR.11, FR.12 */
static void what_is_never_above_is_within(void **state)
{
    const struct ocpp_charging_schedule allowed = of(stairs, 3, 0, 180);
    struct ocpp_charging_schedule chosen = of(five, 1, 0, 180);

    (void)state;
    assert_true(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    assert_true(ocpp_schedule_is_within(&allowed, &allowed, FROM));
    chosen = of(six, 1, 0, 180); /* too much in the second minute */
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(six, 1, 0, 60);
    assert_true(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(six, 1, 0, 61);
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(six, 1, 120, 60);
    assert_true(ocpp_schedule_is_within(&chosen, &allowed, FROM));
}

static void before_the_start_and_after_the_end_nothing_is_allowed(void **state)
{
    static const struct ocpp_limit_period none_later[] = { { .start_s = 0, .limit = { 5, 0 } },
                                                           { .start_s = 180, .limit = { 0, 0 } } };
    const struct ocpp_charging_schedule allowed = of(stairs, 3, 0, 180);
    struct ocpp_charging_schedule chosen = of(five, 1, -1, 60);

    (void)state;
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(five, 1, 0, 181);
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(none_later, 2, 0, 600);
    assert_true(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(five, 1, 0, 0); /* ends with it */
    assert_true(ocpp_schedule_is_within(&chosen, &allowed, FROM));
}

static void a_start_that_is_not_told_is_the_common_one(void **state)
{
    struct ocpp_charging_schedule allowed = of(stairs, 3, 0, 0);
    struct ocpp_charging_schedule chosen = of(five, 1, 0, 600);

    (void)state;
    allowed.start_utc_ms = OCPP_UTC_UNKNOWN;
    assert_true(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM + 1));
    chosen.start_utc_ms = OCPP_UTC_UNKNOWN;
    assert_true(ocpp_schedule_is_within(&chosen, &allowed, FROM + 1));
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, OCPP_UTC_UNKNOWN));
    chosen.duration_s = 0; /* both without end */
    assert_true(ocpp_schedule_is_within(&chosen, &allowed, FROM));
}

static void units_and_phases_count(void **state)
{
    static const struct ocpp_limit_period two_phases[] = { { .start_s = 0, .limit = { 5, 0 }, .phases = 2 } };
    static const struct ocpp_limit_period three_phases[] = { { .start_s = 0, .limit = { 5, 0 }, .phases = 3 } };
    struct ocpp_charging_schedule allowed = of(two_phases, 1, 0, 60);
    struct ocpp_charging_schedule chosen = of(three_phases, 1, 0, 60);

    (void)state;
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    assert_true(ocpp_schedule_is_within(&allowed, &chosen, FROM));
    chosen = of(five, 1, 0, 60);
    assert_true(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen.unit = OCPP_RATE_CURRENT;
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
}

static void what_is_no_schedule_is_not_within(void **state)
{
    static const struct ocpp_limit_period disordered[] = { { .start_s = 9, .limit = { 0, 0 } },
                                                           { .start_s = 9, .limit = { 0, 0 } } };
    static const struct ocpp_limit_period far[] = { { .start_s = INT64_MAX, .limit = { 0, 0 } } };
    const struct ocpp_charging_schedule allowed = of(stairs, 3, 0, 0);
    struct ocpp_charging_schedule chosen = of(disordered, 2, 0, 60);

    (void)state;
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(far, 1, 0, 60);
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(five, 1, 0, INT64_MAX);
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(five, 1, 0, -1);
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
    chosen = of(five, 1, 0, 60);
    chosen.start_utc_ms = INT64_MAX - 1;
    assert_false(ocpp_schedule_is_within(&chosen, &allowed, FROM));
}

/* --- the oracle ------------------------------------------------------------------------------------------------------------- */

enum { SECONDS = 40, PERIODS = 4 };

/* The upper bits of a linear congruential generator: the same on every machine. */
static int any(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (int)(*seed >> 16);
}

static struct ocpp_charging_schedule any_schedule(struct ocpp_limit_period periods[PERIODS], unsigned *seed)
{
    const size_t count = (size_t)(any(seed) % PERIODS) + 1;
    int64_t at = any(seed) % 8 == 0 ? 2 : 0;

    for (size_t i = 0; i < count; i++) {
        periods[i] = (struct ocpp_limit_period){ .start_s = at, .limit = { any(seed) % 4, 0 }, .phases = any(seed) % 3 };
        at += 1 + any(seed) % 9;
    }
    return of(periods, count, any(seed) % 3, any(seed) % 4 == 0 ? 0 : 1 + any(seed) % 30);
}

/* What holds in that second; NULL: nothing. */
static const struct ocpp_limit_period *in_second(const struct ocpp_charging_schedule *schedule, int64_t second)
{
    const int64_t at = second - (schedule->start_utc_ms - FROM) / 1000;
    const struct ocpp_limit_period *found = NULL;

    if (at < 0 || (schedule->duration_s > 0 && at >= schedule->duration_s)) {
        return NULL;
    }
    for (size_t i = 0; i < schedule->period_count && schedule->periods[i].start_s <= at; i++) {
        found = &schedule->periods[i];
    }
    return found;
}

static bool looked_at_each_second(const struct ocpp_charging_schedule *chosen, const struct ocpp_charging_schedule *allowed)
{
    const int64_t allowed_end =
        allowed->duration_s > 0 ? (allowed->start_utc_ms - FROM) / 1000 + allowed->duration_s : SECONDS * 4;

    for (int64_t second = 0; second < SECONDS * 4; second++) {
        const struct ocpp_limit_period *draws = in_second(chosen, second);
        const struct ocpp_limit_period *may = in_second(allowed, second);
        if (!draws || (chosen->duration_s == 0 && second >= allowed_end)) {
            continue;
        }
        if (draws->limit.coefficient > (may ? may->limit.coefficient : 0) ||
            (may && draws->phases > 0 && may->phases > 0 && draws->phases > may->phases)) {
            return false;
        }
    }
    return true;
}

static void each_second_says_the_same(void **state)
{
    unsigned seed = 7;
    int within = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct ocpp_limit_period one[PERIODS];
        struct ocpp_limit_period two[PERIODS];
        const struct ocpp_charging_schedule chosen = any_schedule(one, &seed);
        const struct ocpp_charging_schedule allowed = any_schedule(two, &seed);
        const bool is = looked_at_each_second(&chosen, &allowed);
        within += is;
        assert_int_equal(ocpp_schedule_is_within(&chosen, &allowed, FROM), is);
    }
    assert_in_range(within, 1000, 19000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_never_above_is_within),
        cmocka_unit_test(before_the_start_and_after_the_end_nothing_is_allowed),
        cmocka_unit_test(a_start_that_is_not_told_is_the_common_one),
        cmocka_unit_test(units_and_phases_count),
        cmocka_unit_test(what_is_no_schedule_is_not_within),
        cmocka_unit_test(each_second_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
