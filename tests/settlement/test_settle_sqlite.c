/* test_settle_sqlite.c: what only the SQLite store has: files of others, gathering, bounds, full disks, several handles and
 * processes, rows somebody altered. The contract itself is in test_settle_store.c, power in test_settle_sqlite_power.c.
 */
#define _GNU_SOURCE

#include "failing_commits.h"
#include "scratch.h"
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/adapters.h>
#include <ocpp/settlement/adapters.h>

#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BIG = 60000 };

static const char big_value[BIG] = { 'b', 'i', 'g' };

struct place {
    char folder[64];
    char path[96];
    struct ocpp_settle_sqlite_settings settings;
    struct settle_keys keys;
    char reason[256];
    unsigned log_lines;
    unsigned good;
    unsigned bad;
    enum ocpp_status last;
};

static void count_line(enum ocpp_log_level level, const char *line, void *user)
{
    struct place *place = user;

    (void)line;
    assert_int_equal(level, OCPP_LOG_ERROR);
    place->log_lines++;
}

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    assert_non_null(place);
    scratch_make(place->folder, sizeof place->folder);
    (void)snprintf(place->path, sizeof place->path, "%s/settle.db", place->folder);
    place->settings = ocpp_settle_sqlite_settings_default();
    place->settings.busy_timeout_ms = 0;
    place->settings.log.write = count_line;
    place->settings.log.user = place;
    settle_keys_start(&place->keys, 7);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;

    settle_keys_end(&place->keys);
    scratch_remove(place->folder);
    free(place);
    return 0;
}

/* --- small words --------------------------------------------------------------------------------------------------- */

static enum ocpp_status try_open(struct place *place, struct ocpp_settle_store **store)
{
    place->reason[0] = '\0';
    return ocpp_settle_sqlite_open(place->path, &place->settings, store, place->reason, sizeof place->reason);
}

static struct ocpp_settle_store *open_store(struct place *place)
{
    struct ocpp_settle_store *store = NULL;

    if (try_open(place, &store) != OCPP_OK) {
        fail_msg("%s", place->reason);
    }
    return store;
}

static struct ocpp_settle_store *open_group(struct place *place, size_t limit)
{
    place->settings.group = true;
    place->settings.group_limit = limit;
    return open_store(place);
}

static void assert_refused(struct place *place, enum ocpp_status status, const char *why)
{
    struct ocpp_settle_store *store = NULL;

    assert_int_equal(try_open(place, &store), status);
    assert_null(store);
    if (strstr(place->reason, why) == NULL) {
        fail_msg("\"%s\" says nothing of \"%s\"", place->reason, why);
    }
}

static void count_done(enum ocpp_status status, void *user)
{
    struct place *place = user;

    place->last = status;
    place->good += status == OCPP_OK;
    place->bad += status != OCPP_OK;
}

static enum ocpp_status insert(struct ocpp_settle_store *store, struct place *place, const char *key, size_t size)
{
    const struct ocpp_settle_change one = { OCPP_SETTLE_INSERT, key, 0, big_value, size };
    const struct ocpp_settle_entry entry = { "k", "{}", 2 };
    const struct ocpp_settle_write write = { &one, 1, &entry, 1, 0, NULL, 0 };

    return store->write(&write, count_done, place, store->user);
}

static bool note(const struct ocpp_settle_row *row, void *user)
{
    char *text = user;

    (void)snprintf(text + strlen(text), 1024 - strlen(text), "%s:%u;", row->key, (unsigned)row->size);
    return true;
}

static void assert_rows(struct ocpp_settle_store *store, const char *expected)
{
    char text[1024] = "";

    assert_int_equal(store->each("", NULL, note, text, store->user), OCPP_OK);
    assert_string_equal(text, expected);
}

/* What a second look at the file finds: only what was committed. */
static void assert_durable(struct place *place, const char *expected)
{
    const bool group = place->settings.group;

    place->settings.group = false;
    struct ocpp_settle_store *other = open_store(place);
    assert_rows(other, expected);
    ocpp_settle_sqlite_close(other);
    place->settings.group = group;
}

