/* test_central_report_bounds.c: reports of stations that tell too much, nonsense, or never stop. */
#include "report_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

enum { REPORT_BYTES = 16384 };

static struct central_world *world;
static struct ocpp_station *two; /* speaks 2.0.1 */
static char logged[2000];

static void log_line(enum ocpp_log_level level, const char *line, void *user)
{
    size_t used = strlen(logged);

    (void)level;
    (void)user;
    snprintf(logged + used, sizeof logged - used, "%s\n", line);
}

static void small(struct ocpp_central_settings *settings)
{
    settings->max_open_reports = 3;
    settings->max_report_bytes = REPORT_BYTES;
    settings->max_open_report_bytes = 2 * REPORT_BYTES / 3;
    settings->report_timeout_ms = 5000;
    settings->log = (struct ocpp_log){ .write = log_line, .level = OCPP_LOG_INFO };
}

/* One report may be larger than all together usually are. */
static void tight(struct ocpp_central_settings *settings)
{
    small(settings);
    settings->max_open_report_bytes = SIZE_MAX;
}

static void none(struct ocpp_central_settings *settings)
{
    small(settings);
    settings->max_open_reports = 0;
}

static void start(const struct ocpp_report_handler *handler, void (*change)(struct ocpp_central_settings *settings))
{
    logged[0] = '\0';
    world = report_world_new(handler, change);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, two);
}

static int set_up(void **state)
{
    (void)state;
    start(&report_handler_whole, small);
    return 0;
}

static int set_up_tight(void **state)
{
    (void)state;
    start(&report_handler_whole, tight);
    return 0;
}

static int set_up_streaming(void **state)
{
    (void)state;
    start(&report_handler, tight);
    report_wishes.take_pages = true;
    return 0;
}

static int set_up_none(void **state)
{
    (void)state;
    start(&report_handler_whole, none);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

/* A page of |size| bytes of value; what the application was told. It is thanked for, whatever it says that its version allows. */
static const char *page_of(struct ocpp_station *station, int id, const char *seq_no, bool is_last, size_t size)
{
    char frame[4000];
    char value[2501];

    assert_true(size < sizeof value);
    memset(value, 'x', size);
    value[size] = '\0';
    snprintf(frame, sizeof frame,
             "[2,'p','NotifyReport',{'requestId':%d,'generatedAt':'2026-01-01T00:00:00Z','seqNo':%s%s,'reportData':[{'component':"
             "{'name':'C'},'variable':{'name':'V'},'variableAttribute':[{'value':'%s'}]}]}]",
             id, seq_no, is_last ? "" : ",'tbc':true", value);
    const char *answer = world_says(world, station, frame);
    if (seq_no[0] == '-' && ocpp_station_version(station) != OCPP_VERSION_2_0_1) {
        assert_non_null(strstr(answer, "PropertyConstraintViolation")); /* 2.1 allows no such number */
    } else {
        assert_text(answer, "[3,'p',{}]");
    }
    return world_told(world);
}

static const char *page(int id, const char *seq_no, bool is_last)
{
    return page_of(two, id, seq_no, is_last, 1);
}

static enum ocpp_status order(int64_t id)
{
    const enum ocpp_status status = ocpp_station_get_base_report(two, OCPP_REPORT_FULL, id, &report_done);

    if (status == OCPP_OK) {
        world_hears(world, two);
        answered(world, two, "{'status':'Accepted'}");
    }
    return status;
}

/* --- too much --------------------------------------------------------------------------------------------------------------- */

static void a_report_that_grows_too_large_ends_with_what_came(void **state)
{
    char seq_no[16];
    const char *told = "";
    int pages = 0;

    (void)state;
    assert_int_equal(order(5), OCPP_OK);
    for (; pages < 20 && told[0] == '\0'; pages++) {
        snprintf(seq_no, sizeof seq_no, "%d", pages);
        told = page_of(two, 5, seq_no, false, 2000);
    }
    assert_true(pages > 2 && pages <= REPORT_BYTES / 2000);
    assert_holds(told, "report variables 5 -2 seq 0+ pages ");
    assert_holds(told, "C.V Actualrw=xxx");
    for (int i = pages; i < 20; i++) { /* it goes on, and nobody listens */
        snprintf(seq_no, sizeof seq_no, "%d", i);
        assert_text(page_of(two, 5, seq_no, i == 19, 2000), "");
    }
    world_pass(world, 100000);
    assert_text(world_told(world), "");
}

/* What a report leaves room for, another may have. */
static void all_that_are_open_have_one_bound(void **state)
{
    struct ocpp_station *other = world_connect(world, "PILE-3", OCPP_VERSION_2_0_1);

    (void)state;
    world_boot(world, other);
    for (int i = 0; i < 3; i++) {
        static const char *const numbers[] = { "0", "1", "2" };
        assert_text(page_of(two, 5, numbers[i], false, 2000), "");
    }
    assert_text(page_of(other, 5, "0", false, 2000), "");
    assert_holds(page_of(other, 5, "1", false, 2000), "report variables 5 unasked -2 ");
    assert_text(page_of(other, 6, "0", false, 2000), ""); /* that of PILE-3 gave its room back */
    assert_holds(page_of(two, 5, "3", true, 1000), "report variables 5 unasked ");
    assert_text(page_of(other, 6, "1", false, 2000), "");
    assert_text(page_of(other, 6, "2", false, 2000), "");
    assert_holds(page_of(other, 6, "3", true, 10), "report variables 6 unasked 0 pages 4");
}

static void no_more_reports_than_allowed_are_open(void **state)
{
    (void)state;
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(order(i), OCPP_OK);
    }
    assert_int_equal(order(4), OCPP_ERR_LIMIT);
    assert_text(world_hears(world, two), "");
    assert_text(page(4, "0", true), "");
    assert_holds(logged, "PILE-2: a page of report 4 is passed over");
    assert_holds(page(2, "0", true), "report variables 2 0");
    assert_int_equal(order(4), OCPP_OK);
    assert_holds(page(4, "0", true), "report variables 4 0");
}

