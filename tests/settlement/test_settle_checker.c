/* test_settle_checker.c: the checker of invariants can fail: each of them is broken by hand, and it says which. */
#include "checker_bench.h"

#include <stdio.h>
#include <string.h>

static const char *const no_ids[] = { NULL };

static void an_empty_store_and_a_held_leg_are_good(void **state)
{
    struct bench *bench = *state;

    assert_good(bench);
    hold(bench);
    timer(bench, "silent/O");
    put_order(bench, &(struct row_order[]){ order_of(ROW_ORDER_STATE_OPEN, 0) }[0]);
    assert_good(bench);
    assert_good(bench);
}

static void debits_that_are_not_credits_break_I1(void **state)
{
    struct bench *bench = *state;

    post(bench, "hold", "authorized:card", 80, "hold:L", 79);
    assert_broken(bench, "I1: entry 1 (hold of order ?): credits minus debits are -1");
}

static void a_line_without_an_amount_breaks_I1(void **state)
{
    struct bench *bench = *state;

    post(bench, "hold", "authorized:card", 0, "hold:L", 0);
    assert_broken(bench, "I1: entry 1: authorized:card is moved by no amount");
}

static void a_balance_that_is_not_the_sum_breaks_I2(void **state)
{
    struct bench *bench = *state;

    hold(bench);
    assert_good(bench);
    balance(bench, "op/balance/EUR/authorized:card", -81, 1);
    assert_broken(bench, "I2: op/EUR/authorized:card: the balance is -81, the journal adds up to -80");
}

static void a_balance_that_misses_an_entry_breaks_I2(void **state)
{
    struct bench *bench = *state;

    hold(bench);
    post(bench, "refund", "a:b", 1, "c:d", 1);
    balance(bench, "op/balance/EUR/a:b", -1, 1);
    balance(bench, "op/balance/EUR/c:d", 1, 0);
    assert_broken(bench, "I2: op/EUR/c:d: the balance has 0 entries, the journal 1");
}

static void an_account_without_a_balance_breaks_I2(void **state)
{
    struct bench *bench = *state;

    post(bench, "hold", "a:b", 80, "a:b", 80);
    assert_broken(bench, "I2: op/EUR/a:b was moved and has no balance");
}

static void a_balance_out_of_nowhere_breaks_I2(void **state)
{
    struct bench *bench = *state;

    balance(bench, "op/balance/EUR/wallet:thief", 1000, 1);
    assert_broken(bench, "I2: op/balance/EUR/wallet:thief has a balance and was never moved");
}

static void a_balance_that_is_gone_breaks_I2(void **state)
{
    struct bench *bench = *state;

    hold(bench);
    assert_good(bench);
    take_away(bench, "op/balance/EUR/authorized:card");
    assert_broken_since(bench, "I2: op/balance/EUR/authorized:card was taken away");
}

static void a_leg_that_is_over_and_holds_breaks_I3(void **state)
{
    struct bench *bench = *state;

    hold(bench);
    put_leg(bench, leg_of(ROW_LEG_STATE_RELEASED, 80, 0, 79));
    assert_broken(bench, "I3: leg L is over and still holds 1");
}

static void a_leg_that_lets_go_more_than_it_held_breaks_I3(void **state)
{
    struct bench *bench = *state;

    hold(bench);
    put_leg(bench, leg_of(ROW_LEG_STATE_HELD, 80, 50, 31));
    assert_broken(bench, "I3: leg L: held 80, captured 50, released 31");
}

static void a_leg_that_holds_what_nobody_booked_breaks_I3(void **state)
{
    struct bench *bench = *state;

    hold(bench);
    put_leg(bench, leg_of(ROW_LEG_STATE_HELD, 90, 0, 0));
    assert_broken(bench, "I3: leg L holds 90, its account 80");
}

static void a_leg_that_gives_back_more_than_it_took_breaks_I3(void **state)
{
    struct bench *bench = *state;
    struct row_leg leg = leg_of(ROW_LEG_STATE_CAPTURED, 80, 80, 0);

    leg.refunded_minor = 81;
    put_leg(bench, leg);
    assert_broken(bench, "I3: leg L: captured 80, refunded 81");
}

static void an_order_that_was_paid_by_nobody_breaks_I3(void **state)
{
    struct bench *bench = *state;
    const struct row_order order = order_of(ROW_ORDER_STATE_OPEN, 5);

    hold(bench);
    timer(bench, "silent/O");
    put_order(bench, &order);
    assert_broken(bench, "I3: order O says 5 were paid, its legs took 0");
}

