/* The authorization cache: who makes room, how seldom it is written, power cuts at every write, a store that refuses and loses,
 * spoilt records. The official cases are in test_station_c.c. */
#include "token_world.h"

#include "allocator.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct world *with_cache(enum ocpp_version version, size_t entries)
{
    struct world *world = world_new();
    world->settings.cache_entries = entries;
    world_power_on(world);
    world_connect(world, version);
    world_set(world, "LocalPreAuthorize", "true");
    central_forgets(world);
    return world;
}

/* Whether the cache has |id|, looked at without a link, so that nothing is asked and nothing written. The token is not left
 * granted. */
static bool knows(struct world *world, const char *id)
{
    const enum ocpp_version version = world->version;
    world_disconnect(world);
    card(world, 1, id);
    const bool is_known = world->judged_source == OCPP_TOKEN_SOURCE_CACHE;
    if (world->judged == OCPP_AUTHORIZATION_ACCEPTED) {
        card(world, 1, id);
    }
    world_connect(world, version);
    return is_known;
}

static void put(struct world *world, const char *key, const char *value)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = value, .size = strlen(value) };
    assert_int_equal(world->memory->write(&change, 1, NULL, NULL, world->memory->user), OCPP_OK);
}

/* --- room --------------------------------------------------------------------------------------------------------------------
 */

/* C10.FR.07; 1.6 3.5.1: first what is not good, then what was not used for longest. */
static void what_is_not_good_makes_room_first(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 3);
    cached(world, "A", "Accepted", NULL);
    cached(world, "B", "Accepted", NULL);
    cached(world, "C", "Blocked", NULL);
    cached(world, "D", "Accepted", NULL);
    assert_false(knows(world, "C"));
    assert_true(knows(world, "B"));
    assert_true(knows(world, "A")); /* the last that was used, but for D */
    cached(world, "E", "Accepted", NULL);
    assert_int_equal(cache_entries(world), 3);
    assert_false(knows(world, "D"));
    assert_true(knows(world, "A") && knows(world, "B") && knows(world, "E"));
    world_free(world);
}

/* AuthCacheCtrlr.Policy FIFO: what came first goes first, used or not. */
static void first_in_is_first_out_where_that_is_the_policy(void **state)
{
    (void)state;
    struct world *world = with_cache(OCPP_VERSION_2_0_1, 2);
    world_set_variable(world, "AuthCacheCtrlr", "Policy", NULL, "FIFO");
    cached(world, "A", "Accepted", NULL);
    cached(world, "B", "Accepted", NULL);
    assert_true(knows(world, "A"));
    cached(world, "C", "Accepted", NULL);
    assert_false(knows(world, "A"));
    assert_true(knows(world, "B"));
    world_free(world);
}

/* AuthCacheCtrlr.Policy LFU. */
static void the_least_used_goes_where_that_is_the_policy(void **state)
{
    (void)state;
    struct world *world = with_cache(OCPP_VERSION_2_0_1, 2);
    world_set_variable(world, "AuthCacheCtrlr", "Policy", NULL, "LFU");
    cached(world, "A", "Accepted", NULL);
    assert_true(knows(world, "A"));
    assert_true(knows(world, "A"));
    cached(world, "B", "Accepted", NULL);
    cached(world, "C", "Accepted", NULL);
    assert_true(knows(world, "A"));
    assert_false(knows(world, "B"));
    world_free(world);
}

/* C10.FR.07. Whoever presents a thousand cards fills the room there is, not the store. */
static void a_thousand_tokens_take_the_room_there_is(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 5);
    world->authorize_status = "Invalid";
    for (int i = 0; i < 1000; i++) {
        char id[16];
        snprintf(id, sizeof(id), "T%d", i);
        card(world, 1, id);
        while (world->call_count > 10) {
            free(world->calls[--world->call_count].payload);
        }
        central_forgets(world);
    }
    assert_int_equal(cache_entries(world), 5);
    assert_true(knows(world, "T999"));
    world_free(world);
}

/* Tokens whose hashes are the same (FNV-1a: costarring, liquid) are told apart all the same. */
static void tokens_of_one_hash_are_two_tokens(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 5);
    cached(world, "costarring", "Accepted", NULL);
    assert_false(knows(world, "liquid"));
    cached(world, "liquid", "Blocked", NULL);
    world_disconnect(world);
    card(world, 1, "LIQUID");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_BLOCKED);
    card(world, 1, "costarring");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    world_free(world);
}

static void a_smaller_cache_keeps_what_it_has_room_for(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 4);
    const enum ocpp_version version = world->version;
    for (const char *id = "ABCD"; *id != '\0'; id++) {
        cached(world, (const char[]){ *id, '\0' }, "Accepted", NULL);
    }
    world->settings.cache_entries = 2;
    world_power_back(world, 10);
    world_connect(world, version);
    assert_true(knows(world, "A") && knows(world, "B"));
    assert_false(knows(world, "C") || knows(world, "D"));
    cached(world, "E", "Accepted", NULL);
    assert_true(knows(world, "E"));
    world_free(world);
}

