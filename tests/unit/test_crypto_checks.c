/* Certificates of others over OpenSSL: chains, revocation, signatures of firmware (C07, L01, M06). */
#include "crypto_world.h"
#include "openssl_shell.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MADE_BY OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER)
#define MO      OCPP_ROOT_BIT(OCPP_ROOT_MO)
#define AS_CA   "basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign,cRLSign"
#define PLAIN   "keyUsage=critical,digitalSignature"

static struct crypto_world world;

static void with_root(void)
{
    crypto_world_empty(&world);
    assert_int_equal(install(&world, OCPP_ROOT_MANUFACTURER, false, "root"), OCPP_OK);
}

static void assert_fault(const char *names, enum ocpp_certificate_fault fault)
{
    const enum ocpp_status status = check_files(&world, MADE_BY, names);
    assert_int_equal(status, fault == OCPP_CERTIFICATE_GOOD ? OCPP_OK : OCPP_ERR_VALUE);
    if (world.fault != fault)
        fail_msg("%s: %s", names, ocpp_certificate_fault_words(world.fault));
}

/* --- chains ---------------------------------------------------------------------------------------------------------------- */

/* L01.FR.12, FR.21. */
static void a_chain_leads_to_a_root_of_the_use_that_was_asked_for(void **state)
{
    (void)state;
    with_root();
    make_leaf(world.pki, "leaf", "sub", 30, PLAIN);
    assert_fault("leaf sub", OCPP_CERTIFICATE_GOOD);
    assert_fault("leaf sub root", OCPP_CERTIFICATE_GOOD);
    assert_fault("leaf other sub", OCPP_CERTIFICATE_GOOD); /* what does not belong does no harm */
    assert_fault("leaf", OCPP_CERTIFICATE_NO_ROOT);
    assert_fault("sub", OCPP_CERTIFICATE_GOOD); /* of a CA that may sign */
    assert_int_equal(check_files(&world, MO, "leaf sub"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_NO_ROOT);
    assert_int_equal(check_files(&world, 0, "leaf sub root"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_NO_ROOT);
}

static void a_chain_that_is_wrong_on_the_way_is_refused_for_its_reason(void **state)
{
    (void)state;
    with_root();
    make_leaf(world.pki, "deep", "sub", 100, AS_CA); /* below a CA that may have none below it */
    make_leaf(world.pki, "a", "deep", 30, PLAIN);
    assert_fault("a deep sub", OCPP_CERTIFICATE_WRONG_USE);
    make_leaf(world.pki, "nosign", "root", 30, "keyUsage=critical,keyAgreement");
    assert_fault("nosign", OCPP_CERTIFICATE_WRONG_USE);
    make_leaf(world.pki, "plainca", "root", 100, PLAIN); /* no CA at all */
    make_leaf(world.pki, "b", "plainca", 30, PLAIN);
    assert_fault("b plainca", OCPP_CERTIFICATE_WRONG_USE);
    make_leaf(world.pki, "named", "root", 100, AS_CA "\\nnameConstraints=critical,permitted;dirName:only\\n[only]\\nO=Somebody");
    make_leaf(world.pki, "c", "named", 30, PLAIN);
    assert_fault("c named", OCPP_CERTIFICATE_WRONG_USE);
    shell(world.pki, "openssl x509 -req -in a.csr -sha1 -CA root.pem -CAkey root.key -out sha.pem");
    assert_fault("sha", OCPP_CERTIFICATE_WEAK);
    shell(world.pki, "openssl req -new -newkey rsa:1024 -nodes -keyout weak.key -subj /O=E/CN=weak | "
                     "openssl x509 -req -CA root.pem -CAkey root.key -out weak.pem");
    assert_fault("weak", OCPP_CERTIFICATE_WEAK);
    /* a root that has the name of ours, and another key */
    shell(world.pki,
          "mkdir -p twin; cd twin; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key "
          "-out root.pem -subj '/O=Example/CN=root'; cp ../a.csr .; "
          "openssl x509 -req -in a.csr -CA root.pem -CAkey root.key -out ../twin.pem");
    assert_fault("twin", OCPP_CERTIFICATE_BAD_SIGNATURE);
}

static void a_forged_certificate_does_not_verify(void **state)
{
    size_t size;
    (void)state;
    with_root();
    make_leaf(world.pki, "leaf", "root", 30, PLAIN);
    shell(world.pki, "openssl x509 -in leaf.pem -outform DER -out leaf.der");
    char *der = read_whole(world.pki, "leaf.der", &size);
    der[size - 3] ^= 1;
    write_whole(world.pki, "leaf.der", der, size);
    free(der);
    shell(world.pki, "openssl x509 -inform DER -in leaf.der -out forged.pem");
    assert_int_equal(check_files(&world, MADE_BY, "forged"), OCPP_ERR_VALUE);
    assert_int_equal(world.fault, OCPP_CERTIFICATE_BAD_SIGNATURE);
}

static void a_chain_of_more_links_than_there_is_room_for_is_refused(void **state)
{
    (void)state;
    with_root();
    assert_fault("root root root root root root root root", OCPP_CERTIFICATE_GOOD);
    assert_fault("root root root root root root root root root", OCPP_CERTIFICATE_TOO_LARGE);
}

static void a_chain_counts_at_the_time_it_is_looked_at(void **state)
{
    const int64_t now = world.utc_ms;
    (void)state;
    with_root();
    make_leaf(world.pki, "leaf", "sub", 30, PLAIN);
    world.utc_ms = now + INT64_C(31) * 86400000;
    assert_fault("leaf sub", OCPP_CERTIFICATE_EXPIRED);
    world.utc_ms = now - INT64_C(2) * 86400000;
    assert_fault("leaf sub", OCPP_CERTIFICATE_NOT_YET_VALID);
    world.utc_ms = OCPP_UTC_UNKNOWN;
    assert_fault("leaf sub", OCPP_CERTIFICATE_TIME_UNKNOWN);
    world.utc_ms = now;
}

static void every_fault_has_its_words(void **state)
{
    (void)state;
    for (int i = 0; i < OCPP_CERTIFICATE_FAULT_COUNT; i++)
        assert_string_not_equal(ocpp_certificate_fault_words((enum ocpp_certificate_fault)i), "?");
    assert_string_equal(ocpp_certificate_fault_words((enum ocpp_certificate_fault)OCPP_CERTIFICATE_FAULT_COUNT), "?");
}

/* --- revocation
 * ------------------------------------------------------------------------------------------------------------------ */

/* ca.cnf and index for |issuer|, and leaf.pem from it, known to the index. */
static void with_index(const char *issuer)
{
    shell(world.pki,
          "rm -f index* serial* crlnumber*; : >index; echo 1000 >serial; echo 01 >crlnumber; "
          "printf '[ca]\\ndefault_ca=c\\n[c]\\ndatabase=index\\nserial=serial\\ncrlnumber=crlnumber\\nnew_certs_dir=.\\n"
          "default_md=sha256\\npolicy=p\\nx509_extensions=e\\ndefault_days=30\\ndefault_crl_days=1\\n[p]\\ncommonName=supplied\\n"
          "organizationName=optional\\n[e]\\nkeyUsage=critical,digitalSignature\\n' >ca.cnf; "
          "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr -subj "
          "'/O=Example/CN=leaf'; "
          "openssl ca -batch -config ca.cnf -cert %s.pem -keyfile %s.key -in leaf.csr -out leaf.pem -notext",
          issuer, issuer);
}

static enum ocpp_status add_crl(const char *issuer)
{
    size_t size;
    shell(world.pki, "openssl ca -config ca.cnf -cert %s.pem -keyfile %s.key -gencrl -out list.pem", issuer, issuer);
    char *pem = read_whole(world.pki, "list.pem", &size);
    const enum ocpp_status status = ocpp_crypto_openssl_add_crl(world.crypto, pem, size);
    free(pem);
    return status;
}

static void what_its_issuer_revoked_is_refused_also_by_an_old_list(void **state)
{
    const int64_t now = world.utc_ms;
    (void)state;
    with_root();
    with_index("sub");
    assert_int_equal(add_crl("sub"), OCPP_OK);
    assert_fault("leaf sub", OCPP_CERTIFICATE_GOOD);
    shell(world.pki, "openssl ca -config ca.cnf -cert sub.pem -keyfile sub.key -revoke leaf.pem");
    assert_int_equal(add_crl("sub"), OCPP_OK); /* takes the place of the first */
    crypto_world_reopen(&world);
    assert_fault("leaf sub", OCPP_CERTIFICATE_REVOKED);
    world.utc_ms = now + INT64_C(20) * 86400000;
    assert_fault("leaf sub", OCPP_CERTIFICATE_REVOKED);
    world.utc_ms = now;
    make_leaf(world.pki, "fine", "sub", 30, PLAIN);
    assert_fault("fine sub", OCPP_CERTIFICATE_GOOD);
}

static void a_list_that_somebody_else_signed_revokes_nothing(void **state)
{
    (void)state;
    with_root();
    with_index("sub");
    shell(world.pki, "openssl ca -config ca.cnf -cert sub.pem -keyfile sub.key -revoke leaf.pem; "
                     "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout fake.key -out fake.pem -subj "
                     "'/O=Example/CN=sub'");
    assert_int_equal(add_crl("fake"), OCPP_OK);
    assert_fault("leaf sub", OCPP_CERTIFICATE_GOOD);
    assert_int_equal(ocpp_crypto_openssl_add_crl(world.crypto, "rubbish", 7), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_crypto_openssl_add_crl(world.crypto, "", 0), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_crypto_openssl_add_crl(world.crypto, "x", 70000), OCPP_ERR_VALUE);
}

static enum ocpp_status read_answer(const char *names, enum ocpp_revocation *revocation, int64_t *until)
{
    size_t der_size;
    size_t size;
    char *der = read_whole(world.pki, "answer.der", &der_size);
    char *pem = join_files(&world, names, &size);
    const enum ocpp_status status =
        world.crypto->read_ocsp(der, der_size, pem, size, 0, MADE_BY, world.utc_ms, revocation, until, world.crypto->user);
    free(pem);
    free(der);
    return status;
}

static void answer_by(const char *signer, const char *more)
{
    shell(world.pki,
          "openssl ocsp -issuer sub.pem -cert leaf.pem -reqout ask.der; "
          "openssl ocsp -index index -CA sub.pem -rsigner %s.pem -rkey %s.key -reqin ask.der -respout answer.der -ndays 7 %s",
          signer, signer, more);
}

/* M06.FR.08, FR.09. */
static void an_ocsp_answer_says_good_revoked_or_unknown(void **state)
{
    enum ocpp_revocation revocation = OCPP_REVOCATION_UNKNOWN;
    const int64_t now = world.utc_ms;
    int64_t until = 0;
    (void)state;
    with_root();
    with_index("sub");
    answer_by("sub", "");
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_OK);
    assert_int_equal(revocation, OCPP_REVOCATION_GOOD);
    assert_true(until > now + INT64_C(6) * 86400000 && until < now + INT64_C(8) * 86400000);
    world.utc_ms = now + INT64_C(8) * 86400000;
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_ERR_VALUE); /* outdated */
    world.utc_ms = now - INT64_C(1) * 86400000;
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_ERR_VALUE); /* from the future */
    world.utc_ms = OCPP_UTC_UNKNOWN;
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_OK);
    world.utc_ms = now;
    make_leaf(world.pki, "responder", "sub", 30, "extendedKeyUsage=OCSPSigning");
    shell(world.pki, "openssl ca -config ca.cnf -cert sub.pem -keyfile sub.key -revoke leaf.pem");
    answer_by("responder", "");
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_OK);
    assert_int_equal(revocation, OCPP_REVOCATION_REVOKED);
    shell(world.pki, ": >index");
    answer_by("sub", "");
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_OK);
    assert_int_equal(revocation, OCPP_REVOCATION_UNKNOWN);
}

