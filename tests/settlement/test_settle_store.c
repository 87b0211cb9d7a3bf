/* test_settle_store.c: the contract of store.h, clause by clause, over every store of the library. */
#include "settle_keys.h"
#include "settle_store_kinds.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct ocpp_settle_store *store_of(void **state)
{
    return ((struct settle_store_fixture *)*state)->store;
}

/* --- small words ------------------------------------------------------------------------------------------------- */

static struct ocpp_settle_change insert_of(const char *key, const char *text)
{
    return (struct ocpp_settle_change){ .kind = OCPP_SETTLE_INSERT, .key = key, .value = text, .size = strlen(text) };
}

static struct ocpp_settle_change update_of(const char *key, int64_t version, const char *text)
{
    return (struct ocpp_settle_change){
        .kind = OCPP_SETTLE_UPDATE, .key = key, .version = version, .value = text, .size = strlen(text)
    };
}

static struct ocpp_settle_change delete_of(const char *key, int64_t version)
{
    return (struct ocpp_settle_change){ .kind = OCPP_SETTLE_DELETE, .key = key, .version = version };
}

static struct ocpp_settle_entry entry_of(const char *kind, const char *body)
{
    return (struct ocpp_settle_entry){ .kind = kind, .body = body, .size = strlen(body) };
}

static enum ocpp_status write_changes(struct ocpp_settle_store *store, const struct ocpp_settle_change *changes, size_t count)
{
    const struct ocpp_settle_write write = { .changes = changes, .change_count = count, .utc_ms = 1000 };

    return store->write(&write, NULL, NULL, store->user);
}

static enum ocpp_status change(struct ocpp_settle_store *store, struct ocpp_settle_change one)
{
    return write_changes(store, &one, 1);
}

static enum ocpp_status append(struct ocpp_settle_store *store, const char *kind, const char *body)
{
    const struct ocpp_settle_entry entry = entry_of(kind, body);
    const struct ocpp_settle_write write = { .entries = &entry, .entry_count = 1, .utc_ms = 1000 };

    return store->write(&write, NULL, NULL, store->user);
}

struct seen {
    char text[4096];
    size_t length;
    unsigned count;
    unsigned stop_after; /* 0: never */
};

static bool note_row(const struct ocpp_settle_row *row, void *user)
{
    struct seen *seen = user;

    seen->length += (size_t)snprintf(seen->text + seen->length, sizeof seen->text - seen->length, "%s=%.*s@%d;", row->key,
                                     (int)row->size, (const char *)row->value, (int)row->version);
    return ++seen->count != seen->stop_after;
}

static bool note_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct seen *seen = user;

    seen->length += (size_t)snprintf(seen->text + seen->length, sizeof seen->text - seen->length, "%d:%s=%.*s@%d;",
                                     (int)entry->number, entry->kind, (int)entry->size, entry->body, (int)entry->utc_ms);
    return ++seen->count != seen->stop_after;
}

static void assert_rows_from(struct ocpp_settle_store *store, const char *prefix, const char *from, const char *expected)
{
    struct seen seen = { .length = 0 };

    assert_int_equal(store->each(prefix, from, note_row, &seen, store->user), OCPP_OK);
    assert_string_equal(seen.text, expected);
}

static void assert_rows(struct ocpp_settle_store *store, const char *expected)
{
    assert_rows_from(store, "", NULL, expected);
}

static void assert_journal(struct ocpp_settle_store *store, int64_t from, const char *expected)
{
    struct seen seen = { .length = 0 };

    assert_int_equal(store->journal(from, note_entry, &seen, store->user), OCPP_OK);
    assert_string_equal(seen.text, expected);
}

/* What the chain says; nothing may be wrong. Returns how many entries there are. */
static int64_t assert_verifies(struct ocpp_settle_store *store)
{
    struct settle_keys keys;
    struct ocpp_settle_verification found;
    struct ocpp_settle_head head;

    settle_keys_start(&keys, 7);
    assert_int_equal(ocpp_settle_store_verify(store, &keys.contract, NULL, &found), OCPP_OK);
    assert_int_equal(found.wrong, OCPP_SETTLE_UNBROKEN);
    assert_int_equal(store->head(&head, store->user), OCPP_OK);
    assert_int_equal(head.number, found.entries);
    assert_memory_equal(head.hash, found.head.hash, sizeof head.hash);
    settle_keys_end(&keys);
    return found.entries;
}

