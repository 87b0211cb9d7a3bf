/* Block B of a station as far as it is about settings: reading and changing variables (B05, B06), base reports (B07), reports by
 * choice (B08); in 1.6 configuration keys (5.3, 5.8, chapter 9). */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- asking ---------------------------------------------------------------------------------------------------------------- */

static const char *get(struct world *world, const char *component, const char *variable, const char *rest)
{
    char payload[512];
    snprintf(payload, sizeof(payload), "{'getVariableData':[{'component':{'name':'%s'},'variable':{'name':'%s'}%s}]}", component,
             variable, rest);
    return central_asks(world, "GetVariables", payload);
}

static const char *set(struct world *world, const char *component, const char *variable, const char *value, const char *rest)
{
    char payload[512];
    snprintf(payload, sizeof(payload),
             "{'setVariableData':[{'component':{'name':'%s'},'variable':{'name':'%s'},'attributeValue':'%s'%s}]}", component,
             variable, value, rest);
    return central_asks(world, "SetVariables", payload);
}

static void got(const char *answer, int index, const char *status, const char *value)
{
    char path[64];
    snprintf(path, sizeof(path), "getVariableResult/%d/attributeStatus", index);
    assert_string_equal(value_of(answer, path), status);
    snprintf(path, sizeof(path), "getVariableResult/%d/attributeValue", index);
    assert_string_equal(value_of(answer, path), value);
}

static void was_set(const char *answer, int index, const char *status)
{
    char path[64];
    snprintf(path, sizeof(path), "setVariableResult/%d/attributeStatus", index);
    assert_string_equal(value_of(answer, path), status);
}

static struct world *with_places(int evses, int connectors)
{
    struct world *world = world_new();
    world->settings.evse_count = evses;
    world->settings.connectors_per_evse = connectors;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_forgets(world);
    return world;
}

/* --- B06 ------------------------------------------------------------------------------------------------------------------- */

/* TC_B_06_CS; B06.FR.01, FR.02, FR.03, FR.04, FR.10, FR.11. */
static void one_variable_is_read(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set_variable(world, "OCPPCommCtrlr", "OfflineThreshold", NULL, "300");
    const char *answer = get(world, "OCPPCommCtrlr", "OfflineThreshold", ",'attributeType':'Actual'");
    got(answer, 0, "Accepted", "300");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeType"), "Actual");
    assert_string_equal(value_of(answer, "getVariableResult/0/component/name"), "OCPPCommCtrlr");
    assert_string_equal(value_of(answer, "getVariableResult/0/variable/name"), "OfflineThreshold");
    answer = get(world, "ocppcommctrlr", "OFFLINETHRESHOLD", ""); /* names have no case */
    got(answer, 0, "Accepted", "300");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeType"), "Actual");
    world_free(world);
}

/* TC_B_07_CS; B06.FR.01, FR.02, FR.14. */
static void several_variables_are_read_at_once(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const char *answer =
        central_asks(world, "GetVariables",
                     "{'getVariableData':[{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}},"
                     "{'component':{'name':'AuthCtrlr'},'variable':{'name':'LocalAuthorizeOffline'}},"
                     "{'component':{'name':'DeviceDataCtrlr'},'variable':{'name':'ItemsPerMessage','instance':'GetReport'}}]}");
    got(answer, 0, "Accepted", "60");
    got(answer, 1, "Accepted", "true");
    got(answer, 2, "Accepted", "129");
    assert_string_equal(value_of(answer, "getVariableResult/2/variable/instance"), "GetReport");
    world_free(world);
}

/* TC_B_32_CS, TC_B_33_CS, TC_B_34_CS; B06.FR.06, FR.07, FR.08, FR.15. */
static void what_is_unknown_is_said_so_without_a_value(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    got(get(world, "UnknownComponent", "OfflineThreshold", ""), 0, "UnknownComponent", "");
    got(get(world, "OCPPCommCtrlr", "UnknownVariable", ""), 0, "UnknownVariable", "");
    got(get(world, "DeviceDataCtrlr", "ItemsPerMessage", ""), 0, "UnknownVariable", "");
    const char *answer = get(world, "OCPPCommCtrlr", "OfflineThreshold", ",'attributeType':'Target'");
    got(answer, 0, "NotSupportedAttributeType", "");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeType"), "Target");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeValue"), "");
    world_free(world);
}

/* B06.FR.16. The limit is the one that is told. */
static void more_items_than_are_taken_are_refused(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.limits.max_bytes = 2048;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    const char *answer = central_asks(
        world, "GetVariables",
        "{'getVariableData':[{'component':{'name':'DeviceDataCtrlr'},'variable':{'name':'ItemsPerMessage','instance':'"
        "GetVariables'}},"
        "{'component':{'name':'DeviceDataCtrlr'},'variable':{'name':'BytesPerMessage','instance':'GetVariables'}},"
        "{'component':{'name':'DeviceDataCtrlr'},'variable':{'name':'ItemsPerMessage','instance':'SetVariables'}}]}");
    got(answer, 0, "Accepted", "5");
    got(answer, 1, "Accepted", "2048");
    got(answer, 2, "Accepted", "2");
    const char one[] = "{'component':{'name':'TxCtrlr'},'variable':{'name':'TxStartPoint'}}";
    char payload[1024];
    snprintf(payload, sizeof(payload), "{'getVariableData':[%s,%s,%s,%s,%s,%s]}", one, one, one, one, one, one);
    assert_string_equal(central_asks(world, "GetVariables", payload), "OccurrenceConstraintViolation");
    const char change[] = "{'component':{'name':'TxCtrlr'},'variable':{'name':'EVConnectionTimeOut'},'attributeValue':'7'}";
    snprintf(payload, sizeof(payload), "{'setVariableData':[%s,%s,%s]}", change, change, change);
    assert_string_equal(central_asks(world, "SetVariables", payload), "OccurrenceConstraintViolation");
    got(get(world, "TxCtrlr", "EVConnectionTimeOut", ""), 0, "Accepted", "60");
    world_free(world);
}

