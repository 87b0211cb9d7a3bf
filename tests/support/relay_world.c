/* relay_world.c: a backend and piles without a network. */
#include "relay_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define ROOT "fleet-root"

static struct relay_world *opening;

static void change(struct settle_world *backend)
{
    opening->relay = ocpp_settle_relay_default();
    opening->relay.root_kid = ROOT;
    assert_int_equal(backend->keys.contract.public_key("root", opening->relay.root, &backend->keys), OCPP_OK);
    backend->settings.relay = &opening->relay;
}

/* --- the root ------------------------------------------------------------------------------------------------------ */

static const char *root_signs(struct relay_world *world, const char *typ, const struct ocpp_type *type, const void *message)
{
    const struct ocpp_settle_jws_signer signer = { &world->backend->keys.contract, "root", ROOT, typ };
    const char *token = NULL;
    size_t size;

    assert_int_equal(ocpp_settle_jws_make_message(&signer, type, message, world->backend->arena, &token, &size), OCPP_OK);
    return token;
}

static void trust(struct relay_world *world, const char *key_name, int64_t epoch, int64_t min_epoch)
{
    static const enum ocpp_settle_key_use uses[] = { OCPP_SETTLE_KEY_USE_AUTHORISATION, OCPP_SETTLE_KEY_USE_ACKNOWLEDGEMENT,
                                                     OCPP_SETTLE_KEY_USE_ENROLMENT, OCPP_SETTLE_KEY_USE_RECONCILIATION,
                                                     OCPP_SETTLE_KEY_USE_ENCRYPTION };
    static const char *const none[] = { NULL };
    struct settle_world *backend = world->backend;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char text[OCPP_SETTLE_POINT_TEXT_SIZE];
    const char *json = NULL;
    size_t size;

    assert_int_equal(backend->keys.contract.public_key(key_name, point, &backend->keys), OCPP_OK);
    ocpp_settle_point_write(point, text);
    assert_int_equal(ocpp_settle_kid(&backend->keys.contract, point, world->kid), OCPP_OK);
    const struct ocpp_settle_server_key key = {
        .iss = ROOT, .kid = world->kid, .epoch = epoch, .uses = { uses, COUNT_OF(uses) }, .key = text, .iat = backend->now.utc_ms
    };
    const struct ocpp_settle_revocations list = {
        .iss = ROOT, .number = ++world->list, .iat = backend->now.utc_ms, .min_epoch = min_epoch, .keys = { none, 0 }
    };
    const char *keys[] = { root_signs(world, OCPP_SETTLE_TYP_SERVER_KEY, &ocpp_settle_server_key_type, &key) };
    const struct ocpp_settle_trust_parcel parcel = {
        .keys = { keys, 1 },
        .revocations = root_signs(world, OCPP_SETTLE_TYP_REVOCATIONS, &ocpp_settle_revocations_type, &list),
    };
    assert_int_equal(ocpp_message_encode(&ocpp_settle_trust_parcel_type, &parcel, backend->arena, &json, &size, NULL), OCPP_OK);
    assert_int_equal(ocpp_settle_relay_trust(backend->settle, json, size, settle_world_done(backend), backend->now), OCPP_OK);
    settle_world_run(backend);
    assert_string_equal(backend->done_code, "");
}

void relay_rotate(struct relay_world *world, const char *key_name, int64_t epoch, int64_t min_epoch)
{
    world->relay.key_name = key_name;
    settle_world_restart(world->backend);
    settle_world_run(world->backend);
    trust(world, key_name, epoch, min_epoch);
}

/* --- piles --------------------------------------------------------------------------------------------------------- */

static void keep_enrolment(const struct ocpp_settle_relay_pile *pile, void *user)
{
    struct relay_world *world = user;

    world->page.payload = ocpp_arena_text(world->backend->arena, pile->enrolment, strlen(pile->enrolment));
}

