/* variables_table.c: the table of settings: what each is called in the store and in the device model, its shape and bounds.
 *
 * Names and bounds are those of OCPP 2.0.1 part 2, chapter "Referenced Components and Variables", and of 1.6 chapter 9. The names
 * in the store are for all time. */
#include "charge_point_internal.h"

static const char *const components[COMPONENT_COUNT] = {
    [COMPONENT_NONE] = NULL,
    [COMPONENT_ALIGNED_DATA] = "AlignedDataCtrlr",
    [COMPONENT_AUTH_CACHE] = "AuthCacheCtrlr",
    [COMPONENT_AUTH] = "AuthCtrlr",
    [COMPONENT_STATION] = "ChargingStation",
    [COMPONENT_CLOCK] = "ClockCtrlr",
    [COMPONENT_CONNECTOR] = "Connector",
    [COMPONENT_LATCH] = "ConnectorPlugRetentionLock",
    [COMPONENT_DEVICE_DATA] = "DeviceDataCtrlr",
    [COMPONENT_DISPLAY_MESSAGE] = "DisplayMessageCtrlr",
    [COMPONENT_EVSE] = "EVSE",
    [COMPONENT_ISO15118] = "ISO15118Ctrlr",
    [COMPONENT_LOCAL_LIST] = "LocalAuthListCtrlr",
    [COMPONENT_MONITORING] = "MonitoringCtrlr",
    [COMPONENT_COMMUNICATION] = "OCPPCommCtrlr",
    [COMPONENT_RESERVATION] = "ReservationCtrlr",
    [COMPONENT_SAMPLED_DATA] = "SampledDataCtrlr",
    [COMPONENT_SECURITY] = "SecurityCtrlr",
    [COMPONENT_SMART_CHARGING] = "SmartChargingCtrlr",
    [COMPONENT_TRANSACTIONS] = "TxCtrlr",
};

static const char *const tx_points[] = { "ParkingBayOccupancy", "EVConnected", "Authorized", "PowerPathClosed",
                                         "EnergyTransfer",      "DataSigned",  NULL };
static const char *const tx_stop_points[] = { "ParkingBayOccupancy", "EVConnected",    "Authorized",
                                              "PowerPathClosed",     "EnergyTransfer", NULL }; /* DataSigned is none (errata 2.24) */
static const char *const policies[] = { "LRU", "LFU", "FIFO", "CUSTOM", NULL };
static const char *const rate_units[] = { "A", "W", NULL };
static const char *const public_key_times[] = { "Never", "OncePerTransaction", "EveryMeterValue", NULL };
static const char *const message_formats[] = { "ASCII", "HTML", "URI", "UTF8", NULL };
static const char *const message_priorities[] = { "AlwaysFront", "InFront", "NormalCycle", NULL };
static const char *const message_states[] = { "Charging", "Faulted", "Idle", "Unavailable", NULL };
static const char *const protocols[] = { "FTP", "FTPS", "HTTP", "HTTPS", "SFTP", NULL };
static const char *const network_slots[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL };
static const char *const time_sources[] = { "Heartbeat", NULL };
static const char *const monitoring_bases[] = { "All", "FactoryDefault", "HardWiredOnly", NULL };
static const char *const states[] = { "Available", "Occupied", "Reserved", "Unavailable", "Faulted", NULL };

enum { DAY_S = 86400, UNBOUNDED = INT32_MAX };

/* The shapes, with what goes with each. */
#define INTEGER(minimum, maximum, initial, unit) KIND_INTEGER, NULL, unit, minimum, maximum, initial
#define HUNDREDTHS(maximum, initial, unit)       KIND_HUNDREDTHS, NULL, unit, 0, maximum, initial
#define BOOLEAN(initial)                         KIND_BOOLEAN, NULL, NULL, 0, 1, initial
#define OPTION(words, initial)                   KIND_OPTION, words, NULL, 0, (int32_t)(sizeof(words) / sizeof((words)[0])) - 2, initial
#define MEMBERS(words, initial)                  KIND_MEMBERS, words, NULL, 0, (1 << (sizeof(words) / sizeof((words)[0]) - 1)) - 1, initial
#define SOME_MEMBERS(words, initial)             KIND_MEMBERS, words, NULL, 1, (1 << (sizeof(words) / sizeof((words)[0]) - 1)) - 1, initial
#define MEASURANDS(initial)                      KIND_MEASURANDS, NULL, NULL, 0, UNBOUNDED, initial
#define TEXT(maximum)                            KIND_TEXT, NULL, NULL, 0, maximum, 0
#define IDENTIFIER(maximum)                      KIND_IDENTIFIER, NULL, NULL, 0, maximum, 0
#define SEQUENCE(words, maximum)                 KIND_SEQUENCE, words, NULL, 0, maximum, 0
#define SECRET(minimum, maximum)                 KIND_SECRET, NULL, NULL, minimum, maximum, 0
#define DATE                                     KIND_DATE, NULL, NULL, 0, 32, 0
#define OFFSET                                   KIND_OFFSET, NULL, NULL, 0, 6, 0

