/* test_settle_verify.c: the journal proves itself: whatever somebody does to the file past the store is found, and the place is
 * told.
 */
#include "scratch.h"
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/adapters.h>

#include <sqlite3.h>

#include <stdio.h>
#include <string.h>

enum { ENTRIES = 12 };

struct bench {
    char folder[64];
    char path[80];
    struct settle_keys keys;
    struct ocpp_settle_store *store;
    struct ocpp_settle_head heads[ENTRIES + 1]; /* after each entry */
};

static void open_store(struct bench *bench)
{
    char reason[256] = "";

    if (ocpp_settle_sqlite_open(bench->path, NULL, &bench->store, reason, sizeof reason) != OCPP_OK) {
        fail_msg("%s", reason);
    }
}

static void append(struct bench *bench, int number)
{
    char body[64];
    const int size = snprintf(body, sizeof body, "{\"n\":%d,\"amount\":%d}", number, 100 * number);
    const struct ocpp_settle_entry entry = { .kind = number % 3 == 0 ? "audit" : "post", .body = body, .size = (size_t)size };
    const struct ocpp_settle_write write = { .entries = &entry, .entry_count = 1, .utc_ms = 1000 * number };

    assert_int_equal(bench->store->write(&write, NULL, NULL, bench->store->user), OCPP_OK);
}

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    assert_non_null(bench);
    scratch_make(bench->folder, sizeof bench->folder);
    (void)snprintf(bench->path, sizeof bench->path, "%s/settle.db", bench->folder);
    settle_keys_start(&bench->keys, 7);
    open_store(bench);
    for (int n = 1; n <= ENTRIES; n++) {
        append(bench, n);
        assert_int_equal(bench->store->head(&bench->heads[n], bench->store->user), OCPP_OK);
    }
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    ocpp_settle_sqlite_close(bench->store);
    settle_keys_end(&bench->keys);
    scratch_remove(bench->folder);
    free(bench);
    return 0;
}

