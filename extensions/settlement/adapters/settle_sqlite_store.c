/* settle_sqlite_store.c: changing rows, appending to the journal, over an open SQLite database. How a file becomes a store is in
 * settle_sqlite_open.c, reading in settle_sqlite_read.c, leases in settle_sqlite_lease.c.
 *
 * Every write happens in a transaction. Writing through, it is committed before write returns. Gathering, it stays open until
 * flush, or until as many writes have gathered as the settings allow. Every precondition of a write is looked at before anything
 * is changed, so that one that is refused leaves those that were gathered before it alone.
 */
#include "settle_sqlite.h"
#include "settle_support.h"

#include <string.h>

enum { FLUSHES_MORE = 16 };

enum ocpp_status settle_sqlite_status(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OCPP_OK;
    case SQLITE_NOMEM:
        return OCPP_ERR_NOMEM;
    case SQLITE_FULL:
        return OCPP_ERR_FULL;
    case SQLITE_TOOBIG:
        return OCPP_ERR_LIMIT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return OCPP_ERR_LOCKED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return OCPP_ERR_CORRUPT;
    default:
        return OCPP_ERR_STORAGE;
    }
}

enum ocpp_status settle_sqlite_complain(struct settle_sqlite *store, const char *what, int code)
{
    settle_log(&store->settings.log, OCPP_LOG_ERROR, "store %s: %s: %s", store->path, what, sqlite3_errmsg(store->db));
    return settle_sqlite_status(code);
}

/* Resetting repeats the code of a failed step, which is all that is needed of either. */
int settle_sqlite_run(sqlite3_stmt *statement)
{
    (void)sqlite3_step(statement);
    return sqlite3_reset(statement);
}

void settle_sqlite_bind_text(sqlite3_stmt *statement, int position, const char *text)
{
    (void)sqlite3_bind_text(statement, position, text, -1, SQLITE_STATIC); /* of a statement that does not run: cannot fail */
}

/* As text, so that a person who opens the file can read it; a null pointer would bind NULL, not the empty value. */
static void bind_value(sqlite3_stmt *statement, int position, const void *value, size_t size)
{
    (void)sqlite3_bind_text64(statement, position, size > 0 ? value : "", size, SQLITE_STATIC, SQLITE_UTF8);
}

/* --- what must be so before a write -------------------------------------------------------------------------------- */

static int find_row(struct settle_sqlite *store, uint32_t place, const char *key, struct settle_row_at *at)
{
    sqlite3_stmt *statement = store->statements[SETTLE_SQL_VERSION];

    if (settle_sqlite_known(store, place, key, at)) {
        return SQLITE_OK;
    }
    *at = (struct settle_row_at){ 0, 0 };
    settle_sqlite_bind_text(statement, 1, key);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        at->version = sqlite3_column_int64(statement, 0);
        at->rowid = sqlite3_column_int64(statement, 1);
    }
    return sqlite3_reset(statement);
}

/* Whether a row is there that is to be new is not asked, where it is not known: inserting it says so. */
static enum ocpp_status check_version(struct settle_sqlite *store, const struct ocpp_settle_change *change, uint32_t place,
                                      int64_t *rowid)
{
    struct settle_row_at at;

    if (change->kind == OCPP_SETTLE_INSERT) {
        return settle_sqlite_known(store, place, change->key, &at) && at.version != 0 ? OCPP_ERR_BUSY : OCPP_OK;
    }
    const int code = find_row(store, place, change->key, &at);
    if (code != SQLITE_OK) {
        return settle_sqlite_complain(store, "read a version", code);
    }
    *rowid = at.rowid;
    return at.version == change->version && at.version > 0 ? OCPP_OK : OCPP_ERR_BUSY;
}

static enum ocpp_status check_versions(struct settle_sqlite *store, const struct ocpp_settle_write *write)
{
    enum ocpp_status status = OCPP_OK;

    for (size_t i = 0; i < write->change_count; i++) {
        store->places[i] = settle_sqlite_place(store, write->changes[i].key);
    }
    for (size_t i = 0; i < write->change_count && status == OCPP_OK; i++) {
        status = check_version(store, &write->changes[i], store->places[i], &store->rowids[i]);
    }
    return status;
}

