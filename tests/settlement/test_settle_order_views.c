/* Orders as people, programs, drivers and displays see them. */
#include "unit.h"

#include "order_banks.h"

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

/* --- one order
 * ------------------------------------------------------------------------------------------------------------------ */

static void no_order(const struct ocpp_settle_order *order, void *user)
{
    (void)order;
    (void)user;
    fail_msg("an order was shown");
}

static void no_bill(const struct ocpp_settle_bill *bill, void *user)
{
    (void)bill;
    (void)user;
    fail_msg("a bill was shown");
}

static void an_order_shows_what_it_is_and_what_it_was_promised(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const struct ocpp_settle_order order = order_of(w, "CARD-A");
    assert_string_equal(order.payer, "ISO14443:CARD-A");
    assert_string_equal(order.provider, "card");
    assert_string_equal(order.station, "PILE-1");
    assert_string_equal(order.currency, "EUR");
    assert_int_equal(order.exponent, 2);
    assert_string_equal(order.transaction, "7");
    assert_true(order.is_charging);
    assert_int_equal(strlen(order.snapshot_hash), 64);
    assert_true(order.sealed_utc_ms == OCPP_UTC_UNKNOWN);
    assert_true(order.grace_until_utc_ms == OCPP_UTC_UNKNOWN);
    assert_null(order.residual_of);
    assert_int_equal(order.bill_count, 0);
}

static void what_nobody_knows_is_not_found(void **state)
{
    static const char *const unknown[] = { "",
                                           "X",
                                           "01234567890123456789012345",
                                           "../order/1",
                                           "%00",
                                           "a name of two hundred characters and more than any key has room for, so that it is "
                                           "clear from the beginning that nothing can be there, and nobody has to look for it, "
                                           "whatever the store would say" };
    struct settle_world *w = *state;

    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        assert_int_equal(ocpp_settle_find_order(w->settle, unknown[i], no_order, NULL), OCPP_ERR_NOT_FOUND);
        assert_int_equal(ocpp_settle_find_bill(w->settle, unknown[i], 0, no_bill, NULL, w->now), OCPP_ERR_NOT_FOUND);
        assert_int_equal(ocpp_settle_legs(w->settle, unknown[i], NULL, NULL), OCPP_ERR_NOT_FOUND);
    }
    assert_int_equal(ocpp_settle_find_order(w->settle, NULL, no_order, NULL), OCPP_ERR_ARGUMENT);
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    assert_int_equal(ocpp_settle_find_bill(w->settle, order_of(w, "CARD-A").id, 1, no_bill, NULL, w->now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_find_bill(w->settle, order_of(w, "CARD-A").id, -1, no_bill, NULL, w->now), OCPP_ERR_NOT_FOUND);
}

static void an_open_order_shows_what_it_would_cost_now(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    pass_s(w, 600);
    car_reads(w, "PILE-1", "7", 4000);
    const struct ocpp_settle_bill *bill = settle_world_bill(w, order_of(w, "CARD-A").id, 0);
    assert_int_equal(bill->mode, OCPP_SETTLE_COMPUTE_MODE_RUNNING);
    assert_int_equal(bill->gross_minor, 220);
}

/* --- many
 * ------------------------------------------------------------------------------------------------------------------------- */

struct seen {
    size_t count;
    char ids[64][OCPP_SETTLE_ID_SIZE];
};

static void see(const struct ocpp_settle_order *order, void *user)
{
    struct seen *seen = user;

    assert_true(seen->count < COUNT_OF(seen->ids));
    for (size_t i = 0; i < seen->count; i++) {
        assert_string_not_equal(seen->ids[i], order->id);
    }
    snprintf(seen->ids[seen->count++], OCPP_SETTLE_ID_SIZE, "%s", order->id);
}

static size_t seen_by(struct settle_world *w, struct ocpp_settle_order_query query)
{
    struct seen seen = { 0 };

    do {
        const size_t before = seen.count;
        assert_int_equal(ocpp_settle_orders(w->settle, &query, see, &seen), OCPP_OK);
        assert_true(query.limit == 0 || seen.count - before <= query.limit);
    } while (query.cursor[0]);
    return seen.count;
}

