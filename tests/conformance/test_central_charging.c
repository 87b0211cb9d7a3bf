/* test_central_charging.c: the official cases of the central system about transactions (E) and meter values (J) of 2.0.1. */
#include "case_world.h"

#include <ocpp/central_reports.h>
#include <ocpp/central_transactions.h>

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define ACCEPTED  "'idTokenInfo':{'status':'Accepted'"
#define CHARGING  ",'chargingState':'Charging'"
#define CONNECTED ",'chargingState':'EVConnected'"
#define IDLE      ",'chargingState':'Idle'"
#define SUSPENDED ",'chargingState':'SuspendedEV'"

/* --- what is recorded ----------------------------------------------------------------------------------------------------------
 */

struct picture {
    char text[200];
};

static bool take(const struct ocpp_transaction *transaction, void *user)
{
    struct picture *picture = user;

    snprintf(picture->text, sizeof picture->text, "%s evse %d %s %s %s %" PRId64 "..%" PRId64, transaction->id, transaction->evse,
             transaction->token[0] ? transaction->token : "-", transaction->ended ? "ended" : "open",
             transaction->ended                                           ? ocpp_stop_reason_name(transaction->reason)
             : transaction->charging_state != OCPP_CHARGING_STATE_UNKNOWN ? ocpp_charging_state_name(transaction->charging_state)
                                                                          : "-",
             transaction->has_meter_start ? transaction->meter_start_wh : -1,
             transaction->has_meter_last ? transaction->meter_last_wh : -1);
    return true;
}

/* The newest transaction as recorded: "T1 evse 1 TAG open Charging -1..-1". */
static const char *recorded(void)
{
    static struct picture picture;

    picture.text[0] = '\0';
    assert_int_equal(ocpp_central_transactions(&case_world->store, "PILE-2", take, &picture), OCPP_OK);
    return picture.text;
}

/* The reusable states Authorized, before anything else, and EnergyTransferStarted behind it. */
static void authorized_first(const char *id)
{
    assert_holds(case_authorize("TAG"), "'status':'Accepted'");
    assert_holds(case_event("Started", "Authorized", 0, id, "", CASE_TOKEN("TAG")), ACCEPTED);
}

static void charging(const char *id)
{
    authorized_first(id);
    case_status(1, 1, "Occupied");
    assert_text(case_event("Updated", "CablePluggedIn", 1, id, CONNECTED, ""), "{}");
    assert_text(case_event("Updated", "ChargingStateChanged", 1, id, CHARGING, ""), "{}");
    assert_holds(recorded(), "open Charging");
}

static void suspended(const char *id)
{
    charging(id);
    world_pass(case_world, 5000);
    assert_text(case_event("Updated", "ChargingStateChanged", 1, id, SUSPENDED, ""), "{}");
}

/* --- start points --------------------------------------------------------------------------------------------------------------
 */

