/* Tests of the reconciliation report (backend/reconciliation*.c): a provider's list beside our operations and the ledger. */
#include "payment_world.h"

#include <ocpp/settlement/reconciliation.h>

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct payment_world world;
static char found[4000]; /* "kind operation-number line our their;" */
static char list[20000];
static struct ocpp_settle_reconciliation_summary summary;
static int64_t from_utc_ms;

static int setup(void **state)
{
    (void)state;
    payment_world_start(&world, "bank");
    from_utc_ms = world.now.utc_ms - 1000 * 1000;
    found[0] = list[0] = '\0';
    memset(&summary, 0, sizeof summary);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    payment_world_end(&world);
    return 0;
}

static void note(const struct ocpp_settle_finding *finding, void *user)
{
    const size_t size = strlen(found);

    (void)user;
    (void)snprintf(found + size, sizeof found - size, "%s %s%s%s;", ocpp_settle_finding_name(finding->kind), finding->our_kind,
                   finding->their_amount[0] ? " " : "", finding->their_amount);
}

/* A leg of which |minor| was captured. */
static int visit(int64_t minor)
{
    world.bank.mood = BANK_SAYS_OK;
    const int leg = payment_world_hold(&world, 5000);
    payment_world_capture(&world, leg, minor);
    return leg;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct bank_act *)a)->operation, ((const struct bank_act *)b)->operation);
}

/* The bank's list, but for captures of |left_out|; of |changed| (another minor) a cent more. */
static void make_list(int64_t left_out, int64_t changed)
{
    qsort(world.bank.acts, world.bank.count, sizeof *world.bank.acts, by_id);
    for (size_t i = 0; i < world.bank.count; i++) {
        const struct bank_act *act = &world.bank.acts[i];
        const int64_t minor = act->minor + (act->minor == changed);
        const size_t size = strlen(list);

        if (act->happened && act->minor != left_out && (act->kind == OCPP_SETTLE_CAPTURE || act->kind == OCPP_SETTLE_REFUND)) {
            (void)snprintf(list + size, sizeof list - size, "%s,%s,%d.%02d,EUR,anything\n", act->operation,
                           act->kind == OCPP_SETTLE_CAPTURE ? "Capture" : "Refund", (int)(minor / 100), (int)(minor % 100));
        }
    }
}

static struct ocpp_settle_reconciliation *open_report(void)
{
    struct ocpp_settle_reconciliation *report = NULL;
    const struct ocpp_settle_reconciliation_settings settings = { .provider = "bank",
                                                                  .from_utc_ms = from_utc_ms,
                                                                  .to_utc_ms = world.now.utc_ms + 1000 * 1000,
                                                                  .edge_ms = 1000,
                                                                  .found = note };

    assert_int_equal(ocpp_settle_reconciliation_new(world.settle, &settings, &report), OCPP_OK);
    return report;
}

/* Reads the list in pieces of |piece| bytes. */
static enum ocpp_status report_in(size_t piece)
{
    struct ocpp_settle_reconciliation *report = open_report();
    const size_t size = strlen(list);
    enum ocpp_status status = OCPP_OK;

    found[0] = '\0';
    for (size_t at = 0; at < size && status == OCPP_OK; at += piece) {
        status = ocpp_settle_reconciliation_feed(report, list + at, size - at < piece ? size - at : piece);
    }
    if (status == OCPP_OK) {
        status = ocpp_settle_reconciliation_finish(report, &summary);
    }
    ocpp_settle_reconciliation_free(report);
    return status;
}

/* --- what agrees --------------------------------------------------------------------------------------------------------- */

static void a_list_that_agrees_matches_line_by_line_whatever_pieces_it_comes_in(void **state)
{
    (void)state;
    for (int i = 1; i <= 40; i++) {
        const int leg = i <= 15 ? visit(i * 10) : -1;
        if (leg >= 0 && i % 3 == 0) {
            payment_world_refund(&world, leg, i);
        }
    }
    make_list(0, 0);
    for (size_t piece = 1; piece < 200; piece += 7) {
        assert_int_equal(report_in(piece), OCPP_OK);
        assert_string_equal(found, "");
        assert_int_equal(summary.matched, 20);
        assert_int_equal(summary.lines, 20);
        assert_int_equal(summary.total_count, 1);
        assert_string_equal(summary.totals[0].currency, "EUR");
        assert_int_equal(summary.totals[0].theirs_minor, 1200 - 45);
        assert_int_equal(summary.totals[0].ours_minor, 1200 - 45);
        assert_int_equal(summary.totals[0].books_minor, 1200 - 45);
    }
}

