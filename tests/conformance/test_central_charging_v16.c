/* test_central_charging_v16.c: the official cases of the central system about charging in 1.6, whose steps are ours: what a
 * charge point says in each is what the cases of the same number have it do. */
#include "case_world.h"

#include <ocpp/central_transactions.h>

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

static const struct ocpp_token tag = { "TAG", OCPP_TOKEN_ISO14443 };

static const char *says(const char *frame)
{
    return world_says(case_world, case_one, frame);
}

static void authorizes(const char *id, const char *status)
{
    char frame[100];
    char expected[100];

    snprintf(frame, sizeof frame, "[2,'a','Authorize',{'idTag':'%s'}]", id);
    snprintf(expected, sizeof expected, "[3,'a',{'idTagInfo':{'status':'%s'}}]", status);
    assert_text(says(frame), expected);
}

/* A start at |minute|, answered with |status|; its number. */
static long starts(const char *id, int minute, const char *status)
{
    char frame[200];
    char expected[100];
    long number = 0;
    const char *answer;

    snprintf(frame, sizeof frame,
             "[2,'s','StartTransaction',{'connectorId':1,'idTag':'%s','meterStart':1000,'timestamp':'2026-01-01T00:%02d:00Z'}]",
             id, minute);
    snprintf(expected, sizeof expected, "[3,'s',{'idTagInfo':{'status':'%s'},'transactionId':", status);
    answer = says(frame);
    assert_memory_equal(answer, expected, strlen(expected));
    assert_int_equal(sscanf(answer + strlen(expected), "%ld", &number), 1);
    assert_true(number > 0);
    return number;
}

static void stops(long number, const char *reason, int minute)
{
    char frame[250];

    snprintf(
        frame, sizeof frame,
        "[2,'e','StopTransaction',{'transactionId':%ld,'meterStop':2500,'timestamp':'2026-01-01T00:%02d:00Z','reason':'%s'}]",
        number, minute, reason);
    assert_text(says(frame), "[3,'e',{}]");
}

struct picture {
    char text[160];
    int count;
};

static bool take(const struct ocpp_transaction *transaction, void *user)
{
    struct picture *picture = user;

    picture->count++;
    snprintf(picture->text, sizeof picture->text, "%s %s %s %" PRId64 "..%" PRId64, transaction->id, transaction->token,
             transaction->ended ? ocpp_stop_reason_name(transaction->reason) : "open", transaction->meter_start_wh,
             transaction->meter_last_wh);
    return true;
}

/* The newest transaction: "1 TAG Local 1000..2500". */
static const char *recorded(void)
{
    static struct picture picture;

    memset(&picture, 0, sizeof picture);
    assert_int_equal(ocpp_central_transactions(&case_world->store, "PILE-1", take, &picture), OCPP_OK);
    return picture.text;
}

static void charges(void)
{
    case_status_16(1, "Preparing");
    authorizes("TAG", "Accepted");
    starts("TAG", 1, "Accepted");
    case_status_16(1, "Charging");
}

static void finishes(void)
{
    case_status_16(1, "Finishing");
    case_status_16(1, "Available");
}

/* --- sessions
 * -------------------------------------------------------------------------------------------------------------------- */

/* TC_003_CSMS; 1.6 edition 2, 4.8 and 4.10 */
static void a_session_begins_with_the_plug(void **state)
{
    (void)state;
    charges();
    authorizes("TAG", "Accepted");
    stops(1, "Local", 30);
    finishes();
    assert_text(recorded(), "1 TAG Local 1000..2500");
}

/* TC_004_1_CSMS; 1.6 edition 2, 4.1 */
static void a_session_begins_with_the_card(void **state)
{
    (void)state;
    authorizes("TAG", "Accepted");
    case_status_16(1, "Preparing");
    starts("TAG", 1, "Accepted");
    case_status_16(1, "Charging");
    assert_text(recorded(), "1 TAG open 1000..1000");
}

/* TC_004_2_CSMS */
static void nobody_plugs_in(void **state)
{
    (void)state;
    authorizes("TAG", "Accepted");
    case_status_16(1, "Preparing");
    world_pass(case_world, 60000);
    case_status_16(1, "Available");
    assert_text(recorded(), "");
}

/* TC_005_1_CSMS; 1.6 edition 2, 4.10 */
static void the_cable_is_pulled_from_the_vehicle(void **state)
{
    (void)state;
    charges();
    case_status_16(1, "SuspendedEV");
    stops(1, "EVDisconnected", 30);
    finishes();
    assert_text(recorded(), "1 TAG EVDisconnected 1000..2500");
}

