/* What stands where on the screen of ocpp-sim, whatever the size: title, EVSEs, bay, messages, hint, the line that is typed. */
#include "frame_feed.h"
#include "log_lines.h"
#include "pile_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct canvas canvas;
static struct message_log messages;
static struct pile_view view;
static struct line_editor editor;
static struct page page;

static struct view_evse idle(int number)
{
    return (struct view_evse){
        .number = number, .state = "Available", .is_idle = true, .most_w = 11000, .allowed_w = 11000, .session_s = -1
    };
}

static int pile_of_two(void **state)
{
    (void)state;
    memset(&messages, 0, sizeof messages);
    memset(&editor, 0, sizeof editor);
    view = (struct pile_view){ .identity = "PILE-7",
                               .url = "ws://h/ocpp",
                               .link = "connected",
                               .is_up = true,
                               .version = "2.0.1",
                               .registration = "Accepted" };
    view.evse_count = 2;
    view.evses[0] = idle(1);
    view.evses[1] = idle(2);
    page = (struct page){ .body = &pile_body, .view = &view, .utc_ms = 0, .log = &messages, .hint = "a hint", .editor = &editor };
    return 0;
}

static int no_canvas(void **state)
{
    (void)state;
    canvas_free(&canvas);
    return 0;
}

static void draw(int columns, int rows)
{
    assert_true(canvas_resize(&canvas, rows, columns));
    page_draw(&page, &canvas);
}

static const char *row(int number)
{
    static char text[4096];

    canvas_row(&canvas, number, text, sizeof text);
    return text;
}

/* The first row with |part| in it; -1. */
static int row_with(const char *part)
{
    for (int i = 0; i < canvas.rows; i++) {
        if (strstr(row(i), part)) {
            return i;
        }
    }
    return -1;
}

static void charge(struct view_evse *evse)
{
    evse->state = "Charging";
    evse->is_idle = false;
    evse->plugged = evse->locked = 1;
    evse->power_w = 5500;
    evse->has_session = true;
    evse->energy_wh = 1234;
    evse->session_s = 65;
    strcpy(evse->token, "TAG-1");
    strcpy(evse->cost, "0.54 EUR");
}

static void say(const char *text)
{
    message_log_print(&messages, MESSAGE_NOTE, 0, text);
}

static void say_many(int count)
{
    char text[32];

    for (int i = 1; i <= count; i++) {
        snprintf(text, sizeof text, "note %d.", i);
        say(text);
    }
}

/* --- places ---------------------------------------------------------------------------------------------------------- */

static void everything_has_its_place_on_80_by_24(void **state)
{
    (void)state;
    charge(&view.evses[0]);
    say("hello");
    line_editor_set(&editor, "plug 1");
    draw(80, 24);
    assert_string_equal(row(0), " PILE-7 ● connected  OCPP 2.0.1  Accepted  ws://h/ocpp                 00:00:00");
    assert_string_equal(row(1), "EVSE Cable    State          Power                Energy");
    assert_string_equal(row(2), "  1  locked   Charging       █████░░░░░ 5.50 kW   █░░░░░░░░░ 1.234 kWh");
    assert_string_equal(row(3), "     01:05 TAG-1 0.54 EUR");
    assert_string_equal(row(4), "  2  -        Available      ░░░░░░░░░░ 0.00 kW              0.000 kWh");
    assert_non_null(strstr(row(5), "── 0 sent, 0 received ──"));
    assert_string_equal(row(6), "00:00:00 · hello");
    assert_string_equal(row(22), "a hint");
    assert_string_equal(row(23), "> plug 1");
    assert_int_equal(canvas.cursor_row, 23);
    assert_int_equal(canvas.cursor_column, 8);
}

static void a_wide_screen_has_the_session_beside_its_evse(void **state)
{
    (void)state;
    charge(&view.evses[0]);
    draw(120, 40);
    assert_non_null(strstr(row(2), "Charging"));
    assert_non_null(strstr(row(2), "01:05 TAG-1 0.54 EUR"));
    assert_non_null(strstr(row(3), "Available"));
}

