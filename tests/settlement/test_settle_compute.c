/* What a session costs: which price holds when, how quantities are cut and rounded, and what is made of usage that cannot be. */
#include "unit.h"

#include "price_world.h"

#include <string.h>

#define TARIFF(rest)                   "{'id':'T','currency':'EUR','dialect':'Ocpi'," rest "}"
#define ELEMENTS(list)                 TARIFF("'elements':[" list "]")
#define PRICED(dimension, unit, price) "{'dimension':'" dimension "','unit':'" unit "','priceMicro':" #price "}"
#define STEPPED(dimension, unit, price, step)                                                                                    \
    "{'dimension':'" dimension "','unit':'" unit "','priceMicro':" #price ",'step':" #step "}"
#define WHEN(component, restrictions) "{'components':[" component "],'restrictions':{" restrictions "}}"
#define ALWAYS(component)             "{'components':[" component "]}"

#define ENERGY     OCPP_SETTLE_LINE_KIND_ENERGY
#define TIME       OCPP_SETTLE_LINE_KIND_TIME
#define IDLE       OCPP_SETTLE_LINE_KIND_IDLE
#define START      OCPP_SETTLE_USAGE_KIND_START
#define CHARGING   OCPP_SETTLE_USAGE_KIND_CHARGING
#define BY_VEHICLE OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV
#define BY_STATION OCPP_SETTLE_USAGE_KIND_SUSPENDED_EVSE
#define METER      OCPP_SETTLE_USAGE_KIND_METER
#define STOP       OCPP_SETTLE_USAGE_KIND_STOP

static void measures(const struct price_world *world, enum ocpp_settle_line_kind kind, size_t nth, int64_t measured)
{
    assert_int_equal(line(world, kind, nth)->measured, measured);
}

/* --- which price -------------------------------------------------------------------------------------------------- */

static void each_dimension_takes_the_first_element_that_applies(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(
        &world, ELEMENTS(WHEN(PRICED("Time", "Hour", 3600000), "'maxDurationS':60") "," ALWAYS(
                    PRICED("Energy", "Kwh", 500000)) "," ALWAYS(PRICED("Energy", "Kwh", 900000) "," PRICED("Time", "Hour", 0))));
    charges(&world, 100, 2000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(lines(&world, ENERGY), 1);
    assert_int_equal(line(&world, ENERGY, 0)->element, 1);
    measures(&world, TIME, 0, 60);
    measures(&world, TIME, 1, 40); /* a line without a price is a line */
    assert_int_equal(line(&world, TIME, 1)->element, 2);
    assert_int_equal(world.bill->net_minor, 100 + 6);
    price_world_close(&world);
}

/* I11. */
static void energy_that_nobody_asks_a_price_for_is_a_line_all_the_same(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(ALWAYS(PRICED("Flat", "Once", 1000000))));
    charges(&world, 100, 2000, 50);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, ENERGY, 0, 2000000);
    assert_false(line(&world, ENERGY, 0)->has_element);
    assert_int_equal(lines(&world, TIME) + lines(&world, IDLE), 0);
    assert_int_equal(world.bill->gross_minor, 100);
    price_world_close(&world);
}

static void a_day_begins_with_its_first_second_and_ends_before_the_next(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(WHEN(PRICED("Time", "Hour", 1), "'startMinute':1020,'endMinute':1080")));
    begins_at(&world, "2026-11-23T16:59:58+01:00");
    charges(&world, 4000, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, TIME, 0, 3600);
    assert_int_equal(line(&world, TIME, 0)->from, world.begun_ms + 2000);
    assert_int_equal(line(&world, TIME, 0)->to, world.begun_ms + 3602000);
    price_world_close(&world);
}

static void a_night_goes_over_midnight_and_each_of_its_days_counts_by_itself(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(WHEN(PRICED("Time", "Hour", 1), "'startMinute':1320,'endMinute':120,'days':1")));
    begins_at(&world, "2026-11-22T23:00:00+01:00"); /* a Sunday; Monday's part of the night is two hours */
    charges(&world, 4 * 3600, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, TIME, 0, 7200);
    price_world_close(&world);
}

