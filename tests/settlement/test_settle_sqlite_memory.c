/* test_settle_sqlite_memory.c: memory runs out at every allocation of every call, SQLite's and the handle's. What then happened,
 * happened whole or not at all, and the store goes on. The memory store stands beside it.
 */
#include "allocator.h"
#include "scratch.h"
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/adapters.h>

#include <sqlite3.h>

#include <stdio.h>
#include <string.h>

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
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual) != SQLITE_OK) {
        abort();
    }
    sqlite3_mem_methods failing = usual;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    /* Small blocks come from the same allocator, so that they fail too. */
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK) {
        abort();
    }
}

/* --- small words --------------------------------------------------------------------------------------------------- */

struct place {
    char folder[64];
    char path[96];
    struct ocpp_settle_sqlite_settings settings;
    struct settle_keys keys;
    unsigned good;
    unsigned bad;
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    assert_non_null(place);
    scratch_make(place->folder, sizeof place->folder);
    (void)snprintf(place->path, sizeof place->path, "%s/settle.db", place->folder);
    place->settings = ocpp_settle_sqlite_settings_default();
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

static struct ocpp_settle_store *open_store(struct place *place)
{
    struct ocpp_settle_store *store = NULL;

    assert_int_equal(ocpp_settle_sqlite_open(place->path, &place->settings, &store, NULL, 0), OCPP_OK);
    return store;
}

static bool note(const struct ocpp_settle_row *row, void *user)
{
    char *text = user;

    (void)snprintf(text + strlen(text), 512 - strlen(text), "%s=%.*s;", row->key, (int)row->size, (const char *)row->value);
    return true;
}

static bool note_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    char *text = user;

    (void)snprintf(text + strlen(text), 512 - strlen(text), "%s", entry->kind);
    return true;
}

static void content_of(struct ocpp_settle_store *store, char text[512])
{
    text[0] = '\0';
    assert_int_equal(store->each("", NULL, note, text, store->user), OCPP_OK);
    assert_int_equal(store->journal(1, note_entry, text, store->user), OCPP_OK);
}

static void assert_proves_itself(struct place *place, struct ocpp_settle_store *store)
{
    struct ocpp_settle_verification found;

    assert_int_equal(ocpp_settle_store_verify(store, &place->keys.contract, NULL, &found), OCPP_OK);
    assert_int_equal(found.wrong, OCPP_SETTLE_UNBROKEN);
}

static void count_done(enum ocpp_status status, void *user)
{
    struct place *place = user;

    place->good += status == OCPP_OK;
    place->bad += status != OCPP_OK;
}

static void assert_lack_of_memory(enum ocpp_status status)
{
    if (status != OCPP_ERR_NOMEM && status != OCPP_ERR_STORAGE) {
        fail_msg("%s", ocpp_status_name(status));
    }
}

static const struct ocpp_settle_change before_them[] = {
    { OCPP_SETTLE_INSERT, "a", 0, "old", 3 },
    { OCPP_SETTLE_INSERT, "b", 0, "1", 1 },
};
static const struct ocpp_settle_change changes[] = {
    { OCPP_SETTLE_UPDATE, "a", 1, "new", 3 },
    { OCPP_SETTLE_DELETE, "b", 1, NULL, 0 },
    { OCPP_SETTLE_INSERT, "d", 0, "another", 7 },
};
static const struct ocpp_settle_entry entries[] = { { "p", "{}", 2 }, { "q", "{}", 2 } };
static const struct ocpp_settle_write before = { before_them, 2, entries, 1, 5, NULL, 0 };
static const struct ocpp_settle_write after = { changes, 3, entries, 2, 6, NULL, 0 };

#define OLD_CONTENT "a=old;b=1;p"
#define NEW_CONTENT "a=new;d=another;ppq"

/* A new file with the old content in it. */
static struct ocpp_settle_store *begin_anew(struct place *place)
{
    char wal[128];

    (void)snprintf(wal, sizeof wal, "%s-wal", place->path);
    (void)remove(wal);
    (void)remove(place->path);
    struct ocpp_settle_store *store = open_store(place);
    assert_int_equal(store->write(&before, NULL, NULL, store->user), OCPP_OK);
    store->flush(store->user);
    return store;
}

