/* Block G of a station: what a connector is and is told to be, in both families of versions. The table of statuses of 1.6 (4.9)
 * is walked in test_charge_point_status.c. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct world *with(void **state, int evses, int connectors)
{
    struct world *world = world_new();
    world->settings.evse_count = evses;
    world->settings.connectors_per_evse = connectors;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    central_forgets(world);
    return world;
}

static struct world *in_two_dot_oh(int evses, int connectors)
{
    enum ocpp_version version = OCPP_VERSION_2_0_1;
    void *wanted = &version;
    return with(&wanted, evses, connectors);
}

static const char *availability(struct world *world, int evse, int connector, bool operative)
{
    char payload[160];
    char place[64] = "";
    if (world_is_old(world)) {
        const int number = evse == 0 ? 0 : (evse - 1) * world->settings.connectors_per_evse + connector;
        snprintf(payload, sizeof(payload), "{'connectorId':%d,'type':'%s'}", number, operative ? "Operative" : "Inoperative");
        return value_of(central_asks(world, "ChangeAvailability", payload), "status");
    }
    if (connector != 0) {
        snprintf(place, sizeof(place), ",'evse':{'id':%d,'connectorId':%d}", evse, connector);
    } else if (evse != 0) {
        snprintf(place, sizeof(place), ",'evse':{'id':%d}", evse);
    }
    snprintf(payload, sizeof(payload), "{'operationalStatus':'%s'%s}", operative ? "Operative" : "Inoperative", place);
    return value_of(central_asks(world, "ChangeAvailability", payload), "status");
}

static void sees(struct world *world, int evse, int connector, const char *status)
{
    char members[96];
    if (world_is_old(world)) {
        const int number = evse == 0 ? 0 : (evse - 1) * world->settings.connectors_per_evse + connector;
        snprintf(members, sizeof(members), "connectorId=%d status=%s", number, status);
    } else {
        snprintf(members, sizeof(members), "evseId=%d connectorId=%d connectorStatus=%s", evse, connector, status);
    }
    central_sees(world, "StatusNotification", members);
}

static void sees_no_more(struct world *world)
{
    central_does_not_see(world, "StatusNotification");
}

static void charging_at(struct world *world, int evse, const char *token)
{
    plug(world, evse);
    card(world, evse, token);
    assert_true(world->closed[evse]);
    central_forgets(world);
}

static void set_fault(struct world *world, int evse, int connector, const char *code)
{
    const struct ocpp_fault fault = { .code = code };
    assert_int_equal(ocpp_charge_point_fault(world->cp, evse, connector, code == NULL ? NULL : &fault, world->now), OCPP_OK);
    world_run(world);
}

static void recovers(struct world *world, int evse, int connector, const char *code)
{
    assert_int_equal(ocpp_charge_point_recovered(world->cp, evse, connector, code, world->now), OCPP_OK);
    world_run(world);
}

static void latch(struct world *world, bool locked)
{
    assert_int_equal(ocpp_charge_point_latch(world->cp, 1, 1, locked, world->now), OCPP_OK);
    world_run(world);
}

/* --- vehicles come and go --------------------------------------------------------------------------------------------------- */

/* TC_G_01_CS; G01.FR.01, FR.03, FR.08. The other connector of the EVSE stays as it is, though nobody can use it now. */
static void a_vehicle_occupies_its_connector_alone(void **state)
{
    struct world *world = with(state, 1, 2);
    plug(world, 1);
    sees(world, 1, 1, world_is_old(world) ? "Preparing" : "Occupied");
    sees_no_more(world);
    world_free(world);
}

/* TC_G_02_CS; G01.FR.01, FR.04. */
static void a_vehicle_that_leaves_sets_its_connector_free(void **state)
{
    struct world *world = with(state, 1, 1);
    plug(world, 1);
    central_forgets(world);
    unplug(world, 1);
    sees(world, 1, 1, "Available");
    sees_no_more(world);
    world_free(world);
}

/* --- an EVSE ------------------------------------------------------------------------------------------------------------------
 */

