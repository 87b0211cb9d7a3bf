/* Piles without a network and their backend, with phones that carry what they like between them. */
#include "relay_world.h"

#include "unit.h"

#include <ocpp/adapters.h>

#include <stdio.h>
#include <string.h>

static int start(void **state)
{
    static struct relay_world world;

    relay_world_open(&world, RELAY_PILES);
    *state = &world;
    return 0;
}

static int end(void **state)
{
    relay_world_close(*state);
    return 0;
}

static bool is_state(struct relay_world *world, const char *jti, const char *state)
{
    return strcmp(authorisation_of(world, jti).state, state) == 0;
}

static struct ocpp_settle_order order_by(struct relay_world *world, const char *jti)
{
    return settle_world_order(world->backend, authorisation_of(world, jti).order);
}

struct money {
    int64_t captured;
    int64_t held;
    int64_t refunded;
};

static void add_leg(const struct ocpp_settle_leg *leg, void *user)
{
    struct money *money = user;

    money->captured += leg->captured_minor;
    money->refunded += leg->refunded_minor;
    money->held += leg->held_minor - leg->captured_minor - leg->released_minor;
}

static struct money money_of(struct relay_world *world, const char *order)
{
    struct money money = { 0 };

    assert_int_equal(ocpp_settle_legs(world->backend->settle, order, add_leg, &money), OCPP_OK);
    return money;
}

/* An hour at 3.6 kW, 0.50 a kWh and a tenth of tax: 1.98. */
static void a_phone_reserves_starts_and_brings_the_bill_and_the_order_is_paid_once(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 3600);

    assert_true(is_state(world, jti, "Ready"));
    assert_int_equal(money_of(world, order_by(world, jti).id).held, 2000);
    carry(world, 0, 1);
    assert_true(is_state(world, jti, "Billed"));
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order_by(world, jti).paid_minor, 198);
    assert_int_equal(money_of(world, order_by(world, jti).id).held, 0);
    assert_non_null(world->page.reconciled);
    assert_null(bill_token(world, 0, 1));
}

/* D3. */
static void any_later_phone_carries_the_bill(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);

    relay_pass_s(world, 3 * 86400);
    (void)charge(world, 0, "CARD-B", 2000, 600); /* somebody else comes */
    carry(world, 0, 1);
    carry(world, 0, 2);
    assert_int_equal(order_by(world, jti).paid_minor, 33);
}

/* D3. After the hold was let go the bill still counts: the payer is asked again. */
static void a_bill_after_the_hold_was_let_go_is_asked_for_anew(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);

    relay_pass_s(world, 8 * 86400);
    assert_true(is_state(world, jti, "Expired"));
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_int_equal(money_of(world, order_by(world, jti).id).held, 0);
    carry(world, 0, 1);
    assert_string_not_equal(world->page.order, order_by(world, jti).id);
    assert_int_equal(settle_world_order(world->backend, world->page.order).paid_minor, 33);
}

/* D4. */
static void a_bill_that_was_altered_is_refused_and_told(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);
    const char *bill = bill_token(world, 0, 1);
    const size_t events = world->backend->event_count;

    for (size_t i = 100; i < strlen(bill); i += 97) {
        char *altered = ocpp_arena_text(world->backend->arena, bill, strlen(bill));

        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        assert_false(bring(world, altered));
        assert_string_equal(world->backend->done_code, "BadToken");
    }
    assert_true(world->backend->event_count > events);
    assert_true(is_state(world, jti, "Ready"));
    carry(world, 0, 1);
    assert_int_equal(order_by(world, jti).paid_minor, 33);
}

/* Anybody may bring anything: what nobody has signed costs no write, what names a pile one a minute, and both an event a minute.
 */