/* B06.FR.04; part 1, 4. A variable at a place is one at that place only. */
static void variables_of_a_place_are_found_at_it(void **state)
{
    (void)state;
    struct world *world = with_places(2, 2);
    plug(world, 2);
    const char *answer =
        central_asks(world, "GetVariables",
                     "{'getVariableData':[{'component':{'name':'EVSE','evse':{'id':1}},'variable':{'name':'AvailabilityState'}},"
                     "{'component':{'name':'EVSE','evse':{'id':2}},'variable':{'name':'AvailabilityState'}},"
                     "{'component':{'name':'Connector','evse':{'id':2,'connectorId':1}},'variable':{'name':'AvailabilityState'}},"
                     "{'component':{'name':'Connector','evse':{'id':2,'connectorId':2}},'variable':{'name':'AvailabilityState'}},"
                     "{'component':{'name':'ChargingStation'},'variable':{'name':'AvailabilityState'}},"
                     "{'component':{'name':'Connector','evse':{'id':2,'connectorId':3}},'variable':{'name':'AvailabilityState'}},"
                     "{'component':{'name':'EVSE'},'variable':{'name':'AvailabilityState'}},"
                     "{'component':{'name':'EVSE','evse':{'id':2,'connectorId':1}},'variable':{'name':'AvailabilityState'}},"
                     "{'component':{'name':'TxCtrlr','evse':{'id':1}},'variable':{'name':'TxStartPoint'}},"
                     "{'component':{'name':'EVSE','evse':{'id':1}},'variable':{'name':'Power'}},"
                     "{'component':{'name':'ClockCtrlr'},'variable':{'name':'DateTime'}}]}");
    got(answer, 0, "Accepted", "Available");
    got(answer, 1, "Accepted", "Occupied");
    got(answer, 2, "Accepted", "Occupied");
    got(answer, 3, "Accepted", "Available");
    got(answer, 4, "Accepted", "Available");
    got(answer, 5, "UnknownComponent", "");
    got(answer, 6, "UnknownComponent", "");
    got(answer, 7, "UnknownComponent", "");
    got(answer, 8, "UnknownComponent", "");
    got(answer, 9, "Accepted", "11000"); /* as the meter told when the station woke */
    assert_true(strncmp(value_of(answer, "getVariableResult/10/attributeValue"), "20", 2) == 0);
    world_free(world);
}

static const char *states_of(struct world *world)
{
    static char text[128];
    const char *answer = central_asks(
        world, "GetVariables",
        "{'getVariableData':[{'component':{'name':'ChargingStation'},'variable':{'name':'AvailabilityState'}},"
        "{'component':{'name':'EVSE','evse':{'id':1}},'variable':{'name':'AvailabilityState'}},"
        "{'component':{'name':'Connector','evse':{'id':1,'connectorId':1}},'variable':{'name':'AvailabilityState'}}]}");
    snprintf(text, sizeof(text), "%s %s %s", value_of(answer, "getVariableResult/0/attributeValue"),
             value_of(answer, "getVariableResult/1/attributeValue"), value_of(answer, "getVariableResult/2/attributeValue"));
    return text;
}

/* B07.FR.09. */
static void availability_is_worked_out_of_the_connectors(void **state)
{
    (void)state;
    struct world *world = with_places(1, 2);
    assert_string_equal(states_of(world), "Available Available Available");
    const struct ocpp_fault fault = { .code = "GroundFailure" };
    ocpp_charge_point_fault(world->cp, 1, 1, &fault, world->now);
    world_run(world);
    assert_string_equal(states_of(world), "Available Available Faulted"); /* there is the other one */
    ocpp_charge_point_fault(world->cp, 1, 1, NULL, world->now);
    central_asks(world, "ChangeAvailability", "{'operationalStatus':'Inoperative','evse':{'id':1}}");
    assert_string_equal(states_of(world), "Unavailable Unavailable Unavailable");
    world_free(world);
}

/* --- B05 ------------------------------------------------------------------------------------------------------------------- */

/* TC_B_09_CS; B05.FR.01, FR.02, FR.03, FR.10, FR.12. */
static void one_variable_is_changed(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const char *answer = set(world, "OCPPCommCtrlr", "OfflineThreshold", "300", ",'attributeType':'Actual'");
    was_set(answer, 0, "Accepted");
    assert_string_equal(value_of(answer, "setVariableResult/0/attributeType"), "Actual");
    assert_string_equal(value_of(answer, "setVariableResult/0/component/name"), "OCPPCommCtrlr");
    assert_string_equal(value_of(answer, "setVariableResult/0/variable/name"), "OfflineThreshold");
    assert_string_equal(value_of(answer, "setVariableResult/0/attributeStatusInfo"), "");
    world_power_back(world, 5);
    world_connect(world, OCPP_VERSION_2_0_1);
    got(get(world, "OCPPCommCtrlr", "OfflineThreshold", ""), 0, "Accepted", "300");
    world_free(world);
}

/* TC_B_10_CS; B05.FR.01, FR.02. What can be changed is, whatever stands beside it. */
static void several_variables_are_changed_each_by_itself(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const char *answer =
        central_asks(world, "SetVariables",
                     "{'setVariableData':[{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'},'"
                     "attributeValue':'300'},"
                     "{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'ResetRetries'},'attributeValue':'many'},"
                     "{'component':{'name':'AuthCtrlr'},'variable':{'name':'LocalAuthorizeOffline'},'attributeValue':'false'}]}");
    was_set(answer, 0, "Accepted");
    was_set(answer, 1, "Rejected");
    was_set(answer, 2, "Accepted");
    got(get(world, "AuthCtrlr", "LocalAuthorizeOffline", ""), 0, "Accepted", "false");
    got(get(world, "OCPPCommCtrlr", "OfflineThreshold", ""), 0, "Accepted", "300");
    world_free(world);
}