/* OCPP 2.1 I12.FR.37. */
static void an_hour_that_comes_twice_costs_twice_and_one_that_is_left_out_nothing(void **state)
{
    struct price_world world;
    const char *tariff = ELEMENTS(WHEN(PRICED("Time", "Hour", 1), "'startMinute':120,'endMinute':180"));

    (void)state;
    price_world_open(&world, tariff);
    begins_at(&world, "2026-10-25T01:00:00+02:00");
    charges(&world, 4 * 3600, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, TIME, 0, 7200);
    price_world_close(&world);
    price_world_open(&world, tariff);
    begins_at(&world, "2026-03-29T01:00:00+01:00");
    charges(&world, 4 * 3600, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(lines(&world, TIME), 0);
    price_world_close(&world);
}

static void dates_are_local_and_end_before_their_last_day(void **state)
{
    struct price_world world;

    (void)state; /* 2026-11-24 is day 20781 */
    price_world_open(&world, ELEMENTS(WHEN(PRICED("Time", "Hour", 1), "'startDay':20781,'endDay':20782")));
    begins_at(&world, "2026-11-23T23:59:00+01:00");
    charges(&world, 2 * 86400, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, TIME, 0, 86400);
    price_world_close(&world);
}

static void a_current_counts_until_the_next_and_is_none_while_suspended(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     ELEMENTS(WHEN(PRICED("Time", "Hour", 1) "," PRICED("Idle", "Hour", 1), "'maxCurrentMa':16000") "," WHEN(
                         PRICED("Time", "Hour", 2) "," PRICED("Idle", "Hour", 2), "'minCurrentMa':16000")));
    happens(&world, 0, START, 0); /* nobody knows the current: neither price */
    happens(&world, 10, METER, -1)->has_current_ma = true;
    world.events[1].current_ma = 16000;
    happens(&world, 30, METER, -1); /* as before */
    happens(&world, 60, BY_VEHICLE, -1);
    happens(&world, 100, STOP, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, TIME, 0, 50);
    assert_int_equal(line(&world, TIME, 0)->price_micro, 2);
    measures(&world, IDLE, 0, 40);
    assert_int_equal(line(&world, IDLE, 0)->price_micro, 1);
    price_world_close(&world);
}

static void a_sampled_power_counts_until_the_next_event_then_the_average(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     ELEMENTS(WHEN(PRICED("Energy", "Kwh", 1), "'maxPowerMw':7200000") "," ALWAYS(PRICED("Energy", "Kwh", 2))));
    happens(&world, 0, START, 0)->has_power_mw = true;
    world.events[0].power_mw = 7199999;
    happens(&world, 100, METER, -1); /* 2000 Wh in 1000 s are 7.2 kW */
    happens(&world, 1000, STOP, 2000);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, ENERGY, 0, 200000);
    measures(&world, ENERGY, 1, 1800000);
    price_world_close(&world);
}

static void kinds_of_evse_and_payment_choose_a_price(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(WHEN(PRICED("Flat", "Once", 1000000), "'evseKind':'Dc'") "," WHEN(
                                 PRICED("Flat", "Once", 2000000),
                                 "'paymentBrand':'Visa','paymentRecognition':'CC'") "," ALWAYS(PRICED("Flat", "Once", 3000000))));
    charges(&world, 10, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 300);
    world.usage.payment_brand = "Visa";
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 300);
    world.usage.payment_recognition = "CC";
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 200);
    world.usage.evse_kind = OCPP_SETTLE_EVSE_KIND_DC;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 100);
    price_world_close(&world);
}

/* --- cutting ------------------------------------------------------------------------------------------------------ */

static void an_amount_of_energy_reached_within_a_second_counts_from_the_next(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     ELEMENTS(WHEN(PRICED("Energy", "Kwh", 1), "'maxEnergyMwh':6000") "," ALWAYS(PRICED("Energy", "Kwh", 2))));
    charges(&world, 4, 10, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, ENERGY, 0, 7500); /* 6 Wh after 2.4 s */
    measures(&world, ENERGY, 1, 2500);
    price_world_close(&world);
}

static void what_a_cut_leaves_over_comes_last_so_that_sums_are_exact(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(WHEN(PRICED("Energy", "Kwh", 1), "'maxDurationS':1") "," WHEN(
                                 PRICED("Energy", "Kwh", 2), "'maxDurationS':2") "," ALWAYS(PRICED("Energy", "Kwh", 3))));
    charges(&world, 3, 0, 0);
    world.events[1].energy_mwh = 11;
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, ENERGY, 0, 3);
    measures(&world, ENERGY, 1, 4);
    measures(&world, ENERGY, 2, 4);
    price_world_close(&world);
}

