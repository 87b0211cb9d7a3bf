/* The table of monitors and its store: what is wrong with settings, what a failing store or memory does, power cuts, and records
 * that cannot be read. What the standard wants of monitors is in tests/conformance/test_station_n.c. */
#include "allocator.h"
#include "station_world.h"

#include <ocpp/customer.h>
#include <ocpp/monitoring.h>

#include "monitors.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define STATE_OF_1                                                                                                               \
    {                                                                                                                            \
        .component = "EVSE", .evse = 1, .variable = "AvailabilityState"                                                          \
    }
static const struct ocpp_monitor declared[] = {
    { .id = 3, .variable = STATE_OF_1, .type = OCPP_MONITOR_DELTA, .value = { 1, 0 }, .severity = 2 },
    { .id = 4,
      .variable = { .component = "OCPPCommCtrlr", .variable = "OfflineThreshold" },
      .type = OCPP_MONITOR_UPPER_THRESHOLD,
      .value = { 100, 0 },
      .severity = 2,
      .origin = OCPP_MONITOR_PRECONFIGURED },
};
static const struct ocpp_monitoring_settings settings = { .monitors = declared, .monitor_count = 2, .max_monitors = 3 };
static const struct ocpp_customer_settings customers = { .max_bytes = 512 };

static struct world *unpowered(void)
{
    struct world *world = world_new();
    world->settings.monitoring = &settings;
    world->settings.customer = &customers;
    world->hardware.lock = NULL;
    return world;
}

static struct world *station(void)
{
    struct world *world = unpowered();
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_forgets(world);
    return world;
}

/* --- settings -------------------------------------------------------------------------------------------------------------------- */

static bool starts_with(const struct ocpp_monitoring_settings *wanted)
{
    struct world *world = unpowered();
    world->settings.monitoring = wanted;
    world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
    const bool is_started = world->cp != NULL;
    world_free(world);
    return is_started;
}

static bool starts_with_one(struct ocpp_monitor monitor)
{
    return starts_with(&(struct ocpp_monitoring_settings){ .monitors = &monitor, .monitor_count = 1 });
}

static void settings_outside_their_range_are_refused(void **state)
{
    (void)state;
    static const struct ocpp_monitor twice[] = { { .id = 1, .variable = STATE_OF_1, .type = OCPP_MONITOR_DELTA },
                                                 { .id = 1, .variable = STATE_OF_1, .type = OCPP_MONITOR_DELTA, .severity = 1 } };
    const struct ocpp_monitoring_settings wrong[] = {
        { .monitor_count = 1 },
        { .monitors = declared, .monitor_count = 257 },
        { .max_monitors = 1001 },
        { .look_interval_ms = 99 },
        { .look_interval_ms = 86400001 },
        { .look_interval_ms = -1 },
        { .shortest_period_s = -1 },
        { .shortest_period_s = 86401 },
        { .monitors = twice, .monitor_count = 2 },
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(starts_with(&wrong[i]));
    }
    assert_true(starts_with(&(struct ocpp_monitoring_settings){ .max_monitors = 1000, .look_interval_ms = 100 }));
}

static void declared_monitors_outside_their_range_are_refused(void **state)
{
    (void)state;
    const struct ocpp_monitor right = declared[0];
    assert_true(starts_with_one(right));
    struct ocpp_monitor wrong[11];
    for (size_t i = 0; i < 11; i++) {
        wrong[i] = right;
    }
    wrong[0].id = 0;
    wrong[1].id = 1000;
    wrong[2].severity = 10;
    wrong[3].severity = -1;
    wrong[4].variable.component = NULL;
    wrong[5].variable.variable = "";
    wrong[6].origin = OCPP_MONITOR_CUSTOM;
    wrong[7].type = (enum ocpp_monitor_type)5;
    wrong[8].type = OCPP_MONITOR_PERIODIC; /* of 0 seconds */
    wrong[8].value = OCPP_DECIMAL(0, 0);
    wrong[9].variable.instance = "\xff";
    wrong[10].variable.component_instance = "an instance with a name that has more than fifty characters";
    for (size_t i = 0; i < 11; i++) {
        assert_false(starts_with_one(wrong[i]));
    }
}

