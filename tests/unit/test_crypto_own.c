/* The station's own keys and certificates over OpenSSL: from the request to the certificate that stays. */
#include "crypto_world.h"
#include "openssl_shell.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CSMS  OCPP_ROOT_BIT(OCPP_ROOT_CSMS)
#define V2G   OCPP_ROOT_BIT(OCPP_ROOT_V2G)
#define PLAIN "keyUsage=critical,digitalSignature"

static struct crypto_world world;

static void with_root(void)
{
    crypto_world_empty(&world);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_OK);
}

/* Signs name.csr with PLAIN and accepts it with |behind| behind it. */
static enum ocpp_status answer(enum ocpp_key_use use, uint32_t roots, const char *name, const char *issuer, const char *behind,
                               const char *extensions)
{
    char text[128];
    snprintf(text, sizeof text, "%s.csr", name);
    sign_request(world.pki, text, issuer, name, 300, extensions);
    snprintf(text, sizeof text, "%s %s", name, behind);
    return accept_files(&world, use, roots, text);
}

/* --- the request (A02.FR.02, FR.03; A00.FR.507, FR.511, FR.512) ------------------------------------------------------------ */

/* A02.FR.02, FR.03; A03.FR.02, FR.03; A00.FR.507, FR.511, FR.512, FR.514. */
static void a_request_is_pkcs10_that_openssl_verifies_and_says_who_we_are(void **state)
{
    static const struct {
        enum ocpp_key_kind kind;
        const char *key;
    } kinds[] = {
        { OCPP_KEY_EC_P256, "256" }, { OCPP_KEY_EC_P384, "384" }, { OCPP_KEY_RSA_2048, "2048" }, { OCPP_KEY_RSA_3072, "3072" }
    };
    char line[256];
    (void)state;
    with_root();
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        ask(&world, OCPP_KEY_STATION, kinds[i].kind, false, "me");
        shell(world.pki, "openssl req -in me.csr -verify -noout");
        shell_says(line, sizeof line, world.pki, "openssl req -in me.csr -noout -subject -nameopt RFC2253");
        assert_string_equal(line, "subject=CN=PILE-7,O=Example,C=DE");
        shell_says(line, sizeof line, world.pki, "openssl req -in me.csr -noout -text | grep -o 'Public-Key: .*'");
        assert_non_null(strstr(line, kinds[i].key));
        shell_says(line, sizeof line, world.pki,
                   "openssl req -in me.csr -noout -text | grep -A1 'Key Usage: critical' | tail -1");
        assert_string_equal(line + strspn(line, " "), "Digital Signature");
        shell_says(line, sizeof line, world.pki, "openssl req -in me.csr -noout -text | grep -c 'Extended Key Usage' || true");
        assert_string_equal(line, "0"); /* A00.FR.514 */
    }
}

static void a_request_for_a_leaf_of_15118_has_its_domain_component(void **state)
{
    char pem[OCPP_PEM_SIZE];
    char line[256];
    size_t size;
    const struct ocpp_certificate_request request = {
        .use = OCPP_KEY_V2G, .common_name = "DE*ABC*S1", .organization = "Example", .country = "DE", .domain_component = "CPO"
    };
    (void)state;
    with_root();
    assert_int_equal(world.crypto->make_request(&request, pem, sizeof pem, &size, world.crypto->user), OCPP_OK);
    write_whole(world.pki, "leaf.csr", pem, size);
    shell_says(line, sizeof line, world.pki, "openssl req -in leaf.csr -noout -subject -nameopt RFC2253");
    assert_string_equal(line, "subject=DC=CPO,CN=DE*ABC*S1,O=Example,C=DE");
}

