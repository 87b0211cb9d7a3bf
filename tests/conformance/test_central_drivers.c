/* test_central_drivers.c: the official cases of the central system about tokens (C), local lists (D), costs (I), displays (O) and
 * vendors' messages (P) of 2.0.1, step by step. */
#include "case_world.h"

#include <ocpp/central_orders.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

/* --- C: authorization --------------------------------------------------------------------------------------------------------
 */

/* TC_C_08_CSMS; C12.FR.03. A cache believed the token, and so do we. */
static void a_cached_token_that_is_good_is_told_so(void **state)
{
    (void)state;
    case_plugged(1, "T1");
    (void)world_told(case_world);
    assert_text(case_event("Updated", "Authorized", 1, "T1", "", CASE_TOKEN("TAG")), "{'idTokenInfo':{'status':'Accepted'}}");
    assert_holds(world_told(case_world), "PILE-2 updated T1 evse 1 token TAG");
}

/* TC_C_20_CSMS; C12.FR.03. A cache believed the token; we do not. */
static void a_cached_token_that_is_no_good_any_more_is_told_so(void **state)
{
    (void)state;
    case_plugged(1, "T1");
    case_world->authorize.authorization = OCPP_AUTHORIZATION_INVALID;
    assert_holds(case_event("Updated", "Authorized", 1, "T1", "", CASE_TOKEN("BAD")), "'idTokenInfo':{'status':'Invalid'}");
}

/* TC_C_37_CSMS; TC_C_38_CSMS; C11.FR.01 */
static void a_cache_is_cleared_or_is_not(void **state)
{
    (void)state;
    case_order(ocpp_station_clear_cache(case_two, &driver_done), case_two, "'ClearCache',{}]", "{'status':'Accepted'}",
               "0 yes Accepted");
    case_order(ocpp_station_clear_cache(case_two, &driver_done), case_two, "'ClearCache',{}]", "{'status':'Rejected'}",
               "0 no Rejected");
}

static const char in_family[] = "'idTokenInfo':{'status':'Accepted','groupIdToken':{'idToken':'FAMILY','type':'Central'}}";

/* TC_C_39_CSMS; TC_C_43_CSMS; C09.FR.02 and FR.03. Who is of the same group may stop what the other started, and is told the
 * group with each answer. */
static void who_is_of_the_group_stops_what_another_started(void **state)
{
    (void)state;
    case_world->authorize.group_id = "FAMILY";
    case_plugged(1, "T1");
    assert_holds(case_authorize("SECOND"), in_family);
    assert_holds(case_event("Updated", "Authorized", 1, "T1", "", CASE_TOKEN("FIRST")), in_family);
    case_event("Updated", "ChargingStateChanged", 1, "T1", ",'chargingState':'Charging'", "");
    assert_holds(case_authorize("SECOND"), in_family);
    assert_holds(case_event("Updated", "StopAuthorized", 1, "T1", "", CASE_TOKEN("SECOND")), in_family);
    (void)world_told(case_world);
    case_unplugged(1, "T1");
    assert_holds(world_told(case_world), "PILE-2 ended T1 evse 1 token FIRST");
}

/* TC_C_40_CSMS; C09.FR.02 and FR.03. The station knew both from its list and asks nobody. */
static void a_group_of_a_local_list_is_told_with_the_transaction(void **state)
{
    (void)state;
    case_world->authorize.group_id = "FAMILY";
    assert_holds(case_event("Started", "Authorized", 1, "T1", "", CASE_TOKEN("FIRST")), in_family);
    case_event("Updated", "ChargingStateChanged", 1, "T1", ",'chargingState':'Charging'", "");
    assert_holds(case_event("Updated", "StopAuthorized", 1, "T1", "", CASE_TOKEN("SECOND")), in_family);
    case_unplugged(1, "T1");
}

/* TC_C_47_CSMS; TC_C_48_CSMS; TC_C_49_CSMS; C16.FR.01 and FR.02. The master's group is told to him, and his stops are recorded as
 * such; whose transactions they are does not change. */
