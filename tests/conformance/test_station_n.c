/* Block N of a station: monitors of variables, and the events they make (OCPP 2.0.1 N02 to N08). */
#include "station_world.h"

#include <ocpp/monitoring.h>

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the station ----------------------------------------------------------------------------------------------------------- */

/* What its firmware measures: the temperature of a cooler, known by a callback alone, and of each EVSE's plug. */
static char cooler[32];
static char dead_band[32];
static char modes[] = "Eco,Boost,Off";
static char mode[32];

static bool get_text(const struct ocpp_own_setting *setting, enum ocpp_setting_attribute attribute, char *text, size_t room,
                     void *user)
{
    (void)setting;
    (void)attribute;
    snprintf(text, room, "%s", (const char *)user);
    return text[0] != '\0';
}

static const struct ocpp_own_setting own[] = {
    { .name = { .component = "CoolingSystem", .variable = "Temperature" },
      .type = OCPP_SETTING_DECIMAL,
      .access = OCPP_SETTING_READ_ONLY,
      .unit = "Celsius",
      .is_limited = true,
      .minimum = { -40, 0 },
      .maximum = { 120, 0 },
      .get = get_text,
      .user = cooler },
    { .name = { .component = "CoolingSystem", .variable = "Hysteresis" },
      .type = OCPP_SETTING_DECIMAL,
      .access = OCPP_SETTING_READ_ONLY,
      .get = get_text,
      .user = dead_band },
    { .name = { .component = "CoolingSystem", .variable = "Mode" },
      .type = OCPP_SETTING_OPTION_LIST,
      .access = OCPP_SETTING_READ_ONLY,
      .values = modes,
      .get = get_text,
      .user = mode },
    { .name = { .component = "CoolingSystem", .variable = "Code" },
      .stored_as = "Code",
      .type = OCPP_SETTING_STRING,
      .access = OCPP_SETTING_WRITE_ONLY,
      .length = 40,
      .initial = "first" },
    { .name = { .component = "CoolingSystem", .evse = 1, .variable = "Temperature" },
      .type = OCPP_SETTING_DECIMAL,
      .access = OCPP_SETTING_READ_ONLY,
      .get = get_text,
      .user = cooler },
};

#define STATE_OF(component_name, place)                                                                                          \
    {                                                                                                                            \
        .component = component_name, .evse = place, .variable = "AvailabilityState"                                              \
    }
static const struct ocpp_monitor declared[] = {
    { .id = 1,
      .variable = { .component = "CoolingSystem", .variable = "Temperature" },
      .type = OCPP_MONITOR_UPPER_THRESHOLD,
      .value = { 110, 0 },
      .severity = 0,
      .origin = OCPP_MONITOR_HARD_WIRED },
    { .id = 7,
      .variable = STATE_OF("EVSE", 1),
      .type = OCPP_MONITOR_DELTA,
      .value = { 1, 0 },
      .severity = 8,
      .origin = OCPP_MONITOR_PRECONFIGURED },
    { .id = 8,
      .variable = STATE_OF("ChargingStation", 0),
      .type = OCPP_MONITOR_DELTA,
      .value = { 1, 0 },
      .severity = 8,
      .origin = OCPP_MONITOR_PRECONFIGURED,
      .only_with_all = true },
};

/* What safety allows (N04.FR.07). */
static bool allows(const struct ocpp_monitor *monitor, void *user)
{
    (void)user;
    return monitor->severity != 9;
}

static const struct ocpp_monitoring_settings with_declared = {
    .monitors = declared,
    .monitor_count = sizeof(declared) / sizeof(declared[0]),
    .max_monitors = 4,
    .allows = allows,
};
static const struct ocpp_monitoring_settings plain = { .max_monitors = 8 };

static void celsius(struct world *world, const char *value)
{
    const struct ocpp_setting_name name = { .component = "CoolingSystem", .variable = "Temperature" };
    const struct ocpp_setting_name plug_of_one = { .component = "CoolingSystem", .evse = 1, .variable = "Temperature" };
    snprintf(cooler, sizeof(cooler), "%s", value);
    assert_int_equal(ocpp_charge_point_variable_reported(world->cp, &name, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_variable_reported(world->cp, &plug_of_one, world->now), OCPP_OK);
    world_run(world);
}

static struct world *station(const struct ocpp_monitoring_settings *settings)
{
    snprintf(cooler, sizeof(cooler), "20");
    snprintf(mode, sizeof(mode), "Eco");
    dead_band[0] = '\0';
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world->settings.own_settings = own;
    world->settings.own_setting_count = sizeof(own) / sizeof(own[0]);
    world->settings.monitoring = settings;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_forgets(world);
    return world;
}

/* --- the central system ---------------------------------------------------------------------------------------------------- */

#define COOLER  "'component':{'name':'CoolingSystem'},'variable':{'name':'Temperature'}"
#define EVSE_1  "'component':{'name':'EVSE','evse':{'id':1}},'variable':{'name':'AvailabilityState'}"
#define STATION "'component':{'name':'ChargingStation'},'variable':{'name':'AvailabilityState'}"

static const char *sets_all(struct world *world, const char *data)
{
    char payload[2048];
    snprintf(payload, sizeof(payload), "{'setMonitoringData':[%s]}", data);
    return central_asks(world, "SetVariableMonitoring", payload);
}

/* One monitor; its status. */
static const char *sets(struct world *world, const char *type, const char *value, int severity, const char *what)
{
    char data[512];
    snprintf(data, sizeof(data), "{'type':'%s','value':%s,'severity':%d,%s}", type, value, severity, what);
    return value_of(sets_all(world, data), "setMonitoringResult/0/status");
}

/* One that is accepted; its id. */
static int has_set(struct world *world, const char *type, const char *value, int severity, const char *what)
{
    assert_string_equal(sets(world, type, value, severity, what), "Accepted");
    return atoi(value_of(world->answer, "setMonitoringResult/0/id"));
}

static const char *replaces(struct world *world, int id, const char *type, const char *value, int severity, const char *what)
{
    char more[512];
    snprintf(more, sizeof(more), "'id':%d,%s", id, what);
    return sets(world, type, value, severity, more);
}

static const char *clears(struct world *world, int id)
{
    char payload[64];
    snprintf(payload, sizeof(payload), "{'id':[%d]}", id);
    return value_of(central_asks(world, "ClearVariableMonitoring", payload), "clearMonitoringResult/0/status");
}

static const char *reports(struct world *world, const char *filter)
{
    char payload[512];
    snprintf(payload, sizeof(payload), "{'requestId':5%s}", filter);
    return value_of(central_asks(world, "GetMonitoringReport", payload), "status");
}

static const char *based_on(struct world *world, const char *base)
{
    char payload[64];
    snprintf(payload, sizeof(payload), "{'monitoringBase':'%s'}", base);
    return value_of(central_asks(world, "SetMonitoringBase", payload), "status");
}

static const char *leveled_at(struct world *world, int severity)
{
    char payload[64];
    snprintf(payload, sizeof(payload), "{'severity':%d}", severity);
    return value_of(central_asks(world, "SetMonitoringLevel", payload), "status");
}

static void sees_event(struct world *world, int id, const char *members)
{
    char text[512];
    snprintf(text, sizeof(text), "seqNo=0 eventData/0/variableMonitoringId=%d %s", id, members);
    central_sees(world, "NotifyEvent", text);
}

static void sees_no_event(struct world *world)
{
    central_does_not_see(world, "NotifyEvent");
}

static void restart(struct world *world, int seconds)
{
    world_power_off(world);
    world_power_back(world, seconds);
    world_connect(world, OCPP_VERSION_2_0_1);
}

/* --- N04: set -------------------------------------------------------------------------------------------------------------- */

/* TC_N_08_CS; N04.FR.01, FR.02, FR.08, FR.11. */
static void a_monitor_is_set_and_gets_a_number(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    assert_string_equal(sets(world, "Delta", "1", 8, STATION), "Accepted");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/id"), "1000");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/component/name"), "ChargingStation");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/variable/name"), "AvailabilityState");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/type"), "Delta");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/severity"), "8");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/1/status"), "");
    world_free(world);
}

