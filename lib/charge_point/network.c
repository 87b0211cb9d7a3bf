/* network.c: the life of the network block, and what whoever makes the connection asks and tells (<ocpp/network.h>). */
#include "network_block.h"

#include <stdio.h>
#include <string.h>

#include "encoding.h"
#include "text.h"

enum { MOST_DETAIL_CHARACTERS = 200 };

struct ocpp_network_settings ocpp_network_settings_default(void)
{
    return (struct ocpp_network_settings){ .slots = 3 };
}

struct network *ocpp_cp_network(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_NETWORK);
}

/* --- settings -------------------------------------------------------------------------------------------------------------- */

static size_t password_size(const struct ocpp_network_settings *settings)
{
    if (settings->password == NULL) {
        return 0;
    }
    return settings->password_size > 0 ? settings->password_size : strlen(settings->password);
}

static bool is_secure_url(const struct ocpp_network_settings *settings, char url[OCPP_NETWORK_URL_SIZE])
{
    return settings->secure_url == NULL || ocpp_cp_network_url(settings->secure_url, OCPP_SECURITY_TLS, url);
}

static const char *wrong_setting(const struct ocpp_charge_point_settings *all, const struct ocpp_hardware *hardware)
{
    (void)hardware;
    const struct ocpp_network_settings *settings = all->network;
    char url[OCPP_NETWORK_URL_SIZE];
    if (settings == NULL) {
        return NULL;
    }
    if (settings->security_profile < OCPP_SECURITY_NONE || settings->security_profile > OCPP_SECURITY_CERTIFICATE) {
        return "network security_profile";
    }
    if (settings->url == NULL || !ocpp_cp_network_url(settings->url, settings->security_profile, url)) {
        return "network url";
    }
    if (!is_secure_url(settings, url)) {
        return "network secure_url";
    }
    if (settings->password != NULL && (password_size(settings) < 1 || password_size(settings) > NETWORK_PASSWORD_BYTES)) {
        return "network password";
    }
    return settings->slots >= 2 && settings->slots <= OCPP_NETWORK_SLOTS ? NULL : "network slots";
}

static size_t size(const struct ocpp_charge_point_settings *settings)
{
    return settings->network == NULL ? 0 : sizeof(struct network);
}

/* --- as delivered, and as the store has it -----------------------------------------------------------------------------------
 */

/* A value of the settings; what the store has comes after it. */
static void begin_with(struct ocpp_charge_point *cp, enum variable variable, int64_t value, const char *text)
{
    struct variable_record record = { .value = value };
    ocpp_text_copy(record.text, sizeof(record.text), text);
    ocpp_cp_variable_begin(cp, variable, &record);
}

static void as_delivered(struct ocpp_charge_point *cp)
{
    struct network *network = ocpp_cp_network(cp);
    const struct ocpp_network_settings *settings = &network->settings;
    char digits[NETWORK_PASSWORD_DIGITS] = "";
    memset(&network->kept, 0, sizeof(network->kept));
    memset(network->slots, 0, sizeof(network->slots));
    network->slots[NETWORK_DELIVERED_SLOT] = (struct network_slot){ true, settings->security_profile };
    network->kept.highest = settings->security_profile;
    if (ocpp_hex_encode(settings->password, password_size(settings), digits, sizeof(digits), NULL) != OCPP_OK) {
        digits[0] = '\0'; /* checked at the start: cannot be */
    }
    begin_with(cp, VARIABLE_PASSWORD, 0, digits);
    begin_with(cp, VARIABLE_SECURITY_PROFILE, settings->security_profile, "");
    begin_with(cp, VARIABLE_NETWORK_PRIORITY, 0, "1");
    begin_with(cp, VARIABLE_NETWORK_SLOTS, settings->slots, "");
}

static bool start(struct ocpp_charge_point *cp)
{
    struct network *network = ocpp_cp_network(cp);
    network->settings = *cp->settings.network;
    network->settle_retry_mono_ms = OCPP_NEVER;
    as_delivered(cp);
    return true;
}

