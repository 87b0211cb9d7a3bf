/* load_connection.c: the state machine of one station. */
#include "load_connection.h"
#include "load_link.h"
#include "load_texts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FIN = 0x80, RSV1 = 0x40 };

uint64_t load_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000;
}

static void die(struct load *load, struct load_connection *connection, const char *why)
{
    static int shown;

    if (connection->state == LOAD_DEAD) {
        return;
    }
    if (shown++ < 5) {
        fprintf(stderr, "load: connection %d ends in state %d: %s (%s)\n", connection->index, (int)connection->state, why,
                strerror(errno));
    }
    if (connection->state < LOAD_READY) {
        load->connecting--;
    } else {
        load->ready--;
    }
    connection->state = LOAD_DEAD;
    load->dead++;
    load_link_close(connection);
    close(connection->fd);
}

/* --- writing -------------------------------------------------------------------------------------------------------------------
 */

static void watch(struct load *load, struct load_connection *connection, bool wants_out)
{
    struct epoll_event event = { .events = EPOLLIN | (wants_out ? EPOLLOUT : 0), .data.u32 = (uint32_t)connection->index };

    if (wants_out != connection->wants_out) {
        connection->wants_out = wants_out;
        epoll_ctl(load->epoll, EPOLL_CTL_MOD, connection->fd, &event);
    }
}

static void flush(struct load *load, struct load_connection *connection)
{
    while (connection->write_sent < connection->write_size) {
        ssize_t sent = load_link_send(connection, connection->write_buffer + connection->write_sent,
                                      (size_t)(connection->write_size - connection->write_sent));
        if (sent < 0 && errno == EAGAIN) {
            break;
        }
        if (sent <= 0) {
            die(load, connection, "write");
            return;
        }
        connection->write_sent += (int)sent;
    }
    if (connection->write_sent == connection->write_size) {
        connection->write_sent = connection->write_size = 0;
    }
    watch(load, connection, connection->write_size > 0);
}

/* A client masks its frames (RFC 6455 5.3). */
static void send_frame(struct load *load, struct load_connection *connection, int opcode, const char *payload, int size)
{
    static uint32_t mask = 2463534242u;
    unsigned char *to = connection->write_buffer + connection->write_size;
    char packed[LOAD_WRITE_ROOM];
    int packed_size = load->deflate && opcode == 1 ? (int)load_pack(payload, (size_t)size, packed, sizeof packed) : 0;

    if (packed_size > 0) {
        payload = packed;
        size = packed_size;
        opcode |= RSV1;
    }

    mask ^= mask << 13;
    mask ^= mask >> 17;
    mask ^= mask << 5;
    if (connection->write_size + size + 14 > LOAD_WRITE_ROOM) {
        die(load, connection, "the server does not read");
        return;
    }
    *to++ = (unsigned char)(FIN | opcode);
    if (size < 126) {
        *to++ = (unsigned char)(0x80 | size);
    } else {
        *to++ = 0x80 | 126;
        *to++ = (unsigned char)(size >> 8);
        *to++ = (unsigned char)(size & 255);
    }
    memcpy(to, &mask, 4);
    for (int i = 0; i < size; i++) {
        to[4 + i] = (unsigned char)payload[i] ^ to[i & 3];
    }
    connection->write_size = (int)(to + 4 + size - connection->write_buffer);
    flush(load, connection);
}

/* --- calls
 * ------------------------------------------------------------------------------------------------------------------------ */

static void call(struct load *load, struct load_connection *connection, char letter)
{
    char frame[LOAD_WRITE_ROOM];
    size_t size = load_text_write(load_text_of(letter), connection->index, ++connection->sequence, connection->transaction, frame,
                                  sizeof frame);

    connection->sent_us = load_now_us();
    send_frame(load, connection, 1, frame, (int)size);
}

static void next_call(struct load *load, struct load_connection *connection)
{
    char letter = load->mix[connection->step];

    connection->step = load->mix[connection->step + 1] ? connection->step + 1 : 0;
    connection->state = LOAD_WAITING;
    call(load, connection, letter);
}

