/* commands_settings.c: settings of a station, by the key of 1.6, the component and variable of 2.x, or both. */
#include "command.h"

enum { SETTINGS_MAX = 200 };

static const char *const attributes[] = { "Actual", "Target", "MinSet", "MaxSet", NULL };

static struct ocpp_setting_address read_address(const cJSON *name)
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

static enum ocpp_status give_settings(struct ocpp_station *station, struct order *order)
{
    size_t count = body_count(order->body, "names");
    struct ocpp_setting_address *names = order_list(order, count, sizeof *names);
    const cJSON *name;
    size_t i = 0;

    if (!names) {
        return OCPP_ERR_NOMEM;
    }
    cJSON_ArrayForEach(name, body_value(order->body, "names"))
    {
        names[i++] = read_address(name);
    }
    return ocpp_station_get_settings(station, names, count, &order->done);
}

static enum ocpp_status give_setting(struct ocpp_station *station, struct order *order)
{
    struct ocpp_setting_address name = read_address(order->body);

    return ocpp_station_set_setting(station, &name, body_text(order->body, "value", ""), &order->done);
}

static cJSON *setting_json(const struct ocpp_setting_answer *setting)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "key", setting->name.key);
    json_add_text(json, "component", setting->name.component);
    json_add_text(json, "componentInstance", setting->name.component_instance);
    if (setting->name.evse > 0) {
        json_add_integer(json, "evse", setting->name.evse);
    }
    if (setting->name.connector > 0) {
        json_add_integer(json, "connector", setting->name.connector);
    }
    json_add_text(json, "variable", setting->name.variable);
    json_add_text(json, "variableInstance", setting->name.variable_instance);
    json_add_text(json, "attribute", setting->name.attribute);
    json_add_text(json, "status", setting->word);
    json_add_text(json, "value", setting->value);
    cJSON_AddBoolToObject(json, "readonly", setting->is_readonly);
    return json;
}

static void show_settings(cJSON *answer, const struct ocpp_command_result *result)
{
    cJSON *list = cJSON_AddArrayToObject(answer, "settings");

    for (size_t i = 0; i < result->setting_count; i++) {
        cJSON_AddItemToArray(list, setting_json(&result->settings[i]));
    }
}

/* clang-format off */
#define NAME_MEMBERS \
    { .name = "key", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "component", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "componentInstance", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX }, \
    { .name = "connector", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX }, \
    { .name = "variable", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "variableInstance", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "attribute", .kind = BODY_WORD, .words = attributes }
/* clang-format on */

static const struct body_member name_members[] = { NAME_MEMBERS, BODY_END };

static const struct body_member settings_members[] = {
    { .name = "names", .kind = BODY_OBJECTS, .maximum = SETTINGS_MAX, .members = name_members },
    BODY_END,
};

static const struct body_member setting_members[] = {
    NAME_MEMBERS,
    { .name = "value", .kind = BODY_TEXT, .required = true, .maximum = 2500 },
    BODY_END,
};

const struct command commands_of_settings[] = {
    { .name = "settings", .members = settings_members, .give = give_settings, .show = show_settings },
    { .name = "setting", .members = setting_members, .give = give_setting },
    { .name = NULL },
};
