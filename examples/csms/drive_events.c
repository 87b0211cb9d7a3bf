/* drive_events.c: a driver's page waits for news of the visit its key opens. */
#include "drive.h"
#include "news.h"

#include <stdio.h>

static void take_visit(const struct ocpp_settle_visit *visit, void *user)
{
    struct news_reader *reader = user;

    snprintf(reader->bearer, sizeof reader->bearer, "%s", visit->id);
    snprintf(reader->order, sizeof reader->order, "%s", visit->order);
    snprintf(reader->station, sizeof reader->station, "%s", visit->station);
    reader->evse = visit->evse;
}

void api_drive_events(struct request *request)
{
    struct news_reader reader = { .kind = NEWS_OF_VISIT };
    struct drive_claim claim;
    enum ocpp_status status;

    if (!drive_wanted(request) || !drive_caller(request, false, &claim)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    status = ocpp_settle_find_visit(handle, claim.visit, take_visit, &reader, settlement_now(request->app));
    if (status == OCPP_OK) {
        news_open(request, &reader);
    }
    settlement_leave(request->app->settlement);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "there is no such thing, or it is not yours to see");
    } else if (status != OCPP_OK) {
        answer_status(request->exchange, status);
    }
}
