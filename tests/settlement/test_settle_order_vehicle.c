/* A vehicle's session as an order: opened, held, fed, sealed, taken; and everything odd a station may tell of it. */
#include "unit.h"

#include "settle_world.h"

#include <ocpp/central_transactions.h>

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

static struct ocpp_meter_sample reading(int64_t utc_ms, int64_t wh)
{
    return (struct ocpp_meter_sample){
        .sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { wh, 0 } }, .timestamp_utc_ms = utc_ms
    };
}

/* An hour of 20 kWh with a reading in the middle; |car| is told as it was at the end. */
static struct ocpp_transaction an_hour(struct settle_world *w, const char *station, const char *id, const char *token)
{
    struct ocpp_transaction car = car_of(w, station, id, token);

    car.has_meter_start = car.has_meter_last = true;
    car.meter_start_wh = car.meter_last_wh = 1000;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    pass_s(w, 1800);
    const struct ocpp_meter_sample sample = reading(w->now.utc_ms, 11000);
    car.meter_last_wh = 11000;
    tell_car(w, OCPP_TRANSACTION_UPDATED, &car, &sample, 1);
    pass_s(w, 1800);
    car.ended = true;
    car.ended_utc_ms = w->now.utc_ms;
    car.meter_last_wh = 21000;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(w);
    return car;
}

static void assert_paid(struct settle_world *w, const char *payer, int64_t minor)
{
    const struct ocpp_settle_order order = order_of(w, payer);

    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order.due_minor, minor);
    assert_int_equal(order.paid_minor, minor);
}

/* --- the plain way ------------------------------------------------------------------------------------------------------------
 */

