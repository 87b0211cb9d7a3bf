/* dialect_v201_orders.c: the orders of central_orders.h in OCPP 2.0.1. */
#include "dialect.h"
#include "dialect_energy.h"
#include "dialect_orders.h"
#include "dialect_v201_names.h"

#include <ocpp/v201.h>

#include <string.h>

#include "vocabulary_v201.h"

static enum ocpp_status send_call(struct command *command, enum ocpp201_action index, const void *message, command_reader read)
{
    return command_send(command, &ocpp201_actions[index], message, read);
}

/* A token of a kind nobody knows is one this system gave. A kind the station's version added is said in its words. */
int central_v201_token_kind(const struct command *command, enum ocpp_token_type type)
{
    const int beyond = command_is_bridged(command) ? ocpp_v201_token_kind_beyond(type) : 0;
    const int kind = beyond ? beyond : ocpp_word_to_wire(&ocpp_v201_token_types, (int)type);

    return kind ? kind : (int)OCPP201_ID_TOKEN_KIND_CENTRAL;
}

struct ocpp201_id_token central_v201_token(const struct command *command, const struct ocpp_token *token)
{
    return (struct ocpp201_id_token){ .id_token = token->id,
                                      .type = (enum ocpp201_id_token_kind)central_v201_token_kind(command, token->type) };
}

static struct ocpp201_id_token group_token_of(const char *group_id)
{
    return (struct ocpp201_id_token){ .id_token = group_id, .type = OCPP201_ID_TOKEN_KIND_CENTRAL };
}

static struct ocpp201_evse evse_of(int evse, int connector)
{
    return (struct ocpp201_evse){ .id = evse, .has_connector_id = connector > 0, .connector_id = connector };
}

/* --- availability and reservation ---------------------------------------------------------------------------------------- */

static bool read_availability(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_change_availability_res *res = response;

    (void)central;
    result->accepted = res->status != OCPP201_CHANGE_AVAILABILITY_STATUS_REJECTED;
    result->word = ocpp_enum_name(&ocpp201_change_availability_status_enum, (int)res->status);
    return true;
}

static bool read_reset(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_reset_res *res = response;

    (void)central;
    result->accepted = res->status != OCPP201_RESET_STATUS_REJECTED;
    result->word = ocpp_enum_name(&ocpp201_reset_status_enum, (int)res->status);
    return true;
}

static enum ocpp_status reset_evse(struct command *command, const void *what)
{
    const struct reset_order *order = what;
    const struct ocpp201_reset_req req = { .type = order->immediately ? OCPP201_RESET_IMMEDIATE : OCPP201_RESET_ON_IDLE,
                                           .has_evse_id = true,
                                           .evse_id = order->evse };

    return send_call(command, OCPP201_ACTION_RESET, &req, read_reset);
}

static enum ocpp_status availability(struct command *command, const void *what)
{
    const struct availability_order *order = what;
    const struct ocpp201_evse evse = evse_of(order->evse, order->connector);
    const struct ocpp201_change_availability_req req = {
        .evse = order->evse > 0 ? &evse : NULL,
        .operational_status = order->operative ? OCPP201_OPERATIONAL_STATUS_OPERATIVE : OCPP201_OPERATIONAL_STATUS_INOPERATIVE,
    };

    return send_call(command, OCPP201_ACTION_CHANGE_AVAILABILITY, &req, read_availability);
}

static bool read_reservation(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_reserve_now_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_RESERVE_NOW_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_reserve_now_status_enum, (int)res->status);
    return true;
}

static enum ocpp_status reserve(struct command *command, const void *what)
{
    const struct ocpp_reservation_order *order = what;
    const struct ocpp201_id_token group = group_token_of(order->group_id);
    const struct ocpp201_reserve_now_req req = {
        .id = order->id,
        .expiry_date_time = order->expires_utc_ms,
        .connector_type = order->connector_type
                              ? (enum ocpp201_connector)ocpp_enum_value(&ocpp201_connector_enum, order->connector_type)
                              : OCPP201_CONNECTOR_UNSET,
        .id_token = central_v201_token(command, &order->token),
        .has_evse_id = order->evse > 0,
        .evse_id = order->evse,
        .group_id_token = order->group_id ? &group : NULL,
    };

    if (order->connector_type && req.connector_type == OCPP201_CONNECTOR_UNSET) {
        return OCPP_ERR_ARGUMENT;
    }
    return send_call(command, OCPP201_ACTION_RESERVE_NOW, &req, read_reservation);
}

static bool read_cancelled(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_cancel_reservation_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_CANCEL_RESERVATION_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_cancel_reservation_status_enum, (int)res->status);
    return true;
}

static enum ocpp_status cancel_reservation(struct command *command, const void *what)
{
    const int64_t *id = what;
    const struct ocpp201_cancel_reservation_req req = { .reservation_id = *id };

    return send_call(command, OCPP201_ACTION_CANCEL_RESERVATION, &req, read_cancelled);
}

/* --- tokens -------------------------------------------------------------------------------------------------------------- */

static bool read_cleared(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_clear_cache_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_CLEAR_CACHE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_clear_cache_status_enum, (int)res->status);
    return true;
}

static enum ocpp_status clear_cache(struct command *command, const void *what)
{
    const struct ocpp201_clear_cache_req req = { 0 };

    (void)what;
    return send_call(command, OCPP201_ACTION_CLEAR_CACHE, &req, read_cleared);
}

