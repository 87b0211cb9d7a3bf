/* base64url.c: RFC 4648 section 5. Bits behind the last byte must be 0: else one token would have several spellings. */
#include "base64url.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t base64url_length(size_t size)
{
    return size / 3 * 4 + (size % 3 != 0 ? size % 3 + 1 : 0);
}

size_t base64url_size(size_t length)
{
    return length / 4 * 3 + (length % 4 != 0 ? length % 4 - 1 : 0);
}

void base64url_write(const void *bytes, size_t size, char *text)
{
    const unsigned char *from = bytes;
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | from[i];
        count += 8;
        while (count >= 6) {
            count -= 6;
            *text++ = alphabet[bits >> count & 63U];
        }
    }
    if (count != 0) {
        *text = alphabet[bits << (6 - count) & 63U];
    }
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool base64url_read(const char *text, size_t length, unsigned char *bytes)
{
    uint32_t bits = 0;
    unsigned count = 0;

    if (length % 4 == 1) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        const int value = value_of(text[i]);

        if (value < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            *bytes++ = (unsigned char)(bits >> count);
        }
    }
    return (bits & ((1U << count) - 1U)) == 0;
}
