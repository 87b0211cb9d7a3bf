/* Sessions at their edges: settings that change meanwhile, no room, a store that takes nothing, several transactions of 1.6 in
 * one, and what else may end one. */
#include "charge_point_internal.h"
#include "station_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct world *with_points(struct world *world, const char *start, const char *stop)
{
    world->settings.offline_unknown_allowed = true;
    world->settings.sample_interval_ms = 0;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", start);
    world_set(world, "TxStopPoint", stop);
    central_forgets(world);
    return world;
}

static const char *refused(struct world *world, const char *name, const char *value)
{
    char payload[256];
    snprintf(payload, sizeof(payload),
             "{'setVariableData':[{'component':{'name':'TxCtrlr'},'variable':{'name':'%s'},'attributeValue':'%s'}]}", name,
             value);
    return value_of(central_asks(world, "SetVariables", payload), "setVariableResult/0/attributeStatus");
}

/* 2.0.1 2.6.4; errata 2025-02 2.24: DataSigned is no stop point; a list of nothing would never start or stop anything. */
static void lists_of_points_are_checked(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(refused(world, "TxStartPoint", ""), "Rejected");
    assert_string_equal(refused(world, "TxStopPoint", ""), "Rejected");
    assert_string_equal(refused(world, "TxStartPoint", "PowerPathClosed,Sunrise"), "Rejected");
    assert_string_equal(refused(world, "TxStopPoint", "DataSigned"), "Rejected");
    assert_string_equal(refused(world, "TxStartPoint", "DataSigned,EnergyTransfer"), "Accepted");
    world_free(world);
}

static void other_points_count_for_later_transactions(void **state)
{
    (void)state;
    struct world *world = with_points(world_new(), "EVConnected", "EVConnected");
    plug(world, 1);
    world_set(world, "TxStartPoint", "PowerPathClosed");
    world_set(world, "TxStopPoint", "Authorized");
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->ended, 0);
    unplug(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    plug(world, 1);
    assert_int_equal(world->session_count, 1);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    assert_int_equal(world->session_count, 2);
    assert_int_equal(world->sessions[1].ended, 1);
    world_free(world);
}

/* Energy is given only where there is room for how it ends; what is told makes room. */
static void without_room_for_its_end_nobody_is_given_energy(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.max_queued_records = 6;
    with_points(world, "EVConnected", "EVConnected");
    world_disconnect(world);
    plug(world, 1);
    int given = 0;
    for (int i = 0; i < 6; i++) {
        card(world, 1, "TAG");
        world_pass(world, 6);
        if (world->closed[1]) {
            given++;
            charge(world, 1, 100);
        }
        card(world, 1, "TAG");
        world_pass(world, 6);
        assert_false(world->closed[1]);
    }
    assert_in_range(given, 1, 3);
    assert_in_range(ocpp_charge_point_view(world->cp).queued_records, 3, 6);
    unplug(world, 1);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_pass(world, 10);
    const struct session *session = the_session(world);
    assert_int_equal(session->started, 1);
    assert_int_equal(session->ended, 1);
    assert_int_equal(session->meter_stop - session->meter_start, world->meter_wh[1]);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_free(world);
}

