/* relay_tokens.c: what is read of piles, and what is signed for them and for phones. */
#include "relay_internal.h"

#include <ocpp/settlement/jwe.h>

#include <string.h>

static const struct ocpp_settle_keys *keys_of(struct command *command)
{
    return &command_settle(command)->settings.keys;
}

/* --- signing ----------------------------------------------------------------------------------------------------- */

static const char *kid_of(struct command *command, const char *name)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char *kid = order_take(command, OCPP_SETTLE_JWS_KID_SIZE);
    const struct ocpp_settle_keys *keys = keys_of(command);
    enum ocpp_status status = kid ? keys->public_key(name, point, keys->user) : OCPP_ERR_NOMEM;

    if (status == OCPP_OK) {
        status = ocpp_settle_kid(keys, point, kid);
    }
    command_fail(command, status);
    return command_failed(command) ? NULL : kid;
}

const char *relay_kid(struct command *command)
{
    return kid_of(command, relay_settings(command)->key_name);
}

const char *relay_sign(struct command *command, const char *typ, const struct ocpp_type *type, const void *message)
{
    const char *kid = relay_kid(command);
    const struct ocpp_settle_jws_signer signer = { keys_of(command), relay_settings(command)->key_name, kid, typ };
    const char *token = NULL;
    size_t size;

    if (kid) {
        command_fail(command, ocpp_settle_jws_make_message(&signer, type, message, command_arena(command), &token, &size));
    }
    return command_failed(command) ? NULL : token;
}

const char *relay_write(struct command *command, const struct ocpp_type *type, const void *message)
{
    const char *text = NULL;
    size_t size;

    if (!command_failed(command)) {
        command_fail(command, ocpp_message_encode(type, message, command_arena(command), &text, &size, NULL));
    }
    return command_failed(command) ? NULL : text;
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

struct finding {
    struct command *command;
    const struct row_relay_key *key;
};

/* A key that was revoked still says who signed: what it says is looked at by a person. */
static bool find_pile(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    struct finding *finding = user;

    (void)typ;
    finding->key = command_read(finding->command, command_key(finding->command, "relaykey", kid, NULL), &row_relay_key_type);
    return finding->key && ocpp_settle_point_read(finding->key->key, point);
}

struct sealing {
    const char *kid;
    const char *name;
};

static const char *find_seal(const char *kid, const char *typ, void *user)
{
    const struct sealing *sealing = user;

    (void)typ;
    return strcmp(kid, sealing->kid) == 0 ? sealing->name : NULL;
}

/* Five parts are a sealed token, three a signed one. */
static bool is_sealed(const char *text, size_t size)
{
    size_t dots = 0;

    for (size_t i = 0; i < size; i++) {
        dots += text[i] == '.';
    }
    return dots == 4;
}

static enum ocpp_status unseal(struct command *command, const char *typ, const char **text, size_t *size)
{
    const struct ocpp_settle_relay *relay = relay_settings(command);
    struct sealing sealing = { .name = relay->seal_name ? relay->seal_name : relay->key_name };
    const struct ocpp_settle_jwe_opener opener = { .keys = keys_of(command), .typ = typ, .find = find_seal, .user = &sealing };
    struct ocpp_settle_jwe opened;

    sealing.kid = kid_of(command, sealing.name);
    if (!sealing.kid) {
        return OCPP_ERR_CRYPTO;
    }
    const enum ocpp_status status = ocpp_settle_jwe_open(&opener, *text, *size, command_arena(command), &opened);
    if (status == OCPP_OK) {
        *text = opened.payload;
        *size = opened.size;
    }
    return status;
}

static enum ocpp_status verify(struct command *command, const char *text, size_t size, const char *typ,
                               const struct ocpp_type *type, struct relay_said *said)
{
    struct finding finding = { .command = command };
    const struct ocpp_settle_jws_verifier verifier = {
        .keys = keys_of(command), .typ = typ, .find = find_pile, .user = &finding
    };
    struct ocpp_settle_jws jws;
    char *hash = order_take(command, OCPP_SETTLE_HASH_TEXT_SIZE);
    enum ocpp_status status = is_sealed(text, size) ? unseal(command, typ, &text, &size) : OCPP_OK;

    said->key = NULL;
    if (!hash) {
        return OCPP_ERR_NOMEM;
    }
    if (status == OCPP_OK) {
        status = ocpp_settle_jws_verify(&verifier, text, size, command_arena(command), &jws);
    }
    if (status == OCPP_OK) {
        const struct ocpp_json_limits limits = { .max_bytes = jws.size + 1 };

        status = ocpp_message_decode(type, jws.payload, jws.size, &limits, NULL, command_arena(command), &said->message, NULL);
    }
    if (status == OCPP_OK) {
        status = ocpp_settle_hash_text(keys_of(command), jws.payload, jws.size, hash);
    }
    said->key = finding.key;
    if (status == OCPP_OK) {
        said->payload = jws.payload;
        said->hash = hash;
    }
    return status;
}

/* D4. Whoever brings it: it is not the pile's. */
bool relay_read(struct command *command, const char *text, size_t size, const char *typ, const struct ocpp_type *type,
                struct relay_said *said)
{
    const enum ocpp_status status = verify(command, text, size, typ, type, said);

    if (status == OCPP_OK || command_failed(command)) {
        return status == OCPP_OK && !command_failed(command);
    }
    if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE || status == OCPP_ERR_CRYPTO) {
        command_fail(command, status);
        return false;
    }
    relay_junk(command, said->key ? said->key->pile : NULL, typ, "it is not what a pile we know has signed");
    return false;
}
