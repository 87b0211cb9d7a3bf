/* network_settle.c: what a connection that was made has proved, noted in one write: either all of it counts or nothing does. */
#include "certificates.h"
#include "network_block.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

enum { SMALL_RECORD = 192, SMALL_RECORDS = 3 };

/* What becomes of the settings with it. */
struct settling {
    struct ocpp_change changes[OCPP_NETWORK_SLOTS + 5];
    size_t count;
    char keys[OCPP_NETWORK_SLOTS + 5][OCPP_KEY_SIZE];
    uint8_t small[SMALL_RECORDS][SMALL_RECORD];
    size_t small_count;
    struct network_slot slots[OCPP_NETWORK_SLOTS + 1];
    bool changes_security;
    struct variable_record security;
    bool changes_list;
    struct variable_record list;
    bool changes_password;
    struct variable_record password;
};

/* --- the parts of the write --------------------------------------------------------------------------------------------------
 */

static bool put_variable(struct settling *settling, enum variable variable, const struct variable_record *record)
{
    const bool fits = ocpp_cp_variable_change(variable, record, settling->small[settling->small_count], SMALL_RECORD,
                                              settling->keys[settling->count], &settling->changes[settling->count]) == OCPP_OK;
    settling->small_count++;
    settling->count++;
    return fits;
}

/* The profile whose trial came out well is the slot's from now on. */
static bool put_raised_slot(struct ocpp_charge_point *cp, struct settling *settling)
{
    const struct network *network = ocpp_cp_network(cp);
    size_t size;
    if (!network->proved.is_trial) {
        return true;
    }
    if (ocpp_record_write(&network_profile_layout, &network->active, cp->bytes, sizeof(cp->bytes), &size) != OCPP_OK) {
        return false;
    }
    char *key = settling->keys[settling->count];
    ocpp_cp_network_slot_key(network->active_slot, key);
    settling->changes[settling->count++] =
        (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = key, .value = cp->bytes, .size = size };
    settling->slots[network->active_slot] = (struct network_slot){ true, network->active.security_profile };
    return true;
}

/* A05.FR.06: nothing below the security profile in use stays. */
static void remove_lower(const struct ocpp_charge_point *cp, struct settling *settling)
{
    const struct network *network = ocpp_cp_network(cp);
    for (int slot = 1; slot <= network->settings.slots; slot++) {
        struct network_slot *there = &settling->slots[slot];
        if (!there->is_set || there->security_profile >= network->active.security_profile) {
            continue;
        }
        *there = (struct network_slot){ .is_set = false };
        char *key = settling->keys[settling->count];
        ocpp_cp_network_slot_key(slot, key);
        settling->changes[settling->count++] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = key };
    }
}

/* The list of priorities without what is gone. */
static bool put_list(const struct ocpp_charge_point *cp, struct settling *settling)
{
    const char *list = ocpp_cp_variable_string(cp, VARIABLE_NETWORK_PRIORITY);
    char *text = settling->list.text;
    char member[OCPP_LIST_MEMBER_SIZE];
    size_t size = 0;
    for (const char *at = list; *at != '\0' && ocpp_cp_list_next(&at, member);) {
        const int slot = member[0] - '0';
        if (slot >= 1 && slot <= OCPP_NETWORK_SLOTS && settling->slots[slot].is_set && size + 3 < SMALL_RECORD) {
            size += (size_t)snprintf(text + size, SMALL_RECORD - size, "%s%d", size == 0 ? "" : ",", slot);
        }
    }
    if (size == 0) { /* what is in use was not on it, and nothing else is left */
        snprintf(text, SMALL_RECORD, "%d", ocpp_cp_network(cp)->active_slot);
    }
    settling->changes_list = strcmp(text, list) != 0;
    return !settling->changes_list || put_variable(settling, VARIABLE_NETWORK_PRIORITY, &settling->list);
}

/* The security profile is what is in use (A05.FR.06); down only where that was allowed (A05.FR.08). */
static bool put_security(struct ocpp_charge_point *cp, struct settling *settling)
{
    const struct network *network = ocpp_cp_network(cp);
    if (network->active.security_profile == cp->values[VARIABLE_SECURITY_PROFILE]) {
        return true;
    }
    settling->changes_security = true;
    settling->security.value = network->active.security_profile;
    remove_lower(cp, settling);
    return put_list(cp, settling) && put_variable(settling, VARIABLE_SECURITY_PROFILE, &settling->security);
}

/* Of two passwords the one that was taken counts; where it is the older one, the newer one never reached the central system
 * (A01.FR.04). */
static bool put_password(struct ocpp_charge_point *cp, struct settling *settling)
{
    struct network *network = ocpp_cp_network(cp);
    const int profile = network->active.security_profile;
    if (!network->kept.has_old_password || (profile != OCPP_SECURITY_BASIC && profile != OCPP_SECURITY_TLS)) {
        return true;
    }
    network->next.has_old_password = false;
    network->next.old_password[0] = '\0';
    if (!network->proved.old_password) {
        return true;
    }
    settling->changes_password = true;
    ocpp_text_copy(settling->password.text, sizeof(settling->password.text), network->kept.old_password);
    return put_variable(settling, VARIABLE_PASSWORD, &settling->password);
}

