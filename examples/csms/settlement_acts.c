/* settlement_acts.c: what the settlement asks of stations in OCPP's own words, what it decides about cards of houses, and what
 * piles tell of themselves. */
#include "settlement_inside.h"

#include <ocpp/central_orders.h>
#include <ocpp/settlement/houses.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- stopping -------------------------------------------------------------------------------------------------------------- */

struct stop {
    char transaction[40];
};

static void stopped(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station, (void)result;
    free(user);
}

static void stop_here(struct ocpp_station *station, struct ocpp_now now, void *user)
{
    struct stop *stop = user;
    const struct ocpp_command_done done = { stopped, stop };

    (void)now;
    if (!station || ocpp_station_stop(station, stop->transaction, &done) != OCPP_OK) {
        free(stop);
    }
}

/* Not connected: its transaction is ended by its end, or by silence. */
void settlement_stop_transaction(const char *station, const char *transaction, const char *reason, void *user)
{
    struct settlement *settlement = user;
    struct ocpp_server *server = settlement->app->server;
    struct stop *stop = server ? malloc(sizeof *stop) : NULL;

    log_event(&settlement->app->log, OCPP_LOG_INFO, "settlement", station, "%s is stopped: %s", transaction, reason);
    if (!stop) {
        return;
    }
    snprintf(stop->transaction, sizeof stop->transaction, "%s", transaction);
    if (ocpp_server_post(server, station, stop_here, stop) != OCPP_OK) {
        free(stop);
    }
}

/* --- cards ----------------------------------------------------------------------------------------------------------------- */

bool settlement_card(struct app *app, const char *station, const char *token, enum ocpp_authorization *authorization)
{
    static const enum ocpp_authorization words[] = {
        [OCPP_SETTLE_CARD_OTHER] = OCPP_AUTHORIZATION_UNKNOWN,
        [OCPP_SETTLE_CARD_MAY] = OCPP_AUTHORIZATION_ACCEPTED,
        [OCPP_SETTLE_CARD_BLOCKED] = OCPP_AUTHORIZATION_BLOCKED,
        [OCPP_SETTLE_CARD_INVALID] = OCPP_AUTHORIZATION_INVALID,
    };
    enum ocpp_settle_card_verdict verdict = OCPP_SETTLE_CARD_OTHER;
    struct ocpp_settle *handle;
    enum ocpp_status status;

    if (!app->settlement) {
        return false;
    }
    handle = settlement_enter(app->settlement);
    status = ocpp_settle_card_verdict(handle, station, token, &verdict, settlement_now(app));
    settlement_leave(app->settlement);
    *authorization = status == OCPP_OK ? words[verdict] : OCPP_AUTHORIZATION_INVALID;
    return status != OCPP_OK || verdict != OCPP_SETTLE_CARD_OTHER;
}

/* --- the pile's own meter -------------------------------------------------------------------------------------------------- */

static bool is_register(const struct ocpp_sample *sample)
{
    return sample->measurand == OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER && sample->phase == OCPP_PHASE_NONE;
}

void settlement_meter(struct app *app, const char *station, int evse, int connector, const struct ocpp_meter_sample *samples,
                      size_t count)
{
    if (!app->settlement || evse != 0 || connector > 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        int64_t wh;

        if (is_register(&samples[i].sample) && ocpp_decimal_to_integer(samples[i].sample.value, 0, &wh) == OCPP_OK) {
            struct ocpp_settle *handle = settlement_enter(app->settlement);
            const enum ocpp_status status =
                ocpp_settle_own_meter(handle, station, wh, samples[i].timestamp_utc_ms, settlement_now(app));

            settlement_leave(app->settlement);
            if (status != OCPP_OK) {
                log_event(&app->log, OCPP_LOG_WARNING, "settlement", station, "its own meter was not noted: %s",
                          ocpp_status_sentence(status));
            }
        }
    }
}
