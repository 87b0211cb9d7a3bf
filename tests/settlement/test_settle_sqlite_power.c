/* test_settle_sqlite_power.c: the power goes at any moment of a day of commands: behind every write to the disk, every
 * truncation, every sync. The file is whole, the journal proves itself, and the rows are those of the last group that was told to
 * be durable or of a later one, never a part of one.
 */
#include "power_vfs.h"
#include "scratch.h"
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/adapters.h>

#include <sqlite3.h>

#include <stdio.h>
#include <string.h>

enum { WRITES = 40, GROUP = 5, CONTENT = 8192 };

/* What happened: after write n the content was |content[n]|, its |done| was told at |done_at[n]|, it began at |begun_at[n]|. */
struct history {
    char content[WRITES + 1][CONTENT];
    size_t done_at[WRITES + 1];
    size_t begun_at[WRITES + 1];
    unsigned dones;
};

static struct history history;

static struct ocpp_settle_store *open_store(const char *path, bool group, uint64_t max_bytes)
{
    struct ocpp_settle_sqlite_settings settings = ocpp_settle_sqlite_settings_default();
    struct ocpp_settle_store *store = NULL;
    char reason[256] = "";

    settings.group = group;
    settings.max_bytes = max_bytes;
    if (ocpp_settle_sqlite_open(path, &settings, &store, reason, sizeof reason) != OCPP_OK) {
        fail_msg("%s", reason);
    }
    return store;
}

/* --- content ------------------------------------------------------------------------------------------------------- */

static void add(char *text, const char *word, int64_t number, const void *bytes, size_t size)
{
    const size_t length = strlen(text);
    const int added = snprintf(text + length, CONTENT - length, "%s %d %.*s%u;", word, (int)number, size < 6 ? (int)size : 6,
                               (const char *)bytes, (unsigned)size);

    assert_true(added > 0 && length + (size_t)added < CONTENT);
}

static bool note_row(const struct ocpp_settle_row *row, void *user)
{
    add(user, row->key, row->version, row->value, row->size);
    return true;
}

static bool note_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    add(user, entry->kind, entry->number, entry->body, entry->size);
    return true;
}

static void content_of(struct ocpp_settle_store *store, char text[CONTENT])
{
    text[0] = '\0';
    assert_int_equal(store->each("", NULL, note_row, text, store->user), OCPP_OK);
    assert_int_equal(store->journal(1, note_entry, text, store->user), OCPP_OK);
}

/* --- a day --------------------------------------------------------------------------------------------------------- */

static void remember_done(enum ocpp_status status, void *user)
{
    (void)user;
    assert_int_equal(status, OCPP_OK);
    history.done_at[++history.dones] = power_vfs_moment();
}

/* Command n opens an order, moves two balances, ends the order that was opened four commands ago and posts it. Values of several
 * sizes, so that pages split, are freed and taken again. */
static void command(struct ocpp_settle_store *store, unsigned n)
{
    static char bytes[6000];
    char keys[4][16];
    struct ocpp_settle_change changes[4];
    size_t count = 0;

    (void)snprintf(bytes, 7, "%06u", n);
    memset(bytes + 6, 'x', sizeof bytes - 6);
    (void)snprintf(keys[0], sizeof keys[0], "order/%02u", n);
    (void)snprintf(keys[1], sizeof keys[1], "balance/a");
    (void)snprintf(keys[2], sizeof keys[2], "balance/b");
    (void)snprintf(keys[3], sizeof keys[3], "order/%02u", n - 4);
    changes[count++] =
        (struct ocpp_settle_change){ OCPP_SETTLE_INSERT, keys[0], 0, bytes, n % 7 == 0 ? 5000 : 100 * (n % 9) + 6 };
    for (unsigned i = 1; i < 3; i++) {
        changes[count++] =
            (struct ocpp_settle_change){ n == 1 ? OCPP_SETTLE_INSERT : OCPP_SETTLE_UPDATE, keys[i], n - 1, bytes, 40 };
    }
    if (n > 4) {
        changes[count++] = (struct ocpp_settle_change){ OCPP_SETTLE_DELETE, keys[3], 1, NULL, 0 };
    }
    const struct ocpp_settle_entry entries[] = { { "post", bytes, 300 }, { "state", bytes, n % 6 == 0 ? 4000 : 60 } };
    const struct ocpp_settle_write write = { changes, count, entries, 2, n, NULL, 0 };
    history.begun_at[n] = power_vfs_moment();
    assert_int_equal(store->write(&write, remember_done, NULL, store->user), OCPP_OK);
    content_of(store, history.content[n]);
}

