/* test_central_resets.c: official test cases of block B about resets with a transaction and of one EVSE, step by step, and who is
 * asked to boot. */
#include "central_world.h"

#include <ocpp/central_orders.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define STATUS(status)                                                                                                           \
    "[2,'status','StatusNotification',{'timestamp':'2026-01-01T00:00:00Z','connectorStatus':'" status "','evseId':1,"            \
    "'connectorId':1}]"
#define BOOT(reason) "[2,'boot','BootNotification',{'reason':'" reason "','chargingStation':{'vendorName':'V','model':'M'}}]"
#define EVENT(type, seq_no, trigger, info)                                                                                       \
    "[2,'event','TransactionEvent',{'eventType':'" type "','timestamp':'2026-01-01T00:00:0" seq_no                               \
    "Z','triggerReason':'" trigger "','seqNo':" seq_no ",'transactionInfo':{'transactionId':'T1'," info                          \
    "},'evse':{'id':1,'connectorId':1},"                                                                                         \
    "'idToken':{'idToken':'TAG','type':'ISO14443'}}]"
#define EVENT_WITHOUT_TOKEN(type, seq_no, trigger, info)                                                                         \
    "[2,'event','TransactionEvent',{'eventType':'" type "','timestamp':'2026-01-01T00:00:0" seq_no                               \
    "Z','triggerReason':'" trigger "','seqNo':" seq_no ",'transactionInfo':{'transactionId':'T1'," info "}}]"

static struct central_world *world;
static struct ocpp_station *old; /* speaks 1.6 */
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
    old = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, old);
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

/* The order that left is exactly |call|; the station answers it with the status |word|, which means |accepted|. */
static void order_is_answered(struct ocpp_station *station, const char *call, const char *word, bool accepted)
{
    const char *heard = world_hears(world, station);
    char answer[256];
    char id[64];

    assert_holds(heard, call);
    assert_int_equal(sscanf(heard, "[2,'%63[^']'", id), 1);
    snprintf(answer, sizeof answer, "[3,'%s',{'status':'%s'}]", id, word);
    world_says(world, station, answer);
    assert_int_equal(outcome.runs, 1);
    assert_int_equal(outcome.status, OCPP_OK);
    assert_int_equal(outcome.accepted, accepted);
    assert_text(outcome.word, word);
    memset(&outcome, 0, sizeof outcome);
}

/* State EnergyTransferStarted. */
static void charges(void)
{
    world->authorize.authorization = OCPP_AUTHORIZATION_ACCEPTED;
    assert_holds(world_says(world, two, EVENT("Started", "0", "Authorized", "'chargingState':'Charging'")), "[3,'event',");
    (void)world_told(world);
}

static void stops_by_token_and_unplugs(void)
{
    assert_holds(world_says(world, two, EVENT("Updated", "1", "StopAuthorized", "'chargingState':'EVConnected'")), "[3,'event',");
    assert_holds(world_says(world, two,
                            EVENT_WITHOUT_TOKEN("Ended", "2", "EVCommunicationLost",
                                                "'chargingState':'Idle','stoppedReason':'EVDisconnected'")),
                 "[3,'event',");
    assert_holds(world_told(world), "ended");
}

static void ends_by_the_reset(void)
{
    assert_holds(world_says(world, two,
                            EVENT_WITHOUT_TOKEN("Ended", "1", "ResetCommand",
                                                "'chargingState':'EVConnected','stoppedReason':'ImmediateReset'")),
                 "[3,'event',");
    assert_holds(world_told(world), "ended");
}

static void boots_again(const char *boot, const char *status)
{
    ocpp_station_disconnect(two, world->now);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    assert_holds(world_says(world, two, boot), "'status':'Accepted'");
    assert_text(world_says(world, two, status), "[3,'status',{}]");
}

