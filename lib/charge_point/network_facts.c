/* network_facts.c: what the plan decides by, and the connection that a choice of it means. */
#include "network_block.h"

#include <string.h>

#include "text.h"

/* --- what may be used ------------------------------------------------------------------------------------------------------ */

static int level(const struct ocpp_charge_point *cp)
{
    return (int)cp->values[VARIABLE_SECURITY_PROFILE];
}

bool ocpp_cp_network_allows(const struct ocpp_charge_point *cp, int security_profile)
{
    if (security_profile < OCPP_SECURITY_NONE || security_profile > OCPP_SECURITY_CERTIFICATE) {
        return false;
    }
    const bool steps_down = level(cp) == OCPP_SECURITY_CERTIFICATE && security_profile == OCPP_SECURITY_TLS;
    return security_profile >= level(cp) || (steps_down && cp->values[VARIABLE_ALLOW_DOWNGRADE] != 0);
}

static bool has_password(const struct ocpp_charge_point *cp)
{
    return strlen(ocpp_cp_variable_string(cp, VARIABLE_PASSWORD)) / 2 >= (size_t)ocpp_cp_variable_row(VARIABLE_PASSWORD)->minimum;
}

static bool has_root(const struct ocpp_charge_point *cp)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    return ocpp_cp_network(cp)->settings.has_own_roots ||
           (crypto != NULL && crypto->has_root(OCPP_ROOT_CSMS, ocpp_cp_utc(cp, cp->now), crypto->user));
}

/* One that has expired is no valid one (A05.FR.03); while nobody knows the date, there is none that has. */
static bool has_certificate(const struct ocpp_charge_point *cp)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    struct ocpp_certificate_info info;
    size_t size;
    if (ocpp_cp_network(cp)->settings.has_own_certificate) {
        return true;
    }
    return crypto != NULL &&
           crypto->read_own_chain(OCPP_KEY_STATION, OCPP_NEWEST, NULL, 0, &size, &info, crypto->user) == OCPP_OK &&
           (utc_ms == OCPP_UTC_UNKNOWN || info.not_after_utc_ms >= utc_ms);
}

bool ocpp_cp_network_is_ready(const struct ocpp_charge_point *cp, int security_profile)
{
    switch (security_profile) {
    case OCPP_SECURITY_NONE:
        return true;
    case OCPP_SECURITY_BASIC:
        return has_password(cp);
    case OCPP_SECURITY_TLS:
        return has_password(cp) && has_root(cp);
    case OCPP_SECURITY_CERTIFICATE:
        return has_root(cp) && has_certificate(cp);
    default:
        return false;
    }
}

bool ocpp_cp_network_is_usable(const struct ocpp_charge_point *cp, int slot)
{
    const struct network *network = ocpp_cp_network(cp);
    return slot >= 1 && slot <= network->settings.slots && network->slots[slot].is_set &&
           ocpp_cp_network_allows(cp, network->slots[slot].security_profile);
}

/* --- facts ----------------------------------------------------------------------------------------------------------------- */

static bool is_previous_root(const struct ocpp_installed *installed, void *user)
{
    bool *has_one = user;
    *has_one = installed->kind == OCPP_INSTALLED_ROOT && installed->root == OCPP_ROOT_CSMS && installed->which == OCPP_PREVIOUS;
    return !*has_one;
}

static bool has_old_root(const struct ocpp_crypto *crypto)
{
    bool has_one = false;
    return crypto != NULL && crypto->each_installed(OCPP_HASH_SHA256, is_previous_root, &has_one, crypto->user) == OCPP_OK &&
           has_one;
}

static bool has_old_certificate(const struct ocpp_crypto *crypto)
{
    size_t size;
    return crypto != NULL &&
           crypto->read_own_chain(OCPP_KEY_STATION, OCPP_PREVIOUS, NULL, 0, &size, NULL, crypto->user) == OCPP_OK;
}

static void list_slots(const struct ocpp_charge_point *cp, struct network_facts *facts)
{
    const char *list = ocpp_cp_variable_string(cp, VARIABLE_NETWORK_PRIORITY);
    char member[OCPP_LIST_MEMBER_SIZE];
    while (*list != '\0' && facts->count < OCPP_NETWORK_SLOTS && ocpp_cp_list_next(&list, member)) {
        const int slot = member[0] - '0'; /* the words of the list are digits */
        if (member[1] == '\0' && ocpp_cp_network_is_usable(cp, slot)) {
            facts->list[facts->count++] = (uint8_t)slot;
        }
    }
}

