/* timers.c: the heap behind timers.h. Every timer knows its place, so that moving and unsetting cost O(log n). */
#include "timers.h"
#include "arena.h"

#include <string.h>

enum { ROOM_LEAST = 8 };

void ocpp_timers_start(struct ocpp_timers *timers, const struct ocpp_allocator *allocator, size_t limit)
{
    memset(timers, 0, sizeof *timers);
    timers->allocator = allocator;
    timers->limit = limit;
}

void ocpp_timers_stop(struct ocpp_timers *timers)
{
    for (size_t i = 0; i < timers->count; i++) {
        timers->heap[i]->place = 0;
    }
    if (timers->heap) {
        ocpp_reallocate(timers->allocator, timers->heap, 0);
    }
    timers->heap = NULL;
    timers->count = 0;
    timers->room = 0;
}

bool ocpp_timer_is_set(const struct ocpp_timer *timer)
{
    return timer->place != 0;
}

static bool is_before(const struct ocpp_timer *a, const struct ocpp_timer *b)
{
    return a->deadline_ms != b->deadline_ms ? a->deadline_ms < b->deadline_ms : a->order < b->order;
}

static void put(struct ocpp_timers *timers, size_t index, struct ocpp_timer *timer)
{
    timers->heap[index] = timer;
    timer->place = index + 1;
}

/* Puts |timer| at |index| or above, where its deadline belongs. */
static void sift_up(struct ocpp_timers *timers, size_t index, struct ocpp_timer *timer)
{
    while (index > 0 && is_before(timer, timers->heap[(index - 1) / 2])) {
        put(timers, index, timers->heap[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    put(timers, index, timer);
}

/* Puts |timer| at |index| or below, where its deadline belongs. */
static void sift_down(struct ocpp_timers *timers, size_t index, struct ocpp_timer *timer)
{
    for (size_t child = 2 * index + 1; child < timers->count; child = 2 * index + 1) {
        if (child + 1 < timers->count && is_before(timers->heap[child + 1], timers->heap[child])) {
            child++;
        }
        if (!is_before(timers->heap[child], timer)) {
            break;
        }
        put(timers, index, timers->heap[child]);
        index = child;
    }
    put(timers, index, timer);
}

static void settle(struct ocpp_timers *timers, size_t index, struct ocpp_timer *timer)
{
    sift_up(timers, index, timer);
    sift_down(timers, timer->place - 1, timer);
}

static enum ocpp_status make_room(struct ocpp_timers *timers)
{
    if (timers->count < timers->room) {
        return OCPP_OK;
    }
    if (timers->count >= timers->limit || timers->limit > SIZE_MAX / 2 / sizeof *timers->heap) {
        return OCPP_ERR_LIMIT;
    }
    size_t room = timers->room ? 2 * timers->room : ROOM_LEAST;
    room = room > timers->limit ? timers->limit : room;
    struct ocpp_timer **heap = ocpp_reallocate(timers->allocator, timers->heap, room * sizeof *heap);
    if (!heap) {
        return OCPP_ERR_NOMEM;
    }
    timers->heap = heap;
    timers->room = room;
    return OCPP_OK;
}

enum ocpp_status ocpp_timers_set(struct ocpp_timers *timers, struct ocpp_timer *timer, int64_t deadline_ms)
{
    if (deadline_ms == OCPP_NEVER) {
        ocpp_timers_unset(timers, timer);
        return OCPP_OK;
    }
    if (!ocpp_timer_is_set(timer)) {
        const enum ocpp_status status = make_room(timers);
        if (status != OCPP_OK) {
            return status;
        }
        put(timers, timers->count++, timer);
    }
    timer->deadline_ms = deadline_ms;
    timer->order = timers->order++;
    settle(timers, timer->place - 1, timer);
    return OCPP_OK;
}

void ocpp_timers_unset(struct ocpp_timers *timers, struct ocpp_timer *timer)
{
    if (!ocpp_timer_is_set(timer)) {
        return;
    }
    const size_t index = timer->place - 1;
    struct ocpp_timer *last = timers->heap[--timers->count];
    timer->place = 0;
    if (last != timer) {
        settle(timers, index, last);
    }
}

int64_t ocpp_timers_deadline(const struct ocpp_timers *timers)
{
    return timers->count ? timers->heap[0]->deadline_ms : OCPP_NEVER;
}

struct ocpp_timer *ocpp_timers_expired(struct ocpp_timers *timers, int64_t now_ms)
{
    struct ocpp_timer *first = timers->count ? timers->heap[0] : NULL;

    if (!first || first->deadline_ms > now_ms) {
        return NULL;
    }
    ocpp_timers_unset(timers, first);
    return first;
}