static enum ocpp_status check_conditions(struct settle_sqlite *store, const struct ocpp_settle_write *write)
{
    if (write->follows != 0 && write->follows != store->head.number) {
        return OCPP_ERR_BUSY;
    }
    const enum ocpp_status status = write->lease != NULL ? settle_sqlite_check_lease(store, write->lease) : OCPP_OK;
    return status == OCPP_OK ? check_versions(store, write) : status;
}

/* --- changes, inside a transaction ------------------------------------------------------------------------------- */

/* A row that is updated is found by where it stands: its key need not be looked for once more. */
static int apply(struct settle_sqlite *store, const struct ocpp_settle_change *change, int64_t rowid)
{
    static const enum settle_statement by_kind[] = {
        [OCPP_SETTLE_INSERT] = SETTLE_SQL_INSERT,
        [OCPP_SETTLE_UPDATE] = SETTLE_SQL_UPDATE,
        [OCPP_SETTLE_DELETE] = SETTLE_SQL_DELETE,
    };
    sqlite3_stmt *statement = store->statements[by_kind[change->kind]];

    if (change->kind == OCPP_SETTLE_UPDATE) {
        (void)sqlite3_bind_int64(statement, 1, rowid);
    } else {
        settle_sqlite_bind_text(statement, 1, change->key);
    }
    if (change->kind != OCPP_SETTLE_DELETE) {
        bind_value(statement, 2, change->value, change->size);
    }
    return settle_sqlite_run(statement);
}

static enum ocpp_status append(struct settle_sqlite *store, const struct ocpp_settle_entry *entry, int64_t utc_ms)
{
    sqlite3_stmt *statement = store->statements[SETTLE_SQL_APPEND];
    struct ocpp_settle_head head = store->head;
    const enum ocpp_status status = settle_hasher_next(store->hasher, &head, entry, utc_ms);

    if (status != OCPP_OK) {
        return status;
    }
    (void)sqlite3_bind_int64(statement, 1, head.number);
    (void)sqlite3_bind_int64(statement, 2, utc_ms);
    settle_sqlite_bind_text(statement, 3, entry->kind);
    bind_value(statement, 4, entry->body, entry->size);
    (void)sqlite3_bind_blob(statement, 5, head.hash, sizeof head.hash, SQLITE_STATIC);
    const int code = settle_sqlite_run(statement);
    if (code != SQLITE_OK) {
        return settle_sqlite_complain(store, "append", code);
    }
    store->head = head;
    return OCPP_OK;
}

static struct settle_row_at row_after(const struct settle_sqlite *store, const struct ocpp_settle_change *change, int64_t rowid)
{
    if (change->kind == OCPP_SETTLE_INSERT) {
        return (struct settle_row_at){ 1, sqlite3_last_insert_rowid(store->db) };
    }
    return change->kind == OCPP_SETTLE_UPDATE ? (struct settle_row_at){ change->version + 1, rowid }
                                              : (struct settle_row_at){ 0, 0 };
}

/* Of the inserts, or of the rest, those below |end|. The place of the one that failed, or |end|. */
static size_t apply_changes(struct settle_sqlite *store, const struct ocpp_settle_change *changes, size_t end, bool inserts,
                            int *code)
{
    for (size_t i = 0; i < end; i++) {
        if ((changes[i].kind == OCPP_SETTLE_INSERT) != inserts) {
            continue;
        }
        *code = apply(store, &changes[i], store->rowids[i]);
        if (*code != SQLITE_OK) {
            return i;
        }
        settle_sqlite_know(store, store->places[i], changes[i].key, row_after(store, &changes[i], store->rowids[i]));
    }
    return end;
}

/* A row was there: those that were inserted before it go again, and of the write nothing has happened. */
static enum ocpp_status take_back(struct settle_sqlite *store, const struct ocpp_settle_change *changes, size_t end)
{
    sqlite3_stmt *statement = store->statements[SETTLE_SQL_DELETE];