struct network_facts ocpp_cp_network_facts(const struct ocpp_charge_point *cp)
{
    const struct network *network = ocpp_cp_network(cp);
    const struct network_state *kept = &network->kept;
    const int64_t attempts = cp->values[VARIABLE_NETWORK_ATTEMPTS];
    const int64_t series = ocpp_charge_point_transport(cp).retry_repeat_times + 1; /* until the back-off grows no more */
    struct network_facts facts = {
        .has_old_password = kept->has_old_password,
        .has_old_root = has_old_root(cp->settings.crypto),
        .has_old_certificate = has_old_certificate(cp->settings.crypto),
        .attempts = (int32_t)attempts,
        .last_good_attempts = (int32_t)(series > attempts ? series : attempts),
    };
    list_slots(cp, &facts);
    facts.last_good = ocpp_cp_network_is_usable(cp, kept->last_good) ? (uint8_t)kept->last_good : 0;
    facts.has_trial = kept->trial_slot != 0 && kept->trial_slot == facts.last_good;
    return facts;
}

/* --- a choice as a connection ---------------------------------------------------------------------------------------------- */

static void delivered(const struct ocpp_charge_point *cp, struct network_profile *profile)
{
    const struct ocpp_network_settings *settings = &ocpp_cp_network(cp)->settings;
    memset(profile, 0, sizeof(*profile));
    profile->security_profile = settings->security_profile;
    profile->interface = OCPP_NETWORK_ANY_INTERFACE;
    profile->sim_pin = -1;
    if (!ocpp_cp_network_url(settings->url, settings->security_profile, profile->url)) {
        profile->url[0] = '\0'; /* checked at the start: cannot be */
    }
}

enum ocpp_status ocpp_cp_network_read_slot(struct ocpp_charge_point *cp, int slot, struct network_profile *profile)
{
    char key[OCPP_KEY_SIZE];
    ocpp_cp_network_slot_key(slot, key);
    const enum ocpp_status status = ocpp_cp_read_record(cp, key, &network_profile_layout, profile);
    if (status != OCPP_ERR_NOT_FOUND || slot != NETWORK_DELIVERED_SLOT) {
        return status;
    }
    delivered(cp, profile);
    return OCPP_OK;
}

/* The delivered profile has an address of its own for this; else the same with TLS. */
bool ocpp_cp_network_raise(const struct ocpp_charge_point *cp, int slot, int security_profile, struct network_profile *profile)
{
    const struct ocpp_network_settings *settings = &ocpp_cp_network(cp)->settings;
    char own[OCPP_NETWORK_URL_SIZE];
    char raised[OCPP_NETWORK_URL_SIZE];
    const bool becomes_secure = security_profile >= OCPP_SECURITY_TLS && profile->security_profile < OCPP_SECURITY_TLS;
    const bool is_delivered = slot == NETWORK_DELIVERED_SLOT &&
                              ocpp_cp_network_url(settings->url, settings->security_profile, own) &&
                              strcmp(own, profile->url) == 0;
    const char *url = becomes_secure && is_delivered && settings->secure_url != NULL ? settings->secure_url : profile->url;
    if (!ocpp_cp_network_url(url, security_profile, raised)) {
        return false;
    }
    ocpp_text_copy(profile->url, sizeof(profile->url), raised);
    profile->security_profile = security_profile;
    return true;
}

enum ocpp_status ocpp_cp_network_resolve(struct ocpp_charge_point *cp, const struct network_choice *choice)
{
    struct network *network = ocpp_cp_network(cp);
    enum ocpp_status status = OCPP_OK;
    if (choice->slot == network->active_slot) {
        network->asked = network->active;
    } else {
        status = ocpp_cp_network_read_slot(cp, choice->slot, &network->asked);
    }
    if (status == OCPP_OK && choice->is_trial &&
        !ocpp_cp_network_raise(cp, choice->slot, network->kept.trial_profile, &network->asked)) {
        return OCPP_ERR_VALUE;
    }
    return status;
}

const char *ocpp_cp_network_password_digits(const struct ocpp_charge_point *cp, const struct network_choice *choice,
                                            int security_profile)
{
    if (security_profile != OCPP_SECURITY_BASIC && security_profile != OCPP_SECURITY_TLS) {
        return "";
    }
    return choice->old_password ? ocpp_cp_network(cp)->kept.old_password : ocpp_cp_variable_string(cp, VARIABLE_PASSWORD);
}