/* --- how seldom it is written -------------------------------------------------------------------------------------------------
 */

/* A token that is used again and again costs no write of its own while nothing new is said of it. */
static void using_a_token_is_not_written(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 5);
    cached(world, "A", "Accepted", NULL);
    const unsigned before = test_storage_writes(world->storage);
    for (int i = 0; i < 20; i++) {
        card(world, 1, "A");
        card(world, 1, "A");
    }
    world_set(world, "LocalPreAuthorize", "false");
    const unsigned for_the_setting = test_storage_writes(world->storage) - before;
    for (int i = 0; i < 20; i++) {
        cached(world, "A", "Accepted", NULL);
    }
    assert_int_equal(test_storage_writes(world->storage) - before, for_the_setting);
    cached(world, "A", "Accepted", "FAMILY");
    assert_int_equal(test_storage_writes(world->storage) - before, for_the_setting + 1);
    world_free(world);
}

/* C10.FR.10. The age is written when an eighth of the lifetime has gone by, so a power cut costs no more than that; while the
 * power stays it is true to the second. */
static void the_age_of_an_entry_is_written_by_eighths(void **state)
{
    (void)state;
    struct world *world = with_cache(OCPP_VERSION_2_0_1, 5);
    world_set_variable(world, "AuthCacheCtrlr", "LifeTime", NULL, "8000");
    world_set(world, "LocalPreAuthorize", "false");
    cached(world, "A", "Accepted", NULL);
    const unsigned before = test_storage_writes(world->storage);
    world_pass(world, 1000);
    cached(world, "A", "Accepted", NULL);
    assert_int_equal(test_storage_writes(world->storage), before);
    world_pass(world, 7500);
    assert_true(knows(world, "A")); /* 8,500 s after it was written, 7,500 s after it was last heard of */
    cached(world, "A", "Accepted", NULL);
    assert_int_equal(test_storage_writes(world->storage), before + 1);
    world_pass(world, 8001);
    assert_false(knows(world, "A"));
    world_free(world);
}

/* After a power cut without a link nobody can say how old an entry is: what is good counts as too old, what is not good stays. */
static void without_the_time_only_what_is_not_good_is_believed(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 5);
    cached(world, "A", "Accepted", NULL);
    cached(world, "B", "Blocked", NULL);
    world_power_back(world, 10);
    card(world, 1, "A");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_NONE);
    card(world, 1, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_BLOCKED);
    world_free(world);
}

/* C10.FR.13; 1.6 3.5.1. The date of a token makes it expired, not unknown: it is not let pass without a link either. */
static void a_token_whose_date_has_passed_is_expired(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 5);
    world->token_info =
        world_is_old(world) ? "\"expiryDate\":\"2023-11-14T22:20:00Z\"" : "\"cacheExpiryDateTime\":\"2023-11-14T22:20:00Z\"";
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    cached(world, "A", "Accepted", NULL);
    assert_true(knows(world, "A"));
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    world_pass(world, 600);
    assert_true(knows(world, "A"));
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_EXPIRED);
    world_free(world);
}

/* --- power cuts
 * ------------------------------------------------------------------------------------------------------------------ */

static enum ocpp_authorization worth_without_a_link(struct world *world)
{
    world_disconnect(world);
    card(world, 1, "A");
    return world->judged;
}

/* The power goes at the |nth| write while A, so far Accepted, becomes Blocked. */
static bool survives_a_cut(enum ocpp_version version, unsigned nth, size_t keep, bool flushes)
{
    struct world *world = with_cache(version, 2);
    cached(world, "A", "Accepted", NULL);
    cached(world, "B", "Accepted", NULL);
    world_set(world, "LocalPreAuthorize", "false");
    test_storage_delay(world->storage, flushes);
    test_storage_cut(world->storage, nth, keep);
    world->authorize_status = "Blocked";
    card(world, 1, "A");
    const bool is_cut = test_storage_is_cut(world->storage);
    world_power_back(world, 10);
    world_connect(world, version);
    assert_int_equal(cache_entries(world), 2);
    const enum ocpp_authorization worth = worth_without_a_link(world);
    assert_int_equal(worth, !is_cut || (keep > 0) ? OCPP_AUTHORIZATION_BLOCKED : OCPP_AUTHORIZATION_ACCEPTED);
    world_free(world);
    return is_cut;
}

static void a_power_cut_leaves_an_entry_as_it_was_or_as_it_is(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    for (size_t keep = 0; keep < 2; keep++) {
        unsigned nth = 1;
        while (survives_a_cut(version, nth, keep, false)) {
            nth++;
        }
        assert_int_equal(nth, 2); /* one write it is */
        survives_a_cut(version, 1, keep, true);
    }
}