static void sql(struct place *place, const char *text)
{
    sqlite3 *db;
    char *message = NULL;

    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", text, message);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static size_t read_file(const char *path, char *bytes, size_t room)
{
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    const size_t size = fread(bytes, 1, room, file);
    assert_int_equal(fclose(file), 0);
    return size;
}

/* --- files of others ----------------------------------------------------------------------------------------------- */

static void assert_untouched_and_refused(struct place *place, enum ocpp_status status, const char *why)
{
    static char before[200000];
    static char after[200000];
    const size_t size = read_file(place->path, before, sizeof before);

    assert_refused(place, status, why);
    assert_int_equal(read_file(place->path, after, sizeof after), size);
    assert_memory_equal(before, after, size);
}

static void the_file_of_another_program_is_not_touched(void **state)
{
    static const char *const others[] = { "CREATE TABLE customer(name TEXT)", "PRAGMA application_id = 77" };
    struct place *place = *state;
    struct ocpp_storage *core = NULL;

    for (size_t i = 0; i < COUNT_OF(others); i++) {
        sql(place, others[i]);
        assert_untouched_and_refused(place, OCPP_ERR_FOREIGN, "another program");
        assert_int_equal(unlink(place->path), 0);
    }
    assert_int_equal(ocpp_sqlite_storage_open(place->path, NULL, &core, NULL, 0), OCPP_OK);
    ocpp_sqlite_storage_close(core);
    assert_untouched_and_refused(place, OCPP_ERR_FOREIGN, "another program");
}

static void the_file_of_a_newer_release_is_not_touched(void **state)
{
    struct place *place = *state;

    ocpp_settle_sqlite_close(open_store(place));
    sql(place, "PRAGMA user_version = 2");
    assert_untouched_and_refused(place, OCPP_ERR_FOREIGN, "newer release (layout 2");
    sql(place, "PRAGMA user_version = 1");
    ocpp_settle_sqlite_close(open_store(place));
}

static void a_file_with_other_tables_is_refused(void **state)
{
    static const char *const changes[] = { "CREATE TABLE more(x)", "DROP TABLE more; DROP TABLE lease",
                                           "CREATE VIEW lease AS SELECT * FROM row" };
    struct place *place = *state;

    ocpp_settle_sqlite_close(open_store(place));
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        sql(place, changes[i]);
        assert_untouched_and_refused(place, OCPP_ERR_CORRUPT, "its tables are not those of a store");
    }
}

static void a_damaged_file_is_told_and_kept(void **state)
{
    struct place *place = *state;
    struct ocpp_settle_store *store = open_store(place);
    FILE *file;

    for (int i = 0; i < 20; i++) {
        char key[8];

        (void)snprintf(key, sizeof key, "k%02d", i);
        assert_int_equal(insert(store, place, key, 1000), OCPP_OK);
    }
    ocpp_settle_sqlite_close(store);
    file = fopen(place->path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 2 * 4096 + 100, SEEK_SET), 0);
    for (int i = 0; i < 3 * 4096; i++) {
        assert_int_equal(fputc(0x5a, file), 0x5a);
    }
    assert_int_equal(fclose(file), 0);
    assert_untouched_and_refused(place, OCPP_ERR_CORRUPT, "amaged");
}

static void settings_that_cannot_be_are_refused(void **state)
{
    struct place *place = *state;
    const struct ocpp_settle_sqlite_settings good = place->settings;

    place->settings.max_value_bytes = 0;
    assert_refused(place, OCPP_ERR_ARGUMENT, "max_value_bytes");
    place->settings = good;
    place->settings.max_bytes = 1;
    assert_refused(place, OCPP_ERR_ARGUMENT, "max_bytes");
    place->settings = good;
    place->settings.busy_timeout_ms = -1;
    assert_refused(place, OCPP_ERR_ARGUMENT, "busy_timeout_ms");
    place->settings = good;
    place->settings.group = true;
    place->settings.group_limit = 0;
    assert_refused(place, OCPP_ERR_ARGUMENT, "group_limit");
    place->settings = good;
    (void)snprintf(place->path, sizeof place->path, ":memory:");
    assert_refused(place, OCPP_ERR_STORAGE, "write-ahead log");
    place->path[0] = '\0';
    assert_refused(place, OCPP_ERR_ARGUMENT, "path");
    (void)snprintf(place->path, sizeof place->path, "%s/missing/settle.db", place->folder);
    assert_refused(place, OCPP_ERR_STORAGE, "No such file");
}

