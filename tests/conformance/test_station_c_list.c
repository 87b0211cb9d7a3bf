/* Block C of a station: the local authorization list at work (C13, C14), what is decided without a link (C12, C15), the button
 * and no authorization at all (C02), master passes (C16), in both families of versions. */
#include "token_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct world *that_trusts_itself(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "LocalPreAuthorize", "true");
    return world;
}

/* --- without a link: C13, C15 -------------------------------------------------------------------------------------------------
 */

/* TC_C_21_CS; C13.FR.02; 1.6 3.5, 3.5.2. */
static void a_token_of_the_list_charges_without_a_link(void **state)
{
    struct world *world = world_of(state);
    const enum ocpp_version version = world->version;
    list_of(world, 1, "A=Accepted");
    world_disconnect(world);
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_LIST);
    charge(world, 1, 1000);
    card(world, 1, "A");
    unplug(world, 1);
    world_connect(world, version);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop - the_session(world)->meter_start, 1000);
    assert_true(world_is_old(world) || the_session(world)->offline);
    assert_int_equal(asked(world), 0);
    world_free(world);
}

static void refused_without_a_link(void **state, const char *entry, enum ocpp_authorization judged)
{
    struct world *world = world_of(state);
    const enum ocpp_version version = world->version;
    world_set(world, "AllowOfflineTxForUnknownId", "true"); /* the list says that it is known, and what of it */
    list_of(world, 1, entry);
    world_disconnect(world);
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(world->judged, judged);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_LIST);
    assert_false(world->closed[1]);
    world_connect(world, version);
    assert_int_equal(world->session_count, 0);
    world_free(world);
}

/* TC_C_22_CS; C13.FR.02, FR.04; 1.6 3.5.4. */
static void an_invalid_token_of_the_list_does_not_charge_without_a_link(void **state)
{
    refused_without_a_link(state, "A=Invalid", OCPP_AUTHORIZATION_INVALID);
}

/* TC_C_23_CS; C13.FR.02, FR.04; 1.6 3.5.4. */
static void a_blocked_token_of_the_list_does_not_charge_without_a_link(void **state)
{
    refused_without_a_link(state, "A=Blocked", OCPP_AUTHORIZATION_BLOCKED);
}

/* TC_C_24_CS; C13.FR.02, FR.04; 1.6 3.5.4. */
static void an_expired_token_of_the_list_does_not_charge_without_a_link(void **state)
{
    refused_without_a_link(state, "A=Expired", OCPP_AUTHORIZATION_EXPIRED);
}

/* C13.FR.05, FR.06; 1.6 3.5.4. The world's clock stands at November 2023. */
static void a_token_of_the_list_whose_date_has_passed_does_not_charge_without_a_link(void **state)
{
    refused_without_a_link(state, "A=Accepted@2023-11-01T00:00:00Z", OCPP_AUTHORIZATION_EXPIRED);
}

/* C13.FR.05. Nobody knows the time after a power cut without a link: what has a date may have expired. */
static void without_the_time_a_token_with_a_date_does_not_charge(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 1, "A=Accepted@2033-01-01T00:00:00Z B=Accepted");
    world_power_back(world, 60);
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_EXPIRED);
    card(world, 1, "B");
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_C_25_CS; C13.FR.01, C14.FR.01; 1.6 3.5.3. */
static void the_list_comes_before_the_cache(void **state)
{
    struct world *world = world_of(state);
    const enum ocpp_version version = world->version;
    cached(world, "A", "Accepted", NULL);
    list_of(world, 1, "A=Invalid");
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    world_set(world, "StopTransactionOnInvalidId", "false");
    plug(world, 1);
    world_disconnect(world);
    card(world, 1, "A");
    world_pass(world, 30);
    world_connect(world, version);
    assert_int_equal(world->session_count, 0);
    world_free(world);
}

/* TC_C_26_CS; C13.FR.04, C15.FR.01, FR.02, FR.06, FR.08; 1.6 3.5.4, errata 3.17. Nothing of it is cached but what the central
 * system says in the end. */
