/* The command line of the screen: what keys make of a line, what is remembered of it and what never is, what Tab makes of it, and
 * what becomes of what a command prints. */
#include "capture.h"
#include "completion.h"
#include "history.h"
#include "line_editor.h"
#include "secret_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* --- editing --------------------------------------------------------------------------------------------------------- */

static struct line_editor editor;

static int empty_line(void **state)
{
    (void)state;
    memset(&editor, 0, sizeof editor);
    return 0;
}

static void press(enum typed_kind kind, int times)
{
    for (int i = 0; i < times; i++) {
        assert_true(line_editor_type(&editor, (struct typed){ kind, 0 }));
    }
}

static void hold_control(char letter)
{
    assert_true(line_editor_type(&editor, (struct typed){ TYPED_CONTROL, (uint32_t)letter }));
}

static void type(const char *text)
{
    for (; *text; text++) {
        assert_true(line_editor_type(&editor, (struct typed){ TYPED_TEXT, (unsigned char)*text }));
    }
}

static void assert_line(const char *text, size_t cursor)
{
    assert_string_equal(editor.text, text);
    assert_int_equal(editor.size, strlen(text));
    assert_int_equal(editor.cursor, cursor);
}

static void characters_are_put_in_and_taken_out_where_the_cursor_is(void **state)
{
    (void)state;
    type("plg 1");
    press(TYPED_LEFT, 3);
    type("u");
    assert_line("plug 1", 3);
    press(TYPED_BACKSPACE, 1);
    press(TYPED_DELETE, 1);
    assert_line("pl 1", 2);
    press(TYPED_HOME, 1);
    press(TYPED_BACKSPACE, 1); /* nothing is before it */
    press(TYPED_LEFT, 1);
    assert_line("pl 1", 0);
    press(TYPED_END, 1);
    press(TYPED_DELETE, 1);
    press(TYPED_RIGHT, 1);
    assert_line("pl 1", 4);
}

static void a_character_of_several_bytes_is_one(void **state)
{
    (void)state;
    line_editor_type(&editor, (struct typed){ TYPED_TEXT, 0xe9 });
    line_editor_type(&editor, (struct typed){ TYPED_TEXT, 0x5145 });
    assert_line("é充", 5);
    press(TYPED_LEFT, 1);
    assert_line("é充", 2);
    press(TYPED_DELETE, 1);
    press(TYPED_BACKSPACE, 1);
    assert_line("", 0);
}

static void what_could_not_be_seen_is_not_taken(void **state)
{
    (void)state;
    line_editor_type(&editor, (struct typed){ TYPED_TEXT, 0x9b });
    line_editor_type(&editor, (struct typed){ TYPED_TEXT, 0x202e });
    line_editor_type(&editor, (struct typed){ TYPED_TEXT, 0x200b });
    assert_line("", 0);
}

static void words_are_passed_cut_and_put_back(void **state)
{
    (void)state;
    type("card 1  TAG-1");
    press(TYPED_WORD_LEFT, 1);
    assert_int_equal(editor.cursor, 8);
    press(TYPED_WORD_LEFT, 2);
    assert_int_equal(editor.cursor, 0);
    press(TYPED_WORD_RIGHT, 2);
    assert_int_equal(editor.cursor, 6);
    hold_control('W');
    assert_line("card   TAG-1", 5);
    hold_control('E');
    hold_control('Y');
    assert_line("card   TAG-11", 13);
    hold_control('A');
    hold_control('F');
    hold_control('K');
    assert_line("c", 1);
    hold_control('Y');
    assert_line("card   TAG-11", 13);
    hold_control('B');
    hold_control('U');
    assert_line("1", 0);
    hold_control('D');
    assert_line("", 0);
    hold_control('U'); /* nothing is cut, so the last cut stays */
    hold_control('Y');
    assert_line("card   TAG-1", 12);
}

