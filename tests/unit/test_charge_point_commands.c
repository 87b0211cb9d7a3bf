/* What the central system may ask, and the rules of status reports. */
#include "station_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static const char *reset(struct world *world, bool hard)
{
    const char *kind = world_is_old(world) ? (hard ? "{'type':'Hard'}" : "{'type':'Soft'}")
                                           : (hard ? "{'type':'Immediate'}" : "{'type':'OnIdle'}");
    return value_of(central_asks(world, "Reset", kind), "status");
}

/* --- reset ------------------------------------------------------------------------------------------------------------------ */

static void a_reset_restarts_when_its_answer_has_left(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(reset(world, false), "Accepted");
    assert_int_equal(world->restarts, 1);
    assert_false(world->restarted_hard);
    world_power_back(world, 5);
    world_connect(world, version_of(state));
    if (!world_is_old(world)) { /* B01.FR.09 */
        central_sees(world, "BootNotification", "reason=RemoteReset");
    }
    world_power_back(world, 5);
    world_connect(world, version_of(state));
    if (!world_is_old(world)) {
        central_sees(world, "BootNotification", "reason=PowerUp");
    }
    world_free(world);
}

static void a_reset_at_once_ends_transactions_and_waits_until_that_is_told(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_string_equal(reset(world, true), "Accepted");
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, world_is_old(world) ? "HardReset" : "ImmediateReset");
    if (!world_is_old(world)) { /* B12.FR.04 */
        central_sees(world, "TransactionEvent", "eventType=Ended triggerReason=ResetCommand");
    }
    assert_int_equal(world->restarts, 1);
    assert_int_equal(world->restarted_hard, world_is_old(world));
    world_free(world);
}

/* B12.FR.05; 1.6 errata 3.36: what is not answered is queued and told after the restart. */
static void a_reset_waits_no_longer_than_half_a_minute_for_that(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    world->silent_action = world_is_old(world) ? "StopTransaction" : "TransactionEvent";
    world->silent_count = 5;
    reset(world, true);
    world_pass(world, 29);
    assert_int_equal(world->restarts, 0);
    world_pass(world, 1);
    assert_int_equal(world->restarts, 1);
    world->silent_count = 0;
    world_power_back(world, 5);
    world_connect(world, version_of(state));
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static void a_soft_reset_ends_transactions_gently_in_one_dot_six(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_string_equal(reset(world, false), "Accepted");
    assert_string_equal(the_session(world)->reason, "SoftReset");
    assert_int_equal(world->restarts, 1);
    world_free(world);
}

static void a_reset_on_idle_waits_for_the_transactions(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_string_equal(reset(world, false), "Scheduled");
    world_pass(world, 600);
    assert_int_equal(world->restarts, 0);
    card(world, 1, "TAG");
    assert_string_equal(the_session(world)->reason, "Local");
    assert_int_equal(world->restarts, 1);
    world_free(world);
}

static void nothing_starts_while_a_reset_is_due(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "TAG");
    reset(world, false);
    plug(world, 2);
    card(world, 2, "NEXT");
    assert_false(world->closed[2]);
    assert_string_equal(central_starts(world, 2, "APP"), "Rejected");
    world_free(world);
}

static void what_cannot_restart_rejects_resets(void **state)
{
    struct world *world = world_new();
    world->hardware.restart = NULL;
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_string_equal(reset(world, true), "Rejected");
    world_free(world);
}

static void one_evse_alone_is_not_reset(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(value_of(central_asks(world, "Reset", "{'type':'Immediate','evseId':1}"), "status"), "Rejected");
    assert_int_equal(world->restarts, 0);
    world_free(world);
}

/* --- unlock ------------------------------------------------------------------------------------------------------------------
 */

static const char *unlock(struct world *world, int evse, int connector)
{
    char payload[64];
    snprintf(payload, sizeof(payload), world_is_old(world) ? "{'connectorId':%d}" : "{'evseId':%d,'connectorId':%d}", evse,
             connector);
    return central_asks(world, "UnlockConnector", payload);
}

