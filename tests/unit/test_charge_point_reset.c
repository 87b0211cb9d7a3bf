/* Resets: of the station and of one EVSE, that wait, that overtake one another, and that do not come about. What every reset does
 * with a running transaction is in test_charge_point_commands.c. */
#include "station_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* The firmware restarts one EVSE when it is asked to, and tells of it when the test says so. */
static int evse_restarts[WORLD_EVSES + 1];

static void restart_evse(int evse, void *user)
{
    (void)user;
    evse_restarts[evse]++;
}

static struct world *three_evses(enum ocpp_version version)
{
    struct world *world = world_new();
    memset(evse_restarts, 0, sizeof(evse_restarts));
    world->settings.evse_count = 3;
    world->hardware.restart_evse = restart_evse;
    world_power_on(world);
    world_connect(world, version);
    central_forgets(world);
    return world;
}

static const char *reset(struct world *world, const char *type, int evse)
{
    char payload[80];
    char place[20] = "";
    if (evse != 0) {
        snprintf(place, sizeof(place), ",'evseId':%d", evse);
    }
    snprintf(payload, sizeof(payload), "{'type':'%s'%s}", type, place);
    return value_of(central_asks(world, "Reset", payload), "status");
}

static const char *reset_at_once(struct world *world)
{
    return reset(world, world_is_old(world) ? "Soft" : "Immediate", 0);
}

static enum ocpp_status tell_failed(struct world *world, int evse)
{
    const enum ocpp_status status = ocpp_charge_point_reset_failed(world->cp, evse, world->now);
    world_run(world);
    return status;
}

static enum ocpp_status tell_done(struct world *world, int evse)
{
    const enum ocpp_status status = ocpp_charge_point_reset_done(world->cp, evse, world->now);
    world_run(world);
    return status;
}

/* --- one EVSE -----------------------------------------------------------------------------------------------------------------
 */

/* B12.FR.02, B12.FR.08, B11.FR.08. */
static void an_evse_alone_ends_its_own_transaction_and_is_unavailable_until_it_is_back(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    for (int evse = 1; evse <= 2; evse++) {
        plug(world, evse);
        card(world, evse, evse == 1 ? "ONE" : "TWO");
    }
    assert_string_equal(reset(world, "Immediate", 1), "Accepted");
    assert_string_equal(world->sessions[0].reason, "ImmediateReset");
    assert_int_equal(world->sessions[1].ended, 0);
    assert_true(world->closed[2]);
    assert_int_equal(evse_restarts[1], 1);
    assert_int_equal(world->restarts, 0);
    unplug(world, 1);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_UNAVAILABLE);
    plug(world, 1);
    card(world, 1, "EAGER");
    assert_false(world->closed[1]);
    assert_int_equal(tell_done(world, 1), OCPP_OK);
    card(world, 1, "NEXT");
    assert_true(world->closed[1]);
    card(world, 2, "TWO");
    assert_int_equal(world->sessions[1].ended, 1);
    assert_int_equal(central_counts(world, "BootNotification"), 1);
    world_free(world);
}

static const char *allow_reset(struct world *world)
{
    return value_of(
        central_asks(world, "GetVariables",
                     "{'getVariableData':[{'component':{'name':'EVSE','evse':{'id':2}},'variable':{'name':'AllowReset'}}]}"),
        "getVariableResult/0/attributeValue");
}

/* B11.FR.10. */
static void whether_an_evse_can_be_reset_alone_is_told(void **state)
{
    (void)state;
    for (int can = 0; can <= 1; can++) {
        struct world *world = world_new();
        world->settings.evse_count = 2;
        world->hardware.restart_evse = can ? restart_evse : NULL;
        world_power_on(world);
        world_connect(world, OCPP_VERSION_2_0_1);
        assert_string_equal(allow_reset(world), can ? "true" : "false");
        world_free(world);
    }
}

/* B12.FR.01, B12.FR.07. */
static void an_evse_that_is_busy_is_reset_when_its_own_transaction_is_over(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    for (int evse = 1; evse <= 2; evse++) {
        plug(world, evse);
        card(world, evse, evse == 1 ? "ONE" : "TWO");
    }
    assert_string_equal(reset(world, "OnIdle", 1), "Scheduled");
    assert_string_equal(reset(world, "OnIdle", 3), "Accepted");
    assert_int_equal(evse_restarts[3], 1);
    world_pass(world, 600);
    assert_int_equal(evse_restarts[1], 0);
    card(world, 1, "ONE");
    assert_string_equal(world->sessions[0].reason, "Local");
    assert_int_equal(evse_restarts[1], 1);
    assert_int_equal(evse_restarts[2], 0);
    world_free(world);
}