static void keys_that_are_no_matter_of_a_line_change_nothing(void **state)
{
    (void)state;
    type("x");
    assert_false(line_editor_type(&editor, (struct typed){ TYPED_CONTROL, 'Q' }));
    assert_false(line_editor_type(&editor, (struct typed){ TYPED_UP, 0 }));
    assert_false(line_editor_type(&editor, (struct typed){ TYPED_ESCAPE, 0 }));
    assert_line("x", 1);
}

static void a_line_is_full_at_its_bound_and_keeps_what_it_has(void **state)
{
    (void)state;
    for (int i = 0; i < EDITOR_SIZE + 10; i++) {
        type("a");
    }
    assert_int_equal(editor.size, EDITOR_SIZE - 1);
    press(TYPED_BACKSPACE, 1);
    line_editor_type(&editor, (struct typed){ TYPED_TEXT, 0xe9 }); /* two bytes, room for one */
    assert_int_equal(editor.size, EDITOR_SIZE - 2);
    assert_false(line_editor_replace(&editor, editor.cursor + 1, ""));
    line_editor_set(&editor, "short");
    assert_line("short", 5);
}

/* --- history --------------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/ocpp-history-XXXXXX";
static char path[256];
static struct history *history;

static int fresh_history(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ocpp-history-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/deep/er/history", folder);
    history = history_new();
    return history ? 0 : -1;
}

static int no_history(void **state)
{
    static const char *const made[] = { "deep/er/history", "link", "deep/er", "deep", "" };
    char name[300];
    int left = 0;

    (void)state;
    history_free(history);
    history = NULL;
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        snprintf(name, sizeof name, "%s/%s", folder, made[i]);
        left = remove(name);
    }
    return left; /* of the folder itself, which is empty now */
}

static void again(void)
{
    history_free(history);
    history = history_new();
    assert_non_null(history);
}

static void arrows_walk_through_the_lines_and_back_to_the_draft(void **state)
{
    (void)state;
    history_add(history, "plug 1");
    history_add(history, "card 1 TAG");
    assert_string_equal(history_older(history, ""), "card 1 TAG");
    assert_string_equal(history_older(history, "card 1 TAG"), "plug 1");
    assert_null(history_older(history, "plug 1"));
    assert_string_equal(history_newer(history), "card 1 TAG");
    assert_string_equal(history_newer(history), "");
    assert_null(history_newer(history));
}

static void a_draft_finds_the_lines_that_begin_as_it_does(void **state)
{
    (void)state;
    history_add(history, "plug 1");
    history_add(history, "status");
    history_add(history, "plug 2");
    assert_string_equal(history_older(history, "pl"), "plug 2");
    assert_string_equal(history_older(history, "plug 2"), "plug 1");
    assert_null(history_older(history, "plug 1"));
    assert_string_equal(history_newer(history), "plug 2");
    assert_string_equal(history_newer(history), "pl");
    history_rest(history);
    assert_null(history_older(history, "zzz"));
}

static void nothing_is_remembered_twice_in_a_row_and_nothing_empty(void **state)
{
    (void)state;
    history_add(history, "status");
    history_add(history, "status");
    history_add(history, "");
    assert_int_equal(history_count(history), 1);
}

static void only_the_newest_lines_are_remembered(void **state)
{
    char line[32];

    (void)state;
    for (int i = 0; i < HISTORY_LINES + 7; i++) {
        snprintf(line, sizeof line, "pass %d", i);
        history_add(history, line);
    }
    assert_int_equal(history_count(history), HISTORY_LINES);
    assert_null(history_older(history, "pass 6 "));
    history_rest(history);
    assert_non_null(history_older(history, "pass 7"));
}

static void lines_are_there_in_the_next_run(void **state)
{
    struct stat file;

    (void)state;
    assert_true(history_open(history, path));
    history_add(history, "plug 1");
    history_add(history, "card 1 é");
    again();
    assert_true(history_open(history, path));
    assert_int_equal(history_count(history), 2);
    assert_string_equal(history_older(history, ""), "card 1 é");
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
}

