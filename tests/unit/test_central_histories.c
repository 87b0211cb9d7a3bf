/* test_central_histories.c: the odd histories of docs/transactions.md, row by row: what a station tells, what is recorded, what
 * the application is told, and what is marked for billing. */
#include "central_store_of_first_release.h"
#include "central_world.h"

#include <ocpp/central_transactions.h>

#include <inttypes.h>
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

static int set_up(void **state)
{
    (void)state;
    world = world_new();
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, one);
    world_boot(world, two);
    world->tell_anomalies = true;
    world->now.utc_ms += 3600000; /* 01:00 of the New Year */
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
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
}

/* --- what stations say ---------------------------------------------------------------------------------------------------- */

static const char *start_at(const char *when, int connector, const char *tag, int64_t wh)
{
    char frame[256];

    snprintf(frame, sizeof frame,
             "[2,'s','StartTransaction',{'connectorId':%d,'idTag':'%s','meterStart':%" PRId64 ",'timestamp':'%s'}]", connector,
             tag, wh, when);
    return world_says(world, one, frame);
}

static const char *stop_at(const char *when, int64_t number, const char *tag, int64_t wh)
{
    char frame[256];

    snprintf(frame, sizeof frame,
             "[2,'e','StopTransaction',{'transactionId':%" PRId64 "%s%s%s,'meterStop':%" PRId64 ",'timestamp':'%s'}]", number,
             tag ? ",'idTag':'" : "", tag ? tag : "", tag ? "'" : "", wh, when);
    return world_says(world, one, frame);
}

static const char *sample_at(const char *when, int64_t number, int64_t wh)
{
    char frame[256];

    snprintf(frame, sizeof frame,
             "[2,'m','MeterValues',{'connectorId':1,'transactionId':%" PRId64 ",'meterValue':[{'timestamp':'%s','sampledValue':[{"
             "'value':'%" PRId64 "'}]}]}]",
             number, when, wh);
    return world_says(world, one, frame);
}

/* A register of -1: no sample. */
static const char *event_of(const char *id, const char *type, int64_t seq_no, const char *when, int64_t wh, const char *more)
{
    char sample[160] = "";
    char frame[1024];

    if (wh >= 0) {
        snprintf(sample, sizeof sample, ",'meterValue':[{'timestamp':'%s','sampledValue':[{'value':%" PRId64 "}]}]", when, wh);
    }
    snprintf(frame, sizeof frame,
             "[2,'t','TransactionEvent',{'eventType':'%s','timestamp':'%s','triggerReason':'Trigger','seqNo':%" PRId64
             ",'transactionInfo':{'transactionId':'%s'}%s%s}]",
             type, when, seq_no, id, sample, more);
    return world_says(world, two, frame);
}

#define EVSE(number) ",'evse':{'id':" #number ",'connectorId':1}"
#define TOKEN(id)    ",'idToken':{'idToken':'" id "','type':'ISO14443'}"
#define AT(minute)   "2026-01-01T00:" minute ":00Z"

/* --- what is recorded ------------------------------------------------------------------------------------------------------- */

struct nth {
    int skip;
    bool seen;
    struct ocpp_transaction found;
};

static bool take_nth(const struct ocpp_transaction *transaction, void *user)
{
    static char id[80];
    static char token[80];
    struct nth *nth = user;

    if (nth->skip-- > 0) {
        return true;
    }
    nth->seen = true;
    nth->found = *transaction;
    snprintf(id, sizeof id, "%s", transaction->id);
    snprintf(token, sizeof token, "%s", transaction->token);
    nth->found.id = id;
    nth->found.token = token;
    return false;
}

static struct ocpp_transaction recorded(const char *identity, int skip)
{
    struct nth nth = { .skip = skip };

    assert_int_equal(ocpp_central_transactions(&world->store, identity, take_nth, &nth), OCPP_OK);
    assert_true(nth.seen);
    return nth.found;
}

static bool count(const struct ocpp_transaction *transaction, void *user)
{
    (void)transaction;
    ++*(int *)user;
    return true;
}

static int transactions_of(const char *identity)
{
    int counted = 0;

    assert_int_equal(ocpp_central_transactions(&world->store, identity, count, &counted), OCPP_OK);
    return counted;
}

