/* orders_tape.c: see orders_tape.h. A tape is a list of steps: a change, an entry, the end of a transaction. */
#include "orders_tape.h"

#include "orders_visit.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ENTRY_BYTES: of a time and a hash beside what an entry says. */
enum { STEPS = 1000000, KEY_BYTES = 80 * STEPS, ENTRY_BYTES = 40, VALUE_MOST = 300000 };

enum step_kind { STEP_INSERT, STEP_UPDATE, STEP_DELETE, STEP_ENTRY, STEP_COMMIT };

struct step {
    uint32_t kind;
    uint32_t size;
    uint32_t key; /* of a change: where it stands among the keys */
};

struct tape {
    struct ocpp_settle_store *store;
    struct step *steps;
    size_t count;
    char *keys; /* behind one another: what is written down while the clock runs is little */
    size_t key_bytes;
    bool is_open; /* something waits to be committed */
    struct tape_totals totals;
};

/* --- writing down -------------------------------------------------------------------------------------------------- */

static struct step *next_step(struct tape *tape, enum step_kind kind, size_t size)
{
    struct step *step = &tape->steps[tape->count++];

    require(tape->count < STEPS, "too many steps");
    step->kind = kind;
    step->size = (uint32_t)size;
    return step;
}

static void note_change(struct tape *tape, enum step_kind kind, const char *key, size_t size)
{
    const size_t key_size = strlen(key) + 1;

    require(tape->key_bytes + key_size <= KEY_BYTES, "too many keys");
    next_step(tape, kind, size)->key = (uint32_t)tape->key_bytes;
    memcpy(tape->keys + tape->key_bytes, key, key_size);
    tape->key_bytes += key_size;
    tape->totals.rows++;
    tape->totals.bytes += key_size + size;
    tape->is_open = true;
}

static void note_commit(struct tape *tape)
{
    if (tape->is_open) {
        (void)next_step(tape, STEP_COMMIT, 0);
        tape->totals.commits++;
    }
    tape->is_open = false;
}

static enum ocpp_status tape_write(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                   void *done_user, void *user)
{
    struct tape *tape = user;

    for (size_t i = 0; i < write->change_count; i++) {
        note_change(tape, (enum step_kind)write->changes[i].kind, write->changes[i].key, write->changes[i].size);
    }
    for (size_t i = 0; i < write->entry_count; i++) {
        const size_t size = write->entries[i].size + strlen(write->entries[i].kind) + ENTRY_BYTES;

        (void)next_step(tape, STEP_ENTRY, size);
        tape->totals.entries++;
        tape->totals.bytes += size;
        tape->is_open = true;
    }
    return tape->store->write(write, done, done_user, tape->store->user);
}

/* What was gathered is committed first; a |done| of it may write, which ends with the next flush. */
static void tape_flush(void *user)
{
    struct tape *tape = user;

    note_commit(tape);
    tape->store->flush(tape->store->user);
}

static enum ocpp_status tape_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms, int64_t *token,
                                   void *user)
{
    struct tape *tape = user;

    note_commit(tape);
    note_change(tape, STEP_INSERT, name, 2 * sizeof(int64_t) + strlen(holder));
    note_commit(tape);
    return tape->store->take_lease(name, holder, now_utc_ms, until_utc_ms, token, tape->store->user);
}

static enum ocpp_status tape_read(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user,
                                  void *user)
{
    const struct tape *tape = user;
    return tape->store->read(key, visit, visit_user, tape->store->user);
}

static enum ocpp_status tape_each(const char *prefix, const char *from,
                                  bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    const struct tape *tape = user;
    return tape->store->each(prefix, from, visit, visit_user, tape->store->user);
}

static enum ocpp_status tape_journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                     void *visit_user, void *user)
{
    const struct tape *tape = user;
    return tape->store->journal(from, visit, visit_user, tape->store->user);
}

static enum ocpp_status tape_head(struct ocpp_settle_head *head, void *user)
{
    const struct tape *tape = user;
    return tape->store->head(head, tape->store->user);
}

static uint64_t tape_changes(void *user)
{
    const struct tape *tape = user;
    return tape->store->changes(tape->store->user);
}

struct tape *tape_new(struct ocpp_settle_store *store)
{
    struct tape *tape = calloc(1, sizeof *tape);

