/* trust.c: an offline root, the keys of a server below it, and those that count no more. */
#include "base64url.h"

#include <ocpp/settlement/trust.h>

#include <string.h>

enum { KID_SIZE = OCPP_SETTLE_JWS_KID_SIZE };

static void copy_kid(char to[KID_SIZE], const char *from)
{
    const size_t size = strlen(from);

    memset(to, 0, KID_SIZE);
    memcpy(to, from, size < KID_SIZE ? size : KID_SIZE - 1);
}

void ocpp_settle_trust_begin(struct ocpp_settle_trust *trust, const char *kid, const unsigned char root[OCPP_SETTLE_POINT_SIZE])
{
    memset(trust, 0, sizeof(*trust));
    copy_kid(trust->root_kid, kid);
    memcpy(trust->root, root, OCPP_SETTLE_POINT_SIZE);
}

/* --- finding ----------------------------------------------------------------------------------------------------- */

static bool is_revoked(const struct ocpp_settle_trust *trust, const char *kid, int64_t epoch)
{
    bool found = epoch < trust->min_epoch;

    for (size_t i = 0; i < trust->revoked_count; i++) {
        found |= strcmp(trust->revoked[i], kid) == 0;
    }
    return found;
}

static const struct ocpp_settle_trusted_key *find_key(const struct ocpp_settle_trust *trust, const char *kid)
{
    for (size_t i = 0; i < trust->key_count; i++) {
        if (strcmp(trust->keys[i].kid, kid) == 0) {
            return &trust->keys[i];
        }
    }
    return NULL;
}

/* Who may sign what. What is not here nobody of the server may sign. */
static const struct {
    const char *typ;
    enum ocpp_settle_key_use use; /* UNSET: the root's alone */
} signers[] = {
    { OCPP_SETTLE_TYP_SERVER_KEY, OCPP_SETTLE_KEY_USE_UNSET },
    { OCPP_SETTLE_TYP_REVOCATIONS, OCPP_SETTLE_KEY_USE_UNSET },
    { OCPP_SETTLE_TYP_PILE_KEY, OCPP_SETTLE_KEY_USE_ENROLMENT },
    { OCPP_SETTLE_TYP_AUTHORISATION, OCPP_SETTLE_KEY_USE_AUTHORISATION },
    { OCPP_SETTLE_TYP_ACKNOWLEDGEMENT, OCPP_SETTLE_KEY_USE_ACKNOWLEDGEMENT },
    { OCPP_SETTLE_TYP_HOUSE_LIST, OCPP_SETTLE_KEY_USE_AUTHORISATION },
    { OCPP_SETTLE_TYP_PHONE_BINDING, OCPP_SETTLE_KEY_USE_AUTHORISATION },
    { OCPP_SETTLE_TYP_RECONCILED_BILL, OCPP_SETTLE_KEY_USE_RECONCILIATION },
};

static bool find_root(const struct ocpp_settle_trust *trust, const char *kid, unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    if (trust->root_kid[0] == '\0' || strcmp(kid, trust->root_kid) != 0) {
        return false;
    }
    memcpy(point, trust->root, OCPP_SETTLE_POINT_SIZE);
    return true;
}

bool ocpp_settle_trust_find(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    const struct ocpp_settle_trust *trust = user;

    for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++) {
        if (strcmp(signers[i].typ, typ) != 0) {
            continue;
        }
        if (signers[i].use == OCPP_SETTLE_KEY_USE_UNSET) {
            return find_root(trust, kid, point);
        }
        const struct ocpp_settle_trusted_key *key = find_key(trust, kid);
        if (key == NULL || (key->uses >> signers[i].use & 1U) == 0) {
            return false;
        }
        memcpy(point, key->point, OCPP_SETTLE_POINT_SIZE);
        return true;
    }
    return false;
}

const struct ocpp_settle_trusted_key *ocpp_settle_trust_newest(const struct ocpp_settle_trust *trust,
                                                               enum ocpp_settle_key_use use)
{
    const struct ocpp_settle_trusted_key *newest = NULL;

    for (size_t i = 0; i < trust->key_count; i++) {
        const struct ocpp_settle_trusted_key *key = &trust->keys[i];

        if ((key->uses >> use & 1U) != 0 && (newest == NULL || key->epoch > newest->epoch)) {
            newest = key;
        }
    }
    return newest;
}

/* --- taking ------------------------------------------------------------------------------------------------------ */

struct taking {
    struct ocpp_settle_trust *trust;
    struct ocpp_settle_jws_verifier verifier;
    struct ocpp_arena *arena;
    bool changed;
};

static enum ocpp_status verify(struct taking *taking, const char *typ, const char *token, const struct ocpp_type *type,
                               const void **message)
{
    taking->verifier.typ = typ;
    const enum ocpp_status status =
        ocpp_settle_jws_verify_message(&taking->verifier, token, strlen(token), type, taking->arena, message, NULL, NULL);
    return status == OCPP_ERR_NOT_FOUND ? OCPP_ERR_SECURITY : status;
}

