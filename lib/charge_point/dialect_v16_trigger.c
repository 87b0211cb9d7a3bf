/* dialect_v16_trigger.c: TriggerMessage of OCPP 1.6 (5.17) and ExtendedTriggerMessage of its security extension (5.5), and the
 * reports of tasks at rest that they can ask for. */
#include "dialect_v16.h"

/* A row without TRIGGER_COUNT as its kind is implemented. */
static const enum trigger_kind triggers[] = {
    [OCPP16_MESSAGE_TRIGGER_UNSET] = TRIGGER_COUNT,
    [OCPP16_MESSAGE_TRIGGER_BOOT_NOTIFICATION] = TRIGGER_BOOT,
    [OCPP16_MESSAGE_TRIGGER_HEARTBEAT] = TRIGGER_HEARTBEAT,
    [OCPP16_MESSAGE_TRIGGER_METER_VALUES] = TRIGGER_READING,
    [OCPP16_MESSAGE_TRIGGER_STATUS_NOTIFICATION] = TRIGGER_STATUS,
    [OCPP16_MESSAGE_TRIGGER_DIAGNOSTICS_STATUS_NOTIFICATION] = TRIGGER_DIAGNOSTICS_STATUS,
    [OCPP16_MESSAGE_TRIGGER_FIRMWARE_STATUS_NOTIFICATION] = TRIGGER_FIRMWARE_STATUS,
};

/* The same word asks for the status of the secure update here (security extension, 6.16). */
static const enum trigger_kind extended_triggers[] = {
    [OCPP16_EXTENDED_MESSAGE_TRIGGER_UNSET] = TRIGGER_COUNT,
    [OCPP16_EXTENDED_MESSAGE_TRIGGER_BOOT_NOTIFICATION] = TRIGGER_BOOT,
    [OCPP16_EXTENDED_MESSAGE_TRIGGER_LOG_STATUS_NOTIFICATION] = TRIGGER_LOG_STATUS,
    [OCPP16_EXTENDED_MESSAGE_TRIGGER_FIRMWARE_STATUS_NOTIFICATION] = TRIGGER_SIGNED_FIRMWARE_STATUS,
    [OCPP16_EXTENDED_MESSAGE_TRIGGER_HEARTBEAT] = TRIGGER_HEARTBEAT,
    [OCPP16_EXTENDED_MESSAGE_TRIGGER_METER_VALUES] = TRIGGER_READING,
    [OCPP16_EXTENDED_MESSAGE_TRIGGER_SIGN_CHARGE_POINT_CERTIFICATE] = TRIGGER_SIGN_STATION_CERTIFICATE,
    [OCPP16_EXTENDED_MESSAGE_TRIGGER_STATUS_NOTIFICATION] = TRIGGER_STATUS,
};

static enum ocpp16_trigger_message_status trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, bool has_number,
                                                  int64_t number)
{
    int evse = has_number ? 0 : -1;
    int connector = 0;
    if (kind == TRIGGER_COUNT) {
        return OCPP16_TRIGGER_MESSAGE_STATUS_NOT_IMPLEMENTED;
    }
    if (has_number && number != 0 && !ocpp_cp_row_place(cp, number, &evse, &connector)) {
        evse = INT16_MAX; /* no such place; whether that matters depends on the message */
    }
    const enum verdict verdict = ocpp_cp_trigger(cp, kind, evse, connector);
    if (verdict == VERDICT_NOT_SUPPORTED) {
        return OCPP16_TRIGGER_MESSAGE_STATUS_NOT_IMPLEMENTED;
    }
    return verdict == VERDICT_ACCEPTED ? OCPP16_TRIGGER_MESSAGE_STATUS_ACCEPTED : OCPP16_TRIGGER_MESSAGE_STATUS_REJECTED;
}

void ocpp_cp_v16_trigger(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_trigger_message_req *request = call->request;
    const struct ocpp16_trigger_message_conf conf = {
        .status = trigger(cp, triggers[request->requested_message], request->has_connector_id, request->connector_id),
    };
    ocpp_cp_reply(cp, call, &conf);
}

void ocpp_cp_v16_extended_trigger(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_extended_trigger_message_req *request = call->request;
    const struct ocpp16_extended_trigger_message_conf conf = {
        .status = trigger(cp, extended_triggers[request->requested_message], request->has_connector_id, request->connector_id),
    };
    ocpp_cp_reply(cp, call, &conf);
}

/* --- tasks at rest ------------------------------------------------------------------------------------------------------ */

static void on_rest_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    (void)answer; /* it was told: nobody asks for it again but the central system */
    ocpp_cp_flight_over(user);
}

enum ocpp_status ocpp_cp_v16_send_rest(struct ocpp_charge_point *cp, enum trigger_kind kind)
{
    static const struct ocpp16_diagnostics_status_notification_req diagnostics = { OCPP16_DIAGNOSTICS_STATUS_IDLE };
    static const struct ocpp16_firmware_status_notification_req firmware = { OCPP16_FIRMWARE_STATUS_IDLE };
    static const struct ocpp16_signed_firmware_status_notification_req signed_firmware = {
        .status = OCPP16_SIGNED_FIRMWARE_STATUS_IDLE,
    };
    static const struct ocpp16_log_status_notification_req log = { .status = OCPP16_UPLOAD_LOG_STATUS_IDLE };
    const void *request = &firmware;
    enum ocpp16_action action = OCPP16_ACTION_FIRMWARE_STATUS_NOTIFICATION;
    if (kind == TRIGGER_DIAGNOSTICS_STATUS) {
        request = &diagnostics;
        action = OCPP16_ACTION_DIAGNOSTICS_STATUS_NOTIFICATION;
    } else if (kind == TRIGGER_SIGNED_FIRMWARE_STATUS) {
        request = &signed_firmware;
        action = OCPP16_ACTION_SIGNED_FIRMWARE_STATUS_NOTIFICATION;
    } else if (kind == TRIGGER_LOG_STATUS) {
        request = &log;
        action = OCPP16_ACTION_LOG_STATUS_NOTIFICATION;
    }
    return ocpp_cp_send(cp, &ocpp16_actions[action], request, NULL, on_rest_answer);
}
