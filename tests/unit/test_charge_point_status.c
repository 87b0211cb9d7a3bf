/* The table of connector statuses of 1.6 (4.9), walked: every cell that this engine can bring about, and what cells it cannot.
 * And the duration a status must have to be told. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

/* --- what happens ------------------------------------------------------------------------------------------------------------
 */

static void plugs(struct world *world)
{
    plug(world, 1);
}

static void unplugs(struct world *world)
{
    unplug(world, 1);
}

static void shows_a(struct world *world)
{
    card(world, 1, "A");
}

static void shows_b(struct world *world)
{
    card(world, 1, "B");
}

static void draws(struct world *world, bool is_drawing)
{
    assert_int_equal(ocpp_charge_point_vehicle(world->cp, 1, is_drawing, world->now), OCPP_OK);
    world_run(world);
}

static void suspends(struct world *world)
{
    draws(world, false);
}

static void resumes(struct world *world)
{
    draws(world, true);
}

static void faults(struct world *world)
{
    const struct ocpp_fault fault = { .code = "GroundFailure" };
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 1, &fault, world->now), OCPP_OK);
    world_run(world);
}

static void recovers(struct world *world)
{
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 1, NULL, world->now), OCPP_OK);
    world_run(world);
}

static void goes_out_of_service(struct world *world)
{
    central_asks(world, "ChangeAvailability", "{'connectorId':1,'type':'Inoperative'}");
}

static void comes_into_service(struct world *world)
{
    central_asks(world, "ChangeAvailability", "{'connectorId':1,'type':'Operative'}");
}

static void is_reserved(struct world *world)
{
    assert_string_equal(
        value_of(central_asks(world, "ReserveNow",
                              "{'connectorId':1,'expiryDate':'2033-01-01T00:00:00Z','idTag':'A','reservationId':5}"),
                 "status"),
        "Accepted");
}

static void is_given_back(struct world *world)
{
    central_asks(world, "CancelReservation", "{'reservationId':5}");
}

static void waits(struct world *world)
{
    world_pass(world, 61);
}

static void is_refused_at_the_start(struct world *world)
{
    world_set(world, "StopTransactionOnInvalidId", "false");
    world->start_status = "Blocked";
    card(world, 1, "A");
}

static void pulls_at_the_vehicle(struct world *world)
{
    unplug(world, 1);
}

static void stops_from_afar(struct world *world)
{
    assert_string_equal(central_stops(world), "Accepted");
}

static void may_be_pulled_at_the_vehicle(struct world *world)
{
    world_set(world, "StopTransactionOnEVSideDisconnect", "false");
}

/* --- the table -----------------------------------------------------------------------------------------------------------------
 */

/* A way to the status of a row, and on to that of a column. */
struct cell {
    const char *name;
    void (*before[5])(struct world *world);
    const char *from;
    void (*then[3])(struct world *world);
    const char *to; /* the last status told; NULL: nothing is told */
};

#define CHARGING plugs, shows_a

