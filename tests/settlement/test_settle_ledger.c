/* test_settle_ledger.c: postings within commands, and the books as a program beside the backend reads them. */
#include "ledger_post.h"
#include "settle_checker.h"
#include "settle_frame.h"
#include "unit.h"

#include "allocator.h"

#include <ocpp/settlement/ledger.h>

#include <stdio.h>
#include <string.h>

static struct frame frame;
static struct settle_checker *checker;

static int start(void **state)
{
    (void)state;
    frame_start(&frame, NULL);
    checker = settle_checker_new(&frame.settings.store, &frame.keys.contract);
    return 0;
}

static int end(void **state)
{
    (void)state;
    settle_checker_free(checker);
    frame_end(&frame);
    return 0;
}

static void assert_invariants(void)
{
    const char *broken = settle_checker_run(checker);

    broken = broken != NULL ? broken : settle_checker_run_in_full(checker);
    if (broken != NULL) {
        fail_msg("%s", broken);
    }
}

static void post_one(struct command *command, void *args)
{
    ledger_post(command, args);
}

static enum ocpp_status post(enum posting_event event, int64_t amount_minor, int64_t rest_minor)
{
    struct posting posting = { .event = event,
                               .currency = "EUR",
                               .amount_minor = amount_minor,
                               .rest_minor = rest_minor,
                               .order = "O",
                               .leg = "L",
                               .provider = "card" };

    return command_run(frame.settle, "post", post_one, &posting, NULL);
}

static enum ocpp_status post_wallet(enum posting_event event, int64_t amount_minor, const char *user)
{
    struct posting posting = {
        .event = event, .currency = "EUR", .amount_minor = amount_minor, .provider = "bank", .leg = "W", .wallet = user
    };

    return command_run(frame.settle, "post", post_one, &posting, NULL);
}

static int64_t balance_of(const char *account)
{
    int64_t minor = 4711;

    assert_int_equal(ocpp_settle_account_balance(&frame.settings.store, "op", "EUR", account, &minor), OCPP_OK);
    return minor;
}

/* --- posting ------------------------------------------------------------------------------------------------------- */

static void a_posting_is_one_entry_and_the_balances_beside_it(void **state)
{
    (void)state;
    assert_int_equal(post(POSTING_HOLD, 80, 0), OCPP_OK);
    assert_int_equal(frame_entries(&frame, "post"), 1);
    assert_string_equal(frame_row(&frame, "balance/EUR/hold:L"), "{\"minor\":80,\"entries\":1}");
    assert_int_equal(post(POSTING_CAPTURE, 30, 50), OCPP_OK);
    assert_int_equal(frame_entries(&frame, "post"), 2);
    assert_int_equal(balance_of("hold:L"), 0);
    assert_int_equal(balance_of("authorized:card"), 0);
    assert_int_equal(balance_of("clearing:card"), -30);
    assert_int_equal(balance_of("receivable:O"), 30);
    assert_int_equal(balance_of("revenue:op"), 0);
    assert_invariants();
}

static void an_amount_of_nothing_posts_nothing(void **state)
{
    (void)state;
    assert_int_equal(post(POSTING_HOLD, 0, 0), OCPP_OK);
    assert_int_equal(frame_entries(&frame, NULL), 0);
    assert_invariants();
}

/* I6. A balance that would go beyond what an amount may be, and amounts that cannot be. */
static void what_cannot_be_posted_changes_nothing(void **state)
{
    static const struct {
        int64_t amount;
        int64_t rest;
    } wrong[] = { { -1, 0 }, { 1, -5 }, { INT64_MAX, 0 }, { OCPP_SETTLE_MOST_MINOR + 1, 0 } };

    (void)state;
    assert_int_equal(post(POSTING_HOLD, OCPP_SETTLE_MOST_MINOR, 0), OCPP_OK);
    assert_invariants();
    assert_int_equal(post(POSTING_HOLD, 1, 0), OCPP_ERR_RANGE);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(post(POSTING_CAPTURE, wrong[i].amount, wrong[i].rest), OCPP_ERR_RANGE);
    }
    assert_int_equal(post_wallet(POSTING_TOP_UP, 1, ""), OCPP_ERR_LENGTH);
    assert_null(settle_checker_refused(checker));
    assert_int_equal(balance_of("hold:L"), OCPP_SETTLE_MOST_MINOR);
}

