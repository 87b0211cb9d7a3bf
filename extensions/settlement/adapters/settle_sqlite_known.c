/* settle_sqlite_known.c: versions of rows that were read or written lately. */
#include "settle_sqlite.h"

#include <string.h>

static size_t place_of(const char *key)
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
    return (size_t)(hash >> 32) % SETTLE_KNOWN_ROWS;
}

void settle_sqlite_know(struct settle_sqlite *store, const char *key, struct settle_row_at at)
{
    const size_t size = strlen(key) + 1;

    if (store->settings.shared || size > SETTLE_KNOWN_KEY_SIZE) {
        return;
    }
    struct settle_known_row *row = &store->known[place_of(key)];
    memcpy(row->key, key, size);
    row->at = at;
}

bool settle_sqlite_known(const struct settle_sqlite *store, const char *key, struct settle_row_at *at)
{
    const struct settle_known_row *row = &store->known[place_of(key)];

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