/* How the transaction stands in the store: "id 1000..2000 ended Anomaly,Anomaly". */
static const char *stands(const char *identity, int skip)
{
    static char text[640];
    const struct ocpp_transaction transaction = recorded(identity, skip);

    snprintf(text, sizeof text, "%s %" PRId64 "..%" PRId64 " %s%s%s", transaction.id,
             transaction.has_meter_start ? transaction.meter_start_wh : -1,
             transaction.has_meter_last ? transaction.meter_last_wh : -1, transaction.ended ? "ended" : "open",
             transaction.anomalies ? " " : "", world_anomalies(transaction.anomalies));
    return text;
}

/* --- repetitions in 1.6 ------------------------------------------------------------------------------------------------------
 */

/* peers: replayed StartTransaction; 1.6 edition 2, 4.8 */
static void what_is_told_again_is_answered_alike_and_changes_nothing(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        assert_holds(start_at(AT("00"), 1, "TAG", 1000), "'transactionId':1");
        if (round > 0) {
            assert_holds(stop_at(AT("30"), 1, "TAG", 2000), "'Accepted'");
        }
        if (round == 2) {
            world_restart(world);
            reconnect();
            world_pass(world, 10 * 3600 * 1000);
        }
    }
    assert_int_equal(transactions_of("PILE-1"), 1);
    assert_holds(stands("PILE-1", 0), "1 1000..2000 ended SecondStart"); /* it came after the end, too */
    assert_text(world_told(world), "PILE-1 authorize TAG\nPILE-1 started 1 evse 1 token TAG meter 1000..1000 samples 0\n"
                                   "PILE-1 authorize TAG\nPILE-1 authorize TAG\n"
                                   "PILE-1 ended 1 evse 1 token TAG meter 1000..2000 samples 0 Local\n"
                                   "PILE-1 authorize TAG\n"
                                   "PILE-1 updated 1 evse 1 token TAG meter 1000..2000 samples 0 Local +SecondStart\n"
                                   "PILE-1 authorize TAG\nPILE-1 authorize TAG\nPILE-1 authorize TAG\n");
}

static void a_second_stop_that_says_otherwise_is_marked_and_bills_nothing_more(void **state)
{
    (void)state;
    start_at(AT("00"), 1, "TAG", 1000);
    stop_at(AT("30"), 1, NULL, 2000);
    world_told(world);
    assert_holds(stop_at(AT("40"), 1, NULL, 9000), "[3,");
    assert_holds(stop_at(AT("40"), 1, NULL, 9000), "[3,");
    assert_text(stands("PILE-1", 0), "1 1000..2000 ended SecondEnd");
    assert_text(world_told(world), "PILE-1 updated 1 evse 1 token TAG meter 1000..2000 samples 0 Local +SecondEnd\n");
}

/* Two sessions whose starts say the same are one where the date can tell them apart, for then they began in the same second at
 * the same register. Without a date they are two once the first has ended. */
static void identical_starts_are_one_session_unless_their_date_says_nothing(void **state)
{
    (void)state;
    start_at(AT("00"), 1, "TAG", 0);
    assert_holds(start_at(AT("00"), 1, "TAG", 0), "'transactionId':1");
    assert_holds(start_at("1970-01-01T00:00:00Z", 2, "TAG", 0), "'transactionId':2");
    assert_holds(start_at("1970-01-01T00:00:00Z", 2, "TAG", 0), "'transactionId':2");
    stop_at("1970-01-01T00:00:00Z", 2, NULL, 700);
    assert_holds(start_at("1970-01-01T00:00:00Z", 2, "TAG", 0), "'transactionId':3");
    stop_at("1970-01-01T00:00:00Z", 3, NULL, 900);
    assert_text(stands("PILE-1", 1), "2 0..700 ended Clock");
    assert_text(stands("PILE-1", 2), "3 0..900 ended Clock");
}

/* --- stops nobody started -----------------------------------------------------------------------------------------------------
 */

static void a_stop_of_an_unknown_or_foreign_number_touches_no_other_transaction(void **state)
{
    struct ocpp_station *other = world_connect(world, "PILE-3", OCPP_VERSION_1_6);

    (void)state;
    world_boot(world, other);
    start_at(AT("00"), 1, "TAG", 1000);
    assert_holds(world_says(world, other,
                            "[2,'e','StopTransaction',{'transactionId':1,'meterStop':5000,'timestamp':'2026-01-01T00:30:00Z'}]"),
                 "[3,'e',{}]");
    assert_holds(stop_at(AT("30"), 77, NULL, 6000), "[3,'e',{}]");
    assert_text(stands("PILE-1", 0), "1 1000..1000 open");
    assert_text(stands("PILE-1", 1), "77 -1..6000 ended NoStart,NoMeter");
    assert_text(stands("PILE-3", 0), "1 -1..5000 ended NoStart,NoMeter");
}

