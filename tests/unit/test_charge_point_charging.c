/* A first charge: plug and card, card and plug, commands of the central system, in every version there is a dialect of. */
#include "station_world.h"
#include "unit.h"

#include <string.h>

static struct world *old(void)
{
    return world_accepted(OCPP_VERSION_1_6);
}

static struct world *new_(void)
{
    return world_accepted(OCPP_VERSION_2_0_1);
}

/* --- 1.6 ----------------------------------------------------------------------------------------------------------------- */

static void plug_then_card_charges_and_the_card_again_stops_v16(void **state)
{
    (void)state;
    struct world *world = old();
    world->meter_wh[1] = 100;
    plug(world, 1);
    central_sees(world, "StatusNotification", "connectorId=1 status=Preparing errorCode=NoError");
    assert_false(world->closed[1]);
    card(world, 1, "TAG");
    central_sees(world, "Authorize", "idTag=TAG");
    central_sees(world, "StartTransaction", "connectorId=1 idTag=TAG meterStart=100 timestamp=*");
    central_sees(world, "StatusNotification", "connectorId=1 status=Charging");
    assert_true(world->closed[1]);
    charge(world, 1, 4100);
    world_pass(world, 60);
    central_sees(world, "MeterValues", "connectorId=1 transactionId=1 meterValue/0/sampledValue/0/value=4200");
    card(world, 1, "tag");
    assert_false(world->closed[1]);
    central_sees(world, "StopTransaction", "transactionId=1 meterStop=4200 reason=Local idTag=tag");
    central_sees(world, "StatusNotification", "connectorId=1 status=Finishing");
    unplug(world, 1);
    central_sees(world, "StatusNotification", "connectorId=1 status=Available");
    world_free(world);
}

static void plug_then_card_charges_and_the_card_again_stops_v201(void **state)
{
    (void)state;
    struct world *world = new_();
    world->meter_wh[1] = 100;
    plug(world, 1);
    central_sees(world, "StatusNotification", "evseId=1 connectorId=1 connectorStatus=Occupied");
    card(world, 1, "TAG");
    central_sees(world, "Authorize", "idToken/idToken=TAG idToken/type=ISO14443");
    central_sees(world, "TransactionEvent",
                 "eventType=Started triggerReason=Authorized seqNo=0 evse/id=1 evse/connectorId=1 idToken/idToken=TAG offline=- "
                 "transactionInfo/chargingState=EVConnected meterValue/0/sampledValue/0/value=100 "
                 "meterValue/0/sampledValue/0/context=Transaction.Begin");
    central_sees(
        world, "TransactionEvent",
        "eventType=Updated triggerReason=ChargingStateChanged seqNo=1 transactionInfo/chargingState=Charging evse=- idToken=-");
    charge(world, 1, 4100);
    world_pass(world, 60);
    central_sees(world, "TransactionEvent",
                 "eventType=Updated triggerReason=MeterValuePeriodic seqNo=2 "
                 "meterValue/0/sampledValue/0/value=4200 meterValue/0/sampledValue/0/unitOfMeasure/unit=Wh");
    card(world, 1, "TAG");
    central_sees(world, "TransactionEvent",
                 "eventType=Ended triggerReason=StopAuthorized seqNo=3 transactionInfo/stoppedReason=Local idToken/idToken=TAG "
                 "meterValue/1/sampledValue/0/value=4200 meterValue/1/sampledValue/0/context=Transaction.End");
    central_does_not_see(world, "StatusNotification");
    unplug(world, 1);
    central_sees(world, "StatusNotification", "connectorStatus=Available");
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* --- every version ---------------------------------------------------------------------------------------------------- */

static void card_then_plug_charges_and_unplugging_ends(void **state)
{
    struct world *world = world_of(state);
    card(world, 1, "TAG");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(world->session_count, 0);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_PREPARING);
    plug(world, 1);
    charge(world, 1, 10);
    unplug(world, 1);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 10);
    assert_string_equal(the_session(world)->reason, "EVDisconnected");
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    world_free(world);
}

static void nobody_plugs_in_and_the_authorization_ends(void **state)
{
    struct world *world = world_of(state);
    card(world, 1, "TAG");
    world_pass(world, 59);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_PREPARING);
    world_pass(world, 2);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    plug(world, 1);
    assert_false(world->closed[1]);
    assert_int_equal(world->session_count, 0);
    world_free(world);
}

static void the_same_card_before_plugging_takes_the_authorization_back(void **state)
{
    struct world *world = world_of(state);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    plug(world, 1);
    assert_false(world->closed[1]);
    assert_int_equal(central_counts(world, "Authorize"), 1);
    world_free(world);
}