    for (size_t i = 0; i < end; i++) {
        if (changes[i].kind != OCPP_SETTLE_INSERT) {
            continue;
        }
        settle_sqlite_bind_text(statement, 1, changes[i].key);
        const int code = settle_sqlite_run(statement);
        if (code != SQLITE_OK) {
            return settle_sqlite_complain(store, "take back", code);
        }
        settle_sqlite_know(store, store->places[i], changes[i].key, (struct settle_row_at){ 0, 0 });
    }
    return OCPP_ERR_BUSY;
}

/* Inserts come first: they may find that a row is there, and then nothing else was changed. */
static enum ocpp_status apply_write(struct settle_sqlite *store, const struct ocpp_settle_write *write)
{
    enum ocpp_status status = OCPP_OK;
    int code = SQLITE_OK;
    const size_t failed = apply_changes(store, write->changes, write->change_count, true, &code);

    if ((code & 0xff) == SQLITE_CONSTRAINT) {
        return take_back(store, write->changes, failed);
    }
    if (code == SQLITE_OK) {
        (void)apply_changes(store, write->changes, write->change_count, false, &code);
    }
    if (code != SQLITE_OK) {
        return settle_sqlite_complain(store, "write", code);
    }
    for (size_t i = 0; i < write->entry_count && status == OCPP_OK; i++) {
        status = append(store, &write->entries[i], write->utc_ms);
    }
    return status;
}

/* --- transactions ------------------------------------------------------------------------------------------------ */

static int number_of_pages(struct settle_sqlite *store, enum settle_statement which, uint64_t *pages)
{
    sqlite3_stmt *statement = store->statements[which];

    if (sqlite3_step(statement) == SQLITE_ROW) {
        *pages = (uint64_t)sqlite3_column_int64(statement, 0);
    }
    return sqlite3_reset(statement);
}

static int measure_room(struct settle_sqlite *store)
{
    uint64_t used = 0;
    uint64_t free = 0;
    int code = number_of_pages(store, SETTLE_SQL_PAGES_USED, &used);

    if (code == SQLITE_OK) {
        code = number_of_pages(store, SETTLE_SQL_PAGES_FREE, &free);
    }
    store->pages_room = free + (used < store->pages_max ? store->pages_max - used : 0);
    return code;
}

void settle_sqlite_roll_back(struct settle_sqlite *store)
{
    store->in_transaction = false;
    store->head_known = false;
    store->changes += 2;
    settle_sqlite_forget(store);
    if (sqlite3_get_autocommit(store->db)) {
        return; /* SQLite did it by itself */
    }
    const int code = settle_sqlite_run(store->statements[SETTLE_SQL_ROLLBACK]);
    if (code != SQLITE_OK) {
        (void)settle_sqlite_complain(store, "roll back", code);
    }
}

enum ocpp_status settle_sqlite_begin(struct settle_sqlite *store)
{
    int code = settle_sqlite_run(store->statements[SETTLE_SQL_BEGIN]);
    enum ocpp_status status = OCPP_OK;

    if (code != SQLITE_OK) {
        return settle_sqlite_complain(store, "begin", code);
    }
    store->in_transaction = true;
    if (store->settings.shared || !store->head_known) {
        status = settle_sqlite_load_head(store);
    }
    if (status == OCPP_OK && store->pages_max > 0 && (code = measure_room(store)) != SQLITE_OK) {
        status = settle_sqlite_complain(store, "begin", code);
    }
    if (status != OCPP_OK) {
        settle_sqlite_roll_back(store);
    }
    return status;
}

enum ocpp_status settle_sqlite_commit(struct settle_sqlite *store)
{
    const int code = settle_sqlite_run(store->statements[SETTLE_SQL_COMMIT]);

    if (code == SQLITE_OK) {
        store->in_transaction = false;
        return OCPP_OK;
    }
    const enum ocpp_status status = settle_sqlite_complain(store, "commit", code);
    settle_sqlite_roll_back(store);
    return status;
}

