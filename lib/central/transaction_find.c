/* transaction_find.c: which record a station speaks of: by the id it was given or gave, by what a repeated start says again, or,
 * where a stop names no number, by the open transaction it fits best. */
#include "transactions.h"

#include "text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HASH_START 14695981039346656037u

/* --- finding the record ----------------------------------------------------------------------------------------------------- */

/* FNV-1a; a collision is harmless, for what it finds is compared. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    }
    return hash;
}

/* A start that comes again says the same connector, token, time and register; a message id may be new (errata 2025-04). */
enum ocpp_status transaction_start_key(char key[OCPP_KEY_SIZE], const struct work *work)
{
    char text[96];
    char ordinal[ORDINAL_SIZE];

    (void)snprintf(text, sizeof text, "%d/%" PRId64 "/%" PRId64 "/", work->facts.evse, work->facts.timestamp_utc_ms,
                   work->facts.register_wh);
    ordinal_format(hash_text(hash_text(HASH_START, text), work->facts.token ? work->facts.token : ""), ordinal);
    return record_key(key, "start", work->identity, ordinal);
}

enum ocpp_status transaction_load(struct pending *pending, struct work *work, uint64_t ordinal)
{
    char key[OCPP_KEY_SIZE];
    char text[ORDINAL_SIZE];
    enum ocpp_status status;

    ordinal_format(ordinal, text);
    status = record_key(key, "tx", work->identity, text);
    if (status == OCPP_OK) {
        status = record_read(pending->central->storage, key, &transaction_record_type, pending->arena, &work->record);
    }
    work->ordinal = status == OCPP_OK ? ordinal : 0;
    return status;
}

static enum ocpp_status load_by(struct pending *pending, struct work *work, const char *key)
{
    uint64_t ordinal;
    enum ocpp_status status = ordinal_read(pending->central->storage, key, &ordinal);

    return status == OCPP_OK ? transaction_load(pending, work, ordinal) : status;
}

static bool is_same_register(const struct transaction_record *record, int64_t wh)
{
    if (record->has_told_start) {
        return record->told_start == wh;
    }
    return record->has_meter_start_wh && record->meter_start_wh == wh;
}

static bool is_same_start(const struct work *work)
{
    const struct transaction_record *record = &work->record;
    const char *token = work->facts.token ? work->facts.token : "";

    return record->evse == work->facts.evse && record->has_started && record->started == work->facts.timestamp_utc_ms &&
           is_same_register(record, work->facts.register_wh) && strcmp(record->token ? record->token : "", token) == 0;
}

static enum ocpp_status find_start(struct pending *pending, struct work *work)
{
    char key[OCPP_KEY_SIZE];
    enum ocpp_status status = transaction_start_key(key, work);

    if (status == OCPP_OK) {
        status = load_by(pending, work, key);
    }
    if (status == OCPP_OK && !is_same_start(work)) {
        work->ordinal = 0;
        return OCPP_ERR_NOT_FOUND;
    }
    return status;
}

/* --- stops without a number (errata 3.18) ------------------------------------------------------------------------------------
 */

/* A stop whose station never heard the number is named by all it says, so that its repetition is found, and another one that was
 * told for the same moment, as after a power cut, is not taken for it. */
static const char *numberless_id(struct pending *pending, const struct work *work)
{
    char text[64];
    char hash[ORDINAL_SIZE];

    (void)snprintf(text, sizeof text, "%" PRId64 "/", work->facts.register_wh);
    ordinal_format(hash_text(hash_text(HASH_START, text), work->facts.token ? work->facts.token : ""), hash);
    (void)snprintf(text, sizeof text, "-1@%" PRId64 "-%s", work->facts.timestamp_utc_ms, hash);
    return pending_keep(pending, text);
}

struct search {
    const struct transaction_facts *facts;
    struct pending *pending;
    const char *identity;
    struct transaction_record best;
    uint64_t found;
    enum ocpp_status status;
};

