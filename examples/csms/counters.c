/* counters.c: the buckets. */
#include "counters.h"

const int64_t metrics_bounds_us[METRICS_BUCKETS - 1] = { 100,   250,    500,    1000,   2500,    5000,    10000,   25000,
                                                         50000, 100000, 250000, 500000, 1000000, 5000000, 30000000 };

void metrics_observe(struct metrics_histogram *histogram, int64_t took_us)
{
    int bucket = 0;

    while (bucket < METRICS_BUCKETS - 1 && took_us > metrics_bounds_us[bucket]) {
        bucket++;
    }
    metrics_add(&histogram->buckets[bucket], 1);
    metrics_add(&histogram->sum_us, took_us > 0 ? (uint64_t)took_us : 0);
}
