/* test_settle_postings.c: what each event moves, to the unit; the page that tells it; amounts and names that cannot be. */
#include "unit.h"

#include "postings.h"

#include <stdio.h>
#include <string.h>

static const char *lines_text(const struct posting_lines *lines, char text[1024])
{
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < lines->count; i++) {
        length += (size_t)snprintf(text + length, 1024 - length, "%s %d;", lines->items[i].account, (int)lines->items[i].minor);
    }
    return text;
}

static void assert_posting(struct posting posting, const char *expected)
{
    struct posting_lines lines;
    char text[1024];

    posting.currency = "EUR";
    posting.order = "O";
    posting.leg = "L";
    posting.provider = "card";
    assert_int_equal(posting_make(&posting, "op", &lines), OCPP_OK);
    assert_string_equal(lines_text(&lines, text), expected);
}

/* --- what moves ---------------------------------------------------------------------------------------------------- */

static void a_card_promises_then_pays(void **state)
{
    (void)state;
    assert_posting((struct posting){ .event = POSTING_HOLD, .amount_minor = 80 }, "authorized:card -80;hold:L 80;");
    assert_posting((struct posting){ .event = POSTING_RELEASE, .amount_minor = 80 }, "hold:L -80;authorized:card 80;");
    assert_posting((struct posting){ .event = POSTING_CAPTURE, .amount_minor = 10, .rest_minor = 70 },
                   "hold:L -80;authorized:card 80;clearing:card -10;receivable:O 10;");
    assert_posting((struct posting){ .event = POSTING_CAPTURE, .amount_minor = 80 },
                   "hold:L -80;authorized:card 80;clearing:card -80;receivable:O 80;");
    assert_posting((struct posting){ .event = POSTING_CAPTURE_EARLY, .amount_minor = 10, .rest_minor = 70 },
                   "hold:L -80;authorized:card 80;clearing:card -10;deposit:O 10;");
    assert_posting((struct posting){ .event = POSTING_REFUND, .amount_minor = 3 }, "receivable:O -3;clearing:card 3;");
}

static void a_wallet_sets_aside_then_pays(void **state)
{
    (void)state;
    assert_posting((struct posting){ .event = POSTING_HOLD, .amount_minor = 80, .wallet = "u" }, "wallet:u -80;hold:L 80;");
    assert_posting((struct posting){ .event = POSTING_CAPTURE, .amount_minor = 10, .rest_minor = 70, .wallet = "u" },
                   "hold:L -80;wallet:u 70;receivable:O 10;");
    assert_posting((struct posting){ .event = POSTING_CAPTURE, .amount_minor = 80, .wallet = "u" },
                   "hold:L -80;receivable:O 80;");
    assert_posting((struct posting){ .event = POSTING_REFUND, .amount_minor = 3, .wallet = "u" }, "receivable:O -3;wallet:u 3;");
    assert_posting((struct posting){ .event = POSTING_TOP_UP, .amount_minor = 5, .wallet = "u" }, "clearing:card -5;wallet:u 5;");
    assert_posting((struct posting){ .event = POSTING_PAY_OUT, .amount_minor = 5, .wallet = "u" },
                   "wallet:u -5;clearing:card 5;");
}

static void money_that_came_early_or_from_nowhere_has_its_place(void **state)
{
    (void)state;
    assert_posting((struct posting){ .event = POSTING_USE_DEPOSIT, .amount_minor = 9 }, "deposit:O -9;receivable:O 9;");
    assert_posting((struct posting){ .event = POSTING_RETURN_DEPOSIT, .amount_minor = 9 }, "deposit:O -9;clearing:card 9;");
    assert_posting((struct posting){ .event = POSTING_CHARGEBACK, .amount_minor = 9 }, "receivable:O -9;clearing:card 9;");
    assert_posting((struct posting){ .event = POSTING_WRITE_OFF, .amount_minor = 9 }, "loss:op -9;receivable:O 9;");
    assert_posting((struct posting){ .event = POSTING_WRITE_OFF_LESS, .amount_minor = 9 }, "receivable:O -9;loss:op 9;");
    assert_posting((struct posting){ .event = POSTING_WRITE_OFF, .amount_minor = 9, .party = "landlord" },
                   "loss:landlord -9;receivable:O 9;");
    assert_posting((struct posting){ .event = POSTING_SETTLED, .amount_minor = 9 }, "bank:op -9;clearing:card 9;");
    assert_posting((struct posting){ .event = POSTING_FEE, .amount_minor = 1 }, "fees:card -1;clearing:card 1;");
    assert_posting((struct posting){ .event = POSTING_UNKNOWN_MONEY, .amount_minor = 9 }, "clearing:card -9;suspense:card 9;");
    assert_posting((struct posting){ .event = POSTING_UNKNOWN_GIVEN_BACK, .amount_minor = 9 },
                   "suspense:card -9;clearing:card 9;");
    assert_posting((struct posting){ .event = POSTING_UNKNOWN_FOUND, .amount_minor = 9 }, "suspense:card -9;receivable:O 9;");
}

