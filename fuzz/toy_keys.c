/* toy_keys.c: FNV-1a, spread over as many bytes as are wanted. */
#include "toy_keys.h"

#include <string.h>

static uint64_t add(uint64_t state, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        state = (state ^ at[i]) * UINT64_C(1099511628211);
    }
    return state;
}

static void spread(uint64_t state, unsigned char *to, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        state = add(state, "x", 1);
        to[i] = (unsigned char)(state >> 32);
    }
}

static uint64_t hash(const char *name, const struct ocpp_settle_bytes *pieces, size_t count)
{
    uint64_t state = add(UINT64_C(14695981039346656037), name, strlen(name));

    for (size_t i = 0; i < count; i++) {
        state = add(state, pieces[i].bytes, pieces[i].size);
    }
    return state;
}

static enum ocpp_status sha256(const struct ocpp_settle_bytes *pieces, size_t count,
                               unsigned char digest[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    (void)user;
    spread(hash("", pieces, count), digest, OCPP_SETTLE_DIGEST_SIZE);
    return OCPP_OK;
}

static enum ocpp_status hmac_sha256(const char *name, const struct ocpp_settle_bytes *pieces, size_t count,
                                    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    (void)user;
    spread(hash(name, pieces, count), mac, OCPP_SETTLE_DIGEST_SIZE);
    return OCPP_OK;
}

void toy_point(const char *name, unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    spread(hash(name, NULL, 0), point, OCPP_SETTLE_POINT_SIZE);
}

static enum ocpp_status public_key(const char *name, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    (void)user;
    toy_point(name, point);
    return OCPP_OK;
}

static void sign_for(const unsigned char point[OCPP_SETTLE_POINT_SIZE], const void *bytes, size_t size,
                     unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE])
{
    const struct ocpp_settle_bytes pieces[] = { { point, OCPP_SETTLE_POINT_SIZE }, { bytes, size } };

    spread(hash("", pieces, 2), signature, OCPP_SETTLE_SIGNATURE_SIZE);
}

static enum ocpp_status sign(const char *name, const void *bytes, size_t size,
                             unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];

    (void)user;
    toy_point(name, point);
    sign_for(point, bytes, size, signature);
    return OCPP_OK;
}

static enum ocpp_status verify(const unsigned char point[OCPP_SETTLE_POINT_SIZE], const void *bytes, size_t size,
                               const unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user)
{
    unsigned char right[OCPP_SETTLE_SIGNATURE_SIZE];

    (void)user;
    sign_for(point, bytes, size, right);
    return ocpp_settle_same_bytes(right, signature, sizeof right) ? OCPP_OK : OCPP_ERR_SECURITY;
}

static enum ocpp_status point_of(const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE], unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                 void *user)
{
    const struct ocpp_settle_bytes piece = { scalar, OCPP_SETTLE_SCALAR_SIZE };

    (void)user;
    spread(hash("", &piece, 1), point, OCPP_SETTLE_POINT_SIZE);
    return OCPP_OK;
}

/* The same for both: a sum does not care for the order. The first byte of a point is the same for all in tokens. */
static enum ocpp_status agree(const struct ocpp_settle_private *own, const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                              unsigned char shared[OCPP_SETTLE_SCALAR_SIZE], void *user)
{
    unsigned char mine[OCPP_SETTLE_POINT_SIZE];
    const struct ocpp_settle_bytes pieces[] = { { mine + 1, sizeof mine - 1 }, { point + 1, OCPP_SETTLE_POINT_SIZE - 1 } };

    if (own->name != NULL) {
        toy_point(own->name, mine);
    } else {
        (void)point_of(own->scalar, mine, user);
    }
    spread(hash("", &pieces[0], 1) + hash("", &pieces[1], 1), shared, OCPP_SETTLE_SCALAR_SIZE);
    return OCPP_OK;
}

static void tag_of(const struct ocpp_settle_sealing *how, const void *sealed, size_t size,
                   unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE])
{
    const struct ocpp_settle_bytes pieces[] = {
        { how->key, OCPP_SETTLE_SEAL_KEY_SIZE }, { how->nonce, OCPP_SETTLE_SEAL_NONCE_SIZE }, how->extra, { sealed, size }
    };

    spread(hash("", pieces, 4), tag, OCPP_SETTLE_SEAL_TAG_SIZE);
}

static void veil(const struct ocpp_settle_sealing *how, const unsigned char *from, size_t size, unsigned char *to)
{
    for (size_t i = 0; i < size; i++) {
        to[i] = from[i] ^ how->key[i % OCPP_SETTLE_SEAL_KEY_SIZE] ^ how->nonce[i % OCPP_SETTLE_SEAL_NONCE_SIZE];
    }
}

static enum ocpp_status seal(const struct ocpp_settle_sealing *how, const void *plain, size_t size, void *sealed,
                             unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *user)
{
    (void)user;
    veil(how, plain, size, sealed);
    tag_of(how, sealed, size, tag);
    return OCPP_OK;
}

static enum ocpp_status open_sealed(const struct ocpp_settle_sealing *how, const void *sealed, size_t size,
                                    const unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *plain, void *user)
{
    unsigned char right[OCPP_SETTLE_SEAL_TAG_SIZE];

    (void)user;
    tag_of(how, sealed, size, right);
    if (!ocpp_settle_same_bytes(right, tag, sizeof right)) {
        return OCPP_ERR_SECURITY;
    }
    veil(how, sealed, size, plain);
    return OCPP_OK;
}

static enum ocpp_status keep_secret(const char *name, const void *bytes, size_t size, void *user)
{
    (void)name;
    (void)bytes;
    (void)size;
    (void)user;
    return OCPP_OK;
}

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 7, size);
}

const struct ocpp_settle_keys toy_keys = { sha256, hmac_sha256, sign,        verify,      public_key, point_of,
                                           agree,  seal,        open_sealed, keep_secret, fill,       NULL };