static bool may_be_meant(const struct transaction_facts *facts, const struct transaction_record *record)
{
    if (facts->token && record->token && !ocpp_text_equal_fold(facts->token, record->token)) {
        return false;
    }
    if (record->has_meter_start_wh && record->meter_start_wh > facts->register_wh) {
        return false;
    }
    return record->has_started && record->started <= facts->timestamp_utc_ms;
}

/* One whose number the station used it knows, or knew; the newest start is the likeliest of equals. */
static bool is_likelier(const struct transaction_record *a, const struct transaction_record *b)
{
    return a->number_used != b->number_used ? !a->number_used : a->started >= b->started;
}

static bool consider_open(const char *key, const void *value, size_t size, void *user)
{
    struct search *search = user;
    struct work candidate = { .identity = search->identity };
    enum ocpp_status status =
        transaction_load(search->pending, &candidate, ordinal_parse(strrchr(key, '/') + 1, ORDINAL_SIZE - 1));

    (void)value;
    (void)size;
    if (status == OCPP_ERR_NOT_FOUND || status == OCPP_ERR_CORRUPT) {
        return true;
    }
    if (status != OCPP_OK) {
        search->status = status;
        return false;
    }
    if (may_be_meant(search->facts, &candidate.record) && (search->found == 0 || is_likelier(&candidate.record, &search->best))) {
        search->found = candidate.ordinal;
        search->best = candidate.record;
    }
    return true;
}

/* Looks at the newest transactions only. */
static enum ocpp_status find_open(struct search *search)
{
    struct ocpp_storage *storage = search->pending->central->storage;
    char prefix[OCPP_KEY_SIZE];
    char from[OCPP_KEY_SIZE];
    char ordinal[ORDINAL_SIZE];
    uint64_t last;
    enum ocpp_status status = transaction_last_ordinal(search->pending->central, search->identity, &last);

    ordinal_format(transaction_open_from(last), ordinal);
    if (status == OCPP_OK) {
        status = record_key(prefix, "open", search->identity, "");
    }
    if (status == OCPP_OK) {
        status = record_key(from, "open", search->identity, ordinal);
    }
    if (status == OCPP_OK) {
        status = storage->each(prefix, from, consider_open, search, storage->user);
    }
    return status == OCPP_OK ? search->status : status;
}

static enum ocpp_status find_numberless(struct pending *pending, struct work *work)
{
    struct search search = { .facts = &work->facts, .pending = pending, .identity = work->identity };
    char key[OCPP_KEY_SIZE];
    enum ocpp_status status;

    work->facts.id = numberless_id(pending, work);
    if (!work->facts.id) {
        return OCPP_ERR_NOMEM;
    }
    status = transaction_id_key(key, work->identity, true, work->facts.id);
    if (status == OCPP_OK) {
        status = load_by(pending, work, key);
    }
    if (status != OCPP_ERR_NOT_FOUND) {
        return status;
    }
    status = find_open(&search);
    if (status != OCPP_OK) {
        return status;
    }
    work->ordinal = search.found;
    work->record = search.best;
    work->guessed = search.found != 0;
    return search.found ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

/* --- any other ------------------------------------------------------------------------------------------------------------ */

enum ocpp_status transaction_find(struct pending *pending, struct work *work)
{
    char key[OCPP_KEY_SIZE];
    enum ocpp_status status;

    if (work->facts.numbered && work->facts.phase == OCPP_TRANSACTION_STARTED) {
        return find_start(pending, work);
    }
    if (work->facts.numbered && !work->facts.id) {
        return find_numberless(pending, work);
    }
    if (transaction_recall(pending, work)) {
        work->indexed = true;
        return OCPP_OK;
    }
    status = transaction_id_key(key, work->identity, work->facts.numbered, work->facts.id);
    if (status == OCPP_OK) {
        status = load_by(pending, work, key);
    }
    work->indexed = status == OCPP_OK;
    return status;
}

enum ocpp_status transaction_last_ordinal(struct ocpp_central *central, const char *identity, uint64_t *ordinal)
{
    char key[OCPP_KEY_SIZE];
    enum ocpp_status status = record_key(key, "last", identity, "transaction");

    *ordinal = 0;
    if (status == OCPP_OK) {
        status = ordinal_read(central->storage, key, ordinal);
    }
    return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
}
