/* dialect_v16_cost.c: prices and costs in OCPP 1.6, which has no messages for them: the application note "OCPP & California
 * Pricing Requirements" carries them in DataTransfer. Any other vendor's messages go their way. */
#include "dialect_v16.h"
#include "pricing.h"

#include <string.h>

#include "json.h"
#include "text.h"

static const char *const vendor_id = "org.openchargealliance.costmsg";

static const char *const message_ids[] = {
    [PRICE_MESSAGE_USER] = "SetUserPrice",
    [PRICE_MESSAGE_RUNNING] = "RunningCost",
    [PRICE_MESSAGE_FINAL] = "FinalCost",
};

static enum ocpp16_data_transfer_status hear(struct ocpp_charge_point *cp, const struct ocpp16_data_transfer_req *request)
{
    for (size_t kind = 0; kind < sizeof(message_ids) / sizeof(message_ids[0]); kind++) {
        if (request->message_id == NULL || !ocpp_text_equal_fold(request->message_id, message_ids[kind])) {
            continue;
        }
        const enum ocpp_status status =
            request->data == NULL ? OCPP_ERR_VALUE : ocpp_cp_price_heard(cp, (enum price_message_kind)kind, request->data);
        if (status != OCPP_OK) {
            ocpp_cp_log(cp, OCPP_LOG_WARNING, "%s is rejected: %s", message_ids[kind],
                        status == OCPP_ERR_NOT_FOUND ? "nobody is there whom it is about"
                                                     : "it is not what the note on pricing says");
        }
        return status == OCPP_OK ? OCPP16_DATA_TRANSFER_STATUS_ACCEPTED : OCPP16_DATA_TRANSFER_STATUS_REJECTED;
    }
    return OCPP16_DATA_TRANSFER_STATUS_UNKNOWN_MESSAGE_ID;
}

static void on_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_data_transfer_req *request = call->request;
    if (!ocpp_text_equal_fold(request->vendor_id, vendor_id)) {
        ocpp_cp_blocks_pass_on(cp, BLOCK_COST, call);
        return;
    }
    const struct ocpp16_data_transfer_conf conf = { .status = hear(cp, request) };
    ocpp_cp_reply(cp, call, &conf);
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    ocpp_cp_unplugged_answered(cp, OCPP_OK);
    ocpp_cp_flight_over(cp);
}

static enum ocpp_status send_unplugged(struct ocpp_charge_point *cp, int64_t number, int64_t utc_ms)
{
    struct ocpp_json_writer writer;
    char date[OCPP_TIME_TEXT_SIZE];
    struct ocpp16_data_transfer_req request = { .vendor_id = vendor_id, .message_id = "ConnectorUnplugged" };
    size_t size;
    if (ocpp_time_format(utc_ms, date) != OCPP_OK) {
        return OCPP_ERR_STATE;
    }
    ocpp_arena_reset(cp->arena);
    ocpp_json_writer_start(&writer, cp->arena);
    ocpp_json_write_begin(&writer, '{');
    ocpp_json_write_name(&writer, "transactionId");
    ocpp_json_write_integer(&writer, number);
    ocpp_json_write_name(&writer, "timestamp");
    ocpp_json_write_string(&writer, date);
    ocpp_json_write_end(&writer, '}');
    const enum ocpp_status status = ocpp_json_writer_finish(&writer, &request.data, &size);
    if (status != OCPP_OK) {
        cp->send_retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
        return status;
    }
    return ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], &request, NULL, on_answer);
}

const struct hearing ocpp_cp_v16_cost_hearings[COST_HEARINGS] = {
    { &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], on_data_transfer },
};

const struct cost_words ocpp_cp_v16_cost_words = { .has_note = true, .send_unplugged = send_unplugged };
