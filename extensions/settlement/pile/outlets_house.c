/* outlets_house.c: the house whose pile this is, as the server wrote it down and phones carried it: cards, phones, the price; and
 * what was decided at the pile since. A card that was logged out here stays out until a list comes without it: then the server
 * knows, and whoever lets it in again does so there. */
#include "outlets_internal.h"

#include <ocpp/settlement/jwe.h>

#include <string.h>

enum { HOUSE_ARENA = 131072, LOGGED_OUT_MOST = 16, DIGEST_LENGTH = 32 };

/* --- the list -------------------------------------------------------------------------------------------------------- */

static const char *find_own(const char *kid, const char *typ, void *user)
{
    const struct ocpp_settle_outlets *outlets = user;

    (void)typ;
    return strcmp(kid, outlets->kid) == 0 ? outlets->settings.key_name : NULL;
}

enum ocpp_status outlets_open_list(struct ocpp_settle_outlets *outlets, const char *token,
                                   const struct ocpp_settle_house_list **list)
{
    const struct ocpp_settle_jwe_opener opener = {
        .keys = &outlets->settings.keys, .typ = OCPP_SETTLE_TYP_HOUSE_LIST, .find = find_own, .user = outlets
    };
    const struct ocpp_settle_jws_verifier verifier = { .keys = &outlets->settings.keys,
                                                       .typ = OCPP_SETTLE_TYP_HOUSE_LIST,
                                                       .find = ocpp_settle_trust_find,
                                                       .user = &outlets->trust };
    struct ocpp_settle_jwe opened;
    const void *read = NULL;
    enum ocpp_status status = ocpp_settle_jwe_open(&opener, token, strlen(token), outlets->scratch, &opened);

    if (status == OCPP_OK) {
        status = ocpp_settle_jws_verify_message(&verifier, opened.payload, opened.size, &ocpp_settle_house_list_type,
                                                outlets->scratch, &read, NULL, NULL);
    }
    *list = read;
    if (status == OCPP_OK && strcmp((*list)->aud, outlets->settings.pile) != 0) {
        status = OCPP_ERR_SECURITY;
    }
    if (status == OCPP_OK && (*list)->snapshot != NULL && ocpp_settle_snapshot_check((*list)->snapshot, NULL) != OCPP_OK) {
        status = OCPP_ERR_VALUE;
    }
    return status == OCPP_ERR_NOT_FOUND ? OCPP_ERR_SECURITY : status;
}

static enum ocpp_status keep(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_outlet_house *house)
{
    struct ocpp_arena *arena = ocpp_arena_new(outlets->settings.allocator, HOUSE_ARENA);
    const void *copy = NULL;
    const enum ocpp_status status =
        arena == NULL ? OCPP_ERR_NOMEM : ocpp_message_copy(&ocpp_settle_outlet_house_type, house, arena, &copy);

    if (status != OCPP_OK) {
        ocpp_arena_free(arena);
        return status;
    }
    ocpp_arena_free(outlets->house_arena);
    outlets->house_arena = arena;
    outlets->house = copy;
    return OCPP_OK;
}

static const struct ocpp_settle_listed_card *card_in(const struct ocpp_settle_house_list *list, const char *id)
{
    for (size_t i = 0; i < list->cards.count; i++) {
        if (strcmp(list->cards.items[i].card, id) == 0) {
            return &list->cards.items[i];
        }
    }
    return NULL;
}

enum ocpp_status outlets_take_list(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_house_list *list)
{
    const struct ocpp_settle_outlet_house *had = outlets->house;
    struct ocpp_settle_card_logged_out out[LOGGED_OUT_MOST];
    struct ocpp_settle_outlet_house house = { .list = *list };
    const bool is_same = had != NULL && strcmp(had->list.house, list->house) == 0;

    if (had != NULL && list->number <= had->list.number) {
        return OCPP_OK; /* an older one, or the same again */
    }
    house.logged_out.items = out;
    for (size_t i = 0; is_same && i < had->logged_out.count; i++) {
        if (card_in(list, had->logged_out.items[i].card) != NULL) {
            out[house.logged_out.count++] = had->logged_out.items[i];
        }
    }
    house.authorised = is_same && !list->authorised ? had->authorised : NULL;
    const enum ocpp_status status = keep(outlets, &house);
    outlets->house_dirty |= status == OCPP_OK;
    return status;
}

enum ocpp_status outlets_load_house(struct ocpp_settle_outlets *outlets)
{
    char key[OCPP_KEY_SIZE];
    const void *read;

    outlets_key("house", 0, 0, key);
    const enum ocpp_status status = outlets_read(outlets, key, &ocpp_settle_outlet_house_type, outlets->scratch, &read);
    if (status == OCPP_OK) {
        return keep(outlets, read);
    }
    return ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE ? status : OCPP_OK; /* the next phone brings another */
}

/* --- cards ----------------------------------------------------------------------------------------------------------- */

static bool is_logged_out(const struct ocpp_settle_outlet_house *house, const char *card)
{
    for (size_t i = 0; i < house->logged_out.count; i++) {
        if (strcmp(house->logged_out.items[i].card, card) == 0) {
            return true;
        }
    }
    return false;
}

const struct ocpp_settle_listed_card *outlets_listed(const struct ocpp_settle_outlets *outlets, const char *id)
{
    const struct ocpp_settle_listed_card *card = outlets->house != NULL ? card_in(&outlets->house->list, id) : NULL;

    return card != NULL && !is_logged_out(outlets->house, id) ? card : NULL;
}

