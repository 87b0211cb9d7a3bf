/* sqlite_storage.c: the storage contract over an open SQLite database: reading, writing, gathering writes into one transaction.
 * How a file becomes a store is in sqlite_open.c.
 *
 * Every write happens in a transaction. Writing through, it is committed before write returns. Gathering, it stays open until
 * flush, or until as many writes have gathered as the settings allow; one connection reads and writes, so reads see what is not
 * yet committed.
 */
#include "adapter_support.h"
#include "sqlite_store.h"
#include "storage_check.h"

#include <string.h>

/* How far ahead the number of appended entries is saved. */
enum { NUMBERS_AHEAD = 1024 };

enum { FLUSHES_MORE = 16 };

enum ocpp_status sqlite_status(int code)
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
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return OCPP_ERR_CORRUPT;
    default:
        return OCPP_ERR_STORAGE;
    }
}

static enum ocpp_status complain(struct sqlite_store *store, const char *what, int code)
{
    adapter_log(&store->settings.log, OCPP_LOG_ERROR, "store %s: %s: %s", store->path, what, sqlite3_errmsg(store->db));
    return sqlite_status(code);
}

/* Runs a statement that gives no rows. Resetting repeats the code of a failed step, which is all that is needed of either. */
static int run(sqlite3_stmt *statement)
{
    (void)sqlite3_step(statement);
    return sqlite3_reset(statement);
}

