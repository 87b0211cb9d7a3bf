/* Clocks that nobody set, that jump, that run for months, and the time that the central system tells. */
#include "station_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static int64_t at(const char *text)
{
    int64_t utc_ms = 0;
    assert_int_equal(ocpp_time_parse(text, strlen(text), &utc_ms), OCPP_OK);
    return utc_ms;
}

/* The central system's clock shows |text| now. */
static void central_clock(struct world *world, const char *text)
{
    world->central_utc_ms = at(text) - world->now.mono_ms;
}

static void assert_no_call_tells(const struct world *world, const char *text)
{
    for (size_t i = 0; i < world->call_count; i++) {
        if (strstr(world->calls[i].payload, text) != NULL) {
            fail_msg("%s tells %s: %s", world->calls[i].action, text, world->calls[i].payload);
        }
    }
}

static void charge_a_little(struct world *world, const char *token)
{
    plug(world, 1);
    card(world, 1, token);
    charge(world, 1, 60);
    world_pass(world, 120);
    card(world, 1, token);
    unplug(world, 1);
}

/* --- 1970
 * ------------------------------------------------------------------------------------------------------------------------ */

/* peers: 1970 timestamps. A board whose calendar was lost shows the beginning of its epoch, or its year of birth. */
static void no_timestamp_of_1970_is_ever_told(void **state)
{
    static const char *const calendars[] = { "1970-01-01T00:00:07Z", "1999-12-31T23:59:59Z", "2019-12-31T00:00:00Z" };
    for (size_t i = 0; i < COUNT_OF(calendars); i++) {
        struct world *world = world_new();
        world->settings.offline_unknown_allowed = true;
        world->now.utc_ms = at(calendars[i]);
        world_power_on(world);
        charge_a_little(world, "BEFORE");
        assert_int_equal(ocpp_charge_point_utc_ms(world->cp, world->now), OCPP_UTC_UNKNOWN);
        world_pass(world, 1000);
        world_connect(world, version_of(state));
        charge_a_little(world, "AFTER");
        assert_int_equal(world->session_count, 2);
        for (int year = 1970; year < 2023; year++) {
            char text[16];
            snprintf(text, sizeof(text), "\"%d-", year);
            assert_no_call_tells(world, text);
        }
        assert_string_equal(world->sessions[0].started_at, "2023-11-14T22:13:21.000Z"); /* dated by what was learned later */
        assert_string_equal(world->sessions[0].ended_at, "2023-11-14T22:15:21.000Z");
        assert_int_equal(ocpp_charge_point_view(world->cp).utc_offset_ms, 0); /* there is nothing to compare */
        world_free(world);
    }
}

/* peers: 1970 timestamps. A central system without a clock is no better: what needs a date waits for one. */
static void a_central_system_that_tells_1970_is_not_believed(void **state)
{
    struct world *world = world_new();
    central_clock(world, "1970-01-01T00:00:00Z");
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_ACCEPTED);
    assert_int_equal(world->clock_told, 0);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    world_pass(world, 200);
    assert_int_equal(world->session_count, 0);
    assert_no_call_tells(world, "1970-");
    assert_no_call_tells(world, "1969-");
    central_clock(world, "2026-11-20T12:00:00Z");
    world_pass(world, 300); /* the next heartbeat */
    assert_int_equal(the_session(world)->started, 1);
    assert_no_call_tells(world, "1970-");
    world_free(world);
}

static void what_the_firmware_knows_stands_in_for_a_central_system_without_a_clock(void **state)
{
    struct world *world = world_new();
    world->now.utc_ms = at("2026-11-20T12:00:00Z");
    central_clock(world, "1970-01-01T00:00:00Z");
    world_power_on(world);
    world_connect(world, version_of(state));
    charge_a_little(world, "TAG");
    assert_string_equal(the_session(world)->started_at, "2026-11-20T12:00:00.000Z");
    world_free(world);
}

/* --- jumps
 * ------------------------------------------------------------------------------------------------------------------------ */

