/* http.h: requests of operators, and their answers. Every error is a problem document (RFC 9457). */
#ifndef CSMS_HTTP_H
#define CSMS_HTTP_H

#include "app.h"
#include "body.h"
#include "query.h"

enum { REQUEST_TEXT_SIZE = 2048, PAGE_DEFAULT = 100, PAGE_MAX = 1000 };

/* request: what a handler gets. It answers |exchange| once, now or later; all the rest ends with its return. */
struct request {
    struct app *app;
    struct shard *shard;
    struct ocpp_http_exchange *exchange;
    const struct ocpp_http_request *http;
    const char *parameters[4]; /* what stood at the places of the pattern, decoded */
    cJSON *body;               /* of routes that take one; a handler that keeps it leaves NULL */
    char text[REQUEST_TEXT_SIZE];
};

/* answer_json: |json| is taken over; NULL answers 500. */
void answer_json(struct ocpp_http_exchange *exchange, int status, cJSON *json);
void answer_nothing(struct ocpp_http_exchange *exchange);
void answer_text(struct ocpp_http_exchange *exchange, const char *type, const char *text, size_t size);

/* answer_problem: |path| is a JSON pointer into the body, NULL where there is none. */
__attribute__((format(printf, 4, 5))) void answer_problem(struct ocpp_http_exchange *exchange, int status, const char *path,
                                                          const char *format, ...);

/* answer_status: the problem a status of the library is, when it is the program's own fault or the store's. */
void answer_status(struct ocpp_http_exchange *exchange, enum ocpp_status status);

/* request_is_allowed: whether who asks may; answers when not. */
bool request_is_allowed(const struct request *request);

/* query_value: the decoded value of |name|; false when it is not there, or too long. */
bool query_value(const struct request *request, const char *name, char value[QUERY_VALUE_SIZE]);

/* query_number: the number |name|, |otherwise| without it. False: it is no number from |minimum| to |maximum|; that was answered.
 */
bool query_number(const struct request *request, const char *name, int64_t *number, int64_t minimum, int64_t maximum);

/* request_station: the station the path names; NULL: 404 was answered. */
struct known_station *request_station(const struct request *request);

/* request_body_is: body_check(), answered with 400 when not. */
bool request_body_is(const struct request *request, const struct body_member *members);

