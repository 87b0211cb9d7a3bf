/* dialect_v16_files.c: firmware and logs in OCPP 1.6, with its security extension and without. */
#include "dialect.h"
#include "dialect_orders.h"

#include <ocpp/v16.h>

static enum ocpp_status send_call(struct command *command, enum ocpp16_action index, const void *message, command_reader read)
{
    return command_send(command, &ocpp16_actions[index], message, read);
}

/* --- firmware ------------------------------------------------------------------------------------------------------------- */

/* The answer to the plain order says nothing: it was heard. */
static bool read_heard(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    (void)central;
    (void)response;
    result->accepted = true;
    return true;
}

static bool read_signed(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_signed_update_firmware_conf *conf = response;

    (void)central;
    result->accepted =
        conf->status == OCPP16_UPDATE_FIRMWARE_STATUS_ACCEPTED || conf->status == OCPP16_UPDATE_FIRMWARE_STATUS_ACCEPTED_CANCELED;
    result->word = ocpp_enum_name(&ocpp16_update_firmware_status_enum, (int)conf->status);
    return true;
}

static enum ocpp_status update_plain(struct command *command, const struct ocpp_firmware_order *order)
{
    const struct ocpp16_update_firmware_req req = {
        .location = order->url,
        .has_retries = order->retries >= 0,
        .retries = order->retries,
        .retrieve_date = order->retrieve_utc_ms,
        .has_retry_interval = order->retry_interval_s >= 0,
        .retry_interval = order->retry_interval_s,
    };

    if (order->install_utc_ms != OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    return send_call(command, OCPP16_ACTION_UPDATE_FIRMWARE, &req, read_heard);
}

enum ocpp_status central_v16_update_firmware(struct command *command, const void *what)
{
    const struct ocpp_firmware_order *order = what;
    struct ocpp16_signed_update_firmware_req req = {
        .has_retries = order->retries >= 0,
        .retries = order->retries,
        .has_retry_interval = order->retry_interval_s >= 0,
        .retry_interval = order->retry_interval_s,
        .firmware = {
            .location = order->url,
            .retrieve_date_time = order->retrieve_utc_ms,
            .has_install_date_time = order->install_utc_ms != OCPP_UTC_UNKNOWN,
            .install_date_time = order->install_utc_ms,
            .signing_certificate = order->signing_certificate,
            .signature = order->signature,
        },
    };

    if (!order->signature) {
        return update_plain(command, order);
    }
    req.request_id = command_request_id(command, order->request_id);
    return send_call(command, OCPP16_ACTION_SIGNED_UPDATE_FIRMWARE, &req, read_signed);
}

/* --- logs ------------------------------------------------------------------------------------------------------------------- */

static bool read_diagnostics(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_get_diagnostics_conf *conf = response;

    (void)central;
    result->accepted = conf->file_name != NULL;
    result->file_name = conf->file_name;
    return true;
}

static bool read_log(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_get_log_conf *conf = response;

    (void)central;
    result->accepted = conf->status != OCPP16_LOG_STATUS_REJECTED;
    result->word = ocpp_enum_name(&ocpp16_log_status_enum, (int)conf->status);
    result->file_name = conf->filename;
    return true;
}

static enum ocpp_status get_diagnostics(struct command *command, const struct ocpp_log_order *order)
{
    const struct ocpp16_get_diagnostics_req req = {
        .location = order->url,
        .has_retries = order->retries >= 0,
        .retries = order->retries,
        .has_retry_interval = order->retry_interval_s >= 0,
        .retry_interval = order->retry_interval_s,
        .has_start_time = order->oldest_utc_ms != OCPP_UTC_UNKNOWN,
        .start_time = order->oldest_utc_ms,
        .has_stop_time = order->latest_utc_ms != OCPP_UTC_UNKNOWN,
        .stop_time = order->latest_utc_ms,
    };

    return send_call(command, OCPP16_ACTION_GET_DIAGNOSTICS, &req, read_diagnostics);
}

enum ocpp_status central_v16_get_log(struct command *command, const void *what)
{
    const struct ocpp_log_order *order = what;
    const bool is_security = order->kind == OCPP_LOG_FILE_SECURITY;
    struct ocpp16_get_log_req req = {
        .log_type = is_security ? OCPP16_LOG_TYPE_SECURITY_LOG : OCPP16_LOG_TYPE_DIAGNOSTICS_LOG,
        .has_retries = order->retries >= 0,
        .retries = order->retries,
        .has_retry_interval = order->retry_interval_s >= 0,
        .retry_interval = order->retry_interval_s,
        .log = {
            .remote_location = order->url,
            .has_oldest_timestamp = order->oldest_utc_ms != OCPP_UTC_UNKNOWN,
            .oldest_timestamp = order->oldest_utc_ms,
            .has_latest_timestamp = order->latest_utc_ms != OCPP_UTC_UNKNOWN,
            .latest_timestamp = order->latest_utc_ms,
        },
    };

    if (order->request_id == 0 && !is_security) {
        return get_diagnostics(command, order);
    }
    req.request_id = command_request_id(command, order->request_id);
    return send_call(command, OCPP16_ACTION_GET_LOG, &req, read_log);
}
