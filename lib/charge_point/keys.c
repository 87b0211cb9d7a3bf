/* keys.c: the flat keys of OCPP 1.6 edition 2 chapter 9, errata 3.76 to 3.91, the security whitepaper chapter 7 and the
 * application notes on Plug & Charge and pricing, as names of variables. */
#include "keys.h"

#include <stdio.h>
#include <string.h>

#include "charge_point_internal.h"
#include "decimal.h"
#include "encoding.h"
#include "text.h"

#define ROW(key, mapping, variable, access, feature)                                                                             \
    {                                                                                                                            \
        key, KEY_##mapping, VARIABLE_##variable, ACCESS_##access, FEATURE_##feature                                              \
    }
#define FIRMWARE(key)                                                                                                            \
    {                                                                                                                            \
        key, KEY_OF_FIRMWARE, VARIABLE_COUNT, ACCESS_READ, FEATURE_ALWAYS                                                        \
    }

/* clang-format off */
static const struct key_row rows[OCPP_KEY_ROWS] = {
    ROW("AllowNewSessionsPendingFirmwareUpdate", SAME,        SESSIONS_PENDING_UPDATE,  BOTH, FIRMWARE),
    ROW("AllowOfflineTxForUnknownId",         SAME,           OFFLINE_UNKNOWN,          BOTH, ALWAYS),
    ROW("AlignedDataSignReadings",            SAME,           ALIGNED_SIGN_READINGS,    BOTH, SIGNED_READINGS),
    ROW("AlignedDataSignUpdatedReadings",     SAME,           ALIGNED_SIGN_UPDATED,     BOTH, SIGNED_READINGS),
    ROW("AuthorizationCacheEnabled",          SAME,           CACHE_ENABLED,            BOTH, ALWAYS),
    ROW("AuthorizeRemoteTxRequests",          SAME,           AUTHORIZE_REMOTE,         BOTH, ALWAYS),
    FIRMWARE("BlinkRepeat"),
    ROW("ClockAlignedDataInterval",           FAN_OUT,        ALIGNED_INTERVAL_S,       BOTH, ALWAYS),
    ROW("ConnectionTimeOut",                  SAME,           CONNECTION_TIMEOUT_S,     BOTH, ALWAYS),
    ROW("ConnectorPhaseRotation",             ALONE,          PHASE_ROTATION,           BOTH, ALWAYS),
    ROW("ConnectorPhaseRotationMaxLength",    CHARACTERISTIC, PHASE_ROTATION,           READ, ALWAYS),
    ROW("GetConfigurationMaxKeys",            COMPUTED,       KEYS_PER_REQUEST,         READ, ALWAYS),
    ROW("HeartbeatInterval",                  SAME,           HEARTBEAT_INTERVAL_S,     BOTH, ALWAYS),
    FIRMWARE("LightIntensity"),
    ROW("LocalAuthorizeOffline",              SAME,           LOCAL_AUTHORIZE_OFFLINE,  BOTH, ALWAYS),
    ROW("LocalPreAuthorize",                  SAME,           LOCAL_PRE_AUTHORIZE,      BOTH, ALWAYS),
    ROW("MaxEnergyOnInvalidId",               SAME,           MAX_ENERGY_ON_INVALID_WH, BOTH, ALWAYS),
    ROW("MeterValuesAlignedData",             SAME,           ALIGNED_MEASURANDS,       BOTH, ALWAYS),
    ROW("MeterValuesAlignedDataMaxLength",    CHARACTERISTIC, ALIGNED_MEASURANDS,       READ, ALWAYS),
    ROW("MeterValuesSampledData",             SAME,           SAMPLED_MEASURANDS,       BOTH, ALWAYS),
    ROW("MeterValuesSampledDataMaxLength",    CHARACTERISTIC, SAMPLED_MEASURANDS,       READ, ALWAYS),
    ROW("MeterValueSampleInterval",           SAME,           SAMPLE_INTERVAL_S,        BOTH, ALWAYS),
    ROW("MinimumStatusDuration",              SAME,           MINIMUM_STATUS_S,         BOTH, ALWAYS),
    ROW("NumberOfConnectors",                 COMPUTED,       CONNECTOR_COUNT,          READ, ALWAYS),
    ROW("PublicKeyWithSignedMeterValue",      SAME,           PUBLIC_KEY,               BOTH, SIGNED_READINGS),
    ROW("ResetRetries",                       SAME,           RESET_RETRIES,            BOTH, ALWAYS),
    ROW("SampledDataSignReadings",            SAME,           SIGN_READINGS,            BOTH, SIGNED_READINGS),
    ROW("SampledDataSignStartedReadings",     SAME,           SIGN_STARTED,             BOTH, SIGNED_READINGS),
    ROW("SampledDataSignUpdatedReadings",     SAME,           SIGN_UPDATED,             BOTH, SIGNED_READINGS),
    ROW("StopTransactionOnEVSideDisconnect",  SAME,           STOP_ON_DISCONNECT,       BOTH, ALWAYS),
    ROW("StopTransactionOnInvalidId",         SAME,           STOP_ON_INVALID,          BOTH, ALWAYS),
    ROW("StopTxnAlignedData",                 ALONE,          STOP_ALIGNED_MEASURANDS,  BOTH, ALWAYS),
    ROW("StopTxnAlignedDataMaxLength",        CHARACTERISTIC, STOP_ALIGNED_MEASURANDS,  READ, ALWAYS),
    ROW("StopTxnSampledData",                 ALONE,          STOP_DATA_MEASURANDS,     BOTH, ALWAYS),
    ROW("StartTxnSampledData",                ALONE,          START_DATA_MEASURANDS,    BOTH, ALWAYS),
    ROW("StopTxnSampledDataMaxLength",        CHARACTERISTIC, STOP_DATA_MEASURANDS,     READ, ALWAYS),
    ROW("SupportedFeatureProfiles",           COMPUTED,       FEATURE_PROFILES,         READ, ALWAYS),
    ROW("SupportedFeatureProfilesMaxLength",  CHARACTERISTIC, FEATURE_PROFILES,         READ, ALWAYS),
    ROW("TransactionMessageAttempts",         SAME,           MESSAGE_ATTEMPTS,         BOTH, ALWAYS),
    ROW("TransactionMessageRetryInterval",    SAME,           MESSAGE_RETRY_S,          BOTH, ALWAYS),
    ROW("UnlockConnectorOnEVSideDisconnect",  SAME,           UNLOCK_ON_DISCONNECT,     BOTH, ALWAYS),
    ROW("WebSocketPingInterval",              SAME,           PING_INTERVAL_S,          BOTH, ALWAYS),
    ROW("LocalAuthListEnabled",               SAME,           LIST_ENABLED,             BOTH, ALWAYS),
    ROW("LocalAuthListMaxLength",             CHARACTERISTIC, LIST_ENTRIES,             READ, ALWAYS),
    ROW("SendLocalListMaxLength",             SAME,           LIST_ITEMS_PER_MESSAGE,   READ, ALWAYS),
    ROW("ReserveConnectorZeroSupported",      SAME,           RESERVE_ANY_EVSE,         READ, ALWAYS),
    ROW("ChargeProfileMaxStackLevel",         SAME,           PROFILE_STACK_LEVELS,     READ, ALWAYS),
    ROW("ChargingScheduleAllowedChargingRateUnit", CONVERTED, PROFILE_RATE_UNITS,       READ, ALWAYS),
    ROW("ChargingScheduleMaxPeriods",         SAME,           PROFILE_PERIODS,          READ, ALWAYS),
    ROW("ConnectorSwitch3to1PhaseSupported",  SAME,           PHASES_3_TO_1,            READ, ALWAYS),
    ROW("MaxChargingProfilesInstalled",       CHARACTERISTIC, PROFILE_ENTRIES,          READ, ALWAYS),
    ROW("MessageTimeout",                     SAME,           MESSAGE_TIMEOUT_S,        BOTH, ALWAYS),
    ROW("StopTransactionMaxMeterValues",      COMPUTED,       STOP_VALUES,              READ, ALWAYS),
    ROW("SupportedFileTransferProtocols",     CONVERTED,      FILE_PROTOCOLS,           READ, FILES),
    ROW("AdditionalRootCertificateCheck",     SAME,           ROOT_CHECK,               READ, CERTIFICATES),
    ROW("AuthorizationKey",                   CONVERTED,      PASSWORD,                 WRITE, NETWORK),
    ROW("CertificateSignedMaxChainSize",      SAME,           CERTIFICATE_CHAIN_SIZE,   READ, CERTIFICATES),
    ROW("CertificateStoreMaxLength",          CHARACTERISTIC, CERTIFICATES,             READ, CERTIFICATES),
    ROW("CpoName",                            SAME,           ORGANIZATION,             BOTH, SECURITY),
    ROW("SecurityProfile",                    SAME,           SECURITY_PROFILE,         BOTH, NETWORK),
    ROW("AllowCentralSystemTLSWildcards",     SAME,           ALLOW_WILDCARDS,          BOTH, NETWORK),
    ROW("AllowSecurityProfileDowngrade",      SAME,           ALLOW_DOWNGRADE,          BOTH, NETWORK),
    ROW("CertSigningWaitMinimum",             SAME,           CERTIFICATE_WAIT_S,       BOTH, CERTIFICATES),
    ROW("CertSigningRepeatTimes",             SAME,           CERTIFICATE_REPEATS,      BOTH, CERTIFICATES),
    ROW("ISO15118PnCEnabled",                 SAME,           PNC_ENABLED,              BOTH, PLUG_AND_CHARGE),
    ROW("CentralContractValidationAllowed",   SAME,           PNC_CENTRAL_VALIDATION,   BOTH, PLUG_AND_CHARGE),
    ROW("ContractValidationOffline",          SAME,           PNC_OFFLINE_VALIDATION,   BOTH, PLUG_AND_CHARGE),
    FIRMWARE("CustomDisplayCostAndPrice"),
    FIRMWARE("NumberOfDecimalsForCostValues"),
    FIRMWARE("DefaultPrice"),
    FIRMWARE("DefaultPriceText,<lang>"),
    ROW("TimeOffset",                         SAME,           TIME_OFFSET,              BOTH, ALWAYS),
    ROW("NextTimeOffsetTransitionDateTime",   SAME,           NEXT_OFFSET_DATE,         BOTH, ALWAYS),
    ROW("TimeOffsetNextTransition",           SAME,           NEXT_OFFSET,              BOTH, ALWAYS),
    FIRMWARE("CustomIdleFeeAfterStop"),
    FIRMWARE("SupportedLanguages"),
    FIRMWARE("CustomMultiLanguageMessages"),
    FIRMWARE("Language"),
    FIRMWARE("WaitForSetUserPriceTimeout"),
};
/* clang-format on */

