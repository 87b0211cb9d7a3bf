/* row_key.c: see row_key.h. */
#include "row_key.h"

#include <ocpp/settlement/id.h>

#include <string.h>

_Static_assert(ROW_ID == OCPP_SETTLE_ID_SIZE - 1, "an id without its terminator");

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

struct row_key row_key_of(const char *text, size_t size)
{
    const char *at = text;
    uint64_t hash = size;
    uint64_t word = 0;
    size_t left = size;

    for (; left >= sizeof word; left -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, at, left);
    return (struct row_key){ text, size, mix(mix(hash, word), 0) };
}

const char *row_key_next_id(const struct row_key *key, size_t *at)
{
    while (*at < key->size) {
        const char *part = key->text + *at;
        const char *slash = memchr(part, '/', key->size - *at);
        const size_t size = slash ? (size_t)(slash - part) : key->size - *at;

        *at += size + 1;
        if (size >= ROW_ID) {
            return part + size - ROW_ID;
        }
    }
    return NULL;
}
