/* crypto.h as a contract: the same story for the adapter over OpenSSL and for the double that tests of the core use, so that what
 * is tested against the one holds for the other.
 */
#include "crypto_world.h"
#include "fake_crypto.h"
#include "openssl_shell.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSMS    OCPP_ROOT_BIT(OCPP_ROOT_CSMS)
#define V2G     OCPP_ROOT_BIT(OCPP_ROOT_V2G)
#define AS_ROOT "basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign,cRLSign"
#define PLAIN   "keyUsage=critical,digitalSignature"

static struct crypto_world world;
static struct fake_crypto fake;

/* One of the two, with who signs for it. Texts live until the next call. */
struct side {
    const struct ocpp_crypto *crypto;
    const char *(*root)(const char *name, const char *issuer); /* a root, by itself or by another */
    const char *(*sign)(const char *request, const char *issuer);
};

static enum ocpp_certificate_fault fault;

static char text[OCPP_PEM_SIZE];

static const char *real_root(const char *name, const char *issuer)
{
    size_t size;
    if (strcmp(name, issuer) != 0 && strcmp(name, "second") == 0)
        make_leaf(world.pki, name, issuer, 3000, AS_ROOT);
    char *pem = join_files(&world, name, &size);
    snprintf(text, sizeof text, "%s", pem);
    free(pem);
    return text;
}

static const char *real_sign(const char *request, const char *issuer)
{
    size_t size;
    write_whole(world.pki, "asked.csr", request, strlen(request));
    sign_request(world.pki, "asked.csr", issuer, "signed", 300, PLAIN);
    char *pem = join_files(&world, "signed", &size);
    snprintf(text, sizeof text, "%s", pem);
    free(pem);
    return text;
}

static const char *fake_root(const char *name, const char *issuer)
{
    struct fake_cert cert = { .ca = true };
    snprintf(cert.cn, sizeof cert.cn, "%s", name);
    snprintf(cert.issuer, sizeof cert.issuer, "%s", issuer);
    return fake_cert_write(&cert, text);
}

static const char *fake_sign(const char *request, const char *issuer)
{
    return fake_sign_request(request, issuer, 0, 0, text);
}

/* --- the words of the story ----------------------------------------------------------------------------------------------------
 */

static enum ocpp_status put_root(const struct side *side, enum ocpp_root_use use, bool replaces, const char *name,
                                 const char *issuer)
{
    const char *pem = side->root(name, issuer);
    fault = OCPP_CERTIFICATE_GOOD;
    return side->crypto->install_root(use, replaces, pem, strlen(pem), world.utc_ms, &fault, side->crypto->user);
}

static void request(const struct side *side, enum ocpp_key_use use, bool is_combined, char pem[OCPP_PEM_SIZE])
{
    const struct ocpp_certificate_request me = {
        .use = use, .is_combined = is_combined, .common_name = "PILE-7", .organization = "Example"
    };
    size_t size;
    assert_int_equal(side->crypto->make_request(&me, pem, OCPP_PEM_SIZE, &size, side->crypto->user), OCPP_OK);
    assert_int_equal(strlen(pem), size);
}

static enum ocpp_status answer(const struct side *side, enum ocpp_key_use use, uint32_t roots, const char *asked,
                               const char *issuer)
{
    const char *pem = side->sign(asked, issuer);
    fault = OCPP_CERTIFICATE_GOOD;
    return side->crypto->accept_chain(use, roots, pem, strlen(pem), world.utc_ms, &fault, side->crypto->user);
}

static bool has(const struct side *side, enum ocpp_key_use use, enum ocpp_which which)
{
    const enum ocpp_status status = side->crypto->read_own_chain(use, which, NULL, 0, NULL, NULL, side->crypto->user);
    assert_true(status == OCPP_OK || status == OCPP_ERR_NOT_FOUND);
    return status == OCPP_OK;
}

static enum ocpp_status settle(const struct side *side, enum ocpp_key_use use, enum ocpp_which which)
{
    return side->crypto->settle(use, which, side->crypto->user);
}

