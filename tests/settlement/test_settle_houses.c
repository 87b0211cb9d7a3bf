/* Houses: who may do what, cards, phones, prices. Statements are in test_settle_statements.c. */
#include "unit.h"

#include "house_world.h"
#include "settle_bay.h"

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

/* --- sessions -------------------------------------------------------------------------------------------------------------- */

static void a_tenants_session_is_an_order_due_by_statement_at_the_price_of_the_house(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 1000, 11000);
    const struct ocpp_settle_card card = house_card_seen(h, h->ada_card);
    assert_int_equal(card.open_mwh, 10000000);
    assert_int_equal(card.open_minor, 440);
    assert_int_equal(card.sessions, 1);
    char payer[64];
    (void)snprintf(payer, sizeof payer, "tenant:%s", h->ada);
    const struct ocpp_settle_order order = order_of(h->w, payer);
    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_DUE);
    assert_int_equal(order.due_minor, 440);
    assert_string_equal(order.provider, "statement");
}

static void who_is_no_tenant_of_the_house_is_stopped_at_its_piles(void **state)
{
    struct house_world *h = *state;

    car_starts(h->w, "PILE-1", "7", "STRANGER", 1000);
    assert_int_equal(h->w->stop_count, 1);
    car_starts(h->w, "PILE-1", "8", "LORD", 1000);
    assert_int_equal(h->w->stop_count, 2);
}

/* Whoever issues a card only has to know a token: a stranger must not lose what it is for him. */
static void a_strangers_token_that_a_landlord_made_a_card_is_what_it_was_everywhere_else(void **state)
{
    struct house_world *h = *state;
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];

    car_starts(h->w, "PILE-2", "7", "STRANGER", 1000);
    assert_int_equal(orders_of(h->w, "ISO14443:STRANGER"), 1);
    house_issue(h, h->ada, "STRANGER", NULL, secret);
    car_ends(h->w, "PILE-2", "7", 2000);
    car_starts(h->w, "PILE-2", "8", "STRANGER", 1000);
    assert_int_equal(h->w->stop_count, 0);
    assert_int_equal(orders_of(h->w, "ISO14443:STRANGER"), 2);
    car_starts(h->w, "PILE-1", "9", "STRANGER", 1000); /* there it is Ada's */
    assert_int_equal(orders_of(h->w, "ISO14443:STRANGER"), 2);
    assert_int_equal(h->w->stop_count, 0);
}

static enum ocpp_settle_card_verdict verdict(struct house_world *h, const char *station, const char *token)
{
    enum ocpp_settle_card_verdict found = OCPP_SETTLE_CARD_OTHER;

    assert_int_equal(ocpp_settle_card_verdict(h->w->settle, station, token, &found, h->w->now), OCPP_OK);
    return found;
}

static void a_central_system_is_told_who_may_charge_where(void **state)
{
    struct house_world *h = *state;

    assert_int_equal(verdict(h, "PILE-1", "ADA"), OCPP_SETTLE_CARD_MAY);
    assert_int_equal(verdict(h, "PILE-1", "LORD"), OCPP_SETTLE_CARD_INVALID);
    assert_int_equal(verdict(h, "PILE-1", "STRANGER"), OCPP_SETTLE_CARD_INVALID);
    assert_int_equal(verdict(h, "PILE-2", "ADA"), OCPP_SETTLE_CARD_OTHER); /* there the application says who may */
    assert_int_equal(verdict(h, "PILE-2", "STRANGER"), OCPP_SETTLE_CARD_OTHER);
    house_act(h, h->ada_card, OCPP_SETTLE_CARD_LOG_OUT);
    assert_int_equal(verdict(h, "PILE-1", "ADA"), OCPP_SETTLE_CARD_BLOCKED);
}