static void a_host_that_wants_none_gets_none(void **state)
{
    (void)state;
    assert_int_equal(order(1), OCPP_ERR_LIMIT);
    assert_text(page(7, "0", true), "");
}

/* Whoever invents requests fills a few places for a while, and no more. */
static void requests_nobody_made_take_no_more_than_their_places(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_text(page(i, "0", false), "");
    }
    world_pass(world, 5000);
    const char *told = world_told(world);
    int reports = 0;
    for (const char *at = told; (at = strstr(at, "report variables")); at++) {
        reports++;
    }
    assert_int_equal(reports, 3);
    assert_int_equal(order(5000), OCPP_OK);
}

/* --- without end ------------------------------------------------------------------------------------------------------------ */

static void pages_that_are_streamed_cost_nothing_however_many(void **state)
{
    char seq_no[16];

    (void)state;
    assert_int_equal(order(5), OCPP_OK);
    for (int i = 0; i < 2000; i++) {
        snprintf(seq_no, sizeof seq_no, "%d", i);
        assert_holds(page_of(two, 5, seq_no, false, 500), "page variables 5 0");
    }
    assert_text(page_of(two, 5, "2000", true, 1),
                "page variables 5 0 seq 2000 pages 1: C.V Actualrw=x;\nreport variables 5 0 pages 2001:\n");
}

/* Gaps are remembered, so they have a bound, too. */
static void pages_with_gaps_end_at_the_bound(void **state)
{
    char seq_no[16];
    const char *told = "";
    int pages = 0;

    (void)state;
    assert_int_equal(order(5), OCPP_OK);
    for (; pages < 1000 && !strstr(told, "report"); pages++) {
        snprintf(seq_no, sizeof seq_no, "%d", 2 * pages + 1);
        told = page_of(two, 5, seq_no, false, 1);
    }
    assert_true(pages < 1000);
    assert_holds(told, "report variables 5 -2 seq 0+ pages");
}

static void a_report_that_drips_is_waited_for_while_it_does(void **state)
{
    (void)state;
    assert_int_equal(order(5), OCPP_OK);
    for (int i = 0; i < 8; i++) {
        char seq_no[16];
        snprintf(seq_no, sizeof seq_no, "%d", i);
        world_pass(world, 4999);
        assert_text(page(5, seq_no, false), "");
    }
    world_pass(world, 5000);
    assert_holds(world_told(world), "report variables 5 -51 seq 0+ pages 8:");
}

/* --- nonsense --------------------------------------------------------------------------------------------------------------- */

