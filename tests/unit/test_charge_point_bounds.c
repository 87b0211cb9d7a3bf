/* Memory, numbers and re-entry: every allocation failing, none in a steady state, many EVSEs, two handles, firmware that calls
 * back from callbacks. */
#include "allocator.h"
#include "station_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* A day with everything in it that may need memory. */
static void live(struct world *world, enum ocpp_version version)
{
    if (ocpp_charge_point_view(world->cp).version == OCPP_VERSION_NONE &&
        ocpp_charge_point_link_up(world->cp, version, world->now) != OCPP_OK) {
        return;
    }
    world->version = version;
    world_run(world);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 61);
    central_asks(world, "TriggerMessage", "{'requestedMessage':'MeterValues'}");
    central_asks(
        world, world_is_old(world) ? "GetConfiguration" : "GetVariables",
        world_is_old(world) ? "{}" : "{'getVariableData':[{'component':{'name':'TxCtrlr'},'variable':{'name':'TxStartPoint'}}]}");
    card(world, 1, "TAG");
    unplug(world, 1);
    world_pass(world, 301);
    world_disconnect(world);
}

static bool try_power_on(struct world *world)
{
    world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
    return world->cp != NULL;
}

static void starve(enum ocpp_version version, size_t nth, bool for_ever, bool *was_reached)
{
    struct world *world = world_new();
    struct test_allocator memory;
    test_allocator_start(&memory, nth);
    memory.fail_after = for_ever;
    world->is_starved = true;
    world->settings.allocator = &memory.allocator;
    if (try_power_on(world)) {
        world_run(world);
        live(world, version);
        world_power_off(world);
    }
    *was_reached = memory.calls >= nth;
    assert_int_equal(memory.blocks, 0);
    if (!for_ever) { /* what was done is told at the latest after a restart */
        memory.fail_at = 0;
        world->is_starved = false;
        world_power_on(world);
        world_connect(world, version);
        world_pass(world, 1000);
        assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
        for (size_t i = 0; i < world->session_count; i++) {
            assert_int_equal(world->sessions[i].started, 1);
            assert_int_equal(world->sessions[i].ended, 1);
        }
    }
    world_free(world);
}

static void every_allocation_may_fail(void **state)
{
    bool was_reached = true;
    size_t nth = 0;
    while (was_reached) {
        nth++;
        starve(version_of(state), nth, false, &was_reached);
        bool ignored;
        starve(version_of(state), nth, true, &ignored);
    }
    print_message("    %zu allocations in a first day\n", nth - 1);
    assert_true(nth > 10);
}

static void a_later_day_allocates_nothing(void **state)
{
    struct world *world = world_new();
    struct test_allocator memory;
    test_allocator_start(&memory, 0);
    world->settings.allocator = &memory.allocator;
    world_power_on(world);
    live(world, version_of(state)); /* it begins with a boot; … */
    live(world, version_of(state)); /* … from here on days are alike */
    const size_t calls = memory.calls;
    live(world, version_of(state));
    live(world, version_of(state));
    assert_int_equal(memory.calls, calls);
    world_free(world);
}

static void two_evses_charge_side_by_side(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, version_of(state));
    plug(world, 1);
    plug(world, 2);
    card(world, 1, "ONE");
    card(world, 2, "TWO");
    charge(world, 1, 100);
    charge(world, 2, 2000);
    world_pass(world, 125);
    card(world, 1, "ONE");
    assert_true(world->closed[2]);
    card(world, 2, "TWO");
    assert_int_equal(world->session_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct session *session = &world->sessions[i];
        assert_int_equal(session->started, 1);
        assert_int_equal(session->ended, 1);
        assert_int_equal(session->meter_stop, session->evse == 1 ? 100 : 2000);
        assert_string_equal(session->token, session->evse == 1 ? "ONE" : "TWO");
    }
    world_free(world);
}

