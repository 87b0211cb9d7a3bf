/* dialect_v16_firmware.c: UpdateFirmware and FirmwareStatusNotification of OCPP 1.6 (5.19, 4.5), and SignedUpdateFirmware and
 * SignedFirmwareStatusNotification of its security extension (L01). */
#include "dialect_v16.h"
#include "firmware_update.h"

/* The signed form has a word for everything; the plain one for what its edition knew: what it has none for is not told, and where
 * it is asked for, the nearest word is. */
static const struct {
    enum ocpp16_signed_firmware_status word;
    enum ocpp16_firmware_status plain;
    bool is_told;
} words[OCPP_FIRMWARE_STATUS_COUNT] = {
    [OCPP_FIRMWARE_IDLE] = { OCPP16_SIGNED_FIRMWARE_STATUS_IDLE, OCPP16_FIRMWARE_STATUS_IDLE, true },
    [OCPP_FIRMWARE_DOWNLOAD_SCHEDULED] = { OCPP16_SIGNED_FIRMWARE_STATUS_DOWNLOAD_SCHEDULED, OCPP16_FIRMWARE_STATUS_IDLE, false },
    [OCPP_FIRMWARE_DOWNLOADING] = { OCPP16_SIGNED_FIRMWARE_STATUS_DOWNLOADING, OCPP16_FIRMWARE_STATUS_DOWNLOADING, true },
    [OCPP_FIRMWARE_DOWNLOAD_PAUSED] = { OCPP16_SIGNED_FIRMWARE_STATUS_DOWNLOAD_PAUSED, OCPP16_FIRMWARE_STATUS_DOWNLOADING,
                                        false },
    [OCPP_FIRMWARE_DOWNLOADED] = { OCPP16_SIGNED_FIRMWARE_STATUS_DOWNLOADED, OCPP16_FIRMWARE_STATUS_DOWNLOADED, true },
    [OCPP_FIRMWARE_SIGNATURE_VERIFIED] = { OCPP16_SIGNED_FIRMWARE_STATUS_SIGNATURE_VERIFIED, OCPP16_FIRMWARE_STATUS_DOWNLOADED,
                                           false },
    [OCPP_FIRMWARE_INSTALL_SCHEDULED] = { OCPP16_SIGNED_FIRMWARE_STATUS_INSTALL_SCHEDULED, OCPP16_FIRMWARE_STATUS_DOWNLOADED,
                                          false },
    [OCPP_FIRMWARE_INSTALL_REBOOTING] = { OCPP16_SIGNED_FIRMWARE_STATUS_INSTALL_REBOOTING, OCPP16_FIRMWARE_STATUS_INSTALLING,
                                          false },
    [OCPP_FIRMWARE_INSTALLING] = { OCPP16_SIGNED_FIRMWARE_STATUS_INSTALLING, OCPP16_FIRMWARE_STATUS_INSTALLING, true },
    [OCPP_FIRMWARE_INSTALLED] = { OCPP16_SIGNED_FIRMWARE_STATUS_INSTALLED, OCPP16_FIRMWARE_STATUS_INSTALLED, true },
    [OCPP_FIRMWARE_DOWNLOAD_FAILED] = { OCPP16_SIGNED_FIRMWARE_STATUS_DOWNLOAD_FAILED, OCPP16_FIRMWARE_STATUS_DOWNLOAD_FAILED,
                                        true },
    [OCPP_FIRMWARE_INVALID_SIGNATURE] = { OCPP16_SIGNED_FIRMWARE_STATUS_INVALID_SIGNATURE,
                                          OCPP16_FIRMWARE_STATUS_INSTALLATION_FAILED, true },
    [OCPP_FIRMWARE_INSTALL_VERIFICATION_FAILED] = { OCPP16_SIGNED_FIRMWARE_STATUS_INSTALL_VERIFICATION_FAILED,
                                                    OCPP16_FIRMWARE_STATUS_INSTALLATION_FAILED, true },
    [OCPP_FIRMWARE_INSTALLATION_FAILED] = { OCPP16_SIGNED_FIRMWARE_STATUS_INSTALLATION_FAILED,
                                            OCPP16_FIRMWARE_STATUS_INSTALLATION_FAILED, true },
};

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status == OCPP_OK) {
        ocpp_firmware_answered(user);
        return;
    }
    ocpp_cp_flight_failed(user, answer->status);
}

