/* limits.h: limits as bodies say them, POST /api/stations/{id}/limit and the member of a start, and as events tell them. */
#ifndef CSMS_LIMITS_H
#define CSMS_LIMITS_H

#include "order.h"

#include <ocpp/central_energy.h>

extern const struct body_member limit_members[];
extern const char *const limit_purposes[]; /* at the place of each enum ocpp_limit_purpose, ended by NULL; so the others */
extern const char *const limit_kinds[];
extern const char *const limit_sources[];

/* order_limit: the limit that |body| says, its periods in the list of |order|. OCPP_ERR_NOMEM. */
enum ocpp_status order_limit(struct order *order, const cJSON *body, struct ocpp_limit_order *limit);

/* schedule_json: a schedule without its tariff. */
cJSON *schedule_json(const struct ocpp_charging_schedule *schedule);

#endif
