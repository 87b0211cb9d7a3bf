/* test_central_cases.c: official test cases of the central system, step by step, as far as the engine answers them alone: the
 * other side of each is written frame by frame. */
#include "central_world.h"

#include <ocpp/v201.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define BOOT_16  "[2,'boot','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"
#define BOOT_201 "[2,'boot','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]"
#define STATUS_201                                                                                                               \
    "[2,'status','StatusNotification',{'timestamp':'2026-01-01T00:00:00Z','connectorStatus':'Available','evseId':1,"             \
    "'connectorId':1}]"
#define NOTIFY_201(component, variable, value)                                                                                   \
    "[2,'event','NotifyEvent',{'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'eventData':[{'eventId':1,'timestamp':"            \
    "'2026-01-01T00:00:00Z','trigger':'Delta','actualValue':'" value "','eventNotificationType':'HardWiredNotification',"        \
    "'component':{'name':'" component "'},'variable':{'name':'" variable "'}}]}]"

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */

/* How the last order ended. */
static struct outcome {
    int runs;
    enum ocpp_status status;
    bool accepted;
    char word[40];
} outcome;

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

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    outcome.runs++;
    outcome.status = result->status;
    outcome.accepted = result->accepted;
    snprintf(outcome.word, sizeof outcome.word, "%s", result->word);
}

static const struct ocpp_command_done done = { on_done, NULL };

/* The order that left is |call|; the station answers it with |payload|, and the application hears |word|. */
static void order_is_answered(struct ocpp_station *station, const char *call, const char *payload, const char *word)
{
    const char *heard = world_hears(world, station);
    char answer[256];
    char id[64];

    assert_holds(heard, call);
    assert_int_equal(sscanf(heard, "[2,'%63[^']'", id), 1);
    snprintf(answer, sizeof answer, "[3,'%s',%s]", id, payload);
    world_says(world, station, answer);
    assert_int_equal(outcome.runs, 1);
    assert_int_equal(outcome.status, OCPP_OK);
    assert_text(outcome.word, word);
    assert_int_equal(outcome.accepted, strcmp(word, "Accepted") == 0 || strcmp(word, "Unlocked") == 0);
    memset(&outcome, 0, sizeof outcome);
}

/* --- booting ------------------------------------------------------------------------------------------------------------- */

/* TC_001_CSMS; 1.6 edition 2, 4.2 */
static void a_charge_point_boots_and_tells_of_its_connectors(void **state)
{
    (void)state;
    assert_holds(world_says(world, one, BOOT_16), "'status':'Accepted'");
    assert_holds(world->frame, "'interval':300");
    for (int connector = 0; connector <= 2; connector++) {
        char frame[160];
        snprintf(frame, sizeof frame,
                 "[2,'s%d','StatusNotification',{'connectorId':%d,'errorCode':'NoError','status':'Available'}]", connector,
                 connector);
        assert_holds(world_says(world, one, frame), "',{}]");
    }
    assert_text(world_told(world),
                "PILE-1 boot V M\nPILE-1 status 0.0 Available\nPILE-1 status 1.1 Available\nPILE-1 status 2.1 Available\n");
}

/* TC_B_01_CSMS; B01.FR.02 */
static void a_charging_station_boots_and_tells_of_its_connectors(void **state)
{
    (void)state;
    assert_holds(world_says(world, two, BOOT_201), "'interval':300,'status':'Accepted'");
    assert_text(world_says(world, two, STATUS_201), "[3,'status',{}]");
    assert_text(world_says(world, two, NOTIFY_201("Connector", "AvailabilityState", "Available")), "[3,'event',{}]");
    assert_text(world_told(world), "PILE-2 boot V M\nPILE-2 status 1.1 Available\nPILE-2 calls NotifyEvent\n");
}

