/* What must happen when things go wrong with power banks, seen from the backend: A1 to A14, A20, A22 to A24, A26, A27. */
#include "unit.h"

#include "settle_bay.h"

#include <string.h>

enum { DAY_S = 86400 };

static int setup(void **state)
{
    *state = settle_bays_usual(settle_world_new());
    return 0;
}

static int teardown(void **state)
{
    struct settle_bays *bays = *state;

    settle_world_free(bays->world);
    return 0;
}

static void assert_received(const struct ocpp_settle_receipt *receipt, enum ocpp_settle_reception reception)
{
    assert_non_null(receipt);
    assert_int_equal(receipt->reception, reception);
}

static void assert_settled(struct settle_bays *bays, const char *payer, enum ocpp_settle_order_state state, int64_t due,
                           int64_t paid)
{
    const struct ocpp_settle_order order = order_of(bays->world, payer);

    assert_int_equal(order.state, state);
    assert_int_equal(order.due_minor, due);
    assert_int_equal(order.paid_minor, paid);
}

static void assert_state(struct settle_bays *bays, const char *rental, const char *state)
{
    assert_string_equal(rental_named(bays, rental).state, state);
}

static const struct ocpp_settle_bank_grant *asked_and_granted(struct settle_bays *b, const char *station, const char *token,
                                                              const char *bank)
{
    const struct ocpp_settle_rent_request_conf *asked = bay_asks(b, station, token, &bank, 1, NULL);

    assert_received(&asked->receipt, OCPP_SETTLE_RECEPTION_ACCEPTED);
    return &bay_grant(b, station)->banks.items[0];
}

/* --- never returned
 * -------------------------------------------------------------------------------------------------------------- */

/* A1. At most 6.00 a day and 20.00 in all, net: on the fourth day it is theirs. The deposit of 10.00 is taken, the rest asked
 * for. */
static void a_bank_that_never_comes_back_is_bought_at_its_cap(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    pass_s(b->world, 3 * DAY_S);
    assert_state(b, rental, "Taken");
    pass_s(b->world, DAY_S);
    assert_state(b, rental, "Bought");
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 2400, 2400);
    assert_string_equal(bank_of(b, "BANK-1").state, "Sold");
    assert_non_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENTAL_CLOSED));
}

/* A1. Kept after one hour: 2 half hours are 2.00, the purchase is the rest to 20.00. Back a day later: 6.00 + 1.00 of the next
 * day. */
static void a_bank_that_was_bought_and_comes_back_is_refunded_but_for_its_fee(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    const struct ocpp_settle_bill *bill;

    pass_s(b->world, 3600);
    assert_int_equal(ocpp_settle_rental_keep(b->world->settle, rental, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    assert_state(b, rental, "Bought");
    bill = settle_world_bill(b->world, order_of(b->world, "CARD-A").id, 0);
    assert_int_equal(bill_line(bill, OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL)->net_minor, 200);
    assert_int_equal(bill_line(bill, OCPP_SETTLE_LINE_KIND_POWER_BANK_PURCHASE)->net_minor, 1800);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 2400, 2400);
    pass_s(b->world, DAY_S);
    assert_received(put_back(b, "BANK-1", "PILE-2", 5), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_state(b, rental, "Returned");
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 960, 960);
    assert_int_equal(b->world->card.refunded_minor, 1440);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    settle_world_check_in_full(b->world);
}

/* A1. The hold runs out before the bank is back: it is renewed. */
static void a_hold_is_renewed_before_it_expires(void **state)
{
    struct settle_bays *b = *state;

    b->world->card.expires_utc_ms = b->world->now.utc_ms + 2 * DAY_S * INT64_C(1000);
    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    b->world->card.expires_utc_ms = OCPP_NEVER;
    pass_s(b->world, DAY_S + 3600);
    assert_int_equal(settle_provider_count(&b->world->card, NULL, OCPP_SETTLE_AUTHORIZE, OCPP_SETTLE_PAYMENT_OK), 2);
    assert_int_equal(b->world->card.held_minor, 1000);
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 960, 960);
    assert_int_equal(b->world->card.held_minor, 0);
}