static void an_unlock_is_answered_by_the_latch(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(unlock(world, 1, 1), "");
    assert_int_equal(world->locks, 1);
    assert_false(world->locked);
    ocpp_charge_point_latch(world->cp, 1, 1, false, world->now);
    world_run(world);
    assert_string_equal(value_of(world->answer, "status"), "Unlocked");
    world_free(world);
}

static void a_latch_that_does_not_move_is_a_failure(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(unlock(world, 1, 1), "");
    world_pass(world, 9);
    assert_string_equal(world->answer, "");
    world_pass(world, 1);
    assert_string_equal(value_of(world->answer, "status"), "UnlockFailed");
    world_free(world);
}

static void an_unlock_where_there_is_no_latch_is_not_supported(void **state)
{
    struct world *world = world_new();
    world->hardware.lock = NULL;
    world_power_on(world);
    world_connect(world, version_of(state));
    const char *answer = unlock(world, 1, 1);
    assert_string_equal(world_is_old(world) ? value_of(answer, "status") : answer, "NotSupported");
    world_free(world);
}

static void an_unlock_of_an_unknown_connector_says_so(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(value_of(unlock(world, 7, 7), "status"), world_is_old(world) ? "NotSupported" : "UnknownConnector");
    world_free(world);
}

/* 1.6 5.18: the transaction is finished first; F05.FR.02: it is left alone. */
static void an_unlock_during_a_transaction_follows_each_version(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    const char *answer = unlock(world, 1, 1);
    if (world_is_old(world)) {
        assert_string_equal(the_session(world)->reason, "UnlockCommand");
    } else {
        assert_string_equal(value_of(answer, "status"), "OngoingAuthorizedTransaction");
        assert_true(world->closed[1]);
    }
    world_free(world);
}

/* --- availability
 * --------------------------------------------------------------------------------------------------------------- */

static const char *change(struct world *world, int evse, bool operative)
{
    char payload[128];
    char place[48] = "";
    const char *kind = operative ? "Operative" : "Inoperative";
    if (evse != 0) {
        snprintf(place, sizeof(place), "'evse':{'id':%d},", evse);
    }
    if (world_is_old(world)) {
        snprintf(payload, sizeof(payload), "{'connectorId':%d,'type':'%s'}", evse, kind);
    } else {
        snprintf(payload, sizeof(payload), "{%s'operationalStatus':'%s'}", place, kind);
    }
    return value_of(central_asks(world, "ChangeAvailability", payload), "status");
}

static void an_evse_is_taken_out_of_service_and_back(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(change(world, 1, false), "Accepted");
    central_sees(world, "StatusNotification",
                 world_is_old(world) ? "connectorId=1 status=Unavailable" : "connectorStatus=Unavailable");
    assert_string_equal(change(world, 1, false), "Accepted"); /* G03.FR.03 */
    plug(world, 1);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_string_equal(change(world, 1, true), "Accepted");
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    world_free(world);
}

static void a_running_transaction_postpones_it(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_string_equal(change(world, 0, false), "Scheduled");
    assert_true(world->closed[1]);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_CHARGING);
    card(world, 1, "TAG");
    unplug(world, 1);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_UNAVAILABLE);
    if (world_is_old(world)) {
        central_sees(world, "StatusNotification", "connectorId=0 status=Unavailable");
    }
    world_free(world);
}

static void an_unknown_place_cannot_be_taken_out(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(change(world, 9, false), "Rejected");
    world_free(world);
}

static void what_cannot_be_stored_is_not_promised(void **state)
{
    struct world *world = world_of(state);
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(change(world, 1, false), "Rejected");
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    world_free(world);
}

/* --- triggers
 * --------------------------------------------------------------------------------------------------------------------- */

