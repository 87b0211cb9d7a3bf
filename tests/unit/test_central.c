/* What stations and the application see of the central system, in 1.6 and 2.0.1. */
#include "central_world.h"

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

struct outcome {
    int runs;
    struct ocpp_command_result result;
    char word[40];
};

static struct outcome outcome; /* outlives the test: an order ends with the world at the latest */

static int set_up(void **state)
{
    (void)state;
    memset(&outcome, 0, sizeof outcome);
    world = world_new();
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    return 0;
}

static int set_up_booted(void **state)
{
    set_up(state);
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

static void reconnect(void)
{
    world_restart(world);
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
}

/* --- registration --------------------------------------------------------------------------------------------------------- */

/* B01.FR.02; 1.6 edition 2, 4.2 */
static void an_accepted_boot_is_answered_with_time_and_heartbeat_interval(void **state)
{
    (void)state;
    assert_text(world_says(world, one, "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"),
                "[3,'1',{'status':'Accepted','currentTime':'2026-01-01T00:00:00.000Z','interval':300}]");
    assert_text(world_says(world, two,
                           "[2,'1','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]"),
                "[3,'1',{'currentTime':'2026-01-01T00:00:00.000Z','interval':300,'status':'Accepted'}]");
    assert_text(world_told(world), "PILE-1 boot V M\nPILE-2 boot V M\n");
}

/* B01.FR.10, J errata 3.10 */
static void a_station_that_never_booted_gets_security_error_and_is_asked_to_boot_once(void **state)
{
    (void)state;
    assert_holds(world_says(world, one, "[2,'1','Heartbeat',{}]"), "[4,'1','SecurityError',");
    assert_holds(world_hears(world, one), "'TriggerMessage',{'requestedMessage':'BootNotification'}]");
    assert_holds(world_says(world, one, "[2,'2','Heartbeat',{}]"), "[4,'2','SecurityError',");
    assert_text(world_hears(world, one), "");
    assert_text(world_told(world), "");
}

/* B02.FR.09 */
static void a_pending_station_may_send_what_it_was_triggered_to_and_nothing_else(void **state)
{
    (void)state;
    world->boot = (struct ocpp_boot_decision){ .registration = OCPP_REGISTRATION_PENDING, .interval_s = 7 };
    assert_holds(world_says(world, two,
                            "[2,'1','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]"),
                 "'interval':7,'status':'Pending'");
    assert_int_equal(ocpp_station_trigger(two, "Heartbeat", 0, 0, NULL), OCPP_OK);
    assert_holds(world_hears(world, two), "'TriggerMessage'");
    assert_holds(world_says(world, two, "[2,'2','Heartbeat',{}]"), "[3,'2',{'currentTime'");
    assert_holds(world_says(world, two,
                            "[2,'3','StatusNotification',{'timestamp':'2026-01-01T00:00:00Z','connectorStatus':'Available','"
                            "evseId':1,'connectorId':1}]"),
                 "[4,'3','SecurityError'");
}

static void a_rejected_station_is_told_when_to_try_again_and_is_not_triggered(void **state)
{
    (void)state;
    world->boot = (struct ocpp_boot_decision){ .registration = OCPP_REGISTRATION_REJECTED };
    assert_holds(world_says(world, one, "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"),
                 "'status':'Rejected'");
    assert_holds(world_says(world, one, "[2,'2','Heartbeat',{}]"), "[4,'2','SecurityError'");
    assert_text(world_hears(world, one), "");
}

static void an_accepted_station_need_not_boot_again_after_a_restart_of_the_central_system(void **state)
{
    (void)state;
    reconnect();
    assert_holds(world_says(world, one, "[2,'1','Heartbeat',{}]"), "[3,'1',{'currentTime'");
    assert_holds(world_says(world, two, "[2,'1','Heartbeat',{}]"), "[3,'1',{'currentTime'");
}

static void an_acceptance_is_answered_only_when_it_is_durable(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_text(world_says(world, one, "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"), "");
    world_release(world, OCPP_OK);
    assert_holds(world_hears(world, one), "'status':'Accepted'");
}

static void an_acceptance_that_cannot_be_stored_is_an_internal_error_and_no_acceptance(void **state)
{
    (void)state;
    world->fail_write = 1;
    assert_holds(world_says(world, one, "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"),
                 "[4,'1','InternalError'");
    assert_int_equal(ocpp_station_registration(one), OCPP_REGISTRATION_UNKNOWN);
}

static void a_second_boot_that_says_the_same_writes_nothing(void **state)
{
    int writes;

    (void)state;
    writes = world->writes;
    world_boot(world, one);
    assert_int_equal(world->writes, writes);
}

static void a_rejection_takes_a_stored_acceptance_back(void **state)
{
    (void)state;
    world->boot.registration = OCPP_REGISTRATION_REJECTED;
    world_says(world, one, "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    reconnect();
    assert_holds(world_says(world, one, "[2,'1','Heartbeat',{}]"), "SecurityError");
}

static void a_boot_may_be_decided_later(void **state)
{
    const struct ocpp_boot_decision decision = { .registration = OCPP_REGISTRATION_ACCEPTED, .interval_s = 60 };

    (void)state;
    world->decide_later = true;
    assert_text(world_says(world, one, "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"), "");
    assert_int_equal(ocpp_station_decide_boot(one, world->question, &decision, world->now), OCPP_OK);
    assert_holds(world_hears(world, one), "'interval':60");
    assert_int_equal(ocpp_station_decide_boot(one, world->question, &decision, world->now), OCPP_ERR_NOT_FOUND);
}

/* --- authorization --------------------------------------------------------------------------------------------------------- */

/* C09.FR.09; 1.6 edition 2, 4.1 */
static void a_token_is_judged_by_the_application_with_group_and_expiry(void **state)
{
    (void)state;
    world->authorize.group_id = "FAMILY";
    world->authorize.expires_utc_ms = 1767225600000;
    assert_text(world_says(world, one, "[2,'1','Authorize',{'idTag':'TAG'}]"),
                "[3,'1',{'idTagInfo':{'status':'Accepted','expiryDate':'2026-01-01T00:00:00.000Z','parentIdTag':'FAMILY'}}]");
    assert_holds(world_says(world, two, "[2,'1','Authorize',{'idToken':{'idToken':'TAG','type':'ISO14443'}}]"),
                 "'groupIdToken':{'idToken':'FAMILY','type':'Central'}");
    assert_text(world_told(world), "PILE-1 authorize TAG\nPILE-2 authorize TAG\n");
}

/* C01.FR.09; I01.FR.01. What has no room is left out, and 1.6 has no words for any of it. */
static void a_driver_is_told_his_message_in_2_x(void **state)
{
    static char too_long[514];
    (void)state;
    memset(too_long, 'x', sizeof(too_long) - 1);
    world->authorize.languages[0] = "de-AT";
    world->authorize.languages[1] = "fr";
    world->authorize.message = "0,40 EUR je kWh";
    assert_text(world_says(world, two, "[2,'1','Authorize',{'idToken':{'idToken':'TAG','type':'ISO14443'}}]"),
                "[3,'1',{'idTokenInfo':{'status':'Accepted','language1':'de-AT','language2':'fr',"
                "'personalMessage':{'format':'UTF8','content':'0,40 EUR je kWh'}}}]");
    assert_text(world_says(world, one, "[2,'2','Authorize',{'idTag':'TAG'}]"), "[3,'2',{'idTagInfo':{'status':'Accepted'}}]");
    world->authorize.languages[0] = "more than 8";
    world->authorize.languages[1] = "";
    world->authorize.message = too_long;
    assert_text(world_says(world, two, "[2,'3','Authorize',{'idToken':{'idToken':'TAG','type':'ISO14443'}}]"),
                "[3,'3',{'idTokenInfo':{'status':'Accepted'}}]");
}

static void what_a_token_is_asked_for_and_where_is_told_with_the_question(void **state)
{
    (void)state;
    world_says(world, one, "[2,'1','Authorize',{'idTag':'TAG'}]");
    assert_int_equal(world->authorize_request.purpose, OCPP_AUTHORIZE_ALONE);
    assert_int_equal(world->authorize_request.evse, 0);
    world_says(world, one,
               "[2,'2','StartTransaction',{'connectorId':2,'idTag':'TAG','meterStart':1,'timestamp':'2026-01-01T00:00:00Z'}]");
    assert_int_equal(world->authorize_request.purpose, OCPP_AUTHORIZE_START);
    assert_int_equal(world->authorize_request.evse, 2);
    world_says(world, one,
               "[2,'3','StopTransaction',{'transactionId':1,'idTag':'TAG','meterStop':2,'timestamp':'2026-01-01T00:02:00Z'}]");
    assert_int_equal(world->authorize_request.purpose, OCPP_AUTHORIZE_LATER);
}

/* 1.6 knows five answers; the others become Invalid. */
static void an_answer_that_1_6_does_not_know_becomes_invalid_there(void **state)
{
    (void)state;
    world->authorize.authorization = OCPP_AUTHORIZATION_NO_CREDIT;
    assert_holds(world_says(world, one, "[2,'1','Authorize',{'idTag':'TAG'}]"), "'status':'Invalid'");
    assert_holds(world_says(world, two, "[2,'1','Authorize',{'idToken':{'idToken':'TAG','type':'ISO14443'}}]"),
                 "'status':'NoCredit'");
}

static void a_question_ends_with_its_connection(void **state)
{
    const struct ocpp_authorize_decision decision = { .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                                      .expires_utc_ms = OCPP_UTC_UNKNOWN };

    (void)state;
    world->decide_later = true;
    assert_text(world_says(world, one, "[2,'1','Authorize',{'idTag':'TAG'}]"), "");
    ocpp_station_disconnect(one, world->now);
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    assert_int_equal(ocpp_station_decide_authorize(one, world->question, &decision, world->now), OCPP_ERR_NOT_FOUND);
}

/* --- transactions of 1.6 ------------------------------------------------------------------------------------------------------
 */

/* 1.6 edition 2, 4.8 and 4.10 */
static void a_charge_in_1_6_is_recorded_from_start_to_stop(void **state)
{
    (void)state;
    assert_text(
        world_says(
            world, one,
            "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]"),
        "[3,'1',{'idTagInfo':{'status':'Accepted'},'transactionId':1}]");
    assert_text(world_says(world, one,
                           "[2,'2','MeterValues',{'connectorId':1,'transactionId':1,'meterValue':[{'timestamp':'2026-01-01T00:01:"
                           "00Z','sampledValue':[{'value':'1.5','unit':'kWh'}]}]}]"),
                "[3,'2',{}]");
    assert_text(world_says(world, one,
                           "[2,'3','StopTransaction',{'transactionId':1,'meterStop':2000,'timestamp':'2026-01-01T00:02:00Z','"
                           "reason':'EVDisconnected'}]"),
                "[3,'3',{}]");
    assert_text(world_told(world), "PILE-1 authorize TAG\n"
                                   "PILE-1 started 1 evse 1 token TAG meter 1000..1000 samples 0\n"
                                   "PILE-1 updated 1 evse 1 token TAG meter 1000..1500 samples 1\n"
                                   "PILE-1 ended 1 evse 1 token TAG meter 1000..2000 samples 0 EVDisconnected\n");
}

/* peers: replayed StartTransaction */
static void a_start_that_comes_again_gets_the_same_number_and_starts_nothing(void **state)
{
    const char *again =
        "[2,'other','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]";

    (void)state;
    world_says(world, one,
               "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]");
    reconnect();
    world_told(world);
    assert_holds(world_says(world, one, again), "'transactionId':1");
    assert_text(world_told(world), "PILE-1 authorize TAG\n");
}

static void numbers_are_never_given_twice_not_even_after_a_restart(void **state)
{
    (void)state;
    assert_holds(
        world_says(
            world, one,
            "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1,'timestamp':'2026-01-01T00:00:00Z'}]"),
        "'transactionId':1}");
    reconnect();
    assert_holds(
        world_says(
            world, one,
            "[2,'2','StartTransaction',{'connectorId':2,'idTag':'TAG','meterStart':1,'timestamp':'2026-01-01T00:00:00Z'}]"),
        "'transactionId':2}");
}

static void a_stop_that_comes_again_is_answered_and_ends_nothing_twice(void **state)
{
    const char *stop = "[2,'2','StopTransaction',{'transactionId':1,'meterStop':2000,'timestamp':'2026-01-01T00:02:00Z'}]";

    (void)state;
    world_says(world, one,
               "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]");
    world_says(world, one, stop);
    world_told(world);
    assert_text(world_says(world, one, stop), "[3,'2',{}]");
    assert_text(world_told(world), "");
}

/* 1.6 errata 3.18 */
static void a_stop_without_number_ends_the_open_transaction_of_its_token_once(void **state)
{
    const char *stop =
        "[2,'2','StopTransaction',{'transactionId':-1,'idTag':'TAG','meterStop':2000,'timestamp':'2026-01-01T00:02:00Z'}]";

    (void)state;
    world_says(world, one,
               "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]");
    world_says(world, one,
               "[2,'1b','StartTransaction',{'connectorId':2,'idTag':'ELSE','meterStart':5,'timestamp':'2026-01-01T00:00:30Z'}]");
    world_told(world);
    assert_holds(world_says(world, one, stop), "[3,'2',{'idTagInfo'");
    assert_holds(world_told(world), "PILE-1 ended 1 evse 1 token TAG meter 1000..2000");
    world_says(world, one, stop);
    assert_text(world_told(world), "PILE-1 authorize TAG\n");
}

static void a_stop_of_a_transaction_nobody_started_is_answered_and_recorded_once(void **state)
{
    const char *stop = "[2,'2','StopTransaction',{'transactionId':77,'meterStop':2000,'timestamp':'2026-01-01T00:02:00Z'}]";

    (void)state;
    assert_text(world_says(world, one, stop), "[3,'2',{}]");
    assert_holds(world_told(world), "PILE-1 ended 77 evse 0 token  meter -1..2000");
    assert_text(world_says(world, one, stop), "[3,'2',{}]");
    assert_text(world_told(world), "");
}

static void a_number_of_one_station_means_nothing_to_another(void **state)
{
    struct ocpp_station *other = world_connect(world, "PILE-3", OCPP_VERSION_1_6);

    (void)state;
    world_boot(world, other);
    world_says(world, one,
               "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]");
    world_says(world, other, "[2,'2','StopTransaction',{'transactionId':1,'meterStop':9,'timestamp':'2026-01-01T00:02:00Z'}]");
    world_told(world);
    world_says(world, one, "[2,'3','StopTransaction',{'transactionId':1,'meterStop':2000,'timestamp':'2026-01-01T00:02:00Z'}]");
    assert_holds(world_told(world), "PILE-1 ended 1 evse 1 token TAG meter 1000..2000");
}

static void a_start_is_answered_only_when_it_is_durable(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_text(
        world_says(
            world, one,
            "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]"),
        "");
    assert_text(world_told(world), "PILE-1 authorize TAG\n");
    world_release(world, OCPP_OK);
    assert_ptr_equal(ocpp_central_next_with_output(world->central), one);
    assert_holds(world_hears(world, one), "'transactionId':1");
    assert_holds(world_told(world), "started 1");
}

static void a_start_whose_station_leaves_before_it_is_durable_is_told_all_the_same(void **state)
{
    (void)state;
    world->hold_writes = true;
    world_says(world, one,
               "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]");
    ocpp_station_disconnect(one, world->now);
    world_release(world, OCPP_OK);
    assert_holds(world_told(world), "PILE-1 started 1");
}

static void a_start_that_cannot_be_stored_is_an_internal_error_and_is_told_nobody(void **state)
{
    (void)state;
    world->fail_write = world->writes + 1;
    assert_holds(
        world_says(
            world, one,
            "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]"),
        "[4,'1','InternalError'");
    assert_text(world_told(world), "PILE-1 authorize TAG\n");
}

/* J01.FR.18; 1.6 edition 2, 4.7 */
static void samples_outside_a_transaction_are_told_in_base_units(void **state)
{
    (void)state;
    assert_text(
        world_says(world, one,
                   "[2,'1','MeterValues',{'connectorId':1,'meterValue':[{'timestamp':'2026-01-01T00:00:00Z','sampledValue':["
                   "{'value':'2e+01','measurand':'Current.Import','unit':'A'},{'value':''},{'value':'7.2','measurand':'Power."
                   "Active.Import','unit':'kW'}]}]}]"),
        "[3,'1',{}]");
    assert_text(world_told(world), "PILE-1 meter 1.1 Current.Import=20A Power.Active.Import=7200W\n");
    assert_text(world_says(world, two,
                           "[2,'1','MeterValues',{'evseId':1,'meterValue':[{'timestamp':'2026-01-01T00:00:00Z','sampledValue':["
                           "{'value':12.5,'unitOfMeasure':{'unit':'kWh'}},{'value':3,'measurand':'Voltage','unitOfMeasure':{'"
                           "unit':'V','multiplier':2}}]}]}]"),
                "[3,'1',{}]");
    assert_text(world_told(world), "PILE-2 meter 1.0 Energy.Active.Import.Register=12500Wh Voltage=300V\n");
}

/* --- transactions of 2.0.1
 * ------------------------------------------------------------------------------------------------------ */

static const char *event_201(const char *type, int seq_no, const char *time, const char *more)
{
    static char frame[1024];

    snprintf(frame, sizeof frame,
             "[2,'%s%d','TransactionEvent',{'eventType':'%s','timestamp':'%s','triggerReason':'Authorized','seqNo':%d,'"
             "transactionInfo':{'transactionId':'T1'}%s}]",
             type, seq_no, type, time, seq_no, more);
    return frame;
}

#define REGISTER(wh) ",'meterValue':[{'timestamp':'2026-01-01T00:0" #wh ":00Z','sampledValue':[{'value':" #wh "000}]}]"

/* E01.FR.12; J02.FR.19 */
static void a_charge_in_2_0_1_is_recorded_from_start_to_end(void **state)
{
    (void)state;
    assert_holds(
        world_says(world, two,
                   event_201("Started", 0, "2026-01-01T00:01:00Z",
                             REGISTER(1) ",'evse':{'id':1,'connectorId':1},'idToken':{'idToken':'TAG','type':'ISO14443'}")),
        "'idTokenInfo':{'status':'Accepted'}");
    assert_text(world_says(world, two, event_201("Updated", 1, "2026-01-01T00:02:00Z", REGISTER(2))), "[3,'Updated1',{}]");
    assert_text(world_says(world, two, event_201("Ended", 2, "2026-01-01T00:03:00Z", REGISTER(3))), "[3,'Ended2',{}]");
    assert_text(world_told(world), "PILE-2 authorize TAG\n"
                                   "PILE-2 started T1 evse 1 token TAG meter 1000..1000 samples 1\n"
                                   "PILE-2 updated T1 evse 1 token TAG meter 1000..2000 samples 1\n"
                                   "PILE-2 ended T1 evse 1 token TAG meter 1000..3000 samples 1 Unknown\n");
}

static void events_that_come_again_or_out_of_order_are_each_told_once(void **state)
{
    (void)state;
    world_says(world, two, event_201("Ended", 2, "2026-01-01T00:03:00Z", REGISTER(3)));
    world_says(world, two, event_201("Updated", 1, "2026-01-01T00:02:00Z", REGISTER(2)));
    world_says(world, two, event_201("Started", 0, "2026-01-01T00:01:00Z", ",'evse':{'id':1}" REGISTER(1)));
    world_says(world, two, event_201("Started", 0, "2026-01-01T00:01:00Z", REGISTER(1)));
    world_says(world, two, event_201("Updated", 1, "2026-01-01T00:02:00Z", REGISTER(2)));
    world_says(world, two, event_201("Ended", 2, "2026-01-01T00:03:00Z", REGISTER(3)));
    assert_text(world_told(world), "PILE-2 ended T1 evse 0 token  meter 3000..3000 samples 1 Unknown\n"
                                   "PILE-2 updated T1 evse 0 token  meter 2000..3000 samples 1 Unknown\n"
                                   "PILE-2 started T1 evse 1 token  meter 1000..3000 samples 1 Unknown\n");
}

static void the_same_id_in_both_versions_is_two_transactions(void **state)
{
    struct ocpp_station *same;

    (void)state;
    world_says(world, two,
               "[2,'a','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'Authorized',"
               "'seqNo':0,'transactionInfo':{'transactionId':'1'}}]");
    ocpp_station_disconnect(two, world->now);
    same = world_connect(world, "PILE-2", OCPP_VERSION_1_6);
    world_told(world);
    world_says(world, same, "[2,'2','StopTransaction',{'transactionId':1,'meterStop':2000,'timestamp':'2026-01-01T00:02:00Z'}]");
    assert_holds(world_told(world), "PILE-2 ended 1 evse 0");
    two = same;
}

/* --- orders
 * ---------------------------------------------------------------------------------------------------------------------- */

static void done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    outcome.runs++;
    outcome.result = *result;
    strncpy(outcome.word, result->word, sizeof outcome.word - 1);
}

static const struct ocpp_command_done report = { done, NULL };

static void a_remote_start_is_tied_to_its_transaction_in_both_versions(void **state)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };

    (void)state;
    assert_int_equal(ocpp_station_start(one, 1, &token, &report), OCPP_OK);
    assert_holds(world_hears(world, one), "'RemoteStartTransaction',{'connectorId':1,'idTag':'TAG'}]");
    assert_int_equal(ocpp_station_start(two, 1, &token, &report), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'RequestStartTransaction',{'evseId':1,'idToken':{'idToken':'TAG','type':'ISO14443'},'remoteStartId':");
}

/* 1.6 edition 2, 5.12 */
static void a_stop_by_number_reaches_the_station_and_its_answer_the_application(void **state)
{
    char id[64];
    char answer[128];
    const char *call;

    (void)state;
    assert_int_equal(ocpp_station_stop(one, "17", &report), OCPP_OK);
    call = world_hears(world, one);
    assert_holds(call, "'RemoteStopTransaction',{'transactionId':17}]");
    assert_int_equal(sscanf(call, "[2,'%63[^']'", id), 1);
    snprintf(answer, sizeof answer, "[3,'%s',{'status':'Accepted'}]", id);
    world_says(world, one, answer);
    assert_int_equal(outcome.runs, 1);
    assert_true(outcome.result.accepted);
    assert_text(outcome.word, "Accepted");
    assert_int_equal(ocpp_station_stop(one, "no number", &report), OCPP_ERR_ARGUMENT);
    assert_int_equal(outcome.runs, 1);
}

static void what_the_application_sends_by_the_call_layer_is_offered_to_the_transport(void **state)
{
    const struct ocpp_action *action = ocpp_protocol_action(ocpp_protocol_of(OCPP_VERSION_1_6), "ClearCache", 10);
    const struct ocpp_outgoing_call call = { .action = action, .payload = "{}", .payload_size = 2 };

    (void)state;
    while (ocpp_central_next_with_output(world->central)) {
    }
    assert_int_equal(ocpp_rpc_call(ocpp_station_rpc(one), &call, NULL), OCPP_OK);
    assert_ptr_equal(ocpp_central_next_with_output(world->central), one);
    assert_null(ocpp_central_next_with_output(world->central));
    assert_holds(world_hears(world, one), "'ClearCache',{}]");
}

/* peers: unanswered calls that never time out */
static void an_order_that_is_not_answered_ends_by_its_time_out(void **state)
{

    (void)state;
    assert_int_equal(ocpp_station_reset(two, true, &report), OCPP_OK);
    assert_holds(world_hears(world, two), "'Reset',{'type':'Immediate'}]");
    assert_int_equal(ocpp_central_deadline(world->central), world->now.mono_ms + 30000);
    world_pass(world, 30000);
    assert_int_equal(outcome.runs, 1);
    assert_int_equal(outcome.result.status, OCPP_ERR_TIMEOUT);
    assert_int_equal(ocpp_central_deadline(world->central), OCPP_NEVER);
}

static void an_order_ends_with_its_connection(void **state)
{

    (void)state;
    assert_int_equal(ocpp_station_unlock(one, 1, 1, &report), OCPP_OK);
    ocpp_station_disconnect(one, world->now);
    assert_int_equal(outcome.runs, 1);
    assert_int_equal(outcome.result.status, OCPP_ERR_CLOSED);
}

/* --- the rest
 * ---------------------------------------------------------------------------------------------------------------------- */

/* 1.6 edition 2, 4.9 */
static void a_status_is_told_with_the_station_s_numbering(void **state)
{
    (void)state;
    world_says(world, one, "[2,'1','StatusNotification',{'connectorId':0,'errorCode':'NoError','status':'Available'}]");
    world_says(world, one, "[2,'2','StatusNotification',{'connectorId':2,'errorCode':'NoError','status':'SuspendedEV'}]");
    world_says(world, two,
               "[2,'3','StatusNotification',{'timestamp':'2026-01-01T00:00:00Z','connectorStatus':'Occupied','evseId':2,'"
               "connectorId':1}]");
    assert_text(world_told(world), "PILE-1 status 0.0 Available\nPILE-1 status 2.1 SuspendedEV\nPILE-2 status 2.1 Occupied\n");
}

/* 1.6 edition 2, 4.3 */
static void what_the_engine_has_no_word_for_goes_to_the_application(void **state)
{
    (void)state;
    world->take_calls = true;
    assert_text(world_says(world, one, "[2,'1','DataTransfer',{'vendorId':'v'}]"), "");
    assert_text(world_told(world), "PILE-1 calls DataTransfer\n");
    assert_int_equal(ocpp_rpc_reply_raw(ocpp_station_rpc(one), world->taken, "{\"status\":\"Accepted\"}", 21), OCPP_OK);
    assert_text(world_hears(world, one), "[3,'1',{'status':'Accepted'}]");
}

static void what_nobody_has_a_word_for_is_thanked_or_refused_honestly(void **state)
{
    (void)state;
    assert_text(world_says(world, one, "[2,'1','FirmwareStatusNotification',{'status':'Idle'}]"), "[3,'1',{}]");
    assert_text(world_says(world, one, "[2,'2','DataTransfer',{'vendorId':'v'}]"), "[3,'2',{'status':'UnknownVendorId'}]");
    assert_holds(world_says(world, one, "[2,'3','SignCertificate',{'csr':'x'}]"), "[4,'3','NotSupported'");
    assert_text(world_says(world, two,
                           "[2,'1','NotifyEvent',{'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'eventData':[{'eventId':1,'"
                           "timestamp':'2026-01-01T00:00:00Z',"
                           "'trigger':'Alerting','actualValue':'x','eventNotificationType':'HardWiredNotification','component':{'"
                           "name':'C'},'variable':{'name':'V'}}]}]"),
                "[3,'1',{}]");
    assert_holds(world_says(world, two, "[2,'2','SignCertificate',{'csr':'x'}]"), "[4,'2','NotSupported'");
}

static void an_identity_is_connected_once_and_is_plain(void **state)
{
    struct ocpp_station_options options = { .identity = "PILE-1", .version = OCPP_VERSION_1_6 };
    struct ocpp_station *station = NULL;

    (void)state;
    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &station), OCPP_ERR_BUSY);
    options.identity = "";
    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &station), OCPP_ERR_ARGUMENT);
    options.identity = "a/b";
    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &station), OCPP_ERR_ARGUMENT);
    options.identity = "1234567890123456789012345678901234567890123456789";
    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &station), OCPP_ERR_ARGUMENT);
    assert_null(station);
}