static void an_ocsp_answer_to_something_else_or_from_somebody_else_is_none(void **state)
{
    enum ocpp_revocation revocation;
    int64_t until;
    (void)state;
    with_root();
    with_index("sub");
    make_leaf(world.pki, "elsewhere", "sub", 30, PLAIN);
    make_leaf(world.pki, "nobody", "sub", 30, PLAIN); /* whom the issuer does not let answer */
    answer_by("nobody", "");
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_ERR_VALUE);
    answer_by("other", "");
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_ERR_VALUE);
    answer_by("sub", "");
    assert_int_equal(read_answer("elsewhere sub", &revocation, &until), OCPP_ERR_VALUE);
    assert_int_equal(read_answer("leaf", &revocation, &until), OCPP_ERR_STATE);
    shell(world.pki, "printf x >>answer.der");
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_ERR_VALUE);
    shell(world.pki, "head -c 100000 /dev/zero >answer.der");
    assert_int_equal(read_answer("leaf sub", &revocation, &until), OCPP_ERR_VALUE);
}

/* --- hashes and signatures
 * ------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    size_t size;
} hashes[] = { { "sha256", 32 }, { "sha384", 48 }, { "sha512", 64 } };

static void hash_file(enum ocpp_hash algorithm, const char *name, size_t piece, unsigned char digest[OCPP_DIGEST_SIZE])
{
    struct ocpp_digest *state;
    size_t size;
    size_t written;
    char *bytes = read_whole(world.pki, name, &size);
    assert_int_equal(world.crypto->digest_begin(algorithm, &state, world.crypto->user), OCPP_OK);
    for (size_t at = 0; at < size; at += piece)
        assert_int_equal(world.crypto->digest_add(state, bytes + at, size - at < piece ? size - at : piece, world.crypto->user),
                         OCPP_OK);
    assert_int_equal(world.crypto->digest_end(state, digest, &written, world.crypto->user), OCPP_OK);
    assert_int_equal(written, hashes[algorithm].size);
    free(bytes);
}

static void a_hash_taken_in_pieces_is_what_openssl_says_of_the_whole(void **state)
{
    struct ocpp_digest *dropped;
    (void)state;
    with_root();
    shell(world.pki, "head -c 100000 /dev/urandom >image");
    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        unsigned char digest[OCPP_DIGEST_SIZE];
        char text[2 * OCPP_DIGEST_SIZE + 1] = "";
        char says[200];
        hash_file((enum ocpp_hash)i, "image", 777, digest);
        for (size_t k = 0; k < hashes[i].size; k++)
            snprintf(text + 2 * k, 3, "%02x", digest[k]);
        shell_says(says, sizeof says, world.pki, "%ssum image | cut -d' ' -f1", hashes[i].name);
        assert_string_equal(text, says);
    }
    assert_int_equal(world.crypto->digest_begin(OCPP_HASH_SHA256, &dropped, world.crypto->user), OCPP_OK);
    world.crypto->digest_drop(dropped, world.crypto->user);
    world.crypto->digest_drop(NULL, world.crypto->user);
    assert_int_equal(world.crypto->digest_begin((enum ocpp_hash)3, &dropped, world.crypto->user), OCPP_ERR_ARGUMENT);
}

/* Whether image.sig is a signature of image by the key of |signer|.pem, in the hash |algorithm|. */
static enum ocpp_certificate_fault verify_image(const char *signer, enum ocpp_hash algorithm)
{
    unsigned char digest[OCPP_DIGEST_SIZE];
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    size_t size;
    size_t signature_size;
    hash_file(algorithm, "image", 4096, digest);
    char *pem = join_files(&world, signer, &size);
    char *signature = read_whole(world.pki, "image.sig", &signature_size);
    const struct ocpp_public_key key = { .form = OCPP_PUBLIC_KEY_CERTIFICATE, .bytes = pem, .size = size };
    const enum ocpp_status status =
        world.crypto->verify(&key, algorithm, digest, signature, signature_size, &fault, world.crypto->user);
    assert_int_equal(status, fault == OCPP_CERTIFICATE_GOOD ? OCPP_OK : OCPP_ERR_VALUE);
    free(signature);
    free(pem);
    return fault;
}

