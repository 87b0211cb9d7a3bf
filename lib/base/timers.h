/* timers.h: a bounded set of deadlines, the earliest first. Times are plain milliseconds of the caller's monotonic clock.
 *
 * The set holds pointers to struct ocpp_timer, which stand inside the objects they wake; it owns none of them. Two timers of the
 * same deadline expire in the order they were set, so that a run can be repeated.
 */
#ifndef OCPP_LIB_TIMERS_H
#define OCPP_LIB_TIMERS_H

#include <ocpp/types.h>

/* ocpp_timer: zero initialised it is not set. |owner| and |kind| are the caller's, to know what has expired. */
struct ocpp_timer {
    int64_t deadline_ms;
    uint64_t order;
    size_t place; /* in the heap, counted from 1; 0: not set */
    void *owner;
    int kind;
};

/* ocpp_timers: a binary heap of at most |limit| timers; the room grows in steps and never beyond. */
struct ocpp_timers {
    const struct ocpp_allocator *allocator;
    struct ocpp_timer **heap;
    size_t count;
    size_t room;
    size_t limit;
    uint64_t order;
};

/* ocpp_timers_start: an empty set for at most |limit| timers. Takes no memory yet. |allocator| (NULL: malloc) is borrowed. */
void ocpp_timers_start(struct ocpp_timers *timers, const struct ocpp_allocator *allocator, size_t limit);

/* ocpp_timers_stop: gives the room back; the timers still set become unset. */
void ocpp_timers_stop(struct ocpp_timers *timers);

/* ocpp_timers_set: sets or moves |timer|. OCPP_NEVER unsets it. Moving a timer never fails.
 * Errors: OCPP_ERR_LIMIT, OCPP_ERR_NOMEM; nothing changed. */
OCPP_MUST_USE enum ocpp_status ocpp_timers_set(struct ocpp_timers *timers, struct ocpp_timer *timer, int64_t deadline_ms);

/* ocpp_timers_unset: takes |timer| out of the set; fine when it is not in it. */
void ocpp_timers_unset(struct ocpp_timers *timers, struct ocpp_timer *timer);

bool ocpp_timer_is_set(const struct ocpp_timer *timer);

/* ocpp_timers_deadline: the earliest deadline; OCPP_NEVER when none is set. */
int64_t ocpp_timers_deadline(const struct ocpp_timers *timers);

/* ocpp_timers_expired: takes out and returns the earliest timer whose deadline is at or before |now_ms|; NULL when there is none.
 * A loop that sets the same timer again at a past deadline never ends: that is the caller's. */
struct ocpp_timer *ocpp_timers_expired(struct ocpp_timers *timers, int64_t now_ms);

#endif
