/* test_central_transactions.c: transactions as unruly stations tell them: out of order, with gaps, twice, without a number, with
 * numbers nobody can have. What is recorded is billed, so it is what these tests look at. */
#include "central_world.h"

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
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

static const char *says_one(const char *format, ...) OCPP_PRINTF(1, 2);

static const char *says_one(const char *format, ...)
{
    char frame[1024];
    va_list arguments;

    va_start(arguments, format);
    const int size = vsnprintf(frame, sizeof frame, format, arguments);
    va_end(arguments);
    assert_true(size > 0 && (size_t)size < sizeof frame);
    return world_says(world, one, frame);
}

/* An event of transaction T1, |minute|s after the New Year, with |more| members. */
static const char *event(const char *type, int seq_no, int minute, const char *more)
{
    char frame[1024];
    const int size = snprintf(frame, sizeof frame,
                              "[2,'%s%d','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-01T00:%02d:00Z','"
                              "triggerReason':'Trigger','seqNo':%d,'transactionInfo':{'transactionId':'T1'}%s}]",
                              type, seq_no, type, minute, seq_no, more);

    assert_true(size > 0 && (size_t)size < sizeof frame);
    return world_says(world, two, frame);
}

#define REGISTER(minute, wh) ",'meterValue':[{'timestamp':'2026-01-01T00:" minute ":00Z','sampledValue':[{'value':" wh "}]}]"
#define TOKEN(id)            ",'idToken':{'idToken':'" id "','type':'ISO14443'}"

static bool remember(const struct ocpp_transaction *transaction, void *user)
{
    static char id[80];
    static char token[80];
    struct ocpp_transaction *found = user;

    *found = *transaction;
    snprintf(id, sizeof id, "%s", transaction->id);
    snprintf(token, sizeof token, "%s", transaction->token);
    found->id = id;
    found->token = token;
    return false;
}

/* The first recorded transaction of |identity| behind |skip| others. */
struct nth {
    int skip;
    bool seen;
    struct ocpp_transaction found;
};

static bool remember_nth(const struct ocpp_transaction *transaction, void *user)
{
    struct nth *nth = user;

    if (nth->skip-- > 0) {
        return true;
    }
    nth->seen = true;
    return remember(transaction, &nth->found);
}

static struct ocpp_transaction recorded(const char *identity, int skip)
{
    struct nth nth = { .skip = skip };

    assert_int_equal(ocpp_central_transactions(&world->store, identity, remember_nth, &nth), OCPP_OK);
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

/* --- 1.6 ---------------------------------------------------------------------------------------------------------------- */

#define START_AT(minute, connector, tag, wh)                                                                                     \
    "[2,'s" minute tag "','StartTransaction',{'connectorId':" connector ",'idTag':'" tag "','meterStart':" wh                    \
    ",'timestamp':'2026-01-01T00:" minute ":00Z'}]"
#define STOP_AT(minute, number, tag, wh)                                                                                         \
    "[2,'e" minute tag "','StopTransaction',{'transactionId':" number ",'idTag':'" tag "','meterStop':" wh                       \
    ",'timestamp':'2026-01-01T00:" minute ":00Z'}]"

/* A start that comes again was not known any more, and was charged twice. */
static void a_sample_that_names_another_connector_moves_no_transaction(void **state)
{
    (void)state;
    assert_holds(says_one(START_AT("00", "1", "TAG", "1000")), "'transactionId':1");
    says_one("[2,'2','MeterValues',{'connectorId':2,'transactionId':1,'meterValue':[{'timestamp':'2026-01-01T00:01:00Z','"
             "sampledValue':[{'value':'1500'}]}]}]");
    assert_int_equal(recorded("PILE-1", 0).evse, 1);
    assert_holds(says_one(START_AT("00", "1", "TAG", "1000")), "'transactionId':1");
    assert_int_equal(transactions_of("PILE-1"), 1);
}

/* 1.6 errata 3.18. After a power cut, a station tells of both connectors at once. */
static void two_stops_without_number_of_one_moment_end_two_transactions(void **state)
{
    (void)state;
    says_one(START_AT("00", "1", "A", "1000"));
    says_one(START_AT("00", "2", "B", "1000"));
    says_one(STOP_AT("09", "-1", "A", "2000"));
    says_one(STOP_AT("09", "-1", "B", "2000"));
    says_one(STOP_AT("09", "-1", "A", "2000"));
    assert_int_equal(transactions_of("PILE-1"), 2);
    assert_true(recorded("PILE-1", 0).ended);
    assert_true(recorded("PILE-1", 1).ended);
}

/* 1.6 edition 2, 7.28: idTag is a CiString. 1.6 errata 3.18 */
static void a_stop_without_number_knows_its_token_in_any_case(void **state)
{
    (void)state;
    says_one(START_AT("00", "1", "tag", "1000"));
    says_one(STOP_AT("09", "-1", "TAG", "2000"));
    assert_int_equal(transactions_of("PILE-1"), 1);
    assert_true(recorded("PILE-1", 0).ended);
}

/* peers: transactionId -1 */
static void a_stop_without_number_ends_no_transaction_it_cannot_be_of(void **state)
{
    (void)state;
    says_one(START_AT("00", "1", "TAG", "5000")); /* its meter stands higher already */
    says_one(START_AT("01", "2", "TAG", "1000"));
    says_one(START_AT("02", "3", "TAG", "1000")); /* its number is known to the station */
    says_one("[2,'m','MeterValues',{'connectorId':3,'transactionId':3,'meterValue':[{'timestamp':'2026-01-01T00:03:00Z','"
             "sampledValue':[{'value':'1100'}]}]}]");
    says_one(START_AT("20", "4", "TAG", "1000")); /* it started later */
    says_one(STOP_AT("09", "-1", "TAG", "2000"));
    for (int i = 0; i < 4; i++) {
        assert_int_equal(recorded("PILE-1", i).ended, i == 1);
    }
}

/* Open transactions are looked through for such a stop: those of a station that starts and never ends are not all looked at. */
static void a_trail_of_open_starts_makes_no_stop_dear(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        says_one("[2,'%d','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':%d,'timestamp':'2026-01-01T00:00:00Z'}]",
                 i, i);
        (void)world_told(world);
    }
    world->reads = 0;
    assert_holds(says_one(STOP_AT("09", "-1", "TAG", "2000")), "[3,");
    assert_in_range(world->reads, 64, 80);
    assert_true(recorded("PILE-1", 299).ended);
    assert_int_equal(transactions_of("PILE-1"), 300);
}

