/* fuzz_settle_relay.c: what phones bring of a pile without a network to a backend whose doors are open: requests, statuses,
 * bills.
 *
 * The input is a script, one line per event; in texts $j is the last authorisation, $o its order, $h the hash of the last page,
 * $n a new nonce: bTEXT  as a bill   sTEXT  as a status   eTEXT  as a request   wTEXT  as the status of a wish, all as it stands
 *   B S E W JSON  likewise, signed by the pile   Z JSON  a bill signed by the pile and sealed
 *   rN  page N is resolved   l  a quarantine is lifted   v  the pile's key is revoked   g  it is registered, and enrols again
 *   t  a second passes, T  an hour, D  a day   n  no memory once
 *
 * After every line: nobody's wallet is below nothing or above what was put in, what is counted of the pile can be, and what was
 * brought without the pile's key has changed nothing but an event a minute.
 */
#include "backend_parts.h"
#include "target.h"
#include "toy_keys.h"

#include <ocpp/settlement/accounts.h>
#include <ocpp/settlement/jwe.h>
#include <ocpp/settlement/jws.h>
#include <ocpp/settlement/relay.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 16384 };

static struct {
    struct ocpp_settle_relay relay;
    char root[16];
    char server[16];
    char pile[16];
    char kid[OCPP_SETTLE_JWS_KID_SIZE];
    char server_kid[OCPP_SETTLE_JWS_KID_SIZE];
    char authorisation[OCPP_SETTLE_ID_SIZE];
    char order[OCPP_SETTLE_ID_SIZE];
    char hash[65];
    char nonce[33];
    int nonces;
} world;

/* --- texts ----------------------------------------------------------------------------------------------------------------- */

static const char *find(char x)
{
    switch (x) {
    case 'j':
        return world.authorisation[0] ? world.authorisation : "00000000000000000000000001";
    case 'o':
        return world.order[0] ? world.order : "00000000000000000000000002";
    case 'h':
        return world.hash;
    case 'n':
        snprintf(world.nonce, sizeof world.nonce, "%032d", ++world.nonces);
        return world.nonce;
    default:
        return NULL;
    }
}

static const char *sign_as(const char *key, const char *kid, const char *typ, const char *json)
{
    const struct ocpp_settle_jws_signer signer = { &backend.keys, key, kid, typ };
    const char *token = NULL;
    size_t size;

    return ocpp_settle_jws_make(&signer, json, strlen(json), backend.arena, &token, &size) == OCPP_OK ? token : "";
}

static const char *sign(const char *typ, const char *text)
{
    char json[ROOM];

    backend_fill(text, find, json, sizeof json);
    return sign_as(world.pile, world.kid, typ, json);
}

static const char *sealed(const char *text)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const struct ocpp_settle_jwe_sealer sealer = { &backend.keys, point, world.server_kid, OCPP_SETTLE_TYP_BILL };
    const char *token = sign(OCPP_SETTLE_TYP_BILL, text);
    const char *parcel = NULL;
    size_t size;

    toy_point(world.server, point);
    return ocpp_settle_jwe_seal(&sealer, token, strlen(token), backend.arena, &parcel, &size) == OCPP_OK ? parcel : "";
}

/* --- what is brought ------------------------------------------------------------------------------------------------------- */

static void brings(const char *text)
{
    backend_any(ocpp_settle_relay_page(backend.settle, text, strlen(text), backend_done(), backend.now));
}

static void tells(const char *text)
{
    backend_any(ocpp_settle_relay_status(backend.settle, text, strlen(text), backend_done(), backend.now));
}

static void enrols(const char *text)
{
    backend_any(ocpp_settle_relay_enrol(backend.settle, text, strlen(text), NULL, backend_done(), backend.now));
}

static void note_order(const struct ocpp_settle_relay_authorisation *authorisation, void *user)
{
    (void)user;
    snprintf(world.order, sizeof world.order, "%s", authorisation->order ? authorisation->order : "");
}

