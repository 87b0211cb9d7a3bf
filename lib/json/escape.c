/* escape.c: RFC 8259 section 7. */
#include "escape.h"

#include <string.h>

static bool is_within(uint32_t value, uint32_t least, uint32_t most)
{
    return value >= least && value <= most;
}

/* The four hex digits of \uXXXX at |text|. */
static bool read_unit(const char *text, size_t size, uint32_t *unit)
{
    uint32_t value = 0;

    if (size < 6 || text[0] != '\\' || text[1] != 'u') {
        return false;
    }
    for (int i = 2; i < 6; i++) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) {
            return false;
        }
        value = value * 16 + (uint32_t)digit;
    }
    *unit = value;
    return true;
}

static enum ocpp_status read_hex_escape(const char *text, size_t size, uint32_t *character, size_t *length)
{
    uint32_t high;
    uint32_t low;

    if (!read_unit(text, size, &high)) {
        return OCPP_ERR_NOT_JSON;
    }
    if (high == 0) {
        return OCPP_ERR_NUL;
    }
    if (!is_within(high, 0xD800, 0xDFFF)) {
        *character = high;
        *length = 6;
        return OCPP_OK;
    }
    if (high > 0xDBFF || !read_unit(text + 6, size - 6, &low) || !is_within(low, 0xDC00, 0xDFFF)) {
        return OCPP_ERR_UTF8;
    }
    *character = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    *length = 12;
    return OCPP_OK;
}

enum ocpp_status ocpp_json_escape(const char *text, size_t size, uint32_t *character, size_t *length)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";

    if (size < 2 || text[1] == '\0') {
        return OCPP_ERR_NOT_JSON;
    }
    if (text[1] == 'u') {
        return read_hex_escape(text, size, character, length);
    }
    const char *letter = strchr(letters, text[1]);
    if (!letter) {
        return OCPP_ERR_NOT_JSON;
    }
    *character = (unsigned char)meanings[letter - letters];
    *length = 2;
    return OCPP_OK;
}
