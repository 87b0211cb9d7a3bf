/* dialect_v16_calls.c: what a charge point hears in OCPP 1.6, and how it answers.
 *
 * The table lists what is supported; anything else of the version is answered NotSupported by the call layer. */
#include "dialect_v16.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

static bool place_of(struct ocpp_charge_point *cp, int64_t number, int *evse, int *connector)
{
    return ocpp_cp_row_place(cp, number, evse, connector);
}

/* --- transactions
 * -------------------------------------------------------------------------------------------------------------------------- */

static enum ocpp16_remote_start_stop_status start_stop_word(enum verdict verdict)
{
    return verdict == VERDICT_ACCEPTED ? OCPP16_REMOTE_START_STOP_STATUS_ACCEPTED : OCPP16_REMOTE_START_STOP_STATUS_REJECTED;
}

static void on_remote_start(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_remote_start_transaction_req *request = call->request;
    struct remote_start start = { .group_unknown = true, .must_authorize = cp->values[VARIABLE_AUTHORIZE_REMOTE] != 0 };
    struct ocpp16_remote_start_transaction_conf conf = { .status = OCPP16_REMOTE_START_STOP_STATUS_REJECTED };
    ocpp_cp_token_set(&start.token, request->id_tag, OCPP_TOKEN_UNKNOWN);
    const bool is_place = !request->has_connector_id || place_of(cp, request->connector_id, &start.evse, &start.connector);
    if (is_place && request->id_tag[0] != '\0' &&
        ocpp_cp_v16_await_profile(cp, request->charging_profile, start.evse, start.connector, &start.profile)) {
        conf.status = start_stop_word(ocpp_cp_remote_start(cp, &start));
    }
    ocpp_cp_reply(cp, call, &conf);
}

static struct evse *evse_of_number(struct ocpp_charge_point *cp, int64_t number)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (ocpp_cp_is_running(evse) && evse->transaction.has_wire_number && evse->transaction.wire_number == number) {
            return evse;
        }
    }
    return NULL;
}

static void on_remote_stop(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_remote_stop_transaction_req *request = call->request;
    const struct ocpp16_remote_stop_transaction_conf conf = {
        .status = start_stop_word(ocpp_cp_remote_stop(cp, evse_of_number(cp, request->transaction_id))),
    };
    ocpp_cp_reply(cp, call, &conf);
}

static const enum ocpp16_unlock_status unlock_words[] = {
    [VERDICT_ACCEPTED] = OCPP16_UNLOCK_STATUS_UNLOCKED,
    [VERDICT_NOT_SUPPORTED] = OCPP16_UNLOCK_STATUS_NOT_SUPPORTED,
    [VERDICT_UNKNOWN] = OCPP16_UNLOCK_STATUS_NOT_SUPPORTED, /* errata 3.87 */
    [VERDICT_FAILED] = OCPP16_UNLOCK_STATUS_UNLOCK_FAILED,
};

void ocpp_cp_v16_answer_unlock(struct ocpp_charge_point *cp, struct ocpp_call_token call, enum verdict verdict)
{
    const struct ocpp16_unlock_connector_conf conf = { .status = unlock_words[verdict] };
    if (ocpp_rpc_reply(cp->rpc, call, &conf, NULL) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "nobody waits for the answer to an unlock any more");
    }
}

/* A transaction is finished before the connector is unlocked (5.18). */
static void on_unlock(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_unlock_connector_req *request = call->request;
    int evse = 0;
    int connector = 0;
    const bool is_place = place_of(cp, request->connector_id, &evse, &connector);
    const enum verdict verdict = is_place ? ocpp_cp_unlock(cp, evse, connector, call->token) : VERDICT_UNKNOWN;
    struct evse *there = ocpp_cp_evse(cp, evse);
    if (verdict != VERDICT_NOT_SUPPORTED && is_place && ocpp_cp_is_running(there) && there->transaction.connector == connector) {
        ocpp_cp_end(cp, there, OCPP_STOP_UNLOCK_COMMAND, OCPP_TRIGGER_UNLOCK_COMMAND, NULL);
    }
    if (verdict != VERDICT_LATER) {
        const struct ocpp16_unlock_connector_conf conf = { .status = unlock_words[verdict] };
        ocpp_cp_reply(cp, call, &conf);
    }
}

