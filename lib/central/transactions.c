/* transactions.c: from what a station told to a durable record, an event and an answer.
 *
 * The way of one request: ask for the token where one was told, find the record, apply the facts (transaction_apply.c), write,
 * and only when that is durable tell the application and answer. A request that brings nothing new is answered like the first
 * time and changes nothing.
 */
#include "transactions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands in the pending's arena while the request waits. */
struct work {
    struct transaction_facts facts;
    struct transaction_record record;
    const char *identity;
    uint64_t ordinal; /* 0: no record yet */
    bool fresh;       /* the record is made by this request */
    bool news;        /* the application is to be told */
    bool unrecorded;  /* samples of a transaction nobody knows: told as plain samples */
    void (*answer)(struct pending *pending);
};

static struct work *work_of(const struct pending *pending)
{
    return (struct work *)(uintptr_t)pending->work;
}

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
static enum ocpp_status start_key(char key[OCPP_KEY_SIZE], const struct work *work)
{
    char text[96];
    char ordinal[ORDINAL_SIZE];

    (void)snprintf(text, sizeof text, "%d/%" PRId64 "/%" PRId64 "/", work->facts.evse, work->facts.timestamp_utc_ms,
                   work->facts.register_wh);
    ordinal_format(hash_text(hash_text(14695981039346656037u, text), work->facts.token ? work->facts.token : ""), ordinal);
    return record_key(key, "start", work->identity, ordinal);
}

static enum ocpp_status load(struct pending *pending, struct work *work, uint64_t ordinal)
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

    return status == OCPP_OK ? load(pending, work, ordinal) : status;
}

static bool is_same_start(const struct work *work)
{
    const struct transaction_record *record = &work->record;
    const char *token = work->facts.token ? work->facts.token : "";

    return record->evse == work->facts.evse && record->has_started && record->started == work->facts.timestamp_utc_ms &&
           record->has_meter_start_wh && record->meter_start_wh == work->facts.register_wh &&
           strcmp(record->token ? record->token : "", token) == 0;
}

static enum ocpp_status find_start(struct pending *pending, struct work *work)
{
    char key[OCPP_KEY_SIZE];
    enum ocpp_status status = start_key(key, work);

    if (status == OCPP_OK) {
        status = load_by(pending, work, key);
    }
    if (status == OCPP_OK && !is_same_start(work)) {
        work->ordinal = 0;
        return OCPP_ERR_NOT_FOUND;
    }
    return status;
}

/* A stop whose station never heard the number is named by its time, so that its repetition is found. Errata 3.18. */
static const char *numberless_id(struct pending *pending, const struct work *work)
{
    char text[48];
    int size = snprintf(text, sizeof text, "-1@%" PRId64, work->facts.timestamp_utc_ms);

    return ocpp_arena_text(pending->arena, text, (size_t)size);
}

struct search {
    const struct transaction_facts *facts;
    struct pending *pending;
    const char *identity;
    uint64_t found;
    int64_t found_started;
};

static bool consider_open(const char *key, const void *value, size_t size, void *user)
{
    struct search *search = user;
    struct work candidate = { .identity = search->identity };
    const char *token = search->facts->token;

    (void)value;
    (void)size;
    if (load(search->pending, &candidate, ordinal_parse(strrchr(key, '/') + 1, ORDINAL_SIZE - 1)) != OCPP_OK) {
        return true;
    }
    if (token && candidate.record.token && strcmp(token, candidate.record.token) != 0) {
        return true;
    }
    if (candidate.record.has_started && candidate.record.started <= search->facts->timestamp_utc_ms &&
        (search->found == 0 || candidate.record.started >= search->found_started)) {
        search->found = candidate.ordinal;
        search->found_started = candidate.record.started;
    }
    return true;
}

static enum ocpp_status find_numberless(struct pending *pending, struct work *work)
{
    struct search search = { &work->facts, pending, work->identity, 0, 0 };
    struct ocpp_storage *storage = pending->central->storage;
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
    status = record_key(key, "open", work->identity, "");
    if (status == OCPP_OK) {
        status = storage->each(key, NULL, consider_open, &search, storage->user);
    }
    if (status != OCPP_OK) {
        return status;
    }
    return search.found ? load(pending, work, search.found) : OCPP_ERR_NOT_FOUND;
}

