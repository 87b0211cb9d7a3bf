/* settlement_providers.c: servers that take money, as the file of --settlement names them:
 *
 *     "providers": { "shop": { "kind": "http", "url": "https://pay.example.org/v1", "tokenFile": …, "caFile": …,
 *                              "certificateFile": …, "keyFile": …, "notificationSecretFile": …, "previousSecretFile": …,
 *                              "capabilities": ["Increment", …], "holdLastsS": 518400, "timeoutMs": 20000 } }
 *
 * A file of a secret has it on its first line.
 */
#include "body.h"
#include "settlement_inside.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOLD_MOST_S = 366 * 86400, TIMEOUT_MOST_MS = 600000, CAPABILITIES = 5 };

static const char *const kind_words[] = { "http", NULL };
static const char *const capability_words[CAPABILITIES + 1] = { "Increment", "CaptureLess", "Void", "Refund", "Query", NULL };

static const struct body_member provider_members[] = {
    { .name = "kind", .kind = BODY_WORD, .required = true, .words = kind_words },
    { .name = "url", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = SETTLEMENT_URL_SIZE - 1 },
    { .name = "tokenFile", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_PATH_SIZE / 4 },
    { .name = "caFile", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_PATH_SIZE / 4 },
    { .name = "certificateFile", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_PATH_SIZE / 4 },
    { .name = "keyFile", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_PATH_SIZE / 4 },
    { .name = "notificationSecretFile", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_PATH_SIZE / 4 },
    { .name = "previousSecretFile", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_PATH_SIZE / 4 },
    { .name = "capabilities", .kind = BODY_TEXTS, .minimum = 1, .maximum = CAPABILITIES, .words = capability_words },
    { .name = "holdLastsS", .kind = BODY_INTEGER, .minimum = 60, .maximum = HOLD_MOST_S },
    { .name = "timeoutMs", .kind = BODY_INTEGER, .minimum = 100, .maximum = TIMEOUT_MOST_MS },
    BODY_END,
};

static bool wrong(char *why, const char *provider, const char *what, const char *reason)
{
    snprintf(why, STORE_WHY_SIZE, "--settlement: provider %.40s: %.100s: %.80s", provider, what, reason);
    return false;
}

/* --- the file ------------------------------------------------------------------------------------------------------------ */

/* The first line of the file that |member| names, |least| to |size| - 1 characters. Nothing where there is no such member. */
static bool read_line(const cJSON *json, const char *member, const char *provider, char *line, size_t least, size_t size,
                      char *why)
{
    const char *path = body_text(json, member, NULL);
    FILE *file = path ? fopen(path, "r") : NULL;
    char text[SETTLEMENT_TOKEN_SIZE + 2] = "";
    bool is_good;

    if (!path) {
        return true;
    }
    if (!file) {
        return wrong(why, provider, path, strerror(errno));
    }
    if (!fgets(text, sizeof text, file)) {
        text[0] = '\0';
    }
    fclose(file);
    text[strcspn(text, "\r\n")] = '\0';
    is_good = strlen(text) >= least && strlen(text) < size;
    if (is_good) {
        memcpy(line, text, strlen(text) + 1);
    }
    OPENSSL_cleanse(text, sizeof text);
    return is_good || wrong(why, provider, member, "the first line of the file is too short, or too long");
}

static bool read_secret(const cJSON *json, const char *member, const struct settlement_provider *provider,
                        struct settlement_secret *secret, char *why)
{
    const bool is_good =
        read_line(json, member, provider->name, secret->text, OCPP_SETTLE_SECRET_MINIMUM, sizeof secret->text, why);

    secret->size = strlen(secret->text);
    return is_good;
}

static void keep(const cJSON *json, const char *member, char *text, size_t size)
{
    snprintf(text, size, "%s", body_text(json, member, ""));
}

static uint32_t read_capabilities(const cJSON *json)
{
    uint32_t capabilities = 0;
    const cJSON *word;

    cJSON_ArrayForEach(word, body_value(json, "capabilities"))
    {
        for (uint32_t i = 0; i < CAPABILITIES; i++) {
            capabilities |= strcmp(word->valuestring, capability_words[i]) == 0 ? UINT32_C(1) << i : 0;
        }
    }
    return capabilities;
}

static bool is_name(const char *name)
{
    size_t size = 0;

    while (isalnum((unsigned char)name[size]) || name[size] == '-' || name[size] == '_') {
        size++;
    }
    return size > 0 && size < SETTLEMENT_NAME_SIZE && !name[size] && strcmp(name, "wallet") != 0 && strcmp(name, "postpaid") != 0;
}

static bool read_provider(struct settlement_provider *provider, size_t number, const cJSON *json, char *why)
{
    struct body_issue issue;

    if (!is_name(json->string)) {
        return wrong(why, json->string, "its name", "1 to 40 letters, digits, '-', '_'; not wallet or postpaid");
    }
    snprintf(provider->name, sizeof provider->name, "%s", json->string);
    if (!body_check(json, provider_members, &issue)) {
        return wrong(why, provider->name, issue.path, issue.why);
    }
    keep(json, "url", provider->url, sizeof provider->url);
    keep(json, "caFile", provider->ca_file, sizeof provider->ca_file);
    keep(json, "certificateFile", provider->certificate_file, sizeof provider->certificate_file);
    keep(json, "keyFile", provider->key_file, sizeof provider->key_file);
    provider->capabilities = read_capabilities(json);
    provider->hold_lasts_s = body_integer(json, "holdLastsS", 0);
    provider->timeout_ms = body_integer(json, "timeoutMs", 0);
    snprintf(provider->secret.name, sizeof provider->secret.name, "notify.%zu", number);
    snprintf(provider->previous.name, sizeof provider->previous.name, "notify.%zu.previous", number);
    return read_line(json, "tokenFile", provider->name, provider->token, 1, sizeof provider->token, why) &&
           read_secret(json, "notificationSecretFile", provider, &provider->secret, why) &&
           read_secret(json, "previousSecretFile", provider, &provider->previous, why);
}