static void nothing_moves_nothing(void **state)
{
    (void)state;
    for (int event = 0; event < POSTING_EVENT_COUNT; event++) {
        if (event != POSTING_BILL) {
            assert_posting((struct posting){ .event = (enum posting_event)event, .wallet = "u" }, "");
        }
    }
}

/* I1. */
static void every_event_debits_what_it_credits(void **state)
{
    (void)state;
    for (int event = 0; event < POSTING_EVENT_COUNT; event++) {
        for (int wallet = 0; wallet < 2 && event != POSTING_BILL; wallet++) {
            struct posting_lines lines;
            struct posting posting = {
                .event = (enum posting_event)event, .currency = "EUR", .amount_minor = 123, .rest_minor = 45
            };
            int64_t sum = 0;

            posting.order = "O";
            posting.leg = "L";
            posting.statement = "S";
            posting.provider = "card";
            posting.wallet = wallet || event == POSTING_TOP_UP || event == POSTING_PAY_OUT ? "u" : NULL;
            assert_int_equal(posting_make(&posting, "op", &lines), OCPP_OK);
            for (size_t i = 0; i < lines.count; i++) {
                sum += lines.items[i].minor;
            }
            assert_true(lines.count >= 2);
            assert_int_equal(sum, 0);
        }
    }
}

/* --- bills --------------------------------------------------------------------------------------------------------- */

static const struct ocpp_settle_line_tax vat[] = { { .name = "VAT", .tax_minor = 160 }, { .name = "city levy", .tax_minor = 5 } };
static const struct ocpp_settle_bill_line one_line[] = {
    { .kind = OCPP_SETTLE_LINE_KIND_ENERGY, .net_minor = 840, .tax_minor = 165, .gross_minor = 1005, .taxes = { vat, 2 } },
};

static struct ocpp_settle_bill bill_of(const struct ocpp_settle_bill_line *lines, size_t count, int64_t gross)
{
    return (struct ocpp_settle_bill){ .currency = "EUR", .lines = { lines, count }, .gross_minor = gross };
}

static const struct posting bill_posting = { .event = POSTING_BILL, .currency = "EUR", .order = "O" };

static void a_bill_is_owed_by_the_payer_and_earned_or_owed_to_the_state(void **state)
{
    const struct ocpp_settle_bill bill = bill_of(one_line, 1, 1005);
    struct posting_lines lines;
    char text[1024];

    (void)state;
    assert_int_equal(posting_make_bill(&bill_posting, &bill, NULL, "op", &lines), OCPP_OK);
    assert_string_equal(lines_text(&lines, text), "receivable:O -1005;revenue:op 840;tax:VAT 160;tax:city~20levy 5;");
}

static void a_second_bill_posts_what_is_different(void **state)
{
    static const struct ocpp_settle_bill_line less[] = { { .net_minor = 800, .taxes = { vat, 1 } }, { .net_minor = -100 } };
    const struct ocpp_settle_bill before = bill_of(one_line, 1, 1005);
    const struct ocpp_settle_bill after = bill_of(less, 2, 860);
    struct posting_lines lines;
    char text[1024];

    (void)state;
    assert_int_equal(posting_make_bill(&bill_posting, &after, &before, "op", &lines), OCPP_OK);
    assert_string_equal(lines_text(&lines, text), "receivable:O 145;revenue:op -140;tax:city~20levy -5;");
    assert_int_equal(posting_make_bill(&bill_posting, &before, &before, "op", &lines), OCPP_OK);
    assert_int_equal(lines.count, 0);
}

static void what_rounding_cannot_explain_is_refused(void **state)
{
    struct posting_lines lines;
    char text[1024];
    struct ocpp_settle_bill bill = bill_of(one_line, 1, 1006);

    (void)state;
    assert_int_equal(posting_make_bill(&bill_posting, &bill, NULL, "op", &lines), OCPP_OK);
    assert_string_equal(lines_text(&lines, text),
                        "receivable:O -1006;revenue:op 840;tax:VAT 160;tax:city~20levy 5;rounding:EUR 1;");
    bill.gross_minor = 1005 + 10;
    assert_int_equal(posting_make_bill(&bill_posting, &bill, NULL, "op", &lines), OCPP_ERR_VALUE);
    bill.gross_minor = 1005 - 10;
    assert_int_equal(posting_make_bill(&bill_posting, &bill, NULL, "op", &lines), OCPP_ERR_VALUE);
    bill.gross_minor = INT64_MAX;
    assert_int_equal(posting_make_bill(&bill_posting, &bill, NULL, "op", &lines), OCPP_ERR_RANGE);
    bill.gross_minor = 1005;
    bill.currency = "SEK";
    assert_int_equal(posting_make_bill(&bill_posting, &bill, NULL, "op", &lines), OCPP_ERR_VALUE);
}

