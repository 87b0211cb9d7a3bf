/* Rows the backend keeps in memory: read once, never older than the store, bounded. */
#include "command.h"
#include "settle_frame.h"
#include "unit.h"

#include <ocpp/settlement/id.h>

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

static enum ocpp_status (*frame_write)(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                       void *done_user, void *user);
static void (*when_lost)(void); /* not NULL: the next write finds that those before it are lost, and those who waited are told */

static enum ocpp_status write_or_lose(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                      void *done_user, void *user)
{
    void (*tell)(void) = when_lost;

    if (!tell) {
        return frame_write(write, done, done_user, user);
    }
    when_lost = NULL;
    losses += 2;
    tell();
    return OCPP_ERR_FULL;
}

static void keep_two(struct ocpp_settle_settings *settings)
{
    frame_write = settings->store.write;
    settings->store.write = write_or_lose;
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

static void see_ten(void)
{
    assert_int_equal(seen("a"), 10);
}

/* Commands that run meanwhile see the store, not what the one that could not be written had in mind. */
static void a_write_that_finds_others_lost_is_seen_by_nobody(void **state)
{
    (void)state;
    assert_int_equal(put("a", 10), OCPP_OK);
    when_lost = see_ten;
    assert_int_equal(put("a", 20), OCPP_ERR_FULL);
    assert_null(when_lost);
    assert_int_equal(seen("a"), 10);
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

/* A message of |size| bytes to a pile. */
static void put_message(struct command *command, void *args)
{
    const size_t *size = args;
    char *data = ocpp_arena_take(command_arena(command), *size + 1);

    assert_non_null(data);
    memset(data, '7', *size);
    command_put(command, command_key(command, "out", "PILE", *size > 100 ? "large" : "small", NULL), &row_outgoing_type,
                &(struct row_outgoing){ .id = "1", .stream = "s", .seq = 1, .name = "Grant", .data = data });
}

static void read_small_message(struct command *command, void *args)
{
    const struct row_outgoing *row =
        command_read(command, command_key(command, "out", "PILE", "small", NULL), &row_outgoing_type);

    (void)args;
    assert_non_null(row);
    assert_string_equal(row->data, "777");
}

static void one_row_that_is_too_large_keeps_no_others_of_its_kind_out(void **state)
{
    size_t large = 100000;
    size_t small = 3;

    (void)state;
    assert_int_equal(command_run(frame.settle, "put", put_message, &small, NULL), OCPP_OK);
    assert_int_equal(command_run(frame.settle, "put", put_message, &large, NULL), OCPP_OK);
    assert_int_equal(command_run(frame.settle, "put", put_message, &small, NULL), OCPP_OK);
    reads = 0;
    assert_int_equal(command_run(frame.settle, "read", read_small_message, NULL, NULL), OCPP_OK);
    assert_int_equal(reads, 0);
}

/* --- rows that cannot be there ---------------------------------------------------------------------------------------------- */

static int looks; /* lists that were asked of the store */

static enum ocpp_status (*frame_each)(const char *prefix, const char *from,
                                      bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user);

static enum ocpp_status count_each(const char *prefix, const char *from,
                                   bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    looks++;
    return frame_each(prefix, from, visit, visit_user, user);
}

static void keep_and_count_lists(struct ocpp_settle_settings *settings)
{
    keep_two(settings);
    frame_each = settings->store.each;
    settings->store.each = count_each;
}

static int start_counting_lists(void **state)
{
    (void)state;
    losses = 0;
    frame_start(&frame, keep_and_count_lists);
    return 0;
}

static char born[OCPP_SETTLE_ID_SIZE];

static void put_balance(struct command *command, const char *first, const char *second, int64_t minor)
{
    const struct row_balance row = { .minor = minor, .entries = 1 };

    command_put(command, command_key(command, "balance", first, second, NULL), &row_balance_type, &row);
}

static void begin_order(struct command *command, void *args)
{
    (void)args;
    memcpy(born, command_id(command), sizeof born);
    put_balance(command, "EUR", born, 1);
}

static void two_others(struct command *command, void *args)
{
    (void)args;
    put_balance(command, "x", "1", 1);
    put_balance(command, "x", "2", 1); /* two are kept: the order's is not any more */
}

static bool count_row(struct command *command, const char *key, const void *record, void *user)
{
    (void)command, (void)key, (void)record;
    ++*(int *)user;
    return true;
}

/* What is asked: the number of rows below balance/|first|/, and what stands at balance/|first|/|second|. */
struct question {
    const char *first;
    const char *second;
    int rows;
    int64_t minor;
};

static void ask(struct command *command, void *args)
{
    struct question *question = args;
    const struct row_balance *row =
        command_read(command, command_key(command, "balance", question->first, question->second, NULL), &row_balance_type);

    question->minor = row ? row->minor : 0;
    question->rows = 0;
    command_each(command, command_key(command, "balance", question->first, "", NULL), &row_balance_type, count_row,
                 &question->rows);
}

static struct question asked(const char *first, const char *second)
{
    struct question question = { first, second, 0, 0 };

    reads = looks = 0;
    assert_int_equal(command_run(frame.settle, "ask", ask, &question, NULL), OCPP_OK);
    return question;
}

static void put_below(struct command *command, void *args)
{
    (void)args;
    put_balance(command, born, "late", 7);
}

static void rows_of_an_id_that_was_made_here_are_asked_for_only_when_they_were_written(void **state)
{
    (void)state;
    assert_int_equal(command_run(frame.settle, "begin", begin_order, NULL, NULL), OCPP_OK);
    assert_int_equal(asked(born, "late").rows, 0);
    assert_int_equal(reads + looks, 0);
    assert_int_equal(command_run(frame.settle, "late", put_below, NULL, NULL), OCPP_OK);
    assert_int_equal(command_run(frame.settle, "others", two_others, NULL, NULL), OCPP_OK);
    assert_int_equal(asked(born, "late").rows, 1); /* not kept any more, but known to be there */
    assert_int_equal(asked(born, "late").minor, 7);
    assert_int_equal(asked("EUR", born).minor, 1);
    (void)asked("EUR", "00000000000000000000000001"); /* an id of somebody else */
    assert_int_equal(reads, 1);
    assert_int_equal(looks, 1);
}

static void what_was_made_before_a_restart_is_asked_of_the_store(void **state)
{
    (void)state;
    assert_int_equal(command_run(frame.settle, "begin", begin_order, NULL, NULL), OCPP_OK);
    assert_int_equal(command_run(frame.settle, "late", put_below, NULL, NULL), OCPP_OK);
    frame_restart(&frame);
    assert_int_equal(asked(born, "late").minor, 7);
    assert_int_equal(asked(born, "other").minor, 0);
    assert_int_equal(reads, 1);
    assert_int_equal(looks, 1);
}

/* More ids and rows than two generations hold: what is forgotten is asked for, never denied. */
static void what_was_forgotten_is_found_in_the_store(void **state)
{
    static char ids[1100][OCPP_SETTLE_ID_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assert_int_equal(command_run(frame.settle, "begin", begin_order, NULL, NULL), OCPP_OK);
        memcpy(ids[i], born, sizeof born);
        if (i % 2 == 0) {
            assert_int_equal(command_run(frame.settle, "late", put_below, NULL, NULL), OCPP_OK);
        }
    }
    for (size_t i = 0; i < COUNT_OF(ids); i += every() | 1) {
        assert_int_equal(asked(ids[i], "late").minor, i % 2 == 0 ? 7 : 0);
        assert_int_equal(asked(ids[i], "late").rows, i % 2 == 0);
        assert_int_equal(asked("EUR", ids[i]).minor, 1);
    }
}

static void remove_below(struct command *command, void *args)
{
    (void)args;
    command_remove(command, command_key(command, "balance", born, "late", NULL));
}

static void what_went_and_came_again_is_there(void **state)
{
    (void)state;
    assert_int_equal(command_run(frame.settle, "begin", begin_order, NULL, NULL), OCPP_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(asked(born, "late").rows, 0);
        assert_int_equal(command_run(frame.settle, "late", put_below, NULL, NULL), OCPP_OK);
        assert_int_equal(command_run(frame.settle, "others", two_others, NULL, NULL), OCPP_OK);
        assert_int_equal(asked(born, "late").rows, 1);
        assert_int_equal(asked(born, "late").minor, 7);
        assert_int_equal(command_run(frame.settle, "remove", remove_below, NULL, NULL), OCPP_OK);
        assert_int_equal(asked(born, "late").minor, 0);
    }
}

/* As another program, or another part of this one, would write it. */
static void somebody_writes_below(void)
{
    char key[80];

    snprintf(key, sizeof key, "balance/%s/late", born);
    frame_put(&frame, key, "{\"minor\":5,\"entries\":1}");
}

static void what_somebody_else_wrote_with_an_id_of_ours_is_there(void **state)
{
    (void)state;
    assert_int_equal(command_run(frame.settle, "begin", begin_order, NULL, NULL), OCPP_OK);
    assert_int_equal(asked(born, "late").minor, 0);
    somebody_writes_below();
    assert_int_equal(asked(born, "late").minor, 5);
    assert_int_equal(asked(born, "late").rows, 1);
}

/* Of what was lost, and of what could not be written, nothing is known: also not what is not there. */
static void what_was_not_written_denies_nothing(void **state)
{
    (void)state;
    assert_int_equal(command_run(frame.settle, "begin", begin_order, NULL, NULL), OCPP_OK);
    losses += 2;
    assert_int_equal(asked(born, "late").minor, 0);
    assert_int_equal(reads, 1);
    frame.writes_left = 0;
    frame.write_fails = OCPP_ERR_STORAGE;
    assert_int_equal(command_run(frame.settle, "begin", begin_order, NULL, NULL), OCPP_ERR_STORAGE);
    frame.writes_left = -1;
    assert_int_equal(asked("EUR", born).minor, 0);
    assert_int_equal(reads, 1);
    somebody_writes_below();
    assert_int_equal(asked(born, "late").minor, 5);
}

static void refuse_order(struct command *command, void *args)
{
    begin_order(command, args);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "no");
}

/* An id of a command that was refused may be given to a pile all the same. */
static void an_id_of_a_refused_command_denies_nothing(void **state)
{
    (void)state;
    assert_int_equal(command_run(frame.settle, "begin", refuse_order, NULL, NULL), OCPP_OK);
    assert_int_equal(command_run(frame.settle, "late", put_below, NULL, NULL), OCPP_OK);
    assert_int_equal(command_run(frame.settle, "others", two_others, NULL, NULL), OCPP_OK);
    assert_int_equal(asked(born, "late").minor, 7);
    assert_int_equal(asked("EUR", born).minor, 0);
}

enum { IDS_OF_A_COMMAND = 128 };

/* The first id stands in the first row and in the last. */
static void make_all_ids(struct command *command, void *args)
{
    (void)args;
    for (int i = 0; i < IDS_OF_A_COMMAND; i++) {
        const char *id = command_id(command);

        if (i == 0) {
            memcpy(born, id, sizeof born);
        }
        put_balance(command, "EUR", id, 1);
    }
    put_balance(command, born, "late", 7);
}

static void fill_rows(struct command *command, void *args)
{
    char rest[16];
    const char *first = command_id(command);
    (void)args;

    memcpy(born, first, sizeof born);
    put_balance(command, "EUR", first, 1);
    for (int i = 1; i < COMMAND_CHANGES - 1; i++) {
        const char *id = i < IDS_OF_A_COMMAND ? command_id(command) : first;

        snprintf(rest, sizeof rest, "%d", i);
        put_balance(command, id, rest, 1);
    }
    put_balance(command, first, "late", 7);
}

/* A command may make more of both than a small table remembers: what it has forgotten of its own rows by its end is asked for. */
static void as_much_as_one_command_may_write_is_never_denied(void **state)
{
    static command_body *const bodies[] = { make_all_ids, fill_rows };

    (void)state;
    for (int i = 0; i < 40; i += (int)every()) { /* wherever the tables stand before */
        for (int k = 0; k < i; k++) {
            assert_int_equal(command_run(frame.settle, "begin", begin_order, NULL, NULL), OCPP_OK);
        }
        assert_int_equal(command_run(frame.settle, "much", bodies[i / (int)every() % 2], NULL, NULL), OCPP_OK);
        assert_int_equal(asked("EUR", born).minor, 1);
        assert_int_equal(asked(born, "late").minor, 7);
    }
}

/* --- rows that are put once ------------------------------------------------------------------------------------------------ */

static void remove_once(struct command *command, void *args)
{
    command_remove_once(command, command_key(command, "balance", "EUR", args, NULL));
}

static void what_is_put_once_is_removed_unread_and_what_was_changed_after_all_is_removed_too(void **state)
{
    char once[] = "once", twice[] = "twice";

    (void)state;
    assert_int_equal(put(once, 1), OCPP_OK);
    assert_int_equal(put(twice, 1), OCPP_OK);
    assert_int_equal(put(twice, 2), OCPP_OK);
    frame_restart(&frame);
    reads = 0;
    assert_int_equal(command_run(frame.settle, "remove", remove_once, once, NULL), OCPP_OK);
    assert_int_equal(reads, 0);
    assert_int_equal(command_run(frame.settle, "remove", remove_once, twice, NULL), OCPP_OK);
    assert_int_equal(seen(once), 0);
    assert_int_equal(seen(twice), 0);
    assert_false(frame_has_row(&frame, "op/balance/EUR/once"));
    assert_false(frame_has_row(&frame, "op/balance/EUR/twice"));
}

/* --- any order of things --------------------------------------------------------------------------------------------------- */

enum { ACCOUNTS = 300, STEPS = 20000 };

static void keep_some(struct ocpp_settle_settings *settings)
{
    keep_two(settings);
    settings->cached_rows = 90;
    settings->cached_bytes = 40000;
}

static int start_with_some(void **state)
{
    (void)state;
    losses = 0;
    frame_start(&frame, keep_some);
    return 0;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void remove_it(struct command *command, void *args)
{
    command_remove(command, command_key(command, "balance", "EUR", args, NULL));
}

static void what_is_kept_is_always_what_the_store_would_say(void **state)
{
    static int64_t naive[ACCOUNTS];
    uint32_t seed = 7;

    (void)state;
    memset(naive, 0, sizeof naive);
    for (int i = 0; i < STEPS / (int)every(); i++) {
        const uint32_t account = next_random(&seed) % ACCOUNTS;
        char name[80];

        snprintf(name, sizeof name, "%.*s%u", (int)(account % 60),
                 "a name that is as long as its number says, or so, and not ....", (unsigned)account);
        switch (next_random(&seed) % 4) {
        case 0:
            naive[account] = i + 1;
            assert_int_equal(put(name, i + 1), OCPP_OK);
            break;
        case 1:
            naive[account] = 0;
            assert_int_equal(command_run(frame.settle, "remove", remove_it, name, NULL), OCPP_OK);
            break;
        default:
            assert_int_equal(seen(name), naive[account]);
        }
        losses += i % 1000 == 999;
    }
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
        cmocka_unit_test_setup_teardown(a_write_that_finds_others_lost_is_seen_by_nobody, start, end),
        cmocka_unit_test_setup_teardown(a_write_that_was_refused_leaves_nothing_in_memory, start, end),
        cmocka_unit_test_setup_teardown(what_a_refused_command_put_is_not_kept_and_what_was_removed_is_gone, start, end),
        cmocka_unit_test_setup_teardown(the_row_that_was_used_longest_ago_goes_first, start, end),
        cmocka_unit_test_setup_teardown(one_row_that_is_too_large_keeps_no_others_of_its_kind_out, start, end),
        cmocka_unit_test_setup_teardown(rows_of_an_id_that_was_made_here_are_asked_for_only_when_they_were_written,
                                        start_counting_lists, end),
        cmocka_unit_test_setup_teardown(what_was_made_before_a_restart_is_asked_of_the_store, start_counting_lists, end),
        cmocka_unit_test_setup_teardown(what_was_forgotten_is_found_in_the_store, start_counting_lists, end),
        cmocka_unit_test_setup_teardown(what_went_and_came_again_is_there, start_counting_lists, end),
        cmocka_unit_test_setup_teardown(what_somebody_else_wrote_with_an_id_of_ours_is_there, start_counting_lists, end),
        cmocka_unit_test_setup_teardown(what_was_not_written_denies_nothing, start_counting_lists, end),
        cmocka_unit_test_setup_teardown(an_id_of_a_refused_command_denies_nothing, start_counting_lists, end),
        cmocka_unit_test_setup_teardown(as_much_as_one_command_may_write_is_never_denied, start_counting_lists, end),
        cmocka_unit_test_setup_teardown(what_is_put_once_is_removed_unread_and_what_was_changed_after_all_is_removed_too, start,
                                        end),
        cmocka_unit_test_setup_teardown(what_is_kept_is_always_what_the_store_would_say, start_with_some, end),
        cmocka_unit_test_setup_teardown(impossible_bounds_are_refused, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
