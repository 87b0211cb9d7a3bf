/* The vocabulary in the words of OCPP 1.6: nothing is forgotten, and what is lost is listed here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vocabulary_v16.h"

struct pair {
    const struct ocpp_words *words;
    const struct ocpp_enum *wire;
    int last_word;
    const int *lost; /* words without a value near them, ended by 0 */
};

static const int nothing[] = { 0 };
static const int lost_measurands[] = { OCPP_MEASURAND_ENERGY_ACTIVE_NET,      OCPP_MEASURAND_ENERGY_REACTIVE_NET,
                                       OCPP_MEASURAND_ENERGY_APPARENT_NET,    OCPP_MEASURAND_ENERGY_APPARENT_IMPORT,
                                       OCPP_MEASURAND_ENERGY_APPARENT_EXPORT, 0 };

static const struct pair pairs[] = {
    { &ocpp_v16_authorizations, &ocpp16_authorization_status_enum, OCPP_AUTHORIZATION_UNKNOWN, nothing },
    { &ocpp_v16_registrations, &ocpp16_registration_status_enum, OCPP_REGISTRATION_REJECTED, nothing },
    { &ocpp_v16_connector_statuses, &ocpp16_charge_point_status_enum, OCPP_CONNECTOR_OCCUPIED, nothing },
    { &ocpp_v16_stop_reasons, &ocpp16_reason_enum, OCPP_STOP_UNLOCK_COMMAND, nothing },
    { &ocpp_v16_measurands, &ocpp16_measurand_enum, OCPP_MEASURAND_VOLTAGE, lost_measurands },
    { &ocpp_v16_phases, &ocpp16_phase_enum, OCPP_PHASE_L3_L1, nothing },
    { &ocpp_v16_locations, &ocpp16_location_enum, OCPP_LOCATION_OUTLET, nothing },
    { &ocpp_v16_reading_contexts, &ocpp16_reading_context_enum, OCPP_CONTEXT_TRIGGER, nothing },
};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

static int is_lost(const struct pair *pair, int word)
{
    for (const int *lost = pair->lost; *lost != 0; lost++) {
        if (*lost == word) {
            return 1;
        }
    }
    return 0;
}

static void every_word_has_a_value_or_is_listed_as_lost(void **state)
{
    (void)state;
    for (int i = 0; i < PAIRS; i++) {
        for (int word = 1; word <= pairs[i].last_word; word++) {
            const int value = ocpp_word_to_wire(pairs[i].words, word);
            assert_int_equal(value == 0, is_lost(&pairs[i], word));
            assert_true(value <= pairs[i].wire->count);
        }
    }
}

static void every_value_has_a_word_that_says_it_again(void **state)
{
    (void)state;
    for (int i = 0; i < PAIRS; i++) {
        for (int value = 1; value <= pairs[i].wire->count; value++) {
            const int word = ocpp_word_from_wire(pairs[i].words, value);
            assert_in_range(word, 1, pairs[i].last_word);
            assert_int_equal(ocpp_word_to_wire(pairs[i].words, word), value);
        }
    }
}

static void nought_and_what_is_outside_say_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < PAIRS; i++) {
        assert_int_equal(ocpp_word_to_wire(pairs[i].words, 0), 0);
        assert_int_equal(ocpp_word_to_wire(pairs[i].words, -1), 0);
        assert_int_equal(ocpp_word_to_wire(pairs[i].words, 1000), 0);
        assert_int_equal(ocpp_word_from_wire(pairs[i].words, 0), 0);
        assert_int_equal(ocpp_word_from_wire(pairs[i].words, pairs[i].wire->count + 1), 0);
    }
}