static enum ocpp_status find(struct pending *pending, struct work *work)
{
    char key[OCPP_KEY_SIZE];
    enum ocpp_status status;

    if (work->facts.numbered && work->facts.phase == OCPP_TRANSACTION_STARTED) {
        return find_start(pending, work);
    }
    if (work->facts.numbered && !work->facts.id) {
        return find_numberless(pending, work);
    }
    status = transaction_id_key(key, work->identity, work->facts.numbered, work->facts.id);
    return status == OCPP_OK ? load_by(pending, work, key) : status;
}

/* --- telling and answering ----------------------------------------------------------------------------------------------------
 */

static void tell(struct pending *pending)
{
    const struct ocpp_central_handler *handler = &pending->central->handler;
    const struct work *work = work_of(pending);
    struct ocpp_transaction transaction;
    struct ocpp_transaction_event event = { .phase = work->facts.phase,
                                            .trigger = work->facts.trigger,
                                            .transaction = &transaction,
                                            .samples = work->facts.samples,
                                            .sample_count = work->facts.sample_count };

    if (work->unrecorded && handler->on_meter && pending->station && work->facts.sample_count > 0) {
        handler->on_meter(pending->station, work->facts.evse, work->facts.connector, work->facts.samples,
                          work->facts.sample_count, handler->user);
    }
    if (!work->news || !handler->on_transaction) {
        return;
    }
    transaction_show(&work->record, work->identity, &transaction);
    handler->on_transaction(pending->station, &event, handler->user);
}

static void recorded(struct pending *pending, enum ocpp_status status)
{
    if (status != OCPP_OK) {
        ocpp_log_write(&pending->central->settings.log, OCPP_LOG_ERROR, "%s: a transaction could not be recorded: %s",
                       work_of(pending)->identity, ocpp_status_sentence(status));
        pending_refuse(pending, status);
        return;
    }
    tell(pending);
    if (pending->station) {
        work_of(pending)->answer(pending);
    }
    pending_free(pending);
}

/* --- writing -------------------------------------------------------------------------------------------------------------------
 */

enum { CHANGES = 6 };

struct changes {
    struct ocpp_change list[CHANGES];
    char keys[CHANGES][OCPP_KEY_SIZE];
    size_t count;
    enum ocpp_status status;
};

static void change_add(struct changes *changes, enum ocpp_change_kind kind, enum ocpp_status keyed, const char *value)
{
    struct ocpp_change *change = &changes->list[changes->count];

    if (keyed != OCPP_OK) {
        changes->status = keyed;
        return;
    }
    change->kind = kind;
    change->key = changes->keys[changes->count];
    change->value = value;
    change->size = value ? strlen(value) : 0;
    changes->count++;
}

static char *next_key(struct changes *changes)
{
    return changes->keys[changes->count];
}

static void write_record(struct pending *pending, struct work *work)
{
    struct changes changes = { .status = OCPP_OK };
    char ordinal[ORDINAL_SIZE];
    const char *text;
    size_t size;
    enum ocpp_status status = ocpp_message_encode(&transaction_record_type, &work->record, pending->arena, &text, &size, NULL);

    if (status != OCPP_OK) {
        recorded(pending, status);
        return;
    }
    ordinal_format(work->ordinal, ordinal);
    change_add(&changes, OCPP_CHANGE_PUT, record_key(next_key(&changes), "tx", work->identity, ordinal), text);
    if (work->facts.id) {
        change_add(&changes, OCPP_CHANGE_PUT,
                   transaction_id_key(next_key(&changes), work->identity, work->facts.numbered, work->facts.id), ordinal);
    }
    if (work->fresh) {
        change_add(&changes, OCPP_CHANGE_PUT, record_key(next_key(&changes), "last", work->identity, "transaction"), ordinal);
    }
    if (work->facts.numbered && work->facts.phase == OCPP_TRANSACTION_STARTED) {
        change_add(&changes, OCPP_CHANGE_PUT, start_key(next_key(&changes), work), ordinal);
        number_key(next_key(&changes), pending->central->settings.shard);
        change_add(&changes, OCPP_CHANGE_PUT, OCPP_OK, work->record.id);
    }
    if (work->record.end_told) {
        change_add(&changes, OCPP_CHANGE_DELETE, record_key(next_key(&changes), "open", work->identity, ordinal), NULL);
    } else if (work->fresh) {
        change_add(&changes, OCPP_CHANGE_PUT, record_key(next_key(&changes), "open", work->identity, ordinal), "1");
    }
    if (changes.status != OCPP_OK) {
        recorded(pending, changes.status);
        return;
    }
    pending->stored = recorded;
    pending_write(pending, changes.list, changes.count);
}

