/* The newest security events of all stations, which ocpp-csms shows to operators: bounded, and each station with its share. */
#include "security_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct security_events *events;

static int set_up(void **state)
{
    (void)state;
    events = security_events_new();
    return events ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    security_events_free(events);
    return 0;
}

static uint64_t note(const char *station, const char *type, const char *info)
{
    return security_events_note(
        events, station, &(struct ocpp_station_security_event){ .type = type, .info = info, .timestamp_utc_ms = 1 }, 2);
}

struct seen {
    size_t count;
    size_t most; /* so many are looked at; 0: all */
    char first[64];
    char last[64];
};

static bool see(const struct security_event *event, void *user)
{
    struct seen *seen = user;

    (void)snprintf(seen->last, sizeof seen->last, "%s %s %s %d", event->station, event->type, event->info ? event->info : "-",
                   (int)event->number);
    if (seen->count++ == 0) {
        memcpy(seen->first, seen->last, sizeof seen->first);
    }
    return seen->count != seen->most;
}

static struct seen look(uint64_t before, size_t most)
{
    struct seen seen = { .most = most };

    security_events_each(events, before, see, &seen);
    return seen;
}

static void the_newest_come_first_and_pages_go_on_below_a_number(void **state)
{
    (void)state;
    assert_int_equal(look(0, 0).count, 0);
    assert_int_equal(note("A", "T", NULL), 1);
    assert_int_equal(note("B", "U", "info"), 2);
    const struct seen all = look(0, 0);
    assert_int_equal(all.count, 2);
    assert_string_equal(all.first, "B U info 2");
    assert_string_equal(all.last, "A T - 1");
    assert_string_equal(look(2, 0).first, "A T - 1");
    assert_int_equal(look(1, 0).count, 0);
    assert_int_equal(look(0, 1).count, 1);
}

static void a_loud_station_makes_its_own_events_forgotten(void **state)
{
    char info[16];
    (void)state;

    (void)note("QUIET", "T", "kept");
    for (int i = 1; i <= SECURITY_EVENTS_OF_STATION + 5; i++) {
        (void)snprintf(info, sizeof info, "%d", i);
        (void)note("LOUD", "T", info);
    }
    const struct seen all = look(0, 0);
    assert_int_equal(all.count, SECURITY_EVENTS_OF_STATION + 1);
    assert_string_equal(all.first, "LOUD T 105 106");
    assert_string_equal(all.last, "QUIET T kept 1");
    assert_string_equal(look(8, 1).last, "LOUD T 6 7");
}

static void the_oldest_of_all_make_room_when_there_are_as_many_as_there_may_be(void **state)
{
    char station[16];
    (void)state;

    for (int i = 1; i <= SECURITY_EVENTS_KEPT + 7; i++) {
        (void)snprintf(station, sizeof station, "S%d", i);
        assert_int_equal(note(station, "T", NULL), i);
    }
    const struct seen all = look(0, 0);
    assert_int_equal(all.count, SECURITY_EVENTS_KEPT);
    assert_string_equal(all.first, "S2007 T - 2007");
    assert_string_equal(all.last, "S8 T - 8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_come_first_and_pages_go_on_below_a_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_loud_station_makes_its_own_events_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_of_all_make_room_when_there_are_as_many_as_there_may_be, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
