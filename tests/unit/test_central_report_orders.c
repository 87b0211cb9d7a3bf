/* test_central_report_orders.c: the orders of central_reports.h: what they become in each version, what is read from the answers,
 * and what is refused before it leaves. */
#include "report_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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

/* --- settings --------------------------------------------------------------------------------------------------------------- */

/* B05.FR.01, FR.02, FR.11 */
static void several_settings_are_set_at_once_and_each_is_answered(void **state)
{
    const struct ocpp_setting_change changes[] = {
        { { .component = "OCPPCommCtrlr", .variable = "OfflineThreshold" }, "123" },
        { { .component = "EVSE",
            .evse = 1,
            .connector = 2,
            .variable = "Limit",
            .variable_instance = "A",
            .attribute = "Target" },
          "5" },
        { { .component = "Nowhere", .component_instance = "X", .variable = "V" }, "" },
    };

    (void)state;
    assert_int_equal(ocpp_station_set_settings(two, changes, 3, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'SetVariables',{'setVariableData':[{'attributeValue':'123','component':{'name':'OCPPCommCtrlr'},'variable':"
                 "{'name':'OfflineThreshold'}},{'attributeType':'Target','attributeValue':'5','component':{'evse':{'id':1,"
                 "'connectorId':2},'name':'EVSE'},'variable':{'name':'Limit','instance':'A'}},{'attributeValue':'','component':"
                 "{'name':'Nowhere','instance':'X'},'variable':{'name':'V'}}]}]");
    assert_text(
        answered(world, two,
                 "{'setVariableResult':[{'attributeType':'Actual','attributeStatus':'Accepted','component':{'name':"
                 "'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}},{'attributeType':'Target','attributeStatus':"
                 "'RebootRequired','component':{'name':'EVSE','evse':{'id':1,'connectorId':2}},'variable':{'name':'Limit',"
                 "'instance':'A'}},{'attributeStatus':'UnknownComponent','component':{'name':'Nowhere','instance':'X'},"
                 "'variable':{'name':'V'}}]}"),
        "done 0 no UnknownComponent id 0; OCPPCommCtrlr.OfflineThreshold/Actual Accepted; EVSE@1.2.Limit[A]/Target "
        "RebootRequired; Nowhere[X].V UnknownComponent unknown\n");
}

static void note_words(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    size_t *count = user;

    (void)station;
    for (size_t i = 0; i < result->setting_count; i++) {
        assert_text(result->settings[i].word, "");
        ++*count;
    }
    for (size_t i = 0; i < result->monitor_count; i++) {
        assert_text(result->monitors[i].word, "");
        ++*count;
    }
}

/* A station that is tolerated without a status says no word; who reads it finds an empty one. */
static void a_status_that_is_missing_is_an_empty_word(void **state)
{
    const struct ocpp_setting_address name = { .component = "C", .variable = "V" };
    const struct ocpp_setting_change change = { { .component = "C", .variable = "V" }, "1" };
    const int64_t id = 1;
    size_t count = 0;
    const struct ocpp_command_done done = { note_words, &count };

    (void)state;
    ocpp_station_set_quirks(two, OCPP_QUIRK_MISSING_ENUM);
    assert_int_equal(ocpp_station_get_settings(two, &name, 1, &done), OCPP_OK);
    world_hears(world, two);
    answered(world, two, "{'getVariableResult':[{'component':{'name':'C'},'variable':{'name':'V'}}]}");
    assert_int_equal(ocpp_station_set_settings(two, &change, 1, &done), OCPP_OK);
    world_hears(world, two);
    answered(world, two, "{'setVariableResult':[{'component':{'name':'C'},'variable':{'name':'V'}}]}");
    assert_int_equal(ocpp_station_clear_monitors(two, &id, 1, &done), OCPP_OK);
    world_hears(world, two);
    answered(world, two, "{'clearMonitoringResult':[{'id':1}]}");
    assert_int_equal(count, 3);
}

/* 1.6 edition 2, 5.3 */
static void one_dot_six_takes_one_setting_at_a_time(void **state)
{
    const struct ocpp_setting_change changes[] = { { { .key = "A" }, "1" }, { { .key = "B" }, "2" } };
    const struct ocpp_setting_change foreign = { { .component = "C", .variable = "V" }, "1" };

    (void)state;
    assert_int_equal(ocpp_station_set_settings(one, changes, 2, &report_done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_set_settings(one, &foreign, 1, &report_done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_set_settings(one, changes, 1, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'ChangeConfiguration',{'key':'A','value':'1'}]");
    assert_text(answered(world, one, "{'status':'NotSupported'}"), "done 0 no NotSupported id 0; -.- NotSupported unknown\n");
}

/* B05.FR.13 */
static void a_setting_is_not_set_twice_in_one_message(void **state)
{
    struct ocpp_setting_change changes[] = {
        { { .component = "C", .variable = "V" }, "1" },
        { { .component = "c", .variable = "v", .attribute = "Actual" }, "2" },
    };

    (void)state;
    assert_int_equal(ocpp_station_set_settings(two, changes, 2, &report_done), OCPP_ERR_ARGUMENT);
    changes[1].name.attribute = "MaxSet";
    assert_int_equal(ocpp_station_set_settings(two, changes, 2, &report_done), OCPP_OK);
    changes[1].value = NULL;
    assert_int_equal(ocpp_station_set_settings(two, changes, 2, &report_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_set_settings(two, changes, 0, &report_done), OCPP_ERR_ARGUMENT);
    changes[0].name.attribute = "Middle";
    assert_int_equal(ocpp_station_set_settings(two, changes, 1, &report_done), OCPP_ERR_ARGUMENT);
}

/* B05.FR.11; B06.FR.05; B08.FR.06; N06.FR.04 */
static void how_many_items_a_message_takes_is_a_setting_to_ask_for(void **state)
{
    static const char *const actions[] = { "GetVariables", "SetVariables", "GetReport", "SetVariableMonitoring",
                                           "ClearVariableMonitoring" };
    struct ocpp_setting_address names[5];
    struct ocpp_setting_address key = { 0 };

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_true(ocpp_items_per_message(actions[i], &names[i]));
        assert_text(names[i].variable, "ItemsPerMessage");
        assert_text(names[i].variable_instance, actions[i]);
        assert_text(names[i].component, i < 3 ? "DeviceDataCtrlr" : "MonitoringCtrlr");
    }
    assert_true(ocpp_items_per_message("GetConfiguration", &key));
    assert_text(key.key, "GetConfigurationMaxKeys");
    assert_false(ocpp_items_per_message("Reset", &key));
    assert_int_equal(ocpp_station_get_settings(two, names, 5, &report_done), OCPP_OK);
}

/* The names of |count| variables, of which there are any number. */
static struct ocpp_setting_address *variables(size_t count)
{
    static struct ocpp_setting_address names[20];

    assert_true(count <= 20);
    for (size_t i = 0; i < count; i++) {
        names[i] = (struct ocpp_setting_address){ .component = "C", .evse = (int)i, .variable = "V" };
    }
    return names;
}

/* B05.FR.11; B06.FR.05; B08.FR.06; N06.FR.04 */
static void what_a_station_said_it_takes_is_held_to(void **state)
{
    struct ocpp_setting_address names[2];
    const struct ocpp_report_query query = { .request_id = 1, .names = variables(4), .count = 4 };
    const struct ocpp_report_query small_query = { .request_id = 1, .names = variables(4), .count = 3 };
    const int64_t ids[3] = { 1, 2, 3 };

    (void)state;
    assert_true(ocpp_items_per_message("GetReport", &names[0]));
    assert_true(ocpp_items_per_message("ClearVariableMonitoring", &names[1]));
    assert_int_equal(ocpp_station_items_per_message(two, "GetReport"), 0);
    assert_int_equal(ocpp_station_get_settings(two, names, 2, &report_done), OCPP_OK);
    world_hears(world, two);
    answered(
        world, two,
        "{'getVariableResult':[{'attributeStatus':'Accepted','attributeValue':'3','component':{'name':'devicedatactrlr'},"
        "'variable':{'name':'ItemsPerMessage','instance':'GetReport'}},{'attributeStatus':'Accepted','attributeValue':'2',"
        "'component':{'name':'MonitoringCtrlr'},'variable':{'name':'ItemsPerMessage','instance':'ClearVariableMonitoring'}}]}");
    assert_int_equal(ocpp_station_items_per_message(two, "GetReport"), 3);
    assert_int_equal(ocpp_station_items_per_message(two, "clearvariablemonitoring"), 2);
    assert_int_equal(ocpp_station_items_per_message(two, "SetVariables"), 0);
    assert_int_equal(ocpp_station_items_per_message(two, "Reset"), 0);
    assert_int_equal(ocpp_station_get_report(two, &query, &report_done), OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_station_clear_monitors(two, ids, 3, &report_done), OCPP_ERR_LIMIT);
    assert_text(world_hears(world, two), "");
    assert_int_equal(ocpp_station_get_report(two, &small_query, &report_done), OCPP_OK);
    assert_int_equal(ocpp_station_clear_monitors(two, ids, 2, &report_done), OCPP_OK);
}

/* A report says it, too. */
static void what_a_station_reported_it_takes_is_held_to(void **state)
{
    const struct ocpp_setting_change changes[] = {
        { { .component = "C", .variable = "V" }, "1" },
        { { .component = "C", .variable = "W" }, "1" },
    };
    const struct ocpp_monitor_order monitors[2] = {
        { .name = { .component = "C", .variable = "V" } },
        { .name = { .component = "C", .variable = "W" } },
    };

    (void)state;
    world_says(
        world, two,
        "[2,'p','NotifyReport',{'requestId':1,'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'tbc':true,'reportData':[{"
        "'component':{'name':'DeviceDataCtrlr'},'variable':{'name':'ItemsPerMessage','instance':'SetVariables'},"
        "'variableAttribute':[{'value':'1','mutability':'ReadOnly'}]},{'component':{'name':'MonitoringCtrlr'},'variable':{"
        "'name':'ItemsPerMessage','instance':'SetVariableMonitoring'},'variableAttribute':[{'value':'1'}]},{'component':{'name':"
        "'DeviceDataCtrlr'},'variable':{'name':'ItemsPerMessage','instance':'GetVariables'},'variableAttribute':[{'value':"
        "'19'}]}]}]");
    assert_int_equal(ocpp_station_set_settings(two, changes, 2, &report_done), OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_station_set_settings(two, changes, 1, &report_done), OCPP_OK);
    assert_int_equal(ocpp_station_set_monitors(two, monitors, 2, &report_done), OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_station_set_monitors(two, monitors, 1, &report_done), OCPP_OK);
    assert_int_equal(ocpp_station_get_settings(two, variables(20), 20, &report_done), OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_station_get_settings(two, variables(20), 19, &report_done), OCPP_OK);
}

static void a_number_of_items_that_is_none_limits_nothing(void **state)
{
    static const char *const values[] = { "0", "-1", "", "many", "5 ", "99999999999999999999" };
    struct ocpp_setting_address name;

    (void)state;
    assert_true(ocpp_items_per_message("GetVariables", &name));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char answer[300];
        assert_int_equal(ocpp_station_get_settings(two, &name, 1, &report_done), OCPP_OK);
        world_hears(world, two);
        snprintf(
            answer, sizeof answer,
            "{'getVariableResult':[{'attributeStatus':'Accepted','attributeValue':'%s','component':{'name':'DeviceDataCtrlr'},"
            "'variable':{'name':'ItemsPerMessage','instance':'GetVariables'}}]}",
            values[i]);
        answered(world, two, answer);
        assert_int_equal(ocpp_station_items_per_message(two, "GetVariables"), i == 5 ? UINT16_MAX : 0);
    }
}

/* 1.6 edition 2, 9.1.10 */
static void keys_are_asked_for_as_many_as_a_station_takes(void **state)
{
    const struct ocpp_setting_address names[] = { { .key = "A" }, { .key = "B" }, { .key = "C" } };
    const struct ocpp_report_query query = { .names = names, .count = 3 };

    (void)state;
    assert_int_equal(ocpp_station_get_settings(one, NULL, 0, &report_done), OCPP_OK);
    world_hears(world, one);
    answered(world, one, "{'configurationKey':[{'key':'GetConfigurationMaxKeys','readonly':true,'value':'2'}]}");
    assert_int_equal(ocpp_station_get_settings(one, names, 3, &report_done), OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_station_get_report(one, &query, &report_done), OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_station_get_settings(one, names, 2, &report_done), OCPP_OK);
    assert_int_equal(ocpp_station_get_settings(one, NULL, 0, &report_done), OCPP_OK);
}

/* --- reports ---------------------------------------------------------------------------------------------------------------- */

/* B07 */
static void a_base_report_is_ordered_with_a_number_of_the_engine_or_the_application(void **state)
{
    char told[64];

    (void)state;
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, 0, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetBaseReport',{'requestId':");
    assert_holds(world->frame, "'reportBase':'FullInventory'}]");
    const long long first = ordered_id(world);
    assert_true(first > 0 && first <= INT32_MAX);
    snprintf(told, sizeof told, "done 0 yes Accepted id %lld\n", first);
    assert_text(answered(world, two, "{'status':'Accepted'}"), told);
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_CONFIGURATION, 0, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'reportBase':'ConfigurationInventory'}]");
    assert_int_equal(ordered_id(world), first + 1);
    answered(world, two, "{'status':'Rejected'}");
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_SUMMARY, 17, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "{'requestId':17,'reportBase':'SummaryInventory'}]");
    assert_text(answered(world, two, "{'status':'NotSupported'}"), "done 0 no NotSupported id 17\n");
    assert_int_equal(ocpp_station_get_base_report(two, (enum ocpp_report_base)3, 0, &report_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, -1, &report_done), OCPP_ERR_ARGUMENT);
}

/* B08 */
static void a_report_is_ordered_by_criteria_components_and_variables(void **state)
{
    const struct ocpp_setting_address names[] = {
        { .component = "EVSE", .evse = 1, .variable = "AvailabilityState" },
        { .component = "Controller", .component_instance = "A" },
    };
    struct ocpp_report_query query = {
        .request_id = 4, .criteria = OCPP_COMPONENT_AVAILABLE | OCPP_COMPONENT_PROBLEM, .names = names, .count = 2
    };

    (void)state;
    assert_int_equal(ocpp_station_get_report(two, &query, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'GetReport',{'componentVariable':[{'component':{'evse':{'id':1},'name':'EVSE'},'variable':{'name':"
                 "'AvailabilityState'}},{'component':{'name':'Controller','instance':'A'}}],'requestId':4,'componentCriteria':"
                 "['Available','Problem']}]");
    assert_text(answered(world, two, "{'status':'EmptyResultSet'}"), "done 0 no EmptyResultSet id 4\n");
    query.count = 0;
    query.criteria = 0;
    assert_int_equal(ocpp_station_get_report(two, &query, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetReport',{'requestId':4}]");
    query.criteria = 16;
    assert_int_equal(ocpp_station_get_report(two, &query, &report_done), OCPP_ERR_ARGUMENT);
}

static void a_report_of_what_cannot_be_named_is_refused(void **state)
{
    const struct ocpp_setting_address wrong[] = {
        { .variable = "V" },
        { .component = "" },
        { .component = "C", .variable = "V", .attribute = "Actual" },
        { .component = "C", .evse = -1 },
        { .component = "C", .connector = 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct ocpp_report_query query = { .names = &wrong[i], .count = 1 };
        assert_int_equal(ocpp_station_get_report(two, &query, &report_done), OCPP_ERR_ARGUMENT);
        assert_int_equal(ocpp_station_get_monitoring_report(two, &query, &report_done), OCPP_ERR_ARGUMENT);
    }
    const struct ocpp_setting_address key = { .key = "K" };
    const struct ocpp_report_query by_key = { .names = &key, .count = 1 };
    assert_int_equal(ocpp_station_get_report(two, &by_key, &report_done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_text(world_hears(world, two), "");
    assert_int_equal(ocpp_station_get_report(one, &by_key, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetConfiguration',{'key':['K']}]");
}

/* N02.FR.05 */
static void a_monitoring_report_is_ordered_by_criteria_and_variables(void **state)
{
    const struct ocpp_setting_address name = { .component = "ChargingStation", .variable = "Power" };
    struct ocpp_report_query query = {
        .request_id = 6, .criteria = OCPP_MONITORS_OF_DELTA | OCPP_MONITORS_PERIODIC, .names = &name, .count = 1
    };

    (void)state;
    assert_int_equal(ocpp_station_get_monitoring_report(two, &query, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetMonitoringReport',{'componentVariable':[{'component':{'name':'ChargingStation'},"
                                          "'variable':{'name':'Power'}}],'requestId':6,'monitoringCriteria':['DeltaMonitoring',"
                                          "'PeriodicMonitoring']}]");
    assert_text(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted id 6\n");
    query.criteria = 8;
    assert_int_equal(ocpp_station_get_monitoring_report(two, &query, &report_done), OCPP_ERR_ARGUMENT);
}

/* N09.FR.01, FR.04, FR.09; N10.FR.08 */
static void a_customer_is_named_in_one_way(void **state)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };
    const struct ocpp_certificate_hash hash = {
        .algorithm = OCPP_HASH_SHA256, .issuer_name_hash = "aa", .issuer_key_hash = "bb", .serial_number = "cc"
    };
    struct ocpp_customer_order order = { .request_id = 3, .report = true, .token = &token };

    (void)state;
    assert_int_equal(ocpp_station_customer_information(two, &order, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'CustomerInformation',{'idToken':{'idToken':'TAG','type':'ISO14443'},'requestId':3,"
                                          "'report':true,'clear':false}]");
    assert_text(answered(world, two, "{'status':'Invalid'}"), "done 0 no Invalid id 3\n");
    order.identifier = "OpenChargeAlliance";
    assert_int_equal(ocpp_station_customer_information(two, &order, &report_done), OCPP_ERR_ARGUMENT);
    order.token = NULL;
    order.clear = true;
    assert_int_equal(ocpp_station_customer_information(two, &order, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "{'requestId':3,'report':true,'clear':true,'customerIdentifier':'OpenChargeAlliance'}]");
    answered(world, two, "{'status':'Rejected'}");
    order.identifier = NULL;
    assert_int_equal(ocpp_station_customer_information(two, &order, &report_done), OCPP_ERR_ARGUMENT);
    order.certificate = &hash;
    assert_int_equal(ocpp_station_customer_information(two, &order, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "{'customerCertificate':{'hashAlgorithm':'SHA256','issuerNameHash':'aa','issuerKeyHash':"
                 "'bb','serialNumber':'cc'},'requestId':3,'report':true,'clear':true}]");
    order.report = order.clear = false;
    assert_int_equal(ocpp_station_customer_information(two, &order, &report_done), OCPP_ERR_ARGUMENT);
}

/* --- the network, transactions ---------------------------------------------------------------------------------------------- */

static struct ocpp_network_profile network_profile(void)
{
    return (struct ocpp_network_profile){ .url = "wss://csms.example/ocpp",
                                          .version = OCPP_VERSION_2_0_1,
                                          .security_profile = 2,
                                          .message_timeout_s = 30,
                                          .network_interface = OCPP_NETWORK_WIRELESS_1 };
}

/* The station was told to speak 2.1 (central_world). */
static bool speaks_2_1(void)
{
    return ocpp_station_version(two) != OCPP_VERSION_2_0_1;
}

/* B09 */
static void a_network_profile_is_set(void **state)
{
    const struct ocpp_apn apn = { .name = "internet",
                                  .user = "",
                                  .password = "secret",
                                  .sim_pin = 1234,
                                  .preferred_network = "",
                                  .authentication = OCPP_APN_PAP };
    const struct ocpp_vpn vpn = { .server = "v", .user = "u", .group = "", .password = "p", .key = "k", .kind = OCPP_VPN_L2TP };
    struct ocpp_network_profile profile = network_profile();

    (void)state;
    assert_int_equal(ocpp_station_set_network_profile(two, 2, &profile, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'SetNetworkProfile',{'configurationSlot':2,'connectionData':{");
    assert_holds(world->frame, speaks_2_1() ? "'ocppVersion':'OCPP201'" : "'ocppVersion':'OCPP20'"); /* 2.1 has more names */
    assert_holds(world->frame, "'ocppTransport':'JSON'");
    assert_holds(world->frame, "'ocppCsmsUrl':'wss://csms.example/ocpp'");
    assert_holds(world->frame, "'messageTimeout':30");
    assert_holds(world->frame, "'securityProfile':2");
    assert_holds(world->frame, "'ocppInterface':'Wireless1'");
    assert_text(answered(world, two, "{'status':'Failed'}"), "done 0 no Failed id 0\n");
    profile.apn = &apn;
    profile.vpn = &vpn;
    assert_int_equal(ocpp_station_set_network_profile(two, 2, &profile, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'apn':{'apn':'internet','apnPassword':'secret','simPin':1234,'apnAuthentication':'PAP'}");
    assert_holds(world->frame, "'vpn':{'server':'v','user':'u','password':'p','key':'k','type':'L2TP'}");
    assert_text(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted id 0\n");
}

static void a_network_profile_that_cannot_be_is_refused(void **state)
{
    struct ocpp_network_profile profiles[7];
    const struct ocpp_apn apn = { .name = "" };
    const struct ocpp_vpn vpn = { .server = "v" };

    (void)state;
    for (size_t i = 0; i < 7; i++) {
        profiles[i] = network_profile();
    }
    profiles[0].url = "";
    profiles[1].version = OCPP_VERSION_NONE;
    profiles[2].security_profile = 4;
    profiles[3].message_timeout_s = -1;
    profiles[4].network_interface = (enum ocpp_network_interface)99;
    profiles[5].apn = &apn;
    profiles[6].vpn = &vpn;
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(ocpp_station_set_network_profile(two, 1, &profiles[i], &report_done), OCPP_ERR_ARGUMENT);
    }
    profiles[0] = network_profile();
    assert_int_equal(ocpp_station_set_network_profile(two, -1, &profiles[0], &report_done), OCPP_ERR_ARGUMENT);
    profiles[0].network_interface = OCPP_NETWORK_ANY_INTERFACE;
    assert_int_equal(ocpp_station_set_network_profile(one, 1, &profiles[0], &report_done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_text(world_hears(world, two), "");
}

/* What only 2.1 can say is said there, and refused elsewhere before anything leaves. */
static void what_2_1_added_is_ordered_in_2_1_only(void **state)
{
    const struct ocpp_monitor_order monitor = { .name = { .component = "C", .variable = "V" },
                                                .type = OCPP_MONITOR_TARGET_DELTA_RELATIVE,
                                                .value = { 5, 2 } };
    struct ocpp_network_profile profile = network_profile();
    struct ocpp_network_profile any = network_profile();

    (void)state;
    profile.version = OCPP_VERSION_2_1;
    any.network_interface = OCPP_NETWORK_ANY_INTERFACE;
    if (!speaks_2_1()) {
        assert_int_equal(ocpp_station_set_network_profile(two, 1, &profile, &report_done), OCPP_ERR_UNSUPPORTED_ACTION);
        assert_int_equal(ocpp_station_set_network_profile(two, 1, &any, &report_done), OCPP_ERR_UNSUPPORTED_ACTION);
        assert_int_equal(ocpp_station_set_monitors(two, &monitor, 1, &report_done), OCPP_ERR_UNSUPPORTED_ACTION);
        assert_text(world_hears(world, two), "");
        return;
    }
    assert_int_equal(ocpp_station_set_network_profile(two, 1, &profile, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'ocppVersion':'OCPP21'");
    answered(world, two, "{'status':'Accepted'}");
    assert_int_equal(ocpp_station_set_network_profile(two, 1, &any, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'ocppInterface':'Any'");
    answered(world, two, "{'status':'Accepted'}");
    assert_int_equal(ocpp_station_set_monitors(two, &monitor, 1, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'value':0.05,'type':'TargetDeltaRelative'");
}

/* E14.FR.01 to FR.06 */
static void the_state_of_a_transaction_is_asked_for(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_transaction_status(two, "T1", &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetTransactionStatus',{'transactionId':'T1'}]");
    assert_text(answered(world, two, "{'ongoingIndicator':true,'messagesInQueue':false}"), "done 0 yes  id 0; told ongoing \n");
    assert_int_equal(ocpp_station_get_transaction_status(two, NULL, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetTransactionStatus',{}]");
    assert_text(answered(world, two, "{'messagesInQueue':true}"), "done 0 yes  id 0; queued\n");
    assert_int_equal(ocpp_station_get_transaction_status(two, "", &report_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_get_transaction_status(one, "1", &report_done), OCPP_ERR_UNSUPPORTED_ACTION);
}

/* --- monitors --------------------------------------------------------------------------------------------------------------- */

/* N03; N05 */
static void monitoring_has_a_base_and_a_level(void **state)
{
    static const char *const words[] = { "'All'", "'FactoryDefault'", "'HardWiredOnly'" };

    (void)state;
    for (int base = 0; base < 3; base++) {
        assert_int_equal(ocpp_station_set_monitoring_base(two, (enum ocpp_monitoring_base)base, &report_done), OCPP_OK);
        assert_holds(world_hears(world, two), "'SetMonitoringBase',{'monitoringBase':");
        assert_holds(world->frame, words[base]);
        assert_text(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted id 0\n");
    }
    assert_int_equal(ocpp_station_set_monitoring_base(two, (enum ocpp_monitoring_base)3, &report_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_set_monitoring_level(two, 4, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'SetMonitoringLevel',{'severity':4}]");
    assert_text(answered(world, two, "{'status':'Rejected'}"), "done 0 no Rejected id 0\n");
    assert_int_equal(ocpp_station_set_monitoring_level(two, 10, &report_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_set_monitoring_level(two, -1, &report_done), OCPP_ERR_ARGUMENT);
}

/* N04.FR.01, FR.02 */
static void several_monitors_are_set_at_once_and_each_is_answered(void **state)
{
    const struct ocpp_monitor_order orders[] = {
        { .name = { .component = "EVSE", .evse = 1, .variable = "AvailabilityState" },
          .type = OCPP_MONITOR_DELTA,
          .value = { 1, 0 },
          .severity = 8 },
        { .name = { .component = "Station", .variable = "Power" },
          .has_id = true,
          .id = 7,
          .type = OCPP_MONITOR_UPPER_THRESHOLD,
          .value = { 225, 1 },
          .severity = 2,
          .only_in_transaction = true },
    };

    (void)state;
    assert_int_equal(ocpp_station_set_monitors(two, orders, 2, &report_done), OCPP_OK);
    assert_holds(
        world_hears(world, two),
        "'SetVariableMonitoring',{'setMonitoringData':[{'value':1,'type':'Delta','severity':8,'component':{'evse':{'id':1},"
        "'name':'EVSE'},'variable':{'name':'AvailabilityState'}},{'id':7,'transaction':true,'value':22.5,'type':"
        "'UpperThreshold','severity':2,'component':{'name':'Station'},'variable':{'name':'Power'}}]}]");
    assert_text(answered(world, two,
                         "{'setMonitoringResult':[{'id':1001,'status':'Accepted','type':'Delta','severity':8,'component':{'name':"
                         "'EVSE','evse':{'id':1}},'variable':{'name':'AvailabilityState'}},{'status':'Rejected','type':"
                         "'UpperThreshold','severity':2,'component':{'name':'Station'},'variable':{'name':'Power'}}]}"),
                "done 0 no Rejected id 0; 1001 EVSE@1.0.AvailabilityState Accepted 8; -1 Station.Power Rejected 2\n");
}

static void a_monitor_that_cannot_be_is_refused(void **state)
{
    const struct ocpp_monitor_order right = { .name = { .component = "C", .variable = "V" }, .type = OCPP_MONITOR_PERIODIC };
    struct ocpp_monitor_order orders[5];

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        orders[i] = right;
    }
    orders[0].name.variable = NULL;
    orders[1].name.attribute = "Target";
    orders[2].severity = 10;
    orders[3].type = (enum ocpp_monitor_type)7;
    orders[4].name.connector = 1;
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(ocpp_station_set_monitors(two, &orders[i], 1, &report_done), OCPP_ERR_ARGUMENT);
    }
    assert_int_equal(ocpp_station_set_monitors(two, &right, 0, &report_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_set_monitors(one, &right, 1, &report_done), OCPP_ERR_UNSUPPORTED_ACTION);
}

/* N06.FR.01 to FR.05 */
static void several_monitors_are_cleared_at_once_and_each_is_answered(void **state)
{
    const int64_t ids[] = { 1001, 3, 9 };

    (void)state;
    assert_int_equal(ocpp_station_clear_monitors(two, ids, 3, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'ClearVariableMonitoring',{'id':[1001,3,9]}]");
    assert_text(answered(world, two,
                         "{'clearMonitoringResult':[{'status':'Accepted','id':1001},{'status':'Rejected','id':3},{'status':"
                         "'NotFound','id':9}]}"),
                "done 0 no Rejected id 0; 1001 -.- Accepted 0; 3 -.- Rejected 0; 9 -.- NotFound 0\n");
    assert_int_equal(ocpp_station_clear_monitors(two, ids, 1, &report_done), OCPP_OK);
    world_hears(world, two);
    assert_text(answered(world, two, "{'clearMonitoringResult':[{'status':'Accepted','id':1001}]}"),
                "done 0 yes Accepted id 0; 1001 -.- Accepted 0\n");
    assert_int_equal(ocpp_station_clear_monitors(two, ids, 0, &report_done), OCPP_ERR_ARGUMENT);
}

/* --- firmware that stations share ------------------------------------------------------------------------------------------ */

/* L03; L04 */
static void firmware_is_published_and_taken_back(void **state)
{
    struct ocpp_publish_order order = { .url = "https://f.example/fw.bin",
                                        .checksum = "0123456789abcdef0123456789ABCDEF",
                                        .retries = 2,
                                        .retry_interval_s = OCPP_AS_IT_LIKES };
    char told[64];

    (void)state;
    assert_int_equal(ocpp_station_publish_firmware(two, &order, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'PublishFirmware',{'location':'https://f.example/fw.bin','retries':2,'checksum':"
                                          "'0123456789abcdef0123456789ABCDEF','requestId':");
    snprintf(told, sizeof told, "done 0 yes Accepted id %lld\n", ordered_id(world));
    assert_text(answered(world, two, "{'status':'Accepted'}"), told);
    assert_int_equal(ocpp_station_unpublish_firmware(two, order.checksum, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'UnpublishFirmware',{'checksum':'0123456789abcdef0123456789ABCDEF'}]");
    assert_text(answered(world, two, "{'status':'DownloadOngoing'}"), "done 0 no DownloadOngoing id 0\n");
    order.checksum = "0123456789abcdef0123456789ABCDEX";
    assert_int_equal(ocpp_station_publish_firmware(two, &order, &report_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_unpublish_firmware(two, "00", &report_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_unpublish_firmware(two, NULL, &report_done), OCPP_ERR_ARGUMENT);
}

static void one_dot_six_has_no_word_for_what_is_of_the_device_model(void **state)
{
    const struct ocpp_report_query query = { .request_id = 1 };
    const struct ocpp_report_query criteria = { .request_id = 1, .criteria = OCPP_COMPONENT_ACTIVE };
    const struct ocpp_customer_order customer = { .report = true, .identifier = "I" };
    const int64_t id = 1;

    (void)state;
    assert_int_equal(ocpp_station_get_base_report(one, OCPP_REPORT_SUMMARY, 0, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_get_report(one, &criteria, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_get_monitoring_report(one, &query, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_customer_information(one, &customer, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_set_monitoring_base(one, OCPP_MONITORING_ALL, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_set_monitoring_level(one, 1, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_clear_monitors(one, &id, 1, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_text(world_hears(world, one), "");
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(a_status_that_is_missing_is_an_empty_word),
        IN_A_WORLD(several_settings_are_set_at_once_and_each_is_answered),
        IN_A_WORLD(one_dot_six_takes_one_setting_at_a_time),
        IN_A_WORLD(a_setting_is_not_set_twice_in_one_message),
        IN_A_WORLD(how_many_items_a_message_takes_is_a_setting_to_ask_for),
        IN_A_WORLD(what_a_station_said_it_takes_is_held_to),
        IN_A_WORLD(what_a_station_reported_it_takes_is_held_to),
        IN_A_WORLD(a_number_of_items_that_is_none_limits_nothing),
        IN_A_WORLD(keys_are_asked_for_as_many_as_a_station_takes),
        IN_A_WORLD(a_base_report_is_ordered_with_a_number_of_the_engine_or_the_application),
        IN_A_WORLD(a_report_is_ordered_by_criteria_components_and_variables),
        IN_A_WORLD(a_report_of_what_cannot_be_named_is_refused),
        IN_A_WORLD(a_monitoring_report_is_ordered_by_criteria_and_variables),
        IN_A_WORLD(a_customer_is_named_in_one_way),
        IN_A_WORLD(a_network_profile_is_set),
        IN_A_WORLD(a_network_profile_that_cannot_be_is_refused),
        IN_A_WORLD(what_2_1_added_is_ordered_in_2_1_only),
        IN_A_WORLD(the_state_of_a_transaction_is_asked_for),
        IN_A_WORLD(monitoring_has_a_base_and_a_level),
        IN_A_WORLD(several_monitors_are_set_at_once_and_each_is_answered),
        IN_A_WORLD(a_monitor_that_cannot_be_is_refused),
        IN_A_WORLD(several_monitors_are_cleared_at_once_and_each_is_answered),
        IN_A_WORLD(firmware_is_published_and_taken_back),
        IN_A_WORLD(one_dot_six_has_no_word_for_what_is_of_the_device_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
