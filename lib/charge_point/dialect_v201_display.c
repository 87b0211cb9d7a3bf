/* dialect_v201_display.c: messages for displays in OCPP 2.0.1 (O01 to O06). */
#include "dialect_v201.h"
#include "display_messages.h"

#include <string.h>

#include "text.h"

static const enum ocpp201_message_priority priorities[] = {
    [OCPP_MESSAGE_ALWAYS_FRONT] = OCPP201_MESSAGE_PRIORITY_ALWAYS_FRONT,
    [OCPP_MESSAGE_IN_FRONT] = OCPP201_MESSAGE_PRIORITY_IN_FRONT,
    [OCPP_MESSAGE_NORMAL_CYCLE] = OCPP201_MESSAGE_PRIORITY_NORMAL_CYCLE,
};

static const enum ocpp201_message_state states[] = {
    [OCPP_MESSAGE_CHARGING] = OCPP201_MESSAGE_STATE_CHARGING, [OCPP_MESSAGE_FAULTED] = OCPP201_MESSAGE_STATE_FAULTED,
    [OCPP_MESSAGE_IDLE] = OCPP201_MESSAGE_STATE_IDLE,         [OCPP_MESSAGE_UNAVAILABLE] = OCPP201_MESSAGE_STATE_UNAVAILABLE,
    [OCPP_MESSAGE_ANY_STATE] = OCPP201_MESSAGE_STATE_UNSET,
};

/* -1: the word is unset. */
static int priority_of(enum ocpp201_message_priority word)
{
    int priority = OCPP_MESSAGE_PRIORITIES - 1;
    while (priority >= 0 && priorities[priority] != word) {
        priority--;
    }
    return priority;
}

static enum ocpp_message_state state_of(enum ocpp201_message_state word)
{
    int state = OCPP_MESSAGE_ANY_STATE;
    while (state > 0 && states[state] != word) {
        state--;
    }
    return (enum ocpp_message_state)state;
}

/* --- set ---------------------------------------------------------------------------------------------------------------- */

/* Only a component of this name is a display; what is none has no such place. */
static void read_display(const struct ocpp201_component *wire, struct message_record *record)
{
    const bool is_display = ocpp_text_equal_fold(wire->name, "Display");
    const bool is_whole = wire->evse == NULL || (wire->evse->id > 0 && !wire->evse->has_connector_id);
    record->has_display = true;
    record->display_evse = !is_display || !is_whole ? -1 : wire->evse == NULL ? 0 : ocpp_cp_v201_place(wire->evse->id);
    ocpp_text_copy(record->display_instance, sizeof(record->display_instance), wire->instance == NULL ? "" : wire->instance);
}

/* A transaction nobody knows keeps a name that none has. */
static void read_transaction(struct ocpp_charge_point *cp, const char *id, struct message_record *record)
{
    const struct evse *evse = ocpp_cp_v201_evse_of_id(cp, id);
    record->has_transaction = true;
    if (evse != NULL) {
        memcpy(record->transaction, evse->transaction.uuid, UUID_BYTES);
    }
}

static void read_message(struct ocpp_charge_point *cp, const struct ocpp201_message_info *wire, struct message_record *record)
{
    memset(record, 0, sizeof(*record));
    record->id = wire->id;
    record->priority = priority_of(wire->priority);
    record->state = (int32_t)state_of(wire->state);
    record->format = (int32_t)ocpp_cp_v201_message_format(wire->message.format);
    record->has_start = wire->has_start_date_time;
    record->start_utc_ms = wire->has_start_date_time ? wire->start_date_time : 0;
    record->has_end = wire->has_end_date_time;
    record->end_utc_ms = wire->has_end_date_time ? wire->end_date_time : 0;
    ocpp_text_copy(record->language, sizeof(record->language), wire->message.language == NULL ? "" : wire->message.language);
    ocpp_text_copy(record->content, sizeof(record->content), wire->message.content);
    if (wire->display != NULL) {
        read_display(wire->display, record);
    }
    if (wire->transaction_id != NULL) {
        read_transaction(cp, wire->transaction_id, record);
    }
}

