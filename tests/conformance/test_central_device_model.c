/* test_central_device_model.c: official test cases of the central system about variables, reports and network profiles, step by
 * step: the station's side is written frame by frame, the operator's side are orders of central_reports.h. */
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
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */

static int set_up(void **state)
{
    (void)state;
    world = report_world_new(&report_handler_whole, NULL);
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, one);
    world_boot(world, two);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

static const struct ocpp_setting_address threshold = { .component = "OCPPCommCtrlr", .variable = "OfflineThreshold" };
static const struct ocpp_setting_address remote_start = { .component = "AuthCtrlr", .variable = "AuthorizeRemoteStart" };

/* --- variables -------------------------------------------------------------------------------------------------------------- */

/* TC_B_06_CSMS; B06.FR.01, FR.10, FR.11. One variable is asked for, and its value is read. */
static void one_variable_is_read(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_settings(two, &threshold, 1, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetVariables',{'getVariableData':[{'component':{'name':'OCPPCommCtrlr'},'variable':{"
                                          "'name':'OfflineThreshold'}}]}]");
    assert_text(answered(world, two,
                         "{'getVariableResult':[{'attributeType':'Actual','attributeStatus':'Accepted','attributeValue':'60',"
                         "'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}}]}"),
                "done 0 yes  id 0; OCPPCommCtrlr.OfflineThreshold/Actual Accepted 60\n");
}

/* TC_B_07_CSMS; B06.FR.01, FR.02, FR.03. Two variables in one message. */
static void two_variables_are_read_at_once(void **state)
{
    const struct ocpp_setting_address names[] = { threshold, remote_start };

    (void)state;
    assert_int_equal(ocpp_station_get_settings(two, names, 2, &report_done), OCPP_OK);
    assert_holds(
        world_hears(world, two),
        "'GetVariables',{'getVariableData':[{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}},"
        "{'component':{'name':'AuthCtrlr'},'variable':{'name':'AuthorizeRemoteStart'}}]}]");
    assert_text(
        answered(world, two,
                 "{'getVariableResult':[{'attributeStatus':'Accepted','attributeValue':'60','component':{'name':"
                 "'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}},{'attributeStatus':'Accepted','attributeValue':"
                 "'true','component':{'name':'AuthCtrlr'},'variable':{'name':'AuthorizeRemoteStart'}}]}"),
        "done 0 yes  id 0; OCPPCommCtrlr.OfflineThreshold Accepted 60; AuthCtrlr.AuthorizeRemoteStart Accepted true\n");
}

/* How many elements named |what| the message that left has. */
static int count_in_frame(const char *what)
{
    int count = 0;

    for (const char *at = world->frame; (at = strstr(at, what)); at++) {
        count++;
    }
    return count;
}

/* TC_B_08_CSMS; B06.FR.05. Five variables of a station that takes four become a message of four and one of one; five in one
 * message are refused before they leave. */
static void no_more_variables_are_asked_for_than_the_station_takes(void **state)
{
    const struct ocpp_setting_address names[] = {
        { .component = "DeviceDataCtrlr", .variable = "ItemsPerMessage", .variable_instance = "GetReport" },
        { .component = "DeviceDataCtrlr", .variable = "ItemsPerMessage", .variable_instance = "GetVariables" },
        { .component = "DeviceDataCtrlr", .variable = "BytesPerMessage", .variable_instance = "GetReport" },
        { .component = "DeviceDataCtrlr", .variable = "BytesPerMessage", .variable_instance = "GetVariables" },
        remote_start,
    };
    struct ocpp_setting_address limit;
    size_t sent = 0;
    int sizes[2];

    (void)state;
    assert_true(ocpp_items_per_message("GetVariables", &limit));
    assert_int_equal(ocpp_station_get_settings(two, &limit, 1, &report_done), OCPP_OK);
    world_hears(world, two);
    answered(world, two,
             "{'getVariableResult':[{'attributeStatus':'Accepted','attributeValue':'4','component':{'name':'DeviceDataCtrlr'},"
             "'variable':{'name':'ItemsPerMessage','instance':'GetVariables'}}]}");
    assert_int_equal(ocpp_station_get_settings(two, names, 5, &report_done), OCPP_ERR_LIMIT);
    assert_text(world_hears(world, two), "");
    const size_t most = ocpp_station_items_per_message(two, "GetVariables");
    for (int message = 0; message < 2; message++) {
        const size_t portion = 5 - sent < most ? 5 - sent : most;
        assert_int_equal(ocpp_station_get_settings(two, names + sent, portion, &report_done), OCPP_OK);
        world_hears(world, two);
        sizes[message] = count_in_frame("'component'");
        answered(world, two,
                 "{'getVariableResult':[{'attributeStatus':'Accepted','attributeValue':'1','component':{'name':'C'},'variable':{"
                 "'name':'V'}}]}");
        sent += portion;
    }
    assert_int_equal(sizes[0], 4);
    assert_int_equal(sizes[1], 1);
}

