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
