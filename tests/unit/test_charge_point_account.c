/* The account at the end of a transaction: first reading, samples, last reading; as they are kept, thinned, told, and after a
 * store or the power failed. */
#include "allocator.h"
#include "meter_world.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGISTER "Energy.Active.Import.Register"

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static struct world *with_most(enum ocpp_version version, int most)
{
    struct world *world = world_new();
    world->hardware.read_meter = read_curve;
    world->settings.offline_unknown_allowed = true;
    world->settings.max_transaction_readings = most;
    world_power_on(world);
    world_connect(world, version);
    return world;
}

/* Samples every |seconds| for the end only. */
static void sample_for_the_end(struct world *world, const char *seconds)
{
    if (world_is_old(world)) {
        world_set(world, "MeterValueSampleInterval", seconds);
        world_set(world, "MeterValuesSampledData", "");
        world_set(world, "StopTxnSampledData", REGISTER);
        return;
    }
    world_set(world, "MeterValueSampleInterval", "0");
    world_set_variable(world, "SampledDataCtrlr", "TxEndedInterval", NULL, seconds);
}

static void charge_for(struct world *world, int seconds)
{
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, seconds);
    card(world, 1, "TAG");
    unplug(world, 1);
}

/* The times of the account's registers, in seconds since the first; their number. */
static size_t times_of(const struct world *world, long *times, size_t room)
{
    struct told_reading *readings = calloc(MOST_READINGS, sizeof(*readings));
    const size_t count = told_readings(world, readings, MOST_READINGS);
    size_t found = 0;
    int64_t first = 0;
    for (size_t i = 0; i < count; i++) {
        if (readings[i].is_end) {
            assert_true(found < room);
            first = found == 0 ? readings[i].at_utc_ms : first;
            times[found++] = (long)((readings[i].at_utc_ms - first) / 1000);
        }
    }
    free(readings);
    return found;
}

/* E06.FR.11, E07.FR.08; 1.6 errata 3.14 (3.16.6). */
static void it_has_the_first_the_samples_and_the_last(void **state)
{
    struct world *world = with_most(version_of(state), 100);
    long times[100];
    sample_for_the_end(world, "60");
    charge_for(world, 330);
    assert_int_equal(times_of(world, times, 100), 7);
    for (long i = 0; i < 6; i++) {
        assert_int_equal(times[i], 60 * i);
    }
    assert_int_equal(times[6], 330);
    assert_int_equal(count_told(world, "Transaction.Begin", REGISTER, true), 1);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, true), 5);
    assert_int_equal(count_told(world, "Transaction.End", REGISTER, true), 1);
    assert_told_the_truth(world);
    world_free(world);
}

/* 1.6 errata 3.14.5; 2.0.1 2.7.15. */
static void nothing_is_in_it_when_nothing_is_wanted(void **state)
{
    struct world *world = with_most(version_of(state), 100);
    if (!world_is_old(world)) {
        world_set_variable(world, "SampledDataCtrlr", "TxEndedMeasurands", NULL, "");
    }
    charge_for(world, 300);
    long times[100];
    assert_int_equal(times_of(world, times, 100), 0);
    world_free(world);
}

/* E06.FR.13, E07.FR.10; 1.6 errata 3.91. What stays lies evenly between the first and the last, which stay always. */
static void it_thins_itself_evenly(void **state)
{
    for (int most = 2; most <= 12; most += 5) {
        struct world *world = with_most(version_of(state), most);
        long times[100];
        sample_for_the_end(world, "10");
        charge_for(world, 2005);
        const size_t count = times_of(world, times, 100);
        assert_in_range(count, most == 2 ? 2 : most / 2, most);
        assert_int_equal(times[0], 0);
        assert_int_equal(times[count - 1], 2005);
        long widest = 0;
        long narrowest = 2005;
        for (size_t i = 1; i + 1 < count; i++) {
            widest = times[i] - times[i - 1] > widest ? times[i] - times[i - 1] : widest;
            narrowest = times[i] - times[i - 1] < narrowest ? times[i] - times[i - 1] : narrowest;
        }
        assert_true(most == 2 || widest <= 2 * narrowest);
        assert_told_the_truth(world);
        world_free(world);
    }
}

/* E07.FR.10: the 1st, 3rd, 5th value go first. Six places for samples, seven samples: the first is given up. */
static void the_first_to_go_is_the_first(void **state)
{
    struct world *world = with_most(version_of(state), 8);
    long times[10];
    sample_for_the_end(world, "10");
    charge_for(world, 85);
    const long expected[] = { 0, 20, 30, 40, 50, 60, 80, 85 };
    assert_int_equal(times_of(world, times, 10), 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(times[i], expected[i]);
    }
    world_free(world);
}