/* A delivered profile below what was once in use is gone for good (A05.FR.06). */
static enum ocpp_status load_slots(struct ocpp_charge_point *cp)
{
    struct network *network = ocpp_cp_network(cp);
    for (int slot = 1; slot <= network->settings.slots; slot++) {
        char key[OCPP_KEY_SIZE];
        ocpp_cp_network_slot_key(slot, key);
        const enum ocpp_status status = ocpp_cp_read_record(cp, key, &network_profile_layout, &network->scratch);
        if (status == OCPP_OK) {
            network->slots[slot] = (struct network_slot){ true, network->scratch.security_profile };
        } else if (status != OCPP_ERR_NOT_FOUND) {
            return status;
        } else if (slot == NETWORK_DELIVERED_SLOT) {
            network->slots[slot].is_set = network->settings.security_profile >= network->kept.highest;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status load(struct ocpp_charge_point *cp)
{
    struct network *network = ocpp_cp_network(cp);
    struct network_state kept;
    enum ocpp_status status = ocpp_cp_read_record(cp, NETWORK_STATE_KEY, &network_state_layout, &kept);
    if (status == OCPP_OK) {
        network->kept = kept;
    }
    if (status == OCPP_OK || status == OCPP_ERR_NOT_FOUND) {
        status = load_slots(cp);
    }
    network->own_timeout_s = cp->values[VARIABLE_MESSAGE_TIMEOUT_S];
    if (status == OCPP_OK) {
        const struct network_facts facts = ocpp_cp_network_facts(cp);
        (void)ocpp_cp_network_step(&network->plan, &facts, NETWORK_STARTED);
    }
    return status;
}

static void wipe(void *memory, size_t bytes)
{
    volatile uint8_t *at = memory;
    for (size_t i = 0; i < bytes; i++) {
        at[i] = 0;
    }
}

static void let_go(struct ocpp_charge_point *cp)
{
    struct network *network = ocpp_cp_network(cp);
    if (network != NULL) {
        wipe(network, sizeof(*network));
    }
}

/* --- asked before an attempt -------------------------------------------------------------------------------------------------
 */

static void describe_access(struct network *network, struct ocpp_connection *connection)
{
    const struct network_profile *profile = &network->asked;
    network->apn = (struct ocpp_apn){
        .name = profile->apn_name,
        .user = profile->apn_user,
        .password = profile->apn_password,
        .sim_pin = profile->sim_pin,
        .preferred_network = profile->preferred_network,
        .only_preferred_network = profile->only_preferred_network,
        .authentication = (enum ocpp_apn_authentication)profile->apn_authentication,
    };
    network->vpn = (struct ocpp_vpn){
        .server = profile->vpn_server,
        .user = profile->vpn_user,
        .group = profile->vpn_group,
        .password = profile->vpn_password,
        .key = profile->vpn_key,
        .kind = (enum ocpp_vpn_kind)profile->vpn_kind,
    };
    connection->network_interface = (enum ocpp_network_interface)profile->interface;
    connection->apn = profile->has_apn ? &network->apn : NULL;
    connection->vpn = profile->has_vpn ? &network->vpn : NULL;
}

static void describe(struct ocpp_charge_point *cp, struct ocpp_connection *connection)
{
    struct network *network = ocpp_cp_network(cp);
    const struct network_choice *choice = &network->choice;
    const char *digits = ocpp_cp_network_password_digits(cp, choice, network->asked.security_profile);
    size_t bytes = 0;
    if (ocpp_hex_decode(digits, strlen(digits), network->password, sizeof(network->password), &bytes) != OCPP_OK) {
        bytes = 0;
    }
    *connection = (struct ocpp_connection){
        .slot = choice->slot,
        .url = network->asked.url,
        .security_profile = network->asked.security_profile,
        .password = bytes > 0 ? network->password : NULL,
        .password_size = bytes,
        .previous_certificate = choice->old_certificate,
        .previous_root = choice->old_root,
        .wildcards = cp->values[VARIABLE_ALLOW_WILDCARDS] != 0,
    };
    ocpp_cp_offer(cp, (enum family)network->asked.family, connection->versions);
    describe_access(network, connection);
}

static const char *security_words(int security_profile)
{
    static const char *const words[] = { "no security", "Basic authentication", "TLS", "TLS with certificates" };
    return words[security_profile & 3];
}

enum ocpp_status ocpp_charge_point_next_connection(struct ocpp_charge_point *cp, struct ocpp_connection *connection,
                                                   struct ocpp_now now)
{
    struct network *network = ocpp_cp_network(cp);
    if (cp->dialect != NULL) {
        return OCPP_ERR_STATE;
    }
    if (network == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    ocpp_cp_enter(cp, now);
    const struct network_facts facts = ocpp_cp_network_facts(cp);
    network->choice = ocpp_cp_network_choose(&network->plan, &facts);
    network->is_asked = network->choice.slot != 0;
    enum ocpp_status status = network->is_asked ? ocpp_cp_network_resolve(cp, &network->choice) : OCPP_ERR_NOT_FOUND;
    if (status == OCPP_OK) {
        describe(cp, connection);
        ocpp_cp_log(cp, OCPP_LOG_DEBUG, "network profile %d is tried, with %s", connection->slot,
                    security_words(connection->security_profile));
    } else {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "there is no network profile that can be used");
        network->is_asked = false;
        if (network->choice.slot != 0) { /* a record that cannot be read is passed over as a connection would be */
            if (ocpp_cp_network_step(&network->plan, &facts, NETWORK_FAILED)) {
                ocpp_cp_network_drop_trial(cp);
            }
            status = OCPP_ERR_NOT_FOUND;
        }
    }
    ocpp_cp_leave(cp);
    return status;
}

/* --- told after it -----------------------------------------------------------------------------------------------------------
 */

/* Which of them security has to know of, by the names of OCPP 2.0.1 appendices chapter 2; each once until a connection comes
 * about (A00.FR.316). */
static const char *const security_events[OCPP_CONNECTION_FAILURES] = {
    [OCPP_CONNECTION_PASSWORD_REFUSED] = "FailedToAuthenticateAtCsms",
    [OCPP_CONNECTION_BAD_CERTIFICATE] = "InvalidCsmsCertificate",
    [OCPP_CONNECTION_TLS_VERSION] = "InvalidTLSVersion",
    [OCPP_CONNECTION_TLS_CIPHER] = "InvalidTLSCipherSuite",
    [OCPP_CONNECTION_CERTIFICATE_REFUSED] = "FailedToAuthenticateAtCsms",
};

static void raise_event(struct ocpp_charge_point *cp, enum ocpp_connection_failure failure, const char *detail)
{
    struct network *network = ocpp_cp_network(cp);
    const char *type = security_events[failure];
    char info[4 * MOST_DETAIL_CHARACTERS + 64];
    char kept[4 * MOST_DETAIL_CHARACTERS + 1] = "";
    if (type == NULL || (network->told >> failure & 1) != 0) {
        return;
    }
    if (detail != NULL && ocpp_text_valid(detail, strlen(detail))) {
        ocpp_text_cut(kept, sizeof(kept), detail, MOST_DETAIL_CHARACTERS);
    }
    snprintf(info, sizeof(info), "network profile %d%s%s", network->choice.slot, kept[0] == '\0' ? "" : ": ", kept);
    network->told |= 1u << failure;
    ocpp_cp_security_event(cp, type, info);
}

static enum network_event event_of(enum ocpp_connection_failure failure)
{
    switch (failure) {
    case OCPP_CONNECTION_PASSWORD_REFUSED:
        return NETWORK_PASSWORD_REFUSED;
    case OCPP_CONNECTION_BAD_CERTIFICATE:
        return NETWORK_SERVER_REFUSED;
    case OCPP_CONNECTION_UNREACHABLE:
    case OCPP_CONNECTION_REFUSED:
    case OCPP_CONNECTION_TLS_FAILED:
    case OCPP_CONNECTION_TLS_VERSION:
    case OCPP_CONNECTION_TLS_CIPHER:
    case OCPP_CONNECTION_CERTIFICATE_REFUSED:
    case OCPP_CONNECTION_IMPOSSIBLE:
        break;
    }
    return NETWORK_FAILED;
}

enum ocpp_status ocpp_charge_point_connection_failed(struct ocpp_charge_point *cp, enum ocpp_connection_failure failure,
                                                     const char *detail, struct ocpp_now now)
{
    struct network *network = ocpp_cp_network(cp);
    if (network == NULL || !network->is_asked || cp->dialect != NULL) {
        return OCPP_ERR_STATE;
    }
    if ((unsigned)failure >= OCPP_CONNECTION_FAILURES) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    network->is_asked = false;
    const struct network_facts facts = ocpp_cp_network_facts(cp);
    raise_event(cp, failure, detail);
    if (ocpp_cp_network_step(&network->plan, &facts, event_of(failure))) {
        ocpp_cp_network_drop_trial(cp);
    }
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

/* A link that nobody asked us about proves nothing. */
static void link_up(struct ocpp_charge_point *cp)
{
    struct network *network = ocpp_cp_network(cp);
    if (!network->is_asked) {
        return;
    }
    const int before = network->active_slot != 0 ? network->active_slot : network->kept.last_good;
    network->is_asked = false;
    network->told = 0;
    network->active = network->asked;
    network->active_slot = network->choice.slot;
    network->proved = network->choice;
    network->settles = true;
    cp->values[VARIABLE_ACTIVE_NETWORK_SLOT] = network->active_slot;
    cp->values[VARIABLE_MESSAGE_TIMEOUT_S] =
        network->active.message_timeout_s > 0 ? network->active.message_timeout_s : network->own_timeout_s;
    if (before != network->active_slot) { /* perhaps another central system: B10.FR.10 */
        ocpp_cp_central_switched(cp);
    }
    ocpp_cp_network_settle(cp);
}

static void link_down(struct ocpp_charge_point *cp)
{
    struct network *network = ocpp_cp_network(cp);
    const struct network_facts facts = ocpp_cp_network_facts(cp);
    network->settles = false; /* the next link proves it again */
    (void)ocpp_cp_network_step(&network->plan, &facts, cp->must_reconnect ? NETWORK_CHANGED : NETWORK_LOST);
}

static void work(struct ocpp_charge_point *cp)
{
    const struct network *network = ocpp_cp_network(cp);
    if (network->settles && cp->now.mono_ms >= network->settle_retry_mono_ms) {
        ocpp_cp_network_settle(cp);
    }
}

static int64_t deadline(const struct ocpp_charge_point *cp)
{
    const struct network *network = ocpp_cp_network(cp);
    return network->settles ? network->settle_retry_mono_ms : OCPP_NEVER;
}

static void variable_changed(struct ocpp_charge_point *cp, enum variable variable)
{
    struct network *network = ocpp_cp_network(cp);
    if (variable == VARIABLE_MESSAGE_TIMEOUT_S) { /* set by name, it counts for every profile that says nothing of it */
        network->own_timeout_s = cp->values[variable];
    }
}

/* --- back to the beginning ---------------------------------------------------------------------------------------------------
 */

static enum ocpp_status forget_all(struct ocpp_charge_point *cp)
{
    static const enum variable variables[] = { VARIABLE_PASSWORD, VARIABLE_SECURITY_PROFILE, VARIABLE_NETWORK_PRIORITY };
    enum { COUNT = sizeof(variables) / sizeof(variables[0]) };
    char keys[COUNT][OCPP_KEY_SIZE];
    struct ocpp_change changes[COUNT + 1];
    const struct variable_record nothing = { .value = 0 };
    for (size_t i = 0; i < COUNT; i++) {
        const enum ocpp_status status =
            ocpp_cp_variable_change(variables[i], &nothing, cp->bytes, sizeof(cp->bytes), keys[i], &changes[i]);
        if (status != OCPP_OK) {
            return status;
        }
        changes[i] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = keys[i] };
    }
    changes[COUNT] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE_PREFIX, .key = "network/" };
    return ocpp_cp_write_now(cp, changes, COUNT + 1);
}

enum ocpp_status ocpp_charge_point_forget_network(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    struct network *network = ocpp_cp_network(cp);
    if (network == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (cp->dialect != NULL) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = forget_all(cp);
    if (status == OCPP_OK) {
        as_delivered(cp);
        network->active_slot = 0;
        cp->values[VARIABLE_ACTIVE_NETWORK_SLOT] = 0;
        network->is_asked = false;
        const struct network_facts facts = ocpp_cp_network_facts(cp);
        (void)ocpp_cp_network_step(&network->plan, &facts, NETWORK_STARTED);
        ocpp_cp_central_switched(cp);
        ocpp_cp_security_event(cp, "ReconfigurationOfSecurityParameters", "the network settings are as delivered again");
    }
    ocpp_cp_leave(cp);
    return status;
}

const struct block ocpp_cp_network_block = {
    .size = size,
    .wrong_setting = wrong_setting,
    .start = start,
    .free = let_go,
    .load = load,
    .work = work,
    .deadline = deadline,
    .link_up = link_up,
    .link_down = link_down,
    .variable_wanted = ocpp_cp_network_variable_wanted,
    .variable_changed = variable_changed,
};
