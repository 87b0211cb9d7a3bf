/* refusals.c: who was not let in, and why: counted, logged and told a few times a second, whoever floods the port. */
#include "body.h"
#include "shard.h"

static enum refusal_reason reason_of(const struct ocpp_refusal *refusal)
{
    static const struct {
        int status;
        enum refusal_reason reason;
    } of_admission[] = {
        { 401, REFUSAL_UNAUTHORIZED }, { 403, REFUSAL_FORBIDDEN }, { 404, REFUSAL_UNKNOWN }, { 503, REFUSAL_OVERLOADED }
    };

    if (refusal->stage == OCPP_REFUSAL_TLS) {
        return REFUSAL_TLS;
    }
    for (size_t i = 0; refusal->stage == OCPP_REFUSAL_ADMISSION && i < sizeof of_admission / sizeof of_admission[0]; i++) {
        if (of_admission[i].status == refusal->http_status) {
            return of_admission[i].reason;
        }
    }
    return REFUSAL_REQUEST;
}

/* The identity is a stranger's words: only what could be one is told. */
static void tell(struct app *app, const struct ocpp_refusal *refusal)
{
    const char *identity = refusal->identity && station_identity_is_usable(refusal->identity) ? refusal->identity : NULL;
    cJSON *event = app_event(app, identity);

    if (event) {
        json_add_text(event, "reason", refusal->reason);
        json_add_text(event, "address", refusal->address);
        if (refusal->http_status > 0) {
            json_add_integer(event, "httpStatus", refusal->http_status);
        }
        events_publish(app->events, EVENT_REFUSED, identity, event);
    }
}

void app_on_refused(const struct ocpp_refusal *refusal, void *user)
{
    struct app *app = user;

    metrics_add(&shard_here()->metrics.refusals[reason_of(refusal)], 1);
    if (!log_rate_allows(&app->refusal_rate)) {
        return;
    }
    log_fields(&app->log, OCPP_LOG_WARNING, "refused", refusal->identity,
               LOG_FIELDS(LOG_TEXT_OF("address", refusal->address), LOG_TEXT_OF("reason", refusal->reason),
                          LOG_NUMBER_OF("httpStatus", refusal->http_status)),
               "%s, from %s", refusal->reason, refusal->address ? refusal->address : "?");
    tell(app, refusal);
}
