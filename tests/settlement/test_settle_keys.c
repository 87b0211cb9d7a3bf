/* Keys over OpenSSL: what is made, kept and refused; signatures as r and s; known answers. */
#include "openssl_shell.h"
#include "scratch.h"
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/adapters.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 300 };

static struct ocpp_settle_keys *open_keys(const char *folder, bool makes_no_keys)
{
    const struct ocpp_settle_keys_settings settings = { .folder = folder, .makes_no_keys = makes_no_keys };
    struct ocpp_settle_keys *keys = NULL;

    assert_int_equal(ocpp_settle_keys_open(&settings, &keys), OCPP_OK);
    return keys;
}

static void mac_of(const struct ocpp_settle_keys *keys, const char *name, unsigned char mac[32])
{
    const struct ocpp_settle_bytes pieces[] = { { "a", 1 }, { "bc", 2 } };

    assert_int_equal(keys->hmac_sha256(name, pieces, 2, mac, keys->user), OCPP_OK);
}

/* FIPS 180-4 for "abc", RFC 4231 test case 2. */
static void hashes_are_those_of_the_standards(void **state)
{
    static const unsigned char abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                           0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                           0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
    static const unsigned char jefe[32] = { 0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
                                            0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
                                            0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43 };
    const struct ocpp_settle_bytes letters[] = { { "a", 1 }, { "bc", 2 }, { "", 0 } };
    const struct ocpp_settle_bytes words[] = { { "what do ya want ", 16 }, { "for nothing?", 12 } };
    struct ocpp_settle_keys *keys = open_keys(NULL, false);
    unsigned char result[32];

    (void)state;
    assert_int_equal(keys->sha256(letters, 3, result, keys->user), OCPP_OK);
    assert_memory_equal(result, abc, 32);
    assert_int_equal(ocpp_settle_hmac_sha256(keys, "Jefe", 4, words, 2, result), OCPP_OK);
    assert_memory_equal(result, jefe, 32);
    ocpp_settle_keys_close(keys);
}

static void a_secret_in_hand_gives_the_same_as_the_one_that_is_kept(void **state)
{
    struct ocpp_settle_keys *keys = open_keys(NULL, false);
    const struct ocpp_settle_bytes pieces[] = { { "a", 1 }, { "bc", 2 } };
    unsigned char secret[64];
    unsigned char kept[32];
    unsigned char in_hand[32];

    (void)state;
    for (size_t size = 32; size <= 64; size += 8) {
        keys->random(secret, size, keys->user);
        assert_int_equal(keys->keep_secret("s", secret, size, keys->user), OCPP_OK);
        mac_of(keys, "s", kept);
        assert_int_equal(ocpp_settle_hmac_sha256(keys, secret, size, pieces, 2, in_hand), OCPP_OK);
        assert_memory_equal(kept, in_hand, 32);
        assert_true(ocpp_settle_same_bytes(kept, in_hand, 32));
        in_hand[31] ^= 1;
        assert_false(ocpp_settle_same_bytes(kept, in_hand, 32));
    }
    assert_int_equal(ocpp_settle_hmac_sha256(keys, secret, 65, pieces, 2, in_hand), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_hmac_sha256(keys, secret, 64, pieces, OCPP_SETTLE_PIECE_LIMIT + 1, in_hand), OCPP_ERR_ARGUMENT);
    ocpp_settle_keys_close(keys);
}

