/* relay_houses.c: the house at a pile without a network. Who may do what there and at what price goes out as a list that is
 * signed, and sealed to the pile, so that any phone may carry it and none can read it; what was decided at the pile comes back
 * with its statuses; phones get it in writing whose they are. */
#include "house.h"
#include "house_people.h"
#include "relay_internal.h"

#include <ocpp/settlement/jwe.h>

#include <stdio.h>
#include <string.h>

enum { CARDS_MOST = 32, PHONES_MOST = 64, DIGEST_LENGTH = 32 };

/* --- the list ------------------------------------------------------------------------------------------------------------- */

struct listing {
    struct ocpp_settle_house_list list;
    struct ocpp_settle_listed_card cards[CARDS_MOST];
    const char *phones[PHONES_MOST];
};

static const char *digest_of(struct command *command, const char *salt, const char *token)
{
    const struct ocpp_settle_keys *keys = &command_settle(command)->settings.keys;
    const struct ocpp_settle_bytes pieces[] = { { salt, strlen(salt) }, { token, strlen(token) } };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    char text[2 * OCPP_SETTLE_DIGEST_SIZE + 1];

    command_fail(command, keys->sha256(pieces, 2, digest, keys->user));
    if (command_failed(command)) {
        return NULL;
    }
    ocpp_settle_hex(digest, sizeof digest, text);
    text[DIGEST_LENGTH] = '\0';
    return order_text(command, text);
}

static bool list_phone(struct command *command, const char *id, void *user)
{
    struct listing *listing = user;
    const struct house_phone *phone = command_read(command, command_key(command, "phone", id, NULL), &house_phone_type);

    if (phone && phone->state == HOUSE_PHONE_STATE_BOUND) {
        listing->phones[listing->list.phones.count++] = phone->id;
    }
    return listing->list.phones.count < PHONES_MOST && !command_failed(command);
}

static bool list_card(struct command *command, const char *id, void *user)
{
    struct listing *listing = user;
    const struct house_card *card = command_read(command, command_key(command, "card", id, NULL), &house_card_type);

    if (card && card->state == HOUSE_CARD_STATE_ACTIVE) {
        listing->cards[listing->list.cards.count++] = (struct ocpp_settle_listed_card){
            .card = card->id,
            .digest = digest_of(command, listing->list.salt, card->token),
            .kind =
                card->kind == HOUSE_CARD_KIND_PRIVILEGE ? OCPP_SETTLE_LISTED_KIND_PRIVILEGE : OCPP_SETTLE_LISTED_KIND_CHARGING,
        };
        if (listing->list.phones.count < PHONES_MOST) {
            house_each(command, card->id, "phone", NULL, list_phone, listing);
        }
    }
    return listing->list.cards.count < CARDS_MOST && !command_failed(command);
}

static const char *new_salt(struct command *command)
{
    const struct ocpp_settle_keys *keys = &command_settle(command)->settings.keys;
    unsigned char bytes[16];
    char salt[OCPP_SETTLE_ID_SIZE];

    keys->random(bytes, sizeof bytes, keys->user);
    ocpp_settle_id_write(bytes, salt);
    return order_text(command, salt);
}

/* The price that holds now; a pile that has none tells readings, and the house's price counts all the same. */
static const struct ocpp_settle_snapshot *price_now(struct command *command, const struct house_house *house)
{
    const struct house_price *price = house_price_at(command, house, command_utc_ms(command));
    const struct ocpp_settle_tariff *tariff = price ? house_tariff(command, house, price) : NULL;
    struct ocpp_settle_snapshot *snapshot = order_take(command, sizeof *snapshot);

    return tariff && snapshot && order_make_snapshot(command, tariff, house->zone, snapshot) ? snapshot : NULL;
}

static const char *seal(struct command *command, const struct row_relay_pile *pile, const char *token)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const char *sealed = NULL;
    size_t size;

    if (!token || !ocpp_settle_point_read(pile->key, point)) {
        return NULL;
    }
    const struct ocpp_settle_jwe_sealer sealer = { &command_settle(command)->settings.keys, point, pile->kid,
                                                   OCPP_SETTLE_TYP_HOUSE_LIST };
    command_fail(command, ocpp_settle_jwe_seal(&sealer, token, strlen(token), command_arena(command), &sealed, &size));
    return sealed;
}

