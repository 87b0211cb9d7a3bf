/* ws_server_thread.c: a service thread: one libwebsockets context, one shard, and rounds of: events, mail, time, the host's
 * flush, output.
 *
 * What a connection does in each of its states stands in the files of its kinds; here is who is asked when.
 */
#define _POSIX_C_SOURCE 200809L

#include "adapter_support.h"
#include "ws_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- time -------------------------------------------------------------------------------------------------------- */

void ocpp_ws_server_thread_tick(struct server_thread *thread)
{
    if (thread->clock_read)
        return;
    const int64_t offset_ms = (int64_t)atomic_load_explicit(&thread->server->clock_offset_ms, memory_order_relaxed);
    struct ocpp_now now = ocpp_system_now();
    thread->clock_read = true;
    thread->real_ms = now.mono_ms;
    now.mono_ms += offset_ms;
    if (now.utc_ms != OCPP_UTC_UNKNOWN)
        now.utc_ms += offset_ms;
    if (now.mono_ms > thread->now.mono_ms)
        thread->now.mono_ms = now.mono_ms;
    thread->now.utc_ms = now.utc_ms;
}

void ocpp_ws_connection_set_timer(struct connection *connection, int64_t due_ms)
{
    ocpp_wheel_set(&connection->thread->wheel, &connection->timer, due_ms);
}

/* --- connections ------------------------------------------------------------------------------------------------- */
void ocpp_ws_connection_want_write(struct connection *connection)
{
    (void)lws_callback_on_writable(connection->wsi);
}

/* libwebsockets' time-out does the killing, but it looks at those only when nothing else happens; a socket that is shut down it
 * notices. */
void ocpp_ws_connection_kill(struct connection *connection, const char *why)
{
    if (connection->state == CONNECTION_IS_DEAD)
        return;
    ocpp_ws_station_leave(connection, why);
    ocpp_ws_http_drop(connection);
    connection->state = CONNECTION_IS_DEAD;
    ocpp_ws_connection_set_timer(connection, OCPP_NEVER);
    (void)lws_rx_flow_control(connection->wsi, 1);
    (void)shutdown(lws_get_socket_fd(connection->wsi), SHUT_RDWR);
    lws_set_timeout(connection->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
    ocpp_event_loop_wake(&connection->thread->events);
}

/* Before the connection is made: it may fail while it is. */
static void watch_tls(struct connection *connection, int fd)
{
    connection->tls_watch = connection->tls ? calloc(1, sizeof *connection->tls_watch) : NULL;
    if (connection->tls_watch != NULL)
        (void)ocpp_ws_socket_address(fd, &connection->tls_watch->address);
}

/* A handshake that came to nothing. */
static void tell_tls_failure(struct connection *connection)
{
    const struct tls_watch *watch = connection->tls_watch;
    if (!watch->was_late)
        ocpp_ws_limits_failed(connection);
    ocpp_ws_tell_refusal(connection, OCPP_REFUSAL_TLS, NULL, 0,
                         watch->was_late ? "it takes too long" : ocpp_tls_failure_words(&watch->failure));
}

/* OpenSSL may have something to say yet. */
static void unwatch_tls(struct connection *connection)
{
    struct tls_watch *watch = connection->tls_watch;
    SSL *ssl = connection->wsi != NULL ? lws_get_ssl(connection->wsi) : NULL;
    if (watch == NULL)
        return;
    if (ssl != NULL)
        ocpp_tls_server_watch(ssl, NULL);
    if (!watch->failure.is_finished)
        tell_tls_failure(connection);
    connection->tls_watch = NULL;
    free(watch);
}

static void free_connection(struct connection *connection)
{
    struct server_thread *thread = connection->thread;
    unwatch_tls(connection);
    ocpp_ws_station_leave(connection, "the connection was lost");
    ocpp_ws_http_drop(connection);
    ocpp_ws_taken(&thread->kit, &connection->wire);
    ocpp_ws_limits_leave(thread->server, &connection->place);
    free(connection->forwarded);
    ocpp_ws_connection_set_timer(connection, OCPP_NEVER);
    *connection->link = connection->next;
    if (connection->next != NULL)
        connection->next->link = connection->link;
    thread->count--;
    atomic_fetch_sub(&thread->load, 1);
    atomic_fetch_sub(&thread->server->connections, 1);
    free(connection);
}

static struct connection *new_connection(struct server_thread *thread, size_t listen)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return NULL;
    connection->thread = thread;
    connection->listen = (uint8_t)listen;
    connection->tls = thread->server->listens[listen].tls;
    connection->place = ADDRESS_NONE;
    connection->generation = atomic_fetch_add(&thread->server->next_generation, 1);
    connection->next = thread->connections;
    connection->link = &thread->connections;
    if (connection->next != NULL)
        connection->next->link = &connection->next;
    thread->connections = connection;
    thread->count++;
    return connection;
}

