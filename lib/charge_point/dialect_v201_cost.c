/* dialect_v201_cost.c: costs in OCPP 2.0.1 (I02). What comes with the answers to authorizations and transaction events is in
 * dialect_v201.c. */
#include "dialect_v201.h"
#include "pricing.h"

static void on_cost_updated(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_cost_updated_req *request = call->request;
    const struct ocpp201_cost_updated_res response = { .custom_data = NULL };
    if (ocpp_cp_cost_updated(cp, ocpp_cp_v201_evse_of_id(cp, request->transaction_id), request->total_cost) == OCPP_OK) {
        ocpp_cp_reply(cp, call, &response);
        return;
    }
    /* there is no status to say it with */
    if (ocpp_rpc_refuse(cp->rpc, call->token, OCPP_CALL_ERROR_PROPERTY_CONSTRAINT_VIOLATION, "no such transaction runs here") !=
        OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused", call->action_name);
    }
}

const struct hearing ocpp_cp_v201_cost_hearings[COST_HEARINGS] = {
    { &ocpp201_actions[OCPP201_ACTION_COST_UPDATED], on_cost_updated },
};