static void a_pile_waits_for_the_landlord(void **state)
{
    struct house_world *h = *state;

    house_ok(h, ocpp_settle_house_add_pile(h->w->settle, h->house, "PILE-3", settle_world_done(h->w), h->w->now), NULL);
    assert_int_equal(verdict(h, "PILE-3", "ADA"), OCPP_SETTLE_CARD_INVALID);
    house_ok(h, ocpp_settle_house_authorise_pile(h->w->settle, house_operator(h), "PILE-3", settle_world_done(h->w), h->w->now),
             NULL);
    assert_int_equal(verdict(h, "PILE-3", "ADA"), OCPP_SETTLE_CARD_MAY);
    house_refused(h, ocpp_settle_house_add_pile(h->w->settle, h->house, "PILE-3", settle_world_done(h->w), h->w->now),
                  "WrongState");
    house_ok(h, ocpp_settle_house_remove_pile(h->w->settle, h->house, "PILE-3", settle_world_done(h->w), h->w->now), NULL);
    assert_int_equal(verdict(h, "PILE-3", "ADA"), OCPP_SETTLE_CARD_OTHER);
}

/* --- cards ----------------------------------------------------------------------------------------------------------------- */

/* B1. Logged out with an open session: it ends, with a last reading, and what was used stays billable. */
static void B1_a_card_logged_out_in_a_session_is_stopped_and_pays_for_what_it_got(void **state)
{
    struct house_world *h = *state;

    car_starts(h->w, "PILE-1", "7", "ADA", 1000);
    pass_s(h->w, 60);
    house_act(h, h->ada_card, OCPP_SETTLE_CARD_LOG_OUT);
    assert_int_equal(h->w->stop_count, 1);
    assert_string_equal(h->w->stopped[0], "PILE-1 7");
    car_ends(h->w, "PILE-1", "7", 3000);
    assert_int_equal(house_card_seen(h, h->ada_card).open_minor, 88);
    house_close(h);
    assert_int_equal(house_statement_of(h, h->ada).gross_minor, 88);
    car_starts(h->w, "PILE-1", "8", "ADA", 3000);
    assert_int_equal(h->w->stop_count, 2);
    house_act(h, h->ada_card, OCPP_SETTLE_CARD_LET_IN);
    car_starts(h->w, "PILE-1", "9", "ADA", 3000);
    assert_int_equal(h->w->stop_count, 2);
}

/* B1. Told only now: it began before the card lost its right. */
static void B1_a_session_that_is_told_late_is_the_tenants_all_the_same(void **state)
{
    struct house_world *h = *state;
    struct ocpp_transaction car = car_of(h->w, "PILE-1", "7", "ADA");

    pass_s(h->w, 60);
    house_act(h, h->ada_card, OCPP_SETTLE_CARD_LOST);
    car.started_utc_ms = h->w->now.utc_ms - 50000;
    car.ended_utc_ms = h->w->now.utc_ms - 10000;
    car.ended = true;
    car.offline = true;
    car.has_meter_start = car.has_meter_last = true;
    car.meter_start_wh = 0;
    car.meter_last_wh = 1000;
    tell_car(h->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(h->w);
    assert_int_equal(house_card_seen(h, h->ada_card).open_minor, 44);
}

/* B2. */
static void B2_what_a_lost_card_used_moves_to_the_new_one_once(void **state)
{
    struct house_world *h = *state;
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];
    char fresh[OCPP_SETTLE_ID_SIZE];

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    car_starts(h->w, "PILE-1", "8", "ADA", 10000);
    house_act(h, h->ada_card, OCPP_SETTLE_CARD_LOST);
    house_ok(h,
             ocpp_settle_card_replace(h->w->settle, house_operator(h), h->ada_card, "ADA-2", secret, settle_world_done(h->w),
                                      h->w->now),
             fresh);
    assert_int_equal(house_card_seen(h, fresh).open_minor, 440);
    assert_int_equal(house_card_seen(h, h->ada_card).open_minor, 0);
    assert_string_equal(house_card_seen(h, h->ada_card).state, "Replaced");
    house_refused(h,
                  ocpp_settle_card_replace(h->w->settle, house_operator(h), h->ada_card, "ADA-3", secret, settle_world_done(h->w),
                                           h->w->now),
                  "WrongState");
    car_ends(h->w, "PILE-1", "8", 11000); /* sealed afterwards: the new card's as well */
    assert_int_equal(house_card_seen(h, fresh).open_minor, 484);
    assert_int_equal(verdict(h, "PILE-1", "ADA"), OCPP_SETTLE_CARD_BLOCKED);
    assert_int_equal(verdict(h, "PILE-1", "ADA-2"), OCPP_SETTLE_CARD_MAY);
    house_close(h);
    assert_int_equal(house_statement_of(h, h->ada).gross_minor, 484);
    assert_int_equal(house_card_seen(h, fresh).open_minor, 0);
}

