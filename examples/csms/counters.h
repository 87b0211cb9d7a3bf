/* counters.h: what is counted by one thread without locks or read-modify-write instructions, and may be read by any. */
#ifndef CSMS_COUNTERS_H
#define CSMS_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

enum { METRICS_BUCKETS = 16 };

struct metrics_counter {
    _Atomic uint64_t value;
};

/* metrics_histogram: how long something took; counts are per bucket, not cumulative; the last bucket has no bound. */
struct metrics_histogram {
    struct metrics_counter buckets[METRICS_BUCKETS];
    struct metrics_counter sum_us;
};

/* The bounds of all but the last bucket. */
extern const int64_t metrics_bounds_us[METRICS_BUCKETS - 1];

static inline void metrics_add(struct metrics_counter *counter, uint64_t amount)
{
    atomic_store_explicit(&counter->value, atomic_load_explicit(&counter->value, memory_order_relaxed) + amount,
                          memory_order_relaxed);
}

static inline int64_t metrics_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void metrics_observe(struct metrics_histogram *histogram, int64_t took_us);

#endif