static void a_pending_request_is_there_again_after_a_restart(void **state)
{
    char first[OCPP_PEM_SIZE];
    char again[OCPP_PEM_SIZE];
    size_t size;
    bool is_combined = false;
    (void)state;
    with_root();
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, true, "me");
    assert_int_equal(world.crypto->read_request(OCPP_KEY_STATION, first, sizeof first, &size, NULL, world.crypto->user), OCPP_OK);
    crypto_world_reopen(&world);
    assert_int_equal(world.crypto->read_request(OCPP_KEY_STATION, again, sizeof again, &size, &is_combined, world.crypto->user),
                     OCPP_OK);
    assert_string_equal(first, again);
    assert_true(is_combined);
    assert_int_equal(world.crypto->read_request(OCPP_KEY_V2G, again, sizeof again, &size, NULL, world.crypto->user),
                     OCPP_ERR_NOT_FOUND);
    assert_int_equal(world.crypto->read_request(OCPP_KEY_STATION, again, size, &size, NULL, world.crypto->user), OCPP_ERR_LENGTH);
    assert_int_equal(world.crypto->drop_request(OCPP_KEY_STATION, world.crypto->user), OCPP_OK);
    assert_int_equal(world.crypto->read_request(OCPP_KEY_STATION, again, sizeof again, &size, NULL, world.crypto->user),
                     OCPP_ERR_NOT_FOUND);
    assert_int_equal(world.crypto->drop_request(OCPP_KEY_STATION, world.crypto->user), OCPP_OK);
}

static void a_request_that_says_nothing_or_too_much_is_refused_and_leaves_nothing(void **state)
{
    char pem[OCPP_PEM_SIZE];
    char text[66];
    size_t size;
    struct ocpp_certificate_request request = { .common_name = "", .organization = "Example" };
    (void)state;
    with_root();
    memset(text, 'x', 65);
    text[65] = '\0';
    assert_int_equal(world.crypto->make_request(&request, pem, sizeof pem, &size, world.crypto->user), OCPP_ERR_ARGUMENT);
    request.common_name = NULL;
    assert_int_equal(world.crypto->make_request(&request, pem, sizeof pem, &size, world.crypto->user), OCPP_ERR_ARGUMENT);
    request.common_name = text;
    assert_int_equal(world.crypto->make_request(&request, pem, sizeof pem, &size, world.crypto->user), OCPP_ERR_LENGTH);
    request.common_name = "PILE-7";
    request.country = "Germany";
    assert_int_equal(world.crypto->make_request(&request, pem, sizeof pem, &size, world.crypto->user), OCPP_ERR_LENGTH);
    request.country = NULL;
    assert_int_equal(world.crypto->make_request(&request, pem, 100, &size, world.crypto->user), OCPP_ERR_LENGTH);
    request.kind = (enum ocpp_key_kind)9;
    assert_int_equal(world.crypto->make_request(&request, pem, sizeof pem, &size, world.crypto->user), OCPP_ERR_ARGUMENT);
    request =
        (struct ocpp_certificate_request){ .use = OCPP_KEY_V2G, .is_combined = true, .common_name = "a", .organization = "b" };
    assert_int_equal(world.crypto->make_request(&request, pem, sizeof pem, &size, world.crypto->user), OCPP_ERR_ARGUMENT);
    assert_int_equal(world.crypto->read_request(OCPP_KEY_STATION, pem, sizeof pem, &size, NULL, world.crypto->user),
                     OCPP_ERR_NOT_FOUND);
}

