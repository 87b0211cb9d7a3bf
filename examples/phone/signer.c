/* signer.c: see signer.h. */
#include "signer.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/jws.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static struct ocpp_settle_keys *keys;

static bool is_open(void)
{
    const struct ocpp_settle_keys_settings settings = { .folder = NULL };

    return keys || ocpp_settle_keys_open(&settings, &keys) == OCPP_OK;
}

/* Names of keys have small letters only. */
static const char *name_of_key(const char *name)
{
    static char small[OCPP_SETTLE_JWS_KID_SIZE];
    size_t i = 0;

    for (; name[i] && i + 1 < sizeof small; i++) {
        small[i] = (char)tolower((unsigned char)name[i]);
    }
    small[i] = '\0';
    return small;
}

bool signer_key(struct story *story, const char *name)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char text[2 * OCPP_SETTLE_POINT_SIZE + 1];

    if (!is_open() || keys->public_key(name_of_key(name), point, keys->user) != OCPP_OK) {
        return false;
    }
    for (size_t i = 0; i < sizeof point; i++) {
        snprintf(text + 2 * i, 3, "%02x", point[i]);
    }
    return story_tell(story, "point", text);
}

bool signer_sign(struct story *story, const char *name, const char *typ, const char *payload)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    const struct ocpp_settle_jws_signer signer = { .keys = keys, .key_name = name_of_key(name), .kid = name, .typ = typ };
    const char *token;
    size_t size;
    const bool is_told = arena && is_open() && signer.keys &&
                         ocpp_settle_jws_make(&signer, payload, strlen(payload), arena, &token, &size) == OCPP_OK &&
                         story_tell(story, "signed", token);

    ocpp_arena_free(arena);
    return is_told;
}

void signer_end(void)
{
    if (keys) {
        ocpp_settle_keys_close(keys);
    }
    keys = NULL;
}