/* 1.6 errata 3.18 and 3.55: -1 is what a station sends that never heard the number; others send 0 */
static void a_stop_without_number_is_marked_as_guessed(void **state)
{
    static const int64_t none[] = { -1, 0, -7 };

    (void)state;
    for (int i = 0; i < 3; i++) {
        char when[32];
        snprintf(when, sizeof when, "2026-01-01T00:%02d:00Z", 10 * i);
        start_at(when, 1, "TAG", 1000 + 100 * i);
        snprintf(when, sizeof when, "2026-01-01T00:%02d:00Z", 10 * i + 9);
        assert_holds(stop_at(when, none[i], "TAG", 1050 + 100 * i), "[3,");
        assert_holds(stop_at(when, none[i], "TAG", 1050 + 100 * i), "[3,");
        assert_holds(stands("PILE-1", i), "ended Guessed");
    }
    assert_int_equal(transactions_of("PILE-1"), 3);
    assert_holds(stop_at(AT("40"), -1, "GHOST", 1), "[3,");
    assert_holds(stands("PILE-1", 3), "-1..1 ended NoStart,NoMeter");
}

/* --- meters ------------------------------------------------------------------------------------------------------------------
 */

static void a_meter_that_falls_is_recorded_as_told_and_marked(void **state)
{
    (void)state;
    start_at(AT("00"), 1, "TAG", 5000);
    stop_at(AT("30"), 1, NULL, 4000);
    assert_text(stands("PILE-1", 0), "1 5000..4000 ended MeterFell");
    start_at(AT("31"), 1, "TAG", 5000);
    sample_at(AT("32"), 2, 6000);
    sample_at(AT("33"), 2, 5500);
    stop_at(AT("40"), 2, NULL, 7000);
    assert_text(stands("PILE-1", 1), "2 5000..7000 ended MeterFell");
    event_of("T1", "Started", 0, AT("00"), 5000, "");
    event_of("T1", "Ended", 1, AT("30"), 4000, "");
    assert_text(stands("PILE-2", 0), "T1 5000..4000 ended MeterFell");
}

/* The order of the readings counts, not that of their arrival. */
static void a_reading_that_comes_late_makes_no_meter_fall(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    event_of("T1", "Updated", 2, AT("20"), 3000, "");
    event_of("T1", "Updated", 1, AT("10"), 2000, "");
    event_of("T1", "Ended", 3, AT("30"), 4000, "");
    assert_text(stands("PILE-2", 0), "T1 1000..4000 ended");
}

static void a_meter_that_jumps_is_recorded_as_told_and_marked(void **state)
{
    (void)state;
    start_at(AT("00"), 1, "TAG", 1000);
    stop_at(AT("30"), 1, NULL, 501000); /* half a megawatt hour in half an hour is what the setting allows */
    assert_text(stands("PILE-1", 0), "1 1000..501000 ended");
    start_at(AT("31"), 1, "TAG", 1000);
    stop_at(AT("41"), 2, NULL, 501000);
    assert_text(stands("PILE-1", 1), "2 1000..501000 ended MeterJumped");
    start_at(AT("42"), 1, "TAG", 1000);
    stop_at(AT("42"), 3, NULL, 12000); /* the same minute */
    assert_text(stands("PILE-1", 2), "3 1000..12000 ended");
}

/* A whole event with two readings of its own contexts, as E06.FR.11 wants it. */
static void ended_with(const char *id, const char *began, int64_t from_wh, const char *when, int64_t to_wh)
{
    char frame[1024];

    snprintf(frame, sizeof frame,
             "[2,'t','TransactionEvent',{'eventType':'Ended','timestamp':'%s','triggerReason':'StopAuthorized','seqNo':9,"
             "'transactionInfo':{'transactionId':'%s'},'meterValue':[{'timestamp':'%s','sampledValue':[{'value':%" PRId64
             ",'context':'Transaction.Begin'}]},{'timestamp':'%s','sampledValue':[{'value':%" PRId64
             ",'context':'Transaction.End'}]}]}]",
             when, id, began, from_wh, when, to_wh);
    world_says(world, two, frame);
}