/* TC_N_09_CS, TC_N_10_CS; N04.FR.01, FR.02. */
static void several_monitors_are_set_together(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const char *answer = sets_all(world, "{'type':'Delta','value':1,'severity':8," EVSE_1 "},"
                                         "{'type':'Delta','value':1,'severity':8," STATION "},"
                                         "{'type':'UpperThreshold','value':67,'severity':4," COOLER "},"
                                         "{'type':'UpperThreshold','value':78,'severity':3," COOLER "}");
    assert_string_equal(value_of(answer, "setMonitoringResult/0/id"), "1000");
    assert_string_equal(value_of(answer, "setMonitoringResult/1/id"), "1001");
    assert_string_equal(value_of(answer, "setMonitoringResult/2/id"), "1002");
    assert_string_equal(value_of(answer, "setMonitoringResult/3/status"), "Accepted");
    assert_string_equal(value_of(answer, "setMonitoringResult/3/id"), "1003");
    world_free(world);
}

/* TC_N_11_CS, TC_N_37_CS; N04.FR.03, FR.04. Also a place that does not exist. */
static void what_is_not_in_the_device_model_has_no_monitors(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    assert_string_equal(sets(world, "Delta", "1", 8, "'component':{'name':'Bogus'},'variable':{'name':'Power'}"),
                        "UnknownComponent");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/id"), "");
    assert_string_equal(
        sets(world, "Delta", "1", 8, "'component':{'name':'EVSE','evse':{'id':9}},'variable':{'name':'AvailabilityState'}"),
        "UnknownComponent");
    assert_string_equal(sets(world, "Delta", "1", 8, "'component':{'name':'CoolingSystem'},'variable':{'name':'Colour'}"),
                        "UnknownVariable");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/component/name"), "CoolingSystem");
    world_free(world);
}

/* TC_N_38_CS; N04.FR.05; part 1, 4.4. */
static void a_type_the_variable_cannot_have_is_not_supported(void **state)
{
    (void)state;
    static const char *const date = "'component':{'name':'ClockCtrlr'},'variable':{'name':'DateTime'}";
    struct world *world = station(&plain);
    assert_string_equal(sets(world, "UpperThreshold", "1", 8, STATION), "UnsupportedMonitorType");
    assert_string_equal(sets(world, "LowerThreshold", "1", 8, STATION), "UnsupportedMonitorType");
    assert_string_equal(sets(world, "Periodic", "60", 8, date), "UnsupportedMonitorType");
    assert_string_equal(sets(world, "PeriodicClockAligned", "60", 8, date), "UnsupportedMonitorType");
    assert_string_equal(sets(world, "Delta", "60", 8, date), "Accepted");
    world_free(world);
}

/* TC_N_12_CS, TC_N_13_CS, TC_N_43_CS; N04.FR.06, FR.14. Each element stands for itself. */
static void a_value_outside_its_range_is_rejected(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    assert_string_equal(sets(world, "Delta", "-1", 8, EVSE_1), "Rejected");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/statusInfo/reasonCode"), "ValueOutOfRange");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/id"), "");
    assert_string_equal(sets(world, "Delta", "0", 8, COOLER), "Rejected");
    assert_string_equal(sets(world, "Delta", "0", 8, EVSE_1), "Accepted");
    assert_string_equal(sets(world, "UpperThreshold", "120.5", 8, COOLER), "Rejected");
    assert_string_equal(sets(world, "LowerThreshold", "-41", 8, COOLER), "Rejected");
    assert_string_equal(sets(world, "UpperThreshold", "120", 8, COOLER), "Accepted");
    assert_string_equal(sets(world, "Periodic", "0", 8, COOLER), "Rejected");
    assert_string_equal(sets(world, "Periodic", "0.9", 8, COOLER), "Rejected");
    assert_string_equal(sets(world, "PeriodicClockAligned", "86401", 8, COOLER), "Rejected");
    assert_string_equal(sets(world, "Periodic", "86401", 8, COOLER), "Accepted");
    assert_string_equal(sets(world, "Periodic", "99999999", 7, COOLER), "Rejected");
    const char *answer = sets_all(world, "{'type':'UpperThreshold','value':67,'severity':4," COOLER "},"
                                         "{'type':'Delta','value':-1.0,'severity':4," COOLER "},"
                                         "{'type':'LowerThreshold','value':7,'severity':4," COOLER "}");
    assert_string_equal(value_of(answer, "setMonitoringResult/0/status"), "Accepted");
    assert_string_equal(value_of(answer, "setMonitoringResult/1/status"), "Rejected");
    assert_string_equal(value_of(answer, "setMonitoringResult/2/status"), "Accepted");
    world_free(world);
}

/* N04, severity; N04.FR.07. */
static void a_severity_there_is_not_and_what_safety_forbids_are_rejected(void **state)
{
    (void)state;
    struct world *world = station(&with_declared);
    assert_string_equal(sets(world, "Delta", "1", 10, COOLER), "Rejected");
    assert_string_equal(sets(world, "Delta", "1", -1, COOLER), "Rejected");
    assert_string_equal(sets(world, "Delta", "1", 9, COOLER), "Rejected");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/statusInfo/reasonCode"), "UnsupportedRequest");
    world_free(world);
}

/* TC_N_15_CS; N04.FR.10. */
static void two_of_one_type_and_severity_are_one_too_many(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const char *answer = sets_all(world, "{'type':'Delta','value':1,'severity':8," EVSE_1 "},"
                                         "{'type':'Delta','value':1,'severity':8," EVSE_1 "},"
                                         "{'type':'Delta','value':1,'severity':7," EVSE_1 "}");
    assert_string_equal(value_of(answer, "setMonitoringResult/0/status"), "Accepted");
    assert_string_equal(value_of(answer, "setMonitoringResult/1/status"), "Duplicate");
    assert_string_equal(value_of(answer, "setMonitoringResult/1/id"), "");
    assert_string_equal(value_of(answer, "setMonitoringResult/2/status"), "Accepted");
    assert_string_equal(replaces(world, 1001, "Delta", "1", 8, EVSE_1), "Duplicate");
    assert_string_equal(replaces(world, 1000, "Delta", "2", 8, EVSE_1), "Accepted");
    world_free(world);
}