static void on_set(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const struct {
        enum ocpp201_display_message_status status;
        const char *reason;
    } words[MESSAGE_VERDICTS] = {
        [MESSAGE_ACCEPTED] = { OCPP201_DISPLAY_MESSAGE_STATUS_ACCEPTED, NULL },
        [MESSAGE_BAD_FORMAT] = { OCPP201_DISPLAY_MESSAGE_STATUS_NOT_SUPPORTED_MESSAGE_FORMAT, NULL },
        [MESSAGE_BAD_PRIORITY] = { OCPP201_DISPLAY_MESSAGE_STATUS_NOT_SUPPORTED_PRIORITY, NULL },
        [MESSAGE_BAD_STATE] = { OCPP201_DISPLAY_MESSAGE_STATUS_NOT_SUPPORTED_STATE, NULL },
        [MESSAGE_UNKNOWN_TRANSACTION] = { OCPP201_DISPLAY_MESSAGE_STATUS_UNKNOWN_TRANSACTION, NULL },
        [MESSAGE_UNKNOWN_DISPLAY] = { OCPP201_DISPLAY_MESSAGE_STATUS_REJECTED, "NotFound" }, /* O01.FR.22 */
        [MESSAGE_NOT_SOUND] = { OCPP201_DISPLAY_MESSAGE_STATUS_REJECTED, "InvalidValue" },
        [MESSAGE_TOO_MANY] = { OCPP201_DISPLAY_MESSAGE_STATUS_REJECTED, "TooManyElements" },
        [MESSAGE_OFF] = { OCPP201_DISPLAY_MESSAGE_STATUS_REJECTED, "NotEnabled" },
        [MESSAGE_NOT_KEPT] = { OCPP201_DISPLAY_MESSAGE_STATUS_REJECTED, "OutOfStorage" },
    };
    const struct ocpp201_set_display_message_req *request = call->request;
    struct message_record *record = &ocpp_cp_display(cp)->scratch;
    read_message(cp, &request->message, record);
    const enum message_verdict verdict = ocpp_cp_message_set(cp, record);
    const struct ocpp201_status_info info = { .reason_code = words[verdict].reason };
    const struct ocpp201_set_display_message_res response = {
        .status = words[verdict].status,
        .status_info = info.reason_code == NULL ? NULL : &info,
    };
    ocpp_cp_reply(cp, call, &response);
}

static void on_clear(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_clear_display_message_req *request = call->request;
    const enum ocpp_status status = ocpp_cp_message_clear(cp, request->id);
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) { /* it is there, and stays */
        if (ocpp_rpc_refuse(cp->rpc, call->token, OCPP_CALL_ERROR_INTERNAL_ERROR, ocpp_status_sentence(status)) != OCPP_OK) {
            ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused", call->action_name);
        }
        return;
    }
    const struct ocpp201_clear_display_message_res response = {
        .status = status == OCPP_OK ? OCPP201_CLEAR_MESSAGE_STATUS_ACCEPTED : OCPP201_CLEAR_MESSAGE_STATUS_UNKNOWN,
    };
    ocpp_cp_reply(cp, call, &response);
}

/* --- asked for and told ------------------------------------------------------------------------------------------------- */

static void on_get(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_display_messages_req *request = call->request;
    const struct message_filter filter = {
        .ids = request->id.items,
        .id_count = request->id.count,
        .priority = priority_of(request->priority),
        .state = request->state == OCPP201_MESSAGE_STATE_UNSET ? -1 : (int)state_of(request->state),
    };
    const enum ocpp_status status = ocpp_cp_message_report(cp, request->request_id, &filter);
    if (status == OCPP_ERR_LIMIT) { /* there is no word for "not now" */
        if (ocpp_rpc_refuse(cp->rpc, call->token, OCPP_CALL_ERROR_INTERNAL_ERROR, "too many reports are under way") != OCPP_OK) {
            ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused", call->action_name);
        }
        return;
    }
    const struct ocpp201_get_display_messages_res response = {
        .status = status == OCPP_OK ? OCPP201_GET_DISPLAY_MESSAGES_STATUS_ACCEPTED : OCPP201_GET_DISPLAY_MESSAGES_STATUS_UNKNOWN,
    };
    ocpp_cp_reply(cp, call, &response);
}