/* TC_B_09_CSMS; B05.FR.01, FR.10, FR.12. One variable is set, without an attribute, which is Actual. */
static void one_variable_is_set(void **state)
{
    const struct ocpp_setting_change change = { threshold, "123" };

    (void)state;
    assert_int_equal(ocpp_station_set_settings(two, &change, 1, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'SetVariables',{'setVariableData':[{'attributeValue':'123','component':{'name':"
                                          "'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}}]}]");
    assert_text(answered(world, two,
                         "{'setVariableResult':[{'attributeType':'Actual','attributeStatus':'Accepted','component':{'name':"
                         "'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}}]}"),
                "done 0 yes Accepted id 0; OCPPCommCtrlr.OfflineThreshold/Actual Accepted\n");
}

/* TC_B_10_CSMS; B05.FR.01, FR.02, FR.03. Two variables in one message. */
static void two_variables_are_set_at_once(void **state)
{
    const struct ocpp_setting_change changes[] = { { threshold, "123" }, { remote_start, "false" } };

    (void)state;
    assert_int_equal(ocpp_station_set_settings(two, changes, 2, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'SetVariables',{'setVariableData':[{'attributeValue':'123','component':{'name':'OCPPCommCtrlr'},'variable':{"
                 "'name':'OfflineThreshold'}},{'attributeValue':'false','component':{'name':'AuthCtrlr'},'variable':{'name':"
                 "'AuthorizeRemoteStart'}}]}]");
    assert_text(answered(world, two,
                         "{'setVariableResult':[{'attributeStatus':'Accepted','component':{'name':'OCPPCommCtrlr'},'variable':{"
                         "'name':'OfflineThreshold'}},{'attributeStatus':'Accepted','component':{'name':'AuthCtrlr'},'variable':{"
                         "'name':'AuthorizeRemoteStart'}}]}"),
                "done 0 yes Accepted id 0; OCPPCommCtrlr.OfflineThreshold Accepted; AuthCtrlr.AuthorizeRemoteStart Accepted\n");
}

/* --- reports ---------------------------------------------------------------------------------------------------------------- */

/* Two pages of the report |id|; the operator is shown both as one. */
static void two_pages_are_shown_as_one(long long id)
{
    char frame[400];
    char told[200];

    for (int seq_no = 0; seq_no < 2; seq_no++) {
        snprintf(
            frame, sizeof frame,
            "[2,'p','NotifyReport',{'requestId':%lld,'generatedAt':'2026-01-01T00:00:00Z','seqNo':%d,'tbc':%s,'reportData':[{"
            "'component':{'name':'C'},'variable':{'name':'V%d'},'variableAttribute':[{'value':'%d','mutability':'ReadOnly'}]}]}]",
            id, seq_no, seq_no == 0 ? "true" : "false", seq_no, seq_no);
        assert_text(world_says(world, two, frame), "[3,'p',{}]");
    }
    snprintf(told, sizeof told, "report variables %lld 0 pages 2: C.V0 Actualr=0; C.V1 Actualr=1;\n", id);
    assert_text(world_told(world), told);
}

static void a_base_report_is_asked_for_and_shown(enum ocpp_report_base base, const char *word)
{
    char expected[64];

    assert_int_equal(ocpp_station_get_base_report(two, base, 0, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetBaseReport'");
    snprintf(expected, sizeof expected, "'reportBase':'%s'}]", word);
    assert_holds(world->frame, expected);
    const long long id = ordered_id(world);
    assert_true(id >= 0);
    assert_holds(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted");
    two_pages_are_shown_as_one(id);
}

/* TC_B_12_CSMS; B07.FR.07 */
static void a_report_of_the_configuration_is_asked_for_and_shown(void **state)
{
    (void)state;
    a_base_report_is_asked_for_and_shown(OCPP_REPORT_CONFIGURATION, "ConfigurationInventory");
}

/* TC_B_13_CSMS; B07.FR.08 */
static void a_full_report_is_asked_for_and_shown(void **state)
{
    (void)state;
    a_base_report_is_asked_for_and_shown(OCPP_REPORT_FULL, "FullInventory");
}

/* TC_B_14_CSMS; B07.FR.09 */
static void a_summary_is_asked_for_and_shown(void **state)
{
    (void)state;
    a_base_report_is_asked_for_and_shown(OCPP_REPORT_SUMMARY, "SummaryInventory");
}

/* TC_B_18_CSMS; B08.FR.01, FR.03. Nothing fits the first time; the second one is reported. */
static void a_report_is_asked_for_by_criteria_and_by_variable(void **state)
{
    const struct ocpp_setting_address name = { .component = "EVSE", .evse = 1, .variable = "AvailabilityState" };
    struct ocpp_report_query query = { .criteria = OCPP_COMPONENT_PROBLEM, .names = &name, .count = 1 };

    (void)state;
    assert_int_equal(ocpp_station_get_report(two, &query, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetReport',{'componentVariable':[{'component':{'evse':{'id':1},'name':'EVSE'},"
                                          "'variable':{'name':'AvailabilityState'}}]");
    assert_holds(world->frame, "'componentCriteria':['Problem']}]");
    assert_holds(answered(world, two, "{'status':'EmptyResultSet'}"), "done 0 no EmptyResultSet");
    query.criteria = OCPP_COMPONENT_AVAILABLE;
    assert_int_equal(ocpp_station_get_report(two, &query, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetReport',{'componentVariable':[{'component':{'evse':{'id':1},'name':'EVSE'},"
                                          "'variable':{'name':'AvailabilityState'}}]");
    assert_holds(world->frame, "'componentCriteria':['Available']}]");
    const long long id = ordered_id(world);
    assert_holds(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted");
    two_pages_are_shown_as_one(id);
}

/* --- network profiles ---------------------------------------------------------------------------------------------------------
 */

static void a_network_profile_is_sent(const char *answer, const char *told)
{
    const struct ocpp_network_profile profile = { .url = "wss://csms.example/ocpp",
                                                  .version = OCPP_VERSION_2_0_1,
                                                  .security_profile = 2,
                                                  .message_timeout_s = 30,
                                                  .network_interface = OCPP_NETWORK_WIRED_0 };

    assert_int_equal(ocpp_station_set_network_profile(two, 1, &profile, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'SetNetworkProfile',{'configurationSlot':1,'connectionData':{'ocppVersion':'OCPP20','ocppTransport':'JSON',"
                 "'ocppCsmsUrl':'wss://csms.example/ocpp','messageTimeout':30,'securityProfile':2,'ocppInterface':'Wired0'}}]");
    assert_text(answered(world, two, answer), told);
}

/* TC_B_42_CSMS; B09.FR.01 */
static void a_network_profile_is_set(void **state)
{
    (void)state;
    a_network_profile_is_sent("{'status':'Accepted'}", "done 0 yes Accepted id 0\n");
}

/* TC_B_44_CSMS; B09.FR.03 */
static void a_network_profile_that_failed_is_known_to_have(void **state)
{
    (void)state;
    a_network_profile_is_sent("{'status':'Failed'}", "done 0 no Failed id 0\n");
}

/* --- configuration keys of 1.6: the steps are ours, from titles --------------------------------------------------------------
 */

/* TC_019_1_CSMS; 1.6 edition 2, 5.8. All keys, as settings and as a report. */
static void all_keys_are_retrieved(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_base_report(one, OCPP_REPORT_FULL, 7, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetConfiguration',{}]");
    assert_text(answered(world, one,
                         "{'configurationKey':[{'key':'HeartbeatInterval','readonly':false,'value':'300'},{'key':"
                         "'NumberOfConnectors','readonly':true,'value':'2'}]}"),
                "done 0 yes  id 7; HeartbeatInterval Accepted 300; NumberOfConnectors Accepted 2\n"
                "report variables 7 0 pages 1: HeartbeatInterval Actualrw=300; NumberOfConnectors Actualr=2;\n");
}

/* TC_019_2_CSMS; 1.6 edition 2, 5.8 */
static void one_key_is_retrieved(void **state)
{
    const struct ocpp_setting_address key = { .key = "SupportedFeatureProfiles" };

    (void)state;
    assert_int_equal(ocpp_station_get_settings(one, &key, 1, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetConfiguration',{'key':['SupportedFeatureProfiles']}]");
    assert_text(
        answered(world, one,
                 "{'configurationKey':[{'key':'SupportedFeatureProfiles','readonly':true,'value':'Core,SmartCharging'}]}"),
        "done 0 yes  id 0; SupportedFeatureProfiles Accepted Core,SmartCharging\n");
}

static void a_key_is_changed(const char *answer, const char *told)
{
    const struct ocpp_setting_change change = { { .key = "MeterValueSampleInterval" }, "60" };

    assert_int_equal(ocpp_station_set_settings(one, &change, 1, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'ChangeConfiguration',{'key':'MeterValueSampleInterval','value':'60'}]");
    assert_text(answered(world, one, answer), told);
}

/* TC_021_CSMS; 1.6 edition 2, 5.3 */
static void a_key_is_set(void **state)
{
    (void)state;
    a_key_is_changed("{'status':'Accepted'}", "done 0 yes Accepted id 0; -.- Accepted\n");
}

/* TC_040_1_CSMS; 1.6 edition 2, 5.3 */
static void a_key_the_station_does_not_know_is_not_set(void **state)
{
    (void)state;
    a_key_is_changed("{'status':'NotSupported'}", "done 0 no NotSupported id 0; -.- NotSupported unknown\n");
}

/* TC_040_2_CSMS; 1.6 edition 2, 5.3 */
static void a_value_the_station_does_not_take_is_not_set(void **state)
{
    (void)state;
    a_key_is_changed("{'status':'Rejected'}", "done 0 no Rejected id 0; -.- Rejected\n");
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(one_variable_is_read),
        IN_A_WORLD(two_variables_are_read_at_once),
        IN_A_WORLD(no_more_variables_are_asked_for_than_the_station_takes),
        IN_A_WORLD(one_variable_is_set),
        IN_A_WORLD(two_variables_are_set_at_once),
        IN_A_WORLD(a_report_of_the_configuration_is_asked_for_and_shown),
        IN_A_WORLD(a_full_report_is_asked_for_and_shown),
        IN_A_WORLD(a_summary_is_asked_for_and_shown),
        IN_A_WORLD(a_report_is_asked_for_by_criteria_and_by_variable),
        IN_A_WORLD(a_network_profile_is_set),
        IN_A_WORLD(a_network_profile_that_failed_is_known_to_have),
        IN_A_WORLD(all_keys_are_retrieved),
        IN_A_WORLD(one_key_is_retrieved),
        IN_A_WORLD(a_key_is_set),
        IN_A_WORLD(a_key_the_station_does_not_know_is_not_set),
        IN_A_WORLD(a_value_the_station_does_not_take_is_not_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