/* --- the calls ----------------------------------------------------------------------------------------------------- */

static void a_store_opens_or_leaves_nothing_behind(void **state)
{
    struct place *place = *state;
    bool reached = true;

    place->settings.max_bytes = 1024 * 1024;
    const sqlite3_int64 used = sqlite3_memory_used();
    for (int nth = 1; reached; nth++) {
        struct ocpp_settle_store *store = NULL;
        char reason[256] = "";

        fail_at = nth;
        const enum ocpp_status status = ocpp_settle_sqlite_open(place->path, &place->settings, &store, reason, sizeof reason);
        reached = fail_at == 0;
        fail_at = 0;
        if (status == OCPP_OK) {
            ocpp_settle_sqlite_close(store);
        } else {
            assert_lack_of_memory(status);
            assert_true(reason[0] != '\0');
        }
        assert_int_equal(sqlite3_memory_used(), used);
    }
    ocpp_settle_sqlite_close(open_store(place));
}

static void a_handle_without_memory_opens_nothing(void **state)
{
    struct place *place = *state;

    place->settings.group = true;
    for (size_t nth = 1; nth < 4; nth++) {
        struct test_allocator memory;
        struct ocpp_settle_store *store = NULL;

        test_allocator_start(&memory, nth);
        place->settings.allocator = &memory.allocator;
        const enum ocpp_status status = ocpp_settle_sqlite_open(place->path, &place->settings, &store, NULL, 0);
        assert_int_equal(status, nth < 3 ? OCPP_ERR_NOMEM : OCPP_OK);
        ocpp_settle_sqlite_close(store);
        assert_int_equal(memory.blocks, 0);
    }
}

static void a_write_happens_whole_or_not_at_all(void **state)
{
    struct place *place = *state;
    bool reached = true;

    for (int nth = 1; reached; nth++) {
        struct ocpp_settle_store *store = begin_anew(place);
        char text[512];

        place->good = 0;
        fail_at = nth;
        const enum ocpp_status status = store->write(&after, count_done, place, store->user);
        reached = fail_at == 0;
        fail_at = 0;
        if (status != OCPP_OK) {
            assert_lack_of_memory(status);
        }
        assert_int_equal(place->good, status == OCPP_OK);
        assert_int_equal(place->bad, 0);
        content_of(store, text);
        assert_string_equal(text, status == OCPP_OK ? NEW_CONTENT : OLD_CONTENT);
        assert_int_equal(store->write(&after, NULL, NULL, store->user), status == OCPP_OK ? OCPP_ERR_BUSY : OCPP_OK);
        assert_proves_itself(place, store);
        ocpp_settle_sqlite_close(store);
    }
}

/* Two writes gathered and flushed: of both it is told what became of them, and that is what is found. */
static void gathered_writes_are_told_what_became_of_them(void **state)
{
    static const struct ocpp_settle_entry more = { "r", "", 0 };
    static const struct ocpp_settle_write second = { NULL, 0, &more, 1, 7, NULL, 0 };
    struct place *place = *state;
    bool reached = true;

    place->settings.group = true;
    for (int nth = 1; reached; nth++) {
        struct ocpp_settle_store *store = begin_anew(place);
        char text[512];
        char expected[512];

        place->good = place->bad = 0;
        fail_at = nth;
        const bool first_accepted = store->write(&after, count_done, place, store->user) == OCPP_OK;
        const bool second_accepted = store->write(&second, count_done, place, store->user) == OCPP_OK;
        store->flush(store->user);
        reached = fail_at == 0;
        fail_at = 0;
        assert_int_equal(place->good + place->bad, first_accepted + second_accepted);
        ocpp_settle_sqlite_close(store);
        store = open_store(place);
        content_of(store, text);
        (void)snprintf(expected, sizeof expected, "%s%s", first_accepted && place->bad == 0 ? NEW_CONTENT : OLD_CONTENT,
                       second_accepted && place->good > 0 ? "r" : "");
        assert_string_equal(text, expected);
        assert_proves_itself(place, store);
        ocpp_settle_sqlite_close(store);
    }
}

