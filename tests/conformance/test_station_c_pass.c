/* Block C of a station: other tokens than cards: buttons and no authorization at all (C02), those the central system makes (C03,
 * C05), codes (C04), master passes (C16). */
#include "token_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct world *with_evses(enum ocpp_version version, int evses)
{
    struct world *world = world_new();
    world->settings.evse_count = evses;
    world_power_on(world);
    world_connect(world, version);
    central_forgets(world);
    return world;
}

/* --- nobody authorises: C02
 * ----------------------------------------------------------------------------------------------------- */

/* C02.FR.01; 1.6 has no such token: it is told the text of the settings. */
static void a_button_starts_and_stops_without_asking(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    press(world, 1);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_NOT_NEEDED);
    assert_true(world->closed[1]);
    if (world_is_old(world)) {
        central_sees(world, "StartTransaction", "idTag=NoAuthorization");
    } else {
        central_sees(world, "TransactionEvent", "eventType=Started idToken/type=NoAuthorization idToken/idToken=");
    }
    card(world, 1, "A");
    assert_int_equal(the_session(world)->ended, 0);
    press(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, world_is_old(world) ? "Local" : "Local");
    world_free(world);
}

/* C02. What was begun by a card is not the button's to end. */
static void a_button_stops_only_what_it_started(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "A");
    press(world, 1);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* C01.FR.01 turned round: AuthCtrlr.Enabled false. Once per vehicle: who ends it does not find it begun again. */
static void without_authorization_a_vehicle_charges_when_it_is_plugged_in(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set_variable(world, "AuthCtrlr", "Enabled", NULL, "false");
    plug(world, 1);
    assert_true(world->closed[1]);
    central_sees(world, "TransactionEvent", "eventType=Started idToken/type=NoAuthorization");
    card(world, 1, "A");
    assert_int_equal(the_session(world)->ended, 1);
    world_pass(world, 60);
    assert_int_equal(world->session_count, 1);
    unplug(world, 1);
    card(world, 1, "A"); /* a token that is presented is told */
    plug(world, 1);
    central_sees(world, "TransactionEvent", "eventType=Started idToken/idToken=A");
    assert_int_equal(asked(world), 0);
    world_free(world);
}

/* --- codes: C04 ----------------------------------------------------------------------------------------------------------------
 */

/* C04.FR.02, FR.06. A code is asked about as such; who guesses waits, twice as long after each guess. */
static void codes_cannot_be_guessed_in_a_row(void **state)
{
    struct world *world = world_of(state);
    world->authorize_status = "Invalid";
    typed(world, 1, "1111", OCPP_TOKEN_KEY_CODE);
    central_sees(world, "Authorize", world_is_old(world) ? "idTag=1111" : "idToken/idToken=1111 idToken/type=KeyCode");
    typed(world, 1, "2222", OCPP_TOKEN_KEY_CODE);
    typed(world, 1, "3333", OCPP_TOKEN_KEY_CODE);
    assert_int_equal(asked(world), 3);
    world->authorize_status = "Accepted";
    typed(world, 1, "4444", OCPP_TOKEN_KEY_CODE);
    assert_int_equal(asked(world), 3);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    world_pass(world, 5);
    world->authorize_status = "Invalid";
    typed(world, 1, "5555", OCPP_TOKEN_KEY_CODE);
    assert_int_equal(asked(world), 4);
    world_pass(world, 9);
    typed(world, 1, "4444", OCPP_TOKEN_KEY_CODE);
    assert_int_equal(asked(world), 4);
    world_pass(world, 1);
    world->authorize_status = "Accepted";
    typed(world, 1, "4444", OCPP_TOKEN_KEY_CODE);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    typed(world, 1, "4444", OCPP_TOKEN_KEY_CODE);
    typed(world, 1, "4444", OCPP_TOKEN_KEY_CODE);
    assert_int_equal(asked(world), 6); /* a right one forgives */
    world_free(world);
}

