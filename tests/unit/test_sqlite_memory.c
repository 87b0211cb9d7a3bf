/* test_sqlite_memory.c: SQLite runs out of memory at every allocation of every call. What then happened, happened whole or not at
 * all, and the store goes on.
 */
#include "scratch.h"

#include <ocpp/adapters.h>

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

/* SQLite's own allocator, of which the nth call from now on fails (0: none). */
static sqlite3_mem_methods usual;
static int fail_at;

static bool fails_now(void)
{
    return fail_at > 0 && --fail_at == 0;
}

static void *failing_malloc(int size)
{
    return fails_now() ? NULL : usual.xMalloc(size);
}

static void *failing_realloc(void *pointer, int size)
{
    return fails_now() ? NULL : usual.xRealloc(pointer, size);
}

static void take_over_memory(void)
{
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual), SQLITE_OK);
    sqlite3_mem_methods failing = usual;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &failing), SQLITE_OK);
    /* Small blocks come from the same allocator, so that they fail too. */
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

/* --- small words ------------------------------------------------------------------------------------------------- */

struct place {
    char folder[64];
    char path[96];
    struct ocpp_sqlite_storage_settings settings;
    unsigned good;
    unsigned bad;
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    scratch_make(place->folder, sizeof place->folder);
    (void)snprintf(place->path, sizeof place->path, "%s/store.db", place->folder);
    place->settings = ocpp_sqlite_storage_settings_default();
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

static struct ocpp_storage *open_store(struct place *place)
{
    struct ocpp_storage *storage = NULL;
    assert_int_equal(ocpp_sqlite_storage_open(place->path, &place->settings, &storage, NULL, 0), OCPP_OK);
    return storage;
}

static bool note(const char *key, const void *value, size_t size, void *user)
{
    char *text = user;
    (void)snprintf(text + strlen(text), 512 - strlen(text), "%s=%.*s;", key, (int)size, (const char *)value);
    return true;
}

static void content_of(struct ocpp_storage *storage, char text[512])
{
    text[0] = '\0';
    assert_int_equal(storage->each("", NULL, note, text, storage->user), OCPP_OK);
}

static void count_done(enum ocpp_status status, void *user)
{
    struct place *place = user;
    if (status == OCPP_OK)
        place->good++;
    else
        place->bad++;
}

static void assert_lack_of_memory(enum ocpp_status status)
{
    if (status != OCPP_ERR_NOMEM && status != OCPP_ERR_STORAGE)
        fail_msg("%s", ocpp_status_name(status));
}

/* --- the calls --------------------------------------------------------------------------------------------------- */

static void a_store_opens_or_leaves_nothing_behind(void **state)
{
    struct place *place = *state;
    place->settings.max_bytes = 1024 * 1024;
    const sqlite3_int64 before = sqlite3_memory_used();
    bool reached = true;
    for (int nth = 1; reached; nth++) {
        struct ocpp_storage *storage = NULL;
        char reason[256] = "";
        fail_at = nth;
        const enum ocpp_status status = ocpp_sqlite_storage_open(place->path, &place->settings, &storage, reason, sizeof reason);
        reached = fail_at == 0;
        fail_at = 0;
        if (status == OCPP_OK) {
            ocpp_sqlite_storage_close(storage);
        } else {
            assert_lack_of_memory(status);
            assert_true(reason[0] != '\0');
        }
        assert_int_equal(sqlite3_memory_used(), before);
    }
    ocpp_sqlite_storage_close(open_store(place));
}

static const struct ocpp_change changes[] = {
    { OCPP_CHANGE_PUT, "a", "new", 3 },           { OCPP_CHANGE_DELETE, "b", NULL, 0 },   { OCPP_CHANGE_APPEND, "s", "x", 1 },
    { OCPP_CHANGE_DELETE_PREFIX, "c/", NULL, 0 }, { OCPP_CHANGE_PUT, "d", "another", 7 },
};

static const struct ocpp_change before_them[] = {
    { OCPP_CHANGE_DELETE_PREFIX, "", NULL, 0 }, { OCPP_CHANGE_PUT, "a", "old", 3 }, { OCPP_CHANGE_PUT, "b", "1", 1 },
    { OCPP_CHANGE_PUT, "c/1", "2", 1 },         { OCPP_CHANGE_PUT, "c/2", "3", 1 },
};

#define OLD_CONTENT "a=old;b=1;c/1=2;c/2=3;"

static bool is_new_content(const char *text)
{
    return strncmp(text, "a=new;d=another;s/", 18) == 0;
}

static void a_write_happens_whole_or_not_at_all(void **state)
{
    struct place *place = *state;
    bool reached = true;
    for (int nth = 1; reached; nth++) {
        char text[512];
        struct ocpp_storage *storage = open_store(place);
        assert_int_equal(storage->write(before_them, 5, NULL, NULL, storage->user), OCPP_OK);
        place->good = 0;
        fail_at = nth;
        const enum ocpp_status status = storage->write(changes, 5, count_done, place, storage->user);
        reached = fail_at == 0;
        fail_at = 0;
        if (status != OCPP_OK)
            assert_lack_of_memory(status);
        assert_int_equal(place->good, status == OCPP_OK);
        assert_int_equal(place->bad, 0);
        content_of(storage, text);
        assert_true(status == OCPP_OK ? is_new_content(text) : strcmp(text, OLD_CONTENT) == 0);
        assert_int_equal(storage->write(changes, 5, NULL, NULL, storage->user), OCPP_OK);
        ocpp_sqlite_storage_close(storage);
    }
}

/* Two writes gathered and flushed: of both it is told what became of them, and that is what is found. */
static void gathered_writes_are_told_what_became_of_them(void **state)
{
    struct place *place = *state;
    bool reached = true;
    place->settings.group = true;
    for (int nth = 1; reached; nth++) {
        char text[512];
        struct ocpp_storage *storage = open_store(place);
        assert_int_equal(storage->write(before_them, 5, NULL, NULL, storage->user), OCPP_OK);
        storage->flush(storage->user);
        place->good = place->bad = 0;
        fail_at = nth;
        const struct ocpp_change first = { OCPP_CHANGE_PUT, "a", "mid", 3 };
        unsigned accepted = storage->write(&first, 1, count_done, place, storage->user) == OCPP_OK;
        const bool second = storage->write(changes, 5, count_done, place, storage->user) == OCPP_OK;
        accepted += second;
        storage->flush(storage->user);
        reached = fail_at == 0;
        fail_at = 0;
        assert_int_equal(place->good + place->bad, accepted);
        ocpp_sqlite_storage_close(storage);
        storage = open_store(place);
        content_of(storage, text);
        if (place->good == 0)
            assert_string_equal(text, OLD_CONTENT);
        else if (second && place->bad == 0)
            assert_true(is_new_content(text));
        else
            assert_memory_equal(text, second ? "a=new" : "a=mid", 5);
        ocpp_sqlite_storage_close(storage);
    }
}

static void a_read_shows_the_truth_or_fails(void **state)
{
    struct place *place = *state;
    bool reached = true;
    for (int nth = 1; reached; nth++) {
        char text[512] = "";
        struct ocpp_storage *storage = open_store(place);
        assert_int_equal(storage->write(before_them, 5, NULL, NULL, storage->user), OCPP_OK);
        ocpp_sqlite_storage_close(storage);
        storage = open_store(place);
        fail_at = nth;
        enum ocpp_status status = storage->read("a", note, text, storage->user);
        if (status == OCPP_OK)
            assert_string_equal(text, "a=old;");
        else
            assert_lack_of_memory(status);
        text[0] = '\0';
        status = storage->each("", NULL, note, text, storage->user);
        reached = fail_at == 0;
        fail_at = 0;
        if (status == OCPP_OK)
            assert_string_equal(text, OLD_CONTENT);
        else
            assert_lack_of_memory(status);
        content_of(storage, text);
        assert_string_equal(text, OLD_CONTENT);
        ocpp_sqlite_storage_close(storage);
    }
}

/* SQLite gives a transaction up when it has no memory for a look within it: whoever waits for the transaction is told. */
static void a_read_that_fails_takes_what_was_gathered_with_it_or_not(void **state)
{
    static const struct ocpp_change later = { OCPP_CHANGE_PUT, "e", "1", 1 };
    struct place *place = *state;
    unsigned lost = 0;
    bool reached = true;
    place->settings.group = true;
    for (int nth = 1; reached; nth++) {
        char text[512] = "";
        struct ocpp_storage *storage = open_store(place);
        assert_int_equal(storage->write(before_them, 5, NULL, NULL, storage->user), OCPP_OK);
        storage->flush(storage->user);
        place->good = place->bad = 0;
        assert_int_equal(storage->write(changes, 5, count_done, place, storage->user), OCPP_OK);
        fail_at = nth;
        (void)storage->read("a", note, text, storage->user);
        (void)storage->each("", NULL, note, text, storage->user);
        reached = fail_at == 0;
        fail_at = 0;
        assert_int_equal(place->good + place->bad, 0); /* not from within a look */
        content_of(storage, text);
        const bool is_lost = strcmp(text, OLD_CONTENT) == 0;
        assert_true(is_lost || is_new_content(text));
        lost += is_lost;
        assert_int_equal(storage->write(&later, 1, count_done, place, storage->user), OCPP_OK);
        storage->flush(storage->user);
        assert_int_equal(place->bad, is_lost);
        assert_int_equal(place->good, 2 - is_lost);
        ocpp_sqlite_storage_close(storage);
        storage = open_store(place);
        content_of(storage, text);
        assert_true(is_lost ? strcmp(text, OLD_CONTENT "e=1;") == 0 : strncmp(text, "a=new;d=another;e=1;s/", 22) == 0);
        ocpp_sqlite_storage_close(storage);
    }
    assert_true(lost > 0); /* or nothing was tested */
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_store_opens_or_leaves_nothing_behind),
        IN_A_FOLDER(a_write_happens_whole_or_not_at_all),
        IN_A_FOLDER(gathered_writes_are_told_what_became_of_them),
        IN_A_FOLDER(a_read_shows_the_truth_or_fails),
        IN_A_FOLDER(a_read_that_fails_takes_what_was_gathered_with_it_or_not),
    };
    take_over_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
