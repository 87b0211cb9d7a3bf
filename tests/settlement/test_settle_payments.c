/* Tests of the payments of the settlement's backend (payments.c, payment_*.c) with a bank that answers in every way: what is
 * asked for happens once or not at all, the books say the same as the bank, and every operation ends. */
#include "payment_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
    static struct payment_world world;

    payment_world_start(&world, "bank");
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    payment_world_end(*state);
    return 0;
}

static int hold(struct payment_world *world, int64_t minor)
{
    world->bank.mood = BANK_SAYS_OK;
    const int leg = payment_world_hold(world, minor);
    assert_true(leg >= 0);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_HELD);
    return leg;
}

static void all_is_well(struct payment_world *world)
{
    payment_world_check_end(world);
    assert_int_equal(world->status, OCPP_OK);
}

/* --- what goes well ------------------------------------------------------------------------------------------------------ */

static void a_hold_is_kept_in_the_books_and_told_once(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    assert_int_equal(payment_world_leg(world, leg)->held_minor, 5000);
    assert_string_equal(payment_world_leg(world, leg)->reference, "REF");
    assert_int_equal(payment_world_balance(world, "authorized:bank"), -5000);
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_OK), 1);
    assert_int_equal(world->bank.begins, 1);
    all_is_well(world);
}

static void a_capture_takes_a_part_and_lets_the_rest_go(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    payment_world_bill(world);
    payment_world_capture(world, leg, 1200);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_CAPTURED);
    assert_int_equal(payment_world_leg(world, leg)->captured_minor, 1200);
    assert_int_equal(payment_world_leg(world, leg)->released_minor, 3800);
    assert_int_equal(payment_world_balance(world, "authorized:bank"), 0);
    assert_int_equal(payment_world_balance(world, "clearing:bank"), -1200);
    assert_int_equal(payment_world_balance(world, "receivable:0RDER000000000000000000001"), 1200 - PAYMENT_WORLD_BILL);
    all_is_well(world);
}

/* A1. What is taken while the order is open waits as a deposit for its bill. */
static void a_capture_before_there_is_a_bill_is_a_deposit(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    payment_world_capture(world, leg, 1200);
    assert_int_equal(payment_world_balance(world, "deposit:0RDER000000000000000000001"), 1200);
    payment_world_refund(world, leg, 200);
    assert_int_equal(payment_world_balance(world, "deposit:0RDER000000000000000000001"), 1000);
    all_is_well(world);
}

static void a_hold_grows_is_released_and_refunds_add_up(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000), other = hold(world, 700);

    assert_int_equal(payment_world_grow(world, leg, 300), leg);
    assert_int_equal(payment_world_leg(world, leg)->held_minor, 5300);
    payment_world_release(world, other);
    assert_int_equal(payment_world_leg(world, other)->state, ROW_LEG_STATE_RELEASED);
    payment_world_capture(world, leg, 5300);
    payment_world_refund(world, leg, 100);
    payment_world_refund(world, leg, 200);
    assert_int_equal(payment_world_leg(world, leg)->refunded_minor, 300);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_CAPTURED);
    all_is_well(world);
}

/* --- what is declined ---------------------------------------------------------------------------------------------------- */

static void a_declined_hold_holds_nothing_and_says_why(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_DECLINES;
    const int leg = payment_world_hold(world, 5000);

    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_FAILED);
    assert_string_equal(payment_world_leg(world, leg)->reason, "no money");
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_DECLINED), 1);
    all_is_well(world);
}

static void a_declined_growth_leaves_the_hold_as_it_was(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    world->bank.mood = BANK_DECLINES;
    payment_world_grow(world, leg, 300);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_HELD);
    assert_int_equal(payment_world_leg(world, leg)->held_minor, 5000);
    all_is_well(world);
}

