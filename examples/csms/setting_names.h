/* setting_names.h: settings as bodies and answers name them: by the key of 1.6, the component and variable of 2.x, or both. */
#ifndef CSMS_SETTING_NAMES_H
#define CSMS_SETTING_NAMES_H

#include "body.h"

#include <ocpp/central_orders.h>

extern const char *const setting_attributes[];
extern const struct body_member setting_name_members[];

/* The members of a name, for bodies that have more. */
/* clang-format off */
#define SETTING_NAME_MEMBERS \
    { .name = "key", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "component", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "componentInstance", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX }, \
    { .name = "connector", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX }, \
    { .name = "variable", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "variableInstance", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 }, \
    { .name = "attribute", .kind = BODY_WORD, .words = setting_attributes }
/* clang-format on */

struct ocpp_setting_address body_setting_name(const cJSON *name);

/* json_add_setting_name: what |name| has, into |json|. */
void json_add_setting_name(cJSON *json, const struct ocpp_setting_address *name);

/* json_add_setting_value: its value, covered where it is a secret: no station should tell one, and some do. NULL: none. */
void json_add_setting_value(cJSON *json, const struct ocpp_setting_address *name, const char *value);

#endif
