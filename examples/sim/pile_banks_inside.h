/* pile_banks_inside.h: what the bay and its commands share. */
#ifndef OCPP_SIM_PILE_BANKS_INSIDE_H
#define OCPP_SIM_PILE_BANKS_INSIDE_H

#include "cabinet.h"
#include "pile_banks.h"
#include "taped_keys.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/agent.h>

enum { PILE_HANDS = 64 };

struct pile_banks {
    struct pile *pile;
    struct cabinet cabinet;
    struct ocpp_settle_bay bay;
    struct ocpp_settle_latch latch;
    struct ocpp_settle_keys *opened; /* the keys there are … */
    struct taped_keys taped;
    const struct ocpp_settle_keys *keys; /* … and those that are asked */
    struct ocpp_settle_terminal_port terminals;
    struct ocpp_settle_agent *agent;       /* NULL: the power is off */
    struct cabinet_bank hands[PILE_HANDS]; /* banks that somebody has; is_real: this place is taken */
};

/* banks_keep: writes down what stands where, with --state. */
void banks_keep(const struct pile_banks *banks);

/* pile_gate.c */
void pile_gate_latch(struct pile *pile, struct ocpp_settle_latch *latch);

/* banks_use_terminals: its agent asks terminals of vehicles (pile_terminals.c). */
void banks_use_terminals(struct pile_banks *banks, struct ocpp_settle_agent_settings *settings);

#endif