struct shown {
    struct ocpp_certificate_hash hashes[12];
    char words[200]; /* a letter for each: R root, r previous root, S, s, V, v */
};

static bool show(const struct ocpp_installed *installed, void *user)
{
    static const char letters[][3] = { "Rr", "Ss", "Vv" };
    struct shown *shown = user;
    const size_t count = strlen(shown->words);
    shown->hashes[count] = *installed->certificate;
    shown->words[count] = letters[installed->kind][installed->which];
    return true;
}

static struct shown shown_by(const struct side *side)
{
    struct shown shown = { .words = "" };
    assert_int_equal(side->crypto->each_installed(OCPP_HASH_SHA256, show, &shown, side->crypto->user), OCPP_OK);
    return shown;
}

static enum ocpp_status delete_shown(const struct side *side, size_t index)
{
    const struct shown shown = shown_by(side);
    return side->crypto->delete_certificate(&shown.hashes[index], side->crypto->user);
}

/* --- the story
 * -------------------------------------------------------------------------------------------------------------------- */

static void tell_of_keys(const struct side *side)
{
    char asked[OCPP_PEM_SIZE];
    char again[OCPP_PEM_SIZE];
    size_t size;
    bool is_combined = true;
    assert_int_equal(side->crypto->read_request(OCPP_KEY_STATION, again, sizeof again, &size, NULL, side->crypto->user),
                     OCPP_ERR_NOT_FOUND);
    request(side, OCPP_KEY_STATION, false, asked);
    assert_int_equal(side->crypto->read_request(OCPP_KEY_STATION, again, sizeof again, &size, &is_combined, side->crypto->user),
                     OCPP_OK);
    assert_string_equal(asked, again);
    assert_false(is_combined);
    assert_int_equal(answer(side, OCPP_KEY_STATION, CSMS, asked, "other"), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_NO_ROOT);
    assert_int_equal(answer(side, OCPP_KEY_STATION, CSMS, asked, "root"), OCPP_OK);
    assert_int_equal(answer(side, OCPP_KEY_STATION, CSMS, asked, "root"), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_WRONG_KEY); /* the request is answered */
    assert_true(has(side, OCPP_KEY_STATION, OCPP_NEWEST));
    assert_false(has(side, OCPP_KEY_STATION, OCPP_PREVIOUS));
    assert_int_equal(settle(side, OCPP_KEY_STATION, OCPP_PREVIOUS), OCPP_ERR_NOT_FOUND);
    assert_int_equal(settle(side, OCPP_KEY_STATION, OCPP_NEWEST), OCPP_OK);
    assert_int_equal(settle(side, OCPP_KEY_STATION, OCPP_NEWEST), OCPP_OK);
    request(side, OCPP_KEY_STATION, false, asked);
    assert_int_equal(answer(side, OCPP_KEY_STATION, CSMS, asked, "root"), OCPP_OK);
    assert_true(has(side, OCPP_KEY_STATION, OCPP_PREVIOUS));
    assert_int_equal(settle(side, OCPP_KEY_STATION, OCPP_PREVIOUS), OCPP_OK);
    assert_false(has(side, OCPP_KEY_STATION, OCPP_PREVIOUS));
    request(side, OCPP_KEY_STATION, false, asked);
    assert_int_equal(side->crypto->drop_request(OCPP_KEY_STATION, side->crypto->user), OCPP_OK);
    assert_int_equal(answer(side, OCPP_KEY_STATION, CSMS, asked, "root"), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_WRONG_KEY);
}

static void tell_of_vehicles(const struct side *side)
{
    char asked[OCPP_PEM_SIZE];
    assert_false(has(side, OCPP_KEY_V2G, OCPP_NEWEST));
    request(side, OCPP_KEY_V2G, false, asked);
    assert_int_equal(answer(side, OCPP_KEY_V2G, V2G, asked, "root"), OCPP_OK);
    assert_int_equal(settle(side, OCPP_KEY_V2G, OCPP_NEWEST), OCPP_OK);
    assert_string_equal(shown_by(side).words, "RRSV");
    assert_int_equal(delete_shown(side, 3), OCPP_OK);
    assert_false(has(side, OCPP_KEY_V2G, OCPP_NEWEST));
    request(side, OCPP_KEY_STATION, true, asked);
    assert_int_equal(answer(side, OCPP_KEY_STATION, CSMS | V2G, asked, "root"), OCPP_OK);
    assert_int_equal(settle(side, OCPP_KEY_STATION, OCPP_NEWEST), OCPP_OK);
    assert_true(has(side, OCPP_KEY_V2G, OCPP_NEWEST));
    assert_string_equal(shown_by(side).words, "RRSV");
    assert_int_equal(delete_shown(side, 3), OCPP_ERR_STATE); /* it is the station's */
}