static void pages_that_cannot_be_are_passed_over(void **state)
{
    (void)state;
    assert_text(page(5, "-1", false), "");
    assert_text(page(5, "-1", true), "");
    assert_int_equal(order(5), OCPP_OK);
    assert_text(page(5, "-9007199254740991", true), "");
    assert_text(page(5, "1", true), "");                 /* the last one */
    assert_text(page(5, "9007199254740991", false), ""); /* behind it */
    assert_text(page(5, "2", true), "");
    assert_text(page(5, "0", false), "report variables 5 0 pages 2: C.V Actualrw=x; C.V Actualrw=x;\n");
}

static void the_largest_number_can_be_the_last(void **state)
{
    (void)state;
    assert_int_equal(order(5), OCPP_OK);
    assert_text(page(5, "9007199254740991", true), "");
    assert_text(page(5, "0", false), "");
    world_pass(world, 5000);
    assert_holds(world_told(world), "report variables 5 -51 pages 2:");
}

/* What lies behind the end is none of the report. */
static void an_end_before_what_came_already_cuts_it_off(void **state)
{
    (void)state;
    assert_int_equal(order(5), OCPP_OK);
    assert_text(page(5, "0", false), "");
    assert_text(page(5, "9", false), "");
    assert_text(page(5, "7", false), "");
    assert_text(page(5, "1", true), "report variables 5 0 pages 2: C.V Actualrw=x; C.V Actualrw=x;\n");
    assert_int_equal(order(6), OCPP_OK);
    assert_text(page(6, "9", false), "");
    assert_text(page(6, "0", true), "report variables 6 0 pages 1: C.V Actualrw=x;\n");
    assert_int_equal(order(7), OCPP_OK);
    assert_text(page(7, "9", false), "");
    assert_text(page(7, "2", true), "");
    assert_text(page(7, "8", false), "");
    assert_text(page(7, "1", false), "");
    assert_text(page(7, "0", false), "report variables 7 0 pages 3: C.V Actualrw=x; C.V Actualrw=x; C.V Actualrw=x;\n");
}

static void a_report_without_content_is_a_report(void **state)
{
    (void)state;
    assert_int_equal(order(5), OCPP_OK);
    world_says(world, two, "[2,'p','NotifyReport',{'requestId':5,'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'tbc':true}]");
    world_says(world, two, "[2,'p','NotifyReport',{'requestId':5,'generatedAt':'2026-01-01T00:00:00Z','seqNo':1,'tbc':false}]");
    assert_text(world_told(world), "report variables 5 0 pages 2:\n");
}

static void a_number_of_the_peer_may_be_any(void **state)
{
    (void)state;
    world_says(world, two,
               "[2,'p','NotifyReport',{'requestId':-9007199254740991,'generatedAt':'2026-01-01T00:00:00Z','seqNo':0}]");
    assert_text(world_told(world), "report variables -9007199254740991 unasked 0 pages 1:\n");
}

/* The engine gives no number that is open: here the application took the next one itself. */
static void a_number_of_the_engine_is_none_that_is_open(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, 0, &report_done), OCPP_OK);
    world_hears(world, two);
    const long long id = ordered_id(world);
    answered(world, two, "{'status':'Accepted'}");
    assert_int_equal(order(id + 1), OCPP_OK);
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, 0, &report_done), OCPP_OK);
    world_hears(world, two);
    assert_int_equal(ordered_id(world), id + 2);
}

int main(void)
{
#define SMALL(test)     cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define TIGHT(test)     cmocka_unit_test_setup_teardown(test, set_up_tight, tear_down)
#define STREAMING(test) cmocka_unit_test_setup_teardown(test, set_up_streaming, tear_down)
    const struct CMUnitTest tests[] = {
        TIGHT(a_report_that_grows_too_large_ends_with_what_came),
        SMALL(all_that_are_open_have_one_bound),
        SMALL(no_more_reports_than_allowed_are_open),
        cmocka_unit_test_setup_teardown(a_host_that_wants_none_gets_none, set_up_none, tear_down),
        SMALL(requests_nobody_made_take_no_more_than_their_places),
        STREAMING(pages_that_are_streamed_cost_nothing_however_many),
        STREAMING(pages_with_gaps_end_at_the_bound),
        SMALL(a_report_that_drips_is_waited_for_while_it_does),
        SMALL(pages_that_cannot_be_are_passed_over),
        SMALL(the_largest_number_can_be_the_last),
        SMALL(an_end_before_what_came_already_cuts_it_off),
        SMALL(a_report_without_content_is_a_report),
        SMALL(a_number_of_the_peer_may_be_any),
        SMALL(a_number_of_the_engine_is_none_that_is_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
