/* dialect_v201_lists.c: the local authorization list and the cache as OCPP 2.0.1 speaks of them (C10, C11, D01, D02). */
#include "dialect_v201.h"

#include <string.h>

#include "text.h"
#include "vocabulary_v201.h"

const enum ocpp201_message_format ocpp_cp_v201_message_formats[OCPP_MESSAGE_FORMATS] = {
    [OCPP_MESSAGE_ASCII] = OCPP201_MESSAGE_FORMAT_ASCII,
    [OCPP_MESSAGE_HTML] = OCPP201_MESSAGE_FORMAT_HTML,
    [OCPP_MESSAGE_URI] = OCPP201_MESSAGE_FORMAT_URI,
    [OCPP_MESSAGE_UTF8] = OCPP201_MESSAGE_FORMAT_UTF8,
};

enum ocpp_message_format ocpp_cp_v201_message_format(enum ocpp201_message_format word)
{
    int format = OCPP_MESSAGE_FORMATS - 1;
    while (format > 0 && ocpp_cp_v201_message_formats[format] != word) {
        format--;
    }
    return (enum ocpp_message_format)format;
}

struct driver_text ocpp_cp_v201_driver_text(const struct ocpp201_message_content *wire)
{
    if (wire == NULL) {
        return (struct driver_text){ .text = NULL };
    }
    return (struct driver_text){ wire->content, wire->language, (int32_t)ocpp_cp_v201_message_format(wire->format) };
}

/* Where the token is good, of the EVSEs that can be here (C01.FR.20). */
static void read_places(const struct ocpp201_id_token_info *wire, struct token_info *info)
{
    for (size_t i = 0; i < wire->evse_id.count; i++) {
        const int64_t evse = wire->evse_id.items[i];
        if (evse >= 1 && evse <= MOST_EVSES) {
            info->evses |= (uint64_t)1 << (evse - 1);
        }
    }
    info->elsewhere = wire->evse_id.count > 0 && info->evses == 0;
}

void ocpp_cp_v201_token_info(const struct ocpp201_id_token_info *wire, struct token_info *info)
{
    memset(info, 0, sizeof(*info));
    info->authorization = ocpp_word_from_wire(&ocpp_v201_authorizations, (int)wire->status);
    info->expires = wire->has_cache_expiry_date_time;
    info->expires_utc_ms = wire->has_cache_expiry_date_time ? wire->cache_expiry_date_time : 0;
    ocpp_text_copy(info->group, sizeof(info->group), wire->group_id_token == NULL ? "" : wire->group_id_token->id_token);
    ocpp_text_copy(info->language, sizeof(info->language), wire->language1 == NULL ? "" : wire->language1);
    ocpp_text_copy(info->language2, sizeof(info->language2), wire->language2 == NULL ? "" : wire->language2);
    info->message = ocpp_cp_v201_driver_text(wire->personal_message);
    read_places(wire, info);
}

void ocpp_cp_v201_clear_cache(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_clear_cache_res response = {
        .status = ocpp_cp_cache_clear(cp) ? OCPP201_CLEAR_CACHE_STATUS_ACCEPTED : OCPP201_CLEAR_CACHE_STATUS_REJECTED,
    };
    ocpp_cp_reply(cp, call, &response);
}

/* D02.FR.03: without a list its version is 0. One that was emptied keeps the version it was sent with. */
void ocpp_cp_v201_get_local_list_version(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_local_list_version_res response = {
        .version_number = ocpp_cp_list_is_enabled(cp) ? cp->list.version : 0,
    };
    ocpp_cp_reply(cp, call, &response);
}

static bool list_item(const void *items, size_t i, struct token *token, struct token_info *info)
{
    const struct ocpp201_authorization_data *data = (const struct ocpp201_authorization_data *)items + i;
    ocpp_cp_token_set(token, data->id_token.id_token,
                      (enum ocpp_token_type)ocpp_word_from_wire(&ocpp_v201_token_types, (int)data->id_token.type));
    if (data->id_token_info != NULL) {
        ocpp_cp_v201_token_info(data->id_token_info, info);
    }
    return data->id_token_info != NULL;
}

void ocpp_cp_v201_send_local_list(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp201_send_local_list_status words[] = {
        [LIST_ACCEPTED] = OCPP201_SEND_LOCAL_LIST_STATUS_ACCEPTED,
        [LIST_FAILED] = OCPP201_SEND_LOCAL_LIST_STATUS_FAILED,
        [LIST_VERSION_MISMATCH] = OCPP201_SEND_LOCAL_LIST_STATUS_VERSION_MISMATCH,
        [LIST_NOT_SUPPORTED] = OCPP201_SEND_LOCAL_LIST_STATUS_FAILED, /* the version has no word for it */
    };
    const struct ocpp201_send_local_list_req *request = call->request;
    const struct list_update update = {
        .full = request->update_type == OCPP201_UPDATE_FULL,
        .typed = true,
        .version = request->version_number,
        .version_least = 1, /* D01.FR.18 */
        .version_now = cp->list.version,
        .items = request->local_authorization_list.items,
        .count = request->local_authorization_list.count,
        .item = list_item,
    };
    const struct ocpp201_send_local_list_res response = { .status = words[ocpp_cp_list_update(cp, &update)] };
    ocpp_cp_reply(cp, call, &response);
}
