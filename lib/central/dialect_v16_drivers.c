/* dialect_v16_drivers.c: vendors' messages in OCPP 1.6 (5.6), and prices, which the pricing note carries in them. */
#include "dialect.h"
#include "dialect_notices.h"
#include "dialect_orders.h"
#include "dialect_v16_vehicles.h"
#include "drivers.h"
#include "text.h"

#include <ocpp/v16.h>

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

/* --- orders ------------------------------------------------------------------------------------------------------------------
 */

static bool read_data(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_data_transfer_conf *conf = response;
    struct ocpp_data_transfer_answer *answer = ocpp_arena_take(central->results, sizeof *answer);

    if (!answer) {
        return false;
    }
    answer->status = OCPP_OK;
    answer->result = result_of(conf->status);
    answer->kind = conf->data ? OCPP_DATA_TEXT : OCPP_DATA_NONE;
    answer->data = conf->data;
    result->accepted = conf->status == OCPP16_DATA_TRANSFER_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_data_transfer_status_enum, (int)conf->status);
    result->data = answer;
    return true;
}

enum ocpp_status central_v16_send_data(struct command *command, const void *what)
{
    const struct ocpp_data_transfer *order = what;
    const struct ocpp16_data_transfer_req req = {
        .vendor_id = order->vendor_id,
        .message_id = order->message_id,
        .data = order->kind == OCPP_DATA_NONE ? NULL : order->data,
    };

    return command_send(command, &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], &req, read_data);
}

/* A date that cannot be written is the caller's mistake, as is text that is none; it is not told apart from a lack of memory. */
static enum ocpp_status send_note(struct command *command, const char *message_id, const char *data)
{
    const struct ocpp16_data_transfer_req req = { .vendor_id = pricing_note_vendor, .message_id = message_id, .data = data };

    return data ? command_send(command, &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], &req, read_data) : OCPP_ERR_NOMEM;
}

enum ocpp_status central_v16_tell_running(struct command *command, const void *what)
{
    const struct ocpp_running_cost *cost = what;
    int64_t number;
    char date[OCPP_TIME_TEXT_SIZE];

    if (!central_v16_number(cost->transaction_id, &number) || ocpp_time_format(cost->timestamp_utc_ms, date) != OCPP_OK) {
        return OCPP_ERR_ARGUMENT;
    }
    return send_note(command, "RunningCost", pricing_note_running(command_arena(command), number, cost));
}

enum ocpp_status central_v16_tell_final(struct command *command, const void *what)
{
    const struct ocpp_final_cost *cost = what;
    int64_t number;

    if (!central_v16_number(cost->transaction_id, &number)) {
        return OCPP_ERR_ARGUMENT;
    }
    return send_note(command, "FinalCost", pricing_note_final(command_arena(command), number, cost));
}

enum ocpp_status central_v16_tell_tariff(struct command *command, const void *what)
{
    return send_note(command, "SetUserPrice", pricing_note_price(command_arena(command), what));
}

/* --- what answers have no room for ---------------------------------------------------------------------------------------------
 */

static bool heeds_note(const struct ocpp_station *station)
{
    const struct ocpp_central_handler *handler = &station->central->handler;

    return handler->drivers && handler->drivers->uses_pricing_note &&
           handler->drivers->uses_pricing_note((struct ocpp_station *)(uintptr_t)station, handler->user);
}

static void report(struct ocpp_station *station, enum ocpp_status status)
{
    if (status != OCPP_OK) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_WARNING, "%s: the driver could not be told a price: %s",
                       station->identity, ocpp_status_sentence(status));
    }
}

void central_v16_tell_price(struct pending *pending, const char *token)
{
    const struct ocpp_token whose = { token, OCPP_TOKEN_UNKNOWN };
    const struct ocpp_price_text text = { .format = OCPP_MESSAGE_UTF8, .text = pending->authorize.message };

    if (text.text && token && pending->authorized && pending->authorize.authorization == OCPP_AUTHORIZATION_ACCEPTED &&
        heeds_note(pending->station)) {
        report(pending->station, ocpp_station_tell_price(pending->station, &whose, &text, 1, NULL));
    }
}

