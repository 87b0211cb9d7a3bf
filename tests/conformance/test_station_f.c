/* Block F of a station: unlocking (F05) and messages that are asked for (F06), in both families of versions. Starting and
 * stopping from afar is in test_station_remote.c. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static const char *unlock(struct world *world, int evse, int connector)
{
    char payload[64];
    snprintf(payload, sizeof(payload), world_is_old(world) ? "{'connectorId':%d}" : "{'evseId':%d,'connectorId':%d}", evse,
             connector);
    return central_asks(world, "UnlockConnector", payload);
}

static void latch(struct world *world, int evse, int connector, bool locked)
{
    assert_int_equal(ocpp_charge_point_latch(world->cp, evse, connector, locked, world->now), OCPP_OK);
    world_run(world);
}

static const char *asked(struct world *world, const char *message, const char *rest)
{
    char payload[128];
    snprintf(payload, sizeof(payload), "{'requestedMessage':'%s'%s}", message, rest);
    return value_of(central_asks(world, "TriggerMessage", payload), "status");
}

static struct world *with_evses(void **state, int evses)
{
    struct world *world = world_new();
    world->settings.evse_count = evses;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    central_forgets(world);
    return world;
}

static void start_at(struct world *world, int evse, const char *token)
{
    plug(world, evse);
    card(world, evse, token);
    assert_true(world->closed[evse]);
    central_forgets(world);
}

/* --- unlocking ------------------------------------------------------------------------------------------------------------ */

/* TC_F_06_CS; TC_017_1_CS; F05.FR.01, FR.04. 1.6: title only, steps ours. */
static void a_cable_is_unlocked_without_a_transaction(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    assert_string_equal(unlock(world, 1, 1), "");
    latch(world, 1, 1, false);
    assert_string_equal(value_of(world->answer, "status"), "Unlocked");
    assert_int_equal(world->session_count, 0);
    world_free(world);
}

/* TC_F_07_CS; F05.FR.06. Whether a cable is there is not looked at: the latch may hold one that nobody noticed. */
static void the_latch_is_opened_also_where_no_cable_was_noticed(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(unlock(world, 1, 1), "");
    assert_int_equal(world->locks, 1);
    latch(world, 1, 1, false);
    assert_string_equal(value_of(world->answer, "status"), "Unlocked");
    world_free(world);
}

