/* pool.h: the memory of the call layer: an arena for decoded messages, texts that wait for the transport, records of open calls.
 *
 * A pool belongs to one thread. What handles give back is kept for the next, up to a bound; a handle without traffic holds
 * nothing.
 */
#ifndef OCPP_LIB_POOL_H
#define OCPP_LIB_POOL_H

#include <ocpp/rpc.h>

/* One text on its way to the transport; terminated. */
struct ocpp_rpc_text {
    struct ocpp_rpc_text *next;
    size_t size;     /* without the terminator */
    size_t capacity; /* of |bytes| */
    char bytes[];
};

/* One call that is not answered yet: of ours, or of the peer's. */
struct ocpp_rpc_entry {
    struct ocpp_rpc_entry *next;
    const struct ocpp_action *action; /* NULL: not known in this version */
    int64_t deadline_ms;              /* mono_ms; of a call of ours from its transmission on */
    /* ours */
    struct ocpp_rpc_text *text; /* NULL once it was handed out */
    int64_t timeout_ms;
    void (*on_answer)(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user);
    void *user;
    bool unchecked;
    bool urgent;
    bool cancelled;
    /* the peer's */
    uint64_t token;
    char id[OCPP_MESSAGE_ID_SIZE];
};

/* ocpp_pool_enter, ocpp_pool_leave: around each use of the arena. The outermost leave forgets what was decoded; a handle may be
 * used inside a callback of another one that shares the pool. */
void ocpp_pool_enter(struct ocpp_rpc_pool *pool);
void ocpp_pool_leave(struct ocpp_rpc_pool *pool);
struct ocpp_arena *ocpp_pool_arena(struct ocpp_rpc_pool *pool);

/* ocpp_pool_use, ocpp_pool_unuse: counts the handles. */
void ocpp_pool_use(struct ocpp_rpc_pool *pool);
void ocpp_pool_unuse(struct ocpp_rpc_pool *pool);

/* ocpp_pool_text: an empty text with some room; NULL without memory. */
struct ocpp_rpc_text *ocpp_pool_text(struct ocpp_rpc_pool *pool);

/* ocpp_pool_widen: room for at least |capacity| bytes; the text may move. NULL without memory, with the text as it was. */
struct ocpp_rpc_text *ocpp_pool_widen(struct ocpp_rpc_pool *pool, struct ocpp_rpc_text *text, size_t capacity);

/* ocpp_pool_take_back: NULL is fine. */
void ocpp_pool_take_back(struct ocpp_rpc_pool *pool, struct ocpp_rpc_text *text);

/* ocpp_pool_entry: a zeroed record; NULL without memory. */
struct ocpp_rpc_entry *ocpp_pool_entry(struct ocpp_rpc_pool *pool);
void ocpp_pool_drop(struct ocpp_rpc_pool *pool, struct ocpp_rpc_entry *entry);

#endif