static void a_calendar_of_the_firmware_that_jumps_changes_nothing_once_the_time_was_told(void **state)
{
    struct world *world = world_new();
    world->now.utc_ms = at("2023-11-14T22:00:00Z");
    world_power_on(world);
    world_connect(world, version_of(state));
    plug(world, 1);
    card(world, 1, "TAG");
    world->now.utc_ms = at("2031-01-01T00:00:00Z");
    world_pass(world, 60);
    world->now.utc_ms = at("1970-01-01T00:00:00Z");
    world_pass(world, 60);
    card(world, 1, "TAG");
    assert_string_equal(the_session(world)->started_at, "2023-11-14T22:13:21.000Z");
    assert_string_equal(the_session(world)->ended_at, "2023-11-14T22:15:21.000Z");
    world_free(world);
}

static void how_far_the_firmwares_calendar_is_off_is_told_as_it_is_now(void **state)
{
    struct world *world = world_new();
    world->now.utc_ms = world->central_utc_ms + world->now.mono_ms - 5000;
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_int_equal(ocpp_charge_point_view(world->cp).utc_offset_ms, 5000);
    world->now.utc_ms += 5000; /* it was set */
    world_pass(world, 1);
    assert_int_equal(ocpp_charge_point_view(world->cp).utc_offset_ms, 0);
    world_free(world);
}

/* Durations are measured by the monotonic clock: a jump neither hurries nor delays anything. */
static void a_calendar_that_jumps_moves_no_deadline(void **state)
{
    struct world *world = world_new();
    world->now.utc_ms = at("2023-11-14T22:00:00Z");
    world->settings.boot_retry_ms = 60000;
    world_power_on(world);
    world->silent_action = "BootNotification";
    world->silent_count = 1;
    world_connect(world, version_of(state));
    world->now.utc_ms = at("2024-11-14T22:00:00Z");
    world_pass(world, 89); /* 30 for the answer, 60 before the next */
    assert_int_equal(central_counts(world, "BootNotification"), 1);
    world->now.utc_ms = at("2022-11-14T22:00:00Z");
    world_pass(world, 1);
    assert_int_equal(central_counts(world, "BootNotification"), 2);
    world_free(world);
}

/* --- far dates and long runs
 * -------------------------------------------------------------------------------------------------------- */

static void dates_beyond_2038_and_in_leap_years_are_told_as_they_are(void **state)
{
    static const struct {
        const char *now;
        const char *start;
        const char *end;
    } days[] = {
        { "2024-02-28T23:59:00Z", "2024-02-28T23:59:00.000Z", "2024-02-29T00:01:00.000Z" },
        { "2024-02-29T23:59:00Z", "2024-02-29T23:59:00.000Z", "2024-03-01T00:01:00.000Z" },
        { "2100-02-28T23:59:00Z", "2100-02-28T23:59:00.000Z", "2100-03-01T00:01:00.000Z" },
        { "2038-01-19T03:13:30Z", "2038-01-19T03:13:30.000Z", "2038-01-19T03:15:30.000Z" },
        { "2106-02-07T06:28:00Z", "2106-02-07T06:28:00.000Z", "2106-02-07T06:30:00.000Z" },
        { "2026-12-31T23:59:59+01:00", "2026-12-31T22:59:59.000Z", "2026-12-31T23:01:59.000Z" },
    };
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        struct world *world = world_new();
        central_clock(world, days[i].now);
        world_power_on(world);
        world_connect(world, version_of(state));
        charge_a_little(world, "TAG");
        assert_string_equal(the_session(world)->started_at, days[i].start);
        assert_string_equal(the_session(world)->ended_at, days[i].end);
        world_free(world);
    }
}

