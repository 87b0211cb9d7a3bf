/* settlement_orders.c: complete orders by a backend over SQLite: a vehicle comes, its order is opened and held, readings come, a
 * power bank is rented and returned meanwhile, the order is sealed and captured, each step durable; beside the floor: bare SQLite
 * that commits the same rows in the same batches, and nothing else. So many vehicles charge at once; a step of all is one group.
 *
 * The two take turns, a round each, and what is told are medians over the rounds. Usage: bench_settlement_orders [--counts |
 * --cars N] [FOLDER]; with --counts no clock is looked at: what an order writes and takes of memory is held to what it was.
 */
#include "orders_visit.h"
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TURNS = 15 };

struct cost {
    double cpu_us;
    double wall_us;
};

static double clock_us(clockid_t clock)
{
    struct timespec time;

    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static struct cost clocks(void)
{
    return (struct cost){ clock_us(CLOCK_PROCESS_CPUTIME_ID), clock_us(CLOCK_MONOTONIC) };
}

static struct cost since(struct cost begun)
{
    const struct cost now = clocks();
    return (struct cost){ now.cpu_us - begun.cpu_us, now.wall_us - begun.wall_us };
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;

    return left < right ? -1 : left > right;
}

static double median(double values[TURNS])
{
    qsort(values, TURNS, sizeof values[0], compare);
    return values[TURNS / 2];
}

/* --- time -------------------------------------------------------------------------------------------------------------- */

/* Turns by turn: what the backend takes for its rounds, and the floor for the same. */
struct turns {
    double cpu_us[TURNS];
    double bare_cpu_us[TURNS];
    double wall_us[TURNS];
    double bare_wall_us[TURNS];
    double cpu_ratio[TURNS];
    double wall_ratio[TURNS];
};

static void take_turn(struct visits *visits, struct floor *floor, int rounds, struct turns *turns, int turn)
{
    const struct cost begun = clocks();

    for (int i = 0; i < rounds; i++) {
        visits_round(visits);
    }
    const struct cost ours = since(begun);
    const struct cost bare_begun = clocks();
    floor_play(floor, visits_tape(visits));
    const struct cost bare = since(bare_begun);
    turns->cpu_us[turn] = ours.cpu_us;
    turns->bare_cpu_us[turn] = bare.cpu_us;
    turns->wall_us[turn] = ours.wall_us;
    turns->bare_wall_us[turn] = bare.wall_us;
    turns->cpu_ratio[turn] = bare.cpu_us / ours.cpu_us;
    turns->wall_ratio[turn] = bare.wall_us / ours.wall_us;
}

static void print_turns(int cars, double orders, struct tape_totals totals, struct turns *turns)
{
    const double all = orders * TURNS;

    printf("%-6d %8.1f %8.1f %8.0f %10.0f %10.0f %10.0f %10.0f %6.2f %6.2f\n", cars, (double)totals.rows / all,
           (double)totals.entries / all, (double)totals.bytes / all, median(turns->cpu_us) / orders,
           median(turns->bare_cpu_us) / orders, 1e6 * orders / median(turns->wall_us), 1e6 * orders / median(turns->bare_wall_us),
           median(turns->cpu_ratio), median(turns->wall_ratio));
}

static struct tape_totals between(struct tape_totals before, struct tape_totals after)
{
    return (struct tape_totals){ after.rows - before.rows, after.entries - before.entries, after.bytes - before.bytes,
                                 after.commits - before.commits };
}

/* The first rounds are not counted: memory and files grow to what they need. */
static void measure(const char *folder, int cars)
{
    static struct turns turns;
    const int rounds = cars < 4 ? 4 / cars : 1;
    char path[160];

    (void)snprintf(path, sizeof path, "%s/orders-%d.db", folder, cars);
    struct visits *visits = visits_open(path, cars, NULL);
    (void)snprintf(path, sizeof path, "%s/floor-%d.db", folder, cars);
    struct floor *floor = floor_open(path);
    take_turn(visits, floor, rounds, &turns, 0);
    const struct tape_totals before = tape_totals(visits_tape(visits));
    for (int i = 0; i < TURNS; i++) {
        take_turn(visits, floor, rounds, &turns, i);
    }
    print_turns(cars, (double)cars * rounds, between(before, tape_totals(visits_tape(visits))), &turns);
    floor_close(floor);
    visits_close(visits);
}

static void measure_all(const char *folder, const int *cars, size_t count)
{
    printf("orders: a vehicle comes, hold, %d readings, a power bank rented and returned, seal, capture; each step durable\n",
           VISIT_READINGS);
    printf("%-6s %8s %8s %8s %10s %10s %10s %10s %6s %6s\n", "cars", "rows", "entries", "bytes", "cpu us", "bare us", "orders/s",
           "bare/s", "cpu", "time");
    for (size_t i = 0; i < count; i++) {
        measure(folder, cars[i]);
    }
}

/* --- counts ------------------------------------------------------------------------------------------------------------ */

static uint64_t taken;

static void *count_and_take(void *pointer, size_t size, void *user)
{
    (void)user;
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    taken++;
    return realloc(pointer, size);
}

/* What an order may write, and how often the backend may take memory for it. Fewer are good news: then lower the number. */
enum { ROWS_MOST = 102, ENTRIES_MOST = 21, BYTES_MOST = 28500, COMMITS_MOST = 16, TAKEN_MOST = 40 };

static bool holds(const char *what, uint64_t counted, uint64_t orders, uint64_t most)
{
    const bool good = counted <= most * orders;

    printf("%-28s %10.1f of %llu%s\n", what, (double)counted / (double)orders, (unsigned long long)most,
           good ? "" : ": TOO MANY");
    return good;
}

static bool count_all(const char *folder)
{
    enum { CARS = 3, ROUNDS = 4 };
    const struct ocpp_allocator allocator = { .reallocate = count_and_take };
    char path[160];

    (void)snprintf(path, sizeof path, "%s/counts.db", folder);
    struct visits *visits = visits_open(path, CARS, &allocator);
    visits_round(visits);
    const struct tape_totals before = tape_totals(visits_tape(visits));
    taken = 0;
    for (int i = 0; i < ROUNDS; i++) {
        visits_round(visits);
    }
    const uint64_t allocations = taken;
    const struct tape_totals wrote = between(before, tape_totals(visits_tape(visits)));
    visits_close(visits);
    bool good = holds("rows of an order", wrote.rows, CARS * ROUNDS, ROWS_MOST);
    good = holds("entries of the journal", wrote.entries, CARS * ROUNDS, ENTRIES_MOST) && good;
    good = holds("bytes", wrote.bytes, CARS * ROUNDS, BYTES_MOST) && good;
    good = holds("commits of a round", wrote.commits, ROUNDS, COMMITS_MOST) && good;
    return holds("allocations", allocations, CARS * ROUNDS, TAKEN_MOST) && good;
}

int main(int argc, char **argv)
{
    static const int usual[] = { 1, 16, VISIT_CARS };
    const bool counts_only = argc > 1 && strcmp(argv[1], "--counts") == 0;
    const int cars = argc > 2 && strcmp(argv[1], "--cars") == 0 ? atoi(argv[2]) : 0;
    const int options = counts_only ? 1 : cars != 0 ? 2 : 0;
    const char *folder = argc > 1 + options ? argv[1 + options] : NULL;
    char made[128] = "";
    bool good = true;

    if (folder == NULL) {
        scratch_make(made, sizeof made);
        folder = made;
    }
    if (counts_only) {
        good = count_all(folder);
    } else {
        require(cars >= 0 && cars <= VISIT_CARS, "1 to 256 vehicles");
        measure_all(folder, cars > 0 ? &cars : usual, cars > 0 ? 1 : sizeof usual / sizeof usual[0]);
    }
    if (made[0] != '\0') {
        scratch_remove(made);
    }
    return good ? 0 : 1;
}