/* TC_N_40_CS; N04.FR.12. */
static void a_monitor_is_replaced_by_its_number(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "Delta", "1", 5, EVSE_1);
    assert_string_equal(replaces(world, id, "Delta", "1", 4, EVSE_1), "Accepted");
    assert_int_equal(atoi(value_of(world->answer, "setMonitoringResult/0/id")), id);
    assert_string_equal(reports(world, ",'monitoringCriteria':['DeltaMonitoring']"), "Accepted");
    central_sees(world, "NotifyMonitoringReport",
                 "monitor/0/variableMonitoring/0/id=1000 monitor/0/variableMonitoring/0/severity=4 tbc=false seqNo=0");
    world_free(world);
}

/* TC_N_39_CS; N04.FR.13, FR.16, FR.18. */
static void what_cannot_be_replaced_stays(void **state)
{
    (void)state;
    struct world *world = station(&with_declared);
    const int id = has_set(world, "Delta", "1", 5, EVSE_1);
    assert_string_equal(replaces(world, id, "Delta", "1", 4, STATION), "Rejected");
    assert_string_equal(replaces(world, 4711, "Delta", "1", 4, EVSE_1), "Rejected");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/statusInfo/reasonCode"), "NotFound");
    assert_string_equal(replaces(world, 0, "Delta", "1", 4, EVSE_1), "Rejected");
    assert_string_equal(replaces(world, -3, "Delta", "1", 4, EVSE_1), "Rejected");
    assert_string_equal(replaces(world, 1, "UpperThreshold", "100", 0, COOLER), "Rejected");
    assert_string_equal(reports(world, ",'componentVariable':[{" EVSE_1 "}]"), "Accepted");
    central_sees(world, "NotifyMonitoringReport", "monitor/0/variableMonitoring/1/severity=5");
    world_free(world);
}

/* The bound of their number; ids are not given again. */
static void there_are_no_more_monitors_than_there_is_room_for(void **state)
{
    (void)state;
    struct world *world = station(&with_declared);
    for (int severity = 1; severity <= 4; severity++) {
        has_set(world, "Delta", "1", severity, COOLER);
    }
    assert_string_equal(sets(world, "Delta", "1", 5, COOLER), "Rejected");
    assert_string_equal(value_of(world->answer, "setMonitoringResult/0/statusInfo/reasonCode"), "TooManyElements");
    assert_string_equal(clears(world, 1003), "Accepted");
    restart(world, 10);
    assert_int_equal(has_set(world, "Delta", "1", 5, COOLER), 1004);
    world_free(world);
}

/* N04.FR.09, N06.FR.06, N02.FR.07: more items than the station says it takes. */
static void too_many_items_are_refused_whole(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.monitoring = &plain;
    world->settings.limits.max_bytes = 600;
    world->settings.local_list_items = 1;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(sets_all(world, "{'type':'Delta','value':1,'severity':8," STATION "},{'type':'Delta','value':1,"
                                        "'severity':7," STATION "}"),
                        "OccurrenceConstraintViolation");
    assert_string_equal(central_asks(world, "ClearVariableMonitoring", "{'id':[1,2,3,4,5,6,7,8,9,10,11]}"),
                        "OccurrenceConstraintViolation");
    world_free(world);
}

/* --- N06: clear ------------------------------------------------------------------------------------------------------------ */

/* TC_N_18_CS, TC_N_19_CS; N06.FR.01, FR.02, FR.05. */
static void monitors_are_cleared_by_their_numbers(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    has_set(world, "Delta", "1", 8, STATION);
    has_set(world, "Delta", "1", 8, EVSE_1);
    const char *answer = central_asks(world, "ClearVariableMonitoring", "{'id':[1000,1001,123456]}");
    assert_string_equal(value_of(answer, "clearMonitoringResult/0/status"), "Accepted");
    assert_string_equal(value_of(answer, "clearMonitoringResult/1/status"), "Accepted");
    assert_string_equal(value_of(answer, "clearMonitoringResult/1/id"), "1001");
    assert_string_equal(value_of(answer, "clearMonitoringResult/2/status"), "NotFound");
    assert_string_equal(reports(world, ",'componentVariable':[{" STATION "},{" EVSE_1 "}]"), "EmptyResultSet");
    assert_string_equal(clears(world, 1000), "NotFound");
    plug(world, 1);
    sees_no_event(world);
    restart(world, 10);
    assert_string_equal(reports(world, ""), "EmptyResultSet");
    world_free(world);
}

/* TC_N_44_CS; N06.FR.03. */
static void a_hard_wired_monitor_is_not_cleared(void **state)
{
    (void)state;
    struct world *world = station(&with_declared);
    assert_string_equal(clears(world, 1), "Rejected");
    assert_string_equal(clears(world, 7), "Accepted");
    assert_string_equal(clears(world, 7), "NotFound");
    restart(world, 10);
    assert_string_equal(clears(world, 7), "NotFound");
    celsius(world, "111");
    sees_event(world, 1, "eventData/0/eventNotificationType=HardWiredMonitor");
    world_free(world);
}

/* --- N03, N05: base and level ---------------------------------------------------------------------------------------------- */

/* TC_N_05_CS; N03.FR.01, FR.03, FR.04, FR.05. */
static void each_base_has_its_monitors(void **state)
{
    (void)state;
    struct world *world = station(&with_declared);
    assert_string_equal(based_on(world, "All"), "Accepted");
    reports(world, "");
    central_sees(world, "NotifyMonitoringReport",
                 "monitor/0/variableMonitoring/0/id=1 monitor/1/variableMonitoring/0/id=7 monitor/2/variableMonitoring/0/id=8");
    assert_string_equal(based_on(world, "FactoryDefault"), "Accepted");
    reports(world, ",'componentVariable':[{" STATION "}]");
    assert_string_equal(value_of(world->answer, "status"), "EmptyResultSet");
    assert_string_equal(based_on(world, "HardWiredOnly"), "Accepted");
    reports(world, "");
    central_sees(world, "NotifyMonitoringReport",
                 "monitor/0/variableMonitoring/0/id=1 monitor/1/variableMonitoring/0/id= tbc=false");
    restart(world, 10);
    reports(world, "");
    central_sees(world, "NotifyMonitoringReport", "monitor/0/variableMonitoring/0/id=1 monitor/1/variableMonitoring/0/id=");
    const char *answer = central_asks(world, "GetVariables",
                                      "{'getVariableData':[{'component':{'name':'MonitoringCtrlr'},"
                                      "'variable':{'name':'ActiveMonitoringBase'}}]}");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeValue"), "HardWiredOnly");
    world_free(world);
}