static void rows_that_somebody_altered_are_corrupt_not_trusted(void **state)
{
    static const char *const changes[] = {
        "UPDATE row SET version = 0",
        "UPDATE row SET version = -3",
        "UPDATE row SET version = 'x'",
        "UPDATE row SET key = ''",
        "UPDATE row SET key = CAST(x'61006200' AS TEXT)",
        "UPDATE row SET key = printf('%.*c', 192, 'a')",
    };
    struct place *place = *state;
    char text[1024];

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct ocpp_settle_store *store = open_store(place);

        assert_int_equal(insert(store, place, "a", 1), OCPP_OK);
        ocpp_settle_sqlite_close(store);
        sql(place, changes[i]);
        store = open_store(place);
        text[0] = '\0';
        assert_int_equal(store->each("", NULL, note, text, store->user), OCPP_ERR_CORRUPT);
        assert_string_equal(text, "");
        ocpp_settle_sqlite_close(store);
        sql(place, "DELETE FROM row");
    }
}

static void a_journal_whose_last_entry_has_no_hash_is_not_written_on(void **state)
{
    struct place *place = *state;
    struct ocpp_settle_store *store = open_store(place);

    assert_int_equal(insert(store, place, "a", 1), OCPP_OK);
    ocpp_settle_sqlite_close(store);
    sql(place, "UPDATE journal SET hash = x'00'");
    assert_refused(place, OCPP_ERR_CORRUPT, "no hash");
    sql(place, "UPDATE journal SET hash = zeroblob(32), number = 9223372036854775807");
    assert_refused(place, OCPP_ERR_CORRUPT, "no hash");
}

/* --- gathering ----------------------------------------------------------------------------------------------------- */

static void gathered_writes_are_durable_and_done_in_flush(void **state)
{
    struct place *place = *state;

    place->settings.shared = true;
    struct ocpp_settle_store *store = open_group(place, 100);
    assert_int_equal(insert(store, place, "a", 1), OCPP_OK);
    assert_int_equal(insert(store, place, "b", 2), OCPP_OK);
    assert_rows(store, "a:1;b:2;");
    assert_durable(place, "");
    assert_int_equal(place->good, 0);
    store->flush(store->user);
    assert_int_equal(place->good, 2);
    assert_durable(place, "a:1;b:2;");
    ocpp_settle_sqlite_close(store);
}

static void as_many_writes_as_the_limit_flush_by_themselves(void **state)
{
    struct place *place = *state;
    struct ocpp_settle_store *store = open_group(place, 3);

    for (unsigned i = 1; i <= 10; i++) {
        char key[8];

        (void)snprintf(key, sizeof key, "k%u", i);
        assert_int_equal(insert(store, place, key, i), OCPP_OK);
        assert_int_equal(place->good, i / 3 * 3);
    }
    ocpp_settle_sqlite_close(store);
    assert_int_equal(place->good, 10);
}

/* Each done writes two more until there are 200: more than the limit gather while as many wait for their turn. */
struct flood {
    struct ocpp_settle_store *store;
    unsigned accepted;
    unsigned done;
};

static void write_two_more(enum ocpp_status status, void *user)
{
    static const struct ocpp_settle_entry entry = { "k", "", 0 };
    static const struct ocpp_settle_write write = { NULL, 0, &entry, 1, 0, NULL, 0 };
    struct flood *flood = user;

    assert_int_equal(status, OCPP_OK);
    flood->done++;
    for (int i = 0; i < 2 && flood->accepted < 200; i++) {
        flood->accepted++;
        assert_int_equal(flood->store->write(&write, write_two_more, flood, flood->store->user), OCPP_OK);
    }
}

static void dones_that_write_more_than_the_limit_lose_none(void **state)
{
    struct place *place = *state;

    for (size_t limit = 1; limit <= 4; limit++) {
        struct flood flood = { .store = open_group(place, limit) };

        write_two_more(OCPP_OK, &flood);
        for (int i = 0; i < 200 && flood.done < 201; i++) {
            flood.store->flush(flood.store->user);
        }
        assert_int_equal(flood.accepted, 200);
        assert_int_equal(flood.done, 201);
        ocpp_settle_sqlite_close(flood.store);
    }
}

static bool flush_inside(const struct ocpp_settle_row *row, void *user)
{
    struct ocpp_settle_store *store = user;

    (void)row;
    store->flush(store->user);
    return true;
}

static void a_flush_inside_a_visit_does_nothing_and_is_logged(void **state)
{
    struct place *place = *state;
    struct ocpp_settle_store *store = open_group(place, 100);

    assert_int_equal(insert(store, place, "a", 1), OCPP_OK);
    assert_int_equal(store->each("", NULL, flush_inside, store, store->user), OCPP_OK);
    assert_int_equal(place->good, 0);
    assert_int_equal(place->log_lines, 1);
    ocpp_settle_sqlite_close(store);
    assert_int_equal(place->good, 1);
}

