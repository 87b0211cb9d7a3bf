/* trust.h: whose signatures count, where nobody can be asked: an offline root certifies keys of the server, with epochs that
 * rise; every message brings the newest signed list of those that count no more. No key of the server signs another one, its own
 * successor least of all: server keys and revocations are the root's to sign, and the type of a token belongs to its key.
 *
 * Used by the pile, by the phone and by the backend alike. Pure; a struct of fixed size that may be kept as it stands in
 * struct ocpp_settle_trust_record (model.h).
 */
#ifndef OCPP_SETTLEMENT_TRUST_H
#define OCPP_SETTLEMENT_TRUST_H

#include <ocpp/settlement/jws.h>
#include <ocpp/settlement/model.h>

OCPP_BEGIN_DECLARATIONS

/* What tokens are, by their typ. */
#define OCPP_SETTLE_TYP_SERVER_KEY      "server-key"
#define OCPP_SETTLE_TYP_REVOCATIONS     "revocations"
#define OCPP_SETTLE_TYP_PILE_REQUEST    "pile-request"
#define OCPP_SETTLE_TYP_PILE_KEY        "pile-key"
#define OCPP_SETTLE_TYP_PILE_STATUS     "pile-status"
#define OCPP_SETTLE_TYP_AUTHORISATION   "authorisation"
#define OCPP_SETTLE_TYP_BILL            "bill"
#define OCPP_SETTLE_TYP_ACKNOWLEDGEMENT "acknowledgement"
#define OCPP_SETTLE_TYP_RECONCILED_BILL "reconciled-bill"
#define OCPP_SETTLE_TYP_HOUSE_LIST      "house-list"
#define OCPP_SETTLE_TYP_PHONE_BINDING   "phone-binding"
#define OCPP_SETTLE_TYP_CARD_SHOWN      "card-shown"

enum {
    OCPP_SETTLE_TRUST_KEYS = 8,       /* of the server, at a time: the lowest epoch makes room */
    OCPP_SETTLE_TRUST_REVOKED = 32,   /* as many a list may name; beyond, it raises the least epoch */
    OCPP_SETTLE_POINT_TEXT_SIZE = 88, /* of a key as text, with its terminator */
    OCPP_SETTLE_HASH_TEXT_SIZE = 65,  /* of a SHA-256 in hexadecimal digits, likewise */
    OCPP_SETTLE_NONCE_TEXT_SIZE = 33
};

/* ocpp_settle_trusted_key: a key that is believed, and what for. */
struct ocpp_settle_trusted_key {
    char kid[OCPP_SETTLE_JWS_KID_SIZE];
    int64_t epoch;
    uint32_t uses; /* a bit per enum ocpp_settle_key_use: 1 << use */
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
};

/* ocpp_settle_trust: what is known of a server. To be read; changed by the functions below. */
struct ocpp_settle_trust {
    char root_kid[OCPP_SETTLE_JWS_KID_SIZE]; /* "": no root is pinned, nobody is believed */
    unsigned char root[OCPP_SETTLE_POINT_SIZE];
    int64_t epoch;       /* the highest that was ever certified */
    int64_t revocations; /* the number of the newest list; 0: none was seen */
    int64_t min_epoch;
    struct ocpp_settle_trusted_key keys[OCPP_SETTLE_TRUST_KEYS];
    size_t key_count;
    char revoked[OCPP_SETTLE_TRUST_REVOKED][OCPP_SETTLE_JWS_KID_SIZE];
    size_t revoked_count;
};

/* ocpp_settle_trust_begin: nothing is known but the root. |kid| has at most 64 characters. */
OCPP_API void ocpp_settle_trust_begin(struct ocpp_settle_trust *trust, const char *kid,
                                      const unsigned char root[OCPP_SETTLE_POINT_SIZE]);

/* ocpp_settle_trust_take: what a message brought. The list of revocations counts first; an older one than is known, and keys that
 * are known, revoked, or of an epoch below what was seen, are passed over: who carries old news does no harm. |*changed| (may be
 * NULL): something is to be kept, durably, before anything is done by it.
 * Errors, and nothing was taken: OCPP_ERR_SECURITY  a token that the root did not sign, or two lists of one number; those of
 * ocpp_settle_jws_verify_message(). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_trust_take(struct ocpp_settle_trust *trust,
                                                               const struct ocpp_settle_keys *keys,
                                                               const struct ocpp_settle_trust_parcel *parcel,
                                                               struct ocpp_arena *arena, bool *changed);

/* ocpp_settle_trust_find: the find of a struct ocpp_settle_jws_verifier, |user| the trust: server keys by what they may sign, the
 * root for what is its. */
OCPP_API bool ocpp_settle_trust_find(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user);

/* ocpp_settle_trust_newest: the key of the highest epoch for |use|; NULL: there is none. */
OCPP_API const struct ocpp_settle_trusted_key *ocpp_settle_trust_newest(const struct ocpp_settle_trust *trust,
                                                                        enum ocpp_settle_key_use use);

/* ocpp_settle_trust_write: as a record in |arena|. ocpp_settle_trust_read: back from one. Errors: OCPP_ERR_NOMEM;
 * OCPP_ERR_VALUE  it is none: |trust| is as it was. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_trust_write(const struct ocpp_settle_trust *trust, struct ocpp_arena *arena,
                                                                const struct ocpp_settle_trust_record **record);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_trust_read(struct ocpp_settle_trust *trust,
                                                               const struct ocpp_settle_trust_record *record);

/* --- texts ------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_point_write, ocpp_settle_point_read: a public key as base64url. False: |text| is none. */
OCPP_API void ocpp_settle_point_write(const unsigned char point[OCPP_SETTLE_POINT_SIZE], char text[OCPP_SETTLE_POINT_TEXT_SIZE]);
OCPP_API bool ocpp_settle_point_read(const char *text, unsigned char point[OCPP_SETTLE_POINT_SIZE]);

/* ocpp_settle_kid: the name of a key is what it is: the SHA-256 of |point| in base64url. Errors: of |keys|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_kid(const struct ocpp_settle_keys *keys,
                                                        const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                                        char kid[OCPP_SETTLE_JWS_KID_SIZE]);

/* ocpp_settle_hash_text: the SHA-256 of |size| bytes, as text. Errors: of |keys|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_hash_text(const struct ocpp_settle_keys *keys, const void *bytes, size_t size,
                                                              char text[OCPP_SETTLE_HASH_TEXT_SIZE]);

/* ocpp_settle_hex: |size| bytes as 2 * |size| lower-case hexadecimal digits, terminated. */
OCPP_API void ocpp_settle_hex(const void *bytes, size_t size, char *text);

/* ocpp_settle_claim_proof: the HMAC-SHA-256 of |count| texts, a line feed behind each, with the secret |secret_name|: the claim
 * code's SHA-256. As text. Errors: of |keys|; OCPP_ERR_ARGUMENT  more than 5 texts. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_claim_proof(const struct ocpp_settle_keys *keys, const char *secret_name,
                                                                const char *const *texts, size_t count,
                                                                char proof[OCPP_SETTLE_HASH_TEXT_SIZE]);

OCPP_END_DECLARATIONS

#endif
