/* dialect_notices.h: the routes of what stations tell beside their charging, by version: tables as struct ocpp_central_dialect
 * has them. */
#ifndef OCPP_CENTRAL_DIALECT_NOTICES_H
#define OCPP_CENTRAL_DIALECT_NOTICES_H

#include "dialect.h"

/* order_support.c: the word of |value|; "" of a station that may leave its word out, and did. */
const char *central_word(const struct ocpp_enum *words, int value);

extern const struct central_route central_v16_notices[];
extern const struct central_route central_v201_notices[];
extern const struct central_route central_v201_reports[]; /* reports, events of monitors, firmware that is shared */

/* dialect_v16_drivers.c, dialect_v201_drivers.c */
extern const struct central_route central_v16_drivers[];
extern const struct central_route central_v201_drivers[];

#endif
