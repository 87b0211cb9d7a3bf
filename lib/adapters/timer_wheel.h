/* timer_wheel.h: many deadlines of which most are moved before they come: one per connection. Setting, moving and unsetting cost
 * the same few instructions however many there are, and nothing is allocated.
 *
 * Time is cut into slots of 8 ms, and a deadline comes up to one slot late, never early.
 */
#ifndef OCPP_TIMER_WHEEL_H
#define OCPP_TIMER_WHEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WHEEL_SLOT_MS = 8, WHEEL_SLOTS = 1024 };

/* ocpp_wheel_timer: stands inside what it wakes; zeroed it is not set. */
struct ocpp_wheel_timer {
    struct ocpp_wheel_timer *next;
    struct ocpp_wheel_timer **link; /* what points here; NULL: not set */
    int64_t due_ms;
};

struct ocpp_timer_wheel {
    struct ocpp_wheel_timer *slots[WHEEL_SLOTS];
    uint64_t used[WHEEL_SLOTS / 64]; /* a bit per slot that may hold something */
    int64_t turned_to;               /* slots since the beginning of time up to which all were looked at */
};

/* ocpp_wheel_start: an empty wheel. */
void ocpp_wheel_start(struct ocpp_timer_wheel *wheel, int64_t now_ms);

/* ocpp_wheel_set: sets or moves; OCPP_NEVER unsets. */
void ocpp_wheel_set(struct ocpp_timer_wheel *wheel, struct ocpp_wheel_timer *timer, int64_t due_ms);

/* ocpp_wheel_expired: takes out one timer that is due and returns it; NULL when there is no more. Call it until then. */
struct ocpp_wheel_timer *ocpp_wheel_expired(struct ocpp_timer_wheel *wheel, int64_t now_ms);

/* ocpp_wheel_next_ms: when to look again: at or before the earliest deadline; OCPP_NEVER when nothing is set. */
int64_t ocpp_wheel_next_ms(const struct ocpp_timer_wheel *wheel);

#endif
