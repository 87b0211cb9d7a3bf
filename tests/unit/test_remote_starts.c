/* test_remote_starts.c: a start by order and the transaction it causes, whatever lies between them. */
#include "central_world.h"

#include <ocpp/central_transactions.h>

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

/* How the last order ended. */
static struct {
    int runs;
    enum ocpp_status status;
    bool accepted;
    int64_t id;
} outcome;

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    outcome.runs++;
    outcome.status = result->status;
    outcome.accepted = result->accepted;
    outcome.id = result->remote_start_id;
}

static const struct ocpp_command_done done = { on_done, NULL };

static int set_up(void **state)
{
    (void)state;
    memset(&outcome, 0, sizeof outcome);
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

static void reconnect(void)
{
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
}

/* The station hears a call and answers with |payload|. */
static void answers(struct ocpp_station *station, const char *payload)
{
    char frame[256];
    char id[64];

    assert_int_equal(sscanf(world_hears(world, station), "[2,'%63[^']'", id), 1);
    snprintf(frame, sizeof frame, "[3,'%s',%s]", id, payload);
    (void)world_says(world, station, frame);
}

static enum ocpp_status give(struct ocpp_station *station, int evse, const char *tag)
{
    const struct ocpp_token token = { tag, OCPP_TOKEN_ISO14443 };

    return ocpp_station_start(station, evse, &token, &done);
}

static void order(int evse, const char *tag, const char *payload)
{
    assert_int_equal(give(one, evse, tag), OCPP_OK);
    answers(one, payload);
}

#define ACCEPTED "{'status':'Accepted'}"

/* The station starts at |when|; its answer. */
static const char *starts_at(int connector, const char *tag, const char *when)
{
    static int meter;
    char frame[256];

    snprintf(frame, sizeof frame, "[2,'s','StartTransaction',{'connectorId':%d,'idTag':'%s','meterStart':%d,'timestamp':'%s'}]",
             connector, tag, ++meter, when);
    return world_says(world, one, frame);
}

/* The station starts at |minute| of the New Year; its answer. */
static const char *starts(int connector, const char *tag, int minute)
{
    char when[32];

    snprintf(when, sizeof when, "2026-01-01T00:%02d:00Z", minute);
    return starts_at(connector, tag, when);
}

struct last {
    int64_t tied;
    int evse;
};

static bool take(const struct ocpp_transaction *transaction, void *user)
{
    *(struct last *)user = (struct last){ transaction->remote_start_id, transaction->evse };
    return true;
}

/* The order the newest transaction of a station answers. */
static int64_t tied(const char *identity)
{
    struct last last = { -1, 0 };

    assert_int_equal(ocpp_central_transactions(&world->store, identity, take, &last), OCPP_OK);
    return last.tied;
}

static bool count_one(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(int *)user;
    return true;
}

/* How many orders the store remembers. */
static int remembered(void)
{
    int counted = 0;

    assert_int_equal(world->memory->each("order/", NULL, count_one, &counted, world->memory->user), OCPP_OK);
    return counted;
}

/* --- over restarts --------------------------------------------------------------------------------------------------------- */

/* peers: no API to command a charger and tie a remote start to its transaction; TC_010_CSMS */
static void an_order_is_tied_though_the_central_system_restarts_in_between(void **state)
{
    (void)state;
    order(1, "TAG", ACCEPTED);
    assert_int_equal(remembered(), 1);
    world_restart(world);
    reconnect();
    world_pass(world, 60000);
    starts(1, "tag", 1);
    assert_true(outcome.id > 0);
    assert_int_equal(tied("PILE-1"), outcome.id);
    assert_int_equal(remembered(), 0);
    starts(1, "tag", 2);
    assert_int_equal(tied("PILE-1"), 0);
}

static void random_bytes(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 9, size);
}

