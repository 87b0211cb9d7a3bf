/* dialect_v201.c: OCPP 2.0.1 as the central system speaks it: what a station says in words of no version, and orders in words of
 * this one. Meter values are in dialect_v201_meter.c. */
#include "dialect.h"
#include "dialect_energy.h"
#include "dialect_meter.h"
#include "dialect_notices.h"
#include "dialect_orders.h"
#include "drivers.h"
#include "text.h"
#include "vocabulary_v201.h"

#include <string.h>

/* --- answers -------------------------------------------------------------------------------------------------------------- */

enum { ID_TOKEN_CHARACTERS = 36, LANGUAGE_CHARACTERS = 8, MESSAGE_CHARACTERS = 512 };

/* What an info points to. */
struct info_parts {
    struct ocpp201_id_token group;
    struct ocpp201_message_content message;
};

/* |text|, or NULL where it has no room. */
static const char *fitting(const char *text, size_t characters)
{
    return text && *text && ocpp_text_valid(text, strlen(text)) && ocpp_text_count(text, strlen(text)) <= characters ? text
                                                                                                                     : NULL;
}

static struct ocpp201_id_token_info id_token_info(const struct ocpp_authorize_decision *decision, struct info_parts *parts)
{
    struct ocpp201_id_token_info info = { .status = OCPP201_AUTHORIZATION_STATUS_INVALID };
    int status = ocpp_word_to_wire(&ocpp_v201_authorizations, (int)decision->authorization);

    if (status != 0) {
        info.status = (enum ocpp201_authorization_status)status;
    }
    if (decision->group_id && ocpp_text_count(decision->group_id, strlen(decision->group_id)) <= ID_TOKEN_CHARACTERS) {
        parts->group = (struct ocpp201_id_token){ .id_token = decision->group_id, .type = OCPP201_ID_TOKEN_KIND_CENTRAL };
        info.group_id_token = &parts->group;
    }
    if (decision->expires_utc_ms != OCPP_UTC_UNKNOWN) {
        info.has_cache_expiry_date_time = true;
        info.cache_expiry_date_time = decision->expires_utc_ms;
    }
    info.language1 = fitting(decision->languages[0], LANGUAGE_CHARACTERS);
    info.language2 = fitting(decision->languages[1], LANGUAGE_CHARACTERS);
    if (fitting(decision->message, MESSAGE_CHARACTERS)) {
        parts->message = (struct ocpp201_message_content){ .format = OCPP201_MESSAGE_FORMAT_UTF8, .content = decision->message };
        info.personal_message = &parts->message;
    }
    return info;
}

static void answer_boot(struct pending *pending)
{
    struct ocpp201_boot_notification_res res = {
        .current_time = pending->central->now.utc_ms,
        .interval = pending->boot.interval_s,
        .status = (enum ocpp201_registration_status)ocpp_word_to_wire(&ocpp_v201_registrations, (int)pending->boot.registration),
    };

    station_reply(pending->station, pending->token, &res);
}

static void answer_authorize(struct pending *pending)
{
    struct info_parts parts;
    struct ocpp201_authorize_res res = {
        .id_token_info = id_token_info(&pending->authorize, &parts),
        .certificate_status = central_v201_certificate_status(pending->authorize.certificate),
    };

    station_reply(pending->station, pending->token, &res);
    pending_free(pending);
}

static void answer_transaction(struct pending *pending)
{
    struct info_parts parts;
    struct ocpp201_id_token_info info = id_token_info(&pending->authorize, &parts);
    const struct ocpp_driver_answer *driver = &pending->driver;
    const struct ocpp201_message_content message = {
        .format = (enum ocpp201_message_format)central_v201_format(driver->text.format),
        .language = fitting(driver->text.language, LANGUAGE_CHARACTERS),
        .content = driver->text.text,
    };
    struct ocpp201_transaction_event_res res = {
        .has_total_cost = driver->has_total_cost,
        .total_cost = driver->total_cost,
        .has_charging_priority = driver->has_priority,
        .charging_priority = driver->priority,
        .id_token_info = pending->authorized ? &info : NULL,
        .updated_personal_message = fitting(driver->text.text, MESSAGE_CHARACTERS) ? &message : NULL,
    };

    station_reply(pending->station, pending->token, &res);
}

/* --- requests -------------------------------------------------------------------------------------------------------------- */

static void handle_boot(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_boot_notification_req *req = call->request;
    const struct ocpp_boot boot = {
        .vendor = req->charging_station.vendor_name,
        .model = req->charging_station.model,
        .serial_number = req->charging_station.serial_number,
        .firmware_version = req->charging_station.firmware_version,
        .reason = ocpp_enum_name(&ocpp201_boot_reason_enum, (int)req->reason),
    };

    registration_boot(station, call, &boot, answer_boot);
}

static void handle_heartbeat(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_heartbeat_res res = { .current_time = station->central->now.utc_ms };

    station_reply(station, call->token, &res);
    if (handler->on_heartbeat) {
        handler->on_heartbeat(station, handler->user);
    }
}

