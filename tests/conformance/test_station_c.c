/* Block C of a station: tokens that are asked about (C01, C06), the authorization cache (C10 to C12) and groups (C09), in
 * both families of versions. The list and what is decided without a link are in test_station_c_list.c, master passes in
 * test_station_c_pass.c. */
#include "token_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static const char *clear_cache(struct world *world)
{
    return value_of(central_asks(world, "ClearCache", "{}"), "status");
}

/* A world where what is known is used at once. */
static struct world *that_trusts_itself(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "LocalPreAuthorize", "true");
    return world;
}

static void central_sees_nobody_start(struct world *world)
{
    world_pass(world, 30);
    assert_int_equal(world->session_count, 0);
    assert_false(world->closed[1]);
}

static void central_sees_asked(struct world *world, const char *id)
{
    char members[64];
    snprintf(members, sizeof(members), world_is_old(world) ? "idTag=%s" : "idToken/idToken=%s idToken/type=ISO14443", id);
    central_sees(world, "Authorize", members);
}

static void central_sees_stopped(struct world *world, const char *id, const char *reason)
{
    char members[160];
    snprintf(members, sizeof(members),
             world_is_old(world)
                 ? "idTag=%s reason=%s"
                 : "eventType=Ended triggerReason=StopAuthorized idToken/idToken=%s transactionInfo/stoppedReason=%s",
             id, reason);
    central_sees(world, world_is_old(world) ? "StopTransaction" : "TransactionEvent", members);
}

/* --- asked: C01, C06 ------------------------------------------------------------------------------------------------------ */

static void refused_as(struct world *world, const char *status, enum ocpp_authorization judged)
{
    world->authorize_status = status;
    plug(world, 1);
    card(world, 1, "A");
    central_sees_asked(world, "A");
    assert_int_equal(world->judged, judged);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_CENTRAL);
    central_sees_nobody_start(world);
    world_free(world);
}

/* TC_C_02_CS; C01.FR.02, C06.FR.02; 1.6 4.1. */
static void an_invalid_token_starts_nothing(void **state)
{
    refused_as(world_of(state), "Invalid", OCPP_AUTHORIZATION_INVALID);
}

/* TC_C_05_CS; C01.FR.02. Before anything is plugged in: where a lock keeps the plug out, it stays shut. */
static void an_invalid_token_opens_no_lock(void **state)
{
    struct world *world = world_of(state);
    world->authorize_status = "Invalid";
    card(world, 1, "A");
    central_sees_asked(world, "A");
    assert_int_equal(world->locks, 0);
    plug(world, 1);
    central_sees_nobody_start(world);
    world_free(world);
}

/* TC_C_06_CS; C01.FR.02. */
static void a_blocked_token_starts_nothing(void **state)
{
    refused_as(world_of(state), "Blocked", OCPP_AUTHORIZATION_BLOCKED);
}

/* TC_C_07_CS; C01.FR.02. */
static void an_expired_token_starts_nothing(void **state)
{
    refused_as(world_of(state), "Expired", OCPP_AUTHORIZATION_EXPIRED);
}

/* TC_C_56_CS; C01.FR.02. 1.6 has no such word. */
static void an_unknown_token_starts_nothing(void **state)
{
    (void)state;
    refused_as(world_accepted(OCPP_VERSION_2_0_1), "Unknown", OCPP_AUTHORIZATION_UNKNOWN);
}

