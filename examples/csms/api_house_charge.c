/* api_house_charge.c: a tenant's phone starts and stops charging on its card's account, at a pile that has a network: in OCPP's
 * own words, by the commands operators have. What a phone may name is its own card, a pile of its house, a transaction of its
 * tenant. */
#include "command.h"
#include "house_request.h"

#include <stdio.h>
#include <string.h>

/* The phone behind the request, where its card may charge at the pile of the path now. False: answered. */
static bool is_own_charging(struct request *request, const struct ocpp_settle_house_caller *caller,
                            struct ocpp_settle_phone_scope *scope)
{
    enum ocpp_settle_card_verdict verdict = OCPP_SETTLE_CARD_OTHER;
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    enum ocpp_status status = caller->bearer
                                  ? ocpp_settle_phone_scope(handle, caller->bearer, scope, settlement_now(request->app))
                                  : OCPP_ERR_NOT_FOUND;

    if (status == OCPP_OK && strcmp(scope->house, caller->house) != 0) {
        status = OCPP_ERR_NOT_FOUND;
    }
    if (status == OCPP_OK && (scope->rights & OCPP_SETTLE_RIGHT_CHARGE)) {
        status = ocpp_settle_card_verdict(handle, request->parameters[1], scope->token, &verdict, settlement_now(request->app));
    }
    settlement_leave(request->app->settlement);
    if (status != OCPP_OK) {
        house_answer(request, NULL, status);
        return false;
    }
    if (verdict != OCPP_SETTLE_CARD_MAY) {
        answer_problem(request->exchange, 409, NULL, "NotAllowed: the card of this phone may not charge there");
        return false;
    }
    return true;
}

/* The operators' command |name| with |body|, which is taken over. */
static void command(struct request *request, const char *name, cJSON *body)
{
    request->parameters[0] = request->parameters[1];
    request->parameters[1] = name;
    cJSON_Delete(request->body);
    request->body = body;
    api_command(request);
}

void api_house_start(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "evse", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
        BODY_END,
    };
    struct ocpp_settle_house_caller caller;
    struct ocpp_settle_phone_scope scope;
    cJSON *body, *token;

    if (!house_caller(request, &caller) || !request_body_is(request, members) || !is_own_charging(request, &caller, &scope)) {
        return;
    }
    body = cJSON_CreateObject();
    token = cJSON_AddObjectToObject(body, "token");
    json_add_text(token, "id", scope.token);
    if (body_value(request->body, "evse")) {
        cJSON_AddNumberToObject(body, "evse", (double)body_integer(request->body, "evse", 0)); /* a command reads it again */
    }
    command(request, "start", body);
}

/* looking: for a running session of the phone's tenant. */
struct looking {
    const char *station;
    const char *transaction;
    bool is_found;
};

static bool look_at(const struct ocpp_settle_session *session, void *user)
{
    struct looking *looking = user;

    looking->is_found = strcmp(session->kind, "Running") == 0 && strcmp(session->station, looking->station) == 0 &&
                        strcmp(session->transaction, looking->transaction) == 0;
    return !looking->is_found;
}

void api_house_stop(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "transaction", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 36 },
        BODY_END,
    };
    struct ocpp_settle_house_caller caller;
    struct looking looking = { .station = request->parameters[1] };
    struct ocpp_settle *handle;
    enum ocpp_status status;
    cJSON *body;

    if (!house_caller(request, &caller) || !request_body_is(request, members)) {
        return;
    }
    looking.transaction = body_text(request->body, "transaction", "");
    handle = settlement_enter(request->app->settlement);
    status = ocpp_settle_sessions(handle, &caller, NULL, look_at, &looking, settlement_now(request->app));
    settlement_leave(request->app->settlement);
    if (status != OCPP_OK || !looking.is_found) {
        house_answer(request, NULL, status != OCPP_OK ? status : OCPP_ERR_NOT_FOUND);
        return;
    }
    body = cJSON_CreateObject();
    json_add_text(body, "transaction", looking.transaction);
    command(request, "stop", body);
}
