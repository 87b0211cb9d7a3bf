/* Roots over OpenSSL: which are taken, how one succeeds another, what deleting refuses, and how they are named (M03, M04, M05).
 */
#include "crypto_world.h"
#include "openssl_shell.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSMS    OCPP_ROOT_BIT(OCPP_ROOT_CSMS)
#define AS_ROOT "basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign,cRLSign"
#define PLAIN   "keyUsage=critical,digitalSignature"

static struct crypto_world world;

/* --- what is taken ------------------------------------------------------------------------------------------------------- */

/* M05.FR.01, FR.02, FR.17; A05.FR.02. */
static void a_root_of_each_use_is_installed_once_and_there_after_a_restart(void **state)
{
    (void)state;
    crypto_world_empty(&world);
    for (int use = 0; use < OCPP_ROOT_USE_COUNT; use++) {
        const enum ocpp_root_use root = (enum ocpp_root_use)use;
        assert_false(world.crypto->has_root(root, world.utc_ms, world.crypto->user));
        assert_int_equal(install(&world, root, false, "root"), OCPP_OK);
        assert_int_equal(install(&world, root, false, "root"), OCPP_OK); /* M05.FR.17 */
        crypto_world_reopen(&world);
        assert_int_equal(roots_shown(&world, root, OCPP_NEWEST), 1);
        assert_true(world.crypto->has_root(root, world.utc_ms, world.crypto->user));
        assert_true(world.crypto->has_root(root, OCPP_UTC_UNKNOWN, world.crypto->user));
        assert_false(world.crypto->has_root(root, world.utc_ms + INT64_C(4000) * 86400000, world.crypto->user));
    }
    assert_int_equal(install(&world, (enum ocpp_root_use)4, false, "root"), OCPP_ERR_ARGUMENT);
}

/* Makes bad.pem with |command|. */
static enum ocpp_certificate_fault install_bad(const char *command)
{
    shell(world.pki, "%s", command);
    const enum ocpp_status status = install(&world, OCPP_ROOT_MANUFACTURER, false, "bad");
    assert_int_equal(status, world.fault == OCPP_CERTIFICATE_GOOD ? OCPP_OK : OCPP_ERR_VALUE);
    return world.fault;
}

#define MAKE_ROOT(key, more)                                                                                                     \
    "openssl req -x509 -newkey " key " -nodes -keyout bad.key -out bad.pem -days 3650 -subj /O=E/CN=bad " more
#define P256 "ec -pkeyopt ec_paramgen_curve:P-256"

