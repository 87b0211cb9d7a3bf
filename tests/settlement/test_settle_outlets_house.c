/* A house's pile without a network: its list comes by phones, cards at the reader start and stop. */
#include "outlet_world.h"

#include "allocator.h"
#include "unit.h"

#include <ocpp/settlement/jwe.h>

#include <string.h>

#define HOUSE "00000000000000000000000007"
#define CARD  "00000000000000000000000008"
#define LORD  "00000000000000000000000009"

static int start(void **state)
{
    static struct outlet_world world;

    outlet_world_open(&world);
    plug(&world, 1);
    *state = &world;
    return 0;
}

static int end(void **state)
{
    outlet_world_close(*state);
    return 0;
}

/* a_list: what is left out is as it should be. */
struct a_list {
    int64_t number;
    const char *aud;
    const char *key; /* of the server */
    bool is_closed;
    bool without_card;
};

static void digest(struct outlet_world *world, const char *token, char text[33])
{
    const struct ocpp_settle_bytes pieces[] = { { "SALT", 4 }, { token, strlen(token) } };
    unsigned char bytes[OCPP_SETTLE_DIGEST_SIZE];
    char hex[2 * OCPP_SETTLE_DIGEST_SIZE + 1];

    assert_int_equal(world->server.contract.sha256(pieces, 2, bytes, &world->server), OCPP_OK);
    ocpp_settle_hex(bytes, sizeof bytes, hex);
    memcpy(text, hex, 32);
    text[32] = '\0';
}

/* A parcel with the list, signed by the server and sealed to the pile. */
static const char *list_of(struct outlet_world *world, const struct a_list *how)
{
    static const char *const none[] = { NULL };
    const char *key = how->key ? how->key : "server1";
    char ada[33], lord[33];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const char *token = NULL, *sealed = NULL, *text = NULL;
    size_t size;

    digest(world, "ADA", ada);
    digest(world, "LORD", lord);
    const struct ocpp_settle_listed_card cards[] = { { LORD, lord, OCPP_SETTLE_LISTED_KIND_PRIVILEGE },
                                                     { CARD, ada, OCPP_SETTLE_LISTED_KIND_CHARGING } };
    const struct ocpp_settle_house_list list = { .iss = "operator",
                                                 .aud = how->aud ? how->aud : world->pile,
                                                 .house = HOUSE,
                                                 .number = how->number,
                                                 .salt = "SALT",
                                                 .authorised = !how->is_closed,
                                                 .cards = { cards, how->without_card ? 1 : 2 },
                                                 .phones = { none, 0 },
                                                 .snapshot = snapshot_of(world->arena, NULL) };
    const struct ocpp_settle_jws_signer signer = { &world->server.contract, key, key, OCPP_SETTLE_TYP_HOUSE_LIST };
    assert_int_equal(ocpp_settle_jws_make_message(&signer, &ocpp_settle_house_list_type, &list, world->arena, &token, &size),
                     OCPP_OK);
    assert_int_equal(world->keys.contract.public_key("pile-key", point, &world->keys), OCPP_OK);
    const struct ocpp_settle_jwe_sealer sealer = { &world->server.contract, point, ocpp_settle_outlets_view(world->outlets).kid,
                                                   OCPP_SETTLE_TYP_HOUSE_LIST };
    assert_int_equal(ocpp_settle_jwe_seal(&sealer, token, size, world->arena, &sealed, &size), OCPP_OK);
    const struct ocpp_settle_pile_parcel parcel = { .trust = { .keys = { none, 0 } },
                                                    .acknowledgements = { none, 0 },
                                                    .house = sealed };
    assert_int_equal(ocpp_message_encode(&ocpp_settle_pile_parcel_type, &parcel, world->arena, &text, &size, NULL), OCPP_OK);
    return text;
}

static void takes(struct outlet_world *world, const struct a_list *how)
{
    assert_int_equal(give(world, list_of(world, how), NULL), OCPP_OK);
}

static enum ocpp_status shows(struct outlet_world *world, int outlet, const char *token)
{
    struct ocpp_settle_outlets_shown shown;

    return ocpp_settle_outlets_card(world->outlets, outlet, token, NULL, world->now, &shown);
}

static int64_t number(struct outlet_world *world)
{
    const struct ocpp_settle_house_status *house = ask_status(world, 0)->house;

    return house ? house->number : 0;
}

static void a_listed_card_starts_and_stops_at_the_price_of_the_list(void **state)
{
    struct outlet_world *world = *state;

    assert_int_equal(shows(world, 1, "ADA"), OCPP_ERR_NOT_FOUND);
    takes(world, &(struct a_list){ .number = 5 });
    assert_int_equal(shows(world, 1, "EVE"), OCPP_ERR_NOT_FOUND);
    assert_int_equal(shows(world, 1, "LORD"), OCPP_ERR_STATE);
    assert_int_equal(shows(world, 0, "ADA"), OCPP_ERR_STATE); /* at which outlet? */
    assert_int_equal(shows(world, 3000, "ADA"), OCPP_ERR_ARGUMENT);
    assert_int_equal(shows(world, 1, ""), OCPP_ERR_ARGUMENT);
    world->knows_utc = true; /* who does not know when it was cannot tell what it costs */
    outlet_pass_s(world, 1);
    assert_int_equal(shows(world, 1, "ADA"), OCPP_OK);
    assert_int_equal(shown(world, 1).state, OCPP_SETTLE_OUTLET_STATE_CHARGING);
    outlet_pass_s(world, 3600);
    assert_int_equal(shows(world, 0, "ADA"), OCPP_OK);
    const struct ocpp_settle_bill_page *page = fetch(world, 1, NULL);
    assert_non_null(page);
    assert_string_equal(page->user->token.id, "ADA");
    assert_null(page->user->binding);
    assert_string_equal(page->amount, "1.93"); /* 3.6 kWh at 0.45, and 19 % */
    assert_int_equal(page->reason, OCPP_SETTLE_SESSION_END_LOCAL);
}