/* --- gathering --------------------------------------------------------------------------------------------------- */

static struct settle_waiting *waiting_at(struct settle_sqlite *store, size_t index)
{
    const size_t place = store->waiting_first + index;

    return &store->waiting[place < store->waiting_size ? place : place - store->waiting_size];
}

static void end_gathered(struct settle_sqlite *store, enum ocpp_status result)
{
    for (; store->gathered > 0; store->gathered--) {
        waiting_at(store, store->ended++)->result = result;
    }
}

/* In the order of the writes, also when a |done| flushes: that inner flush goes on where this one stands. */
void settle_sqlite_drain(struct settle_sqlite *store)
{
    const bool draining = store->draining;

    store->draining = true;
    while (store->ended > 0) {
        const struct settle_waiting next = *waiting_at(store, 0);

        store->waiting_first = store->waiting_first + 1 < store->waiting_size ? store->waiting_first + 1 : 0;
        store->ended--;
        if (next.done != NULL) {
            next.done(next.result, next.user);
        }
    }
    store->draining = draining;
}

enum ocpp_status settle_sqlite_end_transaction(struct settle_sqlite *store)
{
    const enum ocpp_status status = store->in_transaction ? settle_sqlite_commit(store) : OCPP_OK;

    end_gathered(store, status);
    return status;
}

static void abandon_transaction(struct settle_sqlite *store, enum ocpp_status why)
{
    settle_sqlite_roll_back(store);
    end_gathered(store, why);
}

/* No memory or no disk for a look within a transaction, and SQLite gives the transaction up. Were that not noticed, what is
 * written next would happen outside of any. */
void settle_sqlite_looked(struct settle_sqlite *store, enum ocpp_status status)
{
    if (store->in_transaction && sqlite3_get_autocommit(store->db)) {
        abandon_transaction(store, status != OCPP_OK ? status : OCPP_ERR_STORAGE);
    }
}

/* More pages than |write| can possibly take: its values, and for each row a split on every level of its trees. */
static uint64_t pages_needed(const struct ocpp_settle_write *write)
{
    enum { SPLIT_PAGES = 12, OVERFLOW_PAGE_PAYLOAD = SETTLE_PAGE_BYTES - 4 };
    uint64_t pages = 0;

    for (size_t i = 0; i < write->change_count; i++) {
        const bool has_value = write->changes[i].kind != OCPP_SETTLE_DELETE;

        pages += SPLIT_PAGES + (has_value ? write->changes[i].size / OVERFLOW_PAGE_PAYLOAD : 0);
    }
    for (size_t i = 0; i < write->entry_count; i++) {
        pages += SPLIT_PAGES + write->entries[i].size / OVERFLOW_PAGE_PAYLOAD;
    }
    return pages;
}

/* A transaction that runs out of room is lost whole. So when room is short, what was gathered is brought home first and only the
 * new write is at risk. Where that fails, the new one was decided on rows that never were. */
static enum ocpp_status make_way(struct settle_sqlite *store, const struct ocpp_settle_write *write)
{
    const uint64_t pages = store->pages_max > 0 ? pages_needed(write) : 0;
    enum ocpp_status status = OCPP_OK;

    if (store->in_transaction && store->gathered > 0 && pages > store->pages_room) {
        status = settle_sqlite_end_transaction(store);
    }
    if (status == OCPP_OK && !store->in_transaction) {
        status = settle_sqlite_begin(store);
    }
    store->pages_room -= pages < store->pages_room ? pages : store->pages_room;
    return status;
}

/* A write that is refused leaves what was gathered; with nothing gathered there is nothing to keep others waiting for. */
static enum ocpp_status change_all(struct settle_sqlite *store, const struct ocpp_settle_write *write)
{
    enum ocpp_status status = make_way(store, write);

    if (status != OCPP_OK) {
        return status;
    }
    status = check_conditions(store, write);
    if (status == OCPP_OK) {
        status = apply_write(store, write);
        store->changes += status != OCPP_ERR_BUSY;
    }
    if (status == OCPP_ERR_BUSY && store->gathered > 0) {
        return status;
    }
    if (status != OCPP_OK) {
        abandon_transaction(store, status);
    }
    return status;
}

