/* test_print.c: lib/model/print.c: one line for people, without secrets, within its room. */
#include "sample_message.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char printed_full[] =
    "Sample { flag=true count=7 name=\"Pile\" when=2024-05-06T12:34:56.000Z shape=Round point={ x=1.5 } option=false level=-3 "
    "limit=0.1 "
    "until=2024-05-07T00:00:00.250Z tag=\"aBcD\" color=Red outline=Square detail={ id=1 label=\"one\" } "
    "items=[{ id=2 }, { id=3 label=\"\" }] names=[\"a\", \"\xC3\xA4\xC3\xB6\xC3\xBC\xE2\x82\xAC\"] levels=[1, -2] limits=[0, "
    "-1.25] "
    "options=[true, false] times=[2024-05-06T12:34:56.000Z] shapes=[Square, Round] secret=*** data=[null,{\"a\":\"b\"}] "
    "customData={\"vendorId\":\"v\",\"more\":{\"x\":[1]}} }";

struct kept {
    struct ocpp_arena *arena;
    const void *message;
};

static int decode_full(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    const void *message = NULL;
    if (ocpp_message_decode(&sample_type, sample_full, strlen(sample_full), NULL, NULL, arena, &message, NULL) != OCPP_OK)
        return -1;
    static struct kept kept;
    kept.arena = arena;
    kept.message = message;
    *state = &kept;
    return 0;
}

static int free_full(void **state)
{
    const struct kept *kept = *state;
    ocpp_arena_free(kept->arena);
    return 0;
}

static void a_message_is_one_line_and_secrets_are_stars(void **state)
{
    const struct kept *kept = *state;
    char line[2048];
    assert_int_equal(ocpp_message_print(&sample_type, kept->message, line, sizeof line), sizeof printed_full - 1);
    assert_string_equal(line, printed_full);
    assert_null(strstr(line, "LetMeIn"));
}

static void whatever_the_room_the_line_stays_inside_and_is_marked_where_it_was_cut(void **state)
{
    const struct kept *kept = *state;
    char line[sizeof printed_full + 8];
    for (size_t size = 0; size < sizeof line; size++) {
        memset(line, 'Z', sizeof line);
        const size_t length = ocpp_message_print(&sample_type, kept->message, line, size);
        for (size_t i = size; i < sizeof line; i++)
            assert_int_equal(line[i], 'Z');
        if (size == 0) {
            assert_int_equal(length, 0);
            continue;
        }
        assert_in_range(length, 0, size - 1);
        assert_int_equal(strlen(line), length);
        if (size >= sizeof printed_full) {
            assert_string_equal(line, printed_full);
            continue;
        }
        const size_t mark = size >= 4 ? 3 : 0;
        assert_memory_equal(line, printed_full, length - mark);
        if (mark != 0)
            assert_string_equal(line + length - mark, "\xE2\x80\xA6");
        assert_true((printed_full[length - mark] & 0xC0) != 0x80);
    }
}

static void a_line_holds_no_control_characters(void **state)
{
    (void)state;
    const struct sample_item item = { .id = 1, .label = "\n\x1B[31m\x7F\xFF" };
    char line[64];
    ocpp_message_print(&sample_item_type, &item, line, sizeof line);
    assert_string_equal(line, "Item { id=1 label=\"\\x0a\\x1b[31m\\x7f\\xff\" }");
}

static void what_cannot_be_named_is_still_printed(void **state)
{
    (void)state;
    const struct sample sample = { .when = INT64_MAX, .shape = (enum sample_shape)9 };
    char line[256];
    ocpp_message_print(&sample_type, &sample, line, sizeof line);
    assert_string_equal(line, "Sample { flag=false count=0 when=9223372036854775807 shape=? point={ x=0 } }");
    const char unused = 0;
    assert_int_equal(ocpp_message_print(&sample_empty_type, &unused, line, sizeof line), 9);
    assert_string_equal(line, "Empty { }");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_message_is_one_line_and_secrets_are_stars, decode_full, free_full),
        cmocka_unit_test_setup_teardown(whatever_the_room_the_line_stays_inside_and_is_marked_where_it_was_cut, decode_full,
                                        free_full),
        cmocka_unit_test(a_line_holds_no_control_characters),
        cmocka_unit_test(what_cannot_be_named_is_still_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
