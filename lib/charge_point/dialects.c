/* dialects.c: the dialects of this build, by version. A new version takes its row here. */
#include "charge_point_dialect.h"

static const struct dialect *const dialects[OCPP_VERSION_COUNT] = {
    [OCPP_VERSION_NONE] = NULL,
#if OCPP_WITH_V16
    [OCPP_VERSION_1_6] = &ocpp_cp_dialect_v16,
#endif
#if OCPP_WITH_V201
    [OCPP_VERSION_2_0_1] = &ocpp_cp_dialect_v201,
#endif
};

const struct dialect *ocpp_cp_dialect(enum ocpp_version version)
{
    return (unsigned)version < OCPP_VERSION_COUNT ? dialects[version] : NULL;
}

void ocpp_cp_dialect_versions(enum ocpp_version versions[3])
{
    size_t count = 0;
    for (unsigned version = OCPP_VERSION_COUNT - 1; version > OCPP_VERSION_NONE; version--) {
        if (dialects[version] != NULL) {
            versions[count++] = (enum ocpp_version)version;
        }
    }
    for (; count < 3; count++) {
        versions[count] = OCPP_VERSION_NONE;
    }
}
