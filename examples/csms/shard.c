/* shard.c: what one service thread hears of its stations, and what it decides. */
#include "app.h"
#include "body.h"
#include "frame_secrets.h"
#include "tokens.h"
#include "transactions.h"

#include <stdlib.h>
#include <string.h>

enum { LOG_LINES_PER_SECOND = 5 };

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
static int64_t round_utc_ms(struct shard *shard)
{
    if (shard->round_utc_ms == OCPP_UTC_UNKNOWN) {
        shard->round_utc_ms = app_utc_ms(shard->app);
    }
    return shard->round_utc_ms;
}

/* --- frames ------------------------------------------------------------------------------------------------------------------
 */

/* A station may not fill the disk with complaints about itself: a few lines a second, then silence. */
static bool may_log(struct known_station *station, int64_t utc_ms)
{
    int64_t second = utc_ms / 1000;

    if (station->log_second != second) {
        station->log_second = second;
        station->log_lines = 0;
    }
    return station->log_lines++ < LOG_LINES_PER_SECOND;
}

static void log_frame(struct shard *shard, struct known_station *station, enum ocpp_direction from,
                      const struct ocpp_issue *issue, int64_t utc_ms)
{
    if (!log_is_on(&shard->app->log) || !may_log(station, utc_ms)) {
        return;
    }
    log_event(&shard->app->log, OCPP_LOG_WARNING, from == OCPP_FROM_STATION ? "invalid-frame" : "invalid-answer",
              station->identity, "%s at \"%s\"%s", ocpp_status_sentence(issue->status), issue->path,
              station->log_lines == LOG_LINES_PER_SECOND ? " (more of this second is not logged)" : "");
}

static void on_frame(struct ocpp_station *peer, enum ocpp_direction from, const char *text, size_t size,
                     const struct ocpp_issue *issue, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    bool valid = !issue || issue->quirk != 0;
    char *covered = secrets_cover(text, size);
    const struct ring_message message = {
        .utc_ms = round_utc_ms(shard),
        .from = from,
        .status = valid ? OCPP_OK : issue->status,
        .quirk = issue ? issue->quirk : 0,
        .size = covered ? strlen(covered) : size,
        .text = covered ? covered : text,
        .path = issue ? issue->path : "",
    };

    metrics_frame(&shard->metrics, station, ocpp_station_version(peer), from, text, size, valid);
    pthread_mutex_lock(&station->lock);
    if (from == OCPP_FROM_STATION) {
        station->seen_utc_ms = message.utc_ms;
    }
    ring_put(&station->ring, &shard->app->ring_budget, &message);
    pthread_mutex_unlock(&station->lock);
    free(covered);
    if (!valid) {
        log_frame(shard, station, from, issue, message.utc_ms);
    }
}

static void on_quirk(struct ocpp_station *peer, const struct ocpp_issue *issue, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);

    for (size_t bit = 0; bit < METRICS_QUIRKS; bit++) {
        if (issue->quirk == (uint32_t)1 << bit) {
            metrics_add(&shard->metrics.quirks[bit], 1);
        }
    }
    if (log_is_on(&shard->app->log) && may_log(station, app_utc_ms(shard->app))) {
        log_event(&shard->app->log, OCPP_LOG_INFO, "quirk", station->identity, "%s at \"%s\"",
                  ocpp_quirk_name((enum ocpp_quirk)issue->quirk), issue->path);
    }
}

/* --- events
 * --------------------------------------------------------------------------------------------------------------------- */

/* An event about |station| to fill; NULL when nobody listens. */
static cJSON *new_event(const struct app *app, const char *station)
{
    cJSON *event = events_wanted(app->events) ? cJSON_CreateObject() : NULL;

    if (event) {
        json_add_time(event, "time", app_utc_ms(app));
        json_add_text(event, "station", station);
    }
    return event;
}

static enum ocpp_registration decide_boot(const struct station_settings *settings, const struct ocpp_boot *boot)
{
    if (settings->serial[0] && (!boot->serial_number || strcmp(settings->serial, boot->serial_number) != 0)) {
        return OCPP_REGISTRATION_REJECTED;
    }
    return settings->boot;
}

static bool on_boot(struct ocpp_station *peer, const struct ocpp_boot *boot, struct ocpp_question question,
                    struct ocpp_boot_decision *decision, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    cJSON *event = new_event(shard->app, station->identity);

    (void)question;
    pthread_mutex_lock(&station->lock);
    decision->registration = decide_boot(&station->settings, boot);
    decision->interval_s = station->settings.boot_interval_s;
    station_note_boot(station, boot, decision->registration, app_utc_ms(shard->app));
    pthread_mutex_unlock(&station->lock);
    log_event(&shard->app->log, OCPP_LOG_INFO, "boot", station->identity, "%s: %s %s, serial %s, firmware %s",
              ocpp_registration_name(decision->registration), boot->vendor ? boot->vendor : "?", boot->model ? boot->model : "?",
              boot->serial_number ? boot->serial_number : "?", boot->firmware_version ? boot->firmware_version : "?");
    if (event) {
        json_add_text(event, "status", ocpp_registration_name(decision->registration));
        json_add_text(event, "vendor", boot->vendor);
        json_add_text(event, "model", boot->model);
        events_publish(shard->app->events, "boot", station->identity, event);
    }
    return true;
}

