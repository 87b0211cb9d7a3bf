/* network_change.c: what the central system changes: passwords (A01), the security profile of 1.6 (A05), the list of priorities
 * (B10) and profiles (B09). */
#include "network_block.h"

#include <string.h>

#include "text.h"

/* --- the password --------------------------------------------------------------------------------------------------------------
 */

/* While the new password is not proved, the one that is stays beside it; both go in one write. It is not logged, its change is
 * (A01.FR.11, FR.12). */
static enum ocpp_status change_password(struct ocpp_charge_point *cp, const struct variable_record *record)
{
    struct network *network = ocpp_cp_network(cp);
    struct ocpp_change changes[2];
    char key[OCPP_KEY_SIZE];
    uint8_t state[192];
    size_t size;
    network->next = network->kept;
    if (!network->kept.has_old_password) {
        network->next.has_old_password = true;
        ocpp_text_copy(network->next.old_password, sizeof(network->next.old_password),
                       ocpp_cp_variable_string(cp, VARIABLE_PASSWORD));
    }
    enum ocpp_status status = ocpp_cp_variable_change(VARIABLE_PASSWORD, record, cp->bytes, sizeof(cp->bytes), key, &changes[0]);
    if (status == OCPP_OK) {
        status = ocpp_record_write(&network_state_layout, &network->next, state, sizeof(state), &size);
    }
    if (status != OCPP_OK) {
        return status;
    }
    changes[1] = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = NETWORK_STATE_KEY, .value = state, .size = size };
    status = ocpp_cp_write_now(cp, changes, 2);
    if (status != OCPP_OK) {
        return status;
    }
    network->kept = network->next;
    ocpp_cp_variable_take(cp, VARIABLE_PASSWORD, record);
    ocpp_cp_security_event(cp, "ReconfigurationOfSecurityParameters", "the password was changed");
    const int profile = network->active.security_profile;
    if (profile == OCPP_SECURITY_BASIC || profile == OCPP_SECURITY_TLS) { /* who shows none has nothing to show anew */
        ocpp_cp_reconnect(cp);
    }
    return OCPP_OK;
}

/* --- the security profile of 1.6
 * ------------------------------------------------------------------------------------------------- */

/* What is wanted is tried; the setting changes when it works (whitepaper A05.FR.05 to FR.08). */
static enum ocpp_status raise_security(struct ocpp_charge_point *cp, const struct variable_record *record)
{
    struct network *network = ocpp_cp_network(cp);
    const int wanted = (int)record->value;
    if (wanted == cp->values[VARIABLE_SECURITY_PROFILE] || !ocpp_cp_network_allows(cp, wanted)) { /* A05.FR.01 */
        return OCPP_ERR_VALUE;
    }
    if (network->active_slot == 0 || cp->dialect == NULL) { /* nothing is in use that could be raised */
        return OCPP_ERR_STATE;
    }
    network->scratch = network->active;
    if (!ocpp_cp_network_is_ready(cp, wanted) || !ocpp_cp_network_raise(cp, network->active_slot, wanted, &network->scratch)) {
        return OCPP_ERR_VALUE;
    }
    network->next = network->kept;
    network->next.trial_slot = network->active_slot;
    network->next.trial_profile = wanted;
    const enum ocpp_status status = ocpp_cp_put(cp, NETWORK_STATE_KEY, &network_state_layout, &network->next);
    if (status == OCPP_OK) {
        network->kept = network->next;
        ocpp_cp_reconnect(cp);
    }
    return status;
}

/* --- the list of priorities
 * ------------------------------------------------------------------------------------------------------- */

/* Every slot on it holds a profile that may be used and has what it needs (B10.FR.02, A05.FR.02 to FR.10), and is on it once. */
static enum ocpp_status judge_list(const struct ocpp_charge_point *cp, const char *list)
{
    char member[OCPP_LIST_MEMBER_SIZE];
    unsigned seen = 0;
    while (*list != '\0') {
        const int slot = ocpp_cp_list_next(&list, member) ? member[0] - '0' : 0;
        if (!ocpp_cp_network_is_usable(cp, slot) || (seen >> slot & 1) != 0 ||
            !ocpp_cp_network_is_ready(cp, ocpp_cp_network(cp)->slots[slot].security_profile)) {
            return OCPP_ERR_VALUE;
        }
        seen |= 1u << slot;
    }
    return seen != 0 ? OCPP_OK : OCPP_ERR_VALUE;
}

