/* heap_meter.h: what the file of heap_meter.c holds. */
#ifndef OCPP_BENCH_HEAP_METER_H
#define OCPP_BENCH_HEAP_METER_H

#include <stdatomic.h>
#include <stdint.h>

struct heap_meter {
    _Atomic int64_t bytes;       /* in use now, the allocator's own word per block included */
    _Atomic int64_t blocks;      /* in use now */
    _Atomic int64_t allocations; /* since the start */
};

#endif
