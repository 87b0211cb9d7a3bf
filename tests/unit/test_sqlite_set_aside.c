/* test_sqlite_set_aside.c: damaged files: how they are found, what is told, and that they are kept. */
#define _XOPEN_SOURCE 700

#include "sqlite_place.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

enum { ENTRIES = 400 };

/* A store of some pages, of which one in the middle is then overwritten. */
static void make_damaged(struct sqlite_place *place)
{
    static const char dirt[2048] = { 'd', 'i', 'r', 't' };
    static const char value[70] = "a value that takes some room, so that there are several pages of it";
    char keys[ENTRIES][16];
    struct ocpp_change changes[ENTRIES];
    struct ocpp_storage *storage = place_open(place);
    for (size_t i = 0; i < ENTRIES; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "key/%zu", i);
        changes[i] = (struct ocpp_change){ OCPP_CHANGE_PUT, keys[i], value, sizeof value };
    }
    assert_int_equal(storage->write(changes, ENTRIES, NULL, NULL, storage->user), OCPP_OK);
    ocpp_sqlite_storage_close(storage);
    place_write_file(place->path, 4L * 4096, dirt, sizeof dirt);
}

static void a_file_that_is_no_database_is_refused_and_stays(void **state)
{
    struct sqlite_place *place = *state;
    char bytes[64];
    place_write_file(place->path, 0, "this is a shopping list, not a database", 39);
    place_assert_refused(place, OCPP_ERR_CORRUPT, "not a database");
    assert_int_equal(place_read_file(place->path, bytes, sizeof bytes), 39);
    assert_memory_equal(bytes, "this is", 7);
}

static void a_damaged_page_is_found_when_the_file_is_opened(void **state)
{
    struct sqlite_place *place = *state;
    static char before[200000];
    static char after[200000];
    make_damaged(place);
    const size_t size = place_read_file(place->path, before, sizeof before);
    place_assert_refused(place, OCPP_ERR_CORRUPT, "damaged");
    assert_int_equal(place_read_file(place->path, after, sizeof after), size);
    assert_memory_equal(before, after, size);
}

static void without_the_check_damage_is_found_by_the_read_that_meets_it(void **state)
{
    struct sqlite_place *place = *state;
    unsigned number = 0;
    make_damaged(place);
    place->settings.check = false;
    struct ocpp_storage *storage = place_open(place);
    assert_int_equal(storage->each("", NULL, place_count, &number, storage->user), OCPP_ERR_CORRUPT);
    assert_true(number < ENTRIES);
    assert_non_null(strstr(place->log, "malformed"));
    ocpp_sqlite_storage_close(storage);
}

static bool is_legal_key(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    (void)user;
    assert_true(strlen(key) < OCPP_KEY_SIZE);
    return true;
}

/* Opens, reads and writes a file with eight bytes turned over; every outcome is a status. */
static bool use_damaged(struct sqlite_place *place, const char *good, size_t size, unsigned seed)
{
    static char bytes[200000];
    struct ocpp_storage *storage;
    memcpy(bytes, good, size);
    for (int i = 0; i < 8; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[(seed >> 4) % size] ^= (char)(1u << (seed >> 28) % 8);
    }
    place_write_file(place->path, 0, bytes, size);
    if (place_try_open(place, &storage) != OCPP_OK) {
        assert_true(place->reason[0] != '\0');
        return false;
    }
    const struct ocpp_change changes[] = { { OCPP_CHANGE_PUT, "key/7", "x", 1 },
                                           { OCPP_CHANGE_APPEND, "s", "x", 1 },
                                           { OCPP_CHANGE_DELETE_PREFIX, "key/1", NULL, 0 } };
    (void)storage->each("", NULL, is_legal_key, NULL, storage->user);
    (void)storage->write(changes, 3, NULL, NULL, storage->user);
    ocpp_sqlite_storage_close(storage);
    return true;
}

