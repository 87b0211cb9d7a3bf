/* Power banks on orders: several on one, with a vehicle or without, and what becomes of them when it has left. */
#include "unit.h"

#include "order_banks.h"

#include <ocpp/settlement/ledger.h>

#include <string.h>

enum { HALF_HOUR = 1800, DAY = 86400, DEPOSIT = 1000 };

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

static int captures(const struct settle_world *w, const char *order)
{
    return settle_provider_count(&w->card, order, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK);
}

static size_t lines_of(const struct ocpp_settle_bill *bill, enum ocpp_settle_line_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < bill->lines.count; i++) {
        count += bill->lines.items[i].kind == kind;
    }
    return count;
}

/* A13. */
static void several_banks_of_a_plain_renter_are_a_line_each_and_one_payment(void **state)
{
    struct settle_world *w = *state;
    const char *order = order_for_banks(w, "CARD-A");
    const char *first = bank_out(w, order, DEPOSIT);
    const char *second = bank_out(w, order, DEPOSIT);

    assert_int_equal(w->card.held_minor, 2 * DEPOSIT);
    pass_s(w, HALF_HOUR);
    bank_back(w, first);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_OPEN);
    assert_int_equal(captures(w, order), 0);
    pass_s(w, HALF_HOUR);
    bank_back(w, second);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(lines_of(settle_world_bill(w, order, 0), OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL), 2);
    assert_int_equal(settle_world_order(w, order).paid_minor, 120 + 240);
    assert_int_equal(captures(w, order), 1);
    assert_int_equal(w->card.held_minor, 0);
}

/* A10. A bank that comes back while the vehicle charges: a line more, and nothing is taken yet. */
static void a_bank_that_comes_back_before_the_vehicle_leaves_is_paid_with_it(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const char *order = order_of(w, "CARD-A").id;
    const char *bank = bank_out(w, order, DEPOSIT);
    assert_int_equal(w->card.held_minor, 5000 + DEPOSIT);
    pass_s(w, HALF_HOUR);
    bank_back(w, bank);
    assert_int_equal(captures(w, order), 0);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_OPEN);
    pass_s(w, HALF_HOUR);
    car_ends(w, "PILE-1", "7", 20000);
    const struct ocpp_settle_bill *bill = settle_world_bill(w, order, 0);
    assert_int_equal(lines_of(bill, OCPP_SETTLE_LINE_KIND_ENERGY), 1);
    assert_int_equal(lines_of(bill, OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL), 1);
    assert_int_equal(settle_world_order(w, order).paid_minor, 1100 + 120);
    assert_int_equal(captures(w, order), 1);
    assert_int_equal(orders_of(w, "CARD-A"), 1);
}

static void a_bank_that_comes_back_within_the_grace_is_paid_with_the_vehicle(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const char *order = order_of(w, "CARD-A").id;
    const char *bank = bank_out(w, order, DEPOSIT);
    car_ends(w, "PILE-1", "7", 20000);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_OPEN);
    assert_true(settle_world_order(w, order).grace_until_utc_ms == w->now.utc_ms + 1000 * (int64_t)DAY);
    pass_s(w, HALF_HOUR);
    bank_back(w, bank);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).paid_minor, 1220);
    assert_int_equal(captures(w, order), 1);
    pass_s(w, 2 * DAY); /* the grace runs out over an order that is over */
    assert_int_equal(orders_of(w, "CARD-A"), 1);
}

/* OCPP 1.6 tells no type with a transaction; the pile that reads the card does. */
static void a_card_is_the_same_payer_with_its_type_and_without(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");

    assert_null(order_for_vehicle_user(w, "CARD-A"));
    car.version = OCPP_VERSION_1_6;
    car.token_type = OCPP_TOKEN_UNKNOWN;
    car.has_meter_start = car.has_meter_last = true;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    settle_world_run(w);
    assert_string_equal(order_for_vehicle_user(w, "CARD-A"), order_of(w, "CARD-A").id);
    assert_null(order_for_vehicle_user(w, "CARD-B"));
    w->card.script[OCPP_SETTLE_CAPTURE] = OCPP_SETTLE_PAYMENT_DECLINED;
    car.ended = true;
    car.ended_utc_ms = w->now.utc_ms;
    car.meter_last_wh = 2000;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(w);
    assert_null(order_for_vehicle_user(w, "CARD-A"));
    assert_null(order_for_banks(w, "CARD-A")); /* and its debt is the same payer's */
}