struct outcome {
    unsigned runs;
    enum ocpp_status status;
};

static void note_done(enum ocpp_status status, void *user)
{
    struct outcome *outcome = user;

    outcome->runs++;
    outcome->status = status;
}

/* --- rows -------------------------------------------------------------------------------------------------------- */

static void a_row_is_read_back_with_its_version(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    struct seen seen = { .length = 0 };

    assert_int_equal(change(store, insert_of("a", "one")), OCPP_OK);
    assert_int_equal(change(store, update_of("a", 1, "two")), OCPP_OK);
    assert_int_equal(change(store, update_of("a", 2, "three")), OCPP_OK);
    assert_int_equal(store->read("a", note_row, &seen, store->user), OCPP_OK);
    assert_string_equal(seen.text, "a=three@3;");
    assert_int_equal(store->read("b", note_row, &seen, store->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(store->read("", note_row, &seen, store->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(seen.count, 1);
}

static bool is_every_byte(const struct ocpp_settle_row *row, void *user)
{
    const unsigned char *bytes = row->value;

    assert_int_equal(row->size, 256);
    for (int i = 0; i < 256; i++) {
        assert_int_equal(bytes[i], i);
    }
    ++*(unsigned *)user;
    return true;
}

static void a_value_may_hold_any_byte_and_none(void **state)
{
    struct settle_store_fixture *fixture = *state;
    unsigned char bytes[256];
    unsigned seen = 0;

    for (int i = 0; i < 256; i++) {
        bytes[i] = (unsigned char)i;
    }
    const struct ocpp_settle_change changes[] = {
        { .kind = OCPP_SETTLE_INSERT, .key = "bytes", .value = bytes, .size = sizeof bytes },
        { .kind = OCPP_SETTLE_INSERT, .key = "empty" },
    };
    assert_int_equal(write_changes(fixture->store, changes, 2), OCPP_OK);
    if (fixture->kind->survives) {
        settle_store_reopen(fixture);
    }
    assert_int_equal(fixture->store->read("bytes", is_every_byte, &seen, fixture->store->user), OCPP_OK);
    assert_int_equal(seen, 1);
    assert_rows_from(fixture->store, "e", NULL, "empty=@1;");
}

static void what_was_written_is_there_after_the_store_was_opened_again(void **state)
{
    struct settle_store_fixture *fixture = *state;

    if (!fixture->kind->survives) {
        return;
    }
    assert_int_equal(change(fixture->store, insert_of("a", "1")), OCPP_OK);
    assert_int_equal(append(fixture->store, "audit", "{}"), OCPP_OK);
    settle_store_reopen(fixture);
    assert_rows(fixture->store, "a=1@1;");
    assert_int_equal(append(fixture->store, "audit", "[]"), OCPP_OK);
    assert_journal(fixture->store, 1, "1:audit={}@1000;2:audit=[]@1000;");
    assert_int_equal(assert_verifies(fixture->store), 2);
}

static void rows_come_in_the_order_of_their_bytes_from_where_one_likes(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    static const char *const keys[] = { "b/2", "b", "a", "b/10", "c", "b/1", "\xc3\xa9", "B", "b0", "b/~", "b/\xf4\x8f\xbf\xbf" };
    char prefix[2 * OCPP_SETTLE_KEY_SIZE] = "b/";
    char row[OCPP_SETTLE_KEY_SIZE + 8];

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        assert_int_equal(change(store, insert_of(keys[i], "")), OCPP_OK);
    }
    assert_rows(store, "B=@1;a=@1;b=@1;b/1=@1;b/10=@1;b/2=@1;b/~=@1;b/\xf4\x8f\xbf\xbf=@1;b0=@1;c=@1;\xc3\xa9=@1;");
    assert_rows_from(store, "b", NULL, "b=@1;b/1=@1;b/10=@1;b/2=@1;b/~=@1;b/\xf4\x8f\xbf\xbf=@1;b0=@1;");
    assert_rows_from(store, "b", "a", "b=@1;b/1=@1;b/10=@1;b/2=@1;b/~=@1;b/\xf4\x8f\xbf\xbf=@1;b0=@1;");
    assert_rows_from(store, "b/", "b/10", "b/10=@1;b/2=@1;b/~=@1;b/\xf4\x8f\xbf\xbf=@1;");
    assert_rows_from(store, "b/", "b/11", "b/2=@1;b/~=@1;b/\xf4\x8f\xbf\xbf=@1;");
    assert_rows_from(store, "b/", "c", "");
    assert_rows_from(store, "b/~", NULL, "b/~=@1;");
    assert_rows_from(store, "b/\xf4", NULL, "b/\xf4\x8f\xbf\xbf=@1;");
    assert_rows_from(store, "\xc3\xa9", NULL, "\xc3\xa9=@1;");
    memset(prefix + 2, 'x', sizeof prefix - 3);
    assert_rows_from(store, prefix, NULL, "");
    prefix[OCPP_SETTLE_KEY_SIZE] = '\0';
    assert_rows_from(store, prefix, NULL, "");
    prefix[OCPP_SETTLE_KEY_SIZE - 1] = '\0';
    assert_int_equal(change(store, insert_of(prefix, "")), OCPP_OK);
    (void)snprintf(row, sizeof row, "%.*s=@1;", OCPP_SETTLE_KEY_SIZE - 1, prefix);
    assert_rows_from(store, prefix, "b", row);
    assert_rows_from(store, "x", NULL, "");
}

static void a_visit_that_returns_false_is_the_last(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    struct seen rows = { .stop_after = 2 };
    struct seen entries = { .stop_after = 2 };

    for (int i = 0; i < 4; i++) {
        const char key[] = { (char)('a' + i), '\0' };

        assert_int_equal(change(store, insert_of(key, "")), OCPP_OK);
        assert_int_equal(append(store, "k", key), OCPP_OK);
    }
    assert_int_equal(store->each("", NULL, note_row, &rows, store->user), OCPP_OK);
    assert_string_equal(rows.text, "a=@1;b=@1;");
    assert_int_equal(store->journal(2, note_entry, &entries, store->user), OCPP_OK);
    assert_string_equal(entries.text, "2:k=b@1000;3:k=c@1000;");
}

/* --- preconditions ------------------------------------------------------------------------------------------------ */

static void a_change_of_another_version_is_refused(void **state)
{
    struct ocpp_settle_store *store = store_of(state);

    assert_int_equal(change(store, insert_of("a", "1")), OCPP_OK);
    assert_int_equal(change(store, update_of("a", 1, "2")), OCPP_OK);
    const struct ocpp_settle_change wrong[] = {
        insert_of("a", "x"),    update_of("a", 1, "x"), update_of("a", 3, "x"), update_of("a", 0, "x"), update_of("b", 1, "x"),
        update_of("b", 0, "x"), delete_of("a", 1),      delete_of("a", 3),      delete_of("b", 0),      delete_of("b", 1),
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(change(store, wrong[i]), OCPP_ERR_BUSY);
        store->flush(store->user);
        assert_rows(store, "a=2@2;");
    }
    assert_int_equal(change(store, delete_of("a", 2)), OCPP_OK);
    assert_rows(store, "");
}

/* I6. What is refused in the middle of a group leaves those before it and takes nothing with it. */
static void a_refused_write_changes_nothing_and_leaves_what_was_gathered_before(void **state)
{
    struct settle_store_fixture *fixture = *state;
    struct ocpp_settle_store *store = fixture->store;
    struct outcome good = { .runs = 0 };
    struct outcome bad = { .runs = 0 };
    const struct ocpp_settle_change first[] = { insert_of("a", "1"), insert_of("b", "1") };
    const struct ocpp_settle_change stale[] = { update_of("a", 1, "2"), insert_of("c", "1"), delete_of("b", 7) };
    const struct ocpp_settle_entry entry = entry_of("post", "{}");
    struct ocpp_settle_write write = { .changes = first, .change_count = 2, .entries = &entry, .entry_count = 1 };

    assert_int_equal(store->write(&write, note_done, &good, store->user), OCPP_OK);
    write.changes = stale;
    write.change_count = 3;
    assert_int_equal(store->write(&write, note_done, &bad, store->user), OCPP_ERR_BUSY);
    assert_rows(store, "a=1@1;b=1@1;");
    store->flush(store->user);
    assert_int_equal(good.runs, 1);
    assert_int_equal(good.status, OCPP_OK);
    assert_int_equal(bad.runs, 0);
    if (fixture->kind->survives) {
        settle_store_reopen(fixture);
    }
    assert_rows(fixture->store, "a=1@1;b=1@1;");
    assert_int_equal(assert_verifies(fixture->store), 1);
}

static void a_write_that_must_follow_an_entry_is_refused_when_the_journal_went_on(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    const struct ocpp_settle_entry entry = entry_of("k", "");
    struct ocpp_settle_write write = { .entries = &entry, .entry_count = 1, .follows = 1 };

    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_ERR_BUSY);
    assert_int_equal(append(store, "k", ""), OCPP_OK);
    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_OK);
    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_ERR_BUSY);
    assert_int_equal(assert_verifies(store), 2);
}

