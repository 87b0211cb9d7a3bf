/* exact.c: sums, products and quotients of fractions. */
#include "exact.h"

#include <string.h>

static struct exact lost(void)
{
    struct exact value = exact_integer(0);

    value.is_lost = true;
    return value;
}

struct exact exact_integer(int64_t value)
{
    struct exact result;

    result.is_lost = false;
    result.is_negative = value < 0;
    result.numerator = natural_of(value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    result.denominator = natural_of(1);
    return result;
}

/* Divides numerator and denominator by what they have in common. */
static void reduce(struct exact *value)
{
    struct natural common;
    struct natural rest;

    if (natural_is_zero(&value->numerator)) {
        *value = exact_integer(0);
        return;
    }
    natural_gcd(&value->numerator, &value->denominator, &common);
    if (!natural_is_one(&common)) {
        natural_divide(&value->numerator, &common, &value->numerator, &rest);
        natural_divide(&value->denominator, &common, &value->denominator, &rest);
    }
}

struct exact exact_ratio(int64_t numerator, int64_t denominator)
{
    struct exact value = exact_integer(numerator);

    value.denominator = natural_of((uint64_t)denominator);
    reduce(&value);
    return value;
}

/* |a| + |b|, or |a| - |b| of magnitudes, where the sign of |sum| is that of the larger. */
static void add_signed(const struct natural *a, bool a_is_negative, const struct natural *b, bool b_is_negative,
                       struct exact *sum)
{
    if (a_is_negative == b_is_negative) {
        sum->is_lost = !natural_add(a, b, &sum->numerator);
        sum->is_negative = a_is_negative;
        return;
    }
    const bool a_is_smaller = natural_compare(a, b) < 0;
    natural_subtract(a_is_smaller ? b : a, a_is_smaller ? a : b, &sum->numerator);
    sum->is_negative = a_is_smaller ? b_is_negative : a_is_negative;
}

static void add(const struct exact *a, const struct exact *b, bool b_is_negative, struct exact *sum)
{
    struct natural common;
    struct natural rest;
    struct natural of_a;
    struct natural of_b;
    struct natural left;
    struct natural right;
    struct exact result = exact_integer(0);

    natural_gcd(&a->denominator, &b->denominator, &common);
    natural_divide(&b->denominator, &common, &of_a, &rest);
    natural_divide(&a->denominator, &common, &of_b, &rest);
    if (a->is_lost || b->is_lost || !natural_multiply(&a->numerator, &of_a, &left) ||
        !natural_multiply(&b->numerator, &of_b, &right) || !natural_multiply(&a->denominator, &of_a, &result.denominator)) {
        *sum = lost();
        return;
    }
    add_signed(&left, a->is_negative, &right, b_is_negative, &result);
    if (result.is_lost) {
        *sum = lost();
        return;
    }
    reduce(&result);
    *sum = result;
}

void exact_add(const struct exact *a, const struct exact *b, struct exact *sum)
{
    add(a, b, b->is_negative, sum);
}

void exact_subtract(const struct exact *a, const struct exact *b, struct exact *difference)
{
    add(a, b, !b->is_negative, difference);
}

static void multiply(const struct exact *a, const struct natural *numerator, const struct natural *denominator, bool is_negative,
                     struct exact *product)
{
    struct exact result = exact_integer(0);

    if (!natural_multiply(&a->numerator, numerator, &result.numerator) ||
        !natural_multiply(&a->denominator, denominator, &result.denominator)) {
        *product = lost();
        return;
    }
    result.is_negative = a->is_negative != is_negative;
    reduce(&result);
    *product = result;
}

void exact_multiply(const struct exact *a, const struct exact *b, struct exact *product)
{
    if (a->is_lost || b->is_lost) {
        *product = lost();
        return;
    }
    multiply(a, &b->numerator, &b->denominator, b->is_negative, product);
}

void exact_divide(const struct exact *a, const struct exact *b, struct exact *quotient)
{
    if (a->is_lost || b->is_lost || natural_is_zero(&b->numerator)) {
        *quotient = lost();
        return;
    }
    multiply(a, &b->denominator, &b->numerator, b->is_negative, quotient);
}

void exact_scale(const struct exact *value, int64_t factor, struct exact *product)
{
    const struct exact number = exact_integer(factor);

    exact_multiply(value, &number, product);
}

int exact_compare(const struct exact *a, const struct exact *b)
{
    struct exact difference;

    exact_subtract(a, b, &difference);
    return natural_is_zero(&difference.numerator) ? 0 : difference.is_negative ? -1 : 1;
}

bool exact_is_zero(const struct exact *value)
{
    return !value->is_lost && natural_is_zero(&value->numerator);
}

static bool rounds_away(const struct exact *value, const struct natural *quotient, const struct natural *rest,
                        enum ocpp_settle_rounding_mode mode)
{
    struct natural other;

