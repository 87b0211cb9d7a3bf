/* Tests of the accounts within the backend (account*.c, payment_within.c): wallets without overdraft, debts up to a limit, and
 * statements that say what moved. */
#include "payment_world.h"

#include <ocpp/settlement/accounts.h>

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct payment_world world;

static int setup_wallet(void **state)
{
    (void)state;
    payment_world_start(&world, "wallet");
    return 0;
}

static int setup_postpaid(void **state)
{
    (void)state;
    payment_world_start(&world, "postpaid");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    payment_world_end(&world);
    return 0;
}

static char done_id[32];

static void done(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    (void)reason;
    (void)user;
    world.status = status;
    (void)snprintf(world.refusal, sizeof world.refusal, "%s", code ? code : "");
    (void)snprintf(done_id, sizeof done_id, "%s", id);
}

static const struct ocpp_settle_done tell = { done, NULL };

static void top_up(int64_t minor, const char *key)
{
    const struct ocpp_settle_wallet_change change = { "alice", "EUR", minor, "cash-desk", key };

    assert_int_equal(ocpp_settle_wallet_top_up(world.settle, &change, &tell, world.now), OCPP_OK);
}

static void pay_out(int64_t minor, const char *key)
{
    const struct ocpp_settle_wallet_change change = { "alice", "EUR", minor, "cash-desk", key };

    assert_int_equal(ocpp_settle_wallet_pay_out(world.settle, &change, &tell, world.now), OCPP_OK);
}

static struct ocpp_settle_payer_balance balance(void)
{
    struct ocpp_settle_payer_balance found = { 0 };

    assert_int_equal(ocpp_settle_payer_balance(world.settle, "alice", "EUR", &found), OCPP_OK);
    return found;
}

/* --- wallets ------------------------------------------------------------------------------------------------------------- */

static void a_wallet_pays_a_visit_from_hold_to_refund(void **state)
{
    (void)state;
    top_up(10000, "1");
    const int leg = payment_world_hold(&world, 3000);

    assert_int_equal(payment_world_leg(&world, leg)->state, ROW_LEG_STATE_HELD);
    assert_int_equal(balance().wallet_minor, 7000);
    payment_world_bill(&world);
    payment_world_capture(&world, leg, 1250);
    assert_int_equal(balance().wallet_minor, 8750);
    payment_world_refund(&world, leg, 250);
    assert_int_equal(balance().wallet_minor, 9000);
    assert_int_equal(payment_world_balance(&world, "clearing:cash-desk"), -10000);
    payment_world_check_end(&world);
}

static void a_wallet_cannot_be_overdrawn_by_holds_growth_or_pay_out(void **state)
{
    (void)state;
    top_up(1000, "1");
    const int leg = payment_world_hold(&world, 600), other = payment_world_hold(&world, 401);

    assert_int_equal(payment_world_leg(&world, other)->state, ROW_LEG_STATE_FAILED);
    assert_string_equal(payment_world_leg(&world, other)->reason, "there is not enough in the wallet");
    payment_world_grow(&world, leg, 401);
    assert_int_equal(payment_world_leg(&world, leg)->held_minor, 600);
    pay_out(401, "2");
    assert_string_equal(world.refusal, "NoMoney");
    payment_world_grow(&world, leg, 400);
    assert_int_equal(payment_world_leg(&world, leg)->held_minor, 1000);
    assert_int_equal(balance().wallet_minor, 0);
    payment_world_release(&world, leg);
    pay_out(1000, "3");
    assert_string_equal(world.refusal, "");
    assert_int_equal(balance().wallet_minor, 0);
    payment_world_check_end(&world);
}

static void a_wallet_that_nobody_filled_holds_nothing(void **state)
{
    (void)state;
    const int leg = payment_world_hold(&world, 1);

    assert_int_equal(payment_world_leg(&world, leg)->state, ROW_LEG_STATE_FAILED);
    assert_int_equal(balance().wallet_minor, 0);
    payment_world_check_end(&world);
}

/* I5. */
static void the_same_top_up_again_is_answered_the_same_and_another_with_its_key_is_refused(void **state)
{
    char first[32];

    (void)state;
    top_up(1000, "receipt 7");
    (void)snprintf(first, sizeof first, "%s", done_id);
    top_up(1000, "receipt 7");
    assert_string_equal(done_id, first);
    assert_int_equal(balance().wallet_minor, 1000);
    top_up(1001, "receipt 7");
    assert_string_equal(world.refusal, "SameIdOtherBody");
    pay_out(1000, "receipt 7");
    assert_string_equal(world.refusal, "SameIdOtherBody");
    assert_int_equal(balance().wallet_minor, 1000);
    payment_world_check_end(&world);
}

