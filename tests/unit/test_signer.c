/* test_signer.c: what an authority signs for stations, and what it does not, with requests made by the openssl command line. */
#include "openssl_shell.h"
#include "scratch.h"

#include <ocpp/adapters.h>
#include <ocpp/signer.h>

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static char folder[256];
static char said[512]; /* the last line of the log */
static enum ocpp_certificate_fault fault;
static char chain[OCPP_PEM_SIZE];

static void on_log(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    (void)user;
    snprintf(said, sizeof said, "%s", line);
}

static const char *path_of(const char *name)
{
    static char paths[2][400];
    static int next;

    next = !next;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

static struct ocpp_signer *open_signer(const char *certificate, const char *key)
{
    const struct ocpp_signer_settings settings = { .certificate_file = path_of(certificate),
                                                   .key_file = path_of(key),
                                                   .log = { .write = on_log, .level = OCPP_LOG_ERROR } };

    said[0] = '\0';
    return ocpp_signer_open(&settings);
}

static int set_up(void **state)
{
    (void)state;
    scratch_make(folder, sizeof folder);
    make_ca(folder, "root", "");
    make_leaf(folder, "sub", "root", 3000, "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign");
    shell(folder, "cat sub.pem root.pem > both.pem");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

static const char *const names[] = { "SERIAL-1", "PILE-1" };

static int64_t now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

/* A request with |subject|, made with |how| of `openssl req`. */
static char *request(const char *subject, const char *how)
{
    size_t size;

    shell(folder, "openssl req -new -newkey %s -nodes -keyout pile.key -subj '%s' -out pile.csr", how, subject);
    return read_whole(folder, "pile.csr", &size);
}

static struct ocpp_signer_request wanted(const char *csr)
{
    return (struct ocpp_signer_request){
        .csr = csr, .for_station = true, .common_names = names, .common_name_count = 2, .now_utc_ms = now_ms()
    };
}

#define EC "ec -pkeyopt ec_paramgen_curve:P-256"

static void expect_fault(const char *subject, const char *how, enum ocpp_certificate_fault expected)
{
    char *csr = request(subject, how);
    const struct ocpp_signer_request asked = wanted(csr);

    assert_int_equal(ocpp_signer_check(&asked, &fault), expected == OCPP_CERTIFICATE_GOOD ? OCPP_OK : OCPP_ERR_VALUE);
    assert_int_equal(fault, expected);
    free(csr);
}

/* What `openssl x509 -text` says of the certificate that was made. */
static const char *text_of_leaf(void)
{
    static char *text;
    size_t size;

    free(text);
    write_whole(folder, "chain.pem", chain, strlen(chain));
    shell(folder, "openssl x509 -in chain.pem -noout -text > chain.txt");
    text = read_whole(folder, "chain.txt", &size);
    return text;
}

/* A02.FR.04, A02.FR.11; A00.FR.505 to FR.514 */
static void a_station_gets_a_certificate_of_its_own(void **state)
{
    static const char *const kinds[] = { EC, "ec -pkeyopt ec_paramgen_curve:P-384", "rsa:2048", "ed25519" };
    struct ocpp_signer *signer = open_signer("both.pem", "sub.key");
    size_t size;

    (void)state;
    assert_non_null(signer);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char *csr = request("/C=NL/O=Operator/CN=SERIAL-1", kinds[i]);
        const struct ocpp_signer_request asked = wanted(csr);
        assert_int_equal(ocpp_signer_sign(signer, &asked, chain, sizeof chain, &size, &fault), OCPP_OK);
        assert_int_equal(strlen(chain), size);
        assert_non_null(strstr(text_of_leaf(), "CN = SERIAL-1"));
        shell(folder, "openssl verify -CAfile root.pem -untrusted sub.pem chain.pem");
        shell(folder, "test \"$(openssl x509 -in chain.pem -noout -pubkey)\" = \"$(openssl pkey -in pile.key -pubout)\"");
        shell(folder, "test $(grep -c BEGIN chain.pem) = 2"); /* the root is not sent */
        free(csr);
    }
    ocpp_signer_close(signer);
}

static void the_certificate_says_what_it_is_for(void **state)
{
    struct ocpp_signer *signer = open_signer("root.pem", "root.key");
    char *csr =
        request("/O=Operator/CN=PILE-1", EC " -addext extendedKeyUsage=serverAuth -addext subjectAltName=DNS:csms.example");
    struct ocpp_signer_request asked = wanted(csr);
    size_t size;

    (void)state;
    assert_non_null(signer);
    assert_int_equal(ocpp_signer_sign(signer, &asked, chain, sizeof chain, &size, &fault), OCPP_OK);
    assert_non_null(strstr(text_of_leaf(), "CA:FALSE"));
    assert_non_null(strstr(text_of_leaf(), "Digital Signature\n"));
    assert_null(strstr(text_of_leaf(), "Extended Key Usage"));
    assert_null(strstr(text_of_leaf(), "csms.example"));
    shell(folder, "test $(grep -c BEGIN chain.pem) = 1");
    asked.for_vehicles = true;
    assert_int_equal(ocpp_signer_sign(signer, &asked, chain, sizeof chain, &size, &fault), OCPP_OK);
    assert_non_null(strstr(text_of_leaf(), "Digital Signature, Key Agreement"));
    asked.for_station = asked.for_vehicles = false;
    assert_int_equal(ocpp_signer_sign(signer, &asked, chain, sizeof chain, &size, &fault), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_WRONG_USE);
    ocpp_signer_close(signer);
    free(csr);
}

static void no_two_certificates_have_the_same_number_and_none_outlives_the_authority(void **state)
{
    struct ocpp_signer *signer;
    char *csr = request("/O=Operator/CN=PILE-1", EC);
    struct ocpp_signer_request asked = wanted(csr);
    char first[80];
    char second[80];
    size_t size;

    (void)state;
    make_leaf(folder, "brief", "root", 2, "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign");
    asked.now_utc_ms = now_ms(); /* not before the authority is valid: making it may have taken more than a second */
    signer = open_signer("brief.pem", "brief.key");
    assert_non_null(signer);
    assert_int_equal(ocpp_signer_sign(signer, &asked, chain, sizeof chain, &size, &fault), OCPP_OK);
    (void)text_of_leaf();
    shell(folder, "openssl x509 -in chain.pem -noout -checkend 0");
    shell_says(first, sizeof first, folder, "openssl x509 -in chain.pem -noout -enddate");
    shell_says(second, sizeof second, folder, "openssl x509 -in brief.pem -noout -enddate");
    assert_string_equal(first, second);
    shell_says(first, sizeof first, folder, "openssl x509 -in chain.pem -noout -serial");
    assert_int_equal(ocpp_signer_sign(signer, &asked, chain, sizeof chain, &size, &fault), OCPP_OK);
    (void)text_of_leaf();
    shell_says(second, sizeof second, folder, "openssl x509 -in chain.pem -noout -serial");
    assert_string_not_equal(first, second);
    assert_int_equal(strlen(first), strlen("serial=") + 32);
    asked.now_utc_ms += INT64_C(3) * 86400 * 1000; /* it has expired */
    assert_int_equal(ocpp_signer_sign(signer, &asked, chain, sizeof chain, &size, &fault), OCPP_ERR_STATE);
    asked.now_utc_ms = now_ms();
    assert_int_equal(ocpp_signer_sign(signer, &asked, chain, 100, &size, &fault), OCPP_ERR_LENGTH);
    ocpp_signer_close(signer);
    free(csr);
}

/* A00.FR.509, FR.511 */
static void nobody_gets_the_name_of_another(void **state)
{
    (void)state;
    expect_fault("/O=Operator/CN=PILE-1", EC, OCPP_CERTIFICATE_GOOD);
    expect_fault("/O=Operator/CN=PILE-2", EC, OCPP_CERTIFICATE_WRONG_SUBJECT);
    expect_fault("/O=Operator/CN=pile-1", EC, OCPP_CERTIFICATE_WRONG_SUBJECT);
    expect_fault("/O=Operator/CN=PILE-1/CN=PILE-1", EC, OCPP_CERTIFICATE_WRONG_SUBJECT);
    expect_fault("/O=Operator/CN=PILE-1/CN=csms.example", EC, OCPP_CERTIFICATE_WRONG_SUBJECT);
    expect_fault("/CN=PILE-1", EC, OCPP_CERTIFICATE_WRONG_SUBJECT);
    expect_fault("/O=Operator/O=Else/CN=PILE-1", EC, OCPP_CERTIFICATE_WRONG_SUBJECT);
    expect_fault("/O=Operator", EC, OCPP_CERTIFICATE_WRONG_SUBJECT);
    expect_fault("/O=Operator/CN=PILE-1/emailAddress=a@b.example", EC, OCPP_CERTIFICATE_WRONG_SUBJECT);
}

static void a_name_is_no_address_and_the_organization_is_the_right_one(void **state)
{
    static const char *const addresses[] = { "192.0.2.1", "https://csms.example" };
    char *csr = request("/O=Operator/CN=192.0.2.1", EC);
    struct ocpp_signer_request asked = wanted(csr);

    (void)state;
    asked.common_names = addresses;
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_WRONG_SUBJECT);
    free(csr);
    csr = request("/O=Operator/CN=PILE-1", EC);
    asked = wanted(csr);
    asked.organization = "Operator";
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_OK);
    asked.organization = "Else";
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_ERR_VALUE);
    asked.organization = NULL;
    asked.common_name_count = 0;
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_WRONG_SUBJECT);
    free(csr);
}

