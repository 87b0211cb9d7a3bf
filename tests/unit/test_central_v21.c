/* test_central_v21.c: what a station of 2.1 can say beyond 2.0.1, and what becomes of it. That the rest is as in 2.0.1 is told by
 * the tests that run once more with such stations (…_in_2_1). */
#include "central_world.h"

#include <ocpp/central_energy.h>
#include <ocpp/central_orders.h>
#include <ocpp/v21.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

static struct central_world *world;
static struct ocpp_station *station;

/* What on_call saw last. */
static struct {
    const struct ocpp_action *action;
    bool answer;
} call_seen;

static bool on_call(struct ocpp_station *from, const struct ocpp_incoming_call *call, void *user)
{
    static const struct ocpp21_vat_number_validation_res valid = { .status = OCPP21_GENERIC_STATUS_ACCEPTED, .vat_number = "V" };

    (void)user;
    call_seen.action = call->action;
    if (call_seen.answer) {
        assert_int_equal(ocpp_rpc_reply(ocpp_station_rpc(from), call->token, &valid, NULL), OCPP_OK);
    }
    return call_seen.answer;
}

static int set_up(void **state)
{
    (void)state;
    memset(&call_seen, 0, sizeof call_seen);
    world = world_new();
    station = world_connect(world, "PILE", OCPP_VERSION_2_1);
    world_boot(world, station);
    (void)world_told(world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

/* Another application, that answers calls itself. */
static void with_own_calls(void)
{
    const struct ocpp_central_handler handler = { .on_call = on_call };

    world_free(world);
    world = world_new_with(&handler);
    station = world_connect(world, "PILE", OCPP_VERSION_2_1);
    world_says(world, station,
               "[2,'b','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]");
}

#define EVENT(more)                                                                                                              \
    "[2,'e','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'CablePluggedIn',"      \
    "'seqNo':0,'transactionInfo':{'transactionId':'T'}," more "}]"

static void a_station_speaks_2_1_and_its_transactions_say_so(void **state)
{
    (void)state;
    assert_true(ocpp_central_speaks(OCPP_VERSION_2_1));
    assert_int_equal(ocpp_station_version(station), OCPP_VERSION_2_1);
    assert_text(world_says(world, station, EVENT("'evse':{'id':1,'connectorId':1}")), "[3,'e',{}]");
    assert_holds(world_told(world), "PILE started T evse 1");
}

static void a_token_of_a_direct_payment_is_asked_about_as_such(void **state)
{
    (void)state;
    world->authorize.authorization = OCPP_AUTHORIZATION_ACCEPTED;
    assert_holds(world_says(world, station, "[2,'a','Authorize',{'idToken':{'idToken':'ABC','type':'DirectPayment'}}]"),
                 "'status':'Accepted'");
    assert_int_equal(world->authorize_request.token.type, OCPP_TOKEN_DIRECT_PAYMENT);
}

/* An idToken may have 255 characters in 2.1. */
static void a_long_token_is_told_whole(void **state)
{
    char frame[512];
    char token[256];

    (void)state;
    memset(token, 'T', 255);
    token[255] = '\0';
    assert_true(snprintf(frame, sizeof frame, "[2,'a','Authorize',{'idToken':{'idToken':'%s','type':'Central'}}]", token) > 0);
    world_says(world, station, frame);
    assert_holds(world_told(world), token);
}

static void what_is_not_energy_is_not_taken_for_energy(void **state)
{
    (void)state;
    world_says(world, station,
               "[2,'m','MeterValues',{'evseId':1,'meterValue':[{'timestamp':'2026-01-01T00:00:00Z','sampledValue':["
               "{'value':80,'measurand':'Display.PresentSOC'},{'value':15}]}]}]");
    assert_text(world_told(world), "PILE meter 1.0 Energy.Active.Import.Register=15Wh\n");
}

static void a_trigger_2_0_1_lacks_is_no_reason_to_refuse(void **state)
{
    (void)state;
    assert_text(world_says(world, station,
                           "[2,'e','TransactionEvent',{'eventType':'Updated','timestamp':'2026-01-01T00:00:00Z','triggerReason':"
                           "'CostLimitReached','seqNo':4,'transactionInfo':{'transactionId':'T','operationMode':"
                           "'ChargingOnly'},'evseSleep':false}]"),
                "[3,'e',{}]");
    assert_holds(world_told(world), "PILE updated T");
}

static void a_message_only_2_1_has_comes_to_the_application_as_it_is(void **state)
{
    (void)state;
    with_own_calls();
    call_seen.answer = true;
    assert_text(world_says(world, station, "[2,'v','VatNumberValidation',{'vatNumber':'V'}]"),
                "[3,'v',{'vatNumber':'V','status':'Accepted'}]");
    assert_ptr_equal(call_seen.action, &ocpp21_actions[OCPP21_ACTION_VAT_NUMBER_VALIDATION]);
}

static void one_nobody_answers_is_not_supported(void **state)
{
    (void)state;
    assert_holds(world_says(world, station, "[2,'v','VatNumberValidation',{'vatNumber':'V'}]"), "'NotSupported'");
}

static void one_that_only_wants_to_be_heard_is_thanked(void **state)
{
    (void)state;
    assert_text(
        world_says(world, station, "[2,'n','NotifyDERAlarm',{'controlType':'FreqDroop','timestamp':'2026-01-01T00:00:00Z'}]"),
        "[3,'n',{}]");
}

/* OCPP 2.1 part 4, 4.2.4 */
static void a_send_is_heard_and_not_answered(void **state)
{
    (void)state;
    with_own_calls();
    assert_text(world_says(world, station,
                           "[6,'s','NotifyPeriodicEventStream',{'id':1,'pending':0,'basetime':'2026-01-01T00:00:00Z','data':"
                           "[{'t':0,'v':'1'}]}]"),
                "");
    assert_ptr_equal(call_seen.action, &ocpp21_actions[OCPP21_ACTION_NOTIFY_PERIODIC_EVENT_STREAM]);
}

static void a_message_the_engine_leaves_to_the_application_keeps_what_2_1_added(void **state)
{
    (void)state;
    with_own_calls();
    assert_text(world_says(world, station, "[2,'l','LogStatusNotification',{'status':'Idle','statusInfo':{'reasonCode':'R'}}]"),
                "[3,'l',{}]");
    assert_ptr_equal(call_seen.action, &ocpp21_actions[OCPP21_ACTION_LOG_STATUS_NOTIFICATION]);
}

static bool on_sign_request(struct ocpp_station *from, const struct ocpp_station_sign_request *request, void *user)
{
    (void)from;
    (void)user;
    fail_msg("asked to sign for a station %d and for vehicles %d", request->for_station, request->for_vehicles);
    return true;
}

/* A request for a certificate of ISO 15118-20 is none for that of the station. */
static void a_kind_of_certificate_2_0_1_lacks_is_not_taken_for_another(void **state)
{
    const struct ocpp_central_handler handler = { .on_call = on_call, .on_sign_request = on_sign_request };

    (void)state;
    world_free(world);
    world = world_new_with(&handler);
    station = world_connect(world, "PILE", OCPP_VERSION_2_1);
    world_says(world, station,
               "[2,'b','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]");
    assert_holds(world_says(world, station, "[2,'s','SignCertificate',{'csr':'CSR','certificateType':'V2G20Certificate'}]"),
                 "'NotSupported'");
    assert_ptr_equal(call_seen.action, &ocpp21_actions[OCPP21_ACTION_SIGN_CERTIFICATE]);
}

static struct {
    size_t count;
    int64_t id;
    enum ocpp_limit_purpose purpose;
} profiles_seen;

static void on_profiles(struct ocpp_station *from, const struct ocpp_profile_report *report, void *user)
{
    (void)from;
    (void)user;
    profiles_seen.count = report->count;
    profiles_seen.id = report->count > 0 ? report->profiles[0].profile.id : -1;
    profiles_seen.purpose = report->count > 0 ? report->profiles[0].profile.purpose : OCPP_LIMIT_EXTERNAL;
}

static bool on_ev_needs(struct ocpp_station *from, const struct ocpp_ev_needs_told *told, struct ocpp_question question,
                        enum ocpp_ev_needs_decision *decision, void *user)
{
    (void)from;
    (void)told;
    (void)question;
    (void)decision;
    (void)user;
    fail();
    return true;
}

static const struct ocpp_energy_handler energy = { .on_profiles = on_profiles, .on_ev_needs = on_ev_needs };

#define PROFILE(id, purpose)                                                                                                     \
    "{'id':" id ",'stackLevel':0,'chargingProfilePurpose':'" purpose "','chargingProfileKind':'Relative','chargingSchedule':["   \
    "{'id':1,'chargingRateUnit':'W','chargingSchedulePeriod':[{'startPeriod':0,'limit':1}]}]}"

/* Profiles and needs of a kind 2.0.1 lacks are left out, or left to the application: none is told as another one. */
static void a_kind_of_charging_2_0_1_lacks_is_not_taken_for_another(void **state)
{
    const struct ocpp_central_handler handler = { .on_call = on_call, .energy = &energy };
    const struct ocpp_profile_query query = { .request_id = 8, .has_stack_level = true };

    (void)state;
    world_free(world);
    world = world_new_with(&handler);
    station = world_connect(world, "PILE", OCPP_VERSION_2_1);
    world_says(world, station,
               "[2,'b','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]");
    assert_int_equal(ocpp_station_get_profiles(station, &query, NULL), OCPP_OK);
    world_says(
        world, station,
        "[2,'p','ReportChargingProfiles',{'requestId':8,'chargingLimitSource':'CSO','evseId':1,'chargingProfile':[" PROFILE(
            "1", "LocalGeneration") "," PROFILE("2", "TxDefaultProfile") "]}]");
    assert_int_equal(profiles_seen.count, 1);
    assert_int_equal(profiles_seen.id, 2);
    assert_int_equal(profiles_seen.purpose, OCPP_LIMIT_BY_DEFAULT);
    assert_holds(world_says(world, station,
                            "[2,'n','NotifyEVChargingNeeds',{'evseId':1,'chargingNeeds':{'requestedEnergyTransfer':'AC_BPT'}}]"),
                 "'NotSupported'");
    assert_ptr_equal(call_seen.action, &ocpp21_actions[OCPP21_ACTION_NOTIFY_EV_CHARGING_NEEDS]);
}

static void a_certificate_nobody_looks_up_is_asked_for_in_words_of_2_1(void **state)
{
    (void)state;
    with_own_calls();
    assert_text(world_says(world, station,
                           "[2,'c','GetCertificateStatus',{'ocspRequestData':{'hashAlgorithm':'SHA256','issuerNameHash':'aa',"
                           "'issuerKeyHash':'bb','serialNumber':'cc','responderURL':'http://ocsp/'}}]"),
                "[3,'c',{'status':'Failed'}]");
    assert_ptr_equal(call_seen.action, &ocpp21_actions[OCPP21_ACTION_GET_CERTIFICATE_STATUS]);
}

static void an_order_says_types_2_0_1_lacks(void **state)
{
    static const struct ocpp_token token = { "ABC", OCPP_TOKEN_DIRECT_PAYMENT };
    static const struct ocpp_list_entry entry = { .token = { "VIN1", OCPP_TOKEN_VIN },
                                                  .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                                  .expires_utc_ms = OCPP_UTC_UNKNOWN };
    static const struct ocpp_list_update update = { .version = 1, .is_whole = true, .entries = &entry, .count = 1 };

    (void)state;
    assert_int_equal(ocpp_station_start(station, 1, &token, NULL), OCPP_OK);
    assert_holds(world_hears(world, station), "'idToken':'ABC','type':'DirectPayment'");
    world_pass(world, 31000);
    assert_int_equal(ocpp_station_send_list(station, &update, NULL), OCPP_OK);
    assert_holds(world_hears(world, station), "'idToken':'VIN1','type':'VIN'");
}

static void a_message_of_2_1_can_be_sent_beside_the_orders(void **state)
{
    static const struct ocpp21_use_priority_charging_req req = { .transaction_id = "T", .activate = true };
    const struct ocpp_outgoing_call call = { .action = &ocpp21_actions[OCPP21_ACTION_USE_PRIORITY_CHARGING], .message = &req };

    (void)state;
    assert_int_equal(ocpp_rpc_call(ocpp_station_rpc(station), &call, NULL), OCPP_OK);
    assert_holds(world_hears(world, station), "'UsePriorityCharging',{'transactionId':'T','activate':true}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_station_speaks_2_1_and_its_transactions_say_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_of_a_direct_payment_is_asked_about_as_such, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_token_is_told_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_energy_is_not_taken_for_energy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_trigger_2_0_1_lacks_is_no_reason_to_refuse, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_only_2_1_has_comes_to_the_application_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_nobody_answers_is_not_supported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_only_wants_to_be_heard_is_thanked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_send_is_heard_and_not_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_the_engine_leaves_to_the_application_keeps_what_2_1_added, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_kind_of_certificate_2_0_1_lacks_is_not_taken_for_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_kind_of_charging_2_0_1_lacks_is_not_taken_for_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_certificate_nobody_looks_up_is_asked_for_in_words_of_2_1, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_order_says_types_2_0_1_lacks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_of_2_1_can_be_sent_beside_the_orders, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
