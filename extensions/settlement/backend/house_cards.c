/* house_cards.c: cards are issued and replaced. Of a QR secret the backend keeps the hash. */
#include "house.h"
#include "account.h"
#include "house_people.h"
#include "order_internal.h"

#include <string.h>

enum { TOKEN_MOST = 255, CARDS_OF_A_TENANT = 32, REPLACEMENTS_MOST = 32 };

/* --- finding ------------------------------------------------------------------------------------------------------------- */

/* Whoever issues a card has only to know a token, not to hold it: so it is a card in that house and nowhere else, and what the
 * token is for others nobody's landlord can change or learn. */
static const char *token_key(struct command *command, const char *house, const char *token)
{
    const char *digest = account_digest(command, token);

    return digest ? command_key(command, "cardtoken", house, digest, NULL) : NULL;
}

const struct house_card *house_card_of(struct command *command, const char *house, const char *token)
{
    const char *key = token_key(command, house, token);
    const struct house_card_token *found = key ? command_read(command, key, &house_card_token_type) : NULL;

    return found ? command_read(command, command_key(command, "card", found->card, NULL), &house_card_type) : NULL;
}

bool house_is_card_at(struct command *command, const char *station, const char *token)
{
    const struct house_house_pile *pile = house_edit_pile(command, station);

    return pile && house_card_of(command, pile->house, token);
}

struct house_card *house_card_now(struct command *command, const char *id)
{
    struct house_card *card = command_edit(command, command_key(command, "card", id, NULL), &house_card_type);

    for (int i = 0; card && card->replaced_by && i < REPLACEMENTS_MOST; i++) {
        card = command_edit(command, command_key(command, "card", card->replaced_by, NULL), &house_card_type);
    }
    return card;
}

/* --- making -------------------------------------------------------------------------------------------------------------- */

struct issuing {
    const struct ocpp_settle_house_caller *caller;
    const struct ocpp_settle_card_wish *wish;
    const char *card; /* that it takes the place of; NULL: of none */
    const char *secret;
};

static uint32_t rights_of_kind(enum house_card_kind kind)
{
    const uint32_t charging = OCPP_SETTLE_RIGHT_CHARGE | OCPP_SETTLE_RIGHT_SEE_OWN;

    return kind == HOUSE_CARD_KIND_CHARGING ? charging : HOUSE_ALL_RIGHTS & ~charging;
}

static void give_rights(struct command *command, struct house_card *card, uint32_t rights)
{
    const uint32_t possible = rights_of_kind(card->kind);
    const uint32_t given = rights ? rights & possible : possible;
    enum house_right *list = order_take(command, 8 * sizeof *list);
    size_t count = 0;

    for (int bit = 0; list && bit < 8; bit++) {
        if (given & (UINT32_C(1) << bit)) {
            list[count++] = (enum house_right)(bit + (int)HOUSE_RIGHT_CHARGE);
        }
    }
    card->rights.items = list;
    card->rights.count = count;
}

static bool takes_token(struct command *command, const struct house_house *house, const struct house_card *card)
{
    const char *key = token_key(command, house->id, card->token);
    const struct house_card_token owner = { .card = card->id };

    if (key && command_read(command, key, &house_card_token_type)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the token is a card of the house already");
    } else if (house_count(command, house->id, "card") >= command_policy(command)->house_cards ||
               (card->tenant && house_count(command, card->tenant, "card") >= CARDS_OF_A_TENANT) ||
               (!card->tenant && house_count(command, house->id, "privilege") >= CARDS_OF_A_TENANT)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many cards as there may be");
    } else {
        command_put(command, key, &house_card_token_type, &owner);
        house_list(command, house->id, "card", card->id);
        house_list(command, card->tenant ? card->tenant : house->id, card->tenant ? "card" : "privilege", card->id);
    }
    return !command_failed(command);
}

/* NULL: refused, or an error stuck. */
static struct house_card *make_card(struct command *command, const struct house_scope *scope, const struct issuing *issuing)
{
    const struct ocpp_settle_card_wish *wish = issuing->wish;
    struct house_card *card = order_take(command, sizeof *card);

    if (!card) {
        return NULL;
    }
    *card = (struct house_card){
        .id = command_id(command),
        .house = scope->house->id,
        .kind = wish->kind == OCPP_SETTLE_CHARGING_CARD ? HOUSE_CARD_KIND_CHARGING : HOUSE_CARD_KIND_PRIVILEGE,
        .state = HOUSE_CARD_STATE_ACTIVE,
        .tenant = wish->tenant,
        .token = wish->token,
        .secret_hash = account_digest(command, issuing->secret),
        .since = command_utc_ms(command),
    };
    give_rights(command, card, wish->rights);
    return !command_failed(command) && takes_token(command, scope->house, card) ? card : NULL;
}

static bool may_issue(struct command *command, const struct house_scope *scope, enum ocpp_settle_card_kind kind)
{
    if (kind == OCPP_SETTLE_PRIVILEGE_CARD && !scope->is_operator) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "privilege cards are the operator's to issue");
        return false;
    }
    return true;
}