static void what_the_version_cannot_say_comes_as_near_as_it_can(void **state)
{
    (void)state;
    assert_int_equal(ocpp_word_to_wire(&ocpp_v16_authorizations, OCPP_AUTHORIZATION_NO_CREDIT),
                     OCPP16_AUTHORIZATION_STATUS_INVALID);
    assert_int_equal(ocpp_word_to_wire(&ocpp_v16_stop_reasons, OCPP_STOP_IMMEDIATE_RESET), OCPP16_REASON_HARD_RESET);
    assert_int_equal(ocpp_word_to_wire(&ocpp_v16_stop_reasons, OCPP_STOP_TIMEOUT), OCPP16_REASON_OTHER);
    assert_int_equal(ocpp_word_to_wire(&ocpp_v16_connector_statuses, OCPP_CONNECTOR_OCCUPIED),
                     OCPP16_CHARGE_POINT_STATUS_PREPARING);
}

static void every_measurand_that_can_be_told_is_told_in_its_base_unit(void **state)
{
    (void)state;
    for (int measurand = 1; measurand <= OCPP_MEASURAND_VOLTAGE; measurand++) {
        const enum ocpp16_unit_of_measure unit = ocpp_v16_unit((enum ocpp_measurand)measurand);
        if (unit != OCPP16_UNIT_OF_MEASURE_UNSET) {
            assert_string_equal(ocpp16_unit_of_measure_enum.values[unit - 1],
                                ocpp_measurand_unit((enum ocpp_measurand)measurand));
        }
    }
    assert_int_equal(ocpp_v16_unit(OCPP_MEASURAND_FREQUENCY), OCPP16_UNIT_OF_MEASURE_UNSET);
    assert_int_equal(ocpp_v16_unit((enum ocpp_measurand)1000), OCPP16_UNIT_OF_MEASURE_UNSET);
}

static void values_are_brought_to_the_base_unit(void **state)
{
    (void)state;
    static const struct {
        struct ocpp_decimal told;
        enum ocpp16_unit_of_measure unit;
        struct ocpp_decimal base;
    } rows[] = {
        { { 42, 0 }, OCPP16_UNIT_OF_MEASURE_UNSET, { 42, 0 } },
        { { 42, 0 }, OCPP16_UNIT_OF_MEASURE_WH, { 42, 0 } },
        { { 15, 1 }, OCPP16_UNIT_OF_MEASURE_KWH, { 15, -2 } },
        { { 1, 0 }, OCPP16_UNIT_OF_MEASURE_KW, { 1000, 0 } },
        { { 29315, 2 }, OCPP16_UNIT_OF_MEASURE_K, { 20, 0 } },
        { { 77, 0 }, OCPP16_UNIT_OF_MEASURE_FAHRENHEIT, { 25, 0 } },
        { { -40, 0 }, OCPP16_UNIT_OF_MEASURE_FAHRENHEIT, { -40, 0 } },
        { { 25, 0 }, OCPP16_UNIT_OF_MEASURE_CELCIUS, { 25, 0 } },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ocpp_decimal value = rows[i].told;
        assert_int_equal(ocpp_v16_value_to_base(&value, rows[i].unit), OCPP_OK);
        assert_int_equal(ocpp_decimal_compare(value, rows[i].base), 0);
    }
    struct ocpp_decimal hot = { INT64_MAX / 1000, 0 };
    assert_int_equal(ocpp_v16_value_to_base(&hot, OCPP16_UNIT_OF_MEASURE_K), OCPP_ERR_RANGE);
    struct ocpp_decimal huge = { 1, -328 };
    assert_int_equal(ocpp_v16_value_to_base(&huge, OCPP16_UNIT_OF_MEASURE_KWH), OCPP_ERR_RANGE);
    assert_int_equal(huge.scale, -328);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_has_a_value_or_is_listed_as_lost),
        cmocka_unit_test(every_value_has_a_word_that_says_it_again),
        cmocka_unit_test(nought_and_what_is_outside_say_nothing),
        cmocka_unit_test(what_the_version_cannot_say_comes_as_near_as_it_can),
        cmocka_unit_test(every_measurand_that_can_be_told_is_told_in_its_base_unit),
        cmocka_unit_test(values_are_brought_to_the_base_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
