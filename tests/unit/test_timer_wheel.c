/* Deadlines by the thousand. */
#include "timer_wheel.h"

#include <ocpp/types.h>

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { START_MS = 1000003 };

static struct ocpp_timer_wheel wheel;

static int start(void **state)
{
    (void)state;
    ocpp_wheel_start(&wheel, START_MS);
    return 0;
}

static int expired_at(int64_t now_ms)
{
    int count = 0;
    while (ocpp_wheel_expired(&wheel, now_ms) != NULL)
        count++;
    return count;
}

static void an_empty_wheel_never_needs_a_look(void **state)
{
    (void)state;
    assert_true(ocpp_wheel_next_ms(&wheel) == OCPP_NEVER);
    assert_int_equal(expired_at(START_MS + 100000), 0);
}

static void a_deadline_comes_at_most_one_slot_late_and_never_early(void **state)
{
    (void)state;
    for (int64_t wait = 0; wait < 3 * WHEEL_SLOT_MS * WHEEL_SLOTS; wait += 97) {
        struct ocpp_wheel_timer timer = { 0 };
        ocpp_wheel_start(&wheel, START_MS);
        ocpp_wheel_set(&wheel, &timer, START_MS + wait);
        int64_t now_ms = START_MS;
        while (ocpp_wheel_expired(&wheel, now_ms) == NULL) {
            const int64_t next_ms = ocpp_wheel_next_ms(&wheel);
            assert_true(next_ms > now_ms && next_ms != OCPP_NEVER);
            now_ms = next_ms;
        }
        assert_true(now_ms >= START_MS + wait);
        assert_true(now_ms <= START_MS + wait + 2 * WHEEL_SLOT_MS);
    }
}

static void a_deadline_in_the_past_comes_with_the_next_slot(void **state)
{
    (void)state;
    struct ocpp_wheel_timer timer = { 0 };
    ocpp_wheel_set(&wheel, &timer, START_MS - 5000);
    assert_int_equal(expired_at(START_MS + WHEEL_SLOT_MS), 1);
}

static void a_moved_timer_expires_once_and_at_the_new_time(void **state)
{
    (void)state;
    struct ocpp_wheel_timer timer = { 0 };
    ocpp_wheel_set(&wheel, &timer, START_MS + 100);
    ocpp_wheel_set(&wheel, &timer, START_MS + 5000);
    assert_int_equal(expired_at(START_MS + 4990), 0);
    assert_int_equal(expired_at(START_MS + 5010), 1);
    assert_int_equal(expired_at(START_MS + 50000), 0);
}

static void an_unset_timer_never_expires(void **state)
{
    (void)state;
    struct ocpp_wheel_timer timer = { 0 };
    ocpp_wheel_set(&wheel, &timer, START_MS + 100);
    ocpp_wheel_set(&wheel, &timer, OCPP_NEVER);
    ocpp_wheel_set(&wheel, &timer, OCPP_NEVER);
    assert_int_equal(expired_at(START_MS + 200), 0);
    assert_true(ocpp_wheel_next_ms(&wheel) == OCPP_NEVER);
}

static void after_a_long_sleep_everything_due_comes_at_once(void **state)
{
    (void)state;
    struct ocpp_wheel_timer timers[50];
    memset(timers, 0, sizeof timers);
    for (int i = 0; i < 50; i++)
        ocpp_wheel_set(&wheel, &timers[i], START_MS + i * 1000);
    assert_int_equal(expired_at(START_MS + INT64_C(1000) * 3600 * 24), 50);
}

/* Against a plain array, with times that crowd slots and cross turns. */
static void ten_thousand_random_steps_agree_with_an_array(void **state)
{
    (void)state;
    enum { TIMERS = 60 };
    struct ocpp_wheel_timer timers[TIMERS];
    int64_t due[TIMERS];
    memset(timers, 0, sizeof timers);
    for (int i = 0; i < TIMERS; i++)
        due[i] = OCPP_NEVER;
    int64_t now_ms = START_MS;
    unsigned seed = 7;
    for (int step = 0; step < 10000; step++) {
        seed = seed * 1103515245 + 12345;
        const int which = (int)(seed >> 16) % TIMERS;
        due[which] = seed % 5 == 0 ? OCPP_NEVER : now_ms + (int64_t)(seed >> 8) % 20000;
        ocpp_wheel_set(&wheel, &timers[which], due[which]);
        now_ms += (int64_t)(seed >> 20) % 300;
        for (struct ocpp_wheel_timer *timer; (timer = ocpp_wheel_expired(&wheel, now_ms)) != NULL;) {
            const ptrdiff_t index = timer - timers;
            assert_true(due[index] <= now_ms);
            due[index] = OCPP_NEVER;
        }
        for (int i = 0; i < TIMERS; i++)
            assert_true(due[i] == OCPP_NEVER || due[i] > now_ms - 2 * WHEEL_SLOT_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_empty_wheel_never_needs_a_look, start),
        cmocka_unit_test_setup(a_deadline_comes_at_most_one_slot_late_and_never_early, start),
        cmocka_unit_test_setup(a_deadline_in_the_past_comes_with_the_next_slot, start),
        cmocka_unit_test_setup(a_moved_timer_expires_once_and_at_the_new_time, start),
        cmocka_unit_test_setup(an_unset_timer_never_expires, start),
        cmocka_unit_test_setup(after_a_long_sleep_everything_due_comes_at_once, start),
        cmocka_unit_test_setup(ten_thousand_random_steps_agree_with_an_array, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
