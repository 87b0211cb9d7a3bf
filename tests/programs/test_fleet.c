/* What is counted of a fleet, and how its summary looks on a screen. */
#include "canvas.h"
#include "fleet_body.h"
#include "fleet_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void say(struct tally *tally, struct tally_call *call, enum ocpp_direction from, const char *text, int64_t now_us)
{
    tally_text(tally, call, from, text, strlen(text), now_us);
}

static void an_answer_takes_from_its_call_to_itself(void **state)
{
    struct tally tally = { .out = 0 };
    struct tally_call call = { .id = "" };
    (void)state;

    say(&tally, &call, OCPP_FROM_STATION, "[2,\"a\",\"Heartbeat\",{}]", 1000);
    say(&tally, &call, OCPP_FROM_CENTRAL, "[2,\"x\",\"Reset\",{}]", 1500);
    say(&tally, &call, OCPP_FROM_CENTRAL, "[3,\"other\",{}]", 1600);
    assert_int_equal(tally.answered, 0);
    say(&tally, &call, OCPP_FROM_CENTRAL, " [ 3 , \"a\",{}]", 3000);
    assert_int_equal(tally.answered, 1);
    assert_int_equal(tally.longest_us, 2000);
    assert_int_equal(tally_latency_us(&tally, 0.5), 2000);
    say(&tally, &call, OCPP_FROM_CENTRAL, "[3,\"a\",{}]", 9000);
    assert_int_equal(tally.answered, 1);
    assert_int_equal(tally.out, 1);
    assert_int_equal(tally.in, 4);
}

static void what_failed_is_counted_by_its_kind(void **state)
{
    struct tally tally = { .out = 0 };
    struct tally_call call = { .id = "" };
    (void)state;

    say(&tally, &call, OCPP_FROM_STATION, "[2,\"a\",\"X\",{}]", 0);
    say(&tally, &call, OCPP_FROM_STATION, "[2,\"b\",\"X\",{}]", 0);
    assert_int_equal(tally.failures[TALLY_NO_ANSWER], 1);
    say(&tally, &call, OCPP_FROM_CENTRAL, "[4,\"b\",\"InternalError\",\"\",{}]", 10);
    assert_int_equal(tally.failures[TALLY_CALL_ERROR], 1);
    tally_lost(&tally, &call);
    assert_int_equal(tally.failures[TALLY_NO_ANSWER], 1);
    say(&tally, &call, OCPP_FROM_STATION, "[2,\"c\",\"X\",{}]", 0);
    tally_lost(&tally, &call);
    assert_int_equal(tally.failures[TALLY_NO_ANSWER], 2);
    assert_int_equal(tally.failures[TALLY_LINK_LOST], 2);
}

static void what_is_no_frame_is_counted_and_otherwise_ignored(void **state)
{
    static const char *const texts[] = { "",    "[",      "[2",
                                         "[2,", "[2,\"",  "[9,\"a\"]",
                                         "{}",  "[3,\"a", "[3,\"0123456789012345678901234567890123456789012345\",{}]" };
    struct tally tally = { .out = 0 };
    struct tally_call call = { .id = "a" };
    (void)state;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        say(&tally, &call, OCPP_FROM_CENTRAL, texts[i], 1);
    }
    assert_int_equal(tally.in, sizeof texts / sizeof texts[0]);
    assert_int_equal(tally.answered, 0);
}

/* 1 ms to 1 s, each once: what is told is at most 1/16 too high, and never above the longest. */
static void shares_of_latencies_are_told_within_their_error(void **state)
{
    static const double shares[] = { 0.01, 0.5, 0.95, 0.99, 1 };
    struct tally tally = { .out = 0 };
    struct tally_call call = { .id = "" };
    (void)state;

    assert_int_equal(tally_latency_us(&tally, 0.5), 0);
    for (int64_t ms = 1; ms <= 1000; ms++) {
        say(&tally, &call, OCPP_FROM_STATION, "[2,\"a\",\"X\",{}]", 0);
        say(&tally, &call, OCPP_FROM_CENTRAL, "[3,\"a\",{}]", ms * 1000);
    }
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        const double exact_us = shares[i] * 1000 * 1000;
        const double told_us = (double)tally_latency_us(&tally, shares[i]);
        assert_true(told_us >= exact_us && told_us <= exact_us * 17 / 16 + 1);
    }
    assert_int_equal(tally_latency_us(&tally, 1), tally.longest_us);
    say(&tally, &call, OCPP_FROM_STATION, "[2,\"a\",\"X\",{}]", 0);
    say(&tally, &call, OCPP_FROM_CENTRAL, "[3,\"a\",{}]", INT64_MAX);
    assert_int_equal(tally.longest_us, INT64_MAX);
}

