/* A rental house whose pile has no network: tenants charge by card, phones carry the signed pages, whoever's they are. */
#include "house_world.h"
#include "relay_world.h"

#include "unit.h"

#include <ocpp/adapters.h>

#include <stdio.h>
#include <string.h>

struct cellar {
    struct relay_world relay;
    struct house_world *house;
};

static int setup(void **state)
{
    static struct cellar cellar;

    relay_world_open(&cellar.relay, 1);
    cellar.house = house_world_in(cellar.relay.backend, "PILE-1");
    assert_true(tell_status(&cellar.relay, relay_status_of(&cellar.relay, 0, 0))); /* its uptime dates what it does */
    *state = &cellar;
    return 0;
}

static int teardown(void **state)
{
    struct cellar *cellar = *state;

    house_world_free(cellar->house);
    relay_world_close(&cellar->relay);
    return 0;
}

static void begins_by(struct cellar *cellar, const char *token, const char *binding)
{
    struct outlet_world *pile = &cellar->relay.pile[0];
    const struct ocpp_settle_outlet_start card = { .outlet = 1, .token = token, .type = "ISO14443", .binding = binding };
    char session[OCPP_SETTLE_ID_SIZE];

    plug(pile, 1);
    assert_int_equal(ocpp_settle_outlets_start(pile->outlets, &card, pile->now, session), OCPP_OK);
}

/* An hour at 3.6 kW, 0.40 a kWh and a tenth of tax: 1.58 (1.44 + 0.14). */
static void charges(struct cellar *cellar, const char *token, const char *binding)
{
    begins_by(cellar, token, binding);
    relay_pass_s(&cellar->relay, 3600);
    unplug(&cellar->relay.pile[0], 1);
    relay_pass_s(&cellar->relay, 1);
}

static void a_card_charges_without_a_network_and_any_phone_brings_the_page(void **state)
{
    struct cellar *cellar = *state;

    charges(cellar, "ADA", NULL);
    charges(cellar, "BEN", NULL);
    carry(&cellar->relay, 0, 1);
    carry(&cellar->relay, 0, 2);
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ada_card).open_minor, 158);
    house_close(cellar->house);
    const struct ocpp_settle_statement statement = house_statement_of(cellar->house, cellar->house->ada);
    assert_int_equal(statement.gross_minor, 158);
    const struct ocpp_settle_session item = house_item(cellar->house, statement.id, 1);
    assert_int_equal(item.end_mwh - item.start_mwh, item.energy_mwh);
    assert_string_equal(item.signature, "page PILE-1/1"); /* B13 */
    assert_int_equal(house_statement_of(cellar->house, cellar->house->ben).gross_minor, 158);
}

/* B11. D4. Each character of the export that is altered makes it nobody's. */
static void B11_an_export_that_was_tampered_with_is_refused(void **state)
{
    struct cellar *cellar = *state;
    const char *page;

    charges(cellar, "ADA", NULL);
    page = bill_token(&cellar->relay, 0, 1);
    for (size_t i = 10; i < strlen(page); i += 1 + strlen(page) / 20) {
        char *altered = ocpp_arena_text(cellar->relay.backend->arena, page, strlen(page));

        if (altered[i] == '.') {
            continue;
        }
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        assert_false(bring(&cellar->relay, altered));
    }
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ada_card).sessions, 0);
    assert_true(bring(&cellar->relay, page));
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ada_card).sessions, 1);
}

/* B11. The chain tells where it is broken: a page that is missing, by its number. */
static void B11_a_page_that_is_missing_is_told_by_its_place(void **state)
{
    struct cellar *cellar = *state;

    charges(cellar, "ADA", NULL);
    charges(cellar, "ADA", NULL);
    charges(cellar, "ADA", NULL);
    assert_true(bring(&cellar->relay, bill_token(&cellar->relay, 0, 1)));
    assert_true(bring(&cellar->relay, bill_token(&cellar->relay, 0, 3)));
    assert_int_equal(pile_at_server(&cellar->relay, 0).first_gap, 2);
    assert_int_equal(pile_at_server(&cellar->relay, 0).last_page, 3);
    assert_true(bring(&cellar->relay, bill_token(&cellar->relay, 0, 2)));
    assert_int_equal(pile_at_server(&cellar->relay, 0).first_gap, 0);
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ada_card).open_minor, 3 * 158);
}

/* B11. The store of the pile was set back: two pages of one number. */
static void B11_an_export_that_was_rolled_back_is_a_fork_and_nothing_of_it_counts(void **state)
{
    struct cellar *cellar = *state;
    struct outlet_world *pile = &cellar->relay.pile[0];
    struct ocpp_storage *before = test_storage_snapshot(pile->storage);

    charges(cellar, "ADA", NULL);
    assert_true(bring(&cellar->relay, bill_token(&cellar->relay, 0, 1)));
    outlet_world_cut(pile);
    test_storage_restore(pile->storage, before);
    assert_int_equal(outlet_world_boot(pile), OCPP_OK);
    charges(cellar, "BEN", NULL);
    assert_true(bring(&cellar->relay, bill_token(&cellar->relay, 0, 1)));
    assert_string_equal(pile_at_server(&cellar->relay, 0).state, "Quarantined");
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ada_card).sessions, 1);
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ben_card).sessions, 0);
    ocpp_memory_storage_free(before);
}

