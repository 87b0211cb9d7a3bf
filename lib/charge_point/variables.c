/* variables.c: the table of settings, their texts, their bounds, and where they are kept. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "text.h"

/* clang-format off */
static const struct variable_row rows[VARIABLE_COUNT] = {
    /*                                 name                   key                                 component          variable                    instance            kind             writable minimum maximum text */
    [VARIABLE_HEARTBEAT_INTERVAL_S] = { "HeartbeatInterval",   "HeartbeatInterval",                 "OCPPCommCtrlr",   "HeartbeatInterval",          NULL,               KIND_INTEGER,    true,  1, 31 * 86400, NULL },
    [VARIABLE_CONNECTION_TIMEOUT_S] = { "ConnectionTimeOut",   "ConnectionTimeOut",                 "TxCtrlr",         "EVConnectionTimeOut",        NULL,               KIND_INTEGER,    true,  0, 86400,      NULL },
    [VARIABLE_SAMPLE_INTERVAL_S] =    { "SampleInterval",      "MeterValueSampleInterval",          "SampledDataCtrlr", "TxUpdatedInterval",         NULL,               KIND_INTEGER,    true,  0, 86400,      NULL },
    [VARIABLE_SAMPLED_MEASURANDS] =   { "SampledMeasurands",   "MeterValuesSampledData",            "SampledDataCtrlr", "TxUpdatedMeasurands",       NULL,               KIND_MEASURANDS, true,  0, 0,          NULL },
    [VARIABLE_START_MEASURANDS] =     { "StartMeasurands",     NULL,                                "SampledDataCtrlr", "TxStartedMeasurands",       NULL,               KIND_MEASURANDS, true,  0, 0,          NULL },
    [VARIABLE_END_MEASURANDS] =       { "EndMeasurands",       NULL,                                "SampledDataCtrlr", "TxEndedMeasurands",         NULL,               KIND_MEASURANDS, true,  0, 0,          NULL },
    [VARIABLE_STOP_DATA_MEASURANDS] = { "StopDataMeasurands",  "StopTxnSampledData",                NULL,              NULL,                         NULL,               KIND_MEASURANDS, true,  0, 0,          NULL },
    [VARIABLE_MINIMUM_STATUS_S] =     { "MinimumStatus",       "MinimumStatusDuration",             NULL,              NULL,                         NULL,               KIND_INTEGER,    true,  0, 3600,       NULL },
    [VARIABLE_MESSAGE_ATTEMPTS] =     { "MessageAttempts",     "TransactionMessageAttempts",        "OCPPCommCtrlr",   "MessageAttempts",            "TransactionEvent", KIND_INTEGER,    true,  1, 1000,       NULL },
    [VARIABLE_MESSAGE_RETRY_S] =      { "MessageRetry",        "TransactionMessageRetryInterval",   "OCPPCommCtrlr",   "MessageAttemptInterval",     "TransactionEvent", KIND_INTEGER,    true,  0, 86400,      NULL },
    [VARIABLE_AUTHORIZE_REMOTE] =     { "AuthorizeRemote",     "AuthorizeRemoteTxRequests",         "AuthCtrlr",       "AuthorizeRemoteStart",       NULL,               KIND_BOOLEAN,    true,  0, 1,          NULL },
    [VARIABLE_OFFLINE_UNKNOWN] =      { "OfflineUnknown",      "AllowOfflineTxForUnknownId",        "AuthCtrlr",       "OfflineTxForUnknownIdEnabled", NULL,             KIND_BOOLEAN,    true,  0, 1,          NULL },
    [VARIABLE_STOP_ON_INVALID] =      { "StopOnInvalid",       "StopTransactionOnInvalidId",        "TxCtrlr",         "StopTxOnInvalidId",          NULL,               KIND_BOOLEAN,    true,  0, 1,          NULL },
    [VARIABLE_STOP_ON_DISCONNECT] =   { "StopOnDisconnect",    "StopTransactionOnEVSideDisconnect", "TxCtrlr",         "StopTxOnEVSideDisconnect",   NULL,               KIND_BOOLEAN,    true,  0, 1,          NULL },
    [VARIABLE_OFFLINE_THRESHOLD_S] =  { "OfflineThreshold",    NULL,                                "OCPPCommCtrlr",   "OfflineThreshold",           NULL,               KIND_INTEGER,    true,  0, 86400,      NULL },
    [VARIABLE_CONNECTOR_COUNT] =      { "ConnectorCount",      "NumberOfConnectors",                NULL,              NULL,                         NULL,               KIND_INTEGER,    false, 0, 0,          NULL },
    [VARIABLE_FEATURE_PROFILES] =     { "FeatureProfiles",     "SupportedFeatureProfiles",          NULL,              NULL,                         NULL,               KIND_TEXT,       false, 0, 0,          "Core,RemoteTrigger" },
    [VARIABLE_KEYS_PER_REQUEST] =     { "KeysPerRequest",      "GetConfigurationMaxKeys",           NULL,              NULL,                         NULL,               KIND_INTEGER,    false, 0, 0,          NULL },
    [VARIABLE_TX_START_POINT] =       { "TxStartPoint",        NULL,                                "TxCtrlr",         "TxStartPoint",               NULL,               KIND_TEXT,       false, 0, 0,          "PowerPathClosed" },
    [VARIABLE_TX_STOP_POINT] =        { "TxStopPoint",         NULL,                                "TxCtrlr",         "TxStopPoint",                NULL,               KIND_TEXT,       false, 0, 0,          "PowerPathClosed" },
};
/* clang-format on */

