/* jws_probe.c: makes and verifies tokens for test_jws.py, seals and opens them.
 *
 *     jws_probe make FOLDER KEY KID TYP       a line of standard input is a payload, a line of standard output its token
 *     jws_probe verify TYP KID POINT          a line is a token; its answer "ok PAYLOAD" or the name of an error
 *     jws_probe seal TYP KID POINT            a line of standard input is a payload, a line of standard output its token
 *     jws_probe open FOLDER KEY KID TYP       a line is a token; its answer "ok PAYLOAD" or the name of an error
 *
 * POINT is the public key as 130 hexadecimal digits.
 */
#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/jwe.h>
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

static void answer_seal(const struct ocpp_settle_jwe_sealer *sealer, const char *line, struct ocpp_arena *arena)
{
    const char *token;
    size_t size;
    const enum ocpp_status status = ocpp_settle_jwe_seal(sealer, line, strlen(line), arena, &token, &size);

    (void)puts(status == OCPP_OK ? token : ocpp_status_name(status));
}

/* The words of `open`, from FOLDER on. */
static const char *find_private(const char *kid, const char *typ, void *user)
{
    char *const *words = user;

    (void)typ;
    return strcmp(kid, words[2]) == 0 ? words[1] : NULL;
}

static void answer_open(const struct ocpp_settle_jwe_opener *opener, const char *line, struct ocpp_arena *arena)
{
    struct ocpp_settle_jwe jwe;
    const enum ocpp_status status = ocpp_settle_jwe_open(opener, line, strlen(line), arena, &jwe);

    if (status == OCPP_OK) {
        (void)printf("ok %s\n", jwe.payload);
    } else {
        (void)puts(ocpp_status_name(status));
    }
}

/* One line, as the first word says. */
static void answer(const struct ocpp_settle_keys *keys, char **words, const char *line, struct ocpp_arena *arena)
{
    const bool has_folder = strcmp(words[1], "make") == 0 || strcmp(words[1], "open") == 0;
    struct known known = { words[3], has_folder ? "" : words[4] };
    const struct ocpp_settle_jws_signer signer = { keys, words[3], words[4], words[5] };
    const struct ocpp_settle_jws_verifier verifier = { keys, words[2], find, &known, 0 };
    const struct ocpp_settle_jwe_opener opener = { keys, words[5], find_private, words + 2, 0 };
    unsigned char point[OCPP_SETTLE_POINT_SIZE] = { 0 };
    const struct ocpp_settle_jwe_sealer sealer = { keys, point, words[3], words[2] };

    (void)find(words[3], words[2], point, &known);
    if (strcmp(words[1], "make") == 0) {
        answer_make(&signer, line, arena);
    } else if (strcmp(words[1], "verify") == 0) {
        answer_verify(&verifier, line, arena);
    } else if (strcmp(words[1], "open") == 0) {
        answer_open(&opener, line, arena);
    } else {
        answer_seal(&sealer, line, arena);
    }
}

int main(int count, char **words)
{
    const bool has_folder = count == 6 && (strcmp(words[1], "make") == 0 || strcmp(words[1], "open") == 0);
    const bool has_point = count == 5 && (strcmp(words[1], "verify") == 0 || strcmp(words[1], "seal") == 0);
    const struct ocpp_settle_keys_settings settings = { .folder = has_folder ? words[2] : NULL, .makes_no_keys = true };
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_settle_keys *keys;
    static char line[65536];

    if ((!has_folder && !has_point) || arena == NULL || ocpp_settle_keys_open(&settings, &keys) != OCPP_OK) {
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        answer(keys, words, line, arena);
        ocpp_arena_reset(arena);
    }
    ocpp_settle_keys_close(keys);
    ocpp_arena_free(arena);
    return 0;
}
