/* test_encode.c: lib/model/encode.c and validate.c on a hand-written message. */
#include "allocator.h"
#include "sample_message.h"
#include "unit.h"
#include "walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cJSON takes its memory where no allocator of ours reaches: parsing fails here on demand. */
static bool no_memory_for_trees;

enum ocpp_status __real_ocpp_json_parse(const char *text, size_t size, const struct ocpp_json_limits *limits,
                                        struct ocpp_json **root, size_t *offset);
enum ocpp_status __wrap_ocpp_json_parse(const char *text, size_t size, const struct ocpp_json_limits *limits,
                                        struct ocpp_json **root, size_t *offset);

enum ocpp_status __wrap_ocpp_json_parse(const char *text, size_t size, const struct ocpp_json_limits *limits,
                                        struct ocpp_json **root, size_t *offset)
{
    return no_memory_for_trees ? OCPP_ERR_NOMEM : __real_ocpp_json_parse(text, size, limits, root, offset);
}

static int setup_arena(void **state)
{
    *state = ocpp_arena_new(NULL, 0);
    return *state == NULL;
}

static int free_arena(void **state)
{
    ocpp_arena_free(*state);
    return 0;
}

static struct sample minimal(void)
{
    return (struct sample){
        .flag = true,
        .count = 7,
        .name = "Pile",
        .when = INT64_C(1714998896000),
        .shape = SAMPLE_SHAPE_ROUND,
        .point = { .x = OCPP_DECIMAL(15, 1) },
    };
}

static void a_minimal_message_is_written_in_the_order_of_the_model(void **state)
{
    const struct sample sample = minimal();
    const char *text;
    size_t size;
    assert_int_equal(ocpp_message_encode(&sample_type, &sample, *state, &text, &size, NULL), OCPP_OK);
    assert_string_equal(text, SAMPLE_MINIMAL);
    assert_int_equal(size, strlen(SAMPLE_MINIMAL));
}

static void a_full_message_is_written_as_it_was_read(void **state)
{
    const void *message;
    const char *text;
    size_t size;
    assert_int_equal(ocpp_message_decode(&sample_type, sample_full, strlen(sample_full), NULL, NULL, *state, &message, NULL),
                     OCPP_OK);
    assert_int_equal(ocpp_message_validate(&sample_type, message, NULL), OCPP_OK);
    assert_int_equal(ocpp_message_encode(&sample_type, message, *state, &text, &size, NULL), OCPP_OK);
    assert_string_equal(text, sample_full);
}

static void a_message_without_members_is_an_empty_object(void **state)
{
    const char unused = 0;
    const char *text;
    size_t size;
    assert_int_equal(ocpp_message_encode(&sample_empty_type, &unused, *state, &text, &size, NULL), OCPP_OK);
    assert_string_equal(text, "{}");
}

static void an_empty_list_is_written_and_an_absent_one_is_not(void **state)
{
    struct sample sample = minimal();
    const char *text;
    size_t size;
    const int64_t nothing[1] = { 0 };
    sample.levels.items = nothing;
    assert_int_equal(ocpp_message_encode(&sample_type, &sample, *state, &text, &size, NULL), OCPP_OK);
    assert_string_equal(text, SAMPLE_WITH("\"levels\":[]"));
}

static void text_is_escaped_where_json_demands_it(void **state)
{
    struct sample sample = minimal();
    const char *text;
    size_t size;
    sample.name = "a\"\\\n\x01";
    assert_int_equal(ocpp_message_encode(&sample_type, &sample, *state, &text, &size, NULL), OCPP_OK);
    const void *again;
    assert_int_equal(ocpp_message_decode(&sample_type, text, size, NULL, NULL, *state, &again, NULL), OCPP_OK);
    assert_string_equal(((const struct sample *)again)->name, sample.name);
}

static void assert_refused(const struct sample *sample, enum ocpp_status status, const char *path)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_issue issue;
    const char *text = NULL;
    size_t size = 0;
    memset(&issue, 0x55, sizeof issue);
    assert_int_equal(ocpp_message_encode(&sample_type, sample, arena, &text, &size, &issue), status);
    assert_null(text);
    assert_int_equal(issue.status, status);
    assert_int_equal(issue.quirk, 0);
    assert_string_equal(issue.path, path);
    memset(&issue, 0x55, sizeof issue);
    assert_int_equal(ocpp_message_validate(&sample_type, sample, &issue), status);
    assert_string_equal(issue.path, path);
    assert_int_equal(ocpp_message_validate(&sample_type, sample, NULL), status);
    ocpp_arena_free(arena);
}