static void junk_makes_next_to_nothing_happen_however_much_of_it_is_brought(void **state)
{
    struct relay_world *world = *state;
    struct settle_world *backend = world->backend;
    const char *status = relay_status_of(world, 0, 1);
    char *altered = ocpp_arena_text(backend->arena, status, strlen(status)); /* names the pile, and is not the pile's */
    const size_t events = backend->event_count;
    const int64_t writes = backend->writes;

    altered[strlen(altered) - 3] = altered[strlen(altered) - 3] == 'A' ? 'B' : 'A';
    for (int i = 0; i < 150; i++) {
        assert_false(bring(world, i % 2 ? "junk" : "a.b.c"));
        assert_string_equal(backend->done_code, "BadToken");
    }
    assert_int_equal(backend->writes, writes);
    assert_int_equal(backend->event_count, events + 1);
    for (int i = 0; i < 150; i++) {
        assert_false(tell_status(world, altered));
    }
    assert_int_equal(backend->writes, writes + 1);
    assert_int_equal(backend->event_count, events + 2);
    relay_pass_s(world, 61);
    const int64_t later = backend->writes;
    for (int i = 0; i < 10; i++) {
        assert_false(tell_status(world, altered));
        assert_false(bring(world, "junk"));
    }
    assert_int_equal(backend->writes, later + 1);
    assert_int_equal(backend->event_count, events + 4);
}

/* A status that somebody kept says nothing when it is brought again. */
static void a_status_that_is_brought_again_is_no_reason_to_write(void **state)
{
    struct relay_world *world = *state;
    const char *status = relay_status_of(world, 0, 1);

    assert_true(tell_status(world, status));
    const int64_t writes = world->backend->writes;
    for (int i = 0; i < 20; i++) {
        assert_true(tell_status(world, status));
    }
    assert_int_equal(world->backend->writes, writes);
}

/* D5, I10. By two phones, again and again. */
static void a_bill_that_is_brought_twice_counts_once(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);
    const char *bill = bill_token(world, 0, 1);

    for (int i = 0; i < 5; i++) {
        assert_true(bring(world, bill));
        assert_true(shown_page(world, "PILE-1", 1));
        assert_int_equal(world->page.result, OCPP_SETTLE_PAGE_RESULT_ACCEPTED);
    }
    settle_world_restart(world->backend);
    assert_true(bring(world, bill));
    assert_int_equal(order_by(world, jti).paid_minor, 33);
    assert_int_equal(pile_at_server(world, 0).last_page, 1);
    assert_int_equal(orders_of(world->backend, "CARD-A"), 1);
}

/* D16. The acknowledgement was lost: the pile shows the bill again, and is told again. */
static void an_acknowledgement_that_was_lost_is_given_again(void **state)
{
    struct relay_world *world = *state;

    (void)charge(world, 0, "CARD-A", 2000, 600);
    assert_true(bring(world, bill_token(world, 0, 1)));
    assert_non_null(bill_token(world, 0, 1));
    carry(world, 0, 1);
    assert_null(bill_token(world, 0, 1));
}

/* D6. No proof of start: the hold is let go when it is over. */
static void without_proof_that_it_began_the_hold_is_let_go_at_its_end(void **state)
{
    struct relay_world *world = *state;
    const char *jti = wish(world, 0, 1, "CARD-A", 2000);

    relay_pass_s(world, 7 * 86400 - 60);
    assert_int_equal(money_of(world, order_by(world, jti).id).held, 2000);
    relay_pass_s(world, 120);
    assert_true(is_state(world, jti, "Expired"));
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_int_equal(money_of(world, order_by(world, jti).id).held, 0);
}

/* D6. Proof of start, brought by the next phone: what was frozen is taken before the hold ends, the rest comes back with the
 * bill. */
static void with_proof_what_was_frozen_is_taken_in_time_and_corrected_by_the_bill(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 3600);

    relay_pass_s(world, 86400);
    assert_true(tell_status(world, relay_status_of(world, 0, 0)));
    assert_true(is_state(world, jti, "Used"));
    relay_pass_s(world, 6 * 86400);
    assert_true(is_state(world, jti, "Captured"));
    assert_int_equal(order_by(world, jti).paid_minor, 2000);
    carry(world, 0, 1);
    assert_int_equal(order_by(world, jti).paid_minor, 198);
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(money_of(world, order_by(world, jti).id).refunded, 1802);
    assert_true(bring(world, bill_token(world, 0, 1) ? bill_token(world, 0, 1) : relay_status_of(world, 0, 0)) || true);
    assert_int_equal(order_by(world, jti).paid_minor, 198);
}

