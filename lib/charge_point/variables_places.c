/* variables_places.c: variables that are not kept but worked out when they are asked for: the time, the state of the station, of
 * an EVSE, of a connector, and what the hardware is there. */
#include "charge_point_internal.h"

#include <stdio.h>

#include "decimal.h"
#include "text.h"

enum { POWER_IS_NEWS_MS = 60000 };

enum availability { STATE_AVAILABLE, STATE_OCCUPIED, STATE_RESERVED, STATE_UNAVAILABLE, STATE_FAULTED, STATE_COUNT };

static enum availability state_of_connector(const struct ocpp_charge_point *cp, int evse, int connector)
{
    static const uint8_t states[] = {
        [OCPP_CONNECTOR_UNKNOWN] = STATE_UNAVAILABLE,     [OCPP_CONNECTOR_AVAILABLE] = STATE_AVAILABLE,
        [OCPP_CONNECTOR_PREPARING] = STATE_OCCUPIED,      [OCPP_CONNECTOR_CHARGING] = STATE_OCCUPIED,
        [OCPP_CONNECTOR_SUSPENDED_EV] = STATE_OCCUPIED,   [OCPP_CONNECTOR_SUSPENDED_EVSE] = STATE_OCCUPIED,
        [OCPP_CONNECTOR_FINISHING] = STATE_OCCUPIED,      [OCPP_CONNECTOR_RESERVED] = STATE_RESERVED,
        [OCPP_CONNECTOR_UNAVAILABLE] = STATE_UNAVAILABLE, [OCPP_CONNECTOR_FAULTED] = STATE_FAULTED,
        [OCPP_CONNECTOR_OCCUPIED] = STATE_OCCUPIED,
    };
    const enum ocpp_connector_status status = ocpp_cp_connector_status(cp, evse, connector);
    const bool is_inherited = status == OCPP_CONNECTOR_FAULTED && ocpp_cp_own_fault_at(cp, evse, connector) == 0;
    return is_inherited ? STATE_UNAVAILABLE : (enum availability)states[status];
}

/* Only one connector of an EVSE is in use at a time: where one is occupied or reserved, the EVSE is. Else it offers what the best
 * of them offers. */
static enum availability state_of_evse(const struct ocpp_charge_point *cp, int evse)
{
    enum availability best = STATE_FAULTED;
    if (ocpp_cp_own_fault_at(cp, evse, 0) != 0) {
        return STATE_FAULTED;
    }
    for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
        const enum availability state = state_of_connector(cp, evse, connector);
        if (state == STATE_OCCUPIED || state == STATE_RESERVED) {
            return state;
        }
        best = state < best ? state : best;
    }
    return best;
}

static enum availability state_of_station(const struct ocpp_charge_point *cp)
{
    enum availability best = STATE_FAULTED;
    if (ocpp_cp_own_fault_at(cp, 0, 0) != 0) {
        return STATE_FAULTED;
    }
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        const enum availability state = state_of_evse(cp, evse);
        best = state < best ? state : best;
    }
    return best;
}

static enum availability state_of(const struct ocpp_charge_point *cp, int evse, int connector)
{
    if (connector != 0) {
        return state_of_connector(cp, evse, connector);
    }
    return evse != 0 ? state_of_evse(cp, evse) : state_of_station(cp);
}

static void write_time(const struct ocpp_charge_point *cp, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (utc_ms == OCPP_UTC_UNKNOWN || ocpp_time_format(utc_ms, text) != OCPP_OK) {
        text[0] = '\0';
    }
}

static const struct ocpp_evse_properties *properties_of(const struct ocpp_charge_point *cp, int evse)
{
    static const struct ocpp_evse_properties usual = { .max_power_w = USUAL_POWER_W, .supply_phases = 3 };
    return cp->settings.evse_properties == NULL ? &usual : &cp->settings.evse_properties[evse > 0 ? evse - 1 : 0];
}

static const char *type_of(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct ocpp_connector_settings *connectors = cp->settings.connectors;
    const int place = (evse - 1) * cp->settings.connectors_per_evse + connector - 1;
    return connectors == NULL || connectors[place].type == NULL ? "Unknown" : connectors[place].type;
}

/* What the meter said last, while that is news. */
static void write_power(const struct ocpp_charge_point *cp, int evse, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const struct meter *meter = &cp->meters[evse];
    text[0] = '\0';
    if (meter->has_power && cp->now.mono_ms - meter->power_mono_ms <= POWER_IS_NEWS_MS) {
        ocpp_decimal_format(meter->power_w, text);
    }
}

static bool is_state(enum variable variable)
{
    return variable == VARIABLE_STATION_STATE || variable == VARIABLE_EVSE_STATE || variable == VARIABLE_CONNECTOR_STATE;
}

void ocpp_cp_variable_text_at(const struct ocpp_charge_point *cp, enum variable variable, int evse, int connector,
                              char text[OCPP_VARIABLE_TEXT_SIZE])
{
    if (variable == VARIABLE_DATE_TIME) {
        write_time(cp, text);
        return;
    }
    if (is_state(variable)) {
        const char *word = ocpp_cp_variable_row(variable)->words[state_of(cp, evse, connector)];
        ocpp_text_copy(text, OCPP_VARIABLE_TEXT_SIZE, word);
        return;
    }
    if (variable == VARIABLE_LATCH_ACTIVE || variable == VARIABLE_LATCH_PROBLEM) {
        const bool is_so = variable == VARIABLE_LATCH_ACTIVE ? ocpp_cp_connector(cp, evse, connector)->locked
                                                             : ocpp_cp_has_fault(cp, evse, connector, "ConnectorLockFailure");
        ocpp_text_copy(text, OCPP_VARIABLE_TEXT_SIZE, is_so ? "true" : "false");
        return;
    }
    if (variable == VARIABLE_CONNECTOR_TYPE) {
        ocpp_text_copy(text, OCPP_VARIABLE_TEXT_SIZE, type_of(cp, evse, connector));
        return;
    }
    if (variable == VARIABLE_STATION_PHASES || variable == VARIABLE_EVSE_PHASES || variable == VARIABLE_CONNECTOR_PHASES) {
        ocpp_integer_format(properties_of(cp, evse)->supply_phases, text);
        return;
    }
    if (variable == VARIABLE_EVSE_POWER) {
        write_power(cp, evse, text);
        return;
    }
    ocpp_cp_variable_text(cp, variable, text);
}
