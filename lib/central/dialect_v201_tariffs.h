/* dialect_v201_tariffs.h: sales tariffs between words of no version and those of OCPP 2.0.1. */
#ifndef OCPP_CENTRAL_DIALECT_V201_TARIFFS_H
#define OCPP_CENTRAL_DIALECT_V201_TARIFFS_H

#include "command.h"

#include <ocpp/v201.h>
#include <ocpp/vehicle.h>

/* central_v201_write_tariff: |*wire| lives until command_send() returns. Errors: OCPP_ERR_ARGUMENT more costs or blocks than
 * there is room for; OCPP_ERR_NOMEM. */
enum ocpp_status central_v201_write_tariff(struct command *command, const struct ocpp_sales_tariff *tariff,
                                           const struct ocpp201_sales_tariff **wire);

/* central_v201_read_tariff: in |arena|; NULL: no memory. */
const struct ocpp_sales_tariff *central_v201_read_tariff(struct ocpp_arena *arena, const struct ocpp201_sales_tariff *wire);

#endif