/* EVSE 0 or connector 0 is a habit of 1.6: the station speaks of itself. */
static void handle_status(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_status_notification_req *req = call->request;
    const struct ocpp201_status_notification_res res = { 0 };
    struct ocpp_status_event event = {
        .status = (enum ocpp_connector_status)ocpp_word_from_wire(&ocpp_v201_connector_statuses, (int)req->connector_status),
        .timestamp_utc_ms = req->timestamp,
    };

    if (!station_number(req->evse_id, &event.evse) || !station_number(req->connector_id, &event.connector)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    station_reply(station, call->token, &res);
    if (handler->on_status) {
        handler->on_status(station, &event, handler->user);
    }
}

static enum ocpp_token_type token_type(const struct ocpp201_id_token *token)
{
    return (enum ocpp_token_type)ocpp_word_from_wire(&ocpp_v201_token_types, (int)token->type);
}

static void handle_authorize(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_authorize_req *req = call->request;
    struct ocpp_authorize_request request = {
        .token = { req->id_token.id_token, token_type(&req->id_token) },
        .purpose = OCPP_AUTHORIZE_ALONE,
    };
    struct pending *pending = pending_for(station, call);
    const enum ocpp_status status = pending ? central_v201_read_contract(pending, req, &request) : OCPP_OK;

    if (status != OCPP_OK) {
        pending_refuse(pending, status);
    } else if (pending) {
        authorization_ask(pending, &request, answer_authorize);
    }
}

static enum ocpp_transaction_phase phase_of(enum ocpp201_transaction_event type)
{
    switch (type) {
    case OCPP201_TRANSACTION_EVENT_STARTED:
        return OCPP_TRANSACTION_STARTED;
    case OCPP201_TRANSACTION_EVENT_ENDED:
        return OCPP_TRANSACTION_ENDED;
    case OCPP201_TRANSACTION_EVENT_UPDATED:
    case OCPP201_TRANSACTION_EVENT_UNSET:
        return OCPP_TRANSACTION_UPDATED;
    }
    return OCPP_TRANSACTION_UPDATED;
}

static struct transaction_facts facts_of(const struct ocpp201_transaction_event_req *req)
{
    const struct ocpp201_transaction *info = &req->transaction_info;

    return (struct transaction_facts){
        .phase = phase_of(req->event_type),
        .trigger = (enum ocpp_trigger)ocpp_word_from_wire(&ocpp_v201_triggers, (int)req->trigger_reason),
        .timestamp_utc_ms = req->timestamp,
        .reason = (enum ocpp_stop_reason)ocpp_word_from_wire(&ocpp_v201_stop_reasons, (int)info->stopped_reason),
        .charging_state = (enum ocpp_charging_state)ocpp_word_from_wire(&ocpp_v201_charging_states, (int)info->charging_state),
        .remote_start_id = info->has_remote_start_id ? info->remote_start_id : 0,
        .has_seq_no = true,
        .seq_no = req->seq_no,
        .offline = req->has_offline && req->offline,
    };
}

/* Where the event happened; false when no station can have such an EVSE or connector. */
static bool read_place(const struct ocpp201_evse *evse, struct transaction_facts *facts)
{
    return !evse || (station_number(evse->id, &facts->evse) &&
                     station_number(evse->has_connector_id ? evse->connector_id : 0, &facts->connector));
}

static void handle_transaction(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_transaction_event_req *req = call->request;
    struct transaction_facts facts = facts_of(req);
    struct pending *pending;

    if (strlen(req->transaction_info.transaction_id) > TRANSACTION_ID_BYTES) {
        station_refuse(station, call->token, OCPP_ERR_LENGTH);
        return;
    }
    if (!read_place(req->evse, &facts)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    pending = pending_for(station, call);
    if (!pending) {
        return;
    }
    facts.id = pending_keep(pending, req->transaction_info.transaction_id);
    if (req->id_token) {
        facts.token = pending_keep(pending, req->id_token->id_token);
        facts.token_type = token_type(req->id_token);
    }
    if (!facts.id || (req->id_token && !facts.token) ||
        !v201_samples(pending, req->meter_value.items, req->meter_value.count, &facts)) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    transaction_record(pending, &facts, answer_transaction);
}

static void handle_meter(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_meter_values_req *req = call->request;
    const struct ocpp201_meter_values_res res = { 0 };
    struct transaction_facts facts = { .phase = OCPP_TRANSACTION_UPDATED };
    struct pending *pending;

    if (!station_number(req->evse_id, &facts.evse)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    pending = pending_for(station, call);
    if (!pending) {
        return;
    }
    if (!v201_samples(pending, req->meter_value.items, req->meter_value.count, &facts)) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    if (handler->on_meter) {
        handler->on_meter(station, facts.evse, 0, facts.samples, facts.sample_count, handler->user);
    }
    station_reply(station, call->token, &res);
    pending_free(pending);
}

/* clang-format off */
static const struct central_route daily_routes[] = {
    { &ocpp201_actions[OCPP201_ACTION_HEARTBEAT],           handle_heartbeat },
    { &ocpp201_actions[OCPP201_ACTION_TRANSACTION_EVENT],   handle_transaction },
    { &ocpp201_actions[OCPP201_ACTION_METER_VALUES],        handle_meter },
    { &ocpp201_actions[OCPP201_ACTION_STATUS_NOTIFICATION], handle_status },
    { &ocpp201_actions[OCPP201_ACTION_AUTHORIZE],           handle_authorize },
    { &ocpp201_actions[OCPP201_ACTION_BOOT_NOTIFICATION],   handle_boot },
    { 0 },
};
/* clang-format on */

/* --- orders ------------------------------------------------------------------------------------------------------------------
 */

static bool start_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_request_start_transaction_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_REQUEST_START_STOP_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_request_start_stop_status_enum, (int)res->status);
    return true;
}

static struct ocpp201_id_token ordered_token(struct command *command, const char *id, enum ocpp_token_type type)
{
    return (struct ocpp201_id_token){ .id_token = id,
                                      .type = (enum ocpp201_id_token_kind)central_v201_token_kind(command, type) };
}

static enum ocpp_status start(struct command *command, const struct ocpp_start_order *order, int64_t remote_start_id)
{
    const struct ocpp201_id_token group = ordered_token(command, order->group_id, OCPP_TOKEN_CENTRAL);
    struct ocpp201_charging_profile profile = { 0 };
    const struct ocpp201_request_start_transaction_req req = {
        .has_evse_id = order->evse > 0,
        .evse_id = order->evse,
        .id_token = ordered_token(command, order->token.id, order->token.type),
        .group_id_token = order->group_id ? &group : NULL,
        .charging_profile = order->limit ? &profile : NULL,
        .remote_start_id = remote_start_id,
    };
    const enum ocpp_status status = order->limit ? central_v201_profile(command, order->limit, &profile) : OCPP_OK;

    return status == OCPP_OK ? command_send(command, &ocpp201_actions[OCPP201_ACTION_REQUEST_START_TRANSACTION], &req, start_read)
                             : status;
}

static bool stop_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_request_stop_transaction_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_REQUEST_START_STOP_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_request_start_stop_status_enum, (int)res->status);
    return true;
}