/* The firmware may have lost a variable: its monitor is not there, and the rest is. */
static void a_declared_monitor_of_nothing_is_left_out(void **state)
{
    (void)state;
    struct ocpp_monitor some[] = { declared[0], declared[1] };
    some[0].variable.component = "Bogus";
    const struct ocpp_monitoring_settings lacking = { .monitors = some, .monitor_count = 2 };
    struct world *world = unpowered();
    world->settings.monitoring = &lacking;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_null(ocpp_cp_monitor_of(ocpp_cp_monitoring(world->cp), 3));
    assert_non_null(ocpp_cp_monitor_of(ocpp_cp_monitoring(world->cp), 4));
    world_free(world);
}

/* --- what there is, as a text --------------------------------------------------------------------------------------------------- */

static bool add_monitor(const struct ocpp_monitor *monitor, bool is_exceeded, void *user)
{
    char *text = user;
    char value[OCPP_DECIMAL_TEXT_SIZE];
    ocpp_decimal_format(monitor->value, value);
    snprintf(text + strlen(text), 512 - strlen(text), "%d:%d/%d/%s/%d%s ", (int)monitor->id, (int)monitor->type,
             monitor->severity, value, (int)monitor->origin, is_exceeded ? "!" : "");
    return true;
}

static void list(const struct world *world, char text[512])
{
    text[0] = '\0';
    ocpp_charge_point_each_monitor(world->cp, add_monitor, text);
    snprintf(text + strlen(text), 512 - strlen(text), "base %d level %d", (int)world->cp->values[VARIABLE_MONITORING_BASE],
             (int)world->cp->values[VARIABLE_MONITORING_LEVEL]);
}

static bool stop_at_first(const struct ocpp_monitor *monitor, bool is_exceeded, void *user)
{
    (void)monitor;
    (void)is_exceeded;
    ++*(int *)user;
    return false;
}

static void monitors_are_listed_until_somebody_has_seen_enough(void **state)
{
    (void)state;
    struct world *world = station();
    int count = 0;
    char text[512];
    ocpp_charge_point_each_monitor(world->cp, stop_at_first, &count);
    assert_int_equal(count, 1);
    list(world, text);
    assert_string_equal(text, "3:2/2/1/0 4:0/2/100/1 base 1 level 9");
    world_free(world);
}

/* --- a story, and what may go wrong in it ---------------------------------------------------------------------------------------- */

static const struct {
    const char *action;
    const char *payload;
} story[] = {
    { "SetVariableMonitoring", "{'setMonitoringData':[{'type':'UpperThreshold','value':50.5,'severity':1,'component':{'name':"
                               "'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}}]}" },
    { "SetVariableMonitoring", "{'setMonitoringData':[{'id':4,'type':'LowerThreshold','value':7,'severity':1,'component':{'name':"
                               "'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}}]}" },
    { "SetMonitoringLevel", "{'severity':6}" },
    { "SetMonitoringBase", "{'monitoringBase':'All'}" },
    { "SetVariables", "{'setVariableData':[{'attributeValue':'60','component':{'name':'OCPPCommCtrlr'},'variable':{'name':"
                      "'OfflineThreshold'}}]}" },
    { "ClearVariableMonitoring", "{'id':[4]}" },
    { "SetMonitoringBase", "{'monitoringBase':'FactoryDefault'}" },
    { "SetVariableMonitoring", "{'setMonitoringData':[{'type':'Delta','value':1,'severity':1,'component':{'name':"
                               "'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}}]}" },
    { "SetMonitoringBase", "{'monitoringBase':'HardWiredOnly'}" },
};
enum { CHAPTERS = sizeof(story) / sizeof(story[0]) };

static bool is_accepted(const char *answer)
{
    return strstr(answer, "Accepted") != NULL;
}

