/* wire_parts.c: messages that are too large for one DataTransfer, in parts. A part is a Chunk whose own JSON keeps to the limit,
 * so it is cut where its text, with quotes and backslashes escaped once more, fills what the rest of a Chunk leaves.
 */
#include <ocpp/settlement/wire.h>

#include <stdlib.h>
#include <string.h>

enum { CHUNK_OVERHEAD = 256 }; /* names, numbers, brackets, an id and a message's name; more than there can be */

static size_t room_of(const struct ocpp_settle_wire *wire)
{
    const size_t limit = wire->max_bytes != 0 ? wire->max_bytes : OCPP_SETTLE_WIRE_BYTES;

    return limit > CHUNK_OVERHEAD ? limit - CHUNK_OVERHEAD : 0;
}

/* Bytes of a character as they are, and within a JSON string. */
static size_t bytes_of(const char *text, size_t size)
{
    size_t length = 1;

    while (length < size && length < 4 && ((unsigned char)text[length] & 0xc0U) == 0x80) {
        length++;
    }
    return length;
}

static size_t escaped(const char *text, size_t length)
{
    const unsigned char first = (unsigned char)text[0];

    if (first < 0x20) {
        return 6;
    }
    return first == '"' || first == '\\' ? 2 : length;
}

/* Where the part that begins at |from| ends; |from| itself: nothing fits. */
static size_t end_of_part(size_t room, const char *text, size_t size, size_t from)
{
    size_t used = 0;
    size_t at = from;

    while (at < size) {
        const size_t length = bytes_of(text + at, size - at);
        const size_t cost = escaped(text + at, length);

        if (used + cost > room) {
            return at;
        }
        used += cost;
        at += length;
    }
    return at;
}

static size_t count_parts(size_t room, const char *text, size_t size)
{
    size_t count = 0;
    size_t at = 0;

    while (at < size) {
        const size_t end = end_of_part(room, text, size, at);

        if (end == at) {
            return 0;
        }
        at = end;
        count++;
    }
    return count;
}

size_t ocpp_settle_wire_parts(const struct ocpp_settle_wire *wire, const char *text, size_t size)
{
    const size_t limit = wire->max_bytes != 0 ? wire->max_bytes : OCPP_SETTLE_WIRE_BYTES;

    return size <= limit ? 1 : count_parts(room_of(wire), text, size);
}

enum ocpp_status ocpp_settle_wire_part(const struct ocpp_settle_wire *wire, const char *name, const char *id, const char *text,
                                       size_t size, size_t index, struct ocpp_arena *arena, struct ocpp_settle_chunk_req *part)
{
    const size_t count = ocpp_settle_wire_parts(wire, text, size);
    size_t from = 0;

    if (count < 2 || index >= count) {
        return OCPP_ERR_ARGUMENT;
    }
    for (size_t i = 0; i < index; i++) {
        from = end_of_part(room_of(wire), text, size, from);
    }
    const char *copy = ocpp_arena_text(arena, text + from, end_of_part(room_of(wire), text, size, from) - from);
    if (copy == NULL) {
        return OCPP_ERR_NOMEM;
    }
    *part = (struct ocpp_settle_chunk_req){
        .id = id,
        .name = name,
        .index = (int64_t)index,
        .count = (int64_t)count,
        .text = copy,
    };
    return OCPP_OK;
}

/* --- joining
 * -------------------------------------------------------------------------------------------------------------------- */

static void *reallocate(const struct ocpp_settle_joiner *joiner, void *pointer, size_t size)
{
    if (joiner->allocator != NULL) {
        return joiner->allocator->reallocate(pointer, size, joiner->allocator->user);
    }
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, size);
}

void ocpp_settle_joiner_drop(struct ocpp_settle_joiner *joiner)
{
    if (joiner->text != NULL) {
        (void)reallocate(joiner, joiner->text, 0);
    }
    *joiner = (struct ocpp_settle_joiner){ .allocator = joiner->allocator, .limit = joiner->limit };
}

static bool is_of(const struct ocpp_settle_joiner *joiner, const struct ocpp_settle_chunk_req *part)
{
    return joiner->next > 0 && joiner->count == part->count && strcmp(joiner->id, part->id) == 0 &&
           strcmp(joiner->name, part->name) == 0;
}

/* What has come goes when a first part comes; the room stays. */
static void begin(struct ocpp_settle_joiner *joiner, const struct ocpp_settle_chunk_req *part)
{
    joiner->next = 0;
    joiner->size = 0;
    joiner->count = part->count;
    memcpy(joiner->id, part->id, strlen(part->id) + 1);
    memcpy(joiner->name, part->name, strlen(part->name) + 1);
}

static bool grow(struct ocpp_settle_joiner *joiner, size_t least, size_t limit)
{
    size_t wanted = joiner->room != 0 ? 2 * joiner->room : OCPP_SETTLE_WIRE_BYTES;

    if (joiner->room >= least) {
        return true;
    }
    if (wanted < least) {
        wanted = least;
    }
    if (wanted > limit + 1) {
        wanted = limit + 1;
    }
    char *moved = reallocate(joiner, joiner->text, wanted);
    if (moved == NULL) {
        return false;
    }
    joiner->text = moved;
    joiner->room = wanted;
    return true;
}

static enum ocpp_settle_joined append(struct ocpp_settle_joiner *joiner, const char *text)
{
    const size_t limit = joiner->limit != 0 ? joiner->limit : OCPP_SETTLE_WIRE_BYTES_LIMIT;
    const size_t size = strlen(text);

    if (size > limit - joiner->size) {
        ocpp_settle_joiner_drop(joiner);
        return OCPP_SETTLE_JOINED_REFUSED;
    }
    if (!grow(joiner, joiner->size + size + 1, limit)) {
        return OCPP_SETTLE_JOINED_NO_MEMORY;
    }
    memcpy(joiner->text + joiner->size, text, size + 1);
    joiner->size += size;
    joiner->next++;
    return joiner->next == joiner->count ? OCPP_SETTLE_JOINED_WHOLE : OCPP_SETTLE_JOINED_MORE;
}

enum ocpp_settle_joined ocpp_settle_joiner_add(struct ocpp_settle_joiner *joiner, const struct ocpp_settle_chunk_req *part)
{
    if (strlen(part->id) >= sizeof joiner->id || strlen(part->name) >= sizeof joiner->name || part->index >= part->count) {
        return OCPP_SETTLE_JOINED_REFUSED;
    }
    if (is_of(joiner, part) && part->index + 1 == joiner->next) { /* its answer was lost */
        return joiner->next == joiner->count ? OCPP_SETTLE_JOINED_WHOLE : OCPP_SETTLE_JOINED_MORE;
    }
    if (part->index == 0) {
        begin(joiner, part);
    } else if (!is_of(joiner, part) || part->index != joiner->next) {
        ocpp_settle_joiner_drop(joiner);
        return OCPP_SETTLE_JOINED_RESTART;
    }
    return append(joiner, part->text);
}