static void a_session_is_one_order_and_one_payment(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    assert_int_equal(w->card.held_minor, 5000);
    assert_true(order_of(w, "CARD-A").is_charging);
    pass_s(w, 1800);
    car_reads(w, "PILE-1", "7", 11000);
    pass_s(w, 1800);
    car_ends(w, "PILE-1", "7", 21000);
    const struct ocpp_settle_order order = order_of(w, "CARD-A");
    assert_paid(w, "CARD-A", 1100); /* 20 kWh, 10 % */
    assert_int_equal(w->card.held_minor, 0);
    assert_int_equal(w->card.captured_minor, 1100);
    assert_int_equal(settle_provider_count(&w->card, order.id, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 1);
    assert_int_equal(settle_provider_count(&w->card, order.id, OCPP_SETTLE_AUTHORIZE, OCPP_SETTLE_PAYMENT_OK), 1);
}

static void what_costs_nothing_is_paid_and_its_hold_let_go(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    pass_s(w, 60);
    car_ends(w, "PILE-1", "7", 1000);
    assert_paid(w, "CARD-A", 0);
    assert_int_equal(w->card.held_minor, 0);
    assert_int_equal(settle_provider_count(&w->card, NULL, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 0);
    assert_int_equal(settle_provider_count(&w->card, NULL, OCPP_SETTLE_VOID, OCPP_SETTLE_PAYMENT_OK), 1);
}

static void sessions_of_different_payers_are_different_orders(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    car_starts(w, "PILE-2", "7", "CARD-B", 5000);
    car_ends(w, "PILE-2", "7", 6000);
    assert_paid(w, "CARD-B", 55);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    car_ends(w, "PILE-1", "7", 2000);
    assert_paid(w, "CARD-A", 55);
}

/* --- histories (docs/transactions.md)
 * ------------------------------------------------------------------------------------------- */

static void every_event_told_twice_bills_the_session_once(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_transaction car = an_hour(w, "PILE-1", "7", "CARD-A");
    const struct ocpp_meter_sample sample = reading(car.started_utc_ms + 1800000, 11000);

    for (int i = 0; i < 3; i++) {
        tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
        tell_car(w, OCPP_TRANSACTION_UPDATED, &car, &sample, 1);
        tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
        settle_world_run(w);
    }
    assert_int_equal(orders_of(w, "CARD-A"), 1);
    assert_paid(w, "CARD-A", 1100);
    assert_int_equal(order_of(w, "CARD-A").bill_count, 1);
    assert_int_equal(w->card.captured_minor, 1100);
}

static size_t late_facts(const struct settle_world *w)
{
    size_t count = 0;

    for (size_t i = 0; i < w->event_count; i++) {
        count += strstr(w->events[i], "LateFacts") != NULL;
    }
    return count;
}

/* What is said of a session after it was sealed is not billed; nor is it passed over in silence. */
static void more_that_is_said_of_a_sealed_session_is_told_once_and_not_billed(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = an_hour(w, "PILE-1", "7", "CARD-A");

    tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(w);
    assert_int_equal(late_facts(w), 0);
    car.meter_last_wh = 31000;
    for (int i = 0; i < 2; i++) {
        tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
        settle_world_run(w);
        assert_int_equal(late_facts(w), 1);
    }
    assert_paid(w, "CARD-A", 1100);
    assert_int_equal(order_of(w, "CARD-A").bill_count, 1);
}

static void a_stop_sent_again_after_a_reboot_changes_nothing(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = an_hour(w, "PILE-1", "7", "CARD-A");

    settle_world_restart(w);
    car.meter_last_wh = 99000; /* with another register even: the first end counts */
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(w);
    assert_paid(w, "CARD-A", 1100);
}

static void a_late_reading_within_the_session_stands_where_it_belongs(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");
    const int64_t began = w->now.utc_ms;

    car.has_meter_start = car.has_meter_last = true;
    car.meter_start_wh = 0;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    pass_s(w, 3600);
    const struct ocpp_meter_sample newer = reading(began + 3000000, 9000);
    const struct ocpp_meter_sample older = reading(began + 1000000, 4000);
    car.meter_last_wh = 9000;
    tell_car(w, OCPP_TRANSACTION_UPDATED, &car, &newer, 1);
    tell_car(w, OCPP_TRANSACTION_UPDATED, &car, &older, 1);
    settle_world_run(w);
    const struct ocpp_settle_bill *running = settle_world_bill(w, order_of(w, "CARD-A").id, 0);
    assert_int_equal(bill_line(running, OCPP_SETTLE_LINE_KIND_ENERGY)->measured, 9000000);
    assert_int_equal(running->anomalies.count, 0);
}

static void a_session_whose_start_was_never_told_is_billed_from_what_is_known(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");

    pass_s(w, 3600);
    car.started_utc_ms = OCPP_UTC_UNKNOWN;
    car.has_meter_last = car.ended = true;
    car.meter_last_wh = 21000;
    car.ended_utc_ms = w->now.utc_ms;
    car.anomalies = OCPP_ANOMALY_NO_START;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(w);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN); /* the start may still come */
    pass_s(w, 3600);
    car.started_utc_ms = car.ended_utc_ms - 3600000;
    car.has_meter_start = true;
    car.meter_start_wh = 1000;
    car.anomalies = 0;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    settle_world_run(w);
    assert_paid(w, "CARD-A", 1100);
}

static void a_start_that_never_comes_does_not_keep_an_order_open_for_ever(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");

    car.started_utc_ms = OCPP_UTC_UNKNOWN;
    car.has_meter_last = car.ended = true;
    car.meter_last_wh = 21000;
    car.ended_utc_ms = w->now.utc_ms;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    pass_s(w, 259200 + 10);
    assert_paid(w, "CARD-A", 0); /* nobody knows where the meter stood: nothing is asked for */
}

/* A station whose meter had not answered yet told a start register of 0: the odometer is nobody's to pay. */
static void a_placeholder_start_register_does_not_bill_the_odometer(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");

    car.has_meter_start = car.has_meter_last = true;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    pass_s(w, 900);
    const struct ocpp_meter_sample first = reading(w->now.utc_ms, 7000000);
    car.meter_last_wh = 7000000;
    car.anomalies = OCPP_ANOMALY_METER_JUMPED;
    tell_car(w, OCPP_TRANSACTION_UPDATED, &car, &first, 1);
    pass_s(w, 900);
    car.ended = true;
    car.ended_utc_ms = w->now.utc_ms;
    car.meter_last_wh = 7010000;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(w);
    assert_paid(w, "CARD-A", 550); /* the 10 kWh that were read */
    size_t odd = 0;
    for (size_t i = 0; i < w->event_count; i++) {
        odd += strstr(w->events[i], " Odd") != NULL;
    }
    assert_int_equal(odd, 1);
}

static void a_meter_that_fell_below_its_start_bills_nothing_and_never_less(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 5000);
    pass_s(w, 600);
    car_ends(w, "PILE-1", "7", 100);
    assert_paid(w, "CARD-A", 0);
    const struct ocpp_settle_bill *bill = settle_world_bill(w, order_of(w, "CARD-A").id, 0);
    assert_int_equal(bill->anomalies.count, 1); /* I11 */
    assert_int_equal(bill->anomalies.items[0], OCPP_SETTLE_BILL_ANOMALY_ENERGY_FELL);
}

