/* scan.c, scan_number.c, escape.c, names.c: what is let in, what is kept out and where it breaks, every limit at its edge, every
 * attack that cJSON alone would fall for. compare_with_python.py judges many more texts. */
#include "json.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The scan of an exact copy on the heap, so that a sanitizer sees one byte too many. */
static enum ocpp_status scan_of(const char *text, size_t size, const struct ocpp_json_limits *limits, size_t *offset)
{
    char *exact = malloc(size ? size : 1);

    assert_non_null(exact);
    memcpy(exact, text, size);
    const enum ocpp_status status = ocpp_json_scan(exact, size, limits, offset);
    free(exact);
    return status;
}

static void assert_scans(const char *text, size_t size, enum ocpp_status expected, size_t expected_offset)
{
    size_t offset = 4711;
    const enum ocpp_status status = scan_of(text, size, NULL, &offset);

    if (status != expected || (status != OCPP_OK && offset != expected_offset)) {
        fail_msg("%.60s: %s at %zu", text, ocpp_status_name(status), offset);
    }
    assert_int_equal(scan_of(text, size, NULL, NULL), expected);
}

/* --- grammar ---------------------------------------------------------------------------------------------------- */

static void every_form_of_rfc_8259_is_let_in(void **state)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "-0.0e-0",
        "1e0",
        "0.5E+1",
        "true",
        " false ",
        "\tnull\r\n",
        "\"\"",
        "\"a\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\"",
        "\"\\ud83d\\ude00\"",
        "\"\\uDBFF\\uDFFF\"",
        "\"gr\xC3\xBC\xC3\x9F\xF0\x9F\x98\x80\x7F\"",
        "\"0123456789abcdef0123456789abcdef\"",
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "[[],{},[[]]]",
        "[1,2 , 3]",
        "{\"\":0}",
        "{\"a\":{\"a\":[{\"a\":1}]},\"A\":2,\"b\" : null }",
        "[2,\"19223201\",\"Heartbeat\",{}]",
        "{\"\xC3\xA4\":1,\"a\":2,\"\\u00e5\":3}",
        "\n[\n  1\n]\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_scans(texts[i], strlen(texts[i]), OCPP_OK, 0);
    }
}

static void what_is_not_json_is_kept_out_where_it_breaks(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
    } cases[] = {
        { "", 0 },
        { " ", 1 },
        { "[", 1 },
        { "]", 0 },
        { "{", 1 },
        { "}", 0 },
        { "[1", 2 },
        { "[1,", 3 },
        { "[1,]", 3 },
        { "[,1]", 1 },
        { "[1 2]", 3 },
        { "[1}", 2 },
        { "{\"a\"}", 4 },
        { "{\"a\":}", 5 },
        { "{\"a\":1,}", 7 },
        { "{,}", 1 },
        { "{\"a\" 1}", 5 },
        { "{a:1}", 1 },
        { "{1:1}", 1 },
        { "{\"a\":1]", 6 },
        { "{\"a\":1 \"b\"", 7 },
        { "[] []", 3 },
        { "1 2", 2 },
        { "[]x", 2 },
        { "tru", 0 },
        { "trux", 0 },
        { "True", 0 },
        { "truee", 4 },
        { "nul", 0 },
        { "falsy", 0 },
        { "NaN", 0 },
        { "Infinity", 0 },
        { "-Infinity", 1 },
        { "undefined", 0 },
        { "'a'", 0 },
        { "/**/1", 0 },
        { "01", 1 },
        { "-01", 2 },
        { "00", 1 },
        { "1.", 2 },
        { ".1", 0 },
        { "-", 1 },
        { "-.1", 1 },
        { "+1", 0 },
        { "1e", 2 },
        { "1e+", 3 },
        { "1.e1", 2 },
        { "1.5.5", 3 },
        { "1e1.5", 3 },
        { "0x10", 1 },
        { "1_000", 1 },
        { "--1", 1 },
        { "1-1", 1 },
        { "[1.]", 3 },
        { "\"", 1 },
        { "\"a", 2 },
        { "\"\\", 1 },
        { "\"\\x\"", 1 },
        { "\"\\u12\"", 1 },
        { "\"\\u12g4\"", 1 },
        { "\"\\U0041\"", 1 },
        { "\"a\nb\"", 2 },
        { "\"\t\"", 1 },
        { "\"\x1F\"", 1 },
        { "\xEF\xBB\xBF[]", 0 },
        { "[\xC2\xA0"
          "1]",
          1 },
        { "\x0B"
          "1",
          0 },
        { "1\x0C", 1 },
        { "[1]\xFF", 3 },
        { "{\"a\":1}}", 7 },
        { "[\"a\":1]", 4 },
        { "{\"a\",\"b\"}", 4 },
        { "{\"a\":1:2}", 6 },
        { "[1,,2]", 3 },
        { "\"a\" \"b\"", 4 },
        { "\\u0031", 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_scans(cases[i].text, strlen(cases[i].text), OCPP_ERR_NOT_JSON, cases[i].offset);
    }
}

