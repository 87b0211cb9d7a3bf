/* backend_settings.h: whether settings can be worked with. */
#ifndef SETTLEMENT_BACKEND_SETTINGS_H
#define SETTLEMENT_BACKEND_SETTINGS_H

#include <ocpp/settlement/backend.h>

bool settings_are_possible(const struct ocpp_settle_settings *settings);

#endif
