/* settlement_visits.c: what guided visits want of OCPP: an errand is posted to the thread of its station, and what became of it
 * is told back. Nothing here waits. */
#include "settlement_inside.h"
#include "shard.h"

#include <ocpp/central_drivers.h>
#include <ocpp/central_orders.h>
#include <ocpp/settlement/money.h>
#include <ocpp/settlement/visits.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct errand {
    struct settlement *settlement;
    /* gives the order; NULL station: it is not there. */
    enum ocpp_status (*give)(struct ocpp_station *station, struct errand *errand, const struct ocpp_command_done *done);
    void (*told)(struct errand *errand, const struct ocpp_command_result *result); /* NULL: nobody waits */
    char visit[OCPP_SETTLE_ID_SIZE];
    char station[OCPP_IDENTITY_SIZE];
    char number[OCPP_SETTLE_NUMBER_SIZE];
    char transaction[40];
    char url[512];
    char text[128];
    int evse;
    int64_t reservation;
    int64_t at_utc_ms;
    struct ocpp_decimal amount;
};

static void end(struct errand *errand, const struct ocpp_command_result *result)
{
    if (errand->told) {
        errand->told(errand, result);
    } else if (result->status != OCPP_OK) {
        log_event(&errand->settlement->app->log, OCPP_LOG_INFO, "settlement", errand->station, "an order of a visit: %s",
                  ocpp_status_sentence(result->status));
    }
    free(errand);
}

static void answered(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    end(user, result);
}

static void run_here(struct ocpp_station *station, struct ocpp_now now, void *user)
{
    struct errand *errand = user;
    const struct ocpp_command_done done = { answered, errand };
    struct ocpp_command_result failed = { .status = OCPP_ERR_CLOSED };

    (void)now;
    if (station) {
        failed.status = errand->give(station, errand, &done);
    }
    if (failed.status != OCPP_OK) {
        end(errand, &failed);
    }
}

static struct errand *errand_new(struct settlement *settlement, const char *station, int evse)
{
    struct errand *errand = calloc(1, sizeof *errand);

    if (errand) {
        errand->settlement = settlement;
        errand->evse = evse;
        snprintf(errand->station, sizeof errand->station, "%s", station);
    }
    return errand;
}

/* What cannot be posted is what was not answered: the visit's timer knows what to do. */
static void post(struct errand *errand)
{
    struct ocpp_server *server = errand ? errand->settlement->app->server : NULL;

    if (!server || ocpp_server_post(server, errand->station, run_here, errand) != OCPP_OK) {
        free(errand);
    }
}

/* --- to keep a place
 * ------------------------------------------------------------------------------------------------------------ */

static enum ocpp_status give_reserve(struct ocpp_station *station, struct errand *errand, const struct ocpp_command_done *done)
{
    const struct ocpp_reservation_order order = { .id = errand->reservation,
                                                  .evse = errand->evse,
                                                  .token = { errand->number, OCPP_TOKEN_KEY_CODE },
                                                  .expires_utc_ms = errand->at_utc_ms };

    return ocpp_station_reserve(station, &order, done);
}

static enum ocpp_settle_reserved reserved_of(const struct ocpp_command_result *result)
{
    if (result->status == OCPP_ERR_UNSUPPORTED_ACTION || ocpp_status_class_of(result->status) == OCPP_CLASS_MESSAGE) {
        return OCPP_SETTLE_RESERVE_NOT_SUPPORTED;
    }
    if (result->status != OCPP_OK) {
        return result->error != 0 ? OCPP_SETTLE_RESERVE_NOT_SUPPORTED : OCPP_SETTLE_RESERVE_UNKNOWN;
    }
    if (result->accepted) {
        return OCPP_SETTLE_RESERVED;
    }
    return result->word && strcmp(result->word, "Rejected") == 0 ? OCPP_SETTLE_RESERVE_NOT_SUPPORTED
                                                                 : OCPP_SETTLE_RESERVE_OCCUPIED;
}

