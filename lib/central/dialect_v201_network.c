/* dialect_v201_network.c: network connection profiles, the state of transactions and firmware that stations share in OCPP 2.0.1.
 */
#include "dialect.h"
#include "dialect_orders.h"

#include <ocpp/v201.h>

static const char *given(const char *text)
{
    return text && text[0] ? text : NULL;
}

static struct ocpp201_apn apn_of(const struct ocpp_apn *apn)
{
    static const enum ocpp201_apn_authentication kinds[] = {
        [OCPP_APN_CHAP] = OCPP201_APN_AUTHENTICATION_CHAP,
        [OCPP_APN_NONE] = OCPP201_APN_AUTHENTICATION_NONE,
        [OCPP_APN_PAP] = OCPP201_APN_AUTHENTICATION_PAP,
        [OCPP_APN_AUTO] = OCPP201_APN_AUTHENTICATION_AUTO,
    };

    return (struct ocpp201_apn){
        .apn = apn->name,
        .apn_user_name = given(apn->user),
        .apn_password = given(apn->password),
        .has_sim_pin = apn->sim_pin >= 0,
        .sim_pin = apn->sim_pin,
        .preferred_network = given(apn->preferred_network),
        .has_use_only_preferred_network = apn->only_preferred_network,
        .use_only_preferred_network = apn->only_preferred_network,
        .apn_authentication = kinds[apn->authentication],
    };
}

static struct ocpp201_vpn vpn_of(const struct ocpp_vpn *vpn)
{
    static const enum ocpp201_vpn_kind kinds[] = {
        [OCPP_VPN_IKEV2] = OCPP201_VPN_KIND_IKEV2,
        [OCPP_VPN_IPSEC] = OCPP201_VPN_KIND_IPSEC,
        [OCPP_VPN_L2TP] = OCPP201_VPN_KIND_L2TP,
        [OCPP_VPN_PPTP] = OCPP201_VPN_KIND_PPTP,
    };

    return (struct ocpp201_vpn){
        .server = vpn->server,
        .user = vpn->user,
        .group = given(vpn->group),
        .password = vpn->password,
        .key = vpn->key,
        .type = kinds[vpn->kind],
    };
}

static bool read_profile_set(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_set_network_profile_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_SET_NETWORK_PROFILE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_set_network_profile_status_enum, (int)res->status);
    return true;
}

/* OCPP20 is how 2.0.1 is named where that is all there is; what ocpp_v201_beyond adds has names of its own. */
static const enum ocpp201_ocpp_version versions[OCPP_VERSION_COUNT] = {
    [OCPP_VERSION_1_6] = OCPP201_OCPP_VERSION_OCPP16,
    [OCPP_VERSION_2_0_1] = OCPP201_OCPP_VERSION_OCPP20,
};
static const enum ocpp201_ocpp_version versions_beyond[OCPP_VERSION_COUNT] = {
    [OCPP_VERSION_1_6] = OCPP201_OCPP_VERSION_OCPP16,
    [OCPP_VERSION_2_0_1] = (enum ocpp201_ocpp_version)(OCPP201_OCPP_VERSION_OCPP20 + 1),
    [OCPP_VERSION_2_1] = (enum ocpp201_ocpp_version)(OCPP201_OCPP_VERSION_OCPP20 + 2),
};

static const enum ocpp201_ocpp_interface interfaces[] = {
    [OCPP_NETWORK_WIRED_0] = OCPP201_OCPP_INTERFACE_WIRED0,       [OCPP_NETWORK_WIRED_1] = OCPP201_OCPP_INTERFACE_WIRED1,
    [OCPP_NETWORK_WIRED_2] = OCPP201_OCPP_INTERFACE_WIRED2,       [OCPP_NETWORK_WIRED_3] = OCPP201_OCPP_INTERFACE_WIRED3,
    [OCPP_NETWORK_WIRELESS_0] = OCPP201_OCPP_INTERFACE_WIRELESS0, [OCPP_NETWORK_WIRELESS_1] = OCPP201_OCPP_INTERFACE_WIRELESS1,
    [OCPP_NETWORK_WIRELESS_2] = OCPP201_OCPP_INTERFACE_WIRELESS2, [OCPP_NETWORK_WIRELESS_3] = OCPP201_OCPP_INTERFACE_WIRELESS3,
    [OCPP_NETWORK_ANY_INTERFACE] = OCPP201_OCPP_INTERFACE_UNSET,
};

