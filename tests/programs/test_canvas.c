/* What layouts write on, and what of others' text gets onto it. */
#include "canvas.h"
#include "glyph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct canvas page;

static int blank_page(void **state)
{
    (void)state;
    page.is_ascii = false;
    return canvas_resize(&page, 3, 10) ? 0 : -1;
}

static int no_page(void **state)
{
    (void)state;
    canvas_free(&page);
    return 0;
}

static void assert_row(int row, const char *expected)
{
    char text[256];

    canvas_row(&page, row, text, sizeof text);
    assert_string_equal(text, expected);
}

static void write_at(int row, int column, int end, const char *text)
{
    struct pen pen = canvas_pen(&page, row, column, end);

    pen_text(&pen, STYLE_PLAIN, text);
}

static void a_pen_writes_to_the_right_and_goes_on_where_it_is_told(void **state)
{
    struct pen pen = canvas_pen(&page, 1, 0, 10);

    (void)state;
    pen_text(&pen, STYLE_STRONG, "ab");
    pen_to(&pen, 4);
    pen_print(&pen, STYLE_PLAIN, "%d", 42);
    pen_to(&pen, 2); /* never back */
    pen_text(&pen, STYLE_PLAIN, "x");
    assert_row(0, "");
    assert_row(1, "ab  42x");
    assert_int_equal(page.cells[10].style, STYLE_STRONG);
}

static void what_does_not_fit_ends_in_an_ellipsis(void **state)
{
    (void)state;
    write_at(0, 0, 10, "exactly 10");
    write_at(1, 0, 10, "exactly 11.");
    write_at(2, 3, 6, "abcd");
    assert_row(0, "exactly 10");
    assert_row(1, "exactly 1…");
    assert_row(2, "   ab…");
}

static void nothing_is_written_beyond_the_edges(void **state)
{
    (void)state;
    write_at(-1, 0, 10, "x");
    write_at(3, 0, 10, "x");
    write_at(0, 10, 99, "x");
    write_at(0, 5, 5, "x");
    write_at(0, 8, 99, "xyz");
    assert_row(0, "        x…");
    assert_row(1, "");
    assert_row(2, "");
}

static void what_a_terminal_would_obey_is_not_drawn(void **state)
{
    (void)state;
    write_at(0, 0, 10, "a\033[2Jb\a\r\n");
    write_at(1, 0, 10,
             "\xc2\x9b"
             "1m\x7f\x08\x01"); /* CSI as one character */
    assert_row(0, "a\xef\xbf\xbd[2Jb\xef\xbf\xbd");
    assert_row(1, "\xef\xbf\xbd"
                  "1m\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void what_turns_or_joins_a_line_is_not_drawn(void **state)
{
    (void)state;
    write_at(0, 0, 10,
             "a\xe2\x80\xae"
             "b");                                  /* right to left from here */
    write_at(1, 0, 10, "e\xcc\x81\xe2\x80\x8bx");   /* a combining accent, a space without width */
    write_at(2, 0, 10, "\xd7\x90\xf0\x9f\x98\x80"); /* a letter of Hebrew, a face */
    assert_row(0, "a\xef\xbf\xbd"
                  "b");
    assert_row(1, "e\xef\xbf\xbd\xef\xbf\xbdx");
    assert_row(2, "\xef\xbf\xbd\xef\xbf\xbd");
}

static void bytes_that_are_no_utf_8_become_one_replacement_each(void **state)
{
    (void)state;
    write_at(0, 0, 10, "\xff\xc0\xaf\xe4\xbd");
    write_at(1, 0, 10,
             "\xed\xa0\x80"
             "a\xf5"); /* half of a surrogate pair */
    assert_row(0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_row(1, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                  "a\xef\xbf\xbd");
}

static void wide_characters_take_two_columns_and_are_never_halved(void **state)
{
    (void)state;
    write_at(0, 0, 5, "充电桩"); /* six columns */
    write_at(1, 0, 10, "充电桩");
    write_at(1, 1, 2, "x"); /* onto the right half */
    write_at(2, 0, 10, "充电");
    write_at(2, 2, 3, "x"); /* onto the left half */
    assert_row(0, "充电…");
    assert_row(1, " x电桩");
    assert_row(2, "充x");
    assert_int_equal(glyph_columns("充电 1", strlen("充电 1")), 6);
}

static void a_locale_without_more_gets_ascii(void **state)
{
    (void)state;
    page.is_ascii = true;
    write_at(0, 0, 10, "● é充 → x");
    write_at(1, 0, 4, "abcde");
    assert_row(0, "* ?? > x");
    assert_row(1, "abc~");
}

static void a_bar_is_as_full_as_what_it_stands_for(void **state)
{
    static const struct {
        int64_t part, whole;
        const char *expected;
    } cases[] = { { 0, 100, "░░░░" },   { 1, 100, "█░░░" },  { 50, 100, "██░░" },      { 100, 100, "████" },
                  { 300, 100, "████" }, { -5, 100, "░░░░" }, { INT64_MAX, 1, "████" }, { 7, 0, "░░░░" } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pen pen = canvas_pen(&page, 0, 0, 10);
        canvas_clear(&page);
        pen_bar(&pen, STYLE_GOOD, 4, cases[i].part, cases[i].whole);
        assert_row(0, cases[i].expected);
    }
}

static void a_page_has_a_size_and_bounds(void **state)
{
    struct canvas other = { .cells = NULL };

    (void)state;
    assert_true(canvas_resize(&other, 0, -7));
    assert_true(other.rows == 1 && other.columns == 1);
    assert_true(canvas_resize(&other, 1 << 20, 1 << 20));
    assert_true(other.rows == CANVAS_ROWS && other.columns == CANVAS_COLUMNS);
    assert_false(canvas_equals(&other, &page));
    assert_true(canvas_copy(&other, &page));
    assert_true(canvas_equals(&other, &page));
    write_at(2, 9, 10, "x");
    assert_false(canvas_equals(&other, &page));
    canvas_free(&other);
    assert_null(other.cells);
}

static void every_glyph_is_read_as_it_was_written(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        char bytes[GLYPH_BYTES];
        size_t used;
        const size_t size = glyph_write(code, bytes);
        const uint32_t read = glyph_read(bytes, size, &used);
        if (code < 0xd800 || code > 0xdfff) {
            assert_true(read == code && used == size);
        }
        assert_in_range(glyph_width(code), 0, 2);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, blank_page, no_page)
    const struct CMUnitTest tests[] = {
        CASE(a_pen_writes_to_the_right_and_goes_on_where_it_is_told),
        CASE(what_does_not_fit_ends_in_an_ellipsis),
        CASE(nothing_is_written_beyond_the_edges),
        CASE(what_a_terminal_would_obey_is_not_drawn),
        CASE(what_turns_or_joins_a_line_is_not_drawn),
        CASE(bytes_that_are_no_utf_8_become_one_replacement_each),
        CASE(wide_characters_take_two_columns_and_are_never_halved),
        CASE(a_locale_without_more_gets_ascii),
        CASE(a_bar_is_as_full_as_what_it_stands_for),
        CASE(a_page_has_a_size_and_bounds),
        CASE(every_glyph_is_read_as_it_was_written),
    };
#undef CASE
    return cmocka_run_group_tests(tests, NULL, NULL);
}
