/* dialect_v16.c: OCPP 1.6 as the central system speaks it: what a charge point says in words of no version, and orders in words
 * of this one.
 *
 * A connector of 1.6 is EVSE n, connector 1; connector 0 is the station. Meter values are in dialect_v16_meter.c. */
#include "dialect.h"
#include "dialect_orders.h"
#include "dialect_meter.h"
#include "dialect_notices.h"
#include "dialect_v16_vehicles.h"
#include "drivers.h"
#include "text.h"
#include "vocabulary_v16.h"

#include <stdlib.h>
#include <string.h>

/* --- answers -------------------------------------------------------------------------------------------------------------- */

enum { ID_TAG_CHARACTERS = 20 };

static struct ocpp16_id_tag_info id_tag_info(const struct ocpp_authorize_decision *decision)
{
    struct ocpp16_id_tag_info info = { .status = OCPP16_AUTHORIZATION_STATUS_INVALID };
    int status = ocpp_word_to_wire(&ocpp_v16_authorizations, (int)decision->authorization);

    if (status != 0) {
        info.status = (enum ocpp16_authorization_status)status;
    }
    if (decision->group_id && ocpp_text_count(decision->group_id, strlen(decision->group_id)) <= ID_TAG_CHARACTERS) {
        info.parent_id_tag = decision->group_id;
    }
    if (decision->expires_utc_ms != OCPP_UTC_UNKNOWN) {
        info.has_expiry_date = true;
        info.expiry_date = decision->expires_utc_ms;
    }
    return info;
}

static void answer_boot(struct pending *pending)
{
    struct ocpp16_boot_notification_conf conf = {
        .current_time = pending->central->now.utc_ms,
        .interval = pending->boot.interval_s,
        .status = (enum ocpp16_registration_status)ocpp_word_to_wire(&ocpp_v16_registrations, (int)pending->boot.registration),
    };

    station_reply(pending->station, pending->token, &conf);
}

static void answer_authorize(struct pending *pending)
{
    struct ocpp16_authorize_conf conf = { .id_tag_info = id_tag_info(&pending->authorize) };

    station_reply(pending->station, pending->token, &conf);
    central_v16_tell_price(pending, pending->work);
    pending_free(pending);
}

static void answer_start(struct pending *pending)
{
    struct ocpp16_start_transaction_conf conf = { .id_tag_info = id_tag_info(&pending->authorize),
                                                  .transaction_id = transaction_number(pending) };
    struct ocpp_transaction transaction;

    station_reply(pending->station, pending->token, &conf);
    transaction_of(pending, &transaction);
    central_v16_tell_price(pending, transaction.token);
    central_v16_tell_cost(pending);
}

static void answer_stop(struct pending *pending)
{
    struct ocpp16_id_tag_info info = id_tag_info(&pending->authorize);
    struct ocpp16_stop_transaction_conf conf = { .id_tag_info = pending->authorized ? &info : NULL };

    station_reply(pending->station, pending->token, &conf);
    central_v16_tell_cost(pending);
}

static void answer_meter(struct pending *pending)
{
    const struct ocpp16_meter_values_conf conf = { 0 };

    station_reply(pending->station, pending->token, &conf);
    central_v16_tell_cost(pending);
}

/* --- requests -------------------------------------------------------------------------------------------------------------- */

static void handle_boot(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_boot_notification_req *req = call->request;
    const struct ocpp_boot boot = {
        .vendor = req->charge_point_vendor,
        .model = req->charge_point_model,
        .serial_number = req->charge_point_serial_number ? req->charge_point_serial_number : req->charge_box_serial_number,
        .firmware_version = req->firmware_version,
    };

    registration_boot(station, call, &boot, answer_boot);
}

static void handle_heartbeat(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp16_heartbeat_conf conf = { .current_time = station->central->now.utc_ms };

    station_reply(station, call->token, &conf);
    if (handler->on_heartbeat) {
        handler->on_heartbeat(station, handler->user);
    }
}

