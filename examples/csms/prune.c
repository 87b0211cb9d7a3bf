/* prune.c: transactions that ended long ago leave the store (--keep-days), a few at the end of a round, so that nobody waits for
 * it. Who needs them longer takes them over before: GET /api/transactions, or ocpp_prune.hand_over in a backend of his own. */
#include "shard.h"

#include <ocpp/central_transactions.h>

#include <inttypes.h>

enum { SWEEP_EVERY_MS = 60 * 60 * 1000 };

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;

static void end_sweep(struct shard *shard, int64_t mono_ms)
{
    if (shard->prune.dropped > 0) {
        log_event(&shard->app->log, OCPP_LOG_INFO, "pruned", NULL, "%zu transactions that ended more than %" PRId64 " days ago",
                  shard->prune.dropped, shard->app->options->keep_days);
    }
    shard->prune.dropped = 0;
    shard->sweep_again_mono_ms = mono_ms + SWEEP_EVERY_MS;
}

void shard_prune(struct shard *shard)
{
    const int64_t keep_days = shard->app->options->keep_days;

    if (keep_days == 0 || shard->index != 0) {
        return;
    }
    const struct ocpp_now now = { ocpp_system_now().mono_ms, app_utc_ms(shard->app) };
    if (now.utc_ms == OCPP_UTC_UNKNOWN || now.mono_ms < shard->sweep_again_mono_ms) {
        return;
    }
    shard->prune.ended_before_utc_ms = now.utc_ms - keep_days * day_ms;
    shard->prune.abandoned_before_utc_ms = OCPP_UTC_UNKNOWN;
    const enum ocpp_status status = ocpp_central_prune(shard->central, &shard->prune, now);
    if (status != OCPP_OK) {
        log_event(&shard->app->log, OCPP_LOG_WARNING, "prune", NULL, "old transactions stay: %s", ocpp_status_sentence(status));
    }
    if (status != OCPP_OK || shard->prune.cursor[0] == '\0') {
        end_sweep(shard, now.mono_ms);
    }
}
