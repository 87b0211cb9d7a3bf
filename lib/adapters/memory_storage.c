/* memory_storage.c: a store that lives as long as the process, for tests and for hosts without a disk.
 *
 * Entries hang in a skip list ordered by key: walking in order, finding the first of a prefix and removing are each one short
 * loop. A write is applied at once and every node it adds or takes out is noted on a list, so that it can be taken back whole
 * when memory or room runs out.
 */
#include "adapter_support.h"
#include "storage_check.h"

#include <ocpp/adapters.h>

#include <string.h>

enum { LEVELS = 12 }; /* one node in four is on the next level: good for 4^12 entries */

/* What the write in progress did to a node. */
enum trace {
    TRACE_NONE,     /* nothing */
    TRACE_ADDED,    /* linked by this write */
    TRACE_REMOVED,  /* unlinked by this write */
    TRACE_TRANSIENT /* both: it was never there */
};

struct node {
    struct node *traced; /* the one this write touched before */
    enum trace trace;
    unsigned levels;
    char *key;
    void *value;
    size_t size;
    size_t bytes; /* counted for the limit: two levels whatever it has, so that equal entries count the same */
    struct node *next[];
};

struct memory_store {
    struct ocpp_storage face;
    const struct ocpp_allocator *allocator;
    size_t limit_bytes;
    size_t used_bytes;
    uint64_t next_number; /* of appended entries, all streams together */
    uint64_t dice;        /* xorshift state: levels must not follow from keys a stranger chose */
    unsigned visiting;
    struct node *traced; /* touched by the write in progress, latest first */
    struct node *first[LEVELS];
};

/* --- the list ---------------------------------------------------------------------------------------------------- */

/* The links before |key| on every level. */
struct place {
    struct node **link[LEVELS];
};

static struct node *find(struct memory_store *store, const char *key, struct place *place)
{
    struct node **links = store->first;
    for (unsigned level = LEVELS; level-- > 0;) {
        while (links[level] != NULL && strcmp(links[level]->key, key) < 0)
            links = links[level]->next;
        place->link[level] = &links[level];
    }
    return *place->link[0];
}

static struct node *find_exact(struct memory_store *store, const char *key, struct place *place)
{
    struct node *node = find(store, key, place);
    return node != NULL && strcmp(node->key, key) == 0 ? node : NULL;
}

static void link_node(struct memory_store *store, struct node *node)
{
    struct place place;
    (void)find(store, node->key, &place);
    for (unsigned level = 0; level < node->levels; level++) {
        node->next[level] = *place.link[level];
        *place.link[level] = node;
    }
    store->used_bytes += node->bytes;
}

static void unlink_node(struct memory_store *store, struct node *node, const struct place *place)
{
    for (unsigned level = 0; level < node->levels; level++)
        *place->link[level] = node->next[level];
    store->used_bytes -= node->bytes;
}

static unsigned roll_levels(struct memory_store *store)
{
    store->dice ^= store->dice << 13;
    store->dice ^= store->dice >> 7;
    store->dice ^= store->dice << 17;
    unsigned levels = 1;
    for (uint64_t bits = store->dice; levels < LEVELS && (bits & 3) == 0; bits >>= 2)
        levels++;
    return levels;
}

static struct node *node_new(struct memory_store *store, const char *key, const void *value, size_t size)
{
    const unsigned levels = roll_levels(store);
    const size_t head = sizeof(struct node) + levels * sizeof(struct node *);
    const size_t key_size = strlen(key) + 1;
    struct node *node = adapter_reallocate(store->allocator, NULL, head + size + key_size);
    if (node == NULL)
        return NULL;
    *node = (struct node){ .levels = levels, .size = size };
    node->bytes = sizeof(struct node) + 2 * sizeof(struct node *) + size + key_size;
    node->value = (char *)node + head;
    node->key = (char *)node + head + size;
    if (size > 0)
        memcpy(node->value, value, size);
    memcpy(node->key, key, key_size);
    return node;
}

/* --- a write and the way back ------------------------------------------------------------------------------------ */

static void trace(struct memory_store *store, struct node *node, enum trace what)
{
    node->trace = what;
    node->traced = store->traced;
    store->traced = node;
}

static void remove_node(struct memory_store *store, struct node *node, const struct place *place)
{
    unlink_node(store, node, place);
    if (node->trace == TRACE_ADDED)
        node->trace = TRACE_TRANSIENT; /* it is on the list already */
    else
        trace(store, node, TRACE_REMOVED);
}

static enum ocpp_status put(struct memory_store *store, const char *key, const void *value, size_t size)
{
    struct node *node = node_new(store, key, value, size);
    if (node == NULL)
        return OCPP_ERR_NOMEM;
    struct place place;
    struct node *old = find_exact(store, key, &place);
    if (old != NULL)
        remove_node(store, old, &place);
    link_node(store, node);
    trace(store, node, TRACE_ADDED);
    return OCPP_OK;
}

