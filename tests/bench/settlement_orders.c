/* settlement_orders.c: complete orders of vehicles by a backend over SQLite: opened, held, fed with readings, sealed, captured,
 * each step durable; beside the floor: bare SQLite that commits rows of the same sizes in the same batches, and nothing else.
 *
 * So many vehicles charge at once; a round is one step of each, and its writes are one group. Usage: bench_settlement_orders
 * [FOLDER]
 */
#include "scratch.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/orders.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 6, READINGS = 3, MOST = 256, STEPS = 1000000 };

/* A change or entry that was written, or with |key| "" a commit. */
struct step {
    enum ocpp_settle_change_kind kind;
    bool is_entry;
    size_t size;
    char key[96];
};

struct bench {
    struct ocpp_settle *settle;
    struct ocpp_settle_store *store;
    struct ocpp_settle_keys *keys;
    struct ocpp_now now;
    struct step *steps; /* NULL: nobody writes down */
    size_t step_count;
    size_t rows;
    size_t entries;
    size_t commits;
    struct {
        char operation[OCPP_SETTLE_ID_SIZE];
        int64_t amount_minor;
    } owed[MOST]; /* answers of the provider */
    size_t owed_count;
    size_t paid;
};

static void require(bool good, const char *what)
{
    if (!good) {
        (void)fprintf(stderr, "bench_settlement_orders: %s\n", what);
        exit(1);
    }
}

static double clock_us(clockid_t clock)
{
    struct timespec time;

    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

struct cost {
    double cpu_us;
    double wall_us;
};

static struct cost clocks(void)
{
    return (struct cost){ clock_us(CLOCK_PROCESS_CPUTIME_ID), clock_us(CLOCK_MONOTONIC) };
}

static struct cost since(struct cost begun)
{
    const struct cost now = clocks();
    return (struct cost){ now.cpu_us - begun.cpu_us, now.wall_us - begun.wall_us };
}

/* --- a store that is written down ---------------------------------------------------------------------------------- */

static void note_step(struct bench *bench, struct step step, const char *key)
{
    require(bench->step_count < STEPS, "too many steps");
    (void)snprintf(step.key, sizeof step.key, "%s", key);
    if (bench->steps != NULL) {
        bench->steps[bench->step_count++] = step;
    }
}

static enum ocpp_status write_down(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                   void *done_user, void *user)
{
    struct bench *bench = user;

    for (size_t i = 0; i < write->change_count; i++) {
        note_step(bench, (struct step){ .kind = write->changes[i].kind, .size = write->changes[i].size }, write->changes[i].key);
    }
    for (size_t i = 0; i < write->entry_count; i++) {
        note_step(bench, (struct step){ .is_entry = true, .size = write->entries[i].size + 80 }, "entry");
    }
    bench->rows += write->change_count;
    bench->entries += write->entry_count;
    return bench->store->write(write, done, done_user, bench->store->user);
}

static void flush(struct bench *bench)
{
    note_step(bench, (struct step){ .kind = OCPP_SETTLE_INSERT }, "");
    bench->commits++;
    bench->store->flush(bench->store->user);
}

static enum ocpp_status pass_read(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user,
                                  void *user)
{
    struct bench *bench = user;
    return bench->store->read(key, visit, visit_user, bench->store->user);
}

static enum ocpp_status pass_each(const char *prefix, const char *from,
                                  bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    struct bench *bench = user;
    return bench->store->each(prefix, from, visit, visit_user, bench->store->user);
}

static enum ocpp_status pass_journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                     void *visit_user, void *user)
{
    struct bench *bench = user;
    return bench->store->journal(from, visit, visit_user, bench->store->user);
}

static uint64_t pass_changes(void *user)
{
    struct bench *bench = user;
    return bench->store->changes(bench->store->user);
}

static void pass_flush(void *user)
{
    flush(user);
}

static enum ocpp_status pass_head(struct ocpp_settle_head *head, void *user)
{
    struct bench *bench = user;
    return bench->store->head(head, bench->store->user);
}

static enum ocpp_status pass_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms, int64_t *token,
                                   void *user)
{
    struct bench *bench = user;
    return bench->store->take_lease(name, holder, now_utc_ms, until_utc_ms, token, bench->store->user);
}

