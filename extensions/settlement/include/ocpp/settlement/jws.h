/* jws.h: signed tokens: JWS in compact form (RFC 7515) with ES256 and nothing else.
 *
 * What RFC 8725 asks for: the algorithm and the type are not the token's to choose but belong to the key (3.1, 3.11); the bytes
 * that came are the bytes that are verified; the header has exactly alg, kid and typ, so `crit`, embedded keys and addresses of
 * keys do not exist; base64url is read in its one spelling only, without padding.
 */
#ifndef OCPP_SETTLEMENT_JWS_H
#define OCPP_SETTLEMENT_JWS_H

#include <ocpp/message.h>
#include <ocpp/settlement/keys.h>

OCPP_BEGIN_DECLARATIONS

enum {
    OCPP_SETTLE_JWS_BYTES = 8192, /* of a token, unless a verifier says otherwise */
    OCPP_SETTLE_JWS_KID_SIZE = 65 /* 64 characters and the terminator */
};

/* ocpp_settle_jws_signer: who signs: the P-256 key |key_name| of |keys|, which others know by |kid| (1 to 64 visible ASCII
 * characters), for tokens of |typ| (1 to 32). */
struct ocpp_settle_jws_signer {
    const struct ocpp_settle_keys *keys;
    const char *key_name;
    const char *kid;
    const char *typ;
};

/* ocpp_settle_jws_make: |size| bytes of |payload| as a token in |arena|, terminated.
 * Errors: OCPP_ERR_ARGUMENT  kid or typ; OCPP_ERR_TOO_LARGE  the token would be longer than OCPP_SETTLE_JWS_BYTES;
 * OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_jws_make(const struct ocpp_settle_jws_signer *signer, const void *payload,
                                                             size_t size, struct ocpp_arena *arena, const char **token,
                                                             size_t *token_size);

/* ocpp_settle_jws_make_message: likewise of the JSON of |message|. Errors: those of ocpp_message_encode(), too. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_jws_make_message(const struct ocpp_settle_jws_signer *signer,
                                                                     const struct ocpp_type *type, const void *message,
                                                                     struct ocpp_arena *arena, const char **token,
                                                                     size_t *token_size);

/* ocpp_settle_jws_verifier: what tokens are believed: those of |typ|, signed by a key that |find| knows for it. */
struct ocpp_settle_jws_verifier {
    const struct ocpp_settle_keys *keys;
    const char *typ;
    /* find: the public key |kid| that may sign tokens of |typ|, now. False: there is none, or it was revoked. May not be NULL. */
    bool (*find)(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user);
    void *user;
    size_t max_bytes; /* 0: OCPP_SETTLE_JWS_BYTES */
};

/* ocpp_settle_jws: a token that was verified. In the arena. */
struct ocpp_settle_jws {
    const char *kid;
    const char *payload; /* |size| bytes, and a terminator behind them */
    size_t size;
};

/* ocpp_settle_jws_verify: |size| bytes of |token|. Errors: OCPP_ERR_TOO_LARGE; OCPP_ERR_VALUE  no such token, another typ, or not
 * in its one spelling; OCPP_ERR_NOT_FOUND  |find| does not know the key; OCPP_ERR_SECURITY  the signature is not the key's;
 * OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_jws_verify(const struct ocpp_settle_jws_verifier *verifier, const char *token,
                                                               size_t size, struct ocpp_arena *arena,
                                                               struct ocpp_settle_jws *jws);

/* ocpp_settle_jws_verify_message: likewise, and reads the payload as a message of |type|. |kid| (OCPP_SETTLE_JWS_KID_SIZE, may be
 * NULL) gets the name of the key. Errors: those of ocpp_message_decode(), too. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_jws_verify_message(const struct ocpp_settle_jws_verifier *verifier,
                                                                       const char *token, size_t size,
                                                                       const struct ocpp_type *type, struct ocpp_arena *arena,
                                                                       const void **message, char kid[OCPP_SETTLE_JWS_KID_SIZE],
                                                                       struct ocpp_issue *issue);

/* ocpp_settle_jws_peek: what a token says, whoever signed it, into |arena|, terminated: for those that bring the key that signed
 * them, to find it. Not to be believed before ocpp_settle_jws_verify(). Errors: OCPP_ERR_TOO_LARGE, OCPP_ERR_VALUE,
 * OCPP_ERR_NOMEM, OCPP_ERR_LIMIT. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_jws_peek(const char *token, size_t size, struct ocpp_arena *arena,
                                                             const char **payload, size_t *payload_size);

OCPP_END_DECLARATIONS

#endif
