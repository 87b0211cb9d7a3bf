/* plain.h: the inner loop of scan, comparison and writer: how far do characters go that stand for themselves in a JSON string?
 * That is ASCII without quote, backslash and control characters; eight bytes are judged at once.
 */
#ifndef OCPP_LIB_JSON_PLAIN_H
#define OCPP_LIB_JSON_PLAIN_H

#include <ocpp/types.h>

#include <string.h>

#define OCPP_JSON_REPEAT(byte) (UINT64_C(0x0101010101010101) * (byte))

/* A set top bit in every byte that needs a closer look: quote, backslash, control character, not ASCII. Bytes above the lowest
 * marked one may be marked wrongly (a borrow runs through them). */
static inline uint64_t ocpp_json_mark_special(uint64_t word)
{
    const uint64_t quote = word ^ OCPP_JSON_REPEAT('"');
    const uint64_t backslash = word ^ OCPP_JSON_REPEAT('\\');
    const uint64_t control = (word - OCPP_JSON_REPEAT(0x20)) & ~word;

    return (word | control | (quote - OCPP_JSON_REPEAT(1)) | (backslash - OCPP_JSON_REPEAT(1))) & OCPP_JSON_REPEAT(0x80);
}

/* How many bytes stand in memory before the lowest marked one. */
static inline size_t ocpp_json_bytes_before(uint64_t marks)
{
    const uint64_t below = (marks & (0 - marks)) - 1;

    return (size_t)((below & OCPP_JSON_REPEAT(1)) * OCPP_JSON_REPEAT(1) >> 56) - 1;
}

static inline bool ocpp_json_is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* ocpp_json_skip_plain: the first byte from |at| on that does not stand for itself, or |end|. */
static inline const char *ocpp_json_skip_plain(const char *at, const char *end)
{
    uint64_t word;

    while (end - at >= (ptrdiff_t)sizeof word) {
        memcpy(&word, at, sizeof word);
        const uint64_t marks = ocpp_json_mark_special(word);
        if (marks) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            return at + ocpp_json_bytes_before(marks);
#else
            break; /* the lowest mark is not the first in memory: look one by one */
#endif
        }
        at += sizeof word;
    }
    while (at < end && ocpp_json_is_plain((unsigned char)*at)) {
        at++;
    }
    return at;
}

/* The marks of a text of 4 to 7 bytes: some of its bytes are judged twice. */
static inline uint64_t ocpp_json_mark_short(const char *text, size_t size)
{
    uint32_t first;
    uint32_t last;

    memcpy(&first, text, sizeof first);
    memcpy(&last, text + size - sizeof last, sizeof last);
    return ocpp_json_mark_special((uint64_t)last << 32 | first);
}

/* ocpp_json_is_all_plain: every byte of |text| stands for itself. */
static inline bool ocpp_json_is_all_plain(const char *text, size_t size)
{
    const char *const end = text + size;
    uint64_t word;

    if (size < sizeof(uint32_t)) {
        while (text < end && ocpp_json_is_plain((unsigned char)*text)) {
            text++;
        }
        return text == end;
    }
    if (size < sizeof word) {
        return ocpp_json_mark_short(text, size) == 0;
    }
    for (; end - text > (ptrdiff_t)sizeof word; text += sizeof word) {
        memcpy(&word, text, sizeof word);
        if (ocpp_json_mark_special(word)) {
            return false;
        }
    }
    memcpy(&word, end - sizeof word, sizeof word);
    return ocpp_json_mark_special(word) == 0;
}

#endif
