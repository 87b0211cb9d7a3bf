/* ws_server_exchange.c: the answer to a request, given by any thread at any time.
 *
 * An exchange belongs to two: the host, until it has answered, and the service thread, as long as the client is there. The last
 * to let go frees it. What is to be sent is written into the exchange under its lock, and the service thread is told by mail that
 * is part of the exchange, so that telling cannot fail.
 */
#define _POSIX_C_SOURCE 200809L

#include "ws_server.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    HEAD_SIZE = 512,
    CHUNK_BYTES = 64 * 1024, /* per turn of a connection */
    LOOK_MS = 5000,          /* how often a waiting client is looked after … */
    CHOKED_LOOK_MS = 50,     /* … and one that does not read */
    STREAM_IDLE_MS = 15000,  /* a comment keeps an event stream open in between */
    SMALLEST_OUTPUT_BYTES = 1024
};

struct ocpp_http_exchange {
    pthread_mutex_t lock;
    struct mail *mail; /* made with the exchange */
    bool mail_sent;
    struct server_thread *thread;  /* NULL: the client is gone, or the server */
    struct connection *connection; /* only for that thread */
    bool answered;                 /* or begun, when it is a stream */
    bool ended;                    /* nothing will be added */
    bool host_done;
    bool head;
    bool close_after;
    bool denied; /* answered with 401 */
    bool stream;
    size_t limit;          /* of what waits in a stream */
    unsigned char *output; /* LWS_PRE bytes, then what is to be sent */
    size_t room;
    size_t size;
    size_t sent;
    int64_t moved_ms;               /* real: when something was last sent, or written */
    struct ocpp_http_source source; /* of the rest of the body; close NULL: there is none */
    uint64_t source_left;
};

/* --- owners ------------------------------------------------------------------------------------------------------ */

static void free_exchange(struct ocpp_http_exchange *exchange)
{
    (void)pthread_mutex_destroy(&exchange->lock);
    if (exchange->source.close != NULL)
        exchange->source.close(exchange->source.user);
    free(exchange->mail);
    free(exchange->output);
    free(exchange);
}

/* With the exchange locked; unlocks it. Mail on its way counts as the thread's hold. */
static void let_go(struct ocpp_http_exchange *exchange)
{
    const bool nobody = exchange->thread == NULL && exchange->host_done && !exchange->mail_sent;
    (void)pthread_mutex_unlock(&exchange->lock);
    if (nobody)
        free_exchange(exchange);
}

struct ocpp_http_exchange *ocpp_ws_exchange_new(struct connection *connection, bool head, bool close_after)
{
    struct ocpp_http_exchange *exchange = calloc(1, sizeof *exchange);
    struct mail *mail = ocpp_ws_mail_new(MAIL_EXCHANGE, NULL);
    if (exchange == NULL || mail == NULL || pthread_mutex_init(&exchange->lock, NULL) != 0) {
        free(mail);
        free(exchange);
        return NULL;
    }
    mail->exchange = exchange;
    exchange->mail = mail;
    exchange->thread = connection->thread;
    exchange->connection = connection;
    exchange->head = head;
    exchange->close_after = close_after;
    exchange->limit = connection->thread->server->settings.max_output_bytes;
    exchange->moved_ms = connection->thread->real_ms;
    return exchange;
}

void ocpp_ws_exchange_detach(struct ocpp_http_exchange *exchange)
{
    (void)pthread_mutex_lock(&exchange->lock);
    exchange->thread = NULL;
    exchange->connection = NULL;
    let_go(exchange);
}

/* With the exchange locked. */
static void tell_thread(struct ocpp_http_exchange *exchange)
{
    if (exchange->thread == NULL || exchange->mail_sent)
        return;
    exchange->mail_sent = ocpp_ws_mail_send(exchange->thread, exchange->mail);
}

