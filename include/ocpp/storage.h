/* storage.h: where the engines keep what must survive a power cut. A contract the integrator may implement.
 *
 * A store maps keys to values. Keys are text of at most OCPP_KEY_SIZE - 1 bytes, ordered by bytes; values are at most max_value_bytes.
 * Ready-made stores (SQLite, memory) are in adapters.h.
 *
 * Threads: every function of one store is called from the thread of the handle it was given to, |done| included. No function may call back
 * into the engine but through the callbacks given here.
 */
#ifndef OCPP_STORAGE_H
#define OCPP_STORAGE_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

enum { OCPP_KEY_SIZE = 128 };

enum ocpp_change_kind {
    OCPP_CHANGE_PUT,           /* key := value, whether it existed or not */
    OCPP_CHANGE_DELETE,        /* key is gone; it need not have existed */
    OCPP_CHANGE_DELETE_PREFIX, /* every key that begins with |key| is gone */
    OCPP_CHANGE_APPEND         /* a new entry behind all others of the stream |key|: key + "/" + 16 lower-case hexadecimal digits that only ever rise */
};

struct ocpp_change {
    enum ocpp_change_kind kind;
    const char *key;
    const void *value; /* PUT and APPEND */
    size_t size;
};

/* Two kinds of callback run through this contract.
 *   visit(key, value, size, user)  is shown one entry; the bytes are borrowed for the call. Returning false stops. It may not write.
 *   done(status, user)             the change is durable (OCPP_OK), or nothing of it happened. */
struct ocpp_storage {
    /* read: shows the value of |key| to |visit|, once.
     * Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT. A read sees every write that was accepted before, durable or not. */
    enum ocpp_status (*read)(const char *key,
                             bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user,
                             void *user);

    /* each: shows the entries whose key begins with |prefix|, in the order of bytes, from |from| on (NULL or "": the first).
     * Errors: OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT. No entry is no error. */
    enum ocpp_status (*each)(const char *prefix, const char *from,
                             bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user,
                             void *user);

    /* write: all |count| changes or none. OCPP_OK: accepted, and |done| runs exactly once, when they are durable or have failed: possibly before
     * write returns. |done| may be NULL. Everything is borrowed for the call.
     * Errors: nothing was accepted and |done| will not run: OCPP_ERR_FULL no room; OCPP_ERR_LIMIT a key or value too long; OCPP_ERR_STORAGE. */
    enum ocpp_status (*write)(const struct ocpp_change *changes, size_t count, void (*done)(enum ocpp_status status, void *user),
                              void *done_user, void *user);

    /* flush: makes durable what was accepted and lets its |done|s run before it returns. NULL when write always does so. */
    void (*flush)(void *user);

    size_t max_value_bytes;
    void *user;
};

OCPP_END_DECLARATIONS

#endif
