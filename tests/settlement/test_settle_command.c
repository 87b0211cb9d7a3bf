/* The frame every change of the backend goes through: read, decide, write once, then the effects. */
#include "backend_internal.h"
#include "command.h"
#include "settle_frame.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct frame frame;

static int start(void **state)
{
    (void)state;
    frame_start(&frame, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    frame_end(&frame);
    return 0;
}

/* What the last command told. */
static struct {
    int runs;
    enum ocpp_status status;
    char code[40];
    char reason[200];
    char id[200];
} told;

static void tell_me(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    (void)user;
    told.runs++;
    told.status = status;
    snprintf(told.code, sizeof told.code, "%s", code ? code : "");
    snprintf(told.reason, sizeof told.reason, "%s", reason ? reason : "");
    snprintf(told.id, sizeof told.id, "%s", id);
}

static const struct ocpp_settle_done done = { tell_me, NULL };

static enum ocpp_status run(command_body *body, void *args)
{
    memset(&told, 0, sizeof told);
    return command_run(frame.settle, "test", body, args, &done);
}

static const struct row_balance ten = { .minor = 10, .entries = 1 }, twenty = { .minor = 20, .entries = 2 };

static const char *balance_key(struct command *command, const char *account)
{
    return command_key(command, "balance", "EUR", account, NULL);
}

static void put_ten(struct command *command, void *args)
{
    command_put(command, balance_key(command, args ? args : "a"), &row_balance_type, &ten);
}

static int effects;

static void count_effect(struct ocpp_settle *settle, const void *data)
{
    (void)settle;
    effects += *(const int *)data;
}

/* --- rows ------------------------------------------------------------------------------------------------------------------ */

static void look_at_own_changes(struct command *command, void *args)
{
    const char *key = balance_key(command, "a");
    const struct row_balance *before = command_read(command, key, &row_balance_type);
    struct row_balance *copy;

    (void)args;
    assert_int_equal(before->minor, 10);
    copy = command_edit(command, key, &row_balance_type);
    copy->minor = 11;
    assert_int_equal(before->minor, 10);
    command_put(command, key, &row_balance_type, copy);
    copy->minor = 12; /* too late: it was written down */
    before = command_read(command, key, &row_balance_type);
    assert_int_equal(before->minor, 11);
    command_put(command, balance_key(command, "b"), &row_balance_type, &twenty);
    command_remove(command, balance_key(command, "b"));
    assert_null(command_read(command, balance_key(command, "b"), &row_balance_type));
}

static void a_command_sees_its_own_changes_and_the_store_sees_what_is_left_of_them(void **state)
{
    (void)state;
    assert_int_equal(run(put_ten, NULL), OCPP_OK);
    assert_string_equal(frame_row(&frame, "balance/EUR/a"), "{\"minor\":10,\"entries\":1}");
    assert_int_equal(run(look_at_own_changes, NULL), OCPP_OK);
    assert_int_equal(told.runs, 1);
    assert_int_equal(told.status, OCPP_OK);
    assert_string_equal(frame_row(&frame, "balance/EUR/a"), "{\"minor\":11,\"entries\":1}");
    assert_false(frame_has_row(&frame, "balance/EUR/b"));
}

static void read_after_removal(struct command *command, void *args)
{
    const char *key = balance_key(command, "a");

    (void)args;
    command_remove(command, key);
    assert_null(command_read(command, key, &row_balance_type));
    command_put(command, key, &row_balance_type, &twenty);
    assert_non_null(command_read(command, key, &row_balance_type));
}

static void a_row_may_go_and_come_again_in_one_command(void **state)
{
    (void)state;
    assert_int_equal(run(put_ten, NULL), OCPP_OK);
    assert_int_equal(run(read_after_removal, NULL), OCPP_OK);
    assert_string_equal(frame_row(&frame, "balance/EUR/a"), "{\"minor\":20,\"entries\":2}");
}

static void keys_of_anything(struct command *command, void *args)
{
    (void)args;
    assert_string_equal(command_key(command, "order", "x/y%z \xc3\xa9\n", NULL), "op/order/x%2Fy%25z%20%C3%A9%0A");
    assert_string_equal(command_key(command, "order", "", NULL), "op/order/");
    assert_string_equal(command_key(command, "out", "S", "", NULL), "op/out/S/");
}

static void a_key_holds_what_a_peer_says_and_cannot_leave_its_place(void **state)
{
    (void)state;
    assert_int_equal(run(keys_of_anything, NULL), OCPP_OK);
}

static void key_too_long(struct command *command, void *args)
{
    char part[OCPP_SETTLE_KEY_SIZE];

    (void)args;
    memset(part, 'x', sizeof part - 1);
    part[sizeof part - 1] = '\0';
    assert_null(command_key(command, "order", part, NULL));
    put_ten(command, NULL);
}

static void a_key_that_is_too_long_fails_the_command(void **state)
{
    (void)state;
    assert_int_equal(run(key_too_long, NULL), OCPP_ERR_LENGTH);
    assert_int_equal(told.runs, 0);
    assert_int_equal(frame_rows(&frame, "balance/"), 0);
}

static void too_many_rows(struct command *command, void *args)
{
    (void)args;
    for (int i = 0; i <= COMMAND_CHANGES; i++) {
        char name[16];

        snprintf(name, sizeof name, "%d", i);
        command_put(command, balance_key(command, name), &row_balance_type, &ten);
    }
}

static void more_rows_than_a_command_may_have_are_none(void **state)
{
    (void)state;
    assert_int_equal(run(too_many_rows, NULL), OCPP_ERR_LIMIT);
    assert_int_equal(frame_rows(&frame, "balance/"), 0);
}

static void corrupt_row(struct command *command, void *args)
{
    (void)args;
    assert_null(command_read(command, balance_key(command, "bad"), &row_balance_type));
}

static void a_row_that_cannot_be_read_fails_the_command(void **state)
{
    (void)state;
    frame_put(&frame, "balance/EUR/bad", "{\"minor\":\"ten\"}");
    assert_int_equal(run(corrupt_row, NULL), OCPP_ERR_CORRUPT);
}

static bool sum(struct command *command, const char *key, const void *record, void *user)
{
    int64_t *total = user;

    (void)command, (void)key;
    *total += ((const struct row_balance *)record)->minor;
    return *total < 25;
}

static void sum_all(struct command *command, void *args)
{
    command_put(command, balance_key(command, "z"), &row_balance_type, &twenty);
    command_each(command, command_key(command, "balance", "EUR", "", NULL), &row_balance_type, sum, args);
}

static void rows_are_shown_in_order_as_they_were_until_enough_was_seen(void **state)
{
    int64_t total = 0;
    char names[4][2] = { "a", "b", "c", "d" };

    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(run(put_ten, names[i]), OCPP_OK);
    }
    assert_int_equal(run(sum_all, &total), OCPP_OK);
    assert_int_equal(total, 30);
}

