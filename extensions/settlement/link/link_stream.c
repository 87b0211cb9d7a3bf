/* link_stream.c: see link_stream.h. Frames are counted modulo 65,536; a window is far smaller, so what is old is told from what
 * is new. */
#include "link_stream.h"

#include "link_memory.h"

#include <string.h>

enum { ROOM_AT_FIRST = 256, HALF = 0x8000 }; /* HALF: of all numbers */

void link_stream_start(struct link_stream *stream, const struct link_stream_settings *settings)
{
    *stream = (struct link_stream){ .settings = *settings, .allowed = settings->window };
}

void link_stream_end(struct link_stream *stream)
{
    while (stream->first != NULL) {
        struct link_parcel *gone = stream->first;

        stream->first = gone->next;
        link_stream_drop(stream, gone);
    }
    (void)link_reallocate(stream->settings.allocator, stream->bytes, 0);
    *stream = (struct link_stream){ .settings = stream->settings };
}

static size_t part_size(const struct link_stream *stream)
{
    return stream->settings.frame_bytes - LINK_FRAME_AROUND - LINK_NUMBER_SIZE;
}

/* --- what leaves
 * ---------------------------------------------------------------------------------------------------------------- */

struct link_parcel *link_stream_parcel(const struct link_stream *stream, size_t size)
{
    struct link_parcel *parcel = link_reallocate(stream->settings.allocator, NULL, sizeof *parcel + size);

    if (parcel != NULL) {
        parcel->next = NULL;
        parcel->size = size;
    }
    return parcel;
}

void link_stream_drop(const struct link_stream *stream, struct link_parcel *parcel)
{
    (void)link_reallocate(stream->settings.allocator, parcel, 0);
}

void link_stream_queue(struct link_stream *stream, struct link_parcel *parcel, int64_t now_ms)
{
    struct link_parcel **end = &stream->first;

    if (stream->on_way == 0) {
        stream->since_ms = now_ms;
    }
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = parcel;
    stream->parcels++;
}

/* Where the frame |index| from the base on stands. NULL: there is none. */
static const struct link_parcel *frame_at(const struct link_stream *stream, unsigned index, size_t *at)
{
    const struct link_parcel *parcel = stream->first;

    *at = stream->base_at;
    for (unsigned i = 0; i < index && parcel != NULL; i++) {
        *at += part_size(stream);
        if (*at >= parcel->size) {
            parcel = parcel->next;
            *at = 0;
        }
    }
    return parcel;
}

/* The base goes on by one frame. */
static void step(struct link_stream *stream)
{
    stream->base++;
    stream->base_at += part_size(stream);
    if (stream->base_at >= stream->first->size) {
        struct link_parcel *gone = stream->first;

        stream->first = gone->next;
        stream->base_at = 0;
        stream->parcels--;
        link_stream_drop(stream, gone);
    }
}

bool link_stream_acknowledged(struct link_stream *stream, uint16_t number, int64_t now_ms)
{
    const unsigned count = (uint16_t)(number - stream->base);

    if (count > stream->on_way) {
        return count > HALF; /* old */
    }
    if (count == 0) {
        if (stream->on_way > 0 && !stream->went_back && stream->tries == 0) {
            stream->went_back = true;
            stream->cursor = 0;
        }
        return true;
    }
    for (unsigned i = 0; i < count; i++) {
        step(stream);
    }
    stream->on_way -= count;
    stream->cursor = stream->cursor > count ? stream->cursor - count : 0;
    stream->allowed = stream->settings.window;
    stream->went_back = false;
    stream->is_quiet = false;
    stream->tries = 0;
    stream->since_ms = now_ms;
    return true;
}

bool link_stream_rouse(struct link_stream *stream, uint16_t number, int64_t now_ms)
{
    if (!link_stream_acknowledged(stream, number, now_ms)) {
        return false;
    }
    stream->cursor = 0;
    stream->allowed = stream->settings.window;
    stream->went_back = false;
    stream->is_quiet = false;
    stream->tries = 0;
    stream->since_ms = now_ms;
    stream->owes_ack = true;
    return true;
}

void link_stream_hush(struct link_stream *stream)
{
    stream->is_quiet = true;
    stream->owes_ack = false;
}

static size_t put_number(unsigned char *content, enum link_kind kind, uint16_t number)
{
    content[0] = (unsigned char)kind;
    content[1] = (unsigned char)(number >> 8);
    content[2] = (unsigned char)(number & 0xff);
    return LINK_NUMBER_SIZE;
}