/* TC_G_03_CS; TC_G_04_CS; G03.FR.01, FR.02, FR.04, FR.06, FR.07; G01.FR.07. */
static void an_evse_is_taken_out_of_service_and_brought_back(void **state)
{
    (void)state;
    struct world *world = in_two_dot_oh(2, 2);
    assert_string_equal(availability(world, 1, 0, false), "Accepted");
    sees(world, 1, 1, "Unavailable");
    sees(world, 1, 2, "Unavailable");
    sees_no_more(world);
    plug(world, 1);
    card(world, 1, "A");
    assert_false(world->closed[1]);
    unplug(world, 1);
    central_forgets(world);
    assert_string_equal(availability(world, 1, 0, true), "Accepted");
    sees(world, 1, 1, "Available");
    sees(world, 1, 2, "Available");
    sees_no_more(world);
    world_free(world);
}

/* TC_G_09_CS; TC_G_10_CS; TC_G_12_CS; TC_G_13_CS; TC_G_15_CS; TC_G_16_CS; G03.FR.03; G04.FR.04; 1.6 5.2. Nothing changes, so
 * nothing is told. */
static void what_is_so_already_is_accepted_and_not_told(void **state)
{
    struct world *world = with(state, 2, 1);
    for (int evse = 0; evse <= 1; evse++) {
        for (int connector = 0; connector <= (evse == 0 ? 0 : 1); connector++) {
            if (world_is_old(world) && evse == 1 && connector == 0) {
                continue; /* 1.6 has no EVSEs */
            }
            assert_string_equal(availability(world, evse, connector, true), "Accepted");
            sees_no_more(world);
            assert_string_equal(availability(world, evse, connector, false), "Accepted");
            central_forgets(world);
            assert_string_equal(availability(world, evse, connector, false), "Accepted");
            sees_no_more(world);
            assert_string_equal(availability(world, evse, connector, true), "Accepted");
            central_forgets(world);
        }
    }
    world_free(world);
}

/* TC_G_11_CS; G03.FR.05; G01.FR.05; 1.6 5.2. The other connector of the EVSE does not wait. */
static void an_evse_in_use_goes_out_of_service_when_its_transaction_is_over(void **state)
{
    (void)state;
    struct world *world = in_two_dot_oh(1, 2);
    charging_at(world, 1, "A");
    assert_string_equal(availability(world, 1, 0, false), "Scheduled");
    sees(world, 1, 2, "Unavailable");
    sees_no_more(world);
    assert_true(world->closed[1]);
    card(world, 1, "A");
    assert_false(world->closed[1]);
    sees_no_more(world);
    unplug(world, 1);
    sees(world, 1, 1, "Unavailable");
    assert_string_equal(availability(world, 1, 0, false), "Accepted");
    world_free(world);
}

/* G03.FR.05. What was scheduled is called off before it happens. */
static void what_was_scheduled_can_be_called_off(void **state)
{
    struct world *world = with(state, 1, 1);
    charging_at(world, 1, "A");
    assert_string_equal(availability(world, 1, 1, false), "Scheduled");
    assert_string_equal(availability(world, 1, 1, true), "Accepted");
    card(world, 1, "A");
    central_forgets(world);
    unplug(world, 1);
    sees(world, 1, 1, "Available");
    world_free(world);
}

/* --- the station -------------------------------------------------------------------------------------------------------------
 */

/* TC_G_05_CS; TC_G_06_CS; G04.FR.01, FR.02, FR.03, FR.05, FR.07, FR.08; 1.6 5.2. In 1.6 it has a status of its own. */
static void the_station_is_taken_out_of_service_and_brought_back(void **state)
{
    struct world *world = with(state, 2, 1);
    assert_string_equal(availability(world, 0, 0, false), "Accepted");
    if (world_is_old(world)) {
        sees(world, 0, 0, "Unavailable");
    }
    sees(world, 1, 1, "Unavailable");
    sees(world, 2, 1, "Unavailable");
    sees_no_more(world);
    assert_string_equal(availability(world, 0, 0, true), "Accepted");
    if (world_is_old(world)) {
        sees(world, 0, 0, "Available");
    }
    sees(world, 1, 1, "Available");
    sees(world, 2, 1, "Available");
    sees_no_more(world);
    world_free(world);
}

/* TC_G_14_CS; G04.FR.06; 1.6 5.2. */
static void a_station_in_use_goes_out_of_service_when_its_transactions_are_over(void **state)
{
    struct world *world = with(state, 2, 1);
    charging_at(world, 1, "A");
    assert_string_equal(availability(world, 0, 0, false), "Scheduled");
    if (world_is_old(world)) {
        sees(world, 0, 0, "Unavailable");
    }
    sees(world, 2, 1, "Unavailable");
    assert_true(world->closed[1]);
    unplug(world, 1);
    sees(world, 1, 1, "Unavailable");
    world_free(world);
}

