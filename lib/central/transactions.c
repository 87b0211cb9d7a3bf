/* transactions.c: from what a station told to a durable record, an event and an answer.
 *
 * The way of one request: ask for the token where one was told, find the record (transaction_find.c), apply the facts
 * (transaction_apply.c), write, and only when that is durable tell the application and answer. A request that brings nothing new
 * is answered like the first time and changes nothing.
 */
#include "transactions.h"

#include <ocpp/central_transactions.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct work *work_of(const struct pending *pending)
{
    return (struct work *)(uintptr_t)pending->work;
}

/* --- telling and answering ----------------------------------------------------------------------------------------------------
 */

void transaction_of(const struct pending *pending, struct ocpp_transaction *transaction)
{
    transaction_show(&work_of(pending)->record, work_of(pending)->identity, transaction);
}

/* What the request told, of |transaction|. */
static struct ocpp_transaction_event event_of(const struct pending *pending, struct ocpp_transaction *transaction)
{
    const struct work *work = work_of(pending);

    transaction_of(pending, transaction);
    return (struct ocpp_transaction_event){ .phase = work->facts.phase,
                                            .trigger = work->facts.trigger,
                                            .transaction = transaction,
                                            .samples = work->facts.samples,
                                            .sample_count = work->facts.sample_count,
                                            .has_register = work->facts.has_register,
                                            .register_wh = work->facts.register_wh,
                                            .new_anomalies = work->new_anomalies };
}

/* The one before it at its EVSE, which nobody need wait for any more. */
static void tell_older(struct pending *pending)
{
    const struct ocpp_central_handler *handler = &pending->central->handler;
    const struct work *work = work_of(pending);
    struct ocpp_transaction transaction;
    const struct ocpp_transaction_event event = { .phase = OCPP_TRANSACTION_UPDATED,
                                                  .transaction = &transaction,
                                                  .new_anomalies = OCPP_ANOMALY_SUPERSEDED };

    if (work->older.ordinal != 0) {
        transaction_show(&work->older.record, work->identity, &transaction);
        handler->on_transaction(pending->station, &event, handler->user);
    }
}

static void tell(struct pending *pending)
{
    const struct ocpp_central_handler *handler = &pending->central->handler;
    const struct work *work = work_of(pending);
    struct ocpp_transaction transaction;

    if (work->unrecorded && handler->on_meter && pending->station && work->facts.sample_count > 0) {
        handler->on_meter(pending->station, work->facts.evse, work->facts.connector, work->facts.samples,
                          work->facts.sample_count, handler->user);
    }
    if (!work->news || !handler->on_transaction) {
        return;
    }
    struct ocpp_transaction_event event = event_of(pending, &transaction);
    event.phase = work->odd ? OCPP_TRANSACTION_UPDATED : event.phase;
    handler->on_transaction(pending->station, &event, handler->user);
    tell_older(pending);
}

static void cost_known(struct pending *pending)
{
    work_of(pending)->answer(pending);
    pending_free(pending);
}

/* The answer may wait for what the driver is to be told with it; what was recorded stays recorded. */
static void answer_with_cost(struct pending *pending)
{
    struct ocpp_transaction transaction;

    if (!pending->station) {
        pending_free(pending);
        return;
    }
    if (work_of(pending)->unrecorded) {
        cost_known(pending);
        return;
    }
    const struct ocpp_transaction_event event = event_of(pending, &transaction);
    cost_ask(pending, &event, cost_known);
}

static void recorded(struct pending *pending, enum ocpp_status status)
{
    if (status != OCPP_OK) {
        ocpp_log_write(&pending->central->settings.log, OCPP_LOG_ERROR, "%s: a transaction could not be recorded: %s",
                       work_of(pending)->identity, ocpp_status_sentence(status));
        pending_refuse(pending, status);
        return;
    }
    if (pending->station) {
        remote_start_answered(pending->station, work_of(pending)->tied);
    }
    if (pending->station && work_of(pending)->news) {
        transaction_remember(pending->station, work_of(pending));
    }
    tell(pending);
    answer_with_cost(pending);
}

/* --- writing -------------------------------------------------------------------------------------------------------------------
 */

enum { CHANGES = 10 };

struct changes {
    struct ocpp_change list[CHANGES];
    char keys[CHANGES][OCPP_KEY_SIZE];
    size_t count;
    enum ocpp_status status;
};