static void a_file_with_bytes_turned_over_is_refused_or_used_as_far_as_it_goes(void **state)
{
    struct sqlite_place *place = *state;
    static char good[200000];
    unsigned opened = 0;
    make_damaged(place);
    const size_t size = place_read_file(place->path, good, sizeof good);
    place->settings.check = false;
    for (unsigned seed = 1; seed <= 150; seed++)
        opened += use_damaged(place, good, size, seed);
    assert_in_range(opened, 1, 149);
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
    struct sqlite_place *place = *state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        ocpp_sqlite_storage_close(place_open(place));
        place_sql(place, changes[i]);
        place_assert_refused(place, OCPP_ERR_CORRUPT, "");
        assert_int_equal(unlink(place->path), 0);
    }
}

static void a_damaged_file_is_set_aside_when_the_setting_says_so(void **state)
{
    struct sqlite_place *place = *state;
    static char before[200000];
    static char after[200000];
    char aside[128];
    place->settings.set_aside_corrupt = true;
    for (int n = 1; n <= 3; n++) {
        make_damaged(place);
        const size_t size = place_read_file(place->path, before, sizeof before);
        struct ocpp_storage *storage = place_open(place);
        assert_int_equal(place_entries(storage), 0);
        place_put(storage, "a", "1");
        ocpp_sqlite_storage_close(storage);
        (void)snprintf(aside, sizeof aside, "%s.corrupt-%d", place->path, n);
        assert_non_null(strstr(place->log, aside));
        assert_int_equal(place_read_file(aside, after, sizeof after), size);
        assert_memory_equal(before, after, size);
        assert_int_equal(unlink(place->path), 0);
    }
}

/* A log that stayed would be played into the new file. */
static void the_log_of_a_damaged_file_goes_with_it(void **state)
{
    struct sqlite_place *place = *state;
    char wal[128];
    char bytes[64];
    (void)snprintf(wal, sizeof wal, "%s-wal", place->path);
    place_write_file(
        place->path, 0,
        "not a database at all, and long enough to be looked at as one: it has more than a hundred bytes of text in it", 108);
    place_write_file(wal, 0, "a log", 5);
    place->settings.set_aside_corrupt = true;
    ocpp_sqlite_storage_close(place_open(place));
    (void)snprintf(wal, sizeof wal, "%s.corrupt-1-wal", place->path);
    assert_int_equal(place_read_file(wal, bytes, sizeof bytes), 5);
}

static void expect_not_renamed(struct sqlite_place *place)
{
    struct ocpp_storage *storage;
    const enum ocpp_status status = place_try_open(place, &storage);
    if (status == OCPP_OK || access(place->path, F_OK) != 0)
        _exit(1);
}

static void a_damaged_file_that_cannot_be_renamed_stays_where_it_is(void **state)
{
    struct sqlite_place *place = *state;
    make_damaged(place);
    place->settings.set_aside_corrupt = true;
    assert_int_equal(chmod(place->path, 0666), 0);
    assert_int_equal(chmod(place->folder, 0555), 0);
    place_as_nobody(place, expect_not_renamed);
    assert_int_equal(chmod(place->folder, 0755), 0);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_file_that_is_no_database_is_refused_and_stays),
        IN_A_FOLDER(a_damaged_page_is_found_when_the_file_is_opened),
        IN_A_FOLDER(without_the_check_damage_is_found_by_the_read_that_meets_it),
        IN_A_FOLDER(a_file_with_bytes_turned_over_is_refused_or_used_as_far_as_it_goes),
        IN_A_FOLDER(tables_that_are_not_ours_are_damage),
        IN_A_FOLDER(a_damaged_file_is_set_aside_when_the_setting_says_so),
        IN_A_FOLDER(the_log_of_a_damaged_file_goes_with_it),
        IN_A_FOLDER(a_damaged_file_that_cannot_be_renamed_stays_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
