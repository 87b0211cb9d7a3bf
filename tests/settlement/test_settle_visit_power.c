/* A guided visit is the same whatever happens on the way: the power goes at any write, the store says no, another process is
 * faster, there is no memory. Who told something and got no answer tells it again. And its machine, as a table; and what becomes
 * of it together with power banks, and at piles that end their transactions with the cable. */
#include "unit.h"

#include "order_banks.h"
#include "visit_machine.h"

#include <stdio.h>
#include <string.h>

/* --- the machine -------------------------------------------------------------------------------------------------------------
 */

/* I14. */
static void every_state_of_a_visit_ends_and_what_is_over_stays_over(void **state)
{
    (void)state;
    for (int s = ROW_VISIT_STATE_ASKED; s <= ROW_VISIT_STATE_REFUSED; s++) {
        int ways = 0;

        for (int e = 0; e < VISIT_EVENTS; e++) {
            enum row_visit_state next;
            int acts;

            if (visit_step((enum row_visit_state)s, (enum visit_event)e, &next, &acts)) {
                ways += (int)next != s;
                assert_false(visit_is_over((enum row_visit_state)s) && !visit_is_over(next));
                assert_true(!visit_is_live((enum row_visit_state)s) || visit_is_live(next) || next == ROW_VISIT_STATE_MATCHED ||
                            (acts & VISIT_ACT_FREE)); /* a number that is over is free */
                assert_string_not_equal(visit_event_name((enum visit_event)e), "");
            }
        }
        assert_true(ways > 0 || visit_is_over((enum row_visit_state)s));
    }
}

/* --- a visit, step by step -----------------------------------------------------------------------------------------------------
 */

struct guided {
    struct settle_world *w;
    char visit[OCPP_SETTLE_ID_SIZE];
    char number[OCPP_SETTLE_NUMBER_SIZE];
    int64_t started;
};

static struct ocpp_transaction transaction_of(const struct guided *guided)
{
    struct ocpp_transaction car = car_of(guided->w, "PILE-1", "7", guided->number);

    car.started_utc_ms = guided->started;
    car.has_meter_start = car.has_meter_last = true;
    car.meter_start_wh = 1000;
    return car;
}

static void has(struct guided *guided)
{
    (void)ocpp_settle_reserve_answered(guided->w->settle, guided->visit, OCPP_SETTLE_RESERVED, guided->w->now);
    settle_world_run(guided->w);
}

static void confirms(struct guided *guided)
{
    (void)!ocpp_settle_confirm(guided->w->settle, guided->visit, guided->number, settle_world_done(guided->w), guided->w->now);
    settle_world_run(guided->w);
}

