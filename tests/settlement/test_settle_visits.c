/* Guided visits from the number to the free cable, and what must happen when things go wrong: C1 to C16 as far as they are the
 * backend's. */
#include "unit.h"

#include "settle_world.h"

#include <ocpp/settlement/ledger.h>

#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
    struct settle_world *w = settle_world_new_with(settle_world_guided);

    pile_hello(w, "PILE-1");
    pile_hello(w, "PILE-2");
    settle_world_place(w, "PILE-1", 1, 100);
    settle_world_place(w, "PILE-2", 1, 500);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    settle_world_free(*state);
    return 0;
}

static void assert_state(struct settle_world *w, const char *visit, const char *state)
{
    assert_string_equal(settle_world_visit(w, visit).state, state);
}

static void pay(struct settle_world *w, const char *visit, int64_t minor)
{
    assert_int_equal(ocpp_settle_visit_pay(w->settle, visit, minor, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
}

static enum ocpp_settle_gate_why opened_with(struct settle_world *w, const char *station)
{
    const struct ocpp_settle_gate_open_req *open = pile_heard(w, station, OCPP_SETTLE_ACTION_GATE_OPEN);

    return open ? open->why : OCPP_SETTLE_GATE_WHY_UNSET;
}

static const char *amount_shown(struct settle_world *w, const char *station)
{
    const struct ocpp_settle_payment_prompt_req *prompt = pile_heard(w, station, OCPP_SETTLE_ACTION_PAYMENT_PROMPT);

    return prompt ? prompt->amount : NULL;
}

/* --- the plain way ---------------------------------------------------------------------------------------------------------- */

static void a_visit_is_reserved_matched_charged_paid_and_then_the_cable_is_free(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    assert_state(w, visit, "Paying");
    assert_int_equal(pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_GATE_CLOSE), 1);
    assert_string_equal(amount_shown(w, "PILE-1"), "11.00");
    assert_int_equal(pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_GATE_OPEN), 0);
    pay(w, visit, 0);
    assert_state(w, visit, "Done");
    assert_int_equal(opened_with(w, "PILE-1"), OCPP_SETTLE_GATE_WHY_PAID);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order_of(w, "CARD-A").paid_minor, 1100);
    assert_int_equal(orders_of(w, "CARD-A"), 1);
    assert_int_equal(settle_provider_count(&w->card, NULL, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 1);
    int hidden = 0; /* who comes next does not see what was to be paid */
    for (size_t k = 0; k < w->asked_count; k++) {
        hidden += strcmp(w->asked[k].what, "hide") == 0 && strcmp(w->asked[k].station, w->asked[0].station) == 0 &&
                  w->asked[k].reservation == w->asked[0].reservation;
    }
    assert_int_equal(hidden, 1);
}

static void nothing_is_held_for_a_visit_before_its_end(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    assert_int_equal(settle_provider_count(&w->card, NULL, OCPP_SETTLE_AUTHORIZE, OCPP_SETTLE_PAYMENT_OK), 0);
}

/* --- C1 to C6: the number -----------------------------------------------------------------------------------------------------
 */

/* C1, C6. The clock is the backend's: nobody has to say that the time is over. */
static void a_reservation_nobody_comes_for_ends_by_the_backends_clock_and_the_place_is_free(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    pass_s(w, 1799);
    assert_state(w, visit, "Confirmed");
    pass_s(w, 1);
    assert_state(w, visit, "Expired");
    assert_int_equal(asked_count_of(w, "cancel"), 1);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID); /* this tariff has no fee */
    visit_begins(w, "PILE-1", 1, "CARD-B");
    assert_string_equal(w->done_code, "");
}

/* C2. */
static void a_place_that_turns_out_to_be_taken_costs_nothing_and_another_one_is_named(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_begins(w, "PILE-1", 1, "CARD-A");

    assert_int_equal(ocpp_settle_reserve_answered(w->settle, visit, OCPP_SETTLE_RESERVE_OCCUPIED, w->now), OCPP_OK);
    settle_world_run(w);
    assert_state(w, visit, "Refused");
    assert_string_equal(settle_world_visit(w, visit).other, "PILE-2/1");
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
}

