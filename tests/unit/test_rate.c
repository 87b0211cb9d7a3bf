/* rate.c: how much may be taken, and when again. */
#include "rate.h"

#include "unit.h"

static const struct ocpp_rate ten_a_second = { .per_minute = 600, .burst = 5 };

static void a_burst_is_there_at_once_and_one_more_comes_after_its_time(void **state)
{
    struct ocpp_rate_gate gate = { 0 };

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_true(ocpp_rate_take(&gate, &ten_a_second, 1000));
    assert_false(ocpp_rate_take(&gate, &ten_a_second, 1000));
    assert_int_equal(ocpp_rate_wait_ms(&gate, &ten_a_second, 1000), 100);
    assert_false(ocpp_rate_take(&gate, &ten_a_second, 1099));
    assert_true(ocpp_rate_take(&gate, &ten_a_second, 1100));
    assert_false(ocpp_rate_take(&gate, &ten_a_second, 1199));
}

static void over_time_exactly_the_rate_is_given(void **state)
{
    const struct ocpp_rate odd = { .per_minute = 7, .burst = 3 };
    struct ocpp_rate_gate gate = { 0 };
    int taken = 0;

    (void)state;
    for (int64_t now_ms = 0; now_ms <= INT64_C(60) * 60 * 1000; now_ms += 13)
        taken += ocpp_rate_take(&gate, &odd, now_ms);
    assert_in_range(taken, 7 * 60 + 2, 7 * 60 + 3);
}

static void a_debt_is_paid_by_waiting(void **state)
{
    struct ocpp_rate_gate gate = { 0 };

    (void)state;
    ocpp_rate_charge(&gate, &ten_a_second, 25, 0);
    assert_int_equal(ocpp_rate_wait_ms(&gate, &ten_a_second, 0), 2100); /* 20 more than there were, and the one asked for */
    assert_int_equal(ocpp_rate_wait_ms(&gate, &ten_a_second, 2000), 100);
    assert_int_equal(ocpp_rate_wait_ms(&gate, &ten_a_second, 2100), 0);
    ocpp_rate_charge(&gate, &ten_a_second, 0, 2100);
    assert_int_equal(ocpp_rate_wait_ms(&gate, &ten_a_second, 2100), 0);
}

static void no_rate_is_no_limit(void **state)
{
    const struct ocpp_rate none = { .per_minute = 0, .burst = 1 };
    struct ocpp_rate_gate gate = { 0 };

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_true(ocpp_rate_take(&gate, &none, 0));
    ocpp_rate_charge(&gate, &none, SIZE_MAX, 0);
    assert_int_equal(ocpp_rate_wait_ms(&gate, &none, 0), 0);
}

static void no_burst_is_a_burst_of_one(void **state)
{
    const struct ocpp_rate one = { .per_minute = 60 };
    struct ocpp_rate_gate gate = { 0 };

    (void)state;
    assert_true(ocpp_rate_take(&gate, &one, 0));
    assert_false(ocpp_rate_take(&gate, &one, 999));
    assert_true(ocpp_rate_take(&gate, &one, 1000));
}

static void amounts_and_times_out_of_all_proportion_do_not_overflow(void **state)
{
    static const uint32_t rates[] = { 1, 60, 240000000, UINT32_MAX };
    static const int64_t times[] = { 0, 1000, INT64_C(100) * 365 * 86400 * 1000 };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        for (size_t k = 0; k < COUNT_OF(times); k++) {
            const struct ocpp_rate rate = { .per_minute = rates[i], .burst = UINT32_MAX };
            struct ocpp_rate_gate gate = { 0 };
            for (int n = 0; n < 10; n++)
                ocpp_rate_charge(&gate, &rate, SIZE_MAX, times[k]);
            assert_true(ocpp_rate_wait_ms(&gate, &rate, times[k]) >= 0);
            assert_false(ocpp_rate_is_full(&gate, times[k]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_is_there_at_once_and_one_more_comes_after_its_time),
        cmocka_unit_test(over_time_exactly_the_rate_is_given),
        cmocka_unit_test(a_debt_is_paid_by_waiting),
        cmocka_unit_test(no_rate_is_no_limit),
        cmocka_unit_test(no_burst_is_a_burst_of_one),
        cmocka_unit_test(amounts_and_times_out_of_all_proportion_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
