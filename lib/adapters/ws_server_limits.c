/* ws_server_limits.c: what peers may cost before they are stations: addresses, proxies that speak for others, what is counted and
 * what the log is told. Asked when a connection comes, is accepted and goes; never on the way of a message.
 */
#define _POSIX_C_SOURCE 200809L

#include "adapter_support.h"
#include "ws_server.h"

#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A header of which a stranger wrote the most is read all the same: libwebsockets takes none that is longer. */
enum { PROXIES_MAX = 64, HEADER_SIZE = SERVER_HEADER_BYTES + 1 };

static const struct ocpp_rate complaint_rate = { .per_minute = 600, .burst = 30 };

/* --- settings ---------------------------------------------------------------------------------------------------- */

const char *ocpp_ws_limits_fault(const struct ocpp_server_settings *settings)
{
    const struct ocpp_server_limits *limits = &settings->limits;
    struct ocpp_peer_network network;
    if (limits->max_addresses < 1 || limits->max_addresses > UINT32_MAX / 2)
        return "limits.max_addresses must be 1 to 2^31";
    if (limits->throttle_patience_ms <= 0 || limits->message_timeout_ms <= 0 || limits->probe_timeout_ms <= 0)
        return "the time-outs of limits must be positive";
    if (limits->proxy_count > PROXIES_MAX)
        return "there may be 64 proxies";
    for (size_t i = 0; i < limits->proxy_count; i++) {
        if (!ocpp_peer_network_read(&network, limits->proxies[i]))
            return "a proxy is no address and no network";
    }
    return NULL;
}

enum ocpp_status ocpp_ws_limits_open(struct server_guard *guard, const struct ocpp_server_limits *limits)
{
    uint64_t seed = 0;
    ocpp_system_random(&seed, sizeof seed, NULL);
    guard->proxy_count = limits->proxy_count;
    guard->proxies = calloc(limits->proxy_count + 1, sizeof guard->proxies[0]);
    if (guard->proxies == NULL || !ocpp_address_table_start(&guard->addresses, (uint32_t)limits->max_addresses, seed))
        return OCPP_ERR_NOMEM;
    for (size_t i = 0; i < limits->proxy_count; i++)
        (void)ocpp_peer_network_read(&guard->proxies[i], limits->proxies[i]);
    return OCPP_OK;
}

void ocpp_ws_limits_close(struct server_guard *guard)
{
    ocpp_address_table_stop(&guard->addresses);
    free(guard->proxies);
    guard->proxies = NULL;
}

/* --- what is counted, what is told ------------------------------------------------------------------------------- */

static const struct count_words {
    const char *name;
    const char *sentence;
} count_words[OCPP_SERVER_COUNTS] = {
#define COUNT_ROW(name, text, words) [OCPP_SERVER_COUNT_##name] = { text, words },
    OCPP_SERVER_COUNT_MAP(COUNT_ROW)
#undef COUNT_ROW
};

void ocpp_ws_note(struct ocpp_server *server, enum ocpp_server_count what)
{
    atomic_fetch_add_explicit(&server->guard.counts[what], 1, memory_order_relaxed);
}

uint64_t ocpp_server_count(const struct ocpp_server *server, enum ocpp_server_count which)
{
    return which < OCPP_SERVER_COUNTS ? atomic_load_explicit(&server->guard.counts[which], memory_order_relaxed) : 0;
}

const char *ocpp_server_count_name(enum ocpp_server_count which)
{
    return which < OCPP_SERVER_COUNTS ? count_words[which].name : "?";
}

const char *ocpp_server_count_sentence(enum ocpp_server_count which)
{
    return which < OCPP_SERVER_COUNTS ? count_words[which].sentence : "?";
}

/* How many lines were left out before this one; -1: it is left out, too. */
static int64_t may_complain(struct server_guard *guard)
{
    const int64_t now_ms = ocpp_system_now().mono_ms;
    (void)pthread_mutex_lock(&guard->lock);
    int64_t left_out = -1;
    if (ocpp_rate_take(&guard->complaints, &complaint_rate, now_ms)) {
        left_out = guard->complaints_left_out;
        guard->complaints_left_out = 0;
    } else {
        guard->complaints_left_out++;
    }
    (void)pthread_mutex_unlock(&guard->lock);
    return left_out;
}

void ocpp_ws_complain(struct ocpp_server *server, const char *format, ...)
{
    char line[ADAPTER_LINE_SIZE];
    va_list arguments;
    const int64_t left_out = may_complain(&server->guard);
    if (left_out < 0)
        return;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (left_out > 0)
        adapter_log(&server->settings.log, OCPP_LOG_WARNING, "%s (%lu such lines before this one were left out)", line,
                    (unsigned long)left_out);
    else
        adapter_log(&server->settings.log, OCPP_LOG_WARNING, "%s", line);
}

