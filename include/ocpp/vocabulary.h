/* vocabulary.h: the words both roles speak, whatever version is on the wire.
 *
 * Each enumeration is the union over the versions, in the terms of the standard. Where a version lacks a word, its dialect says
 * the nearest one it has; the tables stand in lib/session/vocabulary_*.c and their losses are tested. 0 is always "unknown or not
 * given", but for what drivers read, where all is given.
 */
#ifndef OCPP_VOCABULARY_H
#define OCPP_VOCABULARY_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_token: what somebody identified themselves with. 1.6 knows only the text (idTag, at most 20 characters). */
enum ocpp_token_type {
    OCPP_TOKEN_UNKNOWN,
    OCPP_TOKEN_CENTRAL,
    OCPP_TOKEN_EMAID,
    OCPP_TOKEN_ISO14443,
    OCPP_TOKEN_ISO15693,
    OCPP_TOKEN_KEY_CODE,
    OCPP_TOKEN_LOCAL,
    OCPP_TOKEN_MAC_ADDRESS,
    OCPP_TOKEN_NO_AUTHORIZATION,
    OCPP_TOKEN_DIRECT_PAYMENT, /* 2.1 */
    OCPP_TOKEN_VIN             /* 2.1 */
};

/* ocpp_token: what somebody identifies with. */
struct ocpp_token {
    const char *id; /* at most 36 characters (2.1: 255) */
    enum ocpp_token_type type;
};

/* ocpp_authorization: what the central system thinks of a token. 1.6 maps all but the first five to Invalid. */
enum ocpp_authorization {
    OCPP_AUTHORIZATION_UNKNOWN_STATUS,
    OCPP_AUTHORIZATION_ACCEPTED,
    OCPP_AUTHORIZATION_BLOCKED,
    OCPP_AUTHORIZATION_EXPIRED,
    OCPP_AUTHORIZATION_INVALID,
    OCPP_AUTHORIZATION_CONCURRENT_TX,
    OCPP_AUTHORIZATION_NO_CREDIT,
    OCPP_AUTHORIZATION_NOT_ALLOWED_TYPE_EVSE,
    OCPP_AUTHORIZATION_NOT_AT_THIS_LOCATION,
    OCPP_AUTHORIZATION_NOT_AT_THIS_TIME,
    OCPP_AUTHORIZATION_UNKNOWN
};

enum ocpp_registration {
    OCPP_REGISTRATION_UNKNOWN,
    OCPP_REGISTRATION_ACCEPTED,
    OCPP_REGISTRATION_PENDING,
    OCPP_REGISTRATION_REJECTED
};

/* ocpp_connector_status: 2.x says Occupied for Preparing to Finishing; the finer state travels in the transaction. */
enum ocpp_connector_status {
    OCPP_CONNECTOR_UNKNOWN,
    OCPP_CONNECTOR_AVAILABLE,
    OCPP_CONNECTOR_PREPARING,
    OCPP_CONNECTOR_CHARGING,
    OCPP_CONNECTOR_SUSPENDED_EV,
    OCPP_CONNECTOR_SUSPENDED_EVSE,
    OCPP_CONNECTOR_FINISHING,
    OCPP_CONNECTOR_RESERVED,
    OCPP_CONNECTOR_UNAVAILABLE,
    OCPP_CONNECTOR_FAULTED,
    OCPP_CONNECTOR_OCCUPIED
};

/* ocpp_stop_reason: why a transaction ended. */
enum ocpp_stop_reason {
    OCPP_STOP_UNKNOWN,
    OCPP_STOP_DE_AUTHORIZED,
    OCPP_STOP_EMERGENCY_STOP,
    OCPP_STOP_ENERGY_LIMIT_REACHED,
    OCPP_STOP_EV_DISCONNECTED,
    OCPP_STOP_GROUND_FAULT,
    OCPP_STOP_HARD_RESET,
    OCPP_STOP_IMMEDIATE_RESET,
    OCPP_STOP_LOCAL,
    OCPP_STOP_LOCAL_OUT_OF_CREDIT,
    OCPP_STOP_MASTER_PASS,
    OCPP_STOP_OTHER,
    OCPP_STOP_OVERCURRENT_FAULT,
    OCPP_STOP_POWER_LOSS,
    OCPP_STOP_POWER_QUALITY,
    OCPP_STOP_REBOOT,
    OCPP_STOP_REMOTE,
    OCPP_STOP_SOC_LIMIT_REACHED,
    OCPP_STOP_SOFT_RESET,
    OCPP_STOP_STOPPED_BY_EV,
    OCPP_STOP_TIME_LIMIT_REACHED,
    OCPP_STOP_TIMEOUT,
    OCPP_STOP_UNLOCK_COMMAND
};