static void what_is_required_must_be_there(void **state)
{
    (void)state;
    struct sample sample = minimal();
    sample.name = NULL;
    assert_refused(&sample, OCPP_ERR_MISSING_MEMBER, "/name");
    sample = minimal();
    sample.shape = SAMPLE_SHAPE_UNSET;
    assert_refused(&sample, OCPP_ERR_MISSING_MEMBER, "/shape");
    sample.count = 101; /* what is there and wrong is told before what is missing */
    assert_refused(&sample, OCPP_ERR_RANGE, "/count");
}

static void numbers_keep_their_ranges(void **state)
{
    (void)state;
    struct sample sample = minimal();
    sample.count = -1;
    assert_refused(&sample, OCPP_ERR_RANGE, "/count");
    sample = minimal();
    sample.point.x = OCPP_DECIMAL(155, 2);
    assert_refused(&sample, OCPP_ERR_RANGE, "/point/x");
    sample = minimal();
    sample.point.has_y = true;
    sample.point.y = OCPP_DECIMAL(11, 1);
    assert_refused(&sample, OCPP_ERR_RANGE, "/point/y");
    sample = minimal();
    sample.has_level = true;
    sample.level = (INT64_C(1) << 53) + 1;
    assert_refused(&sample, OCPP_ERR_NUMBER_RANGE, "/level");
    sample.level = -(INT64_C(1) << 53) - 1;
    assert_refused(&sample, OCPP_ERR_NUMBER_RANGE, "/level");
    sample.level = INT64_C(1) << 53;
    assert_int_equal(ocpp_message_validate(&sample_type, &sample, NULL), OCPP_OK);
    sample = minimal();
    const struct ocpp_decimal limits[] = { OCPP_DECIMAL(1, 0), OCPP_DECIMAL(1, 331) };
    sample.limits.items = limits;
    sample.limits.count = 2;
    assert_refused(&sample, OCPP_ERR_NUMBER_RANGE, "/limits/1");
    const struct ocpp_decimal large[] = { OCPP_DECIMAL(1, -309) };
    sample.limits.items = large;
    sample.limits.count = 1;
    assert_refused(&sample, OCPP_ERR_NUMBER_RANGE, "/limits/0");
}

static void text_keeps_its_length_and_is_utf8(void **state)
{
    (void)state;
    struct sample sample = minimal();
    sample.name = "sixsix";
    assert_refused(&sample, OCPP_ERR_LENGTH, "/name");
    sample.name = "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4";
    assert_int_equal(ocpp_message_validate(&sample_type, &sample, NULL), OCPP_OK);
    sample.name = "\xC3";
    assert_refused(&sample, OCPP_ERR_UTF8, "/name");
    sample = minimal();
    const char *const names[] = { "ok", NULL };
    sample.names.items = names;
    sample.names.count = 2;
    assert_refused(&sample, OCPP_ERR_TYPE, "/names/1");
}

static void times_and_enumerations_must_have_a_text(void **state)
{
    (void)state;
    struct sample sample = minimal();
    sample.when = INT64_MAX;
    assert_refused(&sample, OCPP_ERR_DATE_TIME, "/when");
    sample.when = OCPP_UTC_UNKNOWN;
    assert_refused(&sample, OCPP_ERR_DATE_TIME, "/when");
    sample = minimal();
    sample.shape = (enum sample_shape)3;
    assert_refused(&sample, OCPP_ERR_VALUE, "/shape");
    sample = minimal();
    const enum sample_shape shapes[] = { SAMPLE_SHAPE_ROUND, SAMPLE_SHAPE_UNSET };
    sample.shapes.items = shapes;
    sample.shapes.count = 2;
    assert_refused(&sample, OCPP_ERR_VALUE, "/shapes/1");
}

