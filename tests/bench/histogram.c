/* histogram.c: where a latency falls, and back. */
#include "histogram.h"

static int step_of(uint64_t us)
{
    if (us < 64) {
        return (int)us;
    }
    int exponent = 63 - __builtin_clzll(us);
    int step = (exponent - 5) * 64 + (int)(us >> (exponent - 6) & 63);
    return step < HISTOGRAM_STEPS ? step : HISTOGRAM_STEPS - 1;
}

static uint64_t us_of(int step)
{
    return step < 64 ? (uint64_t)step : (uint64_t)(64 + (step & 63)) << (step / 64 - 1);
}

void histogram_add(struct histogram *histogram, uint64_t us)
{
    histogram->steps[step_of(us)]++;
    histogram->count++;
    if (us > histogram->largest_us) {
        histogram->largest_us = us;
    }
}

double histogram_ms(const struct histogram *histogram, double percent)
{
    uint64_t wanted = (uint64_t)((double)histogram->count * percent / 100.0);
    uint64_t seen = 0;

    for (int step = 0; step < HISTOGRAM_STEPS; step++) {
        seen += histogram->steps[step];
        if (seen > wanted) {
            return (double)us_of(step) / 1000.0;
        }
    }
    return (double)histogram->largest_us / 1000.0;
}
