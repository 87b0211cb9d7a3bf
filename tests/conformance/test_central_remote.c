/* test_central_remote.c: the official cases of the central system about remote control (F), availability (G) and reservations (H)
 * of 2.0.1, and about lists, reservations, triggers, the cache and vendors' messages of 1.6, whose steps are ours. */
#include "case_world.h"

#include <ocpp/central_orders.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define ACCEPTED "{'status':'Accepted'}", "0 yes Accepted"

static const struct ocpp_token tag = { "TAG", OCPP_TOKEN_ISO14443 };

/* --- F: remote control --------------------------------------------------------------------------------------------------------
 */

/* The station takes the order and answers |payload|; returns the id of it. */
static long ordered_from_afar(const char *payload)
{
    const char *heard;
    long remote_id;

    assert_int_equal(ocpp_station_start(case_two, 1, &tag, &driver_done), OCPP_OK);
    heard = world_hears(case_world, case_two);
    assert_holds(heard, "'RequestStartTransaction',{'evseId':1,'idToken':{'idToken':'TAG','type':'ISO14443'},'remoteStartId':");
    assert_int_equal(sscanf(strstr(heard, "remoteStartId"), "remoteStartId':%ld", &remote_id), 1);
    assert_text(driver_answered(case_world, case_two, payload), "0 yes Accepted");
    return remote_id;
}

static bool is_of_order(const struct ocpp_transaction *transaction, void *user)
{
    assert_int_equal(transaction->remote_start_id, *(long *)user);
    *(long *)user = 0;
    return true;
}

/* The transaction |id| tells with an event of |type| that it comes of the order, and is known to. */
static void comes_of(long order, const char *type, const char *id)
{
    char info[60];

    snprintf(info, sizeof info, ",'remoteStartId':%ld", order);
    (void)world_told(case_world);
    case_event(type, "RemoteStart", 1, id, info, "");
    assert_holds(world_told(case_world), strcmp(type, "Started") == 0 ? "PILE-2 started " : "PILE-2 updated ");
    assert_int_equal(ocpp_central_find_transaction(&case_world->store, "PILE-2", id, is_of_order, &order), OCPP_OK);
    assert_int_equal(order, 0);
}

static void started_by(long order, const char *id)
{
    comes_of(order, "Started", id);
}

/* TC_F_01_CSMS; F01.FR.13, FR.25. The transaction runs since the plug, and the station names it in its answer. */
static void a_plugged_vehicle_is_started_from_afar(void **state)
{
    (void)state;
    case_plugged(1, "T1");
    comes_of(ordered_from_afar("{'status':'Accepted','transactionId':'T1'}"), "Updated", "T1");
    case_charging(1, "T1", "TAG");
    assert_holds(world_told(case_world), "PILE-2 updated T1 evse 1 token TAG");
}

/* TC_F_02_CSMS; F01.FR.01; F02.FR.01 */
static void a_station_that_asks_first_starts_from_afar(void **state)
{
    (void)state;
    const long order = ordered_from_afar("{'status':'Accepted'}");
    assert_holds(case_authorize("TAG"), "'status':'Accepted'");
    started_by(order, "T1");
    case_status(1, 1, "Occupied");
    case_event("Updated", "CablePluggedIn", 1, "T1", ",'chargingState':'EVConnected'", "");
    case_event("Updated", "ChargingStateChanged", 1, "T1", ",'chargingState':'Charging'", "");
    assert_holds(world_told(case_world), "PILE-2 updated T1");
}

/* TC_F_03_CSMS; F01.FR.02; F02.FR.01 */
static void a_station_that_does_not_ask_starts_from_afar(void **state)
{
    (void)state;
    started_by(ordered_from_afar("{'status':'Accepted'}"), "T1");
    case_status(1, 1, "Occupied");
    case_event("Updated", "CablePluggedIn", 1, "T1", ",'chargingState':'EVConnected'", "");
    assert_text(case_event("Updated", "ChargingStateChanged", 1, "T1", ",'chargingState':'Charging'", ""), "{}");
}

