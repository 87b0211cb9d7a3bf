/* Commands that follow commands on every store there is: more of them than one group takes, and within the write of another. */
#define _GNU_SOURCE /* memmem */

#include "command.h"
#include "settle_frame.h"
#include "settle_store_kinds.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { FOLLOWERS = 12 };

static struct frame frame;
static struct ocpp_settle_store *place_of_rows;

static void use_store(struct ocpp_settle_settings *settings)
{
    settings->store = *place_of_rows;
}

static void put_balance(struct command *command, const char *kind, int number)
{
    const struct row_balance row = { .minor = number, .entries = 1 };
    char name[24];

    snprintf(name, sizeof name, "%s-%d", kind, number);
    command_put(command, command_key(command, "balance", "EUR", name, NULL), &row_balance_type, &row);
}

/* What comes last: it fills the memory of a command that is not over yet, if there is one. */
static void leaf(struct command *command, void *args)
{
    char *memory = ocpp_arena_take(command_arena(command), 1000);

    assert_non_null(memory);
    memset(memory, 'x', 1000);
    put_balance(command, "leaf", *(const int *)args);
}

static void grow_leaf(struct ocpp_settle *settle, const void *data)
{
    int number = *(const int *)data;

    assert_int_equal(command_run(settle, "leaf", leaf, &number, NULL), OCPP_OK);
}

static void branch(struct command *command, void *args)
{
    put_balance(command, "branch", *(const int *)args);
    command_effect(command, grow_leaf, args, sizeof(int));
}

static void grow_branches(struct ocpp_settle *settle, const void *data)
{
    (void)data;
    for (int i = 1; i <= FOLLOWERS; i++) {
        assert_int_equal(command_run(settle, "branch", branch, &i, NULL), OCPP_OK);
    }
}

static void trunk(struct command *command, void *args)
{
    (void)args;
    put_balance(command, "trunk", 1);
    command_effect(command, grow_branches, NULL, 0);
}

struct reading {
    int64_t minor;
};

static bool read_minor(const struct ocpp_settle_row *row, void *user)
{
    static const char begin[] = "{\"minor\":";
    struct reading *reading = user;

    assert_memory_equal(row->value, begin, sizeof begin - 1);
    reading->minor = ((const char *)row->value)[sizeof begin - 1] - '0';
    if (((const char *)row->value)[sizeof begin] != ',') {
        reading->minor = 10 * reading->minor + ((const char *)row->value)[sizeof begin] - '0';
    }
    return true;
}

static int64_t stored(const char *kind, int number)
{
    struct reading reading = { 0 };
    char key[64];

    snprintf(key, sizeof key, "op/balance/EUR/%s-%d", kind, number);
    (void)place_of_rows->read(key, read_minor, &reading, place_of_rows->user);
    return reading.minor;
}

static void what_follows_a_command_is_written_as_it_was_decided(void **state)
{
    struct settle_store_fixture *place = *state;

    place_of_rows = place->store;
    frame_start(&frame, use_store);
    assert_int_equal(command_run(frame.settle, "trunk", trunk, NULL, NULL), OCPP_OK);
    for (int i = 0; i < 8; i++) {
        place_of_rows->flush(place_of_rows->user);
    }
    assert_int_equal(stored("trunk", 1), 1);
    for (int i = 1; i <= FOLLOWERS; i++) {
        assert_int_equal(stored("branch", i), i);
        assert_int_equal(stored("leaf", i), i);
    }
    frame_end(&frame);
}

/* --- within the write of another -------------------------------------------------------------------------------------------- */

static char ids[2][OCPP_SETTLE_ID_SIZE];
static bool is_faster;

static void begin_with_id(struct command *command, void *args)
{
    const struct row_balance row = { .minor = 1, .entries = 1 };
    char *id = args;

    snprintf(id, OCPP_SETTLE_ID_SIZE, "%s", command_id(command));
    command_put(command, command_key(command, "balance", "EUR", id, NULL), &row_balance_type, &row);
    if (id == ids[0]) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "no");
    }
}

static enum ocpp_status write_busily(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                     void *done_user, void *user)
{
    if (!is_faster) {
        return place_of_rows->write(write, done, done_user, user);
    }
    is_faster = false;
    assert_int_equal(command_run(frame.settle, "faster", begin_with_id, ids[1], NULL), OCPP_OK);
    return OCPP_ERR_BUSY;
}

static void use_busy_store(struct ocpp_settle_settings *settings)
{
    use_store(settings);
    settings->store.write = write_busily;
}

static bool find_name(const struct ocpp_settle_journal_entry *entry, void *user)
{
    *(bool *)user = *(bool *)user || memmem(entry->body, entry->size, "\"slower\"", 8);
    return true;
}

/* A store that refuses a write may have let what waited before it go on: the two are not taken for one another. */
static void who_decides_again_shares_nothing_with_who_came_between(void **state)
{
    struct settle_store_fixture *place = *state;
    bool is_named = false;

    place_of_rows = place->store;
    frame_start(&frame, use_busy_store);
    is_faster = true;
    assert_int_equal(command_run(frame.settle, "slower", begin_with_id, ids[0], NULL), OCPP_OK);
    assert_false(is_faster);
    assert_string_not_equal(ids[0], ids[1]);
    assert_int_equal(place_of_rows->journal(1, find_name, &is_named, place_of_rows->user), OCPP_OK);
    assert_true(is_named);
    frame_end(&frame);
}

static const struct {
    const char *name;
    void (*test)(void **state);
} cases[] = {
    { "what_follows_a_command_is_written_as_it_was_decided", what_follows_a_command_is_written_as_it_was_decided },
    { "who_decides_again_shares_nothing_with_who_came_between", who_decides_again_shares_nothing_with_who_came_between },
};

int main(void)
{
    struct CMUnitTest tests[16];
    char names[16][128];
    size_t count = 0;

    for (size_t kind = 0; kind < settle_store_kind_count; kind++) {
        for (size_t i = 0; i < COUNT_OF(cases) && count < COUNT_OF(tests); i++, count++) {
            snprintf(names[count], sizeof names[count], "%s on %s", cases[i].name, settle_store_kinds[kind].name);
            tests[count] = (struct CMUnitTest){ names[count], cases[i].test, settle_store_setup, settle_store_teardown,
                                                settle_store_kind_state(&settle_store_kinds[kind]) };
        }
    }
    return _cmocka_run_group_tests("commands on stores", tests, count, NULL, NULL);
}