/* R2. Somebody with a vehicle at two piles: the bank goes with the one that stands there. */
static void of_two_vehicles_the_one_at_the_pile_has_the_bank(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-2", "1", "CARD-A", 0);
    const char *elsewhere = order_of(w, "CARD-A").id;
    assert_string_equal(order_for_vehicle_user(w, "CARD-A"), elsewhere);
    pass_s(w, 1);
    car_starts(w, "PILE-1", "2", "CARD-A", 0);
    assert_string_not_equal(order_for_vehicle_user(w, "CARD-A"), elsewhere);
    assert_string_equal(settle_world_order(w, order_for_vehicle_user(w, "CARD-A")).station, "PILE-1");
}

/* A12, A11. At the grace limit the vehicle's part is sealed and paid; the bank has an order of its own, whose payment is its own.
 */
static void a_bank_driven_off_with_becomes_an_order_of_its_own_and_the_first_capture_stands(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const char *order = order_of(w, "CARD-A").id;
    const char *bank = bank_out(w, order, DEPOSIT);
    car_ends(w, "PILE-1", "7", 20000);
    pass_s(w, DAY + 1);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).paid_minor, 1100);
    assert_int_equal(settle_world_order(w, order).rental_count, 0);
    assert_int_equal(settle_world_order(w, order).residual_count, 1);
    const char *residual = order_of_rental(w, bank);
    assert_string_not_equal(residual, order);
    assert_string_equal(settle_world_order(w, residual).residual_of, order);
    assert_int_equal(settle_world_order(w, residual).state, OCPP_SETTLE_ORDER_STATE_OPEN);
    assert_int_equal(w->card.held_minor, DEPOSIT);
    pass_s(w, HALF_HOUR);
    bank_back(w, bank);
    assert_int_equal(settle_world_order(w, residual).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, residual).paid_minor, 720 + 120); /* a capped day, and half an hour */
    assert_int_equal(captures(w, order), 1);
    assert_int_equal(captures(w, residual), 1);
    assert_int_equal(settle_world_order(w, order).bill_count, 1);
    assert_int_equal(w->card.held_minor, 0);
}

/* A12, A13. */
static void each_bank_driven_off_with_becomes_an_order_of_its_own(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const char *order = order_of(w, "CARD-A").id;
    const char *banks[3];
    for (size_t i = 0; i < COUNT_OF(banks); i++) {
        banks[i] = bank_out(w, order, DEPOSIT);
    }
    pass_s(w, HALF_HOUR);
    car_ends(w, "PILE-1", "7", 20000);
    bank_back(w, banks[0]);
    pass_s(w, DAY + 1);
    assert_int_equal(settle_world_order(w, order).paid_minor, 1220);
    assert_int_equal(orders_of(w, "CARD-A"), 3);
    assert_string_not_equal(order_of_rental(w, banks[1]), order_of_rental(w, banks[2]));
    assert_int_equal(w->card.held_minor, 2 * DEPOSIT);
    bank_back(w, banks[1]);
    bank_back(w, banks[2]);
    assert_int_equal(settle_world_order(w, order_of_rental(w, banks[1])).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order_of_rental(w, banks[2])).state, OCPP_SETTLE_ORDER_STATE_PAID);
}

static void as_many_banks_as_there_may_be(struct settle_world *w)
{
    w->settings.policy.banks_per_order = 64;
}

/* A12, A13. More than one command can move: the rest follows, and nothing is sealed before. */
static void as_many_banks_as_there_may_be_are_driven_off_with(void **state)
{
    struct settle_world *w = settle_world_new_with(as_many_banks_as_there_may_be);
    const char *banks[64];

    (void)state;
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const char *order = order_of(w, "CARD-A").id;
    for (size_t i = 0; i < COUNT_OF(banks); i++) {
        banks[i] = bank_out(w, order, 10);
    }
    car_ends(w, "PILE-1", "7", 20000);
    pass_s(w, DAY + 120);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).residual_count, 64);
    assert_int_equal(orders_of(w, "CARD-A"), 65);
    assert_int_equal(w->card.held_minor, 640);
    bank_back(w, banks[63]);
    assert_int_equal(settle_world_order(w, order_of_rental(w, banks[63])).state, OCPP_SETTLE_ORDER_STATE_PAID);
    settle_world_free(w);
}