static void find_code(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    bool *was_found = user;
    *was_found = *was_found || strstr(line, "7391") != NULL;
}

/* C04.FR.04. Nor in a list that fails, nor in what the firmware logs at the most talkative level. */
static void a_code_never_appears_in_the_log(void **state)
{
    bool was_found = false;
    struct world *world = world_new();
    world->settings.log = (struct ocpp_log){ find_code, &was_found, OCPP_LOG_DEBUG };
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    world->refuse_action = "Authorize";
    world->refuse_count = 1;
    typed(world, 1, "7391", OCPP_TOKEN_KEY_CODE);
    plug(world, 1);
    typed(world, 1, "7391", OCPP_TOKEN_KEY_CODE);
    assert_true(world->closed[1]);
    list_sent(world, "Full", 1, "7391=Accepted 7391=Accepted");
    typed(world, 1, "7391", OCPP_TOKEN_KEY_CODE);
    assert_int_equal(the_session(world)->ended, 1);
    assert_false(was_found);
    world_free(world);
}

/* --- tokens of the central system: C03, C05 ------------------------------------------------------------------------------------
 */

/* C03.FR.01, FR.02; C05.FR.01, FR.02, FR.03, FR.05. Also where remote starts are to be authorised. */
static void a_token_of_the_central_system_is_not_asked_about(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "AuthorizeRemoteTxRequests", "true");
    plug(world, 1);
    assert_string_equal(central_starts(world, 1, "C"), "Accepted");
    central_does_not_see(world, "Authorize");
    central_sees(world, "TransactionEvent",
                 "eventType=Started idToken/idToken=C idToken/type=Central transactionInfo/remoteStartId=77");
    assert_true(world->closed[1]);
    assert_int_equal(cache_entries(world), 0);
    world_free(world);
}

/* --- master passes: C16
 * ------------------------------------------------------------------------------------------------------------ */

static void start_both(struct world *world)
{
    for (int evse = 1; evse <= 2; evse++) {
        plug(world, evse);
        card(world, evse, evse == 1 ? "A" : "B");
        assert_true(world->closed[evse]);
    }
    world_set_variable(world, "AuthCtrlr", "MasterPassGroupId", NULL, "POLICE");
    central_forgets(world);
}

static void assert_ended_by_master_pass(struct world *world, size_t session)
{
    assert_int_equal(world->sessions[session].ended, 1);
    assert_string_equal(world->sessions[session].reason, "MasterPass");
}

/* TC_C_49_CS; C16.FR.02, FR.08. Wherever it is presented. */
static void a_master_pass_stops_everything(void **state)
{
    (void)state;
    for (int reader = 0; reader <= 2; reader++) {
        struct world *world = with_evses(OCPP_VERSION_2_0_1, 2);
        start_both(world);
        world->authorize_group = "police";
        card(world, reader, "M");
        central_sees(world, "Authorize", "idToken/idToken=M");
        assert_true(world->judged_master_pass);
        assert_ended_by_master_pass(world, 0);
        assert_ended_by_master_pass(world, 1);
        central_sees(world, "TransactionEvent", "triggerReason=StopAuthorized transactionInfo/stoppedReason=MasterPass");
        world_free(world);
    }
}

static struct world *with_a_display(void)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world->settings.master_pass_display = true;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    start_both(world);
    world->authorize_group = "POLICE";
    card(world, 0, "M");
    central_sees(world, "Authorize", "idToken/idToken=M");
    assert_true(world->judged_master_pass);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    assert_true(world->closed[1] && world->closed[2]);
    return world;
}

static void choose(struct world *world, int evse)
{
    assert_int_equal(ocpp_charge_point_stop(world->cp, evse, OCPP_STOP_MASTER_PASS, world->now), OCPP_OK);
    world_run(world);
}

