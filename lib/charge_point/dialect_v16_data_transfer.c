/* dialect_v16_data_transfer.c: DataTransfer of OCPP 1.6 (4.3, 5.6). Data are a text: JSON travels as the text it is. */
#include "dialect_v16.h"

static const enum ocpp16_data_transfer_status words[] = {
    [OCPP_DATA_TRANSFER_UNANSWERED] = OCPP16_DATA_TRANSFER_STATUS_UNSET,
    [OCPP_DATA_TRANSFER_ACCEPTED] = OCPP16_DATA_TRANSFER_STATUS_ACCEPTED,
    [OCPP_DATA_TRANSFER_REJECTED] = OCPP16_DATA_TRANSFER_STATUS_REJECTED,
    [OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID] = OCPP16_DATA_TRANSFER_STATUS_UNKNOWN_MESSAGE_ID,
    [OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID] = OCPP16_DATA_TRANSFER_STATUS_UNKNOWN_VENDOR_ID,
};

static enum ocpp_data_transfer_status result_of(enum ocpp16_data_transfer_status word)
{
    int result = OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID;
    while (result > OCPP_DATA_TRANSFER_UNANSWERED && words[result] != word) {
        result--;
    }
    return (enum ocpp_data_transfer_status)result;
}

void ocpp_cp_v16_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_data_transfer_req *wire = call->request;
    const struct ocpp_data_transfer request = {
        .vendor_id = wire->vendor_id,
        .message_id = wire->message_id,
        .kind = wire->data == NULL ? OCPP_DATA_NONE : OCPP_DATA_TEXT,
        .data = wire->data,
    };
    ocpp_cp_data_transfer_heard(cp, &request, call->token);
}

enum ocpp_status ocpp_cp_v16_answer_data_transfer(struct ocpp_charge_point *cp, struct ocpp_call_token call,
                                                  const struct ocpp_data_transfer_answer *answer)
{
    const struct ocpp16_data_transfer_conf conf = {
        .status = words[answer->result],
        .data = answer->kind == OCPP_DATA_NONE ? NULL : answer->data,
    };
    return ocpp_rpc_answer(cp->rpc, &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], call, &conf);
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_data_transfer_answer heard = { .status = answer->status };
    if (answer->status == OCPP_OK) {
        const struct ocpp16_data_transfer_conf *conf = answer->response;
        heard.result = result_of(conf->status);
        heard.kind = conf->data == NULL ? OCPP_DATA_NONE : OCPP_DATA_TEXT;
        heard.data = conf->data;
    }
    ocpp_cp_data_transfer_answered(user, &heard);
}

enum ocpp_status ocpp_cp_v16_send_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request,
                                                struct transfer *transfer)
{
    const struct ocpp16_data_transfer_req wire = {
        .vendor_id = request->vendor_id,
        .message_id = request->message_id,
        .data = request->kind == OCPP_DATA_NONE ? NULL : request->data,
    };
    return ocpp_rpc_ask(cp->rpc, &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], &wire, on_answer, transfer);
}