static void tell_of_roots(const struct side *side)
{
    assert_int_equal(delete_shown(side, 0), OCPP_ERR_STATE); /* the last above the station */
    assert_int_equal(put_root(side, OCPP_ROOT_CSMS, true, "other", "other"), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_CERTIFICATE_NOT_SUCCEEDING);
    assert_int_equal(put_root(side, OCPP_ROOT_CSMS, true, "second", "root"), OCPP_OK);
    assert_string_equal(shown_by(side).words, "RrRSV");
    assert_int_equal(side->crypto->settle_root(OCPP_ROOT_CSMS, side->crypto->user), OCPP_OK);
    assert_int_equal(put_root(side, OCPP_ROOT_MO, false, "other", "other"), OCPP_OK);
    assert_int_equal(put_root(side, OCPP_ROOT_MO, false, "other", "other"), OCPP_OK);
    assert_int_equal(put_root(side, OCPP_ROOT_MO, false, "root", "root"), OCPP_ERR_LIMIT);
    const struct shown shown = shown_by(side);
    assert_int_equal(delete_shown(side, 2), OCPP_OK);
    assert_int_equal(side->crypto->delete_certificate(&shown.hashes[2], side->crypto->user), OCPP_ERR_NOT_FOUND);
    assert_false(side->crypto->has_root(OCPP_ROOT_MO, world.utc_ms, side->crypto->user));
    assert_true(side->crypto->has_root(OCPP_ROOT_CSMS, world.utc_ms, side->crypto->user));
}

static void tell(const struct side *side)
{
    assert_int_equal(put_root(side, OCPP_ROOT_CSMS, true, "root", "root"), OCPP_OK); /* the first replaces none */
    assert_int_equal(put_root(side, OCPP_ROOT_V2G, false, "root", "root"), OCPP_OK);
    tell_of_keys(side);
    tell_of_vehicles(side);
    tell_of_roots(side);
}

static void the_adapter_over_openssl_keeps_the_contract(void **state)
{
    (void)state;
    world.settings.max_roots = 3;
    crypto_world_empty(&world);
    tell(&(struct side){ world.crypto, real_root, real_sign });
}

static void the_double_for_tests_keeps_the_contract(void **state)
{
    (void)state;
    fake_crypto_init(&fake);
    fake.contract.max_roots = 3;
    tell(&(struct side){ &fake.contract, fake_root, fake_sign });
}

static void the_double_fails_where_it_is_told_to(void **state)
{
    char pem[OCPP_PEM_SIZE];
    size_t size;
    (void)state;
    fake_crypto_init(&fake);
    fake.fail_at = fake.calls + 2;
    fake.failure = OCPP_ERR_NOMEM;
    const struct ocpp_certificate_request me = { .common_name = "a", .organization = "b" };
    assert_int_equal(fake.contract.make_request(&me, pem, sizeof pem, &size, &fake), OCPP_OK);
    assert_int_equal(fake.contract.drop_request(OCPP_KEY_STATION, &fake), OCPP_ERR_NOMEM);
    assert_int_equal(fake.contract.drop_request(OCPP_KEY_STATION, &fake), OCPP_OK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_adapter_over_openssl_keeps_the_contract),
        cmocka_unit_test(the_double_for_tests_keeps_the_contract),
        cmocka_unit_test(the_double_fails_where_it_is_told_to),
    };
    if (!openssl_is_there())
        return 77;
    crypto_world_make(&world);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    crypto_world_end(&world);
    return failed;
}
