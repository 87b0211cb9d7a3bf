/* Encrypted tokens: what was sealed opens, for its key alone; the numbers of the standards; everything else is refused. */
#include "allocator.h"
#include "base64url.h"
#include "concat_kdf.h"
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/jwe.h>

#include <stdio.h>
#include <string.h>

enum { TOKEN_ROOM = 16000 };

struct world {
    struct settle_keys keys;
    struct ocpp_arena *arena;
    struct ocpp_settle_jwe_sealer sealer;
    struct ocpp_settle_jwe_opener opener;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
};

static const char *find(const char *kid, const char *typ, void *user)
{
    (void)user;
    return strcmp(typ, "bill") != 0 ? NULL : strcmp(kid, "s1") == 0 ? "server" : strcmp(kid, "s2") == 0 ? "other" : NULL;
}

static int start(void **state)
{
    static struct world world;

    settle_keys_start(&world.keys, 1);
    world.arena = ocpp_arena_new(NULL, 0);
    world.sealer = (struct ocpp_settle_jwe_sealer){ &world.keys.contract, world.point, "s1", "bill" };
    world.opener = (struct ocpp_settle_jwe_opener){ &world.keys.contract, "bill", find, &world, 0 };
    assert_int_equal(world.keys.contract.public_key("server", world.point, &world.keys), OCPP_OK);
    *state = &world;
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;

    ocpp_arena_free(world->arena);
    settle_keys_end(&world->keys);
    return 0;
}

static enum ocpp_status open_token(struct world *world, const char *token, struct ocpp_settle_jwe *jwe)
{
    return ocpp_settle_jwe_open(&world->opener, token, strlen(token), world->arena, jwe);
}

static const char *seal(struct world *world, const char *payload)
{
    const char *token;
    size_t size;

    assert_int_equal(ocpp_settle_jwe_seal(&world->sealer, payload, strlen(payload), world->arena, &token, &size), OCPP_OK);
    assert_int_equal(strlen(token), size);
    return token;
}

static void bytes_of(const char *text, unsigned char *bytes)
{
    assert_true(base64url_read(text, strlen(text), bytes));
}

/* --- the numbers of the standards
 * ------------------------------------------------------------------------------------------------ */

static const char alice_scalar[] = "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo";
static const char alice_x[] = "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0";
static const char alice_y[] = "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps";
static const char bob_scalar[] = "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw";
static const char bob_x[] = "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ";
static const char bob_y[] = "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck";

/* RFC 7518, appendix C. */
static void keys_are_agreed_as_the_standard_does(void **state)
{
    struct world *world = *state;
    const struct ocpp_settle_keys *keys = &world->keys.contract;
    const struct concat_kdf purpose = { "A128GCM", { "Alice", 5 }, { "Bob", 3 }, 128 };
    unsigned char scalar[32];
    unsigned char point[65] = { 4 };
    unsigned char other[65] = { 4 };
    unsigned char made[65];
    unsigned char shared[2][32];
    unsigned char key[32];
    unsigned char expected[16];

    bytes_of(alice_scalar, scalar);
    bytes_of(alice_x, point + 1);
    bytes_of(alice_y, point + 33);
    bytes_of(bob_x, other + 1);
    bytes_of(bob_y, other + 33);
    assert_int_equal(keys->point_of(scalar, made, keys->user), OCPP_OK);
    assert_memory_equal(made, point, sizeof point);
    const struct ocpp_settle_private own = { NULL, scalar };
    assert_int_equal(keys->agree(&own, other, shared[0], keys->user), OCPP_OK);
    bytes_of(bob_scalar, scalar);
    assert_int_equal(keys->agree(&own, point, shared[1], keys->user), OCPP_OK);
    assert_memory_equal(shared[0], shared[1], 32);
    assert_int_equal(shared[0][0], 158);
    assert_int_equal(shared[0][31], 196);
    assert_int_equal(concat_kdf(keys, &purpose, shared[0], key), OCPP_OK);
    bytes_of("VqqN6vgjbSBcIijNcacQGg", expected);
    assert_memory_equal(key, expected, 16);
}

