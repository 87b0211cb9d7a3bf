/* commands_network.c: how a station reaches the network and a central system (2.x, B09). */
#include "command.h"

#include <ocpp/central_reports.h>

enum { TIMEOUT_S = 30, TIMEOUT_MAX_S = 3600 };

static const char *const versions[] = { "1.6", "2.0.1", "2.1", NULL };
static const enum ocpp_version version_values[] = { OCPP_VERSION_1_6, OCPP_VERSION_2_0_1, OCPP_VERSION_2_1 };
static const char *const interfaces[] = { "Wired0",    "Wired1",    "Wired2",    "Wired3", "Wireless0",
                                          "Wireless1", "Wireless2", "Wireless3", "Any",    NULL }; /* ocpp_network_interface */
static const char *const authentications[] = { "CHAP", "NONE", "PAP", "AUTO", NULL };              /* ocpp_apn_authentication */
static const char *const vpn_kinds[] = { "IKEv2", "IPSec", "L2TP", "PPTP", NULL };                 /* ocpp_vpn_kind */

static struct ocpp_apn read_apn(const cJSON *apn)
{
    return (struct ocpp_apn){
        .name = body_text(apn, "name", ""),
        .user = body_text(apn, "user", ""),
        .password = body_text(apn, "password", ""),
        .sim_pin = body_integer(apn, "simPin", -1),
        .preferred_network = body_text(apn, "preferredNetwork", ""),
        .only_preferred_network = body_flag(apn, "onlyPreferredNetwork", false),
        .authentication = (enum ocpp_apn_authentication)body_word(apn, "authentication", authentications, OCPP_APN_AUTO),
    };
}

static struct ocpp_vpn read_vpn(const cJSON *vpn)
{
    return (struct ocpp_vpn){
        .server = body_text(vpn, "server", ""),
        .user = body_text(vpn, "user", ""),
        .group = body_text(vpn, "group", ""),
        .password = body_text(vpn, "password", ""),
        .key = body_text(vpn, "key", ""),
        .kind = (enum ocpp_vpn_kind)body_word(vpn, "kind", vpn_kinds, OCPP_VPN_IKEV2),
    };
}

static enum ocpp_status give_network_profile(struct ocpp_station *station, struct order *order)
{
    const cJSON *body = order->body;
    const struct ocpp_apn apn = read_apn(body_value(body, "apn"));
    const struct ocpp_vpn vpn = read_vpn(body_value(body, "vpn"));
    const struct ocpp_network_profile profile = {
        .url = body_text(body, "url", ""),
        .version = version_values[body_word(body, "version", versions, 0)],
        .security_profile = (int)body_integer(body, "securityProfile", 0),
        .message_timeout_s = body_integer(body, "messageTimeout_s", TIMEOUT_S),
        .network_interface = (enum ocpp_network_interface)body_word(body, "interface", interfaces, OCPP_NETWORK_ANY_INTERFACE),
        .apn = body_value(body, "apn") ? &apn : NULL,
        .vpn = body_value(body, "vpn") ? &vpn : NULL,
    };

    return ocpp_station_set_network_profile(station, body_integer(body, "slot", 0), &profile, &order->done);
}

static const struct body_member apn_members[] = {
    { .name = "name", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 512 },
    { .name = "user", .kind = BODY_TEXT, .minimum = 1, .maximum = 20 },
    { .name = "password", .kind = BODY_TEXT, .minimum = 1, .maximum = 20 },
    { .name = "simPin", .kind = BODY_INTEGER, .maximum = 99999999 },
    { .name = "preferredNetwork", .kind = BODY_TEXT, .minimum = 1, .maximum = 6 },
    { .name = "onlyPreferredNetwork", .kind = BODY_BOOLEAN },
    { .name = "authentication", .kind = BODY_WORD, .required = true, .words = authentications },
    BODY_END,
};

static const struct body_member vpn_members[] = {
    { .name = "server", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 512 },
    { .name = "user", .kind = BODY_TEXT, .required = true, .maximum = 20 },
    { .name = "group", .kind = BODY_TEXT, .minimum = 1, .maximum = 20 },
    { .name = "password", .kind = BODY_TEXT, .required = true, .maximum = 20 },
    { .name = "key", .kind = BODY_TEXT, .required = true, .maximum = 255 },
    { .name = "kind", .kind = BODY_WORD, .required = true, .words = vpn_kinds },
    BODY_END,
};

static const struct body_member profile_members[] = {
    { .name = "slot", .kind = BODY_INTEGER, .required = true, .maximum = INT32_MAX },
    { .name = "url", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 512 },
    { .name = "version", .kind = BODY_WORD, .required = true, .words = versions },
    { .name = "securityProfile", .kind = BODY_INTEGER, .required = true, .maximum = 3 },
    { .name = "interface", .kind = BODY_WORD, .required = true, .words = interfaces },
    { .name = "messageTimeout_s", .kind = BODY_INTEGER, .minimum = 1, .maximum = TIMEOUT_MAX_S },
    { .name = "apn", .kind = BODY_OBJECT, .members = apn_members },
    { .name = "vpn", .kind = BODY_OBJECT, .members = vpn_members },
    BODY_END,
};

const struct command commands_of_network[] = {
    { .name = "network-profile", .members = profile_members, .give = give_network_profile },
    { .name = NULL },
};
