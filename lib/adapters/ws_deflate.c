/* ws_deflate.c: zlib for whole messages, and what a server answers to offers of permessage-deflate. */
#define _DEFAULT_SOURCE

#include "ws_deflate.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PACKER_LEVEL = 6, PACKER_MEMORY_LEVEL = 5 };

/* The empty block that ends every flush; RFC 7692 7.2.1 leaves it out of the frame. */
static const unsigned char flush_mark[] = { 0x00, 0x00, 0xff, 0xff };

void ocpp_ws_deflate_stop(struct ocpp_ws_deflate *streams)
{
    if (streams->packer_bits != 0)
        (void)deflateEnd(&streams->packer);
    if (streams->has_unpacker)
        (void)inflateEnd(&streams->unpacker);
    free(streams->text);
    *streams = (struct ocpp_ws_deflate){ 0 };
}

static enum ocpp_status ready_packer(struct ocpp_ws_deflate *streams, int window_bits)
{
    if (streams->packer_bits == window_bits)
        return deflateReset(&streams->packer) == Z_OK ? OCPP_OK : OCPP_ERR_NOMEM;
    if (streams->packer_bits != 0)
        (void)deflateEnd(&streams->packer);
    streams->packer_bits = 0;
    streams->packer = (z_stream){ 0 };
    if (deflateInit2(&streams->packer, PACKER_LEVEL, Z_DEFLATED, -window_bits, PACKER_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return OCPP_ERR_NOMEM;
    streams->packer_bits = window_bits;
    return OCPP_OK;
}

enum ocpp_status ocpp_ws_pack(struct ocpp_ws_deflate *streams, int window_bits, const char *text, size_t size, unsigned char *to,
                              size_t room, size_t *written)
{
    if (size > UINT_MAX || room > UINT_MAX)
        return OCPP_ERR_LENGTH;
    const enum ocpp_status status = ready_packer(streams, window_bits);
    if (status != OCPP_OK)
        return status;
    z_stream *packer = &streams->packer;
    packer->next_in = (z_const Bytef *)(uintptr_t)text; /* zlib does not write there; its type depends on ZLIB_CONST */
    packer->avail_in = (uInt)size;
    packer->next_out = to;
    packer->avail_out = (uInt)room;
    if (deflate(packer, Z_SYNC_FLUSH) != Z_OK || packer->avail_in != 0 || packer->avail_out == 0)
        return OCPP_ERR_LENGTH; /* a flush is known to be whole only when room is left behind it */
    *written = room - packer->avail_out - sizeof flush_mark;
    return OCPP_OK;
}

static enum ocpp_status ready_unpacker(struct ocpp_ws_deflate *streams)
{
    if (streams->has_unpacker)
        return streams->peer_keeps_context || inflateReset(&streams->unpacker) == Z_OK ? OCPP_OK : OCPP_ERR_NOMEM;
    streams->unpacker = (z_stream){ 0 };
    if (inflateInit2(&streams->unpacker, -WS_WINDOW_BITS_LARGEST) != Z_OK)
        return OCPP_ERR_NOMEM;
    streams->has_unpacker = true;
    return OCPP_OK;
}

/* Room for one byte more than what there is, up to |limit| and one: so much shows that a message is too large. */
static enum ocpp_status grow(struct ocpp_ws_deflate *streams, size_t used, size_t limit)
{
    enum { FIRST_ROOM = 4096 };
    if (used < streams->room)
        return OCPP_OK;
    if (used > limit)
        return OCPP_ERR_TOO_LARGE;
    size_t room = streams->room < FIRST_ROOM ? FIRST_ROOM : streams->room * 2;
    if (room > limit + 1)
        room = limit + 1;
    if (room <= used)
        return OCPP_ERR_TOO_LARGE;
    char *text = realloc(streams->text, room);
    if (text == NULL)
        return OCPP_ERR_NOMEM;
    streams->text = text;
    streams->room = room;
    return OCPP_OK;
}

/* Unpacks one piece behind the |*used| bytes there are. */
static enum ocpp_status unpack_piece(struct ocpp_ws_deflate *streams, const void *packed, size_t packed_size, size_t limit,
                                     size_t *used)
{
    z_stream *unpacker = &streams->unpacker;
    unpacker->next_in = (z_const Bytef *)(uintptr_t)packed;
    unpacker->avail_in = (uInt)packed_size;
    for (;;) {
        const enum ocpp_status status = grow(streams, *used, limit);
        if (status != OCPP_OK)
            return status;
        unpacker->next_out = (Bytef *)streams->text + *used;
        unpacker->avail_out = (uInt)(streams->room - *used);
        const int outcome = inflate(unpacker, Z_SYNC_FLUSH);
        *used = streams->room - unpacker->avail_out;
        if (outcome == Z_MEM_ERROR)
            return OCPP_ERR_NOMEM;
        if (outcome != Z_OK && outcome != Z_BUF_ERROR)
            return OCPP_ERR_VALUE; /* also Z_STREAM_END: a sender that never flushes is allowed by RFC 7692 7.2.3.4, and nobody
                                      does it */
        if (unpacker->avail_out != 0)
            return unpacker->avail_in == 0 ? OCPP_OK : OCPP_ERR_VALUE;
    }
}

enum ocpp_status ocpp_ws_unpack(struct ocpp_ws_deflate *streams, const void *packed, size_t packed_size, size_t limit,
                                const char **text, size_t *size)
{
    if (packed_size > UINT_MAX || limit >= UINT_MAX)
        return OCPP_ERR_TOO_LARGE;
    enum ocpp_status status = ready_unpacker(streams);
    size_t used = 0;
    if (status == OCPP_OK)
        status = unpack_piece(streams, packed, packed_size, limit, &used);
    if (status == OCPP_OK)
        status = unpack_piece(streams, flush_mark, sizeof flush_mark, limit, &used);
    if (status == OCPP_OK && used > limit)
        status = OCPP_ERR_TOO_LARGE;
    if (status != OCPP_OK)
        return status;
    *text = streams->text;
    *size = used;
    return OCPP_OK;
}

/* --- the negotiation --------------------------------------------------------------------------------------------- */

struct token {
    const char *start;
    size_t size;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* The text up to one of |ends|, without the spaces around it; |*at| stands behind the end then, or at the terminator. */
static struct token next_token(const char **at, const char *ends, char *end)
{
    while (is_space(**at))
        (*at)++;
    struct token token = { *at, strcspn(*at, ends) };
    *at += token.size;
    *end = **at;
    if (**at != '\0')
        (*at)++;
    while (token.size > 0 && is_space(token.start[token.size - 1]))
        token.size--;
    return token;
}

static bool token_is(struct token token, const char *name)
{
    return token.size == strlen(name) && strncasecmp(token.start, name, token.size) == 0;
}

/* A value of max_window_bits, in quotes or not; 0 when it is none. */
static int bits_of(struct token value)
{
    if (value.size >= 2 && value.start[0] == '"' && value.start[value.size - 1] == '"')
        value = (struct token){ value.start + 1, value.size - 2 };
    int bits = 0;
    for (size_t i = 0; i < value.size && i < 3; i++) {
        if (value.start[i] < '0' || value.start[i] > '9')
            return 0;
        bits = bits * 10 + (value.start[i] - '0');
    }
    return value.size <= 2 && bits >= 8 && bits <= WS_WINDOW_BITS_LARGEST ? bits : 0;
}

struct offer {
    bool acceptable;
    int server_bits; /* 0: not asked for */
};

static void read_parameter(struct offer *offer, struct token name, struct token value, bool has_value)
{
    if (token_is(name, "server_no_context_takeover") || token_is(name, "client_no_context_takeover")) {
        if (has_value)
            offer->acceptable = false;
        return;
    }
    if (token_is(name, "client_max_window_bits")) {
        if (has_value && bits_of(value) == 0)
            offer->acceptable = false;
        return;
    }
    if (!token_is(name, "server_max_window_bits") || offer->server_bits != 0) {
        offer->acceptable = false;
        return;
    }
    offer->server_bits = bits_of(value);
    if (offer->server_bits < WS_WINDOW_BITS_SMALLEST)
        offer->acceptable = false; /* zlib packs with 9 bits where 8 were asked for */
}

/* Reads the parameters behind a name, up to the comma of the next offer. */
static struct offer read_offer(const char **at, char end)
{
    struct offer offer = { .acceptable = true };
    while (end == ';') {
        struct token value = { NULL, 0 };
        const struct token name = next_token(at, ";,=", &end);
        const bool has_value = end == '=';
        if (has_value)
            value = next_token(at, ";,", &end);
        read_parameter(&offer, name, value, has_value);
    }
    return offer;
}

bool ocpp_ws_deflate_agree(const char *header, size_t index, char *parameters, size_t room, int *window_bits)
{
    const char *at = header;
    while (*at != '\0') {
        char end = '\0';
        const struct token name = next_token(&at, ";,", &end);
        const struct offer offer = read_offer(&at, end);
        if (!token_is(name, "permessage-deflate") || index-- != 0)
            continue;
        if (!offer.acceptable)
            return false;
        *window_bits = offer.server_bits != 0 && offer.server_bits < WS_WINDOW_BITS ? offer.server_bits : WS_WINDOW_BITS;
        int length = snprintf(parameters, room, "; server_no_context_takeover; client_no_context_takeover");
        if (offer.server_bits != 0)
            length =
                snprintf(parameters, room, "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=%d",
                         *window_bits);
        return length > 0 && (size_t)length < room;
    }
    return false;
}