/* D20, A20. What the bank does not let us take is let go, and never tried again on that leg. */
static void a_declined_capture_lets_the_hold_go_and_is_told(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    world->bank.mood = BANK_DECLINES;
    payment_world_capture(world, leg, 1200);
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_DECLINED), 1);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_RELEASED);
    world->bank.mood = BANK_SAYS_OK;
    payment_world_capture(world, leg, 1200);
    payment_world_wait(world, 1);
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_DECLINED), 2);
    assert_int_equal(bank_minor(world, leg, OCPP_SETTLE_CAPTURE), 0);
    assert_int_equal(payment_world_balance(world, "authorized:bank"), 0);
    all_is_well(world);
}

/* I4. */
static void a_second_capture_of_a_leg_is_declined_without_asking_the_bank(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    payment_world_capture(world, leg, 1200);
    payment_world_capture(world, leg, 100);
    payment_world_wait(world, 1);
    assert_int_equal(payment_world_leg(world, leg)->captured_minor, 1200);
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_DECLINED), 1);
    assert_int_equal(world->bank.begins, 2);
    all_is_well(world);
}

/* A20. Less is held than is due: what is there is taken, and the outcome says how much. */
static void a_capture_of_more_than_is_held_takes_what_is_held(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    payment_world_capture(world, leg, 6000);
    assert_int_equal(payment_world_leg(world, leg)->captured_minor, 5000);
    assert_int_equal(payment_world_last(world, leg)->amount_minor, 5000);
    all_is_well(world);
}

static void more_than_was_taken_is_not_given_back(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    payment_world_capture(world, leg, 1000);
    payment_world_refund(world, leg, 1001);
    payment_world_wait(world, 1);
    assert_int_equal(payment_world_leg(world, leg)->refunded_minor, 0);
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_DECLINED), 1);
    all_is_well(world);
}

static void a_release_of_what_is_not_held_is_done_at_once(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    payment_world_release(world, leg);
    payment_world_release(world, leg);
    payment_world_wait(world, 1);
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_OK), 3);
    assert_int_equal(world->bank.begins, 2);
    all_is_well(world);
}

static void amounts_that_make_no_sense_are_refused_before_anything_is_noted(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    assert_int_equal(payment_world_hold(world, 0), -1);
    assert_int_equal(world->status, OCPP_ERR_RANGE);
    assert_int_equal(payment_world_hold(world, OCPP_SETTLE_MOST_MINOR + 1), -1);
    payment_world_capture(world, leg, -1);
    assert_int_equal(world->status, OCPP_ERR_RANGE);
    assert_int_equal(world->bank.begins, 1);
    payment_world_check_end(world);
}

/* --- turns --------------------------------------------------------------------------------------------------------------- */

static void what_is_asked_meanwhile_waits_for_its_turn(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_SAYS_OK_LATER;
    const int leg = payment_world_hold(world, 5000);

    payment_world_grow(world, leg, 300);
    payment_world_capture(world, leg, 5300);
    assert_int_equal(world->bank.begins, 1);
    world->bank.mood = BANK_SAYS_OK;
    assert_int_equal(bank_deliver(world, 0), OCPP_OK);
    assert_int_equal(payment_world_leg(world, leg)->captured_minor, 5300);
    assert_int_equal(world->bank.begins, 3);
    all_is_well(world);
}

static void a_release_behind_a_hold_that_fails_is_done_at_once(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_PENDS_DECLINES;
    const int leg = payment_world_hold(world, 5000);

    payment_world_release(world, leg);
    assert_int_equal(bank_deliver(world, 0), OCPP_OK);
    payment_world_wait(world, 1);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_FAILED);
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_OK), 1);
    all_is_well(world);
}

static void more_than_the_queue_of_a_leg_holds_is_refused(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_SAYS_OK_LATER;
    const int leg = payment_world_hold(world, 5000);

    for (int i = 0; i < 16; i++) {
        payment_world_grow(world, leg, 1);
        assert_int_equal(world->status, OCPP_OK);
    }
    payment_world_grow(world, leg, 1);
    assert_int_equal(world->status, OCPP_ERR_LIMIT);
    world->bank.mood = BANK_SAYS_OK;
    assert_int_equal(bank_deliver(world, 0), OCPP_OK);
    assert_int_equal(payment_world_leg(world, leg)->held_minor, 5016);
    payment_world_check_end(world);
}

