/* sim_clock.c: the clock the piles live by. */
#include "pile.h"

static double rate = 1;
static int64_t real_start_ms;
static int64_t jumped_ms; /* the calendar */
static int64_t passed_at_once_ms;

void sim_clock_start(double speed)
{
    rate = speed;
    real_start_ms = ocpp_system_now().mono_ms;
}

void sim_clock_jump(int64_t seconds)
{
    jumped_ms += seconds * 1000;
}

void sim_clock_pass(int64_t seconds)
{
    passed_at_once_ms += seconds * 1000;
}

struct ocpp_now sim_now(void)
{
    struct ocpp_now real = ocpp_system_now();
    int64_t passed_ms = (int64_t)((double)(real.mono_ms - real_start_ms) * rate) + passed_at_once_ms;
    int64_t ahead_ms = passed_ms - (real.mono_ms - real_start_ms);
    struct ocpp_now now = { .mono_ms = real_start_ms + passed_ms, .utc_ms = real.utc_ms };

    if (now.utc_ms != OCPP_UTC_UNKNOWN) {
        now.utc_ms += ahead_ms + jumped_ms;
    }
    return now;
}