static void a_leg_that_is_captured_twice_breaks_I4(void **state)
{
    struct bench *bench = *state;

    post(bench, "capture", "a:b", 1, "a:b", 1);
    balance(bench, "op/balance/EUR/a:b", 0, 2);
    assert_good(bench);
    post(bench, "capture-early", "a:b", 1, "a:b", 1);
    assert_broken(bench, "I4: entry 2: leg L is captured again");
}

static void a_capture_that_was_not_booked_breaks_I4(void **state)
{
    struct bench *bench = *state;

    put_leg(bench, leg_of(ROW_LEG_STATE_CAPTURED, 80, 80, 0));
    assert_broken(bench, "I4: leg L: captured 80, booked never");
}

static void an_answer_that_changes_breaks_I5(void **state)
{
    struct bench *bench = *state;
    const struct row_incoming first = { .hash = "h", .name = "Hello", .answer = "{}" };
    const struct row_incoming second = { .hash = "h", .name = "Hello", .answer = "[]" };

    put(bench, "op/in/st/M", &row_incoming_type, &first);
    assert_good(bench);
    put(bench, "op/in/st/M", &row_incoming_type, &second);
    assert_broken(bench, "I5: op/in/st/M was changed");
    take_away(bench, "op/in/st/M");
}

static void what_a_refusal_changes_breaks_I6(void **state)
{
    struct bench *bench = *state;
    const struct row_incoming answer = { .hash = "h", .name = "Hello", .answer = "{}" };

    hold(bench);
    assert_good(bench);
    put(bench, "op/in/st/M", &row_incoming_type, &answer);
    journal(bench, "refused", "{}");
    assert_null(settle_checker_refused(bench->checker));
    put_leg(bench, leg_of(ROW_LEG_STATE_HELD, 80, 0, 0));
    assert_string_equal(settle_checker_refused(bench->checker), "I6: op/leg/L was changed by what was refused");
}

static void what_a_refusal_books_or_takes_away_breaks_I6(void **state)
{
    struct bench *bench = *state;

    hold(bench);
    put(bench, "op/mark/H", &row_mark_owner_type, &(struct row_mark_owner){ .rental = "R" });
    assert_good(bench);
    take_away(bench, "op/mark/H");
    assert_string_equal(settle_checker_refused(bench->checker), "I6: op/mark/H was taken away by what was refused");
    settle_checker_free(bench->checker);
    bench->checker = settle_checker_new(bench->store, &bench->keys.contract);
    assert_good(bench);
    journal(bench, "state", "{}");
    assert_string_equal(settle_checker_refused(bench->checker), "I6: entry 2 (state) was made by what was refused");
}

static void a_rented_bank_that_belongs_to_another_breaks_I9(void **state)
{
    struct bench *bench = *state;
    struct row_bank bank = { .id = "B", .state = ROW_BANK_STATE_RENTED, .generation = 4, .rental = "R" };
    struct row_rental rental = { .id = "R",
                                 .request = "Q",
                                 .state = ROW_RENTAL_STATE_TAKEN,
                                 .renter_class = ROW_RENTER_CLASS_PLAIN,
                                 .bank = "B",
                                 .handle = "h",
                                 .station = "st" };

    put(bench, "op/rental/R", &row_rental_type, &rental);
    put(bench, "op/bank/B", &row_bank_type, &bank);
    timer(bench, "cap/R");
    assert_good(bench);
    rental.id = "S";
    put(bench, "op/rental/S", &row_rental_type, &rental);
    assert_broken(bench, "I9: bank B is rented by S and by R");
}

static void a_generation_that_falls_breaks_I9(void **state)
{
    struct bench *bench = *state;
    struct row_bank bank = { .id = "B", .state = ROW_BANK_STATE_IDLE, .generation = 4 };

    put(bench, "op/bank/B", &row_bank_type, &bank);
    assert_good(bench);
    bank.generation = 3;
    put(bench, "op/bank/B", &row_bank_type, &bank);
    assert_broken_since(bench, "I9: bank B: its generation fell from 4 to 3");
}

static void an_order_that_is_over_and_owes_breaks_I2(void **state)
{
    struct bench *bench = *state;
    struct row_order order = order_of(ROW_ORDER_STATE_VOID, 0);

    order.legs.count = 0;
    post(bench, "bill", "receivable:O", 12, "revenue:op", 12);
    balance(bench, "op/balance/EUR/receivable:O", -12, 1);
    balance(bench, "op/balance/EUR/revenue:op", 12, 1);
    put_order(bench, &order);
    assert_broken(bench, "I2: order O is over: receivable -12, deposit 0");
}

