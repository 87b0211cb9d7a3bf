/* keys_signature.c: P-256 keys and ES256. OpenSSL writes a signature as a DER SEQUENCE of two numbers, a token as r and s, 32
 * bytes each (RFC 7518, 3.4).
 */
#define _DEFAULT_SOURCE
#include "keys_openssl.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

enum { NUMBER_SIZE = OCPP_SETTLE_SIGNATURE_SIZE / 2, DER_LIMIT = 80 };

/* --- keys
 * ----------------------------------------------------------------------------------------------------------------------- */

EVP_PKEY *keys_pair_make(void)
{
    return EVP_EC_gen("P-256");
}

/* A key that is locked is not asked for its pass phrase: nobody may sit at the terminal. */
static int no_pass_phrase(char *to, int room, int is_new, void *user)
{
    (void)to;
    (void)room;
    (void)is_new;
    (void)user;
    return -1;
}

static bool is_p256(const EVP_PKEY *key)
{
    char name[64];

    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, name, sizeof name, NULL) == 1 &&
           (strcmp(name, "prime256v1") == 0 || strcmp(name, "P-256") == 0);
}

EVP_PKEY *keys_pair_parse(const unsigned char *pem, size_t size)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)size);
    EVP_PKEY *pair = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, NULL) : NULL;

    BIO_free(bio);
    ERR_clear_error();
    if (pair != NULL && !is_p256(pair)) {
        EVP_PKEY_free(pair);
        return NULL;
    }
    return pair;
}

size_t keys_pair_print(EVP_PKEY *pair, unsigned char pem[KEYS_FILE_LIMIT])
{
    BIO *bio = BIO_new(BIO_s_secmem());
    char *text = NULL;
    long size = 0;

    if (bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, pair, NULL, NULL, 0, NULL, NULL) == 1) {
        size = BIO_get_mem_data(bio, &text);
    }
    if (size <= 0 || size > KEYS_FILE_LIMIT) {
        size = 0;
    } else {
        memcpy(pem, text, (size_t)size);
    }
    BIO_free(bio);
    ERR_clear_error();
    return (size_t)size;
}

EVP_PKEY *keys_key_of_point(const unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    unsigned char copy[OCPP_SETTLE_POINT_SIZE];
    char group[] = "P-256";
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = point[0] == 4 ? EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL) : NULL;

    memcpy(copy, point, sizeof copy);
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                            OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
                            OSSL_PARAM_construct_end() };
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return key;
}

/* One more owner of the public key, remembered or made. NULL: the point is none of the curve. */
static EVP_PKEY *public_of(struct keys_openssl *keys, const unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    EVP_PKEY *key = NULL;

    (void)pthread_mutex_lock(&keys->lock);
    for (size_t i = 0; i < KEYS_POINTS && key == NULL; i++) {
        if (keys->points[i].key != NULL && memcmp(keys->points[i].point, point, OCPP_SETTLE_POINT_SIZE) == 0) {
            key = keys->points[i].key;
        }
    }
    if (key == NULL) {
        key = keys_key_of_point(point);
        if (key != NULL) {
            struct keys_point *place = &keys->points[keys->next_point++ % KEYS_POINTS];

            EVP_PKEY_free(place->key);
            place->key = key;
            memcpy(place->point, point, OCPP_SETTLE_POINT_SIZE);
        }
    }
    if (key != NULL && EVP_PKEY_up_ref(key) != 1) {
        key = NULL;
    }
    (void)pthread_mutex_unlock(&keys->lock);
    return key;
}

enum ocpp_status keys_public(const char *name, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    EVP_PKEY *pair;
    unsigned char bytes[OCPP_SETTLE_POINT_SIZE];
    size_t size = 0;
    const enum ocpp_status status = keys_pair(user, name, &pair);

    if (status != OCPP_OK) {
        return status;
    }
    if (EVP_PKEY_get_octet_string_param(pair, OSSL_PKEY_PARAM_PUB_KEY, bytes, sizeof bytes, &size) != 1 || size != sizeof bytes ||
        bytes[0] != 4) {
        return keys_trouble(OCPP_ERR_CRYPTO);
    }
    memcpy(point, bytes, sizeof bytes);
    return OCPP_OK;
}