static void a_token_is_one_card_and_no_more(void **state)
{
    struct house_world *h = *state;
    const struct ocpp_settle_card_wish wish = { .kind = OCPP_SETTLE_CHARGING_CARD, .tenant = h->ben, .token = "ADA" };
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];

    house_refused(h, ocpp_settle_card_issue(h->w->settle, house_operator(h), &wish, secret, settle_world_done(h->w), h->w->now),
                  "WrongState");
}

/* --- phones ---------------------------------------------------------------------------------------------------------------- */

static bool count(const struct ocpp_settle_card *card, void *user)
{
    (void)card;
    ++*(int *)user;
    return true;
}

static int cards_seen(struct house_world *h, const char *bearer)
{
    int seen = 0;
    const enum ocpp_status status = ocpp_settle_cards(h->w->settle, house_phone(h, bearer), count, &seen, h->w->now);

    assert_true(status == OCPP_OK || status == OCPP_ERR_NOT_FOUND);
    return status == OCPP_OK ? seen : -1;
}

/* B9. Two phones may be bound, not three; each is revoked by itself. */
static void B9_two_phones_on_a_card_are_allowed_each_revocable(void **state)
{
    struct house_world *h = *state;
    char bearers[3][OCPP_SETTLE_BEARER_SIZE];
    char ids[3][OCPP_SETTLE_ID_SIZE];
    const struct ocpp_settle_phone_wish third = { .card = h->ada_card, .secret = h->ada_secret, .name = "third" };

    house_bound(h, h->ada_card, h->ada_secret, bearers[0], ids[0]);
    house_bound(h, h->ada_card, h->ada_secret, bearers[1], ids[1]);
    house_refused(h, ocpp_settle_phone_bind(h->w->settle, &third, bearers[2], settle_world_done(h->w), h->w->now),
                  "LimitReached");
    assert_int_equal(cards_seen(h, bearers[0]), 1);
    house_ok(h, ocpp_settle_phone_revoke(h->w->settle, house_phone(h, bearers[1]), ids[0], settle_world_done(h->w), h->w->now),
             NULL);
    assert_int_equal(cards_seen(h, bearers[0]), -1);
    assert_int_equal(cards_seen(h, bearers[1]), 1);
    house_bound(h, h->ada_card, h->ada_secret, bearers[2], ids[2]);
    assert_int_equal(cards_seen(h, bearers[2]), 1);
}

/* B10. Who photographed the code has a phone that waits, and expires. */
static void B10_a_photographed_code_binds_nobody(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];
    struct ocpp_settle_phone_scope scope;

    house_bind(h, h->ada_card, h->ada_secret, bearer, id);
    assert_int_equal(cards_seen(h, bearer), -1);
    assert_int_equal(ocpp_settle_phone_scope(h->w->settle, bearer, &scope, h->w->now), OCPP_OK);
    assert_int_equal(scope.rights, 0);
    car_starts(h->w, "PILE-1", "7", "ADA", 0); /* charging shows the card for another purpose */
    assert_int_equal(cards_seen(h, bearer), -1);
    pass_s(h->w, 604800);
    assert_int_equal(ocpp_settle_phone_scope(h->w->settle, bearer, &scope, h->w->now), OCPP_ERR_NOT_FOUND);
    house_refused(h, ocpp_settle_phone_approve(h->w->settle, house_operator(h), id, settle_world_done(h->w), h->w->now),
                  "WrongState");
}

