/* parse.c: the tree and the questions asked of it. */
#include "json.h"

#include "unit.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static struct ocpp_json *parsed(const char *text)
{
    struct ocpp_json *root = NULL;

    assert_int_equal(ocpp_json_parse(text, strlen(text), NULL, &root, NULL), OCPP_OK);
    return root;
}

static void every_kind_is_told(void **state)
{
    static const char *const texts[] = { "null", "true", "1", "\"a\"", "[]", "{}" };
    static const enum ocpp_json_kind kinds[] = { OCPP_JSON_NULL,   OCPP_JSON_BOOLEAN, OCPP_JSON_NUMBER,
                                                 OCPP_JSON_STRING, OCPP_JSON_ARRAY,   OCPP_JSON_OBJECT };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct ocpp_json *root = parsed(texts[i]);
        assert_int_equal(ocpp_json_kind(root), kinds[i]);
        ocpp_json_free(root);
    }
    ocpp_json_free(NULL);
}

static void members_and_items_are_walked_and_looked_up(void **state)
{
    struct ocpp_json *root = parsed("{\"a\":[10,20,30],\"A\":true,\"\\u00e9\":\"caf\\u00e9\",\"n\":null,\"f\":false}");

    (void)state;
    assert_int_equal(ocpp_json_count(root), 5);
    const struct ocpp_json *list = ocpp_json_member(root, "a");
    assert_ptr_equal(list, ocpp_json_first(root));
    assert_string_equal(ocpp_json_member_name(list), "a");
    assert_null(ocpp_json_member_name(root));
    assert_null(ocpp_json_member_name(ocpp_json_first(list)));
    assert_int_equal(ocpp_json_count(list), 3);
    assert_int_equal(ocpp_json_number(ocpp_json_item(list, 2)).coefficient, 3);
    assert_null(ocpp_json_item(list, 3));
    assert_true(ocpp_json_boolean(ocpp_json_member(root, "A")));
    assert_false(ocpp_json_boolean(ocpp_json_member(root, "f")));
    assert_string_equal(ocpp_json_string(ocpp_json_member(root, "\xC3\xA9")), "caf\xC3\xA9");
    assert_null(ocpp_json_member(root, "b"));
    assert_null(ocpp_json_member(list, "a"));
    assert_null(ocpp_json_next(ocpp_json_item(list, 2)));
    assert_null(ocpp_json_first(ocpp_json_member(root, "n")));
    assert_int_equal(ocpp_json_count(ocpp_json_member(root, "n")), 0);
    ocpp_json_free(root);
}