/* TC_B_21_CSMS; B12.FR.01, FR.03 */
static void a_station_that_charges_is_reset_once_the_charge_is_over(void **state)
{
    (void)state;
    charges();
    assert_int_equal(ocpp_station_reset(two, false, &done), OCPP_OK);
    order_is_answered(two, "'Reset',{'type':'OnIdle'}]", "Scheduled", true);
    stops_by_token_and_unplugs();
    boots_again(BOOT("ScheduledReset"), STATUS("Available"));
}

/* TC_B_22_CSMS. The vehicle is still there when the station comes back. */
static void a_station_that_charges_is_reset_at_once(void **state)
{
    (void)state;
    charges();
    assert_int_equal(ocpp_station_reset(two, true, &done), OCPP_OK);
    order_is_answered(two, "'Reset',{'type':'Immediate'}]", "Accepted", true);
    ends_by_the_reset();
    boots_again(BOOT("RemoteReset"), STATUS("Occupied"));
}

/* TC_B_25_CSMS; B11.FR.04 */
static void an_evse_is_reset(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_reset_evse(two, 1, false, &done), OCPP_OK);
    order_is_answered(two, "'Reset',{'type':'OnIdle','evseId':1}]", "Accepted", true);
    assert_int_equal(ocpp_station_reset_evse(two, 0, false, &done), OCPP_ERR_ARGUMENT);
}

/* TC_B_26_CSMS; B12.FR.07 */
static void an_evse_that_charges_is_reset_once_the_charge_is_over(void **state)
{
    (void)state;
    charges();
    assert_int_equal(ocpp_station_reset_evse(two, 1, false, &done), OCPP_OK);
    order_is_answered(two, "'Reset',{'type':'OnIdle','evseId':1}]", "Scheduled", true);
    stops_by_token_and_unplugs();
}

/* TC_B_27_CSMS */
static void an_evse_that_charges_is_reset_at_once(void **state)
{
    (void)state;
    charges();
    assert_int_equal(ocpp_station_reset_evse(two, 1, true, &done), OCPP_OK);
    order_is_answered(two, "'Reset',{'type':'Immediate','evseId':1}]", "Accepted", true);
    ends_by_the_reset();
}

/* B11.FR.09; 1.6 5.14. A station may be unable to reset one EVSE, and 1.6 has no word for it. */
static void an_evse_may_not_be_reset_alone(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_reset_evse(two, 1, true, &done), OCPP_OK);
    order_is_answered(two, "'Reset',{'type':'Immediate','evseId':1}]", "Rejected", false);
    assert_int_equal(ocpp_station_reset_evse(old, 1, true, &done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_text(world_hears(world, old), "");
}

/* 1.6 errata 3.40 */
static void a_charge_point_that_was_accepted_is_not_asked_to_boot(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_trigger(old, "BootNotification", 0, 0, &done), OCPP_ERR_STATE);
    assert_int_equal(ocpp_station_trigger(old, "Heartbeat", 0, 0, &done), OCPP_OK);
    order_is_answered(old, "'TriggerMessage',{'requestedMessage':'Heartbeat'}]", "Accepted", true);
    world->boot.registration = OCPP_REGISTRATION_PENDING;
    assert_holds(world_says(world, old, "[2,'boot','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"),
                 "Pending");
    assert_int_equal(ocpp_station_trigger(old, "BootNotification", 0, 0, &done), OCPP_OK);
    order_is_answered(old, "'TriggerMessage',{'requestedMessage':'BootNotification'}]", "Accepted", true);
}

int main(void)
{
#define BOOTED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BOOTED(a_station_that_charges_is_reset_once_the_charge_is_over),
        BOOTED(a_station_that_charges_is_reset_at_once),
        BOOTED(an_evse_is_reset),
        BOOTED(an_evse_that_charges_is_reset_once_the_charge_is_over),
        BOOTED(an_evse_that_charges_is_reset_at_once),
        BOOTED(an_evse_may_not_be_reset_alone),
        BOOTED(a_charge_point_that_was_accepted_is_not_asked_to_boot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