static void a_power_cut_while_clearing_leaves_all_or_nothing(void **state)
{
    for (size_t keep = 0; keep < 2; keep++) {
        struct world *world = with_cache(*(enum ocpp_version *)*state, 5);
        const enum ocpp_version version = world->version;
        cached(world, "A", "Accepted", NULL);
        cached(world, "B", "Accepted", NULL);
        test_storage_cut(world->storage, 1, keep);
        central_asks(world, "ClearCache", "{}");
        world_power_back(world, 10);
        world_connect(world, version);
        assert_int_equal(cache_entries(world), keep == 0 ? 2 : 0);
        assert_int_equal(knows(world, "A"), keep == 0);
        world_free(world);
    }
}

/* --- a store that does not do what it should
 * ---------------------------------------------------------------------------------------- */

/* What was good and is blocked now must not stay good because the store is full. */
static void what_cannot_be_written_is_not_believed(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 5);
    cached(world, "A", "Accepted", NULL);
    world_set(world, "LocalPreAuthorize", "false");
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    cached(world, "A", "Blocked", NULL);
    assert_false(knows(world, "A"));
    assert_int_equal(cache_entries(world), 0);
    cached(world, "A", "Blocked", NULL);
    assert_true(knows(world, "A"));
    world_free(world);
}

/* A write that was accepted and is lost: what it would have taken back must not stay good, so all of it is asked again. */
static void after_a_lost_write_nothing_is_believed(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 5);
    cached(world, "A", "Accepted", NULL);
    cached(world, "B", "Accepted", NULL);
    world_set(world, "LocalPreAuthorize", "false");
    test_storage_delay(world->storage, true);
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    cached(world, "A", "Blocked", NULL);
    struct ocpp_storage *face = test_storage_face(world->storage);
    face->flush(face->user);
    test_storage_delay(world->storage, false);
    test_storage_refuse(world->storage, 1, OCPP_ERR_STORAGE); /* nor while that cannot be written down */
    assert_false(knows(world, "A"));
    assert_false(knows(world, "B"));
    assert_int_equal(cache_entries(world), 0);
    cached(world, "B", "Accepted", NULL);
    assert_true(knows(world, "B"));
    world_free(world);
}

/* peers: file system corrupt. The station starts, the entry is free, the others are there. */
static void an_entry_that_cannot_be_read_is_forgotten(void **state)
{
    struct world *world = with_cache(*(enum ocpp_version *)*state, 5);
    const enum ocpp_version version = world->version;
    cached(world, "A", "Accepted", NULL);
    cached(world, "B", "Accepted", NULL);
    put(world, "cache/0000", "rubbish");
    put(world, "cache/nonsense", "rubbish");
    put(world, "cache/ffff", "rubbish");
    assert_false(knows(world, "A"));
    world_power_back(world, 10);
    world_connect(world, version);
    assert_false(knows(world, "A"));
    assert_true(knows(world, "B"));
    cached(world, "C", "Accepted", NULL);
    assert_true(knows(world, "C"));
    assert_int_equal(cache_entries(world), 4);
    world_free(world);
}

static void a_cache_that_finds_no_memory_is_no_charge_point(void **state)
{
    (void)state;
    struct world *world = world_new();
    struct test_allocator memory;
    bool has_failed = true;
    for (size_t nth = 1; has_failed; nth += every()) {
        test_allocator_start(&memory, nth);
        world->settings.allocator = &memory.allocator;
        struct ocpp_charge_point *cp =
            ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
        has_failed = memory.calls >= nth;
        assert_true(has_failed == (cp == NULL));
        ocpp_charge_point_free(cp);
        assert_int_equal(memory.blocks, 0);
    }
    world->settings.allocator = NULL;
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(what_is_not_good_makes_room_first),
        cmocka_unit_test(first_in_is_first_out_where_that_is_the_policy),
        cmocka_unit_test(the_least_used_goes_where_that_is_the_policy),
        IN_EACH_VERSION(a_thousand_tokens_take_the_room_there_is),
        IN_EACH_VERSION(tokens_of_one_hash_are_two_tokens),
        IN_EACH_VERSION(a_smaller_cache_keeps_what_it_has_room_for),
        IN_EACH_VERSION(using_a_token_is_not_written),
        cmocka_unit_test(the_age_of_an_entry_is_written_by_eighths),
        IN_EACH_VERSION(without_the_time_only_what_is_not_good_is_believed),
        IN_EACH_VERSION(a_token_whose_date_has_passed_is_expired),
        IN_EACH_VERSION(a_power_cut_leaves_an_entry_as_it_was_or_as_it_is),
        IN_EACH_VERSION(a_power_cut_while_clearing_leaves_all_or_nothing),
        IN_EACH_VERSION(what_cannot_be_written_is_not_believed),
        IN_EACH_VERSION(after_a_lost_write_nothing_is_believed),
        IN_EACH_VERSION(an_entry_that_cannot_be_read_is_forgotten),
        cmocka_unit_test(a_cache_that_finds_no_memory_is_no_charge_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
