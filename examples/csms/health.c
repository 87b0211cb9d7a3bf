/* health.c: the beat of the threads, and the answer to /api/health, which may first try a write. */
#include "health.h"
#include "http.h"

#include <stdlib.h>

static void beat(struct ocpp_central *central, struct ocpp_now now, void *user)
{
    (void)central;
    (void)now;
    (void)user;
    atomic_store_explicit(&shard_here()->alive_mono_ms, ocpp_system_now().mono_ms, memory_order_relaxed);
}

void health_beat(struct app *app)
{
    if (ocpp_server_post_all(app->server, beat, NULL) != OCPP_OK) {
        return; /* the next beat may find memory */
    }
}

bool health_threads_turn(const struct app *app)
{
    int64_t now_ms = ocpp_system_now().mono_ms;

    for (int i = 0; i < app->options->threads; i++) {
        int64_t alive_ms = atomic_load_explicit(&app->shards[i].alive_mono_ms, memory_order_relaxed);
        if (now_ms - (alive_ms > 0 ? alive_ms : app->started_mono_ms) > HEALTH_STUCK_MS) {
            return false;
        }
    }
    return true;
}

static void answer(struct app *app, struct ocpp_http_exchange *exchange)
{
    bool draining = atomic_load(&app->draining);
    bool threads = health_threads_turn(app);
    bool store = atomic_load(&app->store_works);
    cJSON *json = cJSON_CreateObject();
    cJSON *checks;

    json_add_text(json, "status", !threads || !store ? "failing" : draining ? "draining" : "ok");
    json_add_text(json, "version", OCPP_PROGRAM_VERSION);
    json_add_time(json, "time", app_utc_ms(app));
    checks = cJSON_AddObjectToObject(json, "checks");
    json_add_text(checks, "store", store ? "ok" : "failing");
    json_add_text(checks, "threads", threads ? "ok" : "failing");
    answer_json(exchange, threads && store && !draining ? 200 : 503, json);
}

/* A write that was tried for somebody who asks. */
struct probe {
    struct app *app;
    struct ocpp_http_exchange *exchange;
};

static void probed(enum ocpp_status status, void *user)
{
    struct probe *probe = user;

    atomic_store(&probe->app->store_works, status == OCPP_OK);
    answer(probe->app, probe->exchange);
    free(probe);
}

/* One write in a few seconds, however many ask. */
static bool is_probe_due(struct app *app)
{
    int64_t now_ms = ocpp_system_now().mono_ms;
    int64_t last_ms = atomic_load(&app->probed_mono_ms);

    return now_ms - last_ms >= HEALTH_PROBE_MS && atomic_compare_exchange_strong(&app->probed_mono_ms, &last_ms, now_ms);
}

void api_health(struct request *request)
{
    static const char value[] = "1";
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = "csms/health", .value = value, .size = 1 };
    struct probe *probe = is_probe_due(request->app) ? malloc(sizeof *probe) : NULL;

    if (!probe) {
        answer(request->app, request->exchange);
        return;
    }
    *probe = (struct probe){ request->app, request->exchange };
    store_write(request->shard->storage, &change, probed, probe);
}