/* TC_N_06_CS; N03.FR.05; with All they stay (N03.FR.03). */
static void custom_monitors_go_with_the_base(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    has_set(world, "Delta", "1", 8, STATION);
    assert_string_equal(based_on(world, "All"), "Accepted");
    assert_string_equal(reports(world, ",'componentVariable':[{" STATION "}]"), "Accepted");
    central_sees(world, "NotifyMonitoringReport", "requestId=5 seqNo=0 tbc=false monitor/0/variableMonitoring/0/type=Delta");
    assert_string_equal(based_on(world, "HardWiredOnly"), "Accepted");
    assert_string_equal(reports(world, ",'componentVariable':[{" STATION "}]"), "EmptyResultSet");
    restart(world, 10);
    assert_string_equal(reports(world, ""), "EmptyResultSet");
    world_free(world);
}

/* TC_N_07_CS; N03.FR.02: steps ours: a base that does not exist is none of the enumeration. */
static void a_base_there_is_not_is_refused(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    assert_string_equal(central_asks(world, "SetMonitoringBase", "{'monitoringBase':'Bogus'}"), "PropertyConstraintViolation");
    world_free(world);
}

/* TC_N_41_CS; N03.FR.04, N04.FR.15. */
static void a_preconfigured_monitor_that_was_changed_comes_back(void **state)
{
    (void)state;
    struct world *world = station(&with_declared);
    assert_string_equal(replaces(world, 7, "Delta", "1", 4, EVSE_1), "Accepted");
    restart(world, 10);
    assert_string_equal(based_on(world, "All"), "Accepted"); /* leaves it as it is */
    plug(world, 1);
    sees_event(world, 7, "eventData/0/eventNotificationType=CustomMonitor");
    reports(world, ",'componentVariable':[{" EVSE_1 "}]");
    central_sees(world, "NotifyMonitoringReport", "monitor/0/variableMonitoring/0/severity=4");
    assert_string_equal(based_on(world, "FactoryDefault"), "Accepted");
    reports(world, ",'componentVariable':[{" EVSE_1 "}]");
    central_sees(world, "NotifyMonitoringReport",
                 "monitor/0/variableMonitoring/0/severity=8 monitor/0/variableMonitoring/0/id=7");
    unplug(world, 1);
    sees_event(world, 7, "eventData/0/eventNotificationType=PreconfiguredMonitor");
    world_free(world);
}

/* A changed one that is cleared is away, and All brings back what firmware declared (N03.FR.03). */
static void a_changed_monitor_that_is_cleared_comes_back_as_it_was(void **state)
{
    (void)state;
    struct world *world = station(&with_declared);
    assert_string_equal(replaces(world, 7, "Delta", "1", 4, EVSE_1), "Accepted");
    assert_string_equal(clears(world, 7), "Accepted");
    assert_string_equal(reports(world, ",'componentVariable':[{" EVSE_1 "}]"), "EmptyResultSet");
    assert_string_equal(based_on(world, "All"), "Accepted");
    reports(world, ",'componentVariable':[{" EVSE_1 "}]");
    central_sees(world, "NotifyMonitoringReport", "monitor/0/variableMonitoring/0/severity=8");
    world_free(world);
}

/* TC_N_16_CS; N05.FR.01, FR.03, N07.FR.15. What was muted is told as it stands when it may be. */
static void the_level_mutes_what_is_less_severe(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "Delta", "1", 8, EVSE_1);
    assert_string_equal(leveled_at(world, 7), "Accepted");
    plug(world, 1);
    sees_no_event(world);
    restart(world, 10);
    unplug(world, 1);
    sees_no_event(world);
    assert_string_equal(leveled_at(world, 8), "Accepted");
    plug(world, 1);
    sees_event(world, id, "eventData/0/actualValue=Occupied");
    world_free(world);
}

/* TC_N_17_CS; N05.FR.02. */
static void a_level_there_is_not_is_rejected(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    assert_string_equal(leveled_at(world, 10), "Rejected");
    assert_string_equal(value_of(world->answer, "statusInfo/reasonCode"), "ValueOutOfRange");
    assert_string_equal(leveled_at(world, -1), "Rejected");
    const char *answer = central_asks(world, "GetVariables",
                                      "{'getVariableData':[{'component':{'name':'MonitoringCtrlr'},"
                                      "'variable':{'name':'ActiveMonitoringLevel'}}]}");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeValue"), "9");
    world_free(world);
}

/* MonitoringCtrlr.Enabled. */
static void monitoring_can_be_switched_off(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "Delta", "1", 8, EVSE_1);
    world_set_variable(world, "MonitoringCtrlr", "Enabled", NULL, "false");
    plug(world, 1);
    sees_no_event(world);
    world_set_variable(world, "MonitoringCtrlr", "Enabled", NULL, "true");
    sees_event(world, id, "eventData/0/actualValue=Occupied");
    world_free(world);
}

/* --- N02: reports ---------------------------------------------------------------------------------------------------------- */

/* TC_N_01_CS, TC_N_04_CS; N02.FR.01 to FR.06, FR.12 to FR.14. 04: steps ours: every criterion there is is supported. */
static void a_report_is_limited_by_criteria(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    has_set(world, "UpperThreshold", "60", 1, COOLER);
    has_set(world, "LowerThreshold", "5", 1, COOLER);
    has_set(world, "Delta", "1", 8, EVSE_1);
    has_set(world, "PeriodicClockAligned", "900", 8, STATION);
    assert_string_equal(reports(world, ",'monitoringCriteria':['ThresholdMonitoring']"), "Accepted");
    central_sees(world, "NotifyMonitoringReport",
                 "requestId=5 monitor/0/variableMonitoring/0/type=UpperThreshold monitor/0/variableMonitoring/0/value=60 "
                 "monitor/0/variableMonitoring/0/transaction=false monitor/0/variableMonitoring/1/type=LowerThreshold "
                 "monitor/1/component/name= tbc=false generatedAt=*");
    reports(world, ",'monitoringCriteria':['DeltaMonitoring','PeriodicMonitoring']");
    central_sees(world, "NotifyMonitoringReport",
                 "monitor/0/variableMonitoring/0/type=Delta monitor/1/variableMonitoring/0/type=PeriodicClockAligned "
                 "monitor/2/component/name=");
    assert_string_equal(central_asks(world, "GetMonitoringReport", "{'requestId':1,'monitoringCriteria':['Bogus']}"),
                        "PropertyConstraintViolation");
    world_free(world);
}

/* TC_N_02_CS, TC_N_03_CS, TC_N_47_CS; N02.FR.08, FR.10, FR.11, FR.16 to FR.21. */
static void a_report_is_limited_by_components(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    has_set(world, "Delta", "1", 8, EVSE_1);
    has_set(world, "Delta", "1", 8, COOLER);
    has_set(world, "Delta", "1", 8, "'component':{'name':'EVSE','evse':{'id':2}},'variable':{'name':'AvailabilityState'}");
    reports(world, ",'componentVariable':[{'component':{'name':'EVSE'}}]"); /* every EVSE, every variable */
    central_sees(world, "NotifyMonitoringReport",
                 "monitor/0/component/evse/id=1 monitor/1/component/evse/id=2 monitor/2/component/name=");
    reports(world,
            ",'componentVariable':[{'component':{'name':'evse','evse':{'id':2}},'variable':{'name':'AVAILABILITYSTATE'}}]");
    central_sees(world, "NotifyMonitoringReport", "monitor/0/component/evse/id=2 monitor/1/component/name=");
    assert_string_equal(reports(world, ",'monitoringCriteria':['DeltaMonitoring'],'componentVariable':[{" COOLER "}]"),
                        "Accepted");
    assert_string_equal(reports(world, ",'monitoringCriteria':['PeriodicMonitoring'],'componentVariable':[{" COOLER "}]"),
                        "EmptyResultSet");
    central_forgets(world);
    assert_string_equal(reports(world, ""), "Accepted");
    central_sees(world, "NotifyMonitoringReport", "monitor/2/component/evse/id=2 monitor/3/component/name= tbc=false");
    world_free(world);
}

