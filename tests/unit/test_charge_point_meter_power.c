/* The power goes at every write of a time with samples, clock-aligned readings, an account and signed values, online and offline.
 * Afterwards every value the central system has is what the meter showed at its time, none is there twice, each transaction began
 * and ended once; values are missing only where the power was. */
#include "meter_world.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define REGISTER "Energy.Active.Import.Register"

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static size_t read_signed(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    static const struct ocpp_signed_value value = { "T0NNRnx7fXx7fQ==", "", "OCMF", "b2NhOmJhc2UxNjphc24xOjMwNTk=" };
    const size_t count = read_curve(evse, samples, room, user);
    if (count > 0) {
        samples[0].signed_value = &value;
    }
    return count;
}

/* --- the time ------------------------------------------------------------------------------------------------------------ */

static bool is_dark(const struct world *world)
{
    return test_storage_is_cut(world->storage);
}

static void begin(struct world *world)
{
    plug(world, 1);
    if (!is_dark(world)) {
        card(world, 1, "TAG");
    }
}

static void end(struct world *world)
{
    unplug(world, 1);
}

static void some_minutes(struct world *world)
{
    world_pass(world, 200);
}

static void offline(struct world *world)
{
    world_disconnect(world);
}

static void online(struct world *world)
{
    world_connect(world, world->version);
}

static void (*const steps[])(struct world *) = {
    some_minutes, begin, some_minutes, end, offline, some_minutes, begin, some_minutes, end, online, some_minutes,
};

static void live(struct world *world)
{
    for (size_t i = 0; i < COUNT_OF(steps) && !is_dark(world); i++) {
        steps[i](world);
    }
}

static void set_up(struct world *world)
{
    world_set(world, "MeterValuesSampledData", REGISTER);
    world_set(world, "MeterValuesAlignedData", REGISTER);
    world_set(world, "ClockAlignedDataInterval", "60");
    if (world_is_old(world)) {
        world_set(world, "StopTxnSampledData", REGISTER);
        world_set(world, "SampledDataSignReadings", "true");
    } else {
        world_set_variable(world, "SampledDataCtrlr", "TxEndedInterval", NULL, "60");
        world_set_variable(world, "SampledDataCtrlr", "SignReadings", NULL, "true");
    }
    central_forgets(world);
}

static struct world *metered(enum ocpp_version version, bool flushes)
{
    struct world *world = world_new();
    world->hardware.read_meter = read_signed;
    world->settings.offline_unknown_allowed = true;
    world->settings.max_signed_bytes = 400;
    world->settings.max_transaction_readings = 4; /* so that slots are written over */
    world_power_on(world);
    world_connect(world, version);
    set_up(world);
    world->flushes = flushes;
    test_storage_delay(world->storage, flushes);
    return world;
}

static void assert_exact(const struct world *world)
{
    for (size_t i = 0; i < world->session_count; i++) {
        assert_int_equal(world->sessions[i].started, 1);
        assert_int_equal(world->sessions[i].ended, 1);
        assert_true(world->sessions[i].meter_start <= world->sessions[i].meter_stop);
    }
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    assert_told_the_truth(world);
}

static bool count_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    *(size_t *)user += strncmp(key, "data/", 5) == 0 || strncmp(key, "signed/", 7) == 0;
    return true;
}

static size_t leftovers(const struct world *world)
{
    size_t count = 0;
    world->memory->each("", NULL, count_entry, &count, world->memory->user);
    return count;
}

static unsigned writes_of_it(enum ocpp_version version, bool flushes)
{
    struct world *world = metered(version, flushes);
    const unsigned before = test_storage_writes(world->storage);
    live(world);
    assert_exact(world);
    assert_int_equal(world->session_count, 2);
    assert_int_equal(leftovers(world), 0);
    assert_int_equal(count_told(world, "Transaction.Begin", REGISTER, true), world_is_old(world) ? 4 : 2);
    const unsigned writes = test_storage_writes(world->storage) - before;
    world_free(world);
    return writes;
}

static int64_t minute_of(const struct world *world)
{
    return (world->central_utc_ms + world->now.mono_ms) / 60000;
}

/* The main meter was told every minute, but for those around the cut: the one whose write it was, and those in the dark,
 * which is as long as a step and half a minute. */
enum { MOST_MISSED = 1 + (200 + 30) / 60 + 1 };

static void assert_gaps_only_around_the_cut(const struct world *world, int64_t first_minute)
{
    struct told_reading *readings = calloc(MOST_READINGS, sizeof(*readings));
    const size_t count = told_readings(world, readings, MOST_READINGS);
    int64_t minutes = 0;
    for (size_t i = 0; i < count; i++) {
        minutes += readings[i].place == 0;
    }
    assert_in_range(minutes, minute_of(world) - first_minute - MOST_MISSED, minute_of(world) - first_minute);
    free(readings);
}

static void cut_at(enum ocpp_version version, bool flushes, unsigned nth, size_t keep)
{
    struct world *world = metered(version, flushes);
    const int64_t first_minute = minute_of(world);
    test_storage_cut(world->storage, nth, keep);
    live(world);
    assert_true(is_dark(world));
    world_power_back(world, 30);
    world_connect(world, version);
    world_pass(world, 30);
    assert_exact(world);
    begin(world);
    some_minutes(world);
    end(world);
    assert_exact(world);
    assert_gaps_only_around_the_cut(world, first_minute);
    assert_int_equal(leftovers(world), 0);
    world_free(world);
}

static void a_cut_at_any_write_leaves_only_the_truth(void **state)
{
    const unsigned writes = writes_of_it(version_of(state), false);
    print_message("    %u writes\n", writes);
    assert_true(writes > 40);
    for (unsigned nth = 1; nth <= writes; nth += every()) {
        for (size_t keep = 0; keep <= 1; keep++) {
            cut_at(version_of(state), false, nth, keep);
        }
    }
}

static void the_same_with_a_store_that_is_flushed_later(void **state)
{
    const unsigned writes = writes_of_it(version_of(state), true);
    for (unsigned nth = 1; nth <= writes; nth += 2 * every()) {
        for (size_t keep = 0; keep <= 2; keep++) {
            cut_at(version_of(state), true, nth, keep);
        }
    }
}

/* A transaction that goes on after the cut says where the interruption ended, and its account has both sides of it. */
static void a_transaction_that_goes_on_tells_where_it_went_on(void **state)
{
    struct world *world = world_new();
    world->hardware.read_meter = read_curve;
    world->settings.resume_transactions_ms = 60000;
    world_power_on(world);
    world_connect(world, version_of(state));
    world_set(world, "MeterValuesSampledData", REGISTER);
    if (world_is_old(world)) {
        world_set(world, "StopTxnSampledData", REGISTER);
    } else {
        world_set_variable(world, "SampledDataCtrlr", "TxEndedInterval", NULL, "60");
    }
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 130);
    world_power_back(world, 20);
    world_connect(world, version_of(state));
    plug(world, 1);
    world_pass(world, 130);
    assert_int_equal(count_told(world, "Interruption.End", REGISTER, false), 1);
    card(world, 1, "TAG");
    unplug(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, true), 4);
    assert_told_the_truth(world);
    central_forgets(world);
    plug(world, 1); /* the next one was not interrupted */
    card(world, 1, "TAG");
    world_pass(world, 130);
    assert_int_equal(count_told(world, "Interruption.End", REGISTER, false), 1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_cut_at_any_write_leaves_only_the_truth),
        IN_EACH_VERSION(the_same_with_a_store_that_is_flushed_later),
        IN_EACH_VERSION(a_transaction_that_goes_on_tells_where_it_went_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