static const char *make_list(struct command *command, const struct row_relay_pile *pile, const struct house_house_pile *at)
{
    const struct house_house *house = house_edit(command, at->house);
    struct listing *listing = order_take(command, sizeof *listing);

    if (!house || !listing) {
        return NULL;
    }
    memset(listing, 0, sizeof *listing);
    listing->list = (struct ocpp_settle_house_list){ .iss = command_settle(command)->settings.operator_id,
                                                     .aud = pile->pile,
                                                     .house = house->id,
                                                     .number = command_utc_ms(command),
                                                     .salt = new_salt(command),
                                                     .authorised = at->state == HOUSE_PILE_STATE_AUTHORISED,
                                                     .cards = { listing->cards, 0 },
                                                     .phones = { listing->phones, 0 },
                                                     .snapshot = price_now(command, house) };
    if (!command_failed(command)) {
        house_each(command, house->id, "card", NULL, list_card, listing);
    }
    return command_failed(command)
               ? NULL
               : relay_sign(command, OCPP_SETTLE_TYP_HOUSE_LIST, &ocpp_settle_house_list_type, &listing->list);
}

/* --- for who carries it ------------------------------------------------------------------------------------------------------
 */

struct house_args {
    const char *pile;
    void (*visit)(const char *parcel, void *user);
    void *user;
    bool is_found;
};

static void house_body(struct command *command, void *args)
{
    static const char *const none[] = { NULL };
    struct house_args *asked = args;
    const struct row_relay_pile *pile =
        command_read(command, command_key(command, "relaypile", asked->pile, NULL), &row_relay_pile_type);
    const struct house_house_pile *at = pile ? house_edit_pile(command, asked->pile) : NULL;
    const struct ocpp_settle_trust_parcel *trust = at ? relay_trust(command) : NULL;

    if (!trust || !pile->key || pile->state != ROW_RELAY_PILE_STATE_ENROLLED) {
        return;
    }
    const struct ocpp_settle_pile_parcel parcel = { .trust = *trust,
                                                    .acknowledgements = { none, 0 },
                                                    .house = seal(command, pile, make_list(command, pile, at)) };
    const char *text = parcel.house ? relay_write(command, &ocpp_settle_pile_parcel_type, &parcel) : NULL;
    if (text) {
        asked->is_found = true;
        asked->visit(text, asked->user);
    }
}

enum ocpp_status ocpp_settle_relay_house(struct ocpp_settle *settle, const char *pile,
                                         void (*visit)(const char *parcel, void *user), void *user, struct ocpp_now now)
{
    struct house_args args = { .pile = pile, .visit = visit, .user = user };
    const enum ocpp_status status = pile ? relay_run(settle, "show", house_body, &args, NULL, now) : OCPP_ERR_ARGUMENT;

    return status == OCPP_OK && !args.is_found ? OCPP_ERR_NOT_FOUND : status;
}

/* --- phones ------------------------------------------------------------------------------------------------------------------
 */

struct binding_args {
    const char *bearer;
    const unsigned char *point;
    void (*visit)(const char *token, void *user);
    void *user;
    bool is_found;
};

static void binding_body(struct command *command, void *args)
{
    struct binding_args *asked = args;
    const struct house_phone *phone;
    const struct house_card *card;
    char key[OCPP_SETTLE_POINT_TEXT_SIZE];

    if (!house_phone_of(command, asked->bearer, &phone, &card) || !house_phone_counts(phone, card)) {
        return;
    }
    ocpp_settle_point_write(asked->point, key);
    const struct ocpp_settle_phone_binding said = {
        .iss = command_settle(command)->settings.operator_id,
        .house = card->house,
        .phone = phone->id,
        .card = card->id,
        .kind = card->kind == HOUSE_CARD_KIND_PRIVILEGE ? OCPP_SETTLE_LISTED_KIND_PRIVILEGE : OCPP_SETTLE_LISTED_KIND_CHARGING,
        .token = { card->token, "" },
        .key = key,
        .iat = command_utc_ms(command),
    };
    const char *token = relay_sign(command, OCPP_SETTLE_TYP_PHONE_BINDING, &ocpp_settle_phone_binding_type, &said);
    if (token) {
        asked->is_found = true;
        asked->visit(token, asked->user);
    }
}

