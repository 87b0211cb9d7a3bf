/* settlement_reply.c: how commands of the settlement end for who asked: some when they are durable, on another thread. */
#include "settlement_reply.h"

#include <stdlib.h>
#include <string.h>

/* Codes that say that something does not exist. */
static bool is_unknown(const char *code)
{
    return strncmp(code, "Unknown", strlen("Unknown")) == 0;
}

static void run(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    struct ocpp_http_exchange *exchange = user;
    cJSON *json;

    if (status != OCPP_OK) {
        answer_status(exchange, status);
        return;
    }
    if (code) {
        answer_problem(exchange, is_unknown(code) ? 404 : 409, NULL, "%s: %s", code, reason);
        return;
    }
    json = cJSON_CreateObject();
    json_add_text(json, "id", id[0] ? id : NULL);
    answer_json(exchange, 200, json);
}

struct ocpp_settle_done reply_done(const struct request *request)
{
    return (struct ocpp_settle_done){ run, request->exchange };
}

void reply_failed(const struct ocpp_settle_done *done, enum ocpp_status status)
{
    if (status == OCPP_ERR_ARGUMENT) {
        answer_problem(done->user, 400, NULL, "%s", ocpp_status_sentence(status));
    } else if (status != OCPP_OK) {
        answer_status(done->user, status);
    }
}

bool settlement_wanted(const struct request *request)
{
    if (!request->app->settlement) {
        answer_problem(request->exchange, 404, NULL, "nothing is settled here: start the program with --settlement");
    }
    return request->app->settlement;
}
