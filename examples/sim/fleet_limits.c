/* fleet_limits.c: descriptors, memory, time of processors. */
#include "fleet_limits.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* A socket and, with --state, the database with its log and the lock of the keys; what files on their way take comes on top. */
enum { EACH = 2, EACH_WITH_STATE = 6, OTHERS = 64 };

bool fleet_limits_raise(int stations, bool with_state)
{
    const rlim_t needed = (rlim_t)stations * (with_state ? EACH_WITH_STATE : EACH) + OTHERS;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= needed) {
        return true;
    }
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= needed) {
        limit.rlim_cur = needed;
        if (setrlimit(RLIMIT_NOFILE, &limit) == 0) {
            return true;
        }
    }
    fprintf(stderr,
            "ocpp-sim: --stations %d needs %lu open files, and %lu are allowed; raise the limit (ulimit -n %lu), or take fewer\n",
            stations, (unsigned long)needed, (unsigned long)limit.rlim_max, (unsigned long)needed);
    return false;
}

long fleet_memory_kib(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file) {
        if (fscanf(file, "%*s %ld", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

long fleet_cpu_ms(void)
{
    struct rusage used;

    if (getrusage(RUSAGE_SELF, &used) != 0) {
        return 0;
    }
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}
