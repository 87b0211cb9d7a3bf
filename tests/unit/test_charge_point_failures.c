/* A long day in which one thing fails: a call of the store, an allocation, the meter, the firmware's obedience. Once the fault is
 * gone the station finishes the day, and the central system's record is exact, or what it lacks was logged. */
#include "allocator.h"
#include "station_day.h"
#include "unit.h"

#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static struct day day_in(enum ocpp_version version)
{
    return day_of(version, version, false);
}

/* --- the store
 * ------------------------------------------------------------------------------------------------------------------- */

struct store_fault {
    const char *name;
    unsigned (*calls)(const struct test_storage *test);
    void (*set)(struct test_storage *test, unsigned nth, enum ocpp_status status);
    enum ocpp_status status;
    unsigned step; /* reads are many, and follow one another */
};

static const struct store_fault store_faults[] = {
    { "a write is refused, the store is full", test_storage_writes, test_storage_refuse, OCPP_ERR_FULL, 1 },
    { "a write is lost", test_storage_writes, test_storage_lose, OCPP_ERR_STORAGE, 1 },
    { "a read fails", test_storage_looks, test_storage_blind, OCPP_ERR_STORAGE, 2 },
};

static unsigned calls_of_a_day(enum ocpp_version version, const struct store_fault *fault)
{
    struct day day = day_in(version);
    day_switch_on(&day);
    day_live(&day);
    const unsigned calls = fault->calls(day.world->storage);
    world_free(day.world);
    return calls;
}

static void live_with(enum ocpp_version version, const struct store_fault *fault, unsigned nth)
{
    struct day day = day_in(version);
    fault->set(day.world->storage, nth, fault->status);
    assert_true(day_switch_on(&day));
    day_live(&day);
    day_settle(&day);
    day_is_exact(&day);
    world_free(day.world);
}

/* peers: file system full. */
static void any_call_of_the_store_may_fail_once(void **state)
{
    for (size_t i = 0; i < COUNT_OF(store_faults); i++) {
        const unsigned calls = calls_of_a_day(version_of(state), &store_faults[i]);
        print_message("    %s: %u\n", store_faults[i].name, calls);
        for (unsigned nth = 1; nth <= calls; nth += store_faults[i].step * every()) {
            live_with(version_of(state), &store_faults[i], nth);
        }
    }
}

/* --- the memory
 * ------------------------------------------------------------------------------------------------------------------ */

static size_t live_without_memory(enum ocpp_version version, size_t nth)
{
    struct test_allocator memory;
    struct day day = day_in(version);
    test_allocator_start(&memory, nth);
    day.world->settings.allocator = &memory.allocator;
    assert_true(day_switch_on(&day));
    day_live(&day);
    const size_t calls = memory.calls;
    day_settle(&day);
    day_is_exact(&day);
    world_free(day.world);
    assert_int_equal(memory.blocks, 0);
    return calls;
}

static void any_allocation_may_fail_once(void **state)
{
    const size_t calls = live_without_memory(version_of(state), 0);
    print_message("    %zu allocations\n", calls);
    for (size_t nth = 1; nth <= calls; nth += (nth < 200 ? 1 : 7) * every()) {
        live_without_memory(version_of(state), nth);
    }
}

/* --- the hardware
 * ---------------------------------------------------------------------------------------------------------------- */

/* What the log said, as far as it matters. */
static unsigned warnings;

static void count_warnings(enum ocpp_log_level level, const char *line, void *user)
{
    (void)line;
    (void)user;
    warnings += level <= OCPP_LOG_WARNING;
}

static unsigned reads; /* of the meter, in this day */
static unsigned silent_read;

static void be_silent_once(struct world *world, const char *which, int evse)
{
    (void)evse;
    if (strcmp(which, "read_meter") == 0) {
        world->meter_is_silent = ++reads == silent_read;
    }
}

