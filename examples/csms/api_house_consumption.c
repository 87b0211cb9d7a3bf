/* api_house_consumption.c: what was used in a house, session by session, whether it stands on a statement or not; and a tenant
 * who pays a statement. */
#include "house_request.h"
#include "settlement_json.h"

#include <ocpp/settlement/orders.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENTS_MAX = 500, SESSIONS_MAX = 20000 };

/* gathering: sessions that began in [from, to). */
struct gathering {
    cJSON *list;
    int64_t from_utc_ms;
    int64_t to_utc_ms;
    int exponent;
    int left;
    char (*statements)[OCPP_SETTLE_ID_SIZE];
    size_t statement_count;
};

/* --- consumption ----------------------------------------------------------------------------------------------------------- */

static bool take_house(const struct ocpp_settle_house *house, void *user)
{
    ((struct gathering *)user)->exponent = house->exponent;
    return true;
}

/* The newest ones matter: older ones fall out at the front. */
static bool take_statement(const struct ocpp_settle_statement *statement, void *user)
{
    struct gathering *gathering = user;

    if (statement->to_utc_ms != OCPP_UTC_UNKNOWN && statement->to_utc_ms <= gathering->from_utc_ms) {
        return true;
    }
    if (gathering->statement_count < STATEMENTS_MAX) {
        snprintf(gathering->statements[gathering->statement_count++], OCPP_SETTLE_ID_SIZE, "%s", statement->id);
    }
    return true;
}

static bool add_session(const struct ocpp_settle_session *session, void *user)
{
    struct gathering *gathering = user;
    cJSON *json;

    if (session->started_utc_ms < gathering->from_utc_ms || session->started_utc_ms >= gathering->to_utc_ms) {
        return true;
    }
    if (--gathering->left < 0) {
        return false;
    }
    json = cJSON_CreateObject();
    json_add_text(json, "kind", session->kind);
    json_add_text(json, "station", session->station);
    json_add_integer(json, "evse", session->evse);
    json_add_text(json, "card", session->card);
    json_add_text(json, "transaction", session->transaction);
    json_add_time(json, "started", session->started_utc_ms);
    json_add_time(json, "ended", session->ended_utc_ms);
    json_add_decimal(json, "kwh", (struct ocpp_decimal){ session->energy_mwh, 6 });
    json_add_amount(json, "gross", session->gross_minor, gathering->exponent);
    cJSON_AddItemToArray(gathering->list, json);
    return true;
}

static enum ocpp_status gather(struct ocpp_settle *handle, const struct ocpp_settle_house_caller *caller,
                               struct gathering *gathering, struct ocpp_now now)
{
    enum ocpp_status status = ocpp_settle_house_find(handle, caller, take_house, gathering, now);

    if (status == OCPP_OK) {
        status = ocpp_settle_statements(handle, caller, NULL, take_statement, gathering, now);
    }
    for (size_t i = 0; i < gathering->statement_count && status == OCPP_OK; i++) {
        status = ocpp_settle_statement_items(handle, caller, gathering->statements[i], 1, add_session, gathering, now);
    }
    return status == OCPP_OK ? ocpp_settle_sessions(handle, caller, NULL, add_session, gathering, now) : status;
}

static bool read_time(const struct request *request, const char *name, int64_t *utc_ms)
{
    char text[QUERY_VALUE_SIZE];

    if (query_value(request, name, text) && ocpp_time_parse(text, strlen(text), utc_ms) != OCPP_OK) {
        answer_problem(request->exchange, 400, NULL, "the query's %s has to be a time of RFC 3339", name);
        return false;
    }
    return true;
}

void api_house_consumption(struct request *request)
{
    struct ocpp_settle_house_caller caller;
    struct gathering gathering = { .from_utc_ms = INT64_MIN, .to_utc_ms = INT64_MAX, .left = SESSIONS_MAX };
    cJSON *json;
    enum ocpp_status status;

    if (!house_caller(request, &caller) || !read_time(request, "from", &gathering.from_utc_ms) ||
        !read_time(request, "to", &gathering.to_utc_ms)) {
        return;
    }
    gathering.statements = calloc(STATEMENTS_MAX, sizeof *gathering.statements);
    json = cJSON_CreateObject();
    gathering.list = cJSON_AddArrayToObject(json, "sessions");
    if (!gathering.statements) {
        status = OCPP_ERR_NOMEM;
    } else {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        status = gather(handle, &caller, &gathering, settlement_now(request->app));
        settlement_leave(request->app->settlement);
    }
    cJSON_AddBoolToObject(json, "more", gathering.left < 0 || gathering.statement_count == STATEMENTS_MAX);
    free(gathering.statements);
    house_answer(request, json, status);
}

/* --- paying ---------------------------------------------------------------------------------------------------------------- */

struct payer {
    char tenant[OCPP_SETTLE_ID_SIZE];
};

static bool take_tenant(const struct ocpp_settle_statement *statement, void *user)
{
    struct payer *payer = user;

    snprintf(payer->tenant, sizeof payer->tenant, "%s", statement->tenant);
    return true;
}

/* Whether who asks is the one who pays, or an operator. */
static bool is_payer(struct ocpp_settle *handle, const struct ocpp_settle_house_caller *caller, const struct payer *payer,
                     struct ocpp_now now)
{
    struct ocpp_settle_phone_scope scope;

    return !caller->bearer || (ocpp_settle_phone_scope(handle, caller->bearer, &scope, now) == OCPP_OK && scope.tenant[0] &&
                               strcmp(scope.tenant, payer->tenant) == 0);
}

void api_house_statement_pay(struct request *request)
{
    static const struct body_member nothing[] = { BODY_END };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_house_caller caller;
    struct payer payer = { .tenant = "" };

    if (!house_caller(request, &caller) || !request_body_is(request, nothing)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const struct ocpp_now now = settlement_now(request->app);
    const enum ocpp_status status = ocpp_settle_statement_find(handle, &caller, request->parameters[1], take_tenant, &payer, now);
    const bool may = status == OCPP_OK && is_payer(handle, &caller, &payer, now);
    if (may) {
        reply_failed(&done, ocpp_settle_pay_debt(handle, request->parameters[1], &done, now));
    }
    settlement_leave(request->app->settlement);
    if (status != OCPP_OK) {
        house_answer(request, NULL, status);
    } else if (!may) {
        answer_problem(request->exchange, 409, NULL, "NotAllowed: a statement is paid by its tenant");
    }
}
