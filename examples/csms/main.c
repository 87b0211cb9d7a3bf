/* main.c: starts the parts, waits for a signal, drains, stops. Exit 0 after a signal, 2 on wrong use, 1 when the world refuses (a
 * port in use, a bad certificate, a bad store); always with one line. */
#include "app.h"
#include "health.h"
#include "restore.h"
#include "settlement.h"
#include "signals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { STOP_MS = 5000, BODY_MAX_BYTES = 262144, EXIT_WORLD = 1, EXIT_MISUSE = 2 };

static int complain(const char *why)
{
    fprintf(stderr, "ocpp-csms: %s\n", why);
    return EXIT_WORLD;
}

/* --- where to listen
 * -------------------------------------------------------------------------------------------------------------------- */

struct listens {
    struct ocpp_server_listen list[OPTIONS_LISTEN_MAX + 1];
    size_t count;
    size_t http;
};

static struct ocpp_server_listen listen_on(const struct options *options, const struct listen_address *address,
                                           enum ocpp_listen_for purpose)
{
    struct ocpp_server_listen listen = {
        .address = address->address, .port = address->port, .purpose = purpose, .tls = address->tls
    };

    if (address->tls) {
        memcpy(listen.certificates, options->certificates, sizeof listen.certificates);
        listen.client_ca_file = options->client_ca;
        listen.crl_file = options->crl;
    }
    return listen;
}

/* REST is on the address of --http, which may be one of the others, or on the first. */
static void choose_listens(const struct options *options, struct listens *listens)
{
    bool placed = !options->has_http;

    listens->count = options->listen_count;
    listens->http = 0;
    for (size_t i = 0; i < options->listen_count; i++) {
        const struct listen_address *address = &options->listen[i];
        bool same = options->has_http && address->port != 0 && address->port == options->http.port &&
                    strcmp(address->address, options->http.address) == 0;
        bool both = same || (!options->has_http && i == 0);
        listens->list[i] = listen_on(options, address, both ? OCPP_LISTEN_FOR_BOTH : OCPP_LISTEN_FOR_STATIONS);
        if (same) {
            placed = true;
            listens->http = i;
        }
    }
    if (!placed) {
        listens->http = listens->count;
        listens->list[listens->count++] = listen_on(options, &options->http, OCPP_LISTEN_FOR_HTTP);
    }
}

/* |before| it, on the line. */
static void print_address(const char *before, const char *scheme, const struct ocpp_server_listen *listen, int port,
                          const char *path)
{
    bool six = strchr(listen->address, ':');

    printf("%s %s%s://%s%s%s:%d%s", before, scheme, listen->tls ? "s" : "", six ? "[" : "", listen->address, six ? "]" : "", port,
           path);
}

/* Where a browser finds its pages: operators, and drivers and houses where there is a settlement for them. */
static void print_pages(const struct app *app, const struct ocpp_server_listen *listen, int port)
{
    print_address("pages", "http", listen, port, "/");
    if (settlement_has_drive(app)) {
        print_address("", "http", listen, port, "/drive/");
    }
    if (app->settlement) {
        print_address("", "http", listen, port, "/house/");
    }
    printf("\n");
}

/* Where stations fetch files: what the user says, or the address of REST. */
static void tell_files_base(struct app *app, const struct listens *listens)
{
    const struct ocpp_server_listen *listen = &listens->list[listens->http];
    bool six = strchr(listen->address, ':');
    size_t size;

    if (app->options->files_url) {
        snprintf(app->files_base, sizeof app->files_base, "%s", app->options->files_url);
    } else {
        snprintf(app->files_base, sizeof app->files_base, "http%s://%s%s%s:%d", listen->tls ? "s" : "", six ? "[" : "",
                 listen->address, six ? "]" : "", ocpp_server_port(app->server, listens->http));
    }
    size = strlen(app->files_base);
    if (size > 0 && app->files_base[size - 1] == '/') {
        app->files_base[size - 1] = '\0';
    }
    if (app->files) {
        files_set_base(app->files, app->files_base);
    }
}

/* One line per address on stdout, for people and for scripts that asked for any free port; last, one with all pages. */
static void print_addresses(const struct app *app, const struct listens *listens)
{
    const int terminals = settlement_terminals_port(app);

    if (terminals > 0) {
        const struct ocpp_server_listen listen = { .address = app->options->terminals.address, .tls = app->options->terminals.tls };

        print_address("terminals", "ws", &listen, terminals, "/terminal\n");
    }
    for (size_t i = 0; i < listens->count; i++) {
        int port = ocpp_server_port(app->server, i);
        if (listens->list[i].purpose != OCPP_LISTEN_FOR_HTTP) {
            print_address("stations", "ws", &listens->list[i], port, "/ocpp/\n");
        }
        if (i == listens->http) {
            print_address("operators", "http", &listens->list[i], port, "/api/\n");
        }
    }
    print_pages(app, &listens->list[listens->http], ocpp_server_port(app->server, listens->http));
    fflush(stdout);
}

/* --- the parts
 * -------------------------------------------------------------------------------------------------------------------------- */

static void close_parts(struct app *app)
{
    settlement_close(app);
    ocpp_signer_close(app->signer);
    files_close(app->files);
    store_close(app->store);
    for (int i = 0; app->shards && i < app->options->threads; i++) {
        store_meter_free(app->shards[i].meter);
        metrics_stop(&app->shards[i].metrics);
    }
    free(app->shards);
    events_free(app->events);
    open_transactions_free(app->open_transactions);
    curves_free(app->curves);
    security_events_free(app->security_events);
    stations_free(app->stations);
}