static void pages_show_every_order_once(void **state)
{
    struct settle_world *w = *state;
    char token[16];
    char id[16];

    assert_int_equal(seen_by(w, (struct ocpp_settle_order_query){ .limit = 5 }), 0);
    for (int i = 0; i < 23; i++) {
        snprintf(token, sizeof token, "CARD-%d", i);
        snprintf(id, sizeof id, "%d", i);
        car_starts(w, i % 2 ? "PILE-1" : "PILE-2", id, token, 0);
    }
    car_ends(w, "PILE-1", "21", 100);
    for (size_t limit = 1; limit < 26; limit += 6) {
        assert_int_equal(seen_by(w, (struct ocpp_settle_order_query){ .limit = limit }), 23);
    }
    assert_int_equal(seen_by(w, (struct ocpp_settle_order_query){ .limit = 0 }), 23);
    assert_int_equal(seen_by(w, (struct ocpp_settle_order_query){ .limit = 2, .station = "PILE-1" }), 11);
    assert_int_equal(seen_by(w, (struct ocpp_settle_order_query){ .limit = 2, .payer = "ISO14443:CARD-3" }), 1);
    assert_int_equal(seen_by(w, (struct ocpp_settle_order_query){ .limit = 2, .state = OCPP_SETTLE_ORDER_STATE_PAID }), 1);
    assert_int_equal(seen_by(w, (struct ocpp_settle_order_query){ .limit = 2, .state = OCPP_SETTLE_ORDER_STATE_OPEN }), 22);
}

static void a_cursor_that_is_none_is_refused(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_settle_order_query query = { .cursor = "../../other" };

    assert_int_equal(ocpp_settle_orders(w->settle, &query, no_order, NULL), OCPP_ERR_ARGUMENT);
}

static void nothing_of_another_operator_is_shown(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_settle *other;
    struct ocpp_settle_order_query query = { .limit = 0 };

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    w->settings.operator_id = "op"; /* the beginning of the first one's name */
    assert_int_equal(ocpp_settle_new(&w->settings, w->now, &other), OCPP_OK);
    assert_int_equal(ocpp_settle_orders(other, &query, no_order, NULL), OCPP_OK);
    assert_int_equal(ocpp_settle_find_order(other, order_of(w, "CARD-A").id, no_order, NULL), OCPP_ERR_NOT_FOUND);
    ocpp_settle_free(other);
}

/* --- legs
 * --------------------------------------------------------------------------------------------------------------------------- */

static void see_leg(const struct ocpp_settle_leg *leg, void *user)
{
    const char **state = user;

    *state = leg->state;
    assert_string_equal(leg->provider, "card");
    assert_true(leg->held_minor == 5000);
    assert_true(leg->expires_utc_ms != OCPP_UTC_UNKNOWN);
}

static void legs_show_what_is_held_and_taken(void **state)
{
    struct settle_world *w = *state;
    const char *word = "";

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const char *order = order_of(w, "CARD-A").id;
    assert_int_equal(ocpp_settle_legs(w->settle, order, see_leg, &word), OCPP_OK);
    assert_string_equal(word, "Held");
    car_ends(w, "PILE-1", "7", 1000);
    assert_int_equal(ocpp_settle_legs(w->settle, order, see_leg, &word), OCPP_OK);
    assert_string_equal(word, "Captured");
}

/* --- drivers
 * -------------------------------------------------------------------------------------------------------------------------- */

static struct ocpp_driver_answer asked(struct settle_world *w, const char *id, char text[OCPP_SETTLE_DRIVER_TEXT_SIZE])
{
    const struct ocpp_transaction car = car_of(w, "PILE-1", id, "CARD-A");
    const struct ocpp_transaction_event event = { .phase = OCPP_TRANSACTION_UPDATED, .transaction = &car };
    struct ocpp_driver_answer answer = { .has_priority = true };

    assert_int_equal(ocpp_settle_driver_answer(w->settle, &event, &answer, text, w->now), OCPP_OK);
    assert_true(answer.has_total_cost);
    assert_false(answer.has_priority);
    return answer;
}