static void a_file_that_has_grown_is_cut_to_the_bound(void **state)
{
    struct stat before, after;
    char line[32];

    (void)state;
    assert_true(history_open(history, path));
    for (int i = 0; i < 2 * HISTORY_LINES + 1; i++) {
        snprintf(line, sizeof line, "pass %d", i);
        history_add(history, line);
    }
    assert_int_equal(stat(path, &before), 0);
    again();
    assert_true(history_open(history, path));
    assert_int_equal(stat(path, &after), 0);
    assert_true(after.st_size * 10 < before.st_size * 6);
    again();
    assert_true(history_open(history, path));
    assert_int_equal(history_count(history), HISTORY_LINES);
}

static void what_is_no_line_of_ours_in_the_file_is_left_out(void **state)
{
    FILE *file;

    (void)state;
    assert_true(history_open(history, path));
    file = fopen(path, "w");
    fputs("good\n\033[2Jbad\nalso\tbad\n", file);
    for (int i = 0; i < 3 * EDITOR_SIZE; i++) {
        putc('x', file);
    }
    fputs("\nno end", file);
    fclose(file);
    again();
    assert_true(history_open(history, path));
    for (const char *line = ""; (line = history_older(history, "")) != NULL;) {
        assert_null(strchr(line, '\033'));
        assert_null(strchr(line, '\t'));
        assert_true(strlen(line) < EDITOR_SIZE);
    }
    history_rest(history);
    assert_non_null(history_older(history, "good"));
    history_rest(history);
    assert_null(history_older(history, "no end"));
}

static void where_nothing_can_be_kept_it_stays_in_memory(void **state)
{
    char link[300];

    (void)state;
    assert_false(history_open(history, folder));
    assert_true(history_open(history, path));
    snprintf(link, sizeof link, "%s/link", folder);
    assert_int_equal(symlink(path, link), 0);
    assert_false(history_open(history, link)); /* somebody else's file may be behind it */
    assert_false(history_open(history, "/proc/nowhere/history"));
    history_add(history, "status");
    assert_int_equal(history_count(history), 1);
}

static void it_is_kept_beside_the_state_or_in_the_users_own_folder(void **state)
{
    char found[128], small[8];

    (void)state;
    assert_true(history_path("/var/pile", "P", found, sizeof found));
    assert_string_equal(found, "/var/pile/P.history");
    setenv("XDG_STATE_HOME", "/xdg", 1);
    setenv("HOME", "/home/me", 1);
    assert_true(history_path(NULL, "P", found, sizeof found));
    assert_string_equal(found, "/xdg/ocpp-sim/history");
    setenv("XDG_STATE_HOME", "relative", 1); /* counts as not set */
    assert_true(history_path(NULL, "P", found, sizeof found));
    assert_string_equal(found, "/home/me/.local/state/ocpp-sim/history");
    assert_false(history_path(NULL, "P", small, sizeof small));
    unsetenv("HOME");
    assert_false(history_path(NULL, "P", found, sizeof found));
}

static void no_line_with_a_secret_is_kept_or_shown(void **state)
{
    static const char *const secrets[] = {
        "set AuthorizationKey 313233",
        "set securityctrlr.basicauthpassword hunter2",
        "key 1 4711",
        "  key 1 4711",
        "raw [2,\"1\",\"ChangeConfiguration\",{\"key\":\"AuthorizationKey\",\"value\":\"31\"}]",
        "transfer V M {\"basicAuthPassword\":\"x\"}",
    };
    static const char *const others[] = { "set HeartbeatInterval 30", "keys", "card 1 TAG", "" };
    char shown[128];

    (void)state;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_true(secret_line(secrets[i]));
        secret_line_cover(secrets[i], shown, sizeof shown);
        assert_non_null(strstr(shown, " ****"));
        assert_true(strlen(shown) < 15);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        secret_line_cover(others[i], shown, sizeof shown);
        assert_string_equal(shown, others[i]);
    }
}

