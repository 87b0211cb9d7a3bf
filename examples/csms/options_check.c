/* options_check.c: what no option can judge alone: each row is what contradicts itself, and what to type instead. */
#include "options.h"

#include <string.h>

/* Behind a proxy on this machine everybody comes from loopback. */
bool options_http_is_loopback(const struct options *options)
{
    return options->proxy_count == 0 && listen_address_is_loopback(options->has_http ? &options->http : &options->listen[0]);
}

static bool any_is(const struct options *options, bool (*is)(const struct listen_address *listen))
{
    for (size_t i = 0; i < options->listen_count; i++) {
        if (is(&options->listen[i])) {
            return true;
        }
    }
    return false;
}

static bool is_tls(const struct listen_address *listen)
{
    return listen->tls;
}

static bool is_public(const struct listen_address *listen)
{
    return !listen_address_is_loopback(listen);
}

static bool nowhere(const struct options *options)
{
    return options->listen_count == 0;
}

static bool tls_without_certificate(const struct options *options)
{
    return any_is(options, is_tls) && options->certificate_count == 0;
}

static bool certificate_without_tls(const struct options *options)
{
    return !any_is(options, is_tls) &&
           (options->certificate_count > 0 || options->key_count > 0 || options->client_ca || options->crl);
}

static bool certificate_without_key(const struct options *options)
{
    return options->certificate_count != options->key_count;
}

static bool trust_without_ca(const struct options *options)
{
    return !options->client_ca && (options->crl || options->organization_count > 0 || options->security_profile == 3);
}

static bool plain_below_profile(const struct options *options)
{
    return options->security_profile >= 2 && !any_is(options, is_tls);
}

static bool clock_in_public(const struct options *options)
{
    return options->test_clock && (any_is(options, is_public) || !options_http_is_loopback(options));
}

static bool is_wildcard(const struct listen_address *listen)
{
    return strcmp(listen->address, "0.0.0.0") == 0 || strcmp(listen->address, "::") == 0;
}

static bool files_of_nowhere(const struct options *options)
{
    return options->files && !options->files_url && is_wildcard(options->has_http ? &options->http : &options->listen[0]);
}

static bool bad_files_url(const struct options *options)
{
    const char *url = options->files_url;

    return url && ((strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) || strlen(url) >= OPTIONS_URL_SIZE - 1);
}

static bool terminals_of_nobody(const struct options *options)
{
    return options->has_terminals && !options->settlement;
}

static bool terminals_without_certificate(const struct options *options)
{
    return options->has_terminals && options->terminals.tls && options->certificate_count == 0;
}

static const struct contradiction {
    bool (*is_there)(const struct options *options);
    const char *instead;
} contradictions[] = {
    { nowhere, "no --listen; type for example: ocpp-csms --listen ws://127.0.0.1:9000 --accept-unknown" },
    { tls_without_certificate, "wss needs a certificate; add --tls-cert FILE --tls-key FILE" },
    { certificate_without_tls, "--tls-cert, --tls-key, --client-ca and --crl are for wss; add --listen wss://ADDR:PORT" },
    { certificate_without_key, "each --tls-cert needs its --tls-key, in the same order" },
    { trust_without_ca, "--crl, --organization and --security-profile 3 are about client certificates; add --client-ca FILE" },
    { plain_below_profile, "--security-profile 2 and 3 need TLS; add --listen wss://ADDR:PORT" },
    { files_of_nowhere, "stations cannot reach that address for files; add --files-url http://NAME:PORT" },
    { terminals_of_nobody, "--terminals is about what is settled; add --settlement FILE" },
    { terminals_without_certificate, "--terminals wss://… needs a certificate; add --tls-cert FILE --tls-key FILE" },
    { bad_files_url, "--files-url is no address; type it like http://csms.example:9000" },
    { clock_in_public, "--test-clock is for loopback only; listen on 127.0.0.1 or [::1], or leave it out" },
};

const char *options_contradiction(const struct options *options)
{
    for (size_t i = 0; i < sizeof contradictions / sizeof contradictions[0]; i++) {
        if (contradictions[i].is_there(options)) {
            return contradictions[i].instead;
        }
    }
    return NULL;
}
