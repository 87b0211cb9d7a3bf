/* Block J of a station, meter values: by the clock (J01) and of transactions (J02), and the cases of 1.6 about them, which are
 * public by title only. */
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

/* A station of |evses| whose meters are known, accepted; sampled and clock-aligned values are both off. */
static struct world *quiet(enum ocpp_version version, int evses)
{
    struct world *world = curve_world(evses);
    world_connect(world, version);
    world_set(world, "MeterValueSampleInterval", "0");
    central_forgets(world);
    return world;
}

static void set(struct world *world, const char *component, const char *variable, const char *value)
{
    world_set_variable(world, component, variable, NULL, value);
}

/* EnergyTransferStarted. */
static void start(struct world *world, int evse)
{
    plug(world, evse);
    card(world, evse, "TAG");
    assert_true(world->closed[evse]);
}

/* ParkingBayUnoccupied. */
static void leave(struct world *world, int evse)
{
    card(world, evse, "TAG");
    unplug(world, evse);
}

/* Of the readings that were told with |context|: each is |interval_s| behind the one before it at the same place. */
static void assert_apart(const struct world *world, const char *context, int64_t interval_s, bool is_end)
{
    struct told_reading *readings = calloc(MOST_READINGS, sizeof(*readings));
    const size_t count = told_readings(world, readings, MOST_READINGS);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            const struct told_reading *a = &readings[i];
            const struct told_reading *b = &readings[k];
            if (strcmp(a->context, context) == 0 && strcmp(b->context, context) == 0 && a->place == b->place &&
                a->is_end == is_end && b->is_end == is_end && strcmp(a->measurand, b->measurand) == 0 &&
                strcmp(a->phase, b->phase) == 0) {
                assert_int_equal(b->at_utc_ms - a->at_utc_ms, interval_s * 1000);
                break;
            }
        }
    }
    free(readings);
}

/* --- by the clock ------------------------------------------------------------------------------------------------------- */

/* TC_J_01_CS; J01.FR.01, J01.FR.02, J01.FR.03, J01.FR.05, J01.FR.06, J01.FR.07, J01.FR.08, J01.FR.10, J01.FR.14, J01.FR.17. */
static void clock_aligned_values_come_without_a_transaction(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_2_0_1, 2);
    set(world, "AlignedDataCtrlr", "Measurands", REGISTER ",Voltage");
    set(world, "AlignedDataCtrlr", "Interval", "300");
    world_pass(world, 1000);
    for (int evse = 0; evse <= 2; evse++) {
        char members[160];
        snprintf(members, sizeof(members),
                 "evseId=%d meterValue=(1) meterValue/0/sampledValue=(4) meterValue/0/sampledValue/0/context=Sample.Clock "
                 "meterValue/0/timestamp=2023-11-14T22:15:00.000Z",
                 evse);
        central_sees(world, "MeterValues", members);
    }
    assert_int_equal(count_told(world, "Sample.Clock", REGISTER, false), 3 * 4);
    assert_int_equal(count_told(world, "Sample.Clock", "Voltage", false), 3 * 4 * 3);
    assert_apart(world, "Sample.Clock", 300, false);
    assert_told_the_truth(world);
    world_free(world);
}

/* TC_J_02_CS; J01.FR.14, J01.FR.22, J02.FR.22. */
static void clock_aligned_values_come_during_a_transaction(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_2_0_1, 2);
    set(world, "AlignedDataCtrlr", "Measurands", REGISTER);
    set(world, "AlignedDataCtrlr", "Interval", "300");
    set(world, "AlignedDataCtrlr", "SendDuringIdle", "false");
    start(world, 1);
    central_forgets(world);
    world_pass(world, 1000);
    central_sees(world, "TransactionEvent",
                 "eventType=Updated triggerReason=MeterValueClock meterValue/0/sampledValue/0/context=Sample.Clock "
                 "timestamp=2023-11-14T22:15:00.000Z");
    central_sees(world, "MeterValues", "evseId=0 meterValue/0/sampledValue/0/context=Sample.Clock");
    central_sees(world, "MeterValues", "evseId=2 meterValue/0/sampledValue/0/context=Sample.Clock");
    for (size_t i = 0; i < world->call_count; i++) {
        assert_true(strcmp(world->calls[i].action, "MeterValues") != 0 ||
                    strcmp(value_of(world->calls[i].payload, "evseId"), "1") != 0);
    }
    assert_apart(world, "Sample.Clock", 300, false);
    assert_told_the_truth(world);
    world_free(world);
}

