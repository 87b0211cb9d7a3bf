/* fuzz_settle_outlets.c: phones bring anything to a pile without a network, signed by its server or by nobody, and its power goes
 * at any time.
 *
 * The input is a script, one line per event, so that seeds can be read; a digit is an outlet, 1 or 2:
 *   u1  something is plugged in, x1  no more      f1  a fault, F1  none      m1  its meter falls      d1  its meter is mute
 *   t  a minute passes      h  an hour passes      s1  a status with a nonce
 *   a JSON  an authorisation of the server, with the newest nonce where it says "NONCE"      k JSON  an acknowledgement
 *   p JSON  a parcel as it stands      r JSON  a list of revocations by the root      e JSON  an enrolment
 *   H JSON  the list of its house, with the digest of the card CARD where it says "DIGEST" and its salt is S
 *   v TOKEN, V TOKEN  a card at the reader of outlet 1, or of all
 *   w  the next write is refused, l  lost      y  writes wait for a flush from now on, or not again      c  power cut, and back
 *
 * After every line: energy flows only where a session is on the disk; nothing costs more than was frozen; pages rise by one.
 */
#include "target.h"

#include <ocpp/adapters.h>
#include <ocpp/settlement/jwe.h>
#include <ocpp/settlement/outlets.h>

#include "require.h"
#include "test_storage.h"
#include "toy_keys.h"

#include <stdlib.h>
#include <string.h>

enum { OUTLETS = 2, LINES = 200 };

static struct {
    struct ocpp_settle_outlets *outlets;
    struct ocpp_storage *memory;
    struct test_storage *store;
    struct ocpp_arena *arena;
    struct ocpp_now now;
    bool delays;
    bool is_on[OUTLETS + 1];
    bool is_mute[OUTLETS + 1];
    int64_t meter[OUTLETS + 1];
    char nonce[OCPP_SETTLE_NONCE_TEXT_SIZE];
    int64_t page;
} world;

/* --- the board --------------------------------------------------------------------------------------------------- */

static bool sees(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    *(bool *)user = true;
    return false;
}

static enum ocpp_status switch_outlet(int outlet, bool on, void *user)
{
    char key[] = "outlets/session/00";
    bool found = false;

    (void)user;
    key[sizeof key - 2] = (char)('0' + outlet);
    if (on) {
        ocpp_require(test_storage_waiting(world.store) == 0);
        (void)world.memory->read(key, sees, &found, world.memory->user);
        ocpp_require(found);
    }
    world.is_on[outlet] = on;
    return OCPP_OK;
}

static enum ocpp_status read_meter(int outlet, struct ocpp_settle_outlet_reading *reading, void *user)
{
    (void)user;
    reading->mwh = world.meter[outlet];
    return world.is_mute[outlet] ? OCPP_ERR_STATE : OCPP_OK;
}

static void boot(void)
{
    struct ocpp_settle_outlets_settings settings = ocpp_settle_outlets_settings_default();

    settings.pile = "PILE-1";
    settings.keys = toy_keys;
    settings.claim_name = "claim";
    settings.storage = test_storage_face(world.store);
    settings.hardware = (struct ocpp_settle_outlet_hardware){ switch_outlet, read_meter, NULL };
    settings.outlet_count = OUTLETS;
    settings.max_power_mw = 3600000;
    settings.max_events = 8;
    settings.max_pages = 5;
    world.now.mono_ms = 1000;
    ocpp_require(ocpp_settle_outlets_new(&settings, world.now, &world.outlets) == OCPP_OK);
}

static void pass(int64_t ms)
{
    for (int64_t left = ms; left > 0; left -= 30000) {
        for (int i = 1; i <= OUTLETS; i++) {
            world.meter[i] += world.is_on[i] ? 30000 : 0;
        }
        world.now.mono_ms += 30000;
        ocpp_settle_outlets_advance(world.outlets, world.now);
    }
}

/* --- the server -------------------------------------------------------------------------------------------------- */

/* A toy key whose point looks like one: root and server are named by their numbers. */
static const char *named(int nth)
{
    static char names[2][8];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    static int found;

    for (int i = 0; i < 9999 && found < 2; i++) {
        memcpy(names[found], "k0000", 6);
        for (int n = i, at = 4; at > 0; at--, n /= 10) {
            names[found][at] = (char)('0' + n % 10);
        }
        toy_point(names[found], point);
        found += point[0] == 4;
    }
    ocpp_require(found == 2);
    return names[nth];
}

static const char *sign(const char *key, const char *typ, const char *payload, size_t size)
{
    const struct ocpp_settle_jws_signer signer = { &toy_keys, key, key, typ };
    const char *token = NULL;
    size_t length;

    return ocpp_settle_jws_make(&signer, payload, size, world.arena, &token, &length) == OCPP_OK ? token : "";
}

