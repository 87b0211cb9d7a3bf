/* test_convert.c: lib/model/convert.c: whatever 2.0.1 can say, 2.1 says in its own struct, and says back. What 2.1 added is left
 * out without turning the rest into something else. */
#include "allocator.h"
#include "convert.h"
#include "unit.h"
#include "vocabulary_v201.h"
#include "walk.h"

#include <ocpp/v21.h>

#include <string.h>

static int make_arena(void **state)
{
    *state = ocpp_arena_new(NULL, 0);
    return *state == NULL;
}

static int free_arena(void **state)
{
    ocpp_arena_free(*state);
    return 0;
}

/* --- a message with everything in it ---------------------------------------------------------------------------------------- */

static void fill(const struct ocpp_type *type, void *base, int turn, struct ocpp_arena *arena);

static void fill_value(const struct ocpp_member *member, void *value, int turn, struct ocpp_arena *arena)
{
    static const char *const word = "Q";
    static const char *const json = "{\"vendorId\":\"V\"}";
    static const int64_t one = 1;
    static const struct ocpp_decimal number = { 1, 0 };
    static const bool yes = true;
    const struct ocpp_enum *enumeration = member->detail;

    switch ((enum ocpp_member_kind)member->kind) {
    case OCPP_MEMBER_BOOLEAN:
        memcpy(value, &yes, sizeof yes);
        break;
    case OCPP_MEMBER_INTEGER:
    case OCPP_MEMBER_DATE_TIME:
        memcpy(value, &one, sizeof one);
        break;
    case OCPP_MEMBER_NUMBER:
        memcpy(value, &number, sizeof number);
        break;
    case OCPP_MEMBER_STRING:
    case OCPP_MEMBER_CISTRING:
        memcpy(value, &word, sizeof word);
        break;
    case OCPP_MEMBER_ANY:
    case OCPP_MEMBER_CUSTOM:
        memcpy(value, &json, sizeof json);
        break;
    case OCPP_MEMBER_ENUM:
        ocpp_enum_store(enumeration, value, turn % enumeration->count + 1);
        break;
    case OCPP_MEMBER_STRUCT:
        fill(member->detail, value, turn, arena);
        break;
    }
}

static void fill_list(const struct ocpp_member *member, void *value, int turn, struct ocpp_arena *arena)
{
    enum { ITEMS = 2 };
    const size_t size = ocpp_member_item_size(member);
    char *items = ocpp_arena_take(arena, ITEMS * size);
    const struct ocpp_list list = { items, member->max_items == 1 ? 1 : ITEMS };

    assert_non_null(items);
    for (size_t i = 0; i < list.count; i++) {
        fill_value(member, items + i * size, turn + (int)i, arena);
    }
    memcpy(value, &list, sizeof list);
}

static void fill_optional_struct(const struct ocpp_member *member, void *value, int turn, struct ocpp_arena *arena)
{
    void *part = ocpp_arena_take(arena, ((const struct ocpp_type *)member->detail)->size);

    assert_non_null(part);
    fill(member->detail, part, turn, arena);
    memcpy(value, &part, sizeof part);
}

static void fill(const struct ocpp_type *type, void *base, int turn, struct ocpp_arena *arena)
{
    const bool has = true;

    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];
        char *value = (char *)base + member->offset;
        if (member->flags & OCPP_MEMBER_LIST) {
            fill_list(member, value, turn, arena);
        } else if (member->kind == OCPP_MEMBER_STRUCT && !(member->flags & OCPP_MEMBER_REQUIRED)) {
            fill_optional_struct(member, value, turn, arena);
        } else {
            fill_value(member, value, turn, arena);
        }
        if (member->has_distance != 0) {
            memcpy(value - member->has_distance, &has, sizeof has);
        }
    }
}

static void *filled(const struct ocpp_type *type, int turn, struct ocpp_arena *arena)
{
    void *message = ocpp_arena_take(arena, type->size);

    assert_non_null(message);
    fill(type, message, turn, arena);
    return message;
}

