/* settlement_none.c: settlement.h for a program that was built without the extension. */
#include "settlement.h"

#include "not_built.h"

#include <stdio.h>

bool settlement_open(struct app *app, char *why)
{
    if (app->options->settlement) {
        snprintf(why, STORE_WHY_SIZE, "--settlement: this program was built without the settlement extension");
        return false;
    }
    return true;
}

bool settlement_resume(struct app *app, char *why)
{
    (void)app;
    (void)why;
    return true;
}

void settlement_rest(struct app *app)
{
    (void)app;
}

void settlement_close(struct app *app)
{
    (void)app;
}

bool settlement_has_drive(const struct app *app)
{
    (void)app;
    return false;
}

int settlement_terminals_port(const struct app *app)
{
    (void)app;
    return 0;
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

size_t settlement_streams(struct app *app)
{
    (void)app;
    return 0;
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

void not_built(const struct request *request)
{
    answer_problem(request->exchange, 404, NULL,
                   "nothing is settled here: this program was built without the settlement extension");
}

NOT_BUILT(api_orders)
NOT_BUILT(api_order)
NOT_BUILT(api_order_pay)
NOT_BUILT(api_order_write_off)
NOT_BUILT(api_order_adjust)
NOT_BUILT(api_order_chargeback)
NOT_BUILT(api_order_try_again)
NOT_BUILT(api_balances)
NOT_BUILT(api_journal)
NOT_BUILT(api_payment_notify)
NOT_BUILT(api_reconcile)
NOT_BUILT(api_reconciliation)
NOT_BUILT(api_settlement_verify)
NOT_BUILT(api_settlement_rentals)
NOT_BUILT(api_settlement_banks)
NOT_BUILT(api_settlement_slots)
NOT_BUILT(api_settlement_suspense)
NOT_BUILT(api_settlement_piles)
NOT_BUILT(api_rent)
NOT_BUILT(api_suspense_resolve)
NOT_BUILT(api_slot_command)
NOT_BUILT(api_known_renter)
NOT_BUILT(api_rent_cancel)
NOT_BUILT(api_rental_report)
NOT_BUILT(api_rental_swap)
NOT_BUILT(api_rental_keep)
NOT_BUILT(api_bank_retire)
NOT_BUILT(api_bank_serve)
NOT_BUILT(api_wallet)
NOT_BUILT(api_wallet_change)
NOT_BUILT(api_relay_key)
NOT_BUILT(api_relay_trust)
NOT_BUILT(api_relay_piles)
NOT_BUILT(api_relay_register)
NOT_BUILT(api_relay_pile)
NOT_BUILT(api_relay_revoke)
NOT_BUILT(api_relay_lift)
NOT_BUILT(api_relay_page)
NOT_BUILT(api_relay_resolve)
NOT_BUILT(api_relay_waiting)
NOT_BUILT(api_relay_enrol)
NOT_BUILT(api_relay_enrolment)
NOT_BUILT(api_relay_ask)
NOT_BUILT(api_relay_authorisation)
NOT_BUILT(api_relay_status)
NOT_BUILT(api_relay_bill)
NOT_BUILT(api_relay_bill_receipt)
NOT_BUILT(api_houses)
NOT_BUILT(api_house_open)
NOT_BUILT(api_house)
NOT_BUILT(api_house_piles)
NOT_BUILT(api_house_pile_add)
NOT_BUILT(api_house_pile_remove)
NOT_BUILT(api_house_pile_authorise)
NOT_BUILT(api_house_tenants)
NOT_BUILT(api_house_tenant_add)
NOT_BUILT(api_house_tenant_move_out)
NOT_BUILT(api_house_tenant_forget)
NOT_BUILT(api_house_cards)
NOT_BUILT(api_house_card_issue)
NOT_BUILT(api_house_card_replace)
NOT_BUILT(api_house_card_log_out)
NOT_BUILT(api_house_card_let_in)
NOT_BUILT(api_house_card_lost)
NOT_BUILT(api_house_card_end)
NOT_BUILT(api_house_phones)
NOT_BUILT(api_house_phone_approve)
NOT_BUILT(api_house_phone_revoke)
NOT_BUILT(api_house_prices)
NOT_BUILT(api_house_price_set)
NOT_BUILT(api_house_price_confirm)
NOT_BUILT(api_house_period)
NOT_BUILT(api_house_sessions)
NOT_BUILT(api_house_statements)
NOT_BUILT(api_house_statement)
NOT_BUILT(api_house_statement_paid)
NOT_BUILT(api_house_item_confirm)
NOT_BUILT(api_house_item_waive)
NOT_BUILT(api_phone_bind)
NOT_BUILT(api_phone_me)
NOT_BUILT(api_phone_events)
NOT_BUILT(api_house_events)
NOT_BUILT(api_place_put)
NOT_BUILT(api_place_delete)
NOT_BUILT(api_places)
NOT_BUILT(api_offers)
NOT_BUILT(api_visits)
NOT_BUILT(api_visit)
NOT_BUILT(api_visit_link)
NOT_BUILT(api_visit_qr)
NOT_BUILT(api_visit_reserve)
NOT_BUILT(api_visit_confirm)
NOT_BUILT(api_visit_cancel)
NOT_BUILT(api_visit_start)
NOT_BUILT(api_visit_stop)
NOT_BUILT(api_visit_pay)
NOT_BUILT(api_visit_release)
NOT_BUILT(api_house_start)
NOT_BUILT(api_house_stop)
NOT_BUILT(api_relay_house)
NOT_BUILT(api_relay_card_shown)
NOT_BUILT(api_phone_binding)
NOT_BUILT(api_relay_accept)
NOT_BUILT(pay_page)
NOT_BUILT(pay_page_now)