/* The clock was set forward and back while it charged: a reading is dated behind the end. */
static void the_register_at_the_end_is_the_last_one_whatever_the_clock_said_before(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 0, "");
    event_of("T1", "Updated", 1, AT("50"), 15501, "");
    ended_with("T1", AT("00"), 0, AT("20"), 15504);
    assert_text(stands("PILE-2", 0), "T1 0..15504 ended Gap,AfterEnd");
    event_of("T2", "Started", 0, AT("00"), 0, ""); /* in any order */
    ended_with("T2", AT("00"), 0, AT("20"), 15504);
    event_of("T2", "Updated", 1, AT("50"), 15501, "");
    assert_text(stands("PILE-2", 1), "T2 0..15504 ended Gap,AfterEnd");
    event_of("T3", "Started", 0, AT("00"), 0, "");
    event_of("T3", "Updated", 1, AT("50"), 15501, "");
    ended_with("T3", AT("00"), 0, AT("20"), 15500);
    assert_text(stands("PILE-2", 2), "T3 0..15500 ended Gap,MeterFell,AfterEnd");
    start_at(AT("00"), 1, "TAG", 0);
    sample_at(AT("50"), 1, 15501);
    stop_at(AT("20"), 1, NULL, 15504);
    assert_text(stands("PILE-1", 0), "1 0..15504 ended AfterEnd");
    start_at(AT("21"), 1, "TAG", 0);
    sample_at(AT("50"), 2, 15501);
    stop_at(AT("40"), 2, NULL, 0);
    assert_text(stands("PILE-1", 1), "2 0..15501 ended MeterPlaceholder");
}

static void a_register_of_0_that_is_told_again_is_no_placeholder(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 0, "");
    event_of("T1", "Updated", 1, AT("10"), 1000, "");
    ended_with("T1", AT("00"), 0, AT("20"), 2000);
    assert_text(stands("PILE-2", 0), "T1 0..2000 ended Gap");
    event_of("T2", "Started", 0, AT("00"), 500, "");
    event_of("T2", "Updated", 1, AT("10"), 1000, "");
    ended_with("T2", AT("00"), 0, AT("20"), 2000);
    assert_text(stands("PILE-2", 1), "T2 500..2000 ended Gap,MeterPlaceholder");
    event_of("T3", "Started", 0, AT("00"), 0, "");
    event_of("T3", "Updated", 1, AT("10"), 1000, "");
    ended_with("T3", AT("00"), 0, AT("20"), 0);
    assert_text(stands("PILE-2", 2), "T3 0..1000 ended Gap,MeterPlaceholder");
}

static void a_register_no_meter_shows_is_not_reckoned_with(void **state)
{
    (void)state;
    start_at(AT("00"), 1, "TAG", 1000);
    sample_at(AT("10"), 1, 1500);
    sample_at(AT("11"), 1, 0);
    stop_at(AT("30"), 1, NULL, -1);
    assert_text(stands("PILE-1", 0), "1 1000..1500 ended MeterPlaceholder");
    assert_holds(start_at(AT("31"), 1, "TAG", -1), "'transactionId':2");
    assert_holds(start_at(AT("31"), 1, "TAG", -1), "'transactionId':2");
    sample_at(AT("32"), 2, 1600);
    stop_at(AT("40"), 2, NULL, 2600);
    assert_text(stands("PILE-1", 1), "2 1600..2600 ended MeterPlaceholder");
    start_at(AT("41"), 1, "TAG", 3000);
    stop_at(AT("50"), 3, NULL, 0);
    assert_text(stands("PILE-1", 2), "3 3000..3000 ended NoMeter,MeterPlaceholder");
    start_at(AT("51"), 1, "TAG", 0); /* a new meter, and nothing was charged */
    stop_at(AT("52"), 4, NULL, 0);
    assert_text(stands("PILE-1", 3), "4 0..0 ended");
}

/* --- clocks -------------------------------------------------------------------------------------------------------------------
 */

/* peers: 1970 timestamps */
static void dates_that_cannot_be_are_marked_and_order_nothing(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    event_of("T1", "Updated", 1, "2099-01-01T00:00:00Z", 2000, "");
    event_of("T1", "Updated", 2, "1970-01-01T00:00:00Z", 3000, "");
    world_pass(world, 60000);
    event_of("T1", "Ended", 3, "2026-01-01T01:01:00Z", 4000, "");
    assert_text(stands("PILE-2", 0), "T1 1000..4000 ended Clock");
    event_of("T2", "Started", 0, AT("30"), 1000, "");
    event_of("T2", "Ended", 1, AT("20"), 2000, "");
    assert_holds(stands("PILE-2", 1), "ended MeterFell,Clock");
}

