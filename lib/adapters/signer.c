/* signer.c: an authority's certificate and key out of two files, and what it signs. Whether it signs is in signer_check.c. */
#include "adapter_support.h"
#include "signer_internal.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { A_YEAR_S = 365 * 86400, EARLIER_S = 3600, SERIAL_BYTES = 16, FILE_LIMIT = 64 * 1024 };

struct ocpp_signer {
    STACK_OF(X509) * chain; /* the authority, and those above it */
    EVP_PKEY *key;
    int64_t valid_s;
    struct ocpp_log log;
};

/* --- the files ------------------------------------------------------------------------------------------------------------- */

/* The whole file, terminated; NULL: it cannot be read, or is too large. Give it back with crypto_forget(). */
static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(FILE_LIMIT + 1) : NULL;
    bool is_whole = false;

    if (text) {
        *size = fread(text, 1, FILE_LIMIT + 1, file);
        is_whole = !ferror(file) && *size <= FILE_LIMIT;
        text[is_whole ? *size : 0] = '\0';
    }
    if (file) {
        (void)fclose(file);
    }
    if (text && !is_whole) {
        crypto_forget(text, FILE_LIMIT + 1);
        text = NULL;
    }
    return text;
}

static bool read_chain(struct ocpp_signer *signer, const char *path)
{
    enum ocpp_certificate_fault fault;
    size_t size;
    char *text = read_file(path, &size);
    const bool is = text && crypto_parse_chain(text, size, FILE_LIMIT, &signer->chain, &fault) == OCPP_OK;

    crypto_forget(text, text ? size : 0);
    return is;
}

static bool read_key(struct ocpp_signer *signer, const char *path)
{
    size_t size;
    char *text = read_file(path, &size);

    signer->key = text ? crypto_parse_key(text, size) : NULL;
    crypto_forget(text, text ? size : 0);
    return signer->key;
}

/* A root is not sent: who trusts it has it. */
static void drop_root(struct ocpp_signer *signer)
{
    while (sk_X509_num(signer->chain) > 1 && crypto_signs_itself(sk_X509_value(signer->chain, sk_X509_num(signer->chain) - 1))) {
        X509_free(sk_X509_pop(signer->chain));
    }
}

/* Why it cannot sign; NULL: it can. */
static const char *lack_of(const struct ocpp_signer *signer)
{
    X509 *authority = sk_X509_value(signer->chain, 0);
    const bool is_pair = X509_check_private_key(authority, signer->key) == 1;
    const bool may_sign = X509_check_ca(authority) == 1 && (X509_get_key_usage(authority) & KU_KEY_CERT_SIGN) != 0;
    const bool is_weak = crypto_is_weak(authority);

    ERR_clear_error();
    return !is_pair    ? "key and certificate do not belong together"
           : !may_sign ? "it is no authority"
           : is_weak   ? "it is weak"
                       : NULL;
}

struct ocpp_signer *ocpp_signer_open(const struct ocpp_signer_settings *settings)
{
    struct ocpp_signer *signer = calloc(1, sizeof *signer);
    const char *lack = NULL;

    if (!signer) {
        return NULL;
    }
    signer->valid_s = settings->valid_s > 0 ? settings->valid_s : A_YEAR_S;
    signer->log = settings->log;
    if (!read_chain(signer, settings->certificate_file)) {
        lack = "its certificate cannot be read";
    } else if (!read_key(signer, settings->key_file)) {
        lack = "its key cannot be read";
    } else {
        lack = lack_of(signer);
    }
    if (lack) {
        adapter_log(&settings->log, OCPP_LOG_ERROR, "the authority in %s cannot sign: %s", settings->certificate_file, lack);
        ocpp_signer_close(signer);
        return NULL;
    }
    drop_root(signer);
    return signer;
}

void ocpp_signer_close(struct ocpp_signer *signer)
{
    if (signer) {
        crypto_free_chain(signer->chain);
        EVP_PKEY_free(signer->key);
        free(signer);
    }
}

/* --- the certificate ---------------------------------------------------------------------------------------------------------
 */

/* 127 random bits, and never 0: RFC 5280, 4.1.2.2 wants it positive. */
static bool set_serial(X509 *certificate)
{
    unsigned char bytes[SERIAL_BYTES];

    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        return false;
    }
    bytes[0] = (unsigned char)((bytes[0] & 0x7F) | 0x40);
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    const bool is_set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return is_set;
}

