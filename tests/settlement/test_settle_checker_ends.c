/* The checker of invariants can fail, continued: bills (I7, I8, I10, I11), and what never ends (I14). */
#include "checker_bench.h"
#include "house_records.h"
#include "relay_records.h"

#include <stdio.h>
#include <string.h>

enum { START_MWH = 1000, LAST_MWH = 5000 };

static const char *const no_ids[] = { NULL };
static const enum ocpp_settle_bill_anomaly fell[] = { OCPP_SETTLE_BILL_ANOMALY_ENERGY_FELL };

static const struct ocpp_settle_bill_line lines[] = {
    { .kind = OCPP_SETTLE_LINE_KIND_ENERGY, .unit = 1, .measured = 3000, .net_minor = 10, .tax_minor = 2, .gross_minor = 12 },
    { .kind = OCPP_SETTLE_LINE_KIND_ENERGY, .unit = 1, .measured = 1000 }, /* at a price of 0 */
    { .kind = OCPP_SETTLE_LINE_KIND_FLAT, .unit = 1, .measured = 1, .net_minor = 5, .tax_minor = 1, .gross_minor = 6 },
};

static const struct row_vehicle ended = { .station = "st",
                                          .transaction = "T",
                                          .state = ROW_VEHICLE_STATE_ENDED,
                                          .charging = ROW_CHARGING_KIND_CHARGING,
                                          .has_started_at = true,
                                          .started_at = 1000,
                                          .has_ended_at = true,
                                          .ended_at = 9000,
                                          .has_start_mwh = true,
                                          .start_mwh = START_MWH,
                                          .has_last_mwh = true,
                                          .last_mwh = LAST_MWH };

static struct row_order debt_of(const struct row_vehicle *vehicle)
{
    struct row_order order = order_of(ROW_ORDER_STATE_DEBT, 0);

    order.legs.count = 0;
    order.vehicle = vehicle;
    order.bills = 1;
    order.due_minor = 18;
    return order;
}

/* Order O is a debt of 18, with bill 1. */
static void billed(struct bench *bench, const struct row_vehicle *vehicle, const struct ocpp_settle_bill *bill)
{
    const struct row_order order = debt_of(vehicle);

    post(bench, "bill", "receivable:O", 18, "revenue:op", 18);
    balance(bench, "op/balance/EUR/receivable:O", -18, 1);
    balance(bench, "op/balance/EUR/revenue:op", 18, 1);
    put_order(bench, &order);
    put_bill(bench, 1, *bill);
}

static void billed_as_usual(struct bench *bench)
{
    const struct ocpp_settle_bill bill = bill_of(lines, 3, 15, 18);

    billed(bench, &ended, &bill);
    assert_good(bench);
}

/* --- I7, I8 -------------------------------------------------------------------------------------------------------- */

static void a_bill_that_changes_or_goes_breaks_I7(void **state)
{
    struct bench *bench = *state;
    const struct ocpp_settle_bill bill = bill_of(lines, 3, 15, 18);

    billed_as_usual(bench);
    put_bill(bench, 1, bill);
    assert_broken(bench, "I7: op/bill/O/0001 was changed");
    settle_checker_free(bench->checker);
    bench->checker = settle_checker_new(bench->store, &bench->keys.contract);
    take_away(bench, "op/bill/O/0001");
    put_bill(bench, 1, bill);
    assert_good(bench);
    take_away(bench, "op/bill/O/0001");
    assert_broken_since(bench, "I7: op/bill/O/0001 was taken away");
}

static void a_bill_with_another_line_than_its_hash_says_breaks_I7(void **state)
{
    struct bench *bench = *state;
    struct ocpp_settle_bill bill = bill_of(lines, 3, 15, 18);
    const struct row_order order = debt_of(&ended);

    put_order(bench, &order);
    bill.output_hash = "00";
    put(bench, "op/bill/O/0001", &ocpp_settle_bill_type, &bill);
    assert_broken(bench, "I7: op/bill/O/0001 is not what its hash was taken over");
}

