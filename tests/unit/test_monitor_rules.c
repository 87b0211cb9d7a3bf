/* monitor_rules.c: when a monitor makes an event; against an oracle that works it out from all that was. OCPP 2.0.1 N07, N08. */
#include "monitor_oracle.h"

#include "charge_point_internal.h"
#include "unit.h"

#include <string.h>

/* --- random series -------------------------------------------------------------------------------------------------------------- */

static uint64_t seed;

static uint64_t draw(uint64_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % below;
}

static int64_t a_number(void)
{
    static const int64_t spans[] = { 4, 1000, 5000000, INT64_C(1000000000000) };
    const int64_t span = spans[draw(4)];
    const int64_t far = draw(40) == 0 ? MONITOR_MOST : 0;
    return draw(2) == 0 ? far + (far == 0 ? (int64_t)draw((uint64_t)span) : 0) : -far - (far == 0 ? (int64_t)draw((uint64_t)span) : 0);
}

static struct monitor_rule a_rule(void)
{
    struct monitor_rule rule = { .type = (enum ocpp_monitor_type)draw(5), .is_number = draw(4) != 0 };
    if (rule.type == OCPP_MONITOR_PERIODIC || rule.type == OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED) {
        static const int64_t periods[] = { 1000, 30000, 900000, 3600000, 50000000, 86400000 };
        rule.value = periods[draw(6)];
        return rule;
    }
    rule.value = rule.type == OCPP_MONITOR_DELTA ? (int64_t)draw(3000) : a_number();
    rule.dead_band = rule.type == OCPP_MONITOR_DELTA ? 0 : (int64_t)(draw(2) * draw(3000));
    return rule;
}

static void step(struct monitor_view *view, const struct monitor_rule *rule)
{
    static const int64_t tides[] = { 0, 1, 500, 29999, 30000, 3600000, 86400000 };
    const bool is_slow = rule->type < OCPP_MONITOR_PERIODIC;
    const int64_t by = is_slow ? 1 : tides[draw(7)] + (int64_t)draw((uint64_t)rule->value);
    view->mono_ms += by;
    view->utc_ms = view->utc_ms == OCPP_UTC_UNKNOWN ? view->utc_ms : view->utc_ms + by;
    view->has_value = draw(10) != 0;
    view->number = draw(3) == 0 ? rule->value + (int64_t)draw(5) - 2 : a_number();
    view->text = draw(3);
}

static void one_series(void)
{
    struct monitor_oracle oracle = { .rule = a_rule() };
    struct monitor_memory memory = { .is_exceeded = false };
    struct monitor_view view = { .mono_ms = (int64_t)draw(100000), .offset_ms = ((int64_t)draw(25) - 12) * 3600000 };
    const int64_t began = INT64_C(1700000000000) + (int64_t)draw(UINT32_MAX);
    view.utc_ms = draw(4) == 0 ? OCPP_UTC_UNKNOWN : began;
    for (int look = 0; look < 200; look++) {
        const bool is_skipped = draw(8) == 0;
        const enum monitor_event expected = monitor_oracle_say(&oracle, &view, is_skipped);
        enum monitor_event event = MONITOR_QUIET;
        if (is_skipped) {
            ocpp_monitor_skip(&oracle.rule, &memory, &view);
        } else {
            event = ocpp_monitor_look(&oracle.rule, &memory, &view);
        }
        assert_int_equal(event, expected);
        step(&view, &oracle.rule);
        if (view.utc_ms == OCPP_UTC_UNKNOWN && draw(20) == 0) {
            view.utc_ms = began;
        }
    }
}

static void every_series_says_what_the_oracle_says(void **state)
{
    (void)state;
    for (seed = 1; seed < 20000; seed += 7) {
        const uint64_t first = seed;
        one_series();
        seed = first;
    }
}

/* --- what the oracle does not ask --------------------------------------------------------------------------------------------- */

