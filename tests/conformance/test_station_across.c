/* Official cases of a station that several blocks share: what is pending is configured and reported, what is reserved stays so,
 * what is found out gets some energy still, and cables that are pulled at the vehicle. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

/* --- pending ---------------------------------------------------------------------------------------------------------------- */

/* Looks at reports until the last one of |request|; how many there were. */
static int reports_of(struct world *world, const char *request)
{
    char members[64];
    int count = 0;

    for (const char *more = "true"; strcmp(more, "true") == 0; count++) {
        snprintf(members, sizeof(members), "requestId=%s seqNo=%d", request, count);
        central_sees(world, "NotifyReport", members);
        more = value_of(world->calls[world->looked_at - 1].payload, "tbc");
    }
    return count;
}

/* TC_B_02_CS; B02.FR.01, FR.02, FR.04, FR.05, FR.06, FR.08; F06.FR.17. */
static void a_pending_station_is_configured_and_reports_and_boots_when_it_is_asked_to(void **state)
{
    (void)state;
    struct world *world = world_new();
    world_power_on(world);
    world->boot_status = "Pending";
    world->boot_interval = 300;
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "reason=PowerUp");
    central_does_not_see(world, "StatusNotification");
    world_set_variable(world, "OCPPCommCtrlr", "OfflineThreshold", NULL, "300");
    const char *read =
        central_asks(world, "GetVariables",
                     "{'getVariableData':[{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}}]}");
    assert_string_equal(value_of(read, "getVariableResult/0/attributeValue"), "300");
    assert_string_equal(value_of(central_asks(world, "GetBaseReport", "{'requestId':3,'reportBase':'FullInventory'}"), "status"),
                        "Accepted");
    world_run(world);
    assert_true(reports_of(world, "3") > 0);
    assert_string_equal(central_starts(world, 1, "A"), "Rejected");
    world->boot_status = "Accepted";
    assert_string_equal(value_of(central_asks(world, "TriggerMessage", "{'requestedMessage':'BootNotification'}"), "status"),
                        "Accepted");
    central_sees(world, "BootNotification", "reason=Triggered");
    central_sees(world, "StatusNotification", "evseId=1 connectorId=1 connectorStatus=Available");
    world_free(world);
}

/* --- reserved --------------------------------------------------------------------------------------------------------------- */

/* TC_B_24_CS; B11.FR.01, FR.03, FR.04, FR.05; B01.FR.03. */
static void a_reservation_outlives_a_reset(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(value_of(central_asks(world, "ReserveNow",
                                              "{'id':5,'evseId':1,'idToken':{'idToken':'OWNER','type':'ISO14443'},"
                                              "'expiryDateTime':'2099-01-01T00:00:00Z'}"),
                                 "status"),
                        "Accepted");
    assert_string_equal(value_of(central_asks(world, "Reset", "{'type':'OnIdle'}"), "status"), "Accepted");
    world_pass(world, 31);
    assert_int_equal(world->restarts, 1);
    central_does_not_see(world, "ReservationStatusUpdate");
    central_forgets(world);
    world_power_back(world, 5);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "reason=RemoteReset");
    central_sees(world, "StatusNotification", "evseId=1 connectorId=1 connectorStatus=Reserved");
    central_sees(world, "StatusNotification", "evseId=2 connectorId=1 connectorStatus=Available");
    world_free(world);
}

/* --- found out -------------------------------------------------------------------------------------------------------------- */

/* TC_C_15_CS; C12.FR.02, FR.04; C15.FR.07. Of the energy that may be given away, all flows; then no more. */
static void a_cached_token_that_is_found_out_gets_what_may_be_given_away(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "AuthorizationCacheEnabled", "true");
    world_set(world, "StopTransactionOnInvalidId", "false");
    world_set(world, "MaxEnergyOnInvalidId", "10000");
    card(world, 1, "A");
    world_pass(world, 200);
    central_forgets(world);
    plug(world, 1);
    world_disconnect(world);
    card(world, 1, "A");
    charge(world, 1, 100);
    world_pass(world, 5);
    world->start_status = "Invalid";
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "TransactionEvent", "eventType=Started triggerReason=Authorized idToken/idToken=A offline=true");
    central_sees(world, "TransactionEvent", "triggerReason=ChargingStateChanged offline=true");
    central_does_not_see(world, "TransactionEvent");
    charge(world, 1, 9000);
    world_pass(world, 60);
    assert_true(world->closed[1]);
    charge(world, 1, 1500);
    world_pass(world, 60);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* --- offline, and unasked --------------------------------------------------------------------------------------------------- */

