/* What an order does about money: holds that are declined, bills above the hold, debts, adjustments, refunds. */
#include "unit.h"

#include "order_banks.h"

#include <ocpp/settlement/ledger.h>

#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
    *state = settle_world_new();
    return 0;
}

static int teardown(void **state)
{
    settle_world_free(*state);
    return 0;
}

static int64_t paid(struct settle_world *w, const char *order)
{
    return settle_world_order(w, order).paid_minor;
}

static int state_of(struct settle_world *w, const char *order)
{
    return (int)settle_world_order(w, order).state;
}

/* A session of |wh| by |token|, which takes an hour. */
static const char *visit(struct settle_world *w, const char *id, const char *token, int64_t wh)
{
    car_starts(w, "PILE-1", id, token, 0);
    pass_s(w, 3600);
    car_ends(w, "PILE-1", id, wh);
    return order_of(w, token).id;
}

/* A visit whose payment comes to nothing. */
static const char *debt(struct settle_world *w, const char *id, const char *token)
{
    w->card.script[OCPP_SETTLE_CAPTURE] = OCPP_SETTLE_PAYMENT_DECLINED;
    const char *order = visit(w, id, token, 20000);
    w->card.script[OCPP_SETTLE_CAPTURE] = OCPP_SETTLE_PAYMENT_OK;
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_DEBT);
    return order;
}

static void assert_refused(struct settle_world *w, const char *code)
{
    assert_int_equal(w->done_status, OCPP_OK);
    assert_string_equal(w->done_code, code);
    settle_world_check_refused(w);
}

/* --- the vehicle's hold --------------------------------------------------------------------------------------------------------
 */

static void a_vehicle_nothing_can_be_held_for_is_stopped_and_its_order_void(void **state)
{
    struct settle_world *w = *state;

    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    assert_int_equal(w->stop_count, 1);
    assert_string_equal(w->stopped[0], "PILE-1 7");
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    car_ends(w, "PILE-1", "7", 1000);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_int_equal(order_of(w, "CARD-A").bill_count, 0);
}

static void a_vehicle_that_was_stopped_owes_what_it_got(void **state)
{
    struct settle_world *w = *state;

    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    pass_s(w, 60);
    car_ends(w, "PILE-1", "7", 2000);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(order_of(w, "CARD-A").due_minor, 55);
    assert_string_equal(order_of(w, "CARD-A").debt_reason, "insufficient funds");
}

static void a_bill_above_the_hold_is_topped_up_on_the_same_leg(void **state)
{
    struct settle_world *w = *state;
    const char *order = visit(w, "7", "CARD-A", 200000);

    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(paid(w, order), 11000);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_INCREMENT, OCPP_SETTLE_PAYMENT_OK), 1);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 1);
}

static void no_increments(struct settle_world *w)
{
    w->card.contract.capabilities &= ~(uint32_t)OCPP_SETTLE_CAN_INCREMENT;
    w->providers[0] = w->card.contract;
}

static void a_provider_that_cannot_grow_a_hold_gets_a_second_leg(void **state)
{
    struct settle_world *w = settle_world_new_with(no_increments);
    const char *order = visit(w, "7", "CARD-A", 200000);

    (void)state;
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(paid(w, order), 11000);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_AUTHORIZE, OCPP_SETTLE_PAYMENT_OK), 2);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 2);
    assert_int_equal(w->card.held_minor, 0);
    settle_world_free(w);
}

static void hold_nothing(struct settle_world *w)
{
    w->settings.policy.vehicle_hold_minor = 0;
}

static void an_order_nothing_was_held_for_is_authorised_in_the_end(void **state)
{
    struct settle_world *w = settle_world_new_with(hold_nothing);

    (void)state;
    assert_int_equal(w->card.count, 0);
    const char *order = visit(w, "7", "CARD-A", 20000);
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(paid(w, order), 1100);
    settle_world_free(w);
}

/* --- answers that do not come
 * --------------------------------------------------------------------------------------------------- */

static void an_answer_that_is_lost_is_asked_for_and_nothing_is_taken_twice(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    w->card.loses_answers = true;
    car_ends(w, "PILE-1", "7", 20000);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DUE);
    pass_s(w, 60);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(w->card.captured_minor, 1100);
}

