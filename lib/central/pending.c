/* pending.c: requests between their arrival and their answer: waiting for the application's decision, or for the store.
 *
 * Each keeps what it needs in an arena of its own, and both are pooled, so that a steady state allocates nothing.
 */
#include "central_internal.h"

#include "require.h"
#include <string.h>

enum { SPARES = 64 };

struct pending *pending_new(struct ocpp_station *station, struct ocpp_call_token token)
{
    struct ocpp_central *central = station->central;
    struct pending *pending = central->spare;

    if (pending) {
        struct ocpp_arena *arena = pending->arena;
        central->spare = pending->next;
        central->spare_count--;
        memset(pending, 0, sizeof *pending);
        pending->arena = arena;
    } else {
        pending = central_allocate(central, sizeof *pending);
        if (!pending) {
            return NULL;
        }
        pending->arena = ocpp_arena_new(central->settings.allocator, 0);
        if (!pending->arena) {
            central_release(central, pending);
            return NULL;
        }
    }
    pending->central = central;
    pending->station = station;
    pending->token = token;
    pending->next = central->pending;
    if (pending->next) {
        pending->next->before = pending;
    }
    central->pending = pending;
    return pending;
}

struct pending *pending_for(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    struct pending *pending = pending_new(station, call->token);

    if (!pending) {
        station_refuse(station, call->token, OCPP_ERR_NOMEM);
    }
    return pending;
}

const char *pending_keep(struct pending *pending, const char *text)
{
    return text ? ocpp_arena_text(pending->arena, text, strlen(text)) : NULL;
}

static void release(struct pending *pending)
{
    struct ocpp_central *central = pending->central;

    ocpp_arena_free(pending->arena);
    central_release(central, pending);
}

void pending_free(struct pending *pending)
{
    struct ocpp_central *central = pending->central;

    ocpp_require(!pending->writing);
    if (pending->before) {
        pending->before->next = pending->next;
    } else {
        central->pending = pending->next;
    }
    if (pending->next) {
        pending->next->before = pending->before;
    }
    if (central->spare_count == SPARES) {
        release(pending);
        return;
    }
    ocpp_arena_reset(pending->arena);
    pending->next = central->spare;
    central->spare = pending;
    central->spare_count++;
}

void pending_free_all(struct ocpp_central *central)
{
    struct pending *next;

    ocpp_require(!central->pending);
    for (struct pending *pending = central->spare; pending; pending = next) {
        next = pending->next;
        release(pending);
    }
    central->spare = NULL;
}

void pending_disown(struct ocpp_station *station)
{
    struct pending *next;

    for (struct pending *pending = station->central->pending; pending; pending = next) {
        next = pending->next;
        if (pending->station != station) {
            continue;
        }
        pending->station = NULL;
        if (!pending->writing) {
            pending_free(pending);
        }
    }
}

void pending_refuse(struct pending *pending, enum ocpp_status status)
{
    if (pending->station) {
        station_refuse(pending->station, pending->token, status);
    }
    pending_free(pending);
}

/* --- durability ---------------------------------------------------------------------------------------------------------- */

static void written(enum ocpp_status status, void *user)
{
    struct pending *pending = user;

    pending->writing = false;
    pending->stored(pending, status);
}

void pending_write(struct pending *pending, const struct ocpp_change *changes, size_t count)
{
    struct ocpp_storage *storage = pending->central->storage;
    enum ocpp_status status;

    pending->writing = true;
    status = storage->write(changes, count, written, pending, storage->user);
    if (status != OCPP_OK) {
        written(status, pending);
    }
}

/* --- decisions ----------------------------------------------------------------------------------------------------------- */

struct ocpp_question pending_ask(struct pending *pending, void (*decided)(struct pending *pending))
{
    pending->question = ++pending->central->last_question;
    pending->decided = decided;
    return (struct ocpp_question){ pending->question };
}

struct pending *pending_asked(struct ocpp_station *station, struct ocpp_question question)
{
    for (struct pending *pending = station->central->pending; pending; pending = pending->next) {
        if (pending->question == question.value && pending->station == station && question.value != 0) {
            pending->question = 0;
            return pending;
        }
    }
    return NULL;
}