#define BIT(measurand) ((int64_t)1 << (measurand))

const struct variable_row *ocpp_cp_variable_row(enum variable variable)
{
    return &rows[variable];
}

void ocpp_cp_variable_defaults(struct ocpp_charge_point *cp)
{
    const struct ocpp_charge_point_settings *settings = &cp->settings;
    const int64_t usual = BIT(OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER) | BIT(OCPP_MEASURAND_POWER_ACTIVE_IMPORT) |
                          BIT(OCPP_MEASURAND_CURRENT_IMPORT) | BIT(OCPP_MEASURAND_VOLTAGE) | BIT(OCPP_MEASURAND_SOC);
    const int64_t defaults[VARIABLE_COUNT] = {
        [VARIABLE_HEARTBEAT_INTERVAL_S] = (settings->heartbeat_interval_ms + 999) / 1000,
        [VARIABLE_CONNECTION_TIMEOUT_S] = settings->connection_timeout_ms / 1000,
        [VARIABLE_SAMPLE_INTERVAL_S] = settings->sample_interval_ms / 1000,
        [VARIABLE_SAMPLED_MEASURANDS] = usual,
        [VARIABLE_START_MEASURANDS] = BIT(OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER),
        [VARIABLE_END_MEASURANDS] = BIT(OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER),
        [VARIABLE_MINIMUM_STATUS_S] = settings->minimum_status_duration_ms / 1000,
        [VARIABLE_MESSAGE_ATTEMPTS] = settings->transaction_attempts,
        [VARIABLE_MESSAGE_RETRY_S] = settings->transaction_retry_ms / 1000,
        [VARIABLE_OFFLINE_UNKNOWN] = settings->offline_unknown_allowed,
        [VARIABLE_STOP_ON_INVALID] = 1,
        [VARIABLE_STOP_ON_DISCONNECT] = 1,
        [VARIABLE_OFFLINE_THRESHOLD_S] = 60,
        [VARIABLE_CONNECTOR_COUNT] = settings->evse_count * settings->connectors_per_evse,
        [VARIABLE_KEYS_PER_REQUEST] = VARIABLE_COUNT,
    };
    memcpy(cp->values, defaults, sizeof(defaults));
}

/* --- as text
 * ----------------------------------------------------------------------------------------------------------------------- */

static void measurands_text(int64_t set, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    size_t size = 0;
    text[0] = '\0';
    for (int measurand = 1; measurand <= OCPP_MEASURAND_VOLTAGE; measurand++) {
        const char *name = ocpp_measurand_name((enum ocpp_measurand)measurand);
        if ((set & BIT(measurand)) != 0 && size + strlen(name) + 2 <= OCPP_VARIABLE_TEXT_SIZE) {
            size += (size_t)snprintf(text + size, OCPP_VARIABLE_TEXT_SIZE - size, "%s%s", size == 0 ? "" : ",", name);
        }
    }
}

void ocpp_cp_variable_text(const struct ocpp_charge_point *cp, enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const int64_t value = cp->values[variable];
    switch (rows[variable].kind) {
    case KIND_INTEGER:
        ocpp_integer_format(value, text);
        return;
    case KIND_BOOLEAN:
        snprintf(text, OCPP_VARIABLE_TEXT_SIZE, "%s", value != 0 ? "true" : "false");
        return;
    case KIND_MEASURANDS:
        measurands_text(value, text);
        return;
    case KIND_TEXT:
        snprintf(text, OCPP_VARIABLE_TEXT_SIZE, "%s", rows[variable].text);
        return;
    }
}

