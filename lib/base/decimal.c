/* decimal.c: decimals as text, compared and turned into integers; all exact, without a double. decimal_double.c has the doubles.
 *
 * Magnitudes are uint64_t, so that the least int64_t needs no care. Scales are added as int64_t, so that no scale overflows,
 * not even one outside the documented range.
 */
#include "decimal.h"

#include <string.h>

enum { DIGITS_MOST = 18, SCALE_MOST = 330, PLAIN_MOST = 21 };

static uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

uint64_t ocpp_power_of_ten(unsigned exponent)
{
    static const uint64_t powers[] = {
        1u,
        10u,
        100u,
        1000u,
        10000u,
        100000u,
        1000000u,
        10000000u,
        100000000u,
        1000000000u,
        10000000000u,
        100000000000u,
        1000000000000u,
        10000000000000u,
        100000000000000u,
        1000000000000000u,
        10000000000000000u,
        100000000000000000u,
        1000000000000000000u,
        10000000000000000000u,
    };
    return powers[exponent];
}

/* Writes the digits of |magnitude| and returns how many there are; 0 is one digit. */
static size_t write_digits(uint64_t magnitude, char digits[20])
{
    char reversed[20];
    size_t count = 0;

    do {
        reversed[count++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude);
    for (size_t i = 0; i < count; i++) {
        digits[i] = reversed[count - 1 - i];
    }
    return count;
}

size_t ocpp_integer_format(int64_t value, char text[OCPP_INTEGER_TEXT_SIZE])
{
    char *at = text;

    if (value < 0) {
        *at++ = '-';
    }
    at += write_digits(magnitude_of(value), at);
    *at = '\0';
    return (size_t)(at - text);
}

struct ocpp_decimal ocpp_decimal_normalize(struct ocpp_decimal value)
{
    if (value.coefficient == 0) {
        return OCPP_DECIMAL(0, 0);
    }
    while (value.coefficient % 10 == 0 && value.scale > INT32_MIN) {
        value.coefficient /= 10;
        value.scale--;
    }
    return value;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

/* A cursor over the text of a number, and what has been read of it. */
struct reading {
    const char *at;
    const char *end;
    uint64_t coefficient;
    int64_t scale;        /* of |coefficient| */
    unsigned significant; /* digits in |coefficient|, from its first that is not 0 */
    int64_t zeros;        /* zeros seen behind |coefficient| and not yet part of it */
    bool overflow;
};

static bool at_digit(const struct reading *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool at_char(const struct reading *r, char c)
{
    return r->at < r->end && *r->at == c;
}

/* Zeros wait until a later digit makes them significant, so that "1.000…0" of any length is 1. */
static void take_digit(struct reading *r, unsigned digit)
{
    if (digit == 0) {
        r->zeros += r->significant > 0;
        return;
    }
    if (r->significant + r->zeros + 1 > DIGITS_MOST) {
        r->overflow = true;
        return;
    }
    r->coefficient = r->coefficient * ocpp_power_of_ten((unsigned)r->zeros + 1) + digit;
    r->significant += (unsigned)r->zeros + 1;
    r->zeros = 0;
}

/* The digits before and behind the point, by the grammar of JSON numbers. */
static bool read_digits(struct reading *r)
{
    const bool leading_zero = at_char(r, '0');
    const char *start = r->at;

    for (; at_digit(r); r->at++) {
        take_digit(r, (unsigned)(*r->at - '0'));
    }
    if (r->at == start || (leading_zero && r->at - start > 1)) {
        return false;
    }
    if (!at_char(r, '.')) {
        return true;
    }
    start = ++r->at;
    for (; at_digit(r); r->at++) {
        take_digit(r, (unsigned)(*r->at - '0'));
        r->scale++;
    }
    return r->at > start;
}

/* e, E and what follows; the value is held at 10^9, far beyond every scale that is accepted but for zero. */
static bool read_exponent(struct reading *r)
{
    int64_t exponent = 0;

    if (!at_char(r, 'e') && !at_char(r, 'E')) {
        return true;
    }
    r->at++;
    const bool negative = at_char(r, '-');
    if (negative || at_char(r, '+')) {
        r->at++;
    }
    const char *start = r->at;
    for (; at_digit(r); r->at++) {
        exponent = exponent < 100000000 ? exponent * 10 + (*r->at - '0') : exponent;
    }
    r->scale += negative ? exponent : -exponent;
    return r->at > start;
}

enum ocpp_status ocpp_decimal_parse(const char *text, size_t size, struct ocpp_decimal *value)
{
    struct reading r = { .at = text, .end = text + size };
    const bool negative = at_char(&r, '-');

    r.at += negative;
    if (!read_digits(&r) || !read_exponent(&r) || r.at != r.end) {
        return OCPP_ERR_VALUE;
    }
    if (r.overflow) {
        return OCPP_ERR_RANGE;
    }
    const int64_t scale = r.coefficient ? r.scale - r.zeros : 0;
    if (scale < -SCALE_MOST || scale > SCALE_MOST) {
        return OCPP_ERR_RANGE;
    }
    value->coefficient = negative ? -(int64_t)r.coefficient : (int64_t)r.coefficient;
    value->scale = (int32_t)scale;
    return OCPP_OK;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

/* How long the plain notation of |count| digits is, without sign. */
static int64_t plain_length(int64_t count, int64_t scale)
{
    if (scale <= 0) {
        return count - scale;
    }
    return scale < count ? count + 1 : scale + 2;
}

static char *write_plain(char *at, const char *digits, size_t count, int32_t scale)
{
    if (scale <= 0) {
        memcpy(at, digits, count);
        memset(at + count, '0', (size_t)-scale);
        return at + count + (size_t)-scale;
    }
    const size_t fraction = (size_t)scale;
    if (fraction < count) {
        memcpy(at, digits, count - fraction);
        at += count - fraction;
        *at++ = '.';
        memcpy(at, digits + count - fraction, fraction);
        return at + fraction;
    }
    *at++ = '0';
    *at++ = '.';
    memset(at, '0', fraction - count);
    at += fraction - count;
    memcpy(at, digits, count);
    return at + count;
}

size_t ocpp_decimal_format(struct ocpp_decimal value, char text[OCPP_DECIMAL_TEXT_SIZE])
{
    char digits[20];
    char *at = text;

    value = ocpp_decimal_normalize(value);
    const size_t count = write_digits(magnitude_of(value.coefficient), digits);
    if (value.coefficient < 0) {
        *at++ = '-';
    }
    if (plain_length((int64_t)count, value.scale) + (at - text) <= PLAIN_MOST) {
        at = write_plain(at, digits, count, value.scale);
        *at = '\0';
        return (size_t)(at - text);
    }
    memcpy(at, digits, count);
    at += count;
    *at++ = 'e';
    at += ocpp_integer_format(-(int64_t)value.scale, at);
    return (size_t)(at - text);
}

/* --- arithmetic ------------------------------------------------------------------------------------------------- */

static int compare_magnitudes(struct ocpp_decimal a, struct ocpp_decimal b)
{
    char digits[20];
    uint64_t left = magnitude_of(a.coefficient);
    uint64_t right = magnitude_of(b.coefficient);
    const int64_t left_digits = (int64_t)write_digits(left, digits);
    const int64_t right_digits = (int64_t)write_digits(right, digits);
    const int64_t above = (left_digits - a.scale) - (right_digits - b.scale);

    if (above != 0) {
        return above < 0 ? -1 : 1;
    }
    /* The leading digits stand at the same place: give both the same number of digits, at most 19. */
    if (left_digits < right_digits) {
        left *= ocpp_power_of_ten((unsigned)(right_digits - left_digits));
    } else {
        right *= ocpp_power_of_ten((unsigned)(left_digits - right_digits));
    }
    return left < right ? -1 : left > right;
}

int ocpp_decimal_compare(struct ocpp_decimal a, struct ocpp_decimal b)
{
    const int left_sign = a.coefficient < 0 ? -1 : a.coefficient > 0;
    const int right_sign = b.coefficient < 0 ? -1 : b.coefficient > 0;

    if (left_sign != right_sign || left_sign == 0) {
        return left_sign - right_sign;
    }
    return left_sign * compare_magnitudes(a, b);
}

/* |magnitude| * 10^|exponent|, rounded half up; false when it does not fit. */
static bool scale_magnitude(uint64_t *magnitude, int64_t exponent)
{
    if (*magnitude == 0 || exponent == 0) {
        return true;
    }
    if (exponent < -19) {
        *magnitude = 0; /* below 1.9e19 * 1e-20, which rounds to 0 */
        return true;
    }
    if (exponent < 0) {
        const uint64_t divisor = ocpp_power_of_ten((unsigned)-exponent);
        const uint64_t rest = *magnitude % divisor;
        *magnitude = *magnitude / divisor + (rest >= divisor - rest);
        return true;
    }
    if (exponent > 19 || *magnitude > UINT64_MAX / ocpp_power_of_ten((unsigned)exponent)) {
        return false;
    }
    *magnitude *= ocpp_power_of_ten((unsigned)exponent);
    return true;
}

enum ocpp_status ocpp_decimal_to_integer(struct ocpp_decimal value, int shift, int64_t *integer)
{
    const bool negative = value.coefficient < 0;
    uint64_t magnitude = magnitude_of(value.coefficient);

    if (!scale_magnitude(&magnitude, (int64_t)shift - value.scale)) {
        return OCPP_ERR_RANGE;
    }
    if (magnitude > (uint64_t)INT64_MAX + negative) {
        return OCPP_ERR_RANGE;
    }
    *integer = magnitude > INT64_MAX ? INT64_MIN : negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return OCPP_OK;
}
