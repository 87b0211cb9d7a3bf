/* link_account.c: a phone says by its key that it is the one of an account, in this conversation and no other. */
#include "base64url.h"

#include <ocpp/settlement/link.h>

#include <string.h>

/* With its zero byte. */
static const char words[] = "org.ocpp-c.settlement account 1";

enum { SIGNED_SIZE = sizeof words + OCPP_SETTLE_LINK_BINDING_SIZE };

static void write_signed(const unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE], unsigned char text[SIGNED_SIZE])
{
    memcpy(text, words, sizeof words);
    memcpy(text + sizeof words, binding, OCPP_SETTLE_LINK_BINDING_SIZE);
}

enum ocpp_status ocpp_settle_link_account_sign(const struct ocpp_settle_keys *keys, const char *key_name,
                                               const unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE],
                                               char signature[OCPP_SETTLE_LINK_SIGNATURE_TEXT_SIZE])
{
    unsigned char text[SIGNED_SIZE];
    unsigned char made[OCPP_SETTLE_SIGNATURE_SIZE];

    write_signed(binding, text);
    const enum ocpp_status status = keys->sign(key_name, text, sizeof text, made, keys->user);
    if (status == OCPP_OK) {
        base64url_write(made, sizeof made, signature);
    }
    return status;
}

enum ocpp_status ocpp_settle_link_account_verify(const struct ocpp_settle_keys *keys,
                                                 const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                                 const unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE],
                                                 const char *signature)
{
    unsigned char text[SIGNED_SIZE];
    unsigned char read[OCPP_SETTLE_SIGNATURE_SIZE];

    if (strlen(signature) != OCPP_SETTLE_LINK_SIGNATURE_TEXT_SIZE - 1 || !base64url_read(signature, strlen(signature), read)) {
        return OCPP_ERR_SECURITY;
    }
    write_signed(binding, text);
    return keys->verify(point, text, sizeof text, read, keys->user);
}
