/* The official cases of a station in OCPP 1.6 that no block of 2.0.1 shares: sessions, refusals, lost links and faults as a
 * central system of 1.6 sees them. The cases are public by title only, so all steps are ours. */
#include "station_world.h"

#include "unit.h"

static struct world *accepted(void)
{
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    central_forgets(world);
    return world;
}

/* Started at EVSE 1 by |token|. */
static struct world *charging(const char *token)
{
    struct world *world = accepted();
    plug(world, 1);
    card(world, 1, token);
    assert_true(world->closed[1]);
    central_forgets(world);
    return world;
}

/* Out of reach of the central system, unknown tokens may charge. */
static struct world *offline(void)
{
    struct world *world = accepted();
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    world_disconnect(world);
    return world;
}

static void online(struct world *world)
{
    central_forgets(world);
    world_connect(world, OCPP_VERSION_1_6);
    world_pass(world, 1);
}

/* --- starting ------------------------------------------------------------------------------------------------------------- */

/* TC_003_CS; 1.6 4.8. Title only, steps ours. */
static void a_charge_begins_with_the_cable(void **state)
{
    (void)state;
    struct world *world = accepted();
    plug(world, 1);
    central_sees(world, "StatusNotification", "connectorId=1 status=Preparing errorCode=NoError");
    card(world, 1, "A");
    central_sees(world, "Authorize", "idTag=A");
    central_sees(world, "StartTransaction", "connectorId=1 idTag=A meterStart=* timestamp=*");
    central_sees(world, "StatusNotification", "connectorId=1 status=Charging");
    charge(world, 1, 500);
    card(world, 1, "A");
    central_sees(world, "StopTransaction", "idTag=A reason=Local");
    central_sees(world, "StatusNotification", "connectorId=1 status=Finishing");
    unplug(world, 1);
    central_sees(world, "StatusNotification", "connectorId=1 status=Available");
    assert_int_equal(the_session(world)->meter_stop - the_session(world)->meter_start, 500);
    world_free(world);
}

/* TC_004_1_CS. Title only, steps ours. */
static void a_charge_begins_with_the_token(void **state)
{
    (void)state;
    struct world *world = accepted();
    card(world, 1, "A");
    central_sees(world, "Authorize", "idTag=A");
    central_sees(world, "StatusNotification", "connectorId=1 status=Preparing");
    central_does_not_see(world, "StartTransaction");
    plug(world, 1);
    central_sees(world, "StartTransaction", "connectorId=1 idTag=A");
    central_sees(world, "StatusNotification", "connectorId=1 status=Charging");
    world_free(world);
}

/* TC_004_2_CS. Title only, steps ours. */
static void a_token_without_a_cable_is_forgotten_in_time(void **state)
{
    (void)state;
    struct world *world = accepted();
    world_set(world, "ConnectionTimeOut", "30");
    card(world, 1, "A");
    central_sees(world, "StatusNotification", "connectorId=1 status=Preparing");
    world_pass(world, 31);
    central_sees(world, "StatusNotification", "connectorId=1 status=Available");
    plug(world, 1);
    central_does_not_see(world, "StartTransaction");
    assert_false(world->closed[1]);
    world_free(world);
}

/* TC_023_4_CS. Title only, steps ours: whatever the refusal is called, nothing starts. */
static void a_refused_token_starts_nothing(void **state)
{
    (void)state;
    static const char *const refusals[] = { "Invalid", "Blocked", "Expired", "ConcurrentTx" };
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct world *world = accepted();
        world->authorize_status = refusals[i];
        plug(world, 1);
        card(world, 1, "A");
        central_sees(world, "Authorize", "idTag=A");
        central_does_not_see(world, "StartTransaction");
        assert_false(world->closed[1]);
        world_free(world);
    }
}

