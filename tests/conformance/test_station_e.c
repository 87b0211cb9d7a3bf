/* Block E of a station, OCPP 2.0.1: where transactions start and stop (E01 to E03, E05 to E07, E15). Their status, and what
 * happens without a link, is in test_station_e_queue.c; pulled cables are in test_station_remote.c. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define EVENT "TransactionEvent"

static struct world *with_points(const char *start, const char *stop)
{
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", start);
    world_set(world, "TxStopPoint", stop);
    central_forgets(world);
    return world;
}

static void bay(struct world *world, bool occupied)
{
    assert_int_equal(ocpp_charge_point_bay(world->cp, 1, occupied, world->now), OCPP_OK);
    world_run(world);
}

static void vehicle(struct world *world, bool draws)
{
    assert_int_equal(ocpp_charge_point_vehicle(world->cp, 1, draws, world->now), OCPP_OK);
    world_run(world);
}

static void stop(struct world *world, enum ocpp_stop_reason reason)
{
    assert_int_equal(ocpp_charge_point_stop(world->cp, 1, reason, world->now), OCPP_OK);
    world_run(world);
}

static struct world *charging(const char *start, const char *stop_points)
{
    struct world *world = with_points(start, stop_points);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    central_forgets(world);
    return world;
}

/* --- where it starts ----------------------------------------------------------------------------------------------------------
 */

/* TC_E_01_CS; E01.FR.05; E01.FR.07; E01.FR.10; E01.FR.15; E01.FR.16. */
static void it_starts_when_both_are_there(void **state)
{
    (void)state;
    struct world *world = with_points("PowerPathClosed", "PowerPathClosed");
    card(world, 1, "TAG");
    central_does_not_see(world, EVENT);
    plug(world, 1);
    central_sees(world, EVENT,
                 "eventType=Started triggerReason=CablePluggedIn seqNo=0 transactionInfo/chargingState=EVConnected evse/id=1 "
                 "evse/connectorId=1 idToken/idToken=TAG idToken/type=ISO14443");
    central_sees(world, EVENT, "eventType=Updated seqNo=1 evse=- idToken=-");
    world_free(world);
}

/* TC_E_02_CS; E01.FR.06; E01.FR.10; E01.FR.16. With what started it: the state is Charging. */
static void it_starts_when_energy_flows(void **state)
{
    (void)state;
    struct world *world = with_points("EnergyTransfer", "PowerPathClosed");
    card(world, 1, "TAG");
    plug(world, 1);
    central_sees(world, EVENT,
                 "eventType=Started triggerReason=ChargingStateChanged seqNo=0 transactionInfo/chargingState=Charging evse/id=1 "
                 "evse/connectorId=1 idToken/idToken=TAG meterValue/0/sampledValue/0/context=Transaction.Begin");
    assert_int_equal(central_counts(world, EVENT), 1);
    world_free(world);
}

/* E01.FR.06. A vehicle that draws nothing has not begun; 2.x hears nothing at all of one that leaves so. */
static void it_never_was_where_no_energy_flowed(void **state)
{
    (void)state;
    struct world *world = with_points("EnergyTransfer", "PowerPathClosed");
    plug(world, 1);
    vehicle(world, false);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    unplug(world, 1);
    assert_int_equal(central_counts(world, EVENT), 0);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_free(world);
}

