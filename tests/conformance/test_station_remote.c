/* Block F of a station: starting and stopping from afar (F01 to F04), and what a cable does that is pulled at the vehicle (E09,
 * E10). */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define EVENT "TransactionEvent"

static const char *start_at(struct world *world, int evse, const char *kind, int id)
{
    char place[32] = "";
    char payload[160];
    if (evse > 0) {
        snprintf(place, sizeof(place), ",'evseId':%d", evse);
    }
    snprintf(payload, sizeof(payload), "{'idToken':{'idToken':'TAG','type':'%s'},'remoteStartId':%d%s}", kind, id, place);
    return value_of(central_asks(world, "RequestStartTransaction", payload), "status");
}

/* TC_F_01_CS; F01.FR.03; F01.FR.04; F01.FR.05; F01.FR.13; F01.FR.17; F01.FR.19; F01.FR.25. The transaction that waits is named.
 */
static void a_start_from_afar_joins_a_transaction_that_waits(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "EVConnected");
    plug(world, 1);
    assert_string_equal(start_at(world, 1, "Central", 9), "Accepted");
    assert_string_equal(value_of(world->answer, "transactionId"), the_session(world)->id);
    central_sees(world, EVENT, "eventType=Started transactionInfo/remoteStartId=-");
    central_sees(world, EVENT, "eventType=Updated triggerReason=RemoteStart idToken/idToken=TAG transactionInfo/remoteStartId=9");
    central_sees(world, EVENT, "eventType=Updated transactionInfo/chargingState=Charging transactionInfo/remoteStartId=-");
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

/* TC_F_01_CS; F01.FR.13. Where none waits, none is named; RemoteStart stands in the next event, whatever caused that. */
static void a_start_from_afar_names_no_transaction_that_is_not_there(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(start_at(world, 1, "Central", 9), "Accepted");
    assert_string_equal(value_of(world->answer, "transactionId"), "");
    central_does_not_see(world, EVENT);
    plug(world, 1);
    central_sees(
        world, EVENT,
        "eventType=Started triggerReason=RemoteStart transactionInfo/remoteStartId=9 transactionInfo/chargingState=EVConnected");
    world_free(world);
}

/* TC_F_02_CS; TC_F_03_CS; F01.FR.01; F01.FR.02; F02.FR.01; F02.FR.09; F02.FR.10; F02.FR.11; F02.FR.12; F02.FR.13. */
static void a_start_from_afar_is_authorised_where_that_is_wished(void **state)
{
    (void)state;
    for (int asks = 0; asks < 2; asks++) {
        struct world *world = world_accepted(OCPP_VERSION_2_0_1);
        world_set(world, "TxStartPoint", "Authorized");
        world_set(world, "AuthorizeRemoteTxRequests", asks ? "true" : "false");
        assert_string_equal(start_at(world, 1, "ISO14443", 9), "Accepted");
        assert_int_equal(central_counts(world, "Authorize"), asks);
        central_sees(world, EVENT, "eventType=Started triggerReason=RemoteStart transactionInfo/remoteStartId=9");
        plug(world, 1);
        assert_true(world->closed[1]);
        assert_int_equal(the_session(world)->started, 1);
        world_free(world);
    }
}

/* TC_F_04_CS; F02.FR.01; F02.FR.07; E03.FR.05. And the EVSE is ready for another. */
static void a_start_from_afar_times_out(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "Authorized");
    world_set(world, "TxStopPoint", "EVConnected");
    world_set(world, "ConnectionTimeOut", "20");
    start_at(world, 1, "Central", 9);
    world_pass(world, 21);
    central_sees(world, EVENT, "eventType=Ended triggerReason=EVConnectTimeout transactionInfo/stoppedReason=Timeout");
    assert_string_equal(start_at(world, 1, "Central", 10), "Accepted");
    central_sees(world, EVENT, "eventType=Started transactionInfo/remoteStartId=10");
    world_free(world);
}

