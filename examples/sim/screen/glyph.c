/* glyph.c: see glyph.h. The table holds what every terminal draws alike; scripts that join, combine or run from right to left,
 * and pictures whose width is a matter of taste, are not in it.
 */
#include "glyph.h"

#include <stdbool.h>

struct range {
    uint32_t first;
    uint32_t last;
};

/* In order. */
static const struct range narrow[] = {
    { 0x20, 0x7e },     { 0xa0, 0xac },     { 0xae, 0x2ff },    { 0x370, 0x377 },   { 0x37a, 0x37f },
    { 0x384, 0x38a },   { 0x38c, 0x38c },   { 0x38e, 0x3a1 },   { 0x3a3, 0x482 },   { 0x48a, 0x52f },
    { 0x531, 0x556 },   { 0x559, 0x58a },   { 0x10a0, 0x10c5 }, { 0x10d0, 0x10ff }, { 0x1e00, 0x1eff },
    { 0x2010, 0x2027 }, { 0x2030, 0x205e }, { 0x2070, 0x2071 }, { 0x2074, 0x208e }, { 0x20a0, 0x20bf },
    { 0x2100, 0x218b }, { 0x2190, 0x2319 }, { 0x2500, 0x25fc }, { 0x2713, 0x2718 }, { 0xfffd, 0xfffd },
};

static const struct range wide[] = {
    { 0x1100, 0x115f }, { 0x2e80, 0x2e99 }, { 0x2e9b, 0x2ef3 }, { 0x2f00, 0x2fd5 }, { 0x3001, 0x3029 }, { 0x3030, 0x303d },
    { 0x3041, 0x3096 }, { 0x309b, 0x30ff }, { 0x3105, 0x312f }, { 0x3131, 0x318e }, { 0x31a0, 0x31bf }, { 0x31f0, 0x321e },
    { 0x3220, 0x3247 }, { 0x3250, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xa000, 0xa48c }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
    { 0xfe30, 0xfe52 }, { 0xff01, 0xff60 }, { 0xffe0, 0xffe6 },
};

static bool is_in(const struct range *ranges, size_t count, uint32_t code)
{
    size_t from = 0;

    while (from < count && ranges[from].last < code) {
        from++;
    }
    return from < count && ranges[from].first <= code;
}

int glyph_width(uint32_t code)
{
    if (code < 0x7f) {
        return code >= 0x20;
    }
    if (is_in(narrow, sizeof narrow / sizeof narrow[0], code)) {
        return 1;
    }
    return is_in(wide, sizeof wide / sizeof wide[0], code) ? 2 : 0;
}

/* --- UTF-8 ----------------------------------------------------------------------------------------------------------- */

/* How many bytes follow the first, and the smallest code that needs so many; -1: no character begins so. */
static int tail_of(unsigned char first, uint32_t *code, uint32_t *least)
{
    static const struct {
        unsigned char mask, lead;
        int tail;
        uint32_t least;
    } forms[] = { { 0x80, 0x00, 0, 0 }, { 0xe0, 0xc0, 1, 0x80 }, { 0xf0, 0xe0, 2, 0x800 }, { 0xf8, 0xf0, 3, 0x10000 } };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if ((first & forms[i].mask) == forms[i].lead) {
            *code = first & (unsigned char)~forms[i].mask;
            *least = forms[i].least;
            return forms[i].tail;
        }
    }
    return -1;
}

uint32_t glyph_read(const char *text, size_t size, size_t *used)
{
    uint32_t code = 0, least = 0;
    const int tail = tail_of((unsigned char)text[0], &code, &least);

    *used = 1;
    if (tail < 0 || (size_t)tail >= size) {
        return GLYPH_REPLACEMENT;
    }
    for (int i = 1; i <= tail; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80) {
            return GLYPH_REPLACEMENT;
        }
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        return GLYPH_REPLACEMENT;
    }
    *used = (size_t)tail + 1;
    return code;
}

size_t glyph_write(uint32_t code, char bytes[GLYPH_BYTES])
{
    static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    const size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = size; i-- > 1; code >>= 6) {
        bytes[i] = (char)(0x80 | (code & 0x3f));
    }
    bytes[0] = (char)(leads[size == 1 ? 0 : size] | code);
    return size;
}

/* --- ASCII ----------------------------------------------------------------------------------------------------------- */

char glyph_ascii(uint32_t code)
{
    static const struct {
        uint32_t code;
        char ascii;
    } likenesses[] = {
        { 0xa0, ' ' },   { 0xb7, '.' },   { 0x2013, '-' }, { 0x2014, '-' }, { 0x2018, '\'' }, { 0x2019, '\'' },
        { 0x201c, '"' }, { 0x201d, '"' }, { 0x2026, '~' }, { 0x2190, '<' }, { 0x2191, '^' },  { 0x2192, '>' },
        { 0x2193, 'v' }, { 0x2500, '-' }, { 0x2502, '|' }, { 0x2588, '#' }, { 0x2591, '.' },  { 0x25a0, '#' },
        { 0x25a1, 'o' }, { 0x25b6, '>' }, { 0x25cb, 'o' }, { 0x25cf, '*' }, { 0x2713, '+' },  { 0x2717, 'x' },
    };

    if (code < 0x7f) {
        return (char)code;
    }
    for (size_t i = 0; i < sizeof likenesses / sizeof likenesses[0]; i++) {
        if (likenesses[i].code == code) {
            return likenesses[i].ascii;
        }
    }
    return '?';
}