/* --- the screen ---------------------------------------------------------------------------------------------------- */

static void expect_row(const struct canvas *canvas, int row, const char *wanted)
{
    char text[400];

    canvas_row(canvas, row, text, sizeof text);
    assert_string_equal(text, wanted);
}

static const struct page_body *body_on(struct canvas *canvas, int rows, int columns, const struct fleet_view *view)
{
    canvas->is_ascii = true;
    assert_true(canvas_resize(canvas, rows, columns));
    fleet_body.draw(view, canvas, (struct area){ .rows = fleet_body.rows(view, columns, rows), .most = rows });
    return &fleet_body;
}

static void a_summary_has_states_messages_latencies_energy_and_failures(void **state)
{
    const struct tally tally = { .out = 10, .in = 9, .failures = { [TALLY_LINK_LOST] = 2, [TALLY_EXPECTATION] = 1 } };
    const struct fleet_view view = { .identity = "F",
                                     .stations = 100,
                                     .census = { .connected = 50, .away = 49, .failed = 1, .charging = 20, .energy_wh = 1500 },
                                     .tally = &tally,
                                     .out_per_s = 2.5,
                                     .in_per_s = 2.25,
                                     .has_drivers = true,
                                     .sessions = 7 };
    struct canvas canvas = { .rows = 0 };
    (void)state;

    const struct page_body *body = body_on(&canvas, 12, 80, &view);
    expect_row(&canvas, 0, "connected   ###############............... 50");
    expect_row(&canvas, 3, "failed      #............................. 1");
    expect_row(&canvas, 5, "messages    2.5/s out (10)  2.2/s in (9)");
    expect_row(&canvas, 6, "answers     p50 0.0  p95 0.0  p99 0.0  max 0.0 ms");
    expect_row(&canvas, 7, "energy      1.5 kWh, 7 sessions");
    expect_row(&canvas, 8, "failures    link lost 2, expectation 1");
    expect_row(&canvas, 9, "");
    struct pen pen = canvas_pen(&canvas, 11, 0, 80);
    body->title(&view, &pen);
    expect_row(&canvas, 11, "F-1 to F-100  0 s");
    canvas_free(&canvas);
}

static void with_less_room_failures_stay_and_bars_go(void **state)
{
    const struct tally tally = { .out = 0 };
    const struct fleet_view view = { .identity = "F", .stations = 3, .census = { .connected = 3 }, .tally = &tally };
    struct canvas canvas = { .rows = 0 };
    (void)state;

    body_on(&canvas, 7, 40, &view);
    expect_row(&canvas, 0, "connected   3");
    expect_row(&canvas, 5, "messages    0.0/s out (0)  0.0/s in (0)");
    expect_row(&canvas, 6, "failures    none");
    for (int rows = 1; rows < 7; rows++) {
        for (int columns = 1; columns < 40; columns++) {
            body_on(&canvas, rows, columns, &view);
        }
    }
    canvas_free(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_takes_from_its_call_to_itself),
        cmocka_unit_test(what_failed_is_counted_by_its_kind),
        cmocka_unit_test(what_is_no_frame_is_counted_and_otherwise_ignored),
        cmocka_unit_test(shares_of_latencies_are_told_within_their_error),
        cmocka_unit_test(a_summary_has_states_messages_latencies_energy_and_failures),
        cmocka_unit_test(with_less_room_failures_stay_and_bars_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
