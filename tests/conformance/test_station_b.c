/* Block B of a station, provisioning: cold boots (B01 to B03), what a time offline leaves to tell (B04), resets (B11, B12); and
 * the cases of 1.6 about boots, resets and power failures, which are public by title only. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static void restart_evse(int evse, void *user)
{
    (void)evse;
    (void)user;
}

/* A station of two EVSEs that can be reset each by itself, switched on, without a link. */
static struct world *powered(void)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world->hardware.restart_evse = restart_evse;
    world_power_on(world);
    return world;
}

static struct world *accepted(enum ocpp_version version)
{
    struct world *world = powered();
    world_connect(world, version);
    central_forgets(world);
    return world;
}

/* EnergyTransferStarted at |evse|. */
static void charge_at(struct world *world, int evse, const char *token)
{
    plug(world, evse);
    card(world, evse, token);
    charge(world, evse, 100);
    central_forgets(world);
}

static const char *reset(struct world *world, const char *type, int evse)
{
    char payload[80];
    char place[20] = "";
    if (evse != 0) {
        snprintf(place, sizeof(place), ",'evseId':%d", evse);
    }
    snprintf(payload, sizeof(payload), "{'type':'%s'%s}", type, place);
    return value_of(central_asks(world, "Reset", payload), "status");
}

/* The firmware restarts as it was asked to; vehicles stay where they are, the hardware tells it anew. */
static void restarts(struct world *world, int plugged_evse)
{
    assert_int_equal(world->restarts, 1);
    world_power_back(world, 5);
    if (plugged_evse != 0) {
        plug(world, plugged_evse);
    }
    world_connect(world, world->version);
}

static const char *status_of(int evse, const char *status, char text[64])
{
    snprintf(text, 64, "connectorStatus=%s evseId=%d connectorId=1", status, evse);
    return text;
}

static void connectors_are(struct world *world, const char *first, const char *second)
{
    char text[64];
    central_sees(world, "StatusNotification", status_of(1, first, text));
    central_sees(world, "StatusNotification", status_of(2, second, text));
}

/* --- cold boots ----------------------------------------------------------------------------------------------------------------
 */

/* TC_B_01_CS; B01.FR.01, B01.FR.05, B01.FR.09. */
static void a_cold_boot_that_is_accepted_tells_every_connector_and_beats(void **state)
{
    (void)state;
    struct world *world = powered();
    world->boot_interval = 50;
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "reason=PowerUp chargingStation/model=* chargingStation/vendorName=Example");
    connectors_are(world, "Available", "Available");
    world_pass(world, 50);
    central_sees(world, "Heartbeat", "");
    world_free(world);
}

/* TC_B_03_CS; B03.FR.02, B03.FR.04, B03.FR.06. */
static void a_cold_boot_that_is_rejected_is_silent_until_the_interval_is_over(void **state)
{
    (void)state;
    struct world *world = powered();
    world->boot_status = "Rejected";
    world->boot_interval = 40;
    world_connect(world, OCPP_VERSION_2_0_1);
    plug(world, 1);
    world_pass(world, 39);
    assert_int_equal(world->call_count, 1);
    world->boot_status = "Accepted";
    world_pass(world, 1);
    central_sees(world, "BootNotification", "reason=PowerUp");
    central_sees(world, "BootNotification", "reason=PowerUp");
    connectors_are(world, "Occupied", "Available");
    world_free(world);
}

/* TC_B_30_CS; B03.FR.08. */
static void a_rejected_station_answers_security_error(void **state)
{
    (void)state;
    struct world *world = powered();
    world->boot_status = "Rejected";
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(central_asks(world, "GetBaseReport", "{'requestId':1,'reportBase':'FullInventory'}"), "SecurityError");
    assert_string_equal(central_asks(world, "TriggerMessage", "{'requestedMessage':'BootNotification'}"), "SecurityError");
    world_pass(world, 20);
    assert_int_equal(world->call_count, 1);
    world_free(world);
}

/* TC_001_CS; 1.6 edition 2, 4.2. Title only, steps ours. */
static void a_cold_boot_in_one_dot_six_tells_every_connector_and_beats(void **state)
{
    (void)state;
    struct world *world = powered();
    world->boot_interval = 50;
    world_connect(world, OCPP_VERSION_1_6);
    central_sees(world, "BootNotification", "chargePointVendor=Example chargePointModel=*");
    central_sees(world, "StatusNotification", "connectorId=0 status=Available errorCode=NoError");
    central_sees(world, "StatusNotification", "connectorId=1 status=Available errorCode=NoError");
    central_sees(world, "StatusNotification", "connectorId=2 status=Available errorCode=NoError");
    world_pass(world, 50);
    central_sees(world, "Heartbeat", "");
    world_free(world);
}

