/* test_charge_point_profiles.c: charging profiles and everything that can go wrong around them: records of another hand, power
 * cuts at every write, no memory, clocks that nobody knows or that jump, hardware that changed. What a central system may ask is
 * in tests/conformance/test_station_k.c. */
#include "allocator.h"
#include "profile_texts.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct ocpp_permit permit_at(const struct world *world, int evse)
{
    return ocpp_charge_point_permit(world->cp, evse, world->now);
}

static int64_t ampere_at(const struct world *world, int evse)
{
    const int64_t ma = permit_at(world, evse).max_current_ma[0];
    return ma == INT64_MAX ? 32 : ma / 1000;
}

static struct world *charging(struct world *world)
{
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    central_forgets(world);
    return world;
}

static bool count_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    (*(size_t *)user)++;
    return true;
}

static size_t stored(const struct world *world, const char *prefix)
{
    size_t count = 0;
    assert_int_equal(world->memory->each(prefix, NULL, count_entry, &count, world->memory->user), OCPP_OK);
    return count;
}

static void put_bytes(const struct world *world, const char *key, const void *bytes, size_t size)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = bytes, .size = size };
    assert_int_equal(world->memory->write(&change, 1, NULL, NULL, world->memory->user), OCPP_OK);
}

struct copied {
    uint8_t bytes[4096];
    size_t size;
};

static bool copy_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    struct copied *copied = user;
    assert_in_range(size, 1, sizeof(copied->bytes));
    memcpy(copied->bytes, value, size);
    copied->size = size;
    return true;
}

static void again(struct world *world, enum ocpp_version version)
{
    world_power_back(world, 5);
    world_connect(world, version);
    central_forgets(world);
}

/* --- records ------------------------------------------------------------------------------------------------------------- */

/* A record that was cut or bent costs that profile and nothing else; it can be looked at. */
static void a_record_that_cannot_be_read_is_set_aside(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:10" }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .level = 1, .periods = "0:12" }),
                        "Accepted");
    put_bytes(world, "profile/0000000000000002", "rubbish", 7);
    again(world, *(enum ocpp_version *)*state);
    assert_string_equal(composite_of(world, 1, 10, "A"), "0:10 /10");
    assert_int_equal(stored(world, "profile/"), 1);
    assert_int_equal(stored(world, "corrupt/profile/"), 1);
    world_free(world);
}

/* A record under another key than its own would outlive its profile. */
static void a_record_under_a_strange_key_is_set_aside(void **state)
{
    struct world *world = world_of(state);
    struct copied copied;
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:10" }), "Accepted");
    assert_int_equal(world->memory->read("profile/0000000000000001", copy_entry, &copied, world->memory->user), OCPP_OK);
    put_bytes(world, "profile/0000000000000009", copied.bytes, copied.size);
    put_bytes(world, "profile/x", copied.bytes, copied.size);
    again(world, *(enum ocpp_version *)*state);
    assert_int_equal(stored(world, "profile/"), 1);
    assert_int_equal(stored(world, "corrupt/profile/"), 2);
    assert_string_equal(composite_of(world, 1, 10, "A"), "0:10 /10");
    world_free(world);
}

/* What the settings have no room for any more, and what is of an EVSE that is no more, is set aside: it starts all the same. */
static void smaller_settings_keep_what_fits(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    for (int id = 1; id <= 4; id++) {
        assert_string_equal(
            set_profile(world,
                        &(struct profile_text){ .evse = 1 + (id == 1), .id = id, .level = id, .periods = "0:10 5:11 6:12" }),
            "Accepted");
    }
    world->settings.evse_count = 1;
    world->settings.max_profiles = 2;
    again(world, OCPP_VERSION_2_0_1);
    assert_int_equal(stored(world, "profile/"), 2); /* 2 and 3, in the order of their ids */
    assert_int_equal(stored(world, "corrupt/profile/"), 2);
    world->settings.max_periods_per_profile = 2;
    again(world, OCPP_VERSION_2_0_1);
    assert_int_equal(stored(world, "profile/"), 0);
    assert_string_equal(composite_of(world, 1, 10, "A"), "0:32 /10");
    world_free(world);
}

