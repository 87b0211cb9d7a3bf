/* The names of the vocabulary, and their way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ocpp/vocabulary.h>

static void every_word_has_a_name(void **state)
{
    (void)state;
    for (int i = 1; i <= OCPP_TOKEN_VIN; i++) {
        assert_string_not_equal(ocpp_token_type_name((enum ocpp_token_type)i), "Unknown");
    }
    for (int i = 1; i < OCPP_AUTHORIZATION_UNKNOWN; i++) {
        assert_string_not_equal(ocpp_authorization_name((enum ocpp_authorization)i), "Unknown");
    }
    for (int i = 1; i <= OCPP_REGISTRATION_REJECTED; i++) {
        assert_string_not_equal(ocpp_registration_name((enum ocpp_registration)i), "Unknown");
    }
    for (int i = 1; i <= OCPP_CONNECTOR_OCCUPIED; i++) {
        assert_string_not_equal(ocpp_connector_status_name((enum ocpp_connector_status)i), "Unknown");
    }
    for (int i = 1; i <= OCPP_STOP_UNLOCK_COMMAND; i++) {
        assert_string_not_equal(ocpp_stop_reason_name((enum ocpp_stop_reason)i), "Unknown");
    }
    for (int i = 1; i <= OCPP_MEASURAND_VOLTAGE; i++) {
        assert_string_not_equal(ocpp_measurand_name((enum ocpp_measurand)i), "Unknown");
        assert_string_not_equal(ocpp_measurand_unit((enum ocpp_measurand)i), "Unknown");
    }
    for (int i = 1; i <= OCPP_PHASE_L3_L1; i++) {
        assert_string_not_equal(ocpp_phase_name((enum ocpp_phase)i), "Unknown");
    }
    for (int i = 1; i <= OCPP_LOCATION_OUTLET; i++) {
        assert_string_not_equal(ocpp_location_name((enum ocpp_location)i), "Unknown");
    }
    for (int i = 1; i <= OCPP_CONTEXT_TRIGGER; i++) {
        assert_string_not_equal(ocpp_reading_context_name((enum ocpp_reading_context)i), "Unknown");
    }
    for (int i = 1; i <= OCPP_TRIGGER_RESET_COMMAND; i++) {
        assert_string_not_equal(ocpp_trigger_name((enum ocpp_trigger)i), "Unknown");
    }
    for (int i = 1; i <= OCPP_CHARGING_STATE_IDLE; i++) {
        assert_string_not_equal(ocpp_charging_state_name((enum ocpp_charging_state)i), "Unknown");
    }
}

static void nought_and_what_is_outside_are_called_unknown(void **state)
{
    (void)state;
    assert_string_equal(ocpp_token_type_name(OCPP_TOKEN_UNKNOWN), "Unknown");
    assert_string_equal(ocpp_measurand_name((enum ocpp_measurand)1000), "Unknown");
    assert_string_equal(ocpp_measurand_unit((enum ocpp_measurand) - 1), "Unknown");
    assert_string_equal(ocpp_stop_reason_name((enum ocpp_stop_reason)(OCPP_STOP_UNLOCK_COMMAND + 1)), "Unknown");
}

static void every_name_leads_back_to_its_word(void **state)
{
    (void)state;
    for (int i = 1; i <= OCPP_TOKEN_VIN; i++) {
        assert_int_equal(ocpp_token_type_of(ocpp_token_type_name((enum ocpp_token_type)i)), i);
    }
    for (int i = 1; i <= OCPP_AUTHORIZATION_UNKNOWN; i++) {
        assert_int_equal(ocpp_authorization_of(ocpp_authorization_name((enum ocpp_authorization)i)), i);
    }
    for (int i = 1; i <= OCPP_REGISTRATION_REJECTED; i++) {
        assert_int_equal(ocpp_registration_of(ocpp_registration_name((enum ocpp_registration)i)), i);
    }
    for (int i = 1; i <= OCPP_STOP_UNLOCK_COMMAND; i++) {
        assert_int_equal(ocpp_stop_reason_of(ocpp_stop_reason_name((enum ocpp_stop_reason)i)), i);
    }
    for (int i = 1; i <= OCPP_MEASURAND_VOLTAGE; i++) {
        assert_int_equal(ocpp_measurand_of(ocpp_measurand_name((enum ocpp_measurand)i)), i);
    }
    for (int i = 1; i <= OCPP_PHASE_L3_L1; i++) {
        assert_int_equal(ocpp_phase_of(ocpp_phase_name((enum ocpp_phase)i)), i);
    }
}

static void names_are_read_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(ocpp_stop_reason_of("evdisconnected"), OCPP_STOP_EV_DISCONNECTED);
    assert_int_equal(ocpp_token_type_of("EMAID"), OCPP_TOKEN_EMAID);
    assert_int_equal(ocpp_authorization_of("unknown"), OCPP_AUTHORIZATION_UNKNOWN);
}

static void what_is_no_name_is_nought(void **state)
{
    (void)state;
    assert_int_equal(ocpp_stop_reason_of(""), 0);
    assert_int_equal(ocpp_measurand_of("Energy"), 0);
    assert_int_equal(ocpp_registration_of("Unknown"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_has_a_name),
        cmocka_unit_test(nought_and_what_is_outside_are_called_unknown),
        cmocka_unit_test(every_name_leads_back_to_its_word),
        cmocka_unit_test(names_are_read_in_any_case),
        cmocka_unit_test(what_is_no_name_is_nought),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
