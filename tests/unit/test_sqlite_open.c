/* test_sqlite_open.c: files that cannot become a store, and what the user is told. What an open store does is in
 * test_storage_contract.c and test_sqlite_storage.c.
 */
#define _XOPEN_SOURCE 700

#include "scratch.h"

#include <ocpp/adapters.h>

#include <stdarg.h>
#include <setjmp.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

struct place {
    char folder[64];
    char path[96];
    struct ocpp_sqlite_storage_settings settings;
    char reason[256];
    char log[1024];
};

static void keep_line(enum ocpp_log_level level, const char *line, void *user)
{
    struct place *place = user;
    (void)level;
    (void)snprintf(place->log, sizeof place->log, "%s", line);
}

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    scratch_make(place->folder, sizeof place->folder);
    (void)snprintf(place->path, sizeof place->path, "%s/store.db", place->folder);
    place->settings = ocpp_sqlite_storage_settings_default();
    place->settings.busy_timeout_ms = 0;
    place->settings.log.write = keep_line;
    place->settings.log.user = place;
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    scratch_remove(place->folder);
    free(place);
    return 0;
}

/* --- small words ------------------------------------------------------------------------------------------------- */

static enum ocpp_status try_open(struct place *place, struct ocpp_storage **storage)
{
    place->reason[0] = '\0';
    return ocpp_sqlite_storage_open(place->path, &place->settings, storage, place->reason, sizeof place->reason);
}

static struct ocpp_storage *open_store(struct place *place)
{
    struct ocpp_storage *storage = NULL;
    if (try_open(place, &storage) != OCPP_OK)
        fail_msg("%s", place->reason);
    return storage;
}

/* Refused with |status|, for a reason that names the file and says |why|. */
static void assert_refused(struct place *place, enum ocpp_status status, const char *why)
{
    struct ocpp_storage *untouched = (struct ocpp_storage *)place;
    struct ocpp_storage *storage = untouched;
    assert_string_equal(ocpp_status_name(try_open(place, &storage)), ocpp_status_name(status));
    assert_ptr_equal(storage, untouched);
    if (strstr(place->reason, place->path) == NULL || strstr(place->reason, why) == NULL)
        fail_msg("%s", place->reason);
}

static void put(struct ocpp_storage *storage, const char *key, const char *text)
{
    const struct ocpp_change one = { .kind = OCPP_CHANGE_PUT, .key = key, .value = text, .size = strlen(text) };
    assert_int_equal(storage->write(&one, 1, NULL, NULL, storage->user), OCPP_OK);
}

static bool count(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(unsigned *)user;
    return true;
}

static unsigned entries(struct ocpp_storage *storage)
{
    unsigned number = 0;
    assert_int_equal(storage->each("", NULL, count, &number, storage->user), OCPP_OK);
    return number;
}

static void sql(struct place *place, const char *text)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", text, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static size_t read_file(const char *path, char *bytes, size_t room)
{
    const int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    const ssize_t size = read(fd, bytes, room);
    assert_true(size >= 0 && (size_t)size < room);
    assert_int_equal(close(fd), 0);
    return (size_t)size;
}

static void write_file(const char *path, off_t offset, const char *bytes, size_t size)
{
    const int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, size, offset), size);
    assert_int_equal(close(fd), 0);
}

/* A store of some pages, of which one in the middle is then overwritten. */
static void make_damaged(struct place *place)
{
    static const char dirt[2048] = { 'd', 'i', 'r', 't' };
    struct ocpp_storage *storage = open_store(place);
    for (int i = 0; i < 400; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "key/%d", i);
        put(storage, key, "a value that takes some room so that there are several pages of it");
    }
    ocpp_sqlite_storage_close(storage);
    write_file(place->path, 4L * 4096, dirt, sizeof dirt);
}

/* --- places where no file can be --------------------------------------------------------------------------------- */

static void a_folder_that_does_not_exist_is_named(void **state)
{
    struct place *place = *state;
    (void)snprintf(place->path, sizeof place->path, "%s/missing/store.db", place->folder);
    assert_refused(place, OCPP_ERR_STORAGE, "No such file or directory");
}

