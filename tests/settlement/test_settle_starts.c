/* What a terminal starts: asked for, held, granted, charged, stopped, told, confirmed, deducted. */
#include "settle_bay.h"
#include "terminal_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static int setup_with(void **state, void (*change)(struct settle_world *world))
{
    struct settle_world *w = terminal_world_new(change);

    terminal_known(w, "ANNA", "CARD-A", false);
    terminal_joins(w, "ANNA", &terminal_car);
    terminal_money(w, "CARD-A", 10000);
    *state = w;
    return 0;
}

static int setup(void **state)
{
    return setup_with(state, NULL);
}

static int teardown(void **state)
{
    settle_world_free(*state);
    return 0;
}

static int told_start(const struct settle_world *w, const char *state)
{
    char suffix[40];
    int count = 0;

    (void)snprintf(suffix, sizeof suffix, " %s", state);
    for (size_t i = 0; i < w->event_count; i++) {
        const size_t length = strlen(w->events[i]), tail = strlen(suffix);

        count +=
            atoi(w->events[i]) == OCPP_SETTLE_EVENT_START && length > tail && strcmp(w->events[i] + length - tail, suffix) == 0;
    }
    return count;
}

/* Steps 1 to 6: prompt, request, charging information, connection, state, stop, fee, confirmation, deduction. */
static void a_terminal_starts_follows_stops_confirms_and_pays_once(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_energy(20000);
    const struct ocpp_settle_start_grant_req *grant = terminal_starts(w, "ANNA", &wish);
    struct terminal_line *line;

    assert_int_equal(grant->charging.energy_wh, 20000);
    assert_string_equal(grant->charging.amount, "11.00");
    assert_string_equal(grant->token.id, "CARD-A");
    assert_int_equal(terminal_purse(w, "CARD-A"), 8900);
    line = terminal_connects(w, "ANNA", grant->ticket, 0);
    assert_string_equal(line->start, grant->start);
    assert_int_equal(line->state->state, OCPP_SETTLE_START_STATE_GRANTED);
    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    terminal_hears(line);
    assert_int_equal(line->state->state, OCPP_SETTLE_START_STATE_CHARGING);
    pass_s(w, 1800);
    car_reads(w, "PILE-1", "7", 5000);
    terminal_hears(line);
    assert_int_equal(line->state->energy_wh, 4000);
    assert_string_equal(line->state->amount, "2.20");
    assert_int_equal(line->state->lasts_s, 1800);
    assert_string_equal(terminal_stops(line, "W1"), "");
    assert_int_equal(line->state->state, OCPP_SETTLE_START_STATE_STOPPING);
    assert_int_equal(w->stop_count, 1);
    assert_string_equal(w->stopped[0], "PILE-1 7");
    car_ends(w, "PILE-1", "7", 6000);
    terminal_hears(line);
    assert_non_null(line->fee);
    assert_string_equal(line->fee->amount, "2.75");
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DUE);
    assert_string_equal(terminal_confirms(line, "W2", line->fee->bill), "");
    assert_int_equal(line->state->state, OCPP_SETTLE_START_STATE_PAID);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000 - 275);
    assert_int_equal(orders_of(w, "CARD-A"), 1);
    assert_int_equal(told_start(w, "Paid"), 1);
}

/* --- what is left of it ---------------------------------------------------------------------------------------------------- */

static bool count_row(const struct ocpp_settle_row *row, void *user)
{
    (void)row;
    ++*(int *)user;
    return true;
}

static int rows_of(const struct settle_world *w, const char *kind)
{
    char prefix[40];
    int count = 0;

    (void)snprintf(prefix, sizeof prefix, "operator/%s/", kind);
    assert_int_equal(w->store->each(prefix, NULL, count_row, &count, w->store->user), OCPP_OK);
    return count;
}

/* What is settled is forgotten after a day, not after three months: each step of a world is looked at. */
static void remember_a_day(struct settle_world *world)
{
    world->settings.policy.remember_messages_s = 86400;
    world->settings.policy.remember_closed_s = 86400;
}

static int remembers_a_day(void **state)
{
    return setup_with(state, remember_a_day);
}