#define REGISTER (1 << OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER)
#define USUAL                                                                                                                    \
    (REGISTER | 1 << OCPP_MEASURAND_POWER_ACTIVE_IMPORT | 1 << OCPP_MEASURAND_CURRENT_IMPORT | 1 << OCPP_MEASURAND_VOLTAGE |     \
     1 << OCPP_MEASURAND_SOC)

#define ROW(id, name, component, variable, instance, access, feature, shape)                                                     \
    ROW_(id, name, component, variable, instance, access, feature, shape)
#define ROW_(id, name, component, variable, instance, access, feature, kind, words, unit, minimum, maximum, initial)             \
    [VARIABLE_##id] = { name, variable,        instance,         words, unit, minimum, maximum, initial, COMPONENT_##component,  \
                        kind, ACCESS_##access, FEATURE_##feature }

/* clang-format off */
static const struct variable_row rows[VARIABLE_COUNT] = {
    /*  row                      in the store               component       variable                     instance            access  feature          shape */
    ROW(HEARTBEAT_INTERVAL_S,    "HeartbeatInterval",       COMMUNICATION,  "HeartbeatInterval",         NULL,               BOTH,   ALWAYS,          INTEGER(1, 31 * DAY_S, 300, "s")),
    ROW(OFFLINE_THRESHOLD_S,     "OfflineThreshold",        COMMUNICATION,  "OfflineThreshold",          NULL,               BOTH,   ALWAYS,          INTEGER(0, DAY_S, 60, "s")),
    ROW(MESSAGE_TIMEOUT_S,       "MessageTimeout",          COMMUNICATION,  "MessageTimeout",            "Default",          READ,   ALWAYS,          INTEGER(1, 3600, 30, "s")),
    ROW(MESSAGE_ATTEMPTS,        "MessageAttempts",         COMMUNICATION,  "MessageAttempts",           "TransactionEvent", BOTH,   ALWAYS,          INTEGER(1, 1000, 3, NULL)),
    ROW(MESSAGE_RETRY_S,         "MessageRetry",            COMMUNICATION,  "MessageAttemptInterval",    "TransactionEvent", BOTH,   ALWAYS,          INTEGER(0, DAY_S, 60, "s")),
    ROW(PING_INTERVAL_S,         "WebSocketPingInterval",   COMMUNICATION,  "WebSocketPingInterval",     NULL,               BOTH,   ALWAYS,          INTEGER(0, DAY_S, 54, "s")),
    ROW(RETRY_RANDOM_S,          "RetryBackOffRandomRange", COMMUNICATION,  "RetryBackOffRandomRange",   NULL,               BOTH,   ALWAYS,          INTEGER(0, DAY_S, 10, "s")),
    ROW(RETRY_REPEATS,           "RetryBackOffRepeatTimes", COMMUNICATION,  "RetryBackOffRepeatTimes",   NULL,               BOTH,   ALWAYS,          INTEGER(0, 30, 5, NULL)),
    ROW(RETRY_MINIMUM_S,         "RetryBackOffWaitMinimum", COMMUNICATION,  "RetryBackOffWaitMinimum",   NULL,               BOTH,   ALWAYS,          INTEGER(0, DAY_S, 10, "s")),
    ROW(NETWORK_PRIORITY,        "NetworkPriority",         COMMUNICATION,  "NetworkConfigurationPriority", NULL,            BOTH,   ALWAYS,          SEQUENCE(network_slots, 64)),
    ROW(NETWORK_ATTEMPTS,        "NetworkAttempts",         COMMUNICATION,  "NetworkProfileConnectionAttempts", NULL,        BOTH,   ALWAYS,          INTEGER(1, 1000, 3, NULL)),
    ROW(ACTIVE_NETWORK_SLOT,     "ActiveNetworkProfile",    COMMUNICATION,  "ActiveNetworkProfile",      NULL,               READ,   NETWORK,         INTEGER(0, 9, 0, NULL)),
    ROW(NETWORK_SLOTS,           "NetworkSlots",            NONE,           NULL,                        NULL,               READ,   ALWAYS,          INTEGER(1, 9, 1, NULL)),
    ROW(FILE_PROTOCOLS,          "FileTransferProtocols",   COMMUNICATION,  "FileTransferProtocols",     NULL,               READ,   ALWAYS,          MEMBERS(protocols, 0)),
    ROW(RESET_RETRIES,           "ResetRetries",            COMMUNICATION,  "ResetRetries",              NULL,               BOTH,   ALWAYS,          INTEGER(0, 100, 1, NULL)),
    ROW(UNLOCK_ON_DISCONNECT,    "UnlockOnDisconnect",      COMMUNICATION,  "UnlockOnEVSideDisconnect",  NULL,               BOTH_WITH_LOCK, ALWAYS,  BOOLEAN(1)),
    ROW(PUBLIC_KEY,              "PublicKey",               COMMUNICATION,  "PublicKeyWithSignedMeterValue", NULL,           BOTH,   SIGNED_READINGS, OPTION(public_key_times, 1)),
    ROW(MINIMUM_STATUS_S,        "MinimumStatus",           STATION,        "MinimumStatusDuration",     NULL,               BOTH,   ALWAYS,          INTEGER(0, 3600, 0, "s")),

    ROW(CONNECTION_TIMEOUT_S,    "ConnectionTimeOut",       TRANSACTIONS,   "EVConnectionTimeOut",       NULL,               BOTH,   ALWAYS,          INTEGER(0, DAY_S, 60, "s")),
    ROW(STOP_ON_DISCONNECT,      "StopOnDisconnect",        TRANSACTIONS,   "StopTxOnEVSideDisconnect",  NULL,               BOTH,   ALWAYS,          BOOLEAN(1)),
    ROW(STOP_ON_INVALID,         "StopOnInvalid",           TRANSACTIONS,   "StopTxOnInvalidId",         NULL,               BOTH,   ALWAYS,          BOOLEAN(1)),
    ROW(TX_START_POINT,          "TxStartPoint",            TRANSACTIONS,   "TxStartPoint",              NULL,               BOTH,   ALWAYS,          SOME_MEMBERS(tx_points, 1 << TX_POINT_POWER_PATH_CLOSED)),
    ROW(TX_STOP_POINT,           "TxStopPoint",             TRANSACTIONS,   "TxStopPoint",               NULL,               BOTH,   ALWAYS,          SOME_MEMBERS(tx_stop_points, 1 << TX_POINT_POWER_PATH_CLOSED)),
    ROW(TX_BEFORE_ACCEPTED,      "TxBeforeAccepted",        TRANSACTIONS,   "TxBeforeAcceptedEnabled",   NULL,               BOTH,   ALWAYS,          BOOLEAN(0)),
    ROW(MAX_ENERGY_ON_INVALID_WH, "MaxEnergyOnInvalid",     TRANSACTIONS,   "MaxEnergyOnInvalidId",      NULL,               BOTH,   ALWAYS,          INTEGER(0, 1000000, 0, "Wh")),

    ROW(AUTH_ENABLED,            "AuthEnabled",             AUTH,           "Enabled",                   NULL,               BOTH,   ALWAYS,          BOOLEAN(1)),
    ROW(AUTHORIZE_REMOTE,        "AuthorizeRemote",         AUTH,           "AuthorizeRemoteStart",      NULL,               BOTH,   ALWAYS,          BOOLEAN(0)),
    ROW(OFFLINE_UNKNOWN,         "OfflineUnknown",          AUTH,           "OfflineTxForUnknownIdEnabled", NULL,            BOTH,   ALWAYS,          BOOLEAN(0)),
    ROW(LOCAL_AUTHORIZE_OFFLINE, "LocalAuthorizeOffline",   AUTH,           "LocalAuthorizeOffline",     NULL,               BOTH,   ALWAYS,          BOOLEAN(1)),
    ROW(LOCAL_PRE_AUTHORIZE,     "LocalPreAuthorize",       AUTH,           "LocalPreAuthorize",         NULL,               BOTH,   ALWAYS,          BOOLEAN(0)),
    ROW(MASTER_PASS_GROUP,       "MasterPassGroupId",       AUTH,           "MasterPassGroupId",         NULL,               BOTH,   ALWAYS,          IDENTIFIER(36)),
    ROW(DISABLE_REMOTE_AUTHORIZATION, "DisableRemoteAuth",  AUTH,           "DisableRemoteAuthorization", NULL,              BOTH,   ALWAYS,          BOOLEAN(0)),
    ROW(CACHE_AVAILABLE,         "CacheAvailable",          AUTH_CACHE,     "Available",                 NULL,               READ,   CACHE,           BOOLEAN(1)),
    ROW(CACHE_ENABLED,           "CacheEnabled",            AUTH_CACHE,     "Enabled",                   NULL,               BOTH,   CACHE,           BOOLEAN(1)),
    ROW(CACHE_LIFETIME_S,        "CacheLifeTime",           AUTH_CACHE,     "LifeTime",                  NULL,               BOTH,   CACHE,           INTEGER(0, UNBOUNDED, 31 * DAY_S, "s")),
    ROW(CACHE_POLICY,            "CachePolicy",             AUTH_CACHE,     "Policy",                    NULL,               BOTH,   CACHE,           OPTION(policies, CACHE_POLICY_LRU)),
    ROW(CACHE_NO_POST_AUTHORIZE, "CacheNoPostAuthorize",    AUTH_CACHE,     "DisablePostAuthorize",      NULL,               BOTH,   CACHE,           BOOLEAN(0)),
    ROW(LIST_AVAILABLE,          "ListAvailable",           LOCAL_LIST,     "Available",                 NULL,               READ,   LIST,            BOOLEAN(1)),
    ROW(LIST_ENABLED,            "ListEnabled",             LOCAL_LIST,     "Enabled",                   NULL,               BOTH,   LIST,            BOOLEAN(1)),
    ROW(LIST_ENTRIES,            "ListEntries",             LOCAL_LIST,     "Entries",                   NULL,               READ,   LIST,            INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(LIST_LENGTH,             "ListLength",              NONE,           NULL,                        NULL,               READ,   LIST,            INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(LIST_ITEMS_PER_MESSAGE,  "ListItems",               LOCAL_LIST,     "ItemsPerMessage",           NULL,               READ,   LIST,            INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(LIST_BYTES_PER_MESSAGE,  "ListBytes",               LOCAL_LIST,     "BytesPerMessage",           NULL,               READ,   LIST,            INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(LIST_NO_POST_AUTHORIZE,  "ListNoPostAuthorize",     LOCAL_LIST,     "DisablePostAuthorize",      NULL,               BOTH,   LIST,            BOOLEAN(0)),
    ROW(LIST_KNOWS_EXPIRY,       "ListKnowsExpiry",         LOCAL_LIST,     "SupportsExpiryDateTime",    NULL,               READ,   LIST,            BOOLEAN(1)),

    ROW(SAMPLED_AVAILABLE,       "SampledAvailable",        SAMPLED_DATA,   "Available",                 NULL,               READ,   ALWAYS,          BOOLEAN(1)),
    ROW(SAMPLED_ENABLED,         "SampledEnabled",          SAMPLED_DATA,   "Enabled",                   NULL,               BOTH,   ALWAYS,          BOOLEAN(1)),
    ROW(SAMPLE_INTERVAL_S,       "SampleInterval",          SAMPLED_DATA,   "TxUpdatedInterval",         NULL,               BOTH,   ALWAYS,          INTEGER(0, DAY_S, 60, "s")),
    ROW(SAMPLED_END_INTERVAL_S,  "SampledEndInterval",      SAMPLED_DATA,   "TxEndedInterval",           NULL,               BOTH,   ALWAYS,          INTEGER(0, DAY_S, 0, "s")),
    ROW(SAMPLED_MEASURANDS,      "SampledMeasurands",       SAMPLED_DATA,   "TxUpdatedMeasurands",       NULL,               BOTH,   ALWAYS,          MEASURANDS(USUAL)),
    ROW(START_MEASURANDS,        "StartMeasurands",         SAMPLED_DATA,   "TxStartedMeasurands",       NULL,               BOTH,   ALWAYS,          MEASURANDS(REGISTER)),
    ROW(END_MEASURANDS,          "EndMeasurands",           SAMPLED_DATA,   "TxEndedMeasurands",         NULL,               BOTH,   ALWAYS,          MEASURANDS(REGISTER)),
    ROW(STOP_DATA_MEASURANDS,    "StopDataMeasurands",      NONE,           NULL,                        NULL,               BOTH,   ALWAYS,          MEASURANDS(0)),
    ROW(START_DATA_MEASURANDS,   "StartDataMeasurands",     NONE,           NULL,                        NULL,               BOTH,   ALWAYS,          MEASURANDS(0)),
    ROW(REGISTER_WITHOUT_PHASES, "RegisterWithoutPhases",   SAMPLED_DATA,   "RegisterValuesWithoutPhases", NULL,             BOTH,   ALWAYS,          BOOLEAN(0)),
    ROW(SIGN_READINGS,           "SignReadings",            SAMPLED_DATA,   "SignReadings",              NULL,               BOTH,   SIGNED_READINGS, BOOLEAN(0)),
    ROW(SIGN_STARTED,            "SignStarted",             SAMPLED_DATA,   "SignStartedReadings",       NULL,               BOTH,   SIGNED_READINGS, BOOLEAN(1)),
    ROW(SIGN_UPDATED,            "SignUpdated",             SAMPLED_DATA,   "SignUpdatedReadings",       NULL,               BOTH,   SIGNED_READINGS, BOOLEAN(1)),
    ROW(ALIGNED_AVAILABLE,       "AlignedAvailable",        ALIGNED_DATA,   "Available",                 NULL,               READ,   ALWAYS,          BOOLEAN(1)),
    ROW(ALIGNED_ENABLED,         "AlignedEnabled",          ALIGNED_DATA,   "Enabled",                   NULL,               BOTH,   ALWAYS,          BOOLEAN(1)),
    ROW(ALIGNED_INTERVAL_S,      "AlignedInterval",         ALIGNED_DATA,   "Interval",                  NULL,               BOTH,   ALWAYS,          INTEGER(0, DAY_S, 0, "s")),
    ROW(ALIGNED_END_INTERVAL_S,  "AlignedEndInterval",      ALIGNED_DATA,   "TxEndedInterval",           NULL,               BOTH,   ALWAYS,          INTEGER(0, DAY_S, 0, "s")),
    ROW(ALIGNED_MEASURANDS,      "AlignedMeasurands",       ALIGNED_DATA,   "Measurands",                NULL,               BOTH,   ALWAYS,          MEASURANDS(REGISTER)),
    ROW(ALIGNED_END_MEASURANDS,  "AlignedEndMeasurands",    ALIGNED_DATA,   "TxEndedMeasurands",         NULL,               BOTH,   ALWAYS,          MEASURANDS(0)),
    ROW(STOP_ALIGNED_MEASURANDS, "StopAlignedMeasurands",   NONE,           NULL,                        NULL,               BOTH,   ALWAYS,          MEASURANDS(0)),
    ROW(ALIGNED_DURING_IDLE,     "AlignedDuringIdle",       ALIGNED_DATA,   "SendDuringIdle",            NULL,               BOTH,   ALWAYS,          BOOLEAN(0)),
    ROW(ALIGNED_SIGN_READINGS,   "AlignedSignReadings",     ALIGNED_DATA,   "SignReadings",              NULL,               BOTH,   SIGNED_READINGS, BOOLEAN(0)),
    ROW(ALIGNED_SIGN_UPDATED,    "AlignedSignUpdated",      ALIGNED_DATA,   "SignUpdatedReadings",       NULL,               BOTH,   SIGNED_READINGS, BOOLEAN(1)),
    ROW(STOP_VALUES,             "StopValues",              NONE,           NULL,                        NULL,               READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),

    ROW(RESERVATION_AVAILABLE,   "ReservationAvailable",    RESERVATION,    "Available",                 NULL,               READ,   RESERVATION,     BOOLEAN(1)),
    ROW(RESERVATION_ENABLED,     "ReservationEnabled",      RESERVATION,    "Enabled",                   NULL,               BOTH,   RESERVATION,     BOOLEAN(1)),
    ROW(RESERVE_ANY_EVSE,        "ReserveAnyEvse",          RESERVATION,    "NonEvseSpecific",           NULL,               READ,   RESERVATION,     BOOLEAN(1)),

    ROW(SMART_CHARGING_AVAILABLE, "SmartChargingAvailable", SMART_CHARGING, "Available",                 NULL,               READ,   SMART_CHARGING,  BOOLEAN(1)),
    ROW(SMART_CHARGING_ENABLED,  "SmartChargingEnabled",    SMART_CHARGING, "Enabled",                   NULL,               BOTH,   SMART_CHARGING,  BOOLEAN(1)),
    ROW(PROFILE_STACK_LEVELS,    "ProfileStackLevels",      SMART_CHARGING, "ProfileStackLevel",         NULL,               READ,   SMART_CHARGING,  INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(PROFILE_PERIODS,         "ProfilePeriods",          SMART_CHARGING, "PeriodsPerSchedule",        NULL,               READ,   SMART_CHARGING,  INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(PROFILE_ENTRIES,         "ProfileEntries",          SMART_CHARGING, "Entries",                   "ChargingProfiles", READ,   SMART_CHARGING,  INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(PROFILE_LENGTH,          "ProfileLength",           NONE,           NULL,                        NULL,               READ,   SMART_CHARGING,  INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(PROFILE_RATE_UNITS,      "ProfileRateUnits",        SMART_CHARGING, "RateUnit",                  NULL,               READ,   SMART_CHARGING,  MEMBERS(rate_units, 3)),
    ROW(PHASES_3_TO_1,           "Phases3to1",              SMART_CHARGING, "Phases3to1",                NULL,               READ,   SMART_CHARGING,  BOOLEAN(0)),
    ROW(AC_PHASE_SWITCHING,      "ACPhaseSwitching",        SMART_CHARGING, "ACPhaseSwitchingSupported", NULL,               READ,   SMART_CHARGING,  BOOLEAN(0)),
    ROW(LIMIT_SIGNIFICANCE,      "LimitSignificance",       SMART_CHARGING, "LimitChangeSignificance",   NULL,               BOTH,   SMART_CHARGING,  HUNDREDTHS(10000, 100, "Percent")),
    ROW(EXTERNAL_SIGNALS,        "ExternalSignals",         SMART_CHARGING, "ExternalControlSignalsEnabled", NULL,           READ,   SMART_CHARGING,  BOOLEAN(0)),
    ROW(NOTIFY_LIMIT_WITH_SCHEDULES, "NotifyLimitSchedules", SMART_CHARGING, "NotifyChargingLimitWithSchedules", NULL,       BOTH,   SMART_CHARGING,  BOOLEAN(0)),

    ROW(DISPLAY_AVAILABLE,       "DisplayAvailable",        DISPLAY_MESSAGE, "Available",                NULL,               READ,   DISPLAY,         BOOLEAN(1)),
    ROW(DISPLAY_ENABLED,         "DisplayEnabled",          DISPLAY_MESSAGE, "Enabled",                  NULL,               BOTH,   DISPLAY,         BOOLEAN(1)),
    ROW(DISPLAY_MESSAGES,        "DisplayMessages",         DISPLAY_MESSAGE, "DisplayMessages",          NULL,               READ,   DISPLAY,         INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(DISPLAY_ROOM,            "DisplayRoom",             NONE,           NULL,                        NULL,               READ,   DISPLAY,         INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(DISPLAY_FORMATS,         "DisplayFormats",          DISPLAY_MESSAGE, "SupportedFormats",         NULL,               READ,   DISPLAY,         MEMBERS(message_formats, 0)),
    ROW(DISPLAY_PRIORITIES,      "DisplayPriorities",       DISPLAY_MESSAGE, "SupportedPriorities",      NULL,               READ,   DISPLAY,         MEMBERS(message_priorities, 0)),
    ROW(DISPLAY_STATES,          "DisplayStates",           DISPLAY_MESSAGE, "SupportedStates",          NULL,               READ,   DISPLAY,         MEMBERS(message_states, 0)),
    ROW(PNC_ENABLED,             "PnCEnabled",              ISO15118,       "PnCEnabled",                NULL,               BOTH,   PLUG_AND_CHARGE, BOOLEAN(1)),
    ROW(PNC_CENTRAL_VALIDATION,  "CentralValidation",       ISO15118,       "CentralContractValidationAllowed", NULL,        BOTH,   PLUG_AND_CHARGE, BOOLEAN(1)),
    ROW(PNC_OFFLINE_VALIDATION,  "OfflineValidation",       ISO15118,       "ContractValidationOffline", NULL,               BOTH,   PLUG_AND_CHARGE, BOOLEAN(1)),
    ROW(PNC_CONTRACT_INSTALLATION, "ContractInstallation",  ISO15118,       "ContractCertificateInstallationEnabled", NULL,  BOTH,   PLUG_AND_CHARGE, BOOLEAN(1)),
    ROW(PNC_LEAF_INSTALLATION,   "LeafInstallation",        ISO15118,       "V2GCertificateInstallationEnabled", NULL,       BOTH,   PLUG_AND_CHARGE, BOOLEAN(1)),
    ROW(PNC_SECC_ID,             "SeccId",                  ISO15118,       "SeccId",                    NULL,               BOTH,   PLUG_AND_CHARGE, TEXT(64)),
    ROW(PNC_COUNTRY,             "SeccCountry",             ISO15118,       "CountryName",               NULL,               BOTH,   PLUG_AND_CHARGE, IDENTIFIER(2)),
    ROW(PNC_ORGANIZATION,        "SeccOrganization",        ISO15118,       "OrganizationName",          NULL,               BOTH,   PLUG_AND_CHARGE, TEXT(64)),
    ROW(PNC_SCHEDULE_ENTRIES,    "ScheduleEntries",         ISO15118,       "MaxScheduleEntries",        NULL,               READ,   PLUG_AND_CHARGE, INTEGER(0, UNBOUNDED, 0, NULL)),

    ROW(DATE_TIME,               "DateTime",                CLOCK,          "DateTime",                  NULL,               READ,   ALWAYS,          DATE),
    ROW(TIME_SOURCE,             "TimeSource",              CLOCK,          "TimeSource",                NULL,               BOTH,   ALWAYS,          SEQUENCE(time_sources, 64)),
    ROW(TIME_OFFSET,             "TimeOffset",              CLOCK,          "TimeOffset",                NULL,               BOTH,   ALWAYS,          OFFSET),
    ROW(NEXT_OFFSET_DATE,        "NextOffsetDate",          CLOCK,          "NextTimeOffsetTransitionDateTime", NULL,        BOTH,   ALWAYS,          DATE),
    ROW(NEXT_OFFSET,             "NextOffset",              CLOCK,          "TimeOffset",                "NextTransition",   BOTH,   ALWAYS,          OFFSET),
    ROW(TIME_ZONE,               "TimeZone",                CLOCK,          "TimeZone",                  NULL,               BOTH,   TIME_ZONE,       IDENTIFIER(48)),
    ROW(TIME_ADJUSTMENT_S,       "TimeAdjustment",          CLOCK,          "TimeAdjustmentReportingThreshold", NULL,        BOTH,   LOGS,            INTEGER(1, DAY_S, 20, "s")),

    ROW(IDENTITY,                "Identity",                SECURITY,       "Identity",                  NULL,               READ,   ALWAYS,          IDENTIFIER(48)),
    ROW(ORGANIZATION,            "OrganizationName",        SECURITY,       "OrganizationName",          NULL,               BOTH,   ALWAYS,          TEXT(64)),
    ROW(SECURITY_PROFILE,        "SecurityProfile",         SECURITY,       "SecurityProfile",           NULL,               READ,   ALWAYS,          INTEGER(0, 3, 0, NULL)),
    ROW(PASSWORD,                "BasicAuthPassword",       SECURITY,       "BasicAuthPassword",         NULL,               WRITE,  NETWORK,         SECRET(16, 40)),
    ROW(ALLOW_DOWNGRADE,         "AllowDowngrade",          SECURITY,       "AllowSecurityProfileDowngrade", NULL,           BOTH,   NETWORK,         BOOLEAN(0)),
    ROW(ALLOW_WILDCARDS,         "AllowWildcards",          SECURITY,       "AllowCSMSTLSWildcards",     NULL,               BOTH,   NETWORK,         BOOLEAN(0)),
    ROW(CERTIFICATES,            "CertificateEntries",      SECURITY,       "CertificateEntries",        NULL,               READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(CERTIFICATE_LENGTH,      "CertificateLength",       NONE,           NULL,                        NULL,               READ,   CERTIFICATES,    INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(CERTIFICATE_CHAIN_SIZE,  "CertificateChainSize",    SECURITY,       "MaxCertificateChainSize",   NULL,               READ,   CERTIFICATES,    INTEGER(0, 10000, 10000, NULL)),
    ROW(CERTIFICATE_WAIT_S,      "CertificateWait",         SECURITY,       "CertSigningWaitMinimum",    NULL,               BOTH,   CERTIFICATES,    INTEGER(0, DAY_S, 60, "s")),
    ROW(CERTIFICATE_REPEATS,     "CertificateRepeats",      SECURITY,       "CertSigningRepeatTimes",    NULL,               BOTH,   CERTIFICATES,    INTEGER(0, 30, 3, NULL)),
    ROW(ROOT_CHECK,              "RootCheck",               SECURITY,       "AdditionalRootCertificateCheck", NULL,          READ,   CERTIFICATES,    BOOLEAN(0)),

    ROW(MONITORING_AVAILABLE,    "MonitoringAvailable",     MONITORING,     "Available",                 NULL,               READ,   MONITORING,      BOOLEAN(1)),
    ROW(MONITORING_ENABLED,      "MonitoringEnabled",       MONITORING,     "Enabled",                   NULL,               BOTH,   MONITORING,      BOOLEAN(1)),
    ROW(MONITORING_BASE,         "MonitoringBase",          MONITORING,     "ActiveMonitoringBase",      NULL,               READ,   MONITORING,      OPTION(monitoring_bases, 1)),
    ROW(MONITORING_LEVEL,        "MonitoringLevel",         MONITORING,     "ActiveMonitoringLevel",     NULL,               READ,   MONITORING,      INTEGER(0, 9, 9, NULL)),
    ROW(OFFLINE_SEVERITY,        "OfflineSeverity",         MONITORING,     "OfflineQueuingSeverity",    NULL,               BOTH,   MONITORING,      INTEGER(0, 9, 5, NULL)),
    ROW(SET_MONITORS_ITEMS,      "SetMonitorsItems",        MONITORING,     "ItemsPerMessage",           "SetVariableMonitoring", READ, MONITORING,   INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(SET_MONITORS_BYTES,      "SetMonitorsBytes",        MONITORING,     "BytesPerMessage",           "SetVariableMonitoring", READ, MONITORING,   INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(CLEAR_MONITORS_ITEMS,    "ClearMonitorsItems",      MONITORING,     "ItemsPerMessage",           "ClearVariableMonitoring", READ, MONITORING, INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(CLEAR_MONITORS_BYTES,    "ClearMonitorsBytes",      MONITORING,     "BytesPerMessage",           "ClearVariableMonitoring", READ, MONITORING, INTEGER(0, UNBOUNDED, 0, NULL)),

    ROW(REPORT_ITEMS,            "ReportItems",             DEVICE_DATA,    "ItemsPerMessage",           "GetReport",        READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(REPORT_BYTES,            "ReportBytes",             DEVICE_DATA,    "BytesPerMessage",           "GetReport",        READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(GET_ITEMS,               "GetItems",                DEVICE_DATA,    "ItemsPerMessage",           "GetVariables",     READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(GET_BYTES,               "GetBytes",                DEVICE_DATA,    "BytesPerMessage",           "GetVariables",     READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(SET_ITEMS,               "SetItems",                DEVICE_DATA,    "ItemsPerMessage",           "SetVariables",     READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(SET_BYTES,               "SetBytes",                DEVICE_DATA,    "BytesPerMessage",           "SetVariables",     READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(CONFIGURATION_VALUE_SIZE, "ConfigurationValueSize", DEVICE_DATA,    "ConfigurationValueSize",    NULL,               READ,   ALWAYS,          INTEGER(0, 1000, 1000, NULL)),
    ROW(REPORTING_VALUE_SIZE,    "ReportingValueSize",      DEVICE_DATA,    "ReportingValueSize",        NULL,               READ,   ALWAYS,          INTEGER(0, 2500, OCPP_VARIABLE_TEXT_SIZE, NULL)),

    ROW(STATION_AVAILABLE,       "StationAvailable",        STATION,        "Available",                 NULL,               READ,   ALWAYS,          BOOLEAN(1)),
    ROW(STATION_STATE,           "StationState",            STATION,        "AvailabilityState",         NULL,               READ,   ALWAYS,          OPTION(states, 0)),
    ROW(STATION_PHASES,          "StationPhases",           STATION,        "SupplyPhases",              NULL,               READ,   ALWAYS,          INTEGER(0, 3, 3, NULL)),
    ROW(STATION_MODEL,           "StationModel",            STATION,        "Model",                     NULL,               READ,   ALWAYS,          TEXT(20)),
    ROW(STATION_VENDOR,          "StationVendor",           STATION,        "VendorName",                NULL,               READ,   ALWAYS,          TEXT(50)),
    ROW(STATION_SERIAL,          "StationSerial",           STATION,        "SerialNumber",              NULL,               READ,   ALWAYS,          TEXT(25)),
    ROW(STATION_FIRMWARE,        "StationFirmware",         STATION,        "FirmwareVersion",           NULL,               READ,   ALWAYS,          TEXT(50)),
    ROW(SESSIONS_PENDING_UPDATE, "SessionsPendingUpdate",   STATION,        "AllowNewSessionsPendingFirmwareUpdate", NULL,   BOTH,   FIRMWARE,        BOOLEAN(0)),
    ROW(EVSE_AVAILABLE,          "EvseAvailable",           EVSE,           "Available",                 NULL,               READ,   ALWAYS,          BOOLEAN(1)),
    ROW(EVSE_STATE,              "EvseState",               EVSE,           "AvailabilityState",         NULL,               READ,   ALWAYS,          OPTION(states, 0)),
    ROW(EVSE_PHASES,             "EvsePhases",              EVSE,           "SupplyPhases",              NULL,               READ,   ALWAYS,          INTEGER(0, 3, 3, NULL)),
    ROW(EVSE_POWER,              "EvsePower",               EVSE,           "Power",                     NULL,               READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, "W")),
    ROW(EVSE_ALLOW_RESET,        "EvseAllowReset",          EVSE,           "AllowReset",                NULL,               READ,   ALWAYS,          BOOLEAN(0)),
    ROW(CONNECTOR_AVAILABLE,     "ConnectorAvailable",      CONNECTOR,      "Available",                 NULL,               READ,   ALWAYS,          BOOLEAN(1)),
    ROW(CONNECTOR_STATE,         "ConnectorState",          CONNECTOR,      "AvailabilityState",         NULL,               READ,   ALWAYS,          OPTION(states, 0)),
    ROW(CONNECTOR_TYPE,          "ConnectorType",           CONNECTOR,      "ConnectorType",             NULL,               READ,   ALWAYS,          TEXT(20)),
    ROW(CONNECTOR_PHASES,        "ConnectorPhases",         CONNECTOR,      "SupplyPhases",              NULL,               READ,   ALWAYS,          INTEGER(0, 3, 3, NULL)),
    ROW(LATCH_ACTIVE,            "LatchActive",             LATCH,          "Active",                    NULL,               READ,   LATCH,           BOOLEAN(0)),
    ROW(LATCH_PROBLEM,           "LatchProblem",            LATCH,          "Problem",                   NULL,               READ,   LATCH,           BOOLEAN(0)),

    ROW(CONNECTOR_COUNT,         "ConnectorCount",          NONE,           NULL,                        NULL,               READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(FEATURE_PROFILES,        "FeatureProfiles",         NONE,           NULL,                        NULL,               READ,   ALWAYS,          SEQUENCE(NULL, 128)),
    ROW(KEYS_PER_REQUEST,        "KeysPerRequest",          NONE,           NULL,                        NULL,               READ,   ALWAYS,          INTEGER(0, UNBOUNDED, 0, NULL)),
    ROW(PHASE_ROTATION,          "PhaseRotation",           NONE,           NULL,                        NULL,               BOTH,   ALWAYS,          SEQUENCE(NULL, 500)),
};
/* clang-format on */

const struct variable_row *ocpp_cp_variable_row(enum variable variable)
{
    return &rows[variable];
}

const char *ocpp_cp_component_name(enum component component)
{
    return components[component];
}
