/* api_orders.c: orders and the ledger, and what operators do with orders. */
#include "settlement_json.h"
#include "settlement_reply.h"

#include <ocpp/settlement/ledger.h>
#include <ocpp/settlement/money.h>

#include <stdio.h>
#include <string.h>

/* --- reading -----------------------------------------------------------------------------------------------------------------
 */

static void add_order(const struct ocpp_settle_order *order, void *user)
{
    cJSON_AddItemToArray(user, order_json(order));
}

static enum ocpp_settle_order_state state_of(const char *text)
{
    const struct ocpp_enum *words = &ocpp_settle_order_state_enum;

    for (int i = 0; i < words->count; i++) {
        if (strcmp(words->values[i], text) == 0) {
            return (enum ocpp_settle_order_state)(i + 1);
        }
    }
    return OCPP_SETTLE_ORDER_STATE_UNSET;
}

static bool read_order_query(const struct request *request, struct ocpp_settle_order_query *query,
                             char texts[3][QUERY_VALUE_SIZE])
{
    int64_t limit = OCPP_SETTLE_PAGE;
    char after[QUERY_VALUE_SIZE];

    if (query_value(request, "state", texts[0])) {
        query->state = state_of(texts[0]);
        if (query->state == OCPP_SETTLE_ORDER_STATE_UNSET) {
            answer_problem(request->exchange, 400, NULL,
                           "the query's state is none: Open, Void, Sealed, Due, Debt, Paid, WrittenOff");
            return false;
        }
    }
    query->payer = query_value(request, "payer", texts[1]) ? texts[1] : NULL;
    query->station = query_value(request, "station", texts[2]) ? texts[2] : NULL;
    if (query_value(request, "after", after)) {
        snprintf(query->cursor, sizeof query->cursor, "%.26s", after);
    }
    if (!query_number(request, "limit", &limit, 1, OCPP_SETTLE_PAGE)) {
        return false;
    }
    query->limit = (size_t)limit;
    return true;
}

void api_orders(struct request *request)
{
    struct ocpp_settle_order_query query = { .limit = 0 };
    char texts[3][QUERY_VALUE_SIZE];
    cJSON *json, *list;
    enum ocpp_status status;

    if (!settlement_wanted(request) || !read_order_query(request, &query, texts)) {
        return;
    }
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, "orders");
    status = ocpp_settle_orders(settlement_enter(request->app->settlement), &query, add_order, list);
    settlement_leave(request->app->settlement);
    if (status != OCPP_OK) {
        cJSON_Delete(json);
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
        return;
    }
    json_add_text(json, "next", query.cursor[0] ? query.cursor : NULL);
    answer_json(request->exchange, 200, json);
}

struct whole_order {
    cJSON *json;
    cJSON *legs;
    int exponent;
};

static void take_order(const struct ocpp_settle_order *order, void *user)
{
    struct whole_order *whole = user;

    whole->json = order_json(order);
    whole->exponent = order->exponent;
}

static void add_bill(const struct ocpp_settle_bill *bill, void *user)
{
    cJSON_AddItemToObject(user, "bill", bill_json(bill));
}

static void add_leg(const struct ocpp_settle_leg *leg, void *user)
{
    struct whole_order *whole = user;

    cJSON_AddItemToArray(whole->legs, leg_json(leg, whole->exponent));
}

void api_order(struct request *request)
{
    struct whole_order whole = { .json = NULL };
    const char *id = request->parameters[0];
    struct ocpp_settle *handle;
    enum ocpp_status status;

    if (!settlement_wanted(request)) {
        return;
    }
    handle = settlement_enter(request->app->settlement);
    status = ocpp_settle_find_order(handle, id, take_order, &whole);
    if (status == OCPP_OK) {
        whole.legs = cJSON_AddArrayToObject(whole.json, "legs");
        status = ocpp_settle_legs(handle, id, add_leg, &whole);
    }
    if (status == OCPP_OK) {
        status = ocpp_settle_find_bill(handle, id, 0, add_bill, whole.json, settlement_now(request->app));
        status = status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status; /* nothing was used */
    }
    settlement_leave(request->app->settlement);
    if (status == OCPP_OK) {
        answer_json(request->exchange, 200, whole.json);
        return;
    }
    cJSON_Delete(whole.json);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "no such order");
    } else {
        answer_status(request->exchange, status);
    }
}

/* --- the ledger ------------------------------------------------------------------------------------------------------------ */

enum { BALANCES_MAX = 1000 };

struct balances {
    cJSON *list;
    int left;
};

static bool add_balance(const struct ocpp_settle_account *account, void *user)
{
    struct balances *balances = user;
    const struct ocpp_settle_currency *currency = ocpp_settle_currency_of(account->currency);
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "account", account->name);
    json_add_text(json, "currency", account->currency);
    json_add_amount(json, "balance", account->balance_minor, currency ? currency->exponent : 2);
    json_add_integer(json, "entries", account->entries);
    cJSON_AddItemToArray(balances->list, json);
    return --balances->left > 0;
}