static void a_store_that_cannot_be_read_ends_no_transaction_and_makes_none(void **state)
{
    int needed;

    (void)state;
    says_one(START_AT("00", "1", "TAG", "1000"));
    world->reads = 0;
    says_one(STOP_AT("08", "-1", "ELSE", "2000"));
    needed = world->reads;
    assert_int_equal(transactions_of("PILE-1"), 2);
    for (int i = 1; i <= needed; i++) {
        world->reads = 0;
        world->fail_read = i;
        assert_holds(says_one(STOP_AT("09", "-1", "ELSE", "2000")), "InternalError");
        world->fail_read = 0;
    }
    assert_int_equal(transactions_of("PILE-1"), 2);
    assert_false(recorded("PILE-1", 0).ended);
}

/* The counter of a station's records is damaged: what was recorded is not written over. */
static void a_damaged_counter_of_records_costs_no_record(void **state)
{
    const struct ocpp_change damage = { .kind = OCPP_CHANGE_PUT, .key = "last/PILE-1/transaction", .value = "x", .size = 1 };

    (void)state;
    says_one(START_AT("00", "1", "TAG", "1000"));
    assert_int_equal(world->memory->write(&damage, 1, NULL, NULL, world->memory->user), OCPP_OK);
    assert_holds(says_one(START_AT("05", "1", "ELSE", "1000")), "InternalError");
    assert_text(recorded("PILE-1", 0).token, "TAG");
}

/* --- 2.0.1: order and gaps ------------------------------------------------------------------------------------------------- */

/* A station may send what is new before what it queued: E12, timing table "order may differ". */
static void a_start_and_an_end_count_however_late_they_come(void **state)
{
    (void)state;
    event("Updated", 200, 40, REGISTER("40", "4000"));
    event("Started", 0, 0, TOKEN("TAG") REGISTER("00", "1000"));
    event("Updated", 300, 50, "");
    event("Ended", 201, 45, REGISTER("45", "5000"));
    const struct ocpp_transaction transaction = recorded("PILE-2", 0);
    assert_true(transaction.started_utc_ms == INT64_C(1767225600000));
    assert_true(transaction.ended);
    assert_text(transaction.token, "TAG");
    assert_int_equal(transaction.meter_start_wh, 1000);
    assert_int_equal(transaction.meter_last_wh, 5000);
    assert_text(world_told(world), "PILE-2 updated T1 evse 0 token  meter 4000..4000 samples 1\n"
                                   "PILE-2 authorize TAG\n"
                                   "PILE-2 started T1 evse 0 token TAG meter 1000..4000 samples 1\n"
                                   "PILE-2 updated T1 evse 0 token TAG meter 1000..4000 samples 0\n"
                                   "PILE-2 ended T1 evse 0 token TAG meter 1000..5000 samples 1 Unknown\n");
}