/* TC_F_04_CSMS; E03.FR.05 */
static void a_start_without_a_cable_times_out(void **state)
{
    (void)state;
    started_by(ordered_from_afar("{'status':'Accepted'}"), "T1");
    assert_text(case_event("Updated", "EVConnectTimeout", 1, "T1", "", ""), "{}");
    assert_holds(world_told(case_world), "PILE-2 updated T1");
}

static const char meter[] = "[2,'m','MeterValues',{'evseId':%d,'meterValue':[{'timestamp':'2026-01-01T00:00:00Z','sampledValue':"
                            "[{'value':100,'context':'Trigger'}]}]}]";

static void meter_comes(int evse)
{
    char frame[250];
    char told[100];

    snprintf(frame, sizeof frame, meter, evse);
    snprintf(told, sizeof told, "PILE-2 meter %d.0 Energy.Active.Import.Register=100Wh\n", evse);
    assert_text(world_says(case_world, case_two, frame), "[3,'m',{}]");
    assert_text(world_told(case_world), told);
}

/* TC_F_11_CSMS; TC_F_12_CSMS; F06.FR.01 and FR.02 */
static void meter_values_are_asked_of_one_evse_or_of_all(void **state)
{
    (void)state;
    case_order(ocpp_station_trigger(case_two, "MeterValues", 1, 0, &driver_done), case_two,
               "'TriggerMessage',{'evse':{'id':1},'requestedMessage':'MeterValues'}]", ACCEPTED);
    meter_comes(1);
    case_order(ocpp_station_trigger(case_two, "MeterValues", 0, 0, &driver_done), case_two,
               "'TriggerMessage',{'requestedMessage':'MeterValues'}]", ACCEPTED);
    meter_comes(1);
    meter_comes(2);
}

static void charging_is_told(int evse, const char *id)
{
    char told[100];

    snprintf(told, sizeof told, "PILE-2 updated %s evse %d token TAG meter 100..100 samples 1\n", id, evse);
    (void)world_told(case_world);
    assert_text(case_event("Updated", "Trigger", evse, id, ",'chargingState':'Charging'",
                           ",'meterValue':[{'timestamp':'2026-01-01T00:00:00Z','sampledValue':[{'value':100,'context':"
                           "'Trigger'}]}]"),
                "{}");
    assert_memory_equal(world_told(case_world), told, strlen(told));
}

/* TC_F_13_CSMS; TC_F_14_CSMS; F06.FR.01 and FR.02 */
static void a_transaction_is_asked_for_at_one_evse_or_at_all(void **state)
{
    (void)state;
    case_plugged(1, "T1");
    case_charging(1, "T1", "TAG");
    case_order(ocpp_station_trigger(case_two, "TransactionEvent", 1, 0, &driver_done), case_two,
               "'TriggerMessage',{'evse':{'id':1},'requestedMessage':'TransactionEvent'}]", ACCEPTED);
    charging_is_told(1, "T1");
    case_plugged(2, "T2");
    case_charging(2, "T2", "TAG");
    case_order(ocpp_station_trigger(case_two, "TransactionEvent", 0, 0, &driver_done), case_two,
               "'TriggerMessage',{'requestedMessage':'TransactionEvent'}]", ACCEPTED);
    charging_is_told(1, "T1");
    charging_is_told(2, "T2");
}

/* TC_F_15_CSMS; TC_F_18_CSMS; F06.FR.01 */
static void who_has_nothing_to_do_says_that_it_is_idle(void **state)
{
    (void)state;
    case_order(ocpp_station_trigger(case_two, "LogStatusNotification", 0, 0, &driver_done), case_two,
               "'TriggerMessage',{'requestedMessage':'LogStatusNotification'}]", ACCEPTED);
    assert_text(world_says(case_world, case_two, "[2,'l','LogStatusNotification',{'status':'Idle'}]"), "[3,'l',{}]");
    case_order(ocpp_station_trigger(case_two, "FirmwareStatusNotification", 0, 0, &driver_done), case_two,
               "'TriggerMessage',{'requestedMessage':'FirmwareStatusNotification'}]", ACCEPTED);
    assert_text(world_says(case_world, case_two, "[2,'f','FirmwareStatusNotification',{'status':'Idle'}]"), "[3,'f',{}]");
}