/* TC_B_35_CS, TC_B_36_CS, TC_B_37_CS; B05.FR.04, FR.05, FR.06. */
static void what_is_unknown_is_not_changed(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    was_set(set(world, "UnknownComponent", "OfflineThreshold", "1", ""), 0, "UnknownComponent");
    was_set(set(world, "OCPPCommCtrlr", "UnknownVariable", "1", ""), 0, "UnknownVariable");
    const char *answer = set(world, "OCPPCommCtrlr", "OfflineThreshold", "1", ",'attributeType':'Target'");
    was_set(answer, 0, "NotSupportedAttributeType");
    assert_string_equal(value_of(answer, "setVariableResult/0/attributeType"), "Target");
    world_free(world);
}

/* TC_B_11_CS; B05.FR.07, FR.08. */
static void values_of_the_wrong_form_are_rejected(void **state)
{
    (void)state;
    static const struct {
        const char *component;
        const char *variable;
        const char *value;
        const char *status;
        const char *reason;
    } rows[] = {
        { "OCPPCommCtrlr", "OfflineThreshold", "300", "Accepted", "" },
        { "OCPPCommCtrlr", "OfflineThreshold", "300.1", "Rejected", "InvalidValue" },
        { "OCPPCommCtrlr", "OfflineThreshold", "true", "Rejected", "InvalidValue" },
        { "OCPPCommCtrlr", "OfflineThreshold", "2026-01-01T00:00:00Z", "Rejected", "InvalidValue" },
        { "OCPPCommCtrlr", "OfflineThreshold", "abc", "Rejected", "InvalidValue" },
        { "OCPPCommCtrlr", "OfflineThreshold", "-1", "Rejected", "ValueOutOfRange" },
        { "OCPPCommCtrlr", "OfflineThreshold", "99999999999", "Rejected", "ValueOutOfRange" },
        { "AuthCtrlr", "AuthorizeRemoteStart", "true", "Accepted", "" },
        { "AuthCtrlr", "AuthorizeRemoteStart", "1", "Rejected", "InvalidValue" },
        { "AuthCtrlr", "AuthorizeRemoteStart", "abc", "Rejected", "InvalidValue" },
        { "ClockCtrlr", "NextTimeOffsetTransitionDateTime", "2026-03-29T01:00:00Z", "Accepted", "" },
        { "ClockCtrlr", "NextTimeOffsetTransitionDateTime", "300", "Rejected", "InvalidValue" },
        { "ClockCtrlr", "NextTimeOffsetTransitionDateTime", "abc", "Rejected", "InvalidValue" },
        { "ClockCtrlr", "TimeSource", "Sundial", "Rejected", "InvalidValue" },
        { "TxCtrlr", "TxStopPoint", "Authorized,PowerPathClosed", "Accepted", "" },
        { "TxCtrlr", "TxStopPoint", "Authorized,Sunset", "Rejected", "InvalidValue" },
        { "SampledDataCtrlr", "TxEndedMeasurands", "SoC, Voltage", "Accepted", "" },
        { "SampledDataCtrlr", "TxEndedMeasurands", "SoC,RPM", "Rejected", "InvalidValue" }, /* a word of 1.6 */
        { "AuthCtrlr", "MasterPassGroupId", "MASTERS", "Accepted", "" },
        { "AuthCtrlr", "MasterPassGroupId", "1234567890123456789012345678901234567", "Rejected", "ValueOutOfRange" },
    };
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *answer = set(world, rows[i].component, rows[i].variable, rows[i].value, "");
        was_set(answer, 0, rows[i].status);
        assert_string_equal(value_of(answer, "setVariableResult/0/attributeStatusInfo/reasonCode"), rows[i].reason);
        assert_string_equal(value_of(answer, "setVariableResult/0/attributeType"), "Actual");
    }
    world_free(world);
}

/* TC_B_39_CS; B05.FR.09. */
static void what_may_only_be_read_is_not_changed(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const char *answer = central_asks(
        world, "SetVariables",
        "{'setVariableData':[{'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'MessageTimeout','instance':'Default'},"
        "'attributeValue':'5'},"
        "{'component':{'name':'EVSE','evse':{'id':1}},'variable':{'name':'AvailabilityState'},'attributeValue':'Reserved'}]}");
    was_set(answer, 0, "Rejected");
    assert_string_equal(value_of(answer, "setVariableResult/0/variable/instance"), "Default");
    assert_string_equal(value_of(answer, "setVariableResult/0/attributeStatusInfo/reasonCode"), "ReadOnly");
    was_set(answer, 1, "Rejected");
    world_free(world);
}

/* B05.FR.09. Nothing is accepted that would be forgotten. */
static void what_cannot_be_kept_is_not_changed(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    const char *answer = set(world, "OCPPCommCtrlr", "OfflineThreshold", "300", "");
    was_set(answer, 0, "Rejected");
    assert_string_equal(value_of(answer, "setVariableResult/0/attributeStatusInfo/reasonCode"), "OutOfStorage");
    got(get(world, "OCPPCommCtrlr", "OfflineThreshold", ""), 0, "Accepted", "60");
    world_free(world);
}

/* --- reports ---------------------------------------------------------------------------------------------------------------- */

/* Asks for a report and asserts the answer. */
static void asks(struct world *world, const char *action, const char *payload, const char *status)
{
    central_forgets(world);
    assert_string_equal(value_of(central_asks(world, action, payload), "status"), status);
    world_run(world);
}

