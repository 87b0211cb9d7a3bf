/* price_limits.h: the least and the most a session costs. */
#ifndef OCPP_SETTLEMENT_PRICE_LIMITS_H
#define OCPP_SETTLEMENT_PRICE_LIMITS_H

#include "price_lines.h"

/* limits_apply: adds the lines MINIMUM or CAP that the tariff's limits ask for: one per group of taxes. All lines of the session
 * and of the reservation have their amounts. Errors: OCPP_ERR_NOMEM, OCPP_ERR_RANGE. */
enum ocpp_status limits_apply(struct pricing *pricing);

/* freeze: what each group has cost when a maximum was reached, in |cut_net| and |cut_gross|; whether one was. To the second, and
 * evenly within it; what steps add comes last (OCPP 2.1 I12.FR.39). Errors: OCPP_ERR_RANGE. */
enum ocpp_status freeze(struct pricing *pricing, const struct ocpp_settle_price_limit *limit, bool *is_frozen);

#endif
