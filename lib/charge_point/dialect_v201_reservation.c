/* dialect_v201_reservation.c: ReserveNow, CancelReservation and ReservationStatusUpdate of OCPP 2.0.1 (H01, H02, H04). */
#include "dialect_v201.h"

#include "text.h"
#include "vocabulary_v201.h"

static const enum ocpp201_reserve_now_status words[VERDICT_LATER + 1] = {
    [VERDICT_ACCEPTED] = OCPP201_RESERVE_NOW_STATUS_ACCEPTED,       [VERDICT_REJECTED] = OCPP201_RESERVE_NOW_STATUS_REJECTED,
    [VERDICT_OCCUPIED] = OCPP201_RESERVE_NOW_STATUS_OCCUPIED,       [VERDICT_FAULTED] = OCPP201_RESERVE_NOW_STATUS_FAULTED,
    [VERDICT_UNAVAILABLE] = OCPP201_RESERVE_NOW_STATUS_UNAVAILABLE,
};

static void fill(struct reservation *wanted, const struct ocpp201_reserve_now_req *request)
{
    const int type = ocpp_word_from_wire(&ocpp_v201_token_types, (int)request->id_token.type);
    *wanted = (struct reservation){
        .id = request->id,
        .evse = request->has_evse_id ? ocpp_cp_v201_place(request->evse_id) : 0,
        .expires_utc_ms = request->expiry_date_time,
        .ends_when_presented = true, /* H03.FR.09 */
    };
    ocpp_cp_token_set(&wanted->token, request->id_token.id_token, (enum ocpp_token_type)type);
    if (request->group_id_token != NULL) {
        ocpp_text_copy(wanted->group, sizeof(wanted->group), request->group_id_token->id_token);
    }
    if (request->connector_type != OCPP201_CONNECTOR_UNSET) {
        ocpp_text_copy(wanted->connector_type, sizeof(wanted->connector_type),
                       ocpp_enum_name(&ocpp201_connector_enum, (int)request->connector_type));
    }
}

void ocpp_cp_v201_reserve(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_reserve_now_req *request = call->request;
    struct reservation wanted;
    fill(&wanted, request);
    const bool is_place = !request->has_evse_id || wanted.evse != 0; /* 0 is no EVSE */
    const struct ocpp201_reserve_now_res response = { .status =
                                                          words[is_place ? ocpp_cp_reserve(cp, &wanted) : VERDICT_REJECTED] };
    ocpp_cp_reply(cp, call, &response);
}

void ocpp_cp_v201_cancel_reservation(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_cancel_reservation_req *request = call->request;
    const bool is_cancelled = ocpp_cp_cancel_reservation(cp, request->reservation_id) == VERDICT_ACCEPTED;
    const struct ocpp201_cancel_reservation_res response = {
        .status = is_cancelled ? OCPP201_CANCEL_RESERVATION_STATUS_ACCEPTED : OCPP201_CANCEL_RESERVATION_STATUS_REJECTED,
    };
    ocpp_cp_reply(cp, call, &response);
}

static void on_end_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    ocpp_cp_reservation_end_answered(user, answer->status);
}

enum ocpp_status ocpp_cp_v201_send_reservation_end(struct ocpp_charge_point *cp, int64_t id, enum reservation_state state)
{
    const struct ocpp201_reservation_status_update_req request = {
        .reservation_id = id,
        .reservation_update_status =
            state == RESERVATION_EXPIRED ? OCPP201_RESERVATION_UPDATE_STATUS_EXPIRED : OCPP201_RESERVATION_UPDATE_STATUS_REMOVED,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_RESERVATION_STATUS_UPDATE], &request, NULL, on_end_answer);
}