static bool on_authorize(struct ocpp_station *peer, const struct ocpp_authorize_request *request, struct ocpp_question question,
                         struct ocpp_authorize_decision *decision, void *user)
{
    (void)question;
    tokens_decide(user, ocpp_station_identity(peer), request, decision);
    return true;
}

static void on_status(struct ocpp_station *peer, const struct ocpp_status_event *status, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    const char *word = ocpp_connector_status_name(status->status);
    cJSON *event = new_event(shard->app, station->identity);

    pthread_mutex_lock(&station->lock);
    station_note_status(station, status, app_utc_ms(shard->app));
    pthread_mutex_unlock(&station->lock);
    log_event(&shard->app->log, OCPP_LOG_INFO, "status", station->identity, "evse %d connector %d %s%s%s", status->evse,
              status->connector, word, status->error_code ? " " : "", status->error_code ? status->error_code : "");
    if (event) {
        cJSON_AddNumberToObject(event, "evse", status->evse);
        cJSON_AddNumberToObject(event, "connector", status->connector);
        json_add_text(event, "status", word);
        json_add_text(event, "errorCode", status->error_code);
        events_publish(shard->app->events, "status", station->identity, event);
    }
}

static const char *const phases[] = {
    [OCPP_TRANSACTION_STARTED] = "started", [OCPP_TRANSACTION_UPDATED] = "updated", [OCPP_TRANSACTION_ENDED] = "ended"
};

/* |peer| may be gone: what became durable is told all the same. */
static void on_transaction(struct ocpp_station *peer, const struct ocpp_transaction_event *told, void *user)
{
    struct shard *shard = user;
    const struct ocpp_transaction *transaction = told->transaction;
    cJSON *event = new_event(shard->app, transaction->identity);

    (void)peer;
    open_transactions_note(shard->app->open_transactions, transaction);
    if (told->phase != OCPP_TRANSACTION_UPDATED) {
        log_event(&shard->app->log, OCPP_LOG_INFO, "transaction", transaction->identity, "%s %s, evse %d", transaction->id,
                  phases[told->phase], transaction->evse);
    }
    if (event) {
        json_add_text(event, "phase", phases[told->phase]);
        json_add_text(event, "trigger", told->trigger ? ocpp_trigger_name(told->trigger) : NULL);
        cJSON_AddItemToObject(event, "transaction", transaction_json(transaction));
        events_publish(shard->app->events, "transaction", transaction->identity, event);
    }
}

static int64_t next_number(void *user)
{
    struct shard *shard = user;

    return atomic_fetch_add(&shard->app->last_number, 1) + 1;
}

void shard_on_connection(struct ocpp_station *peer, bool connected, const char *reason, void *user)
{
    struct shard *shard = here;
    struct known_station *station = ocpp_station_user(peer);
    enum ocpp_version version = ocpp_station_version(peer);
    const char *word = connected ? "connected" : "disconnected";
    cJSON *event = new_event(user, station->identity);

    pthread_mutex_lock(&station->lock);
    station->connected = connected;
    if (connected) {
        station->version = version;
        station->connected_utc_ms = station->seen_utc_ms = app_utc_ms(user);
        station->registration = ocpp_station_registration(peer);
    }
    pthread_mutex_unlock(&station->lock);
    metrics_add(connected ? &shard->metrics.connects : &shard->metrics.disconnects, 1);
    metrics_add(&shard->metrics.connected[version], connected ? 1 : UINT64_MAX);
    metrics_forget_calls(&shard->metrics, station, version);
    log_event(&shard->app->log, OCPP_LOG_INFO, word, station->identity, "%s%s%s", ocpp_version_name(version),
              connected || !reason ? "" : ", ", connected || !reason ? "" : reason);
    if (event) {
        json_add_text(event, "status", word);
        json_add_text(event, "version", ocpp_version_name(version));
        events_publish(shard->app->events, "connection", station->identity, event);
    }
    /* Whoever takes the station over on another thread sees what was recorded here only when it is written. */
    if (!connected && shard->storage->flush) {
        shard->storage->flush(shard->storage->user);
    }
}

/* --- the shard
 * -------------------------------------------------------------------------------------------------------------------- */

struct ocpp_central *shard_new(int index, void *user)
{
    struct app *app = user;
    struct shard *shard = &app->shards[index];
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_central_handler handler = {
        .on_boot = on_boot,
        .on_authorize = on_authorize,
        .on_status = on_status,
        .on_transaction = on_transaction,
        .on_frame = on_frame,
        .on_quirk = on_quirk,
        .next_transaction_number = next_number,
        .user = shard,
    };

    settings.log = log_for_library(&app->log);
    settings.random = ocpp_system_random;
    settings.shard = index;
    shard->app = app;
    shard->index = index;
    shard->round_utc_ms = OCPP_UTC_UNKNOWN;
    shard->storage = store_of(app->store, index);
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
    if (shard->storage->flush) {
        shard->storage->flush(shard->storage->user);
    }
}
