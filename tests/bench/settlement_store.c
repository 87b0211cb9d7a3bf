/* settlement_store.c: what a command costs in the settlement's store, beside the floor: bare SQLite that commits rows of the same
 * sizes in the same batches, without versions, chain or contract.
 *
 * A command is what the backend writes: it updates an order and two balances, adds a row that will be gone two commands later (a
 * timer), and appends two entries to the journal. Usage: bench_settlement_store [FOLDER]
 */
#include "scratch.h"

#include <ocpp/settlement/adapters.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COMMANDS = 6000, ORDERS = 5000, ORDER_SIZE = 1200, BALANCE_SIZE = 30, TIMER_SIZE = 90, POST_SIZE = 420, STATE_SIZE = 110 };

static char bytes[4096];

static double clock_us(clockid_t clock)
{
    struct timespec time;

    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void fail(const char *what)
{
    (void)fprintf(stderr, "bench_settlement_store: %s\n", what);
    exit(1);
}

static void require(bool good, const char *what)
{
    if (!good) {
        fail(what);
    }
}

struct keys {
    char order[48];
    char balance[2][64];
    char timer[64];
    char old_timer[64];
};

/* Keys as the backend makes them: random ids, spread over the tree. */
static void keys_of(struct keys *keys, unsigned n)
{
    const unsigned order = n * 7919u % ORDERS;

    (void)snprintf(keys->order, sizeof keys->order, "operator/order/%08X00000000000000000", order * 2654435761u);
    for (int i = 0; i < 2; i++) {
        (void)snprintf(keys->balance[i], sizeof keys->balance[i], "operator/balance/EUR/%s:%08X", i ? "hold" : "receivable",
                       order * 2654435761u);
    }
    (void)snprintf(keys->timer, sizeof keys->timer, "operator/timer/%016X/silent/%08X", n, n * 2654435761u);
    (void)snprintf(keys->old_timer, sizeof keys->old_timer, "operator/timer/%016X/silent/%08X", n - 2, (n - 2) * 2654435761u);
}

struct cost {
    double cpu_us;
    double wall_us;
};

static struct cost cost_of(double cpu_us, double wall_us)
{
    return (struct cost){ (clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu_us) / COMMANDS,
                          (clock_us(CLOCK_MONOTONIC) - wall_us) / COMMANDS };
}

/* --- the floor ----------------------------------------------------------------------------------------------------- */

struct bare {
    sqlite3 *db;
    sqlite3_stmt *put;
    sqlite3_stmt *change;
    sqlite3_stmt *drop;
    sqlite3_stmt *append;
};

static void execute(sqlite3 *db, const char *text)
{
    require(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
}

static void run(sqlite3_stmt *statement)
{
    require(sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK, "the floor gives way");
}

static void bare_put(sqlite3_stmt *statement, const char *key, int size)
{
    (void)sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(statement, 2, bytes, size, SQLITE_STATIC);
    run(statement);
}

static void bare_append(const struct bare *bare, int size)
{
    (void)sqlite3_bind_text(bare->append, 1, bytes, size + 50, SQLITE_STATIC); /* kind, time and hash are bytes too */
    run(bare->append);
}

/* Bytes that stay the same would not be written at all. */
static void differ(unsigned n)
{
    (void)snprintf(bytes, 9, "%08X", n);
    bytes[8] = 'x';
}

static void bare_command(const struct bare *bare, unsigned n)
{
    sqlite3_stmt *statement = n <= ORDERS ? bare->put : bare->change;
    struct keys keys;

    differ(n);
    keys_of(&keys, n);
    bare_put(statement, keys.order, ORDER_SIZE);
    bare_put(statement, keys.balance[0], BALANCE_SIZE);
    bare_put(statement, keys.balance[1], BALANCE_SIZE);
    bare_put(bare->put, keys.timer, TIMER_SIZE);
    (void)sqlite3_bind_text(bare->drop, 1, keys.old_timer, -1, SQLITE_STATIC);
    run(bare->drop);
    bare_append(bare, POST_SIZE);
    bare_append(bare, STATE_SIZE);
}

static void bare_open(struct bare *bare, const char *path)
{
    require(sqlite3_open(path, &bare->db) == SQLITE_OK, "no file");
    execute(bare->db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                      "CREATE TABLE entry(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);"
                      "CREATE TABLE log(number INTEGER PRIMARY KEY, body TEXT NOT NULL)");
    (void)sqlite3_prepare_v2(bare->db, "INSERT INTO entry VALUES(?1, ?2)", -1, &bare->put, NULL);
    (void)sqlite3_prepare_v2(bare->db, "UPDATE entry SET value = ?2 WHERE key = ?1", -1, &bare->change, NULL);
    (void)sqlite3_prepare_v2(bare->db, "DELETE FROM entry WHERE key = ?1", -1, &bare->drop, NULL);
    (void)sqlite3_prepare_v2(bare->db, "INSERT INTO log(body) VALUES(?1)", -1, &bare->append, NULL);
}

static struct cost measure_bare(const char *folder, unsigned batch)
{
    char path[128];
    struct bare bare;

    (void)snprintf(path, sizeof path, "%s/bare-%u.db", folder, batch);
    bare_open(&bare, path);
    execute(bare.db, "BEGIN");
    for (unsigned n = 1; n <= ORDERS; n++) {
        bare_command(&bare, n);
    }
    execute(bare.db, "COMMIT");
    const double cpu_us = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    const double wall_us = clock_us(CLOCK_MONOTONIC);
    for (unsigned n = 1; n <= COMMANDS; n++) {
        if (n % batch == 1 || batch == 1) {
            execute(bare.db, "BEGIN");
        }
        bare_command(&bare, ORDERS + n);
        if (n % batch == 0) {
            execute(bare.db, "COMMIT");
        }
    }
    const struct cost cost = cost_of(cpu_us, wall_us);
    (void)sqlite3_finalize(bare.put);
    (void)sqlite3_finalize(bare.change);
    (void)sqlite3_finalize(bare.drop);
    (void)sqlite3_finalize(bare.append);
    (void)sqlite3_close(bare.db);
    return cost;
}

/* --- the store ----------------------------------------------------------------------------------------------------- */

/* Every order is met again after so many commands, so its version is known. */
static void command(struct ocpp_settle_store *store, unsigned n)
{
    const bool is_first = n <= ORDERS;
    const enum ocpp_settle_change_kind kind = is_first ? OCPP_SETTLE_INSERT : OCPP_SETTLE_UPDATE;
    const int64_t version = (n - 1) / ORDERS;
    struct keys keys;

    differ(n);
    keys_of(&keys, n);
    const struct ocpp_settle_change changes[] = {
        { kind, keys.order, version, bytes, ORDER_SIZE },        { kind, keys.balance[0], version, bytes, BALANCE_SIZE },
        { kind, keys.balance[1], version, bytes, BALANCE_SIZE }, { OCPP_SETTLE_INSERT, keys.timer, 0, bytes, TIMER_SIZE },
        { OCPP_SETTLE_DELETE, keys.old_timer, 1, NULL, 0 },
    };
    const struct ocpp_settle_entry entries[] = { { "post", bytes, POST_SIZE }, { "state", bytes, STATE_SIZE } };
    const struct ocpp_settle_write write = { changes, n > 2 ? 5 : 4, entries, 2, n, NULL, 0 };
    require(store->write(&write, NULL, NULL, store->user) == OCPP_OK, "a write was refused");
}

static struct cost measure(const char *folder, unsigned batch)
{
    struct ocpp_settle_sqlite_settings settings = ocpp_settle_sqlite_settings_default();
    struct ocpp_settle_store *store = NULL;
    char path[128];
    char reason[256] = "";

    settings.group = true;
    settings.group_limit = 1000000;
    (void)snprintf(path, sizeof path, "%s/store-%u.db", folder, batch);
    require(ocpp_settle_sqlite_open(path, &settings, &store, reason, sizeof reason) == OCPP_OK, reason);
    for (unsigned n = 1; n <= ORDERS; n++) {
        command(store, n);
    }
    store->flush(store->user);
    const double cpu_us = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    const double wall_us = clock_us(CLOCK_MONOTONIC);
    for (unsigned n = 1; n <= COMMANDS; n++) {
        command(store, ORDERS + n);
        if (n % batch == 0) {
            store->flush(store->user);
        }
    }
    const struct cost cost = cost_of(cpu_us, wall_us);
    ocpp_settle_sqlite_close(store);
    return cost;
}

int main(int argc, char **argv)
{
    static const unsigned batches[] = { 1, 10, 100, 1000 };
    char made[128] = "";

    if (argc < 2) {
        scratch_make(made, sizeof made);
    }
    const char *folder = argc >= 2 ? argv[1] : made;
    memset(bytes, 'x', sizeof bytes);
    printf("%d commands, each of 5 rows and 2 entries; us for each\n", COMMANDS);
    printf("%-10s %10s %10s %10s %10s %8s %8s\n", "batch", "bare cpu", "bare time", "store cpu", "store time", "cpu", "time");
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        const struct cost floor = measure_bare(folder, batches[i]);
        const struct cost store = measure(folder, batches[i]);

        printf("%-10u %10.1f %10.1f %10.1f %10.1f %8.2f %8.2f\n", batches[i], floor.cpu_us, floor.wall_us, store.cpu_us,
               store.wall_us, floor.cpu_us / store.cpu_us, floor.wall_us / store.wall_us);
    }
    if (made[0] != '\0') {
        scratch_remove(made);
    }
    return 0;
}
