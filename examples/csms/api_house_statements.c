/* api_house_statements.c: periods, statements and sessions of rental houses, over REST: as JSON, CSV and a page to print. */
#include "house_request.h"
#include "settlement_json.h"

#include <ocpp/settlement/money.h>

#include <stdlib.h>
#include <string.h>

static const struct body_member nothing[] = { BODY_END };

/* --- as JSON --------------------------------------------------------------------------------------------------------------- */

/* pieces: what is being put together, with the digits of the house's currency. */
struct pieces {
    cJSON *list;
    int exponent;
};

static void add_taxes(cJSON *json, const struct ocpp_settle_statement *statement)
{
    cJSON *list = cJSON_AddArrayToObject(json, "taxes");

    for (size_t i = 0; i < statement->tax_count; i++) {
        cJSON *tax = cJSON_CreateObject();

        json_add_text(tax, "name", statement->taxes[i].name);
        json_add_integer(tax, "ratePpm", statement->taxes[i].rate_ppm);
        json_add_amount(tax, "net", statement->taxes[i].net_minor, statement->exponent);
        json_add_amount(tax, "tax", statement->taxes[i].tax_minor, statement->exponent);
        cJSON_AddItemToArray(list, tax);
    }
}

static cJSON *statement_json(const struct ocpp_settle_statement *statement)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", statement->id);
    json_add_text(json, "tenant", statement->tenant);
    json_add_text(json, "name", statement->tenant_name);
    json_add_text(json, "flat", statement->flat);
    json_add_text(json, "houseName", statement->house_name);
    json_add_integer(json, "number", statement->number);
    json_add_text(json, "kind", statement->kind);
    json_add_text(json, "state", statement->state);
    json_add_text(json, "orderState", statement->order_state);
    json_add_text(json, "currency", statement->currency);
    json_add_time(json, "from", statement->from_utc_ms);
    json_add_time(json, "to", statement->to_utc_ms);
    json_add_time(json, "issued", statement->issued_utc_ms);
    json_add_time(json, "due", statement->due_utc_ms);
    json_add_integer(json, "itemCount", statement->items);
    json_add_integer(json, "unconfirmed", statement->unconfirmed);
    json_add_decimal(json, "kwh", (struct ocpp_decimal){ statement->energy_mwh, 6 });
    json_add_amount(json, "net", statement->net_minor, statement->exponent);
    json_add_amount(json, "tax", statement->tax_minor, statement->exponent);
    json_add_amount(json, "gross", statement->gross_minor, statement->exponent);
    json_add_amount(json, "waiting", statement->waiting_minor, statement->exponent);
    json_add_amount(json, "paid", statement->paid_minor, statement->exponent);
    add_taxes(json, statement);
    json_add_text(json, "digest", statement->digest);
    return json;
}

static bool add_statement(const struct ocpp_settle_statement *statement, void *user)
{
    cJSON_AddItemToArray(user, statement_json(statement));
    return true;
}

static bool add_session(const struct ocpp_settle_session *session, void *user)
{
    const struct pieces *pieces = user;
    cJSON *json = cJSON_CreateObject();

    json_add_integer(json, "number", session->number);
    json_add_text(json, "kind", session->kind);
    json_add_text(json, "order", session->order);
    json_add_text(json, "card", session->card);
    json_add_text(json, "station", session->station);
    json_add_integer(json, "evse", session->evse);
    json_add_text(json, "transaction", session->transaction);
    json_add_time(json, "started", session->started_utc_ms);
    json_add_time(json, "ended", session->ended_utc_ms);
    if (session->has_registers) {
        json_add_decimal(json, "startKwh", (struct ocpp_decimal){ session->start_mwh, 6 });
        json_add_decimal(json, "endKwh", (struct ocpp_decimal){ session->end_mwh, 6 });
    }
    json_add_decimal(json, "kwh", (struct ocpp_decimal){ session->energy_mwh, 6 });
    json_add_amount(json, "net", session->net_minor, pieces->exponent);
    json_add_amount(json, "tax", session->tax_minor, pieces->exponent);
    json_add_amount(json, "gross", session->gross_minor, pieces->exponent);
    json_add_text(json, "billHash", session->bill_hash);
    json_add_text(json, "anomaly", session->anomaly);
    cJSON_AddBoolToObject(json, "confirmed", session->is_confirmed);
    json_add_text(json, "signature", session->signature);
    cJSON_AddItemToArray(pieces->list, json);
    return true;
}