static void enqueue(struct load *load, struct load_connection *connection, uint64_t due_us)
{
    connection->due_us = due_us;
    connection->next_due = -1;
    connection->is_due = true;
    if (load->queue_tail >= 0) {
        load->connections[load->queue_tail].next_due = connection->index;
    } else {
        load->queue_head = connection->index;
    }
    load->queue_tail = connection->index;
}

static void become_ready(struct load *load, struct load_connection *connection)
{
    uint64_t now = load_now_us();

    connection->state = LOAD_READY;
    load->connecting--;
    load->ready++;
    histogram_add(&load->coming, now - connection->opened_us);
    if (load->running && load->think_us > 0 && !connection->is_due) { /* it came back */
        enqueue(load, connection, now + (uint64_t)load->think_us);
    }
}

void load_start_calls(struct load *load)
{
    uint64_t now = load_now_us();

    load->running = true;
    for (int i = 0; i < load->count; i++) {
        struct load_connection *connection = &load->connections[i];
        if (connection->state != LOAD_READY) {
            continue;
        }
        if (load->think_us > 0) {
            enqueue(load, connection, now + (uint64_t)(load->think_us * i / load->count));
        } else {
            next_call(load, connection);
        }
    }
}

int load_due(struct load *load)
{
    uint64_t now = load_now_us();

    while (load->queue_head >= 0 && load->connections[load->queue_head].due_us <= now) {
        struct load_connection *connection = &load->connections[load->queue_head];
        load->queue_head = connection->next_due;
        connection->is_due = false;
        if (load->queue_head < 0) {
            load->queue_tail = -1;
        }
        if (connection->state == LOAD_READY) {
            next_call(load, connection);
        } else if (connection->state != LOAD_DEAD) { /* on its way back */
            enqueue(load, connection, now + (uint64_t)load->think_us);
        }
    }
    if (load->queue_head < 0) {
        return 100;
    }
    int64_t wait_ms = ((int64_t)load->connections[load->queue_head].due_us - (int64_t)load_now_us()) / 1000 + 1;
    return wait_ms < 0 ? 0 : wait_ms > 100 ? 100 : (int)wait_ms;
}

/* --- reading
 * ---------------------------------------------------------------------------------------------------------------------- */

static void refuse_call(struct load *load, struct load_connection *connection, const char *text, int size)
{
    const char *id = memchr(text, '"', (size_t)size);
    const char *end = id ? memchr(id + 1, '"', (size_t)(text + size - id - 1)) : NULL;
    char frame[160];

    load->server_calls++;
    if (end && end - id < 60) {
        int length = snprintf(frame, sizeof frame, "[4,\"%.*s\",\"NotImplemented\",\"\",{}]", (int)(end - id - 1), id + 1);
        send_frame(load, connection, 1, frame, length);
    }
}

/* The next step of coming: boot, then a transaction where the mix wants one. */
static void come_on(struct load *load, struct load_connection *connection)
{
    if (connection->state == LOAD_UPGRADING && load->boots) {
        connection->state = LOAD_BOOTING;
        call(load, connection, 'b');
    } else if (connection->state != LOAD_STARTING && load->starts) {
        connection->state = LOAD_STARTING;
        call(load, connection, 'S');
    } else {
        become_ready(load, connection);
    }
}

static void on_answer(struct load *load, struct load_connection *connection, char type)
{
    uint64_t now = load_now_us();

    if (connection->state == LOAD_BOOTING || connection->state == LOAD_STARTING) {
        if (type == '3') {
            come_on(load, connection);
        } else {
            die(load, connection, "its boot or its start was refused");
        }
        return;
    }
    if (connection->state != LOAD_WAITING) {
        load->wrong_ids++;
        return;
    }
    if (load->measuring) {
        load->calls++;
        load->errors += type == '4';
        histogram_add(&load->latency, now - connection->sent_us);
    }
    connection->state = LOAD_READY;
    if (load->think_us > 0) {
        enqueue(load, connection, now + (uint64_t)load->think_us);
    } else {
        next_call(load, connection);
    }
}