/* --- bad input ----------------------------------------------------------------------------------------------------- */

static void a_bad_part_anywhere_in_a_write_changes_nothing(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    char long_key[OCPP_SETTLE_KEY_SIZE + 1];
    char long_kind[OCPP_SETTLE_KIND_SIZE + 1];

    memset(long_key, 'k', OCPP_SETTLE_KEY_SIZE);
    long_key[OCPP_SETTLE_KEY_SIZE] = '\0';
    memset(long_kind, 'k', OCPP_SETTLE_KIND_SIZE);
    long_kind[OCPP_SETTLE_KIND_SIZE] = '\0';
    const struct {
        struct ocpp_settle_change change;
        struct ocpp_settle_entry entry;
        enum ocpp_status status;
    } cases[] = {
        { insert_of(long_key, ""), entry_of("k", ""), OCPP_ERR_LIMIT },
        { delete_of(long_key, 1), entry_of("k", ""), OCPP_ERR_LIMIT },
        { insert_of("", ""), entry_of("k", ""), OCPP_ERR_ARGUMENT },
        { { .kind = OCPP_SETTLE_INSERT, .key = NULL }, entry_of("k", ""), OCPP_ERR_ARGUMENT },
        { { .kind = (enum ocpp_settle_change_kind)3, .key = "b" }, entry_of("k", ""), OCPP_ERR_ARGUMENT },
        { { .kind = OCPP_SETTLE_INSERT, .key = "b", .size = 1 }, entry_of("k", ""), OCPP_ERR_ARGUMENT },
        { { .kind = OCPP_SETTLE_INSERT, .key = "b", .value = "", .size = store->max_value_bytes + 1 },
          entry_of("k", ""),
          OCPP_ERR_LIMIT },
        { insert_of("a", "twice"), entry_of("k", ""), OCPP_ERR_ARGUMENT },
        { insert_of("b", ""), entry_of("", ""), OCPP_ERR_ARGUMENT },
        { insert_of("b", ""), { .kind = NULL }, OCPP_ERR_ARGUMENT },
        { insert_of("b", ""), entry_of(long_kind, ""), OCPP_ERR_LIMIT },
        { insert_of("b", ""), { .kind = "k", .size = 1 }, OCPP_ERR_ARGUMENT },
        { insert_of("b", ""), { .kind = "k", .body = "", .size = store->max_value_bytes + 1 }, OCPP_ERR_LIMIT },
    };
    assert_int_equal(change(store, insert_of("z", "1")), OCPP_OK);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct outcome outcome = { .runs = 0 };
        const struct ocpp_settle_change changes[] = { insert_of("a", "1"), cases[i].change, insert_of("c", "1") };
        const struct ocpp_settle_entry entries[] = { entry_of("k", ""), cases[i].entry };
        const struct ocpp_settle_write write = { .changes = changes, .change_count = 3, .entries = entries, .entry_count = 2 };

        assert_int_equal(store->write(&write, note_done, &outcome, store->user), cases[i].status);
        store->flush(store->user);
        assert_int_equal(outcome.runs, 0);
        assert_rows(store, "z=1@1;");
        assert_journal(store, 1, "");
    }
}

