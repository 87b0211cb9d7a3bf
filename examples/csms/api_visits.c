/* api_visits.c: places and guided visits: what phones and operators do. */
#include "command.h"
#include "drive.h"
#include "settlement_json.h"
#include "settlement_reply.h"
#include "visit_charging.h"

#include <ocpp/settlement/money.h>
#include <ocpp/settlement/visits.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double degree = 1e6;

/* --- places
 * ------------------------------------------------------------------------------------------------------------------------ */

static bool evse_of(const struct request *request, const char *text, int *evse)
{
    char *rest;
    const long value = strtol(text, &rest, 10);

    *evse = value >= 1 && value <= 9999 && !*rest ? (int)value : 0;
    if (*evse == 0) {
        answer_problem(request->exchange, 404, NULL, "an EVSE is a number from 1");
    }
    return *evse > 0;
}

void api_place_put(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "name", .kind = BODY_TEXT, .minimum = 1, .maximum = 80 },
        { .name = "latitude", .kind = BODY_NUMBER, .required = true, .minimum = -90, .maximum = 90 },
        { .name = "longitude", .kind = BODY_NUMBER, .required = true, .minimum = -180, .maximum = 180 },
        { .name = "connector", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 20 },
        { .name = "powerW", .kind = BODY_INTEGER, .required = true, .minimum = 0, .maximum = 10000000 },
        { .name = "bookable", .kind = BODY_BOOLEAN },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_place place = { .station = request->parameters[0] };

    if (!settlement_wanted(request) || !request_body_is(request, members) ||
        !evse_of(request, request->parameters[1], &place.evse)) {
        return;
    }
    place.name = body_text(request->body, "name", NULL);
    place.latitude_udeg = llround(cJSON_GetObjectItemCaseSensitive(request->body, "latitude")->valuedouble * degree);
    place.longitude_udeg = llround(cJSON_GetObjectItemCaseSensitive(request->body, "longitude")->valuedouble * degree);
    place.connector = body_text(request->body, "connector", "");
    place.power_w = body_integer(request->body, "powerW", 0);
    place.is_bookable = !cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(request->body, "bookable"));
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    reply_failed(&done, ocpp_settle_place_set(handle, &place, &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}

void api_place_delete(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);
    int evse;

    if (!settlement_wanted(request) || !evse_of(request, request->parameters[1], &evse)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    reply_failed(&done, ocpp_settle_place_remove(handle, request->parameters[0], evse, &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}

static void fill_place(cJSON *json, const struct ocpp_settle_place *place)
{
    json_add_text(json, "station", place->station);
    json_add_integer(json, "evse", place->evse);
    json_add_text(json, "name", place->name);
    cJSON_AddNumberToObject(json, "latitude", (double)place->latitude_udeg / degree);
    cJSON_AddNumberToObject(json, "longitude", (double)place->longitude_udeg / degree);
    json_add_text(json, "connector", place->connector);
    json_add_integer(json, "powerW", place->power_w);
    cJSON_AddBoolToObject(json, "bookable", place->is_bookable);
    json_add_text(json, "status", place->status[0] ? place->status : NULL);
    json_add_integer(json, "faults", place->faults);
}

struct place_list {
    cJSON *list;
    struct stations *stations;
};

static void add_place(const struct ocpp_settle_place *place, void *user)
{
    const struct place_list *places = user;
    cJSON *json = cJSON_CreateObject();

    fill_place(json, place);
    json_add_text(json, "visit", place->visit);
    cJSON_AddItemToArray(places->list, json);
}

/* Who keeps it is nobody's business but the operator's. */
static void add_place_to_drive_to(const struct ocpp_settle_place *place, void *user)
{
    const struct place_list *places = user;
    const bool is_reached = stations_is_connected(places->stations, place->station);
    cJSON *json = cJSON_CreateObject();

    fill_place(json, place);
    cJSON_AddBoolToObject(json, "reached", is_reached);
    cJSON_AddBoolToObject(json, "free",
                          is_reached && !place->visit && (!place->status[0] || strcmp(place->status, "Available") == 0));
    cJSON_AddItemToArray(places->list, json);
}

static void answer_places(struct request *request, void (*add)(const struct ocpp_settle_place *place, void *user))
{
    struct ocpp_settle_places_query query = { .limit = 0 };
    char after[QUERY_VALUE_SIZE];
    int64_t limit = 100;

    if (!settlement_wanted(request) || !query_number(request, "limit", &limit, 1, 100)) {
        return;
    }
    if (query_value(request, "after", after)) {
        snprintf(query.cursor, sizeof query.cursor, "%.*s", (int)sizeof query.cursor - 1, after);
    }
    query.limit = (size_t)limit;
    cJSON *json = cJSON_CreateObject();
    struct place_list places = { cJSON_AddArrayToObject(json, "places"), request->app->stations };
    const enum ocpp_status status = ocpp_settle_places(settlement_enter(request->app->settlement), &query, add, &places);
    settlement_leave(request->app->settlement);
    json_add_text(json, "next", query.cursor[0] ? query.cursor : NULL);
    if (status != OCPP_OK) {
        cJSON_Delete(json);
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
        return;
    }
    answer_json(request->exchange, 200, json);
}

void api_places(struct request *request)
{
    answer_places(request, add_place);
}

void api_drive_places(struct request *request)
{
    if (drive_wanted(request) && drive_may(request, &request->app->settlement->drive->finds)) {
        answer_places(request, add_place_to_drive_to);
    }
}

/* --- finding
 * ------------------------------------------------------------------------------------------------------------------------- */

static void add_offer(const struct ocpp_settle_offer *offer, void *user)
{
    cJSON *json = cJSON_CreateObject();

    fill_place(json, &offer->place);
    json_add_integer(json, "distanceM", offer->distance_m);
    cJSON_AddBoolToObject(json, "reached", offer->is_reached);
    cJSON_AddBoolToObject(json, "free", offer->is_free);
    if (offer->has_price) {
        json_add_amount(json, "price", offer->price_minor, offer->exponent);
        json_add_text(json, "currency", offer->currency);
    }
    json_add_integer(json, "durationS", offer->duration_s);
    json_add_integer(json, "points", offer->points);
    json_add_text(json, "reasons", offer->reasons);
    cJSON_AddItemToArray(user, json);
}

static bool read_degrees(const struct request *request, const char *name, double most, int64_t *udeg)
{
    char text[QUERY_VALUE_SIZE];
    char *rest = text;
    const double value = query_value(request, name, text) ? strtod(text, &rest) : 0;

    if (rest == text || *rest || !(value >= -most && value <= most)) {
        answer_problem(request->exchange, 400, NULL, "the query's %s has to be degrees", name);
        return false;
    }
    *udeg = llround(value * degree);
    return true;
}

void api_offers(struct request *request)
{
    struct ocpp_settle_wish wish = { .limit = 0 };
    char connector[QUERY_VALUE_SIZE];
    int64_t limit = 10;

    wish.radius_m = 5000;
    wish.energy_wh = 20000;
    if (!settlement_wanted(request) || !read_degrees(request, "latitude", 90, &wish.latitude_udeg) ||
        !read_degrees(request, "longitude", 180, &wish.longitude_udeg) ||
        !query_number(request, "radiusM", &wish.radius_m, 1, 100000) ||
        !query_number(request, "powerW", &wish.power_w, 0, 10000000) ||
        !query_number(request, "energyWh", &wish.energy_wh, 1, 1000000) ||
        !query_number(request, "limit", &limit, 1, OCPP_SETTLE_OFFERS)) {
        return;
    }
    wish.limit = (size_t)limit;
    wish.connector = query_value(request, "connector", connector) ? connector : NULL;
    cJSON *json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(json, "offers");
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const enum ocpp_status status = ocpp_settle_find(handle, &wish, add_offer, list, settlement_now(request->app));
    settlement_leave(request->app->settlement);
    if (status != OCPP_OK) {
        cJSON_Delete(json);
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
        return;
    }
    answer_json(request->exchange, 200, json);
}

void api_drive_offers(struct request *request)
{
    if (drive_wanted(request) && drive_may(request, &request->app->settlement->drive->finds)) {
        api_offers(request);
    }
}

/* --- visits
 * ---------------------------------------------------------------------------------------------------------------------------- */

cJSON *visit_json(const struct ocpp_settle_visit *visit)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", visit->id);
    json_add_text(json, "order", visit->order);
    json_add_text(json, "state", visit->state);
    json_add_text(json, "station", visit->station);
    json_add_integer(json, "evse", visit->evse);
    json_add_text(json, "number", visit->number);
    json_add_time(json, "asked", visit->asked_utc_ms);
    json_add_time(json, "from", visit->from_utc_ms);
    json_add_time(json, "until", visit->until_utc_ms);
    json_add_time(json, "matched", visit->matched_utc_ms);
    json_add_text(json, "transaction", visit->transaction);
    json_add_time(json, "ended", visit->ended_utc_ms);
    json_add_text(json, "gate", visit->gate);
    json_add_text(json, "gateWhy", visit->gate_why);
    json_add_time(json, "deadline", visit->deadline_utc_ms);
    json_add_time(json, "idlePausedAt", visit->paused_utc_ms);
    json_add_text(json, "currency", visit->currency);
    if (visit->has_missing) {
        json_add_amount(json, "missing", visit->missing_minor, visit->exponent);
        json_add_amount(json, "deposits", visit->deposits_minor, visit->exponent);
    }
    if (visit->shown_minor > 0) {
        json_add_amount(json, "shown", visit->shown_minor, visit->exponent);
    }
    json_add_text(json, "billHash", visit->bill_hash);
    cJSON_AddBoolToObject(json, "lowered", visit->is_lowered);
    cJSON_AddBoolToObject(json, "beingPaid", visit->is_being_paid);
    json_add_text(json, "actionUrl", visit->action_url);
    json_add_text(json, "reason", visit->reason);
    json_add_text(json, "other", visit->other);
    return json;
}

static void add_visit(const struct ocpp_settle_visit *visit, void *user)
{
    cJSON_AddItemToArray(user, visit_json(visit));
}

static void take_visit(const struct ocpp_settle_visit *visit, void *user)
{
    *(cJSON **)user = visit_json(visit);
}

void api_visits(struct request *request)
{
    struct ocpp_settle_visits_query query = { .limit = 0 };
    char state[QUERY_VALUE_SIZE], station[QUERY_VALUE_SIZE], after[QUERY_VALUE_SIZE];
    int64_t limit = 100;

    if (!settlement_wanted(request) || !query_number(request, "limit", &limit, 1, 100)) {
        return;
    }
    query.state = query_value(request, "state", state) ? state : NULL;
    query.station = query_value(request, "station", station) ? station : NULL;
    if (query_value(request, "after", after)) {
        snprintf(query.cursor, sizeof query.cursor, "%.*s", (int)sizeof query.cursor - 1, after);
    }
    query.limit = (size_t)limit;
    cJSON *json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(json, "visits");
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const enum ocpp_status status = ocpp_settle_visits(handle, &query, add_visit, list, settlement_now(request->app));
    settlement_leave(request->app->settlement);
    json_add_text(json, "next", query.cursor[0] ? query.cursor : NULL);
    if (status != OCPP_OK) {
        cJSON_Delete(json);
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
        return;
    }
    answer_json(request->exchange, 200, json);
}

static void answer_found(const struct request *request, enum ocpp_status status, cJSON *json)
{
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "no such visit, or nothing of it is to be paid");
    } else if (status != OCPP_OK) {
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
    } else {
        answer_json(request->exchange, 200, json);
        return;
    }
    cJSON_Delete(json);
}