/* TC_B_02_CSMS; B02.FR.01, FR.06 */
static void a_pending_station_boots_again_and_is_accepted_meanwhile_it_is_asked_what_it_has(void **state)
{
    static const char payload[] = "{\"requestId\":1,\"reportBase\":\"FullInventory\"}";
    const struct ocpp_outgoing_call call = { .action = &ocpp201_actions[OCPP201_ACTION_GET_BASE_REPORT],
                                             .payload = payload,
                                             .payload_size = sizeof payload - 1 };

    (void)state;
    world->boot = (struct ocpp_boot_decision){ .registration = OCPP_REGISTRATION_PENDING, .interval_s = 9 };
    assert_holds(world_says(world, two, BOOT_201), "'interval':9,'status':'Pending'");
    assert_int_equal(ocpp_rpc_call(ocpp_station_rpc(two), &call, NULL), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetBaseReport'");
    assert_text(
        world_says(world, two, "[2,'report','NotifyReport',{'requestId':1,'generatedAt':'2026-01-01T00:00:00Z','seqNo':0}]"),
        "[3,'report',{}]");
    world->boot.registration = OCPP_REGISTRATION_ACCEPTED;
    assert_holds(world_says(world, two, BOOT_201), "'status':'Accepted'");
    assert_text(world_says(world, two, STATUS_201), "[3,'status',{}]");
}

/* TC_B_30_CSMS; B01.FR.10; B02.FR.09; B03.FR.07 */
static void a_station_that_is_not_accepted_is_answered_security_error(void **state)
{
    static const enum ocpp_registration registrations[] = { OCPP_REGISTRATION_PENDING, OCPP_REGISTRATION_REJECTED };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        world->boot.registration = registrations[i];
        assert_holds(world_says(world, two, BOOT_201), i == 0 ? "'Pending'" : "'Rejected'");
        assert_holds(world_says(world, two, STATUS_201), "[4,'status','SecurityError'");
        assert_holds(world_says(world, two, NOTIFY_201("Connector", "AvailabilityState", "Available")),
                     "[4,'event','SecurityError'");
        assert_text(world_hears(world, two), "");
    }
}

/* TC_B_31_CSMS; B02.FR.01; F06.FR.01 */
static void a_pending_station_is_asked_to_boot_again_before_its_time(void **state)
{
    (void)state;
    world->boot.registration = OCPP_REGISTRATION_PENDING;
    assert_holds(world_says(world, two, BOOT_201), "'Pending'");
    assert_int_equal(ocpp_station_trigger(two, "BootNotification", 0, 0, &done), OCPP_OK);
    order_is_answered(two, "'TriggerMessage',{'requestedMessage':'BootNotification'}]", "{'status':'Accepted'}", "Accepted");
    world->boot.registration = OCPP_REGISTRATION_ACCEPTED;
    assert_holds(world_says(world, two,
                            "[2,'boot','BootNotification',{'reason':'Triggered','chargingStation':{'vendorName':'V','model':'M'}"
                            "}]"),
                 "'Accepted'");
    assert_text(world_says(world, two, STATUS_201), "[3,'status',{}]");
}

/* --- authorization --------------------------------------------------------------------------------------------------------- */

