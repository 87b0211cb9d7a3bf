/* test_sqlite_open.c: files that cannot become a store, and what the user is told. What an open store does is in
 * test_storage_contract.c and test_sqlite_storage.c.
 */
#define _XOPEN_SOURCE 700

#include "sqlite_place.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

/* --- places where no file can be --------------------------------------------------------------------------------- */

static void a_folder_that_does_not_exist_is_named(void **state)
{
    struct sqlite_place *place = *state;
    (void)snprintf(place->path, sizeof place->path, "%s/missing/store.db", place->folder);
    place_assert_refused(place, OCPP_ERR_STORAGE, "No such file or directory");
}

static void a_folder_is_no_database(void **state)
{
    struct sqlite_place *place = *state;
    (void)snprintf(place->path, sizeof place->path, "%s", place->folder);
    place_assert_refused(place, OCPP_ERR_STORAGE, "unable to open");
}

/* In the child a failed assertion would run the rest of the suite, so the outcome is an exit code. */
static void expect_not_writable(struct sqlite_place *place)
{
    struct ocpp_storage *storage;
    const enum ocpp_status status = place_try_open(place, &storage);
    if (status != OCPP_ERR_STORAGE || strstr(place->reason, place->path) == NULL) {
        (void)fprintf(stderr, "%s: %s\n", ocpp_status_name(status), place->reason);
        _exit(1);
    }
}

static void a_folder_that_may_not_be_written_is_refused(void **state)
{
    struct sqlite_place *place = *state;
    assert_int_equal(chmod(place->folder, 0555), 0);
    place_as_nobody(place, expect_not_writable);
    assert_int_equal(chmod(place->folder, 0755), 0);
}

static void a_file_that_may_not_be_written_is_refused(void **state)
{
    struct sqlite_place *place = *state;
    ocpp_sqlite_storage_close(place_open(place));
    assert_int_equal(chmod(place->path, 0444), 0);
    assert_int_equal(chmod(place->folder, 0777), 0);
    place_as_nobody(place, expect_not_writable);
}

static void a_file_in_a_folder_that_may_not_be_written_is_refused(void **state)
{
    struct sqlite_place *place = *state;
    ocpp_sqlite_storage_close(place_open(place));
    assert_int_equal(chmod(place->path, 0666), 0);
    assert_int_equal(chmod(place->folder, 0555), 0);
    place_as_nobody(place, expect_not_writable);
    assert_int_equal(chmod(place->folder, 0755), 0);
}

static void memory_is_no_file(void **state)
{
    struct sqlite_place *place = *state;
    (void)snprintf(place->path, sizeof place->path, ":memory:");
    place_assert_refused(place, OCPP_ERR_STORAGE, "write-ahead log");
}

/* --- files of others --------------------------------------------------------------------------------------------- */

static void the_database_of_another_program_is_not_touched(void **state)
{
    static const char *const others[] = { "CREATE TABLE customer(name TEXT)", "PRAGMA application_id = 77",
                                          "PRAGMA application_id = 77; CREATE TABLE entry(key TEXT, value BLOB)" };
    struct sqlite_place *place = *state;
    place->settings.set_aside_corrupt = true;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        static char before[65536];
        static char after[65536];
        place_sql(place, others[i]);
        const size_t size = place_read_file(place->path, before, sizeof before);
        place_assert_refused(place, OCPP_ERR_FOREIGN, "another program");
        assert_int_equal(place_read_file(place->path, after, sizeof after), size);
        assert_memory_equal(before, after, size);
        assert_int_equal(unlink(place->path), 0);
    }
}

static void the_database_of_a_newer_release_is_refused(void **state)
{
    struct sqlite_place *place = *state;
    place->settings.set_aside_corrupt = true;
    ocpp_sqlite_storage_close(place_open(place));
    place_sql(place, "PRAGMA user_version = 2");
    place_assert_refused(place, OCPP_ERR_FOREIGN, "newer release (layout 2");
    place_sql(place, "PRAGMA user_version = 1");
    ocpp_sqlite_storage_close(place_open(place));
}

/* As a process that was killed leaves it: the last change is in the log only. */
static void leave_in_the_log(struct sqlite_place *place, const char *text)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        place_sql(place, "PRAGMA journal_mode = WAL");
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
    struct sqlite_place *place = *state;
    static char before[65536];
    static char after[65536];
    char wal[128];
    (void)snprintf(wal, sizeof wal, "%s-wal", place->path);
    ocpp_sqlite_storage_close(place_open(place));
    leave_in_the_log(place, "PRAGMA user_version = 2");
    const size_t size = place_read_file(wal, before, sizeof before);
    assert_true(size > 0);
    place_assert_refused(place, OCPP_ERR_FOREIGN, "newer release (layout 2");
    assert_int_equal(place_read_file(wal, after, sizeof after), size);
    assert_memory_equal(before, after, size);
}

