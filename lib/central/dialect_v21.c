/* dialect_v21.c: OCPP 2.1 as the central system speaks it: what it shares with 2.0.1 in the words of that version (bridge.h);
 * what it added reaches the application through the call layer. */
#include "dialect.h"
#include "vocabulary_v201.h"

#include <ocpp/v21.h>

static const struct central_route *const routes[] = { NULL };

const struct ocpp_central_dialect central_dialect_v21 = {
    .version = OCPP_VERSION_2_1,
    .routes = routes,
    .boot = &ocpp21_actions[OCPP21_ACTION_BOOT_NOTIFICATION],
    .base = &central_dialect_v201,
    .beyond = ocpp_v201_beyond,
};