static void enrol(struct relay_world *world, struct outlet_world *pile)
{
    struct settle_world *backend = world->backend;
    const char *request = NULL;
    char code[64];

    (void)snprintf(code, sizeof code, "CLAIM-%s", pile->pile);
    assert_int_equal(ocpp_settle_relay_register(backend->settle, pile->pile, code, settle_world_done(backend), backend->now),
                     OCPP_OK);
    settle_world_run(backend);
    assert_int_equal(ocpp_settle_outlets_request(pile->outlets, pile->arena, &request), OCPP_OK);
    assert_int_equal(
        ocpp_settle_relay_enrol(backend->settle, request, strlen(request), NULL, settle_world_done(backend), backend->now),
        OCPP_OK);
    settle_world_run(backend);
    assert_string_equal(backend->done_code, "");
    assert_int_equal(ocpp_settle_relay_find_pile(backend->settle, pile->pile, keep_enrolment, world), OCPP_OK);
    assert_int_equal(ocpp_settle_outlets_enrol(pile->outlets, world->page.payload, strlen(world->page.payload), pile->now),
                     OCPP_OK);
}

void relay_world_open(struct relay_world *world, int piles)
{
    static const char *const names[RELAY_PILES] = { "PILE-1", "PILE-2" };

    memset(world, 0, sizeof *world);
    opening = world;
    world->piles = piles;
    world->backend = settle_world_new_with(change);
    trust(world, world->relay.key_name, 1, 0);
    for (int i = 0; i < piles; i++) {
        outlet_world_open_bare(&world->pile[i], names[i], 100 + (uint64_t)i);
        world->pile[i].epoch_utc_ms = world->backend->now.utc_ms;
        enrol(world, &world->pile[i]);
    }
}

void relay_world_close(struct relay_world *world)
{
    for (int i = 0; i < world->piles; i++) {
        outlet_world_close(&world->pile[i]);
    }
    settle_world_free(world->backend);
}

void relay_pass_s(struct relay_world *world, int64_t s)
{
    for (int i = 0; i < world->piles; i++) {
        outlet_pass_s(&world->pile[i], s);
    }
    pass_s(world->backend, s);
}

/* --- phones -------------------------------------------------------------------------------------------------------- */

static const char *keep(struct relay_world *world, const char *text)
{
    return text ? ocpp_arena_text(world->backend->arena, text, strlen(text)) : NULL;
}

const char *relay_status_of(struct relay_world *world, int pile, int outlet)
{
    const char *token = NULL;

    assert_int_equal(
        ocpp_settle_outlets_status(world->pile[pile].outlets, outlet, world->backend->arena, world->pile[pile].now, &token),
        OCPP_OK);
    return token;
}

static bool was_taken(struct relay_world *world)
{
    settle_world_run(world->backend);
    return world->backend->done_code[0] == '\0';
}

bool tell_status(struct relay_world *world, const char *token)
{
    struct settle_world *backend = world->backend;

    assert_int_equal(ocpp_settle_relay_status(backend->settle, token, strlen(token), settle_world_done(backend), backend->now),
                     OCPP_OK);
    return was_taken(world);
}

const char *wish_for(struct relay_world *world, int pile, const char *status, int outlet, const char *token, int64_t frozen_minor)
{
    struct settle_world *backend = world->backend;
    const struct ocpp_settle_relay_wish wish = { .token = token,
                                                 .type = "ISO14443",
                                                 .status = status,
                                                 .status_size = strlen(status),
                                                 .outlet = outlet,
                                                 .frozen_minor = frozen_minor,
                                                 .vehicle = world->vehicle };

    (void)pile;
    assert_int_equal(ocpp_settle_relay_ask(backend->settle, &wish, settle_world_done(backend), backend->now), OCPP_OK);
    if (!was_taken(world)) {
        return NULL;
    }
    return keep(world, backend->done_id);
}

const char *wish(struct relay_world *world, int pile, int outlet, const char *token, int64_t frozen_minor)
{
    return wish_for(world, pile, relay_status_of(world, pile, outlet), outlet, token, frozen_minor);
}

struct shown_authorisation {
    struct relay_world *world;
    struct ocpp_settle_relay_authorisation shown;
};