/* What is shown, as "a10 b20 ", until |until| was. */
struct shown {
    char text[80];
    const char *until;
};

static bool write_down(struct command *command, const char *key, const void *record, void *user)
{
    struct shown *shown = user;
    const size_t size = strlen(shown->text);
    const char *name = strrchr(key, '/') + 1;

    (void)command;
    snprintf(shown->text + size, sizeof shown->text - size, "%s%d ", name, (int)((const struct row_balance *)record)->minor);
    return strcmp(name, shown->until) != 0;
}

static void change_and_show(struct command *command, void *args)
{
    static const char *const later[] = { "z", "c", "0", "cc" };

    for (size_t i = 0; i < COUNT_OF(later); i++) {
        command_put(command, balance_key(command, later[i]), &row_balance_type, &twenty);
    }
    command_remove(command, balance_key(command, "b"));
    command_remove(command, balance_key(command, "e"));
    command_put(command, command_key(command, "balance", "EU", "d", NULL), &row_balance_type, &twenty); /* another's */
    command_each_now(command, command_key(command, "balance", "EUR", "", NULL), &row_balance_type, write_down, args);
}

static void rows_are_shown_in_order_with_what_the_command_has_made_of_them(void **state)
{
    static const struct {
        const char *until;
        const char *text;
    } cases[] = {
        { "", "020 a10 c20 cc20 d10 z20 " },
        { "0", "020 " },
        { "a", "020 a10 " },
        { "c", "020 a10 c20 " },
        { "cc", "020 a10 c20 cc20 " },
        { "d", "020 a10 c20 cc20 d10 " },
        { "z", "020 a10 c20 cc20 d10 z20 " },
    };
    char names[5][2] = { "a", "b", "c", "d", "e" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct shown shown = { .until = cases[i].until };

        end(NULL);
        start(NULL);
        for (int n = 0; n < 5; n++) {
            assert_int_equal(run(put_ten, names[n]), OCPP_OK);
        }
        assert_int_equal(run(change_and_show, &shown), OCPP_OK);
        assert_string_equal(shown.text, cases[i].text);
    }
}

