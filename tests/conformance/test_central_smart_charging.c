/* test_central_smart_charging.c: official cases of a central system of 2.0.1 about smart charging (block K), step by step. */
#include "energy_world.h"

#include <ocpp/central_transactions.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define NOW INT64_C(1767225600000)

#define EVENT(type, trigger, seq, more)                                                                                          \
    "[2,'t','TransactionEvent',{'eventType':'" type "','timestamp':'2026-01-01T00:00:00Z','triggerReason':'" trigger             \
    "','seqNo':" seq ",'transactionInfo':{'transactionId':'T1'" more "},'evse':{'id':1}}]"
#define NEEDS                                                                                                                    \
    "[2,'n','NotifyEVChargingNeeds',{'maxScheduleTuples':3,'chargingNeeds':{'dcChargingParameters':{'evMaxCurrent':300,"         \
    "'evMaxVoltage':800},'requestedEnergyTransfer':'DC'},'evseId':1}]"
#define FOLLOWS(limit)                                                                                                           \
    "[2,'f','NotifyEVChargingSchedule',{'timeBase':'2026-01-01T00:00:00Z','evseId':1,'chargingSchedule':{'id':1,'duration':300," \
    "'chargingRateUnit':'W','chargingSchedulePeriod':[{'startPeriod':0,'limit':" limit "}]}}]"

static struct energy_world *energy;
static struct ocpp_command_done done;

static int set_up(void **state)
{
    energy_world_set_up(state);
    energy = *state;
    done = energy_done(energy);
    return 0;
}

static const char *hears(void)
{
    return world_hears(energy->world, energy->two);
}

static const char *says(const char *frame)
{
    return world_says(energy->world, energy->two, frame);
}

/* State EnergyTransferStarted. */
static void energy_flows(void)
{
    assert_holds(says(EVENT("Started", "Authorized", "0", ",'chargingState':'Charging'")), "[3,'t',{");
    energy_told(energy);
}

/* --- setting ---------------------------------------------------------------------------------------------------------------- */

static const struct ocpp_limit_period six = { .start_s = 0, .limit = { 60, 1 }, .phases = 1 };
static const struct ocpp_limit_period seven = { .start_s = 0, .limit = { 7, 0 }, .phases = 1 };
static const struct ocpp_limit_period eight = { .start_s = 0, .limit = { 8, 0 }, .phases = 1 };

static struct ocpp_limit_order limit_of(enum ocpp_limit_purpose purpose, int evse, const struct ocpp_limit_period *period)
{
    return (struct ocpp_limit_order){ .id = 5,
                                      .evse = evse,
                                      .stack_level = 1,
                                      .purpose = purpose,
                                      .kind = OCPP_LIMIT_ABSOLUTE,
                                      .valid_from_utc_ms = NOW,
                                      .valid_to_utc_ms = NOW + 300000,
                                      .start_utc_ms = NOW,
                                      .duration_s = 300,
                                      .unit = OCPP_RATE_CURRENT,
                                      .periods = period,
                                      .period_count = 1 };
}

/* The limit leaves, and what the station answers is heard as |outcome|. */
static void set_limit(const struct ocpp_limit_order *order, const char *answer, const char *outcome)
{
    assert_int_equal(ocpp_station_set_limit(energy->two, order, &done), OCPP_OK);
    assert_holds(hears(), "'SetChargingProfile',{");
    assert_text(energy_answered(energy, energy->two, answer), outcome);
}

static const char dates[] =
    "'validFrom':'2026-01-01T00:00:00.000Z','validTo':'2026-01-01T00:05:00.000Z','chargingSchedule':[{'id':1,"
    "'startSchedule':'2026-01-01T00:00:00.000Z','duration':300,'chargingRateUnit':'A',"
    "'chargingSchedulePeriod':[{'startPeriod':0,'limit':";

