/* Whom a pile believes that can ask nobody: an offline root, keys with rising epochs, the newest list of revocations (D13). */
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/trust.h>

#include <stdio.h>
#include <string.h>

struct world {
    struct settle_keys keys;
    struct ocpp_arena *arena;
    struct ocpp_settle_trust trust;
    unsigned char root[OCPP_SETTLE_POINT_SIZE];
};

static int start(void **state)
{
    static struct world world;

    settle_keys_start(&world.keys, 1);
    world.arena = ocpp_arena_new(NULL, 0);
    assert_int_equal(world.keys.contract.public_key("root", world.root, &world.keys), OCPP_OK);
    ocpp_settle_trust_begin(&world.trust, "the-root", world.root);
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

/* What |by| says of the server key |name|: its kid is its name. */
static const char *certify_by(struct world *world, const char *by, const char *by_kid, const char *name, int64_t epoch)
{
    static const enum ocpp_settle_key_use uses[] = { OCPP_SETTLE_KEY_USE_AUTHORISATION, OCPP_SETTLE_KEY_USE_ACKNOWLEDGEMENT };
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char text[OCPP_SETTLE_POINT_TEXT_SIZE];
    const char *token = NULL;
    size_t size;

    assert_int_equal(world->keys.contract.public_key(name, point, &world->keys), OCPP_OK);
    ocpp_settle_point_write(point, text);
    const struct ocpp_settle_server_key key = {
        .iss = "the-root", .kid = name, .epoch = epoch, .uses = { uses, 2 }, .key = text, .iat = 1000
    };
    const struct ocpp_settle_jws_signer signer = { &world->keys.contract, by, by_kid, OCPP_SETTLE_TYP_SERVER_KEY };
    assert_int_equal(ocpp_settle_jws_make_message(&signer, &ocpp_settle_server_key_type, &key, world->arena, &token, &size),
                     OCPP_OK);
    return token;
}

static const char *certify(struct world *world, const char *name, int64_t epoch)
{
    return certify_by(world, "root", "the-root", name, epoch);
}

static const char *revoke(struct world *world, int64_t number, int64_t min_epoch, const char *kid)
{
    const char *kids[] = { kid };
    const struct ocpp_settle_revocations list = {
        .iss = "the-root", .number = number, .iat = 1000, .min_epoch = min_epoch, .keys = { kids, kid != NULL }
    };
    const struct ocpp_settle_jws_signer signer = { &world->keys.contract, "root", "the-root", OCPP_SETTLE_TYP_REVOCATIONS };
    const char *token = NULL;
    size_t size;

    assert_int_equal(ocpp_settle_jws_make_message(&signer, &ocpp_settle_revocations_type, &list, world->arena, &token, &size),
                     OCPP_OK);
    return token;
}

static enum ocpp_status take(struct world *world, const char *key, const char *revocations)
{
    const struct ocpp_settle_trust_parcel parcel = { .keys = { &key, key != NULL }, .revocations = revocations };

    return ocpp_settle_trust_take(&world->trust, &world->keys.contract, &parcel, world->arena, NULL);
}

static bool believes_for(struct world *world, const char *kid, const char *typ)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];

    return ocpp_settle_trust_find(kid, typ, point, &world->trust);
}

static bool believes(struct world *world, const char *kid)
{
    return believes_for(world, kid, OCPP_SETTLE_TYP_AUTHORISATION);
}

static void a_key_the_root_certified_may_sign_what_it_is_for_and_nothing_else(void **state)
{
    struct world *world = *state;

    assert_int_equal(take(world, certify(world, "server1", 1), NULL), OCPP_OK);
    assert_true(believes(world, "server1"));
    assert_true(believes_for(world, "server1", OCPP_SETTLE_TYP_ACKNOWLEDGEMENT));
    assert_false(believes_for(world, "server1", OCPP_SETTLE_TYP_PILE_KEY));
    assert_false(believes_for(world, "server1", OCPP_SETTLE_TYP_BILL));
    assert_false(believes(world, "server2"));
    assert_false(believes(world, "the-root"));
}

/* D13. Whoever stole a key cannot make the next one, nor take back a revocation. */
static void a_key_cannot_sign_its_own_successor_nor_a_revocation(void **state)
{
    struct world *world = *state;

    assert_int_equal(take(world, certify(world, "server1", 1), NULL), OCPP_OK);
    assert_int_equal(take(world, certify_by(world, "server1", "server1", "server2", 2), NULL), OCPP_ERR_SECURITY);
    assert_int_equal(take(world, certify_by(world, "server1", "the-root", "server2", 2), NULL), OCPP_ERR_SECURITY);
    assert_false(believes(world, "server2"));
    assert_false(believes_for(world, "server1", OCPP_SETTLE_TYP_SERVER_KEY));
    assert_false(believes_for(world, "server1", OCPP_SETTLE_TYP_REVOCATIONS));
    assert_true(believes_for(world, "the-root", OCPP_SETTLE_TYP_REVOCATIONS));
}

/* D13. */
static void epochs_rise_and_an_old_certificate_is_passed_over(void **state)
{
    struct world *world = *state;

    assert_int_equal(take(world, certify(world, "server1", 1), NULL), OCPP_OK);
    assert_int_equal(take(world, certify(world, "server3", 3), NULL), OCPP_OK);
    assert_int_equal(take(world, certify(world, "server2", 2), NULL), OCPP_OK);
    assert_true(believes(world, "server1")); /* known before: what it signed may still be on its way */
    assert_false(believes(world, "server2"));
    assert_true(believes(world, "server3"));
    assert_int_equal(world->trust.epoch, 3);
    assert_string_equal(ocpp_settle_trust_newest(&world->trust, OCPP_SETTLE_KEY_USE_AUTHORISATION)->kid, "server3");
    assert_null(ocpp_settle_trust_newest(&world->trust, OCPP_SETTLE_KEY_USE_ENCRYPTION));
}

