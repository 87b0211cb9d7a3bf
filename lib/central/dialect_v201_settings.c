/* dialect_v201_settings.c: settings in OCPP 2.0.1: variables, read and written. */
#include "dialect.h"
#include "dialect_notices.h"
#include "dialect_orders.h"
#include "dialect_v201_names.h"

static bool read_settings(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_variables_res *res = response;
    const size_t count = res->get_variable_result.count;
    struct ocpp_setting_answer *values = ocpp_arena_take(central->results, (count + 1) * sizeof *values);

    if (!values) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct ocpp201_get_variable_result *told = &res->get_variable_result.items[i];
        values[i] = (struct ocpp_setting_answer){
            .name = central_v201_read_name(&told->component, &told->variable, told->attribute_type),
            .word = central_word(&ocpp201_get_variable_status_enum, (int)told->attribute_status),
            .value = told->attribute_value,
            .is_unknown = told->attribute_status == OCPP201_GET_VARIABLE_STATUS_UNKNOWN_COMPONENT ||
                          told->attribute_status == OCPP201_GET_VARIABLE_STATUS_UNKNOWN_VARIABLE,
        };
    }
    result->accepted = true;
    result->settings = values;
    result->setting_count = count;
    return true;
}

enum ocpp_status central_v201_get_settings(struct command *command, const void *what)
{
    const struct settings_order *order = what;
    struct ocpp201_get_variable_data *data = command_take(command, (order->count + 1) * sizeof *data);
    struct central_v201_name *parts = command_take(command, (order->count + 1) * sizeof *parts);

    if (order->count == 0) { /* all of them is a report */
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    if (!data || !parts) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < order->count; i++) {
        const enum ocpp_status status = central_v201_write_name(&order->names[i], &parts[i]);
        if (status != OCPP_OK) {
            return status;
        }
        data[i] = (struct ocpp201_get_variable_data){
            .attribute_type = parts[i].attribute,
            .component = parts[i].component,
            .variable = parts[i].variable,
        };
    }
    const struct ocpp201_get_variables_req req = { .get_variable_data = { data, order->count } };
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_VARIABLES], &req, read_settings);
}

/* A result for each that was set (B05.FR.01). */
static bool read_settings_set(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_set_variables_res *res = response;
    const size_t count = res->set_variable_result.count;
    struct ocpp_setting_answer *values = ocpp_arena_take(central->results, (count + 1) * sizeof *values);

    if (!values) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct ocpp201_set_variable_result *told = &res->set_variable_result.items[i];
        const bool is_stored = told->attribute_status == OCPP201_SET_VARIABLE_STATUS_ACCEPTED ||
                               told->attribute_status == OCPP201_SET_VARIABLE_STATUS_REBOOT_REQUIRED;
        values[i] = (struct ocpp_setting_answer){
            .name = central_v201_read_name(&told->component, &told->variable, told->attribute_type),
            .word = central_word(&ocpp201_set_variable_status_enum, (int)told->attribute_status),
            .is_unknown = told->attribute_status == OCPP201_SET_VARIABLE_STATUS_UNKNOWN_COMPONENT ||
                          told->attribute_status == OCPP201_SET_VARIABLE_STATUS_UNKNOWN_VARIABLE,
        };
        central_judge(result, i, values[i].word, is_stored);
    }
    result->settings = values;
    result->setting_count = count;
    return true;
}

enum ocpp_status central_v201_set_settings(struct command *command, const void *what)
{
    const struct changes_order *order = what;
    struct ocpp201_set_variable_data *data = command_take(command, order->count * sizeof *data);
    struct central_v201_name *parts = command_take(command, order->count * sizeof *parts);

    if (!data || !parts) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < order->count; i++) {
        const enum ocpp_status status = central_v201_write_name(&order->changes[i].name, &parts[i]);
        if (status != OCPP_OK) {
            return status;
        }
        data[i] = (struct ocpp201_set_variable_data){
            .attribute_type = parts[i].attribute,
            .attribute_value = order->changes[i].value,
            .component = parts[i].component,
            .variable = parts[i].variable,
        };
    }
    const struct ocpp201_set_variables_req req = { .set_variable_data = { data, order->count } };
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_SET_VARIABLES], &req, read_settings_set);
}