/* C3. */
static void a_number_that_reached_one_side_only_is_cancelled(void **state)
{
    struct settle_world *w = *state;
    const char *pile_only = visit_begins(w, "PILE-1", 1, "CARD-A");
    const char *phone_only = visit_begins(w, "PILE-2", 1, "CARD-B");

    assert_int_equal(ocpp_settle_reserve_answered(w->settle, pile_only, OCPP_SETTLE_RESERVED, w->now), OCPP_OK);
    assert_int_equal(ocpp_settle_confirm(w->settle, phone_only, visit_number(w, phone_only), settle_world_done(w), w->now),
                     OCPP_OK);
    settle_world_run(w);
    assert_state(w, pile_only, "Told");
    assert_state(w, phone_only, "Heard");
    pass_s(w, 60);
    assert_state(w, pile_only, "Cancelled");
    assert_state(w, phone_only, "Cancelled");
    assert_int_equal(asked_count_of(w, "cancel"), 2);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
}

/* C3. The pile's answer comes after all: it must not keep what nobody has. */
static void an_answer_of_the_pile_that_comes_too_late_is_taken_back_once_more(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_begins(w, "PILE-1", 1, "CARD-A");

    pass_s(w, 60);
    assert_int_equal(ocpp_settle_reserve_answered(w->settle, visit, OCPP_SETTLE_RESERVED, w->now), OCPP_OK);
    settle_world_run(w);
    assert_state(w, visit, "Cancelled");
    assert_int_equal(asked_count_of(w, "cancel"), 2);
}

static struct ocpp_settle_number judge(struct settle_world *w, const char *station, const char *number)
{
    const struct ocpp_token token = { .id = number, .type = OCPP_TOKEN_KEY_CODE };
    struct ocpp_settle_number judged;

    assert_int_equal(ocpp_settle_number(w->settle, station, &token, &judged, w->now), OCPP_OK);
    settle_world_run(w);
    assert_true(judged.is_number);
    return judged;
}

