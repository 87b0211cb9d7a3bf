/* Terminal start when things go wrong, at the backend: E1 to E12. What of it the pile does is in test_settle_agent_vehicles.c and
 * in cases_e.py. */
#include "terminal_world.h"
#include "unit.h"

#include <ocpp/settlement/orders.h>

#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
    struct settle_world *w = terminal_world_new(NULL);

    terminal_known(w, "ANNA", "CARD-A", false);
    terminal_known(w, "BERT", "CARD-B", true);
    terminal_joins(w, "ANNA", &terminal_car);
    terminal_joins(w, "BERT", &terminal_car);
    terminal_money(w, "CARD-A", 10000);
    terminal_money(w, "CARD-B", 10000);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    settle_world_free(*state);
    return 0;
}

static int security_events(const struct settle_world *w)
{
    int count = 0;

    for (size_t i = 0; i < w->event_count; i++) {
        count += atoi(w->events[i]) == OCPP_SETTLE_EVENT_SECURITY;
    }
    return count;
}

/* E1. Several are prompted, the first answer wins; the same again is the same start. */
static void the_first_terminal_that_answers_wins(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_energy(10000);
    const char *prompt = terminal_new_prompt(w);
    const struct ocpp_settle_start_request_conf *first, *again, *late;

    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    first = terminal_asks(w, "BERT", prompt, &wish);
    late = terminal_asks(w, "ANNA", prompt, &wish);
    again = terminal_asks(w, "BERT", prompt, &wish);
    assert_int_equal(first->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(late->receipt.code, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    assert_string_equal(again->start, first->start);
    assert_int_equal(pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_START_GRANT), 1);
    assert_int_equal(orders_of(w, "CARD-A"), 0);
}

/* E1. A terminal the pile still has on its list, and that was revoked since. */
static void a_stale_terminal_is_refused(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_full();
    const char *prompt = terminal_new_prompt(w);

    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    assert_int_equal(ocpp_settle_terminal_revoke(w->settle, "ANNA", "Anna", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_TERMINAL);
    assert_int_equal(orders_of(w, "CARD-A"), 0);
}

/* E2. An answer that comes when the prompt is void starts nothing. */
static void a_prompt_that_nobody_answered_in_time_is_void(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_full();
    const char *prompt = terminal_new_prompt(w);

    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    pass_s(w, 121);
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    pass_s(w, 2 * 86400);
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    assert_int_equal(orders_of(w, "CARD-A"), 0);
}

/* E3. Whatever the signature does not say is refused, and somebody is told. */
static void an_association_that_is_forged_altered_or_meant_for_something_else_is_refused(void **state)
{
    struct settle_world *w = *state;
    static const struct ocpp_settle_vehicle_id other = { OCPP_SETTLE_VEHICLE_ID_KIND_VIN, "WVWZZZ1JZXW000001" };
    const struct ocpp_settle_charging_wish wish = wish_energy(10000), more = wish_energy(20000);
    const char *prompt = terminal_new_prompt(w), *before = terminal_new_prompt(w);
    const struct ocpp_settle_association_claim right = {
        .iss = "ANNA", .aud = "PILE-1", .prompt = prompt, .vehicle = terminal_car, .wish = wish
    };
    struct ocpp_settle_association_claim claims[6];
    const char *keys[] = { "BERT", "ANNA", "ANNA", "ANNA", "ANNA", "BERT" };

    for (size_t i = 0; i < COUNT_OF(claims); i++) {
        claims[i] = right;
    }
    claims[1].aud = "PILE-2";
    claims[2].prompt = before; /* replayed */
    claims[3].vehicle = other;
    claims[4].wish = more;
    claims[5].iss = "BERT"; /* a good one of somebody else */
    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    for (size_t i = 0; i < COUNT_OF(claims); i++) {
        const struct ocpp_settle_start_request_req message = { .prompt = prompt,
                                                               .evse = 1,
                                                               .vehicle = terminal_car,
                                                               .terminal = "ANNA",
                                                               .wish = wish,
                                                               .association = terminal_claim(w, &claims[i], keys[i]),
                                                               .at = pile_time(w) };

        assert_int_equal(terminal_request(w, &message)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_BAD_ASSOCIATION);
        assert_int_equal(security_events(w), i + 1);
    }
    assert_int_equal(orders_of(w, "CARD-A"), 0);
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
}

/* E3. What was signed once is good once: the next vehicle has another prompt. */
static void a_request_that_started_something_starts_nothing_else(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_energy(10000);
    const char *prompt = terminal_new_prompt(w), *next = terminal_new_prompt(w);
    const struct ocpp_settle_association_claim claim = {
        .iss = "ANNA", .aud = "PILE-1", .prompt = prompt, .vehicle = terminal_car, .wish = wish
    };
    const struct ocpp_settle_start_request_req replayed = { .prompt = next,
                                                            .evse = 1,
                                                            .vehicle = terminal_car,
                                                            .terminal = "ANNA",
                                                            .wish = wish,
                                                            .association = terminal_claim(w, &claim, "ANNA"),
                                                            .at = pile_time(w) };

    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    terminal_asks(w, "ANNA", prompt, &wish);
    terminal_plugs(w, "PILE-1", 1, &terminal_car, next, -1);
    assert_int_equal(terminal_request(w, &replayed)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_BAD_ASSOCIATION);
    assert_int_equal(pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_START_GRANT), 1);
}

/* E5. However stop and end meet, there is one bill. */
static void a_stop_that_meets_the_natural_end_makes_one_bill(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_start_grant_req *grant = terminal_charges(w, "ANNA", "CARD-A", "7");
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0);

    car_ends(w, "PILE-1", "7", 11000);
    assert_string_equal(terminal_stops(line, "W1"), "");
    assert_int_equal(w->stop_count, 0);
    car_ends(w, "PILE-1", "7", 11000); /* told twice */
    terminal_hears(line);
    assert_int_equal(order_of(w, "CARD-A").bill_count, 1);
    assert_string_equal(terminal_confirms(line, "W2", line->fee->bill), "");
    assert_string_equal(terminal_stops(line, "W3"), "WrongState");
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000 - 550);
}

