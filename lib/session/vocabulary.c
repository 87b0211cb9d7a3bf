/* vocabulary.c: the names of the words in vocabulary.h, both ways.
 *
 * How a version spells a word on the wire stands in vocabulary_v16.c and vocabulary_v201.c; the names here are for people, logs,
 * and the JSON of our own programs. */
#include <ocpp/vocabulary.h>

#include "text.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* A list of names by value; the place of 0 is empty. */
struct names {
    const char *const *of;
    size_t count;
};

#define NAMES(table) ((struct names){ table, COUNT_OF(table) })

/* clang-format off */
static const char *const token_types[] = {
    [OCPP_TOKEN_CENTRAL] = "Central",
    [OCPP_TOKEN_EMAID] = "eMAID",
    [OCPP_TOKEN_ISO14443] = "ISO14443",
    [OCPP_TOKEN_ISO15693] = "ISO15693",
    [OCPP_TOKEN_KEY_CODE] = "KeyCode",
    [OCPP_TOKEN_LOCAL] = "Local",
    [OCPP_TOKEN_MAC_ADDRESS] = "MacAddress",
    [OCPP_TOKEN_NO_AUTHORIZATION] = "NoAuthorization",
    [OCPP_TOKEN_DIRECT_PAYMENT] = "DirectPayment",
    [OCPP_TOKEN_VIN] = "VIN",
};

static const char *const authorizations[] = {
    [OCPP_AUTHORIZATION_ACCEPTED] = "Accepted",
    [OCPP_AUTHORIZATION_BLOCKED] = "Blocked",
    [OCPP_AUTHORIZATION_EXPIRED] = "Expired",
    [OCPP_AUTHORIZATION_INVALID] = "Invalid",
    [OCPP_AUTHORIZATION_CONCURRENT_TX] = "ConcurrentTx",
    [OCPP_AUTHORIZATION_NO_CREDIT] = "NoCredit",
    [OCPP_AUTHORIZATION_NOT_ALLOWED_TYPE_EVSE] = "NotAllowedTypeEVSE",
    [OCPP_AUTHORIZATION_NOT_AT_THIS_LOCATION] = "NotAtThisLocation",
    [OCPP_AUTHORIZATION_NOT_AT_THIS_TIME] = "NotAtThisTime",
    [OCPP_AUTHORIZATION_UNKNOWN] = "Unknown",
};

static const char *const registrations[] = {
    [OCPP_REGISTRATION_ACCEPTED] = "Accepted",
    [OCPP_REGISTRATION_PENDING] = "Pending",
    [OCPP_REGISTRATION_REJECTED] = "Rejected",
};

static const char *const connector_statuses[] = {
    [OCPP_CONNECTOR_AVAILABLE] = "Available",
    [OCPP_CONNECTOR_PREPARING] = "Preparing",
    [OCPP_CONNECTOR_CHARGING] = "Charging",
    [OCPP_CONNECTOR_SUSPENDED_EV] = "SuspendedEV",
    [OCPP_CONNECTOR_SUSPENDED_EVSE] = "SuspendedEVSE",
    [OCPP_CONNECTOR_FINISHING] = "Finishing",
    [OCPP_CONNECTOR_RESERVED] = "Reserved",
    [OCPP_CONNECTOR_UNAVAILABLE] = "Unavailable",
    [OCPP_CONNECTOR_FAULTED] = "Faulted",
    [OCPP_CONNECTOR_OCCUPIED] = "Occupied",
};

static const char *const stop_reasons[] = {
    [OCPP_STOP_DE_AUTHORIZED] = "DeAuthorized",
    [OCPP_STOP_EMERGENCY_STOP] = "EmergencyStop",
    [OCPP_STOP_ENERGY_LIMIT_REACHED] = "EnergyLimitReached",
    [OCPP_STOP_EV_DISCONNECTED] = "EVDisconnected",
    [OCPP_STOP_GROUND_FAULT] = "GroundFault",
    [OCPP_STOP_HARD_RESET] = "HardReset",
    [OCPP_STOP_IMMEDIATE_RESET] = "ImmediateReset",
    [OCPP_STOP_LOCAL] = "Local",
    [OCPP_STOP_LOCAL_OUT_OF_CREDIT] = "LocalOutOfCredit",
    [OCPP_STOP_MASTER_PASS] = "MasterPass",
    [OCPP_STOP_OTHER] = "Other",
    [OCPP_STOP_OVERCURRENT_FAULT] = "OvercurrentFault",
    [OCPP_STOP_POWER_LOSS] = "PowerLoss",
    [OCPP_STOP_POWER_QUALITY] = "PowerQuality",
    [OCPP_STOP_REBOOT] = "Reboot",
    [OCPP_STOP_REMOTE] = "Remote",
    [OCPP_STOP_SOC_LIMIT_REACHED] = "SOCLimitReached",
    [OCPP_STOP_SOFT_RESET] = "SoftReset",
    [OCPP_STOP_STOPPED_BY_EV] = "StoppedByEV",
    [OCPP_STOP_TIME_LIMIT_REACHED] = "TimeLimitReached",
    [OCPP_STOP_TIMEOUT] = "Timeout",
    [OCPP_STOP_UNLOCK_COMMAND] = "UnlockCommand",
};

