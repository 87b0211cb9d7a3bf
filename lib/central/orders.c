/* orders.c: the orders of central_orders.h that are one call: what they must say is checked here, the dialect says it. */
#include "dialect.h"
#include "item_limits.h"

#include <string.h>

enum ocpp_status order_give_request(struct ocpp_station *station, enum order kind, const void *what,
                                    const struct order_request *request, const struct ocpp_command_done *done)
{
    const order_builder build = dialect_speaker(station)->orders[kind];
    struct command *command;

    if (!build) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    const enum ocpp_status status = command_begin(station, false, done, &command);
    if (status != OCPP_OK) {
        return status;
    }
    command_request(command, request);
    return command_sent(station, command, build(command, what));
}

enum ocpp_status order_give(struct ocpp_station *station, enum order kind, const void *what, const struct ocpp_command_done *done)
{
    const struct order_request none = { 0 };

    return order_give_request(station, kind, what, &none, done);
}

static bool is_text(const char *text)
{
    return text && text[0];
}

/* --- availability and reservation ---------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_station_change_availability(struct ocpp_station *station, int evse, int connector, bool operative,
                                                  const struct ocpp_command_done *done)
{
    const struct availability_order what = { evse, connector, operative };

    if (evse < 0 || connector < 0 || (connector > 0 && evse == 0)) {
        return OCPP_ERR_ARGUMENT;
    }
    return order_give(station, ORDER_AVAILABILITY, &what, done);
}

enum ocpp_status ocpp_station_reset_evse(struct ocpp_station *station, int evse, bool immediately,
                                         const struct ocpp_command_done *done)
{
    const struct reset_order what = { evse, immediately };

    return evse < 1 ? OCPP_ERR_ARGUMENT : order_give(station, ORDER_RESET_EVSE, &what, done);
}

enum ocpp_status ocpp_station_reserve(struct ocpp_station *station, const struct ocpp_reservation_order *reservation,
                                      const struct ocpp_command_done *done)
{
    if (reservation->id < 0 || reservation->evse < 0 || !is_text(reservation->token.id) ||
        (reservation->connector_type && reservation->evse > 0)) {
        return OCPP_ERR_ARGUMENT;
    }
    return order_give(station, ORDER_RESERVE, reservation, done);
}

enum ocpp_status ocpp_station_cancel_reservation(struct ocpp_station *station, int64_t id, const struct ocpp_command_done *done)
{
    return id < 0 ? OCPP_ERR_ARGUMENT : order_give(station, ORDER_CANCEL_RESERVATION, &id, done);
}

/* --- tokens -------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_station_clear_cache(struct ocpp_station *station, const struct ocpp_command_done *done)
{
    return order_give(station, ORDER_CLEAR_CACHE, NULL, done);
}

enum ocpp_status ocpp_station_get_list_version(struct ocpp_station *station, const struct ocpp_command_done *done)
{
    return order_give(station, ORDER_GET_LIST_VERSION, NULL, done);
}

enum ocpp_status ocpp_station_send_list(struct ocpp_station *station, const struct ocpp_list_update *update,
                                        const struct ocpp_command_done *done)
{
    if (update->version <= 0) { /* 0 is what a station without a list tells (1.6 5.10; D02.FR.03) */
        return OCPP_ERR_ARGUMENT;
    }
    for (size_t i = 0; i < update->count; i++) {
        const struct ocpp_list_entry *entry = &update->entries[i];
        if (!is_text(entry->token.id) || (entry->removed && update->is_whole)) {
            return OCPP_ERR_ARGUMENT;
        }
    }
    if (!item_limits_allow(station, LIMIT_SEND_LIST, update->count)) { /* D01.FR.11 */
        return OCPP_ERR_LIMIT;
    }
    return order_give(station, ORDER_SEND_LIST, update, done);
}

/* --- settings ------------------------------------------------------------------------------------------------------------ */

bool order_is_setting(const struct ocpp_setting_address *name)
{
    const bool is_variable = is_text(name->component) && is_text(name->variable);

    return (is_text(name->key) || is_variable) && name->evse >= 0 && name->connector >= 0 &&
           (name->connector == 0 || name->evse > 0);
}

enum ocpp_status ocpp_station_get_settings(struct ocpp_station *station, const struct ocpp_setting_address *names, size_t count,
                                           const struct ocpp_command_done *done)
{
    const struct settings_order what = { names, count };

    for (size_t i = 0; i < count; i++) {
        if (!order_is_setting(&names[i])) {
            return OCPP_ERR_ARGUMENT;
        }
    }
    if (!item_limits_allow(station, LIMIT_GET_VARIABLES, count) || !item_limits_allow(station, LIMIT_GET_CONFIGURATION, count)) {
        return OCPP_ERR_LIMIT;
    }
    return order_give(station, ORDER_GET_SETTINGS, &what, done);
}

