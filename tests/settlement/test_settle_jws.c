/* Signed tokens: what is made verifies; everything RFC 8725 warns of does not. */
#include "allocator.h"
#include "base64url.h"
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/jws.h>
#include <ocpp/settlement/model.h>

#include <stdio.h>
#include <string.h>

enum { TOKEN_ROOM = 12000 };

struct world {
    struct settle_keys keys;
    struct ocpp_arena *arena;
    struct ocpp_settle_jws_signer signer;
    struct ocpp_settle_jws_verifier verifier;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
};

static bool find(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    const struct world *world = user;

    if (strcmp(kid, "k1") != 0 || strcmp(typ, "bill") != 0) {
        return false;
    }
    memcpy(point, world->point, sizeof world->point);
    return true;
}

static int start(void **state)
{
    static struct world world;

    settle_keys_start(&world.keys, 1);
    world.arena = ocpp_arena_new(NULL, 0);
    world.signer = (struct ocpp_settle_jws_signer){ &world.keys.contract, "pile", "k1", "bill" };
    world.verifier = (struct ocpp_settle_jws_verifier){ &world.keys.contract, "bill", find, &world, 0 };
    assert_int_equal(world.keys.contract.public_key("pile", world.point, &world.keys), OCPP_OK);
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

static enum ocpp_status verify(struct world *world, const char *token, struct ocpp_settle_jws *jws)
{
    return ocpp_settle_jws_verify(&world->verifier, token, strlen(token), world->arena, jws);
}

/* A token of any header, rightly signed by the right key. */
static void forge(struct world *world, const char *header, const char *payload, char token[TOKEN_ROOM])
{
    unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE];
    size_t at = base64url_length(strlen(header));

    memset(token, 0, TOKEN_ROOM);
    base64url_write(header, strlen(header), token);
    token[at++] = '.';
    base64url_write(payload, strlen(payload), token + at);
    at += base64url_length(strlen(payload));
    assert_int_equal(world->keys.contract.sign("pile", token, at, signature, &world->keys), OCPP_OK);
    token[at++] = '.';
    base64url_write(signature, sizeof signature, token + at);
}

static const char *make(struct world *world, const char *payload)
{
    const char *token;
    size_t size;

    assert_int_equal(ocpp_settle_jws_make(&world->signer, payload, strlen(payload), world->arena, &token, &size), OCPP_OK);
    assert_int_equal(strlen(token), size);
    return token;
}

static void what_was_made_verifies_and_is_what_was_said(void **state)
{
    struct world *world = *state;
    static const char *const payloads[] = { "{}", "{\"a\":1}", "", "x", "{\"text\":\"\xf0\x9f\x94\x8b\"}" };

    for (size_t i = 0; i < COUNT_OF(payloads); i++) {
        struct ocpp_settle_jws jws;

        assert_int_equal(verify(world, make(world, payloads[i]), &jws), OCPP_OK);
        assert_string_equal(jws.payload, payloads[i]);
        assert_int_equal(jws.size, strlen(payloads[i]));
        assert_string_equal(jws.kid, "k1");
    }
}

static void the_header_says_three_things_in_one_order(void **state)
{
    static const char expected[] = "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"bill\"}";
    const char *token = make(*state, "{}");
    unsigned char header[128] = { 0 };

    assert_true(base64url_read(token, strcspn(token, "."), header));
    assert_string_equal((const char *)header, expected);
}

/* RFC 7515 A.3: its header has neither kid nor typ, so it is none of our tokens; its signature is one all the same. */
static void the_example_of_the_standard_is_signed_as_we_sign_and_no_token_of_ours(void **state)
{
    static const char token[] =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    static const char x[] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    static const char y[] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    struct world *world = *state;
    struct ocpp_settle_jws jws;
    unsigned char signature[64];
    const size_t signed_size = (size_t)(strrchr(token, '.') - token);

    world->point[0] = 4;
    assert_true(base64url_read(x, strlen(x), world->point + 1));
    assert_true(base64url_read(y, strlen(y), world->point + 33));
    assert_true(base64url_read(token + signed_size + 1, 86, signature));
    assert_int_equal(world->keys.contract.verify(world->point, token, signed_size, signature, &world->keys), OCPP_OK);
    assert_int_equal(verify(world, token, &jws), OCPP_ERR_VALUE);
}