static void nul_is_kept_out_in_every_spelling(void **state)
{
    (void)state;
    assert_scans("\"a\\u0000b\"", 10, OCPP_ERR_NUL, 2);
    assert_scans("\"a\0b\"", 5, OCPP_ERR_NUL, 2);
    assert_scans("[1]\0", 4, OCPP_ERR_NUL, 3);
    assert_scans("\0", 1, OCPP_ERR_NUL, 0);
    assert_scans("[\0]", 3, OCPP_ERR_NUL, 1);
    assert_scans("[1\0", 3, OCPP_ERR_NUL, 2);
    assert_scans("{\0", 2, OCPP_ERR_NUL, 1);
    assert_scans("{\"a\"\0", 5, OCPP_ERR_NUL, 4);
    assert_scans("{\"a\\u0000\":1}", 13, OCPP_ERR_NUL, 3);
    assert_scans("\"0123456\0\"", 10, OCPP_ERR_NUL, 8);
    assert_scans("\"\\\0\"", 4, OCPP_ERR_NOT_JSON, 1);
}

static void text_that_is_not_utf8_is_kept_out(void **state)
{
    static const char *const bytes[] = { "\x80",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x80\x80", "\xED\xA0\x80",
                                         "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF8",         "\xFF",
                                         "\xC3(",        "\xE2\x82(" };
    char text[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bytes); i++) {
        for (int before = 0; before < 12; before++) {
            const int size = snprintf(text, sizeof text, "[\"%.*s%s\"]", before, "abcdefghijkl", bytes[i]);
            assert_scans(text, (size_t)size, OCPP_ERR_UTF8, (size_t)before + 2);
        }
    }
    assert_scans("\"\xE2\x82\"", 4, OCPP_ERR_UTF8, 1);
    assert_scans("\"\xE2\x82", 3, OCPP_ERR_UTF8, 1);
}

