/* api_house_cards.c: cards of rental houses, and the phones that are bound to them, over REST. */
#include "house_request.h"
#include "settlement_json.h"

#include <string.h>

static const struct body_member nothing[] = { BODY_END };

static const char *const right_words[] = { "Charge",         "SeeOwn",        "AuthorisePile", "LogOutCards",
                                           "SeeConsumption", "ManageTenants", "SetPrices",     "Statements" };
enum { RIGHTS = sizeof right_words / sizeof right_words[0] };
static const char *const right_words_ended[] = { "Charge",        "SeeOwn",    "AuthorisePile", "LogOutCards", "SeeConsumption",
                                                 "ManageTenants", "SetPrices", "Statements",    NULL };

static void add_rights(cJSON *json, uint32_t rights)
{
    cJSON *list = cJSON_AddArrayToObject(json, "rights");

    for (int i = 0; i < RIGHTS; i++) {
        if (rights & (UINT32_C(1) << i)) {
            cJSON_AddItemToArray(list, cJSON_CreateString(right_words[i]));
        }
    }
}

static uint32_t read_rights(const cJSON *body)
{
    const cJSON *list = body_value(body, "rights");
    const cJSON *item;
    uint32_t rights = 0;

    cJSON_ArrayForEach(item, list)
    {
        for (int i = 0; i < RIGHTS; i++) {
            rights |= strcmp(item->valuestring, right_words[i]) == 0 ? UINT32_C(1) << i : 0;
        }
    }
    return rights;
}

/* --- looking --------------------------------------------------------------------------------------------------------------- */

static bool add_card(const struct ocpp_settle_card *card, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", card->id);
    json_add_text(json, "kind", card->kind == OCPP_SETTLE_CHARGING_CARD ? "charging" : "privilege");
    json_add_text(json, "state", card->state);
    json_add_text(json, "tenant", card->tenant);
    json_add_text(json, "idToken", card->token);
    add_rights(json, card->rights);
    json_add_integer(json, "phones", card->phones);
    json_add_decimal(json, "openKwh", (struct ocpp_decimal){ card->open_mwh, 6 });
    json_add_decimal(json, "totalKwh", (struct ocpp_decimal){ card->total_mwh, 6 });
    json_add_integer(json, "sessions", card->sessions);
    json_add_text(json, "replacedBy", card->replaced_by);
    cJSON_AddItemToArray(user, json);
    return true;
}

static bool add_phone(const struct ocpp_settle_phone *phone, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", phone->id);
    json_add_text(json, "card", phone->card);
    json_add_text(json, "name", phone->name);
    json_add_text(json, "state", phone->state);
    json_add_time(json, "asked", phone->asked_utc_ms);
    json_add_time(json, "bound", phone->bound_utc_ms);
    cJSON_AddItemToArray(user, json);
    return true;
}

void api_house_cards(struct request *request)
{
    struct ocpp_settle_house_caller caller;

    if (house_caller(request, &caller)) {
        cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "cards");
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);
        const enum ocpp_status status = ocpp_settle_cards(handle, &caller, add_card, list, settlement_now(request->app));

        settlement_leave(request->app->settlement);
        house_answer(request, json, status);
    }
}

void api_house_phones(struct request *request)
{
    struct ocpp_settle_house_caller caller;

    if (house_caller(request, &caller)) {
        cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "phones");
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);
        const enum ocpp_status status = ocpp_settle_phones(handle, &caller, add_phone, list, settlement_now(request->app));

        settlement_leave(request->app->settlement);
        house_answer(request, json, status);
    }
}

/* --- cards ----------------------------------------------------------------------------------------------------------------- */