/* TC_C_04_CS; C01.FR.02, FR.03; 1.6 4.1. It is asked about, accepted, and nobody's to stop with. */
static void another_token_stops_nothing(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "A");
    central_forgets(world);
    card(world, 1, "B");
    central_sees_asked(world, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    world_pass(world, 30);
    assert_int_equal(the_session(world)->ended, 0);
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_C_100_CS; C01.FR.26; 1.6 9.1.6. */
static void a_token_that_nobody_plugs_in_for_is_forgotten(void **state)
{
    struct world *world = world_of(state);
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    world_pass(world, 61);
    plug(world, 1);
    central_sees_nobody_start(world);
    world_free(world);
}

/* C06.FR.02. A token of the kind Local is asked about, whatever was said of it before. */
static void a_local_token_is_always_asked_about(void **state)
{
    struct world *world = that_trusts_itself(state);
    for (int i = 1; i <= 2; i++) {
        typed(world, 1, "ticket", OCPP_TOKEN_LOCAL);
        assert_int_equal(asked(world), i);
        typed(world, 1, "ticket", OCPP_TOKEN_LOCAL);
    }
    world_free(world);
}

/* C01.FR.08, FR.09; 1.6 has none of them. The driver's language and what is said to the driver reach the firmware, and are not
 * kept. */
static void what_is_said_to_the_driver_is_told(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world->token_info =
        "\"language1\":\"nl\",\"language2\":\"de\",\"personalMessage\":{\"format\":\"UTF8\",\"content\":\"Welkom\"}";
    card(world, 1, "A");
    assert_string_equal(world->judged_message, "Welkom");
    assert_string_equal(world->judged_language, "nl");
    card(world, 1, "A");
    world_set(world, "LocalPreAuthorize", "true");
    card(world, 1, "A");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_CACHE);
    assert_string_equal(world->judged_message, "");
    assert_string_equal(world->judged_language, "nl");
    assert_string_equal(world->judged_language2, "de");
    world_free(world);
}

/* C10.FR.13. The date of an answer says how long it may be kept: who is accepted now charges now, and is asked about next time.
 */
static void an_answer_counts_also_where_it_may_not_be_kept(void **state)
{
    struct world *world = that_trusts_itself(state);
    world->token_info =
        world_is_old(world) ? "\"expiryDate\":\"2023-01-01T00:00:00Z\"" : "\"cacheExpiryDateTime\":\"2023-01-01T00:00:00Z\"";
    for (int i = 1; i <= 2; i++) {
        card(world, 1, "A");
        assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
        assert_int_equal(asked(world), i);
        card(world, 1, "A");
    }
    world_free(world);
}

/* --- the cache: C10 to C12 ----------------------------------------------------------------------------------------------------
 */

/* TC_C_08_CS; TC_007_1_CS; C12.FR.02, FR.04; 1.6 3.5, 3.5.1. 1.6: title only, steps ours. */
static void a_cached_token_starts_without_asking(void **state)
{
    struct world *world = world_of(state);
    cached(world, "A", "Accepted", NULL);
    world_set(world, "LocalPreAuthorize", "true");
    plug(world, 1);
    card(world, 1, "a");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_CACHE);
    central_does_not_see(world, "Authorize");
    assert_string_equal(the_session(world)->token, "a");
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_C_13_CS; C12.FR.02, FR.04. */
static void a_cached_token_may_come_before_the_plug(void **state)
{
    struct world *world = world_of(state);
    cached(world, "A", "Accepted", NULL);
    world_set(world, "LocalPreAuthorize", "true");
    card(world, 1, "A");
    central_does_not_see(world, "Authorize");
    assert_false(world->closed[1]);
    plug(world, 1);
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

static void asked_again_after(void **state, const char *before, const char *now)
{
    struct world *world = that_trusts_itself(state);
    cached(world, "A", before, NULL);
    plug(world, 1);
    world->authorize_status = now;
    card(world, 1, "A");
    central_sees_asked(world, "A");
    assert_int_equal(world->closed[1], strcmp(now, "Accepted") == 0);
    world_free(world);
}

/* TC_C_09_CS; C10.FR.03, C12.FR.05; 1.6 3.5.1. */
static void a_token_cached_as_invalid_is_asked_about(void **state)
{
    asked_again_after(state, "Invalid", "Invalid");
}

/* TC_C_10_CS; C10.FR.03, C12.FR.05; 1.6 3.5.1. */
static void a_token_cached_as_blocked_is_asked_about(void **state)
{
    asked_again_after(state, "Blocked", "Blocked");
}

/* TC_C_11_CS; C10.FR.03, C12.FR.05; 1.6 3.5.1. */
static void a_token_cached_as_expired_is_asked_about(void **state)
{
    asked_again_after(state, "Expired", "Expired");
}

/* TC_C_12_CS; C10.FR.03, C12.FR.05; 1.6 3.5.1. */
static void a_token_cached_as_invalid_may_be_good_by_now(void **state)
{
    asked_again_after(state, "Invalid", "Accepted");
}

/* TC_C_57_CS; C10.FR.03, C12.FR.05. With DisablePostAuthorize what is cached stands. */
static void a_token_cached_as_invalid_stays_so_where_that_is_final(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "LocalPreAuthorize", "true");
    cached(world, "A", "Invalid", NULL);
    world_set_variable(world, "AuthCacheCtrlr", "DisablePostAuthorize", NULL, "true");
    plug(world, 1);
    card(world, 1, "A");
    central_does_not_see(world, "Authorize");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_INVALID);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_CACHE);
    central_sees_nobody_start(world);
    world_free(world);
}