/* --- completion ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    const char *forms;
} commands[] = { { "plug", "@evse @connector" },
                 { "powercut", "" },
                 { "ev", "suspend|resume @evse; session @evse end; contract @evse . valid|expired" },
                 { "take", "any|@evse" },
                 { "set", "@setting" } };

static bool command(int index, const char **name, const char **forms)
{
    if ((size_t)index >= sizeof commands / sizeof commands[0]) {
        return false;
    }
    *name = commands[index].name;
    *forms = commands[index].forms;
    return true;
}

static void values(const char *kind, struct completion *completion, void *user)
{
    static const char *const settings[] = { "HeartbeatInterval", "HeartBeatNothing", "OCPPCommCtrlr.", "OCPPCommCtrlr." };
    char number[16];

    (void)user;
    for (int i = 1; strcmp(kind, "evse") == 0 && i <= 2; i++) {
        snprintf(number, sizeof number, "%d", i);
        completion_offer(completion, number);
    }
    for (int i = 0; strcmp(kind, "setting") == 0 && i < 4; i++) {
        completion_offer(completion, settings[i]);
    }
    for (int i = 0; strcmp(kind, "connector") == 0 && i < COMPLETION_WORDS + 5; i++) {
        snprintf(number, sizeof number, "c%d", i);
        completion_offer(completion, number);
    }
}

static const struct completion_source source = { command, values, NULL };

/* What Tab makes of |line| with the cursor at its end, and how many words fit. */
static int complete(const char *line, const char *expected)
{
    static struct completion completion;
    char common[COMPLETION_WORD_SIZE + 1], result[512];

    completion_find(&source, line, strlen(line), &completion);
    completion_common(&completion, common);
    snprintf(result, sizeof result, "%.*s%s", completion.count > 0 ? (int)completion.from : (int)strlen(line), line, common);
    assert_string_equal(result, expected);
    return completion.count;
}

static void commands_are_completed(void **state)
{
    (void)state;
    assert_int_equal(complete("pl", "plug "), 1);
    assert_int_equal(complete("p", "p"), 2);
    assert_int_equal(complete("", ""), 5);
    assert_int_equal(complete("  po", "  powercut "), 1);
    assert_int_equal(complete("juggle", "juggle"), 0);
}

static void arguments_are_completed_by_the_form_that_fits_what_is_before_them(void **state)
{
    (void)state;
    assert_int_equal(complete("ev s", "ev s"), 2);
    assert_int_equal(complete("ev se", "ev session "), 1);
    assert_int_equal(complete("ev session 1 ", "ev session 1 end "), 1);
    assert_int_equal(complete("ev suspend 1 ", "ev suspend 1 "), 0);
    assert_int_equal(complete("ev contract 1 EMAID v", "ev contract 1 EMAID valid "), 1);
    assert_int_equal(complete("plug ", "plug "), 2);
    assert_int_equal(complete("powercut ", "powercut "), 0);
    assert_int_equal(complete("take a", "take any "), 1);
    assert_int_equal(complete("take 1", "take 1 "), 1);
    assert_int_equal(complete("nothing ", "nothing "), 0);
}

static void case_is_mended_and_a_point_waits_for_more(void **state)
{
    (void)state;
    assert_int_equal(complete("set heartbeati", "set HeartbeatInterval "), 1);
    assert_int_equal(complete("set heart", "set Heart"), 2);
    assert_int_equal(complete("set heartb", "set heartb"), 2); /* they differ in the case of what was typed */
    assert_int_equal(complete("set ocpp", "set OCPPCommCtrlr."), 1);
}

static void there_is_a_bound_to_what_is_offered(void **state)
{
    static struct completion completion;
    char line[COMPLETION_WORD_SIZE + 50];

    (void)state;
    completion_find(&source, "plug 1 ", 7, &completion);
    assert_int_equal(completion.count, COMPLETION_WORDS);
    assert_true(completion.more);
    memset(line, 'a', sizeof line);
    completion_find(&source, line, sizeof line, &completion);
    assert_int_equal(completion.count, 0);
    completion_find(&source, "a b c d e f g h i j k", 21, &completion);
    assert_int_equal(completion.count, 0);
    completion_find(&source, "raw [1, ", 8, &completion);
    assert_int_equal(completion.count, 0);
}

