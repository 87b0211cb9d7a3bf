/* Logs that are handed over, where something goes wrong: a restart, a transfer that hangs, a firmware that takes its time, a
 * store and a memory that fail. What goes right is in tests/conformance/test_station_n_logs.c. */
#include "log_world.h"

#include "allocator.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define LOG_STATUS "LogStatusNotification"

static void restart(struct log_world *logs)
{
    const enum ocpp_version version = logs->world->version;
    world_power_off(logs->world);
    logs->opened = logs->closed = 0;
    world_power_back(logs->world, 5);
    central_forgets(logs->world);
    world_connect(logs->world, version);
}

/* --- over a restart -------------------------------------------------------------------------------------------------------- */

static void an_upload_that_a_restart_ends_is_told_to_have_failed(void **state)
{
    struct log_world *logs = log_world_of(state);
    get_log(logs, "DiagnosticsLog", 41, "");
    restart(logs);
    central_sees(logs->world, LOG_STATUS, "status=UploadFailure requestId=41");
    restart(logs);
    central_does_not_see(logs->world, LOG_STATUS);
    log_world_free(logs);
}

/* How it ended is told, also when nobody was there to be told. */
static void an_upload_that_ended_without_a_link_is_told_as_it_ended(void **state)
{
    struct log_world *logs = log_world_of(state);
    get_log(logs, "DiagnosticsLog", 42, "");
    world_disconnect(logs->world);
    upload_ends(logs, OCPP_TRANSFER_DONE);
    restart(logs);
    central_sees(logs->world, LOG_STATUS, "status=Uploaded requestId=42");
    restart(logs);
    central_does_not_see(logs->world, LOG_STATUS);
    log_world_free(logs);
}

/* One with an address and a password in it is kept nowhere. */
static bool has_secret(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    const char *bytes = value;
    for (size_t i = 0; i + 6 <= size; i++) {
        *(bool *)user = *(bool *)user || memcmp(bytes + i, "secret", 6) == 0;
    }
    return true;
}

static int lines_with_secrets;

static void look_for_secrets(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    (void)user;
    lines_with_secrets += strstr(line, "secret") != NULL;
}

static void the_address_is_kept_nowhere(void **state)
{
    struct log_world *logs = log_world_new();
    logs->world->settings.log = (struct ocpp_log){ .write = look_for_secrets, .level = OCPP_LOG_DEBUG };
    lines_with_secrets = 0;
    log_world_on(logs, *(enum ocpp_version *)*state);
    get_log(logs, "DiagnosticsLog", 1, "");
    bool is_found = false;
    logs->world->memory->each("", NULL, has_secret, &is_found, logs->world->memory->user);
    assert_false(is_found);
    upload_ends(logs, OCPP_TRANSFER_LOST);
    assert_int_equal(lines_with_secrets, 0);
    log_world_free(logs);
}

/* Whatever the store does at whatever moment: the central system hears of an end, and hears of it once more at most. */
static void the_power_may_go_at_any_write(void **state)
{
    for (unsigned nth = 1; nth < 8; nth++) {
        for (size_t keep = 0; keep <= 1; keep++) {
            struct log_world *logs = log_world_of(state);
            test_storage_cut(logs->world->storage, nth, keep);
            get_log(logs, "DiagnosticsLog", 43, "");
            const bool was_accepted = strcmp(value_of(logs->world->answer, "status"), "Accepted") == 0;
            if (!test_storage_is_cut(logs->world->storage)) {
                upload_ends(logs, OCPP_TRANSFER_DONE);
            }
            const bool was_told = central_counts(logs->world, LOG_STATUS) == 2;
            restart(logs);
            world_pass(logs->world, 60);
            if (was_accepted && !was_told) {
                central_sees(logs->world, LOG_STATUS, "requestId=43");
            }
            restart(logs);
            central_does_not_see(logs->world, LOG_STATUS);
            log_world_free(logs);
        }
    }
}

