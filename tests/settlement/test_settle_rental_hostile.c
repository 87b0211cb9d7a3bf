/* Piles that lie, and facts that come in an order nobody wished for: whose money it is stays right, and everything ends. */
#include "unit.h"

#include "settle_bay.h"

#include <string.h>

enum { DAY_S = 86400 };

static bool yes(const char *station, void *user)
{
    (void)station, (void)user;
    return true;
}

static void with_keys(struct settle_world *world)
{
    world->settings.may_tell_key = yes;
}

static int setup(void **state)
{
    *state = settle_bays_usual(settle_world_new_with(with_keys));
    return 0;
}

static int teardown(void **state)
{
    struct settle_bays *bays = *state;

    settle_world_free(bays->world);
    return 0;
}

static void assert_received(const struct ocpp_settle_receipt *receipt, enum ocpp_settle_reception reception)
{
    assert_non_null(receipt);
    assert_int_equal(receipt->reception, reception);
}

static void assert_paid(struct settle_bays *bays, const char *payer, int64_t minor)
{
    const struct ocpp_settle_order order = order_of(bays->world, payer);

    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order.due_minor, minor);
    assert_int_equal(order.paid_minor, minor);
}

/* --- a bank that another pile let out
 * ------------------------------------------------------------------------------------------------ */

/* What |station| mints with the key it was given. */
static const char *own_mark(struct settle_bays *b, int64_t generation, const char *station)
{
    const struct ocpp_settle_mark_key_req *key = pile_heard(b->world, station, OCPP_SETTLE_ACTION_MARK_KEY);
    unsigned char secret[OCPP_SETTLE_DIGEST_SIZE], bytes[OCPP_SETTLE_MARK_SIZE];
    struct ocpp_settle_mint mint = { &b->world->keys.contract, "of-a-pile", 0, 0 };
    char *text = ocpp_arena_take(b->world->arena, OCPP_SETTLE_MARK_TEXT_SIZE);

    assert_non_null(key);
    for (size_t i = 0; i < sizeof secret; i++) {
        const char digits[3] = { key->key[2 * i], key->key[2 * i + 1], '\0' };

        secret[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
    assert_int_equal(mint.keys->keep_secret(mint.key_name, secret, sizeof secret, mint.keys->user), OCPP_OK);
    mint.pile = (uint32_t)key->pile;
    assert_int_equal(ocpp_settle_mark_fleet(mint.keys, "operator", &mint.fleet), OCPP_OK);
    assert_int_equal(ocpp_settle_mark_mint(&mint, OCPP_SETTLE_MARK_PLAIN, (uint32_t)generation, NULL, bytes), OCPP_OK);
    ocpp_settle_mark_write(bytes, text);
    return text;
}

/* |station| says that it let out |bank| alone, which it never had. */
static const char *lies_that_it_let_out(struct settle_bays *b, const char *station, const char *bank, int64_t generation,
                                        enum ocpp_settle_reception reception)
{
    const struct ocpp_settle_offline_rental offline = { .token = { "KNOWN-1", "ISO14443" },
                                                        .mark = own_mark(b, generation, station) };
    const struct ocpp_settle_bank_taken_req lie = { .envelope = pile_envelope(b->world, station),
                                                    .rental = bay_id(b),
                                                    .slot = 1,
                                                    .bank = bank,
                                                    .hardware_id = bank_named(b, bank)->hardware,
                                                    .generation = generation,
                                                    .at = bay_moment(b, station),
                                                    .offline = &offline };

    assert_received(bay_tells_taken(b, station, &lie), reception);
    return lie.rental;
}

/* I9. Who rented it honestly brings it back: that ends the rental, whatever another pile said. */
static void a_pile_that_claims_a_bank_that_is_out_takes_it_from_nobody(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    (void)lies_that_it_let_out(b, "PILE-2", "BANK-1", 9, OCPP_SETTLE_RECEPTION_REFUSED);
    assert_string_equal(bank_of(b, "BANK-1").rental, rental);
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, "BankIsOut"), 1);
    pass_s(b->world, 2400);
    (void)put_back(b, "BANK-1", "PILE-1", 3);
    assert_string_equal(rental_named(b, rental).state, "Returned");
    assert_paid(b, "CARD-A", 240);
}

