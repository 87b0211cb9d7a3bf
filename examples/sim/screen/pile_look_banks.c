/* pile_look_banks.c: the bay and the gate of a pile, as its screen shows them. */
#include "pile_banks_inside.h"
#include "pile_look.h"

#include <ocpp/settlement/gate.h>

#include <stdio.h>
#include <string.h>

static enum style look_of(const struct ocpp_settle_slot_view *slot)
{
    switch (slot->state) {
    case OCPP_SETTLE_SLOT_STATE_UNSET:
    case OCPP_SETTLE_SLOT_STATE_EMPTY:
        return STYLE_DIM;
    case OCPP_SETTLE_SLOT_STATE_IDLE:
    case OCPP_SETTLE_SLOT_STATE_CHARGING:
        return slot->may_be_rented ? STYLE_GOOD : STYLE_PLAIN;
    case OCPP_SETTLE_SLOT_STATE_AWAIT_READ:
    case OCPP_SETTLE_SLOT_STATE_AWAIT_INTENT:
    case OCPP_SETTLE_SLOT_STATE_AWAIT_MARK:
    case OCPP_SETTLE_SLOT_STATE_AWAIT_REMOVAL:
    case OCPP_SETTLE_SLOT_STATE_AWAIT_UNMARK:
    case OCPP_SETTLE_SLOT_STATE_AWAIT_VERDICT:
    case OCPP_SETTLE_SLOT_STATE_AWAIT_NEUTRAL:
        return STYLE_BUSY;
    case OCPP_SETTLE_SLOT_STATE_SUSPECT:
    case OCPP_SETTLE_SLOT_STATE_HELD:
    case OCPP_SETTLE_SLOT_STATE_OUT_OF_SERVICE:
        break;
    }
    return STYLE_BAD;
}

/* What it awaits is in another colour than what it is. */
static const char *short_name(const char *state)
{
    static const char await[] = "Await";

    return strncmp(state, await, sizeof await - 1) == 0 ? state + sizeof await - 1 : state;
}

static void look_at_slot(const struct pile_banks *banks, int number, struct view_slot *view)
{
    const struct cabinet_slot *place = &banks->cabinet.slot[number - 1];
    struct ocpp_settle_slot_view slot;

    *view = (struct view_slot){ .number = number,
                                .state = "",
                                .look = STYLE_DIM,
                                .has_bank = place->bank.is_real,
                                .is_open = place->is_open,
                                .charge = place->bank.is_real ? place->bank.charge : -1 };
    if (ocpp_settle_agent_slot(banks->agent, number, &slot) == OCPP_OK && slot.state != OCPP_SETTLE_SLOT_STATE_UNSET) {
        view->state = short_name(ocpp_settle_slot_state_enum.values[slot.state - 1]);
        view->look = look_of(&slot);
    }
}

static void look_at_gate(const struct pile_banks *banks, struct view_evse *view)
{
    struct ocpp_settle_gate_view gate;

    if (ocpp_settle_agent_gate(banks->agent, view->number, &gate) == OCPP_OK && gate.is_closed) {
        snprintf(view->gate, sizeof view->gate, "gate %.30s %.20s %.8s", ocpp_settle_gate_state_enum.values[gate.state - 1],
                 gate.amount, gate.currency);
    }
}

void pile_look_banks(const struct pile *pile, struct pile_view *view)
{
    const struct pile_banks *banks = pile->banks;

    if (!banks || !banks->agent) {
        return;
    }
    view->slot_count = pile->options->banks;
    for (int i = 0; i < view->slot_count; i++) {
        look_at_slot(banks, i + 1, &view->slots[i]);
    }
    for (int i = 0; i < PILE_HANDS; i++) {
        view->banks_out += banks->hands[i].is_real;
    }
    for (int i = 0; pile->options->gate && i < view->evse_count; i++) {
        look_at_gate(banks, &view->evses[i]);
    }
}