void ocpp_ws_server_thread_adopt(struct server_thread *thread, int fd, size_t listen, uint32_t place)
{
    struct connection *connection = thread->stopping ? NULL : new_connection(thread, listen);
    if (connection == NULL) {
        (void)close(fd);
        ocpp_ws_limits_leave(thread->server, &place);
        atomic_fetch_sub(&thread->load, 1);
        atomic_fetch_sub(&thread->server->connections, 1);
        return;
    }
    connection->place = place;
    lws_adopt_desc_t adoption;
    memset(&adoption, 0, sizeof adoption);
    adoption.vh = thread->vhosts[listen];
    adoption.type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL;
    adoption.fd.sockfd = fd;
    adoption.opaque = connection;
    thread->adoption = ADOPTION_BEGUN;
    watch_tls(connection, fd);
    thread->tls_hooks[listen].beginning = connection->tls_watch != NULL ? &connection->tls_watch->failure : NULL;
    struct lws *wsi = lws_adopt_descriptor_vhost_via_info(&adoption); /* closes |fd| when it fails */
    thread->tls_hooks[listen].beginning = NULL;
    if (wsi == NULL && thread->adoption == ADOPTION_BEGUN)
        free_connection(connection); /* nothing was made of it that could be destroyed */
    else if (wsi == NULL && thread->adoption == ADOPTION_MADE)
        connection->state = CONNECTION_IS_DEAD; /* libuv destroys it in a later round */
    if (wsi == NULL)
        return;
    connection->wsi = wsi;
    if (connection->tls_watch != NULL)
        ocpp_tls_server_watch(lws_get_ssl(wsi), &connection->tls_watch->failure);
    ocpp_ws_connection_set_timer(connection, thread->real_ms + thread->server->settings.handshake_timeout_ms);
}

/* A request that does not come. One that comes on a connection kept open is no failure when it does not. */
static void request_timer(struct connection *connection)
{
    char address[PEER_TEXT_SIZE];
    if (!connection->asked || connection->state == CONNECTION_AWAITS_BODY) {
        ocpp_ws_peer_text(connection, address);
        ocpp_ws_limits_failed(connection);
        if (connection->tls_watch != NULL)
            connection->tls_watch->was_late = true;
        ocpp_ws_complain(connection->thread->server, "%s takes too long over its request", address);
    }
    ocpp_ws_connection_kill(connection, "");
}

static void connection_timer(struct connection *connection)
{
    switch ((enum connection_state)connection->state) {
    case CONNECTION_AWAITS_HEAD:
    case CONNECTION_AWAITS_BODY:
        request_timer(connection);
        break;
    case CONNECTION_AWAITS_ANSWER:
        ocpp_ws_exchange_timer(connection);
        break;
    case CONNECTION_AWAITS_OWNER:
        ocpp_ws_station_close(connection, LWS_CLOSE_STATUS_UNEXPECTED_CONDITION, "the old connection is not let go of");
        break;
    case CONNECTION_IS_STATION:
        ocpp_ws_station_timer(connection);
        break;
    case CONNECTION_AWAITS_FAREWELL:
    case CONNECTION_AWAITS_HANGUP:
        ocpp_ws_connection_kill(connection, "");
        break;
    case CONNECTION_IS_DEAD:
        break;
    }
}

