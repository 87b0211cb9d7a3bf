/* A disk that fails now and then takes whole groups of what was accepted with it, at any moment. What was told once more is on
 * one order and is paid once; memory never holds what the file does not. OCPP_SETTLE_SEED begins elsewhere.
 */
#define _POSIX_C_SOURCE 200809L

#include "scratch.h"
#include "settle_world.h"
#include "unit.h"

#include <sqlite3.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { HISTORIES = 20, CARS = 3, READINGS = 6, STEPS = 60, SESSION_MS = 3600000 };

static uint64_t state_of_chance;

static unsigned chance(unsigned below)
{
    state_of_chance = state_of_chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state_of_chance >> 33) % below;
}

/* --- the disk -------------------------------------------------------------------------------------------------------------- */

static unsigned fails_one_in; /* writes; 0: never */
static bool reads_fail;       /* likewise */
static unsigned failures;

static ssize_t read_or_fail(int file, void *bytes, size_t size, off_t at)
{
    if (reads_fail && fails_one_in > 0 && chance(fails_one_in) == 0) {
        failures++;
        errno = EIO;
        return -1;
    }
    return pread(file, bytes, size, at);
}

static ssize_t write_or_fail(int file, const void *bytes, size_t size, off_t at)
{
    if (fails_one_in > 0 && chance(fails_one_in) == 0) {
        failures++;
        errno = EIO;
        return -1;
    }
    return pwrite(file, bytes, size, at);
}

static void take_over_disk(bool takes)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    const sqlite3_syscall_ptr writes = takes ? (sqlite3_syscall_ptr)write_or_fail : NULL;
    const sqlite3_syscall_ptr reads = takes ? (sqlite3_syscall_ptr)read_or_fail : NULL;

    assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite", writes), SQLITE_OK);
    assert_int_equal(vfs->xSetSystemCall(vfs, "pread", reads), SQLITE_OK);
    (void)vfs->xSetSystemCall(vfs, "pwrite64", writes); /* where there are such */
    (void)vfs->xSetSystemCall(vfs, "pread64", reads);
}

static struct ocpp_settle_store *open_store(const char *folder)
{
    struct ocpp_settle_sqlite_settings settings = ocpp_settle_sqlite_settings_default();
    struct ocpp_settle_store *store = NULL;
    char path[96];

    (void)snprintf(path, sizeof path, "%s/settle.db", folder);
    settings.group = true;
    settings.group_limit = 1 + chance(12);
    assert_int_equal(ocpp_settle_sqlite_open(path, &settings, &store, NULL, 0), OCPP_OK);
    return store;
}

/* --- cars ------------------------------------------------------------------------------------------------------------------ */

/* session: what really happened, and what the central system has heard. Readings rise by multiples of 200 Wh: 11 cents. */
struct session {
    char id[16];
    char token[24];
    int64_t began;
    int64_t wh[READINGS + 2];
    struct ocpp_transaction record;
};

static void begin_session(const struct settle_world *w, struct session *session, unsigned number)
{
    int64_t wh = 200 * (int64_t)chance(1000);

    *session = (struct session){ .began = w->now.utc_ms - SESSION_MS - 1000 };
    snprintf(session->id, sizeof session->id, "%u", number);
    snprintf(session->token, sizeof session->token, "CARD-%u", number);
    for (size_t i = 0; i < COUNT_OF(session->wh); i++) {
        session->wh[i] = wh;
        wh += 200 * (int64_t)chance(5);
    }
    session->record = car_of(w, "PILE-1", session->id, session->token);
    session->record.started_utc_ms = OCPP_UTC_UNKNOWN;
}

