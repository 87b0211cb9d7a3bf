/* setting_names.c: names of settings, from bodies and into answers. */
#include "setting_names.h"
#include "frame_secrets.h"

const char *const setting_attributes[] = { "Actual", "Target", "MinSet", "MaxSet", NULL };

const struct body_member setting_name_members[] = { SETTING_NAME_MEMBERS, BODY_END };

struct ocpp_setting_address body_setting_name(const cJSON *name)
{
    return (struct ocpp_setting_address){
        .key = body_text(name, "key", NULL),
        .component = body_text(name, "component", NULL),
        .component_instance = body_text(name, "componentInstance", NULL),
        .evse = (int)body_integer(name, "evse", 0),
        .connector = (int)body_integer(name, "connector", 0),
        .variable = body_text(name, "variable", NULL),
        .variable_instance = body_text(name, "variableInstance", NULL),
        .attribute = body_text(name, "attribute", NULL),
    };
}

void json_add_setting_name(cJSON *json, const struct ocpp_setting_address *name)
{
    json_add_text(json, "key", name->key);
    json_add_text(json, "component", name->component);
    json_add_text(json, "componentInstance", name->component_instance);
    if (name->evse > 0) {
        json_add_integer(json, "evse", name->evse);
    }
    if (name->connector > 0) {
        json_add_integer(json, "connector", name->connector);
    }
    json_add_text(json, "variable", name->variable);
    json_add_text(json, "variableInstance", name->variable_instance);
    json_add_text(json, "attribute", name->attribute);
}

void json_add_setting_value(cJSON *json, const struct ocpp_setting_address *name, const char *value)
{
    bool is_secret = (name->key && secrets_are_in(name->key)) || (name->variable && secrets_are_in(name->variable));

    json_add_text(json, "value", value && is_secret ? "****" : value);
}
