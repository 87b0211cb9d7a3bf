/* dialect_v201_files.c: firmware and logs in OCPP 2.0.1. */
#include "dialect.h"
#include "dialect_orders.h"

#include <ocpp/v201.h>

static bool read_update(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_update_firmware_res *res = response;

    (void)central;
    result->accepted =
        res->status == OCPP201_UPDATE_FIRMWARE_STATUS_ACCEPTED || res->status == OCPP201_UPDATE_FIRMWARE_STATUS_ACCEPTED_CANCELED;
    result->word = ocpp_enum_name(&ocpp201_update_firmware_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_update_firmware(struct command *command, const void *what)
{
    const struct ocpp_firmware_order *order = what;
    const struct ocpp201_update_firmware_req req = {
        .has_retries = order->retries >= 0,
        .retries = order->retries,
        .has_retry_interval = order->retry_interval_s >= 0,
        .retry_interval = order->retry_interval_s,
        .request_id = command_request_id(command, order->request_id),
        .firmware = {
            .location = order->url,
            .retrieve_date_time = order->retrieve_utc_ms,
            .has_install_date_time = order->install_utc_ms != OCPP_UTC_UNKNOWN,
            .install_date_time = order->install_utc_ms,
            .signing_certificate = order->signing_certificate,
            .signature = order->signature,
        },
    };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_UPDATE_FIRMWARE], &req, read_update);
}

static bool read_log(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_log_res *res = response;

    (void)central;
    result->accepted = res->status != OCPP201_LOG_STATUS_REJECTED;
    result->word = ocpp_enum_name(&ocpp201_log_status_enum, (int)res->status);
    result->file_name = res->filename;
    return true;
}

enum ocpp_status central_v201_get_log(struct command *command, const void *what)
{
    const struct ocpp_log_order *order = what;
    const struct ocpp201_get_log_req req = {
        .log = {
            .remote_location = order->url,
            .has_oldest_timestamp = order->oldest_utc_ms != OCPP_UTC_UNKNOWN,
            .oldest_timestamp = order->oldest_utc_ms,
            .has_latest_timestamp = order->latest_utc_ms != OCPP_UTC_UNKNOWN,
            .latest_timestamp = order->latest_utc_ms,
        },
        .log_type = order->kind == OCPP_LOG_FILE_SECURITY ? OCPP201_LOG_SECURITY_LOG : OCPP201_LOG_DIAGNOSTICS_LOG,
        .request_id = command_request_id(command, order->request_id),
        .has_retries = order->retries >= 0,
        .retries = order->retries,
        .has_retry_interval = order->retry_interval_s >= 0,
        .retry_interval = order->retry_interval_s,
    };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_LOG], &req, read_log);
}