/* TC_J_03_CS; E06.FR.11, E07.FR.08. */
static void clock_aligned_values_come_with_the_end(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_2_0_1, 1);
    set(world, "SampledDataCtrlr", "TxEndedMeasurands", "");
    set(world, "AlignedDataCtrlr", "TxEndedMeasurands", REGISTER);
    set(world, "AlignedDataCtrlr", "TxEndedInterval", "60");
    start(world, 1);
    world_pass(world, 300);
    leave(world, 1);
    central_sees(world, "TransactionEvent", "eventType=Ended meterValue=(5) meterValue/0/sampledValue/0/context=Sample.Clock");
    assert_int_equal(count_told(world, "", "", true), 5);
    assert_apart(world, "Sample.Clock", 60, true);
    assert_told_the_truth(world);
    world_free(world);
}

/* TC_J_06_CS; J01.FR.20. */
static void clock_aligned_values_rest_during_a_transaction(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_2_0_1, 1);
    set(world, "SampledDataCtrlr", "TxStartedMeasurands", "");
    set(world, "SampledDataCtrlr", "TxEndedMeasurands", "");
    set(world, "AlignedDataCtrlr", "Measurands", REGISTER);
    set(world, "AlignedDataCtrlr", "Interval", "300");
    set(world, "AlignedDataCtrlr", "SendDuringIdle", "true");
    world_pass(world, 110);
    assert_int_equal(count_told(world, "Sample.Clock", REGISTER, false), 2);
    start(world, 1);
    world_pass(world, 310);
    assert_int_equal(count_told(world, "", "", false), 2);
    leave(world, 1);
    world_pass(world, 300);
    assert_int_equal(count_told(world, "Sample.Clock", REGISTER, false), 4);
    assert_int_equal(count_told(world, "", "", true), 0);
    world_free(world);
}

/* --- of transactions
 * ------------------------------------------------------------------------------------------------------------ */

/* TC_J_07_CS; E01.FR.09, E02.FR.09, J02.FR.02, J02.FR.03, J02.FR.04, J02.FR.06, J02.FR.18. */
static void the_start_has_its_values(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_2_0_1, 1);
    set(world, "TxCtrlr", "TxStartPoint", "EVConnected");
    set(world, "SampledDataCtrlr", "TxStartedMeasurands", REGISTER ",Voltage");
    central_forgets(world);
    plug(world, 1);
    central_sees(world, "TransactionEvent",
                 "eventType=Started meterValue/0/sampledValue=(4) meterValue/0/sampledValue/0/context=Transaction.Begin");
    card(world, 1, "TAG");
    assert_int_equal(count_told(world, "Transaction.Begin", REGISTER, false), 1);
    assert_told_the_truth(world);
    world_free(world);
}

/* TC_J_08_CS; E02.FR.21, E01.FR.16. */
static void the_place_comes_with_the_first_values(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_2_0_1, 1);
    set(world, "TxCtrlr", "TxStartPoint", "Authorized");
    set(world, "SampledDataCtrlr", "TxStartedMeasurands", REGISTER ",Voltage");
    central_forgets(world);
    card(world, 1, "TAG");
    central_sees(world, "TransactionEvent", "eventType=Started evse=- meterValue=-");
    world_pass(world, 5);
    plug(world, 1);
    central_sees(world, "TransactionEvent",
                 "eventType=Updated evse/id=1 meterValue/0/sampledValue=(4) "
                 "meterValue/0/sampledValue/0/context=Transaction.Begin");
    assert_int_equal(count_told(world, "Transaction.Begin", REGISTER, false), 1);
    assert_told_the_truth(world);
    world_free(world);
}

