/* ws_server_probe.c: the WebSocket server with shards that only carry texts (fake_central.h), driven by lines: what a test tells
 * it comes from stdin, what happens goes to stdout.
 *
 *   ws_server_probe [name=value]...
 *
 * Identities decide admission: unknown-… 404, secret-… needs the password "sesame", forbidden-… 403, busy-… 503, old-… only 1.6,
 * restless-… is pinged every 80 ms, odd-… is known for every quirk.
 */
#define _POSIX_C_SOURCE 200809L

#include "fake_central.h"

#include <ocpp/adapters.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELD = 64 };

struct probe {
    struct ocpp_server_settings settings;
    struct ocpp_server_listen listens[4];
    struct ocpp_server *server;
    const char *proxies[8];
    size_t max_text_bytes;
    size_t max_sink;
    size_t keep;
    bool quiet;
    pthread_mutex_t lock;
    struct ocpp_http_exchange *held[HELD]; /* requests for /late, in order */
    size_t held_count;
    struct ocpp_http_exchange *streams[HELD];
    size_t stream_count;
};

static struct probe probe;

static void on_log(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    (void)user;
    if (!probe.quiet)
        printf("log %s\n", line);
}

static void on_text(struct ocpp_station *station, const char *text, size_t size, void *user)
{
    (void)user;
    if (probe.quiet)
        return;
    if (size > 200)
        printf("text-of %s %zu\n", ocpp_station_identity(station), size);
    else
        printf("text %s %.*s\n", ocpp_station_identity(station), (int)size, text);
}

static struct ocpp_central *new_shard(int index, void *user)
{
    (void)index;
    (void)user;
    const struct fake_central_watch watch = { .text = on_text };
    return fake_central_new(&watch, probe.max_text_bytes);
}

static void free_shard(struct ocpp_central *central, int index, void *user)
{
    (void)index;
    (void)user;
    fake_central_free(central);
}

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static void show_certificate(const struct ocpp_client_certificate *certificate)
{
    if (probe.quiet || certificate == NULL)
        return;
    printf("shows CN %s O %s serial %s issuer %s from %lld to %lld expired %d sha256 ", certificate->info.common_name,
           certificate->info.organization, certificate->info.serial_number, certificate->issuer,
           (long long)certificate->info.not_before_utc_ms, (long long)certificate->info.not_after_utc_ms,
           certificate->has_expired);
    for (size_t i = 0; i < sizeof certificate->sha256; i++)
        printf("%02x", certificate->sha256[i]);
    printf("\n");
}

static struct ocpp_admission admit(const struct ocpp_handshake *handshake, void *user)
{
    (void)user;
    struct ocpp_admission admission = { .verdict = OCPP_ADMISSION_ACCEPT,
                                        .user = &probe,
                                        .security_profile = handshake->security_profile };
    show_certificate(handshake->certificate);
    if (!probe.quiet)
        printf("admit %s from %s tls %d basic %s certificate %s\n", handshake->identity, handshake->address, handshake->tls,
               handshake->has_basic ? handshake->basic_user : "-",
               handshake->certificate != NULL ? handshake->certificate->subject : "-");
    if (begins(handshake->identity, "unknown-"))
        admission.verdict = OCPP_ADMISSION_UNKNOWN_STATION;
    else if (begins(handshake->identity, "forbidden-"))
        admission.verdict = OCPP_ADMISSION_FORBIDDEN;
    else if (begins(handshake->identity, "busy-"))
        admission.verdict = OCPP_ADMISSION_OVERLOADED;
    else if (begins(handshake->identity, "old-"))
        admission.versions = UINT32_C(1) << OCPP_VERSION_1_6;
    else if (begins(handshake->identity, "odd-"))
        admission.quirks = OCPP_QUIRK_ALL;
    else if (begins(handshake->identity, "restless-"))
        admission.ping_interval_ms = 80;
    else if (begins(handshake->identity, "secret-") && (!handshake->has_basic || handshake->basic_password_size != 6 ||
                                                        memcmp(handshake->basic_password, "sesame", 6) != 0))
        admission.verdict = OCPP_ADMISSION_UNAUTHORIZED;
    return admission;
}

