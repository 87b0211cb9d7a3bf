/* api_service.c: /api/openapi.yaml, /metrics, /api/events and the clock of tests. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file itself, as it was when this was built (openapi_text.c, made by CMake). */
extern const unsigned char openapi_text[];
extern const size_t openapi_size;

void api_openapi(struct request *request)
{
    answer_text(request->exchange, "application/yaml", (const char *)openapi_text, openapi_size);
}

void api_metrics(struct request *request)
{
    size_t size = 0;
    char *text = metrics_print(request->app, &size);

    if (!text) {
        answer_status(request->exchange, OCPP_ERR_NOMEM);
        return;
    }
    answer_text(request->exchange, "text/plain; version=0.0.4; charset=utf-8", text, size);
    free(text);
}

/* The kinds of "boot,status"; false: one is none, which was answered. */
static bool read_kinds(const struct request *request, const char *text, uint32_t *kinds)
{
    for (const char *at = text; *at;) {
        size_t size = strcspn(at, ",");
        enum event_kind kind = event_kind_of(at, size);
        if (kind == EVENT_KIND_COUNT) {
            answer_problem(request->exchange, 400, NULL, "the query's kinds: there is no kind '%.*s'", (int)size, at);
            return false;
        }
        *kinds |= (uint32_t)1 << kind;
        at += size;
        at += *at == ',';
    }
    return true;
}

void api_events(struct request *request)
{
    struct event_filter filter = { .kinds = 0 };
    char text[QUERY_VALUE_SIZE];
    const char *last_id = request->http->last_event_id;

    if (query_value(request, "station", text)) {
        if (!station_identity_is_usable(text)) {
            answer_problem(request->exchange, 400, NULL, "the query's station is no identity");
            return;
        }
        snprintf(filter.station, sizeof filter.station, "%.48s", text);
    }
    if (query_value(request, "kinds", text) && !read_kinds(request, text, &filter.kinds)) {
        return;
    }
    if (!last_id && query_value(request, "after", text)) {
        last_id = text;
    }
    if (!events_subscribe(request->app->events, request->exchange, &filter, last_id)) {
        answer_problem(request->exchange, 503, NULL, "%d clients listen already, or the server is going down", EVENT_STREAMS_MAX);
    }
}

void api_test_clock(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "advance_s", .kind = BODY_INTEGER, .required = true, .minimum = 0, .maximum = 10LL * 366 * 86400 },
        BODY_END,
    };
    int64_t offset_ms;
    cJSON *answer;

    if (!request_body_is(request, members)) {
        return;
    }
    offset_ms = body_integer(request->body, "advance_s", 0) * 1000;
    atomic_fetch_add(&request->app->clock_offset_ms, offset_ms);
    ocpp_server_advance_clock(request->app->server, offset_ms);
    answer = cJSON_CreateObject();
    json_add_time(answer, "time", app_utc_ms(request->app));
    answer_json(request->exchange, 200, answer);
}