/* --- signatures
 * ----------------------------------------------------------------------------------------------------------------- */

static bool numbers_of_der(const unsigned char *der, size_t size, unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE])
{
    ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &der, (long)size);
    unsigned char numbers[OCPP_SETTLE_SIGNATURE_SIZE];
    const bool fits = parsed != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(parsed), numbers, NUMBER_SIZE) == NUMBER_SIZE &&
                      BN_bn2binpad(ECDSA_SIG_get0_s(parsed), numbers + NUMBER_SIZE, NUMBER_SIZE) == NUMBER_SIZE;

    ECDSA_SIG_free(parsed);
    if (fits) {
        memcpy(signature, numbers, sizeof numbers);
    }
    return fits;
}

/* 0: no memory. */
static size_t der_of_numbers(const unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], unsigned char der[DER_LIMIT])
{
    ECDSA_SIG *parsed = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, NUMBER_SIZE, NULL);
    BIGNUM *s = BN_bin2bn(signature + NUMBER_SIZE, NUMBER_SIZE, NULL);
    int size = 0;

    if (parsed != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(parsed, r, s) == 1) {
        r = NULL; /* it owns them now */
        s = NULL;
        size = i2d_ECDSA_SIG(parsed, &der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(parsed);
    return size > 0 ? (size_t)size : 0;
}

enum ocpp_status keys_sign(const char *name, const void *bytes, size_t size, unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE],
                           void *user)
{
    struct keys_openssl *keys = user;
    EVP_PKEY *pair;
    unsigned char der[DER_LIMIT];
    size_t der_size = sizeof der;
    const enum ocpp_status status = keys_pair(keys, name, &pair);

    if (status != OCPP_OK) {
        return status;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const bool is_signed = context != NULL && EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, pair, NULL) == 1 &&
                           EVP_DigestSign(context, der, &der_size, bytes, size) == 1 && numbers_of_der(der, der_size, signature);
    EVP_MD_CTX_free(context);
    return is_signed ? OCPP_OK : keys_trouble(OCPP_ERR_CRYPTO);
}

/* OpenSSL calls a signature wrong and a point none of the curve where it had no memory to look, and may have had none to say so.
 * Who accuses somebody makes sure that there is memory. */
enum ocpp_status keys_blamed(void)
{
    const enum ocpp_status status = keys_trouble(OCPP_ERR_SECURITY);
    void *probe = OPENSSL_malloc(4096);
    const bool has_memory = probe != NULL;

    OPENSSL_free(probe);
    ERR_clear_error();
    return has_memory ? status : OCPP_ERR_NOMEM;
}

enum ocpp_status keys_verify(const unsigned char point[OCPP_SETTLE_POINT_SIZE], const void *bytes, size_t size,
                             const unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user)
{
    struct keys_openssl *keys = user;
    unsigned char der[DER_LIMIT];
    int outcome = -1; /* 0: not signed by this key; below: OpenSSL could not tell */

    if (point[0] != 4) {
        return OCPP_ERR_SECURITY;
    }
    EVP_PKEY *key = public_of(keys, point);
    if (key == NULL) {
        return keys_blamed();
    }
    const size_t der_size = der_of_numbers(signature, der);
    EVP_MD_CTX *context = der_size != 0 ? EVP_MD_CTX_new() : NULL;
    if (context != NULL && EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1) {
        outcome = EVP_DigestVerify(context, der, der_size, bytes, size);
    }
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    if (outcome == 0) {
        return keys_blamed();
    }
    return outcome == 1 ? OCPP_OK : keys_trouble(OCPP_ERR_CRYPTO);
}