/* --- a connector ---------------------------------------------------------------------------------------------------------------
 */

/* TC_G_07_CS; TC_G_08_CS; G03.FR.01, FR.02, FR.04; 1.6 5.2. */
static void a_connector_is_taken_out_of_service_and_brought_back(void **state)
{
    struct world *world = with(state, 1, 2);
    assert_string_equal(availability(world, 1, 2, false), "Accepted");
    sees(world, 1, 2, "Unavailable");
    sees_no_more(world);
    charging_at(world, 1, "A");
    unplug(world, 1);
    central_forgets(world);
    assert_string_equal(availability(world, 1, 2, true), "Accepted");
    sees(world, 1, 2, "Available");
    sees_no_more(world);
    world_free(world);
}

/* TC_G_17_CS; G03.FR.05; G01.FR.05; 1.6 4.9 F8. */
static void a_connector_in_use_goes_out_of_service_when_its_transaction_is_over(void **state)
{
    struct world *world = with(state, 1, 1);
    charging_at(world, 1, "A");
    assert_string_equal(availability(world, 1, 1, false), "Scheduled");
    card(world, 1, "A");
    central_forgets(world);
    unplug(world, 1);
    sees(world, 1, 1, "Unavailable");
    world_free(world);
}

/* G03.FR.05. A transaction at the other connector of the EVSE is nothing to wait for. */
static void a_connector_beside_the_one_in_use_goes_at_once(void **state)
{
    struct world *world = with(state, 1, 2);
    charging_at(world, 1, "A");
    assert_string_equal(availability(world, 1, 2, false), "Accepted");
    sees(world, 1, 2, "Unavailable");
    assert_true(world->closed[1]);
    world_free(world);
}

/* G03, note 1; G04.FR.08. What a connector was told itself stays when its EVSE and the station come back. */
static void each_level_keeps_what_it_was_told(void **state)
{
    (void)state;
    struct world *world = in_two_dot_oh(1, 2);
    assert_string_equal(availability(world, 1, 2, false), "Accepted");
    assert_string_equal(availability(world, 1, 0, false), "Accepted");
    assert_string_equal(availability(world, 0, 0, false), "Accepted");
    central_forgets(world);
    assert_string_equal(availability(world, 0, 0, true), "Accepted");
    sees_no_more(world);
    assert_string_equal(availability(world, 1, 0, true), "Accepted");
    sees(world, 1, 1, "Available");
    sees_no_more(world);
    assert_string_equal(availability(world, 1, 2, true), "Accepted");
    sees(world, 1, 2, "Available");
    world_free(world);
}

/* G03.FR.02. Places that do not exist, and a store that does not take it. */
static void what_cannot_be_changed_is_rejected(void **state)
{
    struct world *world = with(state, 1, 1);
    assert_string_equal(availability(world, 9, 1, false), "Rejected");
    assert_string_equal(availability(world, 1, 9, false), "Rejected");
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(availability(world, 1, 1, false), "Rejected");
    sees_no_more(world);
    world_free(world);
}

/* --- after a restart -----------------------------------------------------------------------------------------------------------
 */

/* TC_G_18_CS; TC_G_19_CS; TC_G_21_CS; G01.FR.02; G03.FR.08; G04.FR.09; 1.6 4.9, 5.2. */
static void what_is_out_of_service_stays_it_over_a_restart(void **state)
{
    for (int level = 0; level <= 2; level++) {
        struct world *world = with(state, 2, 1);
        const int evse = level == 0 ? 0 : 1;
        const int connector = level == 2 || (level == 1 && world_is_old(world)) ? 1 : 0;
        assert_string_equal(availability(world, evse, connector, false), "Accepted");
        world_power_back(world, 10);
        central_forgets(world);
        world_connect(world, *(enum ocpp_version *)*state);
        if (world_is_old(world)) {
            sees(world, 0, 0, level == 0 ? "Unavailable" : "Available");
        }
        sees(world, 1, 1, "Unavailable");
        sees(world, 2, 1, level == 0 ? "Unavailable" : "Available");
        world_free(world);
    }
}

