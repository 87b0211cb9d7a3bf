/* test_sqlite_crash.c: what was done is there after the process was killed and after the power went, at any moment.
 */
#define _POSIX_C_SOURCE 200809L

#include "power_vfs.h"
#include "scratch.h"

#include <ocpp/adapters.h>

#include <stdarg.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char folder[64];
    char path[96];
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    scratch_make(place->folder, sizeof place->folder);
    (void)snprintf(place->path, sizeof place->path, "%s/store.db", place->folder);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    power_vfs_forget();
    scratch_remove(place->folder);
    free(place);
    return 0;
}

static struct ocpp_storage *open_store(const char *path, bool group, uint64_t max_bytes)
{
    struct ocpp_sqlite_storage_settings settings = ocpp_sqlite_storage_settings_default();
    struct ocpp_storage *storage = NULL;
    char reason[256] = "";
    settings.group = group;
    settings.max_bytes = max_bytes;
    if (ocpp_sqlite_storage_open(path, &settings, &storage, reason, sizeof reason) != OCPP_OK)
        fail_msg("%s", reason);
    return storage;
}

/* --- killed ------------------------------------------------------------------------------------------------------ */

struct report {
    uint32_t number;
    int pipe;
};

/* One byte block per done, small enough to be written whole. */
static void tell(enum ocpp_status status, void *user)
{
    struct report *report = user;
    if (status != OCPP_OK || write(report->pipe, &report->number, sizeof report->number) != sizeof report->number)
        _exit(1);
}

static void value_of(uint32_t number, char value[64])
{
    (void)snprintf(value, 64, "value %u, checked by %u", (unsigned)number, (unsigned)(number * 2654435761u));
}

/* Writes until it is killed. */
static void write_for_ever(const char *path, bool group, int pipe)
{
    enum { ROUND = 7, REPORTS = 1 << 20 };
    struct report *reports = calloc(REPORTS, sizeof *reports);
    struct ocpp_storage *storage = open_store(path, group, 0);
    for (uint32_t number = 0; number < REPORTS; number++) {
        char key[32];
        char value[64];
        (void)snprintf(key, sizeof key, "k/%08u", (unsigned)number);
        value_of(number, value);
        reports[number] = (struct report){ number, pipe };
        const struct ocpp_change changes[] = { { OCPP_CHANGE_PUT, key, value, strlen(value) },
                                               { OCPP_CHANGE_APPEND, "s", value, strlen(value) } };
        if (storage->write(changes, 2, tell, &reports[number], storage->user) != OCPP_OK)
            _exit(1);
        if (group && number % ROUND == ROUND - 1)
            storage->flush(storage->user);
    }
    _exit(0);
}

/* The highest number that was told, after at least |enough| of them. */
static uint32_t kill_after(const char *path, bool group, unsigned enough)
{
    int ends[2];
    int status = 0;
    uint32_t number = 0;
    uint32_t told = 0;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        write_for_ever(path, group, ends[1]);
    }
    assert_int_equal(close(ends[1]), 0);
    for (unsigned heard = 0; read(ends[0], &number, sizeof number) == sizeof number; heard++) {
        assert_int_equal(number, heard);
        told = number;
        if (heard + 1 == enough)
            assert_int_equal(kill(child, SIGKILL), 0);
    }
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return told;
}

/* The judgement of a program that is not ours. */
static void assert_integrity(const char *path)
{
    char command[256];
    char answer[64] = "";
    (void)snprintf(command, sizeof command,
                   "command -v sqlite3 >/dev/null || { echo none; exit; }; sqlite3 '%s' 'PRAGMA integrity_check'", path);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    assert_non_null(fgets(answer, sizeof answer, out));
    assert_int_equal(pclose(out), 0);
    if (strcmp(answer, "none\n") == 0)
        print_message("sqlite3 is not installed: its integrity check was skipped\n");
    else
        assert_string_equal(answer, "ok\n");
}

static bool expect_next(const char *key, const void *value, size_t size, void *user)
{
    uint32_t *next = user;
    char expected[64];
    (void)key;
    value_of((*next)++, expected);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(value, expected, size);
    return true;
}

static void what_was_done_survives_the_process(void **state)
{
    struct place *place = *state;
    for (unsigned round = 0; round < 8; round++) {
        const bool group = round % 2 != 0;
        uint32_t puts = 0;
        uint32_t appends = 0;
        (void)snprintf(place->path, sizeof place->path, "%s/store-%u.db", place->folder, round);
        const uint32_t told = kill_after(place->path, group, 3 + 41 * round);
        assert_integrity(place->path);
        struct ocpp_storage *storage = open_store(place->path, false, 0);
        assert_int_equal(storage->each("k/", NULL, expect_next, &puts, storage->user), OCPP_OK);
        assert_int_equal(storage->each("s/", NULL, expect_next, &appends, storage->user), OCPP_OK);
        assert_true(puts > told);
        assert_int_equal(puts, appends);
        ocpp_sqlite_storage_close(storage);
    }
}

