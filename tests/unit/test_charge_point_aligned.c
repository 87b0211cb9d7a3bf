/* Readings by the clock: the grid by itself, and a station over a day, over jumps of its clock, without one, with 64 meters. */
#include "meter_world.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metering.h"

#define REGISTER "Energy.Active.Import.Register"
#define HOUR_MS  INT64_C(3600000)
#define DAY_MS   (24 * HOUR_MS)

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* --- the grid --------------------------------------------------------------------------------------------------------- */

/* 1.6 9.1.5; 2.0.1 2.7.12. */
static void points_are_counted_from_midnight(void **state)
{
    (void)state;
    const int64_t midnight = 19676 * DAY_MS; /* 2023-11-15 */
    assert_int_equal(ocpp_cp_clock_point(midnight, 0, 900000), midnight);
    assert_int_equal(ocpp_cp_clock_point(midnight + 899999, 0, 900000), midnight);
    assert_int_equal(ocpp_cp_clock_point_after(midnight, 0, 900000), midnight + 900000);
    assert_int_equal(ocpp_cp_clock_point_after(midnight - 1, 0, 900000), midnight);
    assert_int_equal(ocpp_cp_clock_point_after(midnight + 899999, 0, 900000), midnight + 900000);
    int points = 0;
    for (int64_t at = midnight; at < midnight + DAY_MS; at = ocpp_cp_clock_point_after(at, 0, 900000)) {
        points++;
    }
    assert_int_equal(points, 96);
}

static void an_interval_that_does_not_divide_the_day_starts_anew_at_midnight(void **state)
{
    (void)state;
    const int64_t midnight = 19676 * DAY_MS;
    const int64_t seven = 7 * HOUR_MS;
    assert_int_equal(ocpp_cp_clock_point_after(midnight + 3 * seven, 0, seven), midnight + DAY_MS);
    assert_int_equal(ocpp_cp_clock_point_after(midnight + DAY_MS, 0, seven), midnight + DAY_MS + seven);
    assert_int_equal(ocpp_cp_clock_point_after(midnight + 5, 0, 2 * DAY_MS), midnight + DAY_MS);
}

static void midnight_is_that_of_the_place(void **state)
{
    (void)state;
    const int64_t midnight = 19676 * DAY_MS;
    const int64_t india = 11 * HOUR_MS / 2;
    assert_int_equal(ocpp_cp_clock_point(midnight, india, HOUR_MS), midnight - HOUR_MS / 2);
    assert_int_equal(ocpp_cp_clock_point_after(midnight, india, HOUR_MS), midnight + HOUR_MS / 2);
    assert_int_equal(ocpp_cp_clock_point_after(midnight, -5 * HOUR_MS, DAY_MS), midnight + 5 * HOUR_MS);
    assert_int_equal(ocpp_cp_clock_point(-1, 0, HOUR_MS), -HOUR_MS); /* before 1970 */
}

/* --- a day ---------------------------------------------------------------------------------------------------------------- */

static struct world *aligned(enum ocpp_version version, int evses, const char *interval)
{
    struct world *world = curve_world(evses);
    world_connect(world, version);
    world_set(world, "MeterValueSampleInterval", "0");
    world_set(world, "MeterValuesAlignedData", REGISTER);
    world_set(world, "ClockAlignedDataInterval", interval);
    central_forgets(world);
    return world;
}

static void assert_on_grid(const struct world *world, int64_t interval_ms)
{
    struct told_reading *readings = calloc(MOST_READINGS, sizeof(*readings));
    const size_t count = told_readings(world, readings, MOST_READINGS);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(readings[i].context, "Sample.Clock") == 0) {
            assert_int_equal(readings[i].at_utc_ms % interval_ms, 0);
        }
    }
    free(readings);
}

