/* variables.h: the settings the central system may see and change, one row each, whatever they are called in a version.
 *
 * A value is an integer (seconds, counts, 0 and 1, hundredths, one of some words, a set of words or measurands as bits) or a
 * text. A row says its shape, its bounds, who may change it, which feature of the station it belongs to, and its name in the
 * device model. Flat keys are names of rows, too (keys.h).
 */
#ifndef OCPP_LIB_VARIABLES_H
#define OCPP_LIB_VARIABLES_H

#include <ocpp/storage.h>
#include <ocpp/vocabulary.h>

enum variable {
    /* the link */
    VARIABLE_HEARTBEAT_INTERVAL_S,
    VARIABLE_OFFLINE_THRESHOLD_S,
    VARIABLE_MESSAGE_TIMEOUT_S,
    VARIABLE_MESSAGE_ATTEMPTS,
    VARIABLE_MESSAGE_RETRY_S,
    VARIABLE_PING_INTERVAL_S,
    VARIABLE_RETRY_RANDOM_S,  /* reconnecting: the random part, … */
    VARIABLE_RETRY_REPEATS,   /* … how often the wait doubles, … */
    VARIABLE_RETRY_MINIMUM_S, /* … and where it begins */
    VARIABLE_NETWORK_PRIORITY,
    VARIABLE_NETWORK_ATTEMPTS,
    VARIABLE_ACTIVE_NETWORK_SLOT,
    VARIABLE_NETWORK_SLOTS, /* how many there are */
    VARIABLE_FILE_PROTOCOLS,
    VARIABLE_RESET_RETRIES,
    VARIABLE_UNLOCK_ON_DISCONNECT,
    VARIABLE_PUBLIC_KEY,
    VARIABLE_MINIMUM_STATUS_S,
    /* transactions */
    VARIABLE_CONNECTION_TIMEOUT_S,
    VARIABLE_STOP_ON_DISCONNECT,
    VARIABLE_STOP_ON_INVALID,
    VARIABLE_TX_START_POINT,
    VARIABLE_TX_STOP_POINT,
    VARIABLE_TX_BEFORE_ACCEPTED,
    VARIABLE_MAX_ENERGY_ON_INVALID_WH,
    /* authorization */
    VARIABLE_AUTH_ENABLED,
    VARIABLE_AUTHORIZE_REMOTE,
    VARIABLE_OFFLINE_UNKNOWN,
    VARIABLE_LOCAL_AUTHORIZE_OFFLINE,
    VARIABLE_LOCAL_PRE_AUTHORIZE,
    VARIABLE_MASTER_PASS_GROUP,
    VARIABLE_DISABLE_REMOTE_AUTHORIZATION,
    VARIABLE_CACHE_AVAILABLE,
    VARIABLE_CACHE_ENABLED,
    VARIABLE_CACHE_LIFETIME_S,
    VARIABLE_CACHE_POLICY, /* enum cache_policy */
    VARIABLE_CACHE_NO_POST_AUTHORIZE,
    VARIABLE_LIST_AVAILABLE,
    VARIABLE_LIST_ENABLED,
    VARIABLE_LIST_ENTRIES, /* how many there are; its owner keeps cp->values up to date */
    VARIABLE_LIST_LENGTH,  /* how many there may be */
    VARIABLE_LIST_ITEMS_PER_MESSAGE,
    VARIABLE_LIST_BYTES_PER_MESSAGE,
    VARIABLE_LIST_NO_POST_AUTHORIZE,
    VARIABLE_LIST_KNOWS_EXPIRY,
    /* metering */
    VARIABLE_SAMPLED_AVAILABLE,
    VARIABLE_SAMPLED_ENABLED,
    VARIABLE_SAMPLE_INTERVAL_S,
    VARIABLE_SAMPLED_END_INTERVAL_S,
    VARIABLE_SAMPLED_MEASURANDS,
    VARIABLE_START_MEASURANDS,
    VARIABLE_END_MEASURANDS,
    VARIABLE_STOP_DATA_MEASURANDS,
    VARIABLE_START_DATA_MEASURANDS, /* of a message right behind the start, where the start has no room for them */
    VARIABLE_REGISTER_WITHOUT_PHASES,
    VARIABLE_SIGN_READINGS,
    VARIABLE_SIGN_STARTED, /* of the signed ones: also in the message that tells the start, … */
    VARIABLE_SIGN_UPDATED, /* … and on the way */
    VARIABLE_ALIGNED_AVAILABLE,
    VARIABLE_ALIGNED_ENABLED,
    VARIABLE_ALIGNED_INTERVAL_S,
    VARIABLE_ALIGNED_END_INTERVAL_S,
    VARIABLE_ALIGNED_MEASURANDS,
    VARIABLE_ALIGNED_END_MEASURANDS,
    VARIABLE_STOP_ALIGNED_MEASURANDS,
    VARIABLE_ALIGNED_DURING_IDLE,
    VARIABLE_ALIGNED_SIGN_READINGS,
    VARIABLE_ALIGNED_SIGN_UPDATED,
    VARIABLE_STOP_VALUES, /* how many values the data of a stop may hold; 0: no limit is told */
    /* reservation */
    VARIABLE_RESERVATION_AVAILABLE,
    VARIABLE_RESERVATION_ENABLED,
    VARIABLE_RESERVE_ANY_EVSE,
    /* smart charging */
    VARIABLE_SMART_CHARGING_AVAILABLE,
    VARIABLE_SMART_CHARGING_ENABLED,
    VARIABLE_PROFILE_STACK_LEVELS, /* the highest level there may be */
    VARIABLE_PROFILE_PERIODS,
    VARIABLE_PROFILE_ENTRIES,    /* how many are installed; its owner keeps cp->values up to date */
    VARIABLE_PROFILE_LENGTH,     /* how many there may be */
    VARIABLE_PROFILE_RATE_UNITS, /* a set of enum rate_unit */
    VARIABLE_PHASES_3_TO_1,
    VARIABLE_AC_PHASE_SWITCHING,
    VARIABLE_LIMIT_SIGNIFICANCE, /* hundredths of a percent */
    VARIABLE_EXTERNAL_SIGNALS,
    VARIABLE_NOTIFY_LIMIT_WITH_SCHEDULES,
    /* messages for displays */
    VARIABLE_DISPLAY_AVAILABLE,
    VARIABLE_DISPLAY_ENABLED,
    VARIABLE_DISPLAY_MESSAGES, /* how many there are; its owner keeps cp->values up to date */
    VARIABLE_DISPLAY_ROOM,     /* how many there may be */
    VARIABLE_DISPLAY_FORMATS,  /* sets of enum ocpp_message_format, … */
    VARIABLE_DISPLAY_PRIORITIES,
    VARIABLE_DISPLAY_STATES,
    /* ISO 15118 */
    VARIABLE_PNC_ENABLED,
    VARIABLE_PNC_CENTRAL_VALIDATION,
    VARIABLE_PNC_OFFLINE_VALIDATION,
    VARIABLE_PNC_CONTRACT_INSTALLATION,
    VARIABLE_PNC_LEAF_INSTALLATION,
    VARIABLE_PNC_SECC_ID,
    VARIABLE_PNC_COUNTRY,
    VARIABLE_PNC_ORGANIZATION,
    VARIABLE_PNC_SCHEDULE_ENTRIES,
    /* the clock */
    VARIABLE_DATE_TIME,
    VARIABLE_TIME_SOURCE,
    VARIABLE_TIME_OFFSET,
    VARIABLE_NEXT_OFFSET_DATE,
    VARIABLE_NEXT_OFFSET,
    VARIABLE_TIME_ZONE,
    VARIABLE_TIME_ADJUSTMENT_S, /* a change of the clock by more is an event of security */
    /* security */
    VARIABLE_IDENTITY,
    VARIABLE_ORGANIZATION,
    VARIABLE_SECURITY_PROFILE,
    VARIABLE_PASSWORD,
    VARIABLE_ALLOW_DOWNGRADE,
    VARIABLE_ALLOW_WILDCARDS,
    VARIABLE_CERTIFICATES,
    VARIABLE_CERTIFICATE_LENGTH, /* how many there may be */
    VARIABLE_CERTIFICATE_CHAIN_SIZE,
    VARIABLE_CERTIFICATE_WAIT_S,
    VARIABLE_CERTIFICATE_REPEATS,
    VARIABLE_ROOT_CHECK,
    /* monitoring */
    VARIABLE_MONITORING_AVAILABLE,
    VARIABLE_MONITORING_ENABLED,
    VARIABLE_MONITORING_BASE,  /* enum monitoring_base; its owner keeps cp->values up to date, and of the next */
    VARIABLE_MONITORING_LEVEL, /* the severity up to which events are told */
    VARIABLE_OFFLINE_SEVERITY, /* … and up to which they wait for a link */
    VARIABLE_SET_MONITORS_ITEMS,
    VARIABLE_SET_MONITORS_BYTES,
    VARIABLE_CLEAR_MONITORS_ITEMS,
    VARIABLE_CLEAR_MONITORS_BYTES,
    /* the device model about itself */
    VARIABLE_REPORT_ITEMS,
    VARIABLE_REPORT_BYTES,
    VARIABLE_GET_ITEMS,
    VARIABLE_GET_BYTES,
    VARIABLE_SET_ITEMS,
    VARIABLE_SET_BYTES,
    VARIABLE_CONFIGURATION_VALUE_SIZE,
    VARIABLE_REPORTING_VALUE_SIZE,
    /* the station and its places */
    VARIABLE_STATION_AVAILABLE,
    VARIABLE_STATION_STATE,
    VARIABLE_STATION_PHASES,
    VARIABLE_STATION_MODEL,
    VARIABLE_STATION_VENDOR,
    VARIABLE_STATION_SERIAL,
    VARIABLE_STATION_FIRMWARE,
    VARIABLE_SESSIONS_PENDING_UPDATE,
    VARIABLE_EVSE_AVAILABLE,
    VARIABLE_EVSE_STATE,
    VARIABLE_EVSE_PHASES,
    VARIABLE_EVSE_POWER,
    VARIABLE_EVSE_ALLOW_RESET,
    VARIABLE_CONNECTOR_AVAILABLE,
    VARIABLE_CONNECTOR_STATE,
    VARIABLE_CONNECTOR_TYPE,
    VARIABLE_CONNECTOR_PHASES,
    VARIABLE_LATCH_ACTIVE,
    VARIABLE_LATCH_PROBLEM,
    /* what only flat keys have */
    VARIABLE_CONNECTOR_COUNT,
    VARIABLE_FEATURE_PROFILES,
    VARIABLE_KEYS_PER_REQUEST,
    VARIABLE_PHASE_ROTATION,
    VARIABLE_COUNT
};

