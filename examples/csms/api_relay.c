/* api_relay.c: piles without a network over REST: what operators decide, and what phones carry. Phones show nothing but what
 * piles and server have signed, so whoever carries may: they are open. Who pays and what it cost is for operators, and apps in
 * their name. */
#include "settlement_json.h"
#include "settlement_reply.h"

#include <ocpp/settlement/relay.h>

#include <stdlib.h>
#include <string.h>

enum { TOKEN_LENGTH = 16384 };

/* The handle is taken before the clock is read: settlement_now() wants that order. */
#define GIVE(done, settle, call)                                                                                                 \
    do {                                                                                                                         \
        struct ocpp_settle *handle = settlement_enter(settle);                                                                   \
        const struct ocpp_now now = settlement_now((settle)->app);                                                               \
        reply_failed(done, call);                                                                                                \
        settlement_leave(settle);                                                                                                \
    } while (0)

/* --- reading --------------------------------------------------------------------------------------------------------- */

static void answer_found(struct request *request, cJSON *json, enum ocpp_status status)
{
    if (status == OCPP_OK) {
        answer_json(request->exchange, 200, json);
        return;
    }
    cJSON_Delete(json);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "there is none of that name");
    } else {
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
    }
}

static void add_json(cJSON *object, const char *name, const char *text)
{
    cJSON *value = text ? cJSON_Parse(text) : NULL;

    if (value) {
        cJSON_AddItemToObject(object, name, value);
    }
}

static void add_pile(cJSON *json, const struct ocpp_settle_relay_pile *pile)
{
    json_add_text(json, "pile", pile->pile);
    json_add_text(json, "state", pile->state);
    json_add_text(json, "kid", pile->kid);
    json_add_text(json, "reason", pile->reason);
    json_add_integer(json, "outlets", pile->outlets);
    json_add_integer(json, "lastPage", pile->last_page);
    json_add_integer(json, "gaps", pile->gap_count);
    json_add_integer(json, "firstGap", pile->first_gap);
    json_add_integer(json, "toldPage", pile->told_page);
    json_add_time(json, "seenAt", pile->seen_utc_ms);
    json_add_integer(json, "open", pile->open_authorisations);
}

static bool list_pile(const struct ocpp_settle_relay_pile *pile, void *user)
{
    cJSON *json = cJSON_CreateObject();

    add_pile(json, pile);
    cJSON_AddItemToArray(user, json);
    return true;
}

void api_relay_piles(struct request *request)
{
    if (!settlement_wanted(request)) {
        return;
    }
    cJSON *json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(json, "piles");
    const enum ocpp_status status = ocpp_settle_relay_piles(settlement_enter(request->app->settlement), list_pile, list);

    settlement_leave(request->app->settlement);
    answer_found(request, json, status);
}

static void show_pile(const struct ocpp_settle_relay_pile *pile, void *user)
{
    add_pile(user, pile);
}

void api_relay_pile(struct request *request)
{
    if (!settlement_wanted(request)) {
        return;
    }
    cJSON *json = cJSON_CreateObject();
    const enum ocpp_status status =
        ocpp_settle_relay_find_pile(settlement_enter(request->app->settlement), request->parameters[0], show_pile, json);

    settlement_leave(request->app->settlement);
    answer_found(request, json, status);
}

static void show_enrolment(const struct ocpp_settle_relay_pile *pile, void *user)
{
    add_json(user, "enrolment", pile->enrolment);
}

void api_relay_enrolment(struct request *request)
{
    if (!settlement_wanted(request)) {
        return;
    }
    cJSON *json = cJSON_CreateObject();
    enum ocpp_status status =
        ocpp_settle_relay_find_pile(settlement_enter(request->app->settlement), request->parameters[0], show_enrolment, json);

    settlement_leave(request->app->settlement);
    status = status == OCPP_OK && !cJSON_GetObjectItem(json, "enrolment") ? OCPP_ERR_NOT_FOUND : status;
    answer_found(request, json, status);
}

