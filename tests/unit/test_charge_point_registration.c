/* Being accepted, pending, rejected; boots that are not answered; heartbeats; the clock. */
#include "station_world.h"
#include "unit.h"

#include <string.h>

static struct world *powered(void)
{
    struct world *world = world_new();
    world_power_on(world);
    return world;
}

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static void an_accepted_boot_tells_every_connector_and_sets_the_clock(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world->settings.serial_number = "SN-1";
    world->settings.firmware_version = "1.2.3";
    world_power_on(world);
    assert_true(ocpp_charge_point_utc_ms(world->cp, world->now) == OCPP_UTC_UNKNOWN);
    world_connect(world, version_of(state));
    if (world_is_old(world)) {
        central_sees(world, "BootNotification",
                     "chargePointVendor=Example chargePointSerialNumber=SN-1 firmwareVersion=1.2.3 chargeBoxSerialNumber=-");
        central_sees(world, "StatusNotification", "connectorId=0 status=Available");
        central_sees(world, "StatusNotification", "connectorId=1 status=Available");
        central_sees(world, "StatusNotification", "connectorId=2 status=Available");
    } else {
        central_sees(world, "BootNotification",
                     "chargingStation/vendorName=Example chargingStation/serialNumber=SN-1 chargingStation/firmwareVersion=1.2.3 "
                     "reason=PowerUp");
        central_sees(world, "StatusNotification", "evseId=1 connectorId=1 connectorStatus=Available timestamp=*");
        central_sees(world, "StatusNotification", "evseId=2 connectorId=1 connectorStatus=Available timestamp=*");
    }
    assert_int_equal(central_counts(world, "BootNotification"), 1);
    assert_true(world->clock_told == world->central_utc_ms + 1000);
    assert_true(ocpp_charge_point_utc_ms(world->cp, world->now) == world->central_utc_ms + 1000);
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_ACCEPTED);
    world_free(world);
}

static void nothing_but_the_boot_leaves_before_it_is_accepted(void **state)
{
    struct world *world = powered();
    world->settings.offline_unknown_allowed = true;
    world_power_off(world);
    world_power_on(world);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    world->boot_status = "Pending";
    world->boot_interval = 30;
    world_connect(world, version_of(state));
    unplug(world, 1);
    world_pass(world, 29);
    assert_int_equal(world->call_count, 1);
    world->boot_status = "Accepted";
    world_pass(world, 2);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static void a_pending_station_waits_the_interval_and_answers_meanwhile(void **state)
{
    struct world *world = powered();
    world->boot_status = "Pending";
    world->boot_interval = 45;
    world_connect(world, version_of(state));
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_PENDING);
    world_set(world, "HeartbeatInterval", "77");
    assert_string_equal(central_starts(world, 1, "APP"), "Rejected");
    world_pass(world, 44);
    assert_int_equal(central_counts(world, "BootNotification"), 1);
    world_pass(world, 1);
    assert_int_equal(central_counts(world, "BootNotification"), 2);
    world_free(world);
}

static void a_pending_station_boots_at_once_when_triggered(void **state)
{
    struct world *world = powered();
    world->boot_status = "Pending";
    world->boot_interval = 3600;
    world_connect(world, version_of(state));
    world->boot_status = "Accepted";
    const char *answer = central_asks(world, "TriggerMessage", "{'requestedMessage':'BootNotification'}");
    assert_string_equal(value_of(answer, "status"), "Accepted");
    assert_int_equal(central_counts(world, "BootNotification"), 2);
    assert_string_equal(value_of(central_asks(world, "TriggerMessage", "{'requestedMessage':'BootNotification'}"), "status"),
                        "Rejected");
    world_free(world);
}

static void a_pending_station_may_be_asked_for_nothing_else(void **state)
{
    struct world *world = powered();
    world->boot_status = "Pending";
    world_connect(world, version_of(state));
    assert_string_equal(value_of(central_asks(world, "TriggerMessage", "{'requestedMessage':'Heartbeat'}"), "status"),
                        "Rejected");
    assert_int_equal(world->call_count, 1);
    world_free(world);
}

/* 1.6 4.2: a rejected station is silent; 2.x B03.FR.08: it answers SecurityError. */
static void a_rejected_station_obeys_nobody(void **state)
{
    struct world *world = powered();
    world->boot_status = "Rejected";
    world->boot_interval = 100;
    world_connect(world, version_of(state));
    const char *answer = central_asks(world, "ClearCache", "{}");
    assert_string_equal(answer, world_is_old(world) ? "" : "SecurityError");
    world_pass(world, 99);
    assert_int_equal(world->call_count, 1);
    world->boot_status = "Accepted";
    world_pass(world, 1);
    assert_string_equal(value_of(central_asks(world, "ClearCache", "{}"), "status"), "Accepted");
    world_free(world);
}

