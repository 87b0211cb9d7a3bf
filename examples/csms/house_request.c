/* house_request.c: who asks about a rental house. */
#include "house_request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BEARER_LENGTH = OCPP_SETTLE_BEARER_SIZE - 1 };

const char *house_bearer(const struct request *request)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const char *header = request->http->authorization;

    if (!header || strncasecmp(header, "Bearer ", 7) != 0) {
        return NULL;
    }
    header += 7 + strspn(header + 7, " ");
    return strlen(header) == BEARER_LENGTH && strspn(header, alphabet) == BEARER_LENGTH ? header : NULL;
}

bool house_operator(struct request *request)
{
    if (house_bearer(request)) {
        answer_problem(request->exchange, 401, NULL, "that is an operator's to do");
        return false;
    }
    return request_is_allowed(request) && settlement_wanted(request);
}

bool house_caller(struct request *request, struct ocpp_settle_house_caller *caller)
{
    *caller = (struct ocpp_settle_house_caller){ request->parameters[0], house_bearer(request) };
    return caller->bearer ? settlement_wanted(request) : house_operator(request);
}

/* --- secrets --------------------------------------------------------------------------------------------------------------- */

struct house_secret *house_secret_new(struct request *request, const char *name)
{
    struct house_secret *secret = calloc(1, sizeof *secret);

    if (!secret) {
        answer_status(request->exchange, OCPP_ERR_NOMEM);
        return NULL;
    }
    secret->exchange = request->exchange;
    secret->name = name;
    return secret;
}

static void forget(struct house_secret *secret)
{
    volatile char *byte = secret->secret;

    for (size_t i = 0; i < sizeof secret->secret; i++) {
        byte[i] = 0;
    }
    free(secret);
}

static void told(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    struct house_secret *secret = user;
    cJSON *json;

    if (status != OCPP_OK || code) {
        const struct request request = { .exchange = secret->exchange };
        const struct ocpp_settle_done done = reply_done(&request);

        done.run(status, code, reason, id, done.user);
        forget(secret);
        return;
    }
    json = cJSON_CreateObject();
    json_add_text(json, "id", id);
    json_add_text(json, secret->name, secret->secret);
    answer_json(secret->exchange, 200, json);
    forget(secret);
}

struct ocpp_settle_done house_secret_done(struct house_secret *secret)
{
    return (struct ocpp_settle_done){ told, secret };
}

void house_failed(struct house_secret *secret, enum ocpp_status status)
{
    if (status != OCPP_OK) {
        reply_failed(&(struct ocpp_settle_done){ .user = secret->exchange }, status);
        forget(secret);
    }
}

void house_answer(struct request *request, cJSON *json, enum ocpp_status status)
{
    if (status == OCPP_OK) {
        answer_json(request->exchange, 200, json);
        return;
    }
    cJSON_Delete(json);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "there is no such thing, or it is not yours to see");
    } else {
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
    }
}