/* The longest profile there may be is one record. */
static void the_longest_profile_is_kept(void **state)
{
    static char periods[4000];
    (void)state;
    struct world *world = world_new();
    world->settings.max_periods_per_profile = 200;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    size_t size = 0;
    for (int i = 0; i < 120; i++) { /* what a request of the test's central system holds */
        size += (size_t)snprintf(periods + size, sizeof(periods) - size, "%s%d:%d.%d/1", i == 0 ? "" : " ", i * 1000003,
                                 6 + i % 20, i % 10);
    }
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 2147483647, .periods = periods }),
                        "Accepted");
    again(world, OCPP_VERSION_1_6);
    assert_int_equal(stored(world, "profile/"), 1);
    world_free(world);
}

/* --- transactions -------------------------------------------------------------------------------------------------------- */

/* K02.FR.05. The power went, and with it the transaction: its profile goes as well, when it is told to have ended. */
static void a_profile_does_not_outlive_its_transaction_over_a_cut(void **state)
{
    (void)state;
    struct world *world = charging(world_accepted(OCPP_VERSION_2_0_1));
    const struct profile_text text = {
        .evse = 1, .id = 2, .purpose = "TxProfile", .transaction = the_session(world)->id, .periods = "0:12"
    };
    assert_string_equal(set_profile(world, &text), "Accepted");
    assert_int_equal(stored(world, "profile/"), 1);
    again(world, OCPP_VERSION_2_0_1);
    assert_int_equal(stored(world, "profile/"), 0);
    world_free(world);
}

/* A transaction that goes on after a restart goes on with its profile, counted from its beginning. */
static void a_transaction_that_goes_on_keeps_its_profile(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.resume_transactions_ms = 60000;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    charging(world);
    const struct profile_text text = { .evse = 1,
                                       .id = 2,
                                       .purpose = "TxProfile",
                                       .kind = "Relative",
                                       .transaction = the_session(world)->id,
                                       .periods = "0:12 100:14" };
    assert_string_equal(set_profile(world, &text), "Accepted");
    world_pass(world, 50);
    assert_int_equal(ampere_at(world, 1), 12);
    again(world, OCPP_VERSION_2_0_1);
    plug(world, 1);
    assert_true(world->closed[1]);
    assert_int_equal(ampere_at(world, 1), 12);
    world_pass(world, 46);
    assert_int_equal(ampere_at(world, 1), 14);
    world_free(world);
}

/* The store does not take the profile of a remote start: it holds, and is written later. */
static void the_profile_of_a_remote_start_is_written_when_the_store_takes_it(void **state)
{
    struct world *world = world_of(state);
    char payload[1024];
    const char *json =
        profile_json(world, &(struct profile_text){ .id = 3, .purpose = "TxProfile", .kind = "Relative", .periods = "0:9" });
    snprintf(payload, sizeof(payload),
             world_is_old(world) ? "{'idTag':'R','chargingProfile':%s}"
                                 : "{'remoteStartId':9,'idToken':{'idToken':'R','type':'ISO14443'},'chargingProfile':%s}",
             json);
    assert_string_equal(
        value_of(central_asks(world, world_is_old(world) ? "RemoteStartTransaction" : "RequestStartTransaction", payload),
                 "status"),
        "Accepted");
    assert_int_equal(stored(world, "profile/"), 0);
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    plug(world, 1);
    world_pass(world, 1);
    assert_true(world->closed[1]);
    assert_int_equal(ampere_at(world, 1), 9);
    assert_int_equal(stored(world, "profile/"), 0);
    world_pass(world, 5);
    assert_int_equal(stored(world, "profile/"), 1);
    test_storage_refuse(world->storage, 4, OCPP_ERR_STORAGE); /* and its end is tried until it is gone */
    unplug(world, 1);
    world_pass(world, 10);
    assert_int_equal(stored(world, "profile/"), 0);
    world_free(world);
}

/* --- power cuts ------------------------------------------------------------------------------------------------------------- */

/* What the station has, as one text. */
static void note_profiles(struct world *world, char *text, size_t room)
{
    snprintf(text, room, "%s, %s", composite_of(world, 1, 300, "A"), "");
    const size_t size = strlen(text);
    snprintf(text + size, room - size, "%s", composite_of(world, 0, 300, "A"));
}

