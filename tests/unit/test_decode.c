/* test_decode.c: lib/model/decode.c on a hand-written message; real messages are judged in tests/conformance. */
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

static struct ocpp_issue issue;

static enum ocpp_status decode(struct ocpp_arena *arena, const char *text, const struct sample **message)
{
    const void *decoded = NULL;
    memset(&issue, 0, sizeof issue);
    const enum ocpp_status status = ocpp_message_decode(&sample_type, text, strlen(text), NULL, NULL, arena, &decoded, &issue);
    *message = decoded;
    return status;
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

static void a_minimal_message_is_read_and_the_rest_is_absent(void **state)
{
    const struct sample *sample;
    assert_int_equal(decode(*state, SAMPLE_MINIMAL, &sample), OCPP_OK);
    assert_true(sample->flag);
    assert_int_equal(sample->count, 7);
    assert_string_equal(sample->name, "Pile");
    assert_int_equal(sample->when, INT64_C(1714998896000));
    assert_int_equal(sample->shape, SAMPLE_SHAPE_ROUND);
    assert_int_equal(ocpp_decimal_compare(sample->point.x, OCPP_DECIMAL(15, 1)), 0);
    assert_false(sample->point.has_y);
    assert_false(sample->has_option || sample->has_level || sample->has_limit || sample->has_until);
    assert_null(sample->tag);
    assert_int_equal(sample->color, SAMPLE_COLOR_UNSET);
    assert_null(sample->detail);
    assert_null(sample->items.items);
    assert_null(sample->data);
    assert_null(sample->custom_data);
}

static void a_full_message_is_read(void **state)
{
    const struct sample *sample;
    assert_int_equal(decode(*state, sample_full, &sample), OCPP_OK);
    assert_true(sample->has_option);
    assert_false(sample->option);
    assert_true(sample->has_level);
    assert_int_equal(sample->level, -3);
    assert_true(sample->has_limit);
    assert_int_equal(ocpp_decimal_compare(sample->limit, OCPP_DECIMAL(1, 1)), 0);
    assert_true(sample->has_until);
    assert_int_equal(sample->until, INT64_C(1715040000250));
    assert_string_equal(sample->tag, "aBcD");
    assert_int_equal(sample->color, SAMPLE_COLOR_RED);
    assert_int_equal(sample->outline, SAMPLE_SHAPE_SQUARE);
    assert_int_equal(sample->detail->id, 1);
    assert_string_equal(sample->detail->label, "one");
    assert_int_equal(sample->items.count, 2);
    assert_int_equal(sample->items.items[1].id, 3);
    assert_string_equal(sample->items.items[1].label, "");
    assert_null(sample->items.items[0].label);
    assert_int_equal(sample->names.count, 2);
    assert_string_equal(sample->names.items[1], "\xC3\xA4\xC3\xB6\xC3\xBC\xE2\x82\xAC");
    assert_int_equal(sample->levels.items[1], -2);
    assert_int_equal(ocpp_decimal_compare(sample->limits.items[1], OCPP_DECIMAL(-125, 2)), 0);
    assert_true(sample->options.items[0]);
    assert_false(sample->options.items[1]);
    assert_int_equal(sample->times.items[0], sample->when);
    assert_int_equal(sample->shapes.items[0], SAMPLE_SHAPE_SQUARE);
    assert_string_equal(sample->secret, "LetMeIn!");
    assert_string_equal(sample->data, "[null,{\"a\":\"b\"}]");
    assert_string_equal(sample->custom_data, "{\"vendorId\":\"v\",\"more\":{\"x\":[1]}}");
}

static void members_may_come_in_any_order(void **state)
{
    const struct sample *sample;
    assert_int_equal(decode(*state,
                            "{\"customData\":{\"vendorId\":\"\"},\"point\":{\"y\":-1,\"x\":2},\"shape\":\"Square\",\"count\":100,"
                            "\"when\":\"2024-05-06T14:34:56.7891+02:00\",\"flag\":false,\"name\":\"\"}",
                            &sample),
                     OCPP_OK);
    assert_int_equal(sample->when, INT64_C(1714998896789));
    assert_int_equal(sample->shape, SAMPLE_SHAPE_SQUARE);
    assert_string_equal(sample->name, "");
    assert_true(sample->point.has_y);
}

static void an_empty_list_is_not_an_absent_one(void **state)
{
    const struct sample *sample;
    assert_int_equal(decode(*state, SAMPLE_WITH("\"names\":[]"), &sample), OCPP_OK);
    assert_non_null(sample->names.items);
    assert_int_equal(sample->names.count, 0);
    assert_null(sample->levels.items);
}

static void an_integer_may_be_written_with_a_zero_fraction(void **state)
{
    const struct sample *sample;
    assert_int_equal(decode(*state, SAMPLE_WITH("\"level\":-1.0,\"levels\":[1e2]"), &sample), OCPP_OK);
    assert_int_equal(sample->level, -1);
    assert_int_equal(sample->levels.items[0], 100);
}

static void any_value_may_be_anything_even_null(void **state)
{
    const struct sample *sample;
    assert_int_equal(decode(*state, SAMPLE_WITH("\"data\":null"), &sample), OCPP_OK);
    assert_string_equal(sample->data, "null");
    assert_int_equal(decode(*state, SAMPLE_WITH("\"data\": { \"k\" : [ 1.50, \"\\u00e4\" ] }"), &sample), OCPP_OK);
    assert_string_equal(sample->data, "{\"k\":[1.5,\"\xC3\xA4\"]}");
}

static void tenths_have_a_tolerance_of_a_millionth(void **state)
{
    const struct sample *sample;
    static const char *const good[] = { "0.1", "0.30000000000000004", "16.1000009", "-2.7", "1e10", "0", "0.0000005", "1e-300" };
    static const char *const bad[] = { "0.15", "0.01", "-0.05", "16.10001", "0.00001", "-3.999" };
    char text[512];
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        snprintf(text, sizeof text, SAMPLE_WITH("\"limit\":%s"), good[i]);
        assert_int_equal(decode(*state, text, &sample), OCPP_OK);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        snprintf(text, sizeof text, SAMPLE_WITH("\"limit\":%s"), bad[i]);
        assert_int_equal(decode(*state, text, &sample), OCPP_ERR_RANGE);
        assert_string_equal(issue.path, "/limit");
    }
}

