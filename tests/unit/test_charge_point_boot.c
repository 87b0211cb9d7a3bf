/* What a boot tells: why the controller started, the modem, the meter; and what makes a charge point boot again. */
#include "station_world.h"
#include "unit.h"

#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static struct world *powered(void)
{
    struct world *world = world_new();
    world_power_on(world);
    return world;
}

static void restart_noting(struct world *world, enum ocpp_boot_reason reason)
{
    assert_int_equal(ocpp_charge_point_restarting(world->cp, reason, world->now), OCPP_OK);
    world_power_off(world);
    world_power_on(world);
}

/* --- reasons ---------------------------------------------------------------------------------------------------------------- */

static const struct {
    enum ocpp_boot_reason reason;
    const char *told;
} reasons[] = {
    { OCPP_BOOT_REASON_POWER_UP, "reason=PowerUp" },
    { OCPP_BOOT_REASON_REMOTE_RESET, "reason=RemoteReset" },
    { OCPP_BOOT_REASON_LOCAL_RESET, "reason=LocalReset" },
    { OCPP_BOOT_REASON_APPLICATION_RESET, "reason=ApplicationReset" },
    { OCPP_BOOT_REASON_FIRMWARE_UPDATE, "reason=FirmwareUpdate" },
    { OCPP_BOOT_REASON_SCHEDULED_RESET, "reason=ScheduledReset" },
    { OCPP_BOOT_REASON_TRIGGERED, "reason=Triggered" },
    { OCPP_BOOT_REASON_UNKNOWN, "reason=Unknown" },
    { OCPP_BOOT_REASON_WATCHDOG, "reason=Watchdog" },
};

/* B01.FR.09; BootReasonEnumType. */
static void every_reason_that_was_noted_is_told_after_exactly_one_restart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        struct world *world = powered();
        restart_noting(world, reasons[i].reason);
        world_connect(world, OCPP_VERSION_2_0_1);
        central_sees(world, "BootNotification", reasons[i].told);
        world_power_off(world);
        world_power_on(world);
        world_connect(world, OCPP_VERSION_2_0_1);
        central_sees(world, "BootNotification", "reason=PowerUp");
        world_free(world);
    }
}

/* B01.FR.09. */
static void what_the_hardware_knows_of_this_start_overrules_what_was_noted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        struct world *world = powered();
        world->settings.boot_reason = reasons[i].reason;
        restart_noting(world, OCPP_BOOT_REASON_FIRMWARE_UPDATE);
        world_connect(world, OCPP_VERSION_2_0_1);
        central_sees(world, "BootNotification", reasons[i].told);
        world_free(world);
    }
}

static void a_reason_is_told_until_somebody_accepts_it(void **state)
{
    (void)state;
    struct world *world = powered();
    restart_noting(world, OCPP_BOOT_REASON_WATCHDOG);
    world->boot_status = "Pending";
    world->boot_interval = 20;
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "reason=Watchdog");
    world->boot_status = "Accepted";
    world_pass(world, 20);
    central_sees(world, "BootNotification", "reason=Watchdog");
    world_disconnect(world);
    assert_int_equal(ocpp_charge_point_profile_switched(world->cp, world->now), OCPP_OK);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "reason=PowerUp");
    world_free(world);
}

/* B01.FR.09; BootReasonEnumType Triggered. Only the boot that was asked for says so. */
static void a_boot_that_was_triggered_says_so_once(void **state)
{
    (void)state;
    struct world *world = powered();
    world->boot_status = "Pending";
    world->boot_interval = 500;
    world_connect(world, OCPP_VERSION_2_0_1);
    central_asks(world, "TriggerMessage", "{'requestedMessage':'BootNotification'}");
    central_sees(world, "BootNotification", "reason=PowerUp");
    central_sees(world, "BootNotification", "reason=Triggered");
    world_pass(world, 500);
    central_sees(world, "BootNotification", "reason=PowerUp");
    world_free(world);
}

static void a_reason_the_store_refuses_leaves_power_up(void **state)
{
    (void)state;
    struct world *world = powered();
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_int_equal(ocpp_charge_point_restarting(world->cp, OCPP_BOOT_REASON_LOCAL_RESET, world->now), OCPP_ERR_FULL);
    assert_int_equal(ocpp_charge_point_restarting(world->cp, OCPP_BOOT_REASON_NOTED, world->now), OCPP_ERR_ARGUMENT);
    world_power_off(world);
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "reason=PowerUp");
    world_free(world);
}

static void a_transaction_that_runs_into_a_restart_of_our_own_ends_with_reboot(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    restart_noting(world, OCPP_BOOT_REASON_WATCHDOG);
    world_connect(world, version_of(state));
    assert_string_equal(the_session(world)->reason, "Reboot");
    world_free(world);
}

/* --- the modem and the meter --------------------------------------------------------------------------------------------------
 */