/* The list as it is after so many chapters. */
static void list_after(size_t chapters, char text[512])
{
    struct world *world = station();
    for (size_t i = 0; i < chapters; i++) {
        assert_true(is_accepted(central_asks(world, story[i].action, story[i].payload)));
    }
    world_pass(world, 30);
    list(world, text);
    world_free(world);
}

/* What memory says is what a restart brings back. */
static void restarts_alike(struct world *world)
{
    char before[512];
    char after[512];
    world_pass(world, 30); /* what could not be written is written later */
    list(world, before);
    world_power_off(world);
    world_power_back(world, 5);
    list(world, after);
    assert_string_equal(before, after);
}

static void the_store_may_fail_at_any_call(void **state)
{
    (void)state;
    static void (*const faults[])(struct test_storage *test, unsigned nth, enum ocpp_status status) = {
        test_storage_refuse, test_storage_lose, test_storage_blind
    };
    for (size_t fault = 0; fault < 3; fault++) {
        for (size_t chapter = 0; chapter < CHAPTERS; chapter++) {
            for (unsigned nth = 1; nth <= 4; nth++) {
                char undisturbed[512];
                struct world *world = station();
                for (size_t i = 0; i < chapter; i++) {
                    central_asks(world, story[i].action, story[i].payload);
                }
                faults[fault](world->storage, nth, OCPP_ERR_STORAGE);
                const bool is_done = is_accepted(central_asks(world, story[chapter].action, story[chapter].payload));
                restarts_alike(world);
                world_connect(world, OCPP_VERSION_2_0_1);
                world_pass(world, 30);
                char text[512];
                list(world, text);
                if (fault != 2) { /* what was not accepted has not happened */
                    list_after(chapter + (is_done ? 1 : 0), undisturbed);
                    assert_string_equal(text, undisturbed);
                }
                world_free(world);
            }
        }
    }
}

static void the_power_may_go_at_any_write(void **state)
{
    (void)state;
    for (size_t chapter = 0; chapter < CHAPTERS; chapter++) {
        char before[512];
        char after[512];
        list_after(chapter, before);
        list_after(chapter + 1, after);
        for (unsigned nth = 1; nth <= 3; nth++) {
            for (size_t keep = 0; keep <= 1; keep++) {
                char text[512];
                struct world *world = station();
                for (size_t i = 0; i < chapter; i++) {
                    central_asks(world, story[i].action, story[i].payload);
                }
                world_pass(world, 30);
                test_storage_cut(world->storage, nth, keep);
                const bool is_done = is_accepted(central_asks(world, story[chapter].action, story[chapter].payload));
                world_power_off(world);
                world_power_back(world, 5);
                world_connect(world, OCPP_VERSION_2_0_1);
                world_pass(world, 30);
                list(world, text);
                if (is_done || strcmp(text, before) != 0) {
                    assert_string_equal(text, after);
                }
                world_free(world);
            }
        }
    }
}

static void memory_may_be_short_at_any_allocation(void **state)
{
    (void)state;
    size_t nth = 1;
    for (bool is_over = false; !is_over; nth++) {
        struct test_allocator memory;
        struct world *world = unpowered();
        test_allocator_start(&memory, nth);
        world->settings.allocator = &memory.allocator;
        world->is_starved = true;
        world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
        if (world->cp != NULL) {
            world_connect(world, OCPP_VERSION_2_0_1);
            for (size_t i = 0; i < CHAPTERS; i++) {
                central_asks(world, story[i].action, story[i].payload);
            }
            central_asks(world, "GetMonitoringReport", "{'requestId':1}");
            central_asks(world, "CustomerInformation", "{'requestId':1,'report':true,'clear':true,'customerIdentifier':'x'}");
            world_pass(world, 60);
            is_over = memory.calls < nth;
            char before[512];
            char after[512];
            list(world, before);
            world_power_off(world);
            world->settings.allocator = NULL;
            world_power_back(world, 5);
            list(world, after);
            assert_string_equal(before, after);
        }
        world_free(world);
    }
    print_message("    %lu allocations\n", (unsigned long)nth - 2);
}

/* --- records -------------------------------------------------------------------------------------------------------------------- */