/* J01.FR.14, J01.FR.02, J01.FR.03; 1.6 3.16.2. The main meter and the EVSE's. */
static void a_day_has_ninety_six_quarters(void **state)
{
    struct world *world = aligned(version_of(state), 1, "900");
    world_pass(world, 86400);
    assert_int_equal(count_told(world, "Sample.Clock", REGISTER, false), 2 * 96);
    assert_on_grid(world, 900000);
    assert_told_the_truth(world);
    world_free(world);
}

/* J01.FR.22; 1.6 errata 3.16. */
static void during_a_transaction_they_belong_to_it(void **state)
{
    struct world *world = aligned(version_of(state), 2, "900");
    plug(world, 1);
    card(world, 1, "TAG");
    central_forgets(world);
    world_pass(world, 500);
    if (world_is_old(world)) {
        central_sees(world, "MeterValues", "connectorId=1 transactionId=1 meterValue/0/sampledValue/0/context=Sample.Clock");
        central_sees(world, "MeterValues", "connectorId=0 transactionId=- meterValue/0/timestamp=2023-11-14T22:15:00.000Z");
        central_sees(world, "MeterValues", "connectorId=2 transactionId=- meterValue/0/timestamp=2023-11-14T22:15:00.000Z");
    } else {
        central_sees(world, "TransactionEvent",
                     "eventType=Updated triggerReason=MeterValueClock timestamp=2023-11-14T22:15:00.000Z "
                     "meterValue/0/timestamp=2023-11-14T22:15:00.000Z meterValue/0/sampledValue/0/context=Sample.Clock");
        central_sees(world, "MeterValues", "evseId=0 meterValue/0/timestamp=2023-11-14T22:15:00.000Z");
        central_sees(world, "MeterValues", "evseId=2 meterValue/0/timestamp=2023-11-14T22:15:00.000Z");
        central_does_not_see(world, "MeterValues");
    }
    assert_told_the_truth(world);
    world_free(world);
}

/* J01.FR.20. */
static void they_rest_during_transactions_when_that_is_asked_for(void **state)
{
    (void)state;
    struct world *world = aligned(OCPP_VERSION_2_0_1, 2, "900");
    world_set_variable(world, "AlignedDataCtrlr", "SendDuringIdle", NULL, "true");
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 1800);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 0);
    card(world, 1, "TAG");
    unplug(world, 1);
    world_pass(world, 900);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 3);
    world_free(world);
}

/* A session that has not reached its start point is no transaction (J01.FR.14). */
static void before_the_start_point_they_are_the_meter_s_own(void **state)
{
    (void)state;
    struct world *world = aligned(OCPP_VERSION_2_0_1, 1, "900");
    world_set_variable(world, "TxCtrlr", "TxStartPoint", NULL, "EnergyTransfer");
    ocpp_charge_point_vehicle(world->cp, 1, false, world->now);
    plug(world, 1);
    ocpp_charge_point_vehicle(world->cp, 1, false, world->now);
    card(world, 1, "TAG");
    central_forgets(world);
    world_pass(world, 200);
    if (world->session_count == 0) {
        central_sees(world, "MeterValues", "evseId=1 meterValue/0/timestamp=2023-11-14T22:15:00.000Z");
    } else {
        central_sees(world, "TransactionEvent", "triggerReason=MeterValueClock");
    }
    world_free(world);
}

/* --- clocks ------------------------------------------------------------------------------------------------------------------
 */

/* A firmware's clock that jumps: there is no other clock before the central system tells one. */
static struct world *by_own_clock(int64_t utc_ms)
{
    struct world *world = curve_world(1);
    world->now.utc_ms = utc_ms;
    world_connect(world, OCPP_VERSION_1_6);
    world_set(world, "ClockAlignedDataInterval", "900");
    world_set(world, "MeterValuesAlignedData", REGISTER);
    world_disconnect(world);
    return world;
}

static size_t queued(const struct world *world)
{
    return ocpp_charge_point_view(world->cp).queued_records;
}

