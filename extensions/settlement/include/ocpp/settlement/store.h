/* store.h: where the settlement backend keeps orders, money and what it promised. A contract, richer than storage.h: several
 * backend processes may share one store, so every change names the version it was made of; a journal that is only ever appended
 * to proves what happened. Ready-made: SQLite and memory (<ocpp/settlement/adapters.h>).
 *
 * Rows have keys as in storage.h (text of 1 to OCPP_SETTLE_KEY_SIZE - 1 bytes, ordered by bytes) and versions: 1 when inserted,
 * one more with each update. A key that was deleted should not come back: who still remembers version 1 of it could not tell the
 * two. The journal has entries numbered from 1; entry n holds hash(n), the SHA-256 of what ocpp_settle_entry_pieces() lists:
 * hash(n-1), n, the time, the kind and the body; hash(0) is 32 zero bytes. All rows and entries of one write become durable
 * together or not at all.
 *
 * Threads: as in storage.h.
 */
#ifndef OCPP_SETTLEMENT_STORE_H
#define OCPP_SETTLEMENT_STORE_H

#include <ocpp/settlement/keys.h>

OCPP_BEGIN_DECLARATIONS

/* Rooms for a key, a kind of entries and the name of a lease or of its holder, terminators included. A write has at most as many
 * changes and entries as the last two say. */
enum {
    OCPP_SETTLE_KEY_SIZE = 192,
    OCPP_SETTLE_KIND_SIZE = 41,
    OCPP_SETTLE_LEASE_NAME_SIZE = 65,
    OCPP_SETTLE_CHANGES_MAXIMUM = 512,
    OCPP_SETTLE_ENTRIES_MAXIMUM = 64
};

enum ocpp_settle_change_kind {
    OCPP_SETTLE_INSERT, /* the key must not exist */
    OCPP_SETTLE_UPDATE, /* the key must exist at |version| */
    OCPP_SETTLE_DELETE  /* likewise */
};

/* ocpp_settle_change: of one row; the keys of one write differ. |value| may be NULL when |size| is 0, and is not looked at by
 * DELETE; |version| is not looked at by INSERT. */
struct ocpp_settle_change {
    enum ocpp_settle_change_kind kind;
    const char *key;
    int64_t version;
    const void *value; /* JSON, as far as the backend writes it */
    size_t size;
};

/* ocpp_settle_entry: of the journal. |kind| is a word of 1 to 40 bytes ("post", "audit", "order"), |body| JSON, |size| bytes of
 * it. */
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
    int64_t follows; /* the number the last entry of the journal must have; 0: any. For what is said of the journal itself */
};

/* ocpp_settle_row: what a visit is shown. Borrowed for the call; |value| is not terminated. */
struct ocpp_settle_row {
    const char *key;
    int64_t version;
    const void *value;
    size_t size;
};

/* ocpp_settle_journal_entry: as it is stored; whether it is right is for ocpp_settle_store_verify() to say. Borrowed for the
 * call; |kind| is terminated, |body| is not. A stored hash of another size is shown as zeros. */
struct ocpp_settle_journal_entry {
    int64_t number;
    int64_t utc_ms;
    const char *kind;
    const char *body; /* |size| bytes */
    size_t size;
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
};

/* ocpp_settle_head: the last entry of the journal; {0, zeros} while it is empty. Who remembers one elsewhere can tell later that
 * nothing up to it was taken away. */
struct ocpp_settle_head {
    int64_t number;
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
};

/* ocpp_settle_store: the contract. A visit may read and visit, not write, flush or take a lease (OCPP_ERR_STATE); false stops. */
struct ocpp_settle_store {
    /* read: shows the row of |key|, once. Sees every write that was accepted before, durable or not.
     * Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT (a row with an impossible key or version), OCPP_ERR_NOMEM.
     */
    enum ocpp_status (*read)(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user,
                             void *user);
    /* each: the rows whose key begins with |prefix| ("": all), in the order of bytes, from |from| on (a key or its beginning;
     * NULL: the first). No row is no error. Errors as read: what was shown is right, the rest was not reached. */
    enum ocpp_status (*each)(const char *prefix, const char *from, bool (*visit)(const struct ocpp_settle_row *row, void *user),
                             void *visit_user, void *user);
    /* write: all or nothing. OCPP_OK: accepted; |done| (may be NULL) runs exactly once, when it is durable or has failed,
     * possibly before write returns, in the order of the writes; it may read, write and flush. Everything is borrowed for the
     * call, and not looked at any more once a |done| runs within it, this one's or an earlier one's. Errors, and nothing of it
     * happened nor will |done| run: OCPP_ERR_BUSY a row has another version, does exist or does not, the lease is another's, or
     * the journal went on: read again and decide again; OCPP_ERR_LOCKED another process kept the store for too long;
     * OCPP_ERR_FULL; OCPP_ERR_LIMIT a key, kind, value or body too long, or too many; OCPP_ERR_ARGUMENT an empty key or kind, a
     * key twice, an unknown change; OCPP_ERR_STATE; OCPP_ERR_NOMEM, OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT. */
    enum ocpp_status (*write)(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                              void *done_user, void *user);
    /* flush: makes durable what was accepted and lets its |done|s run. Never NULL. */
    void (*flush)(void *user);
    /* journal: entries from number |from| on, in order. Sees what read sees. Errors as each. */
    enum ocpp_status (*journal)(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                void *visit_user, void *user);
    /* head: the last entry. Sees what read sees. */
    enum ocpp_status (*head)(struct ocpp_settle_head *head, void *user);
    /* take_lease: for |holder| until |until_utc_ms|, durable before it returns; what was gathered is flushed first. The holder
     * that still has it prolongs it and keeps its token; taken anew, also by the last holder after it ran out, the token is one
     * more. Errors: OCPP_ERR_BUSY another holds it beyond |now_utc_ms|; OCPP_ERR_ARGUMENT, OCPP_ERR_LIMIT a name empty or too
     * long; OCPP_ERR_STATE, and those of write. */
    enum ocpp_status (*take_lease)(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms, int64_t *token,
                                   void *user);
    size_t max_value_bytes; /* of a value or body */
    void *user;
    /* changes: how often rows have changed: one more with each write, when it is accepted, before any |done| runs; and two more
     * or more when something accepted is lost, before its |done| runs: so that is not taken for a write. Nothing else may change
     * rows but through this handle. So who keeps what it read knows whether it still holds. NULL: nobody may keep anything
     * (others share the file). */
    uint64_t (*changes)(void *user);
};