/* TC_034_CS. Title only, steps ours: the power goes while something is out of service, and during the transaction it waits for.
 */
static void what_was_scheduled_holds_over_a_power_cut(void **state)
{
    struct world *world = with(state, 1, 1);
    charging_at(world, 1, "A");
    assert_string_equal(availability(world, 1, 1, false), "Scheduled");
    world_power_back(world, 10);
    central_forgets(world);
    world_connect(world, *(enum ocpp_version *)*state);
    world_pass(world, 300);
    plug(world, 1);
    card(world, 1, "B");
    assert_int_not_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    world_free(world);
}

/* --- faults --------------------------------------------------------------------------------------------------------------------
 */

/* TC_041_CS; 1.6 4.9 B9, C9, I1 to I8. Title only, steps ours. */
static void a_fault_ends_the_transaction_and_passes(void **state)
{
    struct world *world = with(state, 1, 1);
    charging_at(world, 1, "A");
    set_fault(world, 1, 1, "GroundFailure");
    assert_false(world->closed[1]);
    sees(world, 1, 1, "Faulted");
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, world_is_old(world) ? "Other" : "GroundFault");
    set_fault(world, 1, 1, NULL);
    sees(world, 1, 1, world_is_old(world) ? "Finishing" : "Occupied");
    unplug(world, 1);
    sees(world, 1, 1, "Available");
    world_free(world);
}

/* 1.6 4.9. Of several faults the worst is told; when it is over the next; at last the connector is what it was. */
static void of_several_faults_the_worst_is_told(void **state)
{
    struct world *world = with(state, 1, 1);
    plug(world, 1);
    central_forgets(world);
    set_fault(world, 1, 1, "OverVoltage");
    set_fault(world, 1, 1, "GroundFailure");
    set_fault(world, 1, 1, "ReaderFailure");
    if (world_is_old(world)) {
        central_sees(world, "StatusNotification", "status=Faulted errorCode=OverVoltage");
        central_sees(world, "StatusNotification", "status=Faulted errorCode=GroundFailure");
        sees_no_more(world);
        recovers(world, 1, 1, "GroundFailure");
        central_sees(world, "StatusNotification", "status=Faulted errorCode=OverVoltage");
        recovers(world, 1, 1, "OverVoltage");
        central_sees(world, "StatusNotification", "status=Faulted errorCode=ReaderFailure");
        recovers(world, 1, 1, "ReaderFailure");
        central_sees(world, "StatusNotification", "status=Preparing errorCode=NoError");
    } else {
        sees(world, 1, 1, "Faulted");
        recovers(world, 1, 1, "GroundFailure");
        recovers(world, 1, 1, "OverVoltage");
        sees_no_more(world);
        recovers(world, 1, 1, "ReaderFailure");
        sees(world, 1, 1, "Occupied");
    }
    world_free(world);
}

/* 1.6 4.9: what does not keep it from charging is told beside the status, EVCommunicationError only beside some. */
static void a_warning_does_not_fault_a_connector(void **state)
{
    struct world *world = with(state, 1, 1);
    set_fault(world, 1, 1, "EVCommunicationError");
    sees_no_more(world);
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    if (world_is_old(world)) {
        central_sees(world, "StatusNotification", "status=Preparing errorCode=EVCommunicationError");
        central_sees(world, "StatusNotification", "status=Charging errorCode=NoError");
        set_fault(world, 1, 1, "WeakSignal");
        central_sees(world, "StatusNotification", "status=Charging errorCode=WeakSignal");
        recovers(world, 1, 1, "WeakSignal");
        central_sees(world, "StatusNotification", "status=Charging errorCode=NoError");
    }
    world_free(world);
}

/* G03.FR.06, FR.07; G04.FR.07, FR.08. What belongs to something faulted is unavailable; what is faulted itself stays faulted. 1.6
 * has no EVSEs: their connectors are faulted. */
