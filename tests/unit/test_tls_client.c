/* How a client of ours judges a server: names and promises, in handshakes that leave no memory, and what each failure amounts to.
 * Servers over real sockets: tests/adapters/ws_client_tls.py. */
#include "tls_client.h"
#include "tls_context.h"
#include "unit.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

struct made {
    X509 *certificate;
    EVP_PKEY *key;
};

struct meeting {
    struct ocpp_tls_expectation expected;
    struct ocpp_tls_report report;
    bool is_dateless; /* we do not know the date */
    long ago_s;       /* by our date, which is not the operating system's; 0: it is */
    long said_ago_s;  /* the server's answer about its revocation is so old, and held for ten minutes */
};

/* --- certificates
 * ---------------------------------------------------------------------------------------------------------------- */

static void extend(X509 *certificate, int kind, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

/* |issuer| NULL: it signs itself. |names|, |features|: extensions; NULL: none. */
static struct made make(const char *name, const char *names, const char *features, const struct made *issuer)
{
    struct made made = { .certificate = X509_new(), .key = EVP_EC_gen("P-256") };
    X509_NAME *subject = X509_get_subject_name(made.certificate);
    assert_int_equal(X509_set_version(made.certificate, 2), 1);
    ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), issuer == NULL ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(made.certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.certificate), 3600);
    assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0), 1);
    assert_int_equal(
        X509_set_issuer_name(made.certificate, issuer == NULL ? subject : X509_get_subject_name(issuer->certificate)), 1);
    assert_int_equal(X509_set_pubkey(made.certificate, made.key), 1);
    if (issuer == NULL) {
        extend(made.certificate, NID_basic_constraints, "critical,CA:TRUE");
    }
    if (names != NULL) {
        extend(made.certificate, NID_subject_alt_name, names);
    }
    if (features != NULL) {
        extend(made.certificate, NID_tlsfeature, features);
    }
    assert_true(X509_sign(made.certificate, issuer == NULL ? made.key : issuer->key, EVP_sha256()) > 0);
    return made;
}

static void drop(struct made *made)
{
    X509_free(made->certificate);
    EVP_PKEY_free(made->key);
}

/* --- a handshake in memory
 * --------------------------------------------------------------------------------------------------------- */

static struct ocpp_tls_report *find(void *owner, const SSL *ssl, struct ocpp_tls_expectation *expectation)
{
    struct meeting *meeting = owner;
    (void)ssl;
    *expectation = meeting->expected;
    return &meeting->report;
}

static bool shake(SSL *client, SSL *server)
{
    for (int round = 0; round < 20; round++) {
        const int ours = SSL_do_handshake(client);
        const int theirs = SSL_do_handshake(server);
        if (ours == 1 && theirs == 1) {
            return true;
        }
        if (ours != 1 && SSL_get_error(client, ours) == SSL_ERROR_SSL) {
            return false;
        }
    }
    return false;
}

/* What a server brings along: that |leaf| is good, signed by |signer|. */
struct staple {
    const struct made *authority;
    const struct made *leaf;
    const struct made *signer;
    long ago_s;
};

static int bring_staple(SSL *ssl, void *user)
{
    const struct staple *staple = user;
    OCSP_BASICRESP *answer = OCSP_BASICRESP_new();
    ASN1_TIME *from = X509_gmtime_adj(NULL, -60 - staple->ago_s);
    ASN1_TIME *until = X509_gmtime_adj(NULL, 600 - staple->ago_s);
    OCSP_CERTID *named = OCSP_cert_to_id(EVP_sha256(), staple->leaf->certificate, staple->authority->certificate);
    unsigned char *der = NULL;
    assert_non_null(OCSP_basic_add1_status(answer, named, V_OCSP_CERTSTATUS_GOOD, 0, NULL, from, until));
    assert_int_equal(OCSP_basic_sign(answer, staple->signer->certificate, staple->signer->key, EVP_sha256(), NULL, 0), 1);
    OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, answer);
    const int size = i2d_OCSP_RESPONSE(response, &der);
    assert_true(size > 0);
    SSL_set_tlsext_status_ocsp_resp(ssl, der, size); /* owns it */
    OCSP_RESPONSE_free(response);
    OCSP_CERTID_free(named);
    ASN1_TIME_free(until);
    ASN1_TIME_free(from);
    OCSP_BASICRESP_free(answer);
    return SSL_TLSEXT_ERR_OK;
}

