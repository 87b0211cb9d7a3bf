/* station_settings.c: {secret, versions, minProfile, serial, boot, bootInterval, quirks, limits}. */
#include "station_settings.h"

#include <stdio.h>
#include <string.h>

static const char *const version_names[] = { "1.6", "2.0.1", "2.1", NULL };
static const char *const boot_words[] = { "Accepted", "Pending", "Rejected", NULL };

static const struct body_member limit_members[] = {
    { .name = "messageLogBytes", .kind = BODY_INTEGER, .minimum = RING_MIN_BYTES, .maximum = RING_MAX_BYTES },
    BODY_END,
};

static const struct body_member members[] = {
    { .name = "secret", .kind = BODY_TEXT, .minimum = 8, .maximum = SECRET_LENGTH_MAX },
    { .name = "versions", .kind = BODY_TEXTS, .maximum = 3, .words = version_names },
    { .name = "minProfile", .kind = BODY_INTEGER, .minimum = 0, .maximum = 3 },
    { .name = "serial", .kind = BODY_TEXT, .minimum = 1, .maximum = 50 },
    { .name = "boot", .kind = BODY_WORD, .words = boot_words },
    { .name = "bootInterval", .kind = BODY_INTEGER, .minimum = 1, .maximum = 86400 * 30 },
    { .name = "quirks", .kind = BODY_TEXTS, .maximum = 32 },
    { .name = "limits", .kind = BODY_OBJECT, .members = limit_members },
    BODY_END,
};

void station_settings_key(const char *identity, char key[OCPP_KEY_SIZE])
{
    snprintf(key, OCPP_KEY_SIZE, STATION_SETTINGS_PREFIX "%s", identity);
}

/* --- words
 * ------------------------------------------------------------------------------------------------------------------------ */

static uint32_t version_bit(const char *word)
{
    enum ocpp_version version = ocpp_version_of(word);

    return ocpp_protocol_of(version) ? (uint32_t)1 << version : 0;
}

static uint32_t quirk_bit(const char *word)
{
    return strcmp(word, "all") == 0 ? (uint32_t)OCPP_QUIRK_ALL : ocpp_quirk_of(word);
}

/* The bits of a list of words; false when a word has none. */
static bool read_bits(const cJSON *list, uint32_t (*bit)(const char *word), uint32_t *bits)
{
    const cJSON *word;

    *bits = 0;
    cJSON_ArrayForEach(word, list)
    {
        if (bit(word->valuestring) == 0) {
            return false;
        }
        *bits |= bit(word->valuestring);
    }
    return true;
}

static cJSON *version_words(uint32_t bits)
{
    cJSON *list = cJSON_CreateArray();

    for (int version = 1; version < OCPP_VERSION_COUNT; version++) {
        if (bits >> version & 1) {
            cJSON_AddItemToArray(list, cJSON_CreateString(ocpp_version_name((enum ocpp_version)version)));
        }
    }
    return list;
}

cJSON *quirk_words(uint32_t bits)
{
    cJSON *list = cJSON_CreateArray();

    for (int bit = 0; bit < 32; bit++) {
        if (bits >> bit & 1) {
            cJSON_AddItemToArray(list, cJSON_CreateString(ocpp_quirk_name((enum ocpp_quirk)((uint32_t)1 << bit))));
        }
    }
    return list;
}

/* --- from a request
 * ---------------------------------------------------------------------------------------------------------------- */

bool station_settings_check(const cJSON *body, struct body_issue *issue)
{
    uint32_t bits;

    if (!body_check(body, members, issue)) {
        return false;
    }
    if (!read_bits(body_value(body, "versions"), version_bit, &bits)) {
        return body_fail(issue, "/versions", "has to be a list of versions, like \"1.6\" and \"2.0.1\"");
    }
    if (!read_bits(body_value(body, "quirks"), quirk_bit, &bits)) {
        return body_fail(issue, "/quirks", "has to be a list of names of quirks, or of \"all\"");
    }
    return true;
}

/* All but the secret. */
static void read_plain(struct station_settings *settings, const cJSON *body)
{
    const cJSON *limits = body_value(body, "limits");

    settings->registered = true;
    (void)read_bits(body_value(body, "versions"), version_bit, &settings->versions);
    settings->min_profile = (int)body_integer(body, "minProfile", 0);
    snprintf(settings->serial, sizeof settings->serial, "%s", body_text(body, "serial", ""));
    settings->boot = ocpp_registration_of(body_text(body, "boot", ocpp_registration_name(OCPP_REGISTRATION_ACCEPTED)));
    settings->boot_interval_s = body_integer(body, "bootInterval", 0);
    (void)read_bits(body_value(body, "quirks"), quirk_bit, &settings->quirks);
    settings->message_log_bytes = (size_t)body_integer(limits, "messageLogBytes", 0);
}

bool station_settings_read(struct station_settings *settings, struct quick_secret *quick, const cJSON *body)
{
    const cJSON *secret = cJSON_GetObjectItemCaseSensitive(body, "secret");

    read_plain(settings, body);
    if (cJSON_IsNull(secret)) {
        settings->secret[0] = '\0';
        quick->known = false;
    }
    if (!cJSON_IsString(secret)) {
        return true;
    }
    return ocpp_secret_hash(secret->valuestring, strlen(secret->valuestring), settings->secret) &&
           quick_secret_set(quick, secret->valuestring, strlen(secret->valuestring));
}

/* --- to operators and the store
 * ------------------------------------------------------------------------------------------------------ */

static cJSON *plain_json(const struct station_settings *settings)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *limits;

    cJSON_AddItemToObject(json, "versions", version_words(settings->versions));
    cJSON_AddNumberToObject(json, "minProfile", settings->min_profile);
    json_add_text(json, "serial", settings->serial[0] ? settings->serial : NULL);
    json_add_text(json, "boot", ocpp_registration_name(settings->boot));
    if (settings->boot_interval_s > 0) {
        json_add_integer(json, "bootInterval", settings->boot_interval_s);
    }
    cJSON_AddItemToObject(json, "quirks", quirk_words(settings->quirks));
    limits = cJSON_AddObjectToObject(json, "limits");
    if (settings->message_log_bytes > 0) {
        json_add_integer(limits, "messageLogBytes", (int64_t)settings->message_log_bytes);
    }
    return json;
}

cJSON *station_settings_json(const struct station_settings *settings, bool has_password)
{
    cJSON *json = plain_json(settings);

    cJSON_AddBoolToObject(json, "hasSecret", settings->secret[0] || has_password);
    return json;
}

char *station_settings_text(const struct station_settings *settings)
{
    cJSON *json = plain_json(settings);
    char *text;

    json_add_text(json, "secretHash", settings->secret[0] ? settings->secret : NULL);
    text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    return text;
}

bool station_settings_restore(struct station_settings *settings, const char *text, size_t size)
{
    cJSON *json = body_parse(text, size);
    cJSON *hash = cJSON_DetachItemFromObjectCaseSensitive(json, "secretHash");
    struct body_issue issue;
    bool good = json && station_settings_check(json, &issue);

    if (good) {
        read_plain(settings, json);
        snprintf(settings->secret, sizeof settings->secret, "%s", cJSON_IsString(hash) ? hash->valuestring : "");
    }
    cJSON_Delete(hash);
    cJSON_Delete(json);
    return good;
}