static void a_card_that_is_refused_charges_nothing(void **state)
{
    struct world *world = world_of(state);
    world->authorize_status = "Blocked";
    plug(world, 1);
    card(world, 1, "TAG");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_BLOCKED);
    assert_false(world->closed[1]);
    assert_int_equal(world->session_count, 0);
    assert_int_equal(ocpp_charge_point_permit(world->cp, 1, world->now).reason, OCPP_PERMIT_NOT_AUTHORIZED);
    world_free(world);
}

static void another_card_does_not_stop_a_transaction(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    card(world, 1, "OTHER");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

static void a_card_of_the_same_group_stops_it(void **state)
{
    struct world *world = world_of(state);
    world->authorize_group = "FAMILY";
    plug(world, 1);
    card(world, 1, "MOTHER");
    world_pass(world, 1);
    card(world, 1, "FATHER");
    assert_int_equal(central_counts(world, "Authorize"), 2);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static void a_card_of_another_group_does_not(void **state)
{
    struct world *world = world_of(state);
    world->authorize_group = "FAMILY";
    plug(world, 1);
    card(world, 1, "MOTHER");
    world->authorize_group = "NEIGHBOURS";
    card(world, 1, "STRANGER");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_true(world->closed[1]);
    world_free(world);
}

static void a_remote_start_at_a_plugged_evse_starts_at_once_and_asks_nobody(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    assert_string_equal(central_starts(world, 1, "APP"), "Accepted");
    assert_true(world->closed[1]);
    assert_int_equal(central_counts(world, "Authorize"), 0);
    assert_string_equal(the_session(world)->token, "APP");
    if (!world_is_old(world)) {
        central_sees(world, "TransactionEvent", "eventType=Started triggerReason=RemoteStart transactionInfo/remoteStartId=77");
    }
    assert_string_equal(central_stops(world), "Accepted");
    assert_false(world->closed[1]);
    assert_string_equal(the_session(world)->reason, "Remote");
    world_free(world);
}

static void a_remote_start_waits_for_the_plug(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(central_starts(world, 1, "APP"), "Accepted");
    assert_int_equal(world->session_count, 0);
    plug(world, 1);
    assert_true(world->closed[1]);
    if (!world_is_old(world)) { /* F02.FR.21 */
        central_sees(world, "TransactionEvent", "eventType=Started triggerReason=RemoteStart transactionInfo/remoteStartId=77");
    }
    world_free(world);
}

static void a_remote_start_without_place_takes_where_somebody_waits(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    plug(world, 2);
    assert_string_equal(central_starts(world, 0, "APP"), "Accepted");
    assert_true(world->closed[2]);
    assert_int_equal(the_session(world)->evse, 2);
    world_free(world);
}

static void a_remote_start_without_place_goes_to_whoever_plugs_in_next(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    assert_string_equal(central_starts(world, 0, "APP"), "Accepted");
    plug(world, 3);
    assert_true(world->closed[3]);
    plug(world, 1);
    assert_false(world->closed[1]);
    world_free(world);
}

static void a_remote_start_may_have_to_be_authorized(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "AuthorizeRemoteTxRequests", "true");
    plug(world, 1);
    if (world_is_old(world)) {
        assert_string_equal(central_starts(world, 1, "APP"), "Accepted");
        assert_int_equal(central_counts(world, "Authorize"), 1);
        assert_true(world->closed[1]);
    } else { /* of a Central token nobody is asked: C05.FR.01 */
        assert_string_equal(central_starts(world, 1, "APP"), "Accepted");
        assert_int_equal(central_counts(world, "Authorize"), 0);
        assert_true(world->closed[1]);
    }
    world_free(world);
}

static void a_remote_start_is_rejected_where_it_cannot_be_done(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(central_starts(world, 9, "APP"), "Rejected");
    plug(world, 1);
    card(world, 1, "TAG");
    assert_string_equal(central_starts(world, 1, "APP"), "Rejected");
    unplug(world, 1);
    const struct ocpp_fault fault = { .code = "GroundFailure" };
    ocpp_charge_point_fault(world->cp, 1, 0, &fault, world->now);
    assert_string_equal(central_starts(world, 1, "APP"), "Rejected");
    ocpp_charge_point_fault(world->cp, 1, 0, NULL, world->now);
    assert_string_equal(central_starts(world, 1, "APP"), "Accepted");
    world_free(world);
}

static void a_remote_stop_of_an_unknown_transaction_is_rejected(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    const char *answer = world_is_old(world) ? central_asks(world, "RemoteStopTransaction", "{'transactionId':4711}")
                                             : central_asks(world, "RequestStopTransaction", "{'transactionId':'4711'}");
    assert_string_equal(value_of(answer, "status"), "Rejected");
    assert_true(world->closed[1]);
    world_free(world);
}

static void a_token_refused_at_the_start_ends_the_transaction(void **state)
{
    struct world *world = world_of(state);
    world->start_status = "Invalid";
    plug(world, 1);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, "DeAuthorized");
    assert_true(world->locked); /* until its owner presents the card (errata 3.17; E05.FR.11) */
    world->authorize_status = "Blocked";
    card(world, 1, "STRANGER");
    assert_true(world->locked);
    card(world, 1, "TAG");
    assert_false(world->locked);
    world_free(world);
}