/* --- what is to be sent ------------------------------------------------------------------------------------------ */
static bool make_room(struct ocpp_http_exchange *exchange, size_t more)
{
    if (exchange->sent > 0 && exchange->sent == exchange->size)
        exchange->sent = exchange->size = 0;
    if (exchange->output != NULL && exchange->room - exchange->size >= more)
        return true;
    if (exchange->output != NULL && exchange->sent > 0) {
        memmove(exchange->output + LWS_PRE, exchange->output + LWS_PRE + exchange->sent, exchange->size - exchange->sent);
        exchange->size -= exchange->sent;
        exchange->sent = 0;
    }
    size_t room = exchange->room == 0 ? SMALLEST_OUTPUT_BYTES : exchange->room;
    while (room - exchange->size < more)
        room *= 2;
    unsigned char *output = realloc(exchange->output, LWS_PRE + room);
    if (output == NULL)
        return false;
    exchange->output = output;
    exchange->room = room;
    return true;
}

static bool append(struct ocpp_http_exchange *exchange, const void *bytes, size_t size)
{
    if (!make_room(exchange, size))
        return false;
    if (size > 0)
        memcpy(exchange->output + LWS_PRE + exchange->size, bytes, size);
    exchange->size += size;
    return true;
}

/* The head of an answer with |size| bytes of body. */
static bool append_head(struct ocpp_http_exchange *exchange, int status, const char *content_type, const char *headers,
                        uint64_t size)
{
    char head[HEAD_SIZE];
    const bool typed = content_type != NULL && content_type[0] != '\0';
    int length = snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\n%s%s%s", status, ocpp_ws_http_status_words(status),
                          typed ? "Content-Type: " : "", typed ? content_type : "", typed ? "\r\n" : "");
    if (length < 0 || (size_t)length >= sizeof head || !append(exchange, head, (size_t)length))
        return false;
    if (headers != NULL && !append(exchange, headers, strlen(headers)))
        return false;
    length = snprintf(head, sizeof head, "%s", exchange->close_after ? "Connection: close\r\n" : "");
    if (status != 204 && status != 304)
        length += snprintf(head + length, sizeof head - (size_t)length, "Content-Length: %" PRIu64 "\r\n", size);
    length += snprintf(head + length, sizeof head - (size_t)length, "\r\n");
    return append(exchange, head, (size_t)length);
}

static bool append_answer(struct ocpp_http_exchange *exchange, int status, const char *content_type, const char *headers,
                          const void *body, size_t size)
{
    return append_head(exchange, status, content_type, headers, size) &&
           (exchange->head || status == 204 || status == 304 || append(exchange, body, size));
}

/* More of a body that is read piece by piece. False: it cannot be had. */
static bool read_on(struct ocpp_http_exchange *exchange)
{
    if (exchange->source_left == 0 || exchange->size > exchange->sent)
        return true;
    exchange->size = exchange->sent = 0;
    if (!make_room(exchange, CHUNK_BYTES))
        return false;
    const size_t room = exchange->source_left < CHUNK_BYTES ? (size_t)exchange->source_left : CHUNK_BYTES;
    const size_t got = exchange->source.read(exchange->output + LWS_PRE, room, exchange->source.user);
    if (got == 0 || got > room)
        return false;
    exchange->size = got;
    exchange->source_left -= got;
    return true;
}

/* Nothing of the answer fitted into memory: then the connection closes without one. */
static void give_up(struct ocpp_http_exchange *exchange)
{
    exchange->size = 0;
    exchange->sent = 0;
    exchange->close_after = true;
}

/* --- what the host calls ----------------------------------------------------------------------------------------- */
void ocpp_http_answer(struct ocpp_http_exchange *exchange, int status, const char *content_type, const char *headers,
                      const void *body, size_t size)
{
    (void)pthread_mutex_lock(&exchange->lock);
    if (exchange->answered)
        abort(); /* it is answered once */
    if (exchange->thread != NULL && !append_answer(exchange, status, content_type, headers, body, size))
        give_up(exchange);
    exchange->answered = true;
    exchange->ended = true;
    exchange->host_done = true;
    exchange->denied = status == 401;
    tell_thread(exchange);
    let_go(exchange);
}

