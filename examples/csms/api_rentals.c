/* api_rentals.c: power banks: what there is, and what renters and operators do. */
#include "settlement_json.h"
#include "settlement_reply.h"

#include <ocpp/settlement/rentals.h>
#include <ocpp/vocabulary.h>

#include <stdio.h>
#include <string.h>

/* --- reading -----------------------------------------------------------------------------------------------------------------
 */

cJSON *rental_json(const struct ocpp_settle_rental *rental)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", rental->id);
    json_add_text(json, "order", rental->order);
    json_add_text(json, "request", rental->request);
    json_add_text(json, "state", rental->state);
    json_add_text(json, "bank", rental->bank);
    json_add_text(json, "station", rental->station);
    json_add_integer(json, "slot", rental->slot);
    json_add_text(json, "endStation", rental->end_station);
    if (rental->end_slot > 0) {
        json_add_integer(json, "endSlot", rental->end_slot);
    }
    json_add_integer(json, "depositMinor", rental->deposit_minor);
    json_add_time(json, "asked", rental->asked_utc_ms);
    json_add_time(json, "taken", rental->taken_utc_ms);
    json_add_time(json, "pinned", rental->pinned_utc_ms);
    json_add_time(json, "ended", rental->ended_utc_ms);
    json_add_integer(json, "swaps", rental->swaps);
    cJSON_AddBoolToObject(json, "vehicleUser", rental->is_vehicle_user);
    cJSON_AddBoolToObject(json, "offline", rental->is_offline);
    json_add_text(json, "suspense", rental->suspense);
    json_add_text(json, "condition", rental->condition);
    json_add_text(json, "reason", rental->reason);
    return json;
}

static void add_rental(const struct ocpp_settle_rental *rental, void *user)
{
    cJSON_AddItemToArray(user, rental_json(rental));
}

static void add_bank(const struct ocpp_settle_bank *bank, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", bank->id);
    json_add_text(json, "hardwareId", bank->hardware_id);
    json_add_text(json, "state", bank->state);
    json_add_integer(json, "generation", bank->generation);
    json_add_text(json, "station", bank->station);
    json_add_integer(json, "slot", bank->slot);
    json_add_text(json, "rental", bank->rental);
    if (bank->charge >= 0) {
        json_add_integer(json, "charge", bank->charge);
    }
    json_add_text(json, "condition", bank->condition);
    json_add_time(json, "since", bank->since_utc_ms);
    cJSON_AddItemToArray(user, json);
}

static void add_slot(const struct ocpp_settle_slot *slot, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "station", slot->station);
    json_add_integer(json, "slot", slot->slot);
    json_add_text(json, "state", slot->state);
    json_add_text(json, "bank", slot->bank);
    if (slot->charge >= 0) {
        json_add_integer(json, "charge", slot->charge);
    }
    json_add_integer(json, "failures", slot->failures);
    json_add_text(json, "reason", slot->reason);
    json_add_time(json, "since", slot->since_utc_ms);
    cJSON_AddItemToArray(user, json);
}

static void add_suspense(const struct ocpp_settle_suspense *entry, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", entry->id);
    json_add_text(json, "kind", entry->kind);
    cJSON_AddBoolToObject(json, "resolved", entry->is_resolved);
    json_add_text(json, "station", entry->station);
    json_add_integer(json, "slot", entry->slot);
    json_add_text(json, "bank", entry->bank);
    json_add_text(json, "hardwareId", entry->hardware_id);
    json_add_text(json, "rental", entry->rental);
    json_add_time(json, "at", entry->at_utc_ms);
    json_add_time(json, "resolvedAt", entry->resolved_utc_ms);
    json_add_text(json, "resolution", entry->resolution);
    cJSON_AddItemToArray(user, json);
}

static void add_pile(const struct ocpp_settle_pile *pile, void *user)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "station", pile->station);
    json_add_text(json, "version", pile->version);
    json_add_text(json, "serial", pile->serial);
    json_add_integer(json, "number", pile->number);
    json_add_integer(json, "slots", pile->slots);
    json_add_integer(json, "clockOffsetMs", pile->clock_offset_ms);
    json_add_time(json, "seen", pile->seen_utc_ms);
    cJSON_AddItemToArray(user, json);
}

/* Each kind of thing has a function of the library of its own type: here they become one. */
#define READER(name, kind)                                                                                                       \
    static enum ocpp_status read_##name(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query, cJSON *list)        \
    {                                                                                                                            \
        return ocpp_settle_##name(settle, query, add_##kind, list);                                                              \
    }
READER(rentals, rental)
READER(banks, bank)
READER(slots, slot)
READER(suspenses, suspense)
READER(piles, pile)
#undef READER

typedef enum ocpp_status list_reader(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query, cJSON *list);

static void answer_list(const struct request *request, const char *name, list_reader *reader)
{
    struct ocpp_settle_rentals_query query = { .limit = OCPP_SETTLE_RENTALS_PAGE };
    char state[QUERY_VALUE_SIZE], station[QUERY_VALUE_SIZE], after[QUERY_VALUE_SIZE];
    int64_t limit = OCPP_SETTLE_RENTALS_PAGE;
    cJSON *json, *list;
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
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, name);
    status = reader(settlement_enter(request->app->settlement), &query, list);
    settlement_leave(request->app->settlement);
    if (status != OCPP_OK) {
        cJSON_Delete(json);
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
        return;
    }
    json_add_text(json, "next", query.cursor[0] ? query.cursor : NULL);
    answer_json(request->exchange, 200, json);
}