static void a_folder_is_no_database(void **state)
{
    struct place *place = *state;
    (void)snprintf(place->path, sizeof place->path, "%s", place->folder);
    assert_refused(place, OCPP_ERR_STORAGE, "unable to open");
}

/* Runs |act| as a user without rights, as root may write anywhere. */
static void as_nobody(struct place *place, void (*act)(struct place *place))
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && setuid(65534) != 0)
            _exit(2);
        act(place);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* In the child a failed assertion would run the rest of the suite, so the outcome is an exit code. */
static void expect_not_writable(struct place *place)
{
    struct ocpp_storage *storage;
    const enum ocpp_status status = try_open(place, &storage);
    if (status != OCPP_ERR_STORAGE || strstr(place->reason, place->path) == NULL) {
        (void)fprintf(stderr, "%s: %s\n", ocpp_status_name(status), place->reason);
        _exit(1);
    }
}

static void a_folder_that_may_not_be_written_is_refused(void **state)
{
    struct place *place = *state;
    assert_int_equal(chmod(place->folder, 0555), 0);
    as_nobody(place, expect_not_writable);
    assert_int_equal(chmod(place->folder, 0755), 0);
}

static void a_file_that_may_not_be_written_is_refused(void **state)
{
    struct place *place = *state;
    ocpp_sqlite_storage_close(open_store(place));
    assert_int_equal(chmod(place->path, 0444), 0);
    assert_int_equal(chmod(place->folder, 0777), 0);
    as_nobody(place, expect_not_writable);
}

static void a_file_in_a_folder_that_may_not_be_written_is_refused(void **state)
{
    struct place *place = *state;
    ocpp_sqlite_storage_close(open_store(place));
    assert_int_equal(chmod(place->path, 0666), 0);
    assert_int_equal(chmod(place->folder, 0555), 0);
    as_nobody(place, expect_not_writable);
    assert_int_equal(chmod(place->folder, 0755), 0);
}

static void memory_is_no_file(void **state)
{
    struct place *place = *state;
    (void)snprintf(place->path, sizeof place->path, ":memory:");
    assert_refused(place, OCPP_ERR_STORAGE, "write-ahead log");
}

/* --- files of others --------------------------------------------------------------------------------------------- */

static void the_database_of_another_program_is_not_touched(void **state)
{
    static const char *const others[] = { "CREATE TABLE customer(name TEXT)", "PRAGMA application_id = 77",
                                          "PRAGMA application_id = 77; CREATE TABLE entry(key TEXT, value BLOB)" };
    struct place *place = *state;
    place->settings.set_aside_corrupt = true;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        static char before[65536];
        static char after[65536];
        sql(place, others[i]);
        const size_t size = read_file(place->path, before, sizeof before);
        assert_refused(place, OCPP_ERR_FOREIGN, "another program");
        assert_int_equal(read_file(place->path, after, sizeof after), size);
        assert_memory_equal(before, after, size);
        assert_int_equal(unlink(place->path), 0);
    }
}

static void the_database_of_a_newer_release_is_refused(void **state)
{
    struct place *place = *state;
    place->settings.set_aside_corrupt = true;
    ocpp_sqlite_storage_close(open_store(place));
    sql(place, "PRAGMA user_version = 2");
    assert_refused(place, OCPP_ERR_FOREIGN, "newer release (layout 2");
    sql(place, "PRAGMA user_version = 1");
    ocpp_sqlite_storage_close(open_store(place));
}

