/* A hostile phone: it drops, keeps, repeats, reorders, alters, truncates, withholds and swaps what it carries between piles and
 * their server, cuts the power of both, and lets days pass. Whatever it does: nobody pays for what was not delivered, nobody pays
 * twice, and nothing is given away that was not held. OCPP_SETTLE_RELAY_SEEDS says how many stories are played,
 * OCPP_SETTLE_RELAY_SEED from which on; a failure names its own. */
#include "relay_world.h"

#include "unit.h"

#include <ocpp/adapters.h>

#include <stdio.h>
#include <string.h>

enum { POCKET = 48, STEPS = 70, CARDS = 4 };

/* What the phone has got hold of. */
enum kind { STATUS, PARCEL, BILL, KINDS };

struct item {
    enum kind kind;
    char *text;
};

struct story {
    struct relay_world world;
    uint64_t seed;
    struct item pocket[POCKET];
    size_t count;
    int64_t delivered_mwh; /* in all stories */
    int64_t pages;
    const char *wishes[POCKET];
    size_t wish_count;
    int cuts;
};

static uint64_t draw(struct story *story, uint64_t below)
{
    story->seed ^= story->seed << 13;
    story->seed ^= story->seed >> 7;
    story->seed ^= story->seed << 17;
    return story->seed % below;
}

static void keep(struct story *story, enum kind kind, const char *text)
{
    struct item *item = &story->pocket[story->count < POCKET ? story->count : draw(story, POCKET)];

    if (story->count < POCKET) {
        story->count++;
    } else {
        free(item->text);
    }
    item->kind = kind;
    item->text = malloc(strlen(text) + 1);
    memcpy(item->text, text, strlen(text) + 1);
}

/* Of |kind|, as it was or as the phone likes it. The caller frees it. NULL: there is none. */
static char *take(struct story *story, enum kind kind)
{
    for (int tries = 0; tries < 20 && story->count > 0; tries++) {
        const struct item *item = &story->pocket[draw(story, story->count)];
        const size_t size = strlen(item->text);

        if (item->kind != kind || size == 0) {
            continue;
        }
        char *text = malloc(size + 1);
        memcpy(text, item->text, size + 1);
        switch (draw(story, 8)) {
        case 0:
            text[draw(story, size)] = (char)('A' + draw(story, 26));
            break;
        case 1:
            text[draw(story, size)] = '\0';
            break;
        default:
            break;
        }
        return text;
    }
    return NULL;
}

static struct outlet_world *any_pile(struct story *story)
{
    return &story->world.pile[draw(story, (uint64_t)story->world.piles)];
}

/* --- what it does ---------------------------------------------------------------------------------------------------- */

static void ask_pile(struct story *story)
{
    const char *token = NULL;
    struct outlet_world *pile = any_pile(story);

    if (ocpp_settle_outlets_status(pile->outlets, (int)draw(story, WORLD_OUTLETS + 1), pile->arena, pile->now, &token) ==
        OCPP_OK) {
        keep(story, STATUS, token);
    }
}

static void wish_something(struct story *story)
{
    static const char *const cards[CARDS] = { "CARD-A", "CARD-B", "CARD-C", "CARD-D" };
    char *status = take(story, STATUS);

    if (status && status[0]) {
        const char *jti = wish_for(&story->world, 0, status, 1 + (int)draw(story, WORLD_OUTLETS), cards[draw(story, CARDS)],
                                   100 + (int64_t)draw(story, 900));

        if (jti && story->wish_count < POCKET) {
            story->wishes[story->wish_count++] = jti;
        }
    }
    free(status);
}

static void fetch_authorisation(struct story *story)
{
    if (story->wish_count > 0) {
        const struct ocpp_settle_relay_authorisation shown =
            authorisation_of(&story->world, story->wishes[draw(story, story->wish_count)]);

        if (shown.parcel) {
            keep(story, PARCEL, shown.parcel);
        }
    }
}

static void give_parcel(struct story *story)
{
    char *parcel = take(story, PARCEL);

    if (parcel) {
        (void)give(any_pile(story), parcel, NULL);
    }
    free(parcel);
}

