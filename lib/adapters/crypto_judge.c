/* crypto_judge.c: whether certificates are strong, valid now, and lead to a root. OpenSSL walks the chain (RFC 5280, 6) and is
 * let go on after each error, so that the verdict does not hang on the order in which it looks.
 */
#include "crypto_openssl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <time.h>

enum { STRONG_BITS = 112 }; /* A00.FR.501: RSA of 2048 bits, a curve of 224, SHA-224 */

void crypto_worse(enum ocpp_certificate_fault *fault, enum ocpp_certificate_fault found)
{
    if (found != OCPP_CERTIFICATE_GOOD && (*fault == OCPP_CERTIFICATE_GOOD || found < *fault))
        *fault = found;
}

/* --- strength ----------------------------------------------------------------------------------------------------------- */

/* A curve that is spelled out instead of named may be any curve. */
static bool has_strange_curve(const EVP_PKEY *key)
{
    int is_explicit = 0;
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) != 1 || is_explicit != 0);
}

static bool is_known_kind(const EVP_PKEY *key)
{
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
    case EVP_PKEY_EC:
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
        return true;
    default:
        return false;
    }
}

bool crypto_is_strong_key(const EVP_PKEY *key)
{
    return is_known_kind(key) && !has_strange_curve(key) && EVP_PKEY_get_security_bits(key) >= STRONG_BITS;
}

bool crypto_is_weak(X509 *certificate)
{
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    int signature_bits = 0;
    const bool is_strong =
        key != NULL && crypto_is_strong_key(key) &&
        X509_get_signature_info(certificate, NULL, NULL, &signature_bits, NULL) == 1 && signature_bits >= STRONG_BITS;
    ERR_clear_error();
    return !is_strong;
}

bool crypto_signs_itself(X509 *certificate)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    const bool does = key != NULL && X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0 &&
                      X509_verify(certificate, key) == 1;
    ERR_clear_error();
    return does;
}

/* --- dates -------------------------------------------------------------------------------------------------------------- */

/* Days since 1970-01-01 of a date of the Gregorian calendar. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
    const int64_t shifted = month <= 2 ? year - 1 : year; /* the year begins in March */
    const int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    const int64_t year_of_era = shifted - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

bool crypto_utc_ms(const ASN1_TIME *time, int64_t *utc_ms)
{
    struct tm parts;
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
        return false;
    const int64_t days = days_since_1970(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
    *utc_ms = (((days * 24 + parts.tm_hour) * 60 + parts.tm_min) * 60 + parts.tm_sec) * 1000;
    return true;
}

enum ocpp_certificate_fault crypto_judge_dates(const X509 *certificate, int64_t utc_ms)
{
    int64_t from;
    int64_t until;
    if (!crypto_utc_ms(X509_get0_notBefore(certificate), &from) || !crypto_utc_ms(X509_get0_notAfter(certificate), &until))
        return OCPP_CERTIFICATE_UNREADABLE;
    if (utc_ms == OCPP_UTC_UNKNOWN)
        return OCPP_CERTIFICATE_TIME_UNKNOWN;
    if (utc_ms < from)
        return OCPP_CERTIFICATE_NOT_YET_VALID;
    return utc_ms > until + 999 ? OCPP_CERTIFICATE_EXPIRED : OCPP_CERTIFICATE_GOOD; /* the last second counts */
}

/* --- the chain ------------------------------------------------------------------------------------------------------------ */

static enum ocpp_certificate_fault fault_of(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
        return OCPP_CERTIFICATE_NOT_YET_VALID;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        return OCPP_CERTIFICATE_EXPIRED;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_CERT_UNTRUSTED:
        return OCPP_CERTIFICATE_NO_ROOT;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
        return OCPP_CERTIFICATE_BAD_SIGNATURE;
    case X509_V_ERR_CERT_REVOKED:
        return OCPP_CERTIFICATE_REVOKED;
    case X509_V_OK:
        return OCPP_CERTIFICATE_GOOD;
    default:
        return OCPP_CERTIFICATE_WRONG_USE;
    }
}

struct verdict_of_chain {
    enum ocpp_certificate_fault fault;
    bool no_memory;
};

static int note_error(int ok, X509_STORE_CTX *context)
{
    struct verdict_of_chain *verdict = X509_STORE_CTX_get_app_data(context);
    const int error = X509_STORE_CTX_get_error(context);
    if (ok == 1)
        return 1;
    verdict->no_memory |= error == X509_V_ERR_OUT_OF_MEM;
    crypto_worse(&verdict->fault, fault_of(error));
    return 1; /* go on: |verdict| has it */
}

