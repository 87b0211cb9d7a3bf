/* text.c: UTF-8 by the book, ASCII case, bounded copies; log.c, which stands on them. */
#include "text.h"
#include "log.h"

#include "unit.h"

#include <string.h>

static const char *const valid[] = { "",
                                     "a",
                                     "\x7F",
                                     "\xC2\x80",
                                     "\xDF\xBF",
                                     "\xE0\xA0\x80",
                                     "\xED\x9F\xBF",
                                     "\xEE\x80\x80",
                                     "\xEF\xBF\xBF",
                                     "\xF0\x90\x80\x80",
                                     "\xF4\x8F\xBF\xBF",
                                     "gr\xC3\xBC\xC3\x9F" };

static const char *const invalid[] = {
    "\x80", /* continuation first */
    "\xBF",
    "\xC0\x80", /* overlong NUL */
    "\xC1\xBF", /* overlong */
    "\xE0\x80\x80",
    "\xE0\x9F\xBF",
    "\xF0\x80\x80\x80",
    "\xF0\x8F\xBF\xBF",
    "\xED\xA0\x80", /* surrogates */
    "\xED\xBF\xBF",
    "\xF4\x90\x80\x80", /* beyond U+10FFFF */
    "\xF5\x80\x80\x80",
    "\xFE",
    "\xFF",
    "\xC3", /* cut off */
    "\xE2\x82",
    "\xF0\x9F\x98",
    "\xC3(",
    "\xE2\x82(",
    "\xF0\x9F\x98(",
    "ok\xE2(\xA1",
};

static void valid_text_is_valid_and_each_cut_inside_a_character_is_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(valid); i++) {
        const size_t size = strlen(valid[i]);
        assert_true(ocpp_text_valid(valid[i], size));
        if (size > 0 && (unsigned char)valid[i][size - 1] >= 0x80) {
            assert_false(ocpp_text_valid(valid[i], size - 1));
        }
    }
    for (size_t i = 0; i < COUNT_OF(invalid); i++) {
        assert_false(ocpp_text_valid(invalid[i], strlen(invalid[i])));
    }
    assert_false(ocpp_text_valid("a\0b", 3));
}

/* An independent statement of the rule: decode by arithmetic, then judge the number. */
static size_t length_by_arithmetic(const unsigned char *b, size_t size)
{
    const size_t length = b[0] < 0x80 ? 1 : b[0] >> 5 == 6 ? 2 : b[0] >> 4 == 14 ? 3 : b[0] >> 3 == 30 ? 4 : 0;
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

    if (length == 0 || length > size) {
        return 0;
    }
    uint32_t character = length == 1 ? b[0] : b[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (b[i] >> 6 != 2) {
            return 0;
        }
        character = character << 6 | (b[i] & 0x3F);
    }
    const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    return character < least[length] || character > 0x10FFFF || surrogate ? 0 : length;
}

static void every_sequence_of_three_bytes_is_judged_as_arithmetic_judges_it(void **state)
{
    static const unsigned char fourth[] = { 0x00, 0x7F, 0x80, 0xBF, 0xC0 };

    (void)state;
    for (uint32_t first = 0; first < 0x1000000; first += first < 0xC00000 ? 0x10003 : 1) {
        unsigned char bytes[4] = { (unsigned char)(first >> 16), (unsigned char)(first >> 8), (unsigned char)first,
                                   fourth[first % sizeof fourth] };
        for (size_t size = 1; size <= 4; size += 3) {
            if (ocpp_utf8_length((const char *)bytes, size) != length_by_arithmetic(bytes, size)) {
                fail_msg("%02x %02x %02x %02x of %zu", bytes[0], bytes[1], bytes[2], bytes[3], size);
            }
        }
    }
    assert_int_equal(ocpp_utf8_length("", 0), 0);
    assert_int_equal(ocpp_utf8_length("", 1), 1);
}

static void characters_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(ocpp_text_count("", 0), 0);
    assert_int_equal(ocpp_text_count("abc", 3), 3);
    assert_int_equal(ocpp_text_count("gr\xC3\xBC\xC3\x9F", 6), 4);
    assert_int_equal(ocpp_text_count("\xF0\x9F\x98\x80\xE2\x82\xAC", 7), 2);
}

static void only_ascii_letters_fold(void **state)
{
    (void)state;
    assert_true(ocpp_text_equal_fold("DEADbeef-7", "deadBEEF-7"));
    assert_false(ocpp_text_equal_fold("deadbeef", "deadbee"));
    assert_false(ocpp_text_equal_fold("", "a"));
    assert_false(ocpp_text_equal_fold("@[`{", "`{@["));
    assert_false(ocpp_text_equal_fold("\xC3\x84", "\xC3\xA4")); /* no other script folds */
    assert_int_equal(ocpp_text_fold('Z'), 'z');
    assert_int_equal(ocpp_text_fold('['), '[');
}