/* TC_K_01_CSMS; K01.FR.31. A default for one EVSE, absolute, with its dates. */
static void a_default_for_one_evse_is_set(void **state)
{
    struct ocpp_limit_order order = limit_of(OCPP_LIMIT_BY_DEFAULT, 1, &six);

    (void)state;
    assert_int_equal(ocpp_station_set_limit(energy->two, &order, &done), OCPP_OK);
    assert_holds(hears(), "'SetChargingProfile',{'evseId':1,'chargingProfile':{'id':5,'stackLevel':1,'chargingProfilePurpose':"
                          "'TxDefaultProfile','chargingProfileKind':'Absolute',");
    assert_holds(energy->world->frame, dates);
    assert_holds(energy->world->frame, "{'startPeriod':0,'limit':6,'numberPhases':1}");
    assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
}

/* TC_K_02_CSMS. A profile for a transaction that does not run: the station rejects it, and the application hears so. */
static void a_profile_without_its_transaction_is_rejected_by_the_station(void **state)
{
    struct ocpp_limit_order order = limit_of(OCPP_LIMIT_OF_TRANSACTION, 1, &seven);

    (void)state;
    order.kind = OCPP_LIMIT_RELATIVE;
    order.start_utc_ms = order.valid_from_utc_ms = order.valid_to_utc_ms = OCPP_UTC_UNKNOWN;
    order.transaction_id = "T9";
    assert_int_equal(ocpp_station_set_limit(energy->two, &order, &done), OCPP_OK);
    assert_holds(hears(), "'evseId':1,'chargingProfile':{'id':5,'stackLevel':1,'chargingProfilePurpose':'TxProfile',"
                          "'chargingProfileKind':'Relative',");
    assert_holds(energy->world->frame,
                 "'chargingSchedule':[{'id':1,'duration':300,'chargingRateUnit':'A','chargingSchedulePeriod':[{"
                 "'startPeriod':0,'limit':7,'numberPhases':1}]}]");
    assert_holds(energy->world->frame, "'transactionId':'T9'");
    assert_text(energy_answered(energy, energy->two, "{'status':'Rejected'}"), "0 no Rejected");
}

/* TC_K_03_CSMS; K01.FR.31, FR.38. The most the station may draw, with its dates. */
static void a_limit_of_the_station_is_set(void **state)
{
    struct ocpp_limit_order order = limit_of(OCPP_LIMIT_OF_STATION, 0, &eight);

    (void)state;
    assert_int_equal(ocpp_station_set_limit(energy->two, &order, &done), OCPP_OK);
    assert_holds(hears(),
                 "'evseId':0,'chargingProfile':{'id':5,'stackLevel':1,'chargingProfilePurpose':'ChargingStationMaxProfile',"
                 "'chargingProfileKind':'Absolute',");
    assert_holds(energy->world->frame, dates);
    assert_holds(energy->world->frame, "'limit':8,");
    assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
}

/* TC_K_04_CSMS. The same profile with another limit has the same id. */
static void a_profile_is_replaced_by_its_id(void **state)
{
    struct ocpp_limit_order order = limit_of(OCPP_LIMIT_BY_DEFAULT, 1, &eight);

    (void)state;
    set_limit(&order, "{'status':'Accepted'}", "0 yes Accepted");
    order.periods = &six;
    assert_int_equal(ocpp_station_set_limit(energy->two, &order, &done), OCPP_OK);
    assert_holds(hears(), "'chargingProfile':{'id':5,");
    assert_holds(energy->world->frame, "'limit':6,");
    assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
}

/* TC_K_10_CSMS; K01.FR.31. A default for all EVSEs. */
static void a_default_for_all_evses_is_set(void **state)
{
    const struct ocpp_limit_order order = limit_of(OCPP_LIMIT_BY_DEFAULT, 0, &six);

    (void)state;
    assert_int_equal(ocpp_station_set_limit(energy->two, &order, &done), OCPP_OK);
    assert_holds(hears(), "'evseId':0,'chargingProfile':{'id':5,'stackLevel':1,'chargingProfilePurpose':'TxDefaultProfile',"
                          "'chargingProfileKind':'Absolute',");
    assert_holds(energy->world->frame, dates);
    assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
}

