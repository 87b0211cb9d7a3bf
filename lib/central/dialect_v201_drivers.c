/* dialect_v201_drivers.c: displays (O), costs (I02), ends of reservations (H04) and vendors' messages (P) in OCPP 2.0.1. */
#include "bridge.h"
#include "dialect_notices.h"
#include "dialect_orders.h"
#include "drivers.h"
#include "json.h"
#include "vocabulary_v201.h"

#include <ocpp/v201.h>

/* --- words -------------------------------------------------------------------------------------------------------------------
 */

static const enum ocpp201_message_format formats[OCPP_MESSAGE_FORMATS] = {
    [OCPP_MESSAGE_ASCII] = OCPP201_MESSAGE_FORMAT_ASCII,
    [OCPP_MESSAGE_HTML] = OCPP201_MESSAGE_FORMAT_HTML,
    [OCPP_MESSAGE_URI] = OCPP201_MESSAGE_FORMAT_URI,
    [OCPP_MESSAGE_UTF8] = OCPP201_MESSAGE_FORMAT_UTF8,
};

static const enum ocpp201_message_priority priorities[OCPP_MESSAGE_PRIORITIES] = {
    [OCPP_MESSAGE_ALWAYS_FRONT] = OCPP201_MESSAGE_PRIORITY_ALWAYS_FRONT,
    [OCPP_MESSAGE_IN_FRONT] = OCPP201_MESSAGE_PRIORITY_IN_FRONT,
    [OCPP_MESSAGE_NORMAL_CYCLE] = OCPP201_MESSAGE_PRIORITY_NORMAL_CYCLE,
};

static const enum ocpp201_message_state states[OCPP_MESSAGE_ANY_STATE + 1] = {
    [OCPP_MESSAGE_CHARGING] = OCPP201_MESSAGE_STATE_CHARGING, [OCPP_MESSAGE_FAULTED] = OCPP201_MESSAGE_STATE_FAULTED,
    [OCPP_MESSAGE_IDLE] = OCPP201_MESSAGE_STATE_IDLE,         [OCPP_MESSAGE_UNAVAILABLE] = OCPP201_MESSAGE_STATE_UNAVAILABLE,
    [OCPP_MESSAGE_ANY_STATE] = OCPP201_MESSAGE_STATE_UNSET,
};

static const enum ocpp201_data_transfer_status answers[] = {
    [OCPP_DATA_TRANSFER_UNANSWERED] = OCPP201_DATA_TRANSFER_STATUS_UNSET,
    [OCPP_DATA_TRANSFER_ACCEPTED] = OCPP201_DATA_TRANSFER_STATUS_ACCEPTED,
    [OCPP_DATA_TRANSFER_REJECTED] = OCPP201_DATA_TRANSFER_STATUS_REJECTED,
    [OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID] = OCPP201_DATA_TRANSFER_STATUS_UNKNOWN_MESSAGE_ID,
    [OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID] = OCPP201_DATA_TRANSFER_STATUS_UNKNOWN_VENDOR_ID,
};

int central_v201_format(enum ocpp_message_format format)
{
    return (int)formats[format];
}

/* The wire has only words the tables have, so each loop ends at its word. */
static enum ocpp_message_format format_of(enum ocpp201_message_format word)
{
    int format = OCPP_MESSAGE_FORMATS - 1;

    while (format > 0 && formats[format] != word) {
        format--;
    }
    return (enum ocpp_message_format)format;
}

static enum ocpp_message_priority priority_of(enum ocpp201_message_priority word)
{
    int priority = OCPP_MESSAGE_PRIORITIES - 1;

    while (priority > 0 && priorities[priority] != word) {
        priority--;
    }
    return (enum ocpp_message_priority)priority;
}

static enum ocpp_message_state state_of(enum ocpp201_message_state word)
{
    int state = OCPP_MESSAGE_ANY_STATE;

    while (state > 0 && states[state] != word) {
        state--;
    }
    return (enum ocpp_message_state)state;
}

static enum ocpp_data_transfer_status result_of(enum ocpp201_data_transfer_status word)
{
    int result = OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID;

    while (result > OCPP_DATA_TRANSFER_UNANSWERED && answers[result] != word) {
        result--;
    }
    return (enum ocpp_data_transfer_status)result;
}

/* --- displays ----------------------------------------------------------------------------------------------------------------
 */