/* A02.FR.05; A03.FR.05. */
static void a_key_is_readable_by_its_owner_alone(void **state)
{
    struct stat status;
    char path[400];
    (void)state;
    with_root();
    renew(&world, "a");
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, "b");
    static const char *const files[] = { "station.new.pem", "station.pending.pem" };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        snprintf(path, sizeof path, "%s/%s", world.folder, files[i]);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
    assert_int_equal(stat(world.folder, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
}

/* --- the answer (A02.FR.06)
 * ------------------------------------------------------------------------------------------------------ */

/* A02.FR.06; A03.FR.06. */
static void an_answer_is_kept_with_its_sub_cas_and_without_the_root_and_the_rest(void **state)
{
    char pem[OCPP_PEM_SIZE];
    size_t size;
    size_t wanted_size;
    (void)state;
    with_root();
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, "me");
    assert_int_equal(answer(OCPP_KEY_STATION, CSMS, "me", "sub", "other root sub", PLAIN), OCPP_OK);
    assert_int_equal(
        world.crypto->read_own_chain(OCPP_KEY_STATION, OCPP_NEWEST, pem, sizeof pem, &size, NULL, world.crypto->user), OCPP_OK);
    char *wanted = join_files(&world, "me sub", &wanted_size);
    assert_string_equal(pem, wanted);
    assert_int_equal(size, wanted_size);
    free(wanted);
    assert_int_equal(world.crypto->read_request(OCPP_KEY_STATION, pem, sizeof pem, &size, NULL, world.crypto->user),
                     OCPP_ERR_NOT_FOUND);
}

static void every_kind_of_key_gets_its_certificate(void **state)
{
    static const enum ocpp_key_kind kinds[] = { OCPP_KEY_EC_P384, OCPP_KEY_RSA_2048 };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        with_root();
        ask(&world, OCPP_KEY_STATION, kinds[i], false, "me");
        assert_int_equal(answer(OCPP_KEY_STATION, CSMS, "me", "sub", "sub", PLAIN), OCPP_OK);
    }
}

/* Each is refused for its reason, and the right answer is still taken afterwards. */
static void a_wrong_answer_is_refused_for_its_reason_and_the_right_one_still_taken(void **state)
{
    static const struct {
        const char *extensions;
        const char *issuer;
        const char *behind;
        enum ocpp_certificate_fault fault;
    } wrong[] = {
        { PLAIN, "sub", "", OCPP_CERTIFICATE_NO_ROOT },        /* the link to the root is missing */
        { PLAIN, "other", "", OCPP_CERTIFICATE_NO_ROOT },      /* another hierarchy */
        { PLAIN, "other", "other", OCPP_CERTIFICATE_NO_ROOT }, /* which it brings along */
        { "keyUsage=critical,keyAgreement", "sub", "sub", OCPP_CERTIFICATE_WRONG_USE },
        { "extendedKeyUsage=serverAuth", "sub", "sub", OCPP_CERTIFICATE_WRONG_USE },
        { "basicConstraints=CA:TRUE", "root", "", OCPP_CERTIFICATE_WRONG_USE },             /* a station is no CA */
        { "1.2.3.4=critical,ASN1:UTF8String:x", "sub", "sub", OCPP_CERTIFICATE_WRONG_USE }, /* critical and not understood */
    };
    (void)state;
    with_root();
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, "me");
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(answer(OCPP_KEY_STATION, CSMS, "me", wrong[i].issuer, wrong[i].behind, wrong[i].extensions),
                         OCPP_ERR_VALUE);
        if (world.fault != wrong[i].fault)
            fail_msg("case %zu: %s", i, ocpp_certificate_fault_words(world.fault));
    }
    assert_int_equal(accept_files(&world, OCPP_KEY_STATION, CSMS, "root"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_WRONG_KEY);
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_NEWEST), "");
    assert_int_equal(answer(OCPP_KEY_STATION, CSMS, "me", "sub", "sub", PLAIN "\\nextendedKeyUsage=clientAuth,serverAuth"),
                     OCPP_OK);
}

