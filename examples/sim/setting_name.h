/* setting_name.h: how a setting of the engine is named on a command line: by its key of 1.6, or Component.Variable, more exactly
 * Component[instance]@EVSE,CONNECTOR.Variable[instance]. */
#ifndef OCPP_SIM_SETTING_NAME_H
#define OCPP_SIM_SETTING_NAME_H

#include <ocpp/charge_point.h>
#include <ocpp/device_model.h>

enum { SETTING_NAME_SIZE = 320 };

/* A name taken apart; |name| points into |text|. */
struct setting_name {
    char text[SETTING_NAME_SIZE];
    bool is_key; /* there is no dot in it */
    struct ocpp_setting_name name;
};

/* setting_name_read: false when it is not such a name. setting_name_print: the other way round; "" where there is none. */
bool setting_name_read(const char *text, struct setting_name *parsed);
void setting_name_print(const struct ocpp_setting_name *name, char *text, size_t room);

/* setting_name_set: changes the setting of that name. */
enum ocpp_status setting_name_set(struct ocpp_charge_point *cp, const char *text, const char *value);

#endif