/* The pages of the report |id|, checked as a row: numbered from 0, continued but for the last; how many entries they hold. */
static size_t pages_of(struct world *world, const char *id, size_t *pages)
{
    size_t entries = 0;
    bool goes_on = true;
    *pages = 0;
    for (size_t i = 0; i < world->call_count; i++) {
        const char *payload = world->calls[i].payload;
        if (strcmp(world->calls[i].action, "NotifyReport") != 0 || strcmp(value_of(payload, "requestId"), id) != 0) {
            continue;
        }
        char number[16];
        snprintf(number, sizeof(number), "%zu", (*pages)++);
        assert_true(goes_on);
        assert_string_equal(value_of(payload, "seqNo"), number);
        assert_string_not_equal(value_of(payload, "generatedAt"), "");
        goes_on = strcmp(value_of(payload, "tbc"), "true") == 0;
        entries += strtoul(value_of(payload, "reportData") + 1, NULL, 10);
    }
    assert_false(goes_on && *pages > 0);
    return entries;
}

/* The payload and path of the |index|-th entry of the report |id|. */
static const char *entry_of(struct world *world, const char *id, size_t index, char path[64])
{
    for (size_t i = 0; i < world->call_count; i++) {
        const char *payload = world->calls[i].payload;
        if (strcmp(world->calls[i].action, "NotifyReport") != 0 || strcmp(value_of(payload, "requestId"), id) != 0) {
            continue;
        }
        const size_t count = strtoul(value_of(payload, "reportData") + 1, NULL, 10);
        if (index < count) {
            snprintf(path, 64, "reportData/%zu", index);
            return payload;
        }
        index -= count;
    }
    fail_msg("no entry %zu", index);
    return NULL;
}

static const char *of_entry(struct world *world, const char *id, size_t index, const char *member)
{
    char path[64];
    char whole[160];
    const char *payload = entry_of(world, id, index, path);
    snprintf(whole, sizeof(whole), "%s/%s", path, member);
    return value_of(payload, whole);
}

/* The first entry of the report with these names; -1: none. */
static int find_entry(struct world *world, const char *id, size_t count, const char *component, const char *variable,
                      const char *instance)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(of_entry(world, id, i, "component/name"), component) == 0 &&
            strcmp(of_entry(world, id, i, "variable/name"), variable) == 0 &&
            strcmp(of_entry(world, id, i, "variable/instance"), instance) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static bool is_list(const char *type)
{
    return strcmp(type, "OptionList") == 0 || strcmp(type, "MemberList") == 0 || strcmp(type, "SequenceList") == 0;
}

/* Every word of |value| is one of |values|. */
static bool is_within(const char *value, const char *values)
{
    char copy[2048];
    snprintf(copy, sizeof(copy), "%s", value);
    for (char *word = strtok(copy, ","); word != NULL; word = strtok(NULL, ",")) {
        const char *found = strstr(values, word);
        if (found == NULL || (found != values && found[-1] != ',')) {
            return false;
        }
    }
    return true;
}

static void is_described(struct world *world, const char *id, size_t index)
{
    char type[32];
    char values[2048];
    snprintf(type, sizeof(type), "%s", of_entry(world, id, index, "variableCharacteristics/dataType"));
    snprintf(values, sizeof(values), "%s", of_entry(world, id, index, "variableCharacteristics/valuesList"));
    assert_string_not_equal(type, "");
    assert_string_equal(of_entry(world, id, index, "variableCharacteristics/supportsMonitoring"), "false");
    assert_int_equal(is_list(type), values[0] != '\0');
    if (is_list(type)) {
        assert_true(is_within(of_entry(world, id, index, "variableAttribute/0/value"), values));
    }
    if (strcmp(of_entry(world, id, index, "variableAttribute/0/mutability"), "WriteOnly") == 0) {
        assert_string_equal(of_entry(world, id, index, "variableAttribute/0/value"), "");
    }
}

/* TC_B_12_CS; B07.FR.01, FR.03, FR.04, FR.07, FR.10, FR.12. */
static void the_configuration_inventory_is_what_can_be_changed(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    asks(world, "GetBaseReport", "{'requestId':12,'reportBase':'ConfigurationInventory'}", "Accepted");
    size_t pages;
    const size_t count = pages_of(world, "12", &pages);
    assert_true(count > 30);
    for (size_t i = 0; i < count; i++) {
        is_described(world, "12", i);
        assert_string_not_equal(of_entry(world, "12", i, "variableAttribute/0/mutability"), "ReadOnly");
    }
    assert_true(find_entry(world, "12", count, "OCPPCommCtrlr", "MessageAttempts", "TransactionEvent") >= 0);
    assert_int_equal(find_entry(world, "12", count, "OCPPCommCtrlr", "MessageTimeout", "Default"), -1);
    world_free(world);
}

/* TC_B_13_CS, TC_B_53_CS; B07.FR.01, FR.03, FR.04, FR.08, FR.10, FR.11, FR.12. */
static void the_full_inventory_is_everything_at_every_place(void **state)
{
    (void)state;
    struct world *world = with_places(2, 2);
    asks(world, "GetBaseReport", "{'requestId':13,'reportBase':'FullInventory'}", "Accepted");
    size_t pages;
    const size_t count = pages_of(world, "13", &pages);
    int connectors = 0;
    int evses = 0;
    for (size_t i = 0; i < count; i++) {
        is_described(world, "13", i);
        const bool is_type = strcmp(of_entry(world, "13", i, "variable/name"), "ConnectorType") == 0;
        connectors += is_type && of_entry(world, "13", i, "component/evse/connectorId")[0] != '\0';
        evses += strcmp(of_entry(world, "13", i, "variable/name"), "Power") == 0;
    }
    assert_int_equal(connectors, 4);
    assert_int_equal(evses, 2);
    const int power = find_entry(world, "13", count, "EVSE", "Power", "");
    assert_true(power >= 0);
    assert_string_equal(of_entry(world, "13", (size_t)power, "variableCharacteristics/maxLimit"), "22080");
    assert_string_equal(of_entry(world, "13", (size_t)power, "variableCharacteristics/unit"), "W");
    const int threshold = find_entry(world, "13", count, "OCPPCommCtrlr", "OfflineThreshold", "");
    assert_string_equal(of_entry(world, "13", (size_t)threshold, "variableCharacteristics/maxLimit"), "86400");
    assert_string_equal(of_entry(world, "13", (size_t)threshold, "variableAttribute/0/persistent"), "true");
    world_free(world);
}