/* M05.FR.07; A00.FR.501, FR.502, FR.503, FR.504, FR.508. */
static void what_is_no_good_root_is_refused_for_its_reason(void **state)
{
    static const struct {
        const char *command;
        enum ocpp_certificate_fault fault;
    } bad[] = {
        { MAKE_ROOT("rsa:1024", ""), OCPP_CERTIFICATE_WEAK },
        { MAKE_ROOT("rsa:2048", "-sha1"), OCPP_CERTIFICATE_WEAK },
        { MAKE_ROOT("rsa:2048", "-md5"), OCPP_CERTIFICATE_WEAK },
        { MAKE_ROOT("ec -pkeyopt ec_paramgen_curve:prime192v1", ""), OCPP_CERTIFICATE_WEAK },
        { MAKE_ROOT(P256 " -pkeyopt ec_param_enc:explicit", ""), OCPP_CERTIFICATE_WEAK }, /* a curve of its own making */
        { MAKE_ROOT(P256, "-addext basicConstraints=critical,CA:FALSE"), OCPP_CERTIFICATE_NOT_A_ROOT },
        { "openssl x509 -req -in sub.csr -CA other.pem -CAkey other.key -out bad.pem -days 9 -extfile sub.ext",
          OCPP_CERTIFICATE_NOT_A_ROOT }, /* a CA whose own issuer nobody here knows */
        { "openssl x509 -req -in sub.csr -signkey sub.key -out bad.pem -days 9", OCPP_CERTIFICATE_NOT_A_ROOT }, /* version 1 */
        { "openssl x509 -req -in sub.csr -signkey sub.key -out bad.pem -days 9 -extfile sub.ext -set_serial "
          "0x112233445566778899aabbccddeeff0011223344556677",
          OCPP_CERTIFICATE_UNREADABLE }, /* a serial number of more than 20 octets has no place in OCPP */
        { "printf 'hello' >bad.pem", OCPP_CERTIFICATE_UNREADABLE },
        { ": >bad.pem", OCPP_CERTIFICATE_UNREADABLE },
        { "head -c 300 root.pem >bad.pem", OCPP_CERTIFICATE_UNREADABLE },
        { "cat root.pem other.pem >bad.pem", OCPP_CERTIFICATE_UNREADABLE }, /* one at a time */
        { "cat root.pem root.key >bad.pem", OCPP_CERTIFICATE_UNREADABLE },
        { "sed 's/CERTIFICATE/X509 CRL/' root.pem >bad.pem", OCPP_CERTIFICATE_UNREADABLE },
        { "sed '3s/./*/' root.pem >bad.pem", OCPP_CERTIFICATE_UNREADABLE },
        { "openssl x509 -in root.pem -outform DER >bad.pem", OCPP_CERTIFICATE_UNREADABLE },
        { "openssl x509 -in root.pem -outform DER | { cat; printf xx; } | openssl base64 | "
          "{ echo '-----BEGIN CERTIFICATE-----'; cat; echo '-----END CERTIFICATE-----'; } >bad.pem",
          OCPP_CERTIFICATE_UNREADABLE }, /* something behind the certificate, inside its block */
        { "{ head -c 10000 /dev/zero | tr '\\0' ' '; cat root.pem; } >bad.pem", OCPP_CERTIFICATE_TOO_LARGE },
        { "openssl x509 -in root.pem -text >bad.pem",
          OCPP_CERTIFICATE_GOOD }, /* text around the block means nothing (RFC 7468) */
        { "sed 's/$/\\r/' other.pem >bad.pem", OCPP_CERTIFICATE_GOOD },
        { MAKE_ROOT("rsa:2048 -sigopt rsa_padding_mode:pss", ""), OCPP_CERTIFICATE_GOOD },
        { MAKE_ROOT("ed25519", ""), OCPP_CERTIFICATE_GOOD },
        { MAKE_ROOT("ec -pkeyopt ec_paramgen_curve:secp224r1", ""), OCPP_CERTIFICATE_GOOD }, /* A00.FR.503 */
    };
    (void)state;
    crypto_world_empty(&world);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        if (install_bad(bad[i].command) != bad[i].fault)
            fail_msg("%s: %s", bad[i].command, ocpp_certificate_fault_words(world.fault));
    }
    assert_int_equal(roots_shown(&world, OCPP_ROOT_MANUFACTURER, OCPP_NEWEST), 5);
}

static void ten_thousand_certificates_and_a_nul_are_not_looked_at(void **state)
{
    (void)state;
    crypto_world_empty(&world);
    world.settings.max_chain_bytes = 10000;
    const size_t size = 20 * 10000;
    size_t small_size;
    char *pem = malloc(size + 1);
    assert_non_null(pem);
    for (size_t i = 0; i < 10000; i++)
        memcpy(pem + 20 * i, "-----BEGIN CERTIFICA", 20);
    enum ocpp_certificate_fault fault;
    assert_int_equal(world.crypto->install_root(OCPP_ROOT_MO, false, pem, size, world.utc_ms, &fault, world.crypto->user),
                     OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_TOO_LARGE);
    assert_int_equal(world.crypto->install_root(OCPP_ROOT_MO, false, pem, 10000, world.utc_ms, &fault, world.crypto->user),
                     OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_UNREADABLE);
    free(pem);
    pem = join_files(&world, "root", &small_size);
    assert_int_equal(
        world.crypto->install_root(OCPP_ROOT_MO, false, pem, small_size + 1, world.utc_ms, &fault, world.crypto->user),
        OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_UNREADABLE); /* a NUL */
    free(pem);
}