/* Never longer than the authority itself, nor before it. */
static bool set_dates(X509 *certificate, X509 *authority, int64_t now_utc_ms, int64_t valid_s)
{
    time_t from = (time_t)(now_utc_ms / 1000 - EARLIER_S);
    time_t until = (time_t)(now_utc_ms / 1000 + valid_s);
    const ASN1_TIME *first = X509_get0_notBefore(authority);
    const ASN1_TIME *last = X509_get0_notAfter(authority);
    const bool starts_later = X509_cmp_time(first, &from) > 0;
    const bool ends_earlier = X509_cmp_time(last, &until) < 0;

    return (starts_later ? X509_set1_notBefore(certificate, first) == 1
                         : ASN1_TIME_set(X509_getm_notBefore(certificate), from) != NULL) &&
           (ends_earlier ? X509_set1_notAfter(certificate, last) == 1
                         : ASN1_TIME_set(X509_getm_notAfter(certificate), until) != NULL);
}

static bool add_extension(X509 *certificate, X509V3_CTX *context, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
    const bool is_added = extension && X509_add_ext(certificate, extension, -1) == 1;

    X509_EXTENSION_free(extension);
    return is_added;
}

static bool add_extensions(X509 *certificate, X509 *authority, bool for_vehicles)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, authority, certificate, NULL, NULL, 0);
    return add_extension(certificate, &context, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, &context, NID_key_usage,
                         for_vehicles ? "critical,digitalSignature,keyAgreement" : "critical,digitalSignature") &&
           add_extension(certificate, &context, NID_subject_key_identifier, "hash") &&
           add_extension(certificate, &context, NID_authority_key_identifier, "keyid:always");
}

/* SHA-256 or what the key is as strong as; RSA signs with PSS (A00.FR.505, FR.506). */
static bool sign(X509 *certificate, EVP_PKEY *key)
{
    const bool is_rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
    const bool names_digest = is_rsa || EVP_PKEY_get_base_id(key) == EVP_PKEY_EC || EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS;
    const EVP_MD *md = !names_digest ? NULL : EVP_PKEY_get_security_bits(key) > 128 && !is_rsa ? EVP_sha384() : EVP_sha256();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL;
    bool is_signed = context && EVP_DigestSignInit(context, &how, md, NULL, key) == 1;

    if (is_signed && is_rsa) {
        is_signed = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
                    EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    is_signed = is_signed && X509_sign_ctx(certificate, context) > 0;
    EVP_MD_CTX_free(context);
    return is_signed;
}

/* NULL: OpenSSL failed. */
static X509 *make_certificate(const struct ocpp_signer *signer, X509_REQ *csr, const struct ocpp_signer_request *request)
{
    X509 *authority = sk_X509_value(signer->chain, 0);
    X509 *certificate = X509_new();
    const bool is_made = certificate && X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
                         X509_set_subject_name(certificate, X509_REQ_get_subject_name(csr)) == 1 &&
                         X509_set_issuer_name(certificate, X509_get_subject_name(authority)) == 1 &&
                         X509_set_pubkey(certificate, X509_REQ_get0_pubkey(csr)) == 1 &&
                         set_dates(certificate, authority, request->now_utc_ms, signer->valid_s) &&
                         add_extensions(certificate, authority, request->for_vehicles) && sign(certificate, signer->key);

    if (!is_made) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

/* The leaf, and the authorities below the root. */
static enum ocpp_status hand_out(const struct ocpp_signer *signer, X509 *leaf, char *chain, size_t room, size_t *size)
{
    BIO *bio = BIO_new(BIO_s_mem());
    bool printed = bio && PEM_write_bio_X509(bio, leaf) == 1;

    for (int i = 0; printed && i < sk_X509_num(signer->chain); i++) {
        X509 *next = sk_X509_value(signer->chain, i);
        printed = crypto_signs_itself(next) || PEM_write_bio_X509(bio, next) == 1;
    }
    const enum ocpp_status status = printed ? crypto_hand_out(bio, chain, room, size) : crypto_trouble();
    BIO_free(bio);
    return status;
}

static bool is_valid_at(const struct ocpp_signer *signer, int64_t utc_ms)
{
    return crypto_judge_dates(sk_X509_value(signer->chain, 0), utc_ms) == OCPP_CERTIFICATE_GOOD;
}

enum ocpp_status ocpp_signer_sign(const struct ocpp_signer *signer, const struct ocpp_signer_request *request, char *chain,
                                  size_t room, size_t *size, enum ocpp_certificate_fault *fault)
{
    enum ocpp_status status = OCPP_ERR_VALUE;
    X509_REQ *csr;

    *fault = OCPP_CERTIFICATE_GOOD;
    csr = signer_parse(request, fault);
    if (csr) {
        *fault = signer_judge(csr, request);
    }
    if (csr && *fault == OCPP_CERTIFICATE_GOOD) {
        X509 *leaf = is_valid_at(signer, request->now_utc_ms) ? make_certificate(signer, csr, request) : NULL;
        status = leaf                                       ? hand_out(signer, leaf, chain, room, size)
                 : is_valid_at(signer, request->now_utc_ms) ? crypto_trouble()
                                                            : OCPP_ERR_STATE;
        X509_free(leaf);
    }
    X509_REQ_free(csr);
    return status;
}