/* TC_023_5_CS. Title only, steps ours: a remote start whose token has to be authorised first, and is not. */
static void a_remote_start_of_a_refused_token_starts_nothing(void **state)
{
    (void)state;
    struct world *world = accepted();
    world_set(world, "AuthorizeRemoteTxRequests", "true");
    world->authorize_status = "Invalid";
    plug(world, 1);
    assert_string_equal(central_starts(world, 1, "A"), "Accepted");
    central_sees(world, "Authorize", "idTag=A");
    central_does_not_see(world, "StartTransaction");
    assert_false(world->closed[1]);
    world_free(world);
}

/* --- stopping ------------------------------------------------------------------------------------------------------------- */

/* TC_068_CS; 1.6 4.10. Title only, steps ours: its own token needs nobody's word, and another token stops nothing. */
static void the_token_that_started_a_charge_stops_it(void **state)
{
    (void)state;
    struct world *world = charging("A");
    card(world, 1, "B");
    central_sees(world, "Authorize", "idTag=B");
    central_does_not_see(world, "StopTransaction");
    assert_true(world->closed[1]);
    central_forgets(world);
    card(world, 1, "A");
    central_does_not_see(world, "Authorize");
    central_sees(world, "StopTransaction", "idTag=A reason=Local");
    assert_false(world->closed[1]);
    world_free(world);
}

/* TC_069_CS; 1.6 4.10. Title only, steps ours: the central system says that both have one parent. */
static void a_token_of_the_same_parent_stops_a_charge(void **state)
{
    (void)state;
    struct world *world = accepted();
    world->authorize_group = "FAMILY";
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    central_forgets(world);
    card(world, 1, "B");
    central_sees(world, "Authorize", "idTag=B");
    central_sees(world, "StopTransaction", "idTag=B reason=Local");
    assert_false(world->closed[1]);
    world_free(world);
}

/* --- from afar ------------------------------------------------------------------------------------------------------------ */

/* TC_010_CS. Title only, steps ours. */
static void a_remote_start_finds_the_cable_plugged(void **state)
{
    (void)state;
    struct world *world = accepted();
    plug(world, 1);
    assert_string_equal(central_starts(world, 1, "A"), "Accepted");
    central_sees(world, "StartTransaction", "connectorId=1 idTag=A");
    central_sees(world, "StatusNotification", "connectorId=1 status=Charging");
    world_free(world);
}

/* TC_011_1_CS. Title only, steps ours. */
static void a_remote_start_waits_for_the_cable(void **state)
{
    (void)state;
    struct world *world = accepted();
    assert_string_equal(central_starts(world, 1, "A"), "Accepted");
    central_sees(world, "StatusNotification", "connectorId=1 status=Preparing");
    central_does_not_see(world, "StartTransaction");
    plug(world, 1);
    central_sees(world, "StartTransaction", "connectorId=1 idTag=A");
    world_free(world);
}

/* TC_011_2_CS. Title only, steps ours. */
static void a_remote_start_without_a_cable_is_forgotten_in_time(void **state)
{
    (void)state;
    struct world *world = accepted();
    world_set(world, "ConnectionTimeOut", "30");
    assert_string_equal(central_starts(world, 1, "A"), "Accepted");
    world_pass(world, 31);
    central_sees(world, "StatusNotification", "connectorId=1 status=Available");
    plug(world, 1);
    central_does_not_see(world, "StartTransaction");
    world_free(world);
}

/* TC_012_CS. Title only, steps ours. */
static void a_charge_is_stopped_from_afar(void **state)
{
    (void)state;
    struct world *world = charging("A");
    assert_string_equal(central_stops(world), "Accepted");
    central_sees(world, "StopTransaction", "reason=Remote");
    central_sees(world, "StatusNotification", "connectorId=1 status=Finishing");
    assert_false(world->closed[1]);
    unplug(world, 1);
    central_sees(world, "StatusNotification", "connectorId=1 status=Available");
    world_free(world);
}