/* B12. */
static void B12_the_same_export_twice_counts_once(void **state)
{
    struct cellar *cellar = *state;
    const char *page;

    charges(cellar, "ADA", NULL);
    page = bill_token(&cellar->relay, 0, 1);
    for (int i = 0; i < 3; i++) {
        assert_true(bring(&cellar->relay, page));
    }
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ada_card).sessions, 1);
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ada_card).open_minor, 158);
}

/* B15. The power goes in a session: what the last sample noted is billed, no more is lost than the time between two. */
static void B15_a_power_cut_in_a_session_loses_one_sample_at_the_most(void **state)
{
    struct cellar *cellar = *state;
    struct outlet_world *pile = &cellar->relay.pile[0];
    const int64_t start = pile->outlet[1].meter_mwh;
    int64_t used;

    begins_by(cellar, "ADA", NULL);
    relay_pass_s(&cellar->relay, 1000);
    used = pile->outlet[1].meter_mwh - start;
    outlet_world_cut(pile);
    assert_int_equal(outlet_world_boot(pile), OCPP_OK);
    unplug(pile, 1);
    relay_pass_s(&cellar->relay, 60);
    assert_true(bring(&cellar->relay, bill_token(&cellar->relay, 0, 1)));
    const int64_t billed = house_card_seen(cellar->house, cellar->house->ada_card).open_mwh;
    assert_true(billed > 0 && billed <= used);
    assert_true(used - billed <= 60000); /* a minute at 3.6 kW */
}

/* B10, B17. Whom nobody knows, and whose phone was bound to nothing: a person looks, nobody pays. */
static void a_page_of_a_strangers_card_or_phone_is_kept_for_a_person(void **state)
{
    struct cellar *cellar = *state;

    charges(cellar, "STRANGER", NULL);
    charges(cellar, "ADA", "01234567890123456789012345");
    carry(&cellar->relay, 0, 1);
    assert_int_equal(cellar->relay.page.result, OCPP_SETTLE_PAGE_RESULT_SUSPENSE);
    carry(&cellar->relay, 0, 2);
    assert_int_equal(cellar->relay.page.result, OCPP_SETTLE_PAGE_RESULT_SUSPENSE);
    assert_string_equal(cellar->relay.page.reason, "the phone was not bound to the card");
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ada_card).sessions, 0);
}

/* B4, B5, I12. Told after the period was closed, at the price that held when it began. */
static void a_page_that_comes_late_goes_on_the_next_statement_at_the_price_of_its_day(void **state)
{
    struct cellar *cellar = *state;

    charges(cellar, "ADA", NULL);
    charges(cellar, "ADA", NULL);
    carry(&cellar->relay, 0, 1);
    house_close(cellar->house);
    house_price(cellar->house, 800000);
    carry(&cellar->relay, 0, 2);
    house_close(cellar->house);
    assert_int_equal(house_statements_of(cellar->house, cellar->house->ada), 2);
    assert_int_equal(house_statement_of(cellar->house, cellar->house->ada).gross_minor, 158);
}

/* B1, B3. Lost before it began, and charged all the same at a pile that had not heard of it. */
static void a_card_that_was_lost_before_it_began_pays_for_nothing_more(void **state)
{
    struct cellar *cellar = *state;

    charges(cellar, "ADA", NULL);
    house_act(cellar->house, cellar->house->ada_card, OCPP_SETTLE_CARD_LOST);
    relay_pass_s(&cellar->relay, 10);
    charges(cellar, "ADA", NULL);
    carry(&cellar->relay, 0, 1);
    carry(&cellar->relay, 0, 2);
    assert_int_equal(cellar->relay.page.result, OCPP_SETTLE_PAGE_RESULT_SUSPENSE);
    assert_int_equal(house_card_seen(cellar->house, cellar->house->ada_card).open_minor, 158);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_card_charges_without_a_network_and_any_phone_brings_the_page),
        CASE(B11_an_export_that_was_tampered_with_is_refused),
        CASE(B11_a_page_that_is_missing_is_told_by_its_place),
        CASE(B11_an_export_that_was_rolled_back_is_a_fork_and_nothing_of_it_counts),
        CASE(B12_the_same_export_twice_counts_once),
        CASE(B15_a_power_cut_in_a_session_loses_one_sample_at_the_most),
        CASE(a_page_of_a_strangers_card_or_phone_is_kept_for_a_person),
        CASE(a_page_that_comes_late_goes_on_the_next_statement_at_the_price_of_its_day),
        CASE(a_card_that_was_lost_before_it_began_pays_for_nothing_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
