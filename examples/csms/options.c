/* options.c: the options, one row each, on the command line and in the configuration file. */
#include "options.h"
#include "option_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_word log_forms[] = { { "text", LOG_TEXT }, { "json", LOG_JSON }, { "none", LOG_NONE }, { NULL, 0 } };
static const struct option_word mismatches[] = { { "refuse", OCPP_MISMATCH_REFUSE },
                                                 { "complete", OCPP_MISMATCH_COMPLETE },
                                                 { NULL, 0 } };
static const struct option_word proxy_headers[] = { { "x-forwarded", OCPP_PROXY_X_FORWARDED },
                                                    { "forwarded", OCPP_PROXY_FORWARDED },
                                                    { NULL, 0 } };
static const struct option_word identity_policies[] = {
    { "newest", OCPP_IDENTITY_NEWEST }, { "living", OCPP_IDENTITY_LIVING }, { "oldest", OCPP_IDENTITY_OLDEST }, { NULL, 0 }
};
static const struct option_word common_names[] = { { "serial", COMMON_NAME_SERIAL },
                                                   { "identity", COMMON_NAME_IDENTITY },
                                                   { NULL, 0 } };

/* clang-format off */
#define OWN(function) OPTION_OWN, 0, 0, 0, NULL, function
#define FLAG(member) OPTION_FLAG, offsetof(struct options, member), 0, 0, NULL, NULL
#define TEXT(member) OPTION_TEXT, offsetof(struct options, member), 0, 0, NULL, NULL
#define NUMBER(member, minimum, maximum) OPTION_NUMBER, offsetof(struct options, member), minimum, maximum, NULL, NULL
#define WORD(member, words) OPTION_WORD, offsetof(struct options, member), 0, 0, words, NULL
#define LATER OPTION_LATER, 0, 0, 0, NULL, NULL

static const struct option_row rows[] = {
    { "listen", "ws[s]://ADDR:PORT", OWN(option_set_listen), "serve stations at /ocpp/{id} there; repeatable; ADDR:PORT means ws" },
    { "http", "ADDR:PORT", OWN(option_set_http), "serve REST and metrics there (default: the first --listen)" },
    { "token-file", "FILE", TEXT(token_file), "operators show the token in this file; needed off loopback" },
    { "db", "FILE", TEXT(db), "keep stations, tokens and transactions in this SQLite file (default: in memory)" },
    { "keep-days", "N", NUMBER(keep_days, 0, 36500), "drop transactions that ended so many days ago; 0: keep all (default: 0)" },
    { "tls-cert", "FILE", OWN(option_set_certificate), "certificate chain for wss, PEM; repeatable: RSA and ECDSA" },
    { "tls-key", "FILE", OWN(option_set_key), "its private key, PEM; likewise, in the same order" },
    { "client-ca", "FILE", TEXT(client_ca), "ask stations on wss for a certificate of these authorities" },
    { "csr-ca", "CERT:KEY", TEXT(csr_ca), "sign the certificates stations ask for with this authority, PEM" },
    { "crl", "FILE", TEXT(crl), "what those authorities revoked, PEM" },
    { "organization", "NAME", OWN(option_set_organization), "believe certificates of this organization (O); repeatable (default: of any)" },
    { "common-name", "serial|identity", WORD(common_name, common_names), "what they have to name (default: the registered serial, else the identity)" },
    { "security-profile", "0..3", NUMBER(security_profile, 0, 3), "refuse stations below this security profile (default: 0)" },
    { "station", "ID[:PASSWORD]", OWN(option_set_station), "register a station for this run; repeatable" },
    { "accept-unknown", NULL, FLAG(accept_unknown), "serve stations nobody registered" },
    { "accept-unknown-tokens", NULL, FLAG(accept_unknown_tokens), "authorise tokens nobody registered" },
    { "versions", "LIST", OWN(option_set_versions), "speak these versions (default: 1.6,2.0.1,2.1)" },
    { "threads", "N", NUMBER(threads, 1, 64), "service threads (default: 1)" },
    { "heartbeat-s", "N", NUMBER(heartbeat_s, 1, 86400), "stations send a Heartbeat so often (default: 300)" },
    { "call-timeout-s", "N", NUMBER(call_timeout_s, 1, 600), "a station that does not answer for so long did not (default: 30)" },
    { "drain-s", "N", NUMBER(drain_s, 0, 3600), "after SIGTERM wait so long for open commands (default: 10)" },
    { "lenient", NULL, FLAG(lenient), "survive the known quirks of every station" },
    { "subprotocol-mismatch", "refuse|complete", WORD(mismatch, mismatches), "what a station without a common version gets (default: refuse)" },
    { "second-connection", "newest|living|oldest", WORD(identity_policy, identity_policies), "which of two connections of one station stays; living: the old one if it answers a ping (default: newest)" },
    { "ping-s", "N", NUMBER(ping_s, 0, 86400), "ping a silent station so often; 0: never (default: 60)" },
    { "pong-s", "N", NUMBER(pong_s, 1, 3600), "a station that does not answer a ping for so long is gone (default: 30)" },
    { "max-connections", "N", NUMBER(max_connections, 1, 1000000), "of stations and operators at once (default: 20000)" },
    { "proxy", "ADDR[/BITS]", OWN(option_set_proxy), "believe this proxy who its clients are; repeatable; operators need a token then" },
    { "proxy-header", "x-forwarded|forwarded", WORD(proxy_header, proxy_headers), "in which header proxies say so (default: x-forwarded)" },
    { "log", "text|json|none", WORD(log, log_forms), "what goes to stderr (default: text)" },
    { "settlement", "FILE", TEXT(settlement), "settle visits as this file says: tariffs, payers, policy (JSON, docs/settlement.md)" },
    { "terminals", "ws[s]://ADDR:PORT", OWN(option_set_terminals), "serve terminals of vehicles at /terminal there (docs/terminal-start.md)" },
    { "files", "DIR", TEXT(files), "serve the files in this folder to stations, and keep what they hand over in its folder received" },
    { "files-url", "URL", TEXT(files_url), "how stations reach --http (default: its address)" },
    { "files-mib", "N", NUMBER(files_mib, 1, 65536), "largest file of a station, in MiB (default: 64)" },
    { "files-all-mib", "N", NUMBER(files_all_mib, 1, 1 << 24), "room for all files of stations, in MiB (default: 1024)" },
    { "config", "FILE", OWN(config_file_read), "read options from FILE, one per line, without dashes" },
    { "test-clock", NULL, FLAG(test_clock), "add POST /api/test/clock; loopback only" },
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
        return option_wrong(why, "there is no option '%.60s'; ocpp-csms --help shows all", name);
    }
    return option_set(row, options, value, why);
}

void options_help(void)
{
    printf("usage: ocpp-csms --listen ws://ADDR:PORT [OPTION]...\n"
           "A central system for OCPP charge points, with a REST interface for operators.\n\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char left[64];
        if (rows[i].kind == OPTION_LATER) {
            continue;
        }
        snprintf(left, sizeof left, "--%s %s", rows[i].name, rows[i].argument ? rows[i].argument : "");
        printf("  %-42s %s\n", left, rows[i].help);
    }
    printf("  %-42s %s\n  %-42s %s\n", "--help", "show this", "--version", "show the release");
}

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

enum options_outcome options_read(struct options *options, int argc, char **argv)
{
    const char *wrong_together;

    options_default(options);
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
    wrong_together = options_contradiction(options);
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