/* An offline batch, hours or days later: dates are the station's, and nothing is odd about that. E04.FR.02; 1.6 edition 2, 4.8 */
static void a_batch_from_yesterday_is_recorded_as_it_happened(void **state)
{
    (void)state;
    start_at("2025-12-30T10:00:00Z", 1, "TAG", 1000);
    stop_at("2025-12-30T11:00:00Z", 1, NULL, 2000);
    start_at("2025-12-30T12:00:00Z", 1, "TAG", 2000);
    stop_at("2025-12-30T13:00:00Z", 2, NULL, 3000);
    event_of("T1", "Started", 0, "2025-12-30T10:00:00Z", 1000, EVSE(1) ",'offline':true");
    event_of("T1", "Ended", 1, "2025-12-30T11:00:00Z", 2000, ",'offline':true");
    assert_text(stands("PILE-1", 0), "1 1000..2000 ended");
    assert_text(stands("PILE-1", 1), "2 2000..3000 ended");
    assert_text(stands("PILE-2", 0), "T1 1000..2000 ended");
    assert_true(recorded("PILE-2", 0).offline);
}

/* --- 2.0.1: order, gaps, numbers -----------------------------------------------------------------------------------------------
 */

/* E02.FR.07; TC_E_31_CSMS tells an end before what led to it */
static void a_gap_is_told_and_gone_when_it_is_filled(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    world_told(world);
    event_of("T1", "Ended", 4, AT("30"), 4000, "");
    assert_text(world_told(world), "PILE-2 ended T1 evse 0 token  meter 1000..4000 samples 1 Unknown +Gap\n");
    assert_int_equal(recorded("PILE-2", 0).missing_events, 3);
    event_of("T1", "Updated", 1, AT("10"), -1, "");
    event_of("T1", "Updated", 3, AT("20"), -1, "");
    assert_text(stands("PILE-2", 0), "T1 1000..4000 ended Gap");
    assert_int_equal(recorded("PILE-2", 0).missing_events, 1);
    event_of("T1", "Updated", 2, AT("15"), -1, "");
    assert_text(stands("PILE-2", 0), "T1 1000..4000 ended");
    event_of("T1", "Updated", 2, AT("15"), -1, "");
    assert_holds(world_told(world), "updated T1"); /* three of them */
    assert_text(world_told(world), "");
}

static void an_end_before_the_start_is_recorded_and_the_start_still_counts(void **state)
{
    (void)state;
    event_of("T1", "Ended", 2, AT("30"), 4000, "");
    assert_text(stands("PILE-2", 0), "T1 4000..4000 ended NoStart,NoMeter");
    event_of("T1", "Started", 0, AT("00"), 1000, TOKEN("TAG"));
    assert_text(stands("PILE-2", 0), "T1 1000..4000 ended Gap");
    event_of("T1", "Updated", 1, AT("10"), 2000, "");
    assert_text(stands("PILE-2", 0), "T1 1000..4000 ended");
    assert_text(recorded("PILE-2", 0).token, "TAG");
}

/* However many updates are told, one that is told again is known, and what was dropped in between is missed exactly. */
static void a_repetition_is_known_however_late_it_comes(void **state)
{
    char when[32];

    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    for (int i = 1; i <= 59 * 3; i++) {
        snprintf(when, sizeof when, "2026-01-01T00:%02d:%02dZ", i / 3, i % 3 * 20);
        event_of("T1", "Updated", i, when, 1000 + i, "");
        world_told(world);
    }
    event_of("T1", "Updated", 1, "2026-01-01T00:00:20Z", 1001, "");
    assert_text(world_told(world), "");
}

/* E12.FR.05: a station short of memory drops every second event. The oldest gaps are forgotten, and that there was one is not. */
static void more_gaps_than_are_remembered_stay_marked(void **state)
{
    char when[32];

    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    for (int i = 1; i <= 20; i++) {
        snprintf(when, sizeof when, "2026-01-01T00:%02d:00Z", i);
        event_of("T1", "Updated", 2 * i, when, 1000 + i, "");
    }
    event_of("T1", "Ended", 41, AT("30"), 2000, "");
    assert_int_equal(recorded("PILE-2", 0).missing_events, 16);
    for (int i = 1; i <= 20; i++) {
        snprintf(when, sizeof when, "2026-01-01T00:%02d:30Z", i - 1);
        event_of("T1", "Updated", 2 * i - 1, when, -1, "");
    }
    assert_int_equal(recorded("PILE-2", 0).missing_events, 0);
    assert_text(stands("PILE-2", 0), "T1 1000..2000 ended Gap");
}