/* peers: in-memory registries with no multi-node story */
static void an_order_is_tied_though_the_station_returns_to_another_shard(void **state)
{
    const struct ocpp_station_options options = { .identity = "PILE-1", .version = OCPP_VERSION_1_6 };
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    struct ocpp_central *shard;

    (void)state;
    settings.random = random_bytes;
    settings.shard = 1;
    shard = ocpp_central_new(&settings, &world->handler, &world->store);
    assert_non_null(shard);
    world->hold_writes = true;
    assert_int_equal(give(one, 1, "TAG"), OCPP_OK);
    ocpp_station_disconnect(one, world->now); /* it flushes */
    assert_int_equal(outcome.status, OCPP_ERR_CLOSED);
    world->hold_writes = false;
    assert_int_equal(ocpp_central_connect(shard, &options, world->now, &one), OCPP_OK);
    starts(1, "TAG", 1);
    assert_int_equal(tied("PILE-1"), outcome.id);
    ocpp_central_free(shard);
}

/* --- durable before it leaves ------------------------------------------------------------------------------------------------
 */

static void an_order_leaves_when_it_is_durable_and_no_sooner(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_int_equal(give(one, 1, "TAG"), OCPP_OK);
    assert_false(ocpp_station_has_output(one));
    assert_text(world_hears(world, one), "");
    while (ocpp_central_next_with_output(world->central)) {
    }
    world_release(world, OCPP_OK);
    assert_ptr_equal(ocpp_central_next_with_output(world->central), one);
    world->hold_writes = false;
    answers(one, ACCEPTED);
    assert_int_equal(outcome.runs, 1);
    assert_true(outcome.accepted);
}

static void an_order_the_store_loses_is_not_sent(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_int_equal(give(one, 1, "TAG"), OCPP_OK);
    world_release(world, OCPP_ERR_STORAGE);
    assert_text(world_hears(world, one), "");
    assert_int_equal(outcome.runs, 1);
    assert_int_equal(outcome.status, OCPP_ERR_STORAGE);
    world->hold_writes = false;
    world->fail_write = world->writes + 1;
    assert_int_equal(give(one, 1, "TAG"), OCPP_ERR_STORAGE);
    assert_text(world_hears(world, one), "");
    assert_int_equal(outcome.runs, 1);
    starts(1, "TAG", 1);
    assert_int_equal(tied("PILE-1"), 0);
    order(1, "TAG", ACCEPTED); /* and the next one goes as ever */
    assert_int_equal(outcome.runs, 2);
}

/* What waited behind it leaves, though the station says nothing more. */
static void what_an_order_held_back_leaves_when_the_order_is_lost(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_int_equal(give(one, 1, "TAG"), OCPP_OK);
    assert_text(world_says(world, one, "[2,'h','Heartbeat',{}]"), "");
    while (ocpp_central_next_with_output(world->central)) {
    }
    world_release(world, OCPP_ERR_STORAGE);
    world->hold_writes = false;
    assert_ptr_equal(ocpp_central_next_with_output(world->central), one);
    assert_holds(world_hears(world, one), "[3,'h',");
}

static void lose_all(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)result;
    (void)user;
    outcome.runs++;
    world_release(world, OCPP_ERR_STORAGE);
}

/* The application writes to the store, too, which may then tell of all that it had gathered. */
static void a_store_that_loses_an_order_while_its_connection_goes_tells_nobody(void **state)
{
    const struct ocpp_command_done losing = { lose_all, NULL };
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };

    (void)state;
    world->hold_writes = true;
    assert_int_equal(ocpp_station_start(one, 1, &token, &losing), OCPP_OK);
    assert_int_equal(ocpp_station_start(one, 2, &token, &losing), OCPP_OK);
    ocpp_station_disconnect(one, world->now);
    world->hold_writes = false;
    assert_int_equal(outcome.runs, 2);
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
}