/* Past the store, with the file to itself. */
static void alter(struct bench *bench, const char *sql)
{
    sqlite3 *db;
    char *message = NULL;

    ocpp_settle_sqlite_close(bench->store);
    assert_int_equal(sqlite3_open(bench->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", sql, message);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    open_store(bench);
}

static struct ocpp_settle_verification verify(struct bench *bench, const struct ocpp_settle_verify *how)
{
    struct ocpp_settle_verification found;

    memset(&found, 0x55, sizeof found);
    assert_int_equal(ocpp_settle_store_verify(bench->store, &bench->keys.contract, how, &found), OCPP_OK);
    return found;
}

static void assert_broken(struct bench *bench, const struct ocpp_settle_verify *how, int64_t at, enum ocpp_settle_break wrong)
{
    const struct ocpp_settle_verification found = verify(bench, how);

    assert_int_equal(found.wrong, wrong);
    assert_int_equal(found.broken_at, at);
    assert_string_not_equal(ocpp_settle_break_sentence(wrong), "?");
}

static void assert_whole(struct bench *bench, const struct ocpp_settle_verify *how, int64_t entries)
{
    const struct ocpp_settle_verification found = verify(bench, how);

    assert_int_equal(found.wrong, OCPP_SETTLE_UNBROKEN);
    assert_int_equal(found.broken_at, 0);
    assert_int_equal(found.entries, entries);
}

/* --- I8: what somebody did to it ----------------------------------------------------------------------------------- */

static void an_untouched_journal_is_whole_from_wherever_the_walk_begins(void **state)
{
    struct bench *bench = *state;

    for (int n = 0; n <= ENTRIES; n++) {
        const struct ocpp_settle_verify how = { .from = bench->heads[n] };

        assert_whole(bench, &how, ENTRIES - n);
    }
    assert_memory_equal(verify(bench, NULL).head.hash, bench->heads[ENTRIES].hash, OCPP_SETTLE_DIGEST_SIZE);
}

static void a_change_of_any_part_of_any_entry_is_found_where_it_is(void **state)
{
    static const char *const changes[] = {
        "body = replace(body, 'amount', 'amounT')",
        "body = body || ' '",
        "body = CAST('' AS TEXT)",
        "body = x'00ff'",
        "kind = 'fake'",
        "kind = x'80'",
        "utc_ms = utc_ms + 1",
        "utc_ms = 'never'",
        "hash = zeroblob(32)",
        "kind = 'po', body = 'st' || body",
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        for (int n = 1; n <= ENTRIES; n += 4) {
            char sql[256];
            char kept[300];

            (void)snprintf(sql, sizeof sql, "UPDATE journal SET %s WHERE number = %d", changes[i], n);
            (void)snprintf(kept, sizeof kept, "ATTACH '%s/kept' AS k; CREATE TABLE k.kept AS SELECT * FROM journal; DETACH k",
                           bench->folder);
            alter(bench, kept);
            alter(bench, sql);
            assert_broken(bench, NULL, n, OCPP_SETTLE_CHANGED);
            (void)snprintf(kept, sizeof kept,
                           "ATTACH '%s/kept' AS k; DELETE FROM journal; INSERT INTO journal SELECT * FROM k.kept; "
                           "DROP TABLE k.kept; DETACH k",
                           bench->folder);
            alter(bench, kept);
            assert_whole(bench, NULL, ENTRIES);
        }
    }
}

static void an_entry_that_was_taken_away_is_missed(void **state)
{
    struct bench *bench = *state;

    alter(bench, "DELETE FROM journal WHERE number = 5");
    assert_broken(bench, NULL, 5, OCPP_SETTLE_MISSING);
    alter(bench, "DELETE FROM journal WHERE number = 1");
    assert_broken(bench, NULL, 1, OCPP_SETTLE_MISSING);
}

static void entries_that_close_up_behind_one_that_was_taken_away_are_found(void **state)
{
    struct bench *bench = *state;

    alter(bench, "DELETE FROM journal WHERE number = 5; UPDATE journal SET number = number - 1 WHERE number > 5");
    assert_broken(bench, NULL, 5, OCPP_SETTLE_CHANGED);
}

static void an_entry_that_was_put_in_is_found(void **state)
{
    struct bench *bench = *state;

    alter(bench, "UPDATE journal SET number = -number WHERE number >= 5; UPDATE journal SET number = 1 - number WHERE number < 0;"
                 "INSERT INTO journal SELECT 5, utc_ms, kind, body, hash FROM journal WHERE number = 4");
    assert_broken(bench, NULL, 5, OCPP_SETTLE_CHANGED);
}

static void an_entry_that_was_put_at_the_end_is_found(void **state)
{
    struct bench *bench = *state;

    alter(bench, "INSERT INTO journal SELECT 13, utc_ms, kind, body, hash FROM journal WHERE number = 4");
    assert_broken(bench, NULL, 13, OCPP_SETTLE_CHANGED);
}

static void two_entries_that_changed_places_are_found(void **state)
{
    struct bench *bench = *state;

    alter(bench, "UPDATE journal SET number = -6 WHERE number = 6; UPDATE journal SET number = 6 WHERE number = 7;"
                 "UPDATE journal SET number = 7 WHERE number = -6");
    assert_broken(bench, NULL, 6, OCPP_SETTLE_CHANGED);
}

/* A chain that ends early is a good chain: only who remembers its head can tell. */
static void a_journal_that_was_cut_off_is_found_by_who_remembers_its_head(void **state)
{
    struct bench *bench = *state;
    const struct ocpp_settle_verify how = { .remembered = bench->heads[10] };

    assert_whole(bench, &how, ENTRIES);
    alter(bench, "DELETE FROM journal WHERE number > 10");
    assert_whole(bench, &how, 10);
    alter(bench, "DELETE FROM journal WHERE number > 7");
    assert_whole(bench, NULL, 7);
    assert_broken(bench, &how, 8, OCPP_SETTLE_TRUNCATED);
    alter(bench, "DELETE FROM journal");
    assert_broken(bench, &how, 1, OCPP_SETTLE_TRUNCATED);
}

/* Somebody who has the store can make a good chain of lies. */
static void a_journal_that_was_made_anew_is_found_by_who_remembers_its_head(void **state)
{
    struct bench *bench = *state;
    const struct ocpp_settle_verify how = { .remembered = bench->heads[10] };
    const struct ocpp_settle_verify behind = { .from = bench->heads[10], .remembered = bench->heads[9] };
    const struct ocpp_settle_head lie = { .number = 10 };
    const struct ocpp_settle_verify at = { .from = lie, .remembered = bench->heads[10] };

    alter(bench, "DELETE FROM journal WHERE number > 8");
    for (int n = 20; n < 26; n++) {
        append(bench, n);
    }
    assert_whole(bench, NULL, 14);
    assert_broken(bench, &how, 10, OCPP_SETTLE_REWRITTEN);
    assert_broken(bench, &behind, 11, OCPP_SETTLE_CHANGED);
    assert_broken(bench, &at, 10, OCPP_SETTLE_REWRITTEN);
}

/* --- anchors ------------------------------------------------------------------------------------------------------- */

static void write_anchor(struct bench *bench, const char *key, int64_t every)
{
    assert_int_equal(ocpp_settle_store_anchor(bench->store, &bench->keys.contract, key, every, 99), OCPP_OK);
}

static void an_anchor_is_written_when_enough_has_come_since_the_last(void **state)
{
    struct bench *bench = *state;

    write_anchor(bench, NULL, ENTRIES + 1);
    assert_int_equal(verify(bench, NULL).anchors, 0);
    write_anchor(bench, NULL, ENTRIES);
    write_anchor(bench, NULL, 4);
    assert_int_equal(verify(bench, NULL).anchors, 1);
    for (int n = 0; n < 9; n++) {
        append(bench, n);
        write_anchor(bench, NULL, 4);
    }
    assert_int_equal(verify(bench, NULL).anchors, 4);
    assert_int_equal(verify(bench, NULL).entries, ENTRIES + 9 + 4);
}

static void the_row_of_the_last_anchor_may_be_nonsense(void **state)
{
    static const char *const nonsense[] = { "", "{\"number\":", "{\"number\":x", "{\"number\":99999999999999999999999", "\xff" };
    struct bench *bench = *state;

    write_anchor(bench, NULL, 1);
    for (size_t i = 0; i < COUNT_OF(nonsense); i++) {
        char sql[128];

        (void)snprintf(sql, sizeof sql, "UPDATE row SET value = '%s' WHERE key = 'anchor'", nonsense[i]);
        alter(bench, sql);
        append(bench, 1);
        write_anchor(bench, NULL, 1);
        assert_int_equal(verify(bench, NULL).wrong, OCPP_SETTLE_UNBROKEN);
        assert_int_equal(verify(bench, NULL).anchors, i + 2);
    }
}

static void a_signed_anchor_shows_that_what_stands_before_it_was_made_anew(void **state)
{
    struct bench *bench = *state;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const struct ocpp_settle_verify how = { .anchor_point = point };

    write_anchor(bench, "anchor", 1);
    assert_int_equal(bench->keys.contract.public_key("anchor", point, bench->keys.contract.user), OCPP_OK);
    assert_whole(bench, &how, ENTRIES + 1);
    alter(bench, "DELETE FROM journal WHERE number > 11; DELETE FROM row");
    append(bench, 77);
    write_anchor(bench, "thief", 1);
    assert_whole(bench, NULL, ENTRIES + 1);
    assert_broken(bench, &how, 13, OCPP_SETTLE_REWRITTEN);
    alter(bench, "DELETE FROM journal WHERE number > 12; DELETE FROM row");
    write_anchor(bench, NULL, 1);
    assert_whole(bench, NULL, ENTRIES + 1);
    assert_broken(bench, &how, 13, OCPP_SETTLE_REWRITTEN);
}

static void append_text(struct bench *bench, const char *kind, const char *body, size_t size)
{
    const struct ocpp_settle_entry entry = { .kind = kind, .body = body, .size = size };
    const struct ocpp_settle_write write = { .entries = &entry, .entry_count = 1 };

    assert_int_equal(bench->store->write(&write, NULL, NULL, bench->store->user), OCPP_OK);
}

struct body {
    char text[512];
    size_t size;
};

static bool keep_body(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct body *body = user;

    assert_true(entry->size < sizeof body->text);
    memcpy(body->text, entry->body, entry->size);
    body->size = entry->size;
    return true;
}

static void an_anchor_that_says_anything_else_is_found(void **state)
{
    struct bench *bench = *state;
    struct body good = { .size = 0 };
    const struct ocpp_settle_verify how = { .from = bench->heads[ENTRIES] };

    write_anchor(bench, "anchor", 1);
    assert_int_equal(bench->store->journal(ENTRIES + 1, keep_body, &good, bench->store->user), OCPP_OK);
    assert_true(good.size > 200);
    for (size_t i = 0; i <= good.size; i++) {
        struct body bad = good;

        bad.size = i < good.size ? good.size : good.size - 1;
        bad.text[i] = i < good.size ? (char)(bad.text[i] ^ 0x40) : bad.text[i];
        alter(bench, "DELETE FROM journal WHERE number > 12");
        append_text(bench, "anchor", bad.text, bad.size);
        const struct ocpp_settle_verification found = verify(bench, &how);
        assert_int_equal(found.wrong, OCPP_SETTLE_REWRITTEN);
        assert_int_equal(found.broken_at, ENTRIES + 1);
    }
}

/* --- trouble on the way -------------------------------------------------------------------------------------------- */

static void keys_that_fail_stop_the_walk_and_leave_what_was_found(void **state)
{
    struct bench *bench = *state;
    struct ocpp_settle_verification found = { .entries = 4711 };
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const struct ocpp_settle_verify how = { .anchor_point = point };
    size_t fails = 0;

    write_anchor(bench, "anchor", 1);
    assert_int_equal(bench->keys.contract.public_key("anchor", point, bench->keys.contract.user), OCPP_OK);
    for (size_t n = 1; found.entries == 4711; n++) {
        bench->keys.fail_at = n;
        bench->keys.calls = 0;
        const enum ocpp_status status = ocpp_settle_store_verify(bench->store, &bench->keys.contract, &how, &found);

        fails += status == OCPP_ERR_CRYPTO;
        assert_true(status == (found.entries == 4711 ? OCPP_ERR_CRYPTO : OCPP_OK));
    }
    assert_int_equal(fails, ENTRIES + 2);
    bench->keys.fail_at = 1;
    bench->keys.calls = 0;
    append(bench, 1);
    assert_int_equal(ocpp_settle_store_anchor(bench->store, &bench->keys.contract, "anchor", 1, 0), OCPP_ERR_CRYPTO);
    assert_int_equal(verify(bench, NULL).anchors, 1);
}

static void a_sentence_for_everything_and_a_question_mark_for_nothing(void **state)
{
    (void)state;
    assert_string_equal(ocpp_settle_break_sentence(OCPP_SETTLE_BREAK_COUNT), "?");
    assert_string_equal(ocpp_settle_break_sentence((enum ocpp_settle_break) - 1), "?");
}

int main(void)
{
#define ON_A_JOURNAL(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ON_A_JOURNAL(an_untouched_journal_is_whole_from_wherever_the_walk_begins),
        ON_A_JOURNAL(a_change_of_any_part_of_any_entry_is_found_where_it_is),
        ON_A_JOURNAL(an_entry_that_was_taken_away_is_missed),
        ON_A_JOURNAL(entries_that_close_up_behind_one_that_was_taken_away_are_found),
        ON_A_JOURNAL(an_entry_that_was_put_in_is_found),
        ON_A_JOURNAL(an_entry_that_was_put_at_the_end_is_found),
        ON_A_JOURNAL(two_entries_that_changed_places_are_found),
        ON_A_JOURNAL(a_journal_that_was_cut_off_is_found_by_who_remembers_its_head),
        ON_A_JOURNAL(a_journal_that_was_made_anew_is_found_by_who_remembers_its_head),
        ON_A_JOURNAL(an_anchor_is_written_when_enough_has_come_since_the_last),
        ON_A_JOURNAL(the_row_of_the_last_anchor_may_be_nonsense),
        ON_A_JOURNAL(a_signed_anchor_shows_that_what_stands_before_it_was_made_anew),
        ON_A_JOURNAL(an_anchor_that_says_anything_else_is_found),
        ON_A_JOURNAL(keys_that_fail_stop_the_walk_and_leave_what_was_found),
        cmocka_unit_test(a_sentence_for_everything_and_a_question_mark_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
