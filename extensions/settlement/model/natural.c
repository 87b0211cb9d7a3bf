/* natural.c: school arithmetic in limbs of 32 bits. */
#include "natural.h"

#include <string.h>

struct natural natural_of(uint64_t value)
{
    struct natural number;

    number.limbs[0] = (uint32_t)value;
    number.limbs[1] = (uint32_t)(value >> 32);
    number.count = value >> 32 != 0 ? 2 : value != 0 ? 1 : 0;
    return number;
}

bool natural_is_zero(const struct natural *number)
{
    return number->count == 0;
}

bool natural_is_one(const struct natural *number)
{
    return number->count == 1 && number->limbs[0] == 1;
}

bool natural_is_odd(const struct natural *number)
{
    return number->count > 0 && number->limbs[0] % 2 != 0;
}

bool natural_to_word(const struct natural *number, uint64_t *word)
{
    if (number->count > 2) {
        return false;
    }
    *word = (number->count > 0 ? number->limbs[0] : 0) | (uint64_t)(number->count > 1 ? number->limbs[1] : 0) << 32;
    return true;
}

int natural_compare(const struct natural *a, const struct natural *b)
{
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (uint32_t i = a->count; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i]) {
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
        }
    }
    return 0;
}

static void trim(struct natural *number)
{
    while (number->count > 0 && number->limbs[number->count - 1] == 0) {
        number->count--;
    }
}

static uint32_t limb_of(const struct natural *number, uint32_t index)
{
    return index < number->count ? number->limbs[index] : 0;
}

