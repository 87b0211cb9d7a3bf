/* outlets_enrol.c: belonging to a fleet: the pile's own key, signed by the server; the root, pinned by whoever knows the claim
 * code that was printed for this pile. Nothing is trusted on first use. */
#include "outlets_internal.h"

#include <string.h>

enum ocpp_status ocpp_settle_outlets_request(struct ocpp_settle_outlets *outlets, struct ocpp_arena *arena, const char **token)
{
    const struct ocpp_settle_outlets_settings *settings = &outlets->settings;
    const struct ocpp_settle_jws_signer signer = { &settings->keys, settings->key_name, outlets->kid,
                                                   OCPP_SETTLE_TYP_PILE_REQUEST };
    char key[OCPP_SETTLE_POINT_TEXT_SIZE];
    char proof[OCPP_SETTLE_HASH_TEXT_SIZE];
    unsigned char bytes[16];
    size_t size;

    settings->keys.random(bytes, sizeof(bytes), settings->keys.user);
    ocpp_settle_hex(bytes, sizeof(bytes), outlets->request_nonce);
    ocpp_settle_point_write(outlets->point, key);
    const char *const texts[] = { "claim", settings->pile, outlets->kid, key, outlets->request_nonce };
    enum ocpp_status status =
        settings->claim_name == NULL ? OCPP_OK : ocpp_settle_claim_proof(&settings->keys, settings->claim_name, texts, 5, proof);
    const struct ocpp_settle_pile_request request = {
        .pile = settings->pile,
        .serial = settings->serial != NULL ? settings->serial : settings->pile,
        .kid = outlets->kid,
        .key = key,
        .nonce = outlets->request_nonce,
        .outlets = settings->outlet_count,
        .proof = settings->claim_name == NULL ? NULL : proof,
    };
    return status == OCPP_OK
               ? ocpp_settle_jws_make_message(&signer, &ocpp_settle_pile_request_type, &request, arena, token, &size)
               : status;
}

/* --- what is brought back ------------------------------------------------------------------------------------------ */

static bool is_proven(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_pile_enrolment *said)
{
    const struct ocpp_settle_outlets_settings *settings = &outlets->settings;
    const char *const texts[] = { "enrol", said->root_kid, said->root, said->certificate, outlets->request_nonce };
    char proof[OCPP_SETTLE_HASH_TEXT_SIZE];

    return settings->claim_name != NULL && said->proof != NULL && strlen(said->proof) == sizeof(proof) - 1 &&
           ocpp_settle_claim_proof(&settings->keys, settings->claim_name, texts, 5, proof) == OCPP_OK &&
           ocpp_settle_same_bytes(proof, said->proof, sizeof(proof) - 1);
}

/* The certificate is of this pile's key, by a key of a server that the root knows. */
static enum ocpp_status check_certificate(struct ocpp_settle_outlets *outlets, struct ocpp_settle_trust *trust, const char *token)
{
    const struct ocpp_settle_jws_verifier verifier = {
        .keys = &outlets->settings.keys, .typ = OCPP_SETTLE_TYP_PILE_KEY, .find = ocpp_settle_trust_find, .user = trust
    };
    char key[OCPP_SETTLE_POINT_TEXT_SIZE];
    const void *read;
    const enum ocpp_status status = ocpp_settle_jws_verify_message(&verifier, token, strlen(token), &ocpp_settle_pile_key_type,
                                                                   outlets->scratch, &read, NULL, NULL);

    if (status != OCPP_OK) {
        return status == OCPP_ERR_NOT_FOUND ? OCPP_ERR_SECURITY : status;
    }
    const struct ocpp_settle_pile_key *said = read;
    ocpp_settle_point_write(outlets->point, key);
    const bool is_ours =
        strcmp(said->pile, outlets->settings.pile) == 0 && strcmp(said->kid, outlets->kid) == 0 && strcmp(said->key, key) == 0;
    return is_ours ? OCPP_OK : OCPP_ERR_SECURITY;
}

