/* web_socket.h: a client's end of a WebSocket (RFC 6455): text messages both ways, over what libcurl connects. */
#ifndef OCPP_PHONE_WEB_SOCKET_H
#define OCPP_PHONE_WEB_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct web_socket;

/* web_socket_open: |url| is ws://HOST[:PORT] or wss://HOST[:PORT], asked for |path| with |protocol|. NULL after a line that says
 * why. */
struct web_socket *web_socket_open(const char *url, const char *path, const char *protocol, int timeout_s);
void web_socket_close(struct web_socket *socket);

bool web_socket_send(struct web_socket *socket, const char *text);

/* web_socket_next: the next text, until the next call. NULL: none came by |until_ms| of ocpp_system_now(), or (*is_over) the
 * other side has closed. */
const char *web_socket_next(struct web_socket *socket, int64_t until_ms, bool *is_over);

#endif