/* As a process that was killed leaves it: the last change is in the log only. */
static void leave_in_the_log(struct place *place, const char *text)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        sql(place, "PRAGMA journal_mode = WAL");
        sqlite3 *db;
        if (sqlite3_open(place->path, &db) != SQLITE_OK || sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
            _exit(1);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_file_that_is_refused_keeps_its_log(void **state)
{
    struct place *place = *state;
    static char before[65536];
    static char after[65536];
    char wal[128];
    (void)snprintf(wal, sizeof wal, "%s-wal", place->path);
    ocpp_sqlite_storage_close(open_store(place));
    leave_in_the_log(place, "PRAGMA user_version = 2");
    const size_t size = read_file(wal, before, sizeof before);
    assert_true(size > 0);
    assert_refused(place, OCPP_ERR_FOREIGN, "newer release (layout 2");
    assert_int_equal(read_file(wal, after, sizeof after), size);
    assert_memory_equal(before, after, size);
}

static void an_empty_file_becomes_a_store(void **state)
{
    struct place *place = *state;
    write_file(place->path, 0, "", 0);
    struct ocpp_storage *storage = open_store(place);
    put(storage, "a", "1");
    ocpp_sqlite_storage_close(storage);
}

/* Power that goes while the file is made leaves it without tables: the transaction that makes them is one. */
static void a_file_that_was_only_begun_becomes_a_store(void **state)
{
    struct place *place = *state;
    sql(place, "PRAGMA journal_mode = WAL");
    ocpp_sqlite_storage_close(open_store(place));
}

/* --- damage ------------------------------------------------------------------------------------------------------ */

static void a_file_that_is_no_database_is_refused_and_stays(void **state)
{
    struct place *place = *state;
    char bytes[64];
    write_file(place->path, 0, "this is a shopping list, not a database", 39);
    assert_refused(place, OCPP_ERR_CORRUPT, "not a database");
    assert_int_equal(read_file(place->path, bytes, sizeof bytes), 39);
    assert_memory_equal(bytes, "this is", 7);
}

static void a_damaged_page_is_found_when_the_file_is_opened(void **state)
{
    struct place *place = *state;
    static char before[200000];
    static char after[200000];
    make_damaged(place);
    const size_t size = read_file(place->path, before, sizeof before);
    assert_refused(place, OCPP_ERR_CORRUPT, "damaged");
    assert_int_equal(read_file(place->path, after, sizeof after), size);
    assert_memory_equal(before, after, size);
}

static void without_the_check_damage_is_found_by_the_read_that_meets_it(void **state)
{
    struct place *place = *state;
    unsigned number = 0;
    make_damaged(place);
    place->settings.check = false;
    struct ocpp_storage *storage = open_store(place);
    assert_int_equal(storage->each("", NULL, count, &number, storage->user), OCPP_ERR_CORRUPT);
    assert_true(number < 400);
    assert_non_null(strstr(place->log, "malformed"));
    ocpp_sqlite_storage_close(storage);
}

static void tables_that_are_not_ours_are_damage(void **state)
{
    static const char *const changes[] = {
        "CREATE TABLE more(x)",
        "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
        "DROP TABLE entry; CREATE TABLE entry(key, value)",
        "DELETE FROM number",
        "UPDATE number SET next = 0",
        "PRAGMA user_version = 0",
    };
    struct place *place = *state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        ocpp_sqlite_storage_close(open_store(place));
        sql(place, changes[i]);
        assert_refused(place, OCPP_ERR_CORRUPT, "");
        assert_int_equal(unlink(place->path), 0);
    }
}

static void a_damaged_file_is_set_aside_when_the_setting_says_so(void **state)
{
    struct place *place = *state;
    static char before[200000];
    static char after[200000];
    char aside[128];
    place->settings.set_aside_corrupt = true;
    for (int n = 1; n <= 3; n++) {
        make_damaged(place);
        const size_t size = read_file(place->path, before, sizeof before);
        struct ocpp_storage *storage = open_store(place);
        assert_int_equal(entries(storage), 0);
        put(storage, "a", "1");
        ocpp_sqlite_storage_close(storage);
        (void)snprintf(aside, sizeof aside, "%s.corrupt-%d", place->path, n);
        assert_non_null(strstr(place->log, aside));
        assert_int_equal(read_file(aside, after, sizeof after), size);
        assert_memory_equal(before, after, size);
        assert_int_equal(unlink(place->path), 0);
    }
}

/* A log that stayed would be played into the new file. */
static void the_log_of_a_damaged_file_goes_with_it(void **state)
{
    struct place *place = *state;
    char wal[128];
    char bytes[64];
    (void)snprintf(wal, sizeof wal, "%s-wal", place->path);
    write_file(place->path, 0,
               "not a database at all, and long enough to be looked at as one: it has more than a hundred bytes of text in it",
               108);
    write_file(wal, 0, "a log", 5);
    place->settings.set_aside_corrupt = true;
    ocpp_sqlite_storage_close(open_store(place));
    (void)snprintf(wal, sizeof wal, "%s.corrupt-1-wal", place->path);
    assert_int_equal(read_file(wal, bytes, sizeof bytes), 5);
}