static void a_paid_order_whose_books_say_otherwise_breaks_I2(void **state)
{
    struct bench *bench = *state;
    struct row_order order = order_of(ROW_ORDER_STATE_PAID, 0);

    order.legs.count = 0;
    post(bench, "bill", "receivable:O", 12, "revenue:op", 12);
    balance(bench, "op/balance/EUR/receivable:O", -12, 1);
    balance(bench, "op/balance/EUR/revenue:op", 12, 1);
    put_order(bench, &order);
    assert_broken(bench, "I2: order O is paid: due 0, paid 0, receivable -12");
}

/* --- I14 ----------------------------------------------------------------------------------------------------------- */

static void a_vehicle_that_nobody_gives_up_breaks_I14(void **state)
{
    struct bench *bench = *state;
    const struct row_order order = order_of(ROW_ORDER_STATE_OPEN, 0);

    hold(bench);
    timer(bench, "silent/O");
    put_order(bench, &order);
    assert_good(bench);
    take_away(bench, "op/due/silent/O");
    assert_broken(bench, "I14: order O waits for its vehicle, whatever happens");
}

static void an_order_that_waits_for_nothing_breaks_I14(void **state)
{
    struct bench *bench = *state;
    struct row_order order = order_of(ROW_ORDER_STATE_OPEN, 0);

    hold(bench);
    order.vehicle = NULL;
    put_order(bench, &order);
    assert_broken(bench, "I14: order O is open and waits for nothing");
}

static void an_order_that_is_due_to_nobody_breaks_I14(void **state)
{
    struct bench *bench = *state;
    const struct row_order order = order_of(ROW_ORDER_STATE_DUE, 0);

    hold(bench);
    put_order(bench, &order);
    assert_broken(bench, "I14: order O is Due and nobody pays");
}

static void a_rental_that_never_ends_breaks_I14(void **state)
{
    struct bench *bench = *state;
    struct row_rental rental = { .id = "R",
                                 .request = "Q",
                                 .state = ROW_RENTAL_STATE_GRANTED,
                                 .renter_class = ROW_RENTER_CLASS_PLAIN,
                                 .handle = "h",
                                 .station = "st" };

    timer(bench, "grant/R");
    put(bench, "op/rental/R", &row_rental_type, &rental);
    assert_good(bench);
    rental.state = ROW_RENTAL_STATE_TAKEN;
    put(bench, "op/rental/R", &row_rental_type, &rental);
    assert_broken(bench, "I14: rental R is Taken and waits for nothing");
}

static void a_rental_in_suspense_that_nobody_looks_at_breaks_I14(void **state)
{
    struct bench *bench = *state;
    const struct row_rental rental = { .id = "R",
                                       .request = "Q",
                                       .state = ROW_RENTAL_STATE_SUSPENSE,
                                       .suspense = "S",
                                       .renter_class = ROW_RENTER_CLASS_PLAIN,
                                       .handle = "h",
                                       .station = "st" };
    struct row_suspense suspense = {
        .id = "S", .kind = ROW_SUSPENSE_KIND_TWICE, .state = ROW_SUSPENSE_STATE_WAITING, .station = "st", .rental = "R"
    };

    put(bench, "op/suspense/S", &row_suspense_type, &suspense);
    put(bench, "op/rental/R", &row_rental_type, &rental);
    assert_good(bench);
    suspense.state = ROW_SUSPENSE_STATE_RESOLVED;
    put(bench, "op/suspense/S", &row_suspense_type, &suspense);
    assert_broken(bench, "I14: rental R is Suspense and waits for nothing");
}

static void an_operation_nobody_asks_for_breaks_I14(void **state)
{
    struct bench *bench = *state;
    const struct row_operation operation = { .id = "P",
                                             .leg = "L",
                                             .order = "O",
                                             .provider = "card",
                                             .currency = "EUR",
                                             .kind = ROW_OPERATION_KIND_CAPTURE,
                                             .state = ROW_OPERATION_STATE_UNKNOWN,
                                             .purpose = "settle",
                                             .subject = "O" };

    timer(bench, "query/P");
    put(bench, "op/operation/P", &row_operation_type, &operation);
    assert_good(bench);
    take_away(bench, "op/due/query/P");
    assert_broken(bench, "I14: operation P is Unknown and nobody asks for its outcome");
}