/* The central system's clock is ahead of what was believed: the points between were passed unseen, and there is no burst. */
static void a_clock_that_jumps_ahead_leaves_a_gap(void **state)
{
    struct world *world = aligned(version_of(state), 1, "900");
    world_pass(world, 1000);
    const size_t before = count_told(world, "Sample.Clock", "", false);
    assert_int_equal(before, 4); /* 22:15 and 22:30, two meters */
    world->central_utc_ms += 3 * HOUR_MS;
    world_pass(world, 300); /* a heartbeat tells */
    assert_int_equal(count_told(world, "Sample.Clock", "", false), before);
    world_pass(world, 900);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), before + 2);
    assert_on_grid(world, 900000);
    world_free(world);
}

static void a_clock_that_is_set_back_an_hour_is_followed(void **state)
{
    struct world *world = aligned(version_of(state), 1, "900");
    world_pass(world, 1000); /* 22:30:01 */
    const size_t before = count_told(world, "Sample.Clock", "", false);
    world->central_utc_ms -= HOUR_MS;
    world_pass(world, 300);
    world_pass(world, 3600);
    const size_t after = count_told(world, "Sample.Clock", "", false);
    assert_int_equal(after - before, 2 * 4); /* 21:45, 22:00, 22:15, 22:30 of the right clock */
    assert_on_grid(world, 900000);
    world_free(world);
}

/* A heartbeat whose answer took its time sets the clock back by less than a second, right behind a point. */
static void a_small_correction_repeats_no_point(void **state)
{
    struct world *world = aligned(version_of(state), 1, "300");
    world_pass(world, 99); /* 22:15:00 */
    const size_t before = count_told(world, "Sample.Clock", "", false);
    assert_int_equal(before, 2);
    world->central_utc_ms -= 700;
    central_asks(world, "TriggerMessage", "{'requestedMessage':'Heartbeat'}");
    world_pass(world, 5);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), before);
    world_pass(world, 300);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), before + 2);
    world_free(world);
}

static void without_the_time_there_are_none_and_then_there_are(void **state)
{
    struct world *world = aligned(version_of(state), 1, "900");
    world_power_off(world);
    world_power_on(world); /* the clock is lost with the power */
    world_pass(world, 3600);
    assert_int_equal(queued(world), 0);
    world_connect(world, version_of(state));
    world_pass(world, 900);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 2);
    assert_told_the_truth(world);
    world_free(world);
}

/* A board that slept: nothing is made up for the points it slept through. */
static void a_sleep_leaves_a_gap_and_no_burst(void **state)
{
    struct world *world = aligned(version_of(state), 1, "900");
    world_pass(world, 1000);
    const size_t before = count_told(world, "Sample.Clock", "", false);
    world->now.mono_ms += 5000000; /* nobody called advance */
    world_run(world);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), before);
    world_pass(world, 900);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), before + 2);
    assert_told_the_truth(world);
    world_free(world);
}

/* A loop that is late by a little: the reading is told for the time it was taken at. */
static void a_late_loop_tells_when_it_read(void **state)
{
    struct world *world = aligned(version_of(state), 1, "900");
    world_pass(world, 98);
    world->now.mono_ms += 4000; /* 22:15:03 */
    world_run(world);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 2);
    assert_told_the_truth(world);
    world_free(world);
}

/* The clock of the firmware counts until the central system tells one. */
static void the_clock_of_the_firmware_is_good_enough(void **state)
{
    (void)state;
    struct world *world = by_own_clock(CURVE_START_UTC_MS + 1000);
    world_power_off(world);
    world_power_on(world);
    world_pass(world, 200);
    assert_int_equal(queued(world), 2);
    world->now.utc_ms += 2 * HOUR_MS;
    world_pass(world, 600);
    assert_int_equal(queued(world), 2);
    world->now.utc_ms = OCPP_UTC_UNKNOWN;
    world_pass(world, 3600);
    assert_int_equal(queued(world), 2);
    world_free(world);
}

