/* house_world.c: see house_world.h. */
#include "unit.h"

#include "house_world.h"

#include <stdio.h>
#include <string.h>

static const struct ocpp_settle_tax vat[] = { { .name = "VAT", .rate_ppm = 100000 } };

const struct ocpp_settle_house_caller *house_phone(struct house_world *h, const char *bearer)
{
    struct ocpp_settle_house_caller *caller = ocpp_arena_take(h->w->arena, sizeof *caller);

    assert_non_null(caller);
    *caller = (struct ocpp_settle_house_caller){ h->house, bearer };
    return caller;
}

const struct ocpp_settle_house_caller *house_operator(struct house_world *h)
{
    return house_phone(h, NULL);
}

void house_ok(struct house_world *h, enum ocpp_status status, char *id)
{
    assert_int_equal(status, OCPP_OK);
    settle_world_run(h->w);
    assert_string_equal(h->w->done_code, "");
    assert_int_equal(h->w->done_status, OCPP_OK);
    if (id) {
        snprintf(id, OCPP_SETTLE_ID_SIZE, "%.26s", h->w->done_id);
    }
}

void house_refused(struct house_world *h, enum ocpp_status status, const char *code)
{
    assert_int_equal(status, OCPP_OK);
    h->w->store->flush(h->w->store->user);
    assert_string_equal(h->w->done_code, code);
    settle_world_run(h->w);
}

void house_price(struct house_world *h, int64_t price_micro)
{
    const struct ocpp_settle_house_price price = {
        .price_micro = price_micro, .taxes = vat, .tax_count = 1, .valid_from_utc_ms = OCPP_UTC_UNKNOWN
    };

    house_ok(h, ocpp_settle_price_set(h->w->settle, house_operator(h), &price, settle_world_done(h->w), h->w->now), NULL);
}

static void add_tenant(struct house_world *h, const char *name, const char *flat, char *id)
{
    const struct ocpp_settle_tenant_wish wish = { .name = name, .flat = flat, .provider = h->provider };

    house_ok(h, ocpp_settle_tenant_add(h->w->settle, house_operator(h), &wish, settle_world_done(h->w), h->w->now), id);
}

void house_issue(struct house_world *h, const char *tenant, const char *token, char *id, char *secret)
{
    const struct ocpp_settle_card_wish wish = { .kind = tenant ? OCPP_SETTLE_CHARGING_CARD : OCPP_SETTLE_PRIVILEGE_CARD,
                                                .tenant = tenant,
                                                .token = token };

    house_ok(h, ocpp_settle_card_issue(h->w->settle, house_operator(h), &wish, secret, settle_world_done(h->w), h->w->now), id);
}

static void add_pile(struct house_world *h, const char *station)
{
    house_ok(h, ocpp_settle_house_add_pile(h->w->settle, h->house, station, settle_world_done(h->w), h->w->now), NULL);
    house_ok(h, ocpp_settle_house_authorise_pile(h->w->settle, house_operator(h), station, settle_world_done(h->w), h->w->now),
             NULL);
}

static void furnish(struct house_world *h)
{
    static const struct ocpp_settle_house_wish elm = {
        .name = "Elm", .landlord = "Lord", .currency = "EUR", .zone = "UTC", .landlord_contact = "lord@example.org"
    };

    house_ok(h, ocpp_settle_house_open(h->w->settle, &elm, settle_world_done(h->w), h->w->now), h->house);
    add_pile(h, h->station);
    house_price(h, 400000);
    add_tenant(h, "Ada", "1", h->ada);
    add_tenant(h, "Ben", "2", h->ben);
    house_issue(h, h->ada, "ADA", h->ada_card, h->ada_secret);
    house_issue(h, h->ben, "BEN", h->ben_card, h->ben_secret);
    house_issue(h, NULL, "LORD", h->lord_card, h->lord_secret);
}

static struct house_world *house_of(struct settle_world *world, const char *station, const char *provider)
{
    struct house_world *h = calloc(1, sizeof *h);

    assert_non_null(h);
    h->w = world;
    h->station = station;
    h->provider = provider;
    furnish(h);
    return h;
}

struct house_world *house_world_new_with(const char *provider, void (*change)(struct settle_world *world))
{
    return house_of(settle_world_new_with(change), "PILE-1", provider);
}

struct house_world *house_world_in(struct settle_world *world, const char *station)
{
    struct house_world *h = house_of(world, station, NULL);

    h->is_guest = true;
    return h;
}

struct house_world *house_world_new(void)
{
    return house_world_new_with(NULL, NULL);
}

void house_world_free(struct house_world *h)
{
    if (!h->is_guest) {
        settle_world_free(h->w);
    }
    free(h);
}