/* A1. It cannot be renewed: what the rental cost so far is taken at once, and the rest is owed in the end. */
static void what_was_used_is_taken_at_once_when_a_hold_cannot_be_renewed(void **state)
{
    struct settle_bays *b = *state;
    const char *rental;

    b->world->card.expires_utc_ms = b->world->now.utc_ms + 2 * DAY_S * INT64_C(1000);
    rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    b->world->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    pass_s(b->world, DAY_S + 3600);
    assert_int_equal(b->world->card.captured_minor, 720);
    assert_int_equal(b->world->card.held_minor, 0);
    assert_state(b, rental, "Taken");
    pass_s(b->world, 3600);
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(order_of(b->world, "CARD-A").paid_minor, 720);
    settle_world_check_in_full(b->world);
}

static void cheap_for_ever(struct settle_world *world)
{
    world->settings.policy.rental_longest_s = DAY_S;
}

/* A1. I14: a rental ends although its price would never reach the buy-out. */
static void a_bank_that_is_out_for_the_longest_time_is_bought_for_what_is_missing(void **state)
{
    struct settle_bays *b = settle_bays_usual(settle_world_new_with(cheap_for_ever));
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    (void)state;
    pass_s(b->world, DAY_S + 1);
    assert_state(b, rental, "Bought");
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 2400, 2400);
    settle_world_free(b->world);
}

/* --- elsewhere
 * ---------------------------------------------------------------------------------------------------------------------- */

/* A2. The mark names the rental, not the pile. */
static void a_bank_may_come_back_to_another_pile_and_its_own_is_told(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    const struct ocpp_settle_rental_closed_req *closed;

    pass_s(b->world, 600);
    assert_received(put_back(b, "BANK-1", "PILE-2", 7), OCPP_SETTLE_RECEPTION_ACCEPTED);
    closed = pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENTAL_CLOSED);
    assert_non_null(closed);
    assert_string_equal(closed->rental, rental);
    assert_string_equal(rental_named(b, rental).end_station, "PILE-2");
    assert_int_equal(rental_named(b, rental).end_slot, 7);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 120, 120);
    assert_string_equal(bank_of(b, "BANK-1").station, "PILE-2");
    (void)rent(b, "PILE-2", "CARD-B", "BANK-1");
}

/* --- it does not come out
 * -------------------------------------------------------------------------------------------------------------- */

/* A3. A24. */
static void what_was_not_rented_costs_nothing_and_the_bank_can_be_let_again(void **state)
{
    static const enum ocpp_settle_rent_failure why[] = { OCPP_SETTLE_RENT_FAILURE_MARK_FAILED, OCPP_SETTLE_RENT_FAILURE_NOT_TAKEN,
                                                         OCPP_SETTLE_RENT_FAILURE_EJECT_FAILED,
                                                         OCPP_SETTLE_RENT_FAILURE_POWER_LOST };
    struct settle_bays *b = *state;

    for (size_t i = 0; i < COUNT_OF(why); i++) {
        const struct ocpp_settle_bank_grant *grant = asked_and_granted(b, "PILE-1", "CARD-A", "BANK-1");

        (void)bay_marks(b, "PILE-1", grant);
        assert_received(bay_tells_failed(b, "PILE-1", grant, why[i], true, grant->generation + 1),
                        OCPP_SETTLE_RECEPTION_ACCEPTED);
        assert_state(b, grant->rental, "Failed");
        assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_VOID, 0, 0);
        assert_int_equal(b->world->card.held_minor, 0);
        assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
        assert_int_equal(bank_of(b, "BANK-1").generation, grant->generation + 1);
    }
    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
}

/* A3. */
static void a_slot_that_failed_too_often_is_shown_as_suspect(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_slot_notice_req notice = { .envelope = pile_envelope(b->world, "PILE-1"),
                                                        .at = bay_moment(b, "PILE-1"),
                                                        .slot = 1,
                                                        .state = OCPP_SETTLE_SLOT_STATE_SUSPECT,
                                                        .has_failures = true,
                                                        .failures = 3 };

    assert_non_null(pile_says(b->world, "PILE-1", OCPP_SETTLE_ACTION_SLOT_NOTICE, &notice));
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_PILE, "Suspect"), 1);
}

