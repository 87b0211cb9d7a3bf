/* A meter by itself: silent, falling, pushed by the firmware, answering late; sampled on its grid, thinned to what is wanted. */
#include "meter_world.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGISTER "Energy.Active.Import.Register"

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* --- when ------------------------------------------------------------------------------------------------------------- */

static struct world *charging_on_the_curve(enum ocpp_version version)
{
    struct world *world = curve_world(1);
    world_connect(world, version);
    world_set(world, "MeterValuesSampledData", REGISTER);
    plug(world, 1);
    card(world, 1, "TAG");
    central_forgets(world);
    return world;
}

/* J02.FR.11; 1.6 3.16.1: every interval from the start, whatever comes between. */
static void samples_keep_to_their_grid(void **state)
{
    struct world *world = charging_on_the_curve(version_of(state));
    world_pass(world, 59);
    world->now.mono_ms += 4000; /* the loop is late by three seconds */
    world_run(world);
    world_pass(world, 57);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 2);
    world_pass(world, 59);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 2);
    world_pass(world, 1);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 3);
    assert_told_the_truth(world);
    world_free(world);
}

static void a_sleep_makes_no_burst(void **state)
{
    struct world *world = charging_on_the_curve(version_of(state));
    world->now.mono_ms += 1000 * 1000;
    world_run(world);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 1);
    world_pass(world, 60);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 2);
    assert_told_the_truth(world);
    world_free(world);
}

static void another_interval_counts_from_the_start(void **state)
{
    struct world *world = charging_on_the_curve(version_of(state));
    world_pass(world, 30);
    world_set(world, "MeterValueSampleInterval", "40");
    world_pass(world, 10); /* 40 s after the start */
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 1);
    world_set(world, "MeterValueSampleInterval", "0");
    world_pass(world, 1000);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 1);
    world_free(world);
}

/* 2.0.1 2.7.1. */
static void sampling_can_be_switched_off(void **state)
{
    (void)state;
    struct world *world = charging_on_the_curve(OCPP_VERSION_2_0_1);
    world_set_variable(world, "SampledDataCtrlr", "Enabled", NULL, "false");
    world_pass(world, 600);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 0);
    world_set_variable(world, "SampledDataCtrlr", "Enabled", NULL, "true");
    world_pass(world, 60);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 1);
    world_free(world);
}

/* --- what ----------------------------------------------------------------------------------------------------------------- */

/* 1.6 3.16.3; 2.0.1 part 2 J 2.3: a measurand is all its phases. */
static void a_measurand_has_all_its_phases(void **state)
{
    struct world *world = curve_world(1);
    world_connect(world, version_of(state));
    world_set(world, "MeterValuesSampledData", "Voltage");
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 60);
    assert_int_equal(count_told(world, "Sample.Periodic", "Voltage", false), 3);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 0);
    world_free(world);
}

/* 1.6 errata 3.14.4. A list with a measurand the meters lack changes nothing. */
static void a_list_with_what_the_meters_lack_is_refused(void **state)
{
    struct world *world = world_new();
    world->hardware.read_meter = read_curve;
    world->settings.measurands =
        OCPP_MEASURAND_BIT(OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER) | OCPP_MEASURAND_BIT(OCPP_MEASURAND_VOLTAGE);
    world_power_on(world);
    world_connect(world, version_of(state));
    world_set(world, "MeterValuesSampledData", "Voltage");
    if (world_is_old(world)) {
        assert_string_equal(
            value_of(central_asks(world, "ChangeConfiguration", "{'key':'MeterValuesSampledData','value':'Voltage,SoC'}"),
                     "status"),
            "Rejected");
        assert_string_equal(
            value_of(central_asks(world, "GetConfiguration", "{'key':['MeterValuesSampledData']}"), "configurationKey/0/value"),
            "Voltage");
    } else {
        assert_string_equal(value_of(central_asks(world, "SetVariables",
                                                  "{'setVariableData':[{'component':{'name':'SampledDataCtrlr'},"
                                                  "'variable':{'name':'TxUpdatedMeasurands'},'attributeValue':'Voltage,SoC'}]}"),
                                     "setVariableResult/0/attributeStatus"),
                            "Rejected");
        assert_string_equal(value_of(central_asks(world, "GetVariables",
                                                  "{'getVariableData':[{'component':{'name':'SampledDataCtrlr'},"
                                                  "'variable':{'name':'TxUpdatedMeasurands'}}]}"),
                                     "getVariableResult/0/attributeValue"),
                            "Voltage");
    }
    world_free(world);
}