/* What the clock makes due is in it, too, and neither series drives the other out. */
static void both_series_share_the_room(void **state)
{
    struct world *world = with_most(version_of(state), 12);
    sample_for_the_end(world, "10");
    if (world_is_old(world)) {
        world_set(world, "ClockAlignedDataInterval", "10");
        world_set(world, "StopTxnAlignedData", REGISTER);
        world_set(world, "MeterValuesAlignedData", "");
    } else {
        world_set_variable(world, "AlignedDataCtrlr", "TxEndedInterval", NULL, "10");
        world_set_variable(world, "AlignedDataCtrlr", "TxEndedMeasurands", NULL, REGISTER);
    }
    world_pass(world, 3); /* so that the two do not fall together */
    charge_for(world, 1000);
    assert_in_range(count_told(world, "Sample.Clock", REGISTER, true), 3, 7);
    assert_in_range(count_told(world, "Sample.Periodic", REGISTER, true), 3, 7);
    assert_told_the_truth(world);
    world_free(world);
}

/* Offline, and in parts before and after the software was restarted: what is durable is told. */
static void it_survives_a_power_cut(void **state)
{
    struct world *world = with_most(version_of(state), 100);
    sample_for_the_end(world, "60");
    world_disconnect(world);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 400);
    world_power_back(world, 30);
    unplug(world, 1);
    world_connect(world, version_of(state));
    world_pass(world, 60);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, true), 6);
    assert_int_equal(count_told(world, "Transaction.Begin", REGISTER, true), 1);
    assert_told_the_truth(world);
    world_free(world);
}

static bool count_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(size_t *)user;
    return true;
}

static size_t kept(const struct world *world, const char *prefix)
{
    size_t count = 0;
    assert_int_equal(world->memory->each(prefix, NULL, count_entry, &count, world->memory->user), OCPP_OK);
    return count;
}

static void it_is_gone_when_it_was_told(void **state)
{
    struct world *world = with_most(version_of(state), 100);
    sample_for_the_end(world, "60");
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 200);
    assert_int_equal(kept(world, "data/"), 4);
    card(world, 1, "TAG");
    assert_int_equal(kept(world, "data/"), 0);
    unplug(world, 1);
    world_free(world);
}

/* A dead letter keeps its account, should somebody have it told again; what belongs to nothing goes at the next start. */
static void it_lives_as_long_as_its_letter(void **state)
{
    struct world *world = with_most(version_of(state), 100);
    sample_for_the_end(world, "60");
    world_set(world, "TransactionMessageAttempts", "1");
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 200);
    world->refuse_action = world_is_old(world) ? "StopTransaction" : "TransactionEvent";
    world->refuse_count = 10;
    card(world, 1, "TAG");
    unplug(world, 1);
    world_pass(world, 100);
    assert_true(ocpp_charge_point_view(world->cp).dead_letters > 0);
    assert_int_equal(kept(world, "data/"), 4);
    world_power_off(world);
    world_power_on(world);
    assert_int_equal(kept(world, "data/"), 4);
    world_power_off(world);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = "dead/" };
    assert_int_equal(world->memory->write(&change, 1, NULL, NULL, world->memory->user), OCPP_OK);
    world_power_on(world);
    assert_int_equal(kept(world, "data/"), 0);
    world_free(world);
}

/* J02.FR.20; errata 3.91: "being unable to send". What does not fit into a message goes from between. */
static void what_does_not_fit_goes_from_between(void **state)
{
    struct world *world = world_new();
    world->hardware.read_meter = read_curve;
    world->settings.max_transaction_readings = 400;
    world->settings.limits.max_bytes = 16384;
    world_power_on(world);
    world_connect(world, version_of(state));
    sample_for_the_end(world, "10");
    charge_for(world, 3000);
    assert_int_equal(the_session(world)->ended, 1);
    const size_t told = count_told(world, "Sample.Periodic", REGISTER, true);
    assert_in_range(told, 20, 70);
    for (size_t i = 0; i < world->call_count; i++) {
        assert_true(strlen(world->calls[i].payload) < 16384);
    }
    assert_int_equal(count_told(world, "Transaction.Begin", REGISTER, true), 1);
    assert_int_equal(count_told(world, "Transaction.End", REGISTER, true), 1);
    assert_told_the_truth(world);
    world_free(world);
}

