/* exchange_v21.h: our tariffs in the words of OCPP 2.1 (TariffType) and back. Remarks and reports are those of exchange.h. Only
 * in libraries that were built with OCPP 2.1.
 *
 * OCPP 2.1 knows net prices only, per kWh, minute and once; taxes per dimension, not per price; no steps, no end of validity, and
 * of reservations only those that were used. Prices of energy that is fed back (negative conditions) are refused.
 */
#ifndef OCPP_SETTLEMENT_EXCHANGE_V21_H
#define OCPP_SETTLEMENT_EXCHANGE_V21_H

#include <ocpp/settlement/exchange.h>
#include <ocpp/v21.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_settle_tariff_from_v21: reads |given| into a tariff of dialect OCPP21, with an element for each of its prices; it lives in
 * |arena| and shares nothing with |given|. customData is noted and ignored.
 *
 * Errors: OCPP_ERR_VALUE the import would lose something, or a value makes no sense; OCPP_ERR_RANGE more digits than are kept, a
 * negative or an excessive amount; OCPP_ERR_TOO_MANY more prices than a tariff has elements; others of class MESSAGE;
 * OCPP_ERR_NOMEM, OCPP_ERR_LIMIT. OCPP 2.1 part 2, 2.104 TariffType; I12.FR.33, FR.34. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tariff_from_v21(const struct ocpp21_tariff *given, struct ocpp_arena *arena,
                                                                    const struct ocpp_settle_tariff **tariff,
                                                                    struct ocpp_settle_report *report);

/* ocpp_settle_tariff_from_v21_text: the same from JSON text, strictly by the rules of OCPP. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tariff_from_v21_text(struct ocpp_settle_text given, struct ocpp_arena *arena,
                                                                         const struct ocpp_settle_tariff **tariff,
                                                                         struct ocpp_settle_report *report);

/* ocpp_settle_tariff_to_v21: |tariff| for SetDefaultTariff and the like; what is made lives in |arena| and shares nothing with
 * |tariff|. What OCPP 2.1 cannot say is left out and told. A price per hour that is no whole number of millionths per minute is
 * rounded, which is a loss; so are taxes that differ between prices of a dimension (the first ones count) and taxes beyond the
 * fifth.
 *
 * Errors: OCPP_ERR_VALUE the prices are gross and taxed; others of class MESSAGE; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tariff_to_v21(const struct ocpp_settle_tariff *tariff,
                                                                  struct ocpp_arena *arena, const struct ocpp21_tariff **made,
                                                                  struct ocpp_settle_report *report);

/* ocpp_settle_tariff_to_v21_text: the same as JSON text. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tariff_to_v21_text(const struct ocpp_settle_tariff *tariff,
                                                                       struct ocpp_arena *arena, struct ocpp_settle_text *text,
                                                                       struct ocpp_settle_report *report);

OCPP_END_DECLARATIONS

#endif
