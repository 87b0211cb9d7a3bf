/* Where two things meet: readers for all EVSEs, several connectors at one, tokens a version cannot say, faults of the station,
 * limits of small tables. */
#include "station_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static struct world *with(void **state, int evses, int connectors)
{
    struct world *world = world_new();
    world->settings.evse_count = evses;
    world->settings.connectors_per_evse = connectors;
    world_power_on(world);
    world_connect(world, version_of(state));
    central_forgets(world);
    return world;
}

/* --- the reader for all EVSEs --------------------------------------------------------------------------------------------- */

static void a_token_at_the_reader_for_all_lapses_when_nobody_plugs_in(void **state)
{
    struct world *world = with(state, 2, 1);
    card(world, 0, "TAG");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    world_pass(world, 60);
    plug(world, 1);
    assert_false(world->closed[1]);
    world_free(world);
}

static void the_same_token_there_again_takes_it_back(void **state)
{
    struct world *world = with(state, 2, 1);
    card(world, 0, "TAG");
    card(world, 0, "TAG");
    plug(world, 1);
    assert_false(world->closed[1]);
    card(world, 0, "TAG");
    assert_true(world->closed[1]);
    world_free(world);
}

static void while_one_token_waits_there_another_is_turned_away(void **state)
{
    struct world *world = with(state, 2, 1);
    card(world, 0, "TAG");
    card(world, 0, "OTHER");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    plug(world, 2);
    assert_string_equal(the_session(world)->token, "TAG");
    world_free(world);
}

static void of_several_evses_that_wait_the_latest_is_meant(void **state)
{
    struct world *world = with(state, 3, 1);
    plug(world, 3);
    world_pass(world, 1);
    plug(world, 1);
    world_pass(world, 1);
    plug(world, 2);
    card(world, 0, "TAG");
    assert_true(world->closed[2]);
    world_free(world);
}

/* Somebody plugs in while the central system is still asked. */
static void a_plug_during_the_question_gets_the_token(void **state)
{
    struct world *world = with(state, 2, 1);
    world->silent_action = "Authorize";
    world->silent_count = 1;
    card(world, 0, "TAG");
    plug(world, 2);
    assert_false(world->closed[2]);
    char answer[256];
    snprintf(answer, sizeof(answer), "[3,'%s',{'%s':{'status':'Accepted'}}]", world->calls[world->call_count - 1].id,
             world_is_old(world) ? "idTagInfo" : "idTokenInfo");
    central_says(world, answer);
    assert_true(world->closed[2]);
    world_free(world);
}

/* A remote start came in between: the card's authorization is good for nothing any more. */
static void an_authorization_that_comes_too_late_is_turned_away(void **state)
{
    struct world *world = world_of(state);
    world->silent_action = "Authorize";
    world->silent_count = 1;
    plug(world, 1);
    card(world, 1, "TAG");
    char answer[256];
    const struct ocpp_fault fault = { .code = "HighTemperature" };
    ocpp_charge_point_fault(world->cp, 1, 0, &fault, world->now);
    snprintf(answer, sizeof(answer), "[3,'%s',{'%s':{'status':'Accepted'}}]", world->calls[world->call_count - 1].id,
             world_is_old(world) ? "idTagInfo" : "idTokenInfo");
    central_says(world, answer);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_false(world->closed[1]);
    world_free(world);
}

static void a_card_presented_twice_is_asked_about_once(void **state)
{
    struct world *world = world_of(state);
    world->silent_action = "Authorize";
    world->silent_count = 1;
    plug(world, 1);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    card(world, 1, "OTHER");
    assert_int_equal(central_counts(world, "Authorize"), 1);
    world_pass(world, 30); /* nobody answers: without an answer an unknown card is refused */
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
    card(world, 1, "OTHER");
    assert_true(world->closed[1]);
    world_free(world);
}

/* --- tokens --------------------------------------------------------------------------------------------------------------------
 */

static void a_token_the_version_cannot_say_is_invalid(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "a-token-that-has-more-than-thirty-six-characters");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_INVALID);
    assert_int_equal(central_counts(world, "Authorize"), 0);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    world_free(world);
}

/* C01.FR.20, FR.21 */
static void a_token_that_is_good_at_other_evses_is_not_good_here(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    for (int good = 1; good <= 2; good++) {
        world->silent_action = "Authorize";
        world->silent_count = 1;
        plug(world, 1);
        card(world, 1, "TAG");
        char answer[256];
        snprintf(answer, sizeof(answer), "[3,'%s',{'idTokenInfo':{'status':'Accepted','evseId':[7,%d]}}]",
                 world->calls[world->call_count - 1].id, good == 1 ? 2 : 1);
        central_says(world, answer);
        assert_int_equal(world->judged, good == 1 ? OCPP_AUTHORIZATION_NOT_AT_THIS_LOCATION : OCPP_AUTHORIZATION_ACCEPTED);
    }
    assert_true(world->closed[1]);
    world_free(world);
}

/* --- connectors
 * -------------------------------------------------------------------------------------------------------------------- */