/* TC_B_14_CS; B07.FR.09. */
static void the_summary_tells_what_can_be_used(void **state)
{
    (void)state;
    struct world *world = with_places(2, 1);
    plug(world, 2);
    asks(world, "GetBaseReport", "{'requestId':14,'reportBase':'SummaryInventory'}", "Accepted");
    size_t pages;
    const size_t count = pages_of(world, "14", &pages);
    assert_int_equal(count, 5); /* the station, two EVSEs, two connectors */
    for (size_t i = 0; i < count; i++) {
        is_described(world, "14", i);
        assert_string_equal(of_entry(world, "14", i, "variable/name"), "AvailabilityState");
        assert_string_equal(of_entry(world, "14", i, "variableAttribute/0/mutability"), "ReadOnly");
    }
    assert_string_equal(of_entry(world, "14", 2, "component/evse/id"), "2");
    assert_string_equal(of_entry(world, "14", 2, "variableAttribute/0/value"), "Occupied");
    world_free(world);
}

/* TC_B_16_CS; B08.FR.01, FR.03, FR.04, FR.07, FR.08, FR.09, FR.10, FR.12, FR.13, FR.14. */
static void components_are_reported_by_criteria(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set_variable(world, "AlignedDataCtrlr", "Enabled", NULL, "false");
    asks(world, "GetReport", "{'requestId':16,'componentCriteria':['Enabled']}", "Accepted");
    size_t pages;
    const size_t count = pages_of(world, "16", &pages);
    const int enabled = find_entry(world, "16", count, "SampledDataCtrlr", "Enabled", "");
    assert_true(enabled >= 0);
    assert_string_equal(of_entry(world, "16", (size_t)enabled, "variableAttribute/0/value"), "true");
    assert_int_equal(find_entry(world, "16", count, "AlignedDataCtrlr", "Enabled", ""), -1);
    assert_int_equal(find_entry(world, "16", count, "AlignedDataCtrlr", "Interval", ""), -1);
    assert_true(find_entry(world, "16", count, "TxCtrlr", "TxStartPoint", "") >= 0); /* it has no such variable */
    asks(world, "GetReport", "{'requestId':17,'componentCriteria':['Problem','Available']}", "Accepted");
    assert_true(pages_of(world, "17", &pages) > count);
    world_free(world);
}

/* TC_B_17_CS; B08.FR.11, FR.12. */
static void one_variable_is_reported_by_name(void **state)
{
    (void)state;
    struct world *world = with_places(2, 1);
    asks(world, "GetReport",
         "{'requestId':17,'componentVariable':[{'component':{'name':'EVSE','evse':{'id':1}},'variable':{'name':'"
         "AvailabilityState'}}]}",
         "Accepted");
    size_t pages;
    assert_int_equal(pages_of(world, "17", &pages), 1);
    assert_string_equal(of_entry(world, "17", 0, "component/name"), "EVSE");
    assert_string_equal(of_entry(world, "17", 0, "component/evse/id"), "1");
    assert_string_equal(of_entry(world, "17", 0, "variableCharacteristics/dataType"), "OptionList");
    assert_string_equal(of_entry(world, "17", 0, "variableCharacteristics/valuesList"),
                        "Available,Occupied,Reserved,Unavailable,Faulted");
    assert_string_equal(of_entry(world, "17", 0, "variableAttribute/0/type"), "Actual");
    assert_string_equal(of_entry(world, "17", 0, "variableAttribute/0/mutability"), "ReadOnly");
    world_free(world);
}

/* TC_B_18_CS; B08.FR.05, FR.15. */
static void a_criterion_and_names_must_both_be_met(void **state)
{
    (void)state;
    static const char rest[] =
        "'componentVariable':[{'component':{'name':'EVSE','evse':{'id':1}},'variable':{'name':'AvailabilityState'}}]}";
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    char payload[256];
    size_t pages;
    snprintf(payload, sizeof(payload), "{'requestId':18,'componentCriteria':['Available'],%s", rest);
    asks(world, "GetReport", payload, "Accepted");
    assert_int_equal(pages_of(world, "18", &pages), 1);
    snprintf(payload, sizeof(payload), "{'requestId':19,'componentCriteria':['Problem'],%s", rest);
    asks(world, "GetReport", payload, "EmptyResultSet");
    assert_int_equal(pages_of(world, "19", &pages), 0);
    world_free(world);
}