/* B10. Nor can he keep the holder from asking. */
static void B10_who_asks_again_and_again_keeps_nobody_out(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];

    for (int i = 0; i < 5; i++) {
        house_bind(h, h->ada_card, h->ada_secret, bearer, id);
        pass_s(h->w, 1);
    }
    house_bound(h, h->ada_card, h->ada_secret, bearer, id);
    assert_int_equal(cards_seen(h, bearer), 1);
}

/* B10. A privilege card has to be shown, whoever approves. */
static void B10_nobody_approves_a_phone_of_a_privilege_card(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];

    house_bind(h, h->lord_card, h->lord_secret, bearer, id);
    house_refused(h, ocpp_settle_phone_approve(h->w->settle, house_operator(h), id, settle_world_done(h->w), h->w->now),
                  "NotAllowed");
    assert_int_equal(cards_seen(h, bearer), -1);
}

static void who_guesses_secrets_is_locked_out_and_learns_nothing(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    struct ocpp_settle_phone_wish wish = { .card = h->ada_card, .secret = "01234567890123456789012345", .name = "guess" };

    for (int i = 0; i < 5; i++) {
        house_refused(h, ocpp_settle_phone_bind(h->w->settle, &wish, bearer, settle_world_done(h->w), h->w->now), "UnknownCard");
    }
    wish.secret = h->ada_secret; /* right, and not looked at */
    house_refused(h, ocpp_settle_phone_bind(h->w->settle, &wish, bearer, settle_world_done(h->w), h->w->now), "UnknownCard");
    wish.card = "01234567890123456789012345";
    house_refused(h, ocpp_settle_phone_bind(h->w->settle, &wish, bearer, settle_world_done(h->w), h->w->now), "UnknownCard");
    pass_s(h->w, 901);
    wish.card = h->ada_card;
    house_ok(h, ocpp_settle_phone_bind(h->w->settle, &wish, bearer, settle_world_done(h->w), h->w->now), NULL);
}

/* B3. What happens to a card happens to its phones, at once. */
static void B3_phones_lose_their_right_with_their_card(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];

    house_bound(h, h->ada_card, h->ada_secret, bearer, id);
    house_act(h, h->ada_card, OCPP_SETTLE_CARD_LOG_OUT);
    assert_int_equal(cards_seen(h, bearer), -1);
    house_act(h, h->ada_card, OCPP_SETTLE_CARD_LET_IN);
    assert_int_equal(cards_seen(h, bearer), 1);
    house_ok(h,
             ocpp_settle_card_act(h->w->settle, house_phone(h, bearer), h->ada_card, OCPP_SETTLE_CARD_LOST,
                                  settle_world_done(h->w), h->w->now),
             NULL);
    assert_int_equal(cards_seen(h, bearer), -1);
}

static bool holds(const struct ocpp_settle_row *row, void *user)
{
    const char *secret = user;

    for (size_t i = 0; i + strlen(secret) <= row->size; i++) {
        assert_memory_not_equal((const char *)row->value + i, secret, strlen(secret));
    }
    return true;
}

static void no_secret_is_kept(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];

    house_bound(h, h->ada_card, h->ada_secret, bearer, id);
    assert_int_equal(h->w->store->each("", NULL, holds, h->ada_secret, h->w->store->user), OCPP_OK);
    assert_int_equal(h->w->store->each("", NULL, holds, bearer, h->w->store->user), OCPP_OK);
}

/* --- prices ---------------------------------------------------------------------------------------------------------------- */

