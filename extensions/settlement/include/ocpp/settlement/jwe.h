/* jwe.h: encrypted tokens: JWE in compact form (RFC 7516) with ECDH-ES to a P-256 key and A256GCM, and nothing else. What only
 * the holder of a key may read travels in one, mostly a signed token (jws.h): an encrypted token says nothing about who made it.
 *
 * As with signed tokens, algorithms and type belong to the key and not to the token (RFC 8725, 3.1, 3.11): the header has exactly
 * alg, enc, epk, kid and typ. The key is agreed directly (RFC 7518, 4.6), without apu and apv, so the second part is empty; the
 * nonce has 12 bytes, the tag 16; base64url is read in its one spelling. Each token has an ephemeral key of its own.
 */
#ifndef OCPP_SETTLEMENT_JWE_H
#define OCPP_SETTLEMENT_JWE_H

#include <ocpp/message.h>
#include <ocpp/settlement/keys.h>

OCPP_BEGIN_DECLARATIONS

enum {
    OCPP_SETTLE_JWE_BYTES = 12288, /* of a token, unless an opener says otherwise: a signed one of 8,192 fits into it */
    OCPP_SETTLE_JWE_KID_SIZE = 65  /* 64 characters and the terminator */
};

/* ocpp_settle_jwe_sealer: for whom: the holder of the key |point|, which is known by |kid| (1 to 64 visible ASCII characters),
 * for tokens of |typ| (1 to 32). |keys| hashes, agrees and seals; it needs no key of its own. */
struct ocpp_settle_jwe_sealer {
    const struct ocpp_settle_keys *keys;
    const unsigned char *point; /* OCPP_SETTLE_POINT_SIZE */
    const char *kid;
    const char *typ;
};

/* ocpp_settle_jwe_seal: |size| bytes of |payload| as a token in |arena|, terminated.
 * Errors: OCPP_ERR_ARGUMENT  kid or typ; OCPP_ERR_SECURITY  |point| is no point of the curve; OCPP_ERR_TOO_LARGE  the token would
 * be longer than OCPP_SETTLE_JWE_BYTES; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_jwe_seal(const struct ocpp_settle_jwe_sealer *sealer, const void *payload,
                                                             size_t size, struct ocpp_arena *arena, const char **token,
                                                             size_t *token_size);

/* ocpp_settle_jwe_opener: what tokens are read: those of |typ|, to a key that |find| knows for it. */
struct ocpp_settle_jwe_opener {
    const struct ocpp_settle_keys *keys;
    const char *typ;
    /* find: the name in |keys| of the private key |kid| that opens tokens of |typ|; borrowed until the next call. NULL: there is
     * none. May not be NULL. */
    const char *(*find)(const char *kid, const char *typ, void *user);
    void *user;
    size_t max_bytes; /* 0: OCPP_SETTLE_JWE_BYTES */
};

/* ocpp_settle_jwe: a token that was opened. In the arena. */
struct ocpp_settle_jwe {
    const char *kid;
    const char *payload; /* |size| bytes, and a terminator behind them */
    size_t size;
};

/* ocpp_settle_jwe_open: |size| bytes of |token|. Errors: OCPP_ERR_TOO_LARGE; OCPP_ERR_VALUE  no such token, another typ, or not
 * in its one spelling; OCPP_ERR_NOT_FOUND  |find| does not know the key, or keys does not; OCPP_ERR_SECURITY  somebody changed
 * it, it is to another key, or its ephemeral key is none; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_jwe_open(const struct ocpp_settle_jwe_opener *opener, const char *token,
                                                             size_t size, struct ocpp_arena *arena, struct ocpp_settle_jwe *jwe);

OCPP_END_DECLARATIONS

#endif