static size_t count_phase(const struct world *world, const char *context, const char *phase)
{
    struct told_reading *readings = calloc(MOST_READINGS, sizeof(*readings));
    const size_t count = told_readings(world, readings, MOST_READINGS);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += strcmp(readings[i].context, context) == 0 && strcmp(readings[i].measurand, "Voltage") == 0 &&
                 strcmp(readings[i].phase, phase) == 0;
    }
    free(readings);
    return found;
}

/* 1.6 edition 2, 9.1.17: a measurand of a list may be combined with a phase. A bare name beside it wants all of them. */
static void a_list_of_single_phases_tells_those(void **state)
{
    (void)state;
    struct world *world = curve_world(1);
    world_connect(world, OCPP_VERSION_1_6);
    world_set(world, "MeterValuesSampledData", "Voltage.L2-N," REGISTER);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 60);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 1);
    assert_int_equal(count_told(world, "Sample.Periodic", "Voltage", false), 1);
    assert_int_equal(count_phase(world, "Sample.Periodic", "L2-N"), 1);
    world_set(world, "MeterValuesSampledData", "Voltage.L1"); /* a phase that the meter does not measure */
    world_pass(world, 60);
    assert_int_equal(count_told(world, "Sample.Periodic", "", false), 2);
    world_set(world, "MeterValuesSampledData", "Voltage.L2-N,Voltage");
    world_pass(world, 60);
    assert_int_equal(count_told(world, "Sample.Periodic", "Voltage", false), 4);
    world_free(world);
}

/* 2.0.1 part 2 J 2.3, errata 2.34; B05.FR.07. Lists of 2.0.1 name measurands alone and mean all their phases, whatever 1.6 made
 * of them. */
static void phases_are_a_matter_of_1_6(void **state)
{
    (void)state;
    struct world *world = curve_world(1);
    world_connect(world, OCPP_VERSION_1_6);
    world_set(world, "MeterValuesSampledData", "Voltage.L2-N");
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(value_of(central_asks(world, "GetVariables",
                                              "{'getVariableData':[{'component':{'name':'SampledDataCtrlr'},"
                                              "'variable':{'name':'TxUpdatedMeasurands'}}]}"),
                                 "getVariableResult/0/attributeValue"),
                        "Voltage");
    static const char *const refused[] = { "Voltage.L1", "Voltage,Voltage.L1" };
    for (size_t i = 0; i < 2; i++) {
        char request[256];
        snprintf(request, sizeof(request),
                 "{'setVariableData':[{'component':{'name':'SampledDataCtrlr'},'variable':{'name':'TxUpdatedMeasurands'},"
                 "'attributeValue':'%s'}]}",
                 refused[i]);
        assert_string_equal(value_of(central_asks(world, "SetVariables", request), "setVariableResult/0/attributeStatus"),
                            "Rejected");
    }
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 60);
    assert_int_equal(count_told(world, "Sample.Periodic", "Voltage", false), 3);
    world_free(world);
}

static size_t read_phases(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)room;
    (void)user;
    for (size_t i = 0; i < 4; i++) {
        samples[i] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                           .phase = i == 3 ? OCPP_PHASE_NONE : (enum ocpp_phase)(OCPP_PHASE_L1 + i),
                                           .value = { i == 3 ? 3000 : 1000, 0 } };
    }
    return 4;
}

/* 2.0.1 SampledDataRegisterValuesWithoutPhases. */
static void the_register_comes_without_phases_when_asked(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->hardware.read_meter = read_phases;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 60);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 4);
    world_set_variable(world, "SampledDataCtrlr", "RegisterValuesWithoutPhases", NULL, "true");
    world_pass(world, 60);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 5);
    world_free(world);
}

