/* jwe.c: encrypted tokens in compact form: header, nothing (the key is agreed directly), nonce, text and tag. */
#include "base64url.h"
#include "concat_kdf.h"
#include "token_parts.h"

#include <ocpp/settlement/jwe.h>
#include <ocpp/settlement/model.h>

#include <string.h>

enum {
    HEADER_LIMIT = 384, /* bytes of the header's JSON */
    NONCE_LENGTH = 16,  /* of 12 bytes in base64url */
    TAG_LENGTH = 22,
    COORDINATE_SIZE = 32,
    COORDINATE_LENGTH = 43
};

enum { PART_HEADER, PART_KEY, PART_NONCE, PART_TEXT, PART_TAG, PARTS };

/* RFC 7518, 4.6.2: the algorithm is that of the content, since the key is agreed directly. */
static enum ocpp_status content_key(const struct ocpp_settle_keys *keys, const struct ocpp_settle_private *own,
                                    const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                    unsigned char key[OCPP_SETTLE_SEAL_KEY_SIZE])
{
    static const struct concat_kdf purpose = { "A256GCM", { "", 0 }, { "", 0 }, 256 };
    unsigned char shared[OCPP_SETTLE_SCALAR_SIZE];
    enum ocpp_status status = keys->agree(own, point, shared, keys->user);

    if (status == OCPP_OK) {
        status = concat_kdf(keys, &purpose, shared, key);
    }
    ocpp_settle_wipe(shared, sizeof shared);
    return status;
}

/* --- sealing
 * -------------------------------------------------------------------------------------------------------------------- */

static void write_coordinate(const unsigned char *bytes, char text[COORDINATE_LENGTH + 1])
{
    base64url_write(bytes, COORDINATE_SIZE, text);
    text[COORDINATE_LENGTH] = '\0';
}

static enum ocpp_status write_header(const struct ocpp_settle_jwe_sealer *sealer,
                                     const unsigned char point[OCPP_SETTLE_POINT_SIZE], struct ocpp_arena *arena,
                                     const char **text, size_t *size)
{
    char x[COORDINATE_LENGTH + 1];
    char y[COORDINATE_LENGTH + 1];
    const struct ocpp_settle_sealed_header header = {
        .alg = OCPP_SETTLE_SEAL_ALGORITHM_ECDH_ES,
        .enc = OCPP_SETTLE_SEAL_ENCRYPTION_A256_GCM,
        .epk = { OCPP_SETTLE_CURVE_P_256, OCPP_SETTLE_KEY_TYPE_EC, x, y },
        .kid = sealer->kid,
        .typ = sealer->typ,
    };

    write_coordinate(point + 1, x);
    write_coordinate(point + 1 + COORDINATE_SIZE, y);
    return ocpp_message_encode(&ocpp_settle_sealed_header_type, &header, arena, text, size, NULL);
}

/* What is sealed: |payload| under |key|, with |header_length| characters of |made| before it. */
struct sealing {
    const unsigned char *key;
    const void *payload;
    size_t size;
    size_t header_length;
};

static enum ocpp_status seal_behind(const struct ocpp_settle_keys *keys, const struct sealing *sealing, struct ocpp_arena *arena,
                                    char *made)
{
    unsigned char nonce[OCPP_SETTLE_SEAL_NONCE_SIZE];
    unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE];
    unsigned char *sealed = ocpp_arena_take(arena, sealing->size + 1);
    char *at = made + sealing->header_length;

    if (sealed == NULL) {
        return OCPP_ERR_NOMEM;
    }
    keys->random(nonce, sizeof nonce, keys->user);
    const struct ocpp_settle_sealing how = { sealing->key, nonce, { made, sealing->header_length } };
    const enum ocpp_status status = keys->seal(&how, sealing->payload, sealing->size, sealed, tag, keys->user);
    if (status != OCPP_OK) {
        return status;
    }
    memcpy(at, "..", 2);
    base64url_write(nonce, sizeof nonce, at + 2);
    at += 2 + NONCE_LENGTH;
    *at = '.';
    base64url_write(sealed, sealing->size, at + 1);
    at += 1 + base64url_length(sealing->size);
    *at = '.';
    base64url_write(tag, sizeof tag, at + 1);
    return OCPP_OK;
}

static enum ocpp_status seal_text(const struct ocpp_settle_jwe_sealer *sealer, const char *header, size_t header_size,
                                  struct sealing *sealing, struct ocpp_arena *arena, char **made, size_t *made_size)
{
    sealing->header_length = base64url_length(header_size);
    const size_t rest = 2 + NONCE_LENGTH + 1 + 1 + TAG_LENGTH;
    if (sealing->size > OCPP_SETTLE_JWE_BYTES ||
        sealing->header_length + base64url_length(sealing->size) + rest > OCPP_SETTLE_JWE_BYTES) {
        return OCPP_ERR_TOO_LARGE;
    }
    *made_size = sealing->header_length + base64url_length(sealing->size) + rest;
    *made = ocpp_arena_take(arena, *made_size + 1);
    if (*made == NULL) {
        return OCPP_ERR_NOMEM;
    }
    base64url_write(header, header_size, *made);
    return seal_behind(sealer->keys, sealing, arena, *made);
}

