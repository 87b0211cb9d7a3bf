/* decimal_double.c: the shortest decimal of a double, without libm and without printf.
 *
 * Nearly every number on the wire has at most 15 significant digits and a short fraction; those are found with a multiplication
 * and a division per digit behind the point. The rest goes through the exact algorithm of Steele and White (1990), with the
 * free-format termination of Dragon4, over a small unsigned big integer.
 */
#include "decimal.h"

#include <float.h>
#include <string.h>

_Static_assert(DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024 && sizeof(double) == sizeof(uint64_t), "double is IEEE 754 binary64");

/* --- the common case -------------------------------------------------------------------------------------------- */

/* Tries |number| (positive) as a coefficient of at most 15 digits over a power of ten that a double holds exactly. The quotient
 * of two exact doubles is rounded once, as a reader of the decimal would round it, so equality is proof; and different decimals
 * of 15 digits are different doubles, so the first that fits is the only one of its length. */
static bool find_short(double number, struct ocpp_decimal *value)
{
    static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

    for (int scale = 0; scale < (int)(sizeof powers / sizeof *powers); scale++) {
        const double scaled = number * powers[scale];
        if (scaled >= 1e15) {
            return false;
        }
        const int64_t coefficient = (int64_t)(scaled + 0.5);
        const double read_back = (double)coefficient / powers[scale];
        if (read_back >= number && read_back <= number) {
            *value = ocpp_decimal_normalize(OCPP_DECIMAL(coefficient, scale));
            return true;
        }
    }
    return false;
}

/* --- a small big integer ---------------------------------------------------------------------------------------- */

/* 1,280 bits: the largest number met is 2^1076 times 10, or 10^324 times 2^54. */
enum { WORDS = 40 };

struct big {
    uint32_t words[WORDS]; /* least first */
    int count;             /* words in use; the last is not 0 */
};

static void big_set(struct big *big, uint64_t value)
{
    big->words[0] = (uint32_t)value;
    big->words[1] = (uint32_t)(value >> 32);
    big->count = big->words[1] ? 2 : big->words[0] ? 1 : 0;
}

static void big_multiply(struct big *big, uint32_t factor)
{
    uint64_t carry = 0;

    for (int i = 0; i < big->count; i++) {
        carry += (uint64_t)big->words[i] * factor;
        big->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) {
        big->words[big->count++] = (uint32_t)carry;
    }
}

static void big_multiply_power_of_ten(struct big *big, int exponent)
{
    for (; exponent >= 9; exponent -= 9) {
        big_multiply(big, 1000000000u);
    }
    for (; exponent > 0; exponent--) {
        big_multiply(big, 10u);
    }
}

static void big_shift(struct big *big, int bits)
{
    const int words = bits / 32;

    big_multiply(big, (uint32_t)1 << bits % 32);
    memmove(big->words + words, big->words, (size_t)big->count * sizeof *big->words);
    memset(big->words, 0, (size_t)words * sizeof *big->words);
    big->count += big->count ? words : 0;
}

static int big_compare(const struct big *a, const struct big *b)
{
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (int i = a->count - 1; i >= 0; i--) {
        if (a->words[i] != b->words[i]) {
            return a->words[i] < b->words[i] ? -1 : 1;
        }
    }
    return 0;
}

