/* outlets_status.c: what the pile says of itself, signed: who carries it can neither make it nor change it. Each status has a
 * nonce for one outlet; an authorisation that names it is good once and for a while, so nobody needs a clock (D8). */
#include "outlets_internal.h"

#include <string.h>

/* --- nonces ------------------------------------------------------------------------------------------------------ */

static bool is_good(const struct ocpp_settle_outlets *outlets, const struct outlet_nonce *nonce)
{
    return nonce->text[0] != '\0' && outlets->now.mono_ms - nonce->made_mono_ms < outlets->settings.nonce_ms;
}

struct outlet_nonce *outlet_find_nonce(struct ocpp_settle_outlets *outlets, struct outlet *outlet, const char *text)
{
    struct outlet_nonce *found = NULL;

    for (int i = 0; i < OUTLET_NONCES; i++) {
        struct outlet_nonce *nonce = &outlet->nonces[i];

        if (is_good(outlets, nonce) && strcmp(nonce->text, text) == 0) {
            found = nonce;
        }
    }
    return found;
}

/* None that is good makes room: where somebody asks all the time, the newest is told to everybody, and the first who comes back
 * with it wins (D17). */
static const struct outlet_nonce *new_nonce(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    struct outlet_nonce *room = NULL;
    struct outlet_nonce *newest = &outlet->nonces[0];
    unsigned char bytes[16];

    for (int i = 0; i < OUTLET_NONCES; i++) {
        struct outlet_nonce *nonce = &outlet->nonces[i];

        room = room == NULL && !is_good(outlets, nonce) ? nonce : room;
        newest = nonce->made_mono_ms > newest->made_mono_ms ? nonce : newest;
    }
    if (room == NULL) {
        return newest;
    }
    outlets->settings.keys.random(bytes, sizeof(bytes), outlets->settings.keys.user);
    ocpp_settle_hex(bytes, sizeof(bytes), room->text);
    room->made_mono_ms = outlets->now.mono_ms;
    return room;
}

/* --- what is told -------------------------------------------------------------------------------------------------- */

static enum ocpp_settle_outlet_state state_of(const struct outlet *outlet)
{
    switch (outlet->state) {
    case OUTLET_AWAIT_STORED:
    case OUTLET_AWAIT_PLUG:
        return OCPP_SETTLE_OUTLET_STATE_WAITING;
    case OUTLET_CHARGING:
        return OCPP_SETTLE_OUTLET_STATE_CHARGING;
    case OUTLET_AWAIT_BILL:
        return OCPP_SETTLE_OUTLET_STATE_CLOSING;
    case OUTLET_FREE:
    case OUTLET_STATES:
        break;
    }
    if (outlet->is_faulted) {
        return OCPP_SETTLE_OUTLET_STATE_FAULTED;
    }
    return outlet->is_plugged ? OCPP_SETTLE_OUTLET_STATE_OCCUPIED : OCPP_SETTLE_OUTLET_STATE_FREE;
}

struct uses {
    struct ocpp_settle_authorisation_use items[OUTLET_USES_TOLD];
    size_t count;
};

static void add_use(struct uses *uses, const char *jti, enum ocpp_settle_use_state state, int64_t page)
{
    if (jti[0] != '\0' && uses->count < OUTLET_USES_TOLD) {
        uses->items[uses->count++] =
            (struct ocpp_settle_authorisation_use){ .jti = jti, .state = state, .has_page = page > 0, .page = page };
    }
}

/* Only what is durable: a session that is being stored may yet come to nothing. */
static void add_uses(const struct ocpp_settle_outlets *outlets, struct uses *uses)
{
    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        const struct outlet *outlet = &outlets->outlets[i];

        if (outlet->state != OUTLET_FREE && outlet->state != OUTLET_AWAIT_STORED) {
            add_use(uses, outlet->session.jti, OCPP_SETTLE_USE_STATE_CHARGING, 0);
        }
    }
    for (size_t i = 0; i < outlets->page_count; i++) {
        add_use(uses, outlets->pages[i].jti, OCPP_SETTLE_USE_STATE_BILLED, outlets->pages[i].number);
    }
    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        for (int r = 0; r < OUTLET_REFUSED && !outlets->outlets[i].used_dirty && !outlets->outlets[i].is_written; r++) {
            add_use(uses, outlets->outlets[i].used.refused[r], OCPP_SETTLE_USE_STATE_REFUSED, 0);
        }
    }
}

