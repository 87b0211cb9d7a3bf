/* secrets.c: scrypt for what is stored (RFC 7914), HMAC-SHA256 under a key of this process for what is compared often.
 *
 * The cost of scrypt is small on purpose (1 MiB, some milliseconds): the standard's passwords are 16 to 40 random characters,
 * which no dictionary holds, and after a restart a whole fleet is checked at once. */
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

enum { SALT_SIZE = 16, HASH_SIZE = 32, SCRYPT_N = 1024, SCRYPT_R = 8, SCRYPT_P = 1, SLOW_PER_SECOND = 100 };

/* The one key of this process: a digest made with it is worthless elsewhere. */
static unsigned char process_key[32];

bool secrets_start(void)
{
    return RAND_bytes(process_key, sizeof process_key) == 1;
}

/* --- slow ------------------------------------------------------------------------------------------------------------------- */

static void to_hex(const unsigned char *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool from_hex(const char *text, unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        int high = digit_value(text[2 * i]);
        int low = high < 0 ? -1 : digit_value(text[2 * i + 1]);
        if (low < 0) {
            return false;
        }
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return text[2 * size] == '\0';
}

bool secret_hash(const char *password, size_t size, char hashed[SECRET_SIZE])
{
    unsigned char salt[SALT_SIZE];
    unsigned char hash[HASH_SIZE];
    char salt_text[2 * SALT_SIZE + 1];
    char hash_text[2 * HASH_SIZE + 1];

    if (RAND_bytes(salt, sizeof salt) != 1 ||
        EVP_PBE_scrypt(password, size, salt, sizeof salt, SCRYPT_N, SCRYPT_R, SCRYPT_P, 0, hash, sizeof hash) != 1) {
        return false;
    }
    to_hex(salt, sizeof salt, salt_text);
    to_hex(hash, sizeof hash, hash_text);
    snprintf(hashed, SECRET_SIZE, "scrypt$%d$%d$%d$%s$%s", SCRYPT_N, SCRYPT_R, SCRYPT_P, salt_text, hash_text);
    return true;
}

bool secret_matches(const char *hashed, const char *password, size_t size)
{
    char salt_text[2 * SALT_SIZE + 2];
    char hash_text[2 * HASH_SIZE + 2];
    unsigned char salt[SALT_SIZE];
    unsigned char expected[HASH_SIZE];
    unsigned char hash[HASH_SIZE];
    unsigned n;
    unsigned r;
    unsigned p;

    if (sscanf(hashed, "scrypt$%u$%u$%u$%33[0-9a-f]$%65[0-9a-f]", &n, &r, &p, salt_text, hash_text) != 5 ||
        !from_hex(salt_text, salt, sizeof salt) || !from_hex(hash_text, expected, sizeof expected)) {
        return false;
    }
    return EVP_PBE_scrypt(password, size, salt, sizeof salt, n, r, p, 0, hash, sizeof hash) == 1 &&
           CRYPTO_memcmp(hash, expected, sizeof hash) == 0;
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