enum ocpp_measurand {
    OCPP_MEASURAND_UNKNOWN,
    OCPP_MEASURAND_CURRENT_EXPORT,
    OCPP_MEASURAND_CURRENT_IMPORT,
    OCPP_MEASURAND_CURRENT_OFFERED,
    OCPP_MEASURAND_ENERGY_ACTIVE_EXPORT_REGISTER,
    OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
    OCPP_MEASURAND_ENERGY_REACTIVE_EXPORT_REGISTER,
    OCPP_MEASURAND_ENERGY_REACTIVE_IMPORT_REGISTER,
    OCPP_MEASURAND_ENERGY_ACTIVE_EXPORT_INTERVAL,
    OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_INTERVAL,
    OCPP_MEASURAND_ENERGY_REACTIVE_EXPORT_INTERVAL,
    OCPP_MEASURAND_ENERGY_REACTIVE_IMPORT_INTERVAL,
    OCPP_MEASURAND_ENERGY_ACTIVE_NET,      /* 2.x */
    OCPP_MEASURAND_ENERGY_REACTIVE_NET,    /* 2.x */
    OCPP_MEASURAND_ENERGY_APPARENT_NET,    /* 2.x */
    OCPP_MEASURAND_ENERGY_APPARENT_IMPORT, /* 2.x */
    OCPP_MEASURAND_ENERGY_APPARENT_EXPORT, /* 2.x */
    OCPP_MEASURAND_FREQUENCY,
    OCPP_MEASURAND_POWER_ACTIVE_EXPORT,
    OCPP_MEASURAND_POWER_ACTIVE_IMPORT,
    OCPP_MEASURAND_POWER_FACTOR,
    OCPP_MEASURAND_POWER_OFFERED,
    OCPP_MEASURAND_POWER_REACTIVE_EXPORT,
    OCPP_MEASURAND_POWER_REACTIVE_IMPORT,
    OCPP_MEASURAND_RPM, /* 1.6 */
    OCPP_MEASURAND_SOC,
    OCPP_MEASURAND_TEMPERATURE, /* 1.6 */
    OCPP_MEASURAND_VOLTAGE
};

enum ocpp_phase {
    OCPP_PHASE_NONE,
    OCPP_PHASE_L1,
    OCPP_PHASE_L2,
    OCPP_PHASE_L3,
    OCPP_PHASE_N,
    OCPP_PHASE_L1_N,
    OCPP_PHASE_L2_N,
    OCPP_PHASE_L3_N,
    OCPP_PHASE_L1_L2,
    OCPP_PHASE_L2_L3,
    OCPP_PHASE_L3_L1
};

enum ocpp_location {
    OCPP_LOCATION_UNKNOWN, /* Outlet, the default of the standard */
    OCPP_LOCATION_BODY,
    OCPP_LOCATION_CABLE,
    OCPP_LOCATION_EV,
    OCPP_LOCATION_INLET,
    OCPP_LOCATION_OUTLET
};

enum ocpp_reading_context {
    OCPP_CONTEXT_UNKNOWN, /* Sample.Periodic, the default of the standard */
    OCPP_CONTEXT_INTERRUPTION_BEGIN,
    OCPP_CONTEXT_INTERRUPTION_END,
    OCPP_CONTEXT_OTHER,
    OCPP_CONTEXT_SAMPLE_CLOCK,
    OCPP_CONTEXT_SAMPLE_PERIODIC,
    OCPP_CONTEXT_TRANSACTION_BEGIN,
    OCPP_CONTEXT_TRANSACTION_END,
    OCPP_CONTEXT_TRIGGER
};