/* D6. Proof that comes when the hold is nearly over. */
static void proof_that_comes_late_takes_what_was_frozen_at_once(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 3600);

    relay_pass_s(world, 6 * 86400 + 7200);
    assert_true(is_state(world, jti, "Ready"));
    assert_true(tell_status(world, relay_status_of(world, 0, 0)));
    assert_true(is_state(world, jti, "Captured"));
    assert_int_equal(order_by(world, jti).paid_minor, 2000);
}

/* D7, D9. Handed to another pile: it is for the one it names. */
static void an_authorisation_starts_nothing_at_another_pile(void **state)
{
    struct relay_world *world = *state;
    const char *jti = wish(world, 0, 1, "CARD-A", 2000);

    assert_int_equal(hand_over(world, 1, jti), OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE);
    assert_int_equal(hand_over(world, 0, jti), OCPP_SETTLE_REFUSAL_CODE_UNSET);
}

/* D7. */
static void a_nonce_is_good_for_one_authorisation(void **state)
{
    struct relay_world *world = *state;
    const char *status = relay_status_of(world, 0, 1);

    assert_non_null(wish_for(world, 0, status, 1, "CARD-A", 2000));
    assert_null(wish_for(world, 0, status, 1, "CARD-B", 2000));
    assert_string_equal(world->backend->done_code, "SameIdOtherBody");
    settle_world_check_refused(world->backend);
}