static void reserve_told(struct errand *errand, const struct ocpp_command_result *result)
{
    struct settlement *settlement = errand->settlement;
    struct ocpp_settle *handle = settlement_enter(settlement);
    const enum ocpp_status status =
        ocpp_settle_reserve_answered(handle, errand->visit, reserved_of(result), settlement_now(settlement->app));

    settlement_leave(settlement);
    if (status != OCPP_OK) {
        log_event(&settlement->app->log, OCPP_LOG_ERROR, "settlement", errand->station, "a reservation: %s",
                  ocpp_status_sentence(status));
    }
}

static void reserve(const struct ocpp_settle_reservation *reservation, void *user)
{
    struct errand *errand = errand_new(user, reservation->station, reservation->evse);

    if (errand) {
        errand->give = give_reserve;
        errand->told = reserve_told;
        errand->reservation = reservation->id;
        errand->at_utc_ms = reservation->expires_utc_ms;
        snprintf(errand->visit, sizeof errand->visit, "%s", reservation->visit);
        snprintf(errand->number, sizeof errand->number, "%s", reservation->token.id);
    }
    post(errand);
}

static enum ocpp_status give_cancel(struct ocpp_station *station, struct errand *errand, const struct ocpp_command_done *done)
{
    return ocpp_station_cancel_reservation(station, errand->reservation, done);
}

static void cancel_reservation(const char *station, int64_t reservation, void *user)
{
    struct errand *errand = errand_new(user, station, 0);

    if (errand) {
        errand->give = give_cancel;
        errand->reservation = reservation;
    }
    post(errand);
}

/* --- to start, stop, unlock
 * -------------------------------------------------------------------------------------------------------- */

static enum ocpp_status give_start(struct ocpp_station *station, struct errand *errand, const struct ocpp_command_done *done)
{
    const struct ocpp_token token = { errand->number, OCPP_TOKEN_KEY_CODE };

    return ocpp_station_start(station, errand->evse, &token, done);
}

static void start(const char *station, int evse, const struct ocpp_token *token, void *user)
{
    struct errand *errand = errand_new(user, station, evse);

    if (errand) {
        errand->give = give_start;
        snprintf(errand->number, sizeof errand->number, "%s", token->id);
    }
    post(errand);
}

static enum ocpp_status give_unlock(struct ocpp_station *station, struct errand *errand, const struct ocpp_command_done *done)
{
    return ocpp_station_unlock(station, errand->evse, 1, done);
}

static void unlock_told(struct errand *errand, const struct ocpp_command_result *result)
{
    struct ocpp_settle *handle = settlement_enter(errand->settlement);

    (void)ocpp_settle_unlock_answered(handle, errand->visit, result->status == OCPP_OK && result->accepted,
                                      settlement_now(errand->settlement->app));
    settlement_leave(errand->settlement);
}

static void unlock(const char *visit, const char *station, int evse, void *user)
{
    struct errand *errand = errand_new(user, station, evse);

    if (errand) {
        errand->give = give_unlock;
        errand->told = unlock_told;
        snprintf(errand->visit, sizeof errand->visit, "%s", visit);
    }
    post(errand);
}

/* --- to show what is to be paid
 * ------------------------------------------------------------------------------------------------------ */

static void shown(struct errand *errand, const struct ocpp_command_result *result)
{
    log_event(&errand->settlement->app->log, OCPP_LOG_DEBUG, "settlement", errand->station, "a display: %s",
              ocpp_status_sentence(result->status)); /* a pile without one shows nothing */
}