enum ocpp_status ocpp_station_set_setting(struct ocpp_station *station, const struct ocpp_setting_address *name,
                                          const char *value, const struct ocpp_command_done *done)
{
    const struct ocpp_setting_change change = { *name, value };

    return ocpp_station_set_settings(station, &change, 1, done);
}

/* --- limits --------------------------------------------------------------------------------------------------------------- */

static bool is_unit(enum ocpp_rate_unit unit)
{
    return unit == OCPP_RATE_CURRENT || unit == OCPP_RATE_POWER;
}

enum ocpp_status ocpp_station_clear_limits(struct ocpp_station *station, const struct ocpp_limit_criteria *criteria,
                                           const struct ocpp_command_done *done)
{
    const bool is_right = (!criteria->has_evse || criteria->evse >= 0) &&
                          (!criteria->has_stack_level || criteria->stack_level >= 0) &&
                          (!criteria->has_purpose || (unsigned)criteria->purpose <= OCPP_LIMIT_EXTERNAL);

    return is_right ? order_give(station, ORDER_CLEAR_LIMITS, criteria, done) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_station_get_composite_schedule(struct ocpp_station *station, int evse, int64_t duration_s,
                                                     enum ocpp_rate_unit unit, const struct ocpp_command_done *done)
{
    const struct composite_order what = { evse, duration_s, unit };

    if (evse < 0 || duration_s <= 0 || (unit != 0 && !is_unit(unit))) {
        return OCPP_ERR_ARGUMENT;
    }
    return order_give(station, ORDER_GET_COMPOSITE, &what, done);
}

/* --- files ---------------------------------------------------------------------------------------------------------------- */

static bool are_retries(int64_t retries, int64_t interval_s)
{
    return retries >= OCPP_AS_IT_LIKES && interval_s >= OCPP_AS_IT_LIKES;
}

enum ocpp_status ocpp_station_update_firmware(struct ocpp_station *station, const struct ocpp_firmware_order *firmware,
                                              const struct ocpp_command_done *done)
{
    const bool is_whole = !is_text(firmware->signing_certificate) == !is_text(firmware->signature);

    if (!is_text(firmware->url) || firmware->retrieve_utc_ms == OCPP_UTC_UNKNOWN || !is_whole ||
        !are_retries(firmware->retries, firmware->retry_interval_s)) {
        return OCPP_ERR_ARGUMENT;
    }
    return order_give(station, ORDER_UPDATE_FIRMWARE, firmware, done);
}

enum ocpp_status ocpp_station_get_log(struct ocpp_station *station, const struct ocpp_log_order *log,
                                      const struct ocpp_command_done *done)
{
    const bool is_window = log->oldest_utc_ms == OCPP_UTC_UNKNOWN || log->latest_utc_ms == OCPP_UTC_UNKNOWN ||
                           log->oldest_utc_ms <= log->latest_utc_ms;

    if (!is_text(log->url) || log->request_id < 0 || (unsigned)log->kind > OCPP_LOG_FILE_SECURITY || !is_window ||
        !are_retries(log->retries, log->retry_interval_s)) {
        return OCPP_ERR_ARGUMENT;
    }
    return order_give(station, ORDER_GET_LOG, log, done);
}

/* --- certificates --------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_station_send_certificate(struct ocpp_station *station, enum ocpp_key_use use, const char *chain,
                                               const struct ocpp_command_done *done)
{
    const struct chain_order what = { use, chain };

    return is_text(chain) && (unsigned)use < OCPP_KEY_USE_COUNT ? order_give(station, ORDER_SEND_CERTIFICATE, &what, done)
                                                                : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_station_install_root(struct ocpp_station *station, enum ocpp_root_use use, const char *pem,
                                           const struct ocpp_command_done *done)
{
    const struct root_order what = { use, pem };

    return is_text(pem) && (unsigned)use < OCPP_ROOT_USE_COUNT ? order_give(station, ORDER_INSTALL_ROOT, &what, done)
                                                               : OCPP_ERR_ARGUMENT;
}

bool central_is_hash(const struct ocpp_certificate_hash *hash)
{
    return (unsigned)hash->algorithm <= OCPP_HASH_SHA512 && is_text(hash->issuer_name_hash) && is_text(hash->issuer_key_hash) &&
           is_text(hash->serial_number);
}

enum ocpp_status ocpp_station_delete_certificate(struct ocpp_station *station, const struct ocpp_certificate_hash *hash,
                                                 const struct ocpp_command_done *done)
{
    return central_is_hash(hash) ? order_give(station, ORDER_DELETE_CERTIFICATE, hash, done) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_station_get_certificates(struct ocpp_station *station, uint32_t bits, const struct ocpp_command_done *done)
{
    return bits < 2 * OCPP_V2G_CHAIN_BIT ? order_give(station, ORDER_GET_CERTIFICATES, &bits, done) : OCPP_ERR_ARGUMENT;
}