/* TC_F_05_CS; F05.FR.02. */
static void a_cable_that_charges_for_somebody_stays_locked(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    start_at(world, 1, "A");
    const int locks = world->locks;
    assert_string_equal(value_of(unlock(world, 1, 1), "status"), "OngoingAuthorizedTransaction");
    assert_int_equal(world->locks, locks);
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_018_1_CS; 1.6 5.18. Title only, steps ours: the transaction ends first, then the latch opens. */
static void an_unlocking_ends_the_transaction_first_in_1_6(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    start_at(world, 1, "A");
    assert_string_equal(unlock(world, 1, 1), "");
    assert_false(world->closed[1]);
    assert_false(world->locked);
    latch(world, 1, 1, false);
    assert_string_equal(value_of(world->answer, "status"), "Unlocked");
    central_sees(world, "StopTransaction", "reason=UnlockCommand");
    world_free(world);
}

/* TC_017_2_CS; TC_018_2_CS; F05.FR.07. 1.6: titles only, steps ours. A cable that belongs to the station has no lock: nothing is
 * tried, and what runs goes on. */
static void a_fixed_cable_is_not_unlocked(void **state)
{
    static const struct ocpp_connector_settings connectors[] = { { "cCCS2", true } };
    struct world *world = world_new();
    world->settings.connectors = connectors;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    const char *answer = unlock(world, 1, 1);
    assert_string_equal(world_is_old(world) ? value_of(answer, "status") : answer, "NotSupported");
    start_at(world, 1, "A");
    answer = unlock(world, 1, 1);
    assert_string_equal(value_of(answer, "status"), world_is_old(world) ? "NotSupported" : "OngoingAuthorizedTransaction");
    assert_true(world->closed[1]);
    assert_int_equal(world->locks, 0);
    world_free(world);
}

/* TC_030_CS; F05.FR.05. Title only, steps ours: a latch that says it is still locked, and one that says nothing. */
static void a_latch_that_does_not_open_is_told(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(unlock(world, 1, 1), "");
    latch(world, 1, 1, true);
    assert_string_equal(value_of(world->answer, "status"), "UnlockFailed");
    assert_string_equal(unlock(world, 1, 1), "");
    world_pass(world, 11);
    assert_string_equal(value_of(world->answer, "status"), "UnlockFailed");
    world_free(world);
}

/* TC_031_CS; TC_F_10_CS; F05.FR.03; 1.6 errata 3.87. 1.6: title only, steps ours. */
static void a_connector_that_is_not_there_is_not_unlocked(void **state)
{
    struct world *world = world_of(state);
    const char *unknown = world_is_old(world) ? "NotSupported" : "UnknownConnector";
    assert_string_equal(value_of(unlock(world, 9, 1), "status"), unknown);
    assert_string_equal(value_of(unlock(world, world_is_old(world) ? 2 : 1, 2), "status"), unknown);
    assert_int_equal(world->locks, 0);
    world_free(world);
}

/* F05.FR.05. One unlocking at a time: the second is told at once that it failed, the first goes on. */
static void a_second_unlocking_meanwhile_fails(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(unlock(world, 1, 1), "");
    assert_string_equal(value_of(unlock(world, 2, 1), "status"), "UnlockFailed");
    latch(world, 1, 1, false);
    assert_string_equal(value_of(world->answer, "status"), "Unlocked");
    world_free(world);
}

/* --- messages that are asked for ------------------------------------------------------------------------------------------ */

/* TC_F_11_CS; F06.FR.02, FR.04, FR.05, FR.06, FR.10. */
static void meter_values_of_one_evse_are_asked_for(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(asked(world, "MeterValues", world_is_old(world) ? ",'connectorId':2" : ",'evse':{'id':2}"), "Accepted");
    central_sees(world, "MeterValues", world_is_old(world) ? "connectorId=2" : "evseId=2");
    central_does_not_see(world, "MeterValues");
    world_free(world);
}

/* TC_F_12_CS; F06.FR.11; 1.6 5.17. The main meter is one of them. */
static void meter_values_of_all_evses_are_asked_for(void **state)
{
    struct world *world = with_evses(state, 3);
    world->meter_wh[0] = 77;
    assert_string_equal(asked(world, "MeterValues", ""), "Accepted");
    for (int evse = 0; evse <= 3; evse++) {
        char members[32];
        snprintf(members, sizeof(members), world_is_old(world) ? "connectorId=%d" : "evseId=%d", evse);
        central_sees(world, "MeterValues", members);
    }
    central_does_not_see(world, "MeterValues");
    world_free(world);
}

/* F06.FR.02, FR.10; J01.FR.02: EVSE 0 is the main meter; where it is silent there is none. */
static void meter_values_of_the_main_meter_are_asked_for(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world->meter_wh[0] = 77;
    assert_string_equal(asked(world, "MeterValues", ",'evse':{'id':0}"), "Accepted");
    central_sees(world, "MeterValues", "evseId=0 meterValue/0/sampledValue/0/value=77 meterValue/0/sampledValue/0/context=Trigger");
    central_does_not_see(world, "MeterValues");
    world->meter_is_silent = true;
    assert_string_equal(asked(world, "MeterValues", ",'evse':{'id':0}"), "Rejected");
    world_free(world);
}

/* TC_F_13_CS; F06.FR.07. */
static void a_transaction_event_of_one_evse_is_asked_for(void **state)
{
    (void)state;
    enum ocpp_version version = OCPP_VERSION_2_0_1;
    void *wanted = &version;
    struct world *world = with_evses(&wanted, 2);
    start_at(world, 1, "A");
    start_at(world, 2, "B");
    assert_string_equal(asked(world, "TransactionEvent", ",'evse':{'id':2}"), "Accepted");
    central_sees(world, "TransactionEvent",
                 "eventType=Updated triggerReason=Trigger transactionInfo/chargingState=Charging meterValue=*");
    central_does_not_see(world, "TransactionEvent");
    world_free(world);
}

/* TC_F_14_CS; F06.FR.07, FR.11. Where nothing runs there is nothing to tell. */
static void transaction_events_of_all_evses_are_asked_for(void **state)
{
    (void)state;
    enum ocpp_version version = OCPP_VERSION_2_0_1;
    void *wanted = &version;
    struct world *world = with_evses(&wanted, 3);
    assert_string_equal(asked(world, "TransactionEvent", ""), "Rejected");
    start_at(world, 1, "A");
    start_at(world, 3, "B");
    assert_string_equal(asked(world, "TransactionEvent", ",'evse':{'id':2}"), "Rejected");
    assert_string_equal(asked(world, "TransactionEvent", ""), "Accepted");
    central_sees(world, "TransactionEvent", "triggerReason=Trigger");
    central_sees(world, "TransactionEvent", "triggerReason=Trigger");
    central_does_not_see(world, "TransactionEvent");
    world_free(world);
}

/* TC_F_15_CS; TC_F_18_CS; F06.FR.15, FR.16; L01.FR.25. Nothing is uploaded or installed, and that is what is told. */
static void tasks_at_rest_say_so(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(asked(world, "LogStatusNotification", ""), "Accepted");
    central_sees(world, "LogStatusNotification", "status=Idle requestId=-");
    assert_string_equal(asked(world, "FirmwareStatusNotification", ""), "Accepted");
    central_sees(world, "FirmwareStatusNotification", "status=Idle requestId=-");
    central_does_not_see(world, "LogStatusNotification");
    world_free(world);
}

/* TC_F_17_CS; F06.FR.03. Also a place that does not exist: it is not looked at. */
static void a_place_that_says_nothing_to_the_message_is_not_looked_at(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(asked(world, "FirmwareStatusNotification", ",'evse':{'id':1}"), "Accepted");
    central_sees(world, "FirmwareStatusNotification", "status=Idle");
    assert_string_equal(asked(world, "Heartbeat", ",'evse':{'id':77}"), "Accepted");
    central_sees(world, "Heartbeat", "");
    assert_string_equal(asked(world, "MeterValues", ",'evse':{'id':77}"), "Rejected");
    world_free(world);
}

/* TC_F_20_CS; F06.FR.04, FR.05, FR.10. */
static void a_heartbeat_is_asked_for(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(asked(world, "Heartbeat", ""), "Accepted");
    central_sees(world, "Heartbeat", "");
    central_does_not_see(world, "Heartbeat");
    world_free(world);
}

/* TC_F_23_CS; TC_F_24_CS; F06.FR.02, FR.09. The status is sent although it is no news, and it is the present one. */
static void the_status_of_one_connector_is_asked_for(void **state)
{
    struct world *world = with_evses(state, 2);
    const char *place = world_is_old(world) ? ",'connectorId':2" : ",'evse':{'id':2,'connectorId':1}";
    assert_string_equal(asked(world, "StatusNotification", place), "Accepted");
    central_sees(world, "StatusNotification",
                 world_is_old(world) ? "connectorId=2 status=Available" : "evseId=2 connectorId=1 connectorStatus=Available");
    central_does_not_see(world, "StatusNotification");
    plug(world, 2);
    central_forgets(world);
    assert_string_equal(asked(world, "StatusNotification", place), "Accepted");
    central_sees(world, "StatusNotification",
                 world_is_old(world) ? "connectorId=2 status=Preparing" : "evseId=2 connectorId=1 connectorStatus=Occupied");
    central_does_not_see(world, "StatusNotification");
    world_free(world);
}

/* 1.6 5.17; F06.FR.11. In 1.6 the station has a status of its own. */
static void the_status_of_everything_is_asked_for(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(asked(world, "StatusNotification", ""), "Accepted");
    if (world_is_old(world)) {
        central_sees(world, "StatusNotification", "connectorId=0");
    }
    central_sees(world, "StatusNotification", world_is_old(world) ? "connectorId=1" : "evseId=1");
    central_sees(world, "StatusNotification", world_is_old(world) ? "connectorId=2" : "evseId=2");
    central_does_not_see(world, "StatusNotification");
    if (world_is_old(world)) {
        assert_string_equal(asked(world, "StatusNotification", ",'connectorId':0"), "Accepted");
        central_sees(world, "StatusNotification", "connectorId=0 status=Available");
        central_does_not_see(world, "StatusNotification");
    }
    world_free(world);
}

/* TC_F_26_CS; F06.FR.17; 1.6 errata 3.35. */
static void a_boot_is_not_sent_again_once_it_was_accepted(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(asked(world, "BootNotification", ""), "Rejected");
    world_pass(world, 5);
    central_does_not_see(world, "BootNotification");
    world_free(world);
}

/* TC_F_27_CS; F06.FR.08. */
static void what_the_station_does_not_have_is_not_implemented(void **state)
{
    (void)state;
    static const char *const messages[] = { "SignCombinedCertificate", "SignV2GCertificate", "SignChargingStationCertificate",
                                            "PublishFirmwareStatusNotification" };
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    for (size_t i = 0; i < COUNT_OF(messages); i++) {
        assert_string_equal(asked(world, messages[i], ""), "NotImplemented");
    }
    world_free(world);
}

/* TC_054_CS. Title only, steps ours: every message of 1.6 that can be asked for comes, and only that. */
static void every_message_of_1_6_comes_when_it_is_asked_for(void **state)
{
    (void)state;
    static const char *const messages[] = { "MeterValues", "Heartbeat", "StatusNotification", "DiagnosticsStatusNotification",
                                            "FirmwareStatusNotification" };
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    for (size_t i = 0; i < COUNT_OF(messages); i++) {
        const size_t before = world->call_count;
        assert_string_equal(asked(world, messages[i], ",'connectorId':1"), "Accepted");
        assert_int_equal(world->call_count, before + 1);
        central_sees(world, messages[i], strstr(messages[i], "sStatus") != NULL || messages[i][0] == 'F' ? "status=Idle" : "");
    }
    world_free(world);
}

/* TC_055_CS. Title only, steps ours: a connector that does not exist. */
static void a_status_of_no_connector_is_rejected(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(asked(world, "StatusNotification", ",'connectorId':7"), "Rejected");
    assert_string_equal(asked(world, "MeterValues", ",'connectorId':7"), "Rejected");
    central_does_not_see(world, "StatusNotification");
    central_does_not_see(world, "MeterValues");
    world_free(world);
}

/* The security extension of 1.6, 5.5 and 6.16: its own words, and a firmware status of its own. */
static void the_extended_trigger_of_1_6_sends_what_it_names(void **state)
{
    (void)state;
    static const struct {
        const char *asked;
        const char *seen;
    } rows[] = {
        { "LogStatusNotification", "LogStatusNotification" },
        { "FirmwareStatusNotification", "SignedFirmwareStatusNotification" },
        { "Heartbeat", "Heartbeat" },
        { "MeterValues", "MeterValues" },
        { "StatusNotification", "StatusNotification" },
    };
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char payload[96];
        const size_t before = world->call_count;
        snprintf(payload, sizeof(payload), "{'requestedMessage':'%s','connectorId':1}", rows[i].asked);
        assert_string_equal(value_of(central_asks(world, "ExtendedTriggerMessage", payload), "status"), "Accepted");
        assert_int_equal(world->call_count, before + 1);
        central_sees(world, rows[i].seen, i < 2 ? "status=Idle requestId=-" : "");
    }
    assert_string_equal(
        value_of(central_asks(world, "ExtendedTriggerMessage", "{'requestedMessage':'SignChargePointCertificate'}"), "status"),
        "NotImplemented");
    assert_string_equal(
        value_of(central_asks(world, "ExtendedTriggerMessage", "{'requestedMessage':'BootNotification'}"), "status"), "Rejected");
    world_free(world);
}

