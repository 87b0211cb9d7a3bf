/* outlet_world.c: a pile without a network, and a server that signs. */
#include "outlet_world.h"

#include "unit.h"

#include <ocpp/adapters.h>
#include <ocpp/settlement/compute.h>

#include <string.h>

#define ROOT "the-root"

/* --- hardware ---------------------------------------------------------------------------------------------------- */

static enum ocpp_status switch_outlet(int number, bool on, void *user)
{
    struct outlet_world *world = user;
    struct world_outlet *outlet = &world->outlet[number];

    if (world->before_switch) {
        world->before_switch(world, number, on);
    }
    if (on && outlet->is_stuck) {
        return OCPP_ERR_STATE;
    }
    outlet->closings += on && !outlet->is_on;
    outlet->is_on = on;
    return OCPP_OK;
}

static enum ocpp_status read_meter(int number, struct ocpp_settle_outlet_reading *reading, void *user)
{
    struct outlet_world *world = user;

    if (world->outlet[number].is_broken) {
        return OCPP_ERR_STATE;
    }
    reading->mwh = world->outlet[number].meter_mwh;
    return OCPP_OK;
}

static void hear(const struct ocpp_settle_outlets_event *event, void *user)
{
    struct outlet_world *world = user;

    world->ended += event->kind == OCPP_SETTLE_OUTLETS_ENDED;
    world->refused += event->kind == OCPP_SETTLE_OUTLETS_REFUSED;
    world->security += event->kind == OCPP_SETTLE_OUTLETS_SECURITY;
    world->full += event->kind == OCPP_SETTLE_OUTLETS_FULL;
    if (event->text && strlen(event->text) < sizeof world->said) {
        memcpy(world->said, event->text, strlen(event->text) + 1);
    }
}

/* --- the world --------------------------------------------------------------------------------------------------- */

int64_t world_utc_ms(const struct outlet_world *world)
{
    return world->epoch_utc_ms + world->world_mono_ms;
}

static void set_now(struct outlet_world *world)
{
    world->now.utc_ms = world->knows_utc ? world_utc_ms(world) : OCPP_UTC_UNKNOWN;
}

enum ocpp_status outlet_world_boot(struct outlet_world *world)
{
    world->now.mono_ms = 1000;
    set_now(world);
    return ocpp_settle_outlets_new(&world->settings, world->now, &world->outlets);
}

void outlet_world_cut(struct outlet_world *world)
{
    if (!test_storage_is_cut(world->storage)) {
        test_storage_cut_now(world->storage, SIZE_MAX);
    }
    ocpp_settle_outlets_free(world->outlets);
    world->outlets = NULL;
    test_storage_power_on(world->storage);
    ocpp_arena_reset(world->arena);
}

static void keep_claim_code(struct outlet_world *world)
{
    char code[64] = "CLAIM-";
    unsigned char secret[OCPP_SETTLE_DIGEST_SIZE];

    memcpy(code + 6, world->pile, strlen(world->pile) + 1);
    const struct ocpp_settle_bytes piece = { code, strlen(code) };
    assert_int_equal(world->keys.contract.sha256(&piece, 1, secret, &world->keys), OCPP_OK);
    assert_int_equal(world->keys.contract.keep_secret("claim", secret, sizeof secret, &world->keys), OCPP_OK);
}

void outlet_world_open_bare(struct outlet_world *world, const char *pile, uint64_t seed)
{
    memset(world, 0, sizeof *world);
    memcpy(world->pile, pile, strlen(pile) + 1);
    world->epoch_utc_ms = OUTLET_WORLD_UTC;
    settle_keys_start(&world->keys, seed);
    settle_keys_start(&world->server, seed + 1);
    keep_claim_code(world);
    world->disk = ocpp_memory_storage_new(NULL, 0);
    world->storage = test_storage_new(world->disk);
    world->arena = ocpp_arena_new(NULL, 16 << 20);
    world->settings = ocpp_settle_outlets_settings_default();
    world->settings.pile = world->pile;
    world->settings.claim_name = "claim";
    world->settings.keys = world->keys.contract;
    world->settings.storage = test_storage_face(world->storage);
    world->settings.hardware = (struct ocpp_settle_outlet_hardware){ switch_outlet, read_meter, world };
    world->settings.outlet_count = WORLD_OUTLETS;
    world->settings.on_event = hear;
    world->settings.user = world;
    for (int i = 1; i <= WORLD_OUTLETS; i++) {
        world->outlet[i] = (struct world_outlet){ .meter_mwh = 7 * WORLD_KWH_MWH, .power_mw = 3600000 };
    }
    assert_int_equal(outlet_world_boot(world), OCPP_OK);
}