static void numbers_come_back_as_they_were_written(void **state)
{
    static const struct {
        const char *text;
        struct ocpp_decimal value;
    } cases[] = {
        { "0", { 0, 0 } },
        { "-0", { 0, 0 } },
        { "16.0", { 16, 0 } },
        { "230.4", { 2304, 1 } },
        { "-0.1", { -1, 1 } },
        { "1e3", { 1, -3 } },
        { "123456789012345", { 123456789012345, 0 } },
        { "0.000001", { 1, 6 } },
        { "2.5E-10", { 25, 11 } },
        { "9007199254740992", { 9007199254740992, 0 } },
        { "1e-400", { 0, 0 } },
        { "5e-324", { 5, 324 } },
        { "99999999999.9999", { 999999999999999, 4 } },
        { "1e-300", { 1, 300 } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ocpp_json *root = parsed(cases[i].text);
        const struct ocpp_decimal value = ocpp_json_number(root);
        if (value.coefficient != cases[i].value.coefficient || value.scale != cases[i].value.scale) {
            fail_msg("%s: %lld, %d", cases[i].text, (long long)value.coefficient, value.scale);
        }
        ocpp_json_free(root);
    }
}

static void integers_are_told_from_fractions_and_other_kinds(void **state)
{
    static const struct {
        const char *text;
        bool is_integer;
        int64_t integer;
    } cases[] = {
        { "1", true, 1 },
        { "1.0", true, 1 },
        { "1e2", true, 100 },
        { "-0", true, 0 },
        { "1.5", false, 0 },
        { "-7e-1", false, 0 },
        { "\"1\"", false, 0 },
        { "true", false, 0 },
        { "null", false, 0 },
        { "[1]", false, 0 },
        { "9007199254740992", true, 9007199254740992 },
        { "-9007199254740992", true, -9007199254740992 },
        { "10e-1", true, 1 },
        { "1e-300", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ocpp_json *root = parsed(cases[i].text);
        int64_t integer = 77;
        assert_int_equal(ocpp_json_is_integer(root, &integer), cases[i].is_integer);
        assert_true(integer == (cases[i].is_integer ? cases[i].integer : 77));
        ocpp_json_free(root);
    }
}

/* What cJSON 1.7.15 alone would accept. */
static void nothing_that_the_scan_refuses_reaches_the_tree(void **state)
{
    static const struct {
        const char *text;
        enum ocpp_status status;
    } cases[] = {
        { "{\"a\":\"x\\u0000y\"}", OCPP_ERR_NUL },
        { "01", OCPP_ERR_NOT_JSON },
        { "1.", OCPP_ERR_NOT_JSON },
        { "1e999", OCPP_ERR_NUMBER_RANGE },
        { "9007199254740993", OCPP_ERR_NUMBER_RANGE },
        { "\"\xFF\"", OCPP_ERR_UTF8 },
        { "\"a\nb\"", OCPP_ERR_NOT_JSON },
        { "{\"a\":1,\"a\":2}", OCPP_ERR_DUPLICATE_MEMBER },
        { "[] trailing", OCPP_ERR_NOT_JSON },
        { "\xEF\xBB\xBF[]", OCPP_ERR_NOT_JSON },
    };
    struct ocpp_json *root = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t offset = 0;
        assert_int_equal(ocpp_json_parse(cases[i].text, strlen(cases[i].text), NULL, &root, &offset), cases[i].status);
        assert_null(root);
    }
}

static void text_is_read_to_its_size_and_no_further(void **state)
{
    static const char *const texts[] = { "1", "12.5", "true", "null", "\"ab\"", "[1,2]", "{\"a\":-1}", " 7 ", "-0" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const size_t size = strlen(texts[i]);
        char *exact = malloc(size);
        struct ocpp_json *root = NULL;
        memcpy(exact, texts[i], size);
        assert_int_equal(ocpp_json_parse(exact, size, NULL, &root, NULL), OCPP_OK);
        ocpp_json_free(root);
        free(exact);
    }
}

/* --- no memory -------------------------------------------------------------------------------------------------- */

static size_t requests_left;
static size_t blocks_out;

static void *take_or_fail(size_t size)
{
    if (requests_left == 0) {
        return NULL;
    }
    requests_left--;
    blocks_out++;
    return malloc(size);
}

static void give_back(void *pointer)
{
    blocks_out -= pointer != NULL;
    free(pointer);
}

/* The hooks are global, which is why the library never sets them; this program has nobody else to disturb. */
static void a_tree_that_finds_no_memory_is_an_error_and_leaves_nothing(void **state)
{
    static const char text[] = "{\"a\":[1,\"two\",{\"three\":null}],\"b\":\"\\u00e9\"}";
    cJSON_Hooks failing = { .malloc_fn = take_or_fail, .free_fn = give_back };
    struct ocpp_json *root = NULL;
    enum ocpp_status status = OCPP_ERR_NOMEM;

    (void)state;
    cJSON_InitHooks(&failing);
    for (size_t requests = 0; status != OCPP_OK; requests++) {
        requests_left = requests;
        status = ocpp_json_parse(text, sizeof text - 1, NULL, &root, NULL);
        if (status != OCPP_OK) {
            assert_int_equal(status, OCPP_ERR_NOMEM);
            assert_null(root);
            assert_int_equal(blocks_out, 0);
        }
        assert_true(requests < 100);
    }
    ocpp_json_free(root);
    assert_int_equal(blocks_out, 0);
    cJSON_InitHooks(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_told),
        cmocka_unit_test(members_and_items_are_walked_and_looked_up),
        cmocka_unit_test(numbers_come_back_as_they_were_written),
        cmocka_unit_test(integers_are_told_from_fractions_and_other_kinds),
        cmocka_unit_test(nothing_that_the_scan_refuses_reaches_the_tree),
        cmocka_unit_test(text_is_read_to_its_size_and_no_further),
        cmocka_unit_test(a_tree_that_finds_no_memory_is_an_error_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
