/* The station's keys and roots on a TLS client, shaking hands with a server that OpenSSL makes of files: security profiles 2 and
 * 3, both certificates of a renewal, both roots of a succession (A00, A02, M05).
 */
#include "crypto_openssl.h"
#include "crypto_world.h"
#include "fake_crypto.h"
#include "openssl_shell.h"
#include "unit.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AS_ROOT "basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign,cRLSign"
#define PLAIN   "keyUsage=critical,digitalSignature"

static struct crypto_world world;

/* --- two ends without a network --------------------------------------------------------------------------------------------- */

struct handshake {
    bool is_done;      /* both ends are content */
    bool under_newest; /* the client: */
    long verdict;      /* its verdict on the server */
    char peer[64];     /* the server: the serial number of the client's certificate, "": it showed none */
    int peer_length;   /* certificates the client sent */
};

static void path_of(char *path, size_t room, const char *name)
{
    snprintf(path, room, "%s/%s", world.pki, name);
}

/* A server that shows name.pem (with sub.pem behind it where |with_sub|) and lets anybody in whom it sees. */
static int take_any(int ok, X509_STORE_CTX *context)
{
    (void)ok;
    (void)context;
    return 1;
}

static SSL_CTX *server_of(const char *name, bool with_sub, int version)
{
    char certificates[300];
    char key[300];
    shell(world.pki, "cat %s.pem %s >server.chain", name, with_sub ? "sub.pem" : "");
    path_of(certificates, sizeof certificates, "server.chain");
    path_of(key, sizeof key, name);
    strcat(key, ".key");
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    assert_non_null(context);
    SSL_CTX_set_security_level(context, 0);
    assert_int_equal(SSL_CTX_use_certificate_chain_file(context, certificates), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM), 1);
    assert_int_equal(SSL_CTX_set_min_proto_version(context, TLS1_VERSION), 1);
    assert_int_equal(SSL_CTX_set_max_proto_version(context, version), 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, take_any);
    return context;
}

static void look_at_client(SSL *server, struct handshake *result)
{
    X509 *certificate = SSL_get1_peer_certificate(server);
    if (certificate == NULL)
        return;
    BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *text = BN_bn2hex(serial);
    snprintf(result->peer, sizeof result->peer, "%s", text + strspn(text, "0"));
    for (char *c = result->peer; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'F' ? *c + 32 : *c);
    OPENSSL_free(text);
    BN_free(serial);
    X509_free(certificate);
    result->peer_length = sk_X509_num(SSL_get_peer_cert_chain(server)) + 1;
}

static struct handshake shake(const struct ocpp_crypto_tls *tls, SSL_CTX *server_context)
{
    struct handshake result = { .is_done = false };
    SSL_CTX *client_context = NULL;
    BIO *ends[2];
    assert_int_equal(ocpp_crypto_tls_context(world.crypto, tls, &client_context), OCPP_OK);
    SSL *client = SSL_new(client_context);
    SSL *server = SSL_new(server_context);
    assert_int_equal(BIO_new_bio_pair(&ends[0], 1 << 16, &ends[1], 1 << 16), 1);
    SSL_set_bio(client, ends[0], ends[0]);
    SSL_set_bio(server, ends[1], ends[1]);
    int ours = 0;
    int theirs = 0;
    for (int i = 0; i < 20 && (ours != 1 || theirs != 1); i++) {
        ours = SSL_connect(client);
        theirs = SSL_accept(server);
    }
    result.is_done = ours == 1 && theirs == 1;
    result.verdict = SSL_get_verify_result(client);
    result.under_newest = result.is_done && ocpp_crypto_tls_under_newest_root(world.crypto, client);
    if (result.is_done)
        look_at_client(server, &result);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_context);
    ERR_clear_error();
    return result;
}

static struct handshake shake_with(struct ocpp_crypto_tls tls, const char *name, bool with_sub)
{
    SSL_CTX *server = server_of(name, with_sub, TLS1_3_VERSION);
    if (tls.utc_ms == 0)
        tls.utc_ms = world.utc_ms;
    const struct handshake result = shake(&tls, server);
    SSL_CTX_free(server);
    return result;
}

static void with_root(void)
{
    crypto_world_empty(&world);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_OK);
    make_leaf(world.pki, "server", "sub", 300, PLAIN);
}

/* --- who is who ---------------------------------------------------------------------------------------------------------------
 */

