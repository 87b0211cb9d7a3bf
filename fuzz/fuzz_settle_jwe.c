/* fuzz_settle_jwe.c: anything as an encrypted token. The input is a token; it is also taken as a payload.
 *
 * What must hold: what was sealed opens; a token that opens has one spelling, so changing any character of it makes it another.
 */
#include "target.h"
#include "toy_keys.h"
#include "require.h"

#include <ocpp/settlement/jwe.h>

#include <stdlib.h>
#include <string.h>

static const char *find(const char *kid, const char *typ, void *user)
{
    (void)user;
    ocpp_require(strlen(kid) < OCPP_SETTLE_JWE_KID_SIZE && strcmp(typ, "bill") == 0);
    return strcmp(kid, "s1") == 0 ? "key" : NULL;
}

static const struct ocpp_settle_jwe_opener opener = { &toy_keys, "bill", find, NULL, 0 };

static void sealed_of(const char *payload, size_t size, struct ocpp_arena *arena)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const struct ocpp_settle_jwe_sealer sealer = { &toy_keys, point, "s1", "bill" };
    const char *token;
    size_t length;
    struct ocpp_settle_jwe jwe;

    toy_point("key", point);
    const enum ocpp_status status = ocpp_settle_jwe_seal(&sealer, payload, size, arena, &token, &length);
    if (status != OCPP_OK) {
        ocpp_require(status == OCPP_ERR_TOO_LARGE);
        return;
    }
    ocpp_require(ocpp_settle_jwe_open(&opener, token, length, arena, &jwe) == OCPP_OK);
    ocpp_require(jwe.size == size && memcmp(jwe.payload, payload, size) == 0);
}

static void opened(const char *token, size_t size, struct ocpp_arena *arena)
{
    struct ocpp_settle_jwe jwe;

    if (ocpp_settle_jwe_open(&opener, token, size, arena, &jwe) != OCPP_OK) {
        return;
    }
    char *changed = malloc(size);
    ocpp_require(changed != NULL);
    for (size_t i = 0; i < size && i < 400; i++) {
        memcpy(changed, token, size);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        ocpp_require(ocpp_settle_jwe_open(&opener, changed, size, arena, &jwe) != OCPP_OK);
    }
    free(changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 16U << 20);

    ocpp_require(arena != NULL);
    sealed_of((const char *)data, size, arena);
    ocpp_arena_reset(arena);
    opened((const char *)data, size, arena);
    ocpp_arena_free(arena);
    return 0;
}