static void a_register_that_fell_in_between_bills_what_was_read_before(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    pass_s(w, 600);
    car_reads(w, "PILE-1", "7", 10000);
    pass_s(w, 600);
    car_ends(w, "PILE-1", "7", 4000);
    assert_paid(w, "CARD-A", 550);
    const struct ocpp_settle_bill *bill = settle_world_bill(w, order_of(w, "CARD-A").id, 0);
    assert_int_equal(bill->anomalies.items[0], OCPP_SETTLE_BILL_ANOMALY_ENERGY_FELL);
}

/* What the end brings is billed with it. A clock that was set forward and back while the vehicle charged dated a reading behind
 * the end, and the record's last register was that one; the register at the end is higher. */
static void the_register_at_the_end_is_billed_though_a_clock_was_wrong_before(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");
    const int64_t began = w->now.utc_ms;

    car.has_meter_start = car.has_meter_last = true;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    pass_s(w, 1800);
    const struct ocpp_meter_sample ahead = reading(w->now.utc_ms + 1800000, 15501);
    car.meter_last_wh = 15501;
    tell_car(w, OCPP_TRANSACTION_UPDATED, &car, &ahead, 1);
    pass_s(w, 1);
    const struct ocpp_meter_sample ended[] = { reading(began, 0), reading(w->now.utc_ms, 15504) };
    car.ended = true;
    car.ended_utc_ms = w->now.utc_ms;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, ended, COUNT_OF(ended));
    settle_world_run(w); /* I11 */
    const struct ocpp_settle_order order = order_of(w, "CARD-A");
    assert_int_equal(bill_line(settle_world_bill(w, order.id, 0), OCPP_SETTLE_LINE_KIND_ENERGY)->measured, 15504000);
    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_PAID);
}

static bool find_tariff_that_rises(const char *station, const struct ocpp_settle_tariff **found, const char **zone, void *user)
{
    static const struct ocpp_settle_price_component low[] = {
        { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .price_micro = 100000 }
    };
    static const struct ocpp_settle_price_component high[] = {
        { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .price_micro = 1000000 }
    };
    static const struct ocpp_settle_restrictions first_hour = { .has_max_duration_s = true, .max_duration_s = 3600 };
    static const struct ocpp_settle_tariff_element elements[] = { { .components = { low, 1 }, .restrictions = &first_hour },
                                                                  { .components = { high, 1 } } };
    static const struct ocpp_settle_tariff tariff = {
        .id = "rises", .currency = "EUR", .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN, .elements = { elements, 2 }
    };

    (void)station, (void)user;
    *found = &tariff;
    *zone = "UTC";
    return true;
}

static void use_tariff_that_rises(struct settle_world *w)
{
    w->settings.find_tariff = find_tariff_that_rises;
}

