/* Who belongs to one house and wants something of another; memory that ends; a store that is faster elsewhere. */
#include "unit.h"

#include "house_world.h"

#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
    *state = house_world_new();
    return 0;
}

static int teardown(void **state)
{
    house_world_free(*state);
    return 0;
}

/* --- two houses ---------------------------------------------------------------------------------------------------------- */

struct other {
    char house[OCPP_SETTLE_ID_SIZE];
    char tenant[OCPP_SETTLE_ID_SIZE];
    char card[OCPP_SETTLE_ID_SIZE];
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char phone[OCPP_SETTLE_ID_SIZE];
};

static const struct ocpp_settle_house_caller *at(struct house_world *h, const char *house, const char *bearer)
{
    struct ocpp_settle_house_caller *caller = ocpp_arena_take(h->w->arena, sizeof *caller);

    assert_non_null(caller);
    *caller = (struct ocpp_settle_house_caller){ house, bearer };
    return caller;
}

/* Oak, with Cyn, her card and her phone. */
static void build_other(struct house_world *h, struct other *oak)
{
    static const struct ocpp_settle_house_wish wish = { .name = "Oak", .landlord = "Lady", .currency = "EUR", .zone = "UTC" };
    static const struct ocpp_settle_tenant_wish cyn = { .name = "Cyn", .flat = "1" };
    struct ocpp_settle *settle = h->w->settle;

    house_ok(h, ocpp_settle_house_open(settle, &wish, settle_world_done(h->w), h->w->now), oak->house);
    const struct ocpp_settle_house_caller *operator_ = at(h, oak->house, NULL);
    house_ok(h, ocpp_settle_tenant_add(settle, operator_, &cyn, settle_world_done(h->w), h->w->now), oak->tenant);
    const struct ocpp_settle_card_wish card = { .kind = OCPP_SETTLE_CHARGING_CARD, .tenant = oak->tenant, .token = "CYN" };
    house_ok(h, ocpp_settle_card_issue(settle, operator_, &card, oak->secret, settle_world_done(h->w), h->w->now), oak->card);
    house_bind(h, oak->card, oak->secret, oak->bearer, oak->phone);
    house_ok(h, ocpp_settle_phone_approve(settle, operator_, oak->phone, settle_world_done(h->w), h->w->now), NULL);
}

struct victim {
    struct house_world *h;
    const struct ocpp_settle_house_caller *caller;
    char statement[OCPP_SETTLE_ID_SIZE];
    char phone[OCPP_SETTLE_ID_SIZE];
};

static enum ocpp_status act(const struct victim *v, int which)
{
    const struct ocpp_settle_tenant_wish tenant = { .name = "X", .flat = "X" };
    const struct ocpp_settle_card_wish card = { .kind = OCPP_SETTLE_CHARGING_CARD, .tenant = v->h->ada, .token = "EVIL" };
    const struct ocpp_settle_house_price price = { .price_micro = 1, .valid_from_utc_ms = OCPP_UTC_UNKNOWN };
    struct ocpp_settle *settle = v->h->w->settle;
    const struct ocpp_settle_done *done = settle_world_done(v->h->w);
    const struct ocpp_now now = v->h->w->now;
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];

    switch (which) {
    case 0:
        return ocpp_settle_house_authorise_pile(settle, v->caller, "PILE-1", done, now);
    case 1:
        return ocpp_settle_tenant_add(settle, v->caller, &tenant, done, now);
    case 2:
        return ocpp_settle_tenant_move_out(settle, v->caller, v->h->ada, done, now);
    case 3:
        return ocpp_settle_tenant_forget(settle, v->caller, v->h->ada, done, now);
    case 4:
        return ocpp_settle_card_issue(settle, v->caller, &card, secret, done, now);
    case 5:
        return ocpp_settle_card_replace(settle, v->caller, v->h->ada_card, "EVIL", secret, done, now);
    case 6:
    case 7:
    case 8:
    case 9:
        return ocpp_settle_card_act(settle, v->caller, v->h->ada_card, (enum ocpp_settle_card_act)(which - 6), done, now);
    case 10:
        return ocpp_settle_phone_approve(settle, v->caller, v->phone, done, now);
    case 11:
        return ocpp_settle_phone_revoke(settle, v->caller, v->phone, done, now);
    case 12:
        return ocpp_settle_price_set(settle, v->caller, &price, done, now);
    case 13:
        return ocpp_settle_price_confirm(settle, v->caller, 1, done, now);
    case 14:
        return ocpp_settle_period_close(settle, v->caller, now.utc_ms, done, now);
    case 15:
        return ocpp_settle_statement_confirm(settle, v->caller, v->statement, 1, done, now);
    case 16:
        return ocpp_settle_statement_waive(settle, v->caller, v->statement, 1, done, now);
    default:
        return ocpp_settle_statement_paid(settle, v->caller, v->statement, 1, "k", done, now);
    }
}