static void step(struct world *world, int number)
{
    switch (number) {
    case 0:
        set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:10", .start_s = -1000 });
        return;
    case 1:
        set_profile(world, &(struct profile_text){
                               .evse = 0, .id = 2, .purpose = "ChargingStationMaxProfile", .periods = "0:20", .start_s = -1000 });
        return;
    case 2: /* the same level: one goes and the other comes (1.6); refused in 2.0.1 */
        set_profile(world, &(struct profile_text){ .evse = 1, .id = 3, .periods = "0:12", .start_s = -1000 });
        return;
    case 3: /* the same id */
        set_profile(world, &(struct profile_text){ .evse = 1, .id = 2, .level = 1, .periods = "0:14", .start_s = -1000 });
        return;
    default: /* all of them at once */
        central_asks(world, "ClearChargingProfile", world_is_old(world) ? "{}" : "{'chargingProfileCriteria':{'stackLevel':0}}");
        return;
    }
}

/* At every write of the day the power goes, before it is on the disk or after: what is there then is what was before the step, or
 * what was after it, never a mixture; and what was answered is there. */
static void after_a_cut_a_step_happened_or_it_did_not(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    for (int number = 0; number < 5; number++) {
        for (size_t keep = 0; keep < 2; keep++) {
            char before[256];
            char after[256];
            char found[256];
            struct world *world = world_accepted(version);
            for (int i = 0; i < number; i++) {
                step(world, i);
            }
            note_profiles(world, before, sizeof(before));
            test_storage_cut(world->storage, 1, keep);
            step(world, number);
            const bool was_cut = test_storage_is_cut(world->storage);
            again(world, version);
            note_profiles(world, found, sizeof(found));
            step(world, number);
            note_profiles(world, after, sizeof(after));
            assert_string_equal(found, was_cut && keep == 0 ? before : was_cut ? after : found);
            world_free(world);
        }
    }
}

/* A remote start with its profile, to its end; the power goes at each write of it, before it is on the disk or after. Afterwards
 * no profile is left without its transaction, and the transaction, where there was one, is told to have ended. */
static void no_cut_leaves_a_profile_without_its_transaction(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    for (unsigned nth = 1; nth < 60; nth++) {
        for (size_t keep = 0; keep < 2; keep++) {
            struct world *world = world_accepted(version);
            char payload[1024];
            const char *json = profile_json(
                world, &(struct profile_text){ .id = 3, .purpose = "TxProfile", .kind = "Relative", .periods = "0:9" });
            snprintf(payload, sizeof(payload),
                     world_is_old(world) ? "{'idTag':'R','chargingProfile':%s}"
                                         : "{'remoteStartId':9,'idToken':{'idToken':'R','type':'ISO14443'},'chargingProfile':%s}",
                     json);
            test_storage_cut(world->storage, nth, keep);
            central_asks(world, world_is_old(world) ? "RemoteStartTransaction" : "RequestStartTransaction", payload);
            plug(world, 1);
            if (!test_storage_is_cut(world->storage)) {
                unplug(world, 1);
            }
            const bool is_over = !test_storage_is_cut(world->storage);
            again(world, version);
            world_pass(world, 1);
            assert_int_equal(stored(world, "profile/"), 0);
            assert_int_equal(stored(world, "corrupt/"), 0);
            for (size_t i = 0; i < world->session_count; i++) {
                assert_int_equal(world->sessions[i].ended, 1);
            }
            world_free(world);
            if (is_over) {
                assert_true(nth > 3);
                return;
            }
        }
    }
    fail_msg("the day writes without end");
}

/* --- memory -------------------------------------------------------------------------------------------------------------------
 */

static void smart_day(struct world *world)
{
    const struct ocpp_external_limit limit = { OCPP_LIMIT_SOURCE_EMS, false, 16000, INT64_MAX };
    if (world->cp == NULL) {
        return;
    }
    (void)!ocpp_charge_point_link_up(world->cp, world->version, world->now);
    world_run(world);
    set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:10 10:12" });
    ocpp_charge_point_external_limit(world->cp, 0, &limit, world->now);
    plug(world, 1);
    card(world, 1, "A");
    world_pass(world, 20);
    composite_of(world, 1, 60, "W");
    if (!world_is_old(world)) {
        central_asks(world, "GetChargingProfiles", "{'requestId':1,'chargingProfile':{'chargingLimitSource':['CSO','EMS']}}");
    }
    world_run(world);
    central_asks(world, "ClearChargingProfile", world_is_old(world) ? "{'id':1}" : "{'chargingProfileId':1}");
    unplug(world, 1);
}