static void an_unknown_token_may_charge_until_it_is_found_out(void **state)
{
    struct world *world = world_of(state);
    const enum ocpp_version version = world->version;
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    world_set(world, "StopTransactionOnInvalidId", "false");
    world_disconnect(world);
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_OFFLINE);
    assert_true(world->closed[1]);
    assert_int_equal(cache_entries(world), 0);
    world->start_status = "Invalid";
    world_connect(world, version);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    assert_int_equal(cache_entries(world), 1);
    card(world, 1, "A");
    unplug(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* C13.FR.02, C15; 1.6 3.5.4. */
static void an_unknown_token_does_not_charge_where_that_is_not_wanted(void **state)
{
    struct world *world = world_of(state);
    world_disconnect(world);
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_NONE);
    assert_false(world->closed[1]);
    world_free(world);
}

/* 1.6 3.5; 2.0.1: LocalAuthorizeOffline. */
static void what_is_known_is_not_used_without_a_link_where_that_is_not_wanted(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 1, "A=Accepted");
    cached(world, "B", "Accepted", NULL);
    world_set(world, "LocalAuthorizeOffline", "false");
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    world_disconnect(world);
    for (const char *id = "AB"; *id != '\0'; id++) {
        card(world, 1, (const char[]){ *id, '\0' });
        assert_int_equal(world->judged, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
    }
    world_free(world);
}

static void started_from_the_cache_and_found_out(void **state, const char *stops, const char *given_wh, bool ends)
{
    struct world *world = world_of(state);
    const enum ocpp_version version = world->version;
    cached(world, "A", "Accepted", NULL);
    world_set(world, "StopTransactionOnInvalidId", stops);
    world_set(world, "MaxEnergyOnInvalidId", given_wh);
    plug(world, 1);
    world_disconnect(world);
    card(world, 1, "A");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_CACHE);
    charge(world, 1, 100);
    world_pass(world, 5);
    world->start_status = "Invalid";
    world_connect(world, version);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, ends ? 1 : 0);
    if (ends) {
        assert_string_equal(the_session(world)->reason, "DeAuthorized");
    }
    if (!world_is_old(world)) {
        central_sees(world, "TransactionEvent", "eventType=Started idToken/idToken=A offline=true");
        central_sees(world, "TransactionEvent",
                     ends ? "triggerReason=Deauthorized" : "transactionInfo/chargingState=SuspendedEVSE");
    }
    world_free(world);
}

/* TC_C_16_CS; C12.FR.02, FR.04, C15.FR.02, FR.04; 1.6 3.5.4. */
static void a_cached_token_that_is_found_out_ends_the_transaction(void **state)
{
    started_from_the_cache_and_found_out(state, "true", "0", true);
}

/* TC_C_18_CS; C12.FR.02, FR.04. The energy that may be given away is for transactions that go on (C15.FR.07). */
static void a_cached_token_that_is_found_out_ends_the_transaction_whatever_may_be_given_away(void **state)
{
    started_from_the_cache_and_found_out(state, "true", "500", true);
}

/* TC_C_17_CS; C12.FR.02, FR.04, C15.FR.06; 1.6 3.5.4. */
static void a_cached_token_that_is_found_out_gets_no_more_energy(void **state)
{
    started_from_the_cache_and_found_out(state, "false", "0", false);
}