/* --- without power ----------------------------------------------------------------------------------------------- */

enum { WRITES = 48, GROUP = 5, CONTENT = 8192 };

/* What happened: after write n the content was |content[n]|, the n-th done was told at |done_at[n]|, the n-th write began at
 * |begun_at[n]|. */
struct history {
    char content[WRITES + 1][CONTENT];
    size_t done_at[WRITES + 1];
    size_t begun_at[WRITES + 1];
    unsigned dones;
};

static struct history history;

static bool note(const char *key, const void *value, size_t size, void *user)
{
    char *text = user;
    const size_t length = strlen(text);
    const int added = snprintf(text + length, CONTENT - length, "%s=%.6s%zu;", key, (const char *)value, size);
    assert_true(added > 0 && length + (size_t)added < CONTENT);
    return true;
}

static void content_of(struct ocpp_storage *storage, char text[CONTENT])
{
    text[0] = '\0';
    assert_int_equal(storage->each("", NULL, note, text, storage->user), OCPP_OK);
}

static void remember_done(enum ocpp_status status, void *user)
{
    (void)user;
    assert_int_equal(status, OCPP_OK);
    history.done_at[++history.dones] = power_vfs_moment();
}

/* Puts, appends and deletions of several sizes, so that pages split, are freed and taken again. */
static void write_nth(struct ocpp_storage *storage, unsigned n)
{
    static char bytes[6000];
    char key[16];
    (void)snprintf(bytes, 7, "%06u", n);
    memset(bytes + 6, 'x', sizeof bytes - 6);
    (void)snprintf(key, sizeof key, "k/%u", n % 7);
    const struct ocpp_change changes[] = {
        { OCPP_CHANGE_PUT, key, bytes, n % 5 == 0 ? sizeof bytes : 40 * (n % 11) + 6 },
        { OCPP_CHANGE_APPEND, "s", bytes, 300 },
        { n % 9 == 8 ? OCPP_CHANGE_DELETE_PREFIX : OCPP_CHANGE_DELETE, n % 9 == 8 ? "s/" : "k/3", NULL, 0 },
    };
    history.begun_at[n] = power_vfs_moment();
    assert_int_equal(storage->write(changes, 3, remember_done, NULL, storage->user), OCPP_OK);
    content_of(storage, history.content[n]);
}

static void live_and_record(const char *path, bool group)
{
    memset(&history, 0, sizeof history);
    power_vfs_begin();
    struct ocpp_storage *storage = open_store(path, group, 256 * 1024);
    history.begun_at[0] = history.done_at[0] = power_vfs_moment();
    content_of(storage, history.content[0]);
    for (unsigned n = 1; n <= WRITES; n++) {
        write_nth(storage, n);
        if (group && n % GROUP == 0)
            storage->flush(storage->user);
    }
    ocpp_sqlite_storage_close(storage);
    power_vfs_end();
    assert_int_equal(history.dones, WRITES);
}

/* After the power went at |moment|: one of the contents from the last done to the last write begun. */
static void assert_content(struct ocpp_storage *storage, size_t moment)
{
    char text[CONTENT];
    unsigned n = WRITES;
    content_of(storage, text);
    while (n > 0 && (history.begun_at[n] > moment || strcmp(history.content[n], text) != 0))
        n--;
    assert_string_equal(history.content[n], text);
    if (n < WRITES && history.done_at[n + 1] <= moment)
        fail_msg("power cut at %zu: write %u was done at %zu and is lost", moment, n + 1, history.done_at[n + 1]);
}

static void cut_at_every_moment(struct place *place, bool group)
{
    char folder[64];
    char path[96];
    scratch_make(folder, sizeof folder);
    (void)snprintf(path, sizeof path, "%s/store.db", folder);
    live_and_record(place->path, group);
    for (size_t moment = 0; moment <= power_vfs_moment(); moment++) {
        power_vfs_lay_out(folder, moment, (uint32_t)moment * 77u + group);
        struct ocpp_storage *storage = open_store(path, false, 0);
        assert_content(storage, moment);
        ocpp_sqlite_storage_close(storage);
    }
    print_message("%zu moments\n", power_vfs_moment() + 1);
    scratch_remove(folder);
}

static void what_was_done_survives_a_power_cut_at_any_moment(void **state)
{
    cut_at_every_moment(*state, false);
}

static void what_was_done_in_groups_survives_a_power_cut_at_any_moment(void **state)
{
    cut_at_every_moment(*state, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_done_survives_the_process, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_done_survives_a_power_cut_at_any_moment, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_done_in_groups_survives_a_power_cut_at_any_moment, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