/* TC_C_32_CS; C10.FR.02; 1.6 errata 3.4. */
static void the_cache_outlives_a_power_cut(void **state)
{
    struct world *world = that_trusts_itself(state);
    const enum ocpp_version version = world->version;
    cached(world, "A", "Accepted", NULL);
    world_power_back(world, 60);
    world_connect(world, version);
    central_forgets(world);
    plug(world, 1);
    card(world, 1, "A");
    central_does_not_see(world, "Authorize");
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_C_33_CS; C10.FR.01, FR.04, C12.FR.06; 1.6 3.5.1, 4.1. */
static void an_answer_to_authorize_is_cached(void **state)
{
    struct world *world = that_trusts_itself(state);
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(asked(world), 1);
    card(world, 1, "A");
    unplug(world, 1);
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(asked(world), 1);
    assert_int_equal(world->session_count, 2);
    world_free(world);
}

/* TC_C_34_CS; C10.FR.05, C12.FR.06; 1.6 3.5.1, 4.8. */
static void an_answer_to_a_start_is_cached(void **state)
{
    struct world *world = that_trusts_itself(state);
    cached(world, "A", "Accepted", NULL);
    plug(world, 1);
    world->start_status = "Invalid";
    card(world, 1, "A");
    central_does_not_see(world, "Authorize");
    assert_false(world->closed[1]);
    unplug(world, 1);
    plug(world, 1);
    world->authorize_status = "Invalid";
    card(world, 1, "A");
    central_sees_asked(world, "A");
    assert_int_equal(world->session_count, 1);
    world_free(world);
}

/* TC_C_36_CS; C10.FR.11; 1.6 3.5. */
static void without_local_pre_authorize_a_cached_token_is_asked_about(void **state)
{
    struct world *world = world_of(state);
    cached(world, "A", "Accepted", NULL);
    world->authorize_status = "Invalid";
    card(world, 1, "A");
    central_sees_asked(world, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_INVALID);
    world_free(world);
}

/* TC_C_37_CS; TC_061_2_CS; C11.FR.01, FR.02, FR.03; 1.6 5.4. 1.6: title only, steps ours. */
static void a_cleared_cache_knows_nobody(void **state)
{
    struct world *world = that_trusts_itself(state);
    cached(world, "A", "Accepted", NULL);
    assert_string_equal(clear_cache(world), "Accepted");
    assert_int_equal(cache_entries(world), 0);
    plug(world, 1);
    card(world, 1, "A");
    central_sees_asked(world, "A");
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_061_1_CS; C11.FR.05. 1.6: title only, steps ours: what the store refuses to clear is not cleared. */
static void a_cache_that_cannot_be_cleared_says_so(void **state)
{
    struct world *world = that_trusts_itself(state);
    cached(world, "A", "Accepted", NULL);
    test_storage_refuse(world->storage, 1, OCPP_ERR_STORAGE);
    assert_string_equal(clear_cache(world), "Rejected");
    card(world, 1, "A");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_CACHE);
    world_free(world);
}

/* TC_C_38_CS; C10.FR.11, C11.FR.04; 1.6 5.4. */
static void a_cache_that_is_off_is_not_cleared_and_not_used(void **state)
{
    struct world *world = that_trusts_itself(state);
    cached(world, "A", "Accepted", NULL);
    world_set(world, "AuthorizationCacheEnabled", "false");
    assert_string_equal(clear_cache(world), "Rejected");
    cached(world, "B", "Accepted", NULL);
    card(world, 1, "A");
    central_sees_asked(world, "A");
    world_set(world, "AuthorizationCacheEnabled", "true");
    assert_int_equal(cache_entries(world), 1);
    world_free(world);
}

/* 1.6 errata 3.23; C11.FR.04. */
static void a_station_without_a_cache_rejects_to_clear_it(void **state)
{
    struct world *world = world_new();
    world->settings.cache_entries = 0;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    assert_string_equal(clear_cache(world), "Rejected");
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(cache_entries(world), 0);
    world_free(world);
}

/* TC_C_46_CS; C10.FR.08, FR.10. */
static void a_cached_token_is_forgotten_after_its_lifetime(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "LocalPreAuthorize", "true");
    world_set_variable(world, "AuthCacheCtrlr", "LifeTime", NULL, "100");
    cached(world, "A", "Accepted", NULL);
    world_pass(world, 100);
    card(world, 1, "A");
    central_does_not_see(world, "Authorize");
    card(world, 1, "A");
    world_pass(world, 1);
    card(world, 1, "A");
    central_sees_asked(world, "A");
    world_free(world);
}