static void an_interval_of_nought_is_replaced_by_our_own(void **state)
{
    struct world *world = powered();
    world->boot_status = "Rejected";
    world->boot_interval = 0;
    world_connect(world, version_of(state));
    world_pass(world, 59);
    assert_int_equal(world->call_count, 1);
    world_pass(world, 1);
    assert_int_equal(world->call_count, 2);
    world_free(world);
}

static void the_wait_goes_on_over_a_loss_of_the_link(void **state)
{
    struct world *world = powered();
    world->boot_status = "Rejected";
    world->boot_interval = 100;
    world_connect(world, version_of(state));
    world_pass(world, 50);
    world_disconnect(world);
    world_connect(world, version_of(state));
    world_pass(world, 49);
    assert_int_equal(world->call_count, 1);
    world_pass(world, 1);
    assert_int_equal(world->call_count, 2);
    world_free(world);
}

static void a_boot_that_is_refused_or_not_answered_is_tried_again(void **state)
{
    struct world *world = powered();
    world->refuse_action = "BootNotification";
    world->refuse_count = 1;
    world_connect(world, version_of(state));
    world_pass(world, 59);
    assert_int_equal(world->call_count, 1);
    world->silent_action = "BootNotification";
    world->silent_count = 1;
    world_pass(world, 1);
    assert_int_equal(world->call_count, 2);
    world_pass(world, 30 + 59);
    assert_int_equal(world->call_count, 2);
    world_pass(world, 1);
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_ACCEPTED);
    world_free(world);
}

static void a_boot_cut_short_by_the_link_is_sent_with_the_next_one(void **state)
{
    struct world *world = powered();
    world->silent_action = "BootNotification";
    world->silent_count = 1;
    world_connect(world, version_of(state));
    world_disconnect(world);
    world_connect(world, version_of(state));
    assert_int_equal(central_counts(world, "BootNotification"), 2);
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_ACCEPTED);
    world_free(world);
}

static void a_link_that_comes_back_needs_no_boot(void **state)
{
    struct world *world = world_of(state);
    const size_t before = world->call_count;
    world_disconnect(world);
    world_pass(world, 30);
    world_connect(world, version_of(state));
    assert_int_equal(world->call_count, before);
    world_free(world);
}

static void after_a_long_time_offline_every_connector_is_told(void **state)
{
    struct world *world = world_of(state);
    world_disconnect(world);
    world_pass(world, 61);
    world_connect(world, version_of(state));
    assert_int_equal(central_counts(world, "BootNotification"), 1);
    assert_int_equal(central_counts(world, "StatusNotification"), world_is_old(world) ? 4 : 2);
    world_free(world);
}

static void after_a_short_time_offline_only_what_changed_is_told(void **state)
{
    struct world *world = world_of(state);
    world_disconnect(world);
    plug(world, 1);
    world_pass(world, 10);
    world_connect(world, version_of(state));
    central_sees(world, "StatusNotification",
                 world_is_old(world) ? "connectorId=1 status=Preparing" : "connectorStatus=Occupied");
    central_does_not_see(world, "StatusNotification");
    world_free(world);
}

static void another_version_boots_anew(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "chargingStation/model=*");
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_1_6);
    central_sees(world, "BootNotification", "chargePointModel=*");
    world_free(world);
}

static void heartbeats_come_when_nothing_else_did(void **state)
{
    struct world *world = world_new();
    world->boot_interval = 100;
    world_power_on(world);
    world_connect(world, version_of(state));
    world_pass(world, 99);
    assert_int_equal(central_counts(world, "Heartbeat"), 0);
    world_pass(world, 1);
    assert_int_equal(central_counts(world, "Heartbeat"), 1);
    world_pass(world, 50);
    plug(world, 1);
    world_pass(world, 99);
    assert_int_equal(central_counts(world, "Heartbeat"), 1);
    world_pass(world, 1);
    assert_int_equal(central_counts(world, "Heartbeat"), 2);
    world_free(world);
}

static void one_heartbeat_a_day_comes_in_any_case(void **state)
{
    struct world *world = world_new();
    world->boot_interval = 20 * 86400;
    world_power_on(world);
    world_connect(world, version_of(state));
    for (int hour = 0; hour < 25; hour++) {
        world_pass(world, 3600);
        plug(world, 1);
        unplug(world, 1);
    }
    assert_int_equal(central_counts(world, "Heartbeat"), 1);
    world_free(world);
}

static void a_heartbeat_corrects_the_clock(void **state)
{
    struct world *world = world_of(state);
    world->now.utc_ms = world->central_utc_ms; /* the board learns a date of its own, and is told another */
    world->central_utc_ms += 7000;
    world_pass(world, 300);
    assert_true(ocpp_charge_point_utc_ms(world->cp, world->now) == world->central_utc_ms + world->now.mono_ms);
    assert_true(ocpp_charge_point_view(world->cp).utc_offset_ms ==
                world->central_utc_ms + world->now.mono_ms - world->now.utc_ms);
    world_free(world);
}

