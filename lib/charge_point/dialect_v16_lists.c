/* dialect_v16_lists.c: the local authorization list and the cache as OCPP 1.6 speaks of them (3.5, 5.4, 5.10, 5.15). */
#include "dialect_v16.h"

#include <string.h>

#include "text.h"
#include "vocabulary_v16.h"

enum { NO_LIST = -1 }; /* 5.10 */

void ocpp_cp_v16_token_info(const struct ocpp16_id_tag_info *wire, struct token_info *info)
{
    memset(info, 0, sizeof(*info));
    info->authorization = ocpp_word_from_wire(&ocpp_v16_authorizations, (int)wire->status);
    info->expires = wire->has_expiry_date;
    info->expires_utc_ms = wire->has_expiry_date ? wire->expiry_date : 0;
    ocpp_text_copy(info->group, sizeof(info->group), wire->parent_id_tag == NULL ? "" : wire->parent_id_tag);
}

void ocpp_cp_v16_clear_cache(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_clear_cache_conf conf = {
        .status = ocpp_cp_cache_clear(cp) ? OCPP16_CLEAR_CACHE_STATUS_ACCEPTED : OCPP16_CLEAR_CACHE_STATUS_REJECTED,
    };
    ocpp_cp_reply(cp, call, &conf);
}

/* An empty list is of version 0, whatever was sent with it. */
static int64_t version_now(const struct ocpp_charge_point *cp)
{
    return cp->list.count == 0 ? 0 : cp->list.version;
}

void ocpp_cp_v16_get_local_list_version(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_get_local_list_version_conf conf = {
        .list_version = ocpp_cp_list_is_enabled(cp) ? version_now(cp) : NO_LIST,
    };
    ocpp_cp_reply(cp, call, &conf);
}

static bool list_item(const void *items, size_t i, struct token *token, struct token_info *info)
{
    const struct ocpp16_authorization_data *data = (const struct ocpp16_authorization_data *)items + i;
    ocpp_cp_token_set(token, data->id_tag, OCPP_TOKEN_UNKNOWN);
    if (data->id_tag_info != NULL) {
        ocpp_cp_v16_token_info(data->id_tag_info, info);
    }
    return data->id_tag_info != NULL;
}

void ocpp_cp_v16_send_local_list(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp16_update_status words[] = {
        [LIST_ACCEPTED] = OCPP16_UPDATE_STATUS_ACCEPTED,
        [LIST_FAILED] = OCPP16_UPDATE_STATUS_FAILED,
        [LIST_VERSION_MISMATCH] = OCPP16_UPDATE_STATUS_VERSION_MISMATCH,
        [LIST_NOT_SUPPORTED] = OCPP16_UPDATE_STATUS_NOT_SUPPORTED,
    };
    const struct ocpp16_send_local_list_req *request = call->request;
    const struct list_update update = {
        .full = request->update_type == OCPP16_UPDATE_TYPE_FULL,
        .version = request->list_version,
        .version_least = request->local_authorization_list.count == 0 ? 0 : 1, /* 0 says that there is nothing in it (5.10) */
        .version_now = version_now(cp),
        .items = request->local_authorization_list.items,
        .count = request->local_authorization_list.count,
        .item = list_item,
    };
    const struct ocpp16_send_local_list_conf conf = { .status = words[ocpp_cp_list_update(cp, &update)] };
    ocpp_cp_reply(cp, call, &conf);
}
