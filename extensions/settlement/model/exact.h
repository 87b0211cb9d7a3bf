/* exact.h: fractions of money, exactly. A value that takes more room than there is, or was made of one, is lost, and stays so:
 * who is done with a sum asks once. */
#ifndef OCPP_SETTLEMENT_EXACT_H
#define OCPP_SETTLEMENT_EXACT_H

#include "natural.h"

#include <ocpp/settlement/money.h>

/* exact: in lowest terms; 0 is 0/1 and not negative. */
struct exact {
    bool is_lost;
    bool is_negative;
    struct natural numerator, denominator;
};

struct exact exact_integer(int64_t value);

/* exact_ratio: |numerator| / |denominator|, which is above 0. */
struct exact exact_ratio(int64_t numerator, int64_t denominator);

/* The results may be one of the operands. exact_divide: |b| is not 0. */
void exact_add(const struct exact *a, const struct exact *b, struct exact *sum);
void exact_subtract(const struct exact *a, const struct exact *b, struct exact *difference);
void exact_multiply(const struct exact *a, const struct exact *b, struct exact *product);
void exact_divide(const struct exact *a, const struct exact *b, struct exact *quotient);

/* exact_scale: |value| * |factor|. */
void exact_scale(const struct exact *value, int64_t factor, struct exact *product);

/* exact_compare: of values that are not lost. */
int exact_compare(const struct exact *a, const struct exact *b);
bool exact_is_zero(const struct exact *value);

/* exact_round: to the nearest integer. exact_floor: |value| is not negative; to the one below, |rest| is what was cut.
 * Errors: OCPP_ERR_RANGE the value is lost, or beyond OCPP_SETTLE_MOST_MINOR. */
OCPP_MUST_USE enum ocpp_status exact_round(const struct exact *value, enum ocpp_settle_rounding_mode mode, int64_t *rounded);
OCPP_MUST_USE enum ocpp_status exact_floor(const struct exact *value, int64_t *floor, struct exact *rest);

/* exact_allocate: as ocpp_settle_amount_allocate(), by exact weights of 0 or more that are not all 0.
 * Errors: OCPP_ERR_RANGE; |shares| are undefined then. */
OCPP_MUST_USE enum ocpp_status exact_allocate(int64_t amount, const struct exact *weights, size_t count, int64_t *shares);

enum { EXACT_TEXT_SIZE = 201 };

/* exact_text: "12.375", "-3", or "37/3" where no decimal ends, terminated; "" for what is lost or takes more room. */
void exact_text(const struct exact *value, char text[EXACT_TEXT_SIZE]);

#endif