static void surrogates_need_their_other_half(void **state)
{
    static const char *const texts[] = { "\"\\ud83d\"",        "\"\\ude00\"",        "\"\\ud83dx\"",       "\"\\ud83d\\n\"",
                                         "\"\\ud83d\\ud83d\"", "\"\\ude00\\ud83d\"", "\"\\ud83d\\u0041\"", "\"\\ud83d\\u12\"",
                                         "\"\\ud83d\\ude0",    "\"\\ud83d" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_scans(texts[i], strlen(texts[i]), OCPP_ERR_UTF8, 1);
    }
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */

static void numbers_up_to_2_53_are_let_in_however_they_are_written(void **state)
{
    static const char *const texts[] = {
        "9007199254740992",
        "-9007199254740992",
        "9007199254740992.0",
        "9007199254740992.000000000000000000000",
        "9007199254740991.999999",
        "9.007199254740992e15",
        "9.007199254740992E+15",
        "90071992547409920e-1",
        "9007199254740992000000e-6",
        "0.0009007199254740992e19",
        "0.00000000000000000009007199254740992e35",
        "9e15",
        "90e14",
        "1000000000000000",
        "0e999999999999",
        "0.0e400",
        "-0e-999",
        "1e-400",
        "1e-99999999999999999999",
        "123e-5",
        "0.1234567890123456789012345678901234567890",
        "-1.7976931348623157e-308",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_scans(texts[i], strlen(texts[i]), OCPP_OK, 0);
    }
}

static void a_number_beyond_2_53_is_kept_out_however_it_is_written(void **state)
{
    static const char *const texts[] = {
        "9007199254740993",
        "-9007199254740993",
        "9007199254740992.0000001",
        "90071992547409921e-1",
        "9.007199254740993e15",
        "9.1e15",
        "1e16",
        "0.1e17",
        "0.00000000000000000009007199254740993e35",
        "10000000000000000",
        "18446744073709551616",
        "99999999999999999999999999999999999999",
        "1e22",
        "1e308",
        "1e309",
        "-1e999",
        "1e99999999999999999999999999999999999",
        "123456789e8",
    };
    char in_array[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_scans(texts[i], strlen(texts[i]), OCPP_ERR_NUMBER_RANGE, 0);
        const int size = snprintf(in_array, sizeof in_array, "[1,%s]", texts[i]);
        assert_scans(in_array, (size_t)size, OCPP_ERR_NUMBER_RANGE, 3);
    }
}

static void a_number_of_64_characters_is_kept_out(void **state)
{
    char text[128] = "0.";

    (void)state;
    memset(text + 2, '1', 62);
    assert_scans(text, 63, OCPP_OK, 0);
    assert_scans(text, 64, OCPP_ERR_NUMBER_RANGE, 0);
    memset(text, '1', 100);
    assert_scans(text, 100, OCPP_ERR_NUMBER_RANGE, 0);
    memset(text, '0', 100);
    assert_scans(text, 100, OCPP_ERR_NOT_JSON, 1);
    memcpy(text, "1e", 2);
    assert_scans(text, 64, OCPP_ERR_NUMBER_RANGE, 0);
}

/* --- limits ----------------------------------------------------------------------------------------------------- */

static void size_is_limited_before_anything_is_read(void **state)
{
    const struct ocpp_json_limits limits = { .max_bytes = 4 };
    size_t offset = 0;
    char *large = malloc(65537);

    (void)state;
    assert_int_equal(scan_of("null", 4, &limits, &offset), OCPP_OK);
    assert_int_equal(scan_of("false", 5, &limits, &offset), OCPP_ERR_TOO_LARGE);
    assert_int_equal(offset, 4);
    assert_int_equal(scan_of("\xFF\xFF\xFF\xFF\xFF", 5, &limits, NULL), OCPP_ERR_TOO_LARGE);
    memset(large, ' ', 65537);
    large[0] = '1';
    assert_int_equal(scan_of(large, 65536, NULL, &offset), OCPP_OK);
    assert_int_equal(scan_of(large, 65537, NULL, &offset), OCPP_ERR_TOO_LARGE);
    assert_int_equal(offset, 65536);
    free(large);
}

static void nodes_are_limited(void **state)
{
    const struct ocpp_json_limits limits = { .max_nodes = 5 };
    size_t offset = 0;

    (void)state;
    assert_int_equal(scan_of("[1,{\"a\":2},3]", 13, &limits, &offset), OCPP_OK);
    assert_int_equal(scan_of("[1,{\"a\":2},3,4]", 15, &limits, &offset), OCPP_ERR_NODES);
    assert_int_equal(offset, 13);
}

static void sixty_four_kilobytes_of_zeros_are_stopped_at_the_node_limit(void **state)
{
    char *text = malloc(65536);
    size_t offset = 0;

    (void)state;
    text[0] = '[';
    for (size_t i = 1; i < 65535; i += 2) {
        text[i] = '0';
        text[i + 1] = ',';
    }
    text[65535] = ']';
    assert_int_equal(scan_of(text, 65536, NULL, &offset), OCPP_ERR_NODES);
    assert_int_equal(offset, 1 + 2 * 4095);
    free(text);
}

/* |depth| brackets, a value, |depth| brackets. */
static size_t nest(char *text, size_t depth, bool objects)
{
    size_t size = 0;

    for (size_t i = 0; i < depth; i++) {
        const char *open = objects && i % 2 ? "{\"a\":" : "[";
        memcpy(text + size, open, strlen(open));
        size += strlen(open);
    }
    text[size++] = '1';
    for (size_t i = depth; i > 0; i--) {
        text[size++] = objects && (i - 1) % 2 ? '}' : ']';
    }
    return size;
}

static void depth_is_limited_and_has_a_ceiling(void **state)
{
    static char text[4096];
    const struct ocpp_json_limits one = { .max_depth = 1 };
    const struct ocpp_json_limits no_limit = { .max_depth = SIZE_MAX };
    size_t offset = 0;

    (void)state;
    for (int objects = 0; objects < 2; objects++) {
        assert_int_equal(scan_of(text, nest(text, 32, objects), NULL, &offset), OCPP_OK);
        assert_int_equal(scan_of(text, nest(text, 33, objects), NULL, &offset), OCPP_ERR_DEPTH);
        assert_int_equal(scan_of(text, nest(text, 128, objects), &no_limit, &offset), OCPP_OK);
        assert_int_equal(scan_of(text, nest(text, 129, objects), &no_limit, &offset), OCPP_ERR_DEPTH);
        assert_int_equal(scan_of(text, nest(text, 1, objects), &one, &offset), OCPP_OK);
        assert_int_equal(scan_of(text, nest(text, 2, objects), &one, &offset), OCPP_ERR_DEPTH);
        assert_int_equal(offset, 1);
    }
    memset(text, '[', sizeof text);
    assert_int_equal(scan_of(text, sizeof text, NULL, &offset), OCPP_ERR_DEPTH);
    assert_int_equal(offset, 32);
    assert_int_equal(scan_of("1", 1, &one, NULL), OCPP_OK);
}

/* --- duplicate members ------------------------------------------------------------------------------------------ */

static void the_second_of_two_equal_names_is_found(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
    } cases[] = {
        { "{\"a\":1,\"a\":2}", 8 },
        { "{\"\":1,\"\":2}", 7 },
        { "{\"a\":1,\"b\":{\"a\":1},\"a\":2}", 20 },
        { "{\"b\":{\"a\":1,\"a\":1}}", 13 },
        { "[{\"a\":1},{\"a\":1,\"a\":1}]", 17 },
        { "{\"measurand\":1,\"timestamp\":2,\"measurand\":3}", 30 },
        { "{\"a\":1,\"\\u0061\":2}", 8 },
        { "{\"\\u0061\":1,\"a\":2}", 13 },
        { "{\"\\u0061\":1,\"\\u0061\":2}", 13 },
        { "{\"/\":1,\"\\/\":2}", 8 },
        { "{\"\xC3\xA9\":1,\"\\u00E9\":2}", 9 },
        { "{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}", 19 },
        { "{\"\xE2\x82\xAC\":\"\\\"}\",\"\\u20ac\":{\"[\":[\"]\"]}}", 14 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_scans(cases[i].text, strlen(cases[i].text), OCPP_ERR_DUPLICATE_MEMBER, cases[i].offset);
    }
}

static void names_that_only_look_alike_are_let_in(void **state)
{
    static const char *const texts[] = {
        "{\"a\":1,\"A\":2}",
        "{\"a\":1,\"aa\":2,\"aaa\":3,\"\":4}",
        "{\"abcdXefgh\":1,\"abcdYefgh\":2}",
        "{\"\xC3\xA9\":1,\"e\xCC\x81\":2}", /* composed and decomposed: JSON compares code points */
        "{\"\\\\u0061\":1,\"a\":2}",
        "{\"\\\"\":1,\"\\\\\":2,\"\\n\":3,\"n\":4}",
        "{\"a\":{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]}}}",
        "{\"\\u0061\":{\"\\u0061\":1},\"b\":[\"\\u0061\",\"b\"]}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_scans(texts[i], strlen(texts[i]), OCPP_OK, 0);
    }
}

/* An object of |count| members, the |twin|-th named as the |original|-th (SIZE_MAX: none), some names escaped. */
static size_t large_object(char *text, size_t count, size_t original, size_t twin, size_t escape_every)
{
    size_t size = 0;

    text[size++] = '{';
    for (size_t i = 0; i < count; i++) {
        const size_t number = i == twin ? original : i;
        const char *first = escape_every && i % escape_every == 0 ? "\\u006d" : "m";
        size += (size_t)sprintf(text + size, "%s\"%s%zu\":[{\"m1\":0}]", i ? "," : "", first, number * 7919);
    }
    text[size++] = '}';
    return size;
}

static void large_objects_are_checked_whole(void **state)
{
    static const size_t counts[] = { 2, 31, 32, 33, 34, 128, 129, 511, 512, 513, 600, 1025, 1300 };
    const struct ocpp_json_limits limits = { .max_bytes = 1 << 20 };
    char *text = malloc(1 << 18);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        const size_t count = counts[i];
        const size_t pairs[][2] = {
            { 0, count - 1 }, { 0, 1 }, { count - 2, count - 1 }, { count / 2, count - 1 }, { 0, count / 2 }
        };
        for (size_t escape_every = 0; escape_every < 3; escape_every++) {
            size_t size = large_object(text, count, SIZE_MAX, SIZE_MAX, escape_every);
            assert_int_equal(scan_of(text, size, &limits, NULL), OCPP_OK);
            for (size_t pair = 0; pair < COUNT_OF(pairs); pair++) {
                if (pairs[pair][0] == pairs[pair][1]) {
                    continue;
                }
                size = large_object(text, count, pairs[pair][0], pairs[pair][1], escape_every);
                assert_int_equal(scan_of(text, size, &limits, NULL), OCPP_ERR_DUPLICATE_MEMBER);
            }
        }
    }
    free(text);
}