static void a_master_pass_ends_the_transactions_of_others(void **state)
{
    static const char stop[] = ",'stoppedReason':'MasterPass'";

    (void)state;
    case_plugged(1, "T1");
    case_charging(1, "T1", "FIRST");
    case_plugged(2, "T2");
    case_charging(2, "T2", "SECOND");
    case_world->authorize.group_id = "FAMILY";
    assert_holds(case_authorize("MASTER"), in_family);
    (void)world_told(case_world);
    assert_holds(case_event("Ended", "StopAuthorized", 1, "T1", stop, CASE_TOKEN("MASTER")), in_family);
    assert_holds(world_told(case_world), "PILE-2 ended T1 evse 1 token FIRST meter -1..-1 samples 0 MasterPass\n");
    assert_holds(case_event("Ended", "StopAuthorized", 2, "T2", stop, CASE_TOKEN("MASTER")), in_family);
    assert_holds(world_told(case_world), "PILE-2 ended T2 evse 2 token SECOND meter -1..-1 samples 0 MasterPass\n");
}

/* --- D: local lists ------------------------------------------------------------------------------------------------------------
 */

static const struct ocpp_list_entry somebody = { .token = { "TAG", OCPP_TOKEN_ISO14443 },
                                                 .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                                 .expires_utc_ms = OCPP_UTC_UNKNOWN };

/* TC_D_01_CSMS; TC_D_08_CSMS; D01.FR.01, FR.06 and FR.18 */
static void a_list_is_sent_whole_after_its_version_was_asked(void **state)
{
    const struct ocpp_list_update update = { .version = 2, .is_whole = true, .entries = &somebody, .count = 1 };

    (void)state;
    case_order(ocpp_station_get_list_version(case_two, &driver_done), case_two, "'GetLocalListVersion',{}]",
               "{'versionNumber':1}", "0 yes ");
    case_order(ocpp_station_send_list(case_two, &update, &driver_done), case_two,
               "'SendLocalList',{'localAuthorizationList':[{'idToken':{'idToken':'TAG','type':'ISO14443'},'idTokenInfo':"
               "{'status':'Accepted'}}],'versionNumber':2,'updateType':'Full'}]",
               "{'status':'Accepted'}", "0 yes Accepted");
}

/* TC_D_02_CSMS; TC_D_03_CSMS; D01.FR.01, FR.17 and FR.18 */
static void a_list_is_changed_by_what_is_new_and_what_is_gone(void **state)
{
    const struct ocpp_list_entry gone = { .token = { "OLD", OCPP_TOKEN_ISO14443 }, .removed = true };
    const struct ocpp_list_update added = { .version = 2, .entries = &somebody, .count = 1 };
    const struct ocpp_list_update removed = { .version = 3, .entries = &gone, .count = 1 };

    (void)state;
    case_order(ocpp_station_get_list_version(case_two, &driver_done), case_two, "'GetLocalListVersion',{}]",
               "{'versionNumber':1}", "0 yes ");
    case_order(ocpp_station_send_list(case_two, &added, &driver_done), case_two,
               "'versionNumber':2,'updateType':'Differential'}]", "{'status':'Accepted'}", "0 yes Accepted");
    case_order(ocpp_station_send_list(case_two, &removed, &driver_done), case_two,
               "'SendLocalList',{'localAuthorizationList':[{'idToken':{'idToken':'OLD','type':'ISO14443'}}],"
               "'versionNumber':3,'updateType':'Differential'}]",
               "{'status':'Accepted'}", "0 yes Accepted");
}

/* TC_D_04_CSMS; D01.FR.04 */
static void an_empty_list_empties_the_station_s(void **state)
{
    const struct ocpp_list_update update = { .version = 4, .is_whole = true };

    (void)state;
    case_order(ocpp_station_send_list(case_two, &update, &driver_done), case_two,
               "'SendLocalList',{'versionNumber':4,'updateType':'Full'}]", "{'status':'Accepted'}", "0 yes Accepted");
}

static int64_t version_told;

static void on_version(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    version_told = result->list_version;
}

/* TC_D_09_CSMS; D02.FR.03. Version 0 is no list. */
static void a_station_without_a_list_tells_version_0(void **state)
{
    const struct ocpp_command_done done = { on_version, NULL };

    (void)state;
    version_told = -2;
    case_order(ocpp_station_get_list_version(case_two, &done), case_two, "'GetLocalListVersion',{}]", "{'versionNumber':0}", "");
    assert_int_equal(version_told, 0);
}