/* TC_F_24_CSMS; F06.FR.01, FR.02 and FR.13 */
static void a_status_is_asked_for_and_comes_again(void **state)
{
    (void)state;
    case_status(1, 1, "Occupied");
    case_order(ocpp_station_trigger(case_two, "StatusNotification", 1, 1, &driver_done), case_two,
               "'TriggerMessage',{'evse':{'id':1,'connectorId':1},'requestedMessage':'StatusNotification'}]", ACCEPTED);
    case_status(1, 1, "Occupied");
}

/* --- G: availability
 * ------------------------------------------------------------------------------------------------------------ */

static void availability_changes(int evse, int connector, bool operative, const char *target, const char *word)
{
    char call[160];
    char payload[60];
    char outcome[40];

    snprintf(call, sizeof call, "'ChangeAvailability',{%s'operationalStatus':'%s'}]", target,
             operative ? "Operative" : "Inoperative");
    snprintf(payload, sizeof payload, "{'status':'%s'}", word);
    snprintf(outcome, sizeof outcome, "0 yes %s", word);
    case_order(ocpp_station_change_availability(case_two, evse, connector, operative, &driver_done), case_two, call, payload,
               outcome);
}

/* TC_G_03_CSMS; TC_G_04_CSMS; G03.FR.02 */
static void an_evse_is_taken_out_of_service_and_back(void **state)
{
    (void)state;
    availability_changes(1, 0, false, "'evse':{'id':1},", "Accepted");
    case_status(1, 1, "Unavailable");
    availability_changes(1, 0, true, "'evse':{'id':1},", "Accepted");
    case_status(1, 1, "Available");
}

/* TC_G_05_CSMS; TC_G_06_CSMS; G04.FR.01 */
static void a_station_is_taken_out_of_service_and_back(void **state)
{
    (void)state;
    availability_changes(0, 0, false, "", "Accepted");
    case_status(1, 1, "Unavailable");
    case_status(2, 1, "Unavailable");
    availability_changes(0, 0, true, "", "Accepted");
    case_status(1, 1, "Available");
    case_status(2, 1, "Available");
}

/* TC_G_07_CSMS; TC_G_08_CSMS; G03.FR.02 */
static void a_connector_is_taken_out_of_service_and_back(void **state)
{
    (void)state;
    availability_changes(1, 2, false, "'evse':{'id':1,'connectorId':2},", "Accepted");
    case_status(1, 2, "Unavailable");
    availability_changes(1, 2, true, "'evse':{'id':1,'connectorId':2},", "Accepted");
    case_status(1, 2, "Available");
}

