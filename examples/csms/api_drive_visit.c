/* api_drive_visit.c: a driver's own visit. Nothing in a request names it: the key in its header does, so there is nothing to
 * guess but the key. What belongs to the visit hangs on its order. */
#include "drive.h"
#include "settlement_json.h"
#include "transactions.h"
#include "visit_charging.h"

#include <ocpp/central_transactions.h>

#include <stdio.h>
#include <string.h>

enum { ORDERS_MAX = 16, RENTALS_MAX = 64 };

/* own: a visit, and what hangs on it. */
struct own {
    cJSON *visit;
    char station[OCPP_IDENTITY_SIZE];
    char transaction[40];
    char order[OCPP_SETTLE_ID_SIZE];
    char orders[ORDERS_MAX][OCPP_SETTLE_ID_SIZE];
    size_t order_count;
    char rentals[RENTALS_MAX][OCPP_SETTLE_ID_SIZE];
    size_t rental_count;
    int exponent;
    cJSON *list; /* orders, while they are read */
    cJSON *legs;
};

/* --- reading --------------------------------------------------------------------------------------------------------------- */

static void take_visit(const struct ocpp_settle_visit *visit, void *user)
{
    struct own *own = user;

    own->visit = visit_json(visit);
    own->exponent = visit->exponent;
    snprintf(own->station, sizeof own->station, "%s", visit->station);
    snprintf(own->transaction, sizeof own->transaction, "%s", visit->transaction ? visit->transaction : "");
    snprintf(own->order, sizeof own->order, "%s", visit->order);
}

static void note_order(struct own *own, const char *id)
{
    if (own->order_count < ORDERS_MAX) {
        snprintf(own->orders[own->order_count++], OCPP_SETTLE_ID_SIZE, "%s", id);
    }
}

static void take_order(const struct ocpp_settle_order *order, void *user)
{
    struct own *own = user;
    cJSON *json = order_json(order);

    cJSON_DeleteItemFromObjectCaseSensitive(json, "payer");
    own->exponent = order->exponent;
    own->legs = cJSON_AddArrayToObject(json, "legs");
    for (size_t i = 0; i < order->rental_count && own->rental_count < RENTALS_MAX; i++) {
        snprintf(own->rentals[own->rental_count++], OCPP_SETTLE_ID_SIZE, "%s", order->rentals[i]);
    }
    for (size_t i = 0; i < order->residual_count; i++) {
        note_order(own, order->residuals[i]);
    }
    cJSON_AddItemToArray(own->list, json);
}

static void add_leg(const struct ocpp_settle_leg *leg, void *user)
{
    const struct own *own = user;
    cJSON *json = leg_json(leg, own->exponent);

    cJSON_DeleteItemFromObjectCaseSensitive(json, "reference"); /* between the provider and the operator */
    cJSON_AddItemToArray(own->legs, json);
}

static void add_bill(const struct ocpp_settle_bill *bill, void *user)
{
    cJSON_AddItemToObject(user, "bill", bill_json(bill));
}

/* The order |number| of them, its bill and its legs; those of banks that were still out come behind it. */
static enum ocpp_status read_order(struct ocpp_settle *handle, struct own *own, size_t number, struct ocpp_now now)
{
    const char *id = own->orders[number];
    enum ocpp_status status = ocpp_settle_find_order(handle, id, take_order, own);

    if (status == OCPP_OK) {
        status = ocpp_settle_legs(handle, id, add_leg, own);
    }
    if (status == OCPP_OK) {
        status =
            ocpp_settle_find_bill(handle, id, 0, add_bill, cJSON_GetArrayItem(own->list, cJSON_GetArraySize(own->list) - 1), now);
    }
    return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status; /* nothing was used; or it is forgotten */
}

static enum ocpp_status read_orders(struct ocpp_settle *handle, struct own *own, struct ocpp_now now)
{
    enum ocpp_status status = OCPP_OK;

    note_order(own, own->order);
    for (size_t i = 0; i < own->order_count && status == OCPP_OK; i++) {
        status = read_order(handle, own, i, now);
    }
    return status;
}

/* With the handle: the visit of the key. Its parts are freed by drop(). */
static enum ocpp_status read_own(struct ocpp_settle *handle, const struct drive_claim *claim, struct own *own,
                                 struct ocpp_now now)
{
    enum ocpp_status status = ocpp_settle_find_visit(handle, claim->visit, take_visit, own, now);

    own->list = cJSON_CreateArray();
    return status == OCPP_OK ? read_orders(handle, own, now) : status;
}

static void drop(struct own *own)
{
    cJSON_Delete(own->visit);
    cJSON_Delete(own->list);
}

static void answer_failure(const struct request *request, enum ocpp_status status)
{
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "there is no such thing, or it is not yours to see");
    } else {
        answer_status(request->exchange, status);
    }
}

/* --- showing --------------------------------------------------------------------------------------------------------------- */

static void add_rental(const struct ocpp_settle_rental *rental, void *user)
{
    cJSON *json = rental_json(rental);

    cJSON_DeleteItemFromObjectCaseSensitive(json, "suspense");
    cJSON_AddItemToArray(user, json);
}

static cJSON *rentals_json(struct ocpp_settle *handle, const struct own *own, enum ocpp_status *status)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < own->rental_count && *status == OCPP_OK; i++) {
        const enum ocpp_status found = ocpp_settle_find_rental(handle, own->rentals[i], add_rental, list);

        *status = found == OCPP_ERR_NOT_FOUND ? OCPP_OK : found;
    }
    return list;
}

static bool take_transaction(const struct ocpp_transaction *transaction, void *user)
{
    *(cJSON **)user = transaction_json(transaction);
    return false;
}