/* --- what is not known --------------------------------------------------------------------------------------------------- */

static void deliver_all(struct payment_world *world)
{
    while (world->bank.letter_count > 0) {
        (void)bank_deliver(world, 0);
    }
}

/* C7's rule: a query, never the act again. */
static void a_lost_answer_is_asked_for_and_the_act_is_not_repeated(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    world->bank.mood = BANK_LOSES_ANSWER;
    payment_world_capture(world, leg, 1200);
    payment_world_wait(world, 29);
    assert_int_equal(world->bank.queries, 0);
    payment_world_wait(world, 2);
    assert_int_equal(world->bank.queries, 1);
    deliver_all(world);
    assert_int_equal(payment_world_leg(world, leg)->captured_minor, 1200);
    assert_int_equal(world->bank.begins, 2);
    all_is_well(world);
}

static void an_outcome_that_stays_unknown_is_asked_for_less_and_less_often_and_told_to_the_operator(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_LOSES_ANSWER;
    world->bank.is_silent = true;
    const int leg = payment_world_hold(world, 5000);

    payment_world_wait(world, 31);
    assert_int_equal(world->bank.queries, 1);
    payment_world_wait(world, 60);
    assert_int_equal(world->bank.queries, 2);
    payment_world_wait(world, 30 * (4 + 8 + 16));
    assert_int_equal(world->bank.queries, 5);
    assert_string_equal(world->events[world->event_count - 1], "Unknown");
    payment_world_wait(world, 10 * 3600); /* doubled up to an hour, no further */
    assert_in_range(world->bank.queries, 14, 17);
    assert_int_equal(world->bank.begins, 1);
    world->bank.is_silent = false;
    payment_world_wait(world, 3600);
    deliver_all(world);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_HELD);
    all_is_well(world);
}

static void what_never_came_to_the_bank_is_begun_again_under_the_same_id(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_NEVER_HEARS;
    const int leg = payment_world_hold(world, 5000);

    world->bank.mood = BANK_SAYS_OK;
    payment_world_wait(world, 31);
    deliver_all(world);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_HELD);
    assert_int_equal(world->bank.begins, 2);
    assert_int_equal(world->bank.count, 1);
    all_is_well(world);
}

/* Nothing of it can be on its way any more, and its key may mean nothing to the bank by now. */
static void what_the_bank_never_heard_of_for_a_day_is_declined(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_NEVER_HEARS;
    world->bank.is_silent = true;
    const int leg = payment_world_hold(world, 5000);

    payment_world_wait(world, 86400);
    world->bank.is_silent = false;
    payment_world_wait(world, 3600);
    deliver_all(world);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_FAILED);
    assert_string_equal(payment_world_leg(world, leg)->reason, "the provider never heard of it");
    assert_int_equal(world->bank.begins, 1);
    all_is_well(world);
}

static void an_authorisation_that_cannot_leave_is_tried_some_times_and_then_declined(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_REFUSES_TO_LISTEN;
    const int leg = payment_world_hold(world, 5000);

    payment_world_wait(world, 600);
    assert_int_equal(world->bank.begins, 4);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_FAILED);
    assert_string_equal(payment_world_leg(world, leg)->reason, "the provider cannot be reached");
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_DECLINED), 1);
    all_is_well(world);
}

static void a_capture_that_cannot_leave_is_tried_until_it_does(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    world->bank.mood = BANK_REFUSES_TO_LISTEN;
    payment_world_capture(world, leg, 1200);
    payment_world_wait(world, 86400);
    assert_true(world->bank.begins > 20);
    world->bank.mood = BANK_SAYS_OK;
    payment_world_wait(world, 3600);
    assert_int_equal(payment_world_leg(world, leg)->captured_minor, 1200);
    all_is_well(world);
}