/* B4. B5. */
static void B4_B5_a_session_keeps_the_price_it_began_with(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    car_starts(h->w, "PILE-1", "8", "ADA", 10000);
    pass_s(h->w, 60);
    house_price(h, 800000);
    pass_s(h->w, 60);
    car_ends(h->w, "PILE-1", "8", 20000);
    house_session(h, "PILE-1", "9", "ADA", 20000, 30000);
    house_close(h);
    const struct ocpp_settle_statement statement = house_statement_of(h, h->ada);
    assert_int_equal(statement.items, 3);
    assert_int_equal(statement.gross_minor, 440 + 440 + 880);
}

static void a_price_for_later_holds_later_and_none_for_earlier_is_taken(void **state)
{
    struct house_world *h = *state;
    struct ocpp_settle_house_price price = { .price_micro = 1000000, .valid_from_utc_ms = h->w->now.utc_ms + 3600000 };

    house_ok(h, ocpp_settle_price_set(h->w->settle, house_operator(h), &price, settle_world_done(h->w), h->w->now), NULL);
    house_session(h, "PILE-1", "7", "ADA", 0, 1000);
    pass_s(h->w, 3600);
    house_session(h, "PILE-1", "8", "ADA", 1000, 2000);
    house_close(h);
    assert_int_equal(house_statement_of(h, h->ada).gross_minor, 44 + 100);
    price.valid_from_utc_ms = h->w->now.utc_ms - 1;
    house_refused(h, ocpp_settle_price_set(h->w->settle, house_operator(h), &price, settle_world_done(h->w), h->w->now),
                  "Invalid");
}

static enum ocpp_status confirm(struct house_world *h, int64_t number)
{
    return ocpp_settle_price_confirm(h->w->settle, house_operator(h), number, settle_world_done(h->w), h->w->now);
}

/* B14. */
static void B14_an_absurd_price_is_confirmed_twice_before_it_counts(void **state)
{
    struct house_world *h = *state;
    const struct ocpp_settle_house_price price = { .price_micro = 40000000, .valid_from_utc_ms = OCPP_UTC_UNKNOWN };

    house_ok(h, ocpp_settle_price_set(h->w->settle, house_operator(h), &price, settle_world_done(h->w), h->w->now), NULL);
    house_session(h, "PILE-1", "7", "ADA", 0, 1000);
    house_ok(h, confirm(h, 2), NULL);
    house_refused(h, confirm(h, 2), "WrongState"); /* one hand that shakes */
    house_session(h, "PILE-1", "8", "ADA", 1000, 2000);
    house_ok(h, confirm(h, 2), NULL);
    house_session(h, "PILE-1", "9", "ADA", 2000, 3000);
    house_close(h);
    assert_int_equal(house_statement_of(h, h->ada).gross_minor, 44 + 44 + 4000);
    house_refused(h, confirm(h, 2), "WrongState");
    house_refused(h, confirm(h, 9), "WrongState");
}

/* --- events ---------------------------------------------------------------------------------------------------------------- */

/* The last event of |kind| with |state| is of the house, and concerns |tenant| alone ("": nobody in particular). */
static void assert_told(const struct house_world *h, enum ocpp_settle_event_kind kind, const char *state, const char *house,
                        const char *tenant)
{
    const struct settle_world *w = h->w;

    for (size_t i = w->event_count; i-- > 0;) {
        const char *event = w->events[i];

        if (event[0] - '0' == (int)kind && strcmp(strrchr(event, ' ') + 1, state) == 0) {
            assert_string_equal(w->event_houses[i], house);
            assert_string_equal(w->event_tenants[i], tenant);
            return;
        }
    }
    fail_msg("nobody was told %s", state);
}