/* TC_G_11_CSMS; TC_G_14_CSMS; TC_G_17_CSMS. Scheduled is a yes: the transaction goes on and ends as it would. */
static void a_change_waits_for_the_transaction(void **state)
{
    static const struct {
        int evse;
        int connector;
        const char *target;
        const char *id;
    } rows[] = {
        { 1, 0, "'evse':{'id':1},", "T1" },
        { 0, 0, "", "T2" },
        { 1, 1, "'evse':{'id':1,'connectorId':1},", "T3" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        case_plugged(1, rows[i].id);
        case_charging(1, rows[i].id, "TAG");
        availability_changes(rows[i].evse, rows[i].connector, false, rows[i].target, "Scheduled");
        if (rows[i].evse == 0) {
            case_status(2, 1, "Unavailable");
        }
        case_stopped(1, rows[i].id, "TAG");
        case_unplugged(1, rows[i].id);
        case_status(1, 1, "Unavailable");
    }
}

/* --- H: reservations
 * ------------------------------------------------------------------------------------------------------------ */

static struct ocpp_reservation_order place(void)
{
    return (struct ocpp_reservation_order){ .id = 5, .evse = 1, .token = tag, .expires_utc_ms = 1767229200000 };
}

static void reserved(const struct ocpp_reservation_order *order, const char *call, const char *word)
{
    char payload[60];
    char outcome[40];

    snprintf(payload, sizeof payload, "{'status':'%s'}", word);
    snprintf(outcome, sizeof outcome, "0 %s %s", strcmp(word, "Accepted") == 0 ? "yes" : "no", word);
    case_order(ocpp_station_reserve(case_two, order, &driver_done), case_two, call, payload, outcome);
}

static const char at_evse_1[] = "'ReserveNow',{'id':5,'expiryDateTime':'2026-01-01T01:00:00.000Z','idToken':{'idToken':'TAG',"
                                "'type':'ISO14443'},'evseId':1}]";
static const char anywhere[] = "'ReserveNow',{'id':5,'expiryDateTime':'2026-01-01T01:00:00.000Z','idToken':{'idToken':'TAG',"
                               "'type':'ISO14443'}}]";

static void reservation_ends(const char *word)
{
    char frame[160];
    char told[60];

    snprintf(frame, sizeof frame, "[2,'r','ReservationStatusUpdate',{'reservationId':5,'reservationUpdateStatus':'%s'}]", word);
    snprintf(told, sizeof told, "PILE-2 reservation 5 %s\n", word);
    (void)world_told(case_world);
    assert_text(world_says(case_world, case_two, frame), "[3,'r',{}]");
    assert_text(world_told(case_world), told);
}

/* TC_H_01_CSMS; TC_H_22_CSMS; H01.FR.01 */
static void an_evse_is_reserved_or_is_not(void **state)
{
    const struct ocpp_reservation_order order = place();

    (void)state;
    reserved(&order, at_evse_1, "Accepted");
    case_status(1, 1, "Reserved");
    reserved(&order, at_evse_1, "Rejected");
}

/* TC_H_07_CSMS; H04.FR.01 */
static void a_reservation_expires(void **state)
{
    const struct ocpp_reservation_order order = place();

    (void)state;
    reserved(&order, at_evse_1, "Accepted");
    case_status(1, 1, "Reserved");
    case_status(1, 1, "Available");
    reservation_ends("Expired");
}

/* TC_H_08_CSMS; TC_H_14_CSMS; H01.FR.04 */
static void any_evse_is_reserved_as_often_as_there_are_some(void **state)
{
    struct ocpp_reservation_order order = place();

    (void)state;
    order.evse = 0;
    reserved(&order, anywhere, "Accepted");
    order.id = 6;
    reserved(&order, "'ReserveNow',{'id':6,'expiryDateTime'", "Accepted");
    assert_null(strstr(case_world->frame, "evseId"));
    case_status(1, 1, "Reserved");
    case_status(2, 1, "Reserved");
}

/* TC_H_15_CSMS; H01.FR.06 */
static void a_type_of_connector_is_reserved(void **state)
{
    struct ocpp_reservation_order order = place();

    (void)state;
    order.evse = 0;
    order.connector_type = "cCCS2";
    reserved(&order, "'ReserveNow',{'id':5,'expiryDateTime':'2026-01-01T01:00:00.000Z','connectorType':'cCCS2','idToken'",
             "Accepted");
    assert_null(strstr(case_world->frame, "evseId"));
    case_status(1, 1, "Reserved");
}

/* TC_H_17_CSMS; H02.FR.02 */
static void a_reservation_is_cancelled(void **state)
{
    const struct ocpp_reservation_order order = place();

    (void)state;
    reserved(&order, at_evse_1, "Accepted");
    case_status(1, 1, "Reserved");
    case_order(ocpp_station_cancel_reservation(case_two, 5, &driver_done), case_two, "'CancelReservation',{'reservationId':5}]",
               ACCEPTED);
    case_status(1, 1, "Available");
}

/* TC_H_19_CSMS; H03.FR.04 */
static void a_place_is_reserved_for_a_group(void **state)
{
    struct ocpp_reservation_order order = place();

    (void)state;
    order.group_id = "FAMILY";
    reserved(&order, "'evseId':1,'groupIdToken':{'idToken':'FAMILY','type':'Central'}}]", "Accepted");
    case_status(1, 1, "Reserved");
}

/* TC_H_20_CSMS */
static void a_fault_takes_a_reservation_away(void **state)
{
    const struct ocpp_reservation_order order = place();

    (void)state;
    reserved(&order, at_evse_1, "Accepted");
    case_status(1, 1, "Reserved");
    case_status(1, 1, "Faulted");
    reservation_ends("Removed");
}

/* --- 1.6 ----------------------------------------------------------------------------------------------------------------------
 */

static int64_t version_told;

static void on_version(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    version_told = result->list_version;
}

/* TC_042_1_CSMS; TC_042_2_CSMS; 1.6 edition 2, 5.10. A list that is not supported and one that is empty are told apart. */
static void the_version_of_a_list_says_whether_there_is_one(void **state)
{
    const struct ocpp_command_done done = { on_version, NULL };

    (void)state;
    case_order(ocpp_station_get_list_version(case_one, &done), case_one, "'GetLocalListVersion',{}]", "{'listVersion':-1}", "");
    assert_int_equal(version_told, -1);
    case_order(ocpp_station_get_list_version(case_one, &done), case_one, "'GetLocalListVersion',{}]", "{'listVersion':0}", "");
    assert_int_equal(version_told, 0);
}

/* TC_043_1_CSMS; TC_043_3_CSMS; TC_043_4_CSMS; TC_043_5_CSMS; 1.6 edition 2, 5.15 */
static void a_list_is_sent_and_what_became_of_it_is_told(void **state)
{
    const struct ocpp_list_entry entries[] = {
        { .token = tag, .authorization = OCPP_AUTHORIZATION_ACCEPTED, .expires_utc_ms = 1767229200000, .group_id = "FAMILY" },
        { .token = { "OLD", OCPP_TOKEN_UNKNOWN }, .removed = true },
    };
    const struct ocpp_list_update whole = { .version = 7, .is_whole = true, .entries = entries, .count = 1 };
    const struct ocpp_list_update change = { .version = 8, .entries = entries, .count = 2 };
    static const char full[] = "'SendLocalList',{'listVersion':7,'localAuthorizationList':[{'idTag':'TAG','idTagInfo':"
                               "{'status':'Accepted','expiryDate':'2026-01-01T01:00:00.000Z','parentIdTag':'FAMILY'}}],"
                               "'updateType':'Full'}]";

    (void)state;
    case_order(ocpp_station_send_list(case_one, &whole, &driver_done), case_one, full, "{'status':'NotSupported'}",
               "0 no NotSupported");
    case_order(ocpp_station_send_list(case_one, &whole, &driver_done), case_one, full, "{'status':'Failed'}", "0 no Failed");
    case_order(ocpp_station_send_list(case_one, &whole, &driver_done), case_one, full, ACCEPTED);
    case_order(ocpp_station_send_list(case_one, &change, &driver_done), case_one,
               "'SendLocalList',{'listVersion':8,'localAuthorizationList':[{'idTag':'TAG','idTagInfo':{'status':'Accepted',"
               "'expiryDate':'2026-01-01T01:00:00.000Z','parentIdTag':'FAMILY'}},{'idTag':'OLD'}],'updateType':'Differential'}]",
               ACCEPTED);
}

static void reserved_16(const struct ocpp_reservation_order *order, const char *call, const char *word)
{
    char payload[60];
    char outcome[40];

    snprintf(payload, sizeof payload, "{'status':'%s'}", word);
    snprintf(outcome, sizeof outcome, "0 %s %s", strcmp(word, "Accepted") == 0 ? "yes" : "no", word);
    case_order(ocpp_station_reserve(case_one, order, &driver_done), case_one, call, payload, outcome);
}

static const char at_connector_1[] = "'ReserveNow',{'connectorId':1,'expiryDate':'2026-01-01T01:00:00.000Z','idTag':'TAG',"
                                     "'reservationId':5}]";

static void charges_16(int connector, const char *id_tag)
{
    char frame[250];

    snprintf(frame, sizeof frame, "[2,'a','Authorize',{'idTag':'%s'}]", id_tag);
    assert_holds(world_says(case_world, case_one, frame), "'status':'Accepted'");
    snprintf(frame, sizeof frame,
             "[2,'t','StartTransaction',{'connectorId':%d,'idTag':'%s','meterStart':0,'reservationId':5,'timestamp':"
             "'2026-01-01T00:00:00Z'}]",
             connector, id_tag);
    assert_holds(world_says(case_world, case_one, frame), "'status':'Accepted'");
    assert_holds(world_told(case_world), "PILE-1 started 1");
    case_status_16(connector, "Charging");
}

/* TC_046_CSMS; TC_047_CSMS; 1.6 edition 2, 5.13 */
static void a_reserved_connector_is_used_or_becomes_free_again(void **state)
{
    const struct ocpp_reservation_order order = place();

    (void)state;
    reserved_16(&order, at_connector_1, "Accepted");
    case_status_16(1, "Reserved");
    case_status_16(1, "Available"); /* it expired */
    reserved_16(&order, at_connector_1, "Accepted");
    case_status_16(1, "Reserved");
    case_status_16(1, "Preparing");
    charges_16(1, "TAG");
}

/* TC_048_1_CSMS; TC_048_2_CSMS; TC_048_3_CSMS; TC_048_4_CSMS; 1.6 edition 2, 5.13 */
static void why_a_connector_is_not_reserved_is_told_in_its_word(void **state)
{
    static const char *const words[] = { "Faulted", "Occupied", "Unavailable", "Rejected" };
    const struct ocpp_reservation_order order = place();

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        reserved_16(&order, at_connector_1, words[i]);
    }
}

