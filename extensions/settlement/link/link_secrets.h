/* link_secrets.h: the keys of a session, what proves the pile in it, and the encryption of its messages.
 *
 *     transcript = SHA-256(Open, Welcome)        64 bytes of keys and what was agreed; the binding of the session, too
 *     session    = the first 8 bytes of it
 *     keys       = HKDF-SHA-256(ECDH of the ephemeral keys, salt transcript), a key and a nonce for each direction
 *     proof      = ES256 by the pile's key over "org.ocpp-c.settlement phone link 1", 00, transcript, the pile's identity
 */
#ifndef SETTLE_LINK_SECRETS_H
#define SETTLE_LINK_SECRETS_H

#include "link_hello.h"

#include <ocpp/settlement/keys.h>

/* link_way: one direction. |count| messages were sealed or opened. */
struct link_way {
    unsigned char key[OCPP_SETTLE_SEAL_KEY_SIZE];
    unsigned char nonce[OCPP_SETTLE_SEAL_NONCE_SIZE];
    uint32_t count;
};

struct link_secrets {
    unsigned char session[LINK_SESSION_SIZE];
    unsigned char transcript[OCPP_SETTLE_DIGEST_SIZE];
    struct link_way from_phone;
    struct link_way from_pile;
};

/* link_secrets_agree: out of one's own ephemeral |scalar|, the other side's |point| and both texts. Errors: of keys
 * (OCPP_ERR_SECURITY: |point| is none). */
enum ocpp_status link_secrets_agree(const struct ocpp_settle_keys *keys, const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE],
                                    const unsigned char point[OCPP_SETTLE_POINT_SIZE], const struct link_hello *open,
                                    const struct link_hello *welcome, struct link_secrets *secrets);

/* link_proof_text: what is signed, in |text|; its size. |pile| is at most 48 characters. */
enum { LINK_PROOF_TEXT = 128 };
size_t link_proof_text(const struct link_secrets *secrets, const char *pile, unsigned char text[LINK_PROOF_TEXT]);

/* link_seal: |size| bytes in place, and the tag behind them (OCPP_SETTLE_SEAL_TAG_SIZE more). link_open: the other way, from
 * |sealed|, whose |size| includes the tag, to |plain|, another place of as many bytes. The count goes on where it succeeds.
 * Errors: of keys; OCPP_ERR_LIMIT  the way is used up; OCPP_ERR_SECURITY  of opening. */
enum ocpp_status link_seal(const struct ocpp_settle_keys *keys, struct link_way *way, unsigned char *bytes, size_t size);
enum ocpp_status link_open(const struct ocpp_settle_keys *keys, struct link_way *way, const unsigned char *sealed, size_t size,
                           unsigned char *plain);

#endif