static void sixty_four_evses_charge_and_are_told_apart(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 64;
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    for (int evse = 1; evse <= 64; evse++) {
        char tag[16];
        snprintf(tag, sizeof(tag), "TAG-%d", evse);
        plug(world, evse);
        card(world, evse, tag);
        charge(world, evse, evse * 10);
    }
    for (int evse = 1; evse <= 64; evse++) {
        unplug(world, evse);
    }
    world_connect(world, version_of(state));
    assert_int_equal(world->session_count, 64);
    for (size_t i = 0; i < 64; i++) {
        const struct session *session = &world->sessions[i];
        assert_int_equal(session->started, 1);
        assert_int_equal(session->ended, 1);
        assert_int_equal(session->meter_stop, session->evse * 10);
    }
    world_free(world);
}

static void two_charge_points_in_one_process_know_nothing_of_each_other(void **state)
{
    struct world *one = world_of(state);
    struct world *two = world_new();
    two->random = 7;
    world_power_on(two);
    world_connect(two, version_of(state) == OCPP_VERSION_1_6 ? OCPP_VERSION_2_0_1 : OCPP_VERSION_1_6);
    plug(one, 1);
    plug(two, 1);
    card(one, 1, "ONE");
    card(two, 1, "TWO");
    charge(one, 1, 1);
    charge(two, 1, 2);
    unplug(one, 1);
    assert_true(two->closed[1]);
    unplug(two, 1);
    assert_string_equal(the_session(one)->token, "ONE");
    assert_string_equal(the_session(two)->token, "TWO");
    assert_int_equal(the_session(two)->meter_stop, 2);
    world_free(one);
    world_free(two);
}

/* --- firmware inside callbacks ---------------------------------------------------------------------------------------------- */

static void asks_everything(struct world *world, const char *which, int evse)
{
    struct ocpp_evse_view view;
    enum ocpp_version versions[4];
    const struct ocpp_token stranger = { "STRANGER", OCPP_TOKEN_UNKNOWN };
    if (world->cp == NULL) {
        return;
    }
    assert_int_equal(ocpp_charge_point_evse(world->cp, evse == 0 ? 1 : evse, &view), OCPP_OK);
    ocpp_charge_point_view(world->cp);
    ocpp_charge_point_permit(world->cp, 1, world->now);
    ocpp_charge_point_offer(world->cp, world->now, versions);
    ocpp_charge_point_deadline(world->cp);
    ocpp_charge_point_vehicle(world->cp, 1, true, world->now);
    ocpp_charge_point_fault(world->cp, 2, 1, NULL, world->now);
    if (strcmp(which, "clock_told") == 0 || strcmp(which, "lock") == 0) {
        ocpp_charge_point_token(world->cp, 2, &stranger, world->now);
    }
    ocpp_charge_point_latch(world->cp, 1, 1, true, world->now);
    ocpp_charge_point_stop(world->cp, 2, OCPP_STOP_OTHER, world->now);
}

static void every_callback_may_call_the_inputs(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world->in_callback = asks_everything;
    world_power_on(world);
    world_connect(world, version_of(state));
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 5);
    card(world, 1, "TAG");
    unplug(world, 1);
    world_pass(world, 120);
    assert_int_equal(world->sessions[0].started, 1);
    assert_int_equal(world->sessions[0].ended, 1);
    world_free(world);
}

static void stops_at_once(struct world *world, const char *which, int evse)
{
    if (strcmp(which, "permit_changed") == 0 && world->closed[evse]) {
        assert_int_equal(ocpp_charge_point_stop(world->cp, evse, OCPP_STOP_OTHER, world->now), OCPP_OK);
    }
}

static void a_stop_inside_the_callback_that_allowed_the_energy_counts(void **state)
{
    struct world *world = world_of(state);
    world->in_callback = stops_at_once;
    plug(world, 1);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static void pulls_the_cable(struct world *world, const char *which, int evse)
{
    if (strcmp(which, "read_meter") == 0) {
        ocpp_charge_point_plug(world->cp, evse, 1, false, world->now);
    }
}

static void a_cable_pulled_while_the_meter_is_read_opens_nothing(void **state)
{
    struct world *world = world_of(state);
    world->in_callback = pulls_the_cable;
    plug(world, 1);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_int_equal(world->session_count, 0);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_AVAILABLE);
    world_free(world);
}

static void never_settles(struct world *world, const char *which, int evse)
{
    static bool fault;
    const struct ocpp_fault broken = { .code = "OtherError" };
    if (strcmp(which, "permit_changed") == 0) {
        fault = !fault;
        ocpp_charge_point_fault(world->cp, evse, 1, fault ? &broken : NULL, world->now);
    }
}

