/* Block L of a station: updates of its firmware, in both families of versions: 2.0.1 L01, L02; 1.6 with its security extension,
 * whose cases are public by title only. */
#include "firmware_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { PAST = -7200, OFFSET = 300 };

static const struct order usual = { .id = 7, .retrieve_in_s = PAST, .install_in_s = PAST, .retries = -1 };

static struct board *on(void **state)
{
    struct board *board = board_of(state, 2);
    board_on(board);
    return board;
}

/* An A/B board, which restarts to run what it installed. */
static struct board *with_restart(void **state, enum ocpp_firmware_restart restart)
{
    struct board *board = board_of(state, 2);
    board->firmware.restart = restart;
    board->outcome = OCPP_FIRMWARE_OUTCOME_INSTALLED;
    board_on(board);
    return board;
}

static void central_learns(struct board *board, const char *type)
{
    assert_int_equal(board_raised(board, type), 1);
}

static void charge_at(struct world *world, int evse, const char *token)
{
    plug(world, evse);
    card(world, evse, token);
    charge(world, evse, 100);
    central_forgets(world);
}

static void leave(struct world *world, int evse, const char *token)
{
    card(world, evse, token);
    unplug(world, evse);
}

/* TC_L_01_CS; TC_080_CS; TC_044_1_CS; L01.FR.01, FR.04, FR.05, FR.10, FR.12, FR.21, FR.28, FR.31. 1.6: titles only, steps ours.
 */
static void a_signed_update_is_fetched_verified_and_installed(void **state)
{
    struct board *board = on(state);
    assert_string_equal(board_ordered(board, &usual), "Accepted");
    central_hears(board, 7, "Downloading");
    board_fetches(board);
    central_hears(board, 7, "Downloaded SignatureVerified Installing");
    assert_int_equal(board->installs, 1);
    assert_true(board->installed_is_right);
    assert_int_equal(board->installed_size, board->file_size);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Installed");
    central_hears_no_more(board);
    central_learns(board, "FirmwareUpdated");
    board_free(board);
}

/* TC_L_01_CS; L01.FR.15, FR.23, FR.28. A bootloader installs it: a restart before, of which the central system hears, and the
 * boot says why. */
static void a_bootloader_installs_at_a_restart(void **state)
{
    struct board *board = with_restart(state, OCPP_FIRMWARE_RESTART_TO_INSTALL);
    board_ordered(board, &usual);
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified InstallRebooting");
    assert_int_equal(board->installs, 1);
    assert_int_equal(board->world->restarts, 1);
    assert_false(board->world->restarted_hard);
    board_restarts(board, "2.0");
    if (world_is_old(board->world)) {
        central_sees(board->world, "BootNotification", "firmwareVersion=2.0");
    } else {
        central_sees(board->world, "BootNotification", "reason=FirmwareUpdate chargingStation/firmwareVersion=2.0");
    }
    central_hears(board, 7, "Installed");
    central_hears_no_more(board);
    assert_int_equal(board->outcomes, 1);
    assert_int_equal(board->installs, 1);
    assert_int_equal(board_raised(board, "FirmwareUpdated"), 1);
    board_free(board);
}

/* TC_L_01_CS; L01.FR.32. Option a: the new firmware itself says that it is installed. */
static void new_firmware_beside_the_old_runs_after_a_restart(void **state)
{
    struct board *board = with_restart(state, OCPP_FIRMWARE_RESTART_TO_ACTIVATE);
    board_ordered(board, &usual);
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing");
    assert_int_equal(board->world->restarts, 0);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "InstallRebooting");
    central_hears_no_more(board);
    assert_int_equal(board->world->restarts, 1);
    board_restarts(board, "2.0");
    central_hears(board, 7, "Installed");
    central_hears_no_more(board);
    board_free(board);
}

/* TC_L_02_CS; L01.FR.16. */
static void an_installation_waits_for_its_date(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.install_in_s = OFFSET;
    assert_string_equal(board_ordered(board, &order), "Accepted");
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified InstallScheduled");
    central_hears_no_more(board);
    world_pass(board->world, OFFSET - 2);
    assert_int_equal(board->installs, 0);
    world_pass(board->world, 4);
    central_hears(board, 7, "Installing");
    assert_int_equal(board->installs, 1);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Installed");
    board_free(board);
}

