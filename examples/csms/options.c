/* options.c: the options, one row each, and what they mean together. */
#include "options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Versions the central system speaks; a message model alone does not make a dialect. */
static const enum ocpp_version spoken[] = { OCPP_VERSION_1_6, OCPP_VERSION_2_0_1 };

static bool is_spoken(enum ocpp_version version)
{
    for (size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++) {
        if (spoken[i] == version) {
            return ocpp_protocol_of(version);
        }
    }
    return false;
}

/* Always false, so that "return wrong(…)" says both. */
__attribute__((format(printf, 2, 3))) static bool wrong(char *why, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, OPTIONS_WHY_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

/* --- one function per option --------------------------------------------------------------------------------------------- */

static bool set_listen(struct options *options, const char *value, char *why)
{
    if (options->listen_count == OPTIONS_LISTEN_MAX) {
        return wrong(why, "--listen %.100s is one address too many; at most 16", value);
    }
    if (!listen_address_parse(&options->listen[options->listen_count], value, why)) {
        return false;
    }
    options->listen_count++;
    return true;
}

static bool set_http(struct options *options, const char *value, char *why)
{
    if (options->has_http || strstr(value, "://")) {
        return wrong(why, "--http %.100s: give it once, as ADDR:PORT", value);
    }
    options->has_http = true;
    return listen_address_parse(&options->http, value, why);
}

static bool set_once(const char **place, const char *name, const char *value, char *why)
{
    if (*place) {
        return wrong(why, "--%s is given twice (%.80s, %.80s)", name, *place, value);
    }
    *place = value;
    return true;
}

static bool set_token_file(struct options *options, const char *value, char *why)
{
    return set_once(&options->token_file, "token-file", value, why);
}

static bool set_db(struct options *options, const char *value, char *why)
{
    return set_once(&options->db, "db", value, why);
}

static bool set_tls_cert(struct options *options, const char *value, char *why)
{
    if (options->tls_cert) {
        return wrong(why, "--tls-cert %.80s: this release serves one certificate; give one --tls-cert and one --tls-key", value);
    }
    options->tls_cert = value;
    return true;
}

static bool set_tls_key(struct options *options, const char *value, char *why)
{
    if (options->tls_key) {
        return wrong(why, "--tls-key %.80s: this release serves one certificate; give one --tls-cert and one --tls-key", value);
    }
    options->tls_key = value;
    return true;
}

static bool set_client_ca(struct options *options, const char *value, char *why)
{
    return set_once(&options->client_ca, "client-ca", value, why);
}

/* ID[:PASSWORD]: an identity holds no ':' (OCPP 2.0.1 part 4, 3.1.1). The text is argv's or the file's: cut in a copy. */
static bool set_station(struct options *options, const char *value, char *why)
{
    struct station_option *station = &options->stations[options->station_count];
    const char *colon = strchr(value, ':');
    size_t size = colon ? (size_t)(colon - value) : strlen(value);
    char *identity;

    if (options->station_count == OPTIONS_STATIONS_MAX) {
        return wrong(why, "--station: more than 1000; register stations with PUT /api/stations/{id}");
    }
    if (size == 0 || size > 48 || memchr(value, '/', size)) {
        return wrong(why, "--station: an identity has 1 to 48 bytes and no '/'; type --station ID or --station ID:PASSWORD");
    }
    identity = malloc(size + 1);
    if (!identity) {
        return wrong(why, "out of memory");
    }
    memcpy(identity, value, size);
    identity[size] = '\0';
    station->identity = identity;
    station->password = colon ? colon + 1 : NULL;
    options->station_count++;
    return true;
}

static bool set_accept_unknown(struct options *options, const char *value, char *why)
{
    (void)value;
    (void)why;
    options->accept_unknown = true;
    return true;
}

static bool set_accept_unknown_tokens(struct options *options, const char *value, char *why)
{
    (void)value;
    (void)why;
    options->accept_unknown_tokens = true;
    return true;
}

static bool set_lenient(struct options *options, const char *value, char *why)
{
    (void)value;
    (void)why;
    options->lenient = true;
    return true;
}

static bool set_test_clock(struct options *options, const char *value, char *why)
{
    (void)value;
    (void)why;
    options->test_clock = true;
    return true;
}

static bool set_versions(struct options *options, const char *value, char *why)
{
    size_t count = 0;
    char name[16];

    for (const char *at = value; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        size_t size = strcspn(at, ",");
        enum ocpp_version version;
        snprintf(name, sizeof name, "%.*s", size < sizeof name ? (int)size : 0, at);
        version = ocpp_version_of(name);
        if (!is_spoken(version) || count == sizeof spoken / sizeof spoken[0]) {
            return wrong(why, "--versions %.60s: type some of 1.6,2.0.1, the versions this release speaks", value);
        }
        options->versions[count++] = version;
    }
    options->versions[count] = OCPP_VERSION_NONE;
    return true;
}

static bool set_threads(struct options *options, const char *value, char *why)
{
    char *end;
    long threads = strtol(value, &end, 10);

    if (*end || threads < 1 || threads > 64) {
        return wrong(why, "--threads %.60s: type a number from 1 to 64", value);
    }
    options->threads = (int)threads;
    return true;
}

static bool set_mismatch(struct options *options, const char *value, char *why)
{
    if (strcmp(value, "refuse") == 0) {
        options->mismatch = OCPP_MISMATCH_REFUSE;
        return true;
    }
    if (strcmp(value, "complete") == 0) {
        options->mismatch = OCPP_MISMATCH_COMPLETE;
        return true;
    }
    return wrong(why, "--subprotocol-mismatch %.60s: type refuse or complete", value);
}

static bool set_log(struct options *options, const char *value, char *why)
{
    static const char *const forms[] = { [LOG_NONE] = "none", [LOG_TEXT] = "text", [LOG_JSON] = "json" };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (strcmp(value, forms[i]) == 0) {
            options->log = (enum log_form)i;
            return true;
        }
    }
    return wrong(why, "--log %.60s: type text, json or none", value);
}

