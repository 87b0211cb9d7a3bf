/* Block K of a station: smart charging: profiles that are set, cleared and reported, composite schedules, limits from outside;
 * and the same of 1.6. What the pure scheduler says is in test_schedule.c. */
#include "profile_texts.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct world *with_evses(enum ocpp_version version, int evses)
{
    struct world *world = world_new();
    world->settings.evse_count = evses;
    world_power_on(world);
    world_connect(world, version);
    central_forgets(world);
    return world;
}

static struct world *named(void)
{
    return with_evses(OCPP_VERSION_2_0_1, 2);
}

/* 2.0.1 alone; what it is about has no words in 1.6. */
static struct world *charging_at(struct world *world, int evse)
{
    plug(world, evse);
    card(world, evse, "A");
    assert_true(world->closed[evse]);
    central_forgets(world);
    return world;
}

static const char *cleared(struct world *world, const char *payload)
{
    return value_of(central_asks(world, "ClearChargingProfile", payload), "status");
}

static const char *asked_for(struct world *world, const char *payload)
{
    const char *answer = central_asks(world, "GetChargingProfiles", payload);
    return answer[0] == '{' ? value_of(answer, "status") : answer;
}

static struct ocpp_permit permit_at(const struct world *world, int evse)
{
    return ocpp_charge_point_permit(world->cp, evse, world->now);
}

static const struct profile_text station_max = { .id = 1, .purpose = "ChargingStationMaxProfile", .periods = "0:6" };

/* --- setting a profile ------------------------------------------------------------------------------------------------- */

/* TC_K_01_CS; K01.FR.07, K01.FR.15. It holds at the EVSE it was set for, at once. */
static void a_default_profile_is_taken_for_one_evse(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    const struct profile_text text = { .evse = 1, .id = 5, .valid_from_s = -10, .valid_to_s = 400, .duration_s = 300 };
    assert_string_equal(set_profile(world, &text), "Accepted");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 6000);
    assert_string_equal(asked_for(world, "{'requestId':7,'chargingProfile':{'chargingProfileId':[5]}}"), "Accepted");
    central_sees(world, "ReportChargingProfiles",
                 "requestId=7 evseId=1 chargingLimitSource=CSO tbc=- chargingProfile/0/id=5 "
                 "chargingProfile/0/chargingProfilePurpose=TxDefaultProfile chargingProfile/0/chargingSchedule/0/duration=300 "
                 "chargingProfile/0/chargingSchedule/0/chargingSchedulePeriod/0/limit=6 chargingProfile/0/validTo=*");
    plug(world, 2);
    card(world, 2, "B");
    assert_int_equal(permit_at(world, 2).max_current_ma[0], INT64_MAX);
    world_free(world);
}

/* TC_K_02_CS; K01.FR.09. */
static void a_transactions_profile_without_a_transaction_is_refused(void **state)
{
    (void)state;
    struct world *world = named();
    const struct profile_text text = { .evse = 1, .purpose = "TxProfile", .transaction = "00000000-0000-0000-0000-000000000000" };
    assert_string_equal(set_profile(world, &text), "Rejected");
    assert_string_equal(reason_of(world), "TxNotFound");
    world_free(world);
}

/* TC_K_03_CS; K04.FR.03, K04.FR.05. */
static void a_limit_of_the_station_is_taken_and_shared(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    struct profile_text text = station_max;
    text.periods = "0:40/3";
    assert_string_equal(set_profile(world, &text), "Accepted");
    assert_string_equal(asked_for(world, "{'requestId':7,'chargingProfile':{'chargingProfileId':[1]}}"), "Accepted");
    central_sees(world, "ReportChargingProfiles",
                 "requestId=7 evseId=0 chargingProfile/0/chargingProfilePurpose=ChargingStationMaxProfile "
                 "chargingProfile/0/chargingSchedule/0/chargingSchedulePeriod/0/numberPhases=3");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], INT64_MAX); /* 32 A are less than 40 */
    plug(world, 2);
    card(world, 2, "B");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 20000);
    assert_int_equal(permit_at(world, 2).max_current_ma[0], 20000);
    text.evse = 1; /* only of the whole station */
    assert_string_equal(set_profile(world, &text), "Rejected");
    assert_string_equal(reason_of(world), "InvalidProfile");
    world_free(world);
}

/* TC_K_04_CS; K01.FR.05. */
static void a_profile_with_a_known_id_replaces_it(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 5, .periods = "0:6" }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 5, .periods = "0:10", .level = 2 }),
                        "Accepted");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    assert_string_equal(asked_for(world, "{'requestId':3,'chargingProfile':{'chargingProfileId':[5]}}"), "Accepted");
    central_sees(world, "ReportChargingProfiles",
                 "requestId=3 chargingProfile=(1) chargingProfile/0/chargingSchedule/0/chargingSchedulePeriod/0/limit=10");
    world_free(world);
}

/* TC_K_10_CS; K01.FR.14. */
static void a_default_profile_for_all_holds_at_each(void **state)
{
    (void)state;
    struct world *world = charging_at(charging_at(named(), 1), 2);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 0, .periods = "0:8" }), "Accepted");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 8000);
    assert_int_equal(permit_at(world, 2).max_current_ma[0], 8000);
    world_free(world);
}

/* TC_K_11_CS; K01.FR.16. */
static void a_transactions_profile_for_all_is_refused(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    const struct profile_text text = { .evse = 0, .purpose = "TxProfile", .transaction = the_session(world)->id };
    assert_string_equal(set_profile(world, &text), "Rejected");
    assert_string_equal(reason_of(world), "InvalidProfile");
    world_free(world);
}

/* TC_K_12_CS; K01.FR.26. */
static void a_measure_that_is_not_supported_is_refused(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.rate_units = OCPP_RATE_CURRENT;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .unit = "W", .periods = "0:6000" }), "Rejected");
    assert_string_equal(reason_of(world), "UnsupportedRateUnit");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .unit = "A" }), "Accepted");
    world_free(world);
}

/* TC_K_13_CS; K01.FR.27; 1.6 errata 3.37. */
static void profiles_outlast_a_power_cut(void **state)
{
    struct world *world = world_of(state);
    const struct profile_text text = {
        .evse = 1, .id = 9, .level = 3, .periods = "0:7.5/1 60:10", .duration_s = 5000, .valid_to_s = 9000
    };
    assert_string_equal(set_profile(world, &text), "Accepted");
    const char *before = composite_of(world, 1, 600, "A");
    assert_memory_equal(before, "0:7.5 60:10 /600", sizeof("0:7.5 60:10 /600"));
    world_power_back(world, 10);
    world_connect(world, *(enum ocpp_version *)*state);
    central_forgets(world);
    assert_string_equal(composite_of(world, 1, 600, "A"), "0:7.5 50:10 /600");
    if (!world_is_old(world)) {
        central_asks(world, "GetVariables",
                     "{'getVariableData':[{'component':{'name':'SmartChargingCtrlr'},'variable':{'name':'Entries','instance':"
                     "'ChargingProfiles'}}]}");
        assert_string_equal(value_of(world->answer, "getVariableResult/0/attributeValue"), "1");
    }
    world_free(world);
}

/* TC_K_14_CS; K01.FR.28. */
static void an_evse_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    struct world *world = named();
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 3 }), "Rejected");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 99999 }), "Rejected");
    world_free(world);
}

/* TC_K_15_CS; K01.FR.29; 1.6 errata 3.39. A station that has none, and one where it is switched off. */
static void without_smart_charging_its_messages_are_not_supported(void **state)
{
    struct world *world = world_new();
    world->settings.max_profiles = 0;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1 }), "NotSupported");
    assert_string_equal(composite_of(world, 1, 60, NULL), "NotSupported");
    assert_string_equal(central_asks(world, "ClearChargingProfile", world_is_old(world) ? "{'id':1}" : "{'chargingProfileId':1}"),
                        "NotSupported");
    world_free(world);
}

/* K01.FR.29. What limits goes with the switch, and comes back with it. */
static void smart_charging_can_be_switched_off(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:8" }), "Accepted");
    world_set_variable(world, "SmartChargingCtrlr", "Enabled", NULL, "false");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], INT64_MAX);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1 }), "NotSupported");
    assert_string_equal(asked_for(world, "{'requestId':3,'chargingProfile':{'chargingProfileId':[5]}}"), "NotSupported");
    world_set_variable(world, "SmartChargingCtrlr", "Enabled", NULL, "true");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 8000);
    world_free(world);
}