/* A00.FR.501 to FR.504 */
static void weak_keys_and_weak_signatures_are_refused(void **state)
{
    (void)state;
    expect_fault("/O=Operator/CN=PILE-1", "rsa:1024", OCPP_CERTIFICATE_WEAK);
    expect_fault("/O=Operator/CN=PILE-1", "ec -pkeyopt ec_paramgen_curve:prime192v1", OCPP_CERTIFICATE_WEAK);
    expect_fault("/O=Operator/CN=PILE-1", EC " -sha1", OCPP_CERTIFICATE_WEAK);
    expect_fault("/O=Operator/CN=PILE-1", "ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
                 OCPP_CERTIFICATE_WEAK);
    expect_fault("/O=Operator/CN=PILE-1", "rsa:2048 -sigopt rsa_padding_mode:pss", OCPP_CERTIFICATE_GOOD);
}

static void who_asks_to_be_an_authority_gets_nothing(void **state)
{
    (void)state;
    expect_fault("/O=Operator/CN=PILE-1", EC " -addext basicConstraints=critical,CA:TRUE", OCPP_CERTIFICATE_WRONG_USE);
    expect_fault("/O=Operator/CN=PILE-1", EC " -addext keyUsage=digitalSignature,keyCertSign", OCPP_CERTIFICATE_WRONG_USE);
    expect_fault("/O=Operator/CN=PILE-1", EC " -addext basicConstraints=CA:FALSE", OCPP_CERTIFICATE_GOOD);
}