/* E06.FR.11: a station may keep its readings for the end. They say when the energy flowed, and so what it costs. */
static void readings_that_come_with_the_end_say_when_the_energy_flowed(void **state)
{
    struct settle_world *w = settle_world_new_with(use_tariff_that_rises);
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");
    const int64_t began = w->now.utc_ms;

    (void)state;
    car.has_meter_start = car.has_meter_last = true;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    pass_s(w, 7200);
    const struct ocpp_meter_sample ended[] = { reading(began, 0), reading(began + 3600000, 10000),
                                               reading(began + 7200000, 11000) };
    car.ended = true;
    car.ended_utc_ms = w->now.utc_ms;
    car.meter_last_wh = 11000;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, ended, COUNT_OF(ended));
    settle_world_run(w);
    assert_paid(w, "CARD-A", 200); /* 10 kWh of the first hour, one of the second */
    settle_world_free(w);
}

static void tell_with_the_end(struct settle_world *w, size_t count, struct ocpp_meter_sample *samples)
{
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");

    car.has_meter_start = car.has_meter_last = true;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    for (size_t i = 0; i < count; i++) {
        pass_s(w, 60);
        samples[i] = reading(w->now.utc_ms, 100 * (int64_t)(i + 1));
    }
    car.ended = true;
    car.ended_utc_ms = w->now.utc_ms;
    car.meter_last_wh = 100 * (int64_t)count;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, samples, count);
    settle_world_run(w);
}

/* As many as the interval of the station makes. */
static void more_readings_than_a_write_has_room_for_may_come_with_the_end(void **state)
{
    static struct ocpp_meter_sample samples[400];
    struct settle_world *w = *state;

    tell_with_the_end(w, COUNT_OF(samples), samples);
    const struct ocpp_settle_order order = order_of(w, "CARD-A");
    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(bill_line(settle_world_bill(w, order.id, 0), OCPP_SETTLE_LINE_KIND_ENERGY)->measured, 40000000);
}

static void the_stop_of_another_stations_transaction_touches_nobody(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction other = car_of(w, "PILE-2", "7", "");

    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    other.ended = true;
    other.ended_utc_ms = w->now.utc_ms;
    tell_car(w, OCPP_TRANSACTION_ENDED, &other, NULL, 0);
    settle_world_run(w);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    assert_int_equal(orders_of(w, "CARD-A"), 1);
}

static void a_name_given_again_by_swapped_hardware_is_another_order(void **state)
{
    struct settle_world *w = *state;

    (void)an_hour(w, "PILE-1", "7", "CARD-A");
    struct ocpp_transaction again = car_of(w, "PILE-1", "7", "CARD-B");
    again.anomalies = OCPP_ANOMALY_ID_REUSED;
    again.has_meter_start = again.has_meter_last = true;
    again.meter_last_wh = 4000;
    tell_car(w, OCPP_TRANSACTION_STARTED, &again, NULL, 0);
    pass_s(w, 600);
    again.ended = true;
    again.ended_utc_ms = w->now.utc_ms;
    tell_car(w, OCPP_TRANSACTION_ENDED, &again, NULL, 0);
    settle_world_run(w);
    assert_paid(w, "CARD-A", 1100);
    assert_paid(w, "CARD-B", 220);
}

static void dates_of_the_future_and_of_before_the_start_are_brought_in_order(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");

    car.has_meter_start = car.has_meter_last = true;
    car.started_utc_ms = w->now.utc_ms + 7200000;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    pass_s(w, 600);
    car.ended = true;
    car.ended_utc_ms = 5;
    car.meter_last_wh = 2000;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(w);
    assert_paid(w, "CARD-A", 110);
}