/* TC_K_16_CS; K01.FR.33. */
static void an_unknown_transaction_is_refused(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    const struct profile_text text = { .evse = 1, .purpose = "TxProfile", .transaction = "00000000-0000-0000-0000-000000000000" };
    assert_string_equal(set_profile(world, &text), "Rejected");
    assert_string_equal(reason_of(world), "TxNotFound");
    const struct profile_text nowhere = { .evse = 2, .purpose = "TxProfile", .transaction = the_session(world)->id };
    assert_string_equal(set_profile(world, &nowhere), "Rejected"); /* it runs, but not there */
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .purpose = "TxProfile" }),
                        "Rejected"); /* K01.FR.03 */
    assert_string_equal(reason_of(world), "InvalidProfile");
    world_free(world);
}

/* TC_K_19_CS; K01.FR.40. */
static void recurring_profiles_are_taken(void **state)
{
    struct world *world = world_of(state);
    const struct profile_text daily = { .evse = 1,
                                        .id = 1,
                                        .kind = "Recurring",
                                        .recurrency = "Daily",
                                        .start_s = -86400 * 3 + 100,
                                        .duration_s = 60,
                                        .periods = "0:7" };
    const struct profile_text weekly = { .evse = 1,
                                         .id = 2,
                                         .level = 1,
                                         .kind = "Recurring",
                                         .recurrency = "Weekly",
                                         .start_s = -86400 * 14 + 120,
                                         .duration_s = 20,
                                         .periods = "0:9" };
    assert_string_equal(set_profile(world, &daily), "Accepted");
    assert_string_equal(set_profile(world, &weekly), "Accepted");
    assert_string_equal(composite_of(world, 1, 300, "A"), "0:32 100:7 120:9 140:7 160:32 /300");
    world_free(world);
}

/* TC_K_21_CS; K01.FR.36. */
static void a_profile_holds_from_its_validity_on(void **state)
{
    (void)state;
    struct world *world = named();
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .valid_from_s = 300, .valid_to_s = 1000 }),
                        "Accepted");
    assert_string_equal(composite_of(world, 1, 400, "A"), "0:32 300:6 /400");
    world_free(world);
}

/* TC_K_22_CS; K01.FR.37. For EVSE 0 the default profile counts once for each. */
static void a_profile_holds_until_its_validity_ends(void **state)
{
    (void)state;
    struct world *world = named();
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 0, .valid_from_s = -5, .valid_to_s = 300 }),
                        "Accepted");
    assert_string_equal(composite_of(world, 0, 400, "A"), "0:12 300:64 /400");
    assert_string_equal(composite_of(world, 1, 400, "A"), "0:6 300:32 /400");
    assert_string_equal(composite_of(world, 2, 400, "A"), "0:6 300:32 /400");
    world_free(world);
}

/* TC_K_23_CS; K01.FR.30. */
static void a_schedule_holds_from_its_start_on(void **state)
{
    (void)state;
    struct world *world = named();
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .start_s = 60 }), "Accepted");
    assert_string_equal(composite_of(world, 1, 300, "A"), "0:32 60:6 /300");
    world_free(world);
}

/* TC_K_28_CS; TC_082_CS; K01.FR.32; 1.6 errata 3.8 (title only, steps ours). A transaction goes on with the new default profile.
 */
static void a_default_profile_reaches_the_transaction_that_runs(void **state)
{
    struct world *world = charging_at(world_of(state), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 4, .duration_s = 300 }), "Accepted");
    assert_string_equal(composite_of(world, 1, 300, "A"), "0:6 /300");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 6000);
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_K_60_CS; K01.FR.04, K02.FR.03 to FR.05, K06.FR.01. It goes before the default one, offline as well, and with its
 * transaction. */
static void a_transactions_profile_lives_as_long_as_it(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:10" }), "Accepted");
    const struct profile_text text = { .evse = 1,
                                       .id = 2,
                                       .purpose = "TxProfile",
                                       .kind = "Relative",
                                       .transaction = the_session(world)->id,
                                       .periods = "0:12 100:14" };
    assert_string_equal(set_profile(world, &text), "Accepted");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 12000);
    assert_string_equal(asked_for(world, "{'requestId':4,'chargingProfile':{'chargingProfileId':[2]}}"), "Accepted");
    central_sees(world, "ReportChargingProfiles",
                 "requestId=4 chargingProfile/0/transactionId=* chargingProfile/0/chargingSchedule/0/startSchedule=-");
    world_disconnect(world);
    const int changes = world->permit_changes;
    world_pass(world, 100);
    assert_true(world->permit_changes > changes); /* the schedule goes on, and the firmware hears of it */
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 14000);
    unplug(world, 1);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(asked_for(world, "{'requestId':4,'chargingProfile':{'chargingProfileId':[2]}}"), "NoProfiles");
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    world_free(world);
}

/* K02.FR.08. The profile of a transaction ends before it. */
static void behind_a_transactions_profile_the_default_one_holds(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:10" }), "Accepted");
    const struct profile_text text = {
        .evse = 1, .id = 2, .purpose = "TxProfile", .transaction = the_session(world)->id, .duration_s = 60, .periods = "0:20"
    };
    assert_string_equal(set_profile(world, &text), "Accepted");
    assert_string_equal(composite_of(world, 1, 120, "A"), "0:20 60:10 /120");
    world_pass(world, 60);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    world_free(world);
}

/* --- what is refused ------------------------------------------------------------------------------------------------------ */

/* K01.FR.03, FR.19, FR.20, FR.22, FR.31, FR.34, FR.35, FR.38, FR.40, FR.41, FR.48, FR.60. */
static void what_contradicts_itself_is_refused_with_the_reason(void **state)
{
    (void)state;
    struct world *world = named();
    static const struct {
        struct profile_text text;
        const char *reason;
    } cases[] = {
        { { .evse = 0, .purpose = "ChargingStationExternalConstraints" }, "InvalidProfile" },
        { { .evse = 0, .purpose = "ChargingStationMaxProfile", .kind = "Relative" }, "InvalidProfile" },
        { { .evse = 1, .kind = "Recurring" }, "InvalidProfile" },
        { { .evse = 1, .recurrency = "Daily" }, "InvalidProfile" },
        { { .evse = 1, .valid_from_s = 100, .valid_to_s = 100 }, "InvalidProfile" },
        { { .evse = 1, .without_start = true }, "InvalidSchedule" },
        { { .evse = 1, .kind = "Relative", .more_schedule = ",'startSchedule':'2026-01-01T00:00:00Z'" }, "InvalidSchedule" },
        { { .evse = 1, .periods = "10:6" }, "InvalidSchedule" },
        { { .evse = 1, .periods = "0:6 60:8 60:9" }, "InvalidSchedule" },
        { { .evse = 1, .periods = "0:6 90:8 60:9" }, "InvalidSchedule" },
        { { .evse = 1, .periods = "0:-6" }, "InvalidSchedule" },
        { { .evse = 1, .periods = "0:6/4" }, "InvalidSchedule" },
        { { .evse = 1, .periods = "0:6/0" }, "InvalidSchedule" },
        { { .evse = 1, .periods = "0:9000000000000" }, "InvalidSchedule" },
        { { .evse = 1, .more_schedule = ",'minChargingRate':-1" }, "InvalidSchedule" },
        { { .evse = 1, .duration_s = -5 }, "InvalidSchedule" },
        { { .evse = 1, .level = 10 }, "InvalidStackLevel" },
        { { .evse = 1, .level = -1 }, "InvalidStackLevel" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_string_equal(set_profile(world, &cases[i].text), "Rejected");
        assert_string_equal(reason_of(world), cases[i].reason);
    }
    assert_string_equal(composite_of(world, 1, 60, "A"), "0:32 /60"); /* nothing of it was taken */
    world_free(world);
}

/* K01.FR.34. More than one schedule is for a vehicle that told its needs. */
static void several_schedules_are_refused(void **state)
{
    (void)state;
    struct world *world = named();
    char payload[1024];
    snprintf(payload, sizeof(payload),
             "{'evseId':1,'chargingProfile':{'id':1,'stackLevel':0,'chargingProfilePurpose':'TxDefaultProfile','"
             "chargingProfileKind':'Relative',"
             "'chargingSchedule':[{'id':1,'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':6}]},"
             "{'id':2,'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':8}]}]}}");
    assert_string_equal(value_of(central_asks(world, "SetChargingProfile", payload), "status"), "Rejected");
    assert_string_equal(reason_of(world), "TooManyElements");
    world_free(world);
}

/* K01.FR.06, FR.39, FR.52, FR.53. In 2.0.1 a second profile of the same right is refused. */
static void a_second_profile_of_the_same_level_is_refused(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .valid_to_s = 100 }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2 }), "Rejected");
    assert_string_equal(reason_of(world), "DuplicateProfile");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .valid_from_s = 100 }),
                        "Accepted"); /* one after the other */
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 0, .id = 3, .valid_from_s = 5000 }),
                        "Rejected"); /* … but not for all */
    assert_string_equal(reason_of(world), "DuplicateProfile");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 0, .id = 3, .level = 1 }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 2, .id = 4, .level = 1 }), "Rejected");
    assert_string_equal(reason_of(world), "DuplicateProfile");
    const char *id = the_session(world)->id;
    assert_string_equal(
        set_profile(world, &(struct profile_text){ .evse = 1, .id = 5, .purpose = "TxProfile", .transaction = id }), "Accepted");
    assert_string_equal(
        set_profile(world, &(struct profile_text){ .evse = 1, .id = 6, .purpose = "TxProfile", .transaction = id }), "Rejected");
    assert_string_equal(reason_of(world), "DuplicateProfile");
    world_free(world);
}

