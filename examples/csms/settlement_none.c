/* settlement_none.c: settlement.h for a program that was built without the extension. */
#include "settlement.h"

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
