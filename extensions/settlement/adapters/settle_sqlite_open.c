/* settle_sqlite_open.c: how a file becomes a store: whose file it is, what state it is in, making a new one. A damaged one is
 * never set aside: it holds money.
 *
 * Nothing is written to a file before it is known to be ours or empty.
 */
#define _POSIX_C_SOURCE 200809L

#include "settle_sqlite.h"
#include "settle_support.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    APPLICATION_ID = 0x4F435345, /* "OCSE" */
    LAYOUT = 1,                  /* user_version; a change of the tables raises it and adds a step to open_known() */
    MAX_BYTES_MINIMUM = 64 * 1024,
    LOG_PAGES = 1000, /* as many in the log and they are brought home to the file; less when the file is to be small */
    MAX_VALUE_BYTES_MAXIMUM = 256 * 1024 * 1024
};

/* The whole schema, as SQLite stores it, so that a file with anything else in it is not ours. Rows are larger than what SQLite
 * keeps whole in a tree that is ordered by text (a quarter of a page): a tree of keys beside them is searched twice as fast. */
#define ROW_TABLE "CREATE TABLE row(key TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL)"
#define JOURNAL_TABLE                                                                                                            \
    "CREATE TABLE journal(number INTEGER PRIMARY KEY, utc_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, "         \
    "hash BLOB NOT NULL)"
#define LEASE_TABLE                                                                                                              \
    "CREATE TABLE lease(name TEXT PRIMARY KEY NOT NULL, token INTEGER NOT NULL, until_utc_ms INTEGER NOT NULL, "                 \
    "holder TEXT NOT NULL) WITHOUT ROWID"
enum { TABLES = 3 };

static const char *const statement_texts[SETTLE_SQL_COUNT] = {
    [SETTLE_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SETTLE_SQL_COMMIT] = "COMMIT",
    [SETTLE_SQL_ROLLBACK] = "ROLLBACK",
    [SETTLE_SQL_READ] = "SELECT key, version, value, rowid FROM row WHERE key = ?1",
    [SETTLE_SQL_EACH] = "SELECT key, version, value, rowid FROM row WHERE key >= ?1 AND key < ?2 ORDER BY key",
    [SETTLE_SQL_VERSION] = "SELECT version, rowid FROM row WHERE key = ?1",
    [SETTLE_SQL_INSERT] = "INSERT INTO row VALUES(?1, 1, ?2)",
    [SETTLE_SQL_UPDATE] = "UPDATE row SET version = version + 1, value = ?2 WHERE rowid = ?1",
    [SETTLE_SQL_DELETE] = "DELETE FROM row WHERE key = ?1",
    [SETTLE_SQL_APPEND] = "INSERT INTO journal VALUES(?1, ?2, ?3, ?4, ?5)",
    [SETTLE_SQL_JOURNAL] = "SELECT number, utc_ms, kind, body, hash FROM journal WHERE number >= ?1 ORDER BY number",
    [SETTLE_SQL_HEAD] = "SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1",
    [SETTLE_SQL_LEASE] = "SELECT token, until_utc_ms, holder FROM lease WHERE name = ?1",
    [SETTLE_SQL_LEASE_SAVE] = "REPLACE INTO lease VALUES(?1, ?2, ?3, ?4)",
    [SETTLE_SQL_PAGES_USED] = "PRAGMA page_count",
    [SETTLE_SQL_PAGES_FREE] = "PRAGMA freelist_count",
};

/* An attempt to open: the store so far, and where the reason goes. */
struct attempt {
    struct settle_sqlite *store;
    char *reason;
    size_t reason_size;
};

static enum ocpp_status refuse(const struct attempt *attempt, enum ocpp_status status, const char *format, ...) OCPP_PRINTF(3, 4);

static enum ocpp_status refuse(const struct attempt *attempt, enum ocpp_status status, const char *format, ...)
{
    if (attempt->reason == NULL || attempt->reason_size == 0)
        return status;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(attempt->reason, attempt->reason_size, format, arguments); /* cut when too long */
    va_end(arguments);
    return status;
}

/* What SQLite says, and what the system said to it. */
static enum ocpp_status refuse_code(const struct attempt *attempt, int code)
{
    sqlite3 *db = attempt->store->db;
    char system[128] = "";
    const int number = sqlite3_system_errno(db);
    const int primary = code & 0xff;
    const bool told = primary == SQLITE_CANTOPEN || primary == SQLITE_IOERR;
    if (told && number != 0 && strerror_r(number, system, sizeof system) != 0)
        system[0] = '\0';
    const bool locked = primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
    return refuse(attempt, locked ? OCPP_ERR_LOCKED : settle_sqlite_status(code), "%s: %s%s%s", attempt->store->path,
                  locked ? "in use by another process or handle" : sqlite3_errmsg(db), system[0] != '\0' ? ": " : "", system);
}