/* TC_J_09_CS; J02.FR.01, J02.FR.10, J02.FR.11, E02.FR.10. */
static void updates_come_at_their_interval(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_2_0_1, 1);
    set(world, "SampledDataCtrlr", "TxUpdatedMeasurands", REGISTER ",Voltage");
    set(world, "SampledDataCtrlr", "TxUpdatedInterval", "30");
    start(world, 1);
    central_forgets(world);
    world_pass(world, 185);
    central_sees(world, "TransactionEvent",
                 "eventType=Updated triggerReason=MeterValuePeriodic meterValue=(1) meterValue/0/sampledValue=(4) "
                 "meterValue/0/sampledValue/0/context=Sample.Periodic");
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, false), 6);
    assert_apart(world, "Sample.Periodic", 30, false);
    assert_told_the_truth(world);
    world_free(world);
}

/* TC_J_10_CS; E06.FR.11, E07.FR.08, J02.FR.01. */
static void the_end_has_the_samples(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_2_0_1, 1);
    set(world, "AlignedDataCtrlr", "TxEndedMeasurands", "");
    set(world, "SampledDataCtrlr", "TxEndedMeasurands", REGISTER ",Voltage");
    set(world, "SampledDataCtrlr", "TxEndedInterval", "60");
    start(world, 1);
    world_pass(world, 300);
    leave(world, 1);
    central_sees(world, "TransactionEvent", "eventType=Ended meterValue=(7) meterValue/0/sampledValue=(4)");
    assert_int_equal(count_told(world, "Transaction.Begin", REGISTER, true), 1);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, true), 5);
    assert_int_equal(count_told(world, "Transaction.End", REGISTER, true), 1);
    assert_apart(world, "Sample.Periodic", 60, true);
    assert_told_the_truth(world);
    world_free(world);
}

/* --- signed
 * ----------------------------------------------------------------------------------------------------------------------- */

static size_t read_signed(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    static const struct ocpp_signed_value value = { "T0NNRnx7fXx7fQ==", "", "OCMF", "b2NhOmJhc2UxNjphc24xOjMwNTk=" };
    const size_t count = read_curve(evse, samples, room, user);
    if (count > 0) {
        samples[0].signed_value = &value;
    }
    return count;
}

static struct world *signing(void)
{
    struct world *world = world_new();
    world->hardware.read_meter = read_signed;
    world->settings.max_signed_bytes = 6000;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_set(world, "MeterValueSampleInterval", "0");
    return world;
}

/* TC_J_04_CS; J01.FR.21. */
static void clock_aligned_values_are_signed(void **state)
{
    (void)state;
    struct world *world = signing();
    set(world, "AlignedDataCtrlr", "SignReadings", "true");
    set(world, "AlignedDataCtrlr", "TxEndedMeasurands", REGISTER);
    set(world, "AlignedDataCtrlr", "TxEndedInterval", "60");
    set(world, "SampledDataCtrlr", "TxEndedMeasurands", "");
    set(world, "OCPPCommCtrlr", "PublicKeyWithSignedMeterValue", "EveryMeterValue");
    start(world, 1);
    world_pass(world, 130);
    leave(world, 1);
    central_sees(world, "TransactionEvent",
                 "eventType=Ended meterValue/0/sampledValue/0/context=Sample.Clock "
                 "meterValue/0/sampledValue/0/signedMeterValue/signedMeterData=T0NNRnx7fXx7fQ== "
                 "meterValue/0/sampledValue/0/signedMeterValue/publicKey=b2NhOmJhc2UxNjphc24xOjMwNTk=");
    world_free(world);
}

/* TC_J_11_CS; J02.FR.21, E07.FR.12. */
static void sampled_values_are_signed(void **state)
{
    (void)state;
    struct world *world = signing();
    set(world, "SampledDataCtrlr", "SignReadings", "true");
    set(world, "SampledDataCtrlr", "TxEndedInterval", "60");
    set(world, "OCPPCommCtrlr", "PublicKeyWithSignedMeterValue", "Never");
    start(world, 1);
    world_pass(world, 130);
    leave(world, 1);
    for (int i = 0; i < 4; i++) {
        char members[320];
        snprintf(members, sizeof(members),
                 "eventType=Ended meterValue=(4) meterValue/%d/sampledValue/0/signedMeterValue/signedMeterData=T0NNRnx7fXx7fQ== "
                 "meterValue/%d/sampledValue/0/signedMeterValue/publicKey=-",
                 i, i);
        const size_t before = world->looked_at;
        central_sees(world, "TransactionEvent", members);
        world->looked_at = before;
    }
    central_sees(world, "TransactionEvent", "eventType=Ended meterValue/3/sampledValue/0/context=Transaction.End");
    world_free(world);
}