/* D13. */
static void a_revoked_key_counts_no_more_and_does_not_come_back(void **state)
{
    struct world *world = *state;
    const char *certificate = certify(world, "server1", 1);

    assert_int_equal(take(world, certificate, NULL), OCPP_OK);
    assert_int_equal(take(world, NULL, revoke(world, 5, 0, "server1")), OCPP_OK);
    assert_false(believes(world, "server1"));
    assert_int_equal(take(world, certificate, NULL), OCPP_OK);
    assert_false(believes(world, "server1"));
    assert_int_equal(take(world, certificate, revoke(world, 4, 0, NULL)), OCPP_OK); /* an older list is no news */
    assert_false(believes(world, "server1"));
    assert_int_equal(world->trust.revocations, 5);
}

static void a_least_epoch_ends_every_key_below_it_and_never_falls(void **state)
{
    struct world *world = *state;

    assert_int_equal(take(world, certify(world, "server1", 1), NULL), OCPP_OK);
    assert_int_equal(take(world, certify(world, "server2", 2), revoke(world, 1, 2, NULL)), OCPP_OK);
    assert_false(believes(world, "server1"));
    assert_true(believes(world, "server2"));
    assert_int_equal(take(world, NULL, revoke(world, 2, 1, NULL)), OCPP_OK);
    assert_int_equal(world->trust.min_epoch, 2);
}

static void two_lists_of_one_number_are_a_fraud(void **state)
{
    struct world *world = *state;

    assert_int_equal(take(world, NULL, revoke(world, 1, 0, "a")), OCPP_OK);
    assert_int_equal(take(world, NULL, revoke(world, 1, 0, "a")), OCPP_OK);
    assert_int_equal(take(world, NULL, revoke(world, 1, 0, "b")), OCPP_ERR_SECURITY);
}

static void what_is_bad_in_a_parcel_spoils_all_of_it(void **state)
{
    struct world *world = *state;
    const char *keys[] = { certify(world, "server1", 1), certify_by(world, "thief", "the-root", "server2", 2) };
    const struct ocpp_settle_trust_parcel parcel = { .keys = { keys, 2 } };

    assert_int_equal(ocpp_settle_trust_take(&world->trust, &world->keys.contract, &parcel, world->arena, NULL),
                     OCPP_ERR_SECURITY);
    assert_false(believes(world, "server1"));
    assert_int_equal(world->trust.epoch, 0);
}

static void without_a_root_nobody_is_believed(void **state)
{
    struct world *world = *state;

    memset(&world->trust, 0, sizeof world->trust);
    assert_int_equal(take(world, certify(world, "server1", 1), NULL), OCPP_ERR_SECURITY);
    assert_false(believes(world, "server1"));
}

static void as_many_keys_as_there_is_room_for_are_kept_and_the_oldest_makes_way(void **state)
{
    struct world *world = *state;
    char name[] = "server1";

    for (int i = 1; i <= OCPP_SETTLE_TRUST_KEYS + 1; i++) {
        name[6] = (char)('0' + i);
        assert_int_equal(take(world, certify(world, name, i), NULL), OCPP_OK);
    }
    assert_false(believes(world, "server1"));
    assert_true(believes(world, "server2"));
    assert_true(believes(world, "server9"));
}

static void what_is_known_of_a_server_survives_as_a_record(void **state)
{
    struct world *world = *state;
    const struct ocpp_settle_trust_record *record;
    struct ocpp_settle_trust read;
    const char *texts[2];
    size_t size;

    assert_int_equal(take(world, certify(world, "server2", 2), revoke(world, 3, 1, "old")), OCPP_OK);
    assert_int_equal(ocpp_settle_trust_write(&world->trust, world->arena, &record), OCPP_OK);
    assert_int_equal(ocpp_settle_trust_read(&read, record), OCPP_OK);
    assert_int_equal(ocpp_message_encode(&ocpp_settle_trust_record_type, record, world->arena, &texts[0], &size, NULL), OCPP_OK);
    assert_int_equal(ocpp_settle_trust_write(&read, world->arena, &record), OCPP_OK);
    assert_int_equal(ocpp_message_encode(&ocpp_settle_trust_record_type, record, world->arena, &texts[1], &size, NULL), OCPP_OK);
    assert_string_equal(texts[0], texts[1]);
    assert_int_equal(read.epoch, 2);
    assert_int_equal(read.revocations, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_the_root_certified_may_sign_what_it_is_for_and_nothing_else, start, end),
        cmocka_unit_test_setup_teardown(a_key_cannot_sign_its_own_successor_nor_a_revocation, start, end),
        cmocka_unit_test_setup_teardown(epochs_rise_and_an_old_certificate_is_passed_over, start, end),
        cmocka_unit_test_setup_teardown(a_revoked_key_counts_no_more_and_does_not_come_back, start, end),
        cmocka_unit_test_setup_teardown(a_least_epoch_ends_every_key_below_it_and_never_falls, start, end),
        cmocka_unit_test_setup_teardown(two_lists_of_one_number_are_a_fraud, start, end),
        cmocka_unit_test_setup_teardown(what_is_bad_in_a_parcel_spoils_all_of_it, start, end),
        cmocka_unit_test_setup_teardown(without_a_root_nobody_is_believed, start, end),
        cmocka_unit_test_setup_teardown(as_many_keys_as_there_is_room_for_are_kept_and_the_oldest_makes_way, start, end),
        cmocka_unit_test_setup_teardown(what_is_known_of_a_server_survives_as_a_record, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