static void a_hold_that_has_not_left_is_given_up_when_its_release_waits(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_NOT_SENT;
    const int leg = payment_world_hold(world, 5000);

    payment_world_release(world, leg);
    assert_int_equal(bank_deliver(world, 0), OCPP_OK);
    payment_world_wait(world, 31);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_FAILED);
    assert_int_equal(world->bank.begins, 1);
    all_is_well(world);
}

/* The query that was on its way meanwhile tells nothing: what is certain stays certain. */
static void an_act_that_is_told_late_not_to_have_left_is_tried_again(void **state)
{
    struct payment_world *world = *state;
    const struct ocpp_settle_payment_answer nothing = { .result = OCPP_SETTLE_PAYMENT_UNKNOWN, .expires_utc_ms = OCPP_NEVER };
    char operation[27];

    world->bank.mood = BANK_NOT_SENT;
    world->bank.is_silent = true;
    const int leg = payment_world_hold(world, 5000);
    payment_world_wait(world, 31);
    assert_int_equal(payment_world_last(world, leg)->state, ROW_OPERATION_STATE_UNKNOWN);
    (void)snprintf(operation, sizeof operation, "%s", payment_world_last(world, leg)->id);
    assert_int_equal(bank_deliver(world, 0), OCPP_OK);
    assert_int_equal(payment_world_last(world, leg)->state, ROW_OPERATION_STATE_PREPARED);
    assert_int_equal(ocpp_settle_payment_answered(world->settle, operation, &nothing, world->now), OCPP_OK);
    assert_int_equal(payment_world_last(world, leg)->state, ROW_OPERATION_STATE_PREPARED);
    world->bank.mood = BANK_SAYS_OK;
    payment_world_wait(world, 31);
    assert_int_equal(payment_world_leg(world, leg)->held_minor, 5000);
    all_is_well(world);
}

static void a_payer_who_has_to_act_is_told_once_where(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_WANTS_ACTION;
    const int leg = payment_world_hold(world, 5000);
    struct ocpp_settle_payment_answer again = { .result = OCPP_SETTLE_PAYMENT_ACTION_REQUIRED,
                                                .action_url = "https://bank.example/act",
                                                .expires_utc_ms = OCPP_NEVER };
    char operation[27];

    (void)snprintf(operation, sizeof operation, "%s", payment_world_last(world, leg)->id);
    assert_string_equal(payment_world_last(world, leg)->action_url, "https://bank.example/act");
    assert_int_equal(ocpp_settle_payment_answered(world->settle, operation, &again, world->now), OCPP_OK);
    assert_int_equal(world->event_count, 1);
    assert_string_equal(world->events[0], "ActionRequired");
    assert_int_equal(bank_deliver(world, 0), OCPP_OK);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_HELD);
    assert_null(payment_world_last(world, leg)->action_url);
    all_is_well(world);
}

/* --- what is not believed ------------------------------------------------------------------------------------------------ */

static void another_amount_is_not_believed_noted_and_asked_for(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_OTHER_AMOUNT;
    const int leg = payment_world_hold(world, 5000);

    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_AUTHORIZING);
    assert_int_equal(payment_world_notes(world, "payment"), 1);
    assert_int_equal(payment_world_balance(world, "authorized:bank"), 0);
    payment_world_wait(world, 31);
    deliver_all(world);
    assert_int_equal(payment_world_leg(world, leg)->held_minor, 5000);
    assert_int_equal(world->bank.begins, 1);
    all_is_well(world);
}

static void another_currency_is_not_believed_either(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    world->bank.mood = BANK_OTHER_CURRENCY;
    payment_world_capture(world, leg, 100);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_CAPTURING);
    payment_world_wait(world, 31);
    deliver_all(world);
    assert_int_equal(payment_world_leg(world, leg)->captured_minor, 100);
    all_is_well(world);
}