/* What makes a transaction start or stop, by its members; values are sets of 1 << point. */
enum tx_point {
    TX_POINT_PARKING_BAY,
    TX_POINT_EV_CONNECTED,
    TX_POINT_AUTHORIZED,
    TX_POINT_POWER_PATH_CLOSED,
    TX_POINT_ENERGY_TRANSFER,
    TX_POINT_DATA_SIGNED
};

enum cache_policy { CACHE_POLICY_LRU, CACHE_POLICY_LFU, CACHE_POLICY_FIFO, CACHE_POLICY_CUSTOM };

enum rate_unit { RATE_UNIT_CURRENT, RATE_UNIT_POWER };

enum variable_kind {
    KIND_INTEGER,
    KIND_HUNDREDTHS, /* a decimal of two places */
    KIND_BOOLEAN,
    KIND_OPTION,     /* one of |words|, by its index */
    KIND_MEMBERS,    /* a set of |words|: bits 1 << index */
    KIND_MEASURANDS, /* bits 1 << enum ocpp_measurand */
    KIND_TEXT,       /* at most |maximum| characters */
    KIND_IDENTIFIER, /* at most |maximum| printable ASCII characters */
    KIND_SEQUENCE,   /* the same, as a list with commas, of |words| where there are any */
    KIND_SECRET,     /* |minimum| to |maximum| bytes, held as hexadecimal digits; never told, never logged */
    KIND_DATE,       /* a moment as text */
    KIND_OFFSET      /* of local time, "+01:00" */
};

