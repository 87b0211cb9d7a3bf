/* write.c: text from values, in an arena and in memory of somebody else's; what it refuses; every request for memory failing. */
#include "json.h"

#include "allocator.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ocpp_arena *arena;

static int start_arena(void **state)
{
    (void)state;
    arena = ocpp_arena_new(NULL, 0);
    return arena ? 0 : -1;
}

static int stop_arena(void **state)
{
    (void)state;
    ocpp_arena_free(arena);
    return 0;
}

static const char *finished(struct ocpp_json_writer *writer)
{
    const char *text = NULL;
    size_t size = 0;

    assert_int_equal(ocpp_json_writer_finish(writer, &text, &size), OCPP_OK);
    assert_int_equal(strlen(text), size);
    return text;
}

static void write_everything(struct ocpp_json_writer *writer)
{
    ocpp_json_write_begin(writer, '[');
    ocpp_json_write_integer(writer, 2);
    ocpp_json_write_string(writer, "id");
    ocpp_json_write_begin(writer, '{');
    ocpp_json_write_name(writer, "a");
    ocpp_json_write_boolean(writer, true);
    ocpp_json_write_name(writer, "b");
    ocpp_json_write_begin(writer, '[');
    ocpp_json_write_end(writer, ']');
    ocpp_json_write_name(writer, "c");
    ocpp_json_write_begin(writer, '[');
    ocpp_json_write_null(writer);
    ocpp_json_write_boolean(writer, false);
    ocpp_json_write_decimal(writer, OCPP_DECIMAL(-25, 2));
    ocpp_json_write_end(writer, ']');
    ocpp_json_write_name(writer, "d");
    ocpp_json_write_raw(writer, "{\"raw\":1}", 9);
    ocpp_json_write_end(writer, '}');
    ocpp_json_write_begin(writer, '{');
    ocpp_json_write_end(writer, '}');
    ocpp_json_write_integer(writer, INT64_MIN);
    ocpp_json_write_end(writer, ']');
}

static const char everything[] =
    "[2,\"id\",{\"a\":true,\"b\":[],\"c\":[null,false,-0.25],\"d\":{\"raw\":1}},{},-9223372036854775808]";

static void values_are_separated_and_nested(void **state)
{
    struct ocpp_json_writer writer;

    (void)state;
    ocpp_json_writer_start(&writer, arena);
    write_everything(&writer);
    assert_string_equal(finished(&writer), everything);
}

static void nothing_written_is_an_empty_text(void **state)
{
    struct ocpp_json_writer writer;

    (void)state;
    ocpp_json_writer_start(&writer, arena);
    assert_string_equal(finished(&writer), "");
}

static void strings_are_escaped_where_they_must_be(void **state)
{
    struct ocpp_json_writer writer;

    (void)state;
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_string(&writer, "\"\\/\b\f\n\r\t\x01\x1F\x7Fgr\xC3\xBC\xF0\x9F\x98\x80");
    assert_string_equal(finished(&writer), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7Fgr\xC3\xBC\xF0\x9F\x98\x80\"");
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_string_of(&writer, "abcdef", 3);
    ocpp_json_write_string_of(&writer, "", 0);
    assert_string_equal(finished(&writer), "\"abc\",\"\"");
}

static void a_name_is_escaped_like_any_string(void **state)
{
    struct ocpp_json_writer writer;

    (void)state;
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_begin(&writer, '{');
    ocpp_json_write_name(&writer, "a\"b");
    ocpp_json_write_null(&writer);
    ocpp_json_write_end(&writer, '}');
    assert_string_equal(finished(&writer), "{\"a\\\"b\":null}");
}

static void bytes_that_are_no_text_stop_the_writing(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum ocpp_status status;
    } cases[] = { { "a\xFF", 2, OCPP_ERR_UTF8 },
                  { "\xC3", 1, OCPP_ERR_UTF8 },
                  { "\xC3\xBC", 1, OCPP_ERR_UTF8 },
                  { "\xED\xA0\x80", 3, OCPP_ERR_UTF8 },
                  { "12345678\xC0\x80", 10, OCPP_ERR_UTF8 },
                  { "a\0b", 3, OCPP_ERR_NUL } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ocpp_json_writer writer;
        const char *text = "untouched";
        size_t size = 77;
        ocpp_json_writer_start(&writer, arena);
        ocpp_json_write_begin(&writer, '[');
        ocpp_json_write_string_of(&writer, cases[i].bytes, cases[i].size);
        ocpp_json_write_integer(&writer, 1);
        ocpp_json_write_end(&writer, ']');
        assert_int_equal(ocpp_json_writer_finish(&writer, &text, &size), cases[i].status);
        assert_string_equal(text, "untouched");
        assert_int_equal(size, 77);
    }
}

