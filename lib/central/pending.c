/* pending.c: requests between their arrival and their answer: waiting for the application's decision, for their turn, for the
 * store.
 *
 * Each keeps what it needs in an arena of its own, and both are pooled, so that a steady state allocates nothing. A station's
 * requests are few (STATION_REQUESTS), so their list is searched from end to end.
 */
#include "transactions.h"

#include "require.h"
#include <string.h>

enum { SPARES = 64, SPARE_BYTES = 16 * 1024 };

/* --- life ---------------------------------------------------------------------------------------------------------------- */

static struct pending *take(struct ocpp_central *central)
{
    struct pending *pending = central->spare;
    struct ocpp_arena *arena;

    if (pending) {
        arena = pending->arena;
        central->spare = pending->next;
        central->spare_count--;
        memset(pending, 0, sizeof *pending);
        pending->arena = arena;
        return pending;
    }
    pending = central_allocate(central, sizeof *pending);
    if (!pending) {
        return NULL;
    }
    pending->arena = ocpp_arena_new(central->settings.allocator, 0);
    if (!pending->arena) {
        central_release(central, pending);
        return NULL;
    }
    return pending;
}

static void append(struct ocpp_station *station, struct pending *pending)
{
    struct pending *last = station->pending;

    while (last && last->next) {
        last = last->next;
    }
    pending->before = last;
    if (last) {
        last->next = pending;
    } else {
        station->pending = pending;
    }
    station->pending_count++;
}

struct pending *pending_for(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    struct pending *pending;

    if (station->pending_count >= STATION_REQUESTS) {
        station_refuse(station, call->token, OCPP_ERR_BUSY);
        return NULL;
    }
    pending = take(station->central);
    if (!pending) {
        station_refuse(station, call->token, OCPP_ERR_NOMEM);
        return NULL;
    }
    pending->central = station->central;
    pending->station = station;
    pending->token = call->token;
    append(station, pending);
    return pending;
}

const char *pending_keep(struct pending *pending, const char *text)
{
    return text ? ocpp_arena_text(pending->arena, text, strlen(text)) : NULL;
}

static void release(struct ocpp_central *central, struct pending *pending)
{
    ocpp_arena_free(pending->arena);
    central_release(central, pending);
}

/* Takes |pending| out of the list of its station, or of the orphans. */
static void unlist(struct pending *pending)
{
    struct ocpp_central *central = pending->central;

    if (pending->before) {
        pending->before->next = pending->next;
    } else if (pending->station) {
        pending->station->pending = pending->next;
    } else {
        central->orphans = pending->next;
    }
    if (pending->next) {
        pending->next->before = pending->before;
    }
    if (pending->station) {
        pending->station->pending_count--;
    }
    pending->next = NULL;
    pending->before = NULL;
}