static void where_the_landlord_lets_nobody_charge_no_card_starts(void **state)
{
    struct outlet_world *world = *state;

    takes(world, &(struct a_list){ .number = 5, .is_closed = true });
    assert_int_equal(shows(world, 1, "ADA"), OCPP_ERR_STATE);
    takes(world, &(struct a_list){ .number = 6 });
    assert_int_equal(shows(world, 1, "ADA"), OCPP_OK);
}

/* B3. B11. What is older, of another pile, or of nobody changes nothing; what a later list leaves out is out. */
static void only_a_later_list_that_the_server_signed_for_this_pile_counts(void **state)
{
    struct outlet_world *world = *state;

    takes(world, &(struct a_list){ .number = 5 });
    takes(world, &(struct a_list){ .number = 4, .without_card = true });
    takes(world, &(struct a_list){ .number = 5, .without_card = true });
    assert_int_equal(number(world), 5);
    assert_int_equal(give(world, list_of(world, &(struct a_list){ .number = 9, .aud = "PILE-X" }), NULL), OCPP_ERR_SECURITY);
    assert_int_equal(give(world, list_of(world, &(struct a_list){ .number = 9, .key = "thief" }), NULL), OCPP_ERR_SECURITY);
    const char *good = list_of(world, &(struct a_list){ .number = 9 });
    for (size_t i = strlen(good) / 2; i < strlen(good) - 4; i += 211) {
        char *altered = ocpp_arena_text(world->arena, good, strlen(good));

        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        assert_int_not_equal(give(world, altered, NULL), OCPP_OK);
    }
    assert_int_equal(number(world), 5);
    assert_true(world->security > 0);
    assert_int_equal(shows(world, 1, "ADA"), OCPP_OK);
    unplug(world, 1);
    plug(world, 1);
    takes(world, &(struct a_list){ .number = 6, .without_card = true });
    assert_int_equal(shows(world, 1, "ADA"), OCPP_ERR_NOT_FOUND);
}

static void the_list_is_there_after_a_power_cut(void **state)
{
    struct outlet_world *world = *state;

    takes(world, &(struct a_list){ .number = 5 });
    outlet_world_cut(world);
    assert_int_equal(outlet_world_boot(world), OCPP_OK);
    assert_int_equal(number(world), 5);
    plug(world, 1);
    assert_int_equal(shows(world, 1, "ADA"), OCPP_OK);
    takes(world, &(struct a_list){ .number = 4 });
    assert_int_equal(number(world), 5);
}

/* D18. */
static void a_pile_full_of_bills_takes_no_card(void **state)
{
    struct outlet_world *world = *state;

    takes(world, &(struct a_list){ .number = 5 });
    for (int i = 0; ocpp_settle_outlets_view(world->outlets).room > 0; i++) {
        assert_true(i < OCPP_SETTLE_PAGES_LIMIT);
        assert_int_equal(shows(world, 1, "ADA"), OCPP_OK);
        assert_int_equal(shows(world, 1, "ADA"), OCPP_OK);
    }
    assert_int_equal(shows(world, 1, "ADA"), OCPP_ERR_FULL);
}

static void memory_that_fails_anywhere_leaves_the_list_that_was_there(void **state)
{
    static struct outlet_world world;
    static struct test_allocator memory;
    bool failed = true;

    (void)state;
    for (size_t nth = 1; failed && nth < 300; nth++) {
        outlet_world_open(&world);
        takes(&world, &(struct a_list){ .number = 5 });
        outlet_world_cut(&world);
        test_allocator_start(&memory, nth);
        world.settings.allocator = &memory.allocator;
        if (outlet_world_boot(&world) == OCPP_OK) {
            const enum ocpp_status status = give(&world, list_of(&world, &(struct a_list){ .number = 6 }), NULL);
            assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
            const enum ocpp_status card = shows(&world, 1, "ADA");
            assert_true(card == OCPP_OK || card == OCPP_ERR_NOMEM);
        } else {
            world.outlets = NULL;
        }
        failed = memory.calls >= nth;
        outlet_world_close(&world);
        assert_int_equal(memory.blocks, 0);
    }
    assert_false(failed);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        CASE(a_listed_card_starts_and_stops_at_the_price_of_the_list),
        CASE(where_the_landlord_lets_nobody_charge_no_card_starts),
        CASE(only_a_later_list_that_the_server_signed_for_this_pile_counts),
        CASE(the_list_is_there_after_a_power_cut),
        CASE(a_pile_full_of_bills_takes_no_card),
        cmocka_unit_test(memory_that_fails_anywhere_leaves_the_list_that_was_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