static void a_look_shows_the_truth_or_fails(void **state)
{
    struct place *place = *state;
    bool reached = true;

    ocpp_settle_sqlite_close(begin_anew(place));
    for (int nth = 1; reached; nth++) {
        struct ocpp_settle_store *store = open_store(place);
        struct ocpp_settle_head head = { .number = 0 };
        char text[512] = "";
        enum ocpp_status statuses[4];

        fail_at = nth;
        statuses[0] = store->read("a", note, text, store->user);
        statuses[1] = store->each("b", NULL, note, text, store->user);
        statuses[2] = store->journal(1, note_entry, text, store->user);
        statuses[3] = store->head(&head, store->user);
        reached = fail_at == 0;
        fail_at = 0;
        unsigned failed = 0;
        for (int i = 0; i < 4; i++) {
            if (statuses[i] != OCPP_OK) {
                assert_lack_of_memory(statuses[i]);
                failed++;
            }
        }
        assert_in_range(failed, 0, 1);
        assert_true(failed > 0 || (strcmp(text, OLD_CONTENT) == 0 && head.number == 1));
        content_of(store, text);
        assert_string_equal(text, OLD_CONTENT);
        ocpp_settle_sqlite_close(store);
    }
}

/* SQLite gives a transaction up when it has no memory for a look within it: whoever waits for the transaction is told, and what
 * comes later does not happen by halves outside of one. */
static void a_look_that_fails_takes_what_was_gathered_with_it_or_not(void **state)
{
    static const struct ocpp_settle_change apart[] = { { OCPP_SETTLE_INSERT, "e", 0, "1", 1 },
                                                       { OCPP_SETTLE_INSERT, "f", 0, "2", 1 } };
    static const struct ocpp_settle_write second = { apart, 2, NULL, 0, 7, NULL, 0 };
    struct place *place = *state;
    bool reached = true;
    unsigned lost = 0;

    place->settings.group = true;
    for (int nth = 1; reached; nth++) {
        struct ocpp_settle_store *store = begin_anew(place);
        struct ocpp_settle_head head;
        char text[512] = "";
        char seen[512];
        char expected[512];

        place->good = place->bad = 0;
        assert_int_equal(store->write(&after, count_done, place, store->user), OCPP_OK);
        const uint64_t changes_before = store->changes(store->user);
        fail_at = nth;
        (void)store->read("a", note, text, store->user);
        (void)store->each("", NULL, note, text, store->user);
        (void)store->journal(1, note_entry, text, store->user);
        (void)store->head(&head, store->user);
        reached = fail_at == 0;
        fail_at = 0;
        assert_int_equal(place->good + place->bad, 0); /* not from within a look */
        content_of(store, seen);
        const bool is_lost = strcmp(seen, OLD_CONTENT) == 0;
        assert_string_equal(seen, is_lost ? OLD_CONTENT : NEW_CONTENT);
        assert_in_range(store->changes(store->user) - changes_before, is_lost ? 2 : 0, is_lost ? 9 : 0); /* not like one write */
        lost += is_lost;
        assert_int_equal(store->write(&second, count_done, place, store->user), OCPP_OK);
        store->flush(store->user);
        assert_int_equal(place->bad, is_lost);
        assert_int_equal(place->good, 2 - is_lost);
        ocpp_settle_sqlite_close(store);
        store = open_store(place);
        content_of(store, text);
        (void)snprintf(expected, sizeof expected, "%s", is_lost ? "a=old;b=1;e=1;f=2;p" : "a=new;d=another;e=1;f=2;ppq");
        assert_string_equal(text, expected);
        assert_proves_itself(place, store);
        ocpp_settle_sqlite_close(store);
    }
    assert_true(lost > 0); /* or nothing was tested */
}