static void settle_one(struct settle_world *w)
{
    const struct ocpp_settle_charging_wish wish = wish_energy(20000);
    const struct ocpp_settle_start_grant_req *grant = terminal_starts(w, "ANNA", &wish);
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0);

    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    pass_s(w, 1800);
    car_ends(w, "PILE-1", "7", 6000);
    terminal_hears(line);
    assert_string_equal(terminal_confirms(line, "W", line->fee->bill), "");
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(rows_of(w, "start"), 1);
    assert_true(rows_of(w, "said") > 0);
    assert_true(rows_of(w, "ticket") > 0);
}

static void a_start_that_is_settled_is_forgotten_after_a_while_with_all_that_was_said(void **state)
{
    struct settle_world *w = *state;

    settle_one(w);
    pass_s(w, 20 * 3600);
    assert_int_equal(rows_of(w, "start"), 1);
    pass_s(w, 3 * INT64_C(86400));
    assert_int_equal(rows_of(w, "start") + rows_of(w, "said") + rows_of(w, "ticket") + rows_of(w, "prompt"), 0);
    assert_int_equal(rows_of(w, "terminal"), 1);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
}

static void who_is_forgotten_leaves_nothing_but_orders(void **state)
{
    struct settle_world *w = *state;

    settle_one(w);
    const int64_t version = terminal_plugs(w, "PILE-1", 1, &terminal_car, terminal_new_prompt(w), -1)->list_version;
    assert_int_equal(ocpp_settle_terminal_forget(w->settle, "ANNA", "she", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "WrongState");
    assert_int_equal(ocpp_settle_terminal_revoke(w->settle, "ANNA", "she", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(ocpp_settle_terminal_forget(w->settle, "ANNA", "she", settle_world_done(w), w->now), OCPP_OK);
    pass_s(w, 10);
    assert_string_equal(w->done_code, "");
    assert_int_equal(rows_of(w, "terminal") + rows_of(w, "association") + rows_of(w, "car"), 0);
    assert_int_equal(rows_of(w, "start") + rows_of(w, "said") + rows_of(w, "ticket"), 0);
    terminal_known(w, "ANNA", "CARD-A", false);
    terminal_joins(w, "ANNA", &terminal_car);
    assert_true(terminal_plugs(w, "PILE-1", 1, &terminal_car, terminal_new_prompt(w), -1)->list_version > version);
}

static void what_is_not_settled_yet_outlives_who_is_forgotten(void **state)
{
    struct settle_world *w = *state;

    (void)terminal_charges(w, "ANNA", "CARD-A", "7");
    assert_int_equal(ocpp_settle_terminal_revoke(w->settle, "ANNA", "she", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(ocpp_settle_terminal_forget(w->settle, "ANNA", "she", settle_world_done(w), w->now), OCPP_OK);
    pass_s(w, 10);
    assert_int_equal(rows_of(w, "terminal"), 0);
    assert_int_equal(rows_of(w, "start"), 1);
    car_ends(w, "PILE-1", "7", 6000);
    pass_s(w, 2 * INT64_C(86400)); /* nobody can confirm it: a debt, which is paid by another way */
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(rows_of(w, "start"), 1);
    assert_int_equal(ocpp_settle_write_off(w->settle, order_of(w, "CARD-A").id, "gone", settle_world_done(w), w->now), OCPP_OK);
    pass_s(w, 2 * INT64_C(86400));
    assert_int_equal(rows_of(w, "start") + rows_of(w, "said") + rows_of(w, "ticket"), 0);
}

static void the_wallet_bounds_what_is_asked_for(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_energy(400000);
    const struct ocpp_settle_start_grant_req *grant = terminal_starts(w, "ANNA", &wish);

    assert_string_equal(grant->charging.amount, "100.00");
    assert_int_equal(grant->charging.energy_wh, 181829); /* one more Wh would cost 100.01 */
    assert_int_equal(terminal_purse(w, "CARD-A"), 0);
}

static void an_amount_becomes_energy_and_ends_the_charging_when_it_is_reached(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_amount("5.50");
    const struct ocpp_settle_start_grant_req *grant = terminal_starts(w, "ANNA", &wish);

    assert_in_range(grant->charging.energy_wh, 10000, 10018);
    assert_string_equal(grant->charging.amount, "5.50");
    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    pass_s(w, 1800);
    car_reads(w, "PILE-1", "7", 10000);
    assert_int_equal(w->stop_count, 0);
    pass_s(w, 60);
    car_reads(w, "PILE-1", "7", 11000);
    assert_int_equal(w->stop_count, 1);
    assert_string_equal(terminal_start(w).state, "Stopping");
}

static void a_time_is_told_to_the_pile(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_time(3600);
    const struct ocpp_settle_start_grant_req *grant = terminal_starts(w, "ANNA", &wish);

    assert_int_equal(grant->charging.time_s, 3600);
    assert_string_equal(grant->charging.amount, "6.05"); /* 11 kWh within an hour */
}

static void a_wish_that_makes_no_sense_starts_nothing(void **state)
{
    struct settle_world *w = *state;
    const char *prompt = terminal_new_prompt(w);
    struct ocpp_settle_charging_wish wish = wish_amount("5.5");

    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_BAD_AMOUNT);
    wish = wish_energy(100);
    wish.has_time_s = true;
    wish.time_s = 1;
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_INVALID);
    assert_int_equal(orders_of(w, "CARD-A"), 0);
    wish = wish_full();
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
}

static void an_empty_wallet_starts_nothing(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_full();
    const char *prompt = terminal_new_prompt(w);

    terminal_known(w, "BERT", "CARD-B", false);
    terminal_joins(w, "BERT", &terminal_car);
    terminal_money(w, "CARD-B", 99);
    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    assert_int_equal(terminal_asks(w, "BERT", prompt, &wish)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY);
    assert_int_equal(orders_of(w, "CARD-B"), 0);
}

/* A provider outside may decline what nobody here could know. */
static void a_hold_that_is_declined_is_told_to_the_pile(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_full();
    const char *prompt = terminal_new_prompt(w);
    const struct ocpp_settle_start_denied_req *denied;

    w->payment_by = "card";
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    terminal_plugs(w, "PILE-1", 1, &terminal_car, prompt, -1);
    assert_int_equal(terminal_asks(w, "ANNA", prompt, &wish)->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    denied = pile_heard(w, "PILE-1", OCPP_SETTLE_ACTION_START_DENIED);
    assert_non_null(denied);
    assert_int_equal(denied->code, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY);
    assert_string_equal(terminal_start(w).state, "Failed");
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
}

static void what_the_pile_does_not_begin_is_let_go(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_full();
    const struct ocpp_settle_start_grant_req *grant = terminal_starts(w, "ANNA", &wish);
    struct ocpp_settle_start_failed_req failed = { .envelope = pile_envelope(w, "PILE-1"),
                                                   .prompt = grant->prompt,
                                                   .start = grant->start,
                                                   .why = OCPP_SETTLE_START_FAILURE_UNPLUGGED,
                                                   .at = pile_time(w) };
    const struct ocpp_settle_start_failed_conf *answer;

    assert_int_equal(terminal_purse(w, "CARD-A"), 5000);
    answer = pile_says(w, "PILE-2", OCPP_SETTLE_ACTION_START_FAILED, &failed);
    assert_int_equal(answer->receipt.code, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE);
    failed.envelope = pile_envelope(w, "PILE-1");
    answer = pile_says(w, "PILE-1", OCPP_SETTLE_ACTION_START_FAILED, &failed);
    assert_int_equal(answer->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(terminal_start(w).state, "Failed");
    assert_string_equal(terminal_start(w).reason, "Unplugged");
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000);
    terminal_starts(w, "ANNA", &wish);
    pass_s(w, 301); /* not a word */
    assert_string_equal(terminal_start(w).state, "Failed");
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000);
}

/* A transaction of the same token elsewhere is another order. */
static void only_the_pile_that_was_asked_begins_it(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_energy(10000);

    terminal_starts(w, "ANNA", &wish);
    car_starts(w, "PILE-2", "9", "CARD-A", 0);
    assert_string_equal(terminal_start(w).state, "Granted");
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    assert_string_equal(terminal_start(w).state, "Charging");
    assert_string_equal(terminal_start(w).transaction, "7");
    assert_int_equal(orders_of(w, "CARD-A"), 2);
}

/* A bank on it: its deposit is held besides, and the fee is told when it came back, for everything at once. */
static void a_bank_rented_while_charging_is_on_the_same_fee(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_start_grant_req *grant = terminal_charges(w, "ANNA", "CARD-A", "7");
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0);
    struct settle_bays *bays = settle_bays_usual(w);

    assert_string_equal(order_of(w, "CARD-A").id, grant->order);
    assert_int_equal(terminal_purse(w, "CARD-A"), 5000);
    assert_non_null(rent(bays, "PILE-1", "CARD-A", "BANK-1"));
    assert_int_equal(terminal_purse(w, "CARD-A"), 4000);
    pass_s(w, 1200);
    car_ends(w, "PILE-1", "7", 11000);
    terminal_hears(line);
    assert_int_equal(line->state->state, OCPP_SETTLE_START_STATE_ENDED);
    assert_null(line->fee);
    put_back(bays, "BANK-1", "PILE-2", 5);
    settle_world_run(w);
    terminal_hears(line);
    assert_non_null(line->fee);
    assert_string_equal(line->fee->amount, "6.70"); /* 5.50 for the energy, 1.20 for the bank */
    assert_int_equal(line->fee->lines.count, 2);
    assert_int_equal(order_of(w, "CARD-A").paid_minor, 0);
    assert_string_equal(terminal_confirms(line, "W1", line->fee->bill), "");
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000 - 670);
    assert_int_equal(orders_of(w, "CARD-A"), 1);
}

static void nothing_used_costs_nothing_and_asks_nobody(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_start_grant_req *grant = terminal_charges(w, "ANNA", "CARD-A", "7");
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0);

    car_ends(w, "PILE-1", "7", 1000);
    terminal_hears(line);
    assert_int_equal(line->state->state, OCPP_SETTLE_START_STATE_PAID);
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000);
}

