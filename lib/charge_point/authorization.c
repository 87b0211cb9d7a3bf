/* authorization.c: who may charge: tokens that are presented, decided about, asked about, granted.
 *
 * Each EVSE has one place for a token on its way, and there is one more for a reader that serves them all: its token goes to
 * whoever plugs in first. What is known of a token and what follows from it stands in token_decision.c; tokens that end
 * something, in token_stop.c. OCPP 1.6 3.5, 4.1; OCPP 2.0.1 C01, C02, C04, C06, C15, E07. */
#include "charge_point_internal.h"

#include <string.h>

#include "require.h"
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
    authorization->must_ask = false;
    authorization->remote = false;
    authorization->has_remote_start_id = false;
    authorization->evses = 0;
    authorization->has_reservation_id = false;
    authorization->group[0] = '\0';
    authorization->language[0] = authorization->language2[0] = '\0';
    cp->dirty = true;
}

void ocpp_cp_judge(struct ocpp_charge_point *cp, int slot, const struct token *token, enum ocpp_authorization authorization,
                   const struct decision *why)
{
    struct authorization *at = &cp->authorizations[slot];
    at->judged_due = true;
    ocpp_cp_blocks_judged(cp, slot, token, authorization);
    at->judged = (struct judged){ .authorization = authorization, .token = *token };
    if (why != NULL) {
        at->judged.source = why->source;
        at->judged.is_master_pass = ocpp_cp_is_master_group(cp, why->info.group);
        memcpy(at->judged.language, why->info.language, sizeof(at->judged.language));
        memcpy(at->judged.language2, why->info.language2, sizeof(at->judged.language2));
        cp->message_slot = slot;
        ocpp_text_copy(cp->message, sizeof(cp->message), why->info.message.text == NULL ? "" : why->info.message.text);
    }
    cp->dirty = true;
}

/* --- key codes ------------------------------------------------------------------------------------------------------------ */

/* Whoever tries codes one after the other waits longer and longer (C04.FR.06). */
static bool may_try_code(const struct ocpp_charge_point *cp, const struct token *token)
{
    return token->type != OCPP_TOKEN_KEY_CODE || cp->now.mono_ms >= cp->key_codes.until_mono_ms;
}

static void note_code(struct ocpp_charge_point *cp, const struct token *token, bool is_good)
{
    enum { FREE_TRIES = 3, FIRST_WAIT_MS = 5000, MOST_DOUBLINGS = 9 };
    if (token->type != OCPP_TOKEN_KEY_CODE) {
        return;
    }
    cp->key_codes.wrong = is_good ? 0 : cp->key_codes.wrong + 1;
    if (cp->key_codes.wrong >= FREE_TRIES) {
        const int beyond = cp->key_codes.wrong - FREE_TRIES;
        const int doublings = beyond < MOST_DOUBLINGS ? beyond : MOST_DOUBLINGS;
        cp->key_codes.until_mono_ms = cp->now.mono_ms + ((int64_t)FIRST_WAIT_MS << doublings);
    }
}

/* --- granted -------------------------------------------------------------------------------------------------------------- */

/* An authorization without a token asks whether there is anything for anybody. */
static bool is_good_at(const struct ocpp_charge_point *cp, const struct authorization *authorization, const struct evse *evse)
{
    const struct token *token = &authorization->token;
    const bool is_nobody = token->id[0] == '\0' && token->type != OCPP_TOKEN_NO_AUTHORIZATION;
    return (authorization->evses == 0 || (authorization->evses >> (evse->number - 1) & 1) != 0) &&
           (is_nobody || ocpp_cp_reservation_admits(cp, evse->number, token, authorization->group));
}

static struct evse *evse_that_waits_for(struct ocpp_charge_point *cp, const struct authorization *authorization)
{
    struct evse *last = NULL;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (evse->state == EVSE_AWAIT_TOKEN && ocpp_cp_is_operative(cp, evse->number, evse->connector) &&
            is_good_at(cp, authorization, evse) && (last == NULL || evse->plugged_mono_ms >= last->plugged_mono_ms)) {
            last = evse;
        }
    }
    return last;
}

