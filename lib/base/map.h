/* map.h: a bounded map from text to a pointer: pending calls by message id, stations by identity.
 *
 * The map copies neither key nor value: a key must live, unchanged, as long as its entry, best inside the value. Peers choose the
 * keys, so the hash is SipHash-1-3 with a secret seed; without the seed nobody can choose keys that collide.
 */
#ifndef OCPP_LIB_MAP_H
#define OCPP_LIB_MAP_H

#include <ocpp/types.h>

struct ocpp_map_entry {
    const char *key; /* NULL: empty */
    void *value;
    uint64_t hash;
};

/* ocpp_map: open addressing, at most three quarters full; the table doubles as it fills and does not shrink. */
struct ocpp_map {
    const struct ocpp_allocator *allocator;
    struct ocpp_map_entry *table;
    size_t count;
    size_t room; /* of |table|, a power of two */
    size_t limit;
    uint64_t seed[2];
};

/* ocpp_map_start: an empty map for at most |limit| entries. Takes no memory yet. |allocator| (NULL: malloc) is borrowed. |seed|
 * is secret random where peers choose the keys, anything elsewhere. */
void ocpp_map_start(struct ocpp_map *map, const struct ocpp_allocator *allocator, size_t limit, const uint64_t seed[2]);

/* ocpp_map_stop: gives the table back. What the values point to is the caller's. */
void ocpp_map_stop(struct ocpp_map *map);

/* ocpp_map_get: the value of |key|; NULL when there is none. */
void *ocpp_map_get(const struct ocpp_map *map, const char *key);

/* ocpp_map_put: adds an entry. |value| may not be NULL (OCPP_ERR_ARGUMENT).
 * Errors: OCPP_ERR_BUSY  the key is taken; OCPP_ERR_LIMIT; OCPP_ERR_NOMEM. Nothing changed. */
OCPP_MUST_USE enum ocpp_status ocpp_map_put(struct ocpp_map *map, const char *key, void *value);

/* ocpp_map_remove: takes the entry out and returns its value; NULL when there was none. */
void *ocpp_map_remove(struct ocpp_map *map, const char *key);

/* ocpp_map_next: walks all entries in no order: start with |*cursor| 0; NULL at the end. The map may not change meanwhile, but for
 * one way: whoever removes every entry it is shown, and counts |*cursor| down by one each time, empties the map. */
void *ocpp_map_next(const struct ocpp_map *map, size_t *cursor);

#endif