/* TC_026_CS. Title only, steps ours: somebody charges there, and it is out of service. */
static void a_remote_start_is_rejected_where_it_cannot_be(void **state)
{
    (void)state;
    struct world *world = charging("A");
    assert_string_equal(central_starts(world, 1, "B"), "Rejected");
    world_free(world);
    world = accepted();
    central_asks(world, "ChangeAvailability", "{'connectorId':1,'type':'Inoperative'}");
    assert_string_equal(central_starts(world, 1, "B"), "Rejected");
    central_does_not_see(world, "StartTransaction");
    world_free(world);
}

/* TC_027_CS; 1.6 5.11. Title only, steps ours. */
static void a_remote_start_at_connector_0_is_rejected(void **state)
{
    (void)state;
    struct world *world = accepted();
    plug(world, 1);
    assert_string_equal(value_of(central_asks(world, "RemoteStartTransaction", "{'connectorId':0,'idTag':'A'}"), "status"),
                        "Rejected");
    central_does_not_see(world, "StartTransaction");
    world_free(world);
}

/* TC_028_CS. Title only, steps ours. */
static void a_remote_stop_of_another_transaction_is_rejected(void **state)
{
    (void)state;
    struct world *world = charging("A");
    assert_string_equal(value_of(central_asks(world, "RemoteStopTransaction", "{'transactionId':987654}"), "status"), "Rejected");
    assert_true(world->closed[1]);
    central_does_not_see(world, "StopTransaction");
    world_free(world);
}

/* --- without power, without a link ------------------------------------------------------------------------------------------ */

/* TC_034_CS. Title only, steps ours. */
static void what_was_out_of_service_is_so_after_a_power_failure(void **state)
{
    (void)state;
    struct world *world = accepted();
    central_asks(world, "ChangeAvailability", "{'connectorId':1,'type':'Inoperative'}");
    central_sees(world, "StatusNotification", "connectorId=1 status=Unavailable");
    world_power_off(world);
    world_power_back(world, 60);
    online(world);
    central_sees(world, "BootNotification", "");
    central_sees(world, "StatusNotification", "connectorId=1 status=Unavailable");
    world_free(world);
}

