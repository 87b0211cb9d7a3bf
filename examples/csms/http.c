/* http.c: from a request to its handler: one row per path and method. What openapi.yaml documents stands here, and nothing else
 * does; the pages of the browser are files (web.h). */
#include "command.h"
#include "web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum route_flag { ROUTE_OPEN = 1, ROUTE_BODY = 2, ROUTE_TEST_CLOCK = 4, ROUTE_COMMAND = 8, ROUTE_FILES = 16 };

/* '*' stands for one segment, '**' for the rest of the path. */
struct route {
    const char *method;
    const char *pattern;
    int flags;
    void (*handle)(struct request *request);
};

static const struct route routes[] = {
    { "GET", "/api/health", ROUTE_OPEN, api_health },
    { "GET", "/api/openapi.yaml", 0, api_openapi },
    { "GET", "/metrics", 0, api_metrics },
    { "GET", "/api/events", 0, api_events },
    { "GET", "/api/stations", 0, api_stations },
    { "GET", "/api/stations/*", 0, api_station },
    { "PUT", "/api/stations/*", ROUTE_BODY, api_station_put },
    { "DELETE", "/api/stations/*/connection", 0, api_station_disconnect },
    { "GET", "/api/stations/*/security-profile", 0, api_security_profile },
    { "PUT", "/api/stations/*/security-profile", ROUTE_BODY, api_security_profile_put },
    { "GET", "/api/security-events", 0, api_security_events },
    { "GET", "/api/stations/*/messages", 0, api_messages },
    { "GET", "/api/stations/*/curve", 0, api_curve },
    { "POST", "/api/stations/*/call", ROUTE_BODY, api_call },
    { "POST", "/api/stations/*/*", ROUTE_BODY | ROUTE_COMMAND, api_command }, /* the tables of command.h */
    { "GET", "/api/model/*", 0, api_model },
    { "GET", "/api/model/*/*", 0, api_model_action },
    { "GET", "/api/tokens", 0, api_tokens },
    { "GET", "/api/tokens/*/**", 0, api_token },
    { "PUT", "/api/tokens/*/**", ROUTE_BODY, api_token_put },
    { "DELETE", "/api/tokens/*/**", 0, api_token_delete },
    { "GET", "/api/transactions", 0, api_transactions },
    { "GET", "/api/transactions/**", 0, api_transaction },
    { "GET", "/api/files", ROUTE_FILES, api_files },
    { "GET", "/api/files/received/*", ROUTE_FILES, api_file_received },
    { "GET", "/files/*/*/*", ROUTE_OPEN | ROUTE_FILES, api_file_get },
    { "PUT", "/files/*/*/*/**", ROUTE_OPEN | ROUTE_FILES, api_file_put },
    { "GET", "/api/orders", 0, api_orders },
    { "GET", "/api/orders/*", 0, api_order },
    { "POST", "/api/orders/*/pay", ROUTE_BODY, api_order_pay },
    { "POST", "/api/orders/*/write-off", ROUTE_BODY, api_order_write_off },
    { "POST", "/api/orders/*/adjust", ROUTE_BODY, api_order_adjust },
    { "POST", "/api/orders/*/chargeback", ROUTE_BODY, api_order_chargeback },
    { "POST", "/api/orders/*/try-again", ROUTE_BODY, api_order_try_again },
    { "GET", "/api/ledger/balances", 0, api_balances },
    { "GET", "/api/ledger/journal", 0, api_journal },
    { "GET", "/api/settlement/accounts/*/**", 0, api_wallet },
    { "POST", "/api/settlement/accounts/*/**", ROUTE_BODY, api_wallet_change },
    { "POST", "/api/settlement/notify/*", ROUTE_OPEN, api_payment_notify }, /* who shows a signature */
    { "GET", "/api/settlement/reconciliation", 0, api_reconciliation },
    { "POST", "/api/settlement/reconciliation", ROUTE_BODY, api_reconcile },
    { "GET", "/api/settlement/verify", 0, api_settlement_verify },
    { "GET", "/api/settlement/rentals", 0, api_settlement_rentals },
    { "GET", "/api/settlement/banks", 0, api_settlement_banks },
    { "GET", "/api/settlement/slots", 0, api_settlement_slots },
    { "GET", "/api/settlement/suspense", 0, api_settlement_suspense },
    { "GET", "/api/settlement/piles", 0, api_settlement_piles },
    { "POST", "/api/settlement/rent", ROUTE_BODY, api_rent },
    { "POST", "/api/settlement/suspense/*", ROUTE_BODY, api_suspense_resolve },
    { "POST", "/api/settlement/slots/*", ROUTE_BODY, api_slot_command },
    { "PUT", "/api/settlement/known-renters/*/**", ROUTE_BODY, api_known_renter },
    { "POST", "/api/settlement/requests/*/cancel", ROUTE_BODY, api_rent_cancel },
    { "POST", "/api/settlement/rentals/*/report", ROUTE_BODY, api_rental_report },
    { "POST", "/api/settlement/rentals/*/swap", ROUTE_BODY, api_rental_swap },
    { "POST", "/api/settlement/rentals/*/keep", ROUTE_BODY, api_rental_keep },
    { "POST", "/api/settlement/banks/*/retire", ROUTE_BODY, api_bank_retire },
    { "POST", "/api/settlement/banks/*/serve", ROUTE_BODY, api_bank_serve },
    /* of piles without a network; what phones carry is open: it shows signatures */
    { "GET", "/api/settlement/relay/key", 0, api_relay_key },
    { "PUT", "/api/settlement/relay/trust", ROUTE_BODY, api_relay_trust },
    { "GET", "/api/settlement/relay/piles", 0, api_relay_piles },
    { "POST", "/api/settlement/relay/piles", ROUTE_BODY, api_relay_register },
    { "GET", "/api/settlement/relay/piles/*", 0, api_relay_pile },
    { "POST", "/api/settlement/relay/piles/*/revoke", ROUTE_BODY, api_relay_revoke },
    { "POST", "/api/settlement/relay/piles/*/lift", ROUTE_BODY, api_relay_lift },
    { "GET", "/api/settlement/relay/piles/*/pages/*", 0, api_relay_page },
    { "POST", "/api/settlement/relay/piles/*/pages/*/resolve", ROUTE_BODY, api_relay_resolve },
    { "POST", "/api/settlement/relay/piles/*/pages/*/accept", ROUTE_BODY, api_relay_accept },
    { "GET", "/api/settlement/relay/waiting", 0, api_relay_waiting },
    { "POST", "/api/settlement/relay/enrolments", ROUTE_OPEN | ROUTE_BODY, api_relay_enrol },
    { "GET", "/api/settlement/relay/enrolments/*", ROUTE_OPEN, api_relay_enrolment },
    { "POST", "/api/settlement/relay/authorisations", ROUTE_BODY, api_relay_ask },
    { "GET", "/api/settlement/relay/authorisations/*", 0, api_relay_authorisation },
    { "POST", "/api/settlement/relay/statuses", ROUTE_OPEN | ROUTE_BODY, api_relay_status },
    { "POST", "/api/settlement/relay/bills", ROUTE_OPEN | ROUTE_BODY, api_relay_bill },
    { "GET", "/api/settlement/relay/bills/*/*", ROUTE_OPEN, api_relay_bill_receipt },
    { "GET", "/api/settlement/relay/houses/*", ROUTE_OPEN, api_relay_house },
    { "POST", "/api/settlement/relay/shown-cards", ROUTE_OPEN | ROUTE_BODY, api_relay_card_shown },
    /* of rental houses: an operator, or a phone by its bearer: each handler looks who it is */
    { "GET", "/api/settlement/houses", ROUTE_OPEN, api_houses },
    { "POST", "/api/settlement/houses", ROUTE_OPEN | ROUTE_BODY, api_house_open },
    { "GET", "/api/settlement/houses/*", ROUTE_OPEN, api_house },
    { "GET", "/api/settlement/houses/*/events", ROUTE_OPEN, api_house_events },
    { "GET", "/api/settlement/houses/*/piles", ROUTE_OPEN, api_house_piles },
    { "PUT", "/api/settlement/houses/*/piles/*", ROUTE_OPEN | ROUTE_BODY, api_house_pile_add },
    { "DELETE", "/api/settlement/houses/*/piles/*", ROUTE_OPEN, api_house_pile_remove },
    { "POST", "/api/settlement/houses/*/piles/*/authorise", ROUTE_OPEN | ROUTE_BODY, api_house_pile_authorise },
    { "POST", "/api/settlement/houses/*/piles/*/start", ROUTE_OPEN | ROUTE_BODY, api_house_start },
    { "POST", "/api/settlement/houses/*/piles/*/stop", ROUTE_OPEN | ROUTE_BODY, api_house_stop },
    { "GET", "/api/settlement/houses/*/tenants", ROUTE_OPEN, api_house_tenants },
    { "POST", "/api/settlement/houses/*/tenants", ROUTE_OPEN | ROUTE_BODY, api_house_tenant_add },
    { "POST", "/api/settlement/houses/*/tenants/*/move-out", ROUTE_OPEN | ROUTE_BODY, api_house_tenant_move_out },
    { "POST", "/api/settlement/houses/*/tenants/*/forget", ROUTE_OPEN | ROUTE_BODY, api_house_tenant_forget },
    { "GET", "/api/settlement/houses/*/cards", ROUTE_OPEN, api_house_cards },
    { "POST", "/api/settlement/houses/*/cards", ROUTE_OPEN | ROUTE_BODY, api_house_card_issue },
    { "POST", "/api/settlement/houses/*/cards/*/replace", ROUTE_OPEN | ROUTE_BODY, api_house_card_replace },
    { "POST", "/api/settlement/houses/*/cards/*/log-out", ROUTE_OPEN | ROUTE_BODY, api_house_card_log_out },
    { "POST", "/api/settlement/houses/*/cards/*/let-in", ROUTE_OPEN | ROUTE_BODY, api_house_card_let_in },
    { "POST", "/api/settlement/houses/*/cards/*/lost", ROUTE_OPEN | ROUTE_BODY, api_house_card_lost },
    { "POST", "/api/settlement/houses/*/cards/*/end", ROUTE_OPEN | ROUTE_BODY, api_house_card_end },
    { "GET", "/api/settlement/houses/*/phones", ROUTE_OPEN, api_house_phones },
    { "POST", "/api/settlement/houses/*/phones/*/approve", ROUTE_OPEN | ROUTE_BODY, api_house_phone_approve },
    { "POST", "/api/settlement/houses/*/phones/*/revoke", ROUTE_OPEN | ROUTE_BODY, api_house_phone_revoke },
    { "GET", "/api/settlement/houses/*/prices", ROUTE_OPEN, api_house_prices },
    { "POST", "/api/settlement/houses/*/prices", ROUTE_OPEN | ROUTE_BODY, api_house_price_set },
    { "POST", "/api/settlement/houses/*/prices/*/confirm", ROUTE_OPEN | ROUTE_BODY, api_house_price_confirm },
    { "POST", "/api/settlement/houses/*/periods", ROUTE_OPEN | ROUTE_BODY, api_house_period },
    { "GET", "/api/settlement/houses/*/sessions", ROUTE_OPEN, api_house_sessions },
    { "GET", "/api/settlement/houses/*/statements", ROUTE_OPEN, api_house_statements },
    { "GET", "/api/settlement/houses/*/statements/*", ROUTE_OPEN, api_house_statement },
    { "GET", "/api/settlement/houses/*/consumption", ROUTE_OPEN, api_house_consumption },
    { "POST", "/api/settlement/houses/*/statements/*/pay", ROUTE_OPEN | ROUTE_BODY, api_house_statement_pay },
    { "POST", "/api/settlement/houses/*/statements/*/paid", ROUTE_OPEN | ROUTE_BODY, api_house_statement_paid },
    { "POST", "/api/settlement/houses/*/statements/*/items/*/confirm", ROUTE_OPEN | ROUTE_BODY, api_house_item_confirm },
    { "POST", "/api/settlement/houses/*/statements/*/items/*/waive", ROUTE_OPEN | ROUTE_BODY, api_house_item_waive },
    { "POST", "/api/settlement/phones", ROUTE_OPEN | ROUTE_BODY, api_phone_bind },
    { "GET", "/api/settlement/phones/me", ROUTE_OPEN, api_phone_me },
    { "GET", "/api/settlement/phones/me/events", ROUTE_OPEN, api_phone_events },
    { "POST", "/api/settlement/phones/me/binding", ROUTE_OPEN | ROUTE_BODY, api_phone_binding },
    { "GET", "/api/settlement/places", 0, api_places },
    { "PUT", "/api/settlement/places/*/*", ROUTE_BODY, api_place_put },
    { "DELETE", "/api/settlement/places/*/*", 0, api_place_delete },
    { "GET", "/api/settlement/visits/offers", 0, api_offers },
    { "GET", "/api/settlement/visits", 0, api_visits },
    { "POST", "/api/settlement/visits", ROUTE_BODY, api_visit_reserve },
    { "GET", "/api/settlement/visits/*", 0, api_visit },
    { "GET", "/api/settlement/visits/*/link", 0, api_visit_link },
    { "GET", "/api/settlement/visits/*/qr", 0, api_visit_qr },
    { "POST", "/api/settlement/visits/*/confirm", ROUTE_BODY, api_visit_confirm },
    { "POST", "/api/settlement/visits/*/cancel", ROUTE_BODY, api_visit_cancel },
    { "POST", "/api/settlement/visits/*/start", ROUTE_BODY, api_visit_start },
    { "POST", "/api/settlement/visits/*/stop", ROUTE_BODY, api_visit_stop },
    { "POST", "/api/settlement/visits/*/pay", ROUTE_BODY, api_visit_pay },
    { "POST", "/api/settlement/visits/*/release", ROUTE_BODY, api_visit_release },
    { "GET", "/pay/*", ROUTE_OPEN, pay_page }, /* who has a link */
    { "POST", "/pay/*/now", ROUTE_OPEN, pay_page_now },
    /* of drivers: a key in the header says which visit */
    { "GET", "/api/drive/places", ROUTE_OPEN, api_drive_places },
    { "GET", "/api/drive/offers", ROUTE_OPEN, api_drive_offers },
    { "GET", "/api/drive/bays", ROUTE_OPEN, api_drive_bays },
    { "POST", "/api/drive/visits", ROUTE_OPEN | ROUTE_BODY, api_drive_begin },
    { "GET", "/api/drive/visit", ROUTE_OPEN, api_drive_visit },
    { "GET", "/api/drive/events", ROUTE_OPEN, api_drive_events },
    { "GET", "/api/drive/visit/qr", ROUTE_OPEN, api_drive_qr },
    { "POST", "/api/drive/visit/confirm", ROUTE_OPEN | ROUTE_BODY, api_drive_confirm },
    { "POST", "/api/drive/visit/cancel", ROUTE_OPEN | ROUTE_BODY, api_drive_cancel },
    { "POST", "/api/drive/visit/start", ROUTE_OPEN | ROUTE_BODY, api_drive_start },
    { "POST", "/api/drive/visit/stop", ROUTE_OPEN | ROUTE_BODY, api_drive_stop },
    { "POST", "/api/drive/visit/pay", ROUTE_OPEN | ROUTE_BODY, api_drive_pay },
    { "POST", "/api/drive/visit/rent", ROUTE_OPEN | ROUTE_BODY, api_drive_rent },
    { "POST", "/api/drive/visit/rentals/*/report", ROUTE_OPEN | ROUTE_BODY, api_drive_report },
    { "POST", "/api/drive/visit/rentals/*/swap", ROUTE_OPEN | ROUTE_BODY, api_drive_swap },
    { "POST", "/api/drive/visit/rentals/*/keep", ROUTE_OPEN | ROUTE_BODY, api_drive_keep },
    { "POST", "/api/settlement/drivers", ROUTE_BODY, api_drivers },
    { "GET", "/api/settlement/terminals", 0, api_terminals },
    { "POST", "/api/settlement/terminals", ROUTE_BODY, api_terminal_register },
    { "POST", "/api/settlement/terminals/*/revoke", ROUTE_BODY, api_terminal_revoke },
    { "POST", "/api/settlement/terminals/*/forget", ROUTE_BODY, api_terminal_forget },
    { "GET", "/api/settlement/associations", 0, api_associations },
    { "POST", "/api/settlement/associations/*/revoke", ROUTE_BODY, api_dissociate },
    { "POST", "/api/settlement/vehicles/*/*/terminals", ROUTE_BODY, api_associate },
    { "POST", "/api/settlement/vehicles/*/*/sold", ROUTE_BODY, api_vehicle_sold },
    { "GET", "/api/settlement/starts", 0, api_starts },
    { "POST", "/api/settlement/starts/*/stop", ROUTE_BODY, api_start_stop },
    { "POST", "/api/test/clock", ROUTE_BODY | ROUTE_TEST_CLOCK, api_test_clock },
};

