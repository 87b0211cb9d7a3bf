/* limits.h: a limit as bodies say it: POST /api/stations/{id}/limit, and the member of a start. */
#ifndef CSMS_LIMITS_H
#define CSMS_LIMITS_H

#include "order.h"

#include <ocpp/central_orders.h>

extern const struct body_member limit_members[];

/* order_limit: the limit that |body| says, its periods in the list of |order|. OCPP_ERR_NOMEM. */
enum ocpp_status order_limit(struct order *order, const cJSON *body, struct ocpp_limit_order *limit);

#endif
