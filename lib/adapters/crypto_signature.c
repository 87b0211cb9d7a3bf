/* crypto_signature.c: hashes, and signatures that are checked against a public key: of firmware, of meter values. */
#include "crypto_openssl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

/* --- hashes ------------------------------------------------------------------------------------------------------------------
 */

/* A struct ocpp_digest is an EVP_MD_CTX. */
static EVP_MD_CTX *context_of(struct ocpp_digest *digest)
{
    return (EVP_MD_CTX *)(void *)digest;
}

enum ocpp_status crypto_digest_begin(enum ocpp_hash algorithm, struct ocpp_digest **digest, void *user)
{
    (void)user;
    const EVP_MD *md = crypto_md(algorithm);
    if (md == NULL)
        return OCPP_ERR_ARGUMENT;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL)
        return OCPP_ERR_NOMEM;
    if (EVP_DigestInit_ex(context, md, NULL) != 1) {
        EVP_MD_CTX_free(context);
        return crypto_trouble();
    }
    *digest = (struct ocpp_digest *)(void *)context;
    return OCPP_OK;
}

enum ocpp_status crypto_digest_add(struct ocpp_digest *digest, const void *bytes, size_t size, void *user)
{
    (void)user;
    return EVP_DigestUpdate(context_of(digest), bytes, size) == 1 ? OCPP_OK : crypto_trouble();
}

enum ocpp_status crypto_digest_end(struct ocpp_digest *digest, unsigned char bytes[OCPP_DIGEST_SIZE], size_t *size, void *user)
{
    (void)user;
    unsigned int length = 0;
    const bool ended = EVP_DigestFinal_ex(context_of(digest), bytes, &length) == 1;
    EVP_MD_CTX_free(context_of(digest));
    if (!ended)
        return crypto_trouble();
    *size = length;
    return OCPP_OK;
}

void crypto_digest_drop(struct ocpp_digest *digest, void *user)
{
    (void)user;
    EVP_MD_CTX_free(context_of(digest));
}

/* --- public keys ---------------------------------------------------------------------------------------------------------------
 */

static const int curve_nids[] = {
    [OCPP_CURVE_OF_THE_KEY] = NID_undef,
    [OCPP_CURVE_SECP192K1] = NID_secp192k1,
    [OCPP_CURVE_SECP192R1] = NID_X9_62_prime192v1,
    [OCPP_CURVE_SECP256K1] = NID_secp256k1,
    [OCPP_CURVE_SECP256R1] = NID_X9_62_prime256v1,
    [OCPP_CURVE_SECP384R1] = NID_secp384r1,
    [OCPP_CURVE_SECP521R1] = NID_secp521r1,
    [OCPP_CURVE_BRAINPOOLP256R1] = NID_brainpoolP256r1,
    [OCPP_CURVE_BRAINPOOLP384R1] = NID_brainpoolP384r1,
    [OCPP_CURVE_BRAINPOOLP512R1] = NID_brainpoolP512r1,
};

enum { POINT_LIMIT = 1 + 2 * 66 };

static EVP_PKEY *key_of_params(OSSL_PARAM *params)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    return key;
}

/* An even number of bytes is x and y alone: an encoded point has one more. */
static EVP_PKEY *key_of_point(const struct ocpp_public_key *from)
{
    unsigned char point[POINT_LIMIT] = { 4 };
    const size_t skip = from->size % 2 == 0 ? 1 : 0;
    const char *curve = OBJ_nid2sn(curve_nids[from->curve]);
    if (from->curve == OCPP_CURVE_OF_THE_KEY || from->size == 0 || from->size + skip > sizeof point)
        return NULL;
    memcpy(point + skip, from->bytes, from->size);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    if (builder != NULL && OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, from->size + skip) == 1)
        params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *key = params != NULL ? key_of_params(params) : NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

static EVP_PKEY *key_of_der(const struct ocpp_public_key *from)
{
    const unsigned char *at = from->bytes;
    if (from->size > OCPP_PEM_SIZE)
        return NULL;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)from->size);
    if (key != NULL && at != (const unsigned char *)from->bytes + from->size) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