static void energy_read_twice_within_a_second_is_counted(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     ELEMENTS(WHEN(PRICED("Energy", "Kwh", 1), "'maxEnergyMwh':6000") "," ALWAYS(PRICED("Energy", "Kwh", 2))));
    happens(&world, 0, START, 0);
    happens(&world, 0, METER, 10)->at += 400;
    happens(&world, 0, METER, 11)->at += 500;
    happens(&world, 0, STOP, 12)->at += 900;
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, ENERGY, 0, 10000);
    measures(&world, ENERGY, 1, 2000);
    price_world_close(&world);
}

static void times_are_cut_to_whole_seconds(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(ALWAYS(PRICED("Time", "Hour", 1))));
    happens(&world, 0, START, 0)->at += 999;
    happens(&world, 10, STOP, 0)->at += 1;
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, TIME, 0, 10);
    price_world_close(&world);
}

/* --- charging and drawing nothing --------------------------------------------------------------------------------- */

static void only_the_vehicles_own_pauses_are_idle(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(ALWAYS(PRICED("Time", "Hour", 1) "," PRICED("Idle", "Hour", 2))));
    happens(&world, 0, START, 0);
    happens(&world, 10, BY_STATION, -1);
    happens(&world, 30, CHARGING, -1);
    happens(&world, 70, BY_VEHICLE, -1);
    happens(&world, 100, METER, -1);
    happens(&world, 150, BY_STATION, -1);
    happens(&world, 300, STOP, 5);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, TIME, 0, 50);
    measures(&world, IDLE, 0, 80);
    price_world_close(&world);
}

static void idle_time_adds_up_over_the_session(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(WHEN(PRICED("Idle", "Minute", 1000000), "'minIdleS':100")));
    happens(&world, 0, START, 0);
    happens(&world, 0, BY_VEHICLE, -1);
    happens(&world, 60, CHARGING, -1);
    happens(&world, 500, BY_VEHICLE, -1);
    happens(&world, 600, STOP, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, IDLE, 0, 60);
    assert_int_equal(line(&world, IDLE, 0)->from, world.begun_ms + 540000);
    price_world_close(&world);
}

/* --- steps (the examples in words of OCPI 2.2.1, CDR object, step_size) ------------------------------------------- */

#define UNTIL_17(component) WHEN(component, "'endMinute':1020")

static void a_step_of_energy_counts_for_the_total_and_the_last_price_bears_it(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     ELEMENTS(UNTIL_17(STEPPED("Energy", "Kwh", 200000, 500)) "," ALWAYS(STEPPED("Energy", "Kwh", 270000, 500))));
    begins_at(&world, "2026-11-23T16:00:00+01:00");
    happens(&world, 0, START, 0);
    happens(&world, 3600, METER, 4300);
    happens(&world, 7200, STOP, 5400);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, ENERGY, 0)->billed, 4300000);
    assert_int_equal(line(&world, ENERGY, 1)->measured, 1100000);
    assert_int_equal(line(&world, ENERGY, 1)->billed, 1200000);
    price_world_close(&world);
}

static void a_step_of_time_counts_for_the_total(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     ELEMENTS(UNTIL_17(STEPPED("Time", "Hour", 5000000, 600)) "," ALWAYS(STEPPED("Time", "Hour", 7000000, 600))));
    begins_at(&world, "2026-11-23T16:54:00+01:00");
    charges(&world, 28 * 60, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, TIME, 0)->billed, 6 * 60);
    assert_int_equal(line(&world, TIME, 1)->billed, 24 * 60);
    price_world_close(&world);
}

static void charging_that_is_followed_by_idle_time_is_not_rounded(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(ALWAYS(STEPPED("Time", "Hour", 1000000, 600) "," STEPPED("Idle", "Hour", 2000000, 600))));
    charges(&world, 21 * 60, 0, 16 * 60);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, TIME, 0)->billed, 21 * 60);
    assert_int_equal(line(&world, IDLE, 0)->billed, 20 * 60);
    price_world_close(&world);
}

static void a_step_of_a_watt_hour_rounds_up_and_none_does_not(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(ALWAYS(STEPPED("Energy", "Kwh", 250000, 1))));
    charges(&world, 60, 115, 0);
    world.events[1].energy_mwh = 115200;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, ENERGY, 0)->billed, 116000);
    assert_string_equal(world.bill->exact_net, "0.029");
    price_world_close(&world);
    price_world_open(&world, ELEMENTS(ALWAYS(PRICED("Energy", "Kwh", 250000))));
    charges(&world, 60, 115, 0);
    world.events[1].energy_mwh = 115200;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_string_equal(world.bill->exact_net, "0.0288");
    price_world_close(&world);
}

/* --- reservations ------------------------------------------------------------------------------------------------- */