static void the_books_know_a_payer_by_a_pseudonym_only(void **state)
{
    (void)state;
    top_up(1000, "1");
    (void)payment_world_hold(&world, 100);
    assert_int_equal(payment_world_balance(&world, "wallet:alice"), 0);
    payment_world_check_end(&world);
}

struct listing {
    char text[2000];
    int64_t next;
    int most;
};

static bool list(const struct ocpp_settle_payer_movement *movement, void *user)
{
    struct listing *listing = user;
    const size_t size = strlen(listing->text);

    assert_int_equal(movement->number, listing->next++);
    (void)snprintf(listing->text + size, sizeof listing->text - size, "%s %d %d;", movement->event, (int)movement->amount_minor,
                   (int)movement->balance_minor);
    return --listing->most != 0;
}

static const char *statement(enum ocpp_settle_payer_side side, int64_t from, int most)
{
    static struct listing listing;

    listing = (struct listing){ .next = from, .most = most };
    assert_int_equal(ocpp_settle_payer_movements(world.settle, "alice", "EUR", side, from, list, &listing), OCPP_OK);
    return listing.text;
}

static void a_statement_lists_what_moved_from_any_number_on(void **state)
{
    (void)state;
    assert_string_equal(statement(OCPP_SETTLE_WALLET, 1, 0), "");
    top_up(1000, "1");
    const int leg = payment_world_hold(&world, 600);
    payment_world_bill(&world);
    payment_world_capture(&world, leg, 200);
    payment_world_refund(&world, leg, 50);
    pay_out(100, "2");
    assert_string_equal(statement(OCPP_SETTLE_WALLET, 1, 0),
                        "top-up 1000 1000;hold 600 400;capture 200 800;refund 50 850;pay-out 100 750;");
    assert_string_equal(statement(OCPP_SETTLE_WALLET, 3, 2), "capture 200 800;refund 50 850;");
    assert_string_equal(statement(OCPP_SETTLE_WALLET, 6, 0), "");
    assert_string_equal(statement(OCPP_SETTLE_POSTPAID, 1, 0), "");
}

static void a_long_statement_is_shown_whole(void **state)
{
    struct listing listing = { .next = 1, .most = 0 };

    (void)state;
    for (int i = 0; i < 300; i++) {
        char key[16];

        (void)snprintf(key, sizeof key, "%d", i);
        top_up(1, key);
    }
    assert_int_equal(ocpp_settle_payer_movements(world.settle, "alice", "EUR", OCPP_SETTLE_WALLET, 1, list, &listing), OCPP_OK);
    assert_int_equal(listing.next, 301);
}

static void nonsense_about_accounts_is_refused(void **state)
{
    struct ocpp_settle_payer_balance found;
    char long_name[302];

    (void)state;
    memset(long_name, 'x', 301);
    long_name[301] = '\0';
    const struct ocpp_settle_wallet_change bad[] = {
        { "", "EUR", 1, "desk", "1" },        { "alice", "EUX", 1, "desk", "1" },
        { "alice", "EUR", 0, "desk", "1" },   { "alice", "EUR", -1, "desk", "1" },
        { "alice", "EUR", 1, "de sk", "1" },  { "alice", "EUR", 1, "desk", "" },
        { long_name, "EUR", 1, "desk", "1" }, { "alice", "EUR", 1, long_name, "1" },
        { "alice", NULL, 1, "desk", "1" },    { "alice", "EUR", OCPP_SETTLE_MOST_MINOR + 1, "desk", "1" },
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(ocpp_settle_wallet_top_up(world.settle, &bad[i], NULL, world.now), OCPP_ERR_ARGUMENT);
        assert_int_equal(ocpp_settle_wallet_pay_out(world.settle, &bad[i], NULL, world.now), OCPP_ERR_ARGUMENT);
    }
    assert_int_equal(ocpp_settle_payer_balance(world.settle, "", "EUR", &found), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_payer_balance(world.settle, "alice", "eur", &found), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_credit_limit(world.settle, "alice", "EUR", -1, NULL, world.now), OCPP_ERR_ARGUMENT);
    assert_int_equal(payment_world_notes(&world, "post"), 0);
}

/* --- by statement -------------------------------------------------------------------------------------------------------- */

