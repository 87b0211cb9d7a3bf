/* settlement_json.h: small pieces of answers about money. */
#ifndef CSMS_SETTLEMENT_JSON_H
#define CSMS_SETTLEMENT_JSON_H

#include "body.h"

#include <ocpp/settlement/orders.h>
#include <ocpp/settlement/rentals.h>
#include <ocpp/settlement/visits.h>

/* json_add_amount: in major units, as text with exactly the currency's digits. */
void json_add_amount(cJSON *object, const char *name, int64_t minor, int exponent);

/* rental_json, visit_json: likewise (api_rentals.c, api_visits.c). */
cJSON *rental_json(const struct ocpp_settle_rental *rental);
cJSON *visit_json(const struct ocpp_settle_visit *visit);

/* order_json, bill_json, leg_json: to be taken over by the caller. */
cJSON *order_json(const struct ocpp_settle_order *order);
cJSON *bill_json(const struct ocpp_settle_bill *bill);
cJSON *leg_json(const struct ocpp_settle_leg *leg, int exponent);

#endif
