/* orders.c: the orders of central_orders.h that are one call: what they must say is checked here, the dialect says it. */
#include "dialect.h"

#include <string.h>

/* |what| is what enum order says the order is about. */
static enum ocpp_status order(struct ocpp_station *station, enum order kind, const void *what,
                              const struct ocpp_command_done *done)
{
    const order_builder build = station->dialect->orders[kind];
    struct command *command;

    if (!build) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    const enum ocpp_status status = command_begin(station, false, done, &command);
    return status == OCPP_OK ? command_sent(station, command, build(command, what)) : status;
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
    return order(station, ORDER_AVAILABILITY, &what, done);
}

enum ocpp_status ocpp_station_reserve(struct ocpp_station *station, const struct ocpp_reservation_order *reservation,
                                      const struct ocpp_command_done *done)
{
    if (reservation->id < 0 || reservation->evse < 0 || !is_text(reservation->token.id) ||
        (reservation->connector_type && reservation->evse > 0)) {
        return OCPP_ERR_ARGUMENT;
    }
    return order(station, ORDER_RESERVE, reservation, done);
}

enum ocpp_status ocpp_station_cancel_reservation(struct ocpp_station *station, int64_t id, const struct ocpp_command_done *done)
{
    return id < 0 ? OCPP_ERR_ARGUMENT : order(station, ORDER_CANCEL_RESERVATION, &id, done);
}

/* --- tokens -------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_station_clear_cache(struct ocpp_station *station, const struct ocpp_command_done *done)
{
    return order(station, ORDER_CLEAR_CACHE, NULL, done);
}

enum ocpp_status ocpp_station_get_list_version(struct ocpp_station *station, const struct ocpp_command_done *done)
{
    return order(station, ORDER_GET_LIST_VERSION, NULL, done);
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
    return order(station, ORDER_SEND_LIST, update, done);
}

/* --- settings ------------------------------------------------------------------------------------------------------------ */

static bool is_name(const struct ocpp_setting_address *name)
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
        if (!is_name(&names[i])) {
            return OCPP_ERR_ARGUMENT;
        }
    }
    return order(station, ORDER_GET_SETTINGS, &what, done);
}

enum ocpp_status ocpp_station_set_setting(struct ocpp_station *station, const struct ocpp_setting_address *name,
                                          const char *value, const struct ocpp_command_done *done)
{
    const struct setting_order what = { name, value };

    return value && is_name(name) ? order(station, ORDER_SET_SETTING, &what, done) : OCPP_ERR_ARGUMENT;
}
