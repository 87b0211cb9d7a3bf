/* The machine of an EVSE, every state against every event: what means nothing changes nothing, every state is reached, and from
 * each there is a way back. */
#include "charge_point_internal.h"
#include "station_world.h"
#include "unit.h"

#include <string.h>

/* The state after |event| in |state|, with a cable plugged; |state| itself when the event means nothing there. */
static enum evse_state after(struct world *world, enum evse_state state, enum evse_event event, bool *was_meant)
{
    struct evse *evse = &world->cp->evses[0];
    memset(&evse->transaction, 0, sizeof(evse->transaction));
    evse->connector = 1;
    evse->state = state;
    *was_meant = ocpp_cp_step(world->cp, evse, event);
    const enum evse_state next = evse->state;
    evse->state = EVSE_IDLE; /* the charge point goes on as if nothing had been tried */
    evse->connector = 0;
    return next;
}

static void what_means_nothing_changes_nothing(void **state)
{
    (void)state;
    struct world *world = world_new();
    world_power_on(world);
    for (int from = 0; from < EVSE_STATE_COUNT; from++) {
        for (int event = 0; event < EVENT_COUNT; event++) {
            bool was_meant;
            const enum evse_state next = after(world, (enum evse_state)from, (enum evse_event)event, &was_meant);
            assert_true(next >= EVSE_IDLE && next < EVSE_STATE_COUNT);
            if (!was_meant) {
                assert_int_equal(next, from);
            }
        }
    }
    world_free(world);
}

static void every_state_is_reached_from_idle_and_leads_back(void **state)
{
    (void)state;
    struct world *world = world_new();
    world_power_on(world);
    bool reaches[EVSE_STATE_COUNT][EVSE_STATE_COUNT] = { { false } };
    for (int from = 0; from < EVSE_STATE_COUNT; from++) {
        for (int event = 0; event < EVENT_COUNT; event++) {
            bool was_meant;
            reaches[from][after(world, (enum evse_state)from, (enum evse_event)event, &was_meant)] = true;
        }
    }
    for (int via = 0; via < EVSE_STATE_COUNT; via++) {
        for (int from = 0; from < EVSE_STATE_COUNT; from++) {
            for (int to = 0; to < EVSE_STATE_COUNT; to++) {
                reaches[from][to] = reaches[from][to] || (reaches[from][via] && reaches[via][to]);
            }
        }
    }
    for (int other = 0; other < EVSE_STATE_COUNT; other++) {
        assert_true(reaches[EVSE_IDLE][other]);
        assert_true(reaches[other][EVSE_IDLE]);
        assert_string_not_equal(ocpp_cp_evse_state_name((enum evse_state)other), "");
    }
    world_free(world);
}

/* Energy may flow in one state only, and that is only entered by a write that is durable. */
static void energy_flows_in_one_state_that_only_a_durable_start_leads_to(void **state)
{
    (void)state;
    struct world *world = world_new();
    world_power_on(world);
    struct evse *evse = &world->cp->evses[0];
    for (int from = 0; from < EVSE_STATE_COUNT; from++) {
        evse->state = (enum evse_state)from;
        evse->connector = 1;
        assert_int_equal(ocpp_charge_point_permit(world->cp, 1, world->now).closed, from == EVSE_RUNNING);
        for (int event = 0; event < EVENT_COUNT; event++) {
            bool was_meant;
            const enum evse_state next = after(world, (enum evse_state)from, (enum evse_event)event, &was_meant);
            const bool was_running = from == EVSE_RUNNING || from == EVSE_AWAIT_REPLUG;
            assert_true(next != EVSE_RUNNING || was_running || (from == EVSE_OPENING && event == EVENT_STORED));
        }
    }
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_means_nothing_changes_nothing),
        cmocka_unit_test(every_state_is_reached_from_idle_and_leads_back),
        cmocka_unit_test(energy_flows_in_one_state_that_only_a_durable_start_leads_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
