/* api_wallets.c: accounts of payers: what is in a wallet, what is owed by statement, and money that comes and goes. */
#include "settlement_json.h"
#include "settlement_reply.h"

#include <ocpp/settlement/accounts.h>
#include <ocpp/settlement/money.h>

#include <string.h>

static const struct ocpp_settle_currency *currency_of(const struct request *request, const char *code)
{
    const struct ocpp_settle_currency *currency = ocpp_settle_currency_of(code);

    if (!currency) {
        answer_problem(request->exchange, 400, NULL, "%.8s is no currency of ISO 4217", code);
    }
    return currency;
}

void api_wallet(struct request *request)
{
    struct settlement *settlement = request->app->settlement;
    const struct ocpp_settle_currency *currency;
    struct ocpp_settle_payer_balance balance;
    enum ocpp_status status;
    cJSON *json;

    if (!settlement_wanted(request)) {
        return;
    }
    currency = currency_of(request, request->parameters[0]);
    if (!currency) {
        return;
    }
    status = ocpp_settle_payer_balance(settlement_enter(settlement), request->parameters[1], currency->code, &balance);
    settlement_leave(settlement);
    if (status != OCPP_OK) {
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
        return;
    }
    json = cJSON_CreateObject();
    json_add_amount(json, "wallet", balance.wallet_minor, currency->exponent);
    json_add_amount(json, "owed", balance.owed_minor, currency->exponent);
    json_add_amount(json, "held", balance.held_minor, currency->exponent);
    json_add_amount(json, "limit", balance.limit_minor, currency->exponent);
    answer_json(request->exchange, 200, json);
}

/* |key| makes it once: who is not sure whether it came about asks again with the same. */
void api_wallet_change(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "amount", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 24 },
        { .name = "key", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
        { .name = "through", .kind = BODY_TEXT, .minimum = 1, .maximum = 40 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    const struct ocpp_settle_currency *currency;
    struct ocpp_settle_wallet_change change;
    const char *amount;
    bool is_out;

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    currency = currency_of(request, request->parameters[0]);
    if (!currency) {
        return;
    }
    amount = body_text(request->body, "amount", "");
    is_out = amount[0] == '-';
    change = (struct ocpp_settle_wallet_change){ .account = request->parameters[1],
                                                 .currency = currency->code,
                                                 .through = body_text(request->body, "through", "operator"),
                                                 .key = body_text(request->body, "key", "") };
    if (ocpp_settle_amount_parse(amount + is_out, strlen(amount + is_out), currency->exponent, &change.amount_minor) != OCPP_OK ||
        change.amount_minor <= 0) {
        answer_problem(request->exchange, 400, "/amount",
                       "/amount is no amount of %s, like \"12.50\"; with a minus it is paid out", currency->code);
        return;
    }
    reply_failed(&done, (is_out ? ocpp_settle_wallet_pay_out : ocpp_settle_wallet_top_up)(
                            settlement_enter(request->app->settlement), &change, &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}