static void the_token_that_comes_later_opens_the_order_with_the_start_it_had(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "");

    car.has_meter_start = car.has_meter_last = true;
    car.meter_start_wh = 1000;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    assert_int_equal(orders_of(w, "CARD-A"), 0);
    pass_s(w, 60);
    car.token = "CARD-A";
    tell_car(w, OCPP_TRANSACTION_UPDATED, &car, NULL, 0);
    car.ended = true;
    car.ended_utc_ms = w->now.utc_ms;
    car.meter_last_wh = 3000;
    tell_car(w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(w);
    assert_paid(w, "CARD-A", 110);
}

/* --- who pays
 * --------------------------------------------------------------------------------------------------------------------- */

static void a_token_nobody_pays_for_is_left_alone_and_not_stopped(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "NOBODY-1", 1000);
    car_reads(w, "PILE-1", "7", 2000);
    car_ends(w, "PILE-1", "7", 3000);
    assert_int_equal(orders_of(w, "NOBODY-1"), 0);
    assert_int_equal(w->stop_count, 0);
    assert_int_equal(w->card.count, 0);
}

static void a_station_without_a_tariff_opens_nothing(void **state)
{
    struct settle_world *w = *state;

    w->has_tariff = false;
    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    w->has_tariff = true; /* too late for this one: it was promised nothing */
    car_ends(w, "PILE-1", "7", 3000);
    assert_int_equal(orders_of(w, "CARD-A"), 0);
}

static void more_orders_than_a_payer_may_have_are_stopped(void **state)
{
    static const char *const ids[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9" };
    struct settle_world *w = *state;

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        car_starts(w, "PILE-1", ids[i], "CARD-A", 0);
    }
    assert_int_equal(orders_of(w, "CARD-A"), 8);
    assert_int_equal(w->stop_count, 1);
    assert_string_equal(w->stopped[0], "PILE-1 9");
}

/* --- idle time
 * -------------------------------------------------------------------------------------------------------------------- */

static void status(struct settle_world *w, enum ocpp_connector_status word)
{
    const struct ocpp_status_event event = { .evse = 1, .connector = 1, .status = word, .timestamp_utc_ms = w->now.utc_ms };

    assert_int_equal(ocpp_settle_status(w->settle, "PILE-1", &event, w->now), OCPP_OK);
}

static int64_t idle_seconds(struct settle_world *w)
{
    const struct ocpp_settle_bill_line *line =
        bill_line(settle_world_bill(w, order_of(w, "CARD-A").id, 0), OCPP_SETTLE_LINE_KIND_IDLE);
    return line ? line->measured : 0;
}

static void what_the_vehicle_suspends_is_idle_and_what_the_station_suspends_is_not(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    pass_s(w, 600);
    status(w, OCPP_CONNECTOR_SUSPENDED_EVSE);
    pass_s(w, 600);
    status(w, OCPP_CONNECTOR_SUSPENDED_EV);
    pass_s(w, 300);
    status(w, OCPP_CONNECTOR_FAULTED);
    pass_s(w, 600);
    status(w, OCPP_CONNECTOR_CHARGING);
    pass_s(w, 600);
    car_ends(w, "PILE-1", "7", 0);
    assert_int_equal(idle_seconds(w), 300);
    assert_paid(w, "CARD-A", 60);
}

static void hear_state(struct settle_world *w, struct ocpp_transaction *car, enum ocpp_charging_state word, enum ocpp_trigger why)
{
    const struct ocpp_transaction_event event = { .phase = OCPP_TRANSACTION_UPDATED, .transaction = car, .trigger = why };

    car->charging_state = word;
    assert_int_equal(ocpp_settle_transaction(w->settle, &event, w->now), OCPP_OK);
    pass_s(w, 300);
}

static void a_vehicle_that_stays_after_it_was_stopped_is_idle(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");

    car.charging_state = OCPP_CHARGING_STATE_EV_CONNECTED;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    pass_s(w, 300); /* waits to be let charge: not its doing */
    hear_state(w, &car, OCPP_CHARGING_STATE_CHARGING, OCPP_TRIGGER_CHARGING_STATE_CHANGED);
    hear_state(w, &car, OCPP_CHARGING_STATE_SUSPENDED_EVSE, OCPP_TRIGGER_CHARGING_STATE_CHANGED);
    hear_state(w, &car, OCPP_CHARGING_STATE_EV_CONNECTED, OCPP_TRIGGER_STOP_AUTHORIZED);
    assert_int_equal(idle_seconds(w), 300);
}

