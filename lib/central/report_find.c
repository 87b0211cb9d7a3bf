/* report_find.c: looking a variable up in a report, and the settings that say how many items a station takes at a time. */
#include <ocpp/central_reports.h>

#include "text.h"

/* Names know no case; an instance that is not given is the one without a name. */
static bool is_same(const char *a, const char *b)
{
    return ocpp_text_equal_fold(a ? a : "", b ? b : "");
}

static bool is_variable(const struct ocpp_setting_address *told, const struct ocpp_setting_address *name)
{
    if (told->key) {
        return name->key && is_same(told->key, name->key);
    }
    return name->component && name->variable && is_same(told->component, name->component) &&
           is_same(told->component_instance, name->component_instance) && told->evse == name->evse &&
           told->connector == name->connector && is_same(told->variable, name->variable) &&
           is_same(told->variable_instance, name->variable_instance);
}

const struct ocpp_reported_variable *ocpp_report_find(const struct ocpp_report *report, const struct ocpp_setting_address *name)
{
    for (size_t i = 0; i < report->variable_count; i++) {
        if (is_variable(&report->variables[i].name, name)) {
            return &report->variables[i];
        }
    }
    return NULL;
}

/* 2.0.1 part 2, 2.1.3 and 2.1.8; 1.6 9.1.10 */
static const struct ocpp_setting_address items_per_message[] = {
    { .component = "DeviceDataCtrlr", .variable = "ItemsPerMessage", .variable_instance = "GetVariables" },
    { .component = "DeviceDataCtrlr", .variable = "ItemsPerMessage", .variable_instance = "SetVariables" },
    { .component = "DeviceDataCtrlr", .variable = "ItemsPerMessage", .variable_instance = "GetReport" },
    { .component = "MonitoringCtrlr", .variable = "ItemsPerMessage", .variable_instance = "SetVariableMonitoring" },
    { .component = "MonitoringCtrlr", .variable = "ItemsPerMessage", .variable_instance = "ClearVariableMonitoring" },
};

bool ocpp_items_per_message(const char *action, struct ocpp_setting_address *setting)
{
    for (size_t i = 0; i < sizeof items_per_message / sizeof items_per_message[0]; i++) {
        if (is_same(items_per_message[i].variable_instance, action)) {
            *setting = items_per_message[i];
            return true;
        }
    }
    if (is_same("GetConfiguration", action)) {
        *setting = (struct ocpp_setting_address){ .key = "GetConfigurationMaxKeys" };
        return true;
    }
    return false;
}