/* Periods and profiles beyond the settings. */
static void too_many_periods_or_profiles_are_refused(void **state)
{
    struct world *world = world_new();
    world->settings.max_profiles = 2;
    world->settings.max_periods_per_profile = 3;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    const bool is_old = world_is_old(world);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:6 10:7 20:8 30:9" }), "Rejected");
    assert_string_equal(reason_of(world), is_old ? "" : "TooManyElements");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:6 10:7 20:8" }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .level = 1 }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 3, .level = 2 }), "Rejected");
    assert_string_equal(reason_of(world), is_old ? "" : "TooManyElements");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .level = 2 }),
                        "Accepted"); /* in place of its own */
    world_free(world);
}

/* Phase 2 of |phases|. */
static const char *set_phase(struct world *world, int phases)
{
    char payload[512];
    snprintf(payload, sizeof(payload),
             "{'evseId':1,'chargingProfile':{'id':1,'stackLevel':0,'chargingProfilePurpose':'TxDefaultProfile','"
             "chargingProfileKind':'Relative',"
             "'chargingSchedule':[{'id':1,'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':6,'"
             "numberPhases':%d,'phaseToUse':2}]}]}}",
             phases);
    return value_of(central_asks(world, "SetChargingProfile", payload), "status");
}

/* K01.FR.43, FR.45 to FR.48. */
static void phases_need_hardware_that_can(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.phases_fixed = true;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:6/1" }), "Rejected");
    assert_string_equal(reason_of(world), "UnsupportedParam");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:6/3" }), "Accepted");
    world_free(world);

    world = world_new();
    world->settings.phase_switching = true;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    charging_at(world, 1);
    assert_string_equal(set_phase(world, 3), "Rejected"); /* K01.FR.19 */
    assert_string_equal(set_phase(world, 1), "Accepted");
    assert_int_equal(permit_at(world, 1).phases, 1);
    assert_int_equal(permit_at(world, 1).phase_to_use, 2);
    world_free(world);

    world = world_accepted(OCPP_VERSION_2_0_1); /* no phase can be chosen (K01.FR.48) */
    assert_string_equal(set_phase(world, 1), "Rejected");
    world_free(world);
}

/* K01.FR.50, FR.51. The firmware is told both measures. */
static void a_limit_in_watt_becomes_one_per_phase(void **state)
{
    struct world *world = charging_at(world_of(state), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .unit = "W", .periods = "0:6900/3" }), "Accepted");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    assert_int_equal(permit_at(world, 1).max_current_ma[2], 10000);
    assert_int_equal(permit_at(world, 1).max_power_w, 6900);
    assert_int_equal(permit_at(world, 1).phases, 0);
    assert_string_equal(composite_of(world, 1, 10, "W"), "0:6900 /10");
    assert_string_equal(composite_of(world, 1, 10, "A"), "0:10 /10");
    world_free(world);
}

/* What the store refuses is not taken, and holds not even for a moment. */
static void what_cannot_be_stored_is_refused(void **state)
{
    struct world *world = charging_at(world_of(state), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:20" }), "Accepted");
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:8" }), "Rejected");
    assert_string_equal(reason_of(world), world_is_old(world) ? "" : "OutOfStorage");
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .level = 1, .periods = "0:8" }),
                        "Rejected");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 20000);
    test_storage_refuse(world->storage, 1, OCPP_ERR_STORAGE);
    assert_string_equal(central_asks(world, "ClearChargingProfile", world_is_old(world) ? "{'id':1}" : "{'chargingProfileId':1}"),
                        "InternalError");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 20000);
    world_free(world);
}

/* --- limits and what they do -------------------------------------------------------------------------------------------------
 */

/* A limit of 0, or less than any vehicle draws: the contactor opens, the transaction goes on. SuspendedEVSE in both versions. */
static void a_limit_of_zero_suspends(void **state)
{
    struct world *world = charging_at(world_of(state), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:0 60:5.9 120:6" }), "Accepted");
    assert_false(world->closed[1]);
    assert_int_equal(permit_at(world, 1).reason, OCPP_PERMIT_SUSPENDED_BY_LIMIT);
    if (world_is_old(world)) {
        central_sees(world, "StatusNotification", "connectorId=1 status=SuspendedEVSE");
    } else {
        central_sees(world, "TransactionEvent",
                     "eventType=Updated triggerReason=ChargingStateChanged transactionInfo/chargingState=SuspendedEVSE");
    }
    world_pass(world, 60);
    assert_false(world->closed[1]);
    world_pass(world, 60);
    assert_true(world->closed[1]);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 6000);
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* The firmware is asked to look again when a schedule changes something, at that moment and not before. */
static void the_firmware_hears_of_each_change_in_time(void **state)
{
    struct world *world = charging_at(world_of(state), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:10 100:12 200:12 300:14" }),
                        "Accepted");
    const struct ocpp_permit permit = permit_at(world, 1);
    assert_int_equal(permit.max_current_ma[0], 10000);
    assert_in_range(permit.valid_until_mono_ms - world->now.mono_ms, 99000, 100000);
    assert_true(ocpp_charge_point_deadline(world->cp) <= permit.valid_until_mono_ms);
    const int changes = world->permit_changes;
    world_pass(world, 99);
    assert_int_equal(world->permit_changes, changes);
    world_pass(world, 1);
    assert_int_equal(world->permit_changes, changes + 1);
    world_pass(world, 150);
    assert_int_equal(world->permit_changes, changes + 1); /* 12 A stay 12 A */
    world_pass(world, 50);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 14000);
    world_free(world);
}

/* K01.FR.61, SC.03. More than the significant change is told, less is not. */
static void a_change_of_the_rate_is_told_where_it_matters(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    world_set_variable(world, "SmartChargingCtrlr", "LimitChangeSignificance", NULL, "20");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:20 60:18 120:10" }), "Accepted");
    central_sees(world, "TransactionEvent", "eventType=Updated triggerReason=ChargingRateChanged");
    central_forgets(world);
    world_pass(world, 61);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 18000);
    for (size_t i = world->looked_at; i < world->call_count; i++) {
        assert_string_not_equal(value_of(world->calls[i].payload, "triggerReason"), "ChargingRateChanged");
    }
    world_pass(world, 60);
    central_sees(world, "TransactionEvent", "eventType=Updated triggerReason=ChargingRateChanged");
    world_free(world);
}

/* --- clearing
 * ------------------------------------------------------------------------------------------------------------------- */

/* TC_K_05_CS; K10.FR.03. */
static void a_profile_is_cleared_by_its_id(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 5 }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 6, .level = 1, .periods = "0:8" }),
                        "Accepted");
    assert_string_equal(cleared(world, "{'chargingProfileId':6}"), "Accepted");
    assert_string_equal(asked_for(world, "{'requestId':3,'chargingProfile':{'chargingProfileId':[6]}}"), "NoProfiles");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 6000); /* K10.FR.05 */
    world_free(world);
}

