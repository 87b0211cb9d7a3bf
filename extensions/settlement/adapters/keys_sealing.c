/* keys_sealing.c: what two P-256 keys share, and AES-256-GCM. */
#define _DEFAULT_SOURCE
#include "keys_openssl.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <string.h>

/* --- agreement
 * ------------------------------------------------------------------------------------------------------------------ */

/* A private key in hand as a number that OpenSSL keeps apart from others. NULL: no memory. */
static BIGNUM *number_of(const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE])
{
    BIGNUM *number = BN_secure_new();

    if (number != NULL) {
        BN_set_flags(number, BN_FLG_CONSTTIME);
        if (BN_bin2bn(scalar, OCPP_SETTLE_SCALAR_SIZE, number) == NULL) {
            BN_clear_free(number);
            number = NULL;
        }
    }
    return number;
}

static enum ocpp_status multiply(const EC_GROUP *group, const BIGNUM *number, unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    unsigned char bytes[OCPP_SETTLE_POINT_SIZE];
    EC_POINT *product = EC_POINT_new(group);
    const bool is_good =
        product != NULL && EC_POINT_mul(group, product, number, NULL, NULL, NULL) == 1 &&
        EC_POINT_point2oct(group, product, POINT_CONVERSION_UNCOMPRESSED, bytes, sizeof bytes, NULL) == sizeof bytes;

    EC_POINT_free(product);
    if (!is_good) {
        return keys_trouble(OCPP_ERR_CRYPTO);
    }
    memcpy(point, bytes, sizeof bytes);
    return OCPP_OK;
}

enum ocpp_status keys_point_of(const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE], unsigned char point[OCPP_SETTLE_POINT_SIZE],
                               void *user)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    BIGNUM *number = number_of(scalar);
    enum ocpp_status status;

    (void)user;
    if (group == NULL || number == NULL) {
        status = keys_trouble(OCPP_ERR_NOMEM);
    } else if (BN_is_zero(number) || BN_cmp(number, EC_GROUP_get0_order(group)) >= 0) {
        status = OCPP_ERR_ARGUMENT;
    } else {
        status = multiply(group, number, point);
    }
    BN_clear_free(number);
    EC_GROUP_free(group);
    return status;
}

static EVP_PKEY *pair_of_params(OSSL_PARAM *params)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pair = NULL;

    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pair, EVP_PKEY_KEYPAIR, params) != 1) {
        pair = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return pair;
}

/* The key in hand as OpenSSL wants it. NULL: no memory. */
static EVP_PKEY *pair_of(const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE], const unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    BIGNUM *number = number_of(scalar);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY *pair = NULL;

    if (number != NULL && builder != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, OCPP_SETTLE_POINT_SIZE) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number) == 1) {
        params = OSSL_PARAM_BLD_to_param(builder);
    }
    if (params != NULL) {
        pair = pair_of_params(params);
    }
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(number);
    return pair;
}

/* One more owner of one's own key. */
static enum ocpp_status own_pair(const struct ocpp_settle_private *own, struct keys_openssl *keys, EVP_PKEY **pair)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    enum ocpp_status status;

    if (own->name != NULL) {
        status = keys_pair(keys, own->name, pair);
        return status == OCPP_OK && EVP_PKEY_up_ref(*pair) != 1 ? OCPP_ERR_CRYPTO : status;
    }
    status = keys_point_of(own->scalar, point, keys);
    if (status == OCPP_OK) {
        *pair = pair_of(own->scalar, point);
        status = *pair != NULL ? OCPP_OK : keys_trouble(OCPP_ERR_NOMEM);
    }
    return status;
}

static bool derive(EVP_PKEY *pair, EVP_PKEY *other, unsigned char shared[OCPP_SETTLE_SCALAR_SIZE])
{
    unsigned char bytes[OCPP_SETTLE_SCALAR_SIZE];
    size_t size = sizeof bytes;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pair, NULL);
    const bool is_good = context != NULL && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, other) == 1 &&
                         EVP_PKEY_derive(context, bytes, &size) == 1 && size == sizeof bytes;

    EVP_PKEY_CTX_free(context);
    if (is_good) {
        memcpy(shared, bytes, sizeof bytes);
    }
    OPENSSL_cleanse(bytes, sizeof bytes);
    return is_good;
}

enum ocpp_status keys_agree(const struct ocpp_settle_private *own, const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                            unsigned char shared[OCPP_SETTLE_SCALAR_SIZE], void *user)
{
    EVP_PKEY *pair = NULL;
    enum ocpp_status status = own_pair(own, user, &pair);

    if (status != OCPP_OK) {
        return status;
    }
    EVP_PKEY *other = keys_key_of_point(point);
    if (other == NULL) {
        status = keys_blamed();
    } else if (!derive(pair, other, shared)) {
        status = keys_trouble(OCPP_ERR_CRYPTO);
    }
    EVP_PKEY_free(other);
    EVP_PKEY_free(pair);
    return status;
}

/* --- AES-256-GCM
 * ---------------------------------------------------------------------------------------------------------------- */

static bool fits(const struct ocpp_settle_sealing *how, size_t size)
{
    return size <= INT32_MAX && how->extra.size <= INT32_MAX;
}

enum ocpp_status keys_seal(const struct ocpp_settle_sealing *how, const void *plain, size_t size, void *sealed,
                           unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *user)
{
    const struct keys_openssl *keys = user;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char rest[16];
    int count;
    const bool is_good =
        context != NULL && fits(how, size) && EVP_EncryptInit_ex2(context, keys->aes, how->key, how->nonce, NULL) == 1 &&
        (how->extra.size == 0 || EVP_EncryptUpdate(context, NULL, &count, how->extra.bytes, (int)how->extra.size) == 1) &&
        (size == 0 || EVP_EncryptUpdate(context, sealed, &count, plain, (int)size) == 1) &&
        EVP_EncryptFinal_ex(context, rest, &count) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, OCPP_SETTLE_SEAL_TAG_SIZE, tag) == 1;

    EVP_CIPHER_CTX_free(context);
    return is_good ? OCPP_OK : keys_trouble(OCPP_ERR_CRYPTO);
}

enum ocpp_status keys_open(const struct ocpp_settle_sealing *how, const void *sealed, size_t size,
                           const unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *plain, void *user)
{
    const struct keys_openssl *keys = user;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char copy[OCPP_SETTLE_SEAL_TAG_SIZE];
    unsigned char rest[16];
    int count;

    memcpy(copy, tag, sizeof copy);
    const bool is_ready =
        context != NULL && fits(how, size) && EVP_DecryptInit_ex2(context, keys->aes, how->key, how->nonce, NULL) == 1 &&
        (how->extra.size == 0 || EVP_DecryptUpdate(context, NULL, &count, how->extra.bytes, (int)how->extra.size) == 1) &&
        (size == 0 || EVP_DecryptUpdate(context, plain, &count, sealed, (int)size) == 1) &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, (int)sizeof copy, copy) == 1;
    const bool is_good = is_ready && EVP_DecryptFinal_ex(context, rest, &count) == 1;
    EVP_CIPHER_CTX_free(context);
    if (is_good) {
        return OCPP_OK;
    }
    OPENSSL_cleanse(plain, size);
    return is_ready ? keys_blamed() : keys_trouble(OCPP_ERR_CRYPTO);
}