/* --- I: costs
 * -------------------------------------------------------------------------------------------------------------------- */

/* TC_I_01_CSMS; I02.FR.01 */
static void the_running_cost_is_told_while_somebody_charges(void **state)
{
    const struct ocpp_running_cost cost = { .transaction_id = "T1", .amount = { 325, 2 } };

    (void)state;
    case_plugged(1, "T1");
    case_charging(1, "T1", "TAG");
    case_order(ocpp_station_tell_cost(case_two, &cost, &driver_done), case_two,
               "'CostUpdated',{'totalCost':3.25,'transactionId':'T1'}]", "{}", "0 yes ");
}

/* TC_I_02_CSMS; I03.FR.02 */
static void the_total_cost_is_told_with_the_answer_to_the_end(void **state)
{
    (void)state;
    case_plugged(1, "T1");
    case_charging(1, "T1", "TAG");
    driver_decisions.cost = (struct ocpp_driver_answer){ .has_total_cost = true, .total_cost = { 725, 2 } };
    assert_text(case_unplugged(1, "T1"), "{'totalCost':7.25}");
}

/* --- O: displays
 * ------------------------------------------------------------------------------------------------------------------- */

static struct ocpp_station_message message(void)
{
    return (struct ocpp_station_message){
        .id = 42,
        .priority = OCPP_MESSAGE_NORMAL_CYCLE,
        .state = OCPP_MESSAGE_ANY_STATE,
        .text = { OCPP_MESSAGE_ASCII, NULL, "Hello" },
        .starts_utc_ms = OCPP_UTC_UNKNOWN,
        .ends_utc_ms = OCPP_UTC_UNKNOWN,
    };
}

static void set_and_answered(const struct ocpp_station_message *order, const char *call, const char *word)
{
    char payload[60];
    char outcome[60];

    snprintf(payload, sizeof payload, "{'status':'%s'}", word);
    snprintf(outcome, sizeof outcome, "0 %s %s", strcmp(word, "Accepted") == 0 ? "yes" : "no", word);
    case_order(ocpp_station_set_message(case_two, order, &driver_done), case_two, call, payload, outcome);
}

/* TC_O_01_CSMS; TC_O_26_CSMS; O01.FR.04. The same id twice is the same message, given another time. */
static void a_message_is_set_or_rejected(void **state)
{
    const struct ocpp_station_message order = message();

    (void)state;
    set_and_answered(&order, "'message':{'id':42,'priority':'NormalCycle','message':{'format':'ASCII','content':'Hello'}}}]",
                     "Accepted");
    set_and_answered(&order, "'id':42", "Rejected");
}

/* TC_O_17_CSMS; TC_O_18_CSMS; TC_O_19_CSMS; TC_O_25_CSMS; O01.FR.01, FR.02 and FR.03 */
static void what_a_display_cannot_show_is_told_in_its_word(void **state)
{
    struct ocpp_station_message order = message();

    (void)state;
    order.priority = OCPP_MESSAGE_ALWAYS_FRONT;
    set_and_answered(&order, "'priority':'AlwaysFront'", "NotSupportedPriority");
    order.state = OCPP_MESSAGE_FAULTED;
    set_and_answered(&order, "'state':'Faulted'", "NotSupportedState");
    order.text.format = OCPP_MESSAGE_URI;
    set_and_answered(&order, "'format':'URI'", "NotSupportedMessageFormat");
    order.state = OCPP_MESSAGE_CHARGING;
    set_and_answered(&order, "'state':'Charging'", "Accepted");
}

/* TC_O_06_CSMS; TC_O_10_CSMS; TC_O_27_CSMS; TC_O_28_CSMS; O02.FR.01 */
static void a_message_of_a_transaction_names_it_and_may_have_dates(void **state)
{
    struct ocpp_station_message order = message();

    (void)state;
    case_plugged(1, "T1");
    case_charging(1, "T1", "TAG");
    order.transaction_id = "T1";
    order.priority = OCPP_MESSAGE_IN_FRONT;
    set_and_answered(&order, "'priority':'InFront','transactionId':'T1'", "Accepted");
    order.starts_utc_ms = 1767229200000;
    set_and_answered(&order, "'startDateTime':'2026-01-01T01:00:00.000Z','transactionId':'T1'", "Accepted");
    order.starts_utc_ms = OCPP_UTC_UNKNOWN;
    order.ends_utc_ms = 1767229200000;
    order.state = OCPP_MESSAGE_CHARGING;
    set_and_answered(&order, "'state':'Charging','endDateTime':'2026-01-01T01:00:00.000Z','transactionId':'T1'", "Accepted");
    case_unplugged(1, "T1");
    order.transaction_id = "T9";
    set_and_answered(&order, "'transactionId':'T9'", "UnknownTransaction");
}

