/* dialect_v201_notices.c: what stations tell beside their charging in OCPP 2.0.1: security events, how far orders have come,
 * requests for certificates. What the application has no function for comes to its on_call. */
#include "dialect.h"
#include "dialect_notices.h"

#include <ocpp/v201.h>

static void handle_security_event(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_security_event_notification_req *req = call->request;
    const struct ocpp_station_security_event event = { .type = req->type,
                                                       .info = req->tech_info,
                                                       .timestamp_utc_ms = req->timestamp };

    if (handler->on_security_event) {
        handler->on_security_event(station, &event, handler->user);
    }
    station_thank(station, call, handler->on_security_event != NULL);
}

static void tell_task(struct ocpp_station *station, const struct ocpp_incoming_call *call,
                      const struct ocpp_station_task_status *status)
{
    const struct ocpp_central_handler *handler = &station->central->handler;

    if (handler->on_task) {
        handler->on_task(station, status, handler->user);
    }
    station_thank(station, call, handler->on_task != NULL);
}

static void handle_firmware(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_firmware_status_notification_req *req = call->request;
    const struct ocpp_station_task_status status = {
        .task = OCPP_TASK_FIRMWARE,
        .word = central_word(&ocpp201_firmware_status_enum, (int)req->status),
        .has_request_id = req->has_request_id,
        .request_id = req->request_id,
    };

    tell_task(station, call, &status);
}

static void handle_log(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_log_status_notification_req *req = call->request;
    const struct ocpp_station_task_status status = {
        .task = OCPP_TASK_LOG,
        .word = central_word(&ocpp201_upload_log_status_enum, (int)req->status),
        .has_request_id = req->has_request_id,
        .request_id = req->request_id,
    };

    tell_task(station, call, &status);
}

static void handle_sign_request(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_sign_certificate_req *req = call->request;
    const struct ocpp_station_sign_request request = {
        .csr = req->csr,
        .for_station = req->certificate_type != OCPP201_CERTIFICATE_SIGNING_USE_V2G_CERTIFICATE,
        .for_vehicles = req->certificate_type != OCPP201_CERTIFICATE_SIGNING_USE_CHARGING_STATION_CERTIFICATE,
    };
    struct ocpp201_sign_certificate_res res = { .status = OCPP201_GENERIC_STATUS_REJECTED };

    if (!handler->on_sign_request) {
        station_thank(station, call, false);
        return;
    }
    if (handler->on_sign_request(station, &request, handler->user)) {
        res.status = OCPP201_GENERIC_STATUS_ACCEPTED;
    }
    station_reply(station, call->token, &res);
}

/* clang-format off */
const struct central_route central_v201_notices[] = {
    { &ocpp201_actions[OCPP201_ACTION_FIRMWARE_STATUS_NOTIFICATION],  handle_firmware },
    { &ocpp201_actions[OCPP201_ACTION_LOG_STATUS_NOTIFICATION],       handle_log },
    { &ocpp201_actions[OCPP201_ACTION_SECURITY_EVENT_NOTIFICATION],   handle_security_event },
    { &ocpp201_actions[OCPP201_ACTION_SIGN_CERTIFICATE],              handle_sign_request },
    { 0 },
};
/* clang-format on */
