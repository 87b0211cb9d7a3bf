/* Cards at the reader of a house's pile: phones are bound, management, the list of privilege cards. */
#include "unit.h"

#include "house_world.h"

#include <ocpp/settlement/wire.h>

#include <string.h>

static void say_hello(struct house_world *h)
{
    static const char *const versions[] = { "1" };
    static const enum ocpp_settle_feature features[] = { OCPP_SETTLE_FEATURE_RENTAL_HOUSE };
    const struct ocpp_settle_hello_req hello = { .versions = { versions, 1 },
                                                 .features = { features, 1 },
                                                 .max_bytes = 8192,
                                                 .serial = "PILE-1",
                                                 .now = pile_time(h->w),
                                                 .has_cards_version = true };

    ocpp_settle_connected(h->w->settle, "PILE-1", true, h->w->now);
    assert_non_null(pile_says(h->w, "PILE-1", OCPP_SETTLE_ACTION_HELLO, &hello));
}

static int setup(void **state)
{
    struct house_world *h = house_world_new();

    *state = h;
    say_hello(h);
    return 0;
}

static int teardown(void **state)
{
    house_world_free(*state);
    return 0;
}

/* shown: what the pile is answered when |card| is shown; |by|: the privilege card before it, or NULL. */
static const struct ocpp_settle_card_shown_conf *shown(struct house_world *h, enum ocpp_settle_card_act_kind act,
                                                       const char *card, const char *by)
{
    const struct ocpp_settle_user_token privilege = { by, "ISO14443" };
    const struct ocpp_settle_card_shown_req message = {
        .act = act, .card = { card, "ISO14443" }, .by = by ? &privilege : NULL, .at = pile_time(h->w)
    };
    const struct ocpp_settle_card_shown_conf *answer = pile_says(h->w, "PILE-1", OCPP_SETTLE_ACTION_CARD_SHOWN, &message);

    assert_non_null(answer);
    return answer;
}

static void is_refused(const struct ocpp_settle_card_shown_conf *answer)
{
    assert_int_equal(answer->receipt.reception, OCPP_SETTLE_RECEPTION_REFUSED);
    assert_int_equal(answer->receipt.code, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED);
}

static uint32_t rights_of(struct house_world *h, const char *bearer)
{
    struct ocpp_settle_phone_scope scope;
    const enum ocpp_status status = ocpp_settle_phone_scope(h->w->settle, bearer, &scope, h->w->now);

    return status == OCPP_OK ? scope.rights : 0;
}

/* B10. The card is shown at the pile while its phone waits. */
static void B10_a_phone_is_bound_by_its_card_at_the_pile(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];

    assert_non_null(shown(h, OCPP_SETTLE_CARD_ACT_KIND_BIND, "LORD", NULL)->text); /* nobody asked */
    house_bind(h, h->lord_card, h->lord_secret, bearer, id);
    assert_int_equal(rights_of(h, bearer), 0);
    assert_string_equal(shown(h, OCPP_SETTLE_CARD_ACT_KIND_BIND, "LORD", NULL)->text, "the phone is bound");
    assert_int_equal(rights_of(h, bearer), 252);
    assert_int_equal(house_card_seen(h, h->lord_card).phones, 1);
}

/* B17. A statement is paid from the account of its tenant: a landlord who could name any would be paid by strangers. */
static void B17_a_landlord_names_nobody_elses_account(void **state)
{
    struct house_world *h = *state;
    struct ocpp_settle_tenant_wish wish = { .name = "Eve", .flat = "3", .provider = "wallet", .account = "STRANGER" };
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];

    house_bind(h, h->lord_card, h->lord_secret, bearer, id);
    (void)shown(h, OCPP_SETTLE_CARD_ACT_KIND_BIND, "LORD", NULL);
    house_refused(h, ocpp_settle_tenant_add(h->w->settle, house_phone(h, bearer), &wish, settle_world_done(h->w), h->w->now),
                  "NotAllowed");
    house_ok(h, ocpp_settle_tenant_add(h->w->settle, house_operator(h), &wish, settle_world_done(h->w), h->w->now), NULL);
    wish.account = NULL;
    house_ok(h, ocpp_settle_tenant_add(h->w->settle, house_phone(h, bearer), &wish, settle_world_done(h->w), h->w->now), NULL);
}

/* B10. Who asked long ago waits in vain for somebody who shows his card now. */
static void B10_a_card_that_is_shown_much_later_binds_no_phone(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];

    house_bind(h, h->ada_card, h->ada_secret, bearer, id);
    pass_s(h->w, 301);
    (void)shown(h, OCPP_SETTLE_CARD_ACT_KIND_BIND, "ADA", NULL);
    assert_int_equal(rights_of(h, bearer), 0);
}

/* B10. Two phones ask, one card is shown: nobody knows whose hand it is in. */
static void B10_two_phones_that_ask_at_once_are_both_refused(void **state)
{
    struct house_world *h = *state;
    char bearers[2][OCPP_SETTLE_BEARER_SIZE];
    char ids[2][OCPP_SETTLE_ID_SIZE];

    house_bind(h, h->ada_card, h->ada_secret, bearers[0], ids[0]);
    house_bind(h, h->ada_card, h->ada_secret, bearers[1], ids[1]);
    (void)shown(h, OCPP_SETTLE_CARD_ACT_KIND_BIND, "ADA", NULL);
    assert_int_equal(rights_of(h, bearers[0]) + rights_of(h, bearers[1]), 0);
    house_bind(h, h->ada_card, h->ada_secret, bearers[0], ids[0]);
    (void)shown(h, OCPP_SETTLE_CARD_ACT_KIND_BIND, "ADA", NULL);
    assert_true(rights_of(h, bearers[0]) != 0);
}

