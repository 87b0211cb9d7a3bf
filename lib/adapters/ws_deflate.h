/* ws_deflate.h: permessage-deflate (RFC 7692) without context takeover, so that one pair of zlib streams serves every connection
 * of a thread and an idle connection costs nothing. Packing, unpacking and the server's side of the negotiation; no libwebsockets
 * here.
 */
#ifndef OCPP_WS_DEFLATE_H
#define OCPP_WS_DEFLATE_H

#include <ocpp/types.h>

#include <zlib.h>

/* The window we pack with when nobody asks for another: a message is rarely longer, and a small table is quick to clear. */
enum { WS_WINDOW_BITS = 12, WS_WINDOW_BITS_SMALLEST = 9, WS_WINDOW_BITS_LARGEST = 15 };

/* ocpp_ws_deflate: the streams, made on first use. Zeroed it is ready. */
struct ocpp_ws_deflate {
    z_stream packer;
    z_stream unpacker;
    int packer_bits; /* 0: there is none */
    bool has_unpacker;
    bool peer_keeps_context; /* only where the streams serve a single connection */
    char *text;              /* the unpacked message */
    size_t room;
};

void ocpp_ws_deflate_stop(struct ocpp_ws_deflate *streams);

/* ocpp_ws_pack: |size| bytes as the payload of a compressed message, at most |room| bytes at |to|.
 * Errors: OCPP_ERR_LENGTH  it would be longer than |room|; OCPP_ERR_NOMEM. */
OCPP_MUST_USE enum ocpp_status ocpp_ws_pack(struct ocpp_ws_deflate *streams, int window_bits, const char *text, size_t size,
                                            unsigned char *to, size_t room, size_t *written);

/* ocpp_ws_unpack: the text of a compressed message; borrowed until the next call.
 * Errors: OCPP_ERR_VALUE  the payload is broken; OCPP_ERR_TOO_LARGE  more than |limit| bytes; OCPP_ERR_NOMEM. */
OCPP_MUST_USE enum ocpp_status ocpp_ws_unpack(struct ocpp_ws_deflate *streams, const void *packed, size_t packed_size,
                                              size_t limit, const char **text, size_t *size);

/* ocpp_ws_deflate_agree: what a server answers to the |index|th offer of permessage-deflate in |header|, the client's
 * Sec-WebSocket-Extensions: the parameters, each with "; " before it, and the window it may use. False when there is no such
 * offer or it asks for what we do not do. */
bool ocpp_ws_deflate_agree(const char *header, size_t index, char *parameters, size_t room, int *window_bits);

#endif
