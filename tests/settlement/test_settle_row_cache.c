/* Rows the backend keeps in memory: read once, never older than the store, bounded. */
#include "command.h"
#include "settle_frame.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct frame frame;
static int reads; /* of the store */
static int losses;

static enum ocpp_status (*frame_read)(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user),
                                      void *visit_user, void *user);

static enum ocpp_status count_read(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user),
                                   void *visit_user, void *user)
{
    reads++;
    return frame_read(key, visit, visit_user, user);
}

static uint64_t count_changes(void *user)
{
    (void)user;
    return frame.memory->changes(frame.memory->user) + (uint64_t)losses;
}

static void keep_two(struct ocpp_settle_settings *settings)
{
    frame_read = settings->store.read;
    settings->store.read = count_read;
    settings->store.changes = count_changes;
    settings->cached_rows = 2;
}

static int start(void **state)
{
    (void)state;
    losses = 0;
    frame_start(&frame, keep_two);
    reads = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    frame_end(&frame);
    return 0;
}

/* What a command does: looks at |account|, and puts |minor| where that is not 0. */
struct visit {
    const char *account;
    int64_t minor;
    int64_t seen; /* 0: there was none */
};

static void look(struct command *command, void *args)
{
    struct visit *visit = args;
    const char *key = command_key(command, "balance", "EUR", visit->account, NULL);
    const struct row_balance *found = command_read(command, key, &row_balance_type);
    struct row_balance put = { .minor = visit->minor, .entries = 1 };

    visit->seen = found ? found->minor : 0;
    if (visit->minor) {
        command_put(command, key, &row_balance_type, &put);
        put.minor = -1; /* what was put is a copy */
        found = command_read(command, key, &row_balance_type);
        assert_int_equal(found->minor, visit->minor);
    }
}

static int64_t seen(const char *account)
{
    struct visit visit = { account, 0, 0 };

    assert_int_equal(command_run(frame.settle, "look", look, &visit, NULL), OCPP_OK);
    return visit.seen;
}

static enum ocpp_status put(const char *account, int64_t minor)
{
    struct visit visit = { account, minor, 0 };

    return command_run(frame.settle, "put", look, &visit, NULL);
}

static void what_was_written_or_read_is_not_read_again(void **state)
{
    (void)state;
    assert_int_equal(put("a", 10), OCPP_OK);
    reads = 0;
    assert_int_equal(seen("a"), 10);
    assert_int_equal(put("a", 20), OCPP_OK);
    assert_int_equal(seen("a"), 20);
    assert_int_equal(reads, 0);
    frame_restart(&frame);
    reads = 0;
    assert_int_equal(seen("a"), 20);
    assert_int_equal(seen("a"), 20);
    assert_int_equal(reads, 1);
}

static void what_somebody_else_wrote_through_the_same_handle_is_read_anew(void **state)
{
    static const char text[] = "{\"minor\":77,\"entries\":2}";
    const struct ocpp_settle_change change = {
        .kind = OCPP_SETTLE_UPDATE, .key = "op/balance/EUR/a", .version = 1, .value = text, .size = sizeof text - 1
    };
    const struct ocpp_settle_write write = { .changes = &change, .change_count = 1 };

    (void)state;
    assert_int_equal(put("a", 10), OCPP_OK);
    assert_int_equal(frame.memory->write(&write, NULL, NULL, frame.memory->user), OCPP_OK);
    assert_int_equal(seen("a"), 77);
}

static void what_was_lost_is_forgotten(void **state)
{
    (void)state;
    assert_int_equal(put("a", 10), OCPP_OK);
    losses++;
    reads = 0;
    assert_int_equal(seen("a"), 10);
    assert_int_equal(reads, 1);
}

static void a_write_that_was_refused_leaves_nothing_in_memory(void **state)
{
    (void)state;
    assert_int_equal(put("a", 10), OCPP_OK);
    frame.writes_left = 0;
    frame.write_fails = OCPP_ERR_STORAGE;
    assert_int_equal(put("a", 20), OCPP_ERR_STORAGE);
    assert_int_equal(seen("a"), 10);
    frame.writes_left = -1;
    frame.busy = 1;
    assert_int_equal(put("a", 30), OCPP_OK);
    assert_int_equal(seen("a"), 30);
    frame.busy = 100;
    assert_int_equal(put("a", 40), OCPP_ERR_BUSY);
    frame.busy = 0;
    assert_int_equal(seen("a"), 30);
}

static void refuse(struct command *command, void *args)
{
    look(command, args);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "no");
}

static void look_twice(struct command *command, void *args)
{
    look(command, args);
    command_remove(command, command_key(command, "balance", "EUR", ((struct visit *)args)->account, NULL));
}

static void what_a_refused_command_put_is_not_kept_and_what_was_removed_is_gone(void **state)
{
    struct visit visit = { "a", 99, 0 };

    (void)state;
    assert_int_equal(put("a", 10), OCPP_OK);
    assert_int_equal(command_run(frame.settle, "refuse", refuse, &visit, NULL), OCPP_OK);
    assert_int_equal(seen("a"), 10);
    visit.minor = 0;
    assert_int_equal(command_run(frame.settle, "remove", look_twice, &visit, NULL), OCPP_OK);
    assert_int_equal(seen("a"), 0);
    assert_int_equal(put("a", 11), OCPP_OK);
    assert_int_equal(seen("a"), 11);
}

static void the_row_that_was_used_longest_ago_goes_first(void **state)
{
    (void)state;
    assert_int_equal(put("a", 1), OCPP_OK);
    assert_int_equal(put("b", 2), OCPP_OK);
    assert_int_equal(seen("a"), 1);
    assert_int_equal(put("c", 3), OCPP_OK); /* asks for c first, then b goes */
    reads = 0;
    assert_int_equal(seen("a"), 1);
    assert_int_equal(seen("c"), 3);
    assert_int_equal(reads, 0);
    assert_int_equal(seen("b"), 2);
    assert_int_equal(reads, 1);
}

static void impossible_bounds_are_refused(void **state)
{
    struct ocpp_settle *settle = NULL;

    (void)state;
    frame.settings.cached_rows = -1;
    assert_int_equal(ocpp_settle_new(&frame.settings, frame.now, &settle), OCPP_ERR_ARGUMENT);
    frame.settings.cached_rows = 0;
    frame.settings.cached_bytes = -1;
    assert_int_equal(ocpp_settle_new(&frame.settings, frame.now, &settle), OCPP_ERR_ARGUMENT);
    assert_null(settle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_or_read_is_not_read_again, start, end),
        cmocka_unit_test_setup_teardown(what_somebody_else_wrote_through_the_same_handle_is_read_anew, start, end),
        cmocka_unit_test_setup_teardown(what_was_lost_is_forgotten, start, end),
        cmocka_unit_test_setup_teardown(a_write_that_was_refused_leaves_nothing_in_memory, start, end),
        cmocka_unit_test_setup_teardown(what_a_refused_command_put_is_not_kept_and_what_was_removed_is_gone, start, end),
        cmocka_unit_test_setup_teardown(the_row_that_was_used_longest_ago_goes_first, start, end),
        cmocka_unit_test_setup_teardown(impossible_bounds_are_refused, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
