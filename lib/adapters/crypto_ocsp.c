/* crypto_ocsp.c: answers about revocation that somebody else fetched (M06; RFC 6960 4.2). */
#include "crypto_openssl.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <time.h>

/* OCSP_LIMIT: the standard lets an answer be 5,500 characters of base64. SKEW_MS: how far clocks may be apart. */
enum { OCSP_LIMIT = 16 * 1024, SKEW_MS = 5 * 60 * 1000 };

struct question {
    X509 *certificate;
    X509 *issuer;
    int64_t utc_ms;
};

/* A store in which the issuer alone is trusted. */
static X509_STORE *make_store(const struct question *question)
{
    X509_STORE *store = X509_STORE_new();
    if (store == NULL || X509_STORE_add_cert(store, question->issuer) != 1) {
        X509_STORE_free(store);
        return NULL;
    }
    (void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    if (question->utc_ms == OCPP_UTC_UNKNOWN)
        (void)X509_STORE_set_flags(store, X509_V_FLAG_NO_CHECK_TIME);
    else
        X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)(question->utc_ms / 1000));
    return store;
}

/* The issuer signed it, or one whom the issuer lets answer. */
static bool is_signed(OCSP_BASICRESP *answer, const struct question *question)
{
    X509_STORE *store = make_store(question);
    STACK_OF(X509) *signers = sk_X509_new_null();
    const bool is = store != NULL && signers != NULL && sk_X509_push(signers, question->issuer) > 0 &&
                    OCSP_basic_verify(answer, signers, store, OCSP_TRUSTOTHER) == 1;
    sk_X509_free(signers);
    X509_STORE_free(store);
    return is;
}

/* Whether |single| is about the certificate, in the hash the responder chose. */
static bool is_about(const OCSP_SINGLERESP *single, const struct question *question)
{
    const OCSP_CERTID *named = OCSP_SINGLERESP_get0_id(single);
    ASN1_OBJECT *algorithm;
    OCSP_CERTID *copy = OCSP_CERTID_dup(named);
    if (copy == NULL || OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, copy) != 1) {
        OCSP_CERTID_free(copy);
        return false;
    }
    const EVP_MD *md = EVP_get_digestbyobj(algorithm);
    OCSP_CERTID *wanted = md != NULL ? OCSP_cert_to_id(md, question->certificate, question->issuer) : NULL;
    const bool is = wanted != NULL && OCSP_id_cmp(copy, wanted) == 0;
    OCSP_CERTID_free(wanted);
    OCSP_CERTID_free(copy);
    return is;
}

static bool in_time(int64_t utc_ms, const ASN1_GENERALIZEDTIME *this_update, const ASN1_GENERALIZEDTIME *next_update,
                    int64_t *next_update_utc_ms)
{
    int64_t from;
    int64_t until = OCPP_UTC_UNKNOWN;
    if (!crypto_utc_ms(this_update, &from) || (next_update != NULL && !crypto_utc_ms(next_update, &until)))
        return false;
    *next_update_utc_ms = until;
    if (utc_ms == OCPP_UTC_UNKNOWN)
        return true;
    return from <= utc_ms + SKEW_MS && (until == OCPP_UTC_UNKNOWN || until >= utc_ms - SKEW_MS);
}

static enum ocpp_status read_answer(OCSP_BASICRESP *answer, const struct question *question, enum ocpp_revocation *revocation,
                                    int64_t *next_update_utc_ms)
{
    if (!is_signed(answer, question))
        return OCPP_ERR_VALUE;
    for (int i = 0; i < OCSP_resp_count(answer); i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(answer, i);
        ASN1_GENERALIZEDTIME *this_update = NULL;
        ASN1_GENERALIZEDTIME *next_update = NULL;
        int64_t until;
        if (!is_about(single, question))
            continue;
        const int status = OCSP_single_get0_status(single, NULL, NULL, &this_update, &next_update);
        if (!in_time(question->utc_ms, this_update, next_update, &until))
            return OCPP_ERR_VALUE;
        *revocation = status == V_OCSP_CERTSTATUS_GOOD      ? OCPP_REVOCATION_GOOD
                      : status == V_OCSP_CERTSTATUS_REVOKED ? OCPP_REVOCATION_REVOKED
                                                            : OCPP_REVOCATION_UNKNOWN;
        *next_update_utc_ms = until;
        return OCPP_OK;
    }
    return OCPP_ERR_VALUE;
}

static OCSP_BASICRESP *parse(const void *der, size_t size)
{
    const unsigned char *at = der;
    OCSP_RESPONSE *response = size <= OCSP_LIMIT ? d2i_OCSP_RESPONSE(NULL, &at, (long)size) : NULL;
    OCSP_BASICRESP *answer = NULL;
    if (response != NULL && at == (const unsigned char *)der + size &&
        OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
        answer = OCSP_response_get1_basic(response);
    OCSP_RESPONSE_free(response);
    return answer;
}

enum ocpp_status crypto_read_ocsp(const void *der, size_t der_size, const char *pem, size_t size, size_t index, uint32_t roots,
                                  int64_t utc_ms, enum ocpp_revocation *revocation, int64_t *next_update_utc_ms, void *user)
{
    struct crypto_openssl *crypto = user;
    enum ocpp_certificate_fault fault;
    STACK_OF(X509) * chain;
    struct crypto_root *list;
    size_t count;
    enum ocpp_status status = crypto_parse_chain(pem, size, crypto->contract.max_chain_bytes, &chain, &fault);
    if (status != OCPP_OK)
        return status;
    status = index < (size_t)sk_X509_num(chain) ? crypto_load_roots(crypto, roots, &list, &count) : OCPP_ERR_VALUE;
    if (status != OCPP_OK) {
        crypto_free_chain(chain);
        return status;
    }
    const struct question question = { .certificate = sk_X509_value(chain, (int)index),
                                       .issuer = crypto_issuer_of(chain, index, list, count),
                                       .utc_ms = utc_ms };
    OCSP_BASICRESP *answer = question.issuer != NULL ? parse(der, der_size) : NULL;
    if (question.issuer == NULL)
        status = OCPP_ERR_STATE;
    else
        status = answer != NULL ? read_answer(answer, &question, revocation, next_update_utc_ms) : OCPP_ERR_VALUE;
    OCSP_BASICRESP_free(answer);
    crypto_free_roots(list, count);
    crypto_free_chain(chain);
    ERR_clear_error();
    return status;
}