static bool is_same_root(const struct ocpp_settle_trust *trust, const char *kid, const unsigned char *root)
{
    return strcmp(trust->root_kid, kid) == 0 && memcmp(trust->root, root, OCPP_SETTLE_POINT_SIZE) == 0;
}

static enum ocpp_status keep(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_pile_enrolment *said,
                             const struct ocpp_settle_trust *trust)
{
    const enum ocpp_status status = outlets_keep_vouch(outlets, &said->trust);
    if (status != OCPP_OK) {
        return status;
    }
    const size_t size = strlen(said->certificate) + 1;
    char *certificate = outlets_allocate(outlets, outlets->certificate, size);

    if (certificate == NULL) {
        return OCPP_ERR_NOMEM;
    }
    memcpy(certificate, said->certificate, size);
    outlets->certificate = certificate;
    outlets->trust = *trust;
    outlets_copy(outlets->operator_id, sizeof(outlets->operator_id), said->operator_);
    outlets->request_nonce[0] = '\0';
    outlets->chain_dirty = outlets->trust_dirty = true;
    return OCPP_OK;
}

static enum ocpp_status enrol(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_pile_enrolment *said)
{
    unsigned char root[OCPP_SETTLE_POINT_SIZE];
    struct ocpp_settle_trust *trust = ocpp_arena_take(outlets->scratch, sizeof(*trust));

    if (trust == NULL) {
        return OCPP_ERR_NOMEM;
    }
    if (outlets->request_nonce[0] == '\0') {
        return OCPP_ERR_STATE;
    }
    if (!ocpp_settle_point_read(said->root, root) || !is_proven(outlets, said)) {
        return OCPP_ERR_SECURITY;
    }
    *trust = outlets->trust;
    if (trust->root_kid[0] == '\0') {
        ocpp_settle_trust_begin(trust, said->root_kid, root);
    } else if (!is_same_root(trust, said->root_kid, root)) {
        return OCPP_ERR_STATE;
    }
    enum ocpp_status status = ocpp_settle_trust_take(trust, &outlets->settings.keys, &said->trust, outlets->scratch, NULL);
    if (status == OCPP_OK) {
        status = check_certificate(outlets, trust, said->certificate);
    }
    return status == OCPP_OK ? keep(outlets, said, trust) : status;
}

enum ocpp_status ocpp_settle_outlets_enrol(struct ocpp_settle_outlets *outlets, const char *json, size_t size,
                                           struct ocpp_now now)
{
    const struct ocpp_json_limits limits = { .max_bytes = outlets->settings.arena_bytes / 2 };
    const void *read;

    outlets_enter(outlets, now);
    enum ocpp_status status =
        ocpp_message_decode(&ocpp_settle_pile_enrolment_type, json, size, &limits, NULL, outlets->scratch, &read, NULL);
    if (status == OCPP_OK) {
        status = enrol(outlets, read);
    }
    if (status == OCPP_ERR_SECURITY) {
        outlets_tell(outlets, OCPP_SETTLE_OUTLETS_SECURITY, 0, NULL, 0, "an enrolment that does not know the claim code");
    }
    outlets_leave(outlets);
    return status;
}

enum ocpp_status ocpp_settle_outlets_pin(struct ocpp_settle_outlets *outlets, const char *kid,
                                         const unsigned char root[OCPP_SETTLE_POINT_SIZE], struct ocpp_now now)
{
    if (root[0] != 4 || kid[0] == '\0' || strlen(kid) >= OCPP_SETTLE_JWS_KID_SIZE) {
        return OCPP_ERR_ARGUMENT; /* it could not be read back */
    }
    outlets_enter(outlets, now);
    const bool is_new = outlets->trust.root_kid[0] == '\0';
    if (!is_new && !is_same_root(&outlets->trust, kid, root)) {
        return OCPP_ERR_STATE;
    }
    if (is_new) {
        ocpp_settle_trust_begin(&outlets->trust, kid, root);
        outlets->trust_dirty = true;
    }
    outlets_leave(outlets);
    return OCPP_OK;
}

const char *ocpp_settle_outlets_certificate(const struct ocpp_settle_outlets *outlets)
{
    return outlets->certificate;
}