/* ocpp_signed_value: a sample as the meter signed it. Texts are carried as they are, byte for byte; NULL counts as "". */
struct ocpp_signed_value {
    const char *data;            /* at most 2,500 characters; base64 in 2.x */
    const char *signing_method;  /* at most 50; "" where the data says it itself */
    const char *encoding_method; /* at most 50: "OCMF", "EDL", … */
    const char *public_key;      /* at most 2,500; base64 of "oca:<encoding>:<content type>:<key as printed>"; "" when unknown */
};

/* ocpp_sample: one measured value in the base unit of its measurand: Wh, varh, VAh, W, var, A, V, Hz, %, °C, 1/min.
 * |signed_value| belongs to whoever gives the sample; NULL: the value was not signed. */
struct ocpp_sample {
    enum ocpp_measurand measurand;
    enum ocpp_phase phase;
    enum ocpp_location location;
    struct ocpp_decimal value;
    const struct ocpp_signed_value *signed_value;
};

/* OCPP_MEASURAND_BIT: a measurand in a set of them, which is an int64_t. */
#define OCPP_MEASURAND_BIT(measurand) ((int64_t)1 << (measurand))

/* ocpp_trigger: why a transaction event is told; the words of 2.x. In 1.6 it does not travel. */
enum ocpp_trigger {
    OCPP_TRIGGER_UNKNOWN,
    OCPP_TRIGGER_AUTHORIZED,
    OCPP_TRIGGER_CABLE_PLUGGED_IN,
    OCPP_TRIGGER_CHARGING_RATE_CHANGED,
    OCPP_TRIGGER_CHARGING_STATE_CHANGED,
    OCPP_TRIGGER_DEAUTHORIZED,
    OCPP_TRIGGER_ENERGY_LIMIT_REACHED,
    OCPP_TRIGGER_EV_COMMUNICATION_LOST,
    OCPP_TRIGGER_EV_CONNECT_TIMEOUT,
    OCPP_TRIGGER_METER_VALUE_CLOCK,
    OCPP_TRIGGER_METER_VALUE_PERIODIC,
    OCPP_TRIGGER_TIME_LIMIT_REACHED,
    OCPP_TRIGGER_TRIGGER,
    OCPP_TRIGGER_UNLOCK_COMMAND,
    OCPP_TRIGGER_STOP_AUTHORIZED,
    OCPP_TRIGGER_EV_DEPARTED,
    OCPP_TRIGGER_EV_DETECTED,
    OCPP_TRIGGER_REMOTE_STOP,
    OCPP_TRIGGER_REMOTE_START,
    OCPP_TRIGGER_ABNORMAL_CONDITION,
    OCPP_TRIGGER_SIGNED_DATA_RECEIVED,
    OCPP_TRIGGER_RESET_COMMAND
};

/* ocpp_charging_state: 2.x E02; the 1.6 connector states are derived from it. */
enum ocpp_charging_state {
    OCPP_CHARGING_STATE_UNKNOWN,
    OCPP_CHARGING_STATE_CHARGING,
    OCPP_CHARGING_STATE_EV_CONNECTED,
    OCPP_CHARGING_STATE_SUSPENDED_EV,
    OCPP_CHARGING_STATE_SUSPENDED_EVSE,
    OCPP_CHARGING_STATE_IDLE
};

/* ocpp_rate_unit: measures of a charging limit, as bits. */
enum ocpp_rate_unit { OCPP_RATE_CURRENT = 1, OCPP_RATE_POWER = 2 };

/* ocpp_limit_source: who set a limit: an energy manager, somebody else, the system operator, or the operator of the stations
 * (ChargingLimitSourceEnumType). */
enum ocpp_limit_source {
    OCPP_LIMIT_SOURCE_EMS,
    OCPP_LIMIT_SOURCE_OTHER,
    OCPP_LIMIT_SOURCE_SO,
    OCPP_LIMIT_SOURCE_CSO /* never set from outside */
};

/* --- the device model and the network -------------------------------------------------------------------------------- */

/* ocpp_monitor_type: when a monitor of a variable makes an event (2.x N04). */
enum ocpp_monitor_type {
    OCPP_MONITOR_UPPER_THRESHOLD,        /* numbers only */
    OCPP_MONITOR_LOWER_THRESHOLD,        /* the same */
    OCPP_MONITOR_DELTA,                  /* numbers, and seconds of a date; what is neither: any change */
    OCPP_MONITOR_PERIODIC,               /* every |value| seconds; not of a date */
    OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED, /* the same, counted from each midnight: a day at most */
    OCPP_MONITOR_TARGET_DELTA,           /* 2.1, which no station of ours has: as far from its target */
    OCPP_MONITOR_TARGET_DELTA_RELATIVE   /* the same, as a part of the target */
};

