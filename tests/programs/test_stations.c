/* The register of stations in ocpp-csms: found by identity, listed in order, bounded. */
#include "stations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void a_station_is_found_again_and_made_only_once(void **state)
{
    struct stations *stations = stations_new(10);
    struct known_station *one = stations_add(stations, "PILE-1");

    (void)state;
    assert_non_null(one);
    assert_ptr_equal(stations_add(stations, "PILE-1"), one);
    assert_ptr_equal(stations_find(stations, "PILE-1"), one);
    assert_null(stations_find(stations, "PILE-2"));
    assert_int_equal(stations_count(stations), 1);
    stations_free(stations);
}

static void stations_are_listed_by_identity_page_by_page(void **state)
{
    struct stations *stations = stations_new(1000);
    struct known_station *list[7];
    const char *after = NULL;
    size_t total = 0;
    size_t count;
    char identity[32];

    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(identity, sizeof identity, "PILE-%03d", i * 37 % 100);
        assert_non_null(stations_add(stations, identity));
    }
    while ((count = stations_after(stations, after, list, 7)) > 0) {
        for (size_t i = 0; i < count; i++) {
            snprintf(identity, sizeof identity, "PILE-%03zu", total++);
            assert_string_equal(list[i]->identity, identity);
        }
        after = list[count - 1]->identity;
    }
    assert_int_equal(total, 100);
    assert_int_equal(stations_after(stations, "PILE-0505", list, 7), 7); /* nobody's name, and a place all the same */
    assert_string_equal(list[0]->identity, "PILE-051");
    stations_free(stations);
}

static void one_station_more_than_the_limit_is_not_made(void **state)
{
    struct stations *stations = stations_new(2);

    (void)state;
    assert_non_null(stations_add(stations, "A"));
    assert_non_null(stations_add(stations, "B"));
    assert_null(stations_add(stations, "C"));
    assert_non_null(stations_add(stations, "A"));
    assert_int_equal(stations_count(stations), 2);
    stations_free(stations);
}

static void one_connector_more_than_the_limit_is_not_kept(void **state)
{
    struct stations *stations = stations_new(1);
    struct known_station *station = stations_add(stations, "A");
    struct ocpp_status_event status = { .connector = 1,
                                        .status = OCPP_CONNECTOR_AVAILABLE,
                                        .timestamp_utc_ms = OCPP_UTC_UNKNOWN };

    (void)state;
    for (status.evse = 1; status.evse <= CONNECTORS_MAX + 1; status.evse++) {
        station_note_status(station, &status, 1000);
    }
    assert_int_equal(station->connector_count, CONNECTORS_MAX);
    status.evse = 7;
    status.status = OCPP_CONNECTOR_FAULTED;
    status.error_code = "GroundFailure";
    station_note_status(station, &status, 2000);
    assert_int_equal(station->connector_count, CONNECTORS_MAX);
    assert_int_equal(station->connectors[6].status, OCPP_CONNECTOR_FAULTED);
    assert_string_equal(station->connectors[6].error_code, "GroundFailure");
    stations_free(stations);
}

static void identities_that_break_an_url_or_a_key_are_not_usable(void **state)
{
    char longest[50];

    (void)state;
    memset(longest, 'x', sizeof longest);
    longest[48] = '\0';
    assert_true(station_identity_is_usable(longest));
    longest[48] = 'x';
    longest[49] = '\0';
    assert_false(station_identity_is_usable(longest));
    assert_true(station_identity_is_usable("Säule 1+2@home"));
    assert_false(station_identity_is_usable(""));
    assert_false(station_identity_is_usable("A/B"));
    assert_false(station_identity_is_usable("A:B"));
    assert_false(station_identity_is_usable("A\nB"));
    assert_false(station_identity_is_usable("A\xC3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_station_is_found_again_and_made_only_once),
        cmocka_unit_test(stations_are_listed_by_identity_page_by_page),
        cmocka_unit_test(one_station_more_than_the_limit_is_not_made),
        cmocka_unit_test(one_connector_more_than_the_limit_is_not_kept),
        cmocka_unit_test(identities_that_break_an_url_or_a_key_are_not_usable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
