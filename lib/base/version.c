/* version.c: how the versions of the protocol are written, as WebSocket subprotocol and for people. */
#include <ocpp/types.h>

#include <string.h>

static const struct {
    const char *subprotocol;
    const char *name;
} versions[OCPP_VERSION_COUNT] = {
    [OCPP_VERSION_NONE] = { "", "none" },
    [OCPP_VERSION_1_6] = { "ocpp1.6", "1.6" },
    [OCPP_VERSION_2_0_1] = { "ocpp2.0.1", "2.0.1" },
    [OCPP_VERSION_2_1] = { "ocpp2.1", "2.1" },
};

static bool is_known(enum ocpp_version version)
{
    return (unsigned)version < OCPP_VERSION_COUNT;
}

const char *ocpp_version_subprotocol(enum ocpp_version version)
{
    return versions[is_known(version) ? version : OCPP_VERSION_NONE].subprotocol;
}

const char *ocpp_version_name(enum ocpp_version version)
{
    return versions[is_known(version) ? version : OCPP_VERSION_NONE].name;
}

enum ocpp_version ocpp_version_of(const char *text)
{
    for (unsigned version = OCPP_VERSION_NONE + 1; version < OCPP_VERSION_COUNT; version++) {
        if (strcmp(text, versions[version].subprotocol) == 0 || strcmp(text, versions[version].name) == 0) {
            return (enum ocpp_version)version;
        }
    }
    return OCPP_VERSION_NONE;
}