/* TC_E_45_CS; E08.FR.02, FR.04, FR.05, FR.06, FR.07, FR.08. */
static void a_token_of_the_same_group_ends_a_transaction_without_a_link(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "AuthorizationCacheEnabled", "true");
    world->authorize_group = "FAMILY";
    card(world, 1, "B"); /* into the cache */
    world_pass(world, 200);
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    charge(world, 1, 500);
    central_forgets(world);
    world_disconnect(world);
    card(world, 1, "B");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_CACHE);
    assert_false(world->closed[1]);
    unplug(world, 1);
    world_pass(world, 60);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(
        world, "TransactionEvent",
        "eventType=Ended offline=true triggerReason=StopAuthorized idToken/idToken=B transactionInfo/stoppedReason=Local");
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop - the_session(world)->meter_start, 500);
    world_free(world);
}

/* TC_E_52_CS; C01.FR.02, FR.05. */
static void a_token_nobody_knows_is_refused_unasked_where_nobody_is_to_be_asked(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set_variable(world, "AuthCtrlr", "DisableRemoteAuthorization", NULL, "true");
    plug(world, 1);
    central_forgets(world);
    card(world, 1, "STRANGER");
    world_pass(world, 5);
    central_does_not_see(world, "Authorize");
    central_does_not_see(world, "TransactionEvent");
    assert_int_not_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    assert_false(world->closed[1]);
    world_free(world);
}

/* TC_P_04_CS. What a vendor adds to a profile and to its periods is let pass. */
static void a_profile_with_data_of_a_vendor_is_taken(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const char *answer = central_asks(
        world, "SetChargingProfile",
        "{'evseId':1,'chargingProfile':{'id':1,'stackLevel':0,'chargingProfilePurpose':'TxDefaultProfile',"
        "'chargingProfileKind':'Relative','customData':{'vendorId':'com.example','anything':[1]},"
        "'chargingSchedule':[{'id':1,'duration':600,'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,"
        "'limit':6,'numberPhases':3,'customData':{'vendorId':'com.example','more':{'deep':true}}}]}]}}");
    assert_string_equal(value_of(answer, "status"), "Accepted");
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(ocpp_charge_point_permit(world->cp, 1, world->now).max_current_ma[0], 6000);
    world_free(world);
}

/* --- pulled at the vehicle ----------------------------------------------------------------------------------------------------
 */

static struct world *pulled(const char *stops, const char *unlocks)
{
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "StopTransactionOnEVSideDisconnect", stops);
    world_set(world, "UnlockConnectorOnEVSideDisconnect", unlocks);
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    assert_true(world->locked);
    central_forgets(world);
    unplug(world, 1);
    assert_false(world->closed[1]);
    return world;
}

/* TC_005_1_CS; 1.6 9.1.31, 9.1.37. Title only, steps ours. */
static void a_cable_that_is_pulled_ends_the_charge_and_is_released(void **state)
{
    (void)state;
    struct world *world = pulled("true", "true");
    central_sees(world, "StopTransaction", "reason=EVDisconnected");
    assert_false(world->locked);
    world_free(world);
}

/* TC_005_2_CS. Title only, steps ours: who left the cable gets it with the token. */
static void a_cable_that_is_pulled_ends_the_charge_and_is_kept(void **state)
{
    (void)state;
    struct world *world = pulled("true", "false");
    central_sees(world, "StopTransaction", "reason=EVDisconnected");
    assert_true(world->locked);
    world_free(world);
}

/* TC_005_3_CS. Title only, steps ours: the transaction waits for the cable to come back. */
static void a_cable_that_is_pulled_suspends_the_charge(void **state)
{
    (void)state;
    struct world *world = pulled("false", "false");
    central_sees(world, "StatusNotification", "connectorId=1 status=SuspendedEV");
    central_does_not_see(world, "StopTransaction");
    plug(world, 1);
    assert_true(world->closed[1]);
    central_sees(world, "StatusNotification", "connectorId=1 status=Charging");
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pending_station_is_configured_and_reports_and_boots_when_it_is_asked_to),
        cmocka_unit_test(a_reservation_outlives_a_reset),
        cmocka_unit_test(a_cached_token_that_is_found_out_gets_what_may_be_given_away),
        cmocka_unit_test(a_token_of_the_same_group_ends_a_transaction_without_a_link),
        cmocka_unit_test(a_token_nobody_knows_is_refused_unasked_where_nobody_is_to_be_asked),
        cmocka_unit_test(a_profile_with_data_of_a_vendor_is_taken),
        cmocka_unit_test(a_cable_that_is_pulled_ends_the_charge_and_is_released),
        cmocka_unit_test(a_cable_that_is_pulled_ends_the_charge_and_is_kept),
        cmocka_unit_test(a_cable_that_is_pulled_suspends_the_charge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
