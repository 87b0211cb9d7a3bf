/* option_values.c: options that are more than a value in its place. */
#include "option_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void options_default(struct options *options)
{
    size_t count = 0;

    memset(options, 0, sizeof *options);
    for (int version = OCPP_VERSION_NONE + 1; version < OCPP_VERSION_COUNT; version++) {
        if (ocpp_central_speaks((enum ocpp_version)version)) {
            options->versions[count++] = (enum ocpp_version)version;
        }
    }
    options->threads = 1;
    options->drain_s = 10;
    options->heartbeat_s = 300;
    options->call_timeout_s = 30;
    options->files_mib = 64;
    options->files_all_mib = 1024;
    options->mismatch = OCPP_MISMATCH_REFUSE;
    options->max_connections = 20000;
    options->ping_s = 60;
    options->pong_s = 30;
    options->log = LOG_TEXT;
}

bool option_set_listen(struct options *options, const char *value, char *why)
{
    if (options->listen_count == OPTIONS_LISTEN_MAX) {
        return option_wrong(why, "--listen %.100s is one address too many; at most %d", value, OPTIONS_LISTEN_MAX);
    }
    if (!listen_address_parse(&options->listen[options->listen_count], value, why)) {
        return false;
    }
    options->listen_count++;
    return true;
}

bool option_set_http(struct options *options, const char *value, char *why)
{
    if (options->has_http || strstr(value, "://")) {
        return option_wrong(why, "--http %.100s: give it once, as ADDR:PORT", value);
    }
    options->has_http = true;
    return listen_address_parse(&options->http, value, why);
}

bool option_set_terminals(struct options *options, const char *value, char *why)
{
    if (options->has_terminals) {
        return option_wrong(why, "--terminals %.100s: give it once", value);
    }
    options->has_terminals = true;
    return listen_address_parse(&options->terminals, value, why);
}

/* Whether it is an address shows when the server starts. */
bool option_set_proxy(struct options *options, const char *value, char *why)
{
    if (options->proxy_count == OPTIONS_PROXIES_MAX) {
        return option_wrong(why, "--proxy %.100s is one too many; at most %d", value, OPTIONS_PROXIES_MAX);
    }
    options->proxies[options->proxy_count++] = value;
    return true;
}

/* Certificates and keys in the order they are given; options_check.c sees that they go together. */
bool option_set_certificate(struct options *options, const char *value, char *why)
{
    if (options->certificate_count == OCPP_SERVER_CERTIFICATES) {
        return option_wrong(why, "--tls-cert %.100s is one too many; at most %d", value, OCPP_SERVER_CERTIFICATES);
    }
    options->certificates[options->certificate_count++].certificate_file = value;
    return true;
}

bool option_set_key(struct options *options, const char *value, char *why)
{
    if (options->key_count == OCPP_SERVER_CERTIFICATES) {
        return option_wrong(why, "--tls-key %.100s is one too many; at most %d", value, OCPP_SERVER_CERTIFICATES);
    }
    options->certificates[options->key_count++].key_file = value;
    return true;
}

bool option_set_organization(struct options *options, const char *value, char *why)
{
    if (options->organization_count == OPTIONS_ORGANIZATIONS_MAX) {
        return option_wrong(why, "--organization %.100s is one too many; at most %d", value, OPTIONS_ORGANIZATIONS_MAX);
    }
    options->organizations[options->organization_count++] = value;
    return true;
}

/* ID[:PASSWORD]: an identity holds no ':' (OCPP 2.0.1 part 4, 3.1.1). The text is argv's or the file's: cut in a copy. */
bool option_set_station(struct options *options, const char *value, char *why)
{
    struct station_option *station = &options->stations[options->station_count];
    const char *colon = strchr(value, ':');
    size_t size = colon ? (size_t)(colon - value) : strlen(value);
    char *identity;

    if (options->station_count == OPTIONS_STATIONS_MAX) {
        return option_wrong(why, "--station: more than %d; register stations with PUT /api/stations/{id}", OPTIONS_STATIONS_MAX);
    }
    if (size == 0 || size > 48 || memchr(value, '/', size)) {
        return option_wrong(why,
                            "--station: an identity has 1 to 48 bytes and no '/'; type --station ID or --station ID:PASSWORD");
    }
    identity = malloc(size + 1);
    if (!identity) {
        return option_wrong(why, "out of memory");
    }
    memcpy(identity, value, size);
    identity[size] = '\0';
    station->identity = identity;
    station->password = colon ? colon + 1 : NULL;
    options->station_count++;
    return true;
}

bool option_set_versions(struct options *options, const char *value, char *why)
{
    size_t count = 0;
    char name[16];

    for (const char *at = value; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        size_t size = strcspn(at, ",");
        enum ocpp_version version;
        snprintf(name, sizeof name, "%.*s", size < sizeof name ? (int)size : 0, at);
        version = ocpp_version_of(name);
        if (!ocpp_central_speaks(version) || count == OCPP_VERSION_COUNT - 1) {
            return option_wrong(why, "--versions %.60s: type some of 1.6,2.0.1,2.1, the versions this release speaks", value);
        }
        options->versions[count++] = version;
    }
    options->versions[count] = OCPP_VERSION_NONE;
    return true;
}