static int bind_text(sqlite3_stmt *statement, int position, const char *text)
{
    return sqlite3_bind_text(statement, position, text, -1, SQLITE_STATIC);
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

/* A visit may read on, while its own statement stands on a row: it gets a statement of its own then. */
static int take_statement(struct sqlite_store *store, enum sqlite_statement which, sqlite3_stmt **statement)
{
    *statement = store->statements[which];
    if (!sqlite3_stmt_busy(*statement))
        return SQLITE_OK;
    return sqlite3_prepare_v2(store->db, sqlite3_sql(*statement), -1, statement, NULL);
}

/* A look ended with |status|: notices what became of the open transaction by it. */
static void notice_end(struct sqlite_store *store, enum ocpp_status status);

/* |status|: of the look that ends. */
static enum ocpp_status give_statement_back(struct sqlite_store *store, enum sqlite_statement which, sqlite3_stmt *statement,
                                            enum ocpp_status status)
{
    if (statement == store->statements[which])
        (void)sqlite3_reset(statement);
    else
        (void)sqlite3_finalize(statement);
    notice_end(store, status);
    return status;
}

/* Shows the blob in |column| of the row the statement stands on. */
static enum ocpp_status show(struct sqlite_store *store, sqlite3_stmt *statement, int column, const char *key, bool *go_on,
                             bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user)
{
    const void *value = sqlite3_column_blob(statement, column);
    const size_t size = (size_t)sqlite3_column_bytes(statement, column);
    if (value == NULL && sqlite3_errcode(store->db) == SQLITE_NOMEM)
        return OCPP_ERR_NOMEM;
    store->visiting++;
    *go_on = visit(key, value != NULL ? value : "", size, visit_user);
    store->visiting--;
    return OCPP_OK;
}

static enum ocpp_status sqlite_read(const char *key, bool (*visit)(const char *key, const void *value, size_t size, void *user),
                                    void *visit_user, void *user)
{
    struct sqlite_store *store = user;
    sqlite3_stmt *statement;
    int code = take_statement(store, SQL_READ, &statement);
    if (code != SQLITE_OK)
        return complain(store, "read", code);
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    bool go_on;
    (void)bind_text(statement, 1, key); /* static text into a statement that does not run: cannot fail */
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        status = show(store, statement, 0, key, &go_on, visit, visit_user);
    else if (code != SQLITE_DONE)
        status = complain(store, "read", code);
    return give_statement_back(store, SQL_READ, statement, status);
}

/* One row of each(): its key must be one that write() lets in. */
static enum ocpp_status show_row(struct sqlite_store *store, sqlite3_stmt *statement, const char *prefix, bool *go_on,
                                 bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user)
{
    const char *key = (const char *)sqlite3_column_text(statement, 0);
    if (key == NULL)
        return sqlite3_errcode(store->db) == SQLITE_NOMEM ? OCPP_ERR_NOMEM : OCPP_ERR_CORRUPT;
    if (!storage_begins_with(key, prefix)) {
        *go_on = false;
        return OCPP_OK;
    }
    if (sqlite3_column_bytes(statement, 0) >= OCPP_KEY_SIZE)
        return OCPP_ERR_CORRUPT;
    return show(store, statement, 1, key, go_on, visit, visit_user);
}

static enum ocpp_status sqlite_each(const char *prefix, const char *from,
                                    bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user,
                                    void *user)
{
    struct sqlite_store *store = user;
    sqlite3_stmt *statement;
    int code = take_statement(store, SQL_EACH, &statement);
    if (code != SQLITE_OK)
        return complain(store, "read", code);
    enum ocpp_status status = OCPP_OK;
    bool go_on = true;
    (void)bind_text(statement, 1, storage_start(prefix, from));
    while (go_on && status == OCPP_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        status = show_row(store, statement, prefix, &go_on, visit, visit_user);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        status = complain(store, "read", code);
    return give_statement_back(store, SQL_EACH, statement, status);
}

/* --- changes, inside a transaction ------------------------------------------------------------------------------- */

static int put(struct sqlite_store *store, const char *key, const void *value, size_t size)
{
    sqlite3_stmt *statement = store->statements[SQL_PUT];
    (void)bind_text(statement, 1, key);
    /* A null pointer would bind NULL, not the empty value. */
    (void)sqlite3_bind_blob64(statement, 2, size > 0 ? value : "", size, SQLITE_STATIC);
    return run(statement);
}

static int delete_key(struct sqlite_store *store, const char *key)
{
    sqlite3_stmt *statement = store->statements[SQL_DELETE];
    (void)bind_text(statement, 1, key);
    return run(statement);
}

/* The first key behind all that begin with |prefix|: its last byte that can be raised is. False: there is none, the prefix goes
 * to the end of all keys. */
static bool prefix_end(const char *prefix, char end[OCPP_KEY_SIZE])
{
    size_t length = strlen(prefix);
    memcpy(end, prefix, length);
    while (length > 0 && (unsigned char)end[length - 1] == 0xff)
        length--;
    if (length == 0)
        return false;
    end[length - 1] = (char)((unsigned char)end[length - 1] + 1);
    end[length] = '\0';
    return true;
}

static int delete_prefix(struct sqlite_store *store, const char *prefix)
{
    char end[OCPP_KEY_SIZE];
    sqlite3_stmt *statement = store->statements[SQL_DELETE_FROM];
    if (prefix_end(prefix, end)) {
        statement = store->statements[SQL_DELETE_BETWEEN];
        (void)bind_text(statement, 2, end);
    }
    (void)bind_text(statement, 1, prefix);
    return run(statement);
}

/* Handles that share a file must each save every number; one that has it alone saves ahead. */
static int append(struct sqlite_store *store, const struct ocpp_change *change)
{
    char key[OCPP_KEY_SIZE];
    if (store->number_next >= store->number_saved) {
        const uint64_t saved = store->number_next + (store->settings.shared ? 1 : NUMBERS_AHEAD);
        sqlite3_stmt *statement = store->statements[SQL_NUMBER_SAVE];
        (void)sqlite3_bind_int64(statement, 1, (sqlite3_int64)saved);
        const int code = run(statement);
        if (code != SQLITE_OK)
            return code;
        store->number_saved = saved;
    }
    storage_stream_key(key, change->key, store->number_next++);
    return put(store, key, change->value, change->size);
}

static int apply(struct sqlite_store *store, const struct ocpp_change *change)
{
    switch (change->kind) {
    case OCPP_CHANGE_PUT:
        return put(store, change->key, change->value, change->size);
    case OCPP_CHANGE_DELETE:
        return delete_key(store, change->key);
    case OCPP_CHANGE_DELETE_PREFIX:
        return delete_prefix(store, change->key);
    case OCPP_CHANGE_APPEND:
        return append(store, change);
    }
    return SQLITE_MISUSE; /* not reached: kinds were checked */
}

/* --- transactions ------------------------------------------------------------------------------------------------ */

static int number_of_pages(struct sqlite_store *store, enum sqlite_statement which, uint64_t *pages)
{
    sqlite3_stmt *statement = store->statements[which];
    if (sqlite3_step(statement) == SQLITE_ROW)
        *pages = (uint64_t)sqlite3_column_int64(statement, 0);
    return sqlite3_reset(statement);
}

static int measure_room(struct sqlite_store *store)
{
    uint64_t used = 0;
    uint64_t free = 0;
    int code = number_of_pages(store, SQL_PAGES_USED, &used);
    if (code == SQLITE_OK)
        code = number_of_pages(store, SQL_PAGES_FREE, &free);
    store->pages_room = free + (used < store->pages_max ? store->pages_max - used : 0);
    return code;
}

/* Another handle may have appended since our last transaction. */
static int load_number(struct sqlite_store *store)
{
    sqlite3_stmt *statement = store->statements[SQL_NUMBER_LOAD];
    uint64_t number = 0;
    if (sqlite3_step(statement) == SQLITE_ROW)
        number = (uint64_t)sqlite3_column_int64(statement, 0);
    const int code = sqlite3_reset(statement);
    if (number > store->number_next)
        store->number_next = number;
    return code;
}

static void roll_back(struct sqlite_store *store)
{
    store->in_transaction = false;
    store->number_saved = 0; /* it may have been taken back too: save it again */
    if (sqlite3_get_autocommit(store->db))
        return; /* SQLite did it by itself */
    const int code = run(store->statements[SQL_ROLLBACK]);
    if (code != SQLITE_OK)
        (void)complain(store, "roll back", code);
}

static enum ocpp_status begin(struct sqlite_store *store)
{
    int code = run(store->statements[SQL_BEGIN]);
    if (code != SQLITE_OK)
        return complain(store, "begin", code);
    store->in_transaction = true;
    if (store->settings.shared)
        code = load_number(store);
    if (code == SQLITE_OK && store->pages_max > 0)
        code = measure_room(store);
    if (code == SQLITE_OK)
        return OCPP_OK;
    const enum ocpp_status status = complain(store, "begin", code);
    roll_back(store);
    return status;
}

static enum ocpp_status commit(struct sqlite_store *store)
{
    const int code = run(store->statements[SQL_COMMIT]);
    if (code == SQLITE_OK) {
        store->in_transaction = false;
        return OCPP_OK;
    }
    const enum ocpp_status status = complain(store, "commit", code);
    roll_back(store);
    return status;
}

/* Ends the open transaction; on failure nothing of it happened. */
static enum ocpp_status apply_all(struct sqlite_store *store, const struct ocpp_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int code = apply(store, &changes[i]);
        if (code == SQLITE_OK)
            continue;
        const enum ocpp_status status = complain(store, "write", code);
        roll_back(store);
        return status;
    }
    return OCPP_OK;
}

static enum ocpp_status write_through(struct sqlite_store *store, const struct ocpp_change *changes, size_t count)
{
    enum ocpp_status status = begin(store);
    if (status == OCPP_OK)
        status = apply_all(store, changes, count);
    if (status == OCPP_OK)
        status = commit(store);
    return status;
}

/* --- gathering --------------------------------------------------------------------------------------------------- */

static struct sqlite_waiting *waiting_at(struct sqlite_store *store, size_t index)
{
    const size_t place = store->waiting_first + index;
    return &store->waiting[place < store->waiting_size ? place : place - store->waiting_size];
}

static void end_gathered(struct sqlite_store *store, enum ocpp_status result)
{
    for (; store->gathered > 0; store->gathered--)
        waiting_at(store, store->ended++)->result = result;
}

/* No memory or no disk for a look within a transaction, and SQLite gives the transaction up. Were that not noticed, what is
 * written next would happen outside of any. The |done|s of what was lost run with the next write or flush. */
static void notice_end(struct sqlite_store *store, enum ocpp_status status)
{
    if (store->in_transaction && sqlite3_get_autocommit(store->db)) {
        roll_back(store);
        end_gathered(store, status != OCPP_OK ? status : OCPP_ERR_STORAGE);
    }
}

/* In the order of the writes, also when a |done| flushes: that inner flush goes on where this one stands. */
static void drain(struct sqlite_store *store)
{
    const bool draining = store->draining;
    store->draining = true;
    while (store->ended > 0) {
        const struct sqlite_waiting next = *waiting_at(store, 0);
        store->waiting_first = store->waiting_first + 1 < store->waiting_size ? store->waiting_first + 1 : 0;
        store->ended--;
        if (next.done != NULL)
            next.done(next.result, next.user);
    }
    store->draining = draining;
}

static enum ocpp_status end_transaction(struct sqlite_store *store)
{
    const enum ocpp_status status = store->in_transaction ? commit(store) : OCPP_OK;
    end_gathered(store, status);
    return status;
}

/* More pages than |changes| can possibly take: their values, and for each a split on every level of the tree. */
static uint64_t pages_needed(const struct ocpp_change *changes, size_t count)
{
    enum { SPLIT_PAGES = 8, OVERFLOW_PAGE_PAYLOAD = SQLITE_PAGE_BYTES - 4 };
    uint64_t pages = 0;
    for (size_t i = 0; i < count; i++) {
        const bool has_value = changes[i].kind == OCPP_CHANGE_PUT || changes[i].kind == OCPP_CHANGE_APPEND;
        pages += SPLIT_PAGES + (has_value ? changes[i].size / OVERFLOW_PAGE_PAYLOAD : 0);
    }
    return pages;
}

/* A transaction that runs out of room is lost whole. So when room is short, what was gathered is brought home first and only the
 * new write is at risk. Where that fails, the new one may have been made of what never was. */
static enum ocpp_status make_way(struct sqlite_store *store, const struct ocpp_change *changes, size_t count)
{
    const uint64_t pages = store->pages_max > 0 ? pages_needed(changes, count) : 0;
    enum ocpp_status status = OCPP_OK;
    if (store->in_transaction && store->gathered > 0 && pages > store->pages_room)
        status = end_transaction(store);
    if (status == OCPP_OK && !store->in_transaction)
        status = begin(store);
    store->pages_room -= pages < store->pages_room ? pages : store->pages_room;
    return status;
}

/* Only a |done| that writes more than it was told of needs more. Those that wait must not run instead: the memory in which the new
 * write stands may be theirs. */
static bool make_waiting_room(struct sqlite_store *store)
{
    const size_t count = store->ended + store->gathered;
    if (count < store->waiting_size)
        return true;
    struct sqlite_waiting *waiting = adapter_reallocate(store->settings.allocator, NULL, 2 * count * sizeof *waiting);
    if (waiting == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        waiting[i] = *waiting_at(store, i);
    (void)adapter_reallocate(store->settings.allocator, store->waiting, 0);
    store->waiting = waiting;
    store->waiting_size = 2 * count;
    store->waiting_first = 0;
    return true;
}

static enum ocpp_status gather(struct sqlite_store *store, const struct ocpp_change *changes, size_t count,
                               void (*done)(enum ocpp_status status, void *user), void *done_user)
{
    if (!make_waiting_room(store))
        return OCPP_ERR_NOMEM;
    enum ocpp_status status = make_way(store, changes, count);
    if (status == OCPP_OK) {
        status = apply_all(store, changes, count);
        if (status != OCPP_OK)
            end_gathered(store, status);
    }
    if (status == OCPP_OK) {
        *waiting_at(store, store->ended + store->gathered) = (struct sqlite_waiting){ .done = done, .user = done_user };
        store->gathered++;
    }
    if (store->gathered >= store->settings.group_limit)
        (void)end_transaction(store);
    if (!store->draining)
        drain(store);
    return status;
}

/* --- the contract ------------------------------------------------------------------------------------------------ */

static enum ocpp_status sqlite_write(const struct ocpp_change *changes, size_t count,
                                     void (*done)(enum ocpp_status status, void *user), void *done_user, void *user)
{
    struct sqlite_store *store = user;
    if (store->visiting > 0)
        return OCPP_ERR_STATE;
    enum ocpp_status status = storage_changes_check(changes, count, store->face.max_value_bytes);
    if (status != OCPP_OK)
        return status;
    if (store->settings.group)
        return gather(store, changes, count, done, done_user);
    status = write_through(store, changes, count);
    if (status == OCPP_OK && done != NULL)
        done(OCPP_OK, done_user);
    return status;
}

static void sqlite_flush(void *user)
{
    struct sqlite_store *store = user;
    if (store->visiting > 0) {
        adapter_log(&store->settings.log, OCPP_LOG_ERROR, "store %s: flush inside a visit: nothing was done", store->path);
        return;
    }
    (void)end_transaction(store);
    drain(store);
    /* what a |done| has written meanwhile need not wait for somebody to say something, unless they go on and on */
    for (int i = 0; i < FLUSHES_MORE && store->in_transaction && !store->draining; i++) {
        (void)end_transaction(store);
        drain(store);
    }
}

void sqlite_storage_face(struct sqlite_store *store)
{
    store->face = (struct ocpp_storage){
        .read = sqlite_read,
        .each = sqlite_each,
        .write = sqlite_write,
        .flush = store->settings.group ? sqlite_flush : NULL,
        .max_value_bytes = store->settings.max_value_bytes,
        .user = store,
    };
}

/* What a |done| writes on the way out is brought home too. */
void sqlite_storage_finish(struct sqlite_store *store)
{
    while (store->in_transaction || store->ended > 0)
        sqlite_flush(store);
}