/* --- a new record
 * ---------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status next_number(struct ocpp_central *central, int64_t *number)
{
    enum ocpp_status status;

    if (central->handler.next_transaction_number) {
        *number = central->handler.next_transaction_number(central->handler.user);
        return *number > 0 ? OCPP_OK : OCPP_ERR_LIMIT;
    }
    if (central->last_number == 0) {
        status = ocpp_central_highest_number(central->storage, &central->last_number);
        if (status != OCPP_OK) {
            return status;
        }
    }
    *number = ++central->last_number;
    return OCPP_OK;
}

static enum ocpp_status make_record(struct pending *pending, struct work *work)
{
    struct ocpp_central *central = pending->central;
    char key[OCPP_KEY_SIZE];
    char text[24];
    int64_t number;
    enum ocpp_status status = record_key(key, "last", work->identity, "transaction");

    if (status == OCPP_OK) {
        status = ordinal_read(central->storage, key, &work->ordinal);
    }
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
        return status;
    }
    work->ordinal++;
    work->fresh = true;
    work->record = (struct transaction_record){ .version = ocpp_version_name(ocpp_station_version(pending->station)) };
    if (work->facts.numbered && work->facts.phase == OCPP_TRANSACTION_STARTED) {
        status = next_number(central, &number);
        if (status != OCPP_OK) {
            return status;
        }
        int size = snprintf(text, sizeof text, "%" PRId64, number);
        work->facts.id = ocpp_arena_text(pending->arena, text, (size_t)size);
        work->facts.remote_start_id = remote_start_claim(pending->station, work->facts.evse, work->facts.token);
    }
    work->record.id = work->facts.id;
    return work->record.id ? OCPP_OK : OCPP_ERR_NOMEM;
}

/* Samples that name a number nobody gave are told, not recorded: nothing could ever end that record. */
static bool is_worth_a_record(const struct transaction_facts *facts)
{
    return !facts->numbered || facts->phase != OCPP_TRANSACTION_UPDATED;
}

static void record_turn(struct pending *pending)
{
    struct work *work = work_of(pending);
    enum ocpp_status status = find(pending, work);

    if (status == OCPP_ERR_NOT_FOUND && !is_worth_a_record(&work->facts)) {
        work->unrecorded = true;
        recorded(pending, OCPP_OK);
        return;
    }
    if (status == OCPP_ERR_NOT_FOUND) {
        if (work->facts.numbered && work->facts.phase == OCPP_TRANSACTION_ENDED) {
            ocpp_log_write(&pending->central->settings.log, OCPP_LOG_WARNING,
                           "%s: a stop of transaction %s, which nobody started here", work->identity, work->facts.id);
        }
        status = make_record(pending, work);
    }
    if (status != OCPP_OK) {
        recorded(pending, status);
        return;
    }
    work->news = transaction_is_new(&work->record, &work->facts) && transaction_apply(&work->record, &work->facts);
    if (!work->news) {
        recorded(pending, OCPP_OK);
        return;
    }
    write_record(pending, work);
}

static void token_known(struct pending *pending)
{
    pending_take_turn(pending, record_turn);
}

void transaction_record(struct pending *pending, const struct transaction_facts *facts, void (*answer)(struct pending *pending))
{
    struct work *work = ocpp_arena_take(pending->arena, sizeof *work);
    size_t size = strlen(pending->station->identity);

    if (!work) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    work->facts = *facts;
    work->answer = answer;
    work->identity = ocpp_arena_text(pending->arena, pending->station->identity, size);
    if (!work->identity) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    pending->work = work;
    if (facts->token) {
        const struct ocpp_authorize_request request = {
            .token = { facts->token, facts->token_type },
            .purpose = facts->phase == OCPP_TRANSACTION_STARTED ? OCPP_AUTHORIZE_START : OCPP_AUTHORIZE_LATER,
            .evse = facts->evse,
        };
        authorization_ask(pending, &request, token_known);
        return;
    }
    token_known(pending);
}

int64_t transaction_number(const struct pending *pending)
{
    return strtoll(work_of(pending)->record.id, NULL, 10);
}
