/* time.c: RFC 3339 by its rules and examples, the bounds of the calendar, the lenient variants.
 * tests/unit/oracle_time.py compares many more cases with Python's datetime. */
#include "time_parse.h"

#include "unit.h"

#include <string.h>

static enum ocpp_status parse(const char *text, int64_t *utc_ms)
{
    return ocpp_time_parse(text, strlen(text), utc_ms);
}

static void assert_reads(const char *text, int64_t expected)
{
    int64_t utc_ms = 77;

    if (parse(text, &utc_ms) != OCPP_OK || utc_ms != expected) {
        fail_msg("%s: %lld", text, (long long)utc_ms);
    }
}

static void times_of_rfc_3339_are_read(void **state)
{
    (void)state;
    assert_reads("1970-01-01T00:00:00Z", 0);
    assert_reads("1985-04-12T23:20:50.52Z", 482196050520);
    assert_reads("1996-12-19T16:39:57-08:00", 851042397000);
    assert_reads("1937-01-01T12:00:27.87+00:20", -1041337172130);
    assert_reads("2024-05-15T14:34:31.2351101+00:00", 1715783671235);
    assert_reads("2025-01-30T14:41:45.244665+11:00", 1738208505244);
    assert_reads("2026-11-20t20:31:00z", 1795206660000);
    assert_reads("2026-11-20 20:31:00Z", 1795206660000);
    assert_reads("2026-11-20T20:31:00.0Z", 1795206660000);
    assert_reads("2026-11-20T20:31:00.9999999999999999999999999999999999Z", 1795206660999);
    assert_reads("2026-11-20T20:31:00-00:00", 1795206660000);
    assert_reads("2026-11-20T20:31:00+23:59", 1795206660000 - 86340000);
    assert_reads("0000-01-01T00:00:00.000Z", -62167219200000);
    assert_reads("9999-12-31T23:59:59.999Z", 253402300799999);
    assert_reads("2000-02-29T00:00:00Z", 951782400000);
}

static void a_leap_second_is_the_second_after_59(void **state)
{
    int64_t utc_ms;

    (void)state;
    assert_reads("1990-12-31T23:59:60Z", 662688000000);
    assert_reads("1990-12-31T15:59:60-08:00", 662688000000);
    assert_reads("2017-01-01T05:29:60.5+05:30", 1483228800500);
    assert_int_equal(parse("1990-12-31T23:58:60Z", &utc_ms), OCPP_ERR_DATE_TIME);
    assert_int_equal(parse("1990-12-31T22:59:60Z", &utc_ms), OCPP_ERR_DATE_TIME);
    assert_int_equal(parse("1990-12-31T23:59:60+01:00", &utc_ms), OCPP_ERR_DATE_TIME);
    assert_int_equal(parse("1990-12-31T23:59:61Z", &utc_ms), OCPP_ERR_DATE_TIME);
    assert_int_equal(parse("9999-12-31T23:59:60Z", &utc_ms), OCPP_ERR_DATE_TIME);
}

static const char *const refused[] = {
    "",
    "2026",
    "2026-11-20",
    "2026-11-20T",
    "2026-11-20T20",
    "2026-11-20T20:31Z",
    "2026-11-20T20:31:00",
    "2026-11-20T20:31:00.Z",
    "2026-11-20T20:31:00,5Z",
    "2026-11-20T20:31:00.5",
    "2026-11-20T20:31:00+2",
    "2026-11-20T20:31:00+02:",
    "2026-11-20T20:31:00+02:0",
    "2026-11-20T20:31:00+24:00",
    "2026-11-20T20:31:00+02:60",
    "2026-11-20T20:31:00 +02:00",
    "2026-11-20T20:31:00ZZ",
    "2026-11-20T20:31:00Z ",
    " 2026-11-20T20:31:00Z",
    "2026-11-20_20:31:00Z",
    "2026-11-20  20:31:00Z",
    "2026-1-20T20:31:00Z",
    "26-11-20T20:31:00Z",
    "02026-11-20T20:31:00Z",
    "+2026-11-20T20:31:00Z",
    "-001-11-20T20:31:00Z",
    "2026/11/20T20:31:00Z",
    "20261120T203100Z",
    "2026-00-20T20:31:00Z",
    "2026-13-20T20:31:00Z",
    "2026-11-00T20:31:00Z",
    "2026-11-31T20:31:00Z",
    "2026-02-29T20:31:00Z",
    "1900-02-29T20:31:00Z",
    "2024-02-30T20:31:00Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T20:60:00Z",
    "2026-11-20T20:31:60Z",
    "2026-11-20T20:31:99Z",
    "2026-11-20T20:31:0:Z",
    "2026-11-20T-1:31:00Z",
    "2026-11-20T20: 1:00Z",
    "0000-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "0",
    "null",
};

static void what_is_no_time_is_refused_and_nothing_is_written(void **state)
{
    int64_t utc_ms = 77;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (parse(refused[i], &utc_ms) != OCPP_ERR_DATE_TIME) {
            fail_msg("%s was read", refused[i]);
        }
    }
    assert_int_equal(ocpp_time_parse("2026-11-20T20:31:00Z\0", 21, &utc_ms), OCPP_ERR_DATE_TIME);
    assert_int_equal(utc_ms, 77);
}

static void no_start_of_a_time_is_a_time(void **state)
{
    static const char text[] = "2026-11-20T20:31:00.123+01:00";
    int64_t utc_ms;

    (void)state;
    for (size_t size = 0; size < sizeof text - 1; size++) {
        assert_int_equal(ocpp_time_parse(text, size, &utc_ms), OCPP_ERR_DATE_TIME);
    }
}

