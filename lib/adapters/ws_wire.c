/* ws_wire.c: messages in and out of frames, and the extension that lets compressed ones through.
 *
 * libwebsockets' own permessage-deflate keeps two zlib streams per connection (300 kB once they were used) and needs a walk over
 * all descriptors for a message that does not fit its buffer. The one here does nothing but mark frames: RFC 7692 leaves the rest
 * to whoever holds whole messages.
 */
#include "ws_wire.h"

#include <ocpp/adapters.h>

#include <stdlib.h>
#include <string.h>

/* A shorter message is sent as it is: packing it costs more than it saves. */
enum { PACK_FROM_BYTES = 128 };

enum { RSV1 = 0x40, OPCODE_MASK = 0x0f, OPCODE_CONTROL = 0x08 };

static const struct refusal {
    int code;
    const char *words;
} refusals[OCPP_WS_ARRIVALS] = {
    [OCPP_WS_TOO_LARGE] = { LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "message too large" },
    [OCPP_WS_BINARY] = { LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE, "text frames only" },
    [OCPP_WS_BROKEN] = { LWS_CLOSE_STATUS_INVALID_PAYLOAD, "broken compression" },
    [OCPP_WS_NO_MEMORY] = { LWS_CLOSE_STATUS_UNEXPECTED_CONDITION, "out of memory" },
};

int ocpp_ws_refusal_code(enum ocpp_ws_arrival arrival)
{
    return refusals[arrival].code;
}

const char *ocpp_ws_refusal_words(enum ocpp_ws_arrival arrival)
{
    return refusals[arrival].words;
}

void ocpp_ws_kit_stop(struct ocpp_ws_kit *kit)
{
    free(kit->spare);
    free(kit->frame);
    ocpp_ws_deflate_stop(&kit->streams);
    *kit = (struct ocpp_ws_kit){ .limit = kit->limit };
}

/* --- in ---------------------------------------------------------------------------------------------------------- */

static bool make_room(struct ocpp_ws_kit *kit, struct ocpp_ws_wire *wire, size_t needed)
{
    if (needed <= wire->room)
        return true;
    if (wire->partial == NULL && kit->spare != NULL && needed <= kit->spare_room) {
        wire->partial = kit->spare;
        wire->room = kit->spare_room;
        kit->spare = NULL;
        return true;
    }
    size_t room = wire->room == 0 ? (size_t)WS_RX_BUFFER_BYTES * 2 : (size_t)wire->room * 2;
    if (room < needed)
        room = needed;
    if (room > kit->limit)
        room = kit->limit; /* never below |needed|, which was held against the limit */
    char *partial = realloc(wire->partial, room);
    if (partial == NULL)
        return false;
    wire->partial = partial;
    wire->room = (uint32_t)room;
    return true;
}

static enum ocpp_ws_arrival whole(struct ocpp_ws_kit *kit, const struct ocpp_ws_wire *wire, const char **text, size_t *size)
{
    if (!wire->packed)
        return OCPP_WS_MESSAGE;
    kit->streams.peer_keeps_context = wire->peer_keeps_context;
    const enum ocpp_status status = ocpp_ws_unpack(&kit->streams, *text, *size, kit->limit, text, size);
    if (status == OCPP_OK)
        return OCPP_WS_MESSAGE;
    if (status == OCPP_ERR_TOO_LARGE)
        return OCPP_WS_TOO_LARGE;
    return status == OCPP_ERR_NOMEM ? OCPP_WS_NO_MEMORY : OCPP_WS_BROKEN;
}