/* --- the station
 * ------------------------------------------------------------------------------------------------------------------------------
 */

static void on_reset(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_reset_req *request = call->request;
    const bool hard = request->type == OCPP16_RESET_TYPE_HARD;
    const enum verdict verdict = ocpp_cp_reset(cp, 0, hard, hard ? OCPP_STOP_HARD_RESET : OCPP_STOP_SOFT_RESET);
    const struct ocpp16_reset_conf conf = {
        .status = verdict == VERDICT_ACCEPTED ? OCPP16_RESET_STATUS_ACCEPTED : OCPP16_RESET_STATUS_REJECTED,
    };
    ocpp_cp_reply(cp, call, &conf);
}

static void on_change_availability(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp16_availability_status words[] = {
        [VERDICT_ACCEPTED] = OCPP16_AVAILABILITY_STATUS_ACCEPTED,
        [VERDICT_SCHEDULED] = OCPP16_AVAILABILITY_STATUS_SCHEDULED,
    };
    const struct ocpp16_change_availability_req *request = call->request;
    struct ocpp16_change_availability_conf conf = { .status = OCPP16_AVAILABILITY_STATUS_REJECTED };
    int evse = 0;
    int connector = 0;
    if (request->connector_id == 0 || place_of(cp, request->connector_id, &evse, &connector)) {
        const bool operative = request->type == OCPP16_AVAILABILITY_TYPE_OPERATIVE;
        const enum verdict verdict = ocpp_cp_change_availability(cp, evse, connector, operative);
        if (verdict == VERDICT_ACCEPTED || verdict == VERDICT_SCHEDULED) {
            conf.status = words[verdict];
        }
    }
    ocpp_cp_reply(cp, call, &conf);
}

/* --- what is supported
 * ---------------------------------------------------------------------------------------------------------------------------- */

static void (*const handlers[OCPP16_ACTION_COUNT])(struct ocpp_charge_point *, const struct ocpp_incoming_call *) = {
    [OCPP16_ACTION_CANCEL_RESERVATION] = ocpp_cp_v16_cancel_reservation,
    [OCPP16_ACTION_CHANGE_AVAILABILITY] = on_change_availability,
    [OCPP16_ACTION_CHANGE_CONFIGURATION] = ocpp_cp_v16_change_configuration,
    [OCPP16_ACTION_CLEAR_CACHE] = ocpp_cp_v16_clear_cache,
    [OCPP16_ACTION_CLEAR_CHARGING_PROFILE] = ocpp_cp_v16_clear_charging_profile,
    [OCPP16_ACTION_GET_COMPOSITE_SCHEDULE] = ocpp_cp_v16_get_composite_schedule,
    [OCPP16_ACTION_SET_CHARGING_PROFILE] = ocpp_cp_v16_set_charging_profile,
    [OCPP16_ACTION_DATA_TRANSFER] = ocpp_cp_v16_data_transfer,
    [OCPP16_ACTION_GET_CONFIGURATION] = ocpp_cp_v16_get_configuration,
    [OCPP16_ACTION_GET_LOCAL_LIST_VERSION] = ocpp_cp_v16_get_local_list_version,
    [OCPP16_ACTION_REMOTE_START_TRANSACTION] = on_remote_start,
    [OCPP16_ACTION_REMOTE_STOP_TRANSACTION] = on_remote_stop,
    [OCPP16_ACTION_RESERVE_NOW] = ocpp_cp_v16_reserve,
    [OCPP16_ACTION_RESET] = on_reset,
    [OCPP16_ACTION_SEND_LOCAL_LIST] = ocpp_cp_v16_send_local_list,
    [OCPP16_ACTION_EXTENDED_TRIGGER_MESSAGE] = ocpp_cp_v16_extended_trigger,
    [OCPP16_ACTION_TRIGGER_MESSAGE] = ocpp_cp_v16_trigger,
    [OCPP16_ACTION_UNLOCK_CONNECTOR] = on_unlock,
};

bool ocpp_cp_v16_supports(const struct ocpp_action *action)
{
    return handlers[action - ocpp16_actions] != NULL;
}

void ocpp_cp_v16_on_call(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    handlers[call->action - ocpp16_actions](cp, call);
}
