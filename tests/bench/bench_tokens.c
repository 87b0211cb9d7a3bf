/* bench_tokens.c: signed tokens verified and made per second, and marks of power banks judged, beside the floor: OpenSSL
 * verifying the same signature with a key it has in hand.
 *
 * Usage: bench_tokens [SECONDS]. CPU is that of the process, one core.
 */
#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/jws.h>
#include <ocpp/settlement/mark.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAYLOAD_SIZE = 700 };

struct bench {
    struct ocpp_settle_keys *keys;
    struct ocpp_arena *arena;
    char payload[PAYLOAD_SIZE];
    char token[OCPP_SETTLE_JWS_BYTES + 1];
    size_t token_size;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    unsigned char marks[2][OCPP_SETTLE_MARK_SIZE]; /* of the backend, of a pile */
    EVP_PKEY *key;
    unsigned char der[80];
    size_t der_size;
};

static void require(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "bench_tokens: %s failed\n", what);
        exit(1);
    }
}

static double cpu_s(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* --- what is measured
 * ------------------------------------------------------------------------------------------------------------- */

static bool find(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    const struct bench *bench = user;
    memcpy(point, bench->point, sizeof bench->point);
    return strcmp(kid, "pile-1") == 0 && strcmp(typ, "bill") == 0;
}

static bool verify(struct bench *bench)
{
    const struct ocpp_settle_jws_verifier verifier = { bench->keys, "bill", find, bench, 0 };
    struct ocpp_settle_jws jws;
    ocpp_arena_reset(bench->arena);
    return ocpp_settle_jws_verify(&verifier, bench->token, bench->token_size, bench->arena, &jws) == OCPP_OK;
}

static bool make(struct bench *bench)
{
    const struct ocpp_settle_jws_signer signer = { bench->keys, "pile", "pile-1", "bill" };
    const char *token;
    ocpp_arena_reset(bench->arena);
    if (ocpp_settle_jws_make(&signer, bench->payload, PAYLOAD_SIZE, bench->arena, &token, &bench->token_size) != OCPP_OK)
        return false;
    memcpy(bench->token, token, bench->token_size + 1);
    return true;
}

static bool floor_verify(struct bench *bench)
{
    const size_t size = (size_t)(strrchr(bench->token, '.') - bench->token);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const bool good = context != NULL && EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, bench->key, NULL) == 1 &&
                      EVP_DigestVerify(context, bench->der, bench->der_size, (const unsigned char *)bench->token, size) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

static bool judge(struct bench *bench, int which)
{
    static const char *const fleet_keys[] = { "fleet" };
    const struct ocpp_settle_judge with = { bench->keys, fleet_keys, 1, 7 };
    enum ocpp_settle_mark_reading reading;
    struct ocpp_settle_mark said;
    return ocpp_settle_mark_judge(&with, bench->marks[which], &reading, &said) == OCPP_OK && reading == OCPP_SETTLE_READ_MARKED;
}

static bool judge_backends(struct bench *bench)
{
    return judge(bench, 0);
}

static bool judge_piles(struct bench *bench)
{
    return judge(bench, 1);
}

/* --- the run
 * ----------------------------------------------------------------------------------------------------------------------- */

static void prepare_floor(struct bench *bench)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const size_t size = (size_t)(strrchr(bench->token, '.') - bench->token);
    bench->key = EVP_EC_gen("P-256");
    bench->der_size = sizeof bench->der;
    require(bench->key != NULL && context != NULL &&
                EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, bench->key, NULL) == 1 &&
                EVP_DigestSign(context, bench->der, &bench->der_size, (const unsigned char *)bench->token, size) == 1,
            "the floor");
    EVP_MD_CTX_free(context);
}

static void prepare(struct bench *bench)
{
    const struct ocpp_settle_keys_settings in_memory = { .folder = NULL };
    unsigned char key[OCPP_SETTLE_DIGEST_SIZE];
    bench->arena = ocpp_arena_new(NULL, 0);
    require(bench->arena != NULL && ocpp_settle_keys_open(&in_memory, &bench->keys) == OCPP_OK, "opening");
    memset(bench->payload, 'x', sizeof bench->payload);
    const struct ocpp_settle_mint backend = { bench->keys, "fleet", 7, 0 };
    const struct ocpp_settle_mint pile = { bench->keys, "mark", 7, 42 };
    require(bench->keys->public_key("pile", bench->point, bench->keys->user) == OCPP_OK && make(bench) &&
                ocpp_settle_mark_mint(&backend, OCPP_SETTLE_MARK_PLAIN, 9, NULL, bench->marks[0]) == OCPP_OK &&
                ocpp_settle_mark_pile_key(bench->keys, "fleet", 42, key) == OCPP_OK &&
                bench->keys->keep_secret("mark", key, sizeof key, bench->keys->user) == OCPP_OK &&
                ocpp_settle_mark_mint(&pile, OCPP_SETTLE_MARK_PLAIN, 9, NULL, bench->marks[1]) == OCPP_OK,
            "preparing");
    prepare_floor(bench);
}

static double per_second(struct bench *bench, bool (*act)(struct bench *), double seconds)
{
    const double begun = cpu_s();
    double spent = 0;
    long count = 0;
    while (spent < seconds) {
        for (int i = 0; i < 100; i++)
            require(act(bench), "an act");
        count += 100;
        spent = cpu_s() - begun;
    }
    return (double)count / spent;
}

int main(int count, char **words)
{
    static struct bench bench;
    const double seconds = count > 1 ? atof(words[1]) : 2;
    prepare(&bench);
    const double bare = per_second(&bench, floor_verify, seconds);
    const double ours = per_second(&bench, verify, seconds);
    (void)printf("floor: OpenSSL verifies ES256 over %zu bytes   %8.0f /s\n", bench.token_size - 87, bare);
    (void)printf("a token is verified and read                  %8.0f /s  %.2f of the floor\n", ours, ours / bare);
    (void)printf("a token is made                               %8.0f /s\n", per_second(&bench, make, seconds));
    (void)printf("a backend's mark is judged                    %8.0f /s\n", per_second(&bench, judge_backends, seconds));
    (void)printf("a pile's own mark is judged                   %8.0f /s\n", per_second(&bench, judge_piles, seconds));
    EVP_PKEY_free(bench.key);
    ocpp_settle_keys_close(bench.keys);
    ocpp_arena_free(bench.arena);
    return 0;
}