static const char *const measurands[] = {
    [OCPP_MEASURAND_CURRENT_EXPORT] = "Current.Export",
    [OCPP_MEASURAND_CURRENT_IMPORT] = "Current.Import",
    [OCPP_MEASURAND_CURRENT_OFFERED] = "Current.Offered",
    [OCPP_MEASURAND_ENERGY_ACTIVE_EXPORT_REGISTER] = "Energy.Active.Export.Register",
    [OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER] = "Energy.Active.Import.Register",
    [OCPP_MEASURAND_ENERGY_REACTIVE_EXPORT_REGISTER] = "Energy.Reactive.Export.Register",
    [OCPP_MEASURAND_ENERGY_REACTIVE_IMPORT_REGISTER] = "Energy.Reactive.Import.Register",
    [OCPP_MEASURAND_ENERGY_ACTIVE_EXPORT_INTERVAL] = "Energy.Active.Export.Interval",
    [OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_INTERVAL] = "Energy.Active.Import.Interval",
    [OCPP_MEASURAND_ENERGY_REACTIVE_EXPORT_INTERVAL] = "Energy.Reactive.Export.Interval",
    [OCPP_MEASURAND_ENERGY_REACTIVE_IMPORT_INTERVAL] = "Energy.Reactive.Import.Interval",
    [OCPP_MEASURAND_ENERGY_ACTIVE_NET] = "Energy.Active.Net",
    [OCPP_MEASURAND_ENERGY_REACTIVE_NET] = "Energy.Reactive.Net",
    [OCPP_MEASURAND_ENERGY_APPARENT_NET] = "Energy.Apparent.Net",
    [OCPP_MEASURAND_ENERGY_APPARENT_IMPORT] = "Energy.Apparent.Import",
    [OCPP_MEASURAND_ENERGY_APPARENT_EXPORT] = "Energy.Apparent.Export",
    [OCPP_MEASURAND_FREQUENCY] = "Frequency",
    [OCPP_MEASURAND_POWER_ACTIVE_EXPORT] = "Power.Active.Export",
    [OCPP_MEASURAND_POWER_ACTIVE_IMPORT] = "Power.Active.Import",
    [OCPP_MEASURAND_POWER_FACTOR] = "Power.Factor",
    [OCPP_MEASURAND_POWER_OFFERED] = "Power.Offered",
    [OCPP_MEASURAND_POWER_REACTIVE_EXPORT] = "Power.Reactive.Export",
    [OCPP_MEASURAND_POWER_REACTIVE_IMPORT] = "Power.Reactive.Import",
    [OCPP_MEASURAND_RPM] = "RPM",
    [OCPP_MEASURAND_SOC] = "SoC",
    [OCPP_MEASURAND_TEMPERATURE] = "Temperature",
    [OCPP_MEASURAND_VOLTAGE] = "Voltage",
};