/* Where it ended, what it was answered, from where, as whom, and why. */
static void on_refused(const struct ocpp_refusal *refusal, void *user)
{
    static const char *const stages[] = { "tls", "request", "admission" };
    (void)user;
    if (!probe.quiet)
        printf("turned-away %s %d %s %s %s\n", stages[refusal->stage], refusal->http_status, refusal->address,
               refusal->identity != NULL ? refusal->identity : "-", refusal->reason);
}

static void on_connection(struct ocpp_station *station, bool connected, const char *reason, void *user)
{
    (void)user;
    if (ocpp_station_user(station) != &probe)
        abort();
    if (!probe.quiet)
        printf("%s %s %s\n", connected ? "connected" : "disconnected", ocpp_station_identity(station), reason);
}

/* --- bodies that are no memory: the byte at n is n * 7; |probe.max_sink| and |probe.keep| bound what is taken ----------------
 */

struct flow {
    uint64_t at;
    bool right;
};

static size_t read_flow(void *bytes, size_t room, void *user)
{
    struct flow *flow = user;
    for (size_t i = 0; i < room; i++)
        ((unsigned char *)bytes)[i] = (unsigned char)(flow->at++ * 7);
    return flow->at > probe.keep ? 0 : room;
}

static bool write_flow(const void *bytes, size_t size, void *user)
{
    struct flow *flow = user;
    for (size_t i = 0; i < size; i++)
        flow->right = ((const unsigned char *)bytes)[i] == (unsigned char)(flow->at++ * 7) && flow->right;
    return flow->at <= probe.keep;
}

static void end_flow(void *user)
{
    printf("flow ended at %llu\n", (unsigned long long)((struct flow *)user)->at);
    free(user);
}

static bool on_http_body(const struct ocpp_http_request *request, struct ocpp_http_sink *sink, void *user)
{
    struct flow *flow = begins(request->path, "/sink") ? calloc(1, sizeof *flow) : NULL;
    (void)user;
    if (flow == NULL)
        return false;
    flow->right = true;
    *sink = (struct ocpp_http_sink){ .max_bytes = probe.max_sink, .write = write_flow, .drop = end_flow, .user = flow };
    return true;
}

static void answer_flow(struct ocpp_http_exchange *exchange, const struct ocpp_http_request *request)
{
    const struct ocpp_http_source source = { .size = strtoull(request->query != NULL ? request->query : "0", NULL, 10),
                                             .read = read_flow,
                                             .close = end_flow,
                                             .user = calloc(1, sizeof(struct flow)) };
    ocpp_http_answer_from(exchange, 200, "application/octet-stream", NULL, &source);
}

static void answer_sink(struct ocpp_http_exchange *exchange, const struct ocpp_http_request *request)
{
    struct flow *flow = request->sink;
    char text[64];
    const int size =
        snprintf(text, sizeof text, "%zu %d", request->body_size, flow != NULL && flow->right && request->body == NULL);
    free(flow);
    ocpp_http_answer(exchange, 201, "text/plain", NULL, text, (size_t)size);
}

/* /echo tells what was asked; /late waits for the command "answer"; /stream for "say" and "end-streams". */
static void on_http(struct ocpp_http_exchange *exchange, const struct ocpp_http_request *request, void *user)
{
    (void)user;
    char text[4096];
    if (begins(request->path, "/echo")) {
        const int size =
            snprintf(text, sizeof text,
                     "%s %s ?%s listen %zu authorization %s accept %s type %s origin %s host %s range %s last %s match %s site "
                     "%s body %zu\n",
                     request->method, request->path, request->query != NULL ? request->query : "-", request->listen,
                     request->authorization != NULL ? request->authorization : "-",
                     request->accept != NULL ? request->accept : "-", request->content_type != NULL ? request->content_type : "-",
                     request->origin != NULL ? request->origin : "-", request->host != NULL ? request->host : "-",
                     request->range != NULL ? request->range : "-", request->last_event_id != NULL ? request->last_event_id : "-",
                     request->if_none_match != NULL ? request->if_none_match : "-",
                     request->fetch_site != NULL ? request->fetch_site : "-", request->body_size);
        ocpp_http_answer(exchange, 200, "text/plain", "X-Probe: yes\r\n", text, (size_t)size);
    } else if (begins(request->path, "/source")) {
        answer_flow(exchange, request);
    } else if (begins(request->path, "/sink")) {
        answer_sink(exchange, request);
    } else if (begins(request->path, "/body")) {
        ocpp_http_answer(exchange, 200, "application/octet-stream", NULL, request->body, request->body_size);
    } else if (begins(request->path, "/denied")) {
        ocpp_http_answer(exchange, 401, NULL, NULL, NULL, 0);
    } else if (begins(request->path, "/none")) {
        ocpp_http_answer(exchange, 204, NULL, NULL, NULL, 0);
    } else if (begins(request->path, "/late") || begins(request->path, "/stream")) {
        pthread_mutex_lock(&probe.lock);
        if (begins(request->path, "/late") && probe.held_count < HELD)
            probe.held[probe.held_count++] = exchange;
        if (begins(request->path, "/stream") && probe.stream_count < HELD) {
            probe.streams[probe.stream_count++] = exchange;
            ocpp_http_stream(exchange);
        }
        pthread_mutex_unlock(&probe.lock);
        printf("request %s\n", request->path);
    } else {
        ocpp_http_answer(exchange, 404, "text/plain", NULL, "nothing here", 12);
    }
}