static bool count_transactions(const struct ocpp_transaction *transaction, void *user)
{
    assert_string_equal(transaction->identity, "PILE-1");
    ++*(int *)user;
    return true;
}

static bool count_stations(const struct ocpp_station_record *station, void *user)
{
    assert_string_equal(station->vendor, "V");
    ++*(int *)user;
    return true;
}

static void the_records_of_a_store_can_be_read_by_anybody(void **state)
{
    int count = 0;

    (void)state;
    world_says(world, one,
               "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]");
    assert_int_equal(ocpp_central_transactions(&world->store, NULL, count_transactions, &count), OCPP_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ocpp_central_transactions(&world->store, "PILE-2", count_transactions, &count), OCPP_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ocpp_central_stations(&world->store, count_stations, &count), OCPP_OK);
    assert_int_equal(count, 3);
}

static void a_damaged_record_is_told_and_does_not_hide_the_others(void **state)
{
    const struct ocpp_change damage = { .kind = OCPP_CHANGE_PUT, .key = "tx/PILE-1/0000000000000000", .value = "{", .size = 1 };
    int count = 0;

    (void)state;
    world_says(world, one,
               "[2,'1','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]");
    assert_int_equal(world->memory->write(&damage, 1, NULL, NULL, world->memory->user), OCPP_OK);
    assert_int_equal(ocpp_central_transactions(&world->store, NULL, count_transactions, &count), OCPP_ERR_CORRUPT);
    assert_int_equal(count, 1);
}

