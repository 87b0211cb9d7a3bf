/* write.c: values straight to text. In an arena the text is one piece that doubles as it fills, nearly always where it stands.
 *
 * The writer trusts its caller with the structure and nobody with the text: bytes that are not UTF-8, or a NUL, end the writing
 * with a status instead of leaving the house.
 */
#include "json.h"
#include "arena.h"
#include "decimal.h"
#include "plain.h"
#include "text.h"

#include <string.h>

enum { CAPACITY_LEAST = 512 };

void ocpp_json_writer_start(struct ocpp_json_writer *writer, struct ocpp_arena *arena)
{
    *writer = (struct ocpp_json_writer){ .arena = arena };
}

void ocpp_json_writer_start_in(struct ocpp_json_writer *writer, char *text, size_t capacity,
                               enum ocpp_status (*grow)(struct ocpp_json_writer *writer, size_t capacity), void *user)
{
    *writer = (struct ocpp_json_writer){ .text = text, .capacity = capacity, .grow = grow, .user = user };
}

static enum ocpp_status grow_in_arena(struct ocpp_json_writer *writer, size_t least)
{
    const size_t doubled = writer->capacity ? 2 * writer->capacity : CAPACITY_LEAST;
    const size_t capacity = doubled > least ? doubled : least;
    char *text = ocpp_arena_grow(writer->arena, writer->text, writer->size, capacity);

    if (!text) {
        return ocpp_arena_status(writer->arena);
    }
    writer->text = text;
    writer->capacity = capacity;
    return OCPP_OK;
}

static char *make_room(struct ocpp_json_writer *writer, size_t size)
{
    if (writer->status != OCPP_OK) {
        return NULL;
    }
    if (size >= SIZE_MAX / 4 - writer->size) {
        writer->status = OCPP_ERR_LIMIT;
        return NULL;
    }
    const size_t least = writer->size + size + 1;
    writer->status = writer->grow ? writer->grow(writer, least) : grow_in_arena(writer, least);
    return writer->status == OCPP_OK ? writer->text + writer->size : NULL;
}

/* Room for |size| more bytes and the terminator; NULL, and the status set, when there is none or writing has failed before. */
static inline char *reserve(struct ocpp_json_writer *writer, size_t size)
{
    const bool fits = writer->status == OCPP_OK && writer->capacity - writer->size > size;

    return fits ? writer->text + writer->size : make_room(writer, size);
}

static void append(struct ocpp_json_writer *writer, const char *bytes, size_t size)
{
    char *room = reserve(writer, size);

    if (room && size) {
        memcpy(room, bytes, size);
        writer->size += size;
    }
}

static void append_char(struct ocpp_json_writer *writer, char c)
{
    char *room = reserve(writer, 1);

    if (room) {
        *room = c;
        writer->size++;
    }
}

/* The comma before a value or a name that is not the first; afterwards the next one needs a comma. */
static void separate(struct ocpp_json_writer *writer)
{
    if (writer->comma) {
        append_char(writer, ',');
    }
    writer->comma = true;
}

void ocpp_json_write_begin(struct ocpp_json_writer *writer, char bracket)
{
    separate(writer);
    append_char(writer, bracket);
    writer->comma = false;
}

void ocpp_json_write_end(struct ocpp_json_writer *writer, char bracket)
{
    append_char(writer, bracket);
    writer->comma = true;
}

/* --- strings ---------------------------------------------------------------------------------------------------- */

/* The end of the run at |at| that is written as it is: no quote, backslash or control character, valid UTF-8. */
static const char *skip_run(const char *at, const char *end)
{
    for (;;) {
        at = ocpp_json_skip_plain(at, end);
        const size_t length = at < end && (unsigned char)*at >= 0x80 ? ocpp_utf8_length(at, (size_t)(end - at)) : 0;
        if (length == 0) {
            return at;
        }
        at += length;
    }
}

static void write_escape(struct ocpp_json_writer *writer, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char short_forms[0x20] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };
    const char letter = c < 0x20 ? short_forms[c] : (char)c;

    if (c == 0 || c >= 0x80) {
        writer->status = writer->status != OCPP_OK ? writer->status : c ? OCPP_ERR_UTF8 : OCPP_ERR_NUL;
        return;
    }
    append_char(writer, '\\');
    if (letter) {
        append_char(writer, letter);
        return;
    }
    const char unit[] = { 'u', '0', '0', hex[c >> 4], hex[c & 15] };
    append(writer, unit, sizeof unit);
}

static void write_quoted(struct ocpp_json_writer *writer, const char *text, size_t size)
{
    const char *const end = text + size;

    append_char(writer, '"');
    while (text < end && writer->status == OCPP_OK) {
        const char *run_end = skip_run(text, end);
        append(writer, text, (size_t)(run_end - text));
        text = run_end;
        if (text < end) {
            write_escape(writer, (unsigned char)*text++);
        }
    }
    append_char(writer, '"');
}

