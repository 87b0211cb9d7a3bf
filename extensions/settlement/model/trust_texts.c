/* trust_texts.c: keys, hashes and proofs as texts, and trust as a record. */
#include "base64url.h"

#include <ocpp/settlement/trust.h>

#include <string.h>

enum { PROOF_TEXTS = 5, KID_LENGTH = 43 };

void ocpp_settle_point_write(const unsigned char point[OCPP_SETTLE_POINT_SIZE], char text[OCPP_SETTLE_POINT_TEXT_SIZE])
{
    base64url_write(point, OCPP_SETTLE_POINT_SIZE, text);
    text[OCPP_SETTLE_POINT_TEXT_SIZE - 1] = '\0';
}

bool ocpp_settle_point_read(const char *text, unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    unsigned char read[OCPP_SETTLE_POINT_SIZE];

    if (strlen(text) != OCPP_SETTLE_POINT_TEXT_SIZE - 1 || !base64url_read(text, OCPP_SETTLE_POINT_TEXT_SIZE - 1, read) ||
        read[0] != 4) {
        return false;
    }
    memcpy(point, read, sizeof(read));
    return true;
}

void ocpp_settle_hex(const void *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[from[i] >> 4];
        text[2 * i + 1] = digits[from[i] & 15U];
    }
    text[2 * size] = '\0';
}

enum ocpp_status ocpp_settle_hash_text(const struct ocpp_settle_keys *keys, const void *bytes, size_t size,
                                       char text[OCPP_SETTLE_HASH_TEXT_SIZE])
{
    const struct ocpp_settle_bytes piece = { bytes, size };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    const enum ocpp_status status = keys->sha256(&piece, 1, digest, keys->user);

    if (status == OCPP_OK) {
        ocpp_settle_hex(digest, sizeof(digest), text);
    }
    return status;
}

enum ocpp_status ocpp_settle_kid(const struct ocpp_settle_keys *keys, const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                 char kid[OCPP_SETTLE_JWS_KID_SIZE])
{
    const struct ocpp_settle_bytes piece = { point, OCPP_SETTLE_POINT_SIZE };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    const enum ocpp_status status = keys->sha256(&piece, 1, digest, keys->user);

    if (status == OCPP_OK) {
        base64url_write(digest, sizeof(digest), kid);
        kid[KID_LENGTH] = '\0';
    }
    return status;
}

enum ocpp_status ocpp_settle_claim_proof(const struct ocpp_settle_keys *keys, const char *secret_name, const char *const *texts,
                                         size_t count, char proof[OCPP_SETTLE_HASH_TEXT_SIZE])
{
    struct ocpp_settle_bytes pieces[2 * PROOF_TEXTS];
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];

    if (count > PROOF_TEXTS) {
        return OCPP_ERR_ARGUMENT;
    }
    for (size_t i = 0; i < count; i++) {
        pieces[2 * i] = (struct ocpp_settle_bytes){ texts[i], strlen(texts[i]) };
        pieces[2 * i + 1] = (struct ocpp_settle_bytes){ "\n", 1 };
    }
    const enum ocpp_status status = keys->hmac_sha256(secret_name, pieces, 2 * count, mac, keys->user);
    if (status == OCPP_OK) {
        ocpp_settle_hex(mac, sizeof(mac), proof);
    }
    return status;
}

/* --- as a record --------------------------------------------------------------------------------------------------- */

static bool write_key(const struct ocpp_settle_trusted_key *key, struct ocpp_arena *arena,
                      struct ocpp_settle_trusted_key_record *to)
{
    enum ocpp_settle_key_use *uses = ocpp_arena_take(arena, OCPP_SETTLE_TRUST_KEYS * sizeof(*uses));
    char *text = ocpp_arena_take(arena, OCPP_SETTLE_POINT_TEXT_SIZE);
    size_t count = 0;