static void a_store_that_fails_keeps_no_log_back(void **state)
{
    struct log_world *logs = log_world_of(state);
    for (unsigned nth = 1; nth <= 3; nth++) {
        central_forgets(logs->world);
        test_storage_refuse(logs->world->storage, nth, OCPP_ERR_STORAGE);
        assert_string_equal(get_log(logs, "DiagnosticsLog", (int)nth, ""), "Accepted");
        upload_ends(logs, OCPP_TRANSFER_DONE);
        central_sees(logs->world, LOG_STATUS, "status=Uploaded");
        test_storage_refuse(logs->world->storage, 0, OCPP_OK);
    }
    log_world_free(logs);
}

/* The end of an upload that is told late takes with it only its own record, not the one of the upload that followed. */
static bool then_falls_silent(struct world *world, const char *action, const char *payload, char *answer, size_t room)
{
    (void)answer;
    (void)room;
    if (strcmp(action, LOG_STATUS) == 0 && strcmp(value_of(payload, "requestId"), "1") == 0) {
        world->silent_action = LOG_STATUS;
        world->silent_count = 1000;
    }
    return false;
}

static void an_end_that_waits_behind_another_survives_a_power_cut(void **state)
{
    struct log_world *logs = log_world_of(state);
    get_log(logs, "DiagnosticsLog", 1, "");
    logs->world->silent_action = LOG_STATUS;
    logs->world->silent_count = 1;
    upload_ends(logs, OCPP_TRANSFER_DONE);
    get_log(logs, "DiagnosticsLog", 2, "");
    upload_ends(logs, OCPP_TRANSFER_DONE);
    logs->world->answers = then_falls_silent;
    world_pass(logs->world, 120);
    logs->world->answers = NULL;
    logs->world->silent_count = 0;
    restart(logs);
    central_sees(logs->world, LOG_STATUS, "status=Uploaded requestId=2");
    log_world_free(logs);
}

static void a_record_that_went_bad_is_set_aside(void **state)
{
    struct log_world *logs = log_world_of(state);
    get_log(logs, "DiagnosticsLog", 1, "");
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = "upload", .value = "bad", .size = 3 };
    assert_int_equal(logs->world->memory->write(&change, 1, NULL, NULL, logs->world->memory->user), OCPP_OK);
    restart(logs);
    assert_int_equal(ocpp_charge_point_view(logs->world->cp).corrupt_records, 1);
    central_does_not_see(logs->world, LOG_STATUS);
    log_world_free(logs);
}

/* --- time ------------------------------------------------------------------------------------------------------------------- */

static void an_upload_that_does_not_move_has_failed(void **state)
{
    struct log_world *logs = log_world_of(state);
    get_log(logs, "DiagnosticsLog", 1, ",'retries':1,'retryInterval':10");
    world_pass(logs->world, 200);
    assert_true(fake_transfer_move(&logs->transfer, logs->world->cp, 4, logs->world->now));
    world_pass(logs->world, 299);
    assert_int_equal(logs->transfer.cancelled, 0);
    world_pass(logs->world, 1);
    assert_int_equal(logs->transfer.cancelled, 1);
    world_pass(logs->world, 10);
    assert_int_equal(logs->transfer.started, 2);
    central_forgets(logs->world);
    world_pass(logs->world, 300);
    central_sees(logs->world, LOG_STATUS, "status=UploadFailure requestId=1");
    assert_int_equal(logs->transfer.cancelled, 2);
    assert_int_equal(logs->closed, 1);
    log_world_free(logs);
}

static void a_log_may_take_its_time(void **state)
{
    struct log_world *logs = log_world_of(state);
    const struct ocpp_transfer_source source = log_source(logs);
    logs->answer = OCPP_LOG_LATER;
    logs->name = "../etc/pass wd";
    assert_int_equal(ocpp_charge_point_log_ready(logs->world->cp, &source, logs->world->now), OCPP_ERR_NOT_FOUND);
    assert_string_equal(get_log(logs, "DiagnosticsLog", 1, ""), "Accepted");
    assert_string_equal(value_of(logs->world->answer, "filename"), "_._etc_pass_wd");
    world_pass(logs->world, 500);
    central_does_not_see(logs->world, LOG_STATUS);
    assert_int_equal(ocpp_charge_point_log_ready(logs->world->cp, &source, logs->world->now), OCPP_OK);
    world_run(logs->world);
    central_sees(logs->world, LOG_STATUS, "status=Uploading requestId=1");
    upload_ends(logs, OCPP_TRANSFER_DONE);
    assert_string_equal(uploaded(logs), logs->log);
    assert_int_equal(logs->closed, 1);
    log_world_free(logs);
}