static void a_token_refused_at_the_start_may_only_stop_the_energy(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "StopTransactionOnInvalidId", "false");
    world->start_status = "Expired";
    plug(world, 1);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_SUSPENDED_EVSE);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static void a_pulled_cable_may_only_suspend(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "StopTransactionOnEVSideDisconnect", "false");
    if (!world_is_old(world)) {
        world_set(world, "TxStopPoint", "Authorized"); /* else the pull is a stop point of its own */
    }
    plug(world, 1);
    card(world, 1, "TAG");
    unplug(world, 1);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    plug(world, 1);
    assert_true(world->closed[1]);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static void the_vehicle_suspends_and_goes_on(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    ocpp_charge_point_vehicle(world->cp, 1, false, world->now);
    world_run(world);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_SUSPENDED_EV);
    assert_true(world->closed[1]);
    if (!world_is_old(world)) {
        central_sees(world, "TransactionEvent", "transactionInfo/chargingState=SuspendedEV triggerReason=ChargingStateChanged");
    }
    ocpp_charge_point_vehicle(world->cp, 1, true, world->now);
    world_run(world);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_CHARGING);
    world_free(world);
}

static void a_fault_ends_the_transaction(void **state)
{
    struct world *world = world_of(state);
    const struct ocpp_fault fault = {
        .code = "GroundFailure", .info = "RCD", .vendor_id = "com.example", .vendor_error_code = "E7"
    };
    plug(world, 1);
    card(world, 1, "TAG");
    central_forgets(world);
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 1, &fault, world->now), OCPP_OK);
    world_run(world);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 1);
    if (world_is_old(world)) {
        assert_string_equal(the_session(world)->reason, "Other");
        central_sees(world, "StatusNotification",
                     "connectorId=1 status=Faulted errorCode=GroundFailure info=RCD vendorId=com.example vendorErrorCode=E7");
    } else {
        assert_string_equal(the_session(world)->reason, "GroundFault");
        central_sees(world, "TransactionEvent", "eventType=Ended triggerReason=AbnormalCondition");
    }
    assert_int_equal(ocpp_charge_point_permit(world->cp, 1, world->now).reason, OCPP_PERMIT_FAULTED);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    ocpp_charge_point_fault(world->cp, 1, 1, NULL, world->now);
    world_run(world);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_FINISHING);
    world_free(world);
}

static void a_stop_button_ends_with_its_reason(void **state)
{
    struct world *world = world_of(state);
    assert_int_equal(ocpp_charge_point_stop(world->cp, 1, OCPP_STOP_EMERGENCY_STOP, world->now), OCPP_ERR_NOT_FOUND);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_int_equal(ocpp_charge_point_stop(world->cp, 1, OCPP_STOP_EMERGENCY_STOP, world->now), OCPP_OK);
    world_run(world);
    assert_string_equal(the_session(world)->reason, "EmergencyStop");
    world_free(world);
}

static void a_second_transaction_may_follow_without_unplugging(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    card(world, 1, "NEXT");
    assert_true(world->closed[1]);
    assert_int_equal(world->session_count, 2);
    assert_string_equal(world->sessions[1].token, "NEXT");
    world_free(world);
}

static void a_reader_for_all_serves_the_evse_that_waits(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    plug(world, 2);
    card(world, 0, "TAG");
    assert_true(world->closed[2]);
    card(world, 0, "LATER"); /* nobody waits: whoever plugs in next */
    plug(world, 1);
    assert_true(world->closed[1]);
    card(world, 0, "TAG"); /* and the first one again stops where it started */
    assert_false(world->closed[2]);
    assert_true(world->closed[1]);
    world_free(world);
}

