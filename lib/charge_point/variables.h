/* variables.h: the settings the central system may see and change, one row each, whatever they are called in a version.
 *
 * Values are integers: seconds, counts, 0 and 1, or a set of measurands as bits. A row says what it is called where, who may
 * change it and within which bounds.
 */
#ifndef OCPP_LIB_VARIABLES_H
#define OCPP_LIB_VARIABLES_H

#include <ocpp/vocabulary.h>

enum variable {
    VARIABLE_HEARTBEAT_INTERVAL_S,
    VARIABLE_CONNECTION_TIMEOUT_S,
    VARIABLE_SAMPLE_INTERVAL_S,
    VARIABLE_SAMPLED_MEASURANDS,
    VARIABLE_START_MEASURANDS,
    VARIABLE_END_MEASURANDS,
    VARIABLE_STOP_DATA_MEASURANDS,
    VARIABLE_MINIMUM_STATUS_S,
    VARIABLE_MESSAGE_ATTEMPTS,
    VARIABLE_MESSAGE_RETRY_S,
    VARIABLE_AUTHORIZE_REMOTE,
    VARIABLE_OFFLINE_UNKNOWN,
    VARIABLE_STOP_ON_INVALID,
    VARIABLE_STOP_ON_DISCONNECT,
    VARIABLE_OFFLINE_THRESHOLD_S,
    VARIABLE_CONNECTOR_COUNT,
    VARIABLE_FEATURE_PROFILES,
    VARIABLE_KEYS_PER_REQUEST,
    VARIABLE_TX_START_POINT,
    VARIABLE_TX_STOP_POINT,
    VARIABLE_COUNT
};

enum variable_kind {
    KIND_INTEGER,
    KIND_BOOLEAN,
    KIND_MEASURANDS, /* bits 1 << enum ocpp_measurand */
    KIND_TEXT        /* |text| of the row, never changed */
};

struct variable_row {
    const char *name;      /* ours, in the store */
    const char *key;       /* of versions with flat keys; NULL: they have none */
    const char *component; /* of versions with a device model; NULL: they have none */
    const char *variable;
    const char *instance; /* NULL: none */
    enum variable_kind kind;
    bool writable;
    int64_t minimum;
    int64_t maximum;
    const char *text;
};

/* OCPP_VARIABLE_TEXT_SIZE: room for any value as text; a list of all measurands is the longest. */
enum { OCPP_VARIABLE_TEXT_SIZE = 1024 };

struct ocpp_charge_point;

const struct variable_row *ocpp_cp_variable_row(enum variable variable);

/* ocpp_cp_variable_text: the value as text. */
void ocpp_cp_variable_text(const struct ocpp_charge_point *cp, enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE]);

/* ocpp_cp_variable_set: reads |text| and keeps it in the store. Errors: OCPP_ERR_STATE read-only; OCPP_ERR_VALUE not such a
 * value; OCPP_ERR_RANGE outside the bounds; those of the store. Nothing was changed then. */
enum ocpp_status ocpp_cp_variable_set(struct ocpp_charge_point *cp, enum variable variable, const char *text);

/* ocpp_cp_variable_defaults: from the settings; then what the store remembers. */
void ocpp_cp_variable_defaults(struct ocpp_charge_point *cp);
enum ocpp_status ocpp_cp_variables_load(struct ocpp_charge_point *cp);

#endif
