/* row_cache.c: a table of kept rows by key, and all of them in a ring by age. The oldest goes first, unless it was used since it
 * became the oldest: then it is the newest again. So a row that is found is touched and no other: what is kept is more than what
 * a processor has near. For the same reason the table has each hash beside where it leads, and a row is one piece of memory with
 * its key and its record.
 */
#include "row_cache.h"

#include "row_births.h"

#include <string.h>

/* ROW_BYTES: of one row: more is read anew each time. Rows have rooms of UNIT bytes or a multiple of it; of each size that is not
 * larger than UNITS units, so many that went are kept for those that come. */
enum { ROW_BYTES = 32 * 1024, UNIT = 64, UNITS = 32, SPARES = 16, FEWEST_PLACES = 64, GUESSES = 64 };

struct row_room {
    struct row_room *older; /* in the ring */
    struct row_room *newer; /* likewise; among the spares: the next */
    uint64_t hash;          /* of the key */
    int64_t version;
    const struct ocpp_type *type;
    uint32_t size;     /* of all of it, in bytes */
    uint32_t record;   /* where it stands, behind the key */
    uint16_t key_size; /* it has no terminator */
    bool used;         /* since it was last looked at as the oldest */
    char key[];
};

struct spares {
    struct row_room *first;
    int count;
};

struct place {
    uint64_t hash;
    struct row_room *room; /* NULL: free */
};

/* What a record of |type| needed the last time: mostly the next one needs about as much. */
struct guess {
    const struct ocpp_type *type;
    size_t needed;
};

/* table: open: a row stands in the first free place from the one its hash leads to. */
struct table {
    struct place *places;
    size_t size; /* a power of two; 0: none yet */
    size_t count;
};

struct row_cache {
    struct ocpp_settle *settle;
    struct row_births *births;
    uint64_t changes; /* of the store, as far as we know of them */
    struct table table;
    struct row_room *oldest;
    struct row_room *newest;
    size_t bytes;
    struct spares spares[UNITS];
    struct guess guesses[GUESSES]; /* each where its type leads to */
};

static void *allocate(const struct row_cache *cache, void *pointer, size_t size)
{
    return backend_allocate(cache->settle, pointer, size);
}

struct row_cache *row_cache_new(struct ocpp_settle *settle)
{
    const struct ocpp_settle_settings *settings = &settle->settings;
    const bool may_keep = settings->cached_rows > 0 && settings->store.changes;
    struct row_cache *cache = may_keep ? backend_allocate(settle, NULL, sizeof *cache) : NULL;

    if (cache) {
        *cache = (struct row_cache){ .settle = settle };
        cache->births = row_births_new(settle);
        cache->changes = settings->store.changes(settings->store.user);
    }
    return cache;
}

static void free_spares(const struct row_cache *cache, struct spares *spares)
{
    while (spares->first) {
        struct row_room *room = spares->first;

        spares->first = room->newer;
        (void)allocate(cache, room, 0);
    }
}

void row_cache_free(struct row_cache *cache)
{
    if (cache) {
        row_cache_drop(cache);
        for (int i = 0; i < UNITS; i++) {
            free_spares(cache, &cache->spares[i]);
        }
        row_births_free(cache->births, cache->settle);
        (void)allocate(cache, cache->table.places, 0);
        (void)allocate(cache, cache, 0);
    }
}

struct row_births *row_cache_births(const struct row_cache *cache)
{
    return cache ? cache->births : NULL;
}

/* --- the table ----------------------------------------------------------------------------------------------------------- */

static bool is_of(const struct place *place, const struct row_key *key)
{
    return place->hash == key->hash && place->room->key_size == key->size && memcmp(place->room->key, key->text, key->size) == 0;
}

/* Where |key| stands, or else the free place where it would; there is one. */
static size_t place_of(const struct table *table, const struct row_key *key)
{
    size_t place = key->hash & (table->size - 1);

    while (table->places[place].room && !is_of(&table->places[place], key)) {
        place = (place + 1) & (table->size - 1);
    }
    return place;
}