/* B12.FR.05. What another EVSE has to tell holds nothing up, and what cannot be told in half a minute is told later. */
static void an_evse_waits_for_its_own_end_to_be_told_and_not_for_long(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "ONE");
    world_disconnect(world);
    ocpp_charge_point_stop(world->cp, 1, OCPP_STOP_LOCAL, world->now);
    world_run(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    plug(world, 2);
    card(world, 2, "TWO");
    world->silent_action = "TransactionEvent";
    world->silent_count = 1;
    assert_string_equal(reset(world, "Immediate", 2), "Accepted");
    world_pass(world, 29);
    assert_int_equal(evse_restarts[2], 0);
    world_pass(world, 1);
    assert_int_equal(evse_restarts[2], 1);
    world_pass(world, 120);
    assert_int_equal(world->sessions[1].ended, 1);
    world_free(world);
}

/* B11.FR.09, B12.FR.09. */
static void an_evse_that_cannot_be_reset_alone_or_is_none_is_rejected(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    assert_string_equal(reset(world, "Immediate", 4), "Rejected");
    assert_string_equal(value_of(central_asks(world, "Reset", "{'type':'Immediate','evseId':0}"), "status"), "Rejected");
    assert_string_equal(value_of(central_asks(world, "Reset", "{'type':'Immediate','evseId':99999999}"), "status"), "Rejected");
    assert_int_equal(world->restarts, 0);
    assert_int_equal(tell_done(world, 1), OCPP_ERR_STATE);
    assert_int_equal(tell_failed(world, 1), OCPP_ERR_STATE);
    assert_int_equal(tell_done(world, 4), OCPP_ERR_ARGUMENT);
    assert_int_equal(tell_failed(world, -1), OCPP_ERR_ARGUMENT);
    assert_int_equal(tell_done(world, 0), OCPP_ERR_ARGUMENT); /* a station that restarted is not there to tell */
    world_free(world);
}

/* B12.FR.06. */
static void an_evse_taken_out_of_service_stays_out_after_its_reset(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    central_asks(world, "ChangeAvailability", "{'evse':{'id':1},'operationalStatus':'Inoperative'}");
    assert_string_equal(reset(world, "Immediate", 1), "Accepted");
    assert_int_equal(tell_done(world, 1), OCPP_OK);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_UNAVAILABLE);
    assert_int_equal(world->shown[2], OCPP_CONNECTOR_AVAILABLE);
    world_free(world);
}

/* --- that wait ----------------------------------------------------------------------------------------------------------------
 */

/* B12, scenario 3a: what is free meanwhile is unavailable, and who was authorised there is not kept waiting. */
static void while_a_reset_waits_what_is_free_is_unavailable(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "ONE");
    card(world, 2, "LATE");
    assert_string_equal(reset(world, "OnIdle", 0), "Scheduled");
    central_sees(world, "StatusNotification", "connectorStatus=Unavailable evseId=2");
    central_sees(world, "StatusNotification", "connectorStatus=Unavailable evseId=3");
    plug(world, 2);
    assert_false(world->closed[2]);
    assert_true(world->closed[1]);
    card(world, 1, "ONE");
    assert_int_equal(world->restarts, 1);
    assert_int_equal(world->session_count, 1);
    world_free(world);
}

/* A scheduled reset that the power cut overtook is none: nobody asked for this restart. */
static void a_power_cut_while_a_reset_waits_is_a_power_cut(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "ONE");
    assert_string_equal(reset(world, "OnIdle", 0), "Scheduled");
    world_power_back(world, 60);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "reason=PowerUp");
    assert_string_equal(the_session(world)->reason, "PowerLoss");
    world_pass(world, 600);
    assert_int_equal(world->restarts, 0);
    world_free(world);
}

static void a_scheduled_reset_is_told_as_such(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "ONE");
    assert_string_equal(reset(world, "OnIdle", 0), "Scheduled");
    card(world, 1, "ONE");
    world_power_back(world, 60);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "reason=ScheduledReset");
    world_free(world);
}

/* B11.FR.06, B11.FR.07. */
static void while_the_firmware_holds_resets_they_are_rejected_and_one_that_is_due_waits(void **state)
{
    struct world *world = three_evses(version_of(state));
    plug(world, 1);
    card(world, 1, "ONE");
    if (!world_is_old(world)) {
        assert_string_equal(reset(world, "OnIdle", 0), "Scheduled");
    }
    ocpp_charge_point_hold_resets(world->cp, true, world->now);
    assert_string_equal(reset_at_once(world), "Rejected");
    card(world, 1, "ONE");
    world_pass(world, 600);
    assert_int_equal(world->restarts, 0);
    ocpp_charge_point_hold_resets(world->cp, false, world->now);
    world_run(world);
    assert_int_equal(world->restarts, world_is_old(world) ? 0 : 1);
    world_free(world);
}