/* TC_C_15_CS; C12.FR.02, FR.04, C15.FR.07; 1.6 3.5.4. So much that the vehicle can be driven away, and no more. */
static void a_cached_token_that_is_found_out_gets_what_may_be_given_away(void **state)
{
    struct world *world = world_of(state);
    const enum ocpp_version version = world->version;
    cached(world, "A", "Accepted", NULL);
    world_set(world, "StopTransactionOnInvalidId", "false");
    world_set(world, "MaxEnergyOnInvalidId", "10000");
    plug(world, 1);
    world_disconnect(world);
    card(world, 1, "A");
    charge(world, 1, 4000);
    world_pass(world, 5);
    world->start_status = "Invalid";
    world_connect(world, version);
    assert_true(world->closed[1]);
    world_pass(world, 60);
    charge(world, 1, 5000);
    world_pass(world, 60);
    assert_true(world->closed[1]);
    charge(world, 1, 1000);
    world_pass(world, 60);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* C15.FR.03. Where the transaction does not end with the authorization, it goes on without energy. */
static void a_cached_token_that_is_found_out_ends_the_authorization_at_least(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    cached(world, "A", "Accepted", NULL);
    world_set_variable(world, "TxCtrlr", "TxStopPoint", NULL, "EVConnected");
    plug(world, 1);
    world_disconnect(world);
    card(world, 1, "A");
    world->start_status = "Invalid";
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "TransactionEvent", "eventType=Updated triggerReason=Deauthorized");
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    unplug(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* C15.FR.05; 1.6 3.5.4, errata 3.5. */
static void the_cable_of_who_was_found_out_waits_for_its_owner(void **state)
{
    struct world *world = world_of(state);
    const enum ocpp_version version = world->version;
    cached(world, "A", "Accepted", NULL);
    plug(world, 1);
    world_disconnect(world);
    card(world, 1, "A");
    assert_true(world->locked);
    world->start_status = "Invalid";
    world_connect(world, version);
    assert_int_equal(the_session(world)->ended, 1);
    assert_true(world->locked);
    card(world, 1, "B");
    assert_true(world->locked);
    card(world, 1, "A");
    assert_false(world->locked);
    world_free(world);
}

/* --- with a link: C14 ---------------------------------------------------------------------------------------------------------
 */

/* TC_C_27_CS; TC_008_1_CS; C14.FR.02, FR.04; 1.6 3.5, 3.5.2. 1.6: title only, steps ours. */
static void a_token_of_the_list_starts_without_asking(void **state)
{
    struct world *world = that_trusts_itself(state);
    list_of(world, 1, "A=Accepted B=Accepted@2033-01-01T00:00:00Z");
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    card(world, 1, "A");
    unplug(world, 1);
    plug(world, 1);
    card(world, 1, "B");
    assert_true(world->closed[1]);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_LIST);
    assert_int_equal(asked(world), 0);
    assert_int_equal(cache_entries(world), 0); /* 1.6 3.5.3 */
    world_free(world);
}

/* TC_008_2_CS; 1.6 5.11. Title only, steps ours. */
static void a_remote_start_with_a_token_of_the_list_does_not_ask(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "LocalPreAuthorize", "true");
    world_set(world, "AuthorizeRemoteTxRequests", "true");
    list_of(world, 1, "A=Accepted B=Blocked");
    world->authorize_status = "Blocked";
    plug(world, 1);
    assert_string_equal(central_starts(world, 1, "B"), "Accepted");
    central_sees(world, "Authorize", "idTag=B");
    assert_int_equal(world->session_count, 0);
    assert_string_equal(central_starts(world, 1, "A"), "Accepted");
    central_does_not_see(world, "Authorize");
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

static void asked_for_a_listed(void **state, const char *entry, const char *answer)
{
    struct world *world = that_trusts_itself(state);
    list_of(world, 1, entry);
    plug(world, 1);
    world->authorize_status = answer;
    card(world, 1, "A");
    assert_int_equal(asked(world), 1);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_CENTRAL);
    assert_int_equal(world->closed[1], strcmp(answer, "Accepted") == 0);
    world_free(world);
}

/* TC_C_28_CS; C14.FR.03. */
static void a_token_listed_as_invalid_is_asked_about(void **state)
{
    asked_for_a_listed(state, "A=Invalid", "Invalid");
}

/* TC_C_29_CS; C14.FR.03. */
static void a_token_listed_as_blocked_is_asked_about(void **state)
{
    asked_for_a_listed(state, "A=Blocked", "Blocked");
}

/* TC_C_30_CS; C14.FR.03. */
static void a_token_listed_as_expired_is_asked_about(void **state)
{
    asked_for_a_listed(state, "A=Expired", "Expired");
}

/* TC_C_31_CS; C14.FR.03. */
static void a_token_listed_as_invalid_may_be_good_by_now(void **state)
{
    asked_for_a_listed(state, "A=Invalid", "Accepted");
}

