/* price_banks.h: what power banks cost. */
#ifndef OCPP_SETTLEMENT_PRICE_BANKS_H
#define OCPP_SETTLEMENT_PRICE_BANKS_H

#include "price_lines.h"

/* bank_accrued: what the rental of |lasted_s| costs, at most the buy-out, and the |units| that have begun. */
struct exact bank_accrued(const struct ocpp_settle_bank_tariff *bank, int exponent, int64_t lasted_s, int64_t *units);

/* banks_price: adds the lines of every bank. Errors: OCPP_ERR_NOMEM, OCPP_ERR_RANGE. */
enum ocpp_status banks_price(struct pricing *pricing);

#endif