/* --- the world ----------------------------------------------------------------------------------------------------- */

static const struct ocpp_settle_tax vat[] = { { .name = "VAT", .rate_ppm = 190000 } };
static const struct ocpp_settle_price_component prices[] = {
    { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .price_micro = 500000, .taxes = { vat, 1 } },
};
static const struct ocpp_settle_tariff_element elements[] = { { .components = { prices, 1 } } };
static const struct ocpp_settle_tariff tariff = {
    .id = "bench", .currency = "EUR", .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN, .elements = { elements, 1 }
};

static bool find_tariff(const char *station, const struct ocpp_settle_tariff **found, const char **zone, void *user)
{
    (void)station, (void)user;
    *found = &tariff;
    *zone = "UTC";
    return true;
}

static size_t find_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user)
{
    (void)zone, (void)utc_ms, (void)user;
    if (room > 0) {
        transitions[0] = (struct ocpp_settle_zone_transition){ 0, 0 };
    }
    return room > 0;
}

static bool find_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    (void)token, (void)user;
    *payer = (struct ocpp_settle_payer){ .provider = "card" };
    return true;
}

static void on_event(const struct ocpp_settle_event *event, void *user)
{
    struct bench *bench = user;
    bench->paid += event->kind == OCPP_SETTLE_EVENT_ORDER && event->state != NULL && strcmp(event->state, "Paid") == 0;
}

static enum ocpp_status begin_payment(const struct ocpp_settle_payment_request *request, void *user)
{
    struct bench *bench = user;

    require(bench->owed_count < MOST, "too many payments at once");
    (void)snprintf(bench->owed[bench->owed_count].operation, sizeof bench->owed[0].operation, "%s", request->operation);
    bench->owed[bench->owed_count++].amount_minor = request->amount_minor;
    return OCPP_OK;
}

static enum ocpp_status query_payment(const struct ocpp_settle_payment_request *request, void *user)
{
    (void)request, (void)user;
    return OCPP_OK;
}

static enum ocpp_status send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    (void)station, (void)data, (void)token, (void)user;
    return OCPP_ERR_STATE;
}

static void answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *data, void *user)
{
    (void)station, (void)token, (void)data, (void)user;
}

/* Until nothing is left to do: commits, answers of the provider, timers that are due. */
static void settle_down(struct bench *bench)
{
    do {
        flush(bench);
        const size_t count = bench->owed_count;

        bench->owed_count = 0;
        for (size_t i = 0; i < count; i++) {
            const struct ocpp_settle_payment_answer good = { .result = OCPP_SETTLE_PAYMENT_OK,
                                                             .reference = "ref",
                                                             .amount_minor = bench->owed[i].amount_minor,
                                                             .currency = "EUR",
                                                             .expires_utc_ms = OCPP_NEVER };
            char operation[OCPP_SETTLE_ID_SIZE];

            (void)snprintf(operation, sizeof operation, "%s", bench->owed[i].operation);
            (void)ocpp_settle_payment_answered(bench->settle, operation, &good, bench->now);
        }
        ocpp_settle_advance(bench->settle, bench->now);
        flush(bench);
    } while (bench->owed_count > 0 || ocpp_settle_deadline(bench->settle) <= bench->now.mono_ms);
}

static void open_backend(struct bench *bench, const char *path)
{
    struct ocpp_settle_sqlite_settings file = ocpp_settle_sqlite_settings_default();
    struct ocpp_settle_settings settings = ocpp_settle_settings_default();
    const struct ocpp_settle_keys_settings keys = { .max_keys = 8 };
    char reason[256] = "";

    file.group = true;
    file.group_limit = 100000;
    require(ocpp_settle_sqlite_open(path, &file, &bench->store, reason, sizeof reason) == OCPP_OK, reason);
    require(ocpp_settle_keys_open(&keys, &bench->keys) == OCPP_OK, "no keys");
    static struct ocpp_settle_provider card = {
        .name = "card", .capabilities = 31, .hold_lasts_ms = OCPP_NEVER, .begin = begin_payment, .query = query_payment
    };
    card.user = bench;
    settings.keys = *bench->keys;
    settings.store = (struct ocpp_settle_store){ pass_read,    pass_each,   write_down, pass_flush,
                                                 pass_journal, pass_head,   pass_lease, bench->store->max_value_bytes,
                                                 bench,        pass_changes };
    settings.transport = (struct ocpp_settle_transport){ .send = send, .answer = answer };
    settings.providers = &card;
    settings.provider_count = 1;
    settings.find_tariff = find_tariff;
    settings.find_transitions = find_transitions;
    settings.find_payer = find_payer;
    settings.on_event = on_event;
    settings.user = bench;
    require(ocpp_settle_new(&settings, bench->now, &bench->settle) == OCPP_OK, "no backend");
}

