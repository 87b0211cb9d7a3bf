/* item_limits.c: how many items a station takes in one message: learned from reports and settings, and held to. */
#include "item_limits.h"

#include "text.h"

#include <stdlib.h>

struct limit_name {
    const char *action;
    struct ocpp_setting_address setting;
};

/* 2.0.1 part 2, referenced variables; 1.6 9.1 */
static const struct limit_name limits[ITEM_LIMIT_COUNT] = {
    [LIMIT_GET_VARIABLES] = { "GetVariables",
                              { .component = "DeviceDataCtrlr",
                                .variable = "ItemsPerMessage",
                                .variable_instance = "GetVariables" } },
    [LIMIT_SET_VARIABLES] = { "SetVariables",
                              { .component = "DeviceDataCtrlr",
                                .variable = "ItemsPerMessage",
                                .variable_instance = "SetVariables" } },
    [LIMIT_GET_REPORT] = { "GetReport",
                           { .component = "DeviceDataCtrlr", .variable = "ItemsPerMessage", .variable_instance = "GetReport" } },
    [LIMIT_SET_MONITORS] = { "SetVariableMonitoring",
                             { .component = "MonitoringCtrlr",
                               .variable = "ItemsPerMessage",
                               .variable_instance = "SetVariableMonitoring" } },
    [LIMIT_CLEAR_MONITORS] = { "ClearVariableMonitoring",
                               { .component = "MonitoringCtrlr",
                                 .variable = "ItemsPerMessage",
                                 .variable_instance = "ClearVariableMonitoring" } },
    [LIMIT_GET_CONFIGURATION] = { "GetConfiguration", { .key = "GetConfigurationMaxKeys" } },
    [LIMIT_SEND_LIST] = { "SendLocalList",
                          { .key = "SendLocalListMaxLength", .component = "LocalAuthListCtrlr", .variable = "ItemsPerMessage" } },
};

static bool limit_of(const char *action, enum item_limit *limit)
{
    for (int i = 0; i < ITEM_LIMIT_COUNT; i++) {
        if (ocpp_text_equal_fold(limits[i].action, action)) {
            *limit = (enum item_limit)i;
            return true;
        }
    }
    return false;
}

bool ocpp_items_per_message(const char *action, struct ocpp_setting_address *setting)
{
    enum item_limit limit;

    if (!limit_of(action, &limit)) {
        return false;
    }
    *setting = limits[limit].setting;
    return true;
}

size_t ocpp_station_items_per_message(const struct ocpp_station *station, const char *action)
{
    enum item_limit limit;

    return limit_of(action, &limit) ? station->items_per_message[limit] : 0;
}

/* Nothing that is no number of items: a station that takes none could not be asked at all. */
static uint16_t number_of(const char *value)
{
    char *end;
    const long number = strtol(value, &end, 10);

    if (end == value || *end != '\0' || number < 1) {
        return 0;
    }
    return number < UINT16_MAX ? (uint16_t)number : UINT16_MAX;
}

void item_limits_learn(struct ocpp_station *station, const struct ocpp_setting_address *name, const char *value)
{
    for (int i = 0; value && i < ITEM_LIMIT_COUNT; i++) {
        if (setting_is(name, &limits[i].setting)) {
            station->items_per_message[i] = number_of(value);
            return;
        }
    }
}

void item_limits_learn_settings(struct ocpp_station *station, const struct ocpp_setting_answer *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        item_limits_learn(station, &settings[i].name, settings[i].value);
    }
}

void item_limits_learn_report(struct ocpp_station *station, const struct ocpp_report *report)
{
    for (size_t i = 0; i < report->variable_count; i++) {
        const struct ocpp_reported_variable *variable = &report->variables[i];
        if (variable->attribute_count > 0) { /* a tolerated list may be empty */
            item_limits_learn(station, &variable->name, variable->attributes[0].value);
        }
    }
}

bool item_limits_allow(const struct ocpp_station *station, enum item_limit limit, size_t count)
{
    const uint16_t most = station->items_per_message[limit];

    return most == 0 || most == UINT16_MAX || count <= most;
}
