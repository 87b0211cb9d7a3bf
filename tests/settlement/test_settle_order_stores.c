/* Orders on every store there is: where each write is durable at once, and where writes gather and what follows them waits. */
#include "unit.h"

#include "order_banks.h"
#include "settle_store_kinds.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, DEPOSIT = 1000 };

static void stop_and_go_on(struct settle_world *w, struct settle_store_fixture *place)
{
    if (place->kind->survives) {
        settle_world_check_in_full(w);
        settle_world_stop(w);
        settle_world_check_end(w);
        settle_store_reopen(place);
        w->store = place->store;
        settle_world_check_begin(w);
        settle_world_start(w, place->store);
    } else {
        settle_world_restart(w);
    }
}

static void a_visit_is_one_order_on_every_store(void **state)
{
    struct settle_store_fixture *place = *state;
    struct settle_world *w = settle_world_new_on(place->store, NULL);

    pile_hello(w, "PILE-1");
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    const char *order = order_of(w, "CARD-A").id;
    const char *first = bank_out(w, order, DEPOSIT);
    const char *second = bank_out(w, order, DEPOSIT);
    pass_s(w, 1800);
    car_reads(w, "PILE-1", "7", 10000);
    stop_and_go_on(w, place);
    bank_back(w, first);
    car_ends(w, "PILE-1", "7", 20000);
    stop_and_go_on(w, place);
    pass_s(w, DAY + 1);
    assert_int_equal(settle_world_order(w, order).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(w, order).paid_minor, 1220);
    assert_int_equal(w->card.held_minor, DEPOSIT);
    stop_and_go_on(w, place);
    bank_back(w, second);
    assert_int_equal(settle_world_order(w, order_of_rental(w, second)).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(w->card.held_minor, 0);
    settle_world_free(w);
}

/* Many at once, told before anything is durable, as in a round of events of a busy server. */
static void a_round_of_events_is_durable_as_a_whole(void **state)
{
    struct settle_store_fixture *place = *state;
    struct settle_world *w = settle_world_new_on(place->store, NULL);
    char id[8];
    char token[16];

    for (int phase = 0; phase < 2; phase++) {
        for (int i = 0; i < 40; i++) {
            snprintf(id, sizeof id, "%d", i);
            snprintf(token, sizeof token, "CARD-%d", i);
            struct ocpp_transaction car = car_of(w, "PILE-1", id, token);
            car.has_meter_start = car.has_meter_last = true;
            car.ended = phase == 1;
            car.meter_last_wh = phase == 1 ? 2000 : 0;
            car.ended_utc_ms = phase == 1 ? w->now.utc_ms : OCPP_UTC_UNKNOWN;
            car.started_utc_ms -= phase == 1 ? 60000 : 0;
            tell_car(w, phase == 1 ? OCPP_TRANSACTION_ENDED : OCPP_TRANSACTION_STARTED, &car, NULL, 0);
        }
        settle_world_run(w);
        pass_s(w, 60);
    }
    for (int i = 0; i < 40; i++) {
        snprintf(token, sizeof token, "CARD-%d", i);
        assert_int_equal(order_of(w, token).state, OCPP_SETTLE_ORDER_STATE_PAID);
        assert_int_equal(order_of(w, token).paid_minor, 110);
    }
    assert_int_equal(w->card.captured_minor, 40 * 110);
    settle_world_free(w);
}

static const struct {
    const char *name;
    void (*test)(void **state);
} cases[] = {
    { "a_visit_is_one_order", a_visit_is_one_order_on_every_store },
    { "a_round_of_events_is_durable_as_a_whole", a_round_of_events_is_durable_as_a_whole },
};

int main(void)
{
    struct CMUnitTest tests[64];
    char names[64][128];
    size_t count = 0;

    for (size_t kind = 0; kind < settle_store_kind_count; kind++) {
        for (size_t i = 0; i < COUNT_OF(cases) && count < COUNT_OF(tests); i++, count++) {
            snprintf(names[count], sizeof names[count], "%s on %s", cases[i].name, settle_store_kinds[kind].name);
            tests[count] = (struct CMUnitTest){ names[count], cases[i].test, settle_store_setup, settle_store_teardown,
                                                settle_store_kind_state(&settle_store_kinds[kind]) };
        }
    }
    return _cmocka_run_group_tests("orders on stores", tests, count, NULL, NULL);
}