/* TC_049_CSMS; 1.6 edition 2, 5.13 */
static void a_whole_charge_point_is_reserved_and_one_connector_used(void **state)
{
    struct ocpp_reservation_order order = place();

    (void)state;
    order.evse = 0;
    reserved_16(&order, "'ReserveNow',{'connectorId':0,", "Accepted");
    case_status_16(0, "Reserved");
    charges_16(2, "TAG");
}

/* TC_051_CSMS; TC_052_CSMS; 1.6 edition 2, 5.1 */
static void a_reservation_of_one_dot_six_is_cancelled_or_is_not(void **state)
{
    static const char call[] = "'CancelReservation',{'reservationId':5}]";
    const struct ocpp_reservation_order order = place();

    (void)state;
    reserved_16(&order, at_connector_1, "Accepted");
    case_status_16(1, "Reserved");
    case_order(ocpp_station_cancel_reservation(case_one, 5, &driver_done), case_one, call, ACCEPTED);
    case_status_16(1, "Available");
    case_order(ocpp_station_cancel_reservation(case_one, 5, &driver_done), case_one, call, "{'status':'Rejected'}",
               "0 no Rejected");
}

/* TC_053_CSMS; 1.6 edition 2, 5.13. Another tag of the same parent uses the place; it learns its parent by Authorize. */
static void a_reserved_connector_is_used_by_another_of_the_group(void **state)
{
    struct ocpp_reservation_order order = place();

    (void)state;
    order.group_id = "FAMILY";
    case_world->authorize.group_id = "FAMILY";
    reserved_16(&order, "'idTag':'TAG','parentIdTag':'FAMILY','reservationId':5}]", "Accepted");
    case_status_16(1, "Reserved");
    assert_holds(world_says(case_world, case_one, "[2,'a','Authorize',{'idTag':'SECOND'}]"), "'parentIdTag':'FAMILY'");
    charges_16(1, "SECOND");
}

