/* metrics.h: counters of one shard. Only its thread writes, without locks or read-modify-write instructions; anybody may read. */
#ifndef CSMS_METRICS_H
#define CSMS_METRICS_H

#include "counters.h"
#include "stations.h"
#include "store_meter.h"

#include <ocpp/message.h>

#include <stdatomic.h>
#include <stdio.h>

enum call_outcome { OUTCOME_RESULT, OUTCOME_ERROR, OUTCOME_NONE, OUTCOME_COUNT };

enum { METRICS_QUIRKS = OCPP_QUIRK_COUNT, METRICS_SIDES = 2 };

/* enum refusal_reason: why somebody was not let in. */
enum refusal_reason {
    REFUSAL_TLS,
    REFUSAL_REQUEST, /* no handshake that can be read, another path, no common version */
    REFUSAL_UNKNOWN,
    REFUSAL_UNAUTHORIZED,
    REFUSAL_FORBIDDEN,
    REFUSAL_OVERLOADED,
    REFUSAL_REASONS
};

struct shard_metrics {
    struct metrics_counter connected[OCPP_VERSION_COUNT]; /* a gauge */
    struct metrics_counter connects;
    struct metrics_counter disconnects;
    struct metrics_counter frames[METRICS_SIDES];
    struct metrics_counter bytes[METRICS_SIDES];
    struct metrics_counter invalid_frames[METRICS_SIDES];
    struct metrics_counter quirks[METRICS_QUIRKS];
    struct metrics_counter refusals[REFUSAL_REASONS];
    struct metrics_histogram answer_time;     /* from a call of a station to our answer */
    struct metrics_histogram round_trip_time; /* from our call to the station's answer */
    struct store_counters store;
    struct metrics_counter
        *calls[OCPP_VERSION_COUNT]; /* [row][side][outcome]; row: the action's place in its protocol, one more for unknown ones */
};

/* metrics_start: false without memory. */
bool metrics_start(struct shard_metrics *metrics);
void metrics_stop(struct shard_metrics *metrics);

/* metrics_frame: counts a frame of |station|, and the call it opens or ends. */
void metrics_frame(struct shard_metrics *metrics, struct known_station *station, enum ocpp_version version,
                   enum ocpp_direction from, const char *text, size_t size, bool valid);

/* metrics_forget_calls: the connection is gone: what was open got no answer. */
void metrics_forget_calls(struct shard_metrics *metrics, struct known_station *station, enum ocpp_version version);

/* metrics_print_process, metrics_print_store_file: what the system knows; |path| NULL: the store is no file. */
void metrics_print_process(FILE *out);
void metrics_print_store_file(FILE *out, const char *path);

struct app;

/* metrics_print: all shards in the text format of Prometheus; free() it. NULL without memory. */
char *metrics_print(struct app *app, size_t *size);

#endif
