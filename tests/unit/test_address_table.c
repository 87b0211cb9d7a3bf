/* address_table.c: who is remembered, and who makes room. */
#include "address_table.h"

#include "unit.h"

#include <string.h>

static struct ocpp_peer_address host(unsigned number)
{
    struct ocpp_peer_address address = { { 0x20, 0x01 } };

    memcpy(address.bytes + 2, &number, sizeof number);
    return address;
}

static uint32_t place_of(struct ocpp_address_table *table, unsigned number)
{
    const struct ocpp_peer_address address = host(number);
    return ocpp_address_table_place(table, &address);
}

static void an_address_keeps_its_place_and_what_is_noted_there(void **state)
{
    struct ocpp_address_table table;

    (void)state;
    assert_true(ocpp_address_table_start(&table, 8, 42));
    const uint32_t place = place_of(&table, 1);
    table.entries[place].failures.full_at_ns = 7;
    for (unsigned i = 2; i <= 8; i++)
        assert_int_not_equal(place_of(&table, i), place);
    assert_int_equal(place_of(&table, 1), place);
    assert_int_equal(table.entries[place].failures.full_at_ns, 7);
    assert_int_equal(table.evicted, 0);
    ocpp_address_table_stop(&table);
}

static void who_was_not_heard_of_for_longest_makes_room(void **state)
{
    struct ocpp_address_table table;

    (void)state;
    assert_true(ocpp_address_table_start(&table, 3, 42));
    const uint32_t first = place_of(&table, 1), second = place_of(&table, 2);
    place_of(&table, 3);
    table.entries[second].failures.full_at_ns = 7;
    assert_int_equal(place_of(&table, 1), first);
    assert_int_equal(place_of(&table, 4), second);
    assert_int_equal(table.entries[second].failures.full_at_ns, 0);
    assert_int_equal(table.evicted, 1);
    ocpp_address_table_stop(&table);
}

static void nobody_is_sent_away_who_has_something_open(void **state)
{
    struct ocpp_address_table table;

    (void)state;
    assert_true(ocpp_address_table_start(&table, 3, 42));
    for (unsigned i = 1; i <= 3; i++)
        table.entries[place_of(&table, i)].open = 1;
    assert_int_equal(place_of(&table, 4), ADDRESS_NONE);
    table.entries[place_of(&table, 2)].open = 0;
    assert_int_not_equal(place_of(&table, 4), ADDRESS_NONE);
    for (unsigned i = 1; i <= 3; i += 2)
        assert_int_equal(table.entries[place_of(&table, i)].open, 1);
    ocpp_address_table_stop(&table);
}

/* Against a plain list, with far more addresses than places. */
static void a_long_life_holds_together(void **state)
{
    enum { PLACES = 50 };
    struct ocpp_address_table table;
    unsigned used[PLACES] = { 0 };
    size_t count = 0;
    uint32_t random = 12345;

    (void)state;
    assert_true(ocpp_address_table_start(&table, PLACES, 99));
    for (int step = 0; step < 20000; step++) {
        random = random * 1664525u + 1013904223u;
        const unsigned number = 1 + (random >> 8) % 80;
        const uint32_t place = place_of(&table, number);
        const bool known = table.entries[place].failures.full_at_ns == number;
        size_t at = 0;
        while (at < count && used[at] != number)
            at++;
        assert_int_equal(known, at < count);
        if (at == count && count == PLACES)
            at = 0; /* the oldest goes */
        else if (at == count)
            count++;
        memmove(&used[at], &used[at + 1], (count - at - 1) * sizeof used[0]);
        used[count - 1] = number;
        table.entries[place].failures.full_at_ns = number;
    }
    ocpp_address_table_stop(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_keeps_its_place_and_what_is_noted_there),
        cmocka_unit_test(who_was_not_heard_of_for_longest_makes_room),
        cmocka_unit_test(nobody_is_sent_away_who_has_something_open),
        cmocka_unit_test(a_long_life_holds_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