const struct key_row *ocpp_cp_key_row(size_t index)
{
    return &rows[index];
}

bool ocpp_cp_key_is_there(const struct ocpp_charge_point *cp, const struct key_row *row)
{
    return row->mapping != KEY_OF_FIRMWARE && ocpp_cp_has_feature(cp, (enum feature)row->feature) &&
           ocpp_cp_has_variable(cp, (enum variable)row->variable);
}

const struct key_row *ocpp_cp_key_find(const struct ocpp_charge_point *cp, const char *key)
{
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        if (ocpp_text_equal_fold(rows[i].key, key)) {
            return ocpp_cp_key_is_there(cp, &rows[i]) ? &rows[i] : NULL;
        }
    }
    return NULL;
}

/* A key may have an access of its own: some that may be changed here may only be read in the device model. */
bool ocpp_cp_key_is_writable(const struct ocpp_charge_point *cp, const struct key_row *row)
{
    const bool is_latch = ocpp_cp_variable_row((enum variable)row->variable)->access == ACCESS_BOTH_WITH_LOCK;
    return row->access != ACCESS_READ && (!is_latch || ocpp_cp_variable_is_writable(cp, (enum variable)row->variable));
}

bool ocpp_cp_key_names_variable(const struct key_row *row)
{
    const bool is_name = row->mapping == KEY_SAME || row->mapping == KEY_CONVERTED || row->mapping == KEY_FAN_OUT;
    return is_name && ocpp_cp_variable_row((enum variable)row->variable)->component != COMPONENT_NONE;
}

