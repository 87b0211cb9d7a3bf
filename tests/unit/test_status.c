/* Status and version names: every row of the tables, and what is in none. */
#include <ocpp/types.h>

#include "unit.h"

#include <string.h>

static const enum ocpp_status all[] = {
#define ROW(name, value, class, call_error, sentence) OCPP_##name,
    OCPP_STATUS_MAP(ROW)
#undef ROW
};

static void every_status_has_its_name_its_sentence_and_a_class(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        assert_string_not_equal(ocpp_status_name(all[i]), "?");
        assert_true(strlen(ocpp_status_sentence(all[i])) > 5);
        assert_true(all[i] <= OCPP_OK);
        assert_int_equal(ocpp_status_class_of(all[i]) == OCPP_CLASS_OK, all[i] == OCPP_OK);
        assert_int_equal(ocpp_status_call_error(all[i]) == OCPP_CALL_ERROR_NONE, all[i] == OCPP_OK);
    }
}

static void no_two_statuses_share_a_value_or_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(all[i], all[j]);
            assert_string_not_equal(ocpp_status_name(all[i]), ocpp_status_name(all[j]));
        }
    }
}

static void published_rows_keep_their_meaning(void **state)
{
    (void)state;
    assert_string_equal(ocpp_status_name(OCPP_ERR_NOMEM), "ERR_NOMEM");
    assert_int_equal(OCPP_ERR_NOMEM, -1);
    assert_int_equal(ocpp_status_class_of(OCPP_ERR_DUPLICATE_MEMBER), OCPP_CLASS_MESSAGE);
    assert_int_equal(ocpp_status_call_error(OCPP_ERR_DUPLICATE_MEMBER), OCPP_CALL_ERROR_RPC_FRAMEWORK_ERROR);
    assert_int_equal(ocpp_status_call_error(OCPP_ERR_MISSING_MEMBER), OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION);
    assert_int_equal(ocpp_status_class_of(OCPP_ERR_TIMEOUT), OCPP_CLASS_PEER);
}

static void a_value_outside_the_table_is_answered_without_harm(void **state)
{
    (void)state;
    const enum ocpp_status stranger = (enum ocpp_status) - 9999;
    assert_string_equal(ocpp_status_name(stranger), "?");
    assert_non_null(ocpp_status_sentence(stranger));
    assert_int_equal(ocpp_status_class_of(stranger), OCPP_CLASS_USE);
    assert_int_equal(ocpp_status_call_error(stranger), OCPP_CALL_ERROR_INTERNAL_ERROR);
}

static void versions_are_read_by_subprotocol_and_by_name(void **state)
{
    (void)state;
    for (int version = OCPP_VERSION_1_6; version < OCPP_VERSION_COUNT; version++) {
        assert_int_equal(ocpp_version_of(ocpp_version_subprotocol((enum ocpp_version)version)), version);
        assert_int_equal(ocpp_version_of(ocpp_version_name((enum ocpp_version)version)), version);
    }
    assert_string_equal(ocpp_version_subprotocol(OCPP_VERSION_2_0_1), "ocpp2.0.1");
    assert_string_equal(ocpp_version_name(OCPP_VERSION_1_6), "1.6");
}

static void what_is_no_version_is_none(void **state)
{
    static const char *const strangers[] = { "", "none", "ocpp", "ocpp1.5", "OCPP1.6", "1.6 ", "ocpp2.0", "2.0.10" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        assert_int_equal(ocpp_version_of(strangers[i]), OCPP_VERSION_NONE);
    }
    assert_string_equal(ocpp_version_subprotocol(OCPP_VERSION_NONE), "");
    assert_string_equal(ocpp_version_name(OCPP_VERSION_NONE), "none");
    assert_string_equal(ocpp_version_name((enum ocpp_version)77), "none");
    assert_string_equal(ocpp_version_subprotocol((enum ocpp_version) - 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_name_its_sentence_and_a_class),
        cmocka_unit_test(no_two_statuses_share_a_value_or_a_name),
        cmocka_unit_test(published_rows_keep_their_meaning),
        cmocka_unit_test(a_value_outside_the_table_is_answered_without_harm),
        cmocka_unit_test(versions_are_read_by_subprotocol_and_by_name),
        cmocka_unit_test(what_is_no_version_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