static void resolved(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    struct payment_world *world = user;

    (void)reason;
    (void)id;
    world->status = status;
    (void)snprintf(world->refusal, sizeof world->refusal, "%s", code ? code : "");
}

/* The machine cannot know; a person can ask. */
static void a_bank_that_keeps_lying_is_a_matter_for_the_operator_who_decides(void **state)
{
    struct payment_world *world = *state;
    const struct ocpp_settle_done done = { resolved, world };
    world->bank.mood = BANK_OTHER_AMOUNT;
    world->bank.keeps_lying = true;
    const int leg = payment_world_hold(world, 5000);
    char operation[27];

    for (int i = 0; i < 3; i++) {
        payment_world_wait(world, 200);
        if (world->bank.letter_count > 0) {
            assert_int_equal(bank_deliver(world, 0), OCPP_ERR_VALUE);
        }
    }
    assert_string_equal(world->events[0], "Wrong");
    (void)snprintf(operation, sizeof operation, "%s", payment_world_last(world, leg)->id);
    assert_int_equal(ocpp_settle_payment_resolve(world->settle, operation, OCPP_SETTLE_PAYMENT_OK, "Erika", &done, world->now),
                     OCPP_OK);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_HELD);
    assert_int_equal(
        ocpp_settle_payment_resolve(world->settle, operation, OCPP_SETTLE_PAYMENT_DECLINED, "Erika", &done, world->now), OCPP_OK);
    assert_string_equal(world->refusal, "WrongState");
    assert_int_equal(ocpp_settle_payment_resolve(world->settle, "00000000000000000000000000", OCPP_SETTLE_PAYMENT_OK, "Erika",
                                                 &done, world->now),
                     OCPP_OK);
    assert_string_equal(world->refusal, "Invalid");
    assert_int_equal(
        ocpp_settle_payment_resolve(world->settle, operation, OCPP_SETTLE_PAYMENT_PENDING, "Erika", NULL, world->now),
        OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_payment_resolve(world->settle, operation, OCPP_SETTLE_PAYMENT_OK, "", NULL, world->now),
                     OCPP_ERR_ARGUMENT);
    all_is_well(world);
}

static void the_same_answer_again_changes_nothing(void **state)
{
    struct payment_world *world = *state;
    world->bank.mood = BANK_SAYS_OK_TWICE;
    const int leg = payment_world_hold(world, 5000);

    assert_int_equal(bank_repeat(world, 0), OCPP_OK);
    assert_int_equal(bank_repeat(world, 1), OCPP_OK);
    assert_int_equal(bank_repeat(world, 0), OCPP_OK);
    assert_int_equal(payment_world_leg(world, leg)->held_minor, 5000);
    assert_int_equal(payment_world_notes(world, "payment"), 0);
    all_is_well(world);
}

static void another_outcome_afterwards_is_noted_and_told_once_and_changes_nothing(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);
    const struct ocpp_settle_payment_answer late = { .result = OCPP_SETTLE_PAYMENT_DECLINED, .expires_utc_ms = OCPP_NEVER };
    char operation[27];

    (void)snprintf(operation, sizeof operation, "%s", payment_world_last(world, leg)->id);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ocpp_settle_payment_answered(world->settle, operation, &late, world->now), OCPP_OK);
    }
    assert_int_equal(payment_world_notes(world, "payment"), 1);
    assert_string_equal(world->events[world->event_count - 1], "Contradicted");
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_HELD);
    all_is_well(world);
}

static void a_pending_that_comes_after_the_outcome_is_nothing(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);
    const struct ocpp_settle_payment_answer stale = { .result = OCPP_SETTLE_PAYMENT_PENDING, .expires_utc_ms = OCPP_NEVER };
    char operation[27];

    (void)snprintf(operation, sizeof operation, "%s", payment_world_last(world, leg)->id);
    assert_int_equal(ocpp_settle_payment_answered(world->settle, operation, &stale, world->now), OCPP_OK);
    assert_int_equal(payment_world_last(world, leg)->result, ROW_OPERATION_RESULT_OK);
    all_is_well(world);
}