/* A4. */
static void a_bank_that_stays_marked_is_held_and_somebody_looks(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_bank_grant *grant = asked_and_granted(b, "PILE-1", "CARD-A", "BANK-1");
    const char *const ids[] = { "BANK-1" };

    (void)bay_marks(b, "PILE-1", grant);
    assert_received(bay_tells_failed(b, "PILE-1", grant, OCPP_SETTLE_RENT_FAILURE_EJECT_FAILED, false, grant->generation),
                    OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_VOID, 0, 0);
    assert_string_equal(bank_of(b, "BANK-1").state, "Held");
    assert_string_equal(suspense_of(b, "NotNeutral").bank, "BANK-1");
    assert_int_equal(bay_asks(b, "PILE-1", "CARD-B", ids, 1, NULL)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
}

/* A6. A torn mark was put right by its pile: neutral with the generation after the one that was to be written. */
static void an_old_choice_is_refused_once_a_later_generation_is_known(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_bank_grant *grant = asked_and_granted(b, "PILE-1", "CARD-A", "BANK-1");
    const char *const ids[] = { "BANK-1" };

    (void)bay_tells_failed(b, "PILE-1", grant, OCPP_SETTLE_RENT_FAILURE_TORN, true, grant->generation + 1);
    bank_named(b, "BANK-1")->generation = grant->generation;
    assert_int_equal(bay_asks(b, "PILE-1", "CARD-B", ids, 1, NULL)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION);
    bank_named(b, "BANK-1")->generation = grant->generation + 1;
    (void)rent(b, "PILE-1", "CARD-B", "BANK-1");
}

/* --- the link is down
 * --------------------------------------------------------------------------------------------------------------------- */

/* A5. It began when the pile says, an hour before anybody heard of it; and it began once. */
static void a_rental_that_is_told_late_exists_once_from_the_time_of_its_pile(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_bank_grant *grant = asked_and_granted(b, "PILE-1", "CARD-A", "BANK-1");
    struct ocpp_settle_bank_taken_req taken;
    const int64_t began = b->world->now.utc_ms;

    (void)bay_gives(b, "PILE-1", grant);
    taken = bay_taken(b, "PILE-1", grant);
    pass_s(b->world, 3600);
    assert_state(b, grant->rental, "Granted");
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(rental_named(b, grant->rental).taken_utc_ms, began);
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED); /* the same bytes again (I5) */
    taken.envelope = pile_envelope(b->world, "PILE-1");
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_DUPLICATE);
    assert_received(put_back(b, "BANK-1", "PILE-1", 1), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 240, 240);
}

/* A5. The bank was back at another pile before its own was heard of. */
static void a_return_may_be_told_before_the_rental_began(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_bank_grant *grant = asked_and_granted(b, "PILE-1", "CARD-A", "BANK-1");
    struct ocpp_settle_bank_taken_req taken;

    (void)bay_gives(b, "PILE-1", grant);
    taken = bay_taken(b, "PILE-1", grant);
    pass_s(b->world, 3600);
    assert_received(put_back(b, "BANK-1", "PILE-2", 3), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_state(b, grant->rental, "Unseen");
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    pass_s(b->world, 3600);
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_state(b, grant->rental, "Returned");
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 240, 240);
}

/* A27. */
static void of_a_grant_nobody_heard_of_again_nothing_is_asked(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_bank_grant *grant = asked_and_granted(b, "PILE-1", "CARD-A", "BANK-1");

    pass_s(b->world, 3 * DAY_S + 1);
    assert_state(b, grant->rental, "Silent");
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_VOID, 0, 0);
    assert_int_equal(b->world->card.held_minor, 0);
    assert_string_equal(bank_of(b, "BANK-1").state, "Lost");
}

/* A27. */
static void a_pile_that_is_heard_of_after_all_makes_the_rental_count_on_an_order_of_its_own(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_bank_grant *grant = asked_and_granted(b, "PILE-1", "CARD-A", "BANK-1");
    struct ocpp_settle_bank_taken_req taken;

    (void)bay_gives(b, "PILE-1", grant);
    taken = bay_taken(b, "PILE-1", grant);
    pass_s(b->world, 3 * DAY_S + 1);
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_state(b, grant->rental, "Taken");
    assert_int_equal(orders_of(b->world, "CARD-A"), 2);
    assert_received(put_back(b, "BANK-1", "PILE-2", 3), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 2160, 2160); /* three days and a half hour: 18.00, with tax */
    settle_world_check_in_full(b->world);
}

/* A27. The last moment at which it can have been taken counts: two minutes after it was granted. */
static void a_bank_that_came_back_is_billed_although_its_pile_never_does(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_bank_grant *grant = asked_and_granted(b, "PILE-1", "CARD-A", "BANK-1");
    const int64_t granted = b->world->now.utc_ms;

    (void)bay_gives(b, "PILE-1", grant);
    pass_s(b->world, 3600);
    (void)put_back(b, "BANK-1", "PILE-2", 3);
    pass_s(b->world, 3 * DAY_S);
    assert_state(b, grant->rental, "Returned");
    assert_int_equal(rental_named(b, grant->rental).taken_utc_ms, granted + 120000);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 240, 240);
}

