/* commands_charging.c: what an operator does about charging itself, places and the station as a whole. */
#include "command.h"
#include "limits.h"

#include <ocpp/central_transactions.h>

static void show_remote_start(cJSON *answer, const struct ocpp_command_result *result)
{
    json_add_integer(answer, "remoteStartId", result->remote_start_id);
}

static enum ocpp_status give_start(struct ocpp_station *station, struct order *order)
{
    const cJSON *limited = body_value(order->body, "limit");
    struct ocpp_limit_order limit;
    const struct ocpp_start_order start = {
        .evse = (int)body_integer(order->body, "evse", 0),
        .token = body_token(body_value(order->body, "token")),
        .group_id = body_text(order->body, "group", NULL),
        .limit = limited ? &limit : NULL,
    };
    enum ocpp_status status = limited ? order_limit(order, limited, &limit) : OCPP_OK;

    return status == OCPP_OK ? ocpp_station_start_with(station, &start, &order->done) : status;
}

static enum ocpp_status give_stop(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_stop(station, body_text(order->body, "transaction", ""), &order->done);
}

static enum ocpp_status give_unlock(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_unlock(station, (int)body_integer(order->body, "evse", 0), (int)body_integer(order->body, "connector", 1),
                               &order->done);
}

static enum ocpp_status give_reset(struct ocpp_station *station, struct order *order)
{
    const bool immediately = body_flag(order->body, "immediately", false);
    const int evse = (int)body_integer(order->body, "evse", 0);

    return evse > 0 ? ocpp_station_reset_evse(station, evse, immediately, &order->done)
                    : ocpp_station_reset(station, immediately, &order->done);
}

static enum ocpp_status give_trigger(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_trigger(station, body_text(order->body, "message", ""), (int)body_integer(order->body, "evse", 0),
                                (int)body_integer(order->body, "connector", 0), &order->done);
}

static enum ocpp_status give_availability(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_change_availability(station, (int)body_integer(order->body, "evse", 0),
                                            (int)body_integer(order->body, "connector", 0),
                                            body_flag(order->body, "operative", true), &order->done);
}

static enum ocpp_status give_reserve(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_reservation_order reservation = {
        .id = body_integer(order->body, "id", 0),
        .evse = (int)body_integer(order->body, "evse", 0),
        .connector_type = body_text(order->body, "connectorType", NULL),
        .token = body_token(body_value(order->body, "token")),
        .group_id = body_text(order->body, "group", NULL),
        .expires_utc_ms = body_time(order->body, "expires"),
    };

    return ocpp_station_reserve(station, &reservation, &order->done);
}

static enum ocpp_status give_cancel(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_cancel_reservation(station, body_integer(order->body, "id", 0), &order->done);
}

static const struct body_member start_members[] = {
    { .name = "token", .kind = BODY_OBJECT, .required = true, .members = token_members },
    { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    { .name = "group", .kind = BODY_TEXT, .minimum = 1, .maximum = 36 },
    { .name = "limit", .kind = BODY_OBJECT, .members = limit_members },
    BODY_END,
};

static const struct body_member stop_members[] = {
    { .name = "transaction", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 36 },
    BODY_END,
};

static const struct body_member unlock_members[] = {
    { .name = "evse", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = INT32_MAX },
    { .name = "connector", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    BODY_END,
};

static const struct body_member reset_members[] = {
    { .name = "immediately", .kind = BODY_BOOLEAN },
    { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    BODY_END,
};

static const struct body_member trigger_members[] = {
    { .name = "message", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 50 },
    { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    { .name = "connector", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    BODY_END,
};

static const struct body_member availability_members[] = {
    { .name = "operative", .kind = BODY_BOOLEAN, .required = true },
    { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    { .name = "connector", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    BODY_END,
};

static const struct body_member reserve_members[] = {
    { .name = "id", .kind = BODY_INTEGER, .required = true, .minimum = 0, .maximum = INT32_MAX },
    { .name = "token", .kind = BODY_OBJECT, .required = true, .members = token_members },
    { .name = "expires", .kind = BODY_TIME, .required = true },
    { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    { .name = "connectorType", .kind = BODY_TEXT, .minimum = 1, .maximum = 20 },
    { .name = "group", .kind = BODY_TEXT, .minimum = 1, .maximum = 36 },
    BODY_END,
};

static const struct body_member cancel_members[] = {
    { .name = "id", .kind = BODY_INTEGER, .required = true, .minimum = 0, .maximum = INT32_MAX },
    BODY_END,
};

const struct command commands_of_charging[] = {
    { .name = "start", .members = start_members, .give = give_start, .show = show_remote_start },
    { .name = "stop", .members = stop_members, .give = give_stop },
    { .name = "unlock", .members = unlock_members, .give = give_unlock },
    { .name = "reset", .members = reset_members, .give = give_reset },
    { .name = "trigger", .members = trigger_members, .give = give_trigger },
    { .name = "availability", .members = availability_members, .give = give_availability },
    { .name = "reserve", .members = reserve_members, .give = give_reserve },
    { .name = "cancel", .members = cancel_members, .give = give_cancel },
    { .name = NULL },
};