static void cables_in_several_connectors_are_counted(void **state)
{
    (void)state;
    view.evses[0].plugged = view.evses[1].plugged = 2;
    view.evses[1].locked = 2;
    draw(80, 24);
    assert_string_equal(row(2), "  1  2 plugs  Available      ░░░░░░░░░░ 0.00 kW              0.000 kWh");
    assert_string_equal(row(3), "  2  2 locked Available      ░░░░░░░░░░ 0.00 kW              0.000 kWh");
}

static void a_limit_and_a_battery_are_seen(void **state)
{
    (void)state;
    charge(&view.evses[0]);
    view.evses[0].allowed_w = 6900;
    view.evses[0].battery_wh = 40000;
    view.evses[0].charged_wh = 20000;
    draw(120, 40);
    assert_non_null(strstr(row(2), "limit 6.9 kW"));
    assert_non_null(strstr(row(2), "██████░░░░░░ 1.234 kWh 50 %"));
}

static void a_narrow_screen_has_no_bars_and_keeps_the_figures(void **state)
{
    (void)state;
    charge(&view.evses[0]);
    draw(45, 16);
    assert_string_equal(row(2), "1  ■  Charging      5.50 kW  1.234 kWh");
    assert_string_equal(row(3), "   01:05 TAG-1 0.54 EUR");
}

static void what_is_typed_stays_to_the_last_row(void **state)
{
    (void)state;
    line_editor_set(&editor, "quit");
    say("hello");
    draw(80, 1);
    assert_string_equal(row(0), "> quit");
    draw(80, 2);
    assert_string_equal(row(0), "00:00:00 · hello");
    draw(80, 3);
    assert_non_null(strstr(row(0), "PILE-7"));
    assert_string_equal(row(2), "> quit");
}

static void every_size_is_drawn_within_its_edges(void **state)
{
    (void)state;
    charge(&view.evses[0]);
    view.slot_count = VIEW_SLOTS;
    for (int i = 0; i < VIEW_SLOTS; i++) {
        view.slots[i] = (struct view_slot){ .number = i + 1, .state = "Idle", .has_bank = true, .charge = 100 };
    }
    view.evse_count = VIEW_EVSES;
    for (int i = 2; i < VIEW_EVSES; i++) {
        view.evses[i] = idle(i + 1);
    }
    view.reservation_count = VIEW_RESERVATIONS;
    view.notice_count = VIEW_NOTICES;
    say_many(50);
    page.is_long = true;
    for (int rows = 1; rows < 60; rows += rows < 12 ? 1 : 13) {
        for (int columns = 1; columns < 200; columns += columns < 12 ? 1 : 17) {
            draw(columns, rows);
            assert_true(canvas.cursor_row == rows - 1 && canvas.cursor_column < columns);
            if (columns > 20) {
                assert_true(row(rows - 1)[0] == '>');
                assert_true(rows < 6 || row_with("note 50.") > 0);
            }
        }
    }
}

static void evses_at_which_something_goes_on_are_shown_before_others(void **state)
{
    (void)state;
    view.evse_count = 40;
    for (int i = 0; i < 40; i++) {
        view.evses[i] = idle(i + 1);
    }
    charge(&view.evses[32]);
    draw(80, 24);
    assert_int_equal(row_with(" 33  locked"), row_with("more (status") - 2);
    assert_int_equal(row_with("TAG-1"), row_with("more (status") - 1);
    assert_true(row_with("  1  -") > 0);
    assert_true(row_with(" 40  -") < 0);
    assert_true(row_with("and 30 more") > 0);
}

