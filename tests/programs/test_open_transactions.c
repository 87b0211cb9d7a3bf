/* Which token charges where, in ocpp-csms: what a second start with it is judged by. */
#include "open_transactions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct open_transactions *open;

static int set_up(void **state)
{
    (void)state;
    open = open_transactions_new();
    return open ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    open_transactions_free(open);
    return 0;
}

static void note(const char *identity, const char *id, int evse, const char *token, bool ended)
{
    const struct ocpp_transaction transaction = { .identity = identity, .id = id, .evse = evse, .token = token, .ended = ended };

    open_transactions_note(open, &transaction);
}

static bool charges_elsewhere(const char *token, const char *identity, int evse)
{
    const struct ocpp_token asked = { token, OCPP_TOKEN_ISO14443 };

    return open_transactions_elsewhere(open, &asked, identity, evse);
}

static void a_token_charges_until_its_transaction_ends(void **state)
{
    (void)state;
    note("PILE-1", "1", 1, "TAG", false);
    assert_true(charges_elsewhere("tag", "PILE-2", 1));
    assert_true(charges_elsewhere("TAG", "PILE-1", 2));
    assert_false(charges_elsewhere("TAG", "PILE-1", 1)); /* the same start, told again */
    assert_false(charges_elsewhere("OTHER", "PILE-2", 1));
    note("PILE-1", "1", 1, "TAG", true);
    assert_false(charges_elsewhere("TAG", "PILE-2", 1));
    assert_int_equal(open_transactions_count(open), 0);
}

static void note_change(struct open_noted *noted, const char *id, int evse, const char *token, bool ended)
{
    const struct ocpp_transaction transaction = { .identity = "PILE-1", .id = id, .evse = evse, .token = token, .ended = ended };

    open_transactions_note_change(open, noted, &transaction);
}

/* What is noted once is not looked at again until something of it changes; two at one EVSE, in turn, are. */
static void what_changes_is_noted_and_what_repeats_may_be_passed_over(void **state)
{
    struct open_noted noted = { { 0 } };

    (void)state;
    note_change(&noted, "1", 1, "", false);
    note_change(&noted, "1", 1, "TAG", false);
    note_change(&noted, "1", 1, "TAG", false);
    assert_true(charges_elsewhere("TAG", "PILE-2", 1));
    note_change(&noted, "2", 1, "ELSE", false);
    note_change(&noted, "1", 1, "TAG", true);
    note_change(&noted, "1", 1, "TAG", true);
    assert_false(charges_elsewhere("TAG", "PILE-2", 1));
    assert_true(charges_elsewhere("ELSE", "PILE-2", 1));
    note_change(&noted, "2", 1, "ELSE", true);
    note_change(&noted, "3", 5, "TAG", false);
    assert_true(charges_elsewhere("TAG", "PILE-2", 1));
    assert_int_equal(open_transactions_count(open), 1);
}

static void a_token_that_is_told_later_counts_from_then_on(void **state)
{
    (void)state;
    note("PILE-1", "A", 1, "", false);
    assert_false(charges_elsewhere("TAG", "PILE-2", 1));
    note("PILE-1", "A", 1, "TAG", false);
    note("PILE-1", "A", 1, "TAG", false);
    assert_int_equal(open_transactions_count(open), 1);
    assert_true(charges_elsewhere("TAG", "PILE-2", 1));
    note("PILE-1", "A", 1, "TAG", true);
    assert_false(charges_elsewhere("TAG", "PILE-2", 1));
}

static void a_token_of_another_type_is_another_token(void **state)
{
    const struct ocpp_token local = { "TAG", OCPP_TOKEN_LOCAL };

    (void)state;
    note("PILE-1", "1", 1, "TAG", false);
    assert_false(open_transactions_elsewhere(open, &local, "PILE-2", 1));
}

static void the_end_of_a_transaction_nobody_knows_changes_nothing(void **state)
{
    (void)state;
    note("PILE-1", "1", 1, "TAG", true);
    assert_int_equal(open_transactions_count(open), 0);
}

static void many_come_and_go(void **state)
{
    char id[16];
    char token[16];

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 50000; i++) {
            snprintf(id, sizeof id, "%d", i);
            snprintf(token, sizeof token, "T%d", i % 1000);
            note("PILE-1", id, i, token, round == 1);
        }
        assert_int_equal(open_transactions_count(open), round == 0 ? 50000 : 0);
    }
    assert_false(charges_elsewhere("T1", "PILE-2", 1));
}

static void what_is_beyond_the_limit_is_not_found_and_harms_nothing(void **state)
{
    char id[16];

    (void)state;
    for (int i = 0; i <= OPEN_TRANSACTIONS_MAX; i++) {
        snprintf(id, sizeof id, "%d", i);
        note("PILE-1", id, 1, i == OPEN_TRANSACTIONS_MAX ? "LATE" : "", false);
    }
    assert_int_equal(open_transactions_count(open), OPEN_TRANSACTIONS_MAX);
    assert_false(charges_elsewhere("LATE", "PILE-2", 1));
    note("PILE-1", id, 1, "LATE", true);
    assert_int_equal(open_transactions_count(open), OPEN_TRANSACTIONS_MAX);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_token_charges_until_its_transaction_ends),
        TEST(what_changes_is_noted_and_what_repeats_may_be_passed_over),
        TEST(a_token_that_is_told_later_counts_from_then_on),
        TEST(a_token_of_another_type_is_another_token),
        TEST(the_end_of_a_transaction_nobody_knows_changes_nothing),
        TEST(many_come_and_go),
        TEST(what_is_beyond_the_limit_is_not_found_and_harms_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