static struct row_room *find(const struct row_cache *cache, const struct row_key *key)
{
    const struct table *table = &cache->table;

    return table->size > 0 ? table->places[place_of(table, key)].room : NULL;
}

static struct row_key key_of(const struct row_room *room)
{
    return (struct row_key){ room->key, room->key_size, room->hash };
}

static void put_in(struct table *table, struct row_room *room)
{
    const struct row_key key = key_of(room);

    table->places[place_of(table, &key)] = (struct place){ room->hash, room };
    table->count++;
}

/* Those behind it that would not be found any more move up. */
static void take_out(struct table *table, const struct row_room *room)
{
    const size_t mask = table->size - 1;
    size_t hole = room->hash & mask;

    while (table->places[hole].room != room) {
        hole = (hole + 1) & mask;
    }
    for (size_t next = (hole + 1) & mask; table->places[next].room; next = (next + 1) & mask) {
        if (((next - table->places[next].hash) & mask) >= ((next - hole) & mask)) {
            table->places[hole] = table->places[next];
            hole = next;
        }
    }
    table->places[hole].room = NULL;
    table->count--;
}

/* At least half of it is free. False: there is no memory for that. */
static bool make_places(struct row_cache *cache)
{
    const struct table small = cache->table;
    struct table large = { .size = small.size > 0 ? 2 * small.size : FEWEST_PLACES };

    if (2 * (small.count + 1) <= small.size) {
        return true;
    }
    large.places = allocate(cache, NULL, large.size * sizeof *large.places);
    if (!large.places) {
        return false;
    }
    memset(large.places, 0, large.size * sizeof *large.places);
    for (size_t i = 0; i < small.size; i++) {
        if (small.places[i].room) {
            put_in(&large, small.places[i].room);
        }
    }
    (void)allocate(cache, small.places, 0);
    cache->table = large;
    return true;
}

/* --- the ring ------------------------------------------------------------------------------------------------------------ */

static void take_out_of_ring(struct row_cache *cache, struct row_room *room)
{
    *(room->older ? &room->older->newer : &cache->oldest) = room->newer;
    *(room->newer ? &room->newer->older : &cache->newest) = room->older;
}

static void make_newest(struct row_cache *cache, struct row_room *room)
{
    room->older = cache->newest;
    room->newer = NULL;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = room;
    cache->newest = room;
}

static void let_go(struct row_cache *cache, struct row_room *room)
{
    take_out(&cache->table, room);
    take_out_of_ring(cache, room);
    cache->bytes -= room->size;
    row_cache_give_back(cache, room);
}

static void let_oldest_go(struct row_cache *cache)
{
    while (cache->oldest->used) {
        struct row_room *room = cache->oldest;

        room->used = false;
        take_out_of_ring(cache, room);
        make_newest(cache, room);
    }
    let_go(cache, cache->oldest);
}

/* --- rooms --------------------------------------------------------------------------------------------------------------- */

static struct spares *spares_of(struct row_cache *cache, size_t size)
{
    return size <= (size_t)UNITS * UNIT ? &cache->spares[size / UNIT - 1] : NULL;
}

void row_cache_give_back(struct row_cache *cache, struct row_room *room)
{
    struct spares *spares = spares_of(cache, room->size);

    if (!spares || spares->count == SPARES) {
        (void)allocate(cache, room, 0);
        return;
    }
    room->newer = spares->first;
    spares->first = room;
    spares->count++;
}

/* Of |bytes| at least. */
static struct row_room *take_room(struct row_cache *cache, size_t bytes)
{
    const size_t size = (bytes + UNIT - 1) / UNIT * UNIT;
    struct spares *spares = spares_of(cache, size);
    struct row_room *room = spares ? spares->first : NULL;