/* E6. The stop waits for the pile, the terminal is told so, and the bill shows when it really ended. */
static void a_stop_waits_for_a_pile_that_cannot_be_reached(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_start_grant_req *grant = terminal_charges(w, "ANNA", "CARD-A", "7");
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0);

    pass_s(w, 600);
    car_reads(w, "PILE-1", "7", 3000);
    ocpp_settle_connected(w->settle, "PILE-1", false, w->now);
    assert_string_equal(terminal_stops(line, "W1"), "");
    assert_true(line->state->has_is_queued && line->state->is_queued);
    pass_s(w, 1200);
    const size_t before = w->stop_count;
    pile_hello(w, "PILE-1");
    settle_world_run(w);
    assert_int_equal(w->stop_count, before + 1);
    terminal_hears(line);
    assert_false(line->state->is_queued);
    car_ends(w, "PILE-1", "7", 11000);
    terminal_hears(line);
    assert_string_equal(line->fee->amount, "5.50");
}

/* E7. The user agreed that it may be deducted without a word. */
static void a_fee_nobody_confirms_is_deducted_where_the_user_agreed(void **state)
{
    struct settle_world *w = *state;

    terminal_charges(w, "BERT", "CARD-B", "7");
    car_ends(w, "PILE-1", "7", 11000);
    pass_s(w, 86399);
    assert_int_equal(order_of(w, "CARD-B").state, OCPP_SETTLE_ORDER_STATE_DUE);
    pass_s(w, 2);
    assert_int_equal(order_of(w, "CARD-B").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_string_equal(terminal_start(w).confirmed_by, "Agreement");
    assert_int_equal(terminal_purse(w, "CARD-B"), 10000 - 550);
}

/* E7. The user did not: nothing is deducted, it is a debt, and the next visit asks for it first. */
static void a_fee_nobody_confirms_is_a_debt_where_the_user_did_not_agree(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_full();
    const char *prompt = terminal_new_prompt(w);

    terminal_charges(w, "ANNA", "CARD-A", "7");
    car_ends(w, "PILE-1", "7", 11000);
    pass_s(w, 86401);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_string_equal(order_of(w, "CARD-A").debt_reason, "nobody confirmed the fee");
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000);
    assert_string_equal(terminal_start(w).state, "Debt");
    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY);
    settle_world_run(w);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000 - 550);
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
}