/* Energy nobody measured cannot be told; that the meter was silent is in the log. Nothing is ever told that did not flow. */
static void the_meter_may_be_silent_once(void **state)
{
    unsigned reads_of_a_day = 1;
    for (silent_read = 0; silent_read <= reads_of_a_day; silent_read++) {
        struct day day = day_in(version_of(state));
        warnings = 0;
        day.world->settings.log = (struct ocpp_log){ .write = count_warnings, .level = OCPP_LOG_WARNING };
        day.world->in_callback = be_silent_once;
        reads = 0;
        assert_true(day_switch_on(&day));
        day_live(&day);
        reads_of_a_day = reads;
        day_settle(&day);
        day_is_told(&day);
        const int64_t told_wh = day_told_wh(&day);
        assert_true(told_wh <= day.energy_wh);
        assert_true(told_wh == day.energy_wh || warnings > 0);
        world_free(day.world);
    }
    assert_true(reads_of_a_day > 20);
}

static void no_lock(int evse, int connector, bool locked, void *user)
{
    (void)evse;
    (void)connector;
    (void)locked;
    (void)user;
}

static void a_lock_that_does_not_obey_changes_nothing_of_the_record(void **state)
{
    for (int has_one = 0; has_one <= 1; has_one++) {
        struct day day = day_in(version_of(state));
        day.world->hardware.lock = has_one ? no_lock : NULL;
        assert_true(day_switch_on(&day));
        day_live(&day);
        day_settle(&day);
        day_is_exact(&day);
        world_free(day.world);
    }
}

static void no_restart(bool hard, void *user)
{
    (void)hard;
    (void)user;
}

/* The day goes on with the station that should have restarted. It takes nobody until the reset is given up, and then anybody. */
static void a_restart_that_is_ignored_ends_in_normal_operation(void **state)
{
    struct day day = day_in(version_of(state));
    day.world->hardware.restart = no_restart;
    assert_true(day_switch_on(&day));
    day_live(&day);
    day_settle(&day);
    day_is_exact(&day);
    plug(day.world, 1);
    card(day.world, 1, "TAG");
    assert_true(day.world->closed[1]);
    world_free(day.world);
}

/* Whatever is called back calls back: what a firmware may do at any moment, at the EVSE that the day leaves alone. */
static void meddle(struct world *world, const char *which, int evse)
{
    static const struct ocpp_fault fault = { .code = "GroundFailure" };
    static unsigned turn;
    struct ocpp_evse_view view;
    (void)which;
    (void)evse;
    if (world->cp == NULL || turn > 1000000) {
        return;
    }
    turn++;
    assert_int_equal(ocpp_charge_point_evse(world->cp, 1, &view), OCPP_OK);
    assert_int_equal(ocpp_charge_point_fault(world->cp, 2, 1, turn % 16 == 0 ? &fault : NULL, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 2, 1, turn % 8 < 2, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_latch(world->cp, 2, 1, turn % 4 == 0, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_stop(world->cp, 2, OCPP_STOP_LOCAL, world->now), OCPP_ERR_NOT_FOUND);
}

static void callbacks_that_call_the_inputs_disturb_nothing(void **state)
{
    struct day day = day_in(version_of(state));
    day.world->in_callback = meddle;
    day.meddles = true;
    assert_true(day_switch_on(&day));
    day_live(&day);
    day.world->in_callback = NULL;
    ocpp_charge_point_fault(day.world->cp, 2, 1, NULL, day.world->now);
    unplug(day.world, 2);
    day_settle(&day);
    day_is_told(&day);
    assert_int_equal(day_told_wh(&day), day.energy_wh);
    world_free(day.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(any_call_of_the_store_may_fail_once),
        IN_EACH_VERSION(any_allocation_may_fail_once),
        IN_EACH_VERSION(the_meter_may_be_silent_once),
        IN_EACH_VERSION(a_lock_that_does_not_obey_changes_nothing_of_the_record),
        IN_EACH_VERSION(a_restart_that_is_ignored_ends_in_normal_operation),
        IN_EACH_VERSION(callbacks_that_call_the_inputs_disturb_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
