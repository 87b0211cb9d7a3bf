/* network_world.h: a station with a network block, and whoever makes its connections: asks, fails, succeeds. */
#ifndef OCPP_TESTS_NETWORK_WORLD_H
#define OCPP_TESTS_NETWORK_WORLD_H

#include "station_world.h"

#include <ocpp/certificates.h>
#include <ocpp/crypto.h>
#include <ocpp/network.h>

#define NETWORK_PASSWORD "delivered-with-this" /* 19 bytes */

/* What the station's crypto has; the rest of the contract is not asked. */
struct network_keys {
    bool has_root;
    bool has_previous_root;
    bool has_certificate;
    bool has_previous_certificate;
    int64_t certificate_ends_utc_ms;
    int settled[2]; /* by enum ocpp_which */
    int roots_settled;
};

struct network_world {
    struct world *world;
    struct ocpp_network_settings settings;
    struct ocpp_certificates_settings certificates;
    struct ocpp_crypto crypto;
    struct network_keys keys;
    struct ocpp_connection connection; /* as last asked for */
    char log[65536];
    size_t log_size;
};

/* network_new: not switched on yet; change |settings|, then world_power_on(). It keeps every line of the log. */
struct network_world *network_new(void);
void network_free(struct network_world *net);
/* network_up: switched on, and connected in |version| by what the station asks for. */
struct network_world *network_up(enum ocpp_version version);
/* network_reset: the station restarts, as by a reset that was asked for. */
void network_reset(struct network_world *net);

/* network_asks: what the station wants to connect to: "SLOT PROFILE URL PASSWORD", the password "-" for none; "none". */
const char *network_asks(struct network_world *net);
void network_fails(struct network_world *net, enum ocpp_connection_failure failure);
/* network_connects: as it is asked for, in |version|; boots and answers follow. */
void network_connects(struct network_world *net, enum ocpp_version version);
/* network_drops: the link is closed, because the station wants so (asserted) or by itself. */
void network_reconnects(struct network_world *net);

/* network_logged: how often |text| stands in the log. */
int network_logged(const struct network_world *net, const char *text);

/* network_set_profile: SetNetworkProfile; the status of the answer. |url| and the rest as in the message. */
const char *network_set_profile(struct network_world *net, int slot, int security_profile, const char *url);
/* network_set: SetVariables of one variable; the status of the answer. network_get: GetVariables; the value. */
const char *network_set(struct network_world *net, const char *component, const char *variable, const char *value);
const char *network_get(struct network_world *net, const char *component, const char *variable);

#endif