/* TC_L_03_CS; L01.FR.13. */
static void a_download_waits_for_its_date(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.retrieve_in_s = OFFSET;
    assert_string_equal(board_ordered(board, &order), "Accepted");
    central_hears(board, 7, "DownloadScheduled");
    world_pass(board->world, OFFSET - 2);
    assert_int_equal(board->transfer.started, 0);
    world_pass(board->world, 4);
    central_hears(board, 7, "Downloading");
    board_fetches(board);
    central_hears(board, 7, "Downloaded SignatureVerified Installing");
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Installed");
    board_free(board);
}

/* TC_L_05_CS; L01.FR.02, FR.21, FR.22; 1.6 security extension L01: FR.23 to FR.25. */
static void a_certificate_that_is_no_good_refuses_the_update(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.certificate = "OTHER";
    assert_string_equal(board_ordered(board, &order), "InvalidCertificate");
    central_learns(board, "InvalidFirmwareSigningCertificate");
    order.certificate = "REVOKED";
    assert_string_equal(board_ordered(board, &order), "RevokedCertificate");
    assert_int_equal(board_raised(board, "InvalidFirmwareSigningCertificate"), 2);
    central_hears_no_more(board);
    assert_int_equal(board->transfer.started, 0);
    board_free(board);
}

/* TC_L_06_CS; TC_081_CS; L01.FR.03, FR.04. 1.6: title only, steps ours. */
static void a_signature_that_is_no_good_ends_the_update(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.signature = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_string_equal(board_ordered(board, &order), "Accepted");
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded InvalidSignature");
    central_hears_no_more(board);
    central_learns(board, "InvalidFirmwareSignature");
    assert_int_equal(board->installs, 0);
    assert_int_equal(board->discards, 1);
    board_free(board);
}

/* TC_L_07_CS; TC_044_2_CS; L01.FR.30. 1.6: title only, steps ours. As often as the central system said, and then no more. */
static void what_cannot_be_fetched_is_tried_again_and_then_reported(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.retries = 2;
    order.interval_s = 40;
    assert_string_equal(board_ordered(board, &order), "Accepted");
    for (int attempt = 1; attempt <= 3; attempt++) {
        assert_int_equal(board->transfer.started, attempt);
        central_hears(board, 7, attempt == 1 ? "Downloading" : "");
        board_loses(board, OCPP_TRANSFER_NOT_FOUND);
        world_pass(board->world, 39);
        assert_int_equal(board->transfer.started, attempt);
        world_pass(board->world, 2);
    }
    central_hears(board, 7, "DownloadFailed");
    central_hears_no_more(board);
    world_pass(board->world, 3600);
    assert_int_equal(board->transfer.started, 3);
    board_free(board);
}

/* TC_L_08_CS; L01.FR.29. A rightly signed image of another station. */
static void an_image_that_does_not_fit_is_reported(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing");
    board_tells(board, OCPP_FIRMWARE_OUTCOME_UNFIT);
    central_hears(board, 7, "InstallVerificationFailed");
    central_hears_no_more(board);
    assert_int_equal(board_raised(board, "FirmwareUpdated"), 0);
    board_free(board);
}

/* TC_044_3_CS. Title only, steps ours. */
static void an_installation_that_fails_is_reported(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_FAILED);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing InstallationFailed");
    central_hears_no_more(board);
    assert_int_equal(board_raised(board, "FirmwareUpdated"), 0);
    assert_int_equal(ocpp_charge_point_firmware_told(board->world->cp, OCPP_FIRMWARE_OUTCOME_INSTALLED, board->world->now),
                     OCPP_ERR_STATE);
    board_free(board);
}

/* TC_L_10_CS; L01.FR.24; 1.6 security extension L01: FR.26. */
static void a_newer_order_takes_the_place_of_a_download(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    central_hears(board, 7, "Downloading");
    fake_transfer_move(&board->transfer, board->world->cp, 1000, board->world->now);
    struct order newer = usual;
    newer.id = 8;
    assert_string_equal(board_ordered(board, &newer), "AcceptedCanceled");
    assert_int_equal(board->transfer.cancelled, 1);
    assert_int_equal(board->transfer.last.offset, 0); /* of another file nothing is kept */
    central_hears(board, 8, "Downloading");
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 8, "Downloaded SignatureVerified Installing Installed");
    central_hears_no_more(board);
    board_free(board);
}

