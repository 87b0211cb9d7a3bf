/* outlets_account.c: phones of a house at its pile. A phone is known by its binding, which the server signed, and by its key,
 * with which it signs this conversation. Its card must stand on the house's list; of what is younger than the list, the binding
 * itself says so. */
#include "outlets_internal.h"

#include <ocpp/settlement/jwe.h>

#include <string.h>

enum { MANAGE_WAIT_MS = 60000 };

/* --- who ------------------------------------------------------------------------------------------------------------------ */

static bool is_listed(const struct ocpp_settle_outlets *outlets, const struct ocpp_settle_phone_binding *binding)
{
    const struct ocpp_settle_house_list *list = &outlets->house->list;

    for (size_t i = 0; i < list->phones.count; i++) {
        if (strcmp(list->phones.items[i], binding->phone) == 0) {
            return true;
        }
    }
    return binding->iat > list->number; /* it was bound after the list was made */
}

static bool is_card_good(const struct ocpp_settle_outlets *outlets, const struct ocpp_settle_phone_binding *binding)
{
    const struct ocpp_settle_outlet_house *house = outlets->house;
    const struct ocpp_settle_listed_card *card = outlets_listed(outlets, binding->card);

    for (size_t i = 0; i < house->logged_out.count; i++) {
        if (strcmp(house->logged_out.items[i].card, binding->card) == 0) {
            return false;
        }
    }
    return card != NULL ? card->kind == binding->kind : binding->iat > house->list.number;
}

/* Why not; NULL: |*binding| is in the reply's arena. */
static const char *judge(struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_call call,
                         const struct ocpp_settle_link_account_proof *proof, const struct ocpp_settle_phone_binding **binding)
{
    const struct ocpp_settle_keys *keys = &outlets->settings.keys;
    const struct ocpp_settle_jws_verifier verifier = {
        .keys = keys, .typ = OCPP_SETTLE_TYP_PHONE_BINDING, .find = ocpp_settle_trust_find, .user = &outlets->trust
    };
    unsigned char number[OCPP_SETTLE_LINK_BINDING_SIZE];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const void *read;

    if (outlets->house == NULL) {
        return "this pile is no house's";
    }
    if (ocpp_settle_jws_verify_message(&verifier, proof->binding, strlen(proof->binding), &ocpp_settle_phone_binding_type,
                                       outlets->reply, &read, NULL, NULL) != OCPP_OK) {
        return "the server did not sign it";
    }
    *binding = read;
    if (!ocpp_settle_point_read((*binding)->key, point) ||
        ocpp_settle_link_binding(outlets->link, call.session, number) != OCPP_OK ||
        ocpp_settle_link_account_verify(keys, point, number, proof->signature) != OCPP_OK) {
        return "it is another phone's";
    }
    if (strcmp((*binding)->house, outlets->house->list.house) != 0) {
        return "it is another house's";
    }
    return is_listed(outlets, *binding) && is_card_good(outlets, *binding) ? NULL : "it has no right any more";
}

static const struct ocpp_settle_phone_binding *account_of(struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_call call,
                                                          const struct ocpp_settle_link_account_proof *proof)
{
    const struct ocpp_settle_phone_binding *binding = NULL;

    ocpp_arena_reset(outlets->reply);
    const char *why = judge(outlets, call, proof, &binding);
    if (why != NULL) {
        outlets_tell(outlets, OCPP_SETTLE_OUTLETS_SECURITY, 0, NULL, 0, why);
        outlets_refuse(outlets, call, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, why, outlets->now);
        return NULL;
    }
    return binding;
}

bool outlets_account_stops(struct ocpp_settle_outlets *outlets, const struct outlet *outlet, struct ocpp_settle_link_call call,
                           const struct ocpp_settle_link_account_proof *proof)
{
    const struct ocpp_settle_phone_binding *binding = NULL;
    const struct ocpp_settle_session_user *user = outlet->session.user;

    ocpp_arena_reset(outlets->reply);
    if (proof == NULL || user == NULL || judge(outlets, call, proof, &binding) != NULL) {
        return false;
    }
    return binding->kind == OCPP_SETTLE_LISTED_KIND_PRIVILEGE || strcmp(user->token.id, binding->token.id) == 0;
}

/* --- charging --------------------------------------------------------------------------------------------------------- */

