/* dialect_v16_logs.c: GetDiagnostics (5.9) and DiagnosticsStatusNotification (4.4) of OCPP 1.6, and GetLog and
 * LogStatusNotification of its security extension (N01). */
#include "dialect_v16.h"

#include <string.h>

#include "logs.h"

/* --- heard -------------------------------------------------------------------------------------------------------------- */

static int64_t bound_of(bool is_given, int64_t utc_ms)
{
    return is_given ? utc_ms : OCPP_UTC_UNKNOWN;
}

/* The location is a folder (6.25). A file server wants that said; of a web address nobody knows what the path means to it. */
static void on_get_diagnostics(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_get_diagnostics_req *request = call->request;
    const unsigned by_file = OCPP_TRANSFER_FTP | OCPP_TRANSFER_FTPS | OCPP_TRANSFER_SFTP;
    char name[OCPP_LOG_NAME_SIZE];
    const struct log_request wanted = {
        .form = LOG_FORM_DIAGNOSTICS,
        .location = request->location,
        .is_folder = (ocpp_transfer_protocol_of(request->location) & by_file) != 0,
        .has_retries = request->has_retries,
        .retries = request->retries,
        .has_interval = request->has_retry_interval,
        .interval_s = request->retry_interval,
        .window = { bound_of(request->has_start_time, request->start_time),
                    bound_of(request->has_stop_time, request->stop_time) },
    };
    const bool is_there = ocpp_cp_log_request(cp, &wanted, name) != LOG_REJECTED;
    const struct ocpp16_get_diagnostics_conf conf = { .file_name = is_there ? name : NULL };
    ocpp_cp_reply(cp, call, &conf);
}

static void on_get_log(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp16_log_status answers[] = {
        [LOG_REJECTED] = OCPP16_LOG_STATUS_REJECTED,
        [LOG_ACCEPTED] = OCPP16_LOG_STATUS_ACCEPTED,
        [LOG_ACCEPTED_CANCELED] = OCPP16_LOG_STATUS_ACCEPTED_CANCELED,
    };
    const struct ocpp16_get_log_req *request = call->request;
    const struct ocpp16_log_parameters *log = &request->log;
    char name[OCPP_LOG_NAME_SIZE];
    const struct log_request wanted = {
        .form = LOG_FORM_LOG,
        .is_security = request->log_type == OCPP16_LOG_TYPE_SECURITY_LOG,
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
    const struct ocpp16_get_log_conf conf = {
        .status = answers[answer],
        .filename = answer == LOG_REJECTED ? NULL : name,
    };
    ocpp_cp_reply(cp, call, &conf);
}

const struct hearing ocpp_cp_v16_log_hearings[V16_LOG_HEARINGS] = {
    { &ocpp16_actions[OCPP16_ACTION_GET_DIAGNOSTICS], on_get_diagnostics },
    { &ocpp16_actions[OCPP16_ACTION_GET_LOG], on_get_log },
};

/* --- told --------------------------------------------------------------------------------------------------------------- */

/* UNSET: there is no such word, and who asked hears of it by the answer to the other request. */
static const enum ocpp16_diagnostics_status diagnostics_words[LOG_STATUS_COUNT] = {
    [LOG_STATUS_IDLE] = OCPP16_DIAGNOSTICS_STATUS_IDLE,
    [LOG_STATUS_UPLOADING] = OCPP16_DIAGNOSTICS_STATUS_UPLOADING,
    [LOG_STATUS_UPLOADED] = OCPP16_DIAGNOSTICS_STATUS_UPLOADED,
    [LOG_STATUS_FAILED] = OCPP16_DIAGNOSTICS_STATUS_UPLOAD_FAILED,
    [LOG_STATUS_BAD_MESSAGE] = OCPP16_DIAGNOSTICS_STATUS_UPLOAD_FAILED,
    [LOG_STATUS_DENIED] = OCPP16_DIAGNOSTICS_STATUS_UPLOAD_FAILED,
    [LOG_STATUS_NOT_SUPPORTED] = OCPP16_DIAGNOSTICS_STATUS_UPLOAD_FAILED,
    [LOG_STATUS_CANCELED] = OCPP16_DIAGNOSTICS_STATUS_UNSET,
};

static const enum ocpp16_upload_log_status log_words[LOG_STATUS_COUNT] = {
    [LOG_STATUS_IDLE] = OCPP16_UPLOAD_LOG_STATUS_IDLE,
    [LOG_STATUS_UPLOADING] = OCPP16_UPLOAD_LOG_STATUS_UPLOADING,
    [LOG_STATUS_UPLOADED] = OCPP16_UPLOAD_LOG_STATUS_UPLOADED,
    [LOG_STATUS_FAILED] = OCPP16_UPLOAD_LOG_STATUS_UPLOAD_FAILURE,
    [LOG_STATUS_BAD_MESSAGE] = OCPP16_UPLOAD_LOG_STATUS_BAD_MESSAGE,
    [LOG_STATUS_DENIED] = OCPP16_UPLOAD_LOG_STATUS_PERMISSION_DENIED,
    [LOG_STATUS_NOT_SUPPORTED] = OCPP16_UPLOAD_LOG_STATUS_NOT_SUPPORTED_OPERATION,
    [LOG_STATUS_CANCELED] = OCPP16_UPLOAD_LOG_STATUS_UNSET,
};

static enum ocpp_status send_status(struct ocpp_charge_point *cp, const struct log_report *report)
{
    const struct ocpp16_diagnostics_status_notification_req diagnostics = { diagnostics_words[report->status] };
    const struct ocpp16_log_status_notification_req log = {
        .status = log_words[report->status],
        .has_request_id = report->has_request_id,
        .request_id = report->request_id,
    };
    if (report->status == LOG_STATUS_CANCELED) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    if (report->form == LOG_FORM_DIAGNOSTICS) {
        return ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_DIAGNOSTICS_STATUS_NOTIFICATION], &diagnostics, NULL,
                            ocpp_cp_log_status_on_answer);
    }
    return ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_LOG_STATUS_NOTIFICATION], &log, NULL, ocpp_cp_log_status_on_answer);
}

const struct log_words ocpp_cp_v16_log_words = { .send_status = send_status };