/* A state that was told from a queue, without a reading to date it by, happened nobody knows when. */
static void no_idle_time_begins_by_a_state_that_nobody_can_date(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");

    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    car.offline = true;
    hear_state(w, &car, OCPP_CHARGING_STATE_SUSPENDED_EV, OCPP_TRIGGER_CHARGING_STATE_CHANGED);
    assert_int_equal(idle_seconds(w), 0);
}

/* --- bounds
 * ------------------------------------------------------------------------------------------------------------------------ */

static void keep_few(struct settle_world *w)
{
    w->settings.policy.vehicle_events = 10;
}

static void readings_beyond_the_bound_become_one_and_no_energy_is_lost(void **state)
{
    struct settle_world *w = settle_world_new_with(keep_few);

    (void)state;
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    for (int i = 1; i <= 60; i++) {
        pass_s(w, 60);
        car_reads(w, "PILE-1", "7", i * 100);
    }
    car_ends(w, "PILE-1", "7", 6000);
    assert_paid(w, "CARD-A", 330);
    settle_world_free(w);
}

static void states_beyond_the_bound_end_idle_time(void **state)
{
    struct settle_world *w = settle_world_new_with(keep_few);

    (void)state;
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    for (int i = 0; i < 40; i++) {
        status(w, i % 2 == 0 ? OCPP_CONNECTOR_SUSPENDED_EV : OCPP_CONNECTOR_CHARGING);
        pass_s(w, 60);
    }
    const int64_t idle = idle_seconds(w);
    assert_true(idle > 0 && idle <= 11 * 60);
    pass_s(w, 3600);
    car_ends(w, "PILE-1", "7", 0);
    assert_int_equal(idle_seconds(w), idle);
    settle_world_free(w);
}

static void keep_as_many_as_may_be(struct settle_world *w)
{
    w->settings.policy.vehicle_events = 9000;
}

/* The longest session there can be is still billed: what it takes fits into what a command may have. */
static void the_most_events_a_session_may_have_are_billed(void **state)
{
    struct settle_world *w = settle_world_new_with(keep_as_many_as_may_be);

    (void)state;
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    for (int i = 0; i < 18100; i++) {
        w->now.mono_ms += 1000;
        w->now.utc_ms += 1000;
        status(w, i % 2 == 0 ? OCPP_CONNECTOR_SUSPENDED_EV : OCPP_CONNECTOR_CHARGING);
    }
    settle_world_run(w);
    car_ends(w, "PILE-1", "7", 20000);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_in_range(idle_seconds(w), 8900, 9001);
    settle_world_free(w);
}

/* --- silence
 * -------------------------------------------------------------------------------------------------------------------------- */

/* A27. A pile that never comes back: sealed at what is known; a late word is a correction, not another order. */
static void a_session_nobody_hears_of_is_sealed_and_corrected_when_it_comes_back(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    pass_s(w, 3600);
    car_reads(w, "PILE-1", "7", 10000);
    pass_s(w, 259200 - 60);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    pass_s(w, 120);
    assert_paid(w, "CARD-A", 550);
    const struct ocpp_settle_bill *sealed = settle_world_bill(w, order_of(w, "CARD-A").id, 1);
    pass_s(w, 86400);
    car_ends(w, "PILE-1", "7", 30000);
    const struct ocpp_settle_order order = order_of(w, "CARD-A");
    assert_int_equal(orders_of(w, "CARD-A"), 1);
    assert_int_equal(order.bill_count, 2);
    assert_int_equal(order.due_minor, 1650);
    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_DEBT);
    const struct ocpp_settle_bill *corrected = settle_world_bill(w, order.id, 2);
    const struct ocpp_settle_bill_line *line = bill_line(corrected, OCPP_SETTLE_LINE_KIND_ADJUSTMENT);
    assert_int_equal(line->net_minor, 1000);
    assert_int_equal(line->tax_minor, 100);
    for (size_t i = 0; i < sealed->lines.count; i++) { /* I7 */
        assert_true(ocpp_message_equal(&ocpp_settle_bill_line_type, &sealed->lines.items[i], &corrected->lines.items[i]));
    }
}

