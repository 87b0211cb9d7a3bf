/* test_rpc_frame.c: what the frame reader finds where, and what it keeps of texts that are broken. Which fault is answered how is
 * in test_rpc_rules.c. */
#include "allocator.h"
#include "unit.h"

#include <ocpp/frame.h>

#include <stdio.h>
#include <string.h>

static enum ocpp_status parse(struct ocpp_frame *frame, const char *text)
{
    return ocpp_frame_parse(frame, text, strlen(text), OCPP_VERSION_2_1, NULL, NULL);
}

struct place {
    const char *text;
    const char *payload;
};

/* The payload is a part of the text, wherever brackets, quotes and spaces stand before, in and behind it. */
static void the_payload_is_found_in_the_text(void **state)
{
    static const struct place places[] = {
        { "[2,\"a\",\"X\",{}]", "{}" },
        { " \n[ 2\t,\r\n \"a\" , \"X\" , { \"b\" : [ ] } ] \n", "{ \"b\" : [ ] }" },
        { "[3,\"a\",{\"b\":\"]\"}]", "{\"b\":\"]\"}" },
        { "[3,\"a\",[1,[2]]]", "[1,[2]]" },
        { "[3,\"a\",17]", "17" },
        { "[3,\"a\",\"]\\\"]\"]", "\"]\\\"]\"" },
        { "[2,\"a\\\"b\",\"X\\\\\",{}]", "{}" },
        { "[2,\"a\\\\\\\"b\",\"\\\"\",{}]", "{}" },
        { "[2,\"\",\"\",{}]", "{}" },
        { "[2.0,\"a\",\"X\",{}]", "{}" },
        { "[6,\"a\",\"X\", null ]", "{}" },
        { "[3,\"a\",null]", "{}" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct ocpp_frame frame;
        assert_int_equal(parse(&frame, places[i].text), OCPP_OK);
        assert_int_equal(frame.payload_size, strlen(places[i].payload));
        assert_memory_equal(frame.payload_text, places[i].payload, frame.payload_size);
        assert_null(frame.fault);
        ocpp_frame_free(&frame);
    }
}

static void a_call_has_an_id_and_an_action(void **state)
{
    struct ocpp_frame frame;
    (void)state;
    assert_int_equal(parse(&frame, "[2,\"i\\u0064\",\"\\u0041ction\",{}]"), OCPP_OK);
    assert_int_equal(frame.type, OCPP_FRAME_CALL);
    assert_string_equal(frame.id, "id");
    assert_string_equal(frame.action, "Action");
    assert_null(frame.error_code);
    ocpp_frame_free(&frame);
}

static void an_error_has_a_code_a_description_and_details(void **state)
{
    static const char *const texts[] = { "[4,\"a\",\"Code\",\"why, \\\"]\", {\"x\": [\"]\"]} ]",
                                         "[5,\"a\",\"Code\",\"why, \\\"]\", {\"x\": [\"]\"]} ]" };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct ocpp_frame frame;
        assert_int_equal(parse(&frame, texts[i]), OCPP_OK);
        assert_string_equal(frame.error_code, "Code");
        assert_string_equal(frame.description, "why, \"]");
        assert_int_equal(frame.details_size, strlen("{\"x\": [\"]\"]}"));
        assert_memory_equal(frame.details, "{\"x\": [\"]\"]}", frame.details_size);
        assert_null(frame.payload_text);
        ocpp_frame_free(&frame);
    }
}

struct broken {
    const char *text;
    enum ocpp_status status;
    int64_t type;
    const char *id;
};

