/* token_cache.c: the authorization cache: what the central system last said about the tokens that were presented here.
 *
 * The records are in the store, one per slot; in memory is what finds them and tells which one makes room: those that are not
 * good first, then by the policy (1.6 3.5.1; C10.FR.07). Flash wears: a record is written when what it says has changed, and
 * else at most when an eighth of its lifetime has gone by. So a power cut costs the order of use since the last write and at most
 * that eighth of a lifetime, never what a token is worth. A record that cannot be written is not believed any more, and after a
 * write that was lost nothing is. OCPP 1.6 3.5.1, 5.4; OCPP 2.0.1 C10, C11, C12. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "text.h"

enum { PARTS_OF_LIFETIME = 8 };

struct cache_record {
    struct token token;
    struct token_info info;
    int64_t updated_utc_ms;
    int64_t used;
};

/* clang-format off */
static const struct ocpp_field cache_rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_TEXT, struct cache_record, token.id),
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct cache_record, token.type),
    OCPP_FIELD_ROW(3, OCPP_FIELD_INTEGER, struct cache_record, info.authorization),
    OCPP_FIELD_ROW(4, OCPP_FIELD_BOOLEAN, struct cache_record, info.expires),
    OCPP_FIELD_ROW(5, OCPP_FIELD_INTEGER, struct cache_record, info.expires_utc_ms),
    OCPP_FIELD_ROW(6, OCPP_FIELD_TEXT, struct cache_record, info.group),
    OCPP_FIELD_ROW(7, OCPP_FIELD_INTEGER, struct cache_record, info.evses),
    OCPP_FIELD_ROW(8, OCPP_FIELD_BOOLEAN, struct cache_record, info.elsewhere),
    OCPP_FIELD_ROW(9, OCPP_FIELD_TEXT, struct cache_record, info.language),
    OCPP_FIELD_ROW(10, OCPP_FIELD_INTEGER, struct cache_record, updated_utc_ms),
    OCPP_FIELD_ROW(11, OCPP_FIELD_INTEGER, struct cache_record, used),
    OCPP_FIELD_ROW(12, OCPP_FIELD_TEXT, struct cache_record, info.language2),
};
static const struct ocpp_layout cache_layout = { 42, sizeof(struct cache_record), cache_rows, 12 };
/* clang-format on */

static const char cache_prefix[] = "cache/";

static void slot_key(size_t slot, char key[OCPP_KEY_SIZE])
{
    snprintf(key, OCPP_KEY_SIZE, "%s%04x", cache_prefix, (unsigned)slot & 0xffff);
}

static uint32_t hash_of(const struct token *token)
{
    uint32_t hash = 2166136261u; /* FNV-1a; whoever makes them collide gains reads of the store, no token */
    for (const char *c = token->id; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)ocpp_text_fold(*c)) * 16777619u;
    }
    return hash;
}

/* --- memory and store ---------------------------------------------------------------------------------------------------------
 */

bool ocpp_cp_cache_new(struct ocpp_charge_point *cp)
{
    cp->cache.room = cp->settings.cache_entries;
    if (cp->cache.room == 0) {
        return true;
    }
    const size_t size = cp->cache.room * sizeof(*cp->cache.entries);
    cp->cache.entries = ocpp_reallocate(cp->settings.allocator, NULL, size);
    if (cp->cache.entries != NULL) {
        memset(cp->cache.entries, 0, size);
    }
    return cp->cache.entries != NULL;
}

void ocpp_cp_cache_free(struct ocpp_charge_point *cp)
{
    ocpp_reallocate(cp->settings.allocator, cp->cache.entries, 0);
}

static void adopt(struct cached *entry, const struct cache_record *record)
{
    entry->updated_utc_ms = record->updated_utc_ms;
    entry->hash = hash_of(&record->token);
    entry->used = (uint32_t)record->used;
    entry->is_used = true;
    entry->is_accepted = record->info.authorization == OCPP_AUTHORIZATION_ACCEPTED;
}

/* A record that cannot be read leaves its slot free: it is only what somebody can be asked again. */
static bool load_one(const char *key, const void *value, size_t size, void *user)
{
    struct ocpp_charge_point *cp = user;
    struct cache_record record;
    const char *digits = key + sizeof(cache_prefix) - 1;
    char *end;
    const unsigned long slot = strtoul(digits, &end, 16);
    if (end == digits || *end != '\0' || slot >= cp->cache.room ||
        ocpp_record_read(&cache_layout, value, size, &record) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "an entry of the cache of tokens cannot be used");
        return true;
    }
    struct cached *entry = &cp->cache.entries[slot];
    adopt(entry, &record);
    entry->added = entry->used;
    if (entry->used > cp->cache.clock) {
        cp->cache.clock = entry->used;
    }
    return true;
}