/* |signer| NULL: the server brings no answer about its revocation. */
static bool meets_with(struct meeting *meeting, const struct made *authority, const struct made *leaf, const struct made *signer)
{
    struct staple staple = { authority, leaf, signer, meeting->said_ago_s };
    const struct ocpp_tls_watcher watcher = { .find = find, .owner = meeting };
    SSL_CTX *ours = ocpp_tls_client_nothing();
    SSL_CTX *theirs = SSL_CTX_new(TLS_server_method());
    BIO *near = NULL;
    BIO *far = NULL;
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(ours), authority->certificate), 1);
    SSL_CTX_set_verify(ours, SSL_VERIFY_PEER, NULL);
    ocpp_tls_client_watch(ours, &watcher);
    if (meeting->is_dateless) {
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ours), X509_V_FLAG_NO_CHECK_TIME);
    }
    if (meeting->ago_s != 0) {
        X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(ours), time(NULL) - meeting->ago_s);
    }
    assert_int_equal(SSL_CTX_use_certificate(theirs, leaf->certificate), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(theirs, leaf->key), 1);
    if (signer != NULL) {
        (void)SSL_CTX_set_tlsext_status_cb(theirs, bring_staple);
        (void)SSL_CTX_set_tlsext_status_arg(theirs, &staple);
    }
    SSL *client = SSL_new(ours);
    SSL *server = SSL_new(theirs);
    assert_int_equal(BIO_new_bio_pair(&near, 0, &far, 0), 1);
    SSL_set_bio(client, near, near);
    SSL_set_bio(server, far, far);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    meeting->report = (struct ocpp_tls_report){ .verdict = X509_V_OK };
    const bool is_made = shake(client, server);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ours);
    SSL_CTX_free(theirs);
    return is_made;
}

static bool meets(struct meeting *meeting, const struct made *authority, const struct made *leaf)
{
    return meets_with(meeting, authority, leaf, NULL);
}

/* A00.FR.309, FR.412, FR.510, FR.511; 2.0.1 errata 2.62 */
static void a_server_has_the_name_that_was_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        const char *common_name;
        const char *names; /* NULL: none */
        bool is_address;
        bool wildcards;
        bool is_good;
    } rows[] = {
        { "csms.example", "csms.example", NULL, false, false, true },
        { "CSMS.example", "csms.EXAMPLE", NULL, false, false, true },
        { "csms.example", "csms.example", "DNS:other.example", false, false, true },
        { "csms.example", "Operator", "DNS:csms.example", false, false, true },
        { "csms.example", "Operator", "DNS:a.example,DNS:csms.example", false, false, true },
        { "csms.example", "Operator", NULL, false, false, false },
        { "csms.example", "evil.example", "DNS:evil.example", false, false, false },
        { "csms.example", "csms.example.evil.example", NULL, false, false, false },
        { "csms.example", "example", NULL, false, false, false },
        { "csms.example", "*.example", NULL, false, false, false },
        { "csms.example", "x", "DNS:*.example", false, false, false },
        { "csms.cpo.example", "*.cpo.example", NULL, false, true, true },
        { "csms.cpo.example", "x", "DNS:*.cpo.example", false, true, true },
        { "a.csms.cpo.example", "*.cpo.example", NULL, false, true, false },
        { "csms.cpo.example", "c*.cpo.example", NULL, false, true, false },
        { "192.0.2.7", "x", "IP:192.0.2.7", true, false, true },
        { "192.0.2.7", "192.0.2.7", NULL, true, false, true },
        { "192.0.2.7", "x", "IP:192.0.2.8", true, false, false },
        { "2001:db8::7", "x", "IP:2001:db8::7", true, false, true },
    };
    struct made authority = make("authority", NULL, NULL, NULL);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct made leaf = make(rows[i].common_name, rows[i].names, NULL, &authority);
        struct meeting meeting = { .expected = { rows[i].host, rows[i].is_address, rows[i].wildcards } };
        assert_int_equal(meets(&meeting, &authority, &leaf), rows[i].is_good);
        assert_int_equal(meeting.report.verdict, rows[i].is_good ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH);
        if (!rows[i].is_good) {
            assert_int_equal(ocpp_tls_client_failure(&meeting.report), OCPP_CONNECTION_BAD_CERTIFICATE);
        }
        drop(&leaf);
    }
    drop(&authority);
}

static void a_server_of_nobody_we_know_is_refused(void **state)
{
    (void)state;
    struct made authority = make("authority", NULL, NULL, NULL);
    struct made other = make("authority", NULL, NULL, NULL); /* the same name, another key */
    struct made leaf = make("csms.example", NULL, NULL, &other);
    struct meeting meeting = { .expected = { .host = "csms.example" } };
    assert_false(meets(&meeting, &authority, &leaf));
    assert_int_equal(ocpp_tls_client_failure(&meeting.report), OCPP_CONNECTION_BAD_CERTIFICATE);
    drop(&leaf);
    drop(&other);
    drop(&authority);
}

/* RFC 7633: who promises an answer about its revocation and brings none is refused. */
static void a_promise_of_an_answer_about_revocation_is_held(void **state)
{
    (void)state;
    struct made authority = make("authority", NULL, NULL, NULL);
    struct made leaf = make("csms.example", NULL, "status_request", &authority);
    struct meeting meeting = { .expected = { .host = "csms.example" } };
    char words[200];
    assert_false(meets(&meeting, &authority, &leaf));
    assert_true(meeting.report.lacks_staple);
    assert_int_equal(ocpp_tls_client_failure(&meeting.report), OCPP_CONNECTION_BAD_CERTIFICATE);
    ocpp_tls_client_words(&meeting.report, words, sizeof(words));
    assert_non_null(strstr(words, "revocation"));
    drop(&leaf);
    drop(&authority);
}