static void a_fault_of_an_evse_or_of_the_station_makes_its_connectors_unavailable(void **state)
{
    struct world *world = with(state, 2, 1);
    const char *word = world_is_old(world) ? "Faulted" : "Unavailable";
    set_fault(world, 1, 0, "HighTemperature");
    sees(world, 1, 1, word);
    sees_no_more(world);
    set_fault(world, 1, 1, "GroundFailure");
    sees(world, 1, 1, "Faulted");
    set_fault(world, 1, 0, NULL);
    sees_no_more(world);
    set_fault(world, 1, 1, NULL);
    sees(world, 1, 1, "Available");
    set_fault(world, 0, 0, "InternalError");
    if (world_is_old(world)) {
        sees(world, 0, 0, "Faulted");
    }
    sees(world, 1, 1, word);
    sees(world, 2, 1, word);
    set_fault(world, 0, 0, NULL);
    if (world_is_old(world)) {
        sees(world, 0, 0, "Available");
    }
    sees(world, 1, 1, "Available");
    sees(world, 2, 1, "Available");
    world_free(world);
}

/* 1.6 4.9, I8. Taken out of service while it was faulted. */
static void a_fault_that_passes_shows_what_happened_meanwhile(void **state)
{
    struct world *world = with(state, 1, 1);
    set_fault(world, 1, 1, "GroundFailure");
    central_forgets(world);
    assert_string_equal(availability(world, 1, 1, false), "Accepted");
    sees_no_more(world);
    set_fault(world, 1, 1, NULL);
    sees(world, 1, 1, "Unavailable");
    world_free(world);
}

/* --- the latch
 * ------------------------------------------------------------------------------------------------------------------ */

static struct world *with_confirmed_locks(void **state)
{
    struct world *world = world_new();
    world->settings.confirmed_locks = true;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    central_forgets(world);
    return world;
}

static enum ocpp_permit_reason permit_reason(const struct world *world)
{
    return ocpp_charge_point_permit(world->cp, 1, world->now).reason;
}

/* TC_G_20_CS; TC_024_CS; G05.FR.01, FR.02; 1.6 4.9. 1.6: title only, steps ours: nothing has begun for the central system. */
static void a_cable_that_does_not_lock_starts_nothing(void **state)
{
    struct world *world = with_confirmed_locks(state);
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->locked);
    assert_false(world->closed[1]);
    assert_int_equal(permit_reason(world), OCPP_PERMIT_NOT_LOCKED);
    latch(world, false);
    assert_false(world->closed[1]);
    assert_false(world->locked);
    assert_int_equal(world->session_count, 0);
    if (world_is_old(world)) {
        central_sees(world, "StatusNotification", "status=Faulted errorCode=ConnectorLockFailure");
        central_does_not_see(world, "StartTransaction");
    } else {
        central_sees(world, "NotifyEvent",
                     "eventData/0/trigger=Delta eventData/0/component/name=ConnectorPlugRetentionLock "
                     "eventData/0/component/evse/id=1 eventData/0/component/evse/connectorId=1 eventData/0/variable/name=Problem "
                     "eventData/0/actualValue=true eventData/0/eventNotificationType=HardWiredNotification seqNo=0");
        central_does_not_see(world, "TransactionEvent");
    }
    world_free(world);
}

/* G05, prerequisite: the component is in the device model, and says the same as the event. */
static void the_latch_is_in_the_device_model(void **state)
{
    (void)state;
    enum ocpp_version version = OCPP_VERSION_2_0_1;
    void *wanted = &version;
    struct world *world = with_confirmed_locks(&wanted);
    static const char ask[] =
        "{'getVariableData':[{'component':{'name':'ConnectorPlugRetentionLock','evse':{'id':1,'connectorId':1}},"
        "'variable':{'name':'Problem'}},{'component':{'name':'ConnectorPlugRetentionLock',"
        "'evse':{'id':1,'connectorId':1}},'variable':{'name':'Active'}}]}";
    const char *answer = central_asks(world, "GetVariables", ask);
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeValue"), "false");
    assert_string_equal(value_of(answer, "getVariableResult/1/attributeValue"), "false");
    plug(world, 1);
    card(world, 1, "A");
    latch(world, true);
    assert_string_equal(value_of(central_asks(world, "GetVariables", ask), "getVariableResult/1/attributeValue"), "true");
    latch(world, false);
    assert_string_equal(value_of(central_asks(world, "GetVariables", ask), "getVariableResult/0/attributeValue"), "true");
    world_free(world);
}