static enum ocpp_status execute(const struct attempt *attempt, const char *sql)
{
    const int code = sqlite3_exec(attempt->store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OCPP_OK : refuse_code(attempt, code);
}

/* The first column of the first row, as text (cut at |size|) and as a number; "" and 0 when there is no row. */
struct answer {
    char text[128];
    int64_t number;
};

static enum ocpp_status ask(const struct attempt *attempt, const char *sql, struct answer *answer)
{
    sqlite3_stmt *statement;
    *answer = (struct answer){ .text = "" };
    int code = sqlite3_prepare_v2(attempt->store->db, sql, -1, &statement, NULL);
    if (code != SQLITE_OK)
        return refuse_code(attempt, code);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        answer->number = sqlite3_column_int64(statement, 0);
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        (void)snprintf(answer->text, sizeof answer->text, "%s", text != NULL ? text : "");
    }
    code = sqlite3_finalize(statement);
    return code == SQLITE_OK ? OCPP_OK : refuse_code(attempt, code);
}

/* --- whose file, in what state ----------------------------------------------------------------------------------- */

static enum ocpp_status open_known(const struct attempt *attempt)
{
    const char *path = attempt->store->path;
    struct answer layout;
    struct answer ours;
    struct answer others;
    enum ocpp_status status = ask(attempt, "PRAGMA user_version", &layout);
    if (status != OCPP_OK)
        return status;
    if (layout.number > LAYOUT)
        return refuse(attempt, OCPP_ERR_FOREIGN, "%s: made by a newer release (layout %" PRId64 ", known up to %d)", path,
                      layout.number, LAYOUT);
    if (layout.number < LAYOUT)
        return refuse(attempt, OCPP_ERR_CORRUPT, "%s: impossible layout %" PRId64, path, layout.number);
    status =
        ask(attempt, "SELECT count(*) FROM sqlite_master WHERE sql IN ('" ROW_TABLE "', '" JOURNAL_TABLE "', '" LEASE_TABLE "')",
            &ours);
    if (status == OCPP_OK)
        status = ask(attempt, "SELECT count(*) FROM sqlite_master WHERE sql IS NOT NULL", &others);
    if (status == OCPP_OK && (ours.number != TABLES || others.number != TABLES))
        return refuse(attempt, OCPP_ERR_CORRUPT, "%s: its tables are not those of a store", path);
    return status;
}

/* Reads the head of the file: the first touch, where a lock, a damage or a foreign file shows. |empty|: nothing was ever written.
 */
static enum ocpp_status identify(const struct attempt *attempt, bool *empty)
{
    struct answer application;
    struct answer tables;
    struct answer encoding;
    /* In this order: another handle that fills the file meanwhile makes tables and id in one transaction. */
    enum ocpp_status status = ask(attempt, "SELECT count(*) FROM sqlite_master", &tables);
    if (status == OCPP_OK)
        status = ask(attempt, "PRAGMA application_id", &application);
    if (status == OCPP_OK)
        status = ask(attempt, "PRAGMA encoding", &encoding);
    if (status != OCPP_OK)
        return status;
    *empty = application.number == 0 && tables.number == 0;
    if (!*empty && (application.number != APPLICATION_ID || strcmp(encoding.text, "UTF-8") != 0))
        return refuse(attempt, OCPP_ERR_FOREIGN, "%s: the database of another program", attempt->store->path);
    return OCPP_OK;
}

/* Handles that share a new file may all find it empty: the first one fills it. */
static enum ocpp_status make_tables(const struct attempt *attempt)
{
    char sql[1024];
    bool empty = false;
    enum ocpp_status status = execute(attempt, "BEGIN IMMEDIATE");
    if (status == OCPP_OK)
        status = identify(attempt, &empty);
    if (status != OCPP_OK || !empty)
        return status == OCPP_OK ? execute(attempt, "ROLLBACK") : status;
    (void)snprintf(sql, sizeof sql,
                   ROW_TABLE "; " JOURNAL_TABLE "; " LEASE_TABLE "; PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
                   APPLICATION_ID, LAYOUT);
    return execute(attempt, sql);
}

static enum ocpp_status check_whole(const struct attempt *attempt)
{
    struct answer verdict;
    const enum ocpp_status status = ask(attempt, "PRAGMA quick_check(1)", &verdict);
    if (status != OCPP_OK || strcmp(verdict.text, "ok") == 0)
        return status;
    return refuse(attempt, OCPP_ERR_CORRUPT, "%s: damaged: %s", attempt->store->path, verdict.text);
}