/* C02.FR.03, C03.FR.02, C05.FR.02. */
static void tokens_for_one_occasion_are_not_cached(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    plug(world, 1);
    assert_string_equal(central_starts(world, 1, "CENTRAL"), "Accepted");
    assert_int_equal(the_session(world)->started, 1);
    assert_string_equal(central_stops(world), "Accepted");
    unplug(world, 1);
    plug(world, 1);
    press(world, 1);
    assert_int_equal(world->session_count, 2);
    assert_int_equal(cache_entries(world), 0);
    assert_int_equal(asked(world), 0);
    world_free(world);
}

/* TC_007_2_CS; 1.6 5.11; F01.FR.01. 1.6: title only, steps ours. A remote start that is to be authorised is looked up like a
 * card. */
static void a_remote_start_with_a_cached_token_does_not_ask(void **state)
{
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    (void)state;
    world_set(world, "LocalPreAuthorize", "true");
    world_set(world, "AuthorizeRemoteTxRequests", "true");
    cached(world, "A", "Accepted", NULL);
    plug(world, 1);
    assert_string_equal(central_starts(world, 1, "A"), "Accepted");
    central_does_not_see(world, "Authorize");
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

/* --- groups: C09 -------------------------------------------------------------------------------------------------------------
 */

/* TC_C_39_CS; C09.FR.02, FR.03, FR.05. */
static void one_of_the_group_stops_what_another_started(void **state)
{
    struct world *world = world_of(state);
    world->authorize_group = "FAMILY";
    plug(world, 1);
    card(world, 1, "A");
    central_forgets(world);
    card(world, 1, "B");
    central_sees_asked(world, "B");
    central_sees_stopped(world, "B", "Local");
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* TC_C_40_CS; C01.FR.03, C09.FR.03, FR.07. Both are in the list, and nobody is asked. */
static void one_of_the_group_in_the_list_stops_without_asking(void **state)
{
    struct world *world = that_trusts_itself(state);
    list_of(world, 1, "A=Accepted/FAMILY B=Accepted/family");
    world->authorize_group = "FAMILY";
    plug(world, 1);
    card(world, 1, "A");
    card(world, 1, "B");
    assert_int_equal(asked(world), 0);
    central_sees_stopped(world, "B", "Local");
    world_free(world);
}

/* TC_C_41_CS; C01.FR.03, C09.FR.03, FR.07. */
static void one_of_the_group_in_the_cache_stops_without_asking(void **state)
{
    struct world *world = that_trusts_itself(state);
    cached(world, "A", "Accepted", "FAMILY");
    cached(world, "B", "Accepted", "FAMILY");
    world->authorize_group = "FAMILY";
    plug(world, 1);
    card(world, 1, "A");
    card(world, 1, "B");
    central_does_not_see(world, "Authorize");
    central_sees_stopped(world, "B", "Local");
    world_free(world);
}

static void not_stopped_by_one_that_is_not_good(struct world *world)
{
    world->authorize_group = "FAMILY";
    plug(world, 1);
    card(world, 1, "A");
    world->authorize_status = "Invalid";
    central_forgets(world);
    card(world, 1, "B");
    central_sees_asked(world, "B");
    world_pass(world, 30);
    assert_int_equal(the_session(world)->ended, 0);
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_C_42_CS; C09.FR.11. */
static void one_of_the_group_that_is_not_good_stops_nothing(void **state)
{
    not_stopped_by_one_that_is_not_good(world_of(state));
}

/* TC_C_43_CS; C09.FR.11; C14.FR.03. */
static void one_of_the_group_that_is_not_good_in_the_list_stops_nothing(void **state)
{
    struct world *world = that_trusts_itself(state);
    list_of(world, 1, "A=Accepted/FAMILY B=Invalid/FAMILY");
    not_stopped_by_one_that_is_not_good(world);
}

/* TC_C_44_CS; C09.FR.11; C10.FR.03. */
static void one_of_the_group_that_is_not_good_in_the_cache_stops_nothing(void **state)
{
    struct world *world = that_trusts_itself(state);
    cached(world, "A", "Accepted", "FAMILY");
    cached(world, "B", "Invalid", "FAMILY");
    not_stopped_by_one_that_is_not_good(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(an_invalid_token_starts_nothing),
        IN_EACH_VERSION(an_invalid_token_opens_no_lock),
        IN_EACH_VERSION(a_blocked_token_starts_nothing),
        IN_EACH_VERSION(an_expired_token_starts_nothing),
        cmocka_unit_test(an_unknown_token_starts_nothing),
        IN_EACH_VERSION(another_token_stops_nothing),
        IN_EACH_VERSION(a_token_that_nobody_plugs_in_for_is_forgotten),
        IN_EACH_VERSION(a_local_token_is_always_asked_about),
        cmocka_unit_test(what_is_said_to_the_driver_is_told),
        IN_EACH_VERSION(an_answer_counts_also_where_it_may_not_be_kept),
        IN_EACH_VERSION(a_cached_token_starts_without_asking),
        IN_EACH_VERSION(a_cached_token_may_come_before_the_plug),
        IN_EACH_VERSION(a_token_cached_as_invalid_is_asked_about),
        IN_EACH_VERSION(a_token_cached_as_blocked_is_asked_about),
        IN_EACH_VERSION(a_token_cached_as_expired_is_asked_about),
        IN_EACH_VERSION(a_token_cached_as_invalid_may_be_good_by_now),
        cmocka_unit_test(a_token_cached_as_invalid_stays_so_where_that_is_final),
        IN_EACH_VERSION(the_cache_outlives_a_power_cut),
        IN_EACH_VERSION(an_answer_to_authorize_is_cached),
        IN_EACH_VERSION(an_answer_to_a_start_is_cached),
        IN_EACH_VERSION(without_local_pre_authorize_a_cached_token_is_asked_about),
        IN_EACH_VERSION(a_cleared_cache_knows_nobody),
        IN_EACH_VERSION(a_cache_that_cannot_be_cleared_says_so),
        IN_EACH_VERSION(a_cache_that_is_off_is_not_cleared_and_not_used),
        IN_EACH_VERSION(a_station_without_a_cache_rejects_to_clear_it),
        cmocka_unit_test(a_cached_token_is_forgotten_after_its_lifetime),
        cmocka_unit_test(tokens_for_one_occasion_are_not_cached),
        cmocka_unit_test(a_remote_start_with_a_cached_token_does_not_ask),
        IN_EACH_VERSION(one_of_the_group_stops_what_another_started),
        IN_EACH_VERSION(one_of_the_group_in_the_list_stops_without_asking),
        IN_EACH_VERSION(one_of_the_group_in_the_cache_stops_without_asking),
        IN_EACH_VERSION(one_of_the_group_that_is_not_good_stops_nothing),
        IN_EACH_VERSION(one_of_the_group_that_is_not_good_in_the_list_stops_nothing),
        IN_EACH_VERSION(one_of_the_group_that_is_not_good_in_the_cache_stops_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