/* B11.FR.06. The one that waits for the end of the hold is overdue; what is awaited of the other still has its time. */
static void while_resets_are_held_one_that_is_due_hides_no_other(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "ONE");
    assert_string_equal(reset(world, "OnIdle", 1), "Scheduled");
    assert_string_equal(reset(world, "Immediate", 2), "Accepted");
    assert_int_equal(evse_restarts[2], 1);
    ocpp_charge_point_hold_resets(world->cp, true, world->now);
    world_disconnect(world);
    card(world, 1, "ONE");
    world_pass(world, 40);
    assert_int_equal(evse_restarts[1], 0);
    assert_true(ocpp_charge_point_deadline(world->cp) <= world->now.mono_ms + 20000);
    world_free(world);
}

/* --- one while another is due --------------------------------------------------------------------------------------------------
 */

static void a_reset_at_once_overtakes_one_that_waits(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "ONE");
    assert_string_equal(reset(world, "OnIdle", 0), "Scheduled");
    assert_string_equal(reset(world, "OnIdle", 0), "Scheduled");
    assert_string_equal(reset(world, "Immediate", 0), "Accepted");
    assert_string_equal(the_session(world)->reason, "ImmediateReset");
    assert_int_equal(world->restarts, 1);
    world_power_back(world, 1);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "BootNotification", "reason=RemoteReset");
    world_free(world);
}

static void a_reset_asked_for_again_on_the_way_down_changes_nothing(void **state)
{
    struct world *world = three_evses(version_of(state));
    plug(world, 1);
    card(world, 1, "ONE");
    world->silent_action = world_is_old(world) ? "StopTransaction" : "TransactionEvent";
    world->silent_count = 5;
    assert_string_equal(reset_at_once(world), "Accepted");
    world_pass(world, 20);
    assert_string_equal(reset(world, world_is_old(world) ? "Hard" : "OnIdle", 0), "Accepted");
    world_pass(world, 10);
    assert_int_equal(world->restarts, 1);
    assert_int_equal(world->restarted_hard, world_is_old(world)); /* the harder of the two */
    world_free(world);
}

static void a_reset_of_the_station_covers_those_of_its_evses(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "ONE");
    assert_string_equal(reset(world, "OnIdle", 0), "Scheduled");
    assert_string_equal(reset(world, "Immediate", 2), "Accepted"); /* the station waits still: the EVSE need not */
    assert_int_equal(evse_restarts[2], 1);
    assert_int_equal(tell_done(world, 2), OCPP_OK);
    assert_int_equal(world->shown[2], OCPP_CONNECTOR_UNAVAILABLE);
    card(world, 1, "ONE");
    assert_int_equal(world->restarts, 1);
    assert_string_equal(reset(world, "Immediate", 2), "Accepted"); /* going down already */
    assert_int_equal(evse_restarts[2], 1);
    world_free(world);
}

/* An authorization under way when the reset comes starts nothing any more. */
static void an_authorization_under_way_starts_nothing_during_a_reset(void **state)
{
    struct world *world = three_evses(version_of(state));
    plug(world, 1);
    card(world, 1, "ONE");
    world->silent_action = world_is_old(world) ? "StopTransaction" : "TransactionEvent";
    world->silent_count = 5;
    plug(world, 2);
    assert_string_equal(reset_at_once(world), "Accepted");
    card(world, 2, "TWO");
    card(world, 0, "THREE");
    plug(world, 3);
    assert_false(world->closed[2] || world->closed[3]);
    assert_string_equal(central_starts(world, 3, "APP"), "Rejected");
    world_pass(world, 30);
    assert_int_equal(world->restarts, 1);
    world_free(world);
}

/* --- that do not come about
 * ----------------------------------------------------------------------------------------------------- */