static void look_twice(struct command *command, void *args)
{
    struct posting posting = { .event = POSTING_TOP_UP, .currency = "EUR", .amount_minor = 5, .provider = "p", .wallet = args };

    assert_int_equal(ledger_balance(command, "EUR", ACCOUNT_WALLET, args), 0);
    ledger_post(command, &posting);
    assert_int_equal(ledger_balance(command, "EUR", ACCOUNT_WALLET, args), 5);
    assert_int_equal(ledger_balance(command, "SEK", ACCOUNT_WALLET, args), 0);
    ledger_post(command, &posting);
    assert_int_equal(ledger_balance(command, "EUR", ACCOUNT_WALLET, args), 10);
}

static void a_command_sees_its_own_postings(void **state)
{
    char name[] = "DE*8AA/1";

    (void)state;
    assert_int_equal(command_run(frame.settle, "look", look_twice, name, NULL), OCPP_OK);
    assert_int_equal(balance_of("wallet:DE*8AA~2F1"), 10);
    assert_invariants();
}

static void post_a_bill(struct command *command, void *args)
{
    static const struct ocpp_settle_line_tax vat = { .name = "VAT", .tax_minor = 19 };
    static const struct ocpp_settle_bill_line line = {
        .net_minor = 100, .tax_minor = 19, .gross_minor = 119, .taxes = { &vat, 1 }
    };
    const struct ocpp_settle_bill bill = { .currency = "EUR", .lines = { &line, 1 }, .gross_minor = 119 };
    const struct posting posting = { .event = POSTING_BILL, .currency = "EUR", .order = "O", .party = args };

    ledger_post_bill(command, &posting, &bill, NULL);
}

