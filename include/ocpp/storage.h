/* storage.h: where the engines keep what must survive a power cut. A contract the integrator may implement.
 *
 * A store maps keys to values. Keys are text of 1 to OCPP_KEY_SIZE - 1 bytes without NUL, ordered by their bytes as unsigned
 * numbers; a key that begins another comes before it. Values are 0 to max_value_bytes bytes of any kind. Ready-made stores
 * (SQLite, memory) are in adapters.h.
 *
 * Threads: every function of one store is called from the thread of the handle it was given to, |done| included. No function may
 * call back into the engine but through the callbacks given here.
 */
#ifndef OCPP_STORAGE_H
#define OCPP_STORAGE_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

/* OCPP_KEY_SIZE: room for any key and its terminator. OCPP_STREAM_SIZE: room for the name of a stream, which is 17 bytes shorter
 * than the keys of its entries. */
enum { OCPP_KEY_SIZE = 128, OCPP_STREAM_SIZE = OCPP_KEY_SIZE - 17 };

enum ocpp_change_kind {
    OCPP_CHANGE_PUT,           /* key := value, whether it existed or not */
    OCPP_CHANGE_DELETE,        /* key is gone; it need not have existed */
    OCPP_CHANGE_DELETE_PREFIX, /* every key that begins with |key| is gone, |key| itself included; "" empties the store */
    OCPP_CHANGE_APPEND /* a new entry behind all others of the stream |key|; its key is key + "/" + a number of 16 lower-case
                          hexadecimal digits */
};

/* ocpp_change: one step of a write; the steps of one write happen in their order. |key| is a terminated text. The number of an
 * appended entry is above every number the stream ever had, also after entries were deleted and after a restart; numbers need not
 * follow one another. */
struct ocpp_change {
    enum ocpp_change_kind kind;
    const char *key;
    const void *value; /* PUT and APPEND; may be NULL when |size| is 0 */
    size_t size;
};

/* Two kinds of callback run through this contract.
 *   visit(key, value, size, user)  is shown one entry; the bytes are borrowed for the call, |value| is never NULL. Returning
 * false stops. It may read and visit, but neither write (OCPP_ERR_STATE) nor flush. done(status, user)             the changes of
 * one write are durable (OCPP_OK), or nothing of them happened (anything else). It may read, write and flush. */
struct ocpp_storage {
    /* read: shows the value of |key| to |visit|, once. A read sees every write that was accepted before, durable or not.
     * Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT, OCPP_ERR_NOMEM. */
    enum ocpp_status (*read)(const char *key, bool (*visit)(const char *key, const void *value, size_t size, void *user),
                             void *visit_user, void *user);

    /* each: shows the entries whose key begins with |prefix| ("": all), in the order of bytes, from |from| on: a whole key or the
     * beginning of one, itself included (NULL or "": the first). Sees what read sees. No entry is no error. Errors:
     * OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT, OCPP_ERR_NOMEM: what was shown is right, the rest was not reached. */
    enum ocpp_status (*each)(const char *prefix, const char *from,
                             bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user,
                             void *user);

    /* write: all |count| changes or none. OCPP_OK: accepted, and |done| runs exactly once, when they are durable or have failed:
     * possibly before write returns. The |done|s of a store run in the order of their writes. |done| may be NULL. Everything is
     * borrowed for the call. Errors: nothing of this write was accepted and its |done| will not run: OCPP_ERR_FULL no room;
     * OCPP_ERR_LIMIT a key or value too long; OCPP_ERR_ARGUMENT an empty key (but for DELETE_PREFIX) or an unknown kind;
     * OCPP_ERR_STATE called inside a visit; OCPP_ERR_NOMEM; OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT. */
    enum ocpp_status (*write)(const struct ocpp_change *changes, size_t count, void (*done)(enum ocpp_status status, void *user),
                              void *done_user, void *user);

    /* flush: makes durable what was accepted and lets its |done|s run before it returns. NULL when write always does so. What a
     * |done| writes meanwhile may wait for the next flush. */
    void (*flush)(void *user);

    size_t max_value_bytes;
    void *user;
};

OCPP_END_DECLARATIONS

#endif
