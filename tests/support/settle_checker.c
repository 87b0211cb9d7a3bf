/* settle_checker.c: the runs of the checker over the rows of a store, and its memory. What holds of the journal is in
 * settle_checker_ledger.c, what holds of records in settle_checker_rows.c.
 */
#include "settle_checker_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *need(void *memory)
{
    if (memory == NULL) {
        (void)fprintf(stderr, "settle_checker: out of memory\n");
        abort();
    }
    return memory;
}

/* --- a map --------------------------------------------------------------------------------------------------------- */

static size_t place_of(const struct checker_map *map, const char *key)
{
    uint64_t hash = UINT64_C(1469598103934665603);

    for (const char *c = key; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    }
    size_t place = (size_t)(hash % map->room);
    while (map->items[place].key != NULL && strcmp(map->items[place].key, key) != 0) {
        place = (place + 1) % map->room;
    }
    return place;
}

struct checker_item *checker_map_find(const struct checker_map *map, const char *key)
{
    struct checker_item *item = map->room > 0 ? &map->items[place_of(map, key)] : NULL;

    return item != NULL && item->key != NULL ? item : NULL;
}

static void grow(struct checker_map *map)
{
    const struct checker_map before = *map;

    map->room = before.room > 0 ? before.room * 2 : 64;
    map->items = need(calloc(map->room, sizeof *map->items));
    for (size_t i = 0; i < before.room; i++) {
        if (before.items[i].key != NULL) {
            map->items[place_of(map, before.items[i].key)] = before.items[i];
        }
    }
    free(before.items);
}

struct checker_item *checker_map_get(struct checker_map *map, const char *key)
{
    if (2 * (map->count + 1) > map->room) {
        grow(map);
    }
    struct checker_item *item = &map->items[place_of(map, key)];
    if (item->key == NULL) {
        const size_t size = strlen(key) + 1;

        item->key = memcpy(need(malloc(size)), key, size);
        map->count++;
    }
    return item;
}

void checker_map_clear(struct checker_map *map)
{
    for (size_t i = 0; i < map->room; i++) {
        free(map->items[i].key);
    }
    free(map->items);
    *map = (struct checker_map){ .count = 0 };
}

/* --- small words --------------------------------------------------------------------------------------------------- */

bool checker_break(struct settle_checker *checker, const char *invariant, const char *format, ...)
{
    va_list arguments;

    if (checker->broken[0] != '\0') {
        return false;
    }
    const int length = snprintf(checker->broken, sizeof checker->broken, "%s: ", invariant);
    va_start(arguments, format);
    (void)vsnprintf(checker->broken + length, sizeof checker->broken - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

const void *checker_decode(struct settle_checker *checker, const struct ocpp_type *type, const void *text, size_t size,
                           const char *where)
{
    const struct ocpp_json_limits limits = { .max_bytes = size + 1, .max_nodes = 1 << 20 };
    const void *record = NULL;
    struct ocpp_issue issue;
    const enum ocpp_status status = ocpp_message_decode(type, text, size, &limits, NULL, checker->arena, &record, &issue);

    if (status == OCPP_OK) {
        return record;
    }
    (void)checker_break(checker, "stored", "%s cannot be read: %s at %s", where, ocpp_status_sentence(status), issue.path);
    return NULL;
}

struct reading {
    struct settle_checker *checker;
    const struct ocpp_type *type; /* NULL: whether it is there */
    const void *record;
};

static bool take_record(const struct ocpp_settle_row *row, void *user)
{
    struct reading *reading = user;

    reading->record =
        reading->type == NULL ? "" : checker_decode(reading->checker, reading->type, row->value, row->size, row->key);
    return false;
}

const void *checker_read(struct settle_checker *checker, const char *operator_id, const char *kind, const char *subject,
                         const struct ocpp_type *type)
{
    struct reading reading = { .checker = checker, .type = type };
    char key[OCPP_SETTLE_KEY_SIZE + 64];

    (void)snprintf(key, sizeof key, "%s/%s/%s", operator_id, kind, subject);
    const enum ocpp_status status = checker->store.read(key, take_record, &reading, checker->store.user);
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
        (void)checker_break(checker, "stored", "%s: %s", key, ocpp_status_sentence(status));
    }
    return reading.record;
}

bool checker_exists(struct settle_checker *checker, const char *operator_id, const char *kind, const char *subject)
{
    return checker_read(checker, operator_id, kind, subject, NULL) != NULL;
}

/* --- the rows ------------------------------------------------------------------------------------------------------ */

/* "OPERATOR/KIND/…"; a key with fewer parts belongs to nobody. */
static bool take_apart(const char *key, struct checker_row *row)
{
    const size_t operator_size = strcspn(key, "/");
    const char *kind = key + operator_size + (key[operator_size] != '\0');
    const size_t kind_size = strcspn(kind, "/");

    if (key[operator_size] == '\0' || operator_size >= sizeof row->operator_id || kind_size >= sizeof row->kind) {
        return false;
    }
    *row = (struct checker_row){ .key = key };
    memcpy(row->operator_id, key, operator_size);
    memcpy(row->kind, kind, kind_size);
    row->rest = kind + kind_size + (kind[kind_size] != '\0');
    return true;
}

/* What a refused command may leave: the answer it gave, that it was heard, that nobody could do anything about it. */
static bool a_refusal_may_note(const char *kind)
{
    static const char *const kinds[] = { "in", "heard", "dead", "timer", "due" };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i], kind) == 0) {
            return true;
        }
    }
    return false;
}

