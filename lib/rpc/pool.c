/* pool.c: see pool.h. Free lists are last in, first out, so that a busy thread works on warm memory. */
#include "pool.h"

#include "arena.h"
#include "require.h"

#include <string.h>

enum { DEFAULT_KEEP_BYTES = 256 * 1024, FIRST_TEXT_BYTES = 512 };

struct ocpp_rpc_pool {
    const struct ocpp_allocator *allocator;
    struct ocpp_arena *arena;
    struct ocpp_rpc_text *texts;
    struct ocpp_rpc_entry *entries;
    size_t kept_bytes;
    size_t keep_bytes;
    size_t handles;
    unsigned depth;
};

struct ocpp_rpc_pool *ocpp_rpc_pool_new(const struct ocpp_allocator *allocator, size_t max_arena_bytes, size_t keep_bytes)
{
    struct ocpp_rpc_pool *pool = ocpp_reallocate(allocator, NULL, sizeof *pool);
    if (pool == NULL)
        return NULL;
    *pool = (struct ocpp_rpc_pool){ .allocator = allocator, .keep_bytes = keep_bytes != 0 ? keep_bytes : DEFAULT_KEEP_BYTES };
    pool->arena = ocpp_arena_new(allocator, max_arena_bytes);
    if (pool->arena != NULL)
        return pool;
    ocpp_reallocate(allocator, pool, 0);
    return NULL;
}

void ocpp_rpc_pool_free(struct ocpp_rpc_pool *pool)
{
    if (pool == NULL)
        return;
    ocpp_require(pool->handles == 0);
    for (struct ocpp_rpc_text *text = pool->texts, *next; text != NULL; text = next) {
        next = text->next;
        ocpp_reallocate(pool->allocator, text, 0);
    }
    for (struct ocpp_rpc_entry *entry = pool->entries, *next; entry != NULL; entry = next) {
        next = entry->next;
        ocpp_reallocate(pool->allocator, entry, 0);
    }
    ocpp_arena_free(pool->arena);
    ocpp_reallocate(pool->allocator, pool, 0);
}

void ocpp_pool_use(struct ocpp_rpc_pool *pool)
{
    pool->handles++;
}

void ocpp_pool_unuse(struct ocpp_rpc_pool *pool)
{
    pool->handles--;
}

void ocpp_pool_enter(struct ocpp_rpc_pool *pool)
{
    pool->depth++;
}

void ocpp_pool_leave(struct ocpp_rpc_pool *pool)
{
    if (--pool->depth == 0)
        ocpp_arena_reset(pool->arena);
}

struct ocpp_arena *ocpp_pool_arena(struct ocpp_rpc_pool *pool)
{
    return pool->arena;
}

/* May |size| more bytes lie idle? */
static bool keep(struct ocpp_rpc_pool *pool, size_t size)
{
    if (size > pool->keep_bytes - pool->kept_bytes)
        return false;
    pool->kept_bytes += size;
    return true;
}

static struct ocpp_rpc_text *resize(struct ocpp_rpc_pool *pool, struct ocpp_rpc_text *text, size_t capacity)
{
    struct ocpp_rpc_text *moved = ocpp_reallocate(pool->allocator, text, sizeof *text + capacity);
    if (moved != NULL)
        moved->capacity = capacity;
    return moved;
}

struct ocpp_rpc_text *ocpp_pool_text(struct ocpp_rpc_pool *pool)
{
    struct ocpp_rpc_text *text = pool->texts;
    if (text != NULL) {
        pool->texts = text->next;
        pool->kept_bytes -= sizeof *text + text->capacity;
    } else {
        text = resize(pool, NULL, FIRST_TEXT_BYTES);
        if (text == NULL)
            return NULL;
    }
    text->next = NULL;
    text->size = 0;
    return text;
}

struct ocpp_rpc_text *ocpp_pool_widen(struct ocpp_rpc_pool *pool, struct ocpp_rpc_text *text, size_t capacity)
{
    if (capacity <= text->capacity)
        return text;
    const size_t doubled = text->capacity * 2;
    return resize(pool, text, capacity > doubled ? capacity : doubled);
}

void ocpp_pool_take_back(struct ocpp_rpc_pool *pool, struct ocpp_rpc_text *text)
{
    if (text == NULL)
        return;
    if (!keep(pool, sizeof *text + text->capacity)) {
        ocpp_reallocate(pool->allocator, text, 0);
        return;
    }
    text->next = pool->texts;
    pool->texts = text;
}

struct ocpp_rpc_entry *ocpp_pool_entry(struct ocpp_rpc_pool *pool)
{
    struct ocpp_rpc_entry *entry = pool->entries;
    if (entry != NULL) {
        pool->entries = entry->next;
        pool->kept_bytes -= sizeof *entry;
    } else {
        entry = ocpp_reallocate(pool->allocator, NULL, sizeof *entry);
        if (entry == NULL)
            return NULL;
    }
    memset(entry, 0, sizeof *entry);
    return entry;
}

void ocpp_pool_drop(struct ocpp_rpc_pool *pool, struct ocpp_rpc_entry *entry)
{
    if (!keep(pool, sizeof *entry)) {
        ocpp_reallocate(pool->allocator, entry, 0);
        return;
    }
    entry->next = pool->entries;
    pool->entries = entry;
}
