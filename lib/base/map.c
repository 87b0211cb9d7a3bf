/* map.c: linear probing with removal by backward shift, so that no tombstones gather in a map that lives for years. */
#include "map.h"
#include "arena.h"

#include <string.h>

enum { ROOM_LEAST = 8 };

/* --- SipHash-1-3 (Aumasson, Bernstein) ------------------------------------------------------------------------------ */

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

static uint64_t hash_of(const struct ocpp_map *map, const char *key)
{
    uint64_t v[4] = { map->seed[0] ^ 0x736f6d6570736575u, map->seed[1] ^ 0x646f72616e646f6du, map->seed[0] ^ 0x6c7967656e657261u,
                      map->seed[1] ^ 0x7465646279746573u };
    uint64_t word = 0;
    uint64_t size = 0;

    for (; key[size]; size++) {
        word |= (uint64_t)(unsigned char)key[size] << size % 8 * 8;
        if (size % 8 == 7) {
            sip_word(v, word);
            word = 0;
        }
    }
    sip_word(v, word | size << 56);
    v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++) {
        sip_round(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* --- the table -------------------------------------------------------------------------------------------------- */

void ocpp_map_start(struct ocpp_map *map, const struct ocpp_allocator *allocator, size_t limit, const uint64_t seed[2])
{
    memset(map, 0, sizeof *map);
    map->allocator = allocator;
    map->limit = limit;
    map->seed[0] = seed[0];
    map->seed[1] = seed[1];
}

void ocpp_map_stop(struct ocpp_map *map)
{
    if (map->table) {
        ocpp_reallocate(map->allocator, map->table, 0);
    }
    map->table = NULL;
    map->count = 0;
    map->room = 0;
}

/* The place of |key|, or the empty place where it belongs. The table has one. */
static struct ocpp_map_entry *find(const struct ocpp_map *map, const char *key, uint64_t hash)
{
    size_t index = (size_t)hash & (map->room - 1);

    while (map->table[index].key && (map->table[index].hash != hash || strcmp(map->table[index].key, key) != 0)) {
        index = (index + 1) & (map->room - 1);
    }
    return &map->table[index];
}

void *ocpp_map_get(const struct ocpp_map *map, const char *key)
{
    return map->count ? find(map, key, hash_of(map, key))->value : NULL;
}

static enum ocpp_status grow(struct ocpp_map *map)
{
    const struct ocpp_map old = *map;

    if (old.room > SIZE_MAX / 2 / sizeof *old.table) {
        return OCPP_ERR_LIMIT;
    }
    const size_t room = old.room ? 2 * old.room : ROOM_LEAST;
    struct ocpp_map_entry *table = ocpp_reallocate(map->allocator, NULL, room * sizeof *table);
    if (!table) {
        return OCPP_ERR_NOMEM;
    }
    memset(table, 0, room * sizeof *table);
    map->table = table;
    map->room = room;
    for (size_t i = 0; i < old.room; i++) {
        if (old.table[i].key) {
            *find(map, old.table[i].key, old.table[i].hash) = old.table[i];
        }
    }
    if (old.table) {
        ocpp_reallocate(map->allocator, old.table, 0);
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_map_put(struct ocpp_map *map, const char *key, void *value)
{
    if (!value) {
        return OCPP_ERR_ARGUMENT;
    }
    if (ocpp_map_get(map, key)) {
        return OCPP_ERR_BUSY;
    }
    if (map->count >= map->limit) {
        return OCPP_ERR_LIMIT;
    }
    if (map->count >= map->room / 4 * 3) {
        const enum ocpp_status status = grow(map);
        if (status != OCPP_OK) {
            return status;
        }
    }
    const uint64_t hash = hash_of(map, key);
    *find(map, key, hash) = (struct ocpp_map_entry){ .key = key, .value = value, .hash = hash };
    map->count++;
    return OCPP_OK;
}

/* Empties the place at |gap| and moves the entries behind it up, as far as their own hash lets them. */
static void close_gap(struct ocpp_map *map, size_t gap)
{
    const size_t mask = map->room - 1;

    for (size_t index = (gap + 1) & mask; map->table[index].key; index = (index + 1) & mask) {
        const size_t home = (size_t)map->table[index].hash & mask;
        if (((index - home) & mask) >= ((index - gap) & mask)) {
            map->table[gap] = map->table[index];
            gap = index;
        }
    }
    map->table[gap] = (struct ocpp_map_entry){ 0 };
}

void *ocpp_map_remove(struct ocpp_map *map, const char *key)
{
    if (map->count == 0) {
        return NULL;
    }
    struct ocpp_map_entry *entry = find(map, key, hash_of(map, key));
    void *value = entry->value;
    if (value) {
        close_gap(map, (size_t)(entry - map->table));
        map->count--;
    }
    return value;
}

void *ocpp_map_next(const struct ocpp_map *map, size_t *cursor)
{
    while (*cursor < map->room) {
        const struct ocpp_map_entry *entry = &map->table[(*cursor)++];
        if (entry->key) {
            return entry->value;
        }
    }
    return NULL;
}
