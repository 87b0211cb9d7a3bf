/* visit_charging.c: whether and where a visit's vehicle charges. */
#include "visit_charging.h"

#include <ocpp/settlement/visits.h>

#include <stdio.h>
#include <string.h>

struct finding {
    struct visit_charging *charging;
    bool charges;
};

static void take(const struct ocpp_settle_visit *visit, void *user)
{
    struct finding *finding = user;
    struct visit_charging *charging = finding->charging;

    finding->charges = strcmp(visit->state, "Matched") == 0;
    snprintf(charging->station, sizeof charging->station, "%s", visit->station);
    snprintf(charging->transaction, sizeof charging->transaction, "%s", visit->transaction ? visit->transaction : "");
}

bool visit_charging_find(const struct request *request, const char *id, struct visit_charging *charging)
{
    struct finding finding = { .charging = charging };
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const enum ocpp_status status = ocpp_settle_find_visit(handle, id, take, &finding, settlement_now(request->app));

    settlement_leave(request->app->settlement);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "there is no such thing, or it is not yours to see");
    } else if (status != OCPP_OK) {
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
    } else if (!finding.charges) {
        answer_problem(request->exchange, 409, NULL, "WrongState: the vehicle of this visit does not charge");
    }
    return status == OCPP_OK && finding.charges;
}