/* Whether |request->text| (a copy of the path) follows |pattern|; its segments are cut out in place. */
static bool match(struct request *request, const char *pattern)
{
    char *at = request->text;
    size_t count = 0;

    while (*pattern) {
        if (*pattern != '*') {
            if (*pattern++ != *at++) {
                return false;
            }
            continue;
        }
        bool rest = pattern[1] == '*';
        size_t size = rest ? strlen(at) : strcspn(at, "/");
        if (size == 0) {
            return false;
        }
        request->parameters[count++] = at;
        pattern += rest ? 2 : 1;
        at += size;
        if (*pattern == '/' && *at == '/') {
            *at++ = '\0';
            pattern++;
        }
    }
    return *at == '\0';
}

static bool is_method(const struct ocpp_http_request *http, const char *method)
{
    return strcmp(http->method, method) == 0 || (strcmp(http->method, "HEAD") == 0 && strcmp(method, "GET") == 0);
}

static bool is_served(const struct route *route, const struct app *app)
{
    return (!(route->flags & ROUTE_TEST_CLOCK) || app->options->test_clock) && (!(route->flags & ROUTE_FILES) || app->files);
}

/* The route of the request; NULL: |*allowed| tells whether another method would have one. */
static const struct route *find_route(struct request *request, bool *allowed)
{
    *allowed = false;
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (!is_served(&routes[i], request->app)) {
            continue;
        }
        snprintf(request->text, sizeof request->text, "%s", request->http->path);
        if (!match(request, routes[i].pattern) || ((routes[i].flags & ROUTE_COMMAND) && !command_find(request->parameters[1]))) {
            continue;
        }
        if (is_method(request->http, routes[i].method)) {
            return &routes[i];
        }
        *allowed = true;
    }
    return NULL;
}

