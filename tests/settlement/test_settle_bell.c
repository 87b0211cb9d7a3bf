/* What the thread waits for that lets time pass: a ring is never lost, whenever it comes. */
#include "bell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { LONG_MS = 60000 };

static struct bell bell;
static pthread_t ringer;
static bool rings_before_the_sleep;

int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until);

static void *ring(void *user)
{
    (void)user;
    bell_ring(&bell);
    return NULL;
}

/* Between the last look and the sleep. */
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until)
{
    if (rings_before_the_sleep) {
        rings_before_the_sleep = false;
        assert_int_equal(pthread_create(&ringer, NULL, ring, NULL), 0);
    }
    return __real_pthread_cond_timedwait(condition, lock, until);
}

static int set_up(void **state)
{
    (void)state;
    return bell_make(&bell) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    bell_break(&bell);
    return 0;
}

static void a_ring_before_the_wait_ends_it_and_is_heard_once(void **state)
{
    (void)state;
    bell_ring(&bell);
    bell_ring(&bell);
    assert_true(bell_wait(&bell, LONG_MS));
    assert_false(bell_wait(&bell, 0));
}

static void a_ring_that_falls_between_the_look_and_the_sleep_ends_it(void **state)
{
    (void)state;
    rings_before_the_sleep = true;
    assert_true(bell_wait(&bell, LONG_MS));
    assert_false(rings_before_the_sleep);
    assert_int_equal(pthread_join(ringer, NULL), 0);
}

static void who_has_no_time_to_wait_hears_what_has_rung(void **state)
{
    (void)state;
    assert_false(bell_wait(&bell, 0));
    assert_false(bell_wait(&bell, -5));
    bell_ring(&bell);
    assert_true(bell_wait(&bell, -5));
}

static void the_time_ends_the_wait_where_nobody_rings(void **state)
{
    (void)state;
    assert_false(bell_wait(&bell, 1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_ring_before_the_wait_ends_it_and_is_heard_once),
        TEST(a_ring_that_falls_between_the_look_and_the_sleep_ends_it),
        TEST(who_has_no_time_to_wait_hears_what_has_rung),
        TEST(the_time_ends_the_wait_where_nobody_rings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