struct refusal {
    const char *text;
    enum ocpp_status status;
    const char *path;
};

static void assert_refused(struct ocpp_arena *arena, const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sample *sample = NULL;
        const enum ocpp_status status = decode(arena, refusals[i].text, &sample);
        if (status != refusals[i].status || strcmp(issue.path, refusals[i].path) != 0)
            fail_msg("%s: got %s at \"%s\"", refusals[i].text, ocpp_status_name(status), issue.path);
        assert_int_equal(issue.status, status);
        assert_int_equal(issue.quirk, 0);
        assert_null(sample);
        ocpp_arena_reset(arena);
    }
}

#define ASSERT_REFUSED(arena, refusals) assert_refused(arena, refusals, COUNT_OF(refusals))

static void every_wrong_type_is_told_with_its_path(void **state)
{
    static const struct refusal refusals[] = {
        { "[]", OCPP_ERR_TYPE, "" },
        { "\"str\"", OCPP_ERR_TYPE, "" },
        { "null", OCPP_ERR_TYPE, "" },
        { "{\"flag\":1}", OCPP_ERR_TYPE, "/flag" },
        { "{\"flag\":null}", OCPP_ERR_TYPE, "/flag" },
        { "{\"count\":\"7\"}", OCPP_ERR_TYPE, "/count" },
        { "{\"count\":7.5}", OCPP_ERR_TYPE, "/count" },
        { "{\"name\":7}", OCPP_ERR_TYPE, "/name" },
        { "{\"when\":7}", OCPP_ERR_TYPE, "/when" },
        { "{\"shape\":1}", OCPP_ERR_TYPE, "/shape" },
        { "{\"point\":[]}", OCPP_ERR_TYPE, "/point" },
        { "{\"point\":{\"x\":\"1.5\"}}", OCPP_ERR_TYPE, "/point/x" },
        { "{\"detail\":\"x\"}", OCPP_ERR_TYPE, "/detail" },
        { "{\"detail\":null}", OCPP_ERR_TYPE, "/detail" },
        { "{\"items\":{\"id\":1}}", OCPP_ERR_TYPE, "/items" },
        { "{\"items\":null}", OCPP_ERR_TYPE, "/items" },
        { "{\"items\":[{\"id\":1},7]}", OCPP_ERR_TYPE, "/items/1" },
        { "{\"items\":[{\"id\":1},null]}", OCPP_ERR_TYPE, "/items/1" },
        { "{\"names\":[\"a\",[]]}", OCPP_ERR_TYPE, "/names/1" },
        { "{\"customData\":\"x\"}", OCPP_ERR_TYPE, "/customData" },
        { "{\"customData\":null}", OCPP_ERR_TYPE, "/customData" },
        { "{\"customData\":{\"vendorId\":1}}", OCPP_ERR_TYPE, "/customData/vendorId" },
    };
    ASSERT_REFUSED(*state, refusals);
}