static void a_log_that_never_gets_ready_has_failed(void **state)
{
    struct log_world *logs = log_world_of(state);
    logs->answer = OCPP_LOG_LATER;
    get_log(logs, "DiagnosticsLog", 1, "");
    assert_int_equal(ocpp_charge_point_log_ready(logs->world->cp, NULL, logs->world->now), OCPP_OK);
    world_run(logs->world);
    central_sees(logs->world, LOG_STATUS, "status=UploadFailure requestId=1");
    get_log(logs, "DiagnosticsLog", 2, "");
    world_pass(logs->world, 599);
    central_does_not_see(logs->world, LOG_STATUS);
    world_pass(logs->world, 1);
    central_sees(logs->world, LOG_STATUS, "status=UploadFailure requestId=2");
    assert_int_equal(logs->transfer.started, 0);
    assert_int_equal(logs->closed, 2);
    log_world_free(logs);
}

/* --- what the peer may ask for -------------------------------------------------------------------------------------------------
 */

static void wishes_are_bounded(void **state)
{
    struct log_world *logs = log_world_of(state);
    get_log(logs, "DiagnosticsLog", 1, ",'retries':1000000,'retryInterval':-5");
    for (int attempt = 0; attempt < 21; attempt++) {
        assert_int_equal(logs->transfer.started, attempt + 1);
        upload_ends(logs, OCPP_TRANSFER_LOST);
    }
    world_pass(logs->world, 3600);
    assert_int_equal(logs->transfer.started, 21);
    get_log(logs, "DiagnosticsLog", 2, ",'retries':1,'retryInterval':99999999");
    upload_ends(logs, OCPP_TRANSFER_LOST);
    world_pass(logs->world, 86400);
    assert_int_equal(logs->transfer.started, 23);
    get_log(logs, "DiagnosticsLog", 3, ",'retries':-7");
    central_forgets(logs->world);
    upload_ends(logs, OCPP_TRANSFER_LOST);
    central_sees(logs->world, LOG_STATUS, "status=UploadFailure requestId=3");
    log_world_free(logs);
}

static void without_a_wish_the_settings_count(void **state)
{
    struct log_world *logs = log_world_new();
    logs->settings.upload_retries = 1;
    logs->settings.retry_interval_ms = 7000;
    log_world_on(logs, *(enum ocpp_version *)*state);
    get_log(logs, "DiagnosticsLog", 1, "");
    upload_ends(logs, OCPP_TRANSFER_LOST);
    world_pass(logs->world, 7);
    assert_int_equal(logs->transfer.started, 2);
    central_forgets(logs->world);
    upload_ends(logs, OCPP_TRANSFER_LOST);
    central_sees(logs->world, LOG_STATUS, "status=UploadFailure");
    log_world_free(logs);
}

static void a_transfer_that_is_busy_is_tried_again(void **state)
{
    struct log_world *logs = log_world_of(state);
    logs->transfer.refuse = OCPP_ERR_BUSY;
    get_log(logs, "DiagnosticsLog", 1, ",'retries':1,'retryInterval':10");
    assert_int_equal(logs->transfer.started, 0);
    world_pass(logs->world, 10);
    assert_int_equal(logs->transfer.started, 1);
    upload_ends(logs, OCPP_TRANSFER_DONE);
    central_sees(logs->world, LOG_STATUS, "status=Uploaded requestId=1");
    log_world_free(logs);
}