/* F06.FR.10. What was promised on a link that went is not sent on the next: nobody there has asked. */
static void a_promise_ends_with_the_link(void **state)
{
    struct world *world = world_of(state);
    world->silent_action = "Heartbeat";
    world->silent_count = 1;
    assert_string_equal(asked(world, "Heartbeat", ""), "Accepted");
    assert_string_equal(asked(world, "FirmwareStatusNotification", ""), "Accepted");
    world_disconnect(world);
    central_forgets(world);
    world_connect(world, world->version);
    world_pass(world, 5);
    central_does_not_see(world, "FirmwareStatusNotification");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_cable_is_unlocked_without_a_transaction),
        IN_EACH_VERSION(the_latch_is_opened_also_where_no_cable_was_noticed),
        cmocka_unit_test(a_cable_that_charges_for_somebody_stays_locked),
        cmocka_unit_test(an_unlocking_ends_the_transaction_first_in_1_6),
        IN_EACH_VERSION(a_fixed_cable_is_not_unlocked),
        IN_EACH_VERSION(a_latch_that_does_not_open_is_told),
        IN_EACH_VERSION(a_connector_that_is_not_there_is_not_unlocked),
        IN_EACH_VERSION(a_second_unlocking_meanwhile_fails),
        IN_EACH_VERSION(meter_values_of_one_evse_are_asked_for),
        IN_EACH_VERSION(meter_values_of_all_evses_are_asked_for),
        cmocka_unit_test(meter_values_of_the_main_meter_are_asked_for),
        cmocka_unit_test(a_transaction_event_of_one_evse_is_asked_for),
        cmocka_unit_test(transaction_events_of_all_evses_are_asked_for),
        cmocka_unit_test(tasks_at_rest_say_so),
        cmocka_unit_test(a_place_that_says_nothing_to_the_message_is_not_looked_at),
        IN_EACH_VERSION(a_heartbeat_is_asked_for),
        IN_EACH_VERSION(the_status_of_one_connector_is_asked_for),
        IN_EACH_VERSION(the_status_of_everything_is_asked_for),
        IN_EACH_VERSION(a_boot_is_not_sent_again_once_it_was_accepted),
        cmocka_unit_test(what_the_station_does_not_have_is_not_implemented),
        cmocka_unit_test(every_message_of_1_6_comes_when_it_is_asked_for),
        cmocka_unit_test(a_status_of_no_connector_is_rejected),
        cmocka_unit_test(the_extended_trigger_of_1_6_sends_what_it_names),
        IN_EACH_VERSION(a_promise_ends_with_the_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
