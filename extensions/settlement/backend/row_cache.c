/* row_cache.c: a table of kept rows by key, and all of them in a ring by use: the one that was used longest ago goes first. */
#include "row_cache.h"

#include <string.h>

/* Of one row: more is read anew each time. What an arena costs beside what is taken of it, at most. */
enum { ROW_BYTES = 32 * 1024, ARENA_OVERHEAD = 1536 };

struct kept {
    struct kept *next;  /* in its place of the table */
    struct kept *older; /* in the ring */
    struct kept *newer;
    struct ocpp_arena *arena; /* of the record */
    struct kept_row row;
    size_t bytes; /* what it costs, at most */
    uint32_t hash;
    char key[]; /* terminated */
};

struct row_cache {
    struct ocpp_settle *settle;
    uint64_t changes; /* of the store, as far as we know of them */
    struct kept *oldest;
    struct kept *newest;
    size_t count;
    size_t bytes;
    size_t places; /* a power of two */
    struct kept *table[];
};

static size_t places_for(size_t rows)
{
    size_t places = 16;

    while (places < rows) {
        places *= 2;
    }
    return places;
}

struct row_cache *row_cache_new(struct ocpp_settle *settle)
{
    const struct ocpp_settle_settings *settings = &settle->settings;
    const size_t places = places_for((size_t)settings->cached_rows);
    const size_t size = sizeof(struct row_cache) + places * sizeof(struct kept *);
    struct row_cache *cache = settings->cached_rows > 0 && settings->store.changes ? backend_allocate(settle, NULL, size) : NULL;

    if (cache) {
        memset(cache, 0, size);
        cache->settle = settle;
        cache->places = places;
        cache->changes = settings->store.changes(settings->store.user);
    }
    return cache;
}

void row_cache_free(struct row_cache *cache)
{
    if (cache) {
        row_cache_drop(cache);
        (void)backend_allocate(cache->settle, cache, 0);
    }
}

/* --- the table and the ring ---------------------------------------------------------------------------------------------- */

static uint32_t hash_of(const char *key)
{
    uint32_t hash = 2166136261U;

    for (; *key; key++) {
        hash = (hash ^ (unsigned char)*key) * 16777619U;
    }
    return hash;
}

static struct kept **place_of(struct row_cache *cache, uint32_t hash, const char *key)
{
    struct kept **place = &cache->table[hash & (cache->places - 1)];

    while (*place && ((*place)->hash != hash || strcmp((*place)->key, key) != 0)) {
        place = &(*place)->next;
    }
    return place;
}

static void take_out_of_ring(struct row_cache *cache, struct kept *kept)
{
    *(kept->older ? &kept->older->newer : &cache->oldest) = kept->newer;
    *(kept->newer ? &kept->newer->older : &cache->newest) = kept->older;
}

static void make_newest(struct row_cache *cache, struct kept *kept)
{
    kept->older = cache->newest;
    kept->newer = NULL;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = kept;
    cache->newest = kept;
}

static void let_go(struct row_cache *cache, struct kept **place)
{
    struct kept *kept = *place;

    if (!kept) {
        return;
    }
    *place = kept->next;
    take_out_of_ring(cache, kept);
    cache->count--;
    cache->bytes -= kept->bytes;
    ocpp_arena_free(kept->arena);
    (void)backend_allocate(cache->settle, kept, 0);
}

static void let_oldest_go(struct row_cache *cache)
{
    let_go(cache, place_of(cache, cache->oldest->hash, cache->oldest->key));
}

/* The new one stays also where it alone is too much: it is bounded by itself. */
static void make_room(struct row_cache *cache)
{
    const struct ocpp_settle_settings *settings = &cache->settle->settings;

    while (cache->count > 1 && (cache->count > (size_t)settings->cached_rows || cache->bytes > (size_t)settings->cached_bytes)) {
        let_oldest_go(cache);
    }
}

static struct kept *add(struct row_cache *cache, struct kept **place, uint32_t hash, const char *key)
{
    const size_t size = strlen(key) + 1;
    struct kept *kept = backend_allocate(cache->settle, NULL, sizeof *kept + size);

    if (!kept) {
        return NULL;
    }
    *kept = (struct kept){ .hash = hash };
    kept->arena = ocpp_arena_new(cache->settle->settings.allocator, ROW_BYTES);
    if (!kept->arena) {
        return backend_allocate(cache->settle, kept, 0);
    }
    memcpy(kept->key, key, size);
    *place = kept;
    make_newest(cache, kept);
    cache->count++;
    return kept;
}

/* --- what commands ask --------------------------------------------------------------------------------------------------- */

bool row_cache_find(struct row_cache *cache, const char *key, struct kept_row *row)
{
    struct kept *kept = cache ? *place_of(cache, hash_of(key), key) : NULL;

    if (!kept) {
        return false;
    }
    take_out_of_ring(cache, kept);
    make_newest(cache, kept);
    *row = kept->row;
    return true;
}

void row_cache_forget(struct row_cache *cache, const char *key)
{
    struct kept **place = cache ? place_of(cache, hash_of(key), key) : NULL;

    if (place && *place) {
        let_go(cache, place);
    }
}

void row_cache_keep(struct row_cache *cache, const char *key, const struct kept_row *row)
{
    const uint32_t hash = cache ? hash_of(key) : 0;
    struct kept **place = cache ? place_of(cache, hash, key) : NULL;
    struct kept *kept = NULL;

    if (!cache) {
        return;
    }
    kept = *place ? *place : add(cache, place, hash, key);
    if (!kept) {
        return;
    }
    ocpp_arena_reset(kept->arena);
    if (ocpp_message_copy(row->type, row->record, kept->arena, &kept->row.record) != OCPP_OK) {
        let_go(cache, place);
        return;
    }
    kept->row.type = row->type;
    kept->row.version = row->version;
    cache->bytes -= kept->bytes;
    kept->bytes = sizeof *kept + strlen(key) + 1 + ARENA_OVERHEAD + 2 * ocpp_arena_used(kept->arena);
    cache->bytes += kept->bytes;
    take_out_of_ring(cache, kept);
    make_newest(cache, kept);
    make_room(cache);
}

/* --- what the store has become --------------------------------------------------------------------------------------------- */

static uint64_t changes_of(const struct row_cache *cache)
{
    const struct ocpp_settle_store *store = &cache->settle->settings.store;

    return store->changes(store->user);
}

void row_cache_begin(struct row_cache *cache)
{
    if (cache && changes_of(cache) != cache->changes) {
        row_cache_drop(cache);
    }
}

/* Noted before: commands may run before the store's write returns. */
void row_cache_write(struct row_cache *cache)
{
    if (cache) {
        cache->changes++;
    }
}

void row_cache_drop(struct row_cache *cache)
{
    while (cache && cache->oldest) {
        let_oldest_go(cache);
    }
    if (cache) {
        cache->changes = changes_of(cache);
    }
}