static void start_outlet(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct ocpp_settle_link_start_outlet_req *asked = message;
    struct ocpp_settle_outlets *outlets = user;
    char session[OCPP_SETTLE_ID_SIZE];

    outlets_enter(outlets, now);
    const struct ocpp_settle_phone_binding *binding = account_of(outlets, call, &asked->account);
    if (binding == NULL) {
        return;
    }
    if (binding->kind != OCPP_SETTLE_LISTED_KIND_CHARGING || !outlets_may_charge(outlets)) {
        outlets_refuse(outlets, call, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "the landlord lets nobody charge with it here", now);
        return;
    }
    const struct ocpp_settle_outlet_start start = { .outlet = asked->outlet > OCPP_SETTLE_OUTLETS_LIMIT ? -1 : (int)asked->outlet,
                                                    .token = binding->token.id,
                                                    .type = binding->token.type,
                                                    .binding = binding->phone,
                                                    .snapshot = outlets->house->list.snapshot };
    const enum ocpp_status status = ocpp_settle_outlets_start(outlets, &start, now, session);
    if (status == OCPP_ERR_FULL) {
        outlets_refuse(outlets, call, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "too many bills wait to be fetched", now);
    } else if (status != OCPP_OK) {
        outlets_refuse_status(outlets, call, status, now);
    } else {
        outlets_answer(outlets, call, &(struct ocpp_settle_link_start_outlet_conf){ session }, now);
    }
}

static void consumption(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct ocpp_settle_link_consumption_req *asked = message;
    struct ocpp_settle_outlets *outlets = user;
    struct ocpp_settle_link_consumption_conf said;

    outlets_enter(outlets, now);
    const struct ocpp_settle_phone_binding *binding = account_of(outlets, call, &asked->account);
    if (binding == NULL) {
        return;
    }
    const char *token = binding->kind == OCPP_SETTLE_LISTED_KIND_PRIVILEGE ? NULL : binding->token.id;
    const enum ocpp_status status = outlets_uses(outlets, token, asked->before, outlets->reply, &said);
    if (status != OCPP_OK) {
        outlets_refuse_status(outlets, call, status, now);
        return;
    }
    outlets_answer(outlets, call, &said, now);
}

/* --- waiting for a card ------------------------------------------------------------------------------------------------- */

static void wait_for(struct ocpp_settle_outlets *outlets, enum house_wait_kind kind, struct ocpp_settle_link_call call,
                     int64_t within_ms)
{
    if (outlets->wait.kind != HOUSE_WAIT_NONE) {
        outlets_refuse(outlets, outlets->wait.call, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "another phone waits for a card",
                       outlets->now);
    }
    outlets->wait = (struct house_wait){ .kind = kind, .call = call, .until_mono_ms = outlets->now.mono_ms + within_ms };
    outlets_tell(outlets, OCPP_SETTLE_OUTLETS_WAITS, 0, NULL, 0, NULL);
}

void outlets_wait_over(struct ocpp_settle_outlets *outlets)
{
    const struct house_wait wait = outlets->wait;

    outlets->wait.kind = HOUSE_WAIT_NONE;
    outlets_refuse(outlets, wait.call, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "no card was shown", outlets->now);
}

/* B10. What nobody but the server reads: that this card was here while this phone was. */
static enum ocpp_status seal_shown(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_user_token *token,
                                   const char *challenge, const char **sealed)
{
    const struct ocpp_settle_trusted_key *key = ocpp_settle_trust_newest(&outlets->trust, OCPP_SETTLE_KEY_USE_ENCRYPTION);
    const struct ocpp_settle_jws_signer signer = { &outlets->settings.keys, outlets->settings.key_name, outlets->kid,
                                                   OCPP_SETTLE_TYP_CARD_SHOWN };
    const struct ocpp_settle_shown_card shown = {
        .iss = outlets->settings.pile, .challenge = challenge, .token = *token, .at = outlets_moment(outlets)
    };
    const char *made = NULL;
    size_t size;

    if (key == NULL) {
        return OCPP_ERR_STATE;
    }
    const struct ocpp_settle_jwe_sealer sealer = { &outlets->settings.keys, key->point, key->kid, OCPP_SETTLE_TYP_CARD_SHOWN };
    const enum ocpp_status status =
        ocpp_settle_jws_make_message(&signer, &ocpp_settle_shown_card_type, &shown, outlets->reply, &made, &size);
    return status == OCPP_OK ? ocpp_settle_jwe_seal(&sealer, made, size, outlets->reply, sealed, &size) : status;
}

static enum ocpp_status tell_shown(struct ocpp_settle_outlets *outlets, const struct house_wait *wait,
                                   const struct ocpp_settle_user_token *token)
{
    struct ocpp_settle_link_bind_card_conf said = { .token = NULL };
    const enum ocpp_status status = seal_shown(outlets, token, wait->challenge, &said.token);

    if (status != OCPP_OK) {
        outlets_refuse_status(outlets, wait->call, status, outlets->now);
        return status;
    }
    outlets_answer(outlets, wait->call, &said, outlets->now);
    return OCPP_OK;
}

/* "4.000 kWh" of what is kept here. */
static enum ocpp_status write_use(struct ocpp_settle_outlets *outlets, const char *token, char text[200])
{
    static const char words[] = " kWh at this pile that no bill was fetched of";
    struct ocpp_settle_link_consumption_conf uses;
    int64_t mwh = 0;
    const enum ocpp_status status = outlets_uses(outlets, token, NULL, outlets->reply, &uses);