/* --- the callbacks of libwebsockets ------------------------------------------------------------------------------ */
static int writeable(struct connection *connection)
{
    switch ((enum connection_state)connection->state) {
    case CONNECTION_IS_STATION:
    case CONNECTION_AWAITS_FAREWELL:
        return ocpp_ws_station_writeable(connection);
    case CONNECTION_AWAITS_ANSWER:
        return ocpp_ws_exchange_writeable(connection);
    case CONNECTION_IS_DEAD:
        return -1;
    case CONNECTION_AWAITS_HEAD:
    case CONNECTION_AWAITS_BODY:
    case CONNECTION_AWAITS_OWNER:
    case CONNECTION_AWAITS_HANGUP:
        return 0;
    }
    return 0;
}

static int connection_callback(struct connection *connection, enum lws_callback_reasons reason, void *in, size_t size)
{
    switch ((int)reason) {
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return ocpp_ws_handshake_confirm(connection, in);
    case LWS_CALLBACK_CONFIRM_EXTENSION_OKAY:
        return ocpp_ws_handshake_allow_deflate(connection);
    case LWS_CALLBACK_ADD_HEADERS:
        return ocpp_ws_handshake_add_headers(connection, in);
    case LWS_CALLBACK_ESTABLISHED:
        return ocpp_ws_station_established(connection);
    case LWS_CALLBACK_RECEIVE:
        return ocpp_ws_station_receive(connection, in, size);
    case LWS_CALLBACK_RECEIVE_PONG:
        ocpp_ws_station_pong(connection);
        return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        return ocpp_ws_station_peer_close(connection, in, size);
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return writeable(connection);
    case LWS_CALLBACK_HTTP:
        return ocpp_ws_http_request(connection, in, size);
    case LWS_CALLBACK_HTTP_BODY:
        return ocpp_ws_http_body(connection, in, size);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return ocpp_ws_http_body_end(connection);
    case LWS_CALLBACK_RAW_ADOPT: /* CONNECT, or what is no HTTP at all */
    case LWS_CALLBACK_RAW_RX:
        return -1;
    case LWS_CALLBACK_WSI_DESTROY:
        connection->thread->adoption = ADOPTION_DESTROYED;
        free_connection(connection);
        return 0;
    default:
        return 0;
    }
}

static int server_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    struct server_thread *thread = lws_context_user(lws_get_context(wsi));
    if (reason == LWS_CALLBACK_RAW_RX_FILE) {
        ocpp_event_loop_timer_expired(&thread->events);
        return 0;
    }
    if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED)
        return 0; /* the box is looked into in every round */
    if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
        thread->opening_tls = user; /* the context of the vhost that is being made */
        return 0;
    }
    if (reason == LWS_CALLBACK_OPENSSL_PERFORM_CLIENT_CERT_VERIFICATION)
        return size == 0; /* OpenSSL's own verdict: libwebsockets takes 0 for a yes */
    struct connection *connection = lws_get_opaque_user_data(wsi);
    if (connection == NULL) {
        if (reason == LWS_CALLBACK_WSI_CREATE)
            thread->adoption = ADOPTION_MADE;
        return 0;
    }
    ocpp_ws_server_thread_tick(thread);
    thread->active = true;
    connection->wsi = wsi;
    return connection_callback(connection, reason, in, size);
}

/* --- rounds ------------------------------------------------------------------------------------------------------ */
static int64_t central_due_ms(const struct server_thread *thread)
{
    const int64_t deadline_ms = ocpp_central_deadline(thread->central);
    if (deadline_ms == OCPP_NEVER)
        return OCPP_NEVER;
    const int64_t ahead_ms = deadline_ms - thread->now.mono_ms;
    return thread->real_ms + (ahead_ms > 0 ? ahead_ms : 0);
}

static void let_time_pass(struct server_thread *thread)
{
    struct ocpp_wheel_timer *timer;
    while ((timer = ocpp_wheel_expired(&thread->wheel, thread->real_ms)) != NULL)
        connection_timer((struct connection *)(void *)((char *)timer - offsetof(struct connection, timer)));
    if (ocpp_central_deadline(thread->central) <= thread->now.mono_ms) {
        ocpp_central_advance(thread->central, thread->now);
        thread->active = true;
    }
}