static void a_driver_reads_the_cost_of_the_vehicle_and_of_banks_in_words(void **state)
{
    struct settle_world *w = *state;
    char text[OCPP_SETTLE_DRIVER_TEXT_SIZE];

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    assert_int_equal(asked(w, "7", text).total_cost.coefficient, 0);
    assert_null(asked(w, "7", text).text.text);
    const char *bank = bank_out(w, order_of(w, "CARD-A").id, 1000);
    pass_s(w, 1800);
    car_reads(w, "PILE-1", "7", 4000);
    assert_int_equal(asked(w, "7", text).total_cost.coefficient, 220); /* the bank is not in it */
    assert_int_equal(asked(w, "7", text).total_cost.scale, 2);
    assert_non_null(strstr(asked(w, "7", text).text.text, "1 power bank "));
    bank_back(w, bank);
    assert_non_null(strstr(asked(w, "7", text).text.text, "paid with this order"));
    car_ends(w, "PILE-1", "7", 20000);
    assert_int_equal(asked(w, "7", text).total_cost.coefficient, 1100);
}

static void a_transaction_that_is_not_ours_has_no_cost(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_transaction car = car_of(w, "PILE-1", "9", "CARD-A");
    const struct ocpp_transaction_event event = { .phase = OCPP_TRANSACTION_UPDATED, .transaction = &car };
    struct ocpp_driver_answer answer = { .has_priority = true };
    char text[OCPP_SETTLE_DRIVER_TEXT_SIZE];

    assert_int_equal(ocpp_settle_driver_answer(w->settle, &event, &answer, text, w->now), OCPP_ERR_NOT_FOUND);
    assert_true(answer.has_priority); /* untouched */
    car_starts(w, "PILE-1", "9", "NOBODY-1", 0);
    assert_int_equal(ocpp_settle_driver_answer(w->settle, &event, &answer, text, w->now), OCPP_ERR_NOT_FOUND);
}

/* --- displays
 * --------------------------------------------------------------------------------------------------------------------------- */

static void a_pile_that_speaks_the_extension_is_told_how_the_order_ended(void **state)
{
    struct settle_world *w = *state;

    pile_hello(w, "PILE-1");
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    car_ends(w, "PILE-1", "7", 20000);
    const struct ocpp_settle_order_notice_req *notice = pile_heard(w, "PILE-1", OCPP_SETTLE_ACTION_ORDER_NOTICE);
    assert_non_null(notice);
    assert_string_equal(notice->order, order_of(w, "CARD-A").id);
    assert_int_equal(notice->state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_string_equal(notice->amount, "11.00");
    assert_string_equal(notice->currency, "EUR");
    assert_int_equal(pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_ORDER_NOTICE), 2); /* due, paid */
}

static void a_plain_station_is_told_nothing(void **state)
{
    struct settle_world *w = *state;

    ocpp_settle_connected(w->settle, "PILE-1", true, w->now);
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    car_ends(w, "PILE-1", "7", 20000);
    pass_s(w, 86400);
    assert_int_equal(w->told_count, 0);
}

static void who_does_not_know_the_date_bills_nothing(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_transaction car = car_of(w, "PILE-1", "9", "CARD-A");
    const struct ocpp_transaction_event event = { .phase = OCPP_TRANSACTION_STARTED, .transaction = &car };
    const struct ocpp_now unknown = { w->now.mono_ms, OCPP_UTC_UNKNOWN };

    assert_int_equal(ocpp_settle_transaction(w->settle, &event, unknown), OCPP_ERR_STATE);
    assert_int_equal(orders_of(w, "CARD-A"), 0);
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(an_order_shows_what_it_is_and_what_it_was_promised),
        IN_A_WORLD(what_nobody_knows_is_not_found),
        IN_A_WORLD(an_open_order_shows_what_it_would_cost_now),
        IN_A_WORLD(pages_show_every_order_once),
        IN_A_WORLD(a_cursor_that_is_none_is_refused),
        IN_A_WORLD(nothing_of_another_operator_is_shown),
        IN_A_WORLD(legs_show_what_is_held_and_taken),
        IN_A_WORLD(a_driver_reads_the_cost_of_the_vehicle_and_of_banks_in_words),
        IN_A_WORLD(a_transaction_that_is_not_ours_has_no_cost),
        IN_A_WORLD(a_pile_that_speaks_the_extension_is_told_how_the_order_ended),
        IN_A_WORLD(a_plain_station_is_told_nothing),
        IN_A_WORLD(who_does_not_know_the_date_bills_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