/* TC_K_06_CS; K10.FR.04. */
static void a_profile_is_cleared_by_level_and_purpose(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 5, .level = 2 }), "Accepted");
    assert_string_equal(set_profile(world, &station_max), "Accepted");
    assert_string_equal(
        cleared(world, "{'chargingProfileCriteria':{'chargingProfilePurpose':'TxDefaultProfile','stackLevel':2}}"), "Accepted");
    assert_string_equal(
        asked_for(world, "{'requestId':3,'chargingProfile':{'chargingProfilePurpose':'TxDefaultProfile','stackLevel':2}}"),
        "NoProfiles");
    assert_string_equal(asked_for(world, "{'requestId':3,'chargingProfile':{'chargingProfileId':[1]}}"), "Accepted");
    world_free(world);
}

/* TC_K_07_CS; K10.FR.01. */
static void what_no_profile_has_is_unknown(void **state)
{
    (void)state;
    struct world *world = named();
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 5, .level = 2 }), "Accepted");
    assert_string_equal(
        cleared(world, "{'chargingProfileCriteria':{'chargingProfilePurpose':'TxDefaultProfile','stackLevel':3}}"), "Unknown");
    assert_string_equal(cleared(world, "{'chargingProfileCriteria':{'chargingProfilePurpose':'TxProfile','stackLevel':2}}"),
                        "Unknown");
    assert_string_equal(cleared(world, "{'chargingProfileCriteria':{'evseId':2}}"), "Unknown");
    assert_string_equal(cleared(world, "{'chargingProfileId':6}"), "Unknown");
    world_free(world);
}

/* TC_K_08_CS; K10.FR.01. */
static void where_nothing_is_nothing_is_cleared(void **state)
{
    (void)state;
    struct world *world = named();
    assert_string_equal(cleared(world, "{'chargingProfileId':1}"), "Unknown");
    assert_string_equal(cleared(world, "{}"), "Unknown");
    world_free(world);
}

/* TC_K_09_CS; K10.FR.07. */
static void a_transaction_goes_on_without_the_default_profile_that_was_cleared(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    assert_string_equal(
        set_profile(world, &(struct profile_text){ .evse = 1, .duration_s = 400, .valid_from_s = -1, .valid_to_s = 500 }),
        "Accepted");
    assert_string_equal(composite_of(world, 1, 300, "A"), "0:6 /300");
    assert_string_equal(cleared(world, "{'chargingProfileCriteria':{'chargingProfilePurpose':'TxDefaultProfile'}}"), "Accepted");
    assert_string_equal(composite_of(world, 1, 300, "A"), "0:32 /300");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], INT64_MAX);
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* TC_K_24_CS; K10.FR.04. */
static void several_profiles_are_cleared_at_once(void **state)
{
    (void)state;
    struct world *world = named();
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 5 }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 2, .id = 6 }), "Accepted");
    const unsigned writes = test_storage_writes(world->storage);
    assert_string_equal(
        cleared(world, "{'chargingProfileCriteria':{'chargingProfilePurpose':'TxDefaultProfile','stackLevel':0}}"), "Accepted");
    assert_int_equal(test_storage_writes(world->storage), writes + 1); /* all or none */
    assert_string_equal(
        asked_for(world, "{'requestId':3,'chargingProfile':{'chargingProfilePurpose':'TxDefaultProfile','stackLevel':0}}"),
        "NoProfiles");
    world_free(world);
}

/* --- reports
 * ---------------------------------------------------------------------------------------------------------------------- */

static struct world *with_two_profiles(void)
{
    struct world *world = named();
    assert_string_equal(set_profile(world, &station_max), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .level = 1 }), "Accepted");
    return world;
}

/* TC_K_29_CS; K09.FR.01, FR.05. */
static void the_stations_own_profiles_are_reported(void **state)
{
    (void)state;
    struct world *world = with_two_profiles();
    assert_string_equal(asked_for(world, "{'requestId':11,'evseId':0,'chargingProfile':{'chargingLimitSource':['CSO']}}"),
                        "Accepted");
    central_sees(world, "ReportChargingProfiles", "requestId=11 evseId=0 tbc=- chargingProfile=(1) chargingProfile/0/id=1");
    central_does_not_see(world, "ReportChargingProfiles");
    world_free(world);
}

/* TC_K_30_CS; K09.FR.04. */
static void the_profiles_of_an_evse_are_reported(void **state)
{
    (void)state;
    struct world *world = with_two_profiles();
    assert_string_equal(asked_for(world, "{'requestId':12,'evseId':1,'chargingProfile':{'chargingLimitSource':['CSO']}}"),
                        "Accepted");
    central_sees(world, "ReportChargingProfiles", "requestId=12 evseId=1 tbc=- chargingProfile=(1) chargingProfile/0/id=2");
    central_does_not_see(world, "ReportChargingProfiles");
    world_free(world);
}

/* TC_K_31_CS; K09.FR.02, FR.06. A message per place; the last one says that it is the last. */
static void all_profiles_are_reported_in_pages(void **state)
{
    (void)state;
    struct world *world = with_two_profiles();
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 2, .id = 3, .level = 1 }), "Accepted");
    assert_string_equal(asked_for(world, "{'requestId':13,'chargingProfile':{'chargingLimitSource':['CSO','EMS']}}"), "Accepted");
    central_sees(world, "ReportChargingProfiles", "requestId=13 tbc=true evseId=0");
    central_sees(world, "ReportChargingProfiles", "requestId=13 tbc=true evseId=1");
    central_sees(world, "ReportChargingProfiles", "requestId=13 tbc=- evseId=2");
    central_does_not_see(world, "ReportChargingProfiles");
    world_free(world);
}

/* K09.FR.02. More profiles of one place than a message should have. */
static void many_profiles_of_one_place_are_several_pages(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.max_stack_level = 20;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    for (int id = 1; id <= 11; id++) {
        assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = id, .level = id }), "Accepted");
    }
    assert_string_equal(asked_for(world, "{'requestId':5,'chargingProfile':{'chargingLimitSource':['CSO']}}"), "Accepted");
    central_sees(world, "ReportChargingProfiles", "requestId=5 tbc=true evseId=1 chargingProfile=(8) chargingProfile/7/id=8");
    central_sees(world, "ReportChargingProfiles", "requestId=5 tbc=- evseId=1 chargingProfile=(3) chargingProfile/2/id=11");
    assert_string_equal(asked_for(world, "{'requestId':6,'chargingProfile':{'chargingLimitSource':['CSO']}}"), "Accepted");
    world_free(world);
}

/* K09.FR.02. What a page promised is cleared before it is told: the report ends all the same, with one that was there when it was
 * asked for. */
static void a_report_ends_although_what_was_left_is_cleared(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.max_stack_level = 20;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    for (int id = 1; id <= 11; id++) {
        assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = id, .level = id }), "Accepted");
    }
    world->silent_action = "ReportChargingProfiles";
    world->silent_count = 1;
    assert_string_equal(asked_for(world, "{'requestId':5,'chargingProfile':{'chargingLimitSource':['CSO']}}"), "Accepted");
    central_sees(world, "ReportChargingProfiles", "requestId=5 tbc=true evseId=1 chargingProfile=(8)");
    assert_string_equal(cleared(world, "{'chargingProfileCriteria':{'evseId':1}}"), "Accepted");
    world_pass(world, 31);
    central_sees(world, "ReportChargingProfiles", "requestId=5 tbc=- evseId=1 chargingProfile=(1) chargingProfile/0/id=9");
    world_pass(world, 600);
    central_does_not_see(world, "ReportChargingProfiles");
    world_free(world);
}

/* TC_K_32_CS; K09.FR.01. */
static void a_profile_is_reported_by_its_id(void **state)
{
    (void)state;
    struct world *world = with_two_profiles();
    assert_string_equal(asked_for(world, "{'requestId':14,'chargingProfile':{'chargingProfileId':[1,77]}}"), "Accepted");
    central_sees(world, "ReportChargingProfiles", "requestId=14 tbc=- chargingProfile=(1) chargingProfile/0/id=1");
    central_does_not_see(world, "ReportChargingProfiles");
    world_free(world);
}