/* D17. Two reserved the same outlet: the pile takes one, says of the other that it never will, and its hold is let go at once. */
static void of_two_that_collide_one_wins_and_the_other_gets_its_money_back(void **state)
{
    struct relay_world *world = *state;
    const char *first = wish(world, 0, 1, "CARD-A", 2000);
    const char *second = wish(world, 0, 1, "CARD-B", 2000);

    assert_int_equal(hand_over(world, 0, first), OCPP_SETTLE_REFUSAL_CODE_UNSET);
    assert_int_equal(hand_over(world, 0, second), OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    assert_true(tell_status(world, relay_status_of(world, 0, 0)));
    assert_true(is_state(world, first, "Used"));
    assert_true(is_state(world, second, "Refused"));
    assert_int_equal(order_by(world, second).state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_int_equal(money_of(world, order_by(world, second).id).held, 0);
}

/* D10. The store of a pile was set back: two pages of one number. */
static void a_pile_whose_store_went_back_is_quarantined(void **state)
{
    struct relay_world *world = *state;
    struct outlet_world *pile = &world->pile[0];
    struct ocpp_storage *before = test_storage_snapshot(pile->storage);

    (void)charge(world, 0, "CARD-A", 2000, 600);
    carry(world, 0, 1);
    outlet_world_cut(pile);
    test_storage_restore(pile->storage, before);
    assert_int_equal(outlet_world_boot(pile), OCPP_OK);
    const char *jti = charge(world, 0, "CARD-B", 2000, 1200);
    assert_true(bring(world, bill_token(world, 0, 1)));
    assert_string_equal(pile_at_server(world, 0).state, "Quarantined");
    assert_true(is_state(world, jti, "Ready"));
    assert_null(wish(world, 0, 1, "CARD-C", 2000));
    assert_string_equal(world->backend->done_code, "WrongState");
    ocpp_memory_storage_free(before);
}

/* D10. A status alone shows it, too. */
static void a_status_that_goes_back_shows_a_fork(void **state)
{
    struct relay_world *world = *state;
    struct outlet_world *pile = &world->pile[0];
    struct ocpp_storage *before = test_storage_snapshot(pile->storage);

    (void)charge(world, 0, "CARD-A", 2000, 600);
    assert_true(tell_status(world, relay_status_of(world, 0, 0)));
    outlet_world_cut(pile);
    test_storage_restore(pile->storage, before);
    assert_int_equal(outlet_world_boot(pile), OCPP_OK);
    relay_pass_s(world, 7200);
    assert_true(tell_status(world, relay_status_of(world, 0, 0)));
    assert_string_equal(pile_at_server(world, 0).state, "Quarantined");
    ocpp_memory_storage_free(before);
}

/* D10. Its request for a certificate may be brought again by anybody: that ends no quarantine, a person does. */
static void a_request_that_is_brought_again_lifts_no_quarantine(void **state)
{
    struct relay_world *world = *state;
    struct settle_world *backend = world->backend;
    struct outlet_world *pile = &world->pile[0];
    struct ocpp_storage *before = test_storage_snapshot(pile->storage);
    const char *request = NULL;

    assert_int_equal(ocpp_settle_outlets_request(pile->outlets, pile->arena, &request), OCPP_OK);
    char *kept = malloc(strlen(request) + 1);
    memcpy(kept, request, strlen(request) + 1);
    (void)charge(world, 0, "CARD-A", 2000, 600);
    assert_true(tell_status(world, relay_status_of(world, 0, 0)));
    outlet_world_cut(pile);
    test_storage_restore(pile->storage, before);
    assert_int_equal(outlet_world_boot(pile), OCPP_OK);
    relay_pass_s(world, 7200);
    assert_true(tell_status(world, relay_status_of(world, 0, 0)));
    assert_string_equal(pile_at_server(world, 0).state, "Quarantined");
    assert_int_equal(ocpp_settle_relay_enrol(backend->settle, kept, strlen(kept), NULL, settle_world_done(backend), backend->now),
                     OCPP_OK);
    settle_world_run(backend);
    assert_string_equal(pile_at_server(world, 0).state, "Quarantined");
    ocpp_memory_storage_free(before);
    free(kept);
}

/* An old status that a slow phone brings is no fork. */
static void an_old_status_is_no_fork(void **state)
{
    struct relay_world *world = *state;
    const char *old = relay_status_of(world, 0, 0);

    (void)charge(world, 0, "CARD-A", 2000, 600);
    assert_true(tell_status(world, relay_status_of(world, 0, 0)));
    assert_true(tell_status(world, old));
    assert_string_equal(pile_at_server(world, 0).state, "Enrolled");
    assert_int_equal(pile_at_server(world, 0).told_page, 1);
}

/* As a reconciliation tells them. */
static const char *gaps_of(struct relay_world *world)
{
    static char text[200];
    struct ocpp_settle_relay_gaps gaps = { .settle = world->backend->settle };
    struct ocpp_settle_bill_gap gap;

    text[0] = '\0';
    while (ocpp_settle_relay_next_gap(&gap, &gaps)) {
        const size_t size = strlen(text);

        (void)snprintf(text + size, sizeof text - size, "%s %d-%d;", gap.station, (int)gap.first_page, (int)gap.last_page);
    }
    assert_int_equal(gaps.status, OCPP_OK);
    return text;
}

/* D11. Of several piles, and several of one. */
static void every_gap_of_every_pile_is_found(void **state)
{
    struct relay_world *world = *state;

    for (int i = 0; i < 6; i++) {
        (void)charge(world, 0, "CARD-A", 2000, 60);
        (void)charge(world, 1, "CARD-B", 2000, 60);
    }
    carry(world, 0, 1);
    carry(world, 0, 3);
    carry(world, 0, 6);
    carry(world, 1, 4);
    assert_string_equal(gaps_of(world), "PILE-1 2-2;PILE-1 4-5;PILE-2 1-3;");
}

/* D11. Nothing is guessed of what did not come. */
static void a_gap_is_told_and_nothing_is_guessed_of_it(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);

    (void)charge(world, 0, "CARD-B", 2000, 600);
    (void)charge(world, 0, "CARD-C", 2000, 600);
    carry(world, 0, 3);
    assert_int_equal(pile_at_server(world, 0).gap_count, 2);
    assert_int_equal(pile_at_server(world, 0).first_gap, 1);
    assert_string_equal(gaps_of(world), "PILE-1 1-2;");
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_OPEN);
    carry(world, 0, 1);
    assert_int_equal(pile_at_server(world, 0).first_gap, 2);
    assert_string_equal(gaps_of(world), "PILE-1 2-2;");
    carry(world, 0, 2);
    assert_string_equal(gaps_of(world), "");
    assert_int_equal(pile_at_server(world, 0).gap_count, 0);
    assert_int_equal(pile_at_server(world, 0).first_gap, 0);
    assert_int_equal(order_by(world, jti).paid_minor, 33);
}