/* --- addresses --------------------------------------------------------------------------------------------------- */

bool ocpp_ws_socket_address(int fd, struct ocpp_peer_address *address)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage room;
    } peer;
    socklen_t size = sizeof peer;
    memset(address, 0, sizeof *address);
    if (getpeername(fd, &peer.any, &size) != 0)
        return false;
    if (peer.any.sa_family == AF_INET6)
        memcpy(address->bytes, &peer.v6.sin6_addr, sizeof address->bytes);
    if (peer.any.sa_family == AF_INET) {
        address->bytes[10] = address->bytes[11] = 0xff;
        memcpy(address->bytes + 12, &peer.v4.sin_addr, 4);
    }
    return peer.any.sa_family == AF_INET || peer.any.sa_family == AF_INET6;
}

/* Whom a connection speaks for: its peer, or the one a trusted proxy names. */
static struct ocpp_peer_address address_of(const struct connection *connection)
{
    struct ocpp_peer_address address;
    if (connection->forwarded != NULL && connection->forwarded->known)
        return connection->forwarded->address;
    if (connection->tls_watch != NULL)
        return connection->tls_watch->address;
    (void)ocpp_ws_socket_address(lws_get_socket_fd(connection->wsi), &address);
    return address;
}

void ocpp_ws_peer_text(const struct connection *connection, char text[PEER_TEXT_SIZE])
{
    const struct ocpp_peer_address address = address_of(connection);
    ocpp_peer_print(&address, text);
}

/* Who is not limited by address: the proxies, whose clients are, and this machine. */
static bool is_exempt(const struct ocpp_server *server, const struct ocpp_peer_address *address)
{
    return ocpp_peer_is_in(address, server->guard.proxies, server->guard.proxy_count) ||
           (!server->settings.limits.limit_loopback && ocpp_peer_is_loopback(address));
}

static bool has_failed_often(const struct ocpp_server_limits *limits, const struct ocpp_address_entry *entry, int64_t now_ms)
{
    return ocpp_rate_wait_ms(&entry->failures, &limits->failures_per_address, now_ms) > 0;
}

/* With the lock held. OCPP_SERVER_COUNT_ACCEPTED: it may come in. */
static enum ocpp_server_count judge(const struct ocpp_server_limits *limits, struct ocpp_address_entry *entry, int64_t now_ms)
{
    if (has_failed_often(limits, entry, now_ms))
        return OCPP_SERVER_COUNT_AWAY_FAILURES;
    if (limits->unauthenticated_per_address != 0 && entry->open >= limits->unauthenticated_per_address)
        return OCPP_SERVER_COUNT_AWAY_UNAUTHENTICATED;
    if (!ocpp_rate_take(&entry->connections, &limits->connections_per_address, now_ms))
        return OCPP_SERVER_COUNT_AWAY_RATE;
    return OCPP_SERVER_COUNT_ACCEPTED;
}

/* With the lock held. NULL: the table has no room, and |address| is not limited. */
static struct ocpp_address_entry *entry_of(struct server_guard *guard, const struct ocpp_peer_address *address, uint32_t *place)
{
    const struct ocpp_peer_address host = ocpp_peer_host(address);
    *place = ocpp_address_table_place(&guard->addresses, &host);
    atomic_store_explicit(&guard->counts[OCPP_SERVER_COUNT_ADDRESSES_FORGOTTEN], guard->addresses.evicted, memory_order_relaxed);
    return *place != ADDRESS_NONE ? &guard->addresses.entries[*place] : NULL;
}

/* Counts and tells a refusal by address. */
static void tell_away(struct ocpp_server *server, enum ocpp_server_count why, const struct ocpp_peer_address *address)
{
    char text[PEER_TEXT_SIZE];
    ocpp_peer_print(address, text);
    ocpp_ws_note(server, why);
    ocpp_ws_complain(server, "%s: %s", text, ocpp_server_count_sentence(why));
}

bool ocpp_ws_limits_enter(struct ocpp_server *server, int fd, uint32_t *place)
{
    struct server_guard *guard = &server->guard;
    struct ocpp_peer_address address;
    *place = ADDRESS_NONE;
    if (!ocpp_ws_socket_address(fd, &address) || is_exempt(server, &address))
        return true;
    const int64_t now_ms = ocpp_system_now().mono_ms;
    (void)pthread_mutex_lock(&guard->lock);
    struct ocpp_address_entry *entry = entry_of(guard, &address, place);
    const enum ocpp_server_count verdict =
        entry != NULL ? judge(&server->settings.limits, entry, now_ms) : OCPP_SERVER_COUNT_ACCEPTED;
    if (entry != NULL && verdict == OCPP_SERVER_COUNT_ACCEPTED)
        entry->open++;
    (void)pthread_mutex_unlock(&guard->lock);
    if (verdict == OCPP_SERVER_COUNT_ACCEPTED)
        return true;
    tell_away(server, verdict, &address);
    return false;
}