/* 1.6 edition 2, 4.7: nothing could ever end such a record */
static void samples_of_a_number_nobody_gave_are_told_and_not_recorded(void **state)
{
    (void)state;
    assert_holds(sample_at(AT("01"), 99, 1500), "[3,'m',{}]");
    assert_holds(sample_at(AT("02"), -1, 1600), "[3,'m',{}]");
    assert_int_equal(transactions_of("PILE-1"), 0);
    assert_text(world_told(world), "PILE-1 meter 1.1 Energy.Active.Import.Register=1500Wh\n"
                                   "PILE-1 meter 1.1 Energy.Active.Import.Register=1600Wh\n");
}

static void a_number_that_is_used_again_with_other_content_is_told_and_marked(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    event_of("T1", "Updated", 1, AT("10"), 1500, "");
    world_told(world);
    event_of("T1", "Updated", 1, AT("10"), 1500, "");
    assert_text(world_told(world), "");
    event_of("T1", "Updated", 1, AT("10"), 1600, "");
    assert_text(world_told(world), "PILE-2 updated T1 evse 0 token  meter 1000..1600 samples 1 +NumberReused\n");
    event_of("T1", "Updated", 0, AT("20"), 2000, "");
    event_of("T1", "Updated", 0, AT("20"), 2000, "");
    event_of("T1", "Updated", 0, AT("15"), 1700, ""); /* older than the newest: a repetition, as far as anybody can tell */
    assert_text(world_told(world), "PILE-2 updated T1 evse 0 token  meter 1000..2000 samples 1\n");
}

static void a_second_end_or_start_that_says_otherwise_is_marked(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    event_of("T1", "Started", 0, AT("05"), 1100, "");
    event_of("T1", "Ended", 1, AT("30"), 2000, "");
    event_of("T1", "Ended", 1, AT("30"), 2000, "");
    world_told(world);
    assert_text(stands("PILE-2", 0), "T1 1000..2000 ended SecondStart");
    event_of("T1", "Ended", 2, AT("30"), 9000, "");
    event_of("T1", "Ended", 2, AT("30"), 9000, "");
    assert_text(stands("PILE-2", 0), "T1 1000..2000 ended SecondStart,SecondEnd");
    assert_text(world_told(world), "PILE-2 updated T1 evse 0 token  meter 1000..2000 samples 1 Unknown +SecondEnd\n");
}

/* A station whose hardware was swapped counts its transactions and their events anew. E01.FR.08 */
static void an_id_that_is_used_again_is_another_transaction_and_marked(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    event_of("T1", "Ended", 1, AT("10"), 2000, "");
    event_of("T1", "Started", 0, AT("20"), 50, "");
    event_of("T1", "Ended", 1, AT("30"), 70, "");
    assert_text(stands("PILE-2", 0), "T1 1000..2000 ended");
    assert_text(stands("PILE-2", 1), "T1 50..70 ended IdReused");
}

static void what_is_dated_after_the_end_is_told_and_marked(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    event_of("T1", "Ended", 1, AT("10"), 2000, "");
    event_of("T1", "Updated", 2, AT("20"), -1, "");
    assert_text(stands("PILE-2", 0), "T1 1000..2000 ended AfterEnd");
    start_at(AT("00"), 1, "TAG", 1000);
    stop_at(AT("10"), 1, NULL, 2000);
    sample_at(AT("20"), 1, 2500);
    assert_text(stands("PILE-1", 0), "1 1000..2000 ended AfterEnd");
}

/* --- two at one EVSE
 * ------------------------------------------------------------------------------------------------------------- */

/* E01.FR.14 */
static void a_transaction_that_never_ends_is_marked_when_the_next_one_starts_there(void **state)
{
    (void)state;
    start_at(AT("00"), 1, "A", 1000);
    start_at(AT("01"), 2, "B", 1000);
    world_told(world);
    start_at(AT("10"), 1, "C", 2000);
    assert_text(world_told(world), "PILE-1 authorize C\nPILE-1 started 3 evse 1 token C meter 2000..2000 samples 0\n"
                                   "PILE-1 updated 1 evse 1 token A meter 1000..1000 samples 0 +Superseded\n");
    start_at(AT("20"), 1, "D", 3000);
    assert_text(stands("PILE-1", 0), "1 1000..1000 open Superseded");
    assert_text(stands("PILE-1", 1), "2 1000..1000 open");
    assert_text(stands("PILE-1", 2), "3 2000..2000 open Superseded");
    assert_text(stands("PILE-1", 3), "4 3000..3000 open");
    stop_at(AT("09"), 1, NULL, 1900); /* it had ended before */
    assert_text(stands("PILE-1", 0), "1 1000..1900 ended");
    stop_at(AT("30"), 3, NULL, 4000); /* two at once */
    assert_text(stands("PILE-1", 2), "3 2000..4000 ended Overlap");
}

