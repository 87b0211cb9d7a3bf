/* options.h: what the user asked for on the command line or in a configuration file. Only the words are judged here, not the
 * world: whether a port is free or a certificate good shows when the server starts.
 */
#ifndef CSMS_OPTIONS_H
#define CSMS_OPTIONS_H

#include "log.h"

#include <ocpp/adapters.h>

enum {
    OPTIONS_LISTEN_MAX = 16,
    OPTIONS_ORGANIZATIONS_MAX = 16,
    OPTIONS_STATIONS_MAX = 1000,
    OPTIONS_PROXIES_MAX = 64,
    OPTIONS_ADDRESS_SIZE = 64,
    OPTIONS_WHY_SIZE = 256,
    OPTIONS_URL_SIZE = 256
};

/* listen_address: "ws://127.0.0.1:9000" taken apart. */
struct listen_address {
    char address[OPTIONS_ADDRESS_SIZE]; /* numeric */
    int port;
    bool tls;
};

/* common_name: what a client certificate has to name. */
enum common_name { COMMON_NAME_SERIAL /* the identity where no serial number is registered */, COMMON_NAME_IDENTITY };

struct station_option {
    const char *identity;
    const char *password; /* NULL: none is asked for */
};

/* Texts belong to argv or to |config_text|. */
struct options {
    struct listen_address listen[OPTIONS_LISTEN_MAX];
    size_t listen_count;
    bool has_http;
    struct listen_address http;
    const char *token_file;
    const char *db;
    struct ocpp_server_certificate certificates[OCPP_SERVER_CERTIFICATES];
    size_t certificate_count;
    size_t key_count;
    const char *client_ca;
    const char *csr_ca; /* CERT:KEY; NULL: nothing is signed */
    const char *crl;
    const char *organizations[OPTIONS_ORGANIZATIONS_MAX]; /* whose client certificates are believed */
    size_t organization_count;
    int common_name; /* enum common_name */
    int64_t security_profile;
    bool has_terminals;
    struct listen_address terminals; /* of vehicles: where they connect */
    const char *settlement; /* what it is to be done by; NULL: nothing is settled */
    const char *files;
    const char *files_url; /* NULL: from the address of REST */
    int64_t files_mib;     /* that one file may have */
    int64_t files_all_mib; /* that all may have that stations handed over */
    struct station_option stations[OPTIONS_STATIONS_MAX];
    size_t station_count;
    bool accept_unknown;
    bool accept_unknown_tokens;
    bool lenient;
    bool test_clock;
    enum ocpp_version versions[OCPP_VERSION_COUNT]; /* ended by OCPP_VERSION_NONE */
    int64_t threads;
    int64_t keep_days; /* of transactions that ended; 0: all */
    int64_t heartbeat_s;
    int64_t call_timeout_s;
    int64_t drain_s; /* how long open commands may take when the program ends */
    int mismatch;    /* enum ocpp_subprotocol_mismatch */
    const char *proxies[OPTIONS_PROXIES_MAX];
    size_t proxy_count;
    int proxy_header;    /* enum ocpp_proxy_header */
    int identity_policy; /* enum ocpp_identity_policy */
    int64_t max_connections;
    int64_t ping_s; /* 0: no pings */
    int64_t pong_s;
    int log;           /* enum log_form */
    char *config_text; /* one configuration file, cut into its lines */
};

enum options_outcome {
    OPTIONS_RUN,
    OPTIONS_DONE,  /* --help or --version was answered */
    OPTIONS_MISUSE /* one line on stderr said what to type instead */
};

/* options_read: reads the command line into |options|; options_free() it whatever the outcome. */
enum options_outcome options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

/* options_default: what holds for whoever says nothing. options_contradiction: what is wrong with all of them together; NULL:
 * nothing.
 */
void options_default(struct options *options);
const char *options_contradiction(const struct options *options);

/* options_http_is_loopback: whether the REST interface is reachable from this machine only, and not through a proxy. */
bool options_http_is_loopback(const struct options *options);
bool listen_address_is_loopback(const struct listen_address *listen);

/* listen_address_parse: "[ws://|wss://]ADDR:PORT", IPv6 in brackets. |why| (OPTIONS_WHY_SIZE bytes) says what is wrong. */
bool listen_address_parse(struct listen_address *listen, const char *text, char *why);

/* option_apply: one option by its name without dashes; |value| is NULL when none was given. False: |why| says what is wrong. */
bool option_apply(struct options *options, const char *name, const char *value, char *why);
bool option_takes_value(const char *name);

/* config_file_read: the options of |path|, one per line, named as on the command line without dashes; '#' begins a comment. */
bool config_file_read(struct options *options, const char *path, char *why);

/* options_help: prints what there is. */
void options_help(void);

#endif