static void folded_comparison_orders_by_bytes(void **state)
{
    (void)state;
    assert_true(ocpp_text_compare_fold("a", "B") < 0);
    assert_true(ocpp_text_compare_fold("B", "a") > 0);
    assert_true(ocpp_text_compare_fold("A", "a") == 0);
    assert_true(ocpp_text_compare_fold("a", "\xC3\x84") < 0);
    assert_true(ocpp_text_compare_fold("ab", "A") > 0);
}

static void a_copy_is_cut_at_a_whole_character(void **state)
{
    char room[8];

    (void)state;
    assert_int_equal(ocpp_text_copy(room, sizeof room, "1234567"), 7);
    assert_string_equal(room, "1234567");
    assert_int_equal(ocpp_text_copy(room, sizeof room, "12345678"), 8);
    assert_string_equal(room, "1234567");
    assert_int_equal(ocpp_text_copy(room, sizeof room, "12345\xE2\x82\xAC"), 8);
    assert_string_equal(room, "12345");
    assert_int_equal(ocpp_text_copy(room, 2, "\xF0\x9F\x98\x80"), 4);
    assert_string_equal(room, "");
    room[0] = 'x';
    assert_int_equal(ocpp_text_copy(room, 0, "abc"), 3);
    assert_int_equal(room[0], 'x');
    assert_int_equal(ocpp_text_copy(room, 1, "abc"), 3);
    assert_string_equal(room, "");
}

/* --- log -------------------------------------------------------------------------------------------------------- */

struct lines {
    char last[2 * OCPP_LOG_LINE_SIZE];
    enum ocpp_log_level level;
    int count;
};

static void remember(enum ocpp_log_level level, const char *line, void *user)
{
    struct lines *lines = user;

    lines->level = level;
    lines->count++;
    (void)ocpp_text_copy(lines->last, sizeof lines->last, line);
}

static void a_line_is_written_at_its_level_and_not_below(void **state)
{
    struct lines lines = { .count = 0 };
    const struct ocpp_log log = { .write = remember, .user = &lines, .level = OCPP_LOG_INFO };
    const struct ocpp_log silent = { .level = OCPP_LOG_DEBUG };

    (void)state;
    ocpp_log_write(&log, OCPP_LOG_WARNING, "%s answered in %d ms", "PILE-7", 12);
    assert_string_equal(lines.last, "PILE-7 answered in 12 ms");
    assert_int_equal(lines.level, OCPP_LOG_WARNING);
    ocpp_log_write(&log, OCPP_LOG_DEBUG, "not heard");
    assert_int_equal(lines.count, 1);
    ocpp_log_write(&silent, OCPP_LOG_ERROR, "not heard");
    ocpp_log_write(NULL, OCPP_LOG_ERROR, "not heard");
    assert_int_equal(lines.count, 1);
}

static void what_a_peer_said_cannot_break_the_line(void **state)
{
    struct lines lines = { .count = 0 };
    const struct ocpp_log log = { .write = remember, .user = &lines, .level = OCPP_LOG_INFO };

    (void)state;
    ocpp_log_write(&log, OCPP_LOG_INFO, "id %s", "a\nERROR forged\r\x1B[2J\x7F\xC3\xBC");
    assert_string_equal(lines.last, "id a?ERROR forged??[2J?\xC3\xBC");
}

static void a_long_line_is_cut_at_a_whole_character_and_marked(void **state)
{
    struct lines lines = { .count = 0 };
    const struct ocpp_log log = { .write = remember, .user = &lines, .level = OCPP_LOG_INFO };
    char text[1024];

    (void)state;
    for (size_t start = 0; start < 4; start++) {
        memset(text, 'a', sizeof text);
        for (size_t i = start; i + 4 <= sizeof text - 1; i += 4) {
            memcpy(text + i, "\xF0\x9F\x98\x80", 4);
        }
        text[sizeof text - 1] = '\0';
        memset(text + sizeof text - 5, 'a', 4);
        ocpp_log_write(&log, OCPP_LOG_INFO, "%s", text);
        assert_true(strlen(lines.last) < OCPP_LOG_LINE_SIZE);
        assert_true(strlen(lines.last) > OCPP_LOG_LINE_SIZE - 8);
        assert_true(ocpp_text_valid(lines.last, strlen(lines.last)));
        assert_string_equal(lines.last + strlen(lines.last) - 3, "\xE2\x80\xA6");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_text_is_valid_and_each_cut_inside_a_character_is_not),
        cmocka_unit_test(every_sequence_of_three_bytes_is_judged_as_arithmetic_judges_it),
        cmocka_unit_test(characters_are_counted_not_bytes),
        cmocka_unit_test(only_ascii_letters_fold),
        cmocka_unit_test(folded_comparison_orders_by_bytes),
        cmocka_unit_test(a_copy_is_cut_at_a_whole_character),
        cmocka_unit_test(a_line_is_written_at_its_level_and_not_below),
        cmocka_unit_test(what_a_peer_said_cannot_break_the_line),
        cmocka_unit_test(a_long_line_is_cut_at_a_whole_character_and_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