/* TC_007_CSMS: what the cache says is judged again with the start; 1.6 edition 2, 3.4.1 */
static void a_card_out_of_the_cache_is_not_asked_about_before(void **state)
{
    (void)state;
    case_status_16(1, "Preparing");
    starts("TAG", 1, "Accepted");
    assert_holds(world_told(case_world), "PILE-1 authorize TAG\n");
    case_status_16(1, "Charging");
}

/* --- from afar
 * --------------------------------------------------------------------------------------------------------------------- */

static bool take_order(const struct ocpp_transaction *transaction, void *user)
{
    *(int64_t *)user = transaction->remote_start_id;
    return true;
}

static void start_is_tied(void)
{
    int64_t order = 0;

    assert_int_equal(ocpp_central_transactions(&case_world->store, "PILE-1", take_order, &order), OCPP_OK);
    assert_true(order > 0);
}

static void order_start(void)
{
    case_order(ocpp_station_start(case_one, 1, &tag, &driver_done), case_one,
               "'RemoteStartTransaction',{'connectorId':1,'idTag':'TAG'}]", "{'status':'Accepted'}", "0 yes Accepted");
}

/* TC_010_CSMS; 1.6 edition 2, 5.11; peers: no API to command a charger and tie a remote start to its transaction */
static void a_plugged_vehicle_is_started_from_afar(void **state)
{
    (void)state;
    case_status_16(1, "Preparing");
    order_start();
    authorizes("TAG", "Accepted");
    starts("TAG", 1, "Accepted");
    case_status_16(1, "Charging");
    start_is_tied();
}

/* TC_059_CSMS; 1.6 edition 2, 5.11 and 5.16.2. The order brings the limit of the transaction it leads to. */
static void a_start_from_afar_brings_its_limit(void **state)
{
    static const struct ocpp_limit_period six = { .limit = { 6, 0 } };
    const struct ocpp_limit_order limit = { .id = 7,
                                            .evse = 1,
                                            .purpose = OCPP_LIMIT_OF_TRANSACTION,
                                            .kind = OCPP_LIMIT_RELATIVE,
                                            .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
                                            .valid_to_utc_ms = OCPP_UTC_UNKNOWN,
                                            .start_utc_ms = OCPP_UTC_UNKNOWN,
                                            .unit = OCPP_RATE_CURRENT,
                                            .periods = &six,
                                            .period_count = 1 };
    const struct ocpp_start_order order = { .evse = 1, .token = tag, .limit = &limit };

    (void)state;
    case_status_16(1, "Preparing");
    case_order(ocpp_station_start_with(case_one, &order, &driver_done), case_one,
               "'RemoteStartTransaction',{'connectorId':1,'idTag':'TAG','chargingProfile':{'chargingProfileId':7,'stackLevel':0,"
               "'chargingProfilePurpose':'TxProfile','chargingProfileKind':'Relative','chargingSchedule':{'chargingRateUnit':'A',"
               "'chargingSchedulePeriod':[{'startPeriod':0,'limit':6}]}}}]",
               "{'status':'Accepted'}", "0 yes Accepted");
    authorizes("TAG", "Accepted");
    starts("TAG", 1, "Accepted");
    case_status_16(1, "Charging");
    start_is_tied();
}

/* TC_011_1_CSMS; 1.6 edition 2, 5.11 */
static void a_start_from_afar_waits_for_the_plug(void **state)
{
    (void)state;
    order_start();
    authorizes("TAG", "Accepted");
    case_status_16(1, "Preparing");
    starts("TAG", 1, "Accepted");
    case_status_16(1, "Charging");
    start_is_tied();
}

/* TC_011_2_CSMS; 1.6 edition 2, 5.11 */
static void a_start_from_afar_is_given_up(void **state)
{
    (void)state;
    order_start();
    authorizes("TAG", "Accepted");
    case_status_16(1, "Preparing");
    world_pass(case_world, 60000);
    case_status_16(1, "Available");
    assert_text(recorded(), "");
}

/* TC_012_CSMS; 1.6 edition 2, 5.12 */
static void a_session_is_stopped_from_afar(void **state)
{
    (void)state;
    charges();
    case_order(ocpp_station_stop(case_one, "1", &driver_done), case_one, "'RemoteStopTransaction',{'transactionId':1}]",
               "{'status':'Accepted'}", "0 yes Accepted");
    stops(1, "Remote", 30);
    finishes();
    assert_text(recorded(), "1 TAG Remote 1000..2500");
}

/* --- unlocking
 * -------------------------------------------------------------------------------------------------------------------- */