/* --- 1.6
 * -----------------------------------------------------------------------------------------------------------------------------
 */

/* TC_070_CS; title only, steps ours. 1.6 4.7, 3.16.1, errata 3.15: sampled values on the way and in the stop. */
static void sampled_values_in_1_6(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_1_6, 1);
    world_set(world, "MeterValuesSampledData", REGISTER ",Voltage");
    world_set(world, "StopTxnSampledData", REGISTER);
    world_set(world, "MeterValueSampleInterval", "60");
    start(world, 1);
    world_pass(world, 200);
    central_sees(
        world, "MeterValues",
        "connectorId=1 transactionId=1 meterValue/0/sampledValue=(4) meterValue/0/sampledValue/0/context=Sample.Periodic "
        "meterValue/0/sampledValue/0/unit=Wh meterValue/0/sampledValue/1/phase=L1-N meterValue/0/sampledValue/1/unit=V");
    leave(world, 1);
    central_sees(world, "StopTransaction",
                 "transactionData=(5) transactionData/0/sampledValue/0/context=Transaction.Begin "
                 "transactionData/4/sampledValue/0/context=Transaction.End");
    assert_apart(world, "Sample.Periodic", 60, false);
    assert_apart(world, "Sample.Periodic", 60, true);
    assert_told_the_truth(world);
    world_free(world);
}

/* TC_071_CS; title only, steps ours. 1.6 3.16.2, errata 3.15, 3.16: clock-aligned values, of every meter, and in the stop. */
static void clock_aligned_values_in_1_6(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_1_6, 2);
    world_set(world, "MeterValuesAlignedData", REGISTER);
    world_set(world, "StopTxnAlignedData", REGISTER);
    world_set(world, "ClockAlignedDataInterval", "60");
    start(world, 2);
    central_forgets(world);
    world_pass(world, 45);
    central_sees(world, "MeterValues", "connectorId=2 transactionId=1 meterValue/0/timestamp=2023-11-14T22:14:00.000Z");
    central_sees(world, "MeterValues", "connectorId=0 transactionId=- meterValue/0/timestamp=2023-11-14T22:14:00.000Z");
    central_sees(world, "MeterValues", "connectorId=1 transactionId=- meterValue/0/timestamp=2023-11-14T22:14:00.000Z");
    world_pass(world, 120);
    leave(world, 2);
    central_sees(world, "StopTransaction",
                 "transactionData=(5) transactionData/1/sampledValue/0/context=Sample.Clock "
                 "transactionData/1/timestamp=2023-11-14T22:14:00.000Z");
    assert_apart(world, "Sample.Clock", 60, true);
    assert_told_the_truth(world);
    world_free(world);
}

/* 1.6 4.10, errata 3.91. A session that goes on after its driver stopped, told in 1.6 as one transaction after another: each
 * gives account of itself only. */
static void each_transaction_of_a_session_has_its_own_samples(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_1_6, 1);
    world_set(world, "StopTxnSampledData", REGISTER);
    world_set(world, "MeterValueSampleInterval", "60");
    world_set(world, "MeterValuesSampledData", "");
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "EVConnected");
    world_set(world, "TxStopPoint", "EVConnected");
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    world_disconnect(world);
    start(world, 1);
    world_pass(world, 130);
    card(world, 1, "TAG");
    world_pass(world, 70);
    card(world, 1, "TAG");
    world_pass(world, 130);
    leave(world, 1);
    world_connect(world, OCPP_VERSION_1_6);
    world_pass(world, 5);
    central_sees(world, "StopTransaction",
                 "transactionData=(4) transactionData/0/sampledValue/0/context=Transaction.Begin "
                 "transactionData/2/sampledValue/0/context=Sample.Periodic transactionData/2/sampledValue/0/value=1121 "
                 "transactionData/3/sampledValue/0/context=Transaction.End");
    central_sees(world, "StopTransaction",
                 "transactionData=(3) transactionData/0/sampledValue/0/context=Sample.Periodic "
                 "transactionData/2/sampledValue/0/context=Transaction.End");
    assert_told_the_truth(world);
    world_free(world);
}