/* --- vehicles ------------------------------------------------------------------------------------------------------ */

static void tell(struct bench *bench, int round, int car, enum ocpp_transaction_phase phase, int64_t wh)
{
    char station[24];
    char id[40];
    char token[24];

    (void)snprintf(station, sizeof station, "PILE-%d", car);
    (void)snprintf(id, sizeof id, "transaction-%d-%d", round, car);
    (void)snprintf(token, sizeof token, "TOKEN-%d", car);
    const bool is_end = phase == OCPP_TRANSACTION_ENDED;
    const struct ocpp_transaction transaction = {
        .identity = station,
        .id = id,
        .version = OCPP_VERSION_2_0_1,
        .evse = 1,
        .connector = 1,
        .token = token,
        .token_type = OCPP_TOKEN_ISO14443,
        .started_utc_ms = INT64_C(1800000000000) + (int64_t)round * 3600000,
        .ended = is_end,
        .ended_utc_ms = is_end ? bench->now.utc_ms : OCPP_UTC_UNKNOWN,
        .charging_state = OCPP_CHARGING_STATE_CHARGING,
        .has_meter_start = true,
        .meter_start_wh = 1000,
        .has_meter_last = true,
        .meter_last_wh = wh,
    };
    const struct ocpp_meter_sample sample = { .sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                                          .value = { wh, 0 } },
                                              .context = OCPP_CONTEXT_SAMPLE_PERIODIC,
                                              .timestamp_utc_ms = bench->now.utc_ms };
    const struct ocpp_transaction_event event = { .phase = phase,
                                                  .transaction = &transaction,
                                                  .samples = &sample,
                                                  .sample_count = phase == OCPP_TRANSACTION_UPDATED,
                                                  .trigger = OCPP_TRIGGER_METER_VALUE_PERIODIC };
    require(ocpp_settle_transaction(bench->settle, &event, bench->now) == OCPP_OK, "a transaction was refused");
}

static void step_all(struct bench *bench, int round, int cars, enum ocpp_transaction_phase phase, int64_t wh)
{
    bench->now.mono_ms += 60000;
    bench->now.utc_ms = INT64_C(1800000000000) + bench->now.mono_ms;
    for (int car = 0; car < cars; car++) {
        tell(bench, round, car, phase, wh);
    }
    settle_down(bench);
}

static void visit_all(struct bench *bench, int round, int cars)
{
    bench->now.mono_ms = (int64_t)round * 3600000;
    step_all(bench, round, cars, OCPP_TRANSACTION_STARTED, 1000);
    for (int i = 1; i <= READINGS; i++) {
        step_all(bench, round, cars, OCPP_TRANSACTION_UPDATED, 1000 + 2000 * i);
    }
    step_all(bench, round, cars, OCPP_TRANSACTION_ENDED, 9000);
}

/* --- the floor ----------------------------------------------------------------------------------------------------- */

