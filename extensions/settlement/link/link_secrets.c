/* link_secrets.c: see link_secrets.h. */
#include "link_secrets.h"

#include <string.h>

enum { WAY_SIZE = OCPP_SETTLE_SEAL_KEY_SIZE + OCPP_SETTLE_SEAL_NONCE_SIZE };

static const char phone_words[] = "org.ocpp-c.settlement phone link 1 phone";
static const char pile_words[] = "org.ocpp-c.settlement phone link 1 pile";
static const char proof_words[] = "org.ocpp-c.settlement phone link 1";

static enum ocpp_status derive(const struct ocpp_settle_keys *keys, const unsigned char shared[OCPP_SETTLE_SCALAR_SIZE],
                               const struct link_secrets *secrets, const char *words, struct link_way *way)
{
    const struct ocpp_settle_derivation derivation = { { shared, OCPP_SETTLE_SCALAR_SIZE },
                                                       { secrets->transcript, sizeof secrets->transcript },
                                                       { words, strlen(words) } };
    unsigned char made[WAY_SIZE];
    const enum ocpp_status status = ocpp_settle_hkdf_sha256(keys, &derivation, made, sizeof made);

    if (status == OCPP_OK) {
        memcpy(way->key, made, sizeof way->key);
        memcpy(way->nonce, made + sizeof way->key, sizeof way->nonce);
        way->count = 0;
    }
    ocpp_settle_wipe(made, sizeof made);
    return status;
}

enum ocpp_status link_secrets_agree(const struct ocpp_settle_keys *keys, const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE],
                                    const unsigned char point[OCPP_SETTLE_POINT_SIZE], const struct link_hello *open,
                                    const struct link_hello *welcome, struct link_secrets *secrets)
{
    const struct ocpp_settle_bytes texts[] = { { open->text, sizeof open->text }, { welcome->text, sizeof welcome->text } };
    const struct ocpp_settle_private own = { NULL, scalar };
    unsigned char shared[OCPP_SETTLE_SCALAR_SIZE];
    enum ocpp_status status = keys->sha256(texts, 2, secrets->transcript, keys->user);

    if (status == OCPP_OK) {
        status = keys->agree(&own, point, shared, keys->user);
    }
    if (status == OCPP_OK) {
        status = derive(keys, shared, secrets, phone_words, &secrets->from_phone);
    }
    if (status == OCPP_OK) {
        status = derive(keys, shared, secrets, pile_words, &secrets->from_pile);
    }
    ocpp_settle_wipe(shared, sizeof shared);
    if (status == OCPP_OK) {
        memcpy(secrets->session, secrets->transcript, sizeof secrets->session);
    } else {
        ocpp_settle_wipe(secrets, sizeof *secrets);
    }
    return status;
}

size_t link_proof_text(const struct link_secrets *secrets, const char *pile, unsigned char text[LINK_PROOF_TEXT])
{
    const size_t length = strlen(pile) <= 48 ? strlen(pile) : 48;
    size_t size = sizeof proof_words; /* with its zero */

    memcpy(text, proof_words, size);
    memcpy(text + size, secrets->transcript, sizeof secrets->transcript);
    size += sizeof secrets->transcript;
    memcpy(text + size, pile, length);
    return size + length;
}

/* --- messages
 * ------------------------------------------------------------------------------------------------------------------- */

/* The nonce of a message: that of the way, with its number in the last four bytes, by exclusive or. */
static void nonce_of(const struct link_way *way, unsigned char nonce[OCPP_SETTLE_SEAL_NONCE_SIZE])
{
    memcpy(nonce, way->nonce, OCPP_SETTLE_SEAL_NONCE_SIZE);
    for (unsigned i = 0; i < 4; i++) {
        nonce[OCPP_SETTLE_SEAL_NONCE_SIZE - 1 - i] ^= (unsigned char)(way->count >> (8 * i) & 0xff);
    }
}

enum ocpp_status link_seal(const struct ocpp_settle_keys *keys, struct link_way *way, unsigned char *bytes, size_t size)
{
    unsigned char nonce[OCPP_SETTLE_SEAL_NONCE_SIZE];
    const struct ocpp_settle_sealing how = { way->key, nonce, { "", 0 } };

    if (way->count == UINT32_MAX) {
        return OCPP_ERR_LIMIT;
    }
    nonce_of(way, nonce);
    const enum ocpp_status status = keys->seal(&how, bytes, size, bytes, bytes + size, keys->user);
    way->count += status == OCPP_OK;
    return status;
}

enum ocpp_status link_open(const struct ocpp_settle_keys *keys, struct link_way *way, const unsigned char *sealed, size_t size,
                           unsigned char *plain)
{
    unsigned char nonce[OCPP_SETTLE_SEAL_NONCE_SIZE];
    const struct ocpp_settle_sealing how = { way->key, nonce, { "", 0 } };

    if (way->count == UINT32_MAX || size < OCPP_SETTLE_SEAL_TAG_SIZE) {
        return OCPP_ERR_SECURITY;
    }
    nonce_of(way, nonce);
    const size_t text_size = size - OCPP_SETTLE_SEAL_TAG_SIZE;
    const enum ocpp_status status = keys->open(&how, sealed, text_size, sealed + text_size, plain, keys->user);
    way->count += status == OCPP_OK;
    return status;
}