/* N02.FR.09: pages, and what happens to them. */
static void a_long_report_comes_in_pages(void **state)
{
    (void)state;
    static struct ocpp_monitor many[64];
    static const struct ocpp_setting_name names[] = {
        { .component = "ChargingStation", .variable = "AvailabilityState" },
        { .component = "ChargingStation", .variable = "Model" },
        { .component = "EVSE", .evse = 1, .variable = "AvailabilityState" },
        { .component = "EVSE", .evse = 2, .variable = "AvailabilityState" },
        { .component = "AuthCtrlr", .variable = "Enabled" },
        { .component = "TxCtrlr", .variable = "EVConnectionTimeOut" },
        { .component = "OCPPCommCtrlr", .variable = "HeartbeatInterval" },
    };
    for (int i = 0; i < 64; i++) {
        many[i] = (struct ocpp_monitor){
            .id = i + 1, .variable = names[i / 10], .type = OCPP_MONITOR_DELTA, .value = { 5, 0 }, .severity = i % 10
        };
    }
    const struct ocpp_monitoring_settings settings = { .monitors = many, .monitor_count = 64 };
    struct world *world = station(&settings);
    world->silent_action = "NotifyMonitoringReport";
    world->silent_count = 1;
    assert_string_equal(reports(world, ""), "Accepted");
    assert_string_equal(reports(world, ""), "Rejected"); /* one at a time */
    world_pass(world, 120);
    central_sees(world, "NotifyMonitoringReport", "seqNo=0 tbc=true"); /* which nobody answered */
    central_sees(world, "NotifyMonitoringReport", "seqNo=0 tbc=true monitor/0/variableMonitoring/9/id=10");
    central_sees(world, "NotifyMonitoringReport", "seqNo=1 tbc=false monitor/0/variableMonitoring/0/id=41");
    central_does_not_see(world, "NotifyMonitoringReport");
    world->silent_action = "NotifyMonitoringReport";
    world->silent_count = 3;
    assert_string_equal(reports(world, ""), "Accepted"); /* it is given up … */
    world_pass(world, 300);
    assert_string_equal(reports(world, ""), "Accepted"); /* … and makes room for the next */
    world_free(world);
}

/* A report ends with its link. */
static void a_report_ends_with_its_link(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    has_set(world, "Delta", "1", 8, EVSE_1);
    world->silent_action = "NotifyMonitoringReport";
    world->silent_count = 1;
    assert_string_equal(reports(world, ""), "Accepted");
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_forgets(world);
    world_pass(world, 120);
    central_does_not_see(world, "NotifyMonitoringReport");
    assert_string_equal(reports(world, ""), "Accepted");
    world_free(world);
}

/* --- N07: events ----------------------------------------------------------------------------------------------------------- */

/* TC_N_20_CS; N07.FR.02, FR.06, FR.07, FR.16, FR.17. */
static void a_threshold_that_is_passed_is_told_once_and_when_it_is_over(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int upper = has_set(world, "UpperThreshold", "60", 3, COOLER);
    celsius(world, "60");
    sees_no_event(world);
    celsius(world, "60.1");
    sees_event(
        world, upper,
        "eventData/0/trigger=Alerting eventData/0/actualValue=60.1 eventData/0/cleared= eventData/0/component/name=CoolingSystem "
        "eventData/0/variable/name=Temperature eventData/0/eventNotificationType=CustomMonitor eventData/0/timestamp=*");
    celsius(world, "70");
    celsius(world, "65");
    sees_no_event(world);
    const int lower = has_set(world, "LowerThreshold", "10", 3, COOLER);
    celsius(world, "9.99");
    char members[256];
    snprintf(members, sizeof(members),
             "eventData/0/variableMonitoringId=%d eventData/0/cleared=true eventData/1/variableMonitoringId=%d "
             "eventData/1/trigger=Alerting eventData/1/actualValue=9.99",
             upper, lower);
    central_sees(world, "NotifyEvent", members);
    world_free(world);
}

/* TC_N_21_CS. */
static void firmware_tells_events_of_its_own(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    struct ocpp_event event = {
        .variable = { .component = "AccessBarrier", .evse = 1, .variable = "Problem" },
        .value = "true",
        .severity = 3,
        .tech_code = "E17",
        .tech_info = "stuck",
    };
    assert_int_equal(ocpp_charge_point_event(world->cp, &event, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "NotifyEvent",
                 "eventData/0/eventNotificationType=HardWiredNotification eventData/0/trigger=Alerting eventData/0/techCode=E17 "
                 "eventData/0/techInfo=stuck eventData/0/component/name=AccessBarrier eventData/0/component/evse/id=1 "
                 "eventData/0/variableMonitoringId=");
    leveled_at(world, 2);
    assert_int_equal(ocpp_charge_point_event(world->cp, &event, world->now), OCPP_ERR_STATE);
    event.severity = 10;
    assert_int_equal(ocpp_charge_point_event(world->cp, &event, world->now), OCPP_ERR_ARGUMENT);
    event.severity = 1;
    event.variable.evse = 3;
    assert_int_equal(ocpp_charge_point_event(world->cp, &event, world->now), OCPP_ERR_ARGUMENT);
    event.variable.evse = 0;
    event.variable.component = "";
    assert_int_equal(ocpp_charge_point_event(world->cp, &event, world->now), OCPP_ERR_ARGUMENT);
    event.variable.component = "A component whose name is longer than fifty letters";
    assert_int_equal(ocpp_charge_point_event(world->cp, &event, world->now), OCPP_ERR_ARGUMENT);
    world_free(world);
}

static void faults(struct world *world, int evse, int connector, struct ocpp_fault fault)
{
    assert_int_equal(ocpp_charge_point_fault(world->cp, evse, connector, &fault, world->now), OCPP_OK);
    world_run(world);
}

/* N07, hard-wired notifications: why a place is faulted, which its status does not say. */
static void a_fault_is_told_with_its_code(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    plug(world, 1);
    card(world, 1, "A");
    faults(world, 1, 1, (struct ocpp_fault){ .code = "GroundFailure", .info = "phase 2", .vendor_error_code = "E-23" });
    central_sees(
        world, "NotifyEvent",
        "eventData/0/component/name=Connector eventData/0/component/evse/connectorId=1 eventData/0/variable/name=Problem "
        "eventData/0/actualValue=true eventData/0/techCode=E-23 eventData/0/techInfo=* eventData/0/transactionId=* "
        "eventData/0/eventNotificationType=HardWiredNotification");
    faults(world, 1, 1, (struct ocpp_fault){ .code = "GroundFailure" }); /* no news */
    sees_no_event(world);
    faults(world, 1, 1, (struct ocpp_fault){ .code = "HighTemperature" });
    central_sees(world, "NotifyEvent", "eventData/0/techCode=HighTemperature eventData/0/actualValue=true");
    assert_int_equal(ocpp_charge_point_recovered(world->cp, 1, 1, "GroundFailure", world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "NotifyEvent",
                 "eventData/0/techCode=GroundFailure eventData/0/actualValue=true eventData/0/cleared=true");
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 1, NULL, world->now), OCPP_OK);
    world_run(world);
    central_sees(world, "NotifyEvent",
                 "eventData/0/techCode=HighTemperature eventData/0/actualValue=false eventData/0/cleared=true");
    faults(world, 2, 0, (struct ocpp_fault){ .code = "PowerMeterFailure" });
    central_sees(world, "NotifyEvent", "eventData/0/component/name=EVSE eventData/0/component/evse/id=2");
    faults(world, 0, 0, (struct ocpp_fault){ .code = "InternalError" });
    central_sees(world, "NotifyEvent", "eventData/0/component/name=ChargingStation eventData/0/component/evse/id=");
    faults(world, 2, 1,
           (struct ocpp_fault){ .code = "OverVoltage",
                                .vendor_error_code = "a code of a vendor that has more characters than a code may have" });
    central_sees(world, "NotifyEvent", "eventData/0/component/evse/id=2 eventData/0/techCode=*");
    leveled_at(world, 5);
    faults(world, 0, 0, (struct ocpp_fault){ .code = "WeakSignal" }); /* but a warning */
    sees_no_event(world);
    world_free(world);
}

