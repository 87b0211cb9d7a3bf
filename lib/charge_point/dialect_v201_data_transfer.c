/* dialect_v201_data_transfer.c: DataTransfer of OCPP 2.0.1 (P01, P02). Data are any JSON: a text travels as a string. */
#include "dialect_v201.h"

#include "json.h"

static const enum ocpp201_data_transfer_status words[] = {
    [OCPP_DATA_TRANSFER_UNANSWERED] = OCPP201_DATA_TRANSFER_STATUS_UNSET,
    [OCPP_DATA_TRANSFER_ACCEPTED] = OCPP201_DATA_TRANSFER_STATUS_ACCEPTED,
    [OCPP_DATA_TRANSFER_REJECTED] = OCPP201_DATA_TRANSFER_STATUS_REJECTED,
    [OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID] = OCPP201_DATA_TRANSFER_STATUS_UNKNOWN_MESSAGE_ID,
    [OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID] = OCPP201_DATA_TRANSFER_STATUS_UNKNOWN_VENDOR_ID,
};

static enum ocpp_data_transfer_status result_of(enum ocpp201_data_transfer_status word)
{
    int result = OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID;
    while (result > OCPP_DATA_TRANSFER_UNANSWERED && words[result] != word) {
        result--;
    }
    return (enum ocpp_data_transfer_status)result;
}

/* |data| as JSON; in the arena where it has to be written first. */
static enum ocpp_status json_of(struct ocpp_charge_point *cp, enum ocpp_data_kind kind, const char *data, const char **json)
{
    struct ocpp_json_writer writer;
    size_t size;
    *json = kind == OCPP_DATA_JSON ? data : NULL;
    if (kind != OCPP_DATA_TEXT) {
        return OCPP_OK;
    }
    ocpp_arena_reset(cp->arena);
    ocpp_json_writer_start(&writer, cp->arena);
    ocpp_json_write_string(&writer, data);
    return ocpp_json_writer_finish(&writer, json, &size);
}

void ocpp_cp_v201_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_data_transfer_req *wire = call->request;
    const struct ocpp_data_transfer request = {
        .vendor_id = wire->vendor_id,
        .message_id = wire->message_id,
        .kind = wire->data == NULL ? OCPP_DATA_NONE : OCPP_DATA_JSON,
        .data = wire->data,
    };
    ocpp_cp_data_transfer_heard(cp, &request, call->token);
}

enum ocpp_status ocpp_cp_v201_answer_data_transfer(struct ocpp_charge_point *cp, struct ocpp_call_token call,
                                                   const struct ocpp_data_transfer_answer *answer)
{
    struct ocpp201_data_transfer_res response = { .status = words[answer->result] };
    const enum ocpp_status status = json_of(cp, answer->kind, answer->data, &response.data);
    return status != OCPP_OK ? status : ocpp_rpc_answer(cp->rpc, &ocpp201_actions[OCPP201_ACTION_DATA_TRANSFER], call, &response);
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_data_transfer_answer heard = { .status = answer->status };
    if (answer->status == OCPP_OK) {
        const struct ocpp201_data_transfer_res *response = answer->response;
        heard.result = result_of(response->status);
        heard.kind = response->data == NULL ? OCPP_DATA_NONE : OCPP_DATA_JSON;
        heard.data = response->data;
    }
    ocpp_cp_data_transfer_answered(user, &heard);
}

enum ocpp_status ocpp_cp_v201_send_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request,
                                                 struct transfer *transfer)
{
    struct ocpp201_data_transfer_req wire = { .vendor_id = request->vendor_id, .message_id = request->message_id };
    const enum ocpp_status status = json_of(cp, request->kind, request->data, &wire.data);
    return status != OCPP_OK ? status
                             : ocpp_rpc_ask(cp->rpc, &ocpp201_actions[OCPP201_ACTION_DATA_TRANSFER], &wire, on_answer, transfer);
}
