/* commands.c: finds a command, checks its body, gives it and answers with its result. */
#include "command.h"

#include <string.h>

static const struct command *const tables[] = {
    commands_of_charging,     commands_of_lists,   commands_of_settings, commands_of_limits,  commands_of_files,
    commands_of_certificates, commands_of_reports, commands_of_drivers,  commands_of_network,
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct command *row = tables[i]; row->name; row++) {
            if (strcmp(row->name, name) == 0) {
                return row;
            }
        }
    }
    return NULL;
}

static void answer_result(struct order *order, const struct ocpp_command_result *result)
{
    cJSON *answer = cJSON_CreateObject();

    cJSON_AddBoolToObject(answer, "accepted", result->accepted);
    json_add_text(answer, "status", result->word);
    if (result->request_id != 0 || order->request_id != 0) {
        json_add_integer(answer, "requestId", result->request_id != 0 ? result->request_id : order->request_id);
    }
    if (order->command->show) {
        order->command->show(answer, result);
    }
    answer_json(order->exchange, 200, answer);
}

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    struct order *order = user;

    if (result->status == OCPP_ERR_CALL_ERROR) {
        order_answer_error(order, ocpp_call_error_name(result->error, ocpp_station_version(station)), result->description, NULL);
    } else if (result->status != OCPP_OK) {
        order_answer_failure(order, result->status, NULL);
    } else {
        answer_result(order, result);
    }
    order_free(order);
}

bool order_number(struct request *request, struct order *order)
{
    order->request_id = body_integer(order->body, "requestId", 0);
    if (order->request_id == 0) {
        order->request_id = atomic_fetch_add(&request->app->last_request, 1) % INT32_MAX + 1;
    }
    return true;
}

void api_command(struct request *request)
{
    const struct command *command = command_find(request->parameters[1]);
    struct order *order = request_body_is(request, command->members) ? order_new(request, command->give) : NULL;

    if (!order) {
        return;
    }
    order->command = command;
    order->done = (struct ocpp_command_done){ on_done, order };
    if (command->prepare && !command->prepare(request, order)) {
        order_free(order);
        return;
    }
    order_send(order);
}