void api_visit(struct request *request)
{
    cJSON *json = NULL;

    if (settlement_wanted(request)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);
        const enum ocpp_status status =
            ocpp_settle_find_visit(handle, request->parameters[0], take_visit, &json, settlement_now(request->app));

        settlement_leave(request->app->settlement);
        answer_found(request, status, json);
    }
}

void api_visit_link(struct request *request)
{
    char url[512];

    if (settlement_wanted(request)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);
        const enum ocpp_status status =
            ocpp_settle_link(handle, request->parameters[0], url, sizeof url, settlement_now(request->app));
        cJSON *json = cJSON_CreateObject();

        settlement_leave(request->app->settlement);
        json_add_text(json, "url", status == OCPP_OK ? url : NULL);
        answer_found(request, status, json);
    }
}

/* --- what people do
 * -------------------------------------------------------------------------------------------------------------------- */

void api_visit_reserve(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "station", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 48 },
        { .name = "evse", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = 9999 },
        { .name = "idToken", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 255 },
        { .name = "type", .kind = BODY_TEXT, .minimum = 1, .maximum = 20 },
        { .name = "minutes", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = 1440 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_token token;

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    token.id = body_text(request->body, "idToken", "");
    token.type = ocpp_token_type_of(body_text(request->body, "type", "ISO14443"));
    if (token.type == OCPP_TOKEN_UNKNOWN) {
        answer_problem(request->exchange, 400, "/type", "/type is no type of token");
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    reply_failed(&done, ocpp_settle_reserve(handle, body_text(request->body, "station", ""),
                                            (int)body_integer(request->body, "evse", 0), &token,
                                            (int)body_integer(request->body, "minutes", 0), &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}

typedef enum ocpp_status text_command(struct ocpp_settle *settle, const char *visit, const char *text,
                                      const struct ocpp_settle_done *done, struct ocpp_now now);

static void give_text(const struct request *request, const char *member, text_command *command)
{
    const struct body_member members[] = { { .name = member, .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
                                           BODY_END };
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, members)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done, command(handle, request->parameters[0], body_text(request->body, member, ""), &done,
                                    settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

typedef enum ocpp_status plain_command(struct ocpp_settle *settle, const char *visit, const struct ocpp_settle_done *done,
                                       struct ocpp_now now);

static void give(const struct request *request, plain_command *command)
{
    static const struct body_member nothing[] = { BODY_END };
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, nothing)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done, command(handle, request->parameters[0], &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

void api_visit_confirm(struct request *request)
{
    give_text(request, "number", ocpp_settle_confirm);
}

void api_visit_release(struct request *request)
{
    give_text(request, "by", ocpp_settle_visit_release);
}

void api_visit_cancel(struct request *request)
{
    give(request, ocpp_settle_visit_cancel);
}

void api_visit_start(struct request *request)
{
    give(request, ocpp_settle_visit_start);
}

/* The command of operators that stops a transaction, with that of the visit. */
static void stop(struct request *request, const struct visit_charging *charging)
{
    cJSON *body = cJSON_CreateObject();

    json_add_text(body, "transaction", charging->transaction);
    cJSON_Delete(request->body);
    request->body = body;
    request->parameters[0] = charging->station;
    request->parameters[1] = "stop";
    api_command(request);
}

void api_visit_stop(struct request *request)
{
    static const struct body_member nothing[] = { BODY_END };
    struct visit_charging charging;

    if (settlement_wanted(request) && request_body_is(request, nothing) &&
        visit_charging_find(request, request->parameters[0], &charging)) {
        stop(request, &charging);
    }
}

static void take_exponent(const struct ocpp_settle_visit *visit, void *user)
{
    *(int *)user = visit->exponent;
}

void api_visit_pay(struct request *request)
{
    static const struct body_member members[] = { { .name = "amount", .kind = BODY_TEXT, .minimum = 1, .maximum = 24 },
                                                  BODY_END };
    const struct ocpp_settle_done done = reply_done(request);
    const char *amount;
    int64_t minor = 0;
    int exponent = 0;

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    amount = body_text(request->body, "amount", NULL);
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const struct ocpp_now now = settlement_now(request->app);
    enum ocpp_status status =
        amount ? ocpp_settle_find_visit(handle, request->parameters[0], take_exponent, &exponent, now) : OCPP_OK;
    if (amount &&
        (status != OCPP_OK || ocpp_settle_amount_parse(amount, strlen(amount), exponent, &minor) != OCPP_OK || minor <= 0)) {
        settlement_leave(request->app->settlement);
        answer_problem(request->exchange, status == OCPP_ERR_NOT_FOUND ? 404 : 400, "/amount",
                       "no such visit, or no amount of its currency");
        return;
    }
    reply_failed(&done, ocpp_settle_visit_pay(handle, request->parameters[0], minor, &done, now));
    settlement_leave(request->app->settlement);
}
