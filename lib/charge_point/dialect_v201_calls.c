/* dialect_v201_calls.c: what a charge point hears in OCPP 2.0.1, and how it answers.
 *
 * The table lists what is supported; anything else of the version is answered NotSupported by the call layer. */
#include "dialect_v201.h"

#include <string.h>

#include "text.h"
#include "vocabulary_v201.h"

/* A number from the wire as a place; what no place can have becomes one that does not exist. */
int ocpp_cp_v201_place(int64_t number)
{
    return number < 0 || number > INT16_MAX ? INT16_MAX : (int)number;
}

int ocpp_cp_v201_connector(const struct ocpp201_evse *evse)
{
    return evse != NULL && evse->has_connector_id ? ocpp_cp_v201_place(evse->connector_id) : 0;
}

/* --- unlock
 * -----------------------------------------------------------------------------------------------------------------------------------
 */

static const enum ocpp201_unlock_status unlock_words[] = {
    [VERDICT_ACCEPTED] = OCPP201_UNLOCK_STATUS_UNLOCKED,
    [VERDICT_UNKNOWN] = OCPP201_UNLOCK_STATUS_UNKNOWN_CONNECTOR,
    [VERDICT_IN_USE] = OCPP201_UNLOCK_STATUS_ONGOING_AUTHORIZED_TRANSACTION,
    [VERDICT_FAILED] = OCPP201_UNLOCK_STATUS_UNLOCK_FAILED,
};

void ocpp_cp_v201_answer_unlock(struct ocpp_charge_point *cp, struct ocpp_call_token call, enum verdict verdict)
{
    const struct ocpp201_unlock_connector_res response = { .status = unlock_words[verdict] };
    if (ocpp_rpc_reply(cp->rpc, call, &response, NULL) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "nobody waits for the answer to an unlock any more");
    }
}

static enum verdict unlock(struct ocpp_charge_point *cp, const struct ocpp201_unlock_connector_req *request,
                           struct ocpp_call_token call)
{
    const int evse = ocpp_cp_v201_place(request->evse_id);
    const int connector = ocpp_cp_v201_place(request->connector_id);
    if (ocpp_cp_connector(cp, evse, connector) == NULL) {
        return VERDICT_UNKNOWN;
    }
    const struct evse *there = ocpp_cp_evse(cp, evse);
    const bool is_in_use = ocpp_cp_is_running(there) && there->transaction.connector == connector;
    return is_in_use ? VERDICT_IN_USE : ocpp_cp_unlock(cp, evse, connector, call); /* F05.FR.02 */
}

static void on_unlock(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const enum verdict verdict = unlock(cp, call->request, call->token);
    if (verdict == VERDICT_LATER) {
        return;
    }
    if (verdict == VERDICT_NOT_SUPPORTED) { /* F05.FR.07 */
        if (ocpp_rpc_refuse(cp->rpc, call->token, OCPP_CALL_ERROR_NOT_SUPPORTED, "no connector of this station has a lock") !=
            OCPP_OK) {
            ocpp_cp_log(cp, OCPP_LOG_ERROR, "an unlock cannot be refused");
        }
        return;
    }
    const struct ocpp201_unlock_connector_res response = { .status = unlock_words[verdict] };
    ocpp_cp_reply(cp, call, &response);
}

/* --- the station
 * ------------------------------------------------------------------------------------------------------------------------------
 */

static enum verdict reset(struct ocpp_charge_point *cp, const struct ocpp201_reset_req *request)
{
    const int evse = request->has_evse_id ? ocpp_cp_v201_place(request->evse_id) : 0;
    const bool at_once = request->type == OCPP201_RESET_IMMEDIATE;
    if (request->has_evse_id && evse == 0) { /* there is no such EVSE; without one the station is meant */
        return VERDICT_REJECTED;
    }
    return ocpp_cp_reset(cp, evse, false, at_once ? OCPP_STOP_IMMEDIATE_RESET : OCPP_STOP_UNKNOWN);
}

