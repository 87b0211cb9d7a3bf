/* secrets.c: what is compared often, by HMAC-SHA256 under a key of this process; what is stored is hashed by the library. */
#include "secrets.h"

#include <ocpp/adapters.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { SLOW_PER_SECOND = 100 };

/* The one key of this process: a digest made with it is worthless elsewhere. */
static unsigned char process_key[32];

bool secrets_start(void)
{
    return RAND_bytes(process_key, sizeof process_key) == 1;
}

bool secret_budget_take(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static int64_t second;
    static int taken;
    int64_t now = ocpp_system_now().mono_ms / 1000;
    bool may;

    pthread_mutex_lock(&lock);
    if (now != second) {
        second = now;
        taken = 0;
    }
    may = taken < SLOW_PER_SECOND;
    taken += may;
    pthread_mutex_unlock(&lock);
    return may;
}

/* --- quick ------------------------------------------------------------------------------------------------------------------ */

static bool digest(const char *password, size_t size, unsigned char out[QUICK_SIZE])
{
    unsigned int length = QUICK_SIZE;

    return HMAC(EVP_sha256(), process_key, sizeof process_key, (const unsigned char *)password, size, out, &length);
}

uint64_t keyed_hash(const void *bytes, size_t size)
{
    unsigned char out[QUICK_SIZE] = { 0 };
    uint64_t hash = 0;

    (void)digest(bytes, size, out);
    for (size_t i = 0; i < sizeof hash; i++) {
        hash = hash << 8 | out[i];
    }
    return hash;
}

bool quick_secret_set(struct quick_secret *quick, const char *password, size_t size)
{
    quick->known = digest(password, size, quick->digest);
    return quick->known;
}

bool quick_secret_matches(const struct quick_secret *quick, const char *password, size_t size)
{
    unsigned char shown[QUICK_SIZE];

    return quick->known && digest(password, size, shown) && CRYPTO_memcmp(shown, quick->digest, QUICK_SIZE) == 0;
}

bool secrets_read_token(const char *path, struct quick_secret *token, char *why)
{
    char line[1024] = "";
    FILE *file = fopen(path, "r");
    size_t size;

    if (!file) {
        snprintf(why, 256, "--token-file %.100s: %s", path, strerror(errno));
        return false;
    }
    if (!fgets(line, sizeof line, file)) {
        line[0] = '\0';
    }
    fclose(file);
    size = strcspn(line, " \t\r\n");
    if (size < 16 || size > SECRET_LENGTH_MAX * 2) {
        snprintf(why, 256, "--token-file %.100s: its first line has to be a token of 16 to 256 characters", path);
        return false;
    }
    if (!quick_secret_set(token, line, size)) {
        snprintf(why, 256, "--token-file %.100s: the token could not be digested", path);
        return false;
    }
    OPENSSL_cleanse(line, sizeof line);
    return true;
}