/* F01.FR.20; F02.FR.22. Where it starts at once, it is the station that chooses the EVSE. */
static void the_station_chooses_an_evse(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "Authorized");
    assert_string_equal(start_at(world, 0, "Central", 1), "Accepted");
    central_sees(world, EVENT, "eventType=Started transactionInfo/remoteStartId=1");
    assert_string_equal(start_at(world, 0, "Central", 2), "Accepted");
    central_sees(world, EVENT, "eventType=Started transactionInfo/remoteStartId=2");
    assert_string_equal(start_at(world, 0, "Central", 3), "Rejected");
    plug(world, 2);
    assert_true(world->closed[2]);
    world_free(world);
}

/* F01.FR.24; F02.FR.26. Also where its authorization has ended: it was somebody's. */
static void a_start_from_afar_takes_nobodys_place(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "EVConnected");
    world_set(world, "TxStopPoint", "EVConnected");
    plug(world, 1);
    card(world, 1, "TAG");
    assert_string_equal(start_at(world, 1, "Central", 9), "Rejected");
    card(world, 1, "TAG");
    assert_string_equal(start_at(world, 1, "Central", 9), "Rejected");
    unplug(world, 1);
    assert_string_equal(start_at(world, 1, "Central", 9), "Accepted");
    world_free(world);
}

/* TC_F_08_CS; F03.FR.02; F03.FR.03; F03.FR.07; F03.FR.09; F04.FR.02; F04.FR.03. Unlocked, and over when its stop point says so.
 */
static void a_stop_from_afar_ends_the_energy_at_once(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TxStopPoint", "EVConnected");
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->locked);
    central_forgets(world);
    assert_string_equal(central_stops(world), "Accepted");
    assert_false(world->closed[1]);
    assert_false(world->locked);
    central_sees(world, EVENT, "eventType=Updated triggerReason=RemoteStop idToken=-");
    central_sees(world, EVENT, "eventType=Updated triggerReason=ChargingStateChanged transactionInfo/chargingState=EVConnected");
    unplug(world, 1);
    central_sees(world, EVENT, "eventType=Ended triggerReason=EVCommunicationLost transactionInfo/stoppedReason=Remote");
    world_free(world);
}

/* F03.FR.07. An active transaction is accepted whether anybody is authorised for it or not. */
static void a_stop_from_afar_of_nobodys_transaction_is_told(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "EVConnected");
    world_set(world, "TxStopPoint", "EVConnected");
    plug(world, 1);
    assert_string_equal(central_stops(world), "Accepted");
    central_sees(world, EVENT, "eventType=Updated triggerReason=RemoteStop");
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* TC_F_09_CS; F03.FR.08. */
static void a_stop_from_afar_of_another_transaction_is_rejected(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_string_equal(value_of(central_asks(world, "RequestStopTransaction", "{'transactionId':'another'}"), "status"),
                        "Rejected");
    assert_true(world->closed[1]);
    card(world, 1, "TAG");
    assert_string_equal(central_stops(world), "Rejected");
    world_free(world);
}

/* B02.FR.05; TxBeforeAcceptedEnabled. Whom the central system has not accepted charges nobody, unless it is wished. */
static void nobody_charges_before_the_station_is_accepted(void **state)
{
    (void)state;
    for (int may = 0; may < 2; may++) {
        struct world *world = world_new();
        world->settings.offline_unknown_allowed = true;
        world_power_on(world);
        world_connect(world, OCPP_VERSION_2_0_1);
        assert_string_equal(value_of(central_asks(world, "SetVariables",
                                                  may ? "{'setVariableData':[{'component':{'name':'TxCtrlr'},'variable':{'name':"
                                                        "'TxBeforeAcceptedEnabled'},'attributeValue':'true'}]}"
                                                      : "{'setVariableData':[{'component':{'name':'TxCtrlr'},'variable':{'name':"
                                                        "'TxBeforeAcceptedEnabled'},'attributeValue':'false'}]}"),
                                     "setVariableResult/0/attributeStatus"),
                            "Accepted");
        world_power_off(world);
        world->boot_status = "Pending";
        world_power_on(world);
        world_connect(world, OCPP_VERSION_2_0_1);
        plug(world, 1);
        card(world, 1, "TAG");
        assert_int_equal(world->closed[1], may);
        assert_string_equal(start_at(world, 1, "Central", 9), "Rejected");
        world_free(world);
    }
}

