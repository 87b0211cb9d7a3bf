/* jws.c: tokens in compact form: header, payload and signature, each in base64url, with dots between them. */
#include "base64url.h"
#include "token_parts.h"

#include <ocpp/settlement/jws.h>
#include <ocpp/settlement/model.h>

#include <string.h>

enum { HEADER_LIMIT = 256, SIGNATURE_LENGTH = 86 }; /* characters of the header's JSON; of 64 bytes in base64url */

/* --- making
 * --------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status sign(const struct ocpp_settle_jws_signer *signer, char *token, size_t signed_size)
{
    unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE];
    const struct ocpp_settle_keys *keys = signer->keys;
    const enum ocpp_status status = keys->sign(signer->key_name, token, signed_size, signature, keys->user);

    if (status == OCPP_OK) {
        token[signed_size] = '.';
        base64url_write(signature, sizeof signature, token + signed_size + 1);
    }
    return status;
}

enum ocpp_status ocpp_settle_jws_make(const struct ocpp_settle_jws_signer *signer, const void *payload, size_t size,
                                      struct ocpp_arena *arena, const char **token, size_t *token_size)
{
    const struct ocpp_settle_token_header header = { OCPP_SETTLE_TOKEN_ALGORITHM_ES256, signer->kid, signer->typ };
    const char *text;
    size_t text_size;

    if (!token_is_visible(signer->kid, 64) || !token_is_visible(signer->typ, 32)) {
        return OCPP_ERR_ARGUMENT;
    }
    enum ocpp_status status = ocpp_message_encode(&ocpp_settle_token_header_type, &header, arena, &text, &text_size, NULL);
    if (status != OCPP_OK) {
        return status;
    }
    const size_t header_length = base64url_length(text_size);
    if (size > OCPP_SETTLE_JWS_BYTES ||
        header_length + 1 + base64url_length(size) + 1 + SIGNATURE_LENGTH > OCPP_SETTLE_JWS_BYTES) {
        return OCPP_ERR_TOO_LARGE;
    }
    const size_t signed_size = header_length + 1 + base64url_length(size);
    char *made = ocpp_arena_take(arena, signed_size + 1 + SIGNATURE_LENGTH + 1);
    if (made == NULL) {
        return OCPP_ERR_NOMEM;
    }
    base64url_write(text, text_size, made);
    made[header_length] = '.';
    base64url_write(payload, size, made + header_length + 1);
    status = sign(signer, made, signed_size);
    if (status == OCPP_OK) {
        *token = made;
        *token_size = signed_size + 1 + SIGNATURE_LENGTH;
    }
    return status;
}

enum ocpp_status ocpp_settle_jws_make_message(const struct ocpp_settle_jws_signer *signer, const struct ocpp_type *type,
                                              const void *message, struct ocpp_arena *arena, const char **token,
                                              size_t *token_size)
{
    const char *text;
    size_t size;
    const enum ocpp_status status = ocpp_message_encode(type, message, arena, &text, &size, NULL);

    return status == OCPP_OK ? ocpp_settle_jws_make(signer, text, size, arena, token, token_size) : status;
}

/* --- verifying
 * ------------------------------------------------------------------------------------------------------------------ */

enum { PART_HEADER, PART_PAYLOAD, PART_SIGNATURE, PARTS };

static enum ocpp_status check_signature(const struct ocpp_settle_jws_verifier *verifier,
                                        const struct ocpp_settle_bytes parts[PARTS],
                                        const struct ocpp_settle_token_header *header)
{
    unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];

    if (!base64url_read(parts[PART_SIGNATURE].bytes, SIGNATURE_LENGTH, signature)) {
        return OCPP_ERR_VALUE;
    }
    if (!verifier->find(header->kid, verifier->typ, point, verifier->user)) {
        return OCPP_ERR_NOT_FOUND;
    }
    return verifier->keys->verify(point, parts[PART_HEADER].bytes, parts[PART_HEADER].size + 1 + parts[PART_PAYLOAD].size,
                                  signature, verifier->keys->user);
}

enum ocpp_status ocpp_settle_jws_verify(const struct ocpp_settle_jws_verifier *verifier, const char *token, size_t size,
                                        struct ocpp_arena *arena, struct ocpp_settle_jws *jws)
{
    struct ocpp_settle_bytes parts[PARTS];
    const void *read_header;
    struct ocpp_settle_jws read;

    if (size > (verifier->max_bytes != 0 ? verifier->max_bytes : OCPP_SETTLE_JWS_BYTES)) {
        return OCPP_ERR_TOO_LARGE;
    }
    if (!token_split(token, size, parts, PARTS) || parts[PART_SIGNATURE].size != SIGNATURE_LENGTH) {
        return OCPP_ERR_VALUE;
    }
    enum ocpp_status status =
        token_header(&parts[PART_HEADER], HEADER_LIMIT, &ocpp_settle_token_header_type, arena, &read_header);
    if (status != OCPP_OK) {
        return status;
    }
    const struct ocpp_settle_token_header *header = read_header;
    if (strcmp(header->typ, verifier->typ) != 0 || !token_is_visible(header->kid, 64)) {
        return OCPP_ERR_VALUE;
    }
    status = token_decode(&parts[PART_PAYLOAD], arena, &read.payload, &read.size);
    if (status == OCPP_OK) {
        status = check_signature(verifier, parts, header);
    }
    if (status == OCPP_OK) {
        read.kid = header->kid;
        *jws = read;
    }
    return status;
}

enum ocpp_status ocpp_settle_jws_verify_message(const struct ocpp_settle_jws_verifier *verifier, const char *token, size_t size,
                                                const struct ocpp_type *type, struct ocpp_arena *arena, const void **message,
                                                char kid[OCPP_SETTLE_JWS_KID_SIZE], struct ocpp_issue *issue)
{
    struct ocpp_settle_jws jws;
    enum ocpp_status status = ocpp_settle_jws_verify(verifier, token, size, arena, &jws);

    if (status == OCPP_OK) {
        const struct ocpp_json_limits limits = { .max_bytes = jws.size + 1 };

        status = ocpp_message_decode(type, jws.payload, jws.size, &limits, NULL, arena, message, issue);
    } else if (issue != NULL) {
        *issue = (struct ocpp_issue){ .status = status };
    }
    if (status == OCPP_OK && kid != NULL) {
        memcpy(kid, jws.kid, strlen(jws.kid) + 1);
    }
    return status;
}

enum ocpp_status ocpp_settle_jws_peek(const char *token, size_t size, struct ocpp_arena *arena, const char **payload,
                                      size_t *payload_size)
{
    struct ocpp_settle_bytes parts[PARTS];

    if (size > OCPP_SETTLE_JWS_BYTES) {
        return OCPP_ERR_TOO_LARGE;
    }
    return token_split(token, size, parts, PARTS) ? token_decode(&parts[PART_PAYLOAD], arena, payload, payload_size)
                                                  : OCPP_ERR_VALUE;
}