static void starts(struct guided *guided)
{
    struct ocpp_transaction car = transaction_of(guided);

    car.meter_last_wh = 1000;
    tell_car(guided->w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    settle_world_run(guided->w);
}

static void ends(struct guided *guided)
{
    struct ocpp_transaction car = transaction_of(guided);

    car.meter_last_wh = 21000;
    car.ended = true;
    car.ended_utc_ms = guided->started + 1;
    tell_car(guided->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(guided->w);
}

static void pays(struct guided *guided)
{
    (void)!ocpp_settle_visit_pay(guided->w->settle, guided->visit, 0, settle_world_done(guided->w), guided->w->now);
    settle_world_run(guided->w);
}

static void waits(struct guided *guided)
{
    pass_s(guided->w, 120);
}

static void (*const steps[])(struct guided *guided) = { has, confirms, starts, ends, pays, waits };

static struct guided guided_new(void)
{
    struct guided guided = { .w = settle_world_new_with(settle_world_guided) };

    pile_hello(guided.w, "PILE-1");
    settle_world_place(guided.w, "PILE-1", 1, 100);
    snprintf(guided.visit, sizeof guided.visit, "%s", visit_begins(guided.w, "PILE-1", 1, "CARD-A"));
    snprintf(guided.number, sizeof guided.number, "%s", visit_number(guided.w, guided.visit));
    guided.started = guided.w->now.utc_ms;
    return guided;
}

/* True: what was to fail did. */
static bool go_through(struct guided *guided)
{
    struct settle_world *w = guided->w;
    bool happened = false;

    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        const size_t calls = w->memory.fail_at;

        steps[i](guided);
        if (w->is_cut) {
            settle_world_restart(w);
            happened = true;
            steps[i](guided);
        } else if ((w->cut != SETTLE_CUT_NEVER && w->writes >= w->cut_at) || (calls && w->memory.calls >= calls)) {
            happened = true;
            w->cut = SETTLE_CUT_NEVER;
            w->memory.fail_at = 0;
            pass_s(w, 1); /* what failed in a timer is tried again */
            steps[i](guided);
        }
    }
    return happened;
}

static void assert_paid_once(struct guided *guided)
{
    struct settle_world *w = guided->w;

    pass_s(w, 3600);
    assert_string_equal(settle_world_visit(w, guided->visit).state, "Done");
    assert_int_equal(order_of(w, "CARD-A").paid_minor, 1100);
    assert_int_equal(w->card.captured_minor - w->card.refunded_minor, 1100);
    assert_int_equal(w->card.held_minor, 0);
    assert_int_equal(orders_of(w, "CARD-A"), 1);
    assert_true(pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_GATE_OPEN) >= 1);
    settle_world_free(w);
}

static void fail_each_write(enum settle_cut cut)
{
    bool happened = true;

    for (int64_t nth = 1; happened; nth += every()) {
        struct guided guided = guided_new();

        guided.w->cut = cut;
        guided.w->cut_at = guided.w->writes + nth;
        happened = go_through(&guided);
        guided.w->cut = SETTLE_CUT_NEVER;
        assert_paid_once(&guided);
        assert_true(nth < 200);
    }
}

static void a_power_cut_before_any_write_leaves_a_visit_that_is_paid_once(void **state)
{
    (void)state;
    fail_each_write(SETTLE_CUT_BEFORE);
}

static void a_power_cut_after_any_write_leaves_a_visit_that_is_paid_once(void **state)
{
    (void)state;
    fail_each_write(SETTLE_CUT_AFTER);
}

static void a_store_that_refuses_any_write_leaves_a_visit_that_is_paid_once(void **state)
{
    (void)state;
    fail_each_write(SETTLE_CUT_REFUSED);
}

static void another_process_that_is_faster_at_any_write_changes_nothing(void **state)
{
    (void)state;
    fail_each_write(SETTLE_CUT_BUSY);
}

static void any_allocation_may_fail_once(void **state)
{
    bool happened = true;

    (void)state;
    for (size_t nth = 1; happened; nth += every()) {
        struct guided guided = guided_new();

        guided.w->memory.fail_at = guided.w->memory.calls + nth;
        happened = go_through(&guided);
        guided.w->memory.fail_at = 0;
        assert_paid_once(&guided);
        assert_true(nth < 2000);
    }
}

/* --- together with power banks
 * ---------------------------------------------------------------------------------------------------- */

static void a_cable_is_free_once_the_vehicle_and_the_deposits_are_authorised_and_one_capture_comes_with_the_last_bank(
    void **state)
{
    struct guided guided = guided_new();
    struct settle_world *w = guided.w;

    (void)state;
    has(&guided);
    confirms(&guided);
    starts(&guided);
    const char *order = settle_world_visit(w, guided.visit).order;
    const char *bank = bank_out(w, order, 1000);
    pass_s(w, 1800);
    ends(&guided);
    const struct ocpp_settle_visit visit = settle_world_visit(w, guided.visit);
    assert_string_equal(visit.state, "Paying");
    assert_int_equal(visit.deposits_minor, 1000);
    assert_int_equal(visit.missing_minor, 1100); /* the deposit is held already */
    assert_int_equal(pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_GATE_OPEN), 0);
    pays(&guided);
    assert_string_equal(settle_world_visit(w, guided.visit).state, "Done");
    assert_int_equal(pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_GATE_OPEN), 1);
    assert_int_equal(w->card.captured_minor, 0);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    pass_s(w, 3600);
    bank_back(w, bank);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order_of(w, "CARD-A").paid_minor, w->card.captured_minor - w->card.refunded_minor);
    assert_true(w->card.captured_minor > 1100);
    assert_int_equal(w->card.held_minor, 0);
    settle_world_free(w);
}

