/* store.h: where the settlement backend keeps orders, money and what it promised. A contract, richer than storage.h: several
 * backend processes may share one store, so every change names the version it was made of; a journal that is only ever appended
 * to proves what happened. Ready-made: SQLite (adapters.h) and memory (for tests).
 *
 * Rows have keys as in storage.h (text of 1 to OCPP_SETTLE_KEY_SIZE - 1 bytes, ordered by bytes) and versions: 1 when inserted,
 * one more with each update. The journal has entries numbered from 1; entry n holds hash(n) = SHA-256(hash(n-1), n, time, kind,
 * body), each number as 8 bytes, the highest first, each text with its length before it; hash(0) is 32 zero bytes. All rows and
 * entries of one write become durable together or not at all.
 *
 * Threads: as in storage.h.
 */
#ifndef OCPP_SETTLEMENT_STORE_H
#define OCPP_SETTLEMENT_STORE_H

#include <ocpp/settlement/keys.h>

OCPP_BEGIN_DECLARATIONS

enum { OCPP_SETTLE_KEY_SIZE = 192 };

enum ocpp_settle_change_kind {
    OCPP_SETTLE_INSERT, /* the key must not exist */
    OCPP_SETTLE_UPDATE, /* the key must exist at |version| */
    OCPP_SETTLE_DELETE  /* likewise */
};

struct ocpp_settle_change {
    enum ocpp_settle_change_kind kind;
    const char *key;
    int64_t version;
    const void *value; /* JSON, as far as the backend writes it */
    size_t size;
};

/* ocpp_settle_entry: of the journal. |kind| is a word of at most 40 bytes ("post", "audit", "order"), |body| JSON. */
struct ocpp_settle_entry {
    const char *kind;
    const char *body;
    size_t size;
};

/* ocpp_settle_lease: who may act for something that only one process may do (timers, outboxes). Each time it is taken its |token|
 * rises; a write under an older token is refused, so that a process that slept too long does no harm. */
struct ocpp_settle_lease {
    const char *name;
    int64_t token;
};

/* ocpp_settle_write: one command. */
struct ocpp_settle_write {
    const struct ocpp_settle_change *changes;
    size_t change_count;
    const struct ocpp_settle_entry *entries;
    size_t entry_count;
    int64_t utc_ms;                        /* of the entries */
    const struct ocpp_settle_lease *lease; /* NULL: none is needed */
};

/* ocpp_settle_row: what a visit is shown. Borrowed for the call; |value| is not terminated. */
struct ocpp_settle_row {
    const char *key;
    int64_t version;
    const void *value;
    size_t size;
};

struct ocpp_settle_journal_entry {
    int64_t number;
    int64_t utc_ms;
    const char *kind;
    const char *body; /* |size| bytes */
    size_t size;
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
};

/* Visits may read and visit, not write; false stops. */
struct ocpp_settle_store {
    /* read: shows the row of |key|, once. Sees every write that was accepted before, durable or not.
     * Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT, OCPP_ERR_NOMEM. */
    enum ocpp_status (*read)(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user,
                             void *user);
    /* each: the rows whose key begins with |prefix|, in order, from |from| on (NULL: the first). Errors as in storage.h. */
    enum ocpp_status (*each)(const char *prefix, const char *from, bool (*visit)(const struct ocpp_settle_row *row, void *user),
                             void *visit_user, void *user);
    /* write: all or nothing. OCPP_OK: accepted; |done| (may be NULL) runs exactly once, when it is durable or has failed,
     * possibly before write returns, in the order of the writes. Errors, and nothing happened: OCPP_ERR_BUSY a row has another
     * version, does exist or does not, or the lease is another's: read again and decide again; OCPP_ERR_FULL, OCPP_ERR_LIMIT,
     * OCPP_ERR_ARGUMENT, OCPP_ERR_STATE, OCPP_ERR_NOMEM, OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT. */
    enum ocpp_status (*write)(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                              void *done_user, void *user);
    /* flush: makes durable what was accepted and lets its |done|s run. */
    void (*flush)(void *user);
    /* journal: entries from number |from| on. */
    enum ocpp_status (*journal)(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                void *visit_user, void *user);
    /* take_lease: for |holder| until |until_utc_ms|, or prolongs it. OCPP_ERR_BUSY: another holds it beyond |now_utc_ms|. */
    enum ocpp_status (*take_lease)(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms, int64_t *token,
                                   void *user);
    size_t max_value_bytes;
    void *user;
};

/* ocpp_settle_verification: what a walk through the journal found. */
struct ocpp_settle_verification {
    int64_t entries;   /* that were good */
    int64_t broken_at; /* the number of the first entry that is missing, changed or out of order; 0: none */
    unsigned char head[OCPP_SETTLE_DIGEST_SIZE]; /* of the last good one */
};

/* ocpp_settle_store_verify: walks the journal of |store| from |from| on (1: all of it; otherwise |hash| is that of the entry
 * before) and takes every hash again. OCPP_OK: it was read to its end or to the break, see |found|. Errors: of the store and of
 * |keys|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_store_verify(const struct ocpp_settle_store *store,
                                                                 const struct ocpp_settle_keys *keys, int64_t from,
                                                                 const unsigned char *hash,
                                                                 struct ocpp_settle_verification *found);

OCPP_END_DECLARATIONS

#endif