static void a_store_that_cannot_be_read_gives_no_order_and_ties_nothing_wrong(void **state)
{
    (void)state;
    order(1, "TAG", ACCEPTED);
    world_restart(world);
    reconnect();
    world->fail_each = true;
    assert_int_equal(give(one, 1, "TAG"), OCPP_ERR_STORAGE);
    assert_holds(starts(1, "TAG", 1), "InternalError");
    world->fail_each = false;
    starts(1, "TAG", 1);
    assert_int_equal(tied("PILE-1"), outcome.id);
}

/* --- which one ----------------------------------------------------------------------------------------------------------------
 */

static void of_two_orders_each_gets_the_transaction_of_its_connector(void **state)
{
    int64_t ids[3];

    (void)state;
    order(1, "TAG", ACCEPTED);
    ids[1] = outcome.id;
    order(2, "TAG", ACCEPTED);
    ids[2] = outcome.id;
    order(0, "TAG", ACCEPTED);
    ids[0] = outcome.id;
    starts(2, "TAG", 1);
    assert_int_equal(tied("PILE-1"), ids[2]);
    starts(1, "OTHER", 2);
    assert_int_equal(tied("PILE-1"), 0);
    starts(1, "TAG", 3);
    assert_int_equal(tied("PILE-1"), ids[1]);
    starts(1, "TAG", 4);
    assert_int_equal(tied("PILE-1"), ids[0]);
    assert_int_equal(remembered(), 0);
}

static void of_equals_the_older_order_goes_first(void **state)
{
    int64_t first;

    (void)state;
    order(1, "TAG", ACCEPTED);
    first = outcome.id;
    world_pass(world, 1000);
    order(1, "TAG", ACCEPTED);
    starts(1, "TAG", 1);
    assert_int_equal(tied("PILE-1"), first);
    starts(1, "TAG", 2);
    assert_int_equal(tied("PILE-1"), outcome.id);
}

/* A start that waited in a queue since before the order is no answer to it. */
static void a_start_dated_before_its_order_is_not_tied(void **state)
{
    (void)state;
    order(1, "TAG", ACCEPTED);
    starts_at(1, "TAG", "2025-12-31T08:00:00Z");
    assert_int_equal(tied("PILE-1"), 0);
    starts_at(1, "TAG", "2025-12-31T10:00:00Z"); /* local time, called UTC */
    assert_int_equal(tied("PILE-1"), outcome.id);
    order(1, "TAG", ACCEPTED);
    starts_at(1, "TAG", "1970-01-01T00:00:00Z"); /* no time at all */
    assert_int_equal(tied("PILE-1"), outcome.id);
}

/* --- how orders end
 * -------------------------------------------------------------------------------------------------------------- */

/* TC_026_CSMS */
static void a_refused_order_ties_nothing_not_even_after_a_restart(void **state)
{
    (void)state;
    order(1, "TAG", "{'status':'Rejected'}");
    assert_int_equal(remembered(), 0);
    world_restart(world);
    reconnect();
    starts(1, "TAG", 1);
    assert_int_equal(tied("PILE-1"), 0);
}

static void an_order_that_timed_out_is_tied_should_the_transaction_come(void **state)
{
    (void)state;
    assert_int_equal(give(one, 1, "TAG"), OCPP_OK);
    world_hears(world, one);
    world_pass(world, 60000);
    assert_int_equal(outcome.status, OCPP_ERR_TIMEOUT);
    starts(1, "TAG", 1);
    assert_int_equal(tied("PILE-1"), outcome.id);
}

static void an_order_may_be_answered_after_its_transaction_started(void **state)
{
    char frame[128];
    char id[64];

    (void)state;
    assert_int_equal(give(one, 1, "TAG"), OCPP_OK);
    assert_int_equal(sscanf(world_hears(world, one), "[2,'%63[^']'", id), 1);
    starts(1, "TAG", 1);
    snprintf(frame, sizeof frame, "[3,'%s'," ACCEPTED "]", id);
    world_says(world, one, frame);
    assert_true(outcome.accepted);
    assert_int_equal(tied("PILE-1"), outcome.id);
}

