/* test_orders.c: the orders of central_orders.h, what they become in each version and what is read from the answers. */
#include "central_world.h"

#include <ocpp/central_orders.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

static const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */
static char answers[2000];       /* what was heard of the answers, one line each */

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    size_t used = strlen(answers);

    (void)station;
    (void)user;
    used += (size_t)snprintf(answers + used, sizeof answers - used, "%d %s %s %d", (int)result->status,
                             result->accepted ? "yes" : "no", result->word, (int)result->list_version);
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct ocpp_setting_answer *value = &result->settings[i];
        used += (size_t)snprintf(answers + used, sizeof answers - used, "; %s%s%s%s%s=%s %s%s",
                                 value->name.key ? value->name.key : "", value->name.component ? value->name.component : "",
                                 value->name.component ? "." : "", value->name.variable ? value->name.variable : "",
                                 value->name.evse ? "@1" : "", value->value ? value->value : "-", value->word,
                                 value->is_readonly ? " ro" : "");
    }
    snprintf(answers + used, sizeof answers - used, "\n");
}

static const struct ocpp_command_done done = { on_done, NULL };

static int set_up(void **state)
{
    (void)state;
    world = world_new();
    answers[0] = '\0';
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

/* The last call of |station| is answered with |payload|; what the application heard of it. */
static const char *answered(struct ocpp_station *station, const char *payload)
{
    char frame[1500];
    char id[64];

    assert_int_equal(sscanf(world->frame, "[2,'%63[^']'", id), 1);
    snprintf(frame, sizeof frame, "[3,'%s',%s]", id, payload);
    answers[0] = '\0';
    world_says(world, station, frame);
    return answers;
}

/* --- availability and reservation ---------------------------------------------------------------------------------------- */

/* 1.6 edition 2, 5.2; G03.FR.01, G04.FR.01 */
static void availability_names_the_station_an_evse_or_a_connector(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_change_availability(one, 0, 0, false, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'ChangeAvailability',{'connectorId':0,'type':'Inoperative'}]");
    assert_text(answered(one, "{'status':'Scheduled'}"), "0 yes Scheduled 0\n");
    assert_int_equal(ocpp_station_change_availability(one, 2, 1, true, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "{'connectorId':2,'type':'Operative'}");
    assert_text(answered(one, "{'status':'Rejected'}"), "0 no Rejected 0\n");
    assert_int_equal(ocpp_station_change_availability(one, 2, 2, true, &done), OCPP_ERR_ARGUMENT);

    assert_int_equal(ocpp_station_change_availability(two, 0, 0, false, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'ChangeAvailability',{'operationalStatus':'Inoperative'}]");
    assert_text(answered(two, "{'status':'Accepted'}"), "0 yes Accepted 0\n");
    assert_int_equal(ocpp_station_change_availability(two, 1, 2, true, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'evse':{'id':1,'connectorId':2}");
}

static void a_place_that_cannot_be_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_change_availability(two, -1, 0, false, &done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_change_availability(two, 0, 1, false, &done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_change_availability(two, 1, -1, false, &done), OCPP_ERR_ARGUMENT);
    assert_text(world_hears(world, two), "");
}

/* 1.6 edition 2, 5.13; H01.FR.01, FR.07 */
static void a_reservation_names_who_and_until_when(void **state)
{
    const struct ocpp_reservation_order order = {
        .id = 7, .evse = 2, .token = token, .group_id = "FAMILY", .expires_utc_ms = 1700000000000
    };

    (void)state;
    assert_int_equal(ocpp_station_reserve(one, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'ReserveNow',{'connectorId':2,'expiryDate':'2023-11-14T22:13:20.000Z','idTag':'TAG',"
                                          "'parentIdTag':'FAMILY','reservationId':7}]");
    assert_text(answered(one, "{'status':'Occupied'}"), "0 no Occupied 0\n");
    assert_int_equal(ocpp_station_reserve(two, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'id':7,'expiryDateTime':'2023-11-14T22:13:20.000Z'");
    assert_holds(world->frame, "'idToken':{'idToken':'TAG','type':'ISO14443'}");
    assert_holds(world->frame, "'evseId':2");
    assert_holds(world->frame, "'groupIdToken':{'idToken':'FAMILY','type':'Central'}");
    assert_text(answered(two, "{'status':'Accepted'}"), "0 yes Accepted 0\n");
}

/* H01.FR.06 */
static void a_type_of_connector_may_be_wished_for_where_the_version_can(void **state)
{
    struct ocpp_reservation_order order = { .id = 7, .connector_type = "cCCS2", .token = token, .expires_utc_ms = 1700000000000 };

    (void)state;
    assert_int_equal(ocpp_station_reserve(one, &order, &done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_reserve(two, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'connectorType':'cCCS2'");
    assert_null(strstr(world->frame, "evseId"));
    order.connector_type = "Schuko";
    assert_int_equal(ocpp_station_reserve(two, &order, &done), OCPP_ERR_ARGUMENT);
    order.connector_type = "cCCS2";
    order.evse = 1;
    assert_int_equal(ocpp_station_reserve(two, &order, &done), OCPP_ERR_ARGUMENT);
}

/* 1.6 edition 2, 5.1; H02.FR.01 */
static void a_reservation_is_cancelled_by_its_id(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_cancel_reservation(one, 7, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'CancelReservation',{'reservationId':7}]");
    assert_text(answered(one, "{'status':'Accepted'}"), "0 yes Accepted 0\n");
    assert_int_equal(ocpp_station_cancel_reservation(two, 7, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'CancelReservation',{'reservationId':7}]");
    assert_text(answered(two, "{'status':'Rejected'}"), "0 no Rejected 0\n");
    assert_int_equal(ocpp_station_cancel_reservation(two, -1, &done), OCPP_ERR_ARGUMENT);
}

/* --- tokens -------------------------------------------------------------------------------------------------------------- */

/* 1.6 edition 2, 5.4; C11.FR.01 */
static void a_cache_is_cleared(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_clear_cache(one, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'ClearCache',{}]");
    assert_text(answered(one, "{'status':'Accepted'}"), "0 yes Accepted 0\n");
    assert_int_equal(ocpp_station_clear_cache(two, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'ClearCache',{}]");
    assert_text(answered(two, "{'status':'Rejected'}"), "0 no Rejected 0\n");
}

/* 1.6 edition 2, 5.10; D02.FR.01, FR.03 */
static void the_version_of_a_list_is_asked(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_list_version(one, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetLocalListVersion',{}]");
    assert_text(answered(one, "{'listVersion':-1}"), "0 yes  -1\n");
    assert_int_equal(ocpp_station_get_list_version(two, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetLocalListVersion',{}]");
    assert_text(answered(two, "{'versionNumber':12}"), "0 yes  12\n");
}

/* 1.6 edition 2, 5.15; D01.FR.15, FR.16 */
static void a_list_is_sent_whole_or_as_changes(void **state)
{
    const struct ocpp_list_entry entries[] = {
        { .token = token, .authorization = OCPP_AUTHORIZATION_ACCEPTED, .group_id = "FAMILY", .expires_utc_ms = 1700000000000 },
        { .token = { "GONE", OCPP_TOKEN_EMAID }, .removed = true },
    };
    struct ocpp_list_update update = { .version = 3, .entries = entries, .count = 2 };

    (void)state;
    assert_int_equal(ocpp_station_send_list(one, &update, &done), OCPP_OK);
    assert_holds(world_hears(world, one),
                 "{'listVersion':3,'localAuthorizationList':[{'idTag':'TAG','idTagInfo':{'status':'Accepted',"
                 "'expiryDate':'2023-11-14T22:13:20.000Z','parentIdTag':'FAMILY'}},{'idTag':'GONE'}],"
                 "'updateType':'Differential'}]");
    assert_text(answered(one, "{'status':'VersionMismatch'}"), "0 no VersionMismatch 0\n");
    assert_int_equal(ocpp_station_send_list(two, &update, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'cacheExpiryDateTime':'2023-11-14T22:13:20.000Z'");
    assert_holds(world->frame, "'groupIdToken':{'idToken':'FAMILY','type':'Central'}");
    assert_holds(world->frame, "{'idToken':{'idToken':'GONE','type':'eMAID'}}");
    assert_holds(world->frame, "'versionNumber':3,'updateType':'Differential'");
    assert_text(answered(two, "{'status':'Accepted'}"), "0 yes Accepted 0\n");
    update.is_whole = true;
    assert_int_equal(ocpp_station_send_list(one, &update, &done), OCPP_ERR_ARGUMENT); /* a whole list removes nothing */
    update.count = 0;                                                                 /* D01.FR.04: an empty one clears it */
    assert_int_equal(ocpp_station_send_list(two, &update, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'SendLocalList',{'versionNumber':3,'updateType':'Full'}]");
    update.version = 0;
    assert_int_equal(ocpp_station_send_list(two, &update, &done), OCPP_ERR_ARGUMENT);
}

/* --- settings ------------------------------------------------------------------------------------------------------------ */

static const struct ocpp_setting_address interval = { .key = "HeartbeatInterval",
                                                      .component = "OCPPCommCtrlr",
                                                      .variable = "HeartbeatInterval" };

/* 1.6 edition 2, 5.8; B06.FR.01 */
static void settings_are_read_by_the_name_of_the_version(void **state)
{
    const struct ocpp_setting_address names[] = {
        interval, { .key = "Nonsense", .component = "EVSE", .evse = 1, .variable = "Power", .attribute = "MaxSet" }
    };

    (void)state;
    assert_int_equal(ocpp_station_get_settings(one, names, 2, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetConfiguration',{'key':['HeartbeatInterval','Nonsense']}]");
    assert_text(answered(one, "{'configurationKey':[{'key':'HeartbeatInterval','readonly':true,'value':'300'}],"
                              "'unknownKey':['Nonsense']}"),
                "0 yes  0; HeartbeatInterval=300 Accepted ro; Nonsense=- UnknownKey\n");
    assert_int_equal(ocpp_station_get_settings(two, names, 2, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'HeartbeatInterval'}}");
    assert_holds(world->frame,
                 "{'attributeType':'MaxSet','component':{'evse':{'id':1},'name':'EVSE'},'variable':{'name':'Power'}}");
    assert_text(answered(two, "{'getVariableResult':[{'attributeStatus':'Accepted','attributeValue':'300',"
                              "'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'HeartbeatInterval'}},"
                              "{'attributeStatus':'UnknownVariable','component':{'name':'EVSE','evse':{'id':1}},"
                              "'variable':{'name':'Power'}}]}"),
                "0 yes  0; OCPPCommCtrlr.HeartbeatInterval=300 Accepted; EVSE.Power@1=- UnknownVariable\n");
}

/* 1.6 edition 2, 5.8 */
static void no_names_are_all_keys_in_1_6_and_a_report_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_settings(one, NULL, 0, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetConfiguration',{}]");
    assert_int_equal(ocpp_station_get_settings(two, NULL, 0, &done), OCPP_ERR_UNSUPPORTED_ACTION);
}

/* 1.6 edition 2, 5.3; B05.FR.01 */
static void a_setting_that_waits_for_a_restart_is_set(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_set_setting(one, &interval, "60", &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'ChangeConfiguration',{'key':'HeartbeatInterval','value':'60'}]");
    assert_text(answered(one, "{'status':'RebootRequired'}"), "0 yes RebootRequired 0; =- RebootRequired\n");
    assert_int_equal(ocpp_station_set_setting(two, &interval, "60", &done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'SetVariables',{'setVariableData':[{'attributeValue':'60','component':{'name':'OCPPCommCtrlr'},"
                 "'variable':{'name':'HeartbeatInterval'}}]}]");
    assert_text(answered(two, "{'setVariableResult':[{'attributeStatus':'Rejected','component':{'name':'OCPPCommCtrlr'},"
                              "'variable':{'name':'HeartbeatInterval'}}]}"),
                "0 no Rejected 0; OCPPCommCtrlr.HeartbeatInterval=- Rejected\n");
}

static void a_setting_the_version_has_no_name_for_is_refused(void **state)
{
    const struct ocpp_setting_address key = { .key = "HeartbeatInterval" };
    const struct ocpp_setting_address variable = { .component = "OCPPCommCtrlr", .variable = "HeartbeatInterval" };
    const struct ocpp_setting_address none = { .component = "OCPPCommCtrlr" };
    struct ocpp_setting_address odd = variable;

    (void)state;
    odd.attribute = "Average";
    assert_int_equal(ocpp_station_set_setting(two, &key, "1", &done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_set_setting(one, &variable, "1", &done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_get_settings(one, &variable, 1, &done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_set_setting(two, &none, "1", &done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_set_setting(two, &odd, "1", &done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_set_setting(two, &variable, NULL, &done), OCPP_ERR_ARGUMENT);
    assert_text(world_hears(world, one), "");
    assert_text(world_hears(world, two), "");
}

/* --- all of them ------------------------------------------------------------------------------------------------------------ */

static void an_order_that_is_never_answered_ends_once(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_clear_cache(one, &done), OCPP_OK);
    world_hears(world, one);
    world_pass(world, 31000);
    char expected[64];
    snprintf(expected, sizeof expected, "%d no  0\n", (int)OCPP_ERR_TIMEOUT);
    assert_text(answers, expected);
    ocpp_station_disconnect(one, world->now);
    assert_text(answers, expected);
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
}

/* Whoever orders the next thing from within an answer still reads this one. */
static void order_from_within(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    assert_int_equal(ocpp_station_get_settings(station, &interval, 1, NULL), OCPP_OK);
    on_done(station, result, user);
}

static void an_answer_outlives_the_order_it_leads_to(void **state)
{
    const struct ocpp_command_done chained = { order_from_within, NULL };

    (void)state;
    assert_int_equal(ocpp_station_get_settings(one, &interval, 1, &chained), OCPP_OK);
    world_hears(world, one);
    assert_text(answered(one, "{'configurationKey':[{'key':'A','readonly':false,'value':'1'}]}"), "0 yes  0; A=1 Accepted\n");
}

/* B03.FR.03; 1.6 edition 2, 4.2 */
static void a_rejected_station_is_left_alone(void **state)
{
    (void)state;
    world->boot.registration = OCPP_REGISTRATION_REJECTED;
    world_says(world, one, "[2,'b','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    assert_int_equal(ocpp_station_clear_cache(one, &done), OCPP_ERR_NOT_ACCEPTED);
    assert_int_equal(ocpp_station_set_setting(one, &interval, "60", &done), OCPP_ERR_NOT_ACCEPTED);
    assert_text(world_hears(world, one), "");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(availability_names_the_station_an_evse_or_a_connector),
        TEST(a_place_that_cannot_be_is_refused),
        TEST(a_reservation_names_who_and_until_when),
        TEST(a_type_of_connector_may_be_wished_for_where_the_version_can),
        TEST(a_reservation_is_cancelled_by_its_id),
        TEST(a_cache_is_cleared),
        TEST(the_version_of_a_list_is_asked),
        TEST(a_list_is_sent_whole_or_as_changes),
        TEST(settings_are_read_by_the_name_of_the_version),
        TEST(no_names_are_all_keys_in_1_6_and_a_report_elsewhere),
        TEST(a_setting_that_waits_for_a_restart_is_set),
        TEST(a_setting_the_version_has_no_name_for_is_refused),
        TEST(an_order_that_is_never_answered_ends_once),
        TEST(an_answer_outlives_the_order_it_leads_to),
        TEST(a_rejected_station_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
