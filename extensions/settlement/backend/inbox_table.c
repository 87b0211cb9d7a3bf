/* inbox_table.c: which body does what a pile says. Bodies get a struct incoming. */
#include "inbox.h"
#include "house.h"
#include "piles.h"
#include "rentals.h"
#include "terminal_starts.h"
#include "visit.h"

static const struct incoming_kind {
    enum ocpp_settle_action action;
    command_body *body;
} kinds[] = {
    { OCPP_SETTLE_ACTION_HELLO, piles_hello },
    { OCPP_SETTLE_ACTION_INVENTORY, bay_inventory },
    { OCPP_SETTLE_ACTION_INVENTORY_DIFFERENCE, bay_difference },
    { OCPP_SETTLE_ACTION_SLOT_NOTICE, bay_slot_notice },
    { OCPP_SETTLE_ACTION_RENT_REQUEST, rental_asked },
    { OCPP_SETTLE_ACTION_BANK_TAKEN, rental_bank_taken },
    { OCPP_SETTLE_ACTION_RENT_FAILED, rental_rent_failed },
    { OCPP_SETTLE_ACTION_BANK_RETURNED, rental_bank_returned },
    { OCPP_SETTLE_ACTION_MARK_RESET, rental_mark_reset },
    { OCPP_SETTLE_ACTION_VEHICLE_CONNECTED, prompt_vehicle_connected },
    { OCPP_SETTLE_ACTION_NUMBER_ENTRY, visit_number_entered },
    { OCPP_SETTLE_ACTION_CARD_SHOWN, house_card_shown },
    { OCPP_SETTLE_ACTION_CARD_LOGGED_OUT, house_card_logged_out },
    { OCPP_SETTLE_ACTION_GATE_NOTICE, visit_gate_noticed },
    { OCPP_SETTLE_ACTION_GATE_QUERY, visit_gate_queried },
    { OCPP_SETTLE_ACTION_START_REQUEST, prompt_start_request },
    { OCPP_SETTLE_ACTION_START_FAILED, start_failed },
};

command_body *incoming_body(const struct ocpp_settle *settle, const struct ocpp_action *action)
{
    if (settle->find_body) {
        return settle->find_body(action);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (&ocpp_settle_actions[kinds[i].action] == action) {
            return kinds[i].body;
        }
    }
    return NULL;
}