static void a_station_that_numbers_all_its_events_0_is_not_charged_for_ever(void **state)
{
    (void)state;
    event("Started", 0, 0, REGISTER("00", "1000"));
    event("Ended", 0, 30, REGISTER("30", "3000"));
    event("Ended", 0, 30, REGISTER("30", "3000"));
    assert_true(recorded("PILE-2", 0).ended);
    assert_int_equal(recorded("PILE-2", 0).meter_last_wh, 3000);
    assert_holds(world_told(world), "samples 1\nPILE-2 ended T1 evse 0 token  meter 1000..3000 samples 1 Unknown\n");
    assert_text(world_told(world), "");
}

static void an_update_too_old_to_tell_is_told_rather_than_lost(void **state)
{
    (void)state;
    event("Started", 0, 0, "");
    event("Updated", 100, 50, "");
    world_told(world);
    event("Updated", 3, 1, REGISTER("01", "10"));
    assert_text(world_told(world), "PILE-2 updated T1 evse 0 token  meter 10..10 samples 1\n");
    event("Updated", 100, 50, "");
    assert_text(world_told(world), "");
}

static void a_register_read_last_counts_though_its_event_comes_after_the_end(void **state)
{
    (void)state;
    event("Started", 0, 0, REGISTER("00", "1000"));
    event("Ended", 3, 30, "");
    event("Updated", 2, 29, REGISTER("29", "2900"));
    event("Updated", 1, 10, REGISTER("10", "1500"));
    assert_int_equal(recorded("PILE-2", 0).meter_last_wh, 2900);
}

static void the_first_token_in_the_station_s_order_pays(void **state)
{
    (void)state;
    event("Ended", 3, 30, TOKEN("FRIEND"));
    assert_text(recorded("PILE-2", 0).token, "FRIEND");
    event("Updated", 1, 1, TOKEN("PAYER") ",'evse':{'id':2,'connectorId':1}");
    assert_text(recorded("PILE-2", 0).token, "PAYER");
    assert_int_equal(recorded("PILE-2", 0).evse, 2);
    event("Updated", 2, 2, TOKEN("OTHER"));
    event("Started", 0, 0, "");
    assert_text(recorded("PILE-2", 0).token, "PAYER");
}

static void an_older_event_does_not_bring_an_older_state_back(void **state)
{
    static const struct {
        const char *type;
        int seq_no;
        const char *told;
        enum ocpp_charging_state then;
    } events[] = {
        { "Updated", 2, "SuspendedEV", OCPP_CHARGING_STATE_SUSPENDED_EV },
        { "Updated", 1, "Charging", OCPP_CHARGING_STATE_SUSPENDED_EV },
        { "Ended", 3, "Idle", OCPP_CHARGING_STATE_UNKNOWN },
        { "Started", 0, "EVConnected", OCPP_CHARGING_STATE_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        char frame[512];
        snprintf(frame, sizeof frame,
                 "[2,'%d','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-01T00:00:00Z','triggerReason':'"
                 "ChargingStateChanged','seqNo':%d,'transactionInfo':{'transactionId':'T1','chargingState':'%s'}}]",
                 (int)i, events[i].type, events[i].seq_no, events[i].told);
        assert_holds(world_says(world, two, frame), "[3,");
        assert_int_equal(recorded("PILE-2", 0).charging_state, events[i].then);
    }
}

/* E01.FR.08 forbids it; a station that lost its counter does it all the same, and charged for nothing. */
static void what_starts_after_the_end_of_its_namesake_is_another_transaction(void **state)
{
    (void)state;
    event("Started", 0, 0, REGISTER("00", "1000"));
    event("Ended", 1, 10, REGISTER("10", "2000"));
    event("Started", 0, 20, REGISTER("20", "2000"));
    event("Ended", 1, 30, REGISTER("30", "5000"));
    event("Started", 0, 0, REGISTER("00", "1000")); /* the first one again */
    assert_int_equal(transactions_of("PILE-2"), 2);
    assert_int_equal(recorded("PILE-2", 0).meter_last_wh, 2000);
    assert_int_equal(recorded("PILE-2", 1).meter_start_wh, 2000);
    assert_int_equal(recorded("PILE-2", 1).meter_last_wh, 5000);
}

/* --- what no station can mean ------------------------------------------------------------------------------------------------
 */

static void a_meter_gone_mad_is_told_and_the_transaction_recorded(void **state)
{
    (void)state;
    event("Started", 0, 0, REGISTER("00", "1000"));
    assert_text(event("Updated", 1, 1, REGISTER("01", "9e15,'unitOfMeasure':{'unit':'kWh'}")), "[3,'Updated1',{}]");
    assert_text(event("Updated", 2, 2, REGISTER("02", "-9e15,'unitOfMeasure':{'multiplier':3}")), "[3,'Updated2',{}]");
    assert_int_equal(recorded("PILE-2", 0).meter_last_wh, 1000);
    assert_holds(world_told(world), "updated T1 evse 0 token  meter 1000..1000 samples 1\n");
    says_one(START_AT("00", "1", "TAG", "1000"));
    assert_holds(says_one("[2,'m','MeterValues',{'connectorId':1,'transactionId':1,'meterValue':[{'timestamp':"
                          "'2026-01-01T00:01:00Z','sampledValue':[{'value':'90000000000000000'}]}]}]"),
                 "[3,'m',{}]");
    assert_int_equal(recorded("PILE-1", 0).meter_last_wh, 1000);
}

/* |frame| with |number| in the place of its #. */
static const char *with_number(const char *frame, const char *number)
{
    static char text[512];
    const char *mark = strchr(frame, '#');

    assert_non_null(mark);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(mark - frame), frame, number, mark + 1);
    return text;
}