/* A store that trusts the roots of |roots|, and knows what was revoked. A newest root that another signed is trusted as it stands
 * (1.6 whitepaper 7.1). */
static enum ocpp_status make_store(struct crypto_openssl *crypto, uint32_t roots, int64_t utc_ms, X509_STORE **result)
{
    struct crypto_root *list;
    size_t count;
    enum ocpp_status status = crypto_load_roots(crypto, roots, &list, &count);
    if (status != OCPP_OK)
        return status;
    X509_STORE *store = X509_STORE_new();
    if (store == NULL)
        status = OCPP_ERR_NOMEM;
    for (size_t i = 0; i < count && status == OCPP_OK; i++)
        status = X509_STORE_add_cert(store, list[i].certificate) == 1 ? OCPP_OK : OCPP_ERR_NOMEM;
    crypto_free_roots(list, count);
    if (status == OCPP_OK)
        status = crypto_add_crls(crypto, store);
    if (status != OCPP_OK) {
        X509_STORE_free(store);
        return status;
    }
    X509_VERIFY_PARAM *rules = X509_STORE_get0_param(store);
    (void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    if (utc_ms == OCPP_UTC_UNKNOWN)
        (void)X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
    else
        X509_VERIFY_PARAM_set_time(rules, (time_t)(utc_ms / 1000));
    X509_VERIFY_PARAM_set_depth(rules, OCPP_CHAIN_LENGTH);
    *result = store;
    return OCPP_OK;
}

static void judge_path(const STACK_OF(X509) * path, enum ocpp_certificate_fault *fault)
{
    for (int i = 0; i < sk_X509_num(path); i++) {
        if (crypto_is_weak(sk_X509_value(path, i)))
            crypto_worse(fault, OCPP_CERTIFICATE_WEAK);
    }
    if ((X509_get_key_usage(sk_X509_value(path, 0)) & KU_DIGITAL_SIGNATURE) == 0)
        crypto_worse(fault, OCPP_CERTIFICATE_WRONG_USE);
}

static enum ocpp_status verify(X509_STORE_CTX *context, X509_STORE *store, STACK_OF(X509) * chain, STACK_OF(X509) * *path,
                               enum ocpp_certificate_fault *fault)
{
    struct verdict_of_chain verdict = { .fault = *fault };
    if (X509_STORE_CTX_init(context, store, sk_X509_value(chain, 0), chain) != 1)
        return OCPP_ERR_NOMEM;
    X509_STORE_CTX_set_verify_cb(context, note_error);
    (void)X509_STORE_CTX_set_app_data(context, &verdict);
    if (X509_verify_cert(context) != 1)
        crypto_worse(&verdict.fault, OCPP_CERTIFICATE_NO_ROOT);
    if (verdict.no_memory)
        return OCPP_ERR_NOMEM;
    const STACK_OF(X509) *walked = X509_STORE_CTX_get0_chain(context);
    if (walked == NULL || sk_X509_num(walked) == 0)
        crypto_worse(&verdict.fault, OCPP_CERTIFICATE_NO_ROOT);
    else
        judge_path(walked, &verdict.fault);
    *fault = verdict.fault;
    if (*fault != OCPP_CERTIFICATE_GOOD)
        return OCPP_ERR_VALUE;
    if (path == NULL)
        return OCPP_OK;
    *path = X509_STORE_CTX_get1_chain(context);
    return *path != NULL ? OCPP_OK : OCPP_ERR_NOMEM;
}

enum ocpp_status crypto_judge_chain(struct crypto_openssl *crypto, STACK_OF(X509) * chain, uint32_t roots, int64_t utc_ms,
                                    STACK_OF(X509) * *path, enum ocpp_certificate_fault *fault)
{
    X509_STORE *store;
    enum ocpp_status status = make_store(crypto, roots, utc_ms, &store);
    if (status != OCPP_OK)
        return status;
    *fault = utc_ms == OCPP_UTC_UNKNOWN ? OCPP_CERTIFICATE_TIME_UNKNOWN : OCPP_CERTIFICATE_GOOD;
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    status = context != NULL ? verify(context, store, chain, path, fault) : OCPP_ERR_NOMEM;
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    ERR_clear_error();
    return status;
}