static void show_authorisation(const struct ocpp_settle_relay_authorisation *authorisation, void *user)
{
    json_add_text(user, "id", authorisation->id);
    json_add_text(user, "order", authorisation->order);
    json_add_text(user, "pile", authorisation->pile);
    json_add_integer(user, "outlet", authorisation->outlet);
    json_add_text(user, "state", authorisation->state);
    json_add_text(user, "currency", authorisation->currency);
    json_add_amount(user, "frozen", authorisation->frozen_minor, authorisation->exponent);
    json_add_time(user, "expiresAt", authorisation->expires_utc_ms);
    add_json(user, "parcel", authorisation->parcel);
}

void api_relay_authorisation(struct request *request)
{
    if (!settlement_wanted(request)) {
        return;
    }
    cJSON *json = cJSON_CreateObject();
    const enum ocpp_status status = ocpp_settle_relay_authorisation(settlement_enter(request->app->settlement),
                                                                    request->parameters[0], show_authorisation, json);

    settlement_leave(request->app->settlement);
    answer_found(request, json, status);
}

/* What a stranger may know: that the page arrived, in words for the pile. */
static void add_page(cJSON *json, const struct ocpp_settle_relay_page_view *page)
{
    json_add_text(json, "pile", page->pile);
    json_add_integer(json, "page", page->page);
    json_add_text(json, "result", ocpp_enum_name(&ocpp_settle_page_result_enum, (int)page->result));
}

static void show_receipt(const struct ocpp_settle_relay_page_view *page, void *user)
{
    add_page(user, page);
    add_json(user, "parcel", page->parcel);
}

static void show_page(const struct ocpp_settle_relay_page_view *page, void *user)
{
    show_receipt(page, user);
    json_add_text(user, "hash", page->hash);
    json_add_text(user, "reason", page->reason);
    json_add_text(user, "order", page->order);
    json_add_text(user, "reconciled", page->reconciled);
    add_json(user, "bill", page->payload);
}

static void answer_page(struct request *request, void (*visit)(const struct ocpp_settle_relay_page_view *page, void *user))
{
    if (!settlement_wanted(request)) {
        return;
    }
    cJSON *json = cJSON_CreateObject();
    const enum ocpp_status status =
        ocpp_settle_relay_find_page(settlement_enter(request->app->settlement), request->parameters[0],
                                    strtoll(request->parameters[1], NULL, 10), visit, json);

    settlement_leave(request->app->settlement);
    answer_found(request, json, status);
}

void api_relay_bill_receipt(struct request *request)
{
    answer_page(request, show_receipt);
}

void api_relay_page(struct request *request)
{
    answer_page(request, show_page);
}

static bool list_page(const struct ocpp_settle_relay_page_view *page, void *user)
{
    cJSON *json = cJSON_CreateObject();

    add_page(json, page);
    json_add_text(json, "reason", page->reason);
    cJSON_AddItemToArray(user, json);
    return true;
}

void api_relay_waiting(struct request *request)
{
    if (!settlement_wanted(request)) {
        return;
    }
    cJSON *json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(json, "pages");
    const enum ocpp_status status = ocpp_settle_relay_waiting(settlement_enter(request->app->settlement), list_page, list);

    settlement_leave(request->app->settlement);
    answer_found(request, json, status);
}

void api_relay_key(struct request *request)
{
    char kid[OCPP_SETTLE_JWS_KID_SIZE], key[OCPP_SETTLE_POINT_TEXT_SIZE];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];

    if (!settlement_wanted(request)) {
        return;
    }
    cJSON *json = cJSON_CreateObject();
    const enum ocpp_status status = ocpp_settle_relay_key(settlement_enter(request->app->settlement), kid, point);

    settlement_leave(request->app->settlement);
    if (status == OCPP_OK) {
        ocpp_settle_point_write(point, key);
        json_add_text(json, "kid", kid);
        json_add_text(json, "key", key);
    }
    answer_found(request, json, status);
}