static const struct cell cells[] = {
    { "A2 plug", { NULL }, "Available", { plugs }, "Preparing" },
    { "A2 card", { NULL }, "Available", { shows_a }, "Preparing" },
    { "A7", { NULL }, "Available", { is_reserved }, "Reserved" },
    { "A8", { NULL }, "Available", { goes_out_of_service }, "Unavailable" },
    { "A9", { NULL }, "Available", { faults }, "Faulted" },
    { "B1 unplug", { plugs }, "Preparing", { unplugs }, "Available" },
    { "B1 second card", { shows_a }, "Preparing", { shows_a }, "Available" },
    { "B1 timeout", { shows_a }, "Preparing", { waits }, "Available" },
    { "B3", { plugs }, "Preparing", { shows_a }, "Charging" },
    { "B4", { plugs, suspends }, "Preparing", { shows_a }, "SuspendedEV" },
    { "B5", { plugs }, "Preparing", { is_refused_at_the_start }, "SuspendedEVSE" },
    { "B9", { plugs }, "Preparing", { faults }, "Faulted" },
    { "C1", { CHARGING }, "Charging", { unplugs }, "Available" },
    { "C4", { CHARGING }, "Charging", { suspends }, "SuspendedEV" },
    { "C4 pulled", { may_be_pulled_at_the_vehicle, CHARGING }, "Charging", { pulls_at_the_vehicle }, "SuspendedEV" },
    { "C6", { CHARGING }, "Charging", { shows_a }, "Finishing" },
    { "C6 remote", { CHARGING }, "Charging", { stops_from_afar }, "Finishing" },
    { "C8", { CHARGING, goes_out_of_service }, "Charging", { unplugs }, "Unavailable" },
    { "C9", { CHARGING }, "Charging", { faults }, "Faulted" },
    { "D1", { CHARGING, suspends }, "SuspendedEV", { unplugs }, "Available" },
    { "D3", { CHARGING, suspends }, "SuspendedEV", { resumes }, "Charging" },
    { "D6", { CHARGING, suspends }, "SuspendedEV", { shows_a }, "Finishing" },
    { "D8", { CHARGING, suspends, goes_out_of_service }, "SuspendedEV", { unplugs }, "Unavailable" },
    { "D9", { CHARGING, suspends }, "SuspendedEV", { faults }, "Faulted" },
    { "E1", { plugs, is_refused_at_the_start }, "SuspendedEVSE", { unplugs }, "Available" },
    { "E6", { plugs, is_refused_at_the_start }, "SuspendedEVSE", { shows_a }, "Finishing" },
    { "E8", { plugs, is_refused_at_the_start, goes_out_of_service }, "SuspendedEVSE", { unplugs }, "Unavailable" },
    { "E9", { plugs, is_refused_at_the_start }, "SuspendedEVSE", { faults }, "Faulted" },
    { "F1", { CHARGING, shows_a }, "Finishing", { unplugs }, "Available" },
    { "F2 by the way of Preparing", { CHARGING, shows_a }, "Finishing", { shows_b }, "Charging" },
    { "F8", { CHARGING, shows_a, goes_out_of_service }, "Finishing", { unplugs }, "Unavailable" },
    { "F9", { CHARGING, shows_a }, "Finishing", { faults }, "Faulted" },
    { "G1", { is_reserved }, "Reserved", { is_given_back }, "Available" },
    { "G2", { is_reserved }, "Reserved", { shows_a }, "Preparing" },
    { "G8, the reservation ends with it", { is_reserved }, "Reserved", { goes_out_of_service }, "Unavailable" },
    { "G9", { is_reserved }, "Reserved", { faults }, "Faulted" },
    { "H1", { goes_out_of_service }, "Unavailable", { comes_into_service }, "Available" },
    { "H2", { goes_out_of_service, plugs }, "Unavailable", { comes_into_service }, "Preparing" },
    { "H9", { goes_out_of_service }, "Unavailable", { faults }, "Faulted" },
    { "I1", { faults }, "Faulted", { recovers }, "Available" },
    { "I2", { plugs, faults }, "Faulted", { recovers }, "Preparing" },
    { "I6, of what was charging", { CHARGING, faults }, "Faulted", { recovers }, "Finishing" },
    { "I8", { goes_out_of_service, faults }, "Faulted", { recovers }, "Unavailable" },
    { "no cell: a cable at a reserved place", { is_reserved }, "Reserved", { plugs }, NULL },
    { "no cell: a stranger at a reserved place", { is_reserved }, "Reserved", { shows_b }, NULL },
    { "no cell: a cable out of service", { goes_out_of_service }, "Unavailable", { plugs, unplugs }, NULL },
    { "no cell: a cable while faulted", { faults }, "Faulted", { plugs, unplugs }, NULL },
};