static void a_lease_waits_for_what_was_gathered_before(void **state)
{
    struct place *place = *state;
    struct ocpp_settle_store *store = open_group(place, 100);
    int64_t token = 0;

    assert_int_equal(insert(store, place, "a", 1), OCPP_OK);
    assert_int_equal(store->take_lease("l", "h", 0, 10, &token, store->user), OCPP_OK);
    assert_int_equal(place->good, 1);
    ocpp_settle_sqlite_close(store);
}

/* --- rows that are there already ---------------------------------------------------------------------------------- */

/* The handle has not looked at "b" before: inserting it tells. */
static void meet_a_row_among_inserts(struct place *place)
{
    static const struct ocpp_settle_change changes[] = { { OCPP_SETTLE_INSERT, "a", 0, "1", 1 },
                                                         { OCPP_SETTLE_UPDATE, "x", 1, "22", 2 },
                                                         { OCPP_SETTLE_INSERT, "b", 0, "1", 1 },
                                                         { OCPP_SETTLE_INSERT, "c", 0, "1", 1 } };
    static const struct ocpp_settle_entry entry = { "k", "{}", 2 };
    const struct ocpp_settle_write write = { changes, 4, &entry, 1, 0, NULL, 0 };
    const struct ocpp_settle_write good = { changes, 2, NULL, 0, 0, NULL, 0 };
    struct ocpp_settle_head head;
    struct ocpp_settle_store *store = open_store(place);

    assert_int_equal(insert(store, place, "b", 3), OCPP_OK);
    ocpp_settle_sqlite_close(store);
    store = open_store(place);
    assert_int_equal(insert(store, place, "x", 3), OCPP_OK);
    assert_int_equal(store->write(&write, count_done, place, store->user), OCPP_ERR_BUSY);
    assert_rows(store, "b:3;x:3;");
    assert_int_equal(store->head(&head, store->user), OCPP_OK);
    assert_int_equal(head.number, 2);
    assert_int_equal(store->write(&good, count_done, place, store->user), OCPP_OK);
    store->flush(store->user);
    assert_int_equal(place->good, 3);
    assert_int_equal(place->bad, 0);
    ocpp_settle_sqlite_close(store);
    assert_durable(place, "a:1;b:3;x:2;");
}

static void a_row_that_is_there_takes_back_what_was_inserted_beside_it(void **state)
{
    meet_a_row_among_inserts(*state);
}

static void and_leaves_what_was_gathered_before(void **state)
{
    struct place *place = *state;

    place->settings.group = true;
    meet_a_row_among_inserts(place);
}

/* --- a bound on the file ------------------------------------------------------------------------------------------- */

static unsigned fill(struct ocpp_settle_store *store, struct place *place, size_t size)
{
    for (unsigned i = 0; i < 10000; i++) {
        char key[16];

        (void)snprintf(key, sizeof key, "k%04u", i);
        const enum ocpp_status status = insert(store, place, key, size);
        if (status != OCPP_OK) {
            assert_int_equal(status, OCPP_ERR_FULL);
            return i;
        }
    }
    fail_msg("never full");
    return 0;
}

static void a_full_file_refuses_and_loses_nothing_that_was_told(void **state)
{
    struct place *place = *state;
    struct ocpp_settle_verification found;
    struct stat file;

    place->settings.max_bytes = 256 * 1024;
    for (int group = 0; group < 2; group++) {
        struct ocpp_settle_store *store = group ? open_group(place, 20) : open_store(place);
        place->good = 0;
        const unsigned fitted = fill(store, place, 400);

        assert_in_range(fitted, 150, 640);
        assert_int_equal(insert(store, place, "x", BIG), OCPP_ERR_FULL);
        ocpp_settle_sqlite_close(store);
        assert_int_equal(place->good, fitted);
        assert_int_equal(place->bad, 0);
        assert_int_equal(stat(place->path, &file), 0);
        assert_true(file.st_size <= 256 * 1024);
        store = open_store(place);
        assert_int_equal(ocpp_settle_store_verify(store, &place->keys.contract, NULL, &found), OCPP_OK);
        assert_int_equal(found.wrong, OCPP_SETTLE_UNBROKEN);
        assert_int_equal(found.entries, fitted);
        ocpp_settle_sqlite_close(store);
        assert_int_equal(unlink(place->path), 0);
    }
}