static void the_older_of_two_is_marked_though_it_is_told_later(void **state)
{
    (void)state;
    event_of("T2", "Started", 0, AT("20"), 2000, EVSE(1));
    event_of("T1", "Started", 0, AT("00"), 1000, EVSE(1) ",'offline':true");
    assert_text(stands("PILE-2", 0), "T2 2000..2000 open");
    assert_text(stands("PILE-2", 1), "T1 1000..1000 open Superseded");
    event_of("T1", "Ended", 1, AT("10"), 1500, ",'offline':true");
    assert_text(stands("PILE-2", 1), "T1 1000..1500 ended");
}

static void an_evse_that_is_told_later_counts_from_then_on(void **state)
{
    (void)state;
    event_of("T1", "Started", 0, AT("00"), 1000, "");
    event_of("T2", "Started", 0, AT("10"), 2000, EVSE(1));
    assert_text(stands("PILE-2", 0), "T1 1000..1000 open");
    event_of("T1", "Updated", 1, AT("11"), 1100, EVSE(1));
    assert_text(stands("PILE-2", 0), "T1 1000..1100 open Superseded");
}

/* --- tokens
 * --------------------------------------------------------------------------------------------------------------------- */

/* 1.6 edition 2, 4.10; E07.FR.01: somebody of the same group may stop it */
static void a_token_of_another_group_is_marked_and_does_not_pay(void **state)
{
    (void)state;
    world->authorize.group_id = "FAMILY";
    start_at(AT("00"), 1, "ANNA", 1000);
    stop_at(AT("10"), 1, "BERT", 2000);
    assert_text(stands("PILE-1", 0), "1 1000..2000 ended");
    start_at(AT("11"), 1, "ANNA", 2000);
    world->authorize.group_id = "OTHERS";
    stop_at(AT("20"), 2, "CARL", 3000);
    assert_text(stands("PILE-1", 1), "2 2000..3000 ended OtherToken");
    assert_text(recorded("PILE-1", 1).token, "ANNA");
    world->authorize.group_id = NULL;
    event_of("T1", "Started", 0, AT("00"), 1000, TOKEN("ANNA"));
    event_of("T1", "Updated", 1, AT("10"), 1100, TOKEN("CARL"));
    assert_text(stands("PILE-2", 0), "T1 1000..1100 open OtherToken");
    assert_text(recorded("PILE-2", 0).token, "ANNA");
}

/* E01.FR.12 */
static void a_token_that_is_refused_is_recorded_and_marked(void **state)
{
    (void)state;
    world->authorize.authorization = OCPP_AUTHORIZATION_BLOCKED;
    start_at(AT("00"), 1, "TAG", 1000);
    assert_text(stands("PILE-1", 0), "1 1000..1000 open TokenRefused");
    event_of("T1", "Started", 0, AT("00"), 1000, TOKEN("TAG"));
    assert_text(stands("PILE-2", 0), "T1 1000..1000 open TokenRefused");
}

/* --- the release before -------------------------------------------------------------------------------------------------------
 */

static void load_first_release(void)
{
    const struct ocpp_change all = { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = "" };

    ocpp_station_disconnect(one, world->now);
    ocpp_station_disconnect(two, world->now);
    assert_int_equal(world->memory->write(&all, 1, NULL, NULL, world->memory->user), OCPP_OK);
    for (size_t i = 0; i < sizeof central_first_release / sizeof central_first_release[0]; i++) {
        const struct ocpp_change put = { .kind = OCPP_CHANGE_PUT,
                                         .key = central_first_release[i].key,
                                         .value = central_first_release[i].value,
                                         .size = strlen(central_first_release[i].value) };
        assert_int_equal(world->memory->write(&put, 1, NULL, NULL, world->memory->user), OCPP_OK);
    }
    world_restart(world);
    reconnect();
}