static void an_order_that_asks_for_more_than_its_bill_breaks_I7(void **state)
{
    struct bench *bench = *state;
    struct row_order order = debt_of(&ended);

    billed_as_usual(bench);
    order.due_minor = 19;
    put_order(bench, &order);
    assert_broken(bench, "I7: order O: 19 are due, its bill says 18");
}

/* An entry is changed under the store's hands. */
struct changed {
    struct ocpp_settle_store *store;
    bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user);
    void *user;
};

static bool change_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    const struct changed *changed = user;
    struct ocpp_settle_journal_entry other = *entry;

    other.utc_ms += entry->number == 1;
    return changed->visit(&other, changed->user);
}

static enum ocpp_status changed_journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                        void *visit_user, void *user)
{
    struct ocpp_settle_store *store = user;
    struct changed changed = { store, visit, visit_user };

    return store->journal(from, change_entry, &changed, store->user);
}

static enum ocpp_status head_of(struct ocpp_settle_head *found, void *user)
{
    struct ocpp_settle_store *store = user;

    return store->head(found, store->user);
}

static void an_entry_that_was_changed_breaks_I8(void **state)
{
    struct bench *bench = *state;
    struct ocpp_settle_store other = *bench->store;

    hold(bench);
    assert_good(bench);
    other.journal = changed_journal;
    other.head = head_of;
    other.user = bench->store;
    struct settle_checker *checker = settle_checker_new(&other, &bench->keys.contract);
    const char *broken = settle_checker_run(checker);
    assert_non_null(broken);
    assert_memory_equal(broken, "I8: entry 1", strlen("I8: entry 1"));
    settle_checker_free(checker);
}

/* --- I10 ----------------------------------------------------------------------------------------------------------- */

static void a_gap_between_bills_breaks_I10(void **state)
{
    struct bench *bench = *state;
    struct row_order order = debt_of(&ended);

    billed_as_usual(bench);
    order.bills = 2;
    put_order(bench, &order);
    assert_broken(bench, "I10: order O has 2 rows of bill, and number 2 is missing");
}

static void a_bill_nobody_counts_breaks_I10(void **state)
{
    struct bench *bench = *state;
    const struct row_order order = debt_of(&ended);

    billed_as_usual(bench);
    put_bill(bench, 2, bill_of(lines, 3, 15, 18));
    put_order(bench, &order);
    assert_broken(bench, "I10: order O has 1 rows of bill, and number 2 is there, too");
}

static void a_bill_of_no_order_breaks_I10(void **state)
{
    struct bench *bench = *state;

    put_bill(bench, 1, bill_of(lines, 3, 15, 18));
    assert_broken(bench, "I10: op/bill/O/0001 is a bill of an order that is not there");
}

static void an_adjustment_that_is_missing_breaks_I10(void **state)
{
    struct bench *bench = *state;
    struct row_order order = debt_of(&ended);

    billed_as_usual(bench);
    order.adjustments = 1;
    put_order(bench, &order);
    assert_broken(bench, "I10: order O has 1 rows of adjustment, and number 1 is missing");
}

static void a_session_that_two_orders_settle_breaks_I10(void **state)
{
    struct bench *bench = *state;
    struct row_order other = debt_of(&ended);

    billed_as_usual(bench);
    other.id = "Q";
    other.state = ROW_ORDER_STATE_VOID;
    other.bills = 0;
    put_order(bench, &other);
    assert_broken(bench, "I10: session st/T/1000 is settled by order Q and by another one");
}

static void a_rental_on_the_bills_of_two_orders_breaks_I10(void **state)
{
    struct bench *bench = *state;
    const struct ocpp_settle_bill_line bank = { .kind = OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL, .unit = 1, .rental = "R" };
    const struct ocpp_settle_bill_line both[] = { lines[0], lines[1], lines[2], bank };
    const struct ocpp_settle_bill bill = bill_of(both, 4, 15, 18);
    struct row_order other = debt_of(NULL);
    const char *text;
    size_t size;

    billed(bench, &ended, &bill);
    assert_good(bench);
    other.id = "Q";
    put(bench, "op/order/Q", &row_order_type, &other);
    assert_int_equal(ocpp_message_encode(&ocpp_settle_bill_type, &bill, bench->arena, &text, &size, NULL), OCPP_OK);
    change(bench, OCPP_SETTLE_INSERT, "op/bill/Q/0001", text, size);
    assert_broken(bench, "I10: rental R is settled by order Q and by another one");
}

