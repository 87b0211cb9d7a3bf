/* dialect_notices.h: the routes of what stations tell beside their charging, by version. */
#ifndef OCPP_CENTRAL_DIALECT_NOTICES_H
#define OCPP_CENTRAL_DIALECT_NOTICES_H

#include "dialect.h"

extern const struct central_route central_v16_notices[];
extern const size_t central_v16_notice_count;
extern const struct central_route central_v201_notices[];
extern const size_t central_v201_notice_count;

#endif