static size_t add_outlets(const struct ocpp_settle_outlets *outlets, struct ocpp_settle_outlet_status *list)
{
    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        const struct outlet *outlet = &outlets->outlets[i];

        list[i] = (struct ocpp_settle_outlet_status){ .outlet = i + 1,
                                                      .state = state_of(outlet),
                                                      .session = outlet->state == OUTLET_FREE ? NULL : outlet->session.id,
                                                      .seq = outlet->used.high };
    }
    return (size_t)outlets->settings.outlet_count;
}

enum ocpp_status ocpp_settle_outlets_status(struct ocpp_settle_outlets *outlets, int number, struct ocpp_arena *arena,
                                            struct ocpp_now now, const char **token)
{
    static const char nobody[] = "00000000000000000000000000000000";
    const struct ocpp_settle_jws_signer signer = { &outlets->settings.keys, outlets->settings.key_name, outlets->kid,
                                                   OCPP_SETTLE_TYP_PILE_STATUS };
    struct outlet *outlet = outlet_of(outlets, number);
    struct ocpp_settle_outlet_status list[OCPP_SETTLE_OUTLETS_LIMIT];
    struct uses uses = { .count = 0 };
    const int room = outlets_room(outlets);
    struct ocpp_settle_house_status house = { .number = 0 };
    size_t size;

    if (outlets->house != NULL) {
        house.number = outlets->house->list.number;
        house.authorised = outlets->house->authorised;
        house.logged_out.items = outlets->house->logged_out.items;
        house.logged_out.count = outlets->house->logged_out.count;
    }
    if (number != 0 && outlet == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    outlets_enter(outlets, now);
    add_uses(outlets, &uses);
    const struct ocpp_settle_pile_status status = {
        .iss = outlets->settings.pile,
        .nonce = outlet == NULL ? nobody : new_nonce(outlets, outlet)->text,
        .now = outlets_moment(outlets),
        .outlets = { list, add_outlets(outlets, list) },
        .page = outlets->page,
        .prev = outlets->page_hash,
        .kept = (int64_t)outlets->page_count,
        .room = room > 0 ? room : 0,
        .epoch = outlets->trust.epoch,
        .revocations = outlets->trust.revocations,
        .used = { uses.items, uses.count },
        .house = outlets->house != NULL ? &house : NULL,
    };
    const enum ocpp_status made =
        ocpp_settle_jws_make_message(&signer, &ocpp_settle_pile_status_type, &status, arena, token, &size);
    outlets_leave(outlets);
    return made;
}

/* --- for screens --------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_settle_outlet_view(const struct ocpp_settle_outlets *outlets, int number,
                                         struct ocpp_settle_outlet_view *view)
{
    if (number < 1 || number > outlets->settings.outlet_count) {
        return OCPP_ERR_ARGUMENT;
    }
    const struct outlet *outlet = &outlets->outlets[number - 1];
    const struct outlet_session *session = &outlet->session;
    *view = (struct ocpp_settle_outlet_view){
        .state = state_of(outlet),
        .is_plugged = outlet->is_plugged,
        .session = session->id,
        .jti = session->jti,
        .token = session->user != NULL ? session->user->token.id : "",
        .currency = session->snapshot != NULL ? session->snapshot->tariff.currency : "",
        .exponent = session->snapshot != NULL ? (int)session->snapshot->exponent : 0,
        .started_mono_ms = session->begin.mono_ms,
        .energy_mwh = session->last_mwh - session->start_mwh,
        .cost_minor = session->cost_minor,
        .frozen_minor = session->frozen_minor,
    };
    return OCPP_OK;
}

struct ocpp_settle_outlets_view ocpp_settle_outlets_view(const struct ocpp_settle_outlets *outlets)
{
    const int room = outlets_room(outlets);

    return (struct ocpp_settle_outlets_view){
        .outlet_count = outlets->settings.outlet_count,
        .last_page = outlets->page,
        .kept_pages = (int)outlets->page_count,
        .room = room > 0 ? room : 0,
        .is_enrolled = outlets->trust.root_kid[0] != '\0',
        .kid = outlets->kid,
        .trust = &outlets->trust,
    };
}