static EVP_PKEY *key_of_certificate(const struct ocpp_public_key *from, size_t limit)
{
    enum ocpp_certificate_fault fault;
    STACK_OF(X509) * chain;
    if (crypto_parse_chain(from->bytes, from->size, limit, &chain, &fault) != OCPP_OK)
        return NULL;
    EVP_PKEY *key = X509_get_pubkey(sk_X509_value(chain, 0));
    crypto_free_chain(chain);
    return key;
}

static bool is_on_curve(const EVP_PKEY *key, enum ocpp_curve curve)
{
    char name[64];
    int is_explicit = 0;
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
        return curve == OCPP_CURVE_OF_THE_KEY;
    if (EVP_PKEY_get_group_name(key, name, sizeof name, NULL) != 1 ||
        (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) == 1 && is_explicit != 0))
        return false;
    return curve == OCPP_CURVE_OF_THE_KEY || OBJ_sn2nid(name) == curve_nids[curve];
}

static EVP_PKEY *read_key(const struct ocpp_public_key *from, size_t limit)
{
    EVP_PKEY *key = from->form == OCPP_PUBLIC_KEY_DER           ? key_of_der(from)
                    : from->form == OCPP_PUBLIC_KEY_CERTIFICATE ? key_of_certificate(from, limit)
                                                                : key_of_point(from);
    if (key == NULL || is_on_curve(key, from->curve))
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

/* --- signatures
 * ------------------------------------------------------------------------------------------------------------------- */

static bool set_padding(EVP_PKEY_CTX *context, const EVP_MD *md, int padding)
{
    if (padding == RSA_PKCS1_PSS_PADDING)
        return EVP_PKEY_CTX_set_rsa_padding(context, padding) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_AUTO) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(context, padding) == 1;
}

/* |padding| 0: not RSA. */
static bool verifies(EVP_PKEY *key, int padding, const EVP_MD *md, const unsigned char *digest, const void *signature,
                     size_t signature_size)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    const bool does = context != NULL && EVP_PKEY_verify_init(context) == 1 &&
                      (padding == 0 || set_padding(context, md, padding)) && EVP_PKEY_CTX_set_signature_md(context, md) == 1 &&
                      EVP_PKEY_verify(context, signature, signature_size, digest, (size_t)EVP_MD_get_size(md)) == 1;
    EVP_PKEY_CTX_free(context);
    return does;
}

static bool is_signed_by(const struct crypto_openssl *crypto, EVP_PKEY *key, const EVP_MD *md, const unsigned char *digest,
                         const void *signature, size_t size)
{
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
        return verifies(key, 0, md, digest, signature, size);
    case EVP_PKEY_RSA_PSS:
        return verifies(key, RSA_PKCS1_PSS_PADDING, md, digest, signature, size);
    case EVP_PKEY_RSA:
        return verifies(key, RSA_PKCS1_PSS_PADDING, md, digest, signature, size) ||
               (crypto->accept_pkcs1 && verifies(key, RSA_PKCS1_PADDING, md, digest, signature, size));
    default:
        return false;
    }
}

enum ocpp_status crypto_verify(const struct ocpp_public_key *key, enum ocpp_hash algorithm, const unsigned char *digest,
                               const void *signature, size_t signature_size, enum ocpp_certificate_fault *fault, void *user)
{
    const struct crypto_openssl *crypto = user;
    const EVP_MD *md = crypto_md(algorithm);
    if (md == NULL || (unsigned)key->form > OCPP_PUBLIC_KEY_POINT || (unsigned)key->curve > OCPP_CURVE_BRAINPOOLP512R1)
        return OCPP_ERR_ARGUMENT;
    EVP_PKEY *public_key = read_key(key, crypto->contract.max_chain_bytes);
    if (public_key == NULL)
        *fault = OCPP_CERTIFICATE_UNREADABLE;
    else
        *fault = is_signed_by(crypto, public_key, md, digest, signature, signature_size) ? OCPP_CERTIFICATE_GOOD
                                                                                         : OCPP_CERTIFICATE_BAD_SIGNATURE;
    EVP_PKEY_free(public_key);
    ERR_clear_error();
    return *fault == OCPP_CERTIFICATE_GOOD ? OCPP_OK : OCPP_ERR_VALUE;
}