/* TC_023_1_CSMS; TC_023_2_CSMS; TC_023_3_CSMS; TC_C_02_CSMS; TC_C_06_CSMS; TC_C_07_CSMS */
static void a_token_that_is_no_good_is_told_why(void **state)
{
    static const struct {
        enum ocpp_authorization authorization;
        const char *status;
    } rows[] = {
        { OCPP_AUTHORIZATION_INVALID, "'status':'Invalid'" },
        { OCPP_AUTHORIZATION_EXPIRED, "'status':'Expired'" },
        { OCPP_AUTHORIZATION_BLOCKED, "'status':'Blocked'" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world->authorize.authorization = rows[i].authorization;
        assert_holds(world_says(world, one, "[2,'1','Authorize',{'idTag':'TAG'}]"), rows[i].status);
        assert_holds(world_says(world, two, "[2,'1','Authorize',{'idToken':{'idToken':'TAG','type':'ISO14443'}}]"),
                     rows[i].status);
    }
}

/* C12.FR.03; E01.FR.11, FR.12. Also where the start of the transaction was never told. */
static void a_token_told_with_a_transaction_is_judged_like_any_other(void **state)
{
    const char *event = "[2,'e','TransactionEvent',{'eventType':'Updated','timestamp':'2026-01-01T00:00:00Z','triggerReason':"
                        "'Authorized','seqNo':1,'transactionInfo':{'transactionId':'T1'},'idToken':{'idToken':'TAG','type':"
                        "'ISO14443'}}]";

    (void)state;
    world->authorize.group_id = "FAMILY";
    assert_text(world_says(world, two, event),
                "[3,'e',{'idTokenInfo':{'status':'Accepted','groupIdToken':{'idToken':'FAMILY','type':'Central'}}}]");
    world->authorize.authorization = OCPP_AUTHORIZATION_EXPIRED;
    assert_holds(world_says(world, two, event), "{'status':'Expired'");
}

/* --- transactions ------------------------------------------------------------------------------------------------------------
 */

/* TC_E_53_CSMS; E01.FR.07 */
static void every_transaction_may_count_its_events_from_0(void **state)
{
    (void)state;
    for (int i = 1; i <= 2; i++) {
        char frame[256];
        snprintf(frame, sizeof frame,
                 "[2,'s%d','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T0%d:00:00Z','triggerReason':"
                 "'CablePluggedIn','seqNo':0,'transactionInfo':{'transactionId':'T%d'}}]",
                 i, i, i);
        assert_holds(world_says(world, two, frame), "[3,'s");
        snprintf(frame, sizeof frame,
                 "[2,'e%d','TransactionEvent',{'eventType':'Ended','timestamp':'2026-01-01T0%d:30:00Z','triggerReason':"
                 "'EVDeparted','seqNo':1,'transactionInfo':{'transactionId':'T%d'}}]",
                 i, i, i);
        assert_holds(world_says(world, two, frame), "[3,'e");
    }
    assert_text(world_told(world), "PILE-2 started T1 evse 0 token  meter -1..-1 samples 0\n"
                                   "PILE-2 ended T1 evse 0 token  meter -1..-1 samples 0 Unknown\n"
                                   "PILE-2 started T2 evse 0 token  meter -1..-1 samples 0\n"
                                   "PILE-2 ended T2 evse 0 token  meter -1..-1 samples 0 Unknown\n");
}

/* TC_G_20_CSMS; G05.FR.03 */
static void a_lock_that_failed_is_taken_note_of(void **state)
{
    (void)state;
    assert_text(world_says(world, two, NOTIFY_201("ConnectorPlugRetentionLock", "Problem", "true")), "[3,'event',{}]");
    assert_text(world_told(world), "PILE-2 calls NotifyEvent\n");
}

/* --- orders --------------------------------------------------------------------------------------------------------------- */

/* TC_026_CSMS; 1.6 edition 2, 5.11 */
static void a_remote_start_may_be_rejected(void **state)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_UNKNOWN };

    (void)state;
    assert_int_equal(ocpp_station_start(one, 1, &token, &done), OCPP_OK);
    order_is_answered(one, "'RemoteStartTransaction',{'connectorId':1,'idTag':'TAG'}]", "{'status':'Rejected'}", "Rejected");
}

/* TC_028_CSMS; 1.6 edition 2, 5.12; F03.FR.01 */
static void a_remote_stop_may_be_rejected(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_stop(one, "7", &done), OCPP_OK);
    order_is_answered(one, "'RemoteStopTransaction',{'transactionId':7}]", "{'status':'Rejected'}", "Rejected");
    assert_int_equal(ocpp_station_stop(two, "T7", &done), OCPP_OK);
    order_is_answered(two, "'RequestStopTransaction',{'transactionId':'T7'}]", "{'status':'Rejected'}", "Rejected");
}

/* TC_013_CSMS; TC_014_CSMS; 1.6 edition 2, 5.14 */
static void a_charge_point_is_reset_hard_or_soft(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_reset(one, true, &done), OCPP_OK);
    order_is_answered(one, "'Reset',{'type':'Hard'}]", "{'status':'Accepted'}", "Accepted");
    assert_int_equal(ocpp_station_reset(one, false, &done), OCPP_OK);
    order_is_answered(one, "'Reset',{'type':'Soft'}]", "{'status':'Accepted'}", "Accepted");
    assert_int_equal(ocpp_station_reset(one, false, &done), OCPP_OK);
    order_is_answered(one, "'Reset',{'type':'Soft'}]", "{'status':'Rejected'}", "Rejected");
}

