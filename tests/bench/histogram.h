/* histogram.h: latencies in microseconds, 64 steps per power of two. */
#ifndef OCPP_BENCH_HISTOGRAM_H
#define OCPP_BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEPS = 40 * 64 };

struct histogram {
    uint64_t steps[HISTOGRAM_STEPS];
    uint64_t count;
    uint64_t largest_us;
};

void histogram_add(struct histogram *histogram, uint64_t us);

/* histogram_ms: the value that |percent| of all lie at or below, in milliseconds. */
double histogram_ms(const struct histogram *histogram, double percent);

#endif
