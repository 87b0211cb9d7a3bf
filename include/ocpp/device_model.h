/* device_model.h: the settings of a charge point as the firmware sees them: read them, change them, be told when the central
 * system changed one, and bring settings of one's own.
 *
 * A setting has a name in the device model of 2.x (component, variable, instances, place), or a flat key of 1.6, or both;
 * docs/settings.md lists those of the engine. Values are text in either direction, in the form the standard gives them: "true",
 * "60", "Energy.Active.Import.Register,SoC".
 */
#ifndef OCPP_DEVICE_MODEL_H
#define OCPP_DEVICE_MODEL_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_charge_point;

/* OCPP_SETTING_TEXT_SIZE: room for any value and its terminator. */
enum { OCPP_SETTING_TEXT_SIZE = 1024 };

/* ocpp_setting_name: where a setting stands in the device model. Texts are borrowed; names are compared without regard to case.
 */
struct ocpp_setting_name {
    const char *component;          /* at most 50 characters; NULL: it is not in the device model */
    const char *component_instance; /* NULL: none */
    int evse;                       /* 0: of the station */
    int connector;                  /* 0: of the EVSE */
    const char *variable;           /* at most 50 characters */
    const char *instance;           /* NULL: none */
};

enum ocpp_setting_type {
    OCPP_SETTING_STRING,
    OCPP_SETTING_DECIMAL,
    OCPP_SETTING_INTEGER,
    OCPP_SETTING_DATE_TIME,
    OCPP_SETTING_BOOLEAN,
    OCPP_SETTING_OPTION_LIST,   /* one of |values| */
    OCPP_SETTING_SEQUENCE_LIST, /* some of |values|, in an order that counts */
    OCPP_SETTING_MEMBER_LIST    /* some of |values| */
};

enum ocpp_setting_access { OCPP_SETTING_READ_ONLY, OCPP_SETTING_READ_WRITE, OCPP_SETTING_WRITE_ONLY };

/* ocpp_setting_attribute: what of a variable is meant; 1.6 only knows the first. */
enum ocpp_setting_attribute {
    OCPP_SETTING_ACTUAL,
    OCPP_SETTING_TARGET,
    OCPP_SETTING_MIN_SET,
    OCPP_SETTING_MAX_SET,
    OCPP_SETTING_ATTRIBUTES
};

/* ocpp_own_setting: a setting the firmware brings. The array given in the settings of the charge point is borrowed for life.
 *
 * Without |get| the engine keeps the values, in memory and in its store; a changed value is durable before the central system
 * hears that it was accepted. A setting whose key is one of those of 1.6 that the engine does not know itself (BlinkRepeat,
 * LightIntensity …) makes that key exist. A name the engine has already is refused (OCPP 2.0.1 part 1, 4; 1.6
 * edition 2, 9). */
struct ocpp_own_setting {
    const char *key;               /* of 1.6, at most 50 characters; NULL: it has none */
    struct ocpp_setting_name name; /* in the device model; all NULL: it has none. Either or both are required */
    /* its name in the store, 1 to 40 of a-z, A-Z, 0-9, '-', '_', never given to another; required without |get| */
    const char *stored_as;
    enum ocpp_setting_type type;
    enum ocpp_setting_access access;
    unsigned attributes; /* bits 1 << enum ocpp_setting_attribute; 0: only the actual value */
    const char *unit;    /* at most 16 characters; NULL: none */
    bool is_limited;     /* numbers: |minimum| and |maximum| are the bounds */
    struct ocpp_decimal minimum;
    struct ocpp_decimal maximum;
    size_t length;       /* texts and lists: the longest there may be, at most 1,000 bytes; required for those the engine keeps */
    const char *values;  /* lists: what there is, separated by commas, at most 1,000 characters */
    const char *initial; /* the actual value until somebody changes it; NULL: "" */
    bool needs_reboot;   /* a change counts after the next start; the central system is told so */

    /* writes the value, terminated, into |room| bytes. It is asked at any time and may not call back. False: there is none now.
     * NULL: the engine keeps it */
    bool (*get)(const struct ocpp_own_setting *setting, enum ocpp_setting_attribute attribute, char *text, size_t room,
                void *user);
    /* whether a value that is well-formed and within bounds is good; where there is |get|, also takes it. It may not call back.
     * NULL: any is (with |get|: none is) */
    bool (*set)(const struct ocpp_own_setting *setting, enum ocpp_setting_attribute attribute, const char *text, void *user);
    void *user;
};

/* ocpp_evse_properties: what the hardware of one EVSE is. */
struct ocpp_evse_properties {
    int64_t max_power_w; /* the most it can deliver; above 0 */
    int supply_phases;   /* 1 to 3; 0: direct current */
};

/* ocpp_charge_point_setting_get: the value of |name| (of a key of 1.6 with _key_get), terminated, in |room| bytes. Secrets are
 * readable here, and only here: a password as its hexadecimal digits. Errors: OCPP_ERR_NOT_FOUND there is no such setting, or the
 * station lacks its feature; OCPP_ERR_LENGTH |room| is too small. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_setting_get(const struct ocpp_charge_point *cp,
                                                                      const struct ocpp_setting_name *name, char *text,
                                                                      size_t room);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_key_get(const struct ocpp_charge_point *cp, const char *key, char *text,
                                                                  size_t room);

/* ocpp_charge_point_setting_set: changes a setting as the central system would, by the same rules; it is durable when this
 * returns, and takes effect. The firmware is not told of its own change. Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_STATE it cannot be
 * changed; OCPP_ERR_VALUE, OCPP_ERR_RANGE, OCPP_ERR_LENGTH, OCPP_ERR_DATE_TIME not such a value; those of the store. Nothing was
 * changed then. */
OCPP_API enum ocpp_status ocpp_charge_point_setting_set(struct ocpp_charge_point *cp, const struct ocpp_setting_name *name,
                                                        const char *text, struct ocpp_now now);
OCPP_API enum ocpp_status ocpp_charge_point_key_set(struct ocpp_charge_point *cp, const char *key, const char *text,
                                                    struct ocpp_now now);

/* ocpp_setting_view: a setting on a list. |key| is NULL where 1.6 has none, |name.component| where 2.x has none; |value| is NULL
 * where there is none or where it is a secret. All texts live until |visit| returns. */
struct ocpp_setting_view {
    const char *key;
    struct ocpp_setting_name name;
    enum ocpp_setting_access access; /* in the device model; of a key alone: there */
    const char *value;
};

/* ocpp_charge_point_each_setting: calls |visit| for every setting there is, at every place, until it returns false; keys that are
 * no variable come last. */
OCPP_API void ocpp_charge_point_each_setting(const struct ocpp_charge_point *cp,
                                             bool (*visit)(const struct ocpp_setting_view *view, void *user), void *user);

OCPP_END_DECLARATIONS

#endif