/* --- all messages ----------------------------------------------------------------------------------------------------------- */

enum { TURNS = 40 }; /* more than any enumeration both versions share has values */

/* |is_told|: the central system may say it, so it has to be right in 2.1. A station's monitors lack what 2.1 demands of them. */
static void there_and_back(const struct ocpp_type *older, const struct ocpp_type *newer, bool is_told, int turn,
                           struct ocpp_arena *arena)
{
    const void *message = filled(older, turn, arena);
    const void *there = NULL;
    const void *back = NULL;
    struct ocpp_issue issue;

    assert_int_equal(ocpp_message_validate(older, message, &issue), OCPP_OK);
    assert_int_equal(ocpp_message_convert(older, message, newer, ocpp_v201_beyond, arena, &there), OCPP_OK);
    if (is_told && ocpp_message_validate(newer, there, &issue) != OCPP_OK) {
        fail_msg("%s, turn %d: %s at %s", newer->name, turn, ocpp_status_sentence(issue.status), issue.path);
    }
    assert_int_equal(ocpp_message_convert(newer, there, older, ocpp_v201_beyond, arena, &back), OCPP_OK);
    if (!ocpp_message_equal(older, message, back)) {
        fail_msg("%s, turn %d: it came back as another message", older->name, turn);
    }
}

static const struct ocpp_action *in_2_1(const struct ocpp_action *older)
{
    const struct ocpp_action *newer = ocpp_protocol_action(ocpp_protocol_of(OCPP_VERSION_2_1), older->name, strlen(older->name));

    assert_non_null(newer);
    return newer;
}

static void what_2_0_1_says_goes_to_2_1_and_back(void **state)
{
    const struct ocpp_protocol *protocol = ocpp_protocol_of(OCPP_VERSION_2_0_1);

    for (size_t i = 0; i < protocol->count; i++) {
        const struct ocpp_action *older = &protocol->actions[i];
        for (int turn = 0; turn < TURNS; turn++) {
            ocpp_arena_reset(*state);
            there_and_back(older->request, in_2_1(older)->request, older->direction & OCPP_FROM_CENTRAL, turn, *state);
            there_and_back(older->response, in_2_1(older)->response, older->direction & OCPP_FROM_STATION, turn, *state);
        }
    }
}

/* What comes of it can be said again, but for texts that 2.1 lets be longer. */
static void whatever_2_1_says_becomes_a_message_or_a_clear_no(void **state)
{
    const struct ocpp_protocol *protocol = ocpp_protocol_of(OCPP_VERSION_2_0_1);

    for (size_t i = 0; i < protocol->count; i++) {
        const struct ocpp_action *older = &protocol->actions[i];
        for (int turn = 0; turn < 2 * TURNS; turn++) {
            const void *there = NULL;
            ocpp_arena_reset(*state);
            const void *message = filled(in_2_1(older)->request, turn, *state);
            const enum ocpp_status status =
                ocpp_message_convert(in_2_1(older)->request, message, older->request, ocpp_v201_beyond, *state, &there);
            assert_true(status == OCPP_OK || status == OCPP_ERR_VALUE);
            assert_true(status != OCPP_OK || there != NULL);
        }
    }
}

/* --- what 2.1 added --------------------------------------------------------------------------------------------------------- */

static const void *from_2_1(struct ocpp_arena *arena, enum ocpp21_action index, const char *text)
{
    const struct ocpp_action *newer = &ocpp21_actions[index];
    const struct ocpp_action *older =
        ocpp_protocol_action(ocpp_protocol_of(OCPP_VERSION_2_0_1), newer->name, strlen(newer->name));
    const void *message = NULL;
    const void *converted = NULL;

    assert_int_equal(ocpp_message_decode(newer->request, text, strlen(text), NULL, NULL, arena, &message, NULL), OCPP_OK);
    assert_int_equal(ocpp_message_convert(newer->request, message, older->request, ocpp_v201_beyond, arena, &converted), OCPP_OK);
    return converted;
}