    for (size_t i = 0; status == OCPP_OK && i < uses.sessions.count; i++) {
        mwh += uses.sessions.items[i].energy_mwh;
    }
    memcpy(text + ocpp_decimal_format(OCPP_DECIMAL(mwh / 1000, 3), text), words, sizeof(words));
    return status;
}

static enum ocpp_status manage_card(struct ocpp_settle_outlets *outlets, const struct house_wait *wait,
                                    const struct ocpp_settle_user_token *token, enum ocpp_settle_outlets_card *what)
{
    const struct ocpp_settle_listed_card *card = outlets_listed_token(outlets, token->id);
    char text[200] = "The card is logged out.";
    enum ocpp_status status = card == NULL                    ? OCPP_ERR_NOT_FOUND
                              : wait->kind == HOUSE_WAIT_SHOW ? write_use(outlets, token->id, text)
                              : card->kind != OCPP_SETTLE_LISTED_KIND_CHARGING
                                  ? OCPP_ERR_STATE
                                  : outlets_log_out(outlets, card->card, token->id, wait->by);

    *what = wait->kind == HOUSE_WAIT_SHOW ? OCPP_SETTLE_OUTLETS_CARD_TOLD : OCPP_SETTLE_OUTLETS_CARD_LOGGED_OUT;
    if (status == OCPP_OK) {
        outlets_answer(outlets, wait->call, &(struct ocpp_settle_link_manage_conf){ text }, outlets->now);
    } else if (status == OCPP_ERR_NOT_FOUND) {
        outlets_refuse(outlets, wait->call, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_CARD, "it is no card of this house", outlets->now);
    } else {
        outlets_refuse_status(outlets, wait->call, status, outlets->now);
    }
    return status;
}

enum ocpp_status outlets_wait_ends(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_user_token *token,
                                   enum ocpp_settle_outlets_card *what)
{
    const struct house_wait wait = outlets->wait;

    ocpp_arena_reset(outlets->reply);
    outlets->wait.kind = HOUSE_WAIT_NONE;
    *what = OCPP_SETTLE_OUTLETS_CARD_SHOWN;
    return wait.kind == HOUSE_WAIT_BIND ? tell_shown(outlets, &wait, token) : manage_card(outlets, &wait, token, what);
}

static void bind_card(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct ocpp_settle_link_bind_card_req *asked = message;
    struct ocpp_settle_outlets *outlets = user;

    outlets_enter(outlets, now);
    if (asked->challenge[0] == '\0') {
        outlets_refuse(outlets, call, OCPP_SETTLE_REFUSAL_CODE_INVALID, "it names no challenge", now);
        return;
    }
    wait_for(outlets, HOUSE_WAIT_BIND, call, asked->within_s * 1000);
    outlets_copy(outlets->wait.challenge, sizeof(outlets->wait.challenge), asked->challenge);
}

static void manage(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct ocpp_settle_link_manage_req *asked = message;
    struct ocpp_settle_outlets *outlets = user;

    outlets_enter(outlets, now);
    const struct ocpp_settle_phone_binding *binding = account_of(outlets, call, &asked->account);
    if (binding == NULL) {
        return;
    }
    if (binding->kind != OCPP_SETTLE_LISTED_KIND_PRIVILEGE) {
        outlets_refuse(outlets, call, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "it is no privilege card's", now);
    } else if (asked->instruction != NULL) {
        outlets_refuse(outlets, call, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "instructions come as a house's list", now);
    } else if (asked->act == OCPP_SETTLE_LINK_MANAGE_ACT_AUTHORISE) {
        const enum ocpp_status status = outlets_authorise(outlets, binding->card);

        if (status == OCPP_OK) {
            outlets_answer(outlets, call, &(struct ocpp_settle_link_manage_conf){ "Tenants may charge here now." }, now);
        } else {
            outlets_refuse_status(outlets, call, status, now);
        }
    } else {
        const bool logs_out = asked->act == OCPP_SETTLE_LINK_MANAGE_ACT_LOG_OUT_NEXT_CARD;
        char by[OCPP_SETTLE_ID_SIZE];

        outlets_copy(by, sizeof(by), binding->card);
        wait_for(outlets, logs_out ? HOUSE_WAIT_LOG_OUT : HOUSE_WAIT_SHOW, call, MANAGE_WAIT_MS);
        memcpy(outlets->wait.by, by, sizeof(by));
    }
    outlets_leave(outlets);
}

/* Acts: the answer is that of the first time, also where a card was waited for. */
const struct ocpp_settle_link_route outlets_account_routes[OUTLETS_ACCOUNT_ROUTES] = {
    { OCPP_SETTLE_LINK_ACTION_BIND_CARD, true, bind_card },
    { OCPP_SETTLE_LINK_ACTION_START_OUTLET, true, start_outlet },
    { OCPP_SETTLE_LINK_ACTION_CONSUMPTION, false, consumption },
    { OCPP_SETTLE_LINK_ACTION_MANAGE, true, manage },
};