static void the_bay_and_reservations_stand_below_the_evses(void **state)
{
    (void)state;
    view.slot_count = 3;
    view.slots[0] = (struct view_slot){ .number = 1, .state = "Idle", .look = STYLE_GOOD, .has_bank = true, .charge = 98 };
    view.slots[1] = (struct view_slot){ .number = 2, .state = "Removal", .look = STYLE_BUSY, .has_bank = true, .is_open = true };
    view.slots[2] = (struct view_slot){ .number = 3, .state = "Suspect", .look = STYLE_BAD, .has_bank = true, .charge = 5 };
    view.banks_out = 2;
    view.reservation_count = 2;
    view.reservations[0] = (struct view_reservation){ .evse = 2, .left_s = 3661, .token = "TAG-9" };
    view.reservations[1] = (struct view_reservation){ .left_s = -1, .token = "TAG-8", .is_presented = true };
    view.notice_count = 1;
    strcpy(view.notices[0], "Display: welcome");
    draw(80, 24);
    assert_string_equal(row(4), "Banks  1 ■ 98%       2 ■ open      3 ■ Suspect  2 out");
    assert_string_equal(row(5), "Reserved EVSE 2 for TAG-9, 01:01:01");
    assert_string_equal(row(6), "Reserved any EVSE for TAG-8, who is there");
    assert_string_equal(row(7), "Display: welcome");
}

static void a_long_line_is_scrolled_to_its_cursor(void **state)
{
    char text[300];

    (void)state;
    memset(text, 'a', sizeof text);
    text[298] = 'z';
    text[299] = '\0';
    line_editor_set(&editor, text);
    draw(40, 10);
    assert_string_equal(row(9) + strlen(row(9)) - 2, "az");
    assert_int_equal(canvas.cursor_column, 39);
    editor.cursor = 0;
    draw(40, 10);
    assert_int_equal(canvas.cursor_column, 2);
}

static void names_full_of_commands_for_a_terminal_are_harmless(void **state)
{
    (void)state;
    charge(&view.evses[0]);
    strcpy(view.evses[0].token, "\033]0;x\a\033[2J");
    strcpy(view.identity, "P\xc2\x9b"
                          "31m");
    say("\033[31mred\r\nback\b\xe2\x80\xae");
    draw(80, 24);
    for (int i = 0; i < canvas.rows * canvas.columns; i++) {
        const uint32_t code = canvas.cells[i].code;
        assert_true(code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0) && code != 0x202e);
    }
    assert_true(row_with("[31mred  back") > 0);
}

static void an_ascii_locale_gets_nothing_else(void **state)
{
    (void)state;
    charge(&view.evses[0]);
    strcpy(view.evses[0].token, "充电");
    say("hello");
    canvas.is_ascii = true;
    draw(80, 24);
    canvas.is_ascii = false;
    for (int i = 0; i < canvas.rows * canvas.columns; i++) {
        assert_in_range(canvas.cells[i].code, 0x20, 0x7e);
    }
    assert_non_null(strstr(row(2), "#####....."));
}

/* --- messages -------------------------------------------------------------------------------------------------------- */

static void the_newest_messages_are_shown_and_older_ones_by_pages(void **state)
{
    (void)state;
    say_many(100);
    draw(80, 24);
    const struct area area = page_log_area(&page, 24, 80);
    assert_int_equal(row_with("note 100."), area.row + area.rows - 1);
    assert_int_equal(page_log_top(&page, 0, area.rows, 80), 100 - (uint64_t)area.rows + 1);
    page.bottom = 50;
    draw(80, 24);
    assert_int_equal(row_with("note 50."), area.row + area.rows - 1);
    assert_true(row_with("50 newer below") > 0);
    assert_int_equal(page_log_bottom(&page, 50, area.rows, 80), 50 + area.rows - 1);
    assert_int_equal(page_log_bottom(&page, 95, area.rows, 80), 0);
}