static void drop_revoked(struct ocpp_settle_trust *trust)
{
    size_t kept = 0;

    for (size_t i = 0; i < trust->key_count; i++) {
        if (!is_revoked(trust, trust->keys[i].kid, trust->keys[i].epoch)) {
            trust->keys[kept++] = trust->keys[i];
        }
    }
    trust->key_count = kept;
}

static bool says_the_same(const struct ocpp_settle_trust *trust, const struct ocpp_settle_revocations *list)
{
    bool same = list->min_epoch == trust->min_epoch && list->keys.count == trust->revoked_count;

    for (size_t i = 0; same && i < list->keys.count; i++) {
        same = strcmp(list->keys.items[i], trust->revoked[i]) == 0;
    }
    return same;
}

static enum ocpp_status take_revocations(struct taking *taking, const char *token)
{
    struct ocpp_settle_trust *trust = taking->trust;
    const void *message;
    const enum ocpp_status status = verify(taking, OCPP_SETTLE_TYP_REVOCATIONS, token, &ocpp_settle_revocations_type, &message);

    if (status != OCPP_OK) {
        return status;
    }
    const struct ocpp_settle_revocations *list = message;
    if (list->number < trust->revocations) {
        return OCPP_OK;
    }
    if (list->number == trust->revocations) {
        return says_the_same(trust, list) ? OCPP_OK : OCPP_ERR_SECURITY;
    }
    trust->revocations = list->number;
    trust->min_epoch =
        list->min_epoch > trust->min_epoch ? list->min_epoch : trust->min_epoch; /* epochs rise, whatever it says */
    for (size_t i = 0; i < list->keys.count; i++) {
        copy_kid(trust->revoked[i], list->keys.items[i]);
    }
    trust->revoked_count = list->keys.count;
    drop_revoked(trust);
    taking->changed = true;
    return OCPP_OK;
}

/* Where it goes: an empty place, or that of the lowest epoch. */
static struct ocpp_settle_trusted_key *make_room(struct ocpp_settle_trust *trust)
{
    struct ocpp_settle_trusted_key *lowest = &trust->keys[0];

    if (trust->key_count < OCPP_SETTLE_TRUST_KEYS) {
        return &trust->keys[trust->key_count++];
    }
    for (size_t i = 1; i < trust->key_count; i++) {
        lowest = trust->keys[i].epoch < lowest->epoch ? &trust->keys[i] : lowest;
    }
    return lowest;
}

static enum ocpp_status take_key(struct taking *taking, const char *token)
{
    struct ocpp_settle_trust *trust = taking->trust;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const void *message;
    const enum ocpp_status status = verify(taking, OCPP_SETTLE_TYP_SERVER_KEY, token, &ocpp_settle_server_key_type, &message);

    if (status != OCPP_OK) {
        return status;
    }
    const struct ocpp_settle_server_key *said = message;
    if (!ocpp_settle_point_read(said->key, point) || said->kid[0] == '\0') {
        return OCPP_ERR_VALUE;
    }
    if (is_revoked(trust, said->kid, said->epoch) || find_key(trust, said->kid) != NULL || said->epoch < trust->epoch) {
        return OCPP_OK;
    }
    struct ocpp_settle_trusted_key *key = make_room(trust);
    *key = (struct ocpp_settle_trusted_key){ .epoch = said->epoch };
    copy_kid(key->kid, said->kid);
    memcpy(key->point, point, sizeof(point));
    for (size_t i = 0; i < said->uses.count; i++) {
        key->uses |= 1U << said->uses.items[i];
    }
    trust->epoch = said->epoch;
    taking->changed = true;
    return OCPP_OK;
}

/* Each token alone is good or bad, but one that is bad spoils the parcel: it shows who handed it on.
 * Who makes parcels puts the keys in the order of their epochs. */
static enum ocpp_status take_all(struct taking *taking, const struct ocpp_settle_trust_parcel *parcel)
{
    enum ocpp_status status = parcel->revocations == NULL ? OCPP_OK : take_revocations(taking, parcel->revocations);

    for (size_t i = 0; status == OCPP_OK && i < parcel->keys.count; i++) {
        status = take_key(taking, parcel->keys.items[i]);
    }
    return status;
}

enum ocpp_status ocpp_settle_trust_take(struct ocpp_settle_trust *trust, const struct ocpp_settle_keys *keys,
                                        const struct ocpp_settle_trust_parcel *parcel, struct ocpp_arena *arena, bool *changed)
{
    struct ocpp_settle_trust *copy = ocpp_arena_take(arena, sizeof(*copy));

    if (copy == NULL) {
        return OCPP_ERR_NOMEM;
    }
    *copy = *trust;
    struct taking taking = { .trust = copy,
                             .verifier = { .keys = keys, .find = ocpp_settle_trust_find, .user = copy },
                             .arena = arena };
    const enum ocpp_status status = take_all(&taking, parcel);
    if (status == OCPP_OK) {
        *trust = *copy;
    }
    if (changed != NULL) {
        *changed = status == OCPP_OK && taking.changed;
    }
    return status;
}