/* Each request for memory fails once: nothing breaks, nothing is lost, and what was kept is there. */
static void without_memory_nothing_breaks(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    for (size_t nth = 1; nth < 400; nth++) {
        struct test_allocator memory;
        struct world *world = world_new();
        world->version = version;
        world->is_starved = true;
        test_allocator_start(&memory, nth);
        world->settings.allocator = &memory.allocator;
        world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
        smart_day(world);
        const bool is_over = memory.calls < nth;
        ocpp_charge_point_free(world->cp);
        world->cp = NULL;
        assert_int_equal(memory.blocks, 0);
        world_free(world);
        if (is_over) {
            return;
        }
    }
    fail_msg("the day asks for memory without end");
}

/* Once it runs, smart charging takes no memory of its own. */
static void a_schedule_that_runs_takes_no_memory(void **state)
{
    struct test_allocator memory;
    struct world *world = world_new();
    test_allocator_start(&memory, 0);
    world->settings.allocator = &memory.allocator;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .id = 1, .periods = "0:10 10:12 20:14 30:16" }),
                        "Accepted");
    plug(world, 1);
    world_disconnect(world);
    card(world, 1, "A");
    world_pass(world, 5);
    const size_t calls = memory.calls;
    world_pass(world, 40);
    assert_int_equal(memory.calls, calls);
    ocpp_charge_point_free(world->cp);
    world->cp = NULL;
    world_free(world);
}

/* --- clocks
 * --------------------------------------------------------------------------------------------------------------------- */

/* A board that does not know the date after a restart keeps to the lowest its absolute profiles may mean, until it is told. */
static void without_a_date_the_lowest_limit_holds(void **state)
{
    struct world *world = world_of(state);
    world_set(world, world_is_old(world) ? "AllowOfflineTxForUnknownId" : "AllowOfflineTxForUnknownId", "true");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:16 7200:10 10800:20" }), "Accepted");
    world_power_back(world, 5);
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    assert_int_equal(ampere_at(world, 1), 10);
    world_connect(world, *(enum ocpp_version *)*state);
    world_pass(world, 1);
    assert_int_equal(ampere_at(world, 1), 16);
    world_free(world);
}

/* The central system corrects the clock: absolute schedules follow the date, relative ones do not. */
static void a_clock_that_jumps_moves_absolute_schedules_only(void **state)
{
    (void)state;
    struct world *world = charging(world_accepted(OCPP_VERSION_1_6));
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 1, .periods = "0:16 3600:10" }), "Accepted");
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 0,
                                                                   .id = 2,
                                                                   .purpose = "TxDefaultProfile",
                                                                   .level = 1,
                                                                   .kind = "Relative",
                                                                   .duration_s = 1000,
                                                                   .periods = "0:20" }),
                        "Accepted");
    assert_int_equal(ampere_at(world, 1), 20);
    world->central_utc_ms += 3600 * 1000;
    central_asks(world, "TriggerMessage", "{'requestedMessage':'Heartbeat'}"); /* its answer tells the time */
    world_pass(world, 998);
    assert_int_equal(ampere_at(world, 1), 20);
    world_pass(world, 3);
    assert_int_equal(ampere_at(world, 1), 10);
    world_free(world);
}

/* --- hardware
 * ---------------------------------------------------------------------------------------------------------------------- */

static void settings_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t profiles;
        size_t periods;
        int level;
        unsigned units;
        int volts;
        int64_t evse_ma;
        int64_t least_ma;
        int64_t station_ma;
    } cases[] = {
        { 1001, 24, 9, 3, 230, 0, 6000, 0 }, { 20, 0, 9, 3, 230, 0, 6000, 0 },   { 20, 201, 9, 3, 230, 0, 6000, 0 },
        { 20, 24, -1, 3, 230, 0, 6000, 0 },  { 20, 24, 9, 0, 230, 0, 6000, 0 },  { 20, 24, 9, 4, 230, 0, 6000, 0 },
        { 20, 24, 9, 3, 0, 0, 6000, 0 },     { 20, 24, 9, 3, 230, -1, 6000, 0 }, { 20, 24, 9, 3, 230, 0, -1, 0 },
        { 20, 24, 9, 3, 230, 0, 6000, -1 },
    };
    for (size_t i = 0; i <= COUNT_OF(cases); i++) {
        struct world *world = world_new();
        if (i < COUNT_OF(cases)) {
            world->settings.max_profiles = cases[i].profiles;
            world->settings.max_periods_per_profile = cases[i].periods;
            world->settings.max_stack_level = cases[i].level;
            world->settings.rate_units = cases[i].units;
            world->settings.nominal_voltage_v = cases[i].volts;
            world->settings.evse_max_current_ma = cases[i].evse_ma;
            world->settings.evse_min_current_ma = cases[i].least_ma;
            world->settings.station_max_current_ma = cases[i].station_ma;
        }
        world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
        assert_true((world->cp != NULL) == (i == COUNT_OF(cases)));
        world_free(world);
    }
}