/* What needs no escaping, at once: a member's name with the colon behind it, or a value. */
static inline void write_at_once(struct ocpp_json_writer *writer, const char *text, size_t size, bool is_name)
{
    const size_t added = size + 2 + (writer->comma ? 1 : 0) + (is_name ? 1 : 0);
    char *room = reserve(writer, added);

    if (room) {
        if (writer->comma) {
            *room++ = ',';
        }
        *room++ = '"';
        memcpy(room, text, size);
        room[size] = '"';
        if (is_name) {
            room[size + 1] = ':';
        }
        writer->size += added;
    }
    writer->comma = !is_name;
}

void ocpp_json_write_plain(struct ocpp_json_writer *writer, const char *text, size_t size)
{
    write_at_once(writer, text, size, false);
}

static void write_colon(struct ocpp_json_writer *writer)
{
    append_char(writer, ':');
    writer->comma = false;
}

void ocpp_json_write_plain_name(struct ocpp_json_writer *writer, const char *name)
{
    write_at_once(writer, name, strlen(name), true);
}

void ocpp_json_write_string_of(struct ocpp_json_writer *writer, const char *text, size_t size)
{
    if (size > 0 && ocpp_json_is_all_plain(text, size)) {
        ocpp_json_write_plain(writer, text, size);
        return;
    }
    separate(writer);
    write_quoted(writer, text, size);
}

void ocpp_json_write_string(struct ocpp_json_writer *writer, const char *text)
{
    ocpp_json_write_string_of(writer, text, strlen(text));
}

void ocpp_json_write_name(struct ocpp_json_writer *writer, const char *name)
{
    ocpp_json_write_string(writer, name);
    write_colon(writer);
}

/* --- other values ----------------------------------------------------------------------------------------------- */

void ocpp_json_write_raw(struct ocpp_json_writer *writer, const char *json, size_t size)
{
    separate(writer);
    append(writer, json, size);
}

void ocpp_json_write_integer(struct ocpp_json_writer *writer, int64_t integer)
{
    char text[OCPP_INTEGER_TEXT_SIZE];

    ocpp_json_write_raw(writer, text, ocpp_integer_format(integer, text));
}

void ocpp_json_write_decimal(struct ocpp_json_writer *writer, struct ocpp_decimal decimal)
{
    char text[OCPP_DECIMAL_TEXT_SIZE];

    ocpp_json_write_raw(writer, text, ocpp_decimal_format(decimal, text));
}

void ocpp_json_write_boolean(struct ocpp_json_writer *writer, bool value)
{
    ocpp_json_write_raw(writer, value ? "true" : "false", value ? 4 : 5);
}

void ocpp_json_write_null(struct ocpp_json_writer *writer)
{
    ocpp_json_write_raw(writer, "null", 4);
}

static void write_children(struct ocpp_json_writer *writer, const struct ocpp_json *container, bool is_object)
{
    ocpp_json_write_begin(writer, is_object ? '{' : '[');
    for (const struct ocpp_json *child = ocpp_json_first(container); child; child = ocpp_json_next(child)) {
        if (is_object) {
            ocpp_json_write_name(writer, ocpp_json_member_name(child));
        }
        ocpp_json_write_value(writer, child);
    }
    ocpp_json_write_end(writer, is_object ? '}' : ']');
}

/* Calls itself once per level; the scan bounds the levels of every value there is. */
void ocpp_json_write_value(struct ocpp_json_writer *writer, const struct ocpp_json *value)
{
    switch (ocpp_json_kind(value)) {
    case OCPP_JSON_NULL:
        ocpp_json_write_null(writer);
        break;
    case OCPP_JSON_BOOLEAN:
        ocpp_json_write_boolean(writer, ocpp_json_boolean(value));
        break;
    case OCPP_JSON_NUMBER:
        ocpp_json_write_decimal(writer, ocpp_json_number(value));
        break;
    case OCPP_JSON_STRING:
        ocpp_json_write_string(writer, ocpp_json_string(value));
        break;
    case OCPP_JSON_ARRAY:
        write_children(writer, value, false);
        break;
    case OCPP_JSON_OBJECT:
        write_children(writer, value, true);
        break;
    }
}

enum ocpp_status ocpp_json_writer_finish(struct ocpp_json_writer *writer, const char **text, size_t *size)
{
    char *end = reserve(writer, 0);

    if (!end) {
        return writer->status;
    }
    *end = '\0';
    if (!writer->grow) {
        ocpp_arena_trim(writer->arena, writer->text, writer->size + 1);
    }
    *text = writer->text;
    *size = writer->size;
    return OCPP_OK;
}
