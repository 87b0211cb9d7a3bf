/* wide.h: products of 128 bits, built of 64, since boards have no wider type. */
#ifndef OCPP_SETTLEMENT_WIDE_H
#define OCPP_SETTLEMENT_WIDE_H

#include <stdbool.h>
#include <stdint.h>

struct wide {
    uint64_t high, low;
};

struct wide wide_multiply(uint64_t a, uint64_t b);

/* wide_divide: |dividend| / |divisor|, where |dividend.high| is below |divisor|, so that the quotient has 64 bits. */
uint64_t wide_divide(struct wide dividend, uint64_t divisor, uint64_t *rest);

/* wide_floor, wide_ceiling: |a| * |b| / |divisor|, cut or rounded up; what does not fit in 63 bits is INT64_MAX. */
int64_t wide_floor(int64_t a, int64_t b, int64_t divisor);
int64_t wide_ceiling(int64_t a, int64_t b, int64_t divisor);

#endif