static bool read_list_version(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_local_list_version_res *res = response;

    (void)central;
    result->accepted = true;
    result->list_version = res->version_number;
    return true;
}

static enum ocpp_status get_list_version(struct command *command, const void *what)
{
    const struct ocpp201_get_local_list_version_req req = { 0 };

    (void)what;
    return send_call(command, OCPP201_ACTION_GET_LOCAL_LIST_VERSION, &req, read_list_version);
}

static bool read_list_sent(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_send_local_list_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_SEND_LOCAL_LIST_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_send_local_list_status_enum, (int)res->status);
    return true;
}

/* The parts of an entry that the message points to. */
struct entry_parts {
    struct ocpp201_id_token group;
    struct ocpp201_id_token_info info;
};

static void fill_entry(const struct command *command, const struct ocpp_list_entry *entry, struct entry_parts *parts,
                       struct ocpp201_authorization_data *data)
{
    parts->group = group_token_of(entry->group_id);
    parts->info = (struct ocpp201_id_token_info){
        .status = (enum ocpp201_authorization_status)ocpp_word_to_wire(&ocpp_v201_authorizations, (int)entry->authorization),
        .has_cache_expiry_date_time = entry->expires_utc_ms != OCPP_UTC_UNKNOWN,
        .cache_expiry_date_time = entry->expires_utc_ms,
        .group_id_token = entry->group_id ? &parts->group : NULL,
    };
    *data = (struct ocpp201_authorization_data){
        .id_token = central_v201_token(command, &entry->token),
        .id_token_info = entry->removed ? NULL : &parts->info,
    };
}

static enum ocpp_status send_list(struct command *command, const void *what)
{
    const struct ocpp_list_update *update = what;
    struct ocpp201_authorization_data *data = command_take(command, (update->count + 1) * sizeof *data);
    struct entry_parts *parts = command_take(command, (update->count + 1) * sizeof *parts);

    if (!data || !parts) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < update->count; i++) {
        fill_entry(command, &update->entries[i], &parts[i], &data[i]);
    }
    const struct ocpp201_send_local_list_req req = {
        .local_authorization_list = { update->count > 0 ? data : NULL, update->count },
        .version_number = update->version,
        .update_type = update->is_whole ? OCPP201_UPDATE_FULL : OCPP201_UPDATE_DIFFERENTIAL,
    };
    return send_call(command, OCPP201_ACTION_SEND_LOCAL_LIST, &req, read_list_sent);
}

const order_builder central_v201_orders[ORDER_COUNT] = {
    [ORDER_AVAILABILITY] = availability,
    [ORDER_RESET_EVSE] = reset_evse,
    [ORDER_RESERVE] = reserve,
    [ORDER_CANCEL_RESERVATION] = cancel_reservation,
    [ORDER_CLEAR_CACHE] = clear_cache,
    [ORDER_GET_LIST_VERSION] = get_list_version,
    [ORDER_SEND_LIST] = send_list,
    [ORDER_GET_SETTINGS] = central_v201_get_settings,
    [ORDER_SET_SETTINGS] = central_v201_set_settings,
    [ORDER_SET_PROFILE] = central_v201_set_profile,
    [ORDER_CLEAR_LIMITS] = central_v201_clear_limits,
    [ORDER_GET_COMPOSITE] = central_v201_get_composite,
    [ORDER_UPDATE_FIRMWARE] = central_v201_update_firmware,
    [ORDER_GET_LOG] = central_v201_get_log,
    [ORDER_SEND_CERTIFICATE] = central_v201_send_certificate,
    [ORDER_INSTALL_ROOT] = central_v201_install_root,
    [ORDER_DELETE_CERTIFICATE] = central_v201_delete_certificate,
    [ORDER_GET_CERTIFICATES] = central_v201_get_certificates,
    [ORDER_SET_MESSAGE] = central_v201_set_message,
    [ORDER_GET_MESSAGES] = central_v201_get_messages,
    [ORDER_CLEAR_MESSAGE] = central_v201_clear_message,
    [ORDER_TELL_COST] = central_v201_tell_running,
    [ORDER_SEND_DATA] = central_v201_send_data,
    [ORDER_GET_BASE_REPORT] = central_v201_get_base_report,
    [ORDER_GET_REPORT] = central_v201_get_report,
    [ORDER_GET_MONITORING_REPORT] = central_v201_get_monitoring_report,
    [ORDER_CUSTOMER_INFORMATION] = central_v201_customer_information,
    [ORDER_SET_NETWORK_PROFILE] = central_v201_set_network_profile,
    [ORDER_GET_TRANSACTION_STATUS] = central_v201_get_transaction_status,
    [ORDER_SET_MONITORING_BASE] = central_v201_set_monitoring_base,
    [ORDER_SET_MONITORING_LEVEL] = central_v201_set_monitoring_level,
    [ORDER_SET_MONITORS] = central_v201_set_monitors,
    [ORDER_CLEAR_MONITORS] = central_v201_clear_monitors,
    [ORDER_PUBLISH_FIRMWARE] = central_v201_publish_firmware,
    [ORDER_UNPUBLISH_FIRMWARE] = central_v201_unpublish_firmware,
    [ORDER_GET_PROFILES] = central_v201_get_profiles,
    [ORDER_DELETE_VEHICLE_CERTIFICATE] = central_v201_delete_certificate,
};
