/* settlement_none.c: settlement.h for a program that was built without the extension. */
#include "settlement.h"

#include "http.h"

#include <stdio.h>

bool settlement_open(struct app *app, char *why)
{
    if (app->options->settlement) {
        snprintf(why, STORE_WHY_SIZE, "--settlement: this program was built without the settlement extension");
        return false;
    }
    return true;
}

void settlement_resume(struct app *app)
{
    (void)app;
}

void settlement_close(struct app *app)
{
    (void)app;
}

void settlement_hear(struct shard *shard, struct ocpp_central_handler *handler)
{
    (void)shard, (void)handler;
}

void settlement_beat(struct app *app)
{
    (void)app;
}

void settlement_end_streams(struct app *app)
{
    (void)app;
}

void settlement_connected(struct app *app, const char *station, bool connected)
{
    (void)app, (void)station, (void)connected;
}

void settlement_status(struct app *app, const char *station, const struct ocpp_status_event *status)
{
    (void)app, (void)station, (void)status;
}

void settlement_transaction(struct app *app, const struct ocpp_transaction_event *event)
{
    (void)app, (void)event;
}

bool settlement_card(struct app *app, const char *station, const char *token, enum ocpp_authorization *authorization)
{
    (void)app, (void)station, (void)token, (void)authorization;
    return false;
}

void settlement_meter(struct app *app, const char *station, int evse, int connector, const struct ocpp_meter_sample *samples,
                      size_t count)
{
    (void)app, (void)station, (void)evse, (void)connector, (void)samples, (void)count;
}

void settlement_reservation(struct app *app, const char *station, int64_t reservation, const char *word)
{
    (void)app, (void)station, (void)reservation, (void)word;
}

bool settlement_authorize(struct shard *shard, const char *station, const struct ocpp_token *token,
                          struct ocpp_authorize_decision *decision)
{
    (void)shard, (void)station, (void)token, (void)decision;
    return false;
}

void settlement_after_round(struct app *app)
{
    (void)app;
}

static void not_built(const struct request *request)
{
    answer_problem(request->exchange, 404, NULL,
                   "nothing is settled here: this program was built without the settlement extension");
}

void api_orders(struct request *request)
{
    not_built(request);
}

void api_order(struct request *request)
{
    not_built(request);
}

void api_order_pay(struct request *request)
{
    not_built(request);
}

void api_order_write_off(struct request *request)
{
    not_built(request);
}

void api_order_adjust(struct request *request)
{
    not_built(request);
}

void api_order_chargeback(struct request *request)
{
    not_built(request);
}

void api_order_try_again(struct request *request)
{
    not_built(request);
}

void api_balances(struct request *request)
{
    not_built(request);
}

void api_journal(struct request *request)
{
    not_built(request);
}

void api_payment_notify(struct request *request)
{
    not_built(request);
}

void api_reconcile(struct request *request)
{
    not_built(request);
}

void api_reconciliation(struct request *request)
{
    not_built(request);
}

void api_settlement_verify(struct request *request)
{
    not_built(request);
}

void api_settlement_rentals(struct request *request)
{
    not_built(request);
}

void api_settlement_banks(struct request *request)
{
    not_built(request);
}

void api_settlement_slots(struct request *request)
{
    not_built(request);
}

void api_settlement_suspense(struct request *request)
{
    not_built(request);
}

void api_settlement_piles(struct request *request)
{
    not_built(request);
}

void api_rent(struct request *request)
{
    not_built(request);
}

void api_suspense_resolve(struct request *request)
{
    not_built(request);
}

void api_slot_command(struct request *request)
{
    not_built(request);
}

void api_known_renter(struct request *request)
{
    not_built(request);
}

void api_rent_cancel(struct request *request)
{
    not_built(request);
}

void api_rental_report(struct request *request)
{
    not_built(request);
}

void api_rental_swap(struct request *request)
{
    not_built(request);
}

void api_rental_keep(struct request *request)
{
    not_built(request);
}

void api_bank_retire(struct request *request)
{
    not_built(request);
}

void api_bank_serve(struct request *request)
{
    not_built(request);
}

void api_wallet(struct request *request)
{
    not_built(request);
}

void api_wallet_change(struct request *request)
{
    not_built(request);
}

void api_relay_key(struct request *request)
{
    not_built(request);
}

void api_relay_trust(struct request *request)
{
    not_built(request);
}

void api_relay_piles(struct request *request)
{
    not_built(request);
}

void api_relay_register(struct request *request)
{
    not_built(request);
}

void api_relay_pile(struct request *request)
{
    not_built(request);
}

void api_relay_revoke(struct request *request)
{
    not_built(request);
}

