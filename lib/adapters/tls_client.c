/* tls_client.c: servers judged, and failures named: see tls_client.h. */
#include "tls_client.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TLS_FEATURE_STATUS_REQUEST = 5 }; /* RFC 7633 */

static const struct ocpp_tls_watcher *watcher_of(const SSL *ssl)
{
    return SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
}

static struct ocpp_tls_report *report_of(const SSL *ssl, struct ocpp_tls_expectation *expectation)
{
    const struct ocpp_tls_watcher *watcher = watcher_of(ssl);
    return watcher == NULL ? NULL : watcher->find(watcher->owner, ssl, expectation);
}

/* --- the certificate ---------------------------------------------------------------------------------------------------------
 */

/* The standard wants the name in the common name; where a server has several, in the alternative names (A00.FR.510, FR.511). Each
 * is good, in full; a wildcard only where that was allowed. */
static bool is_named(X509 *certificate, const struct ocpp_tls_expectation *expected)
{
    const unsigned strict = X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS;
    const unsigned lenient = X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    if (expected->is_address && X509_check_ip_asc(certificate, expected->host, 0) == 1)
        return true;
    return X509_check_host(certificate, expected->host, 0, expected->wildcards ? lenient : strict, NULL) == 1;
}

/* libwebsockets wants the name checked in its own way, which knows no addresses. */
static int judge(X509_STORE_CTX *store, void *unused)
{
    (void)unused;
    struct ocpp_tls_expectation expected = { .host = "" };
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct ocpp_tls_report *report = report_of(ssl, &expected);
    (void)X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(store), NULL, 0);
    int is_good = report != NULL && X509_verify_cert(store) == 1;
    if (is_good && !is_named(X509_STORE_CTX_get0_cert(store), &expected)) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
        is_good = 0;
    }
    if (!is_good && X509_STORE_CTX_get_error(store) == X509_V_OK)
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    if (report != NULL)
        report->verdict = X509_STORE_CTX_get_error(store);
    return is_good;
}

/* --- revocation ---------------------------------------------------------------------------------------------------------------
 */

static bool promises_staple(const X509 *certificate)
{
    bool does = false;
    TLS_FEATURE *features = X509_get_ext_d2i(certificate, NID_tlsfeature, NULL, NULL);
    for (int i = 0; i < sk_ASN1_INTEGER_num(features); i++)
        does |= ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == TLS_FEATURE_STATUS_REQUEST;
    TLS_FEATURE_free(features);
    return does;
}

static bool is_about(OCSP_CERTID *named, const X509 *certificate, const X509 *issuer)
{
    ASN1_OBJECT *digest = NULL;
    if (OCSP_id_get0_info(NULL, &digest, NULL, NULL, named) != 1)
        return false;
    OCSP_CERTID *own = OCSP_cert_to_id(EVP_get_digestbyobj(digest), certificate, issuer);
    const bool is_same = own != NULL && OCSP_id_cmp(own, named) == 0;
    OCSP_CERTID_free(own);
    return is_same;
}

/* Whether an answer counts at the time the certificates are judged at, which need not be the operating system's; while nobody
 * knows the date, none is old. */
static bool counts_now(SSL *ssl, const ASN1_GENERALIZEDTIME *from, const ASN1_GENERALIZEDTIME *until)
{
    enum { SLACK_S = 300 };
    const X509_VERIFY_PARAM *rules = SSL_get0_param(ssl);
    const unsigned long flags = X509_VERIFY_PARAM_get_flags(rules);
    if ((flags & X509_V_FLAG_NO_CHECK_TIME) != 0)
        return true;
    const time_t now = (flags & X509_V_FLAG_USE_CHECK_TIME) != 0 ? X509_VERIFY_PARAM_get_time(rules) : time(NULL);
    return from != NULL && ASN1_TIME_cmp_time_t(from, now + SLACK_S) <= 0 &&
           (until == NULL || ASN1_TIME_cmp_time_t(until, now - SLACK_S) >= 0);
}

/* What |answer| says of the first of |chain|; V_OCSP_CERTSTATUS_UNKNOWN where nothing. |*is_fresh|: it counts today. */
static int status_in(OCSP_BASICRESP *answer, SSL *ssl, STACK_OF(X509) * chain, bool *is_fresh)
{
    const X509 *certificate = sk_X509_value(chain, 0);
    const X509 *issuer = sk_X509_value(chain, sk_X509_num(chain) > 1 ? 1 : 0);
    for (int i = 0; i < OCSP_resp_count(answer); i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(answer, i);
        ASN1_GENERALIZEDTIME *from = NULL;
        ASN1_GENERALIZEDTIME *until = NULL;
        if (!is_about((OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single), certificate, issuer))
            continue;
        const int status = OCSP_single_get0_status(single, NULL, NULL, &from, &until);
        *is_fresh = counts_now(ssl, from, until);
        return status;
    }
    return V_OCSP_CERTSTATUS_UNKNOWN;
}

/* The issuer signed it, or one whom it lets answer. The chain was verified before; the server itself is not asked, because
 * whoever has stolen its key would say that all is well. */
static bool is_signed(OCSP_BASICRESP *answer, const SSL *ssl, STACK_OF(X509) * chain)
{
    STACK_OF(X509) *signers = sk_X509_dup(chain);
    if (signers != NULL && sk_X509_num(signers) > 1) {
        (void)sk_X509_shift(signers);
    }
    const bool is_theirs =
        signers != NULL && OCSP_basic_verify(answer, signers, SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl)), OCSP_TRUSTOTHER) == 1;
    sk_X509_free(signers);
    return is_theirs;
}

