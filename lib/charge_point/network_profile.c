/* network_profile.c: network connection profiles as records, and their addresses. */
#include "network_block.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

/* --- records: the tags are for ever -------------------------------------------------------------------------------------- */

#define COUNT_OF(rows)             (sizeof(rows) / sizeof((rows)[0]))
#define INTEGER(tag, type, member) OCPP_FIELD_ROW(tag, OCPP_FIELD_INTEGER, struct type, member)
#define BOOLEAN(tag, type, member) OCPP_FIELD_ROW(tag, OCPP_FIELD_BOOLEAN, struct type, member)
#define TEXT(tag, type, member)    OCPP_FIELD_ROW(tag, OCPP_FIELD_TEXT, struct type, member)

static const struct ocpp_field profile_rows[] = {
    TEXT(1, network_profile, url),
    INTEGER(2, network_profile, security_profile),
    INTEGER(3, network_profile, family),
    INTEGER(4, network_profile, interface),
    INTEGER(5, network_profile, message_timeout_s),
    BOOLEAN(6, network_profile, has_apn),
    TEXT(7, network_profile, apn_name),
    TEXT(8, network_profile, apn_user),
    TEXT(9, network_profile, apn_password),
    INTEGER(10, network_profile, sim_pin),
    TEXT(11, network_profile, preferred_network),
    BOOLEAN(12, network_profile, only_preferred_network),
    INTEGER(13, network_profile, apn_authentication),
    BOOLEAN(14, network_profile, has_vpn),
    TEXT(15, network_profile, vpn_server),
    TEXT(16, network_profile, vpn_user),
    TEXT(17, network_profile, vpn_group),
    TEXT(18, network_profile, vpn_password),
    TEXT(19, network_profile, vpn_key),
    INTEGER(20, network_profile, vpn_kind),
};
const struct ocpp_layout network_profile_layout = { 52, sizeof(struct network_profile), profile_rows, COUNT_OF(profile_rows) };

static const struct ocpp_field state_rows[] = {
    INTEGER(1, network_state, last_good),     INTEGER(2, network_state, highest),          INTEGER(3, network_state, trial_slot),
    INTEGER(4, network_state, trial_profile), BOOLEAN(5, network_state, has_old_password), TEXT(6, network_state, old_password),
};
const struct ocpp_layout network_state_layout = { 53, sizeof(struct network_state), state_rows, COUNT_OF(state_rows) };

void ocpp_cp_network_slot_key(int slot, char key[OCPP_KEY_SIZE])
{
    snprintf(key, OCPP_KEY_SIZE, "network/slot/%d", slot);
}

/* --- addresses ----------------------------------------------------------------------------------------------------------- */

/* No user information, no fragment, nothing that could end a line of a handshake (RFC 6455 3). */
static bool is_clean(const char *url)
{
    for (const char *at = url; *at != '\0'; at++) {
        if (*at <= ' ' || *at > '~' || strchr("#@\"<>\\^`{|}", *at) != NULL) {
            return false;
        }
    }
    return strlen(url) < OCPP_NETWORK_URL_SIZE;
}

static bool is_port(const char *digits, size_t size)
{
    long port = 0;
    for (size_t i = 0; i < size && i < 6; i++) {
        if (digits[i] < '0' || digits[i] > '9') {
            return false;
        }
        port = port * 10 + (digits[i] - '0');
    }
    return size >= 1 && size <= 5 && port >= 1 && port <= 65535;
}

static bool is_one_of(char c, const char *marks)
{
    return (c >= '0' && c <= '9') || (ocpp_text_fold(c) >= 'a' && ocpp_text_fold(c) <= 'z') || strchr(marks, c) != NULL;
}

/* A name or an address; [::1], which is looked at more closely by who connects. */
static size_t host_size(const char *text, size_t size)
{
    const bool is_bracketed = size > 0 && text[0] == '[';
    size_t end = is_bracketed ? 1 : 0;
    while (end < size && is_one_of(text[end], is_bracketed ? ":." : "-._")) {
        end++;
    }
    if (!is_bracketed) {
        return end;
    }
    return end > 2 && end < size && text[end] == ']' ? end + 1 : 0;
}

/* host, host:port, [::1], [::1]:port */
static bool is_authority(const char *text, size_t size)
{
    enum { LONGEST_HOST = 253 };
    const size_t host = host_size(text, size);
    if (host == 0 || host > LONGEST_HOST) {
        return false;
    }
    return host == size || (text[host] == ':' && is_port(text + host + 1, size - host - 1));
}

static bool begins_with(const char *text, const char *prefix)
{
    for (; *prefix != '\0'; text++, prefix++) {
        if (ocpp_text_fold(*text) != *prefix) {
            return false;
        }
    }
    return true;
}

bool ocpp_cp_network_url(const char *url, int security_profile, char to[OCPP_NETWORK_URL_SIZE])
{
    const bool is_secure = begins_with(url, "wss://");
    const bool must_be_secure = security_profile >= OCPP_SECURITY_TLS;
    if ((!is_secure && !begins_with(url, "ws://")) || !is_clean(url) || (is_secure && !must_be_secure)) {
        return false;
    }
    const char *rest = url + (is_secure ? 6 : 5);
    if (!is_authority(rest, strcspn(rest, "/?"))) {
        return false;
    }
    const int size = snprintf(to, OCPP_NETWORK_URL_SIZE, "%s%s", must_be_secure ? "wss://" : "ws://", rest);
    return size > 0 && size < OCPP_NETWORK_URL_SIZE;
}