static void a_first_line_of_names_other_line_ends_and_no_last_line_end_are_read(void **state)
{
    static const char names[] = "operation,kind,amount,currency\r\n\r\n";

    (void)state;
    (void)visit(100);
    make_list(0, 0);
    memmove(list + sizeof names - 1, list, strlen(list) + 1);
    memcpy(list, names, sizeof names - 1);
    list[strlen(list) - 1] = '\0';
    assert_int_equal(report_in(5), OCPP_OK);
    assert_string_equal(found, "");
    assert_int_equal(summary.matched, 1);
}

static void nothing_on_both_sides_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(report_in(1), OCPP_OK);
    assert_string_equal(found, "");
    assert_int_equal(summary.total_count, 0);
}

/* --- what does not ------------------------------------------------------------------------------------------------------- */

static void what_the_list_has_not_is_missing(void **state)
{
    (void)state;
    payment_world_wait(&world, 10);
    (void)visit(100);
    (void)visit(200);
    (void)visit(300);
    payment_world_wait(&world, 10);
    make_list(200, 0);
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "missing Capture;");
    assert_int_equal(summary.matched, 2);
    assert_int_equal(summary.findings[OCPP_SETTLE_FINDING_MISSING], 1);
    assert_int_equal(summary.totals[0].theirs_minor, 400);
    assert_int_equal(summary.totals[0].ours_minor, 600);
}

static void what_was_done_near_an_end_of_the_period_may_stand_in_the_next_list(void **state)
{
    (void)state;
    from_utc_ms = world.now.utc_ms;
    (void)visit(100);
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "at-edge Capture;");
}

static void what_was_done_outside_of_the_period_is_not_missed_but_matched_where_it_stands(void **state)
{
    (void)state;
    (void)visit(100);
    make_list(0, 0);
    payment_world_wait(&world, 100);
    from_utc_ms = world.now.utc_ms;
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "");
    assert_int_equal(summary.matched, 1);
    list[0] = '\0';
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "");
}

static void what_nobody_asked_for_is_extra(void **state)
{
    (void)state;
    (void)snprintf(list, sizeof list, "00000000000000000000000001,Capture,9.99,EUR\n7ZZZZZZZZZZZZZZZZZZZZZZZZZ,Refund,1,JPY\n");
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "extra  9.99;extra  1;");
    assert_int_equal(summary.totals[0].theirs_minor, 999);
    assert_int_equal(summary.totals[1].theirs_minor, -1);
}

static void another_amount_is_told_with_both(void **state)
{
    (void)state;
    (void)visit(100);
    (void)visit(250);
    make_list(0, 250);
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "amount Capture 2.51;");
    assert_int_equal(summary.totals[0].theirs_minor - summary.totals[0].ours_minor, 1);
}

static void an_amount_that_is_not_written_as_its_currency_demands_is_another_amount(void **state)
{
    char line[200];

    (void)state;
    (void)visit(100);
    make_list(0, 0);
    (void)snprintf(line, sizeof line, "%.26s,Capture,1,EUR\n", list);
    (void)snprintf(list, sizeof list, "%s", line);
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "amount Capture 1;");
}

static void another_currency_or_kind_and_a_line_twice_are_told(void **state)
{
    char line[400];

    (void)state;
    (void)visit(100);
    make_list(0, 0);
    (void)snprintf(line, sizeof line, "%.26s,Capture,1.00,USD\n%.26s,Capture,1.00,EUR\n", list, list);
    (void)snprintf(list, sizeof list, "%s", line);
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "currency Capture 1.00;twice  1.00;");
    (void)snprintf(line, sizeof line, "%.26s,Refund,1.00,EUR\n", list);
    (void)snprintf(list, sizeof list, "%s", line);
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "other-kind Capture 1.00;");
}