/* --- refusing, failing -------------------------------------------------------------------------------------------------------
 */

static void change_and_refuse(struct command *command, void *args)
{
    const int one = 1, hundred = 100;

    (void)args;
    put_ten(command, "b");
    command_effect(command, count_effect, &one, sizeof one);
    command_state(command, "order", "X", "Open", "Void", NULL);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "not like this");
    assert_true(command_failed(command));
    put_ten(command, "c");
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY, "the first reason counts");
    command_bookkeeping(command, true);
    put_ten(command, "kept");
    command_effect(command, count_effect, &hundred, sizeof hundred);
    command_bookkeeping(command, false);
}

/* I6 */
static void a_refused_command_leaves_nothing_but_its_refusal_and_the_bookkeeping(void **state)
{
    (void)state;
    effects = 0;
    assert_int_equal(run(change_and_refuse, NULL), OCPP_OK);
    assert_int_equal(told.runs, 1);
    assert_string_equal(told.code, "WrongState");
    assert_string_equal(told.reason, "not like this");
    assert_int_equal(frame_rows(&frame, "balance/"), 1);
    assert_true(frame_has_row(&frame, "balance/EUR/kept"));
    assert_int_equal(frame_entries(&frame, "refused"), 1);
    assert_int_equal(frame_entries(&frame, "state"), 0);
    assert_int_equal(effects, 100);
}

static void just_refuse(struct command *command, void *args)
{
    (void)args;
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "no");
}

static void who_is_refused_all_the_time_does_not_fill_the_journal(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(run(just_refuse, NULL), OCPP_OK);
        assert_string_equal(told.code, "NotAllowed");
    }
    assert_int_equal(frame_entries(&frame, "refused"), 100);
    frame_wait(&frame, 60);
    assert_int_equal(run(just_refuse, NULL), OCPP_OK);
    assert_int_equal(frame_entries(&frame, "refused"), 101);
}

static void fail_in_between(struct command *command, void *args)
{
    (void)args;
    put_ten(command, "b");
    command_fail(command, OCPP_ERR_CRYPTO);
    command_fail(command, OCPP_ERR_NOMEM);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY, "too late");
    assert_null(command_key(command, "order", "x", NULL));
}

static void the_first_error_sticks_and_nothing_is_written(void **state)
{
    (void)state;
    assert_int_equal(run(fail_in_between, NULL), OCPP_ERR_CRYPTO);
    assert_int_equal(told.runs, 0);
    assert_int_equal(frame_rows(&frame, "balance/"), 0);
    assert_int_equal(frame_entries(&frame, NULL), 0);
}

static void within(struct command *command, void *args)
{
    (void)args;
    assert_int_equal(command_run(command_settle(command), "inner", put_ten, NULL, NULL), OCPP_ERR_STATE);
}

static void a_command_runs_no_other_within(void **state)
{
    (void)state;
    assert_int_equal(run(within, NULL), OCPP_OK);
    assert_int_equal(frame_rows(&frame, "balance/"), 0);
}

static void the_storage_failing_fails_the_command_and_its_effects(void **state)
{
    (void)state;
    frame.writes_left = 0;
    frame.write_fails = OCPP_ERR_FULL;
    assert_int_equal(run(put_ten, NULL), OCPP_ERR_FULL);
    assert_int_equal(told.runs, 0);
    assert_int_equal(frame_rows(&frame, "balance/"), 0);
}

/* --- others ---------------------------------------------------------------------------------------------------------------- */

static int decisions;
static char ids[3][OCPP_SETTLE_ID_SIZE];

static void decide(struct command *command, void *args)
{
    (void)args;
    snprintf(ids[decisions % 3], sizeof ids[0], "%s", command_id(command));
    decisions++;
    put_ten(command, NULL);
    command_result(command, command_id(command));
}

