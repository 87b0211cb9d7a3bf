/* process_meter.h: what another process used. */
#ifndef OCPP_BENCH_PROCESS_METER_H
#define OCPP_BENCH_PROCESS_METER_H

#include <stdint.h>

/* Seconds of CPU and resident kB of a process; 0 when it is gone, and for 0. */
double process_cpu_s(int pid);
long process_resident_kb(int pid);

/* What it has of the heap, by the file of heap_meter.c; zeros when there is none. */
struct process_heap {
    int64_t bytes;
    int64_t blocks;
    int64_t allocations;
};

struct process_heap process_heap(const char *path);

#endif