static bool see_pile(const struct ocpp_settle_house_pile *pile, void *user)
{
    *(bool *)user = pile->is_authorised;
    return true;
}

static void a_privilege_card_opens_management_and_nothing_else_does(void **state)
{
    struct house_world *h = *state;
    bool is_authorised = false;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    assert_non_null(shown(h, OCPP_SETTLE_CARD_ACT_KIND_MANAGE, "LORD", NULL)->text);
    is_refused(shown(h, OCPP_SETTLE_CARD_ACT_KIND_MANAGE, "ADA", NULL));
    is_refused(shown(h, OCPP_SETTLE_CARD_ACT_KIND_SHOW, "ADA", NULL));
    is_refused(shown(h, OCPP_SETTLE_CARD_ACT_KIND_SHOW, "ADA", "BEN"));
    is_refused(shown(h, OCPP_SETTLE_CARD_ACT_KIND_SHOW, "STRANGER", "LORD"));
    assert_string_equal(shown(h, OCPP_SETTLE_CARD_ACT_KIND_SHOW, "ADA", "LORD")->text,
                        "Since the last statement: 10.000 kWh, 4.40 EUR.");
    is_refused(shown(h, OCPP_SETTLE_CARD_ACT_KIND_AUTHORISE, "ADA", "ADA"));
    assert_non_null(shown(h, OCPP_SETTLE_CARD_ACT_KIND_AUTHORISE, "LORD", "LORD")->text);
    assert_int_equal(ocpp_settle_house_piles(h->w->settle, house_operator(h), see_pile, &is_authorised, h->w->now), OCPP_OK);
    assert_true(is_authorised);
}

static const struct ocpp_settle_card_logged_out_conf *log_out(struct house_world *h, const char *card, const char *by)
{
    static int64_t seq;
    char id[OCPP_SETTLE_ID_SIZE];
    settle_keys_id(&h->w->keys, id);
    const struct ocpp_settle_card_logged_out_req message = {
        .envelope = { id, "pile", ++seq }, .card = { card, "ISO14443" }, .by = { by, "ISO14443" }, .at = pile_time(h->w)
    };

    return pile_says(h->w, "PILE-1", OCPP_SETTLE_ACTION_CARD_LOGGED_OUT, &message);
}

static void a_card_is_logged_out_at_the_pile_by_who_may(void **state)
{
    struct house_world *h = *state;

    assert_int_equal(log_out(h, "ADA", "BEN")->receipt.reception, OCPP_SETTLE_RECEPTION_REFUSED);
    assert_int_equal(log_out(h, "ADA", "LORD")->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(house_card_seen(h, h->ada_card).state, "LoggedOut");
    assert_int_equal(log_out(h, "ADA", "LORD")->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED); /* it is, already */
    house_act(h, h->lord_card, OCPP_SETTLE_CARD_LOST);
    assert_int_equal(log_out(h, "BEN", "LORD")->receipt.reception, OCPP_SETTLE_RECEPTION_REFUSED);
}

/* B3. Revoked: phones at once, piles that were away when they are back. */
static void B3_a_stolen_privilege_card_is_taken_off_the_list_of_piles(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];
    const struct ocpp_settle_privilege_cards_req *list;

    list = pile_heard(h->w, "PILE-1", OCPP_SETTLE_ACTION_PRIVILEGE_CARDS);
    assert_int_equal(list->digests.count, 1);
    house_bind(h, h->lord_card, h->lord_secret, bearer, id);
    (void)shown(h, OCPP_SETTLE_CARD_ACT_KIND_BIND, "LORD", NULL);
    ocpp_settle_connected(h->w->settle, "PILE-1", false, h->w->now);
    house_act(h, h->lord_card, OCPP_SETTLE_CARD_LOST);
    assert_int_equal(rights_of(h, bearer), 0);
    say_hello(h);
    settle_world_run(h->w);
    list = pile_heard(h->w, "PILE-1", OCPP_SETTLE_ACTION_PRIVILEGE_CARDS);
    assert_int_equal(list->digests.count, 0);
    is_refused(shown(h, OCPP_SETTLE_CARD_ACT_KIND_MANAGE, "LORD", NULL));
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(B10_a_phone_is_bound_by_its_card_at_the_pile),
        IN_HOUSE(B17_a_landlord_names_nobody_elses_account),
        IN_HOUSE(B10_a_card_that_is_shown_much_later_binds_no_phone),
        IN_HOUSE(B10_two_phones_that_ask_at_once_are_both_refused),
        IN_HOUSE(a_privilege_card_opens_management_and_nothing_else_does),
        IN_HOUSE(a_card_is_logged_out_at_the_pile_by_who_may),
        IN_HOUSE(B3_a_stolen_privilege_card_is_taken_off_the_list_of_piles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