static bool open_files(struct app *app, char *why)
{
    const struct options *options = app->options;

    if (!options->files) {
        return true;
    }
    app->files = files_open(options->files, options->files_mib << 20, options->files_all_mib << 20, store_of(app->store, 0), why);
    return app->files;
}

/* What needs no network. False: |why| says what is wrong; close_parts() either way. */
static bool open_parts(struct app *app, char *why)
{
    snprintf(why, STORE_WHY_SIZE, "out of memory");
    app->started_mono_ms = ocpp_system_now().mono_ms;
    atomic_store(&app->ring_budget.left, RING_BUDGET_BYTES);
    atomic_store(&app->store_works, true);
    atomic_store(&app->probed_mono_ms, app->started_mono_ms - HEALTH_PROBE_MS);
    app->http_is_loopback = options_http_is_loopback(app->options);
    app->stations = stations_new(STATIONS_MAX);
    app->open_transactions = open_transactions_new();
    app->curves = curves_new();
    app->security_events = security_events_new();
    app->events = events_new(app_utc_ms(app) / 1000);
    app->shards = calloc((size_t)app->options->threads, sizeof *app->shards);
    if (!app->stations || !app->open_transactions || !app->curves || !app->security_events || !app->events || !app->shards ||
        !secrets_start()) {
        return false;
    }
    for (int i = 0; i < app->options->threads; i++) {
        if (!metrics_start(&app->shards[i].metrics)) {
            return false;
        }
    }
    if (app->options->token_file && !secrets_read_token(app->options->token_file, &app->operator_token, why)) {
        return false;
    }
    app->store = store_open(app->options->db, (int)app->options->threads, &app->log, why);
    return app->store && app_restore(app, store_of(app->store, 0), why) && open_files(app, why) && signing_open(app, why) &&
           settlement_open(app, why);
}

static bool start_server(struct app *app, const struct listens *listens, char *why)
{
    struct ocpp_server_settings settings = ocpp_server_settings_default();
    struct ocpp_server *server = NULL;
    char reason[STORE_WHY_SIZE] = "";
    enum ocpp_status status;

    settings.log = log_for_library(&app->log);
    settings.listen = listens->list;
    settings.listen_count = listens->count;
    settings.threads = (int)app->options->threads;
    memcpy(settings.versions, app->options->versions, sizeof settings.versions);
    settings.mismatch = (enum ocpp_subprotocol_mismatch)app->options->mismatch;
    settings.identity_policy = (enum ocpp_identity_policy)app->options->identity_policy;
    settings.max_connections = (size_t)app->options->max_connections;
    settings.ping_interval_ms = app->options->ping_s * 1000;
    settings.pong_timeout_ms = app->options->pong_s * 1000;
    settings.limits.proxies = app->options->proxies;
    settings.limits.proxy_count = app->options->proxy_count;
    settings.limits.proxy_header = (enum ocpp_proxy_header)app->options->proxy_header;
    settings.max_body_bytes = BODY_MAX_BYTES;
    settings.max_output_bytes = EVENT_STREAM_BYTES;
    settings.new_shard = shard_new;
    settings.free_shard = shard_free;
    settings.admit = app_admit;
    settings.on_refused = app_on_refused;
    settings.on_connection = shard_on_connection;
    settings.on_http = app_on_http;
    settings.on_http_body = app_on_http_body;
    settings.after_round = shard_after_round;
    settings.user = app;
    status = ocpp_server_start(&settings, &server, reason, sizeof reason);
    if (status != OCPP_OK) {
        snprintf(why, STORE_WHY_SIZE, "%s", reason[0] ? reason : ocpp_status_sentence(status));
    }
    app->server = server;
    return status == OCPP_OK;
}

/* --- life ------------------------------------------------------------------------------------------------------------------- */

static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void stop(struct app *app, bool in_peace)
{
    events_close(app->events);
    settlement_end_streams(app);
    settlement_rest(app);
    ocpp_server_stop(app->server, in_peace ? STOP_MS : 0);
    close_parts(app);
}

static void tell_start(struct app *app)
{
    if (!app->http_is_loopback && !app->operator_token.known) {
        log_event(&app->log, OCPP_LOG_WARNING, "start", NULL,
                  "operators cannot log in: REST is not on loopback, or behind a --proxy, and there is no --token-file");
    }
    log_event(&app->log, OCPP_LOG_INFO, "start", NULL, "%d thread%s, store: %s", (int)app->options->threads,
              app->options->threads > 1 ? "s" : "", app->options->db ? app->options->db : "memory");
}

static int run(struct app *app)
{
    char why[STORE_WHY_SIZE];
    struct listens listens;

    raise_file_limit();
    signals_block();
    choose_listens(app->options, &listens);
    if (!open_parts(app, why) || !start_server(app, &listens, why)) {
        close_parts(app);
        return complain(why);
    }
    tell_start(app);
    tell_files_base(app, &listens);
    if (!settlement_resume(app, why)) {
        stop(app, false);
        return complain(why);
    }
    print_addresses(app, &listens);
    signals_serve(app);
    log_event(&app->log, OCPP_LOG_INFO, "stop", NULL, "draining");
    stop(app, signals_drain(app));
    return 0;
}

int main(int argc, char **argv)
{
    static struct options options;
    static struct app app = { .options = &options };
    int code = EXIT_MISUSE;

    switch (options_read(&options, argc, argv)) {
    case OPTIONS_RUN:
        app.log.form = (enum log_form)options.log;
        code = run(&app);
        break;
    case OPTIONS_DONE:
        code = 0;
        break;
    case OPTIONS_MISUSE:
        break;
    }
    options_free(&options);
    return code;
}