/* --- work that is posted ----------------------------------------------------------------------------------------- */

static void say(struct ocpp_station *station, struct ocpp_now now, void *user)
{
    (void)now;
    char *text = user;
    if (station != NULL)
        fake_station_say(station, text, strlen(text));
    else
        printf("nobody for %s\n", text);
    free(text);
}

static void count(struct ocpp_central *central, struct ocpp_now now, void *user)
{
    (void)central;
    (void)now;
    (void)user;
    printf("shard\n");
}

/* The number travels as the pointer: the commands of two lines may be under way at once. */
static void refuse(struct ocpp_central *central, struct ocpp_now now, void *user)
{
    (void)now;
    fake_central_refuse(central, user != NULL ? OCPP_ERR_LIMIT : OCPP_OK);
}

static void alarm_after(struct ocpp_central *central, struct ocpp_now now, void *user)
{
    fake_central_alarm(central, now, (int64_t)(intptr_t)user, "ding");
}

/* --- commands ---------------------------------------------------------------------------------------------------- */

static void post(char *rest)
{
    char *text = strchr(rest, ' ');
    *text++ = '\0';
    char *copy = strdup(text);
    const enum ocpp_status status = ocpp_server_post(probe.server, rest, say, copy);
    if (status != OCPP_OK) {
        printf("post %s\n", ocpp_status_name(status));
        free(copy);
    }
}

static void answer_oldest(void)
{
    pthread_mutex_lock(&probe.lock);
    struct ocpp_http_exchange *exchange = probe.held[0];
    memmove(&probe.held[0], &probe.held[1], sizeof probe.held[0] * --probe.held_count);
    pthread_mutex_unlock(&probe.lock);
    ocpp_http_answer(exchange, 200, "text/plain", NULL, "at last", 7);
}

static void tell_streams(const char *text, bool end)
{
    pthread_mutex_lock(&probe.lock);
    for (size_t i = 0; i < probe.stream_count; i++) {
        if (end)
            ocpp_http_stream_end(probe.streams[i]);
        else
            printf("stream %zu %s\n", i, ocpp_status_name(ocpp_http_stream_write(probe.streams[i], text, strlen(text))));
    }
    if (end)
        probe.stream_count = 0;
    pthread_mutex_unlock(&probe.lock);
}

static void fill_streams(size_t size)
{
    char *text = malloc(size + 1);
    memset(text, 'z', size);
    text[size] = '\0';
    tell_streams(text, false);
    free(text);
}

static void to_all(void (*work)(struct ocpp_central *central, struct ocpp_now now, void *user), void *user)
{
    if (ocpp_server_post_all(probe.server, work, user) != OCPP_OK)
        abort();
}

