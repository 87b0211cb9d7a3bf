/* test_upkeep.c: what goes out of the store of a central system, and when a station is answered before its record is durable. */
#include "allocator.h"
#include "central_world.h"

#include <ocpp/central_transactions.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define DAY      INT64_C(86400000)
#define NEW_YEAR INT64_C(1767225600000)

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

/* --- days
 * ------------------------------------------------------------------------------------------------------------------------ */

static const char *starts(int day)
{
    char frame[256];

    snprintf(frame, sizeof frame,
             "[2,'s','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':%d,'timestamp':'2026-01-%02dT01:00:00Z'}]",
             day, day);
    return world_says(world, one, frame);
}

static const char *stops(int day, int number)
{
    char frame[256];

    snprintf(frame, sizeof frame,
             "[2,'e','StopTransaction',{'transactionId':%d,'idTag':'TAG','meterStop':%d,'timestamp':'2026-01-%02dT02:00:00Z'}]",
             number, day + 100, day);
    return world_says(world, one, frame);
}

static void event(int day, const char *type, int seq_no)
{
    char frame[256];

    snprintf(
        frame, sizeof frame,
        "[2,'t','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-%02dT01:00:00Z','triggerReason':'Trigger','seqNo':%d,"
        "'transactionInfo':{'transactionId':'T%d'}}]",
        type, day, seq_no, day);
    assert_holds(world_says(world, two, frame), "[3,'t'");
}

/* Two stations charge on each of |days| days. */
static void charge(int days)
{
    for (int day = 1; day <= days; day++) {
        starts(day);
        stops(day, day == 3 ? -1 : day);
        event(day, "Started", 0);
        event(day, "Ended", 1);
        (void)world_told(world);
    }
    world->now.utc_ms = NEW_YEAR + days * DAY;
}

static bool count(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(int *)user;
    return true;
}

static int entries(const char *prefix)
{
    int counted = 0;

    assert_int_equal(world->memory->each(prefix, NULL, count, &counted, world->memory->user), OCPP_OK);
    return counted;
}

static struct ocpp_prune nothing(void)
{
    return (struct ocpp_prune){ .ended_before_utc_ms = OCPP_UTC_UNKNOWN, .abandoned_before_utc_ms = OCPP_UTC_UNKNOWN };
}

static char handed[2000];
static int keeps; /* how many are not taken */

static bool hand_over(const struct ocpp_transaction *transaction, void *user)
{
    size_t used = strlen(handed);

    (void)user;
    assert_non_null(transaction->cursor);
    snprintf(handed + used, sizeof handed - used, "%s %s\n", transaction->identity, transaction->id);
    return keeps-- <= 0;
}

static void prune_all(struct ocpp_prune *prune)
{
    handed[0] = '\0';
    do {
        assert_int_equal(ocpp_central_prune(world->central, prune, world->now), OCPP_OK);
    } while (prune->cursor[0]);
}

/* --- pruning
 * ---------------------------------------------------------------------------------------------------------------------- */

static void what_ended_long_ago_is_handed_over_and_leaves_no_trace(void **state)
{
    struct ocpp_prune prune = nothing();

    (void)state;
    charge(6);
    prune.ended_before_utc_ms = NEW_YEAR + 4 * DAY; /* the first four */
    prune.hand_over = hand_over;
    keeps = 0;
    prune_all(&prune);
    assert_text(handed, "PILE-1 1\nPILE-1 2\nPILE-1 3\nPILE-1 4\nPILE-2 T1\nPILE-2 T2\nPILE-2 T3\nPILE-2 T4\n");
    assert_int_equal(prune.dropped, 8);
    assert_int_equal(entries("tx/"), 4);
    assert_int_equal(entries("txid/"), 4);
    assert_int_equal(entries("start/"), 2);
    assert_int_equal(entries("open/"), 0);
    assert_holds(starts(5), "'transactionId':5"); /* what is left is known as ever */
    assert_holds(starts(7), "'transactionId':7"); /* and numbers are not given again */
}

static void a_sweep_goes_on_where_it_stopped(void **state)
{
    struct ocpp_prune prune = nothing();
    int calls = 0;

    (void)state;
    charge(6);
    prune.ended_before_utc_ms = NEW_YEAR + 30 * DAY;
    prune.max_looked_at = 5;
    do {
        assert_int_equal(ocpp_central_prune(world->central, &prune, world->now), OCPP_OK);
        calls++;
    } while (prune.cursor[0]);
    assert_in_range(calls, 3, 4);
    assert_int_equal(prune.dropped, 12);
    assert_int_equal(entries("tx/"), 0);
}

