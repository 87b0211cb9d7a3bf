/* commands_files.c: firmware for a station, and its logs. */
#include "command.h"

#include <stdio.h>

static const char *const log_kinds[] = { "Diagnostics", "Security", NULL };

/* Numbers go on over restarts as long as fewer than one a second are used. */
static bool number_request(struct request *request, struct order *order)
{
    order->request_id = body_integer(order->body, "requestId", 0);
    if (order->request_id == 0) {
        order->request_id = atomic_fetch_add(&request->app->last_request, 1) % INT32_MAX + 1;
    }
    return true;
}

static enum ocpp_status give_firmware(struct ocpp_station *station, struct order *order)
{
    const cJSON *body = order->body;
    int64_t retrieve_utc_ms = body_time(body, "retrieve");
    const struct ocpp_firmware_order firmware = {
        .request_id = order->request_id,
        .url = order->url ? order->url : body_text(body, "url", ""),
        .retrieve_utc_ms = retrieve_utc_ms == OCPP_UTC_UNKNOWN ? app_utc_ms(order->app) : retrieve_utc_ms,
        .install_utc_ms = body_time(body, "install"),
        .signing_certificate = body_text(body, "certificate", NULL),
        .signature = body_text(body, "signature", NULL),
        .retries = body_integer(body, "retries", OCPP_AS_IT_LIKES),
        .retry_interval_s = body_integer(body, "retryInterval_s", OCPP_AS_IT_LIKES),
    };

    return ocpp_station_update_firmware(station, &firmware, &order->done);
}

static enum ocpp_status give_log(struct ocpp_station *station, struct order *order)
{
    const cJSON *body = order->body;
    const struct ocpp_log_order log = {
        .kind = body_word(body, "kind", log_kinds, 0) == 0 ? OCPP_LOG_FILE_DIAGNOSTICS : OCPP_LOG_FILE_SECURITY,
        .request_id = body_flag(body, "basic", false) ? 0 : order->request_id,
        .url = order->url ? order->url : body_text(body, "url", ""),
        .oldest_utc_ms = body_time(body, "oldest"),
        .latest_utc_ms = body_time(body, "latest"),
        .retries = body_integer(body, "retries", OCPP_AS_IT_LIKES),
        .retry_interval_s = body_integer(body, "retryInterval_s", OCPP_AS_IT_LIKES),
    };

    return ocpp_station_get_log(station, &log, &order->done);
}

static void show_file_name(cJSON *answer, const struct ocpp_command_result *result)
{
    json_add_text(answer, "fileName", result->file_name);
}

static const struct body_member firmware_members[] = {
    { .name = "url", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 512 },
    { .name = "requestId", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    { .name = "retrieve", .kind = BODY_TIME },
    { .name = "install", .kind = BODY_TIME },
    { .name = "certificate", .kind = BODY_TEXT, .minimum = 1, .maximum = 5500 },
    { .name = "signature", .kind = BODY_TEXT, .minimum = 1, .maximum = 800 },
    { .name = "retries", .kind = BODY_INTEGER, .maximum = 100 },
    { .name = "retryInterval_s", .kind = BODY_INTEGER, .maximum = 86400 },
    BODY_END,
};

static const struct body_member log_members[] = {
    { .name = "url", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 512 },
    { .name = "kind", .kind = BODY_WORD, .words = log_kinds },
    { .name = "basic", .kind = BODY_BOOLEAN },
    { .name = "requestId", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    { .name = "oldest", .kind = BODY_TIME },
    { .name = "latest", .kind = BODY_TIME },
    { .name = "retries", .kind = BODY_INTEGER, .maximum = 100 },
    { .name = "retryInterval_s", .kind = BODY_INTEGER, .maximum = 86400 },
    BODY_END,
};

const struct command commands_of_files[] = {
    { .name = "firmware", .members = firmware_members, .give = give_firmware, .prepare = number_request },
    { .name = "log", .members = log_members, .give = give_log, .prepare = number_request, .show = show_file_name },
    { .name = NULL },
};