static void more_changes_or_entries_than_a_write_may_have_are_refused(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    static struct ocpp_settle_change changes[OCPP_SETTLE_CHANGES_MAXIMUM + 1];
    static char keys[OCPP_SETTLE_CHANGES_MAXIMUM + 1][8];
    struct ocpp_settle_entry entries[OCPP_SETTLE_ENTRIES_MAXIMUM + 1];
    struct ocpp_settle_write write = { .changes = changes, .entries = entries };

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        (void)snprintf(keys[i], sizeof keys[i], "k%05u", (unsigned)i);
        changes[i] = insert_of(keys[i], "");
    }
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        entries[i] = entry_of("k", "");
    }
    write.change_count = COUNT_OF(changes);
    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_ERR_LIMIT);
    write.change_count = 0;
    write.entry_count = COUNT_OF(entries);
    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_ERR_LIMIT);
    write.change_count = COUNT_OF(changes) - 1;
    write.entry_count = COUNT_OF(entries) - 1;
    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_OK);
    assert_int_equal(assert_verifies(store), OCPP_SETTLE_ENTRIES_MAXIMUM);
}

static void the_longest_key_kind_and_value_fit(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    char key[OCPP_SETTLE_KEY_SIZE];
    char kind[OCPP_SETTLE_KIND_SIZE];
    char *value = test_malloc(store->max_value_bytes);
    struct ocpp_settle_change one = { .kind = OCPP_SETTLE_INSERT, .key = key, .value = value, .size = store->max_value_bytes };
    struct ocpp_settle_entry entry = { .kind = kind, .body = value, .size = store->max_value_bytes };
    const struct ocpp_settle_write write = { .changes = &one, .change_count = 1, .entries = &entry, .entry_count = 1 };
    struct seen seen = { .stop_after = 1 };

    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    memset(kind, 'k', sizeof kind - 1);
    kind[sizeof kind - 1] = '\0';
    memset(value, 'v', store->max_value_bytes);
    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_OK);
    assert_int_equal(store->read(key, note_row, &seen, store->user), OCPP_OK);
    assert_int_equal(assert_verifies(store), 1);
    test_free(value);
}