/* TC_011_2_CSMS; 1.6 edition 2, 5.11: nobody plugs in, and the station gives up */
static void an_order_expires(void **state)
{
    (void)state;
    order(1, "TAG", ACCEPTED);
    world_restart(world);
    world_pass(world, 601 * 1000);
    reconnect();
    starts(1, "TAG", 11);
    assert_int_equal(tied("PILE-1"), 0);
    order(2, "TAG", ACCEPTED);
    world_pass(world, 601 * 1000);
    starts(2, "TAG", 22);
    assert_int_equal(tied("PILE-1"), 0);
}

static void no_more_orders_are_remembered_than_a_station_has_use_for(void **state)
{
    int64_t first = 0;

    (void)state;
    for (int i = 0; i < 12; i++) {
        char tag[16];
        snprintf(tag, sizeof tag, "TAG%d", i);
        order(1, tag, ACCEPTED);
        world_pass(world, 1000);
        first = i == 4 ? outcome.id : first;
        if (i == 6) {
            world_restart(world);
            reconnect();
        }
    }
    assert_int_equal(remembered(), 8);
    starts(1, "TAG0", 1);
    assert_int_equal(tied("PILE-1"), 0);
    starts(1, "TAG4", 2);
    assert_int_equal(tied("PILE-1"), first);
}

static void a_damaged_order_ties_nothing_and_harms_nobody(void **state)
{
    const struct ocpp_change damage = {
        .kind = OCPP_CHANGE_PUT, .key = "order/PILE-1/0000000000000005", .value = "x", .size = 1
    };

    (void)state;
    assert_int_equal(world->memory->write(&damage, 1, NULL, NULL, world->memory->user), OCPP_OK);
    assert_holds(starts(1, "TAG", 1), "'transactionId':1");
    order(1, "TAG", ACCEPTED);
    starts(1, "TAG", 2);
    assert_int_equal(tied("PILE-1"), outcome.id);
}

/* --- 2.0.1
 * ---------------------------------------------------------------------------------------------------------------------- */

static void event(int seq_no, const char *trigger, const char *more)
{
    char frame[512];

    snprintf(frame, sizeof frame,
             "[2,'t','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-01T00:01:00Z','triggerReason':'%s','seqNo':%d,"
             "'transactionInfo':{'transactionId':'T1'%s},'idToken':{'idToken':'TAG','type':'ISO14443'}}]",
             seq_no == 0 ? "Started" : "Updated", trigger, seq_no, more);
    assert_holds(world_says(world, two, frame), "[3,'t'");
}

/* F01.FR.25 */
static void the_id_a_station_brings_back_is_taken_and_its_order_forgotten(void **state)
{
    char more[64];

    (void)state;
    assert_int_equal(give(two, 1, "TAG"), OCPP_OK);
    answers(two, ACCEPTED);
    assert_int_equal(remembered(), 1);
    event(0, "CablePluggedIn", "");
    assert_int_equal(tied("PILE-2"), 0);
    snprintf(more, sizeof more, ",'remoteStartId':%lld", (long long)outcome.id);
    event(1, "RemoteStart", more);
    assert_int_equal(tied("PILE-2"), outcome.id);
    assert_int_equal(remembered(), 0);
}

static void a_station_that_forgets_the_id_but_names_the_reason_is_tied_by_its_token(void **state)
{
    (void)state;
    assert_int_equal(give(two, 1, "TAG"), OCPP_OK);
    answers(two, ACCEPTED);
    event(0, "RemoteStart", "");
    assert_int_equal(tied("PILE-2"), outcome.id);
}

/* --- with more to say
 * ------------------------------------------------------------------------------------------------------------- */

static const struct ocpp_limit_period periods[] = { { .start_s = 0, .limit = { 60, 1 }, .phases = 3 } };