void pending_free(struct pending *pending)
{
    struct ocpp_central *central = pending->central;

    ocpp_require(!pending->writing);
    unlist(pending);
    /* a large request came once; what it took is not kept for the small ones */
    if (central->spare_count == SPARES || ocpp_arena_used(pending->arena) > SPARE_BYTES) {
        release(central, pending);
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

    ocpp_require(!central->orphans);
    for (struct pending *pending = central->spare; pending; pending = next) {
        next = pending->next;
        release(central, pending);
    }
    central->spare = NULL;
}

void pending_refuse(struct pending *pending, enum ocpp_status status)
{
    if (pending->station) {
        station_refuse(pending->station, pending->token, status);
    }
    pending_free(pending);
}

/* --- connections go ----------------------------------------------------------------------------------------------- */

static void orphan(struct pending *pending)
{
    struct ocpp_central *central = pending->central;

    unlist(pending);
    pending->station = NULL;
    pending->next = central->orphans;
    if (pending->next) {
        pending->next->before = pending;
    }
    central->orphans = pending;
}

bool pending_disown(struct ocpp_station *station)
{
    bool is_left = false;

    for (struct pending *pending = station->pending, *next; pending; pending = next) {
        next = pending->next;
        if (pending->writing) {
            is_left = true;
            orphan(pending);
        } else {
            pending_free(pending);
        }
    }
    return is_left;
}

void pending_expire(struct ocpp_station *station)
{
    for (struct pending *pending = station->pending, *next; pending; pending = next) {
        next = pending->next;
        if (pending->asked != QUESTION_NONE && !ocpp_rpc_is_open(station->rpc, pending->token)) {
            pending_free(pending);
        }
    }
}

/* --- turns ----------------------------------------------------------------------------------------------------------------- */

/* A loop, not a recursion: what runs in its turn may write, and a write may be done before it returns. */
static void give_turns(struct ocpp_station *station)
{
    struct pending *pending;

    if (station->giving_turns) {
        return;
    }
    station->giving_turns = true;
    do {
        pending = station->storing ? NULL : station->pending;
        while (pending && !pending->turn) {
            pending = pending->next;
        }
        if (pending) {
            void (*turn)(struct pending * pending) = pending->turn;
            pending->turn = NULL;
            turn(pending);
        }
    } while (pending);
    station->giving_turns = false;
}

void pending_take_turn(struct pending *pending, void (*turn)(struct pending *pending))
{
    pending->turn = turn;
    give_turns(pending->station);
}

/* --- durability ---------------------------------------------------------------------------------------------------------- */

/* May be called by the store's flush, outside every entry point: the callbacks that follow are as bound as all others. */
static void written(enum ocpp_status status, void *user)
{
    struct pending *pending = user;
    struct ocpp_central *central = pending->central;
    struct ocpp_station *station = pending->station;

    central_enter(central, central->now);
    pending->writing = false;
    if (station) {
        station->storing = false;
    }
    pending->stored(pending, status);
    if (station) {
        give_turns(station);
    }
    central_leave(central);
}

/* The station was told that it is recorded, and will not tell it again. What is in memory of it is not true any more. */
static void lost(enum ocpp_status status, void *user)
{
    struct ocpp_central *central = user;
    struct ocpp_station *station;
    size_t cursor = 0;

    if (status == OCPP_OK) {
        return;
    }
    central->losses++;
    ocpp_log_write(&central->settings.log, OCPP_LOG_ERROR, "what was answered before it was durable is lost: %s",
                   ocpp_status_sentence(status));
    while ((station = ocpp_map_next(&central->stations, &cursor))) {
        transaction_forget(station);
    }
}

void pending_write(struct pending *pending, const struct ocpp_change *changes, size_t count)
{
    struct ocpp_central *central = pending->central;
    struct ocpp_station *station = pending->station;
    struct ocpp_storage *storage = central->storage;
    const bool at_once = central->settings.durability == OCPP_ANSWER_AT_ONCE;
    const uint64_t losses = central->losses;
    enum ocpp_status status;

    ocpp_require(!station->storing);
    station->storing = true;
    pending->writing = true;
    status = at_once ? storage->write(changes, count, lost, central, storage->user)
                     : storage->write(changes, count, written, pending, storage->user);
    if (status != OCPP_OK || at_once) {
        written(status, pending);
    }
    if (at_once && central->losses != losses) { /* the store said so before it returned, and it was remembered after */
        transaction_forget(station);
    }
}

/* --- decisions ----------------------------------------------------------------------------------------------------------- */

struct ocpp_question pending_ask(struct pending *pending, enum question_kind kind, void (*decided)(struct pending *pending))
{
    pending->asked = kind;
    pending->question = ++pending->central->last_question;
    pending->decided = decided;
    return (struct ocpp_question){ pending->question };
}

struct pending *pending_asked(struct ocpp_station *station, struct ocpp_question question, enum question_kind kind)
{
    for (struct pending *pending = station->pending; pending; pending = pending->next) {
        if (pending->question == question.value && pending->asked == kind) {
            pending->asked = QUESTION_NONE;
            return pending;
        }
    }
    return NULL;
}

bool pending_settle(struct ocpp_station *station, struct ocpp_question question, enum question_kind kind, struct verdict verdict)
{
    struct pending *pending = pending_asked(station, question, kind);

    if (!pending) {
        return false;
    }
    pending->verdict = verdict;
    pending->decided(pending);
    return true;
}

enum ocpp_status pending_decide(struct ocpp_station *station, struct ocpp_question question, enum question_kind kind,
                                struct verdict verdict, struct ocpp_now now)
{
    central_enter_late(station->central, now);
    const bool is_settled = pending_settle(station, question, kind, verdict);
    station_touch(station);
    central_leave(station->central);
    return is_settled ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}