static void obey(char *line)
{
    char *rest = strchr(line, ' ');
    rest = rest != NULL ? rest + 1 : line + strlen(line);
    if (begins(line, "post ")) {
        post(rest);
    } else if (begins(line, "shards")) {
        to_all(count, NULL);
    } else if (begins(line, "close ")) {
        char *code = strchr(rest, ' ');
        *code++ = '\0';
        printf("closing %s\n", ocpp_status_name(ocpp_server_close_station(probe.server, rest, atoi(code))));
    } else if (begins(line, "ping ")) {
        char *interval = strchr(rest, ' ');
        *interval++ = '\0';
        char *timeout = strchr(interval, ' ');
        printf("pinging %s\n",
               ocpp_status_name(ocpp_server_set_ping(probe.server, rest, atoi(interval), atoi(timeout != NULL ? timeout : "0"))));
    } else if (begins(line, "counts")) {
        for (int i = 0; i < OCPP_SERVER_COUNTS; i++)
            printf("count %s %llu\n", ocpp_server_count_name((enum ocpp_server_count)i),
                   (unsigned long long)ocpp_server_count(probe.server, (enum ocpp_server_count)i));
    } else if (begins(line, "reload")) {
        char reason[256] = "";
        const enum ocpp_status status = ocpp_server_reload_certificates(probe.server, reason, sizeof reason);
        printf("reloaded %s %s\n", ocpp_status_name(status), reason);
    } else if (begins(line, "refuse ")) {
        to_all(refuse, (void *)(intptr_t)atoi(rest));
    } else if (begins(line, "alarm ")) {
        to_all(alarm_after, (void *)(intptr_t)atoi(rest));
    } else if (begins(line, "clock ")) {
        ocpp_server_advance_clock(probe.server, atoi(rest));
    } else if (begins(line, "answer")) {
        answer_oldest();
    } else if (begins(line, "say ")) {
        tell_streams(rest, false);
    } else if (begins(line, "fill ")) {
        fill_streams((size_t)atoi(rest));
    } else if (begins(line, "end-streams")) {
        tell_streams("", true);
    } else {
        abort();
    }
}

static struct ocpp_server_certificate *slot_for(struct ocpp_server_listen *listen)
{
    size_t slot = 0;
    while (listen->certificates[slot].certificate_file != NULL)
        slot++;
    return &listen->certificates[slot];
}