static const char *trigger(struct world *world, const char *payload)
{
    central_forgets(world);
    return value_of(central_asks(world, "TriggerMessage", payload), "status");
}

static void messages_are_sent_when_they_are_asked_for(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(trigger(world, "{'requestedMessage':'Heartbeat'}"), "Accepted");
    central_sees(world, "Heartbeat", "");
    assert_string_equal(trigger(world, "{'requestedMessage':'StatusNotification'}"), "Accepted");
    if (world_is_old(world)) {
        central_sees(world, "StatusNotification", "connectorId=0");
        central_sees(world, "StatusNotification", "connectorId=1 status=Available");
        assert_string_equal(trigger(world, "{'requestedMessage':'StatusNotification','connectorId':1}"), "Accepted");
        central_sees(world, "StatusNotification", "connectorId=1");
        central_does_not_see(world, "StatusNotification");
        assert_string_equal(trigger(world, "{'requestedMessage':'StatusNotification','connectorId':5}"), "Rejected");
    } else {
        central_sees(world, "StatusNotification", "evseId=1");
        assert_string_equal(trigger(world, "{'requestedMessage':'StatusNotification','evse':{'id':1,'connectorId':1}}"),
                            "Accepted");
        central_sees(world, "StatusNotification", "evseId=1 connectorId=1");
        assert_string_equal(trigger(world, "{'requestedMessage':'StatusNotification','evse':{'id':5}}"), "Rejected");
    }
    world_free(world);
}

static void meter_values_are_read_when_they_are_asked_for(void **state)
{
    struct world *world = world_of(state);
    world->meter_wh[1] = 321;
    assert_string_equal(trigger(world, "{'requestedMessage':'MeterValues'}"), "Accepted");
    central_sees(world, "MeterValues",
                 world_is_old(world)
                     ? "connectorId=1 transactionId=- meterValue/0/sampledValue/0/value=321 "
                       "meterValue/0/sampledValue/0/context=Trigger"
                     : "evseId=1 meterValue/0/sampledValue/0/value=321 meterValue/0/sampledValue/0/context=Trigger");
    world->meter_is_silent = true;
    assert_string_equal(trigger(world, "{'requestedMessage':'MeterValues'}"), "Accepted");
    central_does_not_see(world, "MeterValues");
    world_free(world);
}

static void a_transaction_event_is_sent_when_it_is_asked_for(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(trigger(world, "{'requestedMessage':'TransactionEvent'}"), "Rejected");
    plug(world, 1);
    card(world, 1, "TAG");
    assert_string_equal(trigger(world, "{'requestedMessage':'TransactionEvent'}"), "Accepted");
    central_sees(world, "TransactionEvent",
                 "eventType=Updated triggerReason=Trigger transactionInfo/chargingState=Charging "
                 "meterValue/0/sampledValue/0/context=Trigger");
    world_free(world);
}

/* --- what is not supported
 * ------------------------------------------------------------------------------------------------------------- */

static void what_is_not_supported_says_so(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(central_asks(world, "UpdateFirmware", "{}"), "NotSupported");
    assert_string_equal(value_of(central_asks(world, "DataTransfer", "{'vendorId':'com.example'}"), "status"), "UnknownVendorId");
    assert_string_equal(central_asks(world, "Nonsense", "{}"), "NotImplemented");
    assert_string_equal(central_asks(world, "BootNotification", "{}"), world_is_old(world) ? "NotSupported" : "NotSupported");
    world_free(world);
}

/* --- settings
 * ---------------------------------------------------------------------------------------------------------------------------- */