/* 1.6 4.2, 6.1; 2.0.1 BootNotification, ModemType. */
static void a_boot_tells_the_modem_and_the_meter(void **state)
{
    struct world *world = world_new();
    world->settings.serial_number = "PILE-S";
    world->settings.charge_box_serial_number = "BOX-S";
    world->settings.meter_type = "DZG-WSZ";
    world->settings.meter_serial_number = "METER-S";
    world->settings.iccid = "8949000000000000001";
    world->settings.imsi = "262010000000001";
    world_power_on(world);
    world_connect(world, version_of(state));
    central_sees(world, "BootNotification",
                 world_is_old(world) ? "chargePointSerialNumber=PILE-S chargeBoxSerialNumber=BOX-S meterType=DZG-WSZ "
                                       "meterSerialNumber=METER-S iccid=8949000000000000001 imsi=262010000000001"
                                     : "chargingStation/serialNumber=PILE-S chargingStation/modem/iccid=8949000000000000001 "
                                       "chargingStation/modem/imsi=262010000000001");
    world_free(world);
}

/* Part 4, 5.3; A reconnect needs no boot, except when it has news. */
static void another_sim_is_told_in_a_boot_with_the_next_link(void **state)
{
    struct world *world = world_of(state);
    assert_int_equal(ocpp_charge_point_modem(world->cp, "8949000000000000002", NULL, world->now), OCPP_OK);
    world_run(world);
    central_does_not_see(world, "BootNotification");
    world_disconnect(world);
    world_connect(world, version_of(state));
    central_sees(world, "BootNotification",
                 world_is_old(world) ? "iccid=8949000000000000002 imsi=-"
                                     : "chargingStation/modem/iccid=8949000000000000002 chargingStation/modem/imsi=-");
    central_forgets(world);
    assert_int_equal(ocpp_charge_point_modem(world->cp, "8949000000000000002", "", world->now), OCPP_OK); /* no news */
    world_disconnect(world);
    world_connect(world, version_of(state));
    central_does_not_see(world, "BootNotification");
    world_free(world);
}

static void a_sim_that_cannot_be_told_is_refused(void **state)
{
    (void)state;
    struct world *world = powered();
    assert_int_equal(ocpp_charge_point_modem(world->cp, "123456789012345678901", NULL, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_modem(world->cp, NULL, "\xff", world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_modem(world->cp, "12345678901234567890", "12345678901234567890", world->now), OCPP_OK);
    world_free(world);
}

/* --- another central system ---------------------------------------------------------------------------------------------------
 */

/* B10.FR.10 (errata 2025-09). The switch itself is the client's; here is what follows from it. */
static void a_switch_of_the_network_profile_boots_anew_and_tells_everything(void **state)
{
    struct world *world = world_of(state);
    assert_int_equal(ocpp_charge_point_profile_switched(world->cp, world->now), OCPP_ERR_STATE); /* B10.FR.06 */
    world_disconnect(world);
    assert_int_equal(ocpp_charge_point_profile_switched(world->cp, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_UNKNOWN);
    world->boot_status = "Pending";
    world->boot_interval = 30;
    world_connect(world, version_of(state));
    central_sees(world, "BootNotification", "");
    central_does_not_see(world, "StatusNotification");
    world->boot_status = "Accepted";
    world_pass(world, 30);
    central_sees(world, "BootNotification", "");
    central_sees(world, "StatusNotification", "");
    world_free(world);
}

/* B10.FR.10. What one central system told us to wait for is nothing to another. */
static void a_switch_of_the_network_profile_ends_the_wait_for_the_next_boot(void **state)
{
    struct world *world = powered();
    world->boot_status = "Rejected";
    world->boot_interval = 3600;
    world_connect(world, version_of(state));
    world_disconnect(world);
    assert_int_equal(ocpp_charge_point_profile_switched(world->cp, world->now), OCPP_OK);
    world->boot_status = "Accepted";
    world_connect(world, version_of(state));
    assert_int_equal(central_counts(world, "BootNotification"), 2);
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_ACCEPTED);
    world_free(world);
}

static void boot_settings_outside_their_range_make_no_charge_point(void **state)
{
    (void)state;
    static const char long_text[] = "12345678901234567890123456";
    for (int i = 0; i < 6; i++) {
        struct world *world = world_new();
        const char **texts[] = { &world->settings.charge_box_serial_number, &world->settings.meter_type,
                                 &world->settings.meter_serial_number, &world->settings.iccid, &world->settings.imsi };
        if (i < 5) {
            *texts[i] = long_text;
        } else {
            world->settings.boot_reason = (enum ocpp_boot_reason)99;
        }
        assert_null(ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now));
        world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_that_was_noted_is_told_after_exactly_one_restart),
        cmocka_unit_test(what_the_hardware_knows_of_this_start_overrules_what_was_noted),
        cmocka_unit_test(a_reason_is_told_until_somebody_accepts_it),
        cmocka_unit_test(a_boot_that_was_triggered_says_so_once),
        cmocka_unit_test(a_reason_the_store_refuses_leaves_power_up),
        IN_EACH_VERSION(a_transaction_that_runs_into_a_restart_of_our_own_ends_with_reboot),
        IN_EACH_VERSION(a_boot_tells_the_modem_and_the_meter),
        IN_EACH_VERSION(another_sim_is_told_in_a_boot_with_the_next_link),
        cmocka_unit_test(a_sim_that_cannot_be_told_is_refused),
        IN_EACH_VERSION(a_switch_of_the_network_profile_boots_anew_and_tells_everything),
        IN_EACH_VERSION(a_switch_of_the_network_profile_ends_the_wait_for_the_next_boot),
        cmocka_unit_test(boot_settings_outside_their_range_make_no_charge_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