/* One of the two is of the station's version. */
static enum ocpp_status give_shown(struct ocpp_station *station, struct errand *errand, const struct ocpp_command_done *done)
{
    const struct ocpp_price_text text = { .format = OCPP_MESSAGE_UTF8, .language = "en", .text = errand->text };
    const struct ocpp_final_cost cost = {
        .transaction_id = errand->transaction, .amount = errand->amount, .texts = &text, .text_count = 1, .qr_code = errand->url
    };
    const struct ocpp_station_message message = { .id = errand->reservation,
                                                  .priority = OCPP_MESSAGE_ALWAYS_FRONT,
                                                  .state = OCPP_MESSAGE_ANY_STATE,
                                                  .text = { .format = OCPP_MESSAGE_URI, .text = errand->url },
                                                  .starts_utc_ms = OCPP_UTC_UNKNOWN,
                                                  .ends_utc_ms = errand->at_utc_ms };
    enum ocpp_status status = ocpp_station_tell_final_cost(station, &cost, done);

    if (status == OCPP_ERR_UNSUPPORTED_ACTION) {
        status = ocpp_station_set_message(station, &message, done);
    }
    return status;
}

static void show(const struct ocpp_settle_shown *what, void *user)
{
    struct errand *errand = errand_new(user, what->station, what->evse);
    char amount[OCPP_SETTLE_AMOUNT_TEXT_SIZE];

    if (errand && ocpp_settle_amount_format(what->amount_minor, what->exponent, amount) == OCPP_OK) {
        errand->give = give_shown;
        errand->told = shown;
        errand->reservation = what->reservation;
        errand->at_utc_ms = what->expires_utc_ms;
        errand->amount = (struct ocpp_decimal){ what->amount_minor, what->exponent };
        snprintf(errand->transaction, sizeof errand->transaction, "%s", what->transaction);
        snprintf(errand->url, sizeof errand->url, "%s", what->url);
        snprintf(errand->text, sizeof errand->text, "%s %s are to be paid before the cable is free.", amount, what->currency);
    }
    post(errand);
}

/* 1.6 has no such order: what FinalCost showed ends by itself. */
static enum ocpp_status give_hidden(struct ocpp_station *station, struct errand *errand, const struct ocpp_command_done *done)
{
    return ocpp_station_clear_message(station, errand->reservation, done);
}

static void hide(const char *station, int64_t reservation, void *user)
{
    struct errand *errand = errand_new(user, station, 0);

    if (errand) {
        errand->give = give_hidden;
        errand->told = shown;
        errand->reservation = reservation;
    }
    post(errand);
}

void settlement_visits_use(struct settlement *settlement, struct ocpp_settle_settings *settings)
{
    settings->reserve = reserve;
    settings->cancel_reservation = cancel_reservation;
    settings->start = start;
    settings->unlock = unlock;
    settings->show = show;
    settings->hide = hide;
    settings->pay_url = settlement->config.pay_url;
}

/* --- what it hears
 * ---------------------------------------------------------------------------------------------------------------- */

bool settlement_authorize(struct shard *shard, const char *station, const struct ocpp_token *token,
                          struct ocpp_authorize_decision *decision)
{
    struct settlement *settlement = shard->app->settlement;
    struct ocpp_settle_number number = { .is_number = false };

    if (!settlement) {
        return false;
    }
    struct ocpp_settle *handle = settlement_enter(settlement);
    const enum ocpp_status status = ocpp_settle_number(handle, station, token, &number, settlement_now(shard->app));
    settlement_leave(settlement);
    if (!number.is_number) {
        return false;
    }
    decision->authorization = status == OCPP_OK && number.verdict == OCPP_SETTLE_NUMBER_VERDICT_MATCH
                                  ? OCPP_AUTHORIZATION_ACCEPTED
                                  : OCPP_AUTHORIZATION_INVALID;
    snprintf(shard->personal_message, sizeof shard->personal_message, "%s", number.text);
    decision->message = shard->personal_message;
    return true;
}

void settlement_reservation(struct app *app, const char *station, int64_t reservation, const char *word)
{
    struct settlement *settlement = app->settlement;

    if (settlement) {
        struct ocpp_settle *handle = settlement_enter(settlement);

        (void)ocpp_settle_reservation_ended(handle, station, reservation, word, settlement_now(app));
        settlement_leave(settlement);
    }
}