void outlet_world_open(struct outlet_world *world)
{
    unsigned char root[OCPP_SETTLE_POINT_SIZE];

    outlet_world_open_bare(world, "PILE-1", 11);
    assert_int_equal(world->server.contract.public_key("root", root, &world->server), OCPP_OK);
    assert_int_equal(ocpp_settle_outlets_pin(world->outlets, ROOT, root, world->now), OCPP_OK);
    assert_int_equal(give(world, certify(world, "server1", 1, 0, 0), NULL), OCPP_OK);
}

void outlet_world_close(struct outlet_world *world)
{
    ocpp_settle_outlets_free(world->outlets);
    test_storage_free(world->storage);
    ocpp_memory_storage_free(world->disk);
    ocpp_arena_free(world->arena);
    settle_keys_end(&world->server);
    settle_keys_end(&world->keys);
}

/* --- time -------------------------------------------------------------------------------------------------------- */

static void flow(struct outlet_world *world, int64_t ms)
{
    for (int i = 1; i <= WORLD_OUTLETS; i++) {
        struct world_outlet *outlet = &world->outlet[i];

        if (outlet->is_on) {
            outlet->rest += outlet->power_mw * ms;
            outlet->meter_mwh += outlet->rest / 3600000;
            outlet->rest %= 3600000;
        }
    }
    world->world_mono_ms += ms;
    world->now.mono_ms += ms;
    set_now(world);
}

void pass_ms(struct outlet_world *world, int64_t ms)
{
    const int64_t until = world->world_mono_ms + ms;

    while (world->world_mono_ms < until && !test_storage_is_cut(world->storage)) {
        const int64_t deadline = ocpp_settle_outlets_deadline(world->outlets);
        const int64_t left = until - world->world_mono_ms;
        const int64_t step = deadline == OCPP_NEVER ? left : deadline - world->now.mono_ms;

        flow(world, step < 1 ? 1 : step < left ? step : left);
        ocpp_settle_outlets_advance(world->outlets, world->now);
    }
}

void outlet_pass_s(struct outlet_world *world, int64_t s)
{
    pass_ms(world, 1000 * s);
}

void plug(struct outlet_world *world, int outlet)
{
    ocpp_settle_outlets_plug(world->outlets, outlet, true, NULL, world->now);
}

void unplug(struct outlet_world *world, int outlet)
{
    ocpp_settle_outlets_plug(world->outlets, outlet, false, NULL, world->now);
}

/* --- tokens ------------------------------------------------------------------------------------------------------ */

static const char *sign(struct outlet_world *world, const char *key, const char *kid, const char *typ,
                        const struct ocpp_type *type, const void *message)
{
    const struct ocpp_settle_jws_signer signer = { &world->server.contract, key, kid, typ };
    const char *token = NULL;
    size_t size;

    assert_int_equal(ocpp_settle_jws_make_message(&signer, type, message, world->arena, &token, &size), OCPP_OK);
    return token;
}

static const char *write_json(struct outlet_world *world, const struct ocpp_type *type, const void *message)
{
    const char *text = NULL;
    size_t size;

    assert_int_equal(ocpp_message_encode(type, message, world->arena, &text, &size, NULL), OCPP_OK);
    return text;
}

static const char *certificate_of(struct outlet_world *world, const char *name, int64_t epoch)
{
    static const enum ocpp_settle_key_use uses[] = { OCPP_SETTLE_KEY_USE_AUTHORISATION, OCPP_SETTLE_KEY_USE_ACKNOWLEDGEMENT,
                                                     OCPP_SETTLE_KEY_USE_ENROLMENT, OCPP_SETTLE_KEY_USE_RECONCILIATION };
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char text[OCPP_SETTLE_POINT_TEXT_SIZE];

    assert_int_equal(world->server.contract.public_key(name, point, &world->server), OCPP_OK);
    ocpp_settle_point_write(point, text);
    const struct ocpp_settle_server_key key = {
        .iss = ROOT, .kid = name, .epoch = epoch, .uses = { uses, COUNT_OF(uses) }, .key = text, .iat = OUTLET_WORLD_UTC
    };
    return sign(world, "root", ROOT, OCPP_SETTLE_TYP_SERVER_KEY, &ocpp_settle_server_key_type, &key);
}

