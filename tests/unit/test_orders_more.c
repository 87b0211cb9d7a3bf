/* test_orders_more.c: limits, firmware and logs of central_orders.h, what they become in each version and what is read from the
 * answers. */
#include "central_world.h"

#include <ocpp/central_orders.h>

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
static int64_t numbered;         /* the request id of the last answer */
static char answers[2000];       /* what was heard of the answers, one line each */

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    size_t used = (size_t)snprintf(answers, sizeof answers, "%d %s %s %s", (int)result->status, result->accepted ? "yes" : "no",
                                   result->word, result->file_name ? result->file_name : "-");
    const struct ocpp_limit_schedule *schedule = result->schedule;

    numbered = result->request_id;
    (void)station;
    (void)user;
    if (schedule) {
        used += (size_t)snprintf(answers + used, sizeof answers - used, "; %lld +%lld %s", (long long)schedule->start_utc_ms,
                                 (long long)schedule->duration_s, schedule->unit == OCPP_RATE_CURRENT ? "A" : "W");
    }
    for (size_t i = 0; schedule && i < schedule->period_count; i++) {
        const struct ocpp_limit_period *period = &schedule->periods[i];
        used +=
            (size_t)snprintf(answers + used, sizeof answers - used, " %lld:%llde%d/%d.%d", (long long)period->start_s,
                             (long long)period->limit.coefficient, -period->limit.scale, period->phases, period->phase_to_use);
    }
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

/* --- limits --------------------------------------------------------------------------------------------------------------- */

static const struct ocpp_limit_period periods[] = {
    { .start_s = 0, .limit = { 16, 0 }, .phases = 3 },
    { .start_s = 3600, .limit = { 65, 1 } },
};

static struct ocpp_limit_order limit_order(void)
{
    return (struct ocpp_limit_order){
        .id = 4,
        .evse = 1,
        .stack_level = 2,
        .purpose = OCPP_LIMIT_BY_DEFAULT,
        .kind = OCPP_LIMIT_DAILY,
        .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
        .valid_to_utc_ms = 1800000000000,
        .start_utc_ms = 1700000000000,
        .duration_s = 7200,
        .unit = OCPP_RATE_CURRENT,
        .periods = periods,
        .period_count = 2,
    };
}