/* A status that the pile signs, with one outlet of its choice; lives as long as the world. */
static const char *status_by_the_pile(struct relay_world *world, int number, int64_t outlet, int64_t seq)
{
    static const struct ocpp_settle_authorisation_use none;
    char kid[OCPP_SETTLE_JWS_KID_SIZE];
    char nonce[33];
    const struct ocpp_settle_outlet_status outlets[] = {
        { .outlet = outlet, .state = OCPP_SETTLE_OUTLET_STATE_FREE, .seq = seq }
    };
    const struct ocpp_settle_pile_status status = {
        .iss = "PILE-1",
        .nonce = nonce,
        .now = { .boot = 1, .mono_ms = number, .status = OCPP_SETTLE_TIME_STATUS_UNKNOWN },
        .outlets = { outlets, 1 },
        .prev = "0000000000000000000000000000000000000000000000000000000000000000",
        .room = 10,
        .used = { &none, 0 },
    };
    const char *token = NULL;
    size_t size;

    (void)snprintf(nonce, sizeof nonce, "%032d", number + 1);
    (void)snprintf(kid, sizeof kid, "%s", pile_at_server(world, 0).kid);
    const struct ocpp_settle_jws_signer signer = { &world->pile[0].keys.contract, "pile-key", kid, OCPP_SETTLE_TYP_PILE_STATUS };
    assert_int_equal(
        ocpp_settle_jws_make_message(&signer, &ocpp_settle_pile_status_type, &status, world->backend->arena, &token, &size),
        OCPP_OK);
    return token;
}

static void a_pile_that_tells_of_ever_other_outlets_and_of_absurd_numbers_makes_nothing_grow(void **state)
{
    struct relay_world *world = *state;

    world->relay.sessions_per_pile = 100;
    settle_world_restart(world->backend);
    for (int i = 0; i < 30; i++) {
        char token[16];

        (void)snprintf(token, sizeof token, "CARD-%d", i);
        assert_non_null(wish_for(world, 0, status_by_the_pile(world, i, 100 + i, 0), 100 + i, token, 100));
    }
    assert_null(wish_for(world, 0, status_by_the_pile(world, 40, 1, (INT64_C(1) << 53) - 1), 1, "CARD-C", 100));
    assert_string_equal(world->backend->done_code, "LimitReached");
}

/* D12. */
static void bills_of_a_revoked_key_wait_for_a_person(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);

    assert_int_equal(ocpp_settle_relay_revoke(world->backend->settle, "PILE-1", "stolen", settle_world_done(world->backend),
                                              world->backend->now),
                     OCPP_OK);
    carry(world, 0, 1);
    assert_int_equal(world->page.result, OCPP_SETTLE_PAGE_RESULT_SUSPENSE);
    assert_null(world->page.order);
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_OPEN);
    assert_int_equal(ocpp_settle_relay_resolve(world->backend->settle, "PILE-1", 1, "looked at",
                                               settle_world_done(world->backend), world->backend->now),
                     OCPP_OK);
    settle_world_run(world->backend);
    assert_string_equal(world->backend->done_code, "");
    assert_null(wish(world, 0, 1, "CARD-C", 2000));
}

/* What stands in our own rows against settling a page is no reason to refuse it: it would be brought for ever. */
static void a_bill_whose_order_cannot_be_adjusted_any_more_waits_for_a_person(void **state)
{
    struct relay_world *world = *state;
    struct settle_world *backend = world->backend;
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);

    for (int i = 0; i < 32; i++) {
        assert_int_equal(
            ocpp_settle_adjust(backend->settle, order_by(world, jti).id, 1, "one more", settle_world_done(backend), backend->now),
            OCPP_OK);
        settle_world_run(backend);
        assert_string_equal(backend->done_code, "");
    }
    carry(world, 0, 1);
    assert_int_equal(world->page.result, OCPP_SETTLE_PAGE_RESULT_SUSPENSE);
    assert_string_equal(world->page.reason, "as many adjustments as one order may have");
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_OPEN);
    assert_true(is_state(world, jti, "Ready"));
    assert_int_equal(
        ocpp_settle_relay_resolve(backend->settle, "PILE-1", 1, "billed by hand", settle_world_done(backend), backend->now),
        OCPP_OK);
    settle_world_run(backend);
    assert_true(shown_page(world, "PILE-1", 1));
    assert_int_equal(world->page.result, OCPP_SETTLE_PAGE_RESULT_ACCEPTED);
}

