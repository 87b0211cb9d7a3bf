/* load_link.h: the bytes of a connection of the load client: plain or TLS, and packed or not. */
#ifndef OCPP_BENCH_LOAD_LINK_H
#define OCPP_BENCH_LOAD_LINK_H

#include "load_connection.h"

#include <stddef.h>
#include <sys/types.h>

/* load_link_start: what all connections share. False: no memory. */
bool load_link_start(void);

/* load_link_open: TLS for a connection whose socket stands. False: no memory. */
bool load_link_open(struct load_connection *connection);
void load_link_close(struct load_connection *connection);

/* load_link_secure: a step of the TLS handshake. 1: done; 0: go on when the socket says so, |*out| whether that is for writing;
 * -1. */
int load_link_secure(struct load_connection *connection, bool *out);

/* load_link_send, _receive: as send() and recv() on a socket that does not block: -1 with EAGAIN. */
ssize_t load_link_send(struct load_connection *connection, const void *bytes, size_t size);
ssize_t load_link_receive(struct load_connection *connection, void *bytes, size_t size);

/* load_pack, load_unpack: permessage-deflate without context takeover; the size, or 0. */
size_t load_pack(const void *text, size_t size, void *packed, size_t room);
size_t load_unpack(const void *packed, size_t size, void *text, size_t room);

#endif
