/* dialect_v201_transactions.c: what the central system asks about transactions in OCPP 2.0.1: to start one, to stop one, and how
 * one stands (F01 to F04, E14). */
#include "dialect_v201.h"

#include "text.h"
#include "vocabulary_v201.h"

static enum ocpp201_request_start_stop_status start_stop_word(enum verdict verdict)
{
    return verdict == VERDICT_ACCEPTED ? OCPP201_REQUEST_START_STOP_STATUS_ACCEPTED : OCPP201_REQUEST_START_STOP_STATUS_REJECTED;
}

void ocpp_cp_v201_request_start(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_request_start_transaction_req *request = call->request;
    const enum ocpp201_id_token_kind kind = request->id_token.type;
    const bool is_trusted = kind == OCPP201_ID_TOKEN_KIND_CENTRAL || kind == OCPP201_ID_TOKEN_KIND_NO_AUTHORIZATION;
    struct remote_start start = {
        .evse = request->has_evse_id ? ocpp_cp_v201_place(request->evse_id) : 0,
        .group = request->group_id_token == NULL ? NULL : request->group_id_token->id_token,
        .has_remote_start_id = true,
        .remote_start_id = request->remote_start_id,
        .must_authorize = cp->values[VARIABLE_AUTHORIZE_REMOTE] != 0 && !is_trusted, /* F01.FR.01, F02.FR.09 */
    };
    ocpp_cp_token_set(&start.token, request->id_token.id_token,
                      (enum ocpp_token_type)ocpp_word_from_wire(&ocpp_v201_token_types, (int)kind));
    const char *wrong_profile = ocpp_cp_v201_await_profile(cp, request->charging_profile, start.evse, &start.profile);
    const struct ocpp201_status_info info = { .reason_code = wrong_profile };
    const enum verdict verdict = wrong_profile == NULL ? ocpp_cp_remote_start(cp, &start) : VERDICT_REJECTED; /* F01.FR.26 */
    struct ocpp201_request_start_transaction_res response = {
        .status = start_stop_word(verdict),
        .status_info = wrong_profile == NULL ? NULL : &info,
    };
    char uuid[UUID_TEXT_SIZE];
    if (start.ongoing != NULL) { /* F01.FR.13 */
        ocpp_uuid_text(start.ongoing->transaction.uuid, uuid);
        response.transaction_id = uuid;
    }
    ocpp_cp_reply(cp, call, &response);
}

struct evse *ocpp_cp_v201_evse_of_id(struct ocpp_charge_point *cp, const char *id)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        char uuid[UUID_TEXT_SIZE];
        ocpp_uuid_text(evse->transaction.uuid, uuid);
        if (ocpp_cp_is_ongoing(evse) && ocpp_text_equal_fold(uuid, id)) {
            return evse;
        }
    }
    return NULL;
}

void ocpp_cp_v201_request_stop(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_request_stop_transaction_req *request = call->request;
    const struct ocpp201_request_stop_transaction_res response = {
        .status = start_stop_word(ocpp_cp_remote_stop(cp, ocpp_cp_v201_evse_of_id(cp, request->transaction_id))),
    };
    ocpp_cp_reply(cp, call, &response);
}

/* Whether anything about the transaction |id| (NULL: about any) is to be told yet. */
static bool has_messages(struct ocpp_charge_point *cp, const char *id)
{
    char uuid[UUID_TEXT_SIZE];
    for (size_t i = 0; i < cp->queue.count; i++) {
        ocpp_uuid_text(cp->queue.entries[i].uuid, uuid);
        if (id == NULL || ocpp_text_equal_fold(uuid, id)) {
            return true;
        }
    }
    for (int i = 0; i < cp->settings.evse_count; i++) { /* what is not stored yet waits, too */
        const struct evse *evse = &cp->evses[i];
        ocpp_uuid_text(evse->transaction.uuid, uuid);
        if ((id == NULL || ocpp_text_equal_fold(uuid, id)) && (evse->happened_count > 0 || evse->writing == WRITE_UPDATE)) {
            return true;
        }
    }
    return false;
}

/* E14. */
void ocpp_cp_v201_get_transaction_status(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_transaction_status_req *request = call->request;
    const bool is_behind = has_messages(cp, request->transaction_id);
    const struct ocpp201_get_transaction_status_res response = {
        .has_ongoing_indicator = request->transaction_id != NULL,
        .ongoing_indicator = request->transaction_id != NULL && ocpp_cp_v201_evse_of_id(cp, request->transaction_id) != NULL,
        .messages_in_queue = is_behind,
    };
    ocpp_cp_reply(cp, call, &response);
}