static void what_is_not_decided_or_was_declined_here_is_told(void **state)
{
    char line[400], first[27];
    int leg;

    (void)state;
    world.bank.mood = BANK_DECLINES;
    leg = payment_world_hold(&world, 100);
    (void)snprintf(first, sizeof first, "%s", payment_world_last(&world, leg)->id);
    world.bank.mood = BANK_LOSES_ANSWER;
    leg = payment_world_hold(&world, 200);
    const char *second = payment_world_last(&world, leg)->id;
    const bool in_order = strcmp(first, second) < 0;
    (void)snprintf(line, sizeof line, "%s,Authorize,%s,EUR\n%s,Authorize,%s,EUR\n", in_order ? first : second,
                   in_order ? "1.00" : "2.00", in_order ? second : first, in_order ? "2.00" : "1.00");
    (void)snprintf(list, sizeof list, "%s", line);
    assert_int_equal(report_in(64), OCPP_OK);
    assert_int_equal(summary.findings[OCPP_SETTLE_FINDING_DECLINED], 1);
    assert_int_equal(summary.findings[OCPP_SETTLE_FINDING_UNDECIDED], 1);
    payment_world_wait(&world, 60);
    (void)bank_deliver(&world, 0);
}

static void lines_that_are_none_are_told_and_passed_over(void **state)
{
    (void)state;
    (void)snprintf(list, sizeof list,
                   "x\nhello,Capture,1.00,EUR\n00000000000000000000000001,Steal,1.00,EUR\n%0600d\n"
                   "00000000000000000000000001,Capture,1.00,EUR\n",
                   1);
    assert_int_equal(report_in(64), OCPP_OK);
    assert_int_equal(summary.findings[OCPP_SETTLE_FINDING_UNREADABLE], 4);
    assert_int_equal(summary.findings[OCPP_SETTLE_FINDING_EXTRA], 1);
    assert_int_equal(summary.lines, 5);
}

static void a_list_out_of_order_is_refused(void **state)
{
    struct ocpp_settle_reconciliation *report;

    (void)state;
    (void)snprintf(list, sizeof list,
                   "00000000000000000000000002,Capture,1.00,EUR\n00000000000000000000000001,Capture,1.00,EUR\n");
    assert_int_equal(report_in(64), OCPP_ERR_VALUE);
    report = open_report();
    assert_int_equal(ocpp_settle_reconciliation_feed(report, list, strlen(list)), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_settle_reconciliation_feed(report, "x\n", 2), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_settle_reconciliation_finish(report, &summary), OCPP_ERR_VALUE);
    ocpp_settle_reconciliation_free(report);
}

static void more_currencies_than_can_be_added_up_are_refused(void **state)
{
    size_t size = 0;

    (void)state;
    for (size_t i = 0; i < 17; i++) {
        const struct ocpp_settle_currency *currency = ocpp_settle_currency_at(i);
        const char *amount = currency->exponent == 2 ? "1.00" : currency->exponent == 0 ? "1" : "1.000";

        size += (size_t)snprintf(list + size, sizeof list - size, "%026d,Capture,%s,%s\n", (int)i, amount, currency->code);
    }
    assert_int_equal(report_in(64), OCPP_ERR_LIMIT);
}

/* Somebody changed an operation behind the backend's back: the ledger does not agree. */
static void spoil(struct command *command, void *args)
{
    const char *key = command_key(command, "operation", args, NULL);
    struct row_operation *operation = command_edit(command, key, &row_operation_type);

    operation->amount_minor += 7;
    command_put(command, key, &row_operation_type, operation);
}

static void books_that_moved_another_sum_than_the_operations_are_told(void **state)
{
    char id[27];

    (void)state;
    const int leg = visit(100);
    (void)snprintf(id, sizeof id, "%s", payment_world_last(&world, leg)->id);
    assert_int_equal(command_run(world.settle, "spoil", spoil, id, NULL), OCPP_OK);
    make_list(0, 0);
    assert_int_equal(report_in(64), OCPP_OK);
    assert_string_equal(found, "amount Capture 1.00;books ;");
    assert_int_equal(summary.totals[0].ours_minor, 107);
    assert_int_equal(summary.totals[0].books_minor, 100);
}

static int gaps;

