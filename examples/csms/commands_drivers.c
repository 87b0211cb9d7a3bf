/* commands_drivers.c: what drivers read and pay, and messages of vendors. Amounts are decimals in texts: no number of JSON is
 * one. */
#include "command.h"

#include <ocpp/central_drivers.h>

static const char *const priorities[] = { "AlwaysFront", "InFront", "NormalCycle", NULL };
static const char *const states[] = { "Charging", "Faulted", "Idle", "Unavailable", NULL };
static const char *const formats[] = { "ASCII", "HTML", "URI", "UTF8", NULL };

/* --- displays
 * -------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status give_message(struct ocpp_station *station, struct order *order)
{
    const cJSON *body = order->body;
    const struct ocpp_station_message message = {
        .id = body_integer(body, "id", 0),
        .priority = (enum ocpp_message_priority)body_word(body, "priority", priorities, OCPP_MESSAGE_NORMAL_CYCLE),
        .state = (enum ocpp_message_state)body_word(body, "state", states, OCPP_MESSAGE_ANY_STATE),
        .text = { .format = (enum ocpp_message_format)body_word(body, "format", formats, OCPP_MESSAGE_UTF8),
                  .language = body_text(body, "language", NULL),
                  .text = body_text(body, "text", "") },
        .starts_utc_ms = body_time(body, "starts"),
        .ends_utc_ms = body_time(body, "ends"),
        .transaction_id = body_text(body, "transaction", NULL),
        .names_display = body_value(body, "evse"),
        .display_evse = (int)body_integer(body, "evse", 0),
    };

    return ocpp_station_set_message(station, &message, &order->done);
}

static enum ocpp_status give_messages(struct ocpp_station *station, struct order *order)
{
    size_t count = body_count(order->body, "ids");
    int64_t *ids = order_list(order, count, sizeof *ids);
    struct ocpp_message_criteria criteria = { .ids = ids, .id_count = count };
    const cJSON *given = ids ? body_value(order->body, "ids") : NULL;
    const cJSON *id;

    cJSON_ArrayForEach(id, given)
    {
        *ids++ = (int64_t)id->valuedouble;
    }
    criteria.has_priority = body_value(order->body, "priority");
    criteria.priority = (enum ocpp_message_priority)body_word(order->body, "priority", priorities, 0);
    criteria.has_state = body_value(order->body, "state");
    criteria.state = (enum ocpp_message_state)body_word(order->body, "state", states, 0);
    return criteria.ids ? ocpp_station_get_messages(station, order->request_id, &criteria, &order->done) : OCPP_ERR_NOMEM;
}

static enum ocpp_status give_clear_message(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_clear_message(station, body_integer(order->body, "id", 0), &order->done);
}

/* --- costs
 * ------------------------------------------------------------------------------------------------------------------------ */

static struct ocpp_unit_prices read_prices(const cJSON *body)
{
    return (struct ocpp_unit_prices){ .has_per_kwh = body_value(body, "perKwh"),
                                      .has_per_hour = body_value(body, "perHour"),
                                      .per_kwh = body_decimal(body, "perKwh"),
                                      .per_hour = body_decimal(body, "perHour") };
}

static enum ocpp_status give_cost(struct ocpp_station *station, struct order *order)
{
    const cJSON *body = order->body;
    int64_t utc_ms = body_time(body, "time");
    const bool is_idle = body_flag(body, "idle", false);
    const struct ocpp_running_cost cost = {
        .transaction_id = body_text(body, "transaction", ""),
        .amount = body_decimal(body, "amount"),
        .timestamp_utc_ms = utc_ms == OCPP_UTC_UNKNOWN ? app_utc_ms(order->app) : utc_ms,
        .meter_wh = body_integer(body, "meter_Wh", 0),
        .is_idle = is_idle,
        .charging = is_idle ? (struct ocpp_unit_prices){ 0 } : read_prices(body),
        .idle = is_idle ? read_prices(body) : (struct ocpp_unit_prices){ 0 },
    };

    return ocpp_station_tell_cost(station, &cost, &order->done);
}

static enum ocpp_status give_final_cost(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_price_text text = { .format = OCPP_MESSAGE_UTF8,
                                          .language = body_text(order->body, "language", ""),
                                          .text = body_text(order->body, "text", "") };
    const struct ocpp_final_cost cost = {
        .transaction_id = body_text(order->body, "transaction", ""),
        .amount = body_decimal(order->body, "amount"),
        .texts = &text,
        .text_count = body_value(order->body, "text") ? 1 : 0,
        .qr_code = body_text(order->body, "qrCode", NULL),
    };

    return ocpp_station_tell_final_cost(station, &cost, &order->done);
}