/* A27. */
static void a_session_that_was_heard_of_again_and_fell_silent_again_is_corrected_too(void **state)
{
    struct settle_world *w = *state;

    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    pass_s(w, 3600);
    car_reads(w, "PILE-1", "7", 10000);
    pass_s(w, 259200 + 60);
    car_reads(w, "PILE-1", "7", 14000);
    assert_int_equal(order_of(w, "CARD-A").bill_count, 1);
    pass_s(w, 259200 + 60);
    assert_int_equal(order_of(w, "CARD-A").bill_count, 2);
    assert_int_equal(order_of(w, "CARD-A").due_minor, 770);
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(a_session_is_one_order_and_one_payment),
        IN_A_WORLD(what_costs_nothing_is_paid_and_its_hold_let_go),
        IN_A_WORLD(sessions_of_different_payers_are_different_orders),
        IN_A_WORLD(more_that_is_said_of_a_sealed_session_is_told_once_and_not_billed),
        IN_A_WORLD(every_event_told_twice_bills_the_session_once),
        IN_A_WORLD(a_stop_sent_again_after_a_reboot_changes_nothing),
        IN_A_WORLD(a_late_reading_within_the_session_stands_where_it_belongs),
        IN_A_WORLD(a_session_whose_start_was_never_told_is_billed_from_what_is_known),
        IN_A_WORLD(a_start_that_never_comes_does_not_keep_an_order_open_for_ever),
        IN_A_WORLD(a_placeholder_start_register_does_not_bill_the_odometer),
        IN_A_WORLD(a_meter_that_fell_below_its_start_bills_nothing_and_never_less),
        IN_A_WORLD(a_register_that_fell_in_between_bills_what_was_read_before),
        IN_A_WORLD(the_register_at_the_end_is_billed_though_a_clock_was_wrong_before),
        cmocka_unit_test(readings_that_come_with_the_end_say_when_the_energy_flowed),
        IN_A_WORLD(more_readings_than_a_write_has_room_for_may_come_with_the_end),
        IN_A_WORLD(the_stop_of_another_stations_transaction_touches_nobody),
        IN_A_WORLD(a_name_given_again_by_swapped_hardware_is_another_order),
        IN_A_WORLD(dates_of_the_future_and_of_before_the_start_are_brought_in_order),
        IN_A_WORLD(the_token_that_comes_later_opens_the_order_with_the_start_it_had),
        IN_A_WORLD(a_token_nobody_pays_for_is_left_alone_and_not_stopped),
        IN_A_WORLD(a_station_without_a_tariff_opens_nothing),
        IN_A_WORLD(more_orders_than_a_payer_may_have_are_stopped),
        IN_A_WORLD(what_the_vehicle_suspends_is_idle_and_what_the_station_suspends_is_not),
        IN_A_WORLD(a_vehicle_that_stays_after_it_was_stopped_is_idle),
        IN_A_WORLD(no_idle_time_begins_by_a_state_that_nobody_can_date),
        cmocka_unit_test(readings_beyond_the_bound_become_one_and_no_energy_is_lost),
        cmocka_unit_test(the_most_events_a_session_may_have_are_billed),
        cmocka_unit_test(states_beyond_the_bound_end_idle_time),
        IN_A_WORLD(a_session_nobody_hears_of_is_sealed_and_corrected_when_it_comes_back),
        IN_A_WORLD(a_session_that_was_heard_of_again_and_fell_silent_again_is_corrected_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
