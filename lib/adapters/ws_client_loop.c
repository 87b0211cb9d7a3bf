/* ws_client_loop.c: one libwebsockets context with its timers, for one client or for thousands beside each other. */
#define _POSIX_C_SOURCE 200809L

#include "ws_client.h"

#include <stdlib.h>
#include <string.h>

/* Rounds in a row that stir nothing, until a loop is at rest: one may be spent on what libwebsockets does by itself. */
enum { RESTLESS_ROUNDS = 16, QUIET_ROUNDS = 2 };

/* A host's own lws_protocols are not ours: everything arrives here and finds its client by itself. */
static int loop_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    struct client_loop *loop = lws_context_user(lws_get_context(wsi));
    loop->stirred = true;
    if (reason == LWS_CALLBACK_RAW_RX_FILE) {
        ocpp_event_loop_timer_expired(&loop->events);
        return 0;
    }
    if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED) {
        loop->named = true;
        loop->happened = true;
        return 0;
    }
    return ocpp_ws_client_link_callback(wsi, reason, user, in, size);
}

static const struct lws_protocols client_protocols[] = {
    { "ocpp", loop_callback, 0, WS_RX_BUFFER_BYTES, 0, NULL, WS_TX_PACKET_BYTES },
    { NULL, NULL, 0, 0, 0, NULL, 0 },
};

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void free_vhost(struct client_vhost *vhost)
{
    free(vhost->ca_file);
    free(vhost->certificate_file);
    free(vhost->key_file);
    SSL_CTX_free(vhost->tls);
    SSL_CTX_free(vhost->keys);
    free(vhost);
}

static bool copy_text(char **to, const char *from)
{
    *to = from != NULL ? strdup(from) : NULL;
    return *to != NULL || from == NULL;
}

struct client_files {
    const char *ca;
    const char *certificate;
    const char *key;
};

static struct lws_vhost *make_lws_vhost(struct client_loop *loop, const struct client_vhost *vhost)
{
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = client_protocols;
    info.vhost_name = "ocpp-client";
    info.extensions = ocpp_ws_extensions; /* each client is asked whether it wants them */
    info.alpn = "http/1.1";               /* a WebSocket cannot begin in HTTP/2 here */
    if (vhost->tls != NULL) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT; /* of the vhost, where it only means that there is TLS */
        info.provided_client_ssl_ctx = vhost->tls;
    }
    return lws_create_vhost(loop->events.context, &info);
}

static bool vhost_serves(const struct client_vhost *vhost, bool tls, const struct client_files *files)
{
    if (vhost->is_private)
        return false;
    if (!tls || vhost->tls == NULL)
        return tls == (vhost->tls != NULL);
    return same_text(vhost->ca_file, files->ca) && same_text(vhost->certificate_file, files->certificate) &&
           same_text(vhost->key_file, files->key);
}

static void add_vhost(struct client_loop *loop, struct client_vhost *vhost)
{
    vhost->next = loop->vhosts;
    loop->vhosts = vhost;
}

static struct client_vhost *vhost_for(struct client_loop *loop, bool tls, const struct client_files *files)
{
    struct client_vhost *vhost = loop->vhosts;
    while (vhost != NULL && !vhost_serves(vhost, tls, files))
        vhost = vhost->next;
    if (vhost != NULL)
        return vhost;
    vhost = calloc(1, sizeof *vhost);
    if (vhost == NULL)
        return NULL;
    if (tls)
        vhost->tls = ocpp_tls_client_context(files->certificate, files->key, files->ca);
    if (vhost->tls != NULL)
        ocpp_tls_client_watch(vhost->tls, &loop->watcher);
    if (tls == (vhost->tls != NULL) && copy_text(&vhost->ca_file, files->ca) &&
        copy_text(&vhost->certificate_file, files->certificate) && copy_text(&vhost->key_file, files->key))
        vhost->vhost = make_lws_vhost(loop, vhost);
    if (vhost->vhost == NULL) {
        free_vhost(vhost);
        return NULL;
    }
    add_vhost(loop, vhost);
    return vhost;
}

struct client_vhost *ocpp_ws_client_loop_vhost(struct ocpp_client *client, bool tls, bool with_certificate)
{
    const struct ocpp_client_settings *settings = &client->settings;
    const struct client_files files = {
        .ca = tls ? settings->ca_file : NULL,
        .certificate = with_certificate ? settings->certificate_file : NULL,
        .key = with_certificate ? settings->key_file : NULL,
    };
    return vhost_for(client->loop, tls, &files);
}