static void who_was_too_slow_decides_again_with_the_same_ids(void **state)
{
    (void)state;
    decisions = 0;
    frame.busy = 2;
    assert_int_equal(run(decide, NULL), OCPP_OK);
    assert_int_equal(decisions, 3);
    assert_string_equal(ids[0], ids[1]);
    assert_string_equal(ids[0], ids[2]);
    assert_true(ocpp_settle_id_is_valid(told.id));
    assert_string_not_equal(told.id, ids[0]);
    assert_int_equal(told.runs, 1);
}

static void who_is_always_too_slow_is_told_so(void **state)
{
    (void)state;
    decisions = 0;
    frame.busy = 1000;
    assert_int_equal(run(decide, NULL), OCPP_ERR_BUSY);
    assert_int_equal(decisions, COMMAND_RETRIES);
    assert_int_equal(told.runs, 0);
}

/* --- effects --------------------------------------------------------------------------------------------------------------- */

static void with_effect(struct command *command, void *args)
{
    const int one = 1;

    put_ten(command, args);
    command_effect(command, count_effect, &one, sizeof one);
    command_tell(command, OCPP_SETTLE_EVENT_ORDER, "ID", NULL, "Open", NULL);
}

static void effects_happen_when_the_write_is_durable_and_not_before(void **state)
{
    (void)state;
    effects = 0;
    frame.holds_back = true;
    assert_int_equal(run(with_effect, NULL), OCPP_OK);
    assert_int_equal(effects, 0);
    assert_int_equal(told.runs, 0);
    assert_int_equal(frame.event_count, 0);
    frame_durable(&frame, OCPP_OK);
    assert_int_equal(effects, 1);
    assert_int_equal(told.runs, 1);
    assert_int_equal(frame.event_count, 1);
    assert_string_equal(frame.events[0], "0 ID Open");
}

static void effects_of_a_write_that_failed_do_not_happen(void **state)
{
    (void)state;
    effects = 0;
    frame.holds_back = true;
    assert_int_equal(run(with_effect, NULL), OCPP_OK);
    frame_durable(&frame, OCPP_ERR_STORAGE);
    assert_int_equal(effects, 0);
    assert_int_equal(told.runs, 1);
    assert_int_equal(told.status, OCPP_ERR_STORAGE);
}

static void put_more(struct ocpp_settle *settle, const void *data)
{
    char name[] = "more";

    (void)data;
    assert_int_equal(command_run(settle, "more", put_ten, name, NULL), OCPP_OK);
}

static void with_command(struct command *command, void *args)
{
    put_ten(command, args);
    command_effect(command, put_more, NULL, 0);
}

static void an_effect_may_be_another_command(void **state)
{
    (void)state;
    assert_int_equal(run(with_command, NULL), OCPP_OK);
    assert_int_equal(frame_rows(&frame, "balance/"), 2);
}

static void several_commands_wait_for_one_moment(void **state)
{
    char names[3][2] = { "a", "b", "c" };

    (void)state;
    effects = 0;
    frame.holds_back = true;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(run(with_effect, names[i]), OCPP_OK);
    }
    assert_int_equal(effects, 0);
    frame_durable(&frame, OCPP_OK);
    assert_int_equal(effects, 3);
}

/* --- memory ---------------------------------------------------------------------------------------------------------------- */

static int allocations_left;

static void *reallocate(void *pointer, size_t size, void *user)
{
    (void)user;
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return allocations_left-- > 0 ? realloc(pointer, size) : NULL;
}

static const struct ocpp_allocator allocator = { .reallocate = reallocate };

static void use_allocator(struct ocpp_settle_settings *settings)
{
    settings->allocator = &allocator;
}

static void the_nth_allocation_failing_changes_nothing(void **state)
{
    enum ocpp_status status = OCPP_ERR_NOMEM;

    (void)state;
    for (int n = 0; status != OCPP_OK; n++) {
        struct ocpp_settle *settle = NULL;

        frame_end(&frame);
        allocations_left = 1 << 20;
        frame_start(&frame, use_allocator);
        allocations_left = n;
        effects = 0;
        status = run(with_effect, NULL);
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
        assert_int_equal(frame_rows(&frame, "balance/"), status == OCPP_OK);
        assert_int_equal(effects, status == OCPP_OK);
        allocations_left = n;
        if (ocpp_settle_new(&frame.settings, frame.now, &settle) == OCPP_OK) {
            ocpp_settle_free(settle);
        }
        assert_true(n < 1000);
    }
    allocations_left = 1 << 20;
}