enum ocpp_ws_arrival ocpp_ws_take(struct ocpp_ws_kit *kit, struct lws *wsi, const void *piece, size_t size, const char **text,
                                  size_t *text_size)
{
    struct ocpp_ws_wire *wire = lws_get_opaque_user_data(wsi);
    if (lws_frame_is_binary(wsi))
        return OCPP_WS_BINARY;
    if (lws_is_first_fragment(wsi))
        wire->packed = wire->window_bits != 0 && (lws_get_reserved_bits(wsi) & RSV1) != 0;
    const size_t announced = lws_remaining_packet_payload(wsi);
    if (wire->size + size > kit->limit || announced > kit->limit - wire->size - size)
        return OCPP_WS_TOO_LARGE; /* said at once, not when it has all arrived */
    const bool last = lws_is_final_fragment(wsi) != 0;
    if (last && wire->size == 0) {
        *text = piece;
        *text_size = size;
        return whole(kit, wire, text, text_size);
    }
    if (!make_room(kit, wire, wire->size + size)) /* of what came, not of what was announced */
        return OCPP_WS_NO_MEMORY;
    if (size > 0)
        memcpy(wire->partial + wire->size, piece, size);
    wire->size += (uint32_t)size;
    if (!last)
        return OCPP_WS_MORE;
    *text = wire->partial;
    *text_size = wire->size;
    return whole(kit, wire, text, text_size);
}

void ocpp_ws_taken(struct ocpp_ws_kit *kit, struct ocpp_ws_wire *wire)
{
    if (wire->partial != NULL && (kit->spare == NULL || wire->room > kit->spare_room)) {
        free(kit->spare);
        kit->spare = wire->partial;
        kit->spare_room = wire->room;
    } else {
        free(wire->partial);
    }
    wire->partial = NULL;
    wire->size = 0;
    wire->room = 0;
}

/* --- out --------------------------------------------------------------------------------------------------------- */

static bool ready_frame(struct ocpp_ws_kit *kit, size_t payload)
{
    if (kit->frame != NULL && payload <= kit->frame_room)
        return true;
    size_t room = kit->frame_room == 0 ? 4096 : kit->frame_room;
    while (room < payload)
        room *= 2;
    unsigned char *frame = realloc(kit->frame, LWS_PRE + room);
    if (frame == NULL)
        return false;
    kit->frame = frame;
    kit->frame_room = room;
    return true;
}

bool ocpp_ws_write(struct ocpp_ws_kit *kit, struct lws *wsi, const char *text, size_t size)
{
    struct ocpp_ws_wire *wire = lws_get_opaque_user_data(wsi);
    if (!ready_frame(kit, size))
        return false;
    unsigned char *payload = kit->frame + LWS_PRE;
    size_t written = 0;
    wire->marks = wire->window_bits != 0 && size >= PACK_FROM_BYTES &&
                  ocpp_ws_pack(&kit->streams, wire->window_bits, text, size, payload, size, &written) == OCPP_OK;
    if (!wire->marks) {
        memcpy(payload, text, size);
        written = size;
    }
    const int sent = lws_write(wsi, payload, written, LWS_WRITE_TEXT);
    wire->marks = false;
    return sent >= 0; /* what the socket did not take, libwebsockets keeps */
}

bool ocpp_ws_ping(struct ocpp_ws_kit *kit, struct lws *wsi)
{
    static const char payload[] = "ocpp";
    if (!ready_frame(kit, sizeof payload))
        return false;
    memcpy(kit->frame + LWS_PRE, payload, sizeof payload - 1);
    return lws_write(wsi, kit->frame + LWS_PRE, sizeof payload - 1, LWS_WRITE_PING) >= 0;
}

