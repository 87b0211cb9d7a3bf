/* web_socket.c: see web_socket.h. Who is at the other end is proved by TLS, so the key of the handshake is not checked. */
#include "web_socket.h"

#include <ocpp/adapters.h>

#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MOST = 256 * 1024, TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

struct web_socket {
    CURL *handle;
    unsigned char came[MESSAGE_MOST + 16];
    size_t came_size;
    char text[MESSAGE_MOST + 1];
    size_t text_size;
};

/* --- bytes
 * ---------------------------------------------------------------------------------------------------------------------- */

static bool wait_for(const struct web_socket *socket, short what, int64_t until_ms)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    const int64_t left_ms = until_ms - ocpp_system_now().mono_ms;

    if (curl_easy_getinfo(socket->handle, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD || left_ms <= 0) {
        return false;
    }
    struct pollfd waiting = { .fd = fd, .events = what };
    return poll(&waiting, 1, left_ms > 60000 ? 60000 : (int)left_ms) > 0;
}

static bool write_all(struct web_socket *socket, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    const int64_t until_ms = ocpp_system_now().mono_ms + 10000;

    while (size > 0) {
        size_t wrote = 0;
        const CURLcode result = curl_easy_send(socket->handle, at, size, &wrote);

        if (result == CURLE_AGAIN ? !wait_for(socket, POLLOUT, until_ms) : result != CURLE_OK) {
            return false;
        }
        at += wrote;
        size -= wrote;
    }
    return true;
}

/* More of what comes; false: nothing came by then, or (*is_over) nothing will. */
static bool read_more(struct web_socket *socket, int64_t until_ms, bool *is_over)
{
    for (;;) {
        size_t got = 0;
        const CURLcode result =
            socket->came_size == sizeof socket->came
                ? CURLE_RECV_ERROR
                : curl_easy_recv(socket->handle, socket->came + socket->came_size, sizeof socket->came - socket->came_size, &got);

        if (result == CURLE_OK && got > 0) {
            socket->came_size += got;
            return true;
        }
        if (result != CURLE_AGAIN) {
            *is_over = true;
            return false;
        }
        if (!wait_for(socket, POLLIN, until_ms) && ocpp_system_now().mono_ms >= until_ms) {
            return false;
        }
    }
}

static void drop(struct web_socket *socket, size_t size)
{
    memmove(socket->came, socket->came + size, socket->came_size - size);
    socket->came_size -= size;
}

/* --- the handshake
 * -------------------------------------------------------------------------------------------------------------- */

static void write_key(char key[25])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char bytes[22];

    ocpp_system_random(bytes, sizeof bytes, NULL);
    for (int i = 0; i < 22; i++) { /* 16 bytes: the last of 22 digits has four bits that are 0 */
        key[i] = digits[i < 21 ? bytes[i] & 63 : bytes[i] & 48];
    }
    memcpy(key + 22, "==", 3);
}

static bool shake_hands(struct web_socket *socket, const char *host, const char *path, const char *protocol, int64_t until_ms)
{
    char request[1024], key[25];
    bool is_over = false;
    unsigned char *end = NULL;

    write_key(key);
    const int size = snprintf(request, sizeof request,
                              "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
                              path, host, key, protocol);
    if (size < 0 || (size_t)size >= sizeof request || !write_all(socket, request, (size_t)size)) {
        return false;
    }
    while (!end && read_more(socket, until_ms, &is_over)) {
        end = memmem(socket->came, socket->came_size, "\r\n\r\n", 4);
    }
    const bool is_taken = end && socket->came_size > 12 && memcmp(socket->came, "HTTP/1.1 101", 12) == 0;
    if (is_taken) {
        drop(socket, (size_t)(end - socket->came) + 4);
    }
    return is_taken;
}

struct web_socket *web_socket_open(const char *url, const char *path, const char *protocol, int timeout_s)
{
    struct web_socket *socket = calloc(1, sizeof *socket);
    const bool is_secure = strncmp(url, "wss://", 6) == 0;
    const char *host = url + (is_secure ? 6 : 5);
    char http[512];