/* TC_B_54_CS, TC_B_55_CS, TC_B_56_CS; B08.FR.20, FR.21, FR.22, FR.23, FR.25. */
static void what_a_name_leaves_out_means_any(void **state)
{
    (void)state;
    struct world *world = with_places(3, 2);
    static const struct {
        const char *names;
        size_t count;
    } rows[] = {
        { "{'component':{'name':'DeviceDataCtrlr'},'variable':{'name':'ItemsPerMessage'}}", 3 },
        { "{'component':{'name':'DeviceDataCtrlr'},'variable':{'name':'ItemsPerMessage','instance':'GetReport'}}", 1 },
        { "{'component':{'name':'EVSE'},'variable':{'name':'AvailabilityState'}}", 3 },
        { "{'component':{'name':'Connector'},'variable':{'name':'AvailabilityState'}}", 6 },
        { "{'component':{'name':'Connector','evse':{'id':2}},'variable':{'name':'AvailabilityState'}}", 2 },
        { "{'component':{'name':'Connector','evse':{'id':2,'connectorId':1}},'variable':{'name':'AvailabilityState'}}", 1 },
        { "{'component':{'name':'Connector','evse':{'id':2,'connectorId':1}}}", 4 },
        { "{'component':{'name':'DeviceDataCtrlr'}}", 8 },
        { "{'component':{'name':'EVSE'},'variable':{'name':'AvailabilityState'}},"
          "{'component':{'name':'ChargingStation'},'variable':{'name':'AvailabilityState'}}",
          4 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char payload[512];
        char id[16];
        size_t pages;
        snprintf(id, sizeof(id), "%zu", 100 + i);
        snprintf(payload, sizeof(payload), "{'requestId':%s,'componentVariable':[%s]}", id, rows[i].names);
        asks(world, "GetReport", payload, "Accepted");
        assert_int_equal(pages_of(world, id, &pages), rows[i].count);
    }
    asks(world, "GetReport", "{'requestId':54,'componentVariable':[{'component':{'name':'Toaster'}}]}", "EmptyResultSet");
    world_free(world);
}

/* B08.FR.11. Neither criteria nor names: everything. */
static void a_report_without_a_choice_is_everything(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    size_t pages;
    asks(world, "GetBaseReport", "{'requestId':1,'reportBase':'FullInventory'}", "Accepted");
    asks(world, "GetReport", "{'requestId':2}", "Accepted");
    assert_int_equal(pages_of(world, "1", &pages), pages_of(world, "2", &pages));
    world_free(world);
}

/* B08.FR.17. */
static void a_report_on_too_many_names_is_refused(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.limits.max_bytes = 1024;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    const char *refusal =
        central_asks(world, "GetReport",
                     "{'requestId':1,'componentVariable':[{'component':{'name':'EVSE'}},{'component':{'name':'EVSE'}},"
                     "{'component':{'name':'EVSE'}},{'component':{'name':'EVSE'}}]}");
    assert_string_equal(refusal, "OccurrenceConstraintViolation");
    world_free(world);
}

/* --- paging ------------------------------------------------------------------------------------------------------------------
 */

/* B07.FR.10; errata 2025-09, B07.FR.03: few pages where there is room, many where there is little; the same entries. */
static void pages_fit_the_bounds_of_messages(void **state)
{
    (void)state;
    struct world *large = world_accepted(OCPP_VERSION_2_0_1);
    struct world *small = world_new();
    small->settings.limits.max_bytes = 1024;
    world_power_on(small);
    world_connect(small, OCPP_VERSION_2_0_1);
    size_t few;
    size_t many;
    asks(large, "GetBaseReport", "{'requestId':1,'reportBase':'FullInventory'}", "Accepted");
    const size_t all = pages_of(large, "1", &few);
    asks(small, "GetBaseReport", "{'requestId':1,'reportBase':'FullInventory'}", "Accepted");
    assert_int_equal(pages_of(small, "1", &many), all);
    assert_true(few < 5);
    assert_true(many > all / 3);
    for (size_t i = 0; i < large->call_count; i++) {
        assert_true(strlen(large->calls[i].payload) < 65536);
    }
    world_free(small);
    world_free(large);
}

/* B07.FR.13; B08.FR.16. One at a time. */
static void a_second_report_is_rejected_while_one_goes_on(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    size_t pages;
    world->silent_action = "NotifyReport";
    world->silent_count = 1;
    asks(world, "GetBaseReport", "{'requestId':1,'reportBase':'SummaryInventory'}", "Accepted");
    asks(world, "GetBaseReport", "{'requestId':2,'reportBase':'FullInventory'}", "Rejected");
    asks(world, "GetReport", "{'requestId':3}", "Rejected");
    world_pass(world, 60); /* the page that was lost goes again */
    assert_int_equal(central_counts(world, "NotifyReport"), 2);
    asks(world, "GetBaseReport", "{'requestId':4,'reportBase':'SummaryInventory'}", "Accepted");
    assert_int_equal(pages_of(world, "4", &pages), 3);
    world_free(world);
}

/* B07.FR.03. A page that is refused goes again, not for ever. */
static void a_report_nobody_takes_is_given_up(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world->refuse_action = "NotifyReport";
    world->refuse_count = 100;
    asks(world, "GetBaseReport", "{'requestId':1,'reportBase':'FullInventory'}", "Accepted");
    world_pass(world, 30);
    assert_int_equal(central_counts(world, "NotifyReport"), 3);
    world->refuse_count = 0;
    asks(world, "GetBaseReport", "{'requestId':2,'reportBase':'SummaryInventory'}", "Accepted");
    size_t pages;
    assert_int_equal(pages_of(world, "2", &pages), 3);
    world_free(world);
}

/* B07.FR.04. Who connects later did not ask for it. */
static void a_report_ends_with_its_link(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world->silent_action = "NotifyReport";
    world->silent_count = 1;
    asks(world, "GetBaseReport", "{'requestId':1,'reportBase':'FullInventory'}", "Accepted");
    world_disconnect(world);
    world_pass(world, 10);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_pass(world, 120);
    assert_int_equal(central_counts(world, "NotifyReport"), 1);
    size_t pages;
    asks(world, "GetBaseReport", "{'requestId':2,'reportBase':'SummaryInventory'}", "Accepted");
    assert_int_equal(pages_of(world, "2", &pages), 3);
    world_free(world);
}

/* B02.FR.01, FR.02: also while the central system has not accepted us. */
static void a_report_is_sent_while_we_wait_to_be_accepted(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->boot_status = "Pending";
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    asks(world, "GetBaseReport", "{'requestId':1,'reportBase':'FullInventory'}", "Accepted");
    size_t pages;
    assert_true(pages_of(world, "1", &pages) > 50);
    was_set(set(world, "OCPPCommCtrlr", "OfflineThreshold", "300", ""), 0, "Accepted");
    world_free(world);
}

/* B07.FR.03. A report does not hold back what happens meanwhile, nor does that end it. */
static void what_happens_during_a_report_is_told_between_its_pages(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.limits.max_bytes = 1024;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world->silent_action = "NotifyReport";
    world->silent_count = 1;
    asks(world, "GetBaseReport", "{'requestId':1,'reportBase':'FullInventory'}", "Accepted");
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 40);
    size_t started = 0;
    size_t last_page = 0;
    for (size_t i = 0; i < world->call_count; i++) {
        started = strcmp(world->calls[i].action, "TransactionEvent") == 0 && started == 0 ? i : started;
        last_page = strcmp(world->calls[i].action, "NotifyReport") == 0 ? i : last_page;
    }
    assert_true(started > 0 && started < last_page);
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

/* --- what is required ---------------------------------------------------------------------------------------------------------
 */

/* The fields of a line of CSV; |line| is cut up. */
static size_t cut(char *line, char *fields[20])
{
    size_t count = 0;
    for (char *next = line; next != NULL && count < 20;) {
        const bool is_quoted = *next == '"';
        char *begin = next + is_quoted;
        char *end = is_quoted ? strchr(begin, '"') : strpbrk(begin, ",\r\n");
        fields[count++] = begin;
        if (end == NULL) {
            break;
        }
        char *comma = is_quoted ? strchr(end, ',') : (*end == ',' ? end : NULL);
        *end = '\0';
        next = comma == NULL ? NULL : comma + 1;
    }
    return count;
}

/* Blocks this station does not have; their controllers stay away whole. */
static bool is_of_absent_block(const char *component)
{
    static const char *const absent[] = { "TariffCostCtrlr", "MonitoringCtrlr", "DisplayMessageCtrlr" };
    for (size_t i = 0; i < COUNT_OF(absent); i++) {
        if (strcmp(component, absent[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The |at|-th entry is as the line says: how it may be changed, its unit, its type. */
static void is_as_required(struct world *world, size_t at, char *const fields[20])
{
    if (strcmp(fields[7], "ReadWrite") == 0 || strcmp(fields[7], "ReadOnly") == 0) {
        assert_string_equal(of_entry(world, "53", at, "variableAttribute/0/mutability"), fields[7]);
    }
    if (fields[9][0] != '\0') {
        assert_string_equal(of_entry(world, "53", at, "variableCharacteristics/unit"), fields[9]);
    }
    assert_string_equal(of_entry(world, "53", at, "variableCharacteristics/dataType") + 1,
                        fields[10] + 1); /* it writes DateTime */
}

/* TC_B_53_CS; B07.FR.08. Every variable the standard marks required, and how it may be changed. */
static void every_required_variable_is_there(void **state)
{
    (void)state;
    FILE *file = fopen("../shared/ocpp/devicemodel/referenced_variables_2.0.1.csv", "r");
    if (file == NULL) {
        print_message("skipped: the list of referenced variables is not there\n");
        return;
    }
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    asks(world, "GetBaseReport", "{'requestId':53,'reportBase':'FullInventory'}", "Accepted");
    size_t pages;
    const size_t count = pages_of(world, "53", &pages);
    static char line[8192];
    unsigned seen = 0;
    assert_non_null(fgets(line, sizeof(line), file));
    while (fgets(line, sizeof(line), file) != NULL) {
        char *fields[20];
        if (cut(line, fields) < 12 || strncmp(fields[2], "yes", 3) != 0) {
            continue;
        }
        const int at = find_entry(world, "53", count, fields[3], fields[5], fields[6]);
        if (at >= 0) {
            is_as_required(world, (size_t)at, fields);
            seen++;
        } else if (!is_of_absent_block(fields[3])) {
            fail_msg("%s.%s(%s) is not there", fields[3], fields[5], fields[6]);
        }
    }
    fclose(file);
    assert_true(seen >= 40);
    world_free(world);
}

/* --- 1.6 ----------------------------------------------------------------------------------------------------------------------
 */

static const char *change(struct world *world, const char *key, const char *value)
{
    char payload[1200];
    snprintf(payload, sizeof(payload), "{'key':'%s','value':'%s'}", key, value);
    return value_of(central_asks(world, "ChangeConfiguration", payload), "status");
}

static const char *key(struct world *world, const char *name)
{
    char payload[128];
    snprintf(payload, sizeof(payload), "{'key':['%s']}", name);
    return value_of(central_asks(world, "GetConfiguration", payload), "configurationKey/0/value");
}

/* TC_019_CS; 1.6 edition 2, 5.8. Title only, steps ours. */
static void configuration_is_retrieved_whole_or_by_name(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    const char *all = central_asks(world, "GetConfiguration", "{}");
    assert_string_equal(value_of(all, "unknownKey"), "");
    static const char *const required[] = { "AuthorizeRemoteTxRequests",
                                            "ClockAlignedDataInterval",
                                            "ConnectionTimeOut",
                                            "ConnectorPhaseRotation",
                                            "GetConfigurationMaxKeys",
                                            "HeartbeatInterval",
                                            "LocalAuthorizeOffline",
                                            "LocalPreAuthorize",
                                            "MeterValuesAlignedData",
                                            "MeterValuesSampledData",
                                            "MeterValueSampleInterval",
                                            "NumberOfConnectors",
                                            "ResetRetries",
                                            "StopTransactionOnEVSideDisconnect",
                                            "StopTransactionOnInvalidId",
                                            "StopTxnAlignedData",
                                            "StopTxnSampledData",
                                            "SupportedFeatureProfiles",
                                            "TransactionMessageAttempts",
                                            "TransactionMessageRetryInterval",
                                            "UnlockConnectorOnEVSideDisconnect" };
    const size_t count = strtoul(value_of(all, "configurationKey") + 1, NULL, 10);
    for (size_t i = 0; i < COUNT_OF(required); i++) {
        bool is_there = false;
        for (size_t at = 0; at < count && !is_there; at++) {
            char path[48];
            snprintf(path, sizeof(path), "configurationKey/%zu/key", at);
            is_there = strcmp(value_of(all, path), required[i]) == 0;
        }
        if (!is_there) {
            fail_msg("%s is not there", required[i]);
        }
    }
    const char *some = central_asks(world, "GetConfiguration",
                                    "{'key':['supportedfeatureprofiles','Unheard','NumberOfConnectors','AuthorizationKey']}");
    assert_string_equal(value_of(some, "configurationKey"), "(2)");
    assert_string_equal(value_of(some, "configurationKey/0/key"), "SupportedFeatureProfiles");
    assert_string_equal(value_of(some, "configurationKey/0/readonly"), "true");
    assert_string_equal(value_of(some, "configurationKey/1/value"), "1");
    assert_string_equal(value_of(some, "unknownKey/0"), "Unheard");
    assert_string_equal(value_of(some, "unknownKey/1"), "AuthorizationKey"); /* its feature is not there */
    world_free(world);
}

/* 1.6 edition 2, 5.8, 9.1.9. */
static void more_keys_than_are_taken_are_refused(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    const long most = strtol(key(world, "GetConfigurationMaxKeys"), NULL, 10);
    assert_true(most >= 50 && most < 200);
    char payload[4096] = "{'key':['A'";
    for (long i = 1; i < most; i++) {
        strcat(payload, ",'A'");
    }
    strcat(payload, "]}");
    assert_string_equal(value_of(central_asks(world, "GetConfiguration", payload), "unknownKey/0"), "A");
    strcpy(payload + strlen(payload) - 2, ",'A']}");
    assert_string_equal(central_asks(world, "GetConfiguration", payload), "OccurenceConstraintViolation");
    world_free(world);
}

/* TC_021_CS; 1.6 edition 2, 5.3. Title only, steps ours. */
static void configuration_is_changed_and_kept(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(change(world, "MeterValueSampleInterval", "17"), "Accepted");
    assert_string_equal(change(world, "ConnectorPhaseRotation", "0.RST,1.RTS"), "Accepted");
    assert_string_equal(key(world, "metervaluesampleinterval"), "17");
    world_power_back(world, 5);
    world_connect(world, OCPP_VERSION_1_6);
    assert_string_equal(key(world, "MeterValueSampleInterval"), "17");
    assert_string_equal(key(world, "ConnectorPhaseRotation"), "0.RST,1.RTS");
    world_free(world);
}

/* TC_040_1_CS; 1.6 edition 2, 5.3. Title only, steps ours. */
static void an_unknown_key_is_not_supported(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(change(world, "Unheard", "1"), "NotSupported");
    assert_string_equal(change(world, "AuthorizationKey", "00112233445566778899aabbccddeeff"), "NotSupported");
    assert_string_equal(change(world, "BlinkRepeat", "3"), "NotSupported"); /* nothing to blink with */
    world_free(world);
}

/* TC_040_2_CS; 1.6 edition 2, 5.3, 9.1.39; errata 3.14.4. Title only, steps ours. */
static void an_invalid_value_is_rejected_and_nothing_changes(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *value;
    } rows[] = {
        { "MeterValueSampleInterval", "-1" },
        { "WebSocketPingInterval", "-1" },
        { "TransactionMessageAttempts", "0" },
        { "LocalPreAuthorize", "maybe" },
        { "MeterValuesAlignedData", "SoC,Warmth" },
        { "MeterValuesSampledData", "Energy.Active.Net" }, /* a word of 2.x */
        { "NumberOfConnectors", "3" },
        { "MeterValuesSampledDataMaxLength", "3" },
        { "ConnectorPhaseRotation", "0.RST,," },
    };
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char before[1024];
        snprintf(before, sizeof(before), "%s", key(world, rows[i].key));
        assert_string_equal(change(world, rows[i].key, rows[i].value), "Rejected");
        assert_string_equal(key(world, rows[i].key), before);
    }
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_variable_is_read),
        cmocka_unit_test(several_variables_are_read_at_once),
        cmocka_unit_test(what_is_unknown_is_said_so_without_a_value),
        cmocka_unit_test(more_items_than_are_taken_are_refused),
        cmocka_unit_test(variables_of_a_place_are_found_at_it),
        cmocka_unit_test(availability_is_worked_out_of_the_connectors),
        cmocka_unit_test(one_variable_is_changed),
        cmocka_unit_test(several_variables_are_changed_each_by_itself),
        cmocka_unit_test(what_is_unknown_is_not_changed),
        cmocka_unit_test(values_of_the_wrong_form_are_rejected),
        cmocka_unit_test(what_may_only_be_read_is_not_changed),
        cmocka_unit_test(what_cannot_be_kept_is_not_changed),
        cmocka_unit_test(the_configuration_inventory_is_what_can_be_changed),
        cmocka_unit_test(the_full_inventory_is_everything_at_every_place),
        cmocka_unit_test(the_summary_tells_what_can_be_used),
        cmocka_unit_test(components_are_reported_by_criteria),
        cmocka_unit_test(one_variable_is_reported_by_name),
        cmocka_unit_test(a_criterion_and_names_must_both_be_met),
        cmocka_unit_test(what_a_name_leaves_out_means_any),
        cmocka_unit_test(a_report_without_a_choice_is_everything),
        cmocka_unit_test(a_report_on_too_many_names_is_refused),
        cmocka_unit_test(pages_fit_the_bounds_of_messages),
        cmocka_unit_test(a_second_report_is_rejected_while_one_goes_on),
        cmocka_unit_test(a_report_nobody_takes_is_given_up),
        cmocka_unit_test(a_report_ends_with_its_link),
        cmocka_unit_test(a_report_is_sent_while_we_wait_to_be_accepted),
        cmocka_unit_test(what_happens_during_a_report_is_told_between_its_pages),
        cmocka_unit_test(every_required_variable_is_there),
        cmocka_unit_test(configuration_is_retrieved_whole_or_by_name),
        cmocka_unit_test(more_keys_than_are_taken_are_refused),
        cmocka_unit_test(configuration_is_changed_and_kept),
        cmocka_unit_test(an_unknown_key_is_not_supported),
        cmocka_unit_test(an_invalid_value_is_rejected_and_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
