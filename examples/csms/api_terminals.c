/* api_terminals.c: terminals of vehicles, who they belong to, and what they started. */
#include "settlement_reply.h"

#include <ocpp/settlement/terminals.h>

#include <stdio.h>
#include <string.h>

/* --- reading ------------------------------------------------------------------------------------------------------------------
 */

static const char *kind_word(enum ocpp_settle_vehicle_id_kind kind)
{
    return ocpp_enum_name(&ocpp_settle_vehicle_id_kind_enum, (int)kind);
}

static void add_terminal(const struct ocpp_settle_terminal *terminal, void *user)
{
    cJSON *json = cJSON_CreateObject();
    char point[2 * OCPP_SETTLE_POINT_SIZE + 1];

    for (size_t i = 0; i < OCPP_SETTLE_POINT_SIZE; i++) {
        snprintf(point + 2 * i, 3, "%02x", terminal->point[i]);
    }
    json_add_text(json, "id", terminal->id);
    json_add_text(json, "name", terminal->name);
    json_add_text(json, "publicKey", point);
    json_add_text(json, "idToken", terminal->token_id);
    json_add_text(json, "type", terminal->token_type);
    cJSON_AddBoolToObject(json, "mayDeduct", terminal->may_deduct);
    json_add_time(json, "since", terminal->made_utc_ms);
    json_add_time(json, "revoked", terminal->revoked_utc_ms);
    cJSON_AddItemToArray(user, json);
}

static void add_association(const struct ocpp_settle_association *association, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", association->id);
    json_add_text(json, "terminal", association->terminal);
    json_add_text(json, "kind", kind_word(association->kind));
    json_add_text(json, "vehicle", association->vehicle);
    json_add_text(json, "madeBy", association->made_by);
    json_add_time(json, "made", association->made_utc_ms);
    json_add_text(json, "revokedBy", association->revoked_by);
    json_add_time(json, "revoked", association->revoked_utc_ms);
    cJSON_AddItemToArray(user, json);
}

static void add_start(const struct ocpp_settle_start *start, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", start->id);
    json_add_text(json, "state", start->state);
    json_add_text(json, "station", start->station);
    json_add_integer(json, "evse", start->evse);
    json_add_text(json, "kind", kind_word(start->kind));
    json_add_text(json, "vehicle", start->vehicle);
    json_add_text(json, "terminal", start->terminal);
    json_add_text(json, "order", start->order);
    json_add_text(json, "transaction", start->transaction);
    json_add_text(json, "wish", start->wish);
    if (start->energy_wh > 0) {
        json_add_integer(json, "energyWh", start->energy_wh);
    }
    if (start->time_s > 0) {
        json_add_integer(json, "timeS", start->time_s);
    }
    json_add_integer(json, "holdMinor", start->hold_minor);
    json_add_text(json, "currency", start->currency);
    json_add_text(json, "bill", start->bill);
    json_add_text(json, "confirmed", start->confirmed);
    json_add_text(json, "confirmedBy", start->confirmed_by);
    cJSON_AddBoolToObject(json, "stopAsked", start->is_stop_asked);
    json_add_text(json, "reason", start->reason);
    json_add_time(json, "asked", start->asked_utc_ms);
    cJSON_AddItemToArray(user, json);
}

#define READER(plural, singular)                                                                                                 \
    static enum ocpp_status read_##plural(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query, cJSON *list)      \
    {                                                                                                                            \
        return ocpp_settle_##plural(settle, query, add_##singular, list);                                                        \
    }
READER(terminals, terminal)
READER(associations, association)
READER(starts, start)
#undef READER

typedef enum ocpp_status list_reader(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query, cJSON *list);

static void answer_list(const struct request *request, const char *name, list_reader *reader)
{
    struct ocpp_settle_rentals_query query = { .limit = OCPP_SETTLE_RENTALS_PAGE };
    char state[QUERY_VALUE_SIZE], station[QUERY_VALUE_SIZE], after[QUERY_VALUE_SIZE];
    int64_t limit = OCPP_SETTLE_RENTALS_PAGE;
    enum ocpp_status status;

    query.state = query_value(request, "state", state) ? state : NULL;
    query.station = query_value(request, "station", station) ? station : NULL;
    if (query_value(request, "after", after)) {
        snprintf(query.cursor, sizeof query.cursor, "%.*s", (int)sizeof query.cursor - 1, after);
    }
    if (!settlement_wanted(request) || !query_number(request, "limit", &limit, 1, OCPP_SETTLE_RENTALS_PAGE)) {
        return;
    }
    query.limit = (size_t)limit;
    cJSON *json = cJSON_CreateObject();
    status = reader(settlement_enter(request->app->settlement), &query, cJSON_AddArrayToObject(json, name));
    settlement_leave(request->app->settlement);
    if (status != OCPP_OK) {
        cJSON_Delete(json);
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
        return;
    }
    json_add_text(json, "next", query.cursor[0] ? query.cursor : NULL);
    answer_json(request->exchange, 200, json);
}