/* 2^32 + 1 is not EVSE 1. */
static void an_evse_or_connector_no_station_can_have_is_refused(void **state)
{
    static const char *const numbers[] = { "4294967297", "2147483648", "-1", "9007199254740992" };
    static const char *const frames_16[] = {
        "[2,'1','StatusNotification',{'connectorId':#,'errorCode':'NoError','status':'Available'}]",
        "[2,'1','StartTransaction',{'connectorId':#,'idTag':'TAG','meterStart':1,'timestamp':'2026-01-01T00:00:00Z'}]",
        "[2,'1','MeterValues',{'connectorId':#,'meterValue':[{'timestamp':'2026-01-01T00:00:00Z','sampledValue':[{'value':'1'}]}]}]",
    };
    static const char *const frames_201[] = {
        "[2,'1','StatusNotification',{'timestamp':'2026-01-01T00:00:00Z','connectorStatus':'Available','evseId':#,'connectorId':"
        "1}]",
        "[2,'1','StatusNotification',{'timestamp':'2026-01-01T00:00:00Z','connectorStatus':'Available','evseId':1,'connectorId':#"
        "}]",
        "[2,'1','MeterValues',{'evseId':#,'meterValue':[{'timestamp':'2026-01-01T00:00:00Z','sampledValue':[{'value':1}]}]}]",
        "[2,'1','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'Authorized','seqNo'"
        ":0,'transactionInfo':{'transactionId':'T1'},'evse':{'id':#}}]",
        "[2,'1','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'Authorized','seqNo'"
        ":0,'transactionInfo':{'transactionId':'T1'},'evse':{'id':1,'connectorId':#}}]",
    };

    (void)state;
    for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
        for (size_t i = 0; i < sizeof frames_16 / sizeof frames_16[0]; i++) {
            assert_holds(world_says(world, one, with_number(frames_16[i], numbers[n])), "[4,'1','PropertyConstraintViolation'");
        }
        for (size_t i = 0; i < sizeof frames_201 / sizeof frames_201[0]; i++) {
            assert_holds(world_says(world, two, with_number(frames_201[i], numbers[n])), "[4,'1','PropertyConstraintViolation'");
        }
    }
    assert_text(world_told(world), "");
}

/* The standard has room for 36 characters; a station whose longer texts are tolerated is not to lose its transactions for it. */
static void a_tolerated_id_is_recorded_as_long_as_a_key_has_room_for_it(void **state)
{
    const struct ocpp_station_options options = { .identity = "123456789012345678901234567890123456789012345678",
                                                  .version = OCPP_VERSION_2_0_1,
                                                  .quirks = OCPP_QUIRK_OVERLONG_TEXT };
    struct ocpp_station *tolerated = NULL;
    char frame[512];

    (void)state;
    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &tolerated), OCPP_OK);
    world_boot(world, tolerated);
    for (int size = 72; size <= 73; size++) {
        snprintf(
            frame, sizeof frame,
            "[2,'1','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'Authorized'"
            ",'seqNo':0,'transactionInfo':{'transactionId':'%0*d'}}]",
            size, 7);
        assert_holds(world_says(world, tolerated, frame), size == 72 ? "[3,'1',{}]" : "[4,'1','PropertyConstraintViolation'");
    }
}