/* --- the journal --------------------------------------------------------------------------------------------------- */

static void entries_are_numbered_from_one_and_make_a_chain(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    struct ocpp_settle_head head;
    static const unsigned char zeros[OCPP_SETTLE_DIGEST_SIZE];

    assert_int_equal(store->head(&head, store->user), OCPP_OK);
    assert_int_equal(head.number, 0);
    assert_memory_equal(head.hash, zeros, sizeof zeros);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(append(store, i % 2 ? "odd" : "even", "{\"a\":1}"), OCPP_OK);
    }
    assert_journal(store, 9, "9:even={\"a\":1}@1000;10:odd={\"a\":1}@1000;");
    assert_journal(store, 11, "");
    assert_int_equal(assert_verifies(store), 10);
}

/* Made with Python: hashlib.sha256(bytes(32) + n.to_bytes(8) + utc.to_bytes(8) + len(kind).to_bytes(8) + kind + …). */
static void the_hash_of_an_entry_is_that_of_the_contract(void **state)
{
    static const unsigned char first[] = { 0xa3, 0xea, 0x64, 0x7a, 0x8c, 0xdc, 0xf9, 0x50, 0xeb, 0x1f, 0xfc,
                                           0x3d, 0x31, 0x93, 0x64, 0x83, 0xe1, 0x04, 0x78, 0x0d, 0xcd, 0x3f,
                                           0x4b, 0x6b, 0x66, 0x71, 0xc3, 0x8e, 0x15, 0xcd, 0xbd, 0x8e };
    struct ocpp_settle_store *store = store_of(state);
    struct ocpp_settle_head head;

    assert_int_equal(append(store, "post", "{\"x\":1}"), OCPP_OK);
    assert_int_equal(store->head(&head, store->user), OCPP_OK);
    assert_memory_equal(head.hash, first, sizeof first);
}

/* --- done ---------------------------------------------------------------------------------------------------------- */

struct turn {
    int *next;
    int number;
};

static void note_turn(enum ocpp_status status, void *user)
{
    struct turn *turn = user;

    assert_int_equal(status, OCPP_OK);
    assert_int_equal((*turn->next)++, turn->number);
}

