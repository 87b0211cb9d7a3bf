/* The bay of a pile through its agent, its charge point and a backend that listens: renting, returning, and what goes wrong at a
 * slot. */
#include "bay_world.h"

#include "unit.h"

#include <string.h>

static struct bay_world *bay_of(void **state)
{
    return bay_world_new(*(enum ocpp_version *)*state);
}

static void member_is(const struct told *told, const char *member, const char *value)
{
    assert_string_equal(value_of(told->json, member), value);
}

/* •1, •3, •4: the pile selects, writes the mark, reads back, ejects, senses removal, reports. */
static void a_bank_is_rented_and_comes_back_and_is_rented_again(void **state)
{
    struct bay_world *bay = bay_of(state);
    bool is_neutral = true;
    rent_from(bay, "CARD", 2);
    member_is(backend_heard(bay, "RentRequest"), "banks/0/slot", "2");
    assert_true(was_told(bay, OCPP_SETTLE_AGENT_TAKE_BANK));
    struct cabinet_bank bank = take_from(bay, 2);
    const struct told *taken = backend_heard(bay, "BankTaken");
    member_is(taken, "rental", "R2");
    member_is(taken, "order", "O1");
    member_is(taken, "generation", "3");
    member_is(taken, "bank", "B2");
    assert_int_equal(shown_at(bay, 2), OCPP_SETTLE_SLOT_STATE_EMPTY);
    push_into(bay, 4, &bank);
    assert_int_equal(generation_in(bay, 4, &is_neutral), 3);
    assert_false(is_neutral);
    const struct told *returned = backend_heard(bay, "BankReturned");
    member_is(returned, "slot", "4");
    member_is(returned, "markState", "Marked");
    member_is(returned, "generation", "3");
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_AWAIT_VERDICT);
    assert_string_equal(backend_frees(bay, 4), "Accepted");
    bay_pass(bay, 1000);
    member_is(backend_heard(bay, "MarkReset"), "generation", "4");
    assert_int_equal(generation_in(bay, 4, &is_neutral), 4);
    assert_true(is_neutral);
    rent_from(bay, "CARD", 4);
    take_from(bay, 4);
    member_is(backend_heard(bay, "BankTaken"), "generation", "5");
    bay_world_free(bay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_bank_is_rented_and_comes_back_and_is_rented_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