static const char *const measurand_units[] = {
    [OCPP_MEASURAND_CURRENT_EXPORT] = "A",
    [OCPP_MEASURAND_CURRENT_IMPORT] = "A",
    [OCPP_MEASURAND_CURRENT_OFFERED] = "A",
    [OCPP_MEASURAND_ENERGY_ACTIVE_EXPORT_REGISTER] = "Wh",
    [OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER] = "Wh",
    [OCPP_MEASURAND_ENERGY_REACTIVE_EXPORT_REGISTER] = "varh",
    [OCPP_MEASURAND_ENERGY_REACTIVE_IMPORT_REGISTER] = "varh",
    [OCPP_MEASURAND_ENERGY_ACTIVE_EXPORT_INTERVAL] = "Wh",
    [OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_INTERVAL] = "Wh",
    [OCPP_MEASURAND_ENERGY_REACTIVE_EXPORT_INTERVAL] = "varh",
    [OCPP_MEASURAND_ENERGY_REACTIVE_IMPORT_INTERVAL] = "varh",
    [OCPP_MEASURAND_ENERGY_ACTIVE_NET] = "Wh",
    [OCPP_MEASURAND_ENERGY_REACTIVE_NET] = "varh",
    [OCPP_MEASURAND_ENERGY_APPARENT_NET] = "VAh",
    [OCPP_MEASURAND_ENERGY_APPARENT_IMPORT] = "VAh",
    [OCPP_MEASURAND_ENERGY_APPARENT_EXPORT] = "VAh",
    [OCPP_MEASURAND_FREQUENCY] = "Hz",
    [OCPP_MEASURAND_POWER_ACTIVE_EXPORT] = "W",
    [OCPP_MEASURAND_POWER_ACTIVE_IMPORT] = "W",
    [OCPP_MEASURAND_POWER_FACTOR] = "",
    [OCPP_MEASURAND_POWER_OFFERED] = "W",
    [OCPP_MEASURAND_POWER_REACTIVE_EXPORT] = "var",
    [OCPP_MEASURAND_POWER_REACTIVE_IMPORT] = "var",
    [OCPP_MEASURAND_RPM] = "1/min",
    [OCPP_MEASURAND_SOC] = "Percent",
    [OCPP_MEASURAND_TEMPERATURE] = "Celsius",
    [OCPP_MEASURAND_VOLTAGE] = "V",
};

static const char *const phases[] = {
    [OCPP_PHASE_L1] = "L1",       [OCPP_PHASE_L2] = "L2",       [OCPP_PHASE_L3] = "L3",       [OCPP_PHASE_N] = "N",
    [OCPP_PHASE_L1_N] = "L1-N",   [OCPP_PHASE_L2_N] = "L2-N",   [OCPP_PHASE_L3_N] = "L3-N",
    [OCPP_PHASE_L1_L2] = "L1-L2", [OCPP_PHASE_L2_L3] = "L2-L3", [OCPP_PHASE_L3_L1] = "L3-L1",
};

static const char *const locations[] = {
    [OCPP_LOCATION_BODY] = "Body", [OCPP_LOCATION_CABLE] = "Cable", [OCPP_LOCATION_EV] = "EV",
    [OCPP_LOCATION_INLET] = "Inlet", [OCPP_LOCATION_OUTLET] = "Outlet",
};

static const char *const reading_contexts[] = {
    [OCPP_CONTEXT_INTERRUPTION_BEGIN] = "Interruption.Begin",
    [OCPP_CONTEXT_INTERRUPTION_END] = "Interruption.End",
    [OCPP_CONTEXT_OTHER] = "Other",
    [OCPP_CONTEXT_SAMPLE_CLOCK] = "Sample.Clock",
    [OCPP_CONTEXT_SAMPLE_PERIODIC] = "Sample.Periodic",
    [OCPP_CONTEXT_TRANSACTION_BEGIN] = "Transaction.Begin",
    [OCPP_CONTEXT_TRANSACTION_END] = "Transaction.End",
    [OCPP_CONTEXT_TRIGGER] = "Trigger",
};

static const char *const triggers[] = {
    [OCPP_TRIGGER_AUTHORIZED] = "Authorized",
    [OCPP_TRIGGER_CABLE_PLUGGED_IN] = "CablePluggedIn",
    [OCPP_TRIGGER_CHARGING_RATE_CHANGED] = "ChargingRateChanged",
    [OCPP_TRIGGER_CHARGING_STATE_CHANGED] = "ChargingStateChanged",
    [OCPP_TRIGGER_DEAUTHORIZED] = "Deauthorized",
    [OCPP_TRIGGER_ENERGY_LIMIT_REACHED] = "EnergyLimitReached",
    [OCPP_TRIGGER_EV_COMMUNICATION_LOST] = "EVCommunicationLost",
    [OCPP_TRIGGER_EV_CONNECT_TIMEOUT] = "EVConnectTimeout",
    [OCPP_TRIGGER_METER_VALUE_CLOCK] = "MeterValueClock",
    [OCPP_TRIGGER_METER_VALUE_PERIODIC] = "MeterValuePeriodic",
    [OCPP_TRIGGER_TIME_LIMIT_REACHED] = "TimeLimitReached",
    [OCPP_TRIGGER_TRIGGER] = "Trigger",
    [OCPP_TRIGGER_UNLOCK_COMMAND] = "UnlockCommand",
    [OCPP_TRIGGER_STOP_AUTHORIZED] = "StopAuthorized",
    [OCPP_TRIGGER_EV_DEPARTED] = "EVDeparted",
    [OCPP_TRIGGER_EV_DETECTED] = "EVDetected",
    [OCPP_TRIGGER_REMOTE_STOP] = "RemoteStop",
    [OCPP_TRIGGER_REMOTE_START] = "RemoteStart",
    [OCPP_TRIGGER_ABNORMAL_CONDITION] = "AbnormalCondition",
    [OCPP_TRIGGER_SIGNED_DATA_RECEIVED] = "SignedDataReceived",
    [OCPP_TRIGGER_RESET_COMMAND] = "ResetCommand",
};