static void wishes(const char *status)
{
    const struct ocpp_settle_relay_wish wish = {
        .token = "CARD", .status = status, .status_size = strlen(status), .outlet = 1, .frozen_minor = 1000
    };

    if (ocpp_settle_relay_ask(backend.settle, &wish, backend_done(), backend.now) == OCPP_OK && backend.id[0]) {
        snprintf(world.authorisation, sizeof world.authorisation, "%.26s", backend.id);
        ocpp_settle_advance(backend.settle, backend.now);
        backend_must(ocpp_settle_relay_authorisation(backend.settle, world.authorisation, note_order, NULL) == OCPP_OK);
    }
}

/* Without the pile's key nothing happens: whoever brings it makes at most an event. */
static void strange(void (*bring)(const char *text), const char *text)
{
    struct ocpp_settle_head before, after;
    const int events = backend.events;

    backend_must(backend.store->head(&before, backend.store->user) == OCPP_OK);
    bring(text);
    backend_must(backend.store->head(&after, backend.store->user) == OCPP_OK);
    backend_must(backend.id[0] != '\0' || after.number <= before.number + 1);
    backend_must(backend.events <= events + 1);
}

static void note_hash(const struct ocpp_settle_relay_page_view *page, void *user)
{
    (void)user;
    snprintf(world.hash, sizeof world.hash, "%.64s", page->hash);
}

static void brought(void)
{
    const char *slash = strchr(backend.id, '/');

    if (slash) {
        backend_any(ocpp_settle_relay_find_page(backend.settle, "PILE", strtol(slash + 1, NULL, 10), note_hash, NULL));
    }
}

/* --- the beginning --------------------------------------------------------------------------------------------------------- */

static void change(struct ocpp_settle_settings *settings)
{
    backend_key("root", world.root);
    backend_key("server", world.server);
    backend_key("pile", world.pile);
    world.relay = ocpp_settle_relay_default();
    world.relay.root_kid = "R";
    world.relay.key_name = world.server;
    toy_point(world.root, world.relay.root);
    settings->relay = &world.relay;
}

static const char *root_signs(const char *typ, const struct ocpp_type *type, const void *message)
{
    const struct ocpp_settle_jws_signer signer = { &backend.keys, world.root, "R", typ };
    const char *token = NULL;
    size_t size;

    backend_must(ocpp_settle_jws_make_message(&signer, type, message, backend.arena, &token, &size) == OCPP_OK);
    return token;
}

static void trust(void)
{
    static const enum ocpp_settle_key_use uses[] = { OCPP_SETTLE_KEY_USE_AUTHORISATION, OCPP_SETTLE_KEY_USE_ACKNOWLEDGEMENT,
                                                     OCPP_SETTLE_KEY_USE_ENROLMENT, OCPP_SETTLE_KEY_USE_RECONCILIATION,
                                                     OCPP_SETTLE_KEY_USE_ENCRYPTION };
    static const char *const none[] = { NULL };
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char text[OCPP_SETTLE_POINT_TEXT_SIZE];
    const char *json = NULL;
    size_t size;

    toy_point(world.server, point);
    ocpp_settle_point_write(point, text);
    backend_must(ocpp_settle_kid(&backend.keys, point, world.server_kid) == OCPP_OK);
    const struct ocpp_settle_server_key key = {
        .iss = "R", .kid = world.server_kid, .epoch = 1, .uses = { uses, 5 }, .key = text, .iat = backend.now.utc_ms
    };
    const struct ocpp_settle_revocations list = { .iss = "R", .number = 1, .iat = backend.now.utc_ms, .keys = { none, 0 } };
    const char *keys[] = { root_signs(OCPP_SETTLE_TYP_SERVER_KEY, &ocpp_settle_server_key_type, &key) };
    const struct ocpp_settle_trust_parcel parcel = {
        .keys = { keys, 1 }, .revocations = root_signs(OCPP_SETTLE_TYP_REVOCATIONS, &ocpp_settle_revocations_type, &list)
    };
    backend_must(ocpp_message_encode(&ocpp_settle_trust_parcel_type, &parcel, backend.arena, &json, &size, NULL) == OCPP_OK);
    backend_must(ocpp_settle_relay_trust(backend.settle, json, size, NULL, backend.now) == OCPP_OK);
}