/* RFC 7516, A.1: its key is wrapped otherwise, its content is encrypted as ours. */
static void content_is_encrypted_as_the_standard_does(void **state)
{
    static const unsigned char key[32] = { 177, 161, 244, 128, 84,  143, 225, 115, 63, 180, 3,   255, 107, 154, 212, 246,
                                           138, 7,   110, 91,  112, 46,  34,  105, 47, 130, 203, 46,  122, 234, 64,  252 };
    static const unsigned char nonce[12] = { 227, 197, 117, 252, 2, 219, 233, 68, 180, 225, 77, 219 };
    static const char header[] = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";
    static const char plain[] = "The true sign of intelligence is not knowledge but imagination.";
    struct world *world = *state;
    const struct ocpp_settle_keys *keys = &world->keys.contract;
    const struct ocpp_settle_sealing how = { key, nonce, { header, strlen(header) } };
    unsigned char sealed[sizeof plain];
    unsigned char expected[sizeof plain];
    unsigned char tag[16];
    unsigned char expected_tag[16];

    bytes_of("5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A", expected);
    bytes_of("XFBoMYUZodetZdvTiFvSkQ", expected_tag);
    assert_int_equal(keys->seal(&how, plain, sizeof plain - 1, sealed, tag, keys->user), OCPP_OK);
    assert_memory_equal(sealed, expected, sizeof plain - 1);
    assert_memory_equal(tag, expected_tag, 16);
    assert_int_equal(keys->open(&how, sealed, sizeof plain - 1, tag, sealed, keys->user), OCPP_OK);
    assert_memory_equal(sealed, plain, sizeof plain - 1);
    tag[15] ^= 1;
    assert_int_equal(keys->open(&how, expected, sizeof plain - 1, tag, sealed, keys->user), OCPP_ERR_SECURITY);
}

static void what_is_no_key_is_refused(void **state)
{
    static const unsigned char order[32] = { 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,    0xff, 0xff, 0xff,
                                             0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                             0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };
    struct world *world = *state;
    const struct ocpp_settle_keys *keys = &world->keys.contract;
    unsigned char scalar[32] = { 0 };
    unsigned char point[65];
    unsigned char shared[32];
    struct ocpp_settle_private own = { NULL, scalar };

    assert_int_equal(keys->point_of(scalar, point, keys->user), OCPP_ERR_ARGUMENT);
    assert_int_equal(keys->agree(&own, world->point, shared, keys->user), OCPP_ERR_ARGUMENT);
    assert_int_equal(keys->point_of(order, point, keys->user), OCPP_ERR_ARGUMENT);
    memcpy(scalar, order, 32);
    scalar[31]--;
    assert_int_equal(keys->point_of(scalar, point, keys->user), OCPP_OK);
    own.name = "../server";
    assert_int_equal(keys->agree(&own, world->point, shared, keys->user), OCPP_ERR_NOT_FOUND);
    own.name = "server";
    memcpy(point, world->point, 65);
    for (size_t i = 0; i < 65; i += 8) { /* the first is the form, the others leave the curve */
        point[i] ^= 1;
        assert_int_equal(keys->agree(&own, point, shared, keys->user), OCPP_ERR_SECURITY);
        point[i] ^= 1;
    }
    assert_int_equal(keys->agree(&own, point, shared, keys->user), OCPP_OK);
}

/* --- tokens
 * --------------------------------------------------------------------------------------------------------------------- */

static void what_was_sealed_opens_and_is_what_was_said(void **state)
{
    static const char *const payloads[] = { "{}", "", "x", "{\"text\":\"\xf0\x9f\x94\x8b\"}", "eyJ.eyJ.sig" };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(payloads); i++) {
        struct ocpp_settle_jwe jwe;
        const char *token = seal(world, payloads[i]);

        assert_int_equal(open_token(world, token, &jwe), OCPP_OK);
        assert_string_equal(jwe.payload, payloads[i]);
        assert_int_equal(jwe.size, strlen(payloads[i]));
        assert_string_equal(jwe.kid, "s1");
        assert_string_not_equal(token, seal(world, payloads[i])); /* another key each time */
    }
}