bool natural_add(const struct natural *a, const struct natural *b, struct natural *sum)
{
    const uint32_t count = a->count > b->count ? a->count : b->count;
    struct natural result;
    uint64_t carry = 0;

    for (uint32_t i = 0; i < count; i++) {
        carry += (uint64_t)limb_of(a, i) + limb_of(b, i);
        result.limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    result.count = count;
    if (carry != 0) {
        if (count == NATURAL_LIMBS) {
            return false;
        }
        result.limbs[result.count++] = (uint32_t)carry;
    }
    *sum = result;
    return true;
}

void natural_subtract(const struct natural *a, const struct natural *b, struct natural *difference)
{
    struct natural result;
    uint64_t borrow = 0;

    for (uint32_t i = 0; i < a->count; i++) {
        const uint64_t taken = limb_of(b, i) + borrow;

        borrow = a->limbs[i] < taken ? 1 : 0;
        result.limbs[i] = (uint32_t)(a->limbs[i] - taken);
    }
    result.count = a->count;
    trim(&result);
    *difference = result;
}

bool natural_multiply(const struct natural *a, const struct natural *b, struct natural *product)
{
    uint32_t wide[2 * NATURAL_LIMBS];
    uint32_t count = a->count + b->count;

    memset(wide, 0, count * sizeof *wide);
    for (uint32_t i = 0; i < a->count; i++) {
        uint64_t carry = 0;

        for (uint32_t j = 0; j < b->count; j++) {
            carry += (uint64_t)a->limbs[i] * b->limbs[j] + wide[i + j];
            wide[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        wide[i + b->count] = (uint32_t)carry;
    }
    while (count > 0 && wide[count - 1] == 0) {
        count--;
    }
    if (count > NATURAL_LIMBS) {
        return false;
    }
    memcpy(product->limbs, wide, count * sizeof *wide);
    product->count = count;
    return true;
}

/* --- division ----------------------------------------------------------------------------------------------------- */

/* |number| / |divisor| in place; what is left. */
static uint32_t divide_by_limb(struct natural *number, uint32_t divisor)
{
    uint64_t rest = 0;

    for (uint32_t i = number->count; i-- > 0;) {
        rest = rest << 32 | number->limbs[i];
        number->limbs[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    trim(number);
    return (uint32_t)rest;
}

/* The limbs of |number| moved up by |shift| (0 to 31) bits; |to| has one more. */
static void shift_up(const struct natural *number, int shift, uint32_t *to)
{
    uint64_t carry = 0;

    for (uint32_t i = 0; i < number->count; i++) {
        carry |= (uint64_t)number->limbs[i] << shift;
        to[i] = (uint32_t)carry;
        carry >>= 32;
    }
    to[number->count] = (uint32_t)carry;
}

static void shift_down(uint32_t *limbs, uint32_t count, int shift)
{
    uint64_t carry = 0;

    for (uint32_t i = count; i-- > 0;) {
        carry = carry << 32 | limbs[i];
        limbs[i] = (uint32_t)(carry >> shift);
        carry &= (UINT64_C(1) << shift) - 1;
    }
}

/* Takes |digit| times the |count| limbs of |divisor| from |rest|, which has one limb more; whether that was too much. */
static bool take_multiple(uint32_t *rest, const uint32_t *divisor, uint32_t count, uint64_t digit)
{
    uint64_t carry = 0;
    uint64_t borrow = 0;

    for (uint32_t i = 0; i <= count; i++) {
        carry += i < count ? digit * divisor[i] : 0;
        const uint64_t taken = (uint32_t)carry + borrow;
        borrow = rest[i] < taken ? 1 : 0;
        rest[i] = (uint32_t)(rest[i] - taken);
        carry >>= 32;
    }
    return borrow != 0;
}

static void give_back(uint32_t *rest, const uint32_t *divisor, uint32_t count)
{
    uint64_t carry = 0;

    for (uint32_t i = 0; i <= count; i++) {
        carry += (uint64_t)rest[i] + (i < count ? divisor[i] : 0);
        rest[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* The next limb of a quotient, guessed from the highest limbs and at most two too large (Knuth, 4.3.1 D). The highest bit of
 * |divisor| is set, which has |count| limbs, 2 at least; |rest| has one more. */
static uint32_t next_limb(uint32_t *rest, const uint32_t *divisor, uint32_t count)
{
    const uint64_t highest = divisor[count - 1] | UINT32_C(0x80000000); /* which it has: so nobody need fear a 0 */
    const uint64_t top = (uint64_t)rest[count] << 32 | rest[count - 1];
    uint64_t digit = top / highest;
    uint64_t left = top % highest;

    while (digit > UINT32_MAX || digit * divisor[count - 2] > (left << 32 | rest[count - 2])) {
        digit--;
        left += highest;
        if (left > UINT32_MAX) {
            break;
        }
    }
    if (take_multiple(rest, divisor, count, digit)) {
        give_back(rest, divisor, count);
        digit--;
    }
    return (uint32_t)digit;
}

static void divide_long(const struct natural *a, const struct natural *b, struct natural *quotient, struct natural *rest)
{
    uint32_t dividend[NATURAL_LIMBS + 1] = { 0 };
    uint32_t divisor[NATURAL_LIMBS + 1] = { 0 };
    const uint32_t count = b->count;
    int shift = 0;

    while (b->limbs[count - 1] << shift < UINT32_C(0x80000000)) {
        shift++;
    }
    shift_up(a, shift, dividend);
    shift_up(b, shift, divisor);
    quotient->count = a->count - count + 1;
    for (uint32_t i = quotient->count; i-- > 0;) {
        quotient->limbs[i] = next_limb(&dividend[i], divisor, count);
    }
    trim(quotient);
    shift_down(dividend, count, shift);
    memcpy(rest->limbs, dividend, count * sizeof *dividend);
    rest->count = count;
    trim(rest);
}

void natural_divide(const struct natural *a, const struct natural *b, struct natural *quotient, struct natural *rest)
{
    struct natural result;

    if (natural_compare(a, b) < 0) {
        *rest = *a;
        *quotient = natural_of(0);
        return;
    }
    if (b->count == 1) {
        result = *a;
        const uint32_t left = divide_by_limb(&result, b->limbs[0]);
        *quotient = result;
        *rest = natural_of(left);
        return;
    }
    struct natural left;
    divide_long(a, b, &result, &left);
    *quotient = result;
    *rest = left;
}

void natural_gcd(const struct natural *a, const struct natural *b, struct natural *gcd)
{
    struct natural larger = *a;
    struct natural smaller = *b;
    struct natural quotient;
    uint64_t x = 0;
    uint64_t y = 0;

    while (!natural_is_zero(&smaller) && !(natural_to_word(&larger, &x) && natural_to_word(&smaller, &y))) {
        struct natural rest;

        natural_divide(&larger, &smaller, &quotient, &rest);
        larger = smaller;
        smaller = rest;
    }
    if (natural_is_zero(&smaller)) {
        *gcd = larger;
        return;
    }
    (void)natural_to_word(&larger, &x);
    (void)natural_to_word(&smaller, &y);
    while (y != 0) {
        const uint64_t rest = x % y;

        x = y;
        y = rest;
    }
    *gcd = natural_of(x);
}

char *natural_text(const struct natural *number, char *text, size_t size)
{
    struct natural left = *number;
    size_t at = size;

    do {
        uint32_t digits = divide_by_limb(&left, 1000000000);

        for (int i = 0; i < 9 && (digits != 0 || !natural_is_zero(&left) || at == size); i++) {
            if (at == 0) {
                return NULL;
            }
            text[--at] = (char)('0' + digits % 10);
            digits /= 10;
        }
    } while (!natural_is_zero(&left));
    return &text[at];
}
