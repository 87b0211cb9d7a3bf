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
