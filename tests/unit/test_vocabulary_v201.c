/* The vocabulary in the words of OCPP 2.0.1: nothing is forgotten, and what is lost is listed here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vocabulary_v201.h"

struct pair {
    const struct ocpp_words *words;
    const struct ocpp_enum *wire;
    int last_word;
    const int *lost; /* words without a value near them, ended by 0 */
};

static const int nothing[] = { 0 };
static const int lost_measurands[] = { OCPP_MEASURAND_RPM, OCPP_MEASURAND_TEMPERATURE, 0 };

static const struct pair pairs[] = {
    { &ocpp_v201_authorizations, &ocpp201_authorization_status_enum, OCPP_AUTHORIZATION_UNKNOWN, nothing },
    { &ocpp_v201_registrations, &ocpp201_registration_status_enum, OCPP_REGISTRATION_REJECTED, nothing },
    { &ocpp_v201_connector_statuses, &ocpp201_connector_status_enum, OCPP_CONNECTOR_OCCUPIED, nothing },
    { &ocpp_v201_token_types, &ocpp201_id_token_kind_enum, OCPP_TOKEN_VIN, nothing },
    { &ocpp_v201_stop_reasons, &ocpp201_reason_enum, OCPP_STOP_UNLOCK_COMMAND, nothing },
    { &ocpp_v201_measurands, &ocpp201_measurand_enum, OCPP_MEASURAND_VOLTAGE, lost_measurands },
    { &ocpp_v201_phases, &ocpp201_phase_enum, OCPP_PHASE_L3_L1, nothing },
    { &ocpp_v201_locations, &ocpp201_location_enum, OCPP_LOCATION_OUTLET, nothing },
    { &ocpp_v201_reading_contexts, &ocpp201_reading_context_enum, OCPP_CONTEXT_TRIGGER, nothing },
    { &ocpp_v201_triggers, &ocpp201_trigger_reason_enum, OCPP_TRIGGER_RESET_COMMAND, nothing },
    { &ocpp_v201_charging_states, &ocpp201_charging_state_enum, OCPP_CHARGING_STATE_IDLE, nothing },
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
        assert_int_equal(ocpp_word_from_wire(pairs[i].words, (int)pairs[i].words->word_count), 0);
    }
}

/* Of these, 2.0.1 has no value, and 2.1 has: they stand behind the last one, in the order of ocpp_v201_beyond. */
static void only_types_of_tokens_reach_beyond(void **state)
{
    (void)state;
    for (int i = 0; i < PAIRS; i++) {
        const int beyond = pairs[i].words == &ocpp_v201_token_types ? 2 : 0;
        assert_int_equal(pairs[i].words->word_count, pairs[i].wire->count + 1 + beyond);
    }
    assert_int_equal(ocpp_v201_token_kind_beyond(OCPP_TOKEN_DIRECT_PAYMENT), ocpp201_id_token_kind_enum.count + 1);
    assert_int_equal(ocpp_v201_token_kind_beyond(OCPP_TOKEN_VIN), ocpp201_id_token_kind_enum.count + 2);
}

static void what_the_version_cannot_say_comes_as_near_as_it_can(void **state)
{
    (void)state;
    assert_int_equal(ocpp_word_to_wire(&ocpp_v201_connector_statuses, OCPP_CONNECTOR_SUSPENDED_EVSE),
                     OCPP201_CONNECTOR_STATUS_OCCUPIED);
    assert_int_equal(ocpp_word_to_wire(&ocpp_v201_stop_reasons, OCPP_STOP_HARD_RESET), OCPP201_REASON_IMMEDIATE_RESET);
    assert_int_equal(ocpp_word_to_wire(&ocpp_v201_stop_reasons, OCPP_STOP_SOFT_RESET), OCPP201_REASON_REBOOT);
    assert_int_equal(ocpp_word_to_wire(&ocpp_v201_token_types, OCPP_TOKEN_VIN), OCPP201_ID_TOKEN_KIND_LOCAL);
}

static void values_are_brought_to_the_base_unit(void **state)
{
    (void)state;
    static const struct {
        struct ocpp_decimal told;
        struct ocpp201_unit_of_measure unit;
        struct ocpp_decimal base;
    } rows[] = {
        { { 42, 0 }, { NULL, false, 0, NULL }, { 42, 0 } },    { { 42, 0 }, { "Wh", false, 0, NULL }, { 42, 0 } },
        { { 15, 1 }, { "kWh", false, 0, NULL }, { 1500, 0 } }, { { 15, 1 }, { "kWh", true, -3, NULL }, { 15, 1 } },
        { { 7, 0 }, { "W", true, 3, NULL }, { 7000, 0 } },     { { 7, 0 }, { "furlongs", true, 1, NULL }, { 70, 0 } },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ocpp_decimal value = rows[i].told;
        assert_int_equal(ocpp_v201_value_to_base(&value, &rows[i].unit), OCPP_OK);
        assert_int_equal(ocpp_decimal_compare(value, rows[i].base), 0);
    }
    struct ocpp_decimal value = { 7, 0 };
    assert_int_equal(ocpp_v201_value_to_base(&value, NULL), OCPP_OK);
    assert_int_equal(ocpp_decimal_compare(value, OCPP_DECIMAL(7, 0)), 0);
}

static void a_multiplier_beyond_any_decimal_is_refused(void **state)
{
    (void)state;
    struct ocpp_decimal value = { 7, 0 };
    const struct ocpp201_unit_of_measure huge = { "W", true, 1000000000000, NULL };
    assert_int_equal(ocpp_v201_value_to_base(&value, &huge), OCPP_ERR_RANGE);
    assert_int_equal(ocpp_decimal_compare(value, OCPP_DECIMAL(7, 0)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_has_a_value_or_is_listed_as_lost),
        cmocka_unit_test(every_value_has_a_word_that_says_it_again),
        cmocka_unit_test(nought_and_what_is_outside_say_nothing),
        cmocka_unit_test(only_types_of_tokens_reach_beyond),
        cmocka_unit_test(what_the_version_cannot_say_comes_as_near_as_it_can),
        cmocka_unit_test(values_are_brought_to_the_base_unit),
        cmocka_unit_test(a_multiplier_beyond_any_decimal_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