/* RFC 5869, A.1 to A.3 (the second's info and salt are longer than any of ours). */
static void keys_are_derived_as_the_standard_does(void **state)
{
    static const unsigned char expected[42] = { 0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f,
                                                0x64, 0xd0, 0x36, 0x2f, 0x2a, 0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a,
                                                0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56, 0xec, 0xc4, 0xc5, 0xbf, 0x34,
                                                0x00, 0x72, 0x08, 0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65 };
    static const unsigned char without[42] = {
        0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f, 0x71, 0x5f, 0x80, 0x2a, 0x06, 0x3c,
        0x5a, 0x31, 0xb8, 0xa1, 0x1f, 0x5c, 0x5e, 0xe1, 0x87, 0x9e, 0xc3, 0x45, 0x4e, 0x5f,
        0x3c, 0x73, 0x8d, 0x2d, 0x9d, 0x20, 0x13, 0x95, 0xfa, 0xa4, 0xb6, 0x1a, 0x96, 0xc8
    };
    struct ocpp_settle_keys *keys = open_keys(NULL, false);
    unsigned char secret[22];
    unsigned char salt[13];
    unsigned char info[10];
    unsigned char made[255 * 32 + 1];

    (void)state;
    memset(secret, 0x0b, sizeof secret);
    for (unsigned char i = 0; i < 13; i++) {
        salt[i] = i;
    }
    for (unsigned char i = 0; i < 10; i++) {
        info[i] = (unsigned char)(0xf0 + i);
    }
    struct ocpp_settle_derivation derivation = { { secret, 22 }, { salt, 13 }, { info, 10 } };
    assert_int_equal(ocpp_settle_hkdf_sha256(keys, &derivation, made, 42), OCPP_OK);
    assert_memory_equal(made, expected, 42);
    derivation.salt.size = derivation.info.size = 0;
    assert_int_equal(ocpp_settle_hkdf_sha256(keys, &derivation, made, 42), OCPP_OK);
    assert_memory_equal(made, without, 42);
    assert_int_equal(ocpp_settle_hkdf_sha256(keys, &derivation, made, sizeof made - 1), OCPP_OK);
    assert_memory_equal(made, without, 42);
    assert_int_equal(ocpp_settle_hkdf_sha256(keys, &derivation, made, sizeof made), OCPP_ERR_ARGUMENT);
    derivation.info = (struct ocpp_settle_bytes){ made, 129 };
    assert_int_equal(ocpp_settle_hkdf_sha256(keys, &derivation, made, 1), OCPP_ERR_ARGUMENT);
    derivation.info.size = 0;
    derivation.salt = (struct ocpp_settle_bytes){ made, 65 };
    assert_int_equal(ocpp_settle_hkdf_sha256(keys, &derivation, made, 1), OCPP_ERR_ARGUMENT);
    ocpp_settle_keys_close(keys);
}

static void a_missing_key_is_made_private_and_found_again(void **state)
{
    char folder[256];
    char keys_folder[PATH_SIZE];
    char path[PATH_SIZE + 16];
    struct stat facts;
    unsigned char first[32];
    unsigned char again[32];
    unsigned char point[65];
    unsigned char same_point[65];

    (void)state;
    scratch_make(folder, sizeof folder);
    (void)snprintf(keys_folder, sizeof keys_folder, "%s/keys", folder);
    struct ocpp_settle_keys *keys = open_keys(keys_folder, false);
    mac_of(keys, "fleet", first);
    assert_int_equal(keys->public_key("server", point, keys->user), OCPP_OK);
    ocpp_settle_keys_close(keys);

    (void)snprintf(path, sizeof path, "%s/fleet.secret", keys_folder);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    (void)snprintf(path, sizeof path, "%s/server.pem", keys_folder);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);

    keys = open_keys(keys_folder, true);
    mac_of(keys, "fleet", again);
    assert_memory_equal(first, again, 32);
    assert_int_equal(keys->public_key("server", same_point, keys->user), OCPP_OK);
    assert_memory_equal(point, same_point, 65);
    assert_int_equal(keys->public_key("fleet", point, keys->user), OCPP_ERR_NOT_FOUND);
    ocpp_settle_keys_close(keys);
    scratch_remove(folder);
}

static void a_secret_that_is_kept_survives_and_takes_the_place_of_the_other(void **state)
{
    char folder[256];
    unsigned char secret[OCPP_SETTLE_SECRET_LIMIT + 1] = { 1, 2, 3 };
    unsigned char macs[3][32];

    (void)state;
    scratch_make(folder, sizeof folder);
    struct ocpp_settle_keys *keys = open_keys(folder, false);
    mac_of(keys, "mark", macs[0]);
    assert_int_equal(keys->keep_secret("mark", secret, 32, keys->user), OCPP_OK);
    mac_of(keys, "mark", macs[1]);
    assert_memory_not_equal(macs[0], macs[1], 32);
    assert_int_equal(keys->keep_secret("mark", secret, 31, keys->user), OCPP_ERR_ARGUMENT);
    assert_int_equal(keys->keep_secret("mark", secret, sizeof secret, keys->user), OCPP_ERR_ARGUMENT);
    assert_int_equal(keys->keep_secret("../mark", secret, 32, keys->user), OCPP_ERR_NOT_FOUND);
    ocpp_settle_keys_close(keys);
    keys = open_keys(folder, true);
    mac_of(keys, "mark", macs[2]);
    assert_memory_equal(macs[1], macs[2], 32);
    ocpp_settle_keys_close(keys);
    scratch_remove(folder);
}

