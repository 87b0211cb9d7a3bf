/* Which EVSEs must be kept for reservations that name none: held against trying out every way to share them. */
#include "reservation_match.h"

#include "unit.h"

#include <stdbool.h>

/* Whether the wishes from |from| on can all be served with what is not in |taken|; by trying. */
static bool can_serve(const uint64_t *wishes, size_t count, uint64_t chosen, size_t from, uint64_t taken)
{
    while (from < count && (chosen >> from & 1) == 0) {
        from++;
    }
    if (from == count) {
        return true;
    }
    for (int place = 0; place < 8; place++) {
        const uint64_t bit = (uint64_t)1 << place;
        if ((wishes[from] & bit & ~taken) != 0 && can_serve(wishes, count, chosen, from + 1, taken | bit)) {
            return true;
        }
    }
    return false;
}

/* The wishes served when the earlier go first. */
static uint64_t served_by_trying(const uint64_t *wishes, size_t count)
{
    uint64_t served = 0;
    for (size_t i = 0; i < count; i++) {
        const uint64_t with = served | (uint64_t)1 << i;
        served = can_serve(wishes, count, with, 0, 0) ? with : served;
    }
    return served;
}

static uint64_t held_by_trying(const uint64_t *wishes, size_t count, uint64_t served)
{
    uint64_t held = 0;
    for (int place = 0; place < 8; place++) {
        const uint64_t bit = (uint64_t)1 << place;
        held |= can_serve(wishes, count, served, 0, bit) ? 0 : bit;
    }
    return held;
}

static void any_few_wishes_are_matched_as_trying_every_way_would(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (int round = 0; round < 20000; round++) {
        uint64_t wishes[6];
        random = random * 6364136223846793005u + 1442695040888963407u;
        const size_t count = (size_t)(random >> 60) % 7;
        for (size_t i = 0; i < count; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            wishes[i] = random >> 32 & random >> 40 & 0xff;
        }
        const struct match match = ocpp_cp_match(wishes, count);
        assert_int_equal(match.served, served_by_trying(wishes, count));
        assert_int_equal(match.held, held_by_trying(wishes, count, match.served));
    }
}

static void sixty_four_wishes_for_sixty_four_places_hold_all_of_them(void **state)
{
    (void)state;
    uint64_t wishes[MATCH_ROOM];
    for (size_t i = 0; i < MATCH_ROOM; i++) {
        wishes[i] = UINT64_MAX;
    }
    struct match match = ocpp_cp_match(wishes, MATCH_ROOM);
    assert_int_equal(match.served, UINT64_MAX);
    assert_int_equal(match.held, UINT64_MAX);
    match = ocpp_cp_match(wishes, MATCH_ROOM - 1);
    assert_int_equal(match.held, 0);
}

static void a_long_chain_of_wishes_is_moved_along(void **state)
{
    (void)state;
    uint64_t wishes[MATCH_ROOM];
    for (size_t i = 0; i + 1 < MATCH_ROOM; i++) { /* each would take its own place or the next, and takes its own */
        wishes[i] = (uint64_t)3 << i;
    }
    wishes[MATCH_ROOM - 1] = 1; /* only the first would do: everybody moves on */
    const struct match match = ocpp_cp_match(wishes, MATCH_ROOM);
    assert_int_equal(match.served, UINT64_MAX);
    assert_int_equal(match.held, UINT64_MAX);
}

static void nobody_s_wishes_hold_nothing(void **state)
{
    (void)state;
    const struct match match = ocpp_cp_match(NULL, 0);
    assert_int_equal(match.served, 0);
    assert_int_equal(match.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_few_wishes_are_matched_as_trying_every_way_would),
        cmocka_unit_test(sixty_four_wishes_for_sixty_four_places_hold_all_of_them),
        cmocka_unit_test(a_long_chain_of_wishes_is_moved_along),
        cmocka_unit_test(nobody_s_wishes_hold_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