/* A02.FR.06; A00.FR.509, FR.511. */
static void a_certificate_for_another_key_or_another_name_is_refused(void **state)
{
    (void)state;
    with_root();
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, "old");
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, "me"); /* takes the place of the first */
    assert_int_equal(answer(OCPP_KEY_STATION, CSMS, "old", "sub", "sub", PLAIN), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_WRONG_KEY);
    shell(world.pki, "openssl x509 -req -in me.csr -subj '/O=Example/CN=PILE-8' -CA sub.pem -CAkey sub.key -out me.pem");
    assert_int_equal(accept_files(&world, OCPP_KEY_STATION, CSMS, "me sub"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_WRONG_SUBJECT);
    shell(world.pki, "openssl x509 -req -in me.csr -subj '/CN=PILE-7' -CA sub.pem -CAkey sub.key -out me.pem");
    assert_int_equal(accept_files(&world, OCPP_KEY_STATION, CSMS, "me sub"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_WRONG_SUBJECT); /* A00.FR.509 */
    assert_int_equal(accept_files(&world, OCPP_KEY_V2G, CSMS, "me sub"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_WRONG_KEY); /* nothing is pending there */
}

/* A02.FR.06; A03.FR.06. The date of the update counts (errata 2025-01). */
static void an_answer_counts_from_its_first_to_its_last_moment(void **state)
{
    const int64_t now = world.utc_ms;
    static const struct {
        int64_t days;
        enum ocpp_certificate_fault fault;
    } moments[] = { { -1, OCPP_CERTIFICATE_NOT_YET_VALID }, { 301, OCPP_CERTIFICATE_EXPIRED }, { 299, OCPP_CERTIFICATE_GOOD } };
    (void)state;
    with_root();
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, "me");
    sign_request(world.pki, "me.csr", "sub", "me", 300, PLAIN);
    world.utc_ms = OCPP_UTC_UNKNOWN;
    assert_int_equal(accept_files(&world, OCPP_KEY_STATION, CSMS, "me sub"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_TIME_UNKNOWN);
    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        world.utc_ms = now + moments[i].days * 86400000;
        (void)accept_files(&world, OCPP_KEY_STATION, CSMS, "me sub");
        assert_int_equal(world.fault, moments[i].fault);
    }
    world.utc_ms = now;
}

static void a_sub_ca_that_ends_before_its_leaf_ends_the_leaf_too(void **state)
{
    const int64_t now = world.utc_ms;
    (void)state;
    with_root();
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, "me");
    sign_request(world.pki, "me.csr", "sub", "me", 2000, PLAIN);
    world.utc_ms = now + INT64_C(1001) * 86400000;
    assert_int_equal(accept_files(&world, OCPP_KEY_STATION, CSMS, "me sub"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_EXPIRED);
    world.utc_ms = now;
}

/* --- newest and previous (A02.FR.10, FR.28; A03.FR.10, FR.24)
 * ---------------------------------------------------------------------- */

/* A02.FR.10; A03.FR.10. */
static void the_newest_is_kept_beside_the_previous_until_one_of_them_has_worked(void **state)
{
    (void)state;
    with_root();
    renew(&world, "a");
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_PREVIOUS), "");
    assert_int_equal(world.crypto->settle(OCPP_KEY_STATION, OCPP_PREVIOUS, world.crypto->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(world.crypto->settle(OCPP_KEY_STATION, OCPP_NEWEST, world.crypto->user), OCPP_OK);
    renew(&world, "b");
    crypto_world_reopen(&world);
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_NEWEST), serial_in(&world, "b"));
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_PREVIOUS), serial_in(&world, "a"));
    assert_int_equal(world.crypto->settle(OCPP_KEY_STATION, OCPP_NEWEST, world.crypto->user), OCPP_OK);
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_NEWEST), serial_in(&world, "b"));
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_PREVIOUS), "");
}

/* A02.FR.28; A03.FR.24. */
static void when_the_newest_does_not_work_the_previous_is_the_only_one_again(void **state)
{
    (void)state;
    with_root();
    renew(&world, "a");
    assert_int_equal(world.crypto->settle(OCPP_KEY_STATION, OCPP_NEWEST, world.crypto->user), OCPP_OK);
    renew(&world, "b");
    assert_int_equal(world.crypto->settle(OCPP_KEY_STATION, OCPP_PREVIOUS, world.crypto->user), OCPP_OK);
    crypto_world_reopen(&world);
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_NEWEST), serial_in(&world, "a"));
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_PREVIOUS), "");
}