static void dones_run_once_in_the_order_of_their_writes_and_at_the_latest_in_flush(void **state)
{
    struct settle_store_fixture *fixture = *state;
    struct ocpp_settle_store *store = fixture->store;
    const struct ocpp_settle_entry entry = entry_of("k", "");
    const struct ocpp_settle_write write = { .entries = &entry, .entry_count = 1 };
    struct turn turns[50];
    int next = 0;

    for (int i = 0; i < 50; i++) {
        turns[i] = (struct turn){ .next = &next, .number = i };
        assert_int_equal(store->write(&write, note_turn, &turns[i], store->user), OCPP_OK);
        assert_true(fixture->kind->gathers || next == i + 1);
    }
    store->flush(store->user);
    store->flush(store->user);
    assert_int_equal(next, 50);
}

/* Writes again from inside done, |left| times. */
struct chain {
    struct ocpp_settle_store *store;
    int left;
    int runs;
    bool flushes;
};

static void write_on(enum ocpp_status status, void *user)
{
    struct chain *chain = user;
    struct ocpp_settle_head head;
    const struct ocpp_settle_entry entry = entry_of("k", "");
    const struct ocpp_settle_write write = { .entries = &entry, .entry_count = 1 };

    assert_int_equal(status, OCPP_OK);
    assert_int_equal(chain->store->head(&head, chain->store->user), OCPP_OK);
    assert_int_equal(head.number, ++chain->runs);
    if (chain->left-- == 0) {
        return;
    }
    assert_int_equal(chain->store->write(&write, write_on, chain, chain->store->user), OCPP_OK);
    if (chain->flushes) {
        chain->store->flush(chain->store->user);
    }
}

static void done_may_write_read_and_flush(void **state)
{
    for (int flushes = 0; flushes < 2; flushes++) {
        struct ocpp_settle_store *store = store_of(state);
        struct ocpp_settle_head head;

        assert_int_equal(store->head(&head, store->user), OCPP_OK);
        struct chain chain = { .store = store, .left = 10, .runs = (int)head.number, .flushes = flushes != 0 };
        assert_int_equal(append(store, "k", ""), OCPP_OK);
        write_on(OCPP_OK, &chain);
        for (int i = 0; i < 11; i++) {
            store->flush(store->user);
        }
        assert_int_equal(chain.left, -1);
    }
}

/* --- visits -------------------------------------------------------------------------------------------------------- */

struct inner {
    struct ocpp_settle_store *store;
    unsigned visits;
};

static void try_what_a_visit_may_not(struct inner *inner)
{
    struct ocpp_settle_store *store = inner->store;
    int64_t token = 17;

    inner->visits++;
    assert_int_equal(change(store, insert_of("z", "")), OCPP_ERR_STATE);
    assert_int_equal(store->take_lease("l", "h", 0, 1, &token, store->user), OCPP_ERR_STATE);
    assert_int_equal(token, 17);
}

static bool read_inside(const struct ocpp_settle_row *row, void *user)
{
    struct inner *inner = user;
    struct ocpp_settle_store *store = inner->store;
    struct ocpp_settle_head head;
    struct seen seen = { .length = 0 };
    char key[OCPP_SETTLE_KEY_SIZE];

    (void)snprintf(key, sizeof key, "%s", row->key);
    try_what_a_visit_may_not(inner);
    assert_int_equal(store->read("a", note_row, &seen, store->user), OCPP_OK);
    assert_int_equal(store->each("b", NULL, note_row, &seen, store->user), OCPP_OK);
    assert_int_equal(store->journal(1, note_entry, &seen, store->user), OCPP_OK);
    assert_int_equal(store->head(&head, store->user), OCPP_OK);
    assert_string_equal(seen.text, "a=1@1;b=2@1;1:k=@1000;");
    assert_string_equal(row->key, key);
    return true;
}

static bool read_inside_journal(const struct ocpp_settle_journal_entry *entry, void *user)
{
    const struct ocpp_settle_row row = { .key = entry->kind };

    return read_inside(&row, user);
}

