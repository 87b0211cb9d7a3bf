/* dialect_v201_monitors.c: monitors in OCPP 2.0.1, set and cleared. */
#include "dialect.h"
#include "dialect_notices.h"
#include "dialect_orders.h"
#include "dialect_v201_names.h"
#include "dialect_v201_reports.h"

static const enum ocpp201_monitor types[] = {
    [OCPP_MONITOR_UPPER_THRESHOLD] = OCPP201_MONITOR_UPPER_THRESHOLD,
    [OCPP_MONITOR_LOWER_THRESHOLD] = OCPP201_MONITOR_LOWER_THRESHOLD,
    [OCPP_MONITOR_DELTA] = OCPP201_MONITOR_DELTA,
    [OCPP_MONITOR_PERIODIC] = OCPP201_MONITOR_PERIODIC,
    [OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED] = OCPP201_MONITOR_PERIODIC_CLOCK_ALIGNED,
    /* what ocpp_v201_beyond adds */
    [OCPP_MONITOR_TARGET_DELTA] = (enum ocpp201_monitor)(OCPP201_MONITOR_PERIODIC_CLOCK_ALIGNED + 1),
    [OCPP_MONITOR_TARGET_DELTA_RELATIVE] = (enum ocpp201_monitor)(OCPP201_MONITOR_PERIODIC_CLOCK_ALIGNED + 2),
};
enum { TYPE_COUNT = sizeof types / sizeof types[0] };

enum ocpp_monitor_type central_v201_monitor_type(enum ocpp201_monitor type)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (types[i] == type) {
            return (enum ocpp_monitor_type)i;
        }
    }
    return OCPP_MONITOR_UPPER_THRESHOLD; /* a decoded message has one of them */
}

int central_v201_severity(int64_t severity)
{
    return severity < 0 ? 0 : severity > 9 ? 9 : (int)severity;
}

static bool read_base(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_set_monitoring_base_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_GENERIC_DEVICE_MODEL_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_generic_device_model_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_set_monitoring_base(struct command *command, const void *what)
{
    static const enum ocpp201_monitoring_base bases[] = {
        [OCPP_MONITORING_ALL] = OCPP201_MONITORING_BASE_ALL,
        [OCPP_MONITORING_FACTORY_DEFAULT] = OCPP201_MONITORING_BASE_FACTORY_DEFAULT,
        [OCPP_MONITORING_HARD_WIRED_ONLY] = OCPP201_MONITORING_BASE_HARD_WIRED_ONLY,
    };
    const enum ocpp_monitoring_base *base = what;
    const struct ocpp201_set_monitoring_base_req req = { .monitoring_base = bases[*base] };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_SET_MONITORING_BASE], &req, read_base);
}

static bool read_level(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_set_monitoring_level_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_GENERIC_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_generic_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_set_monitoring_level(struct command *command, const void *what)
{
    const int *severity = what;
    const struct ocpp201_set_monitoring_level_req req = { .severity = *severity };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_SET_MONITORING_LEVEL], &req, read_level);
}

static bool read_set(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_set_variable_monitoring_res *res = response;
    const size_t count = res->set_monitoring_result.count;
    struct ocpp_monitor_answer *answers = ocpp_arena_take(central->results, (count + 1) * sizeof *answers);

    if (!answers) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct ocpp201_set_monitoring_result *told = &res->set_monitoring_result.items[i];
        answers[i] = (struct ocpp_monitor_answer){
            .word = central_word(&ocpp201_set_monitoring_status_enum, (int)told->status),
            .has_id = told->has_id,
            .id = told->id,
            .name = central_v201_read_name(&told->component, &told->variable, OCPP201_ATTRIBUTE_UNSET),
            .type = central_v201_monitor_type(told->type),
            .severity = central_v201_severity(told->severity),
        };
        central_judge(result, i, answers[i].word, told->status == OCPP201_SET_MONITORING_STATUS_ACCEPTED);
    }
    result->monitors = answers;
    result->monitor_count = count;
    return true;
}

enum ocpp_status central_v201_set_monitors(struct command *command, const void *what)
{
    const struct monitors_order *order = what;
    struct ocpp201_set_monitoring_data *data = command_take(command, order->count * sizeof *data);
    struct central_v201_name *parts = command_take(command, order->count * sizeof *parts);

    if (!data || !parts) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < order->count; i++) {
        const struct ocpp_monitor_order *monitor = &order->monitors[i];
        enum ocpp_status status = central_v201_write_name(&monitor->name, &parts[i]);
        if (status == OCPP_OK && monitor->type > OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED && !command_is_bridged(command)) {
            status = OCPP_ERR_UNSUPPORTED_ACTION;
        }
        if (status != OCPP_OK) {
            return status;
        }
        data[i] = (struct ocpp201_set_monitoring_data){
            .has_id = monitor->has_id,
            .id = monitor->id,
            .has_transaction = monitor->only_in_transaction,
            .transaction = monitor->only_in_transaction,
            .value = monitor->value,
            .type = types[monitor->type],
            .severity = monitor->severity,
            .component = parts[i].component,
            .variable = parts[i].variable,
        };
    }
    const struct ocpp201_set_variable_monitoring_req req = { .set_monitoring_data = { data, order->count } };
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_SET_VARIABLE_MONITORING], &req, read_set);
}

static bool read_cleared(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_clear_variable_monitoring_res *res = response;
    const size_t count = res->clear_monitoring_result.count;
    struct ocpp_monitor_answer *answers = ocpp_arena_take(central->results, (count + 1) * sizeof *answers);

    if (!answers) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct ocpp201_clear_monitoring_result *told = &res->clear_monitoring_result.items[i];
        answers[i] = (struct ocpp_monitor_answer){
            .word = central_word(&ocpp201_clear_monitoring_status_enum, (int)told->status),
            .has_id = true,
            .id = told->id,
        };
        central_judge(result, i, answers[i].word, told->status == OCPP201_CLEAR_MONITORING_STATUS_ACCEPTED);
    }
    result->monitors = answers;
    result->monitor_count = count;
    return true;
}

enum ocpp_status central_v201_clear_monitors(struct command *command, const void *what)
{
    const struct monitor_ids_order *order = what;
    const struct ocpp201_clear_variable_monitoring_req req = { .id = { order->ids, order->count } };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_CLEAR_VARIABLE_MONITORING], &req, read_cleared);
}