/* TC_O_13_CSMS; TC_O_14_CSMS; O01.FR.05 */
static void a_message_begins_and_ends_by_date(void **state)
{
    struct ocpp_station_message order = message();

    (void)state;
    order.starts_utc_ms = 1767229200000;
    set_and_answered(&order, "'id':42,'priority':'NormalCycle','startDateTime':'2026-01-01T01:00:00.000Z','message'", "Accepted");
    order.starts_utc_ms = OCPP_UTC_UNKNOWN;
    order.ends_utc_ms = 1767229200000;
    set_and_answered(&order, "'id':42,'priority':'NormalCycle','endDateTime':'2026-01-01T01:00:00.000Z','message'", "Accepted");
}

/* TC_O_12_CSMS; O06.FR.01 */
static void a_message_is_replaced_by_one_of_its_id(void **state)
{
    struct ocpp_station_message order = message();

    (void)state;
    set_and_answered(&order, "'content':'Hello'", "Accepted");
    order.text.text = "Bye";
    set_and_answered(&order, "'id':42,'priority':'NormalCycle','message':{'format':'ASCII','content':'Bye'}", "Accepted");
}

static void report_comes(int request)
{
    char frame[300];
    char told[100];

    snprintf(frame, sizeof frame,
             "[2,'m','NotifyDisplayMessages',{'requestId':%d,'messageInfo':[{'id':42,'priority':'NormalCycle','state':'Charging',"
             "'message':{'format':'ASCII','content':'Hello'}}]}]",
             request);
    snprintf(told, sizeof told, "PILE-2 messages of %d: 42/2.0.0 'Hello' - - 0.-\n", request);
    (void)world_told(case_world);
    assert_text(world_says(case_world, case_two, frame), "[3,'m',{}]");
    assert_text(world_told(case_world), told);
}

/* TC_O_02_CSMS; TC_O_03_CSMS; O03.FR.01 and FR.06 */
static void all_messages_are_asked_for(void **state)
{
    const struct ocpp_message_criteria all = { 0 };

    (void)state;
    case_order(ocpp_station_get_messages(case_two, 7, &all, &driver_done), case_two, "'GetDisplayMessages',{'requestId':7}]",
               "{'status':'Accepted'}", "0 yes Accepted");
    report_comes(7);
    case_order(ocpp_station_get_messages(case_two, 8, &all, &driver_done), case_two, "'GetDisplayMessages',{'requestId':8}]",
               "{'status':'Unknown'}", "0 no Unknown");
}

/* TC_O_07_CSMS; TC_O_08_CSMS; TC_O_09_CSMS; TC_O_11_CSMS; O04.FR.01 */
static void some_messages_are_asked_for(void **state)
{
    static const int64_t known = 42;
    static const int64_t unknown = 43;
    const struct ocpp_message_criteria by_id = { .ids = &known, .id_count = 1 };
    const struct ocpp_message_criteria by_other_id = { .ids = &unknown, .id_count = 1 };
    const struct ocpp_message_criteria by_priority = { .has_priority = true, .priority = OCPP_MESSAGE_NORMAL_CYCLE };
    const struct ocpp_message_criteria by_state = { .has_state = true, .state = OCPP_MESSAGE_CHARGING };

    (void)state;
    case_order(ocpp_station_get_messages(case_two, 1, &by_id, &driver_done), case_two, "{'id':[42],'requestId':1}]",
               "{'status':'Accepted'}", "0 yes Accepted");
    report_comes(1);
    case_order(ocpp_station_get_messages(case_two, 2, &by_priority, &driver_done), case_two,
               "{'requestId':2,'priority':'NormalCycle'}]", "{'status':'Accepted'}", "0 yes Accepted");
    report_comes(2);
    case_order(ocpp_station_get_messages(case_two, 3, &by_state, &driver_done), case_two, "{'requestId':3,'state':'Charging'}]",
               "{'status':'Accepted'}", "0 yes Accepted");
    report_comes(3);
    case_order(ocpp_station_get_messages(case_two, 4, &by_other_id, &driver_done), case_two, "{'id':[43],'requestId':4}]",
               "{'status':'Unknown'}", "0 no Unknown");
}

