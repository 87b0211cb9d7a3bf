/* dialect_v16_orders.c: the orders of central_orders.h in OCPP 1.6. EVSE n is connector n; a token is its text. */
#include "dialect.h"
#include "dialect_orders.h"
#include "dialect_v16_vehicles.h"

#include <ocpp/v16.h>

#include <string.h>

#include "vocabulary_v16.h"

static enum ocpp_status send_call(struct command *command, enum ocpp16_action index, const void *message, command_reader read)
{
    return command_send(command, &ocpp16_actions[index], message, read);
}

/* --- availability and reservation ---------------------------------------------------------------------------------------- */

static bool read_availability(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_change_availability_conf *conf = response;

    (void)central;
    result->accepted = conf->status != OCPP16_AVAILABILITY_STATUS_REJECTED;
    result->word = ocpp_enum_name(&ocpp16_availability_status_enum, (int)conf->status);
    return true;
}

static enum ocpp_status availability(struct command *command, const void *what)
{
    const struct availability_order *order = what;
    const struct ocpp16_change_availability_req req = {
        .connector_id = order->evse,
        .type = order->operative ? OCPP16_AVAILABILITY_TYPE_OPERATIVE : OCPP16_AVAILABILITY_TYPE_INOPERATIVE,
    };

    if (order->connector > 1) {
        return OCPP_ERR_ARGUMENT;
    }
    return send_call(command, OCPP16_ACTION_CHANGE_AVAILABILITY, &req, read_availability);
}

static bool read_reservation(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_reserve_now_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_RESERVATION_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_reservation_status_enum, (int)conf->status);
    return true;
}

static enum ocpp_status reserve(struct command *command, const void *what)
{
    const struct ocpp_reservation_order *order = what;
    const struct ocpp16_reserve_now_req req = {
        .connector_id = order->evse,
        .expiry_date = order->expires_utc_ms,
        .id_tag = order->token.id,
        .parent_id_tag = order->group_id,
        .reservation_id = order->id,
    };

    if (order->connector_type) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    return send_call(command, OCPP16_ACTION_RESERVE_NOW, &req, read_reservation);
}

static bool read_cancelled(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_cancel_reservation_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_CANCEL_RESERVATION_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_cancel_reservation_status_enum, (int)conf->status);
    return true;
}

static enum ocpp_status cancel_reservation(struct command *command, const void *what)
{
    const int64_t *id = what;
    const struct ocpp16_cancel_reservation_req req = { .reservation_id = *id };

    return send_call(command, OCPP16_ACTION_CANCEL_RESERVATION, &req, read_cancelled);
}

/* --- tokens -------------------------------------------------------------------------------------------------------------- */

static bool read_cleared(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_clear_cache_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_CLEAR_CACHE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_clear_cache_status_enum, (int)conf->status);
    return true;
}

static enum ocpp_status clear_cache(struct command *command, const void *what)
{
    const struct ocpp16_clear_cache_req req = { 0 };

    (void)what;
    return send_call(command, OCPP16_ACTION_CLEAR_CACHE, &req, read_cleared);
}

static bool read_list_version(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_get_local_list_version_conf *conf = response;

    (void)central;
    result->accepted = true;
    result->list_version = conf->list_version;
    return true;
}

static enum ocpp_status get_list_version(struct command *command, const void *what)
{
    const struct ocpp16_get_local_list_version_req req = { 0 };

    (void)what;
    return send_call(command, OCPP16_ACTION_GET_LOCAL_LIST_VERSION, &req, read_list_version);
}

static bool read_list_sent(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_send_local_list_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_UPDATE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_update_status_enum, (int)conf->status);
    return true;
}

static enum ocpp_status send_list(struct command *command, const void *what)
{
    const struct ocpp_list_update *update = what;
    struct ocpp16_authorization_data *data = command_take(command, update->count * sizeof *data);
    struct ocpp16_id_tag_info *infos = command_take(command, update->count * sizeof *infos);

    if (!data || !infos) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < update->count; i++) {
        const struct ocpp_list_entry *entry = &update->entries[i];
        infos[i] = (struct ocpp16_id_tag_info){
            .status = (enum ocpp16_authorization_status)ocpp_word_to_wire(&ocpp_v16_authorizations, (int)entry->authorization),
            .has_expiry_date = entry->expires_utc_ms != OCPP_UTC_UNKNOWN,
            .expiry_date = entry->expires_utc_ms,
            .parent_id_tag = entry->group_id,
        };
        data[i] = (struct ocpp16_authorization_data){ entry->token.id, entry->removed ? NULL : &infos[i] };
    }
    const struct ocpp16_send_local_list_req req = {
        .list_version = update->version,
        .local_authorization_list = { update->count > 0 ? data : NULL, update->count },
        .update_type = update->is_whole ? OCPP16_UPDATE_TYPE_FULL : OCPP16_UPDATE_TYPE_DIFFERENTIAL,
    };
    return send_call(command, OCPP16_ACTION_SEND_LOCAL_LIST, &req, read_list_sent);
}

const order_builder central_v16_orders[ORDER_COUNT] = {
    [ORDER_AVAILABILITY] = availability,
    [ORDER_RESERVE] = reserve,
    [ORDER_CANCEL_RESERVATION] = cancel_reservation,
    [ORDER_CLEAR_CACHE] = clear_cache,
    [ORDER_GET_LIST_VERSION] = get_list_version,
    [ORDER_SEND_LIST] = send_list,
    [ORDER_GET_SETTINGS] = central_v16_get_settings,
    [ORDER_SET_SETTINGS] = central_v16_set_settings,
    [ORDER_GET_BASE_REPORT] = central_v16_get_base_report,
    [ORDER_GET_REPORT] = central_v16_get_report,
    [ORDER_SET_PROFILE] = central_v16_set_profile,
    [ORDER_CLEAR_LIMITS] = central_v16_clear_limits,
    [ORDER_GET_COMPOSITE] = central_v16_get_composite,
    [ORDER_UPDATE_FIRMWARE] = central_v16_update_firmware,
    [ORDER_GET_LOG] = central_v16_get_log,
    [ORDER_SEND_CERTIFICATE] = central_v16_send_certificate,
    [ORDER_INSTALL_ROOT] = central_v16_install_root,
    [ORDER_DELETE_CERTIFICATE] = central_v16_delete_certificate,
    [ORDER_GET_CERTIFICATES] = central_v16_get_certificates,
    [ORDER_TELL_COST] = central_v16_tell_running,
    [ORDER_TELL_FINAL_COST] = central_v16_tell_final,
    [ORDER_TELL_PRICE] = central_v16_tell_tariff,
    [ORDER_SEND_DATA] = central_v16_send_data,
    [ORDER_DELETE_VEHICLE_CERTIFICATE] = central_v16_delete_vehicle_certificate,
};