static size_t read_both_sides(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)room;
    (void)user;
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                       .location = OCPP_LOCATION_INLET,
                                       .value = { 777, 0 } };
    samples[1] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                       .location = OCPP_LOCATION_OUTLET,
                                       .value = { 1234500, 3 } };
    return 2;
}

/* The outlet's register counts; halves are rounded away from zero. */
static void a_transaction_is_measured_at_the_outlet(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->hardware.read_meter = read_both_sides;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->meter_start, 1235);
    world_free(world);
}

/* --- silence --------------------------------------------------------------------------------------------------------------- */

/* A meter that is silent in between leaves gaps; at the end the last register that was read counts. */
static void a_silent_meter_leaves_gaps_and_the_last_value_counts(void **state)
{
    struct world *world = world_of(state);
    world->meter_wh[1] = 100;
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 500);
    world_pass(world, 60);
    world->meter_is_silent = true;
    charge(world, 1, 500);
    world_pass(world, 300);
    card(world, 1, "TAG");
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 1);
    assert_int_equal(the_session(world)->meter_start, 100);
    assert_int_equal(the_session(world)->meter_stop, 600);
    if (!world_is_old(world)) { /* with the time it was read at */
        struct told_reading readings[16];
        const size_t count = told_readings(world, readings, 16);
        assert_string_equal(readings[count - 1].context, "Transaction.End");
        assert_int_equal(readings[count - 1].at_utc_ms, CURVE_START_UTC_MS + 61000);
    }
    world_free(world);
}

/* J02.FR.16. A register that falls is neither told nor counted. */
static void a_register_that_falls_is_not_believed(void **state)
{
    struct world *world = world_of(state);
    struct ocpp_evse_view view;
    world->meter_wh[1] = 1000;
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 500);
    world_pass(world, 60);
    world->meter_wh[1] = 3; /* it begins anew */
    world_pass(world, 120);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 1);
    assert_int_equal(count_told(world, "Sample.Periodic", "Power.Active.Import", false), 3);
    assert_int_equal(ocpp_charge_point_evse(world->cp, 1, &view), OCPP_OK);
    assert_int_equal(view.energy_wh, 500);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->meter_stop, 1500);
    unplug(world, 1);
    plug(world, 1); /* the next transaction begins where the meter is */
    card(world, 1, "TAG");
    assert_int_equal(world->sessions[1].meter_start, 3);
    world_free(world);
}

/* --- pushed readings ---------------------------------------------------------------------------------------------------------
 */

static struct world *pushing(enum ocpp_version version, int64_t fresh_ms, int64_t wait_ms)
{
    struct world *world = world_new();
    world->hardware.read_meter = NULL;
    world->settings.pushed_reading_ms = fresh_ms;
    world->settings.meter_wait_ms = wait_ms;
    world_power_on(world);
    world_connect(world, version);
    world_set(world, "MeterValuesSampledData", REGISTER);
    return world;
}

static void push(struct world *world, int evse, int64_t wh)
{
    const struct ocpp_sample sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { wh, 0 } };
    const struct ocpp_meter_reading reading = { &sample, 1 };
    assert_int_equal(ocpp_charge_point_meter(world->cp, evse, &reading, world->now), OCPP_OK);
    world_run(world);
}

static void fresh_readings_are_used_with_their_own_time(void **state)
{
    struct world *world = pushing(version_of(state), 20000, 0);
    push(world, 1, 70);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->meter_start, 70);
    world_pass(world, 45);
    push(world, 1, 80);
    world_pass(world, 15); /* the sample that is due finds one that is 15 s old */
    struct told_reading readings[16];
    const size_t count = told_readings(world, readings, 16);
    assert_string_equal(readings[count - 1].value, "80");
    assert_int_equal(readings[count - 1].at_utc_ms, CURVE_START_UTC_MS + 46000);
    world_pass(world, 60); /* now it is too old: a gap */
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 1);
    push(world, 1, 90);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->meter_stop, 90);
    world_free(world);
}

