/* system_clock.c: the time of the machine as the engines want it: one clock that never runs backwards and one calendar.
 */
#define _POSIX_C_SOURCE 200809L

#include <ocpp/adapters.h>

#include <time.h>

/* 2020-01-01T00:00:00Z: a calendar before it was never set since the machine started. */
#define FIRST_BELIEVABLE_UTC_MS INT64_C(1577836800000)

static bool clock_ms(clockid_t clock, int64_t *ms)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0)
        return false;
    *ms = (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
    return true;
}

/* CLOCK_BOOTTIME goes on while the board sleeps, so a time-out is not stretched by a night in standby. A kernel either has it or
 * never has it, so the two are never mixed. */
static int64_t monotonic_ms(void)
{
    int64_t ms = 0;
#ifdef CLOCK_BOOTTIME
    if (clock_ms(CLOCK_BOOTTIME, &ms))
        return ms;
#endif
    (void)clock_ms(CLOCK_MONOTONIC, &ms); /* POSIX knows no way for it to fail here */
    return ms;
}

struct ocpp_now ocpp_system_now(void)
{
    struct ocpp_now now = { .mono_ms = monotonic_ms(), .utc_ms = OCPP_UTC_UNKNOWN };
    int64_t utc_ms = 0;
    if (clock_ms(CLOCK_REALTIME, &utc_ms) && utc_ms >= FIRST_BELIEVABLE_UTC_MS)
        now.utc_ms = utc_ms;
    return now;
}
