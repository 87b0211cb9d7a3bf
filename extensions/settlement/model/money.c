/* money.c: amounts in 64 bits, their products in 128. */
#include "wide.h"

#include <ocpp/settlement/money.h>

#include <string.h>

enum { MOST_EXPONENT = 4 };

/* clang-format off */
static const struct ocpp_settle_currency currencies[] = {
    { "AED", 2 }, { "AFN", 2 }, { "ALL", 2 }, { "AMD", 2 }, { "ANG", 2 }, { "AOA", 2 }, { "ARS", 2 }, { "AUD", 2 },
    { "AWG", 2 }, { "AZN", 2 }, { "BAM", 2 }, { "BBD", 2 }, { "BDT", 2 }, { "BGN", 2 }, { "BHD", 3 }, { "BIF", 0 },
    { "BMD", 2 }, { "BND", 2 }, { "BOB", 2 }, { "BOV", 2 }, { "BRL", 2 }, { "BSD", 2 }, { "BTN", 2 }, { "BWP", 2 },
    { "BYN", 2 }, { "BZD", 2 }, { "CAD", 2 }, { "CDF", 2 }, { "CHE", 2 }, { "CHF", 2 }, { "CHW", 2 }, { "CLF", 4 },
    { "CLP", 0 }, { "CNY", 2 }, { "COP", 2 }, { "COU", 2 }, { "CRC", 2 }, { "CUP", 2 }, { "CVE", 2 }, { "CZK", 2 },
    { "DJF", 0 }, { "DKK", 2 }, { "DOP", 2 }, { "DZD", 2 }, { "EGP", 2 }, { "ERN", 2 }, { "ETB", 2 }, { "EUR", 2 },
    { "FJD", 2 }, { "FKP", 2 }, { "GBP", 2 }, { "GEL", 2 }, { "GHS", 2 }, { "GIP", 2 }, { "GMD", 2 }, { "GNF", 0 },
    { "GTQ", 2 }, { "GYD", 2 }, { "HKD", 2 }, { "HNL", 2 }, { "HTG", 2 }, { "HUF", 2 }, { "IDR", 2 }, { "ILS", 2 },
    { "INR", 2 }, { "IQD", 3 }, { "IRR", 2 }, { "ISK", 0 }, { "JMD", 2 }, { "JOD", 3 }, { "JPY", 0 }, { "KES", 2 },
    { "KGS", 2 }, { "KHR", 2 }, { "KMF", 0 }, { "KPW", 2 }, { "KRW", 0 }, { "KWD", 3 }, { "KYD", 2 }, { "KZT", 2 },
    { "LAK", 2 }, { "LBP", 2 }, { "LKR", 2 }, { "LRD", 2 }, { "LSL", 2 }, { "LYD", 3 }, { "MAD", 2 }, { "MDL", 2 },
    { "MGA", 2 }, { "MKD", 2 }, { "MMK", 2 }, { "MNT", 2 }, { "MOP", 2 }, { "MRU", 2 }, { "MUR", 2 }, { "MVR", 2 },
    { "MWK", 2 }, { "MXN", 2 }, { "MXV", 2 }, { "MYR", 2 }, { "MZN", 2 }, { "NAD", 2 }, { "NGN", 2 }, { "NIO", 2 },
    { "NOK", 2 }, { "NPR", 2 }, { "NZD", 2 }, { "OMR", 3 }, { "PAB", 2 }, { "PEN", 2 }, { "PGK", 2 }, { "PHP", 2 },
    { "PKR", 2 }, { "PLN", 2 }, { "PYG", 0 }, { "QAR", 2 }, { "RON", 2 }, { "RSD", 2 }, { "RUB", 2 }, { "RWF", 0 },
    { "SAR", 2 }, { "SBD", 2 }, { "SCR", 2 }, { "SDG", 2 }, { "SEK", 2 }, { "SGD", 2 }, { "SHP", 2 }, { "SLE", 2 },
    { "SOS", 2 }, { "SRD", 2 }, { "SSP", 2 }, { "STN", 2 }, { "SVC", 2 }, { "SYP", 2 }, { "SZL", 2 }, { "THB", 2 },
    { "TJS", 2 }, { "TMT", 2 }, { "TND", 3 }, { "TOP", 2 }, { "TRY", 2 }, { "TTD", 2 }, { "TWD", 2 }, { "TZS", 2 },
    { "UAH", 2 }, { "UGX", 0 }, { "USD", 2 }, { "USN", 2 }, { "UYI", 0 }, { "UYU", 2 }, { "UYW", 4 }, { "UZS", 2 },
    { "VED", 2 }, { "VES", 2 }, { "VND", 0 }, { "VUV", 0 }, { "WST", 2 }, { "XAF", 0 }, { "XCD", 2 }, { "XCG", 2 },
    { "XOF", 0 }, { "XPF", 0 }, { "YER", 2 }, { "ZAR", 2 }, { "ZMW", 2 }, { "ZWG", 2 },
};
/* clang-format on */