/* The interface of |profile| in the words of the station; unset: it has none. */
static enum ocpp201_ocpp_interface interface_of(const struct command *command, const struct ocpp_network_profile *profile)
{
    const bool is_beyond = profile->network_interface == OCPP_NETWORK_ANY_INTERFACE && command_is_bridged(command);

    return is_beyond ? (enum ocpp201_ocpp_interface)(OCPP201_OCPP_INTERFACE_WIRELESS3 + 1)
                     : interfaces[profile->network_interface];
}

enum ocpp_status central_v201_set_network_profile(struct command *command, const void *what)
{
    const struct network_order *order = what;
    const struct ocpp_network_profile *profile = order->profile;
    struct ocpp201_set_network_profile_req req = {
        .configuration_slot = order->slot,
        .connection_data = {
            .ocpp_version = (command_is_bridged(command) ? versions_beyond : versions)[profile->version],
            .ocpp_transport = OCPP201_OCPP_TRANSPORT_JSON,
            .ocpp_csms_url = profile->url,
            .message_timeout = profile->message_timeout_s,
            .security_profile = profile->security_profile,
            .ocpp_interface = interface_of(command, profile),
        },
    };
    struct ocpp201_apn apn;
    struct ocpp201_vpn vpn;

    if (!req.connection_data.ocpp_version || !req.connection_data.ocpp_interface) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    if (profile->apn) {
        apn = apn_of(profile->apn);
        req.connection_data.apn = &apn;
    }
    if (profile->vpn) {
        vpn = vpn_of(profile->vpn);
        req.connection_data.vpn = &vpn;
    }
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_SET_NETWORK_PROFILE], &req, read_profile_set);
}

static bool read_transaction_state(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_transaction_status_res *res = response;
    struct ocpp_transaction_state *state = ocpp_arena_take(central->results, sizeof *state);

    if (!state) {
        return false;
    }
    *state = (struct ocpp_transaction_state){ res->has_ongoing_indicator, res->ongoing_indicator, res->messages_in_queue };
    result->accepted = true;
    result->transaction_state = state;
    return true;
}

enum ocpp_status central_v201_get_transaction_status(struct command *command, const void *what)
{
    const struct ocpp201_get_transaction_status_req req = { .transaction_id = what };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_TRANSACTION_STATUS], &req, read_transaction_state);
}

static bool read_publishing(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_publish_firmware_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_GENERIC_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_generic_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_publish_firmware(struct command *command, const void *what)
{
    const struct ocpp_publish_order *order = what;
    const struct ocpp201_publish_firmware_req req = {
        .location = order->url,
        .has_retries = order->retries >= 0,
        .retries = order->retries,
        .checksum = order->checksum,
        .request_id = order->request_id,
        .has_retry_interval = order->retry_interval_s >= 0,
        .retry_interval = order->retry_interval_s,
    };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_PUBLISH_FIRMWARE], &req, read_publishing);
}

static bool read_unpublished(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_unpublish_firmware_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_UNPUBLISH_FIRMWARE_STATUS_UNPUBLISHED;
    result->word = ocpp_enum_name(&ocpp201_unpublish_firmware_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_unpublish_firmware(struct command *command, const void *what)
{
    const struct ocpp201_unpublish_firmware_req req = { .checksum = what };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_UNPUBLISH_FIRMWARE], &req, read_unpublished);
}