const char *ocpp_cp_key_naming(const struct ocpp_charge_point *cp, enum variable variable)
{
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        if (rows[i].variable == variable && rows[i].mapping != KEY_CHARACTERISTIC && ocpp_cp_key_is_there(cp, &rows[i])) {
            return rows[i].key;
        }
    }
    return NULL;
}

bool ocpp_cp_key_is_ours(const char *key)
{
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        if (ocpp_text_equal_fold(rows[i].key, key)) {
            return rows[i].mapping != KEY_OF_FIRMWARE;
        }
    }
    return false;
}

/* --- reading
 * --------------------------------------------------------------------------------------------------------------------------- */

/* How many members a list may have; where no variable says it, as many as the meters measure. */
static int64_t list_length(const struct ocpp_charge_point *cp, enum variable variable)
{
    const struct {
        enum variable list;
        int64_t length;
    } lengths[] = {
        { VARIABLE_LIST_ENTRIES, cp->values[VARIABLE_LIST_LENGTH] },
        { VARIABLE_PROFILE_ENTRIES, cp->values[VARIABLE_PROFILE_LENGTH] },
        { VARIABLE_CERTIFICATES, cp->values[VARIABLE_CERTIFICATE_LENGTH] },
        { VARIABLE_PHASE_ROTATION, cp->values[VARIABLE_CONNECTOR_COUNT] + 1 }, /* and the station's own connection */
        { VARIABLE_FEATURE_PROFILES, 6 },                                      /* as many as the standard has */
    };
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        if (lengths[i].list == variable) {
            return lengths[i].length;
        }
    }
    int64_t count = 0;
    for (int64_t rest = ocpp_cp_measurable(cp) >> 1 & (((int64_t)1 << OCPP_MEASURAND_VOLTAGE) - 1); rest != 0; rest &= rest - 1) {
        count++;
    }
    return count + MOST_PHASED;
}