/* A00.FR.310, FR.411. */
static void a_server_under_an_installed_root_is_believed_and_no_other(void **state)
{
    struct handshake result;
    (void)state;
    with_root();
    result = shake_with((struct ocpp_crypto_tls){ 0 }, "server", true);
    assert_true(result.is_done && result.under_newest);
    assert_string_equal(result.peer, ""); /* security profile 2: nothing is shown */
    result = shake_with((struct ocpp_crypto_tls){ 0 }, "server", false);
    assert_false(result.is_done); /* the link to the root is missing */
    make_leaf(world.pki, "stranger", "other", 300, PLAIN);
    result = shake_with((struct ocpp_crypto_tls){ 0 }, "stranger", false);
    assert_false(result.is_done);
    assert_int_equal(result.verdict, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    assert_int_equal(install(&world, OCPP_ROOT_MANUFACTURER, false, "other"),
                     OCPP_OK); /* vouches for firmware, not for servers */
    assert_false(shake_with((struct ocpp_crypto_tls){ 0 }, "stranger", false).is_done);
}

static void a_server_counts_at_the_time_that_is_given_and_without_one_at_any(void **state)
{
    const struct ocpp_crypto_tls later = { .utc_ms = world.utc_ms + INT64_C(400) * 86400000 };
    const struct ocpp_crypto_tls earlier = { .utc_ms = world.utc_ms - INT64_C(10) * 86400000 };
    const struct ocpp_crypto_tls unknown = { .utc_ms = OCPP_UTC_UNKNOWN };
    (void)state;
    with_root();
    assert_int_equal(shake_with(later, "server", true).verdict, X509_V_ERR_CERT_HAS_EXPIRED);
    assert_int_equal(shake_with(earlier, "server", true).verdict, X509_V_ERR_CERT_NOT_YET_VALID);
    assert_true(shake_with(unknown, "server", true).is_done);
}

/* A00.FR.416, FR.501. */
static void a_weak_server_an_old_protocol_and_a_revoked_one_are_refused(void **state)
{
    size_t size;
    (void)state;
    with_root();
    const struct ocpp_crypto_tls plain = { .utc_ms = world.utc_ms };
    SSL_CTX *old = server_of("server", true, TLS1_1_VERSION);
    assert_false(shake(&plain, old).is_done); /* A00.FR.309 */
    SSL_CTX_free(old);
    shell(world.pki, "openssl req -new -newkey rsa:1024 -nodes -keyout weak.key -subj /O=E/CN=weak | "
                     "openssl x509 -req -CA root.pem -CAkey root.key -out weak.pem -days 100");
    assert_int_equal(shake_with(plain, "weak", false).verdict, X509_V_ERR_EE_KEY_TOO_SMALL);
    shell(world.pki,
          "openssl x509 -req -sha1 -in server.csr -CA root.pem -CAkey root.key -out sha.pem -days 100; cp server.key sha.key");
    assert_int_equal(shake_with(plain, "sha", false).verdict, X509_V_ERR_CA_MD_TOO_WEAK);
    shell(world.pki, ": >index; echo 01 >crlnumber; printf '[ca]\\ndefault_ca=c\\n[c]\\ndatabase=index\\ncrlnumber=crlnumber\\n"
                     "default_md=sha256\\ndefault_crl_days=1\\n' >ca.cnf; "
                     "openssl ca -config ca.cnf -cert sub.pem -keyfile sub.key -revoke server.pem; "
                     "openssl ca -config ca.cnf -cert sub.pem -keyfile sub.key -gencrl -out list.pem");
    char *pem = read_whole(world.pki, "list.pem", &size);
    assert_int_equal(ocpp_crypto_openssl_add_crl(world.crypto, pem, size), OCPP_OK);
    free(pem);
    assert_int_equal(shake_with(plain, "server", true).verdict, X509_V_ERR_CERT_REVOKED);
}

/* --- the station's certificate
 * ---------------------------------------------------------------------------------------------------- */

/* A00.FR.401, FR.402; A02.FR.28. */
static void the_station_shows_the_certificate_it_was_told_to_with_its_chain(void **state)
{
    struct handshake result;
    (void)state;
    with_root();
    renew(&world, "a");
    assert_int_equal(world.crypto->settle(OCPP_KEY_STATION, OCPP_NEWEST, world.crypto->user), OCPP_OK);
    renew(&world, "b");
    result = shake_with((struct ocpp_crypto_tls){ .with_certificate = true }, "server", true);
    assert_true(result.is_done);
    assert_string_equal(result.peer, serial_in(&world, "b"));
    assert_int_equal(result.peer_length, 2);
    result = shake_with((struct ocpp_crypto_tls){ .with_certificate = true, .certificate = OCPP_PREVIOUS }, "server", true);
    assert_string_equal(result.peer, serial_in(&world, "a")); /* A02.FR.28 */
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_RSA_2048, false, "c");
    sign_request(world.pki, "c.csr", "sub", "c", 100, PLAIN);
    assert_int_equal(accept_files(&world, OCPP_KEY_STATION, OCPP_ROOT_BIT(OCPP_ROOT_CSMS), "c sub"), OCPP_OK);
    result = shake_with((struct ocpp_crypto_tls){ .with_certificate = true }, "server", true);
    assert_string_equal(result.peer, serial_in(&world, "c")); /* with an RSA key too */
}