    natural_subtract(&value->denominator, rest, &other);
    const int order = natural_compare(rest, &other);
    return order > 0 || (order == 0 && (mode != OCPP_SETTLE_ROUNDING_MODE_HALF_EVEN || natural_is_odd(quotient)));
}

enum ocpp_status exact_round(const struct exact *value, enum ocpp_settle_rounding_mode mode, int64_t *rounded)
{
    struct natural quotient;
    struct natural rest;
    uint64_t word;

    if (value->is_lost) {
        return OCPP_ERR_RANGE;
    }
    natural_divide(&value->numerator, &value->denominator, &quotient, &rest);
    if (!natural_to_word(&quotient, &word) || word > OCPP_SETTLE_MOST_MINOR) {
        return OCPP_ERR_RANGE;
    }
    word += rounds_away(value, &quotient, &rest, mode) ? 1 : 0;
    if (word > OCPP_SETTLE_MOST_MINOR) {
        return OCPP_ERR_RANGE;
    }
    *rounded = value->is_negative ? -(int64_t)word : (int64_t)word;
    return OCPP_OK;
}

enum ocpp_status exact_floor(const struct exact *value, int64_t *floor, struct exact *rest)
{
    struct natural quotient;
    struct exact cut = *value;
    uint64_t word;

    if (value->is_lost) {
        return OCPP_ERR_RANGE;
    }
    natural_divide(&value->numerator, &value->denominator, &quotient, &cut.numerator);
    if (!natural_to_word(&quotient, &word) || word > OCPP_SETTLE_MOST_MINOR) {
        return OCPP_ERR_RANGE;
    }
    *floor = (int64_t)word;
    *rest = cut;
    return OCPP_OK;
}

/* --- shares ------------------------------------------------------------------------------------------------------- */

static void share_of(const struct exact *amount, const struct exact *weight, const struct exact *sum, struct exact *share)
{
    exact_multiply(amount, weight, share);
    exact_divide(share, sum, share);
}

/* How many lost more than the one at |index|, or as much and stand before it. */
static enum ocpp_status place_of(size_t index, const struct exact *amount, const struct exact *weights, size_t count,
                                 const struct exact *sum, int64_t *place)
{
    struct exact own;
    struct exact rest;
    int64_t floor;

    *place = 0;
    share_of(amount, &weights[index], sum, &rest);
    enum ocpp_status status = exact_floor(&rest, &floor, &own);
    for (size_t i = 0; i < count && status == OCPP_OK; i++) {
        share_of(amount, &weights[i], sum, &rest);
        status = exact_floor(&rest, &floor, &rest);
        const int order = status == OCPP_OK ? exact_compare(&rest, &own) : 0;
        *place += order > 0 || (order == 0 && i < index) ? 1 : 0;
    }
    return status;
}

static enum ocpp_status allocate(const struct exact *amount, int64_t missing, const struct exact *weights, size_t count,
                                 const struct exact *sum, int64_t *shares)
{
    enum ocpp_status status = OCPP_OK;

    for (size_t i = 0; i < count && status == OCPP_OK; i++) {
        struct exact share;

        share_of(amount, &weights[i], sum, &share);
        status = exact_floor(&share, &shares[i], &share);
        missing -= status == OCPP_OK ? shares[i] : 0;
    }
    for (size_t i = 0; i < count && missing > 0 && status == OCPP_OK; i++) {
        int64_t place;

        status = place_of(i, amount, weights, count, sum, &place);
        shares[i] += place < missing ? 1 : 0;
    }
    return status;
}

enum ocpp_status exact_allocate(int64_t amount, const struct exact *weights, size_t count, int64_t *shares)
{
    const int64_t magnitude = amount < 0 ? -amount : amount;
    const struct exact whole = exact_integer(magnitude);
    struct exact sum = exact_integer(0);

