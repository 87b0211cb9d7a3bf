/* exchange_ocpi.h: what import and export of OCPI share. Private to this floor. */
#ifndef OCPP_SETTLEMENT_EXCHANGE_OCPI_H
#define OCPP_SETTLEMENT_EXCHANGE_OCPI_H

#include "exchange_parts.h"
#include "ocpi_model.h"

/* exchange_ocpi_numbers: the restrictions that are numbers. */
enum { EXCHANGE_OCPI_NUMBERS = 12 };
extern const struct exchange_number exchange_ocpi_numbers[EXCHANGE_OCPI_NUMBERS];

/* exchange_ocpi_dimension: how a dimension is spelled on each side. An hour may be a minute of ours. */
struct exchange_ocpi_dimension {
    enum ocpp_settle_dimension own;
    enum ocpp_settle_price_unit unit;
    enum ocpp_settle_ocpi_dimension ocpi;
};
enum { EXCHANGE_OCPI_DIMENSIONS = 4 };
extern const struct exchange_ocpi_dimension exchange_ocpi_dimensions[EXCHANGE_OCPI_DIMENSIONS];

/* exchange_ocpi_limit_names: net and gross of a limit as |release| spells them. */
const char *const *exchange_ocpi_limit_names(enum ocpp_settle_ocpi_release release);

/* exchange_ocpi_elements: reads the elements of |ocpi| into |tariff|. */
enum ocpp_status exchange_ocpi_elements(struct exchange *exchange, const struct ocpp_settle_ocpi_tariff230 *ocpi,
                                        struct ocpp_settle_tariff *tariff);

/* exchange_ocpi_build: |tariff| as the struct of 2.3, in the arena; |net_only| for a release that knows no gross prices. */
enum ocpp_status exchange_ocpi_build(struct exchange *exchange, const struct ocpp_settle_tariff *tariff,
                                     const struct ocpp_settle_ocpi_head *head, bool net_only,
                                     struct ocpp_settle_ocpi_tariff230 *ocpi);

/* exchange_ocpi_narrow: the same as the struct of 2.2.1, sharing its lists. */
enum ocpp_status exchange_ocpi_narrow(struct exchange *exchange, const struct ocpp_settle_ocpi_tariff230 *wide,
                                      struct ocpp_settle_ocpi_tariff221 *narrow);

#endif
