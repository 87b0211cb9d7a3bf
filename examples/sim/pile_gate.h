/* pile_gate.h: the latches of a simulated pile that keeps cables for their payment (--gate). Without it, or without the
 * settlement extension, nothing here does anything. */
#ifndef OCPP_SIM_PILE_GATE_H
#define OCPP_SIM_PILE_GATE_H

#include "pile.h"

/* pile_gate_lock: hardware.lock; true: the agent's business. */
bool pile_gate_lock(struct pile *pile, int evse, int connector, bool locked);

/* pile_gate_pull: a hand at the cable; false: it is kept, and that was logged. pile_gate_pulled: it is gone. */
bool pile_gate_pull(struct pile *pile, int evse);
void pile_gate_pulled(struct pile *pile, int evse);

/* pile_gate_broken: a fault, or an emergency stop, at |evse| (0: all). */
void pile_gate_broken(struct pile *pile, int evse, bool is_emergency);

/* pile_gate_tick: the switches of the latches are told. pile_gate_dark: the power goes. */
void pile_gate_tick(struct pile *pile);
void pile_gate_dark(struct pile *pile);

#endif
