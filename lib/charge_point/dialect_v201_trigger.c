/* dialect_v201_trigger.c: TriggerMessage of OCPP 2.0.1 (F06), and the reports of tasks at rest that it can ask for. */
#include "dialect_v201.h"

/* A row with TRIGGER_COUNT is not implemented (F06.FR.08). */
static const enum trigger_kind triggers[] = {
    [OCPP201_MESSAGE_TRIGGER_UNSET] = TRIGGER_COUNT,
    [OCPP201_MESSAGE_TRIGGER_BOOT_NOTIFICATION] = TRIGGER_BOOT,
    [OCPP201_MESSAGE_TRIGGER_LOG_STATUS_NOTIFICATION] = TRIGGER_LOG_STATUS,
    [OCPP201_MESSAGE_TRIGGER_FIRMWARE_STATUS_NOTIFICATION] = TRIGGER_FIRMWARE_STATUS,
    [OCPP201_MESSAGE_TRIGGER_HEARTBEAT] = TRIGGER_HEARTBEAT,
    [OCPP201_MESSAGE_TRIGGER_METER_VALUES] = TRIGGER_READING,
    [OCPP201_MESSAGE_TRIGGER_SIGN_CHARGING_STATION_CERTIFICATE] = TRIGGER_SIGN_STATION_CERTIFICATE,
    [OCPP201_MESSAGE_TRIGGER_SIGN_V2G_CERTIFICATE] = TRIGGER_SIGN_V2G_CERTIFICATE,
    [OCPP201_MESSAGE_TRIGGER_STATUS_NOTIFICATION] = TRIGGER_STATUS,
    [OCPP201_MESSAGE_TRIGGER_TRANSACTION_EVENT] = TRIGGER_TRANSACTION,
    [OCPP201_MESSAGE_TRIGGER_SIGN_COMBINED_CERTIFICATE] = TRIGGER_SIGN_COMBINED_CERTIFICATE,
    [OCPP201_MESSAGE_TRIGGER_PUBLISH_FIRMWARE_STATUS_NOTIFICATION] = TRIGGER_COUNT,
};

static enum ocpp201_trigger_message_status trigger(struct ocpp_charge_point *cp,
                                                   const struct ocpp201_trigger_message_req *request)
{
    const enum trigger_kind kind = triggers[request->requested_message];
    if (kind == TRIGGER_COUNT) {
        return OCPP201_TRIGGER_MESSAGE_STATUS_NOT_IMPLEMENTED;
    }
    const int evse = request->evse == NULL ? -1 : ocpp_cp_v201_place(request->evse->id);
    const enum verdict verdict = ocpp_cp_trigger(cp, kind, evse, ocpp_cp_v201_connector(request->evse));
    if (verdict == VERDICT_NOT_SUPPORTED) {
        return OCPP201_TRIGGER_MESSAGE_STATUS_NOT_IMPLEMENTED;
    }
    return verdict == VERDICT_ACCEPTED ? OCPP201_TRIGGER_MESSAGE_STATUS_ACCEPTED : OCPP201_TRIGGER_MESSAGE_STATUS_REJECTED;
}

void ocpp_cp_v201_trigger(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_trigger_message_res response = { .status = trigger(cp, call->request) };
    ocpp_cp_reply(cp, call, &response);
}

/* --- tasks at rest ------------------------------------------------------------------------------------------------------ */

static void on_rest_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    (void)answer; /* it was told: nobody asks for it again but the central system */
    ocpp_cp_flight_over(user);
}

enum ocpp_status ocpp_cp_v201_send_rest(struct ocpp_charge_point *cp, enum trigger_kind kind)
{
    static const struct ocpp201_firmware_status_notification_req firmware = { .status = OCPP201_FIRMWARE_STATUS_IDLE };
    static const struct ocpp201_log_status_notification_req log = { .status = OCPP201_UPLOAD_LOG_STATUS_IDLE };
    if (kind == TRIGGER_LOG_STATUS) {
        return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_LOG_STATUS_NOTIFICATION], &log, NULL, on_rest_answer);
    }
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_FIRMWARE_STATUS_NOTIFICATION], &firmware, NULL, on_rest_answer);
}