/* --- from text
 * --------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_integer(const char *text, int64_t *value)
{
    struct ocpp_decimal decimal;
    const enum ocpp_status status = ocpp_decimal_parse(text, strlen(text), &decimal);
    if (status != OCPP_OK) {
        return OCPP_ERR_VALUE;
    }
    if (ocpp_decimal_to_integer(decimal, 0, value) != OCPP_OK) {
        return OCPP_ERR_RANGE;
    }
    return ocpp_decimal_compare(decimal, OCPP_DECIMAL(*value, 0)) == 0 ? OCPP_OK : OCPP_ERR_VALUE;
}

static enum ocpp_status read_boolean(const char *text, int64_t *value)
{
    *value = ocpp_text_equal_fold(text, "true");
    return *value == 1 || ocpp_text_equal_fold(text, "false") ? OCPP_OK : OCPP_ERR_VALUE;
}

/* A comma-separated list; one unknown name refuses it whole (1.6 errata 3.14.4). Spaces around names are forgiven. */
static enum ocpp_status read_measurands(const char *text, int64_t *value)
{
    *value = 0;
    while (*text != '\0') {
        char name[64];
        text += strspn(text, " ");
        size_t size = strcspn(text, ",");
        const char *next = text + size;
        while (size > 0 && text[size - 1] == ' ') {
            size--;
        }
        if (size == 0 || size >= sizeof(name)) {
            return OCPP_ERR_VALUE;
        }
        memcpy(name, text, size);
        name[size] = '\0';
        const enum ocpp_measurand measurand = ocpp_measurand_of(name);
        if (measurand == OCPP_MEASURAND_UNKNOWN) {
            return OCPP_ERR_VALUE;
        }
        *value |= BIT(measurand);
        text = *next == ',' ? next + 1 : next;
        if (*next == ',' && *text == '\0') {
            return OCPP_ERR_VALUE;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status read_value(const struct variable_row *row, const char *text, int64_t *value)
{
    enum ocpp_status status = OCPP_ERR_STATE;
    switch (row->kind) {
    case KIND_INTEGER:
        status = read_integer(text, value);
        if (status == OCPP_OK && (*value < row->minimum || *value > row->maximum)) {
            return OCPP_ERR_RANGE;
        }
        return status;
    case KIND_BOOLEAN:
        return read_boolean(text, value);
    case KIND_MEASURANDS:
        return read_measurands(text, value);
    case KIND_TEXT:
        break;
    }
    return status;
}

/* --- keeping
 * --------------------------------------------------------------------------------------------------------------------------- */

static void variable_key(enum variable variable, char key[OCPP_KEY_SIZE])
{
    snprintf(key, OCPP_KEY_SIZE, "variable/%s", rows[variable].name);
}

/* What goes on and depends on a value starts anew with it. */
static void apply(struct ocpp_charge_point *cp, enum variable variable)
{
    for (int i = 0; variable == VARIABLE_SAMPLE_INTERVAL_S && i < cp->settings.evse_count; i++) {
        if (cp->evses[i].state == EVSE_RUNNING) {
            ocpp_cp_schedule_samples(cp, &cp->evses[i]);
        }
    }
    cp->dirty = true;
}

enum ocpp_status ocpp_cp_variable_set(struct ocpp_charge_point *cp, enum variable variable, const char *text)
{
    if (!rows[variable].writable) {
        return OCPP_ERR_STATE;
    }
    struct variable_record record;
    enum ocpp_status status = read_value(&rows[variable], text, &record.value);
    if (status != OCPP_OK) {
        return status;
    }
    char key[OCPP_KEY_SIZE];
    variable_key(variable, key);
    status = ocpp_cp_put(cp, key, &variable_layout, &record);
    if (status == OCPP_OK) {
        cp->values[variable] = record.value;
        apply(cp, variable);
    }
    return status;
}

static bool is_in_bounds(const struct variable_row *row, int64_t value)
{
    return row->writable && (row->kind == KIND_MEASURANDS || (value >= row->minimum && value <= row->maximum));
}

enum ocpp_status ocpp_cp_variables_load(struct ocpp_charge_point *cp)
{
    for (int variable = 0; variable < VARIABLE_COUNT; variable++) {
        char key[OCPP_KEY_SIZE];
        struct variable_record record;
        variable_key((enum variable)variable, key);
        const enum ocpp_status status = ocpp_cp_read_record(cp, key, &variable_layout, &record);
        if (status == OCPP_OK && is_in_bounds(&rows[variable], record.value)) {
            cp->values[variable] = record.value;
        }
        if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
            return status;
        }
    }
    return OCPP_OK;
}