static void show_authorisation(const struct ocpp_settle_relay_authorisation *authorisation, void *user)
{
    struct shown_authorisation *to = user;

    to->shown = *authorisation;
    to->shown.id = keep(to->world, authorisation->id);
    to->shown.order = keep(to->world, authorisation->order);
    to->shown.pile = keep(to->world, authorisation->pile);
    to->shown.state = keep(to->world, authorisation->state);
    to->shown.parcel = keep(to->world, authorisation->parcel);
}

struct ocpp_settle_relay_authorisation authorisation_of(struct relay_world *world, const char *jti)
{
    struct shown_authorisation to = { .world = world };

    assert_int_equal(ocpp_settle_relay_authorisation(world->backend->settle, jti, show_authorisation, &to), OCPP_OK);
    return to.shown;
}

enum ocpp_settle_refusal_code hand_over(struct relay_world *world, int pile, const char *jti)
{
    const struct ocpp_settle_relay_authorisation shown = authorisation_of(world, jti);
    struct ocpp_settle_outlets_taken taken;

    assert_non_null(shown.parcel);
    assert_int_equal(give(&world->pile[pile], shown.parcel, &taken), OCPP_OK);
    return taken.code;
}

const char *charge(struct relay_world *world, int pile, const char *token, int64_t frozen_minor, int64_t seconds)
{
    const char *jti = wish(world, pile, 1, token, frozen_minor);

    assert_non_null(jti);
    assert_int_equal(hand_over(world, pile, jti), OCPP_SETTLE_REFUSAL_CODE_UNSET);
    plug(&world->pile[pile], 1);
    relay_pass_s(world, seconds);
    unplug(&world->pile[pile], 1);
    return jti;
}

const char *bill_token(struct relay_world *world, int pile, int64_t number)
{
    const char *token = NULL;
    int64_t found = 0;
    const enum ocpp_status status =
        ocpp_settle_outlets_page(world->pile[pile].outlets, number, world->backend->arena, &token, &found);

    return status == OCPP_OK && found == number ? token : NULL;
}

bool bring(struct relay_world *world, const char *bill)
{
    struct settle_world *backend = world->backend;

    assert_int_equal(ocpp_settle_relay_page(backend->settle, bill, strlen(bill), settle_world_done(backend), backend->now),
                     OCPP_OK);
    return was_taken(world);
}

static void show_page(const struct ocpp_settle_relay_page_view *page, void *user)
{
    struct relay_world *world = user;

    world->page = *page;
    world->page.pile = keep(world, page->pile);
    world->page.hash = keep(world, page->hash);
    world->page.reason = keep(world, page->reason);
    world->page.order = keep(world, page->order);
    world->page.parcel = keep(world, page->parcel);
    world->page.reconciled = keep(world, page->reconciled);
    world->page.payload = keep(world, page->payload);
}

bool shown_page(struct relay_world *world, const char *pile, int64_t number)
{
    return ocpp_settle_relay_find_page(world->backend->settle, pile, number, show_page, world) == OCPP_OK;
}

void carry(struct relay_world *world, int pile, int64_t number)
{
    const char *bill = bill_token(world, pile, number);

    assert_non_null(bill);
    assert_true(bring(world, bill));
    assert_true(shown_page(world, world->pile[pile].pile, number));
    assert_int_equal(give(&world->pile[pile], world->page.parcel, NULL), OCPP_OK);
}

struct shown_pile {
    struct relay_world *world;
    struct ocpp_settle_relay_pile shown;
};

static void show_pile(const struct ocpp_settle_relay_pile *pile, void *user)
{
    struct shown_pile *to = user;

    to->shown = *pile;
    to->shown.pile = keep(to->world, pile->pile);
    to->shown.state = keep(to->world, pile->state);
    to->shown.kid = keep(to->world, pile->kid);
    to->shown.reason = keep(to->world, pile->reason);
    to->shown.enrolment = keep(to->world, pile->enrolment);
}

struct ocpp_settle_relay_pile pile_at_server(struct relay_world *world, int pile)
{
    struct shown_pile to = { .world = world };

    assert_int_equal(ocpp_settle_relay_find_pile(world->backend->settle, world->pile[pile].pile, show_pile, &to), OCPP_OK);
    return to.shown;
}