/* Who pays while it charges ends it. Where a deposit is held, that is being taken when the session ends: the rest is asked for
 * afterwards, and the end of the session is never refused for it. */
static void a_session_that_a_payment_ends_is_billed_also_while_a_deposit_is_taken(void **state)
{
    struct guided guided = guided_new();
    struct settle_world *w = guided.w;

    (void)state;
    has(&guided);
    confirms(&guided);
    starts(&guided);
    bank_back(w, bank_out(w, settle_world_visit(w, guided.visit).order, 1000));
    pass_s(w, 1800);
    pays(&guided);
    assert_int_equal(w->stop_count, 1);
    ends(&guided);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_DUE);
    assert_string_equal(settle_world_visit(w, guided.visit).state, "Paying");
    assert_int_equal(w->card.captured_minor, 1000);
    pays(&guided);
    assert_string_equal(settle_world_visit(w, guided.visit).state, "Done");
    assert_int_equal(w->card.captured_minor, order_of(w, "CARD-A").due_minor);
    settle_world_free(w);
}

/* --- a transaction that ends with the cable
 * ------------------------------------------------------------------------------------------ */

/* 2.x TxStopPoint EVConnected: the transaction waits for the cable, and the cable for the payment. */
static void a_charging_that_is_over_is_billed_although_its_transaction_waits_for_the_cable(void **state)
{
    struct guided guided = guided_new();
    struct settle_world *w = guided.w;

    (void)state;
    has(&guided);
    confirms(&guided);
    starts(&guided);
    struct ocpp_transaction car = transaction_of(&guided);
    const struct ocpp_meter_sample sample = { .sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                                          .value = { 21000, 0 } },
                                              .timestamp_utc_ms = guided.started + 1000 };
    pass_s(w, 60);
    car.meter_last_wh = 21000;
    car.charging_state = OCPP_CHARGING_STATE_EV_CONNECTED;
    tell_car(w, OCPP_TRANSACTION_UPDATED, &car, &sample, 1);
    pile_gate(w, guided.visit, OCPP_SETTLE_GATE_STATE_AWAIT_PAYMENT, OCPP_SETTLE_GATE_WHY_UNSET);
    assert_string_equal(settle_world_visit(w, guided.visit).state, "Matched");
    pass_s(w, 60);
    assert_string_equal(settle_world_visit(w, guided.visit).state, "Paying");
    pays(&guided);
    assert_string_equal(settle_world_visit(w, guided.visit).state, "Done");
    ends(&guided); /* the cable is out: nothing more is asked for */
    assert_paid_once(&guided);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_of_a_visit_ends_and_what_is_over_stays_over),
        cmocka_unit_test(a_power_cut_before_any_write_leaves_a_visit_that_is_paid_once),
        cmocka_unit_test(a_power_cut_after_any_write_leaves_a_visit_that_is_paid_once),
        cmocka_unit_test(a_store_that_refuses_any_write_leaves_a_visit_that_is_paid_once),
        cmocka_unit_test(another_process_that_is_faster_at_any_write_changes_nothing),
        cmocka_unit_test(any_allocation_may_fail_once),
        cmocka_unit_test(
            a_cable_is_free_once_the_vehicle_and_the_deposits_are_authorised_and_one_capture_comes_with_the_last_bank),
        cmocka_unit_test(a_session_that_a_payment_ends_is_billed_also_while_a_deposit_is_taken),
        cmocka_unit_test(a_charging_that_is_over_is_billed_although_its_transaction_waits_for_the_cable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
