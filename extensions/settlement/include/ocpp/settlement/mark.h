/* mark.h: what is written into a power bank, so that whoever reads it knows whose it is: nobody's, a plain renter's, or a vehicle
 * user's. Never a person: a random handle that the backend resolves. PROTOCOL.md has it to the byte.
 *
 * A mark of 24 bytes is written in two halves, the first one first, each from its first byte to its last. Its generation opens
 * the first half and closes the second one, and rises with each write. So however a write ends, what is read is the old mark, the
 * new one, or torn, and never a third: as long as any byte of the first half but none of the last bytes changed, the generations
 * differ.
 *
 * Marks are minted by the backend with the fleet's key. A pile stores and forwards them; to rent without the backend it has a key
 * of its own, derived from the fleet's, and its marks name the pile. A bank with room for ten characters bears a handle alone,
 * which says nothing by itself.
 */
#ifndef OCPP_SETTLEMENT_MARK_H
#define OCPP_SETTLEMENT_MARK_H

#include <ocpp/settlement/keys.h>

OCPP_BEGIN_DECLARATIONS

enum {
    OCPP_SETTLE_MARK_SIZE = 24,
    OCPP_SETTLE_MARK_HALF_SIZE = 12,
    OCPP_SETTLE_MARK_TEXT_SIZE = 49, /* hexadecimal digits and the terminator */
    OCPP_SETTLE_MARK_HANDLE_SIZE = 8,
    OCPP_SETTLE_MARK_HANDLE_TEXT_SIZE = 17,
    OCPP_SETTLE_MARK_SHORT_SIZE = 11,             /* ten characters and the terminator */
    OCPP_SETTLE_MARK_GENERATION_LIMIT = 0xfffffe, /* the last one: a bank beyond it is worn out */
    OCPP_SETTLE_MARK_PILE_LIMIT = 0xffffff        /* the largest number of a pile */
};

enum ocpp_settle_mark_class { OCPP_SETTLE_MARK_NEUTRAL, OCPP_SETTLE_MARK_PLAIN, OCPP_SETTLE_MARK_VEHICLE };

/* ocpp_settle_mark: what a mark of 24 bytes says. */
struct ocpp_settle_mark {
    enum ocpp_settle_mark_class renter;
    uint32_t generation;                                /* 1 to the limit */
    uint16_t fleet;                                     /* ocpp_settle_mark_fleet() */
    uint32_t pile;                                      /* the number of the pile that minted it alone; 0: the backend did */
    unsigned char handle[OCPP_SETTLE_MARK_HANDLE_SIZE]; /* of a pile: its number in the first three bytes */
};

/* ocpp_settle_mark_reading: what reading 24 bytes of a bank told. */
enum ocpp_settle_mark_reading {
    OCPP_SETTLE_READ_UNREADABLE, /* nothing was ever written, or what was is spoiled, or a version nobody here knows */
    OCPP_SETTLE_READ_TORN,       /* a write did not come to its end */
    OCPP_SETTLE_READ_NEUTRAL,
    OCPP_SETTLE_READ_MARKED,
    OCPP_SETTLE_READ_FOREIGN, /* of another fleet */
    OCPP_SETTLE_READ_FORGED   /* only of ocpp_settle_mark_judge(): whoever made it does not have the key */
};

/* ocpp_settle_mark_fleet: the two bytes that tell the marks of one operator from those of others. Errors: of keys->sha256. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_mark_fleet(const struct ocpp_settle_keys *keys, const char *operator_id,
                                                               uint16_t *fleet);

/* --- minting
 * -------------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_mint: who mints: the backend with the fleet's key and |pile| 0, or a pile with its number and the key it was given.
 */
struct ocpp_settle_mint {
    const struct ocpp_settle_keys *keys;
    const char *key_name;
    uint16_t fleet;
    uint32_t pile;
};

/* ocpp_settle_mark_mint: a mark with |handle| (NULL: a random one; of a pile's the first three bytes become its number).
 * Errors: OCPP_ERR_LIMIT  |generation| is 0 or beyond the limit; OCPP_ERR_ARGUMENT  no such class or number of a pile; of keys.
 */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_mark_mint(const struct ocpp_settle_mint *mint,
                                                              enum ocpp_settle_mark_class renter, uint32_t generation,
                                                              const unsigned char handle[OCPP_SETTLE_MARK_HANDLE_SIZE],
                                                              unsigned char bytes[OCPP_SETTLE_MARK_SIZE]);

