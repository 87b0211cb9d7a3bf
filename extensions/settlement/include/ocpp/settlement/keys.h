/* keys.h: hashes, secrets and signatures, as the settlement extension needs them. A contract the integrator may implement, over a
 * secure element for instance; the one over OpenSSL is in adapters.h.
 *
 * Keys have names (ocpp_settle_key_name_is_valid()) and never come out. Every function is synchronous, bounded, and borrows what
 * it is given for the call. Errors of every function: OCPP_ERR_NOMEM; OCPP_ERR_CRYPTO an operation failed that should not;
 * OCPP_ERR_NOT_FOUND no key of that name, or no name. What is handed out is written on success only.
 */
#ifndef OCPP_SETTLEMENT_KEYS_H
#define OCPP_SETTLEMENT_KEYS_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

enum {
    OCPP_SETTLE_DIGEST_SIZE = 32,
    OCPP_SETTLE_SIGNATURE_SIZE = 64,
    OCPP_SETTLE_POINT_SIZE = 65,
    OCPP_SETTLE_KEY_NAME_SIZE = 65
};

/* A secret is so many bytes. */
enum { OCPP_SETTLE_SECRET_MINIMUM = 32, OCPP_SETTLE_SECRET_LIMIT = 128 };

/* ocpp_settle_bytes: a piece of what is hashed or signed; several count as one behind the other. */
struct ocpp_settle_bytes {
    const void *bytes;
    size_t size;
};

/* ocpp_settle_keys: no callback may be NULL. */
struct ocpp_settle_keys {
    /* sha256: over |count| pieces. */
    enum ocpp_status (*sha256)(const struct ocpp_settle_bytes *pieces, size_t count,
                               unsigned char digest[OCPP_SETTLE_DIGEST_SIZE], void *user);
    /* hmac_sha256: with the secret |name|. */
    enum ocpp_status (*hmac_sha256)(const char *name, const struct ocpp_settle_bytes *pieces, size_t count,
                                    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE], void *user);
    /* sign: ES256 by the P-256 key |name|: r and s, 32 bytes each. */
    enum ocpp_status (*sign)(const char *name, const void *bytes, size_t size,
                             unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user);
    /* verify: whether |signature| is one of the public key |point| (04 x y) over |bytes|. OCPP_ERR_SECURITY: it is not, or
     * |point| is no point of the curve. */
    enum ocpp_status (*verify)(const unsigned char point[OCPP_SETTLE_POINT_SIZE], const void *bytes, size_t size,
                               const unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user);
    /* public_key: the public half of the P-256 key |name|. */
    enum ocpp_status (*public_key)(const char *name, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user);
    /* keep_secret: |bytes| is the secret |name| from now on, durably, in the place of one that was there. |size| is 32 to
     * OCPP_SETTLE_SECRET_LIMIT. Errors: OCPP_ERR_ARGUMENT  another size; OCPP_ERR_STORAGE. */
    enum ocpp_status (*keep_secret)(const char *name, const void *bytes, size_t size, void *user);
    /* random: bytes nobody can guess. Cannot fail: an implementation without entropy must not return. */
    void (*random)(void *bytes, size_t size, void *user);
    void *user;
};

/* ocpp_settle_key_name_is_valid: whether |name| (may be NULL) is 1 to 64 of a to z, 0 to 9, '-', '_' and '.', the first a letter
 * or a digit: so it may stand for a file. */
OCPP_API bool ocpp_settle_key_name_is_valid(const char *name);

/* ocpp_settle_same_bytes: whether |size| bytes are the same, in a time that does not tell where they differ. */
OCPP_API bool ocpp_settle_same_bytes(const void *a, const void *b, size_t size);

/* ocpp_settle_hmac_sha256: HMAC-SHA-256 (RFC 2104) with |size| bytes of |secret| in hand, for secrets that are derived and not
 * kept. At most OCPP_SETTLE_PIECE_LIMIT pieces. Errors: those of keys->sha256; OCPP_ERR_ARGUMENT  more than 64 bytes or too many
 * pieces. */
enum { OCPP_SETTLE_PIECE_LIMIT = 8 };
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_hmac_sha256(const struct ocpp_settle_keys *keys, const void *secret,
                                                                size_t size, const struct ocpp_settle_bytes *pieces, size_t count,
                                                                unsigned char mac[OCPP_SETTLE_DIGEST_SIZE]);

OCPP_END_DECLARATIONS

#endif