/* A station that moves no files, and one whose firmware has no log. */
static void what_the_station_has_not_is_rejected(void **state)
{
    struct log_world *logs = log_world_new();
    logs->world->settings.file_transfer = NULL;
    log_world_on(logs, *(enum ocpp_version *)*state);
    assert_string_equal(get_log(logs, "SecurityLog", 1, ""), "Rejected");
    log_world_free(logs);
    logs = log_world_new();
    logs->settings.open_log = NULL;
    log_world_on(logs, *(enum ocpp_version *)*state);
    assert_string_equal(get_log(logs, "DiagnosticsLog", 1, ""), "Rejected");
    assert_string_equal(get_log(logs, "SecurityLog", 1, ""), "Accepted");
    upload_ends(logs, OCPP_TRANSFER_DONE);
    assert_int_equal(logs->closed, 0);
    log_world_free(logs);
}

/* Where it is no part of the station, its messages are not supported. */
static void a_station_without_the_block_does_not_support_it(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(central_asks(world, "GetLog",
                                     "{'logType':'SecurityLog','requestId':1,'log':{'remoteLocation':'https://files.example/'}}"),
                        "NotSupported");
    world_free(world);
}

/* 6.25: a folder only where a file server is meant. */
static void an_address_of_the_web_is_taken_as_it_is(void **state)
{
    (void)state;
    struct log_world *logs = log_world_new();
    log_world_on(logs, OCPP_VERSION_1_6);
    central_asks(logs->world, "GetDiagnostics", "{'location':'https://files.example/upload?token=7'}");
    assert_string_equal(logs->transfer.last.url, "https://files.example/upload?token=7");
    char payload[2300];
    char location[2200];
    memset(location, 'l', sizeof(location) - 1);
    memcpy(location, "http://a/", 9);
    location[sizeof(location) - 1] = '\0';
    snprintf(payload, sizeof(payload), "{'location':'%s'}", location);
    assert_string_equal(central_asks(logs->world, "GetDiagnostics", payload), "{}"); /* longer than any address */
    log_world_free(logs);
}

/* What 1.6 asked for has no number in 2.0.1, and nobody is there to be told. */
static void the_next_link_may_be_of_another_version(void **state)
{
    (void)state;
    struct log_world *logs = log_world_new();
    log_world_on(logs, OCPP_VERSION_1_6);
    get_diagnostics(logs, "");
    world_disconnect(logs->world);
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    central_forgets(logs->world);
    upload_ends(logs, OCPP_TRANSFER_DONE);
    world_pass(logs->world, 600);
    central_does_not_see(logs->world, LOG_STATUS);
    world_disconnect(logs->world);
    world_connect(logs->world, OCPP_VERSION_1_6);
    central_does_not_see(logs->world, "DiagnosticsStatusNotification");
    log_world_free(logs);
}

static void an_end_nobody_confirms_is_told_again_and_not_for_ever(void **state)
{
    struct log_world *logs = log_world_of(state);
    get_log(logs, "DiagnosticsLog", 1, "");
    const int before = central_counts(logs->world, LOG_STATUS);
    logs->world->silent_action = LOG_STATUS;
    logs->world->silent_count = 2;
    upload_ends(logs, OCPP_TRANSFER_DONE);
    world_pass(logs->world, 300);
    assert_int_equal(central_counts(logs->world, LOG_STATUS) - before, 3);
    get_log(logs, "DiagnosticsLog", 2, "");
    logs->world->refuse_action = LOG_STATUS;
    logs->world->refuse_count = 1000;
    upload_ends(logs, OCPP_TRANSFER_DONE);
    world_pass(logs->world, 3600);
    assert_int_equal(central_counts(logs->world, LOG_STATUS) - before, 3 + 1 + 5);
    log_world_free(logs);
}

/* --- settings and memory
 * --------------------------------------------------------------------------------------------------------- */

static bool makes_one(struct log_world *logs)
{
    struct ocpp_charge_point *cp = ocpp_charge_point_new(&logs->world->settings, &logs->world->hardware,
                                                         test_storage_face(logs->world->storage), logs->world->now);
    ocpp_charge_point_free(cp);
    return cp != NULL;
}