static void more_taxes_than_a_posting_has_lines_are_refused(void **state)
{
    static char names[POSTING_LINES][4];
    static struct ocpp_settle_line_tax taxes[POSTING_LINES];
    static struct ocpp_settle_bill_line many[POSTING_LINES];
    struct posting_lines lines;

    (void)state;
    for (unsigned i = 0; i < POSTING_LINES; i++) {
        (void)snprintf(names[i], sizeof names[i], "t%u", i);
        taxes[i] = (struct ocpp_settle_line_tax){ .name = names[i], .tax_minor = 1 };
        many[i] = (struct ocpp_settle_bill_line){ .net_minor = 1, .taxes = { &taxes[i], 1 } };
    }
    struct ocpp_settle_bill bill = bill_of(many, POSTING_LINES - 2, 2 * (POSTING_LINES - 2));
    assert_int_equal(posting_make_bill(&bill_posting, &bill, NULL, "op", &lines), OCPP_OK);
    assert_int_equal(lines.count, POSTING_LINES);
    bill = bill_of(many, POSTING_LINES - 1, 2 * (POSTING_LINES - 1));
    assert_int_equal(posting_make_bill(&bill_posting, &bill, NULL, "op", &lines), OCPP_ERR_TOO_MANY);
}

/* --- what cannot be ------------------------------------------------------------------------------------------------ */

static void amounts_that_cannot_be_are_refused(void **state)
{
    static const struct {
        int64_t amount;
        int64_t rest;
    } wrong[] = { { -1, 0 },        { 1, -1 },        { OCPP_SETTLE_MOST_MINOR + 1, 0 }, { 1, OCPP_SETTLE_MOST_MINOR + 1 },
                  { INT64_MAX, 0 }, { INT64_MIN, 0 }, { OCPP_SETTLE_MOST_MINOR, 1 } };
    struct posting_lines lines;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct posting posting = { .event = POSTING_CAPTURE,
                                         .currency = "EUR",
                                         .order = "O",
                                         .leg = "L",
                                         .provider = "p",
                                         .amount_minor = wrong[i].amount,
                                         .rest_minor = wrong[i].rest };

        assert_int_equal(posting_make(&posting, "op", &lines), OCPP_ERR_RANGE);
    }
    const struct posting bill = { .event = POSTING_BILL, .currency = "EUR", .amount_minor = 1 };
    assert_int_equal(posting_make(&bill, "op", &lines), OCPP_ERR_ARGUMENT);
}

static void an_account_without_a_name_or_with_one_too_long_is_refused(void **state)
{
    char name[ACCOUNT_SIZE];
    char subject[ACCOUNT_SIZE];
    struct posting_lines lines;
    const struct posting nobody = { .event = POSTING_HOLD, .currency = "EUR", .provider = "p", .amount_minor = 1 };

    (void)state;
    assert_int_equal(posting_make(&nobody, "op", &lines), OCPP_ERR_LENGTH);
    assert_int_equal(account_name(ACCOUNT_WALLET, "", name), OCPP_ERR_LENGTH);
    assert_int_equal(account_name(ACCOUNT_WALLET, "a/b%c~\xc3\xa9 1", name), OCPP_OK);
    assert_string_equal(name, "wallet:a~2Fb~25c~7E~C3~A9~201");
    memset(subject, 's', sizeof subject);
    subject[113] = '\0';
    assert_int_equal(account_name(ACCOUNT_WALLET, subject, name), OCPP_OK);
    assert_int_equal(strlen(name), ACCOUNT_SIZE - 1);
    subject[112] = '/';
    assert_int_equal(account_name(ACCOUNT_WALLET, subject, name), OCPP_ERR_LENGTH);
    subject[112] = subject[113] = 's';
    subject[114] = '\0';
    assert_int_equal(account_name(ACCOUNT_WALLET, subject, name), OCPP_ERR_LENGTH);
}

/* --- records ------------------------------------------------------------------------------------------------------- */

