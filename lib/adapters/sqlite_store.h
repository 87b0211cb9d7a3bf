/* sqlite_store.h: what sqlite_open.c (making a store out of a file) and sqlite_storage.c (using it) share. */
#ifndef OCPP_SQLITE_STORE_H
#define OCPP_SQLITE_STORE_H

#include <ocpp/adapters.h>

#include <sqlite3.h>

enum sqlite_statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_READ,
    SQL_EACH,
    SQL_PUT,
    SQL_DELETE,
    SQL_DELETE_FROM,
    SQL_DELETE_BETWEEN,
    SQL_NUMBER_LOAD,
    SQL_NUMBER_SAVE,
    SQL_PAGES_USED,
    SQL_PAGES_FREE,
    SQL_COUNT
};

/* A write that was accepted and whose |done| has not run. |result| is known once its transaction has ended. */
struct sqlite_waiting {
    void (*done)(enum ocpp_status status, void *user);
    void *user;
    enum ocpp_status result;
};

struct sqlite_store {
    struct ocpp_storage face;
    struct ocpp_sqlite_storage_settings settings;
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT];
    uint64_t pages_max; /* 0: no bound */

    /* Appended entries of all streams share one rising number. Below |number_saved| the file knows of it already; a handle that
     * has the file alone saves far ahead, so that only one append in many writes the number. */
    uint64_t number_next;
    uint64_t number_saved;

    unsigned visiting;
    bool in_transaction;
    uint64_t pages_room; /* what the transaction may still take, at the least */

    /* A ring of |waiting_size| entries: |ended| ones whose transaction has ended, then |gathered| ones of the open transaction.
     */
    struct sqlite_waiting *waiting;
    size_t waiting_size;
    size_t waiting_first;
    size_t ended;
    size_t gathered;
    bool draining;
    char path[]; /* for the log */
};

/* SQLITE_PAGE_BYTES: asked for when a file is made; the smallest unit of |max_bytes|. */
enum { SQLITE_PAGE_BYTES = 4096 };

/* sqlite_status: what a result code of SQLite means here. */
enum ocpp_status sqlite_status(int code);

/* sqlite_storage_face: makes |store| usable: fills its functions. */
void sqlite_storage_face(struct sqlite_store *store);

/* sqlite_storage_finish: commits what is gathered and lets every |done| run. */
void sqlite_storage_finish(struct sqlite_store *store);

#endif
