/* row_births.c: of each generation the ids, in a table by their bytes, and the keys, as bits of a Bloom filter. */
#include "row_births.h"

#include "command_internal.h"

#include <string.h>

/* Of a key: so many bits of the filter are set; with BITS_PER_KEY, one row in sixty that is not there is asked for in vain. */
enum {
    PROBES = 3,
    PROBE_SHIFT = 21,
    BITS_PER_KEY = 10,
    BITS_PER_ROW = 16,
    ROWS_PER_ID = 4,
    FEWEST_ROWS = 2048,
    MOST_ROWS = 65536
};

/* A row is noted by its key and by what its key begins with up to each id. */
enum { NOTES_PER_ROW = 1 + OCPP_SETTLE_KEY_SIZE / (ROW_ID + 1) };

/* One command makes at most one generation forgotten: otherwise an id of its first rows would be forgotten with them, born again
 * by its last ones, and deny the first. */
_Static_assert(FEWEST_ROWS / ROWS_PER_ID > COMMAND_IDS, "the ids of a command");
_Static_assert(FEWEST_ROWS * BITS_PER_ROW > COMMAND_CHANGES * NOTES_PER_ROW * BITS_PER_KEY, "the rows of a command");

struct generation {
    uint64_t *bits;
    uint32_t *places; /* of |ids|, one more; 0: free */
    char (*ids)[ROW_ID];
    size_t id_count;
    size_t key_count;
};

struct row_births {
    size_t bits;   /* powers of two */
    size_t places; /* twice the ids there may be */
    size_t young;  /* of |of| */
    struct generation of[2];
    uint64_t memory[];
};

static size_t rounded(size_t number)
{
    size_t power = FEWEST_ROWS;

    while (power < number && power < MOST_ROWS) {
        power *= 2;
    }
    return power;
}

static void forget(const struct row_births *births, struct generation *generation)
{
    memset(generation->bits, 0, births->bits / 8);
    memset(generation->places, 0, births->places * sizeof *generation->places);
    generation->id_count = generation->key_count = 0;
}

struct row_births *row_births_new(struct ocpp_settle *settle)
{
    const size_t rows = rounded((size_t)settle->settings.cached_rows);
    const size_t bits = rows * BITS_PER_ROW;
    const size_t ids = rows / ROWS_PER_ID;
    const size_t each = bits / 8 + 2 * ids * sizeof(uint32_t) + ids * ROW_ID; /* multiples of eight, as |rows| is of 256 */
    struct row_births *births = backend_allocate(settle, NULL, sizeof *births + 2 * each);

    if (!births) {
        return NULL;
    }
    *births = (struct row_births){ .bits = bits, .places = 2 * ids };
    for (size_t i = 0; i < 2; i++) {
        unsigned char *memory = (unsigned char *)births->memory + i * each;

        births->of[i].bits = (void *)memory;
        births->of[i].places = (void *)(memory + bits / 8);
        births->of[i].ids = (void *)(memory + bits / 8 + 2 * ids * sizeof(uint32_t));
        forget(births, &births->of[i]);
    }
    return births;
}

void row_births_free(struct row_births *births, struct ocpp_settle *settle)
{
    (void)backend_allocate(settle, births, 0);
}

void row_births_forget(struct row_births *births)
{
    if (births) {
        forget(births, &births->of[0]);
        forget(births, &births->of[1]);
    }
}

/* --- ids ----------------------------------------------------------------------------------------------------------------- */

/* Ids are random: any of their bytes will do. */
static uint32_t *place_of(const struct row_births *births, const struct generation *generation, const char *id)
{
    uint64_t word;
    size_t at;

    memcpy(&word, id + ROW_ID - sizeof word, sizeof word);
    at = (size_t)(word * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (births->places - 1);
    while (generation->places[at] != 0 && memcmp(generation->ids[generation->places[at] - 1], id, ROW_ID) != 0) {
        at = (at + 1) & (births->places - 1);
    }
    return &generation->places[at];
}

static bool is_born(const struct row_births *births, const char *id)
{
    return *place_of(births, &births->of[births->young], id) != 0 || *place_of(births, &births->of[1 - births->young], id) != 0;
}

static struct generation *young(struct row_births *births)
{
    struct generation *young = &births->of[births->young];

    if (young->id_count == births->places / 2 || young->key_count * BITS_PER_KEY >= births->bits) {
        births->young = 1 - births->young;
        young = &births->of[births->young];
        forget(births, young);
    }
    return young;
}

static void add_id(struct row_births *births, const char *id)
{
    struct generation *generation = young(births);
    uint32_t *place = place_of(births, generation, id);

    memcpy(generation->ids[generation->id_count], id, ROW_ID);
    *place = (uint32_t)++generation->id_count;
}

/* --- keys ---------------------------------------------------------------------------------------------------------------- */

static size_t probe(const struct row_births *births, uint64_t hash, int number)
{
    return (size_t)(hash >> PROBE_SHIFT * number) & (births->bits - 1);
}

static bool may_be_there(const struct row_births *births, const struct generation *generation, uint64_t hash)
{
    for (int i = 0; i < PROBES; i++) {
        const size_t bit = probe(births, hash, i);

        if ((generation->bits[bit / 64] >> bit % 64 & 1) == 0) {
            return false;
        }
    }
    return true;
}

static void note(struct row_births *births, uint64_t hash)
{
    struct generation *generation = young(births);

    for (int i = 0; i < PROBES; i++) {
        const size_t bit = probe(births, hash, i);

        generation->bits[bit / 64] |= UINT64_C(1) << bit % 64;
    }
    generation->key_count++;
}

/* Also what it begins with up to an id: whoever asks for all rows of that id asks so. */
void row_births_note(struct row_births *births, const struct row_key *key, bool (*is_new)(const char *id, const void *user),
                     const void *user)
{
    bool has_id = false;
    size_t at = 0;

    for (const char *id = births ? row_key_next_id(key, &at) : NULL; id; id = row_key_next_id(key, &at)) {
        const bool was_born = is_born(births, id);

        if (!was_born && !is_new(id, user)) {
            continue;
        }
        if (!was_born) {
            add_id(births, id);
        }
        has_id = true;
        if (at < key->size) {
            note(births, row_key_of(key->text, at).hash);
        }
    }
    if (has_id) {
        note(births, key->hash);
    }
}

/* A beginning is known only where it ends behind an id. */
static bool can_tell(const struct row_key *key, size_t behind_id)
{
    return key->text[key->size - 1] != '/' || behind_id == key->size;
}

bool row_births_rule_out(const struct row_births *births, const struct row_key *key)
{
    size_t at = 0;

    for (const char *id = births ? row_key_next_id(key, &at) : NULL; id; id = row_key_next_id(key, &at)) {
        if (is_born(births, id) && can_tell(key, at)) {
            return !may_be_there(births, &births->of[0], key->hash) && !may_be_there(births, &births->of[1], key->hash);
        }
    }
    return false;
}
