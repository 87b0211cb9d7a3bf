/* A vehicle's session as an order: opened, held, fed, sealed, taken. */
#include "unit.h"

#include "settle_world.h"

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

static void a_session_is_one_order_and_one_payment(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    assert_int_equal(w->card.held_minor, 5000);
    pass_s(w, 1800);
    car_reads(w, "PILE-1", "7", 11000);
    pass_s(w, 1800);
    car_ends(w, "PILE-1", "7", 21000);
    const struct ocpp_settle_order order = order_of(w, "CARD-A");
    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order.due_minor, 1100); /* 20 kWh, 10 % */
    assert_int_equal(order.paid_minor, 1100);
    assert_int_equal(w->card.held_minor, 0);
    assert_int_equal(w->card.captured_minor, 1100);
    assert_int_equal(settle_provider_count(&w->card, order.id, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 1);
    assert_int_equal(settle_provider_count(&w->card, order.id, OCPP_SETTLE_AUTHORIZE, OCPP_SETTLE_PAYMENT_OK), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_is_one_order_and_one_payment, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