void ocpp_ws_limits_leave(struct ocpp_server *server, uint32_t *place)
{
    if (*place == ADDRESS_NONE)
        return;
    (void)pthread_mutex_lock(&server->guard.lock);
    server->guard.addresses.entries[*place].open--;
    (void)pthread_mutex_unlock(&server->guard.lock);
    *place = ADDRESS_NONE;
}

void ocpp_ws_limits_failed(struct connection *connection)
{
    struct ocpp_server *server = connection->thread->server;
    const struct ocpp_peer_address address = address_of(connection);
    uint32_t place;
    ocpp_ws_note(server, OCPP_SERVER_COUNT_FAILED_HANDSHAKES);
    if (is_exempt(server, &address))
        return;
    (void)pthread_mutex_lock(&server->guard.lock);
    struct ocpp_address_entry *entry = entry_of(&server->guard, &address, &place);
    if (entry != NULL)
        ocpp_rate_charge(&entry->failures, &server->settings.limits.failures_per_address, 1, connection->thread->real_ms);
    (void)pthread_mutex_unlock(&server->guard.lock);
}

/* --- proxies ----------------------------------------------------------------------------------------------------- */

/* A header that libwebsockets has no number for; |name| in lower case with its colon. */
static bool read_custom(struct lws *wsi, const char *name, char text[HEADER_SIZE])
{
    text[0] = '\0';
    const int size = lws_hdr_custom_length(wsi, name, (int)strlen(name));
    return size > 0 && size < HEADER_SIZE && lws_hdr_custom_copy(wsi, text, HEADER_SIZE, name, (int)strlen(name)) > 0;
}

static void read_headers(const struct server_guard *guard, enum ocpp_proxy_header header, struct lws *wsi,
                         struct ocpp_forwarded *forwarded)
{
    char text[HEADER_SIZE] = "";
    if (header == OCPP_PROXY_FORWARDED) {
        if (read_custom(wsi, "forwarded:", text))
            ocpp_forwarded_read(forwarded, text, guard->proxies, guard->proxy_count);
        return;
    }
    const int size = lws_hdr_total_length(wsi, WSI_TOKEN_X_FORWARDED_FOR);
    if (size > 0 && size < HEADER_SIZE && lws_hdr_copy(wsi, text, HEADER_SIZE, WSI_TOKEN_X_FORWARDED_FOR) > 0)
        ocpp_forwarded_read_for(forwarded, text, guard->proxies, guard->proxy_count);
    if (read_custom(wsi, "x-forwarded-proto:", text))
        ocpp_forwarded_read_scheme(forwarded, text);
}

/* A client of a proxy is judged when it is known: by its failures. How many connections it opens is for the proxy to bound, which
 * may use one of its own for many requests. */
static bool client_may_enter(struct ocpp_server *server, const struct ocpp_peer_address *address, int64_t now_ms)
{
    struct server_guard *guard = &server->guard;
    uint32_t place;
    if (is_exempt(server, address))
        return true;
    (void)pthread_mutex_lock(&guard->lock);
    struct ocpp_address_entry *entry = entry_of(guard, address, &place);
    const bool away = entry != NULL && has_failed_often(&server->settings.limits, entry, now_ms);
    (void)pthread_mutex_unlock(&guard->lock);
    if (away)
        tell_away(server, OCPP_SERVER_COUNT_AWAY_FAILURES, address);
    return !away;
}

bool ocpp_ws_limits_request(struct connection *connection)
{
    struct ocpp_server *server = connection->thread->server;
    struct ocpp_peer_address peer;
    free(connection->forwarded); /* of the request before */
    connection->forwarded = NULL;
    if (server->guard.proxy_count == 0 || !ocpp_ws_socket_address(lws_get_socket_fd(connection->wsi), &peer) ||
        !ocpp_peer_is_in(&peer, server->guard.proxies, server->guard.proxy_count))
        return true;
    connection->forwarded = calloc(1, sizeof *connection->forwarded);
    if (connection->forwarded == NULL)
        return false;
    read_headers(&server->guard, server->settings.limits.proxy_header, connection->wsi, connection->forwarded);
    return !connection->forwarded->known ||
           client_may_enter(server, &connection->forwarded->address, connection->thread->real_ms);
}

bool ocpp_ws_came_by_tls(const struct connection *connection)
{
    const struct ocpp_forwarded *forwarded = connection->forwarded;
    return forwarded != NULL && forwarded->has_scheme ? forwarded->is_https : connection->tls;
}
