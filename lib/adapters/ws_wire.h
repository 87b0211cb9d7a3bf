/* ws_wire.h: whole text messages over a WebSocket of libwebsockets, the same for client and server: fragments are put together
 * within a limit, compressed messages are unpacked, texts go out in one frame.
 *
 * What one connection needs stands in struct ocpp_ws_wire (small: there are tens of thousands), what a thread needs once in
 * struct ocpp_ws_kit.
 */
#ifndef OCPP_WS_WIRE_H
#define OCPP_WS_WIRE_H

#include "ws_deflate.h"

#include <libwebsockets.h>

/* What libwebsockets is told per protocol: the receive buffer each connection has, and that a write is never cut. */
enum { WS_RX_BUFFER_BYTES = 2048, WS_TX_PACKET_BYTES = 1024 * 1024 };

/* ocpp_ws_wire: must be the first member of what lws_get_opaque_user_data() gives: the extension looks for it there. */
struct ocpp_ws_wire {
    char *partial; /* of the message that is arriving; NULL: nothing was kept yet */
    uint32_t size;
    uint32_t room;
    uint8_t window_bits;     /* of what we send; 0: permessage-deflate was not agreed on */
    bool packed;             /* the message that is arriving is */
    bool marks;              /* the frame being sent is packed */
    bool peer_keeps_context; /* a server that did not promise otherwise; never a client */
};

/* ocpp_ws_kit: what all connections of a server's thread share, or what one client has. Zeroed but for |limit| it is ready. */
struct ocpp_ws_kit {
    size_t limit; /* of an arriving message: the most that may be kept, unpacked or not */
    char *spare;  /* a buffer that was put back, for the next message in pieces */
    uint32_t spare_room;
    unsigned char *frame; /* LWS_PRE bytes and then the payload */
    size_t frame_room;
    struct ocpp_ws_deflate streams;
};

enum ocpp_ws_arrival {
    OCPP_WS_MORE,      /* the message is not whole yet */
    OCPP_WS_MESSAGE,   /* it is */
    OCPP_WS_TOO_LARGE, /* close with 1009 */
    OCPP_WS_BINARY,    /* close with 1003: OCPP-J is text */
    OCPP_WS_BROKEN,    /* close with 1007: what was packed cannot be unpacked */
    OCPP_WS_NO_MEMORY, /* close with 1011 */
    OCPP_WS_ARRIVALS
};

void ocpp_ws_kit_stop(struct ocpp_ws_kit *kit);

/* ocpp_ws_take: one piece as LWS_CALLBACK_RECEIVE gave it. With OCPP_WS_MESSAGE, |*text| is borrowed until ocpp_ws_taken(). */
enum ocpp_ws_arrival ocpp_ws_take(struct ocpp_ws_kit *kit, struct lws *wsi, const void *piece, size_t size, const char **text,
                                  size_t *text_size);

/* ocpp_ws_taken: the message was handled, or the connection is gone. */
void ocpp_ws_taken(struct ocpp_ws_kit *kit, struct ocpp_ws_wire *wire);

/* ocpp_ws_refusal_code, _words: what a close frame says about an arrival that is no message. */
int ocpp_ws_refusal_code(enum ocpp_ws_arrival arrival);
const char *ocpp_ws_refusal_words(enum ocpp_ws_arrival arrival);

/* ocpp_ws_write: sends a text; from a writeable callback only. False: close the connection. */
bool ocpp_ws_write(struct ocpp_ws_kit *kit, struct lws *wsi, const char *text, size_t size);

/* ocpp_ws_ping: sends a ping. Its payload is what makes libwebsockets tell of the pong. False: close the connection. */
bool ocpp_ws_ping(struct ocpp_ws_kit *kit, struct lws *wsi);

/* ocpp_ws_close: sends a close frame (|masked|: we are the client); from a writeable callback only. False: close the connection.
 */
bool ocpp_ws_close(struct ocpp_ws_kit *kit, struct lws *wsi, int code, const char *words, bool masked);

/* ocpp_ws_choked: whether a write would have to wait. */
bool ocpp_ws_choked(struct lws *wsi);

/* The extension for lws_context_creation_info.extensions. */
extern const struct lws_extension ocpp_ws_extensions[2];

#endif