/* Over a link that proves who speaks. */
static void registers(void)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char text[OCPP_SETTLE_POINT_TEXT_SIZE];
    char json[1024];

    toy_point(world.pile, point);
    ocpp_settle_point_write(point, text);
    backend_must(ocpp_settle_kid(&backend.keys, point, world.kid) == OCPP_OK);
    snprintf(json, sizeof json,
             "{\"pile\":\"PILE\",\"serial\":\"S\",\"kid\":\"%s\",\"key\":\"%s\",\"nonce\":\"00000000000000000000000000000001\","
             "\"outlets\":2}",
             world.kid, text);
    backend_any(ocpp_settle_relay_register(backend.settle, "PILE", NULL, backend_done(), backend.now));
    const char *token = sign_as(world.pile, world.kid, OCPP_SETTLE_TYP_PILE_REQUEST, json);
    backend_any(ocpp_settle_relay_enrol(backend.settle, token, strlen(token), "PILE", backend_done(), backend.now));
}

/* --- lines ----------------------------------------------------------------------------------------------------------------- */

static void decides(const char *line)
{
    switch (line[0]) {
    case 'r':
        backend_any(ocpp_settle_relay_resolve(backend.settle, "PILE", strtol(line + 1, NULL, 10), "looked at", backend_done(),
                                              backend.now));
        break;
    case 'l':
        backend_any(ocpp_settle_relay_lift(backend.settle, "PILE", "looked at", backend_done(), backend.now));
        break;
    case 'v':
        backend_any(ocpp_settle_relay_revoke(backend.settle, "PILE", "stolen", backend_done(), backend.now));
        break;
    case 'g':
        registers();
        break;
    case 't':
        backend_pass(1);
        break;
    case 'T':
        backend_pass(3600);
        break;
    case 'D':
        backend_pass(86400);
        break;
    default:
        backend.fails = line[0] == 'n';
        break;
    }
}

static void event(const char *line)
{
    switch (line[0]) {
    case 'b':
        strange(brings, line + 1);
        break;
    case 's':
        strange(tells, line + 1);
        break;
    case 'e':
        strange(enrols, line + 1);
        break;
    case 'w':
        strange(wishes, line + 1);
        break;
    case 'B':
        brings(sign(OCPP_SETTLE_TYP_BILL, line + 1));
        brought();
        break;
    case 'Z':
        brings(sealed(line + 1));
        brought();
        break;
    case 'S':
        tells(sign(OCPP_SETTLE_TYP_PILE_STATUS, line + 1));
        break;
    case 'E':
        enrols(sign(OCPP_SETTLE_TYP_PILE_REQUEST, line + 1));
        break;
    case 'W':
        wishes(sign(OCPP_SETTLE_TYP_PILE_STATUS, line + 1));
        break;
    default:
        decides(line);
        break;
    }
}

static void pile_can_be(const struct ocpp_settle_relay_pile *pile, void *user)
{
    (void)user;
    backend_must(pile->gap_count >= 0 && pile->open_authorisations >= 0 && pile->last_page >= pile->gap_count);
    backend_must((pile->gap_count > 0) == (pile->first_gap > 0) && pile->first_gap <= pile->last_page);
}

static void holds(void)
{
    struct ocpp_settle_payer_balance balance = { .wallet_minor = 0 };
    struct ocpp_settle_relay_gaps gaps = { .settle = backend.settle };
    struct ocpp_settle_bill_gap gap;
    int64_t last = 0;

    backend_must(ocpp_settle_payer_balance(backend.settle, "CARD", "EUR", &balance) == OCPP_OK);
    backend_must(balance.wallet_minor >= 0 && balance.wallet_minor <= BACKEND_MONEY);
    backend_must(ocpp_settle_relay_find_pile(backend.settle, "PILE", pile_can_be, NULL) == OCPP_OK);
    while (ocpp_settle_relay_next_gap(&gap, &gaps)) {
        backend_must(gap.first_page > last && gap.last_page >= gap.first_page);
        last = gap.last_page;
    }
    backend_must(gaps.status == OCPP_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memset(&world, 0, sizeof world);
    memset(world.hash, '0', sizeof world.hash - 1);
    backend_open(change);
    trust();
    registers();
    backend_must(backend.id[0] != '\0');
    backend_lines(data, size, event, holds);
    backend_close();
    return 0;
}