/* --- I11 ----------------------------------------------------------------------------------------------------------- */

static void a_bill_that_does_not_add_up_breaks_I11(void **state)
{
    struct bench *bench = *state;
    const struct ocpp_settle_bill bill = bill_of(lines, 3, 15, 19);

    put_bill(bench, 1, bill);
    assert_broken(bench, "I11: op/bill/O/0001: its lines add up to 15 net and 18 gross, not to 15 and 19");
}

static void energy_that_is_on_no_line_breaks_I11(void **state)
{
    struct bench *bench = *state;
    const struct ocpp_settle_bill_line priced[] = { lines[0], lines[2] };
    const struct ocpp_settle_bill bill = bill_of(priced, 2, 15, 18);

    billed(bench, &ended, &bill);
    assert_broken(bench, "I11: op/bill/O/0001: its lines measured 3000 mWh, the meter 4000");
}

static void energy_that_nobody_measured_breaks_I11(void **state)
{
    struct bench *bench = *state;
    const struct ocpp_settle_bill bill = bill_of(lines, 3, 15, 18);

    billed(bench, NULL, &bill);
    assert_broken(bench, "I11: op/bill/O/0001: its lines measured 4000 mWh, the meter 0");
}

/* The register rose to 6,000 and fell: 5,000 were delivered, and the bill has to say what is odd. */
static void a_meter_that_fell_and_is_not_named_breaks_I11(void **state)
{
    struct bench *bench = *state;
    const struct ocpp_settle_bill_line measured[] = {
        { .kind = OCPP_SETTLE_LINE_KIND_ENERGY, .unit = 1, .measured = 5000, .net_minor = 15, .tax_minor = 3, .gross_minor = 18 }
    };
    const struct ocpp_settle_usage_event reading = {
        .at = 5000, .kind = OCPP_SETTLE_USAGE_KIND_METER, .has_energy_mwh = true, .energy_mwh = 6000
    };
    struct ocpp_settle_bill bill = bill_of(measured, 1, 15, 18);

    put(bench, "op/usage/O/0000000000001388", &ocpp_settle_usage_event_type, &reading);
    bill.anomalies.items = fell;
    bill.anomalies.count = 1;
    billed(bench, &ended, &bill);
    assert_good(bench);
    take_away(bench, "op/bill/O/0001");
    settle_checker_free(bench->checker);
    bench->checker = settle_checker_new(bench->store, &bench->keys.contract);
    bill.anomalies.count = 0;
    put_bill(bench, 1, bill);
    assert_broken(bench, "I11: op/bill/O/0001: the meter fell, and nobody says so");
}

static void a_meter_that_nobody_read_and_is_not_named_breaks_I11(void **state)
{
    struct bench *bench = *state;
    struct row_vehicle vehicle = ended;
    struct ocpp_settle_bill_line line = lines[2];

    vehicle.has_last_mwh = false;
    line.net_minor = 15;
    line.tax_minor = 3;
    line.gross_minor = 18;
    billed(bench, &vehicle, &(struct ocpp_settle_bill[]){ bill_of(&line, 1, 15, 18) }[0]);
    assert_broken(bench, "I11: op/bill/O/0001: nobody read the meter, and nobody says so");
}

static void taxes_that_are_not_the_lines_tax_break_I11(void **state)
{
    struct bench *bench = *state;
    const struct ocpp_settle_line_tax tax[] = { { .name = "VAT", .rate_ppm = 200000, .tax_minor = 1 } };
    struct ocpp_settle_bill_line line = lines[0];

    line.taxes.items = tax;
    line.taxes.count = 1;
    put_bill(bench, 1, bill_of(&line, 1, 10, 12));
    assert_broken(bench, "I11: op/bill/O/0001, line 0: its taxes add up to 1, not to 2");
}

/* --- I10, I12: piles without a network, houses --------------------------------------------------- */