static void a_postpaid_account_owes_what_was_taken_and_is_asked_for_nothing_before(void **state)
{
    (void)state;
    const int leg = payment_world_hold(&world, 3000);

    assert_int_equal(payment_world_leg(&world, leg)->state, ROW_LEG_STATE_HELD);
    assert_int_equal(balance().held_minor, 3000);
    assert_int_equal(balance().owed_minor, 0);
    payment_world_bill(&world);
    payment_world_capture(&world, leg, 1250);
    assert_int_equal(balance().held_minor, 0);
    assert_int_equal(balance().owed_minor, 1250);
    payment_world_refund(&world, leg, 250);
    assert_int_equal(balance().owed_minor, 1000);
    assert_string_equal(statement(OCPP_SETTLE_POSTPAID, 1, 0), "capture 1250 1250;refund 250 1000;");
    payment_world_check_end(&world);
}

static void a_postpaid_account_owes_no_more_than_its_limit_holds_counted(void **state)
{
    (void)state;
    assert_int_equal(balance().limit_minor, 100000);
    assert_int_equal(ocpp_settle_credit_limit(world.settle, "alice", "EUR", 1000, &tell, world.now), OCPP_OK);
    assert_int_equal(balance().limit_minor, 1000);
    const int leg = payment_world_hold(&world, 600);
    payment_world_capture(&world, leg, 500);
    const int second = payment_world_hold(&world, 500), third = payment_world_hold(&world, 1);

    assert_int_equal(payment_world_leg(&world, second)->state, ROW_LEG_STATE_HELD);
    assert_int_equal(payment_world_leg(&world, third)->state, ROW_LEG_STATE_FAILED);
    assert_string_equal(payment_world_leg(&world, third)->reason, "the account may not owe more");
    payment_world_check_end(&world);
}

/* --- power and memory ---------------------------------------------------------------------------------------------------- */

/* What is asked of a wallet survives a cut at each write as it is, or has not happened. */
static void power_lost_at_any_write_of_a_wallet_loses_and_doubles_nothing(void **state)
{
    bool was_cut = true;

    (void)state;
    for (size_t n = 1; was_cut; n++) {
        payment_world_start(&world, "wallet");
        top_up(5000, "1");
        world.cut_at = world.writes + (n + 1) / 2;
        world.cut_after = n % 2 == 0;
        const int leg = payment_world_hold(&world, 3000);
        if (!world.is_cut && leg >= 0) {
            payment_world_capture(&world, leg, 1000);
        }
        was_cut = world.is_cut;
        if (was_cut) {
            payment_world_restart(&world);
        }
        payment_world_wait(&world, 120);
        payment_world_check_end(&world);
        const int64_t there = balance().wallet_minor;
        assert_true(there == 5000 || there == 2000 || there == 4000);
        payment_world_end(&world);
    }
}

static void missing_memory_loses_and_doubles_nothing(void **state)
{
    bool has_failed = true;

    (void)state;
    for (size_t n = 1; has_failed; n++) {
        const struct ocpp_settle_wallet_change change = { "alice", "EUR", 500, "cash-desk", "1" };

        payment_world_start(&world, "wallet");
        world.memory.fail_at = world.memory.calls + n;
        const enum ocpp_status status = ocpp_settle_wallet_top_up(world.settle, &change, NULL, world.now);
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
        (void)payment_world_hold(&world, 200);
        has_failed = world.memory.calls >= world.memory.fail_at;
        world.memory.fail_at = 0;
        payment_world_wait(&world, 120);
        payment_world_check_end(&world);
        const int64_t there = balance().wallet_minor;
        assert_true(there == 0 || there == 500 || there == 300);
        payment_world_end(&world);
    }
}

int main(void)
{
#define WALLET(name)   cmocka_unit_test_setup_teardown(name, setup_wallet, teardown)
#define POSTPAID(name) cmocka_unit_test_setup_teardown(name, setup_postpaid, teardown)
    const struct CMUnitTest tests[] = {
        WALLET(a_wallet_pays_a_visit_from_hold_to_refund),
        WALLET(a_wallet_cannot_be_overdrawn_by_holds_growth_or_pay_out),
        WALLET(a_wallet_that_nobody_filled_holds_nothing),
        WALLET(the_same_top_up_again_is_answered_the_same_and_another_with_its_key_is_refused),
        WALLET(the_books_know_a_payer_by_a_pseudonym_only),
        WALLET(a_statement_lists_what_moved_from_any_number_on),
        WALLET(a_long_statement_is_shown_whole),
        WALLET(nonsense_about_accounts_is_refused),
        POSTPAID(a_postpaid_account_owes_what_was_taken_and_is_asked_for_nothing_before),
        POSTPAID(a_postpaid_account_owes_no_more_than_its_limit_holds_counted),
        cmocka_unit_test(power_lost_at_any_write_of_a_wallet_loses_and_doubles_nothing),
        cmocka_unit_test(missing_memory_loses_and_doubles_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
