/* api_houses.c: houses, their piles, who lives there, and prices, over REST. */
#include "house_request.h"
#include "settlement_json.h"

#include <ocpp/settlement/money.h>

#include <string.h>

static const struct body_member nothing[] = { BODY_END };

/* The handle is taken before the clock is read: settlement_now() wants that order. */
#define GIVE(done, settle, call)                                                                                                 \
    do {                                                                                                                         \
        struct ocpp_settle *handle = settlement_enter(settle);                                                                   \
        const struct ocpp_now now = settlement_now((settle)->app);                                                               \
        reply_failed(done, call);                                                                                                \
        settlement_leave(settle);                                                                                                \
    } while (0)

/* --- houses ---------------------------------------------------------------------------------------------------------------- */

static bool add_house(const struct ocpp_settle_house *house, void *user)
{
    cJSON *json = cJSON_CreateObject();
    char price[OCPP_DECIMAL_TEXT_SIZE];

    json_add_text(json, "id", house->id);
    json_add_text(json, "name", house->name);
    json_add_text(json, "landlord", house->landlord);
    json_add_text(json, "currency", house->currency);
    json_add_text(json, "zone", house->zone);
    if (house->price_number > 0) {
        (void)ocpp_decimal_format((struct ocpp_decimal){ house->price_micro, 6 }, price);
        json_add_integer(json, "priceNumber", house->price_number);
        json_add_text(json, "price", price);
    }
    json_add_time(json, "closedTo", house->closed_to_utc_ms);
    cJSON_AddBoolToObject(json, "closing", house->is_closing);
    cJSON_AddItemToArray(user, json);
    return true;
}

void api_houses(struct request *request)
{
    cJSON *json, *list;
    enum ocpp_status status;

    if (!house_operator(request)) {
        return;
    }
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, "houses");
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    status = ocpp_settle_houses(handle, add_house, list, settlement_now(request->app));
    settlement_leave(request->app->settlement);
    house_answer(request, json, status);
}

void api_house_open(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "name", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
        { .name = "landlord", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
        { .name = "contact", .kind = BODY_TEXT, .minimum = 1, .maximum = 120 },
        { .name = "currency", .kind = BODY_TEXT, .required = true, .minimum = 3, .maximum = 3 },
        { .name = "zone", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 64 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);

    if (!house_operator(request) || !request_body_is(request, members)) {
        return;
    }
    const struct ocpp_settle_house_wish wish = {
        .name = body_text(request->body, "name", ""),
        .landlord = body_text(request->body, "landlord", ""),
        .landlord_contact = body_text(request->body, "contact", NULL),
        .currency = body_text(request->body, "currency", ""),
        .zone = body_text(request->body, "zone", ""),
    };
    GIVE(&done, request->app->settlement, ocpp_settle_house_open(handle, &wish, &done, now));
}

/* --- looking --------------------------------------------------------------------------------------------------------------- */

/* What the stations told of their outlets. */
static void add_outlets(cJSON *json, struct known_station *station)
{
    cJSON *list = cJSON_AddArrayToObject(json, "outlets");

    if (!station) {
        return;
    }
    pthread_mutex_lock(&station->lock);
    cJSON_AddBoolToObject(json, "connected", station->connected);
    for (size_t i = 0; i < station->connector_count; i++) {
        const struct known_connector *known = &station->connectors[i];
        const int evse = known->evse > 0 ? known->evse : known->connector;
        cJSON *outlet = evse > 0 ? cJSON_CreateObject() : NULL;

        json_add_integer(outlet, "evse", evse);
        json_add_text(outlet, "status", ocpp_connector_status_name(known->status));
        cJSON_AddItemToArray(list, outlet);
    }
    pthread_mutex_unlock(&station->lock);
}

static bool add_pile(const struct ocpp_settle_house_pile *pile, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "station", pile->station);
    cJSON_AddBoolToObject(json, "authorised", pile->is_authorised);
    if (pile->has_own_meter) {
        json_add_decimal(json, "ownKwh", (struct ocpp_decimal){ pile->own_used_mwh, 6 });
        json_add_integer(json, "ownAnomalies", pile->own_anomalies);
    }
    cJSON_AddItemToArray(user, json);
    return true;
}

