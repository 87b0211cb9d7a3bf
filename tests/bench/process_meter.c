/* process_meter.c: the CPU clock of the process, proc(5), and the file of heap_meter.c. */
#include "process_meter.h"
#include "heap_meter.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

double process_cpu_s(int pid)
{
    struct timespec used;
    clockid_t clock;

    if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
        return 0;
    }
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

long process_resident_kb(int pid)
{
    char path[64];
    char line[256];
    long kb = 0;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        (void)sscanf(line, "VmRSS: %ld", &kb);
    }
    if (file) {
        fclose(file);
    }
    return kb;
}

struct process_heap process_heap(const char *path)
{
    struct heap_meter meter = { 0 };
    struct process_heap heap = { 0 };
    FILE *file = fopen(path, "rb");

    if (file && fread(&meter, sizeof meter, 1, file) == 1) {
        heap = (struct process_heap){ meter.bytes, meter.blocks, meter.allocations };
    }
    if (file) {
        fclose(file);
    }
    return heap;
}