struct evse *ocpp_cp_evse_that_waits(struct ocpp_charge_point *cp, const struct token *token, const char *group)
{
    struct authorization wish = { .token = *token };
    ocpp_text_copy(wish.group, sizeof(wish.group), group == NULL ? "" : group);
    return evse_that_waits_for(cp, &wish);
}

/* B02.FR.03, B03.FR.01; 1.6 4.2.1: whether anybody may charge while the central system has not accepted the station. */
static bool is_open_to_drivers(const struct ocpp_charge_point *cp)
{
    const bool is_refused = cp->registration == OCPP_REGISTRATION_PENDING || cp->registration == OCPP_REGISTRATION_REJECTED;
    return !is_refused || cp->values[VARIABLE_TX_BEFORE_ACCEPTED] != 0;
}

static bool can_use_a_token(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const bool is_free = evse->state == EVSE_IDLE || evse->state == EVSE_AWAIT_TOKEN || evse->state == EVSE_AWAIT_UNPLUG;
    return is_free && is_open_to_drivers(cp) && ocpp_cp_is_settled(evse) && !cp->reset.is_due &&
           ocpp_cp_fault_at(cp, evse->number, evse->connector) == 0 && ocpp_cp_is_operative(cp, evse->number, evse->connector);
}

static bool is_any_evse_for(const struct ocpp_charge_point *cp, const struct authorization *authorization)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (can_use_a_token(cp, &cp->evses[i]) && is_good_at(cp, authorization, &cp->evses[i])) {
            return true;
        }
    }
    return false;
}

bool ocpp_cp_is_any_evse_free(const struct ocpp_charge_point *cp)
{
    const struct authorization anyones = { .evses = 0 };
    return is_any_evse_for(cp, &anyones);
}

void ocpp_cp_offer_floating(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct authorization *floating = &cp->authorizations[0];
    struct authorization *own = &cp->authorizations[evse->number];
    if (floating->state != AUTHORIZATION_GRANTED || own->state != AUTHORIZATION_NONE || !can_use_a_token(cp, evse) ||
        !is_good_at(cp, floating, evse)) {
        return;
    }
    const struct authorization before = *own;
    *own = *floating;
    own->judged_due = before.judged_due;
    own->judged = before.judged;
    own->freed_mono_ms = before.freed_mono_ms;
    ocpp_cp_authorization_forget(cp, 0);
    ocpp_cp_reservation_take(cp, own, evse->number);
    ocpp_cp_granted(cp, evse);
}

static void refuse(struct ocpp_charge_point *cp, int slot, enum ocpp_authorization authorization, const struct decision *why)
{
    const struct token token = cp->authorizations[slot].token;
    ocpp_cp_authorization_forget(cp, slot);
    ocpp_cp_judge(cp, slot, &token, authorization, why);
}

/* Where a token at the reader for all of them goes: the place kept for it when a vehicle is there, else the vehicle that came
 * last, else the place kept for it. NULL: whoever plugs in next. */
static struct evse *evse_for_floating(struct ocpp_charge_point *cp, const struct authorization *floating)
{
    struct evse *kept = ocpp_cp_evse_reserved_for(cp, &floating->token, floating->group);
    if (kept != NULL && kept->state == EVSE_AWAIT_TOKEN) {
        return kept;
    }
    struct evse *waiting = evse_that_waits_for(cp, floating);
    return waiting != NULL ? waiting : kept;
}

static void grant_floating(struct ocpp_charge_point *cp, const struct decision *why)
{
    struct authorization *floating = &cp->authorizations[0];
    if (!is_any_evse_for(cp, floating)) {
        refuse(cp, 0, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME, why);
        return;
    }
    floating->timeout_mono_ms = cp->now.mono_ms + cp->values[VARIABLE_CONNECTION_TIMEOUT_S] * 1000;
    ocpp_cp_judge(cp, 0, &floating->token, OCPP_AUTHORIZATION_ACCEPTED, why);
    ocpp_cp_blocks_granted(cp, 0, &floating->token, why);
    struct evse *evse = evse_for_floating(cp, floating);
    const bool starts_at_once = (ocpp_cp_start_points(cp) & 1 << TX_POINT_AUTHORIZED) != 0;
    if (evse == NULL && starts_at_once && cp->settings.evse_count == 1) { /* there is only one it can be for */
        evse = &cp->evses[0];
    }
    if (evse != NULL) {
        ocpp_cp_offer_floating(cp, evse);
        return;
    }
    ocpp_cp_reservation_take(cp, floating, 0);
}