enum ocpp_status ocpp_settle_relay_binding(struct ocpp_settle *settle, const char *bearer,
                                           const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                           void (*visit)(const char *token, void *user), void *user, struct ocpp_now now)
{
    struct binding_args args = { .bearer = bearer, .point = point, .visit = visit, .user = user };
    const enum ocpp_status status =
        bearer && point[0] == 4 ? relay_run(settle, "show", binding_body, &args, NULL, now) : OCPP_ERR_ARGUMENT;

    return status == OCPP_OK && !args.is_found ? OCPP_ERR_NOT_FOUND : status;
}

struct shown_args {
    const char *token;
    size_t size;
};

/* B10. The card and the phone were at the pile together: the pile says so, and the phone's own id is the challenge. */
static void shown_body(struct command *command, void *args)
{
    const struct shown_args *brought = args;
    struct relay_said said;

    if (!relay_read(command, brought->token, brought->size, OCPP_SETTLE_TYP_CARD_SHOWN, &ocpp_settle_shown_card_type, &said)) {
        return;
    }
    const struct ocpp_settle_shown_card *shown = said.message;
    const struct house_house_pile *at = house_edit_pile(command, said.key->pile);
    const struct house_card *found = at ? house_card_of(command, at->house, shown->token.id) : NULL;
    struct house_card *card = found ? house_edit_card(command, at->house, found->id) : NULL;
    if (said.key->is_revoked || strcmp(shown->iss, said.key->pile) != 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, "its key counts no more");
    } else if (!card) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_CARD, "it is no card of this house");
    } else {
        house_phone_presented(command, card, shown->challenge, said.key->pile);
    }
}

enum ocpp_status ocpp_settle_relay_shown(struct ocpp_settle *settle, const char *token, size_t size,
                                         const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct shown_args args = { token, size };

    return token ? relay_run(settle, "card shown", shown_body, &args, done, now) : OCPP_ERR_ARGUMENT;
}

/* --- what was decided at the pile --------------------------------------------------------------------------------------------
 */

/* The privilege card by which it was; false: it is none of the house's, or has no such right. */
static bool enter_by(struct command *command, const struct house_house_pile *at, const char *id, uint32_t right,
                     struct house_scope *scope)
{
    const struct house_card *by =
        ocpp_settle_id_is_valid(id) ? command_read(command, command_key(command, "card", id, NULL), &house_card_type) : NULL;

    if (!by || strcmp(by->house, at->house) != 0 || by->kind != HOUSE_CARD_KIND_PRIVILEGE ||
        by->state != HOUSE_CARD_STATE_ACTIVE || !(house_rights(by) & right)) {
        return false;
    }
    *scope =
        (struct house_scope){ .house = house_edit(command, by->house), .card = by->id, .rights = house_rights(by), .by = by->id };
    return scope->house;
}

/* A card that was let in again after the pile's list was made stays in: the pile did not know. */
static void log_out(struct command *command, const struct house_house_pile *at, const struct ocpp_settle_house_status *told,
                    const struct ocpp_settle_card_logged_out *out)
{
    const struct house_card *found = ocpp_settle_id_is_valid(out->card)
                                         ? command_read(command, command_key(command, "card", out->card, NULL), &house_card_type)
                                         : NULL;
    struct house_scope scope;

    if (!found || strcmp(found->house, at->house) != 0 || found->state != HOUSE_CARD_STATE_ACTIVE ||
        found->since > told->number || !enter_by(command, at, out->by, OCPP_SETTLE_RIGHT_LOG_OUT_CARDS, &scope)) {
        return;
    }
    struct house_card *card = house_edit_card(command, at->house, found->id);
    if (card) {
        house_act_on_card(command, &scope, card, OCPP_SETTLE_CARD_LOG_OUT);
    }
}

void relay_house_status(struct command *command, const char *pile, const struct ocpp_settle_house_status *told)
{
    const struct house_house_pile *at = house_edit_pile(command, pile);
    struct house_scope scope;

    if (!at) {
        return;
    }
    if (told->authorised && at->state == HOUSE_PILE_STATE_WAITING && at->since <= told->number &&
        enter_by(command, at, told->authorised, OCPP_SETTLE_RIGHT_AUTHORISE_PILE, &scope)) {
        house_authorise_pile(command, &scope, pile);
    }
    for (size_t i = 0; i < told->logged_out.count && !command_failed(command); i++) {
        log_out(command, at, told, &told->logged_out.items[i]);
    }
}