static void a_third_certificate_comes_instead_of_the_second_that_never_worked(void **state)
{
    (void)state;
    with_root();
    renew(&world, "a");
    assert_int_equal(world.crypto->settle(OCPP_KEY_STATION, OCPP_NEWEST, world.crypto->user), OCPP_OK);
    renew(&world, "b");
    renew(&world, "c");
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_NEWEST), serial_in(&world, "c"));
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_PREVIOUS), serial_in(&world, "a"));
}

static void nothing_is_settled_where_there_is_nothing(void **state)
{
    (void)state;
    with_root();
    assert_int_equal(world.crypto->settle(OCPP_KEY_V2G, OCPP_NEWEST, world.crypto->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(world.crypto->settle((enum ocpp_key_use)7, OCPP_NEWEST, world.crypto->user), OCPP_ERR_ARGUMENT);
    assert_int_equal(world.crypto->settle(OCPP_KEY_V2G, (enum ocpp_which)7, world.crypto->user), OCPP_ERR_ARGUMENT);
}

/* --- vehicles
 * ------------------------------------------------------------------------------------------------------------------------ */

/* A00.FR.428. */
static void a_combined_certificate_serves_vehicles_and_takes_the_place_of_their_own(void **state)
{
    (void)state;
    with_root();
    assert_int_equal(install(&world, OCPP_ROOT_V2G, false, "root"), OCPP_OK);
    ask(&world, OCPP_KEY_V2G, OCPP_KEY_EC_P256, false, "leaf");
    assert_int_equal(answer(OCPP_KEY_V2G, V2G, "leaf", "sub", "sub", PLAIN), OCPP_OK);
    assert_int_equal(world.crypto->settle(OCPP_KEY_V2G, OCPP_NEWEST, world.crypto->user), OCPP_OK);
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, true, "both");
    assert_int_equal(answer(OCPP_KEY_STATION, CSMS | V2G, "both", "sub", "sub", PLAIN), OCPP_OK);
    assert_string_equal(serial_of(&world, OCPP_KEY_V2G, OCPP_NEWEST), serial_in(&world, "leaf")); /* it has not worked yet */
    assert_int_equal(world.crypto->settle(OCPP_KEY_STATION, OCPP_NEWEST, world.crypto->user), OCPP_OK);
    assert_string_equal(serial_of(&world, OCPP_KEY_V2G, OCPP_NEWEST), serial_in(&world, "both"));
    ask(&world, OCPP_KEY_V2G, OCPP_KEY_EC_P256, false, "leaf");
    assert_int_equal(answer(OCPP_KEY_V2G, V2G, "leaf", "sub", "sub", PLAIN), OCPP_OK);
    assert_string_equal(serial_of(&world, OCPP_KEY_V2G, OCPP_NEWEST), serial_in(&world, "leaf"));
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_NEWEST), serial_in(&world, "both"));
}

static void a_certificate_for_the_central_system_alone_serves_no_vehicle(void **state)
{
    (void)state;
    with_root();
    renew(&world, "a");
    assert_string_equal(serial_of(&world, OCPP_KEY_V2G, OCPP_NEWEST), "");
}

/* --- what it says (A03.FR.02)
 * ------------------------------------------------------------------------------------------------------------- */

