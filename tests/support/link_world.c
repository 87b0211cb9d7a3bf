/* link_world.c: see link_world.h. Frames are kept whole on the wire, so that a test can say what happened to each; they are
 * handed over in pieces of any size.
 */
#include "link_world.h"

#include "unit.h"

#include <ocpp/settlement/jws.h>

#include <stdio.h>
#include <string.h>

/* SplitMix64. */
uint64_t link_world_bits(struct link_world *world)
{
    uint64_t bits = world->seed += 0x9e3779b97f4a7c15U;

    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
    return bits ^ (bits >> 31);
}

static bool happens(struct link_world *world, int in_a_thousand)
{
    return (int)(link_world_bits(world) % 1000) < in_a_thousand;
}

struct ocpp_now link_world_now(const struct link_world *world)
{
    return (struct ocpp_now){ world->now_ms, OCPP_UTC_UNKNOWN };
}

/* --- the pile
 * ------------------------------------------------------------------------------------------------------------------- */

struct pile_place {
    struct link_world *world;
    int pile;
};

static struct pile_place pile_places[LINK_WORLD_PILES];

static void on_pile_event(const struct ocpp_settle_link_event *event, void *user)
{
    const struct pile_place *place = user;

    place->world->piles[place->pile].events[event->kind]++;
}

static bool certificate(struct ocpp_settle_link_proof *proof, void *user)
{
    const struct pile_place *place = user;

    if (place->pile != 0 || place->world->certificate == NULL) {
        return false;
    }
    proof->certificate = place->world->certificate;
    proof->keys.items = place->world->server_keys;
    proof->keys.count = 1;
    return true;
}

static void hear_hello(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct pile_place *place = user;
    static const struct ocpp_settle_link_outlet_view outlets[20] = {
        { .outlet = 1, .state = OCPP_SETTLE_LINK_OUTLET_STATE_FREE },
        { .outlet = 2, .state = OCPP_SETTLE_LINK_OUTLET_STATE_CHARGING, .has_energy_mwh = true, .energy_mwh = 12345678901 },
    };
    static const char *const features[] = { "PhoneLink" };
    struct ocpp_settle_link_hello_conf answer = { .pile = "PILE", .serial = "S-1", .features = { features, 1 } };

    (void)message;
    answer.outlets.items = outlets;
    answer.outlets.count = 2;
    if (ocpp_settle_link_answer(place->world->piles[place->pile].link, call, &answer, now) != OCPP_OK) {
        (void)ocpp_settle_link_refuse(place->world->piles[place->pile].link, call, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, NULL, now);
    }
}

/* What could not be answered for want of something is answered later. */
static void answer_start(struct link_world_pile *pile, struct link_world_late *late, struct ocpp_now now)
{
    const struct ocpp_settle_link_start_outlet_conf answer = { late->mark };

    late->waits = ocpp_settle_link_answer(pile->link, late->call, &answer, now) != OCPP_OK;
}

static void answer_late(struct link_world_pile *pile, struct ocpp_now now)
{
    for (size_t i = 0; i < COUNT_OF(pile->late); i++) {
        if (pile->late[i].waits) {
            answer_start(pile, &pile->late[i], now);
        }
    }
}

/* The binding of the account names what is done. */
static void hear_start(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct pile_place *place = user;
    struct link_world_pile *pile = &place->world->piles[place->pile];
    const struct ocpp_settle_link_start_outlet_req *start = message;

    if (pile->acts < LINK_WORLD_ACTS) {
        (void)snprintf(pile->done[pile->acts], OCPP_SETTLE_ID_SIZE, "%s", start->account.binding);
    }
    pile->acts++;
    if (start->outlet == 9) {
        assert_int_equal(ocpp_settle_link_refuse(pile->link, call, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "not free", now),
                         OCPP_OK);
    } else if (pile->answers_later && pile->open_count < LINK_WORLD_ACTS) {
        pile->open[pile->open_count++] = call;
    } else {
        struct link_world_late *late = &pile->late[pile->acts % (int)COUNT_OF(pile->late)];

        *late = (struct link_world_late){ .call = call };
        (void)snprintf(late->mark, sizeof late->mark, "%.63s", start->account.binding);
        answer_start(pile, late, now);
    }
}