bool ocpp_ws_close(struct ocpp_ws_kit *kit, struct lws *wsi, int code, const char *words, bool masked)
{
    enum { FINAL_CLOSE = 0x88, MASKED = 0x80, LONGEST = 125, HEAD = 6 };
    unsigned char key[4] = { 0 };
    const size_t words_size = strlen(words);
    const size_t size = (words_size > LONGEST - 2 ? LONGEST - 2 : words_size) + 2;
    if (!ready_frame(kit, HEAD + LONGEST))
        return false;
    unsigned char *at = kit->frame + LWS_PRE;
    *at++ = FINAL_CLOSE;
    *at++ = (unsigned char)(size | (masked ? MASKED : 0));
    if (masked) {
        ocpp_system_random(key, sizeof key, NULL);
        memcpy(at, key, sizeof key);
        at += sizeof key;
    }
    at[0] = (unsigned char)(code >> 8);
    at[1] = (unsigned char)code;
    memcpy(at + 2, words, size - 2);
    for (size_t i = 0; i < size; i++)
        at[i] ^= key[i & 3];
    const size_t frame_size = (size_t)(at - (kit->frame + LWS_PRE)) + size;
    /* Sent as it is: libwebsockets has no public way to send a close frame and go on reading. */
    return lws_write(wsi, kit->frame + LWS_PRE, frame_size, LWS_WRITE_HTTP) >= 0;
}

bool ocpp_ws_choked(struct lws *wsi)
{
    return lws_partial_buffered(wsi) != 0 || lws_send_pipe_choked(wsi) != 0;
}

/* --- the extension ----------------------------------------------------------------------------------------------- */

enum option { SERVER_NO_CONTEXT, CLIENT_NO_CONTEXT, SERVER_BITS, CLIENT_BITS };

static const struct lws_ext_options no_options[] = { { NULL, EXTARG_NONE } };
static const struct lws_ext_options client_options[] = {
    [SERVER_NO_CONTEXT] = { "server_no_context_takeover", EXTARG_NONE },
    [CLIENT_NO_CONTEXT] = { "client_no_context_takeover", EXTARG_NONE },
    [SERVER_BITS] = { "server_max_window_bits", EXTARG_OPT_DEC },
    [CLIENT_BITS] = { "client_max_window_bits", EXTARG_OPT_DEC },
    { NULL, EXTARG_NONE },
};

/* What the server answered to our offer. */
static void note_option(struct ocpp_ws_wire *wire, const struct lws_ext_option_arg *option)
{
    if (option->option_index == SERVER_NO_CONTEXT)
        wire->peer_keeps_context = false;
    if (option->option_index == CLIENT_BITS)
        wire->window_bits = 0; /* it was not offered; OPTION_CONFIRM refuses */
}

static int extension_callback(struct lws_context *context, const struct lws_extension *extension, struct lws *wsi,
                              enum lws_extension_callback_reasons reason, void *user, void *in, size_t size)
{
    (void)context;
    (void)extension;
    (void)user;
    (void)size;
    struct ocpp_ws_wire *wire = lws_get_opaque_user_data(wsi);
    if (wire == NULL)
        return reason == LWS_EXT_CB_CONSTRUCT || reason == LWS_EXT_CB_CLIENT_CONSTRUCT;
    switch ((int)reason) {
    case LWS_EXT_CB_CONSTRUCT: /* the server agrees on its parameters itself */
        *(const struct lws_ext_options **)in = no_options;
        return 0;
    case LWS_EXT_CB_CLIENT_CONSTRUCT:
        *(const struct lws_ext_options **)in = client_options;
        wire->window_bits = WS_WINDOW_BITS;
        wire->peer_keeps_context = true; /* unless it says otherwise */
        return 0;
    case LWS_EXT_CB_OPTION_SET:
        note_option(wire, in);
        return 0;
    case LWS_EXT_CB_OPTION_CONFIRM:
        return wire->window_bits == 0;
    case LWS_EXT_CB_PACKET_TX_PRESEND: {
        const struct lws_tokens *frame = in;
        if (wire->marks && frame->len > 0 && (frame->token[0] & OPCODE_MASK & OPCODE_CONTROL) == 0)
            frame->token[0] |= RSV1;
        return 0;
    }
    default: /* payloads pass as they are */
        return 0;
    }
}

const struct lws_extension ocpp_ws_extensions[2] = {
    { "permessage-deflate", extension_callback, "permessage-deflate; server_no_context_takeover; client_no_context_takeover" },
    { NULL, NULL, NULL },
};