static bool add_tenant(const struct ocpp_settle_tenant *tenant, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", tenant->id);
    json_add_text(json, "name", tenant->name);
    json_add_text(json, "contact", tenant->contact);
    json_add_text(json, "flat", tenant->flat);
    json_add_text(json, "state", tenant->state);
    json_add_text(json, "provider", tenant->provider);
    json_add_integer(json, "statements", tenant->statements);
    cJSON_AddItemToArray(user, json);
    return true;
}

static bool add_price(const struct ocpp_settle_price_version *price, void *user)
{
    cJSON *json = cJSON_CreateObject();
    char text[OCPP_DECIMAL_TEXT_SIZE];

    (void)ocpp_decimal_format((struct ocpp_decimal){ price->price_micro, 6 }, text);
    json_add_integer(json, "number", price->number);
    json_add_text(json, "state", price->state);
    json_add_text(json, "price", text);
    cJSON_AddBoolToObject(json, "taxIncluded", price->tax_included);
    json_add_time(json, "validFrom", price->valid_from_utc_ms);
    json_add_integer(json, "confirmations", price->confirmations);
    json_add_text(json, "setBy", price->set_by);
    cJSON_AddItemToArray(user, json);
    return true;
}

/* Each kind of thing has a function of the library of its own type: here they become one. */
typedef enum ocpp_status list_reader(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller, cJSON *list,
                                     struct ocpp_now now);
#define READER(name, function, add)                                                                                              \
    static enum ocpp_status name(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller, cJSON *list,         \
                                 struct ocpp_now now)                                                                            \
    {                                                                                                                            \
        return function(settle, caller, add, list, now);                                                                         \
    }
READER(read_house, ocpp_settle_house_find, add_house)
READER(read_piles, ocpp_settle_house_piles, add_pile)
READER(read_tenants, ocpp_settle_tenants, add_tenant)
READER(read_prices, ocpp_settle_prices, add_price)
#undef READER

static enum ocpp_status read_list(struct request *request, const struct ocpp_settle_house_caller *caller, cJSON *list,
                                  list_reader *reader)
{
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const enum ocpp_status status = reader(handle, caller, list, settlement_now(request->app));

    settlement_leave(request->app->settlement);
    return status;
}

static void show(struct request *request, const char *name, list_reader *reader)
{
    struct ocpp_settle_house_caller caller;

    if (house_caller(request, &caller)) {
        cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, name);

        house_answer(request, json, read_list(request, &caller, list, reader));
    }
}

void api_house(struct request *request)
{
    show(request, "houses", read_house);
}

void api_house_piles(struct request *request)
{
    struct ocpp_settle_house_caller caller;

    if (house_caller(request, &caller)) {
        cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "piles"), *pile;
        const enum ocpp_status status = read_list(request, &caller, list, read_piles);

        cJSON_ArrayForEach(pile, list)
        {
            add_outlets(pile, stations_find(request->app->stations, body_text(pile, "station", "")));
        }
        house_answer(request, json, status);
    }
}

void api_house_tenants(struct request *request)
{
    show(request, "tenants", read_tenants);
}

void api_house_prices(struct request *request)
{
    show(request, "prices", read_prices);
}

/* --- piles ----------------------------------------------------------------------------------------------------------------- */

void api_house_pile_add(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (house_operator(request) && request_body_is(request, nothing)) {
        GIVE(&done, request->app->settlement,
             ocpp_settle_house_add_pile(handle, request->parameters[0], request->parameters[1], &done, now));
    }
}

void api_house_pile_remove(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (house_operator(request)) {
        GIVE(&done, request->app->settlement,
             ocpp_settle_house_remove_pile(handle, request->parameters[0], request->parameters[1], &done, now));
    }
}

void api_house_pile_authorise(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_house_caller caller;

    if (house_caller(request, &caller) && request_body_is(request, nothing)) {
        GIVE(&done, request->app->settlement,
             ocpp_settle_house_authorise_pile(handle, &caller, request->parameters[1], &done, now));
    }
}

/* --- tenants --------------------------------------------------------------------------------------------------------------- */

