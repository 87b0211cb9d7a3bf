/* The adapter over OpenSSL when memory runs out: at each request OpenSSL makes in turn. Nothing crashes, nothing bad is called
 * good, and what was there before is there afterwards.
 */
#include "crypto_world.h"
#include "openssl_shell.h"
#include "unit.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define CSMS  OCPP_ROOT_BIT(OCPP_ROOT_CSMS)
#define PLAIN "keyUsage=critical,digitalSignature"

static struct crypto_world world;
static size_t requests;
static size_t fail_at; /* 0: never; all behind it fail too */

static bool fails(void)
{
    return ++requests >= fail_at && fail_at != 0;
}

static void *take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : malloc(size);
}

static void *retake(void *pointer, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return fails() ? NULL : realloc(pointer, size);
}

static void give(void *pointer, const char *file, int line)
{
    (void)file;
    (void)line;
    free(pointer);
}

/* --- what is tried ---------------------------------------------------------------------------------------------------------- */

static char *good_pem;
static size_t good_size;
static char *bad_pem; /* of an authority nobody knows */
static size_t bad_size;
static char *other_pem;
static size_t other_size;

static enum ocpp_status check(const char *pem, size_t size)
{
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    return world.crypto->check_chain(pem, size, CSMS, world.utc_ms, &fault, world.crypto->user);
}

static enum ocpp_status check_good(void)
{
    return check(good_pem, good_size);
}

static enum ocpp_status check_bad(void)
{
    const enum ocpp_status status = check(bad_pem, bad_size);
    assert_int_not_equal(status, OCPP_OK);
    return status == OCPP_ERR_VALUE ? OCPP_OK : status;
}

static enum ocpp_status describe(void)
{
    struct ocpp_certificate_info info;
    return world.crypto->describe(good_pem, good_size, 0, &info, world.crypto->user);
}

static enum ocpp_status name(void)
{
    struct ocpp_certificate_hash hash;
    return world.crypto->hash_of(good_pem, good_size, 1, CSMS, OCPP_HASH_SHA256, &hash, world.crypto->user);
}

static bool pass_by(const struct ocpp_installed *installed, void *user)
{
    (void)installed;
    (void)user;
    return true;
}

static enum ocpp_status each(void)
{
    return world.crypto->each_installed(OCPP_HASH_SHA384, pass_by, NULL, world.crypto->user);
}

static enum ocpp_status read_own(void)
{
    char pem[OCPP_PEM_SIZE];
    size_t size;
    return world.crypto->read_own_chain(OCPP_KEY_STATION, OCPP_NEWEST, pem, sizeof pem, &size, NULL, world.crypto->user);
}

static enum ocpp_status install_other(void)
{
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    return world.crypto->install_root(OCPP_ROOT_MO, false, other_pem, other_size, world.utc_ms, &fault, world.crypto->user);
}

static enum ocpp_status request(void)
{
    const struct ocpp_certificate_request me = { .use = OCPP_KEY_V2G, .common_name = "PILE-7", .organization = "Example" };
    char pem[OCPP_PEM_SIZE];
    size_t size;
    return world.crypto->make_request(&me, pem, sizeof pem, &size, world.crypto->user);
}

static enum ocpp_status digest(void)
{
    struct ocpp_digest *state;
    unsigned char bytes[OCPP_DIGEST_SIZE];
    size_t size;
    const enum ocpp_status status = world.crypto->digest_begin(OCPP_HASH_SHA256, &state, world.crypto->user);
    if (status != OCPP_OK)
        return status;
    if (world.crypto->digest_add(state, "x", 1, world.crypto->user) != OCPP_OK) {
        world.crypto->digest_drop(state, world.crypto->user);
        return OCPP_ERR_NOMEM;
    }
    return world.crypto->digest_end(state, bytes, &size, world.crypto->user);
}

/* A signature that is none, by a key that is one. */
static enum ocpp_status verify_forged(void)
{
    static const unsigned char zeros[OCPP_DIGEST_SIZE] = { 1 };
    static const unsigned char signature[] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
    const struct ocpp_public_key key = { .form = OCPP_PUBLIC_KEY_CERTIFICATE, .bytes = good_pem, .size = good_size };
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    const enum ocpp_status status =
        world.crypto->verify(&key, OCPP_HASH_SHA256, zeros, signature, sizeof signature, &fault, world.crypto->user);
    assert_int_not_equal(status, OCPP_OK);
    assert_true(status != OCPP_ERR_VALUE || fault != OCPP_CERTIFICATE_GOOD);
    return OCPP_OK;
}

/* --- at each request -----------------------------------------------------------------------------------------------------------
 */

static size_t refused;

static void run_out_everywhere(enum ocpp_status (*act)(void))
{
    requests = 0;
    assert_int_equal(act(), OCPP_OK); /* and what OpenSSL sets up once is set up */
    requests = 0;
    assert_int_equal(act(), OCPP_OK);
    const size_t needed = requests;
    const size_t step = (needed / 400 + 1) * every(); /* every one of the first few hundred, or evenly */
    for (size_t at = 1; at <= needed; at += step) {
        requests = 0;
        fail_at = at;
        refused += act() != OCPP_OK;
        fail_at = 0;
    }
    assert_int_equal(act(), OCPP_OK);
}

static void memory_that_runs_out_makes_nothing_good_and_breaks_nothing(void **state)
{
    static enum ocpp_status (*const acts[])(void) = { check_good, check_bad, describe, name,          each,
                                                      read_own,   request,   digest,   verify_forged, install_other };
    (void)state;
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, false, "root"), OCPP_OK);
    renew(&world, "me");
    const char *serial = serial_of(&world, OCPP_KEY_STATION, OCPP_NEWEST);
    make_leaf(world.pki, "good", "sub", 30, PLAIN);
    make_leaf(world.pki, "bad", "other", 30, PLAIN);
    good_pem = join_files(&world, "good sub", &good_size);
    bad_pem = join_files(&world, "bad other", &bad_size);
    other_pem = join_files(&world, "other", &other_size);
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        run_out_everywhere(acts[i]);
    assert_true(refused > 100); /* it did run out */
    crypto_world_reopen(&world);
    assert_string_equal(serial_of(&world, OCPP_KEY_STATION, OCPP_NEWEST), serial);
    assert_int_equal(roots_shown(&world, OCPP_ROOT_CSMS, OCPP_NEWEST), 1);
    free(good_pem);
    free(bad_pem);
    free(other_pem);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_runs_out_makes_nothing_good_and_breaks_nothing),
    };
    if (CRYPTO_set_mem_functions(take, retake, give) != 1 || !openssl_is_there())
        return 77;
    crypto_world_make(&world);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    crypto_world_end(&world);
    return failed;
}
