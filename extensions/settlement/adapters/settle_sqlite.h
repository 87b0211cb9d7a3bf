/* settle_sqlite.h: what making a store out of a file (settle_sqlite_open.c), changing it (settle_sqlite_store.c) and looking at
 * it (settle_sqlite_read.c) share.
 */
#ifndef OCPP_SETTLE_SQLITE_H
#define OCPP_SETTLE_SQLITE_H

#include "settle_store_check.h"

#include <ocpp/settlement/adapters.h>

#include <sqlite3.h>

enum settle_statement {
    SETTLE_SQL_BEGIN,
    SETTLE_SQL_COMMIT,
    SETTLE_SQL_ROLLBACK,
    SETTLE_SQL_READ,
    SETTLE_SQL_EACH,
    SETTLE_SQL_VERSION,
    SETTLE_SQL_INSERT,
    SETTLE_SQL_UPDATE,
    SETTLE_SQL_DELETE,
    SETTLE_SQL_APPEND,
    SETTLE_SQL_JOURNAL,
    SETTLE_SQL_HEAD,
    SETTLE_SQL_LEASE,
    SETTLE_SQL_LEASE_SAVE,
    SETTLE_SQL_PAGES_USED,
    SETTLE_SQL_PAGES_FREE,
    SETTLE_SQL_COUNT
};

/* A write that was accepted and whose |done| has not run. |result| is known once its transaction has ended. */
struct settle_waiting {
    void (*done)(enum ocpp_status status, void *user);
    void *user;
    enum ocpp_status result;
};

/* SETTLE_KNOWN_KEY_SIZE: for most keys; longer ones are looked up each time. */
enum { SETTLE_KNOWN_ROWS = 32768, SETTLE_KNOWN_KEY_SIZE = 80 };

/* Where a row stands, and which version it has; version 0: there is none. */
struct settle_row_at {
    int64_t version;
    int64_t rowid;
};

/* A row that was read or written lately. Whoever changes a row has read it just before, so most need not be looked up again. Only
 * where the file belongs to this handle. */
struct settle_known_row {
    struct settle_row_at at;
    char key[SETTLE_KNOWN_KEY_SIZE];
};

struct settle_sqlite {
    struct ocpp_settle_store face;
    struct ocpp_settle_sqlite_settings settings;
    sqlite3 *db;
    sqlite3_stmt *statements[SETTLE_SQL_COUNT];
    struct settle_hasher *hasher;
    uint64_t pages_max; /* 0: no bound */

    /* The last entry. Alone with the file it is known from then on; shared, it is read again with each transaction. */
    struct ocpp_settle_head head;
    bool head_known;

    /* The lease that was looked at last and is still its holder's; token 0: none. Only where the file belongs to this handle. */
    int64_t lease_token;
    char lease_name[OCPP_SETTLE_LEASE_NAME_SIZE];

    /* Of the write at hand, by change: its place among the known rows, and the row it updates. */
    uint32_t places[OCPP_SETTLE_CHANGES_MAXIMUM];
    int64_t rowids[OCPP_SETTLE_CHANGES_MAXIMUM];

    struct settle_known_row known[SETTLE_KNOWN_ROWS]; /* each in the place its key leads to; a key "" is none */

    uint64_t changes; /* of the contract */
    unsigned visiting;
    bool in_transaction;
    uint64_t pages_room; /* what the transaction may still take, at the least */

    /* A ring of |waiting_size| entries: |ended| ones whose transaction has ended, then |gathered| ones of the open transaction.
     */
    struct settle_waiting *waiting;
    size_t waiting_size;
    size_t waiting_first;
    size_t ended;
    size_t gathered;
    bool draining;
    char path[]; /* for the log */
};

/* SETTLE_PAGE_BYTES: of a file that is made here; the smallest unit of |max_bytes|. */
enum { SETTLE_PAGE_BYTES = 4096 };

/* settle_sqlite_status: what a result code of SQLite means here. */
enum ocpp_status settle_sqlite_status(int code);

/* settle_sqlite_complain: logs what SQLite says, and returns what it means. */
enum ocpp_status settle_sqlite_complain(struct settle_sqlite *store, const char *what, int code);

/* settle_sqlite_run: a statement that gives no rows. */
int settle_sqlite_run(sqlite3_stmt *statement);

/* settle_sqlite_bind_text: |text| outlives the run. */
void settle_sqlite_bind_text(sqlite3_stmt *statement, int position, const char *text);

/* settle_sqlite_begin, _commit, _roll_back: a transaction; on failure none is open. */
enum ocpp_status settle_sqlite_begin(struct settle_sqlite *store);
enum ocpp_status settle_sqlite_commit(struct settle_sqlite *store);
void settle_sqlite_roll_back(struct settle_sqlite *store);

/* settle_sqlite_end_transaction: commits what was gathered, if anything was; on failure none of it is there any more.
 * settle_sqlite_drain: lets the |done|s of ended transactions run. */
enum ocpp_status settle_sqlite_end_transaction(struct settle_sqlite *store);
void settle_sqlite_drain(struct settle_sqlite *store);

/* settle_sqlite_looked: a look ended with |status|: notices what became of the open transaction by it. The |done|s of what was
 * lost run with the next write or flush. */
void settle_sqlite_looked(struct settle_sqlite *store, enum ocpp_status status);

/* settle_sqlite_check_lease: OCPP_ERR_BUSY it was taken anew since. */
enum ocpp_status settle_sqlite_check_lease(struct settle_sqlite *store, const struct ocpp_settle_lease *lease);

/* settle_sqlite_place: the place of |key| among the known rows; what stands there is on its way to the processor when this
 * returns. settle_sqlite_know: the row of |key| is |at|. settle_sqlite_known: whether that is known, and where. _forget: nothing
 * is. */
uint32_t settle_sqlite_place(const struct settle_sqlite *store, const char *key);
void settle_sqlite_know(struct settle_sqlite *store, uint32_t place, const char *key, struct settle_row_at at);
bool settle_sqlite_known(const struct settle_sqlite *store, uint32_t place, const char *key, struct settle_row_at *at);
void settle_sqlite_forget(struct settle_sqlite *store);

/* settle_sqlite_load_head: reads the last entry. OCPP_ERR_CORRUPT: it has no hash. */
enum ocpp_status settle_sqlite_load_head(struct settle_sqlite *store);

/* Of the contract. */
enum ocpp_status settle_sqlite_read(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user),
                                    void *visit_user, void *user);
enum ocpp_status settle_sqlite_each(const char *prefix, const char *from,
                                    bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user);
enum ocpp_status settle_sqlite_journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                       void *visit_user, void *user);
enum ocpp_status settle_sqlite_head(struct ocpp_settle_head *head, void *user);

enum ocpp_status settle_sqlite_take_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms,
                                          int64_t *token, void *user);

/* settle_sqlite_face: makes |store| usable: fills its functions. */
void settle_sqlite_face(struct settle_sqlite *store);

/* settle_sqlite_finish: commits what is gathered and lets every |done| run. */
void settle_sqlite_finish(struct settle_sqlite *store);

#endif