static void what_is_readable_of_a_broken_text_is_kept(void **state)
{
    static const struct broken rows[] = {
        { "[2,\"a\",\"X\",{", OCPP_ERR_NOT_JSON, 2, "a" },
        { " [ 3 , \"a b\" ,", OCPP_ERR_NOT_JSON, 3, "a b" },
        { "[9,\"a\",", OCPP_ERR_NOT_JSON, 9, "a" },
        { "[2,\"a", OCPP_ERR_NOT_JSON, 2, NULL },
        { "[2,", OCPP_ERR_NOT_JSON, 2, NULL },
        { "[2", OCPP_ERR_NOT_JSON, 0, NULL },
        { "[22,\"a\",", OCPP_ERR_NOT_JSON, 0, NULL },
        { "[2.5,\"a\",", OCPP_ERR_NOT_JSON, 0, NULL },
        { "[-2,\"a\",", OCPP_ERR_NOT_JSON, 0, NULL },
        { "{2,\"a\",", OCPP_ERR_NOT_JSON, 0, NULL },
        { "[2,\"a\\u0041\",", OCPP_ERR_NOT_JSON, 2, NULL }, /* escapes and more than ASCII are not recovered */
        { "[2,\"\xc3\xa4\",", OCPP_ERR_NOT_JSON, 2, NULL },
        { "[2,\"a\xff\",\"X\",{}]", OCPP_ERR_UTF8, 2, NULL },
        { "[2,\"\",", OCPP_ERR_NOT_JSON, 2, "" },
        { "[2,\"0123456789abcdef0123456789abcdef0123\",", OCPP_ERR_NOT_JSON, 2, "0123456789abcdef0123456789abcdef0123" },
        { "[2,\"0123456789abcdef0123456789abcdef01234\",", OCPP_ERR_NOT_JSON, 2, NULL },
        { "[2,\"a\",\"X\",{\"b\":1,\"b\":2}]", OCPP_ERR_DUPLICATE_MEMBER, 2, "a" },
        { "[2,\"a\",\"X\"]", OCPP_ERR_NOT_FRAME, 2, "a" },
        { "[2,17,\"X\",{}]", OCPP_ERR_NOT_FRAME, 2, NULL },
        { "[true,\"a\"]", OCPP_ERR_NOT_FRAME, 0, "a" },
        { "[17,\"a\"]", OCPP_ERR_MESSAGE_TYPE, 17, "a" },
        { "[]", OCPP_ERR_NOT_FRAME, 0, NULL },
        { "7", OCPP_ERR_NOT_FRAME, 0, NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ocpp_frame frame;
        assert_int_equal(parse(&frame, rows[i].text), rows[i].status);
        assert_int_equal(frame.type, rows[i].type);
        if (rows[i].id == NULL)
            assert_null(frame.id);
        else
            assert_string_equal(frame.id, rows[i].id);
        assert_true((frame.fault != NULL) == (rows[i].status == OCPP_ERR_NOT_FRAME));
        ocpp_frame_free(&frame);
    }
}

/* The reader looks at no byte behind the text: each prefix of a frame stands in a block of exactly its size. */
static void no_prefix_of_a_frame_is_read_beyond_its_end(void **state)
{
    static const char *const texts[] = { "[2,\"a\\\"b\",\"X\",{\"c\":[\"\\u00e4\",1.5e3,true,null]}]",
                                         "[4,\"a\",\"Code\",\"de\\\\scription\",{\"x\":1}]", "[3,\"a\",null]" };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        for (size_t size = 0; size < strlen(texts[i]); size++) {
            char *exact = malloc(size + (size == 0));
            struct ocpp_frame frame;
            assert_non_null(exact);
            memcpy(exact, texts[i], size);
            assert_int_equal(ocpp_frame_parse(&frame, exact, size, OCPP_VERSION_NONE, NULL, NULL), OCPP_ERR_NOT_JSON);
            ocpp_frame_free(&frame);
            free(exact);
        }
    }
}

static void a_text_beyond_the_limit_is_not_parsed_but_its_id_is_read(void **state)
{
    static const struct ocpp_json_limits limits = { .max_bytes = 20 };
    static const char text[] = "[2,\"a\",\"Heartbeat\",{}]";
    struct ocpp_frame frame;
    (void)state;
    assert_int_equal(ocpp_frame_parse(&frame, text, strlen(text), OCPP_VERSION_1_6, &limits, NULL), OCPP_ERR_TOO_LARGE);
    assert_int_equal(frame.type, OCPP_FRAME_CALL);
    assert_string_equal(frame.id, "a");
    assert_null(frame.root);
    ocpp_frame_free(&frame);
}

static void each_version_knows_its_types_and_no_version_knows_all(void **state)
{
    (void)state;
    assert_false(ocpp_frame_type_known(OCPP_VERSION_1_6, 1));
    assert_true(ocpp_frame_type_known(OCPP_VERSION_1_6, 4));
    assert_false(ocpp_frame_type_known(OCPP_VERSION_1_6, 5));
    assert_false(ocpp_frame_type_known(OCPP_VERSION_2_0_1, 6));
    assert_true(ocpp_frame_type_known(OCPP_VERSION_2_1, 6));
    assert_false(ocpp_frame_type_known(OCPP_VERSION_2_1, 7));
    assert_true(ocpp_frame_type_known(OCPP_VERSION_NONE, 6));
    assert_false(ocpp_frame_type_known(OCPP_VERSION_NONE, INT64_MIN));
}

static void a_payload_is_decoded_and_null_is_empty(void **state)
{
    static const struct ocpp_type empty = { "Empty", NULL, 0, 1 };
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_issue issue;
    struct ocpp_frame frame;
    const void *message = NULL;
    (void)state;
    assert_int_equal(parse(&frame, "[3,\"a\",null]"), OCPP_OK);
    assert_int_equal(ocpp_frame_decode(&frame, &empty, NULL, arena, &issue, &message), OCPP_OK);
    assert_non_null(message);
    ocpp_frame_free(&frame);
    assert_int_equal(parse(&frame, "[3,\"a\",{\"x\":1}]"), OCPP_OK);
    assert_int_equal(ocpp_frame_decode(&frame, &empty, NULL, arena, &issue, &message), OCPP_ERR_UNKNOWN_MEMBER);
    assert_string_equal(issue.path, "/x");
    ocpp_frame_free(&frame);
    ocpp_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_payload_is_found_in_the_text),
        cmocka_unit_test(a_call_has_an_id_and_an_action),
        cmocka_unit_test(an_error_has_a_code_a_description_and_details),
        cmocka_unit_test(what_is_readable_of_a_broken_text_is_kept),
        cmocka_unit_test(no_prefix_of_a_frame_is_read_beyond_its_end),
        cmocka_unit_test(a_text_beyond_the_limit_is_not_parsed_but_its_id_is_read),
        cmocka_unit_test(each_version_knows_its_types_and_no_version_knows_all),
        cmocka_unit_test(a_payload_is_decoded_and_null_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
