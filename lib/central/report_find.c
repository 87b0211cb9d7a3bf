/* report_find.c: looking a variable up in a report. */
#include "item_limits.h"
#include "text.h"

/* Names know no case; an instance that is not given is the one without a name. */
static bool is_same(const char *a, const char *b)
{
    return ocpp_text_equal_fold(a ? a : "", b ? b : "");
}

bool setting_is(const struct ocpp_setting_address *told, const struct ocpp_setting_address *name)
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
        if (setting_is(&report->variables[i].name, name)) {
            return &report->variables[i];
        }
    }
    return NULL;
}