/* TC_L_11_CS; L01.FR.27; 1.6 security extension L01: FR.27. */
static void a_board_that_cannot_cancel_rejects_a_newer_order(void **state)
{
    struct board *board = board_of(state, 2);
    board->firmware.no_cancel = true;
    board_on(board);
    board_ordered(board, &usual);
    struct order newer = usual;
    newer.id = 8;
    assert_string_equal(board_ordered(board, &newer), "Rejected");
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing Installed");
    central_hears_no_more(board);
    assert_string_equal(board_ordered(board, &newer), "Accepted");
    board_free(board);
}

/* L01.FR.24, FR.27; 1.6 security extension L01: FR.26, FR.27. What is being installed only the board can undo. */
static void an_installation_is_cancelled_where_the_board_can(void **state)
{
    struct board *board = on(state);
    struct order newer = usual;
    newer.id = 8;
    board_ordered(board, &usual);
    board_fetches(board);
    assert_string_equal(board_ordered(board, &newer), "Rejected");
    board->cancels = true;
    assert_string_equal(board_ordered(board, &newer), "AcceptedCanceled");
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing");
    central_hears(board, 8, "Downloading");
    assert_int_equal(ocpp_charge_point_firmware_told(board->world->cp, OCPP_FIRMWARE_OUTCOME_INSTALLED, board->world->now),
                     OCPP_ERR_STATE);
    board_free(board);
}

static void allow_sessions(struct board *board, const char *value)
{
    if (world_is_old(board->world)) {
        char payload[128];
        snprintf(payload, sizeof(payload), "{'key':'AllowNewSessionsPendingFirmwareUpdate','value':'%s'}", value);
        assert_string_equal(value_of(central_asks(board->world, "ChangeConfiguration", payload), "status"), "Accepted");
        return;
    }
    world_set_variable(board->world, "ChargingStation", "AllowNewSessionsPendingFirmwareUpdate", NULL, value);
}

static void sees_unavailable(struct world *world, int evse)
{
    char members[64];
    snprintf(members, sizeof(members),
             world_is_old(world) ? "connectorId=%d status=Unavailable" : "evseId=%d connectorStatus=Unavailable", evse);
    central_sees(world, "StatusNotification", members);
}

/* TC_L_12_CS; L01.FR.13. A station that does not download while anybody charges. */
static void a_download_waits_for_drivers_who_may_still_come(void **state)
{
    struct board *board = board_of(state, 2);
    board->firmware.idle_downloads = true;
    board_on(board);
    allow_sessions(board, "true");
    charge_at(board->world, 1, "A");
    assert_string_equal(board_ordered(board, &usual), "Accepted");
    central_hears(board, 7, "DownloadScheduled");
    charge_at(board->world, 2, "B");
    leave(board->world, 1, "A");
    assert_int_equal(board->transfer.started, 0);
    leave(board->world, 2, "B");
    central_hears(board, 7, "Downloading");
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Downloaded SignatureVerified Installing Installed");
    board_free(board);
}