static void headers_that_say_anything_else_are_refused(void **state)
{
    static const char *const headers[] = {
        "{}",
        "",
        "null",
        "{\"alg\":\"none\",\"kid\":\"k1\",\"typ\":\"bill\"}",
        "{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"bill\"}",
        "{\"alg\":\"es256\",\"kid\":\"k1\",\"typ\":\"bill\"}",
        "{\"alg\":\"ES384\",\"kid\":\"k1\",\"typ\":\"bill\"}",
        "{\"kid\":\"k1\",\"typ\":\"bill\"}",
        "{\"alg\":\"ES256\",\"typ\":\"bill\"}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\"}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"authorisation\"}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"Bill\"}",
        "{\"alg\":\"ES256\",\"kid\":\"\",\"typ\":\"bill\"}",
        "{\"alg\":\"ES256\",\"kid\":\"k 1\",\"typ\":\"bill\"}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"bill\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"bill\",\"crit\":[]}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"bill\",\"b64\":false}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"bill\",\"jwk\":{}}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"bill\",\"jku\":\"https://evil.example\"}",
        "{\"alg\":\"ES256\",\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"bill\"}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"bill\"}{}",
        "{\"alg\":\"ES256\",\"kid\":1,\"typ\":\"bill\"}",
        "{\"alg\":\"ES256\",\"kid\":\"0123456789012345678901234567890123456789012345678901234567890123456789\",\"typ\":\"bill\"}",
    };
    struct world *world = *state;
    char token[TOKEN_ROOM];

    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        struct ocpp_settle_jws jws;

        forge(world, headers[i], "{}", token);
        assert_int_equal(verify(world, token, &jws), OCPP_ERR_VALUE);
    }
    char padded[400];
    struct ocpp_settle_jws jws;
    (void)snprintf(padded, sizeof padded, "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"bill\"%300s}", "");
    forge(world, padded, "{}", token);
    assert_int_equal(verify(world, token, &jws), OCPP_ERR_VALUE);
    forge(world, "{ \"typ\":\"bill\", \"kid\":\"k1\", \"alg\":\"ES256\" }", "{}", token); /* spelled otherwise, signed as it is */
    assert_int_equal(verify(world, token, &jws), OCPP_OK);
}

static void a_key_nobody_knows_is_told_from_a_wrong_signature(void **state)
{
    struct world *world = *state;
    char token[TOKEN_ROOM];
    struct ocpp_settle_jws jws;

    forge(world, "{\"alg\":\"ES256\",\"kid\":\"k2\",\"typ\":\"bill\"}", "{}", token);
    assert_int_equal(verify(world, token, &jws), OCPP_ERR_NOT_FOUND);
    world->signer.key_name = "other";
    assert_int_equal(verify(world, make(world, "{}"), &jws), OCPP_ERR_SECURITY);
}

/* A key that signs bills signs nothing else, even where the name of the key is the same. */
static void a_type_belongs_to_a_key(void **state)
{
    struct world *world = *state;
    struct ocpp_settle_jws jws;

    world->signer.typ = "authorisation";
    world->verifier.typ = "authorisation";
    assert_int_equal(verify(world, make(world, "{}"), &jws), OCPP_ERR_NOT_FOUND);
}