static void a_record_has_its_debits_first_and_can_be_written(void **state)
{
    struct posting_lines lines;
    struct row_posting record;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    const struct posting posting = { .event = POSTING_CAPTURE,
                                     .currency = "EUR",
                                     .order = "O",
                                     .leg = "L",
                                     .provider = "card",
                                     .amount_minor = 10,
                                     .rest_minor = 70,
                                     .reason = "sealed" };
    const char *text;
    size_t size;

    (void)state;
    assert_int_equal(posting_make(&posting, "op", &lines), OCPP_OK);
    assert_int_equal(posting_record(&posting, &lines, "ID", "op", arena, &record), OCPP_OK);
    assert_int_equal(ocpp_message_encode(&row_posting_type, &record, arena, &text, &size, NULL), OCPP_OK);
    assert_string_equal(text, "{\"id\":\"ID\",\"operator\":\"op\",\"event\":\"capture\",\"currency\":\"EUR\",\"order\":\"O\","
                              "\"leg\":\"L\",\"reason\":\"sealed\",\"lines\":[{\"account\":\"hold:L\",\"debitMinor\":80},"
                              "{\"account\":\"clearing:card\",\"debitMinor\":10},{\"account\":\"authorized:card\","
                              "\"creditMinor\":80},{\"account\":\"receivable:O\",\"creditMinor\":10}]}");
    lines.items[0].minor--;
    assert_int_equal(posting_record(&posting, &lines, "ID", "op", arena, &record), OCPP_ERR_VALUE);
    ocpp_arena_free(arena);
}

static void a_record_without_memory_is_none(void **state)
{
    struct posting_lines lines;
    struct row_posting record;
    const struct posting posting = { .event = POSTING_HOLD, .currency = "EUR", .leg = "L", .provider = "p", .amount_minor = 1 };

    (void)state;
    assert_int_equal(posting_make(&posting, "op", &lines), OCPP_OK);
    for (size_t limit = 1; limit < 2000; limit += 7) {
        struct ocpp_arena *arena = ocpp_arena_new(NULL, limit);
        const enum ocpp_status status = posting_record(&posting, &lines, "ID", "op", arena, &record);

        assert_true(status == OCPP_ERR_NOMEM || status == OCPP_OK);
        ocpp_arena_free(arena);
    }
}

/* --- the page ------------------------------------------------------------------------------------------------------ */

static const char *word(enum account_kind kind)
{
    return kind == ACCOUNT_SOURCE   ? "source"
           : kind == ACCOUNT_MONEY  ? "money"
           : kind == ACCOUNT_STATED ? "stated"
                                    : account_kind_names[kind];
}

static void row_of(const struct posting_rule *rule, char row[512])
{
    size_t length = (size_t)snprintf(row, 512, "| `%s` | ", rule->name);

    if (rule->steps[0].debit == ACCOUNT_NONE) {
        length += (size_t)snprintf(row + length, 512 - length, "by the bill");
    }
    for (int i = 0; i < POSTING_STEPS && rule->steps[i].debit != ACCOUNT_NONE; i++) {
        const struct posting_step *step = &rule->steps[i];

        length += (size_t)snprintf(row + length, 512 - length, "%s%s%s \xe2\x86\x92 %s", i > 0 ? ", " : "",
                                   step->amount == POSTING_REST ? "rest: " : "", word(step->debit), word(step->credit));
    }
    (void)snprintf(row + length, 512 - length, " | %s |\n", rule->why);
}

static void the_page_shows_the_table(void **state)
{
    static char page[65536];
    FILE *file = fopen("docs/ledger.md", "rb");

    (void)state;
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    (void)fclose(file);
    for (int event = 0; event < POSTING_EVENT_COUNT; event++) {
        char row[512];

        row_of(&posting_rules[event], row);
        if (strstr(page, row) == NULL) {
            fail_msg("docs/ledger.md lacks: %s", row);
        }
    }
    for (int kind = 1; kind < ACCOUNT_KIND_COUNT; kind++) {
        char begin[64];

        (void)snprintf(begin, sizeof begin, "| `%s:", account_kind_names[kind]);
        assert_non_null(strstr(page, begin));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_promises_then_pays),
        cmocka_unit_test(a_wallet_sets_aside_then_pays),
        cmocka_unit_test(money_that_came_early_or_from_nowhere_has_its_place),
        cmocka_unit_test(nothing_moves_nothing),
        cmocka_unit_test(every_event_debits_what_it_credits),
        cmocka_unit_test(a_bill_is_owed_by_the_payer_and_earned_or_owed_to_the_state),
        cmocka_unit_test(a_second_bill_posts_what_is_different),
        cmocka_unit_test(what_rounding_cannot_explain_is_refused),
        cmocka_unit_test(more_taxes_than_a_posting_has_lines_are_refused),
        cmocka_unit_test(amounts_that_cannot_be_are_refused),
        cmocka_unit_test(an_account_without_a_name_or_with_one_too_long_is_refused),
        cmocka_unit_test(a_record_has_its_debits_first_and_can_be_written),
        cmocka_unit_test(a_record_without_memory_is_none),
        cmocka_unit_test(the_page_shows_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