static const struct ocpp_settle_link_route routes[] = {
    { OCPP_SETTLE_LINK_ACTION_HELLO, false, hear_hello },
    { OCPP_SETTLE_LINK_ACTION_START_OUTLET, true, hear_start },
};

static void open_pile(struct link_world *world, int index)
{
    struct ocpp_settle_link_settings settings = world->pile_settings;
    char identity[] = "PILE-0";

    identity[5] = (char)('0' + index);
    pile_places[index] = (struct pile_place){ world, index };
    settings.pile = identity;
    settings.key_name = index == 0 ? "pile-0" : "pile-1";
    settings.keys = world->keys.contract;
    settings.certificate = certificate;
    settings.on_event = on_pile_event;
    settings.user = &pile_places[index];
    assert_int_equal(ocpp_settle_link_new(&settings, &world->piles[index].link), OCPP_OK);
    assert_int_equal(ocpp_settle_link_serve(world->piles[index].link, routes, COUNT_OF(routes), &pile_places[index]), OCPP_OK);
}

void link_world_restart(struct link_world *world, int pile)
{
    ocpp_settle_link_free(world->piles[pile].link);
    world->piles[pile].open_count = 0;
    memset(world->piles[pile].late, 0, sizeof world->piles[pile].late);
    open_pile(world, pile);
}

/* --- the phone
 * ------------------------------------------------------------------------------------------------------------------ */

static void on_phone_event(const struct ocpp_settle_phone_event *event, void *user)
{
    struct link_world_phone *phone = user;

    phone->events[event->kind]++;
    phone->pushes += event->kind == OCPP_SETTLE_PHONE_PUSHED;
    if (event->kind == OCPP_SETTLE_PHONE_PUSHED && phone->on_pushed != NULL) {
        phone->on_pushed(event);
    }
    if (event->kind == OCPP_SETTLE_PHONE_OPENED) {
        phone->is_certified = event->pile->is_certified;
    }
}

static void open_phone(struct link_world *world, int index)
{
    struct ocpp_settle_phone_settings settings = world->phone_settings;

    settings.keys = world->keys.contract;
    settings.trust = &world->trust;
    settings.on_event = on_phone_event;
    settings.user = &world->phones[index];
    assert_int_equal(ocpp_settle_phone_new(&settings, &world->phones[index].phone), OCPP_OK);
}

static void note(struct link_world_phone *phone, const struct ocpp_settle_phone_answer *answer)
{
    phone->answers += answer->answer != NULL;
    if (answer->answer == NULL) {
        phone->refusals++;
        phone->code = answer->code;
    }
}

static void greeted(const struct ocpp_settle_phone_answer *answer, void *user)
{
    struct link_world_phone *phone = user;
    const struct ocpp_settle_link_hello_conf *hello = answer->answer;

    note(phone, answer);
    phone->outlets = hello != NULL ? (int)hello->outlets.count : phone->outlets;
}

static void started(const struct ocpp_settle_phone_answer *answer, void *user)
{
    struct link_world_phone *phone = user;
    const struct ocpp_settle_link_start_outlet_conf *conf = answer->answer;

    note(phone, answer);
    if (conf != NULL) {
        (void)snprintf(phone->session, sizeof phone->session, "%s", conf->session);
    }
}

enum ocpp_status link_world_ask(struct link_world *world, int phone)
{
    const struct ocpp_settle_link_hello_req hello = { "test" };
    char id[OCPP_SETTLE_ID_SIZE] = "";