/* What the vehicle got so far: NULL: nothing is known of it. */
static cJSON *session_json(const struct request *request, const struct own *own)
{
    static const char *const shown[] = { "open", "started", "stopped", "energyWh", "chargingState", "reason" };
    cJSON *whole = NULL, *json;
    const int64_t power_w = drive_power_of(request->app->settlement->drive, own->station, own->transaction);

    if (!own->transaction[0] || ocpp_central_find_transaction(request->shard->storage, own->station, own->transaction,
                                                              take_transaction, &whole) != OCPP_OK) {
        cJSON_Delete(whole);
        return NULL;
    }
    json = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        cJSON_AddItemToObject(json, shown[i], cJSON_DetachItemFromObjectCaseSensitive(whole, shown[i]));
    }
    if (power_w >= 0 && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "open"))) {
        json_add_integer(json, "powerW", power_w);
    }
    cJSON_Delete(whole);
    return json;
}

static const char *zone_of(const struct settlement *settlement, const char *station)
{
    const char *zone = "Etc/UTC";

    for (size_t i = 0; i < settlement->config.place_count; i++) {
        const struct settlement_place *place = &settlement->config.places[i];

        if (!place->station || strcmp(place->station, station) == 0) {
            zone = place->zone;
        }
        if (place->station && strcmp(place->station, station) == 0) {
            break;
        }
    }
    return zone;
}

/* Whose key it is, of a visit; false: answered. */
static bool visitor(const struct request *request, struct drive_claim *claim)
{
    if (!drive_wanted(request) || !drive_caller(request, false, claim)) {
        return false;
    }
    if (!claim->is_visit) {
        answer_problem(request->exchange, 404, NULL, "there is no such thing, or it is not yours to see");
    }
    return claim->is_visit;
}

void api_drive_visit(struct request *request)
{
    struct settlement *settlement = request->app->settlement;
    struct drive_claim claim;
    struct own own = { .visit = NULL };
    cJSON *json, *rentals;

    if (!visitor(request, &claim)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(settlement);
    const struct ocpp_now now = settlement_now(request->app);
    enum ocpp_status status = read_own(handle, &claim, &own, now);
    rentals = rentals_json(handle, &own, &status);
    settlement_leave(settlement);
    if (status != OCPP_OK) {
        cJSON_Delete(rentals);
        drop(&own);
        answer_failure(request, status);
        return;
    }
    json = cJSON_CreateObject();
    json_add_time(json, "time", now.utc_ms);
    json_add_text(json, "zone", zone_of(settlement, own.station));
    json_add_time(json, "confirmBy", body_time(own.visit, "asked") + 1000 * settlement->config.policy.confirm_within_s);
    cJSON_AddItemToObject(json, "visit", own.visit);
    cJSON_AddItemToObject(json, "orders", own.list);
    cJSON_AddItemToObject(json, "rentals", rentals);
    cJSON *session = session_json(request, &own);
    if (session) {
        cJSON_AddItemToObject(json, "session", session);
    }
    answer_json(request->exchange, 200, json);
}

/* --- acting ---------------------------------------------------------------------------------------------------------------- */

/* What operators do with a visit by its id, its driver does by the key. */
static void act(struct request *request, void (*handler)(struct request *request))
{
    struct drive_claim claim;

    if (visitor(request, &claim)) {
        request->parameters[0] = claim.visit;
        handler(request);
    }
}

void api_drive_confirm(struct request *request)
{
    act(request, api_visit_confirm);
}

void api_drive_cancel(struct request *request)
{
    act(request, api_visit_cancel);
}

void api_drive_start(struct request *request)
{
    act(request, api_visit_start);
}

void api_drive_pay(struct request *request)
{
    act(request, api_visit_pay);
}

void api_drive_qr(struct request *request)
{
    act(request, api_visit_qr);
}

void api_drive_stop(struct request *request)
{
    act(request, api_visit_stop);
}

void api_drive_rent(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "station", .kind = BODY_TEXT, .minimum = 1, .maximum = 48 },
        { .name = "count", .kind = BODY_INTEGER, .minimum = 1, .maximum = 4 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct drive_claim claim;
    struct visit_charging charging;

    if (!visitor(request, &claim) || !request_body_is(request, members) ||
        !visit_charging_find(request, claim.visit, &charging)) {
        return;
    }
    const struct ocpp_token token = { claim.token, claim.type };
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    reply_failed(&done, ocpp_settle_rent(handle, body_text(request->body, "station", charging.station), &token,
                                         (int)body_integer(request->body, "count", 1), &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}

/* |handler| for a rental of the visit; another one's is none. */
static void act_on_rental(struct request *request, void (*handler)(struct request *request))
{
    struct drive_claim claim;
    struct own own = { .visit = NULL };
    bool is_own = false;

    if (!visitor(request, &claim)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const enum ocpp_status status = read_own(handle, &claim, &own, settlement_now(request->app));
    settlement_leave(request->app->settlement);
    drop(&own);
    for (size_t i = 0; i < own.rental_count; i++) {
        is_own = is_own || strcmp(own.rentals[i], request->parameters[0]) == 0;
    }
    if (status != OCPP_OK || !is_own) {
        answer_failure(request, status != OCPP_OK ? status : OCPP_ERR_NOT_FOUND);
    } else {
        handler(request);
    }
}

void api_drive_report(struct request *request)
{
    act_on_rental(request, api_rental_report);
}

void api_drive_swap(struct request *request)
{
    act_on_rental(request, api_rental_swap);
}

void api_drive_keep(struct request *request)
{
    act_on_rental(request, api_rental_keep);
}
