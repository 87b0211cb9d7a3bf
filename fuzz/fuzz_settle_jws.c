/* fuzz_settle_jws.c: anything as a signed token. The input is a token; it is also taken as a payload, and as base64url.
 *
 * What must hold: what was made verifies; a token that verifies has one spelling, so changing any character of it makes it
 * another; what base64url says is said in one way only.
 */
#include "target.h"
#include "toy_keys.h"
#include "base64url.h"
#include "require.h"

#include <ocpp/settlement/jws.h>

#include <stdlib.h>
#include <string.h>

static bool find(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    (void)user;
    ocpp_require(strlen(kid) < OCPP_SETTLE_JWS_KID_SIZE && strcmp(typ, "bill") == 0);
    toy_point("key", point);
    return strcmp(kid, "k1") == 0;
}

static const struct ocpp_settle_jws_verifier verifier = { &toy_keys, "bill", find, NULL, 0 };
static const struct ocpp_settle_jws_signer signer = { &toy_keys, "key", "k1", "bill" };

static void made_of(const char *payload, size_t size, struct ocpp_arena *arena)
{
    const char *token;
    size_t length;
    struct ocpp_settle_jws jws;
    const enum ocpp_status status = ocpp_settle_jws_make(&signer, payload, size, arena, &token, &length);

    if (status != OCPP_OK) {
        ocpp_require(status == OCPP_ERR_TOO_LARGE);
        return;
    }
    ocpp_require(ocpp_settle_jws_verify(&verifier, token, length, arena, &jws) == OCPP_OK);
    ocpp_require(jws.size == size && memcmp(jws.payload, payload, size) == 0);
}

static void verified(const char *token, size_t size, struct ocpp_arena *arena)
{
    struct ocpp_settle_jws jws;

    if (ocpp_settle_jws_verify(&verifier, token, size, arena, &jws) != OCPP_OK) {
        return;
    }
    char *changed = malloc(size);
    ocpp_require(changed != NULL);
    for (size_t i = 0; i < size && i < 400; i++) {
        memcpy(changed, token, size);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        ocpp_require(ocpp_settle_jws_verify(&verifier, changed, size, arena, &jws) != OCPP_OK);
    }
    free(changed);
}

static void spelled_once(const char *text, size_t size)
{
    unsigned char *bytes = malloc(base64url_size(size) + 1);
    char *again = malloc(size + 1);

    ocpp_require(bytes != NULL && again != NULL);
    if (base64url_read(text, size, bytes)) {
        ocpp_require(base64url_length(base64url_size(size)) == size);
        base64url_write(bytes, base64url_size(size), again);
        ocpp_require(memcmp(again, text, size) == 0);
    }
    free(bytes);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 16U << 20);

    ocpp_require(arena != NULL);
    made_of((const char *)data, size, arena);
    ocpp_arena_reset(arena);
    verified((const char *)data, size, arena);
    spelled_once((const char *)data, size);
    ocpp_arena_free(arena);
    return 0;
}