/* L01.FR.04, FR.12. */
static void firmware_is_signed_with_rsa_pss_or_ecdsa(void **state)
{
    (void)state;
    with_root();
    make_leaf(world.pki, "ec", "sub", 30, PLAIN);
    shell(world.pki, "head -c 100000 /dev/urandom >image; "
                     "openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -subj /CN=rsa; "
                     "openssl dgst -sha256 -sign ec.key -out image.sig image");
    assert_int_equal(verify_image("ec", OCPP_HASH_SHA256), OCPP_CERTIFICATE_GOOD);
    assert_int_equal(verify_image("ec", OCPP_HASH_SHA384), OCPP_CERTIFICATE_BAD_SIGNATURE);
    assert_int_equal(verify_image("rsa", OCPP_HASH_SHA256), OCPP_CERTIFICATE_BAD_SIGNATURE);
    static const char *const salts[] = { "-1", "0", "20" };
    for (size_t i = 0; i < COUNT_OF(salts); i++) {
        shell(world.pki,
              "openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:%s -sign rsa.key -out image.sig image",
              salts[i]);
        assert_int_equal(verify_image("rsa", OCPP_HASH_SHA256), OCPP_CERTIFICATE_GOOD);
    }
    shell(world.pki, "printf x >>image");
    assert_int_equal(verify_image("rsa", OCPP_HASH_SHA256), OCPP_CERTIFICATE_BAD_SIGNATURE);
}