static void a_visit_may_read_and_visit_but_not_change(void **state)
{
    struct inner inner = { .store = store_of(state) };
    struct ocpp_settle_store *store = inner.store;

    assert_int_equal(change(store, insert_of("a", "1")), OCPP_OK);
    assert_int_equal(change(store, insert_of("b", "2")), OCPP_OK);
    assert_int_equal(append(store, "k", ""), OCPP_OK);
    assert_int_equal(store->read("a", read_inside, &inner, store->user), OCPP_OK);
    assert_int_equal(store->each("", NULL, read_inside, &inner, store->user), OCPP_OK);
    assert_int_equal(store->journal(1, read_inside_journal, &inner, store->user), OCPP_OK);
    assert_int_equal(inner.visits, 4);
    assert_int_equal(change(store, insert_of("z", "now")), OCPP_OK);
}

/* --- leases -------------------------------------------------------------------------------------------------------- */

static enum ocpp_status lease(struct ocpp_settle_store *store, const char *holder, int64_t now, int64_t until, int64_t *token)
{
    return store->take_lease("timers", holder, now, until, token, store->user);
}

static void a_lease_belongs_to_one_holder_until_it_runs_out(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    int64_t token = 0;

    assert_int_equal(lease(store, "a", 0, 100, &token), OCPP_OK);
    assert_int_equal(token, 1);
    assert_int_equal(lease(store, "b", 99, 200, &token), OCPP_ERR_BUSY);
    assert_int_equal(lease(store, "a", 99, 150, &token), OCPP_OK);
    assert_int_equal(token, 1);
    assert_int_equal(lease(store, "b", 149, 300, &token), OCPP_ERR_BUSY);
    assert_int_equal(lease(store, "b", 150, 300, &token), OCPP_OK);
    assert_int_equal(token, 2);
    assert_int_equal(lease(store, "a", 151, 300, &token), OCPP_ERR_BUSY);
    assert_int_equal(lease(store, "b", 300, 400, &token), OCPP_OK);
    assert_int_equal(token, 3);
}

static void a_write_under_an_older_lease_is_refused(void **state)
{
    struct settle_store_fixture *fixture = *state;
    struct ocpp_settle_store *store = fixture->store;
    const struct ocpp_settle_change one = insert_of("a", "1");
    struct ocpp_settle_lease held = { .name = "timers" };
    const struct ocpp_settle_write write = { .changes = &one, .change_count = 1, .lease = &held };
    int64_t token = 0;

    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_ERR_BUSY);
    assert_int_equal(lease(store, "a", 0, 100, &held.token), OCPP_OK);
    assert_int_equal(lease(store, "b", 100, 200, &token), OCPP_OK);
    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_ERR_BUSY);
    assert_rows(store, "");
    held.token = token;
    if (fixture->kind->survives) {
        settle_store_reopen(fixture);
    }
    assert_int_equal(fixture->store->write(&write, NULL, NULL, fixture->store->user), OCPP_OK);
    assert_rows(fixture->store, "a=1@1;");
}

static void a_lease_wants_names_that_fit(void **state)
{
    struct ocpp_settle_store *store = store_of(state);
    char name[OCPP_SETTLE_LEASE_NAME_SIZE + 1];
    int64_t token = 17;

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(store->take_lease(name, "h", 0, 1, &token, store->user), OCPP_ERR_LIMIT);
    assert_int_equal(store->take_lease("l", name, 0, 1, &token, store->user), OCPP_ERR_LIMIT);
    assert_int_equal(store->take_lease("", "h", 0, 1, &token, store->user), OCPP_ERR_ARGUMENT);
    assert_int_equal(store->take_lease("l", NULL, 0, 1, &token, store->user), OCPP_ERR_ARGUMENT);
    assert_int_equal(token, 17);
    assert_int_equal(store->take_lease(name + 1, name + 1, 0, 1, &token, store->user), OCPP_OK);
}

/* --- against a model ------------------------------------------------------------------------------------------------- */

