/* keys.h: hashes, secrets and signatures, as the settlement extension needs them. A contract the integrator may implement, over a
 * secure element for instance; the one over OpenSSL is in adapters.h.
 *
 * Keys have names and never come out. Every function is synchronous, bounded, and borrows what it is given for the call.
 * Errors of every function: OCPP_ERR_NOMEM; OCPP_ERR_CRYPTO an operation failed that should not; OCPP_ERR_NOT_FOUND no key of
 * that name. What is handed out is written on success only.
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
    /* random: bytes nobody can guess. Cannot fail: an implementation without entropy must not return. */
    void (*random)(void *bytes, size_t size, void *user);
    void *user;
};

OCPP_END_DECLARATIONS

#endif
