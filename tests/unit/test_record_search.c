/* What a host finds in the records of a store: pages, what runs, one by its id. */
#include "central_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */

static void start(int connector)
{
    char frame[256];

    snprintf(frame, sizeof frame,
             "[2,'s%d','StartTransaction',{'connectorId':%d,'idTag':'TAG','meterStart':%d,'timestamp':'2026-01-01T00:00:00Z'}]",
             connector, connector, connector);
    world_says(world, one, frame);
}

static void stop(int number)
{
    char frame[256];

    snprintf(frame, sizeof frame,
             "[2,'e%d','StopTransaction',{'transactionId':%d,'meterStop':2000,'timestamp':'2026-01-01T00:02:00Z'}]", number,
             number);
    world_says(world, one, frame);
}

static void event_201(const char *type, int seq_no, const char *id)
{
    char frame[512];

    snprintf(frame, sizeof frame,
             "[2,'%s%d%s','TransactionEvent',{'eventType':'%s','seqNo':%d,'timestamp':'2026-01-01T00:01:00Z','triggerReason':'"
             "Authorized',"
             "'transactionInfo':{'transactionId':'%s'}}]",
             type, seq_no, id, type, seq_no, id);
    world_says(world, two, frame);
}

/* 1, 2 and 3 at PILE-1, of which 2 ended; A and 3 at PILE-2. */
static int set_up(void **state)
{
    (void)state;
    world = world_new();
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, one);
    world_boot(world, two);
    for (int connector = 1; connector <= 3; connector++) {
        start(connector);
    }
    stop(2);
    event_201("Started", 0, "A");
    event_201("Started", 0, "3");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

/* What was shown: "<identity>:<id>" one behind the other, and where it ended. */
struct page {
    char text[256];
    char cursor[OCPP_KEY_SIZE];
    int left;
};

static bool note(const struct ocpp_transaction *transaction, void *user)
{
    struct page *page = user;
    size_t used = strlen(page->text);

    snprintf(page->text + used, sizeof page->text - used, "%s%s:%s", used ? " " : "", transaction->identity, transaction->id);
    snprintf(page->cursor, sizeof page->cursor, "%s", transaction->cursor);
    return --page->left != 0;
}

static const char *find(struct page *page, const struct ocpp_transaction_query *query, int limit)
{
    page->text[0] = '\0';
    page->left = limit;
    assert_int_equal(ocpp_central_find_transactions(&world->store, query, note, page), OCPP_OK);
    return page->text;
}

static void pages_follow_one_another_without_gap_or_repetition(void **state)
{
    struct page page = { .cursor = "" };
    struct ocpp_transaction_query query = { 0 };

    (void)state;
    assert_string_equal(find(&page, &query, 2), "PILE-1:1 PILE-1:2");
    query.after = page.cursor;
    assert_string_equal(find(&page, &query, 2), "PILE-1:3 PILE-2:A");
    assert_string_equal(find(&page, &query, 2), "PILE-2:3");
    assert_string_equal(find(&page, &query, 2), "");
}

static void only_what_runs_is_found_page_by_page(void **state)
{
    struct page page = { .cursor = "" };
    struct ocpp_transaction_query query = { .open = true };

    (void)state;
    assert_string_equal(find(&page, &query, 2), "PILE-1:1 PILE-1:3");
    query.after = page.cursor;
    assert_string_equal(find(&page, &query, 0), "PILE-2:A PILE-2:3");
}

static void one_station_is_searched_and_no_other(void **state)
{
    struct page page = { .cursor = "" };
    struct ocpp_transaction_query query = { .identity = "PILE-2" };

    (void)state;
    assert_string_equal(find(&page, &query, 0), "PILE-2:A PILE-2:3");
    query.open = true;
    query.after = page.cursor;
    event_201("Ended", 1, "A");
    assert_string_equal(find(&page, &query, 0), "");
    query.after = NULL;
    assert_string_equal(find(&page, &query, 0), "PILE-2:3");
    query.identity = "PILE";
    assert_string_equal(find(&page, &query, 0), "");
}

