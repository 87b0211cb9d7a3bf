/* test_system_clock.c: the clock of the machine, with clock_gettime() replaced. */
#define _POSIX_C_SOURCE 200809L

#include <ocpp/adapters.h>

#include <stdarg.h>
#include <setjmp.h>
#include <time.h>

#include <cmocka.h>

static struct timespec calendar;
static struct timespec since_boot;
static bool calendar_fails;
static bool boot_clock_missing;

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    if (clock == CLOCK_REALTIME) {
        *time = calendar;
        return calendar_fails ? -1 : 0;
    }
#ifdef CLOCK_BOOTTIME
    if (clock == CLOCK_BOOTTIME && boot_clock_missing)
        return -1;
#endif
    *time = since_boot;
    return 0;
}

static int setup(void **state)
{
    (void)state;
    calendar = (struct timespec){ .tv_sec = 1577836800, .tv_nsec = 999999999 };
    since_boot = (struct timespec){ .tv_sec = 12, .tv_nsec = 345678901 };
    calendar_fails = boot_clock_missing = false;
    return 0;
}

static void both_clocks_are_told_in_whole_milliseconds(void **state)
{
    (void)state;
    assert_int_equal(ocpp_system_now().mono_ms, 12345);
    assert_int_equal(ocpp_system_now().utc_ms, INT64_C(1577836800999));
}

static void a_calendar_before_2020_is_unknown(void **state)
{
    (void)state;
    calendar.tv_sec--;
    assert_int_equal(ocpp_system_now().utc_ms, OCPP_UTC_UNKNOWN);
    calendar.tv_sec = 0;
    assert_int_equal(ocpp_system_now().utc_ms, OCPP_UTC_UNKNOWN);
}

static void a_calendar_that_fails_is_unknown(void **state)
{
    (void)state;
    calendar_fails = true;
    assert_int_equal(ocpp_system_now().utc_ms, OCPP_UTC_UNKNOWN);
}

static void a_kernel_without_the_boot_clock_still_has_a_monotonic_one(void **state)
{
    (void)state;
    boot_clock_missing = true;
    assert_int_equal(ocpp_system_now().mono_ms, 12345);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_clocks_are_told_in_whole_milliseconds, setup),
        cmocka_unit_test_setup(a_calendar_before_2020_is_unknown, setup),
        cmocka_unit_test_setup(a_calendar_that_fails_is_unknown, setup),
        cmocka_unit_test_setup(a_kernel_without_the_boot_clock_still_has_a_monotonic_one, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