static void a_firmware_that_never_settles_hangs_nobody(void **state)
{
    struct world *world = world_of(state);
    world->in_callback = never_settles;
    ocpp_charge_point_plug(world->cp, 1, 1, true, world->now);
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };
    ocpp_charge_point_token(world->cp, 1, &token, world->now);
    ocpp_charge_point_advance(world->cp, world->now);
    assert_true(ocpp_charge_point_deadline(world->cp) <= world->now.mono_ms);
    world->in_callback = NULL;
    world_run(world);
    world_free(world);
}

static void restarts_by_itself(struct world *world, const char *which, int evse)
{
    (void)evse;
    if (strcmp(which, "restart") == 0) {
        ocpp_charge_point_link_down(world->cp, world->now);
    }
}

static void the_restart_callback_may_take_the_link_down(void **state)
{
    struct world *world = world_of(state);
    world->in_callback = restarts_by_itself;
    central_asks(world, "Reset", world_is_old(world) ? "{'type':'Hard'}" : "{'type':'Immediate'}");
    assert_int_equal(world->restarts, 1);
    assert_int_equal(ocpp_charge_point_view(world->cp).version, OCPP_VERSION_NONE);
    world_free(world);
}

/* --- frames
 * ------------------------------------------------------------------------------------------------------------------------ */

static void count_frame(enum ocpp_direction from, const char *text, size_t size, const struct ocpp_issue *issue, void *user)
{
    (void)text;
    (void)size;
    (void)issue;
    int *counts = user;
    counts[from]++;
}

static void frames_are_watched_both_ways(void **state)
{
    struct world *world = world_of(state);
    int counts[4] = { 0 };
    ocpp_charge_point_watch_frames(world->cp, count_frame, counts);
    central_asks(world, "ClearCache", "{}");
    assert_int_equal(counts[OCPP_FROM_CENTRAL], 1);
    assert_int_equal(counts[OCPP_FROM_STATION], 1);
    ocpp_charge_point_watch_frames(world->cp, NULL, NULL);
    central_asks(world, "ClearCache", "{}");
    assert_int_equal(counts[OCPP_FROM_CENTRAL], 1);
    world_free(world);
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    enum ocpp_status *status = user;
    *status = answer->status;
}

/* Typed messages beyond the vocabulary go through the call layer, and the charge point's own wait their turn. */
static void others_may_use_the_call_layer(void **state)
{
    struct world *world = world_of(state);
    enum ocpp_status status = OCPP_ERR_STATE;
    const struct ocpp_outgoing_call call = {
        .action = ocpp_protocol_action(ocpp_protocol_of(version_of(state)), "DataTransfer", 12),
        .payload = "{\"vendorId\":\"com.example\"}",
        .payload_size = 26,
        .on_answer = on_answer,
        .user = &status,
    };
    world->silent_action = "DataTransfer";
    world->silent_count = 1;
    assert_int_equal(ocpp_rpc_call(ocpp_charge_point_rpc(world->cp), &call, NULL), OCPP_OK);
    world_run(world);
    plug(world, 1);
    central_does_not_see(world, "StatusNotification");
    world_pass(world, 30);
    assert_int_equal(status, OCPP_ERR_TIMEOUT);
    central_sees(world, "StatusNotification", "");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(every_allocation_may_fail),
        IN_EACH_VERSION(a_later_day_allocates_nothing),
        IN_EACH_VERSION(two_evses_charge_side_by_side),
        IN_EACH_VERSION(sixty_four_evses_charge_and_are_told_apart),
        IN_EACH_VERSION(two_charge_points_in_one_process_know_nothing_of_each_other),
        IN_EACH_VERSION(every_callback_may_call_the_inputs),
        IN_EACH_VERSION(a_stop_inside_the_callback_that_allowed_the_energy_counts),
        IN_EACH_VERSION(a_cable_pulled_while_the_meter_is_read_opens_nothing),
        IN_EACH_VERSION(a_firmware_that_never_settles_hangs_nobody),
        IN_EACH_VERSION(the_restart_callback_may_take_the_link_down),
        IN_EACH_VERSION(frames_are_watched_both_ways),
        IN_EACH_VERSION(others_may_use_the_call_layer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