/* TC_K_15_CSMS. A station without smart charging says so by a CALLERROR, which the application hears. */
static void a_station_without_smart_charging_says_so(void **state)
{
    const struct ocpp_limit_order order = limit_of(OCPP_LIMIT_BY_DEFAULT, 1, &six);
    char expected[20];
    char frame[120];
    char id[64];

    (void)state;
    assert_int_equal(ocpp_station_set_limit(energy->two, &order, &done), OCPP_OK);
    assert_int_equal(sscanf(hears(), "[2,'%63[^']'", id), 1);
    snprintf(frame, sizeof frame, "[4,'%s','NotSupported','',{}]", id);
    says(frame);
    snprintf(expected, sizeof expected, "%d no ", (int)OCPP_ERR_CALL_ERROR);
    assert_text(energy->answer, expected);
}

/* TC_K_19_CSMS. A profile that recurs says how often. */
static void a_profile_recurs(void **state)
{
    static const char *const words[] = { "'Recurring','recurrencyKind':'Daily'", "'Recurring','recurrencyKind':'Weekly'" };
    static const enum ocpp_limit_kind kinds[] = { OCPP_LIMIT_DAILY, OCPP_LIMIT_WEEKLY };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct ocpp_limit_order order = limit_of(OCPP_LIMIT_BY_DEFAULT, 1, &six);
        order.kind = kinds[i];
        assert_int_equal(ocpp_station_set_limit(energy->two, &order, &done), OCPP_OK);
        assert_holds(hears(), "'evseId':1,");
        assert_holds(energy->world->frame, words[i]);
        assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
    }
}

/* TC_K_70_CSMS. Two profiles of a kind differ in their ids and their levels. */
static void two_profiles_differ_in_their_levels(void **state)
{
    struct ocpp_limit_order order = limit_of(OCPP_LIMIT_BY_DEFAULT, 1, &six);

    (void)state;
    set_limit(&order, "{'status':'Accepted'}", "0 yes Accepted");
    order.id = 6;
    order.stack_level = 2;
    assert_int_equal(ocpp_station_set_limit(energy->two, &order, &done), OCPP_OK);
    assert_holds(hears(), "'chargingProfile':{'id':6,'stackLevel':2,");
    assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
}

/* TC_K_60_CSMS; K01.FR.03, FR.31. A profile for the transaction that runs names it. */
static void a_profile_is_set_for_a_running_transaction(void **state)
{
    struct ocpp_limit_order order = limit_of(OCPP_LIMIT_OF_TRANSACTION, 1, &six);

    (void)state;
    energy_flows();
    order.transaction_id = "T1";
    assert_int_equal(ocpp_station_set_limit(energy->two, &order, &done), OCPP_OK);
    assert_holds(hears(), "'evseId':1,");
    assert_holds(energy->world->frame, "'chargingProfilePurpose':'TxProfile'");
    assert_holds(energy->world->frame, "'transactionId':'T1'");
    assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
}

/* TC_K_37_CSMS; K05.FR.02; F01.FR.08, FR.09, FR.11. A start brings the profile that holds for it; the transaction it leads to is
 * known by the order. */
static void a_start_brings_its_profile(void **state)
{
    struct ocpp_limit_order limit = limit_of(OCPP_LIMIT_OF_TRANSACTION, 1, &six);
    const struct ocpp_start_order order = { .evse = 1, .token = { "TAG", OCPP_TOKEN_ISO14443 }, .limit = &limit };
    const char *at;
    char frame[400];
    long long id;

    (void)state;
    limit.kind = OCPP_LIMIT_RELATIVE;
    limit.start_utc_ms = OCPP_UTC_UNKNOWN;
    assert_int_equal(ocpp_station_start_with(energy->two, &order, &done), OCPP_OK);
    assert_holds(hears(), "'RequestStartTransaction',{'evseId':1,'idToken':{'idToken':'TAG','type':'ISO14443'}");
    assert_holds(energy->world->frame, "'chargingProfilePurpose':'TxProfile','chargingProfileKind':'Relative'");
    assert_null(strstr(energy->world->frame, "transactionId"));
    at = strstr(energy->world->frame, "'remoteStartId':");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "'remoteStartId':%lld", &id), 1);
    assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
    snprintf(frame, sizeof frame,
             "[2,'t','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'RemoteStart','"
             "seqNo':0,"
             "'transactionInfo':{'transactionId':'T1','remoteStartId':%lld},'evse':{'id':1},'idToken':{'idToken':'TAG','type':"
             "'ISO14443'}}]",
             id);
    assert_holds(says(frame), "'status':'Accepted'");
    assert_holds(energy_told(energy), "PILE-2 transaction T1 0 by remote\n");
}