static bool take_exponent(const struct ocpp_settle_house *house, void *user)
{
    *(int *)user = house->exponent;
    return true;
}

/* --- lists ----------------------------------------------------------------------------------------------------------------- */

void api_house_statements(struct request *request)
{
    struct ocpp_settle_house_caller caller;
    char tenant[QUERY_VALUE_SIZE];

    if (house_caller(request, &caller)) {
        cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "statements");
        const char *asked = query_value(request, "tenant", tenant) ? tenant : NULL;
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);
        const enum ocpp_status status =
            ocpp_settle_statements(handle, &caller, asked, add_statement, list, settlement_now(request->app));

        settlement_leave(request->app->settlement);
        house_answer(request, json, status);
    }
}

void api_house_sessions(struct request *request)
{
    struct ocpp_settle_house_caller caller;
    char tenant[QUERY_VALUE_SIZE];

    if (house_caller(request, &caller)) {
        cJSON *json = cJSON_CreateObject();
        struct pieces pieces = { .list = cJSON_AddArrayToObject(json, "sessions") };
        const char *asked = query_value(request, "tenant", tenant) ? tenant : NULL;
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);
        enum ocpp_status status =
            ocpp_settle_house_find(handle, &caller, take_exponent, &pieces.exponent, settlement_now(request->app));

        if (status == OCPP_OK) {
            status = ocpp_settle_sessions(handle, &caller, asked, add_session, &pieces, settlement_now(request->app));
        }
        settlement_leave(request->app->settlement);
        house_answer(request, json, status);
    }
}

/* --- one ------------------------------------------------------------------------------------------------------------------- */

/* looking: at a statement, in one of the forms it has. */
struct looking {
    cJSON *json;
    struct pieces pieces;
    struct house_page page;
    bool is_html;
    bool is_end;
};

static bool take_statement(const struct ocpp_settle_statement *statement, void *user)
{
    struct looking *looking = user;

    if (looking->is_end) {
        house_page_end_html(&looking->page, statement);
    } else if (looking->is_html) {
        house_page_begin_html(&looking->page, statement);
    } else {
        looking->page.exponent = statement->exponent;
        looking->json = statement_json(statement);
        looking->pieces.exponent = statement->exponent;
        looking->pieces.list = cJSON_AddArrayToObject(looking->json, "items");
    }
    return true;
}

static bool take_item(const struct ocpp_settle_session *session, void *user)
{
    struct looking *looking = user;

    (looking->is_html ? house_page_add_html : house_page_add_csv)(&looking->page, session);
    return !looking->page.failed;
}

static bool take_item_json(const struct ocpp_settle_session *session, void *user)
{
    return add_session(session, &((struct looking *)user)->pieces);
}

/* Where the tenant has to go to pay: his phone's to know, and the operator's. */
static void take_action(const struct ocpp_settle_leg *leg, void *user)
{
    if (leg->action_url) {
        cJSON_DeleteItemFromObjectCaseSensitive(user, "actionUrl");
        json_add_text(user, "actionUrl", leg->action_url);
    }
}

static enum ocpp_status add_action(struct ocpp_settle *handle, const struct ocpp_settle_house_caller *caller, const char *id,
                                   cJSON *json, struct ocpp_now now)
{
    struct ocpp_settle_phone_scope scope;
    enum ocpp_status status = OCPP_OK;

    if (!caller->bearer || (ocpp_settle_phone_scope(handle, caller->bearer, &scope, now) == OCPP_OK && scope.tenant[0])) {
        status = ocpp_settle_legs(handle, id, take_action, json);
    }
    return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status; /* it is not issued yet */
}