static void a_line_above_the_messages_has_no_comma_before_its_first_words(void **state)
{
    (void)state;
    const struct page_body *own = page.body;
    struct page_body body = *own;

    body.counts_frames = true; /* as that of a fleet */
    page.body = &body;
    say_many(100);
    draw(80, 24);
    assert_null(strstr(row(page_log_area(&page, 24, 80).row - 1), " ")); /* a line and nothing else */
    page.bottom = 50;
    draw(80, 24);
    assert_non_null(strstr(row(page_log_area(&page, 24, 80).row - 1), " 50 newer below"));
    assert_null(strstr(row(page_log_area(&page, 24, 80).row - 1), ", 50"));
    page.body = own;
}

static void pages_are_turned_to_both_ends(void **state)
{
    (void)state;
    say_many(5);
    assert_int_equal(page_log_older(&page, 10, 80), 0); /* there is no other page */
    say_many(20);
    page.bottom = page_log_older(&page, 10, 80);
    assert_int_equal(page.bottom, 16);
    page.bottom = page_log_older(&page, 10, 80);
    assert_int_equal(page.bottom, 10); /* the first page is a whole one */
    assert_int_equal(page_log_older(&page, 10, 80), 10);
    page.bottom = page_log_newer(&page, 10, 80);
    assert_int_equal(page.bottom, 19);
    page.bottom = page_log_newer(&page, 10, 80);
    assert_int_equal(page.bottom, 0);
    assert_int_equal(page_log_newer(&page, 10, 80), 0);
}

static void messages_that_were_forgotten_are_not_looked_for(void **state)
{
    (void)state;
    say_many(MESSAGE_LOG_SIZE + 10);
    assert_int_equal(message_log_oldest(&messages), 11);
    page.bottom = 3;
    draw(80, 24);
    assert_true(row_with("note 11.") > 0);
    page.bottom = MESSAGE_LOG_SIZE + 500;
    draw(80, 24);
    assert_true(row_with("note 1010.") > 0);
}

static struct message frame(enum message_kind kind)
{
    struct message message = { .kind = kind, .latency_ms = -1, .verdict = VERDICT_VALID };

    strcpy(message.action, "Heartbeat");
    strcpy(message.text, "{}");
    return message;
}

static void a_frame_says_direction_action_latency_and_verdict(void **state)
{
    struct message sent = frame(MESSAGE_SENT), answer = frame(MESSAGE_RECEIVED), wrong = frame(MESSAGE_RECEIVED);

    (void)state;
    strcpy(answer.type, "answer");
    answer.latency_ms = 12;
    wrong.verdict = VERDICT_INVALID;
    wrong.latency_ms = 12345;
    strcpy(wrong.fault, "FormationViolation /x: no");
    message_log_add(&messages, &sent);
    message_log_add(&messages, &answer);
    message_log_add(&messages, &wrong);
    draw(80, 24);
    assert_true(row_with("00:00:00 → Heartbeat ✓ {}") > 0);
    assert_true(row_with("00:00:00 ← Heartbeat answer 12 ms ✓ {}") > 0);
    assert_true(row_with("00:00:00 ← Heartbeat 12.3 s ✗ FormationViolation /x: no {}") > 0);
    assert_true(row_with("1 sent, 2 received, 1 not valid") > 0);
}

static void a_long_message_is_cut_or_takes_the_rows_it_needs(void **state)
{
    struct message message = frame(MESSAGE_SENT);

    (void)state;
    memset(message.text, 'x', 200);
    strcpy(message.text + 200, "end");
    message_log_add(&messages, &message);
    draw(80, 24);
    assert_true(row_with("end") < 0);
    assert_int_equal(log_line_rows(&message, 80), 3);
    page.is_long = true;
    draw(80, 24);
    assert_int_equal(row_with("end"), row_with("Heartbeat") + 2);
}