static void a_cursor_that_is_none_is_refused_or_just_a_place(void **state)
{
    struct page page = { .cursor = "" };
    struct ocpp_transaction_query query = { .after = "nonsense" };

    (void)state;
    assert_int_equal(ocpp_central_find_transactions(&world->store, &query, note, &page), OCPP_ERR_ARGUMENT);
    query.after = "PILE-1/ffffffffffffffff";
    assert_string_equal(find(&page, &query, 0), "PILE-2:A PILE-2:3");
}

static enum ocpp_status find_one(struct page *page, const char *identity, const char *id)
{
    page->text[0] = '\0';
    page->left = 0;
    return ocpp_central_find_transaction(&world->store, identity, id, note, page);
}

static void a_transaction_is_found_by_its_id(void **state)
{
    struct page page = { .cursor = "" };

    (void)state;
    assert_int_equal(find_one(&page, "PILE-1", "2"), OCPP_OK);
    assert_string_equal(page.text, "PILE-1:2");
    assert_int_equal(find_one(&page, "PILE-2", "3"), OCPP_OK);
    assert_string_equal(page.text, "PILE-2:3");
}

static void an_id_nobody_has_is_not_found(void **state)
{
    struct page page = { .cursor = "" };
    char long_id[200];

    (void)state;
    memset(long_id, 'x', sizeof long_id - 1);
    long_id[sizeof long_id - 1] = '\0';
    assert_int_equal(find_one(&page, "PILE-1", "A"), OCPP_ERR_NOT_FOUND);
    assert_int_equal(find_one(&page, "PILE-9", "1"), OCPP_ERR_NOT_FOUND);
    assert_int_equal(find_one(&page, "PILE-1", long_id), OCPP_ERR_NOT_FOUND);
}

static void a_record_its_index_names_and_that_is_gone_is_corrupt(void **state)
{
    const struct ocpp_change loss = { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = "tx/PILE-1/" };
    const struct ocpp_transaction_query query = { .open = true };
    struct page page = { .cursor = "" };

    (void)state;
    assert_int_equal(world->memory->write(&loss, 1, NULL, NULL, world->memory->user), OCPP_OK);
    assert_int_equal(find_one(&page, "PILE-1", "1"), OCPP_ERR_CORRUPT);
    page.text[0] = '\0';
    assert_int_equal(ocpp_central_find_transactions(&world->store, &query, note, &page), OCPP_ERR_CORRUPT);
    assert_string_equal(page.text, "PILE-2:A PILE-2:3");
}

static bool go_on(const struct ocpp_transaction *transaction, void *user)
{
    assert_non_null(transaction->id);
    ++*(int *)user;
    return true;
}

/* Whoever shares the store, or damaged it, wrote a key that is none of ours. */
static void a_key_without_an_ordinal_is_told_as_damage(void **state)
{
    static const char text[] = "{\"id\":\"1\",\"version\":\"1.6\",\"evse\":1,\"connector\":1,\"chargingState\":0,\"seqSeen\":0,"
                               "\"startTold\":true,\"endTold\":false,\"offline\":false}";
    const struct ocpp_change damage = { .kind = OCPP_CHANGE_PUT, .key = "tx/PILE", .value = text, .size = sizeof text - 1 };
    int count = 0;

    (void)state;
    assert_int_equal(ocpp_central_transactions(&world->store, NULL, go_on, &count), OCPP_OK);
    const int before = count;
    assert_int_equal(world->memory->write(&damage, 1, NULL, NULL, world->memory->user), OCPP_OK);
    count = 0;
    assert_int_equal(ocpp_central_transactions(&world->store, NULL, go_on, &count), OCPP_ERR_CORRUPT);
    assert_int_equal(count, before);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(pages_follow_one_another_without_gap_or_repetition),
        TEST(only_what_runs_is_found_page_by_page),
        TEST(one_station_is_searched_and_no_other),
        TEST(a_cursor_that_is_none_is_refused_or_just_a_place),
        TEST(a_transaction_is_found_by_its_id),
        TEST(an_id_nobody_has_is_not_found),
        TEST(a_record_its_index_names_and_that_is_gone_is_corrupt),
        TEST(a_key_without_an_ordinal_is_told_as_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
