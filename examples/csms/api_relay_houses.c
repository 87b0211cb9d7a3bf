/* api_relay_houses.c: houses at piles without a network over REST: what phones carry there, and what they are. The list of a
 * house is sealed to its pile, and what a pile saw to the server, so whoever carries may ask. */
#include "house_request.h"
#include "settlement_json.h"
#include "settlement_reply.h"

#include <ocpp/settlement/relay.h>

#include <string.h>

enum { SHOWN_LENGTH = 4096 };

static void add_parcel(const char *parcel, void *user)
{
    cJSON *value = cJSON_Parse(parcel);

    if (value) {
        cJSON_AddItemToObject(user, "parcel", value);
    }
}

static void add_binding(const char *token, void *user)
{
    json_add_text(user, "binding", token);
}

void api_relay_house(struct request *request)
{
    if (!settlement_wanted(request)) {
        return;
    }
    cJSON *json = cJSON_CreateObject();
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const enum ocpp_status status =
        ocpp_settle_relay_house(handle, request->parameters[0], add_parcel, json, settlement_now(request->app));

    settlement_leave(request->app->settlement);
    if (status == OCPP_OK) {
        answer_json(request->exchange, 200, json);
        return;
    }
    cJSON_Delete(json);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "this pile is no house's, or has not enrolled");
    } else {
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
    }
}

void api_relay_card_shown(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "token", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = SHOWN_LENGTH },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    const char *token = body_text(request->body, "token", "");
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);

    reply_failed(&done, ocpp_settle_relay_shown(handle, token, strlen(token), &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}

void api_phone_binding(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "key", .kind = BODY_TEXT, .required = true, .minimum = 87, .maximum = 87 },
        BODY_END,
    };
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const char *bearer = house_bearer(request);

    if ((bearer && !settlement_wanted(request)) || !request_body_is(request, members)) {
        return;
    }
    if (!ocpp_settle_point_read(body_text(request->body, "key", ""), point)) {
        answer_problem(request->exchange, 400, "/key", "it is no public key");
        return;
    }
    cJSON *json = cJSON_CreateObject();
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    if (bearer) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        status = ocpp_settle_relay_binding(handle, bearer, point, add_binding, json, settlement_now(request->app));
        settlement_leave(request->app->settlement);
    }
    if (status == OCPP_OK) {
        answer_json(request->exchange, 200, json);
        return;
    }
    cJSON_Delete(json);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 401, NULL, "show the bearer of a phone that is bound to a card");
    } else {
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
    }
}
