/* test_central_monitoring.c: official test cases of the central system about monitors, events and customers, step by step: the
 * station's side is written frame by frame, the operator's side are orders of central_reports.h. */
#include "report_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

static struct central_world *world;
static struct ocpp_station *two; /* speaks 2.0.1 */

static int set_up(void **state)
{
    (void)state;
    world = report_world_new(&report_handler_whole, NULL);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, two);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

static const struct ocpp_setting_address station_power = { .component = "ChargingStation", .variable = "Power" };
static const struct ocpp_setting_address station_state = { .component = "ChargingStation", .variable = "AvailabilityState" };
static const struct ocpp_setting_address evse_state = { .component = "EVSE", .evse = 1, .variable = "AvailabilityState" };

#define STATION_POWER "{'component':{'name':'ChargingStation'},'variable':{'name':'Power'}}"
#define STATION_STATE "{'component':{'name':'ChargingStation'},'variable':{'name':'AvailabilityState'}}"
#define EVSE_STATE    "{'component':{'evse':{'id':1},'name':'EVSE'},'variable':{'name':'AvailabilityState'}}"

/* --- monitoring reports -------------------------------------------------------------------------------------------------------
 */

/* The report is asked for; |names| and |criteria| are what its message says of them, "" where nothing. */
static void asks(unsigned bits, const struct ocpp_setting_address *wanted, size_t count, const char *names, const char *criteria)
{
    const struct ocpp_report_query query = { .criteria = bits, .names = wanted, .count = count };
    char expected[400];

    assert_int_equal(ocpp_station_get_monitoring_report(two, &query, &report_done), OCPP_OK);
    world_hears(world, two);
    snprintf(expected, sizeof expected, "'GetMonitoringReport',{%s%s%s'requestId':%lld%s%s%s}]",
             names[0] ? "'componentVariable':[" : "", names, names[0] ? "]," : "", ordered_id(world),
             criteria[0] ? ",'monitoringCriteria':['" : "", criteria, criteria[0] ? "']" : "");
    assert_holds(world->frame, expected);
}

static void finds_nothing(void)
{
    assert_holds(answered(world, two, "{'status':'EmptyResultSet'}"), "done 0 no EmptyResultSet");
}