void ocpp_http_answer_from(struct ocpp_http_exchange *exchange, int status, const char *content_type, const char *headers,
                           const struct ocpp_http_source *source)
{
    (void)pthread_mutex_lock(&exchange->lock);
    if (exchange->answered)
        abort(); /* it is answered once */
    exchange->source = *source;
    exchange->source_left = exchange->head ? 0 : source->size;
    if (exchange->thread != NULL && !append_head(exchange, status, content_type, headers, source->size)) {
        give_up(exchange);
        exchange->source_left = 0;
    }
    exchange->answered = true;
    exchange->ended = true;
    exchange->host_done = true;
    tell_thread(exchange);
    let_go(exchange);
}

void ocpp_http_stream(struct ocpp_http_exchange *exchange)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
    (void)pthread_mutex_lock(&exchange->lock);
    if (exchange->answered)
        abort();
    exchange->answered = true;
    exchange->stream = true;
    exchange->close_after = true;
    if (!append(exchange, head, sizeof head - 1)) {
        give_up(exchange);
        exchange->ended = true;
    }
    if (exchange->head)
        exchange->ended = true;
    tell_thread(exchange);
    (void)pthread_mutex_unlock(&exchange->lock);
}

enum ocpp_status ocpp_http_stream_write(struct ocpp_http_exchange *exchange, const void *text, size_t size)
{
    enum ocpp_status status = OCPP_OK;
    (void)pthread_mutex_lock(&exchange->lock);
    if (!exchange->stream)
        abort();
    if (exchange->thread == NULL || exchange->ended)
        status = OCPP_ERR_CLOSED;
    else if (size > exchange->limit || exchange->size - exchange->sent > exchange->limit - size)
        status = OCPP_ERR_LIMIT;
    else if (!append(exchange, text, size))
        status = OCPP_ERR_NOMEM;
    else
        tell_thread(exchange);
    (void)pthread_mutex_unlock(&exchange->lock);
    return status;
}

void ocpp_http_stream_end(struct ocpp_http_exchange *exchange)
{
    (void)pthread_mutex_lock(&exchange->lock);
    exchange->ended = true;
    exchange->host_done = true;
    tell_thread(exchange);
    let_go(exchange);
}

/* --- on the service thread --------------------------------------------------------------------------------------- */
/* libwebsockets writes to no HTTP client it is told not to read from. So a client is read from, at most what it sent after its
 * request, while it is written to. */
static void begin_to_write(struct connection *connection)
{
    (void)lws_rx_flow_control(connection->wsi, 1);
    ocpp_ws_connection_want_write(connection);
    ocpp_event_loop_wake(&connection->thread->events);
}