#define RESERVED ELEMENTS(WHEN(PRICED("Flat", "Once", 2000000) "," PRICED("Time", "Hour", 3600000), "'reservation':'Used'"))

static void a_reservation_that_was_used_without_a_start_costs_what_the_policy_says(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, RESERVED);
    reserves(&world, 0, 100, OCPP_SETTLE_RESERVATION_KIND_USED);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->lines.count, 0);
    world.snapshot.policy.reservation_no_start_fee = true;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 210);
    world.snapshot.policy.reservation_no_start_fee = false;
    assert_int_equal(computes_running(&world, 50), OCPP_OK); /* it may still start */
    assert_int_equal(world.bill->net_minor, 205);
    price_world_close(&world);
}

static void a_reservation_of_no_length_or_less_costs_its_fee(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, RESERVED);
    reserves(&world, 0, -10, OCPP_SETTLE_RESERVATION_KIND_EXPIRED);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 200);
    assert_true(has_anomaly(&world, OCPP_SETTLE_BILL_ANOMALY_TIME_FELL));
    price_world_close(&world);
}

/* --- usage that cannot be ----------------------------------------------------------------------------------------- */

#define KWH ELEMENTS(ALWAYS(PRICED("Energy", "Kwh", 1000000) "," PRICED("Time", "Hour", 1000000)))

/* B7. A reset, a rollover, a glitch: never negative, and nothing is paid twice. */
static void a_register_that_falls_counts_again_once_it_is_higher_than_it_was(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, KWH);
    happens(&world, 0, START, 500);
    happens(&world, 60, METER, 1500);
    happens(&world, 120, METER, 100);
    happens(&world, 180, METER, 1400);
    happens(&world, 240, STOP, 1700);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, ENERGY, 0, 1200000);
    assert_true(has_anomaly(&world, OCPP_SETTLE_BILL_ANOMALY_ENERGY_FELL));
    assert_int_equal(world.bill->anomalies.count, 1);
    price_world_close(&world);
}

static void an_event_from_before_counts_as_at_the_same_moment(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, KWH);
    happens(&world, 0, START, 0);
    happens(&world, 100, METER, 100);
    happens(&world, 40, METER, 200);
    happens(&world, 120, STOP, 300);
    assert_int_equal(computes(&world), OCPP_OK);
    measures(&world, TIME, 0, 120);
    measures(&world, ENERGY, 0, 300000);
    assert_true(has_anomaly(&world, OCPP_SETTLE_BILL_ANOMALY_TIME_FELL));
    price_world_close(&world);
}

static void what_is_missing_is_named(void **state)
{
    struct price_world world;
    struct ocpp_settle_zone_transition late = { 0, 3600 };

    (void)state;
    price_world_open(&world, KWH);
    happens(&world, 0, METER, -1);
    happens(&world, 60, METER, 70);
    happens(&world, 100, STOP, -1);
    late.from = world.begun_ms + 1000;
    world.snapshot.transitions.items = &late;
    world.snapshot.transitions.count = 1;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_true(has_anomaly(&world, OCPP_SETTLE_BILL_ANOMALY_NO_START));
    assert_true(has_anomaly(&world, OCPP_SETTLE_BILL_ANOMALY_NO_READING));
    assert_true(has_anomaly(&world, OCPP_SETTLE_BILL_ANOMALY_NO_ZONE));
    assert_int_equal(world.bill->anomalies.count, 3);
    measures(&world, ENERGY, 0, 70000);
    price_world_close(&world);
}

static void is_refused(struct price_world *world, enum ocpp_status status, const char *path)
{
    assert_int_equal(computes(world), status);
    assert_string_equal(world->issue.path, path);
    assert_int_equal(world->issue.status, status);
    assert_null(world->bill);
    price_world_close(world);
}

static void a_session_that_begins_or_ends_twice_is_refused(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, KWH);
    happens(&world, 0, START, 0);
    happens(&world, 5, START, 0);
    happens(&world, 9, STOP, 0);
    is_refused(&world, OCPP_ERR_VALUE, "/usage/events/1/kind");
    price_world_open(&world, KWH);
    happens(&world, 0, START, 0);
    happens(&world, 5, STOP, 0);
    happens(&world, 9, METER, 0);
    is_refused(&world, OCPP_ERR_VALUE, "/usage/events/1/kind");
}