static void execute(sqlite3 *db, const char *text)
{
    require(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
}

static void repeat(sqlite3_stmt *const statements[4], const struct step *step, const char *bytes)
{
    sqlite3_stmt *statement = step->is_entry ? statements[3] : statements[step->kind];
    const int value = step->is_entry ? 1 : 2;

    if (!step->is_entry) {
        (void)sqlite3_bind_text(statement, 1, step->key, -1, SQLITE_STATIC);
    }
    if (step->is_entry || step->kind != OCPP_SETTLE_DELETE) {
        (void)sqlite3_bind_text(statement, value, bytes, (int)step->size, SQLITE_STATIC);
    }
    require(sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK, "the floor gives way");
}

/* Keys are written down short enough to be told apart still. */
static struct cost measure_floor(const struct bench *bench, const char *path)
{
    static const char *const texts[] = { "REPLACE INTO row VALUES(?1, ?2)", "UPDATE row SET value = ?2 WHERE key = ?1",
                                         "DELETE FROM row WHERE key = ?1", "INSERT INTO log(body) VALUES(?1)" };
    static char bytes[300000];
    sqlite3_stmt *statements[4];
    sqlite3 *db;

    memset(bytes, 'x', sizeof bytes);
    require(sqlite3_open(path, &db) == SQLITE_OK, "no file");
    execute(db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                "CREATE TABLE row(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);"
                "CREATE TABLE log(number INTEGER PRIMARY KEY, body TEXT NOT NULL)");
    for (int i = 0; i < 4; i++) {
        require(sqlite3_prepare_v2(db, texts[i], -1, &statements[i], NULL) == SQLITE_OK, sqlite3_errmsg(db));
    }
    const struct cost begun = clocks();
    bool is_open = false;
    for (size_t i = 0; i < bench->step_count; i++) {
        const struct step *step = &bench->steps[i];

        if (step->key[0] == '\0') {
            execute(db, is_open ? "COMMIT" : "SELECT 1");
            is_open = false;
            continue;
        }
        if (!is_open) {
            execute(db, "BEGIN IMMEDIATE");
            is_open = true;
        }
        (void)snprintf(bytes, 9, "%08X", (unsigned)i);
        bytes[8] = 'x';
        repeat(statements, step, bytes);
    }
    const struct cost cost = since(begun);
    for (int i = 0; i < 4; i++) {
        (void)sqlite3_finalize(statements[i]);
    }
    (void)sqlite3_close(db);
    return cost;
}

static void measure(const char *folder, int cars)
{
    static struct bench bench;
    char path[160];
    const double orders = (double)ROUNDS * cars;

    memset(&bench, 0, sizeof bench);
    bench.now.utc_ms = INT64_C(1800000000000);
    bench.steps = malloc(STEPS * sizeof *bench.steps);
    require(bench.steps != NULL, "out of memory");
    (void)snprintf(path, sizeof path, "%s/orders-%d.db", folder, cars);
    open_backend(&bench, path);
    const struct cost begun = clocks();
    for (int round = 0; round < ROUNDS; round++) {
        visit_all(&bench, round, cars);
    }
    const struct cost cost = since(begun);
    require(bench.paid == (size_t)ROUNDS * (size_t)cars, "an order was not paid");
    ocpp_settle_free(bench.settle);
    ocpp_settle_sqlite_close(bench.store);
    ocpp_settle_keys_close(bench.keys);
    (void)snprintf(path, sizeof path, "%s/floor-%d.db", folder, cars);
    const struct cost floor = measure_floor(&bench, path);
    printf("%-6d %8.1f %8.1f %10.0f %10.0f %10.0f %10.0f %6.2f %6.2f\n", cars, (double)bench.rows / orders,
           (double)bench.entries / orders, cost.cpu_us / orders, floor.cpu_us / orders, 1e6 * orders / cost.wall_us,
           1e6 * orders / floor.wall_us, floor.cpu_us / cost.cpu_us, floor.wall_us / cost.wall_us);
    free(bench.steps);
}

int main(int argc, char **argv)
{
    static const int cars[] = { 1, 16, MOST };
    char made[128] = "";

    if (argc < 2) {
        scratch_make(made, sizeof made);
    }
    const char *folder = argc >= 2 ? argv[1] : made;
    printf("orders of vehicles: start, hold, %d readings, seal, capture; each step durable\n", READINGS);
    printf("%-6s %8s %8s %10s %10s %10s %10s %6s %6s\n", "cars", "rows", "entries", "cpu us", "bare us", "orders/s", "bare/s",
           "cpu", "time");
    for (size_t i = 0; i < sizeof cars / sizeof cars[0]; i++) {
        measure(folder, cars[i]);
    }
    if (made[0] != '\0') {
        scratch_remove(made);
    }
    return 0;
}