/* --- what commands print --------------------------------------------------------------------------------------------- */

/* Without an assertion while it is captured: cmocka prints, too. */
static void what_is_printed_meanwhile_comes_line_by_line(void **state)
{
    char lines[6][16] = { "" };
    bool came[6];

    (void)state;
    const int output = capture_begin();
    printf("one\ntw");
    came[0] = capture_line(lines[0], sizeof lines[0]);
    came[1] = capture_line(lines[1], sizeof lines[1]); /* its end is still to come */
    printf("o\n%s\n", "longer than fifteen");
    came[2] = capture_line(lines[2], sizeof lines[2]);
    came[3] = capture_line(lines[3], sizeof lines[3]);
    came[4] = capture_line(lines[4], sizeof lines[4]);
    came[5] = capture_line(lines[5], sizeof lines[5]);
    capture_end();
    assert_true(output >= 0);
    assert_true(came[0] && !came[1] && came[2] && came[3] && came[4] && !came[5]);
    assert_string_equal(lines[0], "one");
    assert_string_equal(lines[2], "two");
    assert_string_equal(lines[3], "longer than fif");
    assert_string_equal(lines[4], "teen");
    assert_false(capture_line(lines[5], sizeof lines[5]));
}

static void what_nobody_took_goes_to_standard_error(void **state)
{
    int ends[2];
    char text[64] = "";

    (void)state;
    assert_int_equal(pipe(ends), 0);
    const int error = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    const int output = capture_begin();
    puts("the last words");
    capture_end();
    dup2(error, STDERR_FILENO);
    close(error);
    close(ends[1]);
    const ssize_t got = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    assert_true(output >= 0 && got > 0);
    assert_string_equal(text, "the last words\n");
}

int main(void)
{
#define EDIT(name) cmocka_unit_test_setup(name, empty_line)
#define KEEP(name) cmocka_unit_test_setup_teardown(name, fresh_history, no_history)
    const struct CMUnitTest tests[] = {
        EDIT(characters_are_put_in_and_taken_out_where_the_cursor_is),
        EDIT(a_character_of_several_bytes_is_one),
        EDIT(what_could_not_be_seen_is_not_taken),
        EDIT(words_are_passed_cut_and_put_back),
        EDIT(keys_that_are_no_matter_of_a_line_change_nothing),
        EDIT(a_line_is_full_at_its_bound_and_keeps_what_it_has),
        KEEP(arrows_walk_through_the_lines_and_back_to_the_draft),
        KEEP(a_draft_finds_the_lines_that_begin_as_it_does),
        KEEP(nothing_is_remembered_twice_in_a_row_and_nothing_empty),
        KEEP(only_the_newest_lines_are_remembered),
        KEEP(lines_are_there_in_the_next_run),
        KEEP(a_file_that_has_grown_is_cut_to_the_bound),
        KEEP(what_is_no_line_of_ours_in_the_file_is_left_out),
        KEEP(where_nothing_can_be_kept_it_stays_in_memory),
        KEEP(it_is_kept_beside_the_state_or_in_the_users_own_folder),
        cmocka_unit_test(no_line_with_a_secret_is_kept_or_shown),
        cmocka_unit_test(commands_are_completed),
        cmocka_unit_test(arguments_are_completed_by_the_form_that_fits_what_is_before_them),
        cmocka_unit_test(case_is_mended_and_a_point_waits_for_more),
        cmocka_unit_test(there_is_a_bound_to_what_is_offered),
        cmocka_unit_test(what_is_printed_meanwhile_comes_line_by_line),
        cmocka_unit_test(what_nobody_took_goes_to_standard_error),
    };
#undef EDIT
#undef KEEP
    return cmocka_run_group_tests(tests, NULL, NULL);
}