void api_house_tenant_add(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "name", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
        { .name = "flat", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 40 },
        { .name = "contact", .kind = BODY_TEXT, .minimum = 1, .maximum = 120 },
        { .name = "provider", .kind = BODY_TEXT, .minimum = 1, .maximum = 40 },
        { .name = "account", .kind = BODY_TEXT, .minimum = 1, .maximum = 300 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_house_caller caller;

    if (!house_caller(request, &caller) || !request_body_is(request, members)) {
        return;
    }
    const struct ocpp_settle_tenant_wish wish = {
        .name = body_text(request->body, "name", ""),
        .flat = body_text(request->body, "flat", ""),
        .contact = body_text(request->body, "contact", NULL),
        .provider = body_text(request->body, "provider", NULL),
        .account = body_text(request->body, "account", NULL),
    };
    GIVE(&done, request->app->settlement, ocpp_settle_tenant_add(handle, &caller, &wish, &done, now));
}

typedef enum ocpp_status named_command(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller, const char *id,
                                       const struct ocpp_settle_done *done, struct ocpp_now now);

static void give(struct request *request, named_command *command)
{
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_house_caller caller;

    if (house_caller(request, &caller) && request_body_is(request, nothing)) {
        GIVE(&done, request->app->settlement, command(handle, &caller, request->parameters[1], &done, now));
    }
}

void api_house_tenant_move_out(struct request *request)
{
    give(request, ocpp_settle_tenant_move_out);
}

void api_house_tenant_forget(struct request *request)
{
    give(request, ocpp_settle_tenant_forget);
}

void api_house_phone_approve(struct request *request)
{
    give(request, ocpp_settle_phone_approve);
}

void api_house_phone_revoke(struct request *request)
{
    give(request, ocpp_settle_phone_revoke);
}

/* --- prices ---------------------------------------------------------------------------------------------------------------- */

static const struct body_member tax_members[] = {
    { .name = "name", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 32 },
    { .name = "ratePpm", .kind = BODY_INTEGER, .required = true, .minimum = 0, .maximum = 1000000 },
    BODY_END,
};

static size_t read_taxes(const cJSON *body, struct ocpp_settle_tax taxes[OCPP_SETTLE_HOUSE_TAXES])
{
    const cJSON *list = body_value(body, "taxes");
    const cJSON *item;
    size_t count = 0;

    cJSON_ArrayForEach(item, list)
    {
        if (count < OCPP_SETTLE_HOUSE_TAXES) {
            taxes[count++] =
                (struct ocpp_settle_tax){ .name = body_text(item, "name", ""), .rate_ppm = body_integer(item, "ratePpm", 0) };
        }
    }
    return count;
}

void api_house_price_set(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "price", .kind = BODY_DECIMAL, .required = true },
        { .name = "taxes", .kind = BODY_OBJECTS, .minimum = 0, .maximum = OCPP_SETTLE_HOUSE_TAXES, .members = tax_members },
        { .name = "taxIncluded", .kind = BODY_BOOLEAN },
        { .name = "validFrom", .kind = BODY_TIME },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_tax taxes[OCPP_SETTLE_HOUSE_TAXES];
    struct ocpp_settle_house_caller caller;
    struct ocpp_settle_house_price price = { .taxes = taxes };

    if (!house_caller(request, &caller) || !request_body_is(request, members)) {
        return;
    }
    price.tax_count = read_taxes(request->body, taxes);
    price.tax_included = body_flag(request->body, "taxIncluded", false);
    price.valid_from_utc_ms = body_time(request->body, "validFrom");
    if (ocpp_decimal_to_integer(body_decimal(request->body, "price"), 6, &price.price_micro) != OCPP_OK) {
        answer_problem(request->exchange, 400, "/price", "/price is no price of a kWh, like \"0.35\"");
        return;
    }
    GIVE(&done, request->app->settlement, ocpp_settle_price_set(handle, &caller, &price, &done, now));
}

void api_house_price_confirm(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_house_caller caller;
    int64_t number = 0;

    if (!house_caller(request, &caller) || !request_body_is(request, nothing)) {
        return;
    }
    for (const char *digit = request->parameters[1]; *digit >= '0' && *digit <= '9' && number < 100000; digit++) {
        number = 10 * number + (*digit - '0');
    }
    GIVE(&done, request->app->settlement, ocpp_settle_price_confirm(handle, &caller, number, &done, now));
}