static struct ocpp_limit_order small_limit(void)
{
    return (struct ocpp_limit_order){ .id = 7,
                                      .stack_level = 1,
                                      .purpose = OCPP_LIMIT_OF_TRANSACTION,
                                      .kind = OCPP_LIMIT_RELATIVE,
                                      .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
                                      .valid_to_utc_ms = OCPP_UTC_UNKNOWN,
                                      .start_utc_ms = OCPP_UTC_UNKNOWN,
                                      .unit = OCPP_RATE_CURRENT,
                                      .periods = periods,
                                      .period_count = 1 };
}

/* 1.6 edition 2, 5.16.2; F01.FR.08, FR.09 and FR.11 */
static void a_start_may_bring_its_limit(void **state)
{
    const struct ocpp_limit_order limit = small_limit();
    const struct ocpp_start_order order_16 = { .evse = 1, .token = { "TAG", OCPP_TOKEN_UNKNOWN }, .limit = &limit };
    const struct ocpp_start_order order_201 = {
        .evse = 1, .token = { "TAG", OCPP_TOKEN_ISO14443 }, .group_id = "FAMILY", .limit = &limit
    };

    (void)state;
    assert_int_equal(ocpp_station_start_with(one, &order_16, &done), OCPP_OK);
    assert_holds(
        world_hears(world, one),
        "'RemoteStartTransaction',{'connectorId':1,'idTag':'TAG','chargingProfile':{'chargingProfileId':7,'stackLevel':1,"
        "'chargingProfilePurpose':'TxProfile','chargingProfileKind':'Relative','chargingSchedule':{'chargingRateUnit':'A',"
        "'chargingSchedulePeriod':[{'startPeriod':0,'limit':6,'numberPhases':3}]}}}]");
    assert_int_equal(ocpp_station_start_with(two, &order_201, &done), OCPP_OK);
    const char *heard = world_hears(world, two);
    assert_holds(heard, "'groupIdToken':{'idToken':'FAMILY','type':'Central'}");
    assert_holds(heard,
                 "'chargingProfile':{'id':7,'stackLevel':1,'chargingProfilePurpose':'TxProfile','chargingProfileKind':'Relative'"
                 ",'chargingSchedule':[{'id':1,'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':6,"
                 "'numberPhases':3}]}]}");
    assert_null(strstr(heard, "transactionId"));
}

