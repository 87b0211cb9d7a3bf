/* The generated tables of every version that is built: what the walkers and the call layer take for granted about them. */
#include <ocpp/message.h>
#if OCPP_WITH_V16
#include <ocpp/v16.h>
#endif
#if OCPP_WITH_V201
#include <ocpp/v201.h>
#endif
#if OCPP_WITH_V21
#include <ocpp/v21.h>
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct ocpp_protocol *const protocols[] = {
#if OCPP_WITH_V16
    &ocpp16_protocol,
#endif
#if OCPP_WITH_V201
    &ocpp201_protocol,
#endif
#if OCPP_WITH_V21
    &ocpp21_protocol,
#endif
};

enum { PROTOCOL_COUNT = sizeof protocols / sizeof protocols[0] };

/* Calls |visit| on |type| and on every type below it, once per use. */
static void each_type(const struct ocpp_type *type, void (*visit)(const struct ocpp_type *type))
{
    visit(type);
    for (size_t i = 0; i < type->count; i++) {
        if (type->members[i].kind == OCPP_MEMBER_STRUCT)
            each_type(type->members[i].detail, visit);
    }
}

static void each_type_of_every_protocol(void (*visit)(const struct ocpp_type *type))
{
    for (size_t p = 0; p < PROTOCOL_COUNT; p++) {
        for (size_t a = 0; a < protocols[p]->count; a++) {
            each_type(protocols[p]->actions[a].request, visit);
            if (protocols[p]->actions[a].response != NULL)
                each_type(protocols[p]->actions[a].response, visit);
        }
    }
}

static void every_version_has_the_actions_its_standard_has(void **state)
{
    (void)state;
#if OCPP_WITH_V16
    assert_int_equal(ocpp16_protocol.count, 28 + 11);
#endif
#if OCPP_WITH_V201
    assert_int_equal(ocpp201_protocol.count, 64);
#endif
#if OCPP_WITH_V21
    assert_int_equal(ocpp21_protocol.count, 91);
#endif
}

static void actions_are_sorted_and_whole(void **state)
{
    (void)state;
    for (size_t p = 0; p < PROTOCOL_COUNT; p++) {
        for (size_t a = 0; a < protocols[p]->count; a++) {
            const struct ocpp_action *action = &protocols[p]->actions[a];
            assert_true(a == 0 || strcmp(action[-1].name, action->name) < 0);
            assert_int_equal(action->version, protocols[p]->version);
            assert_in_range(action->direction, OCPP_FROM_STATION, OCPP_FROM_BOTH);
            assert_non_null(action->request);
        }
    }
}

#if OCPP_WITH_V16
static void an_action_stands_where_its_index_says(void **state)
{
    (void)state;
    assert_string_equal(ocpp16_actions[OCPP16_ACTION_AUTHORIZE].name, "Authorize");
    assert_string_equal(ocpp16_actions[OCPP16_ACTION_STOP_TRANSACTION].name, "StopTransaction");
    assert_int_equal(ocpp16_actions[OCPP16_ACTION_STOP_TRANSACTION].direction, OCPP_FROM_STATION);
    assert_int_equal(ocpp16_actions[OCPP16_ACTION_RESET].direction, OCPP_FROM_CENTRAL);
    assert_int_equal(ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER].direction, OCPP_FROM_BOTH);
}
#endif

#if OCPP_WITH_V21
static void only_a_send_has_no_response(void **state)
{
    (void)state;
    for (size_t p = 0; p < PROTOCOL_COUNT; p++) {
        for (size_t a = 0; a < protocols[p]->count; a++) {
            const struct ocpp_action *action = &protocols[p]->actions[a];
            bool is_send = action == &ocpp21_actions[OCPP21_ACTION_NOTIFY_PERIODIC_EVENT_STREAM];
            assert_int_equal(action->response == NULL, is_send);
        }
    }
}
#endif