    return ocpp_settle_phone_ask(world->phones[phone].phone, OCPP_SETTLE_LINK_ACTION_HELLO, &hello, id, greeted,
                                 &world->phones[phone], link_world_now(world));
}

enum ocpp_status link_world_act(struct link_world *world, int phone, const char *mark, char id[OCPP_SETTLE_ID_SIZE])
{
    const struct ocpp_settle_link_start_outlet_req start = { .outlet = 1, .account = { mark, "signed" } };

    return ocpp_settle_phone_ask(world->phones[phone].phone, OCPP_SETTLE_LINK_ACTION_START_OUTLET, &start, id, started,
                                 &world->phones[phone], link_world_now(world));
}

int link_world_done(const struct link_world *world, const char *mark)
{
    int count = 0;

    for (int p = 0; p < LINK_WORLD_PILES; p++) {
        for (int i = 0; i < world->piles[p].acts && i < LINK_WORLD_ACTS; i++) {
            count += strcmp(world->piles[p].done[i], mark) == 0;
        }
    }
    return count;
}

/* --- the wire
 * ------------------------------------------------------------------------------------------------------------------- */

static void put(struct link_world *world, struct link_world_frame *wire, const struct link_world_frame *frame)
{
    (void)world;
    for (int i = 0; i < LINK_WORLD_WIRE; i++) {
        if (!wire[i].is_used) {
            wire[i] = *frame;
            wire[i].is_used = true;
            return;
        }
    } /* a full wire loses */
}

static void mistreat(struct link_world *world, struct link_world_frame *frame, int others)
{
    const struct link_world_odds *odds = &world->odds;

    if (frame->size > 1 && happens(world, odds->altered)) {
        frame->bytes[link_world_bits(world) % frame->size] ^= (unsigned char)(1U << link_world_bits(world) % 8);
    }
    if (frame->size > 1 && happens(world, odds->cut)) {
        frame->size = 1 + link_world_bits(world) % (frame->size - 1);
    }
    if (happens(world, odds->glued)) {
        frame->size--;
    }
    if (happens(world, odds->delayed)) {
        frame->at_ms += (int64_t)(link_world_bits(world) % 400);
    }
    if (happens(world, odds->swapped)) {
        frame->to = (int)(link_world_bits(world) % (unsigned)others);
    }
}

static void send_frame(struct link_world *world, bool is_to_pile, int to, const unsigned char *bytes, size_t size)
{
    struct link_world_frame *wire = is_to_pile ? world->to_pile : world->to_phone;
    struct link_world_frame frame = { .size = size, .to = to, .at_ms = world->now_ms + 5 };

    assert_true(size <= sizeof frame.bytes);
    memcpy(frame.bytes, bytes, size);
    world->frames++;
    world->longest = size > world->longest ? size : world->longest;
    if (happens(world, world->odds.repeated)) {
        struct link_world_frame again = frame;

        again.at_ms += (int64_t)(link_world_bits(world) % 3000);
        mistreat(world, &again, is_to_pile ? LINK_WORLD_PILES : LINK_WORLD_PHONES);
        put(world, wire, &again);
    }
    if (!happens(world, world->odds.dropped)) {
        mistreat(world, &frame, is_to_pile ? LINK_WORLD_PILES : LINK_WORLD_PHONES);
        put(world, wire, &frame);
    }
}

static void deliver(struct link_world *world, struct link_world_frame *frame, bool is_to_pile)
{
    const struct ocpp_now now = link_world_now(world);
    const size_t half = link_world_bits(world) % (frame->size + 1);

    frame->is_used = false;
    if (is_to_pile) {
        ocpp_settle_link_receive(world->piles[frame->to].link, frame->bytes, half, now);
        ocpp_settle_link_receive(world->piles[frame->to].link, frame->bytes + half, frame->size - half, now);
    } else {
        ocpp_settle_phone_receive(world->phones[frame->to].phone, frame->bytes, half, now);
        ocpp_settle_phone_receive(world->phones[frame->to].phone, frame->bytes + half, frame->size - half, now);
    }
}