static void a_token_has_one_spelling(void **state)
{
    struct world *world = *state;
    char token[512];
    char changed[600];
    struct ocpp_settle_jws jws;

    (void)snprintf(token, sizeof token, "%s", make(world, "{\"a\":12}"));
    const size_t size = strlen(token);
    for (size_t i = 0; i <= size; i++) { /* something more anywhere */
        static const char more[] = { '=', '.', ' ', '\n', 'A', '+', '/', '\0' };

        for (size_t m = 0; m < sizeof more; m++) {
            memcpy(changed, token, i);
            changed[i] = more[m];
            memcpy(changed + i + 1, token + i, size - i + 1);
            assert_int_not_equal(ocpp_settle_jws_verify(&world->verifier, changed, size + 1, world->arena, &jws), OCPP_OK);
        }
        ocpp_arena_reset(world->arena);
    }
    for (size_t i = 0; i < size; i++) { /* something less, or another character */
        memcpy(changed, token, i);
        memcpy(changed + i, token + i + 1, size - i);
        assert_int_not_equal(verify(world, changed, &jws), OCPP_OK);
        memcpy(changed, token, size + 1);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_not_equal(verify(world, changed, &jws), OCPP_OK);
        ocpp_arena_reset(world->arena);
    }
    assert_int_equal(verify(world, token, &jws), OCPP_OK);
}

/* The last character of 64 bytes has four bits that say nothing. */
static void bits_behind_the_last_byte_must_be_zero(void **state)
{
    struct world *world = *state;
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char token[512];
    struct ocpp_settle_jws jws;

    (void)snprintf(token, sizeof token, "%s", make(world, "{}"));
    char *last = token + strlen(token) - 1;
    const size_t value = (size_t)(strchr(alphabet, *last) - alphabet);
    for (size_t bits = 1; bits < 16; bits++) {
        *last = alphabet[value | bits];
        assert_int_equal(verify(world, token, &jws), OCPP_ERR_VALUE);
    }
    *last = alphabet[value];
    assert_int_equal(verify(world, token, &jws), OCPP_OK);
}

static void tokens_are_bounded(void **state)
{
    struct world *world = *state;
    static char payload[OCPP_SETTLE_JWS_BYTES];
    const char *token;
    size_t size;
    struct ocpp_settle_jws jws;
    size_t longest = 0;

    memset(payload, 'x', sizeof payload);
    for (size_t n = 5900; n < sizeof payload && longest == 0; n++) {
        if (ocpp_settle_jws_make(&world->signer, payload, n, world->arena, &token, &size) != OCPP_OK) {
            longest = n - 1;
        }
        ocpp_arena_reset(world->arena);
    }
    assert_int_equal(ocpp_settle_jws_make(&world->signer, payload, longest + 1, world->arena, &token, &size), OCPP_ERR_TOO_LARGE);
    assert_int_equal(ocpp_settle_jws_make(&world->signer, payload, SIZE_MAX, world->arena, &token, &size), OCPP_ERR_TOO_LARGE);
    assert_int_equal(ocpp_settle_jws_make(&world->signer, payload, longest, world->arena, &token, &size), OCPP_OK);
    assert_true(size <= OCPP_SETTLE_JWS_BYTES && size > OCPP_SETTLE_JWS_BYTES - 3);
    assert_int_equal(ocpp_settle_jws_verify(&world->verifier, token, size, world->arena, &jws), OCPP_OK);
    world->verifier.max_bytes = size - 1;
    assert_int_equal(ocpp_settle_jws_verify(&world->verifier, token, size, world->arena, &jws), OCPP_ERR_TOO_LARGE);
}

static void texts_that_are_no_tokens_are_refused(void **state)
{
    static const char *const wrong[] = { "", ".", "..", "...", "a", "a.b", "a.b.c", "....", "e30.e30.e30" };
    struct ocpp_settle_jws jws;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(verify(*state, wrong[i], &jws), OCPP_ERR_VALUE);
    }
}

static void names_of_keys_and_types_are_plain_and_short(void **state)
{
    struct world *world = *state;
    static const char *const wrong[] = { "",    " ",
                                         "a b", "\xc3\xa4",
                                         "a\n", "0123456789012345678901234567890123456789012345678901234567890123456789" };
    const char *token;
    size_t size;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct ocpp_settle_jws_signer signer = world->signer;

        signer.kid = wrong[i];
        assert_int_equal(ocpp_settle_jws_make(&signer, "", 0, world->arena, &token, &size), OCPP_ERR_ARGUMENT);
        signer.kid = "k1";
        signer.typ = wrong[i];
        assert_int_equal(ocpp_settle_jws_make(&signer, "", 0, world->arena, &token, &size), OCPP_ERR_ARGUMENT);
    }
}

