/* row_cache.c: a table of kept rows by key, and all of them in a ring by age. The oldest goes first, unless it was used since it
 * became the oldest: then it is the newest again. So a row that is found is touched and no other: what is kept is more than what
 * a processor has near.
 */
#include "row_cache.h"

#include <string.h>

/* Of one row: more is read anew each time. What an arena costs beside what is taken of it, at most. */
enum { ROW_BYTES = 32 * 1024, ARENA_OVERHEAD = 1536 };

struct kept {
    struct kept *next;  /* in its place of the table */
    struct kept *older; /* in the ring */
    struct kept *newer;
    struct ocpp_arena *arena; /* of key and record */
    const char *key;
    struct kept_row row;
    size_t bytes; /* what it costs, at most */
    uint32_t hash;
    bool used; /* since it was last looked at as the oldest */
};

struct row_cache {
    struct ocpp_settle *settle;
    uint64_t changes; /* of the store, as far as we know of them */
    struct kept *oldest;
    struct kept *newest;
    struct kept *spare; /* the last one that went: its memory is the next one's */
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

static void free_kept(struct row_cache *cache, struct kept *kept)
{
    if (kept) {
        ocpp_arena_free(kept->arena);
        (void)backend_allocate(cache->settle, kept, 0);
    }
}

void row_cache_free(struct row_cache *cache)
{
    if (cache) {
        row_cache_drop(cache);
        free_kept(cache, cache->spare);
        (void)backend_allocate(cache->settle, cache, 0);
    }
}

/* --- the table and the ring ---------------------------------------------------------------------------------------------- */

static uint32_t hash_of(const char *key)
{
    uint64_t hash = 0;
    uint64_t word = 0;
    size_t size = strlen(key);

    for (; size >= sizeof word; size -= sizeof word, key += sizeof word) {
        memcpy(&word, key, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, key, size);
    hash = (hash ^ word ^ size << 56) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(hash >> 32);
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
    free_kept(cache, cache->spare);
    cache->spare = kept;
}

static void let_oldest_go(struct row_cache *cache)
{
    while (cache->oldest->used) {
        struct kept *kept = cache->oldest;

        kept->used = false;
        take_out_of_ring(cache, kept);
        make_newest(cache, kept);
    }
    let_go(cache, place_of(cache, cache->oldest->hash, cache->oldest->key));
}

static struct kept *take_spare(struct row_cache *cache)
{
    struct kept *kept = cache->spare;

    cache->spare = NULL;
    if (kept) {
        ocpp_arena_reset(kept->arena);
        return kept;
    }
    kept = backend_allocate(cache->settle, NULL, sizeof *kept);
    if (!kept) {
        return NULL;
    }
    kept->arena = ocpp_arena_new(cache->settle->settings.allocator, ROW_BYTES);
    return kept->arena ? kept : backend_allocate(cache->settle, kept, 0);
}

static struct kept *add(struct row_cache *cache, uint32_t hash, const char *key)
{
    while (cache->count > 0 && cache->count >= (size_t)cache->settle->settings.cached_rows) {
        let_oldest_go(cache);
    }
    struct kept *kept = take_spare(cache);
    if (!kept) {
        return NULL;
    }
    struct kept **place = place_of(cache, hash, key);
    *kept = (struct kept){ .arena = kept->arena, .hash = hash, .next = *place, .key = key };
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
    kept->used = true;
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

/* The new one stays also where it alone is too much: it is bounded by itself. */
static void make_room(struct row_cache *cache)
{
    while (cache->count > 1 && cache->bytes > (size_t)cache->settle->settings.cached_bytes) {
        let_oldest_go(cache);
    }
}

static bool fill(struct kept *kept, const char *key, const struct kept_row *row)
{
    ocpp_arena_reset(kept->arena);
    kept->key = ocpp_arena_text(kept->arena, key, strlen(key));
    kept->row = (struct kept_row){ .version = row->version, .type = row->type };
    return kept->key && ocpp_message_copy(row->type, row->record, kept->arena, &kept->row.record) == OCPP_OK;
}

void row_cache_keep(struct row_cache *cache, const char *key, const struct kept_row *row)
{
    const uint32_t hash = cache ? hash_of(key) : 0;
    struct kept *kept = cache ? *place_of(cache, hash, key) : NULL;

    if (cache && !kept) {
        kept = add(cache, hash, key);
    } else if (kept) {
        kept->used = true;
    }
    if (!kept) {
        return;
    }
    if (!fill(kept, key, row)) {
        kept->key = key;
        let_go(cache, place_of(cache, hash, key));
        return;
    }
    cache->bytes -= kept->bytes;
    kept->bytes = sizeof *kept + ARENA_OVERHEAD + 2 * ocpp_arena_used(kept->arena);
    cache->bytes += kept->bytes;
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
        let_go(cache, place_of(cache, cache->oldest->hash, cache->oldest->key));
    }
    if (cache) {
        cache->changes = changes_of(cache);
    }
}