/* ocpp_network_interface: what a network connection profile may name (OCPPInterfaceEnumType). */
enum ocpp_network_interface {
    OCPP_NETWORK_WIRED_0,
    OCPP_NETWORK_WIRED_1,
    OCPP_NETWORK_WIRED_2,
    OCPP_NETWORK_WIRED_3,
    OCPP_NETWORK_WIRELESS_0,
    OCPP_NETWORK_WIRELESS_1,
    OCPP_NETWORK_WIRELESS_2,
    OCPP_NETWORK_WIRELESS_3,
    OCPP_NETWORK_ANY_INTERFACE /* the station's own profile: whichever there is */
};

/* ocpp_apn, ocpp_vpn: how a profile reaches the network. Texts are never NULL; "": not given. They hold secrets, which are
 * never logged. */
enum ocpp_apn_authentication { OCPP_APN_CHAP, OCPP_APN_NONE, OCPP_APN_PAP, OCPP_APN_AUTO };
/* ocpp_apn: how a modem gets into its network. */
struct ocpp_apn {
    const char *name;
    const char *user;
    const char *password;
    int64_t sim_pin; /* -1: none */
    const char *preferred_network;
    bool only_preferred_network;
    enum ocpp_apn_authentication authentication;
};

enum ocpp_vpn_kind { OCPP_VPN_IKEV2, OCPP_VPN_IPSEC, OCPP_VPN_L2TP, OCPP_VPN_PPTP };
/* ocpp_vpn: how a private network is reached. */
struct ocpp_vpn {
    const char *server;
    const char *user;
    const char *group;
    const char *password;
    const char *key;
    enum ocpp_vpn_kind kind;
};

/* ocpp_security_profile: how a connection is made. */
enum ocpp_security_profile {
    OCPP_SECURITY_NONE,       /* ws, no password: for tests and closed networks; neither standard has a name for it */
    OCPP_SECURITY_BASIC,      /* 1: ws, HTTP Basic authentication */
    OCPP_SECURITY_TLS,        /* 2: wss, the server shows a certificate, the station its password */
    OCPP_SECURITY_CERTIFICATE /* 3: wss, both show a certificate */
};

/* --- what drivers read ------------------------------------------------------------------------------------------------ */

/* ocpp_message_format: how a text for a driver is written; OCPP_MESSAGE_BIT() of each makes a set. */
enum ocpp_message_format { OCPP_MESSAGE_ASCII, OCPP_MESSAGE_HTML, OCPP_MESSAGE_URI, OCPP_MESSAGE_UTF8, OCPP_MESSAGE_FORMATS };

/* ocpp_message_priority: how a message stands to others. */
enum ocpp_message_priority {
    OCPP_MESSAGE_ALWAYS_FRONT, /* it alone; there is one of them for a display, the last that was set (O01.FR.16) */
    OCPP_MESSAGE_IN_FRONT,     /* these alone, in turns (O01.FR.14) */
    OCPP_MESSAGE_NORMAL_CYCLE, /* in turns with what the firmware shows (O01.FR.12) */
    OCPP_MESSAGE_PRIORITIES
};

/* ocpp_message_state: during what a message is shown. A display of an EVSE follows that EVSE; one of the station charges while
 * any EVSE does, is idle while one could, and is unavailable or faulted when all of them are. */
enum ocpp_message_state {
    OCPP_MESSAGE_CHARGING, /* somebody charges there, or has suspended it */
    OCPP_MESSAGE_FAULTED,
    OCPP_MESSAGE_IDLE,
    OCPP_MESSAGE_UNAVAILABLE,
    OCPP_MESSAGE_ANY_STATE,
    OCPP_MESSAGE_STATES = OCPP_MESSAGE_ANY_STATE
};

#define OCPP_MESSAGE_BIT(value) (1u << (value))