/* E8. */
static void confirmed_twice_is_deducted_once(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_start_grant_req *grant = terminal_charges(w, "ANNA", "CARD-A", "7");
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0);

    car_ends(w, "PILE-1", "7", 11000);
    terminal_hears(line);
    assert_string_equal(terminal_confirms(line, "W1", line->fee->bill), "");
    assert_string_equal(terminal_confirms(line, "W1", line->fee->bill), "");
    assert_int_equal(line->answer->receipt.reception, OCPP_SETTLE_RECEPTION_DUPLICATE);
    assert_string_equal(terminal_confirms(line, "W2", line->fee->bill), "");
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000 - 550);
}

/* E9. All or nothing: less than the fee is there, so nothing is deducted, and another way to pay is offered. */
static void a_wallet_that_is_too_low_is_left_alone(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_energy(10000);
    const struct ocpp_settle_start_grant_req *grant;
    struct terminal_line *line;

    terminal_known(w, "CARL", "CARD-C", false);
    terminal_joins(w, "CARL", &terminal_car);
    terminal_money(w, "CARD-C", 600);
    grant = terminal_starts(w, "CARL", &wish);
    line = terminal_connects(w, "CARL", grant->ticket, 0);
    car_starts(w, "PILE-1", "7", "CARD-C", 0);
    car_ends(w, "PILE-1", "7", 20000); /* the pile did not stop where it should */
    terminal_hears(line);
    assert_string_equal(line->fee->amount, "11.00");
    assert_string_equal(terminal_confirms(line, "W1", line->fee->bill), "");
    terminal_hears(line);
    assert_int_equal(line->state->state, OCPP_SETTLE_START_STATE_DEBT);
    assert_int_equal(terminal_purse(w, "CARD-C"), 600);
    assert_int_equal(order_of(w, "CARD-C").state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_string_equal(line->state->providers.items[0], "card");
    assert_string_equal(terminal_pays_by(line, "W2", "postpaid"), "NotSupported"); /* nobody gives himself credit */
    assert_string_equal(terminal_pays_by(line, "W3", "card"), "");
    terminal_hears(line);
    assert_int_equal(line->state->state, OCPP_SETTLE_START_STATE_PAID);
    assert_int_equal(w->card.captured_minor, 1100);
    assert_int_equal(terminal_purse(w, "CARD-C"), 600);
}

/* E9. Once there is money again the wallet will do. */
static void a_debt_is_paid_from_the_wallet_when_it_is_filled(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_energy(10000);
    const struct ocpp_settle_start_grant_req *grant;
    struct terminal_line *line;

    terminal_known(w, "CARL", "CARD-C", false);
    terminal_joins(w, "CARL", &terminal_car);
    terminal_money(w, "CARD-C", 600);
    grant = terminal_starts(w, "CARL", &wish);
    line = terminal_connects(w, "CARL", grant->ticket, 0);
    car_starts(w, "PILE-1", "7", "CARD-C", 0);
    car_ends(w, "PILE-1", "7", 20000);
    terminal_hears(line);
    assert_string_equal(terminal_confirms(line, "W1", line->fee->bill), "");
    terminal_money(w, "CARD-C", 1000);
    assert_string_equal(terminal_pays_by(line, "W2", "wallet"), "");
    assert_int_equal(order_of(w, "CARD-C").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(terminal_purse(w, "CARD-C"), 500);
}

/* E10. What is confirmed is what is taken: another bill is another question. */
static void a_fee_that_changed_after_it_was_told_is_told_anew(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_start_grant_req *grant = terminal_charges(w, "ANNA", "CARD-A", "7");
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0);
    char first[65];

    car_ends(w, "PILE-1", "7", 11000);
    terminal_hears(line);
    (void)snprintf(first, sizeof first, "%s", line->fee->bill);
    assert_int_equal(ocpp_settle_adjust(w->settle, grant->order, 100, "parking", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "");
    terminal_hears(line);
    assert_string_equal(line->fee->amount, "6.50");
    assert_string_not_equal(line->fee->bill, first);
    assert_string_equal(terminal_confirms(line, "W1", first), "StaleBill");
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DUE);
    assert_string_equal(terminal_confirms(line, "W2", line->fee->bill), "");
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000 - 650);
}

