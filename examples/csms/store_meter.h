/* store_meter.h: a storage that counts what goes through another one. It belongs to one thread. */
#ifndef CSMS_STORE_METER_H
#define CSMS_STORE_METER_H

#include "counters.h"

#include <ocpp/storage.h>

struct store_counters {
    struct metrics_counter reads;
    struct metrics_counter writes;    /* that were accepted */
    struct metrics_counter changes;   /* in them */
    struct metrics_counter bytes;     /* of their values */
    struct metrics_counter flushes;   /* with something to make durable */
    struct metrics_counter refused;   /* writes that were not accepted */
    struct metrics_counter failed;    /* writes that did not become durable */
    struct metrics_counter pending;   /* a gauge: accepted, and not durable yet */
    struct metrics_histogram durable; /* from the write to when it is durable */
};

struct store_meter;

/* store_meter_new: in front of |inner|, counting into |counters|; both are borrowed for life. NULL without memory. */
struct store_meter *store_meter_new(struct ocpp_storage *inner, struct store_counters *counters);

/* store_meter_free: when nothing is pending any more. NULL is fine. */
void store_meter_free(struct store_meter *meter);

struct ocpp_storage *store_meter_face(struct store_meter *meter);

#endif