static void put(struct world *world, const char *key, const void *value, size_t size)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = value, .size = size };
    struct write_slot slot = { .cp = world->cp };
    assert_int_equal(ocpp_cp_write(world->cp, &slot, &change, 1), OCPP_OK);
}

struct copied {
    uint8_t bytes[1024];
    size_t size;
};

static bool copy(const char *key, const void *value, size_t size, void *user)
{
    struct copied *copied = user;
    (void)key;
    assert_true(size <= sizeof(copied->bytes));
    memcpy(copied->bytes, value, size);
    copied->size = size;
    return true;
}

/* Every byte of every record of ours, bent: the start goes on, and what cannot be read is set aside. */
static void a_bent_record_keeps_nothing_from_starting(void **state)
{
    (void)state;
    const struct ocpp_event event = { .variable = { .component = "A", .variable = "B" }, .severity = 1 };
    static const char *const keys[] = { "monitoring", "monitor/00000000000003e8", "exceeded/00000000000003e8", "events" };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct world *world = station();
        struct copied copied = { .size = 0 };
        central_asks(world, story[0].action, story[0].payload);
        central_asks(world, story[4].action, story[4].payload);
        world_pass(world, 30);
        const struct ocpp_storage *store = test_storage_face(world->storage);
        assert_int_equal(store->read(keys[i], copy, &copied, store->user), OCPP_OK);
        for (size_t at = 0; at < copied.size; at++) {
            copied.bytes[at] ^= 0x55;
            put(world, keys[i], copied.bytes, copied.size);
            copied.bytes[at] ^= 0x55;
            world_power_off(world);
            world_power_back(world, 5);
            world_connect(world, OCPP_VERSION_2_0_1);
            assert_int_equal(ocpp_charge_point_event(world->cp, &event, world->now), OCPP_OK); /* for its number */
            world_pass(world, 30);
            assert_true(ocpp_charge_point_view(world->cp).corrupt_records > 0);
            put(world, keys[i], copied.bytes, copied.size);
        }
        world_free(world);
    }
}

/* A release with room for fewer, or without the variable, drops what finds none. */
static void what_finds_no_room_any_more_is_dropped(void **state)
{
    (void)state;
    static const struct ocpp_monitoring_settings narrow = { .max_monitors = 1 };
    struct world *world = station();
    char text[512];
    central_asks(world, "SetVariableMonitoring",
                 "{'setMonitoringData':[{'type':'Delta','value':1,'severity':1,'component':{'name':'ChargingStation'},'variable':"
                 "{'name':'Model'}},{'type':'Delta','value':1,'severity':2,'component':{'name':'ChargingStation'},'variable':"
                 "{'name':'Model'}},{'id':4,'type':'Delta','value':5,'severity':2,'component':{'name':'OCPPCommCtrlr'},"
                 "'variable':{'name':'OfflineThreshold'}}]}");
    list(world, text);
    assert_string_equal(text, "3:2/2/1/0 4:2/2/5/2 1000:2/1/1/2 1001:2/2/1/2 base 1 level 9");
    world_power_off(world);
    world->settings.monitoring = &narrow;
    world_power_back(world, 5);
    list(world, text);
    assert_string_equal(text, "1000:2/1/1/2 base 1 level 9");
    world_power_off(world);
    world->settings.monitoring = &settings;
    world_power_back(world, 5);
    list(world, text);
    assert_string_equal(text, "3:2/2/1/0 4:0/2/100/1 1000:2/1/1/2 base 1 level 9");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_outside_their_range_are_refused),
        cmocka_unit_test(declared_monitors_outside_their_range_are_refused),
        cmocka_unit_test(a_declared_monitor_of_nothing_is_left_out),
        cmocka_unit_test(monitors_are_listed_until_somebody_has_seen_enough),
        cmocka_unit_test(the_store_may_fail_at_any_call),
        cmocka_unit_test(the_power_may_go_at_any_write),
        cmocka_unit_test(memory_may_be_short_at_any_allocation),
        cmocka_unit_test(a_bent_record_keeps_nothing_from_starting),
        cmocka_unit_test(what_finds_no_room_any_more_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