/* TC_E_09_CS; TC_E_03_CS; E01.FR.02; E02.FR.01; E02.FR.05; E02.FR.06; E02.FR.13; E02.FR.15; E02.FR.17; E02.FR.20. */
static void it_starts_with_the_cable_and_is_authorised_later(void **state)
{
    (void)state;
    struct world *world = with_points("EVConnected", "EVConnected");
    plug(world, 1);
    central_sees(world, EVENT,
                 "eventType=Started triggerReason=CablePluggedIn evse/id=1 evse/connectorId=1 idToken=- "
                 "transactionInfo/chargingState=EVConnected meterValue/0/sampledValue/0/context=Transaction.Begin");
    central_sees(world, "StatusNotification", "connectorStatus=Occupied");
    assert_false(world->closed[1]);
    card(world, 1, "TAG");
    central_sees(world, EVENT, "eventType=Updated triggerReason=Authorized idToken/idToken=TAG evse=- meterValue=-");
    central_sees(world, EVENT, "eventType=Updated triggerReason=ChargingStateChanged transactionInfo/chargingState=Charging");
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_E_10_CS; TC_E_04_CS; E01.FR.03; E03.FR.01; E03.FR.06; E03.FR.12. Where is told once it is known. */
static void it_starts_with_the_card_and_is_plugged_in_later(void **state)
{
    (void)state;
    struct world *world = with_points("Authorized", "Authorized");
    card(world, 1, "TAG");
    central_sees(world, "Authorize", "idToken/idToken=TAG idToken/type=ISO14443");
    central_sees(world, EVENT, "eventType=Started triggerReason=Authorized idToken/idToken=TAG evse=-");
    plug(world, 1);
    central_sees(world, EVENT,
                 "eventType=Updated triggerReason=CablePluggedIn transactionInfo/chargingState=EVConnected evse/connectorId=1 "
                 "idToken=-");
    central_sees(world, EVENT, "eventType=Updated triggerReason=ChargingStateChanged transactionInfo/chargingState=Charging");
    world_free(world);
}

/* E01.FR.03. With a single EVSE it is known where a token at the reader for all of them will charge. */
static void a_card_at_the_only_reader_starts_at_the_only_evse(void **state)
{
    (void)state;
    struct world *world = with_points("Authorized", "Authorized");
    card(world, 0, "TAG");
    central_sees(world, EVENT, "eventType=Started triggerReason=Authorized idToken/idToken=TAG");
    plug(world, 1);
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

/* TC_E_13_CS; E01.FR.03; F01.FR.03; F01.FR.04; F01.FR.06; F01.FR.19; F02.FR.01; F02.FR.21. */
static void it_starts_from_afar_before_anything_is_plugged_in(void **state)
{
    (void)state;
    struct world *world = with_points("Authorized", "Authorized");
    assert_string_equal(central_starts(world, 1, "TAG"), "Accepted");
    central_sees(world, EVENT,
                 "eventType=Started triggerReason=RemoteStart idToken/idToken=TAG transactionInfo/remoteStartId=77");
    plug(world, 1);
    central_sees(world, EVENT, "eventType=Updated triggerReason=CablePluggedIn transactionInfo/remoteStartId=-");
    world_free(world);
}

/* TC_E_12_CS; TC_E_19_CS; E01.FR.01; E06.FR.01. From the bay to the bay. */
static void it_lasts_from_the_arrival_in_the_bay_to_the_departure(void **state)
{
    (void)state;
    struct world *world = with_points("ParkingBayOccupancy", "ParkingBayOccupancy");
    bay(world, true);
    central_sees(world, EVENT, "eventType=Started triggerReason=EVDetected transactionInfo/chargingState=Idle evse=- idToken=-");
    plug(world, 1);
    central_sees(world, EVENT, "eventType=Updated triggerReason=CablePluggedIn evse/id=1");
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    central_sees(world, EVENT, "eventType=Updated triggerReason=StopAuthorized");
    unplug(world, 1);
    central_sees(world, EVENT, "eventType=Updated triggerReason=EVCommunicationLost transactionInfo/chargingState=Idle");
    bay(world, false);
    central_sees(world, EVENT, "eventType=Ended triggerReason=EVDeparted transactionInfo/stoppedReason=Local");
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static size_t sign_late(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    static const struct ocpp_signed_value signature = {
        .data = "c2lnbmVk", .signing_method = "ECDSA", .encoding_method = "OCMF", .public_key = "a2V5"
    };
    struct world *world = user;
    (void)room;
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                       .value = OCPP_DECIMAL(world->meter_wh[evse], 0) };
    samples[0].signed_value = world->meter_is_silent ? NULL : &signature;
    return 1;
}

/* TC_E_11_CS; E01.FR.04. Also where the meter takes its time with the signature. */
static void it_starts_when_the_meter_has_signed(void **state)
{
    (void)state;
    for (int is_late = 0; is_late < 2; is_late++) {
        struct world *world = world_new();
        world->hardware.read_meter = sign_late;
        world->settings.max_signed_bytes = 5200;
        world->settings.sample_interval_ms = 10000;
        world_power_on(world);
        world_connect(world, OCPP_VERSION_2_0_1);
        world_set(world, "TxStartPoint", "DataSigned");
        world_set(world, "SampledDataSignReadings", "true");
        world->meter_is_silent = is_late == 1;
        card(world, 1, "TAG");
        plug(world, 1);
        assert_int_equal(central_counts(world, EVENT), is_late ? 0 : 2);
        world->meter_is_silent = false;
        world_pass(world, 21);
        central_sees(world, EVENT,
                     "eventType=Started triggerReason=SignedDataReceived idToken/idToken=TAG evse/id=1 evse/connectorId=1 "
                     "meterValue/0/sampledValue/0/context=Transaction.Begin "
                     "meterValue/0/sampledValue/0/signedMeterValue/signedMeterData=c2lnbmVk");
        assert_int_equal(the_session(world)->started, 1);
        world_free(world);
    }
}

/* TC_E_38_CS; E01.FR.19. */
static void a_vehicle_that_is_not_ready_is_told(void **state)
{
    (void)state;
    struct world *world = with_points("PowerPathClosed", "PowerPathClosed");
    card(world, 1, "TAG");
    plug(world, 1);
    vehicle(world, false);
    central_sees(world, EVENT, "triggerReason=ChargingStateChanged transactionInfo/chargingState=SuspendedEV");
    world_free(world);
}

/* TC_E_05_CS; TC_E_39_CS; E03.FR.05; F02.FR.07; C01.FR.26. Then the EVSE is free for the next one, and the late plug charges
 * nothing. */
static void a_card_without_a_cable_times_out(void **state)
{
    (void)state;
    struct world *world = with_points("Authorized", "Authorized");
    world_set(world, "ConnectionTimeOut", "30");
    card(world, 1, "TAG");
    world_pass(world, 31);
    central_sees(world, EVENT, "eventType=Ended triggerReason=EVConnectTimeout transactionInfo/stoppedReason=Timeout");
    plug(world, 1);
    assert_false(world->closed[1]);
    unplug(world, 1);
    card(world, 1, "TAG");
    plug(world, 1);
    assert_true(world->closed[1]);
    assert_int_equal(world->session_count, 2);
    world_free(world);
}

/* TC_E_39_CS; E03.FR.15; F02.FR.08. Who is still in the bay still has the transaction. */
static void a_card_times_out_in_a_bay_that_the_transaction_ends_with(void **state)
{
    (void)state;
    struct world *world = with_points("ParkingBayOccupancy", "ParkingBayOccupancy");
    world_set(world, "ConnectionTimeOut", "30");
    bay(world, true);
    card(world, 1, "TAG");
    world_pass(world, 31);
    central_sees(world, EVENT, "eventType=Updated triggerReason=EVConnectTimeout");
    plug(world, 1);
    assert_false(world->closed[1]);
    central_sees(world, EVENT, "eventType=Updated triggerReason=CablePluggedIn transactionInfo/chargingState=EVConnected");
    unplug(world, 1);
    bay(world, false);
    central_sees(world, EVENT, "eventType=Ended triggerReason=EVDeparted transactionInfo/stoppedReason=Timeout");
    world_free(world);
}

/* E01.FR.14. A transaction that waits for somebody keeps its connector. */
static void a_transaction_keeps_its_evse(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.connectors_per_evse = 2;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "EVConnected");
    world_set(world, "TxStopPoint", "EVConnected");
    plug(world, 1);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 1, 2, true, world->now), OCPP_OK);
    world_run(world);
    assert_int_equal(the_session(world)->started, 1);
    unplug(world, 1);
    assert_int_equal(world->session_count, 2);
    assert_int_equal(world->sessions[0].ended, 1);
    assert_string_equal(world->sessions[0].reason, "EVDisconnected");
    world_free(world);
}