/* Durable means: the log is synced at every commit. A file system that cannot keep a log is refused, not worked around. */
static enum ocpp_status use_log(const struct attempt *attempt)
{
    struct answer mode;
    /* EXTRA: the journal of the change to a log is gone for good before the first write, or it would come back and undo all. */
    enum ocpp_status status = execute(attempt, "PRAGMA synchronous = EXTRA");
    if (status == OCPP_OK)
        status = ask(attempt, "PRAGMA journal_mode = WAL", &mode);
    if (status == OCPP_OK && strcmp(mode.text, "wal") != 0)
        return refuse(attempt, OCPP_ERR_STORAGE, "%s: cannot keep a write-ahead log here (mode %s)", attempt->store->path,
                      mode.text);
    /* 16 MiB: what a group changes is not written twice. Not before the locking mode is known: it reads the file. */
    return status == OCPP_OK ? execute(attempt, "PRAGMA cache_size = -16384") : status;
}

/* The file and the log beside it. */
static enum ocpp_status bound_size(const struct attempt *attempt)
{
    struct settle_sqlite *store = attempt->store;
    struct answer page;
    struct answer granted;
    char sql[64];
    if (store->settings.max_bytes == 0)
        return OCPP_OK;
    enum ocpp_status status = ask(attempt, "PRAGMA page_size", &page);
    if (status != OCPP_OK)
        return status;
    const uint64_t page_bytes = page.number > 0 ? (uint64_t)page.number : 512; /* SQLite's smallest */
    const uint64_t pages = store->settings.max_bytes / page_bytes;
    (void)snprintf(sql, sizeof sql, "PRAGMA max_page_count = %" PRIu64, pages < UINT32_MAX ? pages : UINT32_MAX - 1);
    status = ask(attempt, sql, &granted);
    if (status != OCPP_OK)
        return status;
    store->pages_max = (uint64_t)granted.number; /* not below what the file has already */
    const int log_pages = pages / 4 < LOG_PAGES ? (int)(pages / 4) : LOG_PAGES;
    const int code = sqlite3_wal_autocheckpoint(store->db, log_pages);
    return code == SQLITE_OK ? OCPP_OK : refuse_code(attempt, code);
}

static enum ocpp_status prepare(const struct attempt *attempt)
{
    struct settle_sqlite *store = attempt->store;
    for (int i = 0; i < SETTLE_SQL_COUNT; i++) {
        const int code =
            sqlite3_prepare_v3(store->db, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL);
        if (code != SQLITE_OK)
            return refuse_code(attempt, code);
    }
    const enum ocpp_status status = settle_sqlite_load_head(store);
    if (status == OCPP_ERR_CORRUPT)
        return refuse(attempt, status, "%s: the last entry of its journal has no hash", store->path);
    return status == OCPP_OK ? status : refuse(attempt, status, "%s: its journal cannot be read", store->path);
}

/* Closing plays the log into the file and deletes it. A file that is refused must stay as it was, its log too. */
static void keep_log_at_close(struct settle_sqlite *store, bool keep)
{
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)keep, NULL);
}