static bool set_config(struct options *options, const char *value, char *why)
{
    return config_file_read(options, value, why);
}

/* --- the table ---------------------------------------------------------------------------------------------------------- */

struct option_row {
    const char *name;
    const char *argument;                                                 /* NULL: takes none */
    bool (*apply)(struct options *options, const char *value, char *why); /* NULL: comes in a later release */
    const char *help;
};

/* clang-format off */
static const struct option_row rows[] = {
    { "listen", "ws[s]://ADDR:PORT", set_listen, "serve stations at /ocpp/{id} there; repeatable; ADDR:PORT means ws" },
    { "http", "ADDR:PORT", set_http, "serve REST and metrics there (default: the first --listen)" },
    { "token-file", "FILE", set_token_file, "operators show the token in this file; needed off loopback" },
    { "db", "FILE", set_db, "keep stations, tokens and transactions in this SQLite file (default: in memory)" },
    { "tls-cert", "FILE", set_tls_cert, "certificate chain for wss, PEM" },
    { "tls-key", "FILE", set_tls_key, "its private key, PEM" },
    { "client-ca", "FILE", set_client_ca, "ask stations on wss for a certificate of these authorities" },
    { "station", "ID[:PASSWORD]", set_station, "register a station for this run; repeatable" },
    { "accept-unknown", NULL, set_accept_unknown, "serve stations nobody registered" },
    { "accept-unknown-tokens", NULL, set_accept_unknown_tokens, "authorise tokens nobody registered" },
    { "versions", "LIST", set_versions, "speak these versions (default: 1.6,2.0.1)" },
    { "threads", "N", set_threads, "service threads (default: 1)" },
    { "lenient", NULL, set_lenient, "survive the known quirks of every station" },
    { "subprotocol-mismatch", "refuse|complete", set_mismatch, "what a station without a common version gets (default: refuse)" },
    { "log", "text|json|none", set_log, "what goes to stderr (default: text)" },
    { "config", "FILE", set_config, "read options from FILE, one per line, without dashes" },
    { "test-clock", NULL, set_test_clock, "add POST /api/test/clock; loopback only" },
    { "csr-ca", "CERT:KEY", NULL, "" },
    { "files", "DIR", NULL, "" },
    { "security-profile", "0..3", NULL, "" },
};
/* clang-format on */