static void gathered_writes_survive_one_that_does_not_fit(void **state)
{
    struct place *place = *state;

    place->settings.max_bytes = 256 * 1024;
    struct ocpp_settle_store *store = open_group(place, 1000);
    assert_int_equal(insert(store, place, "a", BIG), OCPP_OK);
    assert_int_equal(insert(store, place, "b", BIG), OCPP_OK);
    assert_int_equal(insert(store, place, "c", BIG - 20000), OCPP_OK);
    assert_int_equal(insert(store, place, "d", BIG - 20000), OCPP_OK);
    assert_int_equal(insert(store, place, "e", BIG), OCPP_ERR_FULL);
    assert_int_equal(insert(store, place, "f", 1), OCPP_OK);
    store->flush(store->user);
    assert_int_equal(place->good, 5);
    assert_int_equal(place->bad, 0);
    assert_rows(store, "a:60000;b:60000;c:40000;d:40000;f:1;");
    ocpp_settle_sqlite_close(store);
}

/* Nothing is told between a refusal and the new decision: what the group before it is told may wait. */
static void a_write_that_is_to_be_decided_again_lets_nobody_go_first(void **state)
{
    struct place *place = *state;

    place->settings.max_bytes = 256 * 1024;
    struct ocpp_settle_store *store = open_group(place, 1000);
    assert_int_equal(insert(store, place, "a", BIG), OCPP_OK);
    assert_int_equal(insert(store, place, "b", BIG), OCPP_OK);
    const unsigned told = place->good; /* room was made for "b" already, perhaps */
    assert_int_equal(insert(store, place, "a", BIG), OCPP_ERR_BUSY);
    assert_int_equal(insert(store, place, "a", BIG), OCPP_ERR_BUSY);
    assert_int_equal(place->good, told);
    assert_int_equal(insert(store, place, "c", 1), OCPP_OK);
    store->flush(store->user);
    assert_int_equal(place->good, 3);
    assert_int_equal(place->bad, 0);
    assert_rows(store, "a:60000;b:60000;c:1;");
    ocpp_settle_sqlite_close(store);
}

/* Whoever wrote "b" had read "a", which is gone. */
static void a_write_that_a_group_made_way_for_is_lost_with_the_group(void **state)
{
    struct place *place = *state;

    place->settings.max_bytes = 256 * 1024;
    failing_commits_begin();
    struct ocpp_settle_store *store = open_group(place, 1000);
    assert_int_equal(insert(store, place, "a", BIG), OCPP_OK);
    failing_commits(true);
    assert_int_equal(insert(store, place, "b", BIG), OCPP_ERR_STORAGE);
    assert_int_equal(place->good, 0);
    assert_int_equal(place->bad, 1);
    assert_rows(store, "");
    failing_commits_end();
    assert_int_equal(insert(store, place, "c", BIG), OCPP_OK);
    ocpp_settle_sqlite_close(store);
    assert_int_equal(place->good, 1);
    assert_durable(place, "c:60000;");
}

/* --- a disk that is full ------------------------------------------------------------------------------------------- */

/* In a child, as its mount must not be seen by others. Exit code: 77 no right to mount, 0 good, else near the line that failed.
 */
#define CHECK(condition)                                                                                                         \
    do {                                                                                                                         \
        if (!(condition)) {                                                                                                      \
            _exit(__LINE__ % 77);                                                                                                \
        }                                                                                                                        \
    } while (0)

static unsigned fill_disk(struct ocpp_settle_store *store, struct place *place)
{
    for (unsigned i = 0; i < 1000; i++) {
        char key[16];

        (void)snprintf(key, sizeof key, "k%04u", i);
        place->last = OCPP_OK;
        const enum ocpp_status status = insert(store, place, key, 10000);
        if (i % 4 == 3) {
            store->flush(store->user);
        }
        if (status != OCPP_OK || place->last != OCPP_OK) {
            CHECK(status == OCPP_ERR_FULL || place->last == OCPP_ERR_FULL);
            return i;
        }
    }
    return 1000;
}

static void take_room(const char *path, size_t size)
{
    FILE *file = fopen(path, "w");

    CHECK(file != NULL);
    for (size_t i = 0; i < size; i++) {
        CHECK(fputc('x', file) == 'x');
    }
    CHECK(fclose(file) == 0);
}