static void give(const char *authorisation, const char *acknowledgement, const char *key, const char *revocations)
{
    static const char *const none[] = { NULL };
    const struct ocpp_settle_pile_parcel parcel = {
        .trust = { .keys = { key ? &key : none, key != NULL }, .revocations = revocations },
        .authorisation = authorisation,
        .acknowledgements = { acknowledgement ? &acknowledgement : none, acknowledgement != NULL }
    };
    struct ocpp_settle_outlets_taken taken;
    const char *text;
    size_t size;

    if (ocpp_message_encode(&ocpp_settle_pile_parcel_type, &parcel, world.arena, &text, &size, NULL) == OCPP_OK) {
        const enum ocpp_status status = ocpp_settle_outlets_take(world.outlets, text, size, world.now, &taken);

        ocpp_require(status != OCPP_OK || taken.reason != NULL);
    }
}

static void certify(void)
{
    static const enum ocpp_settle_key_use uses[] = { OCPP_SETTLE_KEY_USE_AUTHORISATION, OCPP_SETTLE_KEY_USE_ACKNOWLEDGEMENT };
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char text[OCPP_SETTLE_POINT_TEXT_SIZE];
    const char *payload;
    size_t size;

    toy_point(named(0), point);
    ocpp_require(ocpp_settle_outlets_pin(world.outlets, named(0), point, world.now) == OCPP_OK);
    toy_point(named(1), point);
    ocpp_settle_point_write(point, text);
    const struct ocpp_settle_server_key key = { .iss = "root", .kid = named(1), .epoch = 1, .uses = { uses, 2 }, .key = text };
    ocpp_require(ocpp_message_encode(&ocpp_settle_server_key_type, &key, world.arena, &payload, &size, NULL) == OCPP_OK);
    give(NULL, NULL, sign(named(0), OCPP_SETTLE_TYP_SERVER_KEY, payload, size), NULL);
}

/* The newest nonce in the place of the first "NONCE". */
static void authorise(const char *json, size_t size)
{
    char *text = ocpp_arena_take(world.arena, size + sizeof world.nonce);
    char *at;

    if (!text) {
        return;
    }
    memcpy(text, json, size);
    at = strstr(text, "NONCE");
    if (at) {
        memmove(at + strlen(world.nonce), at + 5, strlen(at + 5) + 1);
        memcpy(at, world.nonce, strlen(world.nonce));
    }
    give(sign(named(1), OCPP_SETTLE_TYP_AUTHORISATION, text, strlen(text)), NULL, NULL, NULL);
}

/* Signed by the server, and sealed to the pile. */
static void send_list(const char *json, size_t size)
{
    const struct ocpp_settle_bytes pieces[] = { { "S", 1 }, { "CARD", 4 } };
    const char *kid = ocpp_settle_outlets_view(world.outlets).kid;
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE], point[OCPP_SETTLE_POINT_SIZE];
    char hex[2 * OCPP_SETTLE_DIGEST_SIZE + 1];
    const char *sealed = NULL, *text = NULL;
    char *list = ocpp_arena_take(world.arena, size + sizeof hex);
    size_t length;

    ocpp_require(toy_keys.sha256(pieces, 2, digest, toy_keys.user) == OCPP_OK);
    ocpp_settle_hex(digest, sizeof digest, hex);
    if (!list) {
        return;
    }
    memcpy(list, json, size);
    list[size] = '\0';
    char *at = strstr(list, "DIGEST");
    if (at) {
        memmove(at + 32, at + 6, strlen(at + 6) + 1);
        memcpy(at, hex, 32);
    }
    toy_point("pile-key", point);
    const struct ocpp_settle_jwe_sealer sealer = { &toy_keys, point, kid, OCPP_SETTLE_TYP_HOUSE_LIST };
    const char *token = sign(named(1), OCPP_SETTLE_TYP_HOUSE_LIST, list, strlen(list));
    if (ocpp_settle_jwe_seal(&sealer, token, strlen(token), world.arena, &sealed, &length) == OCPP_OK) {
        static const char *const none[] = { NULL };
        const struct ocpp_settle_pile_parcel parcel = { .trust = { .keys = { none, 0 } },
                                                        .acknowledgements = { none, 0 },
                                                        .house = sealed };
        struct ocpp_settle_outlets_taken taken;

        if (ocpp_message_encode(&ocpp_settle_pile_parcel_type, &parcel, world.arena, &text, &length, NULL) == OCPP_OK) {
            (void)!ocpp_settle_outlets_take(world.outlets, text, length, world.now, &taken);
        }
    }
}

static void show_card(int outlet, const char *text, size_t size)
{
    const char *token = ocpp_arena_text(world.arena, text, size);
    struct ocpp_settle_outlets_shown shown;
    if (!token) {
        return;
    }
    const enum ocpp_status status = ocpp_settle_outlets_card(world.outlets, outlet, token, NULL, world.now, &shown);

    ocpp_require(status != OCPP_OK || shown.session[0] != '\0');
}