/* The status that was told last of connector 1. */
static const char *last_told(const struct world *world)
{
    const char *last = "";
    for (size_t i = 0; i < world->call_count; i++) {
        if (strcmp(world->calls[i].action, "StatusNotification") == 0 &&
            strcmp(value_of(world->calls[i].payload, "connectorId"), "1") == 0) {
            last = world->calls[i].payload;
        }
    }
    return value_of(last, "status");
}

static void do_all(struct world *world, void (*const *what)(struct world *world), size_t most)
{
    for (size_t i = 0; i < most && what[i] != NULL; i++) {
        what[i](world);
    }
}

/* 1.6 4.9; 1.6 errata 3.19, 3.20. Not brought about: A3 to A5, H3 to H5 (there is an authorization means), B6 (a vehicle that
 * waits is served when somebody comes), C5, D5, E3, E4 (test_station_k.c: limits), I3 to I5 (a fault ends what it concerns), I7
 * (it ends reservations). */
static void every_cell_of_the_table_that_can_come_about_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        const struct cell *cell = &cells[i];
        struct world *world = world_accepted(OCPP_VERSION_1_6);
        do_all(world, cell->before, COUNT_OF(cell->before));
        if (strcmp(last_told(world), cell->from) != 0) {
            fail_msg("%s begins at %s", cell->name, last_told(world));
        }
        central_forgets(world);
        do_all(world, cell->then, COUNT_OF(cell->then));
        if (cell->to == NULL) {
            central_does_not_see(world, "StatusNotification");
        } else if (strcmp(last_told(world), cell->to) != 0) {
            fail_msg("%s ends at %s", cell->name, last_told(world));
        }
        world_free(world);
    }
}

/* 1.6 4.9: connector 0 is the station, and is never in use. */
static void the_station_itself_is_available_unavailable_or_faulted(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    const struct ocpp_fault fault = { .code = "InternalError" };
    plug(world, 1);
    card(world, 1, "A");
    card(world, 1, "A");
    unplug(world, 1);
    for (size_t i = world->looked_at; i < world->call_count; i++) {
        assert_false(strcmp(world->calls[i].action, "StatusNotification") == 0 &&
                     strcmp(value_of(world->calls[i].payload, "connectorId"), "0") == 0);
    }
    central_asks(world, "ChangeAvailability", "{'connectorId':0,'type':'Inoperative'}");
    central_sees(world, "StatusNotification", "connectorId=0 status=Unavailable");
    assert_int_equal(ocpp_charge_point_fault(world->cp, 0, 0, &fault, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "StatusNotification", "connectorId=0 status=Faulted errorCode=InternalError");
    assert_int_equal(ocpp_charge_point_fault(world->cp, 0, 0, NULL, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "StatusNotification", "connectorId=0 status=Unavailable errorCode=NoError");
    world_free(world);
}

/* --- how long it must last
 * ---------------------------------------------------------------------------------------------------------- */

/* 1.6 4.9, MinimumStatusDuration: what is over before is not told; what lasts is, with the time it began. */
static void a_status_is_told_once_it_has_lasted(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "MinimumStatusDuration", "10");
    plug(world, 1);
    world_pass(world, 9);
    central_does_not_see(world, "StatusNotification");
    unplug(world, 1);
    world_pass(world, 60);
    central_does_not_see(world, "StatusNotification");
    char since[OCPP_TIME_TEXT_SIZE];
    char members[96];
    ocpp_time_format(world->central_utc_ms + world->now.mono_ms, since);
    plug(world, 1);
    world_pass(world, 9);
    central_does_not_see(world, "StatusNotification");
    world_pass(world, 2);
    snprintf(members, sizeof(members), "connectorId=1 status=Preparing timestamp=%s", since);
    central_sees(world, "StatusNotification", members);
    world_free(world);
}

/* Faults, reservations, orders: all wait alike; what was asked for does not. */
static void a_status_that_is_asked_for_does_not_wait(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "MinimumStatusDuration", "30");
    faults(world);
    central_does_not_see(world, "StatusNotification");
    central_asks(world, "TriggerMessage", "{'requestedMessage':'StatusNotification','connectorId':1}");
    central_sees(world, "StatusNotification", "connectorId=1 status=Faulted");
    world_pass(world, 60);
    central_does_not_see(world, "StatusNotification");
    world_free(world);
}