static void assert_minutes(const struct world *world, int64_t minute)
{
    struct told_reading *readings = calloc(MOST_READINGS, sizeof(*readings));
    const size_t count = told_readings(world, readings, MOST_READINGS);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(readings[i].at_utc_ms / 60000 % 60, minute);
    }
    free(readings);
}

/* 2.0.1 ClockCtrlr TimeOffset and its next transition: the day begins where the people are. */
static void the_day_begins_at_the_midnight_of_the_place(void **state)
{
    struct world *world = aligned(version_of(state), 1, "3600");
    world_set(world, "TimeOffset", "+05:30");
    if (world_is_old(world)) {
        world_set(world, "NextTimeOffsetTransitionDateTime", "2023-11-15T01:00:00Z");
        world_set(world, "TimeOffsetNextTransition", "+06:00");
    } else {
        world_set_variable(world, "ClockCtrlr", "NextTimeOffsetTransitionDateTime", NULL, "2023-11-15T01:00:00Z");
        world_set_variable(world, "ClockCtrlr", "TimeOffset", "NextTransition", "+06:00");
    }
    world_pass(world, 9600); /* 00:53:21 */
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 2 * 3);
    assert_minutes(world, 30);
    world_pass(world, 3600); /* 01:53:21, behind the transition: the next whole hour there is the next whole hour here */
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 2 * 3);
    world_pass(world, 600);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 2 * 4);
    assert_told_the_truth(world);
    world_free(world);
}

/* --- settings that change ------------------------------------------------------------------------------------------------------
 */

static void a_new_interval_counts_from_the_next_point(void **state)
{
    struct world *world = aligned(version_of(state), 1, "900");
    world_pass(world, 200);
    world_set(world, "ClockAlignedDataInterval", "300");
    world_pass(world, 400); /* 22:20 */
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 4);
    world_set(world, "ClockAlignedDataInterval", "0");
    world_pass(world, 7200);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 4);
    assert_on_grid(world, 300000);
    world_free(world);
}

/* --- offline, many, full
 * --------------------------------------------------------------------------------------------------------- */

/* 1.6 3.7: clock-aligned meter values are queued. */
static void offline_they_wait_in_the_queue_and_over_a_restart(void **state)
{
    struct world *world = aligned(version_of(state), 1, "900");
    world_disconnect(world);
    world_pass(world, 3600);
    assert_int_equal(queued(world), 8);
    world_power_off(world);
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_int_equal(queued(world), 0);
    assert_int_equal(count_told(world, "Sample.Clock", "", false), 8);
    assert_told_the_truth(world);
    world_free(world);
}

static void sixty_four_meters_are_read_at_one_time(void **state)
{
    for (int flushes = 0; flushes < 2; flushes++) {
        struct world *world = aligned(version_of(state), 64, "900");
        world->flushes = flushes == 1;
        test_storage_delay(world->storage, world->flushes);
        world_pass(world, 1000);
        assert_int_equal(count_told(world, "Sample.Clock", "", false), 2 * 65);
        assert_on_grid(world, 900000);
        assert_told_the_truth(world);
        world_free(world);
    }
}

/* A full queue: readings outside of transactions make room for what happens, and for one another evenly. */
static void a_full_queue_gives_them_up_first(void **state)
{
    struct world *world = curve_world(1);
    world_connect(world, version_of(state));
    world_set(world, "ClockAlignedDataInterval", "60");
    world_set(world, "MeterValuesAlignedData", REGISTER);
    world_set(world, "MeterValueSampleInterval", "0");
    world_disconnect(world);
    world_power_off(world);
    world->settings.max_queued_records = 20;
    world->now.utc_ms = CURVE_START_UTC_MS + world->now.mono_ms;
    world_power_on(world);
    world_pass(world, 7200);
    assert_int_equal(queued(world), 20);
    assert_true(ocpp_charge_point_view(world->cp).dropped_records > 100);
    plug(world, 1);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    unplug(world, 1);
    world_connect(world, version_of(state));
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_told_the_truth(world);
    world_free(world);
}