static void only_one_connector_of_an_evse_charges(void **state)
{
    struct world *world = with(state, 1, 2);
    plug(world, 1);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 1, 2, true, world->now), OCPP_OK);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 1, 2, false, world->now), OCPP_OK);
    world_run(world);
    assert_true(world->closed[1]);
    assert_int_equal(ocpp_charge_point_plug(world->cp, 1, 2, true, world->now), OCPP_OK);
    unplug(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    card(world, 1, "NEXT"); /* now the other one is in use */
    assert_int_equal(world->session_count, 2);
    if (world_is_old(world)) {
        central_sees(world, "StartTransaction", "idTag=NEXT connectorId=2");
    } else {
        central_sees(world, "TransactionEvent", "eventType=Started idToken/idToken=NEXT evse/connectorId=2");
    }
    world_free(world);
}

static void plugging_what_is_plugged_changes_nothing(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    plug(world, 1);
    unplug(world, 1);
    unplug(world, 1);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    world_free(world);
}

/* --- faults
 * -------------------------------------------------------------------------------------------------------------------------- */

static void a_fault_of_the_station_stops_everything_on_it(void **state)
{
    struct world *world = with(state, 2, 1);
    plug(world, 1);
    card(world, 1, "TAG");
    const struct ocpp_fault fault = { .code = "somethingNew", .info = "smoke" };
    assert_int_equal(ocpp_charge_point_fault(world->cp, 0, 0, &fault, world->now), OCPP_OK);
    world_run(world);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_FAULTED);
    assert_int_equal(world->shown[2], OCPP_CONNECTOR_FAULTED);
    if (world_is_old(world)) {
        central_sees(world, "StatusNotification", "connectorId=0 status=Faulted errorCode=OtherError info=smoke");
    }
    ocpp_charge_point_fault(world->cp, 0, 0, NULL, world->now);
    world_run(world);
    assert_int_equal(world->shown[2], OCPP_CONNECTOR_AVAILABLE);
    world_free(world);
}

static void more_faults_than_places_for_details_are_still_faults(void **state)
{
    struct world *world = with(state, 12, 1);
    for (int evse = 1; evse <= 12; evse++) {
        const struct ocpp_fault fault = { .code = "ReaderFailure", .info = "dirty" };
        assert_int_equal(ocpp_charge_point_fault(world->cp, evse, 1, &fault, world->now), OCPP_OK);
    }
    world_run(world);
    for (int evse = 1; evse <= 12; evse++) {
        assert_int_equal(world->shown[evse], OCPP_CONNECTOR_FAULTED);
    }
    world_free(world);
}

static void the_words_of_a_fault_are_cut_to_what_may_be_said(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    const struct ocpp_fault fault = { .code = "OtherError",
                                      .info = "äöü, and so on, far beyond the fifty characters that may be said about it",
                                      .vendor_error_code = "12345678901234567890123456789012345678901234567890more" };
    ocpp_charge_point_fault(world->cp, 1, 1, &fault, world->now);
    world_run(world);
    central_sees(world, "StatusNotification",
                 "status=Faulted vendorErrorCode=12345678901234567890123456789012345678901234567890");
    world_free(world);
}

/* --- meters
 * ---------------------------------------------------------------------------------------------------------------------------- */

static size_t read_everything(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)user;
    for (size_t i = 0; i < room; i++) {
        samples[i] =
            (struct ocpp_sample){ .measurand = (enum ocpp_measurand)(i % OCPP_MEASURAND_VOLTAGE + 1), .value = { 7, 0 } };
    }                 /* the first few come twice */
    return room + 10; /* a firmware that miscounts */
}

static void every_measurand_is_told_as_far_as_the_version_has_a_word_for_it(void **state)
{
    struct world *world = world_new();
    world->hardware.read_meter = read_everything;
    world_power_on(world);
    world_connect(world, version_of(state));
    static const char all[] =
        "Temperature,RPM,SoC,Frequency,Power.Factor,Energy.Active.Net,Energy.Apparent.Import,Energy.Active.Import.Register";
    assert_int_equal(ocpp_charge_point_key_set(world->cp, "MeterValuesSampledData", all, world->now), OCPP_OK);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 60);
    if (world_is_old(world)) {
        central_sees(world, "MeterValues", "meterValue/0/sampledValue=(7)"); /* without the net and the apparent energy */
    } else {
        central_sees(world, "TransactionEvent",
                     "triggerReason=MeterValuePeriodic meterValue/0/sampledValue=(7)"); /* without RPM, Temperature */
    }
    world_free(world);
}

/* --- small tables
 * ------------------------------------------------------------------------------------------------------------------------ */