enum { ACTS = 18 };

static void all_are_refused(const struct victim *v, const char *code)
{
    for (int which = 0; which < ACTS; which++) {
        assert_int_equal(act(v, which), OCPP_OK);
        v->h->w->store->flush(v->h->w->store->user);
        if (code) {
            assert_string_equal(v->h->w->done_code, code);
        } else {
            assert_string_not_equal(v->h->w->done_code, "");
        }
        settle_world_check_refused(v->h->w);
    }
}

static bool never(void)
{
    fail_msg("something was shown");
    return false;
}

static bool no_house(const struct ocpp_settle_house *house, void *user)
{
    (void)house, (void)user;
    return never();
}

static bool no_pile(const struct ocpp_settle_house_pile *pile, void *user)
{
    (void)pile, (void)user;
    return never();
}

static bool no_tenant(const struct ocpp_settle_tenant *tenant, void *user)
{
    (void)tenant, (void)user;
    return never();
}

static bool no_card(const struct ocpp_settle_card *card, void *user)
{
    (void)card, (void)user;
    return never();
}

static bool no_phone(const struct ocpp_settle_phone *phone, void *user)
{
    (void)phone, (void)user;
    return never();
}

static bool no_price(const struct ocpp_settle_price_version *price, void *user)
{
    (void)price, (void)user;
    return never();
}

static bool no_statement(const struct ocpp_settle_statement *statement, void *user)
{
    (void)statement, (void)user;
    return never();
}

static bool no_session(const struct ocpp_settle_session *session, void *user)
{
    (void)session, (void)user;
    return never();
}

