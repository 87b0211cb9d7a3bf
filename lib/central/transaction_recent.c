/* transaction_recent.c: the transaction a station spoke of last, as it is recorded, so that the next meter reading need not read
 * and parse it again. What is stored is still what counts: a station's records change by its own requests only, one at a time, so
 * what the last of them made durable is what the store says. Without memory for it, the store is read.
 *
 * One for each station with an open transaction; about a kilobyte. */
#include "transactions.h"

#include <string.h>

struct recent_transaction {
    struct ocpp_arena *arena;                /* of |record| */
    const struct transaction_record *record; /* NULL: none */
    uint64_t ordinal;
    bool numbered;
};

void transaction_forget(struct ocpp_station *station)
{
    if (station->recent) {
        station->recent->record = NULL;
    }
}

void transaction_forget_for_good(struct ocpp_station *station)
{
    if (station->recent) {
        ocpp_arena_free(station->recent->arena);
        central_release(station->central, station->recent);
        station->recent = NULL;
    }
}

static struct recent_transaction *recent_of(struct ocpp_station *station)
{
    struct recent_transaction *recent = station->recent;

    if (recent) {
        return recent;
    }
    recent = central_allocate(station->central, sizeof *recent);
    if (!recent) {
        return NULL;
    }
    recent->arena = ocpp_arena_new(station->central->settings.allocator, 0);
    if (!recent->arena) {
        central_release(station->central, recent);
        return NULL;
    }
    station->recent = recent;
    return recent;
}

void transaction_remember(struct ocpp_station *station, const struct work *work)
{
    struct recent_transaction *recent;
    const void *copy = NULL;

    if (work->record.end_told) {
        transaction_forget_for_good(station);
        return;
    }
    recent = recent_of(station);
    if (!recent) {
        return;
    }
    recent->record = NULL;
    ocpp_arena_reset(recent->arena);
    if (ocpp_message_copy(&transaction_record_type, &work->record, recent->arena, &copy) == OCPP_OK) {
        recent->record = copy;
        recent->ordinal = work->ordinal;
        recent->numbered = work->facts.numbered;
    }
}

bool transaction_recall(struct pending *pending, struct work *work)
{
    const struct recent_transaction *recent = pending->station->recent;
    const void *copy = NULL;

    if (!recent || !recent->record || recent->numbered != work->facts.numbered || !work->facts.id ||
        strcmp(recent->record->id, work->facts.id) != 0) {
        return false;
    }
    /* the texts of the record must outlive the copy, which the end of this request replaces */
    if (ocpp_message_copy(&transaction_record_type, recent->record, pending->arena, &copy) != OCPP_OK) {
        return false;
    }
    memcpy(&work->record, copy, sizeof work->record);
    work->ordinal = recent->ordinal;
    return true;
}
