/* Updates of the firmware: what goes wrong on the way, and what a power cut, a store or a memory that fails make of it. */
#include "firmware_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "allocator.h"
#include "firmware_update.h"

static const struct order usual = { .id = 7, .retrieve_in_s = -10, .retries = -1 };

static struct board *on(void **state)
{
    struct board *board = board_of(state, 1);
    board_on(board);
    return board;
}

/* --- which status may follow which ------------------------------------------------------------------------------------------ */

static void every_status_can_be_reached_and_leads_to_an_end(void **state)
{
    (void)state;
    for (int status = 0; status < OCPP_FIRMWARE_STATUS_COUNT; status++) {
        bool has_before = status == OCPP_FIRMWARE_IDLE;
        bool has_next = false;
        for (int other = 0; other < OCPP_FIRMWARE_STATUS_COUNT; other++) {
            has_before =
                has_before || ocpp_firmware_may_follow((enum ocpp_firmware_status)other, (enum ocpp_firmware_status)status);
            has_next = has_next || ocpp_firmware_may_follow((enum ocpp_firmware_status)status, (enum ocpp_firmware_status)other);
        }
        assert_true(has_before);
        assert_int_equal(has_next, !ocpp_firmware_is_end((enum ocpp_firmware_status)status));
        assert_int_equal(ocpp_firmware_is_end((enum ocpp_firmware_status)status),
                         status == OCPP_FIRMWARE_INSTALLED || status >= OCPP_FIRMWARE_DOWNLOAD_FAILED);
        assert_false(ocpp_firmware_may_follow((enum ocpp_firmware_status)status, (enum ocpp_firmware_status)status));
        assert_false(ocpp_firmware_may_follow((enum ocpp_firmware_status)status, OCPP_FIRMWARE_IDLE));
        assert_true(ocpp_firmware_status_name((enum ocpp_firmware_status)status)[0] != '\0');
    }
    assert_false(ocpp_firmware_may_follow(OCPP_FIRMWARE_DOWNLOADING, OCPP_FIRMWARE_INSTALLING)); /* not unverified */
    assert_string_equal(ocpp_firmware_status_name(OCPP_FIRMWARE_STATUS_COUNT), "");
}

/* --- downloads -------------------------------------------------------------------------------------------------------------- */

/* peers: firmware and diagnostics silently not implemented. */
static void a_broken_download_goes_on_where_it_broke(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    assert_true(fake_transfer_move(&board->transfer, board->world->cp, 12345, board->world->now));
    assert_int_equal(ocpp_charge_point_firmware(board->world->cp).bytes, 12345);
    board_loses(board, OCPP_TRANSFER_LOST);
    world_pass(board->world, 61);
    assert_int_equal(board->transfer.last.offset, 12345);
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing Installed");
    assert_true(board->installed_is_right);
    board_free(board);
}

static void a_power_cut_costs_no_byte_that_was_kept(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    fake_transfer_move(&board->transfer, board->world->cp, 12345, board->world->now);
    central_hears(board, 7, "Downloading");
    board_restarts(board, "1.0");
    assert_int_equal(board->transfer.last.offset, 12345);
    board_fetches(board);
    central_hears(board, 7, "Downloaded SignatureVerified Installing");
    board_free(board);
}

static void an_unsigned_file_is_never_put_together_from_two(void **state)
{
    struct board *board = board_of(state, 1);
    board->firmware.unsigned_allowed = true;
    board_on(board);
    struct order order = usual;
    order.is_unsigned = true;
    board_ordered(board, &order);
    fake_transfer_move(&board->transfer, board->world->cp, 12345, board->world->now);
    board_loses(board, OCPP_TRANSFER_LOST);
    world_pass(board->world, 61);
    assert_int_equal(board->transfer.last.offset, 0);
    board_free(board);
}

static void a_server_that_cannot_go_on_starts_anew_at_once(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.retries = 1;
    order.interval_s = 5;
    board_ordered(board, &order);
    fake_transfer_move(&board->transfer, board->world->cp, 12345, board->world->now);
    board_loses(board, OCPP_TRANSFER_LOST);
    world_pass(board->world, 6);
    board_loses(board, OCPP_TRANSFER_NOT_RESUMED); /* which is no attempt */
    assert_int_equal(board->transfer.started, 3);
    assert_int_equal(board->transfer.last.offset, 0);
    board_fetches(board);
    assert_true(board->installed_is_right);
    board_free(board);
}

/* The file at the server changed between two attempts. */
static void a_file_from_two_halves_is_fetched_once_more(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    fake_transfer_move(&board->transfer, board->world->cp, 10000, board->world->now);
    board->slot[5] ^= 1;
    board_loses(board, OCPP_TRANSFER_LOST);
    world_pass(board->world, 61);
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded Downloading");
    assert_int_equal(board->transfer.last.offset, 0);
    assert_int_equal(board->installs, 0);
    board_fetches(board);
    central_hears(board, 7, "Downloaded SignatureVerified Installing");
    assert_true(board->installed_is_right);
    board_free(board);
}