/* The resources. */
void api_health(struct request *request);
void api_place_put(struct request *request);
void api_place_delete(struct request *request);
void api_places(struct request *request);
void api_offers(struct request *request);
void api_visits(struct request *request);
void api_visit(struct request *request);
void api_visit_link(struct request *request);
void api_visit_qr(struct request *request);
void api_visit_reserve(struct request *request);
void api_visit_confirm(struct request *request);
void api_visit_cancel(struct request *request);
void api_visit_start(struct request *request);
void api_visit_stop(struct request *request);
void api_visit_pay(struct request *request);
void api_visit_release(struct request *request);
void pay_page(struct request *request);
void pay_page_now(struct request *request);
void api_openapi(struct request *request);
void api_metrics(struct request *request);
void api_events(struct request *request);
void api_stations(struct request *request);
void api_station(struct request *request);
void api_station_put(struct request *request);
void api_station_disconnect(struct request *request);
void api_security_profile(struct request *request);
void api_security_profile_put(struct request *request);
void api_security_events(struct request *request);
void api_messages(struct request *request);
void api_curve(struct request *request);
void api_model(struct request *request);
void api_model_action(struct request *request);
void api_call(struct request *request);
void api_command(struct request *request);
void api_tokens(struct request *request);
void api_token(struct request *request);
void api_token_put(struct request *request);
void api_token_delete(struct request *request);
void api_transactions(struct request *request);
void api_transaction(struct request *request);
void api_files(struct request *request);
void api_file_received(struct request *request);
void api_file_get(struct request *request);
void api_file_put(struct request *request);
void api_file_whole(struct request *request); /* a body that went to its sink */
void api_test_clock(struct request *request);
void api_orders(struct request *request);
void api_order(struct request *request);
void api_order_pay(struct request *request);
void api_order_write_off(struct request *request);
void api_order_adjust(struct request *request);
void api_order_chargeback(struct request *request);
void api_order_try_again(struct request *request);
void api_balances(struct request *request);
void api_journal(struct request *request);
void api_wallet(struct request *request);
void api_wallet_change(struct request *request);
void api_payment_notify(struct request *request);
void api_reconcile(struct request *request);
void api_reconciliation(struct request *request);
void api_settlement_verify(struct request *request);
void api_settlement_rentals(struct request *request);
void api_settlement_banks(struct request *request);
void api_settlement_slots(struct request *request);
void api_settlement_suspense(struct request *request);
void api_settlement_piles(struct request *request);
void api_rent(struct request *request);
void api_rent_cancel(struct request *request);
void api_rental_report(struct request *request);
void api_rental_swap(struct request *request);
void api_rental_keep(struct request *request);
void api_bank_retire(struct request *request);
void api_bank_serve(struct request *request);
void api_suspense_resolve(struct request *request);
void api_slot_command(struct request *request);
void api_known_renter(struct request *request);
void api_relay_key(struct request *request);
void api_relay_trust(struct request *request);
void api_relay_piles(struct request *request);
void api_relay_register(struct request *request);
void api_relay_pile(struct request *request);
void api_relay_revoke(struct request *request);
void api_relay_lift(struct request *request);
void api_relay_page(struct request *request);
void api_relay_resolve(struct request *request);
void api_relay_accept(struct request *request);
void api_relay_waiting(struct request *request);
void api_relay_enrol(struct request *request);
void api_relay_enrolment(struct request *request);
void api_relay_ask(struct request *request);
void api_relay_authorisation(struct request *request);
void api_relay_status(struct request *request);
void api_relay_bill(struct request *request);
void api_relay_bill_receipt(struct request *request);
void api_relay_house(struct request *request);
void api_relay_card_shown(struct request *request);
void api_phone_binding(struct request *request);
void api_houses(struct request *request);
void api_house_open(struct request *request);
void api_house(struct request *request);
void api_house_piles(struct request *request);
void api_house_pile_add(struct request *request);
void api_house_pile_remove(struct request *request);
void api_house_pile_authorise(struct request *request);
void api_house_start(struct request *request);
void api_house_stop(struct request *request);
void api_house_tenants(struct request *request);
void api_house_tenant_add(struct request *request);
void api_house_tenant_move_out(struct request *request);
void api_house_tenant_forget(struct request *request);
void api_house_cards(struct request *request);
void api_house_card_issue(struct request *request);
void api_house_card_replace(struct request *request);
void api_house_card_log_out(struct request *request);
void api_house_card_let_in(struct request *request);
void api_house_card_lost(struct request *request);
void api_house_card_end(struct request *request);
void api_house_phones(struct request *request);
void api_house_phone_approve(struct request *request);
void api_house_phone_revoke(struct request *request);
void api_house_prices(struct request *request);
void api_house_price_set(struct request *request);
void api_house_price_confirm(struct request *request);
void api_house_period(struct request *request);
void api_house_sessions(struct request *request);
void api_house_statements(struct request *request);
void api_house_statement(struct request *request);
void api_house_statement_paid(struct request *request);
void api_house_item_confirm(struct request *request);
void api_house_item_waive(struct request *request);
void api_phone_bind(struct request *request);
void api_house_events(struct request *request);
void api_phone_events(struct request *request);
void api_phone_me(struct request *request);
void api_terminals(struct request *request);
void api_terminal_register(struct request *request);
void api_terminal_revoke(struct request *request);
void api_terminal_forget(struct request *request);
void api_associations(struct request *request);
void api_dissociate(struct request *request);
void api_associate(struct request *request);
void api_vehicle_sold(struct request *request);
void api_starts(struct request *request);
void api_start_stop(struct request *request);
void api_drive_places(struct request *request);
void api_drive_offers(struct request *request);
void api_drive_bays(struct request *request);
void api_drive_begin(struct request *request);
void api_drivers(struct request *request);
void api_drive_visit(struct request *request);
void api_drive_confirm(struct request *request);
void api_drive_cancel(struct request *request);
void api_drive_start(struct request *request);
void api_drive_pay(struct request *request);
void api_drive_events(struct request *request);
void api_drive_qr(struct request *request);
void api_drive_stop(struct request *request);
void api_drive_rent(struct request *request);
void api_drive_report(struct request *request);
void api_drive_swap(struct request *request);
void api_drive_keep(struct request *request);
void api_house_consumption(struct request *request);
void api_house_statement_pay(struct request *request);

#endif