static void fetch_bill(struct story *story)
{
    struct outlet_world *pile = any_pile(story);
    const char *token = NULL;
    int64_t number = 0;
    const int64_t from = (int64_t)draw(story, 6);
    const enum ocpp_status status = draw(story, 2)
                                        ? ocpp_settle_outlets_page(pile->outlets, from, pile->arena, &token, &number)
                                        : ocpp_settle_outlets_sealed_page(pile->outlets, from, pile->arena, &token, &number);

    if (status == OCPP_OK) {
        keep(story, BILL, token);
    }
}

static void bring_bill(struct story *story)
{
    char *bill = take(story, BILL);

    if (bill && bill[0] && bring(&story->world, bill)) {
        char *slash = strchr(story->world.backend->done_id, '/');

        if (slash) {
            *slash = '\0';
            if (shown_page(&story->world, story->world.backend->done_id, strtoll(slash + 1, NULL, 10))) {
                keep(story, PARCEL, story->world.page.parcel);
            }
        }
    }
    free(bill);
}

static void bring_status(struct story *story)
{
    char *status = take(story, STATUS);

    if (status && status[0]) {
        (void)tell_status(&story->world, status);
    }
    free(status);
}

static void plug_or_not(struct story *story)
{
    struct outlet_world *pile = any_pile(story);
    const int outlet = 1 + (int)draw(story, WORLD_OUTLETS);

    if (draw(story, 3)) {
        plug(pile, outlet);
    } else {
        unplug(pile, outlet);
    }
}

static void cut_pile(struct story *story)
{
    struct outlet_world *pile = any_pile(story);

    story->cuts++;
    outlet_world_cut(pile);
    for (int i = 1; i <= WORLD_OUTLETS; i++) {
        pile->outlet[i].is_on = false;
    }
    assert_int_equal(outlet_world_boot(pile), OCPP_OK);
}

static void cut_backend(struct story *story)
{
    settle_world_restart(story->world.backend);
    settle_world_run(story->world.backend);
}

static void wait_a_while(struct story *story)
{
    static const int64_t spans_s[] = { 10, 120, 900, 3600 };

    relay_pass_s(&story->world, spans_s[draw(story, COUNT_OF(spans_s))]);
}

static void wait_a_day(struct story *story)
{
    relay_pass_s(&story->world, draw(story, 6) == 0 ? 86400 : 7200);
}

/* For once as a phone should: otherwise little would ever begin. */
static void start_well(struct story *story)
{
    static const char *const cards[CARDS] = { "CARD-A", "CARD-B", "CARD-C", "CARD-D" };
    const int pile = (int)draw(story, (uint64_t)story->world.piles);
    const int outlet = 1 + (int)draw(story, WORLD_OUTLETS);
    const char *status = relay_status_of(&story->world, pile, outlet);
    const char *jti = wish_for(&story->world, pile, status, outlet, cards[draw(story, CARDS)], 100 + (int64_t)draw(story, 900));

    keep(story, STATUS, status);
    if (!jti || story->wish_count == POCKET) {
        return;
    }
    story->wishes[story->wish_count++] = jti;
    const char *parcel = authorisation_of(&story->world, jti).parcel;
    if (parcel) {
        keep(story, PARCEL, parcel);
        (void)give(&story->world.pile[pile], parcel, NULL);
        plug(&story->world.pile[pile], outlet);
    }
}

static void (*const acts[])(struct story *story) = {
    ask_pile,   ask_pile,   wish_something, wish_something, fetch_authorisation, give_parcel,  give_parcel, give_parcel,
    fetch_bill, fetch_bill, bring_bill,     bring_bill,     bring_status,        plug_or_not,  plug_or_not, start_well,
    start_well, start_well, cut_pile,       cut_backend,    wait_a_while,        wait_a_while, wait_a_day
};

/* --- what must hold ---------------------------------------------------------------------------------------------------- */