static enum ocpp_status give_price(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_token token = body_token(body_value(order->body, "token"));
    const struct ocpp_price_text text = { .format = OCPP_MESSAGE_UTF8,
                                          .language = body_text(order->body, "language", ""),
                                          .text = body_text(order->body, "text", "") };

    return ocpp_station_tell_price(station, &token, &text, 1, &order->done);
}

/* --- vendors
 * ------------------------------------------------------------------------------------------------------------------------ */

/* A text stays a text; everything else is JSON. */
static enum ocpp_status give_data(struct ocpp_station *station, struct order *order)
{
    const cJSON *data = body_value(order->body, "data");
    const bool is_text = cJSON_IsString(data);
    struct ocpp_data_transfer transfer = {
        .vendor_id = body_text(order->body, "vendor", ""),
        .message_id = body_text(order->body, "message", NULL),
        .kind = !data     ? OCPP_DATA_NONE
                : is_text ? OCPP_DATA_TEXT
                          : OCPP_DATA_JSON,
    };

    if (data && !is_text) {
        order->payload = cJSON_PrintUnformatted(data);
        if (!order->payload) {
            return OCPP_ERR_NOMEM;
        }
    }
    transfer.data = is_text ? data->valuestring : order->payload;
    return ocpp_station_send_data(station, &transfer, &order->done);
}

static void show_data(cJSON *answer, const struct ocpp_command_result *result)
{
    const struct ocpp_data_transfer_answer *data = result->data;

    if (data && data->kind == OCPP_DATA_TEXT) {
        json_add_text(answer, "data", data->data);
    } else if (data && data->kind == OCPP_DATA_JSON) {
        cJSON_AddRawToObject(answer, "data", data->data);
    }
}

/* --- the table
 * ------------------------------------------------------------------------------------------------------------------------- */

static const struct body_member message_members[] = {
    { .name = "id", .kind = BODY_INTEGER, .required = true, .maximum = INT32_MAX },
    { .name = "text", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 512 },
    { .name = "priority", .kind = BODY_WORD, .words = priorities },
    { .name = "state", .kind = BODY_WORD, .words = states },
    { .name = "format", .kind = BODY_WORD, .words = formats },
    { .name = "language", .kind = BODY_TEXT, .minimum = 1, .maximum = 8 },
    { .name = "starts", .kind = BODY_TIME },
    { .name = "ends", .kind = BODY_TIME },
    { .name = "transaction", .kind = BODY_TEXT, .minimum = 1, .maximum = 36 },
    { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    BODY_END,
};

static const struct body_member messages_members[] = {
    { .name = "ids", .kind = BODY_INTEGERS, .maximum = 100 },
    { .name = "priority", .kind = BODY_WORD, .words = priorities },
    { .name = "state", .kind = BODY_WORD, .words = states },
    { .name = "requestId", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    BODY_END,
};

static const struct body_member clear_message_members[] = {
    { .name = "id", .kind = BODY_INTEGER, .required = true, .maximum = INT32_MAX },
    BODY_END,
};

static const struct body_member cost_members[] = {
    { .name = "transaction", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 36 },
    { .name = "amount", .kind = BODY_DECIMAL, .required = true },
    { .name = "time", .kind = BODY_TIME },
    { .name = "meter_Wh", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "idle", .kind = BODY_BOOLEAN },
    { .name = "perKwh", .kind = BODY_DECIMAL },
    { .name = "perHour", .kind = BODY_DECIMAL },
    BODY_END,
};

static const struct body_member final_cost_members[] = {
    { .name = "transaction", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 36 },
    { .name = "amount", .kind = BODY_DECIMAL, .required = true },
    { .name = "text", .kind = BODY_TEXT, .minimum = 1, .maximum = 512 },
    { .name = "language", .kind = BODY_TEXT, .minimum = 1, .maximum = 8 },
    { .name = "qrCode", .kind = BODY_TEXT, .minimum = 1, .maximum = 512 },
    BODY_END,
};

static const struct body_member price_members[] = {
    { .name = "token", .kind = BODY_OBJECT, .required = true, .members = token_members },
    { .name = "text", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 512 },
    { .name = "language", .kind = BODY_TEXT, .minimum = 1, .maximum = 8 },
    BODY_END,
};

static const struct body_member data_members[] = {
    { .name = "vendor", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 255 },
    { .name = "message", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 },
    { .name = "data", .kind = BODY_ANY },
    BODY_END,
};

const struct command commands_of_drivers[] = {
    { .name = "display-message", .members = message_members, .give = give_message },
    { .name = "display-messages", .members = messages_members, .give = give_messages, .prepare = order_number },
    { .name = "clear-display-message", .members = clear_message_members, .give = give_clear_message },
    { .name = "cost", .members = cost_members, .give = give_cost },
    { .name = "final-cost", .members = final_cost_members, .give = give_final_cost },
    { .name = "price", .members = price_members, .give = give_price },
    { .name = "data", .members = data_members, .give = give_data, .show = show_data },
    { .name = NULL },
};