/* --- the cable is pulled at the vehicle ---------------------------------------------------------------------------------------
 */

static struct world *charging(const char *start, const char *stop_points)
{
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", start);
    world_set(world, "TxStopPoint", stop_points);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    central_forgets(world);
    return world;
}

static void vehicle(struct world *world, bool draws)
{
    assert_int_equal(ocpp_charge_point_vehicle(world->cp, 1, draws, world->now), OCPP_OK);
    world_run(world);
}

/* TC_E_17_CS; TC_E_24_CS; TC_E_25_CS; E09.FR.01; E09.FR.02; E09.FR.03. Locked or not, as it is wished. */
static void a_pulled_cable_ends_the_authorization(void **state)
{
    (void)state;
    for (int unlocks = 0; unlocks < 2; unlocks++) {
        struct world *world = charging("PowerPathClosed", "Authorized");
        world_set(world, "UnlockConnectorOnEVSideDisconnect", unlocks ? "true" : "false");
        vehicle(world, false);
        central_forgets(world);
        unplug(world, 1);
        assert_int_equal(world->locked, !unlocks);
        assert_string_equal(the_session(world)->reason, "EVDisconnected");
        assert_int_equal(central_counts(world, "Authorize"), 1);
        card(world, 1, "TAG"); /* the owner: where it is locked, that is all it does */
        assert_false(world->locked);
        assert_int_equal(central_counts(world, "Authorize"), unlocks ? 2 : 1);
        central_sees(world, "StatusNotification", "connectorStatus=Available");
        world_free(world);
    }
}

/* TC_E_17_CS; TC_E_20_CS; TC_E_37_CS; TC_E_54_CS; E06.FR.02; E06.FR.06. Also where the authorization would outlast it. */
static void a_pulled_cable_ends_the_transaction(void **state)
{
    (void)state;
    static const char *const points[] = { "PowerPathClosed", "EVConnected" };
    for (size_t i = 0; i < 2; i++) {
        struct world *world = charging("PowerPathClosed", points[i]);
        world_set(world, "StopTransactionOnEVSideDisconnect", "false");
        vehicle(world, false);
        central_forgets(world);
        unplug(world, 1);
        central_sees(world, EVENT,
                     "eventType=Ended triggerReason=EVCommunicationLost transactionInfo/chargingState=Idle "
                     "transactionInfo/stoppedReason=EVDisconnected");
        plug(world, 1);
        assert_false(world->closed[1]); /* an authorization lasts no longer than its transaction */
        world_free(world);
    }
}

/* TC_E_26_CS; E10.FR.01; E10.FR.03. */
static void a_pulled_cable_suspends_the_transaction(void **state)
{
    (void)state;
    struct world *world = charging("PowerPathClosed", "Authorized");
    world_set(world, "StopTransactionOnEVSideDisconnect", "false");
    central_forgets(world);
    unplug(world, 1);
    central_sees(world, EVENT, "eventType=Updated triggerReason=EVCommunicationLost transactionInfo/chargingState=Idle");
    assert_true(world->locked);
    assert_false(world->closed[1]);
    plug(world, 1);
    central_sees(world, EVENT, "eventType=Updated triggerReason=CablePluggedIn");
    central_sees(world, EVENT, "eventType=Updated triggerReason=ChargingStateChanged transactionInfo/chargingState=Charging");
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_E_27_CS; E10.FR.02. A cable that belongs to the station waits as long as a first plug would. */
static void a_fixed_cable_is_waited_for_so_long(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->hardware.lock = NULL;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_set(world, "TxStopPoint", "Authorized");
    world_set(world, "StopTransactionOnEVSideDisconnect", "false");
    world_set(world, "ConnectionTimeOut", "30");
    plug(world, 1);
    card(world, 1, "TAG");
    unplug(world, 1);
    world_pass(world, 29);
    assert_int_equal(the_session(world)->ended, 0);
    world_pass(world, 2);
    central_sees(world, EVENT, "eventType=Ended triggerReason=EVConnectTimeout transactionInfo/stoppedReason=Timeout");
    world_free(world);
}

/* --- a cable that is pulled, in 1.6 -------------------------------------------------------------------------------------------
 */

static struct world *charging_in_the_old_version(const char *stops, const char *unlocks)
{
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "StopTransactionOnEVSideDisconnect", stops);
    world_set(world, "UnlockConnectorOnEVSideDisconnect", unlocks);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->locked);
    central_forgets(world);
    return world;
}