static void signatures_of_the_old_kind_are_taken_only_where_the_host_says_so(void **state)
{
    (void)state;
    with_root();
    shell(world.pki, "openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -subj /CN=rsa; "
                     "echo image >image; openssl dgst -sha256 -sign rsa.key -out image.sig image");
    assert_int_equal(verify_image("rsa", OCPP_HASH_SHA256), OCPP_CERTIFICATE_BAD_SIGNATURE);
    world.settings.accept_pkcs1_signatures = true;
    crypto_world_reopen(&world);
    assert_int_equal(verify_image("rsa", OCPP_HASH_SHA256), OCPP_CERTIFICATE_GOOD);
    shell(world.pki, "printf x >>image");
    assert_int_equal(verify_image("rsa", OCPP_HASH_SHA256), OCPP_CERTIFICATE_BAD_SIGNATURE);
    world.settings.accept_pkcs1_signatures = false;
    crypto_world_reopen(&world);
}

static void a_signature_that_is_none_does_not_verify(void **state)
{
    (void)state;
    with_root();
    make_leaf(world.pki, "ec", "sub", 30, PLAIN);
    shell(world.pki, "echo image >image; : >image.sig");
    assert_int_equal(verify_image("ec", OCPP_HASH_SHA256), OCPP_CERTIFICATE_BAD_SIGNATURE);
    shell(world.pki, "head -c 5000 /dev/zero >image.sig");
    assert_int_equal(verify_image("ec", OCPP_HASH_SHA256), OCPP_CERTIFICATE_BAD_SIGNATURE);
    shell(world.pki, "openssl dgst -sha256 -sign ec.key -out image.sig image; printf x >>image.sig");
    assert_int_equal(verify_image("ec", OCPP_HASH_SHA256), OCPP_CERTIFICATE_BAD_SIGNATURE); /* something behind it */
}