/* A12. The provider would not hold the deposit again: the bank's own order is a debt in the end, not the vehicle's. */
static void a_bank_whose_deposit_cannot_be_held_again_is_due_all_the_same(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const char *order = order_of(w, "CARD-A").id;
    const char *bank = bank_out(w, order, DEPOSIT);
    car_ends(w, "PILE-1", "7", 20000);
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    pass_s(w, DAY + 1);
    assert_int_equal(settle_world_order(w, order).paid_minor, 1100);
    bank_back(w, bank);
    const struct ocpp_settle_order residual = settle_world_order(w, order_of_rental(w, bank));
    assert_int_equal(residual.state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_string_equal(residual.debt_reason, "insufficient funds");
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
}

/* A20. */
static void a_fee_above_the_deposit_grows_the_hold_before_it_is_taken(void **state)
{
    struct settle_world *w = *state;
    const char *order = order_for_banks(w, "CARD-A");
    const char *bank = bank_out(w, order, 500);

    pass_s(w, DAY);
    bank_back(w, bank);
    assert_int_equal(settle_world_order(w, order).paid_minor, 720);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_INCREMENT, OCPP_SETTLE_PAYMENT_OK), 1);
    assert_int_equal(captures(w, order), 1);
}

/* A20. Declined: what is held is taken, the rest is a debt, which a second leg pays at the next visit. */
static void a_fee_above_the_deposit_is_a_debt_where_the_hold_cannot_grow(void **state)
{
    struct settle_world *w = *state;
    const char *order = order_for_banks(w, "CARD-A");
    const char *bank = bank_out(w, order, 500);

    w->card.script[OCPP_SETTLE_INCREMENT] = OCPP_SETTLE_PAYMENT_DECLINED;
    pass_s(w, DAY);
    bank_back(w, bank);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(settle_world_order(w, order).paid_minor, 500);
    assert_string_equal(settle_world_order(w, order).debt_reason, "insufficient funds");
    assert_int_equal(ocpp_settle_pay_debt(w->settle, order, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_string_equal(w->done_code, "");
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).paid_minor, 720);
    assert_int_equal(captures(w, order), 2); /* one per leg */
}

/* A1. Bought at the cap, sealed and paid; a late return gives back what the bank cost above the fee. */
static void a_bank_that_was_bought_and_comes_back_late_gives_money_back(void **state)
{
    struct settle_world *w = *state;
    const char *order = order_for_banks(w, "CARD-A");
    const char *bank = bank_out(w, order, DEPOSIT);

    pass_s(w, DAY);
    bank_bought(w, bank);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).paid_minor, 2400);
    assert_non_null(bill_line(settle_world_bill(w, order, 1), OCPP_SETTLE_LINE_KIND_POWER_BANK_PURCHASE));
    pass_s(w, DAY);
    bank_back(w, bank);
    const struct ocpp_settle_order after = settle_world_order(w, order);
    assert_int_equal(after.state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(after.bill_count, 2);
    assert_int_equal(after.due_minor, 1440); /* two days */
    assert_int_equal(after.paid_minor, 1440);
    assert_int_equal(w->card.refunded_minor, 960);
    assert_int_equal(captures(w, order), 1);
}

static int64_t books(struct settle_world *w, const char *account)
{
    int64_t minor = 0;

    assert_int_equal(ocpp_settle_account_balance(w->store, "operator", "EUR", account, &minor), OCPP_OK);
    return minor;
}