static void names_that_would_leave_the_folder_are_no_names(void **state)
{
    static const char *const wrong[] = { "", ".", "..", "../a", "a/b", "A", "-a", "_a", ".a", "a b", "\xc3\xa4", "a\n" };
    char longest[OCPP_SETTLE_KEY_NAME_SIZE + 1];
    struct ocpp_settle_keys *keys = open_keys(NULL, false);
    unsigned char mac[32];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_false(ocpp_settle_key_name_is_valid(wrong[i]));
        assert_int_equal(keys->hmac_sha256(wrong[i], NULL, 0, mac, keys->user), OCPP_ERR_NOT_FOUND);
        assert_int_equal(keys->public_key(wrong[i], mac, keys->user), OCPP_ERR_NOT_FOUND);
    }
    assert_int_equal(keys->hmac_sha256(NULL, NULL, 0, mac, keys->user), OCPP_ERR_NOT_FOUND);
    memset(longest, 'a', sizeof longest);
    longest[OCPP_SETTLE_KEY_NAME_SIZE] = '\0';
    assert_false(ocpp_settle_key_name_is_valid(longest));
    longest[OCPP_SETTLE_KEY_NAME_SIZE - 1] = '\0';
    assert_true(ocpp_settle_key_name_is_valid(longest));
    assert_int_equal(keys->hmac_sha256(longest, NULL, 0, mac, keys->user), OCPP_OK);
    ocpp_settle_keys_close(keys);
}