/* ocpp_settle_mark_pile_key: the key of the pile |pile| (1 to the limit), for it to keep and nobody else: what it mints can be
 * judged with the fleet's key, and tells nothing about it. Errors: OCPP_ERR_ARGUMENT; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_mark_pile_key(const struct ocpp_settle_keys *keys, const char *fleet_key,
                                                                  uint32_t pile, unsigned char key[OCPP_SETTLE_DIGEST_SIZE]);

/* --- reading
 * -------------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_mark_read: without a key, as a pile does. |mark| is written for NEUTRAL, MARKED and FOREIGN. */
OCPP_API enum ocpp_settle_mark_reading ocpp_settle_mark_read(const unsigned char bytes[OCPP_SETTLE_MARK_SIZE], uint16_t fleet,
                                                             struct ocpp_settle_mark *mark);

/* ocpp_settle_judge: with what a mark is judged: the keys of the fleet, the newest first; marks live longer than a key. */
struct ocpp_settle_judge {
    const struct ocpp_settle_keys *keys;
    const char *const *fleet_keys;
    size_t count;
    uint16_t fleet;
};

/* ocpp_settle_mark_judge: likewise, and FORGED where the check of a neutral or marked bank is none of the fleet's keys. |mark| is
 * written for FORGED too. Errors: of keys; nothing is known then. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_mark_judge(const struct ocpp_settle_judge *judge,
                                                               const unsigned char bytes[OCPP_SETTLE_MARK_SIZE],
                                                               enum ocpp_settle_mark_reading *reading,
                                                               struct ocpp_settle_mark *mark);

/* ocpp_settle_mark_is_own: whether |mint| made the mark. Errors: of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_mark_is_own(const struct ocpp_settle_mint *mint,
                                                                const unsigned char bytes[OCPP_SETTLE_MARK_SIZE], bool *is_own);

/* --- as text
 * -------------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_mark_write: as it stands in messages: lower-case hexadecimal digits, terminated. */
OCPP_API void ocpp_settle_mark_write(const unsigned char bytes[OCPP_SETTLE_MARK_SIZE], char text[OCPP_SETTLE_MARK_TEXT_SIZE]);

/* ocpp_settle_mark_parse: the other way, of exactly such a text. Errors: OCPP_ERR_VALUE, |bytes| untouched. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_mark_parse(const char *text, unsigned char bytes[OCPP_SETTLE_MARK_SIZE]);

/* ocpp_settle_mark_handle_write: the handle as 16 hexadecimal digits, for stores and logs. */
OCPP_API void ocpp_settle_mark_handle_write(const struct ocpp_settle_mark *mark, char text[OCPP_SETTLE_MARK_HANDLE_TEXT_SIZE]);

/* ocpp_settle_mark_short_write: ten characters (0 to 9, A to Z without I, L, O, U) of the first 50 of |random|'s bits, for a bank
 * with little room. They stand in messages as they are and are their own handle: the backend alone knows what they say. Each
 * write of a bank takes a new one. */
OCPP_API void ocpp_settle_mark_short_write(const unsigned char random[7], char text[OCPP_SETTLE_MARK_SHORT_SIZE]);

/* ocpp_settle_mark_short_is_valid: whether |text| is ten of those characters. */
OCPP_API bool ocpp_settle_mark_short_is_valid(const char *text);

/* --- known renters
 * -------------------------------------------------------------------------------------------------------------- */

enum { OCPP_SETTLE_RENTER_DIGEST_SIZE = 2 * OCPP_SETTLE_DIGEST_SIZE + 1, OCPP_SETTLE_RENTER_TOKEN_LIMIT = 255 };

/* ocpp_settle_renter_digest: how a token stands in the list of known renters of a pile: an HMAC with the key |key_name| the pile
 * was given (ocpp_settle_mark_pile_key()), as lower-case hexadecimal digits. |id| is taken without regard to ASCII case, as OCPP
 * does. Errors: OCPP_ERR_LENGTH  more than 255 bytes; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_renter_digest(const struct ocpp_settle_keys *keys, const char *key_name,
                                                                  const char *type, const char *id,
                                                                  char digest[OCPP_SETTLE_RENTER_DIGEST_SIZE]);

/* ocpp_settle_renter_digest_for: the same by the backend, for |pile|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_renter_digest_for(const struct ocpp_settle_keys *keys, const char *fleet_key,
                                                                      uint32_t pile, const char *type, const char *id,
                                                                      char digest[OCPP_SETTLE_RENTER_DIGEST_SIZE]);

OCPP_END_DECLARATIONS

#endif