static void set(const char *name, char *value)
{
    struct ocpp_server_settings *settings = &probe.settings;
    struct ocpp_server_listen *listen = &probe.listens[settings->listen_count > 0 ? settings->listen_count - 1 : 0];
    struct ocpp_server_certificate *last = &listen->certificates[0];
    const long number = strtol(value, NULL, 10);
    const struct setting {
        const char *name;
        int64_t *time;
        size_t *size;
    } plain[] = {
        { "ping", &settings->ping_interval_ms, NULL },
        { "pong", &settings->pong_timeout_ms, NULL },
        { "handshake", &settings->handshake_timeout_ms, NULL },
        { "write", &settings->write_timeout_ms, NULL },
        { "max", NULL, &settings->max_message_bytes },
        { "output", NULL, &settings->max_output_bytes },
        { "connections", NULL, &settings->max_connections },
        { "body", NULL, &settings->max_body_bytes },
        { "mailbox", NULL, &settings->mailbox_size },
        { "text", NULL, &probe.max_text_bytes },
        { "patience", &settings->limits.throttle_patience_ms, NULL },
        { "whole", &settings->limits.message_timeout_ms, NULL },
        { "probe", &settings->limits.probe_timeout_ms, NULL },
        { "strangers", NULL, &settings->limits.unauthenticated_per_address },
        { "addresses", NULL, &settings->limits.max_addresses },
        { "sink", NULL, &probe.max_sink },
        { "keep", NULL, &probe.keep },
    };
    struct ocpp_rate_option {
        const char *name;
        struct ocpp_rate *rate;
    } rates[] = {
        { "rate", &settings->limits.connections },
        { "rate-of-one", &settings->limits.connections_per_address },
        { "failures", &settings->limits.failures_per_address },
        { "messages", &settings->limits.messages },
        { "bytes", &settings->limits.bytes },
        { "replacements", &settings->limits.replacements },
    };
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) { /* per minute, a slash, the burst */
        if (strcmp(name, rates[i].name) != 0)
            continue;
        rates[i].rate->per_minute = (uint32_t)number;
        rates[i].rate->burst = strchr(value, '/') != NULL ? (uint32_t)atol(strchr(value, '/') + 1) : 0;
        return;
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (strcmp(name, plain[i].name) != 0)
            continue;
        if (plain[i].time != NULL)
            *plain[i].time = number;
        else
            *plain[i].size = (size_t)number;
        return;
    }
    if (strcmp(name, "listen") == 0) {
        listen = &probe.listens[settings->listen_count++];
        listen->address = value;
    } else if (strcmp(name, "port") == 0) {
        listen->port = (int)number;
    } else if (strcmp(name, "for") == 0) {
        listen->purpose = (enum ocpp_listen_for)number;
    } else if (strcmp(name, "cert") == 0) {
        listen->tls = true;
        slot_for(listen)->certificate_file = value;
    } else if (strcmp(name, "key") == 0) {
        for (size_t i = 0; i < OCPP_SERVER_CERTIFICATES && listen->certificates[i].certificate_file != NULL; i++)
            last = &listen->certificates[i];
        last->key_file = value;
    } else if (strcmp(name, "crl") == 0) {
        listen->crl_file = value;
    } else if (strcmp(name, "profiles") == 0) {
        listen->security_profiles = (uint32_t)number;
    } else if (strcmp(name, "expired") == 0) {
        listen->expired_certificates = true;
    } else if (strcmp(name, "client-ca") == 0) {
        listen->client_ca_file = value;
    } else if (strcmp(name, "threads") == 0) {
        settings->threads = (int)number;
    } else if (strcmp(name, "library") == 0) {
        settings->event_library = (enum ocpp_event_library)number;
    } else if (strcmp(name, "complete") == 0) {
        settings->mismatch = OCPP_MISMATCH_COMPLETE;
    } else if (strcmp(name, "no-subprotocol") == 0) {
        settings->no_subprotocol = value;
    } else if (strcmp(name, "prefix") == 0) {
        settings->path_prefix = value;
    } else if (strcmp(name, "compress") == 0) {
        settings->compress = number != 0;
    } else if (strcmp(name, "loopback") == 0) {
        settings->limits.limit_loopback = true;
    } else if (strcmp(name, "policy") == 0) {
        settings->identity_policy = (enum ocpp_identity_policy)number;
    } else if (strcmp(name, "proxy") == 0) {
        settings->limits.proxies = probe.proxies;
        probe.proxies[settings->limits.proxy_count++] = value;
    } else if (strcmp(name, "forwarded") == 0) {
        settings->limits.proxy_header = OCPP_PROXY_FORWARDED;
    } else if (strcmp(name, "quiet") == 0) {
        probe.quiet = true;
    } else if (strcmp(name, "no-http") == 0) {
        settings->on_http = NULL;
    } else {
        abort();
    }
}

int main(int argument_count, char **arguments)
{
    static char line[300000];
    char reason[256] = "";
    setvbuf(stdout, NULL, _IOLBF, 4096);
    pthread_mutex_init(&probe.lock, NULL);
    probe.settings = ocpp_server_settings_default();
    probe.max_text_bytes = SIZE_MAX;
    probe.settings.listen = probe.listens;
    probe.settings.log.write = on_log;
    probe.settings.new_shard = new_shard;
    probe.settings.free_shard = free_shard;
    probe.settings.admit = admit;
    probe.settings.on_connection = on_connection;
    probe.settings.on_refused = on_refused;
    probe.settings.on_http = on_http;
    probe.settings.on_http_body = on_http_body;
    probe.max_sink = probe.keep = SIZE_MAX;
    for (int i = 1; i < argument_count; i++) {
        char *value = strchr(arguments[i], '=');
        *value++ = '\0';
        set(arguments[i], value);
    }
    static char loopback[] = "127.0.0.1";
    if (probe.settings.listen_count == 0)
        set("listen", loopback);
    const enum ocpp_status status = ocpp_server_start(&probe.settings, &probe.server, reason, sizeof reason);
    if (status != OCPP_OK) {
        printf("refused %s %s\n", ocpp_status_name(status), reason);
        return 1;
    }
    for (size_t i = 0; i < probe.settings.listen_count; i++)
        printf("port %d\n", ocpp_server_port(probe.server, i));
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        obey(line);
    }
    ocpp_server_stop(probe.server, 500);
    while (probe.held_count > 0) /* later than the server lives */
        answer_oldest();
    tell_streams("too late", false);
    tell_streams("", true);
    printf("end\n");
    return 0;
}