enum ocpp_status ocpp_cp_cache_load(struct ocpp_charge_point *cp)
{
    if (cp->cache.room == 0) {
        return OCPP_OK;
    }
    return cp->storage->each(cache_prefix, NULL, load_one, cp, cp->storage->user);
}

static void write_done(enum ocpp_status status, void *user)
{
    struct ocpp_charge_point *cp = user;
    if (status != OCPP_OK) {
        cp->cache.is_doubtful = true;
    }
}

/* After a write was lost the store may say of a token what was taken back since: nothing of it is believed. */
static bool forget_all(struct ocpp_charge_point *cp)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = cache_prefix };
    memset(cp->cache.entries, 0, cp->cache.room * sizeof(*cp->cache.entries));
    cp->cache.is_doubtful = false; /* unless this is lost, too */
    if (cp->storage->write(&change, 1, write_done, cp, cp->storage->user) != OCPP_OK) {
        cp->cache.is_doubtful = true;
    }
    return !cp->cache.is_doubtful;
}

static bool is_usable(struct ocpp_charge_point *cp)
{
    if (cp->cache.room == 0 || cp->values[VARIABLE_CACHE_ENABLED] == 0) {
        return false;
    }
    return !cp->cache.is_doubtful || forget_all(cp);
}

/* Nothing waits for it: what is lost is asked again. */
static bool put(struct ocpp_charge_point *cp, size_t slot, const struct cache_record *record)
{
    char key[OCPP_KEY_SIZE];
    struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = cp->bytes };
    slot_key(slot, key);
    enum ocpp_status status = ocpp_record_write(&cache_layout, record, cp->bytes, sizeof(cp->bytes), &change.size);
    if (status == OCPP_OK) {
        status = cp->storage->write(&change, 1, write_done, cp, cp->storage->user);
    }
    return status == OCPP_OK;
}

static void drop(struct ocpp_charge_point *cp, size_t slot)
{
    char key[OCPP_KEY_SIZE];
    slot_key(slot, key);
    cp->cache.entries[slot].is_used = false;
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    if (cp->storage->write(&change, 1, write_done, cp, cp->storage->user) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "an entry of the cache of tokens can neither be written nor deleted");
    }
}

/* --- finding
 * -------------------------------------------------------------------------------------------------------------------- */

/* C10.FR.08, FR.10: without a date nobody can say how old it is. What is not good stays so. A lifetime of 0 has no end. */
static bool is_too_old(const struct ocpp_charge_point *cp, const struct cached *entry)
{
    const int64_t lifetime_ms = cp->values[VARIABLE_CACHE_LIFETIME_S] * 1000;
    const int64_t now = ocpp_cp_utc(cp, cp->now);
    if (lifetime_ms == 0 || !entry->is_accepted) {
        return false;
    }
    return now == OCPP_UTC_UNKNOWN || entry->updated_utc_ms == OCPP_UTC_UNKNOWN || now - entry->updated_utc_ms > lifetime_ms;
}

/* The slot of |token| with its record; room: none has it. */
static size_t slot_of(struct ocpp_charge_point *cp, const struct token *token, struct cache_record *record)
{
    const uint32_t hash = hash_of(token);
    for (size_t slot = 0; slot < cp->cache.room; slot++) {
        const struct cached *entry = &cp->cache.entries[slot];
        char key[OCPP_KEY_SIZE];
        slot_key(slot, key);
        if (entry->is_used && entry->hash == hash && ocpp_cp_peek(cp, key, &cache_layout, record) == OCPP_OK &&
            ocpp_token_same(&record->token, token)) {
            return slot;
        }
    }
    return cp->cache.room;
}

static void touch(struct ocpp_charge_point *cp, struct cached *entry)
{
    entry->used = ++cp->cache.clock;
    if (entry->hits < UINT16_MAX) {
        entry->hits++;
    }
}

bool ocpp_cp_cache_find(struct ocpp_charge_point *cp, const struct token *token, struct token_info *info)
{
    struct cache_record record;
    if (!is_usable(cp) || token->id[0] == '\0') {
        return false;
    }
    const size_t slot = slot_of(cp, token, &record);
    if (slot == cp->cache.room || is_too_old(cp, &cp->cache.entries[slot])) {
        return false;
    }
    touch(cp, &cp->cache.entries[slot]);
    *info = record.info;
    return true;
}

/* --- noting
 * ------------------------------------------------------------------------------------------------------------------------ */

/* How late an entry makes room, by the policy. */
static uint64_t rank_of(const struct ocpp_charge_point *cp, const struct cached *entry)
{
    const uint64_t orders[] = {
        [CACHE_POLICY_LRU] = entry->used,
        [CACHE_POLICY_LFU] = (uint64_t)entry->hits << 32 | entry->used,
        [CACHE_POLICY_FIFO] = entry->added,
        [CACHE_POLICY_CUSTOM] = entry->used, /* ours is the same */
    };
    return (uint64_t)entry->is_accepted << 63 | orders[cp->values[VARIABLE_CACHE_POLICY]];
}

