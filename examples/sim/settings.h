/* settings.h: NAME=VALUE of --set. */
#ifndef OCPP_SIM_SETTINGS_H
#define OCPP_SIM_SETTINGS_H

#include <ocpp/adapters.h>

bool setting_is_good(const char *assignment);

/* setting_apply: writes a good assignment to where it belongs. */
void setting_apply(const char *assignment, struct ocpp_charge_point_settings *charge_point, struct ocpp_client_settings *client);

void settings_print(void);

#endif