static void a_provider_that_is_down_is_waited_for(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    w->card.is_down = true;
    car_ends(w, "PILE-1", "7", 20000);
    pass_s(w, 7200);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DUE);
    w->card.is_down = false;
    pass_s(w, 7200);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(w->card.captured_minor, 1100);
}

/* D20. Held, and not to be had after all. */
static void a_capture_that_is_refused_is_a_debt_with_its_reason(void **state)
{
    struct settle_world *w = *state;
    const char *order = debt(w, "7", "CARD-A");

    assert_string_equal(settle_world_order(w, order).debt_reason, "insufficient funds");
    assert_int_equal(paid(w, order), 0);
    assert_int_equal(w->card.held_minor, 0); /* and nothing stays held */
}

/* --- debts
 * ------------------------------------------------------------------------------------------------------------------------ */

static void the_next_visit_is_asked_for_the_debt_first(void **state)
{
    struct settle_world *w = *state;
    const char *order = debt(w, "7", "CARD-A");

    car_starts(w, "PILE-2", "8", "CARD-A", 0);
    assert_int_equal(w->stop_count, 1);
    assert_string_equal(w->stopped[0], "PILE-2 8");
    assert_int_equal(orders_of(w, "CARD-A"), 1);
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(paid(w, order), 1100);
    car_ends(w, "PILE-2", "8", 100);
    assert_int_equal(orders_of(w, "CARD-A"), 1);
    car_starts(w, "PILE-2", "9", "CARD-A", 0); /* who has paid is welcome */
    assert_int_equal(orders_of(w, "CARD-A"), 2);
    assert_int_equal(w->stop_count, 1);
}