static void check_kept(struct place *place, struct ocpp_settle_store *store, unsigned kept)
{
    struct ocpp_settle_verification found;
    char text[8192] = "";
    unsigned rows = 0;

    CHECK(store->each("", NULL, note, text, store->user) == OCPP_OK);
    for (const char *c = text; *c != '\0'; c++) {
        rows += *c == ';';
    }
    CHECK(rows == kept);
    CHECK(ocpp_settle_store_verify(store, &place->keys.contract, NULL, &found) == OCPP_OK);
    CHECK(found.wrong == OCPP_SETTLE_UNBROKEN && found.entries == kept);
}

static void on_a_full_disk(struct place *place, bool group)
{
    char other[128];
    struct ocpp_settle_store *store = NULL;

    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", place->folder, "tmpfs", 0, "size=1m") != 0) {
        _exit(77);
    }
    (void)snprintf(other, sizeof other, "%s/other", place->folder);
    take_room(other, 600000);
    place->settings.group = group;
    CHECK(ocpp_settle_sqlite_open(place->path, &place->settings, &store, NULL, 0) == OCPP_OK);
    CHECK(fill_disk(store, place) < 60);
    CHECK(place->log_lines > 0);
    const unsigned kept = place->good;
    check_kept(place, store, kept);
    CHECK(remove(other) == 0);
    CHECK(insert(store, place, "again", 10000) == OCPP_OK);
    ocpp_settle_sqlite_close(store);
    CHECK(place->good == kept + 1);
    CHECK(ocpp_settle_sqlite_open(place->path, &place->settings, &store, NULL, 0) == OCPP_OK);
    check_kept(place, store, kept + 1);
    ocpp_settle_sqlite_close(store);
    _exit(0);
}