static void big_add(struct big *sum, const struct big *addend)
{
    uint64_t carry = 0;

    for (int i = 0; i < addend->count || carry; i++) {
        if (i == sum->count) {
            sum->words[sum->count++] = 0;
        }
        carry += (uint64_t)sum->words[i] + (i < addend->count ? addend->words[i] : 0);
        sum->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* |a| must not be less than |b|. */
static void big_subtract(struct big *a, const struct big *b)
{
    uint64_t borrow = 0;

    for (int i = 0; i < a->count; i++) {
        const uint64_t subtrahend = borrow + (i < b->count ? b->words[i] : 0);
        borrow = a->words[i] < subtrahend;
        a->words[i] = (uint32_t)(a->words[i] - subtrahend);
    }
    while (a->count > 0 && a->words[a->count - 1] == 0) {
        a->count--;
    }
}

/* --- Steele and White ------------------------------------------------------------------------------------------- */

/* The number is |rest| / |unit| * 10^|point|; every number within |below| and |above| of it reads back as the same double. */
struct conversion {
    struct big rest, unit, below, above;
    int point;
    bool even; /* the bounds themselves read back too: ties go to the even mantissa */
};

static int compare_sum(const struct big *a, const struct big *b, const struct big *to)
{
    struct big sum = *a;

    big_add(&sum, b);
    return big_compare(&sum, to);
}

/* Whether the number, at the upper end of what reads back as it, reaches one unit. */
static bool reaches_unit(const struct conversion *c)
{
    return compare_sum(&c->rest, &c->above, &c->unit) >= (c->even ? 0 : 1);
}

static void multiply_all_by_ten(struct conversion *c)
{
    big_multiply(&c->rest, 10);
    big_multiply(&c->below, 10);
    big_multiply(&c->above, 10);
}

/* |mantissa| * 2^|exponent|. At a power of two the doubles below stand twice as close as those above. */
static void start_conversion(struct conversion *c, uint64_t mantissa, int exponent, bool narrow_below)
{
    big_set(&c->rest, mantissa);
    big_set(&c->unit, 1);
    big_set(&c->below, 1);
    big_set(&c->above, narrow_below ? 2 : 1);
    c->even = mantissa % 2 == 0;
    big_shift(&c->rest, (exponent > 0 ? exponent : 0) + (narrow_below ? 2 : 1));
    big_shift(&c->unit, (exponent < 0 ? -exponent : 0) + (narrow_below ? 2 : 1));
    if (exponent > 0) {
        big_shift(&c->below, exponent);
        big_shift(&c->above, exponent);
    }
}

/* Scales by the power of ten that puts the first digit right behind the point. The guess, the whole part of the binary exponent
 * times log10(2), is never too large and at most two too small. */
static void place_point(struct conversion *c, int binary_exponent)
{
    const int scaled = binary_exponent * 30103;

    c->point = scaled >= 0 ? scaled / 100000 : -((-scaled + 99999) / 100000);
    if (c->point >= 0) {
        big_multiply_power_of_ten(&c->unit, c->point);
    } else {
        big_multiply_power_of_ten(&c->rest, -c->point);
        big_multiply_power_of_ten(&c->below, -c->point);
        big_multiply_power_of_ten(&c->above, -c->point);
    }
    while (reaches_unit(c)) {
        big_multiply(&c->unit, 10);
        c->point++;
    }
}

/* Takes digits until what is left lies within the bounds, then rounds the last one. */
static struct ocpp_decimal generate_digits(struct conversion *c)
{
    int64_t coefficient = 0;
    int count = 0;
    bool low = false;
    bool high = false;

    while (!low && !high) {
        int digit = 0;
        multiply_all_by_ten(c);
        for (; big_compare(&c->rest, &c->unit) >= 0; digit++) {
            big_subtract(&c->rest, &c->unit);
        }
        coefficient = coefficient * 10 + digit;
        count++;
        low = big_compare(&c->rest, &c->below) < (c->even ? 1 : 0);
        high = reaches_unit(c);
    }
    const int rest = compare_sum(&c->rest, &c->rest, &c->unit); /* to one half; a tie goes to the even digit */
    if (high && (!low || rest > 0 || (rest == 0 && coefficient % 2 != 0))) {
        coefficient++;
    }
    return ocpp_decimal_normalize(OCPP_DECIMAL(coefficient, count - c->point));
}

static struct ocpp_decimal find_exact(double number)
{
    struct conversion c;
    uint64_t bits;

    memcpy(&bits, &number, sizeof bits);
    const int biased = (int)(bits >> 52 & 0x7FF);
    const uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    const uint64_t mantissa = biased ? fraction | (uint64_t)1 << 52 : fraction;
    const int exponent = (biased ? biased : 1) - 1075;
    int length = 0;

    while (mantissa >> length) {
        length++;
    }
    start_conversion(&c, mantissa, exponent, fraction == 0 && biased > 1);
    place_point(&c, exponent + length - 1);
    return generate_digits(&c);
}

enum ocpp_status ocpp_decimal_from_double(double number, struct ocpp_decimal *value)
{
    if (!(number >= -DBL_MAX && number <= DBL_MAX)) {
        return OCPP_ERR_RANGE;
    }
    const bool negative = number < 0;
    const double magnitude = negative ? -number : number;
    if (!(magnitude > 0)) {
        *value = OCPP_DECIMAL(0, 0);
        return OCPP_OK;
    }
    if (!find_short(magnitude, value)) {
        *value = find_exact(magnitude);
    }
    value->coefficient = negative ? -value->coefficient : value->coefficient;
    return OCPP_OK;
}