static void check_members(const struct ocpp_type *type)
{
    assert_true(type->size >= 1);
    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];
        bool has_detail = member->kind == OCPP_MEMBER_ENUM || member->kind == OCPP_MEMBER_STRUCT;
        assert_true(!has_detail || member->detail != NULL);
        assert_true(member->offset < type->size);
        assert_true(i == 0 || member->offset > type->members[i - 1].offset);
        assert_true(member->has_distance <= sizeof(int64_t));
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(type->members[other].name, member->name);
    }
}

static void members_lie_inside_their_struct_in_order_and_differ_in_name(void **state)
{
    (void)state;
    each_type_of_every_protocol(check_members);
}

static void check_presence(const struct ocpp_type *type)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];
        bool is_scalar = member->kind == OCPP_MEMBER_BOOLEAN || member->kind == OCPP_MEMBER_INTEGER ||
                         member->kind == OCPP_MEMBER_NUMBER || member->kind == OCPP_MEMBER_DATE_TIME;
        bool has_flag = is_scalar && !(member->flags & (OCPP_MEMBER_REQUIRED | OCPP_MEMBER_LIST));
        assert_int_equal(member->has_distance != 0, has_flag);
    }
}

static void exactly_the_optional_scalars_have_a_presence_flag(void **state)
{
    (void)state;
    each_type_of_every_protocol(check_presence);
}

static void check_enums(const struct ocpp_type *type)
{
    for (size_t i = 0; i < type->count; i++) {
        if (type->members[i].kind != OCPP_MEMBER_ENUM)
            continue;
        const struct ocpp_enum *enumeration = type->members[i].detail;
        assert_in_range(enumeration->size, 1, sizeof(int));
        assert_true(enumeration->count >= 1);
        for (size_t value = 0; value < enumeration->count; value++)
            assert_true(enumeration->values[value][0] != '\0');
    }
}

static void every_value_of_an_enumeration_has_a_name(void **state)
{
    (void)state;
    each_type_of_every_protocol(check_enums);
}

#if OCPP_WITH_V16
static void the_oddities_of_the_wire_are_kept(void **state)
{
    (void)state;
    assert_string_equal(ocpp16_unit_of_measure_enum.values[OCPP16_UNIT_OF_MEASURE_CELCIUS - 1], "Celcius");
    assert_string_equal(ocpp16_unit_of_measure_enum.values[OCPP16_UNIT_OF_MEASURE_CELSIUS - 1], "Celsius");
#if OCPP_WITH_V21
    assert_string_equal(ocpp21_cost_dimension_kind_enum.values[OCPP21_COST_DIMENSION_KIND_IDLE_TIME - 1], "IdleTIme");
#endif
}
#endif

static size_t secrets;

static void count_secrets(const struct ocpp_type *type)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];
        bool is_secret = member->flags & OCPP_MEMBER_SECRET;
        bool sounds_secret = strstr(member->name, "assword") != NULL || strcmp(member->name, "simPin") == 0;
        assert_true(is_secret || !sounds_secret);
        secrets += is_secret;
    }
}

static void what_sounds_like_a_secret_is_one(void **state)
{
    (void)state;
    secrets = 0;
    each_type_of_every_protocol(count_secrets);
    assert_true(secrets > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_has_the_actions_its_standard_has),
        cmocka_unit_test(actions_are_sorted_and_whole),
#if OCPP_WITH_V16
        cmocka_unit_test(an_action_stands_where_its_index_says),
        cmocka_unit_test(the_oddities_of_the_wire_are_kept),
#endif
#if OCPP_WITH_V21
        cmocka_unit_test(only_a_send_has_no_response),
#endif
        cmocka_unit_test(members_lie_inside_their_struct_in_order_and_differ_in_name),
        cmocka_unit_test(exactly_the_optional_scalars_have_a_presence_flag),
        cmocka_unit_test(every_value_of_an_enumeration_has_a_name),
        cmocka_unit_test(what_sounds_like_a_secret_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