/* A master pass never starts anything (C12.FR.09, C16.FR.03). */
static void grant(struct ocpp_charge_point *cp, int slot, const struct decision *why)
{
    struct authorization *authorization = &cp->authorizations[slot];
    const struct token token = authorization->token;
    if (ocpp_cp_is_master_group(cp, why->info.group)) {
        const bool is_remote = authorization->remote;
        ocpp_cp_authorization_forget(cp, slot);
        if (is_remote) {
            ocpp_cp_judge(cp, slot, &token, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME, why);
            return;
        }
        ocpp_cp_master_pass(cp, slot, &token, why);
        return;
    }
    authorization->state = AUTHORIZATION_GRANTED;
    authorization->evses = why->info.evses;
    ocpp_text_copy(authorization->group, sizeof(authorization->group), why->info.group);
    memcpy(authorization->language, why->info.language, sizeof(authorization->language));
    memcpy(authorization->language2, why->info.language2, sizeof(authorization->language2));
    if (slot == 0) {
        grant_floating(cp, why);
        return;
    }
    struct evse *evse = ocpp_cp_evse(cp, slot);
    const bool is_free =
        can_use_a_token(cp, evse) && ocpp_cp_reservation_admits(cp, slot, &token, authorization->group); /* 1.6 5.13; H03 */
    if (is_free) {
        ocpp_cp_reservation_take(cp, authorization, slot);
    }
    if (!is_free || !ocpp_cp_granted(cp, evse)) { /* something came in between */
        refuse(cp, slot, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME, why);
        return;
    }
    ocpp_cp_judge(cp, slot, &token, OCPP_AUTHORIZATION_ACCEPTED, why);
    ocpp_cp_blocks_granted(cp, slot, &token, why);
}

void ocpp_cp_grant(struct ocpp_charge_point *cp, int slot)
{
    struct decision why = { .source = OCPP_TOKEN_SOURCE_CENTRAL };
    ocpp_text_copy(why.info.group, sizeof(why.info.group), cp->authorizations[slot].group);
    grant(cp, slot, &why);
}

struct languages ocpp_cp_driver_languages(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const struct authorization *waiting = &cp->authorizations[evse->number];
    const struct transaction *transaction = &evse->transaction;
    if (ocpp_cp_has_transaction(evse) && transaction->grants > 0) {
        return (struct languages){ transaction->language, transaction->language2 };
    }
    const bool is_granted = waiting->state == AUTHORIZATION_GRANTED;
    return (struct languages){ is_granted ? waiting->language : "", is_granted ? waiting->language2 : "" };
}

/* --- presented ------------------------------------------------------------------------------------------------------------- */

void ocpp_cp_want(struct ocpp_charge_point *cp, int slot, const struct token *token, bool to_stop)
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

/* The EVSE that a token at the reader for all of them is meant for; NULL: whichever is plugged in next. */
static struct evse *evse_meant(struct ocpp_charge_point *cp, const struct token *token)
{
    ocpp_require(cp->evses != NULL);
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (ocpp_cp_is_running(evse) && ocpp_cp_has_transaction(evse) && ocpp_token_same(&evse->transaction.token, token)) {
            return evse;
        }
    }
    return NULL;
}

/* At the reader for all of them a token that nothing could be started with can still end something (C09, C16). Which EVSE it is
 * for is seen when it is good: some tokens are good at some only. */
static void present_floating(struct ocpp_charge_point *cp, const struct token *token)
{
    struct authorization *floating = &cp->authorizations[0];
    if (floating->state == AUTHORIZATION_GRANTED && ocpp_token_same(&floating->token, token)) {
        ocpp_cp_authorization_forget(cp, 0);
        return;
    }
    if (floating->state == AUTHORIZATION_GRANTED) {
        ocpp_cp_judge(cp, 0, token, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME, NULL);
        return;
    }
    ocpp_cp_want(cp, 0, token, !ocpp_cp_is_any_evse_free(cp));
}

/* A transaction that goes on after its authorization has ended is still for whom it was for (C01.FR.23), and so is the cable that
 * stays locked for its owner (1.6 errata 3.5; C15.FR.05). */