static const struct {
    enum ocpp_curve curve;
    const char *name;
} curves[] = {
    { OCPP_CURVE_SECP192K1, "secp192k1" },
    { OCPP_CURVE_SECP192R1, "prime192v1" },
    { OCPP_CURVE_SECP256K1, "secp256k1" },
    { OCPP_CURVE_SECP256R1, "prime256v1" },
    { OCPP_CURVE_SECP384R1, "secp384r1" },
    { OCPP_CURVE_SECP521R1, "secp521r1" },
    { OCPP_CURVE_BRAINPOOLP256R1, "brainpoolP256r1" },
    { OCPP_CURVE_BRAINPOOLP384R1, "brainpoolP384r1" },
    { OCPP_CURVE_BRAINPOOLP512R1, "brainpoolP512r1" },
};

/* The public key in |file| in the form |form|. */
static enum ocpp_certificate_fault verify_bare(enum ocpp_public_key_form form, enum ocpp_curve curve, const char *file,
                                               size_t skip)
{
    unsigned char digest[OCPP_DIGEST_SIZE];
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    size_t size;
    size_t signature_size;
    hash_file(OCPP_HASH_SHA256, "image", 4096, digest);
    char *bytes = read_whole(world.pki, file, &size);
    char *signature = read_whole(world.pki, "image.sig", &signature_size);
    const struct ocpp_public_key key = { .form = form, .curve = curve, .bytes = bytes + skip, .size = size - skip };
    (void)world.crypto->verify(&key, OCPP_HASH_SHA256, digest, signature, signature_size, &fault, world.crypto->user);
    free(signature);
    free(bytes);
    return fault;
}