static void send_output(struct server_thread *thread)
{
    struct ocpp_station *station;
    while ((station = ocpp_central_next_with_output(thread->central)) != NULL)
        ocpp_ws_station_send(ocpp_station_transport(station));
}

static void one_round(struct server_thread *thread)
{
    const struct ocpp_server_settings *settings = &thread->server->settings;
    ocpp_ws_server_thread_tick(thread);
    int64_t due_ms = ocpp_wheel_next_ms(&thread->wheel);
    const int64_t central_ms = central_due_ms(thread);
    due_ms = central_ms < due_ms ? central_ms : due_ms;
    if (thread->stopping && thread->drain_until_ms < due_ms)
        due_ms = thread->drain_until_ms;
    ocpp_event_loop_set_timer(&thread->events, due_ms);
    thread->clock_read = false;
    thread->active = false;
    ocpp_event_loop_round(&thread->events, !thread->own_mail);
    ocpp_ws_server_thread_tick(thread);
    ocpp_ws_mail_deliver(thread);
    let_time_pass(thread);
    if (thread->active && settings->after_round != NULL)
        settings->after_round(thread->central, thread->index, settings->user);
    send_output(thread);
}

static bool is_drained(const struct server_thread *thread)
{
    return thread->stopping && (thread->count == 0 || thread->real_ms >= thread->drain_until_ms);
}

/* --- life -------------------------------------------------------------------------------------------------------- */
/* Tells the starter whether the shard stands, and waits until all do. */
static bool may_serve(struct server_thread *thread)
{
    struct ocpp_server *server = thread->server;
    (void)pthread_mutex_lock(&server->start_lock);
    if (thread->central != NULL)
        server->shards_ready++;
    else
        server->shards_failed++;
    (void)pthread_cond_broadcast(&server->start_changed);
    while (!server->may_serve && server->shards_failed == 0)
        (void)pthread_cond_wait(&server->start_changed, &server->start_lock);
    const bool serve = server->may_serve;
    (void)pthread_mutex_unlock(&server->start_lock);
    return serve;
}

static void end_service(struct server_thread *thread)
{
    const struct ocpp_server_settings *settings = &thread->server->settings;
    struct connection *next = NULL;
    for (struct connection *connection = thread->connections; connection != NULL; connection = next) {
        next = connection->next;
        ocpp_ws_station_leave(connection, "the central system stops");
        ocpp_ws_http_drop(connection);
    }
    ocpp_ws_mail_refuse_more(thread);
    if (settings->after_round != NULL)
        settings->after_round(thread->central, thread->index, settings->user);
    ocpp_event_loop_close(&thread->events); /* frees the connections that are left */
}

static void *service(void *argument)
{
    struct server_thread *thread = argument;
    const struct ocpp_server_settings *settings = &thread->server->settings;
    thread->central = settings->new_shard(thread->index, settings->user);
    const bool serve = may_serve(thread);
    while (serve && !is_drained(thread))
        one_round(thread);
    if (thread->central != NULL) {
        if (serve)
            end_service(thread);
        settings->free_shard(thread->central, thread->index, settings->user);
    }
    return NULL;
}

static struct lws_vhost *open_vhost(struct server_thread *thread, const struct ocpp_server_listen *listen)
{
    static const lws_retry_bo_t no_pings = { .secs_since_valid_ping = 0 }; /* we ping ourselves */
    const int64_t seconds = thread->server->settings.handshake_timeout_ms / 1000 + 2;
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.protocols = thread->protocols;
    info.vhost_name = "ocpp";
    info.extensions = ocpp_ws_extensions;
    info.retry_and_idle_policy = &no_pings;
    info.alpn = "http/1.1"; /* a WebSocket cannot begin in HTTP/2 here */
    /* Ours come first; these are the nets below. */
    info.timeout_secs_ah_idle = (unsigned)seconds;
    info.keepalive_timeout = (int)seconds;
    if (listen->tls) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT; /* of the vhost, where it only means that there is TLS */
        info.ssl_cert_filepath = listen->certificates[0].certificate_file; /* it wants one; tls_server.h shows the others */
        info.ssl_private_key_filepath = listen->certificates[0].key_file;
        info.provided_client_ssl_ctx = thread->no_client_tls;
    }
    return lws_create_vhost(thread->events.context, &info);
}