static void events_of_a_session_say_whose_house_and_whose_session_it_is(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 1000);
    assert_told(h, OCPP_SETTLE_EVENT_ORDER, "Open", h->house, h->ada);
    assert_told(h, OCPP_SETTLE_EVENT_ORDER, "Due", h->house, h->ada);
    house_close(h);
    const struct ocpp_settle_statement statement = house_statement_of(h, h->ada);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "Issued", h->house, h->ada);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "Closed", h->house, "");
    house_pays(h, statement.id, 20, "half");
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "PaymentDone", h->house, h->ada);
    house_pays(h, statement.id, 24, "the rest");
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "Paid", h->house, h->ada);
    car_starts(h->w, "PILE-2", "8", "STRANGER", 1000);
    assert_told(h, OCPP_SETTLE_EVENT_ORDER, "Open", "", "");
}

static void events_of_cards_and_phones_concern_their_tenant_alone(void **state)
{
    struct house_world *h = *state;
    char bearer[OCPP_SETTLE_BEARER_SIZE];
    char id[OCPP_SETTLE_ID_SIZE];

    house_bind(h, h->ben_card, h->ben_secret, bearer, id);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "Asked", h->house, h->ben);
    house_ok(h, ocpp_settle_phone_approve(h->w->settle, house_operator(h), id, settle_world_done(h->w), h->w->now), NULL);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "Bound", h->house, h->ben);
    house_ok(h, ocpp_settle_phone_revoke(h->w->settle, house_operator(h), id, settle_world_done(h->w), h->w->now), NULL);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "Revoked", h->house, h->ben);
    house_act(h, h->ada_card, OCPP_SETTLE_CARD_LOG_OUT);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "LoggedOut", h->house, h->ada);
    house_ok(h, ocpp_settle_tenant_move_out(h->w->settle, house_operator(h), h->ada, settle_world_done(h->w), h->w->now), NULL);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "Leaving", h->house, h->ada);
    pass_s(h->w, 1);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "Left", h->house, h->ada);
    house_price(h, 500000);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "PriceValid", h->house, "");
}

static void events_of_a_rental_say_whose_house_and_whose_rental_it_is(void **state)
{
    struct house_world *h = *state;
    struct settle_bays *b = settle_bays_new(h->w);

    bay_open(b, "PILE-1", 4);
    bay_open(b, "PILE-2", 4);
    (void)bay_bank(b, "BANK-1", "PILE-1", 1);
    (void)bay_bank(b, "BANK-2", "PILE-2", 1);
    (void)bay_lists(b, "PILE-1");
    (void)bay_lists(b, "PILE-2");
    (void)rent(b, "PILE-1", "ADA", "BANK-1");
    assert_told(h, OCPP_SETTLE_EVENT_RENTAL, "Requested", h->house, h->ada);
    assert_told(h, OCPP_SETTLE_EVENT_RENTAL, "Taken", h->house, h->ada);
    (void)put_back(b, "BANK-1", "PILE-2", 2); /* at no house's pile: it is hers all the same */
    assert_told(h, OCPP_SETTLE_EVENT_RENTAL, "Returned", h->house, h->ada);
    (void)rent(b, "PILE-2", "STRANGER", "BANK-2");
    assert_told(h, OCPP_SETTLE_EVENT_RENTAL, "Taken", "", "");
    (void)put_back(b, "BANK-2", "PILE-1", 1);
    (void)rent(b, "PILE-1", "STRANGER", "BANK-2"); /* nobody's of the house, but its bay */
    assert_told(h, OCPP_SETTLE_EVENT_RENTAL, "Taken", h->house, "");
}

static void events_of_a_visit_say_whose_house_the_pile_is(void **state)
{
    (void)state;
    struct house_world *h = house_world_new_with(NULL, settle_world_guided);

    settle_world_place(h->w, "PILE-1", 1, 0);
    settle_world_place(h->w, "PILE-2", 1, 100);
    (void)visit_begins(h->w, "PILE-2", 1, "STRANGER");
    assert_told(h, OCPP_SETTLE_EVENT_VISIT, "Asked", "", "");
    (void)visit_confirmed(h->w, "PILE-1", 1, "ANOTHER");
    assert_told(h, OCPP_SETTLE_EVENT_VISIT, "Asked", h->house, "");
    assert_told(h, OCPP_SETTLE_EVENT_VISIT, "Confirmed", h->house, "");
    house_world_free(h);
}