void api_relay_lift(struct request *request)
{
    not_built(request);
}

void api_relay_page(struct request *request)
{
    not_built(request);
}

void api_relay_resolve(struct request *request)
{
    not_built(request);
}

void api_relay_waiting(struct request *request)
{
    not_built(request);
}

void api_relay_enrol(struct request *request)
{
    not_built(request);
}

void api_relay_enrolment(struct request *request)
{
    not_built(request);
}

void api_relay_ask(struct request *request)
{
    not_built(request);
}

void api_relay_authorisation(struct request *request)
{
    not_built(request);
}

void api_relay_status(struct request *request)
{
    not_built(request);
}

void api_relay_bill(struct request *request)
{
    not_built(request);
}

void api_relay_bill_receipt(struct request *request)
{
    not_built(request);
}

void api_houses(struct request *request)
{
    not_built(request);
}

void api_house_open(struct request *request)
{
    not_built(request);
}

void api_house(struct request *request)
{
    not_built(request);
}

void api_house_piles(struct request *request)
{
    not_built(request);
}

void api_house_pile_add(struct request *request)
{
    not_built(request);
}

void api_house_pile_remove(struct request *request)
{
    not_built(request);
}

void api_house_pile_authorise(struct request *request)
{
    not_built(request);
}

void api_house_tenants(struct request *request)
{
    not_built(request);
}

void api_house_tenant_add(struct request *request)
{
    not_built(request);
}

void api_house_tenant_move_out(struct request *request)
{
    not_built(request);
}

void api_house_tenant_forget(struct request *request)
{
    not_built(request);
}

void api_house_cards(struct request *request)
{
    not_built(request);
}

void api_house_card_issue(struct request *request)
{
    not_built(request);
}

void api_house_card_replace(struct request *request)
{
    not_built(request);
}

void api_house_card_log_out(struct request *request)
{
    not_built(request);
}

void api_house_card_let_in(struct request *request)
{
    not_built(request);
}

void api_house_card_lost(struct request *request)
{
    not_built(request);
}

void api_house_card_end(struct request *request)
{
    not_built(request);
}

void api_house_phones(struct request *request)
{
    not_built(request);
}

void api_house_phone_approve(struct request *request)
{
    not_built(request);
}

void api_house_phone_revoke(struct request *request)
{
    not_built(request);
}

void api_house_prices(struct request *request)
{
    not_built(request);
}

void api_house_price_set(struct request *request)
{
    not_built(request);
}

void api_house_price_confirm(struct request *request)
{
    not_built(request);
}

void api_house_period(struct request *request)
{
    not_built(request);
}

void api_house_sessions(struct request *request)
{
    not_built(request);
}

void api_house_statements(struct request *request)
{
    not_built(request);
}

void api_house_statement(struct request *request)
{
    not_built(request);
}

void api_house_statement_paid(struct request *request)
{
    not_built(request);
}

void api_house_item_confirm(struct request *request)
{
    not_built(request);
}

void api_house_item_waive(struct request *request)
{
    not_built(request);
}

void api_phone_bind(struct request *request)
{
    not_built(request);
}

void api_phone_me(struct request *request)
{
    not_built(request);
}

void api_place_put(struct request *request)
{
    not_built(request);
}

void api_place_delete(struct request *request)
{
    not_built(request);
}

void api_places(struct request *request)
{
    not_built(request);
}

void api_offers(struct request *request)
{
    not_built(request);
}

void api_visits(struct request *request)
{
    not_built(request);
}

void api_visit(struct request *request)
{
    not_built(request);
}

void api_visit_link(struct request *request)
{
    not_built(request);
}

void api_visit_qr(struct request *request)
{
    not_built(request);
}

void api_visit_reserve(struct request *request)
{
    not_built(request);
}

void api_visit_confirm(struct request *request)
{
    not_built(request);
}

void api_visit_cancel(struct request *request)
{
    not_built(request);
}

void api_visit_start(struct request *request)
{
    not_built(request);
}

void api_visit_stop(struct request *request)
{
    not_built(request);
}

void api_visit_pay(struct request *request)
{
    not_built(request);
}

void api_visit_release(struct request *request)
{
    not_built(request);
}

void pay_page(struct request *request)
{
    not_built(request);
}

void pay_page_now(struct request *request)
{
    not_built(request);
}

void api_house_start(struct request *request)
{
    not_built(request);
}

void api_house_stop(struct request *request)
{
    not_built(request);
}

void api_relay_house(struct request *request)
{
    not_built(request);
}

void api_relay_card_shown(struct request *request)
{
    not_built(request);
}

void api_phone_binding(struct request *request)
{
    not_built(request);
}

void api_relay_accept(struct request *request)
{
    not_built(request);
}