static void what_a_start_cannot_say_is_refused_and_not_left_out(void **state)
{
    const struct ocpp_start_order group = { .token = { "TAG", OCPP_TOKEN_UNKNOWN }, .group_id = "FAMILY" };
    const struct ocpp_start_order nobody = { .evse = 1 };
    struct ocpp_limit_order limit = small_limit();
    const struct ocpp_start_order limited = { .evse = 1, .token = { "TAG", OCPP_TOKEN_UNKNOWN }, .limit = &limit };

    (void)state;
    assert_int_equal(ocpp_station_start_with(one, &group, &done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_start_with(one, &nobody, &done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_start(one, 1, NULL, &done), OCPP_ERR_ARGUMENT);
    limit.transaction_id = "5";
    assert_int_equal(ocpp_station_start_with(one, &limited, &done), OCPP_ERR_ARGUMENT);
    limit = small_limit();
    limit.purpose = OCPP_LIMIT_BY_DEFAULT;
    assert_int_equal(ocpp_station_start_with(one, &limited, &done), OCPP_ERR_ARGUMENT);
    limit = small_limit();
    limit.evse = 2;
    assert_int_equal(ocpp_station_start_with(one, &limited, &done), OCPP_ERR_ARGUMENT);
    assert_false(ocpp_station_has_output(one));
    assert_int_equal(outcome.runs, 0);
    assert_int_equal(remembered(), 0);
}

static enum ocpp_status (*write_of_world)(const struct ocpp_change *changes, size_t count,
                                          void (*written)(enum ocpp_status status, void *user), void *written_user, void *user);

/* Before it looks at what it was given, the store tells of an earlier write; whoever hears of it gives an order. */
static enum ocpp_status write_after_an_order(const struct ocpp_change *changes, size_t count,
                                             void (*written)(enum ocpp_status status, void *user), void *written_user, void *user)
{
    world->store.write = write_of_world;
    assert_int_equal(ocpp_station_trigger(two, "BootNotification", 0, 0, NULL), OCPP_OK);
    assert_int_equal(give(two, 2, "SOMEBODY-ELSE-WITH-A-LONGER-NAME"), OCPP_OK);
    return write_of_world(changes, count, written, written_user, user);
}

static bool show(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    snprintf(user, 200, "%.*s", (int)size, (const char *)value);
    return false;
}

static void an_order_given_while_another_is_written_does_not_spoil_it(void **state)
{
    char record[200] = "";

    (void)state;
    write_of_world = world->store.write;
    world->store.write = write_after_an_order;
    assert_int_equal(give(one, 1, "TAG"), OCPP_OK);
    assert_int_equal(world->memory->each("order/PILE-1/", NULL, show, record, world->memory->user), OCPP_OK);
    assert_holds(record, "\"TAG\"");
}

/* What is told of a start a second time, otherwise, is not recorded; so an order it names has not got its transaction. */
static void a_start_that_is_told_otherwise_a_second_time_takes_no_order(void **state)
{
    char frame[400];

    (void)state;
    assert_int_equal(give(two, 1, "TAG"), OCPP_OK);
    answers(two, ACCEPTED);
    world_says(
        world, two,
        "[2,'a','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'CablePluggedIn',"
        "'seqNo':0,'transactionInfo':{'transactionId':'T'},'evse':{'id':1,'connectorId':1}}]");
    snprintf(frame, sizeof frame,
             "[2,'b','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:05:00Z','triggerReason':'RemoteStart',"
             "'seqNo':0,'transactionInfo':{'transactionId':'T','remoteStartId':%d},'evse':{'id':1,'connectorId':1}}]",
             (int)outcome.id);
    world_says(world, two, frame);
    assert_int_equal(remembered(), 1);
}

int main(void)
{
#define BOOTED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BOOTED(an_order_is_tied_though_the_central_system_restarts_in_between),
        BOOTED(an_order_is_tied_though_the_station_returns_to_another_shard),
        BOOTED(an_order_leaves_when_it_is_durable_and_no_sooner),
        BOOTED(an_order_the_store_loses_is_not_sent),
        BOOTED(what_an_order_held_back_leaves_when_the_order_is_lost),
        BOOTED(a_store_that_loses_an_order_while_its_connection_goes_tells_nobody),
        BOOTED(a_store_that_cannot_be_read_gives_no_order_and_ties_nothing_wrong),
        BOOTED(of_two_orders_each_gets_the_transaction_of_its_connector),
        BOOTED(of_equals_the_older_order_goes_first),
        BOOTED(a_start_dated_before_its_order_is_not_tied),
        BOOTED(a_refused_order_ties_nothing_not_even_after_a_restart),
        BOOTED(an_order_that_timed_out_is_tied_should_the_transaction_come),
        BOOTED(an_order_may_be_answered_after_its_transaction_started),
        BOOTED(an_order_expires),
        BOOTED(no_more_orders_are_remembered_than_a_station_has_use_for),
        BOOTED(a_damaged_order_ties_nothing_and_harms_nobody),
        BOOTED(the_id_a_station_brings_back_is_taken_and_its_order_forgotten),
        BOOTED(a_station_that_forgets_the_id_but_names_the_reason_is_tied_by_its_token),
        BOOTED(a_start_may_bring_its_limit),
        BOOTED(what_a_start_cannot_say_is_refused_and_not_left_out),
        cmocka_unit_test_setup_teardown(a_start_that_is_told_otherwise_a_second_time_takes_no_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_order_given_while_another_is_written_does_not_spoil_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