/* A27. The vehicle's order, long paid, is not touched by it, nor by what is heard of the vehicle afterwards. */
static void a_bank_that_counts_after_all_leaves_the_vehicles_order(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_bank_grant *grant;
    struct ocpp_settle_bank_taken_req taken;
    const char *order;

    car_starts(b->world, "PILE-1", "7", "CARD-A", 1000);
    grant = asked_and_granted(b, "PILE-1", "CARD-A", "BANK-1");
    order = rental_named(b, grant->rental).order;
    (void)bay_gives(b, "PILE-1", grant);
    taken = bay_taken(b, "PILE-1", grant);
    pass_s(b->world, 3 * DAY_S + 1);
    assert_state(b, grant->rental, "Silent");
    assert_int_equal(settle_world_order(b->world, order).rental_count, 1);
    (void)bay_tells_taken(b, "PILE-1", &taken);
    assert_string_not_equal(rental_named(b, grant->rental).order, order);
    assert_int_equal(settle_world_order(b->world, order).rental_count, 0);
    car_ends(b->world, "PILE-1", "7", 11000);
    assert_int_equal(settle_world_order(b->world, order).state, OCPP_SETTLE_ORDER_STATE_DEBT); /* its hold is long gone */
    assert_int_equal(settle_world_order(b->world, order).due_minor, 550);
    (void)put_back(b, "BANK-1", "PILE-2", 3);
    assert_int_equal(settle_world_order(b->world, rental_named(b, grant->rental).order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    settle_world_check_in_full(b->world);
}

/* A27. A bill that is corrected upwards while the first hold is still being asked for: a debt until it is paid, and paid when it
 * is. */
static void a_correction_while_a_hold_is_on_its_way_is_a_debt_until_it_is_paid(void **state)
{
    struct settle_bays *b = *state;

    b->world->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_PENDING;
    car_starts(b->world, "PILE-1", "7", "CARD-A", 1000);
    pass_s(b->world, 3 * DAY_S + 3600);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 0, 0);
    car_ends(b->world, "PILE-1", "7", 11000);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_DEBT, 550, 0);
    b->world->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_OK;
    pass_s(b->world, 7200);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 550, 550);
}

/* --- twice
 * -------------------------------------------------------------------------------------------------------------------------------
 */

/* A7. */
static void a_return_that_is_told_twice_is_one(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    struct ocpp_settle_bank_returned_req back;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    pass_s(b->world, 600);
    back = bay_returned(b, bank, "PILE-2", 3);
    assert_received(bay_tells_returned(b, "PILE-2", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_received(bay_tells_returned(b, "PILE-2", &back), OCPP_SETTLE_RECEPTION_ACCEPTED); /* the same bytes again (I5) */
    back.envelope = pile_envelope(b->world, "PILE-2");
    assert_received(bay_tells_returned(b, "PILE-2", &back), OCPP_SETTLE_RECEPTION_DUPLICATE);
    assert_int_equal(pile_heard_count(b->world, "PILE-2", OCPP_SETTLE_ACTION_BANK_DECISION), 1);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 120, 120);
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
}

/* A7. The pile reads the slot again after a restart and gives the act another name: it gets another decision. */
static void a_bank_that_is_read_again_where_it_lies_becomes_neutral_all_the_same(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    struct ocpp_settle_bank_returned_req back;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    back = bay_returned(b, bank, "PILE-2", 3);
    (void)bay_tells_returned(b, "PILE-2", &back);
    back = bay_returned(b, bank, "PILE-2", 3);
    assert_received(bay_tells_returned(b, "PILE-2", &back), OCPP_SETTLE_RECEPTION_DUPLICATE);
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
}

/* A7. Two piles: the second bank is a copy, whatever it says. */
static void a_return_that_two_piles_tell_is_one_and_the_second_bank_is_held(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1"), *copy;
    struct ocpp_settle_bank_returned_req back;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    copy = &b->banks[b->bank_count++];
    *copy = *bank;
    back = bay_returned(b, bank, "PILE-2", 3);
    (void)bay_tells_returned(b, "PILE-2", &back);
    back = bay_returned(b, copy, "PILE-1", 1);
    assert_received(bay_tells_returned(b, "PILE-1", &back), OCPP_SETTLE_RECEPTION_DUPLICATE);
    assert_int_equal(bay_decision(b, copy)->verdict, OCPP_SETTLE_BANK_VERDICT_HELD);
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, "Twice"), 1);
    assert_string_equal(bank_of(b, "BANK-1").station, "PILE-2");
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 0, 0);
}

