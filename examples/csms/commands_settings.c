/* commands_settings.c: settings of a station. */
#include "command.h"
#include "setting_names.h"

#include <ocpp/central_reports.h>

enum { SETTINGS_MAX = 200 };

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
        names[i++] = body_setting_name(name);
    }
    return ocpp_station_get_settings(station, names, count, &order->done);
}

static enum ocpp_status give_setting(struct ocpp_station *station, struct order *order)
{
    struct ocpp_setting_address name = body_setting_name(order->body);

    return ocpp_station_set_setting(station, &name, body_text(order->body, "value", ""), &order->done);
}

static enum ocpp_status give_changes(struct ocpp_station *station, struct order *order)
{
    size_t count = body_count(order->body, "changes");
    struct ocpp_setting_change *changes = order_list(order, count, sizeof *changes);
    const cJSON *change;
    size_t i = 0;

    if (!changes) {
        return OCPP_ERR_NOMEM;
    }
    cJSON_ArrayForEach(change, body_value(order->body, "changes"))
    {
        changes[i++] = (struct ocpp_setting_change){ body_setting_name(change), body_text(change, "value", "") };
    }
    return ocpp_station_set_settings(station, changes, count, &order->done);
}

static cJSON *setting_json(const struct ocpp_setting_answer *setting)
{
    cJSON *json = cJSON_CreateObject();

    json_add_setting_name(json, &setting->name);
    json_add_text(json, "status", setting->word);
    json_add_setting_value(json, &setting->name, setting->value);
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

static const struct body_member settings_members[] = {
    { .name = "names", .kind = BODY_OBJECTS, .maximum = SETTINGS_MAX, .members = setting_name_members },
    BODY_END,
};

static const struct body_member setting_members[] = {
    SETTING_NAME_MEMBERS,
    { .name = "value", .kind = BODY_TEXT, .required = true, .maximum = 2500 },
    BODY_END,
};

static const struct body_member changes_members[] = {
    { .name = "changes",
      .kind = BODY_OBJECTS,
      .required = true,
      .minimum = 1,
      .maximum = SETTINGS_MAX,
      .members = setting_members },
    BODY_END,
};

const struct command commands_of_settings[] = {
    { .name = "settings", .members = settings_members, .give = give_settings, .show = show_settings },
    { .name = "setting", .members = setting_members, .give = give_setting },
    { .name = "change-settings", .members = changes_members, .give = give_changes, .show = show_settings },
    { .name = NULL },
};