static void accept_page(struct relay_world *world, int64_t page)
{
    assert_int_equal(ocpp_settle_relay_accept(world->backend->settle, "PILE-1", page, "the driver says so",
                                              settle_world_done(world->backend), world->backend->now),
                     OCPP_OK);
    settle_world_run(world->backend);
}

/* D12. A person stands by what came of a pile whose key was stolen: its order is settled by it, once. */
static void a_page_that_a_person_stands_by_settles_its_order(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);

    assert_int_equal(ocpp_settle_relay_revoke(world->backend->settle, "PILE-1", "stolen", settle_world_done(world->backend),
                                              world->backend->now),
                     OCPP_OK);
    carry(world, 0, 1);
    accept_page(world, 7);
    assert_string_equal(world->backend->done_code, "Invalid");
    for (int i = 0; i < 2; i++) {
        accept_page(world, 1);
        assert_string_equal(world->backend->done_code, i == 0 ? "" : "WrongState");
        assert_true(shown_page(world, "PILE-1", 1));
        assert_int_equal(world->page.result, OCPP_SETTLE_PAGE_RESULT_ACCEPTED);
        assert_string_equal(world->page.order, order_by(world, jti).id);
        assert_int_equal(order_by(world, jti).paid_minor, 33);
        assert_int_equal(money_of(world, order_by(world, jti).id).held, 0);
        settle_world_restart(world->backend);
    }
    assert_true(is_state(world, jti, "Billed"));
    assert_null(wish(world, 0, 1, "CARD-C", 2000));
}

/* D13. The server's key is rotated while the piles are out of reach: the next parcel brings the new one and ends the old one. */
static void a_rotated_server_key_reaches_piles_with_the_next_authorisation(void **state)
{
    struct relay_world *world = *state;
    const char *old = wish(world, 0, 2, "CARD-B", 2000);
    const struct ocpp_settle_relay_authorisation stolen = authorisation_of(world, old);

    relay_rotate(world, "server-next", 2, 2);
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);
    assert_int_equal(give(&world->pile[0], stolen.parcel, NULL), OCPP_ERR_SECURITY);
    carry(world, 0, 1);
    assert_int_equal(order_by(world, jti).paid_minor, 33);
}

/* D8. */
static void an_authorisation_that_is_carried_late_begins_nothing_and_is_let_go(void **state)
{
    struct relay_world *world = *state;
    const char *jti = wish(world, 0, 1, "CARD-A", 2000);

    relay_pass_s(world, 700);
    assert_int_equal(hand_over(world, 0, jti), OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN);
    assert_true(tell_status(world, relay_status_of(world, 0, 0)));
    assert_true(is_state(world, jti, "Refused"));
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_VOID);
}

/* Nobody came: the bill says so, and the hold is let go. */
static void a_session_that_never_began_costs_nothing(void **state)
{
    struct relay_world *world = *state;
    const char *jti = wish(world, 0, 1, "CARD-A", 2000);

    assert_int_equal(hand_over(world, 0, jti), OCPP_SETTLE_REFUSAL_CODE_UNSET);
    relay_pass_s(world, 700);
    carry(world, 0, 1);
    assert_true(is_state(world, jti, "Billed"));
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_int_equal(money_of(world, order_by(world, jti).id).held, 0);
}

static void a_payer_who_has_no_money_gets_no_authorisation(void **state)
{
    struct relay_world *world = *state;

    world->backend->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    const char *jti = wish(world, 0, 1, "CARD-A", 2000);
    assert_true(is_state(world, jti, "Denied"));
    assert_null(authorisation_of(world, jti).parcel);
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_int_equal(pile_at_server(world, 0).open_authorisations, 0);
}

/* D14. Another vehicle than authorised gets nothing, where the pile can know it; the right one does. */
static void another_vehicle_than_authorised_gets_nothing(void **state)
{
    struct relay_world *world = *state;
    struct outlet_world *pile = &world->pile[0];

    world->vehicle = "EVCC-1";
    const char *jti = wish(world, 0, 1, "CARD-A", 2000);
    assert_null(strstr(authorisation_of(world, jti).parcel, "EVCC-1"));
    assert_int_equal(hand_over(world, 0, jti), OCPP_SETTLE_REFUSAL_CODE_UNSET);
    ocpp_settle_outlets_plug(pile->outlets, 1, true, "EVCC-2", pile->now);
    assert_false(pile->outlet[1].is_on);
    ocpp_settle_outlets_plug(pile->outlets, 1, false, NULL, pile->now);
    ocpp_settle_outlets_plug(pile->outlets, 1, true, "EVCC-1", pile->now);
    assert_true(pile->outlet[1].is_on);
    ocpp_settle_outlets_plug(pile->outlets, 2, true, "EVCC-2", pile->now);
    assert_int_equal(hand_over(world, 0, wish(world, 0, 2, "CARD-A", 2000)), OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED);
}