static void a_root_counts_from_its_first_to_its_last_moment(void **state)
{
    const int64_t now = world.utc_ms;
    (void)state;
    crypto_world_empty(&world);
    world.utc_ms = now - INT64_C(2) * 86400000;
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_NOT_YET_VALID);
    world.utc_ms = now + INT64_C(3651) * 86400000;
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_EXPIRED);
    world.utc_ms = OCPP_UTC_UNKNOWN;
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_TIME_UNKNOWN);
    world.utc_ms = now;
}

/* M05.FR.06, FR.17. */
static void more_roots_than_there_is_room_for_are_refused_and_one_that_is_there_is_not(void **state)
{
    (void)state;
    world.settings.max_roots = 2;
    crypto_world_empty(&world);
    assert_int_equal(world.crypto->max_roots, 2);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_MO, false, "root"), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_MO, false, "other"), OCPP_ERR_LIMIT);
    assert_int_equal(install(&world, OCPP_ROOT_MO, false, "root"), OCPP_OK);
    world.settings.max_roots = 16;
}

/* --- succession (M05.FR.09 to FR.16; 1.6 whitepaper M05.FR.08 to FR.13) -------------------------------------------------------
 */

/* M05.FR.09, FR.10, FR.11, FR.12, FR.13. */
static void a_new_root_that_the_old_one_signed_replaces_it_and_the_old_one_stays_until_it_worked(void **state)
{
    (void)state;
    crypto_world_empty(&world);
    make_leaf(world.pki, "second", "root", 3000, AS_ROOT);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "root"), OCPP_OK); /* the first has nothing to replace */
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "other"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_NOT_SUCCEEDING);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "second"), OCPP_OK);
    crypto_world_reopen(&world);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_NEWEST), 1);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_PREVIOUS), 1);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "second"), OCPP_OK);
    assert_int_equal(world.crypto->settle_root(OCPP_ROOT_CSMS, world.crypto->user), OCPP_OK);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_NEWEST), 1);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_PREVIOUS), 0);
    make_leaf(world.pki, "under", "second", 30, PLAIN);
    assert_int_equal(check_files(&world, CSMS, "under"), OCPP_OK); /* though the root above the second is gone */
    assert_int_equal(world.crypto->settle_root(OCPP_ROOT_CSMS, world.crypto->user), OCPP_OK);
}

static void a_root_that_never_worked_is_replaced_and_the_one_that_did_stays_behind(void **state)
{
    (void)state;
    crypto_world_empty(&world);
    make_leaf(world.pki, "second", "root", 3000, AS_ROOT);
    make_leaf(world.pki, "third", "second", 3000, AS_ROOT);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "root"), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "second"), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "third"), OCPP_OK);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_NEWEST), 1);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_PREVIOUS), 1);
    make_leaf(world.pki, "a", "root", 30, PLAIN);
    make_leaf(world.pki, "b", "third", 30, PLAIN);
    assert_int_equal(check_files(&world, CSMS, "a"), OCPP_OK);
    assert_int_equal(check_files(&world, CSMS, "b"), OCPP_OK);
    assert_int_equal(world.crypto->settle_root(OCPP_ROOT_CSMS, world.crypto->user), OCPP_OK);
    assert_int_equal(check_files(&world, CSMS, "a"), OCPP_ERR_VALUE);
    assert_int_equal(check_files(&world, CSMS, "b"), OCPP_OK);
}

static void a_root_that_was_replaced_and_comes_back_is_a_root_like_any_other(void **state)
{
    (void)state;
    crypto_world_empty(&world);
    make_leaf(world.pki, "second", "root", 3000, AS_ROOT);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "root"), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "second"), OCPP_OK);
    assert_int_equal(world.crypto->settle_root(OCPP_ROOT_CSMS, world.crypto->user), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_OK);
    crypto_world_reopen(&world);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_NEWEST), 2);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_PREVIOUS), 0);
}

