/* names.c: duplicate member names, found within a fixed amount of memory and a bounded amount of time.
 *
 * A name read in a small object is compared with at most NAMES_IN_OBJECT others. A deferred object of n members and b bytes is
 * walked ceil(n / BATCH) times; each walk sorts BATCH names into a table and looks all later names up in it, so nothing
 * depends on a hash that a hostile peer could play with. For a whole text of N values, B bytes and depth D that is at most
 * (N / BATCH + D) * B bytes walked and N * N / (2 * BATCH) look-ups of 9 comparisons: with the default limits (4,096 values, 64
 * KiB, 32 deep) 3 MB and 33,000 look-ups, some milliseconds.
 */
#include "names.h"
#include "escape.h"
#include "plain.h"

#include <string.h>

enum { BATCH = 512 };

/* --- small objects ---------------------------------------------------------------------------------------------- */

/* Mixes the length, the first and the last bytes; names that differ in the middle only are told apart by comparing. */
static uint32_t hash_of(const char *name, uint32_t size)
{
    uint32_t head = 0;
    uint32_t tail = 0;

    if (size >= 4) {
        memcpy(&head, name, 4);
        memcpy(&tail, name + size - 4, 4);
    } else if (size > 0) {
        head = (unsigned char)name[0];
        tail = (uint32_t)(unsigned char)name[size / 2] << 8 | (unsigned char)name[size - 1];
    }
    return (head ^ size) * 0x9E3779B1u ^ tail * 0x85EBCA77u;
}

static bool is_name_at(const struct ocpp_json_names *names, uint32_t offset, const char *name, uint32_t size)
{
    return memcmp(names->text + offset, name, size) == 0 && names->text[offset + size] == '"';
}

void ocpp_json_names_open(struct ocpp_json_names *names, struct ocpp_json_object *object, uint32_t start)
{
    object->seen = 0;
    object->start = start;
    object->first = (uint16_t)names->count;
    object->deferred = false;
}

bool ocpp_json_names_add(struct ocpp_json_names *names, struct ocpp_json_object *object, uint32_t offset, uint32_t size,
                         bool escaped)
{
    const char *name = names->text + offset;

    if (object->deferred) {
        return true;
    }
    if (escaped || names->count == NAMES_IN_ALL || names->count - object->first == NAMES_IN_OBJECT) {
        object->deferred = true;
        names->count = object->first;
        return true;
    }
    const uint32_t hash = hash_of(name, size);
    const uint64_t bit = UINT64_C(1) << (hash >> 26);
    for (uint32_t i = object->seen & bit ? object->first : names->count; i < names->count; i++) {
        if (names->table[i].hash == hash && is_name_at(names, names->table[i].offset, name, size)) {
            return false;
        }
    }
    object->seen |= bit;
    names->table[names->count++] = (struct ocpp_json_name){ .hash = hash, .offset = offset };
    return true;
}

/* --- comparing names as they are meant -------------------------------------------------------------------------- */

/* A cursor over a valid name that yields its bytes unescaped; what an escape stands for waits in |bytes|. */
struct spelling {
    const char *at;
    unsigned char bytes[4];
    unsigned waiting;
};

/* Leaves the UTF-8 of |character| in |bytes|, last byte first. */
static void spell(struct spelling *s, uint32_t character)
{
    static const unsigned char leads[] = { 0x00, 0xC0, 0xE0, 0xF0 };
    const unsigned more = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;

    for (unsigned i = 0; i < more; i++) {
        s->bytes[i] = (unsigned char)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    s->bytes[more] = (unsigned char)(leads[more] | character);
    s->waiting = more + 1;
}

/* The next byte; -1 behind the last. */
static int next_byte(struct spelling *s)
{
    uint32_t character = 0;
    size_t length = 0;

    if (s->waiting == 0) {
        if (*s->at == '"') {
            return -1;
        }
        if (*s->at != '\\') {
            return (unsigned char)*s->at++;
        }
        if (ocpp_json_escape(s->at, 12, &character, &length) != OCPP_OK) {
            return -1; /* not in a text that was scanned */
        }
        s->at += length;
        spell(s, character);
    }
    return s->bytes[--s->waiting];
}

/* Like strcmp(), after unescaping; a name that ends is the lesser. */
static int compare_names(const char *a, const char *b)
{
    while (*a == *b && *a != '"' && *a != '\\') {
        a++;
        b++;
    }
    struct spelling left = { .at = a };
    struct spelling right = { .at = b };

    for (;;) {
        const int x = next_byte(&left);
        const int y = next_byte(&right);
        if (x != y || x < 0) {
            return x - y;
        }
    }
}

/* --- deferred objects ------------------------------------------------------------------------------------------- */

/* Behind the closing quote of the string whose first byte is at |at|; there is one before |end|. */
static const char *skip_string(const char *at, const char *end)
{
    for (at = ocpp_json_skip_plain(at, end); *at != '"'; at = ocpp_json_skip_plain(at, end)) {
        at += *at == '\\' ? 2 : 1;
    }
    return at + 1;
}

/* Moves |*at| behind the next name of the object and returns where it starts; NULL at |end|. Values are stepped over. */
static const char *next_name(const char **at, const char *end)
{
    size_t depth = 0;
    bool in_value = (*at)[-1] == '"'; /* behind a name; otherwise behind the brace */

    while (*at < end) {
        const char c = *(*at)++;
        if (c == '"') {
            const char *start = *at;
            *at = skip_string(start, end);
            if (depth == 0 && !in_value) {
                return start;
            }
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        } else if (c == ',' && depth == 0) {
            in_value = false;
        }
    }
    return NULL;
}

/* The place of |name| among |count| sorted names, or where it belongs; |*found| tells which. */
static size_t search(const char *text, const uint32_t *sorted, size_t count, const char *name, bool *found)
{
    size_t low = 0;
    size_t high = count;

    *found = false;
    while (low < high && !*found) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_names(name, text + sorted[middle]);
        if (order <= 0) {
            high = middle;
            *found = order == 0;
        } else {
            low = middle + 1;
        }
    }
    return high;
}

/* One walk: passes over |skipped| names, sorts the next BATCH, looks the rest up. |*more| tells whether there was a rest. */
static bool check_batch(const char *text, const struct ocpp_json_object *object, uint32_t end, size_t skipped, bool *more,
                        uint32_t *offset)
{
    uint32_t sorted[BATCH];
    size_t count = 0;
    const char *at = text + object->start;

    *more = false;
    for (const char *name; (name = next_name(&at, text + end)) != NULL;) {
        bool found;
        if (skipped > 0) {
            skipped--;
            continue;
        }
        const size_t place = search(text, sorted, count, name, &found);
        if (found) {
            *offset = (uint32_t)(name - text);
            return false;
        }
        if (count == BATCH) {
            *more = true;
            continue;
        }
        memmove(sorted + place + 1, sorted + place, (count - place) * sizeof *sorted);
        sorted[place] = (uint32_t)(name - text);
        count++;
    }
    return true;
}

bool ocpp_json_names_close(struct ocpp_json_names *names, const struct ocpp_json_object *object, uint32_t end, uint32_t *offset)
{
    bool more = object->deferred;

    names->count = object->first;
    for (size_t skipped = 0; more; skipped += BATCH) {
        if (!check_batch(names->text, object, end, skipped, &more, offset)) {
            return false;
        }
    }
    return true;
}