/* ocpp_price_text: a text for the driver. |language| is as in RFC 5646; "": not said. */
struct ocpp_price_text {
    enum ocpp_message_format format;
    const char *language;
    const char *text; /* UTF-8, at most 512 characters: a station cuts what is longer, a central system does not send it */
};

/* ocpp_unit_prices: prices of 1.6 by which the cost goes on between two messages. */
struct ocpp_unit_prices {
    bool has_per_kwh;
    bool has_per_hour;
    bool has_flat_fee;
    bool has_grace;
    struct ocpp_decimal per_kwh;
    struct ocpp_decimal per_hour;
    struct ocpp_decimal flat_fee; /* of charging; part of the amount already */
    int64_t grace_s;              /* of idleness: free of charge, from its beginning */
};

/* --- messages of vendors ----------------------------------------------------------------------------------------------- */

/* ocpp_data_kind: in 1.6 data are a text, and JSON travels as the text it is; in 2.x data are any JSON, and a text travels as a
 * string. What comes is a TEXT in 1.6 and JSON in 2.x. */
enum ocpp_data_kind { OCPP_DATA_NONE, OCPP_DATA_TEXT, OCPP_DATA_JSON };

enum ocpp_data_transfer_status {
    OCPP_DATA_TRANSFER_UNANSWERED,
    OCPP_DATA_TRANSFER_ACCEPTED,
    OCPP_DATA_TRANSFER_REJECTED,
    OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID,
    OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID
};

/* ocpp_data_transfer: a request. What it points to is borrowed until the call or the callback returns. */
struct ocpp_data_transfer {
    const char *vendor_id;  /* at most 255 characters */
    const char *message_id; /* at most 50 characters; NULL: none */
    enum ocpp_data_kind kind;
    const char *data; /* terminated; NULL with OCPP_DATA_NONE */
};

/* ocpp_data_transfer_answer: what became of a request. |status| is OCPP_OK and |result| says what the other side thinks of it; or
 * there is no answer: OCPP_ERR_CALL_ERROR it was refused, OCPP_ERR_TIMEOUT, OCPP_ERR_CLOSED the link went first (it may have
 * been heard), OCPP_ERR_BAD_ANSWER, OCPP_ERR_NOMEM. Borrowed like a request. */
struct ocpp_data_transfer_answer {
    enum ocpp_status status; /* not looked at in answers that are given */
    enum ocpp_data_transfer_status result;
    enum ocpp_data_kind kind;
    const char *data;
};

/* --- names ------------------------------------------------------------------------------------------------------------- */

/* Names for people, logs and JSON of our own programs: the words of the standard ("SuspendedEV",
 * "Energy.Active.Import.Register"); "Unknown" for 0 and anything outside. Never NULL. */
OCPP_API const char *ocpp_token_type_name(enum ocpp_token_type type);
OCPP_API const char *ocpp_authorization_name(enum ocpp_authorization authorization);
OCPP_API const char *ocpp_registration_name(enum ocpp_registration registration);
OCPP_API const char *ocpp_connector_status_name(enum ocpp_connector_status status);
OCPP_API const char *ocpp_stop_reason_name(enum ocpp_stop_reason reason);
OCPP_API const char *ocpp_measurand_name(enum ocpp_measurand measurand);
OCPP_API const char *ocpp_measurand_unit(enum ocpp_measurand measurand);
OCPP_API const char *ocpp_phase_name(enum ocpp_phase phase);
OCPP_API const char *ocpp_location_name(enum ocpp_location location);
OCPP_API const char *ocpp_reading_context_name(enum ocpp_reading_context context);
OCPP_API const char *ocpp_trigger_name(enum ocpp_trigger trigger);
OCPP_API const char *ocpp_charging_state_name(enum ocpp_charging_state state);

/* The values of such names, without regard to ASCII case; 0 when there is none. */
OCPP_API enum ocpp_token_type ocpp_token_type_of(const char *name);
OCPP_API enum ocpp_authorization ocpp_authorization_of(const char *name);
OCPP_API enum ocpp_registration ocpp_registration_of(const char *name);
OCPP_API enum ocpp_stop_reason ocpp_stop_reason_of(const char *name);
OCPP_API enum ocpp_measurand ocpp_measurand_of(const char *name);
OCPP_API enum ocpp_phase ocpp_phase_of(const char *name);

OCPP_END_DECLARATIONS

#endif