static void lists_keep_their_counts(void **state)
{
    (void)state;
    struct sample sample = minimal();
    const struct sample_item items[4] = { { .id = 1 }, { .id = 2 }, { .id = 3 }, { .id = 4 } };
    sample.items.items = items;
    sample.items.count = 4;
    assert_refused(&sample, OCPP_ERR_TOO_MANY, "/items");
    sample.items.count = 0;
    assert_refused(&sample, OCPP_ERR_TOO_FEW, "/items");
    sample.items.count = 3;
    assert_int_equal(ocpp_message_validate(&sample_type, &sample, NULL), OCPP_OK);
}

static void json_of_the_application_cannot_break_the_message(void **state)
{
    (void)state;
    struct sample sample = minimal();
    sample.data = "1},{";
    assert_refused(&sample, OCPP_ERR_NOT_JSON, "/data");
    sample.data = "";
    assert_refused(&sample, OCPP_ERR_NOT_JSON, "/data");
    sample.data = "{\"a\":1,\"a\":2}";
    assert_refused(&sample, OCPP_ERR_DUPLICATE_MEMBER, "/data");
    sample = minimal();
    sample.custom_data = "{\"vendorId\":1}";
    assert_refused(&sample, OCPP_ERR_TYPE, "/customData/vendorId");
    sample.custom_data = "{}";
    assert_refused(&sample, OCPP_ERR_MISSING_MEMBER, "/customData/vendorId");
    sample.custom_data = "[]";
    assert_refused(&sample, OCPP_ERR_TYPE, "/customData");
    sample.custom_data = "{\"vendorId\":\"v\"";
    assert_refused(&sample, OCPP_ERR_NOT_JSON, "/customData");
}

static void no_memory_for_the_tree_of_custom_data_is_told(void **state)
{
    (void)state;
    struct sample sample = minimal();
    sample.custom_data = "{\"vendorId\":\"v\"}";
    no_memory_for_trees = true;
    assert_refused(&sample, OCPP_ERR_NOMEM, "/customData");
    no_memory_for_trees = false;
    assert_int_equal(ocpp_message_validate(&sample_type, &sample, NULL), OCPP_OK);
}

static void the_limit_of_the_arena_is_told(void **state)
{
    (void)state;
    char name[4096];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct sample sample = minimal();
    sample.secret = name;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 2048);
    struct ocpp_issue issue;
    const char *text = NULL;
    size_t size = 0;
    assert_int_equal(ocpp_message_encode(&sample_type, &sample, arena, &text, &size, &issue), OCPP_ERR_LIMIT);
    assert_int_equal(issue.status, OCPP_ERR_LIMIT);
    assert_null(text);
    ocpp_arena_free(arena);
}

static void any_failing_allocation_of_the_arena_is_survived(void **state)
{
    const void *message;
    assert_int_equal(ocpp_message_decode(&sample_type, sample_full, strlen(sample_full), NULL, NULL, *state, &message, NULL),
                     OCPP_OK);
    enum ocpp_status status = OCPP_ERR_NOMEM;
    size_t failing = 0;
    while (status != OCPP_OK) {
        struct test_allocator memory;
        test_allocator_start(&memory, ++failing);
        assert_in_range(failing, 1, 100);
        const char *text = NULL;
        size_t size = 0;
        struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);
        if (arena != NULL) {
            status = ocpp_message_encode(&sample_type, message, arena, &text, &size, NULL);
            assert_true(status == OCPP_OK ? text != NULL : status == OCPP_ERR_NOMEM && text == NULL);
        }
        ocpp_arena_free(arena);
        assert_int_equal(memory.blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_minimal_message_is_written_in_the_order_of_the_model, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_full_message_is_written_as_it_was_read, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_message_without_members_is_an_empty_object, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(an_empty_list_is_written_and_an_absent_one_is_not, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(text_is_escaped_where_json_demands_it, setup_arena, free_arena),
        cmocka_unit_test(what_is_required_must_be_there),
        cmocka_unit_test(numbers_keep_their_ranges),
        cmocka_unit_test(text_keeps_its_length_and_is_utf8),
        cmocka_unit_test(times_and_enumerations_must_have_a_text),
        cmocka_unit_test(lists_keep_their_counts),
        cmocka_unit_test(json_of_the_application_cannot_break_the_message),
        cmocka_unit_test(no_memory_for_the_tree_of_custom_data_is_told),
        cmocka_unit_test(the_limit_of_the_arena_is_told),
        cmocka_unit_test_setup_teardown(any_failing_allocation_of_the_arena_is_survived, setup_arena, free_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