static enum ocpp_status stop(struct command *command, const char *transaction_id)
{
    const struct ocpp201_request_stop_transaction_req req = { .transaction_id = transaction_id };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_REQUEST_STOP_TRANSACTION], &req, stop_read);
}

static bool unlock_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_unlock_connector_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_UNLOCK_STATUS_UNLOCKED;
    result->word = ocpp_enum_name(&ocpp201_unlock_status_enum, (int)res->status);
    return true;
}

static enum ocpp_status unlock(struct command *command, int evse, int connector)
{
    const struct ocpp201_unlock_connector_req req = { .evse_id = evse, .connector_id = connector };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_UNLOCK_CONNECTOR], &req, unlock_read);
}

static bool reset_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_reset_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_RESET_STATUS_ACCEPTED || res->status == OCPP201_RESET_STATUS_SCHEDULED;
    result->word = ocpp_enum_name(&ocpp201_reset_status_enum, (int)res->status);
    return true;
}

static enum ocpp_status reset(struct command *command, bool immediately)
{
    const struct ocpp201_reset_req req = { .type = immediately ? OCPP201_RESET_IMMEDIATE : OCPP201_RESET_ON_IDLE };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_RESET], &req, reset_read);
}

static bool trigger_read(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_trigger_message_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_TRIGGER_MESSAGE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_trigger_message_status_enum, (int)res->status);
    return true;
}

static enum ocpp_status trigger(struct command *command, const char *message, int evse, int connector)
{
    const struct ocpp201_evse target = { .id = evse, .has_connector_id = connector > 0, .connector_id = connector };
    const struct ocpp201_trigger_message_req req = {
        .evse = evse > 0 ? &target : NULL,
        .requested_message = (enum ocpp201_message_trigger)ocpp_enum_value(&ocpp201_message_trigger_enum, message),
    };

    if (!req.requested_message ||
        (req.requested_message == OCPP201_MESSAGE_TRIGGER_STATUS_NOTIFICATION && connector == 0)) { /* F06.FR.13 */
        return OCPP_ERR_ARGUMENT;
    }
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_TRIGGER_MESSAGE], &req, trigger_read);
}

static const struct central_route *const routes[] = {
    daily_routes, central_v201_notices, central_v201_drivers, central_v201_reports, central_v201_energy, central_v201_vehicles,
    NULL,
};

const struct ocpp_central_dialect central_dialect_v201 = {
    .version = OCPP_VERSION_2_0_1,
    .routes = routes,
    .boot = &ocpp201_actions[OCPP201_ACTION_BOOT_NOTIFICATION],
    .orders = central_v201_orders,
    .start = start,
    .stop = stop,
    .unlock = unlock,
    .reset = reset,
    .trigger = trigger,
};