static enum ocpp_status send_asked(struct ocpp_charge_point *cp, const struct firmware_news *news)
{
    if (!news->is_signed) {
        const struct ocpp16_firmware_status_notification_req plain = { .status = words[news->status].plain };
        return ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_FIRMWARE_STATUS_NOTIFICATION], &plain, NULL, on_answer);
    }
    const struct ocpp16_signed_firmware_status_notification_req request = {
        .status = words[news->status].word,
        .has_request_id = news->has_id,
        .request_id = news->id,
    };
    return ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_SIGNED_FIRMWARE_STATUS_NOTIFICATION], &request, NULL, on_answer);
}

static enum ocpp_status send_status(struct ocpp_charge_point *cp, const struct firmware_news *news)
{
    return news->is_signed || words[news->status].is_told ? send_asked(cp, news) : OCPP_ERR_NOT_FOUND;
}

/* --- orders --------------------------------------------------------------------------------------------------------------- */

static void refuse(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, enum ocpp_call_error error,
                   const char *why)
{
    const enum ocpp_status status = ocpp_rpc_refuse(cp->rpc, call->token, error, why);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused: %s", call->action_name, ocpp_status_sentence(status));
    }
}

/* The answer has no word for what is refused, so that is an error (L01.FR.20). */
static void on_update_firmware(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_update_firmware_req *request = call->request;
    const struct firmware_wish wish = {
        .location = request->location,
        .retrieve_utc_ms = request->retrieve_date,
        .has_retries = request->has_retries,
        .retries = request->retries,
        .has_retry_interval = request->has_retry_interval,
        .retry_interval_s = request->retry_interval,
    };
    static const struct ocpp16_update_firmware_conf conf = { 0 };
    switch (ocpp_cp_firmware_order(cp, &wish)) {
    case FIRMWARE_ACCEPTED:
    case FIRMWARE_ACCEPTED_CANCELED:
        ocpp_cp_reply(cp, call, &conf);
        return;
    case FIRMWARE_NOT_SUPPORTED:
        refuse(cp, call, OCPP_CALL_ERROR_NOT_SUPPORTED, "only signed firmware is installed here");
        return;
    case FIRMWARE_REJECTED:
    case FIRMWARE_INVALID_CERTIFICATE:
    case FIRMWARE_REVOKED_CERTIFICATE:
    case FIRMWARE_ANSWER_COUNT:
        break;
    }
    refuse(cp, call, OCPP_CALL_ERROR_GENERIC_ERROR, "the update cannot be done now");
}

static void on_signed_update_firmware(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp16_update_firmware_status answers[FIRMWARE_ANSWER_COUNT] = {
        [FIRMWARE_ACCEPTED] = OCPP16_UPDATE_FIRMWARE_STATUS_ACCEPTED,
        [FIRMWARE_ACCEPTED_CANCELED] = OCPP16_UPDATE_FIRMWARE_STATUS_ACCEPTED_CANCELED,
        [FIRMWARE_REJECTED] = OCPP16_UPDATE_FIRMWARE_STATUS_REJECTED,
        [FIRMWARE_INVALID_CERTIFICATE] = OCPP16_UPDATE_FIRMWARE_STATUS_INVALID_CERTIFICATE,
        [FIRMWARE_REVOKED_CERTIFICATE] = OCPP16_UPDATE_FIRMWARE_STATUS_REVOKED_CERTIFICATE,
    };
    const struct ocpp16_signed_update_firmware_req *request = call->request;
    const struct firmware_wish wish = {
        .has_id = true,
        .id = request->request_id,
        .location = request->firmware.location,
        .retrieve_utc_ms = request->firmware.retrieve_date_time,
        .has_install_date = request->firmware.has_install_date_time,
        .install_utc_ms = request->firmware.install_date_time,
        .has_retries = request->has_retries,
        .retries = request->retries,
        .has_retry_interval = request->has_retry_interval,
        .retry_interval_s = request->retry_interval,
        .certificate = request->firmware.signing_certificate,
        .signature = request->firmware.signature,
    };
    const enum firmware_answer answer = ocpp_cp_firmware_order(cp, &wish);
    if (answer == FIRMWARE_NOT_SUPPORTED) {
        refuse(cp, call, OCPP_CALL_ERROR_NOT_SUPPORTED, "signatures of firmware cannot be verified here");
        return;
    }
    const struct ocpp16_signed_update_firmware_conf conf = { .status = answers[answer] };
    ocpp_cp_reply(cp, call, &conf);
}

const struct hearing ocpp_cp_v16_firmware_hearings[FIRMWARE_V16_HEARINGS] = {
    { &ocpp16_actions[OCPP16_ACTION_UPDATE_FIRMWARE], on_update_firmware },
    { &ocpp16_actions[OCPP16_ACTION_SIGNED_UPDATE_FIRMWARE], on_signed_update_firmware },
};

const struct firmware_words ocpp_cp_v16_firmware_words = { .send_status = send_status, .send_asked = send_asked };