static void a_full_disk_is_told_and_loses_nothing_that_was_done(void **state)
{
    struct place *place = *state;

    for (int group = 0; group < 2; group++) {
        int status = 0;
        const pid_t child = fork();

        if (child == 0) {
            on_a_full_disk(place, group != 0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
            print_message("no right to mount a small disk: skipped\n");
            return;
        }
        assert_int_equal(status, 0);
    }
}

/* --- several handles ----------------------------------------------------------------------------------------------- */

static void a_file_that_belongs_to_one_handle_is_refused_to_others(void **state)
{
    struct place *place = *state;
    struct ocpp_settle_store *store = open_store(place);

    assert_refused(place, OCPP_ERR_LOCKED, "in use");
    place->settings.shared = true;
    assert_refused(place, OCPP_ERR_LOCKED, "in use");
    ocpp_settle_sqlite_close(store);
    store = open_store(place);
    place->settings.shared = false;
    assert_refused(place, OCPP_ERR_LOCKED, "in use");
    ocpp_settle_sqlite_close(store);
}

static void two_handles_write_one_chain_and_stand_aside_for_one_another(void **state)
{
    struct place *place = *state;
    struct ocpp_settle_verification found;
    int64_t token = 0;

    place->settings.shared = true;
    struct ocpp_settle_store *first = open_store(place);
    struct ocpp_settle_store *second = open_group(place, 100);
    assert_int_equal(insert(first, place, "a", 1), OCPP_OK);
    assert_int_equal(insert(second, place, "a", 1), OCPP_ERR_BUSY);
    assert_int_equal(insert(second, place, "b", 1), OCPP_OK);
    assert_int_equal(insert(first, place, "c", 1), OCPP_ERR_LOCKED);
    assert_int_equal(first->take_lease("l", "first", 0, 10, &token, first->user), OCPP_ERR_LOCKED);
    second->flush(second->user);
    assert_int_equal(insert(first, place, "c", 1), OCPP_OK);
    assert_int_equal(first->take_lease("l", "first", 0, 10, &token, first->user), OCPP_OK);
    assert_int_equal(second->take_lease("l", "second", 9, 20, &token, second->user), OCPP_ERR_BUSY);
    assert_int_equal(second->take_lease("l", "second", 10, 20, &token, second->user), OCPP_OK);
    assert_int_equal(token, 2);
    assert_rows(second, "a:1;b:1;c:1;");
    assert_int_equal(ocpp_settle_store_verify(first, &place->keys.contract, NULL, &found), OCPP_OK);
    assert_int_equal(found.wrong, OCPP_SETTLE_UNBROKEN);
    assert_int_equal(found.entries, 3);
    ocpp_settle_sqlite_close(first);
    ocpp_settle_sqlite_close(second);
}

enum { PROCESSES = 3, ROUNDS = 40 };

static bool take_version(const struct ocpp_settle_row *row, void *user)
{
    *(int64_t *)user = row->version;
    return false;
}

/* Reads, decides, writes; somebody else was faster: again. */
static void count_up(struct place *place)
{
    struct ocpp_settle_store *store = NULL;

    CHECK(ocpp_settle_sqlite_open(place->path, &place->settings, &store, NULL, 0) == OCPP_OK);
    for (int done = 0; done < ROUNDS;) {
        struct ocpp_settle_change one = { OCPP_SETTLE_UPDATE, "counter", 0, "x", 1 };
        const struct ocpp_settle_entry entry = { "k", "{}", 2 };
        const struct ocpp_settle_write write = { &one, 1, &entry, 1, 0, NULL, 0 };

        CHECK(store->read("counter", take_version, &one.version, store->user) == OCPP_OK);
        const enum ocpp_status status = store->write(&write, NULL, NULL, store->user);
        CHECK(status == OCPP_OK || status == OCPP_ERR_BUSY);
        done += status == OCPP_OK;
        if (done % 4 == 3) {
            store->flush(store->user);
        }
    }
    ocpp_settle_sqlite_close(store);
    _exit(0);
}

static void processes_that_share_a_file_lose_no_change_of_one_another(void **state)
{
    struct place *place = *state;
    struct ocpp_settle_verification found;
    pid_t children[PROCESSES];
    int64_t version = 0;

    place->settings.shared = true;
    place->settings.busy_timeout_ms = 60000;
    struct ocpp_settle_store *store = open_store(place);
    assert_int_equal(insert(store, place, "counter", 1), OCPP_OK);
    ocpp_settle_sqlite_close(store);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            place->settings.group = i > 0;
            count_up(place);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = 0;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    store = open_store(place);
    assert_int_equal(store->read("counter", take_version, &version, store->user), OCPP_OK);
    assert_int_equal(version, 1 + PROCESSES * ROUNDS);
    assert_int_equal(ocpp_settle_store_verify(store, &place->keys.contract, NULL, &found), OCPP_OK);
    assert_int_equal(found.wrong, OCPP_SETTLE_UNBROKEN);
    assert_int_equal(found.entries, 1 + PROCESSES * ROUNDS);
    ocpp_settle_sqlite_close(store);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(the_file_of_another_program_is_not_touched),
        IN_A_FOLDER(the_file_of_a_newer_release_is_not_touched),
        IN_A_FOLDER(a_file_with_other_tables_is_refused),
        IN_A_FOLDER(a_damaged_file_is_told_and_kept),
        IN_A_FOLDER(settings_that_cannot_be_are_refused),
        IN_A_FOLDER(rows_that_somebody_altered_are_corrupt_not_trusted),
        IN_A_FOLDER(a_journal_whose_last_entry_has_no_hash_is_not_written_on),
        IN_A_FOLDER(gathered_writes_are_durable_and_done_in_flush),
        IN_A_FOLDER(as_many_writes_as_the_limit_flush_by_themselves),
        IN_A_FOLDER(dones_that_write_more_than_the_limit_lose_none),
        IN_A_FOLDER(a_flush_inside_a_visit_does_nothing_and_is_logged),
        IN_A_FOLDER(a_lease_waits_for_what_was_gathered_before),
        IN_A_FOLDER(a_row_that_is_there_takes_back_what_was_inserted_beside_it),
        IN_A_FOLDER(and_leaves_what_was_gathered_before),
        IN_A_FOLDER(a_full_file_refuses_and_loses_nothing_that_was_told),
        IN_A_FOLDER(gathered_writes_survive_one_that_does_not_fit),
        IN_A_FOLDER(a_write_that_is_to_be_decided_again_lets_nobody_go_first),
        IN_A_FOLDER(a_write_that_a_group_made_way_for_is_lost_with_the_group),
        IN_A_FOLDER(a_full_disk_is_told_and_loses_nothing_that_was_done),
        IN_A_FOLDER(a_file_that_belongs_to_one_handle_is_refused_to_others),
        IN_A_FOLDER(two_handles_write_one_chain_and_stand_aside_for_one_another),
        IN_A_FOLDER(processes_that_share_a_file_lose_no_change_of_one_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