static size_t slot_for_new(const struct ocpp_charge_point *cp)
{
    size_t first = 0;
    for (size_t slot = 0; slot < cp->cache.room; slot++) {
        const struct cached *entry = &cp->cache.entries[slot];
        if (!entry->is_used) {
            return slot;
        }
        if (rank_of(cp, entry) < rank_of(cp, &cp->cache.entries[first])) {
            first = slot;
        }
    }
    return first;
}

static bool says_the_same(const struct token_info *a, const struct token_info *b)
{
    return a->authorization == b->authorization && a->expires == b->expires && a->expires_utc_ms == b->expires_utc_ms &&
           strcmp(a->group, b->group) == 0 && a->evses == b->evses && a->elsewhere == b->elsewhere &&
           strcmp(a->language, b->language) == 0 && strcmp(a->language2, b->language2) == 0;
}

/* Whether the age in the store is still near enough to the true one. */
static bool is_fresh(const struct ocpp_charge_point *cp, int64_t stored_utc_ms, int64_t now)
{
    const int64_t lifetime_ms = cp->values[VARIABLE_CACHE_LIFETIME_S] * 1000;
    if (lifetime_ms == 0) {
        return true;
    }
    return stored_utc_ms != OCPP_UTC_UNKNOWN && now != OCPP_UTC_UNKNOWN && now - stored_utc_ms <= lifetime_ms / PARTS_OF_LIFETIME;
}

static void keep(struct ocpp_charge_point *cp, size_t slot, const struct token *token, const struct token_info *info)
{
    struct cached *entry = &cp->cache.entries[slot];
    const uint32_t used = cp->cache.clock;
    struct cache_record record = { .token = *token, .info = *info };
    record.updated_utc_ms = ocpp_cp_utc(cp, cp->now);
    record.used = used;
    if (!put(cp, slot, &record)) {
        drop(cp, slot);
        return;
    }
    adopt(entry, &record);
}

/* What is told of no token in particular, or of one that is good for once, is not kept (C02.FR.03, C03.FR.02, C05.FR.02). */
static bool is_for_cache(const struct token *token)
{
    return token->id[0] != '\0' && token->type != OCPP_TOKEN_NO_AUTHORIZATION && token->type != OCPP_TOKEN_CENTRAL;
}

void ocpp_cp_cache_note(struct ocpp_charge_point *cp, const struct token *token, const struct token_info *info)
{
    struct cache_record record;
    if (!is_usable(cp) || !is_for_cache(token)) {
        return;
    }
    const int64_t now = ocpp_cp_utc(cp, cp->now);
    size_t slot = slot_of(cp, token, &record);
    const bool is_new = slot == cp->cache.room;
    if (is_new) {
        slot = slot_for_new(cp);
    }
    struct cached *entry = &cp->cache.entries[slot];
    if (!is_new && says_the_same(&record.info, info) && is_fresh(cp, record.updated_utc_ms, now)) {
        touch(cp, entry);
        entry->updated_utc_ms = now;
        return;
    }
    if (is_new) {
        entry->added = cp->cache.clock + 1;
        entry->hits = 0;
    }
    touch(cp, entry);
    keep(cp, slot, token, info);
}

bool ocpp_cp_cache_look(struct ocpp_charge_point *cp, const struct token *token, struct token_info *info)
{
    struct cache_record record;
    if (token->id[0] == '\0' || slot_of(cp, token, &record) == cp->cache.room) {
        return false;
    }
    *info = record.info;
    return true;
}

/* A token may be there once for each type it was presented as. */
enum ocpp_status ocpp_cp_cache_forget(struct ocpp_charge_point *cp, const struct token *token)
{
    struct cache_record record;
    for (size_t slot; (slot = slot_of(cp, token, &record)) < cp->cache.room;) {
        char key[OCPP_KEY_SIZE];
        const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
        slot_key(slot, key);
        const enum ocpp_status status = ocpp_cp_write_now(cp, &change, 1);
        if (status != OCPP_OK) {
            return status;
        }
        cp->cache.entries[slot].is_used = false;
    }
    return OCPP_OK;
}

bool ocpp_cp_cache_clear(struct ocpp_charge_point *cp)
{
    if (cp->cache.room == 0 || cp->values[VARIABLE_CACHE_ENABLED] == 0) {
        return false; /* C11.FR.04; 1.6 errata 3.23 */
    }
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = cache_prefix };
    if (ocpp_cp_write_now(cp, &change, 1) != OCPP_OK) {
        return false;
    }
    memset(cp->cache.entries, 0, cp->cache.room * sizeof(*cp->cache.entries));
    return true;
}
