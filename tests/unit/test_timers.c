/* timers.c against a plain list: order, ties, moves, the limit, no memory. */
#include "timers.h"

#include "allocator.h"
#include "unit.h"

static void an_empty_set_never_expires(void **state)
{
    struct ocpp_timers timers;

    (void)state;
    ocpp_timers_start(&timers, NULL, 4);
    assert_true(ocpp_timers_deadline(&timers) == OCPP_NEVER);
    assert_null(ocpp_timers_expired(&timers, INT64_MAX));
    ocpp_timers_stop(&timers);
}

static void timers_expire_at_their_deadline_the_earliest_first(void **state)
{
    struct ocpp_timers timers;
    struct ocpp_timer late = { .kind = 1 };
    struct ocpp_timer early = { .kind = 2 };

    (void)state;
    ocpp_timers_start(&timers, NULL, 4);
    assert_int_equal(ocpp_timers_set(&timers, &late, 200), OCPP_OK);
    assert_int_equal(ocpp_timers_set(&timers, &early, -100), OCPP_OK);
    assert_int_equal(ocpp_timers_deadline(&timers), -100);
    assert_null(ocpp_timers_expired(&timers, -101));
    assert_ptr_equal(ocpp_timers_expired(&timers, 200), &early);
    assert_false(ocpp_timer_is_set(&early));
    assert_ptr_equal(ocpp_timers_expired(&timers, 200), &late);
    assert_null(ocpp_timers_expired(&timers, 200));
    ocpp_timers_stop(&timers);
}

static void equal_deadlines_expire_in_the_order_they_were_set(void **state)
{
    struct ocpp_timers timers;
    struct ocpp_timer some[20] = { { 0 } };

    (void)state;
    ocpp_timers_start(&timers, NULL, COUNT_OF(some));
    for (size_t i = 0; i < COUNT_OF(some); i++) {
        assert_int_equal(ocpp_timers_set(&timers, &some[i], 5), OCPP_OK);
    }
    assert_int_equal(ocpp_timers_set(&timers, &some[3], 5), OCPP_OK); /* set again: now the last */
    for (size_t i = 0; i < COUNT_OF(some); i++) {
        if (i != 3) {
            assert_ptr_equal(ocpp_timers_expired(&timers, 5), &some[i]);
        }
    }
    assert_ptr_equal(ocpp_timers_expired(&timers, 5), &some[3]);
    ocpp_timers_stop(&timers);
}

static void never_unsets_and_unsetting_twice_is_fine(void **state)
{
    struct ocpp_timers timers;
    struct ocpp_timer timer = { 0 };

    (void)state;
    ocpp_timers_start(&timers, NULL, 1);
    ocpp_timers_unset(&timers, &timer);
    assert_int_equal(ocpp_timers_set(&timers, &timer, OCPP_NEVER), OCPP_OK);
    assert_false(ocpp_timer_is_set(&timer));
    assert_int_equal(ocpp_timers_set(&timers, &timer, 1), OCPP_OK);
    assert_int_equal(ocpp_timers_set(&timers, &timer, OCPP_NEVER), OCPP_OK);
    assert_false(ocpp_timer_is_set(&timer));
    assert_true(ocpp_timers_deadline(&timers) == OCPP_NEVER);
    ocpp_timers_stop(&timers);
}

static void the_limit_refuses_a_new_timer_and_moves_an_old_one(void **state)
{
    struct ocpp_timers timers;
    struct ocpp_timer some[10] = { { 0 } };

    (void)state;
    ocpp_timers_start(&timers, NULL, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(ocpp_timers_set(&timers, &some[i], (int64_t)i), OCPP_OK);
    }
    assert_int_equal(ocpp_timers_set(&timers, &some[9], 1), OCPP_ERR_LIMIT);
    assert_false(ocpp_timer_is_set(&some[9]));
    assert_int_equal(ocpp_timers_set(&timers, &some[0], 100), OCPP_OK);
    assert_int_equal(ocpp_timers_deadline(&timers), 1);
    ocpp_timers_unset(&timers, &some[5]);
    assert_int_equal(ocpp_timers_set(&timers, &some[9], 0), OCPP_OK);
    ocpp_timers_stop(&timers);
    assert_false(ocpp_timer_is_set(&some[0]));
}

static void no_memory_changes_nothing(void **state)
{
    struct test_allocator memory;
    struct ocpp_timers timers;
    struct ocpp_timer some[9] = { { 0 } };

    (void)state;
    test_allocator_start(&memory, 2);
    ocpp_timers_start(&timers, &memory.allocator, 100);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(ocpp_timers_set(&timers, &some[i], 10 - (int64_t)i), OCPP_OK);
    }
    assert_int_equal(ocpp_timers_set(&timers, &some[8], 0), OCPP_ERR_NOMEM);
    assert_false(ocpp_timer_is_set(&some[8]));
    assert_int_equal(ocpp_timers_deadline(&timers), 3);
    assert_int_equal(ocpp_timers_set(&timers, &some[8], 0), OCPP_OK);
    assert_ptr_equal(ocpp_timers_expired(&timers, 0), &some[8]);
    ocpp_timers_stop(&timers);
    assert_int_equal(memory.blocks, 0);
}

/* The earliest of the set ones in a plain list, by deadline and then by order. */
static struct ocpp_timer *earliest(struct ocpp_timer *some, size_t count)
{
    struct ocpp_timer *first = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!ocpp_timer_is_set(&some[i])) {
            continue;
        }
        if (!first || some[i].deadline_ms < first->deadline_ms ||
            (some[i].deadline_ms == first->deadline_ms && some[i].order < first->order)) {
            first = &some[i];
        }
    }
    return first;
}

static void a_long_random_history_agrees_with_a_plain_list(void **state)
{
    struct ocpp_timers timers;
    struct ocpp_timer some[64] = { { 0 } };
    uint32_t seed = 7;

    (void)state;
    ocpp_timers_start(&timers, NULL, COUNT_OF(some));
    for (int step = 0; step < 50000; step++) {
        seed = seed * 1664525u + 1013904223u;
        struct ocpp_timer *timer = &some[seed >> 26];
        const int64_t deadline = seed >> 12 & 0x3F;
        if ((seed >> 8 & 3) == 0) {
            ocpp_timers_unset(&timers, timer);
        } else {
            assert_int_equal(ocpp_timers_set(&timers, timer, deadline), OCPP_OK);
        }
        struct ocpp_timer *first = earliest(some, COUNT_OF(some));
        assert_true(ocpp_timers_deadline(&timers) == (first ? first->deadline_ms : OCPP_NEVER));
        if (first && (seed >> 18 & 7) == 0) {
            assert_ptr_equal(ocpp_timers_expired(&timers, first->deadline_ms), first);
        }
    }
    ocpp_timers_stop(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_set_never_expires),
        cmocka_unit_test(timers_expire_at_their_deadline_the_earliest_first),
        cmocka_unit_test(equal_deadlines_expire_in_the_order_they_were_set),
        cmocka_unit_test(never_unsets_and_unsetting_twice_is_fine),
        cmocka_unit_test(the_limit_refuses_a_new_timer_and_moves_an_old_one),
        cmocka_unit_test(no_memory_changes_nothing),
        cmocka_unit_test(a_long_random_history_agrees_with_a_plain_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
