/* transaction_succession.c: two transactions at one EVSE. A station has one at a time there (E01.FR.14; in 1.6 an EVSE is a
 * connector), so when another starts, the one before it has ended and its end was lost, or has yet to come. It stays open, for
 * the end may come; it is marked, so that nobody waits for it in vain. */
#include "transactions.h"

#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { OPEN_SEARCHED = 64 };

uint64_t transaction_open_from(uint64_t last)
{
    return last < OPEN_SEARCHED ? 0 : last - OPEN_SEARCHED + 1;
}

void transaction_open_value(const struct transaction_record *record, char text[OPEN_VALUE_SIZE])
{
    (void)snprintf(text, OPEN_VALUE_SIZE, "%c%" PRId32, record->has_superseded ? 's' : 'e', (int32_t)record->evse);
}

struct neighbour {
    char place[OPEN_VALUE_SIZE]; /* what stands at a transaction of the EVSE that none has succeeded */
    uint64_t own;
    uint64_t found;
    bool is_old; /* it was written by the first release: whether it is one has to be looked up */
};

/* The newest one counts: those before it were marked when it started. */
static bool consider(const char *key, const void *value, size_t size, void *user)
{
    struct neighbour *neighbour = user;
    const uint64_t ordinal = ordinal_parse(strrchr(key, '/') + 1, ORDINAL_SIZE - 1);
    const bool is_old = size == 1 && memcmp(value, "1", 1) == 0;
    const bool is_there = size == strlen(neighbour->place) && memcmp(value, neighbour->place, size) == 0;

    if (ordinal != neighbour->own && (is_there || is_old)) {
        neighbour->found = ordinal;
        neighbour->is_old = is_old;
    }
    return true;
}

static enum ocpp_status find_neighbour(struct pending *pending, struct work *work, struct neighbour *neighbour)
{
    struct ocpp_storage *storage = pending->central->storage;
    char prefix[OCPP_KEY_SIZE];
    char from[OCPP_KEY_SIZE];
    char ordinal[ORDINAL_SIZE];
    uint64_t last = work->ordinal; /* a new one is the newest */
    enum ocpp_status status = work->fresh ? OCPP_OK : transaction_last_ordinal(pending->central, work->identity, &last);

    ordinal_format(transaction_open_from(last), ordinal);
    if (status == OCPP_OK) {
        status = record_key(prefix, "open", work->identity, "");
    }
    if (status == OCPP_OK) {
        status = record_key(from, "open", work->identity, ordinal);
    }
    return status == OCPP_OK ? storage->each(prefix, from, consider, neighbour, storage->user) : status;
}

static void mark(struct transaction_record *older, const struct transaction_record *newer)
{
    older->has_superseded = newer->has_started;
    older->superseded = newer->started;
}

static void order(struct work *work, struct work *other)
{
    const bool is_own_older =
        work->record.has_started && other->record.has_started && work->record.started < other->record.started;

    if (is_own_older) {
        mark(&work->record, &other->record);
        return;
    }
    mark(&other->record, &work->record);
    if (other->record.has_superseded) {
        work->older.ordinal = other->ordinal;
        work->older.record = other->record;
    }
}

enum ocpp_status transaction_succeed(struct pending *pending, struct work *work)
{
    struct neighbour neighbour = { .own = work->ordinal };
    struct work other = { .identity = work->identity };
    enum ocpp_status status;

    if (work->record.evse == 0 || work->record.evse == work->placed_evse || work->record.end_told) {
        return OCPP_OK;
    }
    (void)snprintf(neighbour.place, sizeof neighbour.place, "e%" PRId32, (int32_t)work->record.evse);
    status = find_neighbour(pending, work, &neighbour);
    if (status != OCPP_OK || neighbour.found == 0) {
        return status;
    }
    status = transaction_load(pending, &other, neighbour.found);
    if (status == OCPP_ERR_NOT_FOUND || status == OCPP_ERR_CORRUPT) {
        return OCPP_OK; /* an entry of the index that leads nowhere succeeds nobody */
    }
    if (status == OCPP_OK && !other.record.end_told && other.record.evse == work->record.evse && !other.record.has_superseded) {
        order(work, &other);
    }
    return status;
}