/* Open objects share one table of names; the levels here fill it and go on. */
static void a_full_table_of_names_finds_duplicates_all_the_same(void **state)
{
    static const char tail[] = "\"x\":1,\"y\":2,\"x\":3";
    char *text = malloc(65536);

    (void)state;
    for (int duplicate = 0; duplicate < 2; duplicate++) {
        size_t size = 0;
        for (int level = 0; level < 10; level++) {
            text[size++] = '{';
            for (int i = 0; i < 30; i++) {
                size += (size_t)sprintf(text + size, "\"n%d\":%d,", i, i);
            }
            size += (size_t)sprintf(text + size, "\"deeper\":");
        }
        size += (size_t)sprintf(text + size, "{%.*s}", duplicate ? (int)sizeof tail - 1 : 11, tail);
        memset(text + size, '}', 10);
        size += 10;
        assert_int_equal(scan_of(text, size, NULL, NULL), duplicate ? OCPP_ERR_DUPLICATE_MEMBER : OCPP_OK);
    }
    free(text);
}

/* --- truncation and mutation ------------------------------------------------------------------------------------ */

static const char sample[] =
    "[2,\"id-1\",\"MeterValues\",{\"connectorId\":1,\"v\":[-0.5e+3,true,false,null,\"\\u00e9\\n\xE2\x82\xAC\"],"
    "\"\\u0061b\":{\"list\":[{},[]]}}]";