static void the_header_says_five_things_in_one_order(void **state)
{
    const char *token = seal(*state, "{}");
    unsigned char header[400] = { 0 };
    char text[400];

    assert_true(base64url_read(token, strcspn(token, "."), header));
    assert_true(strncmp((const char *)header,
                        "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\",\"epk\":{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"", 70) == 0);
    (void)snprintf(text, sizeof text, "%s", strstr((const char *)header, "},"));
    assert_string_equal(text, "},\"kid\":\"s1\",\"typ\":\"bill\"}");
    assert_true(strncmp(strchr(token, '.'), "..", 2) == 0);
}

static void only_the_holder_of_the_key_reads_it(void **state)
{
    struct world *world = *state;
    struct ocpp_settle_jwe jwe;

    world->sealer.kid = "s2"; /* named for the other, encrypted to the first */
    assert_int_equal(open_token(world, seal(world, "{}"), &jwe), OCPP_ERR_SECURITY);
    world->sealer.kid = "s3";
    assert_int_equal(open_token(world, seal(world, "{}"), &jwe), OCPP_ERR_NOT_FOUND);
    world->sealer.kid = "s1";
    world->sealer.typ = "letter";
    assert_int_equal(open_token(world, seal(world, "{}"), &jwe), OCPP_ERR_VALUE);
    world->opener.typ = "letter";
    assert_int_equal(open_token(world, seal(world, "{}"), &jwe), OCPP_ERR_NOT_FOUND); /* a key opens one kind */
}

static void a_token_has_one_spelling(void **state)
{
    struct world *world = *state;
    char token[600];
    char changed[700];
    struct ocpp_settle_jwe jwe;

    (void)snprintf(token, sizeof token, "%s", seal(world, "{\"a\":12}"));
    const size_t size = strlen(token);
    for (size_t i = 0; i < size; i += every()) {
        memcpy(changed, token, i);
        memcpy(changed + i, token + i + 1, size - i);
        assert_int_not_equal(open_token(world, changed, &jwe), OCPP_OK);
        memcpy(changed, token, size + 1);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_not_equal(open_token(world, changed, &jwe), OCPP_OK);
        memcpy(changed + i + 1, token + i, size - i + 1);
        changed[i] = '=';
        assert_int_not_equal(open_token(world, changed, &jwe), OCPP_OK);
        ocpp_arena_reset(world->arena);
    }
    assert_int_equal(open_token(world, token, &jwe), OCPP_OK);
}

/* The header of |token| with |from| replaced by |to|, the rest as it was. */
static void with_header(const char *token, const char *from, const char *to, char changed[TOKEN_ROOM])
{
    char header[500] = { 0 };
    char other[600];
    const size_t length = strcspn(token, ".");

    assert_true(base64url_read(token, length, (unsigned char *)header));
    const char *at = strstr(header, from);
    assert_non_null(at);
    (void)snprintf(other, sizeof other, "%.*s%s%s", (int)(at - header), header, to, at + strlen(from));
    memset(changed, 0, TOKEN_ROOM);
    base64url_write(other, strlen(other), changed);
    (void)snprintf(changed + strlen(changed), TOKEN_ROOM - strlen(changed), "%s", token + length);
}

static void headers_that_say_anything_else_are_refused(void **state)
{
    static const char *const changes[][2] = {
        { "ECDH-ES", "ECDH-ES+A128KW" },
        { "ECDH-ES", "dir" },
        { "ECDH-ES", "RSA1_5" },
        { "A256GCM", "A128GCM" },
        { "A256GCM", "none" },
        { "P-256", "P-384" },
        { "\"EC\"", "\"OKP\"" },
        { "\"kid\":\"s1\",", "" },
        { ",\"typ\":\"bill\"", "" },
        { "\"s1\"", "\"s 1\"" },
        { "\"s1\"", "\"\"" },
        { "\"kid\"", "\"zip\":\"DEF\",\"kid\"" },
        { "\"kid\"", "\"apu\":\"QQ\",\"kid\"" },
        { "\"kid\"", "\"crit\":[],\"kid\"" },
        { "\"y\":\"", "\"d\":\"A\",\"y\":\"" },
        { "\"y\":\"", "\"y\":\"A" },
        { "\"bill\"", "\"letter\"" },
    };
    struct world *world = *state;
    const char *token = seal(world, "{}");
    char changed[TOKEN_ROOM];
    struct ocpp_settle_jwe jwe;

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        with_header(token, changes[i][0], changes[i][1], changed);
        assert_int_equal(open_token(world, changed, &jwe), OCPP_ERR_VALUE);
    }
    with_header(token, "{\"alg\"", "{ \"alg\"", changed); /* said otherwise, it is authenticated as it was said */
    assert_int_equal(open_token(world, changed, &jwe), OCPP_ERR_SECURITY);
}

/* An ephemeral key off the curve would tell the private key bit by bit. */
static void an_ephemeral_key_off_the_curve_is_refused(void **state)
{
    struct world *world = *state;
    const char *token = seal(world, "{}");
    char changed[TOKEN_ROOM];
    struct ocpp_settle_jwe jwe;

    with_header(token, "\"x\":\"", "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"q\":\"", changed);
    assert_int_equal(open_token(world, changed, &jwe), OCPP_ERR_VALUE);
    char header[500] = { 0 };
    assert_true(base64url_read(token, strcspn(token, "."), (unsigned char *)header));
    char *x = strstr(header, "\"x\":\"") + 5;
    char old[44] = { 0 };
    memcpy(old, x, 43);
    with_header(token, old, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", changed);
    assert_int_equal(open_token(world, changed, &jwe), OCPP_ERR_VALUE); /* bits behind the last byte */
    with_header(token, old, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", changed);
    assert_int_equal(open_token(world, changed, &jwe), OCPP_ERR_SECURITY);
    world->sealer.point = (const unsigned char[65]){ 4 };
    const char *made;
    size_t size;
    assert_int_equal(ocpp_settle_jwe_seal(&world->sealer, "", 0, world->arena, &made, &size), OCPP_ERR_SECURITY);
}

static void texts_that_are_no_tokens_are_refused(void **state)
{
    static const char *const wrong[] = {
        "", ".", "....", "a.b.c.d.e", "e30..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA", "a.b.c"
    };
    struct world *world = *state;
    struct ocpp_settle_jwe jwe;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(open_token(world, wrong[i], &jwe), OCPP_ERR_VALUE);
    }
}

static void tokens_are_bounded(void **state)
{
    static char payload[OCPP_SETTLE_JWE_BYTES];
    struct world *world = *state;
    const char *token;
    size_t size;
    struct ocpp_settle_jwe jwe;
    size_t longest = 8192;

    memset(payload, 'x', sizeof payload);
    while (ocpp_settle_jwe_seal(&world->sealer, payload, longest, world->arena, &token, &size) == OCPP_OK) {
        longest += 8;
        ocpp_arena_reset(world->arena);
    }
    assert_true(longest > 8800); /* a signed token of the largest size fits */
    assert_int_equal(ocpp_settle_jwe_seal(&world->sealer, payload, SIZE_MAX, world->arena, &token, &size), OCPP_ERR_TOO_LARGE);
    assert_int_equal(ocpp_settle_jwe_seal(&world->sealer, payload, longest - 8, world->arena, &token, &size), OCPP_OK);
    assert_int_equal(ocpp_settle_jwe_open(&world->opener, token, size, world->arena, &jwe), OCPP_OK);
    world->opener.max_bytes = size - 1;
    assert_int_equal(ocpp_settle_jwe_open(&world->opener, token, size, world->arena, &jwe), OCPP_ERR_TOO_LARGE);
}

static void names_of_keys_and_types_are_plain_and_short(void **state)
{
    static const char *const wrong[] = { "", " ", "a b", "a\n",
                                         "0123456789012345678901234567890123456789012345678901234567890123456789" };
    struct world *world = *state;
    const char *token;
    size_t size;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct ocpp_settle_jwe_sealer sealer = world->sealer;

        sealer.kid = wrong[i];
        assert_int_equal(ocpp_settle_jwe_seal(&sealer, "", 0, world->arena, &token, &size), OCPP_ERR_ARGUMENT);
        sealer.kid = "s1";
        sealer.typ = wrong[i];
        assert_int_equal(ocpp_settle_jwe_seal(&sealer, "", 0, world->arena, &token, &size), OCPP_ERR_ARGUMENT);
    }
}

static void keys_that_fail_are_told(void **state)
{
    struct world *world = *state;
    const char *token = NULL;
    size_t size;
    struct ocpp_settle_jwe jwe;
    size_t n = 0;
    enum ocpp_status status = OCPP_ERR_CRYPTO;

    for (; status != OCPP_OK; n++) {
        world->keys.calls = 0;
        world->keys.fail_at = n + 1;
        status = ocpp_settle_jwe_seal(&world->sealer, "{}", 2, world->arena, &token, &size);
        assert_true(status == OCPP_OK || status == OCPP_ERR_CRYPTO);
    }
    assert_int_equal(n - 1, 4); /* an ephemeral key, the agreement, a hash, the encryption */
    status = OCPP_ERR_CRYPTO;
    for (n = 0; status != OCPP_OK; n++) {
        world->keys.calls = 0;
        world->keys.fail_at = n + 1;
        status = ocpp_settle_jwe_open(&world->opener, token, size, world->arena, &jwe);
        assert_true(status == OCPP_OK || status == OCPP_ERR_CRYPTO);
    }
    assert_int_equal(n - 1, 3);
}

static void each_request_for_memory_may_fail(void **state)
{
    struct world *world = *state;
    const char *token = NULL;
    size_t size;
    struct ocpp_settle_jwe jwe;
    struct test_allocator memory;
    enum ocpp_status status = OCPP_ERR_NOMEM;

    for (size_t n = 1; status != OCPP_OK; n++) {
        test_allocator_start(&memory, n);
        struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);

        if (arena != NULL) {
            status = ocpp_settle_jwe_seal(&world->sealer, "{}", 2, arena, &token, &size);
            if (status == OCPP_OK) {
                status = ocpp_settle_jwe_open(&world->opener, token, size, arena, &jwe);
            }
        }
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
        ocpp_arena_free(arena);
        assert_int_equal(memory.blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_are_agreed_as_the_standard_does, start, end),
        cmocka_unit_test_setup_teardown(content_is_encrypted_as_the_standard_does, start, end),
        cmocka_unit_test_setup_teardown(what_is_no_key_is_refused, start, end),
        cmocka_unit_test_setup_teardown(what_was_sealed_opens_and_is_what_was_said, start, end),
        cmocka_unit_test_setup_teardown(the_header_says_five_things_in_one_order, start, end),
        cmocka_unit_test_setup_teardown(only_the_holder_of_the_key_reads_it, start, end),
        cmocka_unit_test_setup_teardown(a_token_has_one_spelling, start, end),
        cmocka_unit_test_setup_teardown(headers_that_say_anything_else_are_refused, start, end),
        cmocka_unit_test_setup_teardown(an_ephemeral_key_off_the_curve_is_refused, start, end),
        cmocka_unit_test_setup_teardown(texts_that_are_no_tokens_are_refused, start, end),
        cmocka_unit_test_setup_teardown(tokens_are_bounded, start, end),
        cmocka_unit_test_setup_teardown(names_of_keys_and_types_are_plain_and_short, start, end),
        cmocka_unit_test_setup_teardown(keys_that_fail_are_told, start, end),
        cmocka_unit_test_setup_teardown(each_request_for_memory_may_fail, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
