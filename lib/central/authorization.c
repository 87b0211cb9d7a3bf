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

/* A text of the application's, which has it until it returns; the answer may leave later. False: no memory. */
static bool keep_text(struct pending *pending, const char **text)
{
    if (*text) {
        *text = ocpp_arena_text(pending->arena, *text, strlen(*text));
        return *text;
    }
    return true;
}

/* What cancels a contract (C07.FR.13). */
static bool cancels(enum ocpp_authorization authorization)
{
    return authorization == OCPP_AUTHORIZATION_BLOCKED || authorization == OCPP_AUTHORIZATION_EXPIRED ||
           authorization == OCPP_AUTHORIZATION_INVALID || authorization == OCPP_AUTHORIZATION_UNKNOWN;
}

/* What is told of a contract and of its certificates must not contradict each other (C07.FR.13 to FR.17). */
static void agree(struct ocpp_authorize_decision *decision)
{
    const bool is_accepted = decision->authorization == OCPP_AUTHORIZATION_ACCEPTED;

    switch (decision->certificate) {
    case OCPP_CERTIFICATE_STATUS_NONE:
        break;
    case OCPP_CERTIFICATE_STATUS_ACCEPTED:
        if (cancels(decision->authorization)) {
            decision->certificate = OCPP_CERTIFICATE_STATUS_CONTRACT_CANCELLED;
        }
        break;
    case OCPP_CERTIFICATE_STATUS_EXPIRED:
        decision->authorization = OCPP_AUTHORIZATION_EXPIRED;
        break;
    case OCPP_CERTIFICATE_STATUS_CONTRACT_CANCELLED:
        decision->authorization = is_accepted ? OCPP_AUTHORIZATION_INVALID : decision->authorization;
        break;
    case OCPP_CERTIFICATE_STATUS_REVOKED:
    case OCPP_CERTIFICATE_STATUS_SIGNATURE_ERROR:
    case OCPP_CERTIFICATE_STATUS_NONE_AVAILABLE:
    case OCPP_CERTIFICATE_STATUS_CHAIN_ERROR:
        decision->authorization = OCPP_AUTHORIZATION_INVALID;
        break;
    }
}

static bool keep_decision(struct pending *pending, const struct ocpp_authorize_decision *decision)
{
    struct ocpp_authorize_decision *kept = &pending->authorize;

    *kept = *decision;
    if (!pending->is_contract) { /* nobody asked about certificates */
        kept->certificate = OCPP_CERTIFICATE_STATUS_NONE;
    }
    agree(kept);
    kept->expires_utc_ms = expiry_of(decision);
    pending->authorized = true;
    return keep_text(pending, &kept->group_id) && keep_text(pending, &kept->languages[0]) &&
           keep_text(pending, &kept->languages[1]) && keep_text(pending, &kept->message);
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

    pending->is_contract = request->certificate || request->target_count > 0;
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