static const char *const charging_states[] = {
    [OCPP_CHARGING_STATE_CHARGING] = "Charging",
    [OCPP_CHARGING_STATE_EV_CONNECTED] = "EVConnected",
    [OCPP_CHARGING_STATE_SUSPENDED_EV] = "SuspendedEV",
    [OCPP_CHARGING_STATE_SUSPENDED_EVSE] = "SuspendedEVSE",
    [OCPP_CHARGING_STATE_IDLE] = "Idle",
};
/* clang-format on */

static const char *name_of(struct names names, size_t value)
{
    return value > 0 && value < names.count ? names.of[value] : "Unknown";
}

static int value_of(struct names names, const char *name)
{
    for (size_t value = 1; value < names.count; value++) {
        if (ocpp_text_equal_fold(names.of[value], name)) {
            return (int)value;
        }
    }
    return 0;
}

const char *ocpp_token_type_name(enum ocpp_token_type type)
{
    return name_of(NAMES(token_types), (size_t)type);
}

const char *ocpp_authorization_name(enum ocpp_authorization authorization)
{
    return name_of(NAMES(authorizations), (size_t)authorization);
}

const char *ocpp_registration_name(enum ocpp_registration registration)
{
    return name_of(NAMES(registrations), (size_t)registration);
}

const char *ocpp_connector_status_name(enum ocpp_connector_status status)
{
    return name_of(NAMES(connector_statuses), (size_t)status);
}

const char *ocpp_stop_reason_name(enum ocpp_stop_reason reason)
{
    return name_of(NAMES(stop_reasons), (size_t)reason);
}

const char *ocpp_measurand_name(enum ocpp_measurand measurand)
{
    return name_of(NAMES(measurands), (size_t)measurand);
}

const char *ocpp_measurand_unit(enum ocpp_measurand measurand)
{
    return name_of(NAMES(measurand_units), (size_t)measurand);
}

const char *ocpp_phase_name(enum ocpp_phase phase)
{
    return name_of(NAMES(phases), (size_t)phase);
}

const char *ocpp_location_name(enum ocpp_location location)
{
    return name_of(NAMES(locations), (size_t)location);
}

const char *ocpp_reading_context_name(enum ocpp_reading_context context)
{
    return name_of(NAMES(reading_contexts), (size_t)context);
}

const char *ocpp_trigger_name(enum ocpp_trigger trigger)
{
    return name_of(NAMES(triggers), (size_t)trigger);
}

const char *ocpp_charging_state_name(enum ocpp_charging_state state)
{
    return name_of(NAMES(charging_states), (size_t)state);
}

enum ocpp_token_type ocpp_token_type_of(const char *name)
{
    return (enum ocpp_token_type)value_of(NAMES(token_types), name);
}

enum ocpp_authorization ocpp_authorization_of(const char *name)
{
    return (enum ocpp_authorization)value_of(NAMES(authorizations), name);
}

enum ocpp_registration ocpp_registration_of(const char *name)
{
    return (enum ocpp_registration)value_of(NAMES(registrations), name);
}

enum ocpp_stop_reason ocpp_stop_reason_of(const char *name)
{
    return (enum ocpp_stop_reason)value_of(NAMES(stop_reasons), name);
}

enum ocpp_measurand ocpp_measurand_of(const char *name)
{
    return (enum ocpp_measurand)value_of(NAMES(measurands), name);
}

enum ocpp_phase ocpp_phase_of(const char *name)
{
    return (enum ocpp_phase)value_of(NAMES(phases), name);
}
