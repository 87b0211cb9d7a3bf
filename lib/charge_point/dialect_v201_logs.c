/* dialect_v201_logs.c: GetLog and LogStatusNotification of OCPP 2.0.1 (N01). */
#include "dialect_v201.h"
#include "logs.h"

static int64_t bound_of(bool is_given, int64_t utc_ms)
{
    return is_given ? utc_ms : OCPP_UTC_UNKNOWN;
}

static void on_get_log(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp201_log_status answers[] = {
        [LOG_REJECTED] = OCPP201_LOG_STATUS_REJECTED,
        [LOG_ACCEPTED] = OCPP201_LOG_STATUS_ACCEPTED,
        [LOG_ACCEPTED_CANCELED] = OCPP201_LOG_STATUS_ACCEPTED_CANCELED,
    };
    const struct ocpp201_get_log_req *request = call->request;
    const struct ocpp201_log_parameters *log = &request->log;
    char name[OCPP_LOG_NAME_SIZE];
    const struct log_request wanted = {
        .form = LOG_FORM_LOG,
        .is_security = request->log_type == OCPP201_LOG_SECURITY_LOG,
        .request_id = request->request_id,
        .location = log->remote_location,
        .has_retries = request->has_retries,
        .retries = request->retries,
        .has_interval = request->has_retry_interval,
        .interval_s = request->retry_interval,
        .window = { bound_of(log->has_oldest_timestamp, log->oldest_timestamp),
                    bound_of(log->has_latest_timestamp, log->latest_timestamp) },
    };
    const enum log_answer answer = ocpp_cp_log_request(cp, &wanted, name);
    const struct ocpp201_get_log_res response = {
        .status = answers[answer],
        .filename = answer == LOG_REJECTED ? NULL : name,
    };
    ocpp_cp_reply(cp, call, &response);
}

const struct hearing ocpp_cp_v201_log_hearings[V201_LOG_HEARINGS] = {
    { &ocpp201_actions[OCPP201_ACTION_GET_LOG], on_get_log },
};

static const enum ocpp201_upload_log_status words[LOG_STATUS_COUNT] = {
    [LOG_STATUS_IDLE] = OCPP201_UPLOAD_LOG_STATUS_IDLE,
    [LOG_STATUS_UPLOADING] = OCPP201_UPLOAD_LOG_STATUS_UPLOADING,
    [LOG_STATUS_UPLOADED] = OCPP201_UPLOAD_LOG_STATUS_UPLOADED,
    [LOG_STATUS_FAILED] = OCPP201_UPLOAD_LOG_STATUS_UPLOAD_FAILURE,
    [LOG_STATUS_BAD_MESSAGE] = OCPP201_UPLOAD_LOG_STATUS_BAD_MESSAGE,
    [LOG_STATUS_DENIED] = OCPP201_UPLOAD_LOG_STATUS_PERMISSION_DENIED,
    [LOG_STATUS_NOT_SUPPORTED] = OCPP201_UPLOAD_LOG_STATUS_NOT_SUPPORTED_OPERATION,
    [LOG_STATUS_CANCELED] = OCPP201_UPLOAD_LOG_STATUS_ACCEPTED_CANCELED,
};

/* What 1.6 asked for with GetDiagnostics has no number to be told by. */
static enum ocpp_status send_status(struct ocpp_charge_point *cp, const struct log_report *report)
{
    const struct ocpp201_log_status_notification_req request = {
        .status = words[report->status],
        .has_request_id = report->has_request_id,
        .request_id = report->request_id,
    };
    if (report->form == LOG_FORM_DIAGNOSTICS) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_LOG_STATUS_NOTIFICATION], &request, NULL,
                        ocpp_cp_log_status_on_answer);
}

const struct log_words ocpp_cp_v201_log_words = { .send_status = send_status };