static void a_bare_key_verifies_on_its_own_curve_alone(void **state)
{
    (void)state;
    with_root();
    shell(world.pki, "echo image >image");
    for (size_t i = 0; i < COUNT_OF(curves); i++) {
        const enum ocpp_curve curve = curves[i].curve;
        const enum ocpp_curve another = curves[(i + 1) % COUNT_OF(curves)].curve;
        shell(world.pki,
              "openssl ecparam -name %s -genkey -noout -out m.key; openssl ec -in m.key -pubout -outform DER -out m.der; "
              "openssl ec -in m.key -pubout -conv_form compressed -outform DER -out c.der; "
              "openssl dgst -sha256 -sign m.key -out image.sig image; "
              "openssl ec -in m.key -text -noout | sed -n '/pub:/,/ASN1/p' | grep : | grep -v 'pub\\|ASN1' | tr -d ' :\\n' | "
              "tr a-f A-F | sed 's/../\\\\x&/g' | xargs -0 printf '%%b' >point",
              curves[i].name);
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_DER, OCPP_CURVE_OF_THE_KEY, "m.der", 0), OCPP_CERTIFICATE_GOOD);
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_DER, curve, "m.der", 0), OCPP_CERTIFICATE_GOOD);
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_DER, curve, "c.der", 0), OCPP_CERTIFICATE_GOOD);
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_DER, another, "m.der", 0), OCPP_CERTIFICATE_UNREADABLE);
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_POINT, curve, "point", 0), OCPP_CERTIFICATE_GOOD);
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_POINT, curve, "point", 1), OCPP_CERTIFICATE_GOOD); /* x and y alone */
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_POINT, OCPP_CURVE_OF_THE_KEY, "point", 0), OCPP_CERTIFICATE_UNREADABLE);
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_POINT, curve, "point", 2), OCPP_CERTIFICATE_UNREADABLE);
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_DER, curve, "point", 0), OCPP_CERTIFICATE_UNREADABLE);
        shell(world.pki, "echo forged >image");
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_DER, curve, "m.der", 0), OCPP_CERTIFICATE_BAD_SIGNATURE);
        shell(world.pki, "echo image >image; printf x >>m.der");
        assert_int_equal(verify_bare(OCPP_PUBLIC_KEY_DER, curve, "m.der", 0), OCPP_CERTIFICATE_UNREADABLE);
    }
}

