/* bench_storage.c: what a stored record costs: one per commit and twenty, appended and put under one of many keys, in every store
 * of the library, beside the floor: the same bytes written to a plain file and synced.
 *
 * Usage: bench_storage [FOLDER]. CPU is that of the process; the time a disk takes depends on the disk.
 */
#include "scratch.h"

#include <ocpp/adapters.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RECORDS = 4000, KEYS = 10000, RECORD_SIZE = 300, BATCH = 20 };

static char record[RECORD_SIZE];

static double clock_us(clockid_t clock)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

struct span {
    double cpu_us;
    double wall_us;
};

static struct span begin_span(void)
{
    return (struct span){ clock_us(CLOCK_PROCESS_CPUTIME_ID), clock_us(CLOCK_MONOTONIC) };
}

static struct span end_span(struct span begun)
{
    const struct span now = begin_span();
    return (struct span){ (now.cpu_us - begun.cpu_us) / RECORDS, (now.wall_us - begun.wall_us) / RECORDS };
}

static void require(enum ocpp_status status)
{
    if (status == OCPP_OK)
        return;
    (void)fprintf(stderr, "bench_storage: %s\n", ocpp_status_sentence(status));
    exit(1);
}

/* --- the floor --------------------------------------------------------------------------------------------------- */

static struct span measure_floor(const char *folder, int batch)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/floor-%d", folder, batch);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        require(OCPP_ERR_STORAGE);
    const struct span begun = begin_span();
    for (int i = 0; i < RECORDS; i++) {
        if (write(fd, record, sizeof record) != sizeof record)
            require(OCPP_ERR_STORAGE);
        if (i % batch == batch - 1 && fdatasync(fd) != 0)
            require(OCPP_ERR_STORAGE);
    }
    const struct span cost = end_span(begun);
    (void)close(fd);
    return cost;
}

/* --- the stores -------------------------------------------------------------------------------------------------- */

static void flush(struct ocpp_storage *storage)
{
    if (storage->flush != NULL)
        storage->flush(storage->user);
}

static void key_of(char key[24], unsigned n)
{
    (void)snprintf(key, 24, "station/%08u", n * 7919u % KEYS);
}

static void fill(struct ocpp_storage *storage)
{
    char keys[100][24];
    struct ocpp_change changes[100];
    for (unsigned n = 0; n < KEYS; n += 100) {
        for (unsigned i = 0; i < 100; i++) {
            (void)snprintf(keys[i], sizeof keys[i], "station/%08u", n + i);
            changes[i] = (struct ocpp_change){ OCPP_CHANGE_PUT, keys[i], record, RECORD_SIZE };
        }
        require(storage->write(changes, 100, NULL, NULL, storage->user));
    }
    flush(storage);
}

/* |batch| writes to a flush; a store without flush gets them as one write of |batch| changes. */
static struct span measure(struct ocpp_storage *storage, enum ocpp_change_kind kind, int batch)
{
    char keys[BATCH][24];
    struct ocpp_change changes[BATCH];
    const int together = storage->flush == NULL ? batch : 1;
    record[0]++; /* an unchanged value would be too easy */
    const struct span begun = begin_span();
    for (unsigned n = 0; n < RECORDS; n += (unsigned)together) {
        for (unsigned i = 0; i < (unsigned)together; i++) {
            key_of(keys[i], (n + i) * 31u);
            changes[i] = (struct ocpp_change){ kind, kind == OCPP_CHANGE_APPEND ? "queue" : keys[i], record, RECORD_SIZE };
        }
        require(storage->write(changes, (size_t)together, NULL, NULL, storage->user));
        if ((int)(n + (unsigned)together) % batch == 0)
            flush(storage);
    }
    flush(storage);
    return end_span(begun);
}

static void print_row(const char *name, const char *what, int batch, struct span cost, struct span floor)
{
    printf("%-24s %-8s %3d %10.2f %10.2f %8.1f\n", name, what, batch, cost.cpu_us, cost.wall_us, cost.cpu_us / floor.cpu_us);
}

static void bench_store(const char *name, struct ocpp_storage *storage, const struct span floors[2])
{
    fill(storage);
    for (int i = 0; i < 2; i++) {
        const int batch = i == 0 ? 1 : BATCH;
        print_row(name, "append", batch, measure(storage, OCPP_CHANGE_APPEND, batch), floors[i]);
        print_row(name, "put", batch, measure(storage, OCPP_CHANGE_PUT, batch), floors[i]);
    }
}

static void bench_sqlite(const char *folder, const char *name, bool group, const struct span floors[2])
{
    struct ocpp_sqlite_storage_settings settings = ocpp_sqlite_storage_settings_default();
    struct ocpp_storage *storage = NULL;
    char path[256];
    char reason[256] = "";
    settings.group = group;
    (void)snprintf(path, sizeof path, "%s/%s.db", folder, group ? "group" : "through");
    if (ocpp_sqlite_storage_open(path, &settings, &storage, reason, sizeof reason) != OCPP_OK) {
        (void)fprintf(stderr, "bench_storage: %s\n", reason);
        exit(1);
    }
    bench_store(name, storage, floors);
    ocpp_sqlite_storage_close(storage);
    const struct span begun = begin_span();
    require(ocpp_sqlite_storage_open(path, &settings, &storage, NULL, 0));
    const struct span opened = begin_span();
    printf("%-24s open and check of %d entries: %.1f ms\n", name, KEYS + 2 * RECORDS, (opened.wall_us - begun.wall_us) / 1e3);
    ocpp_sqlite_storage_close(storage);
}

int main(int argc, char **argv)
{
    char made[128] = "";
    if (argc > 2) {
        (void)fprintf(stderr, "usage: bench_storage [FOLDER]\n");
        return 2;
    }
    if (argc < 2)
        scratch_make(made, sizeof made);
    const char *folder = argc == 2 ? argv[1] : made;
    const struct span floors[2] = { measure_floor(folder, 1), measure_floor(folder, BATCH) };
    printf("%d records of %d bytes; us for each\n", RECORDS, RECORD_SIZE);
    printf("%-24s %-8s %3s %10s %10s %8s\n", "store", "change", "by", "cpu", "time", "x floor");
    print_row("floor: write, fdatasync", "append", 1, floors[0], floors[0]);
    print_row("floor: write, fdatasync", "append", BATCH, floors[1], floors[1]);
    struct ocpp_storage *memory = ocpp_memory_storage_new(NULL, 0);
    if (memory == NULL)
        require(OCPP_ERR_NOMEM);
    bench_store("memory", memory, floors);
    ocpp_memory_storage_free(memory);
    bench_sqlite(folder, "sqlite, writing through", false, floors);
    bench_sqlite(folder, "sqlite, gathering", true, floors);
    if (made[0] != '\0')
        scratch_remove(made);
    return 0;
}