static bool lives_there(struct command *command, const struct house_scope *scope, const struct ocpp_settle_card_wish *wish)
{
    const struct house_tenant *tenant = wish->tenant ? house_edit_tenant(command, scope->house->id, wish->tenant) : NULL;

    if (tenant && tenant->state != HOUSE_TENANT_STATE_LIVING) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the tenant moved out");
    }
    return !command_failed(command);
}

static void issue_body(struct command *command, void *args)
{
    const struct issuing *issuing = args;
    struct house_scope scope;

    if (!house_enter(command, issuing->caller, OCPP_SETTLE_RIGHT_MANAGE_TENANTS, &scope) ||
        !may_issue(command, &scope, issuing->wish->kind) || !lives_there(command, &scope, issuing->wish)) {
        return;
    }
    const struct house_card *card = make_card(command, &scope, issuing);
    if (card) {
        house_put_card(command, card);
        if (card->kind == HOUSE_CARD_KIND_PRIVILEGE) {
            house_cards_changed(command, card->house);
        }
        house_did(command, &scope,
                  &(struct house_act){ .what = "issue card", .subject = card->id, .tenant = card->tenant, .state = "Active" });
        command_result(command, card->id);
    }
}

enum ocpp_status ocpp_settle_card_issue(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                        const struct ocpp_settle_card_wish *wish, char secret[OCPP_SETTLE_CARD_SECRET_SIZE],
                                        const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct issuing issuing = { .caller = caller, .wish = wish, .secret = secret };

    if (!caller->house || !house_text_fits(wish->token, TOKEN_MOST) ||
        (wish->kind == OCPP_SETTLE_CHARGING_CARD) != (wish->tenant != NULL) || wish->rights > HOUSE_ALL_RIGHTS) {
        return OCPP_ERR_ARGUMENT;
    }
    house_secret(settle, secret, 1);
    return house_run(settle, "issue card", issue_body, &issuing, done, now);
}

/* --- replacing ----------------------------------------------------------------------------------------------------------- */

static bool can_be_replaced(struct command *command, const struct house_card *old)
{
    if (old->state != HOUSE_CARD_STATE_LOST && old->state != HOUSE_CARD_STATE_LOGGED_OUT) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the card is neither lost nor logged out");
        return false;
    }
    return true;
}

/* B2. What stands in no statement yet moves to the new card: the old one is Replaced then, and has nothing left to move. */
static void move_consumption(struct command *command, struct house_card *old, struct house_card *card)
{
    card->open_mwh = old->open_mwh;
    card->open_minor = old->open_minor;
    card->sessions = old->sessions;
    card->total_mwh = old->total_mwh;
    old->open_mwh = old->open_minor = 0;
    old->sessions = old->total_mwh = 0;
    old->replaced_by = card->id;
    house_card_leaves(command, old, HOUSE_CARD_STATE_REPLACED, "the card was replaced");
    house_put_card(command, card);
}

static void replace_body(struct command *command, void *args)
{
    const struct issuing *issuing = args;
    struct house_scope scope;
    struct house_card *old;

    if (!house_enter(command, issuing->caller, OCPP_SETTLE_RIGHT_MANAGE_TENANTS, &scope)) {
        return;
    }
    old = house_edit_card(command, scope.house->id, issuing->card);
    if (!old || !can_be_replaced(command, old)) {
        return;
    }
    const struct ocpp_settle_card_wish wish = {
        .kind = old->kind == HOUSE_CARD_KIND_CHARGING ? OCPP_SETTLE_CHARGING_CARD : OCPP_SETTLE_PRIVILEGE_CARD,
        .tenant = old->tenant,
        .token = issuing->wish->token,
        .rights = house_rights(old),
    };
    const struct issuing anew = { .wish = &wish, .secret = issuing->secret };
    struct house_card *card =
        may_issue(command, &scope, wish.kind) && lives_there(command, &scope, &wish) ? make_card(command, &scope, &anew) : NULL;
    if (card) {
        move_consumption(command, old, card);
        house_did(command, &scope,
                  &(struct house_act){ .what = "replace card", .subject = old->id, .tenant = old->tenant, .state = "Replaced" });
        command_result(command, card->id);
    }
}

enum ocpp_status ocpp_settle_card_replace(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                          const char *card, const char *token, char secret[OCPP_SETTLE_CARD_SECRET_SIZE],
                                          const struct ocpp_settle_done *done, struct ocpp_now now)
{
    const struct ocpp_settle_card_wish wish = { .token = token };
    struct issuing issuing = { .caller = caller, .wish = &wish, .card = card, .secret = secret };

    if (!caller->house || !card || !house_text_fits(token, TOKEN_MOST)) {
        return OCPP_ERR_ARGUMENT;
    }
    house_secret(settle, secret, 1);
    return house_run(settle, "replace card", replace_body, &issuing, done, now);
}