static enum ocpp_status tell_running(const struct pending *pending, const struct ocpp_transaction *transaction)
{
    const struct ocpp_running_cost cost = {
        .transaction_id = transaction->id,
        .amount = pending->driver.total_cost,
        .timestamp_utc_ms = pending->central->now.utc_ms,
        .meter_wh = transaction->meter_last_wh,
    };

    return ocpp_station_tell_cost(pending->station, &cost, NULL);
}

static enum ocpp_status tell_final(const struct pending *pending, const struct ocpp_transaction *transaction)
{
    const struct ocpp_final_cost cost = {
        .transaction_id = transaction->id,
        .amount = pending->driver.total_cost,
        .texts = &pending->driver.text,
        .text_count = pending->driver.text.text != NULL,
    };

    return ocpp_station_tell_final_cost(pending->station, &cost, NULL);
}

void central_v16_tell_cost(struct pending *pending)
{
    struct ocpp_transaction transaction;

    if (!pending->driver.has_total_cost || !heeds_note(pending->station)) {
        return;
    }
    transaction_of(pending, &transaction);
    report(pending->station, transaction.ended ? tell_final(pending, &transaction) : tell_running(pending, &transaction));
}

/* --- requests ----------------------------------------------------------------------------------------------------------------
 */

static void answer_data(struct pending *pending)
{
    const struct ocpp_data_transfer_answer *answer = pending->work;
    const struct ocpp16_data_transfer_conf conf = { .status = words[answer->result], .data = answer->data };

    station_reply(pending->station, pending->token, &conf);
    pending_free(pending);
}

/* True: it was about a cable that was pulled, and is answered. */
static bool heard_unplugged(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp16_data_transfer_req *req = call->request;
    struct ocpp16_data_transfer_conf conf = { .status = OCPP16_DATA_TRANSFER_STATUS_REJECTED };
    char id[OCPP_DECIMAL_TEXT_SIZE];
    int64_t number;
    int64_t utc_ms;

    if (!handler->drivers->on_unplugged || !req->message_id || !ocpp_text_equal_fold(req->vendor_id, pricing_note_vendor) ||
        !ocpp_text_equal_fold(req->message_id, "ConnectorUnplugged")) {
        return false;
    }
    if (pricing_note_unplugged(req->data, &number, &utc_ms)) {
        (void)ocpp_decimal_format(OCPP_DECIMAL(number, 0), id);
        handler->drivers->on_unplugged(station, id, utc_ms, handler->user);
        conf.status = OCPP16_DATA_TRANSFER_STATUS_ACCEPTED;
    }
    station_reply(station, call->token, &conf);
    return true;
}

static void handle_data(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp16_data_transfer_req *req = call->request;
    const struct ocpp16_data_transfer_conf unknown = { .status = OCPP16_DATA_TRANSFER_STATUS_UNKNOWN_VENDOR_ID };
    const struct ocpp_data_transfer data = {
        .vendor_id = req->vendor_id,
        .message_id = req->message_id,
        .kind = req->data ? OCPP_DATA_TEXT : OCPP_DATA_NONE,
        .data = req->data,
    };

    if (central_v16_vehicle_call(station, call) || (handler->drivers && heard_unplugged(station, call))) {
        return;
    }
    if (handler->drivers && handler->drivers->on_data) {
        struct pending *pending = pending_for(station, call);
        if (pending) {
            data_ask(pending, &data, answer_data);
        }
        return;
    }
    if (!handler->on_call || !handler->on_call(station, call, handler->user)) {
        station_reply(station, call->token, &unknown);
    }
}

const struct central_route central_v16_drivers[] = {
    { &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], handle_data },
    { 0 },
};