/* --- clearing, composites -----------------------------------------------------------------------------------------------------
 */

static void clear(const struct ocpp_limit_criteria *criteria, const char *call, const char *answer, const char *outcome)
{
    assert_int_equal(ocpp_station_clear_limits(energy->two, criteria, &done), OCPP_OK);
    assert_holds(hears(), call);
    assert_text(energy_answered(energy, energy->two, answer), outcome);
}

/* TC_K_06_CSMS; TC_K_08_CSMS; K10.FR.02. By level, purpose and EVSE; there is one such, or none. */
static void profiles_are_cleared_by_what_they_are(void **state)
{
    const struct ocpp_limit_criteria criteria = { .has_evse = true,
                                                  .evse = 1,
                                                  .has_purpose = true,
                                                  .purpose = OCPP_LIMIT_BY_DEFAULT,
                                                  .has_stack_level = true,
                                                  .stack_level = 1 };
    static const char call[] = "'ClearChargingProfile',{'chargingProfileCriteria':{'evseId':1,'chargingProfilePurpose':"
                               "'TxDefaultProfile','stackLevel':1}}]";

    (void)state;
    clear(&criteria, call, "{'status':'Accepted'}", "0 yes Accepted");
    clear(&criteria, call, "{'status':'Unknown'}", "0 no Unknown");
}

static struct ocpp_limit_period held; /* the first period of the schedule that was told */
static int64_t held_for_s;

static void on_schedule(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    assert_int_equal(result->status, OCPP_OK);
    assert_non_null(result->schedule);
    assert_int_equal(result->schedule->start_utc_ms, NOW);
    assert_int_equal(result->schedule->unit, OCPP_RATE_CURRENT);
    assert_int_equal(result->schedule->period_count, 1);
    held = result->schedule->periods[0];
    held_for_s = result->schedule->duration_s;
}

/* TC_K_43_CSMS; TC_K_44_CSMS; K08.FR.01. Of one EVSE and of the station; what it comes to is read. */
static void a_composite_schedule_is_asked_for(void **state)
{
    const struct ocpp_command_done read = { on_schedule, NULL };

    (void)state;
    for (int evse = 1; evse >= 0; evse--) {
        const struct ocpp_decimal limit = evse == 1 ? (struct ocpp_decimal){ 1, -1 } : (struct ocpp_decimal){ 25, 0 };
        char call[120];
        char answer[300];
        snprintf(call, sizeof call, "'GetCompositeSchedule',{'duration':300,'chargingRateUnit':'A','evseId':%d}]", evse);
        snprintf(answer, sizeof answer,
                 "{'status':'Accepted','schedule':{'evseId':%d,'duration':300,'scheduleStart':'2026-01-01T00:00:00Z',"
                 "'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':%d}]}}",
                 evse, evse == 1 ? 10 : 25);
        assert_int_equal(ocpp_station_get_composite_schedule(energy->two, evse, 300, OCPP_RATE_CURRENT, &read), OCPP_OK);
        assert_holds(hears(), call);
        (void)energy_answered(energy, energy->two, answer);
        assert_int_equal(held_for_s, 300);
        assert_int_equal(held.start_s, 0);
        assert_int_equal(held.limit.coefficient, limit.coefficient);
        assert_int_equal(held.limit.scale, limit.scale);
    }
}