static void expect_not_renamed(struct place *place)
{
    struct ocpp_storage *storage;
    const enum ocpp_status status = try_open(place, &storage);
    if (status == OCPP_OK || access(place->path, F_OK) != 0)
        _exit(1);
}

static void a_damaged_file_that_cannot_be_renamed_stays_where_it_is(void **state)
{
    struct place *place = *state;
    make_damaged(place);
    place->settings.set_aside_corrupt = true;
    assert_int_equal(chmod(place->path, 0666), 0);
    assert_int_equal(chmod(place->folder, 0555), 0);
    as_nobody(place, expect_not_renamed);
    assert_int_equal(chmod(place->folder, 0755), 0);
}

/* --- locks ------------------------------------------------------------------------------------------------------- */

static void a_store_that_is_open_is_refused_to_a_second_handle(void **state)
{
    struct place *place = *state;
    struct ocpp_storage *storage = open_store(place);
    assert_refused(place, OCPP_ERR_LOCKED, "in use");
    place->settings.shared = true;
    assert_refused(place, OCPP_ERR_LOCKED, "in use");
    ocpp_sqlite_storage_close(storage);
    ocpp_sqlite_storage_close(open_store(place));
}

static void expect_locked(struct place *place)
{
    struct ocpp_storage *storage;
    if (try_open(place, &storage) != OCPP_ERR_LOCKED)
        _exit(1);
}

static void a_store_that_is_open_is_refused_to_another_process(void **state)
{
    struct place *place = *state;
    struct ocpp_storage *storage = open_store(place);
    place->settings.set_aside_corrupt = true;
    assert_int_equal(chmod(place->folder, 0777), 0);
    assert_int_equal(chmod(place->path, 0666), 0);
    as_nobody(place, expect_locked);
    put(storage, "a", "1");
    assert_int_equal(entries(storage), 1);
    ocpp_sqlite_storage_close(storage);
}

static void a_shared_store_opens_twice_but_not_for_one_alone(void **state)
{
    struct place *place = *state;
    place->settings.shared = true;
    struct ocpp_storage *first = open_store(place);
    struct ocpp_storage *second = open_store(place);
    put(first, "a", "1");
    assert_int_equal(entries(second), 1);
    place->settings.shared = false;
    assert_refused(place, OCPP_ERR_LOCKED, "in use");
    ocpp_sqlite_storage_close(first);
    ocpp_sqlite_storage_close(second);
}

/* --- settings and memory ----------------------------------------------------------------------------------------- */

static void settings_outside_their_range_are_refused_before_a_file_is_made(void **state)
{
    struct place *place = *state;
    const struct ocpp_sqlite_storage_settings good = place->settings;
    struct ocpp_sqlite_storage_settings bad[8];
    struct ocpp_storage *storage;
    for (size_t i = 0; i < 8; i++)
        bad[i] = good;
    bad[0].max_value_bytes = 0;
    bad[1].max_value_bytes = 256 * 1024 * 1024 + 1;
    bad[2].max_bytes = 65535;
    bad[3].busy_timeout_ms = -1;
    bad[4].group = true;
    bad[4].group_limit = 0;
    bad[5].group = true;
    bad[5].group_limit = 1000001;
    bad[6].shared = bad[6].set_aside_corrupt = true;
    bad[7].max_bytes = 1;
    for (size_t i = 0; i < 8; i++) {
        place->settings = bad[i];
        assert_int_equal(try_open(place, &storage), OCPP_ERR_ARGUMENT);
        assert_true(place->reason[0] != '\0');
        assert_int_not_equal(access(place->path, F_OK), 0);
    }
    assert_int_equal(ocpp_sqlite_storage_open("", &good, &storage, NULL, 0), OCPP_ERR_ARGUMENT);
}