static void change_add(struct changes *changes, enum ocpp_change_kind kind, enum ocpp_status keyed, const char *value)
{
    struct ocpp_change *change = &changes->list[changes->count];

    if (keyed != OCPP_OK || changes->status != OCPP_OK) {
        changes->status = changes->status != OCPP_OK ? changes->status : keyed;
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

static void add_record(struct changes *changes, struct pending *pending, const struct transaction_record *record,
                       const char *ordinal)
{
    const struct work *work = work_of(pending);
    const char *text = NULL;
    size_t size;
    enum ocpp_status status = ocpp_message_encode(&transaction_record_type, record, pending->arena, &text, &size, NULL);

    if (status == OCPP_OK) {
        status = record_key(next_key(changes), "tx", work->identity, ordinal);
    }
    change_add(changes, OCPP_CHANGE_PUT, status, text);
}

/* Whether what stands at its entry of the open ones is right already. */
static bool is_listed(const struct work *work)
{
    return !work->fresh && work->record.evse == work->placed_evse && work->record.has_superseded == work->was_superseded;
}

/* |value| is borrowed until the changes are written. */
static void add_open(struct changes *changes, const struct work *work, const char *ordinal, char value[OPEN_VALUE_SIZE])
{
    if (work->record.end_told) {
        change_add(changes, OCPP_CHANGE_DELETE, record_key(next_key(changes), "open", work->identity, ordinal), NULL);
    } else if (!is_listed(work)) {
        transaction_open_value(&work->record, value);
        change_add(changes, OCPP_CHANGE_PUT, record_key(next_key(changes), "open", work->identity, ordinal), value);
    }
}

static void add_older(struct changes *changes, struct pending *pending, char ordinal[ORDINAL_SIZE], char value[OPEN_VALUE_SIZE])
{
    const struct work *work = work_of(pending);

    if (work->older.ordinal != 0) {
        ordinal_format(work->older.ordinal, ordinal);
        transaction_open_value(&work->older.record, value);
        add_record(changes, pending, &work->older.record, ordinal);
        change_add(changes, OCPP_CHANGE_PUT, record_key(next_key(changes), "open", work->identity, ordinal), value);
    }
}

static void add_indexes(struct changes *changes, struct pending *pending, const char *ordinal)
{
    const struct work *work = work_of(pending);

    if (work->facts.id && (work->fresh || !work->indexed)) {
        change_add(changes, OCPP_CHANGE_PUT,
                   transaction_id_key(next_key(changes), work->identity, work->facts.numbered, work->facts.id), ordinal);
    }
    if (work->fresh) {
        change_add(changes, OCPP_CHANGE_PUT, record_key(next_key(changes), "last", work->identity, "transaction"), ordinal);
    }
    if (work->fresh && work->facts.numbered && work->facts.phase == OCPP_TRANSACTION_STARTED) {
        change_add(changes, OCPP_CHANGE_PUT, transaction_start_key(next_key(changes), work), ordinal);
        number_key(next_key(changes), pending->central->settings.shard);
        change_add(changes, OCPP_CHANGE_PUT, OCPP_OK, work->record.id);
    }
}

static void add_tie(struct changes *changes, const struct work *work)
{
    if (work->tied != 0) {
        change_add(changes, OCPP_CHANGE_DELETE, remote_start_key(next_key(changes), work->identity, work->tied), NULL);
    }
}

static void write_record(struct pending *pending, struct work *work)
{
    struct changes changes = { .status = OCPP_OK };
    char ordinal[ORDINAL_SIZE];
    char older[ORDINAL_SIZE];
    char values[2][OPEN_VALUE_SIZE];

    ordinal_format(work->ordinal, ordinal);
    add_record(&changes, pending, &work->record, ordinal);
    add_indexes(&changes, pending, ordinal);
    add_open(&changes, work, ordinal, values[0]);
    add_older(&changes, pending, older, values[1]);
    add_tie(&changes, work);
    if (changes.status != OCPP_OK) {
        recorded(pending, changes.status);
        return;
    }
    pending->stored = recorded;
    transaction_forget(pending->station);
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

/* The number of a numbered STARTED. */
static enum ocpp_status number_start(struct pending *pending, struct work *work)
{
    char text[24];
    int64_t number;
    enum ocpp_status status = next_number(pending->central, &number);

    if (status != OCPP_OK) {
        return status;
    }
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    work->facts.id = pending_keep(pending, text);
    return OCPP_OK;
}

static enum ocpp_status make_record(struct pending *pending, struct work *work)
{
    struct ocpp_central *central = pending->central;
    enum ocpp_status status = transaction_last_ordinal(central, work->identity, &work->ordinal);

    if (status != OCPP_OK) {
        return status;
    }
    work->ordinal++;
    work->fresh = true;
    work->record = (struct transaction_record){ .version = ocpp_version_name(ocpp_station_version(pending->station)) };
    if (work->facts.numbered && work->facts.phase == OCPP_TRANSACTION_STARTED) {
        status = number_start(pending, work);
        if (status != OCPP_OK) {
            return status;
        }
    }
    work->record.id = work->facts.id;
    return work->record.id ? OCPP_OK : OCPP_ERR_NOMEM;
}

/* Samples that name a number nobody gave are told, not recorded: nothing could ever end that record. */
static bool is_worth_a_record(const struct transaction_facts *facts)
{
    return !facts->numbered || facts->phase != OCPP_TRANSACTION_UPDATED;
}

/* A station may never give an id twice (E01.FR.08). One that does, as when it lost its counter, is not charging for nothing: what
 * starts after the end of its namesake is another transaction. So is a numbered one without a date that could tell it from the
 * one that ended. */
static bool is_namesake(const struct pending *pending, const struct work *work)
{
    const struct transaction_record *record = &work->record;

    if (work->facts.phase != OCPP_TRANSACTION_STARTED || !record->start_told || !record->end_told) {
        return false;
    }
    if (work->facts.numbered) {
        return transaction_is_odd_date(work->facts.timestamp_utc_ms, pending->central);
    }
    return record->has_ended && work->facts.timestamp_utc_ms > record->ended;
}

/* The record of the request: that which |found| it, or a new one. OCPP_ERR_NOT_FOUND: it is not worth one. */
static enum ocpp_status choose_record(struct pending *pending, struct work *work, enum ocpp_status found)
{
    if (found == OCPP_ERR_NOT_FOUND && !is_worth_a_record(&work->facts)) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (found == OCPP_ERR_NOT_FOUND) {
        if (work->facts.numbered && work->facts.phase == OCPP_TRANSACTION_ENDED) {
            ocpp_log_write(&pending->central->settings.log, OCPP_LOG_WARNING,
                           "%s: a stop of transaction %s, which nobody started here", work->identity, work->facts.id);
        }
        return make_record(pending, work);
    }
    if (found == OCPP_OK && is_namesake(pending, work)) {
        ocpp_log_write(&pending->central->settings.log, OCPP_LOG_WARNING, "%s: transaction %s starts again after its end",
                       work->identity, work->record.id);
        found = make_record(pending, work);
        work->record.anomalies = work->facts.numbered ? 0 : OCPP_ANOMALY_ID_REUSED;
    }
    return found;
}

/* Which order to start this transaction answers: the one it names; or, where it has to be looked for, the one that fits. */
static enum ocpp_status tie(struct pending *pending, struct work *work)
{
    const struct transaction_facts *facts = &work->facts;
    const bool is_start = work->fresh && facts->numbered && facts->phase == OCPP_TRANSACTION_STARTED;
    enum ocpp_status status = OCPP_OK;

    if (work->record.has_remote_start_id) {
        return OCPP_OK;
    }
    if (facts->remote_start_id == 0 && (is_start || facts->trigger == OCPP_TRIGGER_REMOTE_START)) {
        status = remote_start_of(pending->station, facts, pending->arena, &work->facts.remote_start_id);
    }
    work->tied = work->facts.remote_start_id;
    return status;
}

static void take_facts(struct pending *pending, struct work *work)
{
    const uint32_t before = work->fresh ? 0 : transaction_anomalies(&work->record);
    enum transaction_outcome outcome;
    enum ocpp_status status;

    status = tie(pending, work);
    if (status != OCPP_OK) {
        recorded(pending, status);
        return;
    }
    work->placed_evse = work->record.evse;
    work->was_superseded = work->record.has_superseded;
    work->record.anomalies |= work->guessed ? OCPP_ANOMALY_GUESSED : 0;
    outcome = transaction_take(&work->record, &work->facts, pending->central, pending->arena);
    if (outcome != TRANSACTION_NEWS) {
        work->tied = 0; /* the record is as it was: the order waits for another one */
    }
    if (outcome == TRANSACTION_NOTHING_NEW || outcome == TRANSACTION_NO_ROOM) {
        recorded(pending, outcome == TRANSACTION_NO_ROOM ? OCPP_ERR_NOMEM : OCPP_OK);
        return;
    }
    work->news = true;
    work->odd = outcome == TRANSACTION_ODD;
    status = transaction_succeed(pending, work);
    if (status != OCPP_OK) {
        recorded(pending, status);
        return;
    }
    work->new_anomalies = transaction_anomalies(&work->record) & ~before;
    write_record(pending, work);
}

static void record_turn(struct pending *pending)
{
    struct work *work = work_of(pending);
    const enum ocpp_status status = choose_record(pending, work, transaction_find(pending, work));

    if (status == OCPP_ERR_NOT_FOUND) {
        work->unrecorded = true;
        recorded(pending, OCPP_OK);
        return;
    }
    if (status != OCPP_OK) {
        recorded(pending, status);
        return;
    }
    take_facts(pending, work);
}

static void token_known(struct pending *pending)
{
    struct work *work = work_of(pending);

    if (pending->authorized) {
        work->facts.group = pending->authorize.group_id;
        work->facts.is_refused = pending->authorize.authorization != OCPP_AUTHORIZATION_ACCEPTED;
    }
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
    if (facts->token && facts->token_type == OCPP_TOKEN_NO_AUTHORIZATION) {
        authorization_grant(pending); /* C02.FR.02 */
    } else if (facts->token) {
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