/* 1.6 edition 2, 5.16; K01.FR.01 */
static void a_limit_becomes_a_charging_profile(void **state)
{
    const struct ocpp_limit_order order = limit_order();

    (void)state;
    assert_int_equal(ocpp_station_set_limit(one, &order, &done), OCPP_OK);
    assert_text(strstr(world_hears(world, one), "'SetChargingProfile'"),
                "'SetChargingProfile',{'connectorId':1,'csChargingProfiles':{'chargingProfileId':4,'stackLevel':2,"
                "'chargingProfilePurpose':'TxDefaultProfile','chargingProfileKind':'Recurring','recurrencyKind':'Daily',"
                "'validTo':'2027-01-15T08:00:00.000Z','chargingSchedule':{'duration':7200,"
                "'startSchedule':'2023-11-14T22:13:20.000Z','chargingRateUnit':'A','chargingSchedulePeriod':["
                "{'startPeriod':0,'limit':16,'numberPhases':3},{'startPeriod':3600,'limit':6.5}]}}}]");
    assert_text(answered(one, "{'status':'NotSupported'}"), "0 no NotSupported -");
    assert_int_equal(ocpp_station_set_limit(two, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'evseId':1");
    assert_holds(world->frame,
                 "'chargingProfilePurpose':'TxDefaultProfile','chargingProfileKind':'Recurring','recurrencyKind':'Daily'");
    assert_holds(world->frame, "'chargingSchedule':[{'id':1,'startSchedule':'2023-11-14T22:13:20.000Z','duration':7200,"
                               "'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':16,'numberPhases':3},"
                               "{'startPeriod':3600,'limit':6.5}]}]");
    assert_text(answered(two, "{'status':'Accepted'}"), "0 yes Accepted -");
}

/* K01.FR.03, FR.16; 1.6 edition 2, 3.13.1 */
static void a_limit_of_a_transaction_names_it(void **state)
{
    struct ocpp_limit_order order = limit_order();

    (void)state;
    order.purpose = OCPP_LIMIT_OF_TRANSACTION;
    order.kind = OCPP_LIMIT_RELATIVE;
    order.start_utc_ms = OCPP_UTC_UNKNOWN;
    assert_int_equal(ocpp_station_set_limit(two, &order, &done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_set_limit(one, &order, &done), OCPP_OK);
    assert_null(strstr(world_hears(world, one), "transactionId"));
    order.transaction_id = "17";
    assert_int_equal(ocpp_station_set_limit(one, &order, &done), OCPP_OK);
    answered(one, "{'status':'Accepted'}"); /* one call at a time: the next one leaves now */
    assert_holds(world->frame, "'transactionId':17");
    assert_int_equal(ocpp_station_set_limit(two, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'transactionId':'17'");
    order.transaction_id = "T17";
    assert_int_equal(ocpp_station_set_limit(one, &order, &done), OCPP_ERR_ARGUMENT);
    order.evse = 0;
    assert_int_equal(ocpp_station_set_limit(two, &order, &done), OCPP_ERR_ARGUMENT);
}

/* K01.FR.19 */
static void one_phase_can_be_chosen_where_the_version_can(void **state)
{
    const struct ocpp_limit_period single[] = { { .limit = { 10, 0 }, .phases = 1, .phase_to_use = 2 } };
    struct ocpp_limit_order order = limit_order();

    (void)state;
    order.periods = single;
    order.period_count = 1;
    assert_int_equal(ocpp_station_set_limit(one, &order, &done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_set_limit(two, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "{'startPeriod':0,'limit':10,'numberPhases':1,'phaseToUse':2}");
}

static void a_limit_that_cannot_be_is_refused(void **state)
{
    static const struct ocpp_limit_period late[] = { { .start_s = 60 } };
    static const struct ocpp_limit_period back[] = { { .start_s = 0 }, { .start_s = 0 } };
    static const struct ocpp_limit_period phases[] = { { .phases = 4 } };
    static const struct ocpp_limit_period loose[] = { { .phases = 3, .phase_to_use = 1 } };
    static const struct ocpp_limit_period fine[] = { { .limit = { 1625, 2 } } }; /* 1.6 has tenths */
    struct ocpp_limit_order orders[10];

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        orders[i] = limit_order();
    }
    orders[0].periods = late;
    orders[1].periods = back;
    orders[2].periods = phases;
    orders[3].periods = loose;
    orders[0].period_count = orders[2].period_count = orders[3].period_count = 1;
    orders[4].period_count = 0;
    orders[5].unit = (enum ocpp_rate_unit)3;
    orders[6].start_utc_ms = OCPP_UTC_UNKNOWN;
    orders[7].purpose = OCPP_LIMIT_EXTERNAL;
    orders[8].purpose = OCPP_LIMIT_OF_STATION; /* at an EVSE */
    orders[9].transaction_id = "17";           /* of no transaction */
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(ocpp_station_set_limit(two, &orders[i], &done), OCPP_ERR_ARGUMENT);
    }
    orders[0].periods = fine;
    assert_int_equal(ocpp_station_set_limit(one, &orders[0], &done), OCPP_ERR_ARGUMENT);
    assert_text(world_hears(world, one), "");
    assert_text(world_hears(world, two), "");
}

/* 1.6 edition 2, 5.5; K10.FR.02, FR.03 */
static void limits_are_cleared_by_id_or_by_criteria(void **state)
{
    const struct ocpp_limit_criteria by_id = { .has_id = true, .id = 4, .has_evse = true, .evse = 1 };
    const struct ocpp_limit_criteria by_place = { .has_evse = true,
                                                  .evse = 0,
                                                  .has_purpose = true,
                                                  .purpose = OCPP_LIMIT_OF_STATION,
                                                  .has_stack_level = true,
                                                  .stack_level = 3 };
    const struct ocpp_limit_criteria external = { .has_purpose = true, .purpose = OCPP_LIMIT_EXTERNAL };

    (void)state;
    assert_int_equal(ocpp_station_clear_limits(one, &by_id, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'ClearChargingProfile',{'id':4}]");
    assert_text(answered(one, "{'status':'Unknown'}"), "0 no Unknown -");
    assert_int_equal(ocpp_station_clear_limits(one, &by_place, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "{'connectorId':0,'chargingProfilePurpose':'ChargePointMaxProfile','stackLevel':3}");
    assert_int_equal(ocpp_station_clear_limits(one, &external, &done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_clear_limits(two, &by_id, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'ClearChargingProfile',{'chargingProfileId':4}]");
    assert_text(answered(two, "{'status':'Accepted'}"), "0 yes Accepted -");
    assert_int_equal(ocpp_station_clear_limits(two, &by_place, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "{'chargingProfileCriteria':{'evseId':0,'chargingProfilePurpose':"
                                          "'ChargingStationMaxProfile','stackLevel':3}}");
}

/* 1.6 edition 2, 5.7; K08.FR.01 */
static void a_composite_schedule_is_read_into_periods(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_composite_schedule(one, 1, 600, OCPP_RATE_POWER, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetCompositeSchedule',{'connectorId':1,'duration':600,'chargingRateUnit':'W'}]");
    assert_text(answered(one, "{'status':'Accepted','connectorId':1,'scheduleStart':'2023-11-14T22:13:20Z','chargingSchedule':"
                              "{'duration':600,'chargingRateUnit':'W','chargingSchedulePeriod':[{'startPeriod':0,'limit':11000.5,"
                              "'numberPhases':3},{'startPeriod':300,'limit':0}]}}"),
                "0 yes Accepted -; 1700000000000 +600 W 0:110005e-1/3.0 300:0e0/0.0");
    assert_int_equal(ocpp_station_get_composite_schedule(one, 0, 600, 0, &done), OCPP_OK);
    world_hears(world, one);
    assert_text(answered(one, "{'status':'Rejected'}"), "0 no Rejected -");
    assert_int_equal(ocpp_station_get_composite_schedule(two, 0, 600, 0, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetCompositeSchedule',{'duration':600,'evseId':0}]");
    assert_text(answered(two, "{'status':'Accepted','schedule':{'evseId':0,'duration':600,'scheduleStart':'2023-11-14T22:13:20Z',"
                              "'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':16,'numberPhases':1,"
                              "'phaseToUse':2}]}}"),
                "0 yes Accepted -; 1700000000000 +600 A 0:16e0/1.2");
    assert_int_equal(ocpp_station_get_composite_schedule(two, 0, 0, 0, &done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_get_composite_schedule(two, -1, 60, 0, &done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_get_composite_schedule(two, 0, 60, (enum ocpp_rate_unit)3, &done), OCPP_ERR_ARGUMENT);
}

/* --- files ---------------------------------------------------------------------------------------------------------------- */

static struct ocpp_firmware_order firmware_order(void)
{
    return (struct ocpp_firmware_order){
        .request_id = 5,
        .url = "https://f.example/fw.bin",
        .retrieve_utc_ms = 1700000000000,
        .install_utc_ms = OCPP_UTC_UNKNOWN,
        .retries = OCPP_AS_IT_LIKES,
        .retry_interval_s = OCPP_AS_IT_LIKES,
    };
}

/* 1.6 edition 2, 5.19; L02.FR.01 */
static void plain_firmware_is_ordered(void **state)
{
    struct ocpp_firmware_order order = firmware_order();

    (void)state;
    assert_int_equal(ocpp_station_update_firmware(one, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'UpdateFirmware',{'location':'https://f.example/fw.bin',"
                                          "'retrieveDate':'2023-11-14T22:13:20.000Z'}]");
    assert_text(answered(one, "{}"), "0 yes  -");
    assert_int_equal(ocpp_station_update_firmware(two, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'requestId':5,'firmware':{'location':'https://f.example/fw.bin',"
                                          "'retrieveDateTime':'2023-11-14T22:13:20.000Z'}}]");
    assert_text(answered(two, "{'status':'Rejected'}"), "0 no Rejected -");
    order.install_utc_ms = 1700000001000;
    assert_int_equal(ocpp_station_update_firmware(one, &order, &done), OCPP_ERR_UNSUPPORTED_ACTION);
}

/* L01.FR.01 */
static void signed_firmware_is_ordered(void **state)
{
    struct ocpp_firmware_order order = firmware_order();

    (void)state;
    order.signing_certificate = "PEM";
    assert_int_equal(ocpp_station_update_firmware(two, &order, &done), OCPP_ERR_ARGUMENT); /* half of it */
    order.signature = "c2ln";
    order.install_utc_ms = 1700000001000;
    order.retries = 0;
    order.retry_interval_s = 60;
    assert_int_equal(ocpp_station_update_firmware(one, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'SignedUpdateFirmware',{'retries':0,'retryInterval':60,'requestId':5,'firmware':{");
    assert_holds(world->frame, "'installDateTime':'2023-11-14T22:13:21.000Z','signingCertificate':'PEM','signature':'c2ln'}");
    assert_text(answered(one, "{'status':'AcceptedCanceled'}"), "0 yes AcceptedCanceled -");
    assert_int_equal(ocpp_station_update_firmware(two, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'signingCertificate':'PEM','signature':'c2ln'");
    assert_text(answered(two, "{'status':'InvalidCertificate'}"), "0 no InvalidCertificate -");
}

/* What the application does not number, the engine does, and each time anew. */
static void a_log_or_firmware_without_a_number_gets_one(void **state)
{
    const struct ocpp_log_order log = { .kind = OCPP_LOG_FILE_SECURITY,
                                        .url = "ftp://f.example/logs/",
                                        .oldest_utc_ms = OCPP_UTC_UNKNOWN,
                                        .latest_utc_ms = OCPP_UTC_UNKNOWN };
    struct ocpp_station *const stations[] = { one, two };
    struct ocpp_firmware_order firmware = firmware_order();
    int64_t last = 0;

    (void)state;
    firmware.request_id = 0;
    firmware.signing_certificate = "PEM";
    firmware.signature = "c2ln";
    for (int i = 0; i < 4; i++) {
        struct ocpp_station *station = stations[i / 2];
        const bool is_log = i % 2 == 0;
        long long told = 0;
        assert_int_equal(is_log ? ocpp_station_get_log(station, &log, &done)
                                : ocpp_station_update_firmware(station, &firmware, &done),
                         OCPP_OK);
        assert_int_equal(sscanf(strstr(world_hears(world, station), "'requestId':"), "'requestId':%lld", &told), 1);
        assert_true(told > 0 && told <= INT32_MAX && (last == 0 || told == last + 1));
        answered(station, "{'status':'Accepted'}");
        assert_int_equal(numbered, told);
        last = told;
    }
}

/* 1.6 edition 2, 5.9; N01.FR.01 */
static void a_log_is_asked_for(void **state)
{
    struct ocpp_log_order order = { .kind = OCPP_LOG_FILE_DIAGNOSTICS,
                                    .url = "ftp://f.example/logs/",
                                    .oldest_utc_ms = 1700000000000,
                                    .latest_utc_ms = OCPP_UTC_UNKNOWN,
                                    .retries = 2,
                                    .retry_interval_s = OCPP_AS_IT_LIKES };

    (void)state;
    assert_int_equal(ocpp_station_get_log(one, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetDiagnostics',{'location':'ftp://f.example/logs/','retries':2,"
                                          "'startTime':'2023-11-14T22:13:20.000Z'}]");
    assert_text(answered(one, "{'fileName':'diag.zip'}"), "0 yes  diag.zip");
    order.kind = OCPP_LOG_FILE_SECURITY;
    order.request_id = 9;
    assert_int_equal(ocpp_station_get_log(one, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, one),
                 "'GetLog',{'logType':'SecurityLog','requestId':9,'retries':2,'log':{"
                 "'remoteLocation':'ftp://f.example/logs/','oldestTimestamp':'2023-11-14T22:13:20.000Z'}}]");
    assert_text(answered(one, "{'status':'Rejected'}"), "0 no Rejected -");
    assert_int_equal(ocpp_station_get_log(two, &order, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'logType':'SecurityLog','requestId':9");
    assert_text(answered(two, "{'status':'Accepted','filename':'sec.log'}"), "0 yes Accepted sec.log");
    order.latest_utc_ms = 1600000000000;
    assert_int_equal(ocpp_station_get_log(two, &order, &done), OCPP_ERR_ARGUMENT); /* ends before it begins */
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_limit_becomes_a_charging_profile),
        TEST(a_limit_of_a_transaction_names_it),
        TEST(one_phase_can_be_chosen_where_the_version_can),
        TEST(a_limit_that_cannot_be_is_refused),
        TEST(limits_are_cleared_by_id_or_by_criteria),
        TEST(a_composite_schedule_is_read_into_periods),
        TEST(plain_firmware_is_ordered),
        TEST(signed_firmware_is_ordered),
        TEST(a_log_is_asked_for),
        TEST(a_log_or_firmware_without_a_number_gets_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