/* TC_K_33_CS; TC_K_35_CS; TC_K_36_CS; K09.FR.04. */
static void profiles_are_reported_by_level_and_purpose(void **state)
{
    (void)state;
    struct world *world = with_two_profiles();
    static const struct {
        const char *criterion;
        const char *status;
    } cases[] = {
        { "'stackLevel':1", "Accepted" },
        { "'stackLevel':0", "NoProfiles" },
        { "'chargingProfilePurpose':'TxDefaultProfile'", "Accepted" },
        { "'chargingProfilePurpose':'TxProfile'", "NoProfiles" },
        { "'chargingProfilePurpose':'TxDefaultProfile','stackLevel':1", "Accepted" },
        { "'chargingProfilePurpose':'TxDefaultProfile','stackLevel':2", "NoProfiles" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char payload[160];
        snprintf(payload, sizeof(payload), "{'requestId':15,'evseId':1,'chargingProfile':{%s}}", cases[i].criterion);
        assert_string_equal(asked_for(world, payload), cases[i].status);
        if (strcmp(cases[i].status, "Accepted") == 0) {
            central_sees(world, "ReportChargingProfiles", "requestId=15 evseId=1 chargingProfile/0/id=2");
        }
        central_does_not_see(world, "ReportChargingProfiles");
    }
    world_free(world);
}

/* TC_K_34_CS; K09.FR.04. */
static void profiles_are_reported_by_who_set_them(void **state)
{
    (void)state;
    struct world *world = with_two_profiles();
    assert_string_equal(asked_for(world, "{'requestId':16,'evseId':1,'chargingProfile':{'chargingLimitSource':['CSO']}}"),
                        "Accepted");
    central_sees(world, "ReportChargingProfiles", "requestId=16 chargingProfile/0/id=2");
    assert_string_equal(asked_for(world, "{'requestId':16,'evseId':1,'chargingProfile':{'chargingLimitSource':['SO']}}"),
                        "NoProfiles");
    world_free(world);
}

/* Reports that are under way at once, and one too many. A link that goes takes them along. */
static void reports_are_bounded_and_belong_to_their_link(void **state)
{
    (void)state;
    struct world *world = with_two_profiles();
    world->silent_action = "ReportChargingProfiles";
    world->silent_count = 1;
    for (int i = 0; i < 4; i++) {
        char payload[96];
        snprintf(payload, sizeof(payload), "{'requestId':%d,'chargingProfile':{'chargingProfileId':[1,2]}}", 20 + i);
        assert_string_equal(asked_for(world, payload), "Accepted");
    }
    assert_string_equal(asked_for(world, "{'requestId':25,'chargingProfile':{'chargingProfileId':[1,2]}}"), "InternalError");
    world_pass(world, 31); /* the first page is given up: it was not answered */
    for (int i = 0; i < 4; i++) {
        char members[64];
        snprintf(members, sizeof(members), "requestId=%d tbc=-", 20 + i);
        central_sees(world, "ReportChargingProfiles", members);
    }
    world->silent_count = 1;
    assert_string_equal(asked_for(world, "{'requestId':26,'chargingProfile':{'chargingProfileId':[1,2]}}"), "Accepted");
    central_forgets(world);
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_does_not_see(world, "ReportChargingProfiles");
    world_free(world);
}

/* --- composite schedules
 * ----------------------------------------------------------------------------------------------------------- */

/* TC_K_39_CS; K08.FR.02, FR.03, FR.06. */
static void without_profiles_the_hardware_is_told(void **state)
{
    (void)state;
    struct world *world = named();
    assert_string_equal(composite_of(world, 0, 300, "A"), "0:64 /300");
    assert_string_equal(value_of(world->answer, "schedule/evseId"), "0");
    assert_string_equal(value_of(world->answer, "schedule/scheduleStart"),
                        date_text(world, -(int)((world->central_utc_ms + world->now.mono_ms) % 1000) / 1000));
    assert_string_equal(composite_of(world, 2, 300, "W"), "0:22080 /300");
    world_free(world);
}

/* TC_K_40_CS; TC_072_CS; K08.FR.02, FR.06; 1.6 3.13.2 (title only, steps ours). */
static void stacked_profiles_make_one_schedule(void **state)
{
    struct world *world = world_of(state);
    const struct profile_text low = {
        .evse = 1, .id = 1, .duration_s = 400, .valid_from_s = -1, .valid_to_s = 401, .periods = "0:6 100:8 200:10"
    };
    const struct profile_text high = {
        .evse = 1, .id = 2, .level = 1, .duration_s = 150, .valid_from_s = -1, .valid_to_s = 401, .periods = "0:7 100:9"
    };
    assert_string_equal(set_profile(world, &low), "Accepted");
    assert_string_equal(set_profile(world, &high), "Accepted");
    assert_string_equal(composite_of(world, 1, 350, "A"), "0:7 100:9 150:8 200:10 /350");
    world_free(world);
}

/* TC_K_41_CS; K08.FR.02, FR.04. */
static void purposes_are_combined_to_the_lowest(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    struct profile_text most = station_max;
    most.periods = "0:10";
    most.duration_s = 400;
    assert_string_equal(set_profile(world, &most), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .duration_s = 300, .periods = "0:6" }),
                        "Accepted");
    const struct profile_text own = { .evse = 1,
                                      .id = 3,
                                      .purpose = "TxProfile",
                                      .transaction = the_session(world)->id,
                                      .duration_s = 260,
                                      .periods = "0:8 50:11 140:16 200:6 240:12" };
    assert_string_equal(set_profile(world, &own), "Accepted");
    assert_string_equal(composite_of(world, 1, 400, "A"), "0:8 50:10 200:6 240:10 260:6 300:10 /400");
    world_free(world);
}

/* TC_K_42_CS; K08.FR.07. */
static void a_composite_in_a_measure_that_is_not_supported_is_refused(void **state)
{
    struct world *world = world_new();
    world->settings.rate_units = OCPP_RATE_POWER;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    assert_string_equal(composite_of(world, 1, 300, "A"), "Rejected");
    assert_string_equal(composite_of(world, 1, 300, NULL), "0:22080 /300");
    world_free(world);
}

/* TC_K_47_CS; K08.FR.05. */
static void a_composite_of_an_unknown_evse_is_refused(void **state)
{
    (void)state;
    struct world *world = named();
    assert_string_equal(composite_of(world, 3, 300, "A"), "Rejected");
    assert_string_equal(composite_of(world, 1, -1, "A"), "Rejected");
    world_free(world);
}

/* --- limits from outside
 * --------------------------------------------------------------------------------------------------------------- */

static const struct ocpp_external_limit by_ems = { OCPP_LIMIT_SOURCE_EMS, false, 10000, INT64_MAX };

/* TC_K_52_CS; K12.FR.01, FR.02, FR.04, FR.05. */
static void a_limit_from_outside_is_told_and_reported(void **state)
{
    (void)state;
    struct world *world = named();
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &by_ems, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "NotifyChargingLimit",
                 "chargingLimit/chargingLimitSource=EMS chargingLimit/isGridCritical=- evseId=- chargingSchedule=-");
    assert_string_equal(
        asked_for(world, "{'requestId':8,'chargingProfile':{'chargingProfilePurpose':'ChargingStationExternalConstraints'}}"),
        "Accepted");
    central_sees(world, "ReportChargingProfiles",
                 "requestId=8 evseId=0 tbc=- chargingLimitSource=EMS "
                 "chargingProfile/0/chargingProfilePurpose=ChargingStationExternalConstraints "
                 "chargingProfile/0/chargingSchedule/0/chargingSchedulePeriod/0/limit=10");
    assert_string_equal(composite_of(world, 0, 60, "A"), "0:10 /60");
    charging_at(world, 1);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    world_free(world);
}

/* K11.FR.01 to FR.06, K13.FR.01 to FR.03. With a transaction, and its end. */
static void a_limit_from_outside_comes_and_goes_under_a_transaction(void **state)
{
    (void)state;
    struct world *world = charging_at(named(), 1);
    world_set_variable(world, "SmartChargingCtrlr", "NotifyChargingLimitWithSchedules", NULL, "true");
    struct ocpp_external_limit limit = { OCPP_LIMIT_SOURCE_SO, true, INT64_MAX, 6900 };
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 1, &limit, world->now), OCPP_OK);
    world_run(world);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    central_sees(
        world, "NotifyChargingLimit",
        "evseId=1 chargingLimit/chargingLimitSource=SO chargingLimit/isGridCritical=true chargingSchedule/0/chargingRateUnit=W "
        "chargingSchedule/0/chargingSchedulePeriod/0/limit=6900");
    central_sees(world, "TransactionEvent", "triggerReason=ChargingRateChanged");
    limit.max_power_w = 6901; /* not worth a message (SC.03) */
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 1, &limit, world->now), OCPP_OK);
    world_run(world);
    central_does_not_see(world, "NotifyChargingLimit");
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 1, NULL, world->now), OCPP_OK);
    world_run(world);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], INT64_MAX);
    central_sees(world, "ClearedChargingLimit", "evseId=1 chargingLimitSource=SO");
    central_sees(world, "TransactionEvent", "triggerReason=ChargingRateChanged");
    world_free(world);
}

