/* test_list_difference.c: what leads from one local list to another, held to applying it. */
#include <ocpp/central_orders.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "allocator.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define GOOD(id)                                                                                                                 \
    {                                                                                                                            \
        .token = { id, OCPP_TOKEN_ISO14443 }, .authorization = OCPP_AUTHORIZATION_ACCEPTED, .expires_utc_ms = OCPP_UTC_UNKNOWN   \
    }

static void what_is_new_gone_or_otherwise_is_told(void **state)
{
    struct ocpp_list_entry before[] = { GOOD("C"), GOOD("A"), GOOD("B"), GOOD("E") };
    struct ocpp_list_entry after[] = { GOOD("e"), GOOD("D"), GOOD("B"), GOOD("C") };
    struct ocpp_list_entry changes[8];

    (void)state;
    after[2].authorization = OCPP_AUTHORIZATION_BLOCKED;
    after[3].group_id = "FAMILY";
    assert_int_equal(ocpp_list_difference(NULL, before, 4, after, 4, changes, 8), 4);
    assert_string_equal(changes[0].token.id, "A");
    assert_true(changes[0].removed);
    assert_string_equal(changes[1].token.id, "B");
    assert_int_equal(changes[1].authorization, OCPP_AUTHORIZATION_BLOCKED);
    assert_false(changes[1].removed);
    assert_string_equal(changes[2].token.id, "C");
    assert_string_equal(changes[3].token.id, "D");
}

static void the_same_list_needs_nothing(void **state)
{
    const struct ocpp_list_entry list[] = { GOOD("C"), GOOD("A") };
    const struct ocpp_list_entry turned[] = { GOOD("a"), GOOD("c") };
    struct ocpp_list_entry changes[1];

    (void)state;
    assert_int_equal(ocpp_list_difference(NULL, list, 2, turned, 2, changes, 1), 0);
    assert_int_equal(ocpp_list_difference(NULL, NULL, 0, NULL, 0, NULL, 0), 0);
}

static void more_than_there_is_room_for_is_counted(void **state)
{
    const struct ocpp_list_entry after[] = { GOOD("A"), GOOD("B"), GOOD("C") };
    struct ocpp_list_entry changes[1];

    (void)state;
    assert_int_equal(ocpp_list_difference(NULL, NULL, 0, after, 3, changes, 1), 3);
    assert_string_equal(changes[0].token.id, "A");
}

static void a_token_of_another_kind_is_another(void **state)
{
    struct ocpp_list_entry before[] = { GOOD("A") };
    struct ocpp_list_entry after[] = { GOOD("A") };
    struct ocpp_list_entry changes[2];

    (void)state;
    after[0].token.type = OCPP_TOKEN_EMAID;
    assert_int_equal(ocpp_list_difference(NULL, before, 1, after, 1, changes, 2), 2);
    assert_int_not_equal(changes[0].removed, changes[1].removed);
}

static void without_memory_it_says_so(void **state)
{
    const struct ocpp_list_entry after[] = { GOOD("A") };
    struct test_allocator memory;

    (void)state;
    test_allocator_start(&memory, 1);
    assert_int_equal(ocpp_list_difference(&memory.allocator, NULL, 0, after, 1, NULL, 0), SIZE_MAX);
}

/* --- random lists against doing it by hand -----------------------------------------------------------------------------------
 */

enum { MOST = 40, NAMES = 26 };

static uint32_t seed;

static unsigned chance(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* Which of the names are in a list, and how: 0 not at all, else 1 + the authorization. */
struct plain {
    int how[NAMES];
};

static size_t random_list(struct plain *plain, char names[NAMES][4], struct ocpp_list_entry *entries)
{
    size_t count = 0;

    memset(plain, 0, sizeof *plain);
    for (size_t i = 0; i < MOST; i++) {
        const unsigned name = chance(NAMES);
        if (plain->how[name] != 0 || chance(3) == 0) {
            continue;
        }
        plain->how[name] = 1 + (int)chance(2);
        entries[count] = (struct ocpp_list_entry)GOOD(names[name]);
        entries[count++].authorization = plain->how[name] == 1 ? OCPP_AUTHORIZATION_ACCEPTED : OCPP_AUTHORIZATION_BLOCKED;
    }
    return count;
}

static void changes_applied_to_the_one_give_the_other(void **state)
{
    char names[NAMES][4];

    (void)state;
    for (int i = 0; i < NAMES; i++) {
        snprintf(names[i], sizeof names[i], "T%c", 'A' + i);
    }
    for (seed = 1; seed < 2000000000; seed += 900001) {
        struct plain before;
        struct plain after;
        struct ocpp_list_entry old[MOST];
        struct ocpp_list_entry new[MOST];
        struct ocpp_list_entry changes[2 * MOST];
        const uint32_t kept = seed;
        const size_t old_count = random_list(&before, names, old);
        const size_t new_count = random_list(&after, names, new);
        const size_t count = ocpp_list_difference(NULL, old, old_count, new, new_count, changes, LENGTH(changes));
        size_t expected = 0;

        for (int i = 0; i < NAMES; i++) {
            expected += before.how[i] != after.how[i];
        }
        assert_int_equal(count, expected);
        for (size_t i = 0; i < count; i++) {
            const int name = changes[i].token.id[1] - 'A';
            before.how[name] = changes[i].removed ? 0 : changes[i].authorization == OCPP_AUTHORIZATION_ACCEPTED ? 1 : 2;
        }
        assert_memory_equal(&before, &after, sizeof after);
        seed = kept;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_new_gone_or_otherwise_is_told),
        cmocka_unit_test(the_same_list_needs_nothing),
        cmocka_unit_test(more_than_there_is_room_for_is_counted),
        cmocka_unit_test(a_token_of_another_kind_is_another),
        cmocka_unit_test(without_memory_it_says_so),
        cmocka_unit_test(changes_applied_to_the_one_give_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