static void a_silent_meter_costs_no_transaction(void **state)
{
    struct world *world = world_of(state);
    world->meter_wh[1] = 500;
    plug(world, 1);
    card(world, 1, "TAG");
    world->meter_wh[1] = 900;
    world_pass(world, 61);
    world->meter_is_silent = true;
    world_pass(world, 61);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->ended, 1);
    if (world_is_old(world)) {
        assert_int_equal(the_session(world)->meter_stop, 900); /* the last that was seen */
    }
    world_free(world);
}

static void places_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    struct world *world = world_new();
    world_power_on(world);
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };
    const struct ocpp_token nobody = { "", OCPP_TOKEN_ISO14443 };
    char endless[300];
    memset(endless, 'x', sizeof(endless) - 1);
    endless[sizeof(endless) - 1] = '\0';
    const struct ocpp_token too_long = { endless, OCPP_TOKEN_ISO14443 };
    assert_int_equal(ocpp_charge_point_plug(world->cp, 2, 1, true, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 1, 2, true, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 0, 1, true, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_token(world->cp, -1, &token, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_token(world->cp, 1, &nobody, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_token(world->cp, 1, &too_long, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_vehicle(world->cp, 65, true, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 9, NULL, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_latch(world->cp, 1, 0, true, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_permit(world->cp, 99, world->now).closed, false);
    world_free(world);
}

static void a_view_shows_what_a_display_needs(void **state)
{
    struct world *world = world_of(state);
    struct ocpp_evse_view view;
    assert_int_equal(ocpp_charge_point_evse(world->cp, 1, &view), OCPP_OK);
    assert_false(view.transaction);
    assert_string_equal(view.transaction_id, "");
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 1234);
    world_pass(world, 60);
    assert_int_equal(ocpp_charge_point_evse(world->cp, 1, &view), OCPP_OK);
    assert_true(view.transaction);
    assert_string_equal(view.token, "TAG");
    assert_string_equal(view.transaction_id, the_session(world)->id);
    assert_int_equal(view.energy_wh, 1234);
    assert_int_equal(view.started_utc_ms, world->central_utc_ms + 1000);
    assert_int_equal(view.charging_state, OCPP_CHARGING_STATE_CHARGING);
    assert_int_equal(ocpp_charge_point_evse(world->cp, 2, &view), OCPP_ERR_ARGUMENT);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plug_then_card_charges_and_the_card_again_stops_v16),
        cmocka_unit_test(plug_then_card_charges_and_the_card_again_stops_v201),
        IN_EACH_VERSION(card_then_plug_charges_and_unplugging_ends),
        IN_EACH_VERSION(nobody_plugs_in_and_the_authorization_ends),
        IN_EACH_VERSION(the_same_card_before_plugging_takes_the_authorization_back),
        IN_EACH_VERSION(a_card_that_is_refused_charges_nothing),
        IN_EACH_VERSION(another_card_does_not_stop_a_transaction),
        IN_EACH_VERSION(a_card_of_the_same_group_stops_it),
        IN_EACH_VERSION(a_card_of_another_group_does_not),
        IN_EACH_VERSION(a_remote_start_at_a_plugged_evse_starts_at_once_and_asks_nobody),
        IN_EACH_VERSION(a_remote_start_waits_for_the_plug),
        IN_EACH_VERSION(a_remote_start_without_place_takes_where_somebody_waits),
        IN_EACH_VERSION(a_remote_start_without_place_goes_to_whoever_plugs_in_next),
        IN_EACH_VERSION(a_remote_start_may_have_to_be_authorized),
        IN_EACH_VERSION(a_remote_start_is_rejected_where_it_cannot_be_done),
        IN_EACH_VERSION(a_remote_stop_of_an_unknown_transaction_is_rejected),
        IN_EACH_VERSION(a_token_refused_at_the_start_ends_the_transaction),
        IN_EACH_VERSION(a_token_refused_at_the_start_may_only_stop_the_energy),
        IN_EACH_VERSION(a_pulled_cable_may_only_suspend),
        IN_EACH_VERSION(the_vehicle_suspends_and_goes_on),
        IN_EACH_VERSION(a_fault_ends_the_transaction),
        IN_EACH_VERSION(a_stop_button_ends_with_its_reason),
        IN_EACH_VERSION(a_second_transaction_may_follow_without_unplugging),
        IN_EACH_VERSION(a_reader_for_all_serves_the_evse_that_waits),
        IN_EACH_VERSION(a_silent_meter_costs_no_transaction),
        IN_EACH_VERSION(a_view_shows_what_a_display_needs),
        cmocka_unit_test(places_that_do_not_exist_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