static void the_end_of_a_period_is_known_in_advance(void **state)
{
    (void)state;
    const struct monitor_rule rule = { .type = OCPP_MONITOR_PERIODIC, .value = 30000 };
    const struct monitor_rule threshold = { .type = OCPP_MONITOR_UPPER_THRESHOLD, .value = 30000 };
    struct monitor_memory memory = { .is_exceeded = false };
    struct monitor_view view = { .mono_ms = 1000, .utc_ms = OCPP_UTC_UNKNOWN };
    assert_true(ocpp_monitor_due(&rule, &memory, 1000, OCPP_UTC_UNKNOWN) == OCPP_NEVER);
    (void)ocpp_monitor_look(&rule, &memory, &view);
    assert_int_equal(ocpp_monitor_due(&rule, &memory, 1000, OCPP_UTC_UNKNOWN), 31000);
    assert_true(ocpp_monitor_due(&threshold, &memory, 1000, OCPP_UTC_UNKNOWN) == OCPP_NEVER);
    view.mono_ms = 95000; /* two ends were missed: one event, and the grid stays */
    assert_int_equal(ocpp_monitor_look(&rule, &memory, &view), MONITOR_PERIOD);
    assert_int_equal(ocpp_monitor_due(&rule, &memory, 95000, OCPP_UTC_UNKNOWN), 121000);
}

/* A calendar that jumps back waits for the next point, not for the one that is a year away. */
static void a_calendar_that_is_set_back_does_not_silence_a_monitor(void **state)
{
    (void)state;
    const struct monitor_rule rule = { .type = OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED, .value = 900000 };
    struct monitor_memory memory = { .is_exceeded = false };
    struct monitor_view view = { .mono_ms = 0, .utc_ms = INT64_C(1800000000000) };
    (void)ocpp_monitor_look(&rule, &memory, &view);
    view.utc_ms = INT64_C(1700000000000);
    assert_int_equal(ocpp_monitor_look(&rule, &memory, &view), MONITOR_QUIET);
    assert_true(ocpp_monitor_due(&rule, &memory, 0, view.utc_ms) <= 900000);
    view.utc_ms += 900000;
    assert_int_equal(ocpp_monitor_look(&rule, &memory, &view), MONITOR_PERIOD);
    assert_true(ocpp_monitor_due(&rule, &memory, 0, OCPP_UTC_UNKNOWN) == OCPP_NEVER);
}

static void numbers_beyond_what_counts_stand_for_the_most(void **state)
{
    (void)state;
    assert_int_equal(ocpp_monitor_millionths(OCPP_DECIMAL(15, 1)), 1500000);
    assert_int_equal(ocpp_monitor_millionths(OCPP_DECIMAL(-15, 7)), -2); /* half away from zero */
    assert_true(ocpp_monitor_millionths(OCPP_DECIMAL(1, -300)) == MONITOR_MOST);
    assert_true(ocpp_monitor_millionths(OCPP_DECIMAL(-1, -300)) == -MONITOR_MOST);
    assert_true(ocpp_monitor_millionths(OCPP_DECIMAL(INT64_MAX, 0)) == MONITOR_MOST);
    assert_int_equal(ocpp_monitor_millionths(OCPP_DECIMAL(1, 300)), 0);
}

static void texts_are_told_apart(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "a", "b", "ab", "ba", "Available", "available" };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (size_t other = 0; other < i; other++) {
            assert_true(ocpp_monitor_digest(texts[i]) != ocpp_monitor_digest(texts[other]));
        }
    }
}

/* Part 1, 4.4: which types go together. */
static void types_of_monitors_suit_types_of_values(void **state)
{
    (void)state;
    static const char *const suits[] = {
        [OCPP_SETTING_STRING] = "..dpc",        [OCPP_SETTING_DECIMAL] = "uldpc",       [OCPP_SETTING_INTEGER] = "uldpc",
        [OCPP_SETTING_DATE_TIME] = "..d..",     [OCPP_SETTING_BOOLEAN] = "..dpc",       [OCPP_SETTING_OPTION_LIST] = "..dpc",
        [OCPP_SETTING_SEQUENCE_LIST] = "..dpc", [OCPP_SETTING_MEMBER_LIST] = "..dpc",
    };
    for (int type = OCPP_SETTING_STRING; type <= OCPP_SETTING_MEMBER_LIST; type++) {
        for (int monitor = 0; monitor < 5; monitor++) {
            assert_int_equal(ocpp_monitor_suits((enum ocpp_setting_type)type, (enum ocpp_monitor_type)monitor),
                             suits[type][monitor] != '.');
        }
    }
    assert_false(ocpp_monitor_suits(OCPP_SETTING_DECIMAL, (enum ocpp_monitor_type)5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_series_says_what_the_oracle_says),
        cmocka_unit_test(the_end_of_a_period_is_known_in_advance),
        cmocka_unit_test(a_calendar_that_is_set_back_does_not_silence_a_monitor),
        cmocka_unit_test(numbers_beyond_what_counts_stand_for_the_most),
        cmocka_unit_test(texts_are_told_apart),
        cmocka_unit_test(types_of_monitors_suit_types_of_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