static void an_answer_to_nothing_is_not_found(void **state)
{
    struct payment_world *world = *state;
    const struct ocpp_settle_payment_answer answer = { .result = OCPP_SETTLE_PAYMENT_OK, .expires_utc_ms = OCPP_NEVER };

    assert_int_equal(ocpp_settle_payment_answered(world->settle, "00000000000000000000000000", &answer, world->now),
                     OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_payment_answered(world->settle, "../etc/passwd", &answer, world->now), OCPP_ERR_NOT_FOUND);
}

/* Whatever a provider writes, its outcome counts. */
static void texts_that_cannot_be_kept_do_not_hinder_an_outcome(void **state)
{
    struct payment_world *world = *state;
    static const char *const odd[] = { "\xff\xfe", "\xc3", "\xc0\x80", "\xed\xa0\x80", "", "\x01\x02" };
    char longest[4000];
    const int before = (int)payment_world_told(world, ROW_OPERATION_RESULT_DECLINED);

    memset(longest, 0, sizeof longest);
    for (size_t i = 0; i + 3 < sizeof longest; i += 3) {
        memcpy(longest + i, "\xe2\x82\xac", 3);
    }
    for (size_t i = 0; i <= COUNT_OF(odd); i++) {
        const char *text = i < COUNT_OF(odd) ? odd[i] : longest;
        struct ocpp_settle_payment_answer answer = { .result = OCPP_SETTLE_PAYMENT_ACTION_REQUIRED,
                                                     .reference = text,
                                                     .action_url = text,
                                                     .reason = text,
                                                     .expires_utc_ms = INT64_MIN };
        char operation[27];

        world->bank.mood = BANK_LOSES_ANSWER;
        const int leg = payment_world_hold(world, 100);
        (void)snprintf(operation, sizeof operation, "%s", payment_world_last(world, leg)->id);
        assert_int_equal(ocpp_settle_payment_answered(world->settle, operation, &answer, world->now), OCPP_OK);
        answer.result = OCPP_SETTLE_PAYMENT_DECLINED;
        assert_int_equal(ocpp_settle_payment_answered(world->settle, operation, &answer, world->now), OCPP_OK);
        assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_FAILED);
        answer.result = OCPP_SETTLE_PAYMENT_OK;
        answer.currency = text;
        assert_int_equal(ocpp_settle_payment_answered(world->settle, operation, &answer, world->now), OCPP_ERR_VALUE);
    }
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_DECLINED) - (size_t)before, COUNT_OF(odd) + 1);
    payment_world_check(world);
}

/* A1. In good time; of a hold that is short, at its half. */
static void a_hold_is_watched_until_it_is_over(void **state)
{
    struct payment_world *world = *state;

    world->provider.hold_lasts_ms = INT64_C(7) * 86400 * 1000;
    payment_world_restart(world);
    const int64_t now = world->now.utc_ms;
    const int leg = hold(world, 5000);
    const int64_t expires = payment_world_leg(world, leg)->expires_at;

    assert_in_range(expires - now, 7 * 86400000LL, 7 * 86400000LL + 1000);
    assert_int_equal(payment_world_timer(world, "renew", leg), expires - 86400000);
    payment_world_capture(world, leg, 100);
    assert_int_equal(payment_world_timer(world, "renew", leg), OCPP_NEVER);
    world->provider.hold_lasts_ms = 3600 * 1000;
    payment_world_restart(world);
    const int other = hold(world, 100);
    assert_in_range(payment_world_timer(world, "renew", other) - world->now.utc_ms, 1799 * 1000, 1801 * 1000);
    payment_world_release(world, other);
    assert_int_equal(payment_world_timer(world, "renew", other), OCPP_NEVER);
    all_is_well(world);
}

