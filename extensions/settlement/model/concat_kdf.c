/* concat_kdf.c: SHA-256 of a counter, the secret, and three texts with their lengths before them, then the length of the key. */
#include "concat_kdf.h"

#include <string.h>

struct number {
    unsigned char bytes[4];
};

static struct number big_endian(size_t value)
{
    return (struct number){ { (unsigned char)(value >> 24 & 0xff), (unsigned char)(value >> 16 & 0xff),
                              (unsigned char)(value >> 8 & 0xff), (unsigned char)(value & 0xff) } };
}

enum ocpp_status concat_kdf(const struct ocpp_settle_keys *keys, const struct concat_kdf *purpose,
                            const unsigned char shared[OCPP_SETTLE_SCALAR_SIZE], unsigned char *key)
{
    const struct number counter = big_endian(1);
    const struct number algorithm = big_endian(strlen(purpose->algorithm));
    const struct number apu = big_endian(purpose->apu.size);
    const struct number apv = big_endian(purpose->apv.size);
    const struct number bits = big_endian(purpose->bits);
    const struct ocpp_settle_bytes pieces[] = {
        { counter.bytes, 4 },   { shared, OCPP_SETTLE_SCALAR_SIZE },
        { algorithm.bytes, 4 }, { purpose->algorithm, strlen(purpose->algorithm) },
        { apu.bytes, 4 },       purpose->apu,
        { apv.bytes, 4 },       purpose->apv,
        { bits.bytes, 4 },
    };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    const enum ocpp_status status = keys->sha256(pieces, sizeof pieces / sizeof *pieces, digest, keys->user);

    if (status == OCPP_OK) {
        memcpy(key, digest, purpose->bits / 8);
    }
    ocpp_settle_wipe(digest, sizeof digest);
    return status;
}