static void without_a_folder_there_are_hashes_signatures_and_descriptions_and_no_more(void **state)
{
    struct ocpp_crypto *const with_folder = world.crypto;
    struct ocpp_crypto *bare = NULL;
    struct ocpp_certificate_info info;
    struct ocpp_certificate_hash hash;
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    char request[OCPP_PEM_SIZE];
    size_t size;
    (void)state;
    make_leaf(world.pki, "ec", "sub", 30, PLAIN);
    shell(world.pki, "echo image >image; openssl dgst -sha256 -sign ec.key -out image.sig image");
    assert_int_equal(ocpp_crypto_openssl_open(NULL, NULL, &bare, NULL, 0), OCPP_OK);
    world.crypto = bare;
    assert_int_equal(verify_image("ec", OCPP_HASH_SHA256), OCPP_CERTIFICATE_GOOD);
    world.crypto = with_folder;
    char *pem = join_files(&world, "ec sub", &size);
    assert_int_equal(bare->describe(pem, size, 0, &info, bare->user), OCPP_OK);
    assert_int_equal(bare->hash_of(pem, size, 0, 0, OCPP_HASH_SHA256, &hash, bare->user), OCPP_OK);
    assert_int_equal(bare->check_chain(pem, size, MADE_BY, world.utc_ms, &fault, bare->user), OCPP_ERR_STORAGE);
    assert_int_equal(bare->each_installed(OCPP_HASH_SHA256, NULL, NULL, bare->user), OCPP_ERR_STORAGE);
    assert_false(bare->has_root(OCPP_ROOT_CSMS, OCPP_UTC_UNKNOWN, bare->user));
    const struct ocpp_certificate_request me = { .common_name = "PILE-7", .organization = "Example" };
    assert_int_equal(bare->make_request(&me, request, sizeof request, &size, bare->user), OCPP_ERR_STORAGE);
    free(pem);
    ocpp_crypto_openssl_close(bare);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_leads_to_a_root_of_the_use_that_was_asked_for),
        cmocka_unit_test(a_chain_that_is_wrong_on_the_way_is_refused_for_its_reason),
        cmocka_unit_test(a_forged_certificate_does_not_verify),
        cmocka_unit_test(a_chain_of_more_links_than_there_is_room_for_is_refused),
        cmocka_unit_test(a_chain_counts_at_the_time_it_is_looked_at),
        cmocka_unit_test(every_fault_has_its_words),
        cmocka_unit_test(what_its_issuer_revoked_is_refused_also_by_an_old_list),
        cmocka_unit_test(a_list_that_somebody_else_signed_revokes_nothing),
        cmocka_unit_test(an_ocsp_answer_says_good_revoked_or_unknown),
        cmocka_unit_test(an_ocsp_answer_to_something_else_or_from_somebody_else_is_none),
        cmocka_unit_test(a_hash_taken_in_pieces_is_what_openssl_says_of_the_whole),
        cmocka_unit_test(firmware_is_signed_with_rsa_pss_or_ecdsa),
        cmocka_unit_test(signatures_of_the_old_kind_are_taken_only_where_the_host_says_so),
        cmocka_unit_test(a_signature_that_is_none_does_not_verify),
        cmocka_unit_test(a_bare_key_verifies_on_its_own_curve_alone),
        cmocka_unit_test(without_a_folder_there_are_hashes_signatures_and_descriptions_and_no_more),
    };
    if (!openssl_is_there())
        return 77;
    crypto_world_make(&world);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    crypto_world_end(&world);
    return failed;
}