/* Bytes that wait to be read while an answer waits to be written keep libwebsockets turning in circles. */
static bool sends_on(const struct connection *connection)
{
    char byte;
    return recv(lws_get_socket_fd(connection->wsi), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void ocpp_ws_exchange_mail(struct ocpp_http_exchange *exchange, struct server_thread *thread)
{
    (void)thread;
    (void)pthread_mutex_lock(&exchange->lock);
    exchange->mail_sent = false;
    if (exchange->connection != NULL)
        begin_to_write(exchange->connection);
    let_go(exchange);
}

/* A client that waits is not read from, so that it hung up shows in a look at its socket only. One that only says no more may
 * still read. */
static bool has_hung_up(const struct connection *connection, bool saying_no_more_counts)
{
    char byte;
    const ssize_t got = recv(lws_get_socket_fd(connection->wsi), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return (got == 0 && saying_no_more_counts) || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void ocpp_ws_exchange_timer(struct connection *connection)
{
    struct ocpp_http_exchange *exchange = connection->of.exchange;
    const int64_t now_ms = connection->thread->real_ms;
    (void)pthread_mutex_lock(&exchange->lock);
    const bool stream = exchange->stream;
    const bool waits = exchange->size > exchange->sent || exchange->source_left > 0 ||
                       lws_partial_buffered(connection->wsi) != 0; /* for the client to read */
    const bool stuck = waits && now_ms - exchange->moved_ms >= connection->thread->server->settings.write_timeout_ms;
    if (stream && !exchange->ended && !waits && now_ms - exchange->moved_ms >= STREAM_IDLE_MS && append(exchange, ":\n\n", 3))
        begin_to_write(connection);
    (void)pthread_mutex_unlock(&exchange->lock);
    if (stuck || has_hung_up(connection, stream) || (waits && sends_on(connection)))
        ocpp_ws_connection_kill(connection, "");
    else
        ocpp_ws_connection_set_timer(connection, now_ms + (waits ? CHOKED_LOOK_MS : LOOK_MS));
}

static int finish(struct connection *connection)
{
    struct ocpp_http_exchange *exchange = connection->of.exchange;
    const bool close = exchange->close_after; /* the host is done: nobody writes it any more */
    connection->of.exchange = NULL;
    connection->state = CONNECTION_AWAITS_HEAD;
    ocpp_ws_exchange_detach(exchange);
    if (close || connection->thread->stopping)
        return -1; /* libwebsockets sends what it still holds before it closes */
    ocpp_ws_connection_set_timer(connection,
                                 connection->thread->real_ms + connection->thread->server->settings.handshake_timeout_ms);
    (void)lws_rx_flow_control(connection->wsi, 1);
    ocpp_event_loop_wake(&connection->thread->events);
    return lws_http_transaction_completed(connection->wsi) ? -1 : 0;
}

/* Writes the next piece. False: the connection is broken, or the rest of the body cannot be had. */
static bool write_piece(struct connection *connection, struct ocpp_http_exchange *exchange)
{
    if (!read_on(exchange))
        return false;
    const size_t waits = exchange->size - exchange->sent;
    const size_t piece = waits < CHUNK_BYTES ? waits : CHUNK_BYTES;
    if (piece == 0)
        return true;
    exchange->moved_ms = connection->thread->real_ms;
    const int written = lws_write(connection->wsi, exchange->output + LWS_PRE + exchange->sent, piece, LWS_WRITE_HTTP);
    exchange->sent += piece; /* what the socket did not take, libwebsockets keeps */
    return written >= 0;
}

int ocpp_ws_exchange_writeable(struct connection *connection)
{
    struct ocpp_http_exchange *exchange = connection->of.exchange;
    (void)pthread_mutex_lock(&exchange->lock);
    const bool written = write_piece(connection, exchange);
    const bool more = exchange->size > exchange->sent || exchange->source_left > 0;
    const bool whole = exchange->answered && exchange->ended && !more;
    const bool denied = exchange->denied;
    (void)pthread_mutex_unlock(&exchange->lock);
    if (!written)
        return -1;
    if (whole && denied) /* whoever tries passwords gets no further here than at a handshake */
        ocpp_ws_limits_failed(connection);
    if (whole)
        return finish(connection);
    const bool choked = lws_partial_buffered(connection->wsi) != 0;
    if (more)
        ocpp_ws_connection_want_write(connection);
    if (more || choked)
        ocpp_ws_connection_set_timer(connection, connection->thread->real_ms + CHOKED_LOOK_MS);
    else
        (void)lws_rx_flow_control(connection->wsi, 0); /* until there is more */
    return 0;
}

void ocpp_ws_exchange_stop(struct connection *connection)
{
    struct ocpp_http_exchange *exchange = connection->of.exchange;
    (void)pthread_mutex_lock(&exchange->lock);
    if (exchange->stream)
        exchange->ended = true;
    if (exchange->ended)
        begin_to_write(connection);
    (void)pthread_mutex_unlock(&exchange->lock);
}