static void delete_prefix(struct memory_store *store, const char *prefix)
{
    struct place place;
    struct node *node;
    while ((node = find(store, prefix, &place)) != NULL && storage_begins_with(node->key, prefix))
        remove_node(store, node, &place);
}

static enum ocpp_status apply(struct memory_store *store, const struct ocpp_change *change)
{
    char key[OCPP_KEY_SIZE];
    struct place place;
    struct node *node;
    switch (change->kind) {
    case OCPP_CHANGE_PUT:
        return put(store, change->key, change->value, change->size);
    case OCPP_CHANGE_DELETE:
        node = find_exact(store, change->key, &place);
        if (node != NULL)
            remove_node(store, node, &place);
        return OCPP_OK;
    case OCPP_CHANGE_DELETE_PREFIX:
        delete_prefix(store, change->key);
        return OCPP_OK;
    case OCPP_CHANGE_APPEND:
        storage_stream_key(key, change->key, store->next_number++);
        return put(store, key, change->value, change->size);
    }
    return OCPP_ERR_ARGUMENT; /* not reached: kinds were checked */
}

/* Latest first, so that a key that was replaced twice gets its first node back. */
static void take_back(struct memory_store *store)
{
    struct place place;
    while (store->traced != NULL) {
        struct node *node = store->traced;
        store->traced = node->traced;
        if (node->trace == TRACE_REMOVED) {
            node->trace = TRACE_NONE;
            link_node(store, node);
            continue;
        }
        if (node->trace == TRACE_ADDED) {
            (void)find(store, node->key, &place);
            unlink_node(store, node, &place);
        }
        (void)adapter_reallocate(store->allocator, node, 0);
    }
}

static void keep(struct memory_store *store)
{
    while (store->traced != NULL) {
        struct node *node = store->traced;
        store->traced = node->traced;
        if (node->trace == TRACE_ADDED)
            node->trace = TRACE_NONE;
        else
            (void)adapter_reallocate(store->allocator, node, 0);
    }
}

static enum ocpp_status write_changes(struct memory_store *store, const struct ocpp_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const enum ocpp_status status = apply(store, &changes[i]);
        if (status != OCPP_OK)
            return status;
    }
    return store->limit_bytes > 0 && store->used_bytes > store->limit_bytes ? OCPP_ERR_FULL : OCPP_OK;
}

/* --- the contract ------------------------------------------------------------------------------------------------ */

static enum ocpp_status memory_write(const struct ocpp_change *changes, size_t count,
                                     void (*done)(enum ocpp_status status, void *user), void *done_user, void *user)
{
    struct memory_store *store = user;
    if (store->visiting > 0)
        return OCPP_ERR_STATE;
    enum ocpp_status status = storage_changes_check(changes, count, store->face.max_value_bytes);
    if (status == OCPP_OK)
        status = write_changes(store, changes, count);
    if (status != OCPP_OK) {
        take_back(store);
        return status;
    }
    keep(store);
    if (done != NULL)
        done(OCPP_OK, done_user);
    return OCPP_OK;
}

static enum ocpp_status memory_read(const char *key, bool (*visit)(const char *key, const void *value, size_t size, void *user),
                                    void *visit_user, void *user)
{
    struct memory_store *store = user;
    struct place place;
    const struct node *node = find_exact(store, key, &place);
    if (node == NULL)
        return OCPP_ERR_NOT_FOUND;
    store->visiting++;
    (void)visit(node->key, node->value, node->size, visit_user);
    store->visiting--;
    return OCPP_OK;
}

static enum ocpp_status memory_each(const char *prefix, const char *from,
                                    bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user,
                                    void *user)
{
    struct memory_store *store = user;
    struct place place;
    store->visiting++;
    const struct node *node = find(store, storage_start(prefix, from), &place);
    while (node != NULL && storage_begins_with(node->key, prefix)) {
        if (!visit(node->key, node->value, node->size, visit_user))
            break;
        node = node->next[0];
    }
    store->visiting--;
    return OCPP_OK;
}

struct ocpp_storage *ocpp_memory_storage_new(const struct ocpp_allocator *allocator, size_t limit_bytes)
{
    struct memory_store *store = adapter_reallocate(allocator, NULL, sizeof *store);
    if (store == NULL)
        return NULL;
    *store = (struct memory_store){
        .face = { .read = memory_read,
                  .each = memory_each,
                  .write = memory_write,
                  .max_value_bytes = STORAGE_VALUE_BYTES_DEFAULT },
        .allocator = allocator,
        .limit_bytes = limit_bytes,
        .next_number = 1,
        .dice = UINT64_C(0x9E3779B97F4A7C15),
    };
    store->face.user = store;
    return &store->face;
}

void ocpp_memory_storage_free(struct ocpp_storage *storage)
{
    if (storage == NULL)
        return;
    struct memory_store *store = storage->user;
    struct node *node = store->first[0];
    while (node != NULL) {
        struct node *next = node->next[0];
        (void)adapter_reallocate(store->allocator, node, 0);
        node = next;
    }
    (void)adapter_reallocate(store->allocator, store, 0);
}
