/* payment_books.h: what an outcome moves in the ledger. Private to payment_*.c. */
#ifndef SETTLEMENT_PAYMENT_BOOKS_H
#define SETTLEMENT_PAYMENT_BOOKS_H

#include "payment_steps.h"

/* Of the leg and operation of |payment|, before the leg's own sums are changed. 0 posts nothing. A capture lets go what else is
 * held. */
void payment_books_hold(struct command *command, const struct payment *payment, int64_t amount_minor);
void payment_books_capture(struct command *command, const struct payment *payment, int64_t amount_minor, int64_t rest_minor);
void payment_books_release(struct command *command, const struct payment *payment, int64_t amount_minor);
void payment_books_refund(struct command *command, const struct payment *payment, int64_t amount_minor);

#endif
