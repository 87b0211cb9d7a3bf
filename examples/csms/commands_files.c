/* commands_files.c: firmware for a station, and its logs. */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const char *const log_kinds[] = { "Diagnostics", "Security", NULL };

/* Always false: the member |name| of the body is wrong. */
static bool refuse(struct request *request, const char *pointer, const char *why)
{
    answer_problem(request->exchange, 400, pointer, "%s %s", pointer, why);
    return false;
}

/* Gives the order its ticket; the address holds for a week from |utc_ms| on. */
static bool take_ticket(struct request *request, struct order *order, enum file_act act, const char *subject, int64_t utc_ms)
{
    int64_t now_utc_ms = app_utc_ms(order->app);
    int64_t from_utc_ms = utc_ms != OCPP_UTC_UNKNOWN && utc_ms > now_utc_ms ? utc_ms : now_utc_ms;

    order->url = files_url(order->app->files, act, order->identity, subject, from_utc_ms + TICKET_DAYS * 86400000LL);
    if (!order->url) {
        answer_status(request->exchange, OCPP_ERR_NOMEM);
    }
    return order->url;
}

/* A file of the folder, or an address of elsewhere. */
static bool prepare_firmware(struct request *request, struct order *order)
{
    const char *file = body_text(order->body, "file", NULL);
    uint64_t size;
    int descriptor;

    (void)order_number(request, order);
    if (!file) {
        return body_value(order->body, "url") || refuse(request, "/url", "is required, or file");
    }
    if (body_value(order->body, "url") || !order->app->files) {
        return refuse(request, "/file",
                      order->app->files ? "and url exclude each other" : "needs a program started with --files");
    }
    descriptor = files_read(order->app->files, false, file, &size);
    if (descriptor < 0) {
        return refuse(request, "/file", "is no file in the folder of --files");
    }
    close(descriptor);
    return take_ticket(request, order, FILE_ACT_GET, file, body_time(order->body, "retrieve"));
}

/* Our folder, unless an address of elsewhere is given. */
static bool prepare_log(struct request *request, struct order *order)
{
    char subject[24];

    (void)order_number(request, order);
    if (body_value(order->body, "url")) {
        return true;
    }
    if (!order->app->files) {
        return refuse(request, "/url", "is required by a program started without --files");
    }
    snprintf(subject, sizeof subject, "%" PRId64, order->request_id);
    return take_ticket(request, order, FILE_ACT_PUT, subject, OCPP_UTC_UNKNOWN);
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
    { .name = "url", .kind = BODY_TEXT, .minimum = 1, .maximum = 512 },
    { .name = "file", .kind = BODY_TEXT, .minimum = 1, .maximum = 128 },
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
    { .name = "url", .kind = BODY_TEXT, .minimum = 1, .maximum = 512 },
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
    { .name = "firmware", .members = firmware_members, .give = give_firmware, .prepare = prepare_firmware },
    { .name = "log", .members = log_members, .give = give_log, .prepare = prepare_log, .show = show_file_name },
    { .name = NULL },
};