static void without_root_or_certificate_there_is_no_context(void **state)
{
    struct fake_crypto fake;
    SSL_CTX *context = NULL;
    struct ocpp_crypto_tls tls = { .utc_ms = world.utc_ms };
    (void)state;
    crypto_world_empty(&world);
    assert_int_equal(ocpp_crypto_tls_context(world.crypto, &tls, &context), OCPP_ERR_TLS);
    with_root();
    tls.with_certificate = true;
    assert_int_equal(ocpp_crypto_tls_context(world.crypto, &tls, &context), OCPP_ERR_NOT_FOUND);
    renew(&world, "a");
    tls.certificate = OCPP_PREVIOUS;
    assert_int_equal(ocpp_crypto_tls_context(world.crypto, &tls, &context), OCPP_ERR_NOT_FOUND);
    fake_crypto_init(&fake);
    assert_false(ocpp_crypto_is_openssl(&fake.contract));
    assert_false(ocpp_crypto_is_openssl(NULL));
    assert_int_equal(ocpp_crypto_tls_context(&fake.contract, &tls, &context), OCPP_ERR_ARGUMENT);
    assert_null(context);
}

/* --- two roots (M05.FR.12 to FR.16)
 * -------------------------------------------------------------------------------------------------- */

/* M05.FR.13, FR.14, FR.15. */
static void while_roots_change_either_is_believed_or_the_one_that_was_asked_for(void **state)
{
    const struct ocpp_crypto_tls both = { 0 };
    const struct ocpp_crypto_tls newest = { .newest_root_only = true };
    const struct ocpp_crypto_tls previous = { .previous_root_only = true };
    (void)state;
    crypto_world_empty(&world);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "root"), OCPP_OK);
    make_leaf(world.pki, "second", "root", 3000, AS_ROOT);
    make_leaf(world.pki, "old", "root", 300, PLAIN);
    make_leaf(world.pki, "new", "second", 300, PLAIN);
    assert_true(shake_with(previous, "old", false).is_done); /* there is one alone */
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "second"), OCPP_OK);
    struct handshake result = shake_with(both, "old", false);
    assert_true(result.is_done && !result.under_newest);    /* M05.FR.14 */
    assert_false(shake_with(newest, "old", false).is_done); /* M05.FR.15 */
    assert_true(shake_with(previous, "old", false).is_done);
    result = shake_with(both, "new", false);
    assert_true(result.is_done && result.under_newest);
    result = shake_with(newest, "new", false);
    assert_true(result.is_done && result.under_newest); /* trusted as it stands: its issuer is not asked */
    assert_int_equal(world.crypto->settle_root(OCPP_ROOT_CSMS, world.crypto->user), OCPP_OK);
    assert_true(shake_with(both, "new", false).is_done); /* M05.FR.13: and now the old one is not there at all */
    assert_false(shake_with(both, "old", false).is_done);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_under_an_installed_root_is_believed_and_no_other),
        cmocka_unit_test(a_server_counts_at_the_time_that_is_given_and_without_one_at_any),
        cmocka_unit_test(a_weak_server_an_old_protocol_and_a_revoked_one_are_refused),
        cmocka_unit_test(the_station_shows_the_certificate_it_was_told_to_with_its_chain),
        cmocka_unit_test(without_root_or_certificate_there_is_no_context),
        cmocka_unit_test(while_roots_change_either_is_believed_or_the_one_that_was_asked_for),
    };
    if (!openssl_is_there())
        return 77;
    crypto_world_make(&world);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    crypto_world_end(&world);
    return failed;
}