/* A1. What was given up is not billed again, and nobody gets back what nobody paid. */
static void a_bank_that_comes_back_after_its_debt_was_written_off_gives_back_what_was_too_much(void **state)
{
    struct settle_world *w = *state;
    const char *order = order_for_banks(w, "CARD-A");
    const char *bank = bank_out(w, order, DEPOSIT);

    w->card.script[OCPP_SETTLE_INCREMENT] = OCPP_SETTLE_PAYMENT_DECLINED;
    pass_s(w, DAY);
    bank_bought(w, bank);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(ocpp_settle_write_off(w->settle, order, "gone", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(books(w, "loss:operator"), DEPOSIT - 2400);
    bank_back(w, bank);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_WRITTEN_OFF);
    assert_int_equal(settle_world_order(w, order).bill_count, 2);
    assert_int_equal(settle_world_order(w, order).due_minor, 720);
    assert_int_equal(w->card.refunded_minor, DEPOSIT - 720);
    assert_int_equal(settle_world_order(w, order).paid_minor, 720);
    assert_int_equal(books(w, "loss:operator"), 0);
    bank_back(w, bank); /* told again */
    assert_int_equal(w->card.refunded_minor, DEPOSIT - 720);
}

/* A1. Where less was paid than the bank costs in the end there is nothing to give back: the loss is less. */
static void a_bank_that_comes_back_after_a_write_off_may_cost_more_than_was_paid(void **state)
{
    struct settle_world *w = *state;
    const char *order = order_for_banks(w, "CARD-A");
    const char *bank = bank_out(w, order, 500);

    w->card.script[OCPP_SETTLE_INCREMENT] = OCPP_SETTLE_PAYMENT_DECLINED;
    pass_s(w, DAY);
    bank_bought(w, bank);
    assert_int_equal(ocpp_settle_write_off(w->settle, order, "gone", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(books(w, "loss:operator"), 500 - 2400);
    bank_back(w, bank);
    assert_int_equal(settle_world_order(w, order).due_minor, 720);
    assert_int_equal(settle_world_order(w, order).paid_minor, 500);
    assert_int_equal(w->card.refunded_minor, 0);
    assert_int_equal(books(w, "loss:operator"), 500 - 720);
}

/* A1. What is owed is the fee, once the bank is back: a debt for it may be over by that. */
static void a_bank_that_comes_back_while_its_price_is_owed_lowers_the_debt(void **state)
{
    struct settle_world *w = *state;
    const char *order = order_for_banks(w, "CARD-A");
    const char *bank = bank_out(w, order, DEPOSIT);

    w->card.script[OCPP_SETTLE_INCREMENT] = OCPP_SETTLE_PAYMENT_DECLINED;
    pass_s(w, DAY - 60);
    bank_bought(w, bank);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(settle_world_order(w, order).paid_minor, DEPOSIT);
    bank_back(w, bank);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).due_minor, 720);
    assert_int_equal(w->card.refunded_minor, DEPOSIT - 720);
}

static void many_banks(struct settle_world *w)
{
    w->settings.policy.banks_per_order = 30;
}

static void many_banks_and_no_increments(struct settle_world *w)
{
    many_banks(w);
    w->card.contract.capabilities &= ~(uint32_t)OCPP_SETTLE_CAN_INCREMENT;
    w->providers[0] = w->card.contract;
}

/* So many banks that no authorisation is left for all of them: the last ones are out without a deposit, and everything is paid.
 */
static void give_and_take(struct settle_world *w)
{
    const char *banks[20];
    const char *order = order_for_banks(w, "CARD-A");

    for (size_t i = 0; i < COUNT_OF(banks); i++) {
        banks[i] = bank_out(w, order, DEPOSIT);
    }
    assert_in_range(w->card.held_minor, 10 * DEPOSIT, 16 * DEPOSIT);
    pass_s(w, 1800);
    for (size_t i = 0; i < COUNT_OF(banks); i++) {
        bank_back(w, banks[i]);
    }
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).paid_minor, 20 * 120);
    assert_int_equal(w->card.held_minor, 0);
    settle_world_free(w);
}

static void an_order_with_more_banks_than_authorisations_is_paid(void **state)
{
    (void)state;
    give_and_take(settle_world_new_with(many_banks_and_no_increments));
}

static void likewise_where_the_provider_finds_out_late_that_it_cannot_increment(void **state)
{
    struct settle_world *w = settle_world_new_with(many_banks);

    (void)state;
    w->card.script[OCPP_SETTLE_INCREMENT] = OCPP_SETTLE_PAYMENT_UNSUPPORTED;
    give_and_take(w);
}

/* What came to nothing makes room for what may not. */
static void authorisations_that_were_declined_make_room(void **state)
{
    struct settle_world *w = settle_world_new_with(many_banks);
    const char *order = order_for_banks(w, "CARD-A"), *bank;

    (void)state;
    (void)bank_out(w, order, DEPOSIT);
    w->card.script[OCPP_SETTLE_INCREMENT] = OCPP_SETTLE_PAYMENT_UNSUPPORTED;
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    for (int i = 0; i < 20; i++) {
        bank = bank_out(w, order, DEPOSIT);
        bank_back(w, bank);
    }
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_OK;
    (void)bank_out(w, order, DEPOSIT);
    assert_int_equal(w->card.held_minor, 2 * DEPOSIT);
    settle_world_free(w);
}

static void no_increments_and_short_holds(struct settle_world *w)
{
    w->card.contract.capabilities &= ~(uint32_t)OCPP_SETTLE_CAN_INCREMENT;
    w->card.contract.hold_lasts_ms = INT64_C(2) * 86400 * 1000;
    w->providers[0] = w->card.contract;
}