static void a_lease_is_taken_or_not(void **state)
{
    struct place *place = *state;
    bool reached = true;

    for (int nth = 1; reached; nth++) {
        struct ocpp_settle_store *store = begin_anew(place);
        int64_t token = 17;

        fail_at = nth;
        const enum ocpp_status status = store->take_lease("l", "a", 0, 100, &token, store->user);
        reached = fail_at == 0;
        fail_at = 0;
        assert_int_equal(token, status == OCPP_OK ? 1 : 17);
        if (status != OCPP_OK) {
            assert_lack_of_memory(status);
        }
        assert_int_equal(store->take_lease("l", "b", 0, 100, &token, store->user), status == OCPP_OK ? OCPP_ERR_BUSY : OCPP_OK);
        ocpp_settle_sqlite_close(store);
    }
}

/* --- the memory store ---------------------------------------------------------------------------------------------- */

static void a_memory_store_changes_whole_or_not_at_all(void **state)
{
    struct place *place = *state;
    enum ocpp_status status = OCPP_ERR_NOMEM;

    for (size_t nth = 1; status != OCPP_OK; nth++) {
        struct test_allocator memory;
        char text[512];
        int64_t token = 0;

        test_allocator_start(&memory, 0);
        struct ocpp_settle_store *store = ocpp_settle_memory_store_new(&memory.allocator, 0);
        assert_non_null(store);
        assert_int_equal(store->write(&before, NULL, NULL, store->user), OCPP_OK);
        memory.fail_at = memory.calls + nth;
        status = store->write(&after, NULL, NULL, store->user);
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
        content_of(store, text);
        assert_string_equal(text, status == OCPP_OK ? NEW_CONTENT : OLD_CONTENT);
        assert_proves_itself(place, store);
        memory.fail_at = memory.calls + 1;
        assert_int_equal(store->take_lease("l", "a", 0, 1, &token, store->user), OCPP_ERR_NOMEM);
        assert_int_equal(store->take_lease("l", "a", 0, 1, &token, store->user), OCPP_OK);
        ocpp_settle_memory_store_free(store);
        assert_int_equal(memory.blocks, 0);
    }
}

static void a_memory_store_without_memory_is_none(void **state)
{
    struct test_allocator memory;

    (void)state;
    test_allocator_start(&memory, 1);
    assert_null(ocpp_settle_memory_store_new(&memory.allocator, 0));
    assert_int_equal(memory.blocks, 0);
}

static void a_bounded_memory_store_refuses_what_does_not_fit_and_takes_again(void **state)
{
    struct ocpp_settle_store *store = ocpp_settle_memory_store_new(NULL, 4000);
    unsigned fitted = 0;
    char key[16];
    enum ocpp_status status = OCPP_OK;

    (void)state;
    for (; status == OCPP_OK; fitted += status == OCPP_OK) {
        (void)snprintf(key, sizeof key, "k%u", fitted);
        const struct ocpp_settle_change one = { OCPP_SETTLE_INSERT, key, 0, "0123456789", 10 };
        const struct ocpp_settle_write write = { &one, 1, NULL, 0, 0, NULL, 0 };
        status = store->write(&write, NULL, NULL, store->user);
    }
    assert_int_equal(status, OCPP_ERR_FULL);
    assert_in_range(fitted, 10, 100);
    const struct ocpp_settle_change swap[] = { { OCPP_SETTLE_DELETE, "k0", 1, NULL, 0 },
                                               { OCPP_SETTLE_INSERT, "x0", 0, "0123456789", 10 } };
    const struct ocpp_settle_write write = { swap, 2, NULL, 0, 0, NULL, 0 };
    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_OK);
    ocpp_settle_memory_store_free(store);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_store_opens_or_leaves_nothing_behind),
        IN_A_FOLDER(a_handle_without_memory_opens_nothing),
        IN_A_FOLDER(a_write_happens_whole_or_not_at_all),
        IN_A_FOLDER(gathered_writes_are_told_what_became_of_them),
        IN_A_FOLDER(a_look_shows_the_truth_or_fails),
        IN_A_FOLDER(a_look_that_fails_takes_what_was_gathered_with_it_or_not),
        IN_A_FOLDER(a_lease_is_taken_or_not),
        IN_A_FOLDER(a_memory_store_changes_whole_or_not_at_all),
        cmocka_unit_test(a_memory_store_without_memory_is_none),
        cmocka_unit_test(a_bounded_memory_store_refuses_what_does_not_fit_and_takes_again),
    };

    take_over_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