static void put_page(struct bench *bench, int64_t number, const char *session)
{
    const struct row_relay_page page = { .pile = "RP",
                                         .page = number,
                                         .hash = "h",
                                         .prev = "h",
                                         .state = ROW_RELAY_PAGE_STATE_SUSPENSE,
                                         .session = session,
                                         .acknowledgement = "a",
                                         .payload = "b" };
    char key[64];

    (void)snprintf(key, sizeof key, "op/relaypage/RP/%016x", (unsigned)number);
    put(bench, key, &row_relay_page_type, &page);
}

static void put_relay_pile(struct bench *bench, int64_t whole, int64_t pages, int64_t last)
{
    const struct row_relay_pile pile = { .pile = "RP",
                                         .state = ROW_RELAY_PILE_STATE_ENROLLED,
                                         .sequences = { &(struct row_relay_sequence){ .outlet = 1 }, 0 },
                                         .last_page = last,
                                         .whole = whole,
                                         .pages = pages };

    put(bench, "op/relaypile/RP", &row_relay_pile_type, &pile);
}

static void a_page_of_a_pile_that_is_missing_breaks_I10(void **state)
{
    struct bench *bench = *state;

    put_page(bench, 1, "A");
    put_page(bench, 3, "C");
    put_relay_pile(bench, 1, 2, 3); /* a gap that is known */
    assert_good(bench);
    put_relay_pile(bench, 3, 3, 3);
    assert_broken(bench, "I10: pile RP: page 2 is missing, and nobody says so");
}

static void a_page_of_a_pile_that_nobody_counts_breaks_I10(void **state)
{
    struct bench *bench = *state;

    put_page(bench, 1, "A");
    put_page(bench, 2, "B");
    put_relay_pile(bench, 1, 1, 2);
    assert_broken(bench, "I10: pile RP: page 2 is there, and not counted");
}

static void put_item(struct bench *bench, const char *key, const char *order, int64_t mwh)
{
    const struct house_item item = { .number = 1,
                                     .kind = HOUSE_ITEM_KIND_SESSION,
                                     .order = order,
                                     .card = "C",
                                     .station = "st",
                                     .transaction = "T",
                                     .energy_mwh = mwh,
                                     .bill_hash = "h" };

    put(bench, key, &house_item_type, &item);
}

static void a_session_in_two_statements_breaks_I12(void **state)
{
    struct bench *bench = *state;

    put_item(bench, "op/item/S/000001", "O", 1000);
    assert_good(bench);
    put_item(bench, "op/item/U/000001", "O", 1000);
    assert_broken(bench, "I12: op/item/U/000001: session O stands in another statement, too");
}

/* --- I14: owners --------------------------------------------------------------------------------------------------- */

static void a_debt_that_its_payer_does_not_find_breaks_I14(void **state)
{
    struct bench *bench = *state;
    const struct row_order order = debt_of(&ended);

    billed_as_usual(bench);
    settle_checker_free(bench->checker);
    bench->checker = settle_checker_new(bench->store, &bench->keys.contract);
    take_away(bench, "op/debt/148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940/O");
    put(bench, "op/order/O", &row_order_type, &order);
    assert_broken(bench, "I14: order O is Debt, and who comes to use or to pay it does not find it");
}

static void a_list_that_names_what_is_over_breaks_I14(void **state)
{
    struct bench *bench = *state;
    struct row_order order = debt_of(&ended);
    const struct row_open_order found = { .order = "O", .station = "st" };

    order.state = ROW_ORDER_STATE_VOID;
    order.bills = 0;
    order.due_minor = 0;
    put_order(bench, &order);
    assert_good(bench);
    put(bench, "op/open/00/O", &row_open_order_type, &found);
    assert_broken(bench, "I14: open/00/O names an order that is Void");
}