/* 1.6 edition 2, 9.1.15, 9.1.17, 9.1.25, 9.1.27: each list tells the phases that it names and no other, and the end of a
 * transaction those of its two lists. */
static void values_of_single_phases_in_1_6(void **state)
{
    (void)state;
    struct world *world = quiet(OCPP_VERSION_1_6, 1);
    world_set(world, "MeterValuesSampledData", "Voltage.L1-N");
    world_set(world, "MeterValuesAlignedData", "Voltage.L2-N,Voltage.L3-N");
    world_set(world, "StopTxnSampledData", "Voltage.L2-N");
    world_set(world, "StopTxnAlignedData", "Voltage.L3-N");
    world_set(world, "MeterValueSampleInterval", "100");
    world_set(world, "ClockAlignedDataInterval", "60");
    start(world, 1);
    central_forgets(world);
    world_pass(world, 45);
    central_sees(world, "MeterValues",
                 "connectorId=1 meterValue/0/sampledValue=(2) meterValue/0/sampledValue/0/context=Sample.Clock "
                 "meterValue/0/sampledValue/0/phase=L2-N meterValue/0/sampledValue/1/phase=L3-N");
    world_set(world, "ClockAlignedDataInterval", "0");
    world_pass(world, 60);
    central_sees(world, "MeterValues",
                 "connectorId=1 meterValue/0/sampledValue=(1) meterValue/0/sampledValue/0/context=Sample.Periodic "
                 "meterValue/0/sampledValue/0/phase=L1-N");
    leave(world, 1);
    central_sees(world, "StopTransaction",
                 "transactionData=(4) transactionData/0/sampledValue=(2) transactionData/0/sampledValue/0/phase=L2-N "
                 "transactionData/0/sampledValue/1/phase=L3-N transactionData/1/sampledValue=(1) "
                 "transactionData/1/sampledValue/0/phase=L3-N transactionData/2/sampledValue=(1) "
                 "transactionData/2/sampledValue/0/phase=L2-N transactionData/3/sampledValue=(2)");
    world_free(world);
}

/* F06.FR.06; 1.6 errata 3.46: each version has its own list for readings that are asked for. */
static void a_reading_that_is_asked_for_has_the_right_measurands(void **state)
{
    struct world *world = quiet(version_of(state), 1);
    world_set(world, "MeterValuesSampledData", world_is_old(world) ? "Voltage" : REGISTER);
    world_set(world, "MeterValuesAlignedData", world_is_old(world) ? REGISTER : "Voltage");
    central_forgets(world);
    central_asks(world, "TriggerMessage", "{'requestedMessage':'MeterValues'}");
    world_run(world);
    central_sees(world, "MeterValues",
                 "meterValue/0/sampledValue=(3) meterValue/0/sampledValue/0/context=Trigger "
                 "meterValue/0/sampledValue/0/measurand=Voltage");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_aligned_values_come_without_a_transaction),
        cmocka_unit_test(clock_aligned_values_come_during_a_transaction),
        cmocka_unit_test(clock_aligned_values_come_with_the_end),
        cmocka_unit_test(clock_aligned_values_rest_during_a_transaction),
        cmocka_unit_test(the_start_has_its_values),
        cmocka_unit_test(the_place_comes_with_the_first_values),
        cmocka_unit_test(updates_come_at_their_interval),
        cmocka_unit_test(the_end_has_the_samples),
        cmocka_unit_test(clock_aligned_values_are_signed),
        cmocka_unit_test(sampled_values_are_signed),
        cmocka_unit_test(sampled_values_in_1_6),
        cmocka_unit_test(clock_aligned_values_in_1_6),
        cmocka_unit_test(each_transaction_of_a_session_has_its_own_samples),
        cmocka_unit_test(values_of_single_phases_in_1_6),
        IN_EACH_VERSION(a_reading_that_is_asked_for_has_the_right_measurands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