/* --- what a provider cannot ---------------------------------------------------------------------------------------------- */

static void restart_with(struct payment_world *world, uint32_t missing)
{
    world->provider.capabilities &= ~missing;
    payment_world_restart(world);
}

static void a_provider_that_cannot_grow_a_hold_gets_another_one(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    restart_with(world, OCPP_SETTLE_CAN_INCREMENT);
    const int other = payment_world_grow(world, leg, 300);
    assert_int_not_equal(other, leg);
    assert_int_equal(payment_world_leg(world, other)->held_minor, 300);
    all_is_well(world);
}

static void one_that_finds_out_when_it_is_asked_gets_another_one_too_and_one_outcome_is_told(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    world->bank.mood = BANK_CANNOT;
    assert_int_equal(payment_world_grow(world, leg, 300), leg);
    assert_int_equal(world->leg_count, 2);
    assert_int_equal(payment_world_leg(world, 1)->state, ROW_LEG_STATE_FAILED); /* it cannot do that either */
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_UNSUPPORTED), 1);
    all_is_well(world);
}

static void a_provider_that_can_only_take_all_takes_all_and_says_so(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    restart_with(world, OCPP_SETTLE_CAN_CAPTURE_LESS);
    payment_world_capture(world, leg, 1200);
    assert_int_equal(payment_world_last(world, leg)->amount_minor, 5000);
    assert_int_equal(payment_world_leg(world, leg)->captured_minor, 5000);
    all_is_well(world);
}

static void a_provider_that_cannot_let_go_lets_the_hold_end_by_itself(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    restart_with(world, OCPP_SETTLE_CAN_VOID);
    payment_world_release(world, leg);
    payment_world_wait(world, 1);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_RELEASED);
    assert_int_equal(world->bank.begins, 1);
    all_is_well(world);
}

static void a_provider_that_cannot_give_back_is_not_asked_to(void **state)
{
    struct payment_world *world = *state;
    const int leg = hold(world, 5000);

    payment_world_capture(world, leg, 1200);
    restart_with(world, OCPP_SETTLE_CAN_REFUND);
    payment_world_refund(world, leg, 200);
    payment_world_wait(world, 1);
    assert_int_equal(payment_world_told(world, ROW_OPERATION_RESULT_UNSUPPORTED), 1);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_CAPTURED);
    all_is_well(world);
}

static void a_provider_that_cannot_be_asked_is_never_asked_twice_and_the_operator_hears_of_it(void **state)
{
    struct payment_world *world = *state;
    const struct ocpp_settle_done done = { resolved, world };
    char operation[27];

    restart_with(world, OCPP_SETTLE_CAN_QUERY);
    world->bank.mood = BANK_LOSES_ANSWER;
    const int leg = payment_world_hold(world, 5000);
    payment_world_wait(world, 7200);
    assert_int_equal(world->bank.begins, 1);
    assert_int_equal(world->bank.queries, 0);
    assert_string_equal(world->events[world->event_count - 1], "Unknown");
    (void)snprintf(operation, sizeof operation, "%s", payment_world_last(world, leg)->id);
    assert_int_equal(ocpp_settle_payment_resolve(world->settle, operation, OCPP_SETTLE_PAYMENT_OK, "Erika", &done, world->now),
                     OCPP_OK);
    all_is_well(world);
}

static void a_provider_that_is_gone_declines_what_has_not_left(void **state)
{
    struct payment_world *world = *state;

    world->settings.provider_count = 0;
    payment_world_restart(world);
    const int leg = payment_world_hold(world, 5000);
    payment_world_wait(world, 600);
    assert_int_equal(payment_world_leg(world, leg)->state, ROW_LEG_STATE_FAILED);
    all_is_well(world);
}

/* --- a start ------------------------------------------------------------------------------------------------------------- */

