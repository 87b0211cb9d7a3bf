/* dialect_v201_network.c: SetNetworkProfile of OCPP 2.0.1 (B09). */
#include "dialect_v201.h"

#include "network_block.h"
#include "text.h"

/* --- what comes ------------------------------------------------------------------------------------------------------------ */

static const int8_t families[] = {
    [OCPP201_OCPP_VERSION_UNSET] = -1,
    [OCPP201_OCPP_VERSION_OCPP12] = -1,
    [OCPP201_OCPP_VERSION_OCPP15] = -1,
    [OCPP201_OCPP_VERSION_OCPP16] = FAMILY_NUMBERED,
    [OCPP201_OCPP_VERSION_OCPP20] = FAMILY_NAMED,
};

/* A text that has no place is cut nowhere: it refuses the profile. NULL is "". */
static bool copy(char *to, size_t room, const char *text)
{
    return ocpp_text_copy(to, room, text == NULL ? "" : text) < room;
}

static bool fill_apn(struct network_profile *profile, const struct ocpp201_apn *apn)
{
    profile->sim_pin = -1;
    if (apn == NULL) {
        return true;
    }
    profile->has_apn = true;
    profile->sim_pin = apn->has_sim_pin ? apn->sim_pin : -1;
    profile->only_preferred_network = apn->has_use_only_preferred_network && apn->use_only_preferred_network;
    profile->apn_authentication = (int32_t)apn->apn_authentication - OCPP201_APN_AUTHENTICATION_CHAP;
    return copy(profile->apn_name, sizeof(profile->apn_name), apn->apn) &&
           copy(profile->apn_user, sizeof(profile->apn_user), apn->apn_user_name) &&
           copy(profile->apn_password, sizeof(profile->apn_password), apn->apn_password) &&
           copy(profile->preferred_network, sizeof(profile->preferred_network), apn->preferred_network);
}

static bool fill_vpn(struct network_profile *profile, const struct ocpp201_vpn *vpn)
{
    if (vpn == NULL) {
        return true;
    }
    profile->has_vpn = true;
    profile->vpn_kind = (int32_t)vpn->type - OCPP201_VPN_KIND_IKEV2;
    return copy(profile->vpn_server, sizeof(profile->vpn_server), vpn->server) &&
           copy(profile->vpn_user, sizeof(profile->vpn_user), vpn->user) &&
           copy(profile->vpn_group, sizeof(profile->vpn_group), vpn->group) &&
           copy(profile->vpn_password, sizeof(profile->vpn_password), vpn->password) &&
           copy(profile->vpn_key, sizeof(profile->vpn_key), vpn->key);
}

static int32_t number_of(int64_t number)
{
    return number < 0 || number > INT16_MAX ? INT16_MAX : (int32_t)number;
}

/* SOAP is spoken by nobody here, nor are the versions that had nothing else. */
static bool fill(struct network_profile *profile, const struct ocpp201_network_connection_profile *data)
{
    const int family = families[data->ocpp_version];
    *profile = (struct network_profile){
        .security_profile = number_of(data->security_profile),
        .family = family,
        .interface = (int32_t)data->ocpp_interface - OCPP201_OCPP_INTERFACE_WIRED0,
        .message_timeout_s = number_of(data->message_timeout),
    };
    return family >= 0 && data->ocpp_transport == OCPP201_OCPP_TRANSPORT_JSON && fill_apn(profile, data->apn) &&
           fill_vpn(profile, data->vpn) && copy(profile->url, sizeof(profile->url), data->ocpp_csms_url);
}

/* --- what is answered: reason codes of errata 2025-09, 2.11
 * ----------------------------------------------------------------------- */

static const struct ocpp201_status_info invalid = { .reason_code = "InvalidNetworkConf" };
static const struct ocpp201_status_info no_slot = { .reason_code = "InvalidConfSlot" };
static const struct ocpp201_status_info downgrade = { .reason_code = "NoSecurityDowngrade" };
static const struct ocpp201_status_info not_ready = {
    .reason_code = "InvalidNetworkConf",
    .additional_info = "the password or the certificate it needs is not there",
};
static const struct ocpp201_status_info no_storage = { .reason_code = "OutOfStorage" };

static const struct words_of_verdict {
    enum ocpp201_set_network_profile_status status;
    const struct ocpp201_status_info *info;
} words[] = {
    [NETWORK_ACCEPTED] = { OCPP201_SET_NETWORK_PROFILE_STATUS_ACCEPTED, NULL },
    [NETWORK_NO_SUCH_SLOT] = { OCPP201_SET_NETWORK_PROFILE_STATUS_REJECTED, &no_slot },
    [NETWORK_NO_DOWNGRADE] = { OCPP201_SET_NETWORK_PROFILE_STATUS_REJECTED, &downgrade },
    [NETWORK_INVALID] = { OCPP201_SET_NETWORK_PROFILE_STATUS_REJECTED, &invalid },
    [NETWORK_NOT_READY] = { OCPP201_SET_NETWORK_PROFILE_STATUS_REJECTED, &not_ready },
    [NETWORK_FAILED_TO_KEEP] = { OCPP201_SET_NETWORK_PROFILE_STATUS_FAILED, &no_storage },
};

static void set_network_profile(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_set_network_profile_req *request = call->request;
    struct network_profile profile;
    const bool is_filled = fill(&profile, &request->connection_data);
    const enum network_verdict verdict =
        is_filled ? ocpp_cp_network_set(cp, request->configuration_slot, &profile) : NETWORK_INVALID;
    const struct ocpp201_set_network_profile_res response = {
        .status = words[verdict].status,
        .status_info = words[verdict].info,
    };
    ocpp_cp_reply(cp, call, &response);
}

const struct hearing ocpp_cp_v201_network_hearings[NETWORK_HEARINGS] = {
    { &ocpp201_actions[OCPP201_ACTION_SET_NETWORK_PROFILE], set_network_profile },
};
