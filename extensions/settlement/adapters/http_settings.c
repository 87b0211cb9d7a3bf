/* http_settings.c: defaults, bounds and copies of what can be set of the HTTP provider. */
#define _POSIX_C_SOURCE 200809L
#include "http_settings.h"
#include "http_provider.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_URL = 1000, LONGEST_TOKEN = 1000, MOST_ANSWER = 64 * 1024 };

struct ocpp_settle_http_settings ocpp_settle_http_settings_default(void)
{
    return (struct ocpp_settle_http_settings){
        .name = "http",
        .notification_window_s = 300,
        .capabilities = OCPP_SETTLE_CAN_INCREMENT | OCPP_SETTLE_CAN_CAPTURE_LESS | OCPP_SETTLE_CAN_VOID | OCPP_SETTLE_CAN_REFUND |
                        OCPP_SETTLE_CAN_QUERY,
        .hold_lasts_ms = INT64_C(6) * 86400 * 1000,
        .connect_timeout_ms = 5000,
        .total_ms = 20000,
        .max_answer_bytes = 16 * 1024,
        .max_parallel = 8,
        .max_waiting = 256,
        .back_off_ms = 1000,
        .back_off_most_ms = 60000,
    };
}

/* --- addresses ----------------------------------------------------------------------------------------------------------- */

static bool is_host_of_this_machine(const char *host, size_t size)
{
    static const char *const names[] = { "127.0.0.1", "[::1]", "localhost" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == size && memcmp(names[i], host, size) == 0) {
            return true;
        }
    }
    return false;
}

/* Nobody between here and the server shall read or write what is said. */
static bool is_address(const char *url)
{
    const bool is_plain = strncmp(url, "http://", 7) == 0;
    const char *host = is_plain ? url + 7 : url + 8;

    if ((!is_plain && strncmp(url, "https://", 8) != 0) || strlen(url) > LONGEST_URL) {
        return false;
    }
    for (const char *c = url; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~' || strchr("@?#\\\"", *c) != NULL) {
            return false;
        }
    }
    const size_t size = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    return size > 0 && host[0] != '\0' && (!is_plain || is_host_of_this_machine(host, size));
}

/* --- bounds -------------------------------------------------------------------------------------------------------------- */

static bool is_header_text(const char *text)
{
    if (text == NULL) {
        return true;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~') {
            return false;
        }
    }
    return text[0] != '\0' && strlen(text) <= LONGEST_TOKEN;
}

static const char *wrong_text(const struct ocpp_settle_http_settings *settings)
{
    if (settings->name == NULL || settings->name[0] == '\0' || strlen(settings->name) > 40) {
        return "the name is none";
    }
    if (settings->url == NULL || !is_address(settings->url)) {
        return "the address is none, or not encrypted";
    }
    if (!is_header_text(settings->token)) {
        return "the token cannot be sent";
    }
    if (settings->notification_key != NULL && settings->keys == NULL) {
        return "a notification key goes with keys";
    }
    return (settings->certificate_file == NULL) != (settings->key_file == NULL) ? "a certificate and its key go together" : NULL;
}

const char *http_settings_wrong(const struct ocpp_settle_http_settings *settings)
{
    if (settings->notification_window_s < 1 || settings->notification_window_s > 86400 || settings->hold_lasts_ms < 1 ||
        settings->connect_timeout_ms < 1 || settings->total_ms < 1 || settings->back_off_ms < 1 ||
        settings->back_off_most_ms < settings->back_off_ms || settings->back_off_most_ms > 3600 * 1000) {
        return "a time is outside its range";
    }
    if (settings->max_answer_bytes < 256 || settings->max_answer_bytes > MOST_ANSWER || settings->max_parallel < 1 ||
        settings->max_parallel > 64 || settings->max_waiting < 1 || settings->max_waiting > 4096) {
        return "a size or a number is outside its range";
    }
    return wrong_text(settings);
}

/* --- copies -------------------------------------------------------------------------------------------------------------- */

bool http_settings_copy(struct ocpp_settle_http *http)
{
    struct ocpp_settle_http_settings *settings = &http->settings;
    const char **const texts[HTTP_TEXTS] = { &settings->name,
                                             &settings->url,
                                             &settings->token,
                                             &settings->ca_file,
                                             &settings->certificate_file,
                                             &settings->key_file,
                                             &settings->proxy,
                                             &settings->notification_key,
                                             &settings->previous_key };

    for (size_t i = 0; i < HTTP_TEXTS; i++) {
        if (*texts[i] == NULL) {
            continue;
        }
        http->texts[i] = strdup(*texts[i]);
        *texts[i] = http->texts[i];
        if (http->texts[i] == NULL) {
            return false;
        }
    }
    return true;
}

void http_settings_free(struct ocpp_settle_http *http)
{
    for (size_t i = 0; i < HTTP_TEXTS; i++) {
        if (http->texts[i] != NULL) {
            OPENSSL_cleanse(http->texts[i], strlen(http->texts[i])); /* one of them is the token */
            free(http->texts[i]);
        }
    }
}