/* --- what operators decide ----------------------------------------------------------------------------------------------- */

void api_relay_trust(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "keys", .kind = BODY_ANY, .required = true },
        { .name = "revocations", .kind = BODY_TEXT, .minimum = 1, .maximum = TOKEN_LENGTH },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    char *text = cJSON_PrintUnformatted(request->body);
    if (!text) {
        answer_status(request->exchange, OCPP_ERR_NOMEM);
        return;
    }
    GIVE(&done, request->app->settlement, ocpp_settle_relay_trust(handle, text, strlen(text), &done, now));
    cJSON_free(text);
}

void api_relay_register(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "pile", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 48 },
        { .name = "claimCode", .kind = BODY_TEXT, .minimum = 12, .maximum = 64 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    GIVE(&done, request->app->settlement,
         ocpp_settle_relay_register(handle, body_text(request->body, "pile", ""), body_text(request->body, "claimCode", NULL),
                                    &done, now));
}

static const struct body_member reason_members[] = {
    { .name = "reason", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 80 },
    BODY_END,
};

void api_relay_revoke(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, reason_members)) {
        GIVE(&done, request->app->settlement,
             ocpp_settle_relay_revoke(handle, request->parameters[0], body_text(request->body, "reason", ""), &done, now));
    }
}

void api_relay_lift(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, reason_members)) {
        GIVE(&done, request->app->settlement,
             ocpp_settle_relay_lift(handle, request->parameters[0], body_text(request->body, "reason", ""), &done, now));
    }
}

void api_relay_resolve(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, reason_members)) {
        GIVE(&done, request->app->settlement,
             ocpp_settle_relay_resolve(handle, request->parameters[0], strtoll(request->parameters[1], NULL, 10),
                                       body_text(request->body, "reason", ""), &done, now));
    }
}

void api_relay_accept(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, reason_members)) {
        GIVE(&done, request->app->settlement,
             ocpp_settle_relay_accept(handle, request->parameters[0], strtoll(request->parameters[1], NULL, 10),
                                      body_text(request->body, "reason", ""), &done, now));
    }
}

void api_relay_ask(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "idToken", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 255 },
        { .name = "type", .kind = BODY_TEXT, .minimum = 1, .maximum = 20 },
        { .name = "status", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = TOKEN_LENGTH },
        { .name = "outlet", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = 20 },
        { .name = "frozenMinor", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT64_C(1000000000000) },
        { .name = "vehicle", .kind = BODY_TEXT, .minimum = 1, .maximum = 64 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    const char *status = body_text(request->body, "status", "");
    const struct ocpp_settle_relay_wish wish = { .token = body_text(request->body, "idToken", ""),
                                                 .type = body_text(request->body, "type", NULL),
                                                 .status = status,
                                                 .status_size = strlen(status),
                                                 .outlet = body_integer(request->body, "outlet", 0),
                                                 .frozen_minor = body_integer(request->body, "frozenMinor", 0),
                                                 .vehicle = body_text(request->body, "vehicle", NULL) };
    GIVE(&done, request->app->settlement, ocpp_settle_relay_ask(handle, &wish, &done, now));
}

/* --- what phones carry --------------------------------------------------------------------------------------------------- */

static const struct body_member token_members[] = {
    { .name = "token", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = TOKEN_LENGTH },
    BODY_END,
};

void api_relay_enrol(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, token_members)) {
        const char *token = body_text(request->body, "token", "");

        GIVE(&done, request->app->settlement, ocpp_settle_relay_enrol(handle, token, strlen(token), NULL, &done, now));
    }
}

void api_relay_status(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, token_members)) {
        const char *token = body_text(request->body, "token", "");

        GIVE(&done, request->app->settlement, ocpp_settle_relay_status(handle, token, strlen(token), &done, now));
    }
}

void api_relay_bill(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, token_members)) {
        const char *token = body_text(request->body, "token", "");

        GIVE(&done, request->app->settlement, ocpp_settle_relay_page(handle, token, strlen(token), &done, now));
    }
}