/* TC_054_CSMS; TC_055_CSMS; 1.6 edition 2, 5.17. Not a boot: this station was accepted (1.6 errata 3.40). */
static void messages_of_one_dot_six_are_asked_for_and_come(void **state)
{
    static const struct {
        const char *message;
        const char *frame;
    } rows[] = {
        { "Heartbeat", "[2,'x','Heartbeat',{}]" },
        { "MeterValues",
          "[2,'x','MeterValues',{'connectorId':1,'meterValue':[{'timestamp':'2026-01-01T00:00:00Z','sampledValue':[{'value':'1',"
          "'context':'Trigger'}]}]}]" },
        { "StatusNotification", "[2,'x','StatusNotification',{'connectorId':1,'errorCode':'NoError','status':'Available'}]" },
        { "DiagnosticsStatusNotification", "[2,'x','DiagnosticsStatusNotification',{'status':'Idle'}]" },
        { "FirmwareStatusNotification", "[2,'x','FirmwareStatusNotification',{'status':'Idle'}]" },
    };
    char call[120];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(call, sizeof call, "'TriggerMessage',{'requestedMessage':'%s'}]", rows[i].message);
        case_order(ocpp_station_trigger(case_one, rows[i].message, 0, 0, &driver_done), case_one, call, ACCEPTED);
        assert_holds(world_says(case_world, case_one, rows[i].frame), "[3,'x',");
    }
    case_order(ocpp_station_trigger(case_one, "MeterValues", 1, 0, &driver_done), case_one,
               "'TriggerMessage',{'requestedMessage':'MeterValues','connectorId':1}]", "{'status':'Rejected'}", "0 no Rejected");
}

