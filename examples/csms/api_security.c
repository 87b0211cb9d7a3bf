/* api_security.c: the security profile a station is held to, and the one way down (OCPP 2.0.1 A05). */
#include "http.h"

#include <stdlib.h>

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
