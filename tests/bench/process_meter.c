/* process_meter.c: proc(5). */
#include "process_meter.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

double process_cpu_s(int pid)
{
    char path[64];
    char line[1024];
    unsigned long user = 0;
    unsigned long kernel = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) {
        return 0;
    }
    const char *rest = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    if (rest) {
        (void)sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
    }
    fclose(file);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
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