static void every_wrong_value_is_told_with_its_path(void **state)
{
    static const struct refusal refusals[] = {
        { "{\"count\":-1.0}", OCPP_ERR_RANGE, "/count" },
        { "{\"count\":101}", OCPP_ERR_RANGE, "/count" },
        { "{\"point\":{\"y\":1.0001}}", OCPP_ERR_RANGE, "/point/y" },
        { "{\"point\":{\"y\":-2}}", OCPP_ERR_RANGE, "/point/y" },
        { "{\"name\":\"sixsix\"}", OCPP_ERR_LENGTH, "/name" },
        { "{\"names\":[\"four\",\"fives\"]}", OCPP_ERR_LENGTH, "/names/1" },
        { "{\"when\":\"yesterday\"}", OCPP_ERR_DATE_TIME, "/when" },
        { "{\"when\":\"\"}", OCPP_ERR_DATE_TIME, "/when" },
        { "{\"when\":\"2024-05-06T14:34:56+02\"}", OCPP_ERR_DATE_TIME, "/when" },
        { "{\"times\":[\"2024-02-30T00:00:00Z\"]}", OCPP_ERR_DATE_TIME, "/times/0" },
        { "{\"shape\":\"round\"}", OCPP_ERR_VALUE, "/shape" },
        { "{\"shape\":\"\"}", OCPP_ERR_VALUE, "/shape" },
        { "{\"shapes\":[\"Round\",\"Rounder\"]}", OCPP_ERR_VALUE, "/shapes/1" },
        { "{\"items\":[]}", OCPP_ERR_TOO_FEW, "/items" },
        { "{\"items\":[{},{},{},{}]}", OCPP_ERR_TOO_MANY, "/items" },
        { "{\"unheard\":1}", OCPP_ERR_UNKNOWN_MEMBER, "/unheard" },
        { "{\"Flag\":true}", OCPP_ERR_UNKNOWN_MEMBER, "/Flag" },
        { "{\"\":true}", OCPP_ERR_UNKNOWN_MEMBER, "/" },
        { "{\"items\":[{\"id\":1,\"customData\":{\"vendorId\":\"\"}}]}", OCPP_ERR_UNKNOWN_MEMBER, "/items/0/customData" },
    };
    ASSERT_REFUSED(*state, refusals);
}

static void lengths_count_characters_not_bytes(void **state)
{
    const struct sample *sample;
    assert_int_equal(decode(*state, SAMPLE_WITH("\"tag\":\"\\ud83d\\ude97\xE2\x82\xAC\xC3\xA4x\""), &sample), OCPP_OK);
    assert_int_equal(decode(*state, SAMPLE_WITH("\"tag\":\"\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xACx\""), &sample),
                     OCPP_ERR_LENGTH);
    assert_string_equal(issue.path, "/tag");
}