/* Who carries a bill cannot read it; the server can. */
static void a_sealed_bill_says_nothing_to_whoever_carries_it(void **state)
{
    struct relay_world *world = *state;
    const char *jti = charge(world, 0, "CARD-A", 2000, 600);
    const char *sealed = NULL;
    const char *payload = NULL;
    int64_t number = 0;
    size_t size;

    assert_int_equal(ocpp_settle_outlets_sealed_page(world->pile[0].outlets, 0, world->backend->arena, &sealed, &number),
                     OCPP_OK);
    assert_int_equal(ocpp_settle_jws_peek(sealed, strlen(sealed), world->backend->arena, &payload, &size), OCPP_ERR_VALUE);
    assert_true(bring(world, sealed));
    assert_int_equal(order_by(world, jti).paid_minor, 33);
    assert_true(bring(world, bill_token(world, 0, 1))); /* the same page, whatever it came in */
    assert_int_equal(order_by(world, jti).paid_minor, 33);
}

/* Enrolment: nothing is trusted on first use. */
static void who_does_not_know_the_claim_code_enrols_no_pile(void **state)
{
    struct relay_world *world = *state;
    static struct outlet_world pile;
    const char *request = NULL;

    outlet_world_open_bare(&pile, "PILE-9", 900);
    assert_int_equal(ocpp_settle_outlets_request(pile.outlets, pile.arena, &request), OCPP_OK);
    assert_int_equal(ocpp_settle_relay_enrol(world->backend->settle, request, strlen(request), NULL,
                                             settle_world_done(world->backend), world->backend->now),
                     OCPP_OK);
    settle_world_run(world->backend);
    assert_string_equal(world->backend->done_code, "BadToken");
    /* a proof may be tried against codes by anybody who saw it: short ones are none */
    assert_int_equal(ocpp_settle_relay_register(world->backend->settle, "PILE-9", "12345678901",
                                                settle_world_done(world->backend), world->backend->now),
                     OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_relay_register(world->backend->settle, "PILE-9", "ANOTHER-CODE",
                                                settle_world_done(world->backend), world->backend->now),
                     OCPP_OK);
    assert_int_equal(ocpp_settle_relay_enrol(world->backend->settle, request, strlen(request), NULL,
                                             settle_world_done(world->backend), world->backend->now),
                     OCPP_OK);
    settle_world_run(world->backend);
    assert_string_equal(world->backend->done_code, "BadToken");
    const char *foreign = pile_at_server(world, 0).enrolment; /* of another pile, by the same server */
    assert_int_equal(ocpp_settle_outlets_enrol(pile.outlets, foreign, strlen(foreign), pile.now), OCPP_ERR_SECURITY);
    assert_false(ocpp_settle_outlets_view(pile.outlets).is_enrolled);
    outlet_world_close(&pile);
}

/* The pile computes as the backend does: what it told is what is charged. */
static void pile_and_backend_compute_the_same(void **state)
{
    struct relay_world *world = *state;
    struct outlet_world *pile = &world->pile[0];
    const char *jti = wish(world, 0, 1, "CARD-A", 3000);

    assert_int_equal(hand_over(world, 0, jti), OCPP_SETTLE_REFUSAL_CODE_UNSET);
    plug(pile, 1);
    relay_pass_s(world, 1234);
    pile->outlet[1].power_mw = 0;
    relay_pass_s(world, 777);
    pile->outlet[1].power_mw = 10999999;
    relay_pass_s(world, 333);
    unplug(pile, 1);
    carry(world, 0, 1);
    assert_non_null(strstr(world->page.payload, "SuspendedEV"));
    for (size_t i = 0; i < world->backend->event_count; i++) {
        assert_null(strstr(world->backend->events[i], "Diverged"));
    }
    assert_int_equal(order_by(world, jti).state, OCPP_SETTLE_ORDER_STATE_PAID);
}