static void a_message_is_signed_and_read_again(void **state)
{
    struct world *world = *state;
    const struct ocpp_settle_user_token said = { "04A2", "ISO14443" };
    const char *token;
    size_t size;
    const void *read;
    char kid[OCPP_SETTLE_JWS_KID_SIZE];
    struct ocpp_issue issue;

    assert_int_equal(
        ocpp_settle_jws_make_message(&world->signer, &ocpp_settle_user_token_type, &said, world->arena, &token, &size), OCPP_OK);
    assert_int_equal(ocpp_settle_jws_verify_message(&world->verifier, token, size, &ocpp_settle_user_token_type, world->arena,
                                                    &read, kid, &issue),
                     OCPP_OK);
    assert_true(ocpp_message_equal(&ocpp_settle_user_token_type, &said, read));
    assert_string_equal(kid, "k1");
    assert_int_equal(ocpp_settle_jws_verify_message(&world->verifier, token, size, &ocpp_settle_receipt_type, world->arena, &read,
                                                    NULL, &issue),
                     OCPP_ERR_UNKNOWN_MEMBER);
    assert_int_equal(ocpp_settle_jws_verify_message(&world->verifier, token, size - 1, &ocpp_settle_user_token_type, world->arena,
                                                    &read, NULL, &issue),
                     OCPP_ERR_VALUE);
    assert_int_equal(issue.status, OCPP_ERR_VALUE);
}

static void memory_that_is_not_there_is_told(void **state)
{
    struct world *world = *state;
    enum ocpp_status status = OCPP_ERR_NOMEM;
    char kept[512];

    (void)snprintf(kept, sizeof kept, "%s", make(world, "{}"));
    for (size_t n = 2; status != OCPP_OK; n++) {
        struct test_allocator memory;
        struct ocpp_settle_jws jws;
        const char *token;
        size_t size;

        test_allocator_start(&memory, n);
        struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);
        status = ocpp_settle_jws_make(&world->signer, "{}", 2, arena, &token, &size);
        if (status == OCPP_OK) {
            status = ocpp_settle_jws_verify(&world->verifier, kept, strlen(kept), arena, &jws);
        }
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
        ocpp_arena_free(arena);
        assert_int_equal(memory.blocks, 0);
        assert_true(n < 20);
    }
}

static void trouble_with_keys_is_told(void **state)
{
    struct world *world = *state;
    const char *kept = make(world, "{}");
    const char *token;
    size_t size;
    struct ocpp_settle_jws jws;

    world->keys.calls = 0;
    world->keys.fail_at = 1;
    assert_int_equal(ocpp_settle_jws_make(&world->signer, "{}", 2, world->arena, &token, &size), OCPP_ERR_CRYPTO);
    world->keys.calls = 0;
    assert_int_equal(verify(world, kept, &jws), OCPP_ERR_CRYPTO);
}

#define JWS_TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JWS_TEST(what_was_made_verifies_and_is_what_was_said),
        JWS_TEST(the_header_says_three_things_in_one_order),
        JWS_TEST(the_example_of_the_standard_is_signed_as_we_sign_and_no_token_of_ours),
        JWS_TEST(headers_that_say_anything_else_are_refused),
        JWS_TEST(a_key_nobody_knows_is_told_from_a_wrong_signature),
        JWS_TEST(a_type_belongs_to_a_key),
        JWS_TEST(a_token_has_one_spelling),
        JWS_TEST(bits_behind_the_last_byte_must_be_zero),
        JWS_TEST(tokens_are_bounded),
        JWS_TEST(texts_that_are_no_tokens_are_refused),
        JWS_TEST(names_of_keys_and_types_are_plain_and_short),
        JWS_TEST(a_message_is_signed_and_read_again),
        JWS_TEST(memory_that_is_not_there_is_told),
        JWS_TEST(trouble_with_keys_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
