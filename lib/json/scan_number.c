/* scan_number.c: grammar and magnitude of a number, judged by its digits, so that nothing is rounded before it is judged.
 *
 * Beyond ±2^53 a double skips integers, and every double there is an integer: whatever is written beyond is refused, with or
 * without an exponent. Below, rounding to a double keeps 15 significant digits, and what underflows becomes 0.
 */
#include "scan_number.h"

#include <string.h>

/* The longest number that is read; cJSON 1.7.15 copies a number into 64 bytes and would take the rest for something else. */
enum { LENGTH_MOST = 63 };

/* Fewer digits before the point than these of 2^53 need no closer look. */
static const char most_digits[] = "9007199254740992";
enum { MOST_DIGITS = sizeof most_digits - 1 };

static bool is_digit(const char *at, const char *end)
{
    return at < end && (unsigned)(*at - '0') <= 9;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (is_digit(at, end)) {
        at++;
    }
    return at;
}

/* What an exponent says; held where it exceeds everything a number of LENGTH_MOST characters could make up for. */
static int read_exponent(const char *at, const char *end)
{
    int exponent = 0;
    const bool negative = *at == '-';

    at += *at == '-' || *at == '+';
    for (; at < end; at++) {
        exponent = exponent < 100000 ? exponent * 10 + (*at - '0') : exponent;
    }
    return negative ? -exponent : exponent;
}

/* Whether the number, valid from |at| (behind the sign) to |end|, is at most 2^53: by the place of its first significant digit
 * and, where that is as for 2^53, digit by digit. */
static bool is_within_range(const char *at, const char *end)
{
    char digits[LENGTH_MOST];
    size_t count = 0;
    int place = 0; /* of the point, counted from the first significant digit */
    bool behind_point = false;

    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            behind_point = true;
            continue;
        }
        if (count > 0 || *at != '0') {
            digits[count++] = *at;
            place += !behind_point;
        } else {
            place -= behind_point;
        }
    }
    if (count == 0) {
        return true;
    }
    place += at < end ? read_exponent(at + 1, end) : 0;
    if (place != MOST_DIGITS) {
        return place < MOST_DIGITS;
    }
    while (count > 1 && digits[count - 1] == '0') {
        count--;
    }
    const int order = memcmp(digits, most_digits, count < MOST_DIGITS ? count : MOST_DIGITS);
    return order < 0 || (order == 0 && count <= MOST_DIGITS);
}

enum ocpp_status ocpp_json_scan_number(const char **at, const char *end)
{
    const char *start = *at;
    const char *unsigned_start = start + (*start == '-');
    const char *now = skip_digits(unsigned_start, end);
    const bool leading_zero = now > unsigned_start && *unsigned_start == '0';
    bool look_closer = now - unsigned_start >= MOST_DIGITS;

    *at = now;
    if (now == unsigned_start || (leading_zero && now > unsigned_start + 1)) {
        *at = leading_zero ? unsigned_start + 1 : now;
        return OCPP_ERR_NOT_JSON;
    }
    if (now < end && *now == '.') {
        *at = skip_digits(now + 1, end);
        if (*at == now + 1) {
            return OCPP_ERR_NOT_JSON;
        }
        now = *at;
    }
    if (now < end && (*now == 'e' || *now == 'E')) {
        look_closer = true;
        now++;
        now += now < end && (*now == '-' || *now == '+');
        *at = skip_digits(now, end);
        if (*at == now) {
            return OCPP_ERR_NOT_JSON;
        }
        now = *at;
    }
    if (now - start > LENGTH_MOST || (look_closer && !is_within_range(unsigned_start, now))) {
        *at = start;
        return OCPP_ERR_NUMBER_RANGE;
    }
    return OCPP_OK;
}