/* --- the chain --------------------------------------------------------------------------------------------------- */

/* ocpp_settle_entry_pieces: what hash(n) is taken over, as pieces behind one another: |previous|, then n and the time, 8 bytes
 * each, then kind and body, each behind its length as 8 bytes; every number with its highest byte first. |room| and |entry| are
 * borrowed until the hash is taken. For who writes a store. */
enum { OCPP_SETTLE_ENTRY_PIECES = 6 };

/* ocpp_settle_entry_room: what the pieces of ocpp_settle_entry_pieces() point into. */
struct ocpp_settle_entry_room {
    unsigned char numbers[16];
    unsigned char kind_size[8];
    unsigned char body_size[8];
    struct ocpp_settle_bytes pieces[OCPP_SETTLE_ENTRY_PIECES];
};

/* ocpp_settle_entry_pieces: see above. */
OCPP_API void ocpp_settle_entry_pieces(const unsigned char previous[OCPP_SETTLE_DIGEST_SIZE],
                                       const struct ocpp_settle_journal_entry *entry, struct ocpp_settle_entry_room *room);

/* ocpp_settle_store_anchor: when at least |every| entries (1 or more) came since the last anchor, writes one: an entry of kind
 * "anchor" that tells number and hash of the entry before it, signed by the P-256 key |key_name| (NULL: not signed), and the row
 * "anchor" that tells the same. Who can write the file can make a new chain, but no such signature. OCPP_OK also when none was
 * due. Flush afterwards. Errors: OCPP_ERR_BUSY the journal went on meanwhile; those of read, head and write, and of |keys|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_store_anchor(const struct ocpp_settle_store *store,
                                                                 const struct ocpp_settle_keys *keys, const char *key_name,
                                                                 int64_t every, int64_t utc_ms);

/* ocpp_settle_break: what is wrong with a journal, at its first wrong place. */
enum ocpp_settle_break {
    OCPP_SETTLE_UNBROKEN,
    OCPP_SETTLE_MISSING,   /* no entry has the number: taken away, or out of order */
    OCPP_SETTLE_CHANGED,   /* the entry does not have the hash it must have */
    OCPP_SETTLE_TRUNCATED, /* the journal ends before the remembered head */
    OCPP_SETTLE_REWRITTEN, /* the entry has another hash than the remembered head, or an anchor that says so or that nobody signed
                            */
    OCPP_SETTLE_BREAK_COUNT
};

/* ocpp_settle_verification: what a walk through the journal found. */
struct ocpp_settle_verification {
    struct ocpp_settle_head head; /* the last good entry */
    int64_t entries;              /* good ones that were walked over */
    int64_t anchors;              /* of them */
    int64_t broken_at;            /* the number of the first entry that is wrong; 0: none */
    enum ocpp_settle_break wrong;
};

/* ocpp_settle_verify: where a walk begins and what it is held to; all zeros walks everything. */
struct ocpp_settle_verify {
    struct ocpp_settle_head from;       /* the walk begins behind this entry, which is believed */
    struct ocpp_settle_head remembered; /* must be there with this hash; number 0: nothing was remembered */
    const unsigned char
        *anchor_point; /* OCPP_SETTLE_POINT_SIZE bytes, the key all anchors must be signed by; NULL: unsigned do */
};

/* ocpp_settle_store_verify: walks the journal of |store| and takes every hash again. OCPP_OK: it was read to its end or to the
 * break, see |found|. |how| may be NULL. Errors: of the store and of |keys|; |found| is not touched. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_store_verify(const struct ocpp_settle_store *store,
                                                                 const struct ocpp_settle_keys *keys,
                                                                 const struct ocpp_settle_verify *how,
                                                                 struct ocpp_settle_verification *found);

/* ocpp_settle_break_sentence: in English, for an operator. Never NULL. */
OCPP_API const char *ocpp_settle_break_sentence(enum ocpp_settle_break wrong);

OCPP_END_DECLARATIONS

#endif