static void a_heartbeat_nobody_answers_changes_nothing(void **state)
{
    struct world *world = world_of(state);
    world->silent_action = "Heartbeat";
    world->silent_count = 1;
    world_pass(world, 1000);
    assert_in_range(central_counts(world, "Heartbeat"), 2, 3);
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_ACCEPTED);
    world_free(world);
}

static void a_link_in_a_version_without_dialect_is_refused(void **state)
{
    (void)state;
    struct world *world = powered();
    assert_int_equal(ocpp_charge_point_link_up(world->cp, OCPP_VERSION_NONE, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_link_up(world->cp, (enum ocpp_version)99, world->now), OCPP_ERR_ARGUMENT);
    world_connect(world, OCPP_VERSION_1_6);
    assert_int_equal(ocpp_charge_point_link_up(world->cp, OCPP_VERSION_1_6, world->now), OCPP_ERR_STATE);
    world_disconnect(world);
    ocpp_charge_point_link_down(world->cp, world->now);
    assert_int_equal(ocpp_charge_point_receive(world->cp, "[]", 2, world->now), OCPP_ERR_STATE);
    size_t size;
    assert_null(ocpp_charge_point_next_output(world->cp, &size, world->now));
    world_free(world);
}

static void settings_outside_their_range_make_no_charge_point(void **state)
{
    (void)state;
    struct world *world = world_new();
    const struct ocpp_charge_point_settings right = world->settings;
    struct ocpp_charge_point_settings wrong[24];
    size_t count = 0;
#define WRONG(member, value) (wrong[count] = right, wrong[count++].member = (value))
    WRONG(identity, NULL);
    WRONG(identity, "");
    WRONG(identity, "a:b");
    WRONG(identity, "x2345678901234567890123456789012345678901234567890");
    WRONG(identity, "\xff");
    WRONG(vendor, NULL);
    WRONG(model, "a model of more than twenty characters");
    WRONG(serial_number, "a serial number beyond twenty-five characters");
    WRONG(evse_count, 0);
    WRONG(evse_count, 65);
    WRONG(connectors_per_evse, 0);
    WRONG(connectors_per_evse, 9);
    WRONG(versions[0], OCPP_VERSION_NONE);
    WRONG(versions[0], (enum ocpp_version)77);
    WRONG(random, NULL);
    WRONG(boot_retry_ms, 0);
    WRONG(heartbeat_interval_ms, 0);
    WRONG(call_timeout_ms, 0);
    WRONG(connection_timeout_ms, -1);
    WRONG(sample_interval_ms, -1);
    WRONG(transaction_attempts, 0);
    WRONG(max_queued_records, 1);
    WRONG(family_hold_s, -1);
    for (size_t i = 0; i < count; i++) {
        assert_null(ocpp_charge_point_new(&wrong[i], &world->hardware, world->memory, world->now));
    }
    struct ocpp_hardware blind = world->hardware;
    blind.read_meter = NULL;
    assert_null(ocpp_charge_point_new(&right, &blind, world->memory, world->now));
    assert_null(ocpp_charge_point_new(&right, &world->hardware, NULL, world->now));
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(an_accepted_boot_tells_every_connector_and_sets_the_clock),
        IN_EACH_VERSION(nothing_but_the_boot_leaves_before_it_is_accepted),
        IN_EACH_VERSION(a_pending_station_waits_the_interval_and_answers_meanwhile),
        IN_EACH_VERSION(a_pending_station_boots_at_once_when_triggered),
        IN_EACH_VERSION(a_pending_station_may_be_asked_for_nothing_else),
        IN_EACH_VERSION(a_rejected_station_obeys_nobody),
        IN_EACH_VERSION(an_interval_of_nought_is_replaced_by_our_own),
        IN_EACH_VERSION(the_wait_goes_on_over_a_loss_of_the_link),
        IN_EACH_VERSION(a_boot_that_is_refused_or_not_answered_is_tried_again),
        IN_EACH_VERSION(a_boot_cut_short_by_the_link_is_sent_with_the_next_one),
        IN_EACH_VERSION(a_link_that_comes_back_needs_no_boot),
        IN_EACH_VERSION(after_a_long_time_offline_every_connector_is_told),
        IN_EACH_VERSION(after_a_short_time_offline_only_what_changed_is_told),
        IN_EACH_VERSION(heartbeats_come_when_nothing_else_did),
        IN_EACH_VERSION(one_heartbeat_a_day_comes_in_any_case),
        IN_EACH_VERSION(a_heartbeat_corrects_the_clock),
        IN_EACH_VERSION(a_heartbeat_nobody_answers_changes_nothing),
        cmocka_unit_test(another_version_boots_anew),
        cmocka_unit_test(a_link_in_a_version_without_dialect_is_refused),
        cmocka_unit_test(settings_outside_their_range_make_no_charge_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
