/* house_sessions.c: a transaction whose token is a tenant's card becomes the tenant's order, and when it is billed it is put up
 * for a statement. */
#include "house.h"
#include "house_people.h"
#include "order_internal.h"
#include "timers.h"

#include <stdio.h>
#include <string.h>

const char *house_payer(struct command *command, const char *tenant)
{
    char name[8 + OCPP_SETTLE_ID_SIZE];

    (void)snprintf(name, sizeof name, "tenant:%s", tenant);
    return order_text(command, name);
}

/* --- what a use of a card is ---------------------------------------------------------------------------------------------- */

static void refuse(struct house_session *session, enum ocpp_settle_card_verdict verdict, const char *reason)
{
    session->kind = HOUSE_SESSION_REFUSED;
    session->verdict = verdict;
    session->reason = reason;
}

static bool is_of_this_house(const struct house_house_pile *pile, const struct house_card *card, struct house_session *session)
{
    if (!card) {
        refuse(session, OCPP_SETTLE_CARD_INVALID, "no card of this house");
    } else if (pile->state != HOUSE_PILE_STATE_AUTHORISED) {
        refuse(session, OCPP_SETTLE_CARD_INVALID, "the landlord has not authorised the pile yet");
    } else if (card->kind != HOUSE_CARD_KIND_CHARGING || !(house_rights(card) & OCPP_SETTLE_RIGHT_CHARGE)) {
        refuse(session, OCPP_SETTLE_CARD_INVALID, "the card is not for charging");
    } else {
        return true;
    }
    return false;
}

static void fill_share(struct command *command, const struct house_card *card, int64_t at_utc_ms, struct house_session *session)
{
    const struct house_house *house = house_edit(command, card->house);
    const struct house_price *price = house ? house_price_at(command, house, at_utc_ms) : NULL;

    if (!house) {
        return;
    }
    session->share =
        (struct row_tenant_share){ .house = house->id, .tenant = card->tenant, .card = card->id, .landlord = house->landlord };
    session->payer = house_payer(command, card->tenant);
    session->tariff = price ? house_tariff(command, house, price) : NULL;
    session->zone = house->zone;
}

/* At a pile of no house a card is whatever its token is there: not for houses to say.
 * What began before the card lost its right is the tenant's all the same, however late it is told (B1). */
void house_session_of(struct command *command, const char *station, const char *token, int64_t at_utc_ms,
                      struct house_session *session)
{
    const struct house_house_pile *pile = house_edit_pile(command, station);
    const struct house_card *card = pile && token[0] ? house_card_of(command, pile->house, token) : NULL;

    *session = (struct house_session){ .kind = HOUSE_SESSION_NONE, .verdict = OCPP_SETTLE_CARD_OTHER };
    if (command_failed(command) || !pile || !is_of_this_house(pile, card, session)) {
        return;
    }
    if (card->state != HOUSE_CARD_STATE_ACTIVE && at_utc_ms >= card->since) {
        refuse(session, OCPP_SETTLE_CARD_BLOCKED, "the card has no right to charge");
        return;
    }
    session->kind = HOUSE_SESSION_TENANTS;
    session->verdict = OCPP_SETTLE_CARD_MAY;
    fill_share(command, card, at_utc_ms, session);
}

struct asking {
    const char *station;
    const char *token;
    enum ocpp_settle_card_verdict verdict;
};

static void verdict_body(struct command *command, void *args)
{
    struct asking *asking = args;
    struct house_session session;

    house_session_of(command, asking->station, asking->token, command_utc_ms(command), &session);
    asking->verdict = session.verdict;
}

enum ocpp_status ocpp_settle_card_verdict(struct ocpp_settle *settle, const char *station, const char *token,
                                          enum ocpp_settle_card_verdict *verdict, struct ocpp_now now)
{
    struct asking asking = { station, token, OCPP_SETTLE_CARD_OTHER };
    const enum ocpp_status status = house_run(settle, "show", verdict_body, &asking, NULL, now);

    *verdict = asking.verdict;
    return status;
}

/* --- what it came to ------------------------------------------------------------------------------------------------------ */

int64_t house_energy_mwh(const struct ocpp_settle_bill *bill)
{
    int64_t energy = 0;

    for (size_t i = 0; bill && i < bill->lines.count; i++) {
        energy += bill->lines.items[i].kind == OCPP_SETTLE_LINE_KIND_ENERGY ? bill->lines.items[i].measured : 0;
    }
    return energy;
}

static void count_on_card(struct command *command, const struct row_order *order, int64_t energy_mwh, int64_t gross_minor,
                          bool is_first)
{
    struct house_card *card = house_card_now(command, order->tenant->card);

    if (!card) {
        return;
    }
    card->open_mwh += energy_mwh;
    card->open_mwh = card->open_mwh < 0 ? 0 : card->open_mwh;
    card->open_minor += gross_minor;
    card->total_mwh += energy_mwh;
    card->total_mwh = card->total_mwh < 0 ? 0 : card->total_mwh;
    card->sessions += is_first ? 1 : 0;
    house_put_card(command, card);
}

void house_billed(struct command *command, const struct row_order *order, const struct ocpp_settle_bill *bill,
                  const struct ocpp_settle_bill *before)
{
    const struct row_tenant_share *share = order->tenant;
    const bool is_first = share->stated_bill == 0;
    const struct house_unstated unstated = {
        .order = order->id,
        .ended_at =
            is_first && order->vehicle && order->vehicle->has_ended_at ? order->vehicle->ended_at : command_utc_ms(command),
    };

    count_on_card(command, order, house_energy_mwh(bill) - house_energy_mwh(before),
                  bill->gross_minor - (before ? before->gross_minor : 0), !before);
    command_put(command, command_key(command, "unstated", share->tenant, order->id, NULL), &house_unstated_type, &unstated);
}

void house_left_open(struct command *command, const struct row_order *order)
{
    const struct house_tenant *tenant =
        command_read(command, command_key(command, "tenant", order->tenant->tenant, NULL), &house_tenant_type);

    if (tenant && tenant->state != HOUSE_TENANT_STATE_LIVING) {
        command_timer(command, TIMER_TENANT_LEAVES, tenant->id, command_utc_ms(command));
    }
}
