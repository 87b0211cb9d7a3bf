/* Events of security and their log: what the core raises by itself, floods of them, the ring, its text, the store that fails.
 * That they are told is in test_charge_point_notices.c. A04 of 2.0.1. */
#include "log_world.h"

#include "allocator.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* --- the log ------------------------------------------------------------------------------------------------------------- */

struct counting {
    const char *type;
    const char *info; /* NULL: any */
    int count;
    int64_t last_number;
};

static bool count_one(const struct ocpp_security_record *record, void *user)
{
    struct counting *counting = user;
    assert_true(record->number > counting->last_number);
    counting->last_number = record->number;
    counting->count += (counting->type == NULL || strcmp(record->type, counting->type) == 0) &&
                       (counting->info == NULL || strcmp(record->info, counting->info) == 0);
    return true;
}

static int logged(struct log_world *logs, const char *type, const char *info)
{
    struct counting counting = { type, info, 0, -1 };
    assert_int_equal(ocpp_charge_point_each_security_record(logs->world->cp, count_one, &counting), OCPP_OK);
    return counting.count;
}

static struct log_world *with_room(size_t records)
{
    struct log_world *logs = log_world_new();
    logs->settings.max_security_records = records;
    logs->settings.max_events_per_hour = 1000;
    log_world_on(logs, OCPP_VERSION_2_0_1);
    return logs;
}

static void a_full_log_overwrites_the_oldest(void **state)
{
    (void)state;
    struct log_world *logs = with_room(10);
    char info[16];
    for (int i = 0; i < 25; i++) {
        snprintf(info, sizeof(info), "%d", i);
        raise_event(logs, "InvalidMessages", info);
        assert_in_range(logged(logs, NULL, NULL), 2, 10);
    }
    assert_int_equal(logged(logs, NULL, NULL), 10);
    assert_int_equal(logged(logs, "InvalidMessages", "14"), 0);
    assert_int_equal(logged(logs, "InvalidMessages", "15"), 1);
    world_power_off(logs->world);
    world_power_back(logs->world, 5);
    assert_int_equal(logged(logs, NULL, NULL), 10);
    assert_int_equal(logged(logs, "InvalidMessages", "15"), 0); /* it gave way to this start */
    assert_int_equal(logged(logs, "InvalidMessages", "24"), 1);
    log_world_free(logs);
}

/* One write per event, in a full log, too. */
static void an_entry_is_one_write(void **state)
{
    (void)state;
    struct log_world *logs = with_room(10);
    for (int i = 0; i < 20; i++) {
        const unsigned before = test_storage_writes(logs->world->storage);
        raise_event(logs, "InvalidMessages", "again");
        assert_int_equal(test_storage_writes(logs->world->storage) - before, 1);
    }
    log_world_free(logs);
}

static void a_log_that_may_be_shorter_now_is_shortened(void **state)
{
    (void)state;
    struct log_world *logs = with_room(100);
    for (int i = 0; i < 50; i++) {
        raise_event(logs, "InvalidMessages", "again");
    }
    world_power_off(logs->world);
    logs->settings.max_security_records = 20;
    world_power_back(logs->world, 5);
    world_pass(logs->world, 60);
    assert_int_equal(logged(logs, NULL, NULL), 20);
    assert_int_equal(logged(logs, "StartupOfTheDevice", NULL), 1);
    log_world_free(logs);
}

static void a_record_that_went_bad_is_set_aside(void **state)
{
    (void)state;
    struct log_world *logs = with_room(10);
    const struct ocpp_change changes[] = {
        { .kind = OCPP_CHANGE_PUT, .key = "security/0000000100000000", .value = "bad", .size = 3 },
        { .kind = OCPP_CHANGE_PUT, .key = "security/x", .value = "bad", .size = 3 },
    };
    raise_event(logs, "InvalidMessages", "again");
    struct ocpp_storage *disk = logs->world->memory;
    assert_int_equal(disk->write(changes, 2, NULL, NULL, disk->user), OCPP_OK);
    assert_int_equal(logged(logs, NULL, NULL), 1);
    world_power_off(logs->world);
    world_power_back(logs->world, 5);
    assert_int_equal(logged(logs, NULL, NULL), 2);
    assert_int_equal(ocpp_charge_point_view(logs->world->cp).corrupt_records, 2);
    log_world_free(logs);
}