static const struct option_row *find_row(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

bool option_takes_value(const char *name)
{
    const struct option_row *row = find_row(name);

    return row && row->argument;
}

bool option_apply(struct options *options, const char *name, const char *value, char *why)
{
    const struct option_row *row = find_row(name);

    if (!row) {
        return wrong(why, "there is no option '%.60s'; ocpp-csms --help shows all", name);
    }
    if (!row->apply) {
        return wrong(why, "--%s is not part of this release; leave it out", name);
    }
    if (row->argument && (!value || !value[0])) {
        return wrong(why, "--%s needs a value: --%s %s", name, name, row->argument);
    }
    if (!row->argument && value) {
        return wrong(why, "--%.60s takes no value", name);
    }
    return row->apply(options, value, why);
}

void options_help(void)
{
    printf("usage: ocpp-csms --listen ws://ADDR:PORT [OPTION]...\n"
           "A central system for OCPP charge points, with a REST interface for operators.\n\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char left[64];
        if (!rows[i].apply) {
            continue;
        }
        snprintf(left, sizeof left, "--%s %s", rows[i].name, rows[i].argument ? rows[i].argument : "");
        printf("  %-42s %s\n", left, rows[i].help);
    }
    printf("  %-42s %s\n  %-42s %s\n", "--help", "show this", "--version", "show the release");
}

/* --- the whole ------------------------------------------------------------------------------------------------------------ */

/* "--name value", "--name=value" or "--name". Moves |*at| to the last argument used. */
static bool apply_argument(struct options *options, int argc, char **argv, int *at)
{
    const char *argument = argv[*at];
    char why[OPTIONS_WHY_SIZE] = "";
    char name[64];
    const char *equals;
    const char *value = NULL;

    if (strncmp(argument, "--", 2) != 0) {
        fprintf(stderr, "ocpp-csms: '%.60s' is no option; ocpp-csms --help shows all\n", argument);
        return false;
    }
    equals = strchr(argument, '=');
    snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - argument - 2) : (int)strlen(argument + 2), argument + 2);
    if (equals) {
        value = equals + 1;
    } else if (option_takes_value(name) && *at + 1 < argc) {
        value = argv[++*at];
    }
    if (option_apply(options, name, value, why)) {
        return true;
    }
    fprintf(stderr, "ocpp-csms: %s\n", why);
    return false;
}

bool options_http_is_loopback(const struct options *options)
{
    return listen_address_is_loopback(options->has_http ? &options->http : &options->listen[0]);
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

/* What no option can judge alone; NULL when all is well. */
static const char *contradiction(const struct options *options)
{
    if (options->listen_count == 0) {
        return "no --listen; type for example: ocpp-csms --listen ws://127.0.0.1:9000 --accept-unknown";
    }
    if (any_is(options, is_tls) && (!options->tls_cert || !options->tls_key)) {
        return "wss needs a certificate; add --tls-cert FILE --tls-key FILE";
    }
    if (!any_is(options, is_tls) && (options->tls_cert || options->tls_key || options->client_ca)) {
        return "--tls-cert, --tls-key and --client-ca are for wss; add --listen wss://ADDR:PORT";
    }
    if (options->test_clock && (any_is(options, is_public) || !options_http_is_loopback(options))) {
        return "--test-clock is for loopback only; listen on 127.0.0.1 or [::1], or leave it out";
    }
    return NULL;
}

static void defaults(struct options *options)
{
    size_t count = 0;

    memset(options, 0, sizeof *options);
    for (size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++) {
        if (is_spoken(spoken[i])) {
            options->versions[count++] = spoken[i];
        }
    }
    options->threads = 1;
    options->mismatch = OCPP_MISMATCH_REFUSE;
    options->log = LOG_TEXT;
}

enum options_outcome options_read(struct options *options, int argc, char **argv)
{
    const char *wrong_together;

    defaults(options);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            options_help();
            return OPTIONS_DONE;
        }
        if (strcmp(argv[i], "--version") == 0) {
            printf("ocpp-csms %s\n", OCPP_PROGRAM_VERSION);
            return OPTIONS_DONE;
        }
        if (!apply_argument(options, argc, argv, &i)) {
            return OPTIONS_MISUSE;
        }
    }
    wrong_together = contradiction(options);
    if (wrong_together) {
        fprintf(stderr, "ocpp-csms: %s\n", wrong_together);
        return OPTIONS_MISUSE;
    }
    return OPTIONS_RUN;
}

void options_free(struct options *options)
{
    for (size_t i = 0; i < options->station_count; i++) {
        free((void *)(uintptr_t)options->stations[i].identity);
    }
    free(options->config_text);
}