/* --- timers
 * ------------------------------------------------------------------------------------------------------------------------- */

static int timers_run_out, timers_without_memory;

static void meets_a_limit(struct command *command, void *subject)
{
    (void)subject;
    command_fail(command, OCPP_ERR_LIMIT);
}

static void runs_out(struct command *command, void *subject)
{
    (void)command, (void)subject;
    timers_run_out++;
}

static command_body *body_of(const char *kind)
{
    return strcmp(kind, "limit") == 0 ? meets_a_limit : runs_out;
}

static void set_both(struct command *command, void *args)
{
    (void)args;
    command_timer(command, "limit", "first", command_utc_ms(command) + 1000);
    command_timer(command, "plain", "second", command_utc_ms(command) + 2000);
}

/* I14. What does not pass by itself holds up nobody behind it. */
static void a_timer_that_meets_a_limit_lets_the_others_run_out(void **state)
{
    (void)state;
    timers_run_out = 0;
    frame.settle->find_timer = body_of;
    assert_int_equal(run(set_both, NULL), OCPP_OK);
    frame_wait(&frame, 10);
    assert_int_equal(timers_run_out, 1);
    assert_int_equal(frame_rows(&frame, "due"), 1); /* tried again in an hour */
}

static void finds_no_memory(struct command *command, void *subject)
{
    (void)subject;
    timers_without_memory++;
    command_fail(command, OCPP_ERR_NOMEM);
}

static command_body *body_without_memory(const char *kind)
{
    return strcmp(kind, "limit") == 0 ? finds_no_memory : runs_out;
}

/* I14. Memory comes again, mostly; what never finds enough is tried again and again, and holds up nobody behind it. */
static void a_timer_that_never_finds_memory_lets_the_others_run_out(void **state)
{
    (void)state;
    timers_run_out = timers_without_memory = 0;
    frame.settle->find_timer = body_without_memory;
    assert_int_equal(run(set_both, NULL), OCPP_OK);
    frame_wait(&frame, 10);
    assert_int_equal(timers_run_out, 1);
    assert_int_equal(frame_rows(&frame, "due"), 1);
    const int tries = timers_without_memory;
    frame_wait(&frame, 3600);
    assert_in_range(timers_without_memory, tries + 2, tries + 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_FRAME(test) cmocka_unit_test_setup_teardown(test, start, end)
        IN_FRAME(a_command_sees_its_own_changes_and_the_store_sees_what_is_left_of_them),
        IN_FRAME(a_row_may_go_and_come_again_in_one_command),
        IN_FRAME(a_key_holds_what_a_peer_says_and_cannot_leave_its_place),
        IN_FRAME(a_key_that_is_too_long_fails_the_command),
        IN_FRAME(more_rows_than_a_command_may_have_are_none),
        IN_FRAME(a_row_that_cannot_be_read_fails_the_command),
        IN_FRAME(rows_are_shown_in_order_as_they_were_until_enough_was_seen),
        IN_FRAME(rows_are_shown_in_order_with_what_the_command_has_made_of_them),
        IN_FRAME(a_refused_command_leaves_nothing_but_its_refusal_and_the_bookkeeping),
        IN_FRAME(who_is_refused_all_the_time_does_not_fill_the_journal),
        IN_FRAME(the_first_error_sticks_and_nothing_is_written),
        IN_FRAME(a_command_runs_no_other_within),
        IN_FRAME(the_storage_failing_fails_the_command_and_its_effects),
        IN_FRAME(who_was_too_slow_decides_again_with_the_same_ids),
        IN_FRAME(who_is_always_too_slow_is_told_so),
        IN_FRAME(effects_happen_when_the_write_is_durable_and_not_before),
        IN_FRAME(effects_of_a_write_that_failed_do_not_happen),
        IN_FRAME(an_effect_may_be_another_command),
        IN_FRAME(several_commands_wait_for_one_moment),
        IN_FRAME(the_nth_allocation_failing_changes_nothing),
        IN_FRAME(a_timer_that_meets_a_limit_lets_the_others_run_out),
        IN_FRAME(a_timer_that_never_finds_memory_lets_the_others_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