static void files_that_are_no_keys_or_not_private_are_not_used(void **state)
{
    static const struct {
        const char *file;
        const char *text;
        const char *mode;
    } wrong[] = {
        { "s.secret", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", "0644" },
        { "s.secret", "00112233445566778899aabbccddeeff00112233445566778899aabbccddee\n", "0600" },
        { "s.secret", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef\n", "0600" },
        { "s.secret", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg\n", "0600" },
        { "s.secret", "", "0600" },
        { "p.pem", "-----BEGIN PRIVATE KEY-----\n", "0600" },
    };
    char folder[256];
    unsigned char out[65];

    (void)state;
    scratch_make(folder, sizeof folder);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        write_whole(folder, wrong[i].file, wrong[i].text, strlen(wrong[i].text));
        shell(folder, "chmod %s %s", wrong[i].mode, wrong[i].file);
        struct ocpp_settle_keys *keys = open_keys(folder, false);
        if (wrong[i].file[0] == 's') {
            assert_int_equal(keys->hmac_sha256("s", NULL, 0, out, keys->user), OCPP_ERR_CRYPTO);
        } else {
            assert_int_equal(keys->public_key("p", out, keys->user), OCPP_ERR_CRYPTO);
        }
        ocpp_settle_keys_close(keys);
    }
    shell(folder, "openssl ecparam -name secp384r1 -genkey -noout -out p.pem 2>/dev/null && chmod 0600 p.pem");
    struct ocpp_settle_keys *keys = open_keys(folder, false);
    assert_int_equal(keys->public_key("p", out, keys->user), OCPP_ERR_CRYPTO); /* another curve */
    ocpp_settle_keys_close(keys);
    scratch_remove(folder);
}

static void given_secrets_stand_before_files_and_are_not_written(void **state)
{
    static const unsigned char secret[32] = { 9 };
    const struct ocpp_settle_given_secret given = { "fleet", secret, sizeof secret };
    const struct ocpp_settle_given_secret bad[] = { { "Fleet", secret, 32 }, { NULL, secret, 32 }, { "fleet", secret, 31 } };
    char folder[256];
    struct ocpp_settle_keys *keys;
    unsigned char macs[2][32];

    (void)state;
    scratch_make(folder, sizeof folder);
    struct ocpp_settle_keys_settings settings = { .folder = folder, .given = &given, .given_count = 1 };
    assert_int_equal(ocpp_settle_keys_open(&settings, &keys), OCPP_OK);
    mac_of(keys, "fleet", macs[0]);
    ocpp_settle_keys_close(keys);
    keys = open_keys(folder, true);
    assert_int_equal(keys->hmac_sha256("fleet", NULL, 0, macs[1], keys->user), OCPP_ERR_NOT_FOUND);
    ocpp_settle_keys_close(keys);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        settings.given = &bad[i];
        assert_int_equal(ocpp_settle_keys_open(&settings, &keys), OCPP_ERR_ARGUMENT);
    }
    scratch_remove(folder);
}

static void there_is_room_for_so_many_keys_and_no_more(void **state)
{
    const struct ocpp_settle_keys_settings settings = { .max_keys = 2 };
    static const unsigned char secret[32] = { 0 };
    struct ocpp_settle_keys *keys;
    unsigned char out[65];

    (void)state;
    assert_int_equal(ocpp_settle_keys_open(&settings, &keys), OCPP_OK);
    mac_of(keys, "a", out);
    assert_int_equal(keys->public_key("a", out, keys->user), OCPP_OK);
    assert_int_equal(keys->hmac_sha256("b", NULL, 0, out, keys->user), OCPP_ERR_LIMIT);
    assert_int_equal(keys->public_key("b", out, keys->user), OCPP_ERR_LIMIT);
    assert_int_equal(keys->keep_secret("b", secret, 32, keys->user), OCPP_ERR_LIMIT);
    assert_int_equal(keys->keep_secret("a", secret, 32, keys->user), OCPP_OK);
    ocpp_settle_keys_close(keys);
}

static void what_was_signed_verifies_and_nothing_else_does(void **state)
{
    struct ocpp_settle_keys *keys = open_keys(NULL, false);
    unsigned char point[65];
    unsigned char other[65];
    unsigned char signature[64];
    static const unsigned char zeros[64] = { 0 };

    (void)state;
    assert_int_equal(keys->public_key("a", point, keys->user), OCPP_OK);
    assert_int_equal(keys->public_key("b", other, keys->user), OCPP_OK);
    for (unsigned round = 0; round < 200; round += every()) { /* r or s is shorter than 32 bytes once in 128 */
        assert_int_equal(keys->sign("a", &round, sizeof round, signature, keys->user), OCPP_OK);
        assert_int_equal(keys->verify(point, &round, sizeof round, signature, keys->user), OCPP_OK);
        assert_int_equal(keys->verify(other, &round, sizeof round, signature, keys->user), OCPP_ERR_SECURITY);
        signature[round % 64] ^= 1;
        assert_int_equal(keys->verify(point, &round, sizeof round, signature, keys->user), OCPP_ERR_SECURITY);
    }
    assert_int_equal(keys->verify(point, "x", 1, zeros, keys->user), OCPP_ERR_SECURITY);
    point[64] ^= 1; /* off the curve */
    assert_int_equal(keys->verify(point, "x", 1, signature, keys->user), OCPP_ERR_SECURITY);
    memset(point, 0, sizeof point);
    assert_int_equal(keys->verify(point, "x", 1, signature, keys->user), OCPP_ERR_SECURITY);
    ocpp_settle_keys_close(keys);
}

static void a_handle_verifies_with_more_keys_than_it_remembers(void **state)
{
    struct ocpp_settle_keys *keys = open_keys(NULL, false);
    unsigned char points[40][65];
    unsigned char signatures[40][64];

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 40; i++) {
            char name[8];

            (void)snprintf(name, sizeof name, "k%u", (unsigned)i);
            assert_int_equal(keys->public_key(name, points[i], keys->user), OCPP_OK);
            assert_int_equal(keys->sign(name, "x", 1, signatures[i], keys->user), OCPP_OK);
            assert_int_equal(keys->verify(points[i], "x", 1, signatures[i], keys->user), OCPP_OK);
        }
    }
    ocpp_settle_keys_close(keys);
}

/* What a process was writing when it was ended is nothing to the next one. */
static void a_file_that_was_being_written_is_no_key(void **state)
{
    char folder[256];
    unsigned char mac[32];

    (void)state;
    scratch_make(folder, sizeof folder);
    write_whole(folder, ".writing", "0011", 4);
    struct ocpp_settle_keys *keys = open_keys(folder, true);
    assert_int_equal(keys->hmac_sha256("fleet", NULL, 0, mac, keys->user), OCPP_ERR_NOT_FOUND);
    ocpp_settle_keys_close(keys);
    keys = open_keys(folder, false);
    mac_of(keys, "fleet", mac);
    ocpp_settle_keys_close(keys);
    shell(folder, "test ! -e .writing && test -e fleet.secret");
    scratch_remove(folder);
}