/* --- with a vehicle
 * ------------------------------------------------------------------------------------------------------------------------ */

/* A10. Class R2: one order, one hold that grows, one payment: 10 kWh 5.50, a bank for 40 minutes 2.40. */
static void a_vehicle_user_pays_bank_and_charging_together(void **state)
{
    struct settle_bays *b = *state;
    const char *rental;

    car_starts(b->world, "PILE-1", "7", "CARD-A", 1000);
    rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    assert_true(rental_named(b, rental).is_vehicle_user);
    assert_int_equal(b->world->card.held_minor, 6000);
    assert_int_equal(bay_grant(b, "PILE-1")->renter_class, OCPP_SETTLE_RENTER_CLASS_VEHICLE);
    pass_s(b->world, 2400);
    assert_received(put_back(b, "BANK-1", "PILE-1", 1), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    assert_int_equal(b->world->card.captured_minor, 0);
    car_ends(b->world, "PILE-1", "7", 11000);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 790, 790);
    assert_int_equal(orders_of(b->world, "CARD-A"), 1);
    assert_int_equal(settle_provider_count(&b->world->card, NULL, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 1);
}

/* Step 2. Refused increment, no eject; and the charging goes on. */
static void a_vehicle_user_whose_hold_cannot_grow_gets_no_bank(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-1" };

    car_starts(b->world, "PILE-1", "7", "CARD-A", 1000);
    b->world->card.declines_above_minor = 5500;
    assert_received(&bay_asks(b, "PILE-1", "CARD-A", ids, 1, NULL)->receipt, OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_GRANT));
    assert_non_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_DENIED));
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    assert_int_equal(b->world->stop_count, 0);
    car_ends(b->world, "PILE-1", "7", 11000);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 550, 550);
}

/* A11. Within the grace it is still one payment. */
static void a_bank_that_comes_back_within_the_grace_is_on_the_vehicles_bill(void **state)
{
    struct settle_bays *b = *state;

    car_starts(b->world, "PILE-1", "7", "CARD-A", 1000);
    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    car_ends(b->world, "PILE-1", "7", 11000);
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    pass_s(b->world, 2400);
    (void)put_back(b, "BANK-1", "PILE-2", 4);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 790, 790);
    assert_int_equal(orders_of(b->world, "CARD-A"), 1);
}

/* A12. A11: after the grace the bank is on an order of its own; the first capture is never repeated. */
static void a_bank_that_drives_off_becomes_an_order_of_its_own(void **state)
{
    struct settle_bays *b = *state;
    const char *rental, *vehicle_order;

    car_starts(b->world, "PILE-1", "7", "CARD-A", 1000);
    rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    vehicle_order = rental_named(b, rental).order;
    car_ends(b->world, "PILE-1", "7", 11000);
    pass_s(b->world, DAY_S + 1);
    assert_int_equal(settle_world_order(b->world, vehicle_order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(b->world, vehicle_order).paid_minor, 550);
    assert_string_not_equal(rental_named(b, rental).order, vehicle_order);
    assert_state(b, rental, "Taken");
    assert_int_equal(b->world->card.held_minor, 1000);
    (void)put_back(b, "BANK-1", "PILE-2", 4);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 720, 720);
    assert_int_equal(settle_world_order(b->world, vehicle_order).paid_minor, 550);
}

/* A13. */
static void several_banks_are_one_order_with_a_line_each_and_one_payment(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-1", "BANK-2", "BANK-3" };
    const struct ocpp_settle_rent_grant_req *grant;

    assert_received(&bay_asks(b, "PILE-1", "CARD-A", ids, 3, NULL)->receipt, OCPP_SETTLE_RECEPTION_ACCEPTED);
    grant = bay_grant(b, "PILE-1");
    assert_int_equal(grant->banks.count, 3);
    assert_int_equal(b->world->card.held_minor, 3000);
    for (size_t i = 0; i < 3; i++) {
        (void)bay_gives(b, "PILE-1", &grant->banks.items[i]);
        const struct ocpp_settle_bank_taken_req taken = bay_taken(b, "PILE-1", &grant->banks.items[i]);
        assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    }
    for (size_t i = 0; i < 3; i++) {
        pass_s(b->world, 2400);
        assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
        (void)put_back(b, ids[i], "PILE-2", (int64_t)i + 3);
    }
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 240 + 360 + 480, 240 + 360 + 480);
    assert_int_equal(settle_provider_count(&b->world->card, NULL, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 1);
}

