/* dialect_v16_settings.c: settings in OCPP 1.6: configuration keys, read and written, and all of them as a report. */
#include "dialect.h"
#include "dialect_orders.h"

#include <ocpp/v16.h>

/* Known ones first, as they were told, then those the station does not know. */
static bool read_settings(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_get_configuration_conf *conf = response;
    const size_t known = conf->configuration_key.count;
    const size_t count = known + conf->unknown_key.count;
    struct ocpp_setting_answer *values = ocpp_arena_take(central->results, (count + 1) * sizeof *values);

    if (!values) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const bool is_known = i < known;
        const struct ocpp16_key_value *told = is_known ? &conf->configuration_key.items[i] : NULL;
        values[i] = (struct ocpp_setting_answer){
            .name.key = is_known ? told->key : conf->unknown_key.items[i - known],
            .word = is_known ? "Accepted" : "UnknownKey",
            .value = is_known ? told->value : NULL,
            .is_readonly = is_known && told->readonly,
            .is_unknown = !is_known,
        };
    }
    result->accepted = true;
    result->settings = values;
    result->setting_count = count;
    return true;
}

static enum ocpp_status get_configuration(struct command *command, const struct ocpp_setting_address *names, size_t count)
{
    const char **keys = command_take(command, (count + 1) * sizeof *keys);

    if (!keys) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        keys[i] = names[i].key;
        if (!keys[i]) {
            return OCPP_ERR_UNSUPPORTED_ACTION;
        }
    }
    const struct ocpp16_get_configuration_req req = { .key = { count > 0 ? keys : NULL, count } };
    return command_send(command, &ocpp16_actions[OCPP16_ACTION_GET_CONFIGURATION], &req, read_settings);
}

enum ocpp_status central_v16_get_settings(struct command *command, const void *what)
{
    const struct settings_order *order = what;

    return get_configuration(command, order->names, order->count);
}

enum ocpp_status central_v16_get_base_report(struct command *command, const void *what)
{
    const struct base_report_order *order = what;

    return order->base == OCPP_REPORT_SUMMARY ? OCPP_ERR_UNSUPPORTED_ACTION : get_configuration(command, NULL, 0);
}

enum ocpp_status central_v16_get_report(struct command *command, const void *what)
{
    const struct ocpp_report_query *query = what;

    return query->criteria != 0 ? OCPP_ERR_UNSUPPORTED_ACTION : get_configuration(command, query->names, query->count);
}

/* The answer names no key: it is that of the only one that was sent. */
static bool read_setting_set(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_change_configuration_conf *conf = response;
    struct ocpp_setting_answer *value = ocpp_arena_take(central->results, sizeof *value);

    if (!value) {
        return false;
    }
    value->word = ocpp_enum_name(&ocpp16_configuration_status_enum, (int)conf->status);
    value->is_unknown = conf->status == OCPP16_CONFIGURATION_STATUS_NOT_SUPPORTED;
    result->accepted =
        conf->status == OCPP16_CONFIGURATION_STATUS_ACCEPTED || conf->status == OCPP16_CONFIGURATION_STATUS_REBOOT_REQUIRED;
    result->word = value->word;
    result->settings = value;
    result->setting_count = 1;
    return true;
}

enum ocpp_status central_v16_set_settings(struct command *command, const void *what)
{
    const struct changes_order *order = what;
    const struct ocpp16_change_configuration_req req = { .key = order->changes[0].name.key, .value = order->changes[0].value };

    if (order->count > 1 || !req.key) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    return command_send(command, &ocpp16_actions[OCPP16_ACTION_CHANGE_CONFIGURATION], &req, read_setting_set);
}
