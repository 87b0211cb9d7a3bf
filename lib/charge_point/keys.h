/* keys.h: the flat keys that OCPP 1.6 and its extensions know, each with how it maps to the table of variables.
 *
 * Every key of the standard is a row, those of features this station lacks as well: they are absent until it has the feature, or
 * until the firmware brings a setting of that name. */
#ifndef OCPP_LIB_KEYS_H
#define OCPP_LIB_KEYS_H

#include "variables.h"

enum key_mapping {
    KEY_SAME,           /* the variable under another name */
    KEY_CONVERTED,      /* the variable, written differently */
    KEY_FAN_OUT,        /* several variables, changed together; the first is told */
    KEY_CHARACTERISTIC, /* a bound of the variable */
    KEY_COMPUTED,       /* what the station knows about itself */
    KEY_ALONE,          /* a variable without a name in the device model */
    KEY_OF_FIRMWARE     /* nothing here: absent unless the firmware brings it */
};

struct key_row {
    const char *key;
    uint8_t mapping;  /* enum key_mapping */
    uint8_t variable; /* enum variable */
    uint8_t access;   /* enum variable_access */
    uint8_t feature;  /* enum feature: needed for the key, beside that of the variable */
};

enum { OCPP_KEY_ROWS = 79 };

const struct key_row *ocpp_cp_key_row(size_t index);

/* ocpp_cp_key_find: the row of |key|, in any case; NULL: there is none, or the station lacks its feature. */
const struct key_row *ocpp_cp_key_find(const struct ocpp_charge_point *cp, const char *key);
bool ocpp_cp_key_is_there(const struct ocpp_charge_point *cp, const struct key_row *row);
bool ocpp_cp_key_is_writable(const struct ocpp_charge_point *cp, const struct key_row *row);

/* ocpp_cp_key_naming: the key that names |variable|; NULL: none does. _names_variable: whether a row is the name of a variable that
 * the device model has, too. _is_ours: whether the engine claims |key|, with its feature or without. */
const char *ocpp_cp_key_naming(const struct ocpp_charge_point *cp, enum variable variable);
bool ocpp_cp_key_names_variable(const struct key_row *row);
bool ocpp_cp_key_is_ours(const char *key);

/* ocpp_cp_key_text: the value as text. _set: the other way; errors as of ocpp_cp_variable_set(). */
void ocpp_cp_key_text(const struct ocpp_charge_point *cp, const struct key_row *row, char text[OCPP_VARIABLE_TEXT_SIZE]);
enum ocpp_status ocpp_cp_key_set(struct ocpp_charge_point *cp, const struct key_row *row, const char *text);

#endif