static bool put_state(struct ocpp_charge_point *cp, struct settling *settling)
{
    struct network *network = ocpp_cp_network(cp);
    uint8_t *bytes = settling->small[settling->small_count++];
    size_t size;
    if (ocpp_record_write(&network_state_layout, &network->next, bytes, SMALL_RECORD, &size) != OCPP_OK) {
        return false;
    }
    settling->changes[settling->count++] =
        (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = NETWORK_STATE_KEY, .value = bytes, .size = size };
    return true;
}

/* --- when it is stored -------------------------------------------------------------------------------------------------------
 */

static void take(struct ocpp_charge_point *cp, const struct settling *settling)
{
    struct network *network = ocpp_cp_network(cp);
    network->kept = network->next;
    memcpy(network->slots, settling->slots, sizeof(network->slots));
    if (settling->changes_security) {
        char info[64];
        snprintf(info, sizeof(info), "security profile %d is in use", (int)settling->security.value);
        ocpp_cp_variable_take(cp, VARIABLE_SECURITY_PROFILE, &settling->security);
        ocpp_cp_security_event(cp, "ReconfigurationOfSecurityParameters", info);
    }
    if (settling->changes_list) {
        ocpp_cp_variable_take(cp, VARIABLE_NETWORK_PRIORITY, &settling->list);
    }
    if (settling->changes_password) {
        ocpp_cp_variable_take(cp, VARIABLE_PASSWORD, &settling->password);
        ocpp_cp_security_event(cp, "ReconfigurationOfSecurityParameters",
                               "the new password was refused, the one before it is in use again");
    }
}

/* The certificate and the root that were shown and believed stay, the others go (A02.FR.10, M05.FR.13). */
static void settle_certificates(struct ocpp_charge_point *cp)
{
#if OCPP_WITH_CERTIFICATES
    const struct network *network = ocpp_cp_network(cp);
    if (network->active.security_profile == OCPP_SECURITY_CERTIFICATE) {
        ocpp_cp_certificates_connected_with(cp, network->proved.old_certificate ? OCPP_PREVIOUS : OCPP_NEWEST);
    }
    if (network->active.security_profile >= OCPP_SECURITY_TLS) {
        ocpp_cp_certificates_connected_under(cp, network->proved.old_root ? OCPP_PREVIOUS : OCPP_NEWEST);
    }
#else
    (void)cp;
#endif
}

static bool is_news(const struct network_state *next, const struct network_state *kept)
{
    return next->last_good != kept->last_good || next->highest != kept->highest || next->trial_slot != kept->trial_slot ||
           next->trial_profile != kept->trial_profile || next->has_old_password != kept->has_old_password;
}

void ocpp_cp_network_settle(struct ocpp_charge_point *cp)
{
    struct network *network = ocpp_cp_network(cp);
    struct settling settling = { .count = 0 };
    memcpy(settling.slots, network->slots, sizeof(settling.slots));
    network->next = network->kept;
    network->next.last_good = network->active_slot;
    if (network->proved.is_trial) {
        network->next.trial_slot = network->next.trial_profile = 0;
    }
    if (network->next.highest < network->active.security_profile) {
        network->next.highest = network->active.security_profile;
    }
    const bool is_made = put_raised_slot(cp, &settling) && put_security(cp, &settling) && put_password(cp, &settling);
    const bool has_news = settling.count > 0 || is_news(&network->next, &network->kept);
    enum ocpp_status status = is_made ? OCPP_OK : OCPP_ERR_LIMIT;
    if (is_made && has_news) {
        status = put_state(cp, &settling) ? ocpp_cp_write_now(cp, settling.changes, settling.count) : OCPP_ERR_LIMIT;
    }
    network->settles = status != OCPP_OK;
    network->settle_retry_mono_ms = status == OCPP_OK ? OCPP_NEVER : cp->now.mono_ms + STORE_RETRY_MS;
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "what the connection has proved was not stored: %s", ocpp_status_sentence(status));
        return;
    }
    take(cp, &settling);
    settle_certificates(cp);
}

void ocpp_cp_network_drop_trial(struct ocpp_charge_point *cp)
{
    struct network *network = ocpp_cp_network(cp);
    char info[80];
    network->next = network->kept;
    network->next.trial_slot = network->next.trial_profile = 0;
    snprintf(info, sizeof(info), "security profile %d does not work; the one before it is in use again",
             (int)network->kept.trial_profile);
    const enum ocpp_status status = ocpp_cp_put(cp, NETWORK_STATE_KEY, &network_state_layout, &network->next);
    if (status != OCPP_OK) { /* after a power cut it is tried once more */
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the end of a trial was not stored: %s", ocpp_status_sentence(status));
    }
    network->kept = network->next;
    ocpp_cp_security_event(cp, "ReconfigurationOfSecurityParameters", info);
}