/* E11. What was told meanwhile is told again, in order, none twice. */
static void a_terminal_that_comes_back_hears_what_it_missed(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_start_grant_req *grant = terminal_charges(w, "ANNA", "CARD-A", "7");
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0), *again;

    terminal_hangs_up(line);
    for (int i = 1; i <= 5; i++) {
        pass_s(w, 60);
        car_reads(w, "PILE-1", "7", 1000 + 100 * i);
    }
    again = terminal_connects(w, "ANNA", line->ticket, line->last);
    assert_int_equal(again->told, 5);
    assert_int_equal(again->last, line->last + 5);
    assert_int_equal(again->state->energy_wh, 500);
    terminal_hangs_up(again);
    settle_world_restart(w);
    again = terminal_connects(w, "ANNA", again->ticket, line->last);
    assert_int_equal(again->told, 5);
}

/* E11. More than is kept: the last of it says everything. */
static void a_terminal_that_was_away_for_long_misses_nothing_that_counts(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_start_grant_req *grant = terminal_charges(w, "ANNA", "CARD-A", "7");
    struct terminal_line *line;

    for (int i = 1; i <= 100; i++) {
        pass_s(w, 60);
        car_reads(w, "PILE-1", "7", 1000 + 100 * i);
    }
    line = terminal_connects(w, "ANNA", grant->ticket, 1);
    assert_int_equal(line->told, 64);
    assert_int_equal(line->state->energy_wh, 10000);
}

/* E12. The vehicle has another owner: the terminal of the one before starts nothing. */
static void the_terminal_of_a_vehicle_that_was_sold_starts_nothing(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_full();
    const char *prompt = terminal_new_prompt(w);

    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    assert_int_equal(ocpp_settle_vehicle_sold(w->settle, &terminal_car, "the dealer", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_VEHICLE);
    assert_int_equal(orders_of(w, "CARD-A"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_terminal_that_answers_wins, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stale_terminal_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_prompt_that_nobody_answered_in_time_is_void, setup, teardown),
        cmocka_unit_test_setup_teardown(an_association_that_is_forged_altered_or_meant_for_something_else_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_request_that_started_something_starts_nothing_else, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stop_that_meets_the_natural_end_makes_one_bill, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stop_waits_for_a_pile_that_cannot_be_reached, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fee_nobody_confirms_is_deducted_where_the_user_agreed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fee_nobody_confirms_is_a_debt_where_the_user_did_not_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(confirmed_twice_is_deducted_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wallet_that_is_too_low_is_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_debt_is_paid_from_the_wallet_when_it_is_filled, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fee_that_changed_after_it_was_told_is_told_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(a_terminal_that_comes_back_hears_what_it_missed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_terminal_that_was_away_for_long_misses_nothing_that_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(the_terminal_of_a_vehicle_that_was_sold_starts_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