enum { CURRENCY_COUNT = sizeof currencies / sizeof *currencies };

const struct ocpp_settle_currency *ocpp_settle_currency_of(const char *code)
{
    size_t first = 0;
    size_t behind = CURRENCY_COUNT;

    while (first < behind) {
        const size_t middle = first + (behind - first) / 2;
        const int order = strcmp(code, currencies[middle].code);

        if (order == 0) {
            return &currencies[middle];
        }
        if (order < 0) {
            behind = middle;
        } else {
            first = middle + 1;
        }
    }
    return NULL;
}

const struct ocpp_settle_currency *ocpp_settle_currency_at(size_t index)
{
    return index < CURRENCY_COUNT ? &currencies[index] : NULL;
}

static bool is_amount(int64_t minor)
{
    return minor >= -OCPP_SETTLE_MOST_MINOR && minor <= OCPP_SETTLE_MOST_MINOR;
}

enum ocpp_status ocpp_settle_amount_format(int64_t minor, int exponent, char text[OCPP_SETTLE_AMOUNT_TEXT_SIZE])
{
    char reversed[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    size_t size = 0;

    text[0] = '\0';
    if (!is_amount(minor) || exponent < 0 || exponent > MOST_EXPONENT) {
        return OCPP_ERR_RANGE;
    }
    int64_t rest = minor < 0 ? -minor : minor;
    for (int digit = 0; digit <= exponent || rest != 0; digit++) {
        if (digit == exponent && exponent != 0) {
            reversed[size++] = '.';
        }
        reversed[size++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (minor < 0) {
        reversed[size++] = '-';
    }
    for (size_t i = 0; i < size; i++) {
        text[i] = reversed[size - 1 - i];
    }
    text[size] = '\0';
    return OCPP_OK;
}

/* Reads digits until one is none or the amount is too large, which its caller sees by |*at| or by the value. */
static int64_t read_digits(const char *text, size_t size, size_t *at, int64_t value)
{
    for (; *at < size && text[*at] >= '0' && text[*at] <= '9' && value <= OCPP_SETTLE_MOST_MINOR; (*at)++) {
        value = value * 10 + (text[*at] - '0');
    }
    return value;
}

/* Whatever reads well but is written otherwise (leading zeros, -0, other digits) is found by writing it again. */
enum ocpp_status ocpp_settle_amount_parse(const char *text, size_t size, int exponent, int64_t *minor)
{
    char again[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    const bool is_negative = size > 0 && text[0] == '-';
    size_t at = is_negative ? 1 : 0;

    if (exponent < 0 || exponent > MOST_EXPONENT) {
        return OCPP_ERR_RANGE;
    }
    int64_t value = read_digits(text, size, &at, 0);
    if (at < size && text[at] == '.' && exponent > 0) {
        at++;
        value = read_digits(text, size, &at, value);
    }
    if (value > OCPP_SETTLE_MOST_MINOR) {
        return OCPP_ERR_RANGE;
    }
    value = is_negative ? -value : value;
    if (at != size || ocpp_settle_amount_format(value, exponent, again) != OCPP_OK || strlen(again) != size ||
        memcmp(again, text, size) != 0) {
        return OCPP_ERR_VALUE;
    }
    *minor = value;
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_amount_add(int64_t a, int64_t b, int64_t *sum)
{
    if (!is_amount(a) || !is_amount(b) || !is_amount(a + b)) {
        return OCPP_ERR_RANGE;
    }
    *sum = a + b;
    return OCPP_OK;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Whether |rest| of |divisor| takes the quotient one further from zero. */
static bool rounds_away(uint64_t quotient, uint64_t rest, uint64_t divisor, enum ocpp_settle_rounding_mode mode)
{
    const uint64_t other = divisor - rest;

    if (rest != other) {
        return rest > other;
    }
    return mode != OCPP_SETTLE_ROUNDING_MODE_HALF_EVEN || quotient % 2 != 0;
}

enum ocpp_status ocpp_settle_amount_scale(int64_t amount, int64_t factor, int64_t divisor, enum ocpp_settle_rounding_mode mode,
                                          int64_t *result)
{
    if (divisor <= 0) {
        return OCPP_ERR_RANGE;
    }
    const struct wide product = wide_multiply(magnitude(amount), magnitude(factor));
    if (product.high >= (uint64_t)divisor) {
        return OCPP_ERR_RANGE;
    }
    uint64_t rest;
    uint64_t quotient = wide_divide(product, (uint64_t)divisor, &rest);
    if (quotient > INT64_MAX) {
        return OCPP_ERR_RANGE;
    }
    quotient += rounds_away(quotient, rest, (uint64_t)divisor, mode) ? 1 : 0;
    if (quotient > INT64_MAX) {
        return OCPP_ERR_RANGE;
    }
    *result = (amount < 0) != (factor < 0) ? -(int64_t)quotient : (int64_t)quotient;
    return OCPP_OK;
}

/* --- shares ------------------------------------------------------------------------------------------------------- */

static enum ocpp_status sum_of_weights(const int64_t *weights, size_t count, uint64_t *sum)
{
    int64_t all = 0;

    for (size_t i = 0; i < count; i++) {
        if (weights[i] < 0) {
            return OCPP_ERR_ARGUMENT;
        }
        if (weights[i] > OCPP_SETTLE_MOST_MINOR - all) {
            return OCPP_ERR_RANGE;
        }
        all += weights[i];
    }
    *sum = (uint64_t)all;
    return all > 0 ? OCPP_OK : OCPP_ERR_ARGUMENT;
}

/* How many lost more than the one at |index|, or as much and stand before it. */
static size_t place_of(size_t index, uint64_t amount, const int64_t *weights, size_t count, uint64_t sum)
{
    uint64_t own;
    size_t before = 0;

    (void)wide_divide(wide_multiply(amount, (uint64_t)weights[index]), sum, &own);
    for (size_t i = 0; i < count; i++) {
        uint64_t rest;

        (void)wide_divide(wide_multiply(amount, (uint64_t)weights[i]), sum, &rest);
        before += rest > own || (rest == own && i < index) ? 1 : 0;
    }
    return before;
}

enum ocpp_status ocpp_settle_amount_allocate(int64_t amount, const int64_t *weights, size_t count, int64_t *shares)
{
    uint64_t sum;
    const enum ocpp_status status = sum_of_weights(weights, count, &sum);

    if (status != OCPP_OK || !is_amount(amount)) {
        return status != OCPP_OK ? status : OCPP_ERR_RANGE;
    }
    uint64_t missing = magnitude(amount);
    for (size_t i = 0; i < count; i++) {
        uint64_t rest;

        shares[i] = (int64_t)wide_divide(wide_multiply(magnitude(amount), (uint64_t)weights[i]), sum, &rest);
        missing -= (uint64_t)shares[i];
    }
    for (size_t i = 0; i < count && missing > 0; i++) {
        shares[i] += place_of(i, magnitude(amount), weights, count, sum) < missing ? 1 : 0;
    }
    for (size_t i = 0; i < count && amount < 0; i++) {
        shares[i] = -shares[i];
    }
    return OCPP_OK;
}