/* C4. */
static void five_wrong_numbers_lock_the_keypad_for_a_quarter_of_an_hour_and_nothing_else(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");
    const char *number = visit_number(w, visit);

    for (int i = 0; i < 5; i++) {
        assert_int_equal(judge(w, "PILE-1", "RSV00000000").verdict, OCPP_SETTLE_NUMBER_VERDICT_UNKNOWN);
    }
    assert_int_equal(judge(w, "PILE-1", number).verdict, OCPP_SETTLE_NUMBER_VERDICT_LOCKED);
    assert_int_equal(ocpp_settle_visit_start(w->settle, visit, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "");
    assert_string_equal(asked_last(w, "start")->number, number);
    assert_int_equal(judge(w, "PILE-1", number).verdict, OCPP_SETTLE_NUMBER_VERDICT_MATCH); /* nobody keyed it in */
    const char *other = visit_number(w, visit_confirmed(w, "PILE-2", 1, "CARD-B"));
    assert_int_equal(judge(w, "PILE-1", other).verdict, OCPP_SETTLE_NUMBER_VERDICT_LOCKED);
    pass_s(w, 900);
    assert_int_equal(judge(w, "PILE-1", number).verdict, OCPP_SETTLE_NUMBER_VERDICT_MATCH);
}

/* C4. Who guesses may have a number of his own: where it opens nothing, it is no reason to begin to count anew. */
static void a_right_number_of_another_pile_does_not_forget_wrong_ones(void **state)
{
    struct settle_world *w = *state;
    const char *other = visit_number(w, visit_confirmed(w, "PILE-2", 1, "CARD-B"));

    for (int i = 0; i < 4; i++) {
        assert_int_equal(judge(w, "PILE-1", "RSV00000000").verdict, OCPP_SETTLE_NUMBER_VERDICT_UNKNOWN);
    }
    assert_int_equal(judge(w, "PILE-1", other).verdict, OCPP_SETTLE_NUMBER_VERDICT_WRONG_PILE);
    assert_int_equal(judge(w, "PILE-1", "RSV00000000").verdict, OCPP_SETTLE_NUMBER_VERDICT_UNKNOWN);
    assert_int_equal(judge(w, "PILE-1", other).verdict, OCPP_SETTLE_NUMBER_VERDICT_LOCKED);
}

/* C4. */
static void a_number_opens_one_session_only(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");
    const char *number = visit_number(w, visit);

    visit_charges(w, visit, "7", 20000);
    pay(w, visit, 0);
    assert_int_equal(judge(w, "PILE-1", number).verdict, OCPP_SETTLE_NUMBER_VERDICT_UNKNOWN);
    car_starts(w, "PILE-1", "8", number, 21000);
    assert_int_equal(w->stop_count, 1);
    assert_string_equal(w->stopped[0], "PILE-1 8");
    assert_int_equal(orders_of(w, "CARD-A"), 1);
}

/* C4. */
static void live_numbers_are_unique_and_have_their_form(void **state)
{
    struct settle_world *w = *state;
    const char *a = visit_number(w, visit_confirmed(w, "PILE-1", 1, "CARD-A"));
    const char *b = visit_number(w, visit_confirmed(w, "PILE-2", 1, "CARD-B"));

    assert_string_not_equal(a, b);
    assert_int_equal(strlen(a), 11);
    assert_int_equal(strncmp(a, "RSV", 3), 0);
    assert_int_equal(strspn(a + 3, "0123456789"), 8);
}

/* C5. */
static void a_right_number_at_the_wrong_pile_is_told_where_its_place_is_and_is_no_guess(void **state)
{
    struct settle_world *w = *state;
    const char *number = visit_number(w, visit_confirmed(w, "PILE-1", 1, "CARD-A"));

    for (int i = 0; i < 6; i++) {
        const struct ocpp_settle_number judged = judge(w, "PILE-2", number);

        assert_int_equal(judged.verdict, OCPP_SETTLE_NUMBER_VERDICT_WRONG_PILE);
        assert_non_null(strstr(judged.text, "PILE-1"));
    }
    car_starts(w, "PILE-2", "9", number, 0);
    assert_string_equal(w->stopped[0], "PILE-2 9");
}

/* C6. 2.x. */
static void a_pile_that_says_expired_ends_the_reservation_and_one_that_drops_it_costs_nothing(void **state)
{
    struct settle_world *w = *state;
    const char *expired = visit_confirmed(w, "PILE-1", 1, "CARD-A");
    const int64_t id = asked_last(w, "reserve")->reservation;
    const char *dropped = visit_confirmed(w, "PILE-2", 1, "CARD-B");

    assert_int_equal(ocpp_settle_reservation_ended(w->settle, "PILE-1", id, "Expired", w->now), OCPP_OK);
    assert_int_equal(
        ocpp_settle_reservation_ended(w->settle, "PILE-2", asked_last(w, "reserve")->reservation, "NoTransaction", w->now),
        OCPP_OK);
    settle_world_run(w);
    assert_state(w, expired, "Expired");
    assert_state(w, dropped, "Cancelled");
    assert_int_equal(ocpp_settle_reservation_ended(w->settle, "PILE-1", id, "Expired", w->now), OCPP_OK); /* once more */
    assert_int_equal(ocpp_settle_reservation_ended(w->settle, "PILE-1", 1, "Removed", w->now), OCPP_OK);  /* nobody's */
    assert_state(w, expired, "Expired");
}

/* --- C7 to C12: the gate ---------------------------------------------------------------------------------------------------- */

/* C7. */
static void a_payment_that_fails_keeps_the_cable_half_an_hour_from_the_first_request_and_then_is_a_debt(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    visit_charges(w, visit, "7", 20000);
    pass_s(w, 3600);
    assert_state(w, visit, "Paying");
    pay(w, visit, 0);
    assert_state(w, visit, "Paying");
    pass_s(w, 1799);
    assert_state(w, visit, "Paying");
    pass_s(w, 1);
    assert_state(w, visit, "Owed");
    assert_int_equal(opened_with(w, "PILE-1"), OCPP_SETTLE_GATE_WHY_DEADLINE);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DEBT);
}

/* C7. */
static void nobody_who_comes_keeps_the_cable_no_longer_than_a_day(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    pass_s(w, 86399);
    assert_state(w, visit, "Paying");
    pass_s(w, 1);
    assert_state(w, visit, "Owed");
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DEBT);
}

/* C7. */
static void a_lost_answer_is_asked_for_and_pays_once(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    w->card.loses_answers = true;
    pay(w, visit, 0);
    assert_state(w, visit, "Paying");
    pay(w, visit, 0);
    assert_string_equal(w->done_code, "WrongState");
    pass_s(w, 90);
    assert_state(w, visit, "Done");
    assert_int_equal(w->card.captured_minor, 1100);
}