/* TC_L_13_CS; L01.FR.07, FR.13. */
static void a_download_waits_for_drivers_and_nobody_else_may_come(void **state)
{
    struct board *board = board_of(state, 2);
    board->firmware.idle_downloads = true;
    board_on(board);
    allow_sessions(board, "false");
    charge_at(board->world, 1, "A");
    board_ordered(board, &usual);
    sees_unavailable(board->world, 2);
    central_hears(board, 7, "DownloadScheduled");
    plug(board->world, 2);
    card(board->world, 2, "B");
    assert_false(board->world->closed[2]);
    assert_true(board->world->closed[1]);
    unplug(board->world, 2);
    central_forgets(board->world);
    leave(board->world, 1, "A");
    central_hears(board, 7, "Downloading");
    board_fetches(board);
    assert_int_equal(board->world->shown[1], OCPP_CONNECTOR_UNAVAILABLE);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Downloaded SignatureVerified Installing Installed");
    assert_int_equal(board->world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    assert_int_equal(board->world->shown[2], OCPP_CONNECTOR_AVAILABLE);
    board_free(board);
}

/* TC_L_14_CS; L01.FR.06, FR.07, FR.34. */
static void an_installation_waits_for_drivers_who_may_still_come(void **state)
{
    struct board *board = on(state);
    allow_sessions(board, "true");
    charge_at(board->world, 1, "A");
    board_ordered(board, &usual);
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified InstallScheduled");
    charge_at(board->world, 2, "B");
    leave(board->world, 1, "A");
    assert_int_equal(board->installs, 0);
    leave(board->world, 2, "B");
    assert_int_equal(board->installs, 1);
    central_hears(board, 7, "Installing");
    assert_int_equal(board->world->shown[1], OCPP_CONNECTOR_UNAVAILABLE);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Installed");
    assert_int_equal(board->world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    board_free(board);
}

/* TC_L_15_CS; L01.FR.06, FR.07, FR.34; 1.6 security extension L01: FR.06, FR.07, FR.18, FR.19; 1.6 errata 3.49. */
static void an_installation_waits_for_drivers_and_nobody_else_may_come(void **state)
{
    struct board *board = on(state);
    charge_at(board->world, 1, "A");
    board_ordered(board, &usual);
    board_fetches(board);
    sees_unavailable(board->world, 2);
    plug(board->world, 2);
    card(board->world, 2, "B");
    assert_false(board->world->closed[2]);
    unplug(board->world, 2);
    assert_true(board->world->closed[1]);
    leave(board->world, 1, "A");
    assert_int_equal(board->installs, 1);
    assert_int_equal(board->world->shown[1], OCPP_CONNECTOR_UNAVAILABLE);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    assert_int_equal(board->world->shown[2], OCPP_CONNECTOR_AVAILABLE);
    board_free(board);
}

/* L01.FR.33. What runs goes on while the other half of the flash is written, and ends before the station restarts. */
static void a_restart_waits_for_drivers(void **state)
{
    struct board *board = board_of(state, 2);
    board->firmware.restart = OCPP_FIRMWARE_RESTART_TO_ACTIVATE;
    board->firmware.live_installs = true;
    board_on(board);
    charge_at(board->world, 1, "A");
    board_ordered(board, &usual);
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing");
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    assert_int_equal(board->world->restarts, 0);
    assert_int_equal(board->world->shown[2], OCPP_CONNECTOR_UNAVAILABLE);
    central_hears_no_more(board);
    leave(board->world, 1, "A");
    central_hears(board, 7, "InstallRebooting");
    assert_int_equal(board->world->restarts, 1);
    board_free(board);
}

/* TC_L_16_CS; L01.FR.28. */
static void some_stations_install_while_a_vehicle_charges(void **state)
{
    struct board *board = board_of(state, 2);
    board->firmware.live_installs = true;
    board_on(board);
    charge_at(board->world, 1, "A");
    board_ordered(board, &usual);
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing Installed");
    assert_int_equal(board_raised(board, "FirmwareUpdated"), 1);
    assert_true(board->world->closed[1]);
    assert_int_equal(board->world->shown[2], OCPP_CONNECTOR_AVAILABLE);
    board_free(board);
}

/* TC_L_18_CS; 1.6 security extension L01: FR.20. */
static void an_unsigned_update_is_refused_where_signed_ones_are_done(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.is_unsigned = true;
    assert_string_equal(board_ordered(board, &order), world_is_old(board->world) ? "NotSupported" : "Rejected");
    central_hears_no_more(board);
    assert_int_equal(board->transfer.started, 0);
    board_free(board);
}

/* L02.FR.01, FR.02; TC_044_1_CS; 1.6 5.19. A station that does without signatures. */
static void an_unsigned_update_is_done_where_that_is_allowed(void **state)
{
    struct board *board = board_of(state, 1);
    board->firmware.unsigned_allowed = true;
    board->world->settings.crypto = NULL;
    board_on(board);
    struct order order = usual;
    order.is_unsigned = true;
    assert_string_equal(board_ordered(board, &order), world_is_old(board->world) ? "" : "Accepted");
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, world_is_old(board->world) ? 0 : 7, "Downloading Downloaded Installing Installed");
    central_hears_no_more(board);
    order.is_unsigned = false;
    assert_string_equal(board_ordered(board, &order), world_is_old(board->world) ? "NotSupported" : "Rejected");
    board_free(board);
}

static void trigger(struct board *board, bool is_signed)
{
    const bool is_extended = world_is_old(board->world) && is_signed;
    const char *answer = central_asks(board->world, is_extended ? "ExtendedTriggerMessage" : "TriggerMessage",
                                      "{'requestedMessage':'FirmwareStatusNotification'}");
    assert_string_equal(value_of(answer, "status"), "Accepted");
}

static void hears_idle(struct board *board, bool is_signed)
{
    central_sees(board->world, status_action(board, is_signed), "status=Idle");
    central_hears_no_more(board);
}

/* TC_F_19_CS; L01.FR.20, FR.25, FR.26; 1.6 security extension L01: FR.21, FR.28, FR.29. */
static void what_was_told_last_is_told_again_when_it_is_asked_for(void **state)
{
    struct board *board = on(state);
    trigger(board, true);
    hears_idle(board, true);
    board_ordered(board, &usual);
    central_hears(board, 7, "Downloading");
    trigger(board, true);
    central_hears(board, 7, "Downloading");
    board_fetches(board);
    central_hears(board, 7, "Downloaded SignatureVerified Installing");
    board_restarts(board, "2.0"); /* and what was told is known after a restart */
    central_hears(board, 7, "Installed");
    trigger(board, true);
    hears_idle(board, true);
    struct order order = usual;
    order.id = 9;
    order.retries = 0;
    board_ordered(board, &order);
    board_loses(board, OCPP_TRANSFER_LOST);
    central_hears(board, 9, "Downloading DownloadFailed");
    trigger(board, true);
    central_hears(board, 9, "DownloadFailed");
    board_free(board);
}

/* L01.FR.14. A driver comes, and the download makes room; what was fetched until then is not fetched again. */
static void a_download_is_paused_while_somebody_charges(void **state)
{
    struct board *board = board_of(state, 2);
    board->firmware.idle_downloads = true;
    board_on(board);
    allow_sessions(board, "true");
    board_ordered(board, &usual);
    assert_true(fake_transfer_move(&board->transfer, board->world->cp, 15000, board->world->now));
    charge_at(board->world, 1, "A");
    assert_int_equal(board->transfer.cancelled, 1);
    leave(board->world, 1, "A");
    assert_int_equal(board->transfer.last.offset, 15000);
    board_fetches(board);
    assert_true(board->installed_is_right);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    assert_int_equal(ocpp_charge_point_firmware(board->world->cp).status, OCPP_FIRMWARE_INSTALLED);
    board_free(board);
}

/* L03.FR.01; L04.FR.01: of local controllers, which no station here is. */
static void firmware_is_not_published(void **state)
{
    struct board *board = on(state);
    if (!world_is_old(board->world)) {
        assert_string_equal(central_asks(board->world, "PublishFirmware",
                                         "{'location':'http://a/b','checksum':'0123456789abcdef0123456789abcdef','requestId':1}"),
                            "NotSupported");
        assert_string_equal(central_asks(board->world, "UnpublishFirmware", "{'checksum':'0123456789abcdef0123456789abcdef'}"),
                            "NotSupported");
    }
    board_free(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_signed_update_is_fetched_verified_and_installed),
        IN_EACH_VERSION(a_bootloader_installs_at_a_restart),
        IN_EACH_VERSION(new_firmware_beside_the_old_runs_after_a_restart),
        IN_EACH_VERSION(an_installation_waits_for_its_date),
        IN_EACH_VERSION(a_download_waits_for_its_date),
        IN_EACH_VERSION(a_certificate_that_is_no_good_refuses_the_update),
        IN_EACH_VERSION(a_signature_that_is_no_good_ends_the_update),
        IN_EACH_VERSION(what_cannot_be_fetched_is_tried_again_and_then_reported),
        IN_EACH_VERSION(an_image_that_does_not_fit_is_reported),
        IN_EACH_VERSION(an_installation_that_fails_is_reported),
        IN_EACH_VERSION(a_newer_order_takes_the_place_of_a_download),
        IN_EACH_VERSION(a_board_that_cannot_cancel_rejects_a_newer_order),
        IN_EACH_VERSION(an_installation_is_cancelled_where_the_board_can),
        IN_EACH_VERSION(a_download_waits_for_drivers_who_may_still_come),
        IN_EACH_VERSION(a_download_waits_for_drivers_and_nobody_else_may_come),
        IN_EACH_VERSION(an_installation_waits_for_drivers_who_may_still_come),
        IN_EACH_VERSION(an_installation_waits_for_drivers_and_nobody_else_may_come),
        IN_EACH_VERSION(a_restart_waits_for_drivers),
        IN_EACH_VERSION(some_stations_install_while_a_vehicle_charges),
        IN_EACH_VERSION(an_unsigned_update_is_refused_where_signed_ones_are_done),
        IN_EACH_VERSION(an_unsigned_update_is_done_where_that_is_allowed),
        IN_EACH_VERSION(what_was_told_last_is_told_again_when_it_is_asked_for),
        IN_EACH_VERSION(a_download_is_paused_while_somebody_charges),
        IN_EACH_VERSION(firmware_is_not_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