/* TC_N_22_CS; N07.FR.04. */
static void what_is_severe_enough_waits_for_a_link(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    world_set_variable(world, "MonitoringCtrlr", "OfflineQueuingSeverity", NULL, "5");
    const int id = has_set(world, "Delta", "1", 5, EVSE_1);
    world_disconnect(world);
    plug(world, 1);
    world_pass(world, 60);
    unplug(world, 1);
    restart(world, 60);
    char members[256];
    snprintf(members, sizeof(members),
             "eventData/0/variableMonitoringId=%d eventData/0/trigger=Delta eventData/0/actualValue=Occupied "
             "eventData/0/component/name=EVSE eventData/0/component/evse/id=1 eventData/1/actualValue=Available",
             id);
    central_sees(world, "NotifyEvent", members);
    sees_no_event(world);
    world_free(world);
}

/* TC_N_23_CS; N07.FR.04 and remarks. What is less severe is told as it stands when the link is back. */
static void what_is_not_severe_enough_does_not_wait_for_a_link(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    world_set_variable(world, "MonitoringCtrlr", "OfflineQueuingSeverity", NULL, "5");
    const int delta = has_set(world, "Delta", "1", 6, EVSE_1);
    const int upper = has_set(world, "UpperThreshold", "60", 6, COOLER);
    plug(world, 1);
    sees_event(world, delta, "eventData/0/actualValue=Occupied");
    world_disconnect(world);
    unplug(world, 1);
    celsius(world, "70");
    world_pass(world, 20);
    celsius(world, "20");
    plug(world, 1);
    world_connect(world, OCPP_VERSION_2_0_1);
    sees_no_event(world);
    world_disconnect(world);
    celsius(world, "71");
    world_connect(world, OCPP_VERSION_2_0_1);
    world_pass(world, 20);
    sees_event(world, upper, "eventData/0/actualValue=71");
    world_free(world);
}

/* Part 1, 4.4: a change is counted from the start, whoever could hear of it then. */
static void a_change_is_counted_from_the_start(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "Delta", "5", 8, COOLER);
    world_power_off(world);
    world_power_back(world, 10);
    celsius(world, "40");
    world_connect(world, OCPP_VERSION_2_0_1);
    world_pass(world, 11);
    sees_event(world, id, "eventData/0/actualValue=40");
    world_free(world);
}

/* A link in 1.6 has no word for events: for monitors it is none. */
static void while_1_6_is_spoken_events_wait(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    world_set_variable(world, "MonitoringCtrlr", "OfflineQueuingSeverity", NULL, "5");
    const int id = has_set(world, "UpperThreshold", "60", 5, COOLER);
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_1_6);
    celsius(world, "61");
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    sees_event(world, id, "eventData/0/actualValue=61");
    world_free(world);
}

/* TC_N_45_CS; N07.FR.18: more than the amount, since it was set or told last. */
static void a_change_by_more_than_the_amount_is_told(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "Delta", "5", 3, COOLER);
    celsius(world, "25");
    sees_no_event(world);
    celsius(world, "25.5");
    sees_event(world, id, "eventData/0/trigger=Delta eventData/0/actualValue=25.5");
    celsius(world, "20.5");
    sees_no_event(world);
    celsius(world, "20");
    sees_event(world, id, "eventData/0/actualValue=20");
    world_free(world);
}

/* TC_N_56_CS; N07.FR.19. */
static void any_change_of_what_is_no_number_is_told(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "Delta", "1.0", 8, EVSE_1);
    plug(world, 1);
    sees_event(world, id,
               "eventData/0/trigger=Delta eventData/0/actualValue=Occupied eventData/0/variable/name=AvailabilityState");
    world_pass(world, 120);
    sees_no_event(world);
    unplug(world, 1);
    sees_event(world, id, "eventData/0/actualValue=Available");
    const struct ocpp_setting_name name = { .component = "CoolingSystem", .variable = "Mode" };
    const int of_mode = has_set(world, "Delta", "1", 8, "'component':{'name':'CoolingSystem'},'variable':{'name':'Mode'}");
    snprintf(mode, sizeof(mode), "Boost");
    assert_int_equal(ocpp_charge_point_variable_reported(world->cp, &name, world->now), OCPP_OK);
    world_run(world);
    sees_event(world, of_mode, "eventData/0/actualValue=Boost");
    world_free(world);
}

/* TC_N_48_CS; N07.FR.10. */
static void the_value_of_a_secret_is_not_told(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "Delta", "1", 8, "'component':{'name':'CoolingSystem'},'variable':{'name':'Code'}");
    world_set_variable(world, "CoolingSystem", "Code", NULL, "second");
    sees_event(world, id, "eventData/0/variable/name=Code eventData/0/trigger=Delta");
    assert_null(strstr(world->calls[world->call_count - 1].payload, "second"));
    assert_non_null(strstr(world->calls[world->call_count - 1].payload, "\"actualValue\":\"\""));
    world_free(world);
}

/* TC_N_61_CS: steps ours: a numeric setting that the central system changes itself. */
static void a_setting_that_is_changed_makes_an_event(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id =
        has_set(world, "UpperThreshold", "300", 8, "'component':{'name':'OCPPCommCtrlr'},'variable':{'name':'OfflineThreshold'}");
    world_set_variable(world, "OCPPCommCtrlr", "OfflineThreshold", NULL, "301");
    sees_event(world, id, "eventData/0/actualValue=301 eventData/0/variable/name=OfflineThreshold");
    world_free(world);
}