/* The central system's clock drifts a second a day against ours, and milliseconds outgrow 32 bits after 49 days. */
static void two_months_of_uptime_end_with_the_right_time(void **state)
{
    struct world *world = world_new();
    world->boot_interval = 43200;
    world->settings.sample_interval_ms = 0;
    world_power_on(world);
    world_connect(world, version_of(state));
    for (int day = 0; day < 62; day++) {
        world->central_utc_ms += 1000;
        world_pass(world, 86400);
    }
    assert_in_range(central_counts(world, "Heartbeat"), 62, 130);
    const int64_t error_ms = ocpp_charge_point_utc_ms(world->cp, world->now) - (world->central_utc_ms + world->now.mono_ms);
    assert_in_range(error_ms + 1000, 0, 2000);
    charge_a_little(world, "TAG");
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* --- local time
 * --------------------------------------------------------------------------------------------------------------------- */

static const char *set_clock(struct world *world, const char *variable, const char *instance, const char *value)
{
    char payload[256];
    snprintf(payload, sizeof(payload),
             "{'setVariableData':[{'component':{'name':'ClockCtrlr'},'variable':{'name':'%s'%s},'attributeValue':'%s'}]}",
             variable, instance, value);
    return value_of(central_asks(world, "SetVariables", payload), "setVariableResult/0/attributeStatus");
}

/* ClockCtrlr TimeOffset, TimeOffset[NextTransition], NextTimeOffsetTransitionDateTime. */
static void a_display_shows_local_time_and_the_next_offset_from_its_date_on(void **state)
{
    (void)state;
    struct world *world = world_new();
    const char *next = ",'instance':'NextTransition'";
    central_clock(world, "2026-10-25T00:59:00Z");
    world_power_on(world);
    assert_int_equal(ocpp_charge_point_local_offset_ms(world->cp, world->now), 0);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(set_clock(world, "TimeOffset", "", "+02:00"), "Accepted");
    assert_string_equal(set_clock(world, "TimeOffset", next, "+01:00"), "Accepted");
    assert_int_equal(ocpp_charge_point_local_offset_ms(world->cp, world->now), 7200000);
    assert_string_equal(set_clock(world, "NextTimeOffsetTransitionDateTime", "", "2026-10-25T01:00:00Z"), "Accepted");
    assert_int_equal(ocpp_charge_point_local_offset_ms(world->cp, world->now), 7200000);
    world_pass(world, 60);
    assert_int_equal(ocpp_charge_point_local_offset_ms(world->cp, world->now), 3600000);
    world_power_back(world, 10);
    assert_int_equal(ocpp_charge_point_local_offset_ms(world->cp, world->now), 7200000); /* what day it is nobody knows yet */
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_int_equal(ocpp_charge_point_local_offset_ms(world->cp, world->now), 3600000);
    assert_string_equal(set_clock(world, "TimeOffset", next, "-09:30"), "Accepted");
    assert_int_equal(ocpp_charge_point_local_offset_ms(world->cp, world->now), -34200000);
    world_free(world);
}

static void what_is_no_offset_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = { "2", "+2:00", "02:00", "+15:00", "+01:60", "+01-00", "+0a:00", "UTC+01", "Z" };
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_string_equal(set_clock(world, "TimeOffset", "", wrong[i]), "Rejected");
    }
    assert_string_equal(set_clock(world, "TimeOffset", "", "-01:00"), "Accepted");
    assert_string_equal(set_clock(world, "TimeOffset", "", ""), "Accepted"); /* none */
    assert_int_equal(ocpp_charge_point_local_offset_ms(world->cp, world->now), 0);
    world_free(world);
}

/* ClockCtrlr DateTime. The time as the station has it. */
static void the_time_can_be_asked_for(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_pass(world, 59);
    assert_string_equal(value_of(central_asks(world, "GetVariables",
                                              "{'getVariableData':[{'component':{'name':'ClockCtrlr'},"
                                              "'variable':{'name':'DateTime'}}]}"),
                                 "getVariableResult/0/attributeValue"),
                        "2023-11-14T22:14:20.000Z");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(no_timestamp_of_1970_is_ever_told),
        IN_EACH_VERSION(a_central_system_that_tells_1970_is_not_believed),
        IN_EACH_VERSION(what_the_firmware_knows_stands_in_for_a_central_system_without_a_clock),
        IN_EACH_VERSION(a_calendar_of_the_firmware_that_jumps_changes_nothing_once_the_time_was_told),
        IN_EACH_VERSION(how_far_the_firmwares_calendar_is_off_is_told_as_it_is_now),
        IN_EACH_VERSION(a_calendar_that_jumps_moves_no_deadline),
        IN_EACH_VERSION(dates_beyond_2038_and_in_leap_years_are_told_as_they_are),
        IN_EACH_VERSION(two_months_of_uptime_end_with_the_right_time),
        cmocka_unit_test(a_display_shows_local_time_and_the_next_offset_from_its_date_on),
        cmocka_unit_test(what_is_no_offset_is_refused),
        cmocka_unit_test(the_time_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