static void on_reset(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp201_reset_status words[] = {
        [VERDICT_ACCEPTED] = OCPP201_RESET_STATUS_ACCEPTED,
        [VERDICT_REJECTED] = OCPP201_RESET_STATUS_REJECTED,
        [VERDICT_SCHEDULED] = OCPP201_RESET_STATUS_SCHEDULED,
    };
    const struct ocpp201_reset_res response = { .status = words[reset(cp, call->request)] };
    ocpp_cp_reply(cp, call, &response);
}

static void on_change_availability(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_change_availability_req *request = call->request;
    const int evse = request->evse == NULL ? 0 : ocpp_cp_v201_place(request->evse->id);
    const bool operative = request->operational_status == OCPP201_OPERATIONAL_STATUS_OPERATIVE;
    struct ocpp201_change_availability_res response = { .status = OCPP201_CHANGE_AVAILABILITY_STATUS_REJECTED };
    const enum verdict verdict = ocpp_cp_change_availability(cp, evse, ocpp_cp_v201_connector(request->evse), operative);
    if (verdict == VERDICT_ACCEPTED) {
        response.status = OCPP201_CHANGE_AVAILABILITY_STATUS_ACCEPTED;
    }
    if (verdict == VERDICT_SCHEDULED) {
        response.status = OCPP201_CHANGE_AVAILABILITY_STATUS_SCHEDULED;
    }
    ocpp_cp_reply(cp, call, &response);
}

/* --- what is supported
 * ---------------------------------------------------------------------------------------------------------------------------- */

static void (*const handlers[OCPP201_ACTION_COUNT])(struct ocpp_charge_point *, const struct ocpp_incoming_call *) = {
    [OCPP201_ACTION_CANCEL_RESERVATION] = ocpp_cp_v201_cancel_reservation,
    [OCPP201_ACTION_CHANGE_AVAILABILITY] = on_change_availability,
    [OCPP201_ACTION_CLEAR_CACHE] = ocpp_cp_v201_clear_cache,
    [OCPP201_ACTION_CLEAR_CHARGING_PROFILE] = ocpp_cp_v201_clear_charging_profile,
    [OCPP201_ACTION_GET_CHARGING_PROFILES] = ocpp_cp_v201_get_charging_profiles,
    [OCPP201_ACTION_GET_COMPOSITE_SCHEDULE] = ocpp_cp_v201_get_composite_schedule,
    [OCPP201_ACTION_SET_CHARGING_PROFILE] = ocpp_cp_v201_set_charging_profile,
    [OCPP201_ACTION_DATA_TRANSFER] = ocpp_cp_v201_data_transfer,
    [OCPP201_ACTION_GET_BASE_REPORT] = ocpp_cp_v201_get_base_report,
    [OCPP201_ACTION_GET_LOCAL_LIST_VERSION] = ocpp_cp_v201_get_local_list_version,
    [OCPP201_ACTION_GET_REPORT] = ocpp_cp_v201_get_report,
    [OCPP201_ACTION_GET_TRANSACTION_STATUS] = ocpp_cp_v201_get_transaction_status,
    [OCPP201_ACTION_GET_VARIABLES] = ocpp_cp_v201_get_variables,
    [OCPP201_ACTION_REQUEST_START_TRANSACTION] = ocpp_cp_v201_request_start,
    [OCPP201_ACTION_REQUEST_STOP_TRANSACTION] = ocpp_cp_v201_request_stop,
    [OCPP201_ACTION_RESERVE_NOW] = ocpp_cp_v201_reserve,
    [OCPP201_ACTION_RESET] = on_reset,
    [OCPP201_ACTION_SEND_LOCAL_LIST] = ocpp_cp_v201_send_local_list,
    [OCPP201_ACTION_SET_VARIABLES] = ocpp_cp_v201_set_variables,
    [OCPP201_ACTION_TRIGGER_MESSAGE] = ocpp_cp_v201_trigger,
    [OCPP201_ACTION_UNLOCK_CONNECTOR] = on_unlock,
};

bool ocpp_cp_v201_supports(const struct ocpp_action *action)
{
    return handlers[action - ocpp201_actions] != NULL;
}

void ocpp_cp_v201_on_call(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    handlers[call->action - ocpp201_actions](cp, call);
}