/* Words of flat keys that the device model spells otherwise. */
static void convert(const struct ocpp_charge_point *cp, enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    static const char *const units[] = { "", "Current", "Power", "Current,Power" };
    if (variable == VARIABLE_PROFILE_RATE_UNITS) { /* errata 3.88 */
        snprintf(text, OCPP_VARIABLE_TEXT_SIZE, "%s", units[cp->values[variable] & 3]);
        return;
    }
    ocpp_cp_variable_text(cp, variable, text); /* the protocols, without the one that has no name there (errata 3.90) */
    char *sftp = strstr(text, "SFTP");
    if (sftp != NULL) {
        *(sftp == text ? sftp : sftp - 1) = '\0';
    }
}

void ocpp_cp_key_text(const struct ocpp_charge_point *cp, const struct key_row *row, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const enum variable variable = (enum variable)row->variable;
    switch ((enum key_mapping)row->mapping) {
    case KEY_CHARACTERISTIC:
        ocpp_integer_format(list_length(cp, variable), text);
        return;
    case KEY_CONVERTED:
        convert(cp, variable, text);
        return;
    case KEY_SAME:
    case KEY_FAN_OUT:
    case KEY_COMPUTED:
    case KEY_ALONE:
        ocpp_cp_variable_text(cp, variable, text);
        return;
    case KEY_OF_FIRMWARE:
        break;
    }
    text[0] = '\0';
}

/* --- writing
 * --------------------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_cp_key_set(struct ocpp_charge_point *cp, const struct key_row *row, const char *text)
{
    const enum variable variable = (enum variable)row->variable;
    if (!ocpp_cp_key_is_writable(cp, row)) {
        return OCPP_ERR_STATE;
    }
    if (row->mapping == KEY_FAN_OUT) { /* one interval for both kinds of aligned data */
        const enum variable both[] = { variable, VARIABLE_ALIGNED_END_INTERVAL_S };
        return ocpp_cp_variables_change(cp, both, 2, text);
    }
    if (variable == VARIABLE_PASSWORD) {
        return ocpp_cp_password_set_hex(cp, text);
    }
    return ocpp_cp_variables_change(cp, &variable, 1, text);
}