static void what_the_host_does_not_take_stays(void **state)
{
    struct ocpp_prune prune = nothing();

    (void)state;
    charge(2);
    prune.ended_before_utc_ms = NEW_YEAR + 30 * DAY;
    prune.hand_over = hand_over;
    keeps = 1;
    prune_all(&prune);
    assert_int_equal(prune.dropped, 3);
    assert_int_equal(entries("tx/"), 1);
    keeps = 0;
    prune_all(&prune);
    assert_text(handed, "PILE-1 1\n");
}

static void of_each_station_the_newest_stay(void **state)
{
    struct ocpp_prune prune = nothing();

    (void)state;
    charge(6);
    prune.keep_newest = 2;
    prune.hand_over = hand_over;
    keeps = 0;
    prune_all(&prune);
    assert_text(handed, "PILE-1 1\nPILE-1 2\nPILE-1 3\nPILE-1 4\nPILE-2 T1\nPILE-2 T2\nPILE-2 T3\nPILE-2 T4\n");
}

static void what_runs_stays_until_it_counts_as_abandoned(void **state)
{
    struct ocpp_prune prune = nothing();

    (void)state;
    starts(1);
    world->now.utc_ms = NEW_YEAR + 30 * DAY;
    prune.ended_before_utc_ms = NEW_YEAR + 30 * DAY;
    prune.keep_newest = 1;
    prune_all(&prune);
    assert_int_equal(prune.dropped, 0);
    prune.abandoned_before_utc_ms = NEW_YEAR + 10 * DAY;
    prune_all(&prune);
    assert_int_equal(prune.dropped, 1);
    assert_int_equal(entries("open/"), 0);
    assert_holds(stops(31, 1), "[3,'e'"); /* nobody knows it any more */
    assert_int_equal(entries("tx/"), 1);
}

static void an_index_that_leads_to_a_younger_one_stays(void **state)
{
    struct ocpp_prune prune = nothing();

    (void)state;
    event(1, "Started", 0);
    event(1, "Ended", 1);
    world_says(
        world, two,
        "[2,'t','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-05T01:00:00Z','triggerReason':'Trigger','seqNo':0,"
        "'transactionInfo':{'transactionId':'T1'}}]");
    prune.ended_before_utc_ms = NEW_YEAR + 4 * DAY;
    prune_all(&prune);
    assert_int_equal(prune.dropped, 1);
    assert_int_equal(entries("txid/PILE-2/tT1"), 1);
    event(5, "Updated", 1);
    assert_int_equal(entries("tx/"), 2);
}

static void orders_whose_time_is_over_go_with_a_sweep(void **state)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_CENTRAL };
    struct ocpp_prune prune = nothing();

    (void)state;
    assert_int_equal(ocpp_station_start(one, 1, &token, NULL), OCPP_OK);
    prune_all(&prune);
    assert_int_equal(entries("order/"), 1);
    world->now.utc_ms += 601 * 1000;
    prune_all(&prune);
    assert_int_equal(entries("order/"), 0);
}

static void a_store_that_fails_ends_a_sweep_which_can_be_taken_up(void **state)
{
    struct ocpp_prune prune = nothing();

    (void)state;
    charge(3);
    prune.ended_before_utc_ms = NEW_YEAR + 30 * DAY;
    world->fail_write = world->writes + 2;
    assert_int_equal(ocpp_central_prune(world->central, &prune, world->now), OCPP_ERR_STORAGE);
    assert_int_equal(prune.dropped, 1);
    prune.cursor[0] = '\0';
    prune_all(&prune);
    assert_int_equal(entries("tx/"), 0);
}

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 5, size);
}

static void a_sweep_without_memory_drops_nothing_by_halves(void **state)
{
    (void)state;
    charge(2);
    for (size_t fail_at = 1; fail_at < 200; fail_at++) {
        struct test_allocator memory;
        struct ocpp_central_settings settings = ocpp_central_settings_default();
        struct ocpp_prune prune = nothing();
        test_allocator_start(&memory, 0);
        settings.allocator = &memory.allocator;
        settings.random = fill;
        struct ocpp_central *other = ocpp_central_new(&settings, &(struct ocpp_central_handler){ 0 }, &world->store);
        assert_non_null(other);
        test_allocator_start(&memory, fail_at);
        prune.keep_newest = 1;
        const enum ocpp_status status = ocpp_central_prune(other, &prune, world->now);
        assert_int_equal(memory.blocks, 0);
        memory.blocks = 0;
        test_allocator_start(&memory, 0);
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
        assert_int_equal(entries("tx/"), status == OCPP_OK ? 2 : 4);
        assert_int_equal(entries("txid/"), status == OCPP_OK ? 2 : 4);
        ocpp_central_free(other);
        if (status == OCPP_OK) {
            return;
        }
    }
    fail_msg("it never went well");
}