static void what_had_left_before_a_start_is_asked_for_at_once_and_not_begun_again(void **state)
{
    struct payment_world *world = *state;
    int legs[40];

    world->bank.mood = BANK_LOSES_ANSWER;
    for (int i = 0; i < WORLD_LEGS; i++) {
        legs[i] = payment_world_hold(world, 100 + i);
    }
    payment_world_restart(world);
    assert_int_equal(world->bank.queries, WORLD_LEGS);
    deliver_all(world);
    assert_int_equal(world->bank.begins, WORLD_LEGS);
    assert_int_equal(payment_world_leg(world, legs[3])->held_minor, 103);
    all_is_well(world);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_hold_is_kept_in_the_books_and_told_once),
        TEST(a_capture_takes_a_part_and_lets_the_rest_go),
        TEST(a_capture_before_there_is_a_bill_is_a_deposit),
        TEST(a_hold_grows_is_released_and_refunds_add_up),
        TEST(a_declined_hold_holds_nothing_and_says_why),
        TEST(a_declined_growth_leaves_the_hold_as_it_was),
        TEST(a_declined_capture_lets_the_hold_go_and_is_told),
        TEST(a_second_capture_of_a_leg_is_declined_without_asking_the_bank),
        TEST(a_capture_of_more_than_is_held_takes_what_is_held),
        TEST(more_than_was_taken_is_not_given_back),
        TEST(a_release_of_what_is_not_held_is_done_at_once),
        TEST(amounts_that_make_no_sense_are_refused_before_anything_is_noted),
        TEST(what_is_asked_meanwhile_waits_for_its_turn),
        TEST(a_release_behind_a_hold_that_fails_is_done_at_once),
        TEST(more_than_the_queue_of_a_leg_holds_is_refused),
        TEST(a_lost_answer_is_asked_for_and_the_act_is_not_repeated),
        TEST(an_outcome_that_stays_unknown_is_asked_for_less_and_less_often_and_told_to_the_operator),
        TEST(what_never_came_to_the_bank_is_begun_again_under_the_same_id),
        TEST(what_the_bank_never_heard_of_for_a_day_is_declined),
        TEST(an_authorisation_that_cannot_leave_is_tried_some_times_and_then_declined),
        TEST(a_capture_that_cannot_leave_is_tried_until_it_does),
        TEST(a_hold_that_has_not_left_is_given_up_when_its_release_waits),
        TEST(an_act_that_is_told_late_not_to_have_left_is_tried_again),
        TEST(a_payer_who_has_to_act_is_told_once_where),
        TEST(another_amount_is_not_believed_noted_and_asked_for),
        TEST(another_currency_is_not_believed_either),
        TEST(a_bank_that_keeps_lying_is_a_matter_for_the_operator_who_decides),
        TEST(the_same_answer_again_changes_nothing),
        TEST(another_outcome_afterwards_is_noted_and_told_once_and_changes_nothing),
        TEST(a_pending_that_comes_after_the_outcome_is_nothing),
        TEST(an_answer_to_nothing_is_not_found),
        TEST(texts_that_cannot_be_kept_do_not_hinder_an_outcome),
        TEST(a_hold_is_watched_until_it_is_over),
        TEST(a_provider_that_cannot_grow_a_hold_gets_another_one),
        TEST(one_that_finds_out_when_it_is_asked_gets_another_one_too_and_one_outcome_is_told),
        TEST(a_provider_that_can_only_take_all_takes_all_and_says_so),
        TEST(a_provider_that_cannot_let_go_lets_the_hold_end_by_itself),
        TEST(a_provider_that_cannot_give_back_is_not_asked_to),
        TEST(a_provider_that_cannot_be_asked_is_never_asked_twice_and_the_operator_hears_of_it),
        TEST(a_provider_that_is_gone_declines_what_has_not_left),
        TEST(what_had_left_before_a_start_is_asked_for_at_once_and_not_begun_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