    if (uses == NULL || text == NULL) {
        return false;
    }
    for (unsigned use = 1; use <= ocpp_settle_key_use_enum.count; use++) {
        if ((key->uses >> use & 1U) != 0) {
            uses[count++] = (enum ocpp_settle_key_use)use;
        }
    }
    ocpp_settle_point_write(key->point, text);
    *to = (struct ocpp_settle_trusted_key_record){ .kid = key->kid, .epoch = key->epoch, .uses = { uses, count }, .key = text };
    return true;
}

enum ocpp_status ocpp_settle_trust_write(const struct ocpp_settle_trust *trust, struct ocpp_arena *arena,
                                         const struct ocpp_settle_trust_record **record)
{
    struct ocpp_settle_trust_record *made = ocpp_arena_take(arena, sizeof(*made));
    struct ocpp_settle_trusted_key_record *keys = ocpp_arena_take(arena, OCPP_SETTLE_TRUST_KEYS * sizeof(*keys));
    const char **revoked = ocpp_arena_take(arena, OCPP_SETTLE_TRUST_REVOKED * sizeof(*revoked));
    char *root = ocpp_arena_take(arena, OCPP_SETTLE_POINT_TEXT_SIZE);

    if (made == NULL || keys == NULL || revoked == NULL || root == NULL) {
        return OCPP_ERR_NOMEM;
    }
    ocpp_settle_point_write(trust->root, root);
    for (size_t i = 0; i < trust->key_count; i++) {
        if (!write_key(&trust->keys[i], arena, &keys[i])) {
            return OCPP_ERR_NOMEM;
        }
    }
    for (size_t i = 0; i < trust->revoked_count; i++) {
        revoked[i] = trust->revoked[i];
    }
    *made = (struct ocpp_settle_trust_record){ .root_kid = trust->root_kid,
                                               .root = root,
                                               .epoch = trust->epoch,
                                               .revocations = trust->revocations,
                                               .min_epoch = trust->min_epoch,
                                               .keys = { keys, trust->key_count },
                                               .revoked = { revoked, trust->revoked_count } };
    *record = made;
    return OCPP_OK;
}

static void copy_text(char *to, size_t room, const char *from)
{
    const size_t size = strlen(from) < room ? strlen(from) : room - 1;

    memcpy(to, from, size);
    to[size] = '\0';
}

static bool read_key(const struct ocpp_settle_trusted_key_record *from, struct ocpp_settle_trusted_key *key)
{
    copy_text(key->kid, sizeof(key->kid), from->kid);
    key->epoch = from->epoch;
    for (size_t i = 0; i < from->uses.count; i++) {
        key->uses |= 1U << from->uses.items[i];
    }
    return ocpp_settle_point_read(from->key, key->point);
}

enum ocpp_status ocpp_settle_trust_read(struct ocpp_settle_trust *trust, const struct ocpp_settle_trust_record *record)
{
    struct ocpp_settle_trust read = { .epoch = record->epoch,
                                      .revocations = record->revocations,
                                      .min_epoch = record->min_epoch,
                                      .key_count = record->keys.count,
                                      .revoked_count = record->revoked.count };

    if (read.key_count > OCPP_SETTLE_TRUST_KEYS || read.revoked_count > OCPP_SETTLE_TRUST_REVOKED ||
        !ocpp_settle_point_read(record->root, read.root)) {
        return OCPP_ERR_VALUE;
    }
    copy_text(read.root_kid, sizeof(read.root_kid), record->root_kid);
    for (size_t i = 0; i < read.key_count; i++) {
        if (!read_key(&record->keys.items[i], &read.keys[i])) {
            return OCPP_ERR_VALUE;
        }
    }
    for (size_t i = 0; i < read.revoked_count; i++) {
        copy_text(read.revoked[i], sizeof(read.revoked[i]), record->revoked.items[i]);
    }
    *trust = read;
    return OCPP_OK;
}