/* TC_E_01_CSMS; E01.FR.05, FR.11, FR.12 */
static void it_starts_when_the_power_path_closes(void **state)
{
    (void)state;
    assert_holds(case_authorize("TAG"), ACCEPTED);
    case_status(1, 1, "Occupied");
    assert_holds(case_event("Started", "ChargingStateChanged", 1, "T1", ",'chargingState':'SuspendedEVSE'", CASE_TOKEN("TAG")),
                 ACCEPTED);
    assert_text(recorded(), "T1 evse 1 TAG open SuspendedEVSE -1..-1");
    assert_text(case_event("Updated", "ChargingStateChanged", 1, "T1", CHARGING, ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG open Charging -1..-1");
}

/* TC_E_02_CSMS; E01.FR.06 */
static void it_starts_when_energy_flows(void **state)
{
    (void)state;
    assert_holds(case_authorize("TAG"), ACCEPTED);
    case_status(1, 1, "Occupied");
    assert_holds(case_event("Started", "ChargingStateChanged", 1, "T1", CHARGING, CASE_TOKEN("TAG")), ACCEPTED);
    assert_text(recorded(), "T1 evse 1 TAG open Charging -1..-1");
}

/* TC_E_03_CSMS; TC_E_09_CSMS; E02.FR.02; E01.FR.02 */
static void it_starts_with_the_plug_and_the_token_follows(void **state)
{
    (void)state;
    case_plugged(1, "T1");
    assert_text(recorded(), "T1 evse 1 - open EVConnected -1..-1");
    case_charging(1, "T1", "TAG");
    assert_text(recorded(), "T1 evse 1 TAG open Charging -1..-1");
}

/* TC_E_04_CSMS; TC_E_10_CSMS; E03.FR.02; E01.FR.03 */
static void it_starts_with_the_token_and_the_plug_follows(void **state)
{
    (void)state;
    authorized_first("T1");
    assert_text(recorded(), "T1 evse 0 TAG open - -1..-1");
    case_status(1, 1, "Occupied");
    case_event("Updated", "CablePluggedIn", 1, "T1", CONNECTED, "");
    case_event("Updated", "ChargingStateChanged", 1, "T1", CHARGING, "");
    assert_text(recorded(), "T1 evse 1 TAG open Charging -1..-1");
}

#define SIGNED(value, context)                                                                                                   \
    "{'value':" value ",'context':'" context "','signedMeterValue':{'signedMeterData':'T0NNRnx7fQ==','signingMethod':"           \
    "'ECDSA-secp256r1-SHA256','encodingMethod':'OCMF','publicKey':'MFk='}}"
#define METER(minute, sample) ",'meterValue':[{'timestamp':'2026-01-01T00:" minute ":00Z','sampledValue':[" sample "]}]"

/* TC_E_11_CSMS; E01.FR.04; J02.FR.21 */
static void it_starts_when_a_reading_is_signed(void **state)
{
    (void)state;
    assert_holds(case_authorize("TAG"), ACCEPTED);
    case_status(1, 1, "Occupied");
    assert_holds(case_event("Started", "SignedDataReceived", 1, "T1", "",
                            CASE_TOKEN("TAG") METER("00", SIGNED("0.0", "Transaction.Begin"))),
                 ACCEPTED);
    assert_text(case_event("Updated", "ChargingStateChanged", 1, "T1", CHARGING, ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG open Charging 0..0");
}

/* TC_E_12_CSMS; E01.FR.01 */
static void it_starts_when_somebody_parks(void **state)
{
    (void)state;
    assert_text(case_event("Started", "EVDetected", 1, "T1", "", ""), "{}");
    assert_text(recorded(), "T1 evse 1 - open - -1..-1");
}

/* TC_E_38_CSMS; E03.FR.01 */
static void a_vehicle_that_is_not_ready_is_waited_for(void **state)
{
    (void)state;
    authorized_first("T1");
    case_status(1, 1, "Occupied");
    assert_text(case_event("Updated", "CablePluggedIn", 1, "T1", CONNECTED, ""), "{}");
    assert_text(case_event("Updated", "ChargingStateChanged", 1, "T1", SUSPENDED, ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG open SuspendedEV -1..-1");
}

/* --- stop points
 * ----------------------------------------------------------------------------------------------------------------- */

/* TC_E_07_CSMS; TC_E_15_CSMS; E06.FR.03, FR.06 */
static void it_ends_when_its_driver_stops_it(void **state)
{
    (void)state;
    charging("T1");
    assert_text(case_event("Ended", "StopAuthorized", 1, "T1", ",'stoppedReason':'Local'", ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG ended Local -1..-1");
}

/* TC_E_08_CSMS; E06.FR.07 */
static void it_ends_when_no_energy_flows_any_more(void **state)
{
    (void)state;
    charging("T1");
    case_stopped(1, "T1", "TAG");
    assert_text(case_event("Ended", "ChargingStateChanged", 1, "T1", CONNECTED ",'stoppedReason':'Local'", ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG ended Local -1..-1");
}

/* TC_E_14_CSMS; E06.FR.02 */
static void it_ends_when_the_cable_leaves_the_station(void **state)
{
    (void)state;
    charging("T1");
    case_stopped(1, "T1", "TAG");
    assert_text(case_unplugged(1, "T1"), "{}");
    assert_text(recorded(), "T1 evse 1 TAG ended EVDisconnected -1..-1");
}

/* TC_E_20_CSMS; E06.FR.02 */
static void it_ends_when_the_cable_leaves_a_suspended_vehicle(void **state)
{
    (void)state;
    suspended("T1");
    case_stopped(1, "T1", "TAG");
    assert_text(case_unplugged(1, "T1"), "{}");
    assert_text(recorded(), "T1 evse 1 TAG ended EVDisconnected -1..-1");
}

/* TC_E_16_CSMS; E06.FR.04; E01.FR.11, FR.12 */
static void a_token_that_is_no_good_is_told_so_and_ends_it(void **state)
{
    (void)state;
    case_world->authorize.authorization = OCPP_AUTHORIZATION_INVALID;
    assert_holds(case_event("Started", "Authorized", 1, "T1", "", CASE_TOKEN("BAD")), "'idTokenInfo':{'status':'Invalid'}");
    assert_text(case_event("Ended", "Deauthorized", 1, "T1", ",'stoppedReason':'DeAuthorized'", ""), "{}");
    assert_text(recorded(), "T1 evse 1 BAD ended DeAuthorized -1..-1");
}

/* TC_E_17_CSMS; E06.FR.04 */
static void it_ends_when_a_cable_that_was_pulled_deauthorizes_it(void **state)
{
    (void)state;
    suspended("T1");
    assert_text(case_event("Ended", "EVCommunicationLost", 1, "T1", IDLE ",'stoppedReason':'EVDisconnected'", ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG ended EVDisconnected -1..-1");
}

/* TC_E_19_CSMS; E06.FR.01. The transaction outlives the cable. */
static void it_ends_when_the_vehicle_leaves_the_bay(void **state)
{
    (void)state;
    charging("T1");
    case_stopped(1, "T1", "TAG");
    assert_text(case_event("Updated", "ChargingStateChanged", 1, "T1", CONNECTED, ""), "{}");
    case_status(1, 1, "Available");
    assert_text(case_event("Updated", "EVCommunicationLost", 1, "T1", IDLE, ""), "{}");
    assert_text(case_event("Ended", "EVDeparted", 1, "T1", ",'stoppedReason':'Local'", ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG ended Local -1..-1");
}

/* TC_E_21_CSMS; E06.FR.03; F03.FR.01, FR.09 */
static void it_ends_by_order(void **state)
{
    (void)state;
    charging("T1");
    case_order(ocpp_station_stop(case_two, "T1", &driver_done), case_two, "'RequestStopTransaction',{'transactionId':'T1'}]",
               "{'status':'Accepted'}", "0 yes Accepted");
    assert_text(case_event("Ended", "RemoteStop", 1, "T1", ",'stoppedReason':'Remote'", ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG ended Remote -1..-1");
}

/* TC_E_22_CSMS; E06.FR.07 */
static void it_ends_when_the_vehicle_has_enough(void **state)
{
    (void)state;
    charging("T1");
    assert_text(case_event("Ended", "ChargingStateChanged", 1, "T1", SUSPENDED ",'stoppedReason':'StoppedByEV'", ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG ended StoppedByEV -1..-1");
}

/* TC_E_26_CSMS; E10.FR.01 */
static void it_goes_on_when_the_cable_comes_back(void **state)
{
    (void)state;
    suspended("T1");
    assert_text(case_event("Updated", "EVCommunicationLost", 1, "T1", IDLE, ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG open Idle -1..-1");
    case_status(1, 1, "Available");
    assert_text(case_event("Updated", "CablePluggedIn", 1, "T1", CONNECTED, ""), "{}");
    assert_text(case_event("Updated", "ChargingStateChanged", 1, "T1", CHARGING, ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG open Charging -1..-1");
}

/* TC_E_39_CSMS; E03.FR.05; E06.FR.04 */
static void it_ends_when_nobody_plugs_in(void **state)
{
    (void)state;
    authorized_first("T1");
    world_pass(case_world, 60000);
    assert_text(case_event("Ended", "EVConnectTimeout", 1, "T1", ",'stoppedReason':'Timeout'", ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG ended Timeout -1..-1");
}

/* --- what a station still has to tell
 * ------------------------------------------------------------------------------------------- */

static struct ocpp_transaction_state told_state;

static void on_state(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    assert_int_equal(result->status, OCPP_OK);
    assert_non_null(result->transaction_state);
    told_state = *result->transaction_state;
}

/* Asks about |id| (NULL: all), which has to be |call|; the station answers |payload|. */
static void ask_status(const char *id, const char *call, const char *payload)
{
    const struct ocpp_command_done done = { on_state, NULL };

    memset(&told_state, 0xff, sizeof told_state);
    assert_int_equal(ocpp_station_get_transaction_status(case_two, id, &done), OCPP_OK);
    assert_holds(world_hears(case_world, case_two), call);
    (void)driver_answered(case_world, case_two, payload);
}

static void offline_for_a_while(void)
{
    ocpp_station_disconnect(case_two, case_world->now);
    world_pass(case_world, 30000);
    case_two = world_connect(case_world, "PILE-2", OCPP_VERSION_2_0_1);
}

static bool offline(const struct ocpp_transaction *transaction, void *user)
{
    *(bool *)user = transaction->offline;
    return true;
}

static bool was_told_offline(void)
{
    bool is_offline = false;

    assert_int_equal(ocpp_central_transactions(&case_world->store, "PILE-2", offline, &is_offline), OCPP_OK);
    return is_offline;
}

/* TC_E_29_CSMS; E14.FR.02, FR.04 */
static void it_is_asked_about_and_has_more_to_tell(void **state)
{
    (void)state;
    charging("T1");
    offline_for_a_while();
    ask_status("T1", "'GetTransactionStatus',{'transactionId':'T1'}]", "{'ongoingIndicator':true,'messagesInQueue':true}");
    assert_true(told_state.has_ongoing && told_state.is_ongoing && told_state.messages_in_queue);
    assert_text(case_event("Updated", "MeterValuePeriodic", 1, "T1", "", METER("01", "{'value':10}") ",'offline':true"), "{}");
    assert_holds(recorded(), "open Charging 10..10");
    assert_true(was_told_offline());
}

/* TC_E_30_CSMS; E14.FR.02, FR.05 */
static void it_is_asked_about_and_has_told_all(void **state)
{
    (void)state;
    charging("T1");
    ask_status("T1", "'GetTransactionStatus',{'transactionId':'T1'}]", "{'ongoingIndicator':true,'messagesInQueue':false}");
    assert_true(told_state.has_ongoing && told_state.is_ongoing);
    assert_false(told_state.messages_in_queue);
}

/* The event number |seq_no| of T1, told out of its row. */
static void tells_number(int seq_no, const char *type, const char *trigger, const char *info)
{
    char frame[400];

    snprintf(frame, sizeof frame,
             "[2,'q','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-01T00:00:%02dZ','triggerReason':'%s','seqNo':%d,"
             "'offline':true,'transactionInfo':{'transactionId':'T1'%s}}]",
             type, seq_no, trigger, seq_no, info);
    assert_text(world_says(case_world, case_two, frame), "[3,'q',{}]");
}

static bool missing(const struct ocpp_transaction *transaction, void *user)
{
    *(int64_t *)user = transaction->missing_events;
    return true;
}

static int64_t missing_events(void)
{
    int64_t counted = -1;

    assert_int_equal(ocpp_central_transactions(&case_world->store, "PILE-2", missing, &counted), OCPP_OK);
    return counted;
}

/* TC_E_31_CSMS; E14.FR.03, FR.04 */
static void it_ended_and_what_led_to_it_comes_later(void **state)
{
    (void)state;
    charging("T1"); /* 0 to 2 */
    offline_for_a_while();
    case_status(1, 1, "Available");
    tells_number(5, "Ended", "EVCommunicationLost", IDLE);
    assert_int_equal(missing_events(), 2);
    ask_status("T1", "'GetTransactionStatus',{'transactionId':'T1'}]", "{'ongoingIndicator':false,'messagesInQueue':true}");
    assert_true(told_state.has_ongoing && !told_state.is_ongoing && told_state.messages_in_queue);
    tells_number(3, "Updated", "StopAuthorized", "");
    tells_number(4, "Updated", "ChargingStateChanged", CONNECTED);
    assert_int_equal(missing_events(), 0);
    assert_holds(recorded(), "T1 evse 1 TAG ended");
    assert_true(was_told_offline());
}

/* TC_E_33_CSMS; E14.FR.06, FR.07 */
static void a_station_is_asked_whether_it_has_anything_to_tell(void **state)
{
    (void)state;
    charging("T1");
    offline_for_a_while();
    ask_status(NULL, "'GetTransactionStatus',{}]", "{'messagesInQueue':true}");
    assert_false(told_state.has_ongoing);
    assert_true(told_state.messages_in_queue);
    assert_text(case_event("Updated", "MeterValuePeriodic", 1, "T1", "", METER("01", "{'value':10}") ",'offline':true"), "{}");
}

/* TC_E_34_CSMS; E14.FR.06, FR.08 */
static void a_station_is_asked_and_has_nothing_to_tell(void **state)
{
    (void)state;
    ask_status(NULL, "'GetTransactionStatus',{}]", "{'messagesInQueue':false}");
    assert_false(told_state.has_ongoing || told_state.messages_in_queue);
}

/* --- J: meter values -----------------------------------------------------------------------------------------------------------
 */

/* What |evse| (0: the station) has metered by the clock at |minute|, told in both ways there are. */
static void tells_by_the_clock(int evse, int minute, int value)
{
    char frame[400];
    char told[160];

    snprintf(frame, sizeof frame,
             "[2,'m','MeterValues',{'evseId':%d,'meterValue':[{'timestamp':'2026-01-01T00:%02d:00Z','sampledValue':[{'value':%d,"
             "'context':'Sample.Clock'}]}]}]",
             evse, minute, value);
    snprintf(told, sizeof told, "PILE-2 meter %d.0 Energy.Active.Import.Register=%dWh\n", evse, value);
    (void)world_told(case_world);
    assert_text(world_says(case_world, case_two, frame), "[3,'m',{}]");
    assert_text(world_told(case_world), told);
    assert_text(case_world->contexts, "Sample.Clock ");
    snprintf(frame, sizeof frame,
             "[2,'n','NotifyEvent',{'generatedAt':'2026-01-01T00:%02d:00Z','seqNo':0,'eventData':[{'eventId':1,'timestamp':"
             "'2026-01-01T00:%02d:00Z','trigger':'Periodic','actualValue':'%d','eventNotificationType':'HardWiredMonitor',"
             "'component':{'name':'FiscalMetering'},'variable':{'name':'EnergyImportRegister'}}]}]",
             minute, minute, value);
    assert_text(world_says(case_world, case_two, frame), "[3,'n',{}]");
}

/* TC_J_01_CSMS; J01.FR.18. Of the station and of each EVSE, three times. */
static void values_by_the_clock_come_without_a_transaction(void **state)
{
    (void)state;
    for (int round = 1; round <= 3; round++) {
        for (int evse = 0; evse <= 2; evse++) {
            tells_by_the_clock(evse, 15 * round, 1000 * round + evse);
        }
    }
    assert_text(recorded(), "");
}

/* TC_J_02_CSMS; J01.FR.18. The station and the idle EVSE as above, the one that charges with its transaction. */
static void values_by_the_clock_come_inside_and_outside_a_transaction(void **state)
{
    (void)state;
    charging("T1");
    for (int round = 1; round <= 3; round++) {
        char more[200];

        tells_by_the_clock(0, round, 1000 * round);
        tells_by_the_clock(2, round, 500 * round);
        snprintf(more, sizeof more,
                 ",'meterValue':[{'timestamp':'2026-01-01T00:%02d:00Z','sampledValue':[{'value':%d,'context':'Sample.Clock'}]}]",
                 round, 100 * round);
        assert_text(case_event("Updated", "MeterValueClock", 1, "T1", "", more), "{}");
        assert_text(case_world->contexts, "Sample.Clock ");
    }
    assert_holds(recorded(), "open Charging 100..300");
}

/* The reusable state EVDisconnected with |values| in its last event. */
static void ends_with(const char *values)
{
    charging("T1");
    case_stopped(1, "T1", "TAG");
    case_event("Updated", "ChargingStateChanged", 1, "T1", CONNECTED, "");
    case_status(1, 1, "Available");
    assert_text(case_event("Ended", "EVCommunicationLost", 1, "T1", IDLE ",'stoppedReason':'EVDisconnected'", values), "{}");
}

#define ACCOUNT(first, second, last)                                                                                             \
    ",'meterValue':[{'timestamp':'2026-01-01T00:01:00Z','sampledValue':[" first "]},{'timestamp':'2026-01-01T00:02:00Z',"        \
    "'sampledValue':[" second "]},{'timestamp':'2026-01-01T00:03:00Z','sampledValue':[" last "]}]"
#define PLAIN(value, context) "{'value':" value ",'context':'" context "'}"

/* TC_J_03_CSMS; J01.FR.18 */
static void values_by_the_clock_come_with_the_end(void **state)
{
    (void)state;
    ends_with(ACCOUNT(PLAIN("100", "Sample.Clock"), PLAIN("200", "Sample.Clock"), PLAIN("300", "Transaction.End")));
    assert_text(case_world->contexts, "Sample.Clock Sample.Clock Transaction.End ");
    assert_text(recorded(), "T1 evse 1 TAG ended EVDisconnected 100..300");
    assert_holds(world_told(case_world), "samples 3 EVDisconnected");
}

/* TC_J_04_CSMS; J01.FR.21 */
static void signed_values_by_the_clock_come_with_the_end(void **state)
{
    (void)state;
    ends_with(ACCOUNT(SIGNED("100", "Sample.Clock"), SIGNED("200", "Sample.Clock"), SIGNED("300", "Transaction.End")));
    assert_text(case_world->contexts, "Sample.Clock Sample.Clock Transaction.End ");
    assert_text(recorded(), "T1 evse 1 TAG ended EVDisconnected 100..300");
}

/* TC_J_07_CSMS; J02.FR.19 */
static void values_come_with_the_start(void **state)
{
    (void)state;
    case_status(1, 1, "Occupied");
    assert_text(case_event("Started", "CablePluggedIn", 1, "T1", CONNECTED, METER("00", PLAIN("50", "Transaction.Begin"))), "{}");
    assert_text(case_world->contexts, "Transaction.Begin ");
    assert_text(recorded(), "T1 evse 1 - open EVConnected 50..50");
}

/* TC_J_08_CSMS; J02.FR.19 */
static void values_come_when_the_evse_is_known(void **state)
{
    (void)state;
    authorized_first("T1");
    case_status(1, 1, "Occupied");
    assert_text(case_event("Updated", "CablePluggedIn", 1, "T1", CONNECTED, METER("00", PLAIN("50", "Transaction.Begin"))), "{}");
    assert_text(case_world->contexts, "Transaction.Begin ");
    assert_text(case_event("Updated", "ChargingStateChanged", 1, "T1", CHARGING, ""), "{}");
    assert_text(recorded(), "T1 evse 1 TAG open Charging 50..50");
}

/* TC_J_09_CSMS; J02.FR.11, FR.19 */
static void values_come_again_and_again(void **state)
{
    (void)state;
    charging("T1");
    for (int i = 1; i <= 3; i++) {
        char more[200];
        snprintf(
            more, sizeof more,
            ",'meterValue':[{'timestamp':'2026-01-01T00:%02d:00Z','sampledValue':[{'value':%d,'context':'Sample.Periodic'}]}]", i,
            100 * i);
        assert_text(case_event("Updated", "MeterValuePeriodic", 1, "T1", "", more), "{}");
        assert_text(case_world->contexts, "Sample.Periodic ");
    }
    assert_text(recorded(), "T1 evse 1 TAG open Charging 100..300");
}

/* TC_J_10_CSMS; J02.FR.19 */
static void values_come_with_the_end(void **state)
{
    (void)state;
    ends_with(ACCOUNT(PLAIN("100", "Sample.Periodic"), PLAIN("200", "Sample.Periodic"), PLAIN("300", "Transaction.End")));
    assert_text(case_world->contexts, "Sample.Periodic Sample.Periodic Transaction.End ");
    assert_text(recorded(), "T1 evse 1 TAG ended EVDisconnected 100..300");
}

/* TC_J_11_CSMS; J02.FR.21 */
static void signed_values_come_with_the_end(void **state)
{
    (void)state;
    ends_with(ACCOUNT(SIGNED("100", "Sample.Periodic"), SIGNED("200", "Sample.Periodic"), SIGNED("300", "Transaction.End")));
    assert_text(case_world->contexts, "Sample.Periodic Sample.Periodic Transaction.End ");
    assert_text(recorded(), "T1 evse 1 TAG ended EVDisconnected 100..300");
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, case_set_up, case_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(it_starts_when_the_power_path_closes),
        CASE(it_starts_when_energy_flows),
        CASE(it_starts_with_the_plug_and_the_token_follows),
        CASE(it_starts_with_the_token_and_the_plug_follows),
        CASE(it_starts_when_a_reading_is_signed),
        CASE(it_starts_when_somebody_parks),
        CASE(a_vehicle_that_is_not_ready_is_waited_for),
        CASE(it_ends_when_its_driver_stops_it),
        CASE(it_ends_when_no_energy_flows_any_more),
        CASE(it_ends_when_the_cable_leaves_the_station),
        CASE(it_ends_when_the_cable_leaves_a_suspended_vehicle),
        CASE(a_token_that_is_no_good_is_told_so_and_ends_it),
        CASE(it_ends_when_a_cable_that_was_pulled_deauthorizes_it),
        CASE(it_ends_when_the_vehicle_leaves_the_bay),
        CASE(it_ends_by_order),
        CASE(it_ends_when_the_vehicle_has_enough),
        CASE(it_goes_on_when_the_cable_comes_back),
        CASE(it_ends_when_nobody_plugs_in),
        CASE(it_is_asked_about_and_has_more_to_tell),
        CASE(it_is_asked_about_and_has_told_all),
        CASE(it_ended_and_what_led_to_it_comes_later),
        CASE(a_station_is_asked_whether_it_has_anything_to_tell),
        CASE(a_station_is_asked_and_has_nothing_to_tell),
        CASE(values_by_the_clock_come_without_a_transaction),
        CASE(values_by_the_clock_come_inside_and_outside_a_transaction),
        CASE(values_by_the_clock_come_with_the_end),
        CASE(signed_values_by_the_clock_come_with_the_end),
        CASE(values_come_with_the_start),
        CASE(values_come_when_the_evse_is_known),
        CASE(values_come_again_and_again),
        CASE(values_come_with_the_end),
        CASE(signed_values_come_with_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