    if (!socket || !(socket->handle = curl_easy_init()) ||
        (size_t)snprintf(http, sizeof http, "http%s://%s", is_secure ? "s" : "", host) >= sizeof http) {
        fprintf(stderr, "ocpp-phone: %s: out of memory, or too long\n", url);
        web_socket_close(socket);
        return NULL;
    }
    (void)curl_easy_setopt(socket->handle, CURLOPT_URL, http);
    (void)curl_easy_setopt(socket->handle, CURLOPT_CONNECT_ONLY, 1L);
    (void)curl_easy_setopt(socket->handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(socket->handle, CURLOPT_CONNECTTIMEOUT, (long)timeout_s);
    (void)curl_easy_setopt(socket->handle, CURLOPT_NOSIGNAL, 1L);
    const CURLcode result = curl_easy_perform(socket->handle);
    if (result != CURLE_OK || !shake_hands(socket, host, path, protocol, ocpp_system_now().mono_ms + timeout_s * INT64_C(1000))) {
        fprintf(stderr, "ocpp-phone: %s: %s\n", url,
                result != CURLE_OK ? curl_easy_strerror(result) : "it is no place for terminals");
        web_socket_close(socket);
        return NULL;
    }
    return socket;
}

void web_socket_close(struct web_socket *socket)
{
    if (socket && socket->handle) {
        curl_easy_cleanup(socket->handle);
    }
    free(socket);
}

/* --- frames
 * --------------------------------------------------------------------------------------------------------------------- */

/* A client's frames are masked (5.3). */
static bool send_frame(struct web_socket *socket, unsigned kind, const void *payload, size_t size)
{
    unsigned char head[14] = { (unsigned char)(0x80U | kind) };
    size_t at = 2;
    unsigned char *masked = malloc(size + 1);

    head[1] = (unsigned char)(0x80U | (size < 126 ? size : 126));
    if (size >= 126) {
        head[at++] = (unsigned char)(size >> 8);
        head[at++] = (unsigned char)(size & 0xff);
    }
    ocpp_system_random(head + at, 4, NULL);
    for (size_t i = 0; masked && i < size; i++) {
        masked[i] = (unsigned char)(((const unsigned char *)payload)[i] ^ head[at + i % 4]);
    }
    const bool is_sent = masked && size <= 65535 && write_all(socket, head, at + 4) && write_all(socket, masked, size);
    free(masked);
    return is_sent;
}

bool web_socket_send(struct web_socket *socket, const char *text)
{
    return send_frame(socket, TEXT, text, strlen(text));
}

struct frame {
    unsigned kind;
    bool is_last;
    size_t head;
    size_t size;
};

/* Whether one whole frame has come. */
static bool is_whole(const struct web_socket *socket, struct frame *frame)
{
    const unsigned char *came = socket->came;
    uint64_t size = 0;

    if (socket->came_size < 2) {
        return false;
    }
    const size_t more = (came[1] & 127) == 126 ? 2 : (came[1] & 127) == 127 ? 8 : 0;
    *frame = (struct frame){ .kind = came[0] & 15U, .is_last = (came[0] & 128) != 0, .head = 2 + more };
    if (socket->came_size < frame->head) {
        return false;
    }
    for (size_t i = 0; i < more; i++) {
        size = size << 8 | came[2 + i];
    }
    size = more == 0 ? came[1] & 127U : size;
    frame->size = size > MESSAGE_MOST ? MESSAGE_MOST + 1 : (size_t)size;
    return size > MESSAGE_MOST || socket->came_size - frame->head >= frame->size;
}

/* Takes a frame; whether a message is whole. */
static bool take_frame(struct web_socket *socket, const struct frame *frame, bool *is_over)
{
    const unsigned char *payload = socket->came + frame->head;
    bool is_message = false;

    if (frame->size > MESSAGE_MOST || frame->kind == CLOSE) {
        *is_over = true;
        return false;
    }
    if (frame->kind == PING) {
        (void)send_frame(socket, PONG, payload, frame->size);
    } else if (frame->kind <= TEXT && socket->text_size + frame->size <= MESSAGE_MOST) {
        memcpy(socket->text + socket->text_size, payload, frame->size);
        socket->text_size += frame->size;
        is_message = frame->is_last;
    } else if (frame->kind != PONG) {
        *is_over = true;
    }
    drop(socket, frame->head + frame->size);
    return is_message;
}

const char *web_socket_next(struct web_socket *socket, int64_t until_ms, bool *is_over)
{
    struct frame frame;

    *is_over = false;
    for (;;) {
        while (!*is_over && is_whole(socket, &frame)) {
            if (take_frame(socket, &frame, is_over)) {
                socket->text[socket->text_size] = '\0';
                socket->text_size = 0; /* a message in parts may come over several calls */
                return socket->text;
            }
        }
        if (*is_over || !read_more(socket, until_ms, is_over)) {
            return NULL;
        }
    }
}