/* TC_061_CSMS; 1.6 edition 2, 5.4 */
static void the_cache_of_one_dot_six_is_cleared(void **state)
{
    (void)state;
    case_order(ocpp_station_clear_cache(case_one, &driver_done), case_one, "'ClearCache',{}]", ACCEPTED);
}

/* TC_064_CSMS; 1.6 edition 2, 4.3 */
static void data_of_a_vendor_come_to_the_central_system(void **state)
{
    static const char call[] = "[2,'d','DataTransfer',{'vendorId':'com.example','messageId':'Hello','data':'x'}]";

    (void)state;
    assert_text(world_says(case_world, case_one, call), "[3,'d',{'status':'UnknownVendorId'}]");
    driver_decisions.data = (struct ocpp_data_transfer_answer){ .result = OCPP_DATA_TRANSFER_ACCEPTED };
    (void)world_told(case_world);
    assert_text(world_says(case_world, case_one, call), "[3,'d',{'status':'Accepted'}]");
    assert_text(world_told(case_world), "PILE-1 data com.example Hello 1 x\n");
}

static const struct ocpp_limit_period sixteen = { .limit = { 16, 0 } };

static struct ocpp_limit_order limit(enum ocpp_limit_purpose purpose)
{
    return (struct ocpp_limit_order){ .id = 3,
                                      .evse = 1,
                                      .purpose = purpose,
                                      .kind = OCPP_LIMIT_RELATIVE,
                                      .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
                                      .valid_to_utc_ms = OCPP_UTC_UNKNOWN,
                                      .start_utc_ms = OCPP_UTC_UNKNOWN,
                                      .unit = OCPP_RATE_CURRENT,
                                      .periods = &sixteen,
                                      .period_count = 1 };
}

/* TC_056_CSMS; 1.6 edition 2, 5.16 */
static void a_limit_by_default_is_set(void **state)
{
    const struct ocpp_limit_order order = limit(OCPP_LIMIT_BY_DEFAULT);

    (void)state;
    case_order(ocpp_station_set_limit(case_one, &order, &driver_done), case_one,
               "'SetChargingProfile',{'connectorId':1,'csChargingProfiles':{'chargingProfileId':3,'stackLevel':0,"
               "'chargingProfilePurpose':'TxDefaultProfile','chargingProfileKind':'Relative','chargingSchedule':"
               "{'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':16}]}}}]",
               ACCEPTED);
    charges_16(1, "TAG");
}

/* TC_057_CSMS; 1.6 edition 2, 5.16.1. It names the transaction that runs. */
static void a_limit_of_the_transaction_that_runs_is_set(void **state)
{
    struct ocpp_limit_order order = limit(OCPP_LIMIT_OF_TRANSACTION);

    (void)state;
    charges_16(1, "TAG");
    order.transaction_id = "1";
    case_order(ocpp_station_set_limit(case_one, &order, &driver_done), case_one,
               "{'connectorId':1,'csChargingProfiles':{'chargingProfileId':3,'transactionId':1,'stackLevel':0,"
               "'chargingProfilePurpose':'TxProfile'",
               ACCEPTED);
}

static int64_t limit_told;

static void on_schedule(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    limit_told = result->schedule ? result->schedule->periods[0].limit.coefficient : -1;
}

/* TC_066_CSMS; 1.6 edition 2, 5.7 */
static void what_limits_come_to_is_asked_for(void **state)
{
    const struct ocpp_command_done done = { on_schedule, NULL };
    const struct ocpp_limit_order order = limit(OCPP_LIMIT_BY_DEFAULT);

    (void)state;
    case_order(ocpp_station_set_limit(case_one, &order, &driver_done), case_one, "'SetChargingProfile'", ACCEPTED);
    driver_answer[0] = '\0';
    case_order(ocpp_station_get_composite_schedule(case_one, 1, 300, OCPP_RATE_CURRENT, &done), case_one,
               "'GetCompositeSchedule',{'connectorId':1,'duration':300,'chargingRateUnit':'A'}]",
               "{'status':'Accepted','connectorId':1,'scheduleStart':'2026-01-01T00:00:00Z','chargingSchedule':{'duration':300,"
               "'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':16}]}}",
               "");
    assert_int_equal(limit_told, 16);
}