static bool is_anothers(const struct ocpp_charge_point *cp, const struct evse *evse, const struct token *token)
{
    const struct token *first = &evse->transaction.token;
    const struct connector *connector = ocpp_cp_connector(cp, evse->number, evse->transaction.connector);
    const bool had_token = first->id[0] != '\0' || first->type == OCPP_TOKEN_NO_AUTHORIZATION;
    const bool is_locked = evse->state == EVSE_AWAIT_UNPLUG && connector != NULL && connector->lock_wish;
    return (evse->session == SESSION_OPEN || is_locked) && had_token && !ocpp_token_same(first, token);
}

/* There is nothing to start here; still it may be a master pass, which means all that runs (C16). */
static void turn_away(struct ocpp_charge_point *cp, int slot, const struct token *token)
{
    const bool can_stop = ocpp_cp_variable_string(cp, VARIABLE_MASTER_PASS_GROUP)[0] != '\0' && ocpp_cp_is_anything_running(cp) &&
                          cp->authorizations[slot].state != AUTHORIZATION_GRANTED;
    if (can_stop) {
        ocpp_cp_want(cp, slot, token, true);
        return;
    }
    ocpp_cp_judge(cp, slot, token, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME, NULL);
}

static void present_at(struct ocpp_charge_point *cp, struct evse *evse, const struct token *token)
{
    const struct authorization *authorization = &cp->authorizations[evse->number];
    if (ocpp_cp_is_running(evse) && ocpp_cp_has_transaction(evse)) {
        ocpp_cp_present_to_stop(cp, evse, token);
        return;
    }
    if (ocpp_cp_release(cp, evse, token)) {
        return;
    }
    if (authorization->state == AUTHORIZATION_GRANTED && ocpp_token_same(&authorization->token, token)) {
        ocpp_cp_end(cp, evse, OCPP_STOP_LOCAL, OCPP_TRIGGER_STOP_AUTHORIZED, token);
        return;
    }
    if (authorization->state == AUTHORIZATION_GRANTED || !can_use_a_token(cp, evse) || is_anothers(cp, evse, token) ||
        !ocpp_cp_reservation_admits(cp, evse->number, token, NULL)) {
        turn_away(cp, evse->number, token);
        return;
    }
    ocpp_cp_want(cp, evse->number, token, false);
}

void ocpp_cp_token_presented(struct ocpp_charge_point *cp, int evse, const struct token *token)
{
    if (!may_try_code(cp, token)) {
        ocpp_cp_judge(cp, evse, token, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME, NULL);
        return;
    }
    struct evse *meant = evse == 0 ? evse_meant(cp, token) : ocpp_cp_evse(cp, evse);
    if (meant == NULL) {
        present_floating(cp, token);
        return;
    }
    present_at(cp, meant, token);
}

/* --- decided -----------------------------------------------------------------------------------------------------------------
 */

static void settle(struct ocpp_charge_point *cp, int slot, const struct decision *decision)
{
    struct authorization *authorization = &cp->authorizations[slot];
    const struct token token = authorization->token;
    if (decision->what == DECIDED_ASK) {
        authorization->must_ask = true;
        cp->dirty = true;
        return;
    }
    note_code(cp, &token, decision->what == DECIDED_GRANT);
    if (decision->what == DECIDED_REFUSE) {
        refuse(cp, slot, decision->authorization, decision);
        return;
    }
    if (authorization->to_stop) {
        ocpp_cp_authorization_forget(cp, slot);
        ocpp_cp_stop_by_group(cp, slot, &token, decision);
        return;
    }
    grant(cp, slot, decision);
}

static void decide(struct ocpp_charge_point *cp, int slot, bool can_ask)
{
    const struct authorization *authorization = &cp->authorizations[slot];
    const struct question question = {
        .token = &authorization->token,
        .evse = slot,
        .purpose = authorization->to_stop ? TO_STOP : TO_START,
        .can_ask = can_ask,
    };
    struct decision decision;
    if (!ocpp_cp_blocks_decide(cp, &question, &decision)) {
        ocpp_cp_decide(cp, &question, &decision);
    }
    if (decision.info.group[0] == '\0') { /* of a remote start */
        ocpp_text_copy(decision.info.group, sizeof(decision.info.group), authorization->group);
    }
    settle(cp, slot, &decision);
}

