/* transactions.h: a recorded transaction as operators see it. */
#ifndef CSMS_TRANSACTIONS_H
#define CSMS_TRANSACTIONS_H

#include <ocpp/central_system.h>

#include <cjson/cJSON.h>

/* transaction_json: NULL without memory. */
cJSON *transaction_json(const struct ocpp_transaction *transaction);

#endif