/* TC_O_04_CSMS; TC_O_05_CSMS; O05.FR.01 */
static void a_message_is_cleared_or_is_unknown(void **state)
{
    (void)state;
    case_order(ocpp_station_clear_message(case_two, 42, &driver_done), case_two, "'ClearDisplayMessage',{'id':42}]",
               "{'status':'Accepted'}", "0 yes Accepted");
    case_order(ocpp_station_clear_message(case_two, 43, &driver_done), case_two, "'ClearDisplayMessage',{'id':43}]",
               "{'status':'Unknown'}", "0 no Unknown");
}

/* --- P: vendors
 * -------------------------------------------------------------------------------------------------------------------- */

/* TC_P_02_CSMS; P02.FR.06 and FR.07 */
static void a_vendor_nobody_speaks_for_is_told_so(void **state)
{
    static const char call[] = "[2,'d','DataTransfer',{'vendorId':'com.example','messageId':'Hello'}]";

    (void)state;
    assert_text(world_says(case_world, case_two, call), "[3,'d',{'status':'UnknownVendorId'}]");
    driver_decisions.data.result = OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID;
    assert_text(world_says(case_world, case_two, call), "[3,'d',{'status':'UnknownMessageId'}]");
    driver_decisions.data.result = OCPP_DATA_TRANSFER_REJECTED;
    assert_text(world_says(case_world, case_two, call), "[3,'d',{'status':'Rejected'}]");
}

/* TC_P_03_CSMS */
static void custom_data_are_no_trouble(void **state)
{
    static const char custom[] = "'customData':{'vendorId':'com.example','a':{'b':[1,true]}}";
    char frame[300];
    char info[100];
    char more[100];

    (void)state;
    snprintf(frame, sizeof frame,
             "[2,'s','StatusNotification',{%s,'timestamp':'2026-01-01T00:00:00Z','connectorStatus':'Occupied','evseId':1,"
             "'connectorId':1}]",
             custom);
    assert_text(world_says(case_world, case_two, frame), "[3,'s',{}]");
    assert_text(world_told(case_world), "PILE-2 status 1.1 Occupied\n");
    snprintf(info, sizeof info, ",%s", custom);
    snprintf(more, sizeof more, ",%s", custom);
    assert_text(case_event("Started", "CablePluggedIn", 1, "T1", info, more), "{}");
    assert_holds(world_told(case_world), "PILE-2 started T1");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, case_set_up, case_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_cached_token_that_is_good_is_told_so),
        TEST(a_cached_token_that_is_no_good_any_more_is_told_so),
        TEST(a_cache_is_cleared_or_is_not),
        TEST(who_is_of_the_group_stops_what_another_started),
        TEST(a_group_of_a_local_list_is_told_with_the_transaction),
        TEST(a_master_pass_ends_the_transactions_of_others),
        TEST(a_list_is_sent_whole_after_its_version_was_asked),
        TEST(a_list_is_changed_by_what_is_new_and_what_is_gone),
        TEST(an_empty_list_empties_the_station_s),
        TEST(a_station_without_a_list_tells_version_0),
        TEST(the_running_cost_is_told_while_somebody_charges),
        TEST(the_total_cost_is_told_with_the_answer_to_the_end),
        TEST(a_message_is_set_or_rejected),
        TEST(what_a_display_cannot_show_is_told_in_its_word),
        TEST(a_message_of_a_transaction_names_it_and_may_have_dates),
        TEST(a_message_begins_and_ends_by_date),
        TEST(a_message_is_replaced_by_one_of_its_id),
        TEST(all_messages_are_asked_for),
        TEST(some_messages_are_asked_for),
        TEST(a_message_is_cleared_or_is_unknown),
        TEST(a_vendor_nobody_speaks_for_is_told_so),
        TEST(custom_data_are_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