static void what_cannot_be_had_fails_at_once(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    board_loses(board, OCPP_TRANSFER_TOO_LARGE);
    central_hears(board, 7, "Downloading DownloadFailed");
    struct order order = usual;
    order.id = 8;
    order.location = "file:///etc/passwd";
    assert_string_equal(board_ordered(board, &order), "Accepted"); /* as L01.FR.24 has it: nothing is looked at first */
    central_hears(board, 8, "Downloading DownloadFailed");
    assert_int_equal(board->transfer.started, 1);
    board_free(board);
}

static void a_slot_that_fails_is_tried_again(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.retries = 2;
    order.interval_s = 5;
    board->slot_is_stuck = true;
    board_ordered(board, &order);
    assert_int_equal(board->transfer.started, 0);
    board->slot_is_stuck = false;
    board->close_fails = true;
    world_pass(board->world, 6);
    board_fetches(board);
    assert_int_equal(board->closes, 1);
    board->close_fails = false;
    world_pass(board->world, 6);
    assert_int_equal(board->transfer.last.offset, 0); /* what did not close is not gone on with */
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing");
    board_free(board);
}

static void an_empty_file_and_one_that_cannot_be_read_back_are_no_firmware(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.retries = 0;
    board->transfer.file_size = 0;
    board_ordered(board, &order);
    board_fetches(board);
    central_hears(board, 7, "Downloading DownloadFailed");
    board->transfer.file_size = board->file_size;
    board->slot_is_broken = true;
    order.id = 8;
    board_ordered(board, &order);
    board_fetches(board);
    central_hears(board, 8, "Downloading Downloaded InvalidSignature");
    assert_int_equal(board->installs, 0);
    board_free(board);
}

static void a_download_that_nobody_ends_is_given_up(void **state)
{
    struct board *board = board_of(state, 1);
    board->firmware.download_ms = 600000;
    board->firmware.retries = -1;
    board_on(board);
    board_ordered(board, &usual);
    world_pass(board->world, 598);
    central_hears(board, 7, "Downloading");
    central_hears_no_more(board);
    world_pass(board->world, 3);
    central_hears(board, 7, "DownloadFailed");
    assert_int_equal(board->transfer.cancelled, 1);
    board_free(board);
}

static void the_board_can_pause_a_download(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    fake_transfer_move(&board->transfer, board->world->cp, 700, board->world->now);
    assert_int_equal(ocpp_charge_point_firmware_pause(board->world->cp, true, board->world->now), OCPP_OK);
    world_run(board->world);
    central_hears(board, 7, "Downloading DownloadPaused");
    world_pass(board->world, 1000);
    assert_int_equal(board->transfer.started, 1);
    assert_int_equal(ocpp_charge_point_firmware_pause(board->world->cp, false, board->world->now), OCPP_OK);
    world_run(board->world);
    central_hears(board, 7, "Downloading");
    assert_int_equal(board->transfer.last.offset, 700);
    board_free(board);
}

/* A board without a clock, after a power cut and before anybody told the time. */
static void who_does_not_know_the_time_waits_for_it(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.retrieve_in_s = 100;
    board_ordered(board, &order);
    const enum ocpp_version version = board->world->version;
    world_power_off(board->world);
    world_power_back(board->world, 4000);
    world_pass(board->world, 5000);
    assert_int_equal(board->transfer.started, 0);
    world_connect(board->world, version);
    assert_int_equal(board->transfer.started, 1);
    board_free(board);
}

/* --- installations ------------------------------------------------------------------------------------------------------------
 */

/* B11.FR.06 of 2.0.1: something that must not be interrupted. */
static void nobody_resets_what_is_being_installed(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    const char *reset = world_is_old(board->world) ? "{'type':'Hard'}" : "{'type':'Immediate'}";
    board_fetches(board);
    assert_string_equal(value_of(central_asks(board->world, "Reset", reset), "status"), "Rejected");
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    assert_string_equal(value_of(central_asks(board->world, "Reset", reset), "status"), "Accepted");
    board_free(board);
}

static void an_installation_that_never_ends_has_failed(void **state)
{
    struct board *board = board_of(state, 1);
    board->firmware.install_ms = 600000;
    board_on(board);
    board_ordered(board, &usual);
    board_fetches(board);
    world_pass(board->world, 599);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing");
    central_hears_no_more(board);
    world_pass(board->world, 2);
    central_hears(board, 7, "InstallationFailed");
    board_free(board);
}