static void no_start_of_a_text_is_a_text(void **state)
{
    (void)state;
    assert_int_equal(scan_of(sample, sizeof sample - 1, NULL, NULL), OCPP_OK);
    for (size_t size = 0; size < sizeof sample - 1; size++) {
        assert_int_not_equal(scan_of(sample, size, NULL, NULL), OCPP_OK);
    }
}

/* What a mutation makes of the text is either refused, at a byte within the text, or something the tree agrees to build. */
static void every_change_of_one_byte_is_refused_or_understood(void **state)
{
    char text[sizeof sample - 1];
    struct ocpp_json *root;
    size_t offset;

    (void)state;
    for (size_t at = 0; at < sizeof text; at++) {
        for (int byte = 0; byte < 256; byte++) {
            memcpy(text, sample, sizeof text);
            text[at] = (char)byte;
            const enum ocpp_status status = scan_of(text, sizeof text, NULL, &offset);
            if (status != OCPP_OK) {
                assert_true(offset <= sizeof text);
                assert_int_equal(ocpp_status_class_of(status), OCPP_CLASS_MESSAGE);
                continue;
            }
            assert_int_equal(ocpp_json_parse(text, sizeof text, NULL, &root, NULL), OCPP_OK);
            ocpp_json_free(root);
        }
    }
}

static void a_byte_left_out_or_doubled_is_refused_or_understood(void **state)
{
    char text[sizeof sample];
    struct ocpp_json *root;

    (void)state;
    for (size_t at = 0; at < sizeof sample - 1; at++) {
        for (size_t shift = 0; shift < 2; shift++) {
            const size_t size = sizeof sample - 2 + 2 * shift;
            memcpy(text, sample, at);
            memcpy(text + at, sample + at + 1 - shift, 1);
            memcpy(text + at + shift, sample + at + 1 - shift, sizeof sample - 2 - at + shift);
            if (scan_of(text, size, NULL, NULL) == OCPP_OK) {
                assert_int_equal(ocpp_json_parse(text, size, NULL, &root, NULL), OCPP_OK);
                ocpp_json_free(root);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_rfc_8259_is_let_in),
        cmocka_unit_test(what_is_not_json_is_kept_out_where_it_breaks),
        cmocka_unit_test(nul_is_kept_out_in_every_spelling),
        cmocka_unit_test(text_that_is_not_utf8_is_kept_out),
        cmocka_unit_test(surrogates_need_their_other_half),
        cmocka_unit_test(numbers_up_to_2_53_are_let_in_however_they_are_written),
        cmocka_unit_test(a_number_beyond_2_53_is_kept_out_however_it_is_written),
        cmocka_unit_test(a_number_of_64_characters_is_kept_out),
        cmocka_unit_test(size_is_limited_before_anything_is_read),
        cmocka_unit_test(nodes_are_limited),
        cmocka_unit_test(sixty_four_kilobytes_of_zeros_are_stopped_at_the_node_limit),
        cmocka_unit_test(depth_is_limited_and_has_a_ceiling),
        cmocka_unit_test(the_second_of_two_equal_names_is_found),
        cmocka_unit_test(names_that_only_look_alike_are_let_in),
        cmocka_unit_test(large_objects_are_checked_whole),
        cmocka_unit_test(a_full_table_of_names_finds_duplicates_all_the_same),
        cmocka_unit_test(no_start_of_a_text_is_a_text),
        cmocka_unit_test(every_change_of_one_byte_is_refused_or_understood),
        cmocka_unit_test(a_byte_left_out_or_doubled_is_refused_or_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