static void a_pile_is_its_houses_until_it_is_taken_away(void **state)
{
    struct house_world *h = *state;
    struct ocpp_settle_house_place at;

    assert_int_equal(ocpp_settle_house_at(h->w->settle, "PILE-1", NULL, &at, h->w->now), OCPP_OK);
    assert_string_equal(at.house, h->house);
    assert_string_equal(at.tenant, "");
    car_starts(h->w, "PILE-1", "7", "ADA", 0);
    assert_int_equal(ocpp_settle_house_at(h->w->settle, "PILE-1", "7", &at, h->w->now), OCPP_OK);
    assert_string_equal(at.tenant, h->ada);
    assert_int_equal(ocpp_settle_house_at(h->w->settle, "PILE-1", "8", &at, h->w->now), OCPP_OK);
    assert_string_equal(at.tenant, "");
    car_ends(h->w, "PILE-1", "7", 1000);
    assert_int_equal(ocpp_settle_house_at(h->w->settle, "PILE-2", NULL, &at, h->w->now), OCPP_ERR_NOT_FOUND);
    assert_string_equal(at.house, "");
    house_ok(h, ocpp_settle_house_remove_pile(h->w->settle, h->house, "PILE-1", settle_world_done(h->w), h->w->now), NULL);
    assert_told(h, OCPP_SETTLE_EVENT_HOUSE, "Gone", h->house, "");
    assert_int_equal(ocpp_settle_house_at(h->w->settle, "PILE-1", NULL, &at, h->w->now), OCPP_ERR_NOT_FOUND);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(a_tenants_session_is_an_order_due_by_statement_at_the_price_of_the_house),
        IN_HOUSE(who_is_no_tenant_of_the_house_is_stopped_at_its_piles),
        IN_HOUSE(a_strangers_token_that_a_landlord_made_a_card_is_what_it_was_everywhere_else),
        IN_HOUSE(a_central_system_is_told_who_may_charge_where),
        IN_HOUSE(a_pile_waits_for_the_landlord),
        IN_HOUSE(B1_a_card_logged_out_in_a_session_is_stopped_and_pays_for_what_it_got),
        IN_HOUSE(B1_a_session_that_is_told_late_is_the_tenants_all_the_same),
        IN_HOUSE(B2_what_a_lost_card_used_moves_to_the_new_one_once),
        IN_HOUSE(a_token_is_one_card_and_no_more),
        IN_HOUSE(B9_two_phones_on_a_card_are_allowed_each_revocable),
        IN_HOUSE(B10_a_photographed_code_binds_nobody),
        IN_HOUSE(B10_who_asks_again_and_again_keeps_nobody_out),
        IN_HOUSE(B10_nobody_approves_a_phone_of_a_privilege_card),
        IN_HOUSE(who_guesses_secrets_is_locked_out_and_learns_nothing),
        IN_HOUSE(B3_phones_lose_their_right_with_their_card),
        IN_HOUSE(no_secret_is_kept),
        IN_HOUSE(B4_B5_a_session_keeps_the_price_it_began_with),
        IN_HOUSE(a_price_for_later_holds_later_and_none_for_earlier_is_taken),
        IN_HOUSE(B14_an_absurd_price_is_confirmed_twice_before_it_counts),
        IN_HOUSE(events_of_a_session_say_whose_house_and_whose_session_it_is),
        IN_HOUSE(events_of_cards_and_phones_concern_their_tenant_alone),
        IN_HOUSE(events_of_a_rental_say_whose_house_and_whose_rental_it_is),
        cmocka_unit_test(events_of_a_visit_say_whose_house_the_pile_is),
        IN_HOUSE(a_pile_is_its_houses_until_it_is_taken_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