/* TC_002_CS; 1.6 edition 2, 4.2. Title only, steps ours: it answers, starts nothing, and boots again when it is told to. */
static void a_pending_boot_in_one_dot_six_answers_and_waits(void **state)
{
    (void)state;
    struct world *world = powered();
    world->boot_status = "Pending";
    world->boot_interval = 300;
    world_connect(world, OCPP_VERSION_1_6);
    world_set(world, "MeterValueSampleInterval", "30");
    assert_string_equal(
        value_of(central_asks(world, "GetConfiguration", "{'key':['MeterValueSampleInterval']}"), "configurationKey/0/value"),
        "30");
    assert_string_equal(central_starts(world, 1, "APP"), "Rejected");
    assert_string_equal(value_of(central_asks(world, "RemoteStopTransaction", "{'transactionId':1}"), "status"), "Rejected");
    world_pass(world, 60);
    assert_int_equal(world->call_count, 1);
    world->boot_status = "Accepted";
    assert_string_equal(value_of(central_asks(world, "TriggerMessage", "{'requestedMessage':'BootNotification'}"), "status"),
                        "Accepted");
    assert_int_equal(central_counts(world, "BootNotification"), 2);
    central_sees(world, "StatusNotification", "connectorId=1 status=Available");
    world_free(world);
}

/* --- offline
 * ---------------------------------------------------------------------------------------------------------------------- */

static void set_threshold(struct world *world, const char *seconds)
{
    char payload[160];
    snprintf(payload, sizeof(payload),
             "{'setVariableData':[{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'},"
             "'attributeValue':'%s'}]}",
             seconds);
    assert_string_equal(value_of(central_asks(world, "SetVariables", payload), "setVariableResult/0/attributeStatus"),
                        "Accepted");
}

/* TC_B_51_CS; B04.FR.01. Longer than the threshold: every connector, also where nothing changed. */
static void after_more_than_the_offline_threshold_every_connector_is_told(void **state)
{
    (void)state;
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    set_threshold(world, "30");
    world_disconnect(world);
    world_pass(world, 15);
    plug(world, 1);
    world_pass(world, 16);
    world_connect(world, OCPP_VERSION_2_0_1);
    connectors_are(world, "Occupied", "Available");
    central_does_not_see(world, "BootNotification");
    world_free(world);
}

/* TC_B_52_CS; B04.FR.02. Not longer, to the second: what changed, and nothing of what changed back. */
static void after_no_more_than_the_offline_threshold_only_changes_are_told(void **state)
{
    (void)state;
    char text[64];
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    set_threshold(world, "30");
    world_disconnect(world);
    plug(world, 1);
    plug(world, 2);
    world_pass(world, 28);
    unplug(world, 2);
    world_pass(world, 2);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "StatusNotification", status_of(1, "Occupied", text));
    central_does_not_see(world, "StatusNotification");
    world_free(world);
}

/* --- resets of the station
 * ---------------------------------------------------------------------------------------------------------- */

/* TC_B_20_CS; B11.FR.01, B11.FR.03, B11.FR.04, B01.FR.03. */
static void a_reset_on_idle_without_a_transaction_happens_at_once(void **state)
{
    (void)state;
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(reset(world, "OnIdle", 0), "Accepted");
    restarts(world, 0);
    central_sees(world, "BootNotification", "reason=RemoteReset");
    connectors_are(world, "Available", "Available");
    world_free(world);
}

/* TC_B_21_CS; B12.FR.01, B12.FR.03. With the default TxStopPoint the transaction is over when its owner stops it. */
static void a_reset_on_idle_with_a_transaction_waits_for_its_end(void **state)
{
    (void)state;
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    charge_at(world, 1, "TAG");
    assert_string_equal(reset(world, "OnIdle", 0), "Scheduled");
    world_pass(world, 300);
    assert_int_equal(world->restarts, 0);
    card(world, 1, "TAG");
    central_sees(world, "TransactionEvent", "eventType=Ended triggerReason=StopAuthorized");
    restarts(world, 1);
    central_sees(world, "BootNotification", "reason=ScheduledReset");
    connectors_are(world, "Occupied", "Available");
    world_free(world);
}

