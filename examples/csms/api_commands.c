/* api_commands.c: commands in words of no version: start, stop, unlock, reset, trigger. */
#include "order.h"

#include <stdlib.h>
#include <string.h>

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    struct order *order = user;
    cJSON *answer;

    if (result->status == OCPP_ERR_CALL_ERROR) {
        order_answer_error(order, ocpp_call_error_name(result->error, ocpp_station_version(station)), result->description, NULL);
    } else if (result->status != OCPP_OK) {
        order_answer_failure(order, result->status, NULL);
    } else {
        answer = cJSON_CreateObject();
        cJSON_AddBoolToObject(answer, "accepted", result->accepted);
        json_add_text(answer, "status", result->word);
        if (result->remote_start_id != 0) {
            json_add_integer(answer, "remoteStartId", result->remote_start_id);
        }
        answer_json(order->exchange, 200, answer);
    }
    order_free(order);
}

/* Checks the body and makes the order; NULL: answered. */
static struct order *begin(struct request *request, const struct body_member *members, size_t count,
                           enum ocpp_status (*give)(struct ocpp_station *station, struct order *order))
{
    struct order *order = request_body_is(request, members, count) ? order_new(request, give) : NULL;

    if (order) {
        order->evse = (int)body_integer(request->body, "evse", 0);
        order->connector = (int)body_integer(request->body, "connector", 1);
    }
    return order;
}

static void send_named(struct request *request, struct order *order, const char *id)
{
    order->id = strdup(id);
    if (!order->id) {
        order_answer_failure(order, OCPP_ERR_NOMEM, NULL);
        order_free(order);
        return;
    }
    order_send(request, order);
}

/* --- start
 * ------------------------------------------------------------------------------------------------------------------------ */

static enum ocpp_status give_start(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_command_done done = { on_done, order };

    order->token.id = order->id;
    return ocpp_station_start(station, order->evse, &order->token, &done);
}

void api_start(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "token", .kind = BODY_OBJECT, .required = true },
        { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    };
    static const struct body_member token_members[] = {
        { .name = "id", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 255 },
        { .name = "type", .kind = BODY_TEXT, .maximum = 20 },
    };
    struct order *order;
    struct body_issue issue;
    const cJSON *token = body_value(request->body, "token");
    enum ocpp_token_type type;

    if (token && cJSON_IsObject(token) &&
        !body_check(token, token_members, sizeof token_members / sizeof token_members[0], &issue)) {
        answer_problem(request->exchange, 400, "/token", "/token%s %s", issue.path, issue.why);
        return;
    }
    type = cJSON_IsObject(token) ? ocpp_token_type_of(body_text(token, "type", "ISO14443")) : OCPP_TOKEN_ISO14443;
    if (type == OCPP_TOKEN_UNKNOWN) {
        answer_problem(request->exchange, 400, "/token/type", "/token/type has to be an IdTokenEnumType, like ISO14443");
        return;
    }
    order = begin(request, members, sizeof members / sizeof members[0], give_start);
    if (order) {
        order->token.type = type;
        send_named(request, order, body_text(token, "id", ""));
    }
}

/* --- stop
 * --------------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status give_stop(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_command_done done = { on_done, order };

    return ocpp_station_stop(station, order->id, &done);
}

void api_stop(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "transaction", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 36 },
    };
    struct order *order = begin(request, members, sizeof members / sizeof members[0], give_stop);

    if (order) {
        send_named(request, order, body_text(request->body, "transaction", ""));
    }
}

/* --- the others
 * ---------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status give_unlock(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_command_done done = { on_done, order };

    return ocpp_station_unlock(station, order->evse, order->connector, &done);
}

void api_unlock(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "evse", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = INT32_MAX },
        { .name = "connector", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    };
    struct order *order = begin(request, members, sizeof members / sizeof members[0], give_unlock);

    if (order) {
        order_send(request, order);
    }
}

static enum ocpp_status give_reset(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_command_done done = { on_done, order };

    return ocpp_station_reset(station, order->immediately, &done);
}

void api_reset(struct request *request)
{
    static const struct body_member members[] = { { .name = "immediately", .kind = BODY_BOOLEAN } };
    struct order *order = begin(request, members, sizeof members / sizeof members[0], give_reset);

    if (order) {
        order->immediately = body_flag(request->body, "immediately", false);
        order_send(request, order);
    }
}

static enum ocpp_status give_trigger(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_command_done done = { on_done, order };

    return ocpp_station_trigger(station, order->id, order->evse, order->connector, &done);
}

void api_trigger(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "message", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 50 },
        { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
        { .name = "connector", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    };
    struct order *order = begin(request, members, sizeof members / sizeof members[0], give_trigger);

    if (order) {
        order->connector = (int)body_integer(request->body, "connector", 0); /* unlike elsewhere, none is meant */
        send_named(request, order, body_text(request->body, "message", ""));
    }
}