static void the_first_violation_in_the_text_wins_and_missing_members_come_last(void **state)
{
    static const struct refusal refusals[] = {
        { "{\"unheard\":1,\"flag\":7}", OCPP_ERR_UNKNOWN_MEMBER, "/unheard" },
        { "{\"flag\":7,\"unheard\":1}", OCPP_ERR_TYPE, "/flag" },
        { "{\"items\":[{\"label\":\"four\"}],\"flag\":1}", OCPP_ERR_LENGTH, "/items/0/label" },
        { "{\"items\":[{\"label\":\"a\"}],\"flag\":1}", OCPP_ERR_MISSING_MEMBER, "/items/0/id" },
        { "{\"count\":1}", OCPP_ERR_MISSING_MEMBER, "/flag" },
        { "{\"flag\":true,\"count\":1,\"name\":\"\",\"when\":\"2024-05-06T12:34:56Z\",\"shape\":\"Round\"}",
          OCPP_ERR_MISSING_MEMBER, "/point" },
        { "{\"point\":{}}", OCPP_ERR_MISSING_MEMBER, "/point/x" },
        { "{\"customData\":{}}", OCPP_ERR_MISSING_MEMBER, "/customData/vendorId" },
        { "{}", OCPP_ERR_MISSING_MEMBER, "/flag" },
    };
    ASSERT_REFUSED(*state, refusals);
}

static void a_vendor_id_of_255_characters_is_the_longest(void **state)
{
    char text[1024];
    const struct sample *sample;
    char vendor[257];
    memset(vendor, 'v', 256);
    vendor[256] = '\0';
    snprintf(text, sizeof text, SAMPLE_WITH("\"customData\":{\"x\":1,\"vendorId\":\"%s\"}"), vendor + 1);
    assert_int_equal(decode(*state, text, &sample), OCPP_OK);
    snprintf(text, sizeof text, SAMPLE_WITH("\"customData\":{\"vendorId\":\"%s\"}"), vendor);
    assert_int_equal(decode(*state, text, &sample), OCPP_ERR_LENGTH);
    assert_string_equal(issue.path, "/customData/vendorId");
}

static void a_path_escapes_its_tokens(void **state)
{
    const struct sample *sample;
    assert_int_equal(decode(*state, "{\"a/b~c\":1}", &sample), OCPP_ERR_UNKNOWN_MEMBER);
    assert_string_equal(issue.path, "/a~1b~0c");
}

static void a_path_longer_than_its_room_ends_at_a_whole_token(void **state)
{
    char text[512];
    const struct sample *sample;
    char name[OCPP_PATH_SIZE + 1];
    memset(name, 'n', sizeof name);
    name[OCPP_PATH_SIZE - 2] = '\0';
    snprintf(text, sizeof text, "{\"%s\":1}", name);
    assert_int_equal(decode(*state, text, &sample), OCPP_ERR_UNKNOWN_MEMBER);
    assert_int_equal(strlen(issue.path), OCPP_PATH_SIZE - 1);
    snprintf(text, sizeof text, "{\"%sn\":1}", name);
    assert_int_equal(decode(*state, text, &sample), OCPP_ERR_UNKNOWN_MEMBER);
    assert_string_equal(issue.path, "");
    name[OCPP_PATH_SIZE - 3] = '~';
    snprintf(text, sizeof text, "{\"items\":[{\"%s\":1}]}", name + 3);
    assert_int_equal(decode(*state, text, &sample), OCPP_ERR_UNKNOWN_MEMBER);
    assert_string_equal(issue.path, "/items/0");
}

static void broken_text_is_told_with_its_offset(void **state)
{
    const struct sample *sample;
    assert_int_equal(decode(*state, "{\"flag\":tru}", &sample), OCPP_ERR_NOT_JSON);
    assert_in_range(issue.offset, 8, 11);
    assert_string_equal(issue.path, "");
    assert_int_equal(decode(*state, "{\"flag\":true,\"flag\":true}", &sample), OCPP_ERR_DUPLICATE_MEMBER);
}

static void limits_of_the_text_hold(void **state)
{
    const void *message = NULL;
    const struct ocpp_json_limits limits = { .max_bytes = 20 };
    assert_int_equal(
        ocpp_message_decode(&sample_type, SAMPLE_MINIMAL, strlen(SAMPLE_MINIMAL), &limits, NULL, *state, &message, NULL),
        OCPP_ERR_TOO_LARGE);
    assert_null(message);
}

