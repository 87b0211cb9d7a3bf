/* api_call.c: any call of the version a station speaks. */
#include "order.h"

#include <stdlib.h>
#include <string.h>

static const struct body_member members[] = {
    { .name = "action", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 50 },
    { .name = "payload", .kind = BODY_OBJECT },
    { .name = "timeout_ms", .kind = BODY_INTEGER, .minimum = 1, .maximum = 600000 },
    { .name = "validate", .kind = BODY_BOOLEAN },
    BODY_END,
};

static void answer_result(struct order *order, const char *payload, size_t size)
{
    char *text = malloc(size + 1);
    cJSON *answer = cJSON_CreateObject();

    if (text) {
        memcpy(text, payload, size);
        text[size] = '\0';
        cJSON_AddRawToObject(answer, "result", text);
    }
    answer_json(order->exchange, text ? 200 : 500, answer);
    free(text);
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct order *order = user;

    (void)rpc;
    if (answer->status == OCPP_OK) {
        answer_result(order, answer->payload, answer->payload_size);
    } else if (answer->status == OCPP_ERR_CALL_ERROR) {
        order_answer_error(order, answer->error_name, answer->description, answer->details);
    } else {
        order_answer_failure(order, answer->status, answer->issue);
    }
    order_free(order);
}

static enum ocpp_status give_call(struct ocpp_station *station, struct order *order)
{
    struct ocpp_rpc *rpc = ocpp_station_rpc(station);
    const struct ocpp_protocol *protocol = ocpp_rpc_protocol(rpc);
    const char *name = body_text(order->body, "action", "");
    bool is_unchecked = !body_flag(order->body, "validate", true);
    const struct ocpp_action *action = protocol ? ocpp_protocol_action(protocol, name, strlen(name)) : NULL;
    const struct ocpp_outgoing_call call = {
        .action = action,
        .action_name = name,
        .payload = order->payload,
        .payload_size = strlen(order->payload),
        .unchecked = is_unchecked,
        .timeout_ms = body_integer(order->body, "timeout_ms", 0),
        .on_answer = on_answer,
        .user = order,
    };

    bool is_ours = action && (action->direction & OCPP_FROM_CENTRAL) != 0;

    if (!is_ours && !is_unchecked) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    return ocpp_rpc_call(rpc, &call, &order->issue);
}

void api_call(struct request *request)
{
    struct order *order;
    const cJSON *payload;

    if (!request_body_is(request, members)) {
        return;
    }
    order = order_new(request, give_call);
    if (!order) {
        return;
    }
    payload = body_value(order->body, "payload");
    order->payload = payload ? cJSON_PrintUnformatted(payload) : strdup("{}");
    if (!order->payload) {
        order_answer_failure(order, OCPP_ERR_NOMEM, NULL);
        order_free(order);
        return;
    }
    order_send(order);
}