/* --- which are there
 * ------------------------------------------------------------------------------------------------------------- */

/* What a station reports of a profile: the words of its message, and the numbers the application is told. */
struct reported {
    int evse;
    const char *source_word;
    enum ocpp_limit_source source;
    const char *purpose_word;
    enum ocpp_limit_purpose purpose;
    int stack_level;
};

static const struct reported external = {
    1, "EMS", OCPP_LIMIT_SOURCE_EMS, "ChargingStationExternalConstraints", OCPP_LIMIT_EXTERNAL, 0
};

/* The query leaves as |call|; the station accepts and reports |it|. */
static void get_profiles(const struct ocpp_profile_query *query, const char *call, const struct reported *it)
{
    char frame[500];
    char told[160];

    assert_int_equal(ocpp_station_get_profiles(energy->two, query, &done), OCPP_OK);
    assert_holds(hears(), "'GetChargingProfiles',{'requestId':7,");
    assert_holds(energy->world->frame, call);
    assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
    snprintf(frame, sizeof frame,
             "[2,'r','ReportChargingProfiles',{'requestId':7,'chargingLimitSource':'%s','evseId':%d,'chargingProfile':[{'id':3,"
             "'stackLevel':%d,'chargingProfilePurpose':'%s','chargingProfileKind':'Absolute','chargingSchedule':[{'id':1,"
             "'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':6}]}]}]}]",
             it->source_word, it->evse, it->stack_level, it->purpose_word);
    assert_text(says(frame), "[3,'r',{}]");
    snprintf(told, sizeof told, "PILE-2 profiles of 7, 0, pages 1: [%d from %d: 3 level %d purpose %d kind 0 - {1 A 0:6/0.0}]\n",
             it->evse, (int)it->source, it->stack_level, (int)it->purpose);
    assert_text(energy_told(energy), told);
}

/* TC_K_29_CSMS; TC_K_30_CSMS; TC_K_32_CSMS; TC_K_33_CSMS; TC_K_34_CSMS; TC_K_35_CSMS; TC_K_36_CSMS; TC_K_52_CSMS; K09.FR.03.
 * By place, id, level, source and purpose, and what is reported is read. Somebody charges meanwhile. */
static void profiles_are_asked_for_by_what_they_are(void **state)
{
    static const int64_t ids[] = { 3 };
    static const struct reported of_station = {
        0, "CSO", OCPP_LIMIT_SOURCE_CSO, "ChargingStationMaxProfile", OCPP_LIMIT_OF_STATION, 1
    };
    static const struct reported by_default = { 1, "CSO", OCPP_LIMIT_SOURCE_CSO, "TxDefaultProfile", OCPP_LIMIT_BY_DEFAULT, 2 };
    static const struct reported of_transaction = { 1, "CSO", OCPP_LIMIT_SOURCE_CSO, "TxProfile", OCPP_LIMIT_OF_TRANSACTION, 2 };
    static const struct {
        struct ocpp_profile_query query;
        const char *call;
        const struct reported *reported;
    } rows[] = {
        { { .has_evse = true, .evse = 0, .has_purpose = true, .purpose = OCPP_LIMIT_OF_STATION },
          "'evseId':0,'chargingProfile':{'chargingProfilePurpose':'ChargingStationMaxProfile'}}]",
          &of_station },
        { { .has_evse = true, .evse = 1, .has_purpose = true, .purpose = OCPP_LIMIT_BY_DEFAULT },
          "'evseId':1,'chargingProfile':{'chargingProfilePurpose':'TxDefaultProfile'}}]",
          &by_default },
        { { .ids = ids, .id_count = 1 }, "'requestId':7,'chargingProfile':{'chargingProfileId':[3]}}]", &by_default },
        { { .has_evse = true, .evse = 1, .has_stack_level = true, .stack_level = 2 },
          "'evseId':1,'chargingProfile':{'stackLevel':2}}]",
          &by_default },
        { { .has_evse = true,
            .evse = 1,
            .sources = OCPP_LIMIT_SOURCE_BIT(OCPP_LIMIT_SOURCE_EMS) | OCPP_LIMIT_SOURCE_BIT(OCPP_LIMIT_SOURCE_SO) },
          "'evseId':1,'chargingProfile':{'chargingLimitSource':['EMS','SO']}}]",
          &external },
        { { .has_evse = true,
            .evse = 1,
            .has_purpose = true,
            .purpose = OCPP_LIMIT_OF_TRANSACTION,
            .has_stack_level = true,
            .stack_level = 2 },
          "'evseId':1,'chargingProfile':{'chargingProfilePurpose':'TxProfile','stackLevel':2}}]",
          &of_transaction },
        { { .has_purpose = true, .purpose = OCPP_LIMIT_EXTERNAL },
          "'requestId':7,'chargingProfile':{'chargingProfilePurpose':'ChargingStationExternalConstraints'}}]",
          &external },
    };

    (void)state;
    energy_flows();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ocpp_profile_query query = rows[i].query;
        query.request_id = 7;
        get_profiles(&query, rows[i].call, rows[i].reported);
    }
}

