/* Who belongs to whom: terminals, vehicles, associations, and the piles that ask for them. */
#include "terminal_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
    *state = terminal_world_new(NULL);
    return 0;
}

static int teardown(void **state)
{
    settle_world_free(*state);
    return 0;
}

static const struct ocpp_settle_vehicle_id car = { OCPP_SETTLE_VEHICLE_ID_KIND_EVCCID, "0A1B2C3D4E5F" };

/* E1. Whoever is associated is asked; nobody: the answer says so, and there are other ways to start. */
static void a_pile_learns_which_terminals_to_ask(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_vehicle_connected_conf *answer;

    answer = terminal_plugs(w, "PILE-1", 1, &car, terminal_new_prompt(w), -1);
    assert_int_equal(answer->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(answer->terminals.count, 0);
    terminal_known(w, "ANNA", "CARD-A", false);
    terminal_known(w, "BERT", "CARD-B", true);
    terminal_joins(w, "ANNA", &car);
    terminal_joins(w, "BERT", &car);
    answer = terminal_plugs(w, "PILE-1", 1, &car, terminal_new_prompt(w), -1);
    assert_int_equal(answer->terminals.count, 2);
    assert_string_equal(answer->terminals.items[0], "ANNA");
    assert_string_equal(answer->terminals.items[1], "BERT");
    assert_int_equal(answer->within_s, 120);
    const int64_t version = answer->list_version;
    answer = terminal_plugs(w, "PILE-1", 1, &car, terminal_new_prompt(w), version);
    assert_int_equal(answer->list_version, version);
    assert_null(answer->terminals.items);
}

static void the_same_prompt_again_gets_the_same_answer_and_is_no_other_vehicles(void **state)
{
    struct settle_world *w = *state;
    static const struct ocpp_settle_vehicle_id other = { OCPP_SETTLE_VEHICLE_ID_KIND_VIN, "WVWZZZ1JZXW000001" };
    const char *prompt = terminal_new_prompt(w);

    assert_int_equal(terminal_plugs(w, "PILE-1", 1, &car, prompt, -1)->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(terminal_plugs(w, "PILE-1", 1, &car, prompt, -1)->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(terminal_plugs(w, "PILE-1", 1, &other, prompt, -1)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_INVALID);
    assert_int_equal(terminal_plugs(w, "PILE-1", 2, &car, prompt, -1)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_INVALID);
    assert_int_equal(terminal_plugs(w, "PILE-1", 1, &car, "guess", -1)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_INVALID);
}

/* E12. The vehicle is sold: its associations end and stay on record, and piles that have the list hear of it. */
static void a_vehicle_that_is_sold_has_no_terminals_any_more(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_terminal_list_req *list;

    terminal_known(w, "ANNA", "CARD-A", false);
    terminal_joins(w, "ANNA", &car);
    terminal_plugs(w, "PILE-1", 1, &car, terminal_new_prompt(w), -1);
    assert_int_equal(ocpp_settle_vehicle_sold(w->settle, &car, "the dealer", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "");
    list = pile_heard(w, "PILE-1", OCPP_SETTLE_ACTION_TERMINAL_LIST);
    assert_non_null(list);
    assert_int_equal(list->terminals.count, 0);
    assert_int_equal(terminal_plugs(w, "PILE-1", 1, &car, terminal_new_prompt(w), -1)->terminals.count, 0);
    assert_int_equal(ocpp_settle_vehicle_sold(w->settle, &car, "the dealer", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "UnknownVehicle");
}

static void a_terminal_that_is_revoked_takes_its_associations_with_it(void **state)
{
    struct settle_world *w = *state;

    terminal_known(w, "ANNA", "CARD-A", false);
    terminal_joins(w, "ANNA", &car);
    assert_int_equal(ocpp_settle_terminal_revoke(w->settle, "ANNA", "somebody", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "");
    assert_int_equal(terminal_plugs(w, "PILE-1", 1, &car, terminal_new_prompt(w), -1)->terminals.count, 0);
    assert_int_equal(ocpp_settle_associate(w->settle, "ANNA", &car, "somebody", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "UnknownTerminal");
}

static void who_is_not_what_is_said_is_not_entered(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_settle_terminal terminal = { .id = "ANNA", .name = "Anna", .token_id = "CARD-A", .token_type = "ISO14443" };

    assert_int_equal(ocpp_settle_terminal_register(w->settle, &terminal, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "Invalid");
    terminal.point[0] = 4;
    terminal.token_id = "NOBODY";
    assert_int_equal(ocpp_settle_terminal_register(w->settle, &terminal, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "BadToken");
    terminal.id = "a/b";
    assert_int_equal(ocpp_settle_terminal_register(w->settle, &terminal, NULL, w->now), OCPP_ERR_ARGUMENT);
}

static void associating_twice_is_one_association_and_a_vehicle_has_room_for_eight(void **state)
{
    struct settle_world *w = *state;
    char id[16], first[OCPP_KEY_SIZE];

    for (int i = 0; i < 9; i++) {
        (void)snprintf(id, sizeof id, "T-%d", i);
        terminal_known(w, id, "CARD-A", false);
        assert_int_equal(ocpp_settle_associate(w->settle, id, &car, "somebody", settle_world_done(w), w->now), OCPP_OK);
        settle_world_run(w);
        assert_string_equal(w->done_code, i < 8 ? "" : "LimitReached");
        if (i == 0) {
            memcpy(first, w->done_id, sizeof first);
            terminal_joins(w, id, &car);
            assert_string_equal(w->done_id, first);
        }
    }
    assert_int_equal(ocpp_settle_dissociate(w->settle, first, "somebody", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "");
    assert_int_equal(ocpp_settle_dissociate(w->settle, first, "somebody", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "WrongState");
}

/* A pile that was taken over cannot fill the store with prompts. */
static void one_pile_has_so_many_prompts_and_gets_room_when_they_are_old(void **state)
{
    struct settle_world *w = terminal_world_new(terminal_few_prompts);
    const struct ocpp_settle_vehicle_connected_conf *answer;

    (void)state;
    for (int i = 0; i < 16; i++) {
        answer = terminal_plugs(w, "PILE-1", 1, &car, terminal_new_prompt(w), -1);
        assert_int_equal(answer->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    }
    answer = terminal_plugs(w, "PILE-1", 1, &car, terminal_new_prompt(w), -1);
    assert_int_equal(answer->receipt.code, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED);
    pass_s(w, 2 * 86400);
    answer = terminal_plugs(w, "PILE-1", 1, &car, terminal_new_prompt(w), -1);
    assert_int_equal(answer->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    settle_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pile_learns_which_terminals_to_ask, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_prompt_again_gets_the_same_answer_and_is_no_other_vehicles, setup, teardown),
        cmocka_unit_test_setup_teardown(a_vehicle_that_is_sold_has_no_terminals_any_more, setup, teardown),
        cmocka_unit_test_setup_teardown(a_terminal_that_is_revoked_takes_its_associations_with_it, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_not_what_is_said_is_not_entered, setup, teardown),
        cmocka_unit_test_setup_teardown(associating_twice_is_one_association_and_a_vehicle_has_room_for_eight, setup, teardown),
        cmocka_unit_test(one_pile_has_so_many_prompts_and_gets_room_when_they_are_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
