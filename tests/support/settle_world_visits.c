/* settle_world_visits.c: guided visits in a world: what OCPP is asked to do is kept, what it says is the test's to say. */
#include "unit.h"

#include "settle_world.h"

#include <stdio.h>
#include <string.h>

static struct settle_asked *ask(struct settle_world *world, const char *what, const char *station, int evse)
{
    struct settle_asked *asked = &world->asked[world->asked_count++];

    assert_true(world->asked_count <= sizeof world->asked / sizeof world->asked[0]);
    snprintf(asked->what, sizeof asked->what, "%s", what);
    snprintf(asked->station, sizeof asked->station, "%s", station);
    asked->evse = evse;
    return asked;
}

static void reserve(const struct ocpp_settle_reservation *reservation, void *user)
{
    struct settle_asked *asked = ask(user, "reserve", reservation->station, reservation->evse);

    snprintf(asked->visit, sizeof asked->visit, "%s", reservation->visit);
    snprintf(asked->number, sizeof asked->number, "%s", reservation->token.id);
    asked->reservation = reservation->id;
    assert_int_equal(reservation->token.type, OCPP_TOKEN_KEY_CODE);
}

static void cancel(const char *station, int64_t reservation, void *user)
{
    ask(user, "cancel", station, 0)->reservation = reservation;
}

static void start(const char *station, int evse, const struct ocpp_token *token, void *user)
{
    snprintf(ask(user, "start", station, evse)->number, OCPP_SETTLE_NUMBER_SIZE, "%s", token->id);
}

static void unlock(const char *visit, const char *station, int evse, void *user)
{
    snprintf(ask(user, "unlock", station, evse)->visit, OCPP_SETTLE_ID_SIZE, "%s", visit);
}

static void hide(const char *station, int64_t reservation, void *user)
{
    ask(user, "hide", station, 0)->reservation = reservation;
}

void settle_world_guided(struct settle_world *world)
{
    world->settings.reserve = reserve;
    world->settings.cancel_reservation = cancel;
    world->settings.start = start;
    world->settings.unlock = unlock;
    world->settings.hide = hide;
    world->settings.pay_url = "https://pay.example/";
    world->piles_are_guided = true;
}

void settle_world_place(struct settle_world *world, const char *station, int evse, int64_t metres)
{
    const struct ocpp_settle_place place = { .station = station,
                                             .evse = evse,
                                             .name = "the yard",
                                             .latitude_udeg = 52520000 + metres * 1000000 / 111195,
                                             .longitude_udeg = 13405000,
                                             .connector = "cCCS2",
                                             .power_w = 50000,
                                             .is_bookable = true };

    assert_int_equal(ocpp_settle_place_set(world->settle, &place, settle_world_done(world), world->now), OCPP_OK);
    settle_world_run(world);
    assert_string_equal(world->done_code, "");
}

static const char *kept(struct settle_world *world, const char *text)
{
    const char *copy = text ? ocpp_arena_text(world->arena, text, strlen(text)) : NULL;

    assert_true(!text || copy);
    return copy;
}

const char *visit_begins(struct settle_world *world, const char *station, int evse, const char *token)
{
    const struct ocpp_token who = { .id = token, .type = OCPP_TOKEN_ISO14443 };

    assert_int_equal(ocpp_settle_reserve(world->settle, station, evse, &who, 30, settle_world_done(world), world->now), OCPP_OK);
    settle_world_run(world);
    return kept(world, world->done_id);
}

const char *visit_confirmed(struct settle_world *world, const char *station, int evse, const char *token)
{
    const char *visit = visit_begins(world, station, evse, token);

    assert_string_equal(world->done_code, "");
    assert_int_equal(ocpp_settle_reserve_answered(world->settle, visit, OCPP_SETTLE_RESERVED, world->now), OCPP_OK);
    settle_world_run(world);
    assert_int_equal(ocpp_settle_confirm(world->settle, visit, visit_number(world, visit), settle_world_done(world), world->now),
                     OCPP_OK);
    settle_world_run(world);
    assert_string_equal(settle_world_visit(world, visit).state, "Confirmed");
    return visit;
}

const char *visit_number(struct settle_world *world, const char *visit)
{
    for (size_t i = world->asked_count; i > 0; i--) {
        if (strcmp(world->asked[i - 1].visit, visit) == 0 && world->asked[i - 1].number[0]) {
            return world->asked[i - 1].number;
        }
    }
    fail_msg("nobody was asked to keep a place for %s", visit);
    return NULL;
}

const struct settle_asked *asked_last(const struct settle_world *world, const char *what)
{
    for (size_t i = world->asked_count; i > 0; i--) {
        if (strcmp(world->asked[i - 1].what, what) == 0) {
            return &world->asked[i - 1];
        }
    }
    return NULL;
}

size_t asked_count_of(const struct settle_world *world, const char *what)
{
    size_t count = 0;

    for (size_t i = 0; i < world->asked_count; i++) {
        count += strcmp(world->asked[i].what, what) == 0;
    }
    return count;
}

struct taking {
    struct settle_world *world;
    struct ocpp_settle_visit visit;
};

static void take(const struct ocpp_settle_visit *shown, void *user)
{
    struct taking *taking = user;
    struct ocpp_settle_visit *visit = &taking->visit;
    const char **const texts[] = { &visit->id,     &visit->order,    &visit->state,      &visit->station,   &visit->number,
                                   &visit->gate,   &visit->gate_why, &visit->currency,   &visit->bill_hash, &visit->action_url,
                                   &visit->reason, &visit->other,    &visit->transaction };

    *visit = *shown;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = kept(taking->world, *texts[i]);
    }
}

struct ocpp_settle_visit settle_world_visit(struct settle_world *world, const char *id)
{
    struct taking taking = { .world = world };

    assert_int_equal(ocpp_settle_find_visit(world->settle, id, take, &taking, world->now), OCPP_OK);
    return taking.visit;
}

void visit_charges(struct settle_world *world, const char *visit, const char *id, int64_t wh)
{
    const struct ocpp_settle_visit shown = settle_world_visit(world, visit);

    car_starts(world, shown.station, id, visit_number(world, visit), 1000);
    pass_s(world, 1800);
    car_ends(world, shown.station, id, 1000 + wh);
}

void pile_gate(struct settle_world *world, const char *visit, enum ocpp_settle_gate_state state, enum ocpp_settle_gate_why why)
{
    const struct ocpp_settle_visit shown = settle_world_visit(world, visit);
    const struct ocpp_settle_gate_notice_req notice = { .envelope = pile_envelope(world, shown.station),
                                                        .order = shown.order,
                                                        .evse = shown.evse,
                                                        .state = state,
                                                        .why = why,
                                                        .at = pile_time(world) };

    assert_non_null(pile_says(world, shown.station, OCPP_SETTLE_ACTION_GATE_NOTICE, &notice));
}
