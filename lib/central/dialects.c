/* dialects.c: which versions this build speaks. */
#include "dialect.h"

#include <stddef.h>

static const struct ocpp_central_dialect *const dialects[] = {
#if OCPP_WITH_V16
    &central_dialect_v16,
#endif
#if OCPP_WITH_V201
    &central_dialect_v201,
#endif
#if OCPP_WITH_V21 && OCPP_WITH_V201
    &central_dialect_v21,
#endif
    NULL,
};

const struct ocpp_central_dialect *central_dialect_of(enum ocpp_version version)
{
    for (size_t i = 0; dialects[i]; i++) {
        if (dialects[i]->version == version) {
            return dialects[i];
        }
    }
    return NULL;
}

const struct central_route *dialect_route(const struct ocpp_central_dialect *dialect, const struct ocpp_action *action)
{
    for (const struct central_route *const *table = dialect->routes; *table; table++) {
        for (const struct central_route *route = *table; route->action; route++) {
            if (route->action == action) {
                return route;
            }
        }
    }
    return NULL;
}

const struct ocpp_central_dialect *dialect_speaker(const struct ocpp_station *station)
{
    return station->dialect->base ? station->dialect->base : station->dialect;
}

bool ocpp_central_speaks(enum ocpp_version version)
{
    return central_dialect_of(version) != NULL;
}