/* What the power leaves of it is whole, and never less than what was written. */
static void the_power_may_go_at_any_write(void **state)
{
    (void)state;
    for (unsigned nth = 1; nth < 30; nth++) {
        for (size_t keep = 0; keep <= 1; keep++) {
            struct log_world *logs = with_room(10);
            int written = 0;
            test_storage_cut(logs->world->storage, nth, keep);
            for (int i = 0; i < 20 && !test_storage_is_cut(logs->world->storage); i++) {
                raise_event(logs, "InvalidMessages", "again");
                written += !test_storage_is_cut(logs->world->storage);
            }
            world_power_off(logs->world);
            world_power_back(logs->world, 5);
            const int kept = logged(logs, "InvalidMessages", NULL);
            assert_in_range(kept, written > 8 ? 8 : written, 10);
            assert_int_equal(ocpp_charge_point_view(logs->world->cp).corrupt_records, 0);
            log_world_free(logs);
        }
    }
}

static void a_write_that_fails_is_tried_again(void **state)
{
    (void)state;
    struct log_world *logs = with_room(20);
    test_storage_refuse(logs->world->storage, 1, OCPP_ERR_STORAGE);
    raise_event(logs, "InvalidMessages", "first");
    assert_int_equal(logged(logs, "InvalidMessages", NULL), 0);
    raise_event(logs, "InvalidMessages", "second");
    world_pass(logs->world, 10);
    assert_int_equal(logged(logs, "InvalidMessages", "first"), 1);
    assert_int_equal(logged(logs, "InvalidMessages", "second"), 1);
    log_world_free(logs);
}

static void clearing_the_log_is_the_first_thing_in_it(void **state)
{
    (void)state;
    struct log_world *logs = with_room(10);
    for (int i = 0; i < 12; i++) {
        raise_event(logs, "InvalidMessages", "again");
    }
    central_forgets(logs->world);
    test_storage_refuse(logs->world->storage, 1, OCPP_ERR_STORAGE);
    assert_int_equal(ocpp_charge_point_clear_security_log(logs->world->cp, "fitter", logs->world->now), OCPP_ERR_STORAGE);
    assert_int_equal(logged(logs, NULL, NULL), 10);
    assert_int_equal(ocpp_charge_point_clear_security_log(logs->world->cp, "fitter", logs->world->now), OCPP_OK);
    world_run(logs->world);
    assert_int_equal(logged(logs, NULL, NULL), 1);
    central_sees(logs->world, "SecurityEventNotification", "type=SecurityLogWasCleared techInfo=fitter");
    for (int i = 0; i < 12; i++) {
        raise_event(logs, "InvalidMessages", "again");
    }
    assert_int_equal(logged(logs, NULL, NULL), 10);
    log_world_free(logs);
}

/* --- floods -------------------------------------------------------------------------------------------------------------- */

/* A peer that sends garbage costs ten writes an hour, and is counted. */
static void garbage_is_counted_and_does_not_wear_out_the_flash(void **state)
{
    struct log_world *logs = log_world_of(state);
    world_pass(logs->world, 30);
    const unsigned before = test_storage_writes(logs->world->storage);
    for (int i = 0; i < 1000; i++) {
        central_says(logs->world, "garbage");
    }
    assert_int_equal(test_storage_writes(logs->world->storage) - before, 10);
    assert_int_equal(logged(logs, "InvalidMessages", NULL), 10);
    world_pass(logs->world, 3601);
    assert_int_equal(logged(logs, "InvalidMessages", "990 more"), 1);
    central_says(logs->world, "garbage");
    assert_int_equal(logged(logs, "InvalidMessages", NULL), 12);
    world_pass(logs->world, 7200);
    assert_int_equal(logged(logs, "InvalidMessages", NULL), 12);
    log_world_free(logs);
}