static void the_payload_of_a_frame_is_what_stands_behind_its_names(void **state)
{
    static const struct {
        int type;
        const char *frame, *payload;
    } cases[] = {
        { 2, "[2,\"a,b\\\",\",\"Reset\",{\"x\":1}]", "{\"x\":1}" },
        { 3, "[3,\"1\",{}]", "{}" },
        { 4, "[4,\"1\",\"GenericError\",\"\",{}]", "\"GenericError\",\"\",{}" },
        { 6, "[6,\"1\",\"N\",{}] \n", "{}" },
        { 0, "no frame", "no frame" },
        { 2, "[2,\"unended", "[2,\"unended" },
        { 2, "[2,1,2,", "[2,1,2," },
        { 2, "", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size;
        const char *payload = frame_payload(cases[i].frame, strlen(cases[i].frame), cases[i].type, &size);
        assert_int_equal(size, strlen(cases[i].payload));
        assert_memory_equal(payload, cases[i].payload, size);
    }
}

static struct transcript_event event_of(const char *text, bool out, int type)
{
    return (struct transcript_event){ .identity = "P",
                                      .version = OCPP_VERSION_1_6,
                                      .out = out,
                                      .type = type,
                                      .action = "Heartbeat",
                                      .latency_ms = -1,
                                      .text = text,
                                      .size = strlen(text),
                                      .frame = text,
                                      .frame_size = strlen(text) };
}

static void frames_are_judged_by_the_library(void **state)
{
    struct frame_feed *feed = frame_feed_new(&messages, true);
    const struct ocpp_issue refused = { .status = OCPP_ERR_NOT_FOUND };
    struct transcript_event events[] = {
        event_of("[2,\"1\",\"Heartbeat\",{}]", true, 2),
        event_of("[3,\"1\",{\"currentTime\":\"2026-01-01T00:00:00Z\"}]", false, 3),
        event_of("[3,\"1\",{\"currentTime\":7}]", false, 3),
        event_of("[3,\"never asked\",{}]", false, 3),
        event_of("[3,\"1\",{\"currentTime\":\"2026-01-01T00:00:00Z\"}]", false, 3),
        event_of("[2,\"2\",", false, 0),
    };
    static const enum message_verdict verdicts[] = { VERDICT_VALID, VERDICT_VALID,   VERDICT_INVALID,
                                                     VERDICT_NONE,  VERDICT_INVALID, VERDICT_INVALID };

    (void)state;
    assert_non_null(feed);
    events[4].issue = &refused;
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        frame_feed_happened(&events[i], feed);
        assert_int_equal(message_log_at(&messages, i + 1)->verdict, verdicts[i]);
    }
    assert_non_null(strstr(message_log_at(&messages, 3)->fault, "/currentTime"));
    assert_non_null(strstr(message_log_at(&messages, 5)->fault, "refused: "));
    frame_feed_free(feed);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, pile_of_two, no_canvas)
    const struct CMUnitTest tests[] = {
        CASE(everything_has_its_place_on_80_by_24),
        CASE(a_wide_screen_has_the_session_beside_its_evse),
        CASE(cables_in_several_connectors_are_counted),
        CASE(a_limit_and_a_battery_are_seen),
        CASE(a_narrow_screen_has_no_bars_and_keeps_the_figures),
        CASE(what_is_typed_stays_to_the_last_row),
        CASE(every_size_is_drawn_within_its_edges),
        CASE(evses_at_which_something_goes_on_are_shown_before_others),
        CASE(the_bay_and_reservations_stand_below_the_evses),
        CASE(a_long_line_is_scrolled_to_its_cursor),
        CASE(names_full_of_commands_for_a_terminal_are_harmless),
        CASE(an_ascii_locale_gets_nothing_else),
        CASE(the_newest_messages_are_shown_and_older_ones_by_pages),
        CASE(a_line_above_the_messages_has_no_comma_before_its_first_words),
        CASE(pages_are_turned_to_both_ends),
        CASE(messages_that_were_forgotten_are_not_looked_for),
        CASE(a_frame_says_direction_action_latency_and_verdict),
        CASE(a_long_message_is_cut_or_takes_the_rows_it_needs),
        CASE(the_payload_of_a_frame_is_what_stands_behind_its_names),
        CASE(frames_are_judged_by_the_library),
    };
#undef CASE
    return cmocka_run_group_tests(tests, NULL, NULL);
}