static bool read_message_set(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_set_display_message_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_DISPLAY_MESSAGE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_display_message_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_set_message(struct command *command, const void *what)
{
    const struct ocpp_station_message *order = what;
    const struct ocpp201_evse evse = { .id = order->display_evse };
    const struct ocpp201_component display = { .evse = order->display_evse > 0 ? &evse : NULL,
                                               .name = "Display",
                                               .instance = order->display_instance };
    const bool has_language = order->text.language && order->text.language[0];
    const struct ocpp201_set_display_message_req req = {
        .message = {
            .display = order->names_display ? &display : NULL,
            .id = order->id,
            .priority = priorities[order->priority],
            .state = states[order->state],
            .has_start_date_time = order->starts_utc_ms != OCPP_UTC_UNKNOWN,
            .start_date_time = order->starts_utc_ms,
            .has_end_date_time = order->ends_utc_ms != OCPP_UTC_UNKNOWN,
            .end_date_time = order->ends_utc_ms,
            .transaction_id = order->transaction_id,
            .message = { .format = formats[order->text.format],
                         .language = has_language ? order->text.language : NULL,
                         .content = order->text.text },
        },
    };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_SET_DISPLAY_MESSAGE], &req, read_message_set);
}

static bool read_messages_promised(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_display_messages_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_GET_DISPLAY_MESSAGES_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_get_display_messages_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_get_messages(struct command *command, const void *what)
{
    const struct messages_order *order = what;
    const struct ocpp_message_criteria *criteria = order->criteria;
    const struct ocpp201_get_display_messages_req req = {
        .id = { criteria->ids, criteria->id_count },
        .request_id = order->request_id,
        .priority = criteria->has_priority ? priorities[criteria->priority] : OCPP201_MESSAGE_PRIORITY_UNSET,
        .state = criteria->has_state ? states[criteria->state] : OCPP201_MESSAGE_STATE_UNSET,
    };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_DISPLAY_MESSAGES], &req, read_messages_promised);
}

static bool read_message_cleared(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_clear_display_message_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_CLEAR_MESSAGE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_clear_message_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_clear_message(struct command *command, const void *what)
{
    const int64_t *id = what;
    const struct ocpp201_clear_display_message_req req = { .id = *id };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_CLEAR_DISPLAY_MESSAGE], &req, read_message_cleared);
}

/* --- costs -------------------------------------------------------------------------------------------------------------------
 */

static bool read_cost_told(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    (void)central;
    (void)response;
    result->accepted = true;
    return true;
}

enum ocpp_status central_v201_tell_running(struct command *command, const void *what)
{
    const struct ocpp_running_cost *cost = what;
    const struct ocpp201_cost_updated_req req = { .total_cost = cost->amount, .transaction_id = cost->transaction_id };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_COST_UPDATED], &req, read_cost_told);
}

/* --- vendors' messages ---------------------------------------------------------------------------------------------------------
 */

/* |data| as JSON; in |arena| where it has to be written first. */
static enum ocpp_status json_of(struct ocpp_arena *arena, enum ocpp_data_kind kind, const char *data, const char **json)
{
    struct ocpp_json_writer writer;
    size_t size;

    *json = kind == OCPP_DATA_JSON ? data : NULL;
    if (kind != OCPP_DATA_TEXT) {
        return OCPP_OK;
    }
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_string(&writer, data);
    return ocpp_json_writer_finish(&writer, json, &size);
}

static bool read_data(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_data_transfer_res *res = response;
    struct ocpp_data_transfer_answer *answer = ocpp_arena_take(central->results, sizeof *answer);

    if (!answer) {
        return false;
    }
    answer->status = OCPP_OK;
    answer->result = result_of(res->status);
    answer->kind = res->data ? OCPP_DATA_JSON : OCPP_DATA_NONE;
    answer->data = res->data;
    result->accepted = res->status == OCPP201_DATA_TRANSFER_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_data_transfer_status_enum, (int)res->status);
    result->data = answer;
    return true;
}

enum ocpp_status central_v201_send_data(struct command *command, const void *what)
{
    const struct ocpp_data_transfer *order = what;
    struct ocpp201_data_transfer_req req = { .vendor_id = order->vendor_id, .message_id = order->message_id };
    const enum ocpp_status status = json_of(command_arena(command), order->kind, order->data, &req.data);

