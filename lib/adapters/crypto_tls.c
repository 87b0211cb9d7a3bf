/* crypto_tls.c: the station's keys and roots on a context of the WebSocket client. */
#include "crypto_openssl.h"

#include "tls_context.h"

#include <openssl/err.h>
#include <time.h>

static bool is_wanted(const struct ocpp_crypto_tls *tls, const struct crypto_root *list, size_t count, size_t index)
{
    bool has_previous = false;
    for (size_t i = 0; i < count; i++)
        has_previous |= list[i].which == OCPP_PREVIOUS;
    if (list[index].which == OCPP_PREVIOUS)
        return !tls->newest_root_only;
    return !tls->previous_root_only || !has_previous;
}

static enum ocpp_status trust_roots(struct crypto_openssl *crypto, const struct ocpp_crypto_tls *tls, SSL_CTX *context)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    struct crypto_root *list;
    size_t count;
    size_t trusted = 0;
    enum ocpp_status status = crypto_load_roots(crypto, OCPP_ROOT_BIT(OCPP_ROOT_CSMS), &list, &count);
    if (status != OCPP_OK)
        return status;
    for (size_t i = 0; i < count && status == OCPP_OK; i++) {
        if (!is_wanted(tls, list, count, i))
            continue;
        status = X509_STORE_add_cert(store, list[i].certificate) == 1 ? OCPP_OK : OCPP_ERR_NOMEM;
        trusted++;
    }
    crypto_free_roots(list, count);
    if (status != OCPP_OK)
        return status;
    return trusted > 0 ? crypto_add_crls(crypto, store) : OCPP_ERR_TLS;
}

static enum ocpp_status show_certificate(struct crypto_openssl *crypto, enum ocpp_which which, SSL_CTX *context)
{
    struct crypto_own own;
    enum ocpp_status status = crypto_load_own(crypto, OCPP_KEY_STATION, which, &own);
    if (status != OCPP_OK)
        return status;
    X509 *leaf = sk_X509_shift(own.chain);
    if (SSL_CTX_use_certificate(context, leaf) != 1 || SSL_CTX_set1_chain(context, own.chain) != 1 ||
        SSL_CTX_use_PrivateKey(context, own.key) != 1)
        status = OCPP_ERR_TLS;
    X509_free(leaf);
    crypto_free_own(&own);
    return status;
}

/* A newest root that another signed is trusted as it stands: the other may be gone (1.6 whitepaper 7.1). */
static void set_rules(const struct ocpp_crypto_tls *tls, SSL_CTX *context)
{
    X509_VERIFY_PARAM *rules = SSL_CTX_get0_param(context);
    (void)X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    if (tls->utc_ms == OCPP_UTC_UNKNOWN)
        (void)X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
    else
        X509_VERIFY_PARAM_set_time(rules, (time_t)(tls->utc_ms / 1000));
    X509_VERIFY_PARAM_set_depth(rules, OCPP_CHAIN_LENGTH);
    SSL_CTX_set_security_level(context, 2); /* 112 bits, no SHA-1: A00.FR.501 to FR.504 */
    (void)SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION); /* A00.FR.424 */
    (void)SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
}

enum ocpp_status ocpp_crypto_tls_context(const struct ocpp_crypto *contract, const struct ocpp_crypto_tls *tls, SSL_CTX **context)
{
    if (!ocpp_crypto_is_openssl(contract))
        return OCPP_ERR_ARGUMENT;
    struct crypto_openssl *crypto = contract->user;
    SSL_CTX *made = ocpp_tls_client_nothing();
    if (made == NULL)
        return OCPP_ERR_NOMEM;
    set_rules(tls, made);
    enum ocpp_status status = trust_roots(crypto, tls, made);
    if (status == OCPP_OK && tls->with_certificate)
        status = show_certificate(crypto, tls->certificate, made);
    ERR_clear_error();
    if (status == OCPP_OK)
        *context = made;
    else
        SSL_CTX_free(made);
    return status;
}

bool ocpp_crypto_tls_under_newest_root(const struct ocpp_crypto *contract, const SSL *ssl)
{
    const STACK_OF(X509) *path = SSL_get0_verified_chain(ssl);
    struct crypto_root *list;
    size_t count;
    bool under = false;
    if (!ocpp_crypto_is_openssl(contract) || SSL_get_verify_result(ssl) != X509_V_OK ||
        crypto_load_roots(contract->user, OCPP_ROOT_BIT(OCPP_ROOT_CSMS), &list, &count) != OCPP_OK)
        return false;
    for (int i = 0; i < sk_X509_num(path) && !under; i++) {
        for (size_t k = 0; k < count && !under; k++)
            under = list[k].which == OCPP_NEWEST && X509_cmp(list[k].certificate, sk_X509_value(path, i)) == 0;
    }
    crypto_free_roots(list, count);
    return under;
}
