/* metrics.h: counters of one shard. Only its thread writes, without locks or read-modify-write instructions; anybody may read. */
#ifndef CSMS_METRICS_H
#define CSMS_METRICS_H

#include "stations.h"

#include <ocpp/message.h>

#include <stdatomic.h>

enum call_outcome { OUTCOME_RESULT, OUTCOME_ERROR, OUTCOME_NONE, OUTCOME_COUNT };

enum { METRICS_QUIRKS = OCPP_QUIRK_COUNT, METRICS_SIDES = 2 };

struct metrics_counter {
    _Atomic uint64_t value;
};

struct shard_metrics {
    struct metrics_counter connected[OCPP_VERSION_COUNT]; /* a gauge */
    struct metrics_counter connects;
    struct metrics_counter disconnects;
    struct metrics_counter frames[METRICS_SIDES];
    struct metrics_counter bytes[METRICS_SIDES];
    struct metrics_counter invalid_frames[METRICS_SIDES];
    struct metrics_counter quirks[METRICS_QUIRKS];
    struct metrics_counter refused_handshakes;
    struct metrics_counter
        *calls[OCPP_VERSION_COUNT]; /* [row][side][outcome]; row: the action's place in its protocol, one more for unknown ones */
};

/* metrics_start: false without memory. */
bool metrics_start(struct shard_metrics *metrics);
void metrics_stop(struct shard_metrics *metrics);

static inline void metrics_add(struct metrics_counter *counter, uint64_t amount)
{
    atomic_store_explicit(&counter->value, atomic_load_explicit(&counter->value, memory_order_relaxed) + amount,
                          memory_order_relaxed);
}

/* metrics_frame: counts a frame of |station|, and the call it opens or ends. */
void metrics_frame(struct shard_metrics *metrics, struct known_station *station, enum ocpp_version version,
                   enum ocpp_direction from, const char *text, size_t size, bool valid);

/* metrics_forget_calls: the connection is gone: what was open got no answer. */
void metrics_forget_calls(struct shard_metrics *metrics, struct known_station *station, enum ocpp_version version);

struct app;

/* metrics_print: all shards in the text format of Prometheus; free() it. NULL without memory. */
char *metrics_print(struct app *app, size_t *size);

#endif