/* A bound of the file makes a group end early where room is short. */
static void live_and_record(const char *path, bool group)
{
    int64_t token = 0;

    memset(&history, 0, sizeof history);
    power_vfs_begin();
    struct ocpp_settle_store *store = open_store(path, group, group ? 0 : 512 * 1024);
    assert_int_equal(store->take_lease("timers", "a", 0, 1000, &token, store->user), OCPP_OK);
    history.begun_at[0] = history.done_at[0] = power_vfs_moment();
    content_of(store, history.content[0]);
    for (unsigned n = 1; n <= WRITES; n++) {
        command(store, n);
        if (n % GROUP == 0) {
            store->flush(store->user);
        }
    }
    ocpp_settle_sqlite_close(store);
    power_vfs_end();
    assert_int_equal(history.dones, WRITES);
}

/* --- the day after ------------------------------------------------------------------------------------------------- */

static void assert_integrity(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
    (void)sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void assert_proves_itself(struct ocpp_settle_store *store, struct settle_keys *keys)
{
    struct ocpp_settle_verification found;

    assert_int_equal(ocpp_settle_store_verify(store, &keys->contract, NULL, &found), OCPP_OK);
    assert_int_equal(found.wrong, OCPP_SETTLE_UNBROKEN);
}

/* One of the contents from the last done to the last write begun; in groups, where a group ends. */
static void assert_content(struct ocpp_settle_store *store, size_t moment, bool group)
{
    char text[CONTENT];
    unsigned n = WRITES;

    content_of(store, text);
    while (n > 0 && (history.begun_at[n] > moment || strcmp(history.content[n], text) != 0)) {
        n--;
    }
    assert_string_equal(history.content[n], text);
    if (n < WRITES && history.done_at[n + 1] <= moment) {
        fail_msg("power cut at %zu: write %u was done at %zu and is lost", moment, n + 1, history.done_at[n + 1]);
    }
    if (group && n % GROUP != 0) {
        fail_msg("power cut at %zu: write %u is there without the rest of its group", moment, n);
    }
}

/* The lease was durable before anybody was told of it: nobody else has it, and its holder has the token it had. */
static void assert_lease(struct ocpp_settle_store *store)
{
    int64_t token = 0;

    assert_int_equal(store->take_lease("timers", "b", 999, 2000, &token, store->user), OCPP_ERR_BUSY);
    assert_int_equal(store->take_lease("timers", "a", 999, 2000, &token, store->user), OCPP_OK);
    assert_int_equal(token, 1);
}

static void cut_at_every_moment(bool group)
{
    char folders[2][64];
    char paths[2][96];
    struct settle_keys keys;

    settle_keys_start(&keys, 7);
    for (int i = 0; i < 2; i++) {
        scratch_make(folders[i], sizeof folders[i]);
        (void)snprintf(paths[i], sizeof paths[i], "%s/settle.db", folders[i]);
    }
    live_and_record(paths[0], group);
    for (size_t moment = 0; moment <= power_vfs_moment(); moment += every()) {
        power_vfs_lay_out(folders[1], moment, (uint32_t)moment * 77u + group);
        struct ocpp_settle_store *store = open_store(paths[1], false, 0);
        assert_content(store, moment, group);
        assert_proves_itself(store, &keys);
        if (moment >= history.done_at[0]) {
            assert_lease(store);
        }
        ocpp_settle_sqlite_close(store);
        assert_integrity(paths[1]);
    }
    print_message("%zu moments\n", power_vfs_moment() + 1);
    power_vfs_forget();
    settle_keys_end(&keys);
    scratch_remove(folders[0]);
    scratch_remove(folders[1]);
}

/* I2, I8. */
static void a_day_of_commands_survives_a_power_cut_at_any_moment(void **state)
{
    (void)state;
    cut_at_every_moment(false);
}

/* I2, I8. */
static void a_day_of_groups_survives_a_power_cut_at_any_moment(void **state)
{
    (void)state;
    cut_at_every_moment(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_of_commands_survives_a_power_cut_at_any_moment),
        cmocka_unit_test(a_day_of_groups_survives_a_power_cut_at_any_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