/* TC_K_31_CSMS; K09.FR.02, FR.03. Of all EVSEs: a page for each, told together. */
static void profiles_of_all_evses_come_in_pages(void **state)
{
    const struct ocpp_profile_query query = { .request_id = 7, .has_purpose = true, .purpose = OCPP_LIMIT_BY_DEFAULT };
    static const char page[] =
        "[2,'r','ReportChargingProfiles',{'requestId':7,'chargingLimitSource':'CSO','tbc':%s,'evseId':%d,'chargingProfile':[{'id'"
        ":%d,"
        "'stackLevel':0,'chargingProfilePurpose':'TxDefaultProfile','chargingProfileKind':'Relative','chargingSchedule':[{'id':1,"
        "'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':6}]}]}]}]";

    (void)state;
    assert_int_equal(ocpp_station_get_profiles(energy->two, &query, &done), OCPP_OK);
    assert_holds(hears(), "'GetChargingProfiles',{'requestId':7,'chargingProfile':{");
    (void)energy_answered(energy, energy->two, "{'status':'Accepted'}");
    for (int evse = 1; evse <= 2; evse++) {
        char frame[500];
        snprintf(frame, sizeof frame, page, evse == 1 ? "true" : "false", evse, evse + 10);
        assert_text(says(frame), "[3,'r',{}]");
    }
    assert_text(energy_told(energy), "PILE-2 profiles of 7, 0, pages 2: [1 from 3: 11 level 0 purpose 1 kind 3 - {1 A 0:6/0.0}] "
                                     "[2 from 3: 12 level 0 purpose 1 kind 3 - {1 A 0:6/0.0}]\n");
}

/* TC_K_05_CSMS; K10.FR.02. A profile of which the station told is cleared by its id alone. */
static void a_profile_is_cleared_by_the_id_that_was_reported(void **state)
{
    const struct ocpp_profile_query query = { .request_id = 7, .has_purpose = true, .purpose = OCPP_LIMIT_EXTERNAL };
    const struct ocpp_limit_criteria criteria = { .has_id = true, .id = 3 };

    (void)state;
    get_profiles(&query, "'chargingProfile':{", &external);
    clear(&criteria, "'ClearChargingProfile',{'chargingProfileId':3}]", "{'status':'Accepted'}", "0 yes Accepted");
}

/* --- limits of others
 * --------------------------------------------------------------------------------------------------------------- */

/* TC_K_48_CSMS; TC_K_50_CSMS. A limit of an energy manager, and its end. */
static void a_limit_of_an_energy_manager_comes_and_goes(void **state)
{
    (void)state;
    assert_text(says("[2,'l','NotifyChargingLimit',{'chargingLimit':{'chargingLimitSource':'EMS'}}]"), "[3,'l',{}]");
    assert_text(says("[2,'c','ClearedChargingLimit',{'chargingLimitSource':'EMS'}]"), "[3,'c',{}]");
    assert_text(energy_told(energy), "PILE-2 limit evse 0 source 0\nPILE-2 limit cleared evse 0 source 0\n");
}