const struct ocpp_settle_listed_card *outlets_listed_token(const struct ocpp_settle_outlets *outlets, const char *token)
{
    const struct ocpp_settle_house_list *list = outlets->house != NULL ? &outlets->house->list : NULL;
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    char text[2 * OCPP_SETTLE_DIGEST_SIZE + 1];

    if (list == NULL) {
        return NULL;
    }
    const struct ocpp_settle_bytes pieces[] = { { list->salt, strlen(list->salt) }, { token, strlen(token) } };
    if (outlets->settings.keys.sha256(pieces, 2, digest, outlets->settings.keys.user) != OCPP_OK) {
        return NULL;
    }
    ocpp_settle_hex(digest, sizeof(digest), text);
    for (size_t i = 0; i < list->cards.count; i++) {
        const struct ocpp_settle_listed_card *card = &list->cards.items[i];

        if (strlen(card->digest) == DIGEST_LENGTH && ocpp_settle_same_bytes(card->digest, text, DIGEST_LENGTH)) {
            return is_logged_out(outlets->house, card->card) ? NULL : card;
        }
    }
    return NULL;
}

bool outlets_may_charge(const struct ocpp_settle_outlets *outlets)
{
    return outlets->house != NULL && (outlets->house->list.authorised || outlets->house->authorised != NULL);
}

/* --- management ------------------------------------------------------------------------------------------------------- */

enum ocpp_status outlets_authorise(struct ocpp_settle_outlets *outlets, const char *by)
{
    struct ocpp_settle_outlet_house house = *outlets->house;

    if (outlets_may_charge(outlets)) {
        return OCPP_OK;
    }
    house.authorised = by;
    const enum ocpp_status status = keep(outlets, &house);
    outlets->house_dirty |= status == OCPP_OK;
    return status;
}

static bool is_of(const struct outlet *outlet, const char *token)
{
    const struct ocpp_settle_session_user *user = outlet->session.user;

    return outlet->state != OUTLET_FREE && outlet->state != OUTLET_AWAIT_BILL && user != NULL &&
           strcmp(user->token.id, token) == 0;
}

enum ocpp_status outlets_log_out(struct ocpp_settle_outlets *outlets, const char *card, const char *token, const char *by)
{
    struct ocpp_settle_outlet_house house = *outlets->house;
    struct ocpp_settle_card_logged_out out[LOGGED_OUT_MOST];

    if (house.logged_out.count == LOGGED_OUT_MOST) {
        return OCPP_ERR_FULL;
    }
    for (size_t i = 0; i < house.logged_out.count; i++) {
        out[i] = house.logged_out.items[i];
    }
    out[house.logged_out.count++] = (struct ocpp_settle_card_logged_out){ .card = card, .by = by };
    house.logged_out.items = out;
    const enum ocpp_status status = keep(outlets, &house);
    outlets->house_dirty |= status == OCPP_OK;
    for (int i = 0; status == OCPP_OK && i < outlets->settings.outlet_count; i++) {
        if (is_of(&outlets->outlets[i], token)) {
            outlet_end(outlets, &outlets->outlets[i], OCPP_SETTLE_SESSION_END_DEAUTHORISED); /* B1 */
        }
    }
    return status;
}

/* --- at the reader ------------------------------------------------------------------------------------------------------ */

static enum ocpp_status stop_by_card(struct ocpp_settle_outlets *outlets, int number, const char *token,
                                     struct ocpp_settle_outlets_shown *shown)
{
    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        struct outlet *outlet = &outlets->outlets[i];

        if (is_of(outlet, token) && (number == 0 || number == i + 1)) {
            shown->what = OCPP_SETTLE_OUTLETS_CARD_STOPPED;
            memcpy(shown->session, outlet->session.id, sizeof(shown->session));
            outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_LOCAL);
            return OCPP_OK;
        }
    }
    return OCPP_ERR_NOT_FOUND;
}

static enum ocpp_status start_by_card(struct ocpp_settle_outlets *outlets, int number, const struct ocpp_settle_user_token *token,
                                      struct ocpp_settle_outlets_shown *shown)
{
    const struct ocpp_settle_listed_card *card = outlets_listed_token(outlets, token->id);
    const struct ocpp_settle_outlet_start start = { .outlet = number,
                                                    .token = token->id,
                                                    .type = token->type,
                                                    .snapshot = outlets->house != NULL ? outlets->house->list.snapshot : NULL };

    if (card == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (number == 0 || card->kind != OCPP_SETTLE_LISTED_KIND_CHARGING || !outlets_may_charge(outlets)) {
        return OCPP_ERR_STATE;
    }
    shown->what = OCPP_SETTLE_OUTLETS_CARD_STARTED;
    return ocpp_settle_outlets_start(outlets, &start, outlets->now, shown->session);
}

enum ocpp_status ocpp_settle_outlets_card(struct ocpp_settle_outlets *outlets, int outlet, const char *token, const char *type,
                                          struct ocpp_now now, struct ocpp_settle_outlets_shown *shown)
{
    const struct ocpp_settle_user_token user = { token, type != NULL ? type : "" };

    *shown = (struct ocpp_settle_outlets_shown){ .session = "" };
    if (token == NULL || token[0] == '\0' || strlen(token) > 255 || strlen(user.type) > 20 || outlet < 0 ||
        outlet > outlets->settings.outlet_count) {
        return OCPP_ERR_ARGUMENT;
    }
    outlets_enter(outlets, now);
    enum ocpp_status status;
    if (outlet == 0 && outlets->wait.kind != HOUSE_WAIT_NONE) {
        status = outlets_wait_ends(outlets, &user, &shown->what);
    } else {
        status = stop_by_card(outlets, outlet, token, shown);
        status = status == OCPP_ERR_NOT_FOUND ? start_by_card(outlets, outlet, &user, shown) : status;
    }
    outlets_leave(outlets);
    return status;
}