void house_session(struct house_world *h, const char *station, const char *id, const char *token, int64_t from_wh, int64_t to_wh)
{
    car_starts(h->w, station, id, token, from_wh);
    pass_s(h->w, 600);
    car_ends(h->w, station, id, to_wh);
}

void house_close(struct house_world *h)
{
    pass_s(h->w, 10);
    house_ok(h, ocpp_settle_period_close(h->w->settle, house_operator(h), h->w->now.utc_ms, settle_world_done(h->w), h->w->now),
             NULL);
    settle_world_run(h->w);
}

void house_act(struct house_world *h, const char *card, enum ocpp_settle_card_act act)
{
    house_ok(h, ocpp_settle_card_act(h->w->settle, house_operator(h), card, act, settle_world_done(h->w), h->w->now), NULL);
}

void house_bind(struct house_world *h, const char *card, const char *secret, char *bearer, char *id)
{
    const struct ocpp_settle_phone_wish wish = { .card = card, .secret = secret, .name = "phone" };

    house_ok(h, ocpp_settle_phone_bind(h->w->settle, &wish, bearer, settle_world_done(h->w), h->w->now), id);
}

void house_bound(struct house_world *h, const char *card, const char *secret, char *bearer, char *id)
{
    char phone[OCPP_SETTLE_ID_SIZE];

    house_bind(h, card, secret, bearer, phone);
    house_ok(h, ocpp_settle_phone_approve(h->w->settle, house_operator(h), phone, settle_world_done(h->w), h->w->now), id);
}

/* --- looking --------------------------------------------------------------------------------------------------------------- */

static const char *kept(struct house_world *h, const char *text)
{
    return text ? ocpp_arena_text(h->w->arena, text, strlen(text)) : NULL;
}

struct seeing {
    struct house_world *h;
    size_t count;
    const char *id;
    struct ocpp_settle_statement statement;
    struct ocpp_settle_session session;
    struct ocpp_settle_card card;
};

static bool see_statement(const struct ocpp_settle_statement *statement, void *user)
{
    struct seeing *seeing = user;
    struct ocpp_settle_statement *copy = &seeing->statement;

    seeing->count++;
    *copy = *statement;
    copy->id = kept(seeing->h, statement->id);
    copy->tenant = kept(seeing->h, statement->tenant);
    copy->tenant_name = kept(seeing->h, statement->tenant_name);
    copy->digest = kept(seeing->h, statement->digest);
    copy->taxes = NULL;
    return true;
}

static struct seeing see_statements(struct house_world *h, const char *tenant)
{
    struct seeing seeing = { .h = h };

    assert_int_equal(ocpp_settle_statements(h->w->settle, house_operator(h), tenant, see_statement, &seeing, h->w->now), OCPP_OK);
    return seeing;
}

struct ocpp_settle_statement house_statement_of(struct house_world *h, const char *tenant)
{
    const struct seeing seeing = see_statements(h, tenant);

    assert_true(seeing.count > 0);
    return seeing.statement;
}

size_t house_statements_of(struct house_world *h, const char *tenant)
{
    return see_statements(h, tenant).count;
}

static bool see_item(const struct ocpp_settle_session *session, void *user)
{
    struct seeing *seeing = user;

    seeing->count++;
    seeing->session = *session;
    seeing->session.order = kept(seeing->h, session->order);
    seeing->session.card = kept(seeing->h, session->card);
    seeing->session.anomaly = kept(seeing->h, session->anomaly);
    seeing->session.signature = kept(seeing->h, session->signature);
    return false;
}

struct ocpp_settle_session house_item(struct house_world *h, const char *statement, int64_t number)
{
    struct seeing seeing = { .h = h };

    assert_int_equal(
        ocpp_settle_statement_items(h->w->settle, house_operator(h), statement, number, see_item, &seeing, h->w->now), OCPP_OK);
    assert_int_equal(seeing.count, 1);
    assert_int_equal(seeing.session.number, number);
    return seeing.session;
}

static bool see_card(const struct ocpp_settle_card *card, void *user)
{
    struct seeing *seeing = user;

    if (strcmp(card->id, seeing->id) != 0) {
        return true;
    }
    seeing->count++;
    seeing->card = *card;
    return false;
}

struct ocpp_settle_card house_card_seen(struct house_world *h, const char *card)
{
    struct seeing seeing = { .h = h, .id = card };

    assert_int_equal(ocpp_settle_cards(h->w->settle, house_operator(h), see_card, &seeing, h->w->now), OCPP_OK);
    assert_int_equal(seeing.count, 1);
    return seeing.card;
}

void house_pays(struct house_world *h, const char *statement, int64_t amount_minor, const char *key)
{
    house_ok(h,
             ocpp_settle_statement_paid(h->w->settle, house_operator(h), statement, amount_minor, key, settle_world_done(h->w),
                                        h->w->now),
             NULL);
}
