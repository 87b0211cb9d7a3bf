/* money.h: amounts of money, exactly. An amount is a number of minor units (cents, or whatever the currency has) in 64 bits,
 * together with a currency of ISO 4217 that says how many of them make a major unit. No double ever holds one.
 */
#ifndef OCPP_SETTLEMENT_MONEY_H
#define OCPP_SETTLEMENT_MONEY_H

#include <ocpp/settlement/model.h>

OCPP_BEGIN_DECLARATIONS

/* OCPP_SETTLE_MOST_MINOR: no amount of an order goes beyond this, neither way. Small enough for JSON (2^53) and for sums of many.
 */
#define OCPP_SETTLE_MOST_MINOR INT64_C(1000000000000000)

/* OCPP_SETTLE_AMOUNT_TEXT_SIZE: room for any amount as text and its terminator. */
enum { OCPP_SETTLE_AMOUNT_TEXT_SIZE = 24 };

/* ocpp_settle_currency: |exponent| is how many digits the minor unit stands behind the point: 2 for EUR, 0 for JPY, 3 for KWD. */
struct ocpp_settle_currency {
    char code[4];
    uint8_t exponent;
};

/* ocpp_settle_currency_of: the currency |code| (three capital letters); NULL when ISO 4217 has none of that name or gives it no
 * minor unit (metals, test codes). Currencies withdrawn lately are known still: orders are stored in them. */
OCPP_API const struct ocpp_settle_currency *ocpp_settle_currency_of(const char *code);

/* ocpp_settle_currency_at: every currency in the order of codes; NULL beyond the last. */
OCPP_API const struct ocpp_settle_currency *ocpp_settle_currency_at(size_t index);

/* ocpp_settle_amount_format: |minor| in major units with exactly |exponent| (0 to 4) digits behind the point, terminated:
 * "-12.30", "500", "0.005". Errors: OCPP_ERR_RANGE beyond OCPP_SETTLE_MOST_MINOR or no such exponent; |text| is "". */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_amount_format(int64_t minor, int exponent,
                                                                  char text[OCPP_SETTLE_AMOUNT_TEXT_SIZE]);

/* ocpp_settle_amount_parse: reads what ocpp_settle_amount_format() writes, and nothing else: no blanks, plus, exponent or leading
 * zeros, no "-0", and exactly |exponent| digits behind the point. |text| holds |size| bytes.
 * Errors, |minor| untouched: OCPP_ERR_VALUE not so written; OCPP_ERR_RANGE beyond OCPP_SETTLE_MOST_MINOR or no such exponent. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_amount_parse(const char *text, size_t size, int exponent, int64_t *minor);

/* ocpp_settle_amount_add: |a| + |b|. Errors, |sum| untouched: OCPP_ERR_RANGE an amount or the sum is beyond
 * OCPP_SETTLE_MOST_MINOR. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_amount_add(int64_t a, int64_t b, int64_t *sum);

/* ocpp_settle_amount_scale: |amount| * |factor| / |divisor| (above 0), rounded once: HALF_UP away from zero, HALF_EVEN to the
 * even neighbour. The product has 128 bits. Any numbers do, so unit prices and quantities are multiplied by it as well. Errors,
 * |result| untouched: OCPP_ERR_RANGE the result does not fit in 64 bits. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_amount_scale(int64_t amount, int64_t factor, int64_t divisor,
                                                                 enum ocpp_settle_rounding_mode mode, int64_t *result);

/* ocpp_settle_amount_allocate: |amount| in |count| shares that are in proportion to |weights| (0 or more, not all 0) and whose
 * sum is |amount| exactly: each is cut towards zero, and what is missing goes, one unit each, to those that lost most (the
 * earlier of two). Errors, |shares| untouched: OCPP_ERR_ARGUMENT no weights, a negative one, all 0; OCPP_ERR_RANGE |amount| or
 * the sum of weights is beyond OCPP_SETTLE_MOST_MINOR. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_amount_allocate(int64_t amount, const int64_t *weights, size_t count,
                                                                    int64_t *shares);

OCPP_END_DECLARATIONS

#endif