/* The frame that is due first. */
static struct link_world_frame *due(struct link_world_frame *wire, int64_t now_ms)
{
    struct link_world_frame *first = NULL;

    for (int i = 0; i < LINK_WORLD_WIRE; i++) {
        if (wire[i].is_used && wire[i].at_ms <= now_ms && (first == NULL || wire[i].at_ms < first->at_ms)) {
            first = &wire[i];
        }
    }
    return first;
}

static void drain(struct link_world *world)
{
    const struct ocpp_now now = link_world_now(world);
    const unsigned char *bytes;

    for (int i = 0; i < LINK_WORLD_PHONES; i++) {
        const int pile = world->phones[i].pile;

        for (size_t size; (size = ocpp_settle_phone_next_output(world->phones[i].phone, &bytes, now)) != 0;) {
            if (pile >= 0) {
                send_frame(world, true, pile, bytes, size);
            }
        }
    }
    for (int i = 0; i < LINK_WORLD_PILES; i++) {
        const int phone = world->piles[i].phone;

        for (size_t size; (size = ocpp_settle_link_next_output(world->piles[i].link, &bytes, now)) != 0;) {
            if (phone >= 0) {
                send_frame(world, false, phone, bytes, size);
            }
        }
    }
}

static void step(struct link_world *world)
{
    const struct ocpp_now now = link_world_now(world);
    struct link_world_frame *frame;

    while ((frame = due(world->to_pile, world->now_ms)) != NULL) {
        deliver(world, frame, true);
    }
    while ((frame = due(world->to_phone, world->now_ms)) != NULL) {
        deliver(world, frame, false);
    }
    for (int i = 0; i < LINK_WORLD_PHONES; i++) {
        ocpp_settle_phone_advance(world->phones[i].phone, now);
    }
    for (int i = 0; i < LINK_WORLD_PILES; i++) {
        ocpp_settle_link_advance(world->piles[i].link, now);
        answer_late(&world->piles[i], now);
    }
    drain(world);
}

static int64_t next_moment(const struct link_world *world, int64_t end_ms)
{
    int64_t at = end_ms;

    for (int i = 0; i < LINK_WORLD_WIRE; i++) {
        at = world->to_pile[i].is_used && world->to_pile[i].at_ms < at ? world->to_pile[i].at_ms : at;
        at = world->to_phone[i].is_used && world->to_phone[i].at_ms < at ? world->to_phone[i].at_ms : at;
    }
    for (int i = 0; i < LINK_WORLD_PHONES; i++) {
        const int64_t deadline = ocpp_settle_phone_deadline(world->phones[i].phone);
        at = deadline < at ? deadline : at;
    }
    for (int i = 0; i < LINK_WORLD_PILES; i++) {
        const int64_t deadline = ocpp_settle_link_deadline(world->piles[i].link);
        at = deadline < at ? deadline : at;
    }
    return at > world->now_ms ? at : world->now_ms + 1;
}

void link_world_run(struct link_world *world, int64_t ms)
{
    const int64_t end_ms = world->now_ms + ms;

    drain(world);
    while (world->now_ms < end_ms) {
        world->now_ms = next_moment(world, end_ms);
        step(world);
    }
}

void link_world_connect(struct link_world *world, int phone, int pile)
{
    for (int i = 0; i < LINK_WORLD_PHONES; i++) { /* one at a time */
        if (i != phone && world->phones[i].pile == pile) {
            link_world_cut(world, i);
        }
    }
    world->phones[phone].pile = pile;
    world->piles[pile].phone = phone;
    ocpp_settle_phone_connected(world->phones[phone].phone, link_world_now(world));
}

void link_world_cut(struct link_world *world, int phone)
{
    const int pile = world->phones[phone].pile;

    if (pile < 0) {
        return;
    }
    world->phones[phone].pile = -1;
    world->piles[pile].phone = -1;
    ocpp_settle_phone_lost(world->phones[phone].phone, link_world_now(world));
    ocpp_settle_link_lost(world->piles[pile].link, link_world_now(world));
}