static void what_lasts_or_delivers_too_much_is_refused(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, KWH);
    charges(&world, 366 * 86400, 1, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    world.events[1].at += 1000;
    world.bill = NULL;
    is_refused(&world, OCPP_ERR_RANGE, "");
    price_world_open(&world, KWH);
    reserves(&world, 0, 366 * 86400 + 1, OCPP_SETTLE_RESERVATION_KIND_EXPIRED);
    is_refused(&world, OCPP_ERR_RANGE, "");
    price_world_open(&world, KWH);
    charges(&world, 10, 1, 0);
    world.events[1].energy_mwh = INT64_C(1000000000000001);
    is_refused(&world, OCPP_ERR_RANGE, "/usage/events/1/energyMwh");
}

static void what_has_not_ended_has_no_final_bill(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, KWH);
    happens(&world, 0, START, 0);
    happens(&world, 60, METER, 1000);
    is_refused(&world, OCPP_ERR_STATE, "/usage/events");
    price_world_open(&world, KWH);
    happens(&world, 0, START, 0);
    happens(&world, 1800, METER, 1000);
    assert_int_equal(computes_running(&world, 3600), OCPP_OK);
    measures(&world, TIME, 0, 3600);
    assert_int_equal(computes_running(&world, 60), OCPP_OK); /* the last event is later */
    measures(&world, TIME, 0, 1800);
    assert_int_equal(world.bill->anomalies.count, 0);
    happens(&world, 1900, STOP, 1000);
    assert_int_equal(computes_running(&world, 3600), OCPP_OK);
    measures(&world, TIME, 0, 1900);
    price_world_close(&world);
}

static void amounts_beyond_every_bound_are_refused(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, ELEMENTS(ALWAYS(PRICED("Energy", "Kwh", 1000000000000000))));
    charges(&world, 3600, 10000000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->net_minor, OCPP_SETTLE_MOST_MINOR);
    world.events[1].energy_mwh += 1;
    world.bill = NULL;
    is_refused(&world, OCPP_ERR_RANGE, "");
    price_world_open(&world, ELEMENTS(ALWAYS(PRICED("Energy", "Kwh", 1000000000000000) "," PRICED("Flat", "Once", 10000))));
    charges(&world, 3600, 10000000, 0);
    is_refused(&world, OCPP_ERR_RANGE, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_dimension_takes_the_first_element_that_applies),
        cmocka_unit_test(energy_that_nobody_asks_a_price_for_is_a_line_all_the_same),
        cmocka_unit_test(a_day_begins_with_its_first_second_and_ends_before_the_next),
        cmocka_unit_test(a_night_goes_over_midnight_and_each_of_its_days_counts_by_itself),
        cmocka_unit_test(an_hour_that_comes_twice_costs_twice_and_one_that_is_left_out_nothing),
        cmocka_unit_test(dates_are_local_and_end_before_their_last_day),
        cmocka_unit_test(a_current_counts_until_the_next_and_is_none_while_suspended),
        cmocka_unit_test(a_sampled_power_counts_until_the_next_event_then_the_average),
        cmocka_unit_test(kinds_of_evse_and_payment_choose_a_price),
        cmocka_unit_test(an_amount_of_energy_reached_within_a_second_counts_from_the_next),
        cmocka_unit_test(what_a_cut_leaves_over_comes_last_so_that_sums_are_exact),
        cmocka_unit_test(energy_read_twice_within_a_second_is_counted),
        cmocka_unit_test(times_are_cut_to_whole_seconds),
        cmocka_unit_test(only_the_vehicles_own_pauses_are_idle),
        cmocka_unit_test(idle_time_adds_up_over_the_session),
        cmocka_unit_test(a_step_of_energy_counts_for_the_total_and_the_last_price_bears_it),
        cmocka_unit_test(a_step_of_time_counts_for_the_total),
        cmocka_unit_test(charging_that_is_followed_by_idle_time_is_not_rounded),
        cmocka_unit_test(a_step_of_a_watt_hour_rounds_up_and_none_does_not),
        cmocka_unit_test(a_reservation_that_was_used_without_a_start_costs_what_the_policy_says),
        cmocka_unit_test(a_reservation_of_no_length_or_less_costs_its_fee),
        cmocka_unit_test(a_register_that_falls_counts_again_once_it_is_higher_than_it_was),
        cmocka_unit_test(an_event_from_before_counts_as_at_the_same_moment),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(a_session_that_begins_or_ends_twice_is_refused),
        cmocka_unit_test(what_lasts_or_delivers_too_much_is_refused),
        cmocka_unit_test(what_has_not_ended_has_no_final_bill),
        cmocka_unit_test(amounts_beyond_every_bound_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