/* ResetRetries. */
static void a_reset_that_fails_is_asked_for_again_and_then_given_up(void **state)
{
    struct world *world = three_evses(version_of(state));
    world_set(world, "ResetRetries", "2");
    assert_string_equal(reset_at_once(world), "Accepted");
    for (int attempt = 1; attempt <= 3; attempt++) {
        assert_int_equal(world->restarts, attempt);
        assert_int_equal(tell_failed(world, 0), OCPP_OK);
        assert_int_equal(tell_failed(world, 0), OCPP_ERR_STATE); /* told once is told */
        world_pass(world, 10);
    }
    world_pass(world, 600);
    assert_int_equal(world->restarts, 3);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    plug(world, 1);
    card(world, 1, "ONE");
    assert_true(world->closed[1]);
    world_power_back(world, 1); /* and what comes now is not what was asked for then */
    world_connect(world, version_of(state));
    if (!world_is_old(world)) {
        central_sees(world, "BootNotification", "reason=PowerUp");
    }
    world_free(world);
}

static void a_firmware_that_ignores_a_reset_is_asked_again_after_a_minute(void **state)
{
    struct world *world = three_evses(version_of(state));
    assert_string_equal(reset_at_once(world), "Accepted");
    world_pass(world, 69);
    assert_int_equal(world->restarts, 1);
    world_pass(world, 1);
    assert_int_equal(world->restarts, 2);
    world_pass(world, 600);
    assert_int_equal(world->restarts, 2);
    assert_string_equal(reset_at_once(world), "Accepted");
    assert_int_equal(world->restarts, 3);
    world_free(world);
}

static void an_evse_whose_reset_fails_works_on(void **state)
{
    (void)state;
    struct world *world = three_evses(OCPP_VERSION_2_0_1);
    world_set(world, "ResetRetries", "0");
    assert_string_equal(reset(world, "Immediate", 1), "Accepted");
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_UNAVAILABLE);
    assert_int_equal(tell_failed(world, 1), OCPP_OK);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    world_pass(world, 600);
    assert_int_equal(evse_restarts[1], 1);
    world_free(world);
}

static void fail_at_once(struct world *world, const char *which, int evse)
{
    (void)evse;
    if (strcmp(which, "restart") == 0) {
        assert_int_equal(ocpp_charge_point_reset_failed(world->cp, 0, world->now), OCPP_OK);
    }
}

static void a_restart_callback_may_tell_that_it_failed(void **state)
{
    struct world *world = three_evses(version_of(state));
    world->in_callback = fail_at_once;
    assert_string_equal(reset_at_once(world), "Accepted");
    assert_int_equal(world->restarts, 1);
    world_pass(world, 10);
    assert_int_equal(world->restarts, 2);
    world_pass(world, 60);
    assert_int_equal(world->restarts, 2);
    world_free(world);
}

static void a_store_that_refuses_the_reason_keeps_no_station_from_restarting(void **state)
{
    struct world *world = three_evses(version_of(state));
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(reset_at_once(world), "Accepted");
    assert_int_equal(world->restarts, 1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_evse_alone_ends_its_own_transaction_and_is_unavailable_until_it_is_back),
        cmocka_unit_test(whether_an_evse_can_be_reset_alone_is_told),
        cmocka_unit_test(an_evse_that_is_busy_is_reset_when_its_own_transaction_is_over),
        cmocka_unit_test(an_evse_waits_for_its_own_end_to_be_told_and_not_for_long),
        cmocka_unit_test(an_evse_that_cannot_be_reset_alone_or_is_none_is_rejected),
        cmocka_unit_test(an_evse_taken_out_of_service_stays_out_after_its_reset),
        cmocka_unit_test(while_a_reset_waits_what_is_free_is_unavailable),
        cmocka_unit_test(a_power_cut_while_a_reset_waits_is_a_power_cut),
        cmocka_unit_test(a_scheduled_reset_is_told_as_such),
        IN_EACH_VERSION(while_the_firmware_holds_resets_they_are_rejected_and_one_that_is_due_waits),
        cmocka_unit_test(while_resets_are_held_one_that_is_due_hides_no_other),
        cmocka_unit_test(a_reset_at_once_overtakes_one_that_waits),
        IN_EACH_VERSION(a_reset_asked_for_again_on_the_way_down_changes_nothing),
        cmocka_unit_test(a_reset_of_the_station_covers_those_of_its_evses),
        IN_EACH_VERSION(an_authorization_under_way_starts_nothing_during_a_reset),
        IN_EACH_VERSION(a_reset_that_fails_is_asked_for_again_and_then_given_up),
        IN_EACH_VERSION(a_firmware_that_ignores_a_reset_is_asked_again_after_a_minute),
        cmocka_unit_test(an_evse_whose_reset_fails_works_on),
        IN_EACH_VERSION(a_restart_callback_may_tell_that_it_failed),
        IN_EACH_VERSION(a_store_that_refuses_the_reason_keeps_no_station_from_restarting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
