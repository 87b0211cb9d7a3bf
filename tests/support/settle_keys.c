/* settle_keys.c: keys in memory over the adapter, with a seed and a call that fails. */
#include "settle_keys.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/id.h>

#include <stdlib.h>
#include <string.h>

static bool fails(struct settle_keys *keys)
{
    return ++keys->calls == keys->fail_at;
}

static enum ocpp_status sha256(const struct ocpp_settle_bytes *pieces, size_t count,
                               unsigned char digest[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    struct settle_keys *keys = user;

    return fails(keys) ? keys->failure : keys->secrets->sha256(pieces, count, digest, keys->secrets->user);
}

static enum ocpp_status hmac_sha256(const char *name, const struct ocpp_settle_bytes *pieces, size_t count,
                                    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    struct settle_keys *keys = user;
    struct ocpp_settle_keys *real = keys->secrets;

    if (fails(keys)) {
        return keys->failure;
    }
    enum ocpp_status status = real->hmac_sha256(name, pieces, count, mac, real->user);
    if (status == OCPP_ERR_NOT_FOUND && ocpp_settle_key_name_is_valid(name)) {
        const struct ocpp_settle_bytes named = { name, strlen(name) };
        unsigned char secret[OCPP_SETTLE_DIGEST_SIZE];

        status = real->sha256(&named, 1, secret, real->user);
        if (status == OCPP_OK) {
            status = real->keep_secret(name, secret, sizeof secret, real->user);
        }
        if (status == OCPP_OK) {
            status = real->hmac_sha256(name, pieces, count, mac, real->user);
        }
    }
    return status;
}

static enum ocpp_status sign(const char *name, const void *bytes, size_t size,
                             unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user)
{
    struct settle_keys *keys = user;

    return fails(keys) ? keys->failure : keys->pairs->sign(name, bytes, size, signature, keys->pairs->user);
}

static enum ocpp_status verify(const unsigned char point[OCPP_SETTLE_POINT_SIZE], const void *bytes, size_t size,
                               const unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user)
{
    struct settle_keys *keys = user;

    return fails(keys) ? keys->failure : keys->pairs->verify(point, bytes, size, signature, keys->pairs->user);
}

static enum ocpp_status public_key(const char *name, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    struct settle_keys *keys = user;

    return fails(keys) ? keys->failure : keys->pairs->public_key(name, point, keys->pairs->user);
}

static enum ocpp_status point_of(const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE], unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                 void *user)
{
    struct settle_keys *keys = user;

    return fails(keys) ? keys->failure : keys->pairs->point_of(scalar, point, keys->pairs->user);
}

static enum ocpp_status agree(const struct ocpp_settle_private *own, const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                              unsigned char shared[OCPP_SETTLE_SCALAR_SIZE], void *user)
{
    struct settle_keys *keys = user;

    return fails(keys) ? keys->failure : keys->pairs->agree(own, point, shared, keys->pairs->user);
}

static enum ocpp_status seal(const struct ocpp_settle_sealing *how, const void *plain, size_t size, void *sealed,
                             unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *user)
{
    struct settle_keys *keys = user;

    return fails(keys) ? keys->failure : keys->pairs->seal(how, plain, size, sealed, tag, keys->pairs->user);
}

static enum ocpp_status open_sealed(const struct ocpp_settle_sealing *how, const void *sealed, size_t size,
                                    const unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *plain, void *user)
{
    struct settle_keys *keys = user;

    return fails(keys) ? keys->failure : keys->pairs->open(how, sealed, size, tag, plain, keys->pairs->user);
}

static enum ocpp_status keep_secret(const char *name, const void *bytes, size_t size, void *user)
{
    struct settle_keys *keys = user;

    return fails(keys) ? keys->failure : keys->secrets->keep_secret(name, bytes, size, keys->secrets->user);
}

/* SplitMix64: not for anything but tests. */
static uint64_t next_bits(struct settle_keys *keys)
{
    uint64_t bits = keys->seed += 0x9e3779b97f4a7c15U;

    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
    return bits ^ (bits >> 31);
}

static void fill(void *bytes, size_t size, void *user)
{
    unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        at[i] = (unsigned char)next_bits(user);
    }
}

void settle_keys_start(struct settle_keys *keys, uint64_t seed)
{
    const struct ocpp_settle_keys_settings kept = { .makes_no_keys = true };
    const struct ocpp_settle_keys_settings made = { .makes_no_keys = false };

    *keys = (struct settle_keys){
        .contract = { sha256, hmac_sha256, sign, verify, public_key, point_of, agree, seal, open_sealed, keep_secret, fill,
                      keys },
        .seed = seed,
        .failure = OCPP_ERR_CRYPTO,
    };
    if (ocpp_settle_keys_open(&kept, &keys->secrets) != OCPP_OK || ocpp_settle_keys_open(&made, &keys->pairs) != OCPP_OK) {
        abort();
    }
}

void settle_keys_end(struct settle_keys *keys)
{
    ocpp_settle_keys_close(keys->secrets);
    ocpp_settle_keys_close(keys->pairs);
}

void settle_keys_id(struct settle_keys *keys, char id[27])
{
    unsigned char bytes[16];

    fill(bytes, sizeof bytes, keys);
    ocpp_settle_id_write(bytes, id);
}