static void handle_status(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp16_status_notification_req *req = call->request;
    const struct ocpp16_status_notification_conf conf = { 0 };
    struct ocpp_status_event event = {
        .connector = req->connector_id > 0,
        .status = (enum ocpp_connector_status)ocpp_word_from_wire(&ocpp_v16_connector_statuses, (int)req->status),
        .error_code = ocpp_enum_name(&ocpp16_charge_point_error_code_enum, (int)req->error_code),
        .info = req->info,
        .vendor_id = req->vendor_id,
        .vendor_error_code = req->vendor_error_code,
        .timestamp_utc_ms = req->has_timestamp ? req->timestamp : OCPP_UTC_UNKNOWN,
    };

    if (!station_number(req->connector_id, &event.evse)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    station_reply(station, call->token, &conf);
    if (handler->on_status) {
        handler->on_status(station, &event, handler->user);
    }
}

static void handle_authorize(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_authorize_req *req = call->request;
    const struct ocpp_authorize_request request = {
        .token = { req->id_tag, OCPP_TOKEN_UNKNOWN },
        .purpose = OCPP_AUTHORIZE_ALONE,
    };
    struct pending *pending = pending_for(station, call);

    if (pending) {
        pending->work = pending_keep(pending, req->id_tag); /* for the driver's price, if there is memory */
        authorization_ask(pending, &request, answer_authorize);
    }
}

static void handle_start(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_start_transaction_req *req = call->request;
    struct pending *pending;
    struct transaction_facts facts = {
        .phase = OCPP_TRANSACTION_STARTED,
        .numbered = true,
        .connector = 1,
        .timestamp_utc_ms = req->timestamp,
        .has_register = true,
        .register_wh = req->meter_start,
        .charging_state = OCPP_CHARGING_STATE_CHARGING,
    };

    if (!station_number(req->connector_id, &facts.evse)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    pending = pending_for(station, call);
    if (!pending) {
        return;
    }
    facts.token = pending_keep(pending, req->id_tag);
    if (!facts.token) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    transaction_record(pending, &facts, answer_start);
}

/* The number of a transaction as text; NULL for -1, which a charge point sends that never heard it (errata 3.18), and for what
 * else was never given: some send 0. */
static const char *number_text(struct pending *pending, int64_t number, bool *no_memory)
{
    char text[OCPP_DECIMAL_TEXT_SIZE];
    const char *kept;

    if (number <= 0) {
        return NULL;
    }
    (void)ocpp_decimal_format(OCPP_DECIMAL(number, 0), text);
    kept = pending_keep(pending, text);
    *no_memory = !kept;
    return kept;
}

static void handle_stop(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_stop_transaction_req *req = call->request;
    struct pending *pending = pending_for(station, call);
    bool no_memory = false;
    struct transaction_facts facts = {
        .phase = OCPP_TRANSACTION_ENDED,
        .numbered = true,
        .timestamp_utc_ms = req->timestamp,
        .has_register = true,
        .register_wh = req->meter_stop,
        .reason =
            req->reason ? (enum ocpp_stop_reason)ocpp_word_from_wire(&ocpp_v16_stop_reasons, (int)req->reason) : OCPP_STOP_LOCAL,
    };

    if (!pending) {
        return;
    }
    facts.id = number_text(pending, req->transaction_id, &no_memory);
    if (req->id_tag) {
        facts.token = pending_keep(pending, req->id_tag);
        no_memory = no_memory || !facts.token;
    }
    if (no_memory || !v16_samples(pending, req->transaction_data.items, req->transaction_data.count, &facts)) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    transaction_record(pending, &facts, answer_stop);
}

static void handle_meter(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp16_meter_values_req *req = call->request;
    struct transaction_facts facts = { .phase = OCPP_TRANSACTION_UPDATED, .numbered = true };
    struct pending *pending;
    bool no_memory = false;

    if (!station_number(req->connector_id, &facts.evse)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    pending = pending_for(station, call);
    if (!pending) {
        return;
    }
    facts.connector = req->connector_id > 0;
    facts.timestamp_utc_ms = req->meter_value.count > 0 ? req->meter_value.items[0].timestamp : OCPP_UTC_UNKNOWN;
    if (req->has_transaction_id) {
        facts.id = number_text(pending, req->transaction_id, &no_memory);
    }
    if (no_memory || !v16_samples(pending, req->meter_value.items, req->meter_value.count, &facts)) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    if (facts.id) {
        transaction_record(pending, &facts, answer_meter);
        return;
    }
    if (handler->on_meter) {
        handler->on_meter(station, facts.evse, facts.connector, facts.samples, facts.sample_count, handler->user);
    }
    answer_meter(pending);
    pending_free(pending);
}

/* clang-format off */
static const struct central_route daily_routes[] = {
    { &ocpp16_actions[OCPP16_ACTION_HEARTBEAT],           handle_heartbeat },
    { &ocpp16_actions[OCPP16_ACTION_METER_VALUES],        handle_meter },
    { &ocpp16_actions[OCPP16_ACTION_STATUS_NOTIFICATION], handle_status },
    { &ocpp16_actions[OCPP16_ACTION_AUTHORIZE],           handle_authorize },
    { &ocpp16_actions[OCPP16_ACTION_START_TRANSACTION],   handle_start },
    { &ocpp16_actions[OCPP16_ACTION_STOP_TRANSACTION],    handle_stop },
    { &ocpp16_actions[OCPP16_ACTION_BOOT_NOTIFICATION],   handle_boot },
    { 0 },
};
/* clang-format on */

/* --- orders ------------------------------------------------------------------------------------------------------------------
 */

static bool start_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_remote_start_transaction_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_REMOTE_START_STOP_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_remote_start_stop_status_enum, (int)conf->status);
    return true;
}

static enum ocpp_status start(struct command *command, const struct ocpp_start_order *order, int64_t remote_start_id)
{
    struct ocpp16_charging_profile profile = { 0 };
    const struct ocpp16_remote_start_transaction_req req = { .has_connector_id = order->evse > 0,
                                                             .connector_id = order->evse,
                                                             .id_tag = order->token.id,
                                                             .charging_profile = order->limit ? &profile : NULL };
    enum ocpp_status status = OCPP_OK;

    (void)remote_start_id; /* 1.6 has no room for it; remote_starts.c ties the transaction by token and connector */
    if (order->group_id) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    if (order->limit) {
        status = central_v16_profile(command, order->limit, &profile);
    }
    return status == OCPP_OK ? command_send(command, &ocpp16_actions[OCPP16_ACTION_REMOTE_START_TRANSACTION], &req, start_read)
                             : status;
}

static bool stop_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_remote_stop_transaction_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_REMOTE_START_STOP_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_remote_start_stop_status_enum, (int)conf->status);
    return true;
}