/* --- stations
 * ---------------------------------------------------------------------------------------------------------------------- */

static void a_station_that_will_not_come_again_leaves_no_trace(void **state)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_CENTRAL };
    struct ocpp_station *other = world_connect(world, "PILE-10", OCPP_VERSION_1_6);

    (void)state;
    world_boot(world, other);
    charge(3);
    starts(4);
    assert_int_equal(ocpp_station_start(one, 1, &token, NULL), OCPP_OK);
    assert_int_equal(ocpp_central_forget(world->central, "PILE-1"), OCPP_ERR_BUSY);
    ocpp_station_disconnect(one, world->now);
    assert_int_equal(ocpp_central_forget(world->central, "PILE-1"), OCPP_OK);
    assert_int_equal(entries("tx/PILE-1/") + entries("txid/PILE-1/") + entries("open/PILE-1/") + entries("start/PILE-1/") +
                         entries("last/PILE-1/") + entries("order/PILE-1/"),
                     0);
    assert_int_equal(entries("station/"), 2);
    assert_int_equal(entries("tx/PILE-2/"), 3);
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    assert_int_equal(ocpp_station_registration(one), OCPP_REGISTRATION_UNKNOWN);
    assert_int_equal(ocpp_central_forget(world->central, "A/B"), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_central_forget(world->central, ""), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_central_forget(world->central, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_central_forget(world->central, "NEVER-SEEN"), OCPP_OK);
}

/* --- answers before the record is durable
 * ----------------------------------------------------------------------------------------------- */

static int set_up_at_once(void **state)
{
    (void)state;
    world = world_new();
    world->durability = OCPP_ANSWER_AT_ONCE;
    world_restart(world);
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, one);
    world_boot(world, two);
    return 0;
}

static void a_host_may_choose_to_answer_at_once(void **state)
{
    const struct ocpp_token token = { "OTHER", OCPP_TOKEN_CENTRAL };

    (void)state;
    world->hold_writes = true;
    assert_holds(starts(1), "'transactionId':1");
    assert_holds(stops(1, 1), "[3,'e'");
    assert_int_equal(ocpp_station_start(one, 1, &token, NULL), OCPP_OK);
    assert_holds(world_hears(world, one), "RemoteStartTransaction");
    ocpp_station_disconnect(one, world->now); /* it is written before another connection can ask for it */
    assert_null(world->held);
    assert_int_equal(entries("tx/PILE-1/"), 1);
}

static void what_was_answered_and_lost_is_known_to_nobody(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_holds(starts(1), "'transactionId':1");
    world_release(world, OCPP_ERR_STORAGE);
    world->hold_writes = false;
    assert_int_equal(entries("tx/PILE-1/"), 0);
    assert_holds(stops(1, 1), "[3,'e'"); /* of a transaction nobody started */
    assert_int_equal(entries("tx/PILE-1/"), 1);
    world->fail_write = world->writes + 1;
    assert_holds(starts(2), "InternalError"); /* what the store does not even accept */
}

int main(void)
{
#define BOOTED(test)  cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define AT_ONCE(test) cmocka_unit_test_setup_teardown(test, set_up_at_once, tear_down)
    const struct CMUnitTest tests[] = {
        BOOTED(what_ended_long_ago_is_handed_over_and_leaves_no_trace),
        BOOTED(a_sweep_goes_on_where_it_stopped),
        BOOTED(what_the_host_does_not_take_stays),
        BOOTED(of_each_station_the_newest_stay),
        BOOTED(what_runs_stays_until_it_counts_as_abandoned),
        BOOTED(an_index_that_leads_to_a_younger_one_stays),
        BOOTED(orders_whose_time_is_over_go_with_a_sweep),
        BOOTED(a_store_that_fails_ends_a_sweep_which_can_be_taken_up),
        BOOTED(a_sweep_without_memory_drops_nothing_by_halves),
        BOOTED(a_station_that_will_not_come_again_leaves_no_trace),
        AT_ONCE(a_host_may_choose_to_answer_at_once),
        AT_ONCE(what_was_answered_and_lost_is_known_to_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