int main(void)
{
#define FRESH(test)  cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define BOOTED(test) cmocka_unit_test_setup_teardown(test, set_up_booted, tear_down)
    const struct CMUnitTest tests[] = {
        FRESH(an_accepted_boot_is_answered_with_time_and_heartbeat_interval),
        FRESH(a_station_that_never_booted_gets_security_error_and_is_asked_to_boot_once),
        FRESH(a_pending_station_may_send_what_it_was_triggered_to_and_nothing_else),
        FRESH(a_rejected_station_is_told_when_to_try_again_and_is_not_triggered),
        BOOTED(an_accepted_station_need_not_boot_again_after_a_restart_of_the_central_system),
        FRESH(an_acceptance_is_answered_only_when_it_is_durable),
        FRESH(an_acceptance_that_cannot_be_stored_is_an_internal_error_and_no_acceptance),
        BOOTED(a_second_boot_that_says_the_same_writes_nothing),
        BOOTED(a_rejection_takes_a_stored_acceptance_back),
        FRESH(a_boot_may_be_decided_later),
        BOOTED(what_a_token_is_asked_for_and_where_is_told_with_the_question),
        BOOTED(a_token_is_judged_by_the_application_with_group_and_expiry),
        BOOTED(a_driver_is_told_his_message_in_2_x),
        BOOTED(an_answer_that_1_6_does_not_know_becomes_invalid_there),
        BOOTED(a_question_ends_with_its_connection),
        BOOTED(a_charge_in_1_6_is_recorded_from_start_to_stop),
        BOOTED(a_start_that_comes_again_gets_the_same_number_and_starts_nothing),
        BOOTED(numbers_are_never_given_twice_not_even_after_a_restart),
        BOOTED(a_stop_that_comes_again_is_answered_and_ends_nothing_twice),
        BOOTED(a_stop_without_number_ends_the_open_transaction_of_its_token_once),
        BOOTED(a_stop_of_a_transaction_nobody_started_is_answered_and_recorded_once),
        BOOTED(a_number_of_one_station_means_nothing_to_another),
        BOOTED(a_start_is_answered_only_when_it_is_durable),
        BOOTED(a_start_whose_station_leaves_before_it_is_durable_is_told_all_the_same),
        BOOTED(a_start_that_cannot_be_stored_is_an_internal_error_and_is_told_nobody),
        BOOTED(samples_outside_a_transaction_are_told_in_base_units),
        BOOTED(a_charge_in_2_0_1_is_recorded_from_start_to_end),
        BOOTED(events_that_come_again_or_out_of_order_are_each_told_once),
        BOOTED(the_same_id_in_both_versions_is_two_transactions),
        BOOTED(a_remote_start_is_tied_to_its_transaction_in_both_versions),
        BOOTED(a_stop_by_number_reaches_the_station_and_its_answer_the_application),
        BOOTED(what_the_application_sends_by_the_call_layer_is_offered_to_the_transport),
        BOOTED(an_order_that_is_not_answered_ends_by_its_time_out),
        BOOTED(an_order_ends_with_its_connection),
        BOOTED(a_status_is_told_with_the_station_s_numbering),
        BOOTED(what_the_engine_has_no_word_for_goes_to_the_application),
        BOOTED(what_nobody_has_a_word_for_is_thanked_or_refused_honestly),
        BOOTED(an_identity_is_connected_once_and_is_plain),
        BOOTED(the_records_of_a_store_can_be_read_by_anybody),
        BOOTED(a_damaged_record_is_told_and_does_not_hide_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