    for (size_t i = 0; i < count; i++) {
        exact_add(&sum, &weights[i], &sum);
    }
    const enum ocpp_status status = allocate(&whole, magnitude, weights, count, &sum, shares);
    for (size_t i = 0; i < count && status == OCPP_OK && amount < 0; i++) {
        shares[i] = -shares[i];
    }
    return status;
}

/* --- text --------------------------------------------------------------------------------------------------------- */

/* How often |divisor| divides |number|, which is left without it. */
static uint32_t strip(struct natural *number, uint32_t divisor)
{
    const struct natural factor = natural_of(divisor);
    uint32_t times = 0;

    for (;;) {
        struct natural quotient;
        struct natural rest;

        natural_divide(number, &factor, &quotient, &rest);
        if (!natural_is_zero(&rest)) {
            return times;
        }
        *number = quotient;
        times++;
    }
}

/* Multiplies |number| by |factor| |times| times. */
static bool raise(struct natural *number, uint32_t factor, uint32_t times)
{
    const struct natural by = natural_of(factor);
    bool has_room = true;

    for (uint32_t i = 0; i < times && has_room; i++) {
        has_room = natural_multiply(number, &by, number);
    }
    return has_room;
}

/* Whether |value| is a decimal that ends: |digits| without a point and how many stand behind it. */
static bool is_decimal(const struct exact *value, struct natural *digits, uint32_t *behind)
{
    struct natural rest = value->denominator;
    const uint32_t twos = strip(&rest, 2);
    const uint32_t fives = strip(&rest, 5);

    *behind = twos > fives ? twos : fives;
    *digits = value->numerator;
    return natural_is_one(&rest) && raise(digits, 2, *behind - twos) && raise(digits, 5, *behind - fives);
}

/* spelling: |size| digits, the last |behind| of which stand behind the point. */
struct spelling {
    const char *digits;
    size_t size;
    size_t behind;
};

static void write_decimal(bool is_negative, struct spelling number, char text[EXACT_TEXT_SIZE])
{
    const size_t zeros = number.behind >= number.size ? number.behind - number.size + 1 : 0;
    const size_t whole = zeros > 0 ? 1 : number.size - number.behind;
    char all[EXACT_TEXT_SIZE];

    text[0] = '\0';
    if (is_negative + zeros + number.size + (number.behind > 0) >= EXACT_TEXT_SIZE) {
        return;
    }
    memset(all, '0', zeros);
    memcpy(&all[zeros], number.digits, number.size);
    char *at = text;
    if (is_negative) {
        *at++ = '-';
    }
    memcpy(at, all, whole);
    at += whole;
    if (number.behind > 0) {
        *at++ = '.';
        memcpy(at, &all[whole], number.behind);
        at += number.behind;
    }
    *at = '\0';
}

static void write_fraction(const struct exact *value, char text[EXACT_TEXT_SIZE])
{
    char over[EXACT_TEXT_SIZE];
    char under[EXACT_TEXT_SIZE];
    const char *numerator = natural_text(&value->numerator, over, sizeof over - 1);
    const char *denominator = natural_text(&value->denominator, under, sizeof under - 1);

    text[0] = '\0';
    if (numerator == NULL || denominator == NULL) {
        return;
    }
    const size_t above = (size_t)(&over[sizeof over - 1] - numerator);
    const size_t below = (size_t)(&under[sizeof under - 1] - denominator);
    if (value->is_negative + above + 1 + below >= EXACT_TEXT_SIZE) {
        return;
    }
    char *at = text;
    if (value->is_negative) {
        *at++ = '-';
    }
    memcpy(at, numerator, above);
    at[above] = '/';
    memcpy(&at[above + 1], denominator, below);
    at[above + 1 + below] = '\0';
}

void exact_text(const struct exact *value, char text[EXACT_TEXT_SIZE])
{
    struct natural digits;
    uint32_t behind;
    char room[EXACT_TEXT_SIZE];

    text[0] = '\0';
    if (value->is_lost) {
        return;
    }
    if (!is_decimal(value, &digits, &behind)) {
        write_fraction(value, text);
        return;
    }
    const char *first = natural_text(&digits, room, sizeof room);
    if (first != NULL) {
        write_decimal(value->is_negative, (struct spelling){ first, (size_t)(&room[sizeof room] - first), behind }, text);
    }
}