static uint64_t hash_of(const struct ocpp_settle_row *row)
{
    const unsigned char *bytes = row->value;
    uint64_t hash = UINT64_C(1469598103934665603);

    for (size_t i = 0; i < row->size; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

static bool visit_row(const struct ocpp_settle_row *row, void *user)
{
    struct settle_checker *checker = user;
    struct checker_item *seen = checker_map_get(&checker->rows, row->key);
    struct checker_row shown;

    const bool is_new = seen->pass == 0;
    const bool has_version = !is_new && seen->number == row->version;
    const uint64_t hash = !has_version || checker->in_full || checker->refused ? hash_of(row) : seen->hash;
    const bool has_changed = !has_version || seen->hash != hash; /* a timer that came back has its first version again */
    seen->hash = hash;
    seen->pass = checker->pass;
    ocpp_arena_reset(checker->arena);
    if (take_apart(row->key, &shown) && (has_changed || checker->in_full)) {
        shown.row = row;
        shown.seen = seen;
        shown.is_new = is_new;
        if (checker->refused && has_changed && !a_refusal_may_note(shown.kind)) {
            return checker_break(checker, "I6", "%s was changed by what was refused", row->key);
        }
        if (has_changed && has_version && strcmp(shown.kind, "due") != 0 && strcmp(shown.kind, "timer") != 0) {
            return checker_break(checker, "I2", "%s has other bytes and the same version", row->key);
        }
        if (!checker_look_at_row(checker, &shown)) {
            return false;
        }
    }
    seen->number = row->version;
    return true;
}

/* A key that is gone may come back as a new one. */
static bool look_at_gaps(struct settle_checker *checker)
{
    for (size_t i = 0; i < checker->rows.room; i++) {
        struct checker_item *item = &checker->rows.items[i];
        struct checker_row gone;

        if (item->key == NULL || item->pass == checker->pass || item->pass == 0) {
            continue;
        }
        gone = (struct checker_row){ .key = item->key };
        if (take_apart(item->key, &gone)) {
            gone.seen = item;
            if (checker->refused && !a_refusal_may_note(gone.kind)) {
                return checker_break(checker, "I6", "%s was taken away by what was refused", item->key);
            }
            if (!checker_look_at_gap(checker, &gone)) {
                return false;
            }
        }
        item->pass = 0;
        item->number = 0;
    }
    return true;
}

static bool look_at_rows(struct settle_checker *checker)
{
    const enum ocpp_status status = checker->store.each("", NULL, visit_row, checker, checker->store.user);

    if (status != OCPP_OK) {
        return checker_break(checker, "stored", "the rows cannot be read: %s", ocpp_status_sentence(status));
    }
    return checker->broken[0] == '\0' && look_at_gaps(checker);
}

/* --- the runs ------------------------------------------------------------------------------------------------------ */

struct settle_checker *settle_checker_new(const struct ocpp_settle_store *store, const struct ocpp_settle_keys *keys)
{
    struct settle_checker *checker = need(calloc(1, sizeof *checker));

    checker->store = *store;
    checker->keys = *keys;
    checker->arena = need(ocpp_arena_new(NULL, (size_t)64 * 1024 * 1024));
    return checker;
}

void settle_checker_free(struct settle_checker *checker)
{
    if (checker == NULL) {
        return;
    }
    checker_map_clear(&checker->accounts);
    checker_map_clear(&checker->captures);
    checker_map_clear(&checker->rows);
    checker_map_clear(&checker->settled);
    ocpp_arena_free(checker->arena);
    free(checker);
}

const char *settle_checker_run(struct settle_checker *checker)
{
    checker->pass++;
    if (checker->broken[0] == '\0' && checker_walk_journal(checker) && look_at_rows(checker) &&
        checker_compare_balances(checker) && checker->at_rest) {
        (void)checker_look_whether_even(checker);
    }
    return checker->broken[0] != '\0' ? checker->broken : NULL;
}

const char *settle_checker_run_in_full(struct settle_checker *checker)
{
    checker->head = (struct ocpp_settle_head){ .number = 0 };
    checker_map_clear(&checker->accounts);
    checker_map_clear(&checker->captures);
    checker_map_clear(&checker->settled);
    checker->in_full = true;
    const char *broken = settle_checker_run(checker);
    checker->in_full = false;
    return broken;
}

const char *settle_checker_run_at_rest(struct settle_checker *checker)
{
    checker->at_rest = true;
    const char *broken = settle_checker_run_in_full(checker);
    checker->at_rest = false;
    return broken;
}

const char *settle_checker_refused(struct settle_checker *checker)
{
    checker->refused = true;
    const char *broken = settle_checker_run(checker);
    checker->refused = false;
    return broken;
}

void settle_checker_believe_rentals(struct settle_checker *checker)
{
    checker->believes_rentals = true;
}
