/* jws_probe.c: makes and verifies tokens for test_jws.py.
 *
 *     jws_probe make FOLDER KEY KID TYP       a line of standard input is a payload, a line of standard output its token
 *     jws_probe verify TYP KID POINT          a line is a token; its answer "ok PAYLOAD" or the name of an error
 *
 * POINT is the public key as 130 hexadecimal digits.
 */
#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/jws.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct known {
    const char *kid;
    const char *point;
};

static bool find(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    const struct known *known = user;

    (void)typ;
    if (strcmp(kid, known->kid) != 0 || strlen(known->point) != 2 * (size_t)OCPP_SETTLE_POINT_SIZE) {
        return false;
    }
    for (size_t i = 0; i < OCPP_SETTLE_POINT_SIZE; i++) {
        const char pair[] = { known->point[2 * i], known->point[2 * i + 1], '\0' };

        point[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    return true;
}

static void answer_make(const struct ocpp_settle_jws_signer *signer, const char *line, struct ocpp_arena *arena)
{
    const char *token;
    size_t size;
    const enum ocpp_status status = ocpp_settle_jws_make(signer, line, strlen(line), arena, &token, &size);

    (void)puts(status == OCPP_OK ? token : ocpp_status_name(status));
}

static void answer_verify(const struct ocpp_settle_jws_verifier *verifier, const char *line, struct ocpp_arena *arena)
{
    struct ocpp_settle_jws jws;
    const enum ocpp_status status = ocpp_settle_jws_verify(verifier, line, strlen(line), arena, &jws);

    if (status == OCPP_OK) {
        (void)printf("ok %s\n", jws.payload);
    } else {
        (void)puts(ocpp_status_name(status));
    }
}

int main(int count, char **words)
{
    const bool makes = count == 6 && strcmp(words[1], "make") == 0;
    const bool verifies = count == 5 && strcmp(words[1], "verify") == 0;
    const struct ocpp_settle_keys_settings settings = { .folder = makes ? words[2] : NULL, .makes_no_keys = true };
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_settle_keys *keys;
    static char line[65536];

    if ((!makes && !verifies) || arena == NULL || ocpp_settle_keys_open(&settings, &keys) != OCPP_OK) {
        return 2;
    }
    struct known known = { verifies ? words[3] : "", verifies ? words[4] : "" };
    const struct ocpp_settle_jws_signer signer = { keys, words[3], makes ? words[4] : "", makes ? words[5] : "" };
    const struct ocpp_settle_jws_verifier verifier = { keys, words[2], find, &known, 0 };
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (makes) {
            answer_make(&signer, line, arena);
        } else {
            answer_verify(&verifier, line, arena);
        }
        ocpp_arena_reset(arena);
    }
    ocpp_settle_keys_close(keys);
    ocpp_arena_free(arena);
    return 0;
}