/* TC_C_47_CS; C16.FR.01, FR.07, FR.08. */
static void who_bears_a_master_pass_may_choose_all(void **state)
{
    (void)state;
    struct world *world = with_a_display();
    choose(world, 1);
    choose(world, 2);
    assert_ended_by_master_pass(world, 0);
    assert_ended_by_master_pass(world, 1);
    world_free(world);
}

/* TC_C_48_CS; C16.FR.01, FR.07, FR.08. */
static void who_bears_a_master_pass_may_choose_one(void **state)
{
    (void)state;
    struct world *world = with_a_display();
    choose(world, 1);
    assert_ended_by_master_pass(world, 0);
    central_sees(world, "TransactionEvent",
                 "eventType=Ended triggerReason=StopAuthorized transactionInfo/stoppedReason=MasterPass");
    assert_true(world->closed[2]);
    assert_int_equal(world->sessions[1].ended, 0);
    world_free(world);
}

/* TC_C_14_CS; C12.FR.09, C16.FR.03, FR.04. */
static void a_cached_master_pass_stops_without_asking(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    cached(world, "M", "Accepted", "POLICE");
    world_set(world, "LocalPreAuthorize", "true");
    world_set_variable(world, "AuthCtrlr", "MasterPassGroupId", NULL, "POLICE");
    plug(world, 1);
    card(world, 1, "A");
    central_forgets(world);
    card(world, 1, "M");
    central_does_not_see(world, "Authorize");
    central_sees(world, "TransactionEvent",
                 "triggerReason=StopAuthorized idToken/idToken=M transactionInfo/stoppedReason=MasterPass");
    world_free(world);
}

/* C16.FR.05. Also without a link. */
static void a_listed_master_pass_stops_without_a_link(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    list_of(world, 1, "M=Accepted/POLICE");
    world_set_variable(world, "AuthCtrlr", "MasterPassGroupId", NULL, "POLICE");
    plug(world, 1);
    card(world, 1, "A");
    world_disconnect(world);
    card(world, 0, "M");
    assert_false(world->closed[1]);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_ended_by_master_pass(world, 0);
    world_free(world);
}

/* TC_C_45_CS; C16.FR.03; C12.FR.09. Neither when it is asked about, nor out of the cache, nor from afar. */
static void a_master_pass_starts_nothing(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set_variable(world, "AuthCtrlr", "MasterPassGroupId", NULL, "POLICE");
    world_set(world, "LocalPreAuthorize", "true");
    world->authorize_group = "POLICE";
    card(world, 1, "M");
    central_sees(world, "Authorize", "idToken/idToken=M");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_true(world->judged_master_pass);
    plug(world, 1);
    card(world, 1, "M");
    assert_int_equal(asked(world), 1);
    central_asks(world, "RequestStartTransaction",
                 "{'idToken':{'idToken':'N','type':'Central'},'groupIdToken':{'idToken':'POLICE','type':'Central'},"
                 "'remoteStartId':1,'evseId':1}");
    world_pass(world, 30);
    assert_int_equal(world->session_count, 0);
    assert_false(world->closed[1]);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_button_starts_and_stops_without_asking),
        IN_EACH_VERSION(a_button_stops_only_what_it_started),
        cmocka_unit_test(without_authorization_a_vehicle_charges_when_it_is_plugged_in),
        IN_EACH_VERSION(codes_cannot_be_guessed_in_a_row),
        IN_EACH_VERSION(a_code_never_appears_in_the_log),
        cmocka_unit_test(a_token_of_the_central_system_is_not_asked_about),
        cmocka_unit_test(a_master_pass_stops_everything),
        cmocka_unit_test(who_bears_a_master_pass_may_choose_all),
        cmocka_unit_test(who_bears_a_master_pass_may_choose_one),
        cmocka_unit_test(a_cached_master_pass_stops_without_asking),
        cmocka_unit_test(a_listed_master_pass_stops_without_a_link),
        cmocka_unit_test(a_master_pass_starts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