static enum ocpp_status open_steps(const struct attempt *attempt)
{
    struct settle_sqlite *store = attempt->store;
    bool empty = false;
    const int code =
        sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return store->db == NULL ? refuse(attempt, OCPP_ERR_NOMEM, "out of memory") : refuse_code(attempt, code);
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return refuse(attempt, OCPP_ERR_STORAGE, "%s: may not be written", store->path);
    (void)sqlite3_extended_result_codes(store->db, 1);
    (void)sqlite3_busy_timeout(store->db, store->settings.busy_timeout_ms);
    keep_log_at_close(store, true);
    enum ocpp_status status = execute(attempt, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
    if (status == OCPP_OK && !store->settings.shared)
        status = execute(attempt, "PRAGMA locking_mode = EXCLUSIVE");
    if (status == OCPP_OK)
        status = identify(attempt, &empty);
    if (status == OCPP_OK && !empty)
        status = open_known(attempt);
    if (status == OCPP_OK && !empty && store->settings.check)
        status = check_whole(attempt);
    if (status == OCPP_OK)
        status = use_log(attempt);
    if (status == OCPP_OK && empty)
        status = make_tables(attempt);
    if (status == OCPP_OK && empty)
        status = open_known(attempt);
    if (status == OCPP_OK)
        status = bound_size(attempt);
    return status == OCPP_OK ? prepare(attempt) : status;
}

static void close_database(struct settle_sqlite *store)
{
    for (int i = 0; i < SETTLE_SQL_COUNT; i++) {
        (void)sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
    if (sqlite3_close(store->db) != SQLITE_OK)
        settle_log(&store->settings.log, OCPP_LOG_ERROR, "store %s: close: %s", store->path, sqlite3_errmsg(store->db));
    store->db = NULL;
}

/* --- the handle -------------------------------------------------------------------------------------------------- */

struct ocpp_settle_sqlite_settings ocpp_settle_sqlite_settings_default(void)
{
    return (struct ocpp_settle_sqlite_settings){
        .log = { .level = OCPP_LOG_WARNING },
        .max_value_bytes = SETTLE_VALUE_BYTES_DEFAULT,
        .busy_timeout_ms = 2000,
        .group_limit = 256,
        .check = true,
    };
}

static const char *wrong_setting(const struct ocpp_settle_sqlite_settings *settings)
{
    if (settings->max_value_bytes < 1 || settings->max_value_bytes > MAX_VALUE_BYTES_MAXIMUM)
        return "max_value_bytes is not 1 to 256 MiB";
    if (settings->max_bytes != 0 && settings->max_bytes < MAX_BYTES_MINIMUM)
        return "max_bytes is below 64 KiB";
    if (settings->busy_timeout_ms < 0)
        return "busy_timeout_ms is negative";
    if (settings->group && (settings->group_limit < 1 || settings->group_limit > 1000000))
        return "group_limit is not 1 to 1,000,000";
    return NULL;
}

static void store_free(struct settle_sqlite *store)
{
    const struct ocpp_allocator *allocator = store->settings.allocator;
    close_database(store);
    settle_hasher_free(store->hasher);
    if (store->waiting != NULL)
        (void)settle_reallocate(allocator, store->waiting, 0);
    (void)settle_reallocate(allocator, store, 0);
}

static struct settle_sqlite *store_new(const char *path, const struct ocpp_settle_sqlite_settings *settings)
{
    const size_t path_size = strlen(path) + 1;
    struct settle_sqlite *store = settle_reallocate(settings->allocator, NULL, sizeof *store + path_size);
    if (store == NULL)
        return NULL;
    *store = (struct settle_sqlite){ .settings = *settings };
    memcpy(store->path, path, path_size);
    store->hasher = settle_hasher_new();
    if (settings->group) {
        /* Twice the limit: what has ended may still wait for its turn while as much again gathers. */
        store->waiting_size = 2 * settings->group_limit;
        store->waiting = settle_reallocate(settings->allocator, NULL, store->waiting_size * sizeof *store->waiting);
    }
    if (store->hasher != NULL && (store->waiting != NULL || !settings->group))
        return store;
    store_free(store);
    return NULL;
}

/* Of handles that begin to share a file at once, one makes it and switches it to a log, which SQLite does not wait for. */
static enum ocpp_status open_patiently(const struct attempt *attempt)
{
    enum { PAUSE_MS = 5 };
    struct settle_sqlite *store = attempt->store;
    int pauses = store->settings.busy_timeout_ms / PAUSE_MS;
    enum ocpp_status status = open_steps(attempt);
    while (status == OCPP_ERR_LOCKED && store->settings.shared && pauses-- > 0) {
        close_database(store);
        (void)sqlite3_sleep(PAUSE_MS);
        status = open_steps(attempt);
    }
    return status;
}

enum ocpp_status ocpp_settle_sqlite_open(const char *path, const struct ocpp_settle_sqlite_settings *settings,
                                         struct ocpp_settle_store **store_out, char *reason, size_t reason_size)
{
    const struct ocpp_settle_sqlite_settings usual = ocpp_settle_sqlite_settings_default();
    struct attempt attempt = { .reason = reason, .reason_size = reason_size };
    if (settings == NULL)
        settings = &usual;
    const char *wrong = path[0] == '\0' ? "the path is empty" : wrong_setting(settings);
    if (wrong != NULL)
        return refuse(&attempt, OCPP_ERR_ARGUMENT, "%s", wrong);
    struct settle_sqlite *store = store_new(path, settings);
    if (store == NULL)
        return refuse(&attempt, OCPP_ERR_NOMEM, "out of memory");
    attempt.store = store;
    enum ocpp_status status = open_patiently(&attempt);
    if (status != OCPP_OK) {
        store_free(store);
        return status;
    }
    keep_log_at_close(store, false);
    settle_sqlite_face(store);
    *store_out = &store->face;
    return OCPP_OK;
}

void ocpp_settle_sqlite_close(struct ocpp_settle_store *face)
{
    if (face == NULL)
        return;
    struct settle_sqlite *store = face->user;
    settle_sqlite_finish(store);
    store_free(store);
}