/* TC_005_1_CS; 1.6 4.10. Title only, steps ours. */
static void a_pulled_cable_stops_and_unlocks(void **state)
{
    (void)state;
    struct world *world = charging_in_the_old_version("true", "true");
    unplug(world, 1);
    central_sees(world, "StopTransaction", "reason=EVDisconnected");
    assert_false(world->locked);
    central_sees(world, "StatusNotification", "connectorId=1 status=Available");
    world_free(world);
}

/* TC_005_2_CS; 1.6 4.10. Title only, steps ours: the owner unlocks it. */
static void a_pulled_cable_stops_and_stays_locked(void **state)
{
    (void)state;
    struct world *world = charging_in_the_old_version("true", "false");
    unplug(world, 1);
    central_sees(world, "StopTransaction", "reason=EVDisconnected");
    assert_true(world->locked);
    card(world, 1, "OTHER");
    assert_true(world->locked);
    world_pass(world, 120);
    card(world, 1, "TAG");
    assert_false(world->locked);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* TC_005_3_CS; 1.6 4.10. Title only, steps ours: it goes on where it was. */
static void a_pulled_cable_suspends(void **state)
{
    (void)state;
    struct world *world = charging_in_the_old_version("false", "false");
    unplug(world, 1);
    central_sees(world, "StatusNotification", "connectorId=1 status=SuspendedEV");
    assert_true(world->locked);
    plug(world, 1);
    central_sees(world, "StatusNotification", "connectorId=1 status=Charging");
    assert_int_equal(the_session(world)->ended, 0);
    card(world, 1, "TAG");
    central_sees(world, "StopTransaction", "reason=Local idTag=TAG");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_from_afar_joins_a_transaction_that_waits),
        cmocka_unit_test(a_start_from_afar_names_no_transaction_that_is_not_there),
        cmocka_unit_test(a_start_from_afar_is_authorised_where_that_is_wished),
        cmocka_unit_test(a_start_from_afar_times_out),
        cmocka_unit_test(the_station_chooses_an_evse),
        cmocka_unit_test(a_start_from_afar_takes_nobodys_place),
        cmocka_unit_test(a_stop_from_afar_ends_the_energy_at_once),
        cmocka_unit_test(a_stop_from_afar_of_nobodys_transaction_is_told),
        cmocka_unit_test(a_stop_from_afar_of_another_transaction_is_rejected),
        cmocka_unit_test(nobody_charges_before_the_station_is_accepted),
        cmocka_unit_test(a_pulled_cable_ends_the_authorization),
        cmocka_unit_test(a_pulled_cable_ends_the_transaction),
        cmocka_unit_test(a_pulled_cable_suspends_the_transaction),
        cmocka_unit_test(a_fixed_cable_is_waited_for_so_long),
        cmocka_unit_test(a_pulled_cable_stops_and_unlocks),
        cmocka_unit_test(a_pulled_cable_stops_and_stays_locked),
        cmocka_unit_test(a_pulled_cable_suspends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
