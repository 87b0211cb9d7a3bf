/* text.c: UTF-8 seen from a distance: is it, how long is it, and what stands in for what is not. */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

/* Bytes of the character that begins |text|; 0 when there is none (RFC 3629: no overlong forms, no surrogates). */
static size_t character(const unsigned char *text, size_t size)
{
    static const struct {
        unsigned char first, last, second_first, second_last, length;
    } forms[] = {
        { 0x01, 0x7F, 0, 0, 1 },       { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
        { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
        { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    size_t form = 0;

    while (form < sizeof forms / sizeof forms[0] && (text[0] < forms[form].first || text[0] > forms[form].last)) {
        form++;
    }
    if (form == sizeof forms / sizeof forms[0] || forms[form].length > size) {
        return 0;
    }
    if (forms[form].length > 1 && (text[1] < forms[form].second_first || text[1] > forms[form].second_last)) {
        return 0;
    }
    for (size_t i = 2; i < forms[form].length; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return forms[form].length;
}

bool text_is_utf8(const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t length = character((const unsigned char *)text + at, size - at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

size_t text_characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

/* One character as JSON wants it; |scratch| has room for seven bytes. */
static const char *escaped(const char *at, size_t length, char *scratch)
{
    if (length == 0) {
        return replacement;
    }
    if (length > 1) {
        memcpy(scratch, at, length);
        scratch[length] = '\0';
    } else if (*at == '"' || *at == '\\') {
        snprintf(scratch, 7, "\\%c", *at);
    } else if ((unsigned char)*at < 0x20 || *at == 0x7F) {
        snprintf(scratch, 7, "\\u%04x", (unsigned)(unsigned char)*at);
    } else {
        snprintf(scratch, 7, "%c", *at);
    }
    return scratch;
}

size_t text_escape(char *out, size_t size, const char *text)
{
    size_t left = strlen(text);
    size_t used = 0;

    while (left > 0) {
        char scratch[8];
        size_t length = character((const unsigned char *)text, left);
        const char *piece = escaped(text, length, scratch);
        size_t piece_size = strlen(piece);
        size_t step = length ? length : 1;
        if (used + piece_size + 1 > size) {
            break;
        }
        memcpy(out + used, piece, piece_size);
        used += piece_size;
        text += step;
        left -= step;
    }
    out[used] = '\0';
    return used;
}

char *text_clean(const char *text, size_t size)
{
    char *clean = malloc(size * (sizeof replacement - 1) + 1);
    size_t used = 0;

    for (size_t at = 0; clean && at < size;) {
        size_t length = character((const unsigned char *)text + at, size - at);
        const char *piece = length ? text + at : replacement;
        size_t piece_size = length ? length : sizeof replacement - 1;
        memcpy(clean + used, piece, piece_size);
        used += piece_size;
        at += length ? length : 1;
    }
    if (clean) {
        clean[used] = '\0';
    }
    return clean;
}

void text_replace(char **place, const char *text)
{
    char *copy = NULL;

    if (text) {
        size_t size = strlen(text) + 1;
        copy = malloc(size);
        if (copy) {
            memcpy(copy, text, size);
        }
    }
    free(*place);
    *place = copy;
}

void text_fold(char *text)
{
    for (; *text; text++) {
        if (*text >= 'A' && *text <= 'Z') {
            *text = (char)(*text - 'A' + 'a');
        }
    }
}