static void settings_are_read_and_changed_in_one_dot_six(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    const char *one = central_asks(world, "GetConfiguration", "{'key':['heartbeatinterval','Unheard']}");
    assert_string_equal(value_of(one, "configurationKey/0/key"), "HeartbeatInterval");
    assert_string_equal(value_of(one, "configurationKey/0/value"), "300");
    assert_string_equal(value_of(one, "configurationKey/0/readonly"), "false");
    assert_string_equal(value_of(one, "unknownKey/0"), "Unheard");
    const char *all = central_asks(world, "GetConfiguration", "{}");
    assert_string_equal(value_of(all, "unknownKey"), "");
    assert_string_equal(value_of(all, "configurationKey/0/key"), "AllowOfflineTxForUnknownId");
    static const struct {
        const char *request;
        const char *status;
    } rows[] = {
        { "{'key':'HeartbeatInterval','value':'60'}", "Accepted" },
        { "{'key':'HeartbeatInterval','value':'0'}", "Rejected" },
        { "{'key':'HeartbeatInterval','value':'-5'}", "Rejected" },
        { "{'key':'HeartbeatInterval','value':'1.5'}", "Rejected" },
        { "{'key':'HeartbeatInterval','value':'soon'}", "Rejected" },
        { "{'key':'HeartbeatInterval','value':''}", "Rejected" },
        { "{'key':'HeartbeatInterval','value':'99999999999999999999'}", "Rejected" },
        { "{'key':'NumberOfConnectors','value':'7'}", "Rejected" },
        { "{'key':'SupportedFeatureProfiles','value':'All'}", "Rejected" },
        { "{'key':'StopTransactionOnInvalidId','value':'TRUE'}", "Accepted" },
        { "{'key':'StopTransactionOnInvalidId','value':'yes'}", "Rejected" },
        { "{'key':'MeterValuesSampledData','value':'Energy.Active.Import.Register, SoC'}", "Accepted" },
        { "{'key':'MeterValuesSampledData','value':'Energy.Active.Import.Register,Warmth'}", "Rejected" },
        { "{'key':'MeterValuesSampledData','value':'SoC,'}", "Rejected" },
        { "{'key':'MeterValuesSampledData','value':''}", "Accepted" },
        { "{'key':'Unheard','value':'1'}", "NotSupported" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(value_of(central_asks(world, "ChangeConfiguration", rows[i].request), "status"), rows[i].status);
    }
    world_power_back(world, 1);
    world->boot_interval = 0;
    world_connect(world, OCPP_VERSION_1_6);
    const char *after = central_asks(world, "GetConfiguration", "{'key':['HeartbeatInterval']}");
    assert_string_equal(value_of(after, "configurationKey/0/value"), "60");
    world_free(world);
}

static void settings_are_read_and_changed_in_two_dot_oh(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const char *answer =
        central_asks(world, "GetVariables",
                     "{'getVariableData':[{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'MessageAttempts','instance':'"
                     "TransactionEvent'}},"
                     "{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'MessageAttempts'}},"
                     "{'component':{'name':'Toaster'},'variable':{'name':'Heat'}},"
                     "{'component':{'name':'TxCtrlr'},'variable':{'name':'TxStartPoint'}},"
                     "{'component':{'name':'TxCtrlr'},'variable':{'name':'TxStartPoint'},'attributeType':'Target'}]}");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeStatus"), "Accepted");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeValue"), "3");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeType"), "Actual");
    assert_string_equal(value_of(answer, "getVariableResult/1/attributeStatus"), "UnknownVariable");
    assert_string_equal(value_of(answer, "getVariableResult/2/attributeStatus"), "UnknownComponent");
    assert_string_equal(value_of(answer, "getVariableResult/2/attributeValue"), "");
    assert_string_equal(value_of(answer, "getVariableResult/3/attributeValue"), "PowerPathClosed");
    assert_string_equal(value_of(answer, "getVariableResult/4/attributeStatus"), "NotSupportedAttributeType");
    answer = central_asks(
        world, "SetVariables",
        "{'setVariableData':[{'component':{'name':'TxCtrlr'},'variable':{'name':'EVConnectionTimeOut'},'attributeValue':'90'},"
        "{'component':{'name':'TxCtrlr'},'variable':{'name':'EVConnectionTimeOut'},'attributeValue':'90','attributeType':'MaxSet'"
        "},"
        "{'component':{'name':'TxCtrlr'},'variable':{'name':'EVConnectionTimeOut'},'attributeValue':'never'},"
        "{'component':{'name':'TxCtrlr'},'variable':{'name':'TxStartPoint'},'attributeValue':'Never'},"
        "{'component':{'name':'TxCtrlr','evse':{'id':1}},'variable':{'name':'EVConnectionTimeOut'},'attributeValue':'90'}]}");
    assert_string_equal(value_of(answer, "setVariableResult/0/attributeStatus"), "Accepted");
    assert_string_equal(value_of(answer, "setVariableResult/1/attributeStatus"), "NotSupportedAttributeType");
    assert_string_equal(value_of(answer, "setVariableResult/2/attributeStatus"), "Rejected");
    assert_string_equal(value_of(answer, "setVariableResult/3/attributeStatus"), "Rejected");
    assert_string_equal(value_of(answer, "setVariableResult/4/attributeStatus"), "UnknownComponent");
    card(world, 1, "TAG");
    world_pass(world, 89);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_PREPARING);
    world_pass(world, 1);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    world_free(world);
}