/* Names that nobody has listed share one rate: making them up does not help. */
static void made_up_types_share_a_rate(void **state)
{
    (void)state;
    struct log_world *logs = log_world_of((void *[]){ &world_versions[1] });
    char name[16];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "Own%d", i);
        raise_event(logs, name, NULL);
    }
    assert_int_equal(logged(logs, "Own9", NULL), 1);
    assert_int_equal(logged(logs, "Own10", NULL), 0);
    world_pass(logs->world, 3601);
    assert_int_equal(logged(logs, "Others", "90 more"), 1);
    log_world_free(logs);
}

/* A00.FR.316, FR.419: not with every attempt to connect. */
static void what_comes_with_every_attempt_to_connect_is_told_once(void **state)
{
    struct log_world *logs = log_world_of(state);
    world_disconnect(logs->world);
    for (int i = 0; i < 500; i++) {
        raise_event(logs, "InvalidTLSVersion", "1.0");
        world_pass(logs->world, 60);
    }
    assert_int_equal(ocpp_charge_point_view(logs->world->cp).queued_notices, 1);
    world_connect(logs->world, logs->world->version);
    central_sees(logs->world, "SecurityEventNotification", "type=InvalidTLSVersion techInfo=1.0");
    central_does_not_see(logs->world, "SecurityEventNotification");
    assert_int_equal(logged(logs, "InvalidTLSVersion", "1.0"), 1);
    assert_in_range(logged(logs, "InvalidTLSVersion", NULL), 8, 10); /* an hour's count each */
    world_disconnect(logs->world);
    world_pass(logs->world, 3601);
    raise_event(logs, "InvalidTLSVersion", "1.0");
    assert_int_equal(ocpp_charge_point_view(logs->world->cp).queued_notices, 1);
    log_world_free(logs);
}

/* --- what the core sees ----------------------------------------------------------------------------------------------------- */

static void what_is_wrong_with_messages_is_logged(void **state)
{
    struct log_world *logs = log_world_of(state);
    central_says(logs->world, "[2,\"1\",\"Reset\",{\"type\":\"Sideways\"}]");
    assert_int_equal(logged(logs, "InvalidMessages", "a value is not one of those allowed"), 1);
    central_says(logs->world, "[2,\"2\",\"MakeCoffee\",{}]"); /* nobody has to know every action */
    central_says(logs->world, "[3,\"nothing\",{}]");          /* and an answer may be late */
    assert_int_equal(logged(logs, "InvalidMessages", NULL), 1);
    central_does_not_see(logs->world, "SecurityEventNotification");
    log_world_free(logs);
}

static void a_clock_that_is_set_by_much_is_told(void **state)
{
    struct log_world *logs = log_world_of(state);
    logs->world->central_utc_ms += 19000;
    world_pass(logs->world, 301);
    assert_int_equal(logged(logs, "SettingSystemTime", NULL), 0);
    logs->world->central_utc_ms -= 21000;
    world_pass(logs->world, 301);
    assert_int_equal(logged(logs, "SettingSystemTime", "by -21 s"), 1);
    central_sees(logs->world, "SecurityEventNotification", "type=SettingSystemTime");
    log_world_free(logs);
}

/* ClockCtrlr.TimeAdjustmentReportingThreshold. */
static void by_how_much_is_a_setting(void **state)
{
    (void)state;
    struct log_world *logs = log_world_of((void *[]){ &world_versions[1] });
    world_set_variable(logs->world, "ClockCtrlr", "TimeAdjustmentReportingThreshold", NULL, "3600");
    logs->world->central_utc_ms += 3599000;
    world_pass(logs->world, 301);
    assert_int_equal(logged(logs, "SettingSystemTime", NULL), 0);
    log_world_free(logs);
}

/* Nobody was misled by a clock that showed nothing. */
static void a_clock_that_knew_nothing_is_not_set_by_much(void **state)
{
    struct log_world *logs = log_world_of(state);
    assert_int_equal(logged(logs, "SettingSystemTime", NULL), 0);
    log_world_free(logs);
}