    require(tape != NULL, "out of memory");
    tape->store = store;
    tape->steps = malloc(STEPS * sizeof *tape->steps);
    tape->keys = malloc(KEY_BYTES);
    require(tape->steps != NULL && tape->keys != NULL, "out of memory");
    return tape;
}

struct ocpp_settle_store tape_store(struct tape *tape)
{
    return (struct ocpp_settle_store){ .read = tape_read,
                                       .each = tape_each,
                                       .write = tape_write,
                                       .flush = tape_flush,
                                       .journal = tape_journal,
                                       .head = tape_head,
                                       .take_lease = tape_lease,
                                       .max_value_bytes = tape->store->max_value_bytes,
                                       .user = tape,
                                       .changes = tape->store->changes != NULL ? tape_changes : NULL };
}

struct tape_totals tape_totals(const struct tape *tape)
{
    return tape->totals;
}

void tape_free(struct tape *tape)
{
    free(tape->steps);
    free(tape->keys);
    free(tape);
}

/* --- the floor ----------------------------------------------------------------------------------------------------- */

struct floor {
    sqlite3 *db;
    sqlite3_stmt *statements[STEP_COMMIT + 2]; /* by kind, and last how a transaction begins */
    unsigned played;
    char bytes[VALUE_MOST];
};

enum { BEGIN = STEP_COMMIT + 1 };

static void run(struct floor *floor, int which)
{
    sqlite3_stmt *statement = floor->statements[which];

    require(sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK, "the floor gives way");
}

static void play(struct floor *floor, const struct step *step, const char *keys)
{
    sqlite3_stmt *statement = floor->statements[step->kind];

    if (step->kind < STEP_ENTRY) {
        (void)sqlite3_bind_text(statement, 1, keys + step->key, -1, SQLITE_STATIC);
    }
    if (step->kind != STEP_DELETE) {
        (void)sqlite3_bind_text(statement, 2, floor->bytes, (int)step->size, SQLITE_STATIC);
    }
    run(floor, (int)step->kind);
}

struct floor *floor_open(const char *path)
{
    static const char *const texts[] = { [STEP_INSERT] = "REPLACE INTO row VALUES(?1, 1, ?2)",
                                         [STEP_UPDATE] = "UPDATE row SET version = version + 1, value = ?2 WHERE key = ?1",
                                         [STEP_DELETE] = "DELETE FROM row WHERE key = ?1",
                                         [STEP_ENTRY] = "INSERT INTO log(body) VALUES(?2)",
                                         [STEP_COMMIT] = "COMMIT",
                                         [BEGIN] = "BEGIN IMMEDIATE" };
    struct floor *floor = calloc(1, sizeof *floor);

    require(floor != NULL, "out of memory");
    memset(floor->bytes, 'x', sizeof floor->bytes);
    require(sqlite3_open(path, &floor->db) == SQLITE_OK, "no file");
    require(
        sqlite3_exec(
            floor->db,
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;"
            "CREATE TABLE row(key TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL);"
            "CREATE TABLE log(number INTEGER PRIMARY KEY, body TEXT NOT NULL)",
            NULL, NULL, NULL) == SQLITE_OK,
        sqlite3_errmsg(floor->db));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        require(sqlite3_prepare_v3(floor->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &floor->statements[i], NULL) == SQLITE_OK,
                sqlite3_errmsg(floor->db));
    }
    return floor;
}

/* No two steps write the same bytes. */
static void vary(struct floor *floor)
{
    const unsigned played = (unsigned)floor->played++;

    for (int i = 0; i < 8; i++) {
        floor->bytes[i] = "0123456789ABCDEF"[played >> (4 * i) & 15];
    }
}

void floor_play(struct floor *floor, struct tape *tape)
{
    bool is_open = false;

    note_commit(tape);
    for (size_t i = 0; i < tape->count; i++) {
        if (!is_open) {
            run(floor, BEGIN);
        }
        is_open = tape->steps[i].kind != STEP_COMMIT;
        vary(floor);
        if (is_open) {
            play(floor, &tape->steps[i], tape->keys);
        } else {
            run(floor, STEP_COMMIT);
        }
    }
    tape->count = tape->key_bytes = 0;
}

void floor_close(struct floor *floor)
{
    for (size_t i = 0; i < sizeof floor->statements / sizeof floor->statements[0]; i++) {
        (void)sqlite3_finalize(floor->statements[i]);
    }
    (void)sqlite3_close(floor->db);
    free(floor);
}