/* Two pages with a monitor of |type| each; the operator is shown both. */
static void is_shown(const char *component, const char *shown, const char *variable, const char *type, const char *word)
{
    const long long id = ordered_id(world);
    char frame[500];
    char told[300];

    assert_holds(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted");
    for (int seq_no = 0; seq_no < 2; seq_no++) {
        snprintf(
            frame, sizeof frame,
            "[2,'p','NotifyMonitoringReport',{'requestId':%lld,'seqNo':%d,'tbc':%s,'generatedAt':'2026-01-01T00:00:00Z','monitor'"
            ":[{'component':%s,'variable':{'name':'%s'},'variableMonitoring':[{'id':%d,'transaction':false,'value':1,'type':"
            "'%s','severity':4}]}]}]",
            id, seq_no, seq_no == 0 ? "true" : "false", component, variable, seq_no + 1, type);
        assert_text(world_says(world, two, frame), "[3,'p',{}]");
    }
    snprintf(told, sizeof told, "report monitors %lld 0 pages 2: %s.%s #1 %s 1 severity 4; %s.%s #2 %s 1 severity 4;\n", id,
             shown, variable, word, shown, variable, word);
    assert_text(world_told(world), told);
}

/* TC_N_01_CSMS; N02.FR.05, FR.10 */
static void monitors_are_reported_by_criteria(void **state)
{
    (void)state;
    asks(OCPP_MONITORS_OF_DELTA, NULL, 0, "", "DeltaMonitoring");
    finds_nothing();
    asks(OCPP_MONITORS_OF_THRESHOLD, NULL, 0, "", "ThresholdMonitoring");
    is_shown("{'name':'ChargingStation'}", "ChargingStation", "Power", "UpperThreshold", "upper");
}

/* TC_N_02_CSMS; N02.FR.05, FR.10 */
static void monitors_are_reported_by_variable(void **state)
{
    (void)state;
    asks(0, &station_power, 1, STATION_POWER, "");
    finds_nothing();
    asks(0, &evse_state, 1, EVSE_STATE, "");
    is_shown("{'name':'EVSE','evse':{'id':1}}", "EVSE@1.0", "AvailabilityState", "Delta", "delta");
}

/* TC_N_03_CSMS; N02.FR.05, FR.10 */
static void monitors_are_reported_by_criteria_and_variable(void **state)
{
    (void)state;
    asks(OCPP_MONITORS_OF_DELTA, &evse_state, 1, EVSE_STATE, "DeltaMonitoring");
    finds_nothing();
    asks(OCPP_MONITORS_OF_THRESHOLD, &station_power, 1, STATION_POWER, "ThresholdMonitoring");
    is_shown("{'name':'ChargingStation'}", "ChargingStation", "Power", "LowerThreshold", "lower");
}

/* TC_N_60_CSMS; N02.FR.05, FR.10. Two variables at once. */
static void monitors_are_reported_by_criteria_and_variables(void **state)
{
    const struct ocpp_setting_address names[] = { station_state, evse_state };

    (void)state;
    asks(OCPP_MONITORS_OF_THRESHOLD, names, 2, STATION_STATE "," EVSE_STATE, "ThresholdMonitoring");
    finds_nothing();
    asks(OCPP_MONITORS_OF_DELTA, names, 2, STATION_STATE "," EVSE_STATE, "DeltaMonitoring");
    is_shown("{'name':'EVSE','evse':{'id':1}}", "EVSE@1.0", "AvailabilityState", "Delta", "delta");
}

/* TC_N_47_CSMS; N02. Neither criteria nor variables: all of them. */
static void all_monitors_are_reported(void **state)
{
    (void)state;
    asks(0, NULL, 0, "", "");
    is_shown("{'name':'ChargingStation'}", "ChargingStation", "Power", "Periodic", "periodic");
}

/* --- monitors are set and cleared
 * ------------------------------------------------------------------------------------------------- */

/* TC_N_05_CSMS; N03.FR.03, FR.04, FR.05 */
static void each_monitoring_base_can_be_set(void **state)
{
    static const char *const words[] = { "All", "FactoryDefault", "HardWiredOnly" };
    char expected[64];

    (void)state;
    for (int base = 0; base < 3; base++) {
        assert_int_equal(ocpp_station_set_monitoring_base(two, (enum ocpp_monitoring_base)base, &report_done), OCPP_OK);
        snprintf(expected, sizeof expected, "'SetMonitoringBase',{'monitoringBase':'%s'}]", words[base]);
        assert_holds(world_hears(world, two), expected);
        assert_text(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted id 0\n");
    }
}

#define SET_EVSE                                                                                                                 \
    "{'value':1,'type':'Delta','severity':8,'component':{'evse':{'id':1},'name':'EVSE'},'variable':{'name':'AvailabilityState'}" \
    "}"
#define SET_STATION                                                                                                              \
    "{'value':1,'type':'Delta','severity':8,'component':{'name':'ChargingStation'},'variable':{'name':'AvailabilityState'}}"

/* TC_N_08_CSMS; N04.FR.01, FR.02, FR.17. 1 is what a delta of no number is. */
static void one_monitor_is_set(void **state)
{
    const struct ocpp_monitor_order monitor = {
        .name = evse_state, .type = OCPP_MONITOR_DELTA, .value = { 1, 0 }, .severity = 8
    };

    (void)state;
    assert_int_equal(ocpp_station_set_monitors(two, &monitor, 1, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'SetVariableMonitoring',{'setMonitoringData':[" SET_EVSE "]}]");
    assert_text(answered(world, two,
                         "{'setMonitoringResult':[{'id':1001,'status':'Accepted','type':'Delta','severity':8,'component':{'name':"
                         "'EVSE','evse':{'id':1}},'variable':{'name':'AvailabilityState'}}]}"),
                "done 0 yes Accepted id 0; 1001 EVSE@1.0.AvailabilityState Accepted 8\n");
}

/* TC_N_09_CSMS; N04.FR.01, FR.02, FR.17 */
static void two_monitors_are_set_at_once(void **state)
{
    const struct ocpp_monitor_order monitors[] = {
        { .name = evse_state, .type = OCPP_MONITOR_DELTA, .value = { 1, 0 }, .severity = 8 },
        { .name = station_state, .type = OCPP_MONITOR_DELTA, .value = { 1, 0 }, .severity = 8 },
    };

    (void)state;
    assert_int_equal(ocpp_station_set_monitors(two, monitors, 2, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'SetVariableMonitoring',{'setMonitoringData':[" SET_EVSE "," SET_STATION "]}]");
    assert_text(
        answered(world, two,
                 "{'setMonitoringResult':[{'id':1001,'status':'Accepted','type':'Delta','severity':8,'component':{'name':"
                 "'EVSE','evse':{'id':1}},'variable':{'name':'AvailabilityState'}},{'id':1002,'status':'Accepted','type':"
                 "'Delta','severity':8,'component':{'name':'ChargingStation'},'variable':{'name':'AvailabilityState'}}]}"),
        "done 0 yes Accepted id 0; 1001 EVSE@1.0.AvailabilityState Accepted 8; 1002 ChargingStation.AvailabilityState "
        "Accepted 8\n");
}

static void a_level_is_ordered(const char *answer, const char *told)
{
    assert_int_equal(ocpp_station_set_monitoring_level(two, 4, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'SetMonitoringLevel',{'severity':4}]");
    assert_text(answered(world, two, answer), told);
}

/* TC_N_16_CSMS; N05.FR.01 */
static void a_monitoring_level_is_set(void **state)
{
    (void)state;
    a_level_is_ordered("{'status':'Accepted'}", "done 0 yes Accepted id 0\n");
}

/* TC_N_17_CSMS; N05.FR.02 */
static void a_monitoring_level_is_refused(void **state)
{
    (void)state;
    a_level_is_ordered("{'status':'Rejected'}", "done 0 no Rejected id 0\n");
}

/* TC_N_18_CSMS; N06.FR.04. Five monitors of a station that takes two ids: three messages, and none with more. */
static void no_more_monitors_are_cleared_at_once_than_the_station_takes(void **state)
{
    static const char *const messages[] = { "{'id':[1,2]}", "{'id':[3,4]}", "{'id':[5]}" };
    const int64_t ids[] = { 1, 2, 3, 4, 5 };
    struct ocpp_setting_address limit;

    (void)state;
    assert_true(ocpp_items_per_message("ClearVariableMonitoring", &limit));
    assert_int_equal(ocpp_station_get_settings(two, &limit, 1, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'GetVariables',{'getVariableData':[{'component':{'name':'MonitoringCtrlr'},'variable':{"
                 "'name':'ItemsPerMessage','instance':'ClearVariableMonitoring'}}]}]");
    answered(world, two,
             "{'getVariableResult':[{'attributeStatus':'Accepted','attributeValue':'2','component':{'name':'MonitoringCtrlr'},"
             "'variable':{'name':'ItemsPerMessage','instance':'ClearVariableMonitoring'}}]}");
    assert_int_equal(ocpp_station_clear_monitors(two, ids, 5, &report_done), OCPP_ERR_LIMIT);
    const size_t most = ocpp_station_items_per_message(two, "ClearVariableMonitoring");
    for (size_t sent = 0; sent < 5; sent += most) {
        const size_t portion = 5 - sent < most ? 5 - sent : most;
        assert_int_equal(ocpp_station_clear_monitors(two, ids + sent, portion, &report_done), OCPP_OK);
        assert_holds(world_hears(world, two), messages[sent / most]);
        assert_holds(answered(world, two, "{'clearMonitoringResult':[{'status':'NotFound','id':1}]}"), "done 0 no NotFound");
    }
}

/* TC_N_44_CSMS; N06.FR.03 */
static void a_monitor_that_stays_is_known_to(void **state)
{
    const int64_t id = 3;

    (void)state;
    assert_int_equal(ocpp_station_clear_monitors(two, &id, 1, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'ClearVariableMonitoring',{'id':[3]}]");
    assert_text(answered(world, two, "{'clearMonitoringResult':[{'status':'Rejected','id':3}]}"),
                "done 0 no Rejected id 0; 3 -.- Rejected 0\n");
}

/* --- events -------------------------------------------------------------------------------------------------------------------
 */

/* An event is told, with |more| in its data; the answer is empty. */
static void an_event_is_told(const char *trigger, const char *value, const char *more, const char *told)
{
    char frame[500];

    snprintf(
        frame, sizeof frame,
        "[2,'e','NotifyEvent',{'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'eventData':[{'eventId':1,'timestamp':"
        "'2026-01-01T00:00:00Z','trigger':'%s','actualValue':'%s'%s,'component':{'name':'ChargingStation'},'variable':{'name':"
        "'Power'}}]}]",
        trigger, value, more);
    assert_text(world_says(world, two, frame), "[3,'e',{}]");
    assert_text(world_told(world), told);
}

/* TC_N_21_CSMS; N07.FR.03. Alerts of a monitor that is hard wired, one after the other. */
static void an_alert_is_heard(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        an_event_is_told("Alerting", "23", ",'eventNotificationType':'HardWiredMonitor','variableMonitoringId':1",
                         "event 1 alerting hard-wired ChargingStation.Power=<23> monitor 1 - - - seq 0\n");
    }
}

/* TC_N_24_CSMS; N08.FR.02 */
static void a_periodic_event_is_heard(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        an_event_is_told("Periodic", "23", ",'eventNotificationType':'CustomMonitor','variableMonitoringId':1001",
                         "event 1 periodic custom ChargingStation.Power=<23> monitor 1001 - - - seq 0\n");
    }
}

/* TC_N_48_CSMS; N07.FR.10. Of what may only be written no value is told. */
static void an_event_of_a_variable_that_cannot_be_read_is_heard(void **state)
{
    (void)state;
    an_event_is_told("Delta", "", ",'eventNotificationType':'CustomMonitor','variableMonitoringId':1001",
                     "event 1 delta custom ChargingStation.Power=<> monitor 1001 - - - seq 0\n");
}

/* TC_N_49_CSMS; N07.FR.14 */
static void an_alert_that_is_over_is_heard(void **state)
{
    (void)state;
    an_event_is_told("Alerting", "7", ",'eventNotificationType':'CustomMonitor','variableMonitoringId':1001,'cleared':true",
                     "event 1 alerting custom ChargingStation.Power=<7> monitor 1001 cleared - - - seq 0\n");
}

/* TC_N_50_CSMS; N08.FR.05 */
static void a_periodic_trigger_is_known_as_such(void **state)
{
    (void)state;
    an_event_is_told("Periodic", "7", ",'eventNotificationType':'PreconfiguredMonitor','variableMonitoringId':3",
                     "event 1 periodic preconfigured ChargingStation.Power=<7> monitor 3 - - - seq 0\n");
}

/* --- customers
 * ------------------------------------------------------------------------------------------------------------------ */

static const struct ocpp_token token = { "100000C39B", OCPP_TOKEN_ISO14443 };
#define ID_TOKEN "'idToken':{'idToken':'100000C39B','type':'ISO14443'}"

/* |order| leaves with |who| in it. */
static void customer_is_asked_about(const struct ocpp_customer_order *order, const char *who)
{
    char flags[64];

    assert_int_equal(ocpp_station_customer_information(two, order, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'CustomerInformation'");
    assert_holds(world->frame, who);
    snprintf(flags, sizeof flags, "'report':%s,'clear':%s", order->report ? "true" : "false", order->clear ? "true" : "false");
    assert_holds(world->frame, flags);
}

/* It is accepted, and |count| pages of |data| follow; the operator is shown |shown|. */
static void is_accepted_and_told(int count, const char *data, const char *shown)
{
    const long long id = ordered_id(world);
    char text[400];

    assert_holds(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted");
    for (int seq_no = 0; seq_no < count; seq_no++) {
        snprintf(text, sizeof text,
                 "[2,'p','NotifyCustomerInformation',{'data':'%s','tbc':%s,'seqNo':%d,'generatedAt':'2026-01-01T00:00:00Z',"
                 "'requestId':%lld}]",
                 data, seq_no + 1 < count ? "true" : "false", seq_no, id);
        assert_text(world_says(world, two, text), "[3,'p',{}]");
    }
    snprintf(text, sizeof text, "report customer %lld 0 pages %d: <%s>\n", id, count, shown);
    assert_text(world_told(world), text);
}

/* TC_N_27_CSMS; N09.FR.01, FR.04 */
static void what_is_known_of_a_customer_is_told(void **state)
{
    const struct ocpp_customer_order order = { .report = true, .token = &token };

    (void)state;
    customer_is_asked_about(&order, ID_TOKEN);
    is_accepted_and_told(2, "data;", "data;data;");
}

/* TC_N_28_CSMS; N09.FR.01, FR.04, FR.06 */
static void nothing_is_known_of_a_customer(void **state)
{
    const struct ocpp_customer_order order = { .report = true, .token = &token };

    (void)state;
    customer_is_asked_about(&order, ID_TOKEN);
    is_accepted_and_told(1, "", "");
}

/* TC_N_29_CSMS; N09.FR.01, FR.04 */
static void a_station_does_not_tell_of_a_customer_now(void **state)
{
    const struct ocpp_customer_order order = { .report = true, .token = &token };

    (void)state;
    customer_is_asked_about(&order, ID_TOKEN);
    assert_holds(answered(world, two, "{'status':'Rejected'}"), "done 0 no Rejected");
    world_pass(world, 600000);
    assert_text(world_told(world), ""); /* and no report is waited for */
}

/* TC_N_30_CSMS; N10.FR.08 */
static void a_customer_is_told_of_and_forgotten(void **state)
{
    const struct ocpp_customer_order order = { .report = true, .clear = true, .token = &token };

    (void)state;
    customer_is_asked_about(&order, ID_TOKEN);
    is_accepted_and_told(1, "data", "data");
}

/* TC_N_31_CSMS; N10.FR.04, FR.08 */
static void a_customer_nobody_knows_is_forgotten(void **state)
{
    const struct ocpp_customer_order order = { .report = true, .clear = true, .token = &token };

    (void)state;
    customer_is_asked_about(&order, ID_TOKEN);
    is_accepted_and_told(1, "", "");
}

/* TC_N_32_CSMS; N10.FR.06, FR.08 */
static void a_customer_is_forgotten_in_silence(void **state)
{
    const struct ocpp_customer_order order = { .clear = true, .token = &token };

    (void)state;
    customer_is_asked_about(&order, ID_TOKEN);
    is_accepted_and_told(1, "cleared", "cleared");
}

/* TC_N_62_CSMS; N10.FR.08 */
static void a_customer_is_forgotten_by_identifier(void **state)
{
    const struct ocpp_customer_order order = { .report = true, .clear = true, .identifier = "OpenChargeAlliance" };

    (void)state;
    customer_is_asked_about(&order, "'customerIdentifier':'OpenChargeAlliance'");
    is_accepted_and_told(1, "data", "data");
}

/* TC_N_63_CSMS; N10.FR.08, FR.09 */
static void a_customer_is_forgotten_by_certificate(void **state)
{
    const struct ocpp_certificate_hash hash = {
        .algorithm = OCPP_HASH_SHA384, .issuer_name_hash = "aa", .issuer_key_hash = "bb", .serial_number = "cc"
    };
    const struct ocpp_customer_order order = { .report = true, .clear = true, .certificate = &hash };

    (void)state;
    customer_is_asked_about(&order, "'customerCertificate':{'hashAlgorithm':'SHA384','issuerNameHash':'aa','issuerKeyHash':'bb',"
                                    "'serialNumber':'cc'}");
    is_accepted_and_told(1, "data", "data");
}

/* TC_N_46_CSMS; N10.FR.02, FR.08; D01.FR.01, FR.06, FR.18. The local list is the central system's to change: the difference
 * between the list before and after leaves with a version above that of the station. */
static void a_customer_who_is_forgotten_leaves_the_local_list(void **state)
{
    const struct ocpp_customer_order order = { .report = true, .clear = true, .token = &token };
    const struct ocpp_list_entry before[] = {
        { .token = { "OTHER", OCPP_TOKEN_ISO14443 },
          .authorization = OCPP_AUTHORIZATION_ACCEPTED,
          .expires_utc_ms = OCPP_UTC_UNKNOWN },
        { .token = token, .authorization = OCPP_AUTHORIZATION_ACCEPTED, .expires_utc_ms = OCPP_UTC_UNKNOWN },
    };
    struct ocpp_list_entry changes[2];

    (void)state;
    customer_is_asked_about(&order, ID_TOKEN);
    is_accepted_and_told(1, "data", "data");
    const size_t count = ocpp_list_difference(NULL, before, 2, before, 1, changes, 2);
    assert_int_equal(count, 1);
    const struct ocpp_list_update update = { .version = 8, .entries = changes, .count = count };
    assert_int_equal(ocpp_station_send_list(two, &update, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'SendLocalList'");
    assert_holds(world->frame, "'localAuthorizationList':[{" ID_TOKEN "}]");
    assert_holds(world->frame, "'versionNumber':8,'updateType':'Differential'");
    assert_text(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted id 0\n");
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(monitors_are_reported_by_criteria),
        IN_A_WORLD(monitors_are_reported_by_variable),
        IN_A_WORLD(monitors_are_reported_by_criteria_and_variable),
        IN_A_WORLD(monitors_are_reported_by_criteria_and_variables),
        IN_A_WORLD(all_monitors_are_reported),
        IN_A_WORLD(each_monitoring_base_can_be_set),
        IN_A_WORLD(one_monitor_is_set),
        IN_A_WORLD(two_monitors_are_set_at_once),
        IN_A_WORLD(a_monitoring_level_is_set),
        IN_A_WORLD(a_monitoring_level_is_refused),
        IN_A_WORLD(no_more_monitors_are_cleared_at_once_than_the_station_takes),
        IN_A_WORLD(a_monitor_that_stays_is_known_to),
        IN_A_WORLD(an_alert_is_heard),
        IN_A_WORLD(a_periodic_event_is_heard),
        IN_A_WORLD(an_event_of_a_variable_that_cannot_be_read_is_heard),
        IN_A_WORLD(an_alert_that_is_over_is_heard),
        IN_A_WORLD(a_periodic_trigger_is_known_as_such),
        IN_A_WORLD(what_is_known_of_a_customer_is_told),
        IN_A_WORLD(nothing_is_known_of_a_customer),
        IN_A_WORLD(a_station_does_not_tell_of_a_customer_now),
        IN_A_WORLD(a_customer_is_told_of_and_forgotten),
        IN_A_WORLD(a_customer_nobody_knows_is_forgotten),
        IN_A_WORLD(a_customer_is_forgotten_in_silence),
        IN_A_WORLD(a_customer_is_forgotten_by_identifier),
        IN_A_WORLD(a_customer_is_forgotten_by_certificate),
        IN_A_WORLD(a_customer_who_is_forgotten_leaves_the_local_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