static void tell(struct settle_world *w, struct session *session, size_t message)
{
    const bool is_start = message == 0;
    const bool is_end = message == READINGS + 1;
    const int64_t at = session->began + SESSION_MS / (READINGS + 1) * (int64_t)message;
    const int64_t wh = session->wh[message];
    struct ocpp_transaction *record = &session->record;
    const struct ocpp_meter_sample sample = {
        .sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { wh, 0 } }, .timestamp_utc_ms = at
    };

    if (is_start) {
        record->started_utc_ms = at;
        record->has_meter_start = true;
        record->meter_start_wh = wh;
    }
    if (is_end) {
        record->ended = true;
        record->ended_utc_ms = at;
    }
    if (is_end || (!record->ended && (!record->has_meter_last || wh > record->meter_last_wh))) {
        record->has_meter_last = true;
        record->meter_last_wh = wh;
    }
    tell_car(w,
             is_start ? OCPP_TRANSACTION_STARTED
             : is_end ? OCPP_TRANSACTION_ENDED
                      : OCPP_TRANSACTION_UPDATED,
             record, &sample, 1);
}

/* --- histories ------------------------------------------------------------------------------------------------------------- */

static void tell_in_any_order(struct settle_world *w, struct session sessions[CARS])
{
    for (int i = 0; i < STEPS; i++) {
        fails_one_in = chance(2) == 0 ? 2 + chance(8) : 0;
        reads_fail = true;
        tell(w, &sessions[chance(CARS)], chance(READINGS + 2));
        reads_fail = false; /* who checks reads */
        if (chance(3) == 0) {
            settle_world_run(w);
        }
        fails_one_in = 0;
        if (chance(20) == 0) {
            w->cut = SETTLE_CUT_NEVER;
            settle_world_restart(w);
            w->cut = SETTLE_CUT_REFUSED;
        }
    }
}

/* The central system hears everything once more, in order. */
static void tell_all(struct settle_world *w, struct session sessions[CARS])
{
    for (size_t i = 0; i < CARS; i++) {
        for (size_t message = 0; message < READINGS + 2; message++) {
            tell(w, &sessions[i], message);
        }
    }
    settle_world_run(w);
    pass_s(w, 7200);
}

static int64_t check(struct settle_world *w, const struct session *session, uint64_t seed)
{
    const int64_t due = (session->wh[READINGS + 1] - session->wh[0]) / 200 * 11;
    const struct ocpp_settle_order order = order_of(w, session->token);

    if (order.state != OCPP_SETTLE_ORDER_STATE_PAID || order.paid_minor != due || orders_of(w, session->token) != 1) {
        fail_msg("seed %u, %s: state %d, paid %d, due %d", (unsigned)seed, session->token, (int)order.state,
                 (int)order.paid_minor, (int)due);
    }
    return due;
}

static void run_history(uint64_t seed)
{
    struct session sessions[CARS];
    struct settle_world *w;
    int64_t due = 0;
    char folder[64];

    state_of_chance = seed;
    scratch_make(folder, sizeof folder);
    struct ocpp_settle_store *store = open_store(folder);
    w = settle_world_new_on(store, NULL);
    for (unsigned i = 0; i < CARS; i++) {
        begin_session(w, &sessions[i], i);
    }
    w->cut = SETTLE_CUT_REFUSED; /* a command may fail; the cut itself never comes */
    w->cut_at = -1;
    tell_in_any_order(w, sessions);
    w->cut = SETTLE_CUT_NEVER;
    tell_all(w, sessions);
    for (unsigned i = 0; i < CARS; i++) {
        due += check(w, &sessions[i], seed);
    }
    assert_int_equal(w->card.captured_minor - w->card.refunded_minor, due);
    assert_int_equal(w->card.held_minor, 0);
    settle_world_check_at_rest(w);
    settle_world_free(w);
    ocpp_settle_sqlite_close(store);
    scratch_remove(folder);
}

static void a_disk_that_fails_now_and_then_loses_no_money(void **state)
{
    const char *text = getenv("OCPP_SETTLE_SEED");
    const uint64_t first = text ? strtoull(text, NULL, 10) : 1;

    (void)state;
    failures = 0;
    take_over_disk(true);
    for (uint64_t seed = first; seed < first + HISTORIES; seed += every()) {
        run_history(seed);
    }
    take_over_disk(false);
    assert_true(failures > 0); /* or nothing was tested */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_disk_that_fails_now_and_then_loses_no_money),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