void api_balances(struct request *request)
{
    struct settlement *settlement = request->app->settlement;
    char prefix[QUERY_VALUE_SIZE];
    struct balances balances = { .left = BALANCES_MAX };
    cJSON *json;
    enum ocpp_status status;

    if (!settlement_wanted(request)) {
        return;
    }
    json = cJSON_CreateObject();
    balances.list = cJSON_AddArrayToObject(json, "balances");
    (void)settlement_enter(settlement);
    status = ocpp_settle_accounts(settlement->store, settlement->config.operator_id,
                                  query_value(request, "prefix", prefix) ? prefix : NULL, add_balance, &balances);
    settlement_leave(settlement);
    if (status == OCPP_OK) {
        cJSON_AddBoolToObject(json, "more", balances.left == 0);
        answer_json(request->exchange, 200, json);
        return;
    }
    cJSON_Delete(json);
    reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
}

void api_settlement_verify(struct request *request)
{
    struct settlement *settlement = request->app->settlement;
    struct ocpp_settle_verification found;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const struct ocpp_settle_verify how = { .anchor_point = point };
    cJSON *json;
    enum ocpp_status status;

    if (!settlement_wanted(request)) {
        return;
    }
    (void)settlement_enter(settlement);
    status = settlement->keys->public_key(SETTLEMENT_ANCHOR_KEY, point, settlement->keys->user);
    if (status == OCPP_OK) {
        status = ocpp_settle_store_verify(settlement->store, settlement->keys, &how, &found);
    }
    settlement_leave(settlement);
    if (status != OCPP_OK) {
        answer_status(request->exchange, status);
        return;
    }
    json = cJSON_CreateObject();
    json_add_integer(json, "entries", found.entries);
    json_add_integer(json, "anchors", found.anchors);
    cJSON_AddBoolToObject(json, "intact", found.broken_at == 0);
    if (found.broken_at > 0) {
        json_add_integer(json, "brokenAt", found.broken_at);
        json_add_text(json, "reason", ocpp_settle_break_sentence(found.wrong));
    }
    answer_json(request->exchange, 200, json);
}

/* --- commands ----------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status pay(struct ocpp_settle *settle, const struct request *request, const struct ocpp_settle_done *done)
{
    return ocpp_settle_pay_debt(settle, request->parameters[0], done, settlement_now(request->app));
}

static enum ocpp_status write_off(struct ocpp_settle *settle, const struct request *request, const struct ocpp_settle_done *done)
{
    return ocpp_settle_write_off(settle, request->parameters[0], body_text(request->body, "reason", ""), done,
                                 settlement_now(request->app));
}

static enum ocpp_status adjust(struct ocpp_settle *settle, const struct request *request, const struct ocpp_settle_done *done)
{
    return ocpp_settle_adjust(settle, request->parameters[0], body_integer(request->body, "netMinor", 0),
                              body_text(request->body, "reason", ""), done, settlement_now(request->app));
}

static enum ocpp_status chargeback(struct ocpp_settle *settle, const struct request *request, const struct ocpp_settle_done *done)
{
    const struct ocpp_settle_chargeback told = { .order = request->parameters[0],
                                                 .leg = body_text(request->body, "leg", ""),
                                                 .amount_minor = body_integer(request->body, "amountMinor", 0),
                                                 .key = body_text(request->body, "key", ""),
                                                 .reason = body_text(request->body, "reason", "") };

    return ocpp_settle_chargeback(settle, &told, done, settlement_now(request->app));
}

static enum ocpp_status try_again(struct ocpp_settle *settle, const struct request *request, const struct ocpp_settle_done *done)
{
    return ocpp_settle_try_again(settle, request->parameters[0], done, settlement_now(request->app));
}

static const struct body_member no_members[] = { BODY_END };
static const struct body_member write_off_members[] = {
    { .name = "reason", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
    BODY_END,
};
static const struct body_member adjust_members[] = {
    { .name = "netMinor", .kind = BODY_INTEGER, .required = true, .minimum = -1000000000000, .maximum = 1000000000000 },
    { .name = "reason", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
    BODY_END,
};

static const struct body_member chargeback_members[] = {
    { .name = "leg", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 26 },
    { .name = "amountMinor", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = 1000000000000 },
    { .name = "key", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
    { .name = "reason", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
    BODY_END,
};

typedef enum ocpp_status order_command(struct ocpp_settle *settle, const struct request *request,
                                       const struct ocpp_settle_done *done);

static void give(const struct request *request, const struct body_member *members, order_command *command)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, members)) {
        reply_failed(&done, command(settlement_enter(request->app->settlement), request, &done));
        settlement_leave(request->app->settlement);
    }
}

void api_order_pay(struct request *request)
{
    give(request, no_members, pay);
}

void api_order_write_off(struct request *request)
{
    give(request, write_off_members, write_off);
}

void api_order_adjust(struct request *request)
{
    give(request, adjust_members, adjust);
}

void api_order_chargeback(struct request *request)
{
    give(request, chargeback_members, chargeback);
}

void api_order_try_again(struct request *request)
{
    give(request, no_members, try_again);
}