    if (room) {
        spares->first = room->newer;
        spares->count--;
        return room;
    }
    room = size <= ROW_BYTES ? allocate(cache, NULL, size) : NULL;
    if (room) {
        room->size = (uint32_t)size;
    }
    return room;
}

static void *record_of(struct row_room *room)
{
    return (char *)room + room->record;
}

const void *row_cache_record(const struct row_room *room)
{
    return (const char *)room + room->record;
}

/* Where the record of a row with a key of |key_size| begins. */
static size_t beginning(size_t key_size)
{
    const size_t unit = _Alignof(max_align_t);

    return (offsetof(struct row_room, key) + key_size + unit - 1) / unit * unit;
}

static struct guess *guess_of(struct row_cache *cache, const struct ocpp_type *type)
{
    struct guess *guess = &cache->guesses[(uintptr_t)type / sizeof *type % GUESSES];

    if (guess->type != type || guess->needed > ROW_BYTES) {
        *guess = (struct guess){ type, type->size };
    }
    return guess;
}

/* |record| in a room of |begin| and |guess->needed| bytes; NULL: it does not fit, and |guess| knows better now. */
static struct row_room *pack(struct row_cache *cache, const void *record, size_t begin, struct guess *guess)
{
    struct row_room *room = take_room(cache, begin + guess->needed);

    if (room) {
        room->record = (uint32_t)begin;
        if (ocpp_message_pack(guess->type, record, record_of(room), room->size - begin, &guess->needed) != OCPP_OK) {
            row_cache_give_back(cache, room);
            room = NULL;
        }
    }
    return room;
}

struct row_room *row_cache_room(struct row_cache *cache, const struct row_key *key, const struct ocpp_type *type,
                                const void *record)
{
    const size_t begin = beginning(key->size);
    struct guess *guess = cache ? guess_of(cache, type) : NULL;
    struct row_room *room = guess ? pack(cache, record, begin, guess) : NULL;

    if (guess && !room) {
        room = pack(cache, record, begin, guess);
    }
    if (room) {
        room->type = type;
        room->hash = key->hash;
        room->key_size = (uint16_t)key->size;
        memcpy(room->key, key->text, key->size);
    }
    return room;
}

/* --- what commands ask --------------------------------------------------------------------------------------------------- */

bool row_cache_find(struct row_cache *cache, const struct row_key *key, struct kept_row *row)
{
    struct row_room *room = cache ? find(cache, key) : NULL;

    if (!room) {
        return false;
    }
    room->used = true;
    *row = (struct kept_row){ room->version, room->type, row_cache_record(room) };
    return true;
}

void row_cache_forget(struct row_cache *cache, const struct row_key *key)
{
    struct row_room *room = cache ? find(cache, key) : NULL;

    if (room) {
        let_go(cache, room);
    }
}

/* For one of |size|; it stays also where it alone is too much: it is bounded by itself. */
static void make_room(struct row_cache *cache, size_t size)
{
    const struct ocpp_settle_settings *settings = &cache->settle->settings;

    while (cache->oldest &&
           (cache->table.count >= (size_t)settings->cached_rows || cache->bytes + size > (size_t)settings->cached_bytes)) {
        let_oldest_go(cache);
    }
}

/* One that was kept before was used: it is written again. */
void row_cache_keep(struct row_cache *cache, struct row_room *room, int64_t version)
{
    const struct row_key key = key_of(room);
    struct row_room *before = find(cache, &key);

    room->version = version;
    room->used = before != NULL;
    if (before) {
        let_go(cache, before);
    }
    make_room(cache, room->size);
    if (!make_places(cache)) {
        row_cache_give_back(cache, room);
        return;
    }
    put_in(&cache->table, room);
    make_newest(cache, room);
    cache->bytes += room->size;
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
        let_go(cache, cache->oldest);
    }
    if (cache) {
        row_births_forget(cache->births);
        cache->changes = changes_of(cache);
    }
}
