/* dialect_meter.h: the meter values of each version as samples in base units. */
#ifndef OCPP_CENTRAL_DIALECT_METER_H
#define OCPP_CENTRAL_DIALECT_METER_H

#include "central_internal.h"

struct ocpp16_meter_value;
struct ocpp201_meter_value;

/* v16_samples, v201_samples: |facts|' samples, in the pending's arena. What is no number (signed data, an empty text) is left
 * out. False without memory. */
bool v16_samples(struct pending *pending, const struct ocpp16_meter_value *values, size_t count, struct transaction_facts *facts);
bool v201_samples(struct pending *pending, const struct ocpp201_meter_value *values, size_t count,
                  struct transaction_facts *facts);

#endif
