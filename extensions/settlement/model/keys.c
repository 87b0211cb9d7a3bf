/* keys.c: what every implementation of the contract for keys shares: names, comparison, and what is derived from a secret in
 * hand. */
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
void ocpp_settle_wipe(void *bytes, size_t size)
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
    ocpp_settle_wipe(block, sizeof block);
    return status;
}

/* --- HKDF
 * ----------------------------------------------------------------------------------------------------------------------- */

enum { INFO_LIMIT = 128, BLOCKS_LIMIT = 255 };

/* T(n) = HMAC(PRK, T(n - 1) | info | n); RFC 5869, 2.3. */
static enum ocpp_status expand(const struct ocpp_settle_keys *keys, const unsigned char root[OCPP_SETTLE_DIGEST_SIZE],
                               const struct ocpp_settle_bytes *info, unsigned char *made, size_t size)
{
    unsigned char block[OCPP_SETTLE_DIGEST_SIZE];
    unsigned char number = 0;
    enum ocpp_status status = OCPP_OK;

    while (size > 0 && status == OCPP_OK) {
        const struct ocpp_settle_bytes pieces[] = { { block, number == 0 ? 0 : sizeof block }, *info, { &number, 1 } };
        const size_t part = size < sizeof block ? size : sizeof block;

        number++;
        status = ocpp_settle_hmac_sha256(keys, root, OCPP_SETTLE_DIGEST_SIZE, pieces, 3, block);
        if (status == OCPP_OK) {
            memcpy(made, block, part);
            made += part;
            size -= part;
        }
    }
    ocpp_settle_wipe(block, sizeof block);
    return status;
}

enum ocpp_status ocpp_settle_hkdf_sha256(const struct ocpp_settle_keys *keys, const struct ocpp_settle_derivation *derivation,
                                         void *made, size_t size)
{
    unsigned char root[OCPP_SETTLE_DIGEST_SIZE];
    const struct ocpp_settle_bytes *salt = &derivation->salt;

    if (size > (size_t)BLOCKS_LIMIT * OCPP_SETTLE_DIGEST_SIZE || derivation->info.size > INFO_LIMIT) {
        return OCPP_ERR_ARGUMENT;
    }
    enum ocpp_status status = ocpp_settle_hmac_sha256(keys, salt->bytes, salt->size, &derivation->secret, 1, root);
    if (status == OCPP_OK) {
        status = expand(keys, root, &derivation->info, made, size);
    }
    ocpp_settle_wipe(root, sizeof root);
    return status;
}

/* --- keys for one conversation
 * -------------------------------------------------------------------------------------------------- */

/* Of 2^32 texts of 32 bytes one is no private key; who meets some in a row has no randomness. */
enum { EPHEMERAL_ATTEMPTS = 4 };

enum ocpp_status ocpp_settle_ephemeral(const struct ocpp_settle_keys *keys, unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE],
                                       unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    enum ocpp_status status = OCPP_ERR_ARGUMENT;

    for (int i = 0; i < EPHEMERAL_ATTEMPTS && status == OCPP_ERR_ARGUMENT; i++) {
        keys->random(scalar, OCPP_SETTLE_SCALAR_SIZE, keys->user);
        status = keys->point_of(scalar, point, keys->user);
    }
    return status == OCPP_ERR_ARGUMENT ? OCPP_ERR_CRYPTO : status;
}
