/* wide.c: school arithmetic in halves of a word. */
#include "wide.h"

struct wide wide_multiply(uint64_t a, uint64_t b)
{
    const uint64_t half = UINT64_C(0xffffffff);
    const uint64_t low = (a & half) * (b & half);
    const uint64_t first = (a >> 32) * (b & half) + (low >> 32);
    const uint64_t second = (a & half) * (b >> 32) + (first & half);

    return (struct wide){ (a >> 32) * (b >> 32) + (first >> 32) + (second >> 32), second << 32 | (low & half) };
}

uint64_t wide_divide(struct wide dividend, uint64_t divisor, uint64_t *rest)
{
    uint64_t quotient = 0;

    if (dividend.high == 0) {
        *rest = dividend.low % divisor;
        return dividend.low / divisor;
    }
    *rest = dividend.high;
    for (int bit = 63; bit >= 0; bit--) {
        const bool is_beyond = *rest >> 63 != 0;

        *rest = *rest << 1 | (dividend.low >> bit & 1);
        quotient <<= 1;
        if (is_beyond || *rest >= divisor) {
            *rest -= divisor;
            quotient |= 1;
        }
    }
    return quotient;
}

static int64_t scale(int64_t a, int64_t b, int64_t divisor, bool up)
{
    const struct wide product = wide_multiply((uint64_t)a, (uint64_t)b);
    uint64_t rest;

    if (product.high >= (uint64_t)divisor) {
        return INT64_MAX;
    }
    const uint64_t quotient = wide_divide(product, (uint64_t)divisor, &rest);
    return quotient >= INT64_MAX ? INT64_MAX : (int64_t)quotient + (up && rest != 0 ? 1 : 0);
}

int64_t wide_floor(int64_t a, int64_t b, int64_t divisor)
{
    return scale(a, b, divisor, false);
}

int64_t wide_ceiling(int64_t a, int64_t b, int64_t divisor)
{
    return scale(a, b, divisor, true);
}