/* TC_N_51_CS; N07.FR.11. */
static void a_changed_threshold_counts_at_once(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    celsius(world, "30");
    const int id = has_set(world, "UpperThreshold", "119", 5, COOLER);
    sees_no_event(world);
    assert_string_equal(replaces(world, id, "UpperThreshold", "0", 5, COOLER), "Accepted");
    sees_event(world, id, "eventData/0/trigger=Alerting eventData/0/actualValue=30");
    assert_string_equal(replaces(world, id, "UpperThreshold", "119", 5, COOLER), "Accepted");
    sees_event(world, id, "eventData/0/cleared=true");
    world_free(world);
}

/* TC_N_52_CS; N07.FR.12. */
static void nothing_is_told_of_a_monitor_that_was_removed(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "UpperThreshold", "0", 5, COOLER);
    sees_event(world, id, "eventData/0/actualValue=20");
    assert_string_equal(clears(world, id), "Accepted");
    assert_string_equal(reports(world, ",'monitoringCriteria':['ThresholdMonitoring'],'componentVariable':[{" COOLER "}]"),
                        "EmptyResultSet");
    celsius(world, "-5");
    sees_no_event(world);
    restart(world, 10);
    sees_no_event(world);
    world_free(world);
}

/* TC_N_53_CS; N07.FR.13. */
static void monitors_outlive_a_restart(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "UpperThreshold", "77.5", 2, COOLER);
    restart(world, 10);
    central_forgets(world);
    assert_string_equal(reports(world, ",'monitoringCriteria':['ThresholdMonitoring']"), "Accepted");
    char members[256];
    snprintf(members, sizeof(members),
             "requestId=5 monitor/0/variableMonitoring/0/id=%d monitor/0/variableMonitoring/0/type=UpperThreshold "
             "monitor/0/variableMonitoring/0/value=77.5 monitor/0/variableMonitoring/0/severity=2",
             id);
    central_sees(world, "NotifyMonitoringReport", members);
    celsius(world, "78");
    sees_event(world, id, "");
    world_free(world);
}

/* N07.FR.14. */
static void what_was_passed_before_a_restart_is_cleared_after_it(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "UpperThreshold", "60", 5, COOLER);
    celsius(world, "61");
    sees_event(world, id, "eventData/0/actualValue=61");
    restart(world, 10);
    sees_no_event(world); /* it is told, and still so */
    world_power_off(world);
    snprintf(cooler, sizeof(cooler), "20");
    world_power_back(world, 10);
    world_connect(world, OCPP_VERSION_2_0_1);
    sees_event(world, id, "eventData/0/cleared=true eventData/0/actualValue=20");
    restart(world, 10);
    sees_no_event(world);
    world_free(world);
}

/* The variable Hysteresis: a dead band of that many percent around a threshold. */
static void a_dead_band_keeps_a_value_near_its_threshold_quiet(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    snprintf(dead_band, sizeof(dead_band), "10");
    const int id = has_set(world, "UpperThreshold", "60", 5, COOLER);
    celsius(world, "60.5");
    sees_event(world, id, "");
    celsius(world, "57.5");
    sees_no_event(world);
    celsius(world, "57");
    sees_event(world, id, "eventData/0/cleared=true");
    world_free(world);
}

/* Values that only a callback tells are looked at by themselves, too. */
static void what_nobody_reports_is_looked_at(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "UpperThreshold", "60", 5, COOLER);
    snprintf(cooler, sizeof(cooler), "61");
    world_pass(world, 9);
    sees_no_event(world);
    world_pass(world, 2);
    sees_event(world, id, "");
    cooler[0] = '\0'; /* no value is none within a threshold */
    world_pass(world, 30);
    sees_no_event(world);
    world_free(world);
}

static size_t meter_with_power(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    struct world *world = user;
    (void)room;
    samples[0] =
        (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { world->meter_wh[evse], 0 } };
    samples[1] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_POWER_ACTIVE_IMPORT,
                                       .phase = OCPP_PHASE_L1,
                                       .value = { world->closed[evse] ? 35005 : 0, 1 } };
    samples[2] = samples[1];
    samples[2].phase = OCPP_PHASE_L2;
    return 3;
}

/* TC_N_20_CS: the variable of its steps: the power of an EVSE, which its meter tells. N07, transactionId. */
static void the_power_of_an_evse_has_monitors(void **state)
{
    (void)state;
    static const char *const power = "'component':{'name':'EVSE','evse':{'id':1}},'variable':{'name':'Power'}";
    struct world *world = world_new();
    world->hardware.read_meter = meter_with_power;
    world->settings.monitoring = &plain;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    const int upper = has_set(world, "UpperThreshold", "100", 5, power);
    assert_string_equal(sets(world, "UpperThreshold", "22081", 4, power), "Rejected");
    plug(world, 1);
    card(world, 1, "A");
    central_forgets(world);
    world_pass(world, 11);
    char members[160];
    snprintf(members, sizeof(members), "eventData/0/actualValue=7001 eventData/0/trigger=Alerting eventData/0/transactionId=%s",
             the_session(world)->id);
    sees_event(world, upper, members);
    const char *answer = central_asks(world, "GetVariables",
                                      "{'getVariableData':[{'component':{'name':'EVSE','evse':{'id':1}},"
                                      "'variable':{'name':'Power'}}]}");
    assert_string_equal(value_of(answer, "getVariableResult/0/attributeValue"), "7001");
    unplug(world, 1);
    world_pass(world, 11);
    sees_event(world, upper, "eventData/0/cleared=true eventData/0/actualValue=0 eventData/0/transactionId=");
    world_free(world);
}

/* N04, transaction: only while one runs there, and anew with each. */
static void a_monitor_of_transactions_rests_between_them(void **state)
{
    (void)state;
    static const char *const of_plug =
        "'transaction':true,'component':{'name':'CoolingSystem','evse':{'id':1}},'variable':{'name':'Temperature'}";
    struct world *world = station(&plain);
    const int id = has_set(world, "UpperThreshold", "60", 5, of_plug);
    celsius(world, "61");
    sees_no_event(world);
    plug(world, 2);
    card(world, 2, "B");
    sees_no_event(world);
    plug(world, 1);
    card(world, 1, "A");
    sees_event(world, id, "eventData/0/transactionId=* eventData/0/component/evse/id=1");
    unplug(world, 1);
    celsius(world, "20");
    sees_no_event(world);
    plug(world, 1);
    card(world, 1, "A");
    sees_no_event(world);
    celsius(world, "62");
    sees_event(world, id, "eventData/0/actualValue=62");
    world_free(world);
}

/* --- N08: periodic events --------------------------------------------------------------------------------------------------- */

/* TC_N_24_CS; N08.FR.04 to FR.06. */
static void a_period_makes_an_event_whenever_it_ends(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "Periodic", "30", 8, EVSE_1);
    world_pass(world, 29);
    sees_no_event(world);
    world_pass(world, 1);
    sees_event(world, id, "eventData/0/trigger=Periodic eventData/0/actualValue=Available eventData/0/component/name=EVSE");
    world_pass(world, 60);
    assert_int_equal(central_counts(world, "NotifyEvent"), 3);
    world_free(world);
}