/* G05; 1.6 4.9. The driver pulls the cable and plugs it in anew: another try. */
static void another_try_may_lock(void **state)
{
    struct world *world = with_confirmed_locks(state);
    plug(world, 1);
    card(world, 1, "A");
    latch(world, false);
    central_forgets(world);
    unplug(world, 1);
    sees(world, 1, 1, "Available");
    if (!world_is_old(world)) {
        central_sees(world, "NotifyEvent", "eventData/0/actualValue=false eventData/0/cleared=true");
    }
    plug(world, 1);
    card(world, 1, "A");
    latch(world, true);
    assert_true(world->closed[1]);
    central_sees(world, world_is_old(world) ? "StartTransaction" : "TransactionEvent",
                 world_is_old(world) ? "idTag=A" : "eventType=Started");
    card(world, 1, "A");
    assert_int_equal(the_session(world)->ended, 1);
    assert_false(world->locked);
    world_free(world);
}

/* G05.FR.01. A latch that says nothing has failed. */
static void a_latch_that_says_nothing_has_failed(void **state)
{
    struct world *world = with_confirmed_locks(state);
    card(world, 1, "A");
    plug(world, 1);
    world_pass(world, 9);
    assert_int_equal(permit_reason(world), OCPP_PERMIT_NOT_LOCKED);
    world_pass(world, 2);
    assert_int_equal(permit_reason(world), OCPP_PERMIT_FAULTED);
    assert_int_equal(world->session_count, 0);
    card(world, 1, "A");
    assert_false(world->closed[1]);
    unplug(world, 1);
    card(world, 1, "B");
    plug(world, 1);
    latch(world, true);
    assert_true(world->closed[1]);
    assert_string_equal(the_session(world)->token, "B");
    world_free(world);
}

/* G05.FR.01. Pulled, refused or stopped while the latch is waited for: nobody is authorised any more, and nothing was. */
static void what_ends_while_the_latch_is_waited_for_leaves_nothing(void **state)
{
    struct world *world = with_confirmed_locks(state);
    plug(world, 1);
    card(world, 1, "A");
    unplug(world, 1);
    plug(world, 1);
    latch(world, true);
    assert_false(world->closed[1]);
    card(world, 1, "B");
    assert_true(world->closed[1]);
    assert_string_equal(the_session(world)->token, "B");
    card(world, 1, "B");
    unplug(world, 1);
    latch(world, false);
    plug(world, 1);
    card(world, 1, "C");
    assert_int_equal(permit_reason(world), OCPP_PERMIT_NOT_LOCKED);
    card(world, 1, "C");
    assert_int_equal(permit_reason(world), OCPP_PERMIT_STOPPED);
    assert_int_equal(world->session_count, 1);
    world_free(world);
}

/* G05.FR.01; E02. A transaction that began with the cable goes on without a charge, and with one when the latch holds. */
static void a_transaction_that_began_before_waits_for_the_latch(void **state)
{
    (void)state;
    enum ocpp_version version = OCPP_VERSION_2_0_1;
    void *wanted = &version;
    struct world *world = with_confirmed_locks(&wanted);
    world_set(world, "TxStartPoint", "EVConnected");
    plug(world, 1);
    central_sees(world, "TransactionEvent", "eventType=Started");
    card(world, 1, "A");
    central_sees(world, "TransactionEvent",
                 "eventType=Updated triggerReason=Authorized transactionInfo/chargingState=EVConnected");
    world_pass(world, 5);
    assert_false(world->closed[1]);
    latch(world, true);
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->started, 1);
    card(world, 1, "A");
    assert_false(world->closed[1]);
    unplug(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* G05.FR.02. Without a link the event waits for one; also when the trouble is over by then. */
static void a_latch_that_failed_without_a_link_is_told_of_later(void **state)
{
    (void)state;
    struct world *world = in_two_dot_oh(1, 1);
    charging_at(world, 1, "A");
    world_disconnect(world);
    latch(world, false);
    assert_false(world->closed[1]);
    unplug(world, 1);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "NotifyEvent", "eventData/0/actualValue=true eventData/1/actualValue=false eventData/1/cleared=true");
    world_pass(world, 200);
    central_does_not_see(world, "NotifyEvent");
    world_free(world);
}

/* G05.FR.02. Nor is it lost with the power; and its number is not given again. */
static void a_latch_that_failed_before_a_power_cut_is_told_of_later(void **state)
{
    (void)state;
    struct world *world = in_two_dot_oh(1, 1);
    charging_at(world, 1, "A");
    world_disconnect(world);
    latch(world, false);
    world_power_off(world);
    world_power_back(world, 60);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "NotifyEvent", "eventData/0/actualValue=true eventData/0/eventId=0");
    plug(world, 1);
    card(world, 1, "B");
    latch(world, false);
    central_sees(world, "NotifyEvent", "eventData/0/actualValue=true eventData/0/eventId=1000");
    world_free(world);
}