static void ask_status(int outlet)
{
    const char *token, *payload;
    size_t size;
    const void *read;

    if (ocpp_settle_outlets_status(world.outlets, outlet, world.arena, world.now, &token) != OCPP_OK) {
        return;
    }
    ocpp_require(ocpp_settle_jws_peek(token, strlen(token), world.arena, &payload, &size) == OCPP_OK);
    ocpp_require(ocpp_message_decode(&ocpp_settle_pile_status_type, payload, size, NULL, NULL, world.arena, &read, NULL) ==
                 OCPP_OK);
    memcpy(world.nonce, ((const struct ocpp_settle_pile_status *)read)->nonce, sizeof world.nonce - 1);
}

/* --- the script ---------------------------------------------------------------------------------------------------- */

static void cut(void)
{
    test_storage_cut_now(world.store, 0);
    ocpp_settle_outlets_free(world.outlets);
    test_storage_power_on(world.store);
    test_storage_delay(world.store, world.delays = false);
    boot();
}

static void board(char word, int outlet)
{
    switch (word) {
    case 'u':
    case 'x':
        ocpp_settle_outlets_plug(world.outlets, outlet, word == 'u', NULL, world.now);
        break;
    case 'f':
    case 'F':
        ocpp_settle_outlets_fault(world.outlets, outlet, word == 'f', world.now);
        break;
    case 'm':
        world.meter[outlet] /= 2;
        break;
    case 'd':
        world.is_mute[outlet] = !world.is_mute[outlet];
        break;
    case 's':
        ask_status(outlet);
        break;
    default:
        break;
    }
}

static void bring(char word, const char *text, size_t size)
{
    struct ocpp_settle_outlets_taken taken;
    enum ocpp_status status = OCPP_OK;

    switch (word) {
    case 'a':
        authorise(text, size);
        break;
    case 'H':
        send_list(text, size);
        break;
    case 'v':
    case 'V':
        show_card(word == 'v' ? 1 : 0, text, size);
        break;
    case 'k':
        give(NULL, sign(named(1), OCPP_SETTLE_TYP_ACKNOWLEDGEMENT, text, size), NULL, NULL);
        break;
    case 'r':
        give(NULL, NULL, NULL, sign(named(0), OCPP_SETTLE_TYP_REVOCATIONS, text, size));
        break;
    case 'p':
        status = ocpp_settle_outlets_take(world.outlets, text, size, world.now, &taken);
        break;
    case 'e':
        status = ocpp_settle_outlets_enrol(world.outlets, text, size, world.now);
        break;
    default:
        break;
    }
    ocpp_require(word != 'e' || status != OCPP_OK); /* nobody knows the claim code's proof */
}

static void happens(const char *line, size_t size)
{
    const int outlet = size > 1 && line[1] == '2' ? 2 : 1;

    if (size > 2 && line[1] == ' ') {
        bring(line[0], line + 2, size - 2);
        return;
    }
    switch (line[0]) {
    case 't':
        pass(60000);
        break;
    case 'h':
        pass(3600000);
        break;
    case 'w':
        test_storage_refuse(world.store, 1, OCPP_ERR_FULL);
        break;
    case 'l':
        test_storage_lose(world.store, 1, OCPP_ERR_STORAGE);
        break;
    case 'y':
        test_storage_delay(world.store, world.delays = !world.delays);
        break;
    case 'c':
        cut();
        break;
    default:
        board(line[0], outlet);
        break;
    }
}

static void look(void)
{
    const struct ocpp_settle_outlets_view all = ocpp_settle_outlets_view(world.outlets);

    ocpp_require(all.last_page >= world.page && all.kept_pages <= 5 && all.room >= 0);
    world.page = all.last_page;
    for (int i = 1; i <= OUTLETS; i++) {
        struct ocpp_settle_outlet_view view;

        ocpp_require(ocpp_settle_outlet_view(world.outlets, i, &view) == OCPP_OK);
        ocpp_require(world.is_on[i] == (view.state == OCPP_SETTLE_OUTLET_STATE_CHARGING));
        ocpp_require(view.energy_mwh >= 0);
        ocpp_require(view.frozen_minor == 0 || !world.is_on[i] || view.cost_minor <= view.frozen_minor);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *end = text + size;

    memset(&world, 0, sizeof world);
    world.now.utc_ms = OCPP_UTC_UNKNOWN;
    world.memory = ocpp_memory_storage_new(NULL, 0);
    world.store = test_storage_new(world.memory);
    world.arena = ocpp_arena_new(NULL, 4 << 20);
    boot();
    certify();
    for (int i = 0; i < LINES && text < end; i++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        const size_t length = (size_t)((stop ? stop : end) - text);

        if (length > 0 && !memchr(text, '\0', length)) {
            happens(text, length);
            look();
        }
        ocpp_arena_reset(world.arena);
        text += length + 1;
    }
    ocpp_settle_outlets_free(world.outlets);
    ocpp_arena_free(world.arena);
    test_storage_free(world.store);
    ocpp_memory_storage_free(world.memory);
    return 0;
}