static void a_start_and_an_end_wait_for_the_meter(void **state)
{
    struct world *world = pushing(version_of(state), 5000, 30000);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 10);
    assert_int_equal(world->session_count, 0);
    assert_false(world->closed[1]); /* no energy before somebody knows the register */
    push(world, 1, 500);
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->meter_start, 500);
    world_pass(world, 100);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    world_pass(world, 25);
    push(world, 1, 777);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 777);
    world_free(world);
}

static void they_wait_no_longer_than_they_were_told(void **state)
{
    struct world *world = pushing(version_of(state), 5000, 30000);
    push(world, 1, 500);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 100);
    card(world, 1, "TAG");
    world_pass(world, 29);
    assert_int_equal(the_session(world)->ended, 0);
    world_pass(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 500);
    world_free(world);
}

static void what_is_no_reading_is_refused(void **state)
{
    (void)state;
    struct world *world = pushing(OCPP_VERSION_1_6, 5000, 0);
    struct ocpp_sample samples[OCPP_READING_SAMPLES + 1] = { { .measurand = OCPP_MEASURAND_VOLTAGE } };
    const struct ocpp_meter_reading none = { samples, 0 };
    const struct ocpp_meter_reading nowhere = { NULL, 1 };
    const struct ocpp_meter_reading many = { samples, OCPP_READING_SAMPLES + 1 };
    const struct ocpp_meter_reading one = { samples, 1 };
    assert_int_equal(ocpp_charge_point_meter(world->cp, 1, &none, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_meter(world->cp, 1, &nowhere, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_meter(world->cp, 1, &many, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_meter(world->cp, 2, &one, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_meter(world->cp, -1, &one, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_meter(world->cp, 0, &one, world->now), OCPP_OK);
    world_free(world);
    struct world *other = world_accepted(OCPP_VERSION_1_6);
    assert_int_equal(ocpp_charge_point_meter(other->cp, 1, &one, other->now), OCPP_ERR_STATE);
    world_free(other);
}

static void settings_outside_their_range_make_no_station(void **state)
{
    (void)state;
    struct world *world = world_new();
    const struct ocpp_charge_point_settings right = world->settings;
#define WRONG(member, value)                                                                                                     \
    do {                                                                                                                         \
        struct ocpp_charge_point_settings wrong = right;                                                                         \
        wrong.member = value;                                                                                                    \
        assert_null(ocpp_charge_point_new(&wrong, &world->hardware, world->memory, world->now));                                 \
    } while (0)
    WRONG(max_transaction_readings, 1);
    WRONG(max_transaction_readings, 10001);
    WRONG(max_signed_bytes, 16001);
    WRONG(pushed_reading_ms, -1);
    WRONG(meter_wait_ms, -1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(samples_keep_to_their_grid),
        IN_EACH_VERSION(a_sleep_makes_no_burst),
        IN_EACH_VERSION(another_interval_counts_from_the_start),
        cmocka_unit_test(sampling_can_be_switched_off),
        IN_EACH_VERSION(a_measurand_has_all_its_phases),
        IN_EACH_VERSION(a_list_with_what_the_meters_lack_is_refused),
        cmocka_unit_test(a_list_of_single_phases_tells_those),
        cmocka_unit_test(phases_are_a_matter_of_1_6),
        cmocka_unit_test(the_register_comes_without_phases_when_asked),
        cmocka_unit_test(a_transaction_is_measured_at_the_outlet),
        IN_EACH_VERSION(a_silent_meter_leaves_gaps_and_the_last_value_counts),
        IN_EACH_VERSION(a_register_that_falls_is_not_believed),
        IN_EACH_VERSION(fresh_readings_are_used_with_their_own_time),
        IN_EACH_VERSION(a_start_and_an_end_wait_for_the_meter),
        IN_EACH_VERSION(they_wait_no_longer_than_they_were_told),
        cmocka_unit_test(what_is_no_reading_is_refused),
        cmocka_unit_test(settings_outside_their_range_make_no_station),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