enum { THREADS = 4, ROUNDS = 20 };

struct racer {
    const char *folder;
    struct ocpp_settle_keys *shared;
    unsigned char macs[2][32];
    unsigned char points[2][65];
};

/* One handle of its own, one it shares. */
static void *race(void *user)
{
    struct racer *racer = user;
    const struct ocpp_settle_keys_settings settings = { .folder = racer->folder };
    struct ocpp_settle_keys *own;
    const struct ocpp_settle_bytes piece = { "x", 1 };
    unsigned char signature[64];
    bool is_good = ocpp_settle_keys_open(&settings, &own) == OCPP_OK;

    for (int i = 0; i < ROUNDS && is_good; i++) {
        struct ocpp_settle_keys *const both[] = { own, racer->shared };

        for (int k = 0; k < 2; k++) {
            const struct ocpp_settle_keys *keys = both[k];

            is_good = is_good && keys->hmac_sha256("fleet", &piece, 1, racer->macs[k], keys->user) == OCPP_OK &&
                      keys->public_key("pile", racer->points[k], keys->user) == OCPP_OK &&
                      keys->sign("pile", "x", 1, signature, keys->user) == OCPP_OK &&
                      keys->verify(racer->points[k], "x", 1, signature, keys->user) == OCPP_OK;
        }
    }
    ocpp_settle_keys_close(own);
    return is_good ? racer : NULL;
}

static void threads_and_processes_that_want_a_key_at_once_get_the_same(void **state)
{
    char folder[256];
    struct racer racers[THREADS];
    pthread_t threads[THREADS];

    (void)state;
    scratch_make(folder, sizeof folder);
    struct ocpp_settle_keys *shared = open_keys(folder, false);
    for (int i = 0; i < THREADS; i++) {
        racers[i] = (struct racer){ .folder = folder, .shared = shared };
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *outcome;

        assert_int_equal(pthread_join(threads[i], &outcome), 0);
        assert_non_null(outcome);
    }
    for (int i = 0; i < THREADS; i++) {
        for (int k = 0; k < 2; k++) {
            assert_memory_equal(racers[i].macs[k], racers[0].macs[0], 32);
            assert_memory_equal(racers[i].points[k], racers[0].points[0], 65);
        }
    }
    ocpp_settle_keys_close(shared);
    scratch_remove(folder);
}

static void the_double_is_random_by_its_seed_and_fails_when_told(void **state)
{
    struct settle_keys a;
    struct settle_keys b;
    char first[27];
    char second[27];
    unsigned char mac[32];

    (void)state;
    settle_keys_start(&a, 5);
    settle_keys_start(&b, 5);
    settle_keys_id(&a, first);
    settle_keys_id(&b, second);
    assert_string_equal(first, second);
    settle_keys_id(&a, first);
    assert_string_not_equal(first, second);
    a.fail_at = 2;
    mac_of(&a.contract, "fleet", mac);
    assert_int_equal(a.contract.sha256(NULL, 0, mac, a.contract.user), OCPP_ERR_CRYPTO);
    assert_int_equal(a.contract.sha256(NULL, 0, mac, a.contract.user), OCPP_OK);
    settle_keys_end(&a);
    settle_keys_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_the_standards),
        cmocka_unit_test(a_secret_in_hand_gives_the_same_as_the_one_that_is_kept),
        cmocka_unit_test(keys_are_derived_as_the_standard_does),
        cmocka_unit_test(a_missing_key_is_made_private_and_found_again),
        cmocka_unit_test(a_secret_that_is_kept_survives_and_takes_the_place_of_the_other),
        cmocka_unit_test(names_that_would_leave_the_folder_are_no_names),
        cmocka_unit_test(files_that_are_no_keys_or_not_private_are_not_used),
        cmocka_unit_test(given_secrets_stand_before_files_and_are_not_written),
        cmocka_unit_test(there_is_room_for_so_many_keys_and_no_more),
        cmocka_unit_test(what_was_signed_verifies_and_nothing_else_does),
        cmocka_unit_test(a_handle_verifies_with_more_keys_than_it_remembers),
        cmocka_unit_test(a_file_that_was_being_written_is_no_key),
        cmocka_unit_test(threads_and_processes_that_want_a_key_at_once_get_the_same),
        cmocka_unit_test(the_double_is_random_by_its_seed_and_fails_when_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