/* Only a |done| that writes more than it was told of needs more. Those that wait must not run instead: they may take the memory
 * in which the new write stands. */
static bool make_waiting_room(struct settle_sqlite *store)
{
    const size_t count = store->ended + store->gathered;
    struct settle_waiting *waiting;

    if (count < store->waiting_size) {
        return true;
    }
    waiting = settle_reallocate(store->settings.allocator, NULL, 2 * count * sizeof *waiting);
    if (waiting == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        waiting[i] = *waiting_at(store, i);
    }
    (void)settle_reallocate(store->settings.allocator, store->waiting, 0);
    store->waiting = waiting;
    store->waiting_size = 2 * count;
    store->waiting_first = 0;
    return true;
}

static enum ocpp_status gather(struct settle_sqlite *store, const struct ocpp_settle_write *write,
                               void (*done)(enum ocpp_status status, void *user), void *done_user)
{
    if (!make_waiting_room(store)) {
        return OCPP_ERR_NOMEM;
    }
    const enum ocpp_status status = change_all(store, write);
    if (status == OCPP_OK) {
        *waiting_at(store, store->ended + store->gathered) = (struct settle_waiting){ .done = done, .user = done_user };
        store->gathered++;
    }
    if (store->gathered >= store->settings.group_limit) {
        (void)settle_sqlite_end_transaction(store);
    }
    if (status != OCPP_ERR_BUSY && !store->draining) { /* who is to decide again does so first */
        settle_sqlite_drain(store);
    }
    return status;
}

/* --- the contract ------------------------------------------------------------------------------------------------ */

static enum ocpp_status write_through(struct settle_sqlite *store, const struct ocpp_settle_write *write)
{
    const enum ocpp_status status = change_all(store, write);

    return status == OCPP_OK ? settle_sqlite_commit(store) : status;
}

static enum ocpp_status sqlite_write(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                     void *done_user, void *user)
{
    struct settle_sqlite *store = user;

    if (store->visiting > 0) {
        return OCPP_ERR_STATE;
    }
    enum ocpp_status status = settle_write_check(write, store->face.max_value_bytes);
    if (status != OCPP_OK) {
        return status;
    }
    if (store->settings.group) {
        return gather(store, write, done, done_user);
    }
    status = write_through(store, write);
    if (status == OCPP_OK && done != NULL) {
        done(OCPP_OK, done_user);
    }
    return status;
}

static void sqlite_flush(void *user)
{
    struct settle_sqlite *store = user;

    if (store->visiting > 0) {
        settle_log(&store->settings.log, OCPP_LOG_ERROR, "store %s: flush inside a visit: nothing was done", store->path);
        return;
    }
    (void)settle_sqlite_end_transaction(store);
    settle_sqlite_drain(store);
    /* what a |done| has written meanwhile need not wait for somebody to say something, unless they go on and on */
    for (int i = 0; i < FLUSHES_MORE && store->in_transaction && !store->draining; i++) {
        (void)settle_sqlite_end_transaction(store);
        settle_sqlite_drain(store);
    }
}

static uint64_t sqlite_changes(void *user)
{
    const struct settle_sqlite *store = user;
    return store->changes;
}

void settle_sqlite_face(struct settle_sqlite *store)
{
    store->face = (struct ocpp_settle_store){
        .read = settle_sqlite_read,
        .each = settle_sqlite_each,
        .write = sqlite_write,
        .flush = sqlite_flush,
        .journal = settle_sqlite_journal,
        .head = settle_sqlite_head,
        .take_lease = settle_sqlite_take_lease,
        .max_value_bytes = store->settings.max_value_bytes,
        .user = store,
        .changes = store->settings.shared ? NULL : sqlite_changes,
    };
}

/* What a |done| writes on the way out is brought home too. */
void settle_sqlite_finish(struct settle_sqlite *store)
{
    while (store->in_transaction || store->ended > 0) {
        sqlite_flush(store);
    }
}
