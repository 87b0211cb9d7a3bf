/* settle_sqlite_read.c: looking at rows and at the journal.
 *
 * One connection reads and writes, so what is gathered is seen. A file may have been altered by hand: what cannot be is an error
 * with rows, and with entries is shown as it stands, for the chain of hashes to tell.
 */
#include "settle_sqlite.h"

#include <string.h>

/* --- statements ---------------------------------------------------------------------------------------------------- */

/* A visit may read on, while its own statement stands on a row: it gets a statement of its own then. */
static int take_statement(struct settle_sqlite *store, enum settle_statement which, sqlite3_stmt **statement)
{
    *statement = store->statements[which];
    if (!sqlite3_stmt_busy(*statement)) {
        return SQLITE_OK;
    }
    return sqlite3_prepare_v2(store->db, sqlite3_sql(*statement), -1, statement, NULL);
}

/* |status|: of the look that ends. */
static enum ocpp_status give_statement_back(struct settle_sqlite *store, enum settle_statement which, sqlite3_stmt *statement,
                                            enum ocpp_status status)
{
    if (statement == store->statements[which]) {
        (void)sqlite3_reset(statement);
    } else {
        (void)sqlite3_finalize(statement);
    }
    settle_sqlite_looked(store, status);
    return status;
}

static enum ocpp_status unreadable(const struct settle_sqlite *store)
{
    return sqlite3_errcode(store->db) == SQLITE_NOMEM ? OCPP_ERR_NOMEM : OCPP_ERR_CORRUPT;
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

struct row_visit {
    const char *prefix;
    bool (*visit)(const struct ocpp_settle_row *row, void *user);
    void *user;
    bool go_on;
};

/* Columns: key, version, value, rowid. A row must be one that write lets in. */
static enum ocpp_status show_row(struct settle_sqlite *store, sqlite3_stmt *statement, struct row_visit *to)
{
    const char *key = (const char *)sqlite3_column_text(statement, 0);
    const size_t key_size = (size_t)sqlite3_column_bytes(statement, 0);
    const void *value = sqlite3_column_blob(statement, 2);
    const struct ocpp_settle_row row = {
        .key = key,
        .version = sqlite3_column_int64(statement, 1),
        .value = value != NULL ? value : "",
        .size = (size_t)sqlite3_column_bytes(statement, 2),
    };

    if (key == NULL || (value == NULL && sqlite3_errcode(store->db) == SQLITE_NOMEM)) {
        return unreadable(store);
    }
    if (!settle_begins_with(key, to->prefix)) {
        to->go_on = false;
        return OCPP_OK;
    }
    if (key_size == 0 || key_size >= OCPP_SETTLE_KEY_SIZE || strlen(key) != key_size || row.version < 1) {
        return OCPP_ERR_CORRUPT;
    }
    settle_sqlite_know(store, settle_sqlite_place(store, key), key,
                       (struct settle_row_at){ row.version, sqlite3_column_int64(statement, 3) });
    store->visiting++;
    to->go_on = to->visit(&row, to->user);
    store->visiting--;
    return OCPP_OK;
}

enum ocpp_status settle_sqlite_read(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user),
                                    void *visit_user, void *user)
{
    struct settle_sqlite *store = user;
    struct row_visit to = { .prefix = key, .visit = visit, .user = visit_user };
    const uint32_t place = settle_sqlite_place(store, key);
    sqlite3_stmt *statement;
    struct settle_row_at at;

    if (settle_sqlite_known(store, place, key, &at) && at.version == 0) {
        return OCPP_ERR_NOT_FOUND;
    }
    int code = take_statement(store, SETTLE_SQL_READ, &statement);
    if (code != SQLITE_OK) {
        return settle_sqlite_complain(store, "read", code);
    }
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    (void)sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC); /* into a statement that does not run: cannot fail */
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        status = show_row(store, statement, &to);
    } else if (code == SQLITE_DONE) {
        settle_sqlite_know(store, place, key, (struct settle_row_at){ 0, 0 });
    } else {
        status = settle_sqlite_complain(store, "read", code);
    }
    return give_statement_back(store, SETTLE_SQL_READ, statement, status);
}

/* The first text behind all that begin with |prefix|, so that a row behind them is not looked at; an empty blob, which is behind
 * all texts, where that is not to be had. */
static void bind_end(sqlite3_stmt *statement, int position, const char *prefix, char end[OCPP_SETTLE_KEY_SIZE])
{
    const size_t size = strlen(prefix);
    const unsigned char last = size > 0 ? (unsigned char)prefix[size - 1] : 0xff;

    if (size > OCPP_SETTLE_KEY_SIZE || last >= 0x7f) {
        (void)sqlite3_bind_zeroblob(statement, position, 0);
        return;
    }
    memcpy(end, prefix, size);
    end[size - 1] = (char)(last + 1);
    (void)sqlite3_bind_text(statement, position, end, (int)size, SQLITE_STATIC);
}

