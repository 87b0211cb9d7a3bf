/* settle_sqlite_known.c: versions of rows that were read or written lately. */
#include "settle_sqlite.h"

#include <string.h>

/* A table that is larger than what a processor has near: whoever knows what he will ask for says so in time. */
static void fetch(const void *row)
{
#if defined(__GNUC__)
    __builtin_prefetch(row);
    __builtin_prefetch((const char *)row + 64);
#else
    (void)row;
#endif
}

uint32_t settle_sqlite_place(const struct settle_sqlite *store, const char *key)
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
    const uint32_t place = (uint32_t)(hash >> 32) % SETTLE_KNOWN_ROWS;
    fetch(&store->known[place]);
    return place;
}

void settle_sqlite_know(struct settle_sqlite *store, uint32_t place, const char *key, struct settle_row_at at)
{
    const size_t size = strlen(key) + 1;

    if (store->settings.shared || size > SETTLE_KNOWN_KEY_SIZE) {
        return;
    }
    struct settle_known_row *row = &store->known[place];
    memcpy(row->key, key, size);
    row->at = at;
}

bool settle_sqlite_known(const struct settle_sqlite *store, uint32_t place, const char *key, struct settle_row_at *at)
{
    const struct settle_known_row *row = &store->known[place];

    if (strcmp(row->key, key) != 0) {
        return false;
    }
    *at = row->at;
    return true;
}

void settle_sqlite_forget(struct settle_sqlite *store)
{
    for (size_t i = 0; i < SETTLE_KNOWN_ROWS; i++) {
        store->known[i].key[0] = '\0';
    }
}