/* --- tokens and orders
 * ---------------------------------------------------------------------------------------------------------- */

/* C02.FR.02 */
static void a_transaction_without_authorization_is_accepted_unasked(void **state)
{
    (void)state;
    world->authorize.authorization = OCPP_AUTHORIZATION_BLOCKED;
    assert_text(event("Started", 0, 0, ",'idToken':{'idToken':'','type':'NoAuthorization'}"),
                "[3,'Started0',{'idTokenInfo':{'status':'Accepted'}}]");
    assert_text(world_told(world), "PILE-2 started T1 evse 0 token  meter -1..-1 samples 0\n");
}

/* The station's answer to the RemoteStartTransaction that just left: |answer| with the id in it. */
static void order_start(const char *answer)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };
    char id[64];

    assert_int_equal(ocpp_station_start(one, 1, &token, NULL), OCPP_OK);
    assert_int_equal(sscanf(world_hears(world, one), "[2,'%63[^']'", id), 1);
    says_one("[%c,'%s',%s]", answer[0] == '{' ? '3' : '4', id, answer);
}

/* peers: tie a remote start to its transaction */
static void a_start_answers_an_order_the_station_agreed_to(void **state)
{
    (void)state;
    order_start("{'status':'Accepted'}");
    says_one(START_AT("00", "1", "tag", "1000"));
    assert_true(recorded("PILE-1", 0).remote_start_id > 0);
    says_one(START_AT("01", "1", "tag", "1000"));
    assert_int_equal(recorded("PILE-1", 1).remote_start_id, 0);
}

static void a_start_answers_no_order_the_station_refused(void **state)
{
    (void)state;
    order_start("{'status':'Rejected'}");
    order_start("'InternalError','',{}");
    says_one(START_AT("00", "1", "TAG", "1000"));
    assert_int_equal(recorded("PILE-1", 0).remote_start_id, 0);
}

static void an_order_is_answered_by_the_start_that_was_recorded(void **state)
{
    (void)state;
    order_start("{'status':'Accepted'}");
    world->fail_write = world->writes + 1;
    assert_holds(says_one(START_AT("00", "1", "TAG", "1000")), "InternalError");
    assert_holds(says_one(START_AT("00", "1", "TAG", "1000")), "'transactionId':2");
    assert_true(recorded("PILE-1", 0).remote_start_id > 0);
}

int main(void)
{
#define BOOTED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BOOTED(a_sample_that_names_another_connector_moves_no_transaction),
        BOOTED(two_stops_without_number_of_one_moment_end_two_transactions),
        BOOTED(a_stop_without_number_knows_its_token_in_any_case),
        BOOTED(a_stop_without_number_ends_no_transaction_it_cannot_be_of),
        BOOTED(a_trail_of_open_starts_makes_no_stop_dear),
        BOOTED(a_store_that_cannot_be_read_ends_no_transaction_and_makes_none),
        BOOTED(a_damaged_counter_of_records_costs_no_record),
        BOOTED(a_start_and_an_end_count_however_late_they_come),
        BOOTED(a_station_that_numbers_all_its_events_0_is_not_charged_for_ever),
        BOOTED(an_update_too_old_to_tell_is_told_rather_than_lost),
        BOOTED(a_register_read_last_counts_though_its_event_comes_after_the_end),
        BOOTED(the_first_token_in_the_station_s_order_pays),
        BOOTED(an_older_event_does_not_bring_an_older_state_back),
        BOOTED(what_starts_after_the_end_of_its_namesake_is_another_transaction),
        BOOTED(a_meter_gone_mad_is_told_and_the_transaction_recorded),
        BOOTED(an_evse_or_connector_no_station_can_have_is_refused),
        BOOTED(a_tolerated_id_is_recorded_as_long_as_a_key_has_room_for_it),
        BOOTED(a_transaction_without_authorization_is_accepted_unasked),
        BOOTED(a_start_answers_an_order_the_station_agreed_to),
        BOOTED(a_start_answers_no_order_the_station_refused),
        BOOTED(an_order_is_answered_by_the_start_that_was_recorded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
