/* print.c: a message as one line for people. Secrets are never shown, and the line never leaves the room it was given.
 */
#include "decimal.h"
#include "text.h"
#include "walk.h"

#include <string.h>

static const char ellipsis[] = "\xE2\x80\xA6";

/* A line in bounded room; |full| sticks. */
struct line {
    char *text;
    size_t length;
    size_t limit;
    bool full;
};

static void print_type(struct line *line, const struct ocpp_type *type, const void *base);

/* Adds one piece, whole or not at all; nothing comes behind a piece that did not fit. */
static void add_piece(struct line *line, const char *piece, size_t size)
{
    if (line->full || size > line->limit - line->length) {
        line->full = true;
        return;
    }
    memcpy(line->text + line->length, piece, size);
    line->length += size;
}

/* Adds text character by character; control characters would break the line and are shown as \xNN. */
static void add_text(struct line *line, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t left = strlen(text); left != 0 && !line->full;) {
        const unsigned char first = (unsigned char)*text;
        const size_t valid = ocpp_utf8_length(text, left);
        if (valid == 0 || first < 0x20 || first == 0x7F) {
            const char escape[] = { '\\', 'x', digits[first >> 4], digits[first & 15] };
            add_piece(line, escape, sizeof escape);
            text++;
            left--;
            continue;
        }
        add_piece(line, text, valid);
        text += valid;
        left -= valid;
    }
}

static void add_quoted(struct line *line, const char *text)
{
    add_piece(line, "\"", 1);
    add_text(line, text);
    add_piece(line, "\"", 1);
}

static void print_integer(struct line *line, const void *value)
{
    char digits[OCPP_INTEGER_TEXT_SIZE];
    int64_t integer;
    memcpy(&integer, value, sizeof integer);
    add_piece(line, digits, ocpp_integer_format(integer, digits));
}

static void print_number(struct line *line, const void *value)
{
    char digits[OCPP_DECIMAL_TEXT_SIZE];
    struct ocpp_decimal number;
    memcpy(&number, value, sizeof number);
    add_piece(line, digits, ocpp_decimal_format(number, digits));
}

static void print_date_time(struct line *line, const void *value)
{
    char text[OCPP_TIME_TEXT_SIZE];
    int64_t utc_ms;
    memcpy(&utc_ms, value, sizeof utc_ms);
    if (ocpp_time_format(utc_ms, text) == OCPP_OK)
        add_text(line, text);
    else
        print_integer(line, value);
}

static void print_enum(struct line *line, const struct ocpp_enum *enumeration, const void *value)
{
    const char *name = ocpp_enum_name(enumeration, ocpp_enum_load(enumeration, value));
    add_text(line, name != NULL ? name : "?");
}

static void print_value(struct line *line, const struct ocpp_member *member, const void *value)
{
    bool boolean;
    const char *text;
    switch ((enum ocpp_member_kind)member->kind) {
    case OCPP_MEMBER_BOOLEAN:
        memcpy(&boolean, value, sizeof boolean);
        add_text(line, boolean ? "true" : "false");
        break;
    case OCPP_MEMBER_INTEGER:
        print_integer(line, value);
        break;
    case OCPP_MEMBER_NUMBER:
        print_number(line, value);
        break;
    case OCPP_MEMBER_STRING:
    case OCPP_MEMBER_CISTRING:
        text = ocpp_member_text(value);
        add_quoted(line, text != NULL ? text : "");
        break;
    case OCPP_MEMBER_DATE_TIME:
        print_date_time(line, value);
        break;
    case OCPP_MEMBER_ENUM:
        print_enum(line, member->detail, value);
        break;
    case OCPP_MEMBER_STRUCT:
        print_type(line, member->detail, value);
        break;
    case OCPP_MEMBER_ANY:
    case OCPP_MEMBER_CUSTOM:
        text = ocpp_member_text(value);
        add_text(line, text != NULL ? text : "null");
        break;
    }
}

static void print_list(struct line *line, const struct ocpp_member *member, const void *base)
{
    const struct ocpp_list list = ocpp_member_list(member, base);
    const size_t size = ocpp_member_item_size(member);
    add_piece(line, "[", 1);
    for (size_t i = 0; i < list.count && !line->full; i++) {
        if (i != 0)
            add_piece(line, ", ", 2);
        print_value(line, member, (const char *)list.items + i * size);
    }
    add_piece(line, "]", 1);
}

static void print_type(struct line *line, const struct ocpp_type *type, const void *base)
{
    add_piece(line, "{ ", 2);
    for (size_t i = 0; i < type->count && !line->full; i++) {
        const struct ocpp_member *member = &type->members[i];
        if (!ocpp_member_present(member, base))
            continue;
        add_text(line, member->name);
        add_piece(line, "=", 1);
        if (member->flags & OCPP_MEMBER_SECRET)
            add_piece(line, "***", 3);
        else if (member->flags & OCPP_MEMBER_LIST)
            print_list(line, member, base);
        else
            print_value(line, member, ocpp_member_value(member, base));
        add_piece(line, " ", 1);
    }
    add_piece(line, "}", 1);
}

/* Ends a line that did not fit: goes back over whole characters until the ellipsis has room, where it can ever have. */
static void mark_cut(struct line *line)
{
    const size_t mark = sizeof ellipsis - 1;
    if (line->limit < mark)
        return;
    while (line->length > line->limit - mark || (line->text[line->length] & 0xC0) == 0x80)
        line->length--;
    memcpy(line->text + line->length, ellipsis, mark);
    line->length += mark;
}

size_t ocpp_message_print(const struct ocpp_type *type, const void *message, char *text, size_t size)
{
    if (size == 0)
        return 0;
    struct line line = { text, 0, size - 1, false };
    add_text(&line, type->name);
    add_piece(&line, " ", 1);
    print_type(&line, type, message);
    text[line.length] = '\0';
    if (line.full)
        mark_cut(&line);
    text[line.length] = '\0';
    return line.length;
}