/* N08.FR.07. The world begins at 22:13:20. */
static void a_clock_aligned_period_ends_by_the_clock(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    const int id = has_set(world, "PeriodicClockAligned", "900", 8, EVSE_1);
    world_pass(world, 97);
    sees_no_event(world);
    world_pass(world, 4);
    sees_event(world, id, "eventData/0/trigger=Periodic eventData/0/timestamp=*");
    world_pass(world, 900);
    sees_event(world, id, "");
    world_free(world);
}

/* N08.FR.03: offline they wait, or are not made. */
static void periods_that_end_without_a_link(void **state)
{
    (void)state;
    struct world *world = station(&plain);
    has_set(world, "Periodic", "30", 5, EVSE_1);
    has_set(world, "Periodic", "30", 6, EVSE_1);
    world_disconnect(world);
    world_pass(world, 65);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "NotifyEvent",
                 "eventData/0/variableMonitoringId=1000 eventData/1/variableMonitoringId=1000 eventData/2/variableMonitoringId=");
    central_forgets(world);
    world_pass(world, 30);
    central_sees(world, "NotifyEvent", "eventData/0/variableMonitoringId=1000 eventData/1/variableMonitoringId=1001");
    world_free(world);
}

/* More events than one message has, or one write. */
static void many_events_at_once_are_all_told(void **state)
{
    (void)state;
    static const struct ocpp_monitoring_settings wide = { .max_monitors = 60 };
    struct world *world = station(&wide);
    int count = 0;
    for (int severity = 0; severity <= 9; severity++) {
        has_set(world, "Periodic", "30", severity, EVSE_1);
        has_set(world, "Periodic", "30", severity, COOLER);
        has_set(world, "Periodic", "30", severity, STATION);
        has_set(world, "PeriodicClockAligned", "30", severity, STATION);
        count += 4;
    }
    central_forgets(world);
    world_pass(world, 31);
    bool seen[60] = { false };
    int told = 0;
    for (size_t i = world->looked_at; i < world->call_count; i++) {
        for (int at = 0; strcmp(world->calls[i].action, "NotifyEvent") == 0 && at < 8; at++) {
            char path[64];
            snprintf(path, sizeof(path), "eventData/%d/variableMonitoringId", at);
            const int id = atoi(value_of(world->calls[i].payload, path));
            if (id >= 1000) {
                assert_true(id < 1060);
                told += !seen[id - 1000];
                seen[id - 1000] = true;
            }
        }
    }
    assert_int_equal(told, count);
    world_free(world);
}

/* --- what it is without ------------------------------------------------------------------------------------------------------
 */

static void a_station_without_monitoring_says_so(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const struct ocpp_event event = { .variable = { .component = "A", .variable = "B" }, .severity = 1 };
    const struct ocpp_setting_name name = STATE_OF("ChargingStation", 0);
    assert_string_equal(central_asks(world, "SetMonitoringLevel", "{'severity':1}"), "NotSupported");
    assert_string_equal(central_asks(world, "GetMonitoringReport", "{'requestId':1}"), "NotSupported");
    assert_int_equal(ocpp_charge_point_event(world->cp, &event, world->now), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_variable_reported(world->cp, &name, world->now), OCPP_ERR_STATE);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_monitor_is_set_and_gets_a_number),
        cmocka_unit_test(several_monitors_are_set_together),
        cmocka_unit_test(what_is_not_in_the_device_model_has_no_monitors),
        cmocka_unit_test(a_type_the_variable_cannot_have_is_not_supported),
        cmocka_unit_test(a_value_outside_its_range_is_rejected),
        cmocka_unit_test(a_severity_there_is_not_and_what_safety_forbids_are_rejected),
        cmocka_unit_test(two_of_one_type_and_severity_are_one_too_many),
        cmocka_unit_test(a_monitor_is_replaced_by_its_number),
        cmocka_unit_test(what_cannot_be_replaced_stays),
        cmocka_unit_test(there_are_no_more_monitors_than_there_is_room_for),
        cmocka_unit_test(too_many_items_are_refused_whole),
        cmocka_unit_test(monitors_are_cleared_by_their_numbers),
        cmocka_unit_test(a_hard_wired_monitor_is_not_cleared),
        cmocka_unit_test(each_base_has_its_monitors),
        cmocka_unit_test(custom_monitors_go_with_the_base),
        cmocka_unit_test(a_base_there_is_not_is_refused),
        cmocka_unit_test(a_preconfigured_monitor_that_was_changed_comes_back),
        cmocka_unit_test(a_changed_monitor_that_is_cleared_comes_back_as_it_was),
        cmocka_unit_test(the_level_mutes_what_is_less_severe),
        cmocka_unit_test(a_level_there_is_not_is_rejected),
        cmocka_unit_test(monitoring_can_be_switched_off),
        cmocka_unit_test(a_report_is_limited_by_criteria),
        cmocka_unit_test(a_report_is_limited_by_components),
        cmocka_unit_test(a_long_report_comes_in_pages),
        cmocka_unit_test(a_report_ends_with_its_link),
        cmocka_unit_test(a_threshold_that_is_passed_is_told_once_and_when_it_is_over),
        cmocka_unit_test(firmware_tells_events_of_its_own),
        cmocka_unit_test(a_fault_is_told_with_its_code),
        cmocka_unit_test(what_is_severe_enough_waits_for_a_link),
        cmocka_unit_test(what_is_not_severe_enough_does_not_wait_for_a_link),
        cmocka_unit_test(a_change_is_counted_from_the_start),
        cmocka_unit_test(while_1_6_is_spoken_events_wait),
        cmocka_unit_test(a_change_by_more_than_the_amount_is_told),
        cmocka_unit_test(any_change_of_what_is_no_number_is_told),
        cmocka_unit_test(the_value_of_a_secret_is_not_told),
        cmocka_unit_test(a_setting_that_is_changed_makes_an_event),
        cmocka_unit_test(a_changed_threshold_counts_at_once),
        cmocka_unit_test(nothing_is_told_of_a_monitor_that_was_removed),
        cmocka_unit_test(monitors_outlive_a_restart),
        cmocka_unit_test(what_was_passed_before_a_restart_is_cleared_after_it),
        cmocka_unit_test(a_dead_band_keeps_a_value_near_its_threshold_quiet),
        cmocka_unit_test(what_nobody_reports_is_looked_at),
        cmocka_unit_test(the_power_of_an_evse_has_monitors),
        cmocka_unit_test(a_monitor_of_transactions_rests_between_them),
        cmocka_unit_test(a_period_makes_an_event_whenever_it_ends),
        cmocka_unit_test(a_clock_aligned_period_ends_by_the_clock),
        cmocka_unit_test(periods_that_end_without_a_link),
        cmocka_unit_test(many_events_at_once_are_all_told),
        cmocka_unit_test(a_station_without_monitoring_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
