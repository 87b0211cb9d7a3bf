/* keys.h: hashes, secrets, signatures and encryption, as the settlement extension needs them. A contract the integrator may
 * implement, over a secure element for instance; the one over OpenSSL is in adapters.h.
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
    OCPP_SETTLE_SCALAR_SIZE = 32, /* of a private key in hand, and of what two keys share */
    OCPP_SETTLE_SEAL_KEY_SIZE = 32,
    OCPP_SETTLE_SEAL_NONCE_SIZE = 12,
    OCPP_SETTLE_SEAL_TAG_SIZE = 16,
    OCPP_SETTLE_KEY_NAME_SIZE = 65
};

/* A secret is so many bytes. */
enum { OCPP_SETTLE_SECRET_MINIMUM = 32, OCPP_SETTLE_SECRET_LIMIT = 128 };

/* ocpp_settle_bytes: a piece of what is hashed or signed; several count as one behind the other. */
struct ocpp_settle_bytes {
    const void *bytes;
    size_t size;
};

/* ocpp_settle_private: a P-256 key of one's own: the key |name|, or one in hand that lives for a conversation only: |scalar|, a
 * number from 1 to the order of the curve - 1, most significant byte first. */
struct ocpp_settle_private {
    const char *name; /* NULL: |scalar| */
    const unsigned char *scalar;
};

/* ocpp_settle_sealing: how something is encrypted with AES-256-GCM. One |nonce| may serve one text under one |key|, ever. |extra|
 * is authenticated with the text and does not travel with it. */
struct ocpp_settle_sealing {
    const unsigned char *key;
    const unsigned char *nonce;
    struct ocpp_settle_bytes extra;
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
    /* point_of: the public half of the private key |scalar|. OCPP_ERR_ARGUMENT: it is none. */
    enum ocpp_status (*point_of)(const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE], unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                 void *user);
    /* agree: ECDH: the x of |own| times |point|. OCPP_ERR_SECURITY: |point| is no point of the curve. OCPP_ERR_ARGUMENT: as
     * point_of. */
    enum ocpp_status (*agree)(const struct ocpp_settle_private *own, const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                              unsigned char shared[OCPP_SETTLE_SCALAR_SIZE], void *user);
    /* seal: |size| bytes of |plain| as as many at |sealed|, which may be the same place, and a tag. */
    enum ocpp_status (*seal)(const struct ocpp_settle_sealing *how, const void *plain, size_t size, void *sealed,
                             unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *user);
    /* open: the other way. OCPP_ERR_SECURITY: somebody changed it, or it is another key's; |plain| is not to be used then. */
    enum ocpp_status (*open)(const struct ocpp_settle_sealing *how, const void *sealed, size_t size,
                             const unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *plain, void *user);
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

/* ocpp_settle_hkdf_sha256: HKDF (RFC 5869): |size| bytes at |made| out of |secret|, for the purpose |info|. |salt| is at most 64
 * bytes, |info| at most 128, |size| at most 255 times 32. Errors: those of keys->sha256; OCPP_ERR_ARGUMENT  beyond that. */
struct ocpp_settle_derivation {
    struct ocpp_settle_bytes secret;
    struct ocpp_settle_bytes salt;
    struct ocpp_settle_bytes info;
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_hkdf_sha256(const struct ocpp_settle_keys *keys,
                                                                const struct ocpp_settle_derivation *derivation, void *made,
                                                                size_t size);

/* ocpp_settle_ephemeral: a new private key for one conversation, and its public half. Overwrite it with ocpp_settle_wipe().
 * Errors: those of keys->point_of. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_ephemeral(const struct ocpp_settle_keys *keys,
                                                              unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE],
                                                              unsigned char point[OCPP_SETTLE_POINT_SIZE]);

/* ocpp_settle_wipe: overwrites |size| bytes, even where nobody looks at them any more. */
OCPP_API void ocpp_settle_wipe(void *bytes, size_t size);

OCPP_END_DECLARATIONS

#endif
