/* What is recorded of a transaction, seen from the other side: its events in order of number and time. */
#include <stdio.h>

#include "station_world.h"
#include "unit.h"

static void the_second_charge_of_an_evse_keeps_nothing_of_the_first(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 1000);
    card(world, 1, "TAG");
    unplug(world, 1);
    world_pass(world, 3600);
    central_forgets(world);
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 1000);
    central_sees(world, "TransactionEvent", "eventType=Started seqNo=0 transactionInfo/chargingState=EVConnected");
    char started[32];
    snprintf(started, sizeof(started), "%s", world->sessions[world->session_count - 1].started_at);
    char members[160];
    snprintf(members, sizeof(members), "eventType=Updated seqNo=1 transactionInfo/chargingState=Charging timestamp=%s", started);
    central_sees(world, "TransactionEvent", members);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_charge_of_an_evse_keeps_nothing_of_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