static bool next_gap(struct ocpp_settle_bill_gap *gap, void *user)
{
    (void)user;
    *gap = (struct ocpp_settle_bill_gap){ "PILE", 3, 5 };
    return gaps-- > 0;
}

static void gaps_of_bills_are_told_by_whoever_knows_them(void **state)
{
    struct ocpp_settle_reconciliation *report = NULL;
    const struct ocpp_settle_reconciliation_settings settings = {
        .provider = "bank", .from_utc_ms = 0, .to_utc_ms = 1, .found = note, .next_bill_gap = next_gap
    };

    (void)state;
    gaps = 2;
    assert_int_equal(ocpp_settle_reconciliation_new(world.settle, &settings, &report), OCPP_OK);
    assert_int_equal(ocpp_settle_reconciliation_finish(report, &summary), OCPP_OK);
    ocpp_settle_reconciliation_free(report);
    assert_int_equal(summary.findings[OCPP_SETTLE_FINDING_BILL_GAP], 2);
}

static void settings_that_make_no_sense_are_refused(void **state)
{
    struct ocpp_settle_reconciliation *report = NULL;
    const struct ocpp_settle_reconciliation_settings bad[] = {
        { .provider = "bank", .from_utc_ms = 5, .to_utc_ms = 5, .found = note },
        { .provider = "", .from_utc_ms = 5, .to_utc_ms = 6, .found = note },
        { .provider = "bank", .from_utc_ms = 5, .to_utc_ms = 6 },
        { .provider = "bank", .from_utc_ms = 5, .to_utc_ms = 6, .edge_ms = -1, .found = note },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(ocpp_settle_reconciliation_new(world.settle, &bad[i], &report), OCPP_ERR_ARGUMENT);
    }
    ocpp_settle_reconciliation_free(NULL);
    assert_string_equal(ocpp_settle_finding_name((enum ocpp_settle_finding_kind)99), "?");
}

static void missing_memory_is_told_and_nothing_leaks(void **state)
{
    bool has_failed = true;

    (void)state;
    (void)visit(100);
    make_list(0, 0);
    const struct ocpp_settle_reconciliation_settings settings = {
        .provider = "bank", .from_utc_ms = from_utc_ms, .to_utc_ms = world.now.utc_ms + 1000000, .found = note
    };
    for (size_t n = 1; has_failed; n++) {
        struct ocpp_settle_reconciliation *report = NULL;

        world.memory.fail_at = world.memory.calls + n;
        enum ocpp_status status = ocpp_settle_reconciliation_new(world.settle, &settings, &report);
        if (status == OCPP_OK) {
            status = ocpp_settle_reconciliation_feed(report, list, strlen(list));
            const enum ocpp_status end = ocpp_settle_reconciliation_finish(report, &summary);
            status = status == OCPP_OK ? end : status;
            ocpp_settle_reconciliation_free(report);
        }
        has_failed = world.memory.calls >= world.memory.fail_at;
        assert_int_equal(status, has_failed ? OCPP_ERR_NOMEM : OCPP_OK);
    }
    world.memory.fail_at = 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_list_that_agrees_matches_line_by_line_whatever_pieces_it_comes_in),
        TEST(a_first_line_of_names_other_line_ends_and_no_last_line_end_are_read),
        TEST(nothing_on_both_sides_is_nothing),
        TEST(what_the_list_has_not_is_missing),
        TEST(what_was_done_near_an_end_of_the_period_may_stand_in_the_next_list),
        TEST(what_was_done_outside_of_the_period_is_not_missed_but_matched_where_it_stands),
        TEST(what_nobody_asked_for_is_extra),
        TEST(another_amount_is_told_with_both),
        TEST(an_amount_that_is_not_written_as_its_currency_demands_is_another_amount),
        TEST(another_currency_or_kind_and_a_line_twice_are_told),
        TEST(what_is_not_decided_or_was_declined_here_is_told),
        TEST(lines_that_are_none_are_told_and_passed_over),
        TEST(a_list_out_of_order_is_refused),
        TEST(more_currencies_than_can_be_added_up_are_refused),
        TEST(books_that_moved_another_sum_than_the_operations_are_told),
        TEST(gaps_of_bills_are_told_by_whoever_knows_them),
        TEST(settings_that_make_no_sense_are_refused),
        TEST(missing_memory_is_told_and_nothing_leaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
