/* settings.h: NAME=VALUE of --set. */
#ifndef OCPP_SIM_SETTINGS_H
#define OCPP_SIM_SETTINGS_H

#include <ocpp/adapters.h>

/* setting_is_good: whether the connection or the start of the engine takes the assignment. setting_is_of_engine: whether the
 * engine of such a pile takes it later, by its key of 1.6 or as Component.Variable. */
bool setting_is_good(const char *assignment);
bool setting_is_of_engine(const char *assignment, int evses, int connectors);

/* setting_apply: writes a good assignment to where it belongs; others it leaves alone. */
void setting_apply(const char *assignment, struct ocpp_charge_point_settings *charge_point, struct ocpp_client_settings *client);

/* setting_tell: gives an assignment that is not good, in the sense above, to the engine. */
enum ocpp_status setting_tell(const char *assignment, struct ocpp_charge_point *cp);

void settings_print(void);

#endif
