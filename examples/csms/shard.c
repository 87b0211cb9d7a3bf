/* shard.c: the life of one service thread's shard. */
#include "shard.h"
#include "settlement.h"

static _Thread_local struct shard *here;

struct shard *shard_here(void)
{
    return here;
}

int64_t app_utc_ms(const struct app *app)
{
    int64_t utc_ms = ocpp_system_now().utc_ms;

    return utc_ms == OCPP_UTC_UNKNOWN ? utc_ms : utc_ms + atomic_load_explicit(&app->clock_offset_ms, memory_order_relaxed);
}

/* Frames of one round bear one time: the clock costs as much as counting them. */
int64_t shard_round_utc_ms(struct shard *shard)
{
    if (shard->round_utc_ms == OCPP_UTC_UNKNOWN) {
        shard->round_utc_ms = app_utc_ms(shard->app);
    }
    return shard->round_utc_ms;
}

/* --- the shard
 * -------------------------------------------------------------------------------------------------------------------- */

struct ocpp_central *shard_new(int index, void *user)
{
    struct app *app = user;
    struct shard *shard = &app->shards[index];
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    struct ocpp_central_handler handler = { .user = shard };

    shard_hear_frames(&handler);
    shard_hear_events(&handler);
    shard_hear_signing(&handler);
    shard_hear_reports(&handler);
    shard_hear_energy(&handler);
    shard->app = app;
    settlement_hear(shard, &handler);
    settings.log = log_for_library(&app->log);
    settings.random = ocpp_system_random;
    settings.shard = index;
    settings.heartbeat_interval_s = app->options->heartbeat_s;
    settings.call_timeout_ms = app->options->call_timeout_s * 1000;
    shard->index = index;
    shard->round_utc_ms = OCPP_UTC_UNKNOWN;
    shard->meter = store_meter_new(store_of(app->store, index), &shard->metrics.store);
    if (!shard->meter) {
        return NULL;
    }
    shard->storage = store_meter_face(shard->meter);
    here = shard;
    shard->central = ocpp_central_new(&settings, &handler, shard->storage);
    return shard->central;
}

void shard_free(struct ocpp_central *central, int index, void *user)
{
    struct app *app = user;

    ocpp_central_free(central);
    app->shards[index].central = NULL;
}

void shard_after_round(struct ocpp_central *central, int index, void *user)
{
    struct shard *shard = &((struct app *)user)->shards[index];

    (void)central;
    shard->round_utc_ms = OCPP_UTC_UNKNOWN;
    shard_prune(shard);
    if (shard->storage->flush) {
        shard->storage->flush(shard->storage->user);
    }
    settlement_after_round(shard->app);
}