/* A restart anywhere loses nothing. */
static void a_restart_between_any_two_steps_changes_nothing(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_settle_charging_wish wish = wish_energy(20000);
    const struct ocpp_settle_start_grant_req *grant = terminal_starts(w, "ANNA", &wish);
    struct terminal_line *line;

    settle_world_restart(w);
    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    settle_world_restart(w);
    line = terminal_connects(w, "ANNA", grant->ticket, 0);
    assert_int_equal(line->state->state, OCPP_SETTLE_START_STATE_CHARGING);
    assert_string_equal(terminal_stops(line, "W1"), "");
    settle_world_restart(w);
    car_ends(w, "PILE-1", "7", 6000);
    settle_world_restart(w);
    line = terminal_connects(w, "ANNA", line->ticket, line->last);
    assert_string_equal(line->fee->amount, "2.75");
    assert_string_equal(terminal_confirms(line, "W2", line->fee->bill), "");
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000 - 275);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_terminal_starts_follows_stops_confirms_and_pays_once, setup, teardown),
        cmocka_unit_test_setup_teardown(the_wallet_bounds_what_is_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(an_amount_becomes_energy_and_ends_the_charging_when_it_is_reached, setup, teardown),
        cmocka_unit_test_setup_teardown(a_time_is_told_to_the_pile, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wish_that_makes_no_sense_starts_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_wallet_starts_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hold_that_is_declined_is_told_to_the_pile, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_pile_does_not_begin_is_let_go, setup, teardown),
        cmocka_unit_test_setup_teardown(only_the_pile_that_was_asked_begins_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bank_rented_while_charging_is_on_the_same_fee, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_used_costs_nothing_and_asks_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(a_restart_between_any_two_steps_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_start_that_is_settled_is_forgotten_after_a_while_with_all_that_was_said,
                                        remembers_a_day, teardown),
        cmocka_unit_test_setup_teardown(who_is_forgotten_leaves_nothing_but_orders, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_settled_yet_outlives_who_is_forgotten, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