enum variable_access {
    ACCESS_READ, /* the station's own affair, or computed */
    ACCESS_BOTH,
    ACCESS_BOTH_WITH_LOCK, /* writable where connectors have latches */
    ACCESS_WRITE           /* a secret: never told, never logged */
};

/* What a station may have or not. A row whose feature is missing does not exist for anybody outside. */
enum feature {
    FEATURE_ALWAYS,
    FEATURE_CACHE,
    FEATURE_LIST,
    FEATURE_RESERVATION,
    FEATURE_LATCH, /* the firmware can lock cables */
    FEATURE_SMART_CHARGING,
    FEATURE_SIGNED_READINGS,
    FEATURE_TIME_ZONE,
    FEATURE_SECURITY, /* profiles, passwords, certificates under the central system's hand */
    FEATURE_FILES,    /* firmware or diagnostics */
    FEATURE_CERTIFICATES,
    FEATURE_NETWORK,
    FEATURE_FIRMWARE,
    FEATURE_LOGS,
    FEATURE_MONITORING,
    FEATURE_CUSTOMER,
    FEATURE_DISPLAY,
    FEATURE_COST,
    FEATURE_PLUG_AND_CHARGE,
    FEATURE_COUNT
};

enum component {
    COMPONENT_NONE,
    COMPONENT_ALIGNED_DATA,
    COMPONENT_AUTH_CACHE,
    COMPONENT_AUTH,
    COMPONENT_STATION,
    COMPONENT_CLOCK,
    COMPONENT_CONNECTOR,
    COMPONENT_LATCH,
    COMPONENT_DEVICE_DATA,
    COMPONENT_DISPLAY_MESSAGE,
    COMPONENT_EVSE,
    COMPONENT_ISO15118,
    COMPONENT_LOCAL_LIST,
    COMPONENT_MONITORING,
    COMPONENT_COMMUNICATION,
    COMPONENT_RESERVATION,
    COMPONENT_SAMPLED_DATA,
    COMPONENT_SECURITY,
    COMPONENT_SMART_CHARGING,
    COMPONENT_TRANSACTIONS,
    COMPONENT_COUNT
};

