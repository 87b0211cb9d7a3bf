/* house_reader.c: what cards are shown for at the reader of a pile, other than charging. */
#include "house.h"
#include "house_people.h"
#include "order_internal.h"
#include "piles.h"

#include <ocpp/settlement/money.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* showing: what was shown where. */
struct showing {
    const char *station;
    struct house_card *card;
    struct house_scope scope; /* of the privilege card that opened management; of |card| without one */
};

static void refuse(struct command *command, const char *reason)
{
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, reason);
}

static struct house_card *card_here(struct command *command, const struct house_house_pile *pile, const char *token)
{
    const struct house_card *card = house_card_of(command, pile->house, token);

    if (!card) {
        refuse(command, "this is no card of this house");
        return NULL;
    }
    return house_edit_card(command, pile->house, card->id);
}

/* Who manages: the privilege card, if it still is one. */
static bool enter_by(struct command *command, const struct house_card *by, struct house_scope *scope)
{
    if (!by || by->kind != HOUSE_CARD_KIND_PRIVILEGE || by->state != HOUSE_CARD_STATE_ACTIVE) {
        refuse(command, "the card has no privilege here");
        return false;
    }
    *scope =
        (struct house_scope){ .house = house_edit(command, by->house), .card = by->id, .rights = house_rights(by), .by = by->id };
    return scope->house;
}

static bool look(struct command *command, const char *station, const char *token, const char *by, struct showing *showing)
{
    const struct house_house_pile *pile =
        pile_with(command, station, OCPP_SETTLE_FEATURE_RENTAL_HOUSE) != NULL ? house_edit_pile(command, station) : NULL;

    *showing = (struct showing){ .station = station };
    if (!pile) {
        refuse(command, "the pile is no house's");
        return false;
    }
    showing->card = card_here(command, pile, token);
    return showing->card && (!by || enter_by(command, card_here(command, pile, by), &showing->scope));
}

static bool has_right(struct command *command, const struct showing *showing, uint32_t right)
{
    if (!(showing->scope.rights & right)) {
        refuse(command, "the privilege card does not give that right");
    }
    return !command_failed(command);
}

/* --- acts ------------------------------------------------------------------------------------------------------------------ */

static const char *bind(struct command *command, struct showing *showing)
{
    return house_card_presented(command, showing->card, showing->station);
}

static const char *manage(struct command *command, struct showing *showing)
{
    return enter_by(command, showing->card, &showing->scope) ? "Management is open." : NULL;
}

static const char *authorise(struct command *command, struct showing *showing)
{
    if (!has_right(command, showing, OCPP_SETTLE_RIGHT_AUTHORISE_PILE)) {
        return NULL;
    }
    house_authorise_pile(command, &showing->scope, showing->station);
    return "Tenants may charge here now.";
}

static const char *show(struct command *command, struct showing *showing)
{
    const struct house_card *card = showing->card;
    char amount[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    char text[160];

    if (!has_right(command, showing, OCPP_SETTLE_RIGHT_SEE_CONSUMPTION) ||
        ocpp_settle_amount_format(card->open_minor, (int)showing->scope.house->exponent, amount) != OCPP_OK) {
        return NULL;
    }
    (void)snprintf(text, sizeof text, "Since the last statement: %" PRId64 ".%03" PRId64 " kWh, %s %s.", card->open_mwh / 1000000,
                   card->open_mwh / 1000 % 1000, amount, showing->scope.house->currency);
    return order_text(command, text);
}

static const struct reader_act {
    enum ocpp_settle_card_act_kind act;
    bool needs_privilege;
    const char *(*run)(struct command *command, struct showing *showing);
} acts[] = {
    { OCPP_SETTLE_CARD_ACT_KIND_BIND, false, bind },
    { OCPP_SETTLE_CARD_ACT_KIND_MANAGE, false, manage },
    { OCPP_SETTLE_CARD_ACT_KIND_AUTHORISE, true, authorise },
    { OCPP_SETTLE_CARD_ACT_KIND_SHOW, true, show },
};

void house_card_shown(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_card_shown_req *message = in->message;
    struct ocpp_settle_card_shown_conf *answer = in->answer;
    struct showing showing;

    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (acts[i].act != message->act) {
            continue;
        }
        if (acts[i].needs_privilege && !message->by) {
            refuse(command, "a privilege card has to be shown first");
        } else if (look(command, in->station, message->card.id, message->by ? message->by->id : NULL, &showing)) {
            answer->text = acts[i].run(command, &showing);
        }
        return;
    }
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "nobody knows what the card was shown for");
}

/* One that is out already stays so: the pile may have told it late. */
void house_card_logged_out(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_card_logged_out_req *message = in->message;
    struct showing showing;

    if (look(command, in->station, message->card.id, message->by.id, &showing) &&
        has_right(command, &showing, OCPP_SETTLE_RIGHT_LOG_OUT_CARDS) && showing.card->state == HOUSE_CARD_STATE_ACTIVE) {
        house_act_on_card(command, &showing.scope, showing.card, OCPP_SETTLE_CARD_LOG_OUT);
    }
}