/* RFC 6960 4.2.2.2: the issuer says it, or whom it named for that; a thief of the server's key cannot say it for himself. */
static void an_answer_about_revocation_is_the_issuers(void **state)
{
    (void)state;
    struct made authority = make("authority", NULL, NULL, NULL);
    struct made leaf = make("csms.example", NULL, "status_request", &authority);
    struct made other = make("other.example", NULL, NULL, &authority);
    struct meeting meeting = { .expected = { .host = "csms.example" } };
    assert_true(meets_with(&meeting, &authority, &leaf, &authority));
    assert_false(meets_with(&meeting, &authority, &leaf, &leaf));
    assert_true(meeting.report.lacks_staple);
    assert_false(meets_with(&meeting, &authority, &leaf, &other));
    assert_true(meeting.report.lacks_staple);
    drop(&other);
    drop(&leaf);
    drop(&authority);
}

/* A board that lost its calendar learns the date over this very connection, and one whose date came from elsewhere goes by that.
 */
static void an_answer_about_revocation_is_judged_at_our_date(void **state)
{
    (void)state;
    struct made authority = make("authority", NULL, NULL, NULL);
    struct made leaf = make("csms.example", NULL, "status_request", &authority);
    struct meeting meeting = { .expected = { .host = "csms.example" }, .said_ago_s = 3000 };
    assert_false(meets_with(&meeting, &authority, &leaf, &authority)); /* it is old */
    meeting.is_dateless = true;
    assert_true(meets_with(&meeting, &authority, &leaf, &authority));
    meeting.is_dateless = false;
    meeting.ago_s = 3000;
    assert_true(meets_with(&meeting, &authority, &leaf, &authority));
    meeting.said_ago_s = 0;
    assert_false(meets_with(&meeting, &authority, &leaf, &authority)); /* from the future */
    drop(&leaf);
    drop(&authority);
}

/* A00.FR.310, FR.316, FR.323 */
static void each_failure_has_its_meaning(void **state)
{
    (void)state;
    static const struct {
        struct ocpp_tls_report report;
        enum ocpp_connection_failure failure;
    } rows[] = {
        { { .verdict = X509_V_ERR_CERT_HAS_EXPIRED }, OCPP_CONNECTION_BAD_CERTIFICATE },
        { { .is_revoked = true }, OCPP_CONNECTION_BAD_CERTIFICATE },
        { { .alert = SSL_AD_PROTOCOL_VERSION }, OCPP_CONNECTION_TLS_VERSION },
        { { .alert = SSL_AD_PROTOCOL_VERSION, .was_sent = true }, OCPP_CONNECTION_TLS_VERSION },
        { { .alert = SSL_AD_HANDSHAKE_FAILURE, .is_before_hello = true }, OCPP_CONNECTION_TLS_CIPHER },
        { { .alert = SSL_AD_INSUFFICIENT_SECURITY }, OCPP_CONNECTION_TLS_CIPHER },
        { { .alert = SSL_AD_ILLEGAL_PARAMETER, .was_sent = true }, OCPP_CONNECTION_TLS_CIPHER },
        { { .alert = SSL_AD_ILLEGAL_PARAMETER }, OCPP_CONNECTION_TLS_FAILED },
        { { .alert = SSL_AD_HANDSHAKE_FAILURE }, OCPP_CONNECTION_CERTIFICATE_REFUSED },
        { { .alert = SSL_AD_UNKNOWN_CA }, OCPP_CONNECTION_CERTIFICATE_REFUSED },
        { { .alert = SSL_AD_CERTIFICATE_EXPIRED }, OCPP_CONNECTION_CERTIFICATE_REFUSED },
        { { .alert = SSL_AD_CERTIFICATE_REQUIRED, .is_finished = true }, OCPP_CONNECTION_CERTIFICATE_REFUSED },
        { { .alert = SSL_AD_DECODE_ERROR }, OCPP_CONNECTION_TLS_FAILED },
        { { .alert = 0 }, OCPP_CONNECTION_TLS_FAILED },
        { { .is_finished = true }, OCPP_CONNECTION_UNREACHABLE },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char words[200] = "?";
        assert_int_equal(ocpp_tls_client_failure(&rows[i].report), rows[i].failure);
        ocpp_tls_client_words(&rows[i].report, words, sizeof(words));
        assert_int_equal(words[0] == '\0', rows[i].failure == OCPP_CONNECTION_UNREACHABLE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_has_the_name_that_was_asked_for),
        cmocka_unit_test(a_server_of_nobody_we_know_is_refused),
        cmocka_unit_test(a_promise_of_an_answer_about_revocation_is_held),
        cmocka_unit_test(an_answer_about_revocation_is_the_issuers),
        cmocka_unit_test(an_answer_about_revocation_is_judged_at_our_date),
        cmocka_unit_test(each_failure_has_its_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