static void what_the_first_release_recorded_goes_on(void **state)
{
    (void)state;
    load_first_release();
    assert_int_equal(ocpp_station_registration(one), OCPP_REGISTRATION_ACCEPTED);
    assert_holds(start_at(AT("00"), 1, "TAG", 1000), "'transactionId':1");
    assert_holds(start_at(AT("02"), 2, "ELSE", 700), "'transactionId':2");
    assert_holds(stop_at(AT("30"), 2, NULL, 2700), "[3,");
    assert_holds(stop_at(AT("31"), -1, "GHOST", 99), "[3,");
    event_of("T1", "Updated", 1, AT("01"), 150, "");
    assert_text(stands("PILE-1", 0), "1 1000..1500 open");
    assert_text(stands("PILE-1", 1), "2 700..2700 ended SecondStart");
    assert_text(stands("PILE-1", 2), "-1@1767227460000-f8f2fad20d399487 -1..99 ended NoStart,NoMeter");
    assert_text(stands("PILE-2", 0), "T1 100..450 open Gap");
    assert_int_equal(recorded("PILE-2", 0).missing_events, 2);
    assert_text(stands("PILE-2", 1), "T2 900..900 ended NoMeter");
    assert_int_equal(transactions_of("PILE-1"), 3);
}

static void what_runs_since_the_first_release_ends_and_is_succeeded(void **state)
{
    (void)state;
    load_first_release();
    assert_holds(start_at(AT("40"), 1, "NEXT", 1900), "'transactionId':3");
    assert_text(stands("PILE-1", 0), "1 1000..1500 open Superseded");
    assert_holds(stop_at(AT("39"), 1, NULL, 1800), "[3,");
    assert_text(stands("PILE-1", 0), "1 1000..1800 ended");
    event_of("T1", "Updated", 2, AT("02"), -1, "");
    event_of("T1", "Updated", 3, AT("03"), -1, "");
    event_of("T1", "Ended", 5, AT("50"), 900, "");
    assert_text(stands("PILE-2", 0), "T1 100..900 ended");
}

static void every_anomaly_has_a_name_and_nothing_else_has(void **state)
{
    (void)state;
    assert_text(ocpp_anomaly_name(OCPP_ANOMALY_AFTER_END), "AfterEnd");
    assert_null(ocpp_anomaly_name(0));
    assert_null(ocpp_anomaly_name(OCPP_ANOMALY_GAP | OCPP_ANOMALY_CLOCK));
    assert_null(ocpp_anomaly_name(1u << 31));
}

int main(void)
{
#define BOOTED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BOOTED(what_is_told_again_is_answered_alike_and_changes_nothing),
        BOOTED(a_second_stop_that_says_otherwise_is_marked_and_bills_nothing_more),
        BOOTED(identical_starts_are_one_session_unless_their_date_says_nothing),
        BOOTED(a_stop_of_an_unknown_or_foreign_number_touches_no_other_transaction),
        BOOTED(a_stop_without_number_is_marked_as_guessed),
        BOOTED(a_meter_that_falls_is_recorded_as_told_and_marked),
        BOOTED(a_reading_that_comes_late_makes_no_meter_fall),
        BOOTED(a_meter_that_jumps_is_recorded_as_told_and_marked),
        BOOTED(the_register_at_the_end_is_the_last_one_whatever_the_clock_said_before),
        BOOTED(a_register_of_0_that_is_told_again_is_no_placeholder),
        BOOTED(a_register_no_meter_shows_is_not_reckoned_with),
        BOOTED(dates_that_cannot_be_are_marked_and_order_nothing),
        BOOTED(a_batch_from_yesterday_is_recorded_as_it_happened),
        BOOTED(a_gap_is_told_and_gone_when_it_is_filled),
        BOOTED(an_end_before_the_start_is_recorded_and_the_start_still_counts),
        BOOTED(a_repetition_is_known_however_late_it_comes),
        BOOTED(more_gaps_than_are_remembered_stay_marked),
        BOOTED(samples_of_a_number_nobody_gave_are_told_and_not_recorded),
        BOOTED(a_number_that_is_used_again_with_other_content_is_told_and_marked),
        BOOTED(a_second_end_or_start_that_says_otherwise_is_marked),
        BOOTED(an_id_that_is_used_again_is_another_transaction_and_marked),
        BOOTED(what_is_dated_after_the_end_is_told_and_marked),
        BOOTED(a_transaction_that_never_ends_is_marked_when_the_next_one_starts_there),
        BOOTED(the_older_of_two_is_marked_though_it_is_told_later),
        BOOTED(an_evse_that_is_told_later_counts_from_then_on),
        BOOTED(a_token_of_another_group_is_marked_and_does_not_pay),
        BOOTED(a_token_that_is_refused_is_recorded_and_marked),
        BOOTED(what_the_first_release_recorded_goes_on),
        BOOTED(what_runs_since_the_first_release_ends_and_is_succeeded),
        BOOTED(every_anomaly_has_a_name_and_nothing_else_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
