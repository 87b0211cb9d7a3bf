/* dialect_v16_reservation.c: ReserveNow and CancelReservation of OCPP 1.6 (5.13, 5.1). That a reservation ended is told by the
 * status of the connector alone. */
#include "dialect_v16.h"

#include "text.h"

static const enum ocpp16_reservation_status words[VERDICT_LATER + 1] = {
    [VERDICT_ACCEPTED] = OCPP16_RESERVATION_STATUS_ACCEPTED,       [VERDICT_REJECTED] = OCPP16_RESERVATION_STATUS_REJECTED,
    [VERDICT_OCCUPIED] = OCPP16_RESERVATION_STATUS_OCCUPIED,       [VERDICT_FAULTED] = OCPP16_RESERVATION_STATUS_FAULTED,
    [VERDICT_UNAVAILABLE] = OCPP16_RESERVATION_STATUS_UNAVAILABLE,
};

void ocpp_cp_v16_reserve(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_reserve_now_req *request = call->request;
    struct reservation wanted = { .id = request->reservation_id, .expires_utc_ms = request->expiry_date };
    int evse = 0;
    int connector = 0;
    const bool is_place = request->connector_id == 0 || ocpp_cp_row_place(cp, request->connector_id, &evse, &connector);
    wanted.evse = evse;
    wanted.connector = connector;
    ocpp_cp_token_set(&wanted.token, request->id_tag, OCPP_TOKEN_UNKNOWN);
    ocpp_text_copy(wanted.group, sizeof(wanted.group), request->parent_id_tag == NULL ? "" : request->parent_id_tag);
    const struct ocpp16_reserve_now_conf conf = { .status = words[is_place ? ocpp_cp_reserve(cp, &wanted) : VERDICT_REJECTED] };
    ocpp_cp_reply(cp, call, &conf);
}

void ocpp_cp_v16_cancel_reservation(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_cancel_reservation_req *request = call->request;
    const bool is_cancelled = ocpp_cp_cancel_reservation(cp, request->reservation_id) == VERDICT_ACCEPTED;
    const struct ocpp16_cancel_reservation_conf conf = {
        .status = is_cancelled ? OCPP16_CANCEL_RESERVATION_STATUS_ACCEPTED : OCPP16_CANCEL_RESERVATION_STATUS_REJECTED,
    };
    ocpp_cp_reply(cp, call, &conf);
}