static void nobody_answers(struct world *world)
{
    world->silent_action = "StatusNotification";
    world->silent_count = 1;
}

/* What nobody answered is said again after a while; what comes about meanwhile does not wait for that. */
static void a_status_nobody_answered_does_not_keep_the_next_one_waiting(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    nobody_answers(world);
    plug(world, 1);
    central_sees(world, "StatusNotification", "status=Preparing");
    world_pass(world, 40);
    central_does_not_see(world, "StatusNotification");
    shows_a(world);
    central_sees(world, "StatusNotification", "status=Charging");
    nobody_answers(world);
    suspends(world);
    central_sees(world, "StatusNotification", "status=SuspendedEV");
    resumes(world); /* before its time is up */
    world_pass(world, 40);
    central_sees(world, "StatusNotification", "status=Charging");
    nobody_answers(world);
    suspends(world);
    central_sees(world, "StatusNotification", "status=SuspendedEV");
    world_pass(world, 80);
    central_does_not_see(world, "StatusNotification");
    world_pass(world, 20);
    central_sees(world, "StatusNotification", "status=SuspendedEV");
    world_pass(world, 300);
    central_does_not_see(world, "StatusNotification");
    world_free(world);
}

/* Nor does it make what lasts too short a time worth telling; what is asked for is told at once. */
static void a_status_nobody_answered_leaves_the_other_rules_as_they_are(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "MinimumStatusDuration", "10");
    nobody_answers(world);
    plug(world, 1);
    world_pass(world, 45);
    central_sees(world, "StatusNotification", "status=Preparing");
    unplug(world, 1);
    world_pass(world, 9);
    central_does_not_see(world, "StatusNotification");
    world_pass(world, 2);
    central_sees(world, "StatusNotification", "status=Available"); /* who knows what was heard */
    nobody_answers(world);
    plug(world, 1);
    world_pass(world, 45);
    central_sees(world, "StatusNotification", "status=Preparing");
    central_asks(world, "TriggerMessage", "{'requestedMessage':'StatusNotification','connectorId':1}");
    central_sees(world, "StatusNotification", "connectorId=1 status=Preparing");
    world_pass(world, 300);
    central_does_not_see(world, "StatusNotification");
    world_free(world);
}

/* 1.6 4.9: why it is suspended. */
static void a_cable_pulled_at_the_vehicle_is_told_as_such(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    may_be_pulled_at_the_vehicle(world);
    plug(world, 1);
    card(world, 1, "A");
    central_forgets(world);
    unplug(world, 1);
    central_sees(world, "StatusNotification", "status=SuspendedEV errorCode=NoError info=*");
    assert_string_equal(value_of(world->calls[world->call_count - 1].payload, "info"), "EV side disconnected");
    plug(world, 1);
    central_sees(world, "StatusNotification", "status=Charging info=-");
    world_free(world);
}

/* The firmware's lamps show every status at once, the central system only those that last. */
static void the_firmware_is_told_at_once(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "MinimumStatusDuration", "30");
    plug(world, 1);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_PREPARING);
    unplug(world, 1);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    is_reserved(world);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_RESERVED);
    faults(world);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_FAULTED);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_the_table_that_can_come_about_does),
        cmocka_unit_test(the_station_itself_is_available_unavailable_or_faulted),
        cmocka_unit_test(a_status_is_told_once_it_has_lasted),
        cmocka_unit_test(a_status_that_is_asked_for_does_not_wait),
        cmocka_unit_test(a_status_nobody_answered_does_not_keep_the_next_one_waiting),
        cmocka_unit_test(a_status_nobody_answered_leaves_the_other_rules_as_they_are),
        cmocka_unit_test(a_cable_pulled_at_the_vehicle_is_told_as_such),
        cmocka_unit_test(the_firmware_is_told_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