/* A store that refuses a sample, or loses one it took: a gap, and what was in its place stays. */
static void a_store_that_fails_leaves_gaps(void **state)
{
    for (unsigned lost = 0; lost < 2; lost++) {
        for (unsigned nth = 1; nth <= 12; nth++) {
            struct world *world = with_most(version_of(state), 5);
            sample_for_the_end(world, "60");
            plug(world, 1);
            card(world, 1, "TAG");
            if (lost == 0) {
                test_storage_refuse(world->storage, nth, OCPP_ERR_STORAGE);
            } else {
                test_storage_lose(world->storage, nth, OCPP_ERR_STORAGE);
            }
            world_pass(world, 660);
            card(world, 1, "TAG");
            unplug(world, 1);
            world_pass(world, 100);
            assert_int_equal(the_session(world)->ended, 1);
            assert_in_range(count_told(world, "Sample.Periodic", REGISTER, true), 1, 3);
            assert_told_the_truth(world);
            world_free(world);
        }
    }
}

/* Every allocation fails once, among them those of the account's message: nothing of it is missing when it is told at last. */
static void without_memory_it_is_told_later_and_whole(void **state)
{
    struct test_allocator memory;
    bool was_reached = true;
    for (size_t nth = 1; was_reached; nth++) {
        struct world *world = world_new();
        world->hardware.read_meter = read_curve;
        world->is_starved = true;
        test_allocator_start(&memory, 0);
        world->settings.allocator = &memory.allocator;
        world_power_on(world);
        world_connect(world, version_of(state));
        sample_for_the_end(world, "60");
        plug(world, 1);
        card(world, 1, "TAG");
        world_pass(world, 1230);
        memory.fail_at = memory.calls + nth;
        card(world, 1, "TAG");
        unplug(world, 1);
        world_pass(world, 100);
        was_reached = memory.calls >= memory.fail_at;
        assert_int_equal(the_session(world)->ended, 1);
        assert_int_equal(count_told(world, "Sample.Periodic", REGISTER, true), 20);
        world_free(world);
        assert_int_equal(memory.blocks, 0);
    }
}

static size_t read_signed(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    static const struct ocpp_signed_value value = { "T0NNRnx7fXx7fQ==", "", "OCMF", "b2NhOmJhc2UxNjphc24xOjMwNTk=" };
    const size_t count = read_curve(evse, samples, room, user);
    samples[0].signed_value = &value;
    return count;
}

/* Samples on the way, by the clock and for the end, signed, online and offline: all memory was taken before. */
static void once_it_has_run_metering_takes_no_memory(void **state)
{
    struct test_allocator memory;
    test_allocator_start(&memory, 0);
    struct world *world = world_new();
    world->hardware.read_meter = read_signed;
    world->settings.allocator = &memory.allocator;
    world->settings.max_signed_bytes = 1000;
    world_power_on(world);
    world_connect(world, version_of(state));
    sample_for_the_end(world, "60");
    world_set(world, "MeterValuesSampledData", REGISTER ",Voltage");
    world_set(world, "MeterValuesAlignedData", REGISTER ",Voltage");
    world_set(world, "ClockAlignedDataInterval", "60");
    if (world_is_old(world)) {
        world_set(world, "SampledDataSignReadings", "true");
    } else {
        world_set_variable(world, "SampledDataCtrlr", "SignReadings", NULL, "true");
    }
    size_t calls = 0;
    for (int day = 0; day < 8; day++) {
        charge_for(world, 500); /* an account of more than 16 kB would grow the call layer, which gives that back */
        world_disconnect(world);
        world_pass(world, 600);
        world_connect(world, version_of(state));
        calls = day <= 1 ? memory.calls : calls; /* the days differ in where the minute falls */
        assert_int_equal(memory.calls, calls);
    }
    world_free(world);
}

/* What is not wanted by the version that will tell it is not kept at all. */
static void only_what_the_version_tells_is_kept(void **state)
{
    struct world *world = with_most(version_of(state), 100);
    world_set(world, "MeterValueSampleInterval", "10"); /* in 2.x this is not for the end */
    plug(world, 1);
    card(world, 1, "TAG");
    const size_t before = kept(world, "data/");
    world_pass(world, 100);
    assert_int_equal(kept(world, "data/"), before);
    card(world, 1, "TAG");
    unplug(world, 1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(it_has_the_first_the_samples_and_the_last),
        IN_EACH_VERSION(nothing_is_in_it_when_nothing_is_wanted),
        IN_EACH_VERSION(it_thins_itself_evenly),
        IN_EACH_VERSION(the_first_to_go_is_the_first),
        IN_EACH_VERSION(both_series_share_the_room),
        IN_EACH_VERSION(it_survives_a_power_cut),
        IN_EACH_VERSION(it_is_gone_when_it_was_told),
        IN_EACH_VERSION(it_lives_as_long_as_its_letter),
        IN_EACH_VERSION(what_does_not_fit_goes_from_between),
        IN_EACH_VERSION(a_store_that_fails_leaves_gaps),
        IN_EACH_VERSION(without_memory_it_is_told_later_and_whole),
        IN_EACH_VERSION(once_it_has_run_metering_takes_no_memory),
        IN_EACH_VERSION(only_what_the_version_tells_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