/* A store that refuses, and one that loses what it took: a gap, and the station goes on. */
static void a_store_that_refuses_leaves_a_gap(void **state)
{
    for (unsigned lost = 0; lost < 2; lost++) {
        struct world *world = aligned(version_of(state), 1, "900");
        if (lost == 0) {
            test_storage_refuse(world->storage, 1, OCPP_ERR_STORAGE);
        } else {
            test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
        }
        world_pass(world, 1000);
        assert_int_equal(count_told(world, "Sample.Clock", "", false), 3);
        assert_int_equal(ocpp_charge_point_view(world->cp).dropped_records, 1);
        world_free(world);
    }
}

/* A central system that refuses them: given up after the last attempt, as anything else in the queue. */
static void what_is_refused_becomes_a_dead_letter(void **state)
{
    struct world *world = aligned(version_of(state), 1, "900");
    world->refuse_action = "MeterValues";
    world->refuse_count = 3;
    world_pass(world, 700);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    assert_int_equal(queued(world), 0);
    world_free(world);
}

/* What one version had words for and the next one has not: there is nothing to tell, and nothing waits behind it. */
static size_t read_net(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)room;
    (void)user;
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_NET, .value = OCPP_DECIMAL(5, 0) };
    return 1;
}

static void a_reading_that_the_next_version_cannot_say_holds_nothing_up(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->hardware.read_meter = read_net;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_set(world, "MeterValuesAlignedData", "Energy.Active.Net");
    world_set(world, "ClockAlignedDataInterval", "900");
    world->silent_action = "MeterValues";
    world->silent_count = 1000;
    for (int second = 0; second < 1000 && central_counts(world, "MeterValues") == 0; second++) {
        world_pass(world, 1);
    }
    assert_int_equal(central_counts(world, "MeterValues"), 1);
    world_disconnect(world);
    world->silent_action = NULL;
    world_connect(world, OCPP_VERSION_1_6);
    world_pass(world, 5);
    assert_int_equal(queued(world), 0);
    plug(world, 1);
    card(world, 1, "TAG");
    central_sees(world, "StartTransaction", "connectorId=1");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_counted_from_midnight),
        cmocka_unit_test(an_interval_that_does_not_divide_the_day_starts_anew_at_midnight),
        cmocka_unit_test(midnight_is_that_of_the_place),
        IN_EACH_VERSION(a_day_has_ninety_six_quarters),
        IN_EACH_VERSION(during_a_transaction_they_belong_to_it),
        cmocka_unit_test(they_rest_during_transactions_when_that_is_asked_for),
        cmocka_unit_test(before_the_start_point_they_are_the_meter_s_own),
        IN_EACH_VERSION(a_clock_that_jumps_ahead_leaves_a_gap),
        IN_EACH_VERSION(a_clock_that_is_set_back_an_hour_is_followed),
        IN_EACH_VERSION(a_small_correction_repeats_no_point),
        IN_EACH_VERSION(without_the_time_there_are_none_and_then_there_are),
        IN_EACH_VERSION(a_sleep_leaves_a_gap_and_no_burst),
        IN_EACH_VERSION(a_late_loop_tells_when_it_read),
        cmocka_unit_test(the_clock_of_the_firmware_is_good_enough),
        IN_EACH_VERSION(the_day_begins_at_the_midnight_of_the_place),
        IN_EACH_VERSION(a_new_interval_counts_from_the_next_point),
        IN_EACH_VERSION(offline_they_wait_in_the_queue_and_over_a_restart),
        IN_EACH_VERSION(sixty_four_meters_are_read_at_one_time),
        IN_EACH_VERSION(a_full_queue_gives_them_up_first),
        IN_EACH_VERSION(a_store_that_refuses_leaves_a_gap),
        IN_EACH_VERSION(what_is_refused_becomes_a_dead_letter),
        cmocka_unit_test(a_reading_that_the_next_version_cannot_say_holds_nothing_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
