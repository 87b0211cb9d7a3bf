/* shard_frames.c: every frame of a station, as it was: counted, kept for operators, logged where it breaks a rule. */
#include "shard.h"
#include "body.h"
#include "frame_secrets.h"
#include "station_settings.h"

#include <stdlib.h>
#include <string.h>

enum { LOG_LINES_PER_SECOND = 5, REMEDY_SIZE = 512 };

bool shard_may_log(struct known_station *station, int64_t utc_ms)
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
    char remedy[REMEDY_SIZE];

    if (!log_is_on(&shard->app->log) || !shard_may_log(station, utc_ms)) {
        return;
    }
    log_fields(&shard->app->log, OCPP_LOG_WARNING, from == OCPP_FROM_STATION ? "invalid-frame" : "invalid-answer",
               station->identity,
               LOG_FIELDS(LOG_TEXT_OF("code", ocpp_status_name(issue->status)), LOG_TEXT_OF("path", issue->path)),
               "%s at \"%s\"%s%s%s", ocpp_status_sentence(issue->status), issue->path,
               ocpp_quirk_names(issue->remedy, remedy, sizeof(remedy)) > 0 ? "; would pass with quirk " : "", remedy,
               station->log_lines == LOG_LINES_PER_SECOND ? " (more of this second is not logged)" : "");
}

/* What was wrong with a frame, to listeners. */
static void tell_issue(struct shard *shard, struct known_station *station, enum event_kind kind, enum ocpp_direction from,
                       const struct ocpp_issue *issue)
{
    cJSON *event = app_event(shard->app, station->identity);

    if (!event) {
        return;
    }
    json_add_text(event, "code", issue->quirk ? ocpp_quirk_name((enum ocpp_quirk)issue->quirk) : ocpp_status_name(issue->status));
    json_add_text(event, "path", issue->path);
    if (issue->remedy) {
        cJSON_AddItemToObject(event, "wouldPassWith", quirk_words(issue->remedy));
    }
    json_add_text(event, "direction", from == OCPP_FROM_STATION ? "in" : "out");
    events_publish(shard->app->events, kind, station->identity, event);
}

static void on_frame(struct ocpp_station *peer, enum ocpp_direction from, const char *text, size_t size,
                     const struct ocpp_issue *issue, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    bool valid = !issue || issue->quirk != 0;
    char *covered = secrets_cover(text, size);
    const struct ring_message message = {
        .utc_ms = shard_round_utc_ms(shard),
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
    ocpp_quirk_tally_note(&station->quirks, valid ? NULL : issue); /* what was survived is told to on_quirk */
    pthread_mutex_unlock(&station->lock);
    free(covered);
    if (!valid) {
        log_frame(shard, station, from, issue, message.utc_ms);
        tell_issue(shard, station, EVENT_INVALID, from, issue);
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
    pthread_mutex_lock(&station->lock);
    ocpp_quirk_tally_note(&station->quirks, issue);
    pthread_mutex_unlock(&station->lock);
    if (log_is_on(&shard->app->log) && shard_may_log(station, app_utc_ms(shard->app))) {
        log_fields(
            &shard->app->log, OCPP_LOG_INFO, "quirk", station->identity,
            LOG_FIELDS(LOG_TEXT_OF("code", ocpp_quirk_name((enum ocpp_quirk)issue->quirk)), LOG_TEXT_OF("path", issue->path)),
            "%s at \"%s\"", ocpp_quirk_name((enum ocpp_quirk)issue->quirk), issue->path);
    }
    tell_issue(shard, station, EVENT_QUIRK, OCPP_FROM_STATION, issue);
}

void shard_hear_frames(struct ocpp_central_handler *handler)
{
    handler->on_frame = on_frame;
    handler->on_quirk = on_quirk;
}