/* A13. One of two comes to nothing: the other is billed alone. */
static void of_several_banks_one_may_fail(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-1", "BANK-2" };
    const struct ocpp_settle_rent_grant_req *grant;

    (void)bay_asks(b, "PILE-1", "CARD-A", ids, 2, NULL);
    grant = bay_grant(b, "PILE-1");
    (void)bay_gives(b, "PILE-1", &grant->banks.items[0]);
    const struct ocpp_settle_bank_taken_req taken = bay_taken(b, "PILE-1", &grant->banks.items[0]);
    (void)bay_tells_taken(b, "PILE-1", &taken);
    (void)bay_tells_failed(b, "PILE-1", &grant->banks.items[1], OCPP_SETTLE_RENT_FAILURE_NOT_TAKEN, true,
                           grant->banks.items[1].generation + 1);
    pass_s(b->world, 600);
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 120, 120);
}

/* --- strangers
 * -----------------------------------------------------------------------------------------------------------------------------
 */

static bool says(const struct settle_world *world, const char *station, const char *text)
{
    for (size_t i = 0; i < world->told_count; i++) {
        if (strcmp(world->told[i].station, station) == 0 && strstr(world->told[i].data, text)) {
            return true;
        }
    }
    return false;
}

/* A14. Who puts it in shows nothing; the renter pays, and the pile where it lies hears nothing of them. */
static void a_stranger_may_return_it_and_learns_nothing(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    const char *order = rental_named(b, rental).order;

    pass_s(b->world, 600);
    (void)put_back(b, "BANK-1", "PILE-2", 3);
    assert_settled(b, "CARD-A", OCPP_SETTLE_ORDER_STATE_PAID, 120, 120);
    assert_false(says(b->world, "PILE-2", "CARD-A"));
    assert_false(says(b->world, "PILE-2", order));
    assert_false(says(b->world, "PILE-2", rental));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_bank_that_never_comes_back_is_bought_at_its_cap),
        CASE(a_bank_that_was_bought_and_comes_back_is_refunded_but_for_its_fee),
        CASE(a_hold_is_renewed_before_it_expires),
        CASE(what_was_used_is_taken_at_once_when_a_hold_cannot_be_renewed),
        cmocka_unit_test(a_bank_that_is_out_for_the_longest_time_is_bought_for_what_is_missing),
        CASE(a_bank_may_come_back_to_another_pile_and_its_own_is_told),
        CASE(what_was_not_rented_costs_nothing_and_the_bank_can_be_let_again),
        CASE(a_slot_that_failed_too_often_is_shown_as_suspect),
        CASE(a_bank_that_stays_marked_is_held_and_somebody_looks),
        CASE(an_old_choice_is_refused_once_a_later_generation_is_known),
        CASE(a_rental_that_is_told_late_exists_once_from_the_time_of_its_pile),
        CASE(a_return_may_be_told_before_the_rental_began),
        CASE(of_a_grant_nobody_heard_of_again_nothing_is_asked),
        CASE(a_pile_that_is_heard_of_after_all_makes_the_rental_count_on_an_order_of_its_own),
        CASE(a_bank_that_came_back_is_billed_although_its_pile_never_does),
        CASE(a_bank_that_counts_after_all_leaves_the_vehicles_order),
        CASE(a_correction_while_a_hold_is_on_its_way_is_a_debt_until_it_is_paid),
        CASE(a_return_that_is_told_twice_is_one),
        CASE(a_bank_that_is_read_again_where_it_lies_becomes_neutral_all_the_same),
        CASE(a_return_that_two_piles_tell_is_one_and_the_second_bank_is_held),
        CASE(a_vehicle_user_pays_bank_and_charging_together),
        CASE(a_vehicle_user_whose_hold_cannot_grow_gets_no_bank),
        CASE(a_bank_that_comes_back_within_the_grace_is_on_the_vehicles_bill),
        CASE(a_bank_that_drives_off_becomes_an_order_of_its_own),
        CASE(several_banks_are_one_order_with_a_line_each_and_one_payment),
        CASE(of_several_banks_one_may_fail),
        CASE(a_stranger_may_return_it_and_learns_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
