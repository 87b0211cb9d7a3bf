/* plain_keys.c: SHA-256 as FIPS 180-4 has it. */
#include "plain_keys.h"

#include <string.h>

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

struct hash {
    uint32_t state[8];
    unsigned char block[64];
    size_t filled;
    uint64_t bytes;
};

static uint32_t turn(uint32_t word, int bits)
{
    return word >> bits | word << (32 - bits);
}

static void spread(const unsigned char block[64], uint32_t words[64])
{
    for (int i = 0; i < 16; i++) {
        words[i] =
            (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (int i = 16; i < 64; i++) {
        const uint32_t a = turn(words[i - 15], 7) ^ turn(words[i - 15], 18) ^ words[i - 15] >> 3;
        const uint32_t b = turn(words[i - 2], 17) ^ turn(words[i - 2], 19) ^ words[i - 2] >> 10;

        words[i] = words[i - 16] + a + words[i - 7] + b;
    }
}

static void mix(struct hash *hash)
{
    uint32_t words[64];
    uint32_t s[8];

    spread(hash->block, words);
    memcpy(s, hash->state, sizeof s);
    for (int i = 0; i < 64; i++) {
        const uint32_t a =
            s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + words[i];
        const uint32_t b = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        memmove(&s[1], s, 7 * sizeof *s);
        s[4] += a;
        s[0] = a + b;
    }
    for (int i = 0; i < 8; i++) {
        hash->state[i] += s[i];
    }
    hash->filled = 0;
}

static void feed(struct hash *hash, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        hash->block[hash->filled++] = bytes[i];
        hash->bytes++;
        if (hash->filled == sizeof hash->block) {
            mix(hash);
        }
    }
}

static void finish(struct hash *hash, unsigned char digest[OCPP_SETTLE_DIGEST_SIZE])
{
    const uint64_t bits = hash->bytes * 8;
    unsigned char end = 0x80;

    feed(hash, &end, 1);
    for (end = 0; hash->filled != 56;) {
        feed(hash, &end, 1);
    }
    for (int i = 7; i >= 0; i--) {
        end = (unsigned char)(bits >> (8 * i));
        feed(hash, &end, 1);
    }
    for (int i = 0; i < OCPP_SETTLE_DIGEST_SIZE; i++) {
        digest[i] = (unsigned char)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

static enum ocpp_status plain_sha256(const struct ocpp_settle_bytes *pieces, size_t count,
                                     unsigned char digest[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    struct hash hash = { .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
                                    0x5be0cd19 } };

    (void)user;
    for (size_t i = 0; i < count; i++) {
        feed(&hash, (const unsigned char *)pieces[i].bytes, pieces[i].size);
    }
    finish(&hash, digest);
    return OCPP_OK;
}

const struct ocpp_settle_keys plain_keys = { .sha256 = plain_sha256 };