/* C14.FR.05. */
static void a_token_of_the_list_whose_date_has_passed_is_asked_about(void **state)
{
    asked_for_a_listed(state, "A=Accepted@2023-11-01T00:00:00Z", "Accepted");
}

/* TC_C_58_CS; C14.FR.03. With DisablePostAuthorize what the list says stands. */
static void a_token_listed_as_invalid_stays_so_where_that_is_final(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "LocalPreAuthorize", "true");
    world_set_variable(world, "LocalAuthListCtrlr", "DisablePostAuthorize", NULL, "true");
    list_of(world, 1, "A=Invalid");
    card(world, 1, "A");
    assert_int_equal(asked(world), 0);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_INVALID);
    world_free(world);
}

/* AuthCtrlr.DisableRemoteAuthorization: only what is known counts. */
static void where_nobody_is_to_be_asked_only_what_is_known_counts(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    list_of(world, 1, "A=Accepted B=Blocked");
    world_set_variable(world, "AuthCtrlr", "DisableRemoteAuthorization", NULL, "true");
    card(world, 1, "X");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_UNKNOWN);
    card(world, 1, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_BLOCKED);
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(asked(world), 0);
    world_free(world);
}

/* 1.6 3.5.2. Where the list and the central system disagree, the latter is told. */
static void a_conflict_with_the_list_is_told(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "LocalPreAuthorize", "true");
    list_of(world, 1, "A=Accepted");
    plug(world, 1);
    world->start_status = "Blocked";
    central_forgets(world);
    card(world, 1, "A");
    central_sees(world, "StatusNotification", "connectorId=0 errorCode=LocalListConflict status=Available");
    world_pass(world, 10);
    central_does_not_see(world, "Authorize");
    assert_int_equal(list_version(world), 1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_token_of_the_list_charges_without_a_link),
        IN_EACH_VERSION(an_invalid_token_of_the_list_does_not_charge_without_a_link),
        IN_EACH_VERSION(a_blocked_token_of_the_list_does_not_charge_without_a_link),
        IN_EACH_VERSION(an_expired_token_of_the_list_does_not_charge_without_a_link),
        IN_EACH_VERSION(a_token_of_the_list_whose_date_has_passed_does_not_charge_without_a_link),
        IN_EACH_VERSION(without_the_time_a_token_with_a_date_does_not_charge),
        IN_EACH_VERSION(the_list_comes_before_the_cache),
        IN_EACH_VERSION(an_unknown_token_may_charge_until_it_is_found_out),
        IN_EACH_VERSION(an_unknown_token_does_not_charge_where_that_is_not_wanted),
        IN_EACH_VERSION(what_is_known_is_not_used_without_a_link_where_that_is_not_wanted),
        IN_EACH_VERSION(a_cached_token_that_is_found_out_ends_the_transaction),
        IN_EACH_VERSION(a_cached_token_that_is_found_out_ends_the_transaction_whatever_may_be_given_away),
        IN_EACH_VERSION(a_cached_token_that_is_found_out_gets_no_more_energy),
        IN_EACH_VERSION(a_cached_token_that_is_found_out_gets_what_may_be_given_away),
        cmocka_unit_test(a_cached_token_that_is_found_out_ends_the_authorization_at_least),
        IN_EACH_VERSION(the_cable_of_who_was_found_out_waits_for_its_owner),
        IN_EACH_VERSION(a_token_of_the_list_starts_without_asking),
        cmocka_unit_test(a_remote_start_with_a_token_of_the_list_does_not_ask),
        IN_EACH_VERSION(a_token_listed_as_invalid_is_asked_about),
        IN_EACH_VERSION(a_token_listed_as_blocked_is_asked_about),
        IN_EACH_VERSION(a_token_listed_as_expired_is_asked_about),
        IN_EACH_VERSION(a_token_listed_as_invalid_may_be_good_by_now),
        IN_EACH_VERSION(a_token_of_the_list_whose_date_has_passed_is_asked_about),
        cmocka_unit_test(a_token_listed_as_invalid_stays_so_where_that_is_final),
        cmocka_unit_test(where_nobody_is_to_be_asked_only_what_is_known_counts),
        cmocka_unit_test(a_conflict_with_the_list_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