/* Only the text we would write: no sign, no space, no number beyond what is given. */
bool central_v16_number(const char *text, int64_t *number)
{
    char again[OCPP_DECIMAL_TEXT_SIZE];

    *number = strtoll(text, NULL, 10);
    (void)ocpp_decimal_format(OCPP_DECIMAL(*number, 0), again);
    return *number >= 0 && strcmp(again, text) == 0;
}

static enum ocpp_status stop(struct command *command, const char *transaction_id)
{
    struct ocpp16_remote_stop_transaction_req req;

    if (!central_v16_number(transaction_id, &req.transaction_id)) {
        return OCPP_ERR_ARGUMENT;
    }
    return command_send(command, &ocpp16_actions[OCPP16_ACTION_REMOTE_STOP_TRANSACTION], &req, stop_read);
}

static bool unlock_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_unlock_connector_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_UNLOCK_STATUS_UNLOCKED;
    result->word = ocpp_enum_name(&ocpp16_unlock_status_enum, (int)conf->status);
    return true;
}

static enum ocpp_status unlock(struct command *command, int evse, int connector)
{
    const struct ocpp16_unlock_connector_req req = { .connector_id = evse };

    if (connector != 1) {
        return OCPP_ERR_ARGUMENT;
    }
    return command_send(command, &ocpp16_actions[OCPP16_ACTION_UNLOCK_CONNECTOR], &req, unlock_read);
}

static bool reset_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_reset_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_RESET_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_reset_status_enum, (int)conf->status);
    return true;
}

static enum ocpp_status reset(struct command *command, bool immediately)
{
    const struct ocpp16_reset_req req = { .type = immediately ? OCPP16_RESET_TYPE_HARD : OCPP16_RESET_TYPE_SOFT };

    return command_send(command, &ocpp16_actions[OCPP16_ACTION_RESET], &req, reset_read);
}

static bool trigger_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_trigger_message_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_TRIGGER_MESSAGE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_trigger_message_status_enum, (int)conf->status);
    return true;
}

static bool extended_trigger_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_extended_trigger_message_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_TRIGGER_MESSAGE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_trigger_message_status_enum, (int)conf->status);
    return true;
}

/* What the first edition cannot trigger, its security extension can, or the messages about ISO 15118. */
static enum ocpp_status trigger(struct command *command, const char *message, int evse, int connector)
{
    const struct ocpp_action *extended = &ocpp16_actions[OCPP16_ACTION_EXTENDED_TRIGGER_MESSAGE];
    struct ocpp16_trigger_message_req req = { .has_connector_id = evse > 0, .connector_id = evse };
    struct ocpp16_extended_trigger_message_req more = { .has_connector_id = evse > 0, .connector_id = evse };

    if (connector > 1) {
        return OCPP_ERR_ARGUMENT;
    }
    if (strcmp(message, "BootNotification") == 0 && command_station(command)->registration == OCPP_REGISTRATION_ACCEPTED) {
        return OCPP_ERR_STATE; /* 1.6 errata 3.40 */
    }
    req.requested_message = (enum ocpp16_message_trigger)ocpp_enum_value(&ocpp16_message_trigger_enum, message);
    if (req.requested_message) {
        return command_send(command, &ocpp16_actions[OCPP16_ACTION_TRIGGER_MESSAGE], &req, trigger_read);
    }
    more.requested_message =
        (enum ocpp16_extended_message_trigger)ocpp_enum_value(&ocpp16_extended_message_trigger_enum, message);
    return more.requested_message ? command_send(command, extended, &more, extended_trigger_read)
                                  : central_v16_vehicle_trigger(command, message);
}

static const struct central_route *const routes[] = {
    daily_routes,
    central_v16_notices,
    central_v16_drivers,
    NULL,
};

const struct ocpp_central_dialect central_dialect_v16 = {
    .version = OCPP_VERSION_1_6,
    .routes = routes,
    .boot = &ocpp16_actions[OCPP16_ACTION_BOOT_NOTIFICATION],
    .orders = central_v16_orders,
    .start = start,
    .stop = stop,
    .unlock = unlock,
    .reset = reset,
    .trigger = trigger,
};