static enum ocpp_status look(struct request *request, const struct ocpp_settle_house_caller *caller, struct looking *looking,
                             bool is_json)
{
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const struct ocpp_now now = settlement_now(request->app);
    const char *id = request->parameters[1];
    enum ocpp_status status = ocpp_settle_statement_find(handle, caller, id, take_statement, looking, now);

    if (status == OCPP_OK) {
        status = ocpp_settle_statement_items(handle, caller, id, 1, is_json ? take_item_json : take_item, looking, now);
    }
    if (status == OCPP_OK && is_json) {
        status = add_action(handle, caller, id, looking->json, now);
    }
    if (status == OCPP_OK && looking->is_html) {
        looking->is_end = true;
        status = ocpp_settle_statement_find(handle, caller, id, take_statement, looking, now);
    }
    settlement_leave(request->app->settlement);
    return status;
}

static void answer_page(struct request *request, struct looking *looking, enum ocpp_status status)
{
    if (status == OCPP_OK && looking->page.failed) {
        status = OCPP_ERR_NOMEM;
    }
    if (status == OCPP_OK) {
        answer_text(request->exchange, looking->is_html ? "text/html; charset=utf-8" : "text/csv; charset=utf-8",
                    looking->page.text, looking->page.size);
    } else {
        house_answer(request, NULL, status);
    }
    free(looking->page.text);
    cJSON_Delete(looking->json);
}

void api_house_statement(struct request *request)
{
    static const char *const forms[] = { "json", "csv", "html" };
    struct ocpp_settle_house_caller caller;
    struct looking looking = { .json = NULL };
    char form[QUERY_VALUE_SIZE] = "json";
    int chosen = 0;

    if (!house_caller(request, &caller)) {
        return;
    }
    (void)query_value(request, "format", form);
    while (chosen < 3 && strcmp(form, forms[chosen]) != 0) {
        chosen++;
    }
    if (chosen == 3) {
        answer_problem(request->exchange, 400, NULL, "the query's format has to be json, csv or html");
        return;
    }
    looking.is_html = chosen == 2;
    if (chosen == 1) {
        house_page_begin_csv(&looking.page);
    }
    const enum ocpp_status status = look(request, &caller, &looking, chosen == 0);
    if (chosen == 0) {
        house_answer(request, looking.json, status);
    } else {
        answer_page(request, &looking, status);
    }
}

/* --- commands -------------------------------------------------------------------------------------------------------------- */

void api_house_period(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "to", .kind = BODY_TIME, .required = true },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_house_caller caller;

    if (house_caller(request, &caller) && request_body_is(request, members)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done, ocpp_settle_period_close(handle, &caller, body_time(request->body, "to"), &done,
                                                     settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

typedef enum ocpp_status item_command(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                      const char *statement, int64_t number, const struct ocpp_settle_done *done,
                                      struct ocpp_now now);

static void decide(struct request *request, item_command *command)
{
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_house_caller caller;

    if (house_caller(request, &caller) && request_body_is(request, nothing)) {
        const int64_t number = strtol(request->parameters[2], NULL, 10);
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done, command(handle, &caller, request->parameters[1], number, &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

void api_house_item_confirm(struct request *request)
{
    decide(request, ocpp_settle_statement_confirm);
}

void api_house_item_waive(struct request *request)
{
    decide(request, ocpp_settle_statement_waive);
}

void api_house_statement_paid(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "amount", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 24 },
        { .name = "key", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_house_caller caller;
    int exponent = 0;
    int64_t minor = 0;

    if (!house_caller(request, &caller) || !request_body_is(request, members)) {
        return;
    }
    const char *amount = body_text(request->body, "amount", "");
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const enum ocpp_status status =
        ocpp_settle_house_find(handle, &caller, take_exponent, &exponent, settlement_now(request->app));
    if (status == OCPP_OK && ocpp_settle_amount_parse(amount, strlen(amount), exponent, &minor) == OCPP_OK) {
        reply_failed(&done, ocpp_settle_statement_paid(handle, &caller, request->parameters[1], minor,
                                                       body_text(request->body, "key", ""), &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
        return;
    }
    settlement_leave(request->app->settlement);
    if (status == OCPP_OK) {
        answer_problem(request->exchange, 400, "/amount", "/amount is no amount of the house's currency, like \"12.50\"");
    } else {
        house_answer(request, NULL, status);
    }
}