static void times_are_written_in_utc_with_milliseconds(void **state)
{
    char text[OCPP_TIME_TEXT_SIZE];

    (void)state;
    assert_int_equal(ocpp_time_format(1795206660007, text), OCPP_OK);
    assert_string_equal(text, "2026-11-20T20:31:00.007Z");
    assert_int_equal(ocpp_time_format(-1, text), OCPP_OK);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
    assert_int_equal(ocpp_time_format(-62167219200000, text), OCPP_OK);
    assert_string_equal(text, "0000-01-01T00:00:00.000Z");
    assert_int_equal(ocpp_time_format(253402300799999, text), OCPP_OK);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

static void an_instant_outside_the_calendar_is_not_written(void **state)
{
    static const int64_t outside[] = { -62167219200001, 253402300800000, OCPP_UTC_UNKNOWN, OCPP_NEVER };
    char text[OCPP_TIME_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        strcpy(text, "untouched");
        assert_int_equal(ocpp_time_format(outside[i], text), OCPP_ERR_RANGE);
        assert_string_equal(text, "");
    }
}

static void every_day_of_ten_thousand_years_is_read_as_it_is_written(void **state)
{
    char text[OCPP_TIME_TEXT_SIZE];
    char before[OCPP_TIME_TEXT_SIZE] = "";
    int64_t utc_ms;

    (void)state;
    for (int64_t day = -719528; day <= 2932896; day++) {
        const int64_t expected = day * 86400000 + (day & 0xFFFFF);
        assert_int_equal(ocpp_time_format(expected, text), OCPP_OK);
        if (ocpp_time_parse(text, 24, &utc_ms) != OCPP_OK || utc_ms != expected || strcmp(before, text) >= 0) {
            fail_msg("%s after %s", text, before);
        }
        memcpy(before, text, sizeof text);
    }
}

/* --- leniency --------------------------------------------------------------------------------------------------- */

static void assert_lenient(const char *text, int64_t expected, unsigned expected_quirks)
{
    int64_t utc_ms = 77;
    unsigned quirks = 77;

    if (ocpp_time_parse_lenient(text, strlen(text), &utc_ms, &quirks) != OCPP_OK || utc_ms != expected ||
        quirks != expected_quirks) {
        fail_msg("%s: %lld, quirks %u", text, (long long)utc_ms, quirks);
    }
    assert_int_equal(parse(text, &utc_ms), expected_quirks ? OCPP_ERR_DATE_TIME : OCPP_OK);
}

static void quirks_of_the_field_are_read_and_named(void **state)
{
    (void)state;
    assert_lenient("2026-11-20T20:31:00Z", 1795206660000, 0);
    assert_lenient("2024-04-26T14:35:02+02", 1714134902000, OCPP_TIME_SHORT_OFFSET);
    assert_lenient("2024-04-26T14:35:02-0230", 1714151102000, OCPP_TIME_SHORT_OFFSET);
    assert_lenient("2021-03-17T19:24:56.096082", 1616009096096, OCPP_TIME_NO_ZONE);
    assert_lenient("2026-11-20T20:31Z", 1795206660000, OCPP_TIME_NO_SECONDS);
    assert_lenient("2026-11-20T20:31+01:00", 1795203060000, OCPP_TIME_NO_SECONDS);
    assert_lenient("2026-11-20T20:31", 1795206660000, OCPP_TIME_NO_SECONDS | OCPP_TIME_NO_ZONE);
    assert_lenient("2026-11-20 20:31+01", 1795203060000, OCPP_TIME_NO_SECONDS | OCPP_TIME_SHORT_OFFSET);
}

static void leniency_has_its_bounds(void **state)
{
    static const char *const texts[] = { "",
                                         "0",
                                         "2026-11-20",
                                         "2026-11-20T20",
                                         "2026-11-20T20:31:",
                                         "2026-11-20T20:31:0Z",
                                         "2026-11-20T20:31:00.",
                                         "2026-11-20T20:31:00+2",
                                         "2026-11-20T20:31:00+02:",
                                         "2026-11-20T20:31:00+020",
                                         "2026-11-20T20:31:00+02000",
                                         "2026-11-20T20:31:00+25",
                                         "2026-11-20T20:31:00+",
                                         "2026-11-20T20:31 ",
                                         "2026-02-30T20:31" };
    int64_t utc_ms = 77;
    unsigned quirks = 77;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (ocpp_time_parse_lenient(texts[i], strlen(texts[i]), &utc_ms, &quirks) != OCPP_ERR_DATE_TIME) {
            fail_msg("%s was read", texts[i]);
        }
    }
    assert_int_equal(utc_ms, 77);
    assert_int_equal(quirks, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_rfc_3339_are_read),
        cmocka_unit_test(a_leap_second_is_the_second_after_59),
        cmocka_unit_test(what_is_no_time_is_refused_and_nothing_is_written),
        cmocka_unit_test(no_start_of_a_time_is_a_time),
        cmocka_unit_test(times_are_written_in_utc_with_milliseconds),
        cmocka_unit_test(an_instant_outside_the_calendar_is_not_written),
        cmocka_unit_test(every_day_of_ten_thousand_years_is_read_as_it_is_written),
        cmocka_unit_test(quirks_of_the_field_are_read_and_named),
        cmocka_unit_test(leniency_has_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