/* K01.FR.05, FR.22, K10.FR.08, FR.09. It is none of the central system's. */
static void a_limit_from_outside_can_be_neither_replaced_nor_cleared(void **state)
{
    (void)state;
    struct world *world = named();
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &by_ems, world->now), OCPP_OK);
    world_run(world);
    assert_string_equal(asked_for(world, "{'requestId':8,'chargingProfile':{'chargingLimitSource':['EMS']}}"), "Accepted");
    central_sees(world, "ReportChargingProfiles", "chargingProfile/0/id=-1");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = -1 }), "Rejected");
    assert_string_equal(cleared(world, "{'chargingProfileId':-1}"), "Unknown");
    assert_string_equal(
        cleared(world, "{'chargingProfileCriteria':{'chargingProfilePurpose':'ChargingStationExternalConstraints'}}"), "Unknown");
    assert_string_equal(cleared(world, "{'chargingProfileCriteria':{'evseId':0}}"), "Unknown");
    assert_string_equal(composite_of(world, 0, 60, "A"), "0:10 /60");
    world_free(world);
}

/* What was set and gone before anybody could be told is told to nobody; what is there with the next link is told then. */
static void of_limits_from_outside_the_latest_is_told_when_the_link_is_back(void **state)
{
    (void)state;
    struct world *world = named();
    world_disconnect(world);
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &by_ems, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, NULL, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 2, &by_ems, world->now), OCPP_OK);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "NotifyChargingLimit", "evseId=2");
    central_does_not_see(world, "NotifyChargingLimit");
    central_does_not_see(world, "ClearedChargingLimit");
    world_disconnect(world);
    world->silent_action = "ClearedChargingLimit";
    world->silent_count = 1;
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 2, NULL, world->now), OCPP_OK);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "ClearedChargingLimit", "evseId=2");
    world_disconnect(world); /* not answered: told again */
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "ClearedChargingLimit", "evseId=2");
    world_free(world);
}

/* A central system that does not want to hear of them is not told again. */
static void a_notice_that_is_refused_is_not_repeated(void **state)
{
    (void)state;
    struct world *world = named();
    world->refuse_action = "NotifyChargingLimit";
    world->refuse_count = 1;
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &by_ems, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "NotifyChargingLimit", "");
    world_pass(world, 600);
    central_does_not_see(world, "NotifyChargingLimit");
    assert_string_equal(composite_of(world, 0, 60, "A"), "0:10 /60"); /* it holds all the same */
    world_free(world);
}

static void what_is_no_limit_is_refused(void **state)
{
    struct world *world = world_of(state);
    struct ocpp_external_limit limit = by_ems;
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 2, &limit, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, -1, &limit, world->now), OCPP_ERR_ARGUMENT);
    limit.max_current_ma = -1;
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &limit, world->now), OCPP_ERR_ARGUMENT);
    limit.max_current_ma = INT64_MAX;
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &limit, world->now), OCPP_ERR_ARGUMENT);
    limit.max_power_w = 2000000000;
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &limit, world->now), OCPP_ERR_ARGUMENT);
    limit = by_ems;
    limit.source = OCPP_LIMIT_SOURCE_CSO;
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &limit, world->now), OCPP_ERR_ARGUMENT);
    world_free(world);
}

/* 1.6 has no words for them; they hold all the same, and are told when the station comes back in a version that has. */
static void a_version_without_words_hears_of_limits_by_the_composite(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &by_ems, world->now), OCPP_OK);
    world_run(world);
    assert_string_equal(composite_of(world, 0, 60, "A"), "0:10 /60");
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "NotifyChargingLimit", "chargingLimit/chargingLimitSource=EMS");
    world_free(world);
}

/* --- a profile with a remote start
 * -------------------------------------------------------------------------------------------------- */

static const char *start_with(struct world *world, int evse, const struct profile_text *text)
{
    static char payload[4096];
    const char *json = profile_json(world, text);
    if (world_is_old(world)) {
        snprintf(payload, sizeof(payload), "{'connectorId':%d,'idTag':'R','chargingProfile':%s}", evse, json);
    } else {
        snprintf(payload, sizeof(payload),
                 "{'evseId':%d,'remoteStartId':9,'idToken':{'idToken':'R','type':'ISO14443'},'chargingProfile':%s}", evse, json);
    }
    return value_of(central_asks(world, world_is_old(world) ? "RemoteStartTransaction" : "RequestStartTransaction", payload),
                    "status");
}

static const struct profile_text of_transaction = { .id = 3, .purpose = "TxProfile", .kind = "Relative", .periods = "0:9 60:13" };

/* TC_K_37_CS; TC_059_CS; K05.FR.03, F01.FR.10, F02.FR.18; 1.6 5.16.2 (title only, steps ours). From the first moment on, counted
 * from it, and gone with it. */
static void a_remote_start_brings_its_profile(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(start_with(world, 1, &of_transaction), "Accepted");
    world_pass(world, 20);
    plug(world, 1);
    assert_true(world->closed[1]);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 9000);
    assert_string_equal(composite_of(world, 1, 100, "A"), "0:9 60:13 /100");
    world_pass(world, 60);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 13000);
    unplug(world, 1);
    plug(world, 1);
    card(world, 1, "B");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], INT64_MAX);
    world_free(world);
}

/* F02. The vehicle is there already; which EVSE it is, the station chooses. */
static void the_profile_goes_where_the_transaction_starts(void **state)
{
    struct world *world = with_evses(*(enum ocpp_version *)*state, 2);
    plug(world, 2);
    char payload[1024];
    const char *json = profile_json(world, &of_transaction);
    snprintf(payload, sizeof(payload),
             world_is_old(world) ? "{'idTag':'R','chargingProfile':%s}"
                                 : "{'remoteStartId':9,'idToken':{'idToken':'R','type':'ISO14443'},'chargingProfile':%s}",
             json);
    assert_string_equal(
        value_of(central_asks(world, world_is_old(world) ? "RemoteStartTransaction" : "RequestStartTransaction", payload),
                 "status"),
        "Accepted");
    assert_true(world->closed[2]);
    assert_int_equal(permit_at(world, 2).max_current_ma[0], 9000);
    world_free(world);
}

/* TC_060_CS; F01.FR.09, FR.11, FR.26; 1.6 errata 3.41 (title only, steps ours). Nothing starts. */
static void a_remote_start_with_a_profile_that_is_none_is_refused(void **state)
{
    struct world *world = world_of(state);
    struct profile_text text = of_transaction;
    text.purpose = "TxDefaultProfile";
    assert_string_equal(start_with(world, 1, &text), "Rejected");
    assert_string_equal(reason_of(world), world_is_old(world) ? "" : "InvalidProfile");
    text = of_transaction;
    text.transaction = world_is_old(world) ? "7" : "00000000-0000-0000-0000-000000000000";
    assert_string_equal(start_with(world, 1, &text), "Rejected");
    text = of_transaction;
    text.periods = "10:6";
    assert_string_equal(start_with(world, 1, &text), "Rejected");
    assert_string_equal(reason_of(world), world_is_old(world) ? "" : "InvalidSchedule");
    text = of_transaction;
    text.level = 99;
    assert_string_equal(start_with(world, 1, &text), "Rejected");
    plug(world, 1);
    assert_false(world->closed[1]);
    world_free(world);
}

/* TC_K_38_CS; F01.FR.12, F02.FR.20; 1.6 5.11. */
static void without_smart_charging_the_profile_of_a_remote_start_is_ignored(void **state)
{
    struct world *world = world_new();
    world->settings.max_profiles = 0;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    assert_string_equal(start_with(world, 1, &of_transaction), "Accepted");
    plug(world, 1);
    assert_true(world->closed[1]);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], INT64_MAX);
    world_free(world);
}

