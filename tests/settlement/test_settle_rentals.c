/* Power banks, from the wish to the money: what a renter, a pile and the books see. */
#include "unit.h"

#include "settle_bay.h"

#include <string.h>

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

static void assert_paid(struct settle_bays *bays, const char *payer, int64_t minor)
{
    const struct ocpp_settle_order order = order_of(bays->world, payer);

    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order.due_minor, minor);
    assert_int_equal(order.paid_minor, minor);
}

/* --- the plain way
 * -------------------------------------------------------------------------------------------------------------- */

/* Steps 1 to 8: 40 minutes: 35 paid ones are two half hours, 2.00 net, 2.40 with tax; 12 of deposit back. */
static void a_plain_renter_has_an_order_of_their_own_and_pays_once(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    assert_string_equal(rental_named(b, rental).state, "Taken");
    assert_int_equal(b->world->card.held_minor, 1000);
    assert_string_equal(bank_of(b, "BANK-1").state, "Rented");
    pass_s(b->world, 2400);
    assert_received(put_back(b, "BANK-1", "PILE-1", 1), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, rental).state, "Returned");
    assert_paid(b, "CARD-A", 240);
    assert_int_equal(b->world->card.captured_minor, 240);
    assert_int_equal(b->world->card.held_minor, 0);
    assert_int_equal(orders_of(b->world, "CARD-A"), 1);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    assert_int_equal(suspense_count(b), 0);
}

/* Step 8. */
static void a_bank_that_came_back_is_not_let_before_its_mark_is_neutral(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    const char *const ids[] = { "BANK-1" };
    const struct ocpp_settle_rent_request_conf *asked;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    const struct ocpp_settle_bank_returned_req back = bay_returned(b, bank, "PILE-1", 1);
    assert_received(bay_tells_returned(b, "PILE-1", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    asked = bay_asks(b, "PILE-1", "CARD-B", ids, 1, NULL);
    assert_received(&asked->receipt, OCPP_SETTLE_RECEPTION_REFUSED);
    assert_int_equal(asked->receipt.code, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    (void)rent(b, "PILE-1", "CARD-B", "BANK-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_plain_renter_has_an_order_of_their_own_and_pays_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bank_that_came_back_is_not_let_before_its_mark_is_neutral, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