const char *certify(struct outlet_world *world, const char *name, int64_t epoch, int64_t revocations, int64_t min_epoch)
{
    static const char *const none[] = { NULL };
    const char *keys[] = { certificate_of(world, name, epoch) };
    const struct ocpp_settle_revocations list = {
        .iss = ROOT, .number = revocations, .iat = OUTLET_WORLD_UTC, .min_epoch = min_epoch, .keys = { none, 0 }
    };
    struct ocpp_settle_pile_parcel parcel = { .trust = { .keys = { keys, 1 } }, .acknowledgements = { none, 0 } };

    if (revocations > 0) {
        parcel.trust.revocations = sign(world, "root", ROOT, OCPP_SETTLE_TYP_REVOCATIONS, &ocpp_settle_revocations_type, &list);
    }
    return write_json(world, &ocpp_settle_pile_parcel_type, &parcel);
}

static const char *parcel_of(struct outlet_world *world, const char *authorisation, const char *acknowledgement)
{
    static const char *const none[] = { NULL };
    const struct ocpp_settle_pile_parcel parcel = { .trust = { .keys = { none, 0 } },
                                                    .authorisation = authorisation,
                                                    .acknowledgements = { acknowledgement ? &acknowledgement : none,
                                                                          acknowledgement != NULL } };

    return write_json(world, &ocpp_settle_pile_parcel_type, &parcel);
}

