/* test_protocols.c: lib/model/protocols.c: versions, actions, error codes and enumerated values by name. */
#include "sample_message.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const struct ocpp_action *find(const struct ocpp_protocol *protocol, const char *name)
{
    return ocpp_protocol_action(protocol, name, strlen(name));
}

static void the_versions_that_are_built_have_a_protocol_and_no_other_has(void **state)
{
    (void)state;
    assert_int_equal(ocpp_protocol_of(OCPP_VERSION_1_6) != NULL, OCPP_WITH_V16);
    assert_int_equal(ocpp_protocol_of(OCPP_VERSION_2_0_1) != NULL, OCPP_WITH_V201);
    assert_int_equal(ocpp_protocol_of(OCPP_VERSION_2_1) != NULL, OCPP_WITH_V21);
    assert_null(ocpp_protocol_of(OCPP_VERSION_NONE));
    assert_null(ocpp_protocol_of((enum ocpp_version)OCPP_VERSION_COUNT));
    assert_null(ocpp_protocol_of((enum ocpp_version) - 1));
}

static void every_action_is_found_by_its_name_and_knows_its_version(void **state)
{
    (void)state;
    for (int version = OCPP_VERSION_1_6; version < OCPP_VERSION_COUNT; version++) {
        const struct ocpp_protocol *protocol = ocpp_protocol_of((enum ocpp_version)version);
        for (size_t i = 0; protocol != NULL && i < protocol->count; i++) {
            const struct ocpp_action *action = &protocol->actions[i];
            assert_ptr_equal(find(protocol, action->name), action);
            assert_int_equal(action->version, version);
            assert_int_equal(protocol->version, version);
            assert_non_null(action->request);
            assert_in_range(action->direction, OCPP_FROM_STATION, OCPP_FROM_BOTH);
        }
    }
}

static void a_name_is_compared_whole_and_case_sensitively(void **state)
{
    (void)state;
    static const struct ocpp_action actions[] = {
        { "Reset", &sample_type, &sample_type, OCPP_FROM_CENTRAL, OCPP_VERSION_1_6 },
        { "ResetAll", &sample_type, &sample_type, OCPP_FROM_CENTRAL, OCPP_VERSION_1_6 },
        { "Restart", &sample_type, &sample_type, OCPP_FROM_CENTRAL, OCPP_VERSION_1_6 },
    };
    const struct ocpp_protocol protocol = { OCPP_VERSION_1_6, actions, 3 };
    assert_ptr_equal(find(&protocol, "Reset"), &actions[0]);
    assert_ptr_equal(find(&protocol, "ResetAll"), &actions[1]);
    assert_ptr_equal(find(&protocol, "Restart"), &actions[2]);
    assert_ptr_equal(ocpp_protocol_action(&protocol, "ResetX", 5), &actions[0]);
    assert_null(find(&protocol, "reset"));
    assert_null(find(&protocol, "ResetA"));
    assert_null(find(&protocol, "Res"));
    assert_null(find(&protocol, "Zap"));
    assert_null(find(&protocol, ""));
    const struct ocpp_protocol empty = { OCPP_VERSION_1_6, actions, 0 };
    assert_null(find(&empty, "Reset"));
}

static void one_dot_six_spells_its_error_codes_as_it_always_did(void **state)
{
    (void)state;
    const enum ocpp_version first = OCPP_VERSION_1_6;
    assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_FORMAT_VIOLATION, first), "FormationViolation");
    assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION, first),
                        "OccurenceConstraintViolation");
    assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_RPC_FRAMEWORK_ERROR, first), "FormationViolation");
    assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_MESSAGE_TYPE_NOT_SUPPORTED, first), "FormationViolation");
    assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_SECURITY_ERROR, first), "SecurityError");
    for (int version = OCPP_VERSION_2_0_1; version < OCPP_VERSION_COUNT; version++) {
        const enum ocpp_version later = (enum ocpp_version)version;
        assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_FORMAT_VIOLATION, later), "FormatViolation");
        assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION, later),
                            "OccurrenceConstraintViolation");
        assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_RPC_FRAMEWORK_ERROR, later), "RpcFrameworkError");
        assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_MESSAGE_TYPE_NOT_SUPPORTED, later), "MessageTypeNotSupported");
    }
    assert_string_equal(ocpp_call_error_name(OCPP_CALL_ERROR_NONE, first), "GenericError");
    assert_string_equal(ocpp_call_error_name((enum ocpp_call_error)99, OCPP_VERSION_2_1), "GenericError");
}

static void an_error_code_is_understood_in_every_spelling(void **state)
{
    (void)state;
    for (int error = OCPP_CALL_ERROR_NOT_IMPLEMENTED; error <= OCPP_CALL_ERROR_RPC_FRAMEWORK_ERROR; error++)
        assert_int_equal(ocpp_call_error_of(ocpp_call_error_name((enum ocpp_call_error)error, OCPP_VERSION_2_1)), error);
    assert_int_equal(ocpp_call_error_of("FormationViolation"), OCPP_CALL_ERROR_FORMAT_VIOLATION);
    assert_int_equal(ocpp_call_error_of("OccurenceConstraintViolation"), OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION);
    assert_int_equal(ocpp_call_error_of("formationviolation"), OCPP_CALL_ERROR_GENERIC_ERROR);
    assert_int_equal(ocpp_call_error_of("SomethingElse"), OCPP_CALL_ERROR_GENERIC_ERROR);
    assert_int_equal(ocpp_call_error_of(""), OCPP_CALL_ERROR_GENERIC_ERROR);
}

static void an_enumeration_maps_both_ways_and_knows_its_end(void **state)
{
    (void)state;
    assert_int_equal(ocpp_enum_value(&sample_shape_enum, "Round"), SAMPLE_SHAPE_ROUND);
    assert_int_equal(ocpp_enum_value(&sample_shape_enum, "Square"), SAMPLE_SHAPE_SQUARE);
    assert_int_equal(ocpp_enum_value(&sample_shape_enum, "round"), 0);
    assert_int_equal(ocpp_enum_value(&sample_shape_enum, "Roun"), 0);
    assert_int_equal(ocpp_enum_value(&sample_shape_enum, ""), 0);
    assert_string_equal(ocpp_enum_name(&sample_shape_enum, SAMPLE_SHAPE_SQUARE), "Square");
    assert_null(ocpp_enum_name(&sample_shape_enum, 0));
    assert_null(ocpp_enum_name(&sample_shape_enum, 3));
    assert_null(ocpp_enum_name(&sample_shape_enum, -1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_versions_that_are_built_have_a_protocol_and_no_other_has),
        cmocka_unit_test(every_action_is_found_by_its_name_and_knows_its_version),
        cmocka_unit_test(a_name_is_compared_whole_and_case_sensitively),
        cmocka_unit_test(one_dot_six_spells_its_error_codes_as_it_always_did),
        cmocka_unit_test(an_error_code_is_understood_in_every_spelling),
        cmocka_unit_test(an_enumeration_maps_both_ways_and_knows_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