/* Phones that know the root alone believe it by what it shows, also after a power cut. */
static void a_pile_that_belongs_shows_who_vouches_for_it(void **state)
{
    struct relay_world *world = *state;
    struct outlet_world *pile = &world->pile[0];
    struct ocpp_settle_trust trust;

    for (int boot = 0; boot < 2; boot++) {
        struct ocpp_settle_link_proof proof = { .certificate = NULL };

        assert_true(ocpp_settle_outlets_prove(pile->outlets, &proof));
        assert_string_equal(proof.certificate, ocpp_settle_outlets_certificate(pile->outlets));
        assert_int_equal(proof.keys.count, 1);
        const struct ocpp_settle_trust_parcel parcel = { .keys = { proof.keys.items, proof.keys.count } };
        const struct ocpp_settle_jws_verifier verifier = { .keys = &world->backend->keys.contract,
                                                           .typ = OCPP_SETTLE_TYP_PILE_KEY,
                                                           .find = ocpp_settle_trust_find,
                                                           .user = &trust };
        const void *certificate = NULL;
        ocpp_settle_trust_begin(&trust, world->relay.root_kid, world->relay.root);
        assert_int_equal(ocpp_settle_trust_take(&trust, &world->backend->keys.contract, &parcel, pile->arena, NULL), OCPP_OK);
        assert_int_equal(ocpp_settle_jws_verify_message(&verifier, proof.certificate, strlen(proof.certificate),
                                                        &ocpp_settle_pile_key_type, pile->arena, &certificate, NULL, NULL),
                         OCPP_OK);
        outlet_world_cut(pile);
        assert_int_equal(outlet_world_boot(pile), OCPP_OK);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        CASE(a_phone_reserves_starts_and_brings_the_bill_and_the_order_is_paid_once),
        CASE(any_later_phone_carries_the_bill),
        CASE(a_bill_after_the_hold_was_let_go_is_asked_for_anew),
        CASE(a_bill_that_was_altered_is_refused_and_told),
        CASE(junk_makes_next_to_nothing_happen_however_much_of_it_is_brought),
        CASE(a_status_that_is_brought_again_is_no_reason_to_write),
        CASE(a_bill_that_is_brought_twice_counts_once),
        CASE(an_acknowledgement_that_was_lost_is_given_again),
        CASE(without_proof_that_it_began_the_hold_is_let_go_at_its_end),
        CASE(with_proof_what_was_frozen_is_taken_in_time_and_corrected_by_the_bill),
        CASE(proof_that_comes_late_takes_what_was_frozen_at_once),
        CASE(an_authorisation_starts_nothing_at_another_pile),
        CASE(a_nonce_is_good_for_one_authorisation),
        CASE(of_two_that_collide_one_wins_and_the_other_gets_its_money_back),
        CASE(a_pile_whose_store_went_back_is_quarantined),
        CASE(a_status_that_goes_back_shows_a_fork),
        CASE(a_request_that_is_brought_again_lifts_no_quarantine),
        CASE(an_old_status_is_no_fork),
        CASE(a_gap_is_told_and_nothing_is_guessed_of_it),
        CASE(every_gap_of_every_pile_is_found),
        CASE(a_pile_that_tells_of_ever_other_outlets_and_of_absurd_numbers_makes_nothing_grow),
        CASE(bills_of_a_revoked_key_wait_for_a_person),
        CASE(a_page_that_a_person_stands_by_settles_its_order),
        CASE(a_bill_whose_order_cannot_be_adjusted_any_more_waits_for_a_person),
        CASE(a_rotated_server_key_reaches_piles_with_the_next_authorisation),
        CASE(an_authorisation_that_is_carried_late_begins_nothing_and_is_let_go),
        CASE(a_session_that_never_began_costs_nothing),
        CASE(a_payer_who_has_no_money_gets_no_authorisation),
        CASE(another_vehicle_than_authorised_gets_nothing),
        CASE(a_sealed_bill_says_nothing_to_whoever_carries_it),
        CASE(who_does_not_know_the_claim_code_enrols_no_pile),
        CASE(pile_and_backend_compute_the_same),
        CASE(a_pile_that_belongs_shows_who_vouches_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