/* TC_B_22_CS; B12.FR.02, B12.FR.04, B01.FR.03. */
static void an_immediate_reset_ends_the_transaction_first(void **state)
{
    (void)state;
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    charge_at(world, 1, "TAG");
    assert_string_equal(reset(world, "Immediate", 0), "Accepted");
    central_sees(world, "TransactionEvent",
                 "eventType=Ended triggerReason=ResetCommand transactionInfo/chargingState=EVConnected "
                 "transactionInfo/stoppedReason=ImmediateReset idToken=-");
    restarts(world, 1);
    central_sees(world, "BootNotification", "reason=RemoteReset");
    connectors_are(world, "Occupied", "Available");
    world_free(world);
}

/* TC_B_23_CS; B11.FR.01, B11.FR.02, B11.FR.03, B11.FR.04, B01.FR.03, B01.FR.07. */
static void what_was_unavailable_is_so_after_a_reset(void **state)
{
    (void)state;
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    central_asks(world, "ChangeAvailability", "{'operationalStatus':'Inoperative','evse':{'id':1,'connectorId':1}}");
    central_forgets(world);
    assert_string_equal(reset(world, "OnIdle", 0), "Accepted");
    restarts(world, 0);
    central_sees(world, "BootNotification", "reason=RemoteReset");
    connectors_are(world, "Unavailable", "Available");
    world_free(world);
}

/* TC_B_41_CS; B12.FR.01, B12.FR.03. */
static void a_reset_on_idle_waits_for_every_transaction(void **state)
{
    (void)state;
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    charge_at(world, 1, "ONE");
    charge_at(world, 2, "TWO");
    assert_string_equal(reset(world, "OnIdle", 0), "Scheduled");
    card(world, 1, "ONE");
    unplug(world, 1);
    assert_int_equal(world->restarts, 0);
    card(world, 2, "TWO");
    central_sees(world, "TransactionEvent", "eventType=Ended triggerReason=StopAuthorized");
    restarts(world, 2);
    central_sees(world, "BootNotification", "reason=ScheduledReset");
    connectors_are(world, "Available", "Occupied");
    world_free(world);
}

/* --- resets of an EVSE
 * ------------------------------------------------------------------------------------------------------------- */

/* TC_B_25_CS; B11.FR.01, B11.FR.08, B11.FR.10. */
static void an_evse_is_reset_without_a_transaction(void **state)
{
    (void)state;
    char text[64];
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(reset(world, "OnIdle", 1), "Accepted");
    central_sees(world, "StatusNotification", status_of(1, "Unavailable", text));
    assert_int_equal(ocpp_charge_point_reset_done(world->cp, 1, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "StatusNotification", status_of(1, "Available", text));
    central_does_not_see(world, "BootNotification");
    world_free(world);
}

/* TC_B_26_CS; B12.FR.01, B12.FR.07. */
static void an_evse_is_reset_on_idle_when_its_transaction_is_over(void **state)
{
    (void)state;
    char text[64];
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    charge_at(world, 1, "TAG");
    assert_string_equal(reset(world, "OnIdle", 1), "Scheduled");
    card(world, 1, "TAG");
    central_sees(world, "TransactionEvent", "eventType=Ended triggerReason=StopAuthorized transactionInfo/stoppedReason=Local");
    unplug(world, 1);
    central_sees(world, "StatusNotification", status_of(1, "Unavailable", text));
    world_free(world);
}

/* TC_B_27_CS; B12.FR.02, B12.FR.08. */
static void an_evse_is_reset_at_once_and_its_transaction_ends(void **state)
{
    (void)state;
    struct world *world = accepted(OCPP_VERSION_2_0_1);
    charge_at(world, 1, "TAG");
    assert_string_equal(reset(world, "Immediate", 1), "Accepted");
    central_sees(world, "TransactionEvent",
                 "eventType=Ended triggerReason=ResetCommand transactionInfo/chargingState=EVConnected "
                 "transactionInfo/stoppedReason=ImmediateReset");
    world_free(world);
}

/* TC_B_28_CS; TC_B_29_CS; B11.FR.01, B11.FR.09, B12.FR.01, B12.FR.09. Without and with a transaction. */
static void an_evse_that_cannot_be_reset_alone_is_not(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(reset(world, "OnIdle", 1), "Rejected");
    charge_at(world, 1, "TAG");
    assert_string_equal(reset(world, "OnIdle", 1), "Rejected");
    assert_true(world->closed[1]);
    world_free(world);
}

/* --- resets in 1.6
 * ------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *type;
    bool hard;
    bool charging;
    const char *reason;
} old_resets[] = {
    { "Hard", true, false, NULL },
    { "Soft", false, false, NULL },
    { "Hard", true, true, "HardReset" },
    { "Soft", false, true, "SoftReset" },
};

/* TC_013_CS; TC_014_CS; TC_015_CS; TC_016_CS; 1.6 edition 2, 5.14; 1.6 errata 3.36. Titles only, steps ours: hard and soft,
 * without and with a transaction, which ends before the restart. */
static void resets_of_one_dot_six_end_what_runs_and_restart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(old_resets); i++) {
        struct world *world = accepted(OCPP_VERSION_1_6);
        if (old_resets[i].charging) {
            charge_at(world, 1, "TAG");
        }
        assert_string_equal(reset(world, old_resets[i].type, 0), "Accepted");
        if (old_resets[i].charging) {
            central_sees(world, "StopTransaction", "meterStop=100");
            assert_string_equal(the_session(world)->reason, old_resets[i].reason);
        }
        assert_int_equal(world->restarted_hard, old_resets[i].hard);
        restarts(world, old_resets[i].charging ? 1 : 0);
        central_sees(world, "BootNotification", "");
        central_sees(world, "StatusNotification",
                     old_resets[i].charging ? "connectorId=1 status=Preparing" : "connectorId=1 status=Available");
        assert_int_equal(world->session_count, old_resets[i].charging ? 1 : 0);
        world_free(world);
    }
}