static const char *keep(struct ocpp_charge_point *cp, const char *text)
{
    const size_t size = strlen(text);
    char *kept = ocpp_cp_arena_take(cp, size + 1);
    if (kept != NULL) {
        memcpy(kept, text, size + 1);
    }
    return kept;
}

static const struct ocpp201_component *display_of(struct ocpp_charge_point *cp, const struct message_record *record)
{
    struct ocpp201_component *component = ocpp_cp_arena_take(cp, sizeof(*component));
    struct ocpp201_evse *evse = ocpp_cp_arena_take(cp, sizeof(*evse));
    if (component == NULL || evse == NULL) {
        return NULL;
    }
    *evse = (struct ocpp201_evse){ .id = record->display_evse };
    *component = (struct ocpp201_component){
        .evse = record->display_evse == 0 ? NULL : evse,
        .name = "Display",
        .instance = record->display_instance[0] == '\0' ? NULL : keep(cp, record->display_instance),
    };
    return component;
}

static void fill(struct ocpp_charge_point *cp, const struct message_record *record, struct ocpp201_message_info *info)
{
    char uuid[UUID_TEXT_SIZE];
    ocpp_uuid_text(record->transaction, uuid);
    *info = (struct ocpp201_message_info){
        .display = record->has_display ? display_of(cp, record) : NULL,
        .id = record->id,
        .priority = priorities[record->priority],
        .state = states[record->state],
        .has_start_date_time = record->has_start,
        .start_date_time = record->start_utc_ms,
        .has_end_date_time = record->has_end,
        .end_date_time = record->end_utc_ms,
        .transaction_id = record->has_transaction ? keep(cp, uuid) : NULL,
        .message = { .format = ocpp_cp_v201_message_formats[record->format],
                     .language = record->language[0] == '\0' ? NULL : keep(cp, record->language),
                     .content = keep(cp, record->content) },
    };
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    ocpp_cp_flight_over(user);
}

/* From the last to the first, so that one that cannot be read and leaves the table moves none that is still to be read. */
static enum ocpp_status send_messages(struct ocpp_charge_point *cp, const struct message_page *page)
{
    size_t first = page->count;
    ocpp_arena_reset(cp->arena);
    struct ocpp201_message_info *infos = ocpp_cp_arena_take(cp, page->count * sizeof(*infos));
    for (size_t i = page->count; i > 0 && infos != NULL; i--) {
        const struct message_record *record = ocpp_cp_message_read(cp, page->messages[i - 1]);
        if (record != NULL) {
            fill(cp, record, &infos[--first]);
        }
    }
    const struct ocpp201_notify_display_messages_req request = {
        .message_info = { infos == NULL ? NULL : infos + first, page->count - first },
        .request_id = page->request_id,
        .has_tbc = !page->is_last,
        .tbc = true,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_NOTIFY_DISPLAY_MESSAGES], &request, NULL, on_answer);
}

const struct hearing ocpp_cp_v201_display_hearings[DISPLAY_HEARINGS] = {
    { &ocpp201_actions[OCPP201_ACTION_SET_DISPLAY_MESSAGE], on_set },
    { &ocpp201_actions[OCPP201_ACTION_GET_DISPLAY_MESSAGES], on_get },
    { &ocpp201_actions[OCPP201_ACTION_CLEAR_DISPLAY_MESSAGE], on_clear },
};

const struct display_words ocpp_cp_v201_display_words = { .send_messages = send_messages };