/* A sample without measurand is one of energy: a state of charge must not become one. */
static void a_sample_of_what_2_0_1_cannot_measure_is_left_out(void **state)
{
    const struct ocpp201_meter_values_req *req = from_2_1(*state, OCPP21_ACTION_METER_VALUES,
                                                          "{\"evseId\":1,\"meterValue\":[{\"timestamp\":\"2026-01-01T00:00:00Z\","
                                                          "\"sampledValue\":[{\"value\":80,\"measurand\":\"Display.PresentSOC\"},"
                                                          "{\"value\":1234.5},{\"value\":7,\"location\":\"Upstream\"}]}]}");

    assert_int_equal(req->meter_value.count, 1);
    assert_int_equal(req->meter_value.items[0].sampled_value.count, 1);
    assert_int_equal(ocpp_decimal_compare(req->meter_value.items[0].sampled_value.items[0].value, OCPP_DECIMAL(12345, 1)), 0);
}

static void types_of_tokens_that_2_1_added_are_told_apart(void **state)
{
    static const struct {
        const char *text;
        enum ocpp_token_type type;
    } rows[] = {
        { "{\"idToken\":{\"idToken\":\"A\",\"type\":\"DirectPayment\"}}", OCPP_TOKEN_DIRECT_PAYMENT },
        { "{\"idToken\":{\"idToken\":\"A\",\"type\":\"VIN\"}}", OCPP_TOKEN_VIN },
        { "{\"idToken\":{\"idToken\":\"A\",\"type\":\"ISO14443\"}}", OCPP_TOKEN_ISO14443 },
        { "{\"idToken\":{\"idToken\":\"A\",\"type\":\"NoAuthorization\"}}", OCPP_TOKEN_NO_AUTHORIZATION },
        { "{\"idToken\":{\"idToken\":\"A\",\"type\":\"Something\"}}", OCPP_TOKEN_UNKNOWN },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct ocpp201_authorize_req *req = from_2_1(*state, OCPP21_ACTION_AUTHORIZE, rows[i].text);
        assert_int_equal(ocpp_word_from_wire(&ocpp_v201_token_types, (int)req->id_token.type), rows[i].type);
        assert_string_equal(req->id_token.id_token, "A");
    }
}

static void a_type_only_2_1_knows_is_said_in_its_words(void **state)
{
    const struct ocpp201_authorize_req req = {
        .id_token = { .id_token = "A",
                      .type = (enum ocpp201_id_token_kind)ocpp_v201_token_kind_beyond(OCPP_TOKEN_DIRECT_PAYMENT) },
    };
    const void *converted = NULL;

    assert_int_equal(ocpp_v201_token_kind_beyond(OCPP_TOKEN_EMAID), 0);
    assert_int_equal(ocpp_message_convert(ocpp201_actions[OCPP201_ACTION_AUTHORIZE].request, &req,
                                          ocpp21_actions[OCPP21_ACTION_AUTHORIZE].request, ocpp_v201_beyond, *state, &converted),
                     OCPP_OK);
    assert_string_equal(((const struct ocpp21_authorize_req *)converted)->id_token.type, "DirectPayment");
}

static void a_source_of_limits_that_became_free_text_is_the_general_one(void **state)
{
    const struct ocpp201_cleared_charging_limit_req *req =
        from_2_1(*state, OCPP21_ACTION_CLEARED_CHARGING_LIMIT, "{\"chargingLimitSource\":\"Weather\"}");

    assert_int_equal(req->charging_limit_source, OCPP201_CHARGING_LIMIT_SOURCE_OTHER);
}

