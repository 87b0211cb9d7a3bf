/* test_storage_contract.c: one suite, every store: what storage.h promises. What only one store can do is tested in its own
 * program.
 */
#define _POSIX_C_SOURCE 200809L

#include "storage_kinds.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* --- small words ------------------------------------------------------------------------------------------------- */

static struct ocpp_storage *store_of(void **state)
{
    return ((struct kind_fixture *)*state)->storage;
}

static struct ocpp_change put_of(const char *key, const char *text)
{
    return (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = key, .value = text, .size = strlen(text) };
}

static struct ocpp_change append_of(const char *stream, const char *text)
{
    return (struct ocpp_change){ .kind = OCPP_CHANGE_APPEND, .key = stream, .value = text, .size = strlen(text) };
}

static struct ocpp_change delete_of(const char *key)
{
    return (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = key };
}

static struct ocpp_change delete_prefix_of(const char *prefix)
{
    return (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE_PREFIX, .key = prefix };
}

static enum ocpp_status change(struct ocpp_storage *storage, struct ocpp_change one)
{
    return storage->write(&one, 1, NULL, NULL, storage->user);
}

static void put(struct ocpp_storage *storage, const char *key, const char *text)
{
    assert_int_equal(change(storage, put_of(key, text)), OCPP_OK);
}

static void flush(struct ocpp_storage *storage)
{
    if (storage->flush != NULL)
        storage->flush(storage->user);
}

/* Everything a visit was shown, as "key=value;". */
struct seen {
    char text[4096];
    size_t count;
    size_t stop_after; /* 0: never */
};

static bool note(const char *key, const void *value, size_t size, void *user)
{
    struct seen *seen = user;
    const size_t length = strlen(seen->text);
    (void)snprintf(seen->text + length, sizeof seen->text - length, "%s=%.*s;", key, (int)size, (const char *)value);
    return ++seen->count != seen->stop_after;
}

static const char *all(struct ocpp_storage *storage, const char *prefix, const char *from, struct seen *seen)
{
    memset(seen, 0, sizeof *seen);
    assert_int_equal(storage->each(prefix, from, note, seen, storage->user), OCPP_OK);
    return seen->text;
}

static void assert_all(struct ocpp_storage *storage, const char *expected)
{
    struct seen seen;
    assert_string_equal(all(storage, "", NULL, &seen), expected);
}

struct outcome {
    int runs;
    enum ocpp_status status;
};

static void note_done(enum ocpp_status status, void *user)
{
    struct outcome *outcome = user;
    outcome->runs++;
    outcome->status = status;
}

/* --- reading what was written ------------------------------------------------------------------------------------ */

static void a_value_is_read_back_as_it_was_written(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct seen seen = { .text = "" };
    put(storage, "a", "one");
    assert_int_equal(storage->read("a", note, &seen, storage->user), OCPP_OK);
    assert_string_equal(seen.text, "a=one;");
    put(storage, "a", "two");
    assert_all(storage, "a=two;");
}