/* libwebsockets never gives a vhost back before its context goes, so one that nobody has is used again. */
struct client_vhost *ocpp_ws_client_loop_private(struct ocpp_client *client)
{
    struct client_loop *loop = client->loop;
    struct client_vhost *free_one = NULL;
    for (struct client_vhost *vhost = loop->vhosts; vhost != NULL; vhost = vhost->next) {
        if (vhost->is_private && vhost->owner == client)
            return vhost;
        if (vhost->is_private && vhost->owner == NULL)
            free_one = vhost;
    }
    if (free_one == NULL) {
        free_one = calloc(1, sizeof *free_one);
        if (free_one == NULL)
            return NULL;
        free_one->is_private = true;
        free_one->tls = ocpp_tls_client_nothing();
        if (free_one->tls != NULL) {
            ocpp_tls_client_watch(free_one->tls, &loop->watcher);
            free_one->vhost = make_lws_vhost(loop, free_one);
        }
        if (free_one->vhost == NULL) {
            free_vhost(free_one);
            return NULL;
        }
        add_vhost(loop, free_one);
    }
    free_one->owner = client;
    return free_one;
}

/* What OpenSSL has to tell of a handshake is for the client whose connection it is. */
static struct ocpp_tls_report *find_report(void *owner, const SSL *ssl, struct ocpp_tls_expectation *expectation)
{
    struct client_loop *loop = owner;
    for (struct ocpp_client *client = loop->clients; client != NULL; client = client->next) {
        if (client->wsi == NULL || lws_get_ssl(client->wsi) != ssl)
            continue;
        *expectation = (struct ocpp_tls_expectation){
            .host = client->url.host,
            .is_address = client->url.literal,
            .wildcards = client->wildcards,
        };
        return &client->tls;
    }
    return NULL;
}

static void free_loop(struct client_loop *loop)
{
    ocpp_event_loop_close(&loop->events);
    ocpp_ws_kit_stop(&loop->kit);
    while (loop->vhosts != NULL) {
        struct client_vhost *next = loop->vhosts->next;
        free_vhost(loop->vhosts); /* libwebsockets is done with it */
        loop->vhosts = next;
    }
    free(loop);
}

static void write_farewells(struct client_loop *loop)
{
    loop->farewells[FAREWELL_GOING_AWAY].code = LWS_CLOSE_STATUS_GOINGAWAY;
    loop->farewells[FAREWELL_GOING_AWAY].words = "";
    for (int arrival = OCPP_WS_TOO_LARGE; arrival < OCPP_WS_ARRIVALS; arrival++) {
        loop->farewells[FAREWELL_SAID + 1 + arrival].code = ocpp_ws_refusal_code((enum ocpp_ws_arrival)arrival);
        loop->farewells[FAREWELL_SAID + 1 + arrival].words = ocpp_ws_refusal_words((enum ocpp_ws_arrival)arrival);
    }
}

static struct client_loop *new_loop(enum ocpp_event_library wanted)
{
    struct client_loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return NULL;
    const enum ocpp_event_library best[] = { OCPP_EVENT_LIBRARY_LIBUV, OCPP_EVENT_LIBRARY_POLL, OCPP_EVENT_LIBRARY_BEST };
    const enum ocpp_event_library only[] = { wanted, OCPP_EVENT_LIBRARY_BEST };
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.user = loop;
    info.gid = -1;
    info.uid = -1;
    ocpp_wheel_start(&loop->wheel, ocpp_system_now().mono_ms);
    write_farewells(loop);
    loop->watcher = (struct ocpp_tls_watcher){ .find = find_report, .owner = loop };
    const struct client_files none = { .ca = NULL };
    struct client_vhost *vhost = NULL;
    if (ocpp_event_loop_open(&loop->events, wanted == OCPP_EVENT_LIBRARY_BEST ? best : only, &info) == OCPP_OK)
        vhost = vhost_for(loop, false, &none);
    if (vhost == NULL || ocpp_event_loop_start_timer(&loop->events, vhost->vhost) != OCPP_OK) {
        free_loop(loop);
        return NULL;
    }
    return loop;
}