static void a_number_that_was_an_integer_is_rounded(void **state)
{
    const struct ocpp201_notify_ev_charging_needs_req *req =
        from_2_1(*state, OCPP21_ACTION_NOTIFY_EV_CHARGING_NEEDS,
                 "{\"evseId\":1,\"chargingNeeds\":{\"requestedEnergyTransfer\":\"AC_three_phase\",\"acChargingParameters\":{"
                 "\"energyAmount\":1000.6,\"evMinCurrent\":6,\"evMaxCurrent\":32,\"evMaxVoltage\":230}}}");

    assert_int_equal(req->charging_needs.ac_charging_parameters->energy_amount, 1001);
}

/* A period of 2.1 may have a setpoint and no limit; a limit of 0 would stop a vehicle. */
static void a_period_without_a_limit_is_left_out(void **state)
{
    const struct ocpp201_notify_ev_charging_schedule_req *req =
        from_2_1(*state, OCPP21_ACTION_NOTIFY_EV_CHARGING_SCHEDULE,
                 "{\"evseId\":1,\"timeBase\":\"2026-01-01T00:00:00Z\",\"chargingSchedule\":{\"id\":1,\"chargingRateUnit\":\"W\","
                 "\"chargingSchedulePeriod\":[{\"startPeriod\":0,\"setpoint\":5},{\"startPeriod\":9,\"limit\":16}]}}");

    assert_int_equal(req->charging_schedule.charging_schedule_period.count, 1);
    assert_int_equal(req->charging_schedule.charging_schedule_period.items[0].start_period, 9);
}

static const struct ocpp_type *part_called(const struct ocpp_type *type, const char *name)
{
    for (size_t i = 0; i < type->count; i++) {
        if (strcmp(type->members[i].name, name) == 0) {
            return type->members[i].detail;
        }
    }
    return NULL;
}

static const struct ocpp_type *period_of(const struct ocpp_action *schedule_told)
{
    return part_called(part_called(schedule_told->request, "chargingSchedule"), "chargingSchedulePeriod");
}

static void a_number_that_may_not_be_made_up_is_a_clear_no(void **state)
{
    static const struct ocpp21_charging_schedule_period period = { .start_period = 0 };
    const void *converted = NULL;

    assert_int_equal(ocpp_message_convert(period_of(&ocpp21_actions[OCPP21_ACTION_NOTIFY_EV_CHARGING_SCHEDULE]), &period,
                                          period_of(&ocpp201_actions[OCPP201_ACTION_NOTIFY_EV_CHARGING_SCHEDULE]), NULL, *state,
                                          &converted),
                     OCPP_ERR_VALUE);
    assert_null(converted);
}

static void every_allocation_that_fails_is_told(void **state)
{
    const struct ocpp_action *older = &ocpp201_actions[OCPP201_ACTION_TRANSACTION_EVENT];
    const void *message = filled(in_2_1(older)->request, 0, *state);

    for (size_t room = 1;; room += 64) {
        struct ocpp_arena *arena = ocpp_arena_new(NULL, room);
        const void *converted = NULL;
        assert_non_null(arena);
        const enum ocpp_status status =
            ocpp_message_convert(in_2_1(older)->request, message, older->request, ocpp_v201_beyond, arena, &converted);
        ocpp_arena_free(arena);
        if (status == OCPP_OK) {
            assert_true(room > 1);
            return;
        }
        assert_int_equal(status, OCPP_ERR_LIMIT);
        assert_null(converted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_2_0_1_says_goes_to_2_1_and_back, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(whatever_2_1_says_becomes_a_message_or_a_clear_no, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_sample_of_what_2_0_1_cannot_measure_is_left_out, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(types_of_tokens_that_2_1_added_are_told_apart, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_type_only_2_1_knows_is_said_in_its_words, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_source_of_limits_that_became_free_text_is_the_general_one, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_number_that_was_an_integer_is_rounded, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_period_without_a_limit_is_left_out, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_number_that_may_not_be_made_up_is_a_clear_no, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(every_allocation_that_fails_is_told, make_arena, free_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