static int read_staple(SSL *ssl, STACK_OF(X509) * chain, const unsigned char *der, long size, bool *is_fresh)
{
    int status = V_OCSP_CERTSTATUS_UNKNOWN;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &der, size);
    OCSP_BASICRESP *answer = response != NULL ? OCSP_response_get1_basic(response) : NULL;
    if (answer != NULL && is_signed(answer, ssl, chain))
        status = status_in(answer, ssl, chain, is_fresh);
    OCSP_BASICRESP_free(answer);
    OCSP_RESPONSE_free(response);
    ERR_clear_error();
    return status;
}

/* An answer that says "revoked" and is signed by who may is believed however old it is. Any other is worth as much as none: who
 * has stolen a key brings none along. */
static int hear_staple(SSL *ssl, void *unused)
{
    (void)unused;
    const unsigned char *der = NULL;
    bool is_fresh = false;
    struct ocpp_tls_expectation expected;
    struct ocpp_tls_report *report = report_of(ssl, &expected);
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &der);
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    if (report == NULL || chain == NULL || sk_X509_num(chain) < 1)
        return 0;
    const int status = size > 0 && der != NULL ? read_staple(ssl, chain, der, size, &is_fresh) : V_OCSP_CERTSTATUS_UNKNOWN;
    report->is_revoked = status == V_OCSP_CERTSTATUS_REVOKED;
    report->lacks_staple = (status != V_OCSP_CERTSTATUS_GOOD || !is_fresh) && promises_staple(sk_X509_value(chain, 0));
    return !report->is_revoked && !report->lacks_staple;
}

/* --- what is told while it happens
 * ----------------------------------------------------------------------------------------------- */

static void hear_alert(const SSL *ssl, int where, int what)
{
    struct ocpp_tls_expectation expected;
    struct ocpp_tls_report *report = (where & (SSL_CB_ALERT | SSL_CB_HANDSHAKE_DONE)) != 0 ? report_of(ssl, &expected) : NULL;
    if (report == NULL)
        return;
    if ((where & SSL_CB_HANDSHAKE_DONE) != 0) {
        report->is_finished = true;
        return;
    }
    if ((what & 0xff) == SSL_AD_CLOSE_NOTIFY)
        return;
    report->alert = what & 0xff;
    report->was_sent = (where & SSL_CB_WRITE) != 0;
    report->is_before_hello = SSL_get_state(ssl) == TLS_ST_CW_CLNT_HELLO || SSL_get_state(ssl) == TLS_ST_BEFORE;
}

void ocpp_tls_client_watch(SSL_CTX *context, const struct ocpp_tls_watcher *watcher)
{
    SSL_CTX_set_app_data(context, (void *)(uintptr_t)watcher);
    SSL_CTX_set_cert_verify_callback(context, judge, NULL);
    (void)SSL_CTX_set_tlsext_status_cb(context, hear_staple);
    SSL_CTX_set_info_callback(context, hear_alert);
}

/* --- what it amounts to
 * ---------------------------------------------------------------------------------------------------------- */

static enum ocpp_connection_failure meaning_of_alert(const struct ocpp_tls_report *report)
{
    switch (report->alert) {
    case SSL_AD_PROTOCOL_VERSION:
        return OCPP_CONNECTION_TLS_VERSION;
    case SSL_AD_INSUFFICIENT_SECURITY:
        return OCPP_CONNECTION_TLS_CIPHER;
    case SSL_AD_ILLEGAL_PARAMETER: /* ours: it chose a suite that was not offered */
        return report->was_sent ? OCPP_CONNECTION_TLS_CIPHER : OCPP_CONNECTION_TLS_FAILED;
    case SSL_AD_HANDSHAKE_FAILURE: /* before its hello it found no suite; behind it, no certificate of ours (TLS 1.2) */
        return report->was_sent || report->is_before_hello ? OCPP_CONNECTION_TLS_CIPHER : OCPP_CONNECTION_CERTIFICATE_REFUSED;
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED:
        return report->was_sent ? OCPP_CONNECTION_BAD_CERTIFICATE : OCPP_CONNECTION_CERTIFICATE_REFUSED;
    default:
        return OCPP_CONNECTION_TLS_FAILED;
    }
}

enum ocpp_connection_failure ocpp_tls_client_failure(const struct ocpp_tls_report *report)
{
    if (report->verdict != X509_V_OK || report->is_revoked || report->lacks_staple)
        return OCPP_CONNECTION_BAD_CERTIFICATE;
    if (report->alert != 0)
        return meaning_of_alert(report);
    return report->is_finished ? OCPP_CONNECTION_UNREACHABLE : OCPP_CONNECTION_TLS_FAILED;
}

void ocpp_tls_client_words(const struct ocpp_tls_report *report, char *words, size_t room)
{
    if (report->verdict != X509_V_OK)
        (void)snprintf(words, room, "its certificate is refused: %s", X509_verify_cert_error_string(report->verdict));
    else if (report->is_revoked)
        (void)snprintf(words, room, "its certificate is refused: it was revoked");
    else if (report->lacks_staple)
        (void)snprintf(words, room, "its certificate is refused: it wants a fresh answer about its revocation and brings none");
    else if (report->alert != 0)
        (void)snprintf(words, room, "%s the handshake: %s", report->was_sent ? "the station ends" : "it refuses",
                       SSL_alert_desc_string_long(report->alert));
    else if (!report->is_finished)
        (void)snprintf(words, room, "no connection: it speaks no TLS, or refuses ours");
    else if (room > 0)
        words[0] = '\0';
}