/* TC_036_CS. Title only, steps ours: the charge goes on, and what was metered meanwhile is told afterwards. */
static void a_charge_outlives_its_link(void **state)
{
    (void)state;
    struct world *world = accepted();
    world_set(world, "MeterValueSampleInterval", "60");
    plug(world, 1);
    card(world, 1, "A");
    world_disconnect(world);
    charge(world, 1, 1000);
    world_pass(world, 200);
    assert_true(world->closed[1]);
    online(world);
    assert_int_equal(central_counts(world, "MeterValues"), 3);
    central_sees(world, "MeterValues", "connectorId=1 transactionId=*");
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* TC_037_1_CS. Title only, steps ours. */
static void a_charge_begun_without_a_link_goes_on_when_its_token_is_good(void **state)
{
    (void)state;
    struct world *world = offline();
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    world_pass(world, 100);
    online(world);
    central_sees(world, "StartTransaction", "connectorId=1 idTag=A");
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* TC_037_2_CS; TC_037_3_CS. Titles only, steps ours: energy stops in any case, the transaction only when it is to. */
static void a_charge_begun_without_a_link_gets_no_energy_when_its_token_is_no_good(void **state)
{
    (void)state;
    for (int stops = 0; stops <= 1; stops++) {
        struct world *world = accepted();
        world_set(world, "AllowOfflineTxForUnknownId", "true");
        world_set(world, "StopTransactionOnInvalidId", stops ? "true" : "false");
        world_disconnect(world);
        plug(world, 1);
        card(world, 1, "A");
        assert_true(world->closed[1]);
        world_pass(world, 100);
        world->start_status = "Invalid";
        online(world);
        central_sees(world, "StartTransaction", "idTag=A");
        assert_false(world->closed[1]);
        if (stops) {
            central_sees(world, "StopTransaction", "reason=DeAuthorized");
        } else {
            central_does_not_see(world, "StopTransaction");
            assert_int_equal(world->shown[1], OCPP_CONNECTOR_SUSPENDED_EVSE);
        }
        world_free(world);
    }
}

/* TC_038_CS. Title only, steps ours. */
static void a_charge_ended_without_a_link_is_told_afterwards(void **state)
{
    (void)state;
    struct world *world = charging("A");
    world_disconnect(world);
    charge(world, 1, 700);
    card(world, 1, "A");
    assert_false(world->closed[1]);
    unplug(world, 1);
    world_pass(world, 100);
    online(world);
    central_sees(world, "StopTransaction", "reason=Local meterStop=* timestamp=*");
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop - the_session(world)->meter_start, 700);
    world_free(world);
}

/* TC_039_CS. Title only, steps ours: the start is told before the end, each with its own time. */
static void a_whole_charge_without_a_link_is_told_afterwards(void **state)
{
    (void)state;
    struct world *world = offline();
    plug(world, 1);
    card(world, 1, "A");
    charge(world, 1, 900);
    world_pass(world, 600);
    card(world, 1, "A");
    unplug(world, 1);
    world_pass(world, 600);
    online(world);
    central_sees(world, "StartTransaction", "idTag=A");
    central_sees(world, "StopTransaction", "reason=Local");
    const struct session *session = the_session(world);
    assert_int_equal(session->started, 1);
    assert_int_equal(session->ended, 1);
    assert_int_equal(session->meter_stop - session->meter_start, 900);
    assert_string_not_equal(session->started_at, session->ended_at);
    world_free(world);
}

/* --- faults --------------------------------------------------------------------------------------------------------------- */

/* TC_041_CS. Title only, steps ours. */
static void a_fault_is_told_and_its_end_too(void **state)
{
    (void)state;
    const struct ocpp_fault fault = { .code = "GroundFailure" };
    struct world *world = accepted();
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 1, &fault, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "StatusNotification", "connectorId=1 status=Faulted errorCode=GroundFailure");
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 1, NULL, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "StatusNotification", "connectorId=1 status=Available errorCode=NoError");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_charge_begins_with_the_cable),
        cmocka_unit_test(a_charge_begins_with_the_token),
        cmocka_unit_test(a_token_without_a_cable_is_forgotten_in_time),
        cmocka_unit_test(a_refused_token_starts_nothing),
        cmocka_unit_test(a_remote_start_of_a_refused_token_starts_nothing),
        cmocka_unit_test(the_token_that_started_a_charge_stops_it),
        cmocka_unit_test(a_token_of_the_same_parent_stops_a_charge),
        cmocka_unit_test(a_remote_start_finds_the_cable_plugged),
        cmocka_unit_test(a_remote_start_waits_for_the_cable),
        cmocka_unit_test(a_remote_start_without_a_cable_is_forgotten_in_time),
        cmocka_unit_test(a_charge_is_stopped_from_afar),
        cmocka_unit_test(a_remote_start_is_rejected_where_it_cannot_be),
        cmocka_unit_test(a_remote_start_at_connector_0_is_rejected),
        cmocka_unit_test(a_remote_stop_of_another_transaction_is_rejected),
        cmocka_unit_test(what_was_out_of_service_is_so_after_a_power_failure),
        cmocka_unit_test(a_charge_outlives_its_link),
        cmocka_unit_test(a_charge_begun_without_a_link_goes_on_when_its_token_is_good),
        cmocka_unit_test(a_charge_begun_without_a_link_gets_no_energy_when_its_token_is_no_good),
        cmocka_unit_test(a_charge_ended_without_a_link_is_told_afterwards),
        cmocka_unit_test(a_whole_charge_without_a_link_is_told_afterwards),
        cmocka_unit_test(a_fault_is_told_and_its_end_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
