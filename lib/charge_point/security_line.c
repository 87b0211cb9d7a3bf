/* security_line.c: an entry of the security log as a line of text. Whoever reads it meets one line per event, tabs between its
 * parts and no control character, whatever a peer got into an event. */
#include "logs.h"

#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "text.h"

struct line {
    char *to;
    size_t room;
    size_t size;
};

static void put(struct line *line, const char *bytes, size_t size)
{
    if (line->size + size <= line->room) {
        memcpy(line->to + line->size, bytes, size);
    }
    line->size += size;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

static bool is_plain(const char *character, size_t length)
{
    const unsigned char byte = (unsigned char)character[0];
    const bool is_control = byte < 0x20 || byte == 0x7f || (byte == 0xc2 && (unsigned char)character[1] < 0xa0);
    return length > 1 ? !is_control : length == 1 && !is_control && byte != '\\';
}

static void put_escaped(struct line *line, const char *text)
{
    const size_t size = strlen(text);
    for (size_t i = 0; i < size;) {
        const size_t length = ocpp_utf8_length(text + i, size - i);
        if (is_plain(text + i, length)) {
            put(line, text + i, length);
            i += length;
            continue;
        }
        char code[5];
        snprintf(code, sizeof(code), "\\x%02x", (unsigned char)text[i++]);
        put_text(line, code);
    }
}

static void put_when(struct line *line, const struct ocpp_security_record *record)
{
    char date[OCPP_TIME_TEXT_SIZE];
    char number[OCPP_INTEGER_TEXT_SIZE];
    if (record->utc_ms != OCPP_UTC_UNKNOWN && ocpp_time_format(record->utc_ms, date) == OCPP_OK) {
        put_text(line, date);
        return;
    }
    ocpp_integer_format(record->boot, number);
    put_text(line, "boot ");
    put_text(line, number);
    ocpp_integer_format(record->mono_ms, number);
    put_text(line, " +");
    put_text(line, number);
    put_text(line, " ms");
}

size_t ocpp_security_line_into(const struct ocpp_security_record *record, char *to, size_t room)
{
    struct line line = { .to = to, .room = room };
    put_when(&line, record);
    put_text(&line, "\t");
    put_escaped(&line, record->type);
    put_text(&line, record->is_critical ? "\tcritical\t" : "\t-\t");
    put_escaped(&line, record->info);
    put_text(&line, "\n");
    return line.size;
}

size_t ocpp_security_line(const struct ocpp_security_record *record, char line[OCPP_SECURITY_LINE_SIZE])
{
    const size_t size = ocpp_security_line_into(record, line, OCPP_SECURITY_LINE_SIZE - 1);
    const size_t kept = size < OCPP_SECURITY_LINE_SIZE ? size : 0; /* texts longer than an event has */
    line[kept] = '\0';
    return kept;
}