static void a_full_store_is_told(void **state)
{
    struct log_world *logs = log_world_of(state);
    test_storage_refuse(logs->world->storage, 1, OCPP_ERR_FULL);
    raise_event(logs, "InvalidMessages", "one"); /* its own write is what fails */
    world_pass(logs->world, 60);
    assert_int_equal(logged(logs, "MemoryExhaustion", "the store is full"), 1);
    central_sees(logs->world, "SecurityEventNotification", "type=MemoryExhaustion");
    log_world_free(logs);
}

/* --- from the firmware -------------------------------------------------------------------------------------------------------
 */

static void an_event_needs_a_name_and_a_log(void **state)
{
    struct log_world *logs = log_world_of(state);
    struct ocpp_charge_point *cp = logs->world->cp;
    const struct ocpp_now now = logs->world->now;
    assert_int_equal(ocpp_charge_point_security_event(cp, NULL, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_security_event(cp, "", NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_security_event(cp, "\xff", NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_security_event(cp, "Own", "\xc0\x80", now), OCPP_ERR_ARGUMENT);
    assert_int_equal(logged(logs, NULL, NULL), 1);
    log_world_free(logs);
    struct world *bare = world_of(state);
    assert_int_equal(ocpp_charge_point_security_event(bare->cp, "Own", NULL, bare->now), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_clear_security_log(bare->cp, NULL, bare->now), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_each_security_record(bare->cp, count_one, NULL), OCPP_ERR_STATE);
    world_free(bare);
}

static void what_is_too_long_is_cut(void **state)
{
    struct log_world *logs = log_world_of(state);
    char name[201];
    char info[601];
    char short_name[51];
    memset(name, 'N', sizeof(name) - 1);
    memset(info, 'i', sizeof(info) - 1);
    name[sizeof(name) - 1] = info[sizeof(info) - 1] = '\0';
    snprintf(short_name, sizeof(short_name), "%.50s", name);
    raise_event(logs, name, info);
    assert_int_equal(logged(logs, short_name, NULL), 1);
    log_world_free(logs);
}

/* What the standard does not call critical, and names of one's own, by either spelling. */
static void more_types_can_be_critical(void **state)
{
    static const char *const types[] = { "FailedToAuthenticateAtCentralSystem", "OwnTrouble" };
    struct log_world *logs = log_world_new();
    logs->settings.critical_types = types;
    logs->settings.critical_type_count = 2;
    log_world_on(logs, *(enum ocpp_version *)*state);
    raise_event(logs, "FailedToAuthenticateAtCsms", NULL);
    central_sees(logs->world, "SecurityEventNotification",
                 world_is_old(logs->world) ? "type=FailedToAuthenticateAtCentralSystem" : "type=FailedToAuthenticateAtCsms");
    raise_event(logs, "OwnTrouble", NULL);
    central_sees(logs->world, "SecurityEventNotification", "type=OwnTrouble");
    raise_event(logs, "OwnPleasure", NULL);
    central_does_not_see(logs->world, "SecurityEventNotification");
    log_world_free(logs);
}

/* --- the text ----------------------------------------------------------------------------------------------------------------
 */

static const char *line_of(const struct ocpp_security_record *record)
{
    static char line[OCPP_SECURITY_LINE_SIZE];
    const size_t size = ocpp_security_line(record, line);
    assert_int_equal(size, strlen(line));
    return line;
}

static void a_line_is_a_line_whatever_is_in_it(void **state)
{
    (void)state;
    struct ocpp_security_record record = { .utc_ms = 1700000000000, .type = "Own", .info = "", .is_critical = true };
    assert_string_equal(line_of(&record), "2023-11-14T22:13:20.000Z\tOwn\tcritical\t\n");
    record.is_critical = false;
    record.info = "a\tb\nc\\d\x7f\xc2\x85 \xe2\x82\xac \xff";
    assert_string_equal(line_of(&record),
                        "2023-11-14T22:13:20.000Z\tOwn\t-\ta\\x09b\\x0ac\\x5cd\\x7f\\xc2\\x85 \xe2\x82\xac \\xff\n");
    record = (struct ocpp_security_record){ .utc_ms = OCPP_UTC_UNKNOWN, .boot = 7, .mono_ms = 1234, .type = "Own", .info = "i" };
    assert_string_equal(line_of(&record), "boot 7 +1234 ms\tOwn\t-\ti\n");
}

static void the_longest_line_fits(void **state)
{
    (void)state;
    char type[201];
    char info[1021];
    memset(type, '\x01', sizeof(type) - 1);
    memset(info, '\x80', sizeof(info) - 1);
    type[sizeof(type) - 1] = info[sizeof(info) - 1] = '\0';
    const struct ocpp_security_record record = {
        .utc_ms = OCPP_UTC_UNKNOWN, .boot = INT64_MIN, .mono_ms = INT64_MIN, .type = type, .info = info
    };
    const char *line = line_of(&record);
    assert_true(strlen(line) > 4 * 1220);
    assert_int_equal(line[strlen(line) - 1], '\n');
}

/* Newest first, where there is not room for all: whole lines, and it is said how many are missing. */
static void a_log_too_long_to_hand_over_loses_its_oldest_lines(void **state)
{
    struct log_world *logs = log_world_new();
    logs->settings.max_security_log_bytes = 1024;
    logs->settings.max_events_per_hour = 1000;
    log_world_on(logs, *(enum ocpp_version *)*state);
    char info[16];
    for (int i = 0; i < 100; i++) {
        snprintf(info, sizeof(info), "number %03d", i);
        raise_event(logs, "InvalidMessages", info);
    }
    assert_string_equal(get_log(logs, "SecurityLog", 1, ""), "Accepted");
    upload_ends(logs, OCPP_TRANSFER_DONE);
    const char *text = uploaded(logs);
    assert_in_range(logs->transfer.got_size, 950, 1024 + 100);
    assert_non_null(strstr(text, "# security log of PILE-7, written 2023-11-14T22:13:21.000Z; older entries left out: 83\n"));
    assert_non_null(strstr(text, "number 099\n"));
    assert_null(strstr(text, "number 080\n"));
    assert_string_equal(text + strlen(text) - 1, "\n");
    log_world_free(logs);
}

static bool stop_at_once(const struct ocpp_security_record *record, void *user)
{
    (void)record;
    ++*(int *)user;
    return false;
}

static void a_visit_may_end_early(void **state)
{
    struct log_world *logs = log_world_of(state);
    int visits = 0;
    raise_event(logs, "InvalidMessages", NULL);
    assert_int_equal(ocpp_charge_point_each_security_record(logs->world->cp, stop_at_once, &visits), OCPP_OK);
    assert_int_equal(visits, 1);
    log_world_free(logs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_log_overwrites_the_oldest),
        cmocka_unit_test(an_entry_is_one_write),
        cmocka_unit_test(a_log_that_may_be_shorter_now_is_shortened),
        cmocka_unit_test(a_record_that_went_bad_is_set_aside),
        cmocka_unit_test(the_power_may_go_at_any_write),
        cmocka_unit_test(a_write_that_fails_is_tried_again),
        cmocka_unit_test(clearing_the_log_is_the_first_thing_in_it),
        IN_EACH_VERSION(garbage_is_counted_and_does_not_wear_out_the_flash),
        cmocka_unit_test(made_up_types_share_a_rate),
        IN_EACH_VERSION(what_comes_with_every_attempt_to_connect_is_told_once),
        IN_EACH_VERSION(what_is_wrong_with_messages_is_logged),
        IN_EACH_VERSION(a_clock_that_is_set_by_much_is_told),
        cmocka_unit_test(by_how_much_is_a_setting),
        IN_EACH_VERSION(a_clock_that_knew_nothing_is_not_set_by_much),
        IN_EACH_VERSION(a_full_store_is_told),
        IN_EACH_VERSION(an_event_needs_a_name_and_a_log),
        IN_EACH_VERSION(what_is_too_long_is_cut),
        IN_EACH_VERSION(more_types_can_be_critical),
        cmocka_unit_test(a_line_is_a_line_whatever_is_in_it),
        cmocka_unit_test(the_longest_line_fits),
        IN_EACH_VERSION(a_log_too_long_to_hand_over_loses_its_oldest_lines),
        IN_EACH_VERSION(a_visit_may_end_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