static void settings_outside_their_ranges_are_refused(void **state)
{
    (void)state;
    struct log_world *logs = log_world_new();
    const struct ocpp_diagnostics_settings good = logs->settings;
    assert_true(makes_one(logs));
#define REFUSED(member, value)                                                                                                   \
    logs->settings = good;                                                                                                       \
    logs->settings.member = value;                                                                                               \
    assert_false(makes_one(logs))
    REFUSED(upload_retries, -1);
    REFUSED(upload_retries, 21);
    REFUSED(retry_interval_ms, 999);
    REFUSED(assembly_ms, 86400001);
    REFUSED(stall_ms, 0);
    REFUSED(max_security_records, 9);
    REFUSED(max_security_log_bytes, 1023);
    REFUSED(max_events_per_hour, 0);
    REFUSED(critical_type_count, 65);
    log_world_free(logs);
}

static size_t live_without_memory(void **state, size_t nth)
{
    struct test_allocator memory;
    struct log_world *logs = log_world_new();
    test_allocator_start(&memory, 0);
    logs->world->settings.allocator = &memory.allocator;
    log_world_on(logs, *(enum ocpp_version *)*state);
    const size_t before = memory.calls;
    memory.fail_at = nth == 0 ? 0 : before + nth;
    logs->world->is_starved = true;
    get_log(logs, "SecurityLog", 1, "");
    const bool was_accepted = fake_transfer_running(&logs->transfer) != NULL;
    if (was_accepted) {
        upload_ends(logs, OCPP_TRANSFER_DONE);
        world_pass(logs->world, 60);
        central_sees(logs->world, LOG_STATUS, "status=Uploaded requestId=1");
    }
    world_pass(logs->world, 60);
    const size_t calls = memory.calls - before;
    log_world_free(logs);
    assert_int_equal(memory.blocks, 0);
    return calls;
}

static void every_allocation_may_fail(void **state)
{
    const size_t calls = live_without_memory(state, 0);
    for (size_t nth = 1; nth <= calls; nth++) {
        live_without_memory(state, nth);
    }
}

/* A power switch in the middle leaves nothing behind, and calls nobody. */
static void a_charge_point_may_go_during_an_upload(void **state)
{
    struct test_allocator memory;
    struct log_world *logs = log_world_new();
    test_allocator_start(&memory, 0);
    logs->world->settings.allocator = &memory.allocator;
    log_world_on(logs, *(enum ocpp_version *)*state);
    get_log(logs, "SecurityLog", 1, "");
    get_log(logs, "DiagnosticsLog", 2, "");
    world_power_off(logs->world);
    assert_int_equal(logs->transfer.cancelled, 2);
    assert_int_equal(logs->closed, 0);
    assert_int_equal(memory.blocks, 0);
    log_world_free(logs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(an_end_that_waits_behind_another_survives_a_power_cut),
        IN_EACH_VERSION(an_upload_that_a_restart_ends_is_told_to_have_failed),
        IN_EACH_VERSION(an_upload_that_ended_without_a_link_is_told_as_it_ended),
        IN_EACH_VERSION(the_address_is_kept_nowhere),
        IN_EACH_VERSION(the_power_may_go_at_any_write),
        IN_EACH_VERSION(a_store_that_fails_keeps_no_log_back),
        IN_EACH_VERSION(a_record_that_went_bad_is_set_aside),
        IN_EACH_VERSION(an_upload_that_does_not_move_has_failed),
        IN_EACH_VERSION(a_log_may_take_its_time),
        IN_EACH_VERSION(a_log_that_never_gets_ready_has_failed),
        IN_EACH_VERSION(wishes_are_bounded),
        IN_EACH_VERSION(without_a_wish_the_settings_count),
        IN_EACH_VERSION(a_transfer_that_is_busy_is_tried_again),
        IN_EACH_VERSION(what_the_station_has_not_is_rejected),
        IN_EACH_VERSION(a_station_without_the_block_does_not_support_it),
        cmocka_unit_test(an_address_of_the_web_is_taken_as_it_is),
        cmocka_unit_test(the_next_link_may_be_of_another_version),
        IN_EACH_VERSION(an_end_nobody_confirms_is_told_again_and_not_for_ever),
        cmocka_unit_test(settings_outside_their_ranges_are_refused),
        IN_EACH_VERSION(every_allocation_may_fail),
        IN_EACH_VERSION(a_charge_point_may_go_during_an_upload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