/* TC_067_CSMS; 1.6 edition 2, 5.5 */
static void limits_are_cleared_by_id_or_by_what_they_are(void **state)
{
    const struct ocpp_limit_criteria by_id = { .has_id = true, .id = 3 };
    const struct ocpp_limit_criteria by_kind = {
        .has_evse = true, .evse = 1, .has_purpose = true, .purpose = OCPP_LIMIT_BY_DEFAULT, .has_stack_level = true
    };

    (void)state;
    case_order(ocpp_station_clear_limits(case_one, &by_id, &driver_done), case_one, "'ClearChargingProfile',{'id':3}]", ACCEPTED);
    case_order(ocpp_station_clear_limits(case_one, &by_kind, &driver_done), case_one,
               "'ClearChargingProfile',{'connectorId':1,'chargingProfilePurpose':'TxDefaultProfile','stackLevel':0}]",
               "{'status':'Unknown'}", "0 no Unknown");
}

/* TC_078_CSMS; 1.6 security A04 */
static void a_station_tells_that_our_certificate_is_no_good(void **state)
{
    (void)state;
    assert_text(world_says(case_world, case_one,
                           "[2,'e','SecurityEventNotification',{'type':'InvalidCentralSystemCertificate','timestamp':"
                           "'2026-01-01T00:00:00Z','techInfo':'expired'}]"),
                "[3,'e',{}]");
    assert_text(world_told(case_world), "PILE-1 security InvalidCentralSystemCertificate expired\n");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, case_set_up, case_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_plugged_vehicle_is_started_from_afar),
        TEST(a_station_that_asks_first_starts_from_afar),
        TEST(a_station_that_does_not_ask_starts_from_afar),
        TEST(a_start_without_a_cable_times_out),
        TEST(meter_values_are_asked_of_one_evse_or_of_all),
        TEST(a_transaction_is_asked_for_at_one_evse_or_at_all),
        TEST(who_has_nothing_to_do_says_that_it_is_idle),
        TEST(a_status_is_asked_for_and_comes_again),
        TEST(an_evse_is_taken_out_of_service_and_back),
        TEST(a_station_is_taken_out_of_service_and_back),
        TEST(a_connector_is_taken_out_of_service_and_back),
        TEST(a_change_waits_for_the_transaction),
        TEST(an_evse_is_reserved_or_is_not),
        TEST(a_reservation_expires),
        TEST(any_evse_is_reserved_as_often_as_there_are_some),
        TEST(a_type_of_connector_is_reserved),
        TEST(a_reservation_is_cancelled),
        TEST(a_place_is_reserved_for_a_group),
        TEST(a_fault_takes_a_reservation_away),
        TEST(the_version_of_a_list_says_whether_there_is_one),
        TEST(a_list_is_sent_and_what_became_of_it_is_told),
        TEST(a_reserved_connector_is_used_or_becomes_free_again),
        TEST(why_a_connector_is_not_reserved_is_told_in_its_word),
        TEST(a_whole_charge_point_is_reserved_and_one_connector_used),
        TEST(a_reservation_of_one_dot_six_is_cancelled_or_is_not),
        TEST(a_reserved_connector_is_used_by_another_of_the_group),
        TEST(messages_of_one_dot_six_are_asked_for_and_come),
        TEST(the_cache_of_one_dot_six_is_cleared),
        TEST(data_of_a_vendor_come_to_the_central_system),
        TEST(a_limit_by_default_is_set),
        TEST(a_limit_of_the_transaction_that_runs_is_set),
        TEST(what_limits_come_to_is_asked_for),
        TEST(limits_are_cleared_by_id_or_by_what_they_are),
        TEST(a_station_tells_that_our_certificate_is_no_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
