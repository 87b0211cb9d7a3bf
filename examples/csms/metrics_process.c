/* metrics_process.c: what the system knows of this process, under the names Prometheus' own clients use, and of the file of the
 * store. */
#include "metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void print(FILE *out, const char *name, const char *kind, const char *help, double value)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, kind, name, value);
}

static size_t count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    while (folder && readdir(folder)) {
        count++;
    }
    if (folder) {
        closedir(folder);
    }
    return count > 3 ? count - 3 : 0; /* ".", ".." and the folder itself */
}

void metrics_print_process(FILE *out)
{
    unsigned long virtual_pages = 0;
    unsigned long resident_pages = 0;
    const long page_bytes = sysconf(_SC_PAGESIZE);
    struct timespec cpu = { 0 };
    FILE *file = fopen("/proc/self/statm", "r");

    if (file) {
        if (fscanf(file, "%lu %lu", &virtual_pages, &resident_pages) == 2) {
            print(out, "process_virtual_memory_bytes", "gauge", "Virtual memory.", (double)virtual_pages * (double)page_bytes);
            print(out, "process_resident_memory_bytes", "gauge", "Resident memory.", (double)resident_pages * (double)page_bytes);
        }
        fclose(file);
    }
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0) {
        print(out, "process_cpu_seconds_total", "counter", "User and system time.",
              (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9);
    }
    print(out, "process_open_fds", "gauge", "Open descriptors.", (double)count_descriptors());
}

void metrics_print_store_file(FILE *out, const char *path)
{
    static const char *const parts[] = { "", "-wal" };
    struct stat about;
    char name[4096];
    double bytes = 0;

    if (!path) {
        return;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, parts[i]);
        bytes += stat(name, &about) == 0 ? (double)about.st_size : 0;
    }
    print(out, "ocpp_csms_store_file_bytes", "gauge", "Size of the store's file, its log included.", bytes);
}
