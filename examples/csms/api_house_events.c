/* api_house_events.c: pages of a house wait for news of it, and a phone that nobody has let in yet waits for its own. Whether it
 * may is decided while the settlement is held, so that what takes the right away afterwards finds the stream. */
#include "house_request.h"
#include "news.h"

#include <stdio.h>

static bool see(const struct ocpp_settle_house *house, void *user)
{
    (void)house;
    (void)user;
    return false;
}

static void read_for(struct news_reader *reader, const struct ocpp_settle_phone_scope *scope)
{
    snprintf(reader->bearer, sizeof reader->bearer, "%s", scope->phone);
    snprintf(reader->house, sizeof reader->house, "%s", scope->house);
    snprintf(reader->tenant, sizeof reader->tenant, "%s", scope->tenant);
    snprintf(reader->card, sizeof reader->card, "%s", scope->card);
}

/* With the handle: who it is that reads, where the house is the caller's to see. */
static enum ocpp_status find_reader(struct ocpp_settle *handle, const struct ocpp_settle_house_caller *caller,
                                    struct news_reader *reader, struct ocpp_now now)
{
    struct ocpp_settle_phone_scope scope;
    enum ocpp_status status = ocpp_settle_house_find(handle, caller, see, NULL, now);

    if (status != OCPP_OK) {
        return status;
    }
    if (!caller->bearer) {
        snprintf(reader->bearer, sizeof reader->bearer, "%s", caller->house);
        snprintf(reader->house, sizeof reader->house, "%s", caller->house);
        return OCPP_OK;
    }
    status = ocpp_settle_phone_scope(handle, caller->bearer, &scope, now);
    if (status == OCPP_OK) {
        read_for(reader, &scope);
    }
    return status;
}

void api_house_events(struct request *request)
{
    struct news_reader reader = { .kind = NEWS_OF_HOUSE };
    struct ocpp_settle_house_caller caller;
    enum ocpp_status status;

    if (!house_caller(request, &caller)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    status = find_reader(handle, &caller, &reader, settlement_now(request->app));
    if (status == OCPP_OK) {
        news_open(request, &reader);
    }
    settlement_leave(request->app->settlement);
    if (status != OCPP_OK) {
        house_answer(request, NULL, status);
    }
}

void api_phone_events(struct request *request)
{
    const char *bearer = house_bearer(request);
    struct news_reader reader = { .kind = NEWS_OF_PHONE };
    struct ocpp_settle_phone_scope scope;
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;

    if (bearer && !settlement_wanted(request)) {
        return;
    }
    if (bearer) {
        struct ocpp_settle *handle = settlement_enter(request->app->settlement);

        status = ocpp_settle_phone_scope(handle, bearer, &scope, settlement_now(request->app));
        if (status == OCPP_OK) {
            read_for(&reader, &scope);
            news_open(request, &reader);
        }
        settlement_leave(request->app->settlement);
    }
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 401, NULL, "show the bearer of a phone that is bound to a card, or waits to be");
    } else if (status != OCPP_OK) {
        answer_status(request->exchange, status);
    }
}