static void a_root_file_that_cannot_be_read_is_not_trusted_and_does_not_stop_the_rest(void **state)
{
    (void)state;
    crypto_world_empty(&world);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_OK);
    write_whole(world.folder, "root-csms-000000000000000000000000.pem", "rubbish", 7);
    crypto_world_reopen(&world);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_NEWEST), 1);
}

/* --- names (RFC 6960 4.1.1) ----------------------------------------------------------------------------------------------------
 */

/* What `openssl ocsp` calls the certificate name.pem under |issuer|. */
static void name_by_openssl(const char *name, const char *issuer, const char *hash, struct ocpp_certificate_hash *says)
{
    /* it breaks long lines */
    shell(world.pki, "openssl ocsp -%s -issuer %s.pem -cert %s.pem -req_text | tr -d '\\\\\\n ' >text", hash, issuer, name);
    shell_says(says->issuer_name_hash, sizeof says->issuer_name_hash, world.pki,
               "grep -o 'NameHash:[0-9A-F]*' text | cut -d: -f2 | tr A-F a-f");
    shell_says(says->issuer_key_hash, sizeof says->issuer_key_hash, world.pki,
               "grep -o 'KeyHash:[0-9A-F]*' text | cut -d: -f2 | tr A-F a-f");
    shell_says(says->serial_number, sizeof says->serial_number, world.pki,
               "grep -o 'SerialNumber:[0-9A-F]*' text | sed 's/.*:0*//' | tr A-F a-f");
}