enum ocpp_status ocpp_ws_client_loop_join(struct ocpp_client *client, struct client_loop *shared,
                                          const struct ocpp_client_settings *settings)
{
    struct client_loop *loop = shared != NULL ? shared : new_loop(settings->event_library);
    if (loop == NULL)
        return OCPP_ERR_NETWORK;
    client->loop = loop;
    if (!client->asks)
        client->vhost = ocpp_ws_client_loop_vhost(client, client->url.tls, true);
    if (!client->asks && client->vhost == NULL) {
        if (shared == NULL)
            free_loop(loop);
        return OCPP_ERR_TLS;
    }
    client->next = loop->clients;
    loop->clients = client;
    loop->count++;
    return OCPP_OK;
}

/* Lets what was just written and closed leave, where nobody will serve the loop any more. */
void ocpp_ws_client_loop_leave(struct ocpp_client *client)
{
    struct client_loop *loop = client->loop;
    struct ocpp_client **link = &loop->clients;
    while (*link != client)
        link = &(*link)->next;
    *link = client->next;
    for (struct client_vhost *vhost = loop->vhosts; vhost != NULL; vhost = vhost->next) {
        if (vhost->owner == client)
            vhost->owner = NULL;
    }
    ocpp_wheel_set(&loop->wheel, &client->timer, OCPP_NEVER);
    for (int round = 0; round < RESTLESS_ROUNDS; round++)
        ocpp_event_loop_round(&loop->events, false);
    if (--loop->count == 0)
        free_loop(loop);
    else
        ocpp_ws_client_loop_wake(loop); /* what these rounds took out of the loop may be for those that stay */
}

void ocpp_ws_client_loop_wake(void *loop)
{
    struct client_loop *woken = loop;
    ocpp_event_loop_wake(&woken->events);
}

static void tell_names(struct client_loop *loop)
{
    if (!loop->named)
        return;
    loop->named = false;
    for (struct ocpp_client *client = loop->clients; client != NULL; client = client->next)
        ocpp_ws_client_link_named(client);
}

static void expire_timers(struct client_loop *loop)
{
    const int64_t now_ms = ocpp_system_now().mono_ms;
    struct ocpp_wheel_timer *timer;
    while ((timer = ocpp_wheel_expired(&loop->wheel, now_ms)) != NULL) {
        loop->stirred = true;
        ocpp_ws_client_link_advance((struct ocpp_client *)(void *)((char *)timer - offsetof(struct ocpp_client, timer)));
    }
}

static void one_round(struct client_loop *loop, int64_t until_ms, bool may_wait)
{
    ocpp_event_loop_set_timer(&loop->events, ocpp_wheel_next_ms(&loop->wheel));
    if (may_wait)
        ocpp_event_loop_set_timer(&loop->events, until_ms);
    ocpp_event_loop_round(&loop->events, may_wait);
    tell_names(loop);
    expire_timers(loop);
}

/* Whoever waits for the descriptor next is woken by nothing but what stands in it: a timer that expired, a name that came or a
 * text that was queued in the very last round would wait for the next event, or for ever. So there are rounds until nothing
 * moves; and a peer that never stops has its turn again at once. */
static void come_to_rest(struct client_loop *loop)
{
    int quiet = 0;
    for (int round = 0; quiet < QUIET_ROUNDS && round < RESTLESS_ROUNDS; round++) {
        loop->stirred = ocpp_event_loop_ready(&loop->events);
        one_round(loop, OCPP_NEVER, false);
        quiet = loop->stirred || ocpp_event_loop_due_ms(&loop->events, 0) == 0 ? 0 : quiet + 1;
    }
    const int64_t now_ms = ocpp_system_now().mono_ms;
    ocpp_event_loop_set_timer(&loop->events, quiet < QUIET_ROUNDS ? now_ms : ocpp_wheel_next_ms(&loop->wheel));
    ocpp_event_loop_set_timer(&loop->events, ocpp_event_loop_due_ms(&loop->events, now_ms)); /* libwebsockets' own time-outs */
}

void ocpp_ws_client_loop_serve(struct client_loop *loop, int64_t wait_ms)
{
    if (loop->inside)
        return; /* called from a callback: the round that is under way goes on */
    loop->inside = true;
    loop->happened = false;
    const int64_t now_ms = ocpp_system_now().mono_ms;
    const int64_t until_ms = wait_ms > INT64_MAX - now_ms ? OCPP_NEVER : now_ms + wait_ms;
    expire_timers(loop);
    while (!loop->happened && ocpp_system_now().mono_ms < until_ms)
        one_round(loop, until_ms, true);
    come_to_rest(loop);
    loop->inside = false;
}
