/* dialect_v201_firmware.c: UpdateFirmware and FirmwareStatusNotification of OCPP 2.0.1 (L01, L02). PublishFirmware and
 * UnpublishFirmware are for local controllers (L03, L04), which no station here is: they are not supported. */
#include "dialect_v201.h"
#include "firmware_update.h"

static const enum ocpp201_firmware_status words[OCPP_FIRMWARE_STATUS_COUNT] = {
    [OCPP_FIRMWARE_IDLE] = OCPP201_FIRMWARE_STATUS_IDLE,
    [OCPP_FIRMWARE_DOWNLOAD_SCHEDULED] = OCPP201_FIRMWARE_STATUS_DOWNLOAD_SCHEDULED,
    [OCPP_FIRMWARE_DOWNLOADING] = OCPP201_FIRMWARE_STATUS_DOWNLOADING,
    [OCPP_FIRMWARE_DOWNLOAD_PAUSED] = OCPP201_FIRMWARE_STATUS_DOWNLOAD_PAUSED,
    [OCPP_FIRMWARE_DOWNLOADED] = OCPP201_FIRMWARE_STATUS_DOWNLOADED,
    [OCPP_FIRMWARE_SIGNATURE_VERIFIED] = OCPP201_FIRMWARE_STATUS_SIGNATURE_VERIFIED,
    [OCPP_FIRMWARE_INSTALL_SCHEDULED] = OCPP201_FIRMWARE_STATUS_INSTALL_SCHEDULED,
    [OCPP_FIRMWARE_INSTALL_REBOOTING] = OCPP201_FIRMWARE_STATUS_INSTALL_REBOOTING,
    [OCPP_FIRMWARE_INSTALLING] = OCPP201_FIRMWARE_STATUS_INSTALLING,
    [OCPP_FIRMWARE_INSTALLED] = OCPP201_FIRMWARE_STATUS_INSTALLED,
    [OCPP_FIRMWARE_DOWNLOAD_FAILED] = OCPP201_FIRMWARE_STATUS_DOWNLOAD_FAILED,
    [OCPP_FIRMWARE_INVALID_SIGNATURE] = OCPP201_FIRMWARE_STATUS_INVALID_SIGNATURE,
    [OCPP_FIRMWARE_INSTALL_VERIFICATION_FAILED] = OCPP201_FIRMWARE_STATUS_INSTALL_VERIFICATION_FAILED,
    [OCPP_FIRMWARE_INSTALLATION_FAILED] = OCPP201_FIRMWARE_STATUS_INSTALLATION_FAILED,
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

static enum ocpp_status send_status(struct ocpp_charge_point *cp, const struct firmware_news *news)
{
    const struct ocpp201_firmware_status_notification_req request = {
        .status = words[news->status],
        .has_request_id = news->has_id,
        .request_id = news->id,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_FIRMWARE_STATUS_NOTIFICATION], &request, NULL, on_answer);
}

static void on_update_firmware(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp201_update_firmware_status answers[FIRMWARE_ANSWER_COUNT] = {
        [FIRMWARE_ACCEPTED] = OCPP201_UPDATE_FIRMWARE_STATUS_ACCEPTED,
        [FIRMWARE_ACCEPTED_CANCELED] = OCPP201_UPDATE_FIRMWARE_STATUS_ACCEPTED_CANCELED,
        [FIRMWARE_REJECTED] = OCPP201_UPDATE_FIRMWARE_STATUS_REJECTED,
        [FIRMWARE_INVALID_CERTIFICATE] = OCPP201_UPDATE_FIRMWARE_STATUS_INVALID_CERTIFICATE,
        [FIRMWARE_REVOKED_CERTIFICATE] = OCPP201_UPDATE_FIRMWARE_STATUS_REVOKED_CERTIFICATE,
        [FIRMWARE_NOT_SUPPORTED] = OCPP201_UPDATE_FIRMWARE_STATUS_REJECTED, /* L02: TC_L_18 */
    };
    const struct ocpp201_update_firmware_req *request = call->request;
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
    const struct ocpp201_update_firmware_res response = { .status = answers[ocpp_cp_firmware_order(cp, &wish)] };
    ocpp_cp_reply(cp, call, &response);
}

const struct hearing ocpp_cp_v201_firmware_hearings[FIRMWARE_V201_HEARINGS] = {
    { &ocpp201_actions[OCPP201_ACTION_UPDATE_FIRMWARE], on_update_firmware },
};

const struct firmware_words ocpp_cp_v201_firmware_words = { .send_status = send_status, .send_asked = send_status };