/* --- power failures
 * ------------------------------------------------------------------------------------------------------------------ */

/* TC_032_1_CS. Title only, steps ours: the firmware sees the power fail and has the time to say so. */
static void a_station_that_sees_its_power_fail_stops_before_it_goes_down(void **state)
{
    struct world *world = accepted(version_of(state));
    charge_at(world, 1, "TAG");
    assert_int_equal(ocpp_charge_point_stop(world->cp, 1, OCPP_STOP_POWER_LOSS, world->now), OCPP_OK);
    world_run(world);
    assert_string_equal(the_session(world)->reason, "PowerLoss");
    world_power_back(world, 600);
    world_connect(world, version_of(state));
    central_sees(world, "BootNotification", "");
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 100);
    world_free(world);
}

/* TC_032_2_CS. Title only, steps ours: the power was gone at once; the end is told after the boot, with what was metered.
 * peers: sessions stuck after power loss, meterStop gone. */
static void a_station_whose_power_was_gone_at_once_stops_after_it_is_back(void **state)
{
    struct world *world = accepted(version_of(state));
    charge_at(world, 1, "TAG");
    world_pass(world, 60);
    test_storage_cut_now(world->storage, 0);
    world_power_back(world, 600);
    assert_int_equal(the_session(world)->ended, 0);
    world_connect(world, version_of(state));
    central_sees(world, "BootNotification", "");
    central_sees(world, world_is_old(world) ? "StopTransaction" : "TransactionEvent",
                 world_is_old(world) ? "reason=PowerLoss meterStop=100 transactionId=1"
                                     : "eventType=Ended transactionInfo/stoppedReason=PowerLoss offline=true");
    assert_int_equal(the_session(world)->meter_stop, 100);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cold_boot_that_is_accepted_tells_every_connector_and_beats),
        cmocka_unit_test(a_cold_boot_that_is_rejected_is_silent_until_the_interval_is_over),
        cmocka_unit_test(a_rejected_station_answers_security_error),
        cmocka_unit_test(a_cold_boot_in_one_dot_six_tells_every_connector_and_beats),
        cmocka_unit_test(a_pending_boot_in_one_dot_six_answers_and_waits),
        cmocka_unit_test(after_more_than_the_offline_threshold_every_connector_is_told),
        cmocka_unit_test(after_no_more_than_the_offline_threshold_only_changes_are_told),
        cmocka_unit_test(a_reset_on_idle_without_a_transaction_happens_at_once),
        cmocka_unit_test(a_reset_on_idle_with_a_transaction_waits_for_its_end),
        cmocka_unit_test(an_immediate_reset_ends_the_transaction_first),
        cmocka_unit_test(what_was_unavailable_is_so_after_a_reset),
        cmocka_unit_test(a_reset_on_idle_waits_for_every_transaction),
        cmocka_unit_test(an_evse_is_reset_without_a_transaction),
        cmocka_unit_test(an_evse_is_reset_on_idle_when_its_transaction_is_over),
        cmocka_unit_test(an_evse_is_reset_at_once_and_its_transaction_ends),
        cmocka_unit_test(an_evse_that_cannot_be_reset_alone_is_not),
        cmocka_unit_test(resets_of_one_dot_six_end_what_runs_and_restart),
        IN_EACH_VERSION(a_station_that_sees_its_power_fail_stops_before_it_goes_down),
        IN_EACH_VERSION(a_station_whose_power_was_gone_at_once_stops_after_it_is_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