static void order_unlock(const char *payload, const char *outcome)
{
    case_order(ocpp_station_unlock(case_one, 1, 1, &driver_done), case_one, "'UnlockConnector',{'connectorId':1}]", payload,
               outcome);
}

/* TC_017_1_CSMS; TC_017_2_CSMS; 1.6 edition 2, 5.18. A fixed cable has nothing to unlock. */
static void a_connector_is_unlocked_without_a_session(void **state)
{
    (void)state;
    order_unlock("{'status':'Unlocked'}", "0 yes Unlocked");
    order_unlock("{'status':'NotSupported'}", "0 no NotSupported");
}

/* TC_018_1_CSMS; 1.6 edition 2, 5.18 */
static void unlocking_ends_a_session(void **state)
{
    (void)state;
    charges();
    order_unlock("{'status':'Unlocked'}", "0 yes Unlocked");
    stops(1, "UnlockCommand", 30);
    finishes();
    assert_text(recorded(), "1 TAG UnlockCommand 1000..2500");
}

/* --- what goes wrong
 * --------------------------------------------------------------------------------------------------------------- */

/* TC_024_CSMS; 1.6 edition 2, 7.6 */
static void a_lock_that_fails_starts_nothing(void **state)
{
    (void)state;
    case_status_16(1, "Preparing");
    authorizes("TAG", "Accepted");
    (void)world_told(case_world);
    assert_text(says("[2,'f','StatusNotification',{'connectorId':1,'errorCode':'ConnectorLockFailure','status':'Faulted'}]"),
                "[3,'f',{}]");
    assert_text(world_told(case_world), "PILE-1 status 1.1 Faulted\n");
    assert_text(recorded(), "");
}

/* TC_032_1_CSMS; 1.6 edition 2, 4.10 */
static void sessions_are_stopped_before_the_power_goes(void **state)
{
    (void)state;
    charges();
    stops(1, "PowerLoss", 30);
    ocpp_station_disconnect(case_one, case_world->now);
    case_one = world_connect(case_world, "PILE-1", OCPP_VERSION_1_6);
    assert_holds(says("[2,'b','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"), "'status':'Accepted'");
    case_status_16(1, "Available");
    assert_text(recorded(), "1 TAG PowerLoss 1000..2500");
}

static void was_away(void)
{
    ocpp_station_disconnect(case_one, case_world->now);
    world_pass(case_world, 30 * 60000);
    case_one = world_connect(case_world, "PILE-1", OCPP_VERSION_1_6);
}

/* TC_037_1_CSMS; 1.6 edition 2, 3.5 and 4.8 */
static void a_session_began_without_a_connection(void **state)
{
    (void)state;
    was_away();
    starts("TAG", 1, "Accepted");
    case_status_16(1, "Charging");
    assert_text(recorded(), "1 TAG open 1000..1000");
}

/* TC_037_3_CSMS; 1.6 edition 2, 4.8. The card turns out to be none. */
static void a_session_began_without_a_connection_by_somebody_unknown(void **state)
{
    (void)state;
    was_away();
    case_world->authorize.authorization = OCPP_AUTHORIZATION_INVALID;
    starts("BAD", 1, "Invalid");
    stops(1, "DeAuthorized", 20);
    case_status_16(1, "Finishing");
    assert_text(recorded(), "1 BAD DeAuthorized 1000..2500");
}

/* TC_039_CSMS; 1.6 edition 2, 4.8 and 4.10 */
static void a_whole_session_passed_without_a_connection(void **state)
{
    (void)state;
    was_away();
    stops(starts("TAG", 1, "Accepted"), "Local", 20);
    assert_text(recorded(), "1 TAG Local 1000..2500");
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, case_set_up, case_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_session_begins_with_the_plug),
        CASE(a_session_begins_with_the_card),
        CASE(nobody_plugs_in),
        CASE(the_cable_is_pulled_from_the_vehicle),
        CASE(a_card_out_of_the_cache_is_not_asked_about_before),
        CASE(a_plugged_vehicle_is_started_from_afar),
        CASE(a_start_from_afar_brings_its_limit),
        CASE(a_start_from_afar_waits_for_the_plug),
        CASE(a_start_from_afar_is_given_up),
        CASE(a_session_is_stopped_from_afar),
        CASE(a_connector_is_unlocked_without_a_session),
        CASE(unlocking_ends_a_session),
        CASE(a_lock_that_fails_starts_nothing),
        CASE(sessions_are_stopped_before_the_power_goes),
        CASE(a_session_began_without_a_connection),
        CASE(a_session_began_without_a_connection_by_somebody_unknown),
        CASE(a_whole_session_passed_without_a_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