static void a_leg_on_its_way_without_anybody_breaks_I14(void **state)
{
    struct bench *bench = *state;

    hold(bench);
    put_leg(bench, leg_of(ROW_LEG_STATE_CAPTURING, 80, 0, 0));
    assert_broken(bench, "I14: leg L is Capturing and nothing works on it");
}

static void a_request_that_never_expires_breaks_I14(void **state)
{
    struct bench *bench = *state;
    const struct row_rent_request request = {
        .id = "Q", .station = "st", .count = 1, .state = ROW_REQUEST_STATE_HOLDING, .rentals = { no_ids, 0 }
    };

    timer(bench, "request/Q");
    put(bench, "op/request/Q", &row_rent_request_type, &request);
    assert_good(bench);
    take_away(bench, "op/due/request/Q");
    assert_broken(bench, "I14: request Q is Holding and never expires");
}

static void a_timer_that_never_runs_out_breaks_I14(void **state)
{
    struct bench *bench = *state;

    timer(bench, "forget/st");
    take_away(bench, "op/timer/0000000000001000/forget/st");
    assert_broken(bench, "I14: the timer forget/st never runs out");
}

static void what_cannot_be_read_is_told(void **state)
{
    struct bench *bench = *state;

    change(bench, OCPP_SETTLE_INSERT, "op/leg/L", "{", 1);
    assert_broken(bench, "stored: op/leg/L cannot be read: not JSON text at ");
}

static void a_posting_that_cannot_be_read_is_told(void **state)
{
    struct bench *bench = *state;

    journal(bench, "post", "{\"id\":1}");
    assert_broken(bench, "stored: entry 1 cannot be read: a value is of the wrong JSON type at /id");
}

int main(void)
{
#define ON_A_STORE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ON_A_STORE(an_empty_store_and_a_held_leg_are_good),
        ON_A_STORE(debits_that_are_not_credits_break_I1),
        ON_A_STORE(a_line_without_an_amount_breaks_I1),
        ON_A_STORE(a_balance_that_is_not_the_sum_breaks_I2),
        ON_A_STORE(a_balance_that_misses_an_entry_breaks_I2),
        ON_A_STORE(an_account_without_a_balance_breaks_I2),
        ON_A_STORE(a_balance_out_of_nowhere_breaks_I2),
        ON_A_STORE(a_balance_that_is_gone_breaks_I2),
        ON_A_STORE(a_leg_that_is_over_and_holds_breaks_I3),
        ON_A_STORE(a_leg_that_lets_go_more_than_it_held_breaks_I3),
        ON_A_STORE(a_leg_that_holds_what_nobody_booked_breaks_I3),
        ON_A_STORE(a_leg_that_gives_back_more_than_it_took_breaks_I3),
        ON_A_STORE(an_order_that_was_paid_by_nobody_breaks_I3),
        ON_A_STORE(a_leg_that_is_captured_twice_breaks_I4),
        ON_A_STORE(a_capture_that_was_not_booked_breaks_I4),
        ON_A_STORE(an_answer_that_changes_breaks_I5),
        ON_A_STORE(what_a_refusal_changes_breaks_I6),
        ON_A_STORE(what_a_refusal_books_or_takes_away_breaks_I6),
        ON_A_STORE(a_rented_bank_that_belongs_to_another_breaks_I9),
        ON_A_STORE(a_generation_that_falls_breaks_I9),
        ON_A_STORE(an_order_that_is_over_and_owes_breaks_I2),
        ON_A_STORE(a_paid_order_whose_books_say_otherwise_breaks_I2),
        ON_A_STORE(a_vehicle_that_nobody_gives_up_breaks_I14),
        ON_A_STORE(an_order_that_waits_for_nothing_breaks_I14),
        ON_A_STORE(an_order_that_is_due_to_nobody_breaks_I14),
        ON_A_STORE(a_rental_that_never_ends_breaks_I14),
        ON_A_STORE(a_rental_in_suspense_that_nobody_looks_at_breaks_I14),
        ON_A_STORE(an_operation_nobody_asks_for_breaks_I14),
        ON_A_STORE(a_leg_on_its_way_without_anybody_breaks_I14),
        ON_A_STORE(a_request_that_never_expires_breaks_I14),
        ON_A_STORE(a_timer_that_never_runs_out_breaks_I14),
        ON_A_STORE(what_cannot_be_read_is_told),
        ON_A_STORE(a_posting_that_cannot_be_read_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