static size_t next_part(struct link_stream *stream, int64_t now_ms, unsigned char *content)
{
    size_t at;
    const struct link_parcel *parcel = stream->cursor < stream->allowed ? frame_at(stream, stream->cursor, &at) : NULL;

    if (parcel == NULL) {
        return 0;
    }
    const size_t rest = parcel->size - at;
    const size_t size = rest < part_size(stream) ? rest : part_size(stream);
    const uint16_t number = (uint16_t)(stream->base + stream->cursor);
    (void)put_number(content, size == rest ? LINK_LAST : LINK_MORE, number);
    memcpy(content + LINK_NUMBER_SIZE, parcel->bytes + at, size);
    stream->repeated += stream->cursor < stream->on_way;
    stream->cursor++;
    stream->on_way = stream->cursor > stream->on_way ? stream->cursor : stream->on_way;
    stream->since_ms = now_ms;
    return LINK_NUMBER_SIZE + size;
}

size_t link_stream_next(struct link_stream *stream, int64_t now_ms, unsigned char content[LINK_CONTENT_LIMIT])
{
    if (stream->is_quiet) {
        return 0;
    }
    if (stream->owes_ack) {
        stream->owes_ack = false;
        stream->unacknowledged = 0;
        return put_number(content, LINK_ACK, stream->expected);
    }
    return next_part(stream, now_ms, content);
}

/* --- time
 * ----------------------------------------------------------------------------------------------------------------------- */

int64_t link_stream_deadline(const struct link_stream *stream)
{
    const int doublings = stream->tries < LINK_BACK_OFF_MOST ? stream->tries : LINK_BACK_OFF_MOST;

    if (stream->is_quiet || stream->on_way == 0) {
        return OCPP_NEVER;
    }
    return stream->since_ms + stream->settings.resend_ms * (1 << doublings);
}

bool link_stream_advance(struct link_stream *stream, int64_t now_ms)
{
    if (now_ms < link_stream_deadline(stream)) {
        return true;
    }
    stream->tries++;
    if (stream->tries >= stream->settings.attempts) {
        link_stream_hush(stream);
        return false;
    }
    stream->cursor = 0;
    stream->allowed = 1; /* a probe: its acknowledgement tells what is missing */
    stream->since_ms = now_ms;
    return true;
}

/* --- what comes
 * ----------------------------------------------------------------------------------------------------------------- */

static bool make_room(struct link_stream *stream, size_t size)
{
    if (size <= stream->room) {
        return true;
    }
    size_t room = stream->room != 0 ? stream->room : ROOM_AT_FIRST;
    while (room < size) {
        room *= 2;
    }
    unsigned char *bytes = link_reallocate(stream->settings.allocator, stream->bytes, room);
    if (bytes == NULL) {
        return false;
    }
    stream->bytes = bytes;
    stream->room = room;
    return true;
}

enum link_part link_stream_part(struct link_stream *stream, const unsigned char *content, size_t size)
{
    const size_t part = size - LINK_NUMBER_SIZE;
    const bool is_last = content[0] == LINK_LAST;

    if ((uint16_t)((unsigned)content[1] << 8 | content[2]) != stream->expected) {
        stream->owes_ack = true;
        return LINK_PART_OTHER;
    }
    if (stream->size + part > stream->settings.max_bytes) {
        return LINK_PART_TOO_LONG;
    }
    if (!make_room(stream, stream->size + part)) {
        return LINK_PART_NO_ROOM;
    }
    memcpy(stream->bytes + stream->size, content + LINK_NUMBER_SIZE, part);
    stream->size += part;
    if (is_last) {
        return LINK_PART_LAST;
    }
    stream->expected++;
    stream->unacknowledged++;
    stream->owes_ack = stream->owes_ack || stream->unacknowledged >= LINK_ACK_EVERY;
    return LINK_PART_TAKEN;
}

void link_stream_taken(struct link_stream *stream)
{
    stream->expected++;
    stream->size = 0;
    stream->owes_ack = true;
    if (stream->room > 4U * ROOM_AT_FIRST) { /* a large message is no reason to keep so much */
        (void)link_reallocate(stream->settings.allocator, stream->bytes, 0);
        stream->bytes = NULL;
        stream->room = 0;
    }
}

void link_stream_untaken(struct link_stream *stream, size_t last_part)
{
    stream->size -= last_part;
}