static void a_change_that_cannot_be_stored_is_rejected(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    const char *answer = central_asks(world, "ChangeConfiguration", "{'key':'HeartbeatInterval','value':'60'}");
    assert_string_equal(value_of(answer, "status"), "Rejected");
    answer = central_asks(world, "GetConfiguration", "{'key':['HeartbeatInterval']}");
    assert_string_equal(value_of(answer, "configurationKey/0/value"), "300");
    world_free(world);
}

static void a_new_sample_interval_counts_at_once(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    world_set(world, "MeterValueSampleInterval", "0");
    const int before = the_session(world)->updates;
    world_pass(world, 300);
    assert_int_equal(the_session(world)->updates, before);
    world_set(world, "MeterValueSampleInterval", "5");
    world_pass(world, 50);
    assert_int_equal(the_session(world)->updates, before + 10);
    world_free(world);
}

static void the_data_of_a_stop_is_what_was_asked_for(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    plug(world, 1);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    central_sees(world, "StopTransaction", "transactionData=-");
    world_set(world, "StopTxnSampledData", "Energy.Active.Import.Register");
    card(world, 1, "TAG");
    charge(world, 1, 77);
    card(world, 1, "TAG");
    central_sees(world, "StopTransaction",
                 "meterStop=77 transactionData=(2) transactionData/0/sampledValue/0/value=0 "
                 "transactionData/0/sampledValue/0/context=Transaction.Begin transactionData/1/sampledValue/0/value=77 "
                 "transactionData/1/sampledValue/0/context=Transaction.End");
    world_free(world);
}

/* --- status rules
 * --------------------------------------------------------------------------------------------------------------------------- */

static void a_status_that_lasts_too_short_is_not_told(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "MinimumStatusDuration", "10");
    plug(world, 1);
    world_pass(world, 5);
    unplug(world, 1);
    world_pass(world, 60);
    central_does_not_see(world, "StatusNotification");
    plug(world, 1);
    world_pass(world, 9);
    central_does_not_see(world, "StatusNotification");
    world_pass(world, 1);
    central_sees(world, "StatusNotification", "status=Preparing");
    world_free(world);
}

static void a_status_nobody_answered_is_told_again(void **state)
{
    struct world *world = world_of(state);
    world->silent_action = "StatusNotification";
    world->silent_count = 1;
    plug(world, 1);
    const int before = central_counts(world, "StatusNotification");
    world_pass(world, 30 + 60);
    assert_int_equal(central_counts(world, "StatusNotification"), before + 1);
    world_pass(world, 300);
    assert_int_equal(central_counts(world, "StatusNotification"), before + 1);
    world_free(world);
}