/* C7. */
static void a_provider_that_cannot_be_reached_lets_the_cable_go_at_once(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    w->card.is_down = true;
    pay(w, visit, 0);
    assert_state(w, visit, "Owed");
    assert_int_equal(opened_with(w, "PILE-1"), OCPP_SETTLE_GATE_WHY_PROVIDER_UNREACHABLE);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DEBT);
    w->card.is_down = false;
    pass_s(w, 120);
    assert_state(w, visit, "Done"); /* what was asked for goes on: paid after all, once */
    assert_int_equal(w->card.captured_minor, 1100);
}

/* C7. */
static void the_operators_word_lets_the_cable_go_and_unlocks_it_by_ocpp_too(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    assert_int_equal(ocpp_settle_visit_release(w->settle, visit, "Ada", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_state(w, visit, "Owed");
    assert_int_equal(opened_with(w, "PILE-1"), OCPP_SETTLE_GATE_WHY_OPERATOR);
    assert_int_equal(asked_count_of(w, "unlock"), 1);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DEBT);
}

/* C7, C12, C13. Whatever the pile let go for is a debt at once. */
static void a_gate_that_opened_unpaid_is_a_debt(void **state)
{
    static const enum ocpp_settle_gate_why whys[] = { OCPP_SETTLE_GATE_WHY_FAULT,       OCPP_SETTLE_GATE_WHY_EMERGENCY_STOP,
                                                      OCPP_SETTLE_GATE_WHY_UNREACHABLE, OCPP_SETTLE_GATE_WHY_PULLED,
                                                      OCPP_SETTLE_GATE_WHY_POWER_LOST,  OCPP_SETTLE_GATE_WHY_BY_HAND };
    struct settle_world *w = *state;

    for (size_t i = 0; i < sizeof whys / sizeof whys[0]; i++) {
        char card[16];
        char id[8];

        snprintf(card, sizeof card, "CARD-%d", (int)i);
        snprintf(id, sizeof id, "%d", 100 + (int)i);
        const char *visit = visit_confirmed(w, "PILE-1", 1, card);
        visit_charges(w, visit, id, 20000);
        pile_gate(w, visit, OCPP_SETTLE_GATE_STATE_OPEN, whys[i]);
        assert_state(w, visit, "Owed");
        assert_int_equal(order_of(w, card).state, OCPP_SETTLE_ORDER_STATE_DEBT);
    }
}

/* C12. */
static void the_next_visit_asks_for_the_debt_first(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    pile_gate(w, visit, OCPP_SETTLE_GATE_STATE_OPEN, OCPP_SETTLE_GATE_WHY_PULLED);
    visit_begins(w, "PILE-2", 1, "CARD-A");
    assert_string_equal(w->done_code, "NoMoney");
    pass_s(w, 1);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_state(w, visit, "Done");
    visit_begins(w, "PILE-2", 1, "CARD-A");
    assert_string_equal(w->done_code, "");
}

/* C8. The first one is given up by the payer, and paid after all. */
static void what_is_paid_twice_goes_back(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_UNKNOWN;
    pay(w, visit, 0);
    const struct settle_act first = w->card.acts[0];
    const struct ocpp_settle_payment_answer act_first = { .result = OCPP_SETTLE_PAYMENT_ACTION_REQUIRED,
                                                          .amount_minor = 1100,
                                                          .currency = "EUR",
                                                          .action_url = "https://bank.example/1",
                                                          .expires_utc_ms = OCPP_NEVER };
    assert_int_equal(ocpp_settle_payment_answered(w->settle, first.operation, &act_first, w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(settle_world_visit(w, visit).action_url, "https://bank.example/1");
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_OK;
    pay(w, visit, 0);
    assert_string_equal(w->done_code, "");
    assert_state(w, visit, "Done");
    w->card.acts[0].result = OCPP_SETTLE_PAYMENT_OK; /* the first one is paid, too */
    w->card.held_minor += w->card.acts[0].amount_minor;
    pass_s(w, 3600);
    assert_int_equal(settle_provider_count(&w->card, NULL, OCPP_SETTLE_VOID, OCPP_SETTLE_PAYMENT_OK), 1);
    assert_int_equal(w->card.captured_minor - w->card.refunded_minor, 1100);
    assert_int_equal(w->card.held_minor, 0);
}

/* C9. */
static void what_is_paid_in_part_leaves_the_rest_to_be_asked_for(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    pay(w, visit, 300);
    assert_state(w, visit, "Paying");
    assert_string_equal(amount_shown(w, "PILE-1"), "8.00");
    pay(w, visit, 801);
    assert_string_equal(w->done_code, "BadAmount");
    pay(w, visit, 800);
    assert_state(w, visit, "Done");
    assert_int_equal(order_of(w, "CARD-A").paid_minor, 1100);
    assert_int_equal(settle_provider_count(&w->card, NULL, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 2);
}

/* C10. */
static void a_pile_that_asks_about_its_gate_hears_again_that_it_may_open(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    const struct ocpp_settle_gate_query_req query = { .order = settle_world_visit(w, visit).order,
                                                      .evse = 1,
                                                      .state = OCPP_SETTLE_GATE_STATE_AWAIT_PAYMENT };
    const struct ocpp_settle_gate_query_conf *answer = pile_says(w, "PILE-1", OCPP_SETTLE_ACTION_GATE_QUERY, &query);
    assert_int_equal(answer->verdict, OCPP_SETTLE_GATE_VERDICT_KEEP);
    w->piles_are_deaf = true;
    pay(w, visit, 0);
    answer = pile_says(w, "PILE-1", OCPP_SETTLE_ACTION_GATE_QUERY, &query);
    assert_int_equal(answer->verdict, OCPP_SETTLE_GATE_VERDICT_OPEN);
    assert_int_equal(answer->why, OCPP_SETTLE_GATE_WHY_PAID);
    w->piles_are_deaf = false;
    const struct ocpp_settle_gate_query_conf *other = pile_says(w, "PILE-2", OCPP_SETTLE_ACTION_GATE_QUERY, &query);
    assert_int_equal(other->verdict, OCPP_SETTLE_GATE_VERDICT_FORGET);
}

static void scan(struct settle_world *w, const char *url)
{
    assert_int_equal(ocpp_settle_scanned(w->settle, url + strlen("https://pay.example/"), settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
}

static const char *url_shown(struct settle_world *w, const char *station)
{
    const struct ocpp_settle_payment_prompt_req *prompt = pile_heard(w, station, OCPP_SETTLE_ACTION_PAYMENT_PROMPT);

    assert_non_null(prompt);
    return prompt->url;
}

/* C11. */
static void a_link_is_signed_and_expires_and_is_renewed_before_it_does(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    const char *first = url_shown(w, "PILE-1");
    scan(w, first);
    assert_string_equal(w->done_id, visit);
    char forged[OCPP_SETTLE_LINK_SIZE + 32];
    for (size_t at = strlen("https://pay.example/"); at < strlen(first); at++) {
        snprintf(forged, sizeof forged, "%s", first);
        forged[at] = forged[at] == 'a' ? 'b' : 'a';
        scan(w, forged);
        assert_string_equal(w->done_code, "BadToken");
    }
    pass_s(w, 841);
    const char *second = url_shown(w, "PILE-1");
    assert_string_not_equal(first, second);
    pass_s(w, 60);
    scan(w, first);
    assert_string_equal(w->done_code, "BadToken");
    scan(w, second);
    assert_string_equal(w->done_code, "");
}

/* --- C14 to C16: how much ------------------------------------------------------------------------------------------------------
 */

static void pile_shows(struct settle_world *w, const char *visit, const char *amount)
{
    const struct ocpp_settle_visit shown = settle_world_visit(w, visit);
    const struct ocpp_settle_gate_notice_req notice = { .envelope = pile_envelope(w, "PILE-1"),
                                                        .order = shown.order,
                                                        .evse = 1,
                                                        .state = OCPP_SETTLE_GATE_STATE_AWAIT_PAYMENT,
                                                        .at = pile_time(w),
                                                        .shown = amount };

    assert_non_null(pile_says(w, "PILE-1", OCPP_SETTLE_ACTION_GATE_NOTICE, &notice));
}

/* C14. */
static void a_pile_that_showed_less_than_was_computed_makes_it_cost_less(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    pile_shows(w, visit, "10.40");
    assert_true(settle_world_visit(w, visit).is_lowered);
    pay(w, visit, 0);
    assert_int_equal(order_of(w, "CARD-A").paid_minor, 1040);
    assert_state(w, visit, "Done");
}

static void note_leg(const struct ocpp_settle_leg *leg, void *user)
{
    snprintf(user, OCPP_SETTLE_ID_SIZE, "%s", leg->id);
}

/* C14, D20. The display showed what was left after a part was paid, and that part was taken back: what it tells late is no lower
 * price. Something it was never told is. */
static void what_a_pile_was_told_to_show_before_a_chargeback_is_no_lower_price(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");
    char leg[OCPP_SETTLE_ID_SIZE] = "";

    visit_charges(w, visit, "7", 20000);
    pay(w, visit, 300);
    assert_string_equal(amount_shown(w, "PILE-1"), "8.00");
    const char *order = settle_world_visit(w, visit).order;
    assert_int_equal(ocpp_settle_legs(w->settle, order, note_leg, leg), OCPP_OK);
    const struct ocpp_settle_chargeback taken = { order, leg, 300, "K", "the payer disputes it" };
    assert_int_equal(ocpp_settle_chargeback(w->settle, &taken, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_state(w, visit, "Paying");
    assert_string_equal(amount_shown(w, "PILE-1"), "11.00");
    pile_shows(w, visit, "8.00");
    assert_false(settle_world_visit(w, visit).is_lowered);
    assert_int_equal(settle_world_order(w, order).due_minor, 1100);
    pile_shows(w, visit, "7.00");
    assert_true(settle_world_visit(w, visit).is_lowered);
    assert_int_equal(settle_world_order(w, order).due_minor, 700);
}

/* C14. */
static void what_turns_out_to_cost_more_than_was_shown_is_charged_as_shown(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    const char *order = settle_world_visit(w, visit).order;
    const struct ocpp_settle_bill *bill = settle_world_bill(w, order, 1);
    assert_string_equal(settle_world_visit(w, visit).bill_hash, bill->output_hash);
    assert_int_equal(ocpp_settle_adjust(w->settle, order, 200, "more", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_true(settle_world_visit(w, visit).is_lowered);
    pay(w, visit, 0);
    assert_int_equal(order_of(w, "CARD-A").paid_minor, 1100);
}

/* C15. */
static void what_was_held_too_much_goes_back(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");

    visit_charges(w, visit, "7", 20000);
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_UNKNOWN;
    pay(w, visit, 0);
    assert_int_equal(
        ocpp_settle_adjust(w->settle, settle_world_visit(w, visit).order, -100, "kindness", settle_world_done(w), w->now),
        OCPP_OK);
    settle_world_run(w);
    w->card.acts[0].result = OCPP_SETTLE_PAYMENT_OK;
    w->card.held_minor += w->card.acts[0].amount_minor;
    pass_s(w, 3600);
    assert_int_equal(order_of(w, "CARD-A").paid_minor, 1000);
    assert_int_equal(w->card.captured_minor - w->card.refunded_minor, 1000);
    assert_int_equal(w->card.held_minor, 0);
    assert_state(w, visit, "Done");
}

static void suspends(struct settle_world *w, const char *id)
{
    struct settle_car *car = NULL;

    for (size_t i = 0; i < w->car_count; i++) {
        car = strcmp(w->cars[i].id, id) == 0 ? &w->cars[i] : car;
    }
    assert_non_null(car);
    car->transaction.charging_state = OCPP_CHARGING_STATE_SUSPENDED_EV;
    tell_car(w, OCPP_TRANSACTION_UPDATED, &car->transaction, NULL, 0);
    settle_world_run(w);
}

/* 20 kWh in half an hour, then idle; the code of a visit whose transaction goes on. */
static const char *idles(struct settle_world *w, const char *visit, char url[256])
{
    car_starts(w, "PILE-1", "7", visit_number(w, visit), 1000);
    pass_s(w, 1800);
    car_reads(w, "PILE-1", "7", 21000);
    suspends(w, "7");
    assert_int_equal(ocpp_settle_link(w->settle, visit, url, 256, w->now), OCPP_OK);
    return url;
}

/* C16. */
static void idle_time_pauses_from_the_scan_for_ten_minutes_once_and_counts_again_unpaid(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");
    char url[256];

    idles(w, visit, url);
    pass_s(w, 600); /* counts: 10 minutes */
    assert_int_equal(ocpp_settle_link(w->settle, visit, url, sizeof url, w->now), OCPP_OK);
    scan(w, url);
    assert_string_equal(w->done_code, "");
    pass_s(w, 600); /* pauses */
    pass_s(w, 300); /* counts again: 5 */
    assert_int_equal(ocpp_settle_link(w->settle, visit, url, sizeof url, w->now), OCPP_OK);
    scan(w, url);   /* once only */
    pass_s(w, 300); /* counts: 5 */
    car_ends(w, "PILE-1", "7", 21000);
    const struct ocpp_settle_bill_line *line =
        bill_line(settle_world_bill(w, settle_world_visit(w, visit).order, 0), OCPP_SETTLE_LINE_KIND_IDLE);
    assert_non_null(line);
    assert_int_equal(line->measured, 1200);
}

/* C16. Who pays within the pause pays what the page said. */
static void a_payment_within_the_pause_ends_the_charging_first_and_costs_what_the_page_showed(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_confirmed(w, "PILE-1", 1, "CARD-A");
    char url[256];

    idles(w, visit, url);
    pass_s(w, 600);
    assert_int_equal(ocpp_settle_link(w->settle, visit, url, sizeof url, w->now), OCPP_OK);
    scan(w, url);
    pass_s(w, 120);
    const int64_t seen = settle_world_visit(w, visit).missing_minor;
    pay(w, visit, 0);
    assert_string_equal(w->stopped[0], "PILE-1 7");
    pass_s(w, 5);
    car_ends(w, "PILE-1", "7", 21000);
    assert_state(w, visit, "Done");
    assert_int_equal(order_of(w, "CARD-A").paid_minor, seen);
    assert_int_equal(seen, 1100 + 120);
}

/* --- places --------------------------------------------------------------------------------------------------------------------
 */

struct found {
    char names[8][80];
    char reasons[8][OCPP_SETTLE_REASONS_SIZE];
    int64_t price_minor;
    bool is_free[8];
    size_t count;
};

static void find_one(const struct ocpp_settle_offer *offer, void *user)
{
    struct found *found = user;

    assert_true(found->count < 8);
    snprintf(found->names[found->count], sizeof found->names[0], "%s/%d", offer->place.station, offer->place.evse);
    snprintf(found->reasons[found->count], sizeof found->reasons[0], "%s", offer->reasons);
    found->is_free[found->count] = offer->is_free;
    found->price_minor = offer->price_minor;
    found->count++;
}

static struct found find(struct settle_world *w, int64_t radius_m)
{
    const struct ocpp_settle_wish wish = { .latitude_udeg = 52520000, .longitude_udeg = 13405000, .radius_m = radius_m };
    struct found found = { .count = 0 };

    assert_int_equal(ocpp_settle_find(w->settle, &wish, find_one, &found, w->now), OCPP_OK);
    return found;
}

static void places_are_found_nearest_first_with_their_price_and_say_why(void **state)
{
    struct settle_world *w = *state;
    const struct found found = find(w, 1000);

    assert_int_equal(found.count, 2);
    assert_string_equal(found.names[0], "PILE-1/1");
    assert_string_equal(found.reasons[0], "99 m away: 9; 11.00 EUR for the energy: 1100; free: 0; 0 faults lately: 0");
    assert_int_equal(found.price_minor, 1100);
    assert_int_equal(find(w, 200).count, 1);
}

static void a_place_that_is_taken_or_often_faulted_stands_behind(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_status_event event = { .evse = 1, .connector = 1, .timestamp_utc_ms = w->now.utc_ms };

    for (int i = 0; i < 3; i++) {
        event.status = OCPP_CONNECTOR_FAULTED;
        assert_int_equal(ocpp_settle_status(w->settle, "PILE-1", &event, w->now), OCPP_OK);
        event.status = OCPP_CONNECTOR_AVAILABLE;
        assert_int_equal(ocpp_settle_status(w->settle, "PILE-1", &event, w->now), OCPP_OK);
    }
    settle_world_run(w);
    assert_string_equal(find(w, 1000).names[0], "PILE-2/1");
    visit_confirmed(w, "PILE-2", 1, "CARD-A");
    const struct found found = find(w, 1000);
    assert_string_equal(found.names[0], "PILE-1/1");
    assert_false(found.is_free[1]);
}

static bool all_but_the_first(const char *station, void *user)
{
    (void)user;
    return strcmp(station, "PILE-1") != 0;
}

static void a_place_whose_pile_cannot_be_asked_now_is_not_offered_as_free(void **state)
{
    struct settle_world *w = *state;

    w->settings.is_reached = all_but_the_first;
    settle_world_restart(w);
    const struct found found = find(w, 1000);
    assert_string_equal(found.names[0], "PILE-2/1");
    assert_true(found.is_free[0]);
    assert_false(found.is_free[1]);
    assert_non_null(strstr(found.reasons[1], "cannot be reached now: 100000"));
}

static void a_pile_that_keeps_no_places_is_not_bookable_any_more(void **state)
{
    struct settle_world *w = *state;
    const char *visit = visit_begins(w, "PILE-1", 1, "CARD-A");

    assert_int_equal(ocpp_settle_reserve_answered(w->settle, visit, OCPP_SETTLE_RESERVE_NOT_SUPPORTED, w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(find(w, 1000).count, 1);
    visit_begins(w, "PILE-1", 1, "CARD-B");
    assert_string_equal(w->done_code, "NotSupported");
    settle_world_check_refused(w);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_visit_is_reserved_matched_charged_paid_and_then_the_cable_is_free),
        TEST(nothing_is_held_for_a_visit_before_its_end),
        TEST(a_reservation_nobody_comes_for_ends_by_the_backends_clock_and_the_place_is_free),
        TEST(a_place_that_turns_out_to_be_taken_costs_nothing_and_another_one_is_named),
        TEST(a_number_that_reached_one_side_only_is_cancelled),
        TEST(an_answer_of_the_pile_that_comes_too_late_is_taken_back_once_more),
        TEST(five_wrong_numbers_lock_the_keypad_for_a_quarter_of_an_hour_and_nothing_else),
        TEST(a_right_number_of_another_pile_does_not_forget_wrong_ones),
        TEST(a_number_opens_one_session_only),
        TEST(live_numbers_are_unique_and_have_their_form),
        TEST(a_right_number_at_the_wrong_pile_is_told_where_its_place_is_and_is_no_guess),
        TEST(a_pile_that_says_expired_ends_the_reservation_and_one_that_drops_it_costs_nothing),
        TEST(a_payment_that_fails_keeps_the_cable_half_an_hour_from_the_first_request_and_then_is_a_debt),
        TEST(nobody_who_comes_keeps_the_cable_no_longer_than_a_day),
        TEST(a_lost_answer_is_asked_for_and_pays_once),
        TEST(a_provider_that_cannot_be_reached_lets_the_cable_go_at_once),
        TEST(the_operators_word_lets_the_cable_go_and_unlocks_it_by_ocpp_too),
        TEST(a_gate_that_opened_unpaid_is_a_debt),
        TEST(the_next_visit_asks_for_the_debt_first),
        TEST(what_is_paid_twice_goes_back),
        TEST(what_is_paid_in_part_leaves_the_rest_to_be_asked_for),
        TEST(a_pile_that_asks_about_its_gate_hears_again_that_it_may_open),
        TEST(a_link_is_signed_and_expires_and_is_renewed_before_it_does),
        TEST(a_pile_that_showed_less_than_was_computed_makes_it_cost_less),
        TEST(what_a_pile_was_told_to_show_before_a_chargeback_is_no_lower_price),
        TEST(what_turns_out_to_cost_more_than_was_shown_is_charged_as_shown),
        TEST(what_was_held_too_much_goes_back),
        TEST(idle_time_pauses_from_the_scan_for_ten_minutes_once_and_counts_again_unpaid),
        TEST(a_payment_within_the_pause_ends_the_charging_first_and_costs_what_the_page_showed),
        TEST(places_are_found_nearest_first_with_their_price_and_say_why),
        TEST(a_place_that_is_taken_or_often_faulted_stands_behind),
        TEST(a_place_whose_pile_cannot_be_asked_now_is_not_offered_as_free),
        TEST(a_pile_that_keeps_no_places_is_not_bookable_any_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
