/* sim_clock.c: the clock the piles live by. It follows the real one, or is held: then time stands still until somebody says how
 * much of it passes, so that a recording can tell. */
#include "pile.h"

enum { HELD_FROM_MS = 1000 };

static double rate = 1;
static int64_t real_start_ms;
static int64_t jumped_ms; /* the calendar */
static int64_t passed_at_once_ms;
static bool is_held;
static struct ocpp_now held;
static int64_t stepped_ms;

void sim_clock_start(double speed)
{
    rate = speed;
    real_start_ms = ocpp_system_now().mono_ms;
}

void sim_clock_hold(int64_t utc_ms)
{
    is_held = true;
    held = (struct ocpp_now){ .mono_ms = HELD_FROM_MS, .utc_ms = utc_ms };
}

static void move_held(int64_t mono_ms, int64_t utc_ms)
{
    held.mono_ms += mono_ms;
    held.utc_ms += held.utc_ms == OCPP_UTC_UNKNOWN ? 0 : utc_ms;
}

void sim_clock_step(int64_t ms)
{
    stepped_ms += ms;
    move_held(ms, ms);
}

int64_t sim_clock_behind_ms(void)
{
    return (int64_t)((double)(ocpp_system_now().mono_ms - real_start_ms) * rate) - stepped_ms;
}

void sim_clock_jump(int64_t seconds)
{
    jumped_ms += seconds * 1000;
    move_held(0, seconds * 1000);
}

void sim_clock_pass(int64_t seconds)
{
    passed_at_once_ms += seconds * 1000;
    move_held(seconds * 1000, seconds * 1000);
}

struct ocpp_now sim_now(void)
{
    struct ocpp_now real = ocpp_system_now();
    int64_t passed_ms = (int64_t)((double)(real.mono_ms - real_start_ms) * rate) + passed_at_once_ms;
    int64_t ahead_ms = passed_ms - (real.mono_ms - real_start_ms);
    struct ocpp_now now = { .mono_ms = real_start_ms + passed_ms, .utc_ms = real.utc_ms };

    if (is_held) {
        return held;
    }
    if (now.utc_ms != OCPP_UTC_UNKNOWN) {
        now.utc_ms += ahead_ms + jumped_ms;
    }
    return now;
}