void api_terminals(struct request *request)
{
    answer_list(request, "terminals", read_terminals);
}

void api_associations(struct request *request)
{
    answer_list(request, "associations", read_associations);
}

void api_starts(struct request *request)
{
    answer_list(request, "starts", read_starts);
}

/* --- commands -----------------------------------------------------------------------------------------------------------------
 */

static const struct body_member by_members[] = {
    { .name = "by", .kind = BODY_TEXT, .minimum = 1, .maximum = 80 },
    BODY_END,
};

static int digit(char c)
{
    const char *at = c ? strchr("0123456789abcdef", c) : NULL;

    return at ? (int)(at - "0123456789abcdef") : -1;
}

static bool read_point(const struct request *request, unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    const char *text = body_text(request->body, "publicKey", "");

    for (size_t i = 0; i < OCPP_SETTLE_POINT_SIZE; i++) {
        const int high = digit(text[2 * i]), low = high < 0 ? -1 : digit(text[2 * i + 1]);

        if (low < 0) {
            answer_problem(request->exchange, 400, "/publicKey",
                           "/publicKey is a point of P-256: 04, x and y as 130 hexadecimal digits in small letters");
            return false;
        }
        point[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

void api_terminal_register(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "id", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 40 },
        { .name = "name", .kind = BODY_TEXT, .minimum = 1, .maximum = 80 },
        { .name = "publicKey", .kind = BODY_TEXT, .required = true, .minimum = 130, .maximum = 130 },
        { .name = "idToken", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 255 },
        { .name = "type", .kind = BODY_TEXT, .maximum = 20 },
        { .name = "mayDeduct", .kind = BODY_BOOLEAN },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_terminal terminal = { .id = NULL };

    if (!settlement_wanted(request) || !request_body_is(request, members) || !read_point(request, terminal.point)) {
        return;
    }
    terminal.id = body_text(request->body, "id", "");
    terminal.name = body_text(request->body, "name", terminal.id);
    terminal.token_id = body_text(request->body, "idToken", "");
    terminal.token_type = body_text(request->body, "type", "ISO14443");
    terminal.may_deduct = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(request->body, "mayDeduct"));
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    reply_failed(&done, ocpp_settle_terminal_register(handle, &terminal, &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}

typedef enum ocpp_status named_command(struct ocpp_settle *settle, const char *id, const char *by,
                                       const struct ocpp_settle_done *done, struct ocpp_now now);

static void give(const struct request *request, named_command *command)
{
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, by_members)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done, command(handle, request->parameters[0], body_text(request->body, "by", "operator"), &done,
                                    settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

void api_terminal_revoke(struct request *request)
{
    give(request, ocpp_settle_terminal_revoke);
}

void api_terminal_forget(struct request *request)
{
    give(request, ocpp_settle_terminal_forget);
}

void api_dissociate(struct request *request)
{
    give(request, ocpp_settle_dissociate);
}

static bool read_vehicle(const struct request *request, struct ocpp_settle_vehicle_id *vehicle)
{
    vehicle->kind = (enum ocpp_settle_vehicle_id_kind)ocpp_enum_value(&ocpp_settle_vehicle_id_kind_enum, request->parameters[0]);
    vehicle->id = request->parameters[1];
    if (vehicle->kind == OCPP_SETTLE_VEHICLE_ID_KIND_UNSET) {
        answer_problem(request->exchange, 400, NULL, "a vehicle is known by Evccid, Vin or Tag");
        return false;
    }
    return true;
}

void api_associate(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "terminal", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 40 },
        { .name = "by", .kind = BODY_TEXT, .minimum = 1, .maximum = 80 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_vehicle_id vehicle;

    if (settlement_wanted(request) && request_body_is(request, members) && read_vehicle(request, &vehicle)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done,
                     ocpp_settle_associate(handle, body_text(request->body, "terminal", ""), &vehicle,
                                           body_text(request->body, "by", "operator"), &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

void api_vehicle_sold(struct request *request)
{
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_vehicle_id vehicle;

    if (settlement_wanted(request) && request_body_is(request, by_members) && read_vehicle(request, &vehicle)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done, ocpp_settle_vehicle_sold(handle, &vehicle, body_text(request->body, "by", "operator"), &done,
                                                     settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

void api_start_stop(struct request *request)
{
    static const struct body_member nothing[] = { BODY_END };
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, nothing)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done, ocpp_settle_start_stop(handle, request->parameters[0], &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}