static void a_restart_that_does_not_come_about_has_failed(void **state)
{
    struct board *board = board_of(state, 1);
    board->firmware.restart = OCPP_FIRMWARE_RESTART_TO_ACTIVATE;
    board_on(board);
    board_ordered(board, &usual);
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    assert_int_equal(board->world->restarts, 1);
    world_pass(board->world, 300);
    assert_int_equal(board->world->restarts, 2);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing InstallRebooting InstallationFailed");
    assert_int_equal(board->world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    board_free(board);
}

/* What the bootloader says after the restart is what is told; where it says nothing, the version does. */
static void what_became_of_it_is_asked_after_the_restart(void **state)
{
    static const struct {
        enum ocpp_firmware_restart restart;
        enum ocpp_firmware_outcome outcome;
        bool has_none; /* no callback */
        const char *version;
        const char *told;
    } rows[] = {
        { OCPP_FIRMWARE_RESTART_TO_INSTALL, OCPP_FIRMWARE_OUTCOME_INSTALLED, false, "2.0", "Installed" },
        { OCPP_FIRMWARE_RESTART_TO_INSTALL, OCPP_FIRMWARE_OUTCOME_FAILED, false, "1.0", "InstallationFailed" },
        { OCPP_FIRMWARE_RESTART_TO_INSTALL, OCPP_FIRMWARE_OUTCOME_UNFIT, false, "1.0", "InstallVerificationFailed" },
        { OCPP_FIRMWARE_RESTART_TO_ACTIVATE, OCPP_FIRMWARE_OUTCOME_INSTALLED, false, "2.0", "Installed" },
        { OCPP_FIRMWARE_RESTART_TO_ACTIVATE, OCPP_FIRMWARE_OUTCOME_FAILED, false, "1.0", "InstallationFailed" },
        { OCPP_FIRMWARE_RESTART_TO_ACTIVATE, OCPP_FIRMWARE_OUTCOME_NOT_BEGUN, false, "1.0", "InstallationFailed" },
        { OCPP_FIRMWARE_RESTART_TO_INSTALL, 0, true, "2.0", "Installed" },
        { OCPP_FIRMWARE_RESTART_TO_ACTIVATE, 0, true, "2.0", "Installed" },
        { OCPP_FIRMWARE_RESTART_TO_ACTIVATE, 0, true, "1.0", "InstallationFailed" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct board *board = board_of(state, 1);
        board->firmware.restart = rows[i].restart;
        board->outcome = rows[i].outcome;
        board->firmware.outcome = rows[i].has_none ? NULL : board->firmware.outcome;
        board_on(board);
        board_ordered(board, &usual);
        board_fetches(board);
        if (rows[i].restart == OCPP_FIRMWARE_RESTART_TO_ACTIVATE) {
            board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
        }
        board_restarts(board, rows[i].version);
        central_hears(board, 7, rows[i].told);
        central_hears_no_more(board);
        assert_int_equal(board_raised(board, "FirmwareUpdated"), strcmp(rows[i].told, "Installed") == 0);
        board_free(board);
    }
}

/* New firmware tries itself out before it says that it stays, and goes back where it does not. */
static void a_rollback_is_reported_by_whoever_runs_then(void **state)
{
    for (int stays = 0; stays < 2; stays++) {
        struct board *board = board_of(state, 1);
        board->firmware.restart = OCPP_FIRMWARE_RESTART_TO_ACTIVATE;
        board->outcome = OCPP_FIRMWARE_OUTCOME_PENDING;
        board_on(board);
        board_ordered(board, &usual);
        board_fetches(board);
        board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
        board_restarts(board, "2.0");
        central_hears_no_more(board);
        if (stays) {
            board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
        } else {
            board->outcome = OCPP_FIRMWARE_OUTCOME_FAILED;
            board_restarts(board, "1.0");
        }
        central_hears(board, 7, stays ? "Installed" : "InstallationFailed");
        central_hears_no_more(board);
        assert_int_equal(board->world->restarts, 1);
        board_free(board);
    }
}

/* A file that takes the station down whenever it is installed does not do so for ever. */
static void an_installation_that_is_undone_by_power_cuts_is_given_up(void **state)
{
    struct board *board = board_of(state, 1);
    board->outcome = OCPP_FIRMWARE_OUTCOME_NOT_BEGUN;
    board_on(board);
    board_ordered(board, &usual);
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing");
    for (int cut = 1; cut <= 3; cut++) {
        assert_int_equal(board->installs, cut);
        board_restarts(board, "1.0");
    }
    assert_int_equal(board->installs, 3);
    central_hears(board, 7, "InstallationFailed");
    board_free(board);
}

/* Somebody changes the file in the slot while the station is off. */
static void a_file_is_verified_again_after_a_start(void **state)
{
    struct board *board = on(state);
    struct order order = usual;
    order.install_in_s = 300;
    board_ordered(board, &order);
    board_fetches(board);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified InstallScheduled");
    world_power_off(board->world);
    board->slot[100] ^= 1;
    board_restarts(board, "1.0");
    world_pass(board->world, 400);
    central_hears(board, 7, "InvalidSignature");
    assert_int_equal(board->installs, 0);
    assert_int_equal(board_raised(board, "InvalidFirmwareSignature"), 1);
    board_free(board);
}

static void the_board_may_answer_at_once(void **state)
{
    struct board *board = board_of(state, 1);
    board->told_in_install = OCPP_FIRMWARE_OUTCOME_INSTALLED;
    board_on(board);
    board_ordered(board, &usual);
    board_fetches(board);
    assert_int_equal(board->told_status, OCPP_OK);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing Installed");
    board_free(board);
}

static void a_bootloader_that_refuses_at_once_spares_the_restart(void **state)
{
    struct board *board = board_of(state, 1);
    board->firmware.restart = OCPP_FIRMWARE_RESTART_TO_INSTALL;
    board->told_in_install = OCPP_FIRMWARE_OUTCOME_UNFIT;
    board_on(board);
    board_ordered(board, &usual);
    board_fetches(board);
    assert_int_equal(board->world->restarts, 0);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified InstallRebooting InstallVerificationFailed");
    assert_int_equal(board->world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    board_free(board);
}

/* --- telling ------------------------------------------------------------------------------------------------------------------
 */

static void what_happens_without_a_link_is_told_in_order(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    const enum ocpp_version version = board->world->version;
    central_hears(board, 7, "Downloading");
    world_disconnect(board->world);
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    assert_int_equal(ocpp_charge_point_firmware(board->world->cp).untold, 4);
    world_power_off(board->world);
    world_power_back(board->world, 60);
    world_connect(board->world, version);
    central_hears(board, 7, "Downloaded SignatureVerified Installing Installed");
    central_hears_no_more(board);
    assert_int_equal(ocpp_charge_point_firmware(board->world->cp).untold, 0);
    board_free(board);
}

/* Ordered in one version, told in the other: with the id where there is a word for it. */
static void an_update_is_told_in_whichever_version_there_is(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    central_hears(board, 7, "Downloading");
    const enum ocpp_version other = world_is_old(board->world) ? OCPP_VERSION_2_0_1 : OCPP_VERSION_1_6;
    world_disconnect(board->world);
    world_connect(board->world, other);
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Downloaded SignatureVerified Installing Installed");
    board_free(board);
}

/* A central system that does not know the message answers each with an error: it has heard it. */
static void a_status_that_is_refused_holds_back_no_other(void **state)
{
    struct board *board = on(state);
    board->world->refuse_action = status_action(board, true);
    board->world->refuse_count = 100;
    board_ordered(board, &usual);
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    central_hears(board, 7, "Downloading Downloaded SignatureVerified Installing Installed");
    central_hears_no_more(board);
    assert_int_equal(ocpp_charge_point_firmware(board->world->cp).untold, 0);
    board_free(board);
}

static void a_status_nobody_answers_is_told_three_times(void **state)
{
    struct board *board = on(state);
    board->world->silent_action = status_action(board, true);
    board->world->silent_count = 3;
    board_ordered(board, &usual);
    world_pass(board->world, 200);
    assert_int_equal(board->world->silent_count, 0);
    central_hears(board, 7, "Downloading Downloading Downloading");
    board_fetches(board);
    central_hears(board, 7, "Downloaded SignatureVerified Installing");
    assert_int_equal(ocpp_charge_point_firmware(board->world->cp).untold, 0);
    board_free(board);
}

static void a_status_without_an_answer_is_told_again_with_the_next_link(void **state)
{
    struct board *board = on(state);
    board->world->silent_action = status_action(board, true);
    board->world->silent_count = 1;
    board_ordered(board, &usual);
    const enum ocpp_version version = board->world->version;
    central_hears(board, 7, "Downloading");
    world_disconnect(board->world);
    world_connect(board->world, version);
    central_hears(board, 7, "Downloading");
    central_hears_no_more(board);
    board_free(board);
}

/* More than there is room for: the end of it is not what is lost. */
static void statuses_that_wait_are_bounded(void **state)
{
    struct board *board = on(state);
    board_ordered(board, &usual);
    const enum ocpp_version version = board->world->version;
    world_disconnect(board->world);
    for (int i = 0; i < 60; i++) {
        ocpp_charge_point_firmware_pause(board->world->cp, i % 2 == 0, board->world->now);
        world_run(board->world);
    }
    board_loses(board, OCPP_TRANSFER_TOO_LARGE);
    assert_int_equal(ocpp_charge_point_firmware(board->world->cp).untold, MOST_FIRMWARE_STATUSES);
    central_forgets(board->world);
    world_connect(board->world, version);
    assert_int_equal(ocpp_charge_point_firmware(board->world->cp).untold, 0);
    size_t told = board->world->call_count;
    while (strcmp(board->world->calls[--told].action, status_action(board, true)) != 0) {
    }
    assert_string_equal(value_of(board->world->calls[told].payload, "status"), "DownloadFailed");
    board_free(board);
}

/* 1.6 5.17: what the plain form of 1.6 has no word for is not told, and where it is asked for the nearest word is; the signed
 * form has a word for all. */
static void the_plain_form_of_1_6_has_a_word_for_everything_that_is_asked_for(void **state)
{
    static const char *const words[OCPP_FIRMWARE_STATUS_COUNT] = {
        [OCPP_FIRMWARE_IDLE] = "Idle",
        [OCPP_FIRMWARE_DOWNLOAD_SCHEDULED] = "Idle",
        [OCPP_FIRMWARE_DOWNLOADING] = "Downloading",
        [OCPP_FIRMWARE_DOWNLOAD_PAUSED] = "Downloading",
        [OCPP_FIRMWARE_DOWNLOADED] = "Downloaded",
        [OCPP_FIRMWARE_SIGNATURE_VERIFIED] = "Downloaded",
        [OCPP_FIRMWARE_INSTALL_SCHEDULED] = "Downloaded",
        [OCPP_FIRMWARE_INSTALL_REBOOTING] = "Installing",
        [OCPP_FIRMWARE_INSTALLING] = "Installing",
        [OCPP_FIRMWARE_INSTALLED] = "Idle", /* L01.FR.25 */
        [OCPP_FIRMWARE_DOWNLOAD_FAILED] = "DownloadFailed",
        [OCPP_FIRMWARE_INVALID_SIGNATURE] = "InstallationFailed",
        [OCPP_FIRMWARE_INSTALL_VERIFICATION_FAILED] = "InstallationFailed",
        [OCPP_FIRMWARE_INSTALLATION_FAILED] = "InstallationFailed",
    };
    (void)state;
    for (int status = 0; status < OCPP_FIRMWARE_STATUS_COUNT; status++) {
        struct board *board = board_of((void *[]){ &world_versions[0] }, 1);
        board_on(board);
        struct firmware *firmware = ocpp_firmware_of(board->world->cp);
        firmware->update.has_last = true;
        firmware->update.last = (struct firmware_news){ .status = status, .has_id = true, .id = 7, .is_signed = true };
        central_asks(board->world, "TriggerMessage", "{'requestedMessage':'FirmwareStatusNotification'}");
        central_hears(board, 0, words[status]);
        central_asks(board->world, "ExtendedTriggerMessage", "{'requestedMessage':'FirmwareStatusNotification'}");
        const bool rests = status == OCPP_FIRMWARE_INSTALLED;
        if (rests) {
            central_sees(board->world, "SignedFirmwareStatusNotification", "status=Idle");
        } else {
            central_hears(board, 7, ocpp_firmware_status_name((enum ocpp_firmware_status)status));
        }
        board_free(board);
    }
}

/* 1.6 errata 3.47: an unsigned update of 1.6 tells what its edition has words for, and nothing else. */
static void an_unsigned_update_of_1_6_tells_what_it_has_words_for(void **state)
{
    (void)state;
    struct board *board = board_of((void *[]){ &world_versions[0] }, 1);
    board->firmware.unsigned_allowed = true;
    board->firmware.restart = OCPP_FIRMWARE_RESTART_TO_ACTIVATE;
    board_on(board);
    struct order order = usual;
    order.is_unsigned = true;
    order.retrieve_in_s = 60;
    board_ordered(board, &order);
    central_hears_no_more(board);
    world_pass(board->world, 62);
    plug(board->world, 1);
    board_fetches(board);
    board_tells(board, OCPP_FIRMWARE_OUTCOME_INSTALLED);
    board->outcome = OCPP_FIRMWARE_OUTCOME_FAILED;
    central_hears(board, 0, "Downloading Downloaded Installing");
    central_hears_no_more(board);
    board_restarts(board, "1.0");
    central_hears(board, 0, "InstallationFailed");
    central_hears_no_more(board);
    board_free(board);
}

/* --- refusals -----------------------------------------------------------------------------------------------------------------
 */

static void half_a_signature_is_none(void **state)
{
    struct board *board = on(state);
    if (!world_is_old(board->world)) {
        const char *answer = central_asks(
            board->world, "UpdateFirmware",
            "{'requestId':1,'firmware':{'location':'http://a/b','retrieveDateTime':'2020-01-01T00:00:00Z','signature':'AA=='}}");
        assert_string_equal(value_of(answer, "status"), "Rejected");
    }
    assert_int_equal(board->transfer.started, 0);
    board_free(board);
}

static void an_address_that_is_longer_than_any_is_refused(void **state)
{
    struct board *board = board_of(state, 1);
    static char payload[4000];
    static char location[2100];
    board->firmware.unsigned_allowed = true;
    board_on(board);
    if (world_is_old(board->world)) {
        memset(location, 'a', sizeof(location) - 1);
        memcpy(location, "http://", 7);
        snprintf(payload, sizeof(payload), "{'location':'%s','retrieveDate':'2020-01-01T00:00:00Z'}", location);
        assert_string_equal(central_asks(board->world, "UpdateFirmware", payload), "GenericError");
        assert_false(ocpp_charge_point_firmware(board->world->cp).is_ongoing);
    }
    board_free(board);
}

static void settings_that_cannot_work_are_refused(void **state)
{
    struct board *board = board_of(state, 1);
    struct world *world = board->world;
    struct ocpp_storage *face = test_storage_face(world->storage);
    const struct ocpp_firmware_settings good = board->firmware;
    for (int i = 0; i < 12; i++) {
        struct ocpp_charge_point_settings settings = world->settings;
        struct ocpp_hardware hardware = world->hardware;
        board->firmware = good;
        switch (i) {
        case 0:
            settings.file_transfer = NULL;
            break;
        case 1:
            board->firmware.open = NULL;
            break;
        case 2:
            board->firmware.sink.write = NULL;
            break;
        case 3:
            board->firmware.close = NULL;
            break;
        case 4:
            board->firmware.install = NULL;
            break;
        case 5:
            board->firmware.read = NULL;
            break;
        case 6:
            settings.crypto = NULL;
            break;
        case 7:
            board->firmware.restart = OCPP_FIRMWARE_RESTART_COUNT;
            break;
        case 8:
            board->firmware.restart = OCPP_FIRMWARE_RESTART_TO_INSTALL;
            hardware.restart = NULL;
            break;
        case 9:
            board->firmware.retries = 1001;
            break;
        case 10:
            board->firmware.retry_ms = -1;
            break;
        default:
            board->firmware.install_ms = -1;
            break;
        }
        assert_null(ocpp_charge_point_new(&settings, &hardware, face, world->now));
    }
    board->firmware = good;
    board_on(board);
    assert_int_equal(ocpp_charge_point_firmware_told(world->cp, OCPP_FIRMWARE_OUTCOME_PENDING, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_firmware_told(world->cp, OCPP_FIRMWARE_OUTCOME_FAILED, world->now), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_transfer_done(world->cp, 77, OCPP_TRANSFER_DONE, 0, world->now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_charge_point_transfer_done(world->cp, 0, OCPP_TRANSFER_DONE, 0, world->now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_charge_point_transfer_done(world->cp, 1, OCPP_TRANSFER_RESULT_COUNT, 0, world->now), OCPP_ERR_ARGUMENT);
    board_free(board);
}

static void a_station_without_it_has_none_of_it(void **state)
{
    struct board *board = board_of(state, 1);
    board->world->settings.firmware = NULL;
    board_on(board);
    assert_string_equal(board_ordered(board, &usual), "NotSupported");
    assert_int_equal(ocpp_charge_point_firmware_pause(board->world->cp, true, board->world->now), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_firmware(board->world->cp).status, OCPP_FIRMWARE_IDLE);
    if (world_is_old(board->world)) {
        const char *answer = central_asks(board->world, "GetConfiguration", "{'key':['AllowNewSessionsPendingFirmwareUpdate']}");
        assert_string_equal(value_of(answer, "unknownKey"), "(1)");
    }
    board_free(board);
}

/* --- everything that can fail -------------------------------------------------------------------------------------------------
 */

/* The board does its part until nothing goes on any more. */
static void carry_on(struct board *board, int *told)
{
    for (int round = 0; round < 40 && !test_storage_is_cut(board->world->storage); round++) {
        if (fake_transfer_running(&board->transfer) != NULL) {
            fake_transfer_end(&board->transfer, board->world->cp, OCPP_TRANSFER_DONE, board->world->now);
        }
        world_run(board->world);
        if (test_storage_is_cut(board->world->storage)) {
            return;
        }
        if (board->installs > *told && board->firmware.restart != OCPP_FIRMWARE_RESTART_TO_INSTALL) {
            *told = board->installs;
            board->outcome = OCPP_FIRMWARE_OUTCOME_INSTALLED;
            ocpp_charge_point_firmware_told(board->world->cp, OCPP_FIRMWARE_OUTCOME_INSTALLED, board->world->now);
        }
        world_pass(board->world, 7);
        if (board->world->restarts > 0 && !test_storage_is_cut(board->world->storage)) {
            board->world->restarts = 0;
            board->outcome = OCPP_FIRMWARE_OUTCOME_INSTALLED;
            const enum ocpp_version version = board->world->version;
            world_power_off(board->world);
            memset(board->transfer.running, 0, sizeof(board->transfer.running));
            world_power_back(board->world, 30);
            world_connect(board->world, version);
        }
    }
}

/* Whatever was told of the update is told in an order it may have; a repetition is one after a cut. */
static const char *last_told(struct board *board, int *installed)
{
    static char last[40];
    enum ocpp_firmware_status status = OCPP_FIRMWARE_IDLE;
    snprintf(last, sizeof(last), "%s", "");
    for (size_t i = 0; i < board->world->call_count; i++) {
        const struct seen_call *call = &board->world->calls[i];
        if (strcmp(call->action, status_action(board, true)) != 0) {
            continue;
        }
        snprintf(last, sizeof(last), "%s", value_of(call->payload, "status"));
        int next = 0;
        while (strcmp(last, ocpp_firmware_status_name((enum ocpp_firmware_status)next)) != 0) {
            next++;
        }
        if (next != (int)status) {
            assert_true(ocpp_firmware_may_follow(status, (enum ocpp_firmware_status)next));
        }
        status = (enum ocpp_firmware_status)next;
        *installed += status == OCPP_FIRMWARE_INSTALLED;
    }
    return last;
}

/* The power goes at the |nth| write; false: there were not so many. */
static bool survives_a_cut(void **state, enum ocpp_firmware_restart restart, unsigned nth, size_t keep)
{
    struct board *board = board_of(state, 1);
    board->firmware.restart = restart;
    board->outcome = OCPP_FIRMWARE_OUTCOME_NOT_BEGUN;
    board_on(board);
    int told = 0;
    test_storage_cut(board->world->storage, nth, keep);
    const char *answer = board_ordered(board, &usual);
    const bool was_accepted = strcmp(answer, "Accepted") == 0;
    if (!test_storage_is_cut(board->world->storage)) {
        carry_on(board, &told);
    }
    const bool was_cut = test_storage_is_cut(board->world->storage);
    const enum ocpp_version version = board->world->version;
    if (was_cut) {
        if (board->installs > 0 && restart == OCPP_FIRMWARE_RESTART_TO_INSTALL) {
            board->outcome = OCPP_FIRMWARE_OUTCOME_INSTALLED; /* the bootloader had been told */
        }
        world_power_off(board->world);
        memset(board->transfer.running, 0, sizeof(board->transfer.running));
        world_power_back(board->world, 30);
        board->world->restarts = 0;
        world_connect(board->world, version);
        carry_on(board, &told);
    }
    int installed = 0;
    const char *last = last_told(board, &installed);
    if (was_accepted) {
        assert_string_equal(last, "Installed");
    }
    assert_true(last[0] == '\0' || strcmp(last, "Installed") == 0);
    assert_in_range(installed, last[0] != '\0', 1 + was_cut);
    assert_in_range(board_raised(board, "FirmwareUpdated"), last[0] != '\0', last[0] != '\0' ? 1 + was_cut : 0); /* L01.FR.31 */
    assert_true(board->installs == 0 || board->installed_is_right);
    assert_in_range(board->installs, 0, 2);
    board_free(board);
    return was_cut;
}

static void a_power_cut_at_any_write_neither_loses_nor_doubles_an_update(void **state)
{
    for (int restart = 0; restart < OCPP_FIRMWARE_RESTART_COUNT; restart++) {
        for (size_t keep = 0; keep < 2; keep++) {
            unsigned nth = 1;
            while (survives_a_cut(state, (enum ocpp_firmware_restart)restart, nth, keep)) {
                nth++;
            }
            assert_true(nth > 10);
        }
    }
}

static void a_store_that_refuses_any_write_costs_time_only(void **state)
{
    for (unsigned nth = 1; nth < 16; nth++) {
        struct board *board = on(state);
        int told = 0;
        int installed = 0;
        test_storage_refuse(board->world->storage, nth, OCPP_ERR_STORAGE);
        const char *answer = board_ordered(board, &usual);
        const bool was_accepted = strcmp(answer, "Accepted") == 0;
        assert_int_equal(was_accepted, nth > 1);
        if (!was_accepted) {
            assert_string_equal(answer, "Rejected");
            board_ordered(board, &usual);
        }
        carry_on(board, &told);
        assert_string_equal(last_told(board, &installed), "Installed");
        assert_int_equal(installed, 1);
        board_free(board);
    }
}

static void an_order_for_which_there_is_no_memory_is_rejected(void **state)
{
    int rejected = 0;
    for (size_t nth = 1; nth <= 4; nth++) {
        struct board *board = board_of(state, 1);
        struct test_allocator memory;
        test_allocator_start(&memory, 0);
        board->world->settings.allocator = &memory.allocator;
        board_on(board);
        memory.fail_at = memory.calls + nth;
        const bool was_accepted = strcmp(board_ordered(board, &usual), "Accepted") == 0;
        rejected += !was_accepted;
        assert_int_equal(ocpp_charge_point_firmware(board->world->cp).is_ongoing, was_accepted);
        if (!was_accepted) {
            assert_string_equal(board_ordered(board, &usual), "Accepted");
        }
        int told = 0;
        int installed = 0;
        carry_on(board, &told);
        assert_string_equal(last_told(board, &installed), "Installed");
        world_power_off(board->world);
        assert_int_equal(memory.blocks, 0);
        board_free(board);
    }
    assert_true(rejected >= 2); /* the order, and its bytes */
}

/* A byte goes bad in what is kept of an update. */
static void a_record_that_cannot_be_read_costs_the_update_not_the_station(void **state)
{
    static const char *const keys[] = { "firmware/order", "firmware/update" };
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct board *board = on(state);
        board_ordered(board, &usual);
        const enum ocpp_version version = board->world->version;
        world_power_off(board->world);
        const struct ocpp_change spoil = { .kind = OCPP_CHANGE_PUT, .key = keys[i], .value = "no record", .size = 9 };
        struct ocpp_storage *face = test_storage_face(board->world->storage);
        assert_int_equal(face->write(&spoil, 1, NULL, NULL, face->user), OCPP_OK);
        world_power_back(board->world, 30);
        world_connect(board->world, version);
        assert_int_equal(ocpp_charge_point_view(board->world->cp).corrupt_records, 1);
        assert_false(ocpp_charge_point_firmware(board->world->cp).is_ongoing);
        assert_string_equal(board_ordered(board, &usual), "Accepted");
        board_free(board);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_can_be_reached_and_leads_to_an_end),
        IN_EACH_VERSION(a_broken_download_goes_on_where_it_broke),
        IN_EACH_VERSION(a_power_cut_costs_no_byte_that_was_kept),
        IN_EACH_VERSION(an_unsigned_file_is_never_put_together_from_two),
        IN_EACH_VERSION(a_server_that_cannot_go_on_starts_anew_at_once),
        IN_EACH_VERSION(a_file_from_two_halves_is_fetched_once_more),
        IN_EACH_VERSION(what_cannot_be_had_fails_at_once),
        IN_EACH_VERSION(a_slot_that_fails_is_tried_again),
        IN_EACH_VERSION(an_empty_file_and_one_that_cannot_be_read_back_are_no_firmware),
        IN_EACH_VERSION(a_download_that_nobody_ends_is_given_up),
        IN_EACH_VERSION(the_board_can_pause_a_download),
        IN_EACH_VERSION(who_does_not_know_the_time_waits_for_it),
        IN_EACH_VERSION(nobody_resets_what_is_being_installed),
        IN_EACH_VERSION(an_installation_that_never_ends_has_failed),
        IN_EACH_VERSION(a_restart_that_does_not_come_about_has_failed),
        IN_EACH_VERSION(what_became_of_it_is_asked_after_the_restart),
        IN_EACH_VERSION(a_rollback_is_reported_by_whoever_runs_then),
        IN_EACH_VERSION(an_installation_that_is_undone_by_power_cuts_is_given_up),
        IN_EACH_VERSION(a_file_is_verified_again_after_a_start),
        IN_EACH_VERSION(the_board_may_answer_at_once),
        IN_EACH_VERSION(a_bootloader_that_refuses_at_once_spares_the_restart),
        IN_EACH_VERSION(what_happens_without_a_link_is_told_in_order),
        IN_EACH_VERSION(an_update_is_told_in_whichever_version_there_is),
        IN_EACH_VERSION(a_status_that_is_refused_holds_back_no_other),
        IN_EACH_VERSION(a_status_nobody_answers_is_told_three_times),
        IN_EACH_VERSION(a_status_without_an_answer_is_told_again_with_the_next_link),
        IN_EACH_VERSION(statuses_that_wait_are_bounded),
        cmocka_unit_test(the_plain_form_of_1_6_has_a_word_for_everything_that_is_asked_for),
        cmocka_unit_test(an_unsigned_update_of_1_6_tells_what_it_has_words_for),
        IN_EACH_VERSION(half_a_signature_is_none),
        IN_EACH_VERSION(an_address_that_is_longer_than_any_is_refused),
        IN_EACH_VERSION(settings_that_cannot_work_are_refused),
        IN_EACH_VERSION(a_station_without_it_has_none_of_it),
        IN_EACH_VERSION(a_power_cut_at_any_write_neither_loses_nor_doubles_an_update),
        IN_EACH_VERSION(a_store_that_refuses_any_write_costs_time_only),
        IN_EACH_VERSION(an_order_for_which_there_is_no_memory_is_rejected),
        IN_EACH_VERSION(a_record_that_cannot_be_read_costs_the_update_not_the_station),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