const struct ocpp_settle_snapshot *snapshot_of(struct ocpp_arena *arena, const char *tariff)
{
    static const char usual[] = "{'id':'T1','currency':'EUR','dialect':'Own','elements':[{'components':[{'dimension':'Energy',"
                                "'unit':'Kwh','priceMicro':450000,'taxes':[{'name':'VAT','ratePpm':190000}]}]}]}";
    static const struct ocpp_settle_zone_transition utc = { 0, 0 };
    const char *from = tariff ? tariff : usual;
    char *text = ocpp_arena_text(arena, from, strlen(from));
    struct ocpp_settle_snapshot *snapshot = ocpp_arena_take(arena, sizeof *snapshot);
    const void *read = NULL;

    for (char *c = text; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    assert_int_equal(ocpp_message_decode(&ocpp_settle_tariff_type, text, strlen(text), NULL, NULL, arena, &read, NULL), OCPP_OK);
    *snapshot = (struct ocpp_settle_snapshot){ .tariff = *(const struct ocpp_settle_tariff *)read,
                                               .exponent = 2,
                                               .rounding = OCPP_SETTLE_ROUNDING_MODE_HALF_UP,
                                               .tax_rounding = OCPP_SETTLE_TAX_ROUNDING_PER_LINE,
                                               .zone = "Etc/UTC",
                                               .transitions = { &utc, 1 },
                                               .policy = { .grace_s = 86400 } };
    assert_int_equal(ocpp_settle_snapshot_check(snapshot, NULL), OCPP_OK);
    return snapshot;
}

static const char *new_id(struct outlet_world *world)
{
    char id[OCPP_SETTLE_ID_SIZE];

    settle_keys_id(&world->server, id);
    return ocpp_arena_text(world->arena, id, strlen(id));
}

const char *authorise(struct outlet_world *world, const struct grant *grant)
{
    const char *key = grant->key ? grant->key : "server1";
    const int64_t iat = grant->iat ? grant->iat : world_utc_ms(world);
    const struct ocpp_settle_authorisation authorisation = {
        .iss = "operator",
        .aud = grant->aud ? grant->aud : "PILE-1",
        .evse = grant->outlet,
        .jti = grant->jti ? grant->jti : new_id(world),
        .order = grant->order ? grant->order : new_id(world),
        .iat = iat,
        .exp = iat + 1000 * (grant->lasts_s ? grant->lasts_s : 600),
        .seq = grant->seq ? grant->seq : ++world->seq,
        .nonce = grant->nonce ? grant->nonce : ask_status(world, grant->outlet)->nonce,
        .frozen = grant->frozen ? grant->frozen : "20.00",
        .currency = grant->currency ? grant->currency : "EUR",
        .vehicle = grant->vehicle,
        .snapshot = *snapshot_of(world->arena, grant->tariff),
    };

    return parcel_of(world, sign(world, key, key, OCPP_SETTLE_TYP_AUTHORISATION, &ocpp_settle_authorisation_type, &authorisation),
                     NULL);
}

const char *acknowledge(struct outlet_world *world, int64_t page, const char *hash, enum ocpp_settle_page_result result)
{
    char own[OCPP_SETTLE_HASH_TEXT_SIZE] = "";

    if (!hash) {
        assert_non_null(fetch(world, page, own));
    }
    const struct ocpp_settle_acknowledgement said = {
        .iss = "operator", .aud = "PILE-1", .page = page, .hash = hash ? hash : own, .result = result, .iat = world_utc_ms(world)
    };
    return parcel_of(
        world, NULL,
        sign(world, "server1", "server1", OCPP_SETTLE_TYP_ACKNOWLEDGEMENT, &ocpp_settle_acknowledgement_type, &said));
}

/* --- a phone ----------------------------------------------------------------------------------------------------- */

enum ocpp_status give(struct outlet_world *world, const char *parcel, struct ocpp_settle_outlets_taken *taken)
{
    struct ocpp_settle_outlets_taken unread;

    return ocpp_settle_outlets_take(world->outlets, parcel, strlen(parcel), world->now, taken ? taken : &unread);
}

void begins(struct outlet_world *world, int outlet, const char *frozen)
{
    const struct grant grant = { .outlet = outlet, .frozen = frozen };
    struct ocpp_settle_outlets_taken taken;

    assert_int_equal(give(world, authorise(world, &grant), &taken), OCPP_OK);
    assert_string_equal(taken.reason, "");
    assert_int_not_equal(taken.session[0], '\0');
}

static bool find_pile(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    struct outlet_world *world = user;

    (void)typ;
    return world->keys.contract.public_key("pile-key", point, &world->keys) == OCPP_OK &&
           strcmp(kid, ocpp_settle_outlets_view(world->outlets).kid) == 0;
}

static const void *verified(struct outlet_world *world, const char *typ, const char *token, const struct ocpp_type *type,
                            char *hash)
{
    const struct ocpp_settle_jws_verifier verifier = {
        .keys = &world->server.contract, .typ = typ, .find = find_pile, .user = world
    };
    const struct ocpp_json_limits limits = { .max_bytes = 65536 };
    struct ocpp_settle_jws jws;
    const void *read = NULL;

    assert_int_equal(ocpp_settle_jws_verify(&verifier, token, strlen(token), world->arena, &jws), OCPP_OK);
    assert_int_equal(ocpp_message_decode(type, jws.payload, jws.size, &limits, NULL, world->arena, &read, NULL), OCPP_OK);
    if (hash) {
        assert_int_equal(ocpp_settle_hash_text(&world->server.contract, jws.payload, jws.size, hash), OCPP_OK);
    }
    return read;
}

const struct ocpp_settle_pile_status *ask_status(struct outlet_world *world, int outlet)
{
    const char *token = NULL;

    assert_int_equal(ocpp_settle_outlets_status(world->outlets, outlet, world->arena, world->now, &token), OCPP_OK);
    return verified(world, OCPP_SETTLE_TYP_PILE_STATUS, token, &ocpp_settle_pile_status_type, NULL);
}

const struct ocpp_settle_bill_page *fetch(struct outlet_world *world, int64_t from, char *hash)
{
    const char *token = NULL;
    int64_t number = 0;
    const enum ocpp_status status = ocpp_settle_outlets_page(world->outlets, from, world->arena, &token, &number);

    if (status == OCPP_ERR_NOT_FOUND) {
        return NULL;
    }
    assert_int_equal(status, OCPP_OK);
    const struct ocpp_settle_bill_page *page = verified(world, OCPP_SETTLE_TYP_BILL, token, &ocpp_settle_bill_page_type, hash);
    assert_int_equal(page->page, number);
    return page;
}

struct ocpp_settle_outlet_view shown(struct outlet_world *world, int outlet)
{
    struct ocpp_settle_outlet_view view;

    assert_int_equal(ocpp_settle_outlet_view(world->outlets, outlet, &view), OCPP_OK);
    return view;
}
