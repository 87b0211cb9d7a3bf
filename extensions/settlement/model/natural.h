/* natural.h: numbers of 0 and more with far more bits than any machine word, but not without bound: fractions of money need them.
 * A result that has no room is told, never cut. */
#ifndef OCPP_SETTLEMENT_NATURAL_H
#define OCPP_SETTLEMENT_NATURAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NATURAL_LIMBS = 48 };

/* natural: |count| limbs, the lowest first, the highest not 0. 0 has none. */
struct natural {
    uint32_t count;
    uint32_t limbs[NATURAL_LIMBS];
};

struct natural natural_of(uint64_t value);
bool natural_is_zero(const struct natural *number);
bool natural_is_one(const struct natural *number);
bool natural_is_odd(const struct natural *number);

/* natural_to_word: whether |number| fits in 64 bits, and what it is. */
bool natural_to_word(const struct natural *number, uint64_t *word);

int natural_compare(const struct natural *a, const struct natural *b);

/* natural_add, natural_multiply: false: no room. */
bool natural_add(const struct natural *a, const struct natural *b, struct natural *sum);
bool natural_multiply(const struct natural *a, const struct natural *b, struct natural *product);

/* natural_subtract: |a| is not smaller than |b|. */
void natural_subtract(const struct natural *a, const struct natural *b, struct natural *difference);

/* natural_divide: |b| is not 0. |rest| is smaller than |b|. */
void natural_divide(const struct natural *a, const struct natural *b, struct natural *quotient, struct natural *rest);

/* natural_gcd: the largest number that divides both; one that is 0 gives the other. */
void natural_gcd(const struct natural *a, const struct natural *b, struct natural *gcd);

/* natural_text: |number| in decimal digits at the end of |text|; where they begin. NULL: they take more than |size| bytes. Not
 * terminated. */
char *natural_text(const struct natural *number, char *text, size_t size);

#endif