static bool is_json_type(const char *type)
{
    static const char json[] = "application/json";

    return type && strncmp(type, json, sizeof json - 1) == 0 && strchr(" ;", type[sizeof json - 1]);
}

/* A form of another site cannot send this type without asking first, so the demand keeps forged writes out. */
static bool take_body(struct request *request)
{
    const struct ocpp_http_request *http = request->http;

    if (!is_json_type(http->content_type)) {
        answer_problem(request->exchange, 415, NULL, "send the body as Content-Type: application/json");
        return false;
    }
    request->body = body_parse(http->body, http->body_size);
    if (!request->body) {
        answer_problem(request->exchange, 400, "", "the body is no JSON text");
        return false;
    }
    return true;
}

void app_on_http(struct ocpp_http_exchange *exchange, const struct ocpp_http_request *http, void *user)
{
    struct request request = { .app = user, .shard = shard_here(), .exchange = exchange, .http = http };
    const struct route *route;
    bool allowed;

    if (strlen(http->path) >= sizeof request.text) {
        answer_problem(exchange, 404, NULL, "no such path");
        return;
    }
    if (http->sink) {
        api_file_whole(&request);
        return;
    }
    if (web_serve(&request)) {
        return;
    }
    route = find_route(&request, &allowed);
    if ((!route || !(route->flags & ROUTE_OPEN)) && !request_is_allowed(&request)) {
        return;
    }
    if (!request.app->server) {
        answer_problem(exchange, 503, NULL, "the server starts; ask again");
        return;
    }
    if (!route) {
        answer_problem(exchange, allowed ? 405 : 404, NULL, allowed ? "this path has no such method" : "no such path");
        return;
    }
    if ((route->flags & ROUTE_BODY) && !take_body(&request)) {
        return;
    }
    route->handle(&request);
    cJSON_Delete(request.body);
}

