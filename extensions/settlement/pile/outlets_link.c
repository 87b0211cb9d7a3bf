/* outlets_link.c: phones ask a pile without a network. What they may do is said by what they bring, not by who they are. */
#include "outlets_internal.h"

#include <string.h>

void outlets_refuse(struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_call call, enum ocpp_settle_refusal_code code,
                    const char *reason, struct ocpp_now now)
{
    (void)ocpp_settle_link_refuse(outlets->link, call, code, reason, now);
}

/* What cannot be answered now is refused: the phone asks again. */
void outlets_answer(struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_call call, const void *said, struct ocpp_now now)
{
    if (ocpp_settle_link_answer(outlets->link, call, said, now) != OCPP_OK) {
        outlets_refuse(outlets, call, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, "the pile has no room to answer", now);
    }
}

void outlets_refuse_status(struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_call call, enum ocpp_status status,
                           struct ocpp_now now)
{
    static const struct {
        enum ocpp_status status;
        enum ocpp_settle_refusal_code code;
    } codes[] = {
        { OCPP_ERR_SECURITY, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN },
        { OCPP_ERR_STATE, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE },
        { OCPP_ERR_ARGUMENT, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT },
        { OCPP_ERR_TOO_LARGE, OCPP_SETTLE_REFUSAL_CODE_TOO_LARGE },
    };
    enum ocpp_settle_refusal_code code = ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE ? OCPP_SETTLE_REFUSAL_CODE_INVALID
                                                                                            : OCPP_SETTLE_REFUSAL_CODE_TRY_LATER;

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        code = codes[i].status == status ? codes[i].code : code;
    }
    outlets_refuse(outlets, call, code, ocpp_status_sentence(status), now);
}

/* --- what anybody may ask ------------------------------------------------------------------------------------------ */

static void hello(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    static const char *const features[] = { "PhoneLink" };
    struct ocpp_settle_outlets *outlets = user;
    struct ocpp_settle_link_outlet_view list[OCPP_SETTLE_OUTLETS_LIMIT];
    const int count = outlets->settings.outlet_count;

    (void)message;
    for (int i = 0; i < count; i++) {
        struct ocpp_settle_outlet_view view = { .state = OCPP_SETTLE_OUTLET_STATE_FREE };

        (void)ocpp_settle_outlet_view(outlets, i + 1, &view);
        list[i] = (struct ocpp_settle_link_outlet_view){
            .outlet = i + 1,
            .state = (enum ocpp_settle_link_outlet_state)view.state, /* the same words in the same order */
            .has_energy_mwh = view.session[0] != '\0',
            .energy_mwh = view.energy_mwh,
        };
    }
    const struct ocpp_settle_link_hello_conf said = {
        .pile = outlets->settings.pile,
        .serial = outlets->settings.serial != NULL ? outlets->settings.serial : outlets->settings.pile,
        .features = { features, 1 },
        .outlets = { list, (size_t)count },
    };
    outlets_answer(outlets, call, &said, now);
}

static void status(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct ocpp_settle_link_status_req *asked = message;
    struct ocpp_settle_outlets *outlets = user;
    struct ocpp_settle_link_status_conf said = { .token = NULL };

    ocpp_arena_reset(outlets->reply);
    const int64_t outlet = asked->has_outlet ? asked->outlet : 0;
    const enum ocpp_status made = outlet > OCPP_SETTLE_OUTLETS_LIMIT
                                      ? OCPP_ERR_ARGUMENT
                                      : ocpp_settle_outlets_status(outlets, (int)outlet, outlets->reply, now, &said.token);
    if (made != OCPP_OK) {
        outlets_refuse_status(outlets, call, made, now);
        return;
    }
    outlets_answer(outlets, call, &said, now);
}

static void next_bill(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct ocpp_settle_link_next_bill_req *asked = message;
    struct ocpp_settle_outlets *outlets = user;
    struct ocpp_settle_link_next_bill_conf said = { .bill = NULL };

    ocpp_arena_reset(outlets->reply);
    const enum ocpp_status made = ocpp_settle_outlets_sealed_page(outlets, asked->from, outlets->reply, &said.bill, &said.page);
    if (made != OCPP_OK && made != OCPP_ERR_NOT_FOUND) {
        outlets_refuse_status(outlets, call, made, now);
        return;
    }
    said.has_page = made == OCPP_OK;
    outlets_answer(outlets, call, &said, now);
}

static void claim_request(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    struct ocpp_settle_outlets *outlets = user;
    struct ocpp_settle_link_claim_request_conf said = { .token = NULL };

    (void)message;
    ocpp_arena_reset(outlets->reply);
    const enum ocpp_status made = ocpp_settle_outlets_request(outlets, outlets->reply, &said.token);
    if (made != OCPP_OK) {
        outlets_refuse_status(outlets, call, made, now);
        return;
    }
    outlets_answer(outlets, call, &said, now);
}

/* --- what is brought ------------------------------------------------------------------------------------------------- */