struct variable_row {
    const char *name;         /* ours, in the store */
    const char *variable;     /* in the device model; NULL: it is not there */
    const char *instance;     /* NULL: none */
    const char *const *words; /* ended by NULL */
    const char *unit;         /* NULL: none */
    int32_t minimum;
    int32_t maximum;
    int32_t initial;   /* where no setting of the firmware says otherwise */
    uint8_t component; /* enum component */
    uint8_t kind;      /* enum variable_kind */
    uint8_t access;    /* enum variable_access */
    uint8_t feature;   /* enum feature */
};

/* OCPP_VARIABLE_TEXT_SIZE: room for any value as text; a list of all measurands is the longest. */
enum { OCPP_VARIABLE_TEXT_SIZE = 1024 };

struct ocpp_charge_point;

const struct variable_row *ocpp_cp_variable_row(enum variable variable);
const char *ocpp_cp_component_name(enum component component);

/* ocpp_cp_has_feature: whether this station has it. ocpp_cp_has_variable: whether the row's feature is there. */
bool ocpp_cp_has_feature(const struct ocpp_charge_point *cp, enum feature feature);
bool ocpp_cp_has_variable(const struct ocpp_charge_point *cp, enum variable variable);

/* ocpp_cp_variable_is_writable: whether the central system may change it at all. */
bool ocpp_cp_variable_is_writable(const struct ocpp_charge_point *cp, enum variable variable);