/* Where no authorization is needed, a vehicle that is plugged in charges, once (C02; AuthCtrlr.Enabled). */
static void let_everybody_charge(struct ocpp_charge_point *cp)
{
    struct token nobody;
    ocpp_cp_token_set(&nobody, "", OCPP_TOKEN_NO_AUTHORIZATION);
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        struct authorization *authorization = &cp->authorizations[evse->number];
        if (evse->connector == 0) {
            authorization->freed_mono_ms = OCPP_NEVER;
        }
        if (evse->state == EVSE_AWAIT_TOKEN && authorization->state == AUTHORIZATION_NONE && can_use_a_token(cp, evse) &&
            authorization->freed_mono_ms != evse->plugged_mono_ms) {
            authorization->freed_mono_ms = evse->plugged_mono_ms;
            ocpp_cp_want(cp, evse->number, &nobody, false);
        }
    }
}

/* A token that waits for a plug at whichever EVSE, and none of them can take it any more. */
static void release_floating(struct ocpp_charge_point *cp)
{
    const struct authorization *floating = &cp->authorizations[0];
    if (floating->state == AUTHORIZATION_GRANTED && !is_any_evse_for(cp, floating)) {
        refuse(cp, 0, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME, NULL);
    }
}

void ocpp_cp_authorizations_decide(struct ocpp_charge_point *cp)
{
    if (cp->values[VARIABLE_AUTH_ENABLED] == 0) {
        let_everybody_charge(cp);
    }
    for (int slot = 0; slot <= cp->settings.evse_count; slot++) {
        const struct authorization *authorization = &cp->authorizations[slot];
        if (authorization->state == AUTHORIZATION_WANTED && !(authorization->must_ask && ocpp_cp_may_send(cp))) {
            decide(cp, slot, ocpp_cp_may_send(cp));
        }
    }
    release_floating(cp);
}

/* --- asked -------------------------------------------------------------------------------------------------------------------
 */

bool ocpp_cp_send_authorize(struct ocpp_charge_point *cp)
{
    for (int slot = 0; slot <= cp->settings.evse_count; slot++) {
        struct authorization *authorization = &cp->authorizations[slot];
        if (authorization->state != AUTHORIZATION_WANTED || !authorization->must_ask) {
            continue;
        }
        enum ocpp_status status = ocpp_cp_blocks_authorize(cp, slot, &authorization->token);
        status = status == OCPP_ERR_NOT_FOUND ? cp->dialect->send_authorize(cp, &authorization->token) : status;
        if (status == OCPP_OK) {
            authorization->state = AUTHORIZATION_ASKED;
            cp->flight = FLIGHT_AUTHORIZE;
            cp->flight_slot = slot;
            return true;
        }
        if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) { /* this version cannot say such a token */
            refuse(cp, slot, OCPP_AUTHORIZATION_INVALID, NULL);
        }
        return false;
    }
    return false;
}

/* The answer is of now: its date says how long it may be kept, not whether it holds. */
void ocpp_cp_authorize_answered(struct ocpp_charge_point *cp, const struct token_info *info)
{
    const int slot = cp->flight_slot;
    struct authorization *asked = &cp->authorizations[slot];
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    if (asked->state != AUTHORIZATION_ASKED) {
        return;
    }
    ocpp_cp_token_told(cp, &asked->token, info);
    struct decision heard = { .source = OCPP_TOKEN_SOURCE_CENTRAL, .info = *info };
    heard.info.expires = false;
    heard.authorization = ocpp_token_info_at(&heard.info, asked->to_stop ? 0 : slot, OCPP_UTC_UNKNOWN);
    heard.what = heard.authorization == OCPP_AUTHORIZATION_ACCEPTED ? DECIDED_GRANT : DECIDED_REFUSE;
    if (heard.info.group[0] == '\0') { /* of a remote start */
        ocpp_text_copy(heard.info.group, sizeof(heard.info.group), asked->group);
    }
    settle(cp, slot, &heard);
}

void ocpp_cp_authorize_failed(struct ocpp_charge_point *cp)
{
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    if (cp->authorizations[cp->flight_slot].state == AUTHORIZATION_ASKED) {
        decide(cp, cp->flight_slot, false);
    }
}