/* E01.FR.08. Several at once, each with a name and numbers of its own. */
static void every_evse_has_a_transaction_of_its_own(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    for (int evse = 1; evse <= 3; evse++) {
        plug(world, evse);
        card(world, evse, evse == 2 ? "OTHER" : "TAG");
    }
    world_pass(world, 120);
    card(world, 2, "OTHER");
    for (int evse = 1; evse <= 3; evse++) {
        assert_int_equal(world->sessions[evse - 1].started, 1);
        assert_int_equal(world->sessions[evse - 1].ended, evse == 2);
        assert_int_equal(world->closed[evse], evse != 2);
        assert_int_equal(world->sessions[evse - 1].numbers[2], 1);
    }
    world_free(world);
}

/* --- where it stops
 * --------------------------------------------------------------------------------------------------------------- */

/* TC_E_06_CS; TC_E_07_CS; TC_E_15_CS; E06.FR.03; E06.FR.06; E07.FR.01; E07.FR.02; E07.FR.05; E07.FR.07; E07.FR.08. */
static void who_started_it_ends_it(void **state)
{
    (void)state;
    static const char *const points[] = { "PowerPathClosed", "Authorized" };
    for (size_t i = 0; i < 2; i++) {
        struct world *world = charging("PowerPathClosed", points[i]);
        card(world, 1, "TAG");
        central_sees(world, EVENT,
                     "eventType=Ended triggerReason=StopAuthorized transactionInfo/stoppedReason=Local idToken/idToken=TAG "
                     "transactionInfo/chargingState=EVConnected meterValue/0/sampledValue/0/context=Transaction.Begin");
        central_does_not_see(world, "Authorize");
        assert_false(world->locked);
        unplug(world, 1);
        central_does_not_see(world, EVENT);
        world_free(world);
    }
}