static void money_that_nobody_gives_back_breaks_I14(void **state)
{
    struct bench *bench = *state;
    struct row_order order = order_of(ROW_ORDER_STATE_PAID, 80);

    post(bench, "hold", "authorized:card", 80, "hold:L", 80);
    post(bench, "capture", "hold:L", 80, "receivable:O", 80);
    balance(bench, "op/balance/EUR/authorized:card", -80, 1);
    balance(bench, "op/balance/EUR/hold:L", 0, 2);
    balance(bench, "op/balance/EUR/receivable:O", 80, 1);
    put_leg(bench, leg_of(ROW_LEG_STATE_CAPTURED, 80, 80, 0));
    order.vehicle = NULL;
    order.refund_reason = "the card is gone";
    put_order(bench, &order);
    assert_good(bench);
    order.refund_reason = NULL;
    put_order(bench, &order);
    assert_broken(bench, "I14: order O: 0 are due, 80 were paid, and nobody gives anything back");
}

static void a_slot_that_is_held_for_nobody_breaks_I14(void **state)
{
    struct bench *bench = *state;
    const struct row_insertion insertion = {
        .id = "I", .station = "st", .slot = 1, .state = ROW_INSERTION_STATE_HELD, .suspense = "S"
    };
    struct row_suspense entry = {
        .id = "S", .kind = ROW_SUSPENSE_KIND_TWICE, .state = ROW_SUSPENSE_STATE_WAITING, .station = "st", .insertion = "I"
    };

    put(bench, "op/suspense/S", &row_suspense_type, &entry);
    put(bench, "op/insertion/I", &row_insertion_type, &insertion);
    assert_good(bench);
    entry.state = ROW_SUSPENSE_STATE_RESOLVED;
    put(bench, "op/suspense/S", &row_suspense_type, &entry);
    assert_broken(bench, "I14: insertion I is held, and no entry asks anybody to look");
}

static void a_bank_that_waits_for_a_pile_nobody_knows_breaks_I14(void **state)
{
    struct bench *bench = *state;
    const struct row_insertion insertion = { .id = "I", .station = "st", .slot = 1, .state = ROW_INSERTION_STATE_RESETTING };

    put(bench, "op/insertion/I", &row_insertion_type, &insertion);
    assert_broken(bench, "I14: insertion I waits for a pile nobody knows");
}

static void a_bank_that_is_out_with_what_is_over_breaks_I14(void **state)
{
    struct bench *bench = *state;
    const struct row_bank bank = { .id = "B", .state = ROW_BANK_STATE_RENTED, .generation = 4, .rental = "R" };
    const struct row_rental rental = { .id = "R",
                                       .request = "Q",
                                       .state = ROW_RENTAL_STATE_RETURNED,
                                       .renter_class = ROW_RENTER_CLASS_PLAIN,
                                       .bank = "B",
                                       .handle = "h",
                                       .station = "st" };

    put(bench, "op/rental/R", &row_rental_type, &rental);
    put(bench, "op/bank/B", &row_bank_type, &bank);
    assert_broken(bench, "I14: bank B is Rented, and its rental R is Returned");
}

static const struct row_outgoing message = { .id = "M", .stream = "key", .seq = 1, .name = "MarkKey", .data = "{}" };

static void a_message_to_nobody_breaks_I14(void **state)
{
    struct bench *bench = *state;

    put(bench, "op/stream/st/key", &row_stream_type, &(struct row_stream){ .last = 1 });
    put(bench, "op/out/st/key/0000000000000001", &row_outgoing_type, &message);
    assert_broken(bench, "I14: message st/key/0000000000000001 waits for a pile nobody knows");
}

static void a_number_that_would_be_given_again_breaks_I5(void **state)
{
    struct bench *bench = *state;
    const struct row_pile pile = {
        .station = "st", .number = 1, .version = "1", .features = { no_ids, 0 }, .max_bytes = 8192, .serial = "1"
    };

    put(bench, "op/pile/st", &row_pile_type, &pile);
    put(bench, "op/stream/st/key", &row_stream_type, &(struct row_stream){ .last = 0 });
    put(bench, "op/out/st/key/0000000000000001", &row_outgoing_type, &message);
    assert_broken(bench, "I5: message st/key/0000000000000001 has a number that will be given again");
}

/* --- I14: at rest -------------------------------------------------------------------------------------------------- */

