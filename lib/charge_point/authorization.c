/* authorization.c: who may charge: tokens that are presented, asked about, granted.
 *
 * Each EVSE has one place for a token on its way, and there is one more for a reader that serves them all: its token goes to
 * whoever plugs in first. Lists and caches of tokens are not looked at here. OCPP 1.6 3.5, 4.1; OCPP 2.0.1 C01, C15, E07. */
#include "charge_point_internal.h"

#include <string.h>

#include "text.h"

void ocpp_cp_token_set(struct token *token, const char *id, enum ocpp_token_type type)
{
    memset(token, 0, sizeof(*token));
    ocpp_text_copy(token->id, sizeof(token->id), id == NULL ? "" : id);
    token->type = (int32_t)type;
}

void ocpp_cp_authorization_forget(struct ocpp_charge_point *cp, int slot)
{
    struct authorization *authorization = &cp->authorizations[slot];
    authorization->state = AUTHORIZATION_NONE;
    authorization->to_stop = false;
    authorization->remote = false;
    authorization->has_remote_start_id = false;
    authorization->group[0] = '\0';
    cp->dirty = true;
}

static void judge(struct ocpp_charge_point *cp, int slot, const struct token *token, enum ocpp_authorization judged)
{
    struct authorization *authorization = &cp->authorizations[slot];
    authorization->judged_due = true;
    authorization->judged = judged;
    authorization->judged_token = *token;
    cp->dirty = true;
}

/* --- granted -------------------------------------------------------------------------------------------------------------- */

struct evse *ocpp_cp_evse_that_waits(struct ocpp_charge_point *cp)
{
    struct evse *last = NULL;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (evse->state == EVSE_AWAIT_TOKEN && ocpp_cp_is_operative(cp, evse->number, evse->connector) &&
            (last == NULL || evse->plugged_mono_ms >= last->plugged_mono_ms)) {
            last = evse;
        }
    }
    return last;
}

static bool can_use_a_token(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const bool is_free = evse->state == EVSE_IDLE || evse->state == EVSE_AWAIT_TOKEN || evse->state == EVSE_AWAIT_UNPLUG;
    return is_free && !cp->reset.is_due && ocpp_cp_fault_at(cp, evse->number, evse->connector) == 0 &&
           ocpp_cp_is_operative(cp, evse->number, evse->connector);
}

void ocpp_cp_offer_floating(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct authorization *floating = &cp->authorizations[0];
    struct authorization *own = &cp->authorizations[evse->number];
    if (floating->state != AUTHORIZATION_GRANTED || own->state != AUTHORIZATION_NONE || !can_use_a_token(cp, evse)) {
        return;
    }
    const struct authorization before = *own;
    *own = *floating;
    own->judged_due = before.judged_due;
    own->judged = before.judged;
    own->judged_token = before.judged_token;
    ocpp_cp_authorization_forget(cp, 0);
    ocpp_cp_step(cp, evse, EVENT_GRANTED);
}

void ocpp_cp_grant(struct ocpp_charge_point *cp, int slot)
{
    struct authorization *authorization = &cp->authorizations[slot];
    const struct token token = authorization->token;
    authorization->state = AUTHORIZATION_GRANTED;
    if (slot == 0) {
        authorization->timeout_mono_ms = cp->now.mono_ms + cp->values[VARIABLE_CONNECTION_TIMEOUT_S] * 1000;
        judge(cp, slot, &token, OCPP_AUTHORIZATION_ACCEPTED);
        struct evse *evse = ocpp_cp_evse_that_waits(cp);
        if (evse != NULL) {
            ocpp_cp_offer_floating(cp, evse);
        }
        return;
    }
    struct evse *evse = ocpp_cp_evse(cp, slot);
    if (!can_use_a_token(cp, evse) || !ocpp_cp_step(cp, evse, EVENT_GRANTED)) { /* something came in between */
        ocpp_cp_authorization_forget(cp, slot);
        judge(cp, slot, &token, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
        return;
    }
    judge(cp, slot, &token, OCPP_AUTHORIZATION_ACCEPTED);
}

/* --- presented ------------------------------------------------------------------------------------------------------------- */

static void want(struct ocpp_charge_point *cp, int slot, const struct token *token, bool to_stop)
{
    struct authorization *authorization = &cp->authorizations[slot];
    if (authorization->state == AUTHORIZATION_ASKED) {
        return; /* one after the other: the answer to the first is on its way */
    }
    ocpp_cp_authorization_forget(cp, slot);
    authorization->state = AUTHORIZATION_WANTED;
    authorization->to_stop = to_stop;
    authorization->token = *token;
}

/* A transaction runs at |evse|: only who started it, or one of the same group, can mean anything by presenting a token. */
static void present_to_stop(struct ocpp_charge_point *cp, struct evse *evse, const struct token *token)
{
    if (ocpp_token_same(&evse->transaction.token, token)) { /* E07.FR.01: nobody is asked */
        judge(cp, evse->number, token, OCPP_AUTHORIZATION_ACCEPTED);
        ocpp_cp_end(cp, evse, OCPP_STOP_LOCAL, OCPP_TRIGGER_STOP_AUTHORIZED, token);
        return;
    }
    if (evse->transaction.group[0] != '\0' && ocpp_cp_may_send(cp)) {
        want(cp, evse->number, token, true);
        return;
    }
    judge(cp, evse->number, token, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
}

/* The EVSE that a token at the reader for all of them is meant for; NULL: whichever is plugged in next. */
static struct evse *evse_meant(struct ocpp_charge_point *cp, const struct token *token)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (ocpp_cp_has_transaction(evse) && ocpp_token_same(&evse->transaction.token, token)) {
            return evse;
        }
    }
    return ocpp_cp_evse_that_waits(cp);
}