/* TC_K_51_CSMS. The same while somebody charges, whose rate changes with it. */
static void a_limit_goes_while_somebody_charges(void **state)
{
    (void)state;
    energy_flows();
    assert_text(says("[2,'c','ClearedChargingLimit',{'chargingLimitSource':'EMS'}]"), "[3,'c',{}]");
    assert_holds(says(EVENT("Updated", "ChargingRateChanged", "1", "")), "[3,'t',{");
    assert_text(energy_told(energy), "PILE-2 limit cleared evse 0 source 0\nPILE-2 transaction T1 1\n");
}

/* --- vehicles
 * ------------------------------------------------------------------------------------------------------------------------ */

static struct ocpp_charging_schedule offered = {
    .id = 1, .start_utc_ms = NOW, .duration_s = 300, .unit = OCPP_RATE_POWER, .period_count = 1
};
static const struct ocpp_charging_profile offer = {
    .id = 8,
    .purpose = OCPP_LIMIT_OF_TRANSACTION,
    .kind = OCPP_LIMIT_ABSOLUTE,
    .transaction_id = "T1",
    .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
    .valid_to_utc_ms = OCPP_UTC_UNKNOWN,
    .schedules = &offered,
    .schedule_count = 1,
};

/* The profile for the vehicle leaves, and the station accepts it. */
static void offer_is_made(const struct ocpp_limit_period *period)
{
    offered.periods = period;
    assert_int_equal(ocpp_station_set_profile(energy->two, 1, &offer, &done), OCPP_OK);
    assert_holds(hears(), "'SetChargingProfile',{'evseId':1,");
    assert_holds(energy->world->frame, "'chargingProfilePurpose':'TxProfile'");
    assert_holds(energy->world->frame, "'transactionId':'T1'");
    assert_text(energy_answered(energy, energy->two, "{'status':'Accepted'}"), "0 yes Accepted");
}

/* What a central system does with the choice: it accepts what is within what it allowed. */
static void choice_is(const char *frame, const struct ocpp_limit_period *drawn, const char *answer)
{
    struct ocpp_charging_schedule chosen = offered;

    chosen.periods = drawn;
    energy->schedule_accepted = ocpp_schedule_is_within(&chosen, &offered, NOW);
    assert_text(says(frame), answer);
}

static const struct ocpp_limit_period watts_7000 = { .start_s = 0, .limit = { 7000, 0 } };
static const struct ocpp_limit_period watts_9000 = { .start_s = 0, .limit = { 9000, 0 } };

/* The needs are told and accepted, the profile follows, the vehicle keeps to it, and charges. */
static void vehicle_is_planned(const char *trigger)
{
    char frame[300];

    energy->needs = OCPP_EV_NEEDS_ACCEPTED;
    assert_text(says(NEEDS), "[3,'n',{'status':'Accepted'}]");
    offer_is_made(&watts_7000);
    choice_is(FOLLOWS("7000"), &watts_7000, "[3,'f',{'status':'Accepted'}]");
    snprintf(
        frame, sizeof frame,
        "[2,'t','TransactionEvent',{'eventType':'Updated','timestamp':'2026-01-01T00:00:00Z','triggerReason':'%s','seqNo':%d,"
        "'transactionInfo':{'transactionId':'T1','chargingState':'Charging'}}]",
        trigger, strcmp(trigger, "ChargingStateChanged") == 0 ? 1 : 2);
    assert_holds(says(frame), "[3,'t',{");
}

/* TC_K_53_CSMS; K15.FR.02, FR.03, FR.05, FR.07, FR.11. Needs, profile, choice. */
static void a_vehicle_tells_its_needs_and_gets_a_profile(void **state)
{
    (void)state;
    energy_flows();
    vehicle_is_planned("ChargingStateChanged");
}