/* A1. Two holds of one order run out at the same moment: both are replaced, one after the other. */
static void holds_that_expire_together_are_all_replaced(void **state)
{
    struct settle_world *w = settle_world_new_with(no_increments_and_short_holds);
    const char *order = order_for_banks(w, "CARD-A");

    (void)state;
    (void)bank_out(w, order, DEPOSIT);
    (void)bank_out(w, order, DEPOSIT);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_AUTHORIZE, OCPP_SETTLE_PAYMENT_OK), 2);
    pass_s(w, DAY + 600);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_AUTHORIZE, OCPP_SETTLE_PAYMENT_OK), 4);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_VOID, OCPP_SETTLE_PAYMENT_OK), 2);
    assert_int_equal(w->card.held_minor, 2 * DEPOSIT);
    settle_world_free(w);
}

static void a_week_of_hold(struct settle_world *w)
{
    w->card.contract.hold_lasts_ms = INT64_C(2) * 86400 * 1000;
    w->providers[0] = w->card.contract;
}

/* A1. */
static void a_hold_is_replaced_before_it_expires(void **state)
{
    struct settle_world *w = settle_world_new_with(a_week_of_hold);
    const char *order = order_for_banks(w, "CARD-A");
    const char *bank = bank_out(w, order, DEPOSIT);

    (void)state;
    pass_s(w, DAY + 60);
    assert_int_equal(w->card.held_minor, DEPOSIT);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_AUTHORIZE, OCPP_SETTLE_PAYMENT_OK), 2);
    assert_int_equal(settle_provider_count(&w->card, order, OCPP_SETTLE_VOID, OCPP_SETTLE_PAYMENT_OK), 1);
    bank_back(w, bank);
    assert_int_equal(captures(w, order), 1);
    settle_world_free(w);
}

/* A1. Who will not be trusted any longer pays at once what has accrued; the rest in the end, by another leg or as a debt. */
static void what_has_accrued_is_taken_at_once_where_a_hold_is_not_renewed(void **state)
{
    struct settle_world *w = settle_world_new_with(a_week_of_hold);
    const char *order = order_for_banks(w, "CARD-A");
    const char *bank = bank_out(w, order, DEPOSIT);

    (void)state;
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    pass_s(w, DAY + 60);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_OPEN);
    const int64_t taken = settle_world_order(w, order).paid_minor;
    assert_true(taken >= 720);
    assert_int_equal(w->card.captured_minor, taken);
    pass_s(w, DAY);
    bank_back(w, bank);
    const struct ocpp_settle_order after = settle_world_order(w, order);
    assert_int_equal(after.state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(after.paid_minor, taken);
    assert_true(after.due_minor > taken);
    w->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_OK;
    assert_int_equal(ocpp_settle_try_again(w->settle, order, settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    settle_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_with_more_banks_than_authorisations_is_paid),
        cmocka_unit_test(likewise_where_the_provider_finds_out_late_that_it_cannot_increment),
        cmocka_unit_test(authorisations_that_were_declined_make_room),
        cmocka_unit_test_setup_teardown(several_banks_of_a_plain_renter_are_a_line_each_and_one_payment, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bank_that_comes_back_before_the_vehicle_leaves_is_paid_with_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bank_that_comes_back_within_the_grace_is_paid_with_the_vehicle, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bank_driven_off_with_becomes_an_order_of_its_own_and_the_first_capture_stands, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(each_bank_driven_off_with_becomes_an_order_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bank_whose_deposit_cannot_be_held_again_is_due_all_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fee_above_the_deposit_grows_the_hold_before_it_is_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fee_above_the_deposit_is_a_debt_where_the_hold_cannot_grow, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bank_that_was_bought_and_comes_back_late_gives_money_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_card_is_the_same_payer_with_its_type_and_without, setup, teardown),
        cmocka_unit_test_setup_teardown(of_two_vehicles_the_one_at_the_pile_has_the_bank, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bank_that_comes_back_after_its_debt_was_written_off_gives_back_what_was_too_much, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_bank_that_comes_back_after_a_write_off_may_cost_more_than_was_paid, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bank_that_comes_back_while_its_price_is_owed_lowers_the_debt, setup, teardown),
        cmocka_unit_test(holds_that_expire_together_are_all_replaced),
        cmocka_unit_test(as_many_banks_as_there_may_be_are_driven_off_with),
        cmocka_unit_test(a_hold_is_replaced_before_it_expires),
        cmocka_unit_test(what_has_accrued_is_taken_at_once_where_a_hold_is_not_renewed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