static void dead_letters_are_kept_up_to_a_hundred(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "TransactionMessageAttempts", "1");
    world_set(world, "MeterValueSampleInterval", "0");
    world->refuse_action = "*";
    for (int i = 0; i < 40; i++) {
        world->refuse_count = 0;
        plug(world, 1);
        world->refuse_action = "Nothing";
        card(world, 1, "TAG"); /* authorised … */
        world->refuse_action = world_is_old(world) ? "StopTransaction" : "TransactionEvent";
        world->refuse_count = 10;
        card(world, 1, "TAG"); /* … and stopped, which nobody takes */
        world_pass(world, 1);
    }
    assert_true(ocpp_charge_point_view(world->cp).dead_letters >= 40);
    assert_true(ocpp_charge_point_view(world->cp).dead_letters <= 100);
    world_free(world);
}

static bool count_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(size_t *)user;
    return true;
}

static void of_more_than_a_hundred_dead_letters_the_oldest_go(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    plug(world, 1);
    for (int i = 0; i < 60; i++) { /* starts and stops that 1.6 cannot say */
        card(world, 1, "a-token-of-more-than-twenty-characters");
        card(world, 1, "a-token-of-more-than-twenty-characters");
    }
    world_connect(world, OCPP_VERSION_1_6);
    size_t kept = 0;
    assert_int_equal(world->memory->each("dead/", NULL, count_entry, &kept, world->memory->user), OCPP_OK);
    assert_int_equal(kept, 100);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 100);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_free(world);
}

static void a_queue_that_was_made_smaller_loses_nothing(void **state)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    plug(world, 1);
    for (int i = 0; i < 6; i++) {
        card(world, 1, "TAG");
        world_pass(world, 1);
    }
    world_power_off(world);
    world->settings.max_queued_records = 4;
    world_power_on(world);
    assert_true(ocpp_charge_point_view(world->cp).queued_records > 4); /* part of an account is none */
    world_connect(world, version_of(state));
    assert_int_equal(world->session_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(world->sessions[i].started, 1);
        assert_int_equal(world->sessions[i].ended, 1);
    }
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_free(world);
}

static void a_second_unlock_while_one_is_under_way_fails(void **state)
{
    struct world *world = world_of(state);
    const char *request = world_is_old(world) ? "{'connectorId':1}" : "{'evseId':1,'connectorId':1}";
    central_asks(world, "UnlockConnector", request);
    assert_string_equal(value_of(central_asks(world, "UnlockConnector", request), "status"), "UnlockFailed");
    world_disconnect(world); /* and the first one has nobody to answer to any more */
    ocpp_charge_point_latch(world->cp, 1, 1, false, world->now);
    world_pass(world, 20);
    world_free(world);
}

/* --- the log
 * -----------------------------------------------------------------------------------------------------------------------------
 */

static void keep_line(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    char *all = user;
    strncat(all, line, 4000 - strlen(all));
    strncat(all, "\n", 4000 - strlen(all));
}

static void the_log_tells_who_speaks_and_shows_no_token(void **state)
{
    struct world *world = world_new();
    char lines[4096] = "";
    world->settings.log = (struct ocpp_log){ keep_line, lines, OCPP_LOG_DEBUG };
    world_power_on(world);
    world_connect(world, version_of(state));
    plug(world, 1);
    card(world, 1, "SECRET-CODE");
    card(world, 1, "SECRET-CODE");
    assert_non_null(strstr(lines, "PILE-7: registration: Accepted"));
    assert_non_null(strstr(lines, "EVSE 1: opening, then running"));
    assert_null(strstr(lines, "SECRET-CODE"));
    assert_string_equal(ocpp_charge_point_identity(world->cp), "PILE-7");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_token_at_the_reader_for_all_lapses_when_nobody_plugs_in),
        IN_EACH_VERSION(the_same_token_there_again_takes_it_back),
        IN_EACH_VERSION(while_one_token_waits_there_another_is_turned_away),
        IN_EACH_VERSION(of_several_evses_that_wait_the_latest_is_meant),
        IN_EACH_VERSION(a_plug_during_the_question_gets_the_token),
        IN_EACH_VERSION(an_authorization_that_comes_too_late_is_turned_away),
        IN_EACH_VERSION(a_card_presented_twice_is_asked_about_once),
        IN_EACH_VERSION(a_token_the_version_cannot_say_is_invalid),
        cmocka_unit_test(a_token_that_is_good_at_other_evses_is_not_good_here),
        IN_EACH_VERSION(only_one_connector_of_an_evse_charges),
        IN_EACH_VERSION(plugging_what_is_plugged_changes_nothing),
        IN_EACH_VERSION(a_fault_of_the_station_stops_everything_on_it),
        IN_EACH_VERSION(more_faults_than_places_for_details_are_still_faults),
        cmocka_unit_test(the_words_of_a_fault_are_cut_to_what_may_be_said),
        IN_EACH_VERSION(every_measurand_is_told_as_far_as_the_version_has_a_word_for_it),
        IN_EACH_VERSION(dead_letters_are_kept_up_to_a_hundred),
        cmocka_unit_test(of_more_than_a_hundred_dead_letters_the_oldest_go),
        IN_EACH_VERSION(a_queue_that_was_made_smaller_loses_nothing),
        IN_EACH_VERSION(a_second_unlock_while_one_is_under_way_fails),
        IN_EACH_VERSION(the_log_tells_who_speaks_and_shows_no_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