/* TC_K_55_CSMS; K15.FR.12, FR.13; K16.FR.07, FR.08; K17.FR.12, FR.13. A choice beyond its limits is rejected, and another profile
 * follows. */
static void a_choice_beyond_its_limits_is_renegotiated(void **state)
{
    (void)state;
    energy_flows();
    energy->needs = OCPP_EV_NEEDS_ACCEPTED;
    assert_text(says(NEEDS), "[3,'n',{'status':'Accepted'}]");
    offer_is_made(&watts_7000);
    choice_is(FOLLOWS("9000"), &watts_9000, "[3,'f',{'status':'Rejected'}]");
    assert_holds(says(EVENT("Updated", "ChargingStateChanged", "1", ",'chargingState':'Charging'")), "[3,'t',{");
    offer_is_made(&watts_9000);
    choice_is(FOLLOWS("9000"), &watts_9000, "[3,'f',{'status':'Accepted'}]");
    assert_holds(says(EVENT("Updated", "ChargingRateChanged", "2", "")), "[3,'t',{");
}

/* TC_K_57_CSMS; K17.FR.02, FR.03, FR.05, FR.07, FR.11. The vehicle renegotiates: the plan takes its time. */
static void a_vehicle_renegotiates(void **state)
{
    (void)state;
    energy_flows();
    vehicle_is_planned("ChargingStateChanged");
    energy->needs = OCPP_EV_NEEDS_PROCESSING;
    assert_text(says(NEEDS), "[3,'n',{'status':'Processing'}]");
    assert_holds(says(EVENT("Updated", "ChargingRateChanged", "2", "")), "[3,'t',{");
    world_pass(energy->world, 30000);
    offer_is_made(&watts_9000);
    choice_is(FOLLOWS("9000"), &watts_9000, "[3,'f',{'status':'Accepted'}]");
    assert_holds(says(EVENT("Updated", "ChargingRateChanged", "3", "")), "[3,'t',{");
}

/* TC_K_58_CSMS; K16.FR.06. The central system renegotiates. */
static void the_central_system_renegotiates(void **state)
{
    (void)state;
    energy_flows();
    vehicle_is_planned("ChargingStateChanged");
    offer_is_made(&watts_9000);
    choice_is(FOLLOWS("9000"), &watts_9000, "[3,'f',{'status':'Accepted'}]");
    assert_holds(says(EVENT("Updated", "ChargingRateChanged", "2", "")), "[3,'t',{");
}

/* TC_K_59_CSMS; K16.FR.12. The same; the station tells the needs again, and gets another profile. */
static void needs_told_again_get_another_profile(void **state)
{
    (void)state;
    energy_flows();
    vehicle_is_planned("ChargingStateChanged");
    offer_is_made(&watts_9000);
    vehicle_is_planned("ChargingRateChanged");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, energy_world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_default_for_one_evse_is_set),
        TEST(a_profile_without_its_transaction_is_rejected_by_the_station),
        TEST(a_limit_of_the_station_is_set),
        TEST(a_profile_is_replaced_by_its_id),
        TEST(a_default_for_all_evses_is_set),
        TEST(a_station_without_smart_charging_says_so),
        TEST(a_profile_recurs),
        TEST(two_profiles_differ_in_their_levels),
        TEST(a_profile_is_set_for_a_running_transaction),
        TEST(a_start_brings_its_profile),
        TEST(profiles_are_cleared_by_what_they_are),
        TEST(a_composite_schedule_is_asked_for),
        TEST(profiles_are_asked_for_by_what_they_are),
        TEST(profiles_of_all_evses_come_in_pages),
        TEST(a_profile_is_cleared_by_the_id_that_was_reported),
        TEST(a_limit_of_an_energy_manager_comes_and_goes),
        TEST(a_limit_goes_while_somebody_charges),
        TEST(a_vehicle_tells_its_needs_and_gets_a_profile),
        TEST(a_choice_beyond_its_limits_is_renegotiated),
        TEST(a_vehicle_renegotiates),
        TEST(the_central_system_renegotiates),
        TEST(needs_told_again_get_another_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
