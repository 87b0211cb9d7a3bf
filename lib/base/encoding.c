/* encoding.c: percent, hexadecimal and base64. Sizes are checked before the first byte is written, so that nothing is half done.
 */
#include "encoding.h"
#include "text.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char upper_hex_digits[] = "0123456789ABCDEF";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static enum ocpp_status refuse(enum ocpp_status status, char *to, size_t room)
{
    if (room) {
        to[0] = '\0';
    }
    return status;
}

static enum ocpp_status finish(char *to, size_t size, size_t *written)
{
    to[size] = '\0';
    if (written) {
        *written = size;
    }
    return OCPP_OK;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = ocpp_text_fold(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* --- percent ---------------------------------------------------------------------------------------------------- */

static bool is_unreserved(char c)
{
    const char folded = ocpp_text_fold(c);

    return (folded >= 'a' && folded <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

/* The byte at |text|, plain or as %XX; how many characters it took is added to |*at|. -1 for a broken %. */
static int percent_byte(const char *text, size_t size, size_t *at)
{
    if (text[*at] != '%') {
        return (unsigned char)text[(*at)++];
    }
    if (size - *at < 3 || hex_value(text[*at + 1]) < 0 || hex_value(text[*at + 2]) < 0) {
        return -1;
    }
    *at += 3;
    return hex_value(text[*at - 2]) * 16 + hex_value(text[*at - 1]);
}

enum ocpp_status ocpp_percent_decode(const char *text, size_t size, char *to, size_t room, size_t *written)
{
    size_t used = 0;

    for (size_t at = 0; at < size;) {
        const int byte = percent_byte(text, size, &at);
        if (byte <= 0) {
            return refuse(byte < 0 ? OCPP_ERR_VALUE : OCPP_ERR_NUL, to, room);
        }
        if (used + 1 >= room) {
            return refuse(OCPP_ERR_LENGTH, to, room);
        }
        to[used++] = (char)byte;
    }
    if (room == 0) {
        return OCPP_ERR_LENGTH;
    }
    if (!ocpp_text_valid(to, used)) {
        return refuse(OCPP_ERR_UTF8, to, room);
    }
    return finish(to, used, written);
}

enum ocpp_status ocpp_percent_encode(const char *text, size_t size, char *to, size_t room, size_t *written)
{
    size_t used = 0;

    for (size_t i = 0; i < size; i++) {
        const unsigned char byte = (unsigned char)text[i];
        const bool plain = is_unreserved(text[i]);
        if (used + (plain ? 1 : 3) >= room) {
            return refuse(OCPP_ERR_LENGTH, to, room);
        }
        if (plain) {
            to[used++] = text[i];
            continue;
        }
        to[used++] = '%';
        to[used++] = upper_hex_digits[byte >> 4];
        to[used++] = upper_hex_digits[byte & 15];
    }
    if (room == 0) {
        return OCPP_ERR_LENGTH;
    }
    return finish(to, used, written);
}

/* --- hexadecimal ------------------------------------------------------------------------------------------------ */

enum ocpp_status ocpp_hex_encode(const void *bytes, size_t size, char *to, size_t room, size_t *written)
{
    const unsigned char *from = bytes;

    if (room == 0 || size > (room - 1) / 2) {
        return refuse(OCPP_ERR_LENGTH, to, room);
    }
    for (size_t i = 0; i < size; i++) {
        to[2 * i] = hex_digits[from[i] >> 4];
        to[2 * i + 1] = hex_digits[from[i] & 15];
    }
    return finish(to, 2 * size, written);
}

enum ocpp_status ocpp_hex_decode(const char *text, size_t size, void *to, size_t room, size_t *written)
{
    unsigned char *bytes = to;

    for (size_t i = 0; i < size; i++) {
        if (hex_value(text[i]) < 0) {
            return OCPP_ERR_VALUE;
        }
    }
    if (size % 2 != 0) {
        return OCPP_ERR_VALUE;
    }
    if (size / 2 > room) {
        return OCPP_ERR_LENGTH;
    }
    for (size_t i = 0; i < size / 2; i++) {
        bytes[i] = (unsigned char)(hex_value(text[2 * i]) * 16 + hex_value(text[2 * i + 1]));
    }
    if (written) {
        *written = size / 2;
    }
    return OCPP_OK;
}

/* --- base64 ----------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_base64_encode(const void *bytes, size_t size, char *to, size_t room, size_t *written)
{
    const unsigned char *from = bytes;
    char *out = to;

    if (room == 0 || size > (room - 1) / 4 * 3) {
        return refuse(OCPP_ERR_LENGTH, to, room);
    }
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const uint32_t group =
            (uint32_t)from[i] << 16 | (left > 1 ? (uint32_t)from[i + 1] << 8 : 0) | (left > 2 ? from[i + 2] : 0);
        *out++ = base64_digits[group >> 18];
        *out++ = base64_digits[group >> 12 & 63];
        *out++ = left > 1 ? base64_digits[group >> 6 & 63] : '=';
        *out++ = left > 2 ? base64_digits[group & 63] : '=';
    }
    return finish(to, (size_t)(out - to), written);
}

static int base64_value(char c)
{
    const char *digit = c ? strchr(base64_digits, c) : NULL;

    return digit ? (int)(digit - base64_digits) : -1;
}

/* How many bytes |size| characters stand for; SIZE_MAX when they are not base64. */
static size_t base64_size(const char *text, size_t size)
{
    size_t digits = size;

    if (size % 4 != 0) {
        return SIZE_MAX;
    }
    while (digits > 0 && size - digits < 2 && text[digits - 1] == '=') {
        digits--;
    }
    for (size_t i = 0; i < digits; i++) {
        if (base64_value(text[i]) < 0) {
            return SIZE_MAX;
        }
    }
    const int spare = digits % 4 == 2 ? 15 : digits % 4 == 3 ? 3 : 0; /* bits of the last digit that stand for nothing */
    if (spare && (base64_value(text[digits - 1]) & spare) != 0) {
        return SIZE_MAX;
    }
    return digits / 4 * 3 + (digits % 4 ? digits % 4 - 1 : 0);
}

enum ocpp_status ocpp_base64_decode(const char *text, size_t size, void *to, size_t room, size_t *written)
{
    unsigned char *bytes = to;
    const size_t count = base64_size(text, size);
    uint32_t bits = 0;

    if (count == SIZE_MAX) {
        return OCPP_ERR_VALUE;
    }
    if (count > room) {
        return OCPP_ERR_LENGTH;
    }
    for (size_t i = 0, used = 0; used < count; i++) {
        bits = bits << 6 | (uint32_t)base64_value(text[i]);
        if (i % 4 != 0) {
            bytes[used++] = (unsigned char)(bits >> (6 - i % 4 * 2) & 255);
        }
    }
    if (written) {
        *written = count;
    }
    return OCPP_OK;
}