/* G05.FR.03. Silence is not an answer. */
static void an_event_nobody_answered_is_told_again(void **state)
{
    (void)state;
    struct world *world = in_two_dot_oh(1, 1);
    charging_at(world, 1, "A");
    world->silent_action = "NotifyEvent";
    world->silent_count = 1;
    latch(world, false);
    world_pass(world, 300);
    assert_int_equal(central_counts(world, "NotifyEvent"), 2);
    world_free(world);
}

/* --- after a time without a link
 * -------------------------------------------------------------------------------------------------- */

/* B04.FR.01; 1.6 4.9. After a long time everything is told, after a short time what changed: and of that only what is true now.
 */
static void after_a_time_without_a_link_the_present_is_told(void **state)
{
    struct world *world = with(state, 2, 1);
    world_disconnect(world);
    world_pass(world, 30);
    plug(world, 1);
    plug(world, 2);
    unplug(world, 2);
    world_connect(world, *(enum ocpp_version *)*state);
    sees(world, 1, 1, world_is_old(world) ? "Preparing" : "Occupied");
    sees_no_more(world);
    world_disconnect(world);
    world_pass(world, 100);
    world_connect(world, *(enum ocpp_version *)*state);
    if (world_is_old(world)) {
        sees(world, 0, 0, "Available");
    }
    sees(world, 1, 1, world_is_old(world) ? "Preparing" : "Occupied");
    sees(world, 2, 1, "Available");
    sees_no_more(world);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_vehicle_occupies_its_connector_alone),
        IN_EACH_VERSION(a_vehicle_that_leaves_sets_its_connector_free),
        cmocka_unit_test(an_evse_is_taken_out_of_service_and_brought_back),
        IN_EACH_VERSION(what_is_so_already_is_accepted_and_not_told),
        cmocka_unit_test(an_evse_in_use_goes_out_of_service_when_its_transaction_is_over),
        IN_EACH_VERSION(what_was_scheduled_can_be_called_off),
        IN_EACH_VERSION(the_station_is_taken_out_of_service_and_brought_back),
        IN_EACH_VERSION(a_station_in_use_goes_out_of_service_when_its_transactions_are_over),
        IN_EACH_VERSION(a_connector_is_taken_out_of_service_and_brought_back),
        IN_EACH_VERSION(a_connector_in_use_goes_out_of_service_when_its_transaction_is_over),
        IN_EACH_VERSION(a_connector_beside_the_one_in_use_goes_at_once),
        cmocka_unit_test(each_level_keeps_what_it_was_told),
        IN_EACH_VERSION(what_cannot_be_changed_is_rejected),
        IN_EACH_VERSION(what_is_out_of_service_stays_it_over_a_restart),
        IN_EACH_VERSION(what_was_scheduled_holds_over_a_power_cut),
        IN_EACH_VERSION(a_fault_ends_the_transaction_and_passes),
        IN_EACH_VERSION(of_several_faults_the_worst_is_told),
        IN_EACH_VERSION(a_warning_does_not_fault_a_connector),
        IN_EACH_VERSION(a_fault_of_an_evse_or_of_the_station_makes_its_connectors_unavailable),
        IN_EACH_VERSION(a_fault_that_passes_shows_what_happened_meanwhile),
        IN_EACH_VERSION(a_cable_that_does_not_lock_starts_nothing),
        cmocka_unit_test(the_latch_is_in_the_device_model),
        IN_EACH_VERSION(another_try_may_lock),
        IN_EACH_VERSION(a_latch_that_says_nothing_has_failed),
        IN_EACH_VERSION(what_ends_while_the_latch_is_waited_for_leaves_nothing),
        cmocka_unit_test(a_transaction_that_began_before_waits_for_the_latch),
        cmocka_unit_test(a_latch_that_failed_without_a_link_is_told_of_later),
        cmocka_unit_test(a_latch_that_failed_before_a_power_cut_is_told_of_later),
        cmocka_unit_test(an_event_nobody_answered_is_told_again),
        IN_EACH_VERSION(after_a_time_without_a_link_the_present_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
