/* test_central_energy.c: limits of others, what vehicles need and choose, and profiles with several schedules. */
#include "energy_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define NEEDS_AC                                                                                                                 \
    "[2,'n','NotifyEVChargingNeeds',{'maxScheduleTuples':3,'chargingNeeds':{'acChargingParameters':{'energyAmount':20000,"       \
    "'evMinCurrent':6,'evMaxCurrent':32,'evMaxVoltage':230},'requestedEnergyTransfer':'AC_three_phase','departureTime':"         \
    "'2026-01-01T08:00:00Z'},'evseId':1}]"
#define FOLLOWS_AT(limit, evse)                                                                                                  \
    "[2,'f','NotifyEVChargingSchedule',{'timeBase':'2026-01-01T00:00:00Z','chargingSchedule':{'id':2,'duration':3600,"           \
    "'chargingRateUnit':'W','chargingSchedulePeriod':[{'startPeriod':0,'limit':" limit "}]},'evseId':" evse "}]"
#define FOLLOWS(limit) FOLLOWS_AT(limit, "1")

static const struct ocpp_limit_period periods[] = { { .start_s = 0, .limit = { 11000, 0 } },
                                                    { .start_s = 1800, .limit = { 75005, 1 }, .phases = 3 } };

static struct ocpp_tariff_entry entries[] = {
    { .start_s = 0, .duration_s = OCPP_EV_UNSAID, .price_level = 1 },
    { .start_s = 3600,
      .duration_s = 600,
      .price_level = OCPP_EV_UNSAID,
      .block_count = 1,
      .blocks = { { .from_value = { 5, 1 },
                    .cost_count = 2,
                    .costs = { { OCPP_COST_CARBON_DIOXIDE, 120, 0 }, { OCPP_COST_RENEWABLE, 4, 1 } } } } },
};
static struct ocpp_sales_tariff tariff = {
    .id = 7, .description = "Night", .price_levels = 2, .entries = entries, .entry_count = 2
};

/* For three vehicles' worth of choice: schedules 1 to 3, the second with a tariff. */
static struct ocpp_charging_schedule schedules[3];

static struct ocpp_charging_profile profile_of(size_t count)
{
    for (size_t i = 0; i < 3; i++) {
        schedules[i] = (struct ocpp_charging_schedule){ .id = (int64_t)i + 1,
                                                        .start_utc_ms = 1767225600000,
                                                        .duration_s = 3600,
                                                        .unit = OCPP_RATE_POWER,
                                                        .periods = periods,
                                                        .period_count = 2,
                                                        .tariff = i == 1 ? &tariff : NULL };
    }
    return (struct ocpp_charging_profile){ .id = 30,
                                           .stack_level = 1,
                                           .purpose = OCPP_LIMIT_OF_TRANSACTION,
                                           .kind = OCPP_LIMIT_ABSOLUTE,
                                           .transaction_id = "T1",
                                           .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
                                           .valid_to_utc_ms = OCPP_UTC_UNKNOWN,
                                           .schedules = schedules,
                                           .schedule_count = count };
}

/* --- profiles --------------------------------------------------------------------------------------------------------------- */

/* K15.FR.07; K01.FR.03, FR.34 */
static void a_profile_has_up_to_three_schedules_and_their_tariffs(void **state)
{
    struct energy_world *energy = *state;
    const struct ocpp_charging_profile profile = profile_of(3);
    const struct ocpp_command_done done = energy_done(energy);

    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, &done), OCPP_OK);
    assert_holds(
        world_hears(energy->world, energy->two),
        "'SetChargingProfile',{'evseId':1,'chargingProfile':{'id':30,'stackLevel':1,'chargingProfilePurpose':'TxProfile',"
        "'chargingProfileKind':'Absolute',");
    assert_holds(energy->world->frame, "'transactionId':'T1'");
    assert_holds(energy->world->frame, "'chargingSchedule':[{'id':1,");
    assert_holds(
        energy->world->frame,
        "{'id':2,'startSchedule':'2026-01-01T00:00:00.000Z','duration':3600,'chargingRateUnit':'W',"
        "'chargingSchedulePeriod':[{'startPeriod':0,'limit':11000},{'startPeriod':1800,'limit':7500.5,'numberPhases':3}],"
        "'salesTariff':{'id':7,'salesTariffDescription':'Night','numEPriceLevels':2,'salesTariffEntry':["
        "{'relativeTimeInterval':{'start':0},'ePriceLevel':1},{'relativeTimeInterval':{'start':3600,'duration':600},"
        "'consumptionCost':[{'startValue':0.5,'cost':[{'costKind':'CarbonDioxideEmission','amount':120},"
        "{'costKind':'RenewableGenerationPercentage','amount':4,'amountMultiplier':1}]}]}]}},{'id':3,");
    assert_text(energy_answered(energy, energy->two, "{'status':'Rejected'}"), "0 no Rejected");
}