/* --- the world
 * ------------------------------------------------------------------------------------------------------------------ */

static const char *sign(struct link_world *world, const char *key, const char *typ, const struct ocpp_type *type,
                        const void *message)
{
    const struct ocpp_settle_jws_signer signer = { &world->keys.contract, key, key, typ };
    const char *token;
    size_t size;

    assert_int_equal(ocpp_settle_jws_make_message(&signer, type, message, world->arena, &token, &size), OCPP_OK);
    return token;
}

static char *point_text(struct link_world *world, const char *name)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char *text = ocpp_arena_take(world->arena, OCPP_SETTLE_POINT_TEXT_SIZE);

    assert_int_equal(world->keys.contract.public_key(name, point, &world->keys), OCPP_OK);
    ocpp_settle_point_write(point, text);
    return text;
}

/* The root certifies a key of the server, which certifies the pile 0. */
static void certify(struct link_world *world)
{
    static const enum ocpp_settle_key_use uses[] = { OCPP_SETTLE_KEY_USE_ENROLMENT };
    unsigned char root[OCPP_SETTLE_POINT_SIZE];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char kid[OCPP_SETTLE_JWS_KID_SIZE];
    struct ocpp_settle_server_key server = { .iss = "root", .kid = "server", .epoch = 1, .uses = { uses, 1 } };
    struct ocpp_settle_pile_key pile = { .iss = "op", .pile = "PILE-0", .kid = kid };

    assert_int_equal(world->keys.contract.public_key("root", root, &world->keys), OCPP_OK);
    ocpp_settle_trust_begin(&world->trust, "root", root);
    server.key = point_text(world, "server");
    world->server_keys[0] = sign(world, "root", OCPP_SETTLE_TYP_SERVER_KEY, &ocpp_settle_server_key_type, &server);
    pile.key = point_text(world, "pile-0");
    assert_int_equal(world->keys.contract.public_key("pile-0", point, &world->keys), OCPP_OK);
    assert_int_equal(ocpp_settle_kid(&world->keys.contract, point, kid), OCPP_OK);
    world->certificate = sign(world, "server", OCPP_SETTLE_TYP_PILE_KEY, &ocpp_settle_pile_key_type, &pile);
}

static bool judge(const struct ocpp_settle_phone_pile *pile, void *user)
{
    (void)pile;
    (void)user;
    return true;
}

void link_world_start(struct link_world *world, uint64_t seed)
{
    memset(world, 0, sizeof *world);
    settle_keys_start(&world->keys, seed);
    world->arena = ocpp_arena_new(NULL, 0);
    world->seed = seed;
    world->now_ms = 1000;
    world->pile_settings = ocpp_settle_link_settings_default();
    world->phone_settings = ocpp_settle_phone_settings_default();
    world->phone_settings.judge = judge;
    certify(world);
    for (int i = 0; i < LINK_WORLD_PILES; i++) {
        world->piles[i].phone = -1;
    }
    for (int i = 0; i < LINK_WORLD_PHONES; i++) {
        world->phones[i].pile = -1;
    }
}

void link_world_open(struct link_world *world)
{
    for (int i = 0; i < LINK_WORLD_PILES; i++) {
        open_pile(world, i);
    }
    for (int i = 0; i < LINK_WORLD_PHONES; i++) {
        open_phone(world, i);
    }
}

void link_world_end(struct link_world *world)
{
    for (int i = 0; i < LINK_WORLD_PILES; i++) {
        ocpp_settle_link_free(world->piles[i].link);
    }
    for (int i = 0; i < LINK_WORLD_PHONES; i++) {
        ocpp_settle_phone_free(world->phones[i].phone);
    }
    ocpp_arena_free(world->arena);
    settle_keys_end(&world->keys);
}