enum ocpp_status ocpp_settle_jwe_seal(const struct ocpp_settle_jwe_sealer *sealer, const void *payload, size_t size,
                                      struct ocpp_arena *arena, const char **token, size_t *token_size)
{
    unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    unsigned char key[OCPP_SETTLE_SEAL_KEY_SIZE];
    const struct ocpp_settle_private own = { NULL, scalar };
    struct sealing sealing = { key, payload, size, 0 };
    const char *header;
    size_t header_size;
    char *made;
    size_t made_size;

    if (!token_is_visible(sealer->kid, 64) || !token_is_visible(sealer->typ, 32)) {
        return OCPP_ERR_ARGUMENT;
    }
    enum ocpp_status status = ocpp_settle_ephemeral(sealer->keys, scalar, point);
    if (status == OCPP_OK) {
        status = content_key(sealer->keys, &own, sealer->point, key);
    }
    ocpp_settle_wipe(scalar, sizeof scalar);
    if (status == OCPP_OK) {
        status = write_header(sealer, point, arena, &header, &header_size);
    }
    if (status == OCPP_OK) {
        status = seal_text(sealer, header, header_size, &sealing, arena, &made, &made_size);
    }
    ocpp_settle_wipe(key, sizeof key);
    if (status == OCPP_OK) {
        *token = made;
        *token_size = made_size;
    }
    return status;
}

/* --- opening
 * -------------------------------------------------------------------------------------------------------------------- */

static bool read_coordinate(const char *text, unsigned char *bytes)
{
    return strlen(text) == COORDINATE_LENGTH && base64url_read(text, COORDINATE_LENGTH, bytes);
}

static bool read_point(const struct ocpp_settle_public_key *key, unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    point[0] = 4;
    return read_coordinate(key->x, point + 1) && read_coordinate(key->y, point + 1 + COORDINATE_SIZE);
}

static enum ocpp_status agreed_key(const struct ocpp_settle_jwe_opener *opener, const struct ocpp_settle_sealed_header *header,
                                   unsigned char key[OCPP_SETTLE_SEAL_KEY_SIZE])
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];

    if (strcmp(header->typ, opener->typ) != 0 || !token_is_visible(header->kid, 64) || !read_point(&header->epk, point)) {
        return OCPP_ERR_VALUE;
    }
    const struct ocpp_settle_private own = { opener->find(header->kid, opener->typ, opener->user), NULL };
    return own.name != NULL ? content_key(opener->keys, &own, point, key) : OCPP_ERR_NOT_FOUND;
}

static enum ocpp_status open_text(const struct ocpp_settle_keys *keys, const struct ocpp_settle_bytes parts[PARTS],
                                  const unsigned char key[OCPP_SETTLE_SEAL_KEY_SIZE], struct ocpp_arena *arena,
                                  struct ocpp_settle_jwe *jwe)
{
    unsigned char nonce[OCPP_SETTLE_SEAL_NONCE_SIZE];
    unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE];
    const size_t size = base64url_size(parts[PART_TEXT].size);
    const struct ocpp_settle_sealing how = { key, nonce, parts[PART_HEADER] };
    unsigned char *text = ocpp_arena_take(arena, size + 1);

    if (text == NULL) {
        return OCPP_ERR_NOMEM;
    }
    if (!base64url_read(parts[PART_NONCE].bytes, NONCE_LENGTH, nonce) ||
        !base64url_read(parts[PART_TAG].bytes, TAG_LENGTH, tag) ||
        !base64url_read(parts[PART_TEXT].bytes, parts[PART_TEXT].size, text)) {
        return OCPP_ERR_VALUE;
    }
    const enum ocpp_status status = keys->open(&how, text, size, tag, text, keys->user);
    text[size] = '\0';
    jwe->payload = (const char *)text;
    jwe->size = size;
    return status;
}

enum ocpp_status ocpp_settle_jwe_open(const struct ocpp_settle_jwe_opener *opener, const char *token, size_t size,
                                      struct ocpp_arena *arena, struct ocpp_settle_jwe *jwe)
{
    unsigned char key[OCPP_SETTLE_SEAL_KEY_SIZE];
    struct ocpp_settle_bytes parts[PARTS];
    struct ocpp_settle_jwe opened;
    const void *read;

    if (size > (opener->max_bytes != 0 ? opener->max_bytes : OCPP_SETTLE_JWE_BYTES)) {
        return OCPP_ERR_TOO_LARGE;
    }
    if (!token_split(token, size, parts, PARTS) || parts[PART_KEY].size != 0 || parts[PART_NONCE].size != NONCE_LENGTH ||
        parts[PART_TAG].size != TAG_LENGTH) {
        return OCPP_ERR_VALUE;
    }
    enum ocpp_status status = token_header(&parts[PART_HEADER], HEADER_LIMIT, &ocpp_settle_sealed_header_type, arena, &read);
    if (status != OCPP_OK) {
        return status;
    }
    const struct ocpp_settle_sealed_header *header = read;
    status = agreed_key(opener, header, key);
    if (status == OCPP_OK) {
        status = open_text(opener->keys, parts, key, arena, &opened);
    }
    ocpp_settle_wipe(key, sizeof key);
    if (status == OCPP_OK) {
        opened.kid = header->kid;
        *jwe = opened;
    }
    return status;
}
