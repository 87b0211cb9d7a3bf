/* Block P of a station: data of vendors, in both families of versions. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static void greet(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request, struct ocpp_call_token call, void *user)
{
    struct world *world = user;
    const bool is_known = request->message_id != NULL && strcmp(request->message_id, "Greeting") == 0;
    const struct ocpp_data_transfer_answer answer = {
        .result = is_known ? OCPP_DATA_TRANSFER_ACCEPTED : OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID,
        .kind = is_known ? OCPP_DATA_TEXT : OCPP_DATA_NONE,
        .data = is_known ? "hello" : NULL,
    };
    assert_int_equal(ocpp_charge_point_answer_data_transfer(cp, call, &answer, world->now), OCPP_OK);
}

/* TC_P_01_CS; P01.FR.05. */
static void a_vendor_nobody_speaks_for_is_unknown(void **state)
{
    struct world *world = world_of(state);
    const char *request = "{'vendorId':'org.openchargealliance.octt','messageId':'unused'}";
    assert_string_equal(value_of(central_asks(world, "DataTransfer", request), "status"), "UnknownVendorId");
    world_free(world);
}

/* TC_062_CS; P01.FR.06, FR.07; 1.6 5.6. Title only, steps ours. */
static void a_vendor_s_message_is_answered_by_who_speaks_for_it(void **state)
{
    struct world *world = world_of(state);
    const struct ocpp_data_transfer_handler handler = { .vendor_id = "com.example", .on_request = greet, .user = world };
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &handler, world->now), OCPP_OK);
    const char *answer = central_asks(world, "DataTransfer", "{'vendorId':'com.example','messageId':'Greeting','data':'x'}");
    assert_string_equal(value_of(answer, "status"), "Accepted");
    assert_string_equal(value_of(answer, "data"), "hello");
    answer = central_asks(world, "DataTransfer", "{'vendorId':'com.example','messageId':'Farewell'}");
    assert_string_equal(value_of(answer, "status"), "UnknownMessageId");
    world_free(world);
}

/* TC_P_03_CS. What a vendor adds to a message is read over. */
static void custom_data_do_no_harm(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const char *custom = "'customData':{'vendorId':'com.example','anything':[1,{'more':true}]}";
    char payload[1024];
    snprintf(payload, sizeof(payload),
             "{%s,'setVariableData':[{%s,'component':{%s,'name':'OCPPCommCtrlr'},'variable':{%s,'name':'OfflineThreshold'},"
             "'attributeType':'Actual','attributeValue':'200'}]}",
             custom, custom, custom, custom);
    assert_string_equal(value_of(central_asks(world, "SetVariables", payload), "setVariableResult/0/attributeStatus"),
                        "Accepted");
    snprintf(payload, sizeof(payload),
             "{%s,'getVariableData':[{%s,'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'},"
             "'attributeType':'Actual'}]}",
             custom, custom);
    const char *answer = central_asks(world, "GetVariables", payload);
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeStatus"), "Accepted");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeValue"), "200");
    world_free(world);
}

/* TC_P_04_CS. Also in a profile, at every level. */
static void custom_data_in_a_charging_profile_do_no_harm(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const char *custom = "'customData':{'vendorId':'com.example','anything':{'more':[true]}}";
    char payload[1024];
    snprintf(payload, sizeof(payload),
             "{%s,'evseId':1,'chargingProfile':{%s,'id':7,'stackLevel':0,'chargingProfilePurpose':'TxDefaultProfile',"
             "'chargingProfileKind':'Relative','chargingSchedule':[{%s,'id':1,'duration':300,'chargingRateUnit':'A',"
             "'chargingSchedulePeriod':[{%s,'startPeriod':0,'limit':6,'numberPhases':3}]}]}}",
             custom, custom, custom, custom);
    assert_string_equal(value_of(central_asks(world, "SetChargingProfile", payload), "status"), "Accepted");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_vendor_nobody_speaks_for_is_unknown),
        IN_EACH_VERSION(a_vendor_s_message_is_answered_by_who_speaks_for_it),
        cmocka_unit_test(custom_data_do_no_harm),
        cmocka_unit_test(custom_data_in_a_charging_profile_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