static void deliver(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct ocpp_settle_link_deliver_req *brought = message;
    struct ocpp_settle_outlets *outlets = user;
    struct ocpp_settle_outlets_taken taken;
    const enum ocpp_status status_of = ocpp_settle_outlets_take(outlets, brought->parcel, strlen(brought->parcel), now, &taken);

    if (status_of != OCPP_OK) {
        outlets_refuse_status(outlets, call, status_of, now);
        return;
    }
    const bool is_refused = taken.code != OCPP_SETTLE_REFUSAL_CODE_UNSET;
    const struct ocpp_settle_link_deliver_conf said = {
        .session = taken.session[0] != '\0' ? taken.session : NULL,
        .code = is_refused ? ocpp_enum_name(&ocpp_settle_refusal_code_enum, (int)taken.code) : NULL,
        .reason = is_refused ? taken.reason : NULL,
        .acknowledged = taken.acknowledged,
    };
    outlets_answer(outlets, call, &said, now);
}

static void enrol(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct ocpp_settle_link_enrol_req *brought = message;
    struct ocpp_settle_outlets *outlets = user;
    const struct ocpp_settle_link_enrol_conf said = { .kid = outlets->kid };
    const enum ocpp_status status_of = ocpp_settle_outlets_enrol(outlets, brought->enrolment, strlen(brought->enrolment), now);

    if (status_of != OCPP_OK) {
        outlets_refuse_status(outlets, call, status_of, now);
        return;
    }
    outlets_answer(outlets, call, &said, now);
}

/* --- stopping ---------------------------------------------------------------------------------------------------------- */

/* Who has the authorisation it began with: signed by the server, and of this session. */
static bool may_stop(struct ocpp_settle_outlets *outlets, const struct outlet *outlet, const char *token)
{
    const struct ocpp_settle_jws_verifier verifier = { .keys = &outlets->settings.keys,
                                                       .typ = OCPP_SETTLE_TYP_AUTHORISATION,
                                                       .find = ocpp_settle_trust_find,
                                                       .user = &outlets->trust };
    const void *read;

    ocpp_arena_reset(outlets->reply);
    return token != NULL && outlet->session.jti[0] != '\0' &&
           ocpp_settle_jws_verify_message(&verifier, token, strlen(token), &ocpp_settle_authorisation_type, outlets->reply, &read,
                                          NULL, NULL) == OCPP_OK &&
           strcmp(((const struct ocpp_settle_authorisation *)read)->jti, outlet->session.jti) == 0;
}

static void stop_session(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    const struct ocpp_settle_link_stop_session_req *asked = message;
    struct ocpp_settle_outlets *outlets = user;
    const struct outlet *outlet = outlet_of(outlets, asked->outlet);
    struct ocpp_settle_link_stop_session_conf said = { .ended = false };

    if (outlet == NULL) {
        outlets_refuse(outlets, call, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT, "there is no such outlet", now);
        return;
    }
    const bool is_on =
        outlet->state != OUTLET_FREE && outlet->state != OUTLET_AWAIT_BILL && strcmp(outlet->session.id, asked->session) == 0;
    if (is_on && !may_stop(outlets, outlet, asked->authorisation) &&
        !outlets_account_stops(outlets, outlet, call, asked->account)) {
        outlets_refuse(outlets, call, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "it did not begin with this", now);
        return;
    }
    said.ended = is_on && ocpp_settle_outlets_stop(outlets, (int)asked->outlet, OCPP_SETTLE_SESSION_END_REMOTE, now) == OCPP_OK;
    outlets_answer(outlets, call, &said, now);
}

/* --- the table --------------------------------------------------------------------------------------------------------- */

/* A status has a nonce of its own each time; a parcel is known by what is in it: neither answer need be remembered. */
static const struct ocpp_settle_link_route routes[] = {
    { OCPP_SETTLE_LINK_ACTION_HELLO, false, hello },         { OCPP_SETTLE_LINK_ACTION_STATUS, false, status },
    { OCPP_SETTLE_LINK_ACTION_DELIVER, false, deliver },     { OCPP_SETTLE_LINK_ACTION_STOP_SESSION, true, stop_session },
    { OCPP_SETTLE_LINK_ACTION_NEXT_BILL, false, next_bill }, { OCPP_SETTLE_LINK_ACTION_CLAIM_REQUEST, false, claim_request },
    { OCPP_SETTLE_LINK_ACTION_ENROL, false, enrol },
};

enum ocpp_status ocpp_settle_outlets_serve(struct ocpp_settle_outlets *outlets, struct ocpp_settle_link *link)
{
    if (outlets->link != NULL) {
        return OCPP_ERR_STATE;
    }
    enum ocpp_status served = ocpp_settle_link_serve(link, routes, sizeof(routes) / sizeof(routes[0]), outlets);

    if (served == OCPP_OK) {
        served = ocpp_settle_link_serve(link, outlets_account_routes, OUTLETS_ACCOUNT_ROUTES, outlets);
    }
    if (served == OCPP_OK) {
        outlets->link = link;
    }
    return served;
}