/* TC_E_14_CS; TC_E_06_CS; E06.FR.02; E07.FR.02; E07.FR.06. The end of the authorization, of the energy, and of the transaction.
 */
static void it_stops_with_the_cable(void **state)
{
    (void)state;
    struct world *world = charging("EVConnected", "EVConnected");
    card(world, 1, "TAG");
    central_sees(world, EVENT, "eventType=Updated triggerReason=StopAuthorized idToken/idToken=TAG meterValue=-");
    central_sees(world, EVENT, "eventType=Updated triggerReason=ChargingStateChanged transactionInfo/chargingState=EVConnected");
    assert_false(world->closed[1]);
    unplug(world, 1);
    central_sees(world, "StatusNotification", "connectorStatus=Available");
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, "Local");
    world_free(world);
}

/* E09.FR.01; C01.FR.23. It goes on for whom it was for, once that one is authorised again. */
static void a_transaction_is_authorised_again(void **state)
{
    (void)state;
    struct world *world = charging("EVConnected", "EVConnected");
    card(world, 1, "TAG");
    central_forgets(world);
    card(world, 1, "TAG");
    central_sees(world, EVENT, "eventType=Updated triggerReason=Authorized idToken/idToken=TAG");
    central_sees(world, EVENT, "triggerReason=ChargingStateChanged transactionInfo/chargingState=Charging");
    assert_true(world->closed[1]);
    unplug(world, 1);
    central_sees(world, EVENT, "eventType=Ended triggerReason=EVCommunicationLost transactionInfo/stoppedReason=EVDisconnected");
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

/* TC_E_21_CS; TC_E_35_CS; E06.FR.03; E06.FR.06; F03.FR.03; F03.FR.07; F03.FR.09. */
static void it_stops_from_afar(void **state)
{
    (void)state;
    static const char *const points[] = { "PowerPathClosed", "Authorized" };
    for (size_t i = 0; i < 2; i++) {
        struct world *world = charging("PowerPathClosed", points[i]);
        assert_string_equal(central_stops(world), "Accepted");
        central_sees(world, EVENT, "eventType=Ended triggerReason=RemoteStop transactionInfo/stoppedReason=Remote idToken=-");
        world_free(world);
    }
}

/* TC_E_22_CS; TC_E_08_CS; E06.FR.07. */
static void it_stops_when_energy_ceases_to_flow(void **state)
{
    (void)state;
    struct world *world = charging("EnergyTransfer", "EnergyTransfer");
    vehicle(world, false);
    central_sees(world, EVENT,
                 "eventType=Ended triggerReason=ChargingStateChanged transactionInfo/stoppedReason=StoppedByEV "
                 "transactionInfo/chargingState=EVConnected");
    assert_false(world->closed[1]);
    unplug(world, 1);
    world_free(world);
    world = charging("EnergyTransfer", "EnergyTransfer");
    card(world, 1, "TAG");
    central_sees(world, EVENT, "eventType=Ended triggerReason=StopAuthorized transactionInfo/stoppedReason=Local");
    world_free(world);
}

/* TC_E_16_CS; E05.FR.10; E06.FR.04; C15.FR.04. The cable stays locked for its owner (E05.FR.11). */
static void a_refused_token_ends_it(void **state)
{
    (void)state;
    struct world *world = with_points("PowerPathClosed", "PowerPathClosed");
    world->start_status = "Invalid";
    plug(world, 1);
    card(world, 1, "TAG");
    central_sees(world, EVENT, "eventType=Started");
    central_sees(world, EVENT, "eventType=Ended triggerReason=Deauthorized transactionInfo/stoppedReason=DeAuthorized");
    assert_false(world->closed[1]);
    assert_true(world->locked);
    world_free(world);
}

/* E05.FR.09. Where the authorization is no stop point the transaction goes on without energy. */
static void a_refused_token_gets_no_energy(void **state)
{
    (void)state;
    struct world *world = with_points("EVConnected", "EVConnected");
    plug(world, 1);
    world->start_status = "Blocked";
    card(world, 1, "TAG");
    central_sees(world, EVENT, "eventType=Updated triggerReason=Deauthorized");
    central_sees(world, EVENT, "eventType=Updated triggerReason=ChargingStateChanged transactionInfo/chargingState=EVConnected");
    assert_false(world->closed[1]);
    unplug(world, 1);
    central_sees(world, EVENT, "eventType=Ended triggerReason=EVCommunicationLost transactionInfo/stoppedReason=DeAuthorized");
    world_free(world);
}

/* E05.FR.02; E05.FR.03. So much energy a refused token may have, and then the station suspends. */
static void a_refused_token_may_have_some_energy(void **state)
{
    (void)state;
    struct world *world = with_points("PowerPathClosed", "PowerPathClosed");
    world_set(world, "StopTransactionOnInvalidId", "false");
    world_set(world, "MaxEnergyOnInvalidId", "500");
    world->start_status = "Expired";
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 499);
    world_pass(world, 20);
    charge(world, 1, 1);
    central_forgets(world);
    world_pass(world, 20);
    assert_false(world->closed[1]);
    central_sees(world, EVENT,
                 "eventType=Updated triggerReason=ChargingStateChanged transactionInfo/chargingState=SuspendedEVSE");
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* E05.FR.02. Where energy is a stop point, that it ceases is the end. */
static void a_refused_token_without_energy_ends_where_energy_does(void **state)
{
    (void)state;
    struct world *world = with_points("PowerPathClosed", "EnergyTransfer");
    world_set(world, "StopTransactionOnInvalidId", "false");
    world->start_status = "Expired";
    plug(world, 1);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_string_equal(the_session(world)->reason, "DeAuthorized");
    world_free(world);
}

/* E06.FR.16. A fault ends it whatever the stop points are. */
static void a_fault_ends_it_at_any_stop_point(void **state)
{
    (void)state;
    const struct ocpp_fault fault = { .code = "GroundFailure" };
    struct world *world = charging("EVConnected", "ParkingBayOccupancy");
    ocpp_charge_point_fault(world->cp, 1, 1, &fault, world->now);
    world_run(world);
    central_sees(world, EVENT, "eventType=Ended triggerReason=AbnormalCondition transactionInfo/stoppedReason=GroundFault");
    world_free(world);
}

/* E07.FR.04; E06.FR.09; E06.FR.16. A button is the driver's, an emergency stop is not. */
static void buttons_end_it_each_in_its_way(void **state)
{
    (void)state;
    struct world *world = charging("EVConnected", "EVConnected");
    stop(world, OCPP_STOP_LOCAL);
    central_sees(world, EVENT, "eventType=Updated triggerReason=StopAuthorized idToken=-");
    unplug(world, 1);
    central_sees(world, EVENT, "eventType=Ended transactionInfo/stoppedReason=Local");
    plug(world, 1);
    card(world, 1, "TAG");
    stop(world, OCPP_STOP_EMERGENCY_STOP);
    central_sees(world, EVENT, "eventType=Ended triggerReason=AbnormalCondition transactionInfo/stoppedReason=EmergencyStop");
    world_free(world);
}

/* E15.FR.04; E15.FR.05. The vehicle says that it is done. */
static void the_vehicle_ends_it(void **state)
{
    (void)state;
    struct world *world = charging("PowerPathClosed", "Authorized");
    stop(world, OCPP_STOP_STOPPED_BY_EV);
    central_sees(world, EVENT, "eventType=Ended triggerReason=StopAuthorized transactionInfo/stoppedReason=StoppedByEV");
    world_free(world);
    world = charging("EVConnected", "EVConnected");
    stop(world, OCPP_STOP_STOPPED_BY_EV);
    central_sees(world, EVENT, "eventType=Updated triggerReason=StopAuthorized");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_when_both_are_there),
        cmocka_unit_test(it_starts_when_energy_flows),
        cmocka_unit_test(it_never_was_where_no_energy_flowed),
        cmocka_unit_test(it_starts_with_the_cable_and_is_authorised_later),
        cmocka_unit_test(it_starts_with_the_card_and_is_plugged_in_later),
        cmocka_unit_test(a_card_at_the_only_reader_starts_at_the_only_evse),
        cmocka_unit_test(it_starts_from_afar_before_anything_is_plugged_in),
        cmocka_unit_test(it_lasts_from_the_arrival_in_the_bay_to_the_departure),
        cmocka_unit_test(it_starts_when_the_meter_has_signed),
        cmocka_unit_test(a_vehicle_that_is_not_ready_is_told),
        cmocka_unit_test(a_card_without_a_cable_times_out),
        cmocka_unit_test(a_card_times_out_in_a_bay_that_the_transaction_ends_with),
        cmocka_unit_test(a_transaction_keeps_its_evse),
        cmocka_unit_test(every_evse_has_a_transaction_of_its_own),
        cmocka_unit_test(who_started_it_ends_it),
        cmocka_unit_test(it_stops_with_the_cable),
        cmocka_unit_test(a_transaction_is_authorised_again),
        cmocka_unit_test(it_stops_from_afar),
        cmocka_unit_test(it_stops_when_energy_ceases_to_flow),
        cmocka_unit_test(a_refused_token_ends_it),
        cmocka_unit_test(a_refused_token_gets_no_energy),
        cmocka_unit_test(a_refused_token_may_have_some_energy),
        cmocka_unit_test(a_refused_token_without_energy_ends_where_energy_does),
        cmocka_unit_test(a_fault_ends_it_at_any_stop_point),
        cmocka_unit_test(buttons_end_it_each_in_its_way),
        cmocka_unit_test(the_vehicle_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
