/* keys.c: what every implementation of the contract for keys shares: names, comparison, and HMAC with a secret in hand. */
#include <ocpp/settlement/keys.h>

#include <string.h>

bool ocpp_settle_key_name_is_valid(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

    if (name == NULL || name[0] == '\0' || name[0] == '-' || name[0] == '_' || name[0] == '.') {
        return false;
    }
    const size_t length = strlen(name);
    return length < OCPP_SETTLE_KEY_NAME_SIZE && strspn(name, allowed) == length;
}

bool ocpp_settle_same_bytes(const void *a, const void *b, size_t size)
{
    const volatile unsigned char *left = a;
    const volatile unsigned char *right = b;
    unsigned difference = 0;

    for (size_t i = 0; i < size; i++) {
        difference |= (unsigned)left[i] ^ (unsigned)right[i];
    }
    return difference == 0;
}

enum { HASH_BLOCK = 64 };

static void pad(const unsigned char *secret, size_t size, unsigned char filler, unsigned char block[HASH_BLOCK])
{
    memset(block, filler, HASH_BLOCK);
    for (size_t i = 0; i < size; i++) {
        block[i] ^= secret[i];
    }
}

/* A plain memset() of what is not looked at any more may be left out by the compiler. */
static void wipe(unsigned char *bytes, size_t size)
{
    volatile unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        at[i] = 0;
    }
}

enum ocpp_status ocpp_settle_hmac_sha256(const struct ocpp_settle_keys *keys, const void *secret, size_t size,
                                         const struct ocpp_settle_bytes *pieces, size_t count,
                                         unsigned char mac[OCPP_SETTLE_DIGEST_SIZE])
{
    unsigned char block[HASH_BLOCK];
    unsigned char inner[OCPP_SETTLE_DIGEST_SIZE];
    struct ocpp_settle_bytes all[1 + OCPP_SETTLE_PIECE_LIMIT] = { { block, sizeof block } };

    if (size > HASH_BLOCK || count > OCPP_SETTLE_PIECE_LIMIT) {
        return OCPP_ERR_ARGUMENT;
    }
    for (size_t i = 0; i < count; i++) {
        all[1 + i] = pieces[i];
    }
    pad(secret, size, 0x36, block);
    enum ocpp_status status = keys->sha256(all, 1 + count, inner, keys->user);
    if (status == OCPP_OK) {
        all[1] = (struct ocpp_settle_bytes){ inner, sizeof inner };
        pad(secret, size, 0x5c, block);
        status = keys->sha256(all, 2, mac, keys->user);
    }
    wipe(block, sizeof block);
    return status;
}