static void on_text(struct load *load, struct load_connection *connection, const char *text, int size)
{
    char id[40];
    int length = snprintf(id, sizeof id, ",\"%d-%u\"", connection->index, connection->sequence);

    if (size < 6 || text[0] != '[') {
        load->wrong_ids++;
        return;
    }
    if (text[1] == '2') {
        refuse_call(load, connection, text, size);
        return;
    }
    if (size < length + 2 || memcmp(text + 2, id, (size_t)length) != 0) {
        load->wrong_ids++;
        return;
    }
    const char *number = connection->state == LOAD_STARTING ? memmem(text, (size_t)size, "\"transactionId\":", 16) : NULL;
    if (number) {
        connection->transaction = strtoll(number + 16, NULL, 10);
    }
    on_answer(load, connection, text[1]);
}

static void on_packed_text(struct load *load, struct load_connection *connection, const char *packed, int size)
{
    char text[LOAD_READ_ROOM * 4];
    size_t unpacked = load_unpack(packed, (size_t)size, text, sizeof text - 1);

    text[unpacked] = '\0';
    on_text(load, connection, text, (int)unpacked);
}

/* One frame at |from|: its whole size, or 0 when more has to arrive. */
static int on_frame(struct load *load, struct load_connection *connection, int from)
{
    const unsigned char *frame = connection->read_buffer + from;
    int available = connection->read_fill - from;
    int head = 2;
    int size;

    if (available < 2) {
        return 0;
    }
    size = frame[1] & 127;
    if (size == 126) {
        if (available < 4) {
            return 0;
        }
        size = frame[2] << 8 | frame[3];
        head = 4;
    }
    if (size == 127 || head + size > LOAD_READ_ROOM || !(frame[0] & 128) || frame[1] & 128) {
        die(load, connection, "a frame this client does not read");
        return 0;
    }
    if (available < head + size) {
        return 0;
    }
    switch (frame[0] & (RSV1 | 15)) {
    case 1:
        on_text(load, connection, (const char *)frame + head, size);
        break;
    case RSV1 | 1:
        on_packed_text(load, connection, (const char *)frame + head, size);
        break;
    case 8:
        die(load, connection, "the server closes");
        break;
    case 9:
        send_frame(load, connection, 10, (const char *)frame + head, size);
        break;
    default:
        break;
    }
    return head + size;
}

static void consume(struct load_connection *connection, int size)
{
    memmove(connection->read_buffer, connection->read_buffer + size, (size_t)(connection->read_fill - size));
    connection->read_fill -= size;
}

static void read_frames(struct load *load, struct load_connection *connection)
{
    int from = 0;
    int size;

    while (connection->state != LOAD_DEAD && (size = on_frame(load, connection, from)) > 0) {
        from += size;
    }
    if (connection->state != LOAD_DEAD && from > 0) {
        consume(connection, from);
    }
}

static void read_upgrade(struct load *load, struct load_connection *connection)
{
    char protocol[32];
    const char *end = memmem(connection->read_buffer, (size_t)connection->read_fill, "\r\n\r\n", 4);

    if (!end) {
        return;
    }
    snprintf(protocol, sizeof protocol, " ocpp%s\r\n", load->version);
    size_t size = (size_t)(end + 4 - (const char *)connection->read_buffer);
    if (memcmp(connection->read_buffer, "HTTP/1.1 101", 12) != 0 ||
        !memmem(connection->read_buffer, size, protocol, strlen(protocol))) {
        die(load, connection, "the upgrade was refused");
        return;
    }
    if (load->deflate && !memmem(connection->read_buffer, size, "permessage-deflate", 18)) {
        die(load, connection, "compression was not agreed to");
        return;
    }
    consume(connection, (int)size);
    come_on(load, connection);
}

static void read_all(struct load *load, struct load_connection *connection)
{
    bool full = true;

    while (full && connection->state != LOAD_DEAD) {
        ssize_t got = load_link_receive(connection, connection->read_buffer + connection->read_fill,
                                        (size_t)(LOAD_READ_ROOM - connection->read_fill));
        if (got < 0 && errno == EAGAIN) {
            return;
        }
        if (got <= 0) {
            die(load, connection, "read");
            return;
        }
        connection->read_fill += (int)got;
        full = connection->read_fill == LOAD_READ_ROOM || connection->tls; /* what OpenSSL keeps, epoll does not tell */
        if (connection->state == LOAD_UPGRADING) {
            read_upgrade(load, connection);
        }
        if (connection->state > LOAD_UPGRADING) {
            read_frames(load, connection);
        }
    }
}