static void what_is_no_request_is_unreadable(void **state)
{
    char *csr = request("/O=Operator/CN=PILE-1", EC);
    struct ocpp_signer_request asked = wanted("");
    char text[12000];

    (void)state;
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_UNREADABLE);
    asked.csr = text;
    snprintf(text, sizeof text, "%s%s", csr, csr); /* which of the two? */
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_UNREADABLE);
    snprintf(text, sizeof text, "a word before\n%s", csr);
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_ERR_VALUE);
    snprintf(text, sizeof text, "\n %s \n", csr);
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_OK);
    memset(text, ' ', OCPP_PEM_SIZE);
    text[OCPP_PEM_SIZE] = '\0';
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_TOO_LARGE);
    free(csr);
}

/* A request whose name was changed after it was signed, by as many letters. */
static void a_request_its_key_did_not_sign_is_refused(void **state)
{
    char *csr;
    struct ocpp_signer_request asked;
    size_t size;

    (void)state;
    free(request("/O=Operator/CN=PILE-3", EC));
    shell(folder, "openssl req -in pile.csr -outform DER -out pile.der && LC_ALL=C sed -i 's/PILE-3/PILE-1/' pile.der && "
                  "openssl req -inform DER -in pile.der -out pile.csr");
    csr = read_whole(folder, "pile.csr", &size);
    asked = wanted(csr);
    assert_int_equal(ocpp_signer_check(&asked, &fault), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_BAD_SIGNATURE);
    free(csr);
}