/* ocpp_cp_variable_text: the value as text; of a secret, too: ask the row's access first. */
void ocpp_cp_variable_text(const struct ocpp_charge_point *cp, enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE]);

/* ocpp_cp_variable_text_at: the same at a place (|evse| 0: the station; |connector| 0: the EVSE), worked out where it is not
 * kept. */
void ocpp_cp_variable_text_at(const struct ocpp_charge_point *cp, enum variable variable, int evse, int connector,
                              char text[OCPP_VARIABLE_TEXT_SIZE]);

/* ocpp_cp_variable_string: the value of a row that is a text; "" when it is unset. Lives until it is changed. */
const char *ocpp_cp_variable_string(const struct ocpp_charge_point *cp, enum variable variable);

/* ocpp_cp_variable_words: the values a list may have, with commas; "" for what is no list. ocpp_cp_measurands_text: a
 * set of measurands as text (measurand_lists.h has more of them). */
void ocpp_cp_variable_words(enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE]);
void ocpp_cp_measurands_text(int64_t set, char text[OCPP_VARIABLE_TEXT_SIZE]);
int64_t ocpp_cp_measurable(const struct ocpp_charge_point *cp); /* what the meters can measure */

/* ocpp_cp_variable_read: |text| as a value of |row|. Errors: OCPP_ERR_VALUE, _RANGE, _LENGTH, _DATE_TIME. */
struct variable_record;
enum ocpp_status ocpp_cp_variable_read(const struct variable_row *row, const char *text, struct variable_record *record);

/* ocpp_cp_list_next: the next member of a comma-separated list, without the spaces around it; false when there is none, or it has
 * no place in |name|. |*text| goes behind its comma. */
enum { OCPP_LIST_MEMBER_SIZE = 64 };
bool ocpp_cp_list_next(const char **text, char name[OCPP_LIST_MEMBER_SIZE]);

/* ocpp_cp_variable_set: reads |text| and keeps it in the store. Errors: OCPP_ERR_STATE read-only; OCPP_ERR_VALUE not such a
 * value; OCPP_ERR_RANGE outside the bounds; those of the store. Nothing was changed then. */
enum ocpp_status ocpp_cp_variable_set(struct ocpp_charge_point *cp, enum variable variable, const char *text);

/* ocpp_cp_variables_change: the same for several that take one value, and for the station itself, which may change what the
 * central system may only read: all of them or none. ocpp_cp_password_set_hex: the password as hexadecimal digits. */
enum ocpp_status ocpp_cp_variables_change(struct ocpp_charge_point *cp, const enum variable *variables, size_t count,
                                          const char *text);
enum ocpp_status ocpp_cp_password_set_hex(struct ocpp_charge_point *cp, const char *digits);

/* ocpp_cp_variable_change: the change of the store that keeps |record| as the value of |variable|; it borrows |bytes| and |key|.
 * ocpp_cp_variable_take: the value counts from now on. _begin: it is what the setting begins with, and nobody is told. For blocks
 * that write several records at once, or have defaults of their own. */
enum ocpp_status ocpp_cp_variable_change(enum variable variable, const struct variable_record *record, uint8_t *bytes,
                                         size_t room, char key[OCPP_KEY_SIZE], struct ocpp_change *change);
void ocpp_cp_variable_take(struct ocpp_charge_point *cp, enum variable variable, const struct variable_record *record);
void ocpp_cp_variable_begin(struct ocpp_charge_point *cp, enum variable variable, const struct variable_record *record);

/* ocpp_cp_variable_is_kept: whether the store has a value of it. */
bool ocpp_cp_variable_is_kept(const struct ocpp_charge_point *cp, enum variable variable);

/* ocpp_cp_variable_texts_size: bytes that cp->texts needs. ocpp_cp_variable_defaults: from the settings; then what the store
 * remembers. */
size_t ocpp_cp_variable_texts_size(void);
void ocpp_cp_variable_defaults(struct ocpp_charge_point *cp);
enum ocpp_status ocpp_cp_variables_load(struct ocpp_charge_point *cp);

#endif
