/* link_frame.c: see link_frame.h. A frame is shorter than 255 bytes, so its stuffing is one byte. */
#include "link_frame.h"

#include <string.h>

enum { CHECK_SIZE = 2 };

const unsigned char link_no_session[LINK_SESSION_SIZE] = { 0 };

/* Polynomial 1021, start FFFF, not reflected. */
static unsigned check_over(unsigned crc, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned)bytes[i] << 8;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 0x8000U) != 0 ? (crc << 1 ^ 0x1021U) & 0xffffU : crc << 1 & 0xffffU;
        }
    }
    return crc;
}

static unsigned check_of(const unsigned char session[LINK_SESSION_SIZE], const unsigned char *content, size_t size)
{
    return check_over(check_over(0xffffU, session, LINK_SESSION_SIZE), content, size);
}

/* Each zero becomes the distance to the next one. */
static size_t stuff(const unsigned char *bytes, size_t size, unsigned char *frame)
{
    size_t code = 0;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == 0) {
            frame[code] = (unsigned char)(i + 1 - code);
            code = i + 1;
        } else {
            frame[i + 1] = bytes[i];
        }
    }
    frame[code] = (unsigned char)(size + 1 - code);
    frame[size + 1] = 0;
    return size + 2;
}

size_t link_frame_write(const unsigned char session[LINK_SESSION_SIZE], const unsigned char *content, size_t size,
                        unsigned char frame[LINK_FRAME_LIMIT])
{
    unsigned char bytes[LINK_CONTENT_LIMIT + CHECK_SIZE];
    const unsigned check = check_of(session, content, size);

    memcpy(bytes, content, size);
    bytes[size] = (unsigned char)(check >> 8);
    bytes[size + 1] = (unsigned char)(check & 0xff);
    return stuff(bytes, size + CHECK_SIZE, frame);
}

bool link_frame_is_of(const unsigned char session[LINK_SESSION_SIZE], const unsigned char *bytes, size_t size)
{
    if (size <= CHECK_SIZE) {
        return false;
    }
    const unsigned check = (unsigned)bytes[size - 2] << 8 | bytes[size - 1];
    return check_of(session, bytes, size - CHECK_SIZE) == check;
}

/* In place: what follows a code moves to where the code stood. 0: the codes do not fit. */
static size_t unstuff(unsigned char *bytes, size_t size)
{
    size_t at = 0;
    size_t out = 0;

    while (at < size) {
        const size_t code = bytes[at];

        if (at + code > size) {
            return 0;
        }
        memmove(bytes + out, bytes + at + 1, code - 1);
        out += code - 1;
        at += code;
        if (at < size) {
            bytes[out++] = 0;
        }
    }
    return out;
}

size_t link_line_add(struct link_line *line, unsigned char byte, bool *is_damaged)
{
    *is_damaged = false;
    if (byte != 0) {
        line->is_too_long = line->is_too_long || line->size == sizeof line->bytes;
        if (!line->is_too_long) {
            line->bytes[line->size++] = byte;
        }
        return 0;
    }
    const bool is_empty = line->size == 0;
    const size_t size = line->is_too_long ? 0 : unstuff(line->bytes, line->size);
    line->size = 0;
    line->is_too_long = false;
    *is_damaged = !is_empty && size <= CHECK_SIZE;
    return *is_damaged ? 0 : size;
}