static void who_is_no_authority_signs_nothing(void **state)
{
    (void)state;
    make_ca(folder, "other", "");
    make_leaf(folder, "leaf", "root", 30, "basicConstraints=critical,CA:FALSE");
    make_leaf(folder, "mute", "root", 30, "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign");
    shell(folder, "openssl pkcs8 -topk8 -in root.key -passout pass:secret -out locked.key; echo nonsense > nonsense.pem");
    assert_null(open_signer("root.pem", "other.key"));
    assert_non_null(strstr(said, "do not belong together"));
    assert_null(open_signer("leaf.pem", "leaf.key"));
    assert_non_null(strstr(said, "no authority"));
    assert_null(open_signer("mute.pem", "mute.key"));
    assert_null(open_signer("absent.pem", "root.key"));
    assert_null(open_signer("nonsense.pem", "root.key"));
    assert_null(open_signer("root.pem", "locked.key")); /* and nobody is asked for its pass phrase */
    assert_non_null(strstr(said, "key cannot be read"));
    assert_null(open_signer("root.pem", "absent.key"));
    ocpp_signer_close(NULL);
}

/* A00.FR.505: RSA signs with PSS. */
static void an_authority_with_an_rsa_key_signs_by_pss(void **state)
{
    struct ocpp_signer *signer;
    char *csr = request("/O=Operator/CN=PILE-1", EC);
    struct ocpp_signer_request asked;
    size_t size;

    (void)state;
    shell(folder, "openssl req -x509 -newkey rsa:3072 -nodes -keyout rsa.key -out rsa.pem -days 30 -subj /O=Operator/CN=CA");
    signer = open_signer("rsa.pem", "rsa.key");
    asked = wanted(csr);
    assert_non_null(signer);
    assert_int_equal(ocpp_signer_sign(signer, &asked, chain, sizeof chain, &size, &fault), OCPP_OK);
    assert_non_null(strstr(text_of_leaf(), "Signature Algorithm: rsassaPss"));
    shell(folder, "openssl verify -CAfile rsa.pem chain.pem");
    ocpp_signer_close(signer);
    free(csr);
}

#define TEST(test) cmocka_unit_test(test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_station_gets_a_certificate_of_its_own),
        TEST(the_certificate_says_what_it_is_for),
        TEST(no_two_certificates_have_the_same_number_and_none_outlives_the_authority),
        TEST(nobody_gets_the_name_of_another),
        TEST(a_name_is_no_address_and_the_organization_is_the_right_one),
        TEST(weak_keys_and_weak_signatures_are_refused),
        TEST(who_asks_to_be_an_authority_gets_nothing),
        TEST(what_is_no_request_is_unreadable),
        TEST(a_request_its_key_did_not_sign_is_refused),
        TEST(who_is_no_authority_signs_nothing),
        TEST(an_authority_with_an_rsa_key_signs_by_pss),
    };
    return openssl_is_there() ? cmocka_run_group_tests(tests, set_up, tear_down) : 77;
}