enum ocpp_status settle_sqlite_each(const char *prefix, const char *from,
                                    bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    struct settle_sqlite *store = user;
    struct row_visit to = { .prefix = prefix, .visit = visit, .user = visit_user, .go_on = true };
    char end[OCPP_SETTLE_KEY_SIZE];
    sqlite3_stmt *statement;
    int code = take_statement(store, SETTLE_SQL_EACH, &statement);

    if (code != SQLITE_OK) {
        return settle_sqlite_complain(store, "read", code);
    }
    enum ocpp_status status = OCPP_OK;
    (void)sqlite3_bind_text(statement, 1, settle_start(prefix, from), -1, SQLITE_STATIC);
    bind_end(statement, 2, prefix, end);
    while (to.go_on && status == OCPP_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        status = show_row(store, statement, &to);
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        status = settle_sqlite_complain(store, "read", code);
    }
    return give_statement_back(store, SETTLE_SQL_EACH, statement, status);
}

/* --- the journal --------------------------------------------------------------------------------------------------- */

static void read_hash(sqlite3_stmt *statement, int column, unsigned char hash[OCPP_SETTLE_DIGEST_SIZE])
{
    const void *stored = sqlite3_column_blob(statement, column);

    memset(hash, 0, OCPP_SETTLE_DIGEST_SIZE);
    if (stored != NULL && sqlite3_column_bytes(statement, column) == OCPP_SETTLE_DIGEST_SIZE) {
        memcpy(hash, stored, OCPP_SETTLE_DIGEST_SIZE);
    }
}

struct journal_visit {
    bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user);
    void *user;
    bool go_on;
};

/* Columns: number, time, kind, body, hash. */
static enum ocpp_status show_entry(struct settle_sqlite *store, sqlite3_stmt *statement, struct journal_visit *to)
{
    const char *kind = (const char *)sqlite3_column_text(statement, 2);
    const char *body = sqlite3_column_blob(statement, 3);
    struct ocpp_settle_journal_entry entry = {
        .number = sqlite3_column_int64(statement, 0),
        .utc_ms = sqlite3_column_int64(statement, 1),
        .kind = kind != NULL ? kind : "",
        .body = body != NULL ? body : "",
        .size = (size_t)sqlite3_column_bytes(statement, 3),
    };

    if ((kind == NULL || body == NULL) && sqlite3_errcode(store->db) == SQLITE_NOMEM) {
        return OCPP_ERR_NOMEM;
    }
    read_hash(statement, 4, entry.hash);
    store->visiting++;
    to->go_on = to->visit(&entry, to->user);
    store->visiting--;
    return OCPP_OK;
}

enum ocpp_status settle_sqlite_journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                       void *visit_user, void *user)
{
    struct settle_sqlite *store = user;
    struct journal_visit to = { .visit = visit, .user = visit_user, .go_on = true };
    sqlite3_stmt *statement;
    int code = take_statement(store, SETTLE_SQL_JOURNAL, &statement);

    if (code != SQLITE_OK) {
        return settle_sqlite_complain(store, "read the journal", code);
    }
    enum ocpp_status status = OCPP_OK;
    (void)sqlite3_bind_int64(statement, 1, from > 1 ? from : 1);
    while (to.go_on && status == OCPP_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        status = show_entry(store, statement, &to);
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        status = settle_sqlite_complain(store, "read the journal", code);
    }
    return give_statement_back(store, SETTLE_SQL_JOURNAL, statement, status);
}

/* Columns: number, hash. */
enum ocpp_status settle_sqlite_load_head(struct settle_sqlite *store)
{
    sqlite3_stmt *statement = store->statements[SETTLE_SQL_HEAD];
    struct ocpp_settle_head head = { .number = 0 };
    bool good = true;

    if (sqlite3_step(statement) == SQLITE_ROW) {
        head.number = sqlite3_column_int64(statement, 0);
        good = head.number > 0 && head.number < INT64_MAX && sqlite3_column_bytes(statement, 1) == OCPP_SETTLE_DIGEST_SIZE;
        read_hash(statement, 1, head.hash);
    }
    const int code = sqlite3_reset(statement);
    if (code != SQLITE_OK) {
        return settle_sqlite_complain(store, "read the journal", code);
    }
    if (!good) {
        return OCPP_ERR_CORRUPT;
    }
    store->head = head;
    store->head_known = true;
    return OCPP_OK;
}

enum ocpp_status settle_sqlite_head(struct ocpp_settle_head *head, void *user)
{
    struct settle_sqlite *store = user;
    const bool may_differ = store->settings.shared && !store->in_transaction;
    const enum ocpp_status status = store->head_known && !may_differ ? OCPP_OK : settle_sqlite_load_head(store);

    if (status == OCPP_OK) {
        *head = store->head;
    }
    return status;
}