/* A8. I9. A generation that cannot rise any more keeps nobody from returning: the bank is held, the rental is over. */
static void a_bank_whose_generations_are_used_up_comes_back_all_the_same(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    const char *rental =
        lies_that_it_let_out(b, "PILE-1", "BANK-1", OCPP_SETTLE_MARK_GENERATION_LIMIT, OCPP_SETTLE_RECEPTION_ACCEPTED);
    struct ocpp_settle_bank_returned_req back;

    bank->generation = OCPP_SETTLE_MARK_GENERATION_LIMIT;
    bank->state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
    pass_s(b->world, 2400);
    back = bay_returned(b, bank, "PILE-2", 3);
    assert_received(bay_tells_returned(b, "PILE-2", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    const struct ocpp_settle_resolve resolve = { .suspense = suspense_of(b, "UnreadableMark").id,
                                                 .resolution = OCPP_SETTLE_RESOLVE_RETURNED };
    assert_int_equal(ocpp_settle_suspense_resolve(b->world->settle, &resolve, settle_world_done(b->world), b->world->now),
                     OCPP_OK);
    settle_world_run(b->world);
    assert_string_equal(b->world->done_code, "");
    assert_string_equal(rental_named(b, rental).state, "Returned");
    assert_paid(b, "KNOWN-1", 240);
    assert_string_equal(bank_of(b, "BANK-1").state, "Held");
}

/* --- swaps
 * -----------------------------------------------------------------------------------------------------------------------------
 */

static const struct ocpp_settle_bank_grant *swaps(struct settle_bays *b, const char *old, const char *other)
{
    struct settle_bank *bank = bank_named(b, old);
    const struct ocpp_settle_bank_choice choice = bay_choice(bank_named(b, other));
    struct ocpp_settle_bank_returned_req back;

    bank->condition = OCPP_SETTLE_BANK_CONDITION_FAULTY;
    back = bay_returned(b, bank, "PILE-1", 1);
    back.replacement = &choice;
    assert_received(bay_tells_returned(b, "PILE-1", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_non_null(bay_decision(b, bank)->swap);
    return bay_decision(b, bank)->swap;
}

/* A22. A26. I14. A clock that stood when the bank was swapped does not stand for ever. */
static void a_swap_ends_what_a_report_bought(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    const struct ocpp_settle_bank_grant *grant;

    assert_int_equal(ocpp_settle_rental_report(b->world->settle, rental, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    grant = swaps(b, "BANK-1", "BANK-2");
    (void)bay_gives(b, "PILE-1", grant);
    const struct ocpp_settle_bank_taken_req taken = bay_taken(b, "PILE-1", grant);
    pass_s(b->world, 3 * 3600); /* its pile is heard of when the report does not count any more */
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    for (int day = 0; day < 30; day++) {
        pass_s(b->world, DAY_S);
    }
    assert_string_equal(rental_named(b, rental).state, "Bought");
}

/* A26. A27. The pile is silent for days after a swap: nothing is asked meanwhile, and everything once it is heard of. */
static void a_swap_that_is_told_after_days_is_a_rental_all_the_same(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    const struct ocpp_settle_bank_grant *grant = swaps(b, "BANK-1", "BANK-2");

    (void)bay_gives(b, "PILE-1", grant);
    const struct ocpp_settle_bank_taken_req taken = bay_taken(b, "PILE-1", grant);
    pass_s(b->world, 4 * DAY_S);
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, rental).state, "Bought"); /* it cost its buy-out by then (A1) */
    assert_paid(b, "CARD-A", 2400);
}

/* --- more than was asked for
 * ------------------------------------------------------------------------------------------------------------- */

/* Step 2. Who asked for one bank from afar pays for one. */
static void a_pile_that_asks_for_more_banks_than_were_wanted_is_refused(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_token card = { "CARD-A", OCPP_TOKEN_ISO14443 };
    const struct ocpp_settle_rent_offer_req *offer;
    struct ocpp_settle_bank_choice choices[3];
    struct ocpp_settle_rent_request_req wish = { .banks = { choices, 3 }, .at = bay_moment(b, "PILE-1") };

    assert_int_equal(ocpp_settle_rent(b->world->settle, "PILE-1", &card, 1, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    offer = pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_OFFER);
    assert_non_null(offer);
    wish.request = offer->request;
    choices[0] = bay_choice(bank_named(b, "BANK-1"));
    choices[1] = bay_choice(bank_named(b, "BANK-2"));
    choices[2] = bay_choice(bank_named(b, "BANK-3"));
    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_RENT_REQUEST, &wish, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED);
    assert_int_equal(b->world->card.held_minor, 0);
}

/* --- less than nothing
 * ------------------------------------------------------------------------------------------------------------------- */

static void adjust(struct settle_bays *b, const char *payer, int64_t net_minor)
{
    assert_int_equal(ocpp_settle_adjust(b->world->settle, order_of(b->world, payer).id, net_minor, "goodwill",
                                        settle_world_done(b->world), b->world->now),
                     OCPP_OK);
    settle_world_run(b->world);
    assert_string_equal(b->world->done_code, "");
}

/* A1. A bank comes back after its price was lowered by a person: that is a fact; all is given back, and not more. */
static void a_bank_that_comes_back_after_a_favour_is_taken_and_costs_nothing(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    assert_int_equal(ocpp_settle_rental_keep(b->world->settle, rental, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    assert_paid(b, "CARD-A", 2400);
    adjust(b, "CARD-A", -2000);
    assert_paid(b, "CARD-A", 400);
    assert_received(put_back(b, "BANK-1", "PILE-1", 1), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, rental).state, "Returned");
    assert_paid(b, "CARD-A", 0);
}

/* A19. A favour while the return was on its way: the order costs nothing, not less. */
static void a_favour_greater_than_the_price_is_as_great_as_the_price(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    struct ocpp_settle_bank_returned_req back;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    pass_s(b->world, 600);
    back = bay_returned(b, bank, "PILE-2", 3); /* the link of that pile is down */
    pass_s(b->world, 6 * 3600);
    adjust(b, "CARD-A", -400);
    assert_received(bay_tells_returned(b, "PILE-2", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_paid(b, "CARD-A", 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_pile_that_claims_a_bank_that_is_out_takes_it_from_nobody),
        CASE(a_bank_whose_generations_are_used_up_comes_back_all_the_same),
        CASE(a_swap_ends_what_a_report_bought),
        CASE(a_swap_that_is_told_after_days_is_a_rental_all_the_same),
        CASE(a_pile_that_asks_for_more_banks_than_were_wanted_is_refused),
        CASE(a_bank_that_comes_back_after_a_favour_is_taken_and_costs_nothing),
        CASE(a_favour_greater_than_the_price_is_as_great_as_the_price),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