bool settlement_providers_read(struct settlement_config *config, const cJSON *json, char *why)
{
    const cJSON *providers = cJSON_GetObjectItemCaseSensitive(json, "providers"), *provider;
    const int count = cJSON_GetArraySize(providers);

    if (!providers) {
        return true;
    }
    if (!cJSON_IsObject(providers) || count > SETTLEMENT_PROVIDERS_MAX) {
        snprintf(why, STORE_WHY_SIZE, "--settlement: providers: has to be an object of at most 16 providers");
        return false;
    }
    config->providers = calloc((size_t)count + 1, sizeof *config->providers);
    if (!config->providers) {
        snprintf(why, STORE_WHY_SIZE, "--settlement: providers: %s", ocpp_status_sentence(OCPP_ERR_NOMEM));
        return false;
    }
    cJSON_ArrayForEach(provider, providers)
    {
        const size_t number = config->provider_count++;

        if (!read_provider(&config->providers[number], number, provider, why)) {
            return false;
        }
    }
    return true;
}

void settlement_providers_free(struct settlement_config *config)
{
    for (size_t i = 0; i < config->provider_count; i++) {
        cJSON_Delete(config->providers[i].report);
        OPENSSL_cleanse(&config->providers[i], sizeof config->providers[i]);
    }
    free(config->providers);
}

struct settlement_provider *settlement_provider_named(const struct settlement_config *config, const char *name)
{
    for (size_t i = 0; i < config->provider_count; i++) {
        if (strcmp(config->providers[i].name, name) == 0) {
            return &config->providers[i];
        }
    }
    return NULL;
}

size_t settlement_secrets(const struct settlement_config *config, struct ocpp_settle_given_secret *given)
{
    size_t count = 0;

    for (size_t i = 0; i < config->provider_count; i++) {
        const struct settlement_secret *const secrets[] = { &config->providers[i].secret, &config->providers[i].previous };

        for (size_t j = 0; j < sizeof secrets / sizeof *secrets; j++) {
            if (secrets[j]->size > 0) {
                given[count++] = (struct ocpp_settle_given_secret){ secrets[j]->name, secrets[j]->text, secrets[j]->size };
            }
        }
    }
    return count;
}

/* --- at work ------------------------------------------------------------------------------------------------------------- */

/* On the thread of a provider, which may not take the lock of the settlement. */
static void wake(void *user)
{
    struct settlement *settlement = user;

    atomic_store(&settlement->has_news, true);
    bell_ring(&settlement->bell);
}

static const char *text_or_null(const char *text)
{
    return text[0] ? text : NULL;
}

static bool open_provider(struct settlement *settlement, struct settlement_provider *provider, char *why)
{
    struct ocpp_settle_http_settings settings = ocpp_settle_http_settings_default();
    char reason[128] = "";

    settings.name = provider->name;
    settings.url = provider->url;
    settings.token = text_or_null(provider->token);
    settings.ca_file = text_or_null(provider->ca_file);
    settings.certificate_file = text_or_null(provider->certificate_file);
    settings.key_file = text_or_null(provider->key_file);
    settings.keys = settlement->keys;
    settings.notification_key = provider->secret.size > 0 ? provider->secret.name : NULL;
    settings.previous_key = provider->previous.size > 0 ? provider->previous.name : NULL;
    settings.capabilities = provider->capabilities ? provider->capabilities : settings.capabilities;
    settings.hold_lasts_ms = provider->hold_lasts_s ? provider->hold_lasts_s * 1000 : settings.hold_lasts_ms;
    settings.total_ms = provider->timeout_ms ? (int)provider->timeout_ms : settings.total_ms;
    settings.log = log_for_library(&settlement->app->log);
    settings.wake = wake;
    settings.user = settlement;
    provider->http = ocpp_settle_http_new(&settings, reason, sizeof reason);
    return provider->http || wrong(why, provider->name, "cannot be used", reason);
}

bool settlement_providers_open(struct settlement *settlement, char *why)
{
    for (size_t i = 0; i < settlement->config.provider_count; i++) {
        struct settlement_provider *provider = &settlement->config.providers[i];

        if (!open_provider(settlement, provider, why)) {
            return false;
        }
        settlement->faces[i] = *ocpp_settle_http_provider(provider->http);
    }
    return true;
}

void settlement_providers_run(struct settlement *settlement)
{
    if (!atomic_exchange(&settlement->has_news, false)) {
        return;
    }
    for (size_t i = 0; i < settlement->config.provider_count; i++) {
        ocpp_settle_http_run(settlement->config.providers[i].http, settlement->handle, settlement_now(settlement->app));
    }
}

void settlement_providers_close(struct settlement *settlement)
{
    for (size_t i = 0; i < settlement->config.provider_count; i++) {
        ocpp_settle_http_free(settlement->config.providers[i].http);
    }
}
