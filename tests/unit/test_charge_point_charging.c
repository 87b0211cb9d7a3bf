/* A first charge: plug and card, card and plug, commands of the central system, in every version there is a dialect of. */
#include "station_world.h"
#include "unit.h"

static struct world *old(void)
{
    return world_accepted(OCPP_VERSION_1_6);
}

static struct world *new_(void)
{
    return world_accepted(OCPP_VERSION_2_0_1);
}

/* --- 1.6 ----------------------------------------------------------------------------------------------------------------- */

static void plug_then_card_charges_and_the_card_again_stops_v16(void **state)
{
    (void)state;
    struct world *world = old();
    world->meter_wh[1] = 100;
    plug(world, 1);
    central_sees(world, "StatusNotification", "connectorId=1 status=Preparing errorCode=NoError");
    assert_false(world->closed[1]);
    card(world, 1, "TAG");
    central_sees(world, "Authorize", "idTag=TAG");
    central_sees(world, "StartTransaction", "connectorId=1 idTag=TAG meterStart=100 timestamp=*");
    central_sees(world, "StatusNotification", "connectorId=1 status=Charging");
    assert_true(world->closed[1]);
    charge(world, 1, 4100);
    world_pass(world, 60);
    central_sees(world, "MeterValues", "connectorId=1 transactionId=1 meterValue/0/sampledValue/0/value=4200");
    card(world, 1, "tag");
    assert_false(world->closed[1]);
    central_sees(world, "StopTransaction", "transactionId=1 meterStop=4200 reason=Local idTag=tag");
    central_sees(world, "StatusNotification", "connectorId=1 status=Finishing");
    unplug(world, 1);
    central_sees(world, "StatusNotification", "connectorId=1 status=Available");
    world_free(world);
}

static void plug_then_card_charges_and_the_card_again_stops_v201(void **state)
{
    (void)state;
    struct world *world = new_();
    world->meter_wh[1] = 100;
    plug(world, 1);
    central_sees(world, "StatusNotification", "evseId=1 connectorId=1 connectorStatus=Occupied");
    card(world, 1, "TAG");
    central_sees(world, "Authorize", "idToken/idToken=TAG idToken/type=ISO14443");
    central_sees(world, "TransactionEvent",
                 "eventType=Started triggerReason=Authorized seqNo=0 evse/id=1 evse/connectorId=1 idToken/idToken=TAG offline=- "
                 "transactionInfo/chargingState=EVConnected meterValue/0/sampledValue/0/value=100 "
                 "meterValue/0/sampledValue/0/context=Transaction.Begin");
    central_sees(
        world, "TransactionEvent",
        "eventType=Updated triggerReason=ChargingStateChanged seqNo=1 transactionInfo/chargingState=Charging evse=- idToken=-");
    charge(world, 1, 4100);
    world_pass(world, 60);
    central_sees(world, "TransactionEvent",
                 "eventType=Updated triggerReason=MeterValuePeriodic seqNo=2 "
                 "meterValue/0/sampledValue/0/value=4200 meterValue/0/sampledValue/0/unitOfMeasure/unit=Wh");
    card(world, 1, "TAG");
    central_sees(world, "TransactionEvent",
                 "eventType=Ended triggerReason=StopAuthorized seqNo=3 transactionInfo/stoppedReason=Local idToken/idToken=TAG "
                 "meterValue/0/sampledValue/0/value=4200 meterValue/0/sampledValue/0/context=Transaction.End");
    central_does_not_see(world, "StatusNotification");
    unplug(world, 1);
    central_sees(world, "StatusNotification", "connectorStatus=Available");
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plug_then_card_charges_and_the_card_again_stops_v16),
        cmocka_unit_test(plug_then_card_charges_and_the_card_again_stops_v201),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