static void a_bill_is_posted_to_its_party(void **state)
{
    char landlord[] = "landlord";

    (void)state;
    assert_int_equal(command_run(frame.settle, "bill", post_a_bill, landlord, NULL), OCPP_OK);
    assert_int_equal(balance_of("receivable:O"), -119);
    assert_int_equal(balance_of("revenue:landlord"), 100);
    assert_int_equal(balance_of("tax:VAT"), 19);
    assert_invariants();
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

struct text {
    char text[2048];
    size_t length;
    unsigned left; /* 0: no end */
};

static bool note_account(const struct ocpp_settle_account *account, void *user)
{
    struct text *to = user;

    to->length += (size_t)snprintf(to->text + to->length, sizeof to->text - to->length, "%s %s %d/%d;", account->currency,
                                   account->name, (int)account->balance_minor, (int)account->entries);
    return to->left == 0 || --to->left > 0;
}

static bool note_line(const struct ocpp_settle_statement_line *line, void *user)
{
    struct text *to = user;

    to->length += (size_t)snprintf(to->text + to->length, sizeof to->text - to->length, "%d %s %d;", (int)line->number,
                                   line->event, (int)line->minor);
    return to->left == 0 || --to->left > 0;
}

static void some_days(void)
{
    assert_int_equal(post_wallet(POSTING_TOP_UP, 500, "u"), OCPP_OK);
    assert_int_equal(post_wallet(POSTING_HOLD, 80, "u"), OCPP_OK);
    assert_int_equal(post(POSTING_HOLD, 40, 0), OCPP_OK);
    assert_int_equal(post_wallet(POSTING_RELEASE, 80, "u"), OCPP_OK);
    assert_int_equal(post_wallet(POSTING_PAY_OUT, 500, "u"), OCPP_OK);
}

static void accounts_are_shown_by_currency_and_name(void **state)
{
    struct text all = { .length = 0 };
    struct text holds = { .length = 0 };
    struct text one = { .left = 1 };

    (void)state;
    some_days();
    assert_int_equal(ocpp_settle_accounts(&frame.settings.store, "op", NULL, note_account, &all), OCPP_OK);
    assert_string_equal(all.text, "EUR authorized:card -40/1;EUR clearing:bank 0/2;EUR hold:L 40/1;EUR hold:W 0/2;"
                                  "EUR wallet:u 0/4;");
    assert_int_equal(ocpp_settle_accounts(&frame.settings.store, "op", "hold:", note_account, &holds), OCPP_OK);
    assert_string_equal(holds.text, "EUR hold:L 40/1;EUR hold:W 0/2;");
    assert_int_equal(ocpp_settle_accounts(&frame.settings.store, "op", NULL, note_account, &one), OCPP_OK);
    assert_string_equal(one.text, "EUR authorized:card -40/1;");
    one.text[0] = '\0';
    assert_int_equal(ocpp_settle_accounts(&frame.settings.store, "other", NULL, note_account, &one), OCPP_OK);
    assert_string_equal(one.text, "");
}

static void a_trial_balance_has_two_equal_sides(void **state)
{
    struct ocpp_settle_trial_balance balance;

    (void)state;
    some_days();
    assert_int_equal(ocpp_settle_trial_balance(&frame.settings.store, "op", "EUR", &balance), OCPP_OK);
    assert_int_equal(balance.debit_minor, 40);
    assert_int_equal(balance.credit_minor, 40);
    assert_int_equal(balance.accounts, 5);
    assert_int_equal(ocpp_settle_trial_balance(&frame.settings.store, "op", "SEK", &balance), OCPP_OK);
    assert_int_equal(balance.accounts, 0);
}

static void a_statement_shows_what_was_posted_to_an_account(void **state)
{
    struct text all = { .length = 0 };
    struct text later = { .left = 1 };

    (void)state;
    some_days();
    assert_int_equal(ocpp_settle_statement(&frame.settings.store, NULL, "op", "EUR", "wallet:u", 1, note_line, &all), OCPP_OK);
    assert_string_equal(all.text, "1 top-up 500;2 hold -80;4 release 80;5 pay-out -500;");
    assert_int_equal(ocpp_settle_statement(&frame.settings.store, NULL, "op", "EUR", "wallet:u", 2, note_line, &later), OCPP_OK);
    assert_string_equal(later.text, "2 hold -80;");
    later.text[0] = '\0';
    assert_int_equal(ocpp_settle_statement(&frame.settings.store, NULL, "op", "SEK", "wallet:u", 1, note_line, &later), OCPP_OK);
    assert_int_equal(ocpp_settle_statement(&frame.settings.store, NULL, "o", "EUR", "wallet:u", 1, note_line, &later), OCPP_OK);
    assert_string_equal(later.text, "");
}

static void names_that_nobody_has_are_refused(void **state)
{
    static const char *const wrong[] = { "", "a/b", "a%b", "a b", "\xc3\xa9", "12345678901234567890123456789012345678901" };
    struct ocpp_settle_trial_balance trial;
    int64_t minor = 17;
    const struct ocpp_settle_store *store = &frame.settings.store;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct text none = { .length = 0 };

        assert_int_equal(ocpp_settle_accounts(store, wrong[i], NULL, note_account, &none), OCPP_ERR_ARGUMENT);
        assert_int_equal(ocpp_settle_account_balance(store, "op", wrong[i], "a:b", &minor), OCPP_ERR_ARGUMENT);
        assert_int_equal(ocpp_settle_trial_balance(store, "op", wrong[i], &trial), OCPP_ERR_ARGUMENT);
        assert_int_equal(ocpp_settle_statement(store, NULL, wrong[i], "EUR", "a:b", 1, note_line, &none), OCPP_ERR_ARGUMENT);
        if (i < 5) {
            assert_int_equal(ocpp_settle_account_balance(store, "op", "EUR", wrong[i], &minor), OCPP_ERR_ARGUMENT);
        }
    }
    assert_int_equal(minor, 17);
}

/* --- I2: the journal adds up to the balances ------------------------------------------------------------------------ */

static struct ocpp_settle_books check_books(void)
{
    struct ocpp_settle_books books;

    memset(&books, 0x55, sizeof books);
    assert_int_equal(ocpp_settle_books_check(&frame.settings.store, NULL, 0, &books), OCPP_OK);
    return books;
}

static void sound_books_have_nothing_wrong(void **state)
{
    struct ocpp_settle_books books = check_books();

    (void)state;
    assert_int_equal(books.postings, 0);
    some_days();
    books = check_books();
    assert_int_equal(books.postings, 5);
    assert_int_equal(books.accounts, 5);
    assert_int_equal(books.wrong, 0);
    assert_int_equal(books.unbalanced, 0);
    assert_string_equal(books.account, "");
}

static void a_balance_that_was_changed_is_named(void **state)
{
    struct ocpp_settle_books books;

    (void)state;
    some_days();
    frame_put(&frame, "balance/EUR/wallet:u", "{\"minor\":1,\"entries\":4}");
    books = check_books();
    assert_int_equal(books.wrong, 1);
    assert_string_equal(books.account, "op/EUR/wallet:u");
    frame_put(&frame, "balance/EUR/wallet:u", "nonsense");
    books = check_books();
    assert_int_equal(books.wrong, 1);
    frame_put(&frame, "balance/EUR/wallet:v", "{\"minor\":1,\"entries\":4}");
    books = check_books();
    assert_int_equal(books.wrong, 2);
}