static void a_long_text_grows_where_it_stands_and_gives_back_what_it_did_not_need(void **state)
{
    struct ocpp_json_writer writer;

    (void)state;
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_begin(&writer, '[');
    for (int i = 0; i < 10000; i++) {
        ocpp_json_write_integer(&writer, i % 10);
    }
    ocpp_json_write_end(&writer, ']');
    const char *text = finished(&writer);
    assert_int_equal(strlen(text), 20001);
    assert_string_equal(text + 19991, "5,6,7,8,9]");
    const char *next = ocpp_arena_text(arena, "behind", 6);
    assert_true(next - text >= 20002 && next - text < 20002 + 16);
    assert_int_equal(strlen(text), 20001);
}

static void a_parsed_value_is_written_compactly(void **state)
{
    static const char text[] =
        " { \"a\" : [ 1.50 , 1e3, true , null, { } , [ ] ] , \"b\\u0041\" : \"\\u20ac\\/\" , \"c\":false} ";
    struct ocpp_json_writer writer;
    struct ocpp_json *root;

    (void)state;
    assert_int_equal(ocpp_json_parse(text, sizeof text - 1, NULL, &root, NULL), OCPP_OK);
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_value(&writer, root);
    assert_string_equal(finished(&writer), "{\"a\":[1.5,1000,true,null,{},[]],\"bA\":\"\xE2\x82\xAC/\",\"c\":false}");
    ocpp_json_free(root);
}

/* --- memory of somebody else's ---------------------------------------------------------------------------------- */

struct frame {
    char *text;
    size_t most;
    int grown;
};

static enum ocpp_status grow_frame(struct ocpp_json_writer *writer, size_t capacity)
{
    struct frame *frame = writer->user;

    if (capacity > frame->most) {
        return OCPP_ERR_LIMIT;
    }
    char *text = malloc(capacity);
    assert_non_null(text);
    if (writer->size) {
        memcpy(text, writer->text, writer->size);
    }
    free(frame->text);
    frame->text = text;
    frame->grown++;
    writer->text = text;
    writer->capacity = capacity;
    return OCPP_OK;
}

static void a_text_may_grow_in_memory_of_somebody_elses(void **state)
{
    struct frame frame = { .most = SIZE_MAX };
    struct ocpp_json_writer writer;

    (void)state;
    ocpp_json_writer_start_in(&writer, NULL, 0, grow_frame, &frame);
    write_everything(&writer);
    assert_string_equal(finished(&writer), everything);
    assert_true(frame.grown > 1);
    free(frame.text);
}

static void room_that_suffices_to_the_last_byte_is_not_grown(void **state)
{
    char room[sizeof everything];
    struct frame frame = { .most = 0 };
    struct ocpp_json_writer writer;
    const char *text;
    size_t size;

    (void)state;
    ocpp_json_writer_start_in(&writer, room, sizeof room, grow_frame, &frame);
    write_everything(&writer);
    assert_ptr_equal(finished(&writer), room);
    assert_int_equal(frame.grown, 0);
    ocpp_json_write_raw(&writer, "", SIZE_MAX); /* a size that cannot be added to what is there */
    assert_int_equal(ocpp_json_writer_finish(&writer, &text, &size), OCPP_ERR_LIMIT);
    for (size_t less = 1; less <= sizeof room; less++) {
        ocpp_json_writer_start_in(&writer, room, sizeof room - less, grow_frame, &frame);
        write_everything(&writer);
        assert_int_equal(ocpp_json_writer_finish(&writer, &text, &size), OCPP_ERR_LIMIT);
    }
}

/* --- exhaustion ------------------------------------------------------------------------------------------------- */