static void a_status_that_was_refused_is_not_told_again(void **state)
{
    struct world *world = world_of(state);
    world->refuse_action = "StatusNotification";
    world->refuse_count = 1;
    plug(world, 1);
    const int before = central_counts(world, "StatusNotification");
    world_pass(world, 300);
    assert_int_equal(central_counts(world, "StatusNotification"), before);
    world_free(world);
}

static void the_row_of_connectors_is_numbered_evse_by_evse_and_for_ever(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world->settings.connectors_per_evse = 2;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    central_forgets(world);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 2, 1, true, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "StatusNotification", "connectorId=3 status=Preparing");
    world_power_off(world);
    world->settings.evse_count = 3; /* a third EVSE: its connectors come behind */
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    central_forgets(world);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 3, 2, true, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "StatusNotification", "connectorId=6 status=Preparing");
    assert_string_equal(value_of(central_asks(world, "ChangeAvailability", "{'connectorId':6,'type':'Inoperative'}"), "status"),
                        "Accepted");
    world_power_off(world);
    world->settings.evse_count = 2; /* and gone again: its numbers mean nothing now */
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    assert_string_equal(value_of(central_asks(world, "ChangeAvailability", "{'connectorId':6,'type':'Operative'}"), "status"),
                        "Rejected");
    world_free(world);
}

/* --- several connectors at one EVSE ------------------------------------------------------------------------------------------
 */

static struct world *with_two_connectors(void **state)
{
    struct world *world = world_new();
    world->settings.connectors_per_evse = 2;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    return world;
}

static void plug_at(struct world *world, int connector, bool plugged)
{
    assert_int_equal(ocpp_charge_point_plug(world->cp, 1, connector, plugged, world->now), OCPP_OK);
    world_run(world);
}

/* It goes on without its cable (E10); whoever comes to the other one does not charge on it. */
static void a_transaction_gives_no_energy_to_another_connector(void **state)
{
    struct world *world = with_two_connectors(state);
    world_set(world, "StopTransactionOnEVSideDisconnect", "false");
    if (!world_is_old(world)) {
        world_set(world, "TxStopPoint", "Authorized"); /* else the pull is a stop point of its own */
    }
    plug_at(world, 1, true);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    plug_at(world, 1, false);
    assert_false(world->closed[1]);
    plug_at(world, 2, true);
    assert_false(world->closed[1]);
    assert_false(ocpp_charge_point_permit(world->cp, 1, world->now).closed);
    plug_at(world, 1, true);
    assert_true(world->closed[1]);
    plug_at(world, 1, false);
    card(world, 1, "TAG"); /* it ends: now the other one may be used */
    card(world, 1, "OTHER");
    assert_true(world->closed[1]);
    assert_int_equal(world->session_count, 2);
    assert_int_equal(world->sessions[0].ended, 1);
    world_free(world);
}

static void what_is_out_of_service_or_faulted_starts_nothing_for_a_card_that_came_before(void **state)
{
    const struct ocpp_fault fault = { .code = "GroundFailure" };
    struct world *world = with_two_connectors(state);
    assert_string_equal(
        value_of(central_asks(world, "ChangeAvailability",
                              world_is_old(world) ? "{'connectorId':2,'type':'Inoperative'}"
                                                  : "{'evse':{'id':1,'connectorId':2},'operationalStatus':'Inoperative'}"),
                 "status"),
        "Accepted");
    card(world, 1, "TAG");
    plug_at(world, 2, true);
    assert_false(world->closed[1]);
    assert_int_equal(world->session_count, 0);
    plug_at(world, 2, false);
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 1, &fault, world->now), OCPP_OK);
    card(world, 1, "TAG");
    plug_at(world, 1, true);
    assert_false(world->closed[1]);
    assert_int_equal(world->session_count, 0);
    world_free(world);
}