static void what_1_6_cannot_say_is_refused_and_not_left_out(void **state)
{
    struct energy_world *energy = *state;
    struct ocpp_charging_profile profile = profile_of(2);

    profile.transaction_id = "17";
    assert_int_equal(ocpp_station_set_profile(energy->one, 1, &profile, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
    profile.schedules = &schedules[1];
    profile.schedule_count = 1; /* it has a tariff */
    assert_int_equal(ocpp_station_set_profile(energy->one, 1, &profile, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_text(world_hears(energy->world, energy->one), "");
    profile.schedules = &schedules[0];
    assert_int_equal(ocpp_station_set_profile(energy->one, 1, &profile, NULL), OCPP_OK);
    assert_holds(world_hears(energy->world, energy->one), "'connectorId':1,'csChargingProfiles':{'chargingProfileId':30,"
                                                          "'transactionId':17,'stackLevel':1,");
}

/* K01.FR.16, FR.19, FR.22, FR.31, FR.34, FR.35, FR.38, FR.40, FR.41 */
static void a_profile_that_breaks_a_rule_does_not_leave(void **state)
{
    struct energy_world *energy = *state;
    static const struct ocpp_limit_period late[] = { { .start_s = 1, .limit = { 1, 0 } } };
    static const struct ocpp_limit_period phase[] = { { .start_s = 0, .limit = { 1, 0 }, .phases = 3, .phase_to_use = 1 } };
    struct ocpp_charging_profile profile = profile_of(3);

    schedules[2].id = 1; /* a vehicle could not say which */
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    profile = profile_of(3);
    profile.purpose = OCPP_LIMIT_BY_DEFAULT;
    profile.transaction_id = NULL;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    profile = profile_of(1);
    assert_int_equal(ocpp_station_set_profile(energy->two, 0, &profile, NULL), OCPP_ERR_ARGUMENT);
    profile.kind = OCPP_LIMIT_RELATIVE; /* and has a start */
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    profile.kind = OCPP_LIMIT_ABSOLUTE;
    schedules[0].start_utc_ms = OCPP_UTC_UNKNOWN;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    profile = profile_of(1);
    schedules[0].periods = late;
    schedules[0].period_count = 1;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    schedules[0].periods = phase;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    schedules[0].period_count = 0;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    profile = profile_of(0);
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    profile = profile_of(1);
    profile.purpose = OCPP_LIMIT_EXTERNAL;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    profile = profile_of(1);
    profile.purpose = OCPP_LIMIT_OF_STATION;
    profile.transaction_id = NULL;
    profile.kind = OCPP_LIMIT_RELATIVE;
    schedules[0].start_utc_ms = OCPP_UTC_UNKNOWN;
    assert_int_equal(ocpp_station_set_profile(energy->two, 0, &profile, NULL), OCPP_ERR_ARGUMENT);
    assert_text(world_hears(energy->world, energy->two), "");
}

static void a_tariff_with_more_costs_than_there_is_room_for_does_not_leave(void **state)
{
    struct energy_world *energy = *state;
    struct ocpp_tariff_entry entry = { .start_s = 0, .block_count = OCPP_TARIFF_BLOCKS + 1 };
    struct ocpp_sales_tariff large = { .id = 1, .price_levels = OCPP_EV_UNSAID, .entries = &entry, .entry_count = 1 };
    const struct ocpp_charging_profile profile = profile_of(1);

    schedules[0].tariff = &large;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    entry.block_count = 1;
    entry.blocks[0].cost_count = OCPP_TARIFF_COSTS + 1;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    entry.blocks[0].cost_count = 1;
    entry.blocks[0].costs[0].kind = (enum ocpp_cost_kind)9;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    large.entry_count = 0; /* the standard wants one at least */
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &profile, NULL), OCPP_ERR_ARGUMENT);
    assert_text(world_hears(energy->world, energy->two), "");
}

/* --- profiles a station holds -------------------------------------------------------------------------------------------------
 */

#define PAGE(id, tbc, profile)                                                                                                   \
    "[2,'p','ReportChargingProfiles',{'requestId':" id ",'chargingLimitSource':'CSO','tbc':" tbc                                 \
    ",'evseId':1,'chargingProfile':[{"                                                                                           \
    "'id':" profile ",'stackLevel':0,'chargingProfilePurpose':'TxDefaultProfile','chargingProfileKind':'Absolute',"              \
    "'chargingSchedule':[{'id':1,'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':6}]}]}]}]"

static const struct ocpp_profile_query by_level = { .request_id = 9, .has_evse = true, .evse = 1, .has_stack_level = true };

static void ask_for_profiles(struct energy_world *energy, const char *payload)
{
    const struct ocpp_command_done done = energy_done(energy);

    assert_int_equal(ocpp_station_get_profiles(energy->two, &by_level, &done), OCPP_OK);
    assert_holds(world_hears(energy->world, energy->two), "'GetChargingProfiles',{'requestId':9,'evseId':1,'chargingProfile':{");
    (void)energy_answered(energy, energy->two, payload);
}

/* K09.FR.01, FR.02 */
static void profiles_are_told_once_when_the_last_page_came(void **state)
{
    struct energy_world *energy = *state;

    ask_for_profiles(energy, "{'status':'Accepted'}");
    assert_text(energy->answer, "0 yes Accepted");
    assert_text(world_says(energy->world, energy->two, PAGE("9", "true", "1")), "[3,'p',{}]");
    assert_text(energy_told(energy), "");
    assert_text(
        world_says(energy->world, energy->two,
                   "[2,'p','ReportChargingProfiles',{'requestId':9,'chargingLimitSource':'EMS','evseId':0,'chargingProfile':[{"
                   "'id':2,'stackLevel':3,'chargingProfilePurpose':'TxProfile','chargingProfileKind':'Recurring',"
                   "'recurrencyKind':'Weekly','transactionId':'T1','validTo':'2026-01-01T00:00:00Z','chargingSchedule':[{'id':4,"
                   "'duration':60,'chargingRateUnit':'W','chargingSchedulePeriod':[{'startPeriod':0,'limit':6.5}]}]}]}]"),
        "[3,'p',{}]");
    assert_text(energy_told(energy), "PILE-2 profiles of 9, 0, pages 2: [1 from 3: 1 level 0 purpose 1 kind 0 - {1 A 0:6/0.0}] "
                                     "[0 from 0: 2 level 3 purpose 2 kind 2 T1 {4 W for 60 0:6.5/0.0}]\n");
    assert_text(world_says(energy->world, energy->two, PAGE("9", "false", "1")), "[3,'p',{}]"); /* over: on_call */
    assert_text(energy_told(energy), "PILE-2 calls ReportChargingProfiles\n");
    world_pass(energy->world, 200000);
    assert_text(energy_told(energy), "");
}

static void a_report_that_does_not_end_is_told_incomplete_once(void **state)
{
    struct energy_world *energy = *state;
    char expected[200];

    ask_for_profiles(energy, "{'status':'Accepted'}");
    world_says(energy->world, energy->two, PAGE("9", "true", "1"));
    world_pass(energy->world, 59000);
    assert_text(energy_told(energy), "");
    world_pass(energy->world, 2000);
    snprintf(expected, sizeof expected,
             "PILE-2 profiles of 9, %d, pages 1: [1 from 3: 1 level 0 purpose 1 kind 0 - {1 A 0:6/0.0}]\n",
             (int)OCPP_ERR_TIMEOUT);
    assert_text(energy_told(energy), expected);
    assert_text(world_says(energy->world, energy->two, PAGE("9", "true", "2")), "[3,'p',{}]"); /* passed over */
    assert_text(world_says(energy->world, energy->two, PAGE("9", "false", "3")), "[3,'p',{}]");
    assert_text(energy_told(energy), "");
}

static void a_report_ends_with_its_connection(void **state)
{
    struct energy_world *energy = *state;
    char expected[80];

    ask_for_profiles(energy, "{'status':'Accepted'}");
    ocpp_station_disconnect(energy->two, energy->world->now);
    snprintf(expected, sizeof expected, "PILE-2 profiles of 9, %d, pages 0:\n", (int)OCPP_ERR_CLOSED);
    assert_text(energy_told(energy), expected);
    energy->two = world_connect(energy->world, "PILE-2", OCPP_VERSION_2_0_1);
    assert_int_equal(ocpp_station_get_profiles(energy->two, &by_level, NULL), OCPP_OK);
    ocpp_station_disconnect(energy->two, energy->world->now); /* never answered: no report */
    assert_text(energy_told(energy), "");
}

/* K09.FR.03 */
static void a_report_is_not_awaited_where_there_is_none(void **state)
{
    struct energy_world *energy = *state;
    struct ocpp_profile_query query = by_level;
    const int64_t id = 4;

    ask_for_profiles(energy, "{'status':'NoProfiles'}");
    assert_text(energy->answer, "0 no NoProfiles");
    world_pass(energy->world, 100000);
    assert_text(energy_told(energy), "");
    assert_text(world_says(energy->world, energy->two, PAGE("9", "false", "1")), "[3,'p',{}]");
    assert_text(energy_told(energy), "PILE-2 calls ReportChargingProfiles\n");
    query.has_stack_level = false; /* nothing is asked for */
    assert_int_equal(ocpp_station_get_profiles(energy->two, &query, NULL), OCPP_ERR_ARGUMENT);
    query.has_stack_level = true; /* and now both ways */
    query.ids = &id;
    query.id_count = 1;
    assert_int_equal(ocpp_station_get_profiles(energy->two, &query, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_get_profiles(energy->one, &by_level, NULL), OCPP_ERR_UNSUPPORTED_ACTION);
}

static void reports_have_bounds(void **state)
{
    struct energy_world *energy = *state;
    struct ocpp_profile_query query = by_level;
    static char page[FRAME_SIZE];
    char expected[40];
    size_t used;

    assert_int_equal(ocpp_station_get_profiles(energy->two, &query, NULL), OCPP_OK);
    assert_int_equal(ocpp_station_get_profiles(energy->two, &query, NULL), OCPP_ERR_BUSY);
    for (query.request_id = 10; query.request_id < 13; query.request_id++) {
        assert_int_equal(ocpp_station_get_profiles(energy->two, &query, NULL), OCPP_OK);
    }
    assert_int_equal(ocpp_station_get_profiles(energy->two, &query, NULL), OCPP_ERR_LIMIT);
    world_hears(energy->world, energy->two);
    (void)energy_answered(energy, energy->two, "{'status':'Accepted'}");
    used = (size_t)snprintf(page, sizeof page,
                            "[2,'p','ReportChargingProfiles',{'requestId':9,'chargingLimitSource':'CSO','tbc':true,'evseId':1,"
                            "'chargingProfile':[{'id':1,'stackLevel':0,'chargingProfilePurpose':'TxDefaultProfile',"
                            "'chargingProfileKind':'Absolute','chargingSchedule':[{'id':1,'chargingRateUnit':'A',"
                            "'chargingSchedulePeriod':[{'startPeriod':0,'limit':6}");
    for (int i = 1; i < 180; i++) {
        used += (size_t)snprintf(page + used, sizeof page - used, ",{'startPeriod':%d,'limit':6}", i);
    }
    snprintf(page + used, sizeof page - used, "]}]}]}]");
    for (int i = 0; i < 1000 && energy->told[0] == '\0'; i++) {
        assert_text(world_says(energy->world, energy->two, page), "[3,'p',{}]");
    }
    snprintf(expected, sizeof expected, "PILE-2 profiles of 9, %d, pages ", (int)OCPP_ERR_LIMIT);
    assert_memory_equal(energy->told, expected, strlen(expected));
    energy_told(energy);
    assert_text(world_says(energy->world, energy->two, page), "[3,'p',{}]"); /* and no more is kept */
    assert_text(energy_told(energy), "");
}

static void the_next_report_may_be_ordered_while_one_is_told(void **state)
{
    struct energy_world *energy = *state;

    energy->query_again = &by_level;
    ask_for_profiles(energy, "{'status':'Accepted'}");
    world_says(energy->world, energy->two, PAGE("9", "false", "1"));
    assert_int_equal(energy->again_status, OCPP_OK);
    energy->query_again = NULL;
    assert_holds(world_hears(energy->world, energy->two), "'GetChargingProfiles'");
    (void)energy_answered(energy, energy->two, "{'status':'Accepted'}");
    energy_told(energy);
    world_says(energy->world, energy->two, PAGE("9", "false", "2"));
    assert_text(energy_told(energy),
                "PILE-2 profiles of 9, 0, pages 1: [1 from 3: 2 level 0 purpose 1 kind 0 - {1 A 0:6/0.0}]\n");
}

/* --- limits of others ---------------------------------------------------------------------------------------------------------
 */

/* K11.FR.02, FR.03; K12.FR.02; K13.FR.02 */
static void limits_of_others_are_told_and_their_end(void **state)
{
    struct energy_world *energy = *state;

    assert_text(world_says(energy->world, energy->two,
                           "[2,'l','NotifyChargingLimit',{'chargingLimit':{'chargingLimitSource':'EMS','isGridCritical':true},"
                           "'evseId':2,'chargingSchedule':[{'id':1,'startSchedule':'2026-01-01T00:00:00Z','chargingRateUnit':'A',"
                           "'chargingSchedulePeriod':[{'startPeriod':0,'limit':8.5,'numberPhases':1,'phaseToUse':2}],"
                           "'salesTariff':{'id':3,'salesTariffEntry':[{'relativeTimeInterval':{'start':0},'consumptionCost':["
                           "{'startValue':1,'cost':[{'costKind':'RelativePricePercentage','amount':5}]}]}]}}]}]"),
                "[3,'l',{}]");
    assert_text(energy_told(energy),
                "PILE-2 limit evse 2 source 0 critical {1 A at 1767225600000 0:8.5/1.2 tariff 3 \"\" of 1}\n");
    assert_text(
        world_says(energy->world, energy->two, "[2,'l','NotifyChargingLimit',{'chargingLimit':{'chargingLimitSource':'SO'}}]"),
        "[3,'l',{}]");
    assert_text(world_says(energy->world, energy->two, "[2,'c','ClearedChargingLimit',{'chargingLimitSource':'SO','evseId':1}]"),
                "[3,'c',{}]");
    assert_text(energy_told(energy), "PILE-2 limit evse 0 source 2\nPILE-2 limit cleared evse 1 source 2\n");
}

static void an_evse_no_station_has_is_refused(void **state)
{
    struct energy_world *energy = *state;
    static const char *const frames[] = {
        "[2,'x','NotifyChargingLimit',{'chargingLimit':{'chargingLimitSource':'EMS'},'evseId':9000000000}]",
        "[2,'x','ReportChargingProfiles',{'requestId':1,'chargingLimitSource':'CSO','evseId':9000000000,'chargingProfile':[]}]",
        "[2,'x','ClearedChargingLimit',{'chargingLimitSource':'EMS','evseId':9000000000}]",
        "[2,'x','NotifyEVChargingNeeds',{'chargingNeeds':{'requestedEnergyTransfer':'DC'},'evseId':9000000000}]",
        FOLLOWS_AT("1", "9000000000"),
    };

    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        assert_memory_equal(world_says(energy->world, energy->two, frames[i]), "[4,", 3);
    }
    assert_text(energy_told(energy), "");
}

/* --- vehicles
 * ------------------------------------------------------------------------------------------------------------------- */

/* K15.FR.02 to FR.05; K17.FR.02 to FR.05 */
static void needs_are_answered_as_the_application_says_now_or_later(void **state)
{
    struct energy_world *energy = *state;
    static const char *const words[] = { "Rejected", "Accepted", "Processing" };

    for (int i = 0; i < 3; i++) {
        energy->needs = (enum ocpp_ev_needs_decision)i;
        energy->decide_later = false;
        assert_holds(world_says(energy->world, energy->two, NEEDS_AC), words[i]);
        energy->decide_later = true;
        assert_text(world_says(energy->world, energy->two, NEEDS_AC), "");
        assert_int_equal(
            ocpp_station_decide_ev_needs(energy->two, energy->question, (enum ocpp_ev_needs_decision)7, energy->world->now),
            OCPP_ERR_ARGUMENT);
        assert_int_equal(ocpp_station_decide_ev_schedule(energy->two, energy->question, true, energy->world->now),
                         OCPP_ERR_NOT_FOUND);
        assert_int_equal(
            ocpp_station_decide_ev_needs(energy->two, energy->question, (enum ocpp_ev_needs_decision)i, energy->world->now),
            OCPP_OK);
        assert_holds(world_hears(energy->world, energy->two), words[i]);
        assert_int_equal(
            ocpp_station_decide_ev_needs(energy->two, energy->question, (enum ocpp_ev_needs_decision)i, energy->world->now),
            OCPP_ERR_NOT_FOUND);
    }
}

static void needs_are_told_with_what_was_said_only(void **state)
{
    struct energy_world *energy = *state;

    world_says(energy->world, energy->two, NEEDS_AC);
    assert_text(energy_told(energy), "PILE-2 needs evse 1 by 3: 1767254400000 3 20000 32 230 6 - - - - -\n");
    world_says(energy->world, energy->two,
               "[2,'n','NotifyEVChargingNeeds',{'chargingNeeds':{'dcChargingParameters':{'evMaxCurrent':300,'evMaxVoltage':800,"
               "'energyAmount':5000,'evMaxPower':150000,'stateOfCharge':20,'evEnergyCapacity':80000,'fullSoC':99,'bulkSoC':80},"
               "'requestedEnergyTransfer':'DC'},'evseId':2}]");
    assert_text(energy_told(energy), "PILE-2 needs evse 2 by 0: - - 5000 300 800 - 150000 20 80000 99 80\n");
    world_says(energy->world, energy->two,
               "[2,'n','NotifyEVChargingNeeds',{'chargingNeeds':{'requestedEnergyTransfer':'AC_single_phase'},'evseId':2}]");
    assert_text(energy_told(energy), "PILE-2 needs evse 2 by 1: - - - - - - - - - - -\n");
}

/* K15.FR.11, FR.12 */
static void a_choice_is_accepted_or_not_now_or_later(void **state)
{
    struct energy_world *energy = *state;

    energy->schedule_accepted = true;
    assert_text(world_says(energy->world, energy->two, FOLLOWS("7000")), "[3,'f',{'status':'Accepted'}]");
    assert_text(energy_told(energy), "PILE-2 follows evse 1 from 1767225600000 {2 W for 3600 0:7000/0.0}\n");
    energy->decide_later = true;
    assert_text(world_says(energy->world, energy->two, FOLLOWS("7000")), "");
    assert_int_equal(ocpp_station_decide_ev_schedule(energy->two, energy->question, false, energy->world->now), OCPP_OK);
    assert_text(world_hears(energy->world, energy->two), "[3,'f',{'status':'Rejected'}]");
}

static void a_question_nobody_decides_ends_with_its_time(void **state)
{
    struct energy_world *energy = *state;

    energy->decide_later = true;
    assert_text(world_says(energy->world, energy->two, NEEDS_AC), "");
    world_pass(energy->world, 61000);
    assert_holds(world_hears(energy->world, energy->two), "[4,'n','InternalError'");
    assert_int_equal(ocpp_station_decide_ev_needs(energy->two, energy->question, OCPP_EV_NEEDS_ACCEPTED, energy->world->now),
                     OCPP_ERR_NOT_FOUND);
}

/* K15.FR.07: the answer before the profile */
static void a_profile_sent_while_the_needs_are_asked_leaves_behind_the_answer(void **state)
{
    struct energy_world *energy = *state;
    const struct ocpp_charging_profile profile = profile_of(1);

    energy->needs = OCPP_EV_NEEDS_ACCEPTED;
    energy->profile_at_once = &profile;
    assert_text(world_says(energy->world, energy->two, NEEDS_AC), "[3,'n',{'status':'Accepted'}]");
    assert_holds(world_hears(energy->world, energy->two), "'SetChargingProfile'");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, energy_world_set_up, energy_world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_profile_has_up_to_three_schedules_and_their_tariffs),
        TEST(what_1_6_cannot_say_is_refused_and_not_left_out),
        TEST(a_profile_that_breaks_a_rule_does_not_leave),
        TEST(a_tariff_with_more_costs_than_there_is_room_for_does_not_leave),
        TEST(profiles_are_told_once_when_the_last_page_came),
        TEST(a_report_that_does_not_end_is_told_incomplete_once),
        TEST(a_report_ends_with_its_connection),
        TEST(a_report_is_not_awaited_where_there_is_none),
        TEST(reports_have_bounds),
        TEST(the_next_report_may_be_ordered_while_one_is_told),
        TEST(limits_of_others_are_told_and_their_end),
        TEST(an_evse_no_station_has_is_refused),
        TEST(needs_are_answered_as_the_application_says_now_or_later),
        TEST(needs_are_told_with_what_was_said_only),
        TEST(a_choice_is_accepted_or_not_now_or_later),
        TEST(a_question_nobody_decides_ends_with_its_time),
        TEST(a_profile_sent_while_the_needs_are_asked_leaves_behind_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