static void an_empty_message_may_come_as_null(void **state)
{
    const void *message = NULL;
    assert_int_equal(ocpp_message_decode(&sample_empty_type, "null", 4, NULL, NULL, *state, &message, NULL), OCPP_OK);
    assert_non_null(message);
    assert_int_equal(ocpp_message_decode(&sample_empty_type, "{}", 2, NULL, NULL, *state, &message, NULL), OCPP_OK);
    assert_int_equal(ocpp_message_decode(&sample_empty_type, "{\"a\":1}", 7, NULL, NULL, *state, &message, &issue),
                     OCPP_ERR_UNKNOWN_MEMBER);
}

static void the_message_outlives_the_text_it_came_from(void **state)
{
    const size_t size = strlen(sample_full);
    char *text = malloc(size);
    memcpy(text, sample_full, size);
    struct ocpp_json *root;
    assert_int_equal(ocpp_json_parse(text, size, NULL, &root, NULL), OCPP_OK);
    const void *message;
    assert_int_equal(ocpp_walk_decode(&sample_type, root, NULL, *state, NULL, &message), OCPP_OK);
    ocpp_json_free(root);
    memset(text, 'x', size);
    free(text);
    const struct sample *again;
    assert_int_equal(decode(*state, sample_full, &again), OCPP_OK);
    assert_true(ocpp_message_equal(&sample_type, message, again));
}

static void the_limit_of_the_arena_is_told(void **state)
{
    (void)state;
    char text[8192];
    char name[4096];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text, SAMPLE_WITH("\"secret\":\"%s\""), name);
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 2048);
    const struct sample *sample;
    assert_int_equal(decode(arena, text, &sample), OCPP_ERR_LIMIT);
    assert_string_equal(issue.path, "/secret");
    assert_null(sample);
    ocpp_arena_free(arena);
}

static void any_failing_allocation_of_the_arena_is_survived(void **state)
{
    (void)state;
    enum ocpp_status status = OCPP_ERR_NOMEM;
    size_t failing = 0;
    while (status != OCPP_OK) {
        struct test_allocator memory;
        test_allocator_start(&memory, ++failing);
        assert_in_range(failing, 1, 100);
        struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);
        const struct sample *sample = NULL;
        if (arena != NULL) {
            status = decode(arena, sample_full, &sample);
            assert_true(status == OCPP_OK ? sample != NULL : status == OCPP_ERR_NOMEM && sample == NULL);
        }
        ocpp_arena_free(arena);
        assert_int_equal(memory.blocks, 0);
    }
}

static void no_memory_for_the_tree_is_told(void **state)
{
    const struct sample *sample = NULL;
    no_memory_for_trees = true;
    assert_int_equal(decode(*state, sample_full, &sample), OCPP_ERR_NOMEM);
    no_memory_for_trees = false;
    assert_int_equal(issue.status, OCPP_ERR_NOMEM);
    assert_null(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_minimal_message_is_read_and_the_rest_is_absent, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_full_message_is_read, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(members_may_come_in_any_order, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(an_empty_list_is_not_an_absent_one, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(an_integer_may_be_written_with_a_zero_fraction, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(any_value_may_be_anything_even_null, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(tenths_have_a_tolerance_of_a_millionth, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(every_wrong_type_is_told_with_its_path, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(every_wrong_value_is_told_with_its_path, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(lengths_count_characters_not_bytes, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(the_first_violation_in_the_text_wins_and_missing_members_come_last, setup_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(a_vendor_id_of_255_characters_is_the_longest, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_path_escapes_its_tokens, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_path_longer_than_its_room_ends_at_a_whole_token, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(broken_text_is_told_with_its_offset, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(limits_of_the_text_hold, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(an_empty_message_may_come_as_null, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(the_message_outlives_the_text_it_came_from, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(no_memory_for_the_tree_is_told, setup_arena, free_arena),
        cmocka_unit_test(the_limit_of_the_arena_is_told),
        cmocka_unit_test(any_failing_allocation_of_the_arena_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