/* TC_B_20_CSMS */
static void a_charging_station_is_reset_when_idle_and_boots_again(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_reset(two, false, &done), OCPP_OK);
    order_is_answered(two, "'Reset',{'type':'OnIdle'}]", "{'status':'Accepted'}", "Accepted");
    ocpp_station_disconnect(two, world->now);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    assert_holds(world_says(world, two,
                            "[2,'boot','BootNotification',{'reason':'RemoteReset','chargingStation':{'vendorName':'V','model':"
                            "'M'}}]"),
                 "'Accepted'");
    assert_text(world_says(world, two, STATUS_201), "[3,'status',{}]");
}

/* TC_030_CSMS; TC_031_CSMS; TC_F_06_CSMS */
static void what_became_of_an_unlocking_is_told_in_the_station_s_word(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_unlock(one, 2, 1, &done), OCPP_OK);
    order_is_answered(one, "'UnlockConnector',{'connectorId':2}]", "{'status':'UnlockFailed'}", "UnlockFailed");
    assert_int_equal(ocpp_station_unlock(one, 9, 1, &done), OCPP_OK);
    order_is_answered(one, "'UnlockConnector',{'connectorId':9}]", "{'status':'NotSupported'}", "NotSupported");
    assert_int_equal(ocpp_station_unlock(two, 1, 2, &done), OCPP_OK);
    order_is_answered(two, "'UnlockConnector',{'evseId':1,'connectorId':2}]", "{'status':'Unlocked'}", "Unlocked");
}

/* TC_F_20_CSMS; TC_F_23_CSMS; TC_F_27_CSMS; F06.FR.01, FR.02, FR.13 */
static void a_message_is_asked_for_and_comes_or_does_not(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_trigger(two, "Heartbeat", 0, 0, &done), OCPP_OK);
    order_is_answered(two, "'TriggerMessage',{'requestedMessage':'Heartbeat'}]", "{'status':'Accepted'}", "Accepted");
    assert_holds(world_says(world, two, "[2,'h','Heartbeat',{}]"), "[3,'h',{'currentTime'");
    assert_int_equal(ocpp_station_trigger(two, "StatusNotification", 1, 1, &done), OCPP_OK);
    order_is_answered(two, "'TriggerMessage',{'evse':{'id':1,'connectorId':1},'requestedMessage':'StatusNotification'}]",
                      "{'status':'Accepted'}", "Accepted");
    assert_text(world_says(world, two, STATUS_201), "[3,'status',{}]");
    assert_text(world_says(world, two, NOTIFY_201("Connector", "AvailabilityState", "Available")), "[3,'event',{}]");
    assert_int_equal(ocpp_station_trigger(two, "FirmwareStatusNotification", 0, 0, &done), OCPP_OK);
    order_is_answered(two, "'FirmwareStatusNotification'}]", "{'status':'NotImplemented'}", "NotImplemented");
}

int main(void)
{
#define FRESH(test)  cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define BOOTED(test) cmocka_unit_test_setup_teardown(test, set_up_booted, tear_down)
    const struct CMUnitTest tests[] = {
        FRESH(a_charge_point_boots_and_tells_of_its_connectors),
        FRESH(a_charging_station_boots_and_tells_of_its_connectors),
        FRESH(a_pending_station_boots_again_and_is_accepted_meanwhile_it_is_asked_what_it_has),
        FRESH(a_station_that_is_not_accepted_is_answered_security_error),
        FRESH(a_pending_station_is_asked_to_boot_again_before_its_time),
        BOOTED(a_token_that_is_no_good_is_told_why),
        BOOTED(a_token_told_with_a_transaction_is_judged_like_any_other),
        BOOTED(every_transaction_may_count_its_events_from_0),
        BOOTED(a_lock_that_failed_is_taken_note_of),
        BOOTED(a_remote_start_may_be_rejected),
        BOOTED(a_remote_stop_may_be_rejected),
        BOOTED(a_charge_point_is_reset_hard_or_soft),
        BOOTED(a_charging_station_is_reset_when_idle_and_boots_again),
        BOOTED(what_became_of_an_unlocking_is_told_in_the_station_s_word),
        BOOTED(a_message_is_asked_for_and_comes_or_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
