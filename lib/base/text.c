/* text.c: the UTF-8 decoder of Unicode 15, table 3-7, and what is built on it. */
#include "text.h"

#include <string.h>

/* What the second byte of a character may be, by its first byte (Unicode table 3-7). Further bytes are always 80..BF. */
struct lead {
    unsigned char first, last; /* of the first byte */
    unsigned char length;
    unsigned char second_least, second_most;
};

static const struct lead leads[] = {
    { 0x00, 0x7F, 1, 0, 0 },       { 0xC2, 0xDF, 2, 0x80, 0xBF }, { 0xE0, 0xE0, 3, 0xA0, 0xBF },
    { 0xE1, 0xEC, 3, 0x80, 0xBF }, { 0xED, 0xED, 3, 0x80, 0x9F }, { 0xEE, 0xEF, 3, 0x80, 0xBF },
    { 0xF0, 0xF0, 4, 0x90, 0xBF }, { 0xF1, 0xF3, 4, 0x80, 0xBF }, { 0xF4, 0xF4, 4, 0x80, 0x8F },
};

size_t ocpp_utf8_length(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const struct lead *lead = leads;

    if (size == 0) {
        return 0;
    }
    while (bytes[0] > lead->last) {
        if (++lead == leads + sizeof leads / sizeof *leads) {
            return 0;
        }
    }
    if (bytes[0] < lead->first || lead->length > size) {
        return 0;
    }
    if (lead->length > 1 && (bytes[1] < lead->second_least || bytes[1] > lead->second_most)) {
        return 0;
    }
    for (size_t i = 2; i < lead->length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return lead->length;
}

bool ocpp_text_valid(const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        const bool is_ascii = (unsigned char)text[at] < 0x80;
        const size_t length = is_ascii ? 1 : ocpp_utf8_length(text + at, size - at);
        if (length == 0 || text[at] == '\0') {
            return false;
        }
        at += length;
    }
    return true;
}

size_t ocpp_text_count(const char *text, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return count;
}

char ocpp_text_fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int ocpp_text_compare_fold(const char *a, const char *b)
{
    while (*a && ocpp_text_fold(*a) == ocpp_text_fold(*b)) {
        a++;
        b++;
    }
    return (unsigned char)ocpp_text_fold(*a) - (unsigned char)ocpp_text_fold(*b);
}

bool ocpp_text_equal_fold(const char *a, const char *b)
{
    return ocpp_text_compare_fold(a, b) == 0;
}

/* The longest start of |text| of at most |most| bytes that ends at a whole character. */
static size_t whole_characters(const char *text, size_t most)
{
    while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80) {
        most--;
    }
    return most;
}

size_t ocpp_text_copy(char *to, size_t room, const char *text)
{
    const size_t size = strlen(text);

    if (room == 0) {
        return size;
    }
    const size_t kept = size < room ? size : whole_characters(text, room - 1);
    memcpy(to, text, kept);
    to[kept] = '\0';
    return size;
}