/* The list of what happened is short: what there is no place for is one with the last, and no start and no end is lost. */
static void a_store_that_takes_nothing_for_long_loses_no_end(void **state)
{
    (void)state;
    struct world *world = with_points(world_new(), "EVConnected", "ParkingBayOccupancy");
    ocpp_charge_point_bay(world->cp, 1, true, world->now);
    plug(world, 1);
    test_storage_refuse(world->storage, 1, OCPP_ERR_STORAGE);
    for (int i = 0; i < 3 * MOST_HAPPENINGS; i++) { /* all within the time after which the store is tried again */
        unplug(world, 1);
        plug(world, 1);
    }
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_true(world->cp->evses[0].happened_count == MOST_HAPPENINGS);
    world_pass(world, 30);
    assert_true(world->closed[1]);
    unplug(world, 1);
    ocpp_charge_point_bay(world->cp, 1, false, world->now);
    world_run(world);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* 1.6 4.8. Each time somebody was authorised is a transaction of its own there, with a number and a meter of its own. */
static void a_session_may_be_several_transactions_in_the_old_version(void **state)
{
    (void)state;
    struct world *world = with_points(world_new(), "EVConnected", "EVConnected");
    world_disconnect(world);
    plug(world, 1);
    for (int i = 1; i <= 3; i++) {
        card(world, 1, "TAG");
        charge(world, 1, 100 * i);
        if (i < 3) {
            card(world, 1, "TAG");
        }
    }
    world_connect(world, OCPP_VERSION_1_6);
    assert_int_equal(world->session_count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(world->sessions[i].started, 1);
        assert_int_equal(world->sessions[i].ended, i < 2);
    }
    assert_int_equal(world->sessions[1].meter_start, 100);
    assert_int_equal(world->sessions[1].meter_stop, 300);
    assert_string_equal(value_of(central_asks(world, "RemoteStopTransaction", "{'transactionId':2}"), "status"), "Rejected");
    assert_string_equal(value_of(central_asks(world, "RemoteStopTransaction", "{'transactionId':3}"), "status"), "Accepted");
    assert_int_equal(world->sessions[2].ended, 1);
    assert_string_equal(world->sessions[2].reason, "Remote");
    assert_string_equal(value_of(central_asks(world, "RemoteStopTransaction", "{'transactionId':3}"), "status"), "Rejected");
    world_free(world);
}

/* E05.FR.10; F02.FR.07. Refused before anything was plugged in. */
static void a_refused_token_waits_for_no_cable(void **state)
{
    (void)state;
    struct world *world = with_points(world_new(), "Authorized", "Authorized");
    world->start_status = "Invalid";
    card(world, 1, "TAG");
    central_sees(world, "TransactionEvent", "eventType=Started evse=-");
    central_sees(world, "TransactionEvent",
                 "eventType=Ended triggerReason=Deauthorized transactionInfo/stoppedReason=DeAuthorized");
    plug(world, 1);
    assert_false(world->closed[1]);
    world_free(world);
}

/* B12.FR.04. A reset ends every transaction, also one that nobody was authorised for. */
static void a_reset_ends_what_waits_for_somebody(void **state)
{
    (void)state;
    struct world *world = with_points(world_new(), "EVConnected", "EVConnected");
    plug(world, 1);
    assert_string_equal(value_of(central_asks(world, "Reset", "{'type':'Immediate'}"), "status"), "Accepted");
    central_sees(world, "TransactionEvent",
                 "eventType=Ended triggerReason=ResetCommand transactionInfo/stoppedReason=ImmediateReset");
    assert_int_equal(world->restarts, 1);
    world_free(world);
}

/* G03. What waits for a card runs: out of service comes after it. */
static void what_waits_for_somebody_keeps_its_place_in_service(void **state)
{
    (void)state;
    struct world *world = with_points(world_new(), "EVConnected", "EVConnected");
    plug(world, 1);
    assert_string_equal(
        value_of(central_asks(world, "ChangeAvailability", "{'evse':{'id':1},'operationalStatus':'Inoperative'}"), "status"),
        "Scheduled");
    world_pass(world, 5);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    unplug(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    central_sees(world, "StatusNotification", "connectorStatus=Unavailable");
    world_free(world);
}

/* What a version cannot hear of costs it nothing: 1.6 sees no session before both are there. */
static void nothing_is_written_of_a_vehicle_that_only_stands_there(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    const unsigned before = test_storage_writes(world->storage);
    ocpp_charge_point_bay(world->cp, 1, true, world->now);
    plug(world, 1);
    unplug(world, 1);
    ocpp_charge_point_bay(world->cp, 1, false, world->now);
    world_run(world);
    assert_int_equal(test_storage_writes(world->storage), before);
    assert_int_equal(ocpp_charge_point_bay(world->cp, 0, true, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_bay(world->cp, 2, true, world->now), OCPP_ERR_ARGUMENT);
    world_free(world);
}

/* The next vehicle comes while the end of the one before is being stored: it has a transaction of its own. */
static void a_vehicle_that_comes_at_once_is_not_the_one_before(void **state)
{
    (void)state;
    struct world *world = with_points(world_new(), "EVConnected", "EVConnected");
    plug(world, 1);
    test_storage_delay(world->storage, true);
    unplug(world, 1);
    plug(world, 1);
    test_storage_delay(world->storage, false);
    world_run(world);
    assert_int_equal(world->session_count, 2);
    assert_int_equal(world->sessions[0].ended, 1);
    assert_int_equal(world->sessions[1].started, 1);
    assert_int_equal(world->sessions[1].ended, 0);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_points_are_checked),
        cmocka_unit_test(other_points_count_for_later_transactions),
        cmocka_unit_test(without_room_for_its_end_nobody_is_given_energy),
        cmocka_unit_test(a_store_that_takes_nothing_for_long_loses_no_end),
        cmocka_unit_test(a_session_may_be_several_transactions_in_the_old_version),
        cmocka_unit_test(a_refused_token_waits_for_no_cable),
        cmocka_unit_test(a_reset_ends_what_waits_for_somebody),
        cmocka_unit_test(what_waits_for_somebody_keeps_its_place_in_service),
        cmocka_unit_test(nothing_is_written_of_a_vehicle_that_only_stands_there),
        cmocka_unit_test(a_vehicle_that_comes_at_once_is_not_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