static void assert_not_at_rest(struct bench *bench, const char *expected)
{
    assert_good(bench);
    const char *broken = settle_checker_run_at_rest(bench->checker);
    assert_non_null(broken);
    assert_string_equal(broken, expected);
}

static void an_order_that_never_ends_is_not_at_rest_I14(void **state)
{
    struct bench *bench = *state;

    billed_as_usual(bench);
    assert_not_at_rest(bench, "I14: order O never ends: Debt");
}

static void a_hold_that_never_ends_is_not_at_rest_I14(void **state)
{
    struct bench *bench = *state;

    hold(bench);
    assert_not_at_rest(bench, "I14: leg L never ends: Held");
}

static void money_on_its_way_is_not_at_rest_I14(void **state)
{
    struct bench *bench = *state;

    post(bench, "bill", "receivable:Q", 18, "revenue:op", 18);
    balance(bench, "op/balance/EUR/receivable:Q", -18, 1);
    balance(bench, "op/balance/EUR/revenue:op", 18, 1);
    assert_not_at_rest(bench, "I14: -18 hang on op/EUR/receivable:Q");
}

static void a_timer_of_nothing_is_not_at_rest_I14(void **state)
{
    struct bench *bench = *state;

    timer(bench, "forget/st");
    assert_good(bench);
    assert_null(settle_checker_run_at_rest(bench->checker));
    timer(bench, "cap/R");
    assert_not_at_rest(bench, "I14: the timer cap/R runs, and nothing is under way");
}

int main(void)
{
#define ON_A_STORE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ON_A_STORE(a_bill_that_changes_or_goes_breaks_I7),
        ON_A_STORE(a_bill_with_another_line_than_its_hash_says_breaks_I7),
        ON_A_STORE(an_order_that_asks_for_more_than_its_bill_breaks_I7),
        ON_A_STORE(an_entry_that_was_changed_breaks_I8),
        ON_A_STORE(a_gap_between_bills_breaks_I10),
        ON_A_STORE(a_bill_nobody_counts_breaks_I10),
        ON_A_STORE(a_bill_of_no_order_breaks_I10),
        ON_A_STORE(an_adjustment_that_is_missing_breaks_I10),
        ON_A_STORE(a_session_that_two_orders_settle_breaks_I10),
        ON_A_STORE(a_rental_on_the_bills_of_two_orders_breaks_I10),
        ON_A_STORE(a_bill_that_does_not_add_up_breaks_I11),
        ON_A_STORE(energy_that_is_on_no_line_breaks_I11),
        ON_A_STORE(energy_that_nobody_measured_breaks_I11),
        ON_A_STORE(a_meter_that_fell_and_is_not_named_breaks_I11),
        ON_A_STORE(a_meter_that_nobody_read_and_is_not_named_breaks_I11),
        ON_A_STORE(taxes_that_are_not_the_lines_tax_break_I11),
        ON_A_STORE(a_page_of_a_pile_that_is_missing_breaks_I10),
        ON_A_STORE(a_page_of_a_pile_that_nobody_counts_breaks_I10),
        ON_A_STORE(a_session_in_two_statements_breaks_I12),
        ON_A_STORE(a_debt_that_its_payer_does_not_find_breaks_I14),
        ON_A_STORE(a_list_that_names_what_is_over_breaks_I14),
        ON_A_STORE(money_that_nobody_gives_back_breaks_I14),
        ON_A_STORE(a_slot_that_is_held_for_nobody_breaks_I14),
        ON_A_STORE(a_bank_that_waits_for_a_pile_nobody_knows_breaks_I14),
        ON_A_STORE(a_bank_that_is_out_with_what_is_over_breaks_I14),
        ON_A_STORE(a_message_to_nobody_breaks_I14),
        ON_A_STORE(a_number_that_would_be_given_again_breaks_I5),
        ON_A_STORE(an_order_that_never_ends_is_not_at_rest_I14),
        ON_A_STORE(a_hold_that_never_ends_is_not_at_rest_I14),
        ON_A_STORE(money_on_its_way_is_not_at_rest_I14),
        ON_A_STORE(a_timer_of_nothing_is_not_at_rest_I14),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