static void an_evse_whose_every_connector_is_out_of_service_takes_no_card_and_no_remote_start(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(change(world, 1, false), "Accepted");
    central_forgets(world);
    assert_string_equal(central_starts(world, 1, "TAG"), "Rejected");
    card(world, 1, "TAG");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    central_does_not_see(world, "StatusNotification");
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_UNAVAILABLE);
    world_free(world);
}

static void a_card_that_waits_for_a_plug_is_forgotten_where_the_evse_is_taken_out_of_service(void **state)
{
    struct world *world = world_of(state);
    card(world, 1, "TAG");
    assert_string_equal(change(world, 1, false), "Accepted");
    central_sees(world, "StatusNotification",
                 world_is_old(world) ? "connectorId=1 status=Unavailable" : "connectorStatus=Unavailable");
    plug(world, 1);
    assert_false(world->closed[1]);
    assert_int_equal(world->session_count, 0);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_reset_restarts_when_its_answer_has_left),
        IN_EACH_VERSION(a_reset_at_once_ends_transactions_and_waits_until_that_is_told),
        IN_EACH_VERSION(a_reset_waits_no_longer_than_half_a_minute_for_that),
        cmocka_unit_test(a_soft_reset_ends_transactions_gently_in_one_dot_six),
        cmocka_unit_test(a_reset_on_idle_waits_for_the_transactions),
        cmocka_unit_test(nothing_starts_while_a_reset_is_due),
        IN_EACH_VERSION(what_cannot_restart_rejects_resets),
        cmocka_unit_test(one_evse_alone_is_not_reset),
        IN_EACH_VERSION(an_unlock_is_answered_by_the_latch),
        IN_EACH_VERSION(a_latch_that_does_not_move_is_a_failure),
        IN_EACH_VERSION(an_unlock_where_there_is_no_latch_is_not_supported),
        IN_EACH_VERSION(an_unlock_of_an_unknown_connector_says_so),
        IN_EACH_VERSION(an_unlock_during_a_transaction_follows_each_version),
        IN_EACH_VERSION(an_evse_is_taken_out_of_service_and_back),
        IN_EACH_VERSION(a_running_transaction_postpones_it),
        IN_EACH_VERSION(an_unknown_place_cannot_be_taken_out),
        IN_EACH_VERSION(what_cannot_be_stored_is_not_promised),
        IN_EACH_VERSION(messages_are_sent_when_they_are_asked_for),
        IN_EACH_VERSION(meter_values_are_read_when_they_are_asked_for),
        cmocka_unit_test(a_transaction_event_is_sent_when_it_is_asked_for),
        IN_EACH_VERSION(what_is_not_supported_says_so),
        cmocka_unit_test(settings_are_read_and_changed_in_one_dot_six),
        cmocka_unit_test(settings_are_read_and_changed_in_two_dot_oh),
        cmocka_unit_test(a_change_that_cannot_be_stored_is_rejected),
        IN_EACH_VERSION(a_new_sample_interval_counts_at_once),
        cmocka_unit_test(the_data_of_a_stop_is_what_was_asked_for),
        cmocka_unit_test(a_status_that_lasts_too_short_is_not_told),
        IN_EACH_VERSION(a_status_nobody_answered_is_told_again),
        IN_EACH_VERSION(a_status_that_was_refused_is_not_told_again),
        cmocka_unit_test(the_row_of_connectors_is_numbered_evse_by_evse_and_for_ever),
        IN_EACH_VERSION(a_transaction_gives_no_energy_to_another_connector),
        IN_EACH_VERSION(what_is_out_of_service_or_faulted_starts_nothing_for_a_card_that_came_before),
        IN_EACH_VERSION(a_card_that_waits_for_a_plug_is_forgotten_where_the_evse_is_taken_out_of_service),
        cmocka_unit_test(an_evse_whose_every_connector_is_out_of_service_takes_no_card_and_no_remote_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