static void nothing_is_shown(const struct victim *v)
{
    struct ocpp_settle *settle = v->h->w->settle;
    const struct ocpp_settle_house_caller *caller = v->caller;
    const struct ocpp_now now = v->h->w->now;

    assert_int_equal(ocpp_settle_house_find(settle, caller, no_house, NULL, now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_house_piles(settle, caller, no_pile, NULL, now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_tenants(settle, caller, no_tenant, NULL, now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_cards(settle, caller, no_card, NULL, now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_phones(settle, caller, no_phone, NULL, now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_prices(settle, caller, no_price, NULL, now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_statements(settle, caller, NULL, no_statement, NULL, now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_statement_find(settle, caller, v->statement, no_statement, NULL, now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_statement_items(settle, caller, v->statement, 1, no_session, NULL, now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_sessions(settle, caller, v->h->ada, no_session, NULL, now), OCPP_ERR_NOT_FOUND);
}

/* B17. A phone of one house, an invented one, and one that is no more: for them the other house does not exist. */
static void B17_for_a_phone_of_another_house_there_is_nothing(void **state)
{
    struct house_world *h = *state;
    struct victim v = { .h = h };
    struct other oak;
    char bearer[OCPP_SETTLE_BEARER_SIZE];

    build_other(h, &oak);
    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_close(h);
    house_bind(h, h->ada_card, h->ada_secret, bearer, v.phone);
    (void)snprintf(v.statement, sizeof v.statement, "%s", house_statement_of(h, h->ada).id);
    const char *const strangers[] = { oak.bearer, "", "0000000000000000000000000000000000000000000000000000", "../phone/1",
                                      "a text that is much longer than any bearer there ever was, and looks like nothing" };
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        v.caller = at(h, h->house, strangers[i]);
        all_are_refused(&v, "UnknownHouse");
        nothing_is_shown(&v);
    }
}

/* B17. Another landlord may enter any token: he neither learns that it is a card here nor takes it away. */
static void B17_a_token_that_another_house_made_a_card_too_stays_what_it_is_here(void **state)
{
    struct house_world *h = *state;
    struct other oak;
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];

    build_other(h, &oak);
    const struct ocpp_settle_card_wish ada = { .kind = OCPP_SETTLE_CHARGING_CARD, .tenant = oak.tenant, .token = "ADA" };
    const struct ocpp_settle_card_wish lord = { .kind = OCPP_SETTLE_CHARGING_CARD, .tenant = oak.tenant, .token = "LORD" };
    const struct ocpp_settle_house_caller *operator_ = at(h, oak.house, NULL);
    house_ok(h, ocpp_settle_card_issue(h->w->settle, operator_, &ada, secret, settle_world_done(h->w), h->w->now), NULL);
    house_ok(h, ocpp_settle_card_issue(h->w->settle, operator_, &lord, secret, settle_world_done(h->w), h->w->now), NULL);
    house_refused(h, ocpp_settle_card_issue(h->w->settle, operator_, &ada, secret, settle_world_done(h->w), h->w->now),
                  "WrongState");
    house_session(h, "PILE-1", "7", "ADA", 1000, 11000);
    assert_int_equal(house_card_seen(h, h->ada_card).open_minor, 440);
}

/* B17. In her own house, with ids of the other one. */
static void B17_ids_of_another_house_name_nothing(void **state)
{
    struct house_world *h = *state;
    struct victim v = { .h = h };
    struct other oak;
    char bearer[OCPP_SETTLE_BEARER_SIZE];

    build_other(h, &oak);
    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_close(h);
    house_bind(h, h->ada_card, h->ada_secret, bearer, v.phone);
    (void)snprintf(v.statement, sizeof v.statement, "%s", house_statement_of(h, h->ada).id);
    v.caller = at(h, oak.house, oak.bearer);
    all_are_refused(&v, NULL);
    assert_int_equal(ocpp_settle_statement_find(h->w->settle, v.caller, v.statement, no_statement, NULL, h->w->now),
                     OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_sessions(h->w->settle, v.caller, h->ada, no_session, NULL, h->w->now), OCPP_OK);
    v.caller = at(h, oak.house, NULL); /* not even for the operator, under the other's name */
    assert_int_equal(ocpp_settle_statement_find(h->w->settle, v.caller, v.statement, no_statement, NULL, h->w->now),
                     OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_statements(h->w->settle, v.caller, h->ada, no_statement, NULL, h->w->now), OCPP_OK);
}

/* B17. A tenant's phone in its own house: of the others there is nothing, and the landlord's acts are not its own. */
static void B17_a_tenant_may_do_nothing_that_is_the_landlords(void **state)
{
    struct house_world *h = *state;
    struct victim v = { .h = h };
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char waiting[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_close(h);
    house_bound(h, h->ben_card, h->ben_secret, bearer, id);
    house_bind(h, h->ada_card, h->ada_secret, waiting, v.phone);
    (void)snprintf(v.statement, sizeof v.statement, "%s", house_statement_of(h, h->ada).id);
    v.caller = house_phone(h, bearer);
    all_are_refused(&v, NULL);
    assert_int_equal(ocpp_settle_statement_find(h->w->settle, v.caller, v.statement, no_statement, NULL, h->w->now),
                     OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_statements(h->w->settle, v.caller, NULL, no_statement, NULL, h->w->now), OCPP_OK);
    assert_int_equal(ocpp_settle_sessions(h->w->settle, v.caller, NULL, no_session, NULL, h->w->now), OCPP_OK);
}

/* --- memory -------------------------------------------------------------------------------------------------------------- */

typedef enum ocpp_status story_step(struct house_world *h, int number);

static enum ocpp_status set_price(struct house_world *h, int number)
{
    const struct ocpp_settle_tax vat = { .name = "VAT", .rate_ppm = 100000 };
    const struct ocpp_settle_house_price price = {
        .price_micro = 400000 + number, .taxes = &vat, .tax_count = 1, .valid_from_utc_ms = OCPP_UTC_UNKNOWN
    };

    return ocpp_settle_price_set(h->w->settle, house_operator(h), &price, settle_world_done(h->w), h->w->now);
}

static enum ocpp_status add_tenant(struct house_world *h, int number)
{
    const struct ocpp_settle_tenant_wish wish = { .name = "T", .flat = "x", .contact = "c" };

    (void)number;
    return ocpp_settle_tenant_add(h->w->settle, house_operator(h), &wish, settle_world_done(h->w), h->w->now);
}

static enum ocpp_status issue(struct house_world *h, int number)
{
    char token[20];
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];
    (void)snprintf(token, sizeof token, "CARD-%d", number);
    const struct ocpp_settle_card_wish wish = { .kind = OCPP_SETTLE_CHARGING_CARD, .tenant = h->ben, .token = token };

    return ocpp_settle_card_issue(h->w->settle, house_operator(h), &wish, secret, settle_world_done(h->w), h->w->now);
}

static enum ocpp_status ask_to_bind(struct house_world *h, int number)
{
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    const struct ocpp_settle_phone_wish wish = { .card = h->ada_card, .secret = h->ada_secret, .name = "p" };

    (void)number;
    return ocpp_settle_phone_bind(h->w->settle, &wish, bearer, settle_world_done(h->w), h->w->now);
}

static enum ocpp_status lose(struct house_world *h, int number)
{
    (void)number;
    return ocpp_settle_card_act(h->w->settle, house_operator(h), h->ada_card, OCPP_SETTLE_CARD_LOST, settle_world_done(h->w),
                                h->w->now);
}

static enum ocpp_status close_period(struct house_world *h, int number)
{
    (void)number;
    return ocpp_settle_period_close(h->w->settle, house_operator(h), h->w->now.utc_ms, settle_world_done(h->w), h->w->now);
}

/* Whatever request of memory fails, and all after it: nothing happened, and once there is memory again all goes on. */
static void each_request_of_memory_may_fail(void **state)
{
    static story_step *const steps[] = { set_price, add_tenant, issue, ask_to_bind, lose, close_period };
    struct house_world *h = *state;
    size_t failures = 0;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        bool is_done = false;

        for (int n = 1; n < 60 && !is_done; n++) {
            const int before = h->w->done_count;
            h->w->memory.fail_at = h->w->memory.calls + (size_t)n;
            h->w->memory.fail_after = true;
            const enum ocpp_status status = steps[i](h, n);
            h->w->store->flush(h->w->store->user);
            is_done = status == OCPP_OK && h->w->done_count > before && h->w->done_status == OCPP_OK && !h->w->done_code[0];
            assert_true(is_done || status == OCPP_ERR_NOMEM);
            failures += is_done ? 0 : 1;
            h->w->memory.fail_at = 0;
            h->w->memory.fail_after = false;
        }
        assert_true(is_done);
        settle_world_run(h->w);
        pass_s(h->w, 1);
    }
    assert_true(failures >= COUNT_OF(steps));
    assert_int_equal(house_statement_of(h, h->ada).gross_minor, 440);
}

/* Another process was faster: the decision is made again, with the same ids and secrets. */
static void a_decision_that_came_too_late_is_made_again(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];
    struct ocpp_settle_phone_scope scope;

    h->w->cut = SETTLE_CUT_BUSY;
    h->w->cut_at = h->w->writes + 1;
    house_bind(h, h->ada_card, h->ada_secret, bearer, id);
    h->w->cut = SETTLE_CUT_NEVER;
    assert_int_equal(ocpp_settle_phone_scope(h->w->settle, bearer, &scope, h->w->now), OCPP_OK);
    assert_string_equal(scope.phone, id);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(B17_for_a_phone_of_another_house_there_is_nothing),
        IN_HOUSE(B17_ids_of_another_house_name_nothing),
        IN_HOUSE(B17_a_token_that_another_house_made_a_card_too_stays_what_it_is_here),
        IN_HOUSE(B17_a_tenant_may_do_nothing_that_is_the_landlords),
        IN_HOUSE(each_request_of_memory_may_fail),
        IN_HOUSE(a_decision_that_came_too_late_is_made_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