void ocpp_cp_token_presented(struct ocpp_charge_point *cp, int evse, const struct token *token)
{
    struct evse *meant = evse == 0 ? evse_meant(cp, token) : ocpp_cp_evse(cp, evse);
    const int slot = meant == NULL ? 0 : meant->number;
    struct authorization *authorization = &cp->authorizations[slot];
    if (meant != NULL && ocpp_cp_has_transaction(meant)) {
        present_to_stop(cp, meant, token);
        return;
    }
    if (meant != NULL && ocpp_cp_release(cp, meant, token)) {
        return;
    }
    const bool is_again = authorization->state == AUTHORIZATION_GRANTED && ocpp_token_same(&authorization->token, token);
    if (is_again && meant == NULL) {
        ocpp_cp_authorization_forget(cp, 0);
        return;
    }
    if (is_again) {
        ocpp_cp_step(cp, meant, EVENT_STOPPED);
        return;
    }
    if (authorization->state == AUTHORIZATION_GRANTED || (meant != NULL && !can_use_a_token(cp, meant))) {
        judge(cp, slot, token, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
        return;
    }
    want(cp, slot, token, false);
}

/* --- asked ---------------------------------------------------------------------------------------------------------------------
 */

static void judge_offline(struct ocpp_charge_point *cp, int slot)
{
    struct authorization *authorization = &cp->authorizations[slot];
    const struct token token = authorization->token;
    if (!authorization->to_stop && cp->values[VARIABLE_OFFLINE_UNKNOWN] != 0) {
        ocpp_cp_grant(cp, slot); /* C15.FR.08; 1.6 3.5.4 */
        return;
    }
    ocpp_cp_authorization_forget(cp, slot);
    judge(cp, slot, &token, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
}

void ocpp_cp_authorizations_offline(struct ocpp_charge_point *cp)
{
    for (int slot = 0; slot <= cp->settings.evse_count && !ocpp_cp_may_send(cp); slot++) {
        if (cp->authorizations[slot].state == AUTHORIZATION_WANTED) {
            judge_offline(cp, slot);
        }
    }
}

bool ocpp_cp_send_authorize(struct ocpp_charge_point *cp)
{
    for (int slot = 0; slot <= cp->settings.evse_count; slot++) {
        struct authorization *authorization = &cp->authorizations[slot];
        if (authorization->state != AUTHORIZATION_WANTED) {
            continue;
        }
        const enum ocpp_status status = cp->dialect->send_authorize(cp, &authorization->token);
        if (status == OCPP_OK) {
            authorization->state = AUTHORIZATION_ASKED;
            cp->flight = FLIGHT_AUTHORIZE;
            cp->flight_slot = slot;
            return true;
        }
        if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) { /* this version cannot say such a token */
            const struct token token = authorization->token;
            ocpp_cp_authorization_forget(cp, slot);
            judge(cp, slot, &token, OCPP_AUTHORIZATION_INVALID);
        }
        return false;
    }
    return false;
}

static void answered_to_stop(struct ocpp_charge_point *cp, int slot, const char *group)
{
    struct evse *evse = ocpp_cp_evse(cp, slot);
    const struct token token = cp->authorizations[slot].token;
    ocpp_cp_authorization_forget(cp, slot);
    const bool is_same_group =
        group != NULL && ocpp_cp_has_transaction(evse) && ocpp_text_equal_fold(group, evse->transaction.group);
    judge(cp, slot, &token, is_same_group ? OCPP_AUTHORIZATION_ACCEPTED : OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    if (is_same_group) {
        ocpp_cp_end(cp, evse, OCPP_STOP_LOCAL, OCPP_TRIGGER_STOP_AUTHORIZED, &token);
    }
}

void ocpp_cp_authorize_answered(struct ocpp_charge_point *cp, enum ocpp_authorization authorization, const char *group)
{
    const int slot = cp->flight_slot;
    struct authorization *asked = &cp->authorizations[slot];
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    if (authorization != OCPP_AUTHORIZATION_ACCEPTED) {
        const struct token token = asked->token;
        ocpp_cp_authorization_forget(cp, slot);
        judge(cp, slot, &token, authorization);
        return;
    }
    if (asked->to_stop) {
        answered_to_stop(cp, slot, group);
        return;
    }
    ocpp_text_copy(asked->group, sizeof(asked->group), group == NULL ? "" : group);
    ocpp_cp_grant(cp, slot);
}

void ocpp_cp_authorize_failed(struct ocpp_charge_point *cp)
{
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    if (cp->authorizations[cp->flight_slot].state == AUTHORIZATION_ASKED) {
        judge_offline(cp, cp->flight_slot);
    }
}
