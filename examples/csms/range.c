/* range.c: reads Range headers. */
#include "range.h"

#include <string.h>

/* Digits at |*at|, which moves behind them; more than there are numbers for is UINT64_MAX. False: there are none. */
static bool read_number(const char **at, uint64_t *number)
{
    const char *begin = *at;

    for (*number = 0; **at >= '0' && **at <= '9'; (*at)++) {
        uint64_t digit = (uint64_t)(**at - '0');
        *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
    }
    return *at > begin;
}

/* "-5": the last five bytes; more than there are is all of them. */
static bool read_tail(const char *at, uint64_t size, uint64_t *from, uint64_t *count)
{
    uint64_t tail;

    if (!read_number(&at, &tail) || *at) {
        return true;
    }
    if (tail == 0 || size == 0) {
        return false;
    }
    *from = tail < size ? size - tail : 0;
    *count = size - *from;
    return true;
}

bool range_read(const char *text, uint64_t size, uint64_t *from, uint64_t *count)
{
    uint64_t first;
    uint64_t last = UINT64_MAX;
    const char *at;

    *from = 0;
    *count = size;
    if (strncmp(text, "bytes=", 6) != 0) {
        return true;
    }
    at = text + 6;
    if (*at == '-') {
        return read_tail(at + 1, size, from, count);
    }
    if (!read_number(&at, &first) || *at++ != '-' || (*at && !read_number(&at, &last)) || *at || last < first) {
        return true;
    }
    if (first >= size) {
        return false;
    }
    *from = first;
    *count = (last < size ? last : size - 1) - first + 1;
    return true;
}