/* Random changes of few keys, right ones and stale ones, held against a plain table after each. */
static void five_hundred_random_writes_leave_what_a_plain_table_says(void **state)
{
    struct settle_store_fixture *fixture = *state;
    struct {
        int version; /* 0: not there */
        int value;
    } table[5] = { { 0, 0 } };
    uint32_t dice = 20261121;
    int entries = 0;

    for (int i = 0; i < 500; i++) {
        dice = dice * 1664525u + 1013904223u;
        const unsigned k = (dice >> 8) % 5;
        const enum ocpp_settle_change_kind kind = (enum ocpp_settle_change_kind)((dice >> 12) % 3);
        const int version = (int)(dice >> 16) % 4 == 0 ? (int)(dice >> 20) % 5 : table[k].version;
        const bool fits = kind == OCPP_SETTLE_INSERT ? table[k].version == 0 : version > 0 && version == table[k].version;
        char key[4];
        char value[8];
        char expected[128] = "";

        (void)snprintf(key, sizeof key, "k%u", k);
        (void)snprintf(value, sizeof value, "%d", i);
        const struct ocpp_settle_change one = { kind, key, version, value, strlen(value) };
        const struct ocpp_settle_entry entry = entry_of("k", value);
        const struct ocpp_settle_write write = { &one, 1, &entry, 1, i, NULL, 0 };
        assert_int_equal(fixture->store->write(&write, NULL, NULL, fixture->store->user), fits ? OCPP_OK : OCPP_ERR_BUSY);
        if (fits) {
            table[k].version = kind == OCPP_SETTLE_DELETE ? 0 : kind == OCPP_SETTLE_INSERT ? 1 : version + 1;
            table[k].value = i;
            entries++;
        }
        if (i % 101 == 100 && fixture->kind->survives) {
            settle_store_reopen(fixture);
        }
        for (unsigned j = 0; j < 5; j++) {
            const size_t length = strlen(expected);

            if (table[j].version > 0) {
                (void)snprintf(expected + length, sizeof expected - length, "k%u=%d@%d;", j, table[j].value, table[j].version);
            }
        }
        assert_rows(fixture->store, expected);
    }
    assert_int_equal(assert_verifies(fixture->store), entries);
}

/* clang-format off */
#define EACH_KIND(test) { #test, test, settle_store_setup, settle_store_teardown, NULL }
static const struct CMUnitTest suite[] = {
    EACH_KIND(a_row_is_read_back_with_its_version),
    EACH_KIND(a_value_may_hold_any_byte_and_none),
    EACH_KIND(what_was_written_is_there_after_the_store_was_opened_again),
    EACH_KIND(rows_come_in_the_order_of_their_bytes_from_where_one_likes),
    EACH_KIND(a_visit_that_returns_false_is_the_last),
    EACH_KIND(a_change_of_another_version_is_refused),
    EACH_KIND(a_refused_write_changes_nothing_and_leaves_what_was_gathered_before),
    EACH_KIND(a_write_that_must_follow_an_entry_is_refused_when_the_journal_went_on),
    EACH_KIND(a_bad_part_anywhere_in_a_write_changes_nothing),
    EACH_KIND(more_changes_or_entries_than_a_write_may_have_are_refused),
    EACH_KIND(the_longest_key_kind_and_value_fit),
    EACH_KIND(entries_are_numbered_from_one_and_make_a_chain),
    EACH_KIND(the_hash_of_an_entry_is_that_of_the_contract),
    EACH_KIND(dones_run_once_in_the_order_of_their_writes_and_at_the_latest_in_flush),
    EACH_KIND(done_may_write_read_and_flush),
    EACH_KIND(a_visit_may_read_and_visit_but_not_change),
    EACH_KIND(a_lease_belongs_to_one_holder_until_it_runs_out),
    EACH_KIND(a_write_under_an_older_lease_is_refused),
    EACH_KIND(a_lease_wants_names_that_fit),
    EACH_KIND(five_hundred_random_writes_leave_what_a_plain_table_says),
};
/* clang-format on */

int main(void)
{
    int failed = 0;

    for (size_t k = 0; k < settle_store_kind_count; k++) {
        struct CMUnitTest tests[COUNT_OF(suite)];

        memcpy(tests, suite, sizeof suite);
        for (size_t i = 0; i < COUNT_OF(suite); i++) {
            tests[i].initial_state = settle_store_kind_state(&settle_store_kinds[k]);
        }
        print_message("--- %s\n", settle_store_kinds[k].name);
        failed += _cmocka_run_group_tests(settle_store_kinds[k].name, tests, COUNT_OF(tests), NULL, NULL);
    }
    return failed;
}