static void a_certificate_is_named_as_openssl_names_it(void **state)
{
    static const char *const hashes[] = { "sha256", "sha384", "sha512" };
    (void)state;
    crypto_world_empty(&world);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_OK);
    make_leaf(world.pki, "leaf", "sub", 30, PLAIN);
    shell(world.pki, "openssl x509 -req -in leaf.csr -CA sub.pem -CAkey sub.key -out small.pem -set_serial 0x0a");
    size_t size;
    char *pem = join_files(&world, "leaf sub", &size);
    size_t small_size;
    char *small = join_files(&world, "small sub", &small_size);
    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        struct ocpp_certificate_hash says = { .algorithm = (enum ocpp_hash)i };
        struct ocpp_certificate_hash hash;
        name_by_openssl("leaf", "sub", hashes[i], &says);
        assert_int_equal(world.crypto->hash_of(pem, size, 0, CSMS, says.algorithm, &hash, world.crypto->user), OCPP_OK);
        assert_string_equal(hash.issuer_name_hash, says.issuer_name_hash);
        assert_string_equal(hash.issuer_key_hash, says.issuer_key_hash);
        assert_string_equal(hash.serial_number, says.serial_number);
        name_by_openssl("sub", "root", hashes[i], &says); /* its issuer is installed and not in the chain */
        assert_int_equal(world.crypto->hash_of(pem, size, 1, CSMS, says.algorithm, &hash, world.crypto->user), OCPP_OK);
        assert_string_equal(hash.issuer_key_hash, says.issuer_key_hash);
        assert_string_equal(hash.serial_number, says.serial_number);
    }
    struct ocpp_certificate_hash hash;
    assert_int_equal(world.crypto->hash_of(small, small_size, 0, 0, OCPP_HASH_SHA256, &hash, world.crypto->user), OCPP_OK);
    assert_string_equal(hash.serial_number, "a"); /* no leading zero */
    assert_int_equal(world.crypto->hash_of(pem, size, 1, 0, OCPP_HASH_SHA256, &hash, world.crypto->user), OCPP_ERR_STATE);
    assert_int_equal(world.crypto->hash_of(pem, size, 2, CSMS, OCPP_HASH_SHA256, &hash, world.crypto->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(world.crypto->hash_of("x", 1, 0, CSMS, OCPP_HASH_SHA256, &hash, world.crypto->user), OCPP_ERR_VALUE);
    assert_int_equal(world.crypto->hash_of(pem, size, 0, CSMS, (enum ocpp_hash)3, &hash, world.crypto->user), OCPP_ERR_ARGUMENT);
    free(small);
    free(pem);
}

struct seen {
    struct ocpp_certificate_hash certificate[8];
    struct ocpp_certificate_hash child[8];
    enum ocpp_installed_kind kinds[8];
    size_t children[8];
    size_t count;
};

static bool see(const struct ocpp_installed *installed, void *user)
{
    struct seen *seen = user;
    seen->certificate[seen->count] = *installed->certificate;
    seen->children[seen->count] = installed->child_count;
    if (installed->child_count > 0)
        seen->child[seen->count] = installed->children[0];
    seen->kinds[seen->count++] = installed->kind;
    return true;
}

/* M03.FR.04, FR.05; M04.FR.02, FR.04, FR.06. */
static void installed_certificates_are_shown_with_the_names_they_are_deleted_by(void **state)
{
    struct seen seen = { .count = 0 };
    struct ocpp_certificate_hash says = { .algorithm = OCPP_HASH_SHA384 };
    (void)state;
    crypto_world_empty(&world);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_V2G, false, "root"), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_MO, false, "other"), OCPP_OK);
    renew(&world, "me");
    ask(&world, OCPP_KEY_V2G, OCPP_KEY_EC_P256, false, "leaf");
    sign_request(world.pki, "leaf.csr", "sub", "leaf", 30, PLAIN);
    make_leaf(world.pki, "leafsub", "root", 100, "basicConstraints=critical,CA:TRUE");
    sign_request(world.pki, "leaf.csr", "leafsub", "leaf", 30, PLAIN);
    assert_int_equal(accept_files(&world, OCPP_KEY_V2G, OCPP_ROOT_BIT(OCPP_ROOT_V2G), "leaf leafsub"), OCPP_OK);
    assert_int_equal(world.crypto->each_installed(OCPP_HASH_SHA384, see, &seen, world.crypto->user), OCPP_OK);
    assert_int_equal(seen.count, 5);
    name_by_openssl("root", "root", "sha384", &says);
    assert_string_equal(seen.certificate[0].issuer_key_hash, says.issuer_key_hash);
    assert_string_equal(seen.certificate[0].serial_number, says.serial_number);
    assert_int_equal(seen.kinds[3], OCPP_INSTALLED_STATION_CHAIN);
    assert_int_equal(seen.kinds[4], OCPP_INSTALLED_V2G_CHAIN);
    name_by_openssl("leaf", "leafsub", "sha384", &says);
    assert_string_equal(seen.certificate[4].issuer_key_hash, says.issuer_key_hash);
    assert_int_equal(seen.children[4], 1); /* M03.FR.05 */
    name_by_openssl("leafsub", "root", "sha384", &says);
    assert_string_equal(seen.child[4].serial_number, says.serial_number);

    /* M04: the station certificate stays, the V2G chain goes with its sub-CA, the last root above the station stays, others go.
     */
    assert_int_equal(world.crypto->delete_certificate(&seen.certificate[3], world.crypto->user), OCPP_ERR_STATE);
    assert_int_equal(world.crypto->delete_certificate(&seen.certificate[0], world.crypto->user), OCPP_ERR_STATE);
    assert_int_equal(world.crypto->delete_certificate(&seen.child[4], world.crypto->user), OCPP_OK);
    assert_int_equal(world.crypto->delete_certificate(&seen.certificate[4], world.crypto->user), OCPP_ERR_NOT_FOUND);
    assert_string_equal(serial_of(&world, OCPP_KEY_V2G, OCPP_NEWEST), "");
    for (char *c = seen.certificate[2].issuer_key_hash; *c != '\0'; c++)
        *c = (char)(*c >= 'a' ? *c - 32 : *c); /* somebody else writes capitals */
    assert_int_equal(world.crypto->delete_certificate(&seen.certificate[2], world.crypto->user), OCPP_OK);
    assert_int_equal(world.crypto->delete_certificate(&seen.certificate[2], world.crypto->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_MO, OCPP_NEWEST), 0);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "other"), OCPP_OK);
    assert_int_equal(world.crypto->delete_certificate(&seen.certificate[0], world.crypto->user),
                     OCPP_OK); /* it is not alone now */
}