/* A remote start that nobody follows takes its profile along, and leaves its place to others. */
static void the_profile_of_a_remote_start_that_came_to_nothing_is_gone(void **state)
{
    struct world *world = world_new();
    world->settings.max_profiles = 1;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    assert_string_equal(start_with(world, 1, &of_transaction), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1 }), "Rejected");
    world_pass(world, 61);
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], INT64_MAX);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1 }), "Accepted");
    world_free(world);
}

/* The profile is not stored before there is a transaction, and then with it; what has its id goes with that. */
static void the_profile_of_a_remote_start_replaces_its_id_when_it_begins(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 3, .periods = "0:20" }), "Accepted");
    assert_string_equal(start_with(world, 1, &of_transaction), "Accepted");
    assert_string_equal(composite_of(world, 1, 10, "A"), "0:20 /10");
    plug(world, 1);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 9000);
    unplug(world, 1);
    assert_string_equal(composite_of(world, 1, 10, "A"), "0:32 /10");
    world_free(world);
}

/* --- 1.6
 * ------------------------------------------------------------------------------------------------------------------------------
 */

/* TC_056_CS; 1.6 3.13.1, 5.16.4 (title only, steps ours). Set before, it holds from the start of a transaction. */
static void a_default_profile_limits_the_next_transaction(void **state)
{
    (void)state;
    struct world *world = with_evses(OCPP_VERSION_1_6, 2);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 0, .id = 1, .periods = "0:10" }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 2, .id = 2, .periods = "0:12" }),
                        "Accepted"); /* for that one only (3.13.1) */
    charging_at(charging_at(world, 1), 2);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    assert_int_equal(permit_at(world, 2).max_current_ma[0], 12000);
    world_free(world);
}

/* TC_057_CS; 1.6 3.13.1, 5.16.3, errata 3.42 (title only, steps ours). With the number of the transaction, and without it. */
static void a_transactions_profile_of_1_6_is_taken(void **state)
{
    (void)state;
    struct world *world = charging_at(world_accepted(OCPP_VERSION_1_6), 1);
    const struct profile_text text = {
        .evse = 1, .id = 1, .purpose = "TxProfile", .transaction = the_session(world)->id, .periods = "0:10"
    };
    assert_string_equal(set_profile(world, &text), "Accepted");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    assert_string_equal(
        set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .purpose = "TxProfile", .periods = "0:11" }), "Accepted");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 11000); /* the same level: replaced (3.13.2) */
    assert_string_equal(cleared(world, "{'id':1}"), "Unknown");
    world_free(world);
}

/* TC_058_1_CS; 1.6 3.13.1 (title only, steps ours). */
static void a_transactions_profile_of_1_6_needs_a_transaction(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .purpose = "TxProfile" }), "Rejected");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 0, .purpose = "TxProfile" }), "Rejected");
    assert_string_equal(composite_of(world, 1, 10, NULL), "0:32 /10");
    world_free(world);
}

/* TC_058_2_CS; 1.6 5.16 (title only, steps ours). */
static void a_transactions_profile_of_1_6_needs_the_right_number(void **state)
{
    (void)state;
    struct world *world = charging_at(world_accepted(OCPP_VERSION_1_6), 1);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .purpose = "TxProfile", .transaction = "31337" }),
                        "Rejected");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], INT64_MAX);
    world_free(world);
}

/* TC_066_CS; 1.6 5.7, errata 3.28 to 3.30, 3.51, 3.57 (title only, steps ours). */
static void a_composite_of_1_6_says_when_it_starts(void **state)
{
    (void)state;
    struct world *world = with_evses(OCPP_VERSION_1_6, 2);
    struct profile_text most = station_max;
    most.periods = "0:50/3 100:30";
    assert_string_equal(set_profile(world, &most), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .duration_s = 60, .periods = "0:16/1" }),
                        "Accepted");
    assert_string_equal(composite_of(world, 1, 300, "A"), "0:16 60:32 100:30 /300");
    assert_string_equal(value_of(world->answer, "connectorId"), "1");
    assert_string_not_equal(value_of(world->answer, "scheduleStart"), "");
    assert_string_equal(value_of(world->answer, "chargingSchedule/startSchedule"), "");
    assert_string_equal(value_of(world->answer, "chargingSchedule/chargingRateUnit"), "A");
    assert_string_equal(value_of(world->answer, "chargingSchedule/chargingSchedulePeriod/0/numberPhases"), "1");
    assert_string_equal(composite_of(world, 0, 300, NULL), "0:48 60:50 100:30 /300");
    assert_string_equal(composite_of(world, 3, 300, NULL), "Rejected");
    assert_string_equal(central_asks(world, "GetCompositeSchedule", "{'connectorId':1,'duration':5,'chargingRateUnit':'hp'}"),
                        "PropertyConstraintViolation"); /* errata 3.24 */
    world_free(world);
}

/* TC_067_CS; 1.6 5.5, errata 3.25, 3.26 (title only, steps ours). */
static void profiles_of_1_6_are_cleared_by_every_criterion(void **state)
{
    (void)state;
    struct world *world = with_evses(OCPP_VERSION_1_6, 2);
    static const struct {
        const char *payload;
        const char *status;
        const char *left; /* at connector 1 and 2: 30 A of the whole, then 10 and 12 */
    } cases[] = {
        { "{'id':2}", "Accepted", "0:32 0:12" },
        { "{'id':9}", "Unknown", "0:10 0:12" },
        { "{'id':2,'connectorId':2,'stackLevel':9}", "Accepted", "0:32 0:12" }, /* with an id nothing else counts */
        { "{'connectorId':2}", "Accepted", "0:10 0:32" },
        { "{'connectorId':0}", "Accepted", "0:10 0:12" },
        { "{'connectorId':5}", "Unknown", "0:10 0:12" },
        { "{'chargingProfilePurpose':'TxDefaultProfile'}", "Accepted", "0:32 0:32" },
        { "{'chargingProfilePurpose':'TxDefaultProfile','connectorId':1}", "Accepted", "0:32 0:12" },
        { "{'stackLevel':4}", "Accepted", "0:10 0:32" },
        { "{'stackLevel':4,'connectorId':1}", "Unknown", "0:10 0:12" },
        { "{}", "Accepted", "0:32 0:32" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char left[64];
        struct profile_text most = station_max;
        most.periods = "0:60";
        central_asks(world, "ClearChargingProfile", "{}");
        assert_string_equal(set_profile(world, &most), "Accepted");
        assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .periods = "0:10" }), "Accepted");
        assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 2, .id = 3, .level = 4, .periods = "0:12" }),
                            "Accepted");
        assert_string_equal(cleared(world, cases[i].payload), cases[i].status);
        snprintf(left, sizeof(left), "%.4s", composite_of(world, 1, 1, "A"));
        snprintf(left + 4, sizeof(left) - 4, " %.4s", composite_of(world, 2, 1, "A"));
        assert_string_equal(left, cases[i].left);
    }
    world_free(world);
}

/* 1.6 errata 3.38, 3.39, 3.45; 3.13.1. */
static void what_1_6_does_not_allow_is_refused(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 2 }), "PropertyConstraintViolation");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = -1 }), "PropertyConstraintViolation");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .unit = "kW" }), "PropertyConstraintViolation");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .purpose = "ChargingStationMaxProfile" }),
                        "Rejected");
    assert_string_equal(
        set_profile(world, &(struct profile_text){ .evse = 0, .purpose = "ChargingStationMaxProfile", .kind = "Relative" }),
        "Rejected");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "5:6" }), "Rejected");
    assert_string_equal(
        set_profile(world,
                    &(struct profile_text){ .evse = 1, .kind = "Recurring", .recurrency = "Daily", .without_start = true }),
        "Rejected");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .level = 10 }), "Rejected");
    world_free(world);
}

/* 1.6 7.13: without a start an absolute schedule begins with the charging; errata 3.56: a recurrency of what does not recur means
 * nothing. */
static void what_1_6_leaves_open_is_taken_in_the_sense_of_its_text(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(
        set_profile(world,
                    &(struct profile_text){ .evse = 1, .without_start = true, .periods = "0:8 60:16", .recurrency = "Daily" }),
        "Accepted");
    world_pass(world, 50);
    charging_at(world, 1);
    assert_string_equal(composite_of(world, 1, 100, "A"), "0:8 60:16 /100");
    struct profile_text most = station_max;
    most.without_start = true; /* nothing is charged at the whole charge point: it begins now */
    most.periods = "0:6 30:20";
    most.id = 7;
    assert_string_equal(set_profile(world, &most), "Accepted");
    assert_string_equal(composite_of(world, 1, 100, "A"), "0:6 30:8 60:16 /100");
    world_free(world);
}