static void no_settings_are_the_default(void **state)
{
    struct place *place = *state;
    struct ocpp_storage *storage = NULL;
    assert_int_equal(ocpp_sqlite_storage_open(place->path, NULL, &storage, NULL, 0), OCPP_OK);
    assert_null(storage->flush);
    assert_int_equal(storage->max_value_bytes, 256 * 1024);
    ocpp_sqlite_storage_close(storage);
    ocpp_sqlite_storage_close(NULL);
}

static void a_reason_is_cut_at_the_room_there_is(void **state)
{
    struct place *place = *state;
    struct ocpp_storage *storage;
    char reason[8] = "xxxxxxx";
    write_file(place->path, 0, "this is a shopping list, not a database", 39);
    assert_int_equal(ocpp_sqlite_storage_open(place->path, NULL, &storage, reason, 5), OCPP_ERR_CORRUPT);
    assert_int_equal(strlen(reason), 4);
    assert_string_equal(reason + 5, "xx");
    assert_int_equal(ocpp_sqlite_storage_open(place->path, NULL, &storage, reason, 0), OCPP_ERR_CORRUPT);
    assert_int_equal(strlen(reason), 4);
}

struct counted {
    int out;
    int fail_at;
};

static void *count_reallocate(void *pointer, size_t size, void *user)
{
    struct counted *counted = user;
    if (size == 0) {
        counted->out -= pointer != NULL;
        free(pointer);
        return NULL;
    }
    if (--counted->fail_at == 0)
        return NULL;
    counted->out += pointer == NULL;
    return realloc(pointer, size);
}

static void a_handle_that_cannot_be_had_leaves_nothing_behind(void **state)
{
    struct place *place = *state;
    for (int nth = 1; nth <= 3; nth++) {
        struct counted counted = { .fail_at = nth };
        const struct ocpp_allocator allocator = { .reallocate = count_reallocate, .user = &counted };
        struct ocpp_storage *storage;
        place->settings.allocator = &allocator;
        place->settings.group = true;
        const enum ocpp_status status = try_open(place, &storage);
        assert_int_equal(status, nth < 3 ? OCPP_ERR_NOMEM : OCPP_OK);
        if (status == OCPP_OK)
            ocpp_sqlite_storage_close(storage);
        assert_int_equal(counted.out, 0);
    }
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_folder_that_does_not_exist_is_named),
        IN_A_FOLDER(a_folder_is_no_database),
        IN_A_FOLDER(a_folder_that_may_not_be_written_is_refused),
        IN_A_FOLDER(a_file_that_may_not_be_written_is_refused),
        IN_A_FOLDER(a_file_in_a_folder_that_may_not_be_written_is_refused),
        IN_A_FOLDER(memory_is_no_file),
        IN_A_FOLDER(the_database_of_another_program_is_not_touched),
        IN_A_FOLDER(the_database_of_a_newer_release_is_refused),
        IN_A_FOLDER(a_file_that_is_refused_keeps_its_log),
        IN_A_FOLDER(an_empty_file_becomes_a_store),
        IN_A_FOLDER(a_file_that_was_only_begun_becomes_a_store),
        IN_A_FOLDER(a_file_that_is_no_database_is_refused_and_stays),
        IN_A_FOLDER(a_damaged_page_is_found_when_the_file_is_opened),
        IN_A_FOLDER(without_the_check_damage_is_found_by_the_read_that_meets_it),
        IN_A_FOLDER(tables_that_are_not_ours_are_damage),
        IN_A_FOLDER(a_damaged_file_is_set_aside_when_the_setting_says_so),
        IN_A_FOLDER(the_log_of_a_damaged_file_goes_with_it),
        IN_A_FOLDER(a_damaged_file_that_cannot_be_renamed_stays_where_it_is),
        IN_A_FOLDER(a_store_that_is_open_is_refused_to_a_second_handle),
        IN_A_FOLDER(a_store_that_is_open_is_refused_to_another_process),
        IN_A_FOLDER(a_shared_store_opens_twice_but_not_for_one_alone),
        IN_A_FOLDER(settings_outside_their_range_are_refused_before_a_file_is_made),
        IN_A_FOLDER(no_settings_are_the_default),
        IN_A_FOLDER(a_reason_is_cut_at_the_room_there_is),
        IN_A_FOLDER(a_handle_that_cannot_be_had_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