/* --- opening
 * ---------------------------------------------------------------------------------------------------------------------- */

static void encode_base64(const char *text, char *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = strlen(text);

    for (size_t i = 0; i < size; i += 3) {
        uint32_t bits = (uint32_t)(unsigned char)text[i] << 16;
        bits |= i + 1 < size ? (uint32_t)(unsigned char)text[i + 1] << 8 : 0;
        bits |= i + 2 < size ? (uint32_t)(unsigned char)text[i + 2] : 0;
        *to++ = digits[bits >> 18];
        *to++ = digits[bits >> 12 & 63];
        *to++ = i + 1 < size ? digits[bits >> 6 & 63] : '=';
        *to++ = i + 2 < size ? digits[bits & 63] : '=';
    }
    *to = '\0';
}

static void upgrade(struct load *load, struct load_connection *connection)
{
    static const char offer[] = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; "
                                "server_no_context_takeover\r\n";
    char identity[32];
    char secret[128];
    char encoded[200];
    char authorization[256] = "";

    snprintf(identity, sizeof identity, "CP%06d", connection->index);
    if (load->password) {
        snprintf(secret, sizeof secret, "%s:%s", identity, load->password);
        encode_base64(secret, encoded);
        snprintf(authorization, sizeof authorization, "Authorization: Basic %s\r\n", encoded);
    }
    connection->state = LOAD_UPGRADING;
    connection->write_size =
        snprintf((char *)connection->write_buffer, LOAD_WRITE_ROOM,
                 "GET %s%s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: "
                 "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp%s\r\n%s%s\r\n",
                 load->path, identity, load->host, load->port, load->version, load->deflate ? offer : "", authorization);
    connection->write_sent = 0;
    flush(load, connection);
}

void load_open(struct load *load, int index)
{
    struct load_connection *connection = &load->connections[index];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)load->port) };
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT, .data.u32 = (uint32_t)index };
    int on = 1;

    connection->index = index;
    connection->opened_us = load_now_us();
    connection->read_fill = connection->write_size = connection->write_sent = 0;
    connection->read_buffer = connection->read_buffer ? connection->read_buffer : malloc(LOAD_READ_ROOM);
    connection->write_buffer = connection->write_buffer ? connection->write_buffer : malloc(LOAD_WRITE_ROOM);
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    connection->state = LOAD_CONNECTING;
    connection->wants_out = true;
    load->connecting++;
    inet_pton(AF_INET, load->host, &address.sin_addr);
    if (connection->fd < 0 || !connection->read_buffer || !connection->write_buffer) {
        die(load, connection, "no socket or no memory");
        return;
    }
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
        die(load, connection, "connect");
        return;
    }
    epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event);
}

void load_reopen(struct load *load, int index)
{
    struct load_connection *connection = &load->connections[index];

    if (connection->state < LOAD_READY || connection->state == LOAD_DEAD) {
        return;
    }
    load->ready--;
    load_link_close(connection);
    close(connection->fd);
    load_open(load, index);
}

static void secure(struct load *load, struct load_connection *connection)
{
    bool out = false;
    int done = load_link_secure(connection, &out);

    if (done < 0) {
        die(load, connection, "the TLS handshake failed");
        return;
    }
    watch(load, connection, out);
    if (done == 1) {
        upgrade(load, connection);
    }
}

static void on_connected(struct load *load, struct load_connection *connection)
{
    int error = 0;
    socklen_t size = sizeof error;

    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        errno = error;
        die(load, connection, "connect");
        return;
    }
    if (!load->tls) {
        upgrade(load, connection);
        return;
    }
    if (!load_link_open(connection)) {
        die(load, connection, "no memory");
        return;
    }
    connection->state = LOAD_SECURING;
    secure(load, connection);
}

void load_event(struct load *load, struct load_connection *connection, uint32_t events)
{
    if (connection->state == LOAD_DEAD) {
        return;
    }
    if (connection->state == LOAD_CONNECTING) {
        on_connected(load, connection);
        return;
    }
    if (connection->state == LOAD_SECURING) {
        secure(load, connection);
        return;
    }
    if (events & EPOLLOUT) {
        flush(load, connection);
    }
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        read_all(load, connection);
    }
}