/* 1.6 3.13.2. A profile of the same level and purpose is replaced, also by one that is valid later only: nothing holds till then.
 */
static void in_1_6_a_profile_of_the_same_level_is_replaced(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:8" }), "Accepted");
    const unsigned writes = test_storage_writes(world->storage);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .valid_from_s = 60, .periods = "0:10" }),
                        "Accepted");
    assert_int_equal(test_storage_writes(world->storage), writes + 1); /* the one comes and the other goes together */
    charging_at(world, 1);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], INT64_MAX);
    assert_string_equal(cleared(world, "{'id':1}"), "Unknown");
    world_pass(world, 60);
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    world_free(world);
}

/* --- phases of a transaction ---------------------------------------------------------------------------------------------- */

static void draws(struct world *world)
{
    assert_int_equal(ocpp_charge_point_vehicle(world->cp, 1, true, world->now), OCPP_OK);
    world_run(world);
}

/* E02.FR.18, FR.19; E03.FR.13, FR.14: once when the energy begins to flow, and once when the number is another. */
static void the_number_of_phases_is_told_when_it_changes(void **state)
{
    (void)state;
    const struct ocpp_evse_properties properties[] = { { .max_power_w = 22080, .supply_phases = 3 } };
    struct world *world = world_new();
    world->settings.evse_properties = properties;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "A");
    draws(world);
    central_sees(world, "TransactionEvent", "transactionInfo/chargingState=Charging numberOfPhasesUsed=3");
    world_pass(world, 60);
    central_sees(world, "TransactionEvent", "triggerReason=MeterValuePeriodic numberOfPhasesUsed=-");
    set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:10/1" });
    world_pass(world, 60);
    central_sees(world, "TransactionEvent", "numberOfPhasesUsed=1");
    world_pass(world, 60);
    central_sees(world, "TransactionEvent", "numberOfPhasesUsed=-");
    unplug(world, 1);
    central_sees(world, "TransactionEvent", "eventType=Ended numberOfPhasesUsed=-");
    world_free(world);
}

/* A board that has not said what it is wired with knows of no number. */
static void without_properties_no_number_of_phases_is_told(void **state)
{
    (void)state;
    struct world *world = named();
    plug(world, 1);
    card(world, 1, "A");
    draws(world);
    central_sees(world, "TransactionEvent", "transactionInfo/chargingState=Charging numberOfPhasesUsed=-");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_default_profile_is_taken_for_one_evse),
        cmocka_unit_test(a_transactions_profile_without_a_transaction_is_refused),
        cmocka_unit_test(a_limit_of_the_station_is_taken_and_shared),
        cmocka_unit_test(a_profile_with_a_known_id_replaces_it),
        cmocka_unit_test(a_default_profile_for_all_holds_at_each),
        cmocka_unit_test(a_transactions_profile_for_all_is_refused),
        cmocka_unit_test(a_measure_that_is_not_supported_is_refused),
        IN_EACH_VERSION(profiles_outlast_a_power_cut),
        cmocka_unit_test(an_evse_that_does_not_exist_is_refused),
        IN_EACH_VERSION(without_smart_charging_its_messages_are_not_supported),
        cmocka_unit_test(smart_charging_can_be_switched_off),
        cmocka_unit_test(an_unknown_transaction_is_refused),
        IN_EACH_VERSION(recurring_profiles_are_taken),
        cmocka_unit_test(a_profile_holds_from_its_validity_on),
        cmocka_unit_test(a_profile_holds_until_its_validity_ends),
        cmocka_unit_test(a_schedule_holds_from_its_start_on),
        IN_EACH_VERSION(a_default_profile_reaches_the_transaction_that_runs),
        cmocka_unit_test(a_transactions_profile_lives_as_long_as_it),
        cmocka_unit_test(behind_a_transactions_profile_the_default_one_holds),
        cmocka_unit_test(what_contradicts_itself_is_refused_with_the_reason),
        cmocka_unit_test(several_schedules_are_refused),
        cmocka_unit_test(a_second_profile_of_the_same_level_is_refused),
        IN_EACH_VERSION(too_many_periods_or_profiles_are_refused),
        cmocka_unit_test(phases_need_hardware_that_can),
        IN_EACH_VERSION(a_limit_in_watt_becomes_one_per_phase),
        IN_EACH_VERSION(what_cannot_be_stored_is_refused),
        IN_EACH_VERSION(a_limit_of_zero_suspends),
        IN_EACH_VERSION(the_firmware_hears_of_each_change_in_time),
        cmocka_unit_test(a_change_of_the_rate_is_told_where_it_matters),
        cmocka_unit_test(a_profile_is_cleared_by_its_id),
        cmocka_unit_test(a_profile_is_cleared_by_level_and_purpose),
        cmocka_unit_test(what_no_profile_has_is_unknown),
        cmocka_unit_test(where_nothing_is_nothing_is_cleared),
        cmocka_unit_test(a_transaction_goes_on_without_the_default_profile_that_was_cleared),
        cmocka_unit_test(several_profiles_are_cleared_at_once),
        cmocka_unit_test(the_stations_own_profiles_are_reported),
        cmocka_unit_test(the_profiles_of_an_evse_are_reported),
        cmocka_unit_test(all_profiles_are_reported_in_pages),
        cmocka_unit_test(many_profiles_of_one_place_are_several_pages),
        cmocka_unit_test(a_report_ends_although_what_was_left_is_cleared),
        cmocka_unit_test(the_number_of_phases_is_told_when_it_changes),
        cmocka_unit_test(without_properties_no_number_of_phases_is_told),
        cmocka_unit_test(a_profile_is_reported_by_its_id),
        cmocka_unit_test(profiles_are_reported_by_level_and_purpose),
        cmocka_unit_test(profiles_are_reported_by_who_set_them),
        cmocka_unit_test(reports_are_bounded_and_belong_to_their_link),
        cmocka_unit_test(without_profiles_the_hardware_is_told),
        IN_EACH_VERSION(stacked_profiles_make_one_schedule),
        cmocka_unit_test(purposes_are_combined_to_the_lowest),
        IN_EACH_VERSION(a_composite_in_a_measure_that_is_not_supported_is_refused),
        cmocka_unit_test(a_composite_of_an_unknown_evse_is_refused),
        cmocka_unit_test(a_limit_from_outside_is_told_and_reported),
        cmocka_unit_test(a_limit_from_outside_comes_and_goes_under_a_transaction),
        cmocka_unit_test(a_limit_from_outside_can_be_neither_replaced_nor_cleared),
        cmocka_unit_test(of_limits_from_outside_the_latest_is_told_when_the_link_is_back),
        cmocka_unit_test(a_notice_that_is_refused_is_not_repeated),
        IN_EACH_VERSION(what_is_no_limit_is_refused),
        cmocka_unit_test(a_version_without_words_hears_of_limits_by_the_composite),
        IN_EACH_VERSION(a_remote_start_brings_its_profile),
        IN_EACH_VERSION(the_profile_goes_where_the_transaction_starts),
        IN_EACH_VERSION(a_remote_start_with_a_profile_that_is_none_is_refused),
        IN_EACH_VERSION(without_smart_charging_the_profile_of_a_remote_start_is_ignored),
        IN_EACH_VERSION(the_profile_of_a_remote_start_that_came_to_nothing_is_gone),
        IN_EACH_VERSION(the_profile_of_a_remote_start_replaces_its_id_when_it_begins),
        cmocka_unit_test(a_default_profile_limits_the_next_transaction),
        cmocka_unit_test(a_transactions_profile_of_1_6_is_taken),
        cmocka_unit_test(a_transactions_profile_of_1_6_needs_a_transaction),
        cmocka_unit_test(a_transactions_profile_of_1_6_needs_the_right_number),
        cmocka_unit_test(a_composite_of_1_6_says_when_it_starts),
        cmocka_unit_test(profiles_of_1_6_are_cleared_by_every_criterion),
        cmocka_unit_test(what_1_6_does_not_allow_is_refused),
        cmocka_unit_test(what_1_6_leaves_open_is_taken_in_the_sense_of_its_text),
        cmocka_unit_test(in_1_6_a_profile_of_the_same_level_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