/* An honest phone comes at last and carries everything that is left. */
static void carry_the_rest(struct story *story)
{
    for (int p = 0; p < story->world.piles; p++) {
        struct outlet_world *pile = &story->world.pile[p];

        for (int outlet = 1; outlet <= WORLD_OUTLETS; outlet++) {
            unplug(pile, outlet);
        }
    }
    relay_pass_s(&story->world, 700);
    for (int p = 0; p < story->world.piles; p++) {
        assert_true(tell_status(&story->world, relay_status_of(&story->world, p, 0)));
        for (int64_t number = 1; number <= ocpp_settle_outlets_view(story->world.pile[p].outlets).last_page; number++) {
            const char *bill = bill_token(&story->world, p, number);

            if (bill) {
                carry(&story->world, p, number);
                assert_int_equal(story->world.page.result, OCPP_SETTLE_PAGE_RESULT_ACCEPTED);
            }
        }
        assert_int_equal(ocpp_settle_outlets_view(story->world.pile[p].outlets).kept_pages, 0);
        assert_int_equal(pile_at_server(&story->world, p).gap_count, 0);
        assert_string_equal(pile_at_server(&story->world, p).state, "Enrolled");
    }
    relay_pass_s(&story->world, 8 * 86400);
}

struct paid {
    int64_t minor;
    size_t open;
};

static void add_order(const struct ocpp_settle_order *order, void *user)
{
    struct paid *paid = user;

    paid->minor += order->paid_minor;
    paid->open += order->state == OCPP_SETTLE_ORDER_STATE_OPEN || order->state == OCPP_SETTLE_ORDER_STATE_DUE;
}

/* All the energy there was costs what it costs by the world's tariff, 0.55 with its tax, but for what a power cut lost and the
 * cents of rounding; and never more. Idle time is asked for, too: it can only make it more, at most what it lasted. */
static void nothing_was_made_or_lost(struct story *story)
{
    struct ocpp_settle_order_query query = { .limit = OCPP_SETTLE_PAGE };
    struct paid paid = { 0 };
    int64_t delivered_mwh = 0;

    for (int p = 0; p < story->world.piles; p++) {
        story->pages += ocpp_settle_outlets_view(story->world.pile[p].outlets).last_page;
    }
    do {
        assert_int_equal(ocpp_settle_orders(story->world.backend->settle, &query, add_order, &paid), OCPP_OK);
    } while (query.cursor[0]);
    for (int p = 0; p < story->world.piles; p++) {
        for (int outlet = 1; outlet <= WORLD_OUTLETS; outlet++) {
            delivered_mwh += story->world.pile[p].outlet[outlet].meter_mwh - 7 * WORLD_KWH_MWH;
        }
    }
    story->delivered_mwh += delivered_mwh;
    assert_int_equal(paid.open, 0);
    const int64_t worth = delivered_mwh * 55 / 1000000;
    const int64_t lost = 2 * story->cuts; /* cents of a minute at 3.6 kW, at each outlet of a pile that lost its power */
    assert_true(paid.minor <= worth + (int64_t)story->wish_count); /* a cent of rounding each */
    assert_true(paid.minor + 4 * lost + (int64_t)story->wish_count >= worth);
    assert_int_equal(paid.minor, story->world.backend->card.captured_minor - story->world.backend->card.refunded_minor);
    assert_int_equal(story->world.backend->card.held_minor, 0);
}

static void play(struct story *story, uint64_t seed)
{
    story->seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    story->count = story->wish_count = 0;
    story->cuts = 0;
    relay_world_open(&story->world, RELAY_PILES);
    for (int step = 0; step < STEPS; step++) {
        acts[draw(story, COUNT_OF(acts))](story);
    }
    carry_the_rest(story);
    nothing_was_made_or_lost(story);
    for (size_t i = 0; i < story->count; i++) {
        free(story->pocket[i].text);
    }
    relay_world_close(&story->world);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void nothing_a_hostile_phone_does_costs_or_makes_money(void **state)
{
    const uint64_t first = number_of("OCPP_SETTLE_RELAY_SEED", 1);
    const uint64_t count = number_of("OCPP_SETTLE_RELAY_SEEDS", 2);

    static struct story story;

    (void)state;
    for (uint64_t seed = first; seed < first + count; seed++) {
        (void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
        play(&story, seed);
    }
    assert_true(story.pages >= (int64_t)count); /* something happened at all */
    assert_true(story.delivered_mwh >= (int64_t)count * 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_a_hostile_phone_does_costs_or_makes_money),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
