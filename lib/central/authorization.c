/* authorization.c: whether somebody's token is good: the application says, now or later. */
#include "central_internal.h"

#include <string.h>

/* 0 is what an initialiser leaves, not a date of 1970; a date that cannot be written (after 9999) is none. */
static int64_t expiry_of(const struct ocpp_authorize_decision *decision)
{
    char text[OCPP_TIME_TEXT_SIZE];

    return decision->expires_utc_ms != 0 && ocpp_time_format(decision->expires_utc_ms, text) == OCPP_OK ? decision->expires_utc_ms
                                                                                                        : OCPP_UTC_UNKNOWN;
}

/* The group's text is the application's until it returns; the answer may leave later. */
static bool keep_decision(struct pending *pending, const struct ocpp_authorize_decision *decision)
{
    pending->authorize = *decision;
    pending->authorize.expires_utc_ms = expiry_of(decision);
    pending->authorized = true;
    if (decision->group_id) {
        pending->authorize.group_id = ocpp_arena_text(pending->arena, decision->group_id, strlen(decision->group_id));
        return pending->authorize.group_id;
    }
    return true;
}

static void go_on(struct pending *pending, const struct ocpp_authorize_decision *decision)
{
    if (!keep_decision(pending, decision)) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    pending->decided(pending);
}

void authorization_grant(struct pending *pending)
{
    pending->authorize =
        (struct ocpp_authorize_decision){ .authorization = OCPP_AUTHORIZATION_ACCEPTED, .expires_utc_ms = OCPP_UTC_UNKNOWN };
    pending->authorized = true;
}

void authorization_ask(struct pending *pending, const struct ocpp_authorize_request *request,
                       void (*then)(struct pending *pending))
{
    const struct ocpp_central_handler *handler = &pending->central->handler;
    struct ocpp_authorize_decision decision = { .authorization = OCPP_AUTHORIZATION_INVALID, .expires_utc_ms = OCPP_UTC_UNKNOWN };
    struct ocpp_station *station = pending->station;
    struct ocpp_question question = pending_ask(pending, QUESTION_AUTHORIZE, then);

    if (handler->on_authorize && !handler->on_authorize(station, request, question, &decision, handler->user)) {
        return;
    }
    if (pending_asked(station, question, QUESTION_AUTHORIZE)) {
        go_on(pending, &decision);
    }
}

enum ocpp_status ocpp_station_decide_authorize(struct ocpp_station *station, struct ocpp_question question,
                                               const struct ocpp_authorize_decision *decision, struct ocpp_now now)
{
    struct pending *pending = pending_asked(station, question, QUESTION_AUTHORIZE);

    if (!pending) {
        return OCPP_ERR_NOT_FOUND;
    }
    central_enter_late(station->central, now);
    go_on(pending, decision);
    station_touch(station);
    central_leave(station->central);
    return OCPP_OK;
}