void api_settlement_rentals(struct request *request)
{
    answer_list(request, "rentals", read_rentals);
}

void api_settlement_banks(struct request *request)
{
    answer_list(request, "banks", read_banks);
}

void api_settlement_slots(struct request *request)
{
    answer_list(request, "slots", read_slots);
}

void api_settlement_suspense(struct request *request)
{
    answer_list(request, "suspense", read_suspenses);
}

void api_settlement_piles(struct request *request)
{
    answer_list(request, "piles", read_piles);
}

/* --- renting ------------------------------------------------------------------------------------------------------------------
 */

void api_rent(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "station", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 48 },
        { .name = "idToken", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 255 },
        { .name = "type", .kind = BODY_TEXT, .minimum = 1, .maximum = 20 },
        { .name = "count", .kind = BODY_INTEGER, .minimum = 1, .maximum = 16 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_token token = { .id = NULL };
    struct ocpp_settle *handle;

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    token.id = body_text(request->body, "idToken", "");
    token.type = ocpp_token_type_of(body_text(request->body, "type", "ISO14443"));
    if (token.type == OCPP_TOKEN_UNKNOWN) {
        answer_problem(request->exchange, 400, "/type", "/type is no type of token");
        return;
    }
    handle = settlement_enter(request->app->settlement);
    reply_failed(&done, ocpp_settle_rent(handle, body_text(request->body, "station", ""), &token,
                                         (int)body_integer(request->body, "count", 1), &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}

/* --- commands that name one thing
 * ------------------------------------------------------------------------------------------------ */

typedef enum ocpp_status simple_command(struct ocpp_settle *settle, const char *id, const struct ocpp_settle_done *done,
                                        struct ocpp_now now);

static void give(const struct request *request, simple_command *command)
{
    static const struct body_member nothing[] = { BODY_END };
    const struct ocpp_settle_done done = reply_done(request);

    if (settlement_wanted(request) && request_body_is(request, nothing)) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        reply_failed(&done, command(handle, request->parameters[0], &done, settlement_now(request->app)));
        settlement_leave(request->app->settlement);
    }
}

void api_rent_cancel(struct request *request)
{
    give(request, ocpp_settle_rent_cancel);
}

void api_rental_report(struct request *request)
{
    give(request, ocpp_settle_rental_report);
}

void api_rental_swap(struct request *request)
{
    give(request, ocpp_settle_rental_swap);
}

void api_rental_keep(struct request *request)
{
    give(request, ocpp_settle_rental_keep);
}

void api_bank_retire(struct request *request)
{
    give(request, ocpp_settle_bank_retire);
}

void api_bank_serve(struct request *request)
{
    give(request, ocpp_settle_bank_serve);
}

/* --- what an operator does ---------------------------------------------------------------------------------------------------
 */

static int word_of(const char *const *words, const char *text)
{
    int i = 0;

    while (strcmp(words[i], text) != 0) {
        i++;
    }
    return i;
}

void api_suspense_resolve(struct request *request)
{
    /* by enum ocpp_settle_resolution */
    static const char *const words[] = { "returned", "adopt", "retire", "eject", "dismiss", NULL };
    static const struct body_member members[] = {
        { .name = "resolution", .kind = BODY_WORD, .required = true, .words = words },
        { .name = "rental", .kind = BODY_TEXT, .minimum = 1, .maximum = 26 },
        { .name = "bank", .kind = BODY_TEXT, .minimum = 1, .maximum = 40 },
        { .name = "note", .kind = BODY_TEXT, .minimum = 1, .maximum = 100 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle_resolve resolve = { .suspense = request->parameters[0] };
    struct ocpp_settle *handle;

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    resolve.resolution = (enum ocpp_settle_resolution)word_of(words, body_text(request->body, "resolution", words[0]));
    resolve.rental = body_text(request->body, "rental", NULL);
    resolve.bank = body_text(request->body, "bank", NULL);
    resolve.note = body_text(request->body, "note", NULL);
    handle = settlement_enter(request->app->settlement);
    reply_failed(&done, ocpp_settle_suspense_resolve(handle, &resolve, &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}

void api_slot_command(struct request *request)
{
    /* by enum ocpp_settle_slot_order */
    static const char *const words[] = { "", "self-test", "out-of-service", "back-in-service", "eject", NULL };
    static const struct body_member members[] = {
        { .name = "slot", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = 64 },
        { .name = "order", .kind = BODY_WORD, .required = true, .words = words + 1 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle *handle;

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    handle = settlement_enter(request->app->settlement);
    reply_failed(
        &done, ocpp_settle_slot_command(handle, request->parameters[0], (int)body_integer(request->body, "slot", 1),
                                        (enum ocpp_settle_slot_order)word_of(words, body_text(request->body, "order", words[1])),
                                        &done, settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}

void api_known_renter(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "banks", .kind = BODY_INTEGER, .required = true, .minimum = 0, .maximum = 16 },
        BODY_END,
    };
    const struct ocpp_settle_done done = reply_done(request);
    struct ocpp_settle *handle;
    const struct ocpp_token token = { .type = ocpp_token_type_of(request->parameters[0]), .id = request->parameters[1] };

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    if (token.type == OCPP_TOKEN_UNKNOWN) {
        answer_problem(request->exchange, 404, NULL, "no such type of token");
        return;
    }
    handle = settlement_enter(request->app->settlement);
    reply_failed(&done, ocpp_settle_known_renter(handle, &token, (int)body_integer(request->body, "banks", 1), &done,
                                                 settlement_now(request->app)));
    settlement_leave(request->app->settlement);
}