/* K04.FR.02. The fuse of the station holds without any profile; DC and AC EVSEs side by side. */
static void the_hardware_limits_by_itself(void **state)
{
    (void)state;
    static const struct ocpp_evse_properties properties[] = { { 11000, 3 }, { 7360, 1 }, { 50000, 0 } };
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world->settings.evse_properties = properties;
    world->settings.station_max_current_ma = 20000;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(composite_of(world, 1, 10, "A"), "0:15.9 /10");
    assert_string_equal(composite_of(world, 2, 10, "A"), "0:20 /10"); /* 32 A are more than the fuse */
    assert_string_equal(composite_of(world, 3, 10, NULL), "0:13800 /10");
    charging(world);
    plug(world, 2);
    card(world, 2, "B");
    assert_int_equal(permit_at(world, 1).max_current_ma[0], 10000);
    assert_int_equal(permit_at(world, 2).max_current_ma[0], 10000);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 3, .unit = "W", .periods = "0:9000/0" }),
                        "Accepted");                                    /* K01.FR.44 */
    assert_string_equal(composite_of(world, 3, 10, "W"), "0:4600 /10"); /* a third of the fuse */
    world_free(world);
}

/* 1.6 speaks of connectors: a profile of one of an EVSE's two is for the vehicle at it. */
static void a_profile_of_a_connector_holds_for_the_vehicle_at_it(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.connectors_per_evse = 2;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    assert_string_equal(set_profile(world, &(struct profile_text){ .evse = 2, .id = 1, .periods = "0:10" }), "Accepted");
    assert_string_equal(composite_of(world, 1, 10, "A"), "0:32 /10");
    assert_string_equal(composite_of(world, 2, 10, "A"), "0:10 /10");
    charging(world);
    assert_int_equal(ampere_at(world, 1), 32);
    const struct profile_text own = { .evse = 2, .id = 2, .purpose = "TxProfile", .transaction = the_session(world)->id };
    assert_string_equal(set_profile(world, &own), "Rejected"); /* it runs at the other one */
    unplug(world, 1);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 1, 2, true, world->now), OCPP_OK);
    world_run(world);
    card(world, 1, "A");
    assert_int_equal(ampere_at(world, 1), 10);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_record_that_cannot_be_read_is_set_aside),
        IN_EACH_VERSION(a_record_under_a_strange_key_is_set_aside),
        cmocka_unit_test(smaller_settings_keep_what_fits),
        cmocka_unit_test(the_longest_profile_is_kept),
        cmocka_unit_test(a_profile_does_not_outlive_its_transaction_over_a_cut),
        cmocka_unit_test(a_transaction_that_goes_on_keeps_its_profile),
        IN_EACH_VERSION(the_profile_of_a_remote_start_is_written_when_the_store_takes_it),
        IN_EACH_VERSION(after_a_cut_a_step_happened_or_it_did_not),
        IN_EACH_VERSION(no_cut_leaves_a_profile_without_its_transaction),
        IN_EACH_VERSION(without_memory_nothing_breaks),
        IN_EACH_VERSION(a_schedule_that_runs_takes_no_memory),
        IN_EACH_VERSION(without_a_date_the_lowest_limit_holds),
        cmocka_unit_test(a_clock_that_jumps_moves_absolute_schedules_only),
        cmocka_unit_test(settings_out_of_range_are_refused),
        cmocka_unit_test(the_hardware_limits_by_itself),
        cmocka_unit_test(a_profile_of_a_connector_holds_for_the_vehicle_at_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