static enum ocpp_status open_events(struct server_thread *thread, const struct ocpp_server_settings *settings)
{
    const enum ocpp_event_library best[] = { OCPP_EVENT_LIBRARY_LIBEV, OCPP_EVENT_LIBRARY_LIBUV, OCPP_EVENT_LIBRARY_POLL,
                                             OCPP_EVENT_LIBRARY_BEST };
    const enum ocpp_event_library only[] = { settings->event_library, OCPP_EVENT_LIBRARY_BEST };
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.user = thread;
    info.gid = -1;
    info.uid = -1;
    info.max_http_header_data = SERVER_HEADER_BYTES;
    info.timeout_secs = (unsigned)(settings->handshake_timeout_ms / 1000 + 2);
    return ocpp_event_loop_open(&thread->events, settings->event_library == OCPP_EVENT_LIBRARY_BEST ? best : only, &info);
}

enum ocpp_status ocpp_ws_server_thread_open(struct server_thread *thread, struct ocpp_server *server, int index,
                                            const struct ocpp_server_settings *settings, char *reason, size_t room)
{
    thread->server = server;
    thread->index = index;
    thread->kit.limit = settings->max_message_bytes * 2; /* in between, the call layer answers with its CALLERROR */
    thread->protocols[0] = (struct lws_protocols){ .name = thread->subprotocol,
                                                   .callback = server_callback,
                                                   .rx_buffer_size = WS_RX_BUFFER_BYTES,
                                                   .tx_packet_size = WS_TX_PACKET_BYTES };
    (void)snprintf(thread->subprotocol, sizeof thread->subprotocol, "none");
    ocpp_wheel_start(&thread->wheel, ocpp_system_now().mono_ms);
    if (ocpp_ws_mailbox_open(&thread->mailbox) != OCPP_OK)
        return OCPP_ERR_NOMEM;
    if (open_events(thread, settings) != OCPP_OK) {
        (void)snprintf(reason, room, "libwebsockets does not start with that event library");
        return OCPP_ERR_NETWORK;
    }
    thread->no_client_tls = ocpp_tls_client_nothing();
    if (thread->no_client_tls == NULL)
        return OCPP_ERR_NOMEM;
    for (size_t i = 0; i < settings->listen_count; i++) {
        const struct ocpp_server_listen *listen = &settings->listen[i];
        thread->opening_tls = NULL;
        thread->vhosts[i] = open_vhost(thread, listen);
        if (thread->vhosts[i] == NULL || (listen->tls && thread->opening_tls == NULL)) {
            (void)snprintf(reason, room, "libwebsockets does not take the certificate of %s:%d", listen->address, listen->port);
            return OCPP_ERR_TLS;
        }
        if (!listen->tls)
            continue;
        thread->tls_hooks[i].port = &server->listens[i].tls_port;
        ocpp_tls_server_adopt(thread->opening_tls, listen, &thread->tls_hooks[i]);
    }
    return ocpp_event_loop_start_timer(&thread->events, thread->vhosts[0]);
}

enum ocpp_status ocpp_ws_server_thread_start(struct server_thread *thread)
{
    thread->started = pthread_create(&thread->thread, NULL, service, thread) == 0;
    return thread->started ? OCPP_OK : OCPP_ERR_NOMEM;
}

void ocpp_ws_server_thread_close(struct server_thread *thread)
{
    ocpp_event_loop_close(&thread->events);
    SSL_CTX_free(thread->no_client_tls); /* those of the server went with their vhosts */
    ocpp_ws_kit_stop(&thread->kit);
    ocpp_ws_mailbox_close(&thread->mailbox);
}
