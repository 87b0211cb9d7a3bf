/* secret.c: passwords as they are kept: scrypt (RFC 7914), as "scrypt$N$r$p$salt$hash" with hexadecimal digits. See admission.h.
 */
#include <ocpp/admission.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SALT_SIZE = 16, HASH_SIZE = 32, SCRYPT_N = 1024, SCRYPT_R = 8, SCRYPT_P = 1 };

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
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* |size| bytes as digits, and |end| behind them. */
static bool from_hex(const char *text, char end, unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const int high = digit_value(text[2 * i]);
        const int low = high < 0 ? -1 : digit_value(text[2 * i + 1]);
        if (low < 0)
            return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return text[2 * size] == end;
}

bool ocpp_secret_hash(const void *password, size_t size, char hashed[OCPP_SECRET_SIZE])
{
    unsigned char salt[SALT_SIZE], hash[HASH_SIZE];
    char salt_text[2 * SALT_SIZE + 1], hash_text[2 * HASH_SIZE + 1];
    if (RAND_bytes(salt, sizeof salt) != 1 ||
        EVP_PBE_scrypt(password, size, salt, sizeof salt, SCRYPT_N, SCRYPT_R, SCRYPT_P, 0, hash, sizeof hash) != 1)
        return false;
    to_hex(salt, sizeof salt, salt_text);
    to_hex(hash, sizeof hash, hash_text);
    (void)snprintf(hashed, OCPP_SECRET_SIZE, "scrypt$%d$%d$%d$%s$%s", SCRYPT_N, SCRYPT_R, SCRYPT_P, salt_text, hash_text);
    return true;
}

/* What a hash may cost; more was not written here. */
enum { COST_MAX = 1 << 20 };

/* A number that ends with '$'; |*text| goes on behind it. */
static bool take_number(const char **text, uint64_t *number)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    *number = strtoull(*text, &end, 10);
    if (*end != '$' || *number > COST_MAX)
        return false;
    *text = end + 1;
    return true;
}

bool ocpp_secret_matches(const char *hashed, const void *password, size_t size)
{
    static const char kind[] = "scrypt$";
    unsigned char salt[SALT_SIZE], expected[HASH_SIZE], hash[HASH_SIZE];
    uint64_t n, r, p;
    const char *at = hashed + sizeof kind - 1;
    if (strncmp(hashed, kind, sizeof kind - 1) != 0 || !take_number(&at, &n) || !take_number(&at, &r) || !take_number(&at, &p) ||
        !from_hex(at, '$', salt, sizeof salt) || !from_hex(at + 2 * sizeof salt + 1, '\0', expected, sizeof expected))
        return false;
    return EVP_PBE_scrypt(password, size, salt, sizeof salt, n, r, p, 0, hash, sizeof hash) == 1 &&
           CRYPTO_memcmp(hash, expected, sizeof hash) == 0;
}