void api_house_card_issue(struct request *request)
{
    static const char *const kinds[] = { "privilege", "charging", NULL };
    static const struct body_member members[] = {
        { .name = "kind", .kind = BODY_WORD, .required = true, .words = kinds },
        { .name = "tenant", .kind = BODY_TEXT, .minimum = 1, .maximum = 26 },
        { .name = "idToken", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 255 },
        { .name = "rights", .kind = BODY_TEXTS, .minimum = 1, .maximum = RIGHTS, .words = right_words_ended },
        BODY_END,
    };
    struct ocpp_settle_house_caller caller;
    struct house_secret *secret;

    if (!house_caller(request, &caller) || !request_body_is(request, members)) {
        return;
    }
    const struct ocpp_settle_card_wish wish = {
        .kind = body_word(request->body, "kind", kinds, 0) == 1 ? OCPP_SETTLE_CHARGING_CARD : OCPP_SETTLE_PRIVILEGE_CARD,
        .tenant = body_text(request->body, "tenant", NULL),
        .token = body_text(request->body, "idToken", ""),
        .rights = read_rights(request->body),
    };
    secret = house_secret_new(request, "secret");
    if (secret) {
        const struct ocpp_settle_done done = house_secret_done(secret);
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        house_failed(secret, ocpp_settle_card_issue(handle, &caller, &wish, secret->secret, &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

void api_house_card_replace(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "idToken", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 255 },
        BODY_END,
    };
    struct ocpp_settle_house_caller caller;
    struct house_secret *secret;

    if (!house_caller(request, &caller) || !request_body_is(request, members)) {
        return;
    }
    secret = house_secret_new(request, "secret");
    if (secret) {
        const struct ocpp_settle_done done = house_secret_done(secret);
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        house_failed(secret,
                     ocpp_settle_card_replace(handle, &caller, request->parameters[1], body_text(request->body, "idToken", ""),
                                              secret->secret, &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

static void act(struct request *request, enum ocpp_settle_card_act act)
{
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_house_caller caller;

    if (house_caller(request, &caller) && request_body_is(request, nothing)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done,
                     ocpp_settle_card_act(handle, &caller, request->parameters[1], act, &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

void api_house_card_log_out(struct request *request)
{
    act(request, OCPP_SETTLE_CARD_LOG_OUT);
}

void api_house_card_let_in(struct request *request)
{
    act(request, OCPP_SETTLE_CARD_LET_IN);
}

void api_house_card_lost(struct request *request)
{
    act(request, OCPP_SETTLE_CARD_LOST);
}

void api_house_card_end(struct request *request)
{
    act(request, OCPP_SETTLE_CARD_END);
}

/* --- phones ---------------------------------------------------------------------------------------------------------------- */

/* Open to everybody: what a QR code says is all that is shown, and buys nothing by itself. */
void api_phone_bind(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "card", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 26 },
        { .name = "secret", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 26 },
        { .name = "name", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 40 },
        BODY_END,
    };
    struct house_secret *bearer;

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    if (!address_rate_take(&request->app->settlement->binds, request->http->address, ocpp_system_now().mono_ms)) {
        answer_problem(request->exchange, 429, NULL, "that is too often: ask again in a moment");
        return;
    }
    const struct ocpp_settle_phone_wish wish = {
        .card = body_text(request->body, "card", ""),
        .secret = body_text(request->body, "secret", ""),
        .name = body_text(request->body, "name", ""),
    };
    bearer = house_secret_new(request, "bearer");
    if (bearer) {
        const struct ocpp_settle_done done = house_secret_done(bearer);
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        house_failed(bearer, ocpp_settle_phone_bind(handle, &wish, bearer->secret, &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

void api_phone_me(struct request *request)
{
    const char *bearer = house_bearer(request);
    struct ocpp_settle_phone_scope scope;
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    cJSON *json;

    if (bearer && !settlement_wanted(request)) {
        return;
    }
    if (bearer) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        status = ocpp_settle_phone_scope(handle, bearer, &scope, settlement_now(request->app));
        settlement_leave(request->app->settlement);
    }
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 401, NULL, "show the bearer of a phone that is bound to a card, or waits to be");
        return;
    }
    json = cJSON_CreateObject();
    if (status == OCPP_OK) {
        json_add_text(json, "house", scope.house);
        json_add_text(json, "card", scope.card);
        json_add_text(json, "tenant", scope.tenant[0] ? scope.tenant : NULL);
        json_add_text(json, "phone", scope.phone);
        cJSON_AddBoolToObject(json, "bound", scope.rights != 0);
        add_rights(json, scope.rights);
    }
    house_answer(request, json, status);
}