    return status == OCPP_OK ? command_send(command, &ocpp201_actions[OCPP201_ACTION_DATA_TRANSFER], &req, read_data) : status;
}

static void answer_data(struct pending *pending)
{
    const struct ocpp_data_transfer_answer *answer = pending->work;
    struct ocpp201_data_transfer_res res = { .status = answers[answer->result] };
    const enum ocpp_status status = json_of(pending->arena, answer->kind, answer->data, &res.data);

    if (status != OCPP_OK) {
        pending_refuse(pending, status);
        return;
    }
    station_reply(pending->station, pending->token, &res);
    pending_free(pending);
}

static void handle_data(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_data_transfer_req *req = call->request;
    const struct ocpp201_data_transfer_res unknown = { .status = OCPP201_DATA_TRANSFER_STATUS_UNKNOWN_VENDOR_ID };
    const struct ocpp_data_transfer data = {
        .vendor_id = req->vendor_id,
        .message_id = req->message_id,
        .kind = req->data ? OCPP_DATA_JSON : OCPP_DATA_NONE,
        .data = req->data,
    };

    if (handler->drivers && handler->drivers->on_data) {
        struct pending *pending = pending_for(station, call);
        if (pending) {
            data_ask(pending, &data, answer_data);
        }
        return;
    }
    if (!handler->on_call || !handler->on_call(station, bridge_original(station, call), handler->user)) {
        station_reply(station, call->token, &unknown);
    }
}

/* --- notices -------------------------------------------------------------------------------------------------------------------
 */

static void handle_reservation(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_reservation_status_update_req *req = call->request;
    const bool is_heard = handler->drivers && handler->drivers->on_reservation;

    if (is_heard) {
        const char *word =
            ocpp_beyond_name(ocpp_v201_beyond, &ocpp201_reservation_update_status_enum, (int)req->reservation_update_status);
        handler->drivers->on_reservation(station, req->reservation_id, word ? word : "", handler->user);
    }
    station_thank(station, call, is_heard);
}

/* An EVSE no station can have is told as the station itself: the message is shown somewhere else than was asked, not nowhere. */
static struct ocpp_station_message message_of(const struct ocpp201_message_info *wire)
{
    struct ocpp_station_message message = {
        .id = wire->id,
        .priority = priority_of(wire->priority),
        .state = state_of(wire->state),
        .text = { format_of(wire->message.format), wire->message.language, wire->message.content },
        .starts_utc_ms = wire->has_start_date_time ? wire->start_date_time : OCPP_UTC_UNKNOWN,
        .ends_utc_ms = wire->has_end_date_time ? wire->end_date_time : OCPP_UTC_UNKNOWN,
        .transaction_id = wire->transaction_id,
        .names_display = wire->display != NULL,
    };

    if (wire->display) {
        message.display_instance = wire->display->instance;
    }
    if (wire->display && wire->display->evse) {
        (void)station_number(wire->display->evse->id, &message.display_evse);
    }
    return message;
}

static bool take_page(struct ocpp_station *station, const struct ocpp201_notify_display_messages_req *req)
{
    for (size_t i = 0; i < req->message_info.count; i++) {
        const struct ocpp_station_message message = message_of(&req->message_info.items[i]);
        if (!display_report_take(station, req->request_id, &message)) {
            return false;
        }
    }
    return true;
}

static void handle_messages(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_notify_display_messages_req *req = call->request;
    const bool is_heard = handler->drivers && handler->drivers->on_messages;

    if (is_heard && display_report_is_over(station, req->request_id)) { /* its answer was lost */
        station_thank(station, call, true);
        return;
    }
    if (is_heard && !take_page(station, req)) {
        station_refuse(station, call->token, OCPP_ERR_NOMEM);
        return;
    }
    if (is_heard && !(req->has_tbc && req->tbc)) {
        display_report_end(station, req->request_id);
    }
    station_thank(station, call, is_heard);
}

/* clang-format off */
const struct central_route central_v201_drivers[] = {
    { &ocpp201_actions[OCPP201_ACTION_DATA_TRANSFER],             handle_data },
    { &ocpp201_actions[OCPP201_ACTION_RESERVATION_STATUS_UPDATE], handle_reservation },
    { &ocpp201_actions[OCPP201_ACTION_NOTIFY_DISPLAY_MESSAGES],   handle_messages },
    { 0 },
};
/* clang-format on */
