/* api_security.c: the security profile a station is held to, and the one way down (OCPP 2.0.1 A05); and the security events that
 * stations told of. */
#include "http.h"
#include "security_events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the profile ------------------------------------------------------------------------------------------------- */

static void answer_profile(struct ocpp_http_exchange *exchange, enum ocpp_security_profile profile)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddNumberToObject(json, "securityProfile", (int)profile);
    answer_json(exchange, 200, json);
}

void api_security_profile(struct request *request)
{
    struct known_station *station = request_station(request);
    enum ocpp_security_profile profile = OCPP_SECURITY_NONE;
    enum ocpp_status status;

    if (!station) {
        return;
    }
    status = ocpp_central_security_profile(request->shard->storage, station->identity, &profile);
    if (status == OCPP_OK) {
        answer_profile(request->exchange, profile);
    } else {
        answer_status(request->exchange, status);
    }
}

/* A change on its way to the store. */
struct resetting {
    struct app *app;
    struct ocpp_http_exchange *exchange;
    struct known_station *station;
    enum ocpp_security_profile profile;
};

static void was_reset(enum ocpp_status status, void *user)
{
    struct resetting *resetting = user;

    if (status == OCPP_OK) {
        log_event(&resetting->app->log, OCPP_LOG_WARNING, "security", resetting->station->identity,
                  "an operator lets it come back with security profile %d", (int)resetting->profile);
        answer_profile(resetting->exchange, resetting->profile);
    } else {
        answer_status(resetting->exchange, status);
    }
    free(resetting);
}

void api_security_profile_put(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "securityProfile", .kind = BODY_INTEGER, .required = true, .minimum = 0, .maximum = 3 },
        BODY_END,
    };
    struct known_station *station = request_station(request);
    struct resetting *resetting;
    enum ocpp_status status;

    if (!station || !request_body_is(request, members)) {
        return;
    }
    resetting = calloc(1, sizeof *resetting);
    if (!resetting) {
        answer_status(request->exchange, OCPP_ERR_NOMEM);
        return;
    }
    *resetting = (struct resetting){ .app = request->app,
                                     .exchange = request->exchange,
                                     .station = station,
                                     .profile = (enum ocpp_security_profile)body_integer(request->body, "securityProfile", 0) };
    status =
        ocpp_central_reset_security_profile(request->shard->storage, station->identity, resetting->profile, was_reset, resetting);
    if (status != OCPP_OK) {
        was_reset(status, resetting);
    }
}

/* --- events ------------------------------------------------------------------------------------------------------ */

struct page {
    cJSON *events;
    int64_t left;
    const char *station; /* NULL: of all */
    const char *type;    /* NULL: any */
    uint64_t last;
    bool more;
};

static bool is_wanted(const struct page *page, const struct security_event *event)
{
    return (!page->station || strcmp(page->station, event->station) == 0) &&
           (!page->type || strcmp(page->type, event->type) == 0);
}

static bool add_security_event(const struct security_event *event, void *user)
{
    struct page *page = user;
    cJSON *json;

    if (!is_wanted(page, event)) {
        return true;
    }
    page->more = page->left == 0;
    if (page->more) {
        return false;
    }
    json = cJSON_CreateObject();
    json_add_integer(json, "n", (int64_t)event->number);
    json_add_time(json, "time", event->utc_ms);
    json_add_text(json, "station", event->station);
    json_add_text(json, "type", event->type);
    json_add_text(json, "info", event->info);
    json_add_time(json, "timestamp", event->timestamp_utc_ms);
    if (event->noticed_here) {
        cJSON_AddTrueToObject(json, "noticedHere");
    }
    cJSON_AddItemToArray(page->events, json);
    page->last = event->number;
    page->left--;
    return true;
}

void api_security_events(struct request *request)
{
    struct page page = { .left = PAGE_DEFAULT };
    char station[QUERY_VALUE_SIZE];
    char type[QUERY_VALUE_SIZE];
    char next[24];
    int64_t after = 0;
    cJSON *answer;

    page.station = query_value(request, "station", station) ? station : NULL;
    page.type = query_value(request, "type", type) ? type : NULL;
    if (!query_number(request, "after", &after, 0, (int64_t)1 << 53) ||
        !query_number(request, "limit", &page.left, 1, PAGE_MAX)) {
        return;
    }
    answer = cJSON_CreateObject();
    page.events = cJSON_AddArrayToObject(answer, "events");
    security_events_each(request->app->security_events, (uint64_t)after, add_security_event, &page);
    if (page.more) {
        snprintf(next, sizeof next, "%" PRIu64, page.last);
        json_add_text(answer, "next", next);
    }
    answer_json(request->exchange, 200, answer);
}
