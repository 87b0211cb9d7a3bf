/* Keys over OpenSSL when memory runs out, at each request OpenSSL makes in turn: nothing crashes, nothing bad is called good, and
 * what is good is not called a forgery. */
#include "scratch.h"
#include "unit.h"

#include <ocpp/settlement/adapters.h>

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

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

/* --- what is tried
 * -------------------------------------------------------------------------------------------------------------- */

static char folder[256];
static struct ocpp_settle_keys *keys; /* opened anew for each attempt */
static unsigned char point[OCPP_SETTLE_POINT_SIZE];
static unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE];
static unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];

static enum ocpp_status hash(void)
{
    const struct ocpp_settle_bytes piece = { "x", 1 };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];

    return keys->sha256(&piece, 1, digest, keys->user);
}

static enum ocpp_status authenticate(void)
{
    const struct ocpp_settle_bytes piece = { "x", 1 };
    unsigned char again[OCPP_SETTLE_DIGEST_SIZE];
    const enum ocpp_status status = keys->hmac_sha256("fleet", &piece, 1, again, keys->user);

    if (status == OCPP_OK) {
        assert_memory_equal(again, mac, sizeof mac);
    }
    return status;
}

static enum ocpp_status show(void)
{
    unsigned char again[OCPP_SETTLE_POINT_SIZE];
    const enum ocpp_status status = keys->public_key("pile", again, keys->user);

    if (status == OCPP_OK) {
        assert_memory_equal(again, point, sizeof point);
    }
    return status;
}

static enum ocpp_status sign(void)
{
    unsigned char made[OCPP_SETTLE_SIGNATURE_SIZE];

    return keys->sign("pile", "x", 1, made, keys->user);
}

static enum ocpp_status verify(void)
{
    const enum ocpp_status status = keys->verify(point, "x", 1, signature, keys->user);

    assert_int_not_equal(status, OCPP_ERR_SECURITY);
    return status;
}

static enum ocpp_status verify_bad(void)
{
    const enum ocpp_status status = keys->verify(point, "y", 1, signature, keys->user);

    assert_int_not_equal(status, OCPP_OK);
    return status == OCPP_ERR_SECURITY ? OCPP_OK : status;
}

static enum ocpp_status point_of(void)
{
    static const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE] = { 1 };
    unsigned char made[OCPP_SETTLE_POINT_SIZE];

    return keys->point_of(scalar, made, keys->user);
}

static enum ocpp_status agree_with(const char *name)
{
    static const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE] = { 1 };
    const struct ocpp_settle_private own = { name, scalar };
    unsigned char shared[OCPP_SETTLE_SCALAR_SIZE];
    const enum ocpp_status status = keys->agree(&own, point, shared, keys->user);

    assert_int_not_equal(status, OCPP_ERR_SECURITY);
    return status;
}

static enum ocpp_status agree_named(void)
{
    return agree_with("pile");
}

static enum ocpp_status agree_in_hand(void)
{
    return agree_with(NULL);
}

static enum ocpp_status seal_and_open(void)
{
    static const unsigned char key[OCPP_SETTLE_SEAL_KEY_SIZE] = { 1 };
    const struct ocpp_settle_sealing how = { key, key, { "e", 1 } };
    unsigned char text[1] = { 'x' };
    unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE];
    enum ocpp_status status = keys->seal(&how, text, 1, text, tag, keys->user);

    if (status == OCPP_OK) {
        status = keys->open(&how, text, 1, tag, text, keys->user);
        assert_int_not_equal(status, OCPP_ERR_SECURITY);
    }
    return status;
}

static enum ocpp_status keep(void)
{
    static const unsigned char secret[32] = { 1 };

    return keys->keep_secret("kept", secret, sizeof secret, keys->user);
}

static enum ocpp_status make(void)
{
    static int number;
    unsigned char made[OCPP_SETTLE_POINT_SIZE];
    char name[] = "made-0";

    name[5] = (char)('0' + number++ % 10);
    return keys->public_key(name, made, keys->user);
}

/* --- the loop
 * ------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status open_keys(const char *where)
{
    const struct ocpp_settle_keys_settings settings = { .folder = where };

    return ocpp_settle_keys_open(&settings, &keys);
}

static void try_each_request(const char *where, enum ocpp_status (*act)(void))
{
    enum ocpp_status status = OCPP_ERR_NOMEM;

    for (size_t n = 1; status != OCPP_OK; n += n < 200 ? every() : 7) {
        assert_int_equal(open_keys(where), OCPP_OK);
        requests = 0;
        fail_at = n;
        status = act();
        fail_at = 0;
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_CRYPTO);
        if (status != OCPP_OK) {
            assert_int_equal(act(), OCPP_OK); /* it was for want of memory alone */
        }
        ocpp_settle_keys_close(keys);
        assert_true(n < 20000);
    }
}

static void every_act_without_memory(void **state)
{
    (void)state;
    try_each_request(folder, hash);
    try_each_request(folder, authenticate);
    try_each_request(folder, show);
    try_each_request(folder, sign);
    try_each_request(folder, verify);
    try_each_request(folder, verify_bad);
    try_each_request(folder, point_of);
    try_each_request(folder, agree_named);
    try_each_request(folder, agree_in_hand);
    try_each_request(folder, seal_and_open);
    try_each_request(folder, keep);
    try_each_request(NULL, make);
}

static void opening_without_memory(void **state)
{
    enum ocpp_status status = OCPP_ERR_NOMEM;

    (void)state;
    for (size_t n = 1; status != OCPP_OK; n++) {
        requests = 0;
        fail_at = n;
        status = open_keys(folder);
        fail_at = 0;
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
        assert_true(n < 5000);
    }
    ocpp_settle_keys_close(keys);
}

static int start(void **state)
{
    const struct ocpp_settle_bytes piece = { "x", 1 };

    (void)state;
    scratch_make(folder, sizeof folder);
    assert_int_equal(open_keys(folder), OCPP_OK);
    assert_int_equal(keys->hmac_sha256("fleet", &piece, 1, mac, keys->user), OCPP_OK);
    assert_int_equal(keys->public_key("pile", point, keys->user), OCPP_OK);
    assert_int_equal(keys->sign("pile", "x", 1, signature, keys->user), OCPP_OK);
    assert_int_equal(keys->verify(point, "x", 1, signature, keys->user), OCPP_OK);
    ocpp_settle_keys_close(keys);
    return 0;
}

static int end(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_act_without_memory),
        cmocka_unit_test(opening_without_memory),
    };

    if (CRYPTO_set_mem_functions(take, retake, give) != 1) {
        return 77; /* OpenSSL has begun to take memory already */
    }
    return cmocka_run_group_tests(tests, start, end);
}
