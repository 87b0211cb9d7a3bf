/* The wait before a reconnection: OCPP 2.0.1 part 4, 5.3 with errata 2025-09 4.12. */
#include <ocpp/backoff.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void the_first_wait_is_the_minimum_and_a_random_part(void **state)
{
    (void)state;
    struct ocpp_backoff backoff = { .wait_minimum_ms = 10000, .random_range_ms = 2000, .repeat_times = 3 };
    assert_int_equal(ocpp_backoff_next(&backoff, 1234), 11234);
}

static void each_failure_doubles_the_wait_before_and_adds_a_new_random_part(void **state)
{
    (void)state;
    struct ocpp_backoff backoff = { .wait_minimum_ms = 1000, .random_range_ms = 99, .repeat_times = 3 };
    assert_int_equal(ocpp_backoff_next(&backoff, 10), 1010);
    assert_int_equal(ocpp_backoff_next(&backoff, 5), 2025);
    assert_int_equal(ocpp_backoff_next(&backoff, 0), 4050);
}

static void after_the_repeat_times_the_wait_stays(void **state)
{
    (void)state;
    struct ocpp_backoff backoff = { .wait_minimum_ms = 1000, .repeat_times = 2 };
    static const int64_t waits[] = { 1000, 2000, 4000, 4000, 4000 };
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        assert_int_equal(ocpp_backoff_next(&backoff, 77), waits[i]);
}

static void a_successful_connection_starts_from_the_minimum_again(void **state)
{
    (void)state;
    struct ocpp_backoff backoff = { .wait_minimum_ms = 1000, .repeat_times = 5 };
    (void)ocpp_backoff_next(&backoff, 0);
    (void)ocpp_backoff_next(&backoff, 0);
    ocpp_backoff_reset(&backoff);
    assert_int_equal(ocpp_backoff_next(&backoff, 0), 1000);
    assert_int_equal(ocpp_backoff_next(&backoff, 0), 2000);
}

static void no_repeat_times_means_the_first_wait_for_ever(void **state)
{
    (void)state;
    struct ocpp_backoff backoff = { .wait_minimum_ms = 3000, .random_range_ms = 1000 };
    assert_int_equal(ocpp_backoff_next(&backoff, 500), 3500);
    assert_int_equal(ocpp_backoff_next(&backoff, 900), 3500);
}

static void the_random_part_never_leaves_its_range(void **state)
{
    (void)state;
    for (uint64_t random = 0; random < 100; random++) {
        struct ocpp_backoff backoff = { .wait_minimum_ms = 100, .random_range_ms = 7 };
        const int64_t wait = ocpp_backoff_next(&backoff, UINT64_MAX - random);
        assert_in_range(wait, 100, 107);
    }
}

static void a_thousand_doublings_stop_at_a_day(void **state)
{
    (void)state;
    struct ocpp_backoff backoff = { .wait_minimum_ms = 10000, .random_range_ms = 10, .repeat_times = 1000 };
    int64_t wait = 0;
    for (int i = 0; i < 1000; i++)
        wait = ocpp_backoff_next(&backoff, 4);
    assert_int_equal(wait, INT64_C(24) * 60 * 60 * 1000 + 4);
}

static void senseless_settings_give_a_sane_wait(void **state)
{
    (void)state;
    struct ocpp_backoff negative = { .wait_minimum_ms = -5, .random_range_ms = -1, .repeat_times = -3 };
    assert_int_equal(ocpp_backoff_next(&negative, 123), 0);
    assert_int_equal(ocpp_backoff_next(&negative, 123), 0);
    struct ocpp_backoff huge = { .wait_minimum_ms = INT64_MAX, .random_range_ms = INT64_MAX, .repeat_times = 2 };
    assert_int_equal(ocpp_backoff_next(&huge, UINT64_MAX), INT64_MAX);
    assert_true(ocpp_backoff_next(&huge, UINT64_MAX) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_wait_is_the_minimum_and_a_random_part),
        cmocka_unit_test(each_failure_doubles_the_wait_before_and_adds_a_new_random_part),
        cmocka_unit_test(after_the_repeat_times_the_wait_stays),
        cmocka_unit_test(a_successful_connection_starts_from_the_minimum_again),
        cmocka_unit_test(no_repeat_times_means_the_first_wait_for_ever),
        cmocka_unit_test(the_random_part_never_leaves_its_range),
        cmocka_unit_test(a_thousand_doublings_stop_at_a_day),
        cmocka_unit_test(senseless_settings_give_a_sane_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