static void append(const char *body)
{
    const struct ocpp_settle_store *store = &frame.settings.store;
    const struct ocpp_settle_entry entry = { .kind = "post", .body = body, .size = strlen(body) };
    const struct ocpp_settle_write write = { .entries = &entry, .entry_count = 1 };

    assert_int_equal(store->write(&write, NULL, NULL, store->user), OCPP_OK);
}

#define POSTING_BEGIN "{\"id\":\"I\",\"operator\":\"op\",\"event\":\"hold\",\"currency\":\"EUR\",\"lines\":["

static void a_posting_that_nobody_can_have_made_is_numbered(void **state)
{
    static const char *const wrong[] = {
        "",
        "{}",
        POSTING_BEGIN "{\"account\":\"a:b\",\"debitMinor\":1}]}",
        POSTING_BEGIN "{\"account\":\"a:b\",\"debitMinor\":1},{\"account\":\"a:c\",\"creditMinor\":2}]}",
        POSTING_BEGIN "{\"account\":\"a:b\",\"debitMinor\":1,\"creditMinor\":1}]}",
        POSTING_BEGIN "{\"account\":\"a:b\"}]}",
        POSTING_BEGIN "{\"account\":\"a b\",\"debitMinor\":1},{\"account\":\"a:c\",\"creditMinor\":1}]}",
        POSTING_BEGIN "{\"account\":\"a:b\",\"debitMinor\":9007199254740991},{\"account\":\"a:c\","
                      "\"creditMinor\":9007199254740991}]}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        end(state);
        start(state);
        some_days();
        append(wrong[i]);
        const struct ocpp_settle_books books = check_books();
        assert_int_equal(books.unbalanced, 6);
        assert_int_equal(books.postings, 5);
    }
}

/* Here no row beside it. */
static void a_posting_without_balances_is_found(void **state)
{
    (void)state;
    append(POSTING_BEGIN "{\"account\":\"a:b\",\"debitMinor\":1},{\"account\":\"a:c\",\"creditMinor\":1}]}");
    const struct ocpp_settle_books books = check_books();
    assert_int_equal(books.wrong, 2);
}

static void books_need_memory(void **state)
{
    struct ocpp_settle_books books = { .postings = 4711 };

    (void)state;
    some_days();
    assert_int_equal(ocpp_settle_books_check(&frame.settings.store, NULL, 33200, &books), OCPP_ERR_LIMIT);
    for (size_t n = 1; books.postings == 4711; n++) {
        struct test_allocator memory;

        test_allocator_start(&memory, n);
        const enum ocpp_status status = ocpp_settle_books_check(&frame.settings.store, &memory.allocator, 0, &books);
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_LIMIT);
        assert_int_equal(status == OCPP_OK, books.postings != 4711);
        assert_int_equal(memory.blocks, 0);
    }
    assert_int_equal(books.postings, 5);
}

int main(void)
{
#define ON_A_BACKEND(test) cmocka_unit_test_setup_teardown(test, start, end)
    const struct CMUnitTest tests[] = {
        ON_A_BACKEND(a_posting_is_one_entry_and_the_balances_beside_it),
        ON_A_BACKEND(an_amount_of_nothing_posts_nothing),
        ON_A_BACKEND(what_cannot_be_posted_changes_nothing),
        ON_A_BACKEND(a_command_sees_its_own_postings),
        ON_A_BACKEND(a_bill_is_posted_to_its_party),
        ON_A_BACKEND(accounts_are_shown_by_currency_and_name),
        ON_A_BACKEND(a_trial_balance_has_two_equal_sides),
        ON_A_BACKEND(a_statement_shows_what_was_posted_to_an_account),
        ON_A_BACKEND(names_that_nobody_has_are_refused),
        ON_A_BACKEND(sound_books_have_nothing_wrong),
        ON_A_BACKEND(a_balance_that_was_changed_is_named),
        ON_A_BACKEND(a_posting_that_nobody_can_have_made_is_numbered),
        ON_A_BACKEND(a_posting_without_balances_is_found),
        ON_A_BACKEND(books_need_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
