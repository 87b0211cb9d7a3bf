/* timer_wheel.c: a hashed timing wheel. A deadline beyond one turn stays in its slot and is looked at once per turn. */
#include "timer_wheel.h"

#include <ocpp/types.h>

#include <string.h>

static int64_t slot_after(int64_t due_ms)
{
    return due_ms / WHEEL_SLOT_MS + 1; /* the slot that begins when the deadline has come */
}

static void unset(struct ocpp_wheel_timer *timer)
{
    if (timer->link == NULL)
        return;
    *timer->link = timer->next;
    if (timer->next != NULL)
        timer->next->link = timer->link;
    timer->link = NULL;
    timer->next = NULL;
}

void ocpp_wheel_start(struct ocpp_timer_wheel *wheel, int64_t now_ms)
{
    memset(wheel, 0, sizeof *wheel);
    wheel->turned_to = now_ms / WHEEL_SLOT_MS;
}

void ocpp_wheel_set(struct ocpp_timer_wheel *wheel, struct ocpp_wheel_timer *timer, int64_t due_ms)
{
    unset(timer);
    if (due_ms == OCPP_NEVER)
        return;
    int64_t slot = slot_after(due_ms);
    if (slot <= wheel->turned_to)
        slot = wheel->turned_to + 1; /* a slot that was looked at is not looked at again this turn */
    const size_t place = (size_t)(slot % WHEEL_SLOTS);
    timer->due_ms = due_ms;
    timer->next = wheel->slots[place];
    timer->link = &wheel->slots[place];
    if (timer->next != NULL)
        timer->next->link = &timer->next;
    wheel->slots[place] = timer;
    wheel->used[place / 64] |= UINT64_C(1) << place % 64;
}

static struct ocpp_wheel_timer *due_in(struct ocpp_timer_wheel *wheel, size_t place, int64_t now_ms)
{
    for (struct ocpp_wheel_timer *timer = wheel->slots[place]; timer != NULL; timer = timer->next) {
        if (timer->due_ms <= now_ms)
            return timer;
    }
    return NULL;
}

struct ocpp_wheel_timer *ocpp_wheel_expired(struct ocpp_timer_wheel *wheel, int64_t now_ms)
{
    const int64_t now_slot = now_ms / WHEEL_SLOT_MS;
    if (now_slot - wheel->turned_to > WHEEL_SLOTS)
        wheel->turned_to = now_slot - WHEEL_SLOTS; /* slept for more than a turn: one turn sees every slot */
    for (; wheel->turned_to < now_slot; wheel->turned_to++) {
        const size_t place = (size_t)((wheel->turned_to + 1) % WHEEL_SLOTS);
        struct ocpp_wheel_timer *timer = due_in(wheel, place, now_ms);
        if (timer != NULL) {
            unset(timer);
            return timer;
        }
        if (wheel->slots[place] == NULL)
            wheel->used[place / 64] &= ~(UINT64_C(1) << place % 64);
    }
    return NULL;
}

int64_t ocpp_wheel_next_ms(const struct ocpp_timer_wheel *wheel)
{
    for (int64_t ahead = 1; ahead <= WHEEL_SLOTS;) {
        const size_t place = (size_t)((wheel->turned_to + ahead) % WHEEL_SLOTS);
        const uint64_t bits = wheel->used[place / 64] >> place % 64;
        if (bits == 0) {
            ahead += (int64_t)(64 - place % 64);
            continue;
        }
        if (bits & 1)
            return (wheel->turned_to + ahead) * WHEEL_SLOT_MS;
        ahead++;
    }
    return OCPP_NEVER;
}