/* --- what handlers share -----------------------------------------------------------------------------------------------------
 */

bool query_value(const struct request *request, const char *name, char value[QUERY_VALUE_SIZE])
{
    return query_find(request->http->query, name, value);
}

bool query_number(const struct request *request, const char *name, int64_t *number, int64_t minimum, int64_t maximum)
{
    char text[QUERY_VALUE_SIZE];
    char *end;
    long long value;

    if (!query_value(request, name, text)) {
        return true;
    }
    value = strtoll(text, &end, 10);
    if (end == text || *end || value < minimum || value > maximum) {
        answer_problem(request->exchange, 400, NULL, "the query's %s has to be a number from %lld to %lld", name,
                       (long long)minimum, (long long)maximum);
        return false;
    }
    *number = value;
    return true;
}

struct known_station *request_station(const struct request *request)
{
    struct known_station *station = stations_find(request->app->stations, request->parameters[0]);

    if (!station) {
        answer_problem(request->exchange, 404, NULL, "no such station");
    }
    return station;
}

bool request_body_is(const struct request *request, const struct body_member *members)
{
    struct body_issue issue;

    if (body_check(request->body, members, &issue)) {
        return true;
    }
    answer_problem(request->exchange, 400, issue.path, "%s %s", issue.path, issue.why);
    return false;
}
