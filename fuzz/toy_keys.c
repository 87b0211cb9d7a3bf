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

const struct ocpp_settle_keys toy_keys = { sha256, hmac_sha256, sign, verify, public_key, keep_secret, fill, NULL };