/* A03.FR.02. */
static void the_end_of_a_certificate_can_be_asked_for(void **state)
{
    struct ocpp_certificate_info info;
    char line[128];
    (void)state;
    with_root();
    renew(&world, "a");
    assert_int_equal(world.crypto->read_own_chain(OCPP_KEY_STATION, OCPP_NEWEST, NULL, 0, NULL, &info, world.crypto->user),
                     OCPP_OK);
    shell_says(line, sizeof line, world.pki, "date -u -d \"$(openssl x509 -in a.pem -noout -enddate | cut -d= -f2)\" +%%s000");
    assert_int_equal(info.not_after_utc_ms, strtoll(line, NULL, 10));
    shell_says(line, sizeof line, world.pki, "date -u -d \"$(openssl x509 -in a.pem -noout -startdate | cut -d= -f2)\" +%%s000");
    assert_int_equal(info.not_before_utc_ms, strtoll(line, NULL, 10));
    assert_string_equal(info.common_name, "PILE-7");
    assert_string_equal(info.organization, "Example");
    assert_string_equal(info.issuer_common_name, "sub");
    assert_string_equal(info.serial_number, serial_in(&world, "a"));
    assert_false(info.is_ca);
}

static void a_folder_belongs_to_one_handle_at_a_time(void **state)
{
    struct ocpp_crypto *second = NULL;
    char reason[200];
    (void)state;
    with_root();
    assert_int_equal(ocpp_crypto_openssl_open(world.folder, NULL, &second, reason, sizeof reason), OCPP_ERR_LOCKED);
    assert_null(second);
    assert_non_null(strstr(reason, "in use"));
    assert_int_equal(ocpp_crypto_openssl_open("/proc/nowhere/at/all", NULL, &second, reason, sizeof reason), OCPP_ERR_STORAGE);
    struct ocpp_crypto_openssl_settings settings = ocpp_crypto_openssl_settings_default();
    settings.max_roots = 0;
    assert_int_equal(ocpp_crypto_openssl_open(world.folder, &settings, &second, reason, sizeof reason), OCPP_ERR_ARGUMENT);
    settings.max_roots = 1;
    settings.max_chain_bytes = 10001;
    assert_int_equal(ocpp_crypto_openssl_open(world.folder, &settings, &second, NULL, 0), OCPP_ERR_ARGUMENT);
    ocpp_crypto_openssl_close(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_pkcs10_that_openssl_verifies_and_says_who_we_are),
        cmocka_unit_test(a_request_for_a_leaf_of_15118_has_its_domain_component),
        cmocka_unit_test(a_pending_request_is_there_again_after_a_restart),
        cmocka_unit_test(a_request_that_says_nothing_or_too_much_is_refused_and_leaves_nothing),
        cmocka_unit_test(a_key_is_readable_by_its_owner_alone),
        cmocka_unit_test(an_answer_is_kept_with_its_sub_cas_and_without_the_root_and_the_rest),
        cmocka_unit_test(every_kind_of_key_gets_its_certificate),
        cmocka_unit_test(a_wrong_answer_is_refused_for_its_reason_and_the_right_one_still_taken),
        cmocka_unit_test(a_certificate_for_another_key_or_another_name_is_refused),
        cmocka_unit_test(an_answer_counts_from_its_first_to_its_last_moment),
        cmocka_unit_test(a_sub_ca_that_ends_before_its_leaf_ends_the_leaf_too),
        cmocka_unit_test(the_newest_is_kept_beside_the_previous_until_one_of_them_has_worked),
        cmocka_unit_test(when_the_newest_does_not_work_the_previous_is_the_only_one_again),
        cmocka_unit_test(a_third_certificate_comes_instead_of_the_second_that_never_worked),
        cmocka_unit_test(nothing_is_settled_where_there_is_nothing),
        cmocka_unit_test(a_combined_certificate_serves_vehicles_and_takes_the_place_of_their_own),
        cmocka_unit_test(a_certificate_for_the_central_system_alone_serves_no_vehicle),
        cmocka_unit_test(the_end_of_a_certificate_can_be_asked_for),
        cmocka_unit_test(a_folder_belongs_to_one_handle_at_a_time),
    };
    if (!openssl_is_there())
        return 77;
    crypto_world_make(&world);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    crypto_world_end(&world);
    return failed;
}