static void an_empty_file_becomes_a_store(void **state)
{
    struct sqlite_place *place = *state;
    place_write_file(place->path, 0, "", 0);
    struct ocpp_storage *storage = place_open(place);
    place_put(storage, "a", "1");
    ocpp_sqlite_storage_close(storage);
}

/* Power that goes while the file is made leaves it without tables: the transaction that makes them is one. */
static void a_file_that_was_only_begun_becomes_a_store(void **state)
{
    struct sqlite_place *place = *state;
    place_sql(place, "PRAGMA journal_mode = WAL");
    ocpp_sqlite_storage_close(place_open(place));
}

/* --- locks ------------------------------------------------------------------------------------------------------- */

static void a_store_that_is_open_is_refused_to_a_second_handle(void **state)
{
    struct sqlite_place *place = *state;
    struct ocpp_storage *storage = place_open(place);
    place_assert_refused(place, OCPP_ERR_LOCKED, "in use");
    place->settings.shared = true;
    place_assert_refused(place, OCPP_ERR_LOCKED, "in use");
    ocpp_sqlite_storage_close(storage);
    ocpp_sqlite_storage_close(place_open(place));
}

static void expect_locked(struct sqlite_place *place)
{
    struct ocpp_storage *storage;
    if (place_try_open(place, &storage) != OCPP_ERR_LOCKED)
        _exit(1);
}

static void a_store_that_is_open_is_refused_to_another_process(void **state)
{
    struct sqlite_place *place = *state;
    struct ocpp_storage *storage = place_open(place);
    place->settings.set_aside_corrupt = true;
    assert_int_equal(chmod(place->folder, 0777), 0);
    assert_int_equal(chmod(place->path, 0666), 0);
    place_as_nobody(place, expect_locked);
    place_put(storage, "a", "1");
    assert_int_equal(place_entries(storage), 1);
    ocpp_sqlite_storage_close(storage);
}

static void a_shared_store_opens_twice_but_not_for_one_alone(void **state)
{
    struct sqlite_place *place = *state;
    place->settings.shared = true;
    struct ocpp_storage *first = place_open(place);
    struct ocpp_storage *second = place_open(place);
    place_put(first, "a", "1");
    assert_int_equal(place_entries(second), 1);
    place->settings.shared = false;
    place_assert_refused(place, OCPP_ERR_LOCKED, "in use");
    ocpp_sqlite_storage_close(first);
    ocpp_sqlite_storage_close(second);
}

/* --- settings and memory ----------------------------------------------------------------------------------------- */

static void settings_outside_their_range_are_refused_before_a_file_is_made(void **state)
{
    struct sqlite_place *place = *state;
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
        assert_int_equal(place_try_open(place, &storage), OCPP_ERR_ARGUMENT);
        assert_true(place->reason[0] != '\0');
        assert_int_not_equal(access(place->path, F_OK), 0);
    }
    assert_int_equal(ocpp_sqlite_storage_open("", &good, &storage, NULL, 0), OCPP_ERR_ARGUMENT);
}

static void no_settings_are_the_default(void **state)
{
    struct sqlite_place *place = *state;
    struct ocpp_storage *storage = NULL;
    assert_int_equal(ocpp_sqlite_storage_open(place->path, NULL, &storage, NULL, 0), OCPP_OK);
    assert_null(storage->flush);
    assert_int_equal(storage->max_value_bytes, 256 * 1024);
    ocpp_sqlite_storage_close(storage);
    ocpp_sqlite_storage_close(NULL);
}

static void a_reason_is_cut_at_the_room_there_is(void **state)
{
    struct sqlite_place *place = *state;
    struct ocpp_storage *storage;
    char reason[8] = "xxxxxxx";
    place_write_file(place->path, 0, "this is a shopping list, not a database", 39);
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
    struct sqlite_place *place = *state;
    for (int nth = 1; nth <= 3; nth++) {
        struct counted counted = { .fail_at = nth };
        const struct ocpp_allocator allocator = { .reallocate = count_reallocate, .user = &counted };
        struct ocpp_storage *storage;
        place->settings.allocator = &allocator;
        place->settings.group = true;
        const enum ocpp_status status = place_try_open(place, &storage);
        assert_int_equal(status, nth < 3 ? OCPP_ERR_NOMEM : OCPP_OK);
        if (status == OCPP_OK)
            ocpp_sqlite_storage_close(storage);
        assert_int_equal(counted.out, 0);
    }
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)
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