static void the_arenas_limit_sticks_until_finish_tells_it(void **state)
{
    struct ocpp_arena *small = ocpp_arena_new(NULL, 2048);
    struct ocpp_json_writer writer;
    const char *text = NULL;
    size_t size;

    (void)state;
    ocpp_json_writer_start(&writer, small);
    for (int i = 0; i < 1000; i++) {
        ocpp_json_write_string(&writer, "twelve bytes");
    }
    assert_int_equal(ocpp_json_writer_finish(&writer, &text, &size), OCPP_ERR_LIMIT);
    assert_null(text);
    ocpp_arena_free(small);
}

static void every_failing_request_for_memory_is_told(void **state)
{
    struct test_allocator memory;
    enum ocpp_status status = OCPP_ERR_NOMEM;

    (void)state;
    for (size_t fail_at = 2; status != OCPP_OK; fail_at++) {
        struct ocpp_json_writer writer;
        const char *text = NULL;
        size_t size;
        test_allocator_start(&memory, fail_at);
        struct ocpp_arena *failing = ocpp_arena_new(&memory.allocator, 0);
        ocpp_json_writer_start(&writer, failing);
        for (int i = 0; i < 1000; i++) {
            ocpp_json_write_string(&writer, "twelve bytes");
        }
        status = ocpp_json_writer_finish(&writer, &text, &size);
        assert_int_equal(status, text ? OCPP_OK : OCPP_ERR_NOMEM);
        ocpp_arena_free(failing);
        assert_int_equal(memory.blocks, 0);
        assert_true(fail_at < 20);
    }
}

/* What |c| becomes within a string; "" where it is no text. */
static void spell(char c, char text[8])
{
    static const char *const short_forms[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\"
    };
    const unsigned char byte = (unsigned char)c;
    const bool is_short = byte < sizeof short_forms / sizeof short_forms[0] && short_forms[byte];

    snprintf(text, 8, "%s", is_short ? short_forms[byte] : "");
    if (!is_short && byte < 0x20) {
        snprintf(text, 8, "\\u%04x", byte);
    } else if (!is_short && byte < 0x80) {
        snprintf(text, 8, "%c", c);
    }
}

/* The writer looks at eight bytes at once, or four, or one: none may slip through at any place of any length. */
static void every_byte_is_seen_at_every_place(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 20; size++) {
        for (size_t place = 0; place < size; place++) {
            for (int byte = 1; byte < 256; byte++) {
                char plain[24];
                char middle[8];
                char expected[64];
                const char *text = NULL;
                size_t written = 0;
                struct ocpp_json_writer writer;

                memset(plain, 'a', size);
                plain[place] = (char)byte;
                plain[size] = '\0';
                spell((char)byte, middle);
                snprintf(expected, sizeof expected, "\"%.*s%s%s\"", (int)place, "aaaaaaaaaaaaaaaaaaaa", middle,
                         plain + place + 1);
                ocpp_arena_reset(arena);
                ocpp_json_writer_start(&writer, arena);
                ocpp_json_write_string(&writer, plain);
                const enum ocpp_status status = ocpp_json_writer_finish(&writer, &text, &written);
                assert_int_equal(status, byte < 0x80 ? OCPP_OK : OCPP_ERR_UTF8);
                if (status == OCPP_OK) {
                    assert_string_equal(text, expected);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_seen_at_every_place),
        cmocka_unit_test(values_are_separated_and_nested),
        cmocka_unit_test(nothing_written_is_an_empty_text),
        cmocka_unit_test(strings_are_escaped_where_they_must_be),
        cmocka_unit_test(a_name_is_escaped_like_any_string),
        cmocka_unit_test(bytes_that_are_no_text_stop_the_writing),
        cmocka_unit_test(a_long_text_grows_where_it_stands_and_gives_back_what_it_did_not_need),
        cmocka_unit_test(a_parsed_value_is_written_compactly),
        cmocka_unit_test(a_text_may_grow_in_memory_of_somebody_elses),
        cmocka_unit_test(room_that_suffices_to_the_last_byte_is_not_grown),
        cmocka_unit_test(the_arenas_limit_sticks_until_finish_tells_it),
        cmocka_unit_test(every_failing_request_for_memory_is_told),
    };
    return cmocka_run_group_tests(tests, start_arena, stop_arena);
}