enum ocpp_status ocpp_cp_network_variable_wanted(struct ocpp_charge_point *cp, enum variable variable,
                                                 const struct variable_record *record, bool *is_done)
{
    *is_done = variable == VARIABLE_PASSWORD || variable == VARIABLE_SECURITY_PROFILE;
    if (variable == VARIABLE_PASSWORD) {
        return change_password(cp, record);
    }
    if (variable == VARIABLE_SECURITY_PROFILE) {
        return raise_security(cp, record);
    }
    if (variable == VARIABLE_ALLOW_DOWNGRADE && record->value != 0 && !ocpp_cp_network(cp)->settings.allows_downgrade) {
        return OCPP_ERR_VALUE;
    }
    return variable == VARIABLE_NETWORK_PRIORITY ? judge_list(cp, record->text) : OCPP_OK;
}

/* --- profiles
 * ------------------------------------------------------------------------------------------------------------------------ */

static bool is_on_list(const struct ocpp_charge_point *cp, int slot)
{
    const char *list = ocpp_cp_variable_string(cp, VARIABLE_NETWORK_PRIORITY);
    char member[OCPP_LIST_MEMBER_SIZE];
    while (*list != '\0' && ocpp_cp_list_next(&list, member)) {
        if (member[0] - '0' == slot) {
            return true;
        }
    }
    return false;
}

/* What the station can do with it. The address is spelled as its security demands. */
static bool is_valid(const struct ocpp_charge_point *cp, struct network_profile *profile)
{
    const struct ocpp_network_settings *settings = &ocpp_cp_network(cp)->settings;
    char url[OCPP_NETWORK_URL_SIZE];
    if (!ocpp_cp_network_url(profile->url, profile->security_profile, url)) {
        return false;
    }
    ocpp_text_copy(profile->url, sizeof(profile->url), url);
    const bool has_interface = settings->interfaces == 0 || (settings->interfaces >> profile->interface & 1) != 0;
    const bool has_version = profile->family == FAMILY_NONE || ocpp_cp_speaks_family(cp, (enum family)profile->family);
    return has_interface && has_version && profile->message_timeout_s >= 1 &&
           profile->message_timeout_s <= NETWORK_MOST_TIMEOUT_S && (!profile->has_apn || settings->has_modem) &&
           (!profile->has_vpn || settings->has_vpn);
}

enum network_verdict ocpp_cp_network_set(struct ocpp_charge_point *cp, int64_t slot, const struct network_profile *profile)
{
    struct network *network = ocpp_cp_network(cp);
    const int security = profile->security_profile;
    if (slot < 1 || slot > network->settings.slots) {
        return NETWORK_NO_SUCH_SLOT;
    }
    if (security < OCPP_SECURITY_NONE || security > OCPP_SECURITY_CERTIFICATE) {
        return NETWORK_INVALID;
    }
    if (!ocpp_cp_network_allows(cp, security)) {
        return NETWORK_NO_DOWNGRADE;
    }
    network->scratch = *profile;
    if (!is_valid(cp, &network->scratch)) {
        return NETWORK_INVALID;
    }
    if (is_on_list(cp, (int)slot) && !ocpp_cp_network_is_ready(cp, security)) {
        return NETWORK_NOT_READY;
    }
    char key[OCPP_KEY_SIZE];
    ocpp_cp_network_slot_key((int)slot, key);
    const enum ocpp_status status = ocpp_cp_put(cp, key, &network_profile_layout, &network->scratch);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "a network profile was not stored: %s", ocpp_status_sentence(status));
        return NETWORK_FAILED_TO_KEEP;
    }
    network->slots[slot] = (struct network_slot){ true, security };
    ocpp_cp_security_event(cp, "ReconfigurationOfSecurityParameters", "a network profile was set");
    return NETWORK_ACCEPTED;
}