static bool see_one(const struct ocpp_installed *installed, void *user)
{
    (void)installed;
    ++*(size_t *)user;
    return false;
}

static void who_has_seen_enough_is_shown_no_more(void **state)
{
    size_t count = 0;
    (void)state;
    crypto_world_empty(&world);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "other"), OCPP_OK);
    renew(&world, "me");
    assert_int_equal(world.crypto->each_installed(OCPP_HASH_SHA256, see_one, &count, world.crypto->user), OCPP_OK);
    assert_int_equal(count, 1);
}

static void a_certificate_is_described_as_it_stands(void **state)
{
    struct ocpp_certificate_info info;
    size_t size;
    (void)state;
    crypto_world_empty(&world);
    make_leaf(world.pki, "leaf", "sub", 30,
              PLAIN "\\nauthorityInfoAccess=caIssuers;URI:http://ca/,OCSP;URI:ldap://x/,OCSP;URI:HTTP://ocsp.example/a");
    char *pem = join_files(&world, "leaf sub", &size);
    assert_int_equal(world.crypto->describe(pem, size, 0, &info, world.crypto->user), OCPP_OK);
    assert_string_equal(info.common_name, "leaf");
    assert_string_equal(info.responder_url, "HTTP://ocsp.example/a");
    assert_false(info.is_ca);
    assert_int_equal(world.crypto->describe(pem, size, 1, &info, world.crypto->user), OCPP_OK);
    assert_string_equal(info.common_name, "sub");
    assert_string_equal(info.issuer_common_name, "root");
    assert_string_equal(info.responder_url, "");
    assert_true(info.is_ca);
    assert_int_equal(world.crypto->describe(pem, size, 2, &info, world.crypto->user), OCPP_ERR_NOT_FOUND);
    assert_int_equal(world.crypto->describe(pem, 40, 0, &info, world.crypto->user), OCPP_ERR_VALUE);
    free(pem);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_root_of_each_use_is_installed_once_and_there_after_a_restart),
        cmocka_unit_test(what_is_no_good_root_is_refused_for_its_reason),
        cmocka_unit_test(ten_thousand_certificates_and_a_nul_are_not_looked_at),
        cmocka_unit_test(a_root_counts_from_its_first_to_its_last_moment),
        cmocka_unit_test(more_roots_than_there_is_room_for_are_refused_and_one_that_is_there_is_not),
        cmocka_unit_test(a_new_root_that_the_old_one_signed_replaces_it_and_the_old_one_stays_until_it_worked),
        cmocka_unit_test(a_root_that_never_worked_is_replaced_and_the_one_that_did_stays_behind),
        cmocka_unit_test(a_root_that_was_replaced_and_comes_back_is_a_root_like_any_other),
        cmocka_unit_test(a_root_file_that_cannot_be_read_is_not_trusted_and_does_not_stop_the_rest),
        cmocka_unit_test(a_certificate_is_named_as_openssl_names_it),
        cmocka_unit_test(installed_certificates_are_shown_with_the_names_they_are_deleted_by),
        cmocka_unit_test(who_has_seen_enough_is_shown_no_more),
        cmocka_unit_test(a_certificate_is_described_as_it_stands),
    };
    if (!openssl_is_there())
        return 77;
    crypto_world_make(&world);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    crypto_world_end(&world);
    return failed;
}
