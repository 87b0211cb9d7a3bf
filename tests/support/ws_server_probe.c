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

/* What a setting is told to. The listening address is the newest one. */
struct telling {
    struct ocpp_server_settings *settings;
    struct ocpp_server_listen *listen;
    char *value;
    long number;
};

/* --- numbers of the server and of the probe
 * ------------------------------------------------------------------------------------- */

/* Where a number goes; one of both is there. */
static const struct plain_setting {
    const char *name;
    int64_t *time;
    size_t *size;
} plain_settings[] = {
    { "ping", &probe.settings.ping_interval_ms, NULL },
    { "pong", &probe.settings.pong_timeout_ms, NULL },
    { "handshake", &probe.settings.handshake_timeout_ms, NULL },
    { "write", &probe.settings.write_timeout_ms, NULL },
    { "max", NULL, &probe.settings.max_message_bytes },
    { "output", NULL, &probe.settings.max_output_bytes },
    { "connections", NULL, &probe.settings.max_connections },
    { "body", NULL, &probe.settings.max_body_bytes },
    { "mailbox", NULL, &probe.settings.mailbox_size },
    { "text", NULL, &probe.max_text_bytes },
    { "patience", &probe.settings.limits.throttle_patience_ms, NULL },
    { "whole", &probe.settings.limits.message_timeout_ms, NULL },
    { "probe", &probe.settings.limits.probe_timeout_ms, NULL },
    { "strangers", NULL, &probe.settings.limits.unauthenticated_per_address },
    { "addresses", NULL, &probe.settings.limits.max_addresses },
    { "sink", NULL, &probe.max_sink },
    { "keep", NULL, &probe.keep },
};

static bool set_plain(const char *name, long number)
{
    for (size_t i = 0; i < sizeof plain_settings / sizeof plain_settings[0]; i++) {
        const struct plain_setting *plain = &plain_settings[i];
        if (strcmp(name, plain->name) != 0)
            continue;
        if (plain->time != NULL)
            *plain->time = number;
        else
            *plain->size = (size_t)number;
        return true;
    }
    return false;
}

static const struct rate_setting {
    const char *name;
    struct ocpp_rate *rate;
} rate_settings[] = {
    { "rate", &probe.settings.limits.connections },
    { "rate-of-one", &probe.settings.limits.connections_per_address },
    { "failures", &probe.settings.limits.failures_per_address },
    { "messages", &probe.settings.limits.messages },
    { "bytes", &probe.settings.limits.bytes },
    { "replacements", &probe.settings.limits.replacements },
};

/* Per minute, a slash, the burst. */
static bool set_rate(const char *name, const char *value, long number)
{
    const char *slash = strchr(value, '/');
    for (size_t i = 0; i < sizeof rate_settings / sizeof rate_settings[0]; i++) {
        if (strcmp(name, rate_settings[i].name) != 0)
            continue;
        *rate_settings[i].rate = (struct ocpp_rate){ (uint32_t)number, slash != NULL ? (uint32_t)atol(slash + 1) : 0 };
        return true;
    }
    return false;
}

/* --- an address
 * ----------------------------------------------------------------------------------------------------------------- */

static void set_listen(const struct telling *told)
{
    probe.listens[told->settings->listen_count++].address = told->value;
}

static void set_port(const struct telling *told)
{
    told->listen->port = (int)told->number;
}

static void set_for(const struct telling *told)
{
    told->listen->purpose = (enum ocpp_listen_for)told->number;
}

static void set_cert(const struct telling *told)
{
    told->listen->tls = true;
    slot_for(told->listen)->certificate_file = told->value;
}

/* Of the certificate that came last. */
static void set_key(const struct telling *told)
{
    struct ocpp_server_certificate *last = &told->listen->certificates[0];
    for (size_t i = 0; i < OCPP_SERVER_CERTIFICATES && told->listen->certificates[i].certificate_file != NULL; i++)
        last = &told->listen->certificates[i];
    last->key_file = told->value;
}

static void set_crl(const struct telling *told)
{
    told->listen->crl_file = told->value;
}

static void set_profiles(const struct telling *told)
{
    told->listen->security_profiles = (uint32_t)told->number;
}

static void set_expired(const struct telling *told)
{
    told->listen->expired_certificates = true;
}

static void set_client_ca(const struct telling *told)
{
    told->listen->client_ca_file = told->value;
}

/* --- the server
 * ----------------------------------------------------------------------------------------------------------------- */

static void set_threads(const struct telling *told)
{
    told->settings->threads = (int)told->number;
}

static void set_library(const struct telling *told)
{
    told->settings->event_library = (enum ocpp_event_library)told->number;
}

static void set_complete(const struct telling *told)
{
    told->settings->mismatch = OCPP_MISMATCH_COMPLETE;
}

static void set_no_subprotocol(const struct telling *told)
{
    told->settings->no_subprotocol = told->value;
}

static void set_prefix(const struct telling *told)
{
    told->settings->path_prefix = told->value;
}

static void set_compress(const struct telling *told)
{
    told->settings->compress = told->number != 0;
}

static void set_loopback(const struct telling *told)
{
    told->settings->limits.limit_loopback = true;
}

static void set_policy(const struct telling *told)
{
    told->settings->identity_policy = (enum ocpp_identity_policy)told->number;
}

static void set_proxy(const struct telling *told)
{
    told->settings->limits.proxies = probe.proxies;
    probe.proxies[told->settings->limits.proxy_count++] = told->value;
}

static void set_forwarded(const struct telling *told)
{
    told->settings->limits.proxy_header = OCPP_PROXY_FORWARDED;
}

static void set_no_http(const struct telling *told)
{
    told->settings->on_http = NULL;
}

static void set_quiet(const struct telling *told)
{
    (void)told;
    probe.quiet = true;
}

/* --- all of them
 * ---------------------------------------------------------------------------------------------------------------- */

static const struct other_setting {
    const char *name;
    void (*set)(const struct telling *told);
} other_settings[] = {
    { "listen", set_listen },
    { "port", set_port },
    { "for", set_for },
    { "cert", set_cert },
    { "key", set_key },
    { "crl", set_crl },
    { "profiles", set_profiles },
    { "expired", set_expired },
    { "client-ca", set_client_ca },
    { "threads", set_threads },
    { "library", set_library },
    { "complete", set_complete },
    { "no-subprotocol", set_no_subprotocol },
    { "prefix", set_prefix },
    { "compress", set_compress },
    { "loopback", set_loopback },
    { "policy", set_policy },
    { "proxy", set_proxy },
    { "forwarded", set_forwarded },
    { "no-http", set_no_http },
    { "quiet", set_quiet },
};

static void set(const char *name, char *value)
{
    const size_t count = probe.settings.listen_count;
    const struct telling told = { &probe.settings, &probe.listens[count > 0 ? count - 1 : 0], value, strtol(value, NULL, 10) };
    bool is_set = set_rate(name, value, told.number) || set_plain(name, told.number);
    for (size_t i = 0; i < sizeof other_settings / sizeof other_settings[0] && !is_set; i++) {
        is_set = strcmp(name, other_settings[i].name) == 0;
        if (is_set)
            other_settings[i].set(&told);
    }
    if (!is_set)
        abort();
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
