/* ws_server_accept.c: listening sockets, and the thread that accepts what knocks there and hands it to the service thread that
 * has least to do. It is the place where the number of connections is bounded: before a byte was read and for a few microseconds
 * each.
 */
#define _GNU_SOURCE

#include "adapter_support.h"
#include "ws_server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, ACCEPTS_PER_ROUND = 64, OUT_OF_DESCRIPTORS_WAIT_MS = 100, LONGEST_WAIT_MS = 1000 };

/* --- listening --------------------------------------------------------------------------------------------------- */

static enum ocpp_status status_of_errno(void)
{
    return errno == EADDRINUSE ? OCPP_ERR_ADDRESS_IN_USE : OCPP_ERR_NETWORK;
}

static enum ocpp_status bind_socket(int fd, const struct addrinfo *where, struct server_listen *listen_on)
{
    const int on = 1, off = 0;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (where->ai_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off); /* "::" is both families */
    if (bind(fd, where->ai_addr, where->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
        return status_of_errno();
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound;
    socklen_t size = sizeof bound;
    memset(&bound, 0, sizeof bound);
    if (getsockname(fd, &bound.any, &size) != 0)
        return OCPP_ERR_NETWORK;
    const in_port_t port = bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port;
    listen_on->port = ntohs(port);
    return OCPP_OK;
}

static enum ocpp_status open_listen(const struct ocpp_server_listen *wanted, struct server_listen *listen_on, char *reason,
                                    size_t room)
{
    char port[8];
    (void)snprintf(port, sizeof port, "%d", wanted->port);
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV };
    struct addrinfo *where = NULL;
    if (wanted->port < 0 || wanted->port > 65535 || getaddrinfo(wanted->address, port, &hints, &where) != 0) {
        (void)snprintf(reason, room, "%s:%d is no address to listen on", wanted->address, wanted->port);
        return OCPP_ERR_ARGUMENT;
    }
    enum ocpp_status status = OCPP_ERR_NETWORK;
    const int fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        status = bind_socket(fd, where, listen_on);
    freeaddrinfo(where);
    if (status != OCPP_OK) {
        (void)snprintf(reason, room, "%s:%d: %s", wanted->address, wanted->port, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return status;
    }
    listen_on->fd = fd;
    return OCPP_OK;
}

enum ocpp_status ocpp_ws_server_listen_all(struct ocpp_server *server, const struct ocpp_server_settings *settings, char *reason,
                                           size_t room)
{
    for (size_t i = 0; i < settings->listen_count; i++) {
        const struct ocpp_server_listen *wanted = &settings->listen[i];
        struct server_listen *listen_on = &server->listens[i];
        listen_on->fd = -1;
        listen_on->purpose = wanted->purpose;
        const enum ocpp_status status = open_listen(wanted, listen_on, reason, room);
        if (status != OCPP_OK)
            return status;
        server->listen_count = i + 1;
    }
    return OCPP_OK;
}

void ocpp_ws_server_listens_close(struct ocpp_server *server)
{
    for (size_t i = 0; i < server->listen_count; i++)
        (void)close(server->listens[i].fd);
    server->listen_count = 0;
}

/* --- accepting --------------------------------------------------------------------------------------------------- */

static struct server_thread *least_busy(struct ocpp_server *server)
{
    struct server_thread *least = &server->threads[0];
    for (int i = 1; i < server->thread_count; i++) {
        if (atomic_load_explicit(&server->threads[i].load, memory_order_relaxed) <
            atomic_load_explicit(&least->load, memory_order_relaxed))
            least = &server->threads[i];
    }
    return least;
}

static void hand_over(struct ocpp_server *server, int fd, size_t listen_index, uint32_t place)
{
    const int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct server_thread *thread = least_busy(server);
    struct mail *mail = ocpp_ws_mail_new(MAIL_ADOPT, NULL);
    if (mail == NULL) {
        ocpp_ws_limits_leave(server, &place);
        (void)close(fd);
        return;
    }
    mail->fd = fd;
    mail->listen = listen_index;
    mail->place = place;
    atomic_fetch_add(&server->connections, 1);
    atomic_fetch_add(&thread->load, 1);
    if (ocpp_ws_mail_send(thread, mail))
        return;
    free(mail);
    (void)close(fd);
    ocpp_ws_limits_leave(server, &place);
    atomic_fetch_sub(&server->connections, 1);
    atomic_fetch_sub(&thread->load, 1);
}

/* One line when it begins, not one per connection: whoever floods the port must not fill the log. */
static void tell_once(const struct ocpp_server *server, bool *told, const char *what)
{
    if (!*told)
        adapter_log(&server->settings.log, OCPP_LOG_WARNING, "connections are turned away: %s", what);
    *told = true;
}

/* What came in, if it may. */
static void take(struct ocpp_server *server, int fd, size_t listen_index, bool *told)
{
    uint32_t place = ADDRESS_NONE;
    if (atomic_load(&server->connections) >= server->settings.max_connections) {
        ocpp_ws_note(server, OCPP_SERVER_COUNT_AWAY_FULL);
        tell_once(server, told, "max_connections are open");
        (void)close(fd);
        return;
    }
    *told = false;
    if (!ocpp_ws_limits_enter(server, fd, &place)) {
        (void)close(fd);
        return;
    }
    ocpp_ws_note(server, OCPP_SERVER_COUNT_ACCEPTED);
    ocpp_rate_charge(&server->guard.accepted, &server->settings.limits.connections, 1, ocpp_system_now().mono_ms);
    hand_over(server, fd, listen_index, place);
}

/* How long it is no use to try again: there are no descriptors left, or too many connections came; 0: no time at all. */
static int accept_some(struct ocpp_server *server, size_t listen_index, bool *told)
{
    const struct ocpp_rate *rate = &server->settings.limits.connections;
    for (int i = 0; i < ACCEPTS_PER_ROUND; i++) {
        const int64_t wait_ms = ocpp_rate_wait_ms(&server->guard.accepted, rate, ocpp_system_now().mono_ms);
        if (wait_ms > 0) {
            ocpp_ws_note(server, OCPP_SERVER_COUNT_ACCEPTANCE_DELAYED);
            return wait_ms < LONGEST_WAIT_MS ? (int)wait_ms : LONGEST_WAIT_MS;
        }
        const int fd = accept4(server->listens[listen_index].fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
            tell_once(server, told, strerror(errno));
            return OUT_OF_DESCRIPTORS_WAIT_MS;
        }
        if (fd < 0)
            return 0;
        take(server, fd, listen_index, told);
    }
    return 0;
}

static void *accept_connections(void *argument)
{
    struct ocpp_server *server = argument;
    struct pollfd fds[SERVER_LISTENS + 1];
    bool told = false;
    const nfds_t count = (nfds_t)server->listen_count;
    for (size_t i = 0; i < server->listen_count; i++)
        fds[i] = (struct pollfd){ .fd = server->listens[i].fd, .events = POLLIN };
    fds[count] = (struct pollfd){ .fd = server->acceptor_wake, .events = POLLIN };
    while (!atomic_load(&server->stopping)) {
        if (poll(fds, count + 1, -1) < 0)
            continue;
        int wait_ms = 0;
        for (size_t i = 0; i < server->listen_count; i++) {
            const int more_ms = (fds[i].revents & POLLIN) != 0 ? accept_some(server, i, &told) : 0;
            wait_ms = more_ms > wait_ms ? more_ms : wait_ms;
        }
        if (wait_ms > 0)
            (void)poll(&fds[count], 1, wait_ms);
    }
    return NULL;
}

enum ocpp_status ocpp_ws_server_acceptor_start(struct ocpp_server *server)
{
    server->acceptor_wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (server->acceptor_wake < 0)
        return OCPP_ERR_NOMEM;
    server->acceptor_started = pthread_create(&server->acceptor, NULL, accept_connections, server) == 0;
    return server->acceptor_started ? OCPP_OK : OCPP_ERR_NOMEM;
}

void ocpp_ws_server_acceptor_stop(struct ocpp_server *server)
{
    const uint64_t one = 1;
    atomic_store(&server->stopping, true);
    if (server->acceptor_started) {
        while (write(server->acceptor_wake, &one, sizeof one) < 0 && errno == EINTR)
            continue;
        (void)pthread_join(server->acceptor, NULL);
        server->acceptor_started = false;
    }
    if (server->acceptor_wake >= 0)
        (void)close(server->acceptor_wake);
    server->acceptor_wake = -1;
}
