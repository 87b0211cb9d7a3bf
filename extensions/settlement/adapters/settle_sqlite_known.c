/* settle_sqlite_known.c: versions of rows that were read or written lately. */
#include "settle_sqlite.h"

#include <string.h>

static size_t place_of(const char *key)
{
    uint32_t hash = 2166136261U;

    for (const char *c = key; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    }
    return hash % SETTLE_KNOWN_ROWS;
}

void settle_sqlite_know(struct settle_sqlite *store, const char *key, int64_t version)
{
    const size_t size = strlen(key) + 1;

    if (store->settings.shared || size > OCPP_SETTLE_KEY_SIZE) {
        return;
    }
    struct settle_known_row *row = &store->known[place_of(key)];
    memcpy(row->key, key, size);
    row->version = version;
}

bool settle_sqlite_known(const struct settle_sqlite *store, const char *key, int64_t *version)
{
    const struct settle_known_row *row = &store->known[place_of(key)];

    if (strcmp(row->key, key) != 0) {
        return false;
    }
    *version = row->version;
    return true;
}

void settle_sqlite_forget(struct settle_sqlite *store)
{
    for (size_t i = 0; i < SETTLE_KNOWN_ROWS; i++) {
        store->known[i].key[0] = '\0';
    }
}