static void a_key_that_was_never_written_is_not_found(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct seen seen = { .text = "" };
    put(storage, "ab", "x");
    assert_int_equal(storage->read("a", note, &seen, storage->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(storage->read("abc", note, &seen, storage->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(storage->read("", note, &seen, storage->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(seen.count, 0);
}

static bool same_bytes(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    assert_int_equal(size, 6);
    assert_memory_equal(value, "\0\xff\0a\0\n", 6);
    *(bool *)user = true;
    return true;
}

static void a_value_may_hold_any_byte(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    bool shown = false;
    const struct ocpp_change bytes = { .kind = OCPP_CHANGE_PUT, .key = "k", .value = "\0\xff\0a\0\n", .size = 6 };
    assert_int_equal(change(storage, bytes), OCPP_OK);
    assert_int_equal(storage->read("k", same_bytes, &shown, storage->user), OCPP_OK);
    assert_true(shown);
}

static bool is_empty_but_there(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    assert_non_null(value);
    assert_int_equal(size, 0);
    *(bool *)user = true;
    return true;
}

static void an_empty_value_is_a_value(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    bool shown = false;
    assert_int_equal(change(storage, (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = "k" }), OCPP_OK);
    assert_int_equal(storage->read("k", is_empty_but_there, &shown, storage->user), OCPP_OK);
    assert_true(shown);
}

static void what_was_written_is_there_after_the_store_was_opened_again(void **state)
{
    struct kind_fixture *fixture = *state;
    if (!fixture->kind->survives) {
        skip();
    }
    put(fixture->storage, "a", "1");
    assert_int_equal(change(fixture->storage, append_of("s", "2")), OCPP_OK);
    kind_reopen(fixture);
    assert_all(fixture->storage, "a=1;s/0000000000000001=2;");
}

/* --- order, prefixes, from --------------------------------------------------------------------------------------- */

static void entries_come_in_the_order_of_their_bytes(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct seen seen;
    const char *const keys[] = { "b", "\xff", "a/", "a", "B", "\xc3\xa9", "a\x01", "ab", "\x7f", "\x80" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        put(storage, keys[i], "");
    assert_string_equal(all(storage, "", NULL, &seen), "B=;a=;a\x01=;a/=;ab=;b=;\x7f=;\x80=;\xc3\xa9=;\xff=;");
}

static void a_prefix_shows_its_own_key_and_those_behind_it_only(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct seen seen;
    const char *const keys[] = { "tx", "tx/1", "tx/2", "tx0", "tw", "ty", "t" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        put(storage, keys[i], "");
    assert_string_equal(all(storage, "tx", NULL, &seen), "tx=;tx/1=;tx/2=;tx0=;");
    assert_string_equal(all(storage, "tx/", NULL, &seen), "tx/1=;tx/2=;");
    assert_string_equal(all(storage, "tx/3", NULL, &seen), "");
    assert_string_equal(all(storage, "z", NULL, &seen), "");
}

static void a_prefix_that_ends_in_the_highest_byte_has_an_end_too(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct seen seen;
    const char *const keys[] = { "a\xfe", "a\xff", "a\xff\xff", "a\xffz", "b", "\xff", "\xff\xff" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        put(storage, keys[i], "");
    assert_string_equal(all(storage, "a\xff", NULL, &seen), "a\xff=;a\xffz=;a\xff\xff=;");
    assert_string_equal(all(storage, "\xff", NULL, &seen), "\xff=;\xff\xff=;");
    assert_int_equal(change(storage, delete_prefix_of("a\xff")), OCPP_OK);
    assert_all(storage, "a\xfe=;b=;\xff=;\xff\xff=;");
    assert_int_equal(change(storage, delete_prefix_of("\xff\xff")), OCPP_OK);
    assert_all(storage, "a\xfe=;b=;\xff=;");
    assert_int_equal(change(storage, delete_prefix_of("\xff")), OCPP_OK);
    assert_all(storage, "a\xfe=;b=;");
}

static void each_begins_at_from(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct seen seen;
    const char *const keys[] = { "a", "p/1", "p/2", "p/3", "q" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        put(storage, keys[i], "");
    assert_string_equal(all(storage, "p/", "p/2", &seen), "p/2=;p/3=;");
    assert_string_equal(all(storage, "p/", "p/15", &seen), "p/2=;p/3=;");
    assert_string_equal(all(storage, "p/", "", &seen), "p/1=;p/2=;p/3=;");
    assert_string_equal(all(storage, "p/", "a", &seen), "p/1=;p/2=;p/3=;");
    assert_string_equal(all(storage, "p/", "q", &seen), "");
    assert_string_equal(all(storage, "", "p/3", &seen), "p/3=;q=;");
}

static void a_visit_that_returns_false_is_the_last(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct seen seen = { .stop_after = 2 };
    put(storage, "a", "");
    put(storage, "b", "");
    put(storage, "c", "");
    assert_int_equal(storage->each("", NULL, note, &seen, storage->user), OCPP_OK);
    assert_string_equal(seen.text, "a=;b=;");
}

/* --- deleting ---------------------------------------------------------------------------------------------------- */

static void a_deleted_key_is_gone_and_deleting_nothing_is_fine(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    put(storage, "a", "1");
    put(storage, "ab", "2");
    assert_int_equal(change(storage, delete_of("a")), OCPP_OK);
    assert_int_equal(change(storage, delete_of("a")), OCPP_OK);
    assert_int_equal(change(storage, delete_of("never")), OCPP_OK);
    assert_all(storage, "ab=2;");
}

static void deleting_a_prefix_takes_its_own_key_and_leaves_the_neighbours(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    const char *const keys[] = { "s", "s.", "s/", "s/1", "s/1/2", "s0", "r", "t" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        put(storage, keys[i], "");
    assert_int_equal(change(storage, delete_prefix_of("s/")), OCPP_OK);
    assert_all(storage, "r=;s=;s.=;s0=;t=;");
    assert_int_equal(change(storage, delete_prefix_of("s")), OCPP_OK);
    assert_all(storage, "r=;t=;");
    assert_int_equal(change(storage, delete_prefix_of("s")), OCPP_OK);
}

static void deleting_the_empty_prefix_empties_the_store(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    put(storage, "a", "");
    put(storage, "\xff\xff", "");
    assert_int_equal(change(storage, delete_prefix_of("")), OCPP_OK);
    assert_all(storage, "");
}

/* --- streams ----------------------------------------------------------------------------------------------------- */

struct last_key {
    char key[OCPP_KEY_SIZE];
    size_t count;
};

static bool keep_last(const char *key, const void *value, size_t size, void *user)
{
    struct last_key *last = user;
    (void)value;
    (void)size;
    assert_true(strcmp(key, last->key) > 0);
    (void)snprintf(last->key, sizeof last->key, "%s", key);
    last->count++;
    return true;
}

static struct last_key last_of(struct ocpp_storage *storage, const char *prefix)
{
    struct last_key last = { .key = "" };
    assert_int_equal(storage->each(prefix, NULL, keep_last, &last, storage->user), OCPP_OK);
    return last;
}

static void appended_entries_come_in_the_order_they_were_appended(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct seen seen;
    assert_int_equal(change(storage, append_of("s", "first")), OCPP_OK);
    const struct ocpp_change two[] = { append_of("s", "second"), append_of("s", "third") };
    assert_int_equal(storage->write(two, 2, NULL, NULL, storage->user), OCPP_OK);
    assert_string_equal(all(storage, "s/", NULL, &seen), "s/0000000000000001=first;s/0000000000000002=second;"
                                                         "s/0000000000000003=third;");
}

static void streams_do_not_disturb_one_another(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(change(storage, append_of(i % 2 ? "odd" : "even", "x")), OCPP_OK);
    }
    assert_int_equal(last_of(storage, "odd/").count, 10);
    assert_int_equal(last_of(storage, "even/").count, 10);
}

static void numbers_of_a_stream_rise_after_its_entries_were_deleted(void **state)
{
    struct kind_fixture *fixture = *state;
    struct ocpp_storage *storage = fixture->storage;
    for (int i = 0; i < 3; i++)
        assert_int_equal(change(storage, append_of("s", "x")), OCPP_OK);
    const struct last_key before = last_of(storage, "s/");
    assert_int_equal(change(storage, delete_prefix_of("s/")), OCPP_OK);
    assert_int_equal(change(storage, append_of("s", "x")), OCPP_OK);
    const struct last_key after = last_of(storage, "s/");
    assert_int_equal(after.count, 1);
    assert_true(strcmp(after.key, before.key) > 0);
    if (!fixture->kind->survives)
        return;
    assert_int_equal(change(storage, delete_prefix_of("")), OCPP_OK);
    kind_reopen(fixture);
    assert_int_equal(change(fixture->storage, append_of("s", "x")), OCPP_OK);
    assert_true(strcmp(last_of(fixture->storage, "s/").key, after.key) > 0);
}

static void numbers_rise_over_many_entries_and_restarts(void **state)
{
    struct kind_fixture *fixture = *state;
    struct last_key last = { .key = "" };
    struct ocpp_change changes[100];
    for (size_t i = 0; i < 100; i++)
        changes[i] = append_of("s", "x");
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 11; i++)
            assert_int_equal(fixture->storage->write(changes, 100, NULL, NULL, fixture->storage->user), OCPP_OK);
        const struct last_key now = last_of(fixture->storage, "s/");
        assert_true(strcmp(now.key, last.key) > 0);
        assert_int_equal(now.count, 1100);
        last = now;
        assert_int_equal(change(fixture->storage, delete_prefix_of("s/")), OCPP_OK);
        if (fixture->kind->survives)
            kind_reopen(fixture);
    }
}

/* --- all or nothing ---------------------------------------------------------------------------------------------- */

static void the_steps_of_a_write_happen_in_their_order(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    put(storage, "a", "old");
    const struct ocpp_change changes[] = { delete_of("a"),   put_of("a", "new"),    put_of("b", "1"),
                                           put_of("b", "2"), put_of("c/1", "gone"), delete_prefix_of("c") };
    assert_int_equal(storage->write(changes, 6, NULL, NULL, storage->user), OCPP_OK);
    assert_all(storage, "a=new;b=2;");
}

static void a_bad_step_anywhere_in_a_write_changes_nothing(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    char long_key[OCPP_KEY_SIZE + 1];
    memset(long_key, 'k', sizeof long_key);
    long_key[OCPP_KEY_SIZE] = '\0';
    const struct {
        struct ocpp_change bad;
        enum ocpp_status status;
    } cases[] = {
        { put_of(long_key, ""), OCPP_ERR_LIMIT },
        { delete_of(long_key), OCPP_ERR_LIMIT },
        { delete_prefix_of(long_key), OCPP_ERR_LIMIT },
        { append_of(long_key + 17, ""), OCPP_ERR_LIMIT },
        { put_of("", "x"), OCPP_ERR_ARGUMENT },
        { delete_of(""), OCPP_ERR_ARGUMENT },
        { append_of("", "x"), OCPP_ERR_ARGUMENT },
        { { .kind = (enum ocpp_change_kind)17, .key = "a" }, OCPP_ERR_ARGUMENT },
        { { .kind = OCPP_CHANGE_PUT, .key = "a", .value = NULL, .size = 1 }, OCPP_ERR_ARGUMENT },
        { { .kind = OCPP_CHANGE_PUT, .key = "a", .value = "", .size = storage->max_value_bytes + 1 }, OCPP_ERR_LIMIT },
    };
    put(storage, "a", "1");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcome outcome = { .runs = 0 };
        const struct ocpp_change changes[] = { put_of("a", "2"),      put_of("b", "2"), append_of("s", "2"),
                                               delete_prefix_of("a"), cases[i].bad,     put_of("c", "2") };
        assert_int_equal(storage->write(changes, 6, note_done, &outcome, storage->user), cases[i].status);
        flush(storage);
        assert_int_equal(outcome.runs, 0);
        assert_all(storage, "a=1;");
    }
}

static void the_longest_key_stream_and_value_fit(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    char key[OCPP_KEY_SIZE];
    char stream[OCPP_STREAM_SIZE];
    char *value = test_malloc(storage->max_value_bytes);
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    memset(stream, 's', sizeof stream - 1);
    stream[sizeof stream - 1] = '\0';
    memset(value, 'v', storage->max_value_bytes);
    const struct ocpp_change changes[] = {
        { .kind = OCPP_CHANGE_PUT, .key = key, .value = value, .size = storage->max_value_bytes },
        { .kind = OCPP_CHANGE_APPEND, .key = stream, .value = "x", .size = 1 },
    };
    assert_int_equal(storage->write(changes, 2, NULL, NULL, storage->user), OCPP_OK);
    assert_int_equal(last_of(storage, stream).count, 1);
    assert_int_equal(strlen(last_of(storage, stream).key), OCPP_KEY_SIZE - 1);
    assert_int_equal(last_of(storage, key).count, 1);
    test_free(value);
}

static void a_write_without_changes_is_done_too(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct outcome outcome = { .runs = 0 };
    assert_int_equal(storage->write(NULL, 0, note_done, &outcome, storage->user), OCPP_OK);
    flush(storage);
    assert_int_equal(outcome.runs, 1);
    assert_int_equal(outcome.status, OCPP_OK);
}

/* --- done -------------------------------------------------------------------------------------------------------- */

static void done_runs_once_and_at_the_latest_in_flush(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct outcome outcome = { .runs = 0 };
    const struct ocpp_change one = put_of("a", "1");
    assert_int_equal(storage->write(&one, 1, note_done, &outcome, storage->user), OCPP_OK);
    if (storage->flush == NULL)
        assert_int_equal(outcome.runs, 1);
    flush(storage);
    flush(storage);
    assert_int_equal(outcome.runs, 1);
    assert_int_equal(outcome.status, OCPP_OK);
}

struct order {
    int next;
};

struct turn {
    struct order *order;
    int number;
};

static void note_turn(enum ocpp_status status, void *user)
{
    struct turn *turn = user;
    assert_int_equal(status, OCPP_OK);
    assert_int_equal(turn->order->next++, turn->number);
}

static void dones_run_in_the_order_of_their_writes(void **state)
{
    struct ocpp_storage *storage = store_of(state);
    struct order order = { .next = 0 };
    struct turn turns[50];
    for (int i = 0; i < 50; i++) {
        turns[i] = (struct turn){ .order = &order, .number = i };
        const struct ocpp_change one = append_of("s", "x");
        assert_int_equal(storage->write(&one, 1, note_turn, &turns[i], storage->user), OCPP_OK);
    }
    flush(storage);
    assert_int_equal(order.next, 50);
}

/* Writes again from inside done, |left| times. */
struct chain {
    struct ocpp_storage *storage;
    int left;
    int runs;
    bool flushes;
};

static void write_on(enum ocpp_status status, void *user)
{
    struct chain *chain = user;
    struct seen seen;
    assert_int_equal(status, OCPP_OK);
    chain->runs++;
    assert_int_equal(strlen(all(chain->storage, "s/", NULL, &seen)), 20 * (size_t)chain->runs);
    if (chain->left-- == 0)
        return;
    const struct ocpp_change one = append_of("s", "");
    assert_int_equal(chain->storage->write(&one, 1, write_on, chain, chain->storage->user), OCPP_OK);
    if (chain->flushes)
        flush(chain->storage);
}

static void done_may_write_and_read(void **state)
{
    struct chain chain = { .storage = store_of(state), .left = 30 };
    const struct ocpp_change one = append_of("s", "");
    assert_int_equal(chain.storage->write(&one, 1, write_on, &chain, chain.storage->user), OCPP_OK);
    for (int i = 0; i < 31; i++)
        flush(chain.storage);
    assert_int_equal(chain.runs, 31);
}

static void done_may_flush(void **state)
{
    struct chain chain = { .storage = store_of(state), .left = 10, .flushes = true };
    const struct ocpp_change one = append_of("s", "");
    assert_int_equal(chain.storage->write(&one, 1, write_on, &chain, chain.storage->user), OCPP_OK);
    flush(chain.storage);
    assert_int_equal(chain.runs, 11);
}

/* --- visits ------------------------------------------------------------------------------------------------------ */

struct inner {
    struct ocpp_storage *storage;
    struct seen seen;
    enum ocpp_status write_status;
};

static bool write_inside(const char *key, const void *value, size_t size, void *user)
{
    struct inner *inner = user;
    (void)note(key, value, size, &inner->seen);
    inner->write_status = change(inner->storage, put_of("z", "1"));
    return true;
}

static void a_visit_may_not_write(void **state)
{
    struct inner inner = { .storage = store_of(state) };
    put(inner.storage, "a", "1");
    put(inner.storage, "b", "2");
    assert_int_equal(inner.storage->each("", NULL, write_inside, &inner, inner.storage->user), OCPP_OK);
    assert_int_equal(inner.write_status, OCPP_ERR_STATE);
    assert_string_equal(inner.seen.text, "a=1;b=2;");
    assert_int_equal(inner.storage->read("a", write_inside, &inner, inner.storage->user), OCPP_OK);
    assert_int_equal(inner.write_status, OCPP_ERR_STATE);
    assert_all(inner.storage, "a=1;b=2;");
    put(inner.storage, "z", "now");
}

static bool read_inside(const char *key, const void *value, size_t size, void *user)
{
    struct inner *inner = user;
    (void)note(key, value, size, &inner->seen);
    assert_int_equal(inner->storage->read(key, note, &inner->seen, inner->storage->user), OCPP_OK);
    assert_int_equal(inner->storage->each(key, NULL, note, &inner->seen, inner->storage->user), OCPP_OK);
    return true;
}

static void a_visit_may_read_and_visit(void **state)
{
    struct inner inner = { .storage = store_of(state) };
    put(inner.storage, "a", "1");
    put(inner.storage, "b", "2");
    assert_int_equal(inner.storage->each("", NULL, read_inside, &inner, inner.storage->user), OCPP_OK);
    assert_string_equal(inner.seen.text, "a=1;a=1;a=1;b=2;b=2;b=2;");
    assert_int_equal(inner.storage->read("b", read_inside, &inner, inner.storage->user), OCPP_OK);
}

/* --- against a model --------------------------------------------------------------------------------------------- */

/* Random writes over few keys, held against a plain table after each. */
static void three_hundred_random_writes_leave_what_a_plain_table_says(void **state)
{
    struct kind_fixture *fixture = *state;
    char table[3][3][8];
    uint32_t dice = 20261120;
    memset(table, 0, sizeof table);
    for (int i = 0; i < 300; i++) {
        dice = dice * 1664525u + 1013904223u;
        const unsigned a = (dice >> 8) % 3;
        const unsigned b = (dice >> 12) % 3;
        char key[8];
        char value[8];
        (void)snprintf(key, sizeof key, "k%u/%u", a, b);
        (void)snprintf(value, sizeof value, "v%d", i);
        const unsigned act = (dice >> 20) % 8;
        if (act == 0) {
            key[3] = '\0';
            assert_int_equal(change(fixture->storage, delete_prefix_of(key)), OCPP_OK);
            memset(table[a], 0, sizeof table[a]);
        } else if (act < 3) {
            assert_int_equal(change(fixture->storage, delete_of(key)), OCPP_OK);
            table[a][b][0] = '\0';
        } else {
            put(fixture->storage, key, value);
            (void)snprintf(table[a][b], sizeof table[a][b], "%s", value);
        }
        if (i % 101 == 100 && fixture->kind->survives)
            kind_reopen(fixture);
        char expected[256] = "";
        for (unsigned k = 0; k < 9; k++) {
            const size_t length = strlen(expected);
            if (table[k / 3][k % 3][0] != '\0')
                (void)snprintf(expected + length, sizeof expected - length, "k%u/%u=%s;", k / 3, k % 3, table[k / 3][k % 3]);
        }
        assert_all(fixture->storage, expected);
    }
}

/* clang-format off */
#define EACH_KIND(test) { #test, test, kind_setup, kind_teardown, NULL }
static const struct CMUnitTest suite[] = {
    EACH_KIND(a_value_is_read_back_as_it_was_written),
    EACH_KIND(a_key_that_was_never_written_is_not_found),
    EACH_KIND(a_value_may_hold_any_byte),
    EACH_KIND(an_empty_value_is_a_value),
    EACH_KIND(what_was_written_is_there_after_the_store_was_opened_again),
    EACH_KIND(entries_come_in_the_order_of_their_bytes),
    EACH_KIND(a_prefix_shows_its_own_key_and_those_behind_it_only),
    EACH_KIND(a_prefix_that_ends_in_the_highest_byte_has_an_end_too),
    EACH_KIND(each_begins_at_from),
    EACH_KIND(a_visit_that_returns_false_is_the_last),
    EACH_KIND(a_deleted_key_is_gone_and_deleting_nothing_is_fine),
    EACH_KIND(deleting_a_prefix_takes_its_own_key_and_leaves_the_neighbours),
    EACH_KIND(deleting_the_empty_prefix_empties_the_store),
    EACH_KIND(appended_entries_come_in_the_order_they_were_appended),
    EACH_KIND(streams_do_not_disturb_one_another),
    EACH_KIND(numbers_of_a_stream_rise_after_its_entries_were_deleted),
    EACH_KIND(numbers_rise_over_many_entries_and_restarts),
    EACH_KIND(the_steps_of_a_write_happen_in_their_order),
    EACH_KIND(a_bad_step_anywhere_in_a_write_changes_nothing),
    EACH_KIND(the_longest_key_stream_and_value_fit),
    EACH_KIND(a_write_without_changes_is_done_too),
    EACH_KIND(done_runs_once_and_at_the_latest_in_flush),
    EACH_KIND(dones_run_in_the_order_of_their_writes),
    EACH_KIND(done_may_write_and_read),
    EACH_KIND(done_may_flush),
    EACH_KIND(a_visit_may_not_write),
    EACH_KIND(a_visit_may_read_and_visit),
    EACH_KIND(three_hundred_random_writes_leave_what_a_plain_table_says),
};
/* clang-format on */

int main(void)
{
    int failed = 0;
    for (size_t k = 0; k < storage_kind_count; k++) {
        struct CMUnitTest tests[sizeof suite / sizeof suite[0]];
        memcpy(tests, suite, sizeof suite);
        for (size_t i = 0; i < sizeof suite / sizeof suite[0]; i++)
            tests[i].initial_state = kind_state(&storage_kinds[k]);
        print_message("--- %s\n", storage_kinds[k].name);
        failed += _cmocka_run_group_tests(storage_kinds[k].name, tests, sizeof tests / sizeof tests[0], NULL, NULL);
    }
    return failed;
}