static void a_debt_that_is_declined_again_stays_one_and_can_be_asked_for_again(void **state)
{
    struct settle_world *w = *state;
    const char *order = debt(w, "7", "CARD-A");

    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    for (int i = 0; i < 20; i++) { /* more often than an order has legs */
        assert_int_equal(ocpp_settle_pay_debt(w->settle, order, settle_world_done(w), w->now), OCPP_OK);
        settle_world_run(w);
        assert_string_equal(w->done_code, "");
        assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_DEBT);
    }
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_OK;
    assert_int_equal(ocpp_settle_pay_debt(w->settle, order, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
}

static void a_debt_that_is_being_paid_is_not_asked_for_twice_and_not_written_off(void **state)
{
    struct settle_world *w = *state;
    const char *order = debt(w, "7", "CARD-A");

    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_PENDING;
    assert_int_equal(ocpp_settle_pay_debt(w->settle, order, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(ocpp_settle_pay_debt(w->settle, order, settle_world_done(w), w->now), OCPP_OK);
    assert_refused(w, "WrongState");
    assert_int_equal(ocpp_settle_write_off(w->settle, order, "gone", settle_world_done(w), w->now), OCPP_OK);
    assert_refused(w, "WrongState");
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_OK;
    pass_s(w, 7200);
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(w->card.captured_minor, 1100);
}

static void a_debt_that_is_written_off_is_not_asked_for_any_more(void **state)
{
    struct settle_world *w = *state;
    const char *order = debt(w, "7", "CARD-A");

    assert_int_equal(ocpp_settle_write_off(w->settle, order, "moved abroad", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "");
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_WRITTEN_OFF);
    assert_int_equal(ocpp_settle_pay_debt(w->settle, order, settle_world_done(w), w->now), OCPP_OK);
    assert_refused(w, "WrongState");
    assert_int_equal(ocpp_settle_adjust(w->settle, order, -100, "late", settle_world_done(w), w->now), OCPP_OK);
    assert_refused(w, "WrongState");
    car_starts(w, "PILE-1", "8", "CARD-A", 0);
    assert_int_equal(orders_of(w, "CARD-A"), 2);
}

/* --- adjustments
 * -------------------------------------------------------------------------------------------------------------------- */

static void an_adjustment_of_a_paid_order_is_a_new_bill_and_a_refund(void **state)
{
    struct settle_world *w = *state;
    const char *order = visit(w, "7", "CARD-A", 20000);

    assert_int_equal(ocpp_settle_adjust(w->settle, order, -300, "the bay was dirty", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "");
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).bill_count, 2);
    assert_int_equal(paid(w, order), 800);
    assert_int_equal(w->card.refunded_minor, 300);
    assert_int_equal(bill_line(settle_world_bill(w, order, 2), OCPP_SETTLE_LINE_KIND_ADJUSTMENT)->net_minor, -300);
    assert_null(bill_line(settle_world_bill(w, order, 1), OCPP_SETTLE_LINE_KIND_ADJUSTMENT)); /* I7 */
}

static void an_adjustment_upwards_of_a_paid_order_is_a_debt(void **state)
{
    struct settle_world *w = *state;
    const char *order = visit(w, "7", "CARD-A", 20000);

    assert_int_equal(ocpp_settle_adjust(w->settle, order, 500, "a broken cable", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(ocpp_settle_adjust(w->settle, order, -500, "it was not", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).bill_count, 3);
    assert_int_equal(paid(w, order), 1100);
}

static void an_adjustment_of_an_open_order_is_billed_with_it(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const char *order = order_of(w, "CARD-A").id;
    assert_int_equal(ocpp_settle_adjust(w->settle, order, 200, "parking", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(settle_world_order(w, order).bill_count, 0);
    car_ends(w, "PILE-1", "7", 20000);
    assert_int_equal(paid(w, order), 1300);
    assert_int_equal(settle_world_order(w, order).bill_count, 1);
}

static void an_adjustment_that_makes_no_sense_is_refused_and_changes_nothing(void **state)
{
    struct settle_world *w = *state;
    const char *order = visit(w, "7", "CARD-A", 20000);
    static const int64_t wrong[] = { 0, -1101, INT64_MAX, INT64_MIN, INT64_C(1000000000000001) };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        settle_world_check(w);
        assert_int_equal(ocpp_settle_adjust(w->settle, order, wrong[i], "why", settle_world_done(w), w->now), OCPP_OK);
        assert_refused(w, "BadAmount");
    }
    assert_int_equal(settle_world_order(w, order).bill_count, 1);
    assert_int_equal(ocpp_settle_adjust(w->settle, order, 1, "", settle_world_done(w), w->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_adjust(w->settle, order, 1, NULL, settle_world_done(w), w->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_adjust(w->settle, "01234567890123456789012345", 1, "why", settle_world_done(w), w->now),
                     OCPP_OK);
    assert_refused(w, "UnknownOrder");
}

static void an_order_has_as_many_adjustments_as_it_may_and_no_more(void **state)
{
    struct settle_world *w = *state;
    const char *order = visit(w, "7", "CARD-A", 20000);

    for (int i = 0; i < 32; i++) {
        assert_int_equal(ocpp_settle_adjust(w->settle, order, -1, "a cent", settle_world_done(w), w->now), OCPP_OK);
        settle_world_run(w);
        assert_string_equal(w->done_code, "");
    }
    assert_int_equal(ocpp_settle_adjust(w->settle, order, -1, "a cent", settle_world_done(w), w->now), OCPP_OK);
    assert_refused(w, "LimitReached");
    assert_int_equal(paid(w, order), 1100 - 32);
}

static void a_refund_the_provider_will_not_make_is_told_and_can_be_tried_again(void **state)
{
    struct settle_world *w = *state;
    const char *order = visit(w, "7", "CARD-A", 20000);

    w->card.script[OCPP_SETTLE_REFUND] = OCPP_SETTLE_PAYMENT_DECLINED;
    assert_int_equal(ocpp_settle_adjust(w->settle, order, -100, "sorry", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(settle_world_order(w, order).refund_reason, "insufficient funds");
    assert_int_equal(paid(w, order), 1100);
    pass_s(w, 86400);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_REFUND, OCPP_SETTLE_PAYMENT_DECLINED), 1);
    w->card.script[OCPP_SETTLE_REFUND] = OCPP_SETTLE_PAYMENT_OK;
    assert_int_equal(ocpp_settle_try_again(w->settle, order, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(paid(w, order), 1000);
    assert_null(settle_world_order(w, order).refund_reason);
}

/* --- chargebacks ------------------------------------------------------------------------------------------------------------ */

static const char *first_leg;

static void note_leg(const struct ocpp_settle_leg *leg, void *user)
{
    struct settle_world *w = user;

    first_leg = first_leg ? first_leg : ocpp_arena_text(w->arena, leg->id, strlen(leg->id));
}

static const char *leg_of(struct settle_world *w, const char *order)
{
    first_leg = NULL;
    assert_int_equal(ocpp_settle_legs(w->settle, order, note_leg, w), OCPP_OK);
    return first_leg;
}

static void take_back(struct settle_world *w, const char *order, const char *leg, int64_t minor, const char *key)
{
    const struct ocpp_settle_chargeback told = { order, leg, minor, key, "the payer disputes it" };

    settle_world_check(w);
    assert_int_equal(ocpp_settle_chargeback(w->settle, &told, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
}

static int64_t receivable(struct settle_world *w, const char *order)
{
    char account[64];
    int64_t minor = 0;

    snprintf(account, sizeof account, "receivable:%s", order);
    assert_int_equal(ocpp_settle_account_balance(w->store, "operator", "EUR", account, &minor), OCPP_OK);
    return minor;
}

/* D20. The payer's bank takes it back: a debt with its reason, by new entries, and the next visit is asked for it first. */
static void d20_a_chargeback_is_a_debt_that_the_next_visit_is_asked_for_first(void **state)
{
    struct settle_world *w = *state;
    const char *order = visit(w, "7", "CARD-A", 20000), *leg = leg_of(w, order);

    assert_int_equal(receivable(w, order), 0);
    for (int i = 0; i < 2; i++) { /* told twice it happens once */
        take_back(w, order, leg, 1100, "DISPUTE-1");
        assert_string_equal(w->done_code, "");
        assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_DEBT);
        assert_string_equal(settle_world_order(w, order).debt_reason, "the payer disputes it");
        assert_int_equal(paid(w, order), 0);
        assert_int_equal(receivable(w, order), -1100);
    }
    take_back(w, order, leg, 1000, "DISPUTE-1");
    assert_refused(w, "SameIdOtherBody");
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    car_starts(w, "PILE-1", "8", "CARD-A", 0);
    assert_int_equal(w->stop_count, 1);
    assert_int_equal(orders_of(w, "CARD-A"), 1);
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_OK;
    car_starts(w, "PILE-1", "9", "CARD-A", 0);
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(paid(w, order), 1100);
    assert_int_equal(receivable(w, order), 0);
}

/* D20. A part of it is owed; of what is not there nothing can be taken back. */
static void d20_a_part_is_taken_back_and_never_more_than_was_paid(void **state)
{
    struct settle_world *w = *state;
    const char *order = visit(w, "7", "CARD-A", 20000), *leg = leg_of(w, order);
    static const int64_t wrong[] = { 0, -1, 1101, INT64_MAX };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        take_back(w, order, leg, wrong[i], "WRONG");
        assert_refused(w, "BadAmount");
    }
    take_back(w, order, leg, 100, "ONE");
    assert_int_equal(paid(w, order), 1000);
    take_back(w, order, leg, 1001, "TWO");
    assert_refused(w, "BadAmount");
    take_back(w, order, "01234567890123456789012345", 1, "THREE");
    assert_refused(w, "WrongState");
    take_back(w, "01234567890123456789012345", leg, 1, "FOUR");
    assert_refused(w, "UnknownOrder");
    assert_int_equal(ocpp_settle_write_off(w->settle, order, "lost", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    take_back(w, order, leg, 1000, "FIVE"); /* given up already: the loss grows */
    assert_string_equal(w->done_code, "");
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_WRITTEN_OFF);
    assert_int_equal(receivable(w, order), 0);
}

/* D20. What no bank is asked for, and what was not taken, no bank takes back. */
static void d20_a_leg_without_a_bank_behind_it_has_no_chargeback(void **state)
{
    struct settle_world *w = *state;

    w->payment_by = "postpaid";
    const char *order = visit(w, "7", "CARD-A", 20000);
    take_back(w, order, leg_of(w, order), 100, "ONE");
    assert_refused(w, "WrongState");
    w->payment_by = "card";
    car_starts(w, "PILE-1", "8", "CARD-B", 0);
    order = order_of(w, "CARD-B").id;
    take_back(w, order, leg_of(w, order), 100, "ONE");
    assert_refused(w, "WrongState");
    const struct ocpp_settle_chargeback nothing = { order, leg_of(w, order), 1, "", "why" };
    assert_int_equal(ocpp_settle_chargeback(w->settle, &nothing, settle_world_done(w), w->now), OCPP_ERR_ARGUMENT);
}

/* D20. A capture that is refused after the authorisation was granted. */
static void d20_a_capture_that_is_refused_is_a_debt_and_the_next_visit_pays_it_first(void **state)
{
    struct settle_world *w = *state;
    const char *order = debt(w, "7", "CARD-A");

    assert_string_equal(settle_world_order(w, order).debt_reason, "insufficient funds");
    assert_int_equal(w->card.held_minor, 0);
    car_starts(w, "PILE-1", "8", "CARD-A", 0);
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(paid(w, order), 1100);
}

/* --- what a wallet does
 * -------------------------------------------------------------------------------------------------------------- */

static void an_order_is_paid_by_statement_where_the_payer_pays_so(void **state)
{
    struct settle_world *w = *state;

    w->payment_by = "postpaid";
    const char *order = visit(w, "7", "CARD-A", 20000);
    assert_int_equal(w->card.count, 0);
    assert_int_equal(state_of(w, order), OCPP_SETTLE_ORDER_STATE_PAID);
}

static void a_wallet_that_is_too_low_stops_the_vehicle(void **state)
{
    struct settle_world *w = *state;

    w->payment_by = "wallet";
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    assert_int_equal(w->stop_count, 1);
    car_ends(w, "PILE-1", "7", 0);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(a_vehicle_nothing_can_be_held_for_is_stopped_and_its_order_void),
        IN_A_WORLD(a_vehicle_that_was_stopped_owes_what_it_got),
        IN_A_WORLD(a_bill_above_the_hold_is_topped_up_on_the_same_leg),
        cmocka_unit_test(a_provider_that_cannot_grow_a_hold_gets_a_second_leg),
        cmocka_unit_test(an_order_nothing_was_held_for_is_authorised_in_the_end),
        IN_A_WORLD(an_answer_that_is_lost_is_asked_for_and_nothing_is_taken_twice),
        IN_A_WORLD(a_provider_that_is_down_is_waited_for),
        IN_A_WORLD(a_capture_that_is_refused_is_a_debt_with_its_reason),
        IN_A_WORLD(the_next_visit_is_asked_for_the_debt_first),
        IN_A_WORLD(a_debt_that_is_declined_again_stays_one_and_can_be_asked_for_again),
        IN_A_WORLD(a_debt_that_is_being_paid_is_not_asked_for_twice_and_not_written_off),
        IN_A_WORLD(a_debt_that_is_written_off_is_not_asked_for_any_more),
        IN_A_WORLD(an_adjustment_of_a_paid_order_is_a_new_bill_and_a_refund),
        IN_A_WORLD(an_adjustment_upwards_of_a_paid_order_is_a_debt),
        IN_A_WORLD(an_adjustment_of_an_open_order_is_billed_with_it),
        IN_A_WORLD(an_adjustment_that_makes_no_sense_is_refused_and_changes_nothing),
        IN_A_WORLD(an_order_has_as_many_adjustments_as_it_may_and_no_more),
        IN_A_WORLD(a_refund_the_provider_will_not_make_is_told_and_can_be_tried_again),
        IN_A_WORLD(d20_a_chargeback_is_a_debt_that_the_next_visit_is_asked_for_first),
        IN_A_WORLD(d20_a_part_is_taken_back_and_never_more_than_was_paid),
        IN_A_WORLD(d20_a_leg_without_a_bank_behind_it_has_no_chargeback),
        IN_A_WORLD(d20_a_capture_that_is_refused_is_a_debt_and_the_next_visit_pays_it_first),
        IN_A_WORLD(an_order_is_paid_by_statement_where_the_payer_pays_so),
        IN_A_WORLD(a_wallet_that_is_too_low_stops_the_vehicle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
